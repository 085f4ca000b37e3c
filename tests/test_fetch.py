"""fetch against a real HTTP server on this machine, whose sites and faults are composed here."""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from etl import fetch as fetching
from etl.fetch.client import Client, FetchError, open_http
from etl.fetch.founder import Site, links_of
from etl.read import read

ROOT = Path(__file__).resolve().parents[1]
START = dt.date(2023, 3, 1)
NO_ISSUE = {dt.date(2023, 3, 4), dt.date(2023, 3, 5), dt.date(2023, 3, 19)}


def article_html(day: dt.date, number: int, page: str) -> str:
    return (
        f"<html><head><title>平城示例日报数字报</title></head><body><!--enpproperty <articleid>{number}</articleid>"
        f"<date>{day} 00:00:00.0</date><title>示例街道开展第{number}次清查</title><nodename>第{page}版：要闻</nodename>"
        f"/enpproperty--><founder-content><p>　　本报讯 {day.month}月{day.day}日，示例街道清查{number}户。</p>"
        "</founder-content></body></html>"
    )


def classic_issue(day: dt.date, pages: tuple[int, ...] = (2, 3, 5), each: int = 2) -> dict[str, str]:
    """An issue of the classic family: the entry node_1 redirects to node_2; page numbers have gaps; links repeat."""
    folder = f"/dtrb/html/{day:%Y-%m}/{day:%d}"
    files = {f"{folder}/node_1.htm": '<META HTTP-EQUIV="REFRESH" CONTENT="0; URL=node_2.htm">'}
    page_list = "".join(
        f'<a id=pageLink href="./node_{n}.htm">第{n}版</a>' for n in (*pages, 4)
    )  # page 4 is a dead link
    for page in pages:
        names = [f"content_{day:%Y%m%d}{page}{i}.htm" for i in range(each)]
        links = "".join(
            f"<AREA shape=poly HREF={n}><area href='{n}?div=-1'><a href=\"{n}#top\">标题</a>" for n in names
        )
        elsewhere = '<a href="http://other.example/html/2023-03/01/content_9.htm">外站</a>'
        elsewhere += '<a href="../02/content_8.htm">他日</a>'
        files[f"{folder}/node_{page}.htm"] = (
            f"<html><body>{page_list}{links}{elsewhere if day.day != 2 else ''}</body></html>"
        )
        for i, name in enumerate(names):
            files[f"{folder}/{name}"] = article_html(day, page * 10 + i, f"0{page}")
    return files


def new_issue(day: dt.date) -> dict[str, str]:
    """An issue of the new family: layout and content in different folders, page labels with letters."""
    layout, content = f"/pc/layout/{day:%Y%m}/{day:%d}", f"/pc/con/{day:%Y%m}/{day:%d}"
    files = {}
    labels = ("A01", "A02", "B01")
    pages = "".join(f"<a href='node_{label}.html'>{label}</a>" for label in labels)
    for label in labels:
        up = "../../../con"
        files[f"{layout}/node_{label}.html"] = f"{pages}<a href='{up}/{day:%Y%m}/{day:%d}/content_{label}7.html'>题</a>"
        files[f"{content}/content_{label}7.html"] = (
            "<html><body><p id=PreTitle>引题</p><h2 id=Title>示例镇治理</h2>"
            f"<div id=ozoom><p>{label} 示例镇治理三处。</p></div></body></html>"
        )
    return files


@dataclass
class Server:
    """A site of files, with faults: `fault(path, nth)` names what happens to the nth request of a path."""

    files: dict[str, str]
    fault: Callable[[str, int], str | None] = lambda path, nth: None
    robots: str | None = None
    etags: bool = True
    log: list[tuple[str, int]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.handle_error = lambda request, address: None  # type: ignore[method-assign] - resets are meant
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.base = f"http://127.0.0.1:{self.http.server_address[1]}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path
        self.agents.add(handler.headers["User-Agent"])
        self.counts[path] += 1
        if path == "/robots.txt":
            return self.send(handler, 404 if self.robots is None else 200, (self.robots or "").encode())
        body = self.files.get(path)
        fault = self.fault(path, self.counts[path])
        if fault == "reset":
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            handler.close_connection = True
            return None
        if fault is not None:
            return self.send(
                handler,
                {"500": 500, "503": 503, "empty": 200, "cut": 200, "403": 403}[fault],
                b"" if fault == "empty" else (body or "").encode()[:40],
                claim=9999 if fault == "cut" else None,
            )
        if body is None:
            return self.send(handler, 404, b"not found")
        etag = '"' + hashlib.sha256(body.encode()).hexdigest()[:12] + '"'
        if self.etags and handler.headers.get("If-None-Match") == etag:
            return self.send(handler, 304, b"")
        return self.send(handler, 200, body.encode("gb18030" if "content_" in path else "utf-8"), etag=etag)

    def send(
        self,
        handler: BaseHTTPRequestHandler,
        status: int,
        body: bytes,
        etag: str | None = None,
        claim: int | None = None,
    ) -> None:
        self.log.append((handler.path, status))
        handler.send_response(status)
        handler.send_header("Content-Length", str(claim or len(body)))
        if etag and self.etags:
            handler.send_header("ETag", etag)
        handler.end_headers()
        handler.wfile.write(body)
        if claim:
            handler.close_connection = True

    def fetched(self, part: str) -> list[str]:
        return [path for path, status in self.log if part in path and status == 200]


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(files: dict[str, str], **kwargs: object) -> Server:
        servers.append(Server(files, **kwargs))  # type: ignore[arg-type]
        return servers[-1]

    yield start
    for server in servers:
        server.http.shutdown()
        server.http.server_close()


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=5, headers={"User-Agent": "campaign-tracker/test"}) as client:
        yield client


def client_of(http: httpx.Client, **kwargs: object) -> Client:
    return Client(http, **({"pause": 0.0, "sleep": lambda s: None} | kwargs))  # type: ignore[arg-type]


def month(days: int = 30) -> dict[str, str]:
    files: dict[str, str] = {}
    for offset in range(days):
        day = START + dt.timedelta(days=offset)
        if day not in NO_ISSUE:
            files |= classic_issue(day)
    return files


def classic(server: Server) -> Site:
    return Site.of({"kind": "founder", "base": f"{server.base}/dtrb", "first_node": 1})


def saved(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and p.name != ".fetch.json"
    }


def expected(files: dict[str, str]) -> dict[str, bytes]:
    found = {}
    for path, body in files.items():
        if "content_" in path:
            year_month, day, name = path.split("/")[-3:]
            found[f"{year_month}-{day}/{name}"] = body.encode("gb18030")
    return found


def test_one_issue_is_fetched_whole_and_readable(serve, http, tmp_path):
    server = serve(classic_issue(START))
    report = fetching.fetch("平城示例日报", classic(server), START, START, tmp_path, client_of(http))
    assert report.complete and report.new == 6
    folder = tmp_path / "平城示例日报"
    assert saved(folder) == expected(server.files)
    pages = [p for f in sorted(folder.rglob("content_*")) for p in read(f, tmp_path)]
    assert [p.title for p in pages][:2] == ["示例街道开展第20次清查", "示例街道开展第21次清查"]
    assert {p.published_on for p in pages} == {START} and pages[0].page == "2" and pages[0].newspaper == "平城示例日报"


def test_no_link_is_followed_off_the_host_or_the_day_and_none_twice(serve, http, tmp_path):
    server = serve(classic_issue(START) | classic_issue(START + dt.timedelta(days=1)))
    fetching.fetch("报", classic(server), START, START, tmp_path, client_of(http))
    assert all(n == 1 for path, n in server.counts.items() if "content_" in path)
    assert not [path for path in server.counts if "/03/02/" in path or path.endswith("content_8.htm")]


def test_new_family(serve, http, tmp_path):
    server = serve(new_issue(START))
    site = Site.of({"kind": "founder-new", "base": server.base, "first_node": "A01"})
    report = fetching.fetch("新报", site, START, START, tmp_path, client_of(http))
    assert report.days[0].pages == 3 and report.new == 3
    (page,) = read(tmp_path / "新报" / "2023-03-01" / "content_A017.html", tmp_path)
    assert (page.title, page.kicker, page.text) == ("示例镇治理", "引题", "A01 示例镇治理三处。")


def test_thirty_days_survive_faults(serve, http, tmp_path):
    kinds = ("500", "reset", "cut", "empty", "503", None, None)

    def fault(path: str, nth: int) -> str | None:
        chosen = kinds[int(hashlib.sha256(path.encode()).hexdigest(), 16) % len(kinds)]
        return chosen if nth <= 2 else None

    server = serve(month(), fault=fault)
    report = fetching.fetch("日报", classic(server), START, START + dt.timedelta(days=29), tmp_path, client_of(http))
    assert report.complete
    assert {d.day for d in report.days if d.status == "no-issue"} == NO_ISSUE
    assert saved(tmp_path / "日报") == expected(server.files)


def test_what_stays_broken_is_told_and_fetched_by_the_next_run(serve, http, tmp_path):
    bad = f"/dtrb/html/2023-03/01/content_{START:%Y%m%d}20.htm"
    server = serve(classic_issue(START), fault=lambda path, nth: "empty" if path == bad else None)
    report = fetching.fetch("日报", classic(server), START, START, tmp_path, client_of(http))
    assert not report.complete and report.new == 5
    assert "内容是空的" in report.days[0].failed[0] and bad in report.days[0].failed[0]
    assert not (tmp_path / "日报/2023-03-01" / Path(bad).name).exists()
    server.fault = lambda path, nth: None
    again = fetching.fetch("日报", classic(server), START, START, tmp_path, client_of(http))
    assert again.complete and again.new == 1 and saved(tmp_path / "日报") == expected(server.files)


def test_rerun_of_complete_days_asks_for_nothing_old_and_conditionally_for_the_last(serve, http, tmp_path):
    server = serve(month(6))
    end = START + dt.timedelta(days=5)
    fetching.fetch("日报", classic(server), START, end, tmp_path, client_of(http))
    server.log.clear()
    report = fetching.fetch("日报", classic(server), START, end, tmp_path, client_of(http), recheck=1)
    assert report.new == 0 and [d.status for d in report.days][:3] == ["kept"] * 3
    assert not server.fetched("/03/01/") and not server.fetched("content_")
    assert [s for p, s in server.log if "content_" in p] == [304] * 6


def test_a_mended_article_replaces_its_file(serve, http, tmp_path):
    server = serve(classic_issue(START))
    fetching.fetch("日报", classic(server), START, START, tmp_path, client_of(http))
    path = next(p for p in server.files if "content_" in p)
    server.files[path] = server.files[path].replace("清查", "整治")
    report = fetching.fetch("日报", classic(server), START, START, tmp_path, client_of(http))
    assert report.new == 1 and saved(tmp_path / "日报") == expected(server.files)


def test_a_linked_article_that_is_gone_is_counted_and_not_a_failure(serve, http, tmp_path):
    server = serve(classic_issue(START))
    server.files.pop(next(p for p in server.files if "content_" in p))
    report = fetching.fetch("日报", classic(server), START, START, tmp_path, client_of(http))
    assert report.complete and report.days[0].missing == 1 and "404" in fetching.describe(report.days[0])


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        (None, True),
        ("", True),
        ("User-agent: *\nDisallow: /admin/", True),
        ("User-agent: *\nDisallow: /dtrb/", False),
        ("User-agent: campaign-tracker\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
    ],
)
def test_robots(serve, http, tmp_path, robots, allowed):
    server = serve(classic_issue(START), robots=robots)
    report = fetching.fetch("日报", classic(server), START, START, tmp_path, client_of(http))
    assert report.complete == allowed
    assert bool(server.fetched("content_")) == allowed
    assert allowed or "robots.txt" in report.days[0].failed[0]


def test_pause_between_requests_follows_robots(serve, http):
    server = serve({"/a": "x", "/b": "x"}, robots="User-agent: *\nCrawl-delay: 7")
    waits: list[float] = []
    client = client_of(http, pause=1.0, sleep=waits.append, clock=lambda: 0.0)
    client.get(f"{server.base}/a")
    client.get(f"{server.base}/b")
    assert waits == [7.0, 7.0] or waits == [1.0, 7.0]


def test_forbidden_and_redirects_elsewhere_are_refused_at_once(serve, http):
    server = serve({"/a": "x"}, fault=lambda path, nth: "403")
    with pytest.raises(FetchError, match="HTTP 403"):
        client_of(http).get(f"{server.base}/a")
    assert server.counts["/a"] == 1


def test_says_who_it_is(serve, tmp_path):
    server = serve({"/a": "x"})
    with open_http("mailto:desk@example.org") as polite:
        Client(polite, pause=0.0).get(f"{server.base}/a")
    assert any(agent.startswith("campaign-tracker/") and "desk@example.org" in agent for agent in server.agents)


def test_killed_in_mid_run_then_completed_without_a_double(serve, http, tmp_path):
    server = serve(month(), fault=lambda path, nth: "500" if nth == 1 and path.endswith("0.htm") else None)
    script = (
        "import datetime as dt, sys, httpx; from pathlib import Path; from etl import fetch as f\n"
        "from etl.fetch.client import Client\n"
        "site = f.Site.of({'kind': 'founder', 'base': sys.argv[1], 'first_node': 1})\n"
        "client = Client(httpx.Client(trust_env=False), pause=0.01, back_off=0.01)\n"
        "f.fetch('日报', site, dt.date(2023, 3, 1), dt.date(2023, 3, 30), Path(sys.argv[2]), client)\n"
    )
    for wanted in (15, 60, 100):
        process = subprocess.Popen([sys.executable, "-c", script, f"{server.base}/dtrb", str(tmp_path)], cwd=ROOT)
        deadline = time.monotonic() + 30
        while (
            len(list(tmp_path.rglob("content_*"))) < wanted and time.monotonic() < deadline and process.poll() is None
        ):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    there = len(list(tmp_path.rglob("content_*")))
    assert 100 <= there < len(expected(server.files))
    (tmp_path / "日报" / "2023-03-01" / ".half.part").write_bytes(b"half")
    report = fetching.fetch("日报", classic(server), START, START + dt.timedelta(days=29), tmp_path, client_of(http))
    assert report.complete and saved(tmp_path / "日报") == expected(server.files)
    states = [json.loads(p.read_text()) for p in tmp_path.rglob(".fetch.json")]
    files = [entry["file"] for s in states for entry in s["articles"].values()]
    assert len(files) == len(expected(server.files)) and all(s["complete"] for s in states)


def test_a_damaged_file_is_fetched_again(serve, http, tmp_path):
    server = serve(classic_issue(START))
    fetching.fetch("日报", classic(server), START, START, tmp_path, client_of(http))
    victim = next((tmp_path / "日报").rglob("content_*"))
    victim.write_bytes(b"cut")
    fetching.fetch("日报", classic(server), START, START, tmp_path, client_of(http), recheck=0)
    assert saved(tmp_path / "日报") == expected(server.files)


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ({"base": "http://a.example/dtrb"}, "http://a.example/dtrb/html/2023-03/05/node_1.htm"),
        ({"base": "http://a.example/", "first_node": 2}, "http://a.example/html/2023-03/05/node_2.htm"),
        ({"kind": "founder-new", "base": "https://a.example"}, "https://a.example/pc/layout/202303/05/node_A01.html"),
        (
            {"base": "http://a.example", "layout": "x/{year}{month}{day}/n_{node}.htm"},
            "http://a.example/x/20230305/n_1.htm",
        ),
    ],
)
def test_entry_addresses(entry, address):
    assert Site.of(entry).entry(dt.date(2023, 3, 5)) == address


@pytest.mark.parametrize("entry", [{"base": "ftp://a"}, {"base": ""}, {"kind": "blog", "base": "http://a.example"}])
def test_wrong_entries_are_told(entry):
    with pytest.raises(ValueError, match="应为"):
        Site.of(entry)


def test_links_of_hostile_markup_come_to_an_end():
    markup = "<a href=" * 50_000 + "<meta http-equiv=refresh " * 20_000
    found = links_of(markup, "http://a.example/html/2023-03/05/node_1.htm", START)
    assert all(link.startswith("http://a.example/") for link in (*found.pages, *found.articles))


def test_command(serve, tmp_path, capsys):
    server = serve(classic_issue(START))
    rules = SimpleNamespace(
        newspapers=(
            SimpleNamespace(name="日报", fetch={"base": f"{server.base}/dtrb", "first_node": 1}),
            SimpleNamespace(name="无址报", fetch=None),
        )
    )
    parser = argparse.ArgumentParser()
    fetching.add_arguments(parser)
    line = ["日报", "--from", "2023-03-01", "--to", "2023-03-01", "--raw", str(tmp_path), "--pause", "0.2"]
    assert fetching.run(parser.parse_args([]), rules) == 0 and "日报" in capsys.readouterr().out
    assert fetching.run(parser.parse_args(["无址报", *line[1:]]), rules) == 64
    assert fetching.run(parser.parse_args(["日报"]), rules) == 64
    assert fetching.run(parser.parse_args(line), rules) == 0
    assert "新取 6 篇" in capsys.readouterr().out
