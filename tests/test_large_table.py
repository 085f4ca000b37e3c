"""A table that is a folder of one file a quarter answers as the same table in one file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.tables import connection, make_quarter, write_batches
from dashboard import queries, tables
from dashboard.filters import Filters, write
from dashboard.tables import Store, open_store
from etl.models import Article, Event, schema_of

ROWS = 400


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
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
    return folder


@pytest.fixture(scope="module")
def stores(files: Path) -> tuple[Store, Store]:
    """Both opened."""
    return (
        open_store(files / "events.parquet", files / "articles.parquet"),
        open_store(files / "events", files / "articles"),
    )


def questions(store: Store, filters: Filters) -> Iterator[tuple[str, Any]]:
    """Every question's name and answer."""
    con, last, place = store.con, store.catalog.last, filters.place
    assert last is not None
    for query in (
        queries.totals, queries.weekly, queries.by_campaign, queries.indicators, queries.campaign_indicators, queries.newly_silent,
        queries.new_campaigns, queries.events,
    ):  # fmt: skip
        yield query.__name__, query(con.cursor(), filters, last)
    for level in range(5):
        for query in (queries.by_place, queries.crosstab, queries.spread, queries.place_weeks):
            yield f"{query.__name__} {level}", query(con.cursor(), filters, last, level)
        yield (
            f"indicator_places {level}",
            queries.indicator_places(con.cursor(), filters, last, "indicator-3", "户", level),
        )
    for query in (
        queries.indicator_weeks, queries.indicator_campaigns, queries.indicator_rows, queries.running_totals,
    ):  # fmt: skip
        yield query.__name__, query(con.cursor(), filters, last, "indicator-3", "户")
    yield "covered_weeks", queries.covered_weeks(con.cursor(), filters)
    yield "nearest_range", queries.nearest_range(con.cursor(), filters)
    yield "table_rows", queries.table_rows(con.cursor(), filters, last)
    yield "found", queries.events(con.cursor(), filters, last, words=("第7",))
    if place is not None:
        yield "street_weeks", queries.street_weeks(con.cursor(), filters, last, place)
        yield "street_campaigns", queries.street_campaigns(con.cursor(), filters, last, place)
    for query in (queries.quality, queries.unplaced, queries.arrivals):
        yield query.__name__, query(con.cursor())


ASKED = (
    Filters(), Filters(place="44"), Filters(period="4w"), Filters(period="12w", by="event"), Filters(campaigns=("fire-safety",)),
    Filters(place="44", groups=("安全应急",), by="event"),
)  # fmt: skip


def agree(one: Any, two: Any) -> bool:
    """Whether two answers are the same."""
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, two)
        return True
    return bool(one.equals(two) if isinstance(one, pa.Table) else one == two)


@pytest.mark.parametrize("filters", ASKED, ids=lambda f: "-".join(f"{k}={v}" for k, v in write(f).items()) or "all")
def test_answers_are_the_same(stores: tuple[Store, Store], filters: Filters) -> None:
    whole, parts = stores
    assert whole.catalog == parts.catalog
    for (name, one), (_, two) in zip(questions(whole, filters), questions(parts, filters), strict=True):
        assert agree(one, two), name


def test_answers_from_disk_are_those_from_memory(
    stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    monkeypatch.setattr(tables, "IN_MEMORY", 0)
    disk = open_store(files / "events", files / "articles")
    for (name, one), (_, two) in zip(questions(stores[0], Filters()), questions(disk, Filters()), strict=True):
        assert agree(one, two), name


def test_nothing_is_spilled_into_the_working_folder(
    stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch, files: Path
) -> None:
    monkeypatch.setattr(tables, "IN_MEMORY", 0)
    disk = open_store(files / "events.parquet", files / "articles.parquet")
    places = [s.con.execute("SELECT current_setting('temp_directory')").fetchall()[0][0] for s in (stores[0], disk)]
    assert places[0] == "" and Path(places[1]).is_relative_to(tempfile.gettempdir()) and Path(places[1]).is_dir()


def test_an_answer_is_what_the_file_says(stores: tuple[Store, Store], files: Path) -> None:
    """Counted anew by pandas from the Parquet file, without the narrow tables."""
    rows = pd.read_parquet(files / "events.parquet")
    first = rows[rows["duplicate_of"].isna()]
    con, last = stores[0].con, stores[0].catalog.last
    found = queries.totals(con, Filters(), last)
    assert found["events"] == len(first) and found["articles"] == rows["article_id"].nunique()
    assert found["streets"] == rows.groupby(["province", "city", "district", "street"]).ngroups
    camps = queries.by_campaign(con, Filters(), last).set_index("id")
    assert camps["n"].to_dict() == first["campaign_id"].value_counts().to_dict()
    named = rows[rows["street"].notna()].drop_duplicates(["campaign_id", "province", "city", "district", "street"])
    assert (
        camps["streets"].to_dict() == named["campaign_id"].value_counts().reindex(camps.index, fill_value=0).to_dict()
    )
    numbers = pd.DataFrame([m for ms in first["metrics"] for m in ms])
    single = numbers[(numbers["scope"] == "event") & (numbers["indicator"] == "indicator-3")]
    sums = queries.indicators(con, Filters(), last).set_index(["key", "unit"])
    assert sums.loc["indicator-3", "total"].to_dict() == single.groupby("unit")["value"].sum().to_dict()


def test_words_too_many_for_a_dictionary_are_read(files: Path, tmp_path: Path, stores: tuple[Store, Store]) -> None:
    table = pq.read_table(files / "events.parquet")
    pq.write_table(table, tmp_path / "events.parquet", dictionary_pagesize_limit=64, row_group_size=len(table))
    other = open_store(tmp_path / "events.parquet", files / "articles.parquet")
    for (name, one), (_, two) in zip(questions(stores[0], Filters()), questions(other, Filters()), strict=True):
        assert agree(one, two), name


def test_an_unknown_precision_is_an_error(files: Path, tmp_path: Path) -> None:
    table = pq.read_table(files / "events.parquet")
    at = table.schema.get_field_index("date_precision")
    words = pa.array(["century"] * len(table))
    pq.write_table(table.set_column(at, table.schema.field(at), words), tmp_path / "events.parquet")
    with pytest.raises(OSError, match="century"):
        open_store(tmp_path / "events.parquet", files / "articles.parquet")


def test_rows_of_every_file_are_found(stores: tuple[Store, Store]) -> None:
    rows = [0, ROWS - 1, ROWS, 2 * ROWS + 5, 3 * ROWS - 1]
    one, two = (queries.details(s.con.cursor(), rows) for s in stores)
    assert list(two["file_row_number"]) == rows and two["text"].notna().all()
    assert list(one["event_id"]) == list(two["event_id"]) and list(one["text"]) == list(two["text"])
    assert queries.headlines(stores[0].con.cursor(), rows) == queries.headlines(stores[1].con.cursor(), rows)
    assert [queries.event_row(stores[1].con.cursor(), i) for i in two["event_id"]] == rows


def test_a_card_says_what_the_whole_row_says(stores: tuple[Store, Store]) -> None:
    rows = [3 * ROWS - 1, 0, ROWS, 7]
    for store in stores:
        con = store.con.cursor()
        card, whole = queries.quotations(con, rows), queries.details(con, rows)
        assert list(card["file_row_number"]) == rows
        for name in ("event_id", "campaign_id", "headline", "text", "newspaper", "street", "published_on"):
            assert card[name].tolist() == whole[name].tolist(), name
        for name, parts in (("metrics", ("what", "start", "end")), ("evidence", ("field", "start", "end"))):
            for few, every in zip(card[name], whole[name], strict=True):
                assert [{p: x[p] for p in parts} for x in few] == [{p: x[p] for p in parts} for x in every]


def test_few_footers_are_kept(stores: tuple[Store, Store], files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.tables.FOOTERS", 2)
    con, paths = stores[1].con.cursor(), [s.path for s in stores[1].con.files.events]
    con.footers.clear()
    for path in [*paths, *paths]:
        assert con.footer(path).num_rows == pq.read_metadata(path).num_rows
    assert len(con.footers) == 2 and paths[-1] in con.footers


def test_files_without_the_columns_are_an_error(files: Path, tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1]}), tmp_path / "events.parquet")
    for path in (tmp_path / "events.parquet", tmp_path / "missing.parquet"):
        with pytest.raises(OSError):
            open_store(path, files / "articles.parquet")


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    with pytest.raises((OSError, duckdb.Error)):
        open_store(tmp_path / "events", tmp_path / "events")
