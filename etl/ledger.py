"""What earlier runs extracted, so that a weekly run works on new files only.

``cache/extract/<key>/`` holds segments, one a run: a folder with two Arrow files a quarter of publication (articles,
events; the input's path in a column of its own), and ``ledger.json``: which version of which file lies in which segment
and quarters. The key is a digest of the rules and of the code, so a change of either extracts everything anew. A ledger
that is damaged is as one that is not there.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections import defaultdict
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
from etl.store import sync_file, sync_folder, write_bytes
from etl.work import Done

COLUMN = "_input"
UNDATED = "undated"
BUFFER = 2000  # rows of one quarter kept in memory before they are written


@dataclass
class FileRecord:
    """What is known of one version of one file."""

    digest: str
    segment: str
    pages: int = 0
    articles: int = 0
    quarters: list[str] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Ledger:
    """All that is extracted under one key."""

    folder: Path
    files: dict[str, FileRecord]
    seen: Known


def quarter_of(day: dt.date | None) -> str:
    """The quarter of publication: 2026Q4; `undated` where the day is unknown."""
    return f"{day.year}Q{(day.month + 2) // 3}" if day else UNDATED


def quarter_before(quarter: str) -> str | None:
    """The quarter before; None of undated."""
    if quarter == UNDATED:
        return None
    year, number = int(quarter[:4]), int(quarter[5])
    return f"{year}Q{number - 1}" if number > 1 else f"{year - 1}Q4"


def open_ledger(cache: Path, key: str) -> Ledger:
    """The ledger of this key; empty where there is none or it cannot be read."""
    folder = cache / "extract" / key
    try:
        data = json.loads((folder / "ledger.json").read_text(encoding="utf-8"))
        files = {path: FileRecord(**record) for path, record in data["files"].items()}
        seen = {path: (size, mtime, digest) for path, (size, mtime, digest) in data["seen"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return Ledger(folder, {}, {})
    present = {p.name for p in folder.iterdir() if p.is_dir()}
    return Ledger(folder, {p: r for p, r in files.items() if r.segment in present}, seen)


def save_ledger(ledger: Ledger) -> None:
    """Write the ledger, then remove the segments that it no longer names."""
    ledger.folder.mkdir(parents=True, exist_ok=True)
    data = {"files": {p: asdict(r) for p, r in ledger.files.items()}, "seen": ledger.seen}
    write_bytes(ledger.folder / "ledger.json", json.dumps(data, ensure_ascii=False).encode())
    named = {r.segment for r in ledger.files.values()}
    for path in ledger.folder.iterdir():
        if path.is_dir() and path.name not in named:
            shutil.rmtree(path, ignore_errors=True)


def drop_other_keys(ledger: Ledger) -> None:
    """Remove what was extracted under other rules or by other code."""
    for folder in ledger.folder.parent.iterdir():
        if folder != ledger.folder:
            shutil.rmtree(folder, ignore_errors=True)


def new_inputs(ledger: Ledger, inputs: Sequence[Input]) -> list[Input]:
    """Inputs of which this version is not yet extracted."""
    return [i for i in inputs if (r := ledger.files.get(i.path)) is None or r.digest != i.digest]


def forget_others(ledger: Ledger, inputs: Sequence[Input]) -> None:
    """Drop the records of files that are no input any more."""
    there = {i.path for i in inputs}
    ledger.files = {path: record for path, record in ledger.files.items() if path in there}


class SegmentWriter:
    """Writes rows into one segment, a pair of files a quarter, in batches."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack = ExitStack()
        self.writers: dict[tuple[str, type], ipc.RecordBatchFileWriter] = {}
        self.rows: dict[tuple[str, type], list[tuple[str, Any]]] = defaultdict(list)

    def __enter__(self) -> SegmentWriter:
        shutil.rmtree(self.folder, ignore_errors=True)  # what a killed run left
        self.folder.mkdir(parents=True)
        return self

    def __exit__(self, *exception: object) -> None:
        with self.stack:
            if exception[0] is None:
                for place in list(self.rows):
                    self.flush(place)
        if exception[0] is None:  # the ledger will name this segment: it must outlive a power cut
            for path in self.folder.iterdir():
                sync_file(path)
            sync_folder(self.folder)

    def add(self, done: Done) -> set[str]:
        """Keep a file's rows; returns the quarters that they belong to."""
        quarters = {a.article_id: quarter_of(a.published_on) for a in done.articles}
        for cls, rows in ((Article, done.articles), (Event, done.events)):
            for row in rows:
                place = (quarters[row.article_id], cls)
                self.rows[place].append((done.path, row))
                if len(self.rows[place]) >= BUFFER:
                    self.flush(place)
        return set(quarters.values())

    def flush(self, place: tuple[str, type]) -> None:
        """Write what is kept for one quarter and class."""
        rows = self.rows.pop(place)
        batch = to_batch([row for _, row in rows], place[1])
        paths = pa.array([path for path, _ in rows], pa.string())
        self.writer(place).write_batch(
            pa.RecordBatch.from_arrays([*batch.columns, paths], schema=segment_schema(place[1]))
        )

    def writer(self, place: tuple[str, type]) -> ipc.RecordBatchFileWriter:
        """The file of one quarter and class, opened at its first row."""
        if place not in self.writers:
            path = self.folder / file_name(*place)
            options = ipc.IpcWriteOptions(compression="lz4")
            self.writers[place] = self.stack.enter_context(
                ipc.new_file(str(path), segment_schema(place[1]), options=options)
            )
        return self.writers[place]


def write_segment(ledger: Ledger, name: str, todo: Sequence[Input], results: Iterable[Done]) -> Iterator[Done]:
    """Write results as they come into one segment, passing each on; then enter their files into the ledger."""
    records = {i.path: FileRecord(i.digest, name) for i in todo}
    with SegmentWriter(ledger.folder / name) as writer:
        for done in results:
            record = records[done.path]
            record.pages += done.pages
            record.articles += len(done.articles)
            record.quarters = sorted({*record.quarters, *writer.add(done)})
            record.issues += [asdict(i) for i in done.issues]
            yield done
    ledger.files.update(records)


def file_name(quarter: str, cls: type) -> str:
    """A segment's file of one quarter and class: 2026Q4.events.arrow."""
    return f"{quarter}.{cls.__name__.lower()}s.arrow"


def segment_schema(cls: type) -> pa.Schema:
    """The table's schema with the input's path."""
    return schema_of(cls).append(pa.field(COLUMN, pa.string()))


def inputs_by_quarter(ledger: Ledger, inputs: Sequence[Input]) -> dict[str, list[Input]]:
    """Which inputs contribute to which quarter of publication."""
    out: dict[str, list[Input]] = defaultdict(list)
    for one in inputs:
        for quarter in ledger.files[one.path].quarters:
            out[quarter].append(one)
    return dict(sorted(out.items()))


def gather(ledger: Ledger, quarter: str, inputs: Sequence[Input], cls: type) -> pa.Table:
    """All rows of `cls` that the given inputs gave for one quarter, from all segments."""
    paths: dict[str, list[str]] = defaultdict(list)
    for one in inputs:
        paths[ledger.files[one.path].segment].append(one.path)
    tables = []
    for segment, wanted in sorted(paths.items()):
        file = ledger.folder / segment / file_name(quarter, cls)
        if file.exists():  # a quarter may have articles and no event
            tables.append(kept(read_arrow(file), wanted))
    return pa.concat_tables([segment_schema(cls).empty_table(), *tables])


def read_arrow(path: Path) -> pa.Table:
    """One Arrow file as a table."""
    with pa.memory_map(str(path)) as source:
        return ipc.open_file(source).read_all()


def kept(table: pa.Table, paths: Sequence[str]) -> pa.Table:
    """The rows of a segment whose input still counts."""
    wanted = pc.is_in(table[COLUMN], pa.array(paths, pa.string()))
    return table if pc.all(wanted).as_py() else table.filter(wanted)


def issues_of(ledger: Ledger, inputs: Sequence[Input]) -> list[Issue]:
    """What was signalled of the given inputs, in their order."""
    return [Issue(**issue) for one in inputs for issue in ledger.files[one.path].issues]
