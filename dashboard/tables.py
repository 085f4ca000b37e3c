"""Opens one version of the table in DuckDB: narrow tables for the questions, Parquet for text and evidence.

Kept: `ev` (one row an event, small types, in the file's order: by quarter, province and city), `mt` (one row a number, with
what it is filtered by; its words stay in the file), `series` (an indicator or wording with a unit), `issued` (papers and
the days on which they arrived), `whole` (the sums of each series over the whole table). Places, campaigns and papers are numbers in them, whose names are in `Words`
(narrow.py): a place and all below it are one range of numbers. Texts and evidence are 71 % of the bytes and stay in the
files; queries.py fetches them for the rows shown. Weeks are named by their Monday. A day that the event basis cannot
know exactly (month, year, vague) is the day printed.
"""

# ruff: noqa: S608 — the SQL is put together from constants of this module; every value is bound
from __future__ import annotations

import ctypes
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.filters import NO_CAMPAIGN, Catalog
from dashboard.narrow import (
    AGAIN,
    DUPLICATE,
    NO_DAY,
    ROUGH,
    RUNNING,
    Codes,
    Numbers,
    Pair,
    Source,
    Words,
    arrivals,
    dated,
    numbers_of,
    pairs,
    rows_of,
    sources,
    survey,
    week,
)
from dashboard.tree import Children, Nodes

# shares, rates, temperatures, ages and the like: a sum of them means nothing
NO_SUM = "%|％|‰|百分点|^个点$|^成$|^倍$|度$|℃|岁|/|每|分贝|星$|级$"
IN_MEMORY = 25_000_000  # bytes of events.parquet; about a quarter of a million events
# Rows of a row group of the narrow tables, a multiple of 2,048: fewer where a table has at most FEW events. Of a very
# large table so many groups would cost memory, and the nation's questions, which look at all of them, time.
ROWS, ROWS_OF_MANY, FEW = 8_192, 122_880, 3_000_000
BUILDING, MEMORY = "120MB", "200MB"  # that DuckDB may hold of a large table, while it is read and after
FOOTERS = 8  # kept at most; one of half a million events takes 6 MB
Item = TypeVar("Item")


@dataclass(frozen=True)
class Files:
    """The Parquet files of the two tables."""

    events: tuple[Source, ...]
    articles: tuple[Source, ...]


@dataclass(frozen=True)
class Connection:
    """DuckDB with what the numbers in its tables stand for. Take a cursor for each run: it is not for several threads."""

    raw: duckdb.DuckDBPyConnection
    words: Words
    files: Files
    by_article: bool  # whether an article's events agree in day and paper
    numbers: Future[None]  # done when `mt` and `series` are there
    footers: dict[Path, Any] = field(default_factory=dict)  # of the files read last; they never change

    def cursor(self) -> Connection:
        """Another connection to the same tables."""
        return replace(self, raw=beside(self.raw))

    def footer(self, path: Path) -> Any:
        """What a Parquet file says of its row groups, kept for the next time: reading it costs more than reading a row."""
        found = self.footers.get(path)
        if found is None:
            found = pq.read_metadata(path)
            for oldest in list(self.footers)[: max(0, len(self.footers) - FOOTERS + 1)]:
                self.footers.pop(oldest, None)
            self.footers[path] = found
        return found

    def execute(self, sql: str, params: dict[str, Any] | None = None) -> duckdb.DuckDBPyConnection:
        """Run one statement."""
        return self.raw.execute(sql, params)


@dataclass(frozen=True)
class Store:
    """An open version of the table."""

    con: Connection
    catalog: Catalog


def open_store(events: Path, articles: Path) -> Store:
    """Build the narrow tables from the two files; raise duckdb.Error or OSError where they cannot be read.

    For a table of more than `IN_MEMORY` bytes the narrow tables lie in a file of their own, compressed, of which memory
    holds a bounded part, and its numbers (`mt`) are read while the first pages are looked at: who asks for them waits.
    A very large table is a folder of files (etl/store.py).
    """
    try:
        return built(events, articles)
    except (pa.ArrowException, ValueError, KeyError) as error:
        raise OSError(f"{events}: not a table of events with its articles ({error})") from error


def built(events: Path, articles: Path) -> Store:
    """The store, opened."""
    files = Files(tuple(sources(events)), tuple(sources(articles)))
    small = sum(f.path.stat().st_size for f in files.events) <= IN_MEMORY
    rows = ROWS if sum(f.size for f in files.events) <= FEW else ROWS_OF_MANY
    raw = database(":memory:", rows) if small else on_disk(rows)
    raw.execute("SET parquet_metadata_cache = true")  # a version's files never change
    raw.execute(TABLES)
    papers, issued = arrivals(list(files.articles))
    words, codes = survey(list(files.events), papers)
    give_back()
    by_article = insert_events(raw, pairs(list(files.events), list(files.articles)), words, codes)
    days = insert_issued(raw, issued)
    village = np.flatnonzero(words.tree.level == 4)
    insert(raw, "village", pa.table({"place": village, "up": words.tree.parent[village]}))
    give_back()
    pool = ThreadPoolExecutor(1)
    numbers = pool.submit(insert_numbers, beside(raw), files, words, codes)
    pool.shutdown(wait=small)
    if small:
        numbers.result()
    con = Connection(raw, words, files, by_article, numbers)
    return Store(con, catalog(con, days))


def database(place: str, rows: int) -> duckdb.DuckDBPyConnection:
    """A database with row groups of that many rows. A city's rows are a stretch of each quarter: the smaller the groups, the fewer
    of another city's rows are looked at with them."""
    con = duckdb.connect(":memory:")
    con.execute("SET temp_directory = ''")  # else it would spill into the folder that the server was started in
    named = place.replace("'", "''")
    con.execute(f"ATTACH '{named}' AS narrow (ROW_GROUP_SIZE {rows})")
    con.execute("USE narrow")
    return con


def beside(raw: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Another connection to the same database, for another thread."""
    cursor = raw.cursor()
    cursor.execute("USE narrow")
    return cursor


def on_disk(rows: int) -> duckdb.DuckDBPyConnection:
    """A database in a folder of its own, removed with the connection; memory is bounded however large the table."""
    folder = tempfile.TemporaryDirectory(prefix="campaign-tables-", ignore_cleanup_errors=True)
    con = database(str(Path(folder.name) / "tables.duckdb"), rows)
    weakref.finalize(con, folder.cleanup)
    con.execute(f"SET memory_limit = '{BUILDING}'")
    con.execute("SET temp_directory = $folder", {"folder": folder.name})
    return con


def give_back() -> None:
    """Return memory that is free to the system, where its allocator can be asked to: building takes more than answering."""
    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL(None).malloc_trim(0)


TABLES = """
CREATE TABLE village (place INTEGER, up INTEGER);
CREATE TABLE issued (paper SMALLINT, pub DATE, week DATE, articles INTEGER);
CREATE SEQUENCE sids MINVALUE 0 START 0;
CREATE TABLE met (sid INTEGER DEFAULT nextval('sids'), key VARCHAR, unit VARCHAR);
CREATE TABLE canonical (key VARCHAR, unit VARCHAR)
"""
SINGLE = (
    f"(flags & {RUNNING | DUPLICATE}) = 0"  # a count of this activity, not a running total, and not reported before
)
RUNS = f"(flags & {RUNNING}) <> 0"


def sums(cond: str) -> str:
    """What is told of each series of the numbers that meet a condition: summed by flags first, because that is half the work of
    asking of each number which sums it belongs to."""
    return f"""SELECT sid, sum(n) FILTER (WHERE (flags & {AGAIN}) = 0)::INTEGER AS events, sum(value) FILTER (WHERE {SINGLE}) AS total,
  min(low) FILTER (WHERE {SINGLE}) AS low, max(high) FILTER (WHERE {SINGLE}) AS high,
  coalesce(sum(n) FILTER (WHERE {SINGLE}), 0)::INTEGER AS singles, coalesce(sum(n) FILTER (WHERE {RUNS}), 0)::INTEGER AS runnings,
  count(*) FILTER (WHERE (flags & {RUNNING | DUPLICATE | ROUGH}) = {ROUGH}) > 0 AS rough
  FROM (SELECT sid, flags, count(*) AS n, sum(value) AS value, min(value) AS low, max(value) AS high FROM mt WHERE {cond} GROUP BY 1, 2)
  GROUP BY sid"""


SERIES = f"""
CREATE TABLE whole AS {sums("true")};
CREATE TABLE series AS SELECT sid, key, unit, (key, unit) IN (SELECT (key, unit) FROM canonical) AS known,
  NOT regexp_matches(unit, '{NO_SUM}') AS adds FROM met;
DROP TABLE met;
DROP TABLE canonical
"""


def insert_events(raw: duckdb.DuckDBPyConnection, found: list[Pair], words: Words, codes: Codes) -> bool:
    """Make `ev`; whether the events of each article agree in day and paper."""
    agreed = []

    def tables() -> Iterator[pa.Table]:
        for number, pair in enumerate(found):
            rows = rows_of(pair, number, words, codes)
            agreed.append(rows.by_article)
            yield rows.events
            del rows
            give_back()

    threads = raw.execute("SELECT current_setting('threads')").fetchall()[0][0]
    raw.execute("SET threads = 1")  # one, so that rows keep the file's order without being written twice
    make(raw, "ev", "* EXCLUDE (article), hash(article) AS article", tables())
    raw.execute(f"SET threads = {threads}")
    return all(agreed)


def insert_numbers(raw: duckdb.DuckDBPyConnection, files: Files, words: Words, codes: Codes) -> None:
    """Make `mt` and `series`."""
    cursor = beside(raw)

    def tables() -> Iterator[pa.Table]:
        for number, pair in enumerate(pairs(list(files.events), list(files.articles))):
            for numbers in numbers_of(pair, number, words, codes):
                yield with_series(cursor, numbers)
            give_back()

    raw.execute("SET preserve_insertion_order = false")  # no question asks for it, and it costs a second writing
    make(raw, "mt", "*", tables())
    raw.execute(SERIES)
    if raw.execute("SELECT count(*) FROM duckdb_databases() WHERE path IS NOT NULL").fetchall()[0][0]:
        raw.execute(f"SET memory_limit = '{MEMORY}'")
    give_back()


def make(raw: duckdb.DuckDBPyConnection, table: str, columns: str, pieces: Iterable[pa.Table]) -> None:
    """Create a table from pieces that are made one after another, the next while one is written."""
    with ThreadPoolExecutor(1) as pool:
        made = ahead(pool, iter(pieces))
        first = next(made)
        batches = (batch for piece in chained(first, made) for batch in piece.to_batches())
        raw.register("given", pa.RecordBatchReader.from_batches(first.schema, batches))
        raw.execute(f"CREATE TABLE {table} AS SELECT {columns} FROM given")
        raw.unregister("given")


def chained(first: Item, others: Iterator[Item]) -> Iterator[Item]:
    """The first and the others; nothing is kept of what was handed on."""
    yield first
    del first
    yield from others


def ahead(pool: ThreadPoolExecutor, items: Iterator[Item]) -> Iterator[Item]:
    """The same items, the next one made by the pool while one is worked on."""
    end = object()
    waiting = pool.submit(next, items, end)
    while (item := waiting.result()) is not end:
        waiting = pool.submit(next, items, end)
        yield item  # type: ignore[misc]
        del item


def with_series(raw: duckdb.DuckDBPyConnection, numbers: Numbers) -> pa.Table:
    """Numbers with the `sid` of their series; series not met before get the next ones."""
    raw.register("keys", numbers.keys)
    raw.execute("INSERT INTO met (key, unit) SELECT DISTINCT key, unit FROM keys ANTI JOIN met USING (key, unit)")
    raw.execute(
        "INSERT INTO canonical SELECT DISTINCT key, unit FROM keys ANTI JOIN canonical USING (key, unit) WHERE known"
    )
    found = raw.execute("SELECT series, sid FROM keys JOIN met USING (key, unit)").fetchnumpy()
    raw.unregister("keys")
    sids = np.empty(len(numbers.keys), np.int32)
    sids[found["series"]] = found["sid"]
    at = numbers.table.schema.get_field_index("series")
    return numbers.table.set_column(at, "sid", pa.array(sids).take(numbers.table["series"]))


def insert(raw: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Append to a small table, columns by their names."""
    raw.register("given", rows)
    raw.execute(f"INSERT INTO {table} BY NAME SELECT * FROM given")
    raw.unregister("given")


def insert_issued(raw: duckdb.DuckDBPyConnection, issued: pd.DataFrame) -> tuple[int, int] | None:
    """Fill `issued`; the first and the last day on which an article was printed, None where no day is known."""
    issued = issued[issued["pub"] != NO_DAY]
    named = issued[issued["paper"] >= 0]
    pub = named["pub"].to_numpy()
    rows = {
        "paper": named["paper"].to_numpy(),
        "pub": dated(pub),
        "week": dated(week(pub)),
        "articles": named["articles"],
    }
    insert(raw, "issued", pa.table(rows))
    return (int(issued["pub"].min()), int(issued["pub"].max())) if len(issued) else None


def catalog(con: Connection, days: tuple[int, int] | None) -> Catalog:
    """What the table holds, for the controls and for checking URLs."""
    first, last = con.execute("SELECT min(pub), max(pub) FROM ev").fetchall()[0]
    if days is not None:
        first, last = dated(np.array(days, np.int32)).to_pylist()
    campaigns = sorted(con.words.campaigns, key=lambda c: c.id == NO_CAMPAIGN)
    return Catalog(
        nodes=Nodes(con.words.tree),
        children=Children(con.words.tree),
        campaigns={c.id: c for c in campaigns},
        papers=con.words.papers,
        first=first,
        last=last,
        events=sum(s.size for s in con.files.events),
    )
