"""A page's newspaper, day of publication and label, from masthead, metadata, file name or context."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.masthead import masthead, masthead_issues
from etl.models import Page
from etl.rules import DEFAULT_ROOT
from etl.rules.errors import RulesError
from etl.rules.newspapers import Papers, find_newspaper, home_from_name, home_of, load_newspapers

DAY = dt.date(2022, 7, 26)  # a Tuesday


class Known:
    """As much of the rules as the step reads."""

    newspapers: Papers = load_newspapers(DEFAULT_ROOT)


def read(text: str, path: str = "a.txt", **fields: object) -> Page:
    """A page after the step."""
    return masthead(dataclasses.replace(Page(path, text), **fields), Known)  # type: ignore[arg-type]


MASTHEADS = [
    ("# 朔州日报\n\n2022年7月26日 星期二 朔州日报社出版 第8504期 今日四版\n农历壬寅年六月廿八", "朔州日报", DAY),
    ("朔州日报\n2022年7月26日\n星期二\n标题", "朔州日报", DAY),
    ("标题一\n正文。\n2022年7月26日 星期二\n更多正文。", None, DAY),
    ("２０２２年７月２６日　星期二", None, DAY),
    ("二〇二二年七月二十六日 星期二 第100期", None, DAY),
    ("星期二 2022年7月26日", None, DAY),
    ("2022-07-26 星期二", None, DAY),
    ("2022.7.26 星期二 责编：王某", None, DAY),
    ("2022年7月26日\n## 标题\n正文。", None, DAY),
    ("某某县日报\n2022年7月26日 星期二", "某某县日报", DAY),
    ("太原晚报\nTAIYUAN WANBAO\n2022年7月26日 星期二", "太原晚报", DAY),
    ("2022年7月26日 星期二 定襄时报社主办 第3期", "定襄时报", DAY),
]


@pytest.mark.parametrize(("text", "paper", "day"), MASTHEADS)
def test_mastheads(text: str, paper: str | None, day: dt.date) -> None:
    page = read(text)
    assert (page.newspaper, page.published_on, page.published_basis) == (paper, day, "masthead")


NO_MASTHEAD = [
    "标题\n正文。\n> 某某领导小组办公室 2022年8月18日",
    "标题\n正文里说2022年7月26日星期二开会，" + "大家都来参加会议。" * 30,
    "标题\n近日，街道开展整治。",
    "",
    "13月45日 星期二",
    "2022年2月30日 星期二",
]


@pytest.mark.parametrize("text", NO_MASTHEAD)
def test_no_masthead(text: str) -> None:
    assert read(text).published_basis != "masthead"


PATHS = [
    ("shuozhou-2022-07-26.txt", DAY),
    ("20220726.pdf", DAY),
    ("朔州日报/2022-07-26/A03.html", DAY),
    ("paper/2022-07/26/node_2.htm", DAY),
    ("paper/202207/26/node_A01.html", DAY),
    ("2022年7月26日.docx", DAY),
    ("scan_2022_07_26_p1.png", DAY),
    ("2022.07.26.txt", DAY),
    ("archive-2021-01-01/2022-07-26.txt", DAY),
    ("page-120220726.txt", None),
    ("a-2022-13-45.txt", None),
    ("a.txt", None),
    ("pingcheng-2023-03.txt", None),
]


@pytest.mark.parametrize(("path", "day"), PATHS)
def test_file_names(path: str, day: dt.date | None) -> None:
    page = read("近日，街道开展整治。", path)
    assert page.published_on == day
    assert page.published_basis == ("filename" if day else "unknown")


CONTEXT = [
    ("2023年度会议。\n3月16日，街道整治。\n3月21日，区里部署。", "a.txt", dt.date(2023, 3, 21)),
    ("3月16日，街道整治。\n3月21日，区里部署。", "x-2023-03.txt", dt.date(2023, 3, 21)),
    ("3月16日，街道整治。\n将于4月20日召开大会。", "x-2023-03.txt", dt.date(2023, 3, 16)),
    ("3月16日，街道整治。12月28日检查。", "x-2023-03.txt", dt.date(2023, 3, 16)),
    ("2023年度会议。3月16日，街道整治。到2025年全面建成。成立于2011年。", "a.txt", dt.date(2023, 3, 16)),
    ("3月16日，街道整治。", "a.txt", None),
    ("2023年会议。近日，街道整治。", "a.txt", None),
]


@pytest.mark.parametrize(("text", "path", "day"), CONTEXT)
def test_context(text: str, path: str, day: dt.date | None) -> None:
    page = read(text, path)
    assert (page.published_on, page.published_basis) == (day, "context" if day else "unknown")


def test_what_the_reader_knows_stays() -> None:
    page = read(
        MASTHEADS[0][0], published_on=dt.date(2020, 1, 1), published_basis="metadata", newspaper="甲报", page="9"
    )
    assert (page.published_on, page.published_basis, page.newspaper, page.page) == (
        dt.date(2020, 1, 1), "metadata", "甲报", "9",
    )  # fmt: skip


def test_masthead_wins_over_the_file_name_unless_its_weekday_is_wrong() -> None:
    page = read("2022年7月26日 星期二", "2022-07-25.txt")
    assert (page.published_on, page.published_basis) == (DAY, "masthead")
    assert [i.kind for i in masthead_issues(Page("2022-07-25.txt", ""), page)] == ["date-conflict"]
    misread = read("2022年7月28日 星期二", "2022-07-26.txt")
    assert (misread.published_on, misread.published_basis) == (DAY, "filename")


def test_issues() -> None:
    assert [i.kind for i in masthead_issues(Page("a.txt", ""), read("近日。"))] == ["unknown-date"]
    told = read("2023年度会议。3月16日，街道整治。")
    assert [i.kind for i in masthead_issues(Page("a.txt", ""), told)] == ["date-from-context"]
    assert masthead_issues(Page("a.txt", ""), read(MASTHEADS[0][0])) == []


def test_copied_articles_name_their_paper_and_day() -> None:
    copied = read("走进社区。《 人民日报 》（ 2023年07月21日   10 版）分享", "a.jsonl", is_article=True)
    assert (copied.newspaper, copied.published_on, copied.published_basis) == (
        "人民日报",
        dt.date(2023, 7, 21),
        "context",
    )
    wire = read("湖北日报讯（记者张某）8月9日，江汉区举办比赛。", "a.jsonl", is_article=True)
    assert (wire.newspaper, wire.published_on) == ("湖北日报", None)
    line = read("深圳新闻网2023年7月29日讯（记者 张某）连日来，开展排查。", "a.jsonl", is_article=True)
    assert line.published_on == dt.date(2023, 7, 29)
    old = read("成立于2005年12月的社区。8月15日，开展交流。", "a.jsonl", is_article=True)
    assert old.published_on is None


LABELS = [
    ("第2版\n标题", "a.txt", "2"),
    ("第二版 要闻\n标题", "a.txt", "2"),
    ("A03\n标题", "a.txt", "A03"),
    ("A03版 社会\n标题", "a.txt", "A03"),
    ("02版：要闻\n标题", "a.txt", "2"),
    ("标题\n（下转第三版）", "a.txt", None),
    ("今日四版\n标题", "a.txt", None),
    ("标题", "朔州日报/2022-07-26/A03.html", "A03"),
    ("标题", "2022-07-26/node_B12.html", "B12"),
    ("标题", "2022-07-26-第3版.pdf", "3"),
    ("标题", "pingcheng-2023-03.txt", None),
]


@pytest.mark.parametrize(("text", "path", "label"), LABELS)
def test_labels(text: str, path: str, label: str | None) -> None:
    assert read(text, path).page == label


def test_paper_from_folder_or_file() -> None:
    assert read("标题", "朔州日报/2022-07-26/1.txt").newspaper == "朔州日报"
    assert read("标题", "太原晚报-2023-08-01.pdf").newspaper == "太原晚报"
    assert read("标题", "misc/1.txt").newspaper is None


def test_newspapers() -> None:
    papers = Known.newspapers
    assert len(papers) > 300
    assert home_of(papers, "朔州日报") == "1406"
    assert home_of(papers, "朔州日报社") == "1406"
    assert home_of(papers, "山西日报") == "14"
    assert home_of(papers, "解放日报") == "31"
    assert home_of(papers, "上观新闻") == "31"
    assert home_of(papers, "不存在报") is None
    assert home_of(papers, None) is None
    assert find_newspaper(list(papers), "太原晚报") == find_newspaper(papers, "太原晚报")
    assert home_of(papers, "定襄日报", {"定襄": "140921"}.get) == "140921"


PLACE_NAMES = [
    ("定襄日报", "定襄"), ("昆山晚报", "昆山"), ("余杭晨报", "余杭"), ("萧山日报社", "萧山"), ("义乌商报", "义乌"),
    ("瑞安日报客户端", "瑞安"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "place"), PLACE_NAMES)
def test_home_from_name(name: str, place: str) -> None:
    assert home_from_name(name, {place: "110101"}.get) == "110101"
    assert home_from_name("日报", {"": "11"}.get) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- {name: 甲报, home: '14', level: city}", 1),
        ("- {name: 甲报, home: 14, level: province}", 1),
        ("# 注\n- {name: 甲报, home: '140', level: prefecture}", 2),
        ("- {name: 甲报}\n- {name: 乙报, aliases: [甲报]}", 2),
        ("- {name: 甲报, hom: '14'}", 1),
        ("- {name: 甲报, fetch: {kind: founder}}", 1),
        ("- {home: '14'}", None),
        ("甲报", None),
        ("- {name: 甲报}\n]", 2),
    ],
)
def test_wrong_newspapers_are_refused(tmp_path: Path, text: str, line: int | None) -> None:
    (tmp_path / "newspapers.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RulesError, match=rf"newspapers\.yml{f':{line}' if line else ''}: "):
        load_newspapers(tmp_path)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60), st.booleans())
def test_any_page_passes(text: str, path: str, whole: bool) -> None:
    page = read(text, path, is_article=whole)
    assert page.text == text
    assert (page.published_on is None) == (page.published_basis == "unknown")


def test_real_pages(shared: Path) -> None:
    for name, paper, first, last in (
        ("shuozhou-2022-07-26", "朔州日报", DAY, DAY),
        ("taiyuan-2022-08-19", None, dt.date(2022, 8, 19), dt.date(2022, 8, 19)),
        ("pingcheng-2023-03", None, dt.date(2023, 3, 21), dt.date(2023, 4, 10)),
    ):
        text = (shared / "pages" / f"{name}.txt").read_text(encoding="utf-8")
        for path in (f"{name}.txt", "page.txt"):
            page = read(text, path)
            assert page.newspaper == paper
            assert page.published_on is not None
            assert first <= page.published_on <= last
