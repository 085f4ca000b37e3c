"""周报: pick a week and a place, edit the text, take the document away."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import streamlit as st

from dashboard import brief as briefs
from dashboard import brief_html, controls, data, parts, queries, wording
from dashboard.context import Context
from dashboard.filters import Filters, last_complete_week, monday, parse_week, week_label

FORMATS = (
    ("docx", "Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("pdf", "PDF", "application/pdf"),
    ("html", "HTML", "text/html"),
)


def render(ctx: Context) -> None:
    """The page. The document itself is Chinese in both languages of the interface."""
    t = ctx.t
    weeks = known_weeks(ctx)
    parts.heading(t("周报"), t("按公文版式生成，可编辑后下载"))
    week = chosen_week(ctx, weeks)
    place = ctx.filters.place
    composed = briefs.compose(
        ctx.ask, ctx.catalog, week, place, ctx.last, indicator=lambda key: data.indicator_names().get(key, key)
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.session_state["b_week"] = week
        st.selectbox(
            t("周次"), weeks if week in weeks else [week, *weeks], key="b_week", format_func=lambda w: week_name(ctx, w), width=330,
            on_change=lambda: controls.set_settings(week=week_label(st.session_state["b_week"])),
        )  # fmt: skip
        parts.note(t("地区随筛选条“地区”：{place}", place=ctx.place()))
    narrow = Filters(period="custom", start=week, end=week + dt.timedelta(days=6), place=place)
    if not ctx.ask(queries.totals, narrow, ctx.last)["reports"]:
        st.info(t("这一周没有报道；周报会如实写明。"))
    left, right = st.columns([5, 6], gap="large")
    with left:
        edited = editor(ctx, composed, f"{week}_{place}")
    with right:
        downloads(ctx, edited)
        preview(ctx, edited)


def known_weeks(ctx: Context) -> list[dt.date]:
    """Weeks from the newest back to the first, at most three years."""
    first, last = monday(ctx.catalog.first or ctx.last), monday(ctx.last)
    return [last - dt.timedelta(weeks=i) for i in range(min(157, (last - first).days // 7 + 1))]


def chosen_week(ctx: Context, weeks: list[dt.date]) -> dt.date:
    """The week of the URL, or the last complete one."""
    wanted = parse_week(controls.setting("week")) if controls.setting("week") else None
    complete = last_complete_week(ctx.last)
    return wanted or (complete if complete in weeks else weeks[0])


def week_name(ctx: Context, week: dt.date) -> str:
    end = week + dt.timedelta(days=6)
    open_ = ctx.t("（未完）") if week > last_complete_week(ctx.last) else ""
    return f"{week_label(week)}　{wording.day(week, ctx.lang)}—{wording.short_day(end, ctx.lang)}{open_}"


def editor(ctx: Context, composed: briefs.Brief, key: str) -> briefs.Brief:
    """Title and paragraphs to edit; charts and tables stay as counted."""
    t = ctx.t
    parts.subheading(t("编辑文字"), t("图表按数据生成，不可编辑"))
    title = st.text_input(t("标题"), composed.title, key=f"b_title_{key}", max_chars=60)
    sections = []
    for i, section in enumerate(composed.sections):
        text = st.text_area(
            section.heading, "\n".join(section.paragraphs), key=f"b_{i}_{key}", height=150 if i else 190
        )
        sections.append(replace(section, paragraphs=tuple(p.strip() for p in text.splitlines() if p.strip())))
    return replace(composed, title=title or composed.title, sections=tuple(sections))


def downloads(ctx: Context, edited: briefs.Brief) -> None:
    t = ctx.t
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for suffix, label, mime in FORMATS:
            st.download_button(
                t("下载 {kind}", kind=label), data=parts.guarded(lambda s=suffix: briefs.render(edited, s), t("导出失败：{why}"), f"{edited.stem}.{suffix}"),
                file_name=f"{edited.stem}.{suffix}", mime=mime, key=f"b_dl_{suffix}", on_click="ignore", type="primary" if suffix == "docx" else "secondary",
            )  # fmt: skip


def preview(ctx: Context, edited: briefs.Brief) -> None:
    """The document on paper."""
    body = "".join(brief_html.section_html(s, as_image=True) for s in edited.sections)
    notes = "".join(f"<p>{wording.markup(n)}</p>" for n in edited.notes)
    st.html(
        f'<div class="ct-paper"><h1>{wording.markup(edited.title)}</h1><div class="meta"><span>{wording.markup(edited.number)}</span>'
        f'<span>{wording.markup(edited.issued)}</span></div>{body}<div class="notes">{notes}</div></div>'
    )
