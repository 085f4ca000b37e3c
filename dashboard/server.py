"""Streamlit's server in this process, with the table opened before the first reader comes. `python -m dashboard` starts it.

`python -m dashboard.server dashboard/app.py --server.port 8501 …` takes what `streamlit run` takes.
"""

from __future__ import annotations

import gc
import importlib
import logging
import sys
import threading
import time
from collections.abc import Sequence

TIDY_SECONDS, TIDY_AFTER = 10.0, 2  # how often, and after how many small collections, all garbage is looked for
TIDY_LATEST = 60.0  # seconds after which that is no longer put off until nobody waits for a page
# Objects before a small collection, and small and larger ones before the next larger one (Python: 700, 10, 10).
YOUNG, OLDER, OLD = 20_000, 20, 20
VIEWS = ("overview", "campaigns", "places", "indicators", "events", "brief", "quality")
log = logging.getLogger(__name__)


def main(arguments: Sequence[str]) -> None:
    """Serve until stopped; ends the process with the server's exit code."""
    from streamlit.web import cli

    gc.set_threshold(YOUNG, OLDER, OLD)
    for work in (warm, tidy):
        threading.Thread(target=work, daemon=True).start()
    cli.main(["run", *arguments], prog_name="streamlit")


def tidy() -> None:
    """Collect garbage now and then, while nobody waits for a page, and give memory back, so that the process stays as large as it is.

    Streamlit would after each run of the script (`runner.postScriptGC`): with twenty readers that took three fifths of the time.
    """
    from dashboard import data
    from dashboard.tables import give_back

    before, since = 0, time.monotonic()
    while True:
        time.sleep(TIDY_SECONDS if time.monotonic() - since < TIDY_SECONDS else 1)
        due = gc.get_stats()[0]["collections"] - before >= TIDY_AFTER
        if not due:
            since = time.monotonic()
        elif data.turns().idle() or time.monotonic() - since > TIDY_LATEST:
            gc.collect()
            give_back()
            before, since = gc.get_stats()[0]["collections"], time.monotonic()


def warm() -> None:
    """Open the table and load the pages' code, so that nobody waits for them. A reader who comes meanwhile waits for this one.

    Whatever goes wrong here is met again, and told, by the first reader's page.
    """
    import duckdb

    from dashboard import data

    try:
        found = data.find(data.root())
        if found is not None:
            data.open_desk(found.key, str(found.events), str(found.articles))
    except (duckdb.Error, OSError):
        log.warning("could not open the table yet", exc_info=True)
    for name in VIEWS:
        importlib.import_module(f"dashboard.views.{name}")
    data.settle()


if __name__ == "__main__":
    main(sys.argv[1:])
