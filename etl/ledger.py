"""What earlier runs extracted, so that a weekly run works on new files only.

``cache/extract/<key>/`` holds segments (two Arrow files each: articles and events, with the input's path in a column)
and ``ledger.json``: which version of which file lies in which segment. The key is a digest of the rules and of the
code, so a change of either extracts everything anew. A segment or ledger that is damaged is as one that is not there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc

from etl.inputs import Input, Known
from etl.models import Article, Event, Issue, schema_of, to_batch
from etl.store import write_bytes
from etl.work import Done

COLUMN = "_input"
MERGE_AT = 24  # segments; more are written together into one


@dataclass
class FileRecord:
    """What is known of one version of one file."""

    digest: str
    segment: str
    pages: int = 0
    articles: int = 0
    issues: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Ledger:
    """All that is extracted under one key."""

    folder: Path
    files: dict[str, FileRecord]
    seen: Known


def open_ledger(cache: Path, key: str) -> Ledger:
    """The ledger of this key; empty where there is none or it cannot be read."""
    folder = cache / "extract" / key
    try:
        data = json.loads((folder / "ledger.json").read_text(encoding="utf-8"))
        files = {path: FileRecord(**record) for path, record in data["files"].items()}
        seen = {path: (size, mtime, digest) for path, (size, mtime, digest) in data["seen"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return Ledger(folder, {}, {})
    present = {p.name.removesuffix(".events.arrow") for p in folder.glob("*.events.arrow")}
    return Ledger(folder, {p: r for p, r in files.items() if r.segment in present}, seen)


def save_ledger(ledger: Ledger) -> None:
    """Write the ledger and remove the segments that it no longer names."""
    ledger.folder.mkdir(parents=True, exist_ok=True)
    data = {"files": {p: asdict(r) for p, r in ledger.files.items()}, "seen": ledger.seen}
    write_bytes(ledger.folder / "ledger.json", json.dumps(data, ensure_ascii=False).encode())
    named = {r.segment for r in ledger.files.values()}
    for path in ledger.folder.glob("*.arrow"):
        if path.name.split(".")[0] not in named:
            path.unlink(missing_ok=True)


def drop_other_keys(ledger: Ledger) -> None:
    """Remove what was extracted under other rules or by other code."""
    for folder in ledger.folder.parent.iterdir():
        if folder != ledger.folder:
            shutil.rmtree(folder, ignore_errors=True)


def new_inputs(ledger: Ledger, inputs: Sequence[Input]) -> list[Input]:
    """Inputs of which this version is not yet extracted."""
    return [i for i in inputs if (r := ledger.files.get(i.path)) is None or r.digest != i.digest]


def write_segment(ledger: Ledger, name: str, todo: Sequence[Input], results: Iterable[Done]) -> Iterator[Done]:
    """Write results as they come into one segment, passing each on; then enter their files into the ledger."""
    ledger.folder.mkdir(parents=True, exist_ok=True)
    digests = {i.path: i.digest for i in todo}
    records: dict[str, FileRecord] = {i.path: FileRecord(i.digest, name) for i in todo}
    with ExitStack() as stack:
        writers = {cls: open_writer(stack, segment_path(ledger, name, cls), cls) for cls in (Article, Event)}
        for done in results:
            append(writers[Article], done.articles, Article, done.path)
            append(writers[Event], done.events, Event, done.path)
            record = records.setdefault(done.path, FileRecord(digests[done.path], name))
            record.pages += done.pages
            record.articles += len(done.articles)
            record.issues += [asdict(i) for i in done.issues]
            yield done
    ledger.files.update(records)


def segment_path(ledger: Ledger, name: str, cls: type) -> Path:
    return ledger.folder / f"{name}.{cls.__name__.lower()}s.arrow"


def segment_schema(cls: type) -> pa.Schema:
    """The table's schema with the input's path."""
    return schema_of(cls).append(pa.field(COLUMN, pa.string()))


def open_writer(stack: ExitStack, path: Path, cls: type) -> ipc.RecordBatchFileWriter:
    """An Arrow file writer, closed with the stack."""
    return stack.enter_context(
        ipc.new_file(str(path), segment_schema(cls), options=ipc.IpcWriteOptions(compression="lz4"))
    )


def append(writer: ipc.RecordBatchFileWriter, rows: Sequence[Any], cls: type, path: str) -> None:
    """Write rows of one file."""
    if rows:
        batch = to_batch(rows, cls)
        column = pa.array([path] * len(rows), pa.string())
        writer.write_batch(pa.RecordBatch.from_arrays([*batch.columns, column], schema=segment_schema(cls)))


def gather(ledger: Ledger, inputs: Sequence[Input], cls: type) -> pa.Table:
    """All rows of `cls` that the given inputs gave, from all segments."""
    paths: dict[str, list[str]] = {}
    for one in inputs:
        paths.setdefault(ledger.files[one.path].segment, []).append(one.path)
    tables = [kept(read_segment(segment_path(ledger, name, cls)), wanted) for name, wanted in sorted(paths.items())]
    return pa.concat_tables([segment_schema(cls).empty_table(), *tables])


def read_segment(path: Path) -> pa.Table:
    """One Arrow file as a table."""
    with pa.memory_map(str(path)) as source:
        return ipc.open_file(source).read_all()


def kept(table: pa.Table, paths: Sequence[str]) -> pa.Table:
    """The rows of a segment whose input still counts."""
    return table.filter(pc.is_in(table[COLUMN], pa.array(paths, pa.string())))


def issues_of(ledger: Ledger, inputs: Sequence[Input]) -> list[Issue]:
    """What was signalled of the given inputs, in their order."""
    return [Issue(**issue) for one in inputs for issue in ledger.files[one.path].issues]
