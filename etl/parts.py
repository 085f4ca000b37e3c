"""The final rows of one quarter of publication: unique, linked, corrected, sorted. The whole table is its parts.

A part is a function of the extracted rows of its quarter (and of the one before, for links across the border), so it is
named by a digest of what went in, kept in ``cache/parts/`` and built again only when that changes: a weekly run on ten
years of papers builds one or two.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from etl import ledger as book
from etl.inputs import Input
from etl.link import WINDOW, link
from etl.models import Article, Event, Issue, schema_of
from etl.pack import COLUMN, UNDATED, quarter_of
from etl.store import digest_of, write_bytes, write_parquet

FILLED = ("district", "street", "campaign_id", "date", "newspaper")  # fields whose share of values is watched
Correct = Callable[[pa.Table, pa.Table], tuple[pa.Table, pa.Table, list[Issue]]]  # articles, events → the same, issues
Relink = Callable[[pa.Table], tuple[pa.Table, list[Issue]]]  # linked events → the same, issues
Discover = Callable[[pa.Table, pa.Table], list[dict[str, Any]]]  # articles, events → candidates


@dataclass(frozen=True)
class Part:
    """One quarter's finished files and what the run report says of them."""

    quarter: str
    digest: str
    articles: Path
    events: Path
    facts: dict[str, Any]  # counts, filled, papers, issues, candidates


@dataclass(frozen=True)
class Maker:
    """What building parts needs besides the ledger."""

    cache: Path
    key: str  # digest of code, rules and corrections
    correct: Correct
    relink: Relink
    discover: Discover


def make_parts(
    maker: Maker, ledger: book.Ledger, inputs: Sequence[Input], told: Callable[[int, int], None]
) -> list[Part]:
    """All parts, built or taken from the cache, oldest quarter first. `told` hears how many are done of how many."""
    by_quarter = book.inputs_by_quarter(ledger, inputs)
    parts = []
    for number, quarter in enumerate(by_quarter):
        before = book.quarter_before(quarter)
        context = by_quarter.get(before, []) if before else []
        parts.append(make_part(maker, ledger, quarter, by_quarter[quarter], context))
        told(number + 1, len(by_quarter))
    drop_other_parts(maker.cache, parts)
    return parts


def make_part(
    maker: Maker, ledger: book.Ledger, quarter: str, inputs: Sequence[Input], context: Sequence[Input]
) -> Part:
    """One part, built unless the cache has it."""
    digest = digest_of([maker.key, quarter, *map(identity, inputs), "context", *map(identity, context)])
    stem = maker.cache / "parts" / f"{quarter}-{digest}"
    articles, events, about = (
        stem.with_name(f"{stem.name}.{end}") for end in ("articles.parquet", "events.parquet", "json")
    )
    try:
        facts = json.loads(about.read_text(encoding="utf-8"))  # written last: the other two are whole
    except (OSError, ValueError):
        facts = build(maker, ledger, quarter, inputs, context, articles, events)
        write_bytes(about, json.dumps(facts, ensure_ascii=False).encode())
    return Part(quarter, digest, articles, events, facts)


def identity(one: Input) -> str:
    """What makes an input's rows what they are."""
    return f"{one.path} {one.digest}"


def build(
    maker: Maker,
    ledger: book.Ledger,
    quarter: str,
    inputs: Sequence[Input],
    context: Sequence[Input],
    articles_file: Path,
    events_file: Path,
) -> dict[str, Any]:
    """Build one quarter's files; returns what the run report says of them."""
    articles, doubled = unique_articles(book.gather(ledger, quarter, inputs, Article))
    events = events_of(book.gather(ledger, quarter, inputs, Event), articles)
    articles, events, told = maker.correct(articles, events)
    events, more = maker.relink(linked(maker, ledger, quarter, articles, events, context))
    events = arrange(events)
    articles_file.parent.mkdir(parents=True, exist_ok=True)
    write_parquet(articles, articles_file)
    write_parquet(events, events_file)
    return facts_of(articles, events, doubled + told + more, maker.discover(articles, events))


def unique_articles(rows: pa.Table) -> tuple[pa.Table, list[Issue]]:
    """Each article once: a file delivered twice counts once (the first path stands) and is signalled."""
    order = [
        ("published_on", "ascending"),
        ("newspaper", "ascending"),
        (COLUMN, "ascending"),
        ("article_id", "ascending"),
    ]
    rows = rows.sort_by(order)
    first: dict[str, int] = {}
    issues = []
    paths = rows[COLUMN].to_pylist()
    for row, article_id in enumerate(rows["article_id"].to_pylist()):
        if first.setdefault(article_id, row) != row:
            message = f"the same article as in {paths[first[article_id]]}"
            issues.append(Issue("double-article", message, "info", paths[row], article_id=article_id))
    if issues:
        rows = rows.take(pa.array(sorted(first.values()), pa.int64()))
    return rows.select(schema_of(Article).names), issues


def events_of(rows: pa.Table, articles: pa.Table) -> pa.Table:
    """The events of the articles that stand, each once."""
    rows = rows.sort_by([("event_id", "ascending"), (COLUMN, "ascending")])
    ids = rows["event_id"].combine_chunks()
    if len(ids) > 1:
        fresh = pc.not_equal(ids[1:], ids[:-1])
        rows = rows.filter(pa.concat_arrays([pa.array([True]), fresh]))
    stands = pc.is_in(rows["article_id"], articles["article_id"].combine_chunks())
    return rows.filter(stands).select(schema_of(Event).names)


def linked(
    maker: Maker, ledger: book.Ledger, quarter: str, articles: pa.Table, events: pa.Table, context: Sequence[Input]
) -> pa.Table:
    """The quarter's events with second reports linked, also to first reports of the quarter before."""
    around = context_of(maker, ledger, quarter, context)
    if around is None:
        return link(events, text_lookup(articles))
    both = link(pa.concat_tables([around[1], events]), text_lookup(pa.concat_tables([around[0], articles])))
    return both.slice(len(around[1]))


def context_of(
    maker: Maker, ledger: book.Ledger, quarter: str, inputs: Sequence[Input]
) -> tuple[pa.Table, pa.Table] | None:
    """Articles and events printed so late in the quarter before that this quarter's reports may repeat them."""
    before = book.quarter_before(quarter)
    if before is None or not inputs:
        return None
    since = dt.date(int(quarter[:4]), 3 * int(quarter[5]) - 2, 1) - WINDOW
    articles = book.gather(ledger, before, inputs, Article)
    late = articles.filter(pc.greater_equal(articles["published_on"], pa.scalar(since)))
    unique, _ = unique_articles(late)
    articles, events, _ = maker.correct(unique, events_of(book.gather(ledger, before, inputs, Event), unique))
    return articles, events


def text_lookup(articles: pa.Table) -> Callable[[str], str]:
    """A function that gives an article's text by its id."""
    rows = {article_id: row for row, article_id in enumerate(articles["article_id"].to_pylist())}
    texts = articles["text"]
    return lambda article_id: str(texts[rows[article_id]].as_py())


def arrange(events: pa.Table) -> pa.Table:
    """Sorted by province, city and day within the quarter (design.md §5), then by id: equal input, equal bytes."""
    day = pc.coalesce(events["date"], events["published_on"])
    order = [(c, "ascending") for c in ("province", "city", "_day", "event_id")]
    return events.append_column("_day", day).sort_by(order).select(events.schema.names)


def facts_of(
    articles: pa.Table, events: pa.Table, issues: Sequence[Issue], candidates: list[dict[str, Any]]
) -> dict[str, Any]:
    """What the run report and the bounds need to know of a part."""
    numbers = pc.sum(pc.list_value_length(events["metrics"])).as_py() or 0
    return {
        "counts": {
            "articles": len(articles),
            "events": len(events),
            "metrics": int(numbers),
            "duplicates": len(events) - events["duplicate_of"].null_count,
        },
        "filled": {name: len(events) - events[name].null_count for name in FILLED},
        "papers": papers_of(articles),
        "issues": [asdict(i) for i in issues],
        "candidates": candidates,
    }


def papers_of(articles: pa.Table) -> list[dict[str, Any]]:
    """Which paper arrived for which day: coverage, without which silent and unknown cannot be told apart."""
    grouped = articles.group_by(["newspaper", "published_on"])
    rows = grouped.aggregate([("article_id", "count"), ("page", "count_distinct")]).to_pylist()
    found = [
        {
            "newspaper": r["newspaper"],
            "published_on": r["published_on"].isoformat() if r["published_on"] else None,
            "pages": r["page_count_distinct"],
            "articles": r["article_id_count"],
        }
        for r in rows
    ]
    return sorted(found, key=lambda r: (r["newspaper"] or "", r["published_on"] or ""))


def totals(parts: Sequence[Part], name: str) -> dict[str, int]:
    """Counts of all parts together."""
    sums: Counter[str] = Counter()
    for part in parts:
        sums.update(part.facts[name])
    return dict(sums)


def issues_of(parts: Sequence[Part]) -> list[Issue]:
    """What was signalled while parts were built."""
    return [Issue(**issue) for part in parts for issue in part.facts["issues"]]


def drop_other_parts(cache: Path, parts: Sequence[Part]) -> None:
    """Remove cached parts that no longer belong to the table (published versions keep their own links)."""
    stems = {f"{p.quarter}-{p.digest}" for p in parts}
    for path in (cache / "parts").glob("*"):
        if path.name.split(".")[0] not in stems:
            path.unlink(missing_ok=True)


def newest_events(parts: Sequence[Part], today: dt.date) -> pa.Table:
    """Day of publication and watched fields of the events of the two newest quarters that are not after `today`."""
    columns = list(dict.fromkeys(["published_on", *FILLED]))
    schema = pa.schema([schema_of(Event).field(c) for c in columns])
    dated = [p for p in parts if p.quarter != UNDATED]
    newest = [p for p in dated if p.quarter <= quarter_of(today)] or dated
    return pa.concat_tables([schema.empty_table(), *(pq.read_table(p.events, schema=schema) for p in newest[-2:])])


def read_all(parts: Sequence[Part], cls: type) -> pa.Table:
    """The whole table; for small ones."""
    files = [p.events if cls is Event else p.articles for p in parts]
    return pa.concat_tables([schema_of(cls).empty_table(), *(pq.read_table(f, schema=schema_of(cls)) for f in files)])
