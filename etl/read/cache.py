"""What slow formats gave, kept by content digest and reader version, so that a weekly run does not OCR again.

One file of JSON lines an input, named by its key, written whole and then renamed: a killed run leaves no half entry.
Issues that another run may not meet (a crash, a silence, missing OCR) are not kept.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from etl.models import Issue, Page
from etl.read import read_source, reader_versions
from etl.read.sniff import kind_of
from etl.read.source import Source
from etl.read.wire import dump, load

SLOW = frozenset({"pdf", "image", "docx", "xlsx", "html", "zip"})
_PASSING = frozenset({"no-ocr", "too-slow", "reader-crashed", "out-of-memory", "unreadable-file"})


def through_cache(source: Source, cache_dir: Path) -> Iterator[Page | Issue]:
    """Pages and issues from the cache, or read and kept there where that is worth it."""
    kind = None
    try:
        kind = kind_of(source)
        entry = cache_dir / entry_name(source, kind) if kind in SLOW else None
    except OSError:
        entry = None
    if entry is None:
        yield from read_source(source, kind)
        return
    kept = _load(entry, source.name)
    if kept is not None:
        yield from kept
        return
    yield from _read_and_keep(source, entry)


def entry_name(source: Source, kind: str) -> str:
    """Two-level file name made from the bytes, the kind and the versions of the readers concerned."""
    all_versions = reader_versions()
    versions = sorted(all_versions.items()) if kind == "zip" else [(k, all_versions[k]) for k in (kind, "mask")]
    key = hashlib.sha256(f"{kind} {source.suffix} {versions}".encode())
    with source.open() as stream:
        while block := stream.read(1 << 20):
            key.update(block)
    name = key.hexdigest()[:40]
    return f"{name[:2]}/{name[2:]}.jsonl"


def _load(entry: Path, name: str) -> list[Page | Issue] | None:
    """The kept items, under the file's present name; None where there are none, or not whole."""
    try:
        lines = entry.read_text(encoding="utf-8").split("\n")
        if lines[-1] != "end":
            return None
        return [_renamed(load(line), lines[0], name) for line in lines[1:-1]]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _renamed(item: Page | Issue, old: str, new: str) -> Page | Issue:
    """The item as of a file that now has another name: same bytes, moved or delivered twice."""
    path = new + (item.source_path or old).removeprefix(old)
    if isinstance(item, Issue):
        return dataclasses.replace(item, source_path=path, message=item.message.replace(old, new, 1))
    return dataclasses.replace(item, source_path=path)


def _read_and_keep(source: Source, entry: Path) -> Iterator[Page | Issue]:
    """Read, hand on, and write the entry once all was read and nothing in it was a passing fault."""
    entry.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=entry.parent, suffix=".part")
    lasting = True
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(source.name + "\n")
            for item in read_source(source):
                lasting &= not (isinstance(item, Issue) and item.kind in _PASSING)
                out.write(dump(item) + "\n")
                yield item
            out.write("end")
        if lasting:
            Path(draft).replace(entry)
    finally:
        Path(draft).unlink(missing_ok=True)
