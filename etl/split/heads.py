"""Headlines: which of the short lines above a text is its headline, and whether they begin a new article at all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from etl.split.join import crosses
from etl.split.kinds import is_notice_headline
from etl.split.line import Line

_SUBTITLE = re.compile(r"(?:[-—－]{1,4}|·)(?=\S)")
_LABEL_END = re.compile(r"(?:-{1,3}|：)$|-{2} ")
_ORDINAL = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．是]|（[一二三四五六七八九十\d]{1,2}）|第[一二三四五六七八九十]{1,2}[章条节]|\d{1,2}[.、．](?!\d)|[①②③④⑤⑥])"
)
_TIME = re.compile(
    r"\d{1,2}月\d{1,2}日|近日|日前|近期|连日来|昨日|昨天|今日|今天|今年以来|近年来|入[春夏秋冬汛]以来|为(?:进一步|深入|切实|全面|贯彻|加强|推进|做好|确保|扎实)|记者从"
)
_NAMED = re.compile(
    r"(?:(?![的和在与各本该个老这全及到对向从为某进入等由让把使每])[一-龥]){2}(?:街道|社区|小区|派出所|镇|乡|村)"
)
_COUPLET = re.compile(r"\S{4,} +\S{4,}")
#: political watchwords that stand over a page, not over one article
_SLOGAN = re.compile(
    r"新征程|新时代(?!文明实践)|二十大|二十届|嘱托|答卷|不忘初心|牢记使命|喜迎|奋斗者|正能量|中国梦|文明健康|绿色环保|讲文明|树新风|节约用水|读者|恭贺|祝"
)


@dataclass(slots=True)
class Choice:
    """The short lines above a text, told apart."""

    headline: list[Line] = field(default_factory=list)
    subhead: list[Line] = field(default_factory=list)  # kicker and subtitle
    byline: list[Line] = field(default_factory=list)
    inner: list[Line] = field(default_factory=list)  # subheads that already belong to the text
    leftover: list[Line] = field(default_factory=list)  # page slogans, labels of lost pictures


def is_subtitle(line: Line) -> bool:
    """——朔城区推进文明城市创建工作纪实 · （2022年第71号）"""
    return line.kind == "document" or bool(_SUBTITLE.match(line.norm))


def is_slogan(line: Line) -> bool:
    """奋进新征程 建功新时代: a watchword of the page."""
    return bool(_SLOGAN.search(line.norm))


def named(text: str) -> set[str]:
    """Last two characters and kind of the places a text names: 水泊寺街道 → 泊寺街道."""
    return set(_NAMED.findall(text))


def choose(run: list[Line], body: Line) -> Choice:
    """Tells apart the run of short lines before `body`: slogans, kicker, headline, subtitles, byline, first subhead.

    [奋进新征程 建功新时代] [文明，让生活更美好] [——…工作纪实] [赵海燕] [补齐短板，走实创城之路]
    → leftover, headline, subhead, byline, inner.
    """
    made = Choice(byline=[line for line in run if line.kind in ("byline", "names")])
    last_byline = max((i for i, line in enumerate(run) if line.kind in ("byline", "names")), default=len(run))
    heads = [line for line in run[:last_byline] if line.kind not in ("byline", "names")]
    inner = run[last_byline + 1 :]
    if not heads:
        heads, inner = inner, []
    main = _main(heads)
    if main is None:
        made.leftover = heads
        made.inner = inner
        return made
    first = _upward(heads, main)
    made.headline = heads[first : main + 1]
    after = heads[main + 1 :]
    made.subhead = [line for line in after if line.level < 3]
    made.inner = [line for line in after if line.level >= 3] + inner
    for i in range(first - 1, -1, -1):
        kicker = i == first - 1 and _is_kicker(heads[i], heads[first], body)
        (made.subhead if kicker else made.leftover).insert(0, heads[i])
    return made


def _main(heads: list[Line]) -> int | None:
    """Index of the headline: the last markdown H1/H2, else the last line that is no subtitle, label or ### subhead."""
    marked = [i for i, line in enumerate(heads) if line.level in (1, 2) and not is_subtitle(line)]
    if marked:
        return marked[-1]
    plain = [i for i, line in enumerate(heads) if not is_subtitle(line) and not line.norm.endswith("--")]
    if not plain:
        return None
    best = plain[-1]
    # an ordinary line may be followed by a subtitle only; a slogan that follows the headline is none
    if is_slogan(heads[best]) and len(plain) > 1 and not is_slogan(heads[plain[-2]]) and heads[best].size < 30:
        best = plain[-2]
    return best


def _upward(heads: list[Line], main: int) -> int:
    """First line of a headline that is printed over two or three lines without a blank between."""
    first, size = main, heads[main].size
    while first > 0 and heads[first].gap == 0 and main - first < 2:
        above = heads[first - 1]
        joined = size + above.size
        couplets = _COUPLET.search(above.norm) and _COUPLET.search(heads[main].norm)
        if (
            couplets
            or is_subtitle(above)
            or _LABEL_END.search(above.norm)
            or above.level != heads[main].level
            or is_slogan(above)
        ):
            break
        if joined > 48:
            break
        first, size = first - 1, joined
    return first


def _is_kicker(line: Line, headline: Line, body: Line) -> bool:
    """市市场监管局（知识产权局）—— above the headline, or a line that names a place which the text names too."""
    if is_subtitle(line) or is_slogan(line):
        return False
    if _LABEL_END.search(line.norm):
        return True
    return bool(named(line.norm) & named(body.norm[:200])) or (headline.gap == 0 and line.size > headline.size)


def headline_text(parts: list[Line]) -> str | None:
    """The headline's lines joined with one blank; without one where a word lies across the line end."""
    text = ""
    for part in parts:
        glue = "" if not text or crosses(text, part.norm) else " "
        text += glue + part.text
    return " ".join(text.split()) or None


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of the article that is open when short lines and a text without 本报讯 follow."""

    text: str
    is_news: bool  # began with 本报讯
    paragraphs: int
    subheads: tuple[int, ...]  # lengths of its subheads
    notice: bool
    finished: bool  # its last sentence is complete
    size: int  # characters so far
    usual_gap: int  # blank lines between two paragraphs of this page


def starts_article(run: list[Line], body: Line, before: Before) -> bool:
    """Whether the short lines are a new article's headline (True) or a subhead inside the open one (False).

    Weighs marks, length, the couplet form (A B), the places named, the words that open a news text, what came before.
    """
    shorts = [line for line in run if line.kind == "short"]
    notice = any(is_notice_headline(line.norm) and line.size >= 8 for line in shorts)
    if notice or any(line.level in (1, 2) for line in shorts) or any(line.kind in ("names", "byline") for line in run):
        return bool(shorts)
    if not shorts or any(_ORDINAL.match(line.norm) for line in shorts[-1:]) or shorts[-1].level >= 3:
        return False
    head = next((line for line in reversed(shorts) if not is_subtitle(line)), shorts[-1])
    score = 3 * any(is_subtitle(line) for line in run) + _shape(head) + _content(head, body, before)
    score += (head.gap > before.usual_gap + 1) + (len(shorts) > 1 and head.gap == 0)
    score += (before.is_news and before.paragraphs >= 2 and not before.subheads) - bool(before.subheads)
    score -= 2 * any(abs(size - head.size) <= 2 for size in before.subheads)
    score -= 2 * before.notice + (not before.finished) + (before.size < 250 and not before.is_news)
    return score >= 2


def _shape(head: Line) -> int:
    score = (head.size >= 13) - (head.size <= 8) + bool(_COUPLET.search(head.norm))
    return score - 2 * bool(_LABEL_END.search(head.norm))


def _content(head: Line, body: Line, before: Before) -> int:
    opening = body.norm[:120]
    score = int(bool(_TIME.search(opening[:40])))
    new = named(head.norm + "\n" + opening)
    if new:
        shared = any(name in before.text for name in new)
        score += -2 if shared else 2
    return score


def content_score(body: Line, before: Before) -> int:
    """How much a paragraph without headline looks like another article's first: its time words, its places."""
    return _content(Line("", "", ()), body, before)
