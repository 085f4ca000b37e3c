"""Blocks of a page in the order they are read.

Chinese newspapers set an article's body in columns side by side that begin at one height, under a headline that may run
over several of them, or over the first only. So blocks are first gathered into articles: neighbouring columns of one
top, with the headings right above them. Then the page is cut at white bands across it and white gutters down it, again
and again; articles that cannot be parted so are put in Breuel's order: one is read before another if it stands above it
in the same columns, or left of it with nothing between that spans both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from etl.read.blocks import Block

HEADING = 1.22  # times the size of body type; subtitles are set little larger than the body, OCR measures to 10 %
_MAX_UNITS = 120  # that Breuel's order is found for: its cost grows with their cube


@dataclass(frozen=True, slots=True)
class Unit:
    """An article's headings and columns, in reading order, and the box around them."""

    blocks: tuple[Block, ...]
    x0: float
    y0: float
    x1: float
    y1: float


def reading_order(found: Sequence[Block]) -> list[Block]:
    """All blocks, article by article, headings before columns, columns from left to right."""
    if len(found) < 2:
        return list(found)
    body = median(b.size for b in found for _ in b.lines)
    return [block for unit in _ordered(_units(found, body), body) for block in unit.blocks]


def _units(found: Sequence[Block], body: float) -> list[Unit]:
    """Blocks gathered into articles."""
    headings = sorted((b for b in found if b.size > HEADING * body), key=lambda b: (b.y0, b.x0))
    groups = _groups([b for b in found if b.size <= HEADING * body], headings, body)
    small = [g[0] for g in groups if len(g) == 1 and len(g[0].lines) <= 2]  # may be a subtitle set in body type
    free = set(map(id, [*headings, *small]))
    units: list[Unit] = []
    for group in sorted(groups, key=lambda g: (g[0] in small, g[0].y0, g[0].x0)):
        if group[0] in small and id(group[0]) not in free:
            continue
        above = [b for b in (*headings, *small) if id(b) in free and b is not group[0]]
        stack = _headings_above(group, above, HEADING * body)
        free -= set(map(id, (*stack, *group)))
        units.append(_unit([*stack, *group]))
    return units + [_unit([h]) for h in headings if id(h) in free]


def _unit(parts: Sequence[Block]) -> Unit:
    return Unit(
        tuple(parts),
        min(b.x0 for b in parts),
        min(b.y0 for b in parts),
        max(b.x1 for b in parts),
        max(b.y1 for b in parts),
    )


def _groups(columns: Sequence[Block], headings: Sequence[Block], body: float) -> list[list[Block]]:
    """Neighbouring columns that begin at one height, unless the right one has a heading of its own."""
    groups: list[list[Block]] = []
    for block in sorted(columns, key=lambda b: (b.x0, b.y0)):
        group = next((g for g in groups if _stands_beside(g[-1], block, headings, body)), None)
        if group is None:
            groups.append([block])
        else:
            group.append(block)
    return groups


def _stands_beside(left: Block, right: Block, headings: Sequence[Block], body: float) -> bool:
    if abs(left.y0 - right.y0) > 1.2 * body or not -0.5 * body < right.x0 - left.x1 < 4 * body:
        return False
    above = _heading_above(right, headings, body)
    return above is None or _overlap(above, left) > 0


def _heading_above(block: Block, headings: Sequence[Block], body: float) -> Block | None:
    """The nearest heading right above a block."""
    near = [
        h
        for h in headings
        if -0.5 * body < block.y0 - h.y1 < 3.5 * body and _overlap(h, block) > 0.3 * min(_width(h), _width(block))
    ]
    return max(near, key=lambda h: h.y1, default=None)


def _headings_above(group: Sequence[Block], headings: Sequence[Block], least: float) -> list[Block]:
    """Headline, kicker and subtitle: what is stacked right above a group, the topmost of them of a headline's size."""
    box = _unit(group)
    stack: list[Block] = []
    top, size = box.y0, group[0].size
    for heading in sorted(headings, key=lambda h: -h.y1):
        gap = top - heading.y1
        wide = min(box.x1, heading.x1) - max(box.x0, heading.x0)
        if -0.5 * size < gap < 2.2 * max(size, heading.size) and wide > 0.3 * _width(heading) and len(stack) < 6:
            stack.append(heading)
            top, size = min(top, heading.y0), heading.size
    while stack and stack[-1].size <= least:
        stack.pop()
    return sorted(stack, key=lambda h: (h.y0, h.x0))


def _ordered(units: Sequence[Unit], body: float) -> list[Unit]:
    """Units cut apart at bands, then at gutters, then in Breuel's order."""
    if len(units) < 2:
        return list(units)
    bands = _cuts([(u.y0, u.y1) for u in units], 0.8 * body)
    gutters = _cuts([(u.x0, u.x1) for u in units], 0.6 * body)
    if bands:
        parts = [[u for u in units if top <= u.y0 < bottom] for top, bottom in _between(bands)]
    elif gutters:
        parts = [[u for u in units if left <= u.x0 < right] for left, right in _between(gutters)]
    else:
        return _breuel(units)
    return [unit for part in parts for unit in _ordered(part, body)]


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
    return list(pairwise([float("-inf"), *cuts, float("inf")]))


def _breuel(units: Sequence[Unit]) -> list[Unit]:
    """A topological sort of "is read before", ties by height."""
    waiting = sorted(units, key=lambda u: (u.y0, u.x0))
    if len(waiting) > _MAX_UNITS:
        return waiting
    before = {id(b): {id(a) for a in waiting if a is not b and _before(a, b, waiting)} for b in waiting}
    ordered: list[Unit] = []
    done: set[int] = set()
    while waiting:
        chosen = next((u for u in waiting if before[id(u)] <= done), waiting[0])  # in a cycle: the topmost
        waiting.remove(chosen)
        ordered.append(chosen)
        done.add(id(chosen))
    return ordered


def _before(a: Unit, b: Unit, units: Sequence[Unit]) -> bool:
    if _overlap(a, b) > 0.1 * min(_width(a), _width(b)):
        return (a.y0 + a.y1) < (b.y0 + b.y1)
    if a.x1 > b.x0 + 0.1 * _width(b):
        return False
    return not any(_separates(c, a, b) for c in units if c is not a and c is not b)


def _separates(c: Unit, a: Unit, b: Unit) -> bool:
    """Whether c stands between a and b in height and spans columns of both."""
    top, bottom = sorted((a.y0 + a.y1, b.y0 + b.y1))
    return top < c.y0 + c.y1 < bottom and _overlap(c, a) > 0 and _overlap(c, b) > 0


def _overlap(a: Block | Unit, b: Block | Unit) -> float:
    """Shared width."""
    return min(a.x1, b.x1) - max(a.x0, b.x0)


def _width(box: Block | Unit) -> float:
    return box.x1 - box.x0
