"""A file of any supported format → Pages. Stub: text only; to be rewritten by its owner."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from etl.models import Issue, Page
import datetime as dt


def read(path: Path, root: Path) -> Iterator[Page | Issue]:
    name = path.relative_to(root).as_posix()
    if path.suffix == ".jsonl":
        for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            row = json.loads(line)
            day = row.get("published_on")
            yield Page(name, row["text"], published_on=dt.date.fromisoformat(day) if day else None,
                       published_basis="metadata" if day else "unknown", is_article=True, record=str(row.get("id") or i), title=row.get("title"), newspaper=row.get("newspaper"))
    else:
        yield Page(name, path.read_text(encoding="utf-8"))
