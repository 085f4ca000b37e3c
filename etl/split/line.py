"""A printed line of a page, as the other modules pass it on."""

from __future__ import annotations

from typing import NamedTuple

from etl.split.join import fold

Span = tuple[int, int]


class Line(NamedTuple):
    """A printed line, or the paragraph that hard-wrapped lines make (a tuple: made in half the time of a frozen dataclass).

    `text` is cleaned of markdown marks, outer blanks and blanks between the characters of a spaced-out headline;
    `spans` are the stretches of the page's text that it was made of: without white space both read the same.
    """

    text: str
    norm: str
    spans: tuple[Span, ...]
    kind: str = ""  # what it looks to be; see etl.split.kinds
    gap: int = 0  # blank lines before it; an image counts as three
    level: int = 0  # markdown heading level, 0 = none
    indent: bool = False  # begins with 　　 as a paragraph does
    quote: bool = False  # markdown >

    @property
    def size(self) -> int:
        """Characters without spaces."""
        norm = self.norm
        return len(norm) - norm.count(" ")


def line_at(text: str, start: int, kind: str = "", gap: int = 0) -> Line:
    """A line made of one stretch of the page that begins at `start`."""
    return Line(text, fold(text), ((start, start + len(text)),), kind, gap)
