"""The whole way: files in, tables out; what can go wrong costs only itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from etl.__main__ import main
from etl.models import Event, schema_of
from etl.store import FILES
from tests.conftest import ROOT

ONE = """# 示例日报

2026年3月18日 星期三

永泰街道打响安全生产专项整治战

本报讯（记者 示例）3月16日，平城区永泰街道组织安全生产专项整治，网格员走进沿街商铺查隐患，一天共检查商铺86家。
"""
ARTICLE = {
    "title": "消防宣传进社区",
    "text": "3月17日，平城区开源街道开展消防宣传，发放资料300余份。",
    "published_on": "2026-03-19",
}


def put(raw: Path, **files: str) -> Path:
    raw.mkdir(exist_ok=True)
    for name, text in files.items():
        (raw / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return raw


def run(raw: Path, out: Path, *more: str) -> int:
    return main(["run", "--raw", str(raw), "--out", str(out), "--quiet", *more])


def test_pages_and_json_lines_become_a_table(tmp_path: Path) -> None:
    raw = put(tmp_path / "raw", a_txt=ONE, b_jsonl=json.dumps(ARTICLE, ensure_ascii=False) + "\n")
    assert run(raw, tmp_path / "out") == 0
    frame = pd.read_parquet(tmp_path / "out" / "events.parquet")
    assert list(frame.columns) == schema_of(Event).names
    assert {"永泰街道", "开源街道"} <= set(frame["street"])
    articles = {r["article_id"]: r for r in pq.read_table(tmp_path / "out" / "articles.parquet").to_pylist()}
    for event in pq.read_table(tmp_path / "out" / "events.parquet").to_pylist():
        text = articles[event["article_id"]]["text"]
        for span in event["evidence"] + event["metrics"]:
            assert text[span["start"] : span["end"]] == span["text"]
    report = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert report["counts"]["files"] == 2 and report["counts"]["articles"] == 2


def test_one_file_can_be_named(tmp_path: Path) -> None:
    raw = put(tmp_path / "raw", a_txt=ONE, b_jsonl=json.dumps(ARTICLE, ensure_ascii=False))
    assert run(raw / "b.jsonl", tmp_path / "out") == 0
    (row,) = pq.read_table(tmp_path / "out" / "articles.parquet").to_pylist()
    assert (row["source_path"], row["headline"]) == ("b.jsonl", ARTICLE["title"])
    assert run(raw / "none.jsonl", tmp_path / "out") == 4


def test_the_same_input_is_nothing_new_and_more_input_is_added(tmp_path: Path) -> None:
    raw, out = put(tmp_path / "raw", a_txt=ONE), tmp_path / "out"
    assert run(raw, out) == 0
    first = pq.read_table(out / "events.parquet").to_pylist()
    assert run(raw, out) == 2
    put(raw, b_jsonl=json.dumps(ARTICLE, ensure_ascii=False))
    assert run(raw, out) == 0
    second = pq.read_table(out / "events.parquet").to_pylist()
    assert all(row in second for row in first) and len(second) == len(first) + 1
    (raw / "b.jsonl").unlink()
    assert run(raw, out) == 0
    assert pq.read_table(out / "events.parquet").to_pylist() == first


def test_workers_and_order_change_nothing(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    shutil.copytree(ROOT / "data" / "raw" / "sample", raw)
    assert run(raw, tmp_path / "one", "--workers", "1") == 0
    assert run(raw, tmp_path / "two", "--workers", "2") == 0
    for name in ("events.parquet", "articles.parquet"):
        assert pq.read_table(tmp_path / "one" / name).equals(pq.read_table(tmp_path / "two" / name))


def test_nothing_to_read_leaves_the_earlier_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, out = put(tmp_path / "raw", a_txt=ONE), tmp_path / "out"
    assert run(raw, out) == 0
    before = {name: (out / name).read_bytes() for name in FILES}
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty", out) == 4
    assert "no file to read" in capsys.readouterr().err
    assert run(tmp_path / "missing", out) == 4
    junk = tmp_path / "junk"
    junk.mkdir()
    (junk / "bad.txt").write_bytes(bytes(range(256)) * 40)
    assert run(junk, out) == 4
    assert "bad.txt" in capsys.readouterr().err
    blank = put(tmp_path / "blank", empty_txt="\n\n")
    assert run(blank, out) == 4
    assert "empty.txt" in capsys.readouterr().err
    assert {name: (out / name).read_bytes() for name in FILES} == before
    assert "没有可读的报纸" in (out / "run.html").read_text(encoding="utf-8")


def test_an_unreadable_file_costs_only_itself(tmp_path: Path) -> None:
    raw, out = put(tmp_path / "raw", a_txt=ONE), tmp_path / "out"
    (raw / "bad.txt").write_bytes(bytes(range(256)) * 40)
    assert run(raw, out) == 0
    report = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert [q["source_path"] for q in report["quarantine"]] == ["bad.txt"]
    assert report["counts"]["articles"] == 1
    assert (raw / "bad.txt").exists()


def test_a_file_delivered_twice_counts_once(tmp_path: Path) -> None:
    raw, out = put(tmp_path / "raw", a_txt=ONE, b_txt=ONE), tmp_path / "out"
    assert run(raw, out) == 0
    report = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert report["counts"]["articles"] == 1 and report["issues"]["double-article"] == 1


def test_rollback_brings_the_earlier_table_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, out = put(tmp_path / "raw", a_txt=ONE), tmp_path / "out"
    run(raw, out)
    first = pq.read_table(out / "events.parquet")
    put(raw, b_jsonl=json.dumps(ARTICLE, ensure_ascii=False))
    run(raw, out)
    assert main(["rollback", "--out", str(out)]) == 0
    assert pq.read_table(out / "events.parquet").equals(first)
    assert main(["rollback", "--out", str(out)]) == 64
    assert "no version before" in capsys.readouterr().err
    assert run(raw, out) == 0


def test_rollback_mends_a_damaged_run_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, out = put(tmp_path / "raw", a_txt=ONE), tmp_path / "out"
    run(raw, out)
    first = pq.read_table(out / "events.parquet")
    report = (out / "run.json").read_bytes()
    (out / "run.json").unlink()
    (out / "run.json").write_bytes(report[:100])
    assert run(raw, out) == 6
    assert "rollback --list" in capsys.readouterr().err
    assert main(["rollback", "--out", str(out)]) == 0
    assert (out / "run.json").read_bytes() == report and pq.read_table(out / "events.parquet").equals(first)
    assert run(raw, out) == 2


def test_wrong_arguments_are_not_nothing_new() -> None:
    with pytest.raises(SystemExit) as stop:
        main(["run", "--nonsense"])
    assert stop.value.code == 64
