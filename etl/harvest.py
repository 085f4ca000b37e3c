"""Pages → their articles with events: the steps in their order, for any number of files at once.

A fault in one article costs that article's events and is signalled; nothing else is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice, repeat
from operator import attrgetter
from typing import Any

from etl.extract import TOGETHER, extract_all
from etl.locate import page_places
from etl.masthead import masthead, masthead_issues
from etl.models import Article, Event, Issue, Page
from etl.pack import Done
from etl.rules import Rules
from etl.rules.newspapers import home_of
from etl.split import split

MOST_HOMES = 10_000  # papers whose homes are remembered at once
Homes = dict[str | None, str | None]  # a paper's name → the adcode of its home, as far as they were looked up


@dataclass(slots=True)
class Pile:
    """What one file has given so far."""

    path: str
    pages: int = 0
    articles: list[Article] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def done(self) -> Done:
        """The file's results."""
        return Done(self.path, self.pages, tuple(self.articles), tuple(self.events), tuple(self.issues))


def extract_pages(path: str, pages: Iterable[Page | Issue], rules: Rules, homes: Homes | None = None) -> Done:
    """All articles of a file's pages, with their events."""
    return extract_files([(path, pages)], rules, homes)[0]


def extract_files(
    files: Iterable[tuple[str, Iterable[Page | Issue]]], rules: Rules, homes: Homes | None = None
) -> list[Done]:
    """The same of several files: their articles go through the steps together, however few a file has."""
    piles: list[Pile] = []
    homes = {} if homes is None else homes

    def found() -> Iterator[tuple[Pile, Article | Issue]]:
        for path, pages in files:
            piles.append(pile := Pile(path))
            for page in pages:
                if isinstance(page, Issue):
                    yield pile, page
                    continue
                pile.pages += 1
                articles, signalled = articles_of(page, rules, homes)
                yield from zip(repeat(pile), signalled)
                yield from zip(repeat(pile), articles)

    extract_into(found(), rules, homes)
    return [pile.done() for pile in piles]


def extract_articles(path: str, found: Iterable[Article | Issue], rules: Rules, homes: Homes | None = None) -> Done:
    """Events of articles that are already split off their pages; issues keep their places between them."""
    pile = Pile(path)
    extract_into(((pile, one) for one in found), rules, {} if homes is None else homes)
    return pile.done()


def extract_into(found: Iterable[tuple[Pile, Article | Issue]], rules: Rules, homes: Homes) -> None:
    """Put articles with their events, and issues, into their files' piles, in order."""
    stream = iter(found)
    while some := list(islice(stream, TOGETHER)):
        articles = [one if one.home else at_home(one, rules, homes) for _, one in some if isinstance(one, Article)]
        results = zip(articles, extract_or_signal(articles, rules), strict=True)
        for pile, one in some:
            if isinstance(one, Issue):
                pile.issues.append(one)
                continue
            article, (events, issues) = next(results)
            pile.articles.append(article)
            pile.events += events
            pile.issues += issues


def at_home(article: Article, rules: Rules, homes: Homes) -> Article:
    """An article with its paper's home, where that is known."""
    found = home(article.newspaper, rules, homes)
    return placed(article, found, article.page_places) if found else article


def articles_of(page: Page, rules: Rules, homes: Homes | None = None) -> tuple[list[Article], list[Issue]]:
    """The articles of a page, each knowing its paper's home and the places that its page is about.

    `homes` remembers the homes found so far.
    """
    dated = masthead(page, rules)
    articles, issues = split(dated, rules)
    issues = masthead_issues(page, dated) + issues
    at_home = home(dated.newspaper, rules, {} if homes is None else homes)
    around = () if page.is_article else page_places([a.text for a in articles], rules)
    return [placed(a, at_home, around) for a in articles], issues


_OF_ITSELF = attrgetter(*(f.name for f in fields(Article)[:-2]))  # all but page_places and home, its last


def placed(article: Article, home: str | None, around: tuple[str, ...]) -> Article:
    """An article with its paper's home and its page's places (a quarter of the time of `dataclasses.replace`)."""
    if article.home == home and article.page_places == around:
        return article
    facts: list[Any] = [*_OF_ITSELF(article), around, home]
    return Article(*facts)


def home(newspaper: str | None, rules: Rules, known: Homes) -> str | None:
    """The adcode of a paper's home, looked up once."""
    if newspaper not in known:
        if len(known) >= MOST_HOMES:
            known.clear()
        known[newspaper] = home_of(rules.newspapers, newspaper, lambda name: only_place(name, rules))
    return known[newspaper]


def only_place(name: str, rules: Rules) -> str | None:
    """The adcode of the one county or city called `name`, for the home of a paper that no list has; else None."""
    found = {places[0] for end in ("", "县", "市", "区") if (places := page_places([name + end], rules))}
    return found.pop() if len(found) == 1 else None


def extract_or_signal(articles: Sequence[Article], rules: Rules) -> list[tuple[list[Event], list[Issue]]]:
    """Events of some articles; a fault in a rule costs one article's events, is signalled, and nothing else is lost."""
    try:
        return extract_all(articles, rules)
    except Exception as error:  # noqa: BLE001 - the boundary at which one article's fault is kept from the rest
        if len(articles) > 1:
            return [extract_or_signal([article], rules)[0] for article in articles]
        return [([], [internal_error(articles[0], error)])]


def internal_error(article: Article, error: Exception) -> Issue:
    """A fault of the program in one article."""
    message, sample = f"程序出错，该篇没有得到事件：{type(error).__name__}: {error}"[:300], article.text[:80]
    return Issue("internal-error", message, "error", article.source_path, article.page, sample, article.article_id)
