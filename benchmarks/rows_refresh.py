"""A weekly refresh of a table of millions of events: the state that earlier runs left is crafted, the run is real.

Crafted: the ledger with one file a newspaper and week, extracted segments of the two newest quarters (articles of about
1,000 characters), finished parts of all older quarters (whose texts are short: a refresh links their files and reads
nothing but their counts). Real: `python -m etl run` over the folder with one more file.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

from benchmarks.rows_extract import run_etl, write_daily
from benchmarks.tables import QUARTERS, connection, make_quarter, published

PAPERS, WEEKS = 340, 13
CLAUSES = 45


def refresh(data: Path, events: int, new: int) -> dict[str, Any]:
    """Seconds and memory of a run with `new` articles on top of `events` events."""
    out, raw = data / f"refresh-{events}", data / f"refresh-{events}-raw"
    for folder in (out, raw):
        shutil.rmtree(folder, ignore_errors=True)
    craft(published(data, events), out, raw, events)
    write_daily(raw / "new", new, seed=11, first=dt.date(2023, 12, 18))
    found = run_etl(raw, out, "--workers", "2", "--accept")
    report = json.loads((out / "run.json").read_text("utf-8"))
    shutil.rmtree(out)
    shutil.rmtree(raw)
    return {
        "events": report["counts"]["events"],
        "articles": report["counts"]["articles"],
        "files": report["counts"]["files"],
        "new": new,
    } | found


def craft(table: Path, out: Path, raw: Path, events: int) -> None:
    """The folder as last week's run left it."""
    from etl.corrections import load_corrections
    from etl.inputs import Input
    from etl.ledger import Ledger, save_ledger
    from etl.parts import Maker, stem_of
    from etl.pipeline import work_key
    from etl.rules import DEFAULT_ROOT, load_rules
    from etl.store import digest_of, write_bytes

    rules = load_rules()
    corrections = load_corrections(DEFAULT_ROOT, rules)
    key = work_key(rules)
    ledger = Ledger(out / "cache" / "extract" / key, {}, {})
    maker = Maker(
        out / "cache", digest_of([key, corrections.digest]), lambda a, e: (a, e, []), lambda e: (e, []), lambda a, e: []
    )
    inputs: dict[str, list[Input]] = {}
    for quarter in QUARTERS:
        inputs[quarter] = [
            deliver(raw, ledger, quarter, week, paper) for week in range(WEEKS) for paper in range(PAPERS)
        ]
    version = next((table / "versions").glob("v*"))
    (out / "cache" / "parts").mkdir(parents=True)
    con = connection()
    for number, quarter in enumerate(QUARTERS):
        before = inputs[QUARTERS[number - 1]] if number else []
        if number >= len(QUARTERS) - 2:
            segment(con, ledger, number, quarter, events // len(QUARTERS), [i.path for i in inputs[quarter]])
        if number == len(QUARTERS) - 1:
            break
        stem = stem_of(maker, quarter, inputs[quarter], before)
        for kind in ("articles", "events"):
            os.link(version / f"{kind}.parquet" / f"{quarter}.parquet", stem.with_name(f"{stem.name}.{kind}.parquet"))
        write_bytes(stem.with_name(f"{stem.name}.json"), json.dumps(facts(version, quarter)).encode())
    save_ledger(ledger)


def deliver(raw: Path, ledger: Any, quarter: str, week: int, paper: int) -> Any:
    """An empty file that the ledger knows: one newspaper's week."""
    from etl.inputs import Input
    from etl.ledger import FileRecord

    name = f"{quarter}/{week:02d}/{paper:03d}.jsonl"
    path = raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    stat = path.stat()
    digest = f"{hash(name) & 0xFFFFFFFF:032x}"
    ledger.files[name] = FileRecord(
        digest, f"s-{quarter}" if quarter in QUARTERS[-2:] else "s-old", 1, 1, [quarter], []
    )
    ledger.seen[name] = (stat.st_size, stat.st_mtime_ns, digest)
    (ledger.folder / ledger.files[name].segment).mkdir(parents=True, exist_ok=True)
    return Input(name, stat.st_size, digest)


def segment(con: Any, ledger: Any, number: int, quarter: str, rows: int, paths: list[str]) -> None:
    """What was extracted of one quarter, as the ledger keeps it."""
    from etl.models import Article, Event
    from etl.pack import segment_schema

    articles, events = make_quarter(con, number, rows, order=False, clauses=CLAUSES)
    for name, cls, made in (("events", Event, lambda: events), ("articles", Article, articles)):
        file = ledger.folder / f"s-{quarter}" / f"{quarter}.{name}.arrow"
        with ipc.new_file(str(file), segment_schema(cls)) as writer:
            for batch in made():
                ids = batch.column("article_id").to_pylist()
                where = pa.array([paths[int(i[:8], 16) % len(paths)] for i in ids], pa.string())
                whole = pa.RecordBatch.from_arrays([*batch.columns, where], schema=segment_schema(cls))
                for start in range(0, len(whole), 2000):
                    writer.write_batch(whole.slice(start, 2000))


def facts(version: Path, quarter: str) -> dict[str, Any]:
    """What a finished part says of itself."""
    from etl.parts import FILLED, papers_of

    events = pq.read_table(version / "events.parquet" / f"{quarter}.parquet", columns=[*FILLED, "duplicate_of"])
    articles = pq.read_table(
        version / "articles.parquet" / f"{quarter}.parquet", columns=["newspaper", "published_on", "article_id", "page"]
    )
    return {
        "counts": {
            "articles": len(articles), "events": len(events), "metrics": int(np.round(4.4 * len(events))),
            "duplicates": len(events) - events["duplicate_of"].null_count,
        },
        "filled": {name: len(events) - events[name].null_count for name in FILLED},
        "papers": papers_of(articles), "issues": [], "candidates": [],
    }  # fmt: skip
