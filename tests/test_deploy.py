"""What stands in deploy/: units that systemd accepts, a cron line that speaks only of failures, nginx before the real app."""

from __future__ import annotations

import base64
import concurrent.futures
import gzip
import http.client
import importlib.util
import io
import json
import os
import re
import shlex
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dashboard import assets
from dashboard.__main__ import parse
from etl.__main__ import parser
from tests import live
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def settings(unit: str, key: str) -> list[str]:
    text = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8")
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    home = tmp_path / "campaign-tracker"
    (home / ".venv/bin").mkdir(parents=True)
    (home / ".venv/bin/python").symlink_to(sys.executable)
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/campaign-tracker", str(home))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = [str(tmp_path / u.name) for u in UNITS if "@" not in u.name]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    when = settings("campaign-refresh.timer", "OnCalendar")[0]
    told = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=3", when], capture_output=True, text=True, check=True
    )
    assert re.findall(r": (\w{3}) \d{4}-\d\d-\d\d (03:00:00)", told.stdout)[:1] == [("Mon", "03:00:00")]


def test_units_call_what_the_program_understands() -> None:
    call = shlex.split(settings("campaign-refresh.service", "ExecStart")[0])
    assert call[1:3] == ["-m", "etl"]
    assert parser().parse_args(call[3:]).out == Path("/var/lib/campaign-tracker")
    call = shlex.split(settings("campaign-dashboard.service", "ExecStart")[0])
    assert call[1:3] == ["-m", "dashboard"]
    assert parse(call[3:]).address == "127.0.0.1"
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    call = shlex.split(re.findall(r"python (-m dashboard assets \S+)", told)[0])
    site = (DEPLOY / "nginx" / "campaign-tracker.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"\s(/var/cache\S+?)(?:/\$\w+|/\*\.conf);", site)) == {str(parse(call[2:]).folder)}
    assert settings("campaign-refresh.service", "SuccessExitStatus") == ["2 5"]


@pytest.mark.skipif(os.name != "posix", reason="a shell")
@pytest.mark.parametrize(
    ("code", "speaks"), [(0, False), (2, False), (5, False), (1, True), (3, True), (4, True), (6, True)]
)
def test_the_cron_line_speaks_only_of_failures(tmp_path: Path, code: int, speaks: bool) -> None:
    lines = (DEPLOY / "crontab.example").read_text(encoding="utf-8").splitlines()
    line = next(row for row in lines if "-m etl" in row)
    fields = line.split(None, 5)
    assert fields[:5] == ["0", "3", "*", "*", "1"]
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\necho table published\nexit {code}\n")
    python.chmod(0o755)
    command = fields[5].replace("/opt/campaign-tracker", str(tmp_path)).replace(r"\%", "%")
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert bool(done.stdout) == speaks and (not speaks or f"exit code {code}" in done.stdout)


def test_the_image_copies_what_is_there() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    for sources in re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists() or source == "constraints.txt", source
    assert "USER campaign" in text


def test_no_secret_is_kept_here() -> None:
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    assert not [f for f in files if re.search(r"secrets\.toml|htpasswd|\.pem$|\.key$|(^|/)\.env$", f)]
    for name in ("dashboard.env.example", "nginx/campaign-tracker.conf", "Containerfile"):
        assert not re.search(r"(?i)(secret|password)\s*=\s*\S", (DEPLOY / name).read_text(encoding="utf-8"))


# --- nginx before the real app ---------------------------------------------------------------------------------------

PASSWORDS = {"reader": "lesen", "analyst": "zahlen"}
PACKABLE = all(importlib.util.find_spec(name) for name in ("brotli", "fontTools"))  # extra: deploy
packed = pytest.mark.skipif(not PACKABLE, reason="no brotli or no fontTools here (extra: deploy)")
FRONT = assets.front_end()
SCRIPT = max((FRONT / "static" / "js").iterdir(), key=lambda p: p.stat().st_size)


@dataclass(frozen=True)
class Site:
    """Where nginx listens, the data folder behind it, and nginx's own folder."""

    url: str
    folder: Path
    nginx: Path

    def get(self, path: str, user: str | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (lower case) and body."""
        request = urllib.request.Request(self.url + path, headers=headers | (basic(user) if user else {}))
        try:
            with urllib.request.urlopen(request, timeout=20, context=unchecked()) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def basic(user: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{PASSWORDS[user]}".encode()).decode()}


def unchecked() -> ssl.SSLContext:
    """The test's certificate is its own."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def configuration(folder: Path, port: int, plain: int, behind: int) -> Path:
    """The shipped site on other ports and with a certificate of its own, in an nginx of its own."""
    text = (DEPLOY / "nginx" / "campaign-tracker.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("    listen [::]:80;\n", ""),
        ("server 127.0.0.1:8501;", f"server 127.0.0.1:{behind};"),
        ("campaign.example.gov.cn", "localhost"),
        ("/etc/campaign-tracker", str(folder)),
        ("/var/log/nginx", str(folder)),
        ("/var/cache/campaign-tracker", str(folder)),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "site.conf").write_text(text, encoding="utf-8")
    (folder / "htpasswd").write_text("".join(f"{u}:{{PLAIN}}{p}\n" for u, p in PASSWORDS.items()))
    (folder / "tls").mkdir()
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout tls/key.pem -out tls/fullchain.pem"
    subprocess.run(shlex.split(make), cwd=folder, check=True, capture_output=True)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    root = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{root}daemon off;\nworker_processes 1;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\ninclude /etc/nginx/mime.types;\naccess_log off;\n{temporary}include {folder}/site.conf;\n}}\n"
    )
    return folder / "nginx.conf"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or not shutil.which("openssl"):
        pytest.skip("no nginx or no openssl here (Debian: apt-get install nginx-light openssl)")
    folder, data = tmp_path_factory.mktemp("nginx"), live.make_table(tmp_path_factory.mktemp("data"))
    if PACKABLE:
        assets.write(folder / "assets", brotli_quality=4, gzip_level=1)
    port, plain, behind = live.free_port(), live.free_port(), live.free_port()
    config = configuration(folder, port, plain, behind)
    checked = subprocess.run(
        [nginx, "-t", "-p", str(folder), "-c", str(config)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    env = {"DASHBOARD_AUTH": "proxy", "DASHBOARD_HOSTS": "localhost", "DASHBOARD_ANALYSTS": "analyst"}
    with live.dashboard(data, behind, **env):
        process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 20
            found = Site(f"https://localhost:{port}", data, folder)
            while time.monotonic() < deadline:
                try:
                    if found.get("/_stcore/health")[0] == 200:
                        break
                except OSError:
                    time.sleep(0.2)
            yield found
        finally:
            process.terminate()
            process.wait(10)


def test_nobody_gets_in_without_a_password(site: Site) -> None:
    for path in ("/", "/events", "/static/js/x.js", "/_stcore/stream", "/_stcore/host-config", "/media/x"):
        assert site.get(path)[0] == 401, path
    assert site.get("/", "reader")[0] == 200
    assert site.get("/_stcore/health")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/interact",
        "//_stcore/metrics",
        "/%5fstcore/metrics",
        "/_stcore/../_stcore/metrics",
        "/campaigns/_stcore/metrics",
    ],
)
def test_closed_paths(site: Site, path: str) -> None:
    assert site.get(path, "analyst")[0] == 404


def test_headers_and_compression(site: Site) -> None:
    status, headers, body = site.get("/", "reader", **{"Accept-Encoding": "gzip"})
    assert status == 200
    for name in (
        "content-security-policy",
        "x-content-type-options",
        "x-frame-options",
        "referrer-policy",
        "strict-transport-security",
    ):
        assert name in headers, name
    assert "nginx/" not in headers.get("server", "")
    page = gzip.decompress(body).decode() if headers.get("content-encoding") == "gzip" else body.decode()
    script = re.findall(r'src="\./(static/js/[^"]+)"', page)[0]
    status, headers, body = site.get(f"/{script}", "reader", **{"Accept-Encoding": "gzip"})
    assert status == 200 and headers["content-encoding"] == "gzip" and "content-security-policy" in headers
    assert len(body) < 0.5 * len(gzip.decompress(body))


UNDECODED = {"br": lambda b: importlib.import_module("brotli").decompress(b), "gzip": gzip.decompress, "": bytes}


@packed
@pytest.mark.parametrize(
    ("accepted", "sent", "by"),
    [
        ("br", "br", "nginx"),
        ("gzip", "gzip", "nginx"),
        ("gzip, deflate, br, zstd", "br", "nginx"),
        ("gzip;q=0.8, br;q=0.5", "br", "nginx"),
        ("br;q=0, gzip", "gzip", "nginx"),
        ("br; q=0.000,gzip;q=1.0", "gzip", "nginx"),
        ("deflate, brotli", "", "dashboard"),
        ("gzip;q=0, identity", "", "dashboard"),
        ("", "", "dashboard"),
    ],
)
def test_encodings(site: Site, accepted: str, sent: str, by: str) -> None:
    """What is sent unpacks to Streamlit's file, with the right type; of the headers what a file needs that is no page."""
    page = {k: v for k, v in site.get("/", "reader")[1].items() if k in SAFE}
    assert len(page) == len(SAFE)
    wanted = {k: page[k] for k in ("x-content-type-options", "cross-origin-resource-policy")}
    wanted["content-security-policy"] = "default-src 'none'"
    for path, kind in (
        (SCRIPT, r"(application|text)/javascript(; charset=utf-8)?"),
        (next((FRONT / "static/css").iterdir()), "text/css; charset=utf-8"),
    ):
        name = path.relative_to(FRONT).as_posix()
        status, headers, body = site.get(f"/{name}", "reader", **{"Accept-Encoding": accepted})
        assert (status, headers.get("content-encoding", "")) == (200, sent)
        assert UNDECODED[sent](body) == path.read_bytes()
        assert headers["vary"] == "Accept-Encoding"
        assert re.fullmatch(kind, headers["content-type"])
        assert {k: v for k, v in headers.items() if k in SAFE} == wanted
        kept = {"nginx": "max-age=31536000, immutable", "dashboard": "max-age=2592000"}
        assert headers["cache-control"] == kept[by]


SAFE = (
    "content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy", "permissions-policy",
    "cross-origin-opener-policy", "cross-origin-resource-policy", "strict-transport-security",
)  # fmt: skip


@packed
def test_packed_files_are_as_closed_as_the_page(site: Site) -> None:
    name = f"/static/js/{SCRIPT.name}"
    status, headers, body = site.get(name, **{"Accept-Encoding": "br"})
    assert status == 401 and "content-encoding" not in headers and len(body) < 1000
    for path in (
        "../../assets.json",
        "../../../preload.conf",
        "..%2f..%2f..%2fpreload.conf",
        "%2e%2e/%2e%2e/assets.json",
    ):
        _, _, body = site.get(f"/static/js/{path}", "reader")
        assert b"campaign_preload" not in body and b'"streamlit":' not in body, path
    status, headers, _ = site.get(name, "reader", **{"Accept-Encoding": "br"})
    again = site.get(name, "reader", **{"Accept-Encoding": "br", "If-None-Match": headers["etag"]})
    assert (again[0], again[2]) == (304, b"")


def test_without_packed_files_the_dashboard_answers(site: Site) -> None:
    """The folder is gone, or a file that an upgrade brought is not in it: packed by nginx as it goes."""
    away, here = site.nginx / "away", site.nginx / "assets"
    if here.exists():
        here.rename(away)
    try:
        name = SCRIPT.relative_to(FRONT).as_posix()
        for accepted, sent in (("gzip, br", "gzip"), ("br", "")):
            status, headers, body = site.get(f"/{name}", "reader", **{"Accept-Encoding": accepted})
            assert (status, headers.get("content-encoding", "")) == (200, sent)
            assert UNDECODED[sent](body) == SCRIPT.read_bytes()
            assert headers["content-security-policy"] and headers["vary"] == "Accept-Encoding"
        assert site.get("/static/media/none.woff2", "reader")[0] == 200  # Streamlit's answer to what it does not know
    finally:
        if away.exists():
            away.rename(here)


@packed
def test_the_page_names_its_scripts(site: Site) -> None:
    """Pages with charts, and no other answer, name Plotly and what it imports; all of it is there."""
    for path, told in (
        ("/", True),
        ("/overview", True),
        ("/places?place=1402", True),
        ("/events", False),
        ("/data", False),
    ):
        _, headers, _ = site.get(path, "reader")
        links = re.findall(r"<(/static/js/[^>]+)>; rel=modulepreload; crossorigin", headers.get("link", ""))
        assert bool(links) == told, path
        assert len(set(links)) == len(links)
        assert not told or "PlotlyChart" in links[0]
        for link in links:
            status, headers, _ = site.get(link, "reader", **{"Accept-Encoding": "br"})
            assert (status, headers["content-encoding"]) == (200, "br")
            assert "link" not in headers


@packed
def test_fonts_are_cut_down_to_what_is_drawn(site: Site) -> None:
    from fontTools.ttLib import TTFont

    names = assets.icons(FRONT)
    assert {"chevron_right", "close", "check", "keyboard_arrow_down"} <= names
    for path in (FRONT / "static" / "media").glob("*.woff2"):
        name = path.relative_to(FRONT).as_posix()
        status, headers, body = site.get(f"/{name}", "reader", **{"Accept-Encoding": "br"})
        content = UNDECODED["br"](body)
        assert (status, headers["content-type"], headers["cache-control"]) == (200, "font/woff2", "no-cache")
        if path.name.startswith("MaterialSymbols"):
            whole, cut = TTFont(path), TTFont(io.BytesIO(content))
            there, kept = assets.ligatures(whole), assets.ligatures(cut)
            assert {n for n in names if n in there} == names & kept.keys()
            assert outlines(whole, [there[n] for n in sorted(names & kept.keys())]) == outlines(
                cut, [kept[n] for n in sorted(names & kept.keys())]
            )
            assert len(content) < 30_000
        elif path.name.startswith("SourceSans"):
            assert len(content) < 5_000
            assert any(outlines(TTFont(io.BytesIO(content)), [".notdef"]))  # browsers refuse a font without any outline
        else:
            assert content == path.read_bytes()


def outlines(font: Any, glyphs: list[str]) -> list[object]:
    """What each of the glyphs draws."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    found = []
    for name in glyphs:
        pen = DecomposingRecordingPen(font.getGlyphSet())
        font.getGlyphSet()[name].draw(pen)
        found.append(pen.value)
    return found


@packed
def test_only_a_folder_of_ours_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    front = tmp_path / "front"
    for name, text in (
        ("index.html", '<script src="./static/js/index.a.js"></script>'),
        ("static/js/index.a.js", "0"),
        ("static/js/PlotlyChart.b.js", 'import"./index.a.js";import{x}from"./more.c.js";import("./later.d.js")'),
        ("static/js/more.c.js", "1"),
        ("static/js/later.d.js", "2"),
        ("static/js/x$host.js", "3"),
        ("manifest.json", "{}"),
    ):
        (front / name).parent.mkdir(parents=True, exist_ok=True)
        (front / name).write_text(text)
    monkeypatch.setattr(assets, "front_end", lambda: front)
    assert assets.early(front) == ["PlotlyChart.b.js", "more.c.js"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("keep")
    assert assets.command(other) == 64 and (other / "mine.txt").read_text() == "keep"
    for _ in range(2):
        assert assets.command(tmp_path / "packed") == 0
        assert json.loads((tmp_path / "packed" / "assets.json").read_text())["files"] == 5
        assert sorted(p.name for p in tmp_path.iterdir()) == ["front", "other", "packed"]
    assert oct((tmp_path / "packed/br/static/js/more.c.js").stat().st_mode)[-3:] == "644"


def test_too_many_requests_are_refused(site: Site) -> None:
    """Six connections ask as fast as they can: what goes beyond the burst gets 429, and later all is well again."""

    def ask(_: int) -> Counter[int]:
        codes: Counter[int] = Counter()
        connection = http.client.HTTPSConnection(site.url.removeprefix("https://"), timeout=20, context=unchecked())
        until = time.monotonic() + 20
        while codes[429] < 30 and time.monotonic() < until:
            connection.request("GET", "/_stcore/host-config", headers=basic("reader"))
            answer = connection.getresponse()
            answer.read()
            codes[answer.status] += 1
        connection.close()
        return codes

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        codes = sum(pool.map(ask, range(6)), Counter[int]())
    assert set(codes) == {200, 429}
    time.sleep(21)  # until the bucket is empty again
    assert site.get("/_stcore/host-config", "reader")[0] == 200


# Below a page's own path Streamlit looks for its server there first, then at the top: two 404 that it expects.
EXPECTED = re.compile(r"404 https://localhost:\d+/[a-z]+/_stcore/(health|host-config)")


def wrong_status(response: Any) -> str | None:
    """What a page should not have met."""
    told = f"{response.status} {response.url}"
    return told if response.status >= 400 and response.status != 401 and not EXPECTED.fullmatch(told) else None


def open_page(found: object, site: Site, user: str, path: str = "/", **headers: str):  # type: ignore[no-untyped-def]
    """A page of the app through nginx, with everything that went wrong in it."""
    context = found.new_context(  # type: ignore[attr-defined]
        ignore_https_errors=True,
        http_credentials={"username": user, "password": PASSWORDS[user]},
        extra_http_headers=headers,
    )
    page = context.new_page()
    page.wrong = []
    page.on(
        "console",
        lambda m: page.wrong.append(m.text) if "Content Security Policy" in m.text or "CSP" in m.text else None,
    )
    page.on("pageerror", lambda e: page.wrong.append(str(e)))
    page.on(
        "request",
        lambda r: (
            page.wrong.append(r.url)
            if not r.url.startswith((site.url, "data:", "blob:", site.url.replace("https", "wss")))
            else None
        ),
    )
    page.on("response", lambda r: page.wrong.append(told) if (told := wrong_status(r)) else None)
    page.goto(site.url + path, wait_until="domcontentloaded")
    return page


@pytest.mark.browser
def test_the_app_works_through_nginx(site: Site) -> None:
    with live.browser() as found:
        for path, marker in (
            ("/", ".js-plotly-plot"),
            ("/campaigns", ".js-plotly-plot"),
            ("/places", ".js-plotly-plot"),
            ("/indicators", "[data-testid=stMainBlockContainer] .ct-head"),
            ("/events", "[data-testid=stDataFrame] canvas"),
            ("/brief", "[data-testid=stMainBlockContainer] .ct-head"),
            ("/data", ".js-plotly-plot"),
        ):
            page = open_page(found, site, "reader", path)
            page.wait_for_selector(marker, timeout=60_000)
            page.wait_for_timeout(800)
            assert page.wrong == [], path
            assert page.locator("[data-testid=stException]").count() == 0
            page.context.close()


@pytest.mark.browser
def test_roles_through_nginx(site: Site) -> None:
    with live.browser() as found:
        page = open_page(found, site, "reader", "/data?part=download", **{"X-Forwarded-User": "analyst"})
        page.wait_for_selector("text=需要分析员权限", timeout=60_000)
        assert page.locator("text=events.parquet（").count() == 0
        page.context.close()
        page = open_page(found, site, "analyst", "/data?part=download")
        button = page.locator("button:has-text('events.parquet')")
        button.wait_for(timeout=60_000)
        with page.expect_download(timeout=60_000) as download:
            button.click()
        assert download.value.path().read_bytes()[:4] == b"PAR1"
        assert page.wrong == []
        page.context.close()
    lines = (site.folder / "logs" / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert '"user": "analyst"' in lines[-1] and "events.parquet" in lines[-1]
