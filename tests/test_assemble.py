"""Findings meet: which campaign at which place on which day with which numbers."""

from __future__ import annotations

import datetime as dt

from etl.assemble import assemble
from etl.models import Metric
from etl.text import Text
from tests.make import a_place, a_tag, a_when, an_article


def metric(text: str, part: str, **fields: object) -> Metric:
    start = text.index(part)
    base = {
        "what": "x",
        "indicator": None,
        "value": 1.0,
        "unit": "家",
        "qualifier": "exact",
        "scope": "event",
        "as_of": None,
    }
    return Metric(**{**base, **fields}, start=start, end=start + len(part), text=part)  # type: ignore[arg-type]


def test_each_number_goes_to_the_town_of_its_sentence() -> None:
    text = "6月1日，甲镇查处企业3家。6月5日，乙镇查处企业5家。"
    places = [a_place(text, "甲镇", street="甲镇"), a_place(text, "乙镇", street="乙镇")]
    whens = [a_when(text, "6月1日", dt.date(2026, 6, 1)), a_when(text, "6月5日", dt.date(2026, 6, 5))]
    numbers = [metric(text, "3家"), metric(text, "5家")]
    events = assemble(an_article(text), Text.of(text), places, whens, [a_tag(text, "查处")], numbers)
    assert [(e.street, e.date.day, [m.text for m in e.metrics]) for e in events if e.date] == [
        ("甲镇", 1, ["3家"]),
        ("乙镇", 5, ["5家"]),
    ]


def test_one_day_within_a_holiday_dates_both_places() -> None:
    text = "国庆假期，甲县检查培训机构。10月4日，检查组到乙镇突击检查。"
    places = [a_place(text, "甲县", street=None), a_place(text, "乙镇", street="乙镇")]
    whens = [
        a_when(text, "10月4日", dt.date(2026, 10, 4)),
        a_when(text, "国庆假期", dt.date(2026, 10, 1), last=dt.date(2026, 10, 7)),
    ]
    events = assemble(an_article(text), Text.of(text), places, whens, [a_tag(text, "检查")], [])
    assert [(e.date, e.date_end) for e in events] == [(dt.date(2026, 10, 4), dt.date(2026, 10, 4))] * 2


def test_every_number_belongs_to_exactly_one_event() -> None:
    text = "甲镇开展消防检查和反诈宣传，检查2家，发放8份。乙镇也行动起来。全县共3家。"
    places = [a_place(text, "甲镇", street="甲镇"), a_place(text, "乙镇", street="乙镇")]
    tags = [a_tag(text, "消防", "fire-safety"), a_tag(text, "反诈", "anti-fraud")]
    numbers = [metric(text, p) for p in ("2家", "8份", "3家")]
    events = assemble(an_article(text), Text.of(text), places, [], tags, numbers)
    assert sorted(m.text for e in events for m in e.metrics) == ["2家", "3家", "8份"]
    assert len({e.event_id for e in events}) == len(events) == 3


def test_running_total_gets_its_day() -> None:
    text = "6月20日，平城区召开会议。截至6月14日，全区累计检查9家。"
    whens = [a_when(text, "6月20日", dt.date(2026, 6, 20)), a_when(text, "截至6月14日", dt.date(2026, 6, 14), "as_of")]
    numbers = [metric(text, "9家", scope="cumulative")]
    (event,) = assemble(
        an_article(text), Text.of(text), [a_place(text, "平城区")], whens, [a_tag(text, "检查")], numbers
    )
    assert event.metrics[0].as_of == dt.date(2026, 6, 14)
    assert event.date == dt.date(2026, 6, 20)


def test_article_of_no_campaign_still_gives_an_event() -> None:
    text = "平城区举行活动。"
    (event,) = assemble(an_article(text), Text.of(text), [a_place(text, "平城区")], [], [], [])
    assert event.campaign_id is None
    assert event.district == "平城区"


def test_ids_depend_on_article_campaign_and_place_only() -> None:
    text = "甲镇消防检查2家。"
    findings = ([a_place(text, "甲镇", street="甲镇")], [], [a_tag(text, "消防", "fire-safety")], [])
    (one,) = assemble(an_article(text), Text.of(text), *findings)
    (two,) = assemble(an_article(text, source_path="y.txt"), Text.of(text), *findings)
    (other,) = assemble(an_article(text, article_id="b" * 16), Text.of(text), *findings)
    assert one.event_id == two.event_id != other.event_id
