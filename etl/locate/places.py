"""Builds Places from codes: full official names, codes, basis, role and evidence."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Literal

from etl.locate.mentions import CONTEXT, LEAD, Found, Mention
from etl.locate.resolve import city_of, county_of, province_of
from etl.locate.salience import Score
from etl.models import Article, Evidence, Place
from etl.rules.gazetteer import CITY, COUNTY, FORMER, PROVINCE, TOWN, VILLAGE, Gazetteer, Names
from etl.text import Text

MOST_MENTIONS = 12  # places in passing beyond this many are a list of names, not findings

LEVELS = {PROVINCE: "province", CITY: "city", COUNTY: "county", TOWN: "street", VILLAGE: "community"}

Basis = Literal["text", "context", "repaired"]


def build_places(
    article: Article,
    text: Text,
    found: Found,
    scores: dict[int, Score],
    chosen: list[tuple[int, float]],
    gazetteer: Gazetteer,
    names: dict[int, str],
    *,
    passing: bool,
) -> list[Place]:
    """The event's places, main one first, then those named in passing: all, or only streets that no source lists."""
    builder = Builder(article, text, found, gazetteer, names)
    places = [builder.place(code, scores[code].first if code in scores else None, "activity") for code, _ in chosen]
    if passing or max(scores, default=0) >= FORMER:
        places += in_passing(builder, chosen, scores, 0 if passing else FORMER)
    if len(places) == 1 and places[0] is not None:
        return [places[0]]
    unique: dict[tuple[str | None, ...], Place] = {}
    for place in places:
        if place is not None:
            unique.setdefault(place.key, place)
    return list(unique.values())


def in_passing(
    builder: Builder, chosen: list[tuple[int, float]], scores: dict[int, Score], least: int
) -> list[Place | None]:
    """Of the first places that are named but are not the event's, those with codes from `least` on."""
    taken = {code for code, _ in chosen}
    named = [(code, score.first) for code, score in scores.items() if code not in taken and score.first is not None]
    first = named[: max(0, MOST_MENTIONS - len(chosen))]
    return [builder.place(code, mention, "mention") for code, mention in first if code >= least]


class Builder:
    """What every place of one article is built from."""

    def __init__(self, article: Article, text: Text, found: Found, gazetteer: Gazetteer, names: dict[int, str]) -> None:
        self.text, self.found, self.gazetteer, self.unlisted = text, found, gazetteer, names
        self.day = article.published_on or dt.date.max

    def place(self, code: int, mention: Mention | None, role: Literal["activity", "mention"]) -> Place | None:
        """The place of a code; None where nothing in the text can prove it."""
        community, proof = self.community(code) if code >= 10**8 and role == "activity" else (None, None)
        mention = mention or self.inner(code)
        span = proof or ((mention.start, mention.end) if mention else self.cue(code))
        if span is None:
            return None
        province, city, district, street, adcode, street_code = self.official(code)
        basis: Basis = "context" if mention is None else mention.basis  # type: ignore[assignment]
        evidence = Evidence("place", *span, self.text.raw[span[0] : span[1]], f"locate:{rule_of(code, mention)}")
        return Place(province, city, district, street, community, adcode, street_code, basis, role, evidence)

    def official(self, code: int) -> Names:
        """Names and codes of a division; made once where they depend on neither this article's text nor its day."""
        if self.unlisted or code >= FORMER:
            return self.names(code)
        made = self.gazetteer.officials.get(code)
        if made is None:
            made = self.gazetteer.officials[code] = self.names(code)
        return made

    def names(self, code: int) -> Names:
        """Names of province, city, county and township, the county's or city's code and the township's."""
        district, adcode = self.district(code)
        street, street_code = self.street(code)
        return (self.name(province_of(code)), self.city(code), district, street, adcode, street_code)

    def name(self, code: int) -> str | None:
        """Official name of a code; None where the bureau has a placeholder."""
        return self.unlisted.get(code) or self.gazetteer.names.get(code) or None

    def city(self, code: int) -> str | None:
        """The prefecture; a county-level city under its province (济源市) stands for its own."""
        city = city_of(code)
        county = county_of(code)
        return (self.name(city) or (None if county in self.unlisted else self.name(county))) if city else None

    def district(self, code: int) -> tuple[str | None, str | None]:
        """The county and the code of the finest of province, city, county; a statistics-only area gives its county."""
        county = county_of(code)
        if county:
            county = self.gazetteer.stat_home.get(county) or county
            return self.name(county), None if county in self.unlisted else f"{county:06d}"
        if code >= 10**8:
            return None, None  # a township that several counties have
        city = city_of(code)
        return None, f"{city:04d}00" if city else f"{province_of(code):02d}0000"

    def street(self, code: int) -> tuple[str | None, str | None]:
        """Name and code of the township: a former name before its end, its successor after; unlisted as printed."""
        if code < 10**8:
            return None, None
        if code in self.unlisted:
            return self.unlisted[code], None
        if code >= FORMER:
            former = self.gazetteer.former[code]
            if former.until and former.successor and self.day > dt.date.fromisoformat(former.until):
                return self.name(former.successor), str(former.successor)
            return former.name, None
        return self.name(code), str(code)

    def community(self, code: int) -> tuple[str | None, tuple[int, int] | None]:
        """The one community of a township that the article is about, with its first span; None where several."""
        spans: dict[str, tuple[int, int]] = {}
        counts: Counter[str] = Counter()
        sure: set[str] = set()  # named in the lead, or right after the township
        for m in self.found.mentions:
            if m.where == CONTEXT or len(m.codes) != 1:
                continue
            if m.level == VILLAGE and (m.codes[0] // 1000 == code or (m.parent and m.parent.codes == (code,))):
                name, span = self.text.norm[m.start : m.end], (m.start, m.end)
            elif m.level == TOWN and m.codes[0] == code and m.child is None and m.community:
                name, span = m.community[2], m.community[:2]
            else:
                continue
            counts[name] += 1
            spans.setdefault(name, span)
            if m.where <= LEAD or m.level == TOWN or m.parent is not None:
                sure.add(name)
        if not counts:
            return None, None
        best, n = counts.most_common(1)[0]
        return (best, spans[best]) if n >= 0.6 * counts.total() and (n > 1 or best in sure) else (None, None)

    def inner(self, code: int) -> Mention | None:
        """The first mention of anything inside a county or city that is itself not named."""
        for m in self.found.mentions:
            if m.where != CONTEXT and len(m.codes) == 1 and code in (county_of(m.codes[0]), city_of(m.codes[0])):
                return m
        return None

    def cue(self, code: int) -> tuple[int, int] | None:
        """The first word that refers back to the level of `code`."""
        level = 4 if code < 10**5 else 6 if code < 10**8 else 9
        return next(((start, end) for start, end, of in self.found.cues if of == level), None)


def rule_of(code: int, mention: Mention | None) -> str:
    """Name of the rule for the evidence: how the mention was read."""
    if mention is None:
        return "refer-back"
    if mention.basis == "repaired":
        return "repaired"
    level = LEVELS[mention.level]
    return f"chain-{level}" if mention.bound else level
