"""事件与原文: a searchable table; an event opens its article with every value marked where it was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard import access, controls, export, marks, parts, queries, search, wording
from dashboard.context import Context

PAGE = 50
SORTS = {"newest": "最新见报", "oldest": "最早见报", "event": "活动日期"}
FIELDS = {"place": "地点", "date": "日期", "campaign": "专项行动", "metric": "数字"}


def render(ctx: Context) -> None:
    """The page."""
    t = ctx.t
    words = search.words_of(controls.setting("q"))
    found = listing(ctx, words)
    total = int(found["total"].iloc[0]) if len(found) else 0
    parts.heading(
        t("事件与原文"),
        t("{n} 次报道", n=wording.exact(total)) + (t("，含“{words}”", words="”“".join(words)) if words else ""),
    )
    search_row(ctx)
    opened = controls.setting("event")
    if found.empty and not opened:
        if words:
            st.html(
                f'<div class="ct-empty"><b>{t("没有找到")}</b><br>{t("没有一篇原文同时含有这些词。可以减少词语，或清除筛选。")}</div>'
            )
        else:
            parts.empty(ctx)
        return
    row = ctx.ask(queries.event_row, opened) if opened else None
    if opened and row is None:
        st.warning(t("链接中的事件不在当前数据里，可能已随数据更新而改变。"))
    left, right = st.columns([6, 5], gap="large")
    with left:
        table(ctx, found, total)
        table_downloads(ctx, words)
    with right:
        article(ctx, row if row is not None else (int(found["erow"].iloc[0]) if len(found) else None))


def listing(ctx: Context, words: tuple[str, ...]) -> pd.DataFrame:
    """The rows of the page that is shown."""
    sort = controls.setting("sort", "newest")
    page = int(p) if (p := controls.setting("page", "1")).isdigit() else 1
    answer: pd.DataFrame = ctx.ask(
        queries.events, ctx.filters, ctx.last, words=words, duplicates=controls.setting("dup") != "0",
        order=sort if sort in SORTS else "newest", limit=PAGE, offset=(max(1, page) - 1) * PAGE,
    )  # fmt: skip
    return answer


def search_row(ctx: Context) -> None:
    """Words, order, repeated reports."""
    ss, t = st.session_state, ctx.t
    ss["e_q"], ss["e_sort"], ss["e_dup"] = (
        controls.setting("q"),
        controls.setting("sort", "newest"),
        controls.setting("dup") != "0",
    )
    if ss["e_sort"] not in SORTS:
        ss["e_sort"] = "newest"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            t("搜索原文"),
            key="e_q",
            placeholder=t("输入词语，如：电动车 充电；用“”括住的词不拆开"),
            on_change=take_search,
            max_chars=search.MAX_QUERY,
            width=420,
        )
        st.selectbox(
            t("排序"), list(SORTS), format_func=lambda s: t(SORTS[s]), key="e_sort", on_change=take_search, width=150
        )
        st.toggle(t("显示重复报道"), key="e_dup", on_change=take_search)


def take_search() -> None:
    ss = st.session_state
    controls.set_settings(
        q=ss["e_q"].strip(),
        sort="" if ss["e_sort"] == "newest" else ss["e_sort"],
        dup="" if ss["e_dup"] else "0",
        page=None,
        event=None,
    )


def shown(ctx: Context, found: pd.DataFrame) -> pd.DataFrame:
    """The table's columns, named for readers."""
    t = ctx.t
    records = found.to_dict("records")
    return pd.DataFrame(
        {
            t("活动日期"): [parts.when_short(ctx, r) for r in records],
            t("地点"): [parts.place_short(r) for r in records],
            t("专项行动"): [ctx.campaign(r["campaign_id"]) for r in records],
            t("标题"): headlines(ctx, found),
            t("报纸"): [r["newspaper"] if isinstance(r["newspaper"], str) else "" for r in records],
            t("出版日期"): [None if pd.isna(r["published_on"]) else r["published_on"].date() for r in records],
            t("重复"): [bool(r["dup"]) for r in records],
        }
    )


def headlines(ctx: Context, found: pd.DataFrame) -> list[str]:
    """Headlines of the rows shown, fetched now."""
    titles = ctx.ask(queries.headlines, tuple(int(r) for r in found["erow"]))
    return [titles.get(int(r)) or "" for r in found["erow"]]


def table(ctx: Context, found: pd.DataFrame, total: int) -> None:
    """One page of rows; a chosen row opens its article."""
    t = ctx.t
    frame = shown(ctx, found)
    key = f"e_table_{abs(hash((tuple(found['event_id']), ctx.lang)))}"

    def chosen() -> None:
        rows = st.session_state[key].selection.rows
        controls.set_settings(event=str(found["event_id"].iloc[rows[0]]) if rows else None, focus=None)

    st.dataframe(
        frame, hide_index=True, width="stretch", height=560, key=key, on_select=chosen, selection_mode="single-row",
        column_config={
            t("活动日期"): st.column_config.TextColumn(width=142),
            t("标题"): st.column_config.TextColumn(width=220),
            t("地点"): st.column_config.TextColumn(width=146),
            t("专项行动"): st.column_config.TextColumn(width=104),
            t("出版日期"): st.column_config.DateColumn(format="YYYY-MM-DD"),
            t("重复"): st.column_config.CheckboxColumn(help=t("与较早的一次报道是同一活动，不计入活动数")),
        },
    )  # fmt: skip
    pages = -(-total // PAGE)
    if pages > 1:
        current = min(pages, max(1, int(p) if (p := controls.setting("page", "1")).isdigit() else 1))
        page_key = f"e_page_{current}_{pages}"
        st.pagination(
            pages, default=current, key=page_key, on_change=lambda: controls.set_settings(page=str(st.session_state[page_key]), event=None), max_visible_pages=5
        )  # fmt: skip


MAX_SHEET = 100_000


def table_downloads(ctx: Context, words: tuple[str, ...]) -> None:
    """The whole filtered table: flat for spreadsheets, or as in events.parquet; for analysts."""
    if not access.may(ctx.t):
        return
    t, notes = ctx.t, [*ctx.definitions(), (ctx.t("搜索词"), " ".join(words) or "—")]
    duplicates = controls.setting("dup") != "0"

    def rows() -> Any:
        return queries.table_rows(ctx.desk.store.con.cursor(), ctx.filters, ctx.last, words, duplicates)

    def flat() -> pd.DataFrame:
        return flat_table(rows().slice(0, MAX_SHEET).to_pandas())

    def sheet() -> export.Sheet:
        return export.Sheet(t("事件表"), ctx.subtitle(), ctx.source(), flat())

    stem = export.file_stem(f"{t('事件表')}_{ctx.place()}_{ctx.last}")
    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        for label, suffix, mime, make in (
            ("CSV", "csv", "text/csv", lambda: export.csv(flat())),
            ("Excel", "xlsx", export.XLSX, lambda: export.workbook([sheet()], notes)),
            ("Parquet", "parquet", export.PARQUET, lambda: export.parquet(rows(), notes)),
        ):
            st.download_button(
                t("下载 {kind}", kind=label), data=parts.guarded(make, t("导出失败：{why}"), f"{stem}.{suffix}"), file_name=f"{stem}.{suffix}", mime=mime,
                key=f"e_dl_{suffix}", on_click="ignore", type="tertiary",
            )  # fmt: skip


def flat_table(frame: pd.DataFrame) -> pd.DataFrame:
    """events.parquet's columns with each number and each piece of evidence as one line of text."""
    out = frame.copy()
    out["metrics"] = [
        "；".join(
            f"{m['what']} {wording.exact(m['value'])}{m['unit']}" + ("（累计）" if m["scope"] == "cumulative" else "")
            for m in parts.listed(v)
        )
        for v in frame["metrics"]
    ]
    out["evidence"] = ["；".join(f"{e['field']}:{e['text']}" for e in parts.listed(v)) for v in frame["evidence"]]
    if "corrections" in out:
        out["corrections"] = [
            "；".join(v) if v is not None and not isinstance(v, float) else "" for v in frame["corrections"]
        ]
    return out


# --- the article -----------------------------------------------------------------------------------------------------


def article(ctx: Context, row: int | None) -> None:
    """The article of an event, its evidence marked; its numbers; its other events; a correction to send."""
    if row is None:
        return
    t = ctx.t
    records = ctx.ask(queries.details, (row,)).to_dict("records")
    if not records:
        st.warning(t("原文不在当前数据里。"))
        return
    record = records[0]
    evidence, metrics = parts.listed(record["evidence"]), parts.listed(record["metrics"])
    focus = controls.setting("focus")
    spans = marks.marks_of(evidence, metrics, int(focus) if focus.isdigit() else None)
    legend = "".join(f'<mark class="k-{k}">{t(v)}</mark>' for k, v in FIELDS.items())
    st.html(
        f'<div class="ct-card" style="border:0;padding-top:0"><div class="m">{meta(ctx, record)}</div></div>'
        f'<div class="ct-legend">{legend}</div>{article_html(record, spans)}'
    )
    facts(ctx, record, metrics)
    others(ctx, record)
    correction(ctx, record)


def meta(ctx: Context, record: dict[str, Any]) -> str:
    """Newspaper, day, page, file."""
    t = ctx.t
    published = t("出版日期不详") if pd.isna(record["published_on"]) else wording.day(record["published_on"], ctx.lang)
    bits = [record["newspaper"] if isinstance(record["newspaper"], str) else t("报纸不详"), published]
    bits += [t("第{n}版", n=record["page"])] if isinstance(record["page"], str) else []
    bits += [record["source_path"]] if isinstance(record["source_path"], str) else []
    words = "".join(f"<span>{wording.markup(str(b))}</span>" for b in bits)
    return f'{words}<a href="{permalink(ctx, record)}" target="_self">{t("固定链接")}</a>'


def permalink(ctx: Context, record: dict[str, Any]) -> str:
    """An address that leads to this event whatever is filtered: ids are stable, so that it outlives the weekly replacement."""
    return wording.markup(
        "?" + urlencode({"event": str(record["event_id"])} | ({"lang": "en"} if ctx.lang == "en" else {}))
    )


def article_html(record: dict[str, Any], spans: list[marks.Mark]) -> str:
    """The article's text, headline larger, all of it escaped."""
    text = record["text"] if isinstance(record["text"], str) else ""
    body = int(record["body_start"] or 0) if text else 0
    head = marks.highlight(text, spans, 0, body).removesuffix("<br>") if body else ""
    title = f'<div class="t">{head}</div>' if head else ""
    return f'<div class="ct-article">{title}{marks.highlight(text, spans, body)}</div>'


def facts(ctx: Context, record: dict[str, Any], metrics: list[dict[str, Any]]) -> None:
    """What was read: place, date, campaign, each number."""
    t = ctx.t
    bases = {
        "text": t("原文"),
        "context": t("上下文"),
        "repaired": t("修复"),
        "relative": t("相对日期"),
        "publication": t("出版日"),
    }
    campaign = ctx.campaign(record["campaign_id"]) if isinstance(record["campaign_id"], str) else t("未归类")
    rows = [
        (t("专项行动"), campaign),
        (t("地点"), f"{parts.place_name(record) or t('地点不详')}（{bases.get(str(record['place_basis']), '—')}）"),
        (t("日期"), f"{parts.when(ctx, record)}（{bases.get(str(record['date_basis']), '—')}）"),
    ]
    qualifiers = {"over": t("超过"), "nearly": t("接近"), "about": t("约"), "at_most": t("不超过")}
    for m in metrics:
        figure = f"{qualifiers.get(m['qualifier'], '')}{wording.exact(m['value'])} {m['unit']}"
        asof = t("截至 {day}", day=wording.day(m["as_of"], ctx.lang)) if isinstance(m["as_of"], dt.date) else ""
        scope = t("累计，不相加") if m["scope"] == "cumulative" else t("本次")
        rows.append((str(m["what"]), "　".join(b for b in (figure, scope, asof) if b)))
    if isinstance(record["duplicate_of"], str):
        rows.append((t("重复报道"), t("与较早的一次报道是同一活动，不计入活动数")))
    if names := corrected(t, record):
        rows.append((t("人工更正"), names))
    html = "".join(f"<dt>{wording.markup(k)}</dt><dd>{wording.markup(v)}</dd>" for k, v in rows)
    st.html(f'<dl class="ct-dl">{html}</dl>')


def corrected(t: Callable[..., str], record: dict[str, Any]) -> str:
    """Which fields of an event people corrected: 地点, 数字; empty where none."""
    fields = record.get("corrections")
    if fields is None or isinstance(fields, float):
        return ""
    names = [t(CORRECTABLE.get(f, "数字" if f.startswith("metric:") else f)) for f in fields]
    return "、".join(dict.fromkeys(names))


def others(ctx: Context, record: dict[str, Any]) -> None:
    """The other events of the same article, and the first report of a repeated one."""
    t = ctx.t
    same = ctx.ask(queries.siblings, record["article_id"])
    rest = same[same["event_id"] != record["event_id"]]
    if len(rest):
        parts.note(t("同一篇文章的其他事件："))
    for row in rest.head(6).itertuples():
        label = wording.markdown(f"{ctx.campaign(row.campaign_id)} · {row.place or t('地点不详')}")
        st.button(
            label,
            key=f"e_sib_{row.event_id}",
            type="tertiary",
            on_click=controls.set_settings,
            kwargs={"event": row.event_id, "focus": None},
        )
    if isinstance(record["duplicate_of"], str):
        st.button(
            t("打开首次报道"),
            key="e_first",
            type="tertiary",
            on_click=controls.set_settings,
            kwargs={"event": record["duplicate_of"], "focus": None},
        )


CORRECTABLE = {
    "campaign_id": "专项行动", "province": "省", "city": "市", "district": "区县", "street": "街道乡镇", "community": "村社区", "date": "起始日", "date_end": "结束日",
    "headline": "标题", "newspaper": "报纸", "published_on": "出版日期",
}  # fmt: skip
OF_ARTICLE = ("headline", "newspaper", "published_on")
COLUMNS = ("target", "field", "expected", "corrected", "who", "when", "why")


def correction(ctx: Context, record: dict[str, Any]) -> None:
    """更正: a row for data/reference/corrections.csv, ready to paste; it names the value that it expects to find."""
    t = ctx.t
    panel = st.expander(t("更正"), key="e_fix", on_change="rerun")
    if not panel.open:
        return
    with panel:
        if not access.may(t):
            return
        parts.note(
            t(
                "选择要更正的栏目，填入正确的值；把生成的一行加进 data/reference/corrections.csv，下次运行时生效。原文更正后该行会提示失效。"
            )
        )
        values = present(record)
        numbers = {
            f"metric:{m['start']}:value": f"{m['what']} {wording.exact(m['value'])}{m['unit']}"
            for m in parts.listed(record["metrics"])
        }
        name = st.selectbox(
            t("栏目"),
            [*CORRECTABLE, *numbers],
            format_func=lambda f: t(CORRECTABLE[f]) if f in CORRECTABLE else numbers[f],
            key="e_fix_field",
        )
        st.text_input(t("现在的值"), values[name], disabled=True, key=f"e_fix_old_{record['event_id']}_{name}")
        if name == "campaign_id":
            value = st.selectbox(
                t("正确的值"),
                campaign_ids(ctx),
                format_func=ctx.campaign,
                key="e_fix_campaign",
                index=None,
                placeholder=t("请选择"),
            )
        else:
            value = st.text_input(t("正确的值"), key="e_fix_value", max_chars=200)
        who, why = (
            st.text_input(t("更正人"), key="e_fix_who", max_chars=40),
            st.text_input(t("理由"), key="e_fix_why", max_chars=200),
        )
        target = record["article_id"] if name in OF_ARTICLE else record["event_id"]
        line = pd.DataFrame(
            [[target, name, values[name], value or "", who, ctx.today.isoformat(), why]], columns=list(COLUMNS)
        )
        st.code(line.to_csv(index=False, header=False).strip(), language=None, wrap_lines=True)
        told = f"{target} {name}: {values[name]!r} → {value!r} ({who})"
        st.download_button(
            t("下载这一行"), data=parts.guarded(lambda: line.to_csv(index=False).encode("utf-8-sig"), t("导出失败：{why}"), told, "correction"), file_name=f"corrections_{target}.csv", mime="text/csv",
            on_click="ignore", disabled=not value, key="e_fix_dl",
        )  # fmt: skip


def present(record: dict[str, Any]) -> dict[str, str]:
    """The values as the corrections file writes them: null is empty, days are ISO, numbers as Python writes them."""
    found: dict[str, str] = {}
    for name in CORRECTABLE:
        value = record[name]
        missing = value is None or (not isinstance(value, str) and pd.isna(value))
        found[name] = "" if missing else value if isinstance(value, str) else str(value)[:10]
    return found | {
        f"metric:{m['start']}:value": repr(m["value"]).removesuffix(".0") for m in parts.listed(record["metrics"])
    }


def campaign_ids(ctx: Context) -> list[str]:
    return [c for c in ctx.catalog.campaigns if c != "none"]
