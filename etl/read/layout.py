"""Boxes on a page → text in reading order: lines → blocks (one column's run of lines) → order → paragraphs.

Lines of a block are joined to paragraphs: a new one begins at an indent of two characters or after a short line;
a paragraph that a column's end cuts goes on in the next column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from etl.read.blocks import Block, Line, blocks
from etl.read.order import HEADING, reading_order

_STOP = re.compile(r"[。！？：；…”』」）)!?]$")
_WORD_END = re.compile(r"[A-Za-z0-9,.;:]$")
_WORD_START = re.compile(r"^[A-Za-z0-9]")
MAX_LINES = 4000


def reading_text(lines: Sequence[Line]) -> str:
    """The page's text: a line a paragraph, a blank line before each headline."""
    if not lines:
        return ""
    ordered = reading_order(blocks(lines[:MAX_LINES]))
    body = median(b.size for b in ordered for _ in b.lines)
    out: list[str] = []
    previous: Block | None = None
    for block in ordered:
        heading = block.size > body * HEADING
        paragraphs = [" ".join(p for p in _rows_text(block))] if heading else _paragraphs(block)
        if out and previous is not None and not heading and _continues(previous, block, out[-1]):
            out[-1] = join(out[-1], paragraphs.pop(0))
        elif heading and out:
            out.append("")
        out += paragraphs
        previous = None if heading else block
    return "\n".join(out)


def _rows(block: Block) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in block.lines:
        if rows and abs(rows[-1][-1].middle - line.middle) < 0.5 * block.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _rows_text(block: Block) -> list[str]:
    return [" ".join(n.text for n in row) for row in _rows(block)]


def _paragraphs(block: Block) -> list[str]:
    """Rows joined to paragraphs by indent and short ends."""
    out: list[str] = []
    short = True
    for row in _rows(block):
        text = " ".join(n.text for n in row)
        indented = row[0].x0 - block.x0 > 1.4 * block.size
        if (
            not out
            or (indented and (short or _STOP.search(out[-1]) or len(_rows(block)) > 2))
            or (short and _STOP.search(out[-1]))
        ):
            out.append(text)
        else:
            out[-1] = join(out[-1], text)
        short = block.x1 - row[-1].x1 > 1.6 * block.size
    return out


def _continues(last: Block, following: Block, text: str) -> bool:
    """Whether a paragraph cut by a column's end goes on in the next block."""
    rows = _rows(following)
    indented = rows[0][0].x0 - following.x0 > 1.4 * following.size
    full = last.x1 - _rows(last)[-1][-1].x1 < 1.6 * last.size or text[-1:] in "，、；,"
    alike = (
        0.8 < last.size / following.size < 1.25
        and 0.75 < (last.x1 - last.x0) / max(following.x1 - following.x0, 1) < 1.33
    )
    return full and alike and not indented and len(last.lines) > 1 and not re.search(r"[。！？]$", text)


def join(first: str, second: str) -> str:
    """Two parts of a broken line: a blank only between Latin words."""
    return (
        f"{first} {second}"
        if _WORD_END.search(first) and _WORD_START.search(second) and not (first[-1:].isdigit() or second[:1].isdigit())
        else first + second
    )
