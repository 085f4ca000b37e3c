"""Server time of each interaction at a given size: `python -m tests.dashboard_speed DATA` (make DATA with tests.dashboard_fixture).

Runs the views as AppTest does, without a browser, in an open session; each link is new to the process (no cached answers),
then comes again. On a busy machine the CPU time says more than the wall time.
"""

from __future__ import annotations

import logging
import os
import statistics
import sys
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.controls import EXTRAS
from dashboard.filters import read
from tests.test_dashboard_views import page

LINKS: tuple[tuple[str, dict[str, str]], ...] = (
    ("overview", {}), ("overview", {"period": "4w"}), ("overview", {"period": "year", "place": "15"}), ("overview", {"campaign": "fire-safety"}),
    ("overview", {"by": "event", "period": "12w"}), ("overview", {"group": "安全应急"}), ("overview", {"place": "140101"}), ("campaigns", {}),
    ("campaigns", {"campaign": "fire-safety"}), ("campaigns", {"campaign": "fire-safety,anti-fraud"}), ("campaigns", {"campaign": "anti-fraud", "period": "year"}),
    ("places", {}), ("places", {"place": "1401"}), ("places", {"place": "140101"}), ("places", {"place": "140101", "part": "campaigns"}), ("places", {"place": "140101001"}),
    ("indicators", {}), ("indicators", {"campaign": "fire-safety"}), ("indicators", {"place": "140101"}), ("indicators", {"period": "4w"}), ("events", {}),
    ("events", {"campaign": "fire-safety"}), ("events", {"place": "140101"}), ("events", {"page": "7"}), ("events", {"q": "消防 商户", "place": "140101"}), ("brief", {}),
    ("brief", {"place": "140101"}), ("quality", {}), ("quality", {"part": "coverage"}), ("quality", {"part": "unplaced"}),
)  # fmt: skip


def main(folder: str) -> None:
    os.environ["CAMPAIGN_DATA"] = folder
    logging.disable(logging.WARNING)
    found = data.find(Path(folder))
    assert found is not None
    catalog = data.open_desk(found.key, str(found.events), str(found.articles)).catalog
    first, again = [], []
    apps: dict[str, AppTest] = {}
    print("view, link: wall ms and CPU ms (all threads), first and again")
    for name, url in LINKS:
        if name not in apps:  # a reader's session is open; what is timed is one interaction in it
            apps[name] = AppTest.from_function(
                page, default_timeout=120, kwargs={"name": name, "url": {}, "lang": "zh", "wall": False}
            )
            apps[name].run()
        app, times = apps[name], []
        for _ in range(2):
            app.session_state["filters"] = read(url, catalog)[0]
            app.session_state["extras"] = {k: v for k, v in url.items() if k in EXTRAS}
            began, cpu = time.perf_counter(), time.process_time()
            app.run()
            times.append(((time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000))
        assert not app.exception, (name, url, app.exception)
        first.append(times[0])
        again.append(times[1])
        print(f"{name:11s} {url!s:60s} {times[0][0]:7.0f} {times[0][1]:7.0f} {times[1][0]:7.0f} {times[1][1]:7.0f}")
    for label, values in (("first", first), ("again", again)):
        for kind, at in (("wall", 0), ("CPU", 1)):
            of = sorted(v[at] for v in values)
            print(
                f"{label}, {kind}: median {statistics.median(of):.0f} ms, p95 {of[int(len(of) * 0.95) - 1]:.0f} ms, worst {of[-1]:.0f} ms"
            )


if __name__ == "__main__":
    main(sys.argv[1])
