"""Filters ⇄ URL, words, highlights, search, and picking up a replaced table."""

from __future__ import annotations

import ast
import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import data, marks, search, wording
from dashboard.charts import Look
from dashboard.english import ENGLISH
from dashboard.filters import Campaign, Catalog, Filters, Node, read, write
from dashboard.i18n import words
from tests.dashboard_fixture import random_tables
from tests.dashboard_fixture import write as write_data

HERE = Path(__file__).resolve().parents[1] / "dashboard"
CATALOG = Catalog(
    nodes={
        "14": Node("14", 0, "山西省", None),
        "140213": Node("140213", 2, "平城区", "14"),
        "140213001": Node("140213001", 3, "水泊寺街道", "140213"),
    },
    children={None: ("14",), "14": ("140213",), "140213": ("140213001",)},
    campaigns={
        c: Campaign(c, c, g, 1) for c, g in (("fire-safety", "安全应急"), ("anti-fraud", "平安法治"), ("none", None))
    },
    papers=("甲报", "乙,%2C报"),
    first=dt.date(2023, 1, 1),
    last=dt.date(2023, 6, 1),
)
FILTERS = st.builds(
    Filters,
    period=st.sampled_from(["all", "1w", "4w", "12w", "year"]),
    by=st.sampled_from(["published", "event"]),
    place=st.sampled_from([None, "14", "140213", "140213001"]),
    campaigns=st.lists(st.sampled_from(["fire-safety", "anti-fraud", "none"]), unique=True).map(tuple),
    groups=st.lists(st.sampled_from(["安全应急", "平安法治"]), unique=True).map(tuple),
    papers=st.lists(st.sampled_from(["甲报", "乙,%2C报"]), unique=True).map(tuple),
)


@given(FILTERS)
def test_filters_survive_the_url(filters: Filters) -> None:
    assert read(write(filters), CATALOG) == (filters, ())


@given(
    st.dictionaries(
        st.sampled_from(["period", "from", "to", "by", "place", "campaign", "group", "paper", "x"]),
        st.text(max_size=60),
    )
)
def test_any_url_is_read(params: dict[str, str]) -> None:
    filters, unknown = read(params, CATALOG)
    assert read(write(filters), CATALOG)[0] == filters
    assert all(len(u) <= 60 for u in unknown)


def test_custom_days_and_unknown_values() -> None:
    filters, unknown = read(
        {"period": "custom", "from": "2023-03-20", "to": "2023-03-01", "place": "999", "campaign": "fire-safety,<img>"},
        CATALOG,
    )
    assert (filters.start, filters.end) == (dt.date(2023, 3, 1), dt.date(2023, 3, 20))
    assert filters.campaigns == ("fire-safety",) and filters.place is None
    assert set(unknown) == {"place=999", "campaign=<img>"}
    assert read({"period": "custom", "from": "nonsense"}, CATALOG)[0].period == "all"


# --- words -----------------------------------------------------------------------------------------------------------


def chinese_words() -> set[str]:
    """Every Chinese string that a page passes to t(…), and those in the tables of labels."""
    found: set[str] = set()
    for path in [*HERE.glob("*.py"), *(HERE / "views").glob("*.py")]:
        if path.name == "english.py" or (path.name.startswith("brief") and path.parent == HERE):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (
                (isinstance(node.func, ast.Name) and node.func.id == "t")
                or (isinstance(node.func, ast.Attribute) and node.func.attr == "t")
            ):
                found |= {
                    a.value
                    for a in node.args
                    for a in ast.walk(a)
                    if isinstance(a, ast.Constant) and isinstance(a.value, str)
                }
    return {w for w in found if re.search(r"[\u4e00-\u9fff]", w)}


def test_every_word_has_an_english_one_with_the_same_places() -> None:
    missing = sorted(w for w in chinese_words() if w not in ENGLISH)
    assert not missing
    for zh, en in ENGLISH.items():
        assert set(re.findall(r"{(\w+)}", en)) <= set(re.findall(r"{(\w+)}", zh)), zh
        assert en.strip()


def test_words_in_both_languages() -> None:
    assert words("zh")("{n} 条", n=3) == "3 条" and words("en")("总览") == "Overview"
    assert words("xx").lang == "zh"
    assert words("en", {"fire-safety": "Fire Safety"}).campaign("fire-safety", "消防安全") == "Fire Safety 消防安全"


# --- highlights ------------------------------------------------------------------------------------------------------

TEXT = "平城区开展检查\n本报讯 3月6日，<b>水泊寺街道</b>检查商户10户。居民说好。"


def test_highlight_escapes_everything() -> None:
    at = TEXT.index("水泊寺街道")
    html = marks.highlight(TEXT, [marks.Mark(at, at + 5, "place", '"><script>')])
    assert '<mark class="k-place" title="&quot;&gt;&lt;script&gt;">水泊寺街道</mark>' in html
    assert "&lt;b&gt;" in html and "<b>" not in html and "<script>" not in html


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 80), st.integers(1, 20)), max_size=6))
def test_highlight_keeps_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    html = marks.highlight(text, [marks.Mark(s, s + n, "metric") for s, n in spans])
    plain = re.sub(r"</?mark[^>]*>", "", html).replace("<br>", "\n")
    assert plain == wording.markup(text)


@pytest.mark.parametrize(
    ("word", "sentence"),
    [("3月6日", "本报讯 3月6日，<b>水泊寺街道</b>检查商户10户。"), ("居民", "居民说好。"), ("开展", "平城区开展检查")],
)
def test_sentence(word: str, sentence: str) -> None:
    first, last = marks.sentence(TEXT, TEXT.index(word))
    assert TEXT[first:last] == sentence


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("电动车 充电", ("电动车", "充电")),
        ("“一盔一带”", ("一盔一带",)),
        ("，。！", ()),
        ("", ()),
        ("火", ("火",)),
        ("消防，安全", ("消防", "安全")),
    ],
)
def test_search_words(query: str, expected: tuple[str, ...]) -> None:
    assert search.words_of(query) == expected


@given(st.text(max_size=200))
def test_any_query_gives_few_words(query: str) -> None:
    assert len(search.words_of(query)) <= search.MAX_WORDS


# --- the table on disk -----------------------------------------------------------------------------------------------


def test_a_replaced_table_is_a_new_one(tmp_path: Path) -> None:
    assert data.find(tmp_path) is None
    small = random_tables(30, seed=1)
    write_data(tmp_path, *small, version="v1")
    first = data.find(tmp_path)
    assert first is not None and first.version == "v1" and first.events.parent.name == "v1"
    assert data.find(tmp_path) == first
    write_data(tmp_path, *random_tables(40, seed=2), version="v2")
    second = data.find(tmp_path)
    assert second is not None and second.version == "v2" and second.key != first.key
    one, two = (data.open_desk(s.key, str(s.events), str(s.articles)) for s in (first, second))
    assert one.catalog.events >= 30 and two.catalog.events >= 40  # the old one still answers those who hold it


def test_without_versions_the_two_files_do(tmp_path: Path) -> None:
    write_data(tmp_path, *random_tables(30, seed=1), version="v1")
    (tmp_path / "run.json").unlink()
    for name in ("events.parquet", "articles.parquet"):
        (tmp_path / "versions/v1" / name).rename(tmp_path / name)
    found = data.find(tmp_path)
    assert found is not None and found.events == tmp_path / "events.parquet" and found.run == {}


@pytest.mark.parametrize("version", ["../../etc", "", "nowhere", "a/b"])
def test_a_version_that_is_no_folder_is_not_opened(tmp_path: Path, version: str) -> None:
    (tmp_path / "run.json").write_text(f'{{"version": "{version}"}}')
    assert data.find(tmp_path) is None
    (tmp_path / "run.json").write_text("not json")
    assert data.find(tmp_path) is None


def test_colours_of_light_and_dark_differ() -> None:
    assert Look(words("zh")).paper != Look(words("zh"), dark=True).paper


def test_accuracy_table_of_the_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "accuracy.md"
    page.write_text(
        "# x\n<!-- table -->\n| corpus | F1 |\n|---|---|\n| **real** | 0.9 |\n<!-- table -->\n| figure | meaning |\n",
        "utf-8",
    )
    monkeypatch.setattr(data, "ACCURACY", page)
    assert data.accuracy() == [{"corpus": "real", "F1": "0.9"}]
    monkeypatch.setattr(data, "ACCURACY", tmp_path / "none.md")
    assert data.accuracy() == []
