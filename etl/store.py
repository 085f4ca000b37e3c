"""Immutable version folders and one atomic switch (docs/operations.md).

A run writes ``versions/<version>/articles.parquet, events.parquet, run.json``, all fsynced, then replaces the top-level
``events.parquet``, ``articles.parquet`` and, last, ``run.json`` by hard links to them. Readers open the version that
``run.json`` names and never see half a set. A version, once written, is never changed; the last ``KEEP`` stay.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

KEEP = 8
ROW_GROUP = 32_768
FILES = ("events.parquet", "articles.parquet", "run.json")  # run.json is switched last: it names the version


class StoreError(RuntimeError):
    """The table cannot be written or switched; the message names the folder and what to do."""


def current(out: Path) -> dict[str, Any] | None:
    """run.json of the published version, or None where nothing was published yet.

    Raises StoreError where run.json is there but cannot be read.
    """
    try:
        return dict(json.loads((out / "run.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{out / 'run.json'}: cannot be read ({error}); see 'python -m etl rollback --list'"
        ) from error


def versions(out: Path) -> list[str]:
    """Finished versions, oldest first. A version is finished once its run.json is there."""
    return sorted(p.parent.name for p in (out / "versions").glob("v*/run.json"))


def next_version(out: Path, stamp: str) -> str:
    """A name after all that are there, finished or not: v000012-20260316T030000. The number, not the clock, orders."""
    taken = [int(p.name[1:7]) for p in (out / "versions").glob("v[0-9][0-9][0-9][0-9][0-9][0-9]-*")]
    return f"v{max(taken, default=0) + 1:06d}-{stamp}"


def write_version(out: Path, version: str, articles: pa.Table, events: pa.Table, run: dict[str, Any]) -> Path:
    """Write and fsync a whole version; its run.json last. The caller holds the lock."""
    folder = out / "versions" / version
    folder.mkdir(parents=True)
    write_parquet(articles, folder / "articles.parquet")
    write_parquet(events, folder / "events.parquet")
    write_bytes(folder / "run.json", json.dumps(run, ensure_ascii=False, indent=1).encode())
    sync_folder(folder)
    sync_folder(folder.parent)
    return folder


def write_parquet(table: pa.Table, path: Path) -> None:
    """One Parquet file, zstd, row groups of 32 k rows, fsynced."""
    pq.write_table(table, path, compression="zstd", row_group_size=ROW_GROUP)
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def write_bytes(path: Path, content: bytes) -> None:
    """A whole file or none: written beside, fsynced, moved into place."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def switch(out: Path, version: str, after: Callable[[str], None] = lambda name: None) -> None:
    """Make `version` the published one. Killed at any moment, each top-level file is whole, old or new."""
    folder = out / "versions" / version
    for name in FILES:
        temporary = out / f".{name}.switch"
        temporary.unlink(missing_ok=True)
        link_or_copy(folder / name, temporary)
        temporary.replace(out / name)
        after(name)
    sync_folder(out)


def link_or_copy(source: Path, target: Path) -> None:
    """A hard link; a copy where the file system has none."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def prune(out: Path, keep: int = KEEP) -> list[str]:
    """Remove unfinished versions and all but the last `keep`, never the published one. Returns what was removed."""
    published = (current(out) or {}).get("version")
    finished = versions(out)
    kept = {published, *finished[-keep:]}
    gone = [p for p in sorted((out / "versions").glob("v*")) if p.name not in kept]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return [p.name for p in gone]


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
