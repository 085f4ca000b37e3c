"""One ready article (a JSON line, a web page, a Word file): headline and body told apart, what surrounds them cut off.

Shapes read: 原标题：X本报讯（记者 …）… · 原标题：XX 近日，… (the headline twice) · 原标题：X今年以来，…
· a headline on the first line · title and subtitle from the reader's metadata.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from etl.models import Article, Issue, Kind, Page
from etl.split.boundary import consume, headline_end, opens_with_dateline
from etl.split.build import is_feature, make
from etl.split.drafts import is_notice
from etl.split.join import despace, ends_sentence, fold
from etl.split.kinds import kind_of, leads, photo_credit
from etl.split.line import Line
from etl.split.lines import has_stray_blanks, physical_lines
from etl.split.names import byline_of, lead_byline, names_only
from etl.split.tails import Part, cut_tail
from etl.split.wrap import unwrap

_ORIGINAL = re.compile(r"[\s\ufeff\u200b-\u200d\u2060]*(?:原标题 ?[：|]|【?标题】?：)?[\s\ufeff\u200b-\u200d\u2060]*")
_JUNK = re.compile(
    r"\s*(?:【新?[^】\n]{1,10}】[^【\n]{0,40}(?:【[^】\n]{1,10}】[^\n【]{0,60}?朋友圈)?"
    r"|[一-龥]{2,8} ?订阅|↑+ ?.{0,4}订阅|·{5,}[^·\n]{0,10}·{5,}(?:正文)?|"
    r"来源：[一-龥]{2,6}网(?:-[一-龥]{2,4}频道)?(?: ?原创稿)?)"
)
_BLANKS = re.compile(r"[ \t\u00a0\u3000\u2002-\u200d\u2060\ufeff]{2,}|[\u200b-\u200d\u2060\ufeff]+")
_WIDE = ("\u00a0", "  ", "\u3000", "\t", *map(chr, range(0x2002, 0x200B)))  # blanks that folding makes one
_ZERO_WIDTH = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
_TITLE_PREFIX = re.compile(r"\s*原标题 ?[：:]\s*")
_CUT = frozenset(
    {"masthead", "editors", "footer", "source", "teaser", "credit", "core-values", "jump", "image", "caption", "label"}
)
_HAN, _LEAST = re.compile(r"[一-龥]"), 4  # characters that a headline has at least
_NO_HEADLINE = frozenset({"byline", "names", "masthead", "source"})
_OPENING, _LEAD = 220, 110  # characters of the body in which its kind, and its byline, are looked for
_NO_TITLE = re.compile(r"[。，：；]")
_SUBTITLE = re.compile(r"\s*[—－-]{1,3}\S.{3,60}$")
_LEAD_SIGN = re.compile(r"本报讯|本报记者|(?:记者|通讯员) ")


@dataclass(slots=True)
class Single:
    """A ready article taken apart: what each stretch of the page's text became."""

    parts: list[Part] = field(default_factory=list)
    headline: str | None = None
    subhead: str | None = None
    names: list[str] = field(default_factory=list)
    body: str = ""
    opening: str = ""  # the first characters of the body, folded
    unclear: bool = False  # a headline is there, but where it ends is not to be seen


def single(page: Page) -> tuple[Article | None, Single, list[Issue]]:
    """The one article of the page; None where nothing is left of its text."""
    made = take_apart(page)
    if not made.body.strip():
        return None, made, [_issue(page, "no-article", "除去页眉页脚后没有正文", "warning", page.text)]
    names = tuple(dict.fromkeys([*page.byline, *made.names])) if not page.byline else page.byline
    article = make(page, made.headline, made.subhead, names, made.body, _kind(made))
    return article, made, _issues(page, made)


def _issues(page: Page, made: Single) -> list[Issue]:
    found = []
    if made.unclear:
        found.append(_issue(page, "headline-unclear", "看不出标题在何处结束", "info", made.body))
    links = [page.text[a:b] for role, a, b in made.parts if role == "links"]
    if links:
        found.append(_issue(page, "link-list-cut", "指向其他报道的链接不算正文", "info", links[0]))
    return found


def _issue(page: Page, kind: str, message: str, severity: str, sample: str) -> Issue:
    level = "info" if severity == "info" else "warning"
    return Issue(kind, message, level, page.source_path, page.record, " ".join(sample.split())[:80] or None)  # type: ignore[arg-type]


def take_apart(page: Page) -> Single:
    """Headline, subhead, byline and body of the page's text, with the place of each part in it."""
    raw, norm = page.text, fold(page.text)
    start = _skip(norm)
    end, tail, names = cut_tail(norm, start)
    made = Single(parts=tail)
    body_start = _head(page, made, raw, norm, start, end)
    made.body = _body(made, raw, norm, body_start, end)
    made.opening = _opening(made.body[:_OPENING], raw, norm, body_start)
    lead = lead_byline(made.opening[:_LEAD])
    made.names = [*lead, *(n for n in [*made.names, *names] if n not in lead)]
    return made


def _opening(body: str, raw: str, norm: str, start: int) -> str:
    """The beginning of the body, folded: a stretch of `norm` where nothing was cut or evened out."""
    return _folded(raw, norm, start, start + len(body)) if raw.startswith(body, start) else fold(body)


def _skip(norm: str) -> int:
    match = _ORIGINAL.match(norm)
    return match.end() if match else 0


# ── headline ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _head(page: Page, made: Single, raw: str, norm: str, start: int, end: int) -> int:
    """Finds headline and subhead; returns where the body starts."""
    title = _TITLE_PREFIX.sub("", page.title).strip() if page.title else ""
    extra = [" ".join(part.split()) for part in (page.kicker, page.subtitle) if part and part.strip()]
    if title:
        made.headline = " ".join(title.split())
        made.subhead = " ".join(extra) or None
        folded = fold(title)
        at = _given(made, norm, start, [*extra, folded, *extra])
        return _after_head(made, norm, at, end, folded)
    newline = norm.find("\n", start, end)
    if newline >= 0 and _is_headline(norm[start:newline]):
        return _first_line(made, raw, norm, start, newline, end)
    return _glued(made, raw, norm, start, end if newline < 0 else newline)


def _given(made: Single, norm: str, start: int, titles: list[str]) -> int:
    """Passes over title, kicker and subtitle that the text repeats from its metadata."""
    at = start
    for title in titles:
        behind = consume(norm, at, fold(title))
        if behind > at:
            made.parts.append(("headline", at, behind))
            at = behind
    return at


def _is_headline(norm: str) -> bool:
    line = norm.strip().lstrip("#").strip()
    if not 4 <= len(line) <= 60 or ends_sentence(line.rstrip("！？")) or "。" in line or leads(line):
        return False
    return kind_of(line) not in _NO_HEADLINE


def _first_line(made: Single, raw: str, norm: str, start: int, newline: int, end: int) -> int:
    """Headline on the first line, a subtitle (——…) perhaps on the second."""
    line = raw[start:newline]
    text = line.strip().lstrip("#").strip()
    made.headline = " ".join(text.split())
    at = start + line.index(text)
    made.parts.append(("headline", at, at + len(text)))
    second = norm.find("\n", newline + 1, end)
    following = raw[newline + 1 : second] if second > 0 else ""
    if _SUBTITLE.match(following):
        made.subhead = " ".join(following.strip().strip("—－- ").split())
        lead = newline + 1 + len(following) - len(following.lstrip())
        made.parts.append(("subhead", lead, lead + len(following.strip())))
        newline = second
    return _after_head(made, norm, newline + 1, end, norm[at : at + len(text)])


def _glued(made: Single, raw: str, norm: str, start: int, end: int) -> int:
    """A headline without a line end of its own, after 原标题： or before 本报讯."""
    marked = "标题" in norm[:start]
    if not marked:
        sign = _LEAD_SIGN.search(norm, start + 4, min(end, start + 60))
        if sign is None or _NO_TITLE.search(norm, start, sign.start()) or opens_with_dateline(norm, start):
            return start
        if leads(norm[start : start + 120]):
            return start
    found = headline_end(raw, norm, start, end)
    if found is None:
        made.unclear = marked
        return start
    if len(_HAN.findall(norm, start, found[0])) < _LEAST:
        return start  # 文、图/ before 羊城示例报记者
    made.headline = " ".join(raw[start : found[0]].split()).strip("\u200b") or None
    made.parts.append(("headline", start, found[0]))
    if found[1] > found[0] and norm[found[0] : found[1]].strip(" |"):
        made.parts.append(("repeated", found[0], found[1]))
    return _after_head(made, norm, found[1], end, "")


def _after_head(made: Single, norm: str, at: int, end: int, title: str) -> int:
    """Passes over a second printing of the headline, given folded, and invitations to subscribe."""
    if title:
        again = consume(norm, at, title)
        if again > at:
            made.parts.append(("repeated", at, again))
            at = again
    for _ in range(3):
        junk = _JUNK.match(norm, at, end)
        if junk is None:
            break
        made.parts.append(("boilerplate", at, junk.end()))
        at = junk.end()
    return at


# ── body ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _body(made: Single, raw: str, norm: str, start: int, end: int) -> str:
    """The text proper: blanks evened out, line ends kept as paragraphs, captions and credits between them cut."""
    text = raw[start:end]
    if "\n" not in text.strip():
        made.parts.append(("body", start, end))
        return _even(text)
    folded = _folded(raw, norm, start, end)
    uneven = (" " in folded and _holds(text, _WIDE)) or _holds(text, _ZERO_WIDTH)
    lines = _paragraph_lines(text, folded)
    kept, in_links, count = [], False, len(lines)
    for i, line in enumerate(lines):
        role = _line_role(line, i, count)
        in_links = in_links or role == "links"
        role = "links" if in_links and role in ("body", "byline", "source") and line.size < 60 else role
        for a, b in line.spans:
            made.parts.append((role, start + a, start + b))
        if role == "body":
            paragraph = despace(line.text) if " " in line.norm and has_stray_blanks(line) else line.text
            kept.append(_even(paragraph) if uneven else paragraph)
        elif role == "byline":
            made.names += byline_of(line.norm) or names_only(line.norm)
    return "\n".join(part for part in kept if part)


def _folded(raw: str, norm: str, start: int, end: int) -> str:
    """`fold(raw[start:end])`, cut from `norm` where nothing depends on what lies beyond: a comma amid digits (1,200)."""
    part = norm[start:end]
    torn = part[:1] == "," or part[-1:] == "," or (part[-1:].isdigit() and norm[end : end + 1].isdigit())
    return fold(raw[start:end]) if torn else part


def _paragraph_lines(text: str, norm: str) -> list[Line]:
    """The lines of the text, hard wraps undone where most lines are short."""
    lines = list(physical_lines(text, norm))
    if len(lines) < 5:
        return lines
    short = sum([8 <= len(line.norm) - line.norm.count(" ") <= 46 for line in lines])
    return unwrap(lines) if short * 2 > len(lines) else lines


def _line_role(line: Line, index: int, count: int) -> str:
    norm = line.norm
    kind = line.kind or (kind_of(norm) if len(norm) <= 80 or norm[0] in "（图来责编图▲△↑" or line.size <= 80 else "")
    if not kind:  # most lines
        return "body"
    if kind in ("byline", "names"):
        return "byline" if index < 3 or index >= count - 3 else "body"
    if kind == "links":
        return "links"
    if kind == "date":
        return "masthead" if index < 3 else "body"
    return kind if kind in _CUT else "body"


def _even(text: str) -> str:
    """Runs of blanks to one, or to a line end where a sentence ended before a wide one (paragraphs of a web page)."""
    text = text.strip().replace("\u00a0", " ")
    wide = _holds(text, _WIDE) or _holds(text, _ZERO_WIDTH)
    return _BLANKS.sub(_blank, text).strip() if wide else text


def _holds(text: str, blanks: tuple[str, ...]) -> bool:
    """Whether one of the blanks is in the text."""
    return any(blank in text for blank in blanks)


def _blank(match: re.Match[str]) -> str:
    run = match[0]
    if not run.strip("\u200b\u200c\u200d\u2060\ufeff"):
        return ""
    wide = len(run) >= 4 and match.start() > 0 and match.string[match.start() - 1] in "。！？”…"
    return "\n" if wide else " "


def _kind(made: Single) -> Kind:
    """photo, notice, feature or news, by the same signs as on a page."""
    norm = made.opening
    if len(made.body) <= _OPENING and norm.count("。") <= 3 and photo_credit(norm) is not None:
        return "photo"
    if is_notice(made.headline or "", norm):
        return "notice"
    return "feature" if is_feature(made.headline, made.subhead) else "news"
