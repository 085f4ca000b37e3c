"""Reported numbers of an article: value, unit, what is counted, qualifier, scope, canonical indicator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from etl.measure_clause import NOTHING, Counted, read_counted
from etl.measure_numbers import Number, find_numbers
from etl.models import Article, Metric, Scope
from etl.rules import Rules
from etl.rules.quantities import Indicator, Quantities
from etl.text import Text

# A running total is announced …
_TOTAL = re.compile(
    r"截[至止](?!当[晚日天])|(?<![\u4e00-\u9fff\d])至(?:目前|\d{1,2} ?月)|累计|(?:今年|去年|前年|年初|入[春夏秋冬汛]|\d{1,2} ?月份?|20\d\d ?年)以来|到目前为止|迄今|至今|目前[^，。]{0,8}已|目前，[^。，]{0,10}已|(?:上|[1-9]-\d{1,2}月|下)半年，?[^。]{0,10}累计"
)
_HINTS = ("截", "累计", "以来", "今", "目前", "至")  # one of these stands in any sentence that announces a running total
# … not by 累计 of one activity: 此次活动累计发放 …
_ONE_ACTIVITY = re.compile(r"此次|本次|这次|当[天日晚]|本届|首场")
_STRONG = re.compile(r"截[至止]|以来|至今|迄今")
# … or, with 共, 累计, 已 or 先后 after it, by 以来.
_SINCE = re.compile(r"以来[^。]{0,40}?(?:共|累计|已|先后)")
# A sentence with a time of its own does not carry the running total of an earlier one on.
_OWN_TIME = re.compile(
    r"\d{1,2} ?[日号]|\d{1,2} ?月|近日|日前|昨[日天]|连日来|此次|本次|这次|现场|当[天日晚]|下一步|去年|20\d\d ?年|目前|期间|当前|近期|如今|接下来|预计|将于|记者|表示|说[，：。]|\"$"
)
_CONTINUED = re.compile(r"共|累计|先后")
CARRY = 2  # sentences that a running total may be carried on from the last that announced or continued it
GLUED_HEADLINE = 45  # characters in which a headline glued to the body ends
_MANY_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """A number with what it counts and its scope."""

    number: Number
    counted: Counted
    scope: Scope
    sentence: int
    indicator: str | None


def measure(article: Article, text: Text, rules: Rules) -> list[Metric]:
    """The reported numbers of an article, each fact once, in order; `as_of` is left to assembly.

    检查商铺86家 → 86 家 检查商铺; 13万余户 → 130000 户, over; 共计562.93万元 → 5629300 元; 截至目前已培养423名 → cumulative.
    """
    quantities = rules.quantities
    numbers = find_numbers(text.norm, quantities)
    if not numbers:
        return []
    numbers = [n for n in numbers if not in_footer(text, n, rules)]
    readings = once(drop_headline(list(read(text, numbers, quantities)), article.body_start, text))
    return [to_metric(reading, text) for reading in readings]


def in_footer(text: Text, number: Number, rules: Rules) -> bool:
    """Whether the number stands in a footer of a web copy or an appeal for tips."""
    start, end = text.sentence(number.start)
    return bool(rules.quantities.traps.footer_pattern.search(text.norm, max(start, number.start - 40), min(end, number.end + 40)))


def read(text: Text, numbers: Sequence[Number], quantities: Quantities) -> Iterator[Reading]:
    """Each number with what it counts, handing on from number to number what the one before it counts."""
    scopes = Scopes(text)
    before, last_sentence = NOTHING, -1
    for i, number in enumerate(numbers):
        sentence = text.sentence_index(number.start)
        if sentence != last_sentence:
            before = NOTHING
        counted = read_counted(text.norm, text.clause(number.start), numbers, i, before)
        indicator = quantities.indicator(counted.what, number.unit, number.unit_class)
        yield Reading(number, said(counted, indicator), scopes.of(number, sentence), sentence, indicator and indicator.id)
        before, last_sentence = counted, sentence


def said(counted: Counted, indicator: Indicator | None) -> Counted:
    """The wording with the word that says what its indicator is, where that is missing (行政处罚 → 行政处罚罚款)."""
    if indicator is None or not indicator.said or indicator.said in counted.what:
        return counted
    return replace(counted, what=counted.what + indicator.said)


class Scopes:
    """Tells running totals from counts of one activity, sentence by sentence."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.known: dict[int, bool] = {}  # sentence -> whether its numbers, as far as read, are running totals
        self.at: dict[int, int] = {}  # sentence -> where it announces one

    def of(self, number: Number, sentence: int) -> Scope:
        """cumulative where the number's sentence announces or carries on a running total, else event."""
        if self.announced(sentence) < number.start:
            self.known[sentence] = True
        elif sentence not in self.known:
            self.known[sentence] = self.carried(sentence, number.start)
        return "cumulative" if self.known[sentence] else "event"

    def announced(self, n: int) -> int:
        """Where the n-th sentence announces a running total, or past its end; 此次活动累计 announces none."""
        if n not in self.at:
            start, end = self.bounds(n)
            sentence = self.text.norm[start:end]
            if not any(hint in sentence for hint in _HINTS):
                self.at[n] = end
                return end
            found = _TOTAL.search(self.text.norm, start, end) or _SINCE.search(self.text.norm, start, end)
            if found and _ONE_ACTIVITY.search(self.text.norm, start, found.end()):
                found = _STRONG.search(self.text.norm, start, end)
            self.at[n] = found.start() if found else end
        return self.at[n]

    def carried(self, sentence: int, position: int) -> bool:
        """Whether one of the sentences just before announces or continues a running total, no other time between."""
        for n in range(sentence, max(-1, sentence - CARRY - 1), -1):
            start, end = self.bounds(n)
            end = min(end, position)
            if n < sentence and self.anchors(n, start, end):
                return True
            if "\n" in self.text.norm[start:end] and n < sentence or _OWN_TIME.search(self.text.norm, start, end):
                return False
        return False

    def anchors(self, n: int, start: int, end: int) -> bool:
        """Whether the n-th sentence announces a running total, or carries one on with a 共 of its own."""
        return self.announced(n) < end or bool(self.known.get(n) and _CONTINUED.search(self.text.norm, start, end))

    def bounds(self, n: int) -> tuple[int, int]:
        """Start and end of the n-th sentence."""
        return (self.text.ends[n - 1] if n else 0, self.text.ends[n])


def drop_headline(readings: list[Reading], body_start: int, text: Text) -> list[Reading]:
    """Without the headline's numbers where the body counts in the same unit: the body tells the same fact in full.

    In web copies the headline may stand glued to the body (原标题：…): there a number goes that the body repeats.
    """
    body_units = {r.number.unit for r in readings if r.number.start >= body_start}
    glued = body_start + GLUED_HEADLINE if text.norm.startswith("原标题", body_start) else body_start
    told = {fact(r) for r in readings if r.number.start >= glued}
    return [
        r
        for r in readings
        if r.number.start >= glued
        or (r.number.start >= body_start and fact(r) not in told)
        or (r.number.start < body_start and r.number.unit not in body_units)
    ]


def fact(reading: Reading) -> tuple[float, str]:
    """Value and unit, people counted alike by 人, 名 and 位."""
    number = reading.number
    return (number.value, "人" if number.unit_class == "people" else number.unit)


def once(readings: list[Reading]) -> list[Reading]:
    """Each fact once: of numbers alike in value and unit and about the same thing, the first."""
    kept: list[Reading] = []
    for reading in readings:
        if not any(same_fact(reading, other) for other in kept):
            kept.append(reading)
    return kept


def same_fact(a: Reading, b: Reading) -> bool:
    """Same value and unit, and a shared word or a number too odd to occur by chance (3813户).

    In one sentence 省级资金120万元、市级资金120万元 are two facts; 连查4辆面包车 told twice over is one.
    """
    if a.number.value != b.number.value or a.number.unit != b.number.unit:
        return False
    if a.sentence == b.sentence:
        return a.counted.what.startswith(b.counted.what)
    if a.number.unit_class == "money" and a.indicator and a.indicator == b.indicator:
        return True
    return shares_word(a.counted.noun, b.counted.noun) or odd(a.number.value)


def odd(value: float) -> bool:
    """Whether a number has a fraction or three significant digits or more: 4.5, 152, 562.93万; not 500, 12000."""
    digits = f"{value:.6f}".rstrip("0").rstrip(".")
    return "." in digits or len(digits.rstrip("0")) >= _MANY_DIGITS


def shares_word(a: str, b: str) -> bool:
    """Whether two nouns share two characters in a row."""
    return any(a[i : i + 2] in b for i in range(len(a) - 1))


def to_metric(reading: Reading, text: Text) -> Metric:
    """The metric of a reading, with the span of number and unit."""
    number = reading.number
    return Metric(
        what=reading.counted.what,
        indicator=reading.indicator,
        value=number.value,
        unit=number.unit,
        qualifier=number.qualifier,
        scope=reading.scope,
        as_of=None,
        start=number.start,
        end=number.end,
        text=text.raw[number.start : number.end],
    )
