"""Decides which division a name stands for.

In this order: the chain it stands in (平城区 → 御河街道 → 七里村), the same name decided elsewhere in the article,
what the article's other names speak for, the page (``article.page_places``), the paper's home (``article.home``). A
name that nothing decides stays undecided and is signalled.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from etl.locate.mentions import BARE_WEIGHT, CONTEXT, Found, Mention
from etl.models import Article
from etl.rules.gazetteer import CITY, COUNTY, FORMER, MUNICIPALITIES, PROVINCE, TOWN, VILLAGE, Gazetteer, level_of

WEIGHT = {PROVINCE: 1.0, CITY: 2.0, COUNTY: 3.0, TOWN: 3.0, VILLAGE: 1.0}
PAGE, HOME = 1.2, 1.0  # what the page's and the paper's divisions speak for
MARGIN = 0.15  # by how much the best candidate must lead
LINKS = frozenset(("公安局", "市公安局", "的", " ", "（", "市", "州", "·", "下辖", "交警", "消防救援支队"))
Codes = tuple[int, ...]
Pairs = tuple[Codes, Codes] | None  # codes of a name, and of the one before it, that fit each other
MANY, FEW = 60, 12  # names, and villages, with more candidates than this say nothing about the others


def county_of(code: int) -> int:
    """The 6-digit county of a township's or village's code; 0 for codes of cities and provinces."""
    if code >= FORMER:
        return (code - FORMER) // 1000
    if code >= 10**11:
        return code // 10**6
    if code >= 10**8:
        return code // 1000
    return code if code >= 10**5 else 0


def city_of(code: int) -> int:
    """The 4-digit prefecture of a code; 0 for a province."""
    county = county_of(code)
    if county:
        return 5001 if county // 100 == 5002 else county // 100  # 重庆's counties stand under 县, a placeholder
    if code >= 1000:
        return code if code < 10**5 else 0
    return code * 100 + 1 if code in MUNICIPALITIES else 0


def province_of(code: int) -> int:
    """The 2-digit province of any code."""
    city = city_of(code)
    return city // 100 if city else code


@lru_cache(maxsize=1 << 16)
def divisions_of(code: int) -> tuple[int, ...]:
    """The county (or the code itself, of a city or province), city and province that a code lies in."""
    division, chain = county_of(code) or code, []
    while division:
        chain.append(division)
        division //= 100
    return tuple(chain)


def inside(code: int, other: int, gazetteer: Gazetteer) -> bool:
    """Whether the division `code` lies in `other`, a coarser one.

    A statistics-only area lies in its city, and its villages may lie in any county of that city (七里村 of 平城区).
    """
    if other < 100:
        return province_of(code) == other
    if other < 10**4:
        return city_of(code) == other
    if other < 10**6:
        county = county_of(code)
        if county == other:
            return True
        return county in gazetteer.stat_home and county // 100 == other // 100
    if code >= 10**11 and code < FORMER:
        if code // 1000 == other:
            return True
        return county_of(code) in gazetteer.stat_home and city_of(code) == city_of(other)
    return False


@lru_cache(maxsize=1 << 14)
def shares_of(codes: tuple[int, ...], weight: float) -> Mapping[int, float]:
    """What each county, city and province of `codes` gets of `weight`."""
    share = weight / len(codes)
    shares: dict[int, float] = {}
    for code in codes:
        for division in divisions_of(code):
            shares[division] = shares.get(division, 0.0) + share
    return shares


@dataclass(slots=True)
class Support:
    """How much the article's names, its page and its paper speak for each division (keys: 2, 4 and 6 digits)."""

    weight: dict[int, float] = field(default_factory=dict)
    own: dict[str, Mapping[int, float]] = field(default_factory=dict)  # what a surface itself contributed
    chosen: dict[tuple[str, Codes], int] = field(default_factory=dict)  # what was chosen so far, once all is added

    def add(self, codes: tuple[int, ...], weight: float, surface: str = "") -> None:
        """Share `weight` among the counties, cities and provinces of `codes`."""
        mine = shares_of(codes, weight)
        if surface:
            self.own[surface] = mine
        total = self.weight
        for division, amount in mine.items():
            total[division] = total.get(division, 0.0) + amount

    def of(self, code: int, surface: str = "") -> float:
        """What all but `surface` itself speak for `code`: its county in full, its city and province in part."""
        weight, mine = self.weight, self.own.get(surface) or {}
        total = 0.0
        for division in divisions_of(code):
            share = 1.0 if division >= 10**5 else 0.7 if division >= 1000 else 0.4
            total += share * (weight.get(division, 0.0) - mine.get(division, 0.0))
        return total

    def best(self, codes: Codes, surface: str) -> int:
        """The one of `codes` that more speaks for than for the others, `surface` itself left out; 0 where none leads."""
        key = (surface, codes)
        if key not in self.chosen:
            first, second, *_ = sorted([(self.of(c, surface), c) for c in codes], reverse=True)
            self.chosen[key] = first[1] if first[0] - second[0] >= MARGIN else 0
        return self.chosen[key]


def resolve(article: Article, norm: str, found: Found, gazetteer: Gazetteer) -> list[Mention]:
    """Reduce each mention's codes to one where anything decides; return those left undecided."""
    bind(found.mentions, norm, gazetteer)
    decided: dict[str, int] = {}
    shared: list[Mention] = []  # names that several divisions have
    for m in found.mentions:
        if len(m.codes) > 1:
            if m.level != VILLAGE:
                shared.append(m)
        elif m.bound:
            decided.setdefault(norm[m.start : m.end], m.codes[0])
    shared = [m for m in shared if not same_name(m, norm, decided)]
    undecided: list[Mention] = []
    if shared:
        support, kinds = gather(article, norm, found.mentions), kinds_of(found, norm)
        for m in shared:
            if same_name(m, norm, decided):
                continue
            decide(m, norm[m.start : m.end], decided, support, article)
            if len(m.codes) > 1 and m.level == TOWN:
                by_kind(m, kinds, gazetteer)
            if len(m.codes) > 1 and m.level in (COUNTY, TOWN) and m.where != CONTEXT and not m.weak:
                undecided.append(m)
    drop_unspoken(found)
    return undecided


def same_name(m: Mention, norm: str, decided: dict[str, int]) -> bool:
    """Let a name stand for what the same name stands for elsewhere in the article."""
    code = decided.get(norm[m.start : m.end])
    if code is None or code not in m.codes:
        return False
    m.codes = (code,)
    return True


def bind(mentions: list[Mention], norm: str, gazetteer: Gazetteer) -> None:
    """Let neighbours in a chain decide each other: 长沙市芙蓉区东湖街道龙马社区, 上海市公安局宝山分局."""
    pairs: dict[tuple[Codes, Codes, bool], Pairs] = {}  # of names that several divisions have, found so far
    for before, m in pairwise(mentions):
        if before.level >= m.level:
            continue
        gap = m.start - before.end
        if gap and (gap > 6 or norm[before.end : m.start] not in LINKS):
            continue
        close = gap == 0 and before.level == TOWN and m.level == VILLAGE
        fitting: Pairs = (m.codes, before.codes)
        if len(m.codes) == 1 == len(before.codes):
            c, p = m.codes[0], before.codes[0]
            if not inside(c, p, gazetteer) and not (close and county_of(c) == county_of(p)):
                continue
        else:
            key = (m.codes, before.codes, close)
            if key not in pairs:
                pairs[key] = pairs_of(m.codes, before.codes, close, gazetteer)
            fitting = pairs[key]
        if fitting is not None:
            tie(before, m, fitting, close=gap <= 1)


def pairs_of(codes: Codes, others: Codes, close: bool, gazetteer: Gazetteer) -> Pairs:
    """Those codes of a name and of the one before it that fit each other; None where none do.

    `close`: a village right behind its township, which need only lie in one county: streets change, villages stay.
    """
    some = near(codes, others) if level_of(codes[0]) == VILLAGE and len(codes) > 1 else codes
    pairs = [(c, p) for c in some for p in others if inside(c, p, gazetteer)]
    if not pairs and close:
        pairs = [(c, p) for c in some for p in others if county_of(c) == county_of(p)]
    if not pairs:
        return None
    if len(pairs) == 1:
        return pairs[0][:1], pairs[0][1:]
    fine, coarse = zip(*pairs, strict=True)
    return tuple(dict.fromkeys(fine)), tuple(dict.fromkeys(coarse))


def near(villages: Sequence[int], others: Sequence[int]) -> Sequence[int]:
    """Those of many namesake villages that lie in the provinces of `others`."""
    provinces = {province_of(p) for p in others}
    return [c for c in villages if c // 10**10 in provinces]


def tie(before: Mention, m: Mention, fitting: tuple[Codes, Codes], *, close: bool) -> None:
    """Reduce two neighbours to the codes that fit each other; those that stand `close` are a chain."""
    m.codes, before.codes = fitting
    m.bound = True
    before.bound = before.bound or before.weak
    if close:
        m.parent, before.child = before, m
        for one in (m, before):
            if one.weak:
                one.weak, one.weight = False, min(1.0, one.weight / BARE_WEIGHT)


def gather(article: Article, norm: str, mentions: list[Mention]) -> Support:
    """What all names of the article, its page and its paper speak for; each name counts once."""
    support = Support()
    seen: set[tuple[str, int]] = set()
    for m in mentions:
        if len(m.codes) > (MANY if m.level != VILLAGE else FEW):
            continue
        surface = norm[m.start : m.end]
        key = (surface, len(m.codes))
        if key in seen:
            continue
        seen.add(key)
        weight = WEIGHT[m.level] * (0.5 if m.where == CONTEXT or m.weak else 1.0)
        support.add(m.codes, weight, surface)
    for place in article.page_places:
        support.add((int(place),), PAGE)
    if article.home:
        support.add((int(article.home),), HOME)
    return support


def decide(m: Mention, surface: str, decided: dict[str, int], support: Support, article: Article) -> None:
    """Choose one of a mention's codes by the same name elsewhere, else by what speaks for each."""
    if m.level == TOWN and len({county_of(c) for c in m.codes}) == 1:
        m.codes = m.codes[:1]
        return
    best = support.best(m.codes, surface)
    if best:
        m.codes = (best,)
        if m.level <= TOWN and not m.bound and (article.home or article.page_places):
            m.basis = basis_of(best, article, support, surface)
        decided[surface] = best
    elif m.level in (PROVINCE, CITY) and sum(level_of(c) == m.level for c in m.codes) == 1:
        m.codes = (min(m.codes),)  # 吉林: the province unless something speaks for the city; 南昌: the city


def kinds_of(found: Found, norm: str) -> set[str]:
    """The kinds of county that the article refers to: 区 by 区消防, 县 by 县委."""
    return {norm[start] for start, _, level in found.cues if level == 6 and norm[start] in "区县旗"}


def by_kind(m: Mention, kinds: set[str], gazetteer: Gazetteer) -> None:
    """Choose the one candidate whose county is of the one kind that the article refers to."""
    if len(kinds) != 1:
        return
    fit = tuple(c for c in m.codes if gazetteer.names.get(county_of(c), " ")[-1] in kinds)
    if len(fit) == 1:
        m.codes, m.basis = fit, "context"


def basis_of(code: int, article: Article, support: Support, surface: str) -> str:
    """`context` where the page or the paper's home decided, `text` where the article's own names would have."""
    outer = 0.0
    for place, weight in [*((p, PAGE) for p in article.page_places), *([(article.home, HOME)] if article.home else [])]:
        alone = Support()
        alone.add((int(place),), weight)
        outer += alone.of(code)
    return "text" if support.of(code, surface) - outer >= MARGIN else "context"


def drop_unspoken(found: Found) -> None:
    """Leave out bare and generic names that nothing speaks for, and villages outside every division that is named."""
    if not any(m.weak or m.level == VILLAGE for m in found.mentions):
        return
    firm, adopted = spoken_for(found.mentions)
    counties, towns = [c for c in firm if 10**5 <= c < 10**8], [c for c in firm if c >= 10**8]
    kept: list[Mention] = []
    for m in found.mentions:
        if m.level == VILLAGE:
            if not settle_village(m, counties, towns, adopted):
                continue
        elif m.weak and (len(m.codes) > 1 or (m.codes[0] not in firm and county_of(m.codes[0]) not in firm)):
            continue
        kept.append(m)
    found.mentions = kept


def spoken_for(mentions: list[Mention]) -> tuple[set[int], dict[int, Mention]]:
    """Divisions that the article names for sure, with the county and city of each, and the townships of villages."""
    firm: set[int] = set()
    cities: set[int] = set()
    adopted: dict[int, Mention] = {}
    for m in mentions:
        if len(m.codes) == 1:
            if m.level == VILLAGE:
                if m.parent is not None:
                    adopted[m.codes[0]] = m.parent
            elif m.level >= CITY and not m.weak:
                (cities if m.level == CITY else firm).add(m.codes[0])
    return cities.union(firm, map(county_of, firm), map(city_of, firm)), adopted


def settle_village(m: Mention, counties: list[int], towns: list[int], adopted: dict[int, Mention]) -> bool:
    """Reduce a village's codes to one in a township, else in a county, that the article names; False where none is."""
    if m.bound and len(m.codes) == 1:
        return True
    codes = within(m.codes, adopted, 1) if adopted else []
    codes = codes or within(m.codes, towns, 1000)
    if not codes and not m.weak:
        codes = within(m.codes, counties, 10**6)
    if len(codes) != 1:
        return False
    m.codes = (codes[0],)
    if codes[0] in adopted and m.parent is None:
        m.street = adopted[codes[0]].codes[0] if len(adopted[codes[0]].codes) == 1 else 0
    return True


def within(codes: Codes, divisions: Collection[int], size: int) -> list[int]:
    """Those of a village name's ascending codes that lie in one of `divisions`, of which each holds `size` codes."""
    found: list[int] = []
    for division in divisions:
        low, end = division * size, division * size + size
        at = bisect_left(codes, low)
        while at < len(codes) and codes[at] < end:
            found.append(codes[at])
            at += 1
    return found
