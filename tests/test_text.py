"""Normalisation keeps length; bounds hold; Chinese numerals are read as people write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.text import Text, chinese_number, normalise, number

NUMERALS = [
    ("十", 10),
    ("十二", 12),
    ("二十", 20),
    ("五十六", 56),
    ("一百零五", 105),
    ("三百五", 350),
    ("三百五十", 350),
    ("一千零五", 1005),
    ("三千五百", 3500),
    ("两千", 2000),
    ("一万二", 12_000),
    ("一万五千", 15_000),
    ("二十万", 200_000),
    ("三亿两千万", 320_000_000),
    ("二〇二三", 2023),
    ("二零二六", 2026),
    ("零", 0),
    ("百余", None),
    ("", None),
    ("第三", None),
]


@pytest.mark.parametrize(("text", "value"), NUMERALS)
def test_chinese_numerals(text: str, value: int | None) -> None:
    assert chinese_number(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("86", 86),
        ("1,200", 1200),
        ("3.5万", 35_000),
        ("562.93万", 5_629_300),
        ("2亿", 2e8),
        ("十六", 16),
        ("5百", 500),
        ("八十多", None),
    ],
)
def test_numbers(text: str, value: float | None) -> None:
    assert number(text) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    ("raw", "norm"),
    [
        ("共检查商铺８６家", "共检查商铺86家"),
        ("面积1,200㎡", "面积1,200㎡"),
        ("文明,让生活更美好", "文明，让生活更美好"),
        ("（记者 张三）", "（记者 张三）"),
        ("(记者　张三)", "（记者 张三）"),
        ("“首善平城”", '"首善平城"'),
        ("二○二三年", "二0二三年"),
        ("５—１５户", "5-15户"),
    ],
)
def test_normalise(raw: str, norm: str) -> None:
    assert normalise(raw) == norm


@given(st.text())
def test_normalise_keeps_length(text: str) -> None:
    assert len(normalise(text)) == len(text)


@given(st.text(alphabet="一二，。！？”\n（）abc 3"), st.integers(0, 50))
def test_bounds_hold_the_position(raw: str, position: int) -> None:
    text = Text.of(raw)
    if not raw:
        return
    position %= len(raw)
    for first, last in (text.sentence(position), text.clause(position)):
        assert first <= position <= last
    assert text.ends[-1] == len(raw)
    assert list(text.ends) == sorted(set(text.ends))


@given(st.text(alphabet="一。！？…!?”）\n", max_size=30))
def test_sentences_end_where_their_plain_definition_says(raw: str) -> None:
    ends = [m.end() for m in re.finditer(r"[。！？…!?]+[”’）》」』)]*\n*|\n+", raw)]
    assert list(Text.of(raw).ends) == (ends if ends and ends[-1] == len(raw) else [*ends, len(raw)])


def test_sentences_and_clauses() -> None:
    text = Text.of("3月16日，街道开展排查。“请配合！”商户说。\n共检查86家。")
    assert [text.raw[slice(*text.sentence(i))] for i in (0, 14, 20, 25)] == [
        "3月16日，街道开展排查。",
        "“请配合！”",
        "商户说。\n",
        "共检查86家。",
    ]
    assert text.raw[slice(*text.clause(8))] == "街道开展排查"
    assert text.raw[slice(*text.paragraph(24))] == "共检查86家。"
