"""A time in its surroundings: does it date the activity, close a running total, or is it background?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from etl.dates_days import Anchor, Period
from etl.models import WhenUse
from etl.text import Text

OLD = 150  # days before print beyond which a day is taken as history
DATELINE = re.compile(
    r"(?:（[^）\n]{0,40}）)?(?: ?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)? ?"
    r"(?:讯|电(?=[ （：，。题\"\n])|消息|综合(?:报道|消息)|报道(?=[：，。 \n]|$)|第? ?[A-D]?\d{1,3} ?版)"
)
STAMP = re.compile(r"(?:发布时间|发布日期|发表时间|来源|时间|日期|责编|编辑)[：: ][^\n。]{0,30}$|[》报网] ?（ ?$")
PLAN = re.compile(
    r"(?:将|拟|计划|预计|预期|预定|定于|争取|力争|确保|有望|持续[至到]|延续[至到]|截止(?:日期|时间)?[为至到：:]?"
    r"|须|务必|目标|到时)[^，。；！？\n]{0,8}$"
)
DEADLINE = re.compile(r" ?(?:之?前(?![后夕往来期去言不])|以前|止(?!步)|起?(?:正式)?(?:施行|实施|生效))")
SINCE = re.compile(
    r"(?:下?午|上午|零时)?(?:以来|起(?!火|步|草|到|来|伏|义|诉|初|源|床|身|重|飞|点)|开始(?=[，、]|至今|以来|到现在)|至今)"
)
OLD_SUFFIX = re.compile(r"[^，。；\n]{0,6}(?:出生|生于|成立|修建|建成|创办|建立|始建|立项)")
TITLE = re.compile(r"《[^》\n]{0,30}$")
# a law's own day: 《…条例》自6月1日起施行
LAW = re.compile(r"(?:》|条例|办法|规定|法典?)[^，。；\n]{0,6}[自于从]$")
CYCLE = re.compile(r"(?:每|逢|历)[年月个]?(?:的)?$")
ANNOUNCED = re.compile(r"获悉|了解到|发布消息|消息称|刊发|报道称|通报[了称]?(?!批评|表扬)|公布|发布|披露|曝光")
ANNOUNCED_WITHIN = 24  # characters after the day
STOP = re.compile(r"[。；\n]")
AS_OF = ("截至到", "截止到", "截至", "截止")  # the longer first
DATED_RULES = frozenset(
    {"full-date", "month-day", "day-only", "relative-day", "week", "lunar", "same-day", "clock-under-date"}
)


@dataclass(slots=True)
class Mention:
    """A time as it stands in the text."""

    start: int
    end: int
    period: Period
    use: WhenUse
    quoted: bool = False  # said by somebody: “今天…”
    dateline: bool = False  # the paper's own day of writing
    announced: bool = False  # the day of the announcement (24日发布消息), not of what is announced


def placed(start: int, end: int, period: Period, anchor: Anchor, text: Text) -> Mention:
    """A period in its surroundings: which use, whether spoken, whether a dateline; 截至 and 以来 join the span."""
    norm, raw = text.norm, text.raw
    head = norm[max(0, start - 24) : start]
    if period.rule == "as-of":
        return Mention(start, end, period, "as_of", quoted(raw, start))
    if is_dateline(period, norm, head, end):
        written = Period(period.first, period.last, period.precision, "publication", "dateline")
        return Mention(start, end, written, "background", dateline=True)
    if cut := as_of_prefix(head):
        day = Period(period.last, period.last, "day", period.basis, "as-of")
        return Mention(start - cut, end, day, "as_of", quoted(raw, start))
    if (m := SINCE.match(norm, end)) and period.rule in DATED_RULES and period.first:
        law = bool(LAW.search(head)) and norm.startswith(("施行", "实施", "正式", "生效"), m.end())
        return since(start, m.end(), period, anchor, text, law=law)
    use, said = use_of(period, anchor, norm, head, end), quoted(raw, start)
    if said and period.rule == "relative-day":
        use = "background"
    announced = use == "activity" and period.rule in DATED_RULES and is_announced(norm, end)
    return Mention(start, end, capped(period, anchor), use, said, announced=announced)


def is_announced(norm: str, end: int) -> bool:
    """Whether the day that ends at `end` is that of an announcement: 24日，记者从…获悉, 24日发布消息."""
    said = ANNOUNCED.search(norm, end, end + ANNOUNCED_WITHIN + 8)
    return said is not None and said.start() <= end + ANNOUNCED_WITHIN and not STOP.search(norm, end, said.start())


def capped(period: Period, anchor: Anchor) -> Period:
    """A range that is still running ends, for what is reported of it, on the day of print."""
    if anchor.printed and period.first and period.last and period.first <= anchor.printed < period.last:
        return Period(period.first, anchor.printed, period.precision, period.basis, period.rule)
    return period


def since(start: int, end: int, period: Period, anchor: Anchor, text: Text, *, law: bool) -> Mention:
    """7月19日以来, 从8月1日起: from that day up to print; the day from which a law is in force is background."""
    if anchor.printed is None or period.first is None or period.first > anchor.printed:
        return Mention(start, end, period, "background", quoted(text.raw, start))
    use: WhenUse = "activity" if (anchor.printed - period.first).days <= OLD and not law else "background"
    whole = Period(period.first, anchor.printed, "range", period.basis, "since-day")
    return Mention(start, end, whole, use, quoted(text.raw, start))


def as_of_prefix(head: str) -> int:
    """Length of 截至 (截止, 截至到 …) that stands right before a time, else 0."""
    if not head.endswith(AS_OF):
        return 0
    return next(len(word) for word in AS_OF if head.endswith(word))


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
    opened = raw.rfind("“", low, start)
    return opened >= 0 and opened > raw.rfind("”", opened, start)
