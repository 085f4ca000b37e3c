"""The same activity in two papers: later reports point at the first (`duplicate_of`), so that nothing counts twice."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

WINDOW = dt.timedelta(days=14)  # a paper prints an activity within about two weeks of another
ALIKE = 0.5  # share of its characters that a reprint has in clauses equal to the first print's
_CLAUSE = re.compile(r"[^，。；：！？、,.;:!?\s\"“”‘’（）()]{6,}")
COLUMNS = [
    "campaign_id",
    "city",
    "district",
    "event_id",
    "article_id",
    "published_on",
    "date",
    "date_end",
    "date_precision",
    "street",
]


@dataclass(frozen=True, slots=True)
class Report:
    """What tells one report of an activity from another."""

    event_id: str
    article_id: str
    published_on: dt.date | None
    date: dt.date | None
    date_end: dt.date | None
    precise: bool
    street: str | None
    numbers: frozenset[tuple[float, str]]


def link(events: pa.Table, text_of: Callable[[str], str]) -> pa.Table:
    """`events` with `duplicate_of` filled; `text_of` gives an article's text by its id.

    Two events are one activity if campaign, city and district agree, streets do not differ, they come from different
    articles printed within 14 days of each other whose dates do not exclude each other, and either two numbers with
    their units agree (one, if street and exact day agree too) or half of the shorter text stands in the other, clause
    by clause. Every later report points at the first one, never at another duplicate.
    """
    first: dict[str, str] = {}
    clauses = lru_cache(maxsize=4096)(lambda article_id: clauses_of(text_of(article_id)))
    for block in blocks(events):
        for i, later in enumerate(block):
            for j in range(i - 1, -1, -1):
                earlier = block[j]
                if not near(earlier.published_on, later.published_on):
                    break
                if same_activity(earlier, later, clauses):
                    first[later.event_id] = first.get(earlier.event_id, earlier.event_id)
                    break
    if not first:
        return events
    column = pa.array([first.get(i) for i in events["event_id"].to_pylist()], pa.string())
    at = events.schema.get_field_index("duplicate_of")
    return events.set_column(at, events.schema.field(at), column)


def blocks(events: pa.Table) -> Iterator[list[Report]]:
    """Events that could be one activity, by day of publication: same campaign, city, district; two articles or more."""
    slim = events.select(COLUMNS).append_column("row", pa.array(range(len(events)), pa.int64()))
    slim = slim.filter(pc.is_valid(slim["campaign_id"]))
    groups: dict[tuple[str | None, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in slim.to_pylist():
        groups[row["campaign_id"], row["city"], row["district"]].append(row)
    for rows in groups.values():
        if len({r["article_id"] for r in rows}) > 1:
            reports = [report(row, events["metrics"][row["row"]].as_py()) for row in rows]
            yield sorted(reports, key=lambda r: (r.published_on or dt.date.max, r.event_id))


def near(a: dt.date | None, b: dt.date | None) -> bool:
    """Whether two days of publication lie within the window; an unknown day is near only to another unknown one."""
    if a is None or b is None:
        return a is b
    return abs(a - b) <= WINDOW


def report(row: dict[str, Any], metrics: list[dict[str, Any]]) -> Report:
    """What matters of one event's row."""
    numbers = frozenset((m["value"], m["unit"]) for m in metrics if m["value"] > 1 and m["scope"] == "event")
    kept = {k: row[k] for k in ("event_id", "article_id", "published_on", "date", "date_end", "street")}
    return Report(**kept, precise=row["date_precision"] == "day", numbers=numbers)


def same_activity(a: Report, b: Report, clauses: Callable[[str], frozenset[str]]) -> bool:
    """Whether two reports of one block tell of one activity."""
    if a.article_id == b.article_id or (a.street and b.street and a.street != b.street) or not meet(a, b):
        return False
    common = len(a.numbers & b.numbers)
    if common >= 2 or (common == 1 and a.precise and b.precise and a.date == b.date and a.street == b.street):
        return True
    return alike(clauses(a.article_id), clauses(b.article_id))


def meet(a: Report, b: Report) -> bool:
    """Whether the two spans of days have a day in common, or one is unknown."""
    if a.date is None or b.date is None:
        return True
    return a.date <= (b.date_end or b.date) and b.date <= (a.date_end or a.date)


def alike(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether half of the shorter text stands in the other, clause by clause (a reprint, a shortened print)."""
    shorter = min(sum(map(len, a)), sum(map(len, b)))
    return shorter >= 60 and sum(map(len, a & b)) >= ALIKE * shorter


def clauses_of(text: str) -> frozenset[str]:
    """A text's clauses of six characters and more."""
    return frozenset(_CLAUSE.findall(text))
