"""Festivals, theme days and seasons, where they date an activity: 春节期间, 端午节前夕, “八一”建军节来临之际, 入夏以来.

A festival's bare name dates nothing (春节联欢, 七一勋章, 国庆路): a cue of time must stand right behind it.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from etl.dates_days import DAY, Anchor, Period, day_of, vague, year_of
from etl.dates_shapes import Scan, scan_of
from etl.rules.calendar import Calendar, Festival

CUES = (
    r"(?P<eve>前夕|来临之[际前]|即将来临(?:之际)?|即?将?到来之[际前]|即将到来|将至|临近|在即|将近|前(?=，)|节前)"
    r"|(?P<about>之际)|(?P<during>期间|假期(?:期间)?|小长假(?:期间)?|长假(?:期间)?|黄金周|假日|节日期间)"
    r"|(?P<day>当[天日晚]|这一?天|(?:的)?(?:清晨|早晨|早上|上午|下午|傍晚|晚上|当晚)|[，,]?今[天日])|(?P<after>过后|刚过|节后|后(?=，))|(?P<since>以来)"
)


def shapes_of(festivals: str, seasons: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The shapes of a calendar's names."""
    return (
        ("festival", re.compile(rf"(?P<name>{festivals})[\"'》]{{0,2}}(?:节日?|佳节)?(?P<cue>{CUES})")),
        ("season", re.compile(rf"(?P<name>{seasons})(?:开始|到来)?(?:伊始|以来|之?后(?=，))")),
    )


def scan_for(calendar: Calendar) -> Scan:
    """The scan of a text for every shape of time and for the names of a calendar, compiled once a process."""
    return compiled(calendar.pattern, calendar.season_pattern)


@lru_cache(maxsize=8)
def compiled(festivals: str, seasons: str) -> Scan:
    """The scan of two alternations of names."""
    names = f"{festivals}|{seasons}".replace("\\", "").replace('"?', "").split("|")
    return scan_of(frozenset(name[:2] for name in names), shapes_of(festivals, seasons))


LEFT = re.compile(r"(?:(?P<y>(?:19|20)\d\d|[今去前])年)?(?:第\d{1,3}个)?(?P<quote>[\"'《])?$")
REACH = 12  # characters before a name that may hold its year and its opening quote


def left_of(m: re.Match[str]) -> tuple[int, str | None]:
    """Where the mention begins and its year (今年, 2023年); an opening quote joins where the name has a closing one."""
    low = max(0, m.start() - REACH)
    left = LEFT.search(m.string[low : m.start()])
    if left is None or not left[0]:
        return m.start(), None
    joins = not left["quote"] or '"' in m[0] or "'" in m[0] or "》" in m[0]
    return (low + left.start() if joins else m.start()), left["y"] if joins else None


def named_period(m: re.Match[str], year: str | None, anchor: Anchor, calendar: Calendar) -> Period | None:
    """The days of a festival (its pattern has a cue) or of a season."""
    if "cue" in m.groupdict():
        return festival_period(m, year, anchor, calendar.festivals[name_of(m["name"], calendar)])
    return season_period(m["name"], year, anchor, calendar)


def name_of(printed: str, calendar: Calendar) -> str:
    """The calendar's key of a name as matched: quotes inside a name may be missing."""
    if printed in calendar.festivals:
        return printed
    return next(n for n in calendar.festivals if n.replace('"', "") == printed.replace('"', ""))


def festival_period(m: re.Match[str], year: str | None, anchor: Anchor, festival: Festival) -> Period | None:
    """The days that a festival with its cue means, none of them after print; None where the calendar does not reach."""
    if anchor.day is None or anchor.printed is None:
        return Period(None, None, "vague", "text", "festival")
    eve = bool(m["eve"] or m["about"])
    first = occurrence(festival, anchor, year_of(year, anchor), ahead=eve)
    if first is None:
        return None
    if eve:
        return before_festival(first, anchor.printed, anchor, with_day=bool(m["about"]))
    if m["since"]:
        return Period(first, max(first, anchor.printed), "range", "text", "festival")
    last = first + (festival.days - 1) * DAY if m["during"] else first
    if m["after"]:
        first, last = last + DAY, last + 7 * DAY
    last = max(first, min(last, anchor.printed))
    return Period(first, last, "range" if last > first else "day", "text", "festival")


def before_festival(first: dt.date, printed: dt.date, anchor: Anchor, *, with_day: bool) -> Period:
    """The week before a festival (之际: with the day itself), as far as it is printed; else the week up to print."""
    last = min(first if with_day else first - DAY, printed)
    begin = first - 7 * DAY
    if begin > last or printed < first:
        return vague(anchor, "festival", "text")
    return Period(begin, last, "vague", "text", "festival")


def occurrence(festival: Festival, anchor: Anchor, year: int | None, *, ahead: bool) -> dt.date | None:
    """The festival of that year, else the latest begun; `ahead`: one within 60 days after print comes first."""
    ref = anchor.day
    if year is not None or ref is None:
        return festival.day(year) if year else None
    days = [d for y in (ref.year - 1, ref.year, ref.year + 1) if (d := festival.day(y))]
    coming = [d for d in days if ref < d <= ref + dt.timedelta(60)]
    if ahead and coming:
        return coming[0]
    return max((d for d in days if d <= ref), default=None)


def season_period(name: str, year_text: str | None, anchor: Anchor, calendar: Calendar) -> Period | None:
    """入夏以来, 今年暑假伊始: from where the season is taken to begin up to print."""
    if anchor.printed is None:
        return Period(None, None, "range", "relative", "season")
    year = year_of(year_text, anchor) or anchor.printed.year
    first = day_of(year, *calendar.seasons[name])
    if first and first > anchor.printed and not year_text:
        first = day_of(first.year - 1, first.month, first.day)
        if first and anchor.printed - first > dt.timedelta(200):  # 入汛以来 printed in May: the season began early
            return vague(anchor, "season")
    if first is None or first > anchor.printed:
        return None
    rule = "since-year" if (first.month, first.day) == (1, 1) else "season"
    return Period(first, anchor.printed, "range", "relative", rule)
