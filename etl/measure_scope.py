"""Whether a number is a running total or the count of one activity.

A running total is announced in its own sentence (截至6月14日…13万余户; 累计发放; 今年共; 自4月中旬开始…共计; 目前已…), is carried on by the next
sentences (其中…; 同时…), or stands in the span of time that …以来 opened for the paragraphs after it (今年以来，…; 专项行动开展以来，…). The count of one
activity is what 此次, 本次, 现场, 截至当晚 tell, what has a date of its own, a state without a verb (管护员共31名) or a rate (日均1000班次).
"""

from __future__ import annotations

import re
from bisect import bisect_right

from etl.measure_clause import Counted
from etl.measure_numbers import Number
from etl.models import Scope
from etl.text import Text

_COUNTING = r"(?:共(?<!公共)(?![同产建治享青和]|计?[\d约有近])|累计|已|先后)"  # 共整治, not 公共, 共同, 共4.6万元
_ANNOUNCED = re.compile(
    r"截[至止](?!当[晚日天])|(?<![\u4e00-\u9fff\d])至(?:目前|\d{1,2} ?月)|累计|(?<![\u4e00-\u9fff\d])到\d{1,2} ?月底|到目前为止|迄今|至今|"
    r"(?:今年|去年|前年|年初|入[春夏秋冬汛]|[春夏秋冬汛]季?期?|20\d\d ?年|\"[^\"]{2,6}\"|[动作]开展|[动作])以来(?![^，。；\d]{2,40}的)|"
    r"今年来|今年(?:以?来)?(?:已经?|共|累计)(?!同)|今年(?:先后)?(?:开展|组织|举办|排查|检查|查处|发放|化解|调解|受理|办理|巡查)|"
    rf"[自从][^。，；]{{2,20}}(?<![时点分])(?:开始|以来|起)[^。]{{0,60}}?{_COUNTING}|以来[^。]{{0,40}}?{_COUNTING}"
)
# One of these stands in any sentence of the above; like the above they begin with one set of characters.
_HINT = re.compile(
    r"[截至累到以迄自从今](?:(?<=截)[至止]|(?<=至)[目今\d]|(?<=累)计|(?<=到)[目\d]|(?<=以)来|(?<=迄)今|(?<=今)年(?:以?来|[已共累先开组举排检查发化调受办巡])|"
    r"(?<=[自从])[^。，；]{2,20}(?:开始|起))"
)
BEFORE_HINT = 8  # at most as many characters behind the start of what announces ("……"以来)
_AT_PRESENT = re.compile(r"目前[^。；]{0,30}?(?:已|共(?!有))|目前，[^。，；]{0,8}(?:开展|排查|检查|发放)(?!的)")
_CLOSED = re.compile(
    r"\d{1,2} ?日?(?:至|到|-|~)(?:\d{1,2} ?月)?\d{1,2} ?日[^。]*累计"
)  # 10月1日至5日…累计: one stretch
_SPAN_OF_TIME = re.compile(
    r"(?:今年|去年|年初|入[春夏秋冬汛]|[春夏秋冬汛]季?期?|20\d\d ?年|"
    r"(?:行动|工作|整治|攻坚|专项)\"?(?:部署|启动|开展|实施)?)以来(?![^，。；\d]{2,40}的)"
)
# 累计 of one activity is no running total: 此次活动累计发放 …
_ONE_ACTIVITY = re.compile(r"此次|本次|这次|当[天日晚]|本届|首场")
_STRONG = re.compile(r"截[至止]|以来|至今|迄今|[自从][^。，；]{2,20}(?:开始|起)")
# What has a time of its own carries no earlier total on; an earlier span of time ends there, but not at 目前 or 期间.
# Two patterns, each with a set of characters to begin with: a scan skips quickly to those.
_OTHER_DAY = re.compile(r"[0-9](?: ?[日号月](?!份?以来)|(?<=2)0\d\d ?年(?!以来))")
_OTHER_TIME = re.compile(
    r"近日|日前|昨[日天]|连日来|此次|本次|这次|(?<![均都已])现场|当[天日晚]|下一步|去年|接下来|预计|将于"
)
_OF_LATE = re.compile(r"近日|日前|昨[日天]")  # 今年以来各地推动…，近日曝光3起
_STANDING = re.compile(r"目前|期间|当前|近期|如今|记者|表示|说[，：。]|[\"]$")
_DONE = re.compile(_COUNTING)
_RATE = re.compile(r"日均|月均|年均|每[年月周天日季]")
_CONTINUES = re.compile(r"[\n ]*其中")
_COMMA = re.compile(r"[，；：]")
_SET_UP = ("设立", "设置", "成立", "建立", "建成", "划分")
_STATES = ("配备", "配齐", "配强", "拥有", "设有", "建有", "现有", "覆盖", "涉及")
REACH = 300  # characters of a sentence before a number that are looked at
CARRY = 2  # sentences that a running total may be carried on from the last that announced or continued it


def other_time(norm: str, start: int, end: int) -> bool:
    """Whether a time of its own stands between start and end."""
    return bool(_OTHER_DAY.search(norm, start, end) or _OTHER_TIME.search(norm, start, end))


def is_done(counted: Counted) -> bool:
    """Whether the wording has a verb of something done, not of a state (配备, 配齐)."""
    return bool(counted.verb) and counted.verb not in _STATES and not counted.what.startswith("配")


class Scopes:
    """Tells running totals from counts of one activity; asked for the numbers of a text in order."""

    def __init__(self, text: Text, body_start: int) -> None:
        self.norm, self.ends = text.norm, text.ends
        self.lead = text.paragraph(body_start)[1] + 1  # end of the body's first paragraph
        self.from_lead = False  # whether a span of time was opened there: it is the whole article's
        self.totals: set[int] = set()  # sentences with a running total
        self.present: set[int] = set()  # sentences that tell what is done at present: only 其中 carries that on
        self.spanned = (
            0  # sentences read for spans of time: whether one of them opened one that is still on behind them
        )
        self.span = False
        self.carry: dict[int, bool] = {}  # sentence -> whether a total announced before it is carried on in it
        self.at: dict[int, int] = {}  # sentence -> where it announces one
        self.now = self.norm.find("目前")

    def of(self, number: Number, counted: Counted, n: int) -> Scope:
        """The scope of a number in the n-th sentence, which is not plain."""
        at = number.start
        start = max(self.ends[n - 1] if n else 0, at - REACH)
        announced = self.announced(n)
        told = announced < at and not _OF_LATE.search(self.norm, max(announced, start), at)
        if (told and not self.is_state(announced, number, counted)) or self.goes_on(n, start, number, counted):
            found = self.totals
        elif self.at_present(start, at, counted):
            found = self.present
        else:
            return "event"
        if _RATE.search(self.norm, max(start, at - 12), at):
            return "event"
        found.add(n)
        return "cumulative"

    def is_plain(self, n: int) -> bool:
        """Whether the n-th sentence, before any of its numbers is asked about, can have no running total, whatever they count."""
        start, end = self.bounds(n)
        if self.announced(n) < end or n - 1 in self.totals or n - 1 in self.present:
            return False
        if 0 <= self.now < end or self.norm.find("已达", start, end) >= 0:
            return False
        return not self.carries(n)

    def is_state(self, announced: int, number: Number, counted: Counted) -> bool:
        """今年以来，全镇85名河长累计巡河: who did it is no running total, though the span of time stands before."""
        norm = self.norm
        if counted.verb or number.unit_class != "people" or not _SPAN_OF_TIME.match(norm, announced):
            return False
        return not _DONE.search(norm, announced, number.end)

    def at_present(self, start: int, at: int, counted: Counted) -> bool:
        """目前，已制作小视频2个: what is done by now; 目前，辖区20多家机构 is a state."""
        if self.norm.endswith("已达", 0, at):
            return True
        found = _AT_PRESENT.search(self.norm, start, at) if 0 <= self.now < at else None
        if not found:
            return False
        same_clause = not _COMMA.search(self.norm, found.end(), at)
        return counted.verb not in _SET_UP and (same_clause or is_done(counted))

    def goes_on(self, n: int, start: int, number: Number, counted: Counted) -> bool:
        """Whether a total announced before goes on in the n-th sentence, as far as the number."""
        norm = self.norm
        if n in self.totals or (
            (n - 1 in self.totals or n - 1 in self.present) and _CONTINUES.match(norm, self.bounds(n)[0])
        ):
            return not other_time(norm, start, number.start)
        if not self.carries(n) or not (is_done(counted) or _DONE.search(norm, start, number.end)):
            return False
        return not (_STANDING.search(norm, start, number.start) or other_time(norm, start, number.start))

    def carries(self, n: int) -> bool:
        """Whether a total announced before the n-th sentence may go on in it."""
        if n not in self.carry:
            self.carry[n] = self.carried(n) or self.in_span(n)
        return self.carry[n]

    def carried(self, n: int) -> bool:
        """Whether one of the CARRY sentences before announces a total, or carried one on, with no other time between."""
        first = max(0, n - CARRY)
        if not any(k in self.totals or self.announced(k) < self.ends[k] for k in range(first, n)):
            return False
        for k in range(n - 1, first - 1, -1):
            start, end = self.bounds(k)
            if self.norm.find("\n", start, end) >= 0:
                return False
            if self.announced(k) < end or (k in self.totals and _DONE.search(self.norm, start, end)):
                return True
            if other_time(self.norm, start, end) or _STANDING.search(self.norm, start, end):
                return False
        return False

    def in_span(self, n: int) -> bool:
        """Whether an earlier sentence opened a span of time (今年以来) that no other time, and no new paragraph, has ended since.

        Asked with n ascending: each sentence is read once, and those before the next 以来 not at all where no span is on.
        """
        while self.spanned < n:
            k = self.spanned if self.span else self.next_since(self.spanned)
            if k < n:
                self.span = self.lasts(k)
            self.spanned = min(k + 1, n)
        return self.span

    def next_since(self, k: int) -> int:
        """The first sentence from the k-th on that has 以来; the number of sentences where none has."""
        at = self.norm.find("以来", self.ends[k - 1] if k else 0)
        return bisect_right(self.ends, at) if at >= 0 else len(self.ends)

    def lasts(self, k: int) -> bool:
        """Whether a span of time is on behind the k-th sentence: opened there, or before it where `span` is true."""
        norm, (start, end) = self.norm, self.bounds(k)
        opened = _SPAN_OF_TIME.search(norm, start, end) if norm.find("以来", start, end) >= 0 else None
        lasts = bool(opened) or self.span
        self.from_lead = self.from_lead or bool(opened and end <= self.lead)
        if end > self.lead and norm.find("\n", start, end) >= 0:
            lasts = lasts and self.from_lead
        return lasts and not other_time(norm, opened.end() if opened else start, end)

    def announced(self, n: int) -> int:
        """Where the n-th sentence announces a running total, or past its end; 此次活动累计 announces none."""
        at = self.at.get(n)
        if at is None:
            norm, (start, end) = self.norm, self.bounds(n)
            hint = _HINT.search(norm, start, end)
            found = _ANNOUNCED.search(norm, max(start, hint.start() - BEFORE_HINT), end) if hint else None
            if found and (_ONE_ACTIVITY.search(norm, start, found.end()) or _CLOSED.search(norm, start, end)):
                found = _STRONG.search(norm, start, end)
            at = self.at[n] = found.start() if found else end
        return at

    def bounds(self, n: int) -> tuple[int, int]:
        """Start and end of the n-th sentence."""
        return (self.ends[n - 1] if n else 0, self.ends[n])
