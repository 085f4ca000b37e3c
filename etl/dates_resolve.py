"""From a shape of time to the days that it means, seen from the day of print."""

from __future__ import annotations

import datetime as dt
import re
from calendar import isleap
from collections.abc import Callable
from dataclasses import dataclass, replace

from etl.models import DateBasis, DatePrecision
from etl.text import chinese_number

DAY = dt.timedelta(1)
AHEAD = dt.timedelta(45)  # a month-day up to this far after print is a plan of this year, beyond it lies in the past year
VAGUE_DAYS = 7  # 近日, 日前: taken as the week up to print; labellers' intervals are two weeks
HALVES = {"上": (1, 6), "下": (7, 12)}


@dataclass(frozen=True, slots=True)
class Anchor:
    """What relative times are counted from: `printed` the day of print, `day` the day of writing (a dateline's, else
    the day of print), `year` the year of days without one where the day of print is unknown."""

    printed: dt.date | None
    day: dt.date | None
    year: int | None


@dataclass(frozen=True, slots=True)
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
    """The year that 2023, 二0二三, 今, 去, 前, 明, 本, 当, 同 writes; None if it needs a day of print that is unknown."""
    if text is None:
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
    if old and old.year < ref.year and (found := day_of(old.year, month, day)) and old <= found and ref - old > 6 * AHEAD:
        return found
    for year in (ref.year, ref.year - 1, ref.year - 2, ref.year - 3, ref.year - 4):
        found = day_of(year, month, day)
        if found and found <= ref + AHEAD:
            return found
    return None


def one_day(first: dt.date | None, basis: DateBasis, rule: str) -> Period:
    """A period of one day."""
    return Period(first, first, "day", basis, rule)


def month_span(year: int, month: int, third: str | None = None) -> tuple[dt.date, dt.date]:
    """First and last day of a month or of its 上旬/初 (1-10), 中旬/中 (11-20), 下旬/底/末 (21-end)."""
    end = month_days(year, month)
    first, last = {"上": (1, 10), "初": (1, 10), "中": (11, 20), "下": (21, end), "底": (21, end), "末": (21, end)}.get(
        (third or " ")[0], (1, end)
    )
    return dt.date(year, month, first), dt.date(year, month, last)


def until(last: dt.date, anchor: Anchor) -> dt.date:
    """A month or quarter that is not over ends, for what has been reported of it, on the day of print."""
    return min(last, anchor.printed) if anchor.printed else last


def resolve_date(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """2023年8月11日晚至14日凌晨, 8月9-11日, 8月11日晚至13日, 今年8月8日, 八月十五日."""
    groups = m.groupdict()
    month, day, year = numeral(groups["m"]), numeral(groups["d"]), year_of(groups["y"], anchor)
    if groups["y"] and year is None:
        return one_day(None, "text", "month-day")
    first = day_of(year, month, day) if year else near(month, day, anchor, before)
    rule = "full-date" if groups["y"] else "month-day"
    if first is None:
        return one_day(None, "text", rule) if month <= 12 and day <= 31 and not year else None
    last = end_of_range(groups, first)
    if last and last > first:
        return Period(first, last, "range", "text", rule)
    return one_day(first, "text", rule)


def end_of_range(groups: dict[str, str | None], first: dt.date) -> dt.date | None:
    """The last day of a range that begins on `first`; 8月9日、10日 is a range only of neighbouring days."""
    if not groups.get("d2"):
        return None
    month = int(groups["m2"]) if groups.get("m2") else first.month
    year = int(groups["y2"]) if groups.get("y2") else first.year + (month < first.month)
    last = day_of(year, month, int(groups["d2"] or 0))
    if (groups["to"] or "").strip() in ("、", "和"):
        return last if last == first + DAY else None
    return last if last and last - first < dt.timedelta(200) else None


def resolve_day(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """10日, 3日至9日: in the month last named if it fits (14日 after 3日至9日), else the latest such day up to print."""
    day, ref = int(m["d"]), anchor.day
    first = None
    if before and before.first and before.precision in ("day", "range") and (not ref or before.first > ref - AHEAD):
        first = day_of(before.first.year, before.first.month, day) if day >= before.first.day else None
    if first is None and ref:
        first = latest_day(day, ref)
    if first is None:
        return one_day(None, "text", "day-only") if ref is None else None
    last = end_of_range(m.groupdict() | {"m2": None, "y2": None}, first)
    if m["to"] and last is None and m["to"].strip() != "、":
        return resolve_day_over_month(m, first)
    return Period(first, last, "range", "text", "day-only") if last and last > first else one_day(first, "text", "day-only")


def resolve_day_over_month(m: re.Match[str], first: dt.date) -> Period | None:
    """28日至3日: the range ends in the next month."""
    over = first.replace(day=1) + 32 * DAY
    last = day_of(over.year, over.month, int(m["d2"])) if int(m["d2"]) < first.day else None
    return Period(first, last, "range", "text", "day-only") if last else one_day(first, "text", "day-only")


def latest_day(day: int, ref: dt.date) -> dt.date | None:
    """The latest day of that number up to `ref`; a day on the morrow of `ref` is taken as tomorrow's paper date slip."""
    month = ref.replace(day=1)
    for _ in range(3):
        found = day_of(month.year, month.month, day)
        if found and found <= ref:
            return found
        month = (month - DAY).replace(day=1)
    return None


def resolve_month(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """2022年6月, 7月初, 6月中旬, 4至6月, 去年11月, 本月底, 上个月, 七月以来."""
    groups = m.groupdict()
    if "which" in groups:
        return resolve_rel_month(m, anchor)
    month, year = numeral(groups["m"]), year_of(groups["y"], anchor)
    start = int(groups["m0"]) if groups.get("m0") else month
    if not 1 <= month <= 12 or start > month:
        return None
    if year is None:
        day = near(start, 1, anchor, before)
        if day is None:
            return Period(None, None, "month", "text", "month")
        year = day.year
    first, last = month_span(year, start, groups["third"])[0], month_span(year, month, groups["third"])[1]
    return grain_of_month(m, first, last, anchor, "text", wide=start < month)


def grain_of_month(
    m: re.Match[str], first: dt.date, last: dt.date, anchor: Anchor, basis: DateBasis, *, wide: bool = False
) -> Period:
    """A month or part of it, or all days from its start to print where 以来 or 起 follows."""
    since = m.groupdict().get("since") or m.string.startswith(("以来", "起", "开始"), m.end())
    if since and anchor.printed and first <= anchor.printed:
        return Period(first, anchor.printed, "range", basis, "since-month")
    part = wide or bool(m["third"])
    closed = until(last, anchor) if first <= (anchor.printed or first) else last
    return Period(first, closed, "range" if part else "month", basis, "month")


def resolve_rel_month(m: re.Match[str], anchor: Anchor) -> Period | None:
    """本月, 上月底, 当月, 下个月."""
    ref = anchor.day
    if ref is None:
        return Period(None, None, "month", "relative", "relative-month")
    base = ref.replace(day=1)
    if m["which"][0] == "上":
        base = (base - DAY).replace(day=1)
    elif m["which"][0] == "下":
        base = (base + 32 * DAY).replace(day=1)
    first, last = month_span(base.year, base.month, m["third"])
    return grain_of_month(m, first, last, anchor, "relative")


def resolve_year(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """2022年, 2022年底, 今年以来, 去年以来, 今年初, 今年上半年, 去年一季度."""
    year, tail = year_of(m["y"], anchor), m["tail"] or ""
    relative: DateBasis = "text" if m["y"].isdigit() else "relative"
    if year is None or not 1900 < year < 2100:
        return Period(None, None, "year", relative, "year") if year is None else None
    first, last = year_span(year, tail.removeprefix("年"))
    if tail.endswith(("以来", "来")):
        return Period(first, anchor.printed, "range", relative, "since-year")
    if year == (anchor.day.year if anchor.day else None) and first <= (anchor.printed or first):
        last = until(last, anchor)
    return Period(first, last, "range" if tail else "year", relative, "part-of-year" if tail else "year")


def year_span(year: int, tail: str) -> tuple[dt.date, dt.date]:
    """The part of a year that its tail names: 初 (January), 底/末 (December), 上半年, 二季度, 前三季度, 夏."""
    months = (1, 12)
    if tail.startswith("初"):
        months = (1, 1)
    elif tail.startswith(("底", "末")):
        return dt.date(year, 12, 31), dt.date(year, 12, 31)
    elif "半年" in tail:
        months = HALVES[tail[0]]
    elif tail.startswith("前"):
        months = (1, 9)
    elif "季度" in tail:
        quarter = numeral(tail.removeprefix("第")[0])
        months = (3 * quarter - 2, 3 * quarter)
    elif tail[:1] in ("春", "夏", "秋", "冬"):
        months = {"春": (3, 5), "夏": (6, 8), "秋": (9, 11), "冬": (12, 12)}[tail[0]]
    return dt.date(year, months[0], 1), month_span(year, months[1])[1]


def resolve_half(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """上半年, 一季度, 前三季度: the latest that has begun."""
    ref = anchor.day
    if ref is None:
        return Period(None, None, "range", "relative", "part-of-year")
    tail = m["half"] or (f"{m['q']}季度" if m["q"] else "前三季度")
    first, last = year_span(ref.year, tail)
    if first > ref and not m["half"]:
        first, last = year_span(ref.year - 1, tail)
    last = until(last, anchor) if first <= ref else last
    return Period(first, last, "range", "relative", "part-of-year")


def resolve_edge(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """年初, 年初以来, 年底."""
    edge, ref = m["edge"] or m["edge2"], anchor.day
    if ref is None:
        return Period(None, None, "range", "relative", "part-of-year")
    first, last = year_span(ref.year, edge)
    if m["since"] or m["since2"]:
        return Period(first, anchor.printed, "range", "relative", "since-year")
    return Period(first, until(last, anchor) if first <= ref else last, "range", "relative", "part-of-year")


def resolve_iso(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """2023-08-18, 2023.8.18, 2023/8/18."""
    day = day_of(int(m["y"]), int(m["m"]), int(m["d"]))
    return one_day(day, "text", "full-date") if day else None


def resolve_rel_day(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """昨日, 昨晚, 今天, 前天, 明天: counted from the day of writing."""
    shift = {"前": -2, "昨": -1, "今": 0, "明": 1, "后": 2}[m["w"][0]]
    return one_day(anchor.day + shift * DAY if anchor.day else None, "relative", "relative-day")


def resolve_same(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """当天, 当日, 当晚: the day last named; 次日, 第二天: the one after it. Without such a day nothing is dated."""
    if before is None or before.first is None:
        return None
    if before.precision == "vague":
        return Period(before.first, before.last, "vague", "relative", "vague")
    if before.precision not in ("day", "range"):
        return None
    later = m["w"] in ("次日", "翌日", "第二天", "隔天")
    return one_day(before.first + DAY if later else before.first, "relative", "same-day")


def resolve_vague(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """近日, 日前, 连日来, 近期, 前不久: the week up to print."""
    return vague(anchor, "vague")


def resolve_lately(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """前不久, 前段时间: often only the history of what is reported."""
    return vague(anchor, "lately")


def vague(anchor: Anchor, rule: str, basis: DateBasis = "relative") -> Period:
    """About the day of print: the week up to it."""
    last = anchor.printed
    return Period(last - VAGUE_DAYS * DAY if last else None, last, "vague", basis, rule)


def resolve_recent(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """近一周来, 近三个月以来."""
    if anchor.printed is None:
        return Period(None, None, "range", "relative", "recent")
    count = {"一": 1.0, "两": 2.0, "三": 3.0, "半": 0.5}.get(m["n"]) or float(m["n"])
    days = count * {"周": 7, "星": 7, "月": 30, "年": 365}[m["unit"][0]]
    return Period(anchor.printed - dt.timedelta(int(days)), anchor.printed, "range", "relative", "recent")


def resolve_present(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """眼下, 当前, 目前: about the day of print."""
    return vague(anchor, "present")


def resolve_as_of(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """截至目前, 截至发稿: the day of print; 截至昨日; 截至当晚11点: the day last named."""
    word, ref = m["w"], anchor.day
    if word[0] == "当" and word[1] in "日天晚":
        dated = before and before.first and before.precision == "day"
        return one_day(before.first, "relative", "as-of") if before and dated else None
    if word in ("年底", "月底"):
        return None
    shift = DAY if word[0] == "昨" else 0 * DAY
    day = ref - shift if ref and word[0] in "昨今" else anchor.printed
    return replace(one_day(day, "relative", "as-of"), precision="day" if word[0] in "昨今" else "vague")


def resolve_week(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """本周, 上周五, 这周末, 周六上午, 星期三: a weekday without 本/上 is the latest one up to the day of writing."""
    ref = anchor.day
    if ref is None:
        return one_day(None, "relative", "week")
    monday = ref - (ref.isoweekday() - 1) * DAY
    monday += {"上": -7, "下": 7}.get(m["which"] or "", 0) * DAY
    word = m["w"]
    if word is None:
        last = until(monday + 6 * DAY, anchor) if m["which"] != "下" else monday + 6 * DAY
        return Period(monday, anchor.printed if m["since"] else last, "range", "relative", "week")
    offset = "一二三四五六日".find(word.replace("天", "日").replace("末", "六"))
    first = monday + offset * DAY
    if not m["which"] and first > ref:
        first -= 7 * DAY
    last = until(first + DAY, anchor) if word == "末" and first <= ref else first
    return Period(first, last, "range" if last > first else "day", "relative", "week")


def resolve_lunar(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """农历六月廿八, 正月十五, 腊月廿三: the lunar day nearest before print (or at most 45 days after)."""
    from etl.rules.calendar import solar_of

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


RESOLVERS: dict[str, Resolver] = {
    "date": resolve_date,
    "month": resolve_month,
    "day": resolve_day,
    "year": resolve_year,
    "iso": resolve_iso,
    "clock": resolve_clock,
    "half": resolve_half,
    "edge": resolve_edge,
    "relday": resolve_rel_day,
    "week": resolve_week,
    "vague": resolve_vague,
    "lately": resolve_lately,
    "recent": resolve_recent,
    "same": resolve_same,
    "asof": resolve_as_of,
    "present": resolve_present,
    "lunar": resolve_lunar,
}
