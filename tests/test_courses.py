"""The matrix of weeks and campaigns: sums by hand, and spark lines made of numbers only."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from urllib.parse import unquote

import pandas as pd
import pytest

from dashboard.charts import Look
from dashboard.courses import matrix
from dashboard.i18n import words
from dashboard.sparks import Kind, spark

WEEKS = [dt.date(2023, 2, 20), dt.date(2023, 2, 27), dt.date(2023, 3, 6)]
ROWS = [(WEEKS[0], "fire", 3), (WEEKS[0], "fraud", 1), (WEEKS[2], "fire", 2), (WEEKS[2], "none", 5)]
LOOK = Look(words("zh"))


def frame(rows: Sequence[tuple[dt.date, str, int]]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=["week", "id", "n"])
    return table.assign(week=pd.to_datetime(table["week"]))


def test_sums_by_week_and_by_campaign() -> None:
    found = matrix(frame(ROWS))
    assert found.weeks == (WEEKS[0], WEEKS[2]) and found.by_week() == {WEEKS[0]: 4, WEEKS[2]: 7}
    assert found.by_id() == {"fire": 5, "fraud": 1, "none": 5} and found.active() == [2, 2]
    assert found.ranked() == ["fire", "none", "fraud"]  # those alike in the order of their names
    assert found.of("fraud") == {WEEKS[0]: 1, WEEKS[2]: 0} and found.of("fire", WEEKS[1]) == {WEEKS[2]: 2}
    assert found.of("unknown") == {} and found.of("fire", dt.date(2024, 1, 1)) == {}


def test_merged_by_name_and_by_month() -> None:
    found = matrix(frame(ROWS))
    merged = found.renamed(lambda cid: "rest" if cid != "fire" else cid)
    assert merged.by_id() == {"fire": 5, "rest": 6} and merged.by_week() == found.by_week()
    monthly = matrix(frame([*ROWS, (WEEKS[1], "fire", 10)])).monthly()
    assert monthly.by_week() == {dt.date(2023, 2, 1): 14, dt.date(2023, 3, 1): 7}


def test_a_table_has_a_row_for_each_week_asked_for() -> None:
    table = matrix(frame(ROWS)).table(WEEKS[:2], ["fraud", "fire", "new"])
    assert list(table.index) == WEEKS and table.to_numpy().tolist() == [[1, 3, 0], [0, 0, 0], [0, 2, 0]]


def test_nothing_is_no_error() -> None:
    found = matrix(frame([]))
    assert found.by_week() == {} and found.active() == [] and found.ranked() == []
    assert found.renamed(str.upper).monthly().table(WEEKS, ["a"]).to_numpy().tolist() == [[0], [0], [0]]


@pytest.mark.parametrize("kind", ["area", "line", "bar"])
@pytest.mark.parametrize("values", [[0, 0], [5, 5, 5], [1, 2, 3], [3900, 0, 4100], list(range(26))])
def test_a_spark_stays_inside_its_frame(kind: Kind, values: list[int]) -> None:
    drawn = unquote(spark(values, kind, LOOK))
    heights = [float(y) for y in re.findall(r'(?:,|y=")(-?\d+\.\d\d)', drawn)]
    assert len(heights) >= len(values) and all(0 <= y <= 40 for y in heights)
    assert re.fullmatch(r'[<>/\w\s="#.,:;+()-]+', drawn) and "script" not in drawn
    assert spark(values, kind, LOOK).count("<") == 1  # the picture stands in its address, escaped


def test_no_spark_without_a_course() -> None:
    assert spark([], "bar", LOOK) == "" and spark([4], "line", LOOK) == "" and "%3Crect" in spark([4], "bar", LOOK)
