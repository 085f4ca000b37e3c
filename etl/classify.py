"""Which campaigns an article is about, main one first: cues of the taxonomy, weighed by where and how often they stand.

A word in passing is no campaign: a cue counts most in the headline, then in the opening, each further mention of it
counts less, and a campaign that runs through the whole text outweighs one that a single paragraph names.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from etl.models import Article, Evidence, Tag
from etl.rules import Rules
from etl.rules.taxonomy import SQUEEZED, Taxonomy
from etl.text import Text

# Tuned on hand-labelled articles, see docs/accuracy.md. Lengths are in characters without breaks and quotes.
HEAD, LEAD, BODY = 3.0, 1.7, 1.0  # what a mention in headline, opening and body counts
LEAD_LENGTH = 130
HEAD_LENGTH = 36  # of a web copy's headline that runs into its body unmarked: 原标题：标题正文
DECAY = (1.0, 0.7, 0.5, 0.4, 0.3, 0.25, 0.2)  # the first, second … mention of the same cue
PARTS = 8  # parts of the text over which a campaign may spread
SPREAD = 0.06  # what each of them adds
ENOUGH, FULL_LENGTH = (
    6.0,
    240,
)  # score below which nothing is a campaign, in a text of that length; less in a shorter one
BESIDE = 0.7  # share of the main campaign's score that a second one, named in the opening, needs
BESIDE_PARENT = 0.4  # the same for a narrower campaign beside its parent
FORM_NAMED, BESIDE_FORM = 8.0, 0.2  # score in the opening, and share, with which a form (志愿服务) stands beside
OVER_PARENT = 0.7  # share of its parent's score with which the narrower campaign is the main one
NAMED = 4.0  # score in headline and opening with which a campaign counts as named there
FRAME = 0.3  # share of the score of what serves it with which a campaign named in the opening is the main one
GLUED = re.compile(
    r"原标题：.{4,60}?(?=本报讯|[^，。：]{0,12}讯（|近日|日前|连日来|今年以来|为进一步|(?<!\d)\d{1,2}月\d{1,2}日)"
)


class Hits(NamedTuple):
    """What speaks for one campaign: its score, the part of it from headline and opening, and its loudest mention."""

    score: float
    opening: float
    campaign: int
    pattern: int
    start: int
    end: int


class Row:
    """What speaks for one campaign, while it is counted."""

    __slots__ = ("best", "gain", "opening", "parts", "total")

    def __init__(self) -> None:
        self.total = self.opening = self.gain = 0.0
        self.parts = 0
        self.best = (0, 0, 0)

    def score(self, weight: float) -> float:
        """The sum, for a campaign of this weight: more where its mentions are spread over the text."""
        return self.total * weight * (1 + SPREAD * (self.parts.bit_count() - 1))


def classify(article: Article, text: Text, rules: Rules) -> list[Tag]:
    """Campaigns of an article, main one first; none where nothing but passing words is found.

    A second campaign is returned only where it is nearly as strong as the main one, or the form that the opening names.
    """
    taxonomy = rules.taxonomy
    least = ENOUGH * (2 + min(1.0, len(text.norm) / FULL_LENGTH)) / 3
    found = score(text.norm, head_end(article, text.norm), least, taxonomy)
    return [tag(hits, text, taxonomy) for hits in choose(found, taxonomy)]


def head_end(article: Article, norm: str) -> int:
    """Where the headline ends: at the body, or, in a web copy, where 原标题：… runs into the text."""
    glued = GLUED.match(norm, article.body_start)
    if glued:
        return glued.end()
    return article.body_start + HEAD_LENGTH if norm.startswith("原标题：", article.body_start) else article.body_start


def score(norm: str, head: int, least: float, taxonomy: Taxonomy) -> list[Hits]:
    """Every campaign that the text's cues give at least that score."""
    dense = SQUEEZED.sub("", norm)
    rows = counted(dense, len(SQUEEZED.sub("", norm[:head])), taxonomy)
    scores = [(row.score(taxonomy.campaigns[campaign].weight), campaign, row) for campaign, row in rows.items()]
    return [Hits(reached, row.opening, campaign, *row.best) for reached, campaign, row in scores if reached >= least]


def counted(dense: str, head: int, taxonomy: Taxonomy) -> dict[int, Row]:
    """What speaks for each campaign with a cue in the text, of which the first `head` characters are the headline."""
    lead, length = head + LEAD_LENGTH, len(dense)
    effects, bounded = taxonomy.effects, taxonomy.bounded
    rows: dict[int, Row] = {}
    times: dict[int, int] = {}
    for start, end, pattern in taxonomy.automaton.find(dense):
        says = effects[pattern]
        if not says:
            if pattern in taxonomy.ends and start * 2 > length:
                break
            continue
        if pattern in bounded and inside_word(dense, start, end):
            continue
        nth = times[pattern] = times.get(pattern, -1) + 1
        factor = DECAY[nth] if nth < len(DECAY) else DECAY[-1]
        factor *= HEAD if start < head else LEAD if start < lead else BODY
        part = 1 << start * PARTS // length
        for campaign, weight in says:
            row = rows.get(campaign)
            if row is None:
                row = rows[campaign] = Row()
            gain = weight * factor
            row.total += gain
            row.parts |= part
            if start < lead:
                row.opening += gain
            if gain > row.gain:
                row.gain, row.best = gain, (pattern, start, end)
    return rows


def inside_word(dense: str, start: int, end: int) -> bool:
    """Whether a span cuts a run of Latin letters or digits: 12345 in 13812345678, but not in 拨打12345热线."""
    before, after = dense[start - 1 : start] + dense[start], dense[end - 1 : end + 1]
    return any(len(pair) == 2 and pair.isascii() and pair.isalnum() for pair in (before, after))


def choose(found: list[Hits], taxonomy: Taxonomy) -> list[Hits]:
    """The main campaign and, rarely, a second one that is nearly as strong."""
    ranked = sorted(found, key=lambda h: (-h.score, h.campaign))
    if not ranked:
        return []
    main = framed(narrowed(ranked[0], ranked, taxonomy), ranked, taxonomy)
    return [main, *[h for h in ranked if h is not main and beside(h, main, taxonomy)][:1]]


def narrowed(main: Hits, ranked: list[Hits], taxonomy: Taxonomy) -> Hits:
    """The narrower campaign, where the article is about that: 森林防火 rather than 消防安全."""
    return next(
        (h for h in ranked if taxonomy.parents[h.campaign] == main.campaign and h.score >= OVER_PARENT * main.score),
        main,
    )


def framed(main: Hits, ranked: list[Hits], taxonomy: Taxonomy) -> Hits:
    """The campaign that the main one serves, where the article opens with it: 为推进创城工作 … 清理占道经营."""
    wider = taxonomy.frames.get(main.campaign, frozenset())
    return next(
        (h for h in ranked if h.campaign in wider and h.opening >= NAMED and h.score >= FRAME * main.score), main
    )


def beside(one: Hits, main: Hits, taxonomy: Taxonomy) -> bool:
    """Whether a campaign stands beside the main one in its own right."""
    if main.campaign in taxonomy.frames.get(one.campaign, ()):
        return False
    if one.campaign in taxonomy.forms and one.opening >= FORM_NAMED:
        return one.score >= BESIDE_FORM * main.score
    share = BESIDE_PARENT if taxonomy.parents[one.campaign] == main.campaign else BESIDE
    return one.opening >= NAMED and one.score >= share * main.score


def tag(hits: Hits, text: Text, taxonomy: Taxonomy) -> Tag:
    """A campaign with the span of its best cue as evidence."""
    campaign = taxonomy.campaigns[hits.campaign]
    start, end = unsqueezed(text.norm, hits.start, hits.end)
    evidence = Evidence("campaign", start, end, text.raw[start:end], f"{campaign.id}/{taxonomy.patterns[hits.pattern]}")
    return Tag(campaign.id, campaign.name, campaign.group, round(hits.score, 2), evidence)


def unsqueezed(norm: str, start: int, end: int) -> tuple[int, int]:
    """The span in the text of a span in the text without breaks and quotes."""
    shift, first = 0, None
    for gap in SQUEEZED.finditer(norm):
        if first is None and gap.start() - shift > start:
            first = start + shift
        if gap.start() - shift >= end:
            break
        shift += gap.end() - gap.start()
    return (start + shift if first is None else first, end + shift)
