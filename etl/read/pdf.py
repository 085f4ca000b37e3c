"""PDF: one Page for each of its pages; text layer by pdfium, order by `layout`, pages without text by OCR."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from etl.models import Issue, Page
from etl.read.blocks import Line
from etl.read.decode import complaint
from etl.read.layout import reading_text
from etl.read.limits import MAX_FILE_BYTES, MAX_PAGE_CHARS, MAX_PDF_PAGES
from etl.read.scan import OcrMissingError, recognise
from etl.read.source import Source

_SCAN_SIDE = 4000  # pixels of the long side when a page is drawn for OCR: A2 at 170 dpi, 9-point type 21 pixels high
_BLANKS = frozenset((0x20, 0xA0, 0x2002, 0x2003, 0x3000))
_FEW = 20  # characters; a page with fewer has no text layer worth the name


Character = tuple[float, float, float, float, str]  # x0, y0, x1, y1 with y downward, and the character


def read_pdf(source: Source) -> Iterator[Page | Issue]:
    """The pages of a PDF. An encrypted or broken file, or page, becomes an issue; the other pages go on."""
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

    try:
        data = source.path if source.path is not None else source.read(MAX_FILE_BYTES)
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in (FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY) or "assword" in str(error):
            yield source.issue("encrypted-pdf", "PDF 已加密，无法读取。请解除密码后重新放入。")
        else:
            yield source.issue("broken-pdf", "PDF 已损坏或不完整，无法读取。请重新取得该文件。")
        return
    try:
        for number in range(min(count, MAX_PDF_PAGES)):
            yield from _one_page(source, document, number)
        if count > MAX_PDF_PAGES:
            yield source.issue(
                "too-many-pages",
                f"共 {count} 页，只读前 {MAX_PDF_PAGES} 页。请拆分后放入。",
                where=f"第{MAX_PDF_PAGES + 1}页",
            )
        if count == 0:
            yield source.issue("broken-pdf", "PDF 里没有页面。请重新取得该文件。")
    finally:
        document.close()


def _one_page(source: Source, document: Any, number: int) -> Iterator[Page | Issue]:
    import pypdfium2

    where = f"第{number + 1}页"
    try:
        page = document[number]
        lines = page_lines(page)
        text = reading_text(lines)
        if len(text) >= _FEW and complaint(text) is None:
            yield Page(source.name, text, page=str(number + 1))
            return
        drawn = _draw(page)
    except (pypdfium2.PdfiumError, ValueError, OverflowError) as error:
        yield source.issue("broken-page", f"该页已损坏，已跳过；其余照常读取（{type(error).__name__}）。", where=where)
        return
    yield from _scanned(source, drawn, number, where, text)


def _scanned(source: Source, drawn: Any, number: int, where: str, text: str) -> Iterator[Page | Issue]:
    """A page without a text layer: OCR; the few characters of its text layer stand where OCR finds none."""
    if drawn.getextrema() in (((255, 255),) * 3, (255, 255)):
        yield source.issue("blank-page", "该页是空白页，已略过。", "info", where)
        return
    try:
        found, confidence = recognise(drawn)
    except OcrMissingError as error:
        yield source.issue("no-ocr", f"该页没有文字层（扫描件），{error}", where=where)
        return
    if found:
        yield Page(source.name, found, page=str(number + 1), ocr_confidence=confidence)
    elif text.strip():
        yield Page(source.name, text, page=str(number + 1))
    else:
        yield source.issue("no-text", "该页没有识别出文字（可能是整版图片）。", "warning", where)


def _draw(page: Any) -> Any:
    width, height = page.get_size()
    scale = min(_SCAN_SIDE / max(width, height, 1), 4.2)
    return page.render(scale=scale, draw_annots=False).to_pil().convert("RGB")


def page_lines(page: Any) -> list[Line]:
    """The rows of characters of a page's text layer, cut where columns part."""
    return lines_of(list(_characters(page)))


def _characters(page: Any) -> Iterator[Character]:
    """(x0, y0, x1, y1, character), y downward, in the order of the file, with a blank before it where
    one is printed; doubled characters are left out."""
    from pypdfium2 import raw

    text_page = page.get_textpage()
    box = raw.FS_RECTF()
    height, rotation = page.get_height(), page.get_rotation()
    width = page.get_width()
    seen: set[tuple[str, int, int]] = set()
    blank = False
    try:
        for i in range(min(text_page.count_chars(), MAX_PAGE_CHARS)):
            if raw.FPDFText_IsGenerated(text_page, i) == 1:
                continue
            code = raw.FPDFText_GetUnicode(text_page, i)
            character = _printable(code)
            if not character or not raw.FPDFText_GetLooseCharBox(text_page, i, ctypes.byref(box)):
                blank = blank or code in _BLANKS
                continue
            placed = _turn((box.left, box.bottom, box.right, box.top), rotation, width, height)
            key = (character, round(placed[0]), round(placed[1]))
            if key not in seen:  # bold type is faked by drawing a character twice
                seen.add(key)
                yield (*placed, f" {character}" if blank else character)
                blank = False
    finally:
        text_page.close()


def _printable(code: int) -> str:
    if (
        code <= 32
        or 0x7F <= code < 0xA0
        or 0xD800 <= code <= 0xDFFF
        or code > 0x10FFFF
        or code == 0xFFFE
        or code == 0xFEFF
    ):
        return ""
    character = chr(code)
    if 0x2E80 <= code <= 0x2FDF or 0xF900 <= code <= 0xFAFF:  # radicals that fonts use in place of the character
        folded = unicodedata.normalize("NFKC", character)
        return folded if len(folded) == 1 else character
    return "" if character.isspace() else character


def _turn(box: tuple[float, ...], rotation: int, width: float, height: float) -> tuple[float, float, float, float]:
    """A box in PDF space as one on the page as it is shown, y downward. Width and height are those shown."""
    left, bottom, right, top = box
    if rotation == 90:
        return (bottom, left, top, right)
    if rotation == 180:
        return (width - right, bottom, width - left, top)
    if rotation == 270:
        return (width - top, height - right, width - bottom, height - left)
    return (left, height - top, right, height - bottom)


def lines_of(characters: list[Character]) -> list[Line]:
    """Rows of characters: first runs in the order of the file, then runs that stand side by side made one."""
    runs: list[list[Character]] = []
    for one in characters:
        if runs and _same_row(runs[-1][-1], one):
            runs[-1].append(one)
        else:
            runs.append([one])
    rows: list[list[Character]] = []
    by_height: dict[int, list[list[Character]]] = {}
    for run in sorted(runs, key=lambda r: r[0][0]):
        height = round((run[0][1] + run[0][3]) / 8)
        near = [row for h in (height - 1, height, height + 1) for row in by_height.get(h, [])[-200:]]
        row = next((row for row in near if _same_row(row[-1], run[0])), None)
        if row is None:
            rows.append(run)
            by_height.setdefault(height, []).append(run)
        else:
            row += run
    return [_line(row) for row in rows]


def _same_row(last: Character, one: Character) -> bool:
    """Whether a character goes on a row: like size, heights that overlap, a gap of hardly a character."""
    small, large = sorted((last[3] - last[1], one[3] - one[1]))
    overlap = min(last[3], one[3]) - max(last[1], one[1])
    return small > 0.55 * large and overlap > 0.5 * small and -0.5 * small < one[0] - last[2] < 1.15 * small


def _line(row: list[Character]) -> Line:
    pieces = [row[0][4].strip()]
    for before, one in pairwise(row):
        latin = one[4].isascii() and before[4].isascii()
        wide = one[0] - before[2] > (0.2 if latin else 0.45) * (one[3] - one[1])
        pieces.append(f" {one[4]}" if wide and not one[4].startswith(" ") else one[4])
    heights = sorted(c[3] - c[1] for c in row)
    return Line(
        row[0][0],
        min(c[1] for c in row),
        max(c[2] for c in row),
        max(c[3] for c in row),
        "".join(pieces),
        heights[len(heights) // 2],
    )
