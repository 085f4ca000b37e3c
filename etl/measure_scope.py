"""Whether a number is a running total or the count of one activity.

A running total is announced in its own sentence (截至6月14日…13万余户; 累计发放; 自4月中旬开始…共计; 目前已…), is carried on by the next
sentences (其中…; 同时…), or stands in the span of time that …以来 opened for the paragraphs after it (今年以来，…). The count of one
activity is what 此次, 本次, 现场, 截至当晚 tell, what has a date of its own, a state without a verb (管护员共31名) or a rate (日均1000班次).
"""

from __future__ import annotations

import re

from etl.measure_clause import Counted
from etl.measure_numbers import Number
from etl.models import Scope
from etl.text import Text

_COUNTING = r"(?:共(?<!公共)(?![同产建治享青和]|计?[\d约有近])|累计|已|先后)"  # 共整治, not 公共, 共同, 共4.6万元
_ANNOUNCED = re.compile(
    r"截[至止](?!当[晚日天])|(?<![\u4e00-\u9fff\d])至(?:目前|\d{1,2} ?月)|累计|(?<![\u4e00-\u9fff\d])到\d{1,2} ?月底|到目前为止|迄今|至今|"
    r"(?:今年|去年|前年|年初|入[春夏秋冬汛]|[春夏秋冬汛]季?期?|20\d\d ?年|\"[^\"]{2,6}\")以来|"
    rf"[自从][^。，；]{{2,20}}(?<![时点分])(?:开始|以来|起)[^。]{{0,60}}?{_COUNTING}|以来[^。]{{0,40}}?{_COUNTING}"
)
_HINT = re.compile(r"截|至|自|从|到目前|月底|累计|以来|迄今")  # one of these stands in any sentence of the above
_AT_PRESENT = re.compile(r"目前[^。；]{0,30}?(?:已|共(?!有))|目前，[^。，；]{0,8}(?:开展|排查|检查|发放)(?!的)")
_CLOSED = re.compile(
    r"\d{1,2} ?日?(?:至|到|-|~)(?:\d{1,2} ?月)?\d{1,2} ?日[^。]*累计"
)  # 10月1日至5日…累计: one stretch
_SPAN_OF_TIME = re.compile(r"(?:今年|去年|年初|入[春夏秋冬汛]|[春夏秋冬汛]季?期?|20\d\d ?年)以来")
# 累计 of one activity is no running total: 此次活动累计发放 …
_ONE_ACTIVITY = re.compile(r"此次|本次|这次|当[天日晚]|本届|首场")
_STRONG = re.compile(r"截[至止]|以来|至今|迄今|[自从][^。，；]{2,20}(?:开始|起)")
# What has a time of its own carries no earlier total on; an earlier span of time ends there, but not at 目前 or 期间.
# Two patterns, each with a set of characters to begin with: a scan skips quickly to those.
_OTHER_DAY = re.compile(r"[0-9](?: ?[日号月]|(?<=2)0\d\d ?年)")
_OTHER_TIME = re.compile(r"近日|日前|昨[日天]|连日来|此次|本次|这次|现场|当[天日晚]|下一步|去年|接下来|预计|将于")
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
        self.text, self.norm = text, text.norm
        self.lead = text.paragraph(body_start)[1] + 1  # end of the body's first paragraph
        self.from_lead = False  # whether a span of time was opened there: it is the whole article's
        self.totals: set[int] = set()  # sentences with a running total
        self.present: set[int] = set()  # sentences that tell what is done at present: only 其中 carries that on
        self.span: list[bool] = [False]  # sentence -> whether a span of time opened before it is still on
        self.carry: dict[int, bool] = {}  # sentence -> whether a total announced before it is carried on in it
        self.at: dict[int, int] = {}  # sentence -> where it announces one

    def of(self, number: Number, counted: Counted, n: int) -> Scope:
        """The scope of a number in the n-th sentence."""
        start = max(self.bounds(n)[0], number.start - REACH)
        if _RATE.search(self.norm, max(start, number.start - 12), number.start):
            return "event"
        announced = self.announced(n)
        if (announced < number.start and not self.is_state(announced, number, counted)) or self.goes_on(
            n, start, number, counted
        ):
            self.totals.add(n)
            return "cumulative"
        if self.at_present(start, number, counted):
            self.present.add(n)
            return "cumulative"
        return "event"

    def is_state(self, announced: int, number: Number, counted: Counted) -> bool:
        """今年以来，全镇85名河长累计巡河: who did it is no running total, though the span of time stands before."""
        norm = self.norm
        if counted.verb or number.unit_class != "people" or not _SPAN_OF_TIME.match(norm, announced):
            return False
        return not _DONE.search(norm, announced, number.end)

    def at_present(self, start: int, number: Number, counted: Counted) -> bool:
        """目前，已制作小视频2个: what is done by now; 目前，辖区20多家机构 is a state."""
        if self.norm.endswith("已达", 0, number.start):
            return True
        found = _AT_PRESENT.search(self.norm, start, number.start)
        if not found:
            return False
        same_clause = not _COMMA.search(self.norm, found.end(), number.start)
        return counted.verb not in _SET_UP and (same_clause or is_done(counted))

    def goes_on(self, n: int, start: int, number: Number, counted: Counted) -> bool:
        """Whether a total announced before goes on in the n-th sentence, as far as the number."""
        norm = self.norm
        if n in self.totals or (
            (n - 1 in self.totals or n - 1 in self.present) and _CONTINUES.match(norm, self.bounds(n)[0])
        ):
            return not other_time(norm, start, number.start)
        if not (is_done(counted) or _DONE.search(norm, start, number.end)):
            return False
        if n not in self.carry:
            self.carry[n] = self.carried(n) or self.in_span(n)
        if not self.carry[n]:
            return False
        return not (_STANDING.search(norm, start, number.start) or other_time(norm, start, number.start))

    def carried(self, n: int) -> bool:
        """Whether one of the CARRY sentences before announces a total, or carried one on, with no other time between."""
        for k in range(n - 1, max(-1, n - CARRY - 1), -1):
            start, end = self.bounds(k)
            if "\n" in self.norm[start:end]:
                return False
            if self.announced(k) < end or (k in self.totals and _DONE.search(self.norm, start, end)):
                return True
            if other_time(self.norm, start, end) or _STANDING.search(self.norm, start, end):
                return False
        return False

    def in_span(self, n: int) -> bool:
        """Whether an earlier sentence opened a span of time (今年以来) that no other time, and no new paragraph, has ended since."""
        while len(self.span) <= n:
            start, end = self.bounds(len(self.span) - 1)
            opened = _SPAN_OF_TIME.search(self.norm, start, end) if "以来" in self.norm[start:end] else None
            lasts = bool(opened) or self.span[-1]
            self.from_lead = self.from_lead or bool(opened and end <= self.lead)
            after = opened.end() if opened else start
            if "\n" in self.norm[start:end] and end > self.lead:
                lasts = lasts and self.from_lead
            self.span.append(lasts and not other_time(self.norm, after, end))
        return self.span[n]

    def announced(self, n: int) -> int:
        """Where the n-th sentence announces a running total, or past its end; 此次活动累计 announces none."""
        if n not in self.at:
            start, end = self.bounds(n)
            found = _ANNOUNCED.search(self.norm, start, end) if _HINT.search(self.norm, start, end) else None
            if found and (_ONE_ACTIVITY.search(self.norm, start, found.end()) or _CLOSED.search(self.norm[start:end])):
                found = _STRONG.search(self.norm, start, end)
            self.at[n] = found.start() if found else end
        return self.at[n]

    def bounds(self, n: int) -> tuple[int, int]:
        """Start and end of the n-th sentence."""
        return (self.text.ends[n - 1] if n else 0, self.text.ends[n])
