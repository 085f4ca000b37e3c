"""Processes for the crash test: one that forks a run for each line it is told (so that a kill costs no interpreter
start), and one that reads the published set over and over, as the dashboard and an analyst do."""

from __future__ import annotations

import json
import os
import select
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq


def serve() -> None:
    """For each line, a JSON list of arguments: fork `python -m etl …`; print its pid, its phases, its exit status."""
    from etl.__main__ import main

    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.write(1, f"pid {os.getpid()}\n".encode())
            os.dup2(1, 2)  # the phases, which go to standard error, into the pipe
            os._exit(main(json.loads(line)))
        _, status = os.waitpid(pid, 0)
        os.write(1, f"\nexit {os.waitstatus_to_exitcode(status)}\n".encode())


def watch(out: Path) -> None:
    """Read until standard input is closed; print how often, and every wrong read."""
    reads, wrong = 0, []
    while not readable():
        for check in (whole_set, plain):
            try:
                fault = check(out)
            except Exception as error:  # noqa: BLE001 - whatever a reader meets is the finding
                fault = f"{check.__name__}: {type(error).__name__}: {error}"
            reads += 1
            if fault:
                wrong.append(fault)
        time.sleep(0.02)
    print(json.dumps({"reads": reads, "wrong": wrong[:20]}), flush=True)


def readable() -> bool:
    """Whether standard input has something, or its end."""
    return bool(select.select([0], [], [], 0)[0])


def whole_set(out: Path) -> str | None:
    """The version that run.json names: both tables whole, of the counts that it says, each event with its article."""
    run: dict[str, Any] = json.loads((out / "run.json").read_text(encoding="utf-8"))
    folder = out / "versions" / run["version"]
    events, articles = pq.read_table(folder / "events.parquet"), pq.read_table(folder / "articles.parquet")
    if (len(events), len(articles)) != (run["counts"]["events"], run["counts"]["articles"]):
        return f"{run['version']}: {len(events)} events, {len(articles)} articles, but {run['counts']}"
    if not pc.all(pc.is_in(events["article_id"], articles["article_id"].combine_chunks())).as_py():
        return f"{run['version']}: an event without its article"
    return None


def plain(out: Path) -> str | None:
    """data/events.parquet as an analyst opens it."""
    with (out / "events.parquet").open("rb") as handle:
        rows = pq.read_table(handle)
    return None if len(rows) else "no row in events.parquet"


if __name__ == "__main__":
    serve() if sys.argv[1] == "serve" else watch(Path(sys.argv[2]))
