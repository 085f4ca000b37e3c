"""What was fetched of one issue: `.fetch.json` beside the articles, replaced whole after each file."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

NAME = ".fetch.json"


@dataclass
class Issue:
    """The state of one day's download; `folder` holds its files."""

    folder: Path
    complete: bool = False
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)  # address → etag, last_modified, pages, articles
    articles: dict[str, dict[str, Any]] = field(default_factory=dict)  # address → file, sha256, etag, last_modified
    missing: list[str] = field(default_factory=list)  # linked articles that the server does not have (404)

    def holds(self, url: str) -> bool:
        """Whether the article was fetched and its file is still there, whole."""
        entry = self.articles.get(url)
        if entry is None:
            return False
        try:
            return bool(hashlib.sha256((self.folder / entry["file"]).read_bytes()).hexdigest() == entry["sha256"])
        except OSError:
            return False

    def keep(self, url: str, body: bytes, etag: str | None, last_modified: str | None) -> None:
        """Write an article's bytes, unchanged, and note it."""
        old = self.articles.get(url)
        name = old["file"] if old else self._name(url)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / name, body)
        self.articles[url] = {
            "file": name,
            "sha256": hashlib.sha256(body).hexdigest(),
            "etag": etag,
            "last_modified": last_modified,
        }
        self.save()

    def save(self) -> None:
        """Write the state."""
        self.folder.mkdir(parents=True, exist_ok=True)
        body = {k: v for k, v in asdict(self).items() if k != "folder"}
        write_whole(self.folder / NAME, json.dumps(body, ensure_ascii=False, indent=1).encode())

    def _name(self, url: str) -> str:
        """The address's last part; with a digest before its ending where another article has that name."""
        name = Path(urlsplit(url).path).name
        if all(entry["file"] != name for entry in self.articles.values()):
            return name
        return f"{Path(name).stem}-{hashlib.sha256(url.encode()).hexdigest()[:8]}{Path(name).suffix}"


def load(folder: Path) -> Issue:
    """The state kept in a folder; a fresh one where there is none or it cannot be read."""
    try:
        body = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return Issue(folder, **{k: body[k] for k in ("complete", "pages", "articles", "missing")})
    except (OSError, ValueError, KeyError, TypeError):
        return Issue(folder)


def write_whole(path: Path, body: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(body)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
