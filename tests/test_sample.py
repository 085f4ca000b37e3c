"""The sample is worth looking at: enough papers, places, weeks and campaigns, and its hand labels fit its files."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
RAW = ROOT / "data" / "raw"
SAMPLE = RAW / "sample"
PAPERS = ("平城示例日报", "并州示例晚报", "江东示例日报")


@pytest.fixture(scope="module")
def gold() -> list[dict[str, Any]]:
    labels: list[dict[str, Any]] = json.loads((ROOT / "tests" / "gold" / "sample.json").read_text(encoding="utf-8"))
    return labels


def required(gold: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All required events, each with its article's city and day of publication."""
    return [
        {**event, "city": article["city"], "published_on": article["published_on"]}
        for article in gold
        for event in article["events"]
        if event["required"]
    ]


def squeeze(text: str) -> str:
    return "".join(text.split())


def source_text(name: str) -> str:
    """A file's text without white space and markup, as a label's text should be found in it, line by line."""
    text = (RAW / name).read_text(encoding="utf-8")
    if name.endswith(".jsonl"):
        rows = [json.loads(line) for line in text.splitlines()]
        text = "\n".join(f"{row['title']}\n{row['text']}" for row in rows)
    return squeeze(text)


def test_the_sample_covers_cities_districts_streets_and_campaigns(gold: list[dict[str, Any]]) -> None:
    events = required(gold)
    assert len(gold) >= 64
    assert len({e["city"] for e in events}) >= 3
    assert len({(e["city"], e["district"]) for e in events}) >= 12
    assert len({(e["city"], e["district"], e["street"]) for e in events if e["street"]}) >= 40
    assert len({e["campaign"] for e in events if e["campaign"]}) >= 30


def test_the_sample_has_reports_in_each_week(gold: list[dict[str, Any]]) -> None:
    days = sorted(dt.date.fromisoformat(g["published_on"]) for g in gold if g["published_on"])
    assert days[0] <= dt.date(2026, 7, 31)
    assert dt.date(2026, 11, 15) <= days[-1] <= dt.date(2026, 11, 22)
    per_week = [day.isocalendar()[:2] for day in days]
    weeks = {week: per_week.count(week) for week in per_week}
    assert len(weeks) == 17
    assert min(weeks.values()) >= 2
    assert max(weeks.values()) <= 8


def test_streets_return_and_some_fall_silent(gold: list[dict[str, Any]]) -> None:
    by_street: dict[str, list[str]] = {}
    for event in required(gold):
        if event["street"] and event["published_on"]:
            by_street.setdefault(event["street"], []).append(event["published_on"])
    assert sum(len(days) >= 3 for days in by_street.values()) >= 9
    assert max(by_street["永泰街道"]) == "2026-09-02"


def test_local_brands_outside_the_taxonomy_recur(gold: list[dict[str, Any]]) -> None:
    for brand in ("静夜行动", "暖蜂行动"):
        reports = [g for g in gold if brand in g["text"]]
        assert len({g["published_on"] for g in reports}) >= 5
        assert all(event["campaign"] is None for g in reports for event in g["events"] if event["required"])


@pytest.mark.parametrize("paper", PAPERS)
def test_each_paper_is_marked_as_a_sample(paper: str) -> None:
    files = [path for path in (SAMPLE / paper).rglob("*") if path.is_file()]
    assert files
    # one page has no masthead on purpose
    assert sum("示例" not in squeeze(path.read_text(encoding="utf-8")) for path in files) == (paper == PAPERS[0])


def test_the_unreadable_file_cannot_be_decoded() -> None:
    data = (SAMPLE / "损坏示例.txt").read_bytes()
    for encoding in ("utf-8", "gb18030"):
        with pytest.raises(UnicodeDecodeError):
            data.decode(encoding)


def test_labels_are_taken_from_the_files(gold: list[dict[str, Any]]) -> None:
    for label in gold:
        text = source_text(label["source_path"])
        missing = [line for line in label["text"].split("\n") if squeeze(line) not in text.replace("(下转第四版)", "")]
        assert not missing, (label["id"], missing)


def test_labels_name_streets_of_the_gazetteer(gold: list[dict[str, Any]]) -> None:
    rows = (ROOT / "data" / "reference" / "gazetteer" / "townships.csv").read_text(encoding="utf-8").splitlines()
    names = {row.split(",")[1] for row in rows[1:]}
    assert {event["street"] for event in required(gold) if event["street"]} <= names


def test_the_sample_is_light() -> None:
    files = [path for path in SAMPLE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 200_000
