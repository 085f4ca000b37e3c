"""Bounds and invariants of events: what breaks one is taken out and signalled, never published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from etl.models import Article, Event, Evidence, Issue, Metric

EARLIEST = dt.date(1949, 10, 1)  # no campaign of these local governments is older
MOST = 1e16  # a value that no local paper prints
AHEAD = dt.timedelta(days=400)  # a plan may be printed about a year ahead


def check(article: Article, events: Sequence[Event]) -> tuple[list[Event], list[Issue]]:
    """The events with what is unsound taken out, and an issue for each thing taken out.

    Raises ValueError where a span does not give its text back: that is a fault of a rule, not of the input.
    """
    issues: list[Issue] = []
    sound = []
    for event in events:
        check_spans(article, event)
        if not all(-MOST < m.value < MOST for m in event.metrics):  # nor is it so of what is no number
            metrics = tuple(m for m in event.metrics if sane_value(article, m, issues))
            event = replace(event, metrics=metrics)
        sound.append(sane_date(article, event, issues))
    return sound, issues


def check_spans(article: Article, event: Event) -> None:
    """Every span of an event gives its text back."""
    text = article.text
    spans: list[Evidence | Metric] = [*event.evidence, *event.metrics]
    for span in spans:
        if text[span.start : span.end] != span.text:
            raise ValueError(f"article {article.article_id}: {span.start}..{span.end} is not {span.text!r}")


def sane_value(article: Article, metric: Metric, issues: list[Issue]) -> bool:
    """Whether the value is a finite number that a local paper could print."""
    if -MOST < metric.value < MOST:
        return True
    issues.append(
        Issue(
            "value-out-of-bounds",
            f"{metric.value} {metric.unit}",
            sample=metric.text[:80],
            article_id=article.article_id,
        )
    )
    return False


def sane_date(article: Article, event: Event, issues: list[Issue]) -> Event:
    """The event, without its date where that is backwards, older than 1949 or over a year after publication."""
    if event.date is None:
        return event
    end = event.date_end or event.date
    latest = article.published_on + AHEAD if article.published_on else dt.date.max
    if EARLIEST <= event.date <= end <= latest:
        return event
    issues.append(
        Issue(
            "date-out-of-bounds", f"{event.date}..{end}", source_path=article.source_path, article_id=article.article_id
        )
    )
    evidence = tuple(e for e in event.evidence if e.field != "date")
    return replace(event, date=None, date_end=None, date_precision=None, date_basis=None, evidence=evidence)
