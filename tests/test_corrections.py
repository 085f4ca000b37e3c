"""Corrections by hand: applied at every run, marked, signalled when stale; a row that cannot be meant is an error."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dashboard import i18n
from dashboard.views.events import corrected
from etl.__main__ import main
from etl.corrections import COLUMNS, Corrections, correct, correct_links, load_corrections, unmatched
from etl.models import Article, Event, Metric, to_table
from etl.rules import DEFAULT_ROOT, Rules
from etl.rules.errors import RulesError
from tests.make import TEXT, an_article, an_event

WHO = "王某,2026-03-20,核对原文"
E1, A1 = "e" * 16, "a" * 16


@pytest.fixture
def write(tmp_path: Path, rules: Rules) -> Any:
    """Writes corrections.csv and loads it."""

    def of(*rows: str) -> Corrections:
        (tmp_path / "corrections.csv").write_text("\n".join([",".join(COLUMNS), *rows, ""]), encoding="utf-8")
        return load_corrections(tmp_path, rules)

    return of


def mend(corrections: Corrections, **fields: Any) -> tuple[dict[str, Any], list[str]]:
    """An event after its corrections, and the kinds of what was signalled."""
    _, events, issues = correct(corrections, to_table([an_article()], Article), to_table([an_event(**fields)], Event))
    return events.to_pylist()[0], [i.kind for i in issues]


NUMBER = Metric("检查商铺", "inspected", 86.0, "家", "exact", "event", None, 5, 8, TEXT[5:8])
ALONE = {"street": None, "street_code": None}
NO_DAY = {"date": None, "date_end": None, "date_precision": None, "date_basis": None}
D17, D18 = dt.date(2026, 3, 17), dt.date(2026, 3, 18)
CASES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("a district of the city", "district,平城区,云冈区", ALONE, {"adcode": "140214", "city": "大同市"}),
    ("a district elsewhere", "district,平城区,朔城区", ALONE, {"adcode": "140602", "city": "朔州市"}),
    ("no district", "district,平城区,", ALONE, {"district": None, "adcode": "140200"}),
    ("a street", "street,永泰街道,开源街道", {}, {"street": "开源街道", "district": "平城区", "adcode": "140213"}),
    ("no street", "street,永泰街道,", {}, ALONE),
    ("a community", "community,,七里村", {}, {"community": "七里村", "street": "永泰街道"}),
    ("a campaign", "campaign_id,work-safety,anti-fraud", {}, {"campaign_id": "anti-fraud"}),
    ("no campaign", "campaign_id,work-safety,", {}, {"campaign_id": None, "campaign": None, "campaign_group": None}),
    ("a later last day", "date_end,2026-03-16,2026-03-18", {}, {"date_end": D18, "date_precision": "range"}),
    ("another day", "date,2026-03-16,2026-03-17", {}, {"date": D17, "date_end": D17, "date_precision": "day"}),
    ("no day", "date,2026-03-16,", {}, NO_DAY),
]


@pytest.mark.parametrize(("name", "row", "before", "after"), CASES, ids=[c[0] for c in CASES])
def test_fields(write: Any, name: str, row: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    got, kinds = mend(write(f"{E1},{row},{WHO}"), **before)
    assert {k: got[k] for k in after} == after
    assert got["corrections"] == [row.split(",")[0]] and kinds == ["correction-applied"]


def test_codes_follow_the_corrected_street(write: Any, rules: Rules) -> None:
    got, _ = mend(write(f"{E1},street,永泰街道,开源街道,{WHO}"), street_code="140213001")
    assert rules.gazetteer.names[int(got["street_code"])] == "开源街道" and got["street_code"].startswith("140213")
    got, kinds = mend(write(f"{E1},street,永泰街道,无此街道,{WHO}"), street_code="140213001")
    assert got["street"] == "无此街道" and got["street_code"] is None and got["adcode"] == "140213"
    assert kinds == ["correction-applied", "correction-without-code"]


def test_name_and_group_follow_the_campaign(write: Any, rules: Rules) -> None:
    got, _ = mend(write(f"{E1},campaign_id,work-safety,anti-fraud,{WHO}"))
    assert (got["campaign"], got["campaign_group"]) == (
        rules.taxonomy.by_id["anti-fraud"].name,
        rules.taxonomy.by_id["anti-fraud"].group,
    )


NUMBERS = [
    ("value,86,68", {"value": 68.0, "text": "86家"}),
    ("unit,家,户", {"unit": "户"}),
    ("scope,event,cumulative", {"scope": "cumulative"}),
    ("as_of,,2026-03-01", {"as_of": dt.date(2026, 3, 1)}),
]


@pytest.mark.parametrize(("row", "after"), NUMBERS)
def test_numbers(write: Any, row: str, after: dict[str, Any]) -> None:
    got, kinds = mend(write(f"{E1},metric:5:{row},{WHO}"), metrics=(NUMBER,))
    assert {k: got["metrics"][0][k] for k in after} == after | (
        {"text": got["metrics"][0]["text"]} if "text" in after else {}
    )
    assert got["corrections"] == [f"metric:5:{row.split(',')[0]}"] and kinds == ["correction-applied"]


def test_a_number_is_taken_out(write: Any) -> None:
    got, _ = mend(write(f"{E1},metric:5:value,86,,{WHO}"), metrics=(NUMBER,))
    assert got["metrics"] == []


@pytest.mark.parametrize(
    "row", ["district,云冈区,朔城区", "metric:5:value,85,68", "metric:6:value,86,68", "date,2026-03-15,2026-03-17"]
)
def test_the_expected_value_is_gone(write: Any, row: str) -> None:
    got, kinds = mend(write(f"{E1},{row},{WHO}"), metrics=(NUMBER,))
    assert kinds == ["correction-stale"] and got["corrections"] == []
    assert got == mend(write(), metrics=(NUMBER,))[0]


def test_an_articles_day_goes_to_its_events(write: Any) -> None:
    corrections = write(f"{A1},published_on,2026-03-18,2026-03-19,{WHO}", f"{A1},newspaper,示例日报,示例晚报,{WHO}")
    articles = to_table([an_article(), an_article(article_id="b" * 16)], Article)
    events = to_table([an_event(date_basis="relative"), an_event(event_id="f" * 16, article_id="b" * 16)], Event)
    articles, events, issues = correct(corrections, articles, events)
    assert articles["published_on"].to_pylist() == [dt.date(2026, 3, 19), dt.date(2026, 3, 18)]
    assert events["newspaper"].to_pylist() == ["示例晚报", "示例日报"]
    assert events["corrections"].to_pylist() == [["newspaper", "published_on"], []]
    assert [i.kind for i in issues] == ["correction-applied", "correction-applied", "correction-relative-date"]


def test_links_are_corrected_after_linking(write: Any) -> None:
    corrections = write(f"{E1},duplicate_of,,{'f' * 16},{WHO}")
    table = to_table([an_event()], Event)
    assert correct(corrections, to_table([an_article()], Article), table)[1].equals(table)
    linked, issues = correct_links(corrections, table)
    assert linked.to_pylist()[0]["duplicate_of"] == "f" * 16 and linked.to_pylist()[0]["corrections"] == [
        "duplicate_of"
    ]
    assert unmatched(corrections, issues) == []


def test_a_target_that_is_nowhere_is_signalled(write: Any) -> None:
    corrections = write(f"{'0' * 16},street,永泰街道,,{WHO}")
    assert [(i.kind, i.where) for i in unmatched(corrections, [])] == [("correction-stale", "line 2")]


WRONG = [
    ("short row", "eeeeeeee,street", 2, "2 cells instead of 7"),
    ("unknown field", f"{E1},text,a,b,{WHO}", 2, "no field 'text'"),
    ("no event", f"../etc,street,a,b,{WHO}", 2, "is no event_id"),
    ("nobody", f"{E1},street,a,b,,2026-03-20,x", 2, "who and why"),
    ("no day", f"{E1},street,a,b,王某,昨天,x", 2, "when: '昨天'"),
    ("no change", f"{E1},street,a,a,{WHO}", 2, "are the same"),
    ("not a day", f"{E1},date,2026-03-16,2026-13-01,{WHO}", 2, "corrected: '2026-13-01'"),
    ("not a number", f"{E1},metric:5:value,86,八十六,{WHO}", 2, "corrected: '八十六'"),
    ("no such campaign", f"{E1},campaign_id,,no-such-campaign,{WHO}", 2, "no campaign 'no-such-campaign'"),
    ("no such scope", f"{E1},metric:5:scope,event,both,{WHO}", 2, "must be one of"),
    ("twice", f"{E1},street,a,b,{WHO}\n{E1},street,b,c,{WHO}", 3, "corrected twice"),
    ("quotes open", f'{E1},street,"a,b,{WHO}', 2, "not CSV"),
]


@pytest.mark.parametrize(("name", "rows", "line", "message"), WRONG, ids=[w[0] for w in WRONG])
def test_a_wrong_row_is_named(write: Any, name: str, rows: str, line: int, message: str) -> None:
    with pytest.raises(RulesError, match=message) as error:
        write(rows)
    assert f"corrections.csv:{line}:" in str(error.value)


def test_a_wrong_head_is_named(tmp_path: Path, rules: Rules) -> None:
    (tmp_path / "corrections.csv").write_text("event,field\n", encoding="utf-8")
    with pytest.raises(RulesError, match=r"corrections.csv:1: the first line must be target,field"):
        load_corrections(tmp_path, rules)


def test_excels_csv_is_read(tmp_path: Path, rules: Rules) -> None:
    rows = f"{','.join(COLUMNS)}\r\n{E1},street,永泰街道,,{WHO}\r\n,,,,,,\r\n"
    (tmp_path / "corrections.csv").write_bytes(rows.encode("utf-8-sig"))
    assert load_corrections(tmp_path, rules).by_target[E1][0].field == "street"


def test_the_dashboard_names_what_was_corrected() -> None:
    t = i18n.words("zh")
    assert corrected(t, {"corrections": ["district", "metric:5:value", "metric:9:unit"]}) == "区县、数字"
    assert corrected(t, {"corrections": []}) == corrected(t, {}) == ""


# --- the whole way ---------------------------------------------------------------------------------------------------


def reference_with(tmp_path: Path, *rows: str) -> Path:
    """The project's rules by links, with another corrections.csv."""
    root = tmp_path / "reference"
    root.mkdir(exist_ok=True)
    for path in DEFAULT_ROOT.iterdir():
        link = root / path.name
        if path.name != "corrections.csv" and not link.exists():
            link.symlink_to(path)
    (root / "corrections.csv").write_text("\n".join([",".join(COLUMNS), *rows, ""]), encoding="utf-8")
    return root


def test_corrections_survive_every_run(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    row = {
        "title": "消防宣传进社区",
        "text": "3月17日，平城区开源街道开展消防宣传，发放资料300余份。",
        "published_on": "2026-03-19",
    }
    (raw / "a.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")

    def run(*rows: str) -> tuple[int, list[dict[str, Any]], dict[str, int]]:
        root = reference_with(tmp_path, *rows)
        code = main(
            ["run", "--raw", str(raw), "--out", str(out), "--reference", str(root), "--quiet", "--workers", "1"]
        )
        report = json.loads((out / "run.json").read_text(encoding="utf-8"))
        return code, pq.read_table(out / "events.parquet").to_pylist(), report["issues"]

    code, before, _ = run()
    event = before[0]
    line = f"{event['event_id']},street,开源街道,永泰街道,{WHO}"
    code, after, issues = run(line)
    assert (code, after[0]["street"], after[0]["corrections"]) == (0, "永泰街道", ["street"])
    assert after[0]["event_id"] == event["event_id"] and issues["correction-applied"] == 1
    assert run(line)[0] == 2

    row["text"] = row["text"].replace("开源街道", "振华街道")  # the paper mended it: another article, another id
    (raw / "a.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    code, mended, issues = run(line)
    assert code == 0 and mended[0]["street"] == "振华街道" and issues["correction-stale"] == 1
    assert run(f"{event['event_id']},street,开源街道,永泰街道,,,")[0] == 64
