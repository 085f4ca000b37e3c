"""Streamlit's server in this process, with the table opened before the first reader comes. `python -m dashboard` starts it.

`python -m dashboard.server dashboard/app.py --server.port 8501 …` takes what `streamlit run` takes.
"""

from __future__ import annotations

import importlib
import logging
import sys
import threading
from collections.abc import Sequence

VIEWS = ("overview", "campaigns", "places", "indicators", "events", "brief", "quality")
log = logging.getLogger(__name__)


def main(arguments: Sequence[str]) -> None:
    """Serve until stopped; ends the process with the server's exit code."""
    from streamlit.web import cli

    threading.Thread(target=warm, daemon=True).start()
    cli.main(["run", *arguments], prog_name="streamlit")


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


if __name__ == "__main__":
    main(sys.argv[1:])
