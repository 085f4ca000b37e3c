"""What the pages are made of: styles, headings, a chart with its table and downloads, event cards, empty states."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from plotly.basedatatypes import BaseFigure

from dashboard import access, controls, export, marks, queries, wording
from dashboard.charts import FONT, Caption, Drawing, Look
from dashboard.context import Context

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Panel:
    """A chart, the table that it draws (columns named for readers), how Excel draws it, and a sentence for screen readers."""

    key: str
    caption: Caption
    figure: Drawing
    table: pd.DataFrame
    native: export.Native | None
    alt: str


def style(look: Look) -> None:
    """The few rules that the theme cannot say. No text from outside enters here."""
    tint = {
        "place": ("#DCE9F8", "#1F5FA8"), "date": ("#D9EFEA", "#14796B"), "campaign": ("#FBE9CC", "#B87000"), "metric": ("#F6DDE6", "#A8325A"),
    } if not look.dark else {
        "place": ("#1D3654", "#8FBEF0"), "date": ("#143B37", "#5CCBB7"), "campaign": ("#47330F", "#F0B45C"), "metric": ("#4A2133", "#EE93B3"),
    }  # fmt: skip
    brand = look.t("专项行动追踪")
    tools = '[class*="st-key-panel_"] > div:has(> [class*="st-key-tools_"]), [class*="st-key-panel_"] > [class*="st-key-tools_"]'
    beside_title = f"@media (min-width:641px) {{{tools} {{position:absolute; top:-4px; right:0; width:auto !important; z-index:2;}}}}"  # English titles are too long
    kinds = "".join(f"mark.k-{k}{{background:{bg};box-shadow:inset 0 -2px 0 {fg};}}" for k, (bg, fg) in tint.items())
    st.html(
        f"""<style>
        .stMainBlockContainer {{max-width: {"none" if look.wall else "1680px"}; padding: {"1.2rem 2rem" if look.wall else "4.2rem 2.2rem 4rem"};}}
        .ct-head {{display:flex; align-items:baseline; gap:.9rem; flex-wrap:wrap; margin:.1rem 0 .2rem;}}
        .ct-head h1 {{font-size:1.45rem; font-weight:650; margin:0; padding:0; letter-spacing:.01em;}}
        .ct-head span, .ct-note {{color:{look.soft}; font-size:.86rem; line-height:1.6;}}
        .ct-sub {{font-size:1rem; font-weight:620; margin:.1rem 0 .1rem; color:{look.ink};}}
        .ct-sub small {{font-weight:400; font-size:.82rem; color:{look.soft}; margin-left:.6rem;}}
        .ct-card {{border-top:1px solid {look.line}; padding:.62rem 0 .5rem;}}
        .ct-card .m {{font-size:.82rem; color:{look.soft}; display:flex; gap:0 .8rem; flex-wrap:wrap;}}
        .ct-card .m b {{color:{look.accent}; font-weight:600;}}
        .ct-card .m a {{color:{look.accent};}}
        .ct-card .h {{font-weight:600; margin:.12rem 0 .1rem; line-height:1.5;}}
        .ct-card .s {{line-height:1.75; font-size:.93rem;}}
        mark {{color:inherit; border-radius:2px; padding:.06em .08em;}}
        {kinds}
        mark.k-focus {{outline:2px solid {tint["metric"][1]}; outline-offset:1px;}}
        .ct-article {{line-height:1.95; font-size:1.0rem; max-height:{"none" if look.wall else "62vh"}; overflow-y:auto; padding-right:.6rem;}}
        .ct-article .t {{font-size:1.12rem; font-weight:650; line-height:1.6; margin-bottom:.3rem;}}
        .ct-legend {{display:flex; gap:.7rem; flex-wrap:wrap; font-size:.8rem; margin:.3rem 0 .5rem;}}
        .ct-list {{display:grid; grid-template-columns:1fr auto; gap:.34rem .8rem; font-size:.93rem; align-items:baseline;}}
        .ct-list i {{font-style:normal; color:{look.soft}; font-size:.82rem;}}
        .ct-list b {{font-weight:600; font-variant-numeric:tabular-nums; text-align:right;}}
        .ct-dl {{padding:0 !important; margin:0 !important; display:grid; grid-template-columns:max-content 1fr; gap:.25rem 1rem; font-size:.9rem; }}
        .ct-dl dt {{color:{look.soft}; margin:0; font-weight:400;}} .ct-dl dd {{margin:0; padding:0;}}
        .ct-empty {{border:1px dashed {look.line}; border-radius:8px; padding:2.2rem 1.4rem; text-align:center; color:{look.soft}; line-height:1.9;}}
        .ct-empty b {{color:{look.ink}; font-size:1.05rem;}}
        .ct-paper {{background:#fff; color:#000; border:1px solid {look.line}; padding:2.6rem 2.4rem; font-family:'FangSong','STFangsong','Noto Serif CJK SC','SimSun',serif;
          font-size:1.02rem; line-height:1.9; box-shadow:0 1px 8px rgba(20,30,45,.06);}}
        .ct-paper h1 {{color:#C00000; text-align:center; font-size:1.6rem; font-weight:700; font-family:'STZhongsong','Noto Serif CJK SC','SimSun',serif; padding:.2rem 0 .6rem;}}
        .ct-paper .meta {{display:flex; justify-content:space-between; border-bottom:2px solid #C00000; padding-bottom:.3rem; margin-bottom:.8rem;}}
        .ct-paper h2 {{font-size:1.05rem; font-weight:650; margin:.9rem 0 .1rem; padding:0; text-indent:2em; color:#000; font-family:'SimHei','Noto Sans CJK SC',sans-serif;}}
        .ct-paper p {{text-indent:2em; margin:.1rem 0; text-align:justify; color:#000;}}
        .ct-paper table {{border-collapse:collapse; margin:.6rem auto; font-size:.92rem; color:#000;}} .ct-paper th, .ct-paper td {{border:1px solid #555; padding:.1rem .9rem; text-align:center;}}
        .ct-paper figure {{margin:.6rem 0; text-align:center;}} .ct-paper img {{max-width:100%; height:auto;}}
        .ct-paper .notes {{border-top:1px solid #000; margin-top:1rem; font-size:.82rem;}}
        div[data-testid="stMetric"] {{border-color:{look.line};}}
        [class*="st-key-panel_"] button {{min-height:1.75rem; padding:0 .65rem;}} [class*="st-key-panel_"] button p {{font-size:.82rem;}}
        [class*="st-key-panel_"] {{position:relative;}} .st-key-front, [data-testid="stLayoutWrapper"]:has(> .st-key-early) {{position:absolute; height:0; overflow:hidden;}}
        [class*="st-key-tools_"] > [data-testid="stLayoutWrapper"], [class*="st-key-tools_"] > [data-testid="stLayoutWrapper"] > [data-testid="stVerticalBlock"] {{width:auto; min-width:0; flex:none;}}
        {beside_title if look.t.lang == "zh" else ""}
        [class*="st-key-list_"] button {{min-height:1.7rem; padding:0; text-align:left;}} [class*="st-key-list_"] button:hover p {{color:{look.accent};}}
        [class*="st-key-list_"] .ct-note {{white-space:nowrap;}} [class*="st-key-list_"] .stElementContainer:has(.ct-note) {{margin-left:auto; width:max-content !important; flex:none;}}
        [class*="st-key-list_"] .stElementContainer:has(button) {{flex:0 1 auto; min-width:0;}} [class*="st-key-list_"] button p {{white-space:nowrap; overflow:hidden; text-overflow:ellipsis;}}
        .st-key-first_screen .st-key-latest .s {{display:-webkit-box; -webkit-box-orient:vertical; -webkit-line-clamp:3; overflow:hidden; font-size:.88rem; line-height:1.6;}}
        .st-key-first_screen .ct-sub small {{display:block; margin:0;}}
        .st-key-figures div[data-testid="stMetric"] {{position:relative;}} .st-key-figures div[data-testid="stMetric"] > div:first-child {{padding:.7rem .9rem .65rem;}}
        .st-key-figures [data-testid="stMetricValue"] {{font-size:1.7rem; line-height:1.25;}}
        .st-key-figures [data-testid="stColumn"] {{position:relative;}}
        .st-key-figures .stElementContainer:has(.ct-spark) {{position:absolute; right:.8rem; top:.75rem; width:32% !important; pointer-events:none;}}
        .ct-spark {{display:block; width:100%; height:40px;}}
        .st-key-sums [data-testid="stMetricValue"] {{font-size:1.25rem;}}
        .stAppHeader [data-testid="stToolbar"]::before {{content:"{brand}"; font-weight:680; font-size:1.02rem; color:{look.accent}; padding:0 1.2rem 0 1.1rem; white-space:nowrap;}}
        .st-key-filterbar {{border-bottom:1px solid {look.line}; padding-bottom:.6rem;}}
        [data-testid="stMetricLabel"] p {{font-size:.86rem; color:{look.soft};}}
        @media (max-width:640px) {{ .st-key-figures .stElementContainer:has(.ct-spark) {{display:none;}}
          .stMainBlockContainer {{padding:3.8rem .9rem 3rem;}} .ct-head h1 {{font-size:1.25rem;}} .ct-article {{max-height:none;}}
          [class*="st-key-figures"] [data-testid="stColumn"], .st-key-sums [data-testid="stColumn"] {{min-width:calc(50% - .5rem); flex:1 1 calc(50% - .5rem);}}
          .stAppHeader [data-testid="stToolbar"]::before {{padding:0 .4rem;}} [class*="st-key-figures"] [data-testid="stMetricValue"] {{font-size:1.35rem;}} }}
        {"html {font-size:17.5px;} .stAppHeader, [data-testid='stSidebar'] {display:none;} .st-key-wall_bar {position:fixed; top:.6rem; right:2rem; width:auto; z-index:9;}" if look.wall else ""}
        </style>"""
    )


def heading(title: str, note: str = "") -> None:
    """A page's title; both are escaped here."""
    st.html(f'<div class="ct-head"><h1>{wording.markup(title)}</h1><span>{wording.markup(note)}</span></div>')


def subheading(title: str, note: str = "") -> None:
    """A section's title; both are escaped here."""
    small = f"<small>{wording.markup(note)}</small>" if note else ""
    st.html(f'<div class="ct-sub">{wording.markup(title)}{small}</div>')


def note(text: str) -> None:
    """A quiet remark, shown as typed."""
    st.html(f'<div class="ct-note">{wording.markup(text)}</div>')


def show(
    ctx: Context,
    panel: Panel,
    on_point: Callable[[dict[str, Any]], None] | None = None,
    choices: Callable[[], None] | None = None,
) -> None:
    """The chart or its table, and beside its title the switch and the downloads. `on_point` gets the clicked point, in a
    callback; `choices` draws what else is to be chosen about this chart."""
    mode_key, t = f"mode_{panel.key}", ctx.t
    with st.container(key=f"panel_{panel.key}", gap="xxsmall"):
        if st.session_state.get(mode_key, "chart") != "table":
            draw(ctx, panel, on_point)
        else:
            subheading(panel.caption.title, panel.caption.subtitle)
            st.dataframe(
                panel.table, hide_index=True, width="stretch", height=fit(len(panel.table)), key=f"t_{panel.key}"
            )
            note(panel.caption.source)
        if ctx.look.wall:
            return
        with st.container(
            key=f"tools_{panel.key}", horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="xsmall",
        ):  # fmt: skip
            if choices is not None:
                choices()
            st.segmented_control(
                t("图或表"), ["chart", "table"], format_func={"chart": t("图"), "table": t("表")}.__getitem__, default="chart", required=True,
                key=mode_key, label_visibility="collapsed",
            )  # fmt: skip
            offer(ctx, panel)


@st.fragment
def offer(ctx: Context, panel: Panel) -> None:
    """The downloads of a panel, put in once they are opened, by a run of this part alone: they are a quarter of a page's widgets."""
    with st.popover(ctx.t("下载"), key=f"dl_{panel.key}", type="tertiary", on_change="rerun") as box:
        if box.open:
            downloads(ctx, panel)


def fit(rows: int, most: int = 12) -> Any:
    """A table's height: all of its rows, or `most` of them and a scroll bar."""
    return "content" if rows <= most else 36 + 33 * most


class Ready(BaseFigure):  # type: ignore[misc]
    """A drawing as Streamlit takes it: a figure that has been checked, so that it is not built and copied a second time."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing

    def to_dict(self) -> dict[str, Any]:
        return self._drawing.spec()


def draw(ctx: Context, panel: Panel, on_point: Callable[[dict[str, Any]], None] | None) -> None:
    key = f"c_{panel.key}_{st.session_state.get('nonce', 0)}"

    def clicked() -> None:
        points = st.session_state[key].selection.points
        if points and on_point is not None:
            on_point(dict(points[0]))

    clickable: dict[str, Any] = {"on_select": clicked, "selection_mode": "points"} if on_point is not None else {}
    config = {
        "displaylogo": False, "displayModeBar": False, "topojsonURL": "app/static/topojson/", "responsive": True, "scrollZoom": False,
        "toImageButtonOptions": {"format": "png", "filename": panel.caption.title, "scale": 2}, "showSendToCloud": False, "locale": "en",
    }  # fmt: skip
    st.plotly_chart(Ready(panel.figure), theme=None, key=key, config=config, alt=panel.alt, **clickable)


def call_for_charts() -> Any:
    """An empty chart out of sight, for the browser to load and run Plotly (0.4 s) while the first page is being made; to be emptied
    when that is done, which is before anything is drawn of it."""
    with st.container(key="early"):
        slot = st.empty()
    slot.plotly_chart(Ready(Drawing([], {})), theme=None, key="early_chart", height=1)
    return slot


PICTURE = """
export default function(component) {
  const { parentElement, data } = component;
  const find = () => {
    const panel = document.querySelector('.st-key-panel_' + data.panel);
    return panel && panel.querySelector('.js-plotly-plot');
  };
  parentElement.querySelectorAll('button').forEach((button) => {
    button.onclick = async () => {
      const graph = find();
      if (!graph) { return; }
      const svg = compose(graph);
      if (button.dataset.format === 'svg') { save(new Blob([svg.text], {type: 'image/svg+xml'}), data.name + '.svg'); return; }
      const image = new Image();
      image.onload = () => {
        const canvas = document.createElement('canvas');
        canvas.width = svg.width * 2; canvas.height = svg.height * 2;
        const pen = canvas.getContext('2d');
        pen.fillStyle = data.paper; pen.fillRect(0, 0, canvas.width, canvas.height);
        pen.drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob((blob) => save(blob, data.name + '.png'), 'image/png');
      };
      image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(svg.text);
    };
  });
  function compose(graph) {
    const layers = graph.querySelectorAll('svg.main-svg');
    const box = graph.getBoundingClientRect();
    const out = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    out.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    out.setAttribute('xmlns:xlink', 'http://www.w3.org/1999/xlink');
    out.setAttribute('width', box.width); out.setAttribute('height', box.height);
    out.setAttribute('viewBox', '0 0 ' + box.width + ' ' + box.height);
    const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    ground.setAttribute('width', '100%'); ground.setAttribute('height', '100%'); ground.setAttribute('fill', data.paper);
    out.appendChild(ground);
    layers.forEach((layer) => {
      if (layer.closest('.hoverlayer')) { return; }
      const copy = layer.cloneNode(true);
      copy.querySelectorAll('.hoverlayer').forEach((h) => h.remove());
      copy.style.background = 'transparent';
      out.appendChild(copy);
    });
    out.style.fontFamily = data.font;
    return {text: new XMLSerializer().serializeToString(out), width: box.width, height: box.height};
  }
  function save(blob, name) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob); link.download = name;
    link.click();  // not in the page: a click there would close the popover
    setTimeout(() => URL.revokeObjectURL(link.href), 4000);
  }
}
"""
PICTURE_HTML = '<button data-format="png">PNG</button><button data-format="svg">SVG</button>'
PICTURE_CSS = """
:host, div {font-family: inherit;}
button {font: inherit; font-size: .95em; color: var(--st-text-color); background: transparent; border: 1px solid var(--st-border-color);
  border-radius: 6px; padding: .38em 1em; margin-right: .5em; cursor: pointer;}
button:hover {border-color: var(--st-primary-color); color: var(--st-primary-color);}
"""


def picture_buttons(ctx: Context, panel: Panel) -> None:
    """PNG and SVG, made by the reader's own browser from what it shows."""
    mount = st.components.v2.component("campaign_picture", html=PICTURE_HTML, css=PICTURE_CSS, js=PICTURE)
    mount(
        key=f"pic_{panel.key}",
        data={"panel": panel.key, "name": export.file_stem(panel.caption.title), "paper": ctx.look.paper, "font": FONT},
    )


def downloads(ctx: Context, panel: Panel) -> None:
    """Picture, interactive page, data: each made when it is asked for."""
    t, stem = ctx.t, export.file_stem(f"{panel.caption.title}_{ctx.last}")
    notes = ctx.definitions()
    if st.session_state.get(f"mode_{panel.key}", "chart") != "table":
        picture_buttons(ctx, panel)
    sheet = export.Sheet(panel.caption.title, panel.caption.subtitle, panel.caption.source, panel.table, panel.native)
    offers: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
        (
            t("交互网页 HTML"),
            "html",
            "text/html",
            lambda: export.figure_page(panel.figure.figure(), panel.caption.title, notes),
        ),
        (t("数据 CSV"), "csv", "text/csv", lambda: export.csv(panel.table)),
        (t("数据 Excel"), "xlsx", export.XLSX, lambda: export.workbook([sheet], notes)),
        (
            t("数据与说明 ZIP"),
            "zip",
            "application/zip",
            lambda: export.bundle(
                {
                    f"{stem}.csv": export.csv(panel.table),
                    "说明.txt": export.notes_text(
                        panel.caption.title, panel.caption.subtitle, panel.caption.source, notes
                    ),
                }
            ),
        ),
        (t("数据 Parquet"), "parquet", export.PARQUET, lambda: export.parquet(panel.table, notes)),
    )
    with st.container(gap=None):
        for label, suffix, mime, make in offers:
            st.download_button(
                label, data=guarded(make, t("导出失败：{why}"), f"{stem}.{suffix}"), file_name=f"{stem}.{suffix}", mime=mime, key=f"d_{panel.key}_{suffix}",
                on_click="ignore", type="tertiary",
            )  # fmt: skip


def guarded(make: Callable[[], bytes], failed: str, what: str, action: str = "download") -> Callable[[], bytes]:
    """A download, logged, that says why it failed: Streamlit shows nothing when the callable raises."""
    logged = access.audited(what, make, action)

    def safe() -> bytes:
        try:
            return logged()
        except (ValueError, TypeError, OSError, RuntimeError, KeyError) as error:
            log.exception("download failed")
            return failed.format(why=error).encode("utf-8-sig")

    return safe


# --- events ----------------------------------------------------------------------------------------------------------


def place_name(row: Any) -> str:
    """大同市平城区水泊寺街道, as fine as known; the province only when nothing finer is."""
    names = [row.get(level) for level in ("city", "district", "street", "community")]
    known = "".join(str(n) for n in names if isinstance(n, str))
    province = row.get("province")
    return known or (province if isinstance(province, str) else "")


def place_short(row: Any) -> str:
    """平城区水泊寺街道: for narrow columns, without the city where the county is known."""
    names = [row.get(level) for level in ("district", "street", "community")]
    return "".join(str(n) for n in names if isinstance(n, str)) or place_name(row)


def when_short(ctx: Context, row: Any) -> str:
    """2026-11-15, 2026-10-26—11-08, 约2026-11-01—11-15: for narrow columns."""
    start, end, precision = row.get("date"), row.get("date_end"), row.get("date_precision")
    if start is None or pd.isna(start):
        return ctx.t("日期不详")
    first = f"{start:%Y-%m}" if precision == "month" else f"{start:%Y}" if precision == "year" else f"{start:%Y-%m-%d}"
    if precision in ("day", "month", "year") or end is None or pd.isna(end) or end == start:
        return first
    last = f"{end:%m-%d}" if end.year == start.year else f"{end:%Y-%m-%d}"
    return (ctx.t("约") if precision == "vague" else "") + f"{first}—{last}"


def when(ctx: Context, row: Any) -> str:
    """The event's day as precisely as it is known, never more."""
    start, end, precision = row.get("date"), row.get("date_end"), row.get("date_precision")
    if start is None or pd.isna(start):
        return ctx.t("日期不详")
    first, last = (
        wording.day(start, ctx.lang),
        wording.day(end if end is not None and not pd.isna(end) else start, ctx.lang),
    )
    if precision == "day" or first == last:
        return first
    if precision == "month":
        return f"{start.year}年{start.month}月" if ctx.lang == "zh" else f"{start:%b} {start.year}"
    if precision == "year":
        return f"{start.year}年" if ctx.lang == "zh" else str(start.year)
    return ctx.t("约 {first}—{last}", first=first, last=last) if precision == "vague" else f"{first}—{last}"


def cards(ctx: Context, rows: list[int], key: str, at: list[int] | None = None, *, brief: bool = False) -> None:
    """Events as cards: when, where, campaign, the sentence with its evidence marked, and a way to the article.

    `at` gives, for each row, where in the text the number begins whose sentence is to be shown.
    """
    found = ctx.ask(queries.quotations, tuple(dict.fromkeys(rows)))
    records = {int(r["file_row_number"]): r for r in found.to_dict("records")}
    for i, row in enumerate(rows):
        if row not in records:
            continue
        record, spot = records[row], at[i] if at else None
        if ctx.look.wall:
            st.html(card_html(ctx, record, spot))
            continue
        extras = {"event": str(record["event_id"])} | ({} if spot is None else {"focus": str(spot)})
        with st.container(horizontal=True, vertical_alignment="top", wrap=False, gap="small"):
            st.html(card_html(ctx, record, spot, brief=brief), width="stretch")
            st.button(
                ctx.t("看原文"), key=f"{key}_{i}_{record['event_id']}", type="tertiary", on_click=controls.go, args=("events", extras),
            )  # fmt: skip


def card_html(ctx: Context, record: dict[str, Any], at: int | None = None, *, brief: bool = False) -> str:
    """One event as HTML; everything that came from outside is escaped. `brief` leaves out the city and names the paper last."""
    text = record["text"] if isinstance(record["text"], str) else ""
    evidence, metrics = listed(record["evidence"]), listed(record["metrics"])
    first, last = marks.key_sentence(text, evidence, int(record["body_start"] or 0) if text else 0, at)
    body = marks.highlight(text, marks.marks_of(evidence, metrics, at), first, last)
    campaign = ctx.campaign(record["campaign_id"]) if isinstance(record["campaign_id"], str) else ctx.t("未归类")
    paper = record["newspaper"] if isinstance(record["newspaper"], str) else ctx.t("报纸不详")
    published = (
        wording.day(record["published_on"], ctx.lang) if not pd.isna(record["published_on"]) else ctx.t("出版日期不详")
    )
    title = record["headline"] if isinstance(record["headline"], str) else ""
    where, day = (place_short(record), when_short(ctx, record)) if brief else (place_name(record), when(ctx, record))
    bits = [f"<b>{wording.markup(campaign)}</b>"] + [wording.markup(b) for b in (where or ctx.t("地点不详"), day)]
    meta = "".join(f"<span>{b}</span>" for b in bits)
    source = wording.markup(f"{paper} {published}")
    if brief:
        return (
            f'<div class="ct-card"><div class="m">{meta}</div><div class="h">{wording.markup(title)}</div>'
            f'<div class="s">{body}</div><div class="m">{source}</div></div>'
        )
    return (
        f'<div class="ct-card"><div class="m">{meta}<span>{source}</span></div>'
        f'<div class="h">{wording.markup(title)}</div><div class="s">{body}</div></div>'
    )


def listed(value: Any) -> list[dict[str, Any]]:
    """A list column's value as a list of dicts, whatever held it."""
    return [] if value is None or isinstance(value, float) else [dict(v) for v in value]


# --- empty states ----------------------------------------------------------------------------------------------------


def empty(ctx: Context) -> None:
    """Nothing matches: say so, and name the nearest range that has data."""
    t = ctx.t
    found = ctx.ask(queries.nearest_range, ctx.filters)
    if found is None:
        st.html(
            f'<div class="ct-empty"><b>{t("没有符合条件的活动")}</b><br>{t("所选地区、行动或报纸的组合在任何时间都没有报道。")}</div>'
        )
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.button(t("清除筛选"), on_click=controls.clear, key="empty_clear")
        return
    first, last = (wording.day(d, ctx.lang) for d in found)
    st.html(
        f'<div class="ct-empty"><b>{t("这段时间没有符合条件的活动")}</b><br>{t("最近有数据的时间：{first} 至 {last}", first=first, last=last)}</div>'
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button(
            t("改看这段时间"), on_click=controls.apply, kwargs={"period": "custom", "start": found[0], "end": found[1]}, key="empty_nearest",
        )  # fmt: skip


def no_table(t: Callable[..., str], folder: str) -> None:
    """There is no table yet: how to make one."""
    st.html(
        f'<div class="ct-empty"><b>{t("还没有数据")}</b><br>{t("把报纸文本放进 data/raw/，然后运行：")}<br><code>python -m etl run</code>'
        f"<br>{t('完成后本页会自动出现图表。')}<br><small>{wording.markup(folder)}</small></div>"
    )
