"""The lines of a page in order: where they stand, what marks they carry, hard wraps undone, what each looks to be.

A line's kind is one of those of `kinds.kind_of`, or lead (本报讯…), body (text), short (headline, subhead or slogan),
noise, image.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from etl.split.join import crosses, despace, ends_sentence, fold, is_spaced_out, starts_inside
from etl.split.kinds import JUMP, credit_at, is_paper, is_salutation, kind_of, leads
from etl.split.line import Line, line_at
from etl.split.names import byline_of, names_only
from etl.split.wrap import unwrap

_LONG = 46  # a headline line is shorter than this, a line of text often longer
_TEXT = ("body", "lead")

# ── physical lines ──────────────────────────────────────────────────────────────────────────────────────────────────

_MARKS = re.compile(r"(?:(#{1,6})\s{0,8}|(>)\s{0,8}|[*+-] {1,3}(?=\S))?(\*\*|__)?")
_IMAGE = re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{0,400}\)|<img[^>\n]{0,400}>|\[?(?:图片|IMAGE|image)\]?")
_RULE = re.compile(r"[-—_=*·.~\s#>|]{1,200}")
_MARKED = frozenset("#>*+-_—=·.~|![<图Ii")  # what a mark, a rule or an image begins with


def physical_lines(text: str, norm: str) -> Iterator[Line]:
    """Each line of the page that holds more than blanks and rules (---), with its place and marks.

    `norm` is the text folded: a line's own folding is its stretch of it.
    """
    gap = position = 0
    for raw in text.split("\n"):
        start, position = position, position + len(raw) + 1
        stripped = raw.strip()
        if not stripped:
            gap += 1
            continue
        size = len(stripped)
        lead = len(raw) - len(raw.lstrip()) if size < len(raw) else 0
        if stripped[0] not in _MARKED:
            folded = norm[start : start + size]
            if lead or folded.count(" ") > 2:
                yield _line(raw, stripped, start, lead, norm, gap)
            else:  # most lines
                yield Line(stripped, folded, ((start, start + size),), "", gap)
            gap = 0
        elif _IMAGE.fullmatch(stripped):
            yield line_at(stripped, start + lead, "image", gap)
            gap = 3
        elif (line := _marked(raw, stripped, start, lead, norm, gap)) is not None:
            yield line
            gap = 0


def _line(
    raw: str, body: str, start: int, lead: int, norm: str, gap: int, level: int = 0, quote: bool = False, at: int = 0
) -> Line:
    """The line `raw`, which stands at `start` and has `lead` blanks before its text; `body` begins `at` in that text."""
    first = start + lead + at
    last = first + len(body)
    indent = lead >= 2 and (raw.count("　", 0, lead) >= 2 or raw.count(" ", 0, lead) >= 2)
    if is_spaced_out(body):
        clean = despace(body)
        return Line(clean, fold(clean), ((first, last),), "", gap, level, indent, quote)
    return Line(body, norm[first:last], ((first, last),), "", gap, level, indent, quote)


def _marked(raw: str, stripped: str, start: int, lead: int, norm: str, gap: int) -> Line | None:
    """A line without its markdown marks; None for a bare rule."""
    marks = _MARKS.match(stripped)
    if marks is None:
        return None
    body = stripped[marks.end() :]
    if marks[3] and body.endswith(marks[3]):
        body = body[: -len(marks[3])]
    body = body.strip()
    if not body or _RULE.fullmatch(body):
        return None
    at = stripped.index(body, marks.end())
    return _line(raw, body, start, lead, norm, gap, len(marks[1] or ""), bool(marks[2]), at)


# ── kinds ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def classified(text: str) -> list[Line]:
    """The page's lines in order, hard wraps undone, bylines and jumps inside a line cut off, each with its kind."""
    lines = [piece for line in unwrap(list(physical_lines(text, fold(text)))) for piece in _pieces(line)]
    spaced = blanks_mean_nothing(lines)
    return _in_context([_kinded(line, i, spaced) for i, line in enumerate(lines)], spaced)


_STRAY = re.compile(r"(?<=[一-龥，、；：。]) (?=[一-龥，。、])")


def blanks_mean_nothing(lines: Sequence[Line]) -> bool:
    """Whether the reader left a blank at each line end inside the paragraphs (信息 技术产业)."""
    long = [line.norm for line in lines if line.size >= 40]
    blanks = sum(len(_STRAY.findall(norm)) for norm in long if " " in norm)
    return blanks >= 5 and blanks * 60 >= sum(map(len, long))


def has_stray_blanks(line: Line) -> bool:
    """The same of one line."""
    return " " in line.norm and blanks_mean_nothing([line])


_INSIDE_BYLINE = re.compile(
    r"(?:(?<= )|(?<=[。！？\"]))（[一-龥·、 ]{2,30}）(?= |$)"
    r"|(?<=[。！？\"])（[^（）]{0,12}(?:记者|通讯员)[^（）]{1,40}）$"
)


def _pieces(line: Line) -> Iterator[Line]:
    """Cuts byline and jump out of a paragraph: …疫 (张晓丽) 情防控防线。 · …正常。（记者 李四） · …；（下转第三版）"""
    if line.size < 20 or "（" not in line.norm or len("".join(line.text.split())) != line.size:
        yield line
        return
    cuts = [m.span() for m in JUMP.finditer(line.norm)]
    cuts += [m.span() for m in _INSIDE_BYLINE.finditer(line.norm) if names_only(m[0]) or byline_of(m[0])]
    position, gap = 0, line.gap
    for start, end in [*sorted(cuts), (len(line.text), len(line.text))]:
        for a, b in ((position, start), (start, end)):
            if line.text[a:b].strip():
                yield _slice(line, a, b)._replace(gap=gap)
                gap = 0
        position = end


def _slice(line: Line, start: int, end: int) -> Line:
    """The stretch start..end of the line's text, with the stretches of the page that it came from."""
    text = line.text[start:end].strip()
    if len(line.spans) == 1:
        at = line.spans[0][0] + start + len(line.text[start:end]) - len(line.text[start:end].lstrip())
        return line._replace(text=text, norm=fold(text), spans=((at, at + len(text)),))
    return line._replace(text=text, norm=fold(text), spans=_part_of(line, start, end))


def _part_of(line: Line, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Spans of a part of a hard-wrapped line, whose pieces were put together without a blank."""
    spans, position = [], 0
    for a, b in line.spans:
        size = b - a
        low, high = max(start, position), min(end, position + size)
        if low < high:
            spans.append((a + low - position, a + high - position))
        position += size
    return tuple(spans)


def _kinded(line: Line, index: int, spaced: bool) -> Line:
    """The line with its kind; lines of text lose their stray blanks."""
    if line.kind:
        return line
    known = "masthead" if index < 8 and is_paper(line.norm) else kind_of(line.norm)
    if known and not (known == "names" and line.level):
        return line._replace(kind=known)
    kind = _text_kind(line)
    if kind in _TEXT and (spaced or has_stray_blanks(line)):
        line = _despaced(line)
    return line._replace(kind=kind)


def _text_kind(line: Line) -> str:
    """lead, body, short or noise for a line of no known kind."""
    if line.size <= 1:
        return "noise"
    if line.size > 14 and leads(line.norm):
        return "lead"
    if line.level:
        return "short"
    text = line.size >= _LONG or "。" in line.norm or ends_sentence(line.norm) or line.norm[-1] in "；，、："
    return "body" if text else "short"


def _despaced(line: Line) -> Line:
    """The line without stray blanks; those of a closing photo credit (徐浩轩 郝晨光 摄) stay."""
    cut = credit_at(line.norm)
    if cut is None:
        text = despace(line.text)
    else:
        blank = " " if line.text[cut - 1] == " " else ""
        text = despace(line.text[:cut]).rstrip() + blank + line.text[cut:]
    return line._replace(text=text, norm=fold(text))


# ── second look ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _in_context(lines: list[Line], spaced: bool) -> list[Line]:
    """Prose cut short by a column is no headline; a short sentence beside a photo credit is a caption."""
    out = list(lines)
    for i, line in enumerate(out):
        after = out[i + 1] if i + 1 < len(out) else None
        before = out[i - 1] if i else None
        if line.kind == "short" and not line.level and _is_prose(line, before, after):
            out[i] = (_despaced(line) if spaced else line)._replace(kind="body")
        elif line.kind == "body" and line.size <= 30 and _is_caption(line, after):
            out[i] = line._replace(kind="caption")
    return out


_PUNCTUATION = re.compile(r"[，。；！？、：]")
_PROSE_START = re.compile(
    r"[\"（]?(?:在|据|为了|目前|同时|此外|近年|今年|去年|当天|当日|随后|其中|并|而|但|也|还|记者|如今|眼下|这|那|该|我们|他|她|"
    r"一方面|不仅|截至|\d{1,2}月)"
)
DATE_HEADER = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:[上下]午|晚|至\S{2,8}日)?")


def _is_prose(line: Line, before: Line | None, after: Line | None) -> bool:
    """A fragment of a paragraph rather than a headline: “请 · 该村地处城市近郊，一直有种 · 8月16日 in a notice"""
    amid = before is not None and before.kind in _TEXT
    if DATE_HEADER.fullmatch(line.norm):
        return amid
    score = _prose_signs(line.norm)
    if after is not None and after.kind == "body":
        weight = 2 if amid or _PUNCTUATION.search(line.norm) else 1
        score += 2 * starts_inside(after.norm) + weight * crosses(line.norm, after.norm)
    if before is not None and amid and not ends_sentence(before.norm):
        score += crosses(before.norm, line.norm)
    return score >= 2 + (line.gap > 1)


def _prose_signs(norm: str) -> int:
    score = 2 * bool(_PUNCTUATION.search(norm) and norm.count('"') % 2 and norm[-1] != '"')
    score += 2 * (norm.count("（") != norm.count("）"))
    score += (
        ("，" in norm)
        + bool(_PROSE_START.match(norm))
        + ("，" in norm and "的" in norm)
        + ("，" in norm and "了" in norm)
    )
    return score + 2 * is_salutation(norm) - 2 * norm.startswith(("-", "·", "—"))


def _is_caption(line: Line, after: Line | None) -> bool:
    """源瀚科技生产车间。 before (图片由…提供): one short sentence without a comma."""
    if "，" in line.norm or not line.norm.endswith("。") or '"' in line.norm:
        return False
    return (after is not None and after.kind in ("credit", "caption") and after.gap <= 1) or line.gap >= 3
