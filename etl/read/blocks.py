"""Lines of a page → blocks: runs of lines of one column that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


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
    alike = 0.82 if min(len(last.text), len(line.text)) > 4 else 0.6  # the size of a few characters is hard to measure
    usual = median(n.size for n in run[-5:])
    if min(last.size, line.size) < alike * size and min(usual, line.size) < alike * max(usual, line.size):
        return False
    if abs(last.middle - line.middle) < 0.5 * size:  # same row: a gap inside the line
        return -0.2 * size <= line.x0 - last.x1 < 0.5 * size
    if not -0.4 * size <= line.y0 - last.y1 <= 0.9 * size:
        return False
    left, right = min(n.x0 for n in run), max(n.x1 for n in run)
    overlap = min(right, line.x1) - max(left, line.x0)
    narrow, wide = sorted((right - left, line.x1 - line.x0))
    if overlap < 0.8 * narrow:
        return False
    return overlap >= 0.6 * wide or abs(left - line.x0) < 2.6 * size
