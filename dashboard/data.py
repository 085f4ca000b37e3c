"""Opens the version of the table that data/run.json names, once, and again when it was replaced. The only cached code."""

from __future__ import annotations

import csv
import gc
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
import yaml

from dashboard.coarse import coarser, rounded
from dashboard.filters import Catalog
from dashboard.tables import Store, open_store

ROOT_VARIABLE = "CAMPAIGN_DATA"  # set by `python -m dashboard --data DIR`
DEFAULT_ROOT = Path(__file__).resolve().parents[1] / "data"
ANSWERS_KEPT = 400
PATIENCE = 2.5
HELPERS = 2  # threads of one open version that ask ahead
# How prefectures are drawn where several provinces are looked at, and where most of the nation is: degrees by which their borders
# may be off (a third of a pixel; half of one), and decimals. They are most of what the first page's session sends.
COARSE = {"prefectures": (0.07, 2), "nation": (0.08, 1)}
ACCURACY = DEFAULT_ROOT.parent / "docs" / "accuracy.md"


@dataclass(frozen=True)
class Snapshot:
    """One version of the table on disk. `key` changes whenever another table takes its place."""

    key: str
    events: Path
    articles: Path
    run: dict[str, Any] = field(compare=False, hash=False)

    @property
    def version(self) -> str:
        return str(self.run.get("version") or "")


@dataclass
class Desk:
    """An open version and the answers it has given: small frames that nobody changes."""

    store: Store
    answers: OrderedDict[Any, Any] = field(default_factory=OrderedDict)
    sought: dict[Any, Future[Any]] = field(default_factory=dict)  # questions that somebody is asking now
    lock: threading.Lock = field(default_factory=threading.Lock)
    others: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(HELPERS, "ahead"))

    @property
    def catalog(self) -> Catalog:
        return self.store.catalog

    def ask(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """`query(cursor, …)`, or the answer given before: the version never changes, so neither do its answers.

        What another thread is asking already is waited for, not asked again.
        """
        key = (query.__name__, args, tuple(sorted(kwargs.items())))
        with self.lock:
            if key in self.answers:
                self.answers.move_to_end(key)
                return self.answers[key]
            others, ours = self.sought.get(key), Future[Any]()
            if others is None:
                self.sought[key] = ours
        return self.answered(key, ours, query, args, kwargs) if others is None else others.result()

    def answered(self, key: Any, told: Future[Any], query: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Ask, keep the answer, and tell those who wait for it."""
        try:
            answer = query(self.store.con.cursor(), *args, **kwargs)
        except BaseException as error:
            with self.lock:
                del self.sought[key]
            told.set_exception(error)
            raise
        with self.lock:
            del self.sought[key]
            self.answers[key] = answer
            while len(self.answers) > ANSWERS_KEPT:
                self.answers.popitem(last=False)
        told.set_result(answer)
        return answer

    def ahead(self, chain: Callable[[], object]) -> None:
        """Begin to ask what the page will ask later, beside it; a fault in it is met again, and told, when the page asks."""
        self.others.submit(chain)


@dataclass(frozen=True)
class Turns:
    """How many pages are drawn at once. Twenty threads that draw by turns of milliseconds end all at the same late time;
    one after another they end sooner, the first ones much sooner."""

    number: int
    free: threading.Semaphore
    patience: float  # seconds after which a page no longer waits: the others may be held up by something slow

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn; it ends with the block."""
        ours = self.free.acquire(timeout=self.patience)
        try:
            yield
        finally:
            if ours:
                self.free.release()

    def idle(self) -> bool:
        """Whether no page is being drawn."""
        got = [self.free.acquire(blocking=False) for _ in range(self.number)]
        for _ in filter(None, got):
            self.free.release()
        return all(got)


@st.cache_resource(show_spinner=False)
def turns() -> Turns:
    """One turn a core, for all readers of this process."""
    number = max(2, os.cpu_count() or 1)
    return Turns(number, threading.Semaphore(number), PATIENCE)


def root() -> Path:
    """The data folder."""
    return Path(os.environ.get(ROOT_VARIABLE, DEFAULT_ROOT))


def find(folder: Path) -> Snapshot | None:
    """The version that run.json names; else the two files beside it; None when there is no table yet."""
    report = folder / "run.json"
    stamp = stamp_of(report)
    run = read_report(str(report), stamp) if stamp else {}
    version = str(run.get("version") or "")
    inside = folder / "versions" / version
    if version and Path(version).name == version and (inside / "events.parquet").is_file():
        return snapshot(inside, run, stamp)
    if (folder / "events.parquet").is_file() and (folder / "articles.parquet").is_file():
        return snapshot(folder, run, stamp)
    return None


def snapshot(folder: Path, run: dict[str, Any], stamp: str) -> Snapshot:
    events, articles = folder / "events.parquet", folder / "articles.parquet"
    return Snapshot(f"{folder}|{stamp}|{stamp_of(events)}|{stamp_of(articles)}", events, articles, run)


def stamp_of(path: Path) -> str:
    """Changes when the file is replaced; empty where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_ino}.{found.st_size}.{found.st_mtime_ns}"


@st.cache_resource(max_entries=4, show_spinner=False)
def read_report(path: str, stamp: str) -> dict[str, Any]:
    """run.json; {} where it is no JSON object (the page 数据 then says that the report is missing)."""
    try:
        found = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@st.cache_resource(max_entries=2, show_spinner=False)
def open_desk(key: str, events: str, articles: str) -> Desk:
    """The open version; `key` names it, so that a replaced table is opened anew and the one before is let go."""
    warming = threading.Thread(target=warm, daemon=True)
    warming.start()
    desk = Desk(open_store(Path(events), Path(articles)))
    warming.join()
    settle()
    return desk


def warm() -> None:
    """Read the boundaries while the table is opened."""
    for kind in ("counties", *COARSE):
        shapes(kind)


def settle() -> None:
    """Let the garbage collector overlook all that stays; what an earlier version left behind is collected first.

    It walks through everything alive every so often, and the reader who clicks just then would wait 0.2 s more.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@st.cache_resource(max_entries=3, show_spinner=False)
def load_shapes(path: str, stamp: str, kind: str) -> dict[str, Any]:
    """{adcode: feature}; coordinates as tuples, through which the garbage collector need not walk."""
    features = json.loads(Path(path).read_text("utf-8"))["features"]
    if kind in COARSE:
        tolerance, decimals = COARSE[kind]
        features = rounded(coarser(features, tolerance), decimals)
    for feature in features:
        feature["geometry"]["coordinates"] = firm(feature["geometry"]["coordinates"])
    return {str(f["properties"]["adcode"]): f for f in features}


def firm(value: Any) -> Any:
    """Lists of lists as tuples of tuples."""
    return tuple(map(firm, value)) if isinstance(value, list) else value


def shapes(kind: str = "counties") -> dict[str, Any]:
    """Boundaries (`counties`, `prefectures`, or these for a map of the `nation`) of data/reference/geo by 6-digit code; {} without
    the file."""
    path = reference("geo/counties.geojson" if kind == "counties" else "geo/prefectures.geojson")
    return load_shapes(str(path), stamp_of(path), kind) if path else {}


def reference(name: str) -> Path | None:
    """A file of data/reference, of the data folder or of the project."""
    return next((p for base in (root(), DEFAULT_ROOT) if (p := base / "reference" / name).is_file()), None)


def townships() -> dict[str, tuple[str, ...]]:
    """Names of the townships of each county, by its 6-digit code; {} without a gazetteer."""
    path = reference("gazetteer/townships.csv")
    return load_townships(str(path), stamp_of(path)) if path else {}


@st.cache_resource(max_entries=1, show_spinner=False)
def load_townships(path: str, stamp: str) -> dict[str, tuple[str, ...]]:
    """`code,name` lines, grouped by the first six digits."""
    found: dict[str, list[str]] = {}
    with Path(path).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["code"][:6], []).append(row["name"])
    return {k: tuple(v) for k, v in found.items()}


def indicator_names(lang: str = "zh") -> dict[str, str]:
    """Names of the canonical indicators, by id; {} without the rule file."""
    path = reference("indicators.yml")
    return {k: v[lang] for k, v in load_indicators(str(path), stamp_of(path)).items()} if path else {}


@st.cache_resource(max_entries=1, show_spinner=False)
def load_indicators(path: str, stamp: str) -> dict[str, dict[str, str]]:
    """Each entry's `id` with its names `zh` and `en`."""
    rows = yaml.safe_load(Path(path).read_text("utf-8")) or []
    return {
        str(r["id"]): {"zh": str(r.get("zh", r["id"])), "en": str(r.get("en", r["id"]))}
        for r in rows
        if isinstance(r, dict) and "id" in r
    }


def english_names() -> dict[str, str]:
    """English names of campaigns, by id, and of their groups, by Chinese name; {} without the taxonomy."""
    files = sorted((DEFAULT_ROOT / "reference/campaigns").glob("*.yml"))
    return load_names(tuple(str(f) for f in files), "".join(stamp_of(f) for f in files))


@st.cache_resource(max_entries=1, show_spinner=False)
def load_names(paths: tuple[str, ...], stamp: str) -> dict[str, str]:
    """Each file's `group`, `group_en` and its `campaigns` with `id`, `name_en`."""
    found: dict[str, str] = {}
    for path in paths:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        loaded = yaml.load(Path(path).read_text("utf-8"), Loader=loader)  # noqa: S506 — a safe one
        if not isinstance(loaded, dict) or "campaigns" not in loaded:
            continue
        if loaded.get("group_en"):
            found[str(loaded["group"])] = str(loaded["group_en"])
        found |= {str(c["id"]): str(c["name_en"]) for c in loaded["campaigns"] if c.get("name_en")}
    return found


def accuracy() -> list[dict[str, str]]:
    """Rows of the table that `python -m etl score --write` keeps between two marks in docs/accuracy.md; [] where there is none."""
    try:
        text = ACCURACY.read_text("utf-8")
    except OSError:
        return []
    parts = text.split("<!-- table -->")
    lines = (
        [line.strip().strip("|").split("|") for line in parts[1].splitlines() if line.startswith("|")]
        if len(parts) > 1
        else []
    )
    rows = [[cell.strip().strip("*") for cell in line] for line in lines if not set("".join(line)) <= set("-: ")]
    return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]


def outline(provinces: tuple[str, ...]) -> pd.DataFrame | None:
    """Borders of the prefectures of some provinces (2-digit codes) as lines, for orientation; None without the file, or for many."""
    path = reference("geo/prefectures.geojson")
    return load_outline(str(path), stamp_of(path), provinces) if path and len(provinces) <= 4 else None


@st.cache_resource(max_entries=8, show_spinner=False)
def load_outline(path: str, stamp: str, provinces: tuple[str, ...]) -> pd.DataFrame:
    """lon, lat of all rings, an empty row between two."""
    lon: list[float | None] = []
    lat: list[float | None] = []
    for feature in json.loads(Path(path).read_text("utf-8"))["features"]:
        if str(feature["properties"]["adcode"])[:2] not in provinces:
            continue
        shape = feature["geometry"]
        for polygon in shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]:
            lon += [p[0] for p in polygon[0]] + [None]
            lat += [p[1] for p in polygon[0]] + [None]
    return pd.DataFrame({"lon": lon, "lat": lat})
