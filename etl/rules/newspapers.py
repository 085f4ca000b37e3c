"""Stub, to be written by its owner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Newspaper:
    """A newspaper with its home."""

    name: str
    home: str | None = None  # adcode of its home, 2, 4 or 6 digits


def load_newspapers(root: Path) -> tuple[Newspaper, ...]:
    return ()
