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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from etl import ledger as book
from etl.inputs import Input
from etl.link import COLUMNS as LINK_COLUMNS
from etl.link import WINDOW, first_reports, numbers_of, with_links
from etl.models import Article, Event, Issue, schema_of
from etl.pack import COLUMN, UNDATED, quarter_of
from etl.store import ROW_GROUP, STRETCH, digest_of, sync_file, write_bytes

FILLED = ("district", "street", "campaign_id", "date", "newspaper")  # fields whose share of values is watched
PAPERS = ["newspaper", "published_on", "article_id", "page"]
PAPERS_TOLD = 2000  # arrivals of a quarter that the run report tells: twenty daily papers; of more, the last
SEARCHED = 20_000  # articles of a quarter in which new phrases are looked for
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
    stem = stem_of(maker, quarter, inputs, context)
    articles, events, about = (
        stem.with_name(f"{stem.name}.{end}") for end in ("articles.parquet", "events.parquet", "json")
    )
    try:
        facts = json.loads(about.read_text(encoding="utf-8"))  # written last: the other two are whole
    except (OSError, ValueError):
        facts = build(maker, ledger, quarter, inputs, context, articles, events)
        write_bytes(about, json.dumps(facts, ensure_ascii=False).encode())
    return Part(quarter, stem.name.partition("-")[2], articles, events, facts)


def stem_of(maker: Maker, quarter: str, inputs: Sequence[Input], context: Sequence[Input]) -> Path:
    """The path, without endings, of the part that those inputs give."""
    digest = digest_of([maker.key, quarter, *map(identity, inputs), "context", *map(identity, context)])
    return maker.cache / "parts" / f"{quarter}-{digest}"


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
    own, told = rows_of(maker, ledger, quarter, inputs)
    articles_file.parent.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(1) as pool:  # articles are as they stand: they are written while events are linked
        written = pool.submit(write_rows, own.articles.select(schema_of(Article).names), own.unique, articles_file)
        around = context_of(maker, ledger, quarter, context)
        events, more = maker.relink(with_links(own.events, linked(own, around)))
        own = replace(own, events=events)
        order = arranged(events, own.standing)
        written.result()
        events_written = pool.submit(write_rows, events.select(schema_of(Event).names), order, events_file)
        candidates = maker.discover(newest(own), events.select(["article_id", "campaign_id"]))
        events_written.result()
    return facts_of(own, order, told + more, candidates)


@dataclass(frozen=True)
class Rows:
    """A quarter's rows as they lie in the segments (mapped, not read), and which of them count.

    Sorting or filtering a table of texts would hold it in memory twice; so only row numbers are sorted, and rows are
    taken when they are written.
    """

    articles: pa.Table
    events: pa.Table
    unique: NDArray[np.int64]  # rows of `articles`: each article once, by day, newspaper and file
    standing: NDArray[np.int64]  # rows of `events`: each event once, of those articles


def rows_of(
    maker: Maker, ledger: book.Ledger, quarter: str, inputs: Sequence[Input], since: dt.date | None = None
) -> tuple[Rows, list[Issue]]:
    """The corrected rows of a quarter (those printed from `since` on), and what was signalled."""
    articles, events = (book.gather(ledger, quarter, inputs, cls) for cls in (Article, Event))
    unique, doubled = unique_articles(articles, since)
    standing = standing_events(events, articles, unique)
    articles, events, told = maker.correct(articles, events)
    return Rows(articles, events, unique, standing), doubled + list(dict.fromkeys(told))


def unique_articles(rows: pa.Table, since: dt.date | None) -> tuple[NDArray[np.int64], list[Issue]]:
    """Row numbers of each article once: a file delivered twice counts once (the first path stands) and is signalled."""
    slim = rows.select(["published_on", "newspaper", COLUMN, "article_id"])
    slim = slim.append_column("row", pa.array(np.arange(len(slim))))
    if since:
        slim = slim.filter(pc.greater_equal(slim["published_on"], pa.scalar(since)))
    order = ("published_on", "newspaper", COLUMN, "article_id", "row")
    slim = slim.sort_by([(name, "ascending") for name in order])
    seen = pc.dictionary_encode(slim["article_id"].combine_chunks()).indices.to_numpy()
    again = np.ones(len(slim), bool)
    again[np.unique(seen, return_index=True)[1]] = False
    first = {slim["article_id"][row].as_py(): row for row in np.flatnonzero(~again)} if again.any() else {}
    issues = []
    for row in np.flatnonzero(again):
        article_id, path = slim["article_id"][row].as_py(), slim[COLUMN][row].as_py()
        message = f"与 {slim[COLUMN][first[article_id]].as_py()} 中的报道相同"
        issues.append(Issue("double-article", message, "info", path, article_id=article_id))
    return slim["row"].to_numpy()[~again], issues


def standing_events(events: pa.Table, articles: pa.Table, unique: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row numbers of the events of the articles that stand, each once."""
    slim = events.select(["event_id", COLUMN, "article_id"])
    slim = slim.append_column("row", pa.array(np.arange(len(slim))))
    slim = slim.sort_by([(name, "ascending") for name in ("event_id", COLUMN, "row")])
    ids = slim["event_id"].combine_chunks()
    fresh = np.ones(len(slim), bool)
    fresh[1:] = pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)
    there = articles["article_id"].combine_chunks().take(pa.array(unique))
    stands = pc.is_in(slim["article_id"], there).combine_chunks().to_numpy(zero_copy_only=False)
    return np.asarray(slim["row"].to_numpy()[fresh & stands])


def linked(own: Rows, around: Rows | None) -> dict[str, str]:
    """First reports of the quarter's events, also those of the quarter before."""
    parts = [around, own] if around else [own]
    slim = pa.concat_tables([p.events.select(LINK_COLUMNS).take(pa.array(p.standing)) for p in parts])
    every = numbers_of([p.events["metrics"] for p in parts])
    shifts = np.cumsum([0, *(len(p.events) for p in parts)])
    at = np.concatenate([p.standing + shift for p, shift in zip(parts, shifts, strict=False)])
    places = [(p.articles["text"], rows_by_id(p)) for p in parts]

    def text_of(article_id: str) -> str:
        column, rows = next((c, r) for c, r in places if article_id in r)
        return str(column[rows[article_id]].as_py())

    found = first_reports(slim, lambda row: every(int(at[row])), text_of)
    mine = set(slim["event_id"][len(slim) - len(own.standing) :].to_pylist())
    return {later: first for later, first in found.items() if later in mine}


def rows_by_id(rows: Rows) -> dict[str, int]:
    """The row number of each article that stands."""
    ids = rows.articles["article_id"].combine_chunks().take(pa.array(rows.unique)).to_pylist()
    return dict(zip(ids, rows.unique.tolist(), strict=True))


def context_of(maker: Maker, ledger: book.Ledger, quarter: str, inputs: Sequence[Input]) -> Rows | None:
    """Articles and events printed so late in the quarter before that this quarter's reports may repeat them."""
    before = book.quarter_before(quarter)
    if before is None or not inputs:
        return None
    since = dt.date(int(quarter[:4]), 3 * int(quarter[5]) - 2, 1) - WINDOW
    return rows_of(maker, ledger, before, inputs, since)[0]


def newest(own: Rows) -> pa.Table:
    """The articles in which new phrases are looked for: those printed last, at most `SEARCHED`."""
    columns = own.articles.select(["article_id", "text", "published_on"])
    return taken(columns.to_batches(), own.unique[-SEARCHED:], columns.schema)


def arranged(events: pa.Table, standing: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row numbers sorted by province, city and day within the quarter (design.md §5), then by id: equal input, equal bytes."""
    day = pc.coalesce(events["date"], events["published_on"])
    slim = events.select(["province", "city", "event_id"]).append_column("_day", day).take(pa.array(standing))
    slim = slim.append_column("row", pa.array(standing))
    order = slim.sort_by([(c, "ascending") for c in ("province", "city", "_day", "event_id")])
    return np.asarray(order["row"].to_numpy())


def write_rows(table: pa.Table, rows: NDArray[np.int64], path: Path) -> None:
    """Write those rows in that order as Parquet: zstd, row groups of ROW_GROUP rows, fsynced; STRETCH rows are in memory."""
    batches = table.to_batches()
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for start in range(0, len(rows), STRETCH):
            writer.write_table(taken(batches, rows[start : start + STRETCH], table.schema), row_group_size=ROW_GROUP)
    sync_file(path)


def taken(batches: Sequence[pa.RecordBatch], rows: NDArray[np.int64], schema: pa.Schema) -> pa.Table:
    """Rows by number out of a table's batches. (`Table.take` would join the batches of a nested column first.)"""
    offsets = np.cumsum([0, *map(len, batches)])
    ascending = np.argsort(rows, kind="stable")
    wanted = rows[ascending]
    bounds = np.searchsorted(wanted, offsets)
    pieces = [
        batch.take(pa.array(wanted[low:high] - first))
        for batch, first, low, high in zip(batches, offsets, bounds, bounds[1:], strict=False)
        if high > low
    ]
    back = np.empty(len(rows), np.int64)
    back[ascending] = np.arange(len(rows))
    return pa.Table.from_batches(pieces, schema).combine_chunks().take(pa.array(back))


def facts_of(
    own: Rows, order: NDArray[np.int64], issues: Sequence[Issue], candidates: list[dict[str, Any]]
) -> dict[str, Any]:
    """What the run report and the bounds need to know of a part."""
    standing = pa.array(order)
    numbers = pc.sum(pc.list_value_length(own.events["metrics"]).take(standing)).as_py() or 0
    given = {
        name: pc.sum(pc.is_valid(own.events[name]).take(standing)).as_py() or 0 for name in (*FILLED, "duplicate_of")
    }
    return {
        "counts": {
            "articles": len(own.unique),
            "events": len(order),
            "metrics": int(numbers),
            "duplicates": given.pop("duplicate_of"),
        },
        "filled": given,
        "papers": papers_of(own.articles.select(PAPERS).take(pa.array(own.unique))),
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
    newest = sorted(found, key=lambda r: r["published_on"] or "")[-PAPERS_TOLD:]
    return sorted(newest, key=lambda r: (r["newspaper"] or "", r["published_on"] or ""))


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
