"""Page config, the reader's state, the shared filter bar, and the pages. `python -m dashboard` runs it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import streamlit as st

from dashboard import access, controls, data, front, i18n, parts, sessions
from dashboard.charts import Look
from dashboard.context import Context
from dashboard.views import brief, campaigns, events, indicators, overview, places, quality

log = logging.getLogger(__name__)
ICON = str(Path(__file__).parent / "static" / "icon.png")
REFRESH_SECONDS = 60
TEXT = ("events", "brief", "data")  # pages that open without a chart
VIEWS: dict[str, Callable[[Context], None]] = {
    "overview": overview.render,
    "campaigns": campaigns.render,
    "places": places.render,
    "indicators": indicators.render,
    "events": events.render,
    "brief": brief.render,
    "data": quality.render,
}


def main() -> None:
    """One run of the script."""
    settings = st.session_state.get("global") or {
        "lang": st.query_params.get("lang", ""),
        "wall": st.query_params.get("wall", ""),
    }
    lang = settings.get("lang") or "zh"
    t = i18n.words(lang, data.english_names() if lang == "en" else None)
    st.set_page_config(page_title=t("专项行动追踪"), page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
    look = Look(t, dark=st.context.theme.type == "dark", wall=bool(settings.get("wall")))
    user = access.enter()
    found, desk = open_table() if user else (None, None)
    chosen = navigation(t, found, desk, look, shown=user is not None)
    first = "drawn" not in st.session_state
    early = parts.call_for_charts() if first and desk is not None and chosen.url_path not in TEXT else None
    parts.style(look)
    front.speak(t, first=first)
    st.session_state["drawn"] = True
    if user is None:
        access.refuse(t)
        return
    with data.turns().taken():
        chosen.run()
    if early is not None:
        early.empty()
    access.footer(t, user)
    sessions.forget_widgets()


def open_table() -> tuple[data.Snapshot | None, data.Desk | None]:
    """The current version of the table. A version that is replaced while it is opened is looked up once more."""
    for attempt in (1, 2):
        found = data.find(data.root())
        if found is None:
            return None, None
        try:
            return found, data.open_desk(found.key, str(found.events), str(found.articles))
        except (duckdb.Error, OSError):
            log.warning("could not open %s (attempt %d)", found.events, attempt, exc_info=True)
    return found, None


def navigation(t: i18n.Words, found: data.Snapshot | None, desk: data.Desk | None, look: Look, *, shown: bool) -> Any:
    """The pages; one that was asked for by a click is turned to."""
    pages = {
        name: st.Page(page(name, found, desk, look), title=t(title), url_path=name, default=name == "overview")
        for name, title in controls.PAGES.items()
    }
    chosen = st.navigation(list(pages.values()), position="hidden" if look.wall or not shown else "top")
    wanted = st.session_state.pop("goto", None)
    if wanted in pages and pages[wanted] is not chosen and pages[wanted].url_path != chosen.url_path:
        st.switch_page(pages[wanted])
    return chosen


def page(name: str, found: data.Snapshot | None, desk: data.Desk | None, look: Look) -> Callable[[], None]:
    """What the page of that name does: state, filter bar, view."""

    def run() -> None:
        watch(found.key if found else "")
        if found is None:
            parts.no_table(look.t, str(data.root()))
            return
        if desk is None:
            st.error(look.t("数据文件无法打开。请重新运行 python -m etl run。"))
            return
        unknown = controls.sync(desk.catalog, name)
        context = Context(desk, found, st.session_state["filters"], look, last_day(desk), today())
        if look.wall:
            wall_bar(context)
        else:
            controls.bar(context, unknown)
        VIEWS[name](context)

    return run


def today() -> dt.date:
    """The day in China: read here and passed on."""
    return dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()


def last_day(desk: data.Desk) -> dt.date:
    """数据截至: the last day of the data; a day after today is a misprint."""
    return min(desk.catalog.last or today(), today())


def wall_bar(ctx: Context) -> None:
    """On a wall: only a way back."""
    with st.container(horizontal=True, horizontal_alignment="right", key="wall_bar"):
        st.button(ctx.t("退出投屏"), type="tertiary", on_click=controls.set_wall, args=(False,), key="wall_off")


def watch(key: str) -> None:
    """Look once a minute whether the table was replaced, and draw the page anew when it was."""

    @st.fragment(run_every=REFRESH_SECONDS)
    def look_again() -> None:
        now = data.find(data.root())
        if (now.key if now else "") != key:
            st.rerun()

    look_again()


main()
