"""Excel (.xlsx): one article a row, columns known by their names in the header row."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from etl.models import Issue, Page
from etl.read.archive import BROKEN_ZIP, container_complaint
from etl.read.limits import MAX_RECORD_CHARS, MAX_ZIP_MEMBER
from etl.read.records import known_columns, page_of
from etl.read.source import Source

_HEADER_ROWS = 10  # a title or notes may stand above the header


def read_xlsx(source: Source) -> Iterator[Page | Issue]:
    """The articles of every sheet that has a text column; an issue where none has."""
    complaint = container_complaint(source)
    if complaint is not None:
        yield complaint
        return
    import openpyxl  # slow to import
    from lxml.etree import LxmlError
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        data = io.BytesIO(source.read(MAX_ZIP_MEMBER))
        book = openpyxl.load_workbook(data, read_only=True, data_only=True, keep_links=False)
        yield from _sheets(source, book)
    except (
        *BROKEN_ZIP,
        InvalidFileException,
        LxmlError,
        KeyError,
        ValueError,
        AttributeError,
        IndexError,
        TypeError,
        SyntaxError,
    ) as error:
        yield source.issue(
            "broken-file", f"Excel 文件已损坏，读到此处为止（{type(error).__name__}）。请用 Excel 或 WPS 修复后另存。"
        )


def _sheets(source: Source, book: Any) -> Iterator[Page | Issue]:
    seen: list[str] = []
    read = False
    for sheet in book.worksheets:
        rows = enumerate(sheet.iter_rows(values_only=True), 1)
        for number, row in rows:
            columns = known_columns(row)
            if "text" in columns.values():
                read = True
                yield from _articles(source, sheet.title, columns, rows)
            elif number < _HEADER_ROWS:
                seen += [str(cell)[:20] for cell in row if cell is not None][:6]
                continue
            break
    if not read:
        message = f"没有正文列（正文、内容、text）。所见：{'、'.join(seen[:12]) or '空表'}。请改列名后重新放入。"
        yield source.issue("no-text-column", message)


def _articles(
    source: Source, sheet: str, columns: dict[int, str], rows: Iterator[tuple[int, Sequence[Any]]]
) -> Iterator[Page | Issue]:
    for number, row in rows:
        fields = {columns[i]: _cell(value) for i, value in enumerate(row) if i in columns and value is not None}
        if fields:
            yield from page_of(source, fields, f"{sheet}!{number}", f"{sheet} 第{number}行")


def _cell(value: Any) -> Any:
    """A cell's value; whole numbers lose Excel's decimal point (版次 3.0 → 3)."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value[:MAX_RECORD_CHARS] if isinstance(value, str) else value
