"""Article → the times that it gives, that of its main activity first. Never pretends: each keeps precision and basis.

Reads full dates, month-day (year from the day of print), day only (10日), ranges (3日至9日, 8月11日晚至13日), parts of
months and years, weekdays, 昨日/今天/当天, 近日/日前/连日来, 今年以来/入夏以来, 截至6月14日/截至目前, lunar days, festivals with
a cue of time, clock times below a date. Not times: 2000余名, 5-15户, 4/5G, 百日行动, 24小时, 12345, 第三届, 15日内.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from etl.dates_festivals import left_of, named_period, scan_for
from etl.dates_resolve import DAY, RESOLVERS, Anchor, Period, one_day, vague
from etl.dates_shapes import shapes
from etl.models import Article, Evidence, When, WhenUse
from etl.rules import Rules
from etl.rules.calendar import Calendar
from etl.text import Text

LEAD = 260  # characters of the body in which an article says what happened when
RECENT = 14  # days before print that labellers give to an activity without a date
OLD = 150  # days before print beyond which a day is taken as history
DATELINE = re.compile(r"(?:（[^）\n]{0,40}）)?(?: ?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)? ?(?:讯|电(?=[ （：，。题\"\n])|消息|综合(?:报道|消息)|报道(?=[：，。 \n]|$)|第 ?\d)")
STAMP = re.compile(r"(?:发布时间|发布日期|发表时间|来源|时间|日期|责编|编辑)[：: ][^\n。]{0,30}$|[》报网] ?（ ?$")
PLAN = re.compile(
    r"(?:将|拟|计划|预计|预期|预定|定于|争取|力争|确保|有望|持续[至到]|延续[至到]|截止(?:日期|时间)?[为至到：:]?|须|务必|必须|目标|到时)[^，。；！？\n]{0,8}$"
)
DEADLINE = re.compile(r" ?(?:之?前(?![后夕往来期去言不])|以前|止(?!步)|起?(?:正式)?(?:施行|实施|生效))")
SINCE = re.compile(r"(?:下?午|上午|零时)?(?:以来|起(?!火|步|草|到|来|伏|义|诉|初|源|床|身|重|飞|点)|开始(?=[，、，]|至今|以来|到现在)|至今)")
OLD_SUFFIX = re.compile(r"[^，。；\n]{0,6}(?:出生|生于|成立|修建|建成|创办|建立|始建|立项)")
TITLE = re.compile(r"《[^》\n]{0,30}$")
CYCLE = re.compile(r"(?:每|逢|历)[年月个]?(?:的)?$")
ANNOUNCED = re.compile(r"[^。；\n]{0,24}?(?:获悉|了解到|发布消息|消息称|刊发|报道称|通报[了称]?(?!批评|表扬)|公布|发布|披露|曝光)")
DATED_RULES = frozenset({"full-date", "month-day", "day-only", "relative-day", "week", "lunar", "same-day", "clock-under-date"})


UNBOUND = frozenset({"present", "as-of", "since-year", "since-month", "season", "recent", "lately", "part-of-year", "month"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A time as it stands in the text."""

    start: int
    end: int
    period: Period
    use: WhenUse
    quoted: bool = False  # said by somebody: “今天…”
    dateline: bool = False  # the paper's own day of writing
    announced: bool = False  # the day of the announcement (24日发布消息), not of what is announced


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

    The evidence is the paper's opening words (本报讯, a dateline) or the body's first clause. None without a day of print.
    """
    printed = article.published_on
    span = opening(article, text)
    if printed is None or span is None:
        return None
    period = vague(Anchor(printed, printed, printed.year), "publication", "publication")
    if article.kind == "notice":
        period = replace(one_day(printed, "publication", "publication"), precision="vague")
    return when(Mention(*span, period, "activity"), text)


OPENING = re.compile(r"[\u4e00-\u9fff]{0,12}(?:(?:20\d\d年)?\d{1,2}月\d{1,2}日)?(?:讯|电)(?=[ （：，])|原标题：|[^\s，。；：！？（）\"']{2,40}")


def opening(article: Article, text: Text) -> tuple[int, int] | None:
    """The span of the paper's opening words, else of the first clause of the body, else of the text."""
    for start in (article.body_start, 0):
        for match in OPENING.finditer(text.norm, start):
            if match[0] != "原标题：":
                return match.span()
    return None


def read(article: Article, text: Text, rules: Rules) -> list[Mention]:
    """Every time that the text gives, in the order of the text."""
    norm, found = text.norm, []
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
    if period.rule not in DATED_RULES or last.use != "activity" or not last.period.last or period.first != last.period.last + DAY:
        return None
    if m.string[last.end : m.start()] not in ("、", "和", "，", "以及"):
        return None
    whole = replace(last.period, last=period.last, precision="range")
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


def placed(start: int, end: int, period: Period, anchor: Anchor, text: Text) -> Mention:
    """A period in its surroundings: which use, whether spoken, whether a dateline; 截至 and 以来 join the span."""
    norm, raw = text.norm, text.raw
    head = norm[max(0, start - 24) : start]
    if period.rule == "as-of":
        return Mention(start, end, period, "as_of", quoted(raw, start))
    if is_dateline(period, norm, head, end):
        return Mention(start, end, replace(period, basis="publication", rule="dateline"), "background", dateline=True)
    if cut := as_of_prefix(head):
        last = period.last if period.last and anchor.printed and period.last <= anchor.printed else period.last
        day = replace(period, first=last, last=last, precision="day", rule="as-of")
        return Mention(start - cut, end, day, "as_of", quoted(raw, start))
    if (m := SINCE.match(norm, end)) and period.rule in DATED_RULES and period.first:
        return since(start, m.end(), period, anchor, text)
    use, said = use_of(period, anchor, norm, head, end), quoted(raw, start)
    if said and period.rule == "relative-day":
        use = "background"
    announced = use == "activity" and period.rule in DATED_RULES and bool(ANNOUNCED.match(norm, end))
    return Mention(start, end, capped(period, anchor), use, said, announced=announced)


def capped(period: Period, anchor: Anchor) -> Period:
    """A range that is still running ends, for what is reported of it, on the day of print."""
    if anchor.printed and period.first and period.last and period.first <= anchor.printed < period.last:
        return replace(period, last=anchor.printed)
    return period


def since(start: int, end: int, period: Period, anchor: Anchor, text: Text) -> Mention:
    """7月19日以来, 从8月1日起: from that day up to print."""
    if anchor.printed is None or period.first is None or period.first > anchor.printed:
        return Mention(start, end, period, "background", quoted(text.raw, start))
    use: WhenUse = "activity" if (anchor.printed - period.first).days <= OLD else "background"
    whole = Period(period.first, anchor.printed, "range", period.basis, "since-day")
    return Mention(start, end, whole, use, quoted(text.raw, start))


def as_of_prefix(head: str) -> int:
    """Length of 截至 (截止, 截至到 …) that stands right before a time, else 0."""
    for word in ("截至到", "截止到", "截至", "截止"):
        if head.endswith(word):
            return len(word)
    return 0


def is_dateline(period: Period, norm: str, head: str, end: int) -> bool:
    """新闻8月18日电, 深圳新闻网2023年7月29日讯, 《人民日报》（2023年08月01日 第19版）, 发布时间：2023-08-18."""
    if period.precision != "day" or period.rule not in ("full-date", "month-day", "day-only"):
        return False
    return bool(DATELINE.match(norm, end) or (period.rule == "full-date" and STAMP.search(head)))


def use_of(period: Period, anchor: Anchor, norm: str, head: str, end: int) -> WhenUse:
    """Whether a time dates an activity or is background: plans, history, titles, what recurs every year."""
    if period.first is None or period.last is None:
        return "activity" if period.rule in DATED_RULES or period.rule == "vague" else "background"
    if period.rule in ("year", "part-of-year") and not period_is_reported(period, norm, end, anchor):
        return "background"
    if TITLE.search(head) or CYCLE.search(head) or OLD_SUFFIX.match(norm, end):
        return "background"
    if anchor.printed is None:
        return "activity"
    if period.first > anchor.printed or (period.last >= anchor.printed and PLAN.search(head)):
        return "background"
    if DEADLINE.match(norm, end) and period.rule not in ("festival", "vague"):
        return "background"
    return "background" if (anchor.printed - period.last).days > OLD else "activity"


def period_is_reported(period: Period, norm: str, end: int, anchor: Anchor) -> bool:
    """今年上半年，… of the year of print reports what was done; a bare 今年 or 2022年 does not date an activity."""
    if period.rule == "year" or anchor.printed is None or period.first is None:
        return False
    return period.first.year == anchor.printed.year


def quoted(raw: str, start: int) -> bool:
    """Whether a position stands inside “…”, looking back 300 characters."""
    low = max(0, start - 300)
    return raw.rfind("“", low, start) > raw.rfind("”", low, start)


def promoted(mentions: list[Mention], printed: dt.date | None) -> list[Mention]:
    """The day of a running total (截至6月14日) as a time of the activity too: what is reported had happened by then."""
    if printed is None:
        return []
    days = [m for m in mentions if m.use == "as_of" and m.period.basis == "text" and m.period.last]
    fresh = [m for m in days if m.period.last and 0 <= (printed - m.period.last).days <= OLD]
    return [replace(m, use="activity", period=replace(m.period, rule="as-of-day")) for m in fresh[:1]]


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


def rules_read(whens: list[When]) -> Iterator[str]:
    """Names of the rules that fired, for counts."""
    return (w.evidence.rule for w in whens)
