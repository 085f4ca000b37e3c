"""Schemas follow the dataclasses; a finding without its span cannot be built; the dictionary is up to date."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from etl.dictionary import dictionary
from etl.models import Article, Event, Evidence, EvidenceError, Metric, schema_of, to_table
from tests.conftest import ROOT
from tests.make import an_event

CONTRACT = ["event_id", "article_id", "province", "city", "district", "street", "community", "adcode", "street_code"]
CONTRACT += ["place_basis", "campaign", "campaign_id", "campaign_group", "date", "date_end", "date_precision"]
CONTRACT += ["date_basis", "metrics", "evidence", "headline", "newspaper", "published_on", "duplicate_of"]
METRIC = ["what", "indicator", "value", "unit", "qualifier", "scope", "as_of", "start", "end", "text"]


def test_columns_of_the_contract() -> None:
    assert schema_of(Event).names[: len(CONTRACT)] == CONTRACT
    metric = schema_of(Event).field("metrics").type.value_type
    assert [f.name for f in metric] == METRIC
    assert "page_places" not in schema_of(Article).names


@pytest.mark.parametrize(("start", "end", "text"), [(0, 0, ""), (5, 3, "x"), (-1, 2, "abc"), (0, 4, "abc")])
def test_no_finding_without_its_span(start: int, end: int, text: str) -> None:
    with pytest.raises(EvidenceError):
        Evidence("place", start, end, text, "rule")
    with pytest.raises(EvidenceError):
        Metric("商铺", None, 86, "家", "exact", "event", None, start, end, text)


def test_table_gives_the_rows_back() -> None:
    event = an_event(metrics=(Metric("检查商铺", "sites-checked", 86, "家", "exact", "event", None, 4, 7, "86家"),))
    table = to_table([event, an_event(metrics=())], Event)
    assert table.schema.equals(schema_of(Event))
    rows = table.to_pylist()
    assert rows[0]["metrics"][0]["value"] == 86.0
    assert rows[1]["metrics"] == []
    assert rows[0]["date"] == dt.date(2026, 3, 16)
    assert rows[0]["evidence"][0]["field"] == "place"


def test_empty_table_has_the_schema() -> None:
    assert to_table([], Event).schema.equals(schema_of(Event))
    assert isinstance(to_table([], Event), pa.Table)


def test_dictionary_is_up_to_date() -> None:
    assert (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == dictionary()
