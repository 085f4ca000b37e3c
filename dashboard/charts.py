"""Plotly figures from small frames: DataFrame → Drawing. No Streamlit. One fixed colour a campaign.

Each figure carries its title (what), its subtitle (where, when, unit) and its source with 数据截至, so that the picture stands
alone. Text that came from newspapers is escaped: Plotly reads a subset of HTML. Figures are put together as Plotly's JSON has
them, of lists, numbers and text: `go.Figure` checks and copies every value, which took longer than all the rest; tests have it
check them instead.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import wording
from dashboard.i18n import Words, words

FONT = "'PingFang SC','Microsoft YaHei','HarmonyOS Sans SC','Source Han Sans SC','Noto Sans CJK SC','WenQuanYi Micro Hei',sans-serif"
# checked for three kinds of colour blindness: smallest ΔE00 8.5; the last is 其他
PALETTE = ("#1F5FA8", "#E08A00", "#14796B", "#A8325A", "#7CB5E8", "#4B2E83", "#D9C27A")
PALETTE_DARK = ("#5B9BE3", "#F0A43C", "#3DB39E", "#DB6A92", "#A9D3F7", "#9C84DB", "#E3D08F")
OTHERS = "#B4BDC7"
OTHERS_DARK = "#5E6B7A"
TOP = 7
REST = "_rest"  # the id of all campaigns below the top


@dataclass(frozen=True)
class Look:
    """How a figure is drawn: words of the language, light or dark, larger on a wall."""

    t: Words
    dark: bool = False
    wall: bool = False

    @property
    def ink(self) -> str:
        return "#E4EAF1" if self.dark else "#1B2430"

    @property
    def soft(self) -> str:
        return "#93A1B1" if self.dark else "#5F6C7B"

    @property
    def line(self) -> str:
        return "#2B3542" if self.dark else "#E4E8EE"

    @property
    def paper(self) -> str:
        return "#12171E" if self.dark else "#FFFFFF"

    @property
    def accent(self) -> str:
        return PALETTE_DARK[0] if self.dark else PALETTE[0]

    @property
    def palette(self) -> tuple[str, ...]:
        return PALETTE_DARK if self.dark else PALETTE

    @property
    def others(self) -> str:
        return OTHERS_DARK if self.dark else OTHERS

    @property
    def steps(self) -> tuple[str, ...]:
        """Five classes of one hue, few → many."""
        if self.dark:
            return ("#1D2F47", "#244975", "#2F68A8", "#5592D6", "#9AC6F3")
        return ("#E3EDF8", "#BCD4EE", "#86B2DE", "#4A88C7", "#1F5FA8")

    @property
    def states(self) -> dict[str, str]:
        """Colours of cells without a count."""
        if self.dark:
            return {"zero": "#1B222C", "silent": "#3D3120", "unknown": "#12171E", "open": "#171D26"}
        return {"zero": "#F1F4F8", "silent": "#FAE9CC", "unknown": "#FFFFFF", "open": "#F8F9FB"}


PRINT = Look(words("zh"))
TEMPLATE = {"data": {"scatter": [{"type": "scatter"}]}}  # an empty one: what Plotly calls "none"


@dataclass(frozen=True)
class Drawing:
    """A figure as Plotly's JSON: its traces and its layout, which may still be added to until it is shown."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]

    def add(self, kind: str, **trace: Any) -> None:
        """One more trace."""
        self.data.append({"type": kind, **trace})

    def spec(self) -> dict[str, Any]:
        """What plotly.js is given."""
        return {"data": self.data, "layout": self.layout}

    def figure(self) -> go.Figure:
        """The same as Plotly's own figure, every value checked."""
        return go.Figure(self.spec())


@dataclass(frozen=True)
class Caption:
    """What stands in the figure besides the data."""

    title: str
    subtitle: str = ""
    source: str = ""


def colours(ids: Sequence[str], ranking: Sequence[str], look: Look) -> dict[str, str]:
    """A colour for each id. The overall top campaigns always have their own; others take what is free, in order."""
    palette = look.palette
    fixed = {cid: palette[i] for i, cid in enumerate(c for c in ranking if c != "none") if i < len(palette)}
    given = {cid: fixed[cid] for cid in ids if cid in fixed}
    free = [c for c in palette if c not in given.values()]
    for cid in ids:
        if cid not in given and cid not in (REST, "none"):
            given[cid] = free.pop(0) if free else look.others
    return given | {cid: look.others for cid in ids if cid in (REST, "none")}


def base(
    look: Look, caption: Caption, height: int, *, legend: bool = False, bottom: int = 0, left: int = 46
) -> Drawing:
    """An empty figure in the house's manner: title, where and when, source at the left above; few lines; legend at the foot."""
    scale = 1.25 if look.wall else 1.0
    small = [wording.plotly(line) for part in (caption.subtitle, caption.source) if part for line in folded(part)]
    layout: dict[str, Any] = {
        "template": TEMPLATE, "height": int(height * scale), "autosize": True,
        "margin": {"l": left, "r": 14, "t": int((34 + 17 * len(small)) * scale) + 8, "b": int((34 + bottom) * scale), "pad": 4},
        "paper_bgcolor": look.paper, "plot_bgcolor": look.paper,
        "font": {"family": FONT, "size": int(12 * scale), "color": look.ink},
        "title": {
            "text": f"<b>{wording.plotly(caption.title)}</b>", "x": 0, "xref": "container", "xanchor": "left", "y": 1, "yref": "container",
            "yanchor": "top", "pad": {"t": 6, "l": 2}, "font": {"size": int(15 * scale), "color": look.ink},
            "subtitle": {"text": "<br>".join(small), "font": {"size": int(12 * scale), "color": look.soft}},
        },
        "showlegend": legend,
        "legend": {
            "orientation": "h", "x": 0, "xref": "container", "xanchor": "left", "y": 0, "yref": "container", "yanchor": "bottom",
            "font": {"size": int(12 * scale)}, "itemsizing": "constant", "bgcolor": "rgba(0,0,0,0)", "traceorder": "normal",
        },
        "hoverlabel": {"bgcolor": look.paper, "bordercolor": look.line, "font": {"family": FONT, "size": int(13 * scale), "color": look.ink}, "align": "left"},
        "separators": ".,", "dragmode": False, "bargap": 0.22, "clickmode": "event+select",
    }  # fmt: skip
    axis = {
        "gridcolor": look.line,
        "linecolor": look.line,
        "tickfont": {"color": look.soft},
        "zeroline": False,
        "fixedrange": True,
    }
    layout |= {"xaxis": axis | {"showgrid": False, "automargin": "height"}, "yaxis": axis}
    return Drawing([], layout)


LINE_ROOM = 360  # pixels by `label_room` that a line of the narrowest panel on a desk holds


def folded(text: str) -> list[str]:
    """A line, or two where it is too long for a narrow panel; broken between its parts (at ·) nearest to the middle."""
    pieces = text.split(" · ")
    if len(pieces) < 2 or label_room([text]) <= LINE_ROOM:
        return [text]
    halves = [(" · ".join(pieces[:i]), " · ".join(pieces[i:])) for i in range(1, len(pieces))]
    first, second = min(halves, key=lambda h: abs(label_room([h[0]]) - label_room([h[1]])))
    return [first, second]


def label_room(names: Sequence[str], scale: float = 1.0) -> int:
    """Pixels that the longest label takes: a Chinese character 12, others 7."""
    return int(max((sum(12 if ord(c) > 0x2E7F else 7 for c in n) for n in names), default=24) * scale) + 14


def number_axis(figure: Drawing, top: float, look: Look, axis: str = "y") -> None:
    """At most five ticks from 0 to above `top`, labelled in 万/亿 (Plotly has no such ticks of its own)."""
    step = nice_step(top / 4 if top > 0 else 1)
    ticks = [step * i for i in range(int(top / step) + 2)]
    settings = {
        "tickvals": ticks,
        "ticktext": [wording.amount(v, look.t.lang) for v in ticks],
        "range": [-top * 0.004, max(top * 1.06, step)],
    }
    figure.layout[f"{axis}axis"] |= settings


def nice_step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, at least 1 for counts."""
    power = 10.0 ** math.floor(math.log10(max(rough, 1e-9)))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough)
    return float(max(step, 1.0)) if rough >= 0.2 else float(step)


def week_axis(figure: Drawing, weeks: Sequence[dt.date], look: Look) -> None:
    """As many ticks as there is room for, with the year where it begins."""
    if not weeks:
        return
    every = max(1, -(-len(weeks) // 7))
    monthly = len(weeks) > 1 and (weeks[1] - weeks[0]).days > 7
    step: int | str = f"M{every}" if monthly else every * 7 * 86_400_000
    day = "" if monthly else "%-d日" if look.t.lang == "zh" else "%-d "
    form = f"%-m月{day}\n%Y年" if look.t.lang == "zh" else f"{day}%b\n%Y"
    figure.layout["xaxis"] |= {"tick0": weeks[-1].isoformat(), "dtick": step, "tickformat": form, "tickangle": 0}


def months_of(weeks: Sequence[dt.date]) -> list[dt.date]:
    """First days of the months that the weeks begin in."""
    return sorted({w.replace(day=1) for w in weeks})


def weekly_stack(
    wide: pd.DataFrame, names: dict[str, str], colour: dict[str, str], look: Look, caption: Caption, *,
    unfinished: dt.date | None = None, missing: Sequence[dt.date] = (), monthly: bool = False,
) -> Drawing:  # fmt: skip
    """Stacked bars by week. `wide`: index of Mondays, a column a campaign id. The unfinished week is drawn pale and says so;
    weeks without any paper are shaded, for their zero is not a zero."""
    figure = base(look, caption, 400, legend=True, bottom=40)
    weeks = list(wide.index)
    days, counts = [w.isoformat() for w in weeks], wide.to_numpy()
    opacity = [0.45 if w == unfinished else 1.0 for w in weeks]
    for i, cid in enumerate(wide.columns):
        figure.add(
            "bar", x=days, y=counts[:, i].tolist(), name=wording.plotly(names.get(cid, cid)), customdata=[cid] * len(weeks),
            marker={"color": colour[cid], "opacity": opacity, "line": {"width": 0}},
            hovertemplate="%{y:,}<extra>%{fullData.name}</extra>", selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
        )  # fmt: skip
    figure.layout.update(barmode="stack", hovermode="x unified")
    figure.layout["xaxis"]["hoverformat"] = (
        "%Y年%-m月" if monthly else ("%Y年%-m月%-d日起一周" if look.t.lang == "zh" else "Week of %d %b %Y")
    )
    top = float(counts.sum(axis=1).max()) if len(wide) else 0.0
    number_axis(figure, top, look)
    week_axis(figure, weeks, look)
    shade(figure, missing, look)
    if unfinished is not None and unfinished in set(weeks):
        say_unfinished(figure, unfinished, look)
    return figure


def say_unfinished(figure: Drawing, week: dt.date, look: Look) -> None:
    """The week's mark, above the field, where it lies upon nothing."""
    figure.layout.setdefault("annotations", []).append(
        {"x": week.isoformat(), "y": 1, "yref": "paper", "yanchor": "bottom", "text": look.t("本周未完"), "showarrow": False, "font": {"size": 11, "color": look.soft}}
    )  # fmt: skip


def shade(figure: Drawing, weeks: Sequence[dt.date], look: Look) -> None:
    """Grey bands over runs of weeks in which no paper arrived."""
    runs: list[list[dt.date]] = []
    for w in sorted(weeks):
        if runs and (w - runs[-1][-1]).days == 7:
            runs[-1].append(w)
        else:
            runs.append([w])
    for run in runs:
        first, last = (run[0] - dt.timedelta(days=3.5)).isoformat(), (run[-1] + dt.timedelta(days=3.5)).isoformat()
        figure.layout.setdefault("shapes", []).append(
            {"type": "rect", "xref": "x", "yref": "y domain", "x0": first, "x1": last, "y0": 0, "y1": 1, "fillcolor": look.soft, "opacity": 0.1, "line": {"width": 0}, "layer": "below"}
        )  # fmt: skip
        figure.layout.setdefault("annotations", []).append(
            {"xref": "x", "yref": "y domain", "x": first, "y": 1, "xanchor": "left", "yanchor": "top", "text": look.t("无报纸到达"), "showarrow": False,
             "font": {"size": 10, "color": look.soft}}
        )  # fmt: skip


def lines(
    wide: pd.DataFrame, names: dict[str, str], colour: dict[str, str], look: Look, caption: Caption, *,
    unfinished: dt.date | None = None, missing: Sequence[dt.date] = (), height: int = 360, unit: str = "",
) -> Drawing:  # fmt: skip
    """A line a campaign by week; the step into the unfinished week is dotted."""
    figure = base(look, caption, height, legend=len(wide.columns) > 1, bottom=40 if len(wide.columns) > 1 else 12)
    weeks = list(wide.index)
    days, whole = [w.isoformat() for w in weeks], [i for i, w in enumerate(weeks) if w != unfinished]
    for cid in wide.columns:
        values = wide[cid].tolist()
        name = wording.plotly(names.get(cid, cid))
        figure.add(
            "scatter", x=[days[i] for i in whole], y=[values[i] for i in whole], name=name, mode="lines+markers" if len(weeks) < 40 else "lines",
            line={"color": colour[cid], "width": 2.4}, marker={"size": 5, "color": colour[cid]}, customdata=[cid] * len(whole),
            hovertemplate=f"%{{y:,}} {wording.plotly(unit)}<extra>%{{fullData.name}}</extra>",
        )  # fmt: skip
        if unfinished in weeks and len(weeks) > 1:
            at = weeks.index(unfinished)
            figure.add(
                "scatter", x=days[max(0, at - 1) : at + 1], y=values[max(0, at - 1) : at + 1], mode="lines+markers", showlegend=False,
                line={"color": colour[cid], "width": 2, "dash": "dot"}, hoverinfo="skip",
                marker={"size": [0, 6] if at else 6, "color": look.paper, "line": {"color": colour[cid], "width": 1.5}},
            )  # fmt: skip
    figure.layout["hovermode"] = "x unified"
    if unfinished is not None and unfinished in weeks:
        say_unfinished(figure, unfinished, look)
    number_axis(figure, float(np.nanmax(wide.to_numpy(dtype=float))) if wide.size else 0.0, look)
    week_axis(figure, weeks, look)
    shade(figure, missing, look)
    figure.layout["xaxis"]["hoverformat"] = "%Y年%-m月%-d日起一周" if look.t.lang == "zh" else "Week of %d %b %Y"
    return figure


def bars(
    table: pd.DataFrame, look: Look, caption: Caption, *, unit: str = "", colour: str | Sequence[str] | None = None, detail: str | None = None,
) -> Drawing:  # fmt: skip
    """Ranked horizontal bars of `name`, `n`, with `id` for clicks; the number stands at the end of the bar."""
    ids, whole, counts = ([*reversed(table[column].tolist())] for column in ("id", "name", "n"))
    full = [wording.plotly(str(n)) for n in whole]
    names = [cut(str(n), 14) for n in whole]
    figure = base(
        look, caption, 96 + 27 * max(len(table), 2), bottom=-22, left=label_room(names, 1.25 if look.wall else 1.0)
    )
    details = [""] * len(ids) if detail is None else [wording.plotly(str(v)) for v in reversed(table[detail].tolist())]
    figure.add(
        "bar", y=list(range(len(ids))), x=counts, orientation="h",
        marker={"color": list(colour)[::-1] if isinstance(colour, (list, tuple)) else colour or look.accent, "line": {"width": 0}},
        customdata=[[str(i), n, d] for i, n, d in zip(ids, full, details, strict=True)],
        text=[wording.amount(float(v), look.t.lang) + unit * (unit == "%") for v in counts], textposition="outside", cliponaxis=False,
        textfont={"color": look.soft, "size": 12},
        hovertemplate=f"<b>%{{customdata[1]}}</b><br>%{{x:,}} {wording.plotly(unit)}<br>%{{customdata[2]}}<extra></extra>",
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
    )  # fmt: skip
    figure.layout["yaxis"] |= {
        "tickmode": "array", "tickvals": list(range(len(ids))), "ticktext": [wording.plotly(n) for n in names], "tickfont": {"color": look.ink}, "showgrid": False,
    }  # fmt: skip
    figure.layout["xaxis"] |= {"visible": False, "range": [0, float(max(counts) or 1) * 1.16 if counts else 1]}
    figure.layout["bargap"] = 0.32
    return figure


def cut(text: str, length: int) -> str:
    """Text of at most `length` Chinese characters' width (a Latin one takes 0.55), with … where it was longer."""
    taken = 0.0
    for i, c in enumerate(text):
        taken += 1 if ord(c) > 0x2E7F else 0.55
        if taken > length:
            return text[: max(1, i - 1)] + "…"
    return text


@dataclass(frozen=True)
class Grid:
    """A matrix to draw: rows × columns, with ids for clicks; `states` tells cells without a count apart."""

    row_ids: Sequence[str]
    row_names: Sequence[str]
    column_ids: Sequence[str]
    column_names: Sequence[str]
    values: np.ndarray[Any, Any]
    states: np.ndarray[Any, Any] | None = None
    tick_every: int = 1  # label each nth column, counted from the last


def classes(values: np.ndarray[Any, Any], count: int = 5) -> np.ndarray[Any, Any]:
    """0 for no count, 1…count by quantile: a linear ramp is flattened by two busy streets."""
    positive = np.sort(values[values > 0])
    if not len(positive):
        return np.zeros_like(values, dtype=int)
    bounds = np.unique(np.quantile(positive, np.linspace(0, 1, count + 1)[1:-1], method="lower"))
    distinct = len(np.unique(positive))
    result = np.where(values > 0, 1 + np.searchsorted(bounds, values, side="left"), 0)
    if distinct < count:  # few distinct numbers: spread them over the whole ramp
        levels = np.unique(positive)
        spread = (
            np.rint(np.linspace(2 if distinct < 4 else 1, count, distinct)).astype(int)
            if distinct > 1
            else np.array([3])
        )
        result = np.where(values > 0, spread[np.clip(np.searchsorted(levels, values), 0, distinct - 1)], 0)
    return result


def heat(
    grid: Grid, look: Look, caption: Caption, *, unit: str = "", numbers_in_cells: bool = True, square: int = 30
) -> Drawing:
    """A heatmap in quantile classes. Squares of an invisible scatter lie over it: a heatmap's own cells report no clicks."""
    legend = grid.states is not None
    names = [cut(n, 12) for n in grid.row_names]
    room = label_room(names, 1.25 if look.wall else 1.0)
    figure = base(
        look,
        caption,
        116 + square * max(len(grid.row_ids), 2) + (30 if legend else 0),
        legend=legend,
        bottom=30 if legend else 4,
        left=room,
    )
    level = classes(grid.values)
    palette = [look.states["zero"], *look.steps]
    if grid.states is not None:
        for state, number in (("zero", 0), ("silent", 6), ("unknown", 7), ("open", 8)):
            level = np.where((grid.states == state), number, level)
        palette += [look.states["silent"], look.states["unknown"], look.states["open"]]
    size = len(palette)
    scale = [[edge, c] for i, c in enumerate(palette) for edge in (i / size, (i + 1) / size)]
    width, height = len(grid.column_ids), len(grid.row_ids)
    figure.add(
        "heatmap",
        z=level.tolist(),
        zmin=-0.5,
        zmax=size - 0.5,
        colorscale=scale,
        showscale=False,
        xgap=2,
        ygap=2,
        hoverinfo="skip",
    )
    state_words = {
        "zero": look.t("零：有报道，无此类活动"), "silent": look.t("静默：报纸已到，无报道"), "unknown": look.t("未知：相关报纸未到"), "open": look.t("本周未完"),
    }  # fmt: skip
    texts, marks = cell_texts(grid, look, unit, state_words)
    across = [(i, wording.plotly(n)) for i, n in zip(grid.column_ids, grid.column_names, strict=True)]
    down = [(i, wording.plotly(n)) for i, n in zip(grid.row_ids, grid.row_names, strict=True)]
    data = [[rid, cid, row, column, texts[y][x]] for y, (rid, row) in enumerate(down) for x, (cid, column) in enumerate(across)]  # fmt: skip
    ink = cell_inks(level, look)
    figure.add(
        "scatter", x=[*range(width)] * height, y=[y for y in range(height) for _ in range(width)], mode="markers+text" if numbers_in_cells else "markers", customdata=data, showlegend=False,
        text=[m for row in marks for m in row] if numbers_in_cells else None, textfont={"size": 11, "color": [c for row in ink for c in row]},
        marker={"symbol": "square", "size": square - 4, "opacity": 0, "color": look.accent},
        hovertemplate="<b>%{customdata[2]}</b> · %{customdata[3]}<br>%{customdata[4]}<extra></extra>",
        selected={"marker": {"opacity": 0}, "textfont": {"color": look.ink}}, unselected={"marker": {"opacity": 0}},
    )  # fmt: skip
    if legend:
        shown = [state for state in state_words if grid.states is not None and (grid.states == state).any()]
        for state in shown:
            figure.add(
                "scatter", x=[None], y=[None], mode="markers", name=state_words[state],
                marker={"symbol": "square", "size": 12, "color": look.states[state], "line": {"width": 1, "color": look.soft if state == "unknown" else look.line}},
            )  # fmt: skip
    last = len(grid.column_ids) - 1
    ticks = [i for i in range(last + 1) if (last - i) % grid.tick_every == 0]
    figure.layout["xaxis"] |= {
        "tickmode": "array", "tickvals": ticks, "ticktext": [wording.plotly(cut(grid.column_names[i], 9)) for i in ticks],
        "range": [-0.5, width - 0.5], "ticks": "", "linewidth": 0, "showline": False,
    }  # fmt: skip
    figure.layout["yaxis"] |= {
        "tickmode": "array", "tickvals": list(range(height)), "ticktext": [wording.plotly(n) for n in names],
        "autorange": "reversed", "tickfont": {"color": look.ink}, "showgrid": False, "ticks": "", "showline": False,
    }  # fmt: skip
    return figure


def cell_texts(
    grid: Grid, look: Look, unit: str, state_words: dict[str, str]
) -> tuple[list[list[str]], list[list[str]]]:
    """For each cell: what the hover says, and what stands in it."""
    hover: list[list[str]] = []
    marks: list[list[str]] = []
    values: list[list[float]] = grid.values.tolist()
    states = [["reported"] * len(row) for row in values] if grid.states is None else grid.states.tolist()
    empty = {"unknown": "?", "open": "·"}
    for numbers, kinds in zip(values, states, strict=True):
        cells = list(zip(numbers, map(str, kinds), strict=True))
        hover.append([f"{wording.exact(v)} {unit}" if k == "reported" else state_words[k] for v, k in cells])
        marks.append([wording.amount(v, look.t.lang) if v > 0 else empty.get(k, "") for v, k in cells])
    return hover, marks


def cell_inks(level: np.ndarray[Any, Any], look: Look) -> list[list[str]]:
    """Light figures on dark cells, dark ones on light cells."""
    strong = {4, 5} if not look.dark else {1, 2, 3}
    inks = ["#FFFFFF" if v in strong else look.soft if v in (0, 6, 7, 8) else "#12233A" for v in range(9)]
    return [[inks[v] for v in row] for row in level.astype(int).tolist()]


def choropleth(
    counts: pd.DataFrame, shapes: dict[str, Any], look: Look, caption: Caption, *, unit: str = "", labels: pd.DataFrame | None = None,
    outline: pd.DataFrame | None = None,
) -> Drawing:  # fmt: skip
    """Counties (or prefectures) filled by quantile class. `counts`: id (6-digit code), name, n. `shapes`: a GeoJSON of those to draw.

    Offline: the empty world of `topojsonURL` is all it asks its own server for. Labels lie above and take no clicks.
    """
    figure = base(look, caption, 440, left=0)
    known = {c: int(n) for c, n in zip(counts["id"].tolist(), counts["n"].tolist(), strict=True)}
    codes = [f["properties"]["adcode"] for f in shapes["features"]]
    names = [str(f["properties"]["name"]) for f in shapes["features"]]
    values = [known.get(c, 0) for c in codes]
    level = classes(np.array(values, dtype=float)).tolist()
    palette = [look.states["zero"], *look.steps]
    size = len(palette)
    scale = [[edge, c] for i, c in enumerate(palette) for edge in (i / size, (i + 1) / size)]
    if outline is not None and len(outline):
        figure.add(
            "scattergeo", lon=gaps(outline["lon"]), lat=gaps(outline["lat"]), mode="lines", line={"width": 0.8, "color": "#C3CCD8" if not look.dark else "#3A4656"}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    figure.add(
        "choropleth", geojson=outlines(shapes), featureidkey="id", locations=codes, z=level, zmin=-0.5, zmax=size - 0.5, colorscale=scale, showscale=False,
        customdata=[[c, wording.plotly(n), v] for c, n, v in zip(codes, names, values, strict=True)],
        marker={"line": {"color": "#3A4656" if look.dark else "#C3CCD8", "width": 0.7}},
        hovertemplate=f"<b>%{{customdata[1]}}</b><br>%{{customdata[2]:,}} {wording.plotly(unit)}<extra></extra>",
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
    )  # fmt: skip
    if labels is not None and len(labels):
        figure.add(
            "scattergeo", lon=labels["lon"].tolist(), lat=labels["lat"].tolist(), text=[wording.plotly(str(n)) for n in labels["name"]], mode="text", hoverinfo="skip",
            textfont={"size": 11, "color": look.ink, "shadow": f"0 0 2px {look.paper}, 0 0 2px {look.paper}, 0 0 3px {look.paper}"}, showlegend=False,
        )  # fmt: skip
    figure.layout["geo"] = {
        "visible": False,
        "fitbounds": "geojson",
        "projection": {"type": "mercator"},
        "bgcolor": look.paper,
    }
    figure.layout["margin"] |= {"r": 0, "b": 6}
    return figure


def outlines(shapes: dict[str, Any]) -> dict[str, Any]:
    """The shapes with their codes alone: a browser needs no more of them to fill them."""
    bare = [{"type": "Feature", "id": f["properties"]["adcode"], "geometry": f["geometry"]} for f in shapes["features"]]
    return {"type": "FeatureCollection", "features": bare}


def gaps(values: pd.Series[Any]) -> list[float | None]:
    """Numbers with None where a line is broken."""
    return [None if v != v else v for v in values.tolist()]


def coverage(grid: Grid, look: Look, caption: Caption, unit: str) -> Drawing:
    """Newspapers × weeks: how many articles arrived; an empty cell is a week without the paper."""
    return heat(grid, look, caption, unit=unit, numbers_in_cells=len(grid.column_ids) <= 30)


def spans(table: pd.DataFrame, look: Look, caption: Caption, *, unit: str = "") -> Drawing:
    """Where a campaign began and how it spread: a bar a place from its first to its last report, earliest first."""
    ids, whole, counts = (table[column].tolist() for column in ("id", "name", "n"))
    names = [cut(str(n), 12) for n in whole]
    first, last = ([day.isoformat() for day in table[column]] for column in ("first", "last"))
    figure = base(look, caption, 112 + 24 * max(len(table), 2), left=label_room(names))
    rows = list(range(len(ids)))
    figure.add(
        "scatter", x=first, y=rows, mode="markers", marker={"size": 9, "color": look.accent},
        customdata=[[str(i), wording.plotly(str(n)), str(c)] for i, n, c in zip(ids, whole, counts, strict=True)],
        hovertemplate=f"<b>%{{customdata[1]}}</b><br>%{{x|%Y-%m-%d}}<br>%{{customdata[2]}} {wording.plotly(unit)}<extra></extra>",
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
    )  # fmt: skip
    line = {"color": look.steps[2], "width": 3}
    figure.layout["shapes"] = [
        {"type": "line", "x0": a, "x1": b, "y0": y, "y1": y, "line": line, "layer": "below"}
        for y, (a, b) in enumerate(zip(first, last, strict=True))
    ]
    figure.add("scatter", x=last, y=rows, mode="markers", marker={"size": 5, "color": look.steps[2]}, hoverinfo="skip")
    figure.layout["yaxis"] |= {
        "tickmode": "array", "tickvals": rows, "ticktext": [wording.plotly(n) for n in names], "autorange": "reversed",
        "tickfont": {"color": look.ink}, "showgrid": True,
    }  # fmt: skip
    figure.layout["xaxis"] |= {"nticks": 6, "tickformat": "%-m月%-d日\n%Y年" if look.t.lang == "zh" else "%-d %b\n%Y"}
    return figure
