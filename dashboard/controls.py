"""The filter bar, and the reader's state: filters and page settings live in the URL, so that a link shows the same.

`filters` in the session is the truth; the URL is written from it, and read at the start, on 后退 and on pasted links.
A widget's change is taken over by its callback before the page is drawn; widgets then show what was validated.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import streamlit as st

from dashboard import theme, wording
from dashboard.context import Context
from dashboard.filters import KEYS, Catalog, Filters, read, write

LEVEL_NAMES = ("省", "市", "区县", "街道乡镇", "村社区")
PERIODS = {"all": "全部", "1w": "本周", "4w": "近4周", "12w": "近12周", "year": "今年", "custom": "自定义"}
GLOBAL = ("lang", "wall")
PAGES = {
    "overview": "总览", "campaigns": "专项行动", "places": "地区", "indicators": "指标", "events": "事件与原文", "brief": "周报", "data": "数据",
}  # fmt: skip
EXTRAS = ("event", "q", "sort", "dup", "compare", "focus", "indicator", "unit", "week", "part", "level", "page")


def sync(catalog: Catalog, page: str) -> tuple[str, ...]:
    """Bring session and URL together at the start of a run; returns URL values that the table does not know."""
    ss = st.session_state
    params = {k: v for k, v in st.query_params.to_dict().items() if k in (*KEYS, *GLOBAL, *EXTRAS)}
    moved = ss.get("page") not in (None, page)
    touched = ss.pop("touched", False)
    unknown: tuple[str, ...] = ()
    if "filters" not in ss or (not touched and params != ss.get("url") and (params or not moved)):
        ss["filters"], unknown = read(params, catalog)
        ss["extras"] = {k: v for k, v in params.items() if k in EXTRAS}
        ss["global"] = {k: v for k, v in params.items() if k in GLOBAL} or ss.get("global", {})
    else:
        if moved and ss.get("extras_for") != page:
            ss["extras"] = {}
        ss["filters"] = read(write(ss["filters"]), catalog)[0]  # the table may have been replaced meanwhile
    ss["page"], ss["extras_for"] = page, None
    publish()
    return unknown


def publish() -> None:
    """Write the state into the URL."""
    ss = st.session_state
    url = write(ss["filters"]) | ss["global"] | ss["extras"]
    if url != st.query_params.to_dict():
        st.query_params.from_dict(url)
    ss["url"] = url


def setting(name: str, default: str = "") -> str:
    """A setting of the page, as the URL has it."""
    return str(st.session_state.get("extras", {}).get(name, default))


def set_settings(**values: str | None) -> None:
    """Change settings of the page (None removes one). For callbacks, or before the page is drawn."""
    extras = dict(st.session_state.get("extras", {}))
    for name, value in values.items():
        if value:
            extras[name] = value
        else:
            extras.pop(name, None)
    st.session_state["extras"] = extras
    st.session_state["touched"] = True


def apply(**changes: Any) -> None:
    """Change the filters. For callbacks."""
    st.session_state["filters"] = replace(st.session_state["filters"], **changes)
    st.session_state["touched"] = True
    st.session_state["nonce"] = st.session_state.get("nonce", 0) + 1


def go(page: str, extras: dict[str, str] | None = None, **changes: Any) -> None:
    """Change the filters and turn to another page. For callbacks."""
    apply(**changes)
    st.session_state["extras"] = extras or {}
    st.session_state["extras_for"] = page
    st.session_state["goto"] = page


def clear() -> None:
    """清除筛选: keeps only the kind of date."""
    apply(**{f: getattr(Filters(), f) for f in ("period", "start", "end", "place", "campaigns", "groups", "papers")})


# --- the bar ---------------------------------------------------------------------------------------------------------


def bar(ctx: Context, unknown: tuple[str, ...] = ()) -> None:
    """One row: time, place, campaign, newspaper; each button says what is chosen."""
    pickers(ctx)
    if unknown:
        st.warning(ctx.t("链接中有数据里没有的条件，未采用：{what}", what=wording.markdown("，".join(unknown))))


@st.fragment
def pickers(ctx: Context) -> None:
    """The buttons and what they open. It is put in once one is opened, by a run of this part alone: closed, it was a quarter of
    what each page sends. A choice then draws the page anew."""
    t, f = ctx.t, ctx.filters
    if st.session_state.get("touched"):
        st.rerun()
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="filterbar"):
        pick(f":gray[{t('时间')}]　{wording.markdown(period_label(ctx))}", "time", lambda: time_controls(ctx))
        pick(f":gray[{t('地区')}]　{wording.markdown(ctx.place())}", "place", lambda: place_controls(ctx))
        pick(
            f":gray[{t('专项行动')}]　{wording.markdown(campaign_label(ctx))}",
            "campaign",
            lambda: campaign_controls(ctx),
        )
        pick(
            f":gray[{t('报纸')}]　{wording.markdown(list_label(ctx, list(f.papers)))}",
            "paper",
            lambda: paper_controls(ctx),
        )
        if f.active:
            st.button(t("清除筛选"), type="tertiary", on_click=clear, key="clear")
        st.space("stretch")
        pick(t("显示"), "view", lambda: view_controls(ctx), "tertiary")


def pick(
    label: str, key: str, controls: Callable[[], None], kind: Literal["secondary", "tertiary"] = "secondary"
) -> None:
    """A button that opens `controls`. It stays open where its label changes, which makes it another widget to Streamlit."""
    st.session_state[f"pop_{key}"] = st.session_state.get(f"pop_{key}", False)
    with st.popover(label, key=f"pop_{key}", type=kind, on_change="rerun") as box:
        if box.open:
            controls()


def period_label(ctx: Context) -> str:
    f = ctx.filters
    if f.period != "custom":
        return ctx.t(PERIODS[f.period])
    return f"{f.start or '…'} — {f.end or '…'}"


def list_label(ctx: Context, names: list[str]) -> str:
    if not names:
        return ctx.t("全部")
    return names[0] if len(names) == 1 else ctx.t("{first} 等{n}项", first=names[0], n=len(names))


def campaign_label(ctx: Context) -> str:
    return list_label(ctx, [ctx.campaign(c) for c in ctx.filters.campaigns] or list(ctx.filters.groups))


def time_controls(ctx: Context) -> None:
    ss, t, f = st.session_state, ctx.t, ctx.filters
    start, end = f.span(ctx.last)
    ss["f_period"], ss["f_by"] = f.period, f.by
    ss["f_start"], ss["f_end"] = start or ctx.catalog.first, end or ctx.last
    st.pills(
        t("时间范围"),
        list(PERIODS),
        format_func=lambda p: t(PERIODS[p]),
        key="f_period",
        on_change=take_period,
        required=True,
    )
    left, right = st.columns(2)
    left.date_input(t("从"), key="f_start", on_change=take_days, format="YYYY-MM-DD")
    right.date_input(t("到"), key="f_end", on_change=take_days, format="YYYY-MM-DD")
    bases = {"published": t("出版日期"), "event": t("活动日期")}
    st.segmented_control(
        t("日期口径"), list(bases), format_func=bases.__getitem__, key="f_by", on_change=take_by, required=True
    )
    st.caption(t("“本周”“近4周”从数据截至日 {day} 往回算。", day=wording.day(ctx.last, ctx.lang)))


def take_period() -> None:
    ss = st.session_state
    period = ss["f_period"] or "all"
    if period == "custom":
        apply(period="custom", start=ss.get("f_start"), end=ss.get("f_end"))
    else:
        apply(period=period, start=None, end=None)


def take_days() -> None:
    start, end = st.session_state["f_start"], st.session_state["f_end"]
    if isinstance(start, dt.date) and isinstance(end, dt.date) and start > end:
        start, end = end, start
    apply(period="custom" if start or end else "all", start=start, end=end)


def take_by() -> None:
    apply(by=st.session_state["f_by"] or "published")


MANY = 500  # so many names are not offered before a place above them is chosen: nobody scrolls them, and each page sends them


def place_controls(ctx: Context) -> None:
    """One select a level; a choice above narrows those below."""
    ss, t, catalog = st.session_state, ctx.t, ctx.catalog
    provinces = [i for i in catalog.children.get(None, ()) if catalog.nodes[i].level == 0]
    for level in range(0 if len(provinces) > 1 else 1, 5):
        chosen = catalog.at(ctx.filters.place, level)
        above = next((n for lv in range(level - 1, -1, -1) if (n := catalog.at(ctx.filters.place, lv))), None)
        if (level > 2 and above is None) or (level == 4 and catalog.at(ctx.filters.place, 3) is None):
            continue
        options = below(catalog, above.id if above else None, level)
        if not options or (above is None and len(options) > MANY):
            continue
        ss[f"f_place{level}"] = chosen.id if chosen else None
        st.selectbox(
            t(LEVEL_NAMES[level]), options, index=None, key=f"f_place{level}", placeholder=t("全部"), on_change=take_place, args=(level,),
            format_func=lambda i: catalog.nodes[i].name,
        )  # fmt: skip


def below(catalog: Catalog, above: str | None, level: int) -> list[str]:
    """Ids of the places of one level within `above`."""
    found: list[str] = []
    waiting = deque(catalog.children.get(above, ()))
    while waiting:
        node = catalog.nodes[waiting.popleft()]
        if node.level == level:
            found.append(node.id)
        elif node.level < level:
            waiting.extend(catalog.children.get(node.id, ()))
    return found


def take_place(level: int) -> None:
    ss = st.session_state
    chosen = ss.get(f"f_place{level}")
    for lv in range(level - 1, -1, -1):
        chosen = chosen or ss.get(f"f_place{lv}")
    apply(place=chosen)


def campaign_controls(ctx: Context) -> None:
    ss, t, catalog = st.session_state, ctx.t, ctx.catalog
    ss["f_groups"], ss["f_campaigns"] = list(ctx.filters.groups), list(ctx.filters.campaigns)
    st.multiselect(
        t("行动类别"), catalog.groups, key="f_groups", placeholder=t("全部"), on_change=take_lists, select_all=False, format_func=t,
    )  # fmt: skip
    options = [
        c.id
        for c in catalog.campaigns.values()
        if not ctx.filters.groups or c.group in ctx.filters.groups or c.id in ctx.filters.campaigns
    ]
    st.multiselect(
        t("专项行动"), options, key="f_campaigns", placeholder=t("全部"), on_change=take_lists, select_all=False, format_func=ctx.campaign,
    )  # fmt: skip


def paper_controls(ctx: Context) -> None:
    st.session_state["f_papers"] = list(ctx.filters.papers)
    st.multiselect(
        ctx.t("报纸"),
        ctx.catalog.papers,
        key="f_papers",
        placeholder=ctx.t("全部"),
        on_change=take_lists,
        select_all=False,
    )


def take_lists() -> None:
    ss = st.session_state
    changes = {"groups": "f_groups", "campaigns": "f_campaigns", "papers": "f_papers"}
    apply(**{name: tuple(ss[key]) for name, key in changes.items() if key in ss})


def view_controls(ctx: Context) -> None:
    ss, t = st.session_state, ctx.t
    ss["f_lang"] = ctx.lang
    st.segmented_control(
        "语言 Language",
        ["zh", "en"],
        format_func={"zh": "中文", "en": "English"}.__getitem__,
        key="f_lang",
        on_change=take_lang,
        required=True,
    )
    st.button(t("投屏"), on_click=set_wall, args=(True,), help=t("大屏显示，每分钟自动更新"), key="wall_on")
    st.html(f'<div class="ct-note">{t("深浅")}</div>')
    theme.choose(t, PAGES)


def take_lang() -> None:
    set_global("lang", "en" if st.session_state["f_lang"] == "en" else "")


def set_wall(on: bool) -> None:
    set_global("wall", "1" if on else "")
    if on:
        go("overview")


def set_global(name: str, value: str) -> None:
    kept = {k: v for k, v in st.session_state.get("global", {}).items() if k != name}
    st.session_state["global"] = kept | ({name: value} if value else {})
    st.session_state["touched"] = True
