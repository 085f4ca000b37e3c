"""总览: one screen that answers what moved this week, where, and what fell silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import charts, controls, courses, data, parts, queries, wording
from dashboard.context import Context, covered, timeless, weeks_between
from dashboard.courses import Courses
from dashboard.export import Native
from dashboard.filters import Filters, monday, week_label
from dashboard.sparks import Kind, spark


def render(ctx: Context) -> None:
    """The page."""
    t = ctx.t
    totals = ctx.ask(queries.totals, ctx.filters, ctx.last)
    parts.heading(t("总览"), arrival_note(ctx))
    if not totals["reports"]:
        parts.empty(ctx)
        return
    ctx.cards_ahead(queries.events, ctx.filters, ctx.last, duplicates=False, limit=2 if ctx.look.wall else 3)
    ctx.desk.ahead(lambda: ask_ahead(ctx))
    weekly = ctx.ask(courses.courses, ctx.filters, ctx.last)
    if ctx.look.wall:
        wall(ctx, totals, weekly)
        return
    figures(ctx, totals, weekly)
    first_row = HEIGHT if ctx.lang == "zh" else HEIGHT + ENGLISH_LINES
    main, feed = st.container(key="first_screen").columns([12, 5], gap="medium")
    with main:
        left, right = st.columns([7, 5], gap="medium")
        with left:
            show_weekly(ctx, weekly, totals, first_row)
        with right:
            map_or_ranking(ctx, first_row)
        first, second, third = st.columns([8, 7, 6], gap="medium")
        with first:
            active_places(ctx, 6)
        with second:
            silent_places(ctx, 6)
        with third:
            new_campaigns(ctx)
    with feed:
        latest(ctx, 3, brief=True)
    parts.show(ctx, place_grid(ctx), click_cell)


HEIGHT = 310  # of the charts in the first row, so that all fits 1440×900
ENGLISH_LINES = 48  # what English captions and legends take more


def wall(ctx: Context, totals: dict[str, int], weekly: Courses) -> None:
    """The same on one screen of 1920×1080, nothing to click."""
    figures(ctx, totals, weekly)
    left, right = st.columns([8, 5], gap="large")
    with left:
        parts.show(ctx, sized(weekly_panel(ctx, weekly, totals), 370))
        shapes = county_map(ctx, crowded=True)
        grid, side = st.columns([3, 2], gap="medium") if shapes else (st.container(), None)
        with grid:
            parts.show(ctx, sized(place_grid(ctx, 8, 7 if shapes else 12), 400))
        if shapes and side:
            with side:
                parts.show(ctx, sized(shapes, 400))
    with right:
        silent_places(ctx, 5)
        new_campaigns(ctx, 3)
        latest(ctx, 2)


def ask_ahead(ctx: Context) -> None:
    """What the lower half of the page shows, asked while the upper half is drawn."""
    ctx.ask(queries.newly_silent, timeless(ctx.filters), ctx.last)
    ctx.ask(queries.new_campaigns, whenever_filters(ctx), ctx.last)
    if not ctx.look.wall:
        ctx.ask(queries.crosstab, ctx.filters, ctx.last, next_level(ctx), GRID_ROWS, GRID_COLUMNS)


def whenever_filters(ctx: Context) -> Filters:
    """The reader's filters without a time."""
    return replace(ctx.filters, period="all", start=None, end=None)


def sized(panel: parts.Panel, height: int) -> parts.Panel:
    """The panel with its figure drawn at that height."""
    panel.figure.layout["height"] = height
    return panel


def arrival_note(ctx: Context) -> str:
    """Which papers arrived in the last week of the data."""
    t = ctx.t
    here = ctx.ask(courses.arrived, monday(ctx.last))
    missing = [p for p in ctx.catalog.papers if p not in here]
    text = t(
        "数据截至 {day}，最近一周到报 {n}/{all} 种",
        day=wording.day(ctx.last, ctx.lang),
        n=len(here),
        all=len(ctx.catalog.papers),
    )
    return text + (
        t("；未到：{papers}", papers="、".join(missing[:3]) + ("…" if len(missing) > 3 else "")) if missing else ""
    )


# --- key figures -----------------------------------------------------------------------------------------------------


def whenever(ctx: Context) -> Courses:
    """Activities a week whatever the period chosen, for comparing."""
    found: Courses = ctx.ask(courses.courses, whenever_filters(ctx), ctx.last)
    return found


def figures(ctx: Context, totals: dict[str, int], weekly: Courses) -> None:
    """Five figures; the first is the last complete week against the weeks before."""
    t = ctx.t
    everything = whenever(ctx)
    counts = everything.by_week()
    arrived = covered(ctx)
    four = queries.change(counts, arrived, ctx.last, 4)
    columns = st.container(key="figures").columns(5, gap="small")
    recent = [counts.get(w, 0) for w in arrived if w != ctx.unfinished][-26:]
    week_text = t("{week}（最近完整周）", week=week_label(four.week)) if four else ""
    year = queries.change(counts, arrived, ctx.last, 52)
    columns[0].metric(
        t("最近完整周活动"), wording.amount(four.now, ctx.lang) if four else "—", change_text(ctx, four), delta_color="primary",
        delta_arrow=arrow(four), border=True, height="stretch",
        help=t("{week}，与此前 4 个完整周的平均数相比；没有报纸到达的周不计，未结束的一周不计。", week=week_text) + year_text(ctx, year),
    )  # fmt: skip
    draw_spark(ctx, columns[0], recent, "area")
    columns[1].metric(
        t("所选时间内活动"), wording.amount(totals["events"], ctx.lang), t("报道 {n} 篇", n=wording.amount(totals["articles"], ctx.lang)),
        delta_color="off", delta_arrow="off", border=True, height="stretch",
        help=t("同一活动的重复报道只计一次：{reports} 次报道合为 {events} 项活动。", reports=totals["reports"], events=totals["events"]),
    )  # fmt: skip
    draw_spark(ctx, columns[1], per_week(ctx, weekly), "bar")
    groups = {c.group for i in weekly.ids if (c := ctx.catalog.campaigns.get(i)) and c.group}
    columns[2].metric(
        t("开展中的专项行动"), wording.amount(totals["campaigns"], ctx.lang), mover_text(ctx, everything) or t("类别 {n} 个", n=len(groups)), delta_color="off", delta_arrow="off",
        border=True, height="stretch", help=t("所选时间内有活动报道的专项行动数；下方为最近完整周增加最多的行动。"),
    )  # fmt: skip
    draw_spark(ctx, columns[2], everything.active()[-26:], "line")
    if ctx.catalog.at(ctx.filters.place, 3):
        street_figures(ctx, columns[3], columns[4])
    else:
        area_figures(ctx, totals, columns[3], columns[4])


def draw_spark(ctx: Context, column: Any, values: list[int], kind: Kind) -> None:
    """The course beside a key figure, in the corner of its card."""
    if drawn := spark(values, kind, ctx.look):
        column.html(drawn)


def area_figures(ctx: Context, totals: dict[str, int], reported: Any, silent: Any) -> None:
    """How many streets are reported, and how many fell silent."""
    t = ctx.t
    reported.metric(
        t("有报道的街道乡镇"), wording.amount(totals["streets"], ctx.lang), t("区县 {n} 个", n=totals["districts"]), delta_color="off",
        delta_arrow="off", border=True, height="stretch",
    )  # fmt: skip
    found = ctx.ask(queries.newly_silent, timeless(ctx.filters), ctx.last)
    silent.metric(
        t("新近静默的街道乡镇"), wording.amount(len(found), ctx.lang), t("连续 {n} 周以上无报道", n=queries.QUIET_WEEKS), delta_color="off",
        delta_arrow="off", border=True, height="stretch", help=t("覆盖它的报纸照常到达，却连续 {n} 周以上没有报道", n=queries.QUIET_WEEKS),
    )  # fmt: skip


def street_figures(ctx: Context, communities: Any, last: Any) -> None:
    """Of one street: the communities named, and when it was last in the paper."""
    t = ctx.t
    named = ctx.ask(queries.by_place, ctx.filters, ctx.last, 4, 1000)
    communities.metric(t("写到的村社区"), len(named), border=True, height="stretch")
    days = ctx.ask(queries.by_campaign, ctx.filters, ctx.last)["last"].dropna()
    silent = ctx.ask(queries.newly_silent, timeless(ctx.filters), ctx.last)
    last.metric(
        t("最近见报"), wording.short_day(days.max(), ctx.lang) if len(days) else "—", t("连续 {n} 周以上无报道", n=queries.QUIET_WEEKS) if len(silent) else None,
        delta_color="off", delta_arrow="off", border=True, height="stretch",
    )  # fmt: skip


def per_week(ctx: Context, weekly: Courses) -> list[int]:
    sums = weekly.by_week()
    return [sums.get(w, 0) for w in weeks_between(ctx)][-26:]


def change_text(ctx: Context, change: queries.Change | None) -> str | None:
    """+12% 较前4周均值; a low base says so instead."""
    t = ctx.t
    if change is None:
        return t("最近完整周没有报纸到达")
    if change.mean is None:
        return t("此前不足 2 周，暂不比较")
    if change.low:
        return t("基数小，变化不大")
    if change.ratio is None:
        return t("前{n}周均值为 0", n=change.weeks)
    return t("{change} 较前{n}周均值", change=wording.percent(change.ratio), n=change.weeks)


def arrow(change: queries.Change | None) -> Any:
    if change is None or change.ratio is None or abs(change.ratio) < 0.005:
        return "off"
    return "up" if change.ratio > 0 else "down"


def year_text(ctx: Context, change: queries.Change | None) -> str:
    """A sentence on the last complete week against the year before it."""
    t = ctx.t
    if change is None or change.mean is None:
        return t("数据不足半年，暂不与近一年比较。")
    if change.low or change.ratio is None:
        return t("与近一年平均相比，变化不大。")
    return t(
        "与此前 {n} 个完整周的平均 {mean} 相比：{change}。",
        n=change.weeks,
        mean=f"{change.mean:.1f}",
        change=wording.percent(change.ratio),
    )


def mover_text(ctx: Context, everything: Courses) -> str | None:
    """The campaign that rose most in the last complete week."""
    rises: list[tuple[float, str]] = []
    since = monday(ctx.last) - dt.timedelta(weeks=6)
    arrived = [w for w in covered(ctx) if w >= since]
    for cid in everything.ids:
        change = queries.change(everything.of(cid, since), arrived, ctx.last, 4)
        if change and change.mean is not None and not change.low and change.now > change.mean:
            rises.append((change.now - change.mean, cid))
    if not rises:
        return None
    return ctx.t("上升最多：{name}", name=wording.markdown(ctx.campaign(max(rises)[1])))


# --- charts ----------------------------------------------------------------------------------------------------------


def weekly_panel(ctx: Context, weekly: Courses, totals: dict[str, int]) -> parts.Panel:
    """Weekly activity by campaign: the top seven and the rest."""
    t = ctx.t
    weeks = weeks_between(ctx)
    monthly = len(weeks) > queries.MAX_WEEKS
    grouped = in_groups(ctx, weekly)
    weekly = weekly.renamed(group_of(ctx)) if grouped else weekly
    wide, names = top_wide(ctx, weekly, weeks, monthly)
    ranking_ = [f"group:{g}" for g in ctx.catalog.groups] if grouped else list(ctx.catalog.campaigns)
    colour = charts.colours(list(wide.columns), ranking_, ctx.look)
    arrived = set(covered(ctx))
    reported = weekly.by_week()
    missing = [] if monthly else [w for w in weeks if w not in arrived and not reported.get(w)]
    titles = ("各类别每月活动数", "各类别每周活动数") if grouped else ("各专项行动每月活动数", "各专项行动每周活动数")
    caption = charts.Caption(t(titles[0] if monthly else titles[1]), ctx.subtitle(t("项")), ctx.source())
    figure = charts.weekly_stack(
        wide,
        names,
        colour,
        ctx.look,
        caption,
        unfinished=None if monthly else ctx.unfinished,
        missing=missing,
        monthly=monthly,
    )
    table = wide.rename(columns=names).rename_axis(t("月") if monthly else t("周一")).reset_index()
    if ctx.filters.by == "event" and totals["inexact"]:
        parts_note = t("其中 {n} 项日期不精确，按出版日计入", n=totals["inexact"])
        caption = replace(caption, source=f"{caption.source}　{parts_note}")
    busiest = wide.sum(axis=1)
    alt = t(
        "{title}，{sub}。共 {n} 项，最多的一期始于 {day}，{m} 项。", title=caption.title, sub=caption.subtitle, n=int(busiest.sum()),
        day=busiest.idxmax() if len(busiest) else "—", m=int(busiest.max()) if len(busiest) else 0,
    )  # fmt: skip
    return parts.Panel("weekly", caption, figure, table, Native("stack", t("项")), alt)


SHARE_OF_REST = 0.45


def in_groups(ctx: Context, weekly: Courses) -> bool:
    """Whether to count by group: where the reader says so, or where most campaigns would end up as 其他."""
    wanted = controls.setting("level")
    if wanted in ("campaign", "group") or not ctx.catalog.groups:
        return wanted == "group" and bool(ctx.catalog.groups)
    sums = sorted((n for cid, n in weekly.by_id().items() if cid != "none"), reverse=True)
    return len(sums) > charts.TOP + 1 and sum(sums[charts.TOP :]) > SHARE_OF_REST * sum(sums)


def group_of(ctx: Context) -> Callable[[str], str]:
    """group:安全应急 for a campaign's id; none where it has no group."""
    groups = {c.id: f"group:{c.group}" if c.group else "none" for c in ctx.catalog.campaigns.values()}
    return lambda cid: groups.get(cid, "none")


def show_weekly(ctx: Context, weekly: Courses, totals: dict[str, int], height: int | None = None) -> None:
    """The chart, and the choice between campaigns and groups."""
    panel = weekly_panel(ctx, weekly, totals)
    panel = sized(panel, height) if height else panel
    parts.show(ctx, panel, lambda point: click_week(ctx, point), lambda: choose_level(ctx, weekly))


def choose_level(ctx: Context, weekly: Courses) -> None:
    """Coloured by campaign or by group."""
    t, ss = ctx.t, st.session_state
    ss["o_level"] = "group" if in_groups(ctx, weekly) else "campaign"
    names = {"campaign": t("按行动"), "group": t("按类别")}
    st.segmented_control(
        t("分色"), list(names), format_func=names.__getitem__, key="o_level", required=True, label_visibility="collapsed",
        on_change=lambda: controls.set_settings(level=ss["o_level"]),
    )  # fmt: skip


def top_wide(
    ctx: Context, weekly: Courses, weeks: list[dt.date], monthly: bool, top: int = charts.TOP
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Weeks (or months) × the top campaigns and 其他, zeros filled in."""
    shown, index = (weekly.monthly(), charts.months_of(weeks)) if monthly else (weekly, weeks)
    kept = [c for c in shown.ranked() if c != "none"][:top]
    merged = shown.renamed(lambda cid: cid if cid in kept else charts.REST)
    wide = merged.table(index, [*kept, *([charts.REST] if charts.REST in merged.ids else [])])
    return wide, {c: ctx.t(c.removeprefix("group:")) if c.startswith("group:") else ctx.campaign(c) for c in kept} | {
        charts.REST: ctx.t("其他")
    }


def click_week(ctx: Context, point: dict[str, Any]) -> None:
    """A bar: its week and its campaign."""
    start = dt.date.fromisoformat(str(point["x"])[:10])
    cid = str(custom(point, 0))
    changes: dict[str, Any] = {"period": "custom", "start": start, "end": start + dt.timedelta(days=6)}
    if cid in ctx.catalog.campaigns:
        changes["campaigns"] = (cid,)
    elif cid.removeprefix("group:") in ctx.catalog.groups:
        changes["groups"] = (cid.removeprefix("group:"),)
    controls.apply(**changes)


def custom(point: dict[str, Any], at: int) -> Any:
    """One item of a clicked point's customdata, however it was packed."""
    data_ = point.get("customdata")
    return (
        data_[at]
        if isinstance(data_, (list, tuple))
        else (list(data_.values())[at] if isinstance(data_, dict) else data_)
    )


def next_level(ctx: Context) -> int:
    """The level to break down by: districts in all or in a city, streets in a district, communities in a street."""
    path = ctx.catalog.path(ctx.filters.place)
    return 2 if not path or path[-1].level < 2 else min(path[-1].level + 1, 4)


LEVEL_WORDS = ("省份", "城市", "区县", "街道乡镇", "村社区")


GRID_ROWS, GRID_COLUMNS = 14, 12


def place_grid(ctx: Context, rows_: int = GRID_ROWS, columns_: int = GRID_COLUMNS) -> parts.Panel:
    """Campaigns × places."""
    t, level = ctx.t, next_level(ctx)
    cross = ctx.ask(queries.crosstab, ctx.filters, ctx.last, level, rows_, columns_)
    rows = list(dict.fromkeys(cross["campaign"]))
    columns = dict(zip(cross["place"], cross["place_name"], strict=True))
    values = np.zeros((len(rows), len(columns)))
    where = {p: i for i, p in enumerate(columns)}
    for campaign, place, n in zip(cross["campaign"], cross["place"], cross["n"], strict=True):
        values[rows.index(campaign), where[place]] = n
    names = [ctx.campaign(c) for c in rows]
    caption = charts.Caption(
        t("专项行动与{level}", level=t.inside(LEVEL_WORDS[level])), ctx.subtitle(t("项")), ctx.source()
    )
    figure = charts.heat(
        charts.Grid(rows, names, list(columns), list(columns.values()), values), ctx.look, caption, unit=t("项")
    )
    table = pd.DataFrame(values.astype(int), columns=unique(list(columns.values())))
    table.insert(0, t("专项行动"), names)
    alt = t("{title}的热力表，{rows} 行 {cols} 列。", title=caption.title, rows=len(rows), cols=len(columns))
    return parts.Panel("grid", caption, figure, table, Native("grid"), alt)


def unique(names: list[str]) -> list[str]:
    """Names made distinct, for the columns of a table."""
    seen: dict[str, int] = {}
    out: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return out


def click_cell(point: dict[str, Any]) -> None:
    """A cell: its campaign and its place."""
    campaign, place = str(custom(point, 0)), str(custom(point, 1))
    controls.apply(campaigns=(campaign,), place=place)


MAX_SHAPES = 400
WIDE = 150  # more prefectures than this are most of the nation: a tenth of a degree is less than a pixel
MAX_LABELLED = 40  # with more shapes than this, only those with activities are named


def map_or_ranking(ctx: Context, height: int) -> None:
    """The map by county; where no county has a shape (or within a street), nothing is lost: the ranking stands beside it."""
    panel = county_map(ctx, crowded=True)
    if panel is not None:
        parts.show(ctx, sized(panel, height), lambda point: click_county(ctx, point))


def county_map(ctx: Context, key: str = "map", *, crowded: bool = False) -> parts.Panel | None:
    """Counties by number of activities, drawn for the prefectures that have any; prefectures where several provinces are looked at.

    `crowded`: there is little room, so that only places with activities are named.
    """
    level = map_level(ctx)
    counts = ctx.ask(queries.by_place, ctx.filters, ctx.last, level, 3000)
    shapes = data.shapes("prefectures" if level == 1 else "counties")
    if level == 1:
        counts = counts.assign(id=[c + "00" if len(c) == 4 else c for c in counts["id"]])
    known = counts[[c in shapes for c in counts["id"]]]
    if known.empty:
        return None
    around = {c[: 2 if level == 1 else 4] for c in known["id"]}
    drawn = [f for code, f in shapes.items() if code[: 2 if level == 1 else 4] in around]
    if len(drawn) > MAX_SHAPES:
        drawn = [shapes[c] for c in known["id"].head(MAX_SHAPES)]
    if level == 1 and len(drawn) > WIDE:
        shapes = data.shapes("nation")
        drawn = [shapes[f["properties"]["adcode"]] for f in drawn]
    return map_panel(ctx, key, level, counts, known, drawn, 0 if crowded else MAX_LABELLED)


def map_level(ctx: Context) -> int:
    """1 (prefectures) while several provinces are looked at, else 2 (counties)."""
    if ctx.filters.place in ctx.catalog.nodes:
        return 2
    provinces = ctx.ask(queries.by_place, ctx.filters, ctx.last, 0, 2)
    return 1 if len(provinces) > 1 else 2


def map_panel(
    ctx: Context,
    key: str,
    level: int,
    counts: pd.DataFrame,
    known: pd.DataFrame,
    drawn: list[dict[str, Any]],
    labelled: int,
) -> parts.Panel:
    """The map with its table and its sentence."""
    t, word = ctx.t, ctx.t(LEVEL_WORDS[level])
    caption = charts.Caption(
        t("各{level}活动数", level=t.inside(LEVEL_WORDS[level])), ctx.subtitle(t("项")), ctx.source()
    )
    figure = charts.choropleth(
        known, {"type": "FeatureCollection", "features": drawn}, ctx.look, caption, unit=t("项"), labels=spaced_labels(drawn, known, labelled),
        outline=None if level == 1 or ctx.catalog.at(ctx.filters.place, 1) else data.outline(tuple(sorted({c[:2] for c in known["id"]}))),
    )  # fmt: skip
    table = counts[["name", "n", "parent_name", "id"]].rename(
        columns={"name": word, "parent_name": t("上级"), "id": t("代码"), "n": t("活动数")}
    )
    top = counts.iloc[0]
    alt = t(
        "{title}地图，{sub}。最多的是{name}，{n} 项。",
        title=caption.title,
        sub=caption.subtitle,
        name=top["name"],
        n=int(top["n"]),
    )
    return parts.Panel(key, caption, figure, table, Native("bar"), alt)


def spaced_labels(drawn: list[dict[str, Any]], known: pd.DataFrame, labelled: int = MAX_LABELLED) -> pd.DataFrame:
    """Names for the map, the busiest first, leaving out those that would lie upon another."""
    rank = {c: i for i, c in enumerate(known["id"])}
    rows = sorted((f["properties"] for f in drawn), key=lambda p: rank.get(p["adcode"], len(rank)))
    rows = [p for p in rows if "lon" in p and (len(drawn) <= labelled or p["adcode"] in rank)]
    if not rows:
        return pd.DataFrame(columns=["name", "lon", "lat"])
    width = max(p["lon"] for p in rows) - min(p["lon"] for p in rows) + 0.6
    height = max(p["lat"] for p in rows) - min(p["lat"] for p in rows) + 0.6
    room = max(width / (4 if len(drawn) > WIDE else 7), height / 9)
    kept: list[dict[str, Any]] = []
    for p in rows:
        if all(abs(p["lon"] - k["lon"]) > room or abs(p["lat"] - k["lat"]) > room / 3.2 for k in kept):
            kept.append({"name": p["name"], "lon": p["lon"], "lat": p["lat"]})
    return pd.DataFrame(kept)


def click_county(ctx: Context, point: dict[str, Any]) -> None:
    code = str(point.get("location") or custom(point, 0))
    code = code if code in ctx.catalog.nodes else code.removesuffix("00")
    if code in ctx.catalog.nodes:
        controls.apply(place=code)


def ranking(ctx: Context, level: int, key: str, limit: int = 10, title: str = "最活跃的{level}") -> parts.Panel | None:
    """The most active places of one level."""
    t = ctx.t
    counts = ctx.ask(queries.by_place, ctx.filters, ctx.last, level, limit)
    if counts.empty:
        return None
    caption = charts.Caption(t(title, level=t.inside(LEVEL_WORDS[level])), ctx.subtitle(t("项")), ctx.source())
    figure = charts.bars(counts, ctx.look, caption, unit=t("项"), detail="parent_name")
    table = counts[["name", "parent_name", "id", "n"]].rename(
        columns={"name": t(LEVEL_WORDS[level]), "parent_name": t("上级"), "id": t("代码"), "n": t("活动数")}
    )
    top = counts.iloc[0]
    alt = t(
        "{title}，{sub}。第一名{name}，{n} 项。",
        title=caption.title,
        sub=caption.subtitle,
        name=top["name"],
        n=int(top["n"]),
    )
    return parts.Panel(
        key, caption, figure, table[[t(LEVEL_WORDS[level]), t("活动数"), t("上级"), t("代码")]], Native("bar"), alt
    )


def click_place(point: dict[str, Any]) -> None:
    controls.apply(place=str(custom(point, 0)))


def active_places(ctx: Context, limit: int) -> None:
    recent = ctx.filters.period == "all"  # what moves now, unless the reader asks for a time
    shown = replace(ctx, filters=replace(ctx.filters, period="4w")) if recent else ctx
    panel = ranking(
        shown, max(3, next_level(ctx)), "active", limit, "近4周最活跃的{level}" if recent else "最活跃的{level}"
    )
    if panel is not None:
        parts.show(ctx, panel, click_place)
    else:
        parts.note(ctx.t("所选范围内没有报道到街道乡镇一级的活动。"))


# --- silence, novelty, latest ----------------------------------------------------------------------------------------


def silent_places(ctx: Context, limit: int = 6) -> None:
    """Streets that fell silent though their papers kept arriving."""
    t = ctx.t
    parts.subheading(
        t("新近静默的街道乡镇"), t("覆盖它的报纸照常到达，却连续 {n} 周以上没有报道", n=queries.QUIET_WEEKS)
    )
    silent = ctx.ask(queries.newly_silent, timeless(ctx.filters), ctx.last)
    if silent.empty:
        parts.note(t("没有。"))
        return
    with st.container(gap=None, key="list_silent"):
        for row in silent.head(limit).itertuples():
            with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
                st.button(
                    wording.markdown(f"{row.district or ''}{row.name}".strip()), key=f"silent_{row.id}", type="tertiary", on_click=controls.go,
                    args=("places",), kwargs={"place": row.id},
                )  # fmt: skip
                parts.note(t("静默 {n} 周，此前 12 周 {m} 次", n=row.quiet, m=row.before))
    if len(silent) > limit:
        parts.note(t("共 {n} 个，此处列出此前最活跃的 {m} 个", n=len(silent), m=limit))


def new_campaigns(ctx: Context, limit: int = 5) -> None:
    """Campaigns that appear for the first time, and phrases that may become one."""
    t = ctx.t
    parts.subheading(t("新出现的行动"), t("近 4 周首次见报"))
    found = ctx.ask(queries.new_campaigns, whenever_filters(ctx), ctx.last)
    candidates = [c for c in ctx.run.get("candidates") or [] if isinstance(c, dict) and c.get("phrase")][:4]
    if found.empty and not candidates:
        parts.note(t("没有。"))
    with st.container(gap=None, key="list_new"):
        for row in found.head(limit).itertuples():
            with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
                st.button(
                    wording.markdown(ctx.campaign(row.id)), key=f"new_{row.id}", type="tertiary", on_click=controls.go, args=("campaigns",),
                    kwargs={"campaigns": (row.id,)},
                )  # fmt: skip
                parts.note(t("{n} 项，首见 {day}", n=row.n, day=wording.short_day(row.first, ctx.lang)))
    if candidates:
        phrases = "、".join(
            t("“{phrase}”（{n} 篇）", phrase=c["phrase"], n=c.get("articles") or c.get("count") or "?")
            for c in candidates
        )
        parts.note(t("分类表之外的高频说法：{phrases}", phrases=phrases))


def latest(ctx: Context, limit: int = 6, *, brief: bool = False) -> None:
    """The newest events with their sentence; `brief` for a narrow column."""
    t = ctx.t
    parts.subheading(t("最新活动"), t("标色处是地点、日期、行动与数字在原文中的依据"))
    found = ctx.ask(queries.events, ctx.filters, ctx.last, duplicates=False, limit=limit)
    with st.container(gap="xsmall", key="latest"):
        parts.cards(ctx, [int(r) for r in found["erow"]], "latest", brief=brief)
    if not ctx.look.wall:
        st.button(t("查看全部事件"), on_click=controls.go, args=("events",), key="all_events")
