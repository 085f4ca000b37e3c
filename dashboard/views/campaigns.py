"""专项行动: one campaign over time and places, or up to five side by side."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import charts, controls, courses, parts, queries, wording
from dashboard.context import Context, covered, weeks_between
from dashboard.courses import Courses
from dashboard.export import Native
from dashboard.filters import monday
from dashboard.views import indicators, overview

MOST = 5


def render(ctx: Context) -> None:
    """The page."""
    t = ctx.t
    chosen = ctx.filters.campaigns[:MOST]
    picker(ctx)
    if not ctx.ask(queries.totals, ctx.filters, ctx.last)["reports"]:
        parts.heading(t("专项行动"))
        parts.empty(ctx)
    elif not chosen:
        every(ctx)
    elif len(chosen) == 1:
        single(ctx, chosen[0])
    else:
        compare(ctx, chosen)


def picker(ctx: Context) -> None:
    """Which campaigns, at most five; the same choice as in the filter bar."""
    st.session_state["c_pick"] = list(ctx.filters.campaigns[:MOST])
    st.multiselect(
        ctx.t("选择专项行动（最多5个）"), list(ctx.catalog.campaigns), key="c_pick", max_selections=MOST, select_all=False, format_func=ctx.campaign,
        placeholder=ctx.t("从下表选择，或在此输入"), on_change=lambda: controls.apply(campaigns=tuple(st.session_state["c_pick"])),
    )  # fmt: skip


# --- all -------------------------------------------------------------------------------------------------------------


def every(ctx: Context) -> None:
    """All campaigns with their course; a row opens one."""
    t = ctx.t
    table = ctx.ask(queries.by_campaign, ctx.filters, ctx.last)
    parts.heading(t("专项行动"), t("{n} 个行动，{period}", n=int((table["id"] != "none").sum()), period=ctx.period()))
    weekly = ctx.ask(courses.courses, ctx.filters, ctx.last)
    weeks = [w for w in weeks_between(ctx) if w != ctx.unfinished][-52:]
    own = {c: weekly.of(c, weeks[0]) if weeks else {} for c in table["id"]}
    since = monday(ctx.last) - dt.timedelta(weeks=6)
    arrived = [w for w in covered(ctx) if w >= since]
    everything = overview.whenever(ctx)
    changes = [
        overview.change_text(ctx, queries.change(everything.of(c, since), arrived, ctx.last, 4)) or ""
        for c in table["id"]
    ]
    frame = pd.DataFrame(
        {
            t("专项行动"): [ctx.campaign(c) for c in table["id"]],
            t("类别"): [t(g) if isinstance(g, str) else "" for g in table["grp"]],
            t("活动数"): table["n"],
            t("街道乡镇数"): table["streets"],
            t("每周走势"): [[own[c].get(w, 0) for w in weeks] for c in table["id"]],
            t("最近完整周"): changes,
            t("首见"): [None if pd.isna(d) else d.date() for d in table["first"]],
            t("最近"): [None if pd.isna(d) else d.date() for d in table["last"]],
        }
    )
    key = f"c_all_{st.session_state.get('nonce', 0)}"

    def chosen() -> None:
        rows = st.session_state[key].selection.rows
        if rows:
            controls.apply(campaigns=tuple(str(table["id"].iloc[r]) for r in rows[:MOST]))

    st.dataframe(
        frame, hide_index=True, width="stretch", height=parts.fit(len(frame), 20), key=key, on_select=chosen, selection_mode="single-row",
        column_config={
            t("每周走势"): st.column_config.BarChartColumn(width="medium", y_min=0),
            t("活动数"): st.column_config.ProgressColumn(format="%d", min_value=0, max_value=int(table["n"].max()) if len(table) else 1),
            t("首见"): st.column_config.DateColumn(format="YYYY-MM-DD"),
            t("最近"): st.column_config.DateColumn(format="YYYY-MM-DD"),
        },
    )  # fmt: skip
    parts.note(t("点选一行查看该行动；走势不含未结束的一周。") + ctx.source())
    groups(ctx, table)


def groups(ctx: Context, table: pd.DataFrame) -> None:
    """Groups of campaigns, ranked."""
    t = ctx.t
    sums = table.dropna(subset=["grp"]).groupby("grp")["n"].sum().sort_values(ascending=False).reset_index()
    if sums.empty:
        return
    ranked = pd.DataFrame({"id": sums["grp"], "name": [t(g) for g in sums["grp"]], "n": sums["n"]})
    caption = charts.Caption(t("各类别活动数"), ctx.subtitle(t("项")), ctx.source())
    shown = ranked[["name", "n"]].rename(columns={"name": t("行动类别"), "n": t("活动数")})
    alt = t(
        "{title}，{sub}。第一名{name}，{n} 项。",
        title=caption.title,
        sub=caption.subtitle,
        name=ranked["name"].iloc[0],
        n=int(ranked["n"].iloc[0]),
    )
    panel = parts.Panel(
        "groups", caption, charts.bars(ranked, ctx.look, caption, unit=t("项")), shown, Native("bar"), alt
    )
    parts.show(ctx, panel, lambda point: controls.apply(groups=(str(overview.custom(point, 0)),)))


# --- one -------------------------------------------------------------------------------------------------------------


def single(ctx: Context, campaign: str) -> None:
    """Its course, where it began and spread, how strongly where and when, its figures, its events."""
    t = ctx.t
    totals = ctx.ask(queries.totals, ctx.filters, ctx.last)
    level = max(2, min(overview.next_level(ctx), 3)) if ctx.filters.place else 3
    began = ctx.ask(queries.spread, ctx.filters, ctx.last, level)
    group = ctx.catalog.campaigns[campaign].group
    parts.heading(
        ctx.campaign(campaign), " · ".join(b for b in (t(group) if group else "", ctx.place(), ctx.period()) if b)
    )
    weekly = ctx.ask(courses.courses, ctx.filters, ctx.last)
    change = queries.change(overview.whenever(ctx).by_week(), covered(ctx), ctx.last, 4)
    columns = st.container(key="figures_campaign").columns(4, gap="small")
    columns[0].metric(
        t("最近完整周活动"), change.now if change else "—", overview.change_text(ctx, change), delta_color="primary", delta_arrow=overview.arrow(change), border=True,
        height="stretch",
    )  # fmt: skip
    columns[1].metric(
        t("活动数"),
        wording.amount(totals["events"], ctx.lang),
        t("报道 {n} 篇", n=totals["articles"]),
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
    )
    columns[2].metric(
        t("涉及街道乡镇"),
        totals["streets"],
        t("区县 {n} 个", n=totals["districts"]),
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
    )
    first = began.iloc[0] if len(began) else None
    columns[3].metric(
        t("最早见于"), "—" if first is None else wording.short_day(first["first"], ctx.lang),
        None if first is None else wording.markdown(f"{first['parent'] or ''}{first['name']}"), delta_color="off", delta_arrow="off", border=True, height="stretch",
    )  # fmt: skip
    parts.show(ctx, lines_panel(ctx, weekly, (campaign,)), click_course)
    left, right = st.columns(2, gap="large")
    with left:
        if len(began):
            parts.show(ctx, spread_panel(ctx, began), overview.click_place)
    with right:
        panel = intensity(ctx, level)
        if panel is not None:
            parts.show(ctx, panel, click_intensity)
    indicators.summary(ctx)
    overview.latest(ctx)


def lines_panel(ctx: Context, weekly: Courses, chosen: tuple[str, ...], key: str = "course") -> parts.Panel:
    """A line a campaign."""
    t, weeks = ctx.t, weeks_between(ctx)
    wide = weekly.table(weeks, chosen)
    arrived = set(covered(ctx))
    missing = [w for w in weeks if w not in arrived]
    names = {c: ctx.campaign(c) for c in chosen}
    colour = charts.colours(list(chosen), list(ctx.catalog.campaigns), ctx.look)
    title = t("每周活动数") if len(chosen) == 1 else t("各行动每周活动数比较")
    caption = charts.Caption(
        title,
        ctx.subtitle(t("项")),
        ctx.source(),
    )
    figure = charts.lines(
        wide,
        names,
        colour,
        ctx.look,
        caption,
        unfinished=ctx.unfinished,
        missing=missing if len(missing) < len(weeks) else [],
        unit=t("项"),
    )
    table = wide.rename(columns=names).rename_axis(t("周一")).reset_index()
    alt = t("{title}，{sub}。共 {n} 项。", title=caption.title, sub=caption.subtitle, n=int(wide.to_numpy().sum()))
    return parts.Panel(key, caption, figure, table, Native("line", t("项")), alt)


def spread_panel(ctx: Context, began: pd.DataFrame) -> parts.Panel:
    """Where it began, and how it spread."""
    t = ctx.t
    shown = began.head(16)
    caption = charts.Caption(t("从哪里开始，怎样铺开"), ctx.subtitle(), ctx.source())
    table = began.assign(first=[d.date() for d in began["first"]], last=[d.date() for d in began["last"]])
    table = table[["name", "parent", "first", "last", "n"]].rename(
        columns={"name": t("地点"), "parent": t("上级"), "first": t("首次"), "last": t("最近"), "n": t("活动数")}
    )
    alt = t(
        "{title}：最早是{name}，{day}；共 {n} 处。",
        title=caption.title,
        name=began["name"].iloc[0],
        day=began["first"].iloc[0].date(),
        n=len(began),
    )
    return parts.Panel("spread", caption, charts.spans(shown, ctx.look, caption, unit=t("项")), table, None, alt)


def intensity(ctx: Context, level: int) -> parts.Panel | None:
    """Places × weeks."""
    t = ctx.t
    found = ctx.ask(queries.place_weeks, ctx.filters, ctx.last, level, 16)
    if found.empty:
        return None
    weeks = weeks_between(ctx)[-20:]
    rows = dict(zip(found["id"], found["name"], strict=True))
    at = {w: i for i, w in enumerate(weeks)}
    order = {p: i for i, p in enumerate(rows)}
    values = np.zeros((len(rows), len(weeks)))
    for place, week, n in zip(found["id"], found["week"], found["n"], strict=True):
        if week.date() in at:
            values[order[place], at[week.date()]] = n
    names = week_names(weeks, ctx.lang)
    caption = charts.Caption(
        t("各街道乡镇每周强度") if level == 3 else t("各地每周强度"), ctx.subtitle(t("项")), ctx.source()
    )
    grid = charts.Grid(
        list(rows),
        list(rows.values()),
        [w.isoformat() for w in weeks],
        names,
        values,
        tick_every=max(1, -(-len(weeks) // 6)),
    )
    figure = charts.heat(grid, ctx.look, caption, unit=t("项"), numbers_in_cells=False, square=24)
    table = pd.DataFrame(values.astype(int), columns=[w.isoformat() for w in weeks])
    table.insert(0, t("地点"), list(rows.values()))
    alt = t("{title}的热力表，{rows} 行 {cols} 列。", title=caption.title, rows=len(rows), cols=len(weeks))
    return parts.Panel("intensity", caption, figure, table, Native("grid"), alt)


def week_names(weeks: list[dt.date], lang: str) -> list[str]:
    """Labels of week columns."""
    return [wording.short_day(w, lang) for w in weeks]


def click_course(point: dict[str, Any]) -> None:
    """A week of a line: the events of that campaign in that week."""
    start = dt.date.fromisoformat(str(point["x"])[:10])
    campaign = overview.custom(point, 0)
    week = {"period": "custom", "start": start, "end": start + dt.timedelta(days=6)}
    controls.go("events", **week, **({"campaigns": (str(campaign),)} if campaign else {}))


def click_intensity(point: dict[str, Any]) -> None:
    """A cell: its place and its week."""
    start = dt.date.fromisoformat(str(overview.custom(point, 1)))
    controls.apply(place=str(overview.custom(point, 0)), period="custom", start=start, end=start + dt.timedelta(days=6))


# --- several ---------------------------------------------------------------------------------------------------------


def compare(ctx: Context, chosen: tuple[str, ...]) -> None:
    """Their courses on one axis, their places side by side, their figures."""
    t = ctx.t
    narrowed = replace(ctx.filters, campaigns=chosen)
    parts.heading(t("比较 {n} 个行动", n=len(chosen)), f"{ctx.place()} · {ctx.period()}")
    weekly = ctx.ask(courses.courses, narrowed, ctx.last)
    parts.show(ctx, lines_panel(ctx, weekly, chosen, "compare"), click_course)
    parts.show(ctx, overview.place_grid(ctx), overview.click_cell)
    table = ctx.ask(queries.by_campaign, narrowed, ctx.last).set_index("id").reindex(list(chosen))
    rows = []
    for cid in chosen:
        change = queries.change(weekly.of(cid), covered(ctx), ctx.last, 4)
        record = table.loc[cid]
        rows.append(
            {
                t("专项行动"): ctx.campaign(cid),
                t("活动数"): 0 if pd.isna(record["n"]) else int(record["n"]),
                t("街道乡镇数"): 0 if pd.isna(record["streets"]) else int(record["streets"]),
                t("首见"): None if pd.isna(record["first"]) else record["first"].date(),
                t("最近"): None if pd.isna(record["last"]) else record["last"].date(),
                t("最近完整周"): overview.change_text(ctx, change) or "",
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
