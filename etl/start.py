"""How a worker process starts: a module that imports nothing of weight, so that it can say what is imported, and how.

A pool's fresh process imports the module of its initialiser first. Were that :mod:`etl.work`, Arrow would be there before
a line of ours had run.
"""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.connection
import os
import sys
import threading
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType

UNUSED = frozenset({"numpy", "pandas"})


def start_worker(reference: Path) -> None:
    """Import the steps and load the rules once a worker; see to it that the worker ends when the run is killed."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    gc.disable()  # nothing of what follows is garbage; `take_up` turns it on again
    import_arrow()
    from etl.work import take_up

    take_up(reference)


def end_with_parent() -> None:
    """Wait for the parent's end: a killed run's workers would wait for work for ever."""
    if (parent := multiprocessing.parent_process()) is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


class Without(MetaPathFinder):
    """Finds none of what a worker does not use."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Refuse it; leave all else to the other finders."""
        if name in UNUSED:
            raise ImportError(f"no {name} for Arrow in a worker")


def import_arrow() -> None:
    """Import Arrow without NumPy, which it does without where there is none (a tenth of a second), and let it find no
    pandas, which it would import for the first list that it turns into an array, to ask whether the list is one of
    pandas' own (a fifth of a second and fifty megabytes a worker). Other modules may import both later."""
    finder = Without()
    sys.meta_path.insert(0, finder)
    try:
        import pyarrow as pa

        pa.array([0])  # Arrow asks for pandas once
    finally:
        sys.meta_path.remove(finder)
