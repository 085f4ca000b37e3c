"""Every file of tests/intake/files gives what tests/intake/expected.yml says, and the same article the same event."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from etl.models import Issue, Page
from etl.read import read, read_cached
from etl.read.scan import ocr_version

FOLDER = Path(__file__).parent / "intake"
FILES = FOLDER / "files"
EXPECTED: dict[str, list[dict[str, Any]]] = yaml.safe_load((FOLDER / "expected.yml").read_text(encoding="utf-8"))
SCANS = {"scan.jpg", "scan.pdf"}
needs_ocr = pytest.mark.skipif(ocr_version() == "none", reason="the extra `ocr` is not installed")


def names(only: set[str] | None = None) -> list[Any]:
    return [pytest.param(n, marks=needs_ocr if n in SCANS else ()) for n in EXPECTED if only is None or n in only]


@cache
def found_in(name: str) -> tuple[Page | Issue, ...]:
    """What a file gives; scans are slow, so each is read once for all tests."""
    return tuple(read(FILES / name, FILES))


def test_every_file_has_its_expectation() -> None:
    assert {p.name for p in FILES.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", names())
def test_intake(name: str) -> None:
    before = hashlib.sha256((FILES / name).read_bytes()).hexdigest()
    found = found_in(name)
    assert len(found) == len(EXPECTED[name]), found
    for item, wanted in zip(found, EXPECTED[name], strict=True):
        check(item, wanted, name)
    assert hashlib.sha256((FILES / name).read_bytes()).hexdigest() == before


def check(item: Page | Issue, wanted: dict[str, Any], name: str) -> None:
    if "issue" in wanted:
        assert isinstance(item, Issue), item
        assert (item.kind, item.severity) == (wanted["issue"], wanted["severity"]), item
        assert item.source_path is not None and item.source_path.startswith(name) and name in item.message
        assert wanted.get("where") in (None, item.where)
        return
    assert isinstance(item, Page), item
    assert item.text.startswith(wanted.get("begins", "")), item.text[:200]
    for part in wanted.get("holds", ()):
        assert part in item.text, (part, item.text)
    for part in wanted.get("lacks", ()):
        assert part not in item.text, (part, item.text)
    for field in set(wanted) - {"begins", "holds", "lacks"}:
        value = getattr(item, field)
        assert (list(value) if isinstance(value, tuple) else value) == wanted[field], field


@needs_ocr
@pytest.mark.parametrize("name", sorted(SCANS))
def test_scan_keeps_its_confidence(name: str) -> None:
    page = next(i for i in found_in(name) if isinstance(i, Page))
    assert page.ocr_confidence is not None and page.ocr_confidence > 0.95


@pytest.mark.parametrize("name", names({"founder-old.htm", "columns.pdf", "article.docx", "bundle.zip"}))
def test_read_a_second_time_from_the_cache(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = list(read_cached(FILES / name, FILES, tmp_path))
    assert first == list(found_in(name))
    monkeypatch.setattr("etl.read.cache.read_source", lambda source: pytest.fail("read again"))
    assert list(read_cached(FILES / name, FILES, tmp_path)) == first


SAME = [
    "article-gbk.txt",
    "founder-old.htm",
    "founder-new.html",
    "trs.shtml",
    "general.html",
    "columns.pdf",
    "article.docx",
]
SAME += ["articles.csv", "articles.xlsx", "articles.jsonl", *sorted(SCANS)]


@pytest.mark.parametrize("name", [pytest.param(n, marks=needs_ocr if n in SCANS else ()) for n in SAME])
def test_the_same_article_gives_the_same_event(name: str, rules: Any) -> None:
    """Street, campaign, day and numbers of the main event do not depend on the form that the article came in."""
    wanted, found = event_of("article-utf8.txt", rules), event_of(name, rules)
    assert found == wanted


def event_of(name: str, rules: Any) -> tuple[Any, ...]:
    from etl.harvest import extract_pages

    done = extract_pages(name, found_in(name), rules)
    article = next(a for a in done.articles if "126家" in a.text)
    event = next(e for e in done.events if e.article_id == article.article_id and e.rank == 0)
    for e in event.evidence:
        assert article.text[e.start : e.end] == e.text
    numbers = sorted((m.value, m.unit) for m in event.metrics)
    return event.city, event.district, event.street, event.campaign_id, event.date, numbers
