"""The worker process: ``python -m etl.read.worker``. Reads requests from standard input, writes pages as JSON lines.

A request is a line of JSON ``{"kind", "name", "path" | null, "size", "depth"}``, then `size` bytes where there is no
path. The answer is a line of JSON for each page or issue, then ``{"done": true}``. It ends when its standard input is
closed.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import BinaryIO

from etl.read.formats import read_risky
from etl.read.limits import WORKER_MEMORY
from etl.read.source import Source
from etl.read.wire import dump


def main() -> None:
    """Answer requests until standard input ends. Only answers go to standard output; libraries' prints are dropped."""
    limit_memory(WORKER_MEMORY)
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    while request := sys.stdin.buffer.readline():
        answer(json.loads(request), sys.stdin.buffer, answers)


def answer(request: dict[str, object], stream: BinaryIO, answers: BinaryIO) -> None:
    """Read one file and send its pages."""
    size, path = int(str(request["size"])), request["path"]
    data = None if path else stream.read(size)
    source = Source(str(request["name"]), size, Path(str(path)) if path else None, data, int(str(request["depth"])))
    for item in read_risky(str(request["kind"]), source):
        answers.write(dump(item).encode("utf-8", "replace") + b"\n")
        answers.flush()
    answers.write(b'{"done": true}\n')
    answers.flush()


def limit_memory(size: int) -> None:
    """Bound this process's address space, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit still holds
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


if __name__ == "__main__":
    main()
