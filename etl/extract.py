"""The pure core: an article (or a batch of them) in, its events out. No files, no clock, no state between articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from etl.assemble import assemble
from etl.check import check
from etl.classify import classify
from etl.dates import dates
from etl.locate import locate, locate_issues
from etl.measure import measure
from etl.models import Article, Event, Issue, schema_of, to_batch
from etl.rules import Rules
from etl.text import Text

EVENT_SCHEMA = schema_of(Event)


def extract(article: Article, rules: Rules) -> tuple[list[Event], list[Issue]]:
    """Events of one article, main one first, and what has to be signalled about them."""
    text = Text.of(article.text)
    places = locate(article, text, rules)
    events = assemble(
        article,
        text,
        places,
        dates(article, text, rules),
        classify(article, text, rules),
        measure(article, text, rules),
    )
    sound, issues = check(article, events)
    return sound, issues + locate_issues(article, places)


def extract_batches(batches: Iterable[pa.RecordBatch], rules: Rules) -> Iterator[pa.RecordBatch]:
    """Batches with the columns of :class:`~etl.models.Article` (``ARTICLE_INPUT``) → batches of events.

    This is the function that every engine runs: a loop, a process pool, Dask, Spark's ``mapInArrow``.
    """
    for batch in batches:
        events: list[Event] = []
        for article in articles_of(batch):
            events += extract(article, rules)[0]
        yield to_batch(events, Event)


def articles_of(batch: pa.RecordBatch) -> Iterator[Article]:
    """The articles of a batch; `page_places` and `home` may be absent."""
    for row in batch.to_pylist():
        row["byline"] = tuple(row["byline"])
        if row.get("page_places") is not None:
            row["page_places"] = tuple(row["page_places"])
        yield Article(**row)
