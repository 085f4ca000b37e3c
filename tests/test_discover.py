"""Phrases that look like new campaigns: found with their span, merged, and not proposed when known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.discover import Candidate, Report, discover
from etl.rules import Rules
from etl.rules.taxonomy import squeeze

DAY = dt.date(2025, 7, 1)


def reports(*texts: str) -> list[Report]:
    return [Report(f"a{i}", text, DAY + dt.timedelta(i)) for i, text in enumerate(texts)]


def found(rules: Rules, *texts: str, least: int = 1) -> list[Candidate]:
    return discover(reports(*texts), rules, least=least)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("近日，永和区深入开展噪声扰民专项整治行动，成效明显。", "噪声扰民专项整治行动"),
        ("全镇打响殡改攻坚战。县里启动“清风亮剑”专项行动，多部门参与。", "清风亮剑专项行动"),
        ("为推进“三抓三促”行动，街道走访企业。", "三抓三促行动"),
        ("街道启动“每日一小时”活动，干部下沉。", "每日一小时活动"),
        ("市里部署校园配餐集中整治工作。", "校园配餐集中整治"),
        ("农贸中心组织开展水库移民遗留问题百日攻坚。", "水库移民遗留问题百日攻坚"),
        ("县委部署“万人洗城”大会战，人人动手。", "万人洗城大会战"),
        ("本县推动“敲门问需”大走访，入户两千次。", "敲门问需大走访"),
        ("学校举办「星火点灯」主题活动。", "星火点灯主题活动"),
        ("区里实施“头雁领航”工程。", "头雁领航工程"),
        ("“暖巢行动”让老屋有了新灯。", "暖巢行动"),
    ],
)
def test_a_phrase_begins_at_its_first_word(text: str, phrase: str, rules: Rules) -> None:
    assert phrase in [c.phrase for c in found(rules, text)]


@pytest.mark.parametrize(
    "text",
    [
        "街道开展联合执法检查专项行动。",  # general words only
        "各地开展专项整治，效果良好。",  # no name at all
        "派出所开展反诈宣传活动，派出所开展电信网络诈骗专项整治。",  # a campaign that the taxonomy has
        "社区开展消防安全专项整治行动和燃气安全集中整治。",
        "近日，街道开展主题党日活动、志愿服务活动。",  # judged to be none
        "行动！活动！“”行动 “好”行动",
        "他行动不便，活动量很小。",
        "",
        "1234567890",
    ],
)
def test_nothing_is_proposed(text: str, rules: Rules) -> None:
    assert found(rules, text) == []


def test_forms_of_one_name_are_one_candidate(rules: Rules) -> None:
    (one,) = found(
        rules,
        "全区开展噪声扰民专项整治行动。",
        "我市推进噪声扰民集中整治。",
        "城西街道持续开展噪声扰民专项整治行动，噪声扰民专项整治行动取得实效。",
        least=2,
    )
    assert one.phrase == "噪声扰民专项整治行动"
    assert one.variants == ("噪声扰民专项整治行动", "噪声扰民集中整治")
    assert (one.count, one.n_articles) == (4, 3)
    assert (one.first, one.last) == (DAY, DAY + dt.timedelta(2))


def test_a_longer_name_that_ends_in_a_shorter_one_joins_it(rules: Rules) -> None:
    (one,) = found(rules, "开展噪声扰民专项整治。", "开展广场舞噪声扰民专项整治。")
    assert one.n_articles == 2
    assert set(one.variants) == {"噪声扰民专项整治", "广场舞噪声扰民专项整治"}


def test_once_is_not_recurring_and_a_reprint_is_once(rules: Rules) -> None:
    text = "全区开展噪声扰民专项整治行动。"
    assert found(rules, text, text, least=2) == []
    assert found(rules, text, "县里开展噪声扰民专项整治行动。", least=2)


def test_examples_are_spans_in_their_sentence(rules: Rules) -> None:
    text = "昨日有雨。全区开展“静夜\n守护”专项行动，夜间巡查。次日放晴。"
    (one,) = found(rules, text)
    (example,) = one.examples
    assert example.article_id == "a0"
    assert squeeze(text[example.start : example.end]) == "静夜守护专项行动"
    assert example.sentence.startswith("守护") or "静夜" in example.sentence


def test_campaigns_of_its_articles_are_told(rules: Rules) -> None:
    base = reports("推进“三抓三促”行动，走访企业。", "结合“三抓三促”行动，化解纠纷。", "以“三抓三促”行动为抓手。")
    given_tags = [("business-relief",), ("dispute-mediation", "business-relief"), ()]
    (one,) = discover([replace(r, campaign_ids=t) for r, t in zip(base, given_tags, strict=True)], rules)
    assert one.campaign_ids == ("business-relief", "dispute-mediation")


def test_most_articles_first(rules: Rules) -> None:
    names = [c.phrase for c in found(rules, "实施“甲乙丙丁”行动。实施“戊己庚辛”行动。", "推进“戊己庚辛”行动。")]
    assert names == ["戊己庚辛行动", "甲乙丙丁行动"]


def test_an_unknown_day_is_no_day(rules: Rules) -> None:
    (one,) = discover([Report("a", "实施“甲乙丙丁”行动。")], rules, least=1)
    assert (one.first, one.last) == (None, None)


PARTS = ["专项行动", "“", "”", "噪声", "开展", "整治", "\n", "大会战", "百日", "行动", "😀", "。", "区", "主题活动"]


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PARTS), max_size=60).map("".join)))
def test_any_text_gives_spans_that_hold(rules: Rules, text: str) -> None:
    for one in found(rules, text):
        assert one.count >= one.n_articles == 1
        for example in one.examples:
            assert squeeze(text[example.start : example.end]) in one.variants


def test_long_repetition_comes_to_an_end(rules: Rules) -> None:
    for unit in ("专项", "整治", "“甲", "提升行动", "噪声扰民", "大"):
        text = unit * (50_000 // len(unit))
        for one in found(rules, text):
            assert all(text[e.start : e.end] == e.text for e in one.examples)
