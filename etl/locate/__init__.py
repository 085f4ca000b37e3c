"""Reads places: province to community with codes, and whether each is the event's place or only named in passing.

``locate`` returns the places of an article, the event's first (role ``activity``), then those named in passing (role
``mention``). ``locate_issues`` says what could not be placed. ``page_places`` tells which divisions a page's articles
name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from etl.locate.mentions import find, matches_of
from etl.locate.places import build_places
from etl.locate.resolve import city_of, county_of, resolve
from etl.locate.salience import choose, weigh
from etl.locate.unlisted import complete
from etl.models import Article, Issue, Place, Severity
from etl.rules import Rules
from etl.text import Text

__all__ = ["locate", "locate_all", "locate_issues", "page_places"]


def locate(article: Article, text: Text, rules: Rules) -> list[Place]:
    """Places that the article names, the event's place first; empty where no place is named or known."""
    return locate_all([(article, text)], rules, passing=True)[0]


def locate_all(pairs: Sequence[tuple[Article, Text]], rules: Rules, *, passing: bool = False) -> list[list[Place]]:
    """The same of several articles, pass by pass, so that each pass stays in the processor's caches.

    Of what is named in passing only the streets that no source lists are given, unless `passing`: those are signalled,
    and nobody asks for the others.
    """
    g = rules.gazetteer
    matches = [matches_of(text.norm, g) for _, text in pairs]
    found = [find(a, t.norm, some, g) for (a, t), some in zip(pairs, matches, strict=True)]
    undecided = [resolve(a, t.norm, f, g) for (a, t), f in zip(pairs, found, strict=True)]
    names = [complete(f, some, t.norm, g) for (_, t), f, some in zip(pairs, found, undecided, strict=True)]
    scores = [weigh(f, t.norm, g) for (_, t), f in zip(pairs, found, strict=True)]
    chosen = [choose(a, f, t.norm, s, g) for (a, t), f, s in zip(pairs, found, scores, strict=True)]
    return [
        build_places(a, t, f, s, c, g, n, passing=passing)
        for (a, t), f, s, c, n in zip(pairs, found, scores, chosen, names, strict=True)
    ]


def locate_issues(article: Article, places: list[Place]) -> list[Issue]:
    """What could not be placed: no place at all, a street that no source lists, a name that several divisions share."""
    issues: list[Issue] = []
    if not any(p.role == "activity" for p in places):
        message = "文中没有地名，版面和报纸也无从得知"
        issues.append(issue("no-place", message, article, article.headline))
    for place in places:
        if place.street and place.district is None:
            message = f"有多个同名的{place.street}"
            issues.append(issue("ambiguous-place", message, article, place.evidence.text))
        elif place.street and place.street_code is None:
            message = f"地名库中{place.district}没有{place.street}"
            issues.append(issue("unknown-street", message, article, place.evidence.text))
    return issues


def issue(kind: str, message: str, article: Article, sample: str | None) -> Issue:
    """One issue of this article."""
    severity: Severity = "info" if kind == "no-place" else "warning"
    return Issue(kind, message, severity, article.source_path, None, sample, article.article_id)


def page_places(texts: list[str], rules: Rules) -> tuple[str, ...]:
    """Counties (6 digits) and cities (4 digits) that the articles of one page name most: context for the others."""
    counts: Counter[int] = Counter()
    for raw in texts:
        text = Text.of(raw)
        article = bare_article(raw)
        found = find(article, text.norm, matches_of(text.norm, rules.gazetteer), rules.gazetteer)
        resolve(article, text.norm, found, rules.gazetteer)
        codes = {m.codes[0] for m in found.mentions if len(m.codes) == 1 and not m.weak}
        counts.update({county_of(c) for c in codes if county_of(c)} | {city_of(c) for c in codes if city_of(c)})
    least = max(1, len(texts) // 3)
    counties = [c for c, n in counts.most_common() if c >= 10**5 and n >= least]
    cities = [c for c, n in counts.most_common() if 1000 <= c < 10**5 and n >= least]
    return tuple(str(c) for c in [*counties[:3], *cities[:2]])


def bare_article(raw: str) -> Article:
    """A text as an article of which nothing else is known."""
    return Article("", "", None, None, None, "unknown", "news", None, None, (), raw, 0)
