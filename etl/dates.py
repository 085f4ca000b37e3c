"""Article → the times that it gives, that of its main activity first. Never pretends: each keeps precision and basis.

Reads full dates, month-day (year from the day of print), day only (10日), ranges (3日至9日, 8月11日晚至13日),
parts of months and years, weekdays, 昨日/今天/当天, 近日/日前/连日来, 今年以来/入夏以来, 截至6月14日/截至目前, lunar
days, festivals with a cue of time, clock times below a date. Not times: 2000余名, 5-15户, 4/5G, 百日行动, 24小时,
12345, 第三届, 15日内.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from etl.dates_days import DAY, Anchor, Period, one_day, vague
from etl.dates_festivals import left_of, named_period, scan_for
from etl.dates_relative import RESOLVERS
from etl.dates_shapes import shapes
from etl.dates_use import DATED_RULES, OLD, Mention, placed
from etl.models import Article, Evidence, When
from etl.rules import Rules
from etl.rules.calendar import Calendar
from etl.text import Text

LEAD = 260  # characters of the body in which an article says what happened when
RECENT = 14  # days before print that labellers give to an activity without a date
UNBOUND = frozenset(
    {"present", "as-of", "since-year", "since-month", "season", "recent", "lately", "part-of-year", "month"}
)
OPENING = re.compile(
    r"[\u4e00-\u9fff]{0,12}(?:(?:20\d\d年)?\d{1,2}月\d{1,2}日)?(?:讯|电)(?=[ （：，])|原标题："
    r"|[^\s，。；：！？（）\"']{2,40}"
)


def dates(article: Article, text: Text, rules: Rules) -> list[When]:
    """The times of an article; the first whose use is 'activity' is that of the article's main activity."""
    mentions = read(article, text, rules)
    printed = article.published_on or next((m.period.first for m in mentions if m.dateline), None)
    mentions = mentions + promoted(mentions, printed)
    ranked = sorted(mentions, key=lambda m: (rank(m, article, text, printed), m.start))
    return [when(m, text) for m in ranked]


def when(m: Mention, text: Text) -> When:
    """A mention with its evidence."""
    p = m.period
    evidence = Evidence("date", m.start, m.end, text.raw[m.start : m.end], p.rule)
    return When(p.first, p.last, p.precision, p.basis, m.use, evidence)


def fallback(article: Article, text: Text) -> When | None:
    """The time of an article that gives none: the week up to print, or the day of print for a notice.

    The evidence is the paper's opening words (本报讯, a dateline) or the body's first clause. None without a day
    of print.
    """
    printed = article.published_on
    span = opening(article, text)
    if printed is None or span is None:
        return None
    period = vague(Anchor(printed, printed, printed.year), "publication", "publication")
    if article.kind == "notice":
        period = replace(one_day(printed, "publication", "publication"), precision="vague")
    return when(Mention(*span, period, "activity"), text)


def opening(article: Article, text: Text) -> tuple[int, int] | None:
    """The span of the paper's opening words, else of the first clause of the body, else of the text."""
    for start in (article.body_start, 0):
        for match in OPENING.finditer(text.norm, start):
            if match[0] != "原标题：":
                return match.span()
    return None


def read(article: Article, text: Text, rules: Rules) -> list[Mention]:
    """Every time that the text gives, in the order of the text."""
    norm = text.norm
    found: list[Mention] = []
    anchor = anchor_of(article, norm)
    before: Period | None = None
    for kind, m in shapes(norm, scan_for(rules.calendar)):
        start, period = resolve(kind, m, anchor, before, rules.calendar)
        if period is None:
            continue
        if found and (joined := join(found[-1], m, period)):
            found[-1], before = joined, joined.period
            continue
        mention = placed(start, m.end(), period, anchor, text)
        found.append(mention)
        if mention.dateline:
            anchor = dated(anchor, period.first)
        elif period.first and period.precision in ("day", "range", "vague") and period.rule not in UNBOUND:
            before = period
    return found


def resolve(
    kind: str, m: re.Match[str], anchor: Anchor, before: Period | None, calendar: Calendar
) -> tuple[int, Period | None]:
    """Where a time begins and what it means."""
    if kind in RESOLVERS:
        return m.start(), RESOLVERS[kind](m, anchor, before)
    start, year = left_of(m)
    return start, named_period(m, year, anchor, calendar)


def join(last: Mention, m: re.Match[str], period: Period) -> Mention | None:
    """8月15日、8月16日、8月17日: neighbouring days in an enumeration are one range."""
    if (
        period.rule not in DATED_RULES
        or last.use != "activity"
        or not last.period.last
        or period.first != last.period.last + DAY
    ):
        return None
    if m.string[last.end : m.start()] not in ("、", "和", "，", "以及"):
        return None
    whole = Period(last.period.first, period.last, "range", last.period.basis, last.period.rule)
    return replace(last, end=m.end(), period=whole)


def anchor_of(article: Article, norm: str) -> Anchor:
    """What relative times count from; without a day of print, the latest year that the text writes dates of."""
    printed = article.published_on
    if printed:
        return Anchor(printed, printed, printed.year)
    years = [int(y) for y in re.findall(r"(?<!\d)(20[0-4]\d) ?年(?: ?\d{1,2} ?月|度)", norm)]
    return Anchor(None, None, max(years, default=None))


def dated(anchor: Anchor, day: dt.date | None) -> Anchor:
    """The anchor once a dateline (新闻8月18日电) has been read: 昨日 counts from there."""
    if day is None:
        return anchor
    if anchor.printed is None:
        return Anchor(day, day, day.year)
    return replace(anchor, day=day) if 0 <= (anchor.printed - day).days <= 10 else anchor


def promoted(mentions: list[Mention], printed: dt.date | None) -> list[Mention]:
    """The day of a running total (截至6月14日) as a time of the activity too: what is reported had happened by then."""
    if printed is None:
        return []
    for m in mentions:
        p = m.period
        if m.use == "as_of" and p.basis == "text" and p.last and 0 <= (printed - p.last).days <= OLD:
            day = Period(p.first, p.last, p.precision, p.basis, "as-of-day")
            return [Mention(m.start, m.end, day, "activity", m.quoted, m.dateline, m.announced)]
    return []


def rank(m: Mention, article: Article, text: Text, printed: dt.date | None) -> float:
    """How well a mention dates the main activity: low is good. Background and running totals stand last."""
    p = m.period
    if m.use != "activity" or p.last is None:
        return 20.0 if m.use == "as_of" else 30.0 if m.use == "background" else 15.0
    age = (printed - p.last).days if printed else 0
    lead = m.start < article.body_start + LEAD
    return rank_of(p, age, lead, late(m, text)) + (0.6 if m.quoted else 0.0) + (0.5 if m.announced else 0.0)


def late(m: Mention, text: Text) -> bool:
    """Whether a mention stands in the last two fifths of the text."""
    return m.start > 0.6 * len(text.norm)


def rank_of(p: Period, age: int, lead: bool, late: bool) -> float:
    """The order of preference that the labelled articles show."""
    if p.rule in DATED_RULES:
        if age <= RECENT:
            return 0.0 if lead else 1.0
        return 2.0 if lead else 5.5
    if p.rule == "as-of-day":
        return 1.8 if age <= RECENT else 3.5
    if p.rule in ("vague", "festival", "recent"):
        return (2.0 if lead else 3.0) + (0.0 if age <= RECENT else 3.0)
    if p.rule == "since-day":
        return 2.0 if lead else 3.2
    if p.rule == "month" and age <= 45:
        return 2.5 if lead else 6.0
    if p.rule == "since-year" and p.first and p.last and (p.last - p.first).days > 366:
        return 7.0
    if p.rule in ("since-year", "season", "since-month"):
        return 4.0 if not late else 6.5
    if p.rule == "part-of-year":
        return 5.2 if lead else 7.5
    if p.rule == "lately":
        return 4.5 if lead else 5.4
    return 5.0 if p.rule == "present" else 8.0
