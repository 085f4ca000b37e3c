"""What runs did, a JSON line each: ``data/logs/etl.jsonl``. Text from outside cannot break a line or forge one."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path

LARGEST = 5_000_000  # bytes; then the file becomes etl.jsonl.1 and a new one begins
NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class Journal:
    """Appends lines to a file. A journal that cannot be written never stops a run: the line is lost."""

    def __init__(self, path: Path, clock: Callable[[], dt.datetime]) -> None:
        self.path, self.clock = path, clock

    def __call__(self, event: str, **facts: object) -> None:
        """Write one line: time, process, event, facts."""
        line = {"time": self.clock().isoformat(timespec="milliseconds"), "pid": os.getpid(), "event": event, **facts}
        try:
            append(self.path, (json.dumps(line, default=str) + "\n").encode())
        except OSError:  # a full disk or a read-only folder; the outcome says so
            return


def append(path: Path, line: bytes) -> None:
    """Add one line in one write, so that lines of several processes never mix; a link in the way is not followed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.stat().st_size > LARGEST:
        path.replace(path.with_name(f"{path.name}.1"))
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | NO_LINK, 0o640)
    try:
        os.write(handle, line)
    finally:
        os.close(handle)
