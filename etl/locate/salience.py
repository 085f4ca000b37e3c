"""Decides which of an article's places is the event's, and which is only named in passing.

A division gains weight where it is named on its own (a county named only as the head of a chain 叶县昆阳街道 does not), in the
headline, in the lead, through its communities, and through words that refer back to its level (全区, 县教育局, 该街道). The
level with the most weight acts. Several cases, each with a street of its own, make each of these streets a place of
the event.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from etl.locate.mentions import CITY, CONTEXT, COUNTY, FORMER, HEAD, LEAD, TOWN, VILLAGE, Found, Mention
from etl.locate.resolve import city_of, county_of
from etl.models import Article
from etl.rules.gazetteer import Gazetteer

HEADLINE, OPENING = 4.0, 1.5  # what the headline and the lead add
COMMUNITY = 0.8  # what a street's community adds to the street
CUE = 0.6  # what a word that refers back adds
MOST = 8.0  # mentions beyond this many add nothing

_CASE = re.compile(r"案例\s?[一二三四五六七八九十\d]|(?:^|[。！\s])[1-9][、.．]")
_ORIGIN = re.compile(r"(?:来自|家住|籍贯|户籍|出生于|毕业于|援助|驰援|对口|从|前往|赴|学习|考察|参观)$")


@dataclass(slots=True)
class Score:
    """The weight of one division."""

    own: float = 0.0  # named on its own
    head: bool = False
    lead: bool = False
    communities: float = 0.0
    cues: float = 0.0
    first: Mention | None = None
    places: list[int] = field(default_factory=list)

    @property
    def total(self) -> float:
        """All weight together."""
        named = min(self.own + self.communities, MOST)
        return named + HEADLINE * self.head + OPENING * self.lead + self.cues


@dataclass(slots=True)
class Choice:
    """The divisions of the event, main one first: codes of townships, counties or cities, with their mention."""

    chosen: list[tuple[int, Mention | None]]
    scores: dict[int, Score]


def weigh(found: Found, norm: str, gazetteer: Gazetteer) -> dict[int, Score]:
    """The weight of each division named outside context: townships by 9-digit, counties, cities."""
    scores: dict[int, Score] = defaultdict(Score)
    for m in found.mentions:
        if m.where == CONTEXT or len(m.codes) != 1 or m.level < CITY:
            continue
        code = m.codes[0] if m.codes[0] > 100 else city_of(m.codes[0])
        if m.level == VILLAGE:
            code //= 1000
            if county_of(code) in gazetteer.stat_home and m.parent is not None:
                code = m.parent.codes[0]
        note(scores[code], m, norm)
    return scores


def note(score: Score, m: Mention, norm: str) -> None:
    """Add one mention to its division's weight."""
    if score.first is None:
        score.first = m
    score.places.append(m.start)
    if m.child is not None and m.level < TOWN:
        score.own += 0.1  # only the head of a chain
        return
    weight = 0.4 if _ORIGIN.search(norm, max(0, m.start - 4), m.start) else 1.0
    if m.level == VILLAGE:
        if m.parent is None or m.parent.level != TOWN:  # a village after its township was counted with it
            score.communities += COMMUNITY * weight
    else:
        score.own += weight
    score.head = score.head or m.where == HEAD
    score.lead = score.lead or m.where in (HEAD, LEAD)


_VENUE_BEFORE = re.compile(r"(?:在|走进|来到|深入|走访|到|位于|于)[\"《]?$")
VENUE = 2.5  # what "在…举行" in the lead adds to the finest place of that chain


def is_venue(m: Mention, norm: str) -> bool:
    """Whether the chain that ends with `m` is where something happens: 在大冶市茗山乡运动中心举行, 走进澄迈县仁兴镇."""
    top = m
    while top.parent is not None:
        top = top.parent
    return _VENUE_BEFORE.search(norm, max(0, top.start - 3), top.start) is not None


def choose(article: Article, found: Found, norm: str, scores: dict[int, Score], gazetteer: Gazetteer) -> list[tuple[int, float]]:
    """The divisions of the event with their weights, main one first; empty where no division is named."""
    streets = {c: s for c, s in scores.items() if c >= 10**8}
    add_venues(found, norm, scores)
    street = max(streets, key=lambda c: streets[c].total, default=0)
    county = focus_county(scores, street)
    city = focus_city(scores, county)
    add_cues(found, scores, gazetteer, street, county, city)
    levels = [(c, scores[c].total) for c in (street, county, city) if c and c in scores]
    if not levels:
        return from_context(article, found)
    cases = case_streets(norm, streets, county)
    if cases:
        return [*((c, streets[c].total) for c in cases), (county, scores[county].total)]
    if street and scattered(streets, street):
        levels = [(c, w) for c, w in levels if c != street] or levels
    return ranked(levels, streets, street)


def focus_county(scores: dict[int, Score], street: int) -> int:
    """The county that the article is about: named itself, or holding the streets that are named."""
    weight: dict[int, float] = defaultdict(float)
    for code, score in scores.items():
        county = county_of(code)
        if county:
            weight[county] += score.total * (1.0 if code == county else 0.7)
    if not weight:
        return 0
    best = max(weight, key=lambda c: weight[c])
    scores[best]  # a county known only through its streets has a weight too
    return best


def focus_city(scores: dict[int, Score], county: int) -> int:
    """The prefecture that the article is about: the one with most weight of its own, else the county's."""
    cities = {c: s.total for c, s in scores.items() if 1000 <= c < 10**5}
    best = max(cities, key=lambda c: cities[c], default=0)
    if county and (not best or cities[best] < 1):
        best = city_of(county)
    return best


def from_context(article: Article, found: Found) -> list[tuple[int, float]]:
    """Where no division is named: the page's only county or the paper's home, at the level that 全区, 市教育局 … refer to."""
    counties = [int(p) for p in article.page_places if len(p) == 6]
    home = int(article.home) if article.home else 0
    county = home if home >= 10**5 else counties[0] if len(counties) == 1 else 0
    of_county = sum(level == 6 for *_, level in found.cues)
    of_city = sum(level == 4 for *_, level in found.cues)
    if county and of_county and of_county >= of_city:
        return [(county, 1.0)]
    city = city_of(home) or city_of(county)
    return [(city, 1.0)] if city and of_city else []


def add_venues(found: Found, norm: str, scores: dict[int, Score]) -> None:
    """Weight for the finest place of a chain in the lead that something happens at."""
    seen: set[int] = set()
    for m in found.mentions:
        if m.where > LEAD or len(m.codes) != 1 or m.level < COUNTY or (m.child is not None and m.child.level <= TOWN):
            continue
        if m.level == VILLAGE and m.parent is not None:
            continue
        code = m.codes[0] // 1000 if m.level == VILLAGE else m.codes[0]
        if code in scores and code not in seen and is_venue(m, norm):
            seen.add(code)
            scores[code].cues += VENUE


def add_cues(found: Found, scores: dict[int, Score], gazetteer: Gazetteer, street: int, county: int, city: int) -> None:
    """Give words that refer back to a level to the division of that level."""
    county_city = gazetteer.names.get(county, "").endswith("市") and (city not in scores or scores[city].own < 1)
    for _, _, level in found.cues:
        target = {4: county if county_city else city, 6: county, 9: street}[level]
        if target and (target in scores or level == 4):
            scores[target].cues += CUE


def case_streets(norm: str, streets: dict[int, Score], county: int) -> list[int]:
    """Streets of one county that stand in cases of their own (案例一 …碣石镇… 案例二 …甲子镇…)."""
    marks = [m.start() for m in _CASE.finditer(norm)]
    if len(marks) < 2 or not county:
        return []
    held: dict[int, int] = {}
    for code, score in streets.items():
        if county_of(code) == county:
            at = [sum(mark <= p for mark in marks) for p in score.places]
            if at and min(at) and len(set(at)) == 1:
                held[at[0]] = code
    return [held[k] for k in sorted(held)] if len(held) >= 2 else []


def scattered(streets: dict[int, Score], street: int) -> bool:
    """Whether so many streets are named that none of them is the article's."""
    totals = sorted((s.total for s in streets.values()), reverse=True)
    return len(totals) >= 3 and totals[0] < 0.5 * sum(totals) and not streets[street].head


def ranked(levels: list[tuple[int, float]], streets: dict[int, Score], street: int) -> list[tuple[int, float]]:
    """Levels by weight, the finer first where equal; a second level or street only where it weighs nearly as much."""
    levels.sort(key=lambda item: (-item[1], -item[0]))
    chosen = [levels[0]]
    for code, weight in levels[1:]:
        if weight >= SECOND * chosen[0][1] and code >= 10**5:
            chosen.append((code, weight))
    rivals = [(c, s.total) for c, s in streets.items() if c != street and county_of(c) != county_of(street)]
    if chosen[0][0] == street:
        chosen += [(c, w) for c, w in rivals if w >= RIVAL * chosen[0][1]]
    return chosen


SECOND = 0.75
RIVAL = 0.6
