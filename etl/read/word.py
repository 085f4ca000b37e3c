"""Word (.docx): paragraphs and table rows in the document's order, then text boxes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from etl.models import Issue, Page
from etl.read.archive import BROKEN_ZIP, container_complaint
from etl.read.limits import MAX_ZIP_MEMBER
from etl.read.source import Source

_BOXES = "//w:txbxContent[not(ancestor::*[local-name()='Fallback'])]"


def read_docx(source: Source) -> Iterator[Page | Issue]:
    """A Word file as one page: a street office's report or a whole page's copy, which `split` tells apart."""
    complaint = container_complaint(source)
    if complaint is not None:
        yield complaint
        return
    import docx  # slow to import
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        document = docx.Document(io.BytesIO(source.read(MAX_ZIP_MEMBER)))
        text = "\n".join(_lines(document))
    except (*BROKEN_ZIP, OpcError, LxmlError, KeyError, ValueError, AttributeError, IndexError, TypeError) as error:
        yield source.issue(
            "broken-file", f"Word 文件已损坏，无法打开（{type(error).__name__}）。请用 Word 或 WPS 修复后另存。"
        )
        return
    if text.strip():
        yield Page(source.name, text)
    else:
        yield source.issue("no-text", "Word 文件里没有文字（可能全是图片）。请另存为 PDF 后放入，以便识别图片。")


def _lines(document: Any) -> Iterator[str]:
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            yield from _rows(block)
        elif block.text.strip():
            yield block.text.strip()
    for box in document.element.body.xpath(_BOXES):
        for paragraph in box.xpath(".//w:p"):
            text = "".join(str(t) for t in paragraph.xpath(".//w:t/text()")).strip()
            if text:
                yield text


def _rows(table: Any) -> Iterator[str]:
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:
            text = " ".join(cell.text.split())
            if text and (not cells or cells[-1] != text):  # a merged cell comes once for each column it spans
                cells.append(text)
        if cells:
            yield " ".join(cells)
