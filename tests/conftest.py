"""Fixtures that all tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.rules import Rules, load_rules

ROOT = Path(__file__).resolve().parents[1]


MAIN = sys.modules["__main__"]


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """AppTest puts its script in `__main__`'s place and may leave it there; spawned workers would then run it."""
    sys.modules["__main__"] = MAIN
    yield
    sys.modules["__main__"] = MAIN


@pytest.fixture(scope="session")
def rules() -> Rules:
    """The project's own rules, loaded once."""
    return load_rules()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages, articles and gold; the test is skipped where it is absent."""
    folder = Path(os.environ.get("SHARED_DIR", ROOT.parent / "shared"))
    if not (folder / "gold").is_dir():
        pytest.skip(f"no real pages and articles at {folder}")
    return folder
