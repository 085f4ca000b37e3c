"""Pages and issues as JSON, for the pipe to the worker process and for the cache."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

from etl.models import Issue, Page


def dump(item: Page | Issue) -> str:
    """One line of JSON for a page or an issue."""
    body: dict[str, Any] = {k: v for k, v in _shallow(item).items() if v is not None}
    if isinstance(item, Page) and item.published_on:
        body["published_on"] = item.published_on.isoformat()
    return json.dumps({"page" if isinstance(item, Page) else "issue": body}, ensure_ascii=False)


def load(line: str) -> Page | Issue:
    """The page or issue that a line of `dump` writes; KeyError, TypeError or ValueError where it is none."""
    message = json.loads(line)
    if "issue" in message:
        return Issue(**message["issue"])
    body = message["page"]
    if "published_on" in body:
        body["published_on"] = dt.date.fromisoformat(body["published_on"])
    body["byline"] = tuple(body.get("byline", ()))
    return Page(**body)


def _shallow(item: Page | Issue) -> dict[str, Any]:
    return {f.name: getattr(item, f.name) for f in dataclasses.fields(item)}
