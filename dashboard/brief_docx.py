"""The briefing as DOCX by python-docx, in the layout of an official document, with charts that Word itself draws and edits."""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from dashboard import export
from dashboard.brief import Bars, Brief, Section

FANGSONG, HEITI, XIAOBIAOSONG = "仿宋_GB2312", "黑体", "方正小标宋简体"
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
ILLEGAL = {c: None for c in range(32) if c not in (9, 10, 13)}  # XML 1.0 has no such characters


def docx(brief: Brief) -> bytes:
    """The document: A4, 三号 type, fixed line spacing of 28 points, page numbers at the foot."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    document.core_properties.title, document.core_properties.author = clean(brief.title), ""
    line(
        document,
        brief.title,
        XIAOBIAOSONG,
        24,
        align=WD_ALIGN_PARAGRAPH.CENTER,
        colour=RGBColor(0xC0, 0, 0),
        spacing=40,
    )
    meta = line(document, f"{brief.number}\t{brief.issued}", FANGSONG, 15)
    meta.paragraph_format.tab_stops.add_tab_stop(Mm(156), alignment=2)
    rule(meta)
    for i, section in enumerate(brief.sections):
        write_section(document, section, i + 1)
    for note in brief.notes:
        line(document, note, FANGSONG, 11, indent=2, spacing=18)
    footer(page)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def clean(text: str) -> str:
    return text.translate(ILLEGAL)


def line(
    document: Any,
    text: str,
    font: str,
    size: float,
    *,
    align: Any = None,
    indent: int = 0,
    colour: RGBColor | None = None,
    spacing: float = 28,
) -> Any:
    """A paragraph of one font; `indent` counts characters of the first line."""
    paragraph = document.add_paragraph()
    run = paragraph.add_run(clean(text))
    run.font.size, run.font.name = Pt(size), font
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    if colour is not None:
        run.font.color.rgb = colour
    layout = paragraph.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(spacing)
    layout.space_after = Pt(0)
    layout.first_line_indent = Pt(size * indent)
    if align is not None:
        paragraph.alignment = align
    return paragraph


def rule(paragraph: Any) -> None:
    """A red line below."""
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", "C00000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._element.get_or_add_pPr().append(borders)


def write_section(document: Any, section: Section, number: int) -> None:
    line(document, section.heading, HEITI, 16, indent=2)
    for text in section.paragraphs:
        line(document, text, FANGSONG, 16, indent=2)
    if section.chart is not None and any(section.chart.values):
        add_chart(document, section.chart, number)
    if section.table:
        write_table(document, section.table)


def write_table(document: Any, rows: tuple[tuple[str, ...], ...]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for y, row in enumerate(rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            font = HEITI if y == 0 else FANGSONG
            run = paragraph.add_run(clean(text))
            run.font.size, run.font.name = Pt(12), font
            run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def footer(page: Any) -> None:
    """— 1 —"""
    paragraph = page.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("text", "— "), ("begin", ""), ("instr", "PAGE"), ("end", ""), ("text", " —")):
        run = paragraph.add_run(text if kind == "text" else "")
        run.font.size = Pt(14)
        if kind in ("begin", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._element.append(mark)
        elif kind == "instr":
            code = OxmlElement("w:instrText")
            code.text = text
            run._element.append(code)


# --- charts that Word draws ------------------------------------------------------------------------------------------


def add_chart(document: Any, chart: Bars, number: int) -> None:
    """A DrawingML chart with its own small workbook, so that 编辑数据 works."""
    package = document.part.package
    known = [None if i in chart.unknown else v for i, v in enumerate(chart.values)]
    table = pd.DataFrame({"项目": marked(chart), chart.unit: known})
    sheet = export.workbook([export.Sheet("数据", chart.title, "", table)])
    book = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), export.XLSX, sheet, package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), CHART_TYPE, b"", package)
    book_id = part.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
    part._blob = chart_xml(chart, book_id).encode()
    chart_id = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    height = 60 + 22 * len(chart.values) if chart.horizontal else 200
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run()._element.append(parse_xml(inline_xml(chart, chart_id, number, 430, height)))


def marked(chart: Bars) -> list[str]:
    """The labels; a week without papers says so, for an empty place in a chart says nothing."""
    return [f"{n}缺报" if i in chart.unknown else n for i, n in enumerate(chart.labels)]


def inline_xml(chart: Bars, chart_id: str, number: int, width: int, height: int) -> str:
    """Where the chart stands in the text; sizes in points."""
    words = "，".join(f"{n} {chart.shown(i)}" for i, n in enumerate(chart.labels))
    return (
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><wp:inline>'
        f'<wp:extent cx="{width * 12700}" cy="{height * 12700}"/><wp:docPr id="{100 + number}" name="图{number}" descr="{attribute(chart.title + "：" + words)}"/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart r:id="{chart_id}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )


def attribute(text: str) -> str:
    return escape(clean(text), {'"': "&quot;"})


def chart_xml(chart: Bars, book_id: str) -> str:
    """The chart part: one series of bars, values at their ends, no grid."""
    count = len(chart.values)
    names = "".join(f'<c:pt idx="{i}"><c:v>{escape(clean(n))}</c:v></c:pt>' for i, n in enumerate(marked(chart)))
    values = "".join(
        f'<c:pt idx="{i}"><c:v>{v:g}</c:v></c:pt>' for i, v in enumerate(chart.values) if i not in chart.unknown
    )
    order = "maxMin" if chart.horizontal else "minMax"
    text = '<a:latin typeface="Microsoft YaHei"/><a:ea typeface="Microsoft YaHei"/>'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        f'<c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1100" b="0"/></a:pPr><a:r><a:rPr lang="zh-CN" sz="1100" b="0">{text}</a:rPr>'
        f'<a:t>{escape(clean(chart.title))}（{escape(clean(chart.unit))}）</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
        '<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/><c:barChart>'
        f'<c:barDir val="{"bar" if chart.horizontal else "col"}"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'<c:ser><c:idx val="0"/><c:order val="0"/><c:tx><c:strRef><c:f>数据!$B$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(clean(chart.unit))}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        '<c:spPr><a:solidFill><a:srgbClr val="1F5FA8"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>'
        '<c:dLbls><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f'<c:cat><c:strRef><c:f>数据!$A$2:$A${count + 1}</c:f><c:strCache><c:ptCount val="{count}"/>{names}</c:strCache></c:strRef></c:cat>'
        f'<c:val><c:numRef><c:f>数据!$B$2:$B${count + 1}</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="{count}"/>{values}</c:numCache></c:numRef></c:val></c:ser>'
        '<c:gapWidth val="60"/><c:axId val="111"/><c:axId val="222"/></c:barChart>'
        f'<c:catAx><c:axId val="111"/><c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/><c:axPos val="{"l" if chart.horizontal else "b"}"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="222"/></c:catAx>'
        f'<c:valAx><c:axId val="222"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling><c:delete val="1"/><c:axPos val="{"b" if chart.horizontal else "l"}"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="111"/></c:valAx>'
        f'</c:plotArea><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="900">{text}</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
        f'<c:externalData r:id="{book_id}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )
