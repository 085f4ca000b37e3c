"""The campaigns and the words that give them away: data/reference/campaigns/*.yml, compiled to one automaton.

A file holds the campaigns of one group; a campaign's words stand in ``brands`` (a local name of the campaign),
``strong`` (names the campaign's own matter) and ``weak`` (goes with it, proves nothing alone), separated by spaces.
``word:2.5`` sets a weight of its own. ``not`` holds phrases in which a cue does not count; the longest of all cues and
phrases takes its characters. A wrong or ambiguous file raises RulesError with file and line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from daachorse import MATCH_KIND_LEFTMOST_LONGEST, CharwiseDoubleArrayAhoCorasick

from etl.rules.errors import RulesError
from etl.rules.yaml_files import Reader, read_yaml
from etl.text import normalise

Strength = Literal["brand", "strong", "weak"]

FOLDER = "campaigns"
COMMON = "common.yml"
WEIGHTS: dict[str, float] = {"brands": 5.0, "strong": 3.0, "weak": 1.0}  # where a word sets none of its own
STRENGTHS: dict[str, Strength] = {"brands": "brand", "strong": "strong", "weak": "weak"}
FIELDS = frozenset(
    {
        "id",
        "name",
        "name_en",
        "group",
        "group_en",
        "parent",
        "frames",
        "form",
        "weight",
        "brands",
        "strong",
        "weak",
        "not",
    }
    | {"shared", "examples", "counter"}
)
LISTS = ("ends", "masks", "not_campaigns", "before_names", "general_words")
NEEDED = ("id", "name", "group")
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){0,5}")
WORD = re.compile(r"(.+?)(?::(\d{1,2}(?:\.\d{1,2})?))?")
# Quotes and breaks stand inside cues: “红色物业”服务, 文明城\n市. All white space of a normalised text, spelt out, and a pattern
# that begins with one set of characters: three times as fast as [\s"'`「」『』]+.
_SQUEEZED = " \n\x1f\u1680\u2028\u2029\"'`「」『』"
SQUEEZED = re.compile(f"[{_SQUEEZED}][{_SQUEEZED}]*")
IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff]+")  # what squeezing leaves as it is


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that speaks for a campaign; `weight` is what its first mention in plain text counts."""

    text: str
    campaign_id: str
    strength: Strength
    weight: float

    @property
    def id(self) -> str:
        """The rule that evidence names: anti-fraud/反诈."""
        return f"{self.campaign_id}/{self.text}"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign.

    `parent` is the wider campaign whose cues it also meets (防火 → 森林防火). `frames` are campaigns that serve it:
    where an article opens with 为推进创建全国文明城市, the clearing of streets that it reports belongs to that.
    `weight` below 1 marks a campaign that is often only the means of another (志愿服务, 网格). A `form` is one that others
    are carried out in: a 志愿服务活动 with 义诊 is both.
    """

    id: str
    name: str
    name_en: str
    group: str
    group_en: str
    parent: str | None
    frames: frozenset[str]
    form: bool
    weight: float
    cues: tuple[Cue, ...]
    exclusions: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


@dataclass(frozen=True)
class Taxonomy:
    """All campaigns, in the order of their files, and the automaton that finds their cues.

    `effects[pattern]` holds what the pattern with that number says: pairs (index of the campaign, weight); an
    exclusion says nothing. A pattern in `ends` closes the article; one in `bounded` begins or ends with a Latin letter
    or digit and must not stand inside a longer run of them (12345 in a phone number).
    """

    campaigns: tuple[Campaign, ...]
    patterns: tuple[str, ...]
    effects: tuple[tuple[tuple[int, float], ...], ...]
    ends: frozenset[int]
    bounded: frozenset[int]
    not_campaigns: frozenset[str]
    before_names: frozenset[str]
    general_words: frozenset[str]
    automaton: Any

    @cached_property
    def by_id(self) -> Mapping[str, Campaign]:
        """Campaigns by their id."""
        return {c.id: c for c in self.campaigns}

    @cached_property
    def parents(self) -> tuple[int | None, ...]:
        """The index of each campaign's parent."""
        index = {c.id: i for i, c in enumerate(self.campaigns)}
        return tuple(index[c.parent] if c.parent else None for c in self.campaigns)

    @cached_property
    def frames(self) -> Mapping[int, frozenset[int]]:
        """For each campaign that serves others, the indexes of those."""
        served: dict[int, set[int]] = defaultdict(set)
        index = {c.id: i for i, c in enumerate(self.campaigns)}
        for i, one in enumerate(self.campaigns):
            for means in one.frames:
                served[index[means]].add(i)
        return {means: frozenset(wide) for means, wide in served.items()}

    @cached_property
    def forms(self) -> frozenset[int]:
        """The indexes of campaigns that others are carried out in."""
        return frozenset(i for i, one in enumerate(self.campaigns) if one.form)

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, each once, in order."""
        return tuple(dict.fromkeys(c.group for c in self.campaigns))


@dataclass(frozen=True, slots=True)
class Source:
    """A rule file's text, for the lines of its errors."""

    path: Path
    text: str

    def error(self, message: str, *near: str) -> RulesError:
        """The error at the line that holds the last of `near`, looked for from the line of the one before it."""
        at = 0
        for needle in near:
            found = re.compile(rf"(?<![\w-]){re.escape(needle)}(?![\w-])").search(self.text, at)
            at = found.start() if found else at
        return RulesError(self.path, self.text.count("\n", 0, at) + 1, message)


def squeeze(text: str) -> str:
    """Normalised text without breaks and quotes, the form in which cues are written and found."""
    return SQUEEZED.sub("", normalise(text))


def load_taxonomy(root: Path, read: Reader = read_yaml) -> Taxonomy:
    """Read the campaign files below `root`/campaigns; raise RulesError where one is ambiguous or wrong."""
    folder = root / FOLDER
    paths = sorted(folder.glob("*.yml"))
    if not paths:
        raise RulesError(folder, None, "no campaign files (*.yml) here")
    lists: dict[str, set[str]] = {key: set() for key in LISTS}
    found: list[tuple[Source, Mapping[str, Any], Campaign]] = []
    for path in paths:
        source = Source(path, path.read_text(encoding="utf-8"))
        data = checked(source, read(path))
        for key, kept in lists.items():
            kept.update(words(source, data.get(key), key))
        found += [(source, raw, campaign(source, raw, data)) for raw in entries(source, data)]
    validate(found)
    return compiled(tuple(c for _, _, c in found), lists)


def checked(source: Source, data: Any) -> Mapping[str, Any]:
    """The data of a file, which is a mapping with the keys that we know."""
    if not isinstance(data, dict):
        raise RulesError(source.path, 1, "expected a mapping with the key campaigns")
    unknown = data.keys() - {"group", "group_en", "campaigns", *LISTS}
    if unknown:
        raise source.error(f"unknown key {sorted(map(str, unknown))[0]}", str(min(unknown, key=str)))
    return data


def entries(source: Source, data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The campaigns of a file, as written."""
    campaigns = data.get("campaigns") or []
    if not isinstance(campaigns, list):
        raise source.error("campaigns must be a list", "campaigns")
    for raw in campaigns:
        if not isinstance(raw, dict):
            raise source.error(f"expected a campaign with id and name, not {raw!r}", str(raw))
        yield raw


def campaign(source: Source, raw: Mapping[str, Any], data: Mapping[str, Any]) -> Campaign:
    """One campaign, checked by itself."""
    raw = {"group": data.get("group"), "group_en": data.get("group_en"), **raw}
    own = str(raw.get("id", ""))
    for key in NEEDED:
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            raise source.error(f"campaign {own!r} lacks its {key}", own)
    if unknown := raw.keys() - FIELDS:
        raise source.error(f"{own}: unknown key {sorted(unknown)[0]}", own, sorted(unknown)[0])
    if not ID.fullmatch(own):
        raise source.error(f"id {own!r} must be lower-case words joined by -", own)
    weight = raw.get("weight", 1.0)
    if not isinstance(weight, int | float) or not 0 < weight <= 1:
        raise source.error(f"{own}: weight must lie above 0 and at most at 1, not {weight!r}", own, "weight")
    if not isinstance(raw.get("form", False), bool):
        raise source.error(f"{own}: form must be true or false, not {raw['form']!r}", own, "form")
    return Campaign(
        id=own,
        name=raw["name"],
        name_en=raw.get("name_en") or raw["name"],
        group=raw["group"],
        group_en=raw.get("group_en") or raw["group"],
        parent=raw.get("parent"),
        frames=frozenset(words(source, raw.get("frames"), "frames", own)),
        form=raw.get("form", False),
        weight=float(weight),
        cues=tuple(cues(source, raw, own)),
        exclusions=tuple(words(source, raw.get("not"), "not", own)),
        examples=sentences(source, raw, own, "examples"),
        counter_examples=sentences(source, raw, own, "counter"),
    )


def cues(source: Source, raw: Mapping[str, Any], own: str) -> Iterator[Cue]:
    """The cues of a campaign; one word is one cue."""
    seen: set[str] = set()
    for key, default in WEIGHTS.items():
        for text, weight in words(source, raw.get(key), key, own).items():
            if text in seen:
                raise source.error(f"{own}: cue {text} is there twice", own, key, text)
            if len(text) < 2:
                raise source.error(f"{own}: cue {text!r} is too short to mean anything", own, key)
            seen.add(text)
            yield Cue(text, own, STRENGTHS[key], default if weight is None else weight)
    if not seen:
        raise source.error(f"campaign {own} has no cue", own)


def words(source: Source, value: Any, key: str, own: str = "") -> dict[str, float | None]:
    """Words separated by spaces, each with its weight if it has one: `反诈:4 断卡` → {反诈: 4.0, 断卡: None}."""
    if value is None:
        return {}
    if not isinstance(value, str) or not value.strip():
        raise source.error(f"{own or source.path.name}: {key} must hold words separated by spaces", own, key)
    found: dict[str, float | None] = {}
    for word in value.split():
        match = None if IDEOGRAPHS.fullmatch(word) else WORD.fullmatch(word)
        text = squeeze(match[1]) if match else word
        if not text:
            raise source.error(f"{own}: empty cue {word!r} in {key}", own, key)
        if text in found:
            raise source.error(f"{own}: {text} is there twice in {key}", own, key, text)
        found[text] = float(match[2]) if match and match[2] else None
    return found


def sentences(source: Source, raw: Mapping[str, Any], own: str, key: str) -> tuple[str, ...]:
    """A list of sentences."""
    value = raw.get(key) or []
    if not isinstance(value, list) or not all(isinstance(s, str) and s.strip() for s in value):
        raise source.error(f"{own}: {key} must be a list of sentences", own, key)
    return tuple(value)


def validate(found: Iterable[tuple[Source, Mapping[str, Any], Campaign]]) -> None:
    """Raise RulesError where ids or names repeat, a parent is unknown, or two campaigns claim a cue equally."""
    found = list(found)
    ids = {c.id for _, _, c in found}
    seen: dict[str, str] = {}
    claims: dict[str, list[tuple[Cue, bool]]] = defaultdict(list)
    for source, raw, one in found:
        for label in (one.id, one.name):
            if label in seen:
                raise source.error(f"{label} is already the campaign {seen[label]}", label)
            seen[label] = one.id
        if one.parent is not None and (one.parent not in ids or one.parent == one.id):
            raise source.error(f"{one.id}: unknown parent {one.parent}", one.id, str(one.parent))
        for means in one.frames - ids:
            raise source.error(f"{one.id}: frames unknown campaign {means}", one.id, "frames", means)
        declared = words(source, raw.get("shared"), "shared", one.id).keys()
        for cue in one.cues:
            settle(source, cue, cue.text in declared, claims[cue.text])
            if cue.text in one.exclusions:
                raise source.error(f"{one.id}: {cue.text} is both a cue and excluded", one.id, "not", cue.text)


def settle(source: Source, cue: Cue, declared: bool, others: list[tuple[Cue, bool]]) -> None:
    """A cue that two campaigns claim at the same strength must be declared as `shared` by one of them."""
    for other, other_declared in others:
        if other.strength == cue.strength and not (declared or other_declared):
            raise source.error(
                f"cue {cue.text} is {cue.strength} of both {other.campaign_id} and {cue.campaign_id}: "
                f"let one be the weaker, or declare it with `shared: {cue.text}`",
                cue.campaign_id,
                cue.text,
            )
    others.append((cue, declared))


def compiled(campaigns: tuple[Campaign, ...], lists: Mapping[str, set[str]]) -> Taxonomy:
    """The taxonomy with its automaton: of overlapping words the first counts, of those the longest."""
    effects: dict[str, list[tuple[int, float]]] = {word: [] for word in sorted(lists["ends"] | lists["masks"])}
    for i, one in enumerate(campaigns):
        for cue in one.cues:
            effects.setdefault(cue.text, []).append((i, cue.weight))
        for word in one.exclusions:
            effects.setdefault(word, [])
    patterns = tuple(effects)
    return Taxonomy(
        campaigns=campaigns,
        patterns=patterns,
        effects=tuple(tuple(effects[p]) for p in patterns),
        ends=frozenset(i for i, p in enumerate(patterns) if p in lists["ends"]),
        bounded=frozenset(i for i, p in enumerate(patterns) if p[0].isascii() or p[-1].isascii()),
        not_campaigns=frozenset(lists["not_campaigns"]),
        before_names=frozenset(lists["before_names"]),
        general_words=frozenset(lists["general_words"]),
        automaton=CharwiseDoubleArrayAhoCorasick(list(patterns), MATCH_KIND_LEFTMOST_LONGEST),
    )
