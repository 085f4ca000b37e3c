"""Immutable version folders and one atomic switch (docs/operations.md).

A run writes ``versions/<version>/articles.parquet, events.parquet, run.json``, all fsynced, then replaces the top-level
``events.parquet``, ``articles.parquet`` and, last, ``run.json`` by hard links to them. Readers open the version that
``run.json`` names and never see half a set. A version, once written, is never changed; the last ``KEEP`` that were
published stay. What a killed run left behind is mended by the next one (``heal``), which holds the lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

KEEP = 8
# Rows of a Parquet row group. The dashboard reads whole groups to show some of their rows: 4 k rows take a fifth of the time of
# 32 k and the file is 4 % larger. STRETCH rows are in memory while it is written.
ROW_GROUP, STRETCH = 4_096, 32_768
ONE_FILE = 2_000_000  # rows; a larger table is a folder of one file a quarter
FILES = ("events.parquet", "articles.parquet", "run.json")  # run.json is switched last: it names the version


NAME = re.compile(r"v\d{6}-[0-9A-Za-z]{1,40}")
MARK = ".published"  # an empty file in a version's folder: it was the current one once
OURS = ("versions", "cache", "cache/extract", "cache/parts", "cache/read", "logs")  # what runs write in and clean up


class StoreError(RuntimeError):
    """The table cannot be written or switched; the message names the folder and what to do."""


def current(out: Path) -> dict[str, Any] | None:
    """run.json of the published version, or None where nothing was published yet.

    Raises StoreError where run.json is there but cannot be read.
    """
    try:
        run = dict(json.loads((out / "run.json").read_text(encoding="utf-8")))
        if not NAME.fullmatch(str(run.get("version"))):
            raise ValueError(f"{str(run.get('version'))[:60]!r} is no version")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(
            f"{out / 'run.json'}: cannot be read ({error}); see 'python -m etl rollback --list'"
        ) from error
    return run


def versions(out: Path) -> list[str]:
    """Versions that were published, oldest first."""
    return sorted(p.parent.name for p in (out / "versions").glob(f"v*/{MARK}"))


def history(out: Path, runs: int) -> list[dict[str, Any]]:
    """Run reports of the last `runs` published versions up to the current one, oldest first."""
    published = str((current(out) or {}).get("version") or "")
    reports = []
    for name in [v for v in versions(out) if v <= published][-runs:]:
        try:
            reports.append(dict(json.loads((out / "versions" / name / "run.json").read_text(encoding="utf-8"))))
        except (OSError, ValueError):  # a damaged old report is as one that is not there: it is only compared with
            continue
    return reports


def check_folder(out: Path) -> None:
    """Raise StoreError where a folder that runs write in or clean up is a link that leads out of `out`."""
    root = out.resolve()
    for name in OURS:
        path = out / name
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            raise StoreError(f"{path}: a link that leads out of {out}; runs clean up there, so it must be a folder")


def heal(out: Path) -> list[str]:
    """Mend what a killed run left: top-level files of two versions, unfinished versions. The caller holds the lock.

    Returns what was mended, for the run report.
    """
    mended = []
    published = (current(out) or {}).get("version")
    folder = out / "versions" / str(published)
    if published and (folder / "run.json").is_file():
        if not all(same_file(folder / name, out / name) for name in FILES):
            switch(out, published)
            mended.append(f"切换曾中断，已恢复到 {published}")
        (folder / MARK).touch()
    gone = [p for p in (out / "versions").glob("v*") if p.name != published and not (p / MARK).exists()]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
        mended.append(f"{path.name} 从未发布，已删除")
    for path in [*out.glob(".*.switch"), *(out / "cache" / "read").glob("*/*.part")]:
        path.unlink(missing_ok=True)
    return mended


def same_file(source: Path, target: Path) -> bool:
    """Whether `target` is `source`, or its copy where the file system has no links."""
    try:
        return target.samefile(source) or (
            source.is_file() and source.stat().st_nlink == 1 and source.read_bytes() == target.read_bytes()
        )
    except OSError:
        return False


def next_version(out: Path, stamp: str) -> str:
    """A name after all that are there, finished or not: v000012-20260316T030000. The number, not the clock, orders."""
    taken = [int(p.name[1:7]) for p in (out / "versions").glob("v[0-9][0-9][0-9][0-9][0-9][0-9]-*")]
    return f"v{max(taken, default=0) + 1:06d}-{stamp}"


def write_version(
    out: Path, version: str, articles: Sequence[Path], events: Sequence[Path], run: dict[str, Any]
) -> Path:
    """Write and fsync a whole version from finished, sorted Parquet files (one a quarter); its run.json last.

    Up to ``ONE_FILE`` rows a table is one file; above, it is a folder of the quarters' own files, hard-linked, which
    ``pd.read_parquet`` and DuckDB read alike, so that a weekly run rewrites the last quarter only. The caller holds
    the lock.
    """
    folder = out / "versions" / version
    folder.mkdir(parents=True)
    with ThreadPoolExecutor(2) as threads:  # Arrow writes without holding the interpreter
        for done in (
            threads.submit(write_whole, articles, folder / "articles.parquet"),
            threads.submit(write_whole, events, folder / "events.parquet"),
        ):
            done.result()
    write_bytes(folder / "run.json", json.dumps(run, ensure_ascii=False, indent=1).encode())
    sync_folder(folder)
    sync_folder(folder.parent)
    return folder


def write_whole(files: Sequence[Path], target: Path) -> None:
    """One table from its quarters: one file, or a folder of links where it is large."""
    rows = sum(pq.ParquetFile(f).metadata.num_rows for f in files)
    if rows > ONE_FILE:
        target.mkdir()
        for file in files:
            link_or_copy(file, target / file.name)
        sync_folder(target)
        return
    with pq.ParquetWriter(target, pq.read_schema(files[0]), compression="zstd") as writer:
        for file in files:
            for batch in pq.ParquetFile(file).iter_batches(STRETCH):
                writer.write_batch(batch, row_group_size=ROW_GROUP)
    sync_file(target)


def write_parquet(table: pa.Table, path: Path) -> None:
    """One Parquet file, zstd, row groups of ROW_GROUP rows, fsynced."""
    pq.write_table(table, path, compression="zstd", row_group_size=ROW_GROUP)
    sync_file(path)


def sync_file(path: Path) -> None:
    """Make a written file durable."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def write_bytes(path: Path, content: bytes) -> None:
    """A whole file or none: written beside, fsynced, moved into place. A link in the way is replaced, not followed."""
    temporary = path.with_name(f".{path.name}.new")  # one name: what a killed run left is overwritten by the next
    temporary.unlink(missing_ok=True)
    try:
        with temporary.open("xb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def switch(out: Path, version: str, after: Callable[[str], None] = lambda name: None) -> None:
    """Make `version` the published one. Killed at any moment, each top-level file is whole, old or new."""
    folder = out / "versions" / version
    for name in FILES:
        replace_by(folder / name, out / name)
        after(name)
    sync_folder(out)
    (folder / MARK).touch()


def replace_by(source: Path, target: Path) -> None:
    """Put `source` in `target`'s place in one step: a hard link to a file, a symbolic link to a folder."""
    temporary = target.with_name(f".{target.name}.switch")
    temporary.unlink(missing_ok=True)
    if source.is_dir():
        temporary.symlink_to(source.relative_to(target.parent), target_is_directory=True)
    else:
        link_or_copy(source, temporary)
    temporary.replace(target)


def link_or_copy(source: Path, target: Path) -> None:
    """A hard link; a copy where the file system has none."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def prune(out: Path, keep: int = KEEP) -> list[str]:
    """Remove versions never published and all but the last `keep`, never the current one. Returns what was removed."""
    published = (current(out) or {}).get("version")
    finished = versions(out)
    kept = {published, *finished[-keep:]}
    gone = [p for p in sorted((out / "versions").glob("v*")) if p.name not in kept]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return [p.name for p in gone]


def digest_of(parts: Iterable[str]) -> str:
    """First 16 hex digits of the SHA-256 of the parts, one a line."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
