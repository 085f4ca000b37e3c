"""Reported numbers of an article: value, unit, what is counted, qualifier, scope, canonical indicator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from etl.measure_clause import NOTHING, Counted, read_counted
from etl.measure_numbers import Number, find_numbers
from etl.models import Article, Metric, Scope
from etl.rules import Rules
from etl.text import Text

# A running total is announced …
_TOTAL = re.compile(
    r"截[至止](?!当[晚日天])|累计|(?:今年|去年|前年|年初|入[春夏秋冬汛]|\d{1,2} ?月份?|20\d\d ?年)以来|到目前为止|迄今|至今|目前[^，。]{0,8}已|目前，[^。，]{0,10}已|(?:上|[1-9]-\d{1,2}月|下)半年，?[^。]{0,10}累计"
)
# … or, with 共, 累计, 已 or 先后 after it, by 以来.
_SINCE = re.compile(r"以来[^。]{0,40}?(?:共|累计|已|先后)")
# A sentence with a time of its own does not carry the running total of an earlier one on.
_OWN_TIME = re.compile(
    r"\d{1,2} ?[日号]|\d{1,2} ?月|近日|日前|昨[日天]|连日来|此次|本次|这次|现场|当[天日晚]|下一步|去年|20\d\d ?年|目前|期间|当前|近期|如今|接下来|预计|将于|记者|表示|说[，：。]|\"$"
)
CARRY = 2  # sentences that a running total may be carried on from the last that announced or continued it
_MANY_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """A number with what it counts and its scope."""

    number: Number
    counted: Counted
    scope: Scope
    sentence: int


def measure(article: Article, text: Text, rules: Rules) -> list[Metric]:
    """The reported numbers of an article, each fact once, in order; `as_of` is left to assembly.

    检查商铺86家 → 86 家 检查商铺; 13万余户 → 130000 户, over; 共计562.93万元 → 5629300 元; 截至目前已培养423名 → cumulative.
    """
    quantities = rules.quantities
    numbers = find_numbers(text.norm, quantities)
    if not numbers:
        return []
    numbers = [n for n in numbers if not in_footer(text, n, rules)]
    readings = once(drop_headline(list(read(text, numbers)), article.body_start))
    return [to_metric(reading, text, rules) for reading in readings]


def in_footer(text: Text, number: Number, rules: Rules) -> bool:
    """Whether the number stands in a footer of a web copy or an appeal for tips."""
    start, end = text.sentence(number.start)
    return bool(rules.quantities.traps.footer_pattern.search(text.norm, max(start, number.start - 40), min(end, number.end + 40)))


def read(text: Text, numbers: Sequence[Number]) -> Iterator[Reading]:
    """Each number with what it counts, handing on from number to number what the one before it counts."""
    scopes = Scopes(text)
    before, last_sentence = NOTHING, -1
    for i, number in enumerate(numbers):
        sentence = text.sentence_index(number.start)
        if sentence != last_sentence:
            before = NOTHING
        counted = read_counted(text.norm, text.clause(number.start), numbers, i, before)
        yield Reading(number, counted, scopes.of(number, sentence), sentence)
        before, last_sentence = counted, sentence


class Scopes:
    """Tells running totals from counts of one activity, sentence by sentence."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.known: dict[int, bool] = {}

    def of(self, number: Number, sentence: int) -> Scope:
        """cumulative where the number's sentence announces or carries on a running total, else event."""
        start, _ = self.text.sentence(number.start)
        announced = _TOTAL.search(self.text.norm, start, number.start) or _SINCE.search(self.text.norm, start, number.start)
        if announced:
            self.known[sentence] = True
            return "cumulative"
        carried = self.known[sentence] if sentence in self.known else self.carried(sentence)
        self.known[sentence] = carried
        return "cumulative" if carried else "event"

    def carried(self, sentence: int) -> bool:
        """Whether one of the sentences just before announces or continues a running total, no other time between."""
        for n in range(sentence, max(-1, sentence - CARRY - 1), -1):
            start, end = self.bounds(n)
            if n < sentence and (self.known.get(n) or _TOTAL.search(self.text.norm, start, end)):
                return True
            if "\n" in self.text.norm[start:end] and n < sentence or _OWN_TIME.search(self.text.norm, start, end):
                return False
        return False

    def bounds(self, n: int) -> tuple[int, int]:
        """Start and end of the n-th sentence."""
        return (self.text.ends[n - 1] if n else 0, self.text.ends[n])


def drop_headline(readings: list[Reading], body_start: int) -> list[Reading]:
    """Without the headline's numbers where the body counts in the same unit: the body tells the same fact in full."""
    body_units = {r.number.unit for r in readings if r.number.start >= body_start}
    return [r for r in readings if r.number.start >= body_start or r.number.unit not in body_units]


def once(readings: list[Reading]) -> list[Reading]:
    """Each fact once: of numbers alike in value and unit, in different sentences and about the same thing, the first."""
    kept: list[Reading] = []
    for reading in readings:
        if not any(same_fact(reading, other) for other in kept):
            kept.append(reading)
    return kept


def same_fact(a: Reading, b: Reading) -> bool:
    """Same value and unit, and a shared word or a number too odd to occur by chance (3813户)."""
    if a.number.value != b.number.value or a.number.unit != b.number.unit:
        return False
    if a.counted.what == b.counted.what:
        return True
    if a.sentence == b.sentence:
        return False
    return shares_word(a.counted.noun, b.counted.noun) or odd(a.number.value)


def odd(value: float) -> bool:
    """Whether a number has three significant digits or more: 152, 562.93万; not 500, 1.2万."""
    return len(f"{value:.6f}".replace(".", "").strip("0")) >= _MANY_DIGITS


def shares_word(a: str, b: str) -> bool:
    """Whether two nouns share two characters in a row."""
    return any(a[i : i + 2] in b for i in range(len(a) - 1))


def to_metric(reading: Reading, text: Text, rules: Rules) -> Metric:
    """The metric of a reading, with the span of number and unit."""
    number, what = reading.number, reading.counted.what
    return Metric(
        what=what,
        indicator=rules.quantities.indicator(what, number.unit, number.unit_class),
        value=number.value,
        unit=number.unit,
        qualifier=number.qualifier,
        scope=reading.scope,
        as_of=None,
        start=number.start,
        end=number.end,
        text=text.raw[number.start : number.end],
    )
