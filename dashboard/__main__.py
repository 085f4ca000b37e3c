"""`python -m dashboard`: serves the dashboard on this machine and opens the browser where there is a display.

`python -m dashboard brief --week 2023-W11 --district 平城区` writes the weekly briefing instead,
`python -m dashboard assets DIR` the packed files that nginx sends in the dashboard's place.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(argv: list[str] | None = None) -> int:
    """Exit code: 0, or that of the server; 2 for arguments that make no sense; 64 for access that cannot be given."""
    args = parse(argv)
    if args.command == "brief":
        from dashboard.brief import command  # so that the server starts without loading it

        return command(args)
    if args.command == "assets":
        from dashboard import assets

        return assets.command(args.folder)
    return serve(args)


def parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m dashboard", description="专项行动追踪：仪表板")
    parser.add_argument("--data", type=Path, help="data folder (default: data/ beside the program)")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--address", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--base-path", default="", help="path below which a reverse proxy serves the dashboard")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    commands = parser.add_subparsers(dest="command")
    brief = commands.add_parser("brief", help="write the weekly briefing (周报) as DOCX, PDF and HTML")
    brief.add_argument("--week", required=True, help="ISO week, e.g. 2023-W11")
    brief.add_argument("--district", help="name or code of the place; everything if left out")
    brief.add_argument("--out", type=Path, default=Path(), help="folder to write to")
    brief.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="data folder")
    brief.add_argument(
        "--format", choices=("docx", "pdf", "html"), action="append", help="only this format (may be repeated)"
    )
    assets = commands.add_parser("assets", help="pack the front end's files for nginx (docs/operations.md)")
    assets.add_argument("folder", type=Path, help="folder to fill, e.g. /var/cache/campaign-tracker/assets")
    return parser.parse_args(argv)


def serve(args: argparse.Namespace) -> int:
    """Run Streamlit without questions, statistics or a look at the home folder's settings."""
    from dashboard import access  # it loads Streamlit, which the briefing does without

    environment = dict(os.environ)
    try:
        options, more = access.server_options(args.address, environment)
    except access.AccessError as error:
        print(f"error: {error}", file=sys.stderr)
        return 64
    environment |= more
    if args.data:
        environment["CAMPAIGN_DATA"] = str(args.data.resolve())
    if importlib.util.find_spec("dashboard") is None or "PYTHONPATH" not in environment:
        environment["PYTHONPATH"] = os.pathsep.join(
            p for p in (str(HERE.parent), environment.get("PYTHONPATH", "")) if p
        )
    command = [
        sys.executable, "-m", "dashboard.server", str(HERE / "app.py"),
        "--server.address", args.address, "--server.port", str(args.port), "--server.headless", "true",
        "--server.showEmailPrompt", "false", "--browser.gatherUsageStats", "false", "--server.baseUrlPath", args.base_path, *options,
    ]  # fmt: skip
    url = f"http://{args.address}:{args.port}/{args.base_path.strip('/')}"
    print(f"专项行动追踪 · 仪表板：{url}  （按 Ctrl+C 停止）", flush=True)
    if not args.no_browser and has_display():
        threading.Thread(target=open_when_ready, args=(args.address, args.port, url), daemon=True).start()
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 — our own command
    except KeyboardInterrupt:
        return 0


def has_display() -> bool:
    """Whether a browser could show anything here."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_when_ready(address: str, port: int, url: str, seconds: float = 30.0) -> None:
    """Open the browser as soon as the server answers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex((address, port)) == 0:
                webbrowser.open(url)
                return
        time.sleep(0.3)


if __name__ == "__main__":
    sys.exit(main())
