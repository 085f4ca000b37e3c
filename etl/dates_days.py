"""Times that the calendar names (2023年8月11日晚至14日凌晨, 10日, 农历六月廿八), and what they count from."""

from __future__ import annotations

import datetime as dt
import re
from calendar import isleap
from collections.abc import Callable
from dataclasses import dataclass

from etl.models import DateBasis, DatePrecision
from etl.rules.calendar import solar_of
from etl.text import chinese_number

DAY = dt.timedelta(1)
AHEAD = dt.timedelta(
    45
)  # a month-day up to this far after print is a plan of this year, beyond it lies in the past year
VAGUE_DAYS = 7  # 近日, 日前: taken as the week up to print; labellers' intervals are two weeks
THIRDS = {"上": (1, 10), "初": (1, 10), "中": (11, 20), "下": (21, 31), "底": (21, 31), "末": (21, 31)}
HALVES = {"上": (1, 6), "下": (7, 12)}


# The step's own classes are not frozen, though nothing changes one: a frozen one takes four times as long to make.
@dataclass(slots=True)
class Anchor:
    """What relative times are counted from: `printed` the day of print, `day` the day of writing (a dateline's, else
    the day of print), `year` the year of days without one where the day of print is unknown."""

    printed: dt.date | None
    day: dt.date | None
    year: int | None


@dataclass(slots=True)
class Period:
    """First and last day (None = not resolvable), how precise, read how, and by which rule."""

    first: dt.date | None
    last: dt.date | None
    precision: DatePrecision
    basis: DateBasis
    rule: str


Resolver = Callable[["re.Match[str]", Anchor, Period | None], Period | None]


def month_days(year: int, month: int) -> int:
    """How many days a month has."""
    return 28 + isleap(year) if month == 2 else 30 if month in (4, 6, 9, 11) else 31


def day_of(year: int, month: int, day: int) -> dt.date | None:
    """The day, or None where the calendar has none (2月30日)."""
    return dt.date(year, month, day) if 1900 < year < 2100 and 1 <= day <= month_days(year, month) else None


def numeral(text: str) -> int:
    """A day or month number in digits or Chinese numerals: 18, 十八, 廿八, 二十 → int; 0 if it is none."""
    if text.isdigit():
        return int(text)
    return chinese_number(text.replace("廿", "二十").replace("初", "")) or 0


def year_of(text: str | None, anchor: Anchor) -> int | None:
    """The year that 2023, 二0二三, 今, 去, 前, 明, 本 writes; None for 当, 同 and without a day of print."""
    if text is None or text[0] in "当同":
        return None
    if text[0] in "12":
        return int(text)
    if text[0] == "二":
        return chinese_number(text)
    base = anchor.day.year if anchor.day else anchor.year
    return None if base is None else base + {"去": -1, "前": -2, "明": 1}.get(text[0], 0)


def near(month: int, day: int, anchor: Anchor, before: Period | None) -> dt.date | None:
    """The day that a month-day without year means: the latest one that is not far after print.

    A day named after one of an older year in the same account (2021年3月5日…4月10日) is of that year.
    """
    ref = anchor.day
    if ref is None:
        return day_of(anchor.year, month, day) if anchor.year else None
    old = before.first if before and before.rule == "full-date" else None
    if (
        old
        and old.year < ref.year
        and (found := day_of(old.year, month, day))
        and old <= found
        and ref - old > 6 * AHEAD
    ):
        return found
    for year in (ref.year, ref.year - 1, ref.year - 2, ref.year - 3, ref.year - 4):
        found = day_of(year, month, day)
        if found and found <= ref + AHEAD:
            return found
    return None


def one_day(first: dt.date | None, basis: DateBasis, rule: str) -> Period:
    """A period of one day."""
    return Period(first, first, "day", basis, rule)


def vague(anchor: Anchor, rule: str, basis: DateBasis = "relative") -> Period:
    """About the day of print: the week up to it."""
    last = anchor.printed
    return Period(last - VAGUE_DAYS * DAY if last else None, last, "vague", basis, rule)


def month_span(year: int, month: int, third: str | None = None) -> tuple[dt.date, dt.date]:
    """First and last day of a month or of its 上旬/初 (1-10), 中旬/中 (11-20), 下旬/底/末 (21-end)."""
    end = month_days(year, month)
    first, last = THIRDS[third[0]] if third else (1, 31)
    return dt.date(year, month, first), dt.date(year, month, min(last, end))


def until(last: dt.date, anchor: Anchor) -> dt.date:
    """A month or quarter that is not over ends, for what has been reported of it, on the day of print."""
    return min(last, anchor.printed) if anchor.printed else last


def resolve_date(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """2023年8月11日晚至14日凌晨, 8月9-11日, 8月11日晚至13日, 今年8月8日, 八月十五日."""
    written, to = m["y"], m["to"]
    month, day, year = numeral(m["m"]), numeral(m["d"]), year_of(written, anchor)
    if written and year is None:
        return one_day(None, "text", "month-day")
    first = day_of(year, month, day) if year else near(month, day, anchor, before)
    rule = "full-date" if written else "month-day"
    if first is None:
        return one_day(None, "text", rule) if month <= 12 and day <= 31 and not year else None
    last = end_of_range(m.groupdict(), first) if to else None
    if last and last > first:
        return Period(first, last, "range", "text", rule)
    return one_day(first, "text", rule)


def end_of_range(groups: dict[str, str | None], first: dt.date) -> dt.date | None:
    """The last day of a range that begins on `first`; 8月9日、10日 is a range only of neighbouring days."""
    if not groups.get("d2"):
        return None
    month = int(groups.get("m2") or first.month)
    year = int(groups.get("y2") or first.year + (month < first.month))
    last = day_of(year, month, int(groups["d2"] or 0))
    if (groups["to"] or "").strip() in ("、", "和"):
        return last if last == first + DAY else None
    return last if last and DAY <= last - first <= dt.timedelta(400) else None


def resolve_day(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """10日, 3日至9日: of the month last named if it fits (14日 after 3日至9日), else the latest up to print."""
    day, ref = int(m["d"]), anchor.day
    first = None
    if before and before.first and before.precision in ("day", "range") and (not ref or before.first > ref - AHEAD):
        first = day_of(before.first.year, before.first.month, day) if day >= before.first.day else None
    if first is None and ref:
        first = latest_day(day, ref)
    if first is None:
        return one_day(None, "text", "day-only") if ref is None else None
    last = end_of_range(m.groupdict() | {"m2": None, "y2": None}, first) if m["to"] else None
    if m["to"] and last is None and m["to"].strip() != "、":
        return resolve_day_over_month(m, first)
    return (
        Period(first, last, "range", "text", "day-only")
        if last and last > first
        else one_day(first, "text", "day-only")
    )


def resolve_day_over_month(m: re.Match[str], first: dt.date) -> Period | None:
    """28日至3日: the range ends in the next month."""
    over = first.replace(day=1) + 32 * DAY
    last = day_of(over.year, over.month, int(m["d2"])) if int(m["d2"]) < first.day else None
    return Period(first, last, "range", "text", "day-only") if last else one_day(first, "text", "day-only")


def latest_day(day: int, ref: dt.date) -> dt.date | None:
    """The latest day of that number up to `ref`."""
    month = ref.replace(day=1)
    for _ in range(3):
        found = day_of(month.year, month.month, day)
        if found and found <= ref:
            return found
        month = (month - DAY).replace(day=1)
    return None


def resolve_iso(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """2023-08-18, 2023.8.18, 2023/8/18."""
    day = day_of(int(m["y"]), int(m["m"]), int(m["d"]))
    return one_day(day, "text", "full-date") if day else None


def resolve_lunar(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """农历六月廿八, 正月十五, 腊月廿三: the lunar day nearest before print (or at most 45 days after)."""
    month_text = (m["m"] or m["m2"]).removeprefix("闰")
    month = {"正": 1, "冬": 11, "腊": 12}.get(month_text) or numeral(month_text)
    day, ref = numeral(m["d"]), anchor.day
    if not (1 <= month <= 12 and 1 <= day <= 30):
        return None
    if ref is None:
        return one_day(None, "text", "lunar")
    for year in (ref.year, ref.year - 1, ref.year - 2):
        try:
            found = solar_of(year, month, day)
        except ValueError:
            continue
        if found <= ref + AHEAD:
            return one_day(found, "text", "lunar")
    return None


def resolve_clock(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """A clock time at the head of a line (3:50左右，) below a line that is a date (8月17日): that day."""
    line = m.string.rfind("\n", 0, m.start()) + 1
    if before is None or before.first is None or m.string[line : m.start()].strip() or before.precision != "day":
        return None
    return one_day(before.first, "relative", "clock-under-date")
