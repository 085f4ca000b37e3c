"""The benchmark's own material: texts with truth, tables of the right shape, a page of results that hides nothing."""

from __future__ import annotations

import pyarrow as pa
import pytest

from benchmarks.results import GOALS, write
from benchmarks.rows_extract import junk_texts
from benchmarks.tables import connection, make_quarter
from benchmarks.texts import Composer
from etl.extract import extract
from etl.models import Article, Event, schema_of
from etl.rules import Rules


def test_equal_seeds_compose_equal_texts(rules: Rules) -> None:
    one, two = (list(Composer(rules).articles(5)) for _ in range(2))
    assert one == two and one != list(Composer(rules, seed=8).articles(5))
    assert all(800 < len(t.article.text) < 1200 for t in one)


def test_what_was_composed_is_found(rules: Rules) -> None:
    truths = list(Composer(rules).articles(60))
    events = [extract(t.article, rules)[0] for t in truths]
    pairs = list(zip(events, truths, strict=True))
    assert sum(e[0].campaign_id == t.campaign_id for e, t in pairs) >= 57
    assert sum(e[0].street_code == t.street_code for e, t in pairs) >= 54
    assert sum(e[0].date == t.day for e, t in pairs) >= 57
    found, wanted = (sum(len(x.metrics) for e in events for x in e), sum(len(t.numbers) for t in truths))
    assert abs(found - wanted) <= 0.05 * wanted


@pytest.mark.parametrize("name", [name for name, _ in junk_texts()])
def test_junk_is_read_without_harm(name: str, rules: Rules) -> None:
    from etl.harvest import extract_pages
    from etl.models import Page

    text = dict(junk_texts())[name]
    done = extract_pages("x", [Page("x", text, is_article=True)], rules)
    assert not [i for i in done.issues if i.kind == "internal-error"]


def test_tables_have_the_contracts_columns() -> None:
    articles, events = make_quarter(connection(), 3, 500)
    rows = pa.Table.from_batches(events)
    assert rows.schema.equals(schema_of(Event)) and len(rows) == 500
    assert min(rows["published_on"].to_pylist()).isoformat() >= "2019-10-01"
    assert pa.Table.from_batches(articles()).schema.equals(schema_of(Article))


def test_a_row_that_failed_or_was_skipped_says_so() -> None:
    page = write(
        {"machine": {"processor": "x"}, "measured": "2026-01-01", "junk": {"failed": "Error\nno memory"}}, False
    )
    assert page.count("(not measured)") >= len(GOALS) - 1 and "(no memory)" in page
