"""The real dashboard on a real port, with a table made by a real run; used by the tests of access, nginx and load."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etl.__main__ import main
from tests.conftest import ROOT

BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_table(out: Path) -> Path:
    """The sample's table."""
    assert main(["run", "--out", str(out), "--quiet", "--workers", "1"]) == 0
    return out


@contextlib.contextmanager
def dashboard(folder: Path, port: int = 0, **env: str) -> Iterator[str]:
    """`python -m dashboard` on 127.0.0.1; yields its address once it answers."""
    port = port or free_port()
    call = [sys.executable, "-m", "dashboard", "--no-browser", "--port", str(port), "--data", str(folder)]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("DASHBOARD_")}
    log = (folder / "server.log").open("ab")
    process = subprocess.Popen(call, cwd=ROOT, env=clean | env, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        log.close()


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} does not answer")


def chromium() -> str:
    """Debian's chromium; the test is skipped where there is none."""
    found = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if found is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    return found


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright")
    path = chromium()
    with playwright.sync_playwright() as play:
        found = play.chromium.launch(executable_path=path, args=BROWSER)
        yield found
        found.close()
