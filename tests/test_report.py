"""Every end of a run leaves a page that people can read, a file that programs can read, a log line and a call."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from etl.__main__ import main
from etl.report import OUTCOMES, page
from tests.test_pipeline import ONE, put

NASTY = "<img src=x onerror=alert(1)>\u202e\x00\x1b[2J</table><script>alert(2)</script>"


def run(raw: Path, out: Path, *more: str) -> int:
    return main(["run", "--raw", str(raw), "--out", str(out), "--quiet", "--workers", "1", *more])


def test_the_page_tells_the_outcome(tmp_path: Path) -> None:
    raw, out = put(tmp_path / "raw", a_txt=ONE), tmp_path / "out"
    (raw / "坏<b>.txt").write_bytes(bytes(range(256)) * 40)
    assert run(raw, out) == 0
    text = (out / "run.html").read_text(encoding="utf-8")
    assert "已发布新数据" in text and "报纸到达情况" in text and "示例日报" in text and "坏&lt;b&gt;.txt" in text
    assert "default-src 'none'" in text and "http" not in text.replace('http-equiv="', "")
    assert run(raw, out) == 2
    text = (out / "run.html").read_text(encoding="utf-8")
    assert "没有新内容" in text and "示例日报" in text, "the published table's report stays readable"
    last = json.loads((out / "logs" / "last.json").read_text(encoding="utf-8"))
    assert last["exit_code"] == 2 and last["published"] == last["report"]["version"]


@pytest.mark.parametrize("code", [*OUTCOMES, 99])
def test_nothing_from_outside_is_markup(code: int) -> None:
    record = dict.fromkeys(
        ("kind", "message", "source_path", "where", "sample", "severity", "newspaper", "phrase"), NASTY
    )
    report = {
        "counts": {"files": 3},
        "issues": {NASTY: 2},
        "issue_samples": [record | {"kind": "out-of-bounds"}, record],
        "quarantine": [record],
        "papers": [record | {"published_on": "2026-03-16", "articles": 2}],
        "candidates": [record],
        "rules": {NASTY: NASTY},
        "software": {NASTY: NASTY},
        "figures": {"total": {NASTY: 1.0}},
    }
    text = page({"exit_code": code, "message": NASTY, "at": NASTY, "published": NASTY, "report": report})
    assert "<img" not in text and "<script" not in text and "\u202e" not in text and "\x1b" not in text
    assert text.count("</table>") == text.count("<table>")
    assert "⟨U+202E⟩" in text
    assert page({"exit_code": code, "message": "", "at": "", "published": None, "report": None})


def test_the_log_is_one_json_line_a_fact(tmp_path: Path) -> None:
    raw, out = put(tmp_path / "raw", a_txt=ONE), tmp_path / "out"
    run(raw, out)
    run(tmp_path / 'x\n{"event": "end", "exit_code": 0}', out)
    lines = [json.loads(line) for line in (out / "logs" / "etl.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(x["event"], x.get("exit_code")) for x in lines if x["event"] in ("begin", "end")] == [
        ("begin", None),
        ("end", 0),
        ("begin", None),
        ("end", 4),
    ]


def test_a_link_in_the_logs_place_is_not_followed(tmp_path: Path) -> None:
    raw, out = put(tmp_path / "raw", a_txt=ONE), tmp_path / "out"
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    (out / "logs").mkdir(parents=True)
    for name in ("logs/etl.jsonl", "logs/last.json", "run.html", "run.json", "events.parquet", ".lock.json"):
        (out / name).symlink_to(victim)
    (out / "run.json").unlink()  # a run.json that is no JSON is an error of its own
    assert run(raw, out) == 0
    assert victim.read_text(encoding="utf-8") == "mine"
    assert not (out / "events.parquet").is_symlink()


HOOK = f"""#!{sys.executable}
import json, os, pathlib, sys
told = {{k: v for k, v in os.environ.items() if k.startswith("ETL_")}}
pathlib.Path(__file__).with_suffix(".told").write_text(json.dumps([sys.argv[1:], told]))
sys.exit(int(pathlib.Path(__file__).with_suffix(".exit").read_text()))
"""


def test_the_hook_gets_the_reports_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, out, hook = put(tmp_path / "raw", a_txt=ONE), tmp_path / "out", tmp_path / "hook"
    hook.write_text(HOOK, encoding="utf-8")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "hook.exit").write_text("0")
    assert run(raw, out, "--notify", f"'{hook}' --to 值班") == 0
    arguments, told = json.loads((tmp_path / "hook.told").read_text())
    assert arguments == ["--to", "值班", str(out / "run.html")] and told["ETL_EXIT_CODE"] == "0"
    assert Path(told["ETL_REPORT_JSON"]).is_file()
    (tmp_path / "hook.exit").write_text("7")
    assert run(tmp_path / "none", out, "--notify", str(hook)) == 4
    assert json.loads((tmp_path / "hook.told").read_text())[1]["ETL_EXIT_CODE"] == "4"
    assert "--notify failed" in capsys.readouterr().err
    assert run(raw, out, "--notify", str(tmp_path / "no-such-hook")) == 2


def test_a_fault_of_the_program_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, out = put(tmp_path / "raw", a_txt=ONE), tmp_path / "out"

    def broken(*args: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("etl.pipeline.make_parts", broken)
    assert run(raw, out) == 1
    text = (out / "run.html").read_text(encoding="utf-8")
    assert "程序出错" in text and "KeyError" in text
