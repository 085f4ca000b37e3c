"""The pure core: an article (or a batch of them) in, its events out. No files, no clock, no state between articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import pyarrow as pa

from etl.assemble import assemble
from etl.check import check
from etl.classify import classify
from etl.dates import dates
from etl.locate import locate_all, locate_issues
from etl.measure import measure_all
from etl.models import Article, Event, Issue, schema_of, to_batch
from etl.rules import Rules
from etl.text import Text

EVENT_SCHEMA = schema_of(Event)
TOGETHER = 256  # articles that go through the steps together: with fewer each step runs colder, with more the texts do


def extract(article: Article, rules: Rules) -> tuple[list[Event], list[Issue]]:
    """Events of one article, main one first, and what has to be signalled about them."""
    return extract_all([article], rules)[0]


def extract_all(articles: Sequence[Article], rules: Rules) -> list[tuple[list[Event], list[Issue]]]:
    """The same of several articles, step by step: a step's tables then stay in the processor's caches (a sixth faster)."""
    texts = [Text.of(a.text) for a in articles]
    pairs = list(zip(articles, texts, strict=True))
    places = locate_all(pairs, rules)
    whens = [dates(a, t, rules) for a, t in pairs]
    tags = [classify(a, t, rules) for a, t in pairs]
    metrics = measure_all(pairs, rules)
    found = []
    for (article, text), where, when, what, numbers in zip(pairs, places, whens, tags, metrics, strict=True):
        sound, issues = check(article, assemble(article, text, where, when, what, numbers))
        found.append((sound, issues + locate_issues(article, where)))
    return found


def extract_batches(batches: Iterable[pa.RecordBatch], rules: Rules) -> Iterator[pa.RecordBatch]:
    """Batches with the columns of :class:`~etl.models.Article` (``ARTICLE_INPUT``) → batches of events.

    This is the function that every engine runs: a loop, a process pool, Dask, Spark's ``mapInArrow``.
    """
    for batch in batches:
        events: list[Event] = []
        articles = articles_of(batch)
        while chunk := list(islice(articles, TOGETHER)):
            events += [e for found, _ in extract_all(chunk, rules) for e in found]
        yield to_batch(events, Event)


def articles_of(batch: pa.RecordBatch) -> Iterator[Article]:
    """The articles of a batch; `page_places` and `home` may be absent."""
    for row in batch.to_pylist():
        row["byline"] = tuple(row["byline"])
        if row.get("page_places") is not None:
            row["page_places"] = tuple(row["page_places"])
        yield Article(**row)
