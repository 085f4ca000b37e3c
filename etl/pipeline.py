"""The whole pipeline on one screen: the only module that knows the order of the steps."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

import etl
from etl import ledger as book
from etl.inputs import Input, Known, scan
from etl.models import Issue
from etl.parts import Maker, Part, issues_of, make_parts, totals
from etl.read import READER_VERSION
from etl.rules import DEFAULT_ROOT, Rules, load_rules
from etl.store import current, digest_of, next_version, prune, switch, write_version
from etl.work import Job, process_all

Progress = Callable[[str, int, int], None]  # phase, done, total
SAMPLES = 20  # issues of each kind that run.json carries


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
    inputs, seen, refused = scan_or_fail(options, ledger)
    fingerprint = digest_of([key, *(f"{i.path} {i.digest}" for i in inputs)])
    before = current(options.out)
    if before and before.get("fingerprint") == fingerprint and not options.force:
        raise NothingNewError(before["version"])

    todo = book.new_inputs(ledger, inputs)
    extract_new(options, ledger, todo, rules, key)
    maker = Maker(options.out / "cache", key, lambda a, e: (a, e, []), lambda a, e: [])
    parts = make_parts(maker, ledger, inputs, lambda done, total: options.progress("link", done, total))
    issues = refused + book.issues_of(ledger, inputs) + without_article(ledger, inputs) + issues_of(parts)
    if not parts:
        raise InputError(no_article_message(options, inputs, issues))

    options.progress("publish", 0, 1)
    version = next_version(options.out, options.now.strftime("%Y%m%dT%H%M%S"))
    report = {
        "version": version,
        "fingerprint": fingerprint,
        "started": options.now.isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - began, 2),
        **report_of(ledger, inputs, todo, parts, issues, rules),
    }
    write_version(options.out, version, [p.articles for p in parts], [p.events for p in parts], report)
    switch(options.out, version)
    tidy(options, ledger, inputs, seen)
    return report


def work_key(rules: Rules) -> str:
    """A digest of what decides a file's events: the rules, the code of this package, the readers' versions."""
    here = Path(__file__).parent
    code = [
        f"{p.relative_to(here).as_posix()} {hashlib.sha256(p.read_bytes()).hexdigest()}"
        for p in sorted(here.rglob("*.py"))
    ]
    return digest_of([rules.digest, *code, *(f"{k} {v}" for k, v in sorted(READER_VERSION.items()))])


def scan_or_fail(options: Options, ledger: book.Ledger) -> tuple[list[Input], Known, list[Issue]]:
    """The inputs; InputError where the raw folder is missing or holds no file."""
    if not options.raw.is_dir():
        raise InputError(f"{options.raw}: no such folder; put newspapers there or name another with --raw")
    inputs, seen, issues = scan(options.raw, ledger.seen)
    if not inputs:
        hint = "put newspaper pages there (docs/formats.md lists the formats)"
        raise InputError(f"{options.raw}: no file to read; {hint}{first_reasons(issues)}")
    return inputs, seen, issues


def extract_new(options: Options, ledger: book.Ledger, todo: list[Input], rules: Rules, key: str) -> None:
    """Extract what is not in the ledger yet, with progress in bytes of input."""
    if not todo:
        return
    job = Job(options.raw, options.out / "cache", options.reference)
    sizes = {i.path: max(1, i.size) for i in todo}
    total, read, seen = sum(sizes.values()), 0, set[str]()
    name = digest_of([key, *(f"{i.path} {i.digest}" for i in todo)])
    for done in book.write_segment(ledger, name, todo, process_all(job, todo, rules, options.workers)):
        if done.path not in seen:
            seen.add(done.path)
            read += sizes[done.path]
            options.progress("extract", read, total)
    book.save_ledger(ledger)


def without_article(ledger: book.Ledger, inputs: Sequence[Input]) -> list[Issue]:
    """Files that were read but hold no article."""
    records = [(i.path, ledger.files[i.path]) for i in inputs]
    empty = [p for p, r in records if not r.articles and not any(x["severity"] == "error" for x in r.issues)]
    return [Issue("no-article", "no article was found in this file", "warning", p) for p in empty]


def no_article_message(options: Options, inputs: Sequence[Input], issues: Sequence[Issue]) -> str:
    """Why nothing came out of the raw folder, with the first reasons."""
    return f"{options.raw}: {len(inputs)} file(s), but no article; the earlier table stands{first_reasons(issues)}"


def first_reasons(issues: Sequence[Issue]) -> str:
    """The first ten issues, a line each."""
    return "".join(f"\n  {i.source_path}: {i.message}" for i in issues[:10])


def tidy(options: Options, ledger: book.Ledger, inputs: Sequence[Input], seen: Known) -> None:
    """After the switch: remember what was seen, forget what is gone, remove what nothing needs."""
    ledger.seen = seen
    book.forget_others(ledger, inputs)
    book.save_ledger(ledger)
    book.drop_other_keys(ledger)
    prune(options.out)


def report_of(
    ledger: book.Ledger,
    inputs: Sequence[Input],
    todo: Sequence[Input],
    parts: Sequence[Part],
    issues: Sequence[Issue],
    rules: Rules,
) -> dict[str, Any]:
    """What went in, what came out, what was signalled."""
    kinds = Counter(i.kind for i in issues)
    return {
        "counts": {
            "files": len(inputs),
            "new_files": len(todo),
            "pages": sum(ledger.files[i.path].pages for i in inputs),
            **totals(parts, "counts"),
        },
        "filled": totals(parts, "filled"),
        "issues": dict(kinds.most_common()),
        "issue_samples": [asdict(i) for kind in kinds for i in [x for x in issues if x.kind == kind][:SAMPLES]],
        "quarantine": [
            {"source_path": i.source_path, "where": i.where, "kind": i.kind, "message": i.message}
            for i in issues
            if i.severity == "error"
        ],
        "papers": merged_papers(parts),
        "candidates": [],
        "inputs": [{"path": i.path, "size": i.size, "digest": i.digest} for i in inputs[:5000]],
        "rules": rules.digests,
        "software": software(),
    }


def merged_papers(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Coverage of all parts: which paper arrived for which day."""
    rows = [row for part in parts for row in part.facts["papers"]]
    return sorted(rows, key=lambda r: (r["newspaper"] or "", r["published_on"] or ""))


def software() -> dict[str, str]:
    """Versions that can change a result."""
    return {"campaign-tracker": etl.__version__, "python": platform.python_version(), "pyarrow": pa.__version__}
