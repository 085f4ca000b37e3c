"""Small, valid rows for tests; each argument replaces one field."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from etl.models import Article, Event, Evidence, Issue, Page, Place, Tag, When
from etl.rules import Rules
from etl.split import split

TEXT = "平城区检查86家商铺"


def an_article(text: str = TEXT, **fields: Any) -> Article:
    """An article of 2026-03-18 whose body begins at once."""
    base = Article(
        "a" * 16, "x.txt", None, "示例日报", dt.date(2026, 3, 18), "metadata", "news", None, None, (), text, 0
    )
    return replace(base, **fields)


def an_event(**fields: Any) -> Event:
    """An event of work safety in 平城区, 永泰街道, on 2026-03-16."""
    base = Event(
        event_id="e" * 16,
        article_id="a" * 16,
        province="山西省",
        city="大同市",
        district="平城区",
        street="永泰街道",
        community=None,
        adcode="140213",
        street_code="140213001",
        place_basis="text",
        campaign="安全生产专项整治",
        campaign_id="work-safety",
        campaign_group="安全应急",
        date=dt.date(2026, 3, 16),
        date_end=dt.date(2026, 3, 16),
        date_precision="day",
        date_basis="text",
        metrics=(),
        evidence=(Evidence("place", 0, 3, "平城区", "test"),),
        headline=None,
        newspaper="示例日报",
        published_on=dt.date(2026, 3, 18),
        duplicate_of=None,
        rank=0,
        corrections=(),
    )
    return replace(base, **fields)


def evidence(text: str, part: str, field: str, at: int = 0) -> Evidence:
    """The span of `part` in `text`, from `at` on."""
    start = text.index(part, at)
    return Evidence(field, start, start + len(part), part, "test")


def a_place(text: str, part: str, **fields: Any) -> Place:
    """A place of the activity named by `part`."""
    base = Place(
        "山西省", "大同市", "平城区", None, None, "140213", None, "text", "activity", evidence(text, part, "place")
    )
    return replace(base, **fields)


def a_tag(text: str, part: str, campaign: str = "work-safety") -> Tag:
    """A campaign whose cue is `part`."""
    return Tag(campaign, campaign, "group", 1.0, evidence(text, part, "campaign"))


def a_when(text: str, part: str, day: dt.date, use: str = "activity", last: dt.date | None = None) -> When:
    """A day named by `part`, or the days from it to `last`."""
    precision = "range" if last else "day"
    return When(day, last or day, precision, "text", use, evidence(text, part, "date"))  # type: ignore[arg-type]


def articles_from(text: str, rules: Rules) -> tuple[list[Article], list[Issue]]:
    """What `split` makes of a page."""
    return split(Page("x.txt", text), rules)
