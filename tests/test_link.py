"""The same activity in two papers is found; two activities stay two."""

from __future__ import annotations

import datetime as dt

from etl.link import link
from etl.models import Event, Metric, to_table
from tests.make import an_event

PRINT = "近日街道组织网格员对沿街商铺逐户排查，"
PRINT += "重点查看燃气软管和报警装置，当场整改隐患十五处，并向经营者讲解了应急处置办法，要求他们每天打烊前关紧阀门。"
REPRINT = PRINT + "下一步，街道将持续开展回头看。"
OTHER = "社区食堂昨天开张，老人们用上了热乎的午饭，志愿者为行动不便的老人送餐上门，受到居民称赞。" * 2


def number(value: float, unit: str = "家", scope: str = "event") -> Metric:
    return Metric("x", None, value, unit, "exact", scope, None, 0, 1, "x")  # type: ignore[arg-type]


def duplicates(*events: Event, **texts: str) -> dict[str, str]:
    table = link(to_table(list(events), Event), lambda article_id: texts.get(article_id, ""))
    return {r["event_id"]: r["duplicate_of"] for r in table.to_pylist() if r["duplicate_of"]}


def ev(event_id: str, article: str, day: int, **fields: object) -> Event:
    return an_event(event_id=event_id, article_id=article, published_on=dt.date(2026, 3, day), **fields)


def test_two_equal_numbers_make_one_activity() -> None:
    numbers = (number(86), number(15))
    assert duplicates(ev("e2", "b", 19, metrics=numbers), ev("e1", "a", 18, metrics=numbers)) == {"e2": "e1"}


def test_one_number_with_street_and_day_is_enough() -> None:
    assert duplicates(ev("e1", "a", 18, metrics=(number(86),)), ev("e2", "b", 19, metrics=(number(86),))) == {
        "e2": "e1"
    }


def test_one_number_alone_is_not_enough() -> None:
    later = ev("e2", "b", 19, metrics=(number(86),), street=None)
    assert duplicates(ev("e1", "a", 18, metrics=(number(86),)), later) == {}


def test_reprint_without_numbers_is_found_by_its_clauses() -> None:
    assert duplicates(ev("e1", "a", 18), ev("e2", "b", 20), a=PRINT, b=REPRINT) == {"e2": "e1"}
    assert duplicates(ev("e1", "a", 18), ev("e2", "b", 20), a=PRINT, b=OTHER) == {}


def test_other_street_day_or_month_is_another_activity() -> None:
    numbers = (number(86), number(15))
    first = ev("e1", "a", 18, metrics=numbers)
    assert duplicates(first, ev("e2", "b", 19, metrics=numbers, street="开源街道")) == {}
    assert (
        duplicates(first, ev("e2", "b", 19, metrics=numbers, date=dt.date(2026, 3, 1), date_end=dt.date(2026, 3, 1)))
        == {}
    )
    late = an_event(event_id="e2", article_id="b", published_on=dt.date(2026, 5, 1), metrics=numbers)
    assert duplicates(first, late) == {}


def test_running_totals_do_not_link() -> None:
    numbers = (number(86, scope="cumulative"), number(15, scope="cumulative"))
    assert duplicates(ev("e1", "a", 18, metrics=numbers), ev("e2", "b", 19, metrics=numbers)) == {}


def test_every_later_report_points_at_the_first() -> None:
    numbers = (number(86), number(15))
    found = duplicates(*(ev(f"e{i}", f"a{i}", 10 + i, metrics=numbers) for i in range(1, 5)))
    assert found == {"e2": "e1", "e3": "e1", "e4": "e1"}
