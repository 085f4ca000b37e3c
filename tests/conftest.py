"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from etl.rules import Rules, load_rules

ROOT = Path(__file__).resolve().parents[1]


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
