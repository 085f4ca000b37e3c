"""A table that is a folder of one file a quarter answers as the same table in one file."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from benchmarks.tables import connection, make_quarter, write_batches
from dashboard import queries
from dashboard.filters import Filters
from dashboard.tables import Store, open_store
from etl.models import Article, Event, schema_of

ROWS = 400


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    """The same rows as one file and as three."""
    folder, con = tmp_path_factory.mktemp("tables"), connection()
    for kind in ("events", "articles"):
        (folder / kind).mkdir()
    for number in range(3):
        articles, events = make_quarter(con, number, ROWS)
        write_batches(events, folder / "events" / f"{number}.parquet", schema_of(Event))
        write_batches(articles(), folder / "articles" / f"{number}.parquet", schema_of(Article))
    for kind in ("events", "articles"):
        pq.write_table(pq.read_table(folder / kind), folder / f"{kind}.parquet")
    return open_store(folder / "events.parquet", folder / "articles.parquet"), open_store(
        folder / "events", folder / "articles"
    )


def test_answers_are_the_same(stores: tuple[Store, Store]) -> None:
    whole, parts = stores
    last = whole.catalog.last
    assert last is not None and whole.catalog == parts.catalog
    asked = [Filters(), Filters(place="44"), Filters(period="4w"), Filters(campaigns=("fire-safety",))]
    for filters in asked:
        for query in (queries.totals, queries.weekly, queries.by_campaign, queries.indicators):
            one, two = (query(s.con.cursor(), filters, last) for s in stores)
            assert one == two if isinstance(one, dict) else one.equals(two), query.__name__
        one, two = (queries.crosstab(s.con.cursor(), filters, last, 2) for s in stores)
        pd.testing.assert_frame_equal(one, two)
        one, two = (queries.table_rows(s.con.cursor(), filters, last) for s in stores)
        assert one.equals(two)


def test_rows_of_every_file_are_found(stores: tuple[Store, Store]) -> None:
    rows = [0, ROWS - 1, ROWS, 2 * ROWS + 5, 3 * ROWS - 1]
    one, two = (queries.details(s.con.cursor(), rows) for s in stores)
    assert list(two["file_row_number"]) == rows and two["text"].notna().all()
    assert list(one["event_id"]) == list(two["event_id"]) and list(one["text"]) == list(two["text"])
    assert queries.headlines(stores[0].con.cursor(), rows) == queries.headlines(stores[1].con.cursor(), rows)
    assert [queries.event_row(stores[1].con.cursor(), i) for i in two["event_id"]] == rows


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    with pytest.raises((OSError, duckdb.Error)):
        open_store(tmp_path / "events", tmp_path / "events")
