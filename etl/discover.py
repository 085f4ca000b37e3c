"""Phrases that look like campaigns, recur, and fit none of the taxonomy: proposed in the run report, accepted by hand.

Reads the ends of such names (××专项行动, ××百日攻坚, “××”主题活动) by one expression; only what stands before an end is
segmented, with jieba's dictionary, so that the name begins at a word: 街道深入开展噪声扰民 + 专项整治 → 噪声扰民.
How one is accepted stands in data/reference/campaigns/README.md: one line, or one word in an existing campaign.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import rjieba

from etl.rules import Rules
from etl.rules.taxonomy import Taxonomy, squeeze
from etl.text import Text

# How the name of a campaign ends. 行动 alone ends one only behind a quoted name (“暖蜂”行动) or in it (“暖蜂行动”).
END = re.compile(
    r"(?=[专集联综百攻统清提三大整治排创主宣评系服活行工计模])(?:(?:专项|集中|联合|综合|百日|攻坚|统一|清零|提升|三年|大){0,2}(?:整治|治理|攻坚|提升|排查|清理|清查|创建|整改)"
    r"(?:专项)?(?:行动|活动|攻坚战|攻坚|工程|月|年)|专项(?:行动|整治|治理|执法|检查|斗争)|集中整治|百日(?:攻坚|行动|会战|整治)"
    r"|攻坚(?:行动|战)|大(?:会战|走访|排查|整治|起底|清查|练兵|比武)|(?:主题|创建|宣传|评选|系列)活动|(?:宣传|服务|活动)[月周]"
    r"|(?<=[\"'”’」])(?:行动|活动|工程|计划|模式|工作法)"
    r"|(?:行动|工程|计划)(?=[\"'”’」]))"
)
QUOTED = re.compile(r"[\"'“‘「]([^\"'“”‘’「」，。：；！？]{2,18})[\"'”’」]$")
OPENED = re.compile(r"[\"'“‘「]([^\"'“”‘’「」，。：；！？]{2,14})$")
BEFORE = re.compile(r"[\u4e00-\u9fff·]{2,16}$")
REACH = 22  # characters before an end in which its name may begin
TAILS = re.compile(r"(?:专项|集中|主题|系列|百日|攻坚|整治|治理|行动|活动|工程|提升|战|大|宣传|创建){1,8}$")
LEAST, LONGEST, EXAMPLES = 2, 16, 3  # characters of a name's core; examples kept
PLACE = re.compile(
    r".*(?:省|市|县|区|镇|乡|街道|社区|村|局|委|办|所|队|中心|公司|部门)|[\d.a-zA-Z第一二三四五六七八九十两]+"
)


@dataclass(frozen=True, slots=True)
class Report:
    """An article as discovery reads it: its text and the campaigns that it was given."""

    article_id: str
    text: str
    published_on: dt.date | None = None
    campaign_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A place where a phrase stands: its span in the article's text, and the sentence around it."""

    article_id: str
    start: int
    end: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase that may be a campaign of its own, or a local name of the one that its articles were given."""

    phrase: str  # its most frequent form
    variants: tuple[str, ...]  # all forms, the most frequent first
    count: int  # mentions
    n_articles: int
    first: dt.date | None  # first and last day on which a paper printed it
    last: dt.date | None
    campaign_ids: tuple[str, ...]  # campaigns of these articles, the most frequent first
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention: the core of the name (噪声扰民), its full form (噪声扰民专项整治) and where it stands."""

    core: str
    form: str
    report: Report
    example: Example


def discover(reports: Iterable[Report], rules: Rules, *, least: int = 2) -> list[Candidate]:
    """Phrases in at least `least` articles, those in the most articles first.

    Articles with the same text are read once: a reprint does not make a phrase recur.
    """
    found: dict[str, list[Mention]] = defaultdict(list)
    for report in {r.text: r for r in reports}.values():
        for mention in mentions(report, rules.taxonomy):
            found[mention.core].append(mention)
    candidates = [candidate(group) for group in merged(found)]
    kept = [c for c in candidates if c.n_articles >= least]
    return sorted(kept, key=lambda c: (-c.n_articles, -c.count, c.phrase))


def mentions(report: Report, taxonomy: Taxonomy) -> Iterator[Mention]:
    """The phrases of one article that look like campaigns and fit none."""
    text = report.text
    for end in END.finditer(text):
        start = begin(text, end.start(), taxonomy)
        if start is None:
            continue
        form = squeeze(text[start : end.end()])
        core = TAILS.sub("", form)
        if LEAST <= len(core) <= LONGEST and not known(form, core, taxonomy):
            first, last = Text.of(text).sentence(start)
            yield Mention(core, form, report, Example(report.article_id, start, end.end(), text[first:last].strip()))


def begin(text: str, end: int, taxonomy: Taxonomy) -> int | None:
    """Where the name before `end` begins: at its opening quote, else at the first word after a verb, place or particle.

    None where nothing but general words stands there (联合执法检查专项行动).
    """
    low = max(0, end - REACH)
    quoted = QUOTED.search(text, low, end) or OPENED.search(text, low, end)
    if quoted:
        return quoted.start(1)
    before = BEFORE.search(text, low, end)
    if not before:
        return None
    kept: list[str] = []
    for word in reversed(rjieba.cut(before[0])):
        if not taxonomy.before_names.isdisjoint((word, word[-2:])) or PLACE.fullmatch(word):  # 深入开展 is one word
            break
        kept.append(word)
    if all(word in taxonomy.general_words for word in kept):
        return None
    return end - sum(map(len, kept))


def known(form: str, core: str, taxonomy: Taxonomy) -> bool:
    """Whether a phrase was judged before, or names the matter of a campaign that the taxonomy has."""
    if form in taxonomy.not_campaigns or core in taxonomy.not_campaigns:
        return True
    return any(w >= 1 for _, _, pattern in taxonomy.automaton.find(form) for _, w in taxonomy.effects[pattern])


def merged(found: dict[str, list[Mention]]) -> Iterator[list[Mention]]:
    """Mentions of one name together, and with them those of a longer name that ends in it (深入"每日一小时" …)."""
    cores = sorted(found, key=lambda c: (len(c), c))
    into: dict[str, str] = {}
    for core in cores:
        endings = (core[-size:] for size in range(4, len(core)))
        into[core] = next((into[c] for c in endings if c in into), core)
    groups: dict[str, list[Mention]] = defaultdict(list)
    for core in cores:
        groups[into[core]] += found[core]
    yield from groups.values()


def candidate(group: list[Mention]) -> Candidate:
    """What is reported of one phrase."""
    forms = Counter(m.form for m in group)
    variants = sorted(forms, key=lambda f: (-forms[f], len(f), f))
    articles = {m.report.article_id: m for m in reversed(group)}
    days = sorted(m.report.published_on for m in group if m.report.published_on)
    campaigns = Counter(c for m in articles.values() for c in m.report.campaign_ids)
    return Candidate(
        phrase=variants[0],
        variants=tuple(variants),
        count=len(group),
        n_articles=len(articles),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        campaign_ids=tuple(c for c, _ in sorted(campaigns.items(), key=lambda item: (-item[1], item[0]))),
        examples=tuple(m.example for m in list(articles.values())[::-1][:EXAMPLES]),
    )
