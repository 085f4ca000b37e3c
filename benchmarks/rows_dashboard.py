"""Rows of the goals about the dashboard: questions at ten million events, views at one million, the first page."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks.measure import MB, held, spread, watched
from benchmarks.tables import published

ROOT = Path(__file__).resolve().parents[1]


def version_of(table: Path) -> Path:
    """The folder of the published version."""
    return next((table / "versions").glob("v*"))


def questions(data: Path, events: int, tries: int) -> dict[str, Any]:
    """Every chart's question, filtered by city, by district and not at all; the store's opening and memory."""
    table = version_of(published(data, events))
    from dashboard.filters import Filters
    from dashboard.tables import open_store

    before = held(psutil.Process())[1] / MB
    began = time.perf_counter()
    with watched() as building:
        store = open_store(table / "events.parquet", table / "articles.parquet")
        opened = time.perf_counter() - began
        store.con.numbers.result()  # pages without numbers are drawn before; here every question is asked of a whole table
        whole = time.perf_counter() - began
    last, pick = store.catalog.last, random.Random(5)
    cities = [n.id for n in store.catalog.nodes.values() if n.level == 1]
    districts = [n.id for n in store.catalog.nodes.values() if n.level == 2]
    found: dict[str, Any] = {}
    with watched() as asking:
        for scope, places in (
            ("city", pick.sample(cities, tries)),
            ("district", pick.sample(districts, tries)),
            ("nation", [None] * tries),
        ):
            times: dict[str, list[float]] = {}
            for i, place in enumerate(places):
                filters = Filters(place=place) if i % 2 else Filters(place=place, period="year")
                for name, ask in asked(filters, last, place).items():
                    began = time.perf_counter()
                    ask(store.con.cursor())
                    times.setdefault(name, []).append(time.perf_counter() - began)
            found[scope] = {name: spread(t) for name, t in times.items()}
    return {
        "events": events,
        "open seconds": opened,
        "whole seconds": whole,
        "open peak MB": building.private,
        "memory MB": asking.private,
        "memory before MB": before,
        "questions": found,
        "all": {scope: spread([v["p95"] for v in q.values()]) for scope, q in found.items()},
    }


def asked(filters: Any, last: Any, place: str | None) -> dict[str, Callable[[Any], Any]]:
    """What the overview, the campaign and the place pages ask."""
    from dashboard import queries as q

    level = 0 if place is None else 2 if len(place) == 4 else 3
    found: dict[str, Callable[[Any], Any]] = {
        "totals": lambda c: q.totals(c, filters, last),
        "weekly": lambda c: q.weekly(c, filters, last),
        "by place": lambda c: q.by_place(c, filters, last, level),
        "by campaign": lambda c: q.by_campaign(c, filters, last),
        "crosstab": lambda c: q.crosstab(c, filters, last, level),
        "page of events": lambda c: q.events(c, filters, last),
        "numbers": lambda c: q.indicators(c, filters, last),
    }
    if place is not None:
        found["street weeks"] = lambda c: q.street_weeks(c, filters, last, place)
        found["page with its evidence"] = lambda c: q.details(c, q.events(c, filters, last, limit=10)["erow"].tolist())
    return found


def with_pandas(data: Path, events: int) -> dict[str, Any]:
    """The same crosstab by pandas: seconds to load the columns that it needs, memory, seconds to answer."""
    import pandas as pd

    table = version_of(published(data, events))
    columns = ["city", "district", "street", "campaign_id", "date", "published_on", "duplicate_of", "event_id"]
    began = time.perf_counter()
    with watched() as memory:
        frame = pd.read_parquet(table / "events.parquet", columns=columns)
    loaded = time.perf_counter() - began
    cities, pick, city, nation = frame["city"].dropna().unique(), random.Random(5), [], []
    for name in pick.sample(list(cities), 5):
        began = time.perf_counter()
        inside = frame[(frame["city"] == name) & frame["duplicate_of"].isna()]
        inside.groupby(["campaign_id", "district"]).size()
        city.append(time.perf_counter() - began)
    for _ in range(2):
        began = time.perf_counter()
        frame[frame["duplicate_of"].isna()].groupby(["campaign_id", "city"]).size()
        nation.append(time.perf_counter() - began)
    return {
        "load seconds": loaded,
        "memory MB": memory.private,
        "city crosstab": spread(city),
        "national crosstab": spread(nation),
    }


@contextmanager
def server(table: Path) -> Iterator[tuple[str, int]]:
    """The real dashboard on a free port of this machine: address and process id."""
    import socket
    import urllib.request

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "dashboard", "--data", str(table), "--port", str(port)]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env=os.environ) as child,
    ):
        try:
            for _ in range(240):
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                        break
                except OSError:
                    time.sleep(0.25)
            yield f"127.0.0.1:{port}", child.pid
        finally:
            for one in [*psutil.Process(child.pid).children(recursive=True), psutil.Process(child.pid)]:
                one.terminate()


class Browser:
    """What a browser sends and waits for, without drawing: a websocket session of Streamlit."""

    def __init__(self, address: str) -> None:
        from websockets.sync.client import connect

        self.socket = connect(
            f"ws://{address}/_stcore/stream", subprotocols=["streamlit"], max_size=None, open_timeout=60
        )  # type: ignore[list-item]

    def go(self, page: str, query: str) -> float:
        """Ask for a page with filters in its address; seconds until the script has finished."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        began = time.perf_counter()
        self.socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            data = self.socket.recv(timeout=120)
            answer.ParseFromString(data if isinstance(data, bytes) else data.encode())
            kind = answer.WhichOneof("type")
            if kind == "script_finished" and answer.script_finished in (0, 3):
                return time.perf_counter() - began


def views(data: Path, events: int, clicks: int) -> dict[str, Any]:
    """Server time of each page at `events` events with ever new filters, alone and by twenty users at once."""
    table = published(data, events)
    from dashboard.tables import open_store

    version = version_of(table)
    nodes = open_store(version / "events.parquet", version / "articles.parquet").catalog.nodes.values()
    cities, pick = [n.id for n in nodes if n.level == 1], random.Random(3)
    pages = {
        "overview": "",
        "campaigns": "campaigns",
        "places": "places",
        "indicators": "indicators",
        "events": "events",
    }
    found: dict[str, Any] = {}
    with server(table) as (address, pid), watched(pid) as memory:
        one = Browser(address)
        first = one.go("", "")
        one.go("indicators", "")  # it waits for the table's numbers, which are read while the first pages are looked at
        for name, page in pages.items():
            one.go(page, f"place={cities[0]}")
            found[name] = spread([one.go(page, f"place={city}") for city in pick.sample(cities, clicks)])
        crowd = [Browser(address) for _ in range(20)]
        for user in crowd:
            user.go("", "")
        times: list[float] = []

        def click(user: Browser, place: str, page: str) -> None:
            times.append(user.go(page, f"place={place}"))

        for _ in range(3):
            threads = [
                threading.Thread(target=click, args=(u, pick.choice(cities), pick.choice(list(pages.values()))))
                for u in crowd
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    return {
        "events": events, "first run": first, "pages": found, "p95": max(v["p95"] for v in found.values()),
        "median": statistics.median(v["median"] for v in found.values()), "twenty at once": spread(times), "memory MB": memory.private,
    }  # fmt: skip


def first_page(data: Path, events: int) -> dict[str, Any]:
    """Bytes over the wire of the first page behind the nginx of deploy/, and when its charts are drawn."""
    from benchmarks.first_page import measure

    return {"events": events} | measure(published(data, events), data / "assets")
