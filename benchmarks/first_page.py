"""The first page as a new reader meets it: the shipped nginx site with its packed files before the real dashboard, in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.measure import MB, spread

VISITS = 6  # the first of them meets the table just opened and is told apart
# Notes when the first chart stands and when the script has ended and every chart is drawn; milliseconds since the request.
WATCH = """window.seen = {}; new MutationObserver(() => {
    const charts = [...document.querySelectorAll('.js-plotly-plot')], at = performance.now();
    const drawn = e => e.querySelector('.main-svg :is(.bars, .geo, .points, .scatterlayer) path, .main-svg .hm image');
    if (charts.some(e => e.querySelector('.main-svg'))) seen.first ??= at;
    const ended = document.querySelector('[data-test-script-state=notRunning]');
    if (ended && charts.length && charts.every(drawn)) seen.all ??= at;
}).observe(document, {childList: true, subtree: true, attributes: true, attributeFilter: ['data-test-script-state']})"""


def measure(table: Path, kept: Path) -> dict[str, Any]:
    """Bytes and seconds of the first page of `table`; `kept` is where the packed files stay for the next time."""
    nginx, chromium = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"), shutil.which("chromium")
    if not nginx or not chromium or not shutil.which("openssl"):
        return {"skipped": "no nginx, chromium or openssl"}
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {"skipped": "no playwright"}
    with site(nginx, table, kept) as (url, log), sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        visits = [visit(browser, url) for _ in range(VISITS)]
        browser.close()
        time.sleep(1)  # until nginx has noted the last page's end
        told = re.findall(r'"GET /_stcore/stream[^"]*" 101 (\d+)', log.read_text("utf-8"))
    sockets = [int(n) / MB for n in told]
    files, first, drawn = zip(*visits[1:], strict=True)
    return {
        "MB": spread([f / MB + s for f, s in zip(files, sockets[1:], strict=True)]),
        "files MB": spread([f / MB for f in files]),
        "session MB": spread(sockets[1:]),
        "first chart seconds": spread(list(first)),
        "all charts seconds": spread(list(drawn)),
        "first visitor's first chart": visits[0][1],
    }


def visit(browser: Any, url: str) -> tuple[float, float, float]:
    """A browser that was never here: bytes of all files, seconds to the first chart and to the last."""
    from tests.test_deploy import PASSWORDS

    context = browser.new_context(
        ignore_https_errors=True,
        viewport={"width": 1440, "height": 900},
        http_credentials={"username": "reader", "password": PASSWORDS["reader"]},
    )
    page = context.new_page()
    page.add_init_script(WATCH)
    talk, received = context.new_cdp_session(page), list[float]()
    talk.send("Network.enable")
    talk.on("Network.loadingFinished", lambda e: received.append(e["encodedDataLength"]))
    page.goto(url)
    page.wait_for_function("window.seen.all", timeout=120_000)
    page.wait_for_timeout(2000)
    seen = page.evaluate("window.seen")
    context.close()
    return sum(received), seen["first"] / 1000, seen["all"] / 1000


@contextmanager
def site(nginx: str, table: Path, kept: Path) -> Iterator[tuple[str, Path]]:
    """The documented deployment on ports of this machine: its address and nginx's log."""
    from benchmarks.rows_dashboard import server
    from dashboard import assets
    from tests.live import free_port
    from tests.test_deploy import configuration

    assets.write(kept)
    auth = {"DASHBOARD_AUTH": "proxy", "DASHBOARD_HOSTS": "localhost"}
    with tempfile.TemporaryDirectory() as name, mock.patch.dict(os.environ, auth), server(table) as (address, _):
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        config = configuration(folder, port, free_port(), int(address.rsplit(":", 1)[1]))
        (folder / "assets").symlink_to(kept.resolve())
        with subprocess.Popen([nginx, "-p", name, "-c", str(config)], stderr=subprocess.DEVNULL) as child:
            time.sleep(1)
            try:
                yield f"https://localhost:{port}/", folder / "campaign-tracker.log"
            finally:
                child.terminate()
