"""A worker process: what it imports to be ready, and that it works without the rest."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

CODE = """
import gc, sys
from pathlib import Path
from etl.start import start_worker
from etl.rules import DEFAULT_ROOT
start_worker(DEFAULT_ROOT)
heavy = {"numpy", "pandas", "lxml", "duckdb", "pyarrow.parquet"} & sys.modules.keys()
from etl.models import Page
from etl.work import Job, Part, worker_task
page = Page("a.txt", "平城区水泊寺街道开展反诈宣传\\n本报讯 5月6日，水泊寺街道开展反诈宣传活动，走访居民120户。")
result = worker_task(Job(Path(), Path(), Path()), Part("a.txt", 0, (page,)))
import numpy
print(sorted(heavy), gc.isenabled(), [(rows.name, rows.quarters) for rows in result.rows], numpy.arange(3).sum())
"""


def test_a_worker_imports_no_numpy_and_packs_without_it() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[] True [('article', (('undated', 1),)), ('event', (('undated', 1),))] 3"
