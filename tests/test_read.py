"""The reader's parts: encodings, masking, records, layout, isolation, links, cache."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.models import Issue, Page
from etl.read import READER_VERSION, clean, digest, isolate, read, read_cached, scan, wire
from etl.read.blocks import Line
from etl.read.decode import UndecodableError, decode
from etl.read.layout import reading_text
from etl.read.mask import mask
from etl.read.records import logical_rows, names_of, parse_day
from etl.read.source import Source
from etl.read.web import article_of

FILES = Path(__file__).parent / "intake" / "files"
SAMPLE = "近日，示例街道组织开展消防安全检查，共检查商户120户，发现隐患30处，已全部整改到位。\n"


# --- personal data -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电话13812345678。", "电话138****5678。"),
        ("电话：138 1234 5678", "电话：138 **** 5678"),
        ("电话138-1234-5678，", "电话138-****-5678，"),
        ("+8613812345678", "+86138****5678"),
        ("１３８１２３４５６７８", "１３８****５６７８"),
        ("李某，140202198001011234。", "李某，140***************。"),
        ("14020219800101123X", "140***************"),
        ("身份证号：140202800101123", "身份证号：140************"),
        ("13812345678、13987654321", "138****5678、139****4321"),
        # what is no personal number
        ("投入13812345678元", None),
        ("产值13800000000余元", None),
        ("用电13800000000千瓦时", None),
        ("￥13812345678", None),
        ("0.13812345678", None),
        ("1381234567.8", None),
        ("13812345678.5", None),
        ("213812345678", None),
        ("138123456789", None),
        ("12345热线、110、0352-7654321", None),
        ("合同号140202199913011234", None),
        ("检查商户1381户", None),
        ("138****5678", None),
        ("订单1402021980010112345", None),
    ],
)
def test_mask(text: str, expected: str | None) -> None:
    masked, count = mask(text)
    assert masked == (expected or text)
    assert len(masked) == len(text)
    assert bool(count) == (expected is not None)


@given(st.text(alphabet="0123456789１３８Xx年元-. 身份证", max_size=60))
def test_mask_keeps_length_and_is_done_once(text: str) -> None:
    masked, _ = mask(text)
    assert len(masked) == len(text)
    assert mask(masked)[0] == masked


# --- encodings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_decode(encoding: str) -> None:
    assert decode(SAMPLE.encode(encoding)).text == SAMPLE


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty-file"),
        (b"\0\0\0", "empty-file"),
        (b"\x01\x02\x03\x04" * 100, "binary-junk"),
        (SAMPLE.encode().decode("gbk", "ignore").encode(), "mojibake"),
        (SAMPLE.encode("gbk").decode("latin-1").encode(), "mojibake"),
        (SAMPLE.encode().decode("cp1252", "replace").encode(), "mojibake"),
        (("锟斤拷" * 20).encode(), "mojibake"),
    ],
)
def test_what_is_no_text_is_refused_with_its_reason(data: bytes, kind: str) -> None:
    with pytest.raises(UndecodableError) as error:
        decode(data)
    assert error.value.kind == kind and error.value.args[0].endswith("。")


def test_english_and_short_texts_are_fine() -> None:
    for text in ("Policy campaigns in brief.", "通知", "a", "100\n200"):
        assert decode(text.encode()).text == text


def test_a_few_damaged_bytes_cost_their_characters_only() -> None:
    data = (SAMPLE * 20).encode()
    decoded = decode(data[:500] + b"\xff" + data[500:])
    assert 0 < decoded.damaged <= 3 and decoded.text.count("示例街道") >= 19


@given(st.binary(max_size=400))
@settings(max_examples=200)
def test_decode_raises_nothing_else(data: bytes) -> None:
    with contextlib.suppress(UndecodableError):
        decode(data)


# --- records -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2023-03-05", dt.date(2023, 3, 5)),
        ("2023/3/5 08:00", dt.date(2023, 3, 5)),
        ("2023年3月5日", dt.date(2023, 3, 5)),
        ("20230305", dt.date(2023, 3, 5)),
        ("2023-03-05T08:00:00+08:00", dt.date(2023, 3, 5)),
        (dt.datetime(2023, 3, 5, 8), dt.date(2023, 3, 5)),
        (20230305, dt.date(2023, 3, 5)),
        ("2023-02-30", None),
        ("昨天", None),
        ("202303056", None),
    ],
)
def test_parse_day(value: object, day: dt.date | None) -> None:
    assert parse_day(value) == day


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("记者 王晓明 通讯员 李静", ("王晓明", "李静")),
        ("本报记者：王晓明、李静", ("王晓明", "李静")),
        (["王晓明", "李静"], ("王晓明", "李静")),
        ("", ()),
        (None, ()),
    ],
)
def test_names_of(value: object, names: tuple[str, ...]) -> None:
    assert names_of(value) == names


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (['1,"a\n', 'b"\n', "2,c\n"], [["1", "a\nb"], ["2", "c"]]),
        (['1,"open\n', "2,c\n", "3,d\n"], ['1,"open\n', ["2", "c"], ["3", "d"]]),
        (['1,"open\n', '2,"c"\n', "3,d\n"], ['1,"open\n', ["2", "c"], ["3", "d"]]),
        (["1,a,too,many\n", "2,c\n"], ["1,a,too,many\n", ["2", "c"]]),
        (['1,"said ""hi"""\n'], [["1", 'said "hi"']]),
        (["1\n"], [["1"]]),
    ],
)
def test_a_stray_quote_costs_its_own_record(lines: list[str], rows: list[Any]) -> None:
    assert [row for _, row in logical_rows(iter(lines), ",", 2)] == rows


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_json_lines(tmp_path: Path) -> None:
    row = {
        "id": "x1",
        "title": "题",
        "text": "正文\r\n二",
        "published_on": "2023-03-05",
        "newspaper": "报",
        "url": "http://a.example/1",
    }
    path = write(tmp_path, "sub/a.jsonl", json.dumps(row) + "\n\n" + json.dumps({"text": "\ud800无日期\x00"}) + "\n")
    first, second = read(path, tmp_path)
    assert first == Page(
        "sub/a.jsonl", "正文\n二", newspaper="报", published_on=dt.date(2023, 3, 5), published_basis="metadata",
        is_article=True, record="x1", title="题", url="http://a.example/1",
    )  # fmt: skip
    assert isinstance(second, Page) and second.text == "\ufffd无日期 " and second.record == "3"


def test_a_date_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    issue, page = read(write(tmp_path, "a.jsonl", '{"text": "正文", "date": "上周"}'), tmp_path)
    assert (
        isinstance(issue, Issue) and issue.kind == "bad-date" and issue.severity == "warning" and issue.where == "第1行"
    )
    assert isinstance(page, Page) and page.published_basis == "unknown"


@given(st.text(max_size=50))
def test_clean_keeps_length_and_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    cleaned.encode("utf-8")


# --- web pages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "text", "title"),
    [
        ("<founder-content><p>甲<br>乙</p></founder-content>", "甲\n乙", None),
        ("<FOUNDER-CONTENT ID=x><P>甲</FOUNDER-CONTENT>", "甲", None),
        ("<!--enpcontent--><!--enpcontent--><p>甲</p><!--/enpcontent--><!--/enpcontent-->", "甲", None),
        ("<div id=ozoom><p>甲</p><script>x</script><style>y</style></div>", "甲", None),
        (
            "<founder-content>前<!--<npm:article-content>-->中<!--</npm:article-content>-->后</founder-content>",
            "前中后",
            None,
        ),
        ("<founder-title>题一</founder-title><founder-content>题一<br>正文</founder-content>", "正文", "题一"),
        ("<h2 id='Title'>题<br>二</h2><div id='ozoom'>正文</div>", "正文", "题 二"),
        ("<!--enpproperty <title>题&amp;三</title> --><founder-content>正文</founder-content>", "正文", "题&三"),
        ("<founder-content></founder-content><!--enpcontent--><p>后备</p><!--/enpcontent-->", "后备", None),
        ("<founder-content><table><tr><td>街道</td><td>12处</td></tr></table></founder-content>", "街道 12处", None),
    ],
)
def test_founder_dialects(markup: str, text: str, title: str | None) -> None:
    found = article_of(f"<html><body>{markup}</body></html>")
    assert found.text == text
    assert found.title == title


@pytest.mark.parametrize(
    ("shown", "label"),
    [("第A03版：要闻", "A03"), ("04版", "4"), ("第12版", "12"), ("版权所有", None), ("A1版", "A1")],
)
def test_page_label(shown: str, label: str | None) -> None:
    markup = f"<html><body><span id=currentBM>{shown}</span><founder-content>正文</founder-content></body></html>"
    assert article_of(markup).page == label


# --- layout ------------------------------------------------------------------------------------------------------


def column(x: float, y: float, texts: list[str], size: float = 10, indent_first: bool = True) -> list[Line]:
    """Lines of ten characters' width, one under the other; a text that begins with 　 is indented."""
    lines = []
    for i, text in enumerate(texts):
        indent = 2 * size if text.startswith("　") else 0
        body = text.strip("　")
        lines.append(Line(x + indent, y + i * 15, x + indent + len(body) * size, y + i * 15 + size, body, size))
    return lines


def test_columns_under_one_headline_then_the_article_below() -> None:
    lines = [Line(0, 0, 240, 30, "两栏的大标题在此", 30)]
    lines += column(0, 50, ["　第一段的第一行字", "第一栏写满十个字啊"]) + column(
        120, 50, ["接着第二栏还没完。", "　第二段在此结束。"]
    )
    lines += [Line(0, 120, 100, 140, "下一篇的题", 20), *column(0, 160, ["　下一篇的正文呢。"])]
    text = reading_text(lines)
    assert text.split("\n") == [
        "两栏的大标题在此",
        "第一段的第一行字第一栏写满十个字啊接着第二栏还没完。",
        "第二段在此结束。",
        "",
        "下一篇的题",
        "下一篇的正文呢。",
    ]


def test_articles_side_by_side_stay_apart() -> None:
    left = [Line(0, 0, 80, 20, "左边题目", 20), *column(0, 36, ["　左文第一行字啊", "左文第二行到此。"])]
    right = [Line(130, 0, 210, 20, "右边题目", 20), *column(130, 36, ["　右文第一行字啊", "右文第二行到此。"])]
    assert reading_text(left + right).replace("\n\n", "\n").split("\n") == [
        "左边题目", "左文第一行字啊左文第二行到此。", "右边题目", "右文第一行字啊右文第二行到此。",
    ]  # fmt: skip


def filled(name: str, columns: int, rows: int) -> list[str]:
    """Rows of ten characters that spell their article, column and row, so that any disorder shows."""
    return [f"{name}{c}栏{r:02d}行排满十字" for c in range(columns) for r in range(rows)]


def test_an_irregular_page() -> None:
    """Five columns: A's headline over three of them, B and D at the right, C below A, E below D and reaching left."""
    lines: list[Line] = []
    wanted: dict[str, str] = {}
    for name, first, columns, top, rows in (
        ("甲", 0, 3, 40, 20), ("乙", 3, 2, 40, 10), ("丙", 0, 2, 400, 18), ("丁", 3, 2, 250, 14), ("戊", 2, 3, 520, 10),
    ):  # fmt: skip
        x = first * 118.0
        lines.append(Line(x, top - 30, x + 160, top - 10, f"{name}文的大标题", 20))
        texts = filled(name, columns, rows)
        for c in range(columns):
            lines += column(x + c * 118, top, texts[c * rows : (c + 1) * rows])
        wanted[name] = f"{name}文的大标题\n" + "".join(texts)
    import random

    random.Random(7).shuffle(lines)
    text = reading_text(lines)
    for article in wanted.values():
        assert article in text


def test_layout_of_many_lines_loses_none() -> None:
    import random

    rng = random.Random(1)
    lines = [
        Line(x := rng.random() * 2000, y := rng.random() * 3000, x + 90, y + 10, "字" * 9, 10) for _ in range(3000)
    ]
    assert reading_text(lines).count("字") == 27_000


# --- the file, the worker, the cache -----------------------------------------------------------------------------


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_read(tmp_path: Path) -> None:
    root = tmp_path / "raw"
    outside, inside = write(tmp_path, "secret.txt", SAMPLE), write(root, "a.txt", SAMPLE)
    (root / "out.txt").symlink_to(outside)
    (root / "in.txt").symlink_to(inside)
    (root / "lost.txt").symlink_to(root / "nowhere")
    (refused,) = read(root / "out.txt", root)
    assert isinstance(refused, Issue) and (refused.kind, refused.severity) == ("link-out-of-folder", "error")
    assert isinstance(next(read(root / "in.txt", root)), Page)
    (lost,) = read(root / "lost.txt", root)
    assert isinstance(lost, Issue) and lost.kind == "unreadable-file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (issue,) = read(tmp_path / "pipe.txt", tmp_path)
    assert isinstance(issue, Issue) and issue.kind == "unreadable-file"


def test_a_folder_or_missing_file_is_an_issue(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.txt"):
        (issue,) = read(path, tmp_path)
        assert isinstance(issue, Issue) and issue.severity == "error"


def source(name: str) -> Source:
    return Source(name, (FILES / name).stat().st_size, FILES / name)


def test_a_worker_that_dies_costs_its_file_only(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = isolate.Worker.send

    def send_and_die(self: isolate.Worker, kind: str, what: Source) -> None:
        psutil.Process(self.process.pid).kill()
        self.process.wait()
        sent(self, kind, what)

    with monkeypatch.context() as patch:
        patch.setattr(isolate.Worker, "send", send_and_die)
        (issue,) = isolate.read_isolated("html", source("founder-new.html"))
    assert isinstance(issue, Issue) and (issue.kind, issue.severity) == ("reader-crashed", "error")
    assert isinstance(next(isolate.read_isolated("html", source("founder-new.html"))), Page)


def test_a_silent_worker_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(isolate, "WORKER_SILENCE", 0.0)
        patch.setattr(isolate, "_take", isolate.Worker)  # a fresh one: it has to start first
        (issue,) = isolate.read_isolated("html", source("founder-new.html"))
    assert isinstance(issue, Issue) and (issue.kind, issue.severity) == ("too-slow", "error")
    assert isinstance(next(isolate.read_isolated("html", source("founder-new.html"))), Page)


@pytest.mark.skipif(sys.platform == "win32", reason="no address-space limit on Windows")
def test_the_worker_cannot_take_more_than_its_memory() -> None:
    code = "from etl.read.worker import limit_memory; limit_memory(1 << 29); bytearray(1 << 30)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert "MemoryError" in done.stderr


def test_without_ocr_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Any:
        raise scan.OcrMissingError(scan.HOW_TO_INSTALL)

    monkeypatch.setattr(scan, "_engine", missing)
    (issue,) = scan.read_image(source("scan.jpg"))
    assert isinstance(issue, Issue) and issue.kind == "no-ocr" and "pip install campaign-tracker[ocr]" in issue.message


def test_tiles_cover_the_page_and_cut_lines_are_mended() -> None:
    covered = {
        (x, y) for x0, y0, x1, y1 in scan.tiles(5000, 3000) for x in range(x0, x1, 100) for y in range(y0, y1, 100)
    }
    assert covered >= {(x, y) for x in range(0, 5000, 100) for y in range(0, 3000, 100)}
    assert scan.mend([(0, 0, 100, 20), (80, 1, 300, 21), (400, 0, 500, 20)]) == [(0, 0, 300, 21), (400, 0, 500, 20)]


def test_a_box_over_a_gutter_is_cut_there() -> None:
    rows = [
        box
        for r in range(1, 8)
        for box in ((0.0, r * 30.0, 200.0, r * 30.0 + 20), (220.0, r * 30.0, 420.0, r * 30.0 + 20))
    ]
    assert scan.part([(0.0, 0.0, 420.0, 20.0), *rows])[:2] == [(0.0, 0.0, 200.0, 20.0), (220.0, 0.0, 420.0, 20.0)]
    headline = (0.0, -60.0, 420.0, -20.0)
    assert scan.part([headline, *rows])[0] == headline


def test_cache_is_by_content_and_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, cache = tmp_path / "raw", tmp_path / "cache"
    body = (FILES / "founder-new.html").read_bytes()
    (page,) = read_cached(write(root, "a.html", body), root, cache)
    assert isinstance(page, Page) and page.source_path == "a.html"
    with monkeypatch.context() as patch:
        patch.setattr("etl.read.cache.read_source", lambda s: pytest.fail("read again"))
        (moved,) = read_cached(write(root, "sub/b.html", body), root, cache)
    assert isinstance(moved, Page) and (moved.source_path, moved.text) == ("sub/b.html", page.text)
    monkeypatch.setitem(READER_VERSION, "html", "next")
    monkeypatch.setattr("etl.read.cache.read_source", lambda s: iter([Page(s.name, "新")]))
    assert [p.text for p in read_cached(root / "a.html", root, cache) if isinstance(p, Page)] == ["新"]


def test_passing_faults_and_half_entries_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "raw", "a.html", (FILES / "founder-new.html").read_bytes())
    root, cache = tmp_path / "raw", tmp_path / "cache"
    with monkeypatch.context() as patch:
        patch.setattr("etl.read.cache.read_source", lambda s: iter([s.issue("too-slow", "x")]))
        assert [i.kind for i in read_cached(path, root, cache) if isinstance(i, Issue)] == ["too-slow"]
        patch.setattr("etl.read.cache.read_source", lambda s: iter([Page(s.name, "一"), Page(s.name, "二")]))
        next(read_cached(path, root, cache))  # the caller stops half way
    assert [p for p in cache.rglob("*") if p.is_file()] == []
    assert len(list(read_cached(path, root, cache))) == 1
    (entry,) = [p for p in cache.rglob("*") if p.is_file()]
    entry.write_text(entry.read_text()[:-20])
    assert isinstance(next(read_cached(path, root, cache)), Page)


def test_issues_name_the_file_that_now_holds_the_bytes(tmp_path: Path) -> None:
    body = (FILES / "encrypted.pdf").read_bytes()
    for name in ("first.pdf", "second.pdf"):
        (issue,) = read_cached(write(tmp_path / "raw", name, body), tmp_path / "raw", tmp_path / "cache")
        assert isinstance(issue, Issue) and issue.source_path == name and issue.message.startswith(name)


def test_wire_round_trip() -> None:
    page = Page(
        "a", "正文", "1", "报", dt.date(2023, 3, 5), "metadata", True, "r", "题", "引", "副", ("甲", "乙"), "u", 0.5
    )
    issue = Issue("kind", "message", "info", "a", "第1行", "样", None)
    for item in (page, issue, Page("a", "b")):
        assert wire.load(wire.dump(item)) == item


def test_pages_that_fetch_brought_know_their_address(tmp_path: Path) -> None:
    path = write(tmp_path, "报/2023-03-05/content_1.htm", (FILES / "founder-old.htm").read_bytes())
    notes = {"articles": {"http://a.example/html/2023-03/05/content_1.htm": {"file": "content_1.htm"}}}
    write(tmp_path, "报/2023-03-05/.fetch.json", json.dumps(notes))
    (page,) = read_cached(path, tmp_path, tmp_path / "cache")
    assert isinstance(page, Page) and page.url == "http://a.example/html/2023-03/05/content_1.htm"


def test_digest_is_of_the_bytes(tmp_path: Path) -> None:
    assert digest(write(tmp_path, "a", "x")) == digest(write(tmp_path, "b", "x")) != digest(write(tmp_path, "c", "y"))


@pytest.mark.skipif(scan.ocr_version() == "none", reason="the extra `ocr` is not installed")
def test_ocr_and_html_make_no_request() -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*args, **kwargs): raise SystemExit('a request to the network')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from pathlib import Path; from etl.read.formats import read_risky; from etl.read.source import Source\n"
        "for kind, name in (('image', 'scan.jpg'), ('html', 'general.html'), ('html', 'founder-old.htm')):\n"
        "    (page,) = read_risky(kind, Source(name, 0, Path(sys.argv[1]) / name)); print(len(page.text))\n"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code, str(FILES)], capture_output=True, text=True, cwd=root)
    assert done.returncode == 0 and len(done.stdout.split()) == 3, done.stderr
