"""The whole extraction on any text: nothing raises, every span gives its text back, time grows in proportion."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.extract import extract
from etl.harvest import articles_of
from etl.models import Page
from etl.rules import Rules
from tests.make import an_article

FRAGMENTS = [
    "本报讯（记者 ",
    "）",
    "3月16日，",
    "近日，",
    "截至6月14日",
    "平城区",
    "永泰街道",
    "该街道",
    "东湖街道",
    "新民村",
    "马鞍山市",
]
FRAGMENTS += [
    "开展消防安全检查",
    "专项行动",
    "共检查商铺86家",
    "三百余份",
    "近千件",
    "562.93 万元",
    "今年以来",
    "累计",
    "第21次",
]
FRAGMENTS += [
    "“",
    "”",
    "。",
    "，",
    "；",
    "\n",
    " ",
    "　",
    "(下转第三版)",
    "原标题：",
    "返回搜狐",
    "８６",
    "〇",
    "㎡",
    "\u200b",
    "\U0001f600",
    "\ud800",
]

GENRE = st.lists(st.one_of(st.sampled_from(FRAGMENTS[:-1]), st.text(max_size=4)), max_size=40).map("".join)
CALM = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@CALM
@given(text=st.one_of(GENRE, st.text(max_size=300)))
def test_any_article_gives_sound_events(rules: Rules, text: str) -> None:
    article = an_article(text)
    events, _ = extract(article, rules)
    for event in events:
        for span in (*event.evidence, *event.metrics):
            assert article.text[span.start : span.end] == span.text
    assert len({e.event_id for e in events}) == len(events)


@CALM
@given(text=st.one_of(GENRE, st.text(max_size=300)), ready=st.booleans())
def test_any_page_gives_sound_articles(rules: Rules, text: str, ready: bool) -> None:
    articles, _ = articles_of(Page("x.txt", text, is_article=ready), rules)
    for article in articles:
        assert 0 <= article.body_start <= len(article.text)
        extract(article, rules)


HOSTILE = [
    "1",
    "1,",
    "（",
    "）（",
    "第",
    "近",
    "一",
    "十",
    "3月",
    "截至",
    "平城区",
    "。",
    "，",
    "\n",
    "百分之",
    "“",
    "记者 ",
    "0.",
    "年",
    "共",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_long_repetition_is_read_to_an_end(rules: Rules, piece: str) -> None:
    """Nothing is quadratic: 60,000 characters end, with sound spans (how fast is the benchmark's matter)."""
    article = an_article((piece * 60_000)[:60_000])
    events, _ = extract(article, rules)
    for event in events:
        for span in (*event.evidence, *event.metrics):
            assert article.text[span.start : span.end] == span.text
