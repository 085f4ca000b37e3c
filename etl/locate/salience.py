"""Decides which of an article's places is the event's, and which is only named in passing.

A division gains weight where it is named on its own (a county named only as the head of a chain 叶县昆阳街道 does
not), in the headline, in the lead, through its communities, and through words that refer back to its level (全区,
县教育局, 该街道). The level with the most weight acts. Several cases, each with a street of its own, make each of
these streets a place of the event.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from etl.locate.mentions import CONTEXT, HEAD, LEAD, Found, Mention
from etl.locate.resolve import city_of, county_of
from etl.locate.unlisted import community_after
from etl.models import Article
from etl.rules.gazetteer import CITY, COUNTY, TOWN, VILLAGE, Gazetteer

HEADLINE, OPENING = 3.0, 1.5  # what the headline and the lead add
SCENE = 0.5  # what the lead adds to the place of a scene that only leads to the story
COMMUNITY = 0.8  # what a street's community adds to the street
CUE = 0.6  # what a word that refers back adds
BARE = 0.5  # what a street's bare name adds, as in 泊里中队
LABEL = 0.5  # a headline's 清流：… is a label of the column, less than a headline that says who acts
VENUE = 3.5  # what "在…举行" in the lead adds to the place of that chain
MOST = 8.0  # mentions beyond this many add nothing
MOST_CUES = 2.4  # nor do references beyond this much
SCOPE, MOST_SCOPE = 1.2, 3.6  # what 全县18个乡镇 adds to the county
CITY_SHARE = 0.7  # papers name their city in every story: it weighs less than what is finer
SECOND = 0.5  # a second level is the event's too when it weighs this much of the first
NAMED = 1.0  # and is named on its own this often
RIVAL = 0.6  # so is a street of another county

_CASE = re.compile(r"案例\s?[一二三四五六七八九十\d]|[1-9](?<![^。！\s].)[、.．]")
_ORIGIN = re.compile(r"(?:来自|家住|籍贯|户籍|出生于|毕业于|援助|驰援|对口|从|前往|赴|学习|考察|参观)$")
_ORIGIN_LAST = frozenset("自住贯籍于助援口从往赴习察观\n")  # what it ends with, or `$` passes over


@dataclass(slots=True)
class Score:
    """The weight of one division."""

    own: float = 0.0  # named on its own
    heads: float = 0.0  # in the headline
    lead: float = 0.0  # in the lead
    communities: float = 0.0
    cues: float = 0.0  # references: 全区, 该街道
    scope: float = 0.0  # 各乡镇, 18个乡镇
    venue: float = 0.0
    first: Mention | None = None
    places: list[int] = field(default_factory=list)

    @property
    def total(self) -> float:
        """All weight together."""
        named = self.own + self.communities
        named = named if named < MOST else MOST
        heads = self.heads if self.heads < 1.0 else 1.0
        cues = self.cues if self.cues < MOST_CUES else MOST_CUES
        return named + HEADLINE * heads + self.lead + cues + self.scope + self.venue


def weigh(found: Found, norm: str, gazetteer: Gazetteer) -> dict[int, Score]:
    """The weight of each division named outside context: townships by 9-digit code, counties by 6, cities by 4."""
    scores: dict[int, Score] = defaultdict(Score)
    for m in found.mentions:
        if m.where == CONTEXT or len(m.codes) != 1 or m.level < CITY:
            continue
        note(scores[place_code(m, gazetteer)], m, norm)
    if towns := [c for c in scores if c >= 10**8]:
        alone = [m for m in found.mentions if m.child is None and m.where != CONTEXT and 10**5 <= m.codes[0] < 10**8]
        for code in towns:
            add_bare(code, found, norm, scores, gazetteer, alone)
    for m in found.mentions:
        if m.level == TOWN and m.child is None and m.where != CONTEXT and len(m.codes) == 1:
            after = m.community = community_after(norm, m.end)
            if after is not None:  # 满月镇甘泉村, where the gazetteer has no such village
                more = norm.count(norm[after[0] : after[1]], after[1], found.tail)
                scores[m.codes[0]].communities += COMMUNITY * min(more, 5)
    return scores


def place_code(m: Mention, gazetteer: Gazetteer) -> int:
    """The township, county or city that a mention speaks for."""
    code = m.codes[0]
    if m.level != VILLAGE:
        return code if code > 100 else city_of(code)
    if m.street:
        return m.street
    if m.parent is not None and m.parent.level == TOWN and len(m.parent.codes) == 1:
        return m.parent.codes[0]
    return code // 1000


def note(score: Score, m: Mention, norm: str) -> None:
    """Add one mention to its division's weight."""
    if score.first is None:
        score.first = m
    score.places.append(m.start)
    if m.child is not None and m.level < TOWN:
        score.own += 0.1  # only the head of a chain
        return
    top = m.start if m.parent is None else chain_top(m).start
    last = norm[top - 1] if top else "。"
    weight = m.weight * (0.4 if last in _ORIGIN_LAST and _ORIGIN.search(norm, max(0, top - 4), top) else 1.0)
    if m.where == HEAD and m.level < TOWN and norm.startswith("：", m.end):
        weight *= LABEL
    if m.level == VILLAGE:
        if m.parent is None or m.parent.level != TOWN:  # right after its township it was counted with it
            score.communities += COMMUNITY * weight
    elif m.where != HEAD or not score.heads:  # web copies print the headline twice
        score.own += weight
    if m.where == HEAD:
        score.heads += weight
    if m.where == LEAD and weight >= 0.4:
        there = last in _VENUE_LAST and _VENUE_BEFORE.search(norm, max(0, top - 3), top) is not None
        m.venue = there and happens(m, norm)
        score.lead = max(score.lead, SCENE if there and not m.venue else OPENING)


def add_bare(
    code: int, found: Found, norm: str, scores: dict[int, Score], gazetteer: Gazetteer, alone: list[Mention]
) -> None:
    """Add a named township's bare name in its offices: 泊里中队, 宾居派出所; and let 阳朔杨堤 be a chain.

    `alone` are the counties that no finer name follows.
    """
    bare = gazetteer.bare_names.get(code)
    if bare is None:
        bare = gazetteer.bare_names[code] = bare_name(code, gazetteer)
    if not bare:
        return
    name, score, county = gazetteer.names[code], scores[code], county_of(code)
    more = norm.count(bare, 0, found.tail) - norm.count(name, 0, found.tail)
    if more > 0:
        score.own += BARE * min(more, 4)
    at = norm.find(bare, 0, found.head_end) if found.head_end else -1
    if at >= 0 and not norm.startswith(name, at):
        score.heads += 0.7
    for m in alone:
        if m.codes[0] == county and office_of(bare, m.end, norm):
            scores[county].own -= 0.9 * m.weight
            if m.where == HEAD:
                scores[county].heads -= m.weight


def bare_name(code: int, gazetteer: Gazetteer) -> str:
    """A township's name without 街道, 镇 or 乡 where that tells it from words and from its county and city, else ""."""
    name = gazetteer.names.get(code, "")
    bare = _SUFFIX.sub("", name)
    if len(bare) < 2 or bare == name or bare in gazetteer.common:
        return ""
    outer = (gazetteer.names.get(county_of(code), ""), gazetteer.names.get(city_of(code), ""))
    return "" if any(name.startswith(bare) for name in outer) else bare


def office_of(bare: str, end: int, norm: str) -> bool:
    """Whether a county's name that ends at `end` leads to a township's office: 宾川县公安局宾居派出所, 阳朔杨堤."""
    at = norm.find(bare, end, end + 16)
    return at >= 0 and not _STOP.search(norm, end, at)


_STOP = re.compile(r"[，。：；、！？\"\n ]")
_SUFFIX = re.compile(r"(?:街道|镇|乡|苏木)$")
_EVENT = re.compile(
    r"举行|举办|召开|开展|启动|开赛|开幕|上演|发放|查获|查处|排查|巡查|检查|组织|座谈|宣讲|揭牌|授|取缔|整治|演练|调研|慰问|签约|义诊|开庭|曝光"
)
_VENUE_BEFORE = re.compile(
    r"(?:在|走进|来到|深入|走访|到|位于|于)[\"《]?$"
)  # 在大冶市茗山乡运动中心举行, 走进澄迈县仁兴镇
_VENUE_LAST = frozenset('在进到入访于"《\n')


def chain_top(m: Mention) -> Mention:
    """The coarsest name of the chain that a mention stands in."""
    while m.parent is not None:
        m = m.parent
    return m


def happens(m: Mention, norm: str) -> bool:
    """Whether the sentence goes on with an event (…举行, …召开), not with a scene (…只见道路干净整洁)."""
    end = norm.find("。", m.end, m.end + 60)
    return _EVENT.search(norm, m.end, end if end >= 0 else m.end + 60) is not None


def choose(
    article: Article, found: Found, norm: str, scores: dict[int, Score], gazetteer: Gazetteer
) -> list[tuple[int, float]]:
    """The divisions of the event with their weights, main one first; empty where no division is named."""
    add_venues(found, scores, gazetteer)
    if max(scores, default=0) < 10**5:
        add_sources(found, norm, scores, gazetteer)
    totals = {code: score.total for code, score in scores.items()}
    streets = {c: scores[c] for c in totals if c >= 10**8}
    street = max(streets, key=totals.__getitem__, default=0)
    county = focus_county(totals)
    city = focus_city(totals, county)
    if county and county not in scores:
        scores[county] = Score()  # a county known only through its streets has a weight too
    add_cues(found, scores, gazetteer, street, county, city)
    levels = [
        (c, scores[c].total * (CITY_SHARE if c < 10**5 else 1.0)) for c in (street, county, city) if c and c in scores
    ]
    if not levels:
        return from_context(article, found)
    cases = case_streets(norm, streets, county)
    if cases:
        return [*((c, streets[c].total) for c in cases), (county, scores[county].total)]
    if street and scattered(streets, street):
        levels = [(c, w) for c, w in levels if c != street] or levels
    if 10**5 <= county < 10**8 and scattered({c: s for c, s in scores.items() if 10**5 <= c < 10**8}, county):
        levels = [(c, w) for c, w in levels if c < 10**5] or levels
    return ranked(levels, scores, streets, street)


def add_sources(found: Found, norm: str, scores: dict[int, Score], gazetteer: Gazetteer) -> None:
    """Where the body names nothing finer than a city, take the source's or a title's division that the body speaks of.

    来源：…贡山县丙中洛镇丙中洛边境派出所 with 丙中洛边境派出所 in the body; 《宝山区…方案》 with 区房管局, 各街镇.
    """
    of_county = any(level in (6, 7) for *_, level in found.cues)
    for m in found.mentions:
        if m.where != CONTEXT or len(m.codes) != 1 or m.level not in (COUNTY, TOWN):
            continue
        name = gazetteer.names.get(m.codes[0], "")
        bare = _SUFFIX.sub("", name) if m.level == TOWN else name[:-1]
        spoken = len(bare) >= 2 and norm.count(bare, 0, min(m.start, found.tail)) > 0
        if spoken or (m.level == COUNTY and of_county and not m.weak):
            m.basis = "context"
            note(scores[m.codes[0]], m, norm)
            scores[m.codes[0]].venue = HEADLINE


def focus_county(totals: dict[int, float]) -> int:
    """The county that the article is about: named itself, or holding the streets that are named."""
    weight: dict[int, float] = defaultdict(float)
    for code, total in totals.items():
        if code >= 10**5 and (county := county_of(code)):
            weight[county] += total * (1.0 if code == county else 0.7)
    return max(weight, key=weight.__getitem__, default=0)


def focus_city(totals: dict[int, float], county: int) -> int:
    """The prefecture that the article is about: the one with most weight of its own, else the county's."""
    best = max((c for c in totals if 1000 <= c < 10**5), key=totals.__getitem__, default=0)
    if county and (not best or totals[best] < 1):
        best = city_of(county)
    return best


def from_context(article: Article, found: Found) -> list[tuple[int, float]]:
    """Where no division is named: the page's only county or the paper's home, whichever 全区, 市教育局 … refer to."""
    counties = [int(p) for p in article.page_places if len(p) == 6]
    home = int(article.home) if article.home else 0
    county = home if home >= 10**5 else counties[0] if len(counties) == 1 else 0
    of_county = sum(level == 6 for *_, level in found.cues)
    of_city = sum(level == 4 for *_, level in found.cues)
    if county and of_county and of_county >= of_city:
        return [(county, 1.0)]
    city = city_of(home) or city_of(county)
    return [(city, 1.0)] if city and of_city else []


def add_venues(found: Found, scores: dict[int, Score], gazetteer: Gazetteer) -> None:
    """Weight for the township, or the county standing alone, where something happens in the lead."""
    for m in found.mentions:
        if m.venue and m.level >= COUNTY and (m.child is None or m.child.level > TOWN):
            scores[place_code(m, gazetteer)].venue = VENUE


def add_cues(found: Found, scores: dict[int, Score], gazetteer: Gazetteer, street: int, county: int, city: int) -> None:
    """Give words that refer back to a level to the division of that level."""
    county_city = gazetteer.names.get(county, "").endswith("市") and (city not in scores or scores[city].own < 1)
    targets = {4: county if county_city else city, 5: city, 6: county, 7: county, 9: street}
    for _, _, level in found.cues:
        target = targets[level]
        if target and level in (5, 7):
            scores[target].scope = min(scores[target].scope + SCOPE, MOST_SCOPE)
        elif target:
            scores[target].cues += CUE


def case_streets(norm: str, streets: dict[int, Score], county: int) -> list[int]:
    """Streets of one county that stand in cases of their own (案例一 …碣石镇… 案例二 …甲子镇…)."""
    if sum(county_of(code) == county for code in streets) < 2:
        return []
    marks = [m.start() for m in _CASE.finditer(norm)]
    if len(marks) < 2:
        return []
    held: dict[int, int] = {}
    for code, score in streets.items():
        if county_of(code) == county:
            at = [sum(1 for mark in marks if mark <= p) for p in score.places]
            if at and at[0] and len(set(at)) == 1:
                held[at[0]] = code
    return [held[k] for k in sorted(held)] if len(held) >= 2 else []


def scattered(streets: dict[int, Score], street: int) -> bool:
    """Whether so many streets are named that none of them is the article's: nothing happens there, no headline names it."""
    if len(streets) < 3 or streets[street].heads or streets[street].venue:
        return False
    totals = sorted((s.total for s in streets.values()), reverse=True)
    return totals[0] < 0.5 * sum(totals)


def ranked(
    levels: list[tuple[int, float]], scores: dict[int, Score], streets: dict[int, Score], street: int
) -> list[tuple[int, float]]:
    """Levels by weight, the finer first where equal; a second level or street only where it weighs nearly as much."""
    levels.sort(key=lambda item: (-item[1], -item[0]))
    chosen = [levels[0]]
    for code, weight in levels[1:]:
        if weight >= SECOND * chosen[0][1] and code >= 10**5 and scores[code].own + scores[code].heads >= NAMED:
            chosen.append((code, weight))
    if chosen[0][0] == street:
        rivals = [(c, s.total) for c, s in streets.items() if county_of(c) != county_of(street)]
        chosen += [(c, w) for c, w in rivals if w >= RIVAL * chosen[0][1]]
    return chosen
