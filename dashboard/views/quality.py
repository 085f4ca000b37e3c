"""数据: what came in, what went wrong, what the papers covered, and the whole tables to take away."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import access, charts, controls, data, export, parts, queries, wording
from dashboard.context import Context
from dashboard.export import Native
from dashboard.views import overview
from etl.models import Article, Event, Evidence, Metric

PARTS = {
    "run": "本次运行", "coverage": "报纸到达", "issues": "问题", "unplaced": "未定地点", "candidates": "行动候选", "accuracy": "准确度", "dictionary": "数据字典", "download": "下载",
}  # fmt: skip
SHARES = {
    "district": "有区县",
    "street": "有街道乡镇",
    "exact": "日期精确到日",
    "campaign": "归入专项行动",
    "number": "含数字",
    "dup": "重复报道",
}


def render(ctx: Context) -> None:
    """The page."""
    t, ss = ctx.t, st.session_state
    run = ctx.run
    note = t(
        "版本 {version}，完成于 {time}",
        version=ctx.snapshot.version or "—",
        time=wording.clock(run.get("finished")) or "—",
    )
    parts.heading(t("数据"), note)
    ss["d_part"] = controls.setting("part") if controls.setting("part") in PARTS else "run"
    st.segmented_control(
        t("内容"), list(PARTS), format_func=lambda p: t(PARTS[p]), key="d_part", required=True, label_visibility="collapsed",
        on_change=lambda: controls.set_settings(part=ss["d_part"]),
    )  # fmt: skip
    SECTIONS[ss["d_part"]](ctx)


def run_section(ctx: Context) -> None:
    """What went in and came out, and how complete the events are."""
    t, run = ctx.t, ctx.run
    counts = run.get("counts") if isinstance(run.get("counts"), dict) else {}
    names = {"files": "文件", "pages": "版面", "articles": "文章", "events": "事件", "metrics": "数字"}
    for column, (key, name) in zip(st.container(key="figures_run").columns(5, gap="small"), names.items(), strict=True):
        value = counts.get(key)
        column.metric(t(name), wording.exact(value) if isinstance(value, (int, float)) else "—", border=True)
    if not run:
        parts.note(t("没有运行报告 run.json。"))
    else:
        facts = [
            (t("开始"), wording.clock(run.get("started"))),
            (t("完成"), wording.clock(run.get("finished"))),
            (t("用时（秒）"), run.get("seconds")),
            (t("数据版本"), run.get("version")),
        ]
        software = run.get("software")
        facts += [(str(k), v) for k, v in software.items()] if isinstance(software, dict) else []
        html = "".join(
            f"<dt>{wording.markup(k)}</dt><dd>{wording.markup(str(v))}</dd>" for k, v in facts if v is not None
        )
        st.html(f'<dl class="ct-dl">{html}</dl>')
    shares = ctx.ask(queries.quality)
    ranked = pd.DataFrame(
        {"id": shares["what"], "name": [t(SHARES[w]) for w in shares["what"]], "n": (shares["share"] * 100).round(1)}
    )
    caption = charts.Caption(
        t("事件的完整程度"), t("占全部 {n} 次报道的百分比", n=wording.exact(ctx.catalog.events)), ctx.source()
    )
    table = pd.DataFrame({t("项目"): ranked["name"], "%": ranked["n"], t("次数"): shares["n"]})
    alt = t(
        "{title}。{list}",
        title=caption.title,
        list="，".join(f"{n} {v:.0f}%" for n, v in zip(ranked["name"], ranked["n"], strict=True)),
    )
    parts.show(
        ctx,
        parts.Panel(
            "quality", caption, charts.bars(ranked, ctx.look, caption, unit="%"), table, Native("bar", "%"), alt
        ),
    )
    rules = run.get("rules")
    if isinstance(rules, dict) and rules:
        with st.expander(t("规则文件")):
            st.dataframe(
                pd.DataFrame({t("文件"): list(rules), "SHA-256": [str(v)[:16] for v in rules.values()]}),
                hide_index=True,
            )


def coverage_section(ctx: Context) -> None:
    """Which paper arrived in which week: without it, nothing can be called silent."""
    t = ctx.t
    found = ctx.ask(queries.arrivals)
    if found.empty:
        parts.note(t("没有一篇文章知道自己的报纸和出版日期。"))
        return
    last = ctx.last - dt.timedelta(days=ctx.last.weekday())
    weeks = [last - dt.timedelta(weeks=i) for i in range(25, -1, -1)]
    weeks = [w for w in weeks if ctx.catalog.first is None or w >= ctx.catalog.first - dt.timedelta(days=6)]
    papers = list(dict.fromkeys(found["newspaper"]))[:40]
    values, states = np.zeros((len(papers), len(weeks))), np.full((len(papers), len(weeks)), "unknown", dtype=object)
    at, across = {p: i for i, p in enumerate(papers)}, {w: i for i, w in enumerate(weeks)}
    for record in found.itertuples():
        if record.week.date() in across and record.newspaper in at:
            values[at[record.newspaper], across[record.week.date()]] = record.articles
            states[at[record.newspaper], across[record.week.date()]] = "reported"
    names = [wording.short_day(w, ctx.lang) for w in weeks]
    grid = charts.Grid(papers, papers, [w.isoformat() for w in weeks], names, values, states, tick_every=4)
    caption = charts.Caption(
        t("各报每周到达的文章数"),
        f"{wording.day(weeks[0], ctx.lang)}—{wording.day(ctx.last, ctx.lang)} · {t('单位：{unit}', unit=t('篇'))}",
        t("数据截至 {day}", day=wording.day(ctx.last, ctx.lang)),
    )
    table = pd.DataFrame(values.astype(int), columns=[w.isoformat() for w in weeks])
    table.insert(0, t("报纸"), papers)
    missing = int((states == "unknown").sum())
    alt = t("{title}。{n} 种报纸，缺 {m} 个报周。", title=caption.title, n=len(papers), m=missing)
    figure = charts.coverage(grid, ctx.look, caption, t("篇"))
    figure.layout["showlegend"] = False
    parts.show(ctx, parts.Panel("coverage", caption, figure, table, Native("grid"), alt), click_arrival)
    parts.note(t("空格是报纸没有到达的周：其间没有报道不能算作静默。"))


def click_arrival(point: dict[str, Any]) -> None:
    """A cell: the events that this paper reported in that week."""
    start = dt.date.fromisoformat(str(overview.custom(point, 1)))
    week = {"period": "custom", "start": start, "end": start + dt.timedelta(days=6), "by": "published"}
    controls.go("events", papers=(str(overview.custom(point, 0)),), **week)


def issues_section(ctx: Context) -> None:
    """What the run signalled, by kind, with samples; and what it set aside."""
    t, run = ctx.t, ctx.run
    issues = run.get("issues") if isinstance(run.get("issues"), dict) else {}
    if not issues:
        parts.note(t("本次运行没有报告问题。"))
    else:
        ranked = pd.DataFrame(
            sorted(((str(k), issue_name(ctx, str(k)), int(v)) for k, v in issues.items()), key=lambda r: -r[2]),
            columns=["id", "name", "n"],
        )
        caption = charts.Caption(
            t("各类问题"), t("单位：{unit}", unit=t("条")), t("数据版本") + f" {ctx.snapshot.version}"
        )
        table = ranked.rename(columns={"id": t("代号"), "name": t("问题"), "n": t("条")})
        alt = t("{title}。共 {n} 条。", title=caption.title, n=int(ranked["n"].sum()))
        parts.show(
            ctx,
            parts.Panel(
                "issues",
                caption,
                charts.bars(ranked, ctx.look, caption, unit=t("条")),
                table[[t("问题"), t("条"), t("代号")]],
                Native("bar"),
                alt,
            ),
        )
    columns = {
        "severity": "程度",
        "kind": "问题",
        "message": "说明",
        "source_path": "文件",
        "where": "位置",
        "sample": "原文",
    }
    plain_table(ctx, run.get("issue_samples"), columns, t("样例"))
    plain_table(
        ctx,
        run.get("quarantine"),
        {"source_path": "文件", "where": "位置", "kind": "问题", "message": "说明"},
        t("隔离区：没有采用的内容"),
    )


ISSUES = {
    "unreadable-file": "文件无法读取", "no-article": "没有找到文章", "unknown-street": "地名库中没有的街道", "ambiguous-place": "地名有歧义", "leftover-text": "未归入文章的文字",
    "no-masthead": "没有报头", "unknown-newspaper": "不认识的报纸", "empty-file": "空文件", "no-date": "没有日期", "unresolved-place": "地点未定", "internal-error": "内部错误",
    "link-out-of-folder": "链接指向文件夹外", "value-out-of-bounds": "数值越界", "date-out-of-bounds": "日期越界", "out-of-bounds": "数值越界", "date-conflict": "日期矛盾",
    "date-from-context": "日期取自上下文", "double-article": "重复文章", "no-text": "没有文字", "correction-applied": "更正已采用", "correction-stale": "更正已失效",
    "masked": "有字迹无法辨认", "no-ocr": "没有文字识别", "archive-bomb": "压缩包异常", "too-large": "文件过大", "broken-file": "文件损坏", "broken-pdf": "文件损坏",
    "broken-page": "文件损坏", "damaged-text": "文字损坏", "unsupported-format": "不支持的格式", "too-slow": "处理超时", "broken-record": "记录损坏", "index-page": "索引页",
    "low-yield": "产出过少", "info": "提示", "warning": "注意", "error": "错误", "continued-elsewhere": "下转他版", "binary-junk": "不是文本",
    "headline-unclear": "标题不清", "link-list-cut": "已去掉链接列表", "ignored-file": "文件已忽略", "unknown-date": "日期未知", "no-place": "没有地点",
}  # fmt: skip


def issue_name(ctx: Context, kind: str) -> str:
    return ctx.t(ISSUES.get(kind, kind))


def plain_table(ctx: Context, rows: Any, columns: dict[str, str], title: str) -> None:
    """Rows of the run report as a table; nothing where there are none."""
    t = ctx.t
    records = [r for r in rows if isinstance(r, dict)] if isinstance(rows, list) else []
    if not records:
        return
    parts.subheading(title, t("{n} 条", n=len(records)))
    frame = pd.DataFrame(
        {
            t(name): [
                issue_name(ctx, str(r.get(key))) if key in ("kind", "severity") else str(r.get(key) or "")
                for r in records
            ]
            for key, name in columns.items()
        }
    )
    st.dataframe(frame, hide_index=True, width="stretch", height=parts.fit(len(frame)))


def unplaced_section(ctx: Context) -> None:
    """Events whose district is not known."""
    t = ctx.t
    found = ctx.ask(queries.unplaced)
    if found.empty:
        parts.note(t("每个事件都知道区县。"))
        return
    parts.subheading(
        t("没有定到区县的事件"), t("共 {n} 个，列出最近 {m} 个", n=int(found["total"].iloc[0]), m=len(found))
    )
    titles = ctx.ask(queries.headlines, tuple(int(r) for r in found["erow"]))
    table = pd.DataFrame(
        {
            t("标题"): [titles.get(int(r), "") for r in found["erow"]],
            t("已知地点"): [p if isinstance(p, str) else "" for p in found["known"]],
            t("专项行动"): [ctx.campaign(c) for c in found["campaign_id"]],
            t("报纸"): [p if isinstance(p, str) else "" for p in found["newspaper"]],
            t("出版日期"): [None if pd.isna(d) else d.date() for d in found["published_on"]],
        }
    )

    def opened() -> None:
        rows = st.session_state["d_unplaced"].selection.rows
        if rows:
            controls.go("events", {"event": str(found["event_id"].iloc[rows[0]])})

    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=520,
        key="d_unplaced",
        on_select=opened,
        selection_mode="single-row",
    )


def candidates_section(ctx: Context) -> None:
    """Phrases that look like campaigns and fit none: the taxonomy's next rows."""
    t = ctx.t
    rows = ctx.run.get("candidates")
    records = [r for r in rows if isinstance(r, dict)] if isinstance(rows, list) else []
    if not records:
        parts.note(t("没有发现分类表之外的行动说法。"))
        return
    frame = pd.DataFrame(
        {
            t("说法"): [str(r.get("phrase") or "") for r in records],
            t("次数"): [r.get("count") for r in records],
            t("文章数"): [r.get("articles") for r in records],
            t("例句"): ["　".join(str(e) for e in (r.get("examples") or [])[:3]) for r in records],
        }
    )
    parts.note(t("分类表（data/reference/）里没有、却反复出现的行动名称；确认后写进分类表，下次运行即可归类。"))
    st.dataframe(frame, hide_index=True, width="stretch", height=parts.fit(len(frame)))


FIGURES = {  # of the table that scoring writes
    "3 real pages": "3 个真实版面", "24 real articles": "24 篇真实文章", "80 more real articles": "另 80 篇真实文章", "own sample": "自编样例", "articles found": "找到文章",
    "articles clean": "文章切分干净", "headline": "标题", "events F1": "事件 F1", "campaign F1": "专项行动 F1", "place F1": "地点 F1", "dates": "日期", "metrics F1": "数字 F1",
    "what": "数字所指", "qualifier": "概数（余、近、约…）", "scope": "本次或累计",
}  # fmt: skip
MEANINGS = {
    "articles found": "与标注文章的重合 F1 ≥ 0.80", "articles clean": "与标注文章的重合 F1 ≥ 0.95", "headline": "标题相同", "events F1": "行动、区县、街道全对",
    "campaign F1": "只看专项行动", "place F1": "只看区县与街道", "dates": "找到的事件中，日期落在标注区间的比例", "metrics F1": "数值与单位都对",
    "what": "找到的数字中，所指事物正确的比例", "qualifier": "找到的数字中，概数判断正确的比例", "scope": "找到的数字中，本次与累计判断正确的比例",
}  # fmt: skip


def accuracy_section(ctx: Context) -> None:
    """The accuracy table that the project keeps."""
    t = ctx.t
    table = data.accuracy()
    if not table:
        parts.note(t("还没有准确度记录。运行 make score 得出。"))
        return
    parts.note(t("在人工标注的文章上测得；达不到下限时测试会失败。"))
    frame = pd.DataFrame(table)
    if ctx.lang == "zh":
        frame = frame.rename(columns=FIGURES).map(lambda cell: FIGURES.get(cell, cell))
    frame = frame.rename(columns={"": t("项目")})
    if len(frame.columns):
        frame.insert(1, t("含义"), [t(MEANINGS.get(next(iter(row.values()), ""), "")) for row in table])
    st.dataframe(frame, hide_index=True, width="stretch", height="content")


def dictionary_section(ctx: Context) -> None:
    """Columns of both tables, from the code that writes them."""
    t = ctx.t
    for cls, title in (
        (Event, "events.parquet"),
        (Metric, "events.parquet · metrics"),
        (Evidence, "events.parquet · evidence"),
        (Article, "articles.parquet"),
    ):
        parts.subheading(title)
        fields = [f for f in cls.__dataclass_fields__.values() if not f.metadata.get("transient")]
        frame = pd.DataFrame(
            {
                t("栏目"): [f.name for f in fields],
                t("含义"): [f.metadata.get("zh" if ctx.lang == "zh" else "doc", "") for f in fields],
                t("类型"): [str(f.type) for f in fields],
            }
        )
        st.dataframe(frame, hide_index=True, width="stretch", height="content")


MAX_TAKE = 200 * 1024 * 1024


def download_section(ctx: Context) -> None:
    """The whole tables, as the run left them, for analysts."""
    t = ctx.t
    if not access.may(t):
        return
    for label, path in (
        (t("事件表 events.parquet"), ctx.snapshot.events),
        (t("文章表 articles.parquet"), ctx.snapshot.articles),
    ):
        offer(ctx, label, path)
    st.download_button(
        t("运行报告 run.json"),
        data=parts.guarded(lambda: export.as_json(ctx.run), t("导出失败：{why}"), "run.json"),
        file_name="run.json",
        mime="application/json",
        on_click="ignore",
        key="d_run",
    )
    parts.note(t('在 Python 中读取：pd.read_parquet("events.parquet")。按筛选条件下载请到“事件与原文”页。'))


def offer(ctx: Context, label: str, path: Path) -> None:
    size = path.stat().st_size if path.is_file() else 0
    if size > MAX_TAKE:
        parts.note(ctx.t("{label}：{size} MB，请直接从服务器的数据文件夹取用。", label=label, size=size // 2**20))
        return
    st.download_button(
        f"{label}（{max(1, size // 1024):,} KB）", data=parts.guarded(path.read_bytes, ctx.t("导出失败：{why}"), f"{ctx.snapshot.version}/{path.name}"), file_name=path.name, mime=export.PARQUET,
        on_click="ignore", key=f"d_{path.name}",
    )  # fmt: skip


SECTIONS = {
    "run": run_section, "coverage": coverage_section, "issues": issues_section, "unplaced": unplaced_section, "candidates": candidates_section,
    "accuracy": accuracy_section, "dictionary": dictionary_section, "download": download_section,
}  # fmt: skip
