"""A partitioned dataset of articles: Parquet files with the columns of articles.parquet, read instead of raw pages.

A nation's papers are split into articles once and extracted again whenever the taxonomy changes. The two columns beside
the table's own are what a page tells its articles: `page_places` (adcodes) and `home` (adcode of the paper's home).
Without them (a published articles.parquet) the home is found by the paper's name, and `page_places` is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from etl.extract import articles_of
from etl.models import Article, Issue, column, schema_of, to_batch

ENDING = ".parquet"
ROWS = 1024  # of a row group: a task's worth of about half a second
BATCH = 256
INPUT = schema_of(Article).append(pa.field("page_places", pa.list_(pa.string()))).append(pa.field("home", pa.string()))


def write_articles(articles: Iterable[Article], target: Any) -> int:
    """Write articles into one Parquet file (a path or an open file), with what their pages tell; returns how many."""
    import pyarrow.parquet as pq  # each time: a worker that reads no Parquet file is ready 30 ms sooner

    number, kept = 0, list[Article]()
    with pq.ParquetWriter(target, INPUT, compression="zstd") as writer:
        for article in articles:
            kept.append(article)
            number += 1
            if len(kept) == ROWS:
                writer.write_batch(input_batch(kept))
                kept = []
        if kept:
            writer.write_batch(input_batch(kept))
    return number


def input_batch(articles: list[Article]) -> pa.RecordBatch:
    """Articles with `page_places` and `home`, as `extract_batches` reads them."""
    places = column([a.page_places for a in articles], pa.list_(pa.string()))
    homes = pa.array([a.home for a in articles], pa.string())
    return pa.RecordBatch.from_arrays([*to_batch(articles, Article).columns, places, homes], schema=INPUT)


def row_groups(source: Any) -> int:
    """How many row groups a file has; ArrowInvalid where it is no Parquet."""
    import pyarrow.parquet as pq

    return int(pq.ParquetFile(source).metadata.num_row_groups)


def read_articles(source: Any, path: str, group: int) -> Iterator[Article | Issue]:
    """The articles of one row group; an issue where the file is none of articles."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(source)
    wanted = [name for name in INPUT.names if name in file.schema_arrow.names]
    if missing := [f.name for f in schema_of(Article) if f.name not in wanted]:
        yield unreadable(path, f"该 Parquet 文件缺少列：{'、'.join(missing)}")
        return
    for batch in file.iter_batches(BATCH, [group], columns=wanted):
        yield from articles_of(batch.select(wanted))


def unreadable(path: str, why: str) -> Issue:
    """A Parquet file that is no dataset of articles."""
    return Issue("unreadable-file", why[:300], "error", path)
