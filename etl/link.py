"""The same activity in two papers: later reports point at the first (`duplicate_of`), so that nothing counts twice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

WINDOW = dt.timedelta(days=14)  # a paper prints an activity within about two weeks of another
ALIKE = 0.5  # share of its characters that a reprint has in clauses equal to the first print's
_CLAUSE = re.compile(r"[^，。；：！？、,.;:!?\s\"“”‘’（）()]{6,}")
SAME = ("campaign_id", "city", "district")  # what two reports of one activity agree in
BLOCKS = 2000  # that are in memory at once
FAR = 10**8  # a day after all others: where the day of publication is unknown
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
    """What tells one report of an activity from another; `row` is where its numbers are."""

    event_id: str
    article_id: str
    published_on: dt.date | None
    date: dt.date | None
    date_end: dt.date | None
    precise: bool
    street: str | None
    row: int


Numbers = Callable[[int], frozenset[int]]  # a row → its event's single counts with their units, as keys
Clauses = Callable[[str], frozenset[str]]  # an article's id → the clauses of its text


def link(events: pa.Table, text_of: Callable[[str], str]) -> pa.Table:
    """`events` with `duplicate_of` filled; `text_of` gives an article's text by its id.

    Two events are one activity if campaign, city and district agree, streets do not differ, they come from different
    articles printed within 14 days of each other whose dates do not exclude each other, and either two numbers with
    their units agree (one, if street and exact day agree too) or half of the shorter text stands in the other, clause
    by clause. Every later report points at the first one, never at another duplicate.
    """
    return with_links(events, first_reports(events.select(COLUMNS), numbers_of([events["metrics"]]), text_of))


def with_links(events: pa.Table, first: Mapping[str, str]) -> pa.Table:
    """`events` with the first reports that `first` names by their ids."""
    if not first:
        return events
    column = pa.array([first.get(i) for i in events["event_id"].to_pylist()], pa.string())
    at = events.schema.get_field_index("duplicate_of")
    return events.set_column(at, events.schema.field(at), column)


def first_reports(events: pa.Table, numbers: Numbers, text_of: Callable[[str], str]) -> dict[str, str]:
    """The first report of each event that is a later one, by their ids; `events` has `COLUMNS`."""
    first: dict[str, str] = {}
    clauses = lru_cache(maxsize=4096)(lambda article_id: clauses_of(text_of(article_id)))
    for block in blocks(events):
        for i, later in enumerate(block):
            for j in range(i - 1, -1, -1):
                earlier = block[j]
                if not near(earlier.published_on, later.published_on):
                    break
                if same_activity(earlier, later, numbers, clauses):
                    first[later.event_id] = first.get(earlier.event_id, earlier.event_id)
                    break
    return first


def blocks(events: pa.Table) -> Iterator[list[Report]]:
    """Events that could be one activity, by day of publication: same campaign, city, district; two articles or more.

    A block ends where nothing was printed for longer than the window, so that in a large table most events are in none.
    """
    slim = events.select(COLUMNS).append_column("row", pa.array(np.arange(len(events))))
    slim = slim.filter(pc.is_valid(slim["campaign_id"]))
    slim = slim.sort_by([(c, "ascending") for c in (*SAME, "published_on", "event_id")])
    joined = joins(slim)
    starts = np.flatnonzero(~joined[:-1] & joined[1:])  # joined[i]: row i belongs to the row before it
    ends = np.flatnonzero(joined[:-1] & ~joined[1:])
    for first in range(0, len(starts), BLOCKS):
        low, high = int(starts[first]), int(ends[min(first + BLOCKS, len(ends)) - 1]) + 1
        rows = slim.slice(low, high - low).to_pylist()
        for start, end in zip(starts[first : first + BLOCKS], ends[first : first + BLOCKS], strict=True):
            found = rows[start - low : end + 1 - low]
            if len({r["article_id"] for r in found}) > 1:
                yield [report(r) for r in found]


def joins(slim: pa.Table) -> NDArray[np.bool_]:
    """For each row of a sorted table, and one past it: whether it could be one activity with the row before it."""
    joined = np.zeros(len(slim) + 1, bool)
    if len(slim) < 2:
        return joined
    days = pc.fill_null(slim["published_on"].cast(pa.int32()), FAR).to_numpy()
    joined[1:-1] = np.diff(days) <= WINDOW.days
    for name in SAME:
        values = pc.fill_null(slim[name], "").combine_chunks()
        joined[1:-1] &= pc.equal(values[1:], values[:-1]).to_numpy(zero_copy_only=False)
    return joined


def near(a: dt.date | None, b: dt.date | None) -> bool:
    """Whether two days of publication lie within the window; an unknown day is near only to another unknown one."""
    if a is None or b is None:
        return a is b
    return abs(a - b) <= WINDOW


def report(row: dict[str, Any]) -> Report:
    """What matters of one event's row."""
    kept = {k: row[k] for k in ("event_id", "article_id", "published_on", "date", "date_end", "street", "row")}
    return Report(**kept, precise=row["date_precision"] == "day")


def numbers_of(columns: Sequence[pa.ChunkedArray]) -> Numbers:
    """The numbers of an event that a second report of it would give too: single counts above one, with their units.

    Rows are numbered through the `metrics` columns given. Equal value and unit give an equal key.
    """
    chunks = [chunk for column in columns for chunk in column.chunks]
    if not chunks:
        return lambda row: frozenset()
    flat = pa.chunked_array([chunk.flatten() for chunk in chunks])
    fields = dict(zip((f.name for f in flat.type), flat.flatten(), strict=True))
    pairs = pc.binary_join_element_wise(fields["value"].cast(pa.string()), fields["unit"], " ").combine_chunks()
    keys = pc.dictionary_encode(pairs).indices.to_numpy(zero_copy_only=False)
    single = pc.and_(pc.greater(fields["value"], 1), pc.equal(fields["scope"], "event"))
    counts = single.combine_chunks().to_numpy(zero_copy_only=False)
    ends = np.cumsum(np.concatenate([[0], *(pc.list_value_length(c).to_numpy(zero_copy_only=False) for c in chunks)]))

    def numbers(row: int) -> frozenset[int]:
        part = slice(int(ends[row]), int(ends[row + 1]))
        return frozenset(keys[part][counts[part]].tolist())

    return numbers


def same_activity(a: Report, b: Report, numbers: Numbers, clauses: Clauses) -> bool:
    """Whether two reports of one block tell of one activity."""
    if a.article_id == b.article_id or (a.street and b.street and a.street != b.street) or not meet(a, b):
        return False
    common = len(numbers(a.row) & numbers(b.row))
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
