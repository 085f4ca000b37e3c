"""Boxes on a page → text in reading order: lines → blocks (one column's run of lines) → order → paragraphs.

Chinese newspapers set several columns of one width side by side; headlines and lead paragraphs run over several of
them. White bands across the page part articles, white gutters part columns; where neither runs through, a block is read
before another if it stands above it in the same columns, or left of it with nothing between that spans both. Lines of
a block are joined to paragraphs: a new one begins at an indent of two characters
or after a line that ends short; a paragraph that a column's end cuts goes on in the next column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_STOP = re.compile(r"[。！？：；…”』」）)!?]$")
_WORD_END = re.compile(r"[A-Za-z0-9,.;:]$")
_WORD_START = re.compile(r"^[A-Za-z0-9]")
MAX_LINES = 4000
_MAX_BLOCKS = 120  # that Breuel's order is found for: its cost grows with their cube, and a page part has under 40


@dataclass(frozen=True, slots=True)
class Line:
    """A run of characters on one row of one column; y grows downward."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    size: float  # height of its characters

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one column that belong together, top to bottom."""

    lines: tuple[Line, ...]
    x0: float
    y0: float
    x1: float
    y1: float
    size: float


def reading_text(lines: Sequence[Line]) -> str:
    """The page's text: a line a paragraph, a blank line before each headline."""
    if not lines:
        return ""
    ordered = reading_order(blocks(lines[:MAX_LINES]))
    body = median(b.size for b in ordered for _ in b.lines)
    out: list[str] = []
    previous: Block | None = None
    for block in ordered:
        heading = block.size > body * 1.3
        paragraphs = [" ".join(p for p in _rows_text(block))] if heading else _paragraphs(block)
        if out and previous is not None and not heading and _continues(previous, block, out[-1]):
            out[-1] = join(out[-1], paragraphs.pop(0))
        elif heading and out:
            out.append("")
        out += paragraphs
        previous = None if heading else block
    return "\n".join(out)


def blocks(lines: Sequence[Line]) -> list[Block]:
    """Lines gathered into columns' runs: each line joins the run whose last line stands right above it."""
    runs: list[list[Line]] = []
    open_runs: list[list[Line]] = []
    for line in sorted(lines, key=lambda n: (n.y0, n.x0)):
        best = min(
            (run for run in open_runs if _follows(run, line)), key=lambda r: abs(r[-1].x0 - line.x0), default=None
        )
        if best is None:
            best = []
            runs.append(best)
            open_runs.append(best)
        best.append(line)
        open_runs = [run for run in open_runs if line.y0 - max(n.y1 for n in run[-2:]) < 4 * run[-1].size]
    return [_block(run) for run in runs]


def _block(run: list[Line]) -> Block:
    return Block(
        tuple(run),
        min(n.x0 for n in run),
        min(n.y0 for n in run),
        max(n.x1 for n in run),
        max(n.y1 for n in run),
        median(n.size for n in run),
    )


def _follows(run: list[Line], line: Line) -> bool:
    """Whether a line goes on below a run: near, of like size, and in the same column (or on its last row)."""
    last = run[-1]
    size = max(last.size, line.size)
    if min(last.size, line.size) < 0.82 * size:
        return False
    if abs(last.middle - line.middle) < 0.5 * size:  # same row: a gap inside the line
        return 0 <= line.x0 - last.x1 < 1.3 * size
    if not -0.4 * size <= line.y0 - last.y1 <= 0.9 * size:
        return False
    left, right = min(n.x0 for n in run), max(n.x1 for n in run)
    overlap = min(right, line.x1) - max(left, line.x0)
    narrow, wide = sorted((right - left, line.x1 - line.x0))
    if overlap < 0.8 * narrow:
        return False
    return overlap >= 0.6 * wide or abs(left - line.x0) < 2.6 * size


def reading_order(found: Sequence[Block]) -> list[Block]:
    """Blocks in the order they are read: the page is cut at white bands right across it, then at white gutters down
    it, again and again; what cannot be cut is put in Breuel's order."""
    if len(found) < 2:
        return list(found)
    body = median(b.size for b in found for _ in b.lines)
    gutters = _cuts([(b.x0, b.x1) for b in found], 0.7 * body)
    bands = [
        y for y in _cuts([(b.y0, b.y1) for b in found], 1.3 * body) if not _row_of_headings(found, y, gutters, body)
    ]
    if bands:
        parts = [[b for b in found if top <= b.y0 < bottom] for top, bottom in _between(bands)]
    elif gutters:
        parts = [[b for b in found if left <= b.x0 < right] for left, right in _between(gutters)]
    else:
        return _breuel(found)
    return [block for part in parts for block in reading_order(part)]


def _cuts(spans: Sequence[tuple[float, float]], least: float) -> list[float]:
    """Where no span lies for at least `least`: the middle of each such gap."""
    cuts: list[float] = []
    end = min(first for first, _ in spans)
    for first, last in sorted(spans):
        if first - end >= least:
            cuts.append((first + end) / 2)
        end = max(end, last)
    return cuts


def _between(cuts: list[float]) -> list[tuple[float, float]]:
    edges = [float("-inf"), *cuts, float("inf")]
    return list(pairwise(edges))


def _row_of_headings(found: Sequence[Block], y: float, gutters: list[float], body: float) -> bool:
    """Whether right above a white band stand headings of several columns side by side: then the columns part first."""
    near = [b for b in found if b.size > 1.3 * body and 0 < y - b.y1 < 2 * b.size]
    return len({sum(b.x0 > g for g in gutters) for b in near}) > 1


def _breuel(found: Sequence[Block]) -> list[Block]:
    """A topological sort of "is read before", ties by column and height."""
    waiting = sorted(found, key=lambda b: (b.y0, b.x0))
    if len(waiting) > _MAX_BLOCKS:
        return waiting
    before = {id(b): {id(a) for a in waiting if a is not b and _before(a, b, waiting)} for b in waiting}
    ordered: list[Block] = []
    done: set[int] = set()
    while waiting:
        free = [b for b in waiting if before[id(b)] <= done]
        chosen = _next_of(free, ordered) if free else waiting[0]  # a cycle: the topmost
        waiting.remove(chosen)
        ordered.append(chosen)
        done.add(id(chosen))
    return ordered


def _next_of(free: list[Block], ordered: list[Block]) -> Block:
    """Of the blocks that may come next: one below the last read in its column, else the topmost, leftmost."""
    if ordered:
        last = ordered[-1]
        below = [b for b in free if b.y0 >= last.y0 and _overlap_x(last, b) > 0.5 * min(_width(last), _width(b))]
        if below:
            return min(below, key=lambda b: (b.x0 if b.y0 - last.y1 > 0 else b.y0, b.y0))
    return min(free, key=lambda b: (b.y0, b.x0))


def _before(a: Block, b: Block, all_blocks: Sequence[Block]) -> bool:
    """Breuel's order: a stands above b in the same columns, or left of it with nothing between that spans both."""
    if _overlap_x(a, b) > 0.1 * min(_width(a), _width(b)):
        return (a.y0 + a.y1) < (b.y0 + b.y1)
    if a.x1 > b.x0 + 0.1 * _width(b):
        return False
    return not any(_separates(c, a, b) for c in all_blocks if c is not a and c is not b)


def _separates(c: Block, a: Block, b: Block) -> bool:
    """Whether c stands between a and b in height and spans columns of both."""
    top, bottom = sorted((a.y0 + a.y1, b.y0 + b.y1))
    return top < c.y0 + c.y1 < bottom and _overlap_x(c, a) > 0 and _overlap_x(c, b) > 0


def _overlap_x(a: Block, b: Block) -> float:
    return min(a.x1, b.x1) - max(a.x0, b.x0)


def _width(b: Block) -> float:
    return b.x1 - b.x0


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
    alike = 0.8 < last.size / following.size < 1.25 and 0.75 < _width(last) / max(_width(following), 1) < 1.33
    return full and alike and not indented and len(last.lines) > 1 and not re.search(r"[。！？]$", text)


def join(first: str, second: str) -> str:
    """Two parts of a broken line: a blank only between Latin words."""
    return (
        f"{first} {second}"
        if _WORD_END.search(first) and _WORD_START.search(second) and not (first[-1:].isdigit() or second[:1].isdigit())
        else first + second
    )
