"""The peers in their own environment (jionlp pulls in a GPL package, so it is never installed beside the project)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FOLDER = HERE / ".peers"
WANTED = ("jionlp", "cpca", "jieba", "setuptools<81")  # cpca's old dependencies import pkg_resources


def prepare() -> str | None:
    """Make the environment unless it is there; a reason where it cannot be made."""
    if (FOLDER / "ready").exists():
        return None
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], check=True, capture_output=True)
        command = [str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *WANTED]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
    except (OSError, subprocess.SubprocessError) as error:
        return f"peers cannot be installed: {str(error)[:200]}"
    (FOLDER / "ready").touch()
    return None


def python() -> Path:
    """The environment's interpreter."""
    return FOLDER / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def rates(texts: list[str], seconds: float) -> dict[str, Any]:
    """Articles a second of each peer on `texts`; {"skipped": reason} where they are not available."""
    if reason := prepare():
        return {"skipped": reason}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.json"
        path.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
        done = subprocess.run(
            [str(python()), str(HERE / "peer_run.py"), str(path), str(seconds)],
            capture_output=True,
            text=True,
            timeout=900,
        )
    if done.returncode:
        return {"skipped": f"peers failed: {done.stderr.strip()[-200:]}"}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
