"""Lines → articles: walks down the page once; each line goes to an article, to what is ignored, or to the leftovers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile

from etl.split import heads
from etl.split.drafts import EXPECTS_LIST, FIRST_ITEM, Draft, Grouped, related
from etl.split.join import crosses
from etl.split.kinds import PHOTO_LABEL, is_office, is_salutation, photo_credit
from etl.split.line import Line
from etl.split.names import byline_of, lead_byline, names_only, people

_OTHERS = 40  # articles of the page that are searched for a head that waits for its tail
_BYLINES = ("byline", "names")


@dataclass(slots=True)
class _Walk:
    """Where the walk down the page stands."""

    lines: list[Line]
    usual_gap: int
    out: Grouped = field(default_factory=Grouped)
    draft: Draft | None = None
    run: list[Line] = field(default_factory=list)  # short lines and bylines since the last paragraph
    captions: list[Line] = field(default_factory=list)  # captions since the last paragraph
    photo_label: bool = False
    in_links: bool = False
    signed: bool = False  # the line before was a signature: its date follows


def group(lines: list[Line]) -> Grouped:
    """Gives each line of a page to an article or says why not."""
    gaps = Counter(line.gap for line in lines[1:])
    walk = _Walk(lines, gaps.most_common(1)[0][0] if gaps else 0)
    for i, line in enumerate(lines):
        _feed(walk, i, line)
    _drop_run(walk)
    return walk.out


def _feed(walk: _Walk, i: int, line: Line) -> None:
    signed, walk.signed = walk.signed, False
    if line.kind in ("body", "lead"):
        if walk.in_links and line.size < 40 and line.kind == "body":
            walk.out.ignored.append(("links", line))
            return
        walk.in_links = False
        _paragraph(walk, i, line)
    elif walk.in_links and line.kind in ("short", "names", "byline", "source", "caption"):
        walk.out.ignored.append(("links", line))
    elif line.kind == "short" and _signs(walk, i, line):
        _sign(walk, line)
    elif line.kind in ("short", "document"):
        walk.run.append(line)
    elif line.kind in _BYLINES:
        _byline(walk, line)
    elif line.kind == "date" and signed and walk.draft is not None:
        walk.draft.bylines.append(line)
    else:
        _aside(walk, line)


def _aside(walk: _Walk, line: Line) -> None:
    """Lines of no article: masthead, teaser, caption, credit, label, footer, jump, noise."""
    if line.kind == "noise":
        walk.out.leftover.append(line)
        return
    if line.kind == "teaser":
        walk.out.ignored += [("teaser", short) for short in walk.run]
        walk.run = []
    elif line.kind == "links":
        walk.in_links = True
    elif line.kind == "label":
        walk.photo_label = bool(PHOTO_LABEL.fullmatch(line.norm))
        _close(walk)
    elif line.kind == "jump" and walk.draft is not None and "上接" not in line.norm:
        walk.draft.jumps.append(line.norm)
        walk.draft.closed = True
    elif line.kind == "credit" and _credits_open_photo(walk, line):
        return
    elif line.kind in ("caption", "credit"):
        walk.captions.append(line)
    kind = "masthead" if line.kind == "date" else line.kind
    walk.out.ignored.append((kind, line))


def _credits_open_photo(walk: _Walk, line: Line) -> bool:
    """林间 摄 under the caption that was just made a photo article."""
    draft = walk.out.drafts[-1] if walk.out.drafts else None
    if draft is None or not draft.photo or draft.bylines or walk.run:
        return False
    draft.names += people(line.norm)
    draft.bylines.append(line)
    return True


def _close(walk: _Walk) -> None:
    if walk.draft is not None and walk.draft.finished:
        walk.draft.closed = True


def _drop_run(walk: _Walk) -> None:
    walk.out.leftover += walk.run
    walk.run = []


# ── bylines and signatures ──────────────────────────────────────────────────────────────────────────────────────────


def _byline(walk: _Walk, line: Line) -> None:
    """A byline above a text waits in the run; below a text it closes the article."""
    draft = walk.draft
    above = any(short.kind == "short" for short in walk.run)
    if above or draft is None or draft.closed or draft.bylines or (draft.names and draft.finished):
        walk.run.append(line)
        return
    names = byline_of(line.norm) or names_only(line.norm)
    draft.names += [name for name in names if name not in draft.names]
    draft.bylines.append(line)
    draft.closed = draft.finished or line.gap > 0


def _signs(walk: _Walk, i: int, line: Line) -> bool:
    """某市防汛抗旱指挥部办公室 2022年8月18日 below a notice, or an office with the date on the next line."""
    draft = walk.draft
    if draft is None or draft.closed or walk.run or not draft.items or line.level or not is_office(line.norm):
        return False
    after = walk.lines[i + 1] if i + 1 < len(walk.lines) else None
    dated = ("年" in line.norm and line.norm.endswith("日")) or (after is not None and after.kind == "date")
    return dated or line.quote or draft.is_notice


def _sign(walk: _Walk, line: Line) -> None:
    if walk.draft is not None:
        walk.draft.names.append(re.sub(r" ?\d{4}年.*$", "", line.norm).strip())
        walk.draft.bylines.append(line)
        walk.draft.closed = walk.signed = True


# ── paragraphs ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _paragraph(walk: _Walk, i: int, line: Line) -> None:
    """Gives a paragraph to the open article or to a new one, and the short lines above it likewise."""
    if _is_photo(walk, i, line):
        _photo(walk, line)
    elif (
        walk.draft is None
        or line.kind == "lead"
        or (walk.draft.closed and not _resumes(walk))
        or _is_new(walk, i, line)
    ):
        _begin(walk, line)
    else:
        _continue(walk, line)
    walk.captions = []
    walk.photo_label = False


def _resumes(walk: _Walk) -> bool:
    """Below （下转第四版） the article goes on all the same, under one more subhead like those it had."""
    draft = walk.draft
    shorts = [short for short in walk.run if short.kind == "short"]
    if draft is None or not draft.jumps or len(shorts) != len(walk.run) or len(shorts) != 1:
        return False
    known = [item.size for item in draft.items if item.kind == "short"]
    return len(known) >= 2 and shorts[0].size <= 10 and any(abs(size - shorts[0].size) <= 1 for size in known)


def _begin(walk: _Walk, line: Line) -> None:
    choice = heads.choose(walk.run, line)
    draft = Draft(choice=choice, items=[*choice.inner, line], bylines=choice.byline)
    for byline in choice.byline:
        draft.names += byline_of(byline.norm) or names_only(byline.norm)
    if line.kind == "lead":
        draft.names += [name for name in lead_byline(line.norm) if name not in draft.names]
    walk.out.leftover += choice.leftover
    walk.out.drafts.append(draft)
    walk.draft = draft
    walk.run = []


def _continue(walk: _Walk, line: Line) -> None:
    """The open article goes on; of the short lines the last (and a label before it) is its subhead."""
    draft = walk.draft
    if draft is None:
        return
    shorts = [short for short in walk.run if short.kind == "short"]
    cut = not draft.finished and (crosses(draft.items[-1].norm, line.norm) or not _like_subheads(draft, shorts))
    keep = [] if cut else _subheads(shorts)
    walk.out.leftover += [short for short in walk.run if short not in keep]
    draft.items += [*keep, line]
    draft.closed = False
    walk.run = []


def _like_subheads(draft: Draft, shorts: list[Line]) -> bool:
    """A short line between the halves of a cut sentence is a subhead only where the article has such subheads."""
    known = [line for line in draft.items if line.kind == "short"]
    return bool(shorts) and (shorts[-1].level >= 3 or bool(known))


def _subheads(shorts: list[Line]) -> list[Line]:
    """生活性服务业—— / 构建15分钟生活圈 are one subhead; a page slogan above the subhead is none."""
    keep = shorts[-1:]
    if len(shorts) > 1 and (shorts[-2].norm.endswith(("-", "：")) or shorts[-2].level >= 3):
        keep = shorts[-2:]
    return [line for line in keep if not heads.is_slogan(line) or line.level >= 3]


def _is_new(walk: _Walk, i: int, line: Line) -> bool:
    draft = walk.draft
    if draft is None:
        return True
    if is_salutation(line.norm) and draft.finished:
        return True
    if draft.finished and _answers_earlier(walk, i, line):
        return True
    if any(short.kind != "document" for short in walk.run):
        crossing = not draft.finished and crosses(draft.items[-1].norm, line.norm)
        lone_head = len(draft.items) == 1 and not draft.finished and is_salutation(draft.items[0].norm)
        return not crossing and (lone_head or heads.starts_article(walk.run, line, draft.before(walk.usual_gap)))
    if not draft.finished:
        return False
    return _caption_leads(walk, i, line) or _stands_apart(walk, line)


def _caption_leads(walk: _Walk, i: int, line: Line) -> bool:
    """A caption between two texts belongs to the lower one where only that has the caption's words."""
    draft = walk.draft
    grams = {c.norm[k : k + 4] for c in walk.captions for k in range(2, len(c.norm) - 4)}
    if draft is None or not grams:
        return False
    below = "\n".join(near.norm for near in walk.lines[i : i + 4] if near.kind == "body")
    above = draft.recent
    return sum(g in below for g in grams) >= 2 and not any(g in above for g in grams)


def _answers_earlier(walk: _Walk, i: int, line: Line) -> bool:
    """After a finished text comes what one higher up still waits for: its list (一、…) or the rest of a word."""
    draft = walk.draft
    if draft is None or EXPECTS_LIST.search(draft.items[-1].norm):
        return False
    others = [d for d in walk.out.drafts[-_OTHERS:] if d is not draft and d.items and not d.jumps and not d.photo]
    if FIRST_ITEM.match(line.norm):
        return any(EXPECTS_LIST.search(d.items[-1].norm) for d in others)
    broken = [d for d in others if not d.finished and not d.closed and crosses(d.items[-1].norm, line.norm)]
    below = "\n".join(near.norm for near in takewhile(lambda near: near.kind == "body", walk.lines[i : i + 8]))
    return any(related(d, below) for d in broken)


def _stands_apart(walk: _Walk, line: Line) -> bool:
    """A text without headline below a wide gap, that names other places and opens like news."""
    if walk.draft is None or line.gap <= walk.usual_gap + 1:
        return False
    before = walk.draft.before(walk.usual_gap)
    return before.is_news and before.paragraphs >= 2 and heads.content_score(line, before) >= 3


# ── photo news ──────────────────────────────────────────────────────────────────────────────────────────────────────

_NEWS_TIME = re.compile(r"\d{1,2}月\d{1,2}日|\d{1,2}日|近日|日前|连日来|昨日|昨天|今年|入[春夏秋冬]|时节")


def _is_photo(walk: _Walk, i: int, line: Line) -> bool:
    """A caption with date and credit that stands for itself: under its own headline, 图片新闻, or of another place."""
    if line.kind != "body" or line.size < 36 or line.norm.count("。") > 4:
        return False
    after = walk.lines[i + 1] if i + 1 < len(walk.lines) else None
    credited = photo_credit(line.norm) is not None or (after is not None and after.kind == "credit" and after.gap <= 2)
    return (credited or walk.photo_label) and bool(_NEWS_TIME.search(line.norm[:60]))


def _photo(walk: _Walk, line: Line) -> None:
    draft = walk.draft
    shorts = [short for short in walk.run if short.kind == "short"]
    shared = draft is not None and any(name in draft.recent for name in heads.named(line.norm))
    if not shorts and not walk.photo_label and draft is not None and not draft.closed and shared:
        walk.out.ignored.append(("caption", line))
        walk.captions.append(line)
        return
    _begin(walk, line)
    photo = walk.out.drafts[-1]
    photo.photo = photo.closed = True
    photo.names += [name for name in photo_credit(line.norm) or () if name not in photo.names]
    if draft is not None and not draft.closed and not draft.finished:
        walk.draft = draft
