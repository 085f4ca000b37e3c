"""Months, parts of a year, weeks, times relative to print: 7月初, 今年以来, 上半年, 上周五, 昨日, 近日, 截至目前."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from etl.dates_days import (
    DAY,
    HALVES,
    Anchor,
    Period,
    Resolver,
    day_of,
    end_of_range,
    month_span,
    near,
    numeral,
    one_day,
    resolve_clock,
    resolve_date,
    resolve_day,
    resolve_iso,
    resolve_lunar,
    until,
    vague,
    year_of,
)
from etl.models import DateBasis


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
    base = month_before_or_after(ref, m["which"])
    first, last = month_span(base.year, base.month, m["third"])
    return grain_of_month(m, first, last, anchor, "relative")


def resolve_month_day(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """本月8日, 上月28日至30日."""
    ref = anchor.day
    if ref is None:
        return one_day(None, "text", "month-day")
    base = month_before_or_after(ref, m["which"])
    first = day_of(base.year, base.month, int(m["d"]))
    last = end_of_range(m.groupdict(), first) if first else None
    return Period(first, last, "range", "text", "month-day") if last else one_day(first, "text", "month-day")


def month_before_or_after(ref: dt.date, which: str) -> dt.date:
    """The first day of the month of `ref` (本, 当), of the one before (上) or after it (下)."""
    base = ref.replace(day=1)
    if which[0] == "上":
        return (base - DAY).replace(day=1)
    return (base + 32 * DAY).replace(day=1) if which[0] == "下" else base


def resolve_now(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """即日起: the day of print."""
    return one_day(anchor.printed, "relative", "present")


def resolve_year(m: re.Match[str], anchor: Anchor, before: Period | None) -> Period | None:
    """2022年, 2022年底, 今年以来, 去年以来, 今年初, 今年上半年, 去年一季度."""
    year, tail = year_of(m["y"], anchor), m["tail"] or ""
    relative: DateBasis = "text" if m["y"].isdigit() else "relative"
    if year is None or not 1900 < year < 2100:
        return Period(None, None, "year", relative, "year") if year is None else None
    first, last = year_span(year, tail.removeprefix("年"))
    if tail.endswith(("以来", "来")):
        return since(first, anchor, relative)
    if year == (anchor.day.year if anchor.day else None) and first <= (anchor.printed or first):
        last = until(last, anchor)
    return Period(first, last, "range" if tail else "year", relative, "part-of-year" if tail else "year")


def since(first: dt.date, anchor: Anchor, basis: DateBasis) -> Period:
    """From a day to the day of print; undated where that is unknown: the end of the span is not to be had."""
    return Period(first if anchor.printed else None, anchor.printed, "range", basis, "since-year")


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
        return since(first, anchor, "relative")
    return Period(first, until(last, anchor) if first <= ref else last, "range", "relative", "part-of-year")


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


RESOLVERS: dict[str, Resolver] = {
    "date": resolve_date,
    "month": resolve_month,
    "monthday": resolve_month_day,
    "now": resolve_now,
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
