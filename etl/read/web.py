"""HTML: digital-newspaper pages of the Founder family (old and new), TRS pages, and other article pages.

Founder, old: ``<founder-content>…</founder-content>`` (text also outside ``npm:article-content`` in it),
``<!--enpcontent-->…<!--/enpcontent-->``, metadata in ``<!--enpproperty <date>…</date><title>…</title>
<nodename>…</nodename> /enpproperty-->`` (or closed by a plain ``-->``) and in ``founder-title/-author/-date``;
upper-case and unquoted markup. Founder, new: ``h2#Title``, ``p#PreTitle``, ``p#SubTitle``, ``div#ozoom``. TRS:
``div.TRS_Editor``, ``trs_editor_view`` and the meta names ArticleTitle, PubDate, ContentSource. Everything else:
trafilatura. Nothing is fetched.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import lxml.etree
import lxml.html

from etl.models import Issue, Page
from etl.read.decode import UndecodableError, decode
from etl.read.limits import MAX_TEXT_BYTES
from etl.read.plain import damage
from etl.read.records import names_of, parse_day
from etl.read.source import Source

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_REFRESH = re.compile(r"<meta[^>]{0,80}http-equiv\s*=\s*[\"']?refresh[\"']?[^>]{0,400}>", re.IGNORECASE)
_LAYOUT_LINKS = re.compile(
    r"<(?:a|area)\b[^>]{0,300}?href\s*=\s*[\"']?[^\"'>\s]{0,200}?(?:content|node)_\w+\.s?html?", re.IGNORECASE
)
_PAGE_LABEL = re.compile(r"第?\s?([A-Z]?\d{1,3})\s?版(?!权|本|面费)")
_PAPER = re.compile(
    r"([\u4e00-\u9fff]{2,10}?(?:日报|晚报|晨报|早报|都市报|时报|新报|商报|导报|周报|新闻|法治报))"
    r"(?=数字报|电子报|电子版|多媒体|数字版|$|[-_—|（( ])"
)
_BLOCK = frozenset(
    str.split(
        "address article aside blockquote body br center dd div dl dt fieldset figcaption figure footer form"
        " founder-content h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody tfoot thead tr ul"
    )
)
_SKIP = frozenset(
    str.split("script style noscript template iframe object embed svg head title select option textarea button input")
)
_ASCII_LOWER = {code: code + 32 for code in range(65, 91)}
_SPACES = re.compile(r"[ \t\u3000\xa0\u2002\u2003]+")
_TRS = (
    "//*[contains(concat(' ', @class, ' '), ' TRS_Editor ')]",
    "//*[contains(@class, 'trs_editor_view')]",
    "//*[contains(concat(' ', @class, ' '), ' trs_paper_default ')]",
    "//*[contains(concat(' ', @class, ' '), ' TRS_UEDITOR ')]",
)
_BY_ID = "//*[translate(@id, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = $id]"
_DATED = (
    "//*[@id='pubtime_baidu' or contains(@class, 'date') or contains(@class, 'time') or @class='sec'"
    " or contains(@id, 'date')]"
)
_CURRENT_PAGE = (
    "//*[@id='currentBM' or @id='NewsEditionName' or contains(@class, 'currentBM') or contains(@class, 'newsdetatext')"
    " or @class='default' or @class='sec' or contains(@class, 'banci')]"
)
_INFO = re.compile(
    r"(?:发布时间|发布日期|时间|日期)?[:： ]{0,3}(?P<day>(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2})?[日 \d:：]{0,12}"
    r"(?:[ |]{0,3}(?:来源|作者|记者|编辑|责任编辑|字号|浏览|阅读|点击|分享)[^，。！？]{0,40}){0,5}"
)
_META = {
    "title": ("articletitle", "og:title"),
    "published_on": (
        "pubdate",
        "publishdate",
        "article:published_time",
        "og:release_date",
        "publish_date",
        "firstpublishedtime",
    ),
    "source": ("contentsource", "og:site_name", "sitename", "source", "mediaid"),
    "byline": ("author", "article:author"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a page says of its article; fields are None where it is silent."""

    text: str = ""
    title: str | None = None
    kicker: str | None = None
    subtitle: str | None = None
    byline: tuple[str, ...] = ()
    published_on: dt.date | None = None
    page: str | None = None
    newspaper: str | None = None
    url: str | None = None
    notes: tuple[str, ...] = field(default=())


def read_html(source: Source) -> Iterator[Page | Issue]:
    """The article of an HTML file; an info issue for page lists and redirects, which hold none."""
    data = source.read(MAX_TEXT_BYTES)
    try:
        decoded = decode(data, _declared(data))
    except UndecodableError as error:
        yield source.issue(error.kind, str(error))
        return
    yield from damage(source, decoded)
    found = article_of(decoded.text)
    if found.text.strip():
        yield _page(source, found)
    else:
        yield _without_article(source, decoded.text)


def article_of(markup: str) -> Found:
    """The article in a page's markup: body text, one paragraph a line, and metadata."""
    tree = _parse(markup)
    if tree is None:
        return Found()
    facts = _metadata(markup, tree)
    text = _founder_text(markup, tree) or _first_text(tree, _TRS)
    if text:
        return replace(facts, text=_without_repeats(text, facts))
    return Found() if _is_page_list(markup) else _general(markup, facts)


def _page(source: Source, found: Found) -> Page:
    return Page(
        source_path=source.name,
        text=found.text,
        page=found.page,
        newspaper=found.newspaper,
        published_on=found.published_on,
        published_basis="metadata" if found.published_on else "unknown",
        is_article=True,
        title=found.title,
        kicker=found.kicker,
        subtitle=found.subtitle,
        byline=found.byline,
        url=found.url,
    )


def _without_article(source: Source, markup: str) -> Issue:
    if _REFRESH.search(markup[:200_000]) or _is_page_list(markup):
        return source.issue("index-page", "这是版面目录或跳转页，没有正文，已略过。", "info")
    return source.issue("no-article", "网页中没有找到正文。请确认保存的是文章页，而不是列表页或需脚本加载的空壳。")


def _is_page_list(markup: str) -> bool:
    return len(_LAYOUT_LINKS.findall(markup[:400_000])) >= 3


def _declared(data: bytes) -> str | None:
    match = _CHARSET.search(data[:4096])
    name = match[1].decode("ascii").lower() if match else None
    return "gb18030" if name in {"gb2312", "gbk", "gb_2312-80"} else "big5hkscs" if name == "big5" else name


def _parse(markup: str) -> Any:
    """The tree of a page, or None where nothing can be parsed; libxml2 bounds its depth."""
    parser = lxml.html.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8", remove_pis=True)
    try:
        return lxml.html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return None


# --- the body ----------------------------------------------------------------------------------------------------


def _founder_text(markup: str, tree: Any) -> str:
    """The first of Founder's containers that holds text. They are cut out of the markup, as libxml2 may close the
    unknown tag early."""
    for piece in _founder_pieces(markup):
        fragment = _parse(f"<div>{piece}</div>")
        text = visible_text(fragment) if fragment is not None else ""
        if text:
            return text
    return _first_text(tree, ("//*[@id='ozoom']", "//*[@id='ozoom1']", "//*[@id='articleContent']"))


def _founder_pieces(markup: str) -> Iterator[str]:
    for opening, closing in (
        ("<founder-content", "</founder-content>"),
        ("<!--enpcontent", "<!--/enpcontent"),
        ("<!--<npm:article-content>-->", "<!--</npm:article-content>-->"),
    ):
        for piece in between(markup, opening, closing, 200_000):
            yield piece.partition(">")[2] if not opening.endswith(">") else piece


def between(markup: str, opening: str, closing: str, limit: int) -> Iterator[str]:
    """What stands between two marks, in any letter case; up to `limit` characters where the closing one is missing."""
    lower = markup.lower()
    if len(lower) != len(markup):  # a few letters grow when lowered
        lower = markup.translate(_ASCII_LOWER)
    position = 0
    for _ in range(20):
        start = lower.find(opening, position)
        if start < 0:
            return
        start += len(opening)
        end = lower.find(closing, start)
        yield markup[start : end if end >= 0 else start + limit]
        position = end if end >= 0 else len(markup)


def _first_text(tree: Any, paths: tuple[str, ...]) -> str:
    for path in paths:
        for element in tree.xpath(path)[:20]:
            text = visible_text(element)
            if text:
                return text
    return ""


def visible_text(element: Any) -> str:
    """The text of an element as a reader sees it: a line for each block, runs of blanks folded, scripts left out."""
    pieces: list[str] = []
    skipping = 0
    for event, node in lxml.etree.iterwalk(element, events=("start", "end", "comment")):
        tag = node.tag if isinstance(node.tag, str) else ""
        skipping += (event == "start") * (tag in _SKIP)
        if event == "start":
            if tag in _BLOCK:
                pieces.append("\n")
            elif tag in {"td", "th"}:
                pieces.append(" ")
            if node.text and not skipping:
                pieces.append(_SPACES.sub(" ", node.text.replace("\r", " ").replace("\n", " ")))
        else:
            skipping -= (event == "end") * (tag in _SKIP)
            if tag in _BLOCK and tag != "br":
                pieces.append("\n")
            if node.tail and not skipping and node is not element:
                pieces.append(_SPACES.sub(" ", node.tail.replace("\r", " ").replace("\n", " ")))
    lines = (line.strip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _without_repeats(text: str, facts: Found) -> str:
    """The body without leading lines that only repeat kicker, title or subtitle."""
    known = {_squeeze(t) for t in (facts.title, facts.kicker, facts.subtitle) if t}
    lines = text.split("\n")
    while len(lines) > 1 and _squeeze(lines[0]) in known:
        lines.pop(0)
    return "\n".join(lines)


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


# --- metadata ----------------------------------------------------------------------------------------------------


def _metadata(markup: str, tree: Any) -> Found:
    meta = _metas(tree)
    prop = _properties(markup)
    title = prop.get("title") or _element(tree, markup, "title", ("Title",)) or meta.get("title")
    author = prop.get("author") or _element(tree, markup, "author", ("Author",)) or meta.get("byline")
    day = prop.get("date") or _element(tree, markup, "date", ("PubTime",)) or meta.get("published_on")
    kicker = prop.get("introtitle") or _element(tree, markup, "pretitle", ("PreTitle",))
    return Found(
        title=title or _heading(tree),
        kicker=kicker or _element(tree, markup, "introtitle", ("IntroTitle",)),
        subtitle=prop.get("subtitle") or _element(tree, markup, "subtitle", ("SubTitle",)),
        byline=names_of(author),
        published_on=parse_day(day) if day else _printed_day(tree),
        page=_page_label(tree, prop.get("nodename")),
        newspaper=_newspaper(tree, meta.get("source")),
        url=next((u for u in tree.xpath("//link[@rel='canonical']/@href")[:1] if str(u).startswith("http")), None),
    )


def _metas(tree: Any) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in tree.xpath("//meta[@content]")[:200]:
        name = str(element.get("name") or element.get("property") or "").strip().lower()
        values.setdefault(name, str(element.get("content")).strip()[:300])
    return {
        key: value for key, names in _META.items() if (value := next((values[n] for n in names if values.get(n)), ""))
    }


def _properties(markup: str) -> dict[str, str]:
    """Fields of the enpproperty comments, which end with /enpproperty--> or -->; the last non-empty value counts."""
    fields: dict[str, str] = {}
    for block in between(markup, "<!--enpproperty", "-->", 20_000):
        for key, value in re.findall(r"<(\w{2,30})>([^\0]{0,2000}?)</\1>", block[:20_000]):
            text = _plain(value)
            if text:
                fields[key.lower()] = text
    return fields


def _element(tree: Any, markup: str, name: str, ids: tuple[str, ...]) -> str | None:
    """A field given as <founder-NAME>, between npm:article-NAME comments, or as the element of an id (any case)."""
    for opening, closing in (
        (f"<founder-{name}", f"</founder-{name}>"),
        (f"<!--<npm:article-{name}>-->", f"<!--</npm:article-{name}>-->"),
    ):
        for piece in between(markup, opening, closing, 3000):
            if text := _plain(piece[:3000] if opening.endswith(">") else piece[:3000].partition(">")[2]):
                return text
    for wanted in ids:
        for element in tree.xpath(_BY_ID, id=wanted.lower())[:3]:
            text = " ".join(visible_text(element).split("\n"))
            if text:
                return text[:300]
    return None


def _plain(markup: str) -> str:
    """A short piece of markup as one line of text."""
    text = html.unescape(re.sub(r"<[^<>]{0,300}>", " ", markup))
    return re.sub(r"\s+", " ", text).strip()[:300]


def _heading(tree: Any) -> str | None:
    for path in ("//h1", "//*[contains(concat(' ', @class, ' '), ' font01 ')]", "//h2"):
        for element in tree.xpath(path)[:3]:
            text = " ".join(visible_text(element).split("\n"))
            if 4 <= len(text) <= 120:
                return text
    title = tree.findtext(".//title") or ""
    first = re.split(r"[-_|—]{1,2}", title.strip())[0].strip()
    return first if 6 <= len(first) <= 120 else None


def _printed_day(tree: Any) -> dt.date | None:
    """A full date that the page prints outside the article's text, in the elements where such pages keep it."""
    for element in tree.xpath(_DATED)[:10]:
        text = visible_text(element)[:200]
        match = re.search(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}", text)
        day = parse_day(match[0]) if match else None
        if day is not None:
            return day
    return None


def _page_label(tree: Any, nodename: str | None) -> str | None:
    """第A03版：要闻 → A03; 04版 → 4: of the node's name, the title, or what shows the current page."""
    places = [nodename or "", tree.findtext(".//title") or ""]
    places += [visible_text(element)[:200] for element in tree.xpath(_CURRENT_PAGE)[:10]]
    for place in places:
        match = _PAGE_LABEL.search(place)
        if match:
            return match[1].lstrip("0") or match[1]
    return None


def _newspaper(tree: Any, named: str | None) -> str | None:
    for text in (named or "", tree.findtext(".//title") or ""):
        match = _PAPER.search(text.strip())
        if match:
            return match[1]
    return None


# --- other pages -------------------------------------------------------------------------------------------------


def _general(markup: str, facts: Found) -> Found:
    """Any other article page, by trafilatura; what the page's own metadata says goes before its guesses."""
    import trafilatura  # slow to import: only pages of no known family need it

    document: Any = trafilatura.bare_extraction(
        markup,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True, "max_date": "2100-01-01"},
    )
    if document is None or not document.text:
        return Found()
    title = facts.title or (document.title or "").strip() or None
    text, printed, paper = _without_info(_without_repeats(document.text, replace(facts, title=title)))
    day = facts.published_on or parse_day(printed) or (parse_day(document.date) if document.date else None)
    return replace(
        facts,
        text=text,
        title=title,
        published_on=day,
        newspaper=facts.newspaper or paper,
        byline=facts.byline or names_of(document.author),
    )


def _without_info(text: str) -> tuple[str, str, str | None]:
    """The text without the line of date and source that general pages print above the body, its date and newspaper."""
    lines = text.split("\n")
    printed, paper = "", None
    for _ in range(min(4, len(lines) - 1)):
        match = _INFO.fullmatch(lines[0])
        if match is None:
            break
        printed = printed or match["day"] or ""
        source = re.search(r"来源[:： ]{1,3}([\u4e00-\u9fff]{2,12})", lines.pop(0))
        named = _PAPER.search(source[1]) if source else None
        paper = paper or (named[1] if named else None)
    return "\n".join(lines), printed, paper
