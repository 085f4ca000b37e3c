"""What the reader asks for, as one frozen value that goes into the URL and comes back unchanged.

The URL carries stable ids (campaign ids, division codes, newspaper names), never labels, so that a link opened in the
other language shows the same. Every value read from it is checked against what the table holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

Basis = Literal["published", "event"]
Period = Literal["all", "1w", "4w", "12w", "year", "custom"]
NO_CAMPAIGN = "none"  # the id that stands for events that fit no campaign yet
KEYS = ("period", "from", "to", "by", "place", "campaign", "group", "paper")
MAX_LISTED = 100  # campaigns or papers in one link


@dataclass(frozen=True, slots=True)
class Node:
    """A place of the table: its id (division code where known), level (0 province … 4 community), name and parent."""

    id: str
    level: int
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign of the table."""

    id: str
    name: str
    group: str | None
    events: int


@dataclass(frozen=True)
class Catalog:
    """What can be chosen: everything that the table holds, and the days that it covers."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    children: Mapping[str | None, tuple[str, ...]] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)  # most frequent first
    papers: tuple[str, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None  # 数据截至: the last day on which a paper arrived
    events: int = 0

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of campaigns, the most frequent first."""
        return tuple(dict.fromkeys(c.group for c in self.campaigns.values() if c.group))

    def path(self, node_id: str | None) -> tuple[Node, ...]:
        """A place and all above it, from the province down."""
        found: list[Node] = []
        while node_id is not None and (node := self.nodes.get(node_id)) is not None:
            found.append(node)
            node_id = node.parent
        return tuple(reversed(found))

    def at(self, node_id: str | None, level: int) -> Node | None:
        """The place of one level on the way down to `node_id`."""
        return next((n for n in self.path(node_id) if n.level == level), None)


@dataclass(frozen=True, slots=True)
class Filters:
    """The reader's choice. Empty tuples and None mean everything."""

    period: Period = "all"
    start: dt.date | None = None  # of a custom period
    end: dt.date | None = None
    by: Basis = "published"
    place: str | None = None
    campaigns: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        """Whether anything is filtered."""
        return replace(self, by="published") != Filters()

    def span(self, last: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
        """First and last day asked for; a preset counts back from the last day of the data."""
        if self.period == "custom":
            return (self.start, self.end)
        if self.period == "all" or last is None:
            return (None, None)
        if self.period == "year":
            return (dt.date(last.year, 1, 1), last)
        return (monday(last) - dt.timedelta(weeks=int(self.period[:-1]) - 1), last)


def monday(day: dt.date) -> dt.date:
    """The Monday of the day's week."""
    return day - dt.timedelta(days=day.weekday())


def last_complete_week(last: dt.date) -> dt.date:
    """The Monday of the last week that the data covers to its Sunday."""
    return monday(last) if last.weekday() == 6 else monday(last) - dt.timedelta(weeks=1)


def week_label(day: dt.date) -> str:
    """2023-W11: the ISO week of a day."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def parse_week(text: str) -> dt.date | None:
    """The Monday that 2023-W11 (or 2023W11, 2023-11) names, or None."""
    year, _, week = text.upper().replace("W", "-").replace("--", "-").partition("-")
    try:
        return dt.date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        return None


def write(filters: Filters) -> dict[str, str]:
    """The filters as URL parameters; what is not filtered is left out."""
    params = {
        "period": "" if filters.period == "all" else filters.period,
        "from": filters.start.isoformat() if filters.period == "custom" and filters.start else "",
        "to": filters.end.isoformat() if filters.period == "custom" and filters.end else "",
        "by": "" if filters.by == "published" else filters.by,
        "place": joined((filters.place,) if filters.place else ()),
        "campaign": joined(filters.campaigns),
        "group": joined(filters.groups),
        "paper": joined(filters.papers),
    }
    return {key: value for key, value in params.items() if value}


def joined(ids: tuple[str, ...]) -> str:
    """Ids with commas between them; a comma within an id is written %2C."""
    return ",".join(i.replace("%", "%25").replace(",", "%2C") for i in ids)


def read(params: Mapping[str, str], catalog: Catalog) -> tuple[Filters, tuple[str, ...]]:
    """The filters that URL parameters ask for, and those values (`key=value`) that the table does not know."""
    unknown: list[str] = []

    def listed(key: str, known: Mapping[str, object] | tuple[str, ...]) -> tuple[str, ...]:
        wanted = [v.replace("%2C", ",").replace("%25", "%") for v in params.get(key, "").split(",")[:MAX_LISTED] if v]
        unknown.extend(f"{key}={v[:40]}" for v in wanted if v not in known)
        return tuple(dict.fromkeys(v for v in wanted if v in known))

    def day(key: str) -> dt.date | None:
        text = params.get(key, "")
        try:
            return dt.date.fromisoformat(text) if text else None
        except ValueError:
            unknown.append(f"{key}={text[:40]}")
            return None

    def one(key: str, known: tuple[str, ...], default: str) -> str:
        text = params.get(key, default)
        if text not in known:
            unknown.append(f"{key}={text[:40]}")
        return text if text in known else default

    period = one("period", get_args(Period), "all")
    start, end = day("from"), day("to")
    if period == "custom" and start and end and start > end:
        start, end = end, start
    if period == "custom" and not (start or end):
        period = "all"
    place = listed("place", catalog.nodes)
    filters = Filters(
        period=period,  # type: ignore[arg-type]
        start=start if period == "custom" else None,
        end=end if period == "custom" else None,
        by=one("by", get_args(Basis), "published"),  # type: ignore[arg-type]
        place=place[0] if place else None,
        campaigns=listed("campaign", catalog.campaigns),
        groups=listed("group", catalog.groups),
        papers=listed("paper", catalog.papers),
    )
    return filters, tuple(unknown)
