"""A run that yields suspiciously little stops with a report and leaves the published table; --accept publishes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from etl.__main__ import main
from etl.bounds import Bounds, check_bounds, load_bounds
from etl.rules.errors import RulesError
from etl.store import FILES, history
from tests.conftest import ROOT

REFERENCE = ROOT / "data" / "reference"


@pytest.fixture(scope="module")
def bounds() -> Bounds:
    return load_bounds(REFERENCE)


def a_report(files: int = 100, bad: int = 0, **figures: dict[str, float]) -> dict[str, Any]:
    """A run report of an ordinary week; each argument replaces figures of a group."""
    base: dict[str, dict[str, float]] = {
        "total": {"articles": 1000, "events": 1100, "metrics": 4000, "newspapers": 10},
        "filled": {"district": 0.9, "street": 0.6, "campaign_id": 0.9, "date": 0.9, "newspaper": 1.0},
        "week": {"newspapers": 10, "articles": 90, "events": 100},
        "week_filled": {"district": 0.9, "campaign_id": 0.9, "date": 0.9},
    }
    quarantine = [{"source_path": f"{n}.pdf"} for n in range(bad)]
    return {
        "counts": {"files": files},
        "quarantine": quarantine,
        "figures": {group: values | figures.get(group, {}) for group, values in base.items()},
    }


CASES = [
    ("as usual", {}, None, None),
    ("grown", {"total": {"articles": 1090, "events": 1200, "metrics": 4300}}, None, None),
    ("a few rows fewer", {"total": {"events": 1070}}, "low-yield", "total.events"),
    ("a fifth of the table gone", {"total": {"events": 880}}, "out-of-bounds", "total.events"),
    ("papers gone", {"total": {"newspapers": 7}}, "out-of-bounds", "total.newspapers"),
    ("one paper gone", {"total": {"newspapers": 9}}, "low-yield", "total.newspapers"),
    ("districts lost", {"filled": {"district": 0.5}}, "out-of-bounds", "filled.district"),
    ("half of the week's papers", {"week": {"newspapers": 4}}, "out-of-bounds", "week.newspapers"),
    ("a thin week", {"week": {"articles": 40}}, "low-yield", "week.articles"),
    ("an empty week", {"week": {"articles": 0, "newspapers": 10}}, "out-of-bounds", "week.articles"),
    ("a week without campaigns", {"week_filled": {"campaign_id": 0.3}}, "out-of-bounds", "week_filled.campaign_id"),
    ("no events in the week at all", {"week_filled": {"district": 0.0}}, "out-of-bounds", "week_filled.district"),
]


@pytest.mark.parametrize(("name", "figures", "kind", "where"), CASES, ids=[c[0] for c in CASES])
def test_figures(bounds: Bounds, name: str, figures: dict[str, Any], kind: str | None, where: str | None) -> None:
    found = check_bounds(bounds, a_report(**figures), [a_report()] * 5)
    assert [(i.kind, i.where) for i in found] == ([(kind, where)] if kind else [])
    assert all((i.severity == "error") == (i.kind == "out-of-bounds") for i in found)


def test_one_odd_week_in_the_past_changes_nothing(bounds: Bounds) -> None:
    festival = a_report(week={"newspapers": 2, "articles": 5, "events": 5})
    assert check_bounds(bounds, a_report(), [a_report(), a_report(), festival]) == []


def test_small_or_no_past_is_compared_with_nothing(bounds: Bounds) -> None:
    small = a_report(total={"events": 10})
    assert check_bounds(bounds, a_report(total={"events": 2, "articles": 1}), [small]) == []
    assert check_bounds(bounds, a_report(), []) == []
    assert check_bounds(bounds, a_report(), [{"counts": {}}]) == []  # a report of an older program


@pytest.mark.parametrize(
    ("files", "bad", "kinds"), [(100, 5, []), (100, 6, ["low-yield"]), (100, 21, ["out-of-bounds"]), (4, 3, [])]
)
def test_files_that_cannot_be_read(bounds: Bounds, files: int, bad: int, kinds: list[str]) -> None:
    assert [i.kind for i in check_bounds(bounds, a_report(files, bad), [])] == kinds


WRONG = [
    ("", "must have exactly"),
    ("small: [", "cannot be read"),
    ("small: 0", "small must be a whole number"),
    ("total: {events: {warn: 0.5, stop: 0.9}}", "stop must be worse"),
    ("total: {events: {warn: 2, stop: 0.9}}", "between 0 and 1"),
    ("total: {events: 3}", r"must be \{warn"),
    ("unreadable: {warn: 0.5, stop: 0.1}", "stop must be worse"),
    ("week: 3", "must be a mapping"),
]


@pytest.mark.parametrize(("line", "message"), WRONG, ids=[w[0] or "empty" for w in WRONG])
def test_a_wrong_file_is_named(tmp_path: Path, line: str, message: str) -> None:
    rows = (REFERENCE / "bounds.yml").read_text(encoding="utf-8").splitlines()
    key = line.split(":")[0]
    kept, inside = [], False
    for row in rows:
        if row and not row.startswith((" ", "#")):
            inside = row.split(":")[0] == key
        if not inside:
            kept.append(row)
    (tmp_path / "bounds.yml").write_text("\n".join([*kept, line]) + "\n" if line else "", encoding="utf-8")
    with pytest.raises(RulesError, match=message):
        load_bounds(tmp_path)


# --- the whole way ---------------------------------------------------------------------------------------------------


def run(raw: Path, out: Path, *more: str) -> int:
    return main(["run", "--raw", str(raw), "--out", str(out), "--quiet", "--workers", "1", *more])


def weeks(raw: Path, first: int, last: int) -> None:
    """One file a week of two papers with 30 articles each."""
    raw.mkdir(exist_ok=True)
    for week in range(first, last):
        rows = [
            {
                "title": f"平城区永泰街道开展消防安全整治第{n}次",
                "text": f"2月{week * 7 + 1}日，平城区永泰街道开展消防安全专项整治，检查商铺{n + 10}家。",
                "published_on": f"2026-02-{week * 7 + 1:02d}",
                "newspaper": paper,
            }
            for paper in ("示例日报", "示例晚报")
            for n in range(30)
        ]
        text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
        (raw / f"{week}.jsonl").write_text(text, encoding="utf-8")


def test_a_broken_week_leaves_the_published_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    weeks(raw, 0, 2)
    assert run(raw, out) == 0
    weeks(raw, 0, 3)
    assert run(raw, out) == 0
    before = {name: (out / name).read_bytes() for name in FILES}
    assert len(history(out, 8)) == 2

    shutil.move(raw / "1.jsonl", tmp_path / "away.jsonl")  # a third of the table is gone
    capsys.readouterr()
    assert run(raw, out) == 3
    assert "total.events" in capsys.readouterr().err
    assert {name: (out / name).read_bytes() for name in FILES} == before
    page = (out / "run.html").read_text(encoding="utf-8")
    assert "产出异常偏少" in page and "--accept" in page and "全部 · 事件" in page
    last = json.loads((out / "logs" / "last.json").read_text(encoding="utf-8"))
    assert last["exit_code"] == 3 and last["report"]["issues"]["out-of-bounds"] >= 1
    assert run(raw, out) == 3, "it does not become usual by being repeated"

    assert run(raw, out, "--accept") == 0
    assert (out / "run.json").read_bytes() != before["run.json"]
    assert run(raw, out) == 2
    shutil.move(tmp_path / "away.jsonl", raw / "1.jsonl")
    assert run(raw, out) == 0
