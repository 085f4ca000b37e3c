"""Pictures of each page for docs/screenshots: `python -m tests.browser.screenshots [DATA]` (default: data/, after `python -m etl run`).

Each page at 1440×900 in light, and the overview in dark, on a phone (390×844), on a wall (1920×1080) and in English.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.browser.conftest import ARGUMENTS, ROOT, chromium, start, stop, visit

OUT = ROOT / "docs" / "screenshots"
DESK, PHONE, WALL = (1440, 900), (390, 844), (1920, 1080)
SHOTS: tuple[tuple[str, str, tuple[int, int], str], ...] = (
    ("overview", "", DESK, "light"), ("overview-dark", "", DESK, "dark"), ("overview-phone", "", PHONE, "light"), ("overview-wall", "?wall=1", WALL, "dark"),
    ("overview-en", "?lang=en", DESK, "light"), ("campaigns", "campaigns", DESK, "light"), ("campaign", "campaigns?campaign=fire-safety", DESK, "light"),
    ("places", "places", DESK, "light"), ("district", "places?place=140213", DESK, "light"), ("district-dark", "places?place=140213", DESK, "dark"),
    ("indicators", "indicators", DESK, "light"), ("events", "events", DESK, "light"), ("events-phone", "events", PHONE, "light"), ("brief", "brief", DESK, "light"),
    ("data", "data", DESK, "light"), ("data-coverage", "data?part=coverage", DESK, "light"),
)  # fmt: skip


def take(browser: Any, server: Any, name: str, path: str, size: tuple[int, int], scheme: str) -> None:
    """One picture."""
    options = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": scheme}
    for found in visit(browser, server, **options):
        found.open(path)
        found.page.wait_for_timeout(1200)
        found.page.screenshot(path=OUT / f"{name}.png")
        print(OUT / f"{name}.png")


def main(folder: Path) -> int:
    path = chromium()
    if path is None:
        print("no Chromium here: apt-get install chromium fonts-noto-cjk", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    OUT.mkdir(parents=True, exist_ok=True)
    server = start(folder)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            for shot in SHOTS:
                take(browser, server, *shot)
            browser.close()
    finally:
        stop(server)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data"))
