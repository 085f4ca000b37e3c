"""Addresses and links of Founder's digital newspapers, classic and new.

Classic: ``html/2023-03/05/node_2.htm``, articles ``content_12345.htm`` in the same folder. New:
``pc/layout/202303/05/node_A01.html``, articles ``pc/con/202303/05/content_12345.html``. A page lists the issue's pages
(``id=pageLink``, numbers with gaps) and its articles, these often twice: in a list and as ``area`` of the page's
picture. An entry page may only redirect (meta refresh).
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urldefrag, urljoin, urlsplit

Kind = Literal["founder", "founder-new"]
_LAYOUTS: Mapping[str, str] = {
    "founder": "html/{year}-{month}/{day}/node_{node}.htm",
    "founder-new": "pc/layout/{year}{month}/{day}/node_{node}.html",
}
_FIRST: Mapping[str, str] = {"founder": "1", "founder-new": "A01"}
_LINK = re.compile(
    r"<(?:a|area)\b[^>]{0,500}?\bhref\s*=\s*(?:\"([^\"]{1,500})\"|'([^']{1,500})'|([^\s>\"']{1,500}))", re.IGNORECASE
)
_REFRESH = re.compile(
    r"<meta\b[^>]{0,100}http-equiv\s*=\s*[\"']?refresh[\"']?[^>]{0,100}?url\s*=\s*[\"']?([^\"'>\s]{1,500})",
    re.IGNORECASE,
)
_NODE = re.compile(r"/node_\w{1,12}\.s?html?$", re.IGNORECASE)
_ARTICLE = re.compile(r"/(?:content_[\w-]{1,60}|nw\.[\w.-]{1,80})\.s?html?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Site:
    """Where a newspaper's issues stand: an entry of data/reference/newspapers.yml under `fetch`."""

    kind: Kind
    base: str
    first_node: str
    layout: str

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Site:
        """The site that an entry {kind, base, first_node, layout} describes; ValueError where it is none."""
        kind = entry.get("kind", "founder")
        base = str(entry.get("base", ""))
        if kind not in _LAYOUTS:
            raise ValueError(f"kind 应为 {'、'.join(_LAYOUTS)} 之一，现为 {kind!r}")
        if urlsplit(base).scheme not in {"http", "https"} or not urlsplit(base).netloc:
            raise ValueError(f"base 应为 http(s) 网址，现为 {base!r}")
        layout = str(entry.get("layout") or _LAYOUTS[kind])
        first = str(entry.get("first_node") or _FIRST[kind])
        return cls(kind, base if base.endswith("/") else base + "/", first, layout)

    def entry(self, day: dt.date) -> str:
        """Address of the issue's first page."""
        fields = {"year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}", "node": self.first_node}
        return urljoin(self.base, self.layout.format(**fields))


@dataclass(frozen=True, slots=True)
class Links:
    """What a page leads to, each once, in the page's order."""

    pages: tuple[str, ...]
    articles: tuple[str, ...]
    refresh: str | None = None


def links_of(markup: str, url: str, day: dt.date) -> Links:
    """Pages and articles of the same day on the same host that a page links to."""
    found = list(dict.fromkeys(_absolute(markup, url)))
    ours = [u for u in found if same_issue(u, url, day)]
    refresh = _REFRESH.search(markup)
    target = urldefrag(urljoin(url, html.unescape(refresh[1])))[0] if refresh else None
    return Links(
        tuple(u for u in ours if _NODE.search(urlsplit(u).path)),
        tuple(u for u in ours if _ARTICLE.search(urlsplit(u).path)),
        target if target and same_issue(target, url, day) else None,
    )


def same_issue(url: str, page: str, day: dt.date) -> bool:
    """Whether an address lies on the page's host and in a folder of that day."""
    parts = urlsplit(url)
    return parts.netloc == urlsplit(page).netloc and any(
        mark in parts.path
        for mark in (f"/{day:%Y-%m}/{day:%d}/", f"/{day:%Y%m}/{day:%d}/", f"/{day:%Y%m%d}/", f"/{day:%Y-%m-%d}/")
    )


def _absolute(markup: str, url: str) -> Iterator[str]:
    """Addresses without fragment and query (?div=-1 only scrolls)."""
    for match in _LINK.finditer(markup):
        href = html.unescape(next(group for group in match.groups() if group)).strip()
        try:
            yield urldefrag(urljoin(url, href))[0].partition("?")[0]
        except ValueError:
            continue  # not an address
