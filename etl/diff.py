"""Gains, losses and changes between two tables of events: what a change of a rule did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Row = dict[str, Any]
COMPARED = ("date", "date_end", "date_precision", "place_basis", "duplicate_of", "rank")


@dataclass(frozen=True)
class Difference:
    """One event gained, lost or changed; `what` says how, for people."""

    kind: str  # gained, lost, changed
    article_id: str
    headline: str
    what: str


def diff(old: Path, new: Path) -> Iterator[Difference]:
    """Differences between two events.parquet files, by article and event id."""
    before, after = (by_id(path) for path in (old, new))
    for event_id in sorted(before.keys() | after.keys(), key=lambda i: order(before.get(i) or after[i])):
        one, two = before.get(event_id), after.get(event_id)
        if one is None and two is not None:
            yield difference("gained", two, describe(two))
        elif two is None and one is not None:
            yield difference("lost", one, describe(one))
        elif one and two and (changes := "; ".join(changed(one, two))):
            yield difference("changed", two, f"{describe(two)}: {changes}")


def by_id(path: Path) -> dict[str, Row]:
    """The events of a file, or of the folder that holds events.parquet."""
    file = path / "events.parquet" if path.is_dir() else path
    return {row["event_id"]: row for row in pq.read_table(file).to_pylist()}


def order(row: Row) -> tuple[str, int, str]:
    """Events of one article together, main one first."""
    return (row["article_id"], row["rank"], row["event_id"])


def difference(kind: str, row: Row, what: str) -> Difference:
    """A difference with what identifies the article for people."""
    return Difference(kind, row["article_id"], row["headline"] or "", what)


def describe(row: Row) -> str:
    """An event in a few words."""
    place = "".join(row[c] or "" for c in ("city", "district", "street", "community"))
    return f"{row['campaign'] or '未归类'} @ {place or '—'} {row['date'] or '—'} ({len(row['metrics'])} numbers)"


def changed(one: Row, two: Row) -> Iterator[str]:
    """The fields of one event that differ, old → new."""
    for name in COMPARED:
        if one[name] != two[name]:
            yield f"{name} {one[name]} → {two[name]}"
    old, new = ({number_key(m): m for m in row["metrics"]} for row in (one, two))
    for key in sorted(old.keys() - new.keys()):
        yield f"number lost: {old[key]['text']} {old[key]['what']}"
    for key in sorted(new.keys() - old.keys()):
        yield f"number gained: {new[key]['text']} {new[key]['what']}"
    for key in sorted(old.keys() & new.keys()):
        for name in ("what", "indicator", "qualifier", "scope", "as_of"):
            if old[key][name] != new[key][name]:
                yield f"{new[key]['text']} {name} {old[key][name]} → {new[key][name]}"


def number_key(metric: Row) -> tuple[int, float, str]:
    """What makes two readings of a number the same."""
    return (metric["start"], metric["value"], metric["unit"])
