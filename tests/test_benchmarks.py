"""The benchmark's own material: texts with truth, tables of the right shape, a page of results that hides nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pytest

from benchmarks import rows_extract
from benchmarks.results import GOALS, write
from benchmarks.rows_extract import junk_texts
from benchmarks.tables import connection, make_quarter
from benchmarks.texts import Composer
from etl.extract import extract
from etl.models import Article, Event, schema_of
from etl.rules import Rules

SPREAD = {"median": 5e-4, "min": 5e-4, "max": 5e-4}
STEPS = {
    "articles": 10,
    "characters": 1000.0,
    "right": {},
    "places and times rate": 1.0,
    "peers": {},
    "steps": {"all steps, to Arrow": {"cpu": SPREAD, "wall": SPREAD}},
}  # of the row of one core


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


def test_without_another_python_the_row_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_extract, "SYSTEM", Path("/nowhere/python3"))
    found = rows_extract.interpreters(10)
    assert "/nowhere/python3" in found["skipped"]
    page = write(
        {"machine": {"python": "3.11"}, "measured": "2026-01-01", "one-core": STEPS, "interpreters": found}, False
    )
    assert found["skipped"] in page


def test_another_python_that_fails_is_a_failure_not_a_figure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    (tmp_path / "python3").write_text(
        f'#!/bin/sh\n[ "$1" = -V ] && echo Python {own}.99 || {{ echo no numpy >&2; exit 1; }}\n'
    )
    (tmp_path / "python3").chmod(0o755)
    monkeypatch.setattr(rows_extract, "SYSTEM", tmp_path / "python3")
    assert rows_extract.interpreters(10, 1) == {"failed": "no numpy"}
