"""Frames and figures as bytes: CSV, XLSX with native charts, Parquet, offline HTML. No Streamlit.

Spreadsheets run a cell that begins like a formula: such text gets an apostrophe in CSV and is written as a string in XLSX.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET = "application/vnd.apache.parquet"
FORMULA = re.compile(r"^[\s\u3000]*[=+\-@＝＋－＠]|^[\t\r\n]")
UNSAFE_NAME = re.compile(r"[\\/:*?\"<>|\s\x00-\x1f]+")
Notes = Sequence[tuple[str, str]]
MAX_CELL = 32_767  # characters; Excel's limit


@dataclass(frozen=True)
class Native:
    """How Excel draws the table: its first column along the axis, the others as series (`grid`: coloured cells instead)."""

    kind: Literal["stack", "line", "bar", "column", "grid"]
    unit: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table with its title, subtitle and source, and the chart that goes with it."""

    title: str
    subtitle: str
    source: str
    table: pd.DataFrame
    native: Native | None = None


def file_stem(text: str) -> str:
    """A name that every system takes: at most 80 characters, none that a path knows."""
    return UNSAFE_NAME.sub("_", text).strip("._ ")[:80] or "export"


def guard(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula, with an apostrophe before it."""
    return "'" + value if isinstance(value, str) and FORMULA.match(value) else value


def flat(value: Any) -> Any:
    """A cell's value: lists and structs as JSON, days as ISO text stay days, NaN as None."""
    if isinstance(value, (list, tuple, dict)) or type(value).__name__ == "ndarray":
        return json.dumps(list(value) if not isinstance(value, dict) else value, ensure_ascii=False, default=str)
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return value


def csv(table: pd.DataFrame) -> bytes:
    """UTF-8 with BOM, as Excel needs it; formulas are disarmed in cells and in column names."""
    safe = table.rename(columns=lambda name: guard(str(name)))
    columns = {name: [guard(flat(v)) for v in safe[name]] for name in safe.columns}
    return pd.DataFrame(columns, dtype=object).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def parquet(table: pd.DataFrame | pa.Table, notes: Notes = ()) -> bytes:
    """Parquet with the filters and definitions in its metadata, under `notes`."""
    arrow = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    extra = {b"notes": json.dumps(list(notes), ensure_ascii=False).encode()}
    arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), **extra})
    buffer = io.BytesIO()
    pq.write_table(arrow, buffer, compression="zstd")
    return buffer.getvalue()


def bundle(files: dict[str, bytes]) -> bytes:
    """A ZIP of files by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def notes_text(title: str, subtitle: str, source: str, notes: Notes) -> bytes:
    """The filters and definitions as text that Windows' editor opens."""
    lines = [title, subtitle, source, "", *(f"{key}：{value}" for key, value in notes)]
    return "\r\n".join(lines).encode("utf-8-sig")


def as_json(value: Any) -> bytes:
    """Readable JSON."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode()


def figure_page(figure: go.Figure, title: str, notes: Notes = ()) -> bytes:
    """A page that works without a network: plotly.js inside, an empty world for maps, the definitions below the chart."""
    plot = figure.to_html(
        full_html=False,
        include_plotlyjs=True,
        config={"displaylogo": False, "showSendToCloud": False, "responsive": True},
    )
    rows = "".join(f"<dt>{html.escape(k)}</dt><dd>{html.escape(v)}</dd>" for k, v in notes)
    page = f"""<!doctype html><html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{html.escape(title)}</title><style>body{{font-family:'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;max-width:1200px;
margin:24px auto;padding:0 16px;color:#1B2430}}dl{{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;font-size:13px;color:#5F6C7B}}dd{{margin:0}}</style>
<script>window.PlotlyGeoAssets={{topojson:{{world_110m:{{type:"Topology",objects:{{}},arcs:[]}}}}}};</script></head>
<body>{plot}<dl>{rows}</dl></body></html>"""
    return page.encode()


def workbook(sheets: Sequence[Sheet], notes: Notes = ()) -> bytes:
    """An Excel file: a sheet a table with a chart that Excel itself draws, and a sheet 说明."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    book = xlsxwriter.Workbook(buffer, options)
    used: set[str] = set()
    for sheet in sheets:
        write_sheet(book, sheet, sheet_name(sheet.title, used))
    write_notes(book, sheets, notes, sheet_name("说明", used))
    book.close()
    return buffer.getvalue()


def sheet_name(title: str, used: set[str]) -> str:
    """At most 31 characters, none of []:*?/\\, unique."""
    name = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:28] or "数据"
    number = 1
    found = name
    while found.lower() in used:
        number += 1
        found = f"{name} {number}"
    used.add(found.lower())
    return found


def write_sheet(book: Any, sheet: Sheet, name: str) -> None:
    """Header row, then the rows; the chart to the right of them."""
    page = book.add_worksheet(name)
    head = book.add_format(
        {"bold": True, "bottom": 1, "bg_color": "#F4F6F9", "font_name": "Microsoft YaHei", "font_size": 10}
    )
    body = {"font_name": "Microsoft YaHei", "font_size": 10}
    text, number, day = (
        book.add_format(body | f) for f in ({}, {"num_format": "#,##0.##"}, {"num_format": "yyyy-mm-dd"})
    )
    for x, column in enumerate(sheet.table.columns):
        page.write_string(0, x, str(column)[:MAX_CELL], head)
        longest = max([len(str(column)) * 2, *(len(str(v)) for v in sheet.table[column].head(50))])
        page.set_column(x, x, min(40, max(9, longest * 1.2)))
    for y, record in enumerate(sheet.table.itertuples(index=False, name=None), start=1):
        for x, value in enumerate(record):
            write_cell(page, y, x, flat(value), text, number, day)
    page.freeze_panes(1, 1)
    if len(sheet.table):
        page.autofilter(0, 0, len(sheet.table), len(sheet.table.columns) - 1)
    if sheet.native is not None and len(sheet.table):
        draw_native(book, page, name, sheet)


def write_cell(page: Any, y: int, x: int, value: Any, text: Any, number: Any, day: Any) -> None:
    """One cell by the type of its value; text is always text."""
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(y, x, value, text)
    elif isinstance(value, dt.datetime):
        page.write_datetime(y, x, value.replace(tzinfo=None), day)
    elif isinstance(value, dt.date):
        page.write_datetime(y, x, dt.datetime.combine(value, dt.time()), day)
    elif isinstance(value, (int, float)) or hasattr(value, "dtype"):
        page.write_number(y, x, float(value), number)
    else:
        page.write_string(y, x, str(value)[:MAX_CELL], text)


SERIES_COLOURS = ("#1F5FA8", "#E08A00", "#14796B", "#A8325A", "#7CB5E8", "#4B2E83", "#D9C27A", "#B4BDC7")


def draw_native(book: Any, page: Any, name: str, sheet: Sheet) -> None:
    """An editable chart of Excel's own, or a colour scale for a grid."""
    native = sheet.native
    rows, columns = len(sheet.table), len(sheet.table.columns)
    if native is None:
        return
    if native.kind == "grid":
        scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#1F5FA8"}
        page.conditional_format(1, 1, rows, columns - 1, scale)
        return
    kinds: dict[str, dict[str, str]] = {
        "stack": {"type": "column", "subtype": "stacked"}, "line": {"type": "line"}, "bar": {"type": "bar"}, "column": {"type": "column"},
    }  # fmt: skip
    chart = book.add_chart(kinds[native.kind])
    numeric = [x for x in range(1, columns) if pd.api.types.is_numeric_dtype(sheet.table.iloc[:, x])]
    for i, x in enumerate(numeric if native.kind in ("stack", "line") else numeric[:1]):
        colour = SERIES_COLOURS[min(i, len(SERIES_COLOURS) - 1)]
        chart.add_series(
            {
                "name": [name, 0, x], "categories": [name, 1, 0, rows, 0], "values": [name, 1, x, rows, x], "gap": 60,
                **({"line": {"color": colour, "width": 2}} if native.kind == "line" else {"fill": {"color": colour}, "border": {"none": True}}),
            }
        )  # fmt: skip
    font = {"name": "Microsoft YaHei", "size": 10, "bold": False}
    chart.set_title({"name": f"{sheet.title}\n{sheet.subtitle}", "name_font": font | {"size": 12}, "overlay": False})
    chart.set_legend(
        {"position": "bottom", "font": font}
        if len(numeric) > 1 and native.kind in ("stack", "line")
        else {"none": True}
    )
    chart.set_y_axis(
        {
            "major_gridlines": {"visible": native.kind != "bar", "line": {"color": "#E1E6ED"}},
            "num_font": font,
            "reverse": native.kind == "bar",
        }
    )
    chart.set_x_axis(
        {
            "num_font": font,
            "date_axis": False,
            "name": "" if native.kind == "bar" else sheet.source,
            "name_font": font | {"size": 9},
        }
    )
    chart.set_size({"width": 860, "height": 420})
    page.insert_chart(1, columns + 1, chart, {"description": f"{sheet.title}，{sheet.subtitle}"})


def write_notes(book: Any, sheets: Sequence[Sheet], notes: Notes, name: str) -> None:
    """The sheet 说明: what was filtered, how it was counted, where it comes from."""
    page = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"})
    plain = book.add_format({"font_name": "Microsoft YaHei", "font_size": 10, "text_wrap": True})
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 90)
    rows = [(s.title, f"{s.subtitle}　{s.source}") for s in sheets] + list(notes)
    for y, (key, value) in enumerate(rows):
        page.write_string(y, 0, key[:MAX_CELL], bold)
        page.write_string(y, 1, value[:MAX_CELL], plain)
