"""Highlights: spans of an article's text as HTML in which every character that came from outside is escaped."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.wording import markup

KINDS = ("place", "date", "campaign", "metric")
_END = re.compile(r"[。！？!?…]+[\"'”’）)》」』]*|\n+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to colour, and what to say of it."""

    start: int
    end: int
    kind: str
    note: str = ""
    focus: bool = False


def marks_of(
    evidence: Iterable[Mapping[str, Any]], metrics: Iterable[Mapping[str, Any]], focus: int | None = None
) -> list[Mark]:
    """Marks of an event's evidence and numbers; the number that begins at `focus` stands out."""
    found = [Mark(int(e["start"]), int(e["end"]), str(e["field"])) for e in evidence if e["field"] in KINDS]
    found += [Mark(int(m["start"]), int(m["end"]), "metric", str(m["what"]), int(m["start"]) == focus) for m in metrics]
    return found


def highlight(text: str, marks: Iterable[Mark], first: int = 0, last: int | None = None) -> str:
    """HTML of text[first:last] with its marks; overlapping marks share their characters. Lines become <br>."""
    last = len(text) if last is None else min(last, len(text))
    inside = [m for m in marks if m.start < last and m.end > first]
    bounds = sorted({first, last, *(max(first, m.start) for m in inside), *(min(last, m.end) for m in inside)})
    parts: list[str] = []
    for start, end in itertools.pairwise(bounds):
        here = [m for m in inside if m.start <= start and m.end >= end]
        piece = markup(text[start:end]).replace("\n", "<br>")
        if not here:
            parts.append(piece)
            continue
        names = " ".join(f"k-{m.kind}" for m in here) + (" k-focus" if any(m.focus for m in here) else "")
        note = "；".join(dict.fromkeys(m.note for m in here if m.note))
        title = f' title="{markup(note)}"' if note else ""
        parts.append(f'<mark class="{names}"{title}>{piece}</mark>')
    return "".join(parts)


def sentence(text: str, position: int) -> tuple[int, int]:
    """Bounds of the sentence that holds a position; a line's end ends a sentence."""
    start = 0
    for match in _END.finditer(text):
        if match.end() > position:
            end = match.start() if text[match.start()] == "\n" else match.end()
            return (start, end)
        start = match.end()
    return (start, len(text))


DATELINE = re.compile(
    r"本报讯[\s　]{0,4}(?:[（(][^（()）\n]{1,40}[）)])?[\s　]{0,4}"
)  # 本报讯（记者 张三）: no part of what happened


def key_sentence(
    text: str, evidence: Iterable[Mapping[str, Any]], body_start: int = 0, at: int | None = None
) -> tuple[int, int]:
    """The sentence to show of an event: the one at `at`; else the campaign's in the body, the place's, the date's, the first."""
    spans = list(evidence)
    if at is None:
        ranked = sorted(spans, key=lambda e: (int(e["start"]) < body_start, ("campaign", "place", "date").index(e["field"])
                                              if e["field"] in ("campaign", "place", "date") else 9, int(e["start"])))  # fmt: skip
        at = int(ranked[0]["start"]) if ranked else body_start
    first, last = sentence(text, min(at, max(0, len(text) - 1)))
    dateline = DATELINE.match(text, first)
    skipped = dateline.end() if dateline else first
    return (skipped if skipped <= at and skipped < last else first), last
