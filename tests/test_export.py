"""Downloads open again with the same values; text that looks like a formula, a link or markup stays text."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import plotly.graph_objects as go
import pyarrow.parquet as pq
import pytest
from fontTools.ttLib import TTFont

from dashboard import export, marks, wording
from dashboard.brief import Bars, Brief, Section, render
from dashboard.brief_fonts import BODY_FONTS, embedded_font

NASTY = (
    '=HYPERLINK("http://x","y")',
    "＝1+1",
    "　+1",
    "@SUM(A1)",
    "-2",
    "\tx",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "$x$ :red[y]",
)
TABLE = pd.DataFrame(
    {
        "周一": [dt.date(2023, 3, 6), dt.date(2023, 3, 13)],
        "消防安全": [3, 12345],
        "反诈": [1.5, None],
        "=名": ["=1+1", "平城区"],
    }
)
NOTES = [("地区", "平城区"), ("时间", "=now()")]


def test_csv_has_a_bom_and_no_formulas() -> None:
    data = export.csv(TABLE)
    assert data.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(io.BytesIO(data))
    assert list(back["消防安全"]) == [3, 12345] and back["反诈"].isna().tolist() == [False, True]
    assert back.columns[-1] == "'=名" and back.iloc[0, -1] == "'=1+1"


@pytest.mark.parametrize("text", NASTY[:6])
def test_guard(text: str) -> None:
    assert export.guard(text) == "'" + text


@pytest.mark.parametrize("text", ["平城区", "1+1", "a=b", "", "2023-03-06", "“=”"])
def test_guard_leaves_the_rest(text: str) -> None:
    assert export.guard(text) == text


@pytest.mark.parametrize("kind", ["stack", "line", "bar", "column", "grid", None])
def test_workbook(kind: str | None) -> None:
    native = export.Native(kind, "项") if kind else None  # type: ignore[arg-type]
    data = export.workbook([export.Sheet("各行动: 每周[活动]?", "平城区", "来源", TABLE, native)], NOTES)
    book = openpyxl.load_workbook(io.BytesIO(data))
    first, notes = book.worksheets
    assert notes.title == "说明"
    assert [c.value for c in first[1]] == ["周一", "消防安全", "反诈", "=名"]
    assert first["A2"].value.date() == dt.date(2023, 3, 6) and first["B3"].value == 12345 and first["C3"].value is None
    assert first["D2"].value == "=1+1" and first["D2"].data_type == "s"  # text, not a formula
    assert {r[0].value: r[1].value for r in notes.iter_rows()}["时间"] == "=now()"
    assert all(c.data_type != "f" for sheet in book for row in sheet.iter_rows() for c in row)
    assert len(first._charts) == (1 if kind not in (None, "grid") else 0)


def test_workbook_keeps_lists_and_nasty_text() -> None:
    table = pd.DataFrame(
        {"text": list(NASTY), "list": [[{"a": 1}]] * len(NASTY), "array": [np.array([1, 2])] * len(NASTY)}
    )
    sheet = openpyxl.load_workbook(io.BytesIO(export.workbook([export.Sheet("t", "", "", table)]))).worksheets[0]
    assert [sheet.cell(i + 2, 1).value for i in range(len(NASTY))] == list(NASTY)
    assert json.loads(sheet["B2"].value) == [{"a": 1}]


def test_sheet_names_are_short_and_unique() -> None:
    used: set[str] = set()
    names = [
        export.sheet_name("很长的名字" * 10, used),
        export.sheet_name("很长的名字" * 10, used),
        export.sheet_name("a/b:c", used),
    ]
    assert len(set(names)) == 3 and all(len(n) <= 31 for n in names) and not re.search(r"[\[\]:*?/\\]", "".join(names))


def test_parquet_carries_the_filters() -> None:
    table = pq.read_table(io.BytesIO(export.parquet(TABLE, NOTES)))
    assert table["消防安全"].to_pylist() == [3, 12345]
    assert json.loads(table.schema.metadata[b"notes"]) == [list(n) for n in NOTES]


def test_bundle_holds_the_table_and_its_definitions() -> None:
    archive = zipfile.ZipFile(
        io.BytesIO(
            export.bundle(
                {"a.csv": export.csv(TABLE), "说明.txt": export.notes_text("题", "平城区", "来源：甲报", NOTES)}
            )
        )
    )
    assert archive.namelist() == ["a.csv", "说明.txt"]
    assert (
        "地区：平城区" in archive.read("说明.txt").decode("utf-8-sig") and len(pd.read_csv(archive.open("a.csv"))) == 2
    )


def test_page_is_complete_offline() -> None:
    page = export.figure_page(go.Figure(go.Bar(x=[1], y=[2])), "<b>题</b>", [("<img onerror=1>", "$x$")]).decode()
    assert "PlotlyGeoAssets" in page and "<title>&lt;b&gt;题" in page and "&lt;img onerror=1&gt;" in page
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", page.split("<script", 1)[0])
    assert not re.search(r"<script[^>]+src=", page)  # the browser test watches that nothing is asked for
    assert '"showSendToCloud": true' not in page


@pytest.mark.parametrize(
    ("text", "stem"),
    [("各行动/每周: 活动?", "各行动_每周_活动"), ("", "export"), ("../../etc", "etc"), ("x" * 200, "x" * 80)],
)
def test_file_stem(text: str, stem: str) -> None:
    assert export.file_stem(text) == stem


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (1234, "1,234", "1,234"),
        (12345, "1.2万", "12.3k"),
        (100000, "10万", "100k"),
        (3.2e8, "3.2亿", "320M"),
        (1.5, "1.5", "1.5"),
        (None, "—", "—"),
        (float("nan"), "—", "—"),
    ],
)
def test_amount(value: float | None, zh: str, en: str) -> None:
    assert (wording.amount(value), wording.amount(value, "en")) == (zh, en)


@pytest.mark.parametrize("text", NASTY)
def test_markdown_shows_as_typed(text: str) -> None:
    escaped = wording.markdown(text)
    assert re.sub(r"\\(.)", r"\1", escaped) == text.replace("\n", " ")
    assert not re.search(r"(?<!\\)[\[\]$<>*_`:]", escaped)


def test_percent() -> None:
    assert [wording.percent(r) for r in (0.123, -0.4, 0)] == ["+12%", "−40%", "+0%"]


# --- briefing --------------------------------------------------------------------------------------------------------

BRIEF = Brief(
    "平城区专项行动周报",
    "2023年第11期",
    "2023年3月13日至3月19日",
    (
        Section(
            "一、总体情况",
            ("报道12篇，反映活动10项。", "<b>不是标签</b> & =1+1"),
            Bars("近12周活动数", ("3/6", "3/13"), (8.0, 10.0), "项", pale=1),
        ),
        Section(
            "二、进展",
            ("（一）消防安全。本周活动3项，主要在水泊寺街道（2项）、振华街道（1项）。" * 4,),
            Bars("各行动", ("消防安全", "反诈"), (3.0, 2.0), "项", horizontal=True),
        ),
        Section("三、各地", (), table=(("序号", "街道", "活动数"), ("1", "水泊寺街道", "12,345"))),
    ),
    ("数据截至2023年3月19日。",),
)


def test_brief_as_docx() -> None:
    docx = pytest.importorskip("docx")
    data = render(BRIEF, "docx")
    document = docx.Document(io.BytesIO(data))
    text = "\n".join(p.text for p in document.paragraphs)
    assert "平城区专项行动周报" in text and "报道12篇" in text and "<b>不是标签</b> & =1+1" in text
    assert [c.text for c in document.tables[0].rows[1].cells] == ["1", "水泊寺街道", "12,345"]
    page = document.sections[0]
    assert (round(page.page_width.mm), round(page.top_margin.mm)) == (210, 37)
    charts = [p for p in document.part.package.iter_parts() if "drawingml.chart" in p.content_type]
    assert len(charts) == 2 and all(b"<c:v>10</c:v>" in c.blob or b"<c:v>3</c:v>" in c.blob for c in charts)
    books = [p for p in document.part.package.iter_parts() if str(p.partname).startswith("/word/embeddings")]
    assert openpyxl.load_workbook(io.BytesIO(books[0].blob)).worksheets[0]["B2"].value in (8, 3)


def test_brief_as_pdf() -> None:
    pdfium = pytest.importorskip("pypdfium2")
    document = pdfium.PdfDocument(render(BRIEF, "pdf"))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    joined = re.sub(r"\s", "", text)
    assert (
        "平城区专项行动周报" in joined
        and "报道12篇，反映活动10项。" in joined
        and "12,345" in joined
        and "<b>不是标签</b>" in joined
    )
    for line in text.splitlines():
        assert not line.startswith(("、", "，", "。", "》", "）")), line


@pytest.mark.skipif(not any(p.is_file() for p in BODY_FONTS), reason="no Chinese font on this machine")
def test_the_pdf_carries_its_font() -> None:
    """The file prints the same anywhere: the Chinese fonts are inside, none is left to the reader."""
    document = render(BRIEF, "pdf")
    assert document.count(b"/FontFile2") >= 2 and b"STSong" not in document


def test_every_character_is_drawn() -> None:
    font = embedded_font(BODY_FONTS, "平城区𠮷")
    if font is None:
        pytest.skip("no Chinese font on this machine")
    cut = TTFont(io.BytesIO(font))
    drawn = cut["glyf"]
    for character in "平城区0，缺":
        assert drawn[cut.getBestCmap()[ord(character)]].numberOfContours > 0
    assert len(font) < 200_000


def test_brief_as_page() -> None:
    page = render(BRIEF, "html").decode()
    assert "&lt;b&gt;不是标签&lt;/b&gt;" in page and "<svg" in page and "<script" not in page
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)


def test_a_week_without_papers_is_no_zero_in_the_briefing() -> None:
    docx = pytest.importorskip("docx")
    bars = Bars("近12周活动数", ("3/6", "3/13"), (0.0, 10.0), "项", unknown=(0,))
    brief = Brief("周报", "2023年第11期", "", (Section("一、总体情况", ("正文。",), bars),))
    page = render(brief, "html").decode()
    assert "3/6 缺报，3/13 10" in page and ">0<" not in page
    document = docx.Document(io.BytesIO(render(brief, "docx")))
    parts = list(document.part.package.iter_parts())
    chart = next(p for p in parts if "drawingml.chart" in p.content_type).blob.decode()
    assert "3/6缺报" in chart and "<c:v>0</c:v>" not in chart
    book = next(p for p in parts if str(p.partname).startswith("/word/embeddings"))
    sheet = openpyxl.load_workbook(io.BytesIO(book.blob)).worksheets[0]
    assert sheet["B2"].value is None and sheet["B3"].value == 10
    assert render(brief, "pdf").startswith(b"%PDF")


@pytest.mark.parametrize(
    ("text", "start", "shown"),
    [
        ("标题\n本报讯（记者 张三）3月1日，平城区检查商户12户。", 14, "3月1日，平城区检查商户12户。"),
        ("标题\n本报讯 3月1日，平城区检查商户。", 7, "3月1日，平城区检查商户。"),
        ("标题\n本报讯（记者 张三）", 3, "本报讯（记者 张三）"),  # nothing else: left as it is
        ("标题\n据本报讯室消息，检查商户。", 12, "据本报讯室消息，检查商户。"),
    ],
)
def test_a_quoted_sentence_leaves_out_the_dateline(text: str, start: int, shown: str) -> None:
    evidence = [{"field": "campaign", "start": start, "end": start + 1}]
    first, last = marks.key_sentence(text, evidence, 3)
    assert text[first:last].strip() == shown
