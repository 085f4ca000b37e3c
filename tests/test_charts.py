"""Figures: what stands in them, which colours, which classes; text from outside is escaped."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from dashboard import charts
from dashboard.charts import Caption, Grid, Look
from dashboard.i18n import words

LOOK = Look(words("zh"))
CAPTION = Caption("题 <img onerror=1> $x$", "平城区 · 单位：项", "来源：甲报 · 数据截至 2023年3月22日")
WEEKS = [dt.date(2023, 3, 6) + dt.timedelta(weeks=i) for i in range(3)]
WIDE = pd.DataFrame({"fire-safety": [3, 0, 1], "anti-fraud": [1, 2, 0]}, index=WEEKS)
NAMES = {"fire-safety": "消防安全", "anti-fraud": "<b>反诈</b>"}


def test_figure_says_what_where_when_and_whence() -> None:
    figure = charts.weekly_stack(
        WIDE, NAMES, dict.fromkeys(WIDE, "#123456"), LOOK, CAPTION, unfinished=WEEKS[-1], missing=[WEEKS[1]]
    ).figure()
    title = figure.layout.title
    assert "&lt;img onerror=1&gt;" in title.text and "&#36;x&#36;" in title.text and "<img" not in title.text
    assert "单位：项" in title.subtitle.text and "数据截至 2023年3月22日" in title.subtitle.text
    assert [list(t.y) for t in figure.data] == [[3, 0, 1], [1, 2, 0]]
    assert figure.data[1].name == "&lt;b&gt;反诈&lt;/b&gt;"
    assert list(figure.data[0].marker.opacity) == [1.0, 1.0, 0.45]
    assert any(a.text == "本周未完" for a in figure.layout.annotations) and any(
        a.text == "无报纸到达" for a in figure.layout.annotations
    )


def test_a_campaign_keeps_its_colour() -> None:
    ranking = [f"c{i}" for i in range(20)]
    everything = charts.colours(ranking[:7], ranking, LOOK)
    some = charts.colours(["c5", "c19", charts.REST], ranking, LOOK)
    assert some["c5"] == everything["c5"] and some[charts.REST] == charts.OTHERS
    assert some["c19"] not in (some["c5"], charts.OTHERS)
    assert len(set(charts.colours(["c15", "c16", "c17", "c0"], ranking, LOOK).values())) == 4


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0], [0, 0]),
        ([0, 5], [0, 3]),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        ([1, 2, 4, 8, 1000], [1, 2, 3, 4, 5]),  # one busy street does not flatten the rest
    ],
)
def test_classes(values: list[int], expected: list[int]) -> None:
    found = charts.classes(np.array(values, dtype=float))
    assert list(found) == expected or (
        (found > 0).tolist() == [v > 0 for v in values] and sorted(found) == sorted(found.tolist())
    )
    assert found.max() <= 5


def test_more_never_looks_like_less() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        values = rng.integers(0, rng.integers(2, 60), 40).astype(float)
        order = np.argsort(values)
        assert (np.diff(charts.classes(values)[order]) >= 0).all()


def test_heat_tells_states_apart_and_can_be_clicked() -> None:
    states = np.array([["reported", "silent"], ["zero", "unknown"]], dtype=object)
    grid = Grid(["a", "b"], ["<i>甲</i>", "乙"], ["x", "y"], ["X", "Y"], np.array([[3.0, 0.0], [0.0, 0.0]]), states)
    figure = charts.heat(grid, LOOK, CAPTION, unit="项").figure()
    cells, squares = figure.data[0], figure.data[1]
    assert len({cells.z[0][0], cells.z[0][1], cells.z[1][0], cells.z[1][1]}) == 4
    assert squares.mode == "markers+text" and [list(c)[:2] for c in squares.customdata] == [
        ["a", "x"],
        ["a", "y"],
        ["b", "x"],
        ["b", "y"],
    ]
    assert (
        squares.customdata[0][2] == "&lt;i&gt;甲&lt;/i&gt;"
        and "静默" in squares.customdata[1][4]
        and "3 项" in squares.customdata[0][4]
    )


def test_map_asks_nobody_and_knows_its_counties() -> None:
    ring = [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]
    shapes = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"adcode": c, "name": n}, "geometry": {"type": "Polygon", "coordinates": ring}} for c, n in (("140213", "平城区"), ("140214", "云冈区"))
    ]}  # fmt: skip
    counts = pd.DataFrame({"id": ["140213"], "name": ["平城区"], "n": [5]})
    figure = charts.choropleth(counts, shapes, LOOK, CAPTION, unit="项").figure()
    trace = next(t for t in figure.data if t.type == "choropleth")
    assert (
        list(trace.locations) == ["140213", "140214"] and trace.customdata[1][2] == 0 and trace.z[0] > trace.z[1] == 0
    )
    assert figure.layout.geo.visible is False


def test_bars_lines_and_spans_draw_empty_and_full() -> None:
    table = pd.DataFrame({"id": ["a", "b"], "name": ["甲", "乙<b>"], "n": [12345, 3]})
    bars = charts.bars(table, LOOK, CAPTION, unit="项").figure()
    assert list(bars.data[0].x) == [3, 12345] and "1.2万" in bars.data[0].text
    assert charts.bars(table.head(0), LOOK, CAPTION).figure().data[0].x is not None
    lines = charts.lines(WIDE, NAMES, dict.fromkeys(WIDE, "#000"), LOOK, CAPTION, unfinished=WEEKS[-1]).figure()
    assert list(lines.data[0].y) == [3, 0] and lines.data[1].line.dash == "dot"
    began = pd.DataFrame(
        {
            "id": ["a"],
            "name": ["甲"],
            "first": [pd.Timestamp("2023-03-06")],
            "last": [pd.Timestamp("2023-03-20")],
            "n": [2],
        }
    )
    assert charts.spans(began, LOOK, CAPTION).figure().data[0].x[0] is not None


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [("平城区", 5, "平城区"), ("平城区水泊寺街道", 5, "平城区水…"), ("Fire safety", 14, "Fire safety")],
)
def test_cut(text: str, length: int, expected: str) -> None:
    assert charts.cut(text, length) == expected


def test_a_long_line_is_folded_between_its_parts() -> None:
    assert charts.folded("全部地区 · 单位：项") == ["全部地区 · 单位：项"]
    long = "大同市平城区 · 消防安全 · 2026年7月29日—11月19日 · 单位：项"
    assert charts.folded(long) == ["大同市平城区 · 消防安全", "2026年7月29日—11月19日 · 单位：项"]
    assert charts.folded("一" * 80) == ["一" * 80]
