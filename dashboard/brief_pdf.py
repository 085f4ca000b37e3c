"""The briefing as PDF by reportlab. Embeds the system's Chinese font; where it has none, names one that readers bring along."""

from __future__ import annotations

import io
import re
import threading
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from dashboard.brief import Bars, Brief, Section
from dashboard.brief_fonts import BODY_FONTS, HEAD_FONTS, embedded_font
from dashboard.wording import amount

RED, BLUE = colors.HexColor("#C00000"), colors.HexColor("#1F5FA8")


BUILDING = threading.Lock()  # reportlab knows fonts by name, in one register for the process


def register(brief: Brief) -> None:
    """Fonts for `body` and `head` with the document's characters; STSong-Light, which readers bring along, where there is none."""
    characters = "".join(sorted(set(repr(brief))))
    for role, paths in (("body", BODY_FONTS), ("head", HEAD_FONTS)):
        data = embedded_font(paths, characters)
        if data:
            pdfmetrics.registerFont(TTFont(f"ct-{role}", io.BytesIO(data)))
        else:
            pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


def font(role: str) -> str:
    """The registered name of the font for `body` or `head`."""
    return f"ct-{role}" if f"ct-{role}" in pdfmetrics.getRegisteredFontNames() else "STSong-Light"


def styles() -> dict[str, ParagraphStyle]:
    body, head = font("body"), font("head")
    common: dict[str, Any] = {"wordWrap": "CJK"}
    return {
        "title": ParagraphStyle(
            "title", fontName=head, fontSize=24, leading=36, alignment=TA_CENTER, textColor=RED, **common
        ),
        "meta": ParagraphStyle("meta", fontName=body, fontSize=14, leading=22, **common),
        "right": ParagraphStyle("right", fontName=body, fontSize=14, leading=22, alignment=TA_RIGHT, **common),
        "head": ParagraphStyle(
            "head", fontName=head, fontSize=16, leading=28, spaceBefore=6, firstLineIndent=32, **common
        ),
        "body": ParagraphStyle("body", fontName=body, fontSize=15, leading=27, firstLineIndent=30),
        "cell": ParagraphStyle("cell", fontName=body, fontSize=12, leading=17, alignment=TA_CENTER, **common),
        "note": ParagraphStyle("note", fontName=body, fontSize=11, leading=17, firstLineIndent=22),
    }


def pdf(brief: Brief) -> bytes:
    """The document; its text can be searched and copied."""
    with BUILDING:
        register(brief)
        return built(brief)


def built(brief: Brief) -> bytes:
    """The document in the fonts that are registered."""
    buffer, style = io.BytesIO(), styles()
    template = SimpleDocTemplate(
        buffer, pagesize=A4, topMargin=37 * mm, bottomMargin=35 * mm, leftMargin=28 * mm, rightMargin=26 * mm, title=brief.title, author="", subject=brief.number,
    )  # fmt: skip
    meta = Table(
        [[Paragraph(escape(brief.number), style["meta"]), Paragraph(escape(brief.issued), style["right"])]],
        colWidths=[50 * mm, 106 * mm],
    )
    meta.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 1.5, RED), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    story: list[Flowable] = [Paragraph(escape(brief.title), style["title"]), meta, Spacer(1, 8)]
    for section in brief.sections:
        story += section_story(section, style)
    story.append(Spacer(1, 14))
    story += [Paragraph(broken(n, style["note"]), style["note"]) for n in brief.notes]
    template.build(story, onFirstPage=page_number, onLaterPages=page_number)
    return buffer.getvalue()


def section_story(section: Section, style: dict[str, ParagraphStyle]) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(escape(section.heading), style["head"])]
    story += [Paragraph(broken(p, style["body"]), style["body"]) for p in section.paragraphs]
    if section.chart is not None and any(section.chart.values):
        story.append(KeepTogether([Spacer(1, 6), draw(section.chart)]))
    if section.table:
        rows = [[Paragraph(escape(c), style["cell"]) for c in row] for row in section.table]
        table = Table(rows, repeatRows=1, hAlign="CENTER")
        table.setStyle(
            TableStyle(
                [
                    ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                    ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#F1F4F8")),
                ]
            )
        )
        story += [Spacer(1, 6), table]
    return story


NOT_FIRST, NOT_LAST = "，。、；：？！）》」』”’…%", "（《「『“‘"
TEXT_WIDTH = A4[0] - (28 + 26) * mm - 13  # reportlab's frame keeps 6 points on either side


def broken(text: str, style: ParagraphStyle) -> str:
    """Paragraph markup with line breaks after 行首行尾禁则: no 、 or 》 begins a line, no 《 ends one; numbers stay whole."""
    lines: list[str] = []
    line: list[str] = []
    room = TEXT_WIDTH - style.firstLineIndent
    for unit in re.findall(r"[A-Za-z0-9.,%/-]+|.", text):
        if line and pdfmetrics.stringWidth("".join(line) + unit, style.fontName, style.fontSize) > room:
            carried = [unit]
            while len(line) > 1 and (carried[0] in NOT_FIRST or line[-1] in NOT_LAST):
                carried.insert(0, line.pop())
            lines.append("".join(line))
            line, room = carried, TEXT_WIDTH
        else:
            line.append(unit)
    return "<br/>".join(escape(part) for part in [*lines, "".join(line)])


def draw(chart: Bars) -> Drawing:
    """The bars, 440 points wide."""
    face, width = font("body"), 440.0
    top = max(chart.values) or 1.0
    height = 26 + 20 * len(chart.values) if chart.horizontal else 170
    drawing = Drawing(width, height)
    drawing.add(String(0, height - 14, f"{chart.title}（{chart.unit}）", fontName=face, fontSize=11))
    for i, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True)):
        if chart.horizontal:
            y, long = height - 40 - 20 * i, 260 * value / top
            drawing.add(String(138, y + 3, label, fontName=face, fontSize=9.5, textAnchor="end"))
            drawing.add(Rect(144, y, long, 13, fillColor=BLUE, strokeColor=None))
            drawing.add(String(148 + long, y + 3, amount(value), fontName=face, fontSize=9.5))
            continue
        step, tall = width / len(chart.values), 105 * value / top
        fill = colors.HexColor("#A5BFDC") if i == chart.pale else BLUE
        drawing.add(Rect(step * (i + 0.18), 20, step * 0.64, tall, fillColor=fill, strokeColor=None))
        drawing.add(String(step * (i + 0.5), 24 + tall, chart.shown(i), fontName=face, fontSize=9, textAnchor="middle"))
        drawing.add(
            String(
                step * (i + 0.5),
                6,
                label,
                fontName=face,
                fontSize=9,
                textAnchor="middle",
                fillColor=colors.HexColor("#5F6C7B"),
            )
        )
    return drawing


def page_number(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(font("body"), 14)
    canvas.drawCentredString(A4[0] / 2, 25 * mm, f"— {document.page} —")
    canvas.restoreState()
