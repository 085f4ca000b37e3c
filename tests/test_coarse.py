"""Thinned boundaries: within the tolerance, neighbours still touching, every island there and filled on the right side."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any

import pytest

from dashboard.coarse import Point, area, coarser, polygons, round_ring, rounded, thin
from tests.conftest import ROOT

GEO = ROOT / "data" / "reference" / "geo"


def square(x: float, y: float, side: float, steps: int, bend: float = 0.0) -> list[list[float]]:
    """A ring round a square with `steps` points a side, every second one pushed by `bend`."""
    ring = []
    for dx, dy in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        for i in range(steps):
            wave = bend if i % 2 else 0.0
            ring.append([x + dy * wave, y + dx * wave])
            x, y = x + dx * side / steps, y + dy * side / steps
    rounded = [[round(a, 6), round(b, 6)] for a, b in ring]
    return [*rounded, rounded[0]]


def feature(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"n": 1}, "geometry": {"type": "Polygon", "coordinates": list(rings)}}


def edges(features: list[dict[str, Any]]) -> dict[frozenset[Point], int]:
    """How many rings run along each edge."""
    found: dict[frozenset[Point], int] = {}
    for one in features:
        for polygon in polygons(one):
            for ring in polygon:
                for a, b in pairwise(ring):
                    found[frozenset((a, b))] = found.get(frozenset((a, b)), 0) + 1
    return found


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (((0, 0), (1, 0.01), (2, 0)), [(0, 0), (2, 0)]),
        (((0, 0), (1, 0.3), (2, 0)), [(0, 0), (1, 0.3), (2, 0)]),
        (((0, 0), (1, 0.01), (1, 1), (0, 0)), [(0, 0), (1, 0.01), (1, 1), (0, 0)]),  # a loop: measured from its one end
        (((0, 0), (3, 0.01), (2, 0)), [(0, 0), (3, 0.01), (2, 0)]),  # a spur beyond the end is no straight line
    ],
)
def test_thin(line: tuple[Point, ...], kept: list[Point]) -> None:
    assert thin(line, 0.1) == kept


def test_neighbours_keep_their_border() -> None:
    left, right = square(0, 0, 1, 20, 0.01), square(1, 0, 1, 20, 0.01)
    right[:21] = [[p[0], p[1]] for p in reversed(left[40:61])]  # the same border, walked the other way
    right[-1] = right[0]
    before = [feature(left), feature(right)]
    thinned = coarser(before, 0.05)
    assert sum(n == 2 for n in edges(thinned).values()) >= 1
    assert len(edges(thinned)) < len(edges(before)) / 4
    assert thinned[0]["properties"] == {"n": 1} and before[0]["geometry"]["type"] == "Polygon"


def test_a_speck_stays() -> None:
    speck = square(0, 0, 0.004, 4)
    (kept,) = coarser([feature(speck, square(0.001, 0.001, 0.001, 2))], 0.05)
    outer, inner = polygons(kept)[0]
    assert len(outer) >= 4 and len(inner) >= 4
    assert area(outer) * area([(p[0], p[1]) for p in speck]) > 0


@pytest.mark.parametrize("tolerance", [0.02, 0.05])
def test_the_prefectures(tolerance: float) -> None:
    """Of the real boundaries: the same places and rings, turned the same way, borders shared as before, far fewer points."""
    before = json.loads((GEO / "prefectures.geojson").read_text(encoding="utf-8"))["features"]
    after = coarser(before, tolerance)
    assert [f["properties"] for f in after] == [f["properties"] for f in before]
    far = 0.0
    for old, new in zip(before, after, strict=True):
        rings = [r for p in polygons(old) for r in p], [r for p in polygons(new) for r in p]
        for was, now in zip(*rings, strict=True):
            assert len(now) >= 4 and now[0] == now[-1] and set(now) <= set(was)
            assert area(was) * area(now) > 0 or was == now  # some specks are flat as packaged
            far = max(far, farthest(was, now) if len(was) < 60 else 0.0)
    assert far <= tolerance * 1.001
    shared = {
        t: sum(n == 2 for n in edges(f).values()) / len(edges(f)) for t, f in (("before", before), ("after", after))
    }
    assert shared["after"] > 0.9 * shared["before"] - 0.1
    assert len(edges(after)) < len(edges(before)) * 0.6


def farthest(was: list[Point], now: list[Point]) -> float:
    """How far a point of the old ring lies from the new one."""
    return max(min(distance(p, a, b) for a, b in pairwise(now)) for p in was)


def distance(p: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length)) if length else 0.0
    return math.hypot(p[0] - a[0] - along * dx, p[1] - a[1] - along * dy)


@pytest.mark.parametrize(
    ("ring", "kept"),
    [
        ([(0.0, 0.0), (0.004, 0.001), (1.006, 0.0), (1.0, 1.004), (0.0, 0.0)], [(0, 0), (1.01, 0), (1, 1), (0, 0)]),
        (
            [(0.0, 0.0), (0.003, 0.0), (0.003, 0.003), (0.0, 0.0)],
            [(0, 0), (0.003, 0), (0.003, 0.003), (0, 0)],
        ),  # a speck
    ],
)
def test_round_ring(ring: list[Point], kept: list[Point]) -> None:
    assert round_ring(ring, 2) == kept


def test_rounded_neighbours_still_touch() -> None:
    """Of the real boundaries: at most half a unit away, turned the same way, as much of the borders shared as before."""
    before = coarser(json.loads((GEO / "prefectures.geojson").read_text(encoding="utf-8"))["features"], 0.07)
    after = rounded(before, 2)
    for old, new in zip(before, after, strict=True):
        assert new["properties"] == old["properties"]
        rings = [r for p in polygons(old) for r in p], [r for p in polygons(new) for r in p]
        for was, now in zip(*rings, strict=True):
            assert len(now) >= 4 and now[0] == now[-1]
            assert area(was) * area(now) > 0 or was == now
            assert max(min(math.dist(p, q) for q in now) for p in was) <= 0.0072
    shared = [sum(n == 2 for n in edges(f).values()) / len(edges(f)) for f in (before, after)]
    assert shared[1] >= shared[0] - 0.001
