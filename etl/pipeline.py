"""The whole pipeline on one screen: the only module that knows the order of the steps."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

import etl
from etl import ledger as book
from etl.bounds import check_bounds, figures, load_bounds
from etl.candidates import candidates_of, merged
from etl.corrections import FILE as CORRECTIONS
from etl.corrections import Corrections, correct, correct_links, load_corrections, unmatched
from etl.inputs import Input, Known, folder_of, scan
from etl.models import Issue
from etl.parts import Maker, Part, issues_of, make_parts, newest_events, totals
from etl.read import reader_versions
from etl.rules import DEFAULT_ROOT, Rules, load_rules
from etl.store import check_folder, current, digest_of, heal, history, next_version, prune, switch, write_version
from etl.work import Engine, Job, process_all

Progress = Callable[[str, int, int], None]  # phase, done, total
PHASES = ("rules", "scan", "extract", "link", "check", "write", "switch", "tidy")
SAMPLES = 20  # issues of each kind that run.json carries
AFTER = frozenset({CORRECTIONS, "bounds.yml"})  # rule files that extraction does not depend on
PASSING = frozenset({"too-slow", "reader-crashed", "reader-died", "out-of-memory"})  # another run may not meet these


@dataclass(frozen=True)
class Options:
    """What a run is told. `now` is read by the caller, once; `told` is what the caller has to signal."""

    raw: Path
    out: Path
    now: dt.datetime
    reference: Path = DEFAULT_ROOT
    workers: int = 1
    force: bool = False
    accept: bool = False
    told: Sequence[Issue] = ()
    engine: Engine | None = None  # runs the tasks elsewhere, and says what the inputs are
    progress: Progress = field(default=lambda phase, done, total: None)


class InputError(RuntimeError):
    """There is nothing to read, or nothing that was read is an article; the earlier table stands."""


class NothingNewError(Exception):
    """Input, rules and code are those of the published table."""


class BoundsError(RuntimeError):
    """The run yields suspiciously little (`report`, `issues`); the earlier table stands."""

    def __init__(self, report: dict[str, Any], issues: Sequence[Issue]) -> None:
        super().__init__("stopped by bounds: " + "; ".join(i.message for i in issues))
        self.report, self.issues = report, issues


def run(options: Options) -> dict[str, Any]:
    """One refresh; returns the new version's run report (the content of run.json). The caller holds the lock.

    Raises InputError, NothingNewError, BoundsError, StoreError, RulesError. What earlier runs kept for this one is
    worth only time: where it is damaged it is thrown away and everything is extracted anew.
    """
    try:
        return refresh(options)
    except pa.ArrowInvalid as error:
        for name in ("extract", "parts"):
            shutil.rmtree(options.out / "cache" / name, ignore_errors=True)
        damage = Issue("cache-damaged", f"缓存损坏，已全部重新抽取：{str(error)[:200]}")
        return refresh(replace(options, told=(*options.told, damage)))


def refresh(options: Options) -> dict[str, Any]:
    """Read, extract, link, check, publish."""
    began, told = time.perf_counter(), options.progress
    told("rules", 0, 1)
    rules = load_rules(options.reference)
    corrections, bounds = load_corrections(options.reference, rules), load_bounds(options.reference)
    early = [*options.told, *mend(options.out), *set_back(options)]
    key = work_key(rules)

    told("scan", 0, 1)
    ledger = book.open_ledger(options.out / "cache", key)
    inputs, seen, refused = scan_or_fail(options, ledger)
    fingerprint = digest_of([key, corrections.digest, *(f"{i.path} {i.digest}" for i in inputs)])
    before = current(options.out)
    if before and before.get("fingerprint") == fingerprint and not options.force:
        raise NothingNewError(before["version"])

    todo = to_extract(ledger, inputs)
    extract_new(options, ledger, todo, rules, key)
    parts = build_parts(options, ledger, inputs, corrections, key)
    issues = [*early, *refused, *book.issues_of(ledger, inputs), *without_article(ledger, inputs), *issues_of(parts)]
    if not parts:
        raise InputError(no_article_message(options, inputs, issues))

    told("check", 0, 1)
    report = report_of(ledger, inputs, todo, parts, rules) | {"fingerprint": fingerprint, "started": stamp(options.now)}
    today = options.now.date()
    late = newest_events(parts, today)
    report |= {"figures": figures(report["counts"], report["filled"], report["papers"], late, today)}
    issues += unmatched(corrections, issues)
    low = check_bounds(bounds, report | signalled(issues), history(options.out, bounds.versions))
    report |= signalled(low + issues) | finished(options, began)
    if not options.accept and (stops := [i for i in low if i.severity == "error"]):
        book.save_ledger(ledger)
        raise BoundsError(report, stops)

    told("write", 0, 1)
    report |= {"version": next_version(options.out, options.now.strftime("%Y%m%dT%H%M%S"))}
    write_version(options.out, report["version"], [p.articles for p in parts], [p.events for p in parts], report)
    told("switch", 0, 1)
    switch(options.out, report["version"])
    told("tidy", 0, 1)
    tidy(options, ledger, inputs, seen)
    return report


def mend(out: Path) -> list[Issue]:
    """Mend what a killed run left, and say so."""
    check_folder(out)
    mended = heal(out)
    prune(out)
    return [Issue("mended", what, "info") for what in mended]


def set_back(options: Options) -> list[Issue]:
    """A clock that stands before the published table's: versions are numbered, so only days and ages suffer."""
    started = str((current(options.out) or {}).get("started") or "")
    try:
        behind = bool(started) and options.now < dt.datetime.fromisoformat(started)
    except (ValueError, TypeError):
        return []
    message = f"本机时钟为 {stamp(options.now)}，而已发布的表生成于 {started}"
    return [Issue("clock-set-back", message)] if behind else []


def stamp(now: dt.datetime) -> str:
    """A time as run.json writes it."""
    return now.isoformat(timespec="seconds")


def finished(options: Options, began: float) -> dict[str, Any]:
    """How long the run took, up to its checks."""
    seconds = round(time.perf_counter() - began, 2)
    return {"finished": stamp(options.now + dt.timedelta(seconds=seconds)), "seconds": seconds}


def work_key(rules: Rules) -> str:
    """A digest of what decides a file's events: the rules, the code of this package, the readers' versions."""
    here = Path(__file__).parent
    code = [
        f"{p.relative_to(here).as_posix()} {hashlib.sha256(p.read_bytes()).hexdigest()}"
        for p in sorted(here.rglob("*.py"))
    ]
    facts = [f"{name} {digest}" for name, digest in sorted(rules.digests.items()) if name not in AFTER]
    return digest_of([*facts, *code, *(f"{k} {v}" for k, v in sorted(reader_versions().items()))])


def scan_or_fail(options: Options, ledger: book.Ledger) -> tuple[list[Input], Known, list[Issue]]:
    """The inputs; InputError where the raw folder is missing or holds no file."""
    if options.engine is None and not options.raw.exists():
        raise InputError(f"{options.raw}: no such folder or file; put newspapers there or name another with --raw")
    inputs, seen, issues = options.engine.scan(ledger.seen) if options.engine else scan(options.raw, ledger.seen)
    if not inputs:
        hint = "put newspaper pages there (docs/formats.md lists the formats)"
        raise InputError(f"{options.raw}: no file to read; {hint}{first_reasons(issues)}")
    return inputs, seen, issues


def to_extract(ledger: book.Ledger, inputs: Sequence[Input]) -> list[Input]:
    """Inputs not yet extracted, and those that met a passing fault (a crash, too little memory) the last time."""
    new = {i.path for i in book.new_inputs(ledger, inputs)}
    return [i for i in inputs if i.path in new or any(x["kind"] in PASSING for x in ledger.files[i.path].issues)]


def extract_new(options: Options, ledger: book.Ledger, todo: list[Input], rules: Rules, key: str) -> None:
    """Extract what is not in the ledger yet, with progress in bytes of input."""
    options.progress("extract", 0, 1)
    if not todo:
        return
    job = Job(folder_of(options.raw), options.out / "cache", options.reference)
    sizes = {i.path: max(1, i.size) for i in todo}
    total, read, seen = sum(sizes.values()), 0, set[str]()
    taken = sorted({r.segment for r in ledger.files.values()})  # a segment in use is never written again
    name = digest_of([key, *taken, *(f"{i.path} {i.digest}" for i in todo)])
    process = options.engine.process if options.engine else process_all
    for done in book.write_segment(ledger, name, todo, process(job, todo, rules, options.workers)):
        if done.path not in seen:
            seen.add(done.path)
            read += sizes[done.path]
            options.progress("extract", read, total)
    book.save_ledger(ledger)


def build_parts(
    options: Options, ledger: book.Ledger, inputs: Sequence[Input], corrections: Corrections, key: str
) -> list[Part]:
    """The table's parts, corrected and linked."""
    options.progress("link", 0, 1)
    maker = Maker(
        options.out / "cache",
        digest_of([key, corrections.digest]),
        lambda articles, events: correct(corrections, articles, events),
        lambda events: correct_links(corrections, events),
        lambda articles, events: candidates_of(corrections.rules, articles, events),
    )
    return make_parts(maker, ledger, inputs, lambda done, total: options.progress("link", done, total))


def without_article(ledger: book.Ledger, inputs: Sequence[Input]) -> list[Issue]:
    """Files that were read but hold no article."""
    records = [(i.path, ledger.files[i.path]) for i in inputs]
    empty = [p for p, r in records if not r.articles and not any(x["severity"] == "error" for x in r.issues)]
    return [Issue("no-article", "该文件中没有找到报道", "warning", p) for p in empty]


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
    ledger: book.Ledger, inputs: Sequence[Input], todo: Sequence[Input], parts: Sequence[Part], rules: Rules
) -> dict[str, Any]:
    """What went in and what came out."""
    return {
        "counts": {
            "files": len(inputs),
            "new_files": len(todo),
            "pages": sum(ledger.files[i.path].pages for i in inputs),
            **totals(parts, "counts"),
        },
        "filled": totals(parts, "filled"),
        "papers": merged_papers(parts),
        "candidates": merged(part.facts["candidates"] for part in parts),
        "inputs": [{"path": i.path, "size": i.size, "digest": i.digest} for i in inputs[:5000]],
        "rules": rules.digests,
        "software": software(),
    }


def signalled(issues: Sequence[Issue]) -> dict[str, Any]:
    """Issues by kind with samples, and what was set aside."""
    kinds = Counter(i.kind for i in issues)
    return {
        "issues": dict(kinds.most_common()),
        "issue_samples": [asdict(i) for kind in kinds for i in [x for x in issues if x.kind == kind][:SAMPLES]],
        "quarantine": [
            {"source_path": i.source_path, "where": i.where, "kind": i.kind, "message": i.message}
            for i in issues
            if i.severity == "error"
        ],
    }


def merged_papers(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Coverage of all parts: which paper arrived for which day."""
    rows = [row for part in parts for row in part.facts["papers"]]
    return sorted(rows, key=lambda r: (r["newspaper"] or "", r["published_on"] or ""))


def software() -> dict[str, str]:
    """Versions that can change a result."""
    return {"campaign-tracker": etl.__version__, "python": platform.python_version(), "pyarrow": pa.__version__}
