"""Units, indicators and traps of reported numbers: units.yml, indicators.yml, metric-traps.yml in data/reference/."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from etl.rules.errors import RulesError
from etl.rules.yaml_files import Reader, read_yaml

UNITS = "units.yml"
INDICATORS = "indicators.yml"
TRAPS = "metric-traps.yml"
TRAP_LISTS = ("phrases", "before", "rhetorical", "rate", "result", "footers")


@dataclass(frozen=True)
class Indicator:
    """A canonical indicator: a number counts for it when its unit's class and its wording fit.

    `said` is a word that says what the indicator is: added to the wording where it is missing (行政处罚 → 行政处罚罚款). `cues` are alternatives; a cue of several words (检查+商铺) wants them all in what is counted. `units` narrows the
    class to single units where the class alone is too wide.
    """

    id: str
    zh: str
    en: str
    classes: frozenset[str]
    units: frozenset[str]
    cues: tuple[tuple[str, ...], ...]
    without: tuple[str, ...]
    said: str

    def fits(self, what: str, unit: str, met: Sequence[str] = ()) -> bool:
        """Whether a number with this wording and a unit of one of the classes counts for the indicator.

        `met` are words of the wording, known already, that may be cues.
        """
        if self.units and unit not in self.units:
            return False
        cued = not self.singles.isdisjoint(met) or self.single_words.search(what)
        if not cued and not any(all(word in what for word in cue) for cue in self.joined):
            return False
        return not (self.without and self.without_pattern.search(what))

    @cached_property
    def singles(self) -> frozenset[str]:
        """The cues of a single word."""
        return frozenset(cue[0] for cue in self.cues if len(cue) == 1)

    @cached_property
    def single_words(self) -> re.Pattern[str]:
        """Any cue of a single word."""
        return any_of(tuple(sorted(self.singles)))

    @cached_property
    def joined(self) -> tuple[tuple[str, ...], ...]:
        """The cues of several words."""
        return tuple(cue for cue in self.cues if len(cue) > 1)

    @cached_property
    def without_pattern(self) -> re.Pattern[str]:
        """Any word that rules the indicator out."""
        return any_of(self.without)


@dataclass(frozen=True)
class Traps:
    """What looks like a reported number and is none; see metric-traps.yml for each list."""

    phrases: tuple[str, ...]
    before: tuple[str, ...]
    after: Mapping[str, tuple[str, ...]]
    rhetorical: tuple[str, ...]
    rate: tuple[str, ...]
    result: tuple[str, ...]
    footers: tuple[str, ...]

    @cached_property
    def before_by_last(self) -> Mapping[str, tuple[str, ...]]:
        """The words directly before, by their last character."""
        return {last: tuple(w for w in self.before if w[-1] == last) for last in {word[-1] for word in self.before}}

    @cached_property
    def phrase_reach(self) -> int:
        """Characters on either side of a number within which a set phrase that holds a part of it stands."""
        return max(map(len, self.phrases), default=1) - 1

    @cached_property
    def phrase_pattern(self) -> re.Pattern[str]:
        """Any set phrase."""
        return any_of(self.phrases)

    @cached_property
    def rate_pattern(self) -> re.Pattern[str]:
        """Any word of a rate or a duty."""
        return any_of(self.rate)

    @cached_property
    def result_pattern(self) -> re.Pattern[str]:
        """Any verb of result."""
        return any_of(self.result)

    @cached_property
    def footer_pattern(self) -> re.Pattern[str]:
        """Any word of a footer."""
        return any_of(self.footers)


class UnitFacts(NamedTuple):
    """What the rules say of a unit as printed."""

    unit: str  # as the table has it
    unit_class: str
    after: tuple[str, ...]  # directly after it no number is reported: the words of its class and / (25元/斤)
    after_firsts: frozenset[str]  # their first characters


@dataclass(frozen=True)
class Quantities:
    """Units with their classes and spellings, canonical indicators in order of preference, traps."""

    units: Mapping[str, str]  # unit as printed -> class
    written: Mapping[str, str]  # unit as printed -> unit in the table, where they differ
    small_numeral: frozenset[str]
    indicators: tuple[Indicator, ...]
    traps: Traps

    @cached_property
    def unit_pattern(self) -> str:
        """Source of an alternation of all units, the longest first."""
        return "|".join(re.escape(unit) for unit in sorted(self.units, key=len, reverse=True))

    @cached_property
    def facts(self) -> dict[str, UnitFacts]:
        """What is known of each unit as printed."""
        after = {name: ("/", *self.traps.after.get(name, ())) for name in self.units.values()}
        return {
            unit: UnitFacts(self.written.get(unit, unit), name, after[name], frozenset(word[0] for word in after[name]))
            for unit, name in self.units.items()
        }

    @cached_property
    def cues(self) -> dict[str, Cues]:
        """The cues of each class of units."""
        classes = {name for indicator in self.indicators for name in indicator.classes}
        return {name: cues_of(tuple(i for i in self.indicators if name in i.classes)) for name in classes}

    def indicator(self, what: str, unit: str, unit_class: str) -> Indicator | None:
        """The first indicator that fits, or None."""
        cues = self.cues.get(unit_class)
        if cues is None or not (met := cues.words.findall(what)):
            return None
        led = cues.led[met[0]]
        for word in met[1:]:
            if cues.led[word] != led:
                led = tuple(sorted({*led, *cues.led[word]}))
        for n in led:
            if cues.indicators[n].fits(what, unit, met):
                return cues.indicators[n]
        return None


class Cues(NamedTuple):
    """The cues of a class of units: most wordings hold none, and one that does leads to the few indicators to try."""

    indicators: tuple[Indicator, ...]  # in order of preference
    words: re.Pattern[str]  # the first word of any cue
    led: Mapping[str, tuple[int, ...]]  # such a word -> which indicators may fit where a search meets it, ascending


def cues_of(indicators: tuple[Indicator, ...]) -> Cues:
    """The cues of some indicators.

    A search for any word meets the longest and goes on behind it. What stands inside it (查处 in 查处取缔) or begins inside
    it (查处 in 检查处) is not met itself and so is led to from there; `fits` tells whether it is there.
    """
    firsts = [{cue[0] for cue in indicator.cues} for indicator in indicators]
    words = tuple(dict.fromkeys(word for some in firsts for word in some))
    near = {word: {w for w in words if w in word or overlaps(word, w)} for word in words}
    led = {word: tuple(n for n, some in enumerate(firsts) if some & near[word]) for word in words}
    return Cues(indicators, any_of(words), led)


def overlaps(first: str, second: str) -> bool:
    """Whether the end of one word may be the start of another (检查 and 查处)."""
    return any(second.startswith(first[i:]) for i in range(1, len(first)))


def any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern that matches any of the words; of an empty list, nothing."""
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or r"(?!)")


def load_quantities(root: Path, read: Reader = read_yaml) -> Quantities:
    """Read the three files below `root`; raise RulesError where one is missing, misspelt or ambiguous."""
    units, written, small = read_units(root / UNITS, read)
    return Quantities(
        units=units,
        written=written,
        small_numeral=small,
        indicators=read_indicators(root / INDICATORS, units, read),
        traps=read_traps(root / TRAPS, frozenset(units.values()), read),
    )


def line_of(path: Path, word: str) -> int | None:
    """The first line of a rule file that holds a word, for messages."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if word in line), None)


def words(path: Path, name: str, value: Any) -> tuple[str, ...]:
    """A list of non-empty words without repeats; RulesError otherwise."""
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise RulesError(path, line_of(path, f"{name}:"), f"{name} must be a list of words")
    return tuple(dict.fromkeys(value))


def mapping(path: Path, value: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    """A mapping with exactly these keys; RulesError otherwise."""
    if not isinstance(value, dict) or set(value) != set(keys):
        raise RulesError(path, 1, f"must have the keys {', '.join(keys)} and no others")
    return value


def read_units(path: Path, read: Reader) -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """Unit → class, unit as printed → unit in the table, units of small numerals."""
    data = mapping(path, read(path), ("classes", "written", "small_numeral"))
    units: dict[str, str] = {}
    for name, members in data["classes"].items():
        for unit in words(path, name, members):
            if unit in units:
                raise RulesError(path, line_of(path, f"{name}:"), f"{unit} stands in {units[unit]} and in {name}")
            units[unit] = name
    for printed in (*data["written"], *data["small_numeral"]):
        if printed not in units:
            raise RulesError(path, line_of(path, printed), f"{printed} is in no class")
    return units, dict(data["written"]), frozenset(data["small_numeral"])


def read_indicators(path: Path, units: Mapping[str, str], read: Reader) -> tuple[Indicator, ...]:
    """The indicators in the file's order."""
    data = read(path)
    if not isinstance(data, list):
        raise RulesError(path, 1, "must be a list of indicators")
    found: dict[str, Indicator] = {}
    for entry in data:
        indicator = read_indicator(path, entry, units)
        if indicator.id in found:
            raise RulesError(path, line_of(path, f"id: {indicator.id}"), f"{indicator.id} is defined twice")
        found[indicator.id] = indicator
    return tuple(found.values())


def read_indicator(path: Path, entry: Any, units: Mapping[str, str]) -> Indicator:
    """One indicator: id, zh, en, classes, cues; units and without where needed."""
    if not isinstance(entry, dict) or not {"id", "zh", "en", "classes", "cues"} <= set(entry):
        raise RulesError(path, None, f"an indicator needs id, zh, en, classes and cues: {entry!r}")
    line = line_of(path, f"id: {entry['id']}")
    wrong = set(entry) - {"id", "zh", "en", "classes", "cues", "units", "without", "said"}
    wrong |= set(entry["classes"]) - set(units.values()) | set(entry.get("units", [])) - set(units)
    if wrong:
        raise RulesError(path, line, f"unknown in {entry['id']}: {', '.join(sorted(map(str, wrong)))}")
    cues = tuple(tuple(cue.split("+")) for cue in words(path, "cues", entry["cues"]))
    return Indicator(
        id=entry["id"],
        zh=entry["zh"],
        en=entry["en"],
        classes=frozenset(entry["classes"]),
        units=frozenset(entry.get("units", [])),
        cues=cues,
        without=words(path, "without", entry.get("without", [])),
        said=str(entry.get("said", "")),
    )


def read_traps(path: Path, classes: frozenset[str], read: Reader) -> Traps:
    """The lists of metric-traps.yml."""
    data = mapping(path, read(path), (*TRAP_LISTS, "after"))
    if not isinstance(data["after"], dict) or not set(data["after"]) <= classes:
        raise RulesError(path, line_of(path, "after:"), "after must map classes of units.yml to words")
    after = {name: words(path, name, members) for name, members in data["after"].items()}
    return Traps(**{name: words(path, name, data[name]) for name in TRAP_LISTS}, after=after)
