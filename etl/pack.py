"""What a task found, as Arrow batches by quarter of publication: small to send, quick to write, the same anywhere."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import pyarrow as pa

from etl.models import Article, Event, Issue, schema_of, to_batch

COLUMN = "_input"  # the input's path, beside the table's own columns
UNDATED = "undated"
CLASSES: dict[str, type] = {"article": Article, "event": Event}


@dataclass(frozen=True, slots=True)
class Done:
    """What one file gave, or a part of a large one."""

    path: str
    pages: int
    articles: tuple[Article, ...]
    events: tuple[Event, ...]
    issues: tuple[Issue, ...]
    part: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """What the ledger notes of one file, or of a part of a large one."""

    path: str
    part: int
    pages: int
    articles: int
    quarters: tuple[str, ...]
    issues: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What one task gave: accounts of its files, and rows by (quarter, class)."""

    accounts: tuple[Account, ...]
    batches: tuple[tuple[str, str, pa.RecordBatch], ...]


def pack(dones: Sequence[Done]) -> Result:
    """Rows of several files as one batch a quarter and class."""
    rows: dict[tuple[str, str], list[tuple[str, Any]]] = defaultdict(list)
    accounts = []
    for done in dones:
        quarters = {a.article_id: quarter_of(a.published_on) for a in done.articles}
        for name, found in (("article", done.articles), ("event", done.events)):
            for row in found:
                rows[quarters[row.article_id], name].append((done.path, row))
        issues = tuple(asdict(i) for i in done.issues)
        held = tuple(sorted(set(quarters.values())))
        accounts.append(Account(done.path, done.part, done.pages, len(done.articles), held, issues))
    batches = [(quarter, name, batch_of(found, name)) for (quarter, name), found in sorted(rows.items())]
    return Result(tuple(accounts), tuple(batches))


def batch_of(rows: Sequence[tuple[str, Any]], name: str) -> pa.RecordBatch:
    """Rows of one class with their input's path as the last column."""
    batch = to_batch([row for _, row in rows], CLASSES[name])
    paths = pa.array([path for path, _ in rows], pa.string())
    return pa.RecordBatch.from_arrays([*batch.columns, paths], schema=segment_schema(CLASSES[name]))


@cache
def segment_schema(cls: type) -> pa.Schema:
    """The table's schema with the input's path."""
    return schema_of(cls).append(pa.field(COLUMN, pa.string()))


def quarter_of(day: dt.date | None) -> str:
    """The quarter of publication: 2026Q4; `undated` where the day is unknown."""
    return f"{day.year}Q{(day.month + 2) // 3}" if day else UNDATED
