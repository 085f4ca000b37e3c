"""A server of the real app on the fixture's tables, and a browser that writes down every request.

Both end with this package: two of Playwright's loops cannot run in one process.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.dashboard_fixture import random_tables, write

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Debian's chromium, or another name of it."""
    return next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)


@dataclass
class Server:
    """Where the app listens, and the folder that it shows."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes] = field(repr=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path) -> Server:
    """`python -m dashboard` on a free port, as a user starts it; returns when it answers."""
    port = free_port()
    command = [sys.executable, "-m", "dashboard", "--data", str(folder), "--port", str(port), "--no-browser"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1)
            return Server(url, folder, process)
        except OSError:
            time.sleep(0.3)
    process.kill()
    raise RuntimeError("the server did not answer")


def stop(server: Server) -> None:
    """End the launcher and the server that it started: they are a process group of their own."""
    import os
    import signal

    os.killpg(server.process.pid, signal.SIGTERM)
    server.process.wait(10)


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = write(tmp_path_factory.mktemp("browser"), *random_tables(500, seed=7))
    found = start(folder)
    yield found
    stop(found)


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()


@dataclass
class Visit:
    """A browser window and all that it asked for."""

    page: Any
    requests: list[str]
    server: Server

    def open(self, path: str = "") -> None:
        self.page.goto(f"{self.server.url}/{path}")
        self.page.wait_for_selector(".ct-head, .ct-empty", timeout=45_000)
        self.settle()

    def settle(self) -> None:
        """Until the run is over and nothing on the page is stale."""
        quiet = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning' && !document.querySelector('[data-stale=true]')"
        for _ in range(3):  # a run may follow upon a run
            self.page.wait_for_timeout(250)
            self.page.wait_for_function(quiet, timeout=45_000)
        assert self.page.query_selector(".stException") is None, self.page.inner_text(".stException")

    def outside(self) -> list[str]:
        """Requests to anything but the app's own server."""
        own = (self.server.url, self.server.url.replace("http", "ws"), "data:", "blob:", "about:")
        return [r for r in self.requests if not r.startswith(own)]

    def download(self, button: Any, target: Path) -> Path:
        with self.page.expect_download(timeout=45_000) as waiting:
            button.click()
        path = target / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path


def visit(browser: Any, server: Server, **options: Any) -> Iterator[Visit]:
    context = browser.new_context(
        **({"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN", "accept_downloads": True} | options)
    )
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda r: requests.append(r.url))
    page.on("websocket", lambda w: requests.append(w.url))
    yield Visit(page, requests, server)
    context.close()


@pytest.fixture
def window(browser: Any, server: Server) -> Iterator[Visit]:
    yield from visit(browser, server)
