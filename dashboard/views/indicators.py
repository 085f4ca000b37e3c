"""指标: what was done. Single counts add up once per activity; a running total stands alone with its 截至."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import charts, controls, data, parts, queries, wording
from dashboard.context import Context, weeks_between
from dashboard.export import Native
from dashboard.views import overview


def name_of(ctx: Context, key: str) -> str:
    """An indicator's name; numbers without a canonical indicator go by their own words."""
    return data.indicator_names(ctx.lang).get(key, key)


def render(ctx: Context) -> None:
    """The page."""
    t = ctx.t
    found = ctx.ask(queries.indicators, ctx.filters, ctx.last)
    parts.heading(t("指标"), f"{ctx.place()} · {ctx.period()}")
    if found.empty:
        if ctx.ask(queries.totals, ctx.filters, ctx.last)["reports"]:
            parts.note(t("所选范围内的报道没有写到数字。"))
        else:
            parts.empty(ctx)
        return
    parts.note(
        t("“本次合计”把各活动当次的数字相加，重复报道不计；“截至…累计”的数字从不相加，只列最新一次。不同单位分开列。")
    )
    key, unit = chosen(found)
    args, wanted = narrowed_to(ctx).question(ctx, key, unit)
    ctx.cards_ahead(queries.indicator_rows, *args, **wanted)
    left, right = st.columns([4, 7], gap="large")
    with left:
        listing(ctx, found, key, unit)
    with right:
        one(ctx, found, key, unit)


def chosen(found: pd.DataFrame) -> tuple[str, str]:
    """The indicator of the URL, or the first."""
    wanted = (controls.setting("indicator"), controls.setting("unit"))
    known = set(zip(found["key"], found["unit"], strict=True))
    return wanted if wanted in known else (str(found["key"].iloc[0]), str(found["unit"].iloc[0]))


def listing(ctx: Context, found: pd.DataFrame, key: str, unit: str) -> None:
    """All indicators; a row opens one."""
    t = ctx.t
    names = data.indicator_names(ctx.lang)
    table = pd.DataFrame(
        {
            t("指标"): [names.get(k, k) for k in found["key"]],
            t("单位"): found["unit"],
            t("活动"): found["events"],
            t("本次合计"): [figure(ctx, row) for row in found.itertuples()],
            t("累计数"): [str(n) if n else "" for n in found["runnings"]],
        }
    )
    state = f"i_list_{abs(hash((tuple(found['key']), tuple(found['unit']), ctx.lang)))}"

    def pick() -> None:
        rows = st.session_state[state].selection.rows
        if rows:
            controls.set_settings(
                indicator=str(found["key"].iloc[rows[0]]), unit=str(found["unit"].iloc[rows[0]]), part=None, week=None
            )

    at = list(zip(found["key"], found["unit"], strict=True)).index((key, unit))
    st.dataframe(
        table, hide_index=True, width="stretch", height=parts.fit(len(table), 18), key=state, on_select=pick, selection_mode="single-row",
        selection_default={"selection": {"rows": [at]}},
        column_config={
            t("活动"): st.column_config.NumberColumn(help=t("报道了该数字的活动数")),
            t("本次合计"): st.column_config.TextColumn(alignment="right"),
            t("累计数"): st.column_config.TextColumn(alignment="right", help=t("报道过的累计数个数")),
        },
    )  # fmt: skip


def figure(ctx: Context, row: Any) -> str:
    """The sum; the range where the unit does not add up; — where only running totals exist."""
    get = row.get if hasattr(row, "get") else lambda name: getattr(row, name)
    if get("adds") or pd.isna(get("low")):
        return wording.amount(get("total"), ctx.lang)
    low, high = wording.amount(get("low"), ctx.lang), wording.amount(get("high"), ctx.lang)
    return low if low == high else f"{low}—{high}"


def one(ctx: Context, found: pd.DataFrame, key: str, unit: str) -> None:
    """One indicator: its sum and course, its places and campaigns, its running totals, its sentences."""
    t = ctx.t
    row = found[(found["key"] == key) & (found["unit"] == unit)].iloc[0]
    name = name_of(ctx, key)
    parts.subheading(name, t("单位：{unit}", unit=unit))
    running = ctx.ask(queries.running_totals, ctx.filters, ctx.last, key, unit, 20)
    columns = st.container(key="figures_indicator").columns(3, gap="small")
    rough = t("其中有“余”“近”“约”等概数") if bool(row["rough"]) else t("均为确数")
    title, told = (
        (t("本次合计"), t("精确值 {n} {unit}", n=wording.exact(row["total"]), unit=wording.markdown(unit)))
        if row["adds"]
        else (t("最低—最高"), t("这一单位不能相加"))
    )
    columns[0].metric(
        title,
        figure(ctx, row),
        rough if row["singles"] else None,
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        help=told,
    )
    columns[1].metric(
        t("由几次活动相加") if row["adds"] else t("报道次数"), int(row["singles"]), border=True, height="stretch"
    )
    latest = running.iloc[0] if len(running) else None
    columns[2].metric(
        t("最大的最新累计"), "—" if latest is None else wording.amount(latest["value"], ctx.lang),
        None if latest is None else t("截至 {day}", day=wording.day(latest["as_of"], ctx.lang)), delta_color="off", delta_arrow="off", border=True, height="stretch",
    )  # fmt: skip
    if row["singles"] and row["adds"]:
        by_week, by_place, by_campaign = ctx.ask(queries.indicator_sums, ctx.filters, ctx.last, key, unit)
        words = ctx.desk.store.con
        parts.show(ctx, weeks_panel(ctx, queries.weeks_of(by_week), key, unit, name), lambda point: pick_week(point))
        left, right = st.columns(2, gap="medium")
        with left:
            level = max(2, overview.next_level(ctx))
            places = queries.places_of(words, by_place, level)
            if len(places):
                parts.show(
                    ctx,
                    bars_panel(
                        ctx,
                        places,
                        t("各{level}本次合计", level=t.inside(overview.LEVEL_WORDS[level])),
                        unit,
                        "i_places",
                    ),
                    lambda p: pick_part(f"place:{overview.custom(p, 0)}"),
                )
        with right:
            by = queries.campaigns_of(words, by_campaign)
            named = by.assign(name=[ctx.campaign(c) for c in by["id"]])
            parts.show(
                ctx,
                bars_panel(ctx, named, t("各专项行动本次合计"), unit, "i_campaigns"),
                lambda p: pick_part(f"campaign:{overview.custom(p, 0)}"),
            )
    if len(running):
        running_table(ctx, running, unit)
    sentences(ctx, key, unit)


def weeks_panel(ctx: Context, found: pd.DataFrame, key: str, unit: str, name: str) -> parts.Panel:
    """Sums of single counts by week."""
    t, weeks = ctx.t, weeks_between(ctx)
    sums = {w.date(): float(v) for w, v in zip(found["week"], found["total"], strict=True)}
    wide = pd.DataFrame({key: [sums.get(w, 0.0) for w in weeks]}, index=weeks)
    caption = charts.Caption(t("{name}：每周本次合计", name=name), ctx.subtitle(unit), ctx.source())
    figure = charts.weekly_stack(
        wide, {key: name}, {key: ctx.look.accent}, ctx.look, caption, unfinished=ctx.unfinished
    )
    figure.layout.update(showlegend=False, height=300, margin=figure.layout["margin"] | {"b": 34})
    table = wide.rename(columns={key: f"{name}（{unit}）"}).rename_axis(t("周一")).reset_index()
    alt = t(
        "{title}，{sub}。共 {n} {unit}。",
        title=caption.title,
        sub=caption.subtitle,
        n=wording.exact(sum(sums.values())),
        unit=unit,
    )
    return parts.Panel("i_weeks", caption, figure, table, Native("column", unit), alt)


def bars_panel(ctx: Context, ranked: pd.DataFrame, title: str, unit: str, key: str) -> parts.Panel:
    """Ranked sums."""
    t = ctx.t
    caption = charts.Caption(title, ctx.subtitle(unit), ctx.source())
    table = ranked[["name", "total"]].rename(columns={"name": t("名称"), "total": f"{t('本次合计')}（{unit}）"})
    figure = charts.bars(ranked.rename(columns={"total": "n", "n": "events"}), ctx.look, caption, unit=unit)
    alt = (
        t(
            "{title}，{sub}。第一名{name}，{n}。",
            title=title,
            sub=caption.subtitle,
            name=ranked["name"].iloc[0],
            n=wording.exact(ranked["total"].iloc[0]),
        )
        if len(ranked)
        else title
    )
    return parts.Panel(key, caption, figure, table, Native("bar", unit), alt)


def pick_week(point: dict[str, Any]) -> None:
    controls.set_settings(week=str(point["x"])[:10], part=None)


def pick_part(part: str) -> None:
    controls.set_settings(part=part, week=None)


def running_table(ctx: Context, running: pd.DataFrame, unit: str) -> None:
    """The latest running totals, each for itself."""
    t = ctx.t
    parts.subheading(t("最新累计数"), t("每个地点、每项行动只取最新一次，不相加"))
    qualifiers = {"over": t("超过"), "nearly": t("接近"), "about": t("约"), "at_most": t("不超过")}
    table = pd.DataFrame(
        {
            t("截至"): [None if pd.isna(d) else d.date() for d in running["as_of"]],
            t("地点"): [p if isinstance(p, str) else "" for p in running["place"]],
            t("专项行动"): [ctx.campaign(c) for c in running["campaign_id"]],
            t("事项"): running["what"],
            t("数值"): [
                f"{qualifiers.get(q, '')}{wording.exact(v)} {unit}"
                for v, q in zip(running["value"], running["qualifier"], strict=True)
            ],
            t("截至日依据"): [t("出版日") if b else t("原文") for b in running["by_print"]],
            t("前后报道次数"): running["reports"],
        }
    )
    state = f"i_run_{abs(hash(tuple(running['event_id'])))}"

    def opened() -> None:
        rows = st.session_state[state].selection.rows
        if rows:
            record = running.iloc[rows[0]]
            controls.go("events", {"event": str(record["event_id"]), "focus": str(int(record["first"]))})

    st.dataframe(
        table, hide_index=True, width="stretch", height=parts.fit(len(table), 8), key=state, on_select=opened, selection_mode="single-row",
        column_config={t("截至"): st.column_config.DateColumn(format="YYYY-MM-DD")},
    )  # fmt: skip
    parts.note(t("点选一行打开原文。"))


@dataclass(frozen=True)
class Narrowed:
    """What was clicked: the place, campaign or week to which the sentences are narrowed."""

    place: str | None
    campaign: str | None
    week: dt.date | None

    def question(self, ctx: Context, key: str, unit: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What is asked of queries.indicator_rows."""
        wanted = {"place": self.place, "campaign": self.campaign, "week": self.week, "limit": 5, "words": False}
        return (ctx.filters, ctx.last, key, unit), wanted


def narrowed_to(ctx: Context) -> Narrowed:
    """What the URL says was clicked."""
    part, week = controls.setting("part"), controls.setting("week")
    kind, _, wanted = part.partition(":")
    place = wanted if kind == "place" and wanted in ctx.catalog.nodes else None
    campaign = wanted if kind == "campaign" and wanted in ctx.catalog.campaigns else None
    try:
        monday = dt.date.fromisoformat(week) if week else None
    except ValueError:
        monday = None
    return Narrowed(place, campaign, monday)


def sentences(ctx: Context, key: str, unit: str) -> None:
    """The sentences that the figure is made of, narrowed to what was clicked."""
    t, to = ctx.t, narrowed_to(ctx)
    args, wanted = to.question(ctx, key, unit)
    rows = ctx.ask(queries.indicator_rows, *args, **wanted)
    if rows.empty:
        return
    place, campaign, monday = to.place, to.campaign, to.week
    narrowed = (
        [ctx.place(place)]
        if place
        else [ctx.campaign(campaign)]
        if campaign
        else [t("{day}起一周", day=wording.day(monday, ctx.lang))]
        if monday
        else []
    )
    parts.subheading(
        t("数字出自哪里"),
        " · ".join([*narrowed, t("共 {n} 处，列出最大的 {m} 处", n=int(rows["total"].iloc[0]), m=len(rows))]),
    )
    if narrowed:
        st.button(
            t("不限于此"),
            type="tertiary",
            on_click=controls.set_settings,
            kwargs={"part": None, "week": None},
            key="i_all",
        )
    erows = [int(r) for r in rows["erow"]]
    events = ctx.ask(queries.quotations, tuple(dict.fromkeys(erows))).set_index("file_row_number")["metrics"]
    begins = [int(events[erow][nth - 1]["start"]) for erow, nth in zip(erows, rows["nth"], strict=True)]
    parts.cards(ctx, erows, "i_card", at=begins)


def summary(ctx: Context) -> None:
    """The indicators most reported under the filters, for the pages of a campaign or a place."""
    t = ctx.t
    found = ctx.ask(queries.campaign_indicators, ctx.filters, ctx.last, 6)
    found = found[found["singles"] > 0]
    if found.empty:
        return
    parts.subheading(t("做了什么"), t("本次合计；累计数不相加，见“指标”页"))
    grid = st.container(key="sums", border=True)
    for column, row in zip(grid.columns(min(6, len(found)), gap="small"), found.itertuples(), strict=False):
        with column:
            value = "—" if pd.isna(row.total) else f"{wording.amount(row.total, ctx.lang)} {row.unit}"
            st.metric(wording.markdown(wording_cut(name_of(ctx, row.key))), value)
            st.button(
                t("看出处"),
                key=f"sum_{row.key}_{row.unit}",
                type="tertiary",
                on_click=controls.go,
                args=("indicators", {"indicator": row.key, "unit": row.unit}),
            )


def wording_cut(text: str) -> str:
    return charts.cut(text, 12)
