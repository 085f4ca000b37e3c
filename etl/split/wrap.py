"""Hard-wrapped lines: puts the printed lines of a column together again, and headlines set vertically."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from etl.split.join import ends_sentence, fold, starts_inside
from etl.split.kinds import is_office, kind_of, leads
from etl.split.line import Line

_PUNCTUATION = re.compile(r"[，。；！？、：]")
_SLACK = 2.6  # characters that a full line may be short of its column (an indent, a hanging mark)


def unwrap(lines: Sequence[Line]) -> list[Line]:
    r"""Puts together the lines of a column that was cut at a fixed width, one printed line a line:

    本报讯 8月18日，记者在集中采访\n活动中获悉，今年以来，小店警方\n积极追赃。 → one paragraph.
    Lines that stand alone, headings and lines of unequal width stay as they are.
    """
    upright = _upright(lines)
    columns = _page_columns([width(line.norm) for line in upright])
    made: list[Line] = []
    for stanza in _stanzas(upright):
        made += _unwrap_stanza(stanza, columns) if len(stanza) >= (2 if columns else 3) else stanza
    return made


def width(norm: str) -> float:
    """Printed width in Han characters: letters, digits and blanks count half."""
    return len(norm) - len(_NARROW.findall(norm)) / 2


_NARROW = re.compile(r"[ -~]")


def _page_columns(widths: list[float]) -> tuple[float, ...]:
    """Widths that at least a fifth of the page's lines share (within one character), widest first."""
    counts = Counter(round(w) for w in widths if 8 <= w <= 60)
    common = [w for w in counts if counts[w - 1] + counts[w] + counts[w + 1] >= max(6, len(widths) / 5)]
    return tuple(float(w) for w in sorted(common, reverse=True))


def _upright(lines: Sequence[Line]) -> list[Line]:
    r"""A headline set vertically, one or two characters a line (小\n店\n警\n方), is put on one line."""
    made: list[Line] = []
    run: list[Line] = []
    for line in lines:
        if line.size <= 2 and not line.kind and not line.level and (not run or line.gap <= 1):
            run.append(line)
            continue
        made += [*_stood(run), line]
        run = []
    return made + _stood(run)


def _stood(run: list[Line]) -> list[Line]:
    return [_merged(run)] if len(run) >= 4 else run


def _stanzas(lines: list[Line]) -> Iterator[list[Line]]:
    stanza: list[Line] = []
    for line in lines:
        if stanza and (line.gap or line.level or stanza[-1].level or line.kind):
            yield stanza
            stanza = []
        stanza.append(line)
    if stanza:
        yield stanza


def _unwrap_stanza(stanza: list[Line], columns: tuple[float, ...]) -> list[Line]:
    widths = [width(line.norm) for line in stanza]
    sizes = [float(len(line.norm)) for line in stanza]
    made: list[list[Line]] = []
    open_to: float | None = None  # width of the column whose paragraph is still open
    for i, line in enumerate(stanza):
        if open_to is None or line.indent or _begins_block(stanza, widths, i, open_to):
            made.append([line])
        else:
            made[-1].append(line)
        full = _full(widths, i, columns) or (sizes[i] if _full(sizes, i, ()) else None)
        open_to = None if full is None or _alone(line.norm) else full
    return [_merged(run) for run in made]


def _full(widths: list[float], i: int, columns: tuple[float, ...]) -> float | None:
    """The width of the column that line i fills, or None where it ends short or shares no width with its neighbours."""
    column = _column(widths, i)
    if column is not None:
        return column if widths[i] >= column - _SLACK else None
    return next((c for c in columns if c - _SLACK <= widths[i] <= c + 1.5), None)


def _column(widths: list[float], i: int) -> float | None:
    """The width that the lines round about line i share, or None where they share none or are whole paragraphs."""
    near = sorted(widths[max(0, i - 4) : i + 5])
    wide = near[-1] if len(near) < 4 else near[-2]
    alike = sum(1 for w in near if wide - _SLACK <= w <= wide + 1)
    return wide if 8 <= wide <= 60 and alike >= 3 and alike * 2 >= len(near) else None


def _begins_block(stanza: list[Line], widths: list[float], i: int, column: float) -> bool:
    """Whether line i, after a full line, starts something new: a lead, or a headline after a finished sentence."""
    norm, before = stanza[i].norm, stanza[i - 1].norm
    if leads(norm) or _alone(norm):
        return True
    if not ends_sentence(before) or widths[i] >= column - _SLACK:
        return False
    return not _PUNCTUATION.search(norm) and not starts_inside(norm)


def _alone(norm: str) -> bool:
    """Bylines, masthead, footers, a signature with its date: lines that are no part of a paragraph."""
    return bool(kind_of(norm)) or (norm.endswith("日") and "年" in norm and is_office(norm))


def _merged(run: list[Line]) -> Line:
    """The lines as one; a blank only between Latin words."""
    if len(run) == 1:
        return run[0]
    text = run[0].text
    for line in run[1:]:
        latin = text[-1].isascii() and text[-1].isalpha() and line.text[0].isascii() and line.text[0].isalpha()
        text += (" " if latin else "") + line.text
    spans = tuple(span for line in run for span in line.spans)
    return run[0]._replace(text=text, norm=fold(text), spans=spans)
