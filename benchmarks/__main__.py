"""``python -m benchmarks [--quick] [--only ROW …]``: measures every row, each in a process of its own; writes RESULTS.md."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import results as page
from benchmarks import rows_dashboard as board
from benchmarks import rows_extract as ex
from benchmarks import rows_refresh as weekly
from benchmarks.measure import machine

HERE = Path(__file__).parent
DATA = HERE / ".data"


def rows(quick: bool) -> dict[str, Callable[[], dict[str, Any]]]:
    """What is measured, in this order; smaller sizes with --quick."""
    return {
        "one-core": lambda: ex.one_core(300 if quick else 1000, 2 if quick else 10),
        "interpreters": lambda: ex.interpreters(300 if quick else 1000, 2 if quick else 5),
        "cores": lambda: ex.cores(2000 if quick else 20_000),
        "worker": ex.worker,
        "junk": ex.junk,
        "city": lambda: ex.city(11_000 if quick else 110_000),
        "growth": lambda: ex.growth(2_000 if quick else 20_000, 20_000 if quick else 200_000),
        "million": lambda: board.questions(DATA, 1_000_000, 6 if quick else 10),
        "views": lambda: board.views(DATA, 1_000_000, 5 if quick else 15),
        "first-page": lambda: board.first_page(DATA, 1_000_000),
        "ten-million": lambda: board.questions(DATA, 2_500_000 if quick else 10_000_000, 6 if quick else 12),
        "pandas": lambda: board.with_pandas(DATA, 2_500_000 if quick else 10_000_000),
        "refresh": lambda: weekly.refresh(DATA, 2_500_000 if quick else 10_000_000, 300),
    }


def main() -> int:
    """Run rows in processes of their own, keep what each gave, write the results."""
    top = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    top.add_argument("--quick", action="store_true", help="smaller sizes, about three minutes")
    top.add_argument(
        "--only", nargs="*", default=[], metavar="ROW", help="measure these rows, keep the others' figures"
    )
    top.add_argument("--row", help=argparse.SUPPRESS)
    args = top.parse_args()
    known = rows(args.quick)
    if args.row:
        print(json.dumps(known[args.row]()))
        return 0
    DATA.mkdir(exist_ok=True)
    kept = DATA / ("quick.json" if args.quick else "results.json")
    results: dict[str, Any] = json.loads(kept.read_text("utf-8")) if args.only and kept.exists() else {}
    results["machine"] = machine()
    results["measured"] = dt.date.today().isoformat()
    for name in args.only or known:
        began = time.perf_counter()
        print(f"{name} …", file=sys.stderr, flush=True)
        results[name] = measured(name, args.quick)
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        kept.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        ((DATA / "QUICK.md") if args.quick else (HERE / "RESULTS.md")).write_text(
            page.write(results, args.quick), encoding="utf-8"
        )
    return 0


def measured(name: str, quick: bool) -> dict[str, Any]:
    """One row in a process of its own; its failure is a result, not the end."""
    command = [sys.executable, "-m", "benchmarks", "--row", name, *(["--quick"] if quick else [])]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parent)
    if done.returncode:
        return {"failed": done.stderr.strip()[-1500:]}
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


if __name__ == "__main__":
    sys.exit(main())
