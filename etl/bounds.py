"""Whether a run yields enough to be published: its figures against those of the published versions before it.

The figures (``total``, ``filled``, ``week``, ``week_filled``) stand in every run report; ``data/reference/bounds.yml``
says how far each may fall. A broken week must not reach readers: below ``stop`` nothing is published.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from etl.models import Issue
from etl.rules.errors import RulesError

FILE = "bounds.yml"
GROUPS = ("total", "filled", "week", "week_filled")
WEEK = dt.timedelta(days=7)
Figures = Mapping[str, Mapping[str, float]]  # group → name → value


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a figure may fall (for `unreadable`: rise) before it is signalled, and before the run stops."""

    warn: float
    stop: float


@dataclass(frozen=True)
class Bounds:
    """The content of bounds.yml."""

    small: int
    versions: int
    least_files: int
    limits: Mapping[str, Mapping[str, Limit]]  # group → name → limit, of shares of an earlier figure
    unreadable: Limit


def load_bounds(root: Path) -> Bounds:
    """Read bounds.yml; RulesError where it is missing or wrong."""
    path = root / FILE
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RulesError(path, None, f"cannot be read: {error}") from error
    known = {"small", "versions", "least_files", "unreadable", *GROUPS}
    if not isinstance(data, dict) or set(data) != known:
        raise RulesError(path, None, f"must have exactly {', '.join(sorted(known))}")
    numbers = {name: whole(path, name, data[name]) for name in ("small", "versions", "least_files")}
    limits = {
        group: {str(name): limit(path, f"{group}.{name}", row) for name, row in entries(path, group, data[group])}
        for group in GROUPS
    }
    return Bounds(limits=limits, unreadable=limit(path, "unreadable", data["unreadable"], rising=True), **numbers)


def whole(path: Path, name: str, value: object) -> int:
    """A whole number above 0."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise RulesError(path, None, f"{name} must be a whole number above 0, not {value!r}")
    return value


def entries(path: Path, group: str, value: object) -> Iterator[tuple[object, object]]:
    """The rows of a group."""
    if not isinstance(value, dict):
        raise RulesError(path, None, f"{group} must be a mapping of figures to limits")
    yield from value.items()


def limit(path: Path, name: str, row: object, *, rising: bool = False) -> Limit:
    """{warn: 0.95, stop: 0.8}: shares; stop is the worse of the two."""
    if not isinstance(row, dict) or set(row) != {"warn", "stop"}:
        raise RulesError(path, None, f"{name} must be {{warn: …, stop: …}}")
    warn, stop = row["warn"], row["stop"]
    if not all(isinstance(x, int | float) and not isinstance(x, bool) and 0 <= x <= 1 for x in (warn, stop)):
        raise RulesError(path, None, f"{name}: warn and stop are shares between 0 and 1")
    if (stop < warn) if rising else (stop > warn):
        raise RulesError(path, None, f"{name}: stop must be worse than warn")
    return Limit(float(warn), float(stop))


def figures(
    counts: Mapping[str, int],
    filled: Mapping[str, int],
    papers: Sequence[Mapping[str, Any]],
    late: pa.Table,
    today: dt.date,
) -> dict[str, dict[str, float]]:
    """What the bounds compare. `late` holds published_on and the watched fields of the newest events.

    The last week ends with the newest day of publication that is not after `today` (a later one is a misprint).
    """
    days = {dt.date.fromisoformat(p["published_on"]) for p in papers if p["published_on"]}
    until = max((d for d in days if d <= today), default=max(days, default=None))
    total = {name: counts[name] for name in ("articles", "events", "metrics")}
    found: dict[str, dict[str, float]] = {
        "total": {**total, "newspapers": len({p["newspaper"] for p in papers if p["newspaper"]})},
        "filled": shares(filled, counts["events"]),
    }
    return found | (week_of(papers, late, until) if until else {"week": {}, "week_filled": {}})


def week_of(papers: Sequence[Mapping[str, Any]], late: pa.Table, until: dt.date) -> dict[str, dict[str, float]]:
    """Newspapers, articles and events of the seven days up to `until`, and how complete these events are."""
    first = until - WEEK + dt.timedelta(days=1)
    rows = [p for p in papers if p["published_on"] and first.isoformat() <= p["published_on"] <= until.isoformat()]
    inside = pc.and_(
        pc.greater_equal(late["published_on"], pa.scalar(first)), pc.less_equal(late["published_on"], pa.scalar(until))
    )
    events = late.filter(inside)
    have = {name: len(events) - events[name].null_count for name in events.column_names if name != "published_on"}
    week = {
        "newspapers": len({p["newspaper"] for p in rows if p["newspaper"]}),
        "articles": sum(p["articles"] for p in rows),
        "events": len(events),
    }
    return {"week": dict(week), "week_filled": shares(have, len(events))}


def shares(have: Mapping[str, int], of: int) -> dict[str, float]:
    """Counts as shares."""
    return {name: round(n / of, 4) for name, n in have.items()} if of else {}


def check_bounds(bounds: Bounds, now: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> list[Issue]:
    """What fell too far: an Issue a figure, of severity error where the run must stop, else warning.

    `now` and `before` are run reports; `before` has the oldest first and the published one last.
    """
    issues = unreadable(bounds, now)
    then = [r["figures"] for r in before[-bounds.versions :] if isinstance(r.get("figures"), dict)]
    if not then or then[-1]["total"]["events"] < bounds.small:
        return issues
    for group in GROUPS:
        for name, allowed in bounds.limits[group].items():
            past = [
                f[group][name]
                for f in (then[-1:] if group in {"total", "filled"} else then)
                if name in f.get(group, {})
            ]
            issues += judged(f"{group}.{name}", now["figures"].get(group, {}).get(name, 0), past, allowed)
    return issues


def judged(name: str, value: float, past: Sequence[float], allowed: Limit) -> list[Issue]:
    """One figure against the median of its past."""
    usual = statistics.median(past) if past else 0
    if not usual or value >= allowed.warn * usual:
        return []
    stop = value < allowed.stop * usual
    least = allowed.stop if stop else allowed.warn
    message = f"{name}：本次 {value:g}，以往 {usual:g}，为其 {value / usual:.0%}，下限 {least:.0%}"
    return [Issue("out-of-bounds" if stop else "low-yield", message, "error" if stop else "warning", where=name)]


def unreadable(bounds: Bounds, now: Mapping[str, Any]) -> list[Issue]:
    """Too many files that could not be read."""
    files = now["counts"]["files"]
    bad = len({q["source_path"] for q in now["quarantine"] if q["source_path"]})
    if files < bounds.least_files or bad <= bounds.unreadable.warn * files:
        return []
    stop = bad > bounds.unreadable.stop * files
    message = f"{files} 个文件中有 {bad} 个无法读取"
    return [
        Issue("out-of-bounds" if stop else "low-yield", message, "error" if stop else "warning", where="unreadable")
    ]
