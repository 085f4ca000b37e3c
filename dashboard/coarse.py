"""Boundaries with fewer points, for maps that show many places: what is finer than a pixel only costs bytes and drawing time.

A border between two places is thinned once, so that neighbours still touch; no island is too small to stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

Point = tuple[float, float]


def coarser(features: Iterable[dict[str, Any]], tolerance: float) -> list[dict[str, Any]]:
    """GeoJSON features (Polygon, MultiPolygon) whose borders lie within `tolerance` degrees of what they were."""
    found = list(features)
    corners = junctions(ring for f in found for polygon in polygons(f) for ring in polygon)
    thinned: dict[tuple[Point, ...], list[Point]] = {}
    return [
        f | {"geometry": {"type": "MultiPolygon", "coordinates": [[thin_ring(r, corners, tolerance, thinned) for r in p] for p in polygons(f)]}}
        for f in found
    ]  # fmt: skip


def rounded(features: Iterable[dict[str, Any]], digits: int) -> list[dict[str, Any]]:
    """The same with coordinates of that many decimals (two: a kilometre). Points that fall together are one; neighbours still touch."""
    return [
        f | {"geometry": {"type": "MultiPolygon", "coordinates": [[round_ring(r, digits) for r in p] for p in polygons(f)]}}
        for f in features
    ]  # fmt: skip


def round_ring(ring: list[Point], digits: int) -> list[Point]:
    """A closed ring; as it was where less than a triangle would be left, or one that is turned over."""
    near = [(round(x, digits), round(y, digits)) for x, y in ring]
    kept = near[:1] + [b for a, b in pairwise(near) if a != b]
    return kept if len(kept) >= 4 and area(kept) * area(ring) > 0 else ring


def polygons(feature: dict[str, Any]) -> list[list[list[Point]]]:
    """The rings of each polygon, points as pairs."""
    shape = feature["geometry"]
    several = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return [[[(p[0], p[1]) for p in ring] for ring in polygon] for polygon in several]


def junctions(rings: Iterable[list[Point]]) -> set[Point]:
    """Points where borders meet or part: those with more than two neighbours."""
    beside: dict[Point, set[Point]] = {}
    for ring in rings:
        for a, b in pairwise(ring):
            beside.setdefault(a, set()).add(b)
            beside.setdefault(b, set()).add(a)
    return {point for point, near in beside.items() if len(near) > 2}


def thin_ring(
    ring: list[Point], corners: set[Point], tolerance: float, thinned: dict[tuple[Point, ...], list[Point]]
) -> list[Point]:
    """A closed ring, thinned border by border; finer where less than a triangle would be left, or one that is turned over."""
    while tolerance > 1e-6:
        kept = [ring_start(ring, corners)]
        for border in borders(ring, corners):
            kept += thin_border(border, tolerance, thinned)[1:]
        if len(kept) >= 4 and area(kept) * area(ring) > 0:
            return kept
        tolerance, thinned = tolerance / 2, {}
    return ring


def area(ring: list[Point]) -> float:
    """Twice the area in square degrees; its sign tells which way round the ring goes, and that decides what is filled."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


def ring_start(ring: list[Point], corners: set[Point]) -> Point:
    """Where two neighbours begin alike: a junction, else the westernmost point."""
    return next((p for p in ring if p in corners), min(ring))


def borders(ring: list[Point], corners: set[Point]) -> Iterator[list[Point]]:
    """The ring from junction to junction; a ring without any in two halves, from its westernmost to its easternmost point."""
    first = ring.index(ring_start(ring, corners))
    turned = ring[first:-1] + ring[:first] + [ring[first]]
    stops = corners if turned[0] in corners else {turned[0], max(turned)}
    border = [turned[0]]
    for point in turned[1:]:
        border.append(point)
        if point in stops:
            yield border
            border = [point]
    if len(border) > 1:
        yield border


def thin_border(border: list[Point], tolerance: float, thinned: dict[tuple[Point, ...], list[Point]]) -> list[Point]:
    """The border with what it needs to stay within the tolerance, the same whichever side asks."""
    backward = border[0] > border[-1] or (border[0] == border[-1] and border[1] > border[-2])
    key = tuple(reversed(border)) if backward else tuple(border)
    if key not in thinned:
        thinned[key] = thin(key, tolerance)
    return thinned[key][::-1] if backward else thinned[key]


def thin(line: tuple[Point, ...], tolerance: float) -> list[Point]:
    """Douglas and Peucker's way: keep the point farthest from the chord while it is farther than `tolerance`."""
    kept, waiting = {0, len(line) - 1}, [(0, len(line) - 1)]
    while waiting:
        low, high = waiting.pop()
        (x, y), (u, v) = line[low], line[high]
        dx, dy = u - x, v - y
        length = dx * dx + dy * dy
        far, where = 0.0, 0
        for i in range(low + 1, high):
            px, py = line[i][0] - x, line[i][1] - y
            along = min(1.0, max(0.0, (px * dx + py * dy) / length)) if length else 0.0
            away = (px - along * dx) ** 2 + (py - along * dy) ** 2
            if away > far:
                far, where = away, i
        if far > tolerance * tolerance:
            kept.add(where)
            waiting += [(low, where), (where, high)]
    return [line[i] for i in sorted(kept)]
