"""One writer at a time: a real file lock that the system releases when its owner dies, with owner and age to read."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from etl.models import Issue
from etl.store import write_bytes


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds the lock, since when."""

    pid: int
    host: str
    started: str


class LockedError(RuntimeError):
    """Another run holds the lock; the message says who and since when."""


@contextmanager
def lock(out: Path, now: dt.datetime) -> Iterator[list[Issue]]:
    """Hold `out`'s lock for the block; yields an issue where the last owner died without releasing it.

    Raises LockedError at once where another run holds it. The lock is the system's (flock), so it cannot be left
    behind; the file beside it says who holds it, and is left behind only by an owner that was killed.
    """
    out.mkdir(parents=True, exist_ok=True)
    label = out / ".lock.json"
    try:
        held = FileLock(out / ".lock").acquire(blocking=False)
    except Timeout as error:
        raise LockedError(f"{out}: locked by {describe(read_owner(label), now)}") from error
    with held:
        stale = read_owner(label)
        owner = Owner(os.getpid(), socket.gethostname(), now.isoformat())
        write_bytes(label, json.dumps(asdict(owner)).encode())
        message = f"上次运行中断（{described(stale, now)}），本次已接手"
        try:
            yield [Issue("stale-lock", message, "warning", ".lock.json")] if stale else []
        finally:
            label.unlink(missing_ok=True)


def read_owner(label: Path) -> Owner | None:
    """The owner that the label names, if it can be read."""
    try:
        return Owner(**json.loads(label.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def minutes_of(owner: Owner, now: dt.datetime) -> float | None:
    """How long ago the owner began, in minutes; None where that cannot be read."""
    try:
        return (now - dt.datetime.fromisoformat(owner.started)).total_seconds() / 60
    except (ValueError, TypeError):
        return None


def described(owner: Owner | None, now: dt.datetime) -> str:
    """An owner in Chinese, for the run report: process, host and age."""
    if owner is None:
        return "进程不明"
    minutes = minutes_of(owner, now)
    age = "开始时间不明" if minutes is None else f"始于 {minutes:.0f} 分钟前"
    age = "始于将来的时刻：本机时钟曾被拨回" if minutes is not None and minutes < 0 else age
    return f"{owner.host} 上的进程 {owner.pid}，{age}"


def describe(owner: Owner | None, now: dt.datetime) -> str:
    """The same in English, for people at the terminal."""
    if owner is None:
        return "an unknown process"
    minutes = minutes_of(owner, now)
    age = "at an unknown time" if minutes is None else f"{minutes:.0f} minutes ago"
    age = "in the future: the clock was set back" if minutes is not None and minutes < 0 else age
    return f"process {owner.pid} on {owner.host}, started {age}"
