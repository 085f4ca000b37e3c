"""Spark lines as SVG pictures made of numbers only. Streamlit's own bring a second chart library (Vega) to the first page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

from dashboard.charts import Look

Kind = Literal["area", "line", "bar"]
WIDTH, HEIGHT, EDGE = 100.0, 40.0, 2.0  # of the drawing, which is stretched to its place
SAFE = " =:/,.;()-"  # as they are in an address between double quotes: the rest is %-escaped
LEAST = 0.25  # of the greatest value: the least span that fills the height


def spark(values: Sequence[float], kind: Kind, look: Look) -> str:
    """A course without axes, oldest first; empty where there is none. Bars begin at zero; lines show how they went between
    their least and their greatest value, though never so close that a few percent look like a leap."""
    if not values or (kind != "bar" and len(values) < 2):
        return ""
    top, least = max(*values, 1), 0 if kind == "bar" else min(values)
    spare = max(0.0, LEAST * top - (top - least)) / 2 if kind != "bar" else 0.0
    low, high = least - spare, top + spare
    heights = [HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (v - low) / (high - low) for v in values]
    drawn = columns(heights) if kind == "bar" else course(heights, filled=kind == "area")
    colour = look.accent if kind == "area" else look.soft
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" color="{colour}">{drawn}</svg>'
    )  # fmt: skip
    return f'<img class="ct-spark" alt="" src="data:image/svg+xml,{quote(picture, safe=SAFE)}">'


def columns(heights: Sequence[float]) -> str:
    """A bar a value."""
    step = WIDTH / len(heights)
    return "".join(
        f'<rect x="{i * step + step * 0.12:.2f}" y="{y:.2f}" width="{step * 0.76:.2f}" height="{HEIGHT - EDGE - y:.2f}" fill="currentColor" opacity="0.55"/>'
        for i, y in enumerate(heights)
    )  # fmt: skip


def course(heights: Sequence[float], *, filled: bool) -> str:
    """A line from value to value, and the ground below it tinted."""
    step = WIDTH / (len(heights) - 1)
    points = " ".join(f"{i * step:.2f},{y:.2f}" for i, y in enumerate(heights))
    ground = f'<polygon points="0,{HEIGHT:g} {points} {WIDTH:g},{HEIGHT:g}" fill="currentColor" opacity="0.12"/>'
    line = f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" vector-effect="non-scaling-stroke"/>'
    return (ground if filled else "") + line
