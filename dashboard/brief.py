"""周报: the week at one place as an official document; composed from queries, rendered by brief_docx, brief_pdf, brief_html.

`python -m dashboard brief --week 2023-W11 --district 平城区` writes the three files. The text is plain statements of what the table
holds, each with its newspaper and day; nothing is estimated. The page 周报 lets an official edit it before it is written.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard import marks, queries, wording
from dashboard.export import file_stem
from dashboard.filters import Catalog, Filters, last_complete_week, parse_week, week_label

Ask = Callable[..., Any]
NUMERALS = "一二三四五六七八九十"
TOP_CAMPAIGNS = 5
SENTENCE = 110  # characters at which a quoted sentence is cut


@dataclass(frozen=True)
class Bars:
    """A small bar chart."""

    title: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    unit: str
    horizontal: bool = False
    pale: int | None = None  # the bar of an unfinished week
    unknown: tuple[int, ...] = ()  # weeks in which no paper arrived: no count, not a count of 0

    def shown(self, i: int) -> str:
        """What stands at a bar."""
        return "缺报" if i in self.unknown else wording.amount(self.values[i])


@dataclass(frozen=True)
class Section:
    """A numbered part: paragraphs, then a chart or a table."""

    heading: str
    paragraphs: tuple[str, ...]
    chart: Bars | None = None
    table: tuple[tuple[str, ...], ...] = ()  # the first row is the header


@dataclass(frozen=True)
class Brief:
    """The document."""

    title: str
    number: str  # 2023年第11期
    issued: str  # who and when
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def stem(self) -> str:
        return file_stem(f"{self.title}_{self.number}")


def compose(
    ask: Ask, catalog: Catalog, week: dt.date, place: str | None, last: dt.date,
    names: Callable[[str], str] | None = None, indicator: Callable[[str], str] | None = None,
) -> Brief:  # fmt: skip
    """The briefing of the week that begins at `week`, at the place of that id (None: everywhere)."""
    end = week + dt.timedelta(days=6)
    filters = Filters(period="custom", start=week, end=end, place=place)
    name = names or (lambda cid: catalog.campaigns[cid].name if cid in catalog.campaigns else "未归类")
    where = "".join(n.name for n in catalog.path(place)[-2:]) or "全部地区"
    sections = [
        overall(ask, filters, where, week, last),
        progress(ask, filters, name, last),
        localities(ask, catalog, filters, last),
        results(ask, filters, indicator or (lambda key: key), name, last),
        attention(ask, filters, name, week, last),
    ]
    numbered = tuple(replace(s, heading=f"{NUMERALS[i]}、{s.heading}") for i, s in enumerate(sections))
    year, number, _ = week.isocalendar()
    return Brief(
        title=f"{where if place else ''}专项行动周报",
        number=f"{year}年第{number}期",
        issued=f"{wording.day(week)}至{end.month}月{end.day}日",
        sections=numbered,
        notes=notes(last, end),
    )


def overall(ask: Ask, filters: Filters, where: str, week: dt.date, last: dt.date) -> Section:
    """How much, against the four weeks before, and the course of twelve weeks."""
    totals = ask(queries.totals, filters, last)
    wide = replace(filters, period="all", start=None, end=None)
    counts = {k.date(): int(v) for k, v in ask(queries.weekly, wide, last).groupby("week")["n"].sum().items()}
    arrived = ask(queries.covered_weeks, wide)
    papers = arrived_papers(ask, week)
    text = (
        f"{wording.day(week)}至{(week + dt.timedelta(days=6)).month}月{(week + dt.timedelta(days=6)).day}日，到报{len(papers)}种"
        f"{'（' + '、'.join(papers[:6]) + '）' if papers else ''}，刊载{where if filters.place else ''}专项行动相关报道{totals['articles']}篇，反映活动{totals['events']}项"
        f"（重复报道已合并），涉及专项行动{totals['campaigns']}个、区县{totals['districts']}个、街道乡镇{totals['streets']}个。"
    )
    weeks = [week - dt.timedelta(weeks=i) for i in range(11, -1, -1)]
    chart = Bars(
        "近12周活动数", tuple(f"{w.month}/{w.day}" for w in weeks), tuple(float(counts.get(w, 0)) for w in weeks), "项",
        pale=11 if week > last_complete_week(last) else None, unknown=tuple(i for i, w in enumerate(weeks) if w not in arrived and not counts.get(w)),
    )  # fmt: skip
    return Section("总体情况", (text, against(counts, arrived, week, last)), chart)


def against(counts: dict[dt.date, int], arrived: tuple[dt.date, ...], week: dt.date, last: dt.date) -> str:
    """The sentence that compares the week with the four before; says why where it cannot."""
    if week > last_complete_week(last):
        return f"数据截至{wording.day(last)}，本周尚未结束，不与往周比较。"
    change = queries.change(counts, arrived, week + dt.timedelta(days=6), 4)
    if change is None:
        return "本周没有报纸到达，活动数未知，不作比较。"
    if change.mean is None:
        return "此前有报纸到达的周数不足，暂不比较。"
    if change.low or change.ratio is None:
        return f"前{change.weeks}周平均每周{change.mean:.1f}项，基数小，变化不大。"
    if abs(change.ratio) < 0.05:
        return f"与前{change.weeks}周平均（每周{change.mean:.1f}项）基本持平。"
    word = "增加" if change.ratio > 0 else "减少"
    return f"比前{change.weeks}周平均（每周{change.mean:.1f}项）{word}{abs(change.ratio) * 100:.0f}%。"


def arrived_papers(ask: Ask, week: dt.date) -> list[str]:
    found = ask(queries.arrivals)
    return list(found.loc[found["week"] == pd.Timestamp(week), "newspaper"])


def progress(ask: Ask, filters: Filters, name: Callable[[str], str], last: dt.date) -> Section:
    """The busiest campaigns, each with one sentence as printed."""
    table = ask(queries.by_campaign, filters, last)
    named = table[table["id"] != "none"]
    if named.empty:
        return Section("主要行动进展", ("本周没有归入专项行动的报道。",))
    busiest = named.head(TOP_CAMPAIGNS)
    said = quotes(ask, [replace(filters, campaigns=(cid,)) for cid in busiest["id"]], last)
    paragraphs = []
    for i, row in enumerate(busiest.itertuples()):
        own = replace(filters, campaigns=(row.id,))
        paragraphs.append(f"（{NUMERALS[i]}）{name(row.id)}。本周活动{row.n}项{places_text(ask, own, last)}。{said[i]}")
    rest = named.iloc[TOP_CAMPAIGNS:]
    if len(rest):
        paragraphs.append("其他：" + "、".join(f"{name(r.id)}{r.n}项" for r in rest.itertuples()) + "。")
    shown = named.head(10)
    chart = Bars(
        "本周各专项行动活动数",
        tuple(name(c) for c in shown["id"]),
        tuple(float(n) for n in shown["n"]),
        "项",
        horizontal=True,
    )
    return Section("主要行动进展", tuple(paragraphs), chart)


def places_text(ask: Ask, filters: Filters, last: dt.date) -> str:
    """，主要在水泊寺街道（3项）、振华街道（2项）; empty where no street is known."""
    streets = ask(queries.by_place, filters, last, 3, 3)
    return "，主要在" + "、".join(f"{r.name}（{r.n}项）" for r in streets.itertuples()) if len(streets) else ""


def quotes(ask: Ask, each: Sequence[Filters], last: dt.date) -> list[str]:
    """For each of some filters a sentence from the paper; what was printed is fetched for all at once."""
    rows = [
        [int(r) for r in ask(queries.events, filters, last, duplicates=False, limit=12)["erow"]] for filters in each
    ]
    wanted = tuple(dict.fromkeys(r for some in rows for r in some))
    records = ask(queries.details, wanted).to_dict("records") if wanted else []
    of_row = {int(r["file_row_number"]): r for r in records}
    return [quote([of_row[r] for r in some if r in of_row]) for some in rows]


def quote(records: Sequence[Mapping[Hashable, Any]]) -> str:
    """One sentence from the paper, with its source: that of the event which reports most numbers."""
    if not records:
        return ""
    best = max(records, key=lambda r: len(r["metrics"]) if r["metrics"] is not None else 0)
    text = best["text"] if isinstance(best["text"], str) else ""
    if not text:
        return ""
    numbers_ = list(best["metrics"]) if best["metrics"] is not None else []
    at = int(numbers_[0]["start"]) if numbers_ else None
    first, end = marks.key_sentence(text, list(best["evidence"]), int(best["body_start"] or 0), at)
    sentence = text[first:end].strip().replace("\n", " ")
    sentence = sentence if len(sentence) <= SENTENCE else sentence[: SENTENCE - 1] + "…"
    paper = best["newspaper"] if isinstance(best["newspaper"], str) else "报纸不详"
    day = "" if pd.isna(best["published_on"]) else f"{best['published_on'].month}月{best['published_on'].day}日"
    return f"《{paper}》{day}报道：“{sentence.replace('“', '‘').replace('”', '’')}”"


def localities(ask: Ask, catalog: Catalog, filters: Filters, last: dt.date) -> Section:
    """The places one level below, most active first."""
    path = catalog.path(filters.place)
    level = 2 if not path or path[-1].level < 2 else min(path[-1].level + 1, 4)
    found = ask(queries.by_place, filters, last, level, 30)
    word = ("省份", "城市", "区县", "街道乡镇", "村、社区")[level]
    if found.empty:
        return Section("各地情况", (f"本周报道没有写到{word}一级。",))
    top = "、".join(f"{r.name}（{r.n}项）" for r in found.head(5).itertuples())
    rows = tuple((str(i), str(r.name), str(r.n)) for i, r in enumerate(found.head(20).itertuples(), start=1))
    return Section(
        "各地情况",
        (f"有报道的{word}{len(found)}个，活动较多的有：{top}。",),
        table=(("序号", word, "活动数（项）"), *rows),
    )


def results(
    ask: Ask, filters: Filters, indicator: Callable[[str], str], name: Callable[[str], str], last: dt.date
) -> Section:
    """Single counts added up, running totals with their 截至."""
    found = ask(queries.campaign_indicators, filters, last, 10)
    if found.empty:
        return Section("工作成效", ("本周报道没有写到数字。",))
    single = found[found["singles"] > 0]
    rows = tuple(
        (indicator(str(r.key)), f"{wording.exact(r.total)} {r.unit}", str(r.singles)) for r in single.itertuples()
    )
    running: list[str] = []
    for r in found[found["runnings"] > 0].head(6).itertuples():
        for total in ask(queries.running_totals, filters, last, r.key, r.unit, 2).itertuples():
            place = total.place if isinstance(total.place, str) else ""
            day = "" if pd.isna(total.as_of) else f"截至{total.as_of.month}月{total.as_of.day}日"
            running.append(
                f"{day}，{place}{name(total.campaign_id)}累计{total.what}{wording.exact(total.value)}{r.unit}"
            )
    paragraphs = ["下表为各活动当次数字之和，重复报道不计。" if rows else "本周报道的数字均为累计数。"]
    if running:
        paragraphs.append("累计数不相加，最新一次为：" + "；".join(running[:6]) + "。")
    return Section("工作成效", tuple(paragraphs), table=(("指标", "本次合计", "活动次数"), *rows) if rows else ())


def attention(ask: Ask, filters: Filters, name: Callable[[str], str], week: dt.date, last: dt.date) -> Section:
    """What fell silent, what is new, what could not be known."""
    sunday = min(week + dt.timedelta(days=6), last)
    silent = ask(queries.newly_silent, replace(filters, period="all", start=None, end=None), sunday, 8)
    new = ask(queries.new_campaigns, replace(filters, period="all", start=None, end=None), sunday, 1)
    paragraphs = []
    if len(silent):
        listed = "、".join(f"{r.name}（{r.quiet}周）" for r in silent.itertuples())
        paragraphs.append(
            f"覆盖其的报纸照常到达而连续{queries.QUIET_WEEKS}周以上没有报道的街道乡镇：{listed}。没有报道不等于没有工作，宜核实。"
        )
    if len(new):
        paragraphs.append("首次见报的专项行动：" + "、".join(name(r.id) for r in new.itertuples()) + "。")
    seen = set(ask(queries.arrivals)["newspaper"])
    missing = sorted(seen - set(arrived_papers(ask, week)))
    if missing:
        paragraphs.append(f"本周未到的报纸：{'、'.join(missing[:10])}。其覆盖地区的情况未知，不作零计。")
    return Section("需要关注", tuple(paragraphs or ["没有需要特别关注的情况。"]))


def notes(last: dt.date, end: dt.date) -> tuple[str, ...]:
    """How it was counted."""
    return (
        f"数据截至{wording.day(min(last, end))}，按出版日期统计；内容均摘自报纸，可在仪表板“事件与原文”页核对。",
        "同一活动的重复报道只计一次；“截至…累计”之类的数字不相加；静默指覆盖该地的报纸已到而没有报道。",
    )


# --- command ---------------------------------------------------------------------------------------------------------


def write(brief: Brief, folder: Path, formats: tuple[str, ...] = ("docx", "pdf", "html")) -> list[Path]:
    """The document's files, in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for suffix in formats:
        path = folder / f"{brief.stem}.{suffix}"
        path.write_bytes(render(brief, suffix))
        made.append(path)
    return made


def render(brief: Brief, suffix: str) -> bytes:
    """The document as bytes of one format."""
    if suffix == "docx":
        from dashboard.brief_docx import docx  # each writer loads a large library

        return docx(brief)
    if suffix == "pdf":
        from dashboard.brief_pdf import pdf

        return pdf(brief)
    from dashboard.brief_html import html

    return html(brief)


def resolve(catalog: Catalog, wanted: str | None) -> str | None:
    """The id of a place by its id or name; raises ValueError where there is none, or several."""
    if not wanted or wanted in catalog.nodes:
        return wanted or None
    found = [n for n in catalog.nodes.values() if n.name == wanted and n.level < 4]
    if len(found) == 1:
        return found[0].id
    options = "、".join(f"{n.id}（{''.join(p.name for p in catalog.path(n.id))}）" for n in found[:8])
    raise ValueError(f"数据中没有“{wanted}”" if not found else f"“{wanted}”有几处，请用代码指定：{options}")


def command(args: argparse.Namespace) -> int:
    """`python -m dashboard brief`: 0 when written, 1 without a table, 2 for a week or place that makes no sense."""
    import logging

    logging.getLogger("streamlit").setLevel(logging.ERROR)
    from dashboard import data
    from dashboard.tables import open_store

    found = data.find(Path(getattr(args, "data", None) or data.root()))
    if found is None:
        print("还没有数据：请先运行 python -m etl run", file=sys.stderr)
        return 1
    week = parse_week(args.week)
    if week is None:
        print(f"不是周次：{args.week}（例：2023-W11）", file=sys.stderr)
        return 2
    desk = data.Desk(open_store(found.events, found.articles))
    try:
        place = resolve(desk.catalog, args.district)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    last = desk.catalog.last or week
    if not desk.ask(
        queries.totals, Filters(period="custom", start=week, end=week + dt.timedelta(days=6), place=place), last
    )["reports"]:
        print(f"{week_label(week)} 没有报道；数据从 {desk.catalog.first} 到 {desk.catalog.last}", file=sys.stderr)
    names = data.indicator_names()
    brief = compose(desk.ask, desk.catalog, week, place, last, indicator=lambda key: names.get(key, key))
    for path in write(brief, args.out, tuple(args.format or ("docx", "pdf", "html"))):
        print(path)
    return 0
