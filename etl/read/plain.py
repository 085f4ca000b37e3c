"""Plain text and Markdown: whole pages. A form feed, as PDF converters write it, begins a new page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from etl.models import Issue, Page
from etl.read.decode import Decoded, UndecodableError, decode
from etl.read.limits import MAX_TEXT_BYTES
from etl.read.records import page_of
from etl.read.source import Source

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"---\n((?:[^\n]{0,500}\n){1,40}?)---\n")


def read_text(source: Source) -> Iterator[Page | Issue]:
    """A text file as pages, one for each part between form feeds."""
    decoded = _decode(source)
    if isinstance(decoded, Issue):
        yield decoded
        return
    yield from damage(source, decoded)
    parts = [part for part in decoded.text.split("\f") if part.strip()]
    for number, part in enumerate(parts, 1):
        yield Page(source.name, part.strip("\n"), page=str(number) if len(parts) > 1 else None)


def read_markdown(source: Source) -> Iterator[Page | Issue]:
    """A Markdown file as one page without its marks. Front matter (title, date, newspaper …) makes it one article."""
    decoded = _decode(source)
    if isinstance(decoded, Issue):
        yield decoded
        return
    yield from damage(source, decoded)
    front = _FRONT_MATTER.match(decoded.text)
    body = markdown_text(decoded.text[front.end() :] if front else decoded.text)
    fields = dict(_front_fields(front[1])) if front else {}
    if fields:
        yield from page_of(source, {**fields, "text": body}, "1", None)
    else:
        yield Page(source.name, body)


def damage(source: Source, decoded: Decoded) -> Iterator[Issue]:
    """A warning that names the first line where characters could not be read, if any."""
    if decoded.damaged:
        at = decoded.text.find("\ufffd")
        line = decoded.text.count("\n", 0, at) + 1
        message = f"{decoded.damaged} 个字符损坏，已用 \ufffd 代替；其余照常读取。请核对原文件。"
        yield source.issue("damaged-text", message, "warning", f"第{line}行", decoded.text[max(0, at - 30) : at + 30])


def markdown_text(text: str) -> str:
    """Markdown without marks: a line for each heading, paragraph, list item and table row."""
    from markdown_it import MarkdownIt  # only here: every worker would wait for it

    lines: list[str] = []
    row: list[str] | None = None
    for token in MarkdownIt("commonmark", {"html": False, "maxNesting": 50}).enable("table").parse(text):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            lines.append(" ".join(row))
            row = None
        elif token.type in {"inline", "fence", "code_block"}:
            piece = _inline(token.children) if token.children else token.content
            lines.append(piece) if row is None else row.append(piece)
    return "\n".join(line.strip("\n") for line in lines if line.strip())


def _inline(children: Sequence[Token]) -> str:
    breaks = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(breaks.get(child.type, child.content) for child in children if child.type != "image")


def _front_fields(block: str) -> Iterator[tuple[str, str]]:
    for line in block.splitlines():
        key, colon, value = line.partition(":")
        if colon and value.strip():
            yield key.strip(), value.strip().strip("\"'")


def _decode(source: Source) -> Decoded | Issue:
    try:
        return decode(source.read(MAX_TEXT_BYTES))
    except UndecodableError as error:
        return source.issue(error.kind, str(error))
