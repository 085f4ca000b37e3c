"""Phrases that may be new campaigns, for the run report: found part by part, counted over the whole table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from etl.discover import Report, discover
from etl.rules import Rules

LEAST = 2  # articles in which a phrase must stand
MOST_OF_A_PART, MOST = 2000, 200  # phrases kept of one quarter, and told of the whole table
EXAMPLES = 3


def candidates_of(rules: Rules, articles: pa.Table, events: pa.Table) -> list[dict[str, Any]]:
    """The phrases of one part, those in the most articles first; once is enough here: another part may have it too."""
    found = discover(reports(articles, events), rules, least=1)
    return [
        {
            "phrase": c.phrase,
            "count": c.count,
            "articles": c.n_articles,
            "first": c.first.isoformat() if c.first else None,
            "last": c.last.isoformat() if c.last else None,
            "campaign_ids": list(c.campaign_ids),
            "examples": [e.sentence[:200] for e in c.examples[:EXAMPLES]],
            "example_ids": [e.article_id for e in c.examples[:EXAMPLES]],
        }
        for c in found[:MOST_OF_A_PART]
    ]


def reports(articles: pa.Table, events: pa.Table) -> Iterator[Report]:
    """Articles with the campaigns that they were given."""
    given: dict[str, list[str]] = defaultdict(list)
    for article_id, campaign in zip(events["article_id"].to_pylist(), events["campaign_id"].to_pylist(), strict=True):
        if campaign:
            given[article_id].append(campaign)
    for batch in articles.select(["article_id", "text", "published_on"]).to_batches(1000):
        for row in batch.to_pylist():
            ids = tuple(dict.fromkeys(given[row["article_id"]]))
            yield Report(row["article_id"], row["text"], row["published_on"], ids)


def merged(parts: Iterable[Iterable[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """The same phrase of several parts once, with its counts together; those that recur, most articles first."""
    found: dict[str, dict[str, Any]] = {}
    for part in parts:
        for row in part:
            old = found.get(row["phrase"])
            found[row["phrase"]] = joined(old, row) if old else dict(row)
    kept = [row for row in found.values() if row["articles"] >= LEAST]
    return sorted(kept, key=lambda r: (-r["articles"], -r["count"], r["phrase"]))[:MOST]


def joined(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """Two parts' rows of one phrase as one."""
    days = [d for d in (a["first"], b["first"], a["last"], b["last"]) if d]
    return {
        "phrase": a["phrase"],
        "count": a["count"] + b["count"],
        "articles": a["articles"] + b["articles"],
        "first": min(days, default=None),
        "last": max(days, default=None),
        "campaign_ids": list(dict.fromkeys([*a["campaign_ids"], *b["campaign_ids"]])),
        "examples": [*a["examples"], *b["examples"]][:EXAMPLES],
        "example_ids": [*a["example_ids"], *b["example_ids"]][:EXAMPLES],
    }
