"""What earlier runs extracted, so that a weekly run works on new files only.

``cache/extract/<key>/`` holds segments, one a run: a folder with two Arrow files a quarter of publication (articles,
events; the input's path in a column of its own), and ``ledger.json``: which version of which file lies in which segment
and quarters. The key is a digest of the rules and of the code, so a change of either extracts everything anew. A ledger
that is damaged is as one that is not there.
"""

from __future__ import annotations

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
from etl.models import Issue
from etl.pack import CLASSES, COLUMN, UNDATED, Account, Result, segment_schema
from etl.store import sync_file, sync_folder, write_bytes

BUFFER = 32_000_000  # bytes of results kept in memory before they are written


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
        self.writers: dict[tuple[str, str], ipc.RecordBatchFileWriter] = {}
        self.kept: dict[tuple[str, str], list[pa.RecordBatch]] = defaultdict(list)
        self.held = 0  # bytes behind what is kept

    def __enter__(self) -> SegmentWriter:
        shutil.rmtree(self.folder, ignore_errors=True)  # what a killed run left
        self.folder.mkdir(parents=True)
        return self

    def __exit__(self, *exception: object) -> None:
        with self.stack:
            if exception[0] is None:
                self.flush()
        if exception[0] is None:  # the ledger will name this segment: it must outlive a power cut
            for path in self.folder.iterdir():
                sync_file(path)
            sync_folder(self.folder)

    def add(self, result: Result) -> None:
        """Keep a task's rows; write all that is kept once it is much."""
        for quarter, name, batch in result.batches:
            self.kept[quarter, name].append(batch)
        self.held += result.nbytes
        if self.held >= BUFFER:
            self.flush()

    def flush(self) -> None:
        """Write what is kept, a batch for each quarter and class."""
        for place, batches in self.kept.items():
            self.writer(place).write_batch(pa.concat_batches(batches))
        self.kept.clear()
        self.held = 0

    def writer(self, place: tuple[str, str]) -> ipc.RecordBatchFileWriter:
        """The file of one quarter and class, opened at its first row."""
        if place not in self.writers:
            path = self.folder / file_name(*place)
            self.writers[place] = self.stack.enter_context(
                ipc.new_file(str(path), segment_schema(CLASSES[place[1]]))  # not compressed: it is mapped, not read
            )
        return self.writers[place]


def write_segment(ledger: Ledger, name: str, todo: Sequence[Input], results: Iterable[Result]) -> Iterator[Account]:
    """Write results as they come into one segment, passing on their accounts; then enter the files into the ledger."""
    accounts: dict[str, list[Account]] = {i.path: [] for i in todo}
    with SegmentWriter(ledger.folder / name) as writer:
        for result in results:
            writer.add(result)
            for account in result.accounts:
                accounts[account.path].append(account)
                yield account
    ledger.files.update({i.path: record_of(i, name, accounts[i.path]) for i in todo})


def record_of(one: Input, segment: str, accounts: Sequence[Account]) -> FileRecord:
    """The ledger's record of a file whose parts may have come in any order."""
    parts = sorted(accounts, key=lambda a: a.part)
    return FileRecord(
        one.digest,
        segment,
        sum(a.pages for a in parts),
        sum(a.articles for a in parts),
        sorted({quarter for a in parts for quarter in a.quarters}),
        [issue for a in parts for issue in a.issues],
    )


def file_name(quarter: str, name: str) -> str:
    """A segment's file of one quarter and class: 2026Q4.events.arrow."""
    return f"{quarter}.{name}s.arrow"


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
        file = ledger.folder / segment / file_name(quarter, cls.__name__.lower())
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
