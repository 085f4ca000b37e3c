"""Formats whose parsers can crash, hang or eat memory are read in a worker process that lives on between files.

The worker is replaced after a crash, a silence, or some hundreds of files. What it sent before counts.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO

from etl.models import Issue, Page
from etl.read.limits import WORKER_FILES, WORKER_SILENCE, WORKER_SILENCE_OCR
from etl.read.source import Source
from etl.read.wire import load

_ROOT = Path(__file__).resolve().parents[2]
_AHEAD = 8  # pages that the worker may be ahead of the caller


class Worker:
    """One worker process and the thread that listens to it."""

    def __init__(self) -> None:
        env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "etl.read.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
        )
        self.files = 0
        self.lines: queue.Queue[bytes] = queue.Queue(_AHEAD)
        assert self.process.stdout is not None  # noqa: S101 - PIPE was asked for
        self.listener = threading.Thread(target=_listen, args=(self.process.stdout, self.lines), daemon=True)
        self.listener.start()

    def send(self, kind: str, source: Source) -> None:
        """Ask for a file; OSError where the process is gone."""
        assert self.process.stdin is not None  # noqa: S101 - PIPE was asked for
        data = None if source.path else source.data or b""
        request = {
            "kind": kind,
            "name": source.name,
            "path": str(source.path.absolute()) if source.path else None,
            "size": len(data) if data is not None else source.size,
            "depth": source.depth,
        }
        self.files += 1
        self.process.stdin.write(json.dumps(request).encode() + b"\n" + (data or b""))
        self.process.stdin.flush()

    def kill(self) -> None:
        """End the process; its listener meets the end of its lines and closes them."""
        self.process.kill()
        if sys.is_finalizing():
            return
        while self.listener.is_alive():
            with contextlib.suppress(queue.Empty):
                while True:
                    self.lines.get_nowait()  # it may be waiting for room
            self.listener.join(0.02)
        self.process.wait()
        assert self.process.stdin is not None  # noqa: S101 - PIPE was asked for
        with contextlib.suppress(OSError):  # unsent bytes of a dead process
            self.process.stdin.close()


def read_isolated(kind: str, source: Source) -> Iterator[Page | Issue]:
    """The pages of a file, read in a worker process; an issue where it crashes or falls silent."""
    silence = WORKER_SILENCE_OCR if kind in {"pdf", "image"} else WORKER_SILENCE
    worker = _take()
    finished = False
    try:
        with contextlib.suppress(OSError):  # a dead worker: the end of its lines tells
            worker.send(kind, source)
        while True:
            line = worker.lines.get(timeout=silence)
            if line == b"":
                yield source.issue(
                    "reader-crashed", "读取该文件时解析程序崩溃或内存超限，余下部分未读取。请重新取得或另存该文件。"
                )
                return
            if line.startswith(b'{"done"'):
                finished = True
                return
            yield load(line.decode("utf-8"))
    except queue.Empty:
        yield source.issue("too-slow", f"超过 {silence:.0f} 秒没有读出一页，已放弃余下部分。请拆分或另存该文件。")
    finally:
        if finished and worker.files < WORKER_FILES:
            _idle(os.getpid()).append(worker)
        else:
            worker.kill()


@cache
def _idle(pid: int) -> list[Worker]:
    """Idle workers of this process; a forked child starts its own."""
    return []


def _take() -> Worker:
    idle = _idle(os.getpid())
    while idle:
        worker = idle.pop()
        if worker.process.poll() is None:
            return worker
        worker.kill()
    return Worker()


def _listen(stream: IO[bytes], lines: queue.Queue[bytes]) -> None:
    """Pass on the worker's lines, then an empty one."""
    with contextlib.suppress(OSError, ValueError), stream:
        for line in stream:
            lines.put(line)
    lines.put(b"")
