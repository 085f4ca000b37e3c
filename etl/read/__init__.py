"""A file of any supported format → Pages. What cannot be read becomes an Issue; nothing is raised, moved or changed.

The kind is chosen by content (`sniff`). Text, CSV, JSON and ZIP are read here; PDF, scans, Word, Excel and HTML in a
worker process of bounded time and memory (`isolate`). Control characters are cleaned and personal numbers masked in
every format.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from etl.models import Issue, Page
from etl.read.isolate import read_isolated
from etl.read.limits import MAX_FILE_BYTES, MB
from etl.read.mask import mask
from etl.read.plain import read_markdown, read_text
from etl.read.records import read_csv, read_json, read_jsonl
from etl.read.sniff import advice, kind_of
from etl.read.source import Source, TooLargeError

__all__ = ["READER_VERSION", "digest", "read", "read_cached", "reader_versions"]

# Raise a version when its reader gives other pages for the same bytes: cached pages of that format are then read anew.
READER_VERSION: dict[str, str] = {
    "text": "1",
    "markdown": "1",
    "html": "1",
    "pdf": "1",
    "image": "1",
    "docx": "1",
    "xlsx": "1",
    "csv": "1",
    "json": "1",
    "jsonl": "1",
    "zip": "1",
    "mask": "1",
}

_SIMPLE = {"text": read_text, "markdown": read_markdown, "csv": read_csv, "json": read_json, "jsonl": read_jsonl}
_STREAMED = {"csv", "jsonl"}  # read line by line: no bound on the whole file
_CLUTTER = re.compile(r"~\$.*|thumbs\.db|desktop\.ini|.*\.(?:part|crdownload|tmp|lnk|url)", re.IGNORECASE)
_UNCLEAN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ANY_UNCLEAN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")


def reader_versions() -> dict[str, str]:
    """Each reader's version, and the OCR engine's where it reads scans: asked for only where pages are kept or compared,
    since finding it takes longer than all other imports of a reader."""
    from etl.read.scan import ocr_version

    scans = {kind: f"{READER_VERSION[kind]}-ocr-{ocr_version()}" for kind in ("pdf", "image")}
    return READER_VERSION | scans


def read(path: Path, root: Path) -> Iterator[Page | Issue]:
    """Pages and issues of one file below `root`. An unreadable file gives exactly one issue of severity error."""
    source = source_of(path, root)
    if isinstance(source, Issue):
        yield source
    else:
        yield from _with_address(read_source(source), path)


def read_cached(path: Path, root: Path, cache_dir: Path) -> Iterator[Page | Issue]:
    """As `read`; what slow formats gave is kept in `cache_dir` by content and reader version and not read again."""
    from etl.read.cache import through_cache

    source = source_of(path, root)
    if isinstance(source, Issue):
        yield source
    else:
        yield from _with_address(through_cache(source, cache_dir), path)


def digest(path: Path) -> str:
    """First 32 hex digits of the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:32]


def source_of(path: Path, root: Path) -> Source | Issue:
    """The file as a source; an issue where it must not or cannot be opened."""
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    source = Source(name, 0, path)
    try:
        if not path.resolve(strict=True).is_relative_to(root.resolve()):
            return source.issue("link-out-of-folder", "链接指向原始文件夹之外，未读取。请放入文件本身。")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return source.issue("unreadable-file", "不是普通文件，未读取。")
        with path.open("rb"):
            pass
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return source.issue("unreadable-file", f"无法打开（{reason}）。请检查文件与权限。")
    return dataclasses.replace(source, size=status.st_size)


def read_source(source: Source, kind: str | None = None) -> Iterator[Page | Issue]:
    """Pages and issues of a source: a file, or a member of an archive; its `kind` where it was looked up before."""
    try:
        for item in _by_kind(source, kind):
            yield from _finished(item)
    except TooLargeError as error:
        yield source.issue("too-large", f"文件过大（{error}），未读取。请拆分后放入。")
    except OSError as error:
        yield source.issue("unreadable-file", f"无法读取（{error.strerror or error}）。请检查文件与权限。")
    except MemoryError:
        yield source.issue("out-of-memory", "读取所需内存超过上限，余下部分未读取。请拆分后放入。")


def _by_kind(source: Source, known: str | None) -> Iterator[Page | Issue]:
    name = Path(source.name).name
    if _CLUTTER.fullmatch(name):
        yield source.issue("ignored-file", "系统或办公软件的临时文件，已略过。", "info")
        return
    kind = known or kind_of(source)
    if kind == "empty":
        yield source.issue("empty-file", "文件是空的。请重新取得该文件。")
    elif kind.startswith("unsupported:"):
        yield source.issue("unsupported-format", advice(kind))
    elif source.size > MAX_FILE_BYTES and kind not in _STREAMED:
        yield source.issue("too-large", f"文件超过 {MAX_FILE_BYTES // MB} MB，未读取。请拆分后放入。")
    elif kind == "zip":
        from etl.read.archive import read_zip  # few deliveries hold one

        yield from read_zip(source, read_source)
    elif kind in _SIMPLE:
        yield from _SIMPLE[kind](source)
    else:
        yield from read_isolated(kind, source)


def _finished(item: Page | Issue) -> Iterator[Page | Issue]:
    """The item as it may be stored: no control characters, no lone surrogates, personal numbers masked."""
    if isinstance(item, Issue):
        sample = mask(clean(item.sample))[0] if item.sample else item.sample
        names: dict[str, Any] = {f: _cleaned(getattr(item, f)) for f in ("source_path", "where")}
        yield dataclasses.replace(item, sample=sample, message=mask(clean(item.message))[0], **names)
        return
    text, count = mask(clean(item.text))
    if not text.strip():
        yield Issue("no-text", f"{item.source_path}：没有文字。", "error", item.source_path, item.page or item.record)
        return
    printed: dict[str, Any] = {f: _masked(getattr(item, f)) for f in ("title", "kicker", "subtitle")}
    fields: dict[str, Any] = {
        f: _cleaned(getattr(item, f)) for f in ("source_path", "page", "newspaper", "record", "url")
    }
    byline = tuple(clean(name) for name in item.byline)
    yield dataclasses.replace(item, text=text, byline=byline, **printed, **fields)
    if count:
        message = f"{item.source_path}：已遮盖 {count} 处身份证号或手机号。"
        yield Issue("masked", message, "info", item.source_path, item.page or item.record)


def _with_address(items: Iterator[Page | Issue], path: Path) -> Iterator[Page | Issue]:
    """Pages that `etl fetch` brought, with the address that it noted beside them."""
    notes = path.parent / ".fetch.json"
    address = None
    if notes.is_file():
        try:
            articles = json.loads(notes.read_bytes())["articles"]
            address = next((url for url, entry in articles.items() if entry["file"] == path.name), None)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            address = None  # notes that cannot be read cost the address only
    for item in items:
        yield dataclasses.replace(item, url=item.url or address) if address and isinstance(item, Page) else item


def _cleaned(text: str | None) -> str | None:
    return clean(text) if text else text


def _masked(text: str | None) -> str | None:
    return mask(clean(text))[0] if text else text


def clean(text: str) -> str:
    """The text with each control character a blank and each lone surrogate U+FFFD; length is kept."""
    if _ANY_UNCLEAN.search(text) is None:
        return text
    return _SURROGATE.sub("\ufffd", _UNCLEAN.sub(" ", text))
