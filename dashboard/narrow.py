"""Reads the two Parquet files of a table, or their quarters, and gives narrow columns: numbers in place of words.

Words are read as Parquet keeps them, once each with numbers into them, so that a file of half a million events is read
in a quarter of a second. One file's columns are in memory at a time, and the numbers (metrics) of a few row groups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dashboard.filters import NO_CAMPAIGN, Campaign
from dashboard.tree import COLUMNS, Ints, Survey, Tree, coded

UNCLASSIFIED = "未归类"
PRECISIONS = ("day", "range", "month", "year", "vague")
NO_DAY = np.iinfo(np.int32).min  # stands for an unknown day
RUNNING, DUPLICATE, ROUGH, AGAIN = (
    1,
    2,
    4,
    8,
)  # flags of a number: running total, repeated report, not exact, said before
TOGETHER = 400_000  # numbers that are handed on at once, at least


@dataclass(frozen=True)
class Source:
    """One Parquet file of events or articles; `first` is the number of its first row in the whole table."""

    path: Path
    first: int
    size: int


@dataclass(frozen=True)
class Pair:
    """A file of events and the files of articles that its events come from."""

    events: Source
    articles: tuple[Source, ...]


@dataclass
class Words:
    """What the numbers in narrow columns stand for."""

    tree: Tree
    campaigns: tuple[Campaign, ...]  # by number: the most frequent first
    papers: tuple[str, ...]  # by number: the paper of most articles first


@dataclass
class Codes:
    """One file's places and campaigns as first met, and how those are numbered in the end."""

    places: list[Ints] = field(default_factory=list)  # one a file
    campaigns: list[Ints] = field(default_factory=list)
    at: Ints = field(default_factory=lambda: np.empty((0, 5), np.int32))  # place as first met → node on every level
    cid: Ints = field(default_factory=lambda: np.empty(0, np.int32))  # campaign as first met → number


def sources(path: Path) -> list[Source]:
    """The files of one kind in their order; FileNotFoundError where there is none."""
    found, first = list[Source](), 0
    for file in sorted(path.glob("*.parquet")) if path.is_dir() else [path]:
        size = pq.read_metadata(file).num_rows
        found.append(Source(file, first, size))
        first += size
    if not found:
        raise FileNotFoundError(f"{path}: holds no Parquet file")
    return found


def pairs(events: list[Source], articles: list[Source]) -> list[Pair]:
    """Which articles belong to which events: a quarter's to a quarter's, where both are cut up alike; else any to any."""
    if [e.path.name for e in events] == [a.path.name for a in articles]:
        return [Pair(e, (a,)) for e, a in zip(events, articles, strict=True)]
    return [Pair(e, tuple(articles)) for e in events]


def read(path: Path, columns: tuple[str, ...], words: tuple[str, ...] = ()) -> pa.Table:
    """Columns of one file, `words` among them as numbers into a dictionary."""
    with pq.ParquetFile(path, read_dictionary=list(words), pre_buffer=False) as file:
        return file.read(columns=[*columns, *words])


def each(files: list[Source], columns: tuple[str, ...], words: tuple[str, ...]) -> Iterator[pa.Table]:
    """Columns of one file after another, the next read while one is worked on."""
    with ThreadPoolExecutor(1) as pool:
        waiting = [pool.submit(read, one.path, columns, words) for one in files[:1]]
        for one in [*files[1:], None]:
            table = waiting.pop().result()
            if one is not None:
                waiting.append(pool.submit(read, one.path, columns, words))
            yield table
            del table


def survey(events: list[Source], papers: tuple[str, ...]) -> tuple[Words, Codes]:
    """The first look: which places and campaigns there are, and how they are numbered."""
    seen, campaigns = Survey(), {NO_CAMPAIGN: 0}
    codes, sizes, names, groups = Codes(), Counter[int](), dict[int, str](), dict[int, str]()
    columns = (*COLUMNS, "campaign_id", "campaign", "campaign_group")
    for table in each(events, ("duplicate_of",), columns):
        codes.places.append(seen.add([table[c] for c in COLUMNS]))
        ids = np.maximum(coded(table["campaign_id"], campaigns), 0)
        codes.campaigns.append(ids.astype(np.int16) if len(campaigns) < 1 << 15 else ids)
        single = ~valid(table["duplicate_of"])
        sizes.update(dict(enumerate(np.bincount(ids[single], minlength=len(campaigns)).tolist())))
        for number in np.unique(ids).tolist():
            for known, column in ((names, table["campaign"]), (groups, table["campaign_group"])):
                if number not in known and (word := first_word(column, ids == number)) is not None:
                    known[number] = word
    tree, codes.at = seen.finish()
    ids_met = list(campaigns)
    met = np.unique(np.concatenate([np.empty(0, np.int32), *codes.campaigns])).tolist()
    order = sorted(met, key=lambda n: (-sizes[n], ids_met[n]))
    codes.cid = np.full(len(campaigns), -1, np.int32)
    codes.cid[np.array(order, np.int64)] = np.arange(len(order))
    listed = [Campaign(ids_met[n], names.get(n, UNCLASSIFIED), groups.get(n), sizes[n]) for n in order]
    return Words(tree, tuple(listed), papers), codes


def first_word(column: pa.ChunkedArray, wanted: NDArray[np.bool_]) -> str | None:
    """The first word of a column in the rows that are wanted."""
    found = column.filter(pa.array(wanted & valid(column))).slice(0, 1).to_pylist()
    return found[0] if found else None


def valid(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Where a column has a value."""
    return np.asarray(column.is_valid().to_numpy())


def arrivals(articles: list[Source]) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Newspapers, that of most articles first, and how many articles each printed on which day (paper, pub, articles)."""
    numbers, found = dict[str, int](), []
    for table in each(articles, ("published_on",), ("newspaper",)):
        rows = pd.DataFrame({"paper": coded(table["newspaper"], numbers), "pub": days(table["published_on"])})
        found.append(rows.groupby(["paper", "pub"], as_index=False).size())
    every = pd.concat(found).rename(columns={"size": "articles"})
    rows = pd.DataFrame(every.groupby(["paper", "pub"], as_index=False).sum())
    sizes = rows.groupby("paper")["articles"].sum()
    order = sorted(numbers, key=lambda name: (-int(sizes.get(numbers[name], 0)), name))
    again = np.full(len(numbers) + 1, -1, np.int32)
    again[[numbers[name] for name in order]] = np.arange(len(order))
    rows["paper"] = again[rows["paper"].to_numpy()]
    return tuple(order), rows


def days(column: pa.ChunkedArray | pa.Array) -> Ints:
    """Days as numbers of days since 1970; NO_DAY where unknown."""
    return np.asarray(column.cast(pa.int32()).fill_null(NO_DAY).to_numpy())


def dated(numbers: Ints) -> pa.Array:
    """The same as an Arrow column of days."""
    return pa.array(numbers, mask=numbers == NO_DAY).cast(pa.date32())


def week(numbers: Ints) -> Ints:
    """The Monday of each day's week."""
    return np.where(numbers == NO_DAY, NO_DAY, numbers - (numbers + 3) % 7).astype(np.int32)


EVENT_WORDS = ("newspaper", "date_precision")
EVENT_COLUMNS = ("date", "date_end", "published_on", "duplicate_of")
FILTERED = ("place", "camp", "paper", "pub", "act", "day0", "day1")  # columns that events and numbers are filtered by


@dataclass(frozen=True)
class Rows:
    """One file's events as narrow columns; `by_article`: all events of each article have its day and its paper."""

    events: pa.Table
    by_article: bool


def rows_of(pair: Pair, number: int, words: Words, codes: Codes) -> Rows:
    """The narrow columns of the events of one file, the `number`th."""
    table = read(pair.events.path, (*EVENT_COLUMNS, "event_id", "article_id", "rank"), EVENT_WORDS)
    columns = filtered(table, number, words, codes)
    at = codes.at[codes.places[number]]
    pub, paper = days(columns["pub"]), columns["paper"].fill_null(-1).to_numpy()
    article = article_rows(table["article_id"], pair.articles)
    lead, alike = leads(article, pub, paper)
    columns |= {
        "erow": pa.array(np.arange(pair.events.first, pair.events.first + len(table), dtype=np.int32)),
        "event_id": table["event_id"], "article": table["article_id"], "arow": pa.array(article, mask=article < 0),
        **{name: pa.array(np.ascontiguousarray(at[:, i])) for i, name in enumerate("pcdsk")},
        "prec": precisions(table["date_precision"]), "pub_week": dated(week(pub)), "act_week": dated(week(days(columns["act"]))),
        "rank": table["rank"].cast(pa.int16()), "lead": pa.array(lead),
    }  # fmt: skip
    return Rows(pa.table(columns), alike)


def filtered(table: pa.Table, number: int, words: Words, codes: Codes) -> dict[str, pa.Array]:
    """What events, and with them their numbers, are filtered by; and `dup`."""
    day0, day1, printed = (days(table[c]) for c in ("date", "date_end", "published_on"))
    pub = np.where(printed == NO_DAY, day1, printed)
    precision = precisions(table["date_precision"]).fill_null(-1).to_numpy()
    early = np.where(day1 == NO_DAY, pub, np.where(pub == NO_DAY, day1, np.minimum(day1, pub)))
    act = np.where(precision == 0, day0, np.where(precision == 1, early, pub)).astype(np.int32)
    paper = paper_numbers(table["newspaper"], words.papers)
    return {
        "place": pa.array(codes.at[codes.places[number]].max(axis=1)),  # the finest: nodes are numbered from above
        "camp": pa.array(codes.cid[codes.campaigns[number]].astype(np.int16)),
        "paper": pa.array(paper.astype(np.int16), mask=paper < 0),
        "pub": dated(pub), "act": dated(act), "day0": dated(day0), "day1": dated(day1),
        "dup": pa.array(valid(table["duplicate_of"])),
    }  # fmt: skip


def precisions(column: pa.ChunkedArray) -> pa.Array:
    """Numbers of date precisions in PRECISIONS; ValueError for a word that is none of them."""
    numbers = {p: i for i, p in enumerate(PRECISIONS)}
    found = coded(column, numbers)
    if len(numbers) > len(PRECISIONS):
        raise ValueError(f"{list(numbers)[-1][:40]!r} is no precision of a date ({', '.join(PRECISIONS)})")
    return pa.array(found.astype(np.int8), mask=found < 0)


def paper_numbers(column: pa.ChunkedArray, papers: tuple[str, ...]) -> Ints:
    """Numbers of newspapers; -1 for those that no article names."""
    numbers = {name: i for i, name in enumerate(papers)}
    found = coded(column, numbers)
    return np.where(found < len(papers), found, -1).astype(np.int32)


def article_rows(ids: pa.ChunkedArray, articles: tuple[Source, ...]) -> Ints:
    """The row number of each event's article in the whole table; -1 where there is none."""
    found = np.full(len(ids), -1, np.int32)
    for one in articles:
        known = read(one.path, ("article_id",))["article_id"]
        at = pc.index_in(ids, known).fill_null(-1).to_numpy()
        found = np.where((at >= 0) & (found < 0), at + one.first, found).astype(np.int32)
    return found


def leads(article: Ints, pub: Ints, paper: Ints) -> tuple[NDArray[np.bool_], bool]:
    """The first event of each article; and whether an article's events agree in day and paper, so that counting first
    events counts articles under any filter by these two."""
    there = article >= 0
    if not there.any():
        return np.zeros(len(article), bool), True
    local = article[there] - article[there].min()
    first = np.empty(int(local.max()) + 1, np.int64)
    rows = np.flatnonzero(there)
    first[local[::-1]] = rows[::-1]
    lead = np.zeros(len(article), bool)
    chief = first[local]
    lead[chief] = True
    return lead, bool((pub[rows] == pub[chief]).all() and (paper[rows] == paper[chief]).all())


PARTS = ("what", "indicator", "value", "unit", "qualifier", "scope", "as_of")


@dataclass(frozen=True)
class Numbers:
    """Reported numbers of some events: a table with `series`, a number into `keys` (series, key, unit, known)."""

    table: pa.Table
    keys: pa.Table


def numbers_of(pair: Pair, number: int, words: Words, codes: Codes) -> Iterator[Numbers]:
    """The numbers of the events of one file, the `number`th, as narrow columns, some row groups at a time."""
    shared = filtered(read(pair.events.path, EVENT_COLUMNS, EVENT_WORDS), number, words, codes)
    pieces, first = list[Numbers](), 0
    for lists in metrics_of(pair.events.path):
        pieces.append(numbers_in(lists, first, pair.events.first, shared))
        first += len(lists)
        if first >= pair.events.size or sum(len(p.table) for p in pieces) >= TOGETHER:
            yield joined(pieces)
            pieces = []


def metrics_of(path: Path) -> Iterator[pa.ListArray]:
    """The column `metrics` of a file, one row group at a time, without what a number is not filtered by."""
    with pq.ParquetFile(path, pre_buffer=False) as plain:
        leaves = [plain.schema.column(i).path for i in range(len(plain.schema))]
        wanted = [p for p in leaves if p.startswith("metrics.") and p.rsplit(".", 1)[1] in PARTS]
        words = [p for p in wanted if not p.endswith((".value", ".as_of"))]
        with pq.ParquetFile(path, read_dictionary=words, pre_buffer=False) as file:
            for group in range(file.metadata.num_row_groups):
                try:
                    table = file.read_row_group(group, columns=wanted, use_threads=False)
                except pa.ArrowNotImplementedError:  # so many words that Parquet has some of them in full
                    table = plain.read_row_group(group, columns=wanted, use_threads=False)
                yield from table["metrics"].chunks


def numbers_in(lists: pa.ListArray, first: int, base: int, shared: dict[str, pa.Array]) -> Numbers:
    """The numbers of the events from row `first` of a file on, that is `base` rows into the table."""
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy()
    event = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    nth = np.arange(1, len(event) + 1) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    flat = lists.flatten()
    parts = dict(zip((f.name for f in flat.type), flat.flatten(), strict=True))
    series, keys = series_of(parts)
    flags = np.where(equals(parts["scope"], "cumulative"), np.uint8(RUNNING), np.uint8(0))
    flags |= np.where(equals(parts["qualifier"], "exact"), np.uint8(0), np.uint8(ROUGH))
    flags[said_before(event, series)] |= AGAIN
    dup = shared["dup"].slice(first, len(lists)).to_numpy(zero_copy_only=False)
    flags[dup[event]] |= DUPLICATE
    at = pa.array(event)
    columns = {
        "erow": pa.array(event + np.int32(base + first)), "nth": pa.array(nth.astype(np.int16)), "series": pa.array(series),
        "value": parts["value"], "flags": pa.array(flags), "as_of": parts["as_of"],
        **{name: shared[name].slice(first, len(lists)).take(at) for name in FILTERED},
    }  # fmt: skip
    return Numbers(pa.table(columns), keys)


def encoded(column: pa.Array) -> pa.DictionaryArray:
    """A text column with its words once each."""
    return column if pa.types.is_dictionary(column.type) else column.dictionary_encode()


def equals(column: pa.Array, word: str) -> NDArray[np.bool_]:
    """Where a text column holds a word."""
    column = encoded(column)
    table = np.array([w == word for w in column.dictionary.to_pylist()] + [False])
    return np.asarray(table[column.indices.cast(pa.int32()).fill_null(len(table) - 1).to_numpy()])


def series_of(parts: dict[str, pa.Array]) -> tuple[Ints, pa.Table]:
    """Numbers of what was counted (indicator, else the words) with its unit, and what those numbers stand for."""
    indicator, what, unit = (encoded(parts[name]) for name in ("indicator", "what", "unit"))
    kinds, units = len(indicator.dictionary), max(1, len(unit.dictionary))
    known = indicator.indices.cast(pa.int32()).fill_null(-1).to_numpy()
    said = what.indices.cast(pa.int32()).fill_null(0).to_numpy()
    key = np.where(known >= 0, known, kinds + said).astype(np.int64)
    series, pairs_met = pd.factorize(key * units + unit.indices.cast(pa.int32()).fill_null(0).to_numpy())
    key_of, unit_of = np.divmod(pairs_met, units)
    texts = pa.chunked_array([indicator.dictionary.cast(pa.string()), what.dictionary.cast(pa.string())])
    keys = pa.table(
        {
            "series": pa.array(np.arange(len(pairs_met), dtype=np.int32)), "key": texts.take(pa.array(key_of)),
            "unit": unit.dictionary.cast(pa.string()).take(pa.array(unit_of)), "known": pa.array(key_of < kinds),
        }
    )  # fmt: skip
    return series.astype(np.int32), keys


def said_before(event: Ints, series: Ints) -> NDArray[np.bool_]:
    """Whether an earlier number of the same event is of the same series. Events stand in their order."""
    few = series.max(initial=0) < 1 << 15
    order = np.argsort(series.astype(np.int16) if few else series, kind="stable")  # by radix where they are few
    one, two = event[order], series[order]
    again = np.zeros(len(event), bool)
    again[order[1:]] = (one[1:] == one[:-1]) & (two[1:] == two[:-1])
    return again


def joined(pieces: list[Numbers]) -> Numbers:
    """Numbers of several row groups, their series numbered through."""
    tables, keys, first = [], [], 0
    for one in pieces:
        shift = pa.scalar(first, pa.int32())
        series = pc.add(one.table["series"], shift)
        tables.append(one.table.set_column(one.table.schema.get_field_index("series"), "series", series))
        keys.append(one.keys.set_column(0, "series", pc.add(one.keys["series"], shift)))
        first += len(one.keys)
    return Numbers(pa.concat_tables(tables), pa.concat_tables(keys))
