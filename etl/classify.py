"""Which campaigns an article is about, the main one first: cues of the taxonomy, weighed by where and how often they stand.

A word in passing is no campaign: a cue counts most in the headline, then in the opening, each further mention of it
counts less, and a campaign that runs through the whole text outweighs one that a single paragraph names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
ENOUGH = 4.0  # score below which nothing is a campaign
BESIDE = 0.8  # share of the main campaign's score that a second one needs
OVER_PARENT = 0.7  # share of its parent's score with which the narrower campaign is the main one
GLUED = re.compile(r"原标题：(.{4,60}?)(?=本报讯|[^，。：]{0,12}讯[（(]|近日|日前|连日来|今年以来|为进一步|\d{1,2}月\d{1,2}日)")


@dataclass(frozen=True, slots=True)
class Hits:
    """What speaks for one campaign: its score, and the mention that speaks loudest (pattern, first, end, squeezed)."""

    score: float
    campaign: int
    pattern: int
    start: int
    end: int


def classify(article: Article, text: Text, rules: Rules) -> list[Tag]:
    """Campaigns of an article, main one first; none where nothing but passing words is found.

    A second campaign is returned only where it is nearly as strong as the main one.
    """
    taxonomy = rules.taxonomy
    found = score(text.norm, head_end(article, text.norm), taxonomy)
    return [tag(hits, text, taxonomy) for hits in choose(found, taxonomy)]


def head_end(article: Article, norm: str) -> int:
    """Where the headline ends: at the body, or, in a web copy, where 原标题：… runs into the text."""
    glued = GLUED.match(norm, article.body_start)
    if glued:
        return glued.end()
    return article.body_start + HEAD_LENGTH if norm.startswith("原标题：", article.body_start) else article.body_start


def score(norm: str, head: int, taxonomy: Taxonomy) -> list[Hits]:
    """Every campaign with a cue in the text, with its score."""
    dense = SQUEEZED.sub("", norm)
    head = len(SQUEEZED.sub("", norm[:head]))
    lead, length = head + LEAD_LENGTH, len(dense) + 1
    effects, times = taxonomy.effects, dict[int, int]()
    totals, parts, best = dict[int, float](), dict[int, int](), dict[int, tuple[float, int, int, int]]()
    for start, end, pattern in taxonomy.automaton.find(dense):
        says = effects[pattern]
        if not says:
            if pattern in taxonomy.ends and start * 2 > length:
                break
            continue
        nth = times.get(pattern, 0)
        times[pattern] = nth + 1
        factor = (HEAD if start < head else LEAD if start < lead else BODY) * DECAY[min(nth, len(DECAY) - 1)]
        part = 1 << (start * PARTS // length)
        for campaign, weight in says:
            gain = weight * factor
            totals[campaign] = totals.get(campaign, 0.0) + gain
            parts[campaign] = parts.get(campaign, 0) | part
            if campaign not in best or gain > best[campaign][0]:
                best[campaign] = (gain, pattern, start, end)
    return [
        Hits(total * taxonomy.campaigns[c].weight * (1 - SPREAD + SPREAD * parts[c].bit_count()), c, *best[c][1:])
        for c, total in totals.items()
    ]


def choose(found: list[Hits], taxonomy: Taxonomy) -> list[Hits]:
    """The main campaign and those nearly as strong."""
    ranked = sorted(found, key=lambda h: (-h.score, h.campaign))
    if not ranked or ranked[0].score < ENOUGH:
        return []
    main = ranked[0]
    narrower = [h for h in ranked if taxonomy.parents[h.campaign] == main.campaign]
    if narrower and narrower[0].score >= OVER_PARENT * main.score:
        main = narrower[0]
    rest = [h for h in ranked if h is not main and h.score >= max(ENOUGH, BESIDE * main.score)]
    return [main, *rest[:1]]


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
