"""The scorer counts by hand-computed cases; the corpora hold their floors; a diff names what changed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from etl.accuracy import FLOORS, Corpus, check_floor, corpora, measure_corpus
from etl.diff import diff
from etl.models import Event, Metric, to_table
from etl.score import Floor, close, common_word, load_floors, score, unit
from etl.store import write_parquet
from tests.conftest import ROOT
from tests.make import an_event

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
TEXT = "3月16日，平城区永泰街道组织安全生产专项整治，一天查了商铺86家，其中小餐馆53家，发出手册三百余份。"


def gold(**fields: Any) -> dict[str, Any]:
    event = {"campaign": "work-safety", "district": "平城区", "street": "永泰街道", "required": True}
    metric = {"value": 86, "unit": "家", "what": "商铺 检查", "qualifier": "exact", "required": True}
    base = {"id": "g", "text": TEXT, "events": [{**event, "date": ["2026-03-16", "2026-03-16"]}], "metrics": [metric]}
    return {**base, **fields}


def number(value: float, text: str, **fields: Any) -> dict[str, Any]:
    base = {"what": "检查商铺", "unit": "家", "qualifier": "exact", "scope": "event", "value": value, "text": text}
    return {**base, **fields}


def shares(wanted: dict[str, Any], *events: dict[str, Any], text: str = TEXT) -> dict[str, float]:
    article = {"article_id": "a", "headline": None, "text": text}
    return score([wanted], [article], events).shares()


def returned(**fields: Any) -> dict[str, Any]:
    day = dt.date(2026, 3, 16)
    base = {"article_id": "a", "campaign_id": "work-safety", "district": "平城区", "street": "永泰街道"}
    return {**base, "date": day, "date_end": day, "metrics": [number(86, "86家")], **fields}


def test_all_right() -> None:
    got = shares(gold(), returned())
    assert {got[n] for n in ("events F1", "place F1", "metrics F1", "dates", "what", "qualifier")} == {1.0}


def test_a_wrong_street_costs_event_and_place_but_not_campaign() -> None:
    got = shares(gold(), returned(street="开源街道"))
    assert (got["events F1"], got["place F1"], got["campaign F1"]) == (0.0, 0.0, 1.0)
    assert "dates" not in got


def test_optional_events_and_metrics_neither_gain_nor_cost() -> None:
    optional = {"campaign": "gas-safety", "district": "平城区", "street": "永泰街道", "required": False}
    small = {"value": 53, "unit": "家", "what": "外卖店", "required": False}
    wanted = gold(events=[*gold()["events"], optional], metrics=[*gold()["metrics"], small])
    more = returned(campaign_id="gas-safety", metrics=[number(53, "53家")])
    for events in ([returned()], [returned(), more]):
        got = shares(wanted, *events)
        assert (got["events recall"], got["events precision"], got["metrics F1"]) == (1.0, 1.0, 1.0)
    assert shares(gold(), returned(), more)["events precision"] == 0.5


def test_what_qualifier_and_date_are_counted_apart() -> None:
    day = dt.date(2026, 3, 20)
    got = shares(gold(), returned(date=day, date_end=day, metrics=[number(86, "86家", what="户数", qualifier="over")]))
    assert (got["metrics F1"], got["what"], got["qualifier"], got["dates"]) == (1.0, 0.0, 0.0, 0.0)


def test_an_article_not_found_loses_all() -> None:
    got = shares(gold(), returned(), text="另一篇毫不相干的文章讲的是别的事情。" * 5)
    assert (got["articles found"], got["events recall"], got["metrics recall"]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("good", "bad"),
    [(close(20000.0, 2e4), close(20000, 20001)), (unit("㎡") == unit("平方米"), unit("户") == unit("家"))],
)
def test_equal_values_and_units(good: bool, bad: bool) -> None:
    assert good and not bad


def test_common_word() -> None:
    assert common_word("商铺 检查", "共检查商铺") and not common_word("商铺", "外卖店") and common_word("村", "9个村")


def names() -> list[str]:
    return ["pages", "articles", "more", "sample"]


@pytest.mark.parametrize("name", names())
def test_floors_hold(name: str, request: pytest.FixtureRequest) -> None:
    where = ROOT / "absent" if name == "sample" else request.getfixturevalue("shared")
    corpus = next(c for c in corpora(where) if c.name == name)
    floor = load_floors(FLOORS).get(name)
    assert floor is not None and len(floor.figures) >= 10
    assert check_floor(corpus, measure_corpus(corpus, NOW).shares(), floor) == []


def test_a_fall_below_the_floor_is_told(tmp_path: Path) -> None:
    labels = tmp_path / "gold.json"
    labels.write_text("[]", encoding="utf-8")
    corpus = Corpus("x", "x", tmp_path, (labels,))
    from etl.score import corpus_digest

    floor = Floor(corpus_digest([labels]), {"events F1": 0.95})
    assert check_floor(corpus, {"events F1": 0.95}, floor) == []
    assert check_floor(corpus, {"events F1": 0.94}, floor) == ["x events F1: 0.9400 < 0.9500"]
    assert "labels changed" in check_floor(corpus, {"events F1": 1.0}, Floor("other", {}))[0]


def test_diff_names_gains_losses_and_changes(tmp_path: Path) -> None:
    one = Metric("检查商铺", None, 86, "家", "exact", "event", None, 0, 3, "86家")
    two = Metric("检查商铺", None, 86, "家", "over", "event", None, 0, 3, "86家")
    old = [an_event(event_id="kept", metrics=(one,)), an_event(event_id="lost")]
    new = [an_event(event_id="kept", metrics=(two,)), an_event(event_id="gained")]
    for name, rows in (("old", old), ("new", new)):
        (tmp_path / name).mkdir()
        write_parquet(to_table(rows, Event), tmp_path / name / "events.parquet")
    found = {d.kind: d.what for d in diff(tmp_path / "old", tmp_path / "new")}
    assert set(found) == {"gained", "lost", "changed"}
    assert "qualifier exact → over" in found["changed"]
