"""Reported numbers of an article: value, unit, what is counted, qualifier, scope, canonical indicator."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from etl.measure_clause import NOTHING, Counted, read_counted
from etl.measure_numbers import Number, find_numbers
from etl.measure_scope import Scopes
from etl.measure_words import Around, around_all
from etl.models import Article, Metric, Scope
from etl.rules import Rules
from etl.rules.quantities import Indicator
from etl.text import Text

GLUED_HEADLINE = 45  # characters in which a headline glued to the body ends
FOOTER = 40  # characters of a sentence on either side of a number that are looked at for words of a footer
MAX_ALIKE = 40  # facts of the same value and unit that a number is compared with
_SOME_DIGITS = 3
_GENERIC = re.compile(r"(?<=..)(?:资金|企业|人员|群众|活动|资料|项目|工程|工作|小区|单位)$")  # heads that say little


# A number, what it counts with its sentence, its indicator and its scope: a tuple, because `zip` makes it at no cost.
Reading = tuple[Number, tuple[Counted, int], Indicator | None, Scope]


def measure(article: Article, text: Text, rules: Rules) -> list[Metric]:
    """The reported numbers of an article, each fact once, in order; `as_of` is left to assembly.

    检查商铺86家 → 86 家 检查商铺; 13万余户 → 130000 户, over; 共计562.93万元 → 5629300 元; 截至目前已培养423名 → cumulative.
    """
    return measure_all([(article, text)], rules)[0]


def measure_all(pairs: Sequence[tuple[Article, Text]], rules: Rules) -> list[list[Metric]]:
    """The same of several articles, pass by pass: each pass then stays in the processor's caches (a sixth faster)."""
    quantities, norms = rules.quantities, [text.norm for _, text in pairs]
    numbers = [find_numbers(norm, quantities) for norm in norms]
    numbers = [without_footers(t, n, quantities.traps.footer_pattern) for (_, t), n in zip(pairs, numbers, strict=True)]
    nears = around_all(norms, numbers)
    counted = [count(t, n, near) for (_, t), n, near in zip(pairs, numbers, nears, strict=True)]
    found = [
        [quantities.indicator(c.what, n.unit, n.unit_class) for n, (c, _) in zip(*some, strict=True)]
        for some in zip(numbers, counted, strict=True)
    ]
    scopes = [tell_scopes(a, t, n, c) for (a, t), n, c in zip(pairs, numbers, counted, strict=True)]
    readings = [list(zip(*some, strict=True)) for some in zip(numbers, counted, found, scopes, strict=True)]
    facts = [once(drop_headline(some, a.body_start, t)) for (a, t), some in zip(pairs, readings, strict=True)]
    return [[to_metric(*reading, t.raw) for reading in some] for (_, t), some in zip(pairs, facts, strict=True)]


def without_footers(text: Text, numbers: list[Number], footers: re.Pattern[str]) -> list[Number]:
    """The numbers that stand in no footer of a web copy and no appeal for tips."""
    first = footers.search(text.norm, max(0, numbers[0].start - FOOTER)) if numbers else None
    if not first or numbers[-1].end + FOOTER <= first.start():
        return numbers
    return [n for n in numbers if n.end + FOOTER <= first.start() or not in_footer(text, n, footers)]


def in_footer(text: Text, number: Number, footers: re.Pattern[str]) -> bool:
    """Whether a word of a footer stands near the number, in its sentence."""
    start, end = text.sentence(number.start)
    return bool(footers.search(text.norm, max(start, number.start - FOOTER), min(end, number.end + FOOTER)))


def count(text: Text, numbers: Sequence[Number], nears: Sequence[Around]) -> list[tuple[Counted, int]]:
    """What each number counts, handing on from number to number what the one before it counts; and its sentence."""
    norm, ends, found = text.norm, text.ends, list[tuple[Counted, int]]()
    counted, last_sentence = NOTHING, -1
    for i, near in enumerate(nears):
        sentence = bisect_right(ends, numbers[i].start)
        counted = read_counted(norm, numbers, i, near, counted if sentence == last_sentence else NOTHING)
        found.append((counted, sentence))
        last_sentence = sentence
    return found


def tell_scopes(
    article: Article, text: Text, numbers: Sequence[Number], counted: Sequence[tuple[Counted, int]]
) -> list[Scope]:
    """The scope of each number; most sentences are plain, which is asked once for all their numbers."""
    scopes, found, last, plain = Scopes(text, article.body_start), list[Scope](), -1, False
    for number, (c, sentence) in zip(numbers, counted, strict=True):
        if sentence != last:
            last, plain = sentence, scopes.is_plain(sentence)
        found.append("event" if plain else scopes.of(number, c, sentence))
    return found


def drop_headline(readings: list[Reading], body_start: int, text: Text) -> list[Reading]:
    """Without the headline's numbers that the body tells again or in full (超五百万元 → 562.93万元).

    In web copies the headline may stand glued to the body (原标题：…): there a number goes that the body repeats.
    """
    glued = body_start + GLUED_HEADLINE if text.norm.startswith("原标题", body_start) else body_start
    if not readings or readings[0][0].start >= glued:
        return readings
    units = {number.unit for number, *_ in readings if number.start >= body_start}
    told = {fact(number) for number, *_ in readings if number.start >= glued}
    return [r for r in readings if r[0].start >= glued or is_news(r[0], body_start, units, told)]


def is_news(number: Number, body_start: int, units: set[str], told: set[tuple[float, str]]) -> bool:
    """Whether a headline's number tells what the body, with these units and facts, does not."""
    if fact(number) in told:
        return False
    return number.start >= body_start or number.qualifier == "exact" or number.unit not in units


def fact(number: Number) -> tuple[float, str]:
    """Value and unit, people counted alike by 人, 名 and 位."""
    return (number.value, "人" if number.unit_class == "people" else number.unit)


def once(readings: list[Reading]) -> list[Reading]:
    """Each fact once: of numbers alike in value and unit and about the same thing, the first."""
    kept: list[Reading] = []
    alike: dict[tuple[float, str], list[Reading]] = {}
    for reading in readings:
        number = reading[0]
        so_far = alike.setdefault((number.value, number.unit), [])
        if so_far and any(same_fact(reading, other) for other in so_far[-MAX_ALIKE:]):
            continue
        so_far.append(reading)
        kept.append(reading)
    return kept


def same_fact(a: Reading, b: Reading) -> bool:
    """Of two numbers with the same value and unit: whether their nouns are alike, or the number is too odd to occur twice by chance (3813户).

    In one sentence 省级资金120万元、市级资金120万元 are two facts, and ratios always are; 连查4辆面包车 told twice over is one.
    """
    number, (counted, sentence), indicator, _ = a
    _, (other, other_sentence), other_indicator, _ = b
    if sentence == other_sentence:
        return said(counted, indicator).startswith(said(other, other_indicator)) and number.unit_class != "ratio"
    if number.unit_class == "money" and is_fine(indicator) and is_fine(other_indicator):
        return True
    noun, other_noun = _GENERIC.sub("", counted.noun), _GENERIC.sub("", other.noun)
    need = 2 if digits(number.value) == _SOME_DIGITS else half(noun, other_noun)
    return digits(number.value) > _SOME_DIGITS or share(noun, other_noun, need)


def said(counted: Counted, indicator: Indicator | None) -> str:
    """The wording with the word that says what its indicator is, where that is missing (行政处罚 → 行政处罚罚款)."""
    if indicator is None or not indicator.said or indicator.said in counted.what:
        return counted.what
    return counted.what + indicator.said


def is_fine(indicator: Indicator | None) -> bool:
    """Whether an indicator is that of fines."""
    return indicator is not None and indicator.id == "fines"


def digits(value: float) -> int:
    """Significant digits of a number: 500 → 1, 12000 → 2, 152 → 3, 3813 → 4; many where it has a fraction (4.5)."""
    written = f"{value:.6f}".rstrip("0").rstrip(".")
    return len(written.rstrip("0")) if "." not in written else len(written) + _SOME_DIGITS


def half(a: str, b: str) -> int:
    """Half the length of the shorter noun, two to four characters: 首贷户 and 无贷户 share as many."""
    return min(4, max(2, (min(len(a), len(b)) + 1) // 2))


def share(a: str, b: str, need: int) -> bool:
    """Whether two nouns share that many characters in a row."""
    return any(a[i : i + need] in b for i in range(len(a) - need + 1))


def to_metric(
    number: Number, counted: tuple[Counted, int], indicator: Indicator | None, scope: Scope, raw: str
) -> Metric:
    """The metric of a reading, with the span of number and unit."""
    start, end = number.start, number.end
    return Metric(
        said(counted[0], indicator),
        indicator.id if indicator else None,
        number.value,
        number.unit,
        number.qualifier,
        scope,
        None,  # as_of
        start,
        end,
        raw[start:end],
    )
