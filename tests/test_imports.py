"""The layers of design: who may import whom, what touches files, and where the clock is read."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

STEPS = {"split", "locate", "dates", "classify", "measure", "masthead"}
MODULES = sorted([*(ROOT / "etl").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")], key=str)
IDS = [p.relative_to(ROOT).as_posix() for p in MODULES]


def imported(path: Path) -> set[str]:
    """Dotted names that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return names


def ours(path: Path) -> set[str]:
    """Our own modules that a module imports, without the names inside them."""
    return {n for n in imported(path) if n.split(".")[0] in {"etl", "dashboard"}}


def step_of(path: Path) -> str | None:
    """The step that a module belongs to: dates.py, dates_lunar.py and dates/x.py are all of dates."""
    parts = path.relative_to(ROOT).parts
    return next((s for s in STEPS if parts[0] == "etl" and parts[1].removesuffix(".py").split("_")[0] == s), None)


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_layers(path: Path) -> None:
    name, used = path.relative_to(ROOT).as_posix(), ours(path)
    if name.startswith("etl/"):
        assert not {u for u in used if u.startswith("dashboard")}, "etl never imports dashboard"
    else:
        allowed = ("etl.models", "etl.rules", "dashboard")
        assert {u for u in used if not u.startswith(allowed) and u != "etl"} == set()
    if name == "etl/models.py" or name == "etl/text.py":
        assert used == set()
    step = step_of(path)
    if step:
        others = {u for u in used if [*u.split("."), ""][1].split("_")[0] in STEPS - {step}}
        assert others == set(), "steps never import one another"


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_clock_is_read_only_at_the_edge(path: Path) -> None:
    edge = {"etl/__main__.py", "dashboard/app.py", "dashboard/__main__.py"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "today", "utcnow"}
    }
    assert not calls or path.relative_to(ROOT).as_posix() in edge


@pytest.mark.parametrize(
    "path", [p for p in MODULES if step_of(p)], ids=[i for p, i in zip(MODULES, IDS, strict=True) if step_of(p)]
)
def test_steps_touch_no_file(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    attributes = {n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    names = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert not (attributes & {"read_text", "read_bytes", "write_text", "write_bytes", "open"}) | (names & {"open"})
