"""Drafts → Articles: paragraphs joined across columns, kind, and an id that depends only on paper, day and text."""

from __future__ import annotations

import hashlib
import re

from etl.models import Article, Kind, Page
from etl.split.drafts import Draft
from etl.split.heads import headline_text
from etl.split.join import crosses, ends_sentence
from etl.split.line import Line

_FEATURE = re.compile(r"纪实|综述|侧记|特写|见闻|走笔|回访|巡礼|手记|故事|观察|扫描|[一二三四五六七八九十]年记|记$")
# A paragraph that begins so does not continue the one before, even where that one lost its full stop.
_OPENER = re.compile(
    r"(?:今年以来|与此同时|同时，|此外|据了解|据介绍|近日|日前|连日来|近年来|下一步|目前，|截至|当天，|随后，|为进一步|"
    r"[一二三四五六七八九十]{1,2}、|（[一二三四五六七八九十]）|\"|\d{1,2}：\d\d)"
)


def article_id(newspaper: str | None, published_on: str | None, text: str) -> str:
    """First 16 hex digits of a SHA-256 over newspaper, day and the text without white space."""
    seed = "\x1f".join((newspaper or "", published_on or "", "".join(text.split())))
    return hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def build(page: Page, draft: Draft) -> Article:
    """The article of a draft."""
    headline = headline_text(draft.choice.headline)
    subhead = " ".join(" ".join(line.text.strip("-—－·").split()) for line in draft.choice.subhead) or None
    names = tuple(dict.fromkeys(name for name in draft.names if name))
    return make(page, headline, subhead, names, paragraphs(draft.items), kind_of(draft, headline, subhead))


def make(
    page: Page, headline: str | None, subhead: str | None, names: tuple[str, ...], body: str, kind: Kind
) -> Article:
    """Puts headline, subhead and body into one text and gives it its id; all else is copied from the page."""
    head = "".join(f"{part}\n" for part in (headline, subhead) if part)
    text = head + body
    text = page.text if text == page.text else text  # one string, folded and hashed once
    day = page.published_on.isoformat() if page.published_on else None
    return Article(
        article_id=article_id(page.newspaper, day, text),
        source_path=page.source_path,
        page=page.page,
        newspaper=page.newspaper,
        published_on=page.published_on,
        published_basis=page.published_basis,
        kind=kind,
        headline=headline,
        subhead=subhead,
        byline=names,
        text=text,
        body_start=len(head),
    )


def paragraphs(items: list[Line]) -> str:
    """Paragraphs on lines of their own; the two halves of a paragraph that a column cut are one line again."""
    text = ""
    for before, line in zip([None, *items], items, strict=False):
        text += _between(before, line) + line.text
    return text


def _between(before: Line | None, line: Line) -> str:
    if before is None:
        return ""
    if before.kind == "short" or line.kind == "short" or ends_sentence(before.norm):
        return "\n"
    if _OPENER.match(line.norm) and not crosses(before.norm, line.norm):
        return "\n"
    return "\n" if _DATE.fullmatch(before.norm) or _DATE.fullmatch(line.norm) else ""


_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:[上下]午|晚|至\S{2,8}日)?")


def kind_of(draft: Draft, headline: str | None, subhead: str | None) -> Kind:
    """photo: a credited caption; notice: 通告, 倡议书 …; feature: 纪实, long with subheads, long without headline."""
    if draft.photo:
        return "photo"
    if draft.is_notice:
        return "notice"
    if is_feature(headline, subhead):
        return "feature"
    size = sum(line.size for line in draft.items)
    first = next((line for line in draft.items if line.kind != "short"), None)
    if first is not None and first.gap >= 3 and not draft.is_news and draft.bylines and size <= 500:
        return "photo"
    inner = sum(line.kind == "short" for line in draft.items)
    unsigned = not draft.is_news and headline is None
    return "feature" if (inner >= 2 and size >= 900) or (unsigned and size >= 500) else "news"


def is_feature(headline: str | None, subhead: str | None) -> bool:
    """——…工作纪实 · …入户见闻 · 千峰街道垃圾分类三年记"""
    return bool(_FEATURE.search(subhead or "") or _FEATURE.search(headline or ""))
