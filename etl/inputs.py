"""Which files there are below the raw folder, and what tells one version of a file from another."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from etl.models import Issue


@dataclass(frozen=True, slots=True, order=True)
class Input:
    """A file below the raw folder. `path` is relative, with / as separator."""

    path: str
    size: int
    digest: str


Known = dict[str, tuple[int, int, str]]  # path → size, mtime in ns, digest: what an earlier run saw


def scan(raw: Path, known: Known) -> tuple[list[Input], Known, list[Issue]]:
    """All files below `raw`, sorted by path; hidden files and README are no input, links that lead out are refused.

    `raw` may also be one file, which then is the only input, hidden or not.
    A file whose size and time are as an earlier run saw them is not read again for its digest.
    """
    inputs: list[Input] = []
    seen: Known = {}
    issues: list[Issue] = []
    folder = folder_of(raw)
    root = folder.resolve()
    for path in [raw] if raw.is_file() else walk(raw):
        name = path.relative_to(folder).as_posix()
        if not encodable(name):
            shown = name.encode("unicode_escape", "backslashreplace").decode()
            issues.append(Issue("unreadable-file", "文件名不是有效文字，请改名", "error", shown))
            continue
        try:
            if path.is_symlink() and not path.resolve(strict=True).is_relative_to(root):
                issues.append(Issue("link-out-of-folder", "链接指向原始文件夹之外，未读取", "error", name))
                continue
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode):
                issues.append(Issue("unreadable-file", "不是普通文件", "error", name))
                continue
            old = known.get(name)
            same = old is not None and old[:2] == (facts.st_size, facts.st_mtime_ns)
            digest = old[2] if same and old else file_digest(path)
        except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
            reason = getattr(error, "strerror", None) or str(error)
            issues.append(Issue("unreadable-file", f"无法读取：{reason}", "error", name))
            continue
        seen[name] = (facts.st_size, facts.st_mtime_ns, digest)
        inputs.append(Input(name, facts.st_size, digest))
    return sorted(inputs), seen, issues


def folder_of(raw: Path) -> Path:
    """The folder that inputs' paths are relative to: `raw`, or the one that holds it where it is a file."""
    return raw.parent if raw.is_file() else raw


def encodable(name: str) -> bool:
    """Whether a file's name is valid text (names in GBK from another system are not)."""
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def walk(folder: Path) -> Iterator[Path]:
    """Files below a folder, links to folders not followed; hidden ones and README files left out."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            if entry.name.startswith(".") or entry.name.lower().startswith("readme"):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from walk(Path(entry.path))
            else:
                yield Path(entry.path)


def file_digest(path: Path) -> str:
    """First 32 hex digits of the content's SHA-256."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()[:32]
