"""The whole pipeline on one screen: the only module that knows the order of the steps."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

import etl
from etl import ledger as book
from etl.inputs import Input, scan
from etl.link import link
from etl.models import Article, Event, Issue, schema_of
from etl.read import READER_VERSION
from etl.rules import DEFAULT_ROOT, Rules, load_rules
from etl.store import current, next_version, prune, switch, write_version
from etl.work import Job, process_all

Progress = Callable[[str, int, int], None]  # phase, done, total


@dataclass(frozen=True)
class Options:
    """What a run is told. `now` is read by the caller, once."""

    raw: Path
    out: Path
    now: dt.datetime
    reference: Path = DEFAULT_ROOT
    workers: int = 1
    force: bool = False
    progress: Progress = field(default=lambda phase, done, total: None)


class InputError(RuntimeError):
    """There is nothing to read, or nothing that was read is an article; the earlier table stands."""


class NothingNewError(Exception):
    """Input, rules and code are those of the published table."""


def run(options: Options) -> dict[str, Any]:
    """Read, extract, link, publish; returns the new version's run report (the content of run.json).

    Raises InputError, NothingNewError, StoreError. The caller holds the lock (etl.lock).
    """
    began = time.perf_counter()
    rules = load_rules(options.reference)
    key = work_key(rules)
    ledger = book.open_ledger(options.out / "cache", key)
    inputs, seen, found = scan_or_fail(options, ledger)
    fingerprint = digest_of([key, *(f"{i.path} {i.digest}" for i in inputs)])
    before = current(options.out)
    if before and before.get("fingerprint") == fingerprint and not options.force:
        raise NothingNewError(before["version"])

    todo = book.new_inputs(ledger, inputs)
    extract_new(options, ledger, todo, rules, key)
    options.progress("link", 0, 1)
    articles, doubled = unique_articles(book.gather(ledger, inputs, Article))
    events = events_of(book.gather(ledger, inputs, Event), articles)
    issues = found + book.issues_of(ledger, inputs) + doubled + without_article(ledger, inputs)
    if not len(articles):
        raise InputError(no_article_message(options, inputs, issues))
    events = arrange(link(events, text_lookup(articles)))
    articles = articles.select(schema_of(Article).names)
    options.progress("publish", 0, 1)

    version = next_version(options.out, options.now.strftime("%Y%m%dT%H%M%S"))
    report = {
        "version": version,
        "fingerprint": fingerprint,
        "started": options.now.isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - began, 2),
        **report_of(ledger, inputs, todo, articles, events, issues, rules),
    }
    write_version(options.out, version, articles, events, report)
    switch(options.out, version)
    ledger.seen = seen
    book.save_ledger(ledger)
    book.drop_other_keys(ledger)
    prune(options.out)
    return report


def work_key(rules: Rules) -> str:
    """A digest of what decides a file's events: the rules, the code of this package, the readers' versions."""
    here = Path(__file__).parent
    code = [
        f"{p.relative_to(here).as_posix()} {hashlib.sha256(p.read_bytes()).hexdigest()}"
        for p in sorted(here.rglob("*.py"))
    ]
    return digest_of([rules.digest, *code, *(f"{k} {v}" for k, v in sorted(READER_VERSION.items()))])


def digest_of(parts: list[str]) -> str:
    """First 16 hex digits of the SHA-256 of the parts, one a line."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def scan_or_fail(options: Options, ledger: book.Ledger) -> tuple[list[Input], Any, list[Issue]]:
    """The inputs; InputError where the raw folder is missing or holds no file."""
    if not options.raw.is_dir():
        raise InputError(f"{options.raw}: no such folder; put newspapers there or name another with --raw")
    inputs, seen, issues = scan(options.raw, ledger.seen)
    if not inputs:
        reasons = "".join(f"\n  {i.source_path}: {i.message}" for i in issues[:10])
        raise InputError(
            f"{options.raw}: no file to read; put newspaper pages there (docs/formats.md lists the formats){reasons}"
        )
    return inputs, seen, issues


def extract_new(options: Options, ledger: book.Ledger, todo: list[Input], rules: Rules, key: str) -> None:
    """Extract what is not in the ledger yet, with progress in bytes of input."""
    if not todo:
        return
    job = Job(options.raw, options.out / "cache", options.reference)
    sizes = {i.path: i.size for i in todo}
    total, seen = sum(sizes.values()), set[str]()
    name = digest_of([key, *(f"{i.path} {i.digest}" for i in todo)])
    for done in book.write_segment(ledger, name, todo, process_all(job, todo, rules, options.workers)):
        seen.add(done.path)
        options.progress(
            "extract",
            sum(sizes[p] for p in seen) if len(todo) < 1000 else len(seen),
            total if len(todo) < 1000 else len(todo),
        )
    book.save_ledger(ledger)


def unique_articles(articles: pa.Table) -> tuple[pa.Table, list[Issue]]:
    """Each article once: a file delivered twice counts once (the first path stands) and is signalled."""
    table = articles.sort_by([("published_on", "ascending"), ("source_path", "ascending"), ("article_id", "ascending")])
    first: dict[str, int] = {}
    issues = []
    paths = table["source_path"].to_pylist()
    for row, article_id in enumerate(table["article_id"].to_pylist()):
        if first.setdefault(article_id, row) != row:
            message = f"the same article as in {paths[first[article_id]]}"
            issues.append(Issue("double-article", message, "info", paths[row], article_id=article_id))
    return table.take(pa.array(sorted(first.values()), pa.int64())), issues


def events_of(events: pa.Table, articles: pa.Table) -> pa.Table:
    """The events of the articles that stand, each once."""
    events = events.sort_by([("event_id", "ascending"), (book.COLUMN, "ascending")])
    ids = events["event_id"].to_pylist()
    rows = [i for i, event_id in enumerate(ids) if not i or ids[i - 1] != event_id]
    kept = events.take(pa.array(rows, pa.int64()))
    kept = kept.filter(pc.is_in(kept["article_id"], articles["article_id"].combine_chunks()))
    return kept.select(schema_of(Event).names)


def without_article(ledger: book.Ledger, inputs: list[Input]) -> list[Issue]:
    """Files that were read but hold no article."""
    records = [(i.path, ledger.files[i.path]) for i in inputs]
    empty = [p for p, r in records if not r.articles and not any(x["severity"] == "error" for x in r.issues)]
    return [Issue("no-article", "no article was found in this file", "warning", p) for p in empty]


def no_article_message(options: Options, inputs: list[Input], issues: list[Issue]) -> str:
    """Why nothing came out of the raw folder, with the first reasons."""
    reasons = "".join(f"\n  {i.source_path}: {i.message}" for i in issues[:10])
    return f"{options.raw}: {len(inputs)} file(s), but no article could be read; the earlier table stands{reasons}"


def text_lookup(articles: pa.Table) -> Callable[[str], str]:
    """A function that gives an article's text by its id."""
    rows = {article_id: row for row, article_id in enumerate(articles["article_id"].to_pylist())}
    texts = articles["text"]
    return lambda article_id: str(texts[rows[article_id]].as_py())


def arrange(events: pa.Table) -> pa.Table:
    """Sorted by quarter, province, city and day (design.md §5), then by id, so that equal input gives equal bytes."""
    day = pc.coalesce(events["date"], events["published_on"])
    quarter = pc.add(pc.multiply(pc.year(day), 4), pc.quarter(day))
    keyed = events.append_column("_q", quarter).append_column("_d", day)
    order = [(c, "ascending") for c in ("_q", "province", "city", "_d", "event_id")]
    return keyed.sort_by(order).select(events.schema.names)


def report_of(
    ledger: book.Ledger,
    inputs: list[Input],
    todo: list[Input],
    articles: pa.Table,
    events: pa.Table,
    issues: list[Issue],
    rules: Rules,
) -> dict[str, Any]:
    """What went in, what came out, what was signalled."""
    kinds = Counter(i.kind for i in issues)
    errors = [i for i in issues if i.severity == "error"]
    return {
        "counts": {
            "files": len(inputs),
            "new_files": len(todo),
            "pages": sum(ledger.files[i.path].pages for i in inputs),
            "articles": len(articles),
            "events": len(events),
            "metrics": int(pc.sum(pc.list_value_length(events["metrics"])).as_py() or 0),
            "duplicates": len(events) - events["duplicate_of"].null_count,
        },
        "issues": dict(kinds.most_common()),
        "issue_samples": [asdict(i) for kind in kinds for i in [x for x in issues if x.kind == kind][:20]],
        "quarantine": [
            {"source_path": i.source_path, "where": i.where, "kind": i.kind, "message": i.message} for i in errors
        ],
        "papers": papers_of(articles),
        "candidates": candidates_of(articles, events, rules),
        "inputs": [{"path": i.path, "size": i.size, "digest": i.digest} for i in inputs] if len(inputs) <= 5000 else [],
        "rules": rules.digests,
        "software": {
            "campaign-tracker": etl.__version__,
            "python": platform.python_version(),
            "pyarrow": pa.__version__,
        },
    }


def papers_of(articles: pa.Table) -> list[dict[str, Any]]:
    """Which paper arrived for which day: coverage, without which silent and unknown cannot be told apart."""
    grouped = articles.group_by(["newspaper", "published_on"]).aggregate(
        [("article_id", "count"), ("page", "count_distinct")]
    )
    rows = [
        {
            "newspaper": r["newspaper"],
            "published_on": r["published_on"] and r["published_on"].isoformat(),
            "pages": r["page_count_distinct"],
            "articles": r["article_id_count"],
        }
        for r in grouped.to_pylist()
    ]
    return sorted(rows, key=lambda r: (r["newspaper"] or "", r["published_on"] or ""))


def candidates_of(articles: pa.Table, events: pa.Table, rules: Rules) -> list[dict[str, Any]]:
    """Phrases that look like campaigns and fit none yet."""
    return []
