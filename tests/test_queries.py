"""Questions to the table, on a hand-made set whose answers are computed by hand.

Weeks W1 2023-03-06, W2 2023-03-13, W3 2023-03-20 (unfinished: the data ends on Wednesday 2023-03-22).
甲报 arrives in all three, 乙报 only in W1. 东街道 is covered by both (乙报 repeats one report), 西街道 only by 乙报, 南街道 by 甲报.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard import queries as q
from dashboard.filters import Filters, last_complete_week, monday, parse_week, week_label
from dashboard.tables import Store, open_store
from tests.dashboard_fixture import Builder, write

W1, W2, W3 = dt.date(2023, 3, 6), dt.date(2023, 3, 13), dt.date(2023, 3, 20)
LAST = dt.date(2023, 3, 22)
FIRE = ("fire-safety", "消防安全", "安全应急")
FRAUD = ("anti-fraud", "反电信网络诈骗", "平安法治")
NONE = (None, None, None)
DISTRICT = ("山西省", "大同市", "平城区")


def day(d: int) -> dt.date:
    return dt.date(2023, 3, d)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Builder()

    def street(name: str | None, number: int) -> dict[str, object]:
        return {
            "place": (*DISTRICT, name, None),
            "adcode": "140213",
            "street_code": f"140213{number:03d}" if name else None,
        }

    def report(
        paper: str | None,
        published: dt.date | None,
        body: str,
        where: dict,
        campaign: tuple,
        date: dt.date | None,
        **more: object,
    ) -> str:
        article = made.article(paper, published, "标题", body)
        metrics = tuple(made.metric(article, *m[:4], **m[4]) for m in more.pop("numbers", ()))  # type: ignore[arg-type]
        place = where["place"]
        return made.event(
            article,
            place,
            campaign,
            date,
            adcode=where["adcode"],
            street_code=where["street_code"],
            metrics=metrics,
            **more,
        )  # type: ignore[arg-type]

    east, west, south, whole = street("东街道", 1), street("西街道", 2), street("南街道", 3), street(None, 0)
    checks = {"indicator": "checks"}
    total = {"indicator": "materials", "scope": "cumulative"}
    first = report(
        "甲报", day(7), "检查商户10户。", east, FIRE, day(6), numbers=[("10户", 10.0, "户", "检查商户", checks)]
    )
    report(
        "乙报",
        day(8),
        "检查商户10户，",
        east,
        FIRE,
        day(6),
        numbers=[("10户", 10.0, "户", "检查商户", checks)],
        duplicate_of=first,
    )
    report("甲报", day(9), "检查商户7户。", east, FIRE, day(8), numbers=[("7户", 7.0, "户", "检查商户", checks)])
    report("乙报", day(9), "检查5家。", west, FRAUD, day(8), numbers=[("5家", 5.0, "家", "检查", checks)])
    report(
        "甲报", day(14), "截至3月10日累计发放100份。", south, FRAUD, day(13),
        numbers=[("100份", 100.0, "份", "发放", total | {"as_of": day(10)})],
    )  # fmt: skip
    report(
        "甲报", day(15), "截至3月14日累计发放130份，满意率95%。", south, FRAUD, day(14),
        numbers=[("130份", 130.0, "份", "发放", total | {"as_of": day(14)}), ("95%", 95.0, "%", "满意率", {"indicator": "rates"})],
    )  # fmt: skip
    report("甲报", day(21), "南街道开展观影。", south, NONE, day(8), date_end=day(21), precision="vague")
    report("甲报", day(22), "全区部署。", whole, FIRE, day(20))
    report(None, None, "无报头的一篇。", whole, FIRE, None)
    events, articles = made.tables()
    return write(tmp_path_factory.mktemp("hand"), events, articles)


@pytest.fixture(scope="module")
def store(folder: Path) -> Store:
    version = folder / "versions/20230622-080000"
    return open_store(version / "events.parquet", version / "articles.parquet")


def test_catalog(store: Store) -> None:
    catalog = store.catalog
    assert catalog.last == LAST and catalog.first == day(7) and catalog.events == 9
    assert catalog.papers == ("甲报", "乙报")
    assert list(catalog.campaigns) == ["fire-safety", "anti-fraud", "none"]
    assert [n.name for n in catalog.path("140213001")] == ["山西省", "大同市", "平城区", "东街道"]
    assert [n.id for n in catalog.path("140213001")] == ["14", "1402", "140213", "140213001"]
    assert set(catalog.children["140213"]) == {"140213001", "140213002", "140213003"}


def test_an_activity_counts_once(store: Store) -> None:
    found = q.totals(store.con, Filters(), LAST)
    assert found["reports"] == 9
    assert found["events"] == 8  # the repeated report is left out
    assert found["articles"] == 9
    assert found["campaigns"] == 2  # 未归类 is none
    assert (found["districts"], found["streets"]) == (1, 3)
    assert found["inexact"] == 2  # the vague one and the undated one
    assert found["undated"] == 1


def test_weeks_by_publication_and_by_activity(store: Store) -> None:
    def sums(filters: Filters) -> dict[tuple[dt.date, str], int]:
        return {(r.week.date(), r.id): r.n for r in q.weekly(store.con, filters, LAST).itertuples()}

    assert sums(Filters()) == {
        (W1, "fire-safety"): 2, (W1, "anti-fraud"): 1, (W2, "anti-fraud"): 2, (W3, "none"): 1, (W3, "fire-safety"): 1,
    }  # fmt: skip
    by_event = sums(Filters(by="event"))
    assert by_event[(W3, "none")] == 1  # 近日 counts on the day it was printed, not at its vague beginning
    assert by_event[(W3, "fire-safety")] == 1


@pytest.mark.parametrize(
    ("filters", "events"),
    [
        (Filters(place="140213001"), 2),
        (Filters(place="140213"), 8),
        (Filters(place="14"), 8),
        (Filters(place="nowhere"), 0),
        (Filters(campaigns=("anti-fraud",)), 3),
        (Filters(campaigns=("none",)), 1),
        (Filters(groups=("安全应急",)), 4),
        (Filters(papers=("乙报",)), 1),
        (Filters(period="custom", start=day(14), end=day(15)), 2),
        (Filters(period="1w"), 2),
        (Filters(period="year"), 7),  # the undated one is in no period
        (Filters(by="event", period="custom", start=day(10), end=day(12)), 1),  # the vague one spans those days
        (Filters(campaigns=("x'; DROP TABLE ev; --",)), 0),
    ],
)
def test_filters(store: Store, filters: Filters, events: int) -> None:
    assert q.totals(store.con, filters, LAST)["events"] == events


def test_single_counts_add_up_once_and_running_totals_never(store: Store) -> None:
    table = q.indicators(store.con, Filters(), LAST).set_index(["key", "unit"])
    assert table.loc[("checks", "户"), "total"] == 17  # 10 + 7; the second report of the 10 is left out
    assert table.loc[("checks", "家"), "total"] == 5  # another unit stands apart
    materials = table.loc[("materials", "份")]
    assert materials["total"] != materials["total"] and materials["runnings"] == 2  # NaN: nothing to add
    assert not table.loc[("rates", "%"), "adds"] and table.loc[("rates", "%"), "low"] == 95
    running = q.running_totals(store.con, Filters(), LAST, "materials", "份")
    assert [(r.value, r.as_of.date(), r.reports) for r in running.itertuples()] == [(130.0, day(14), 2)]
    places = q.indicator_places(store.con, Filters(), LAST, "checks", "户", 3)
    assert [(r.name, r.total) for r in places.itertuples()] == [("东街道", 17.0)]
    weeks = q.indicator_weeks(store.con, Filters(), LAST, "checks", "户")
    assert [(r.week.date(), r.total) for r in weeks.itertuples()] == [(W1, 17.0)]


def test_each_sum_is_made_of_its_rows(store: Store) -> None:
    rows = q.indicator_rows(store.con, Filters(), LAST, "checks", "户")
    assert rows["value"].sum() == 17 and list(rows["text"]) == ["10户", "7户"]
    record = q.details(store.con, [int(rows["erow"].iloc[0])]).iloc[0]
    assert record["text"][int(rows["first"].iloc[0]) : int(rows["last"].iloc[0])] == "10户"
    narrowed = q.indicator_rows(store.con, Filters(), LAST, "checks", "户", week=W2)
    assert narrowed.empty


def test_reported_zero_silent_unknown_open(store: Store) -> None:
    def states(filters: Filters) -> dict[str, list[str]]:
        found = q.street_weeks(store.con, filters, LAST, "140213", weeks=3)
        return {name: list(part.sort_values("week")["state"]) for name, part in found.groupby("name")}

    assert states(Filters()) == {
        "东街道": ["reported", "silent", "open"],  # 甲报 arrived in W2 and said nothing of it
        "西街道": ["reported", "unknown", "open"],  # only 乙报 covers it, and 乙报 did not arrive
        "南街道": ["silent", "reported", "reported"],
    }
    assert states(Filters(campaigns=("fire-safety",)))["南街道"] == [
        "silent",
        "zero",
        "zero",
    ]  # reported, but not for this
    complete = q.street_weeks(store.con, Filters(), dt.date(2023, 3, 19), "140213", weeks=2)
    assert "open" not in set(complete["state"])


def test_street_campaign_states(store: Store) -> None:
    found = q.street_campaigns(store.con, Filters(period="custom", start=W2, end=day(19)), LAST, "140213")
    states = {(r.name, r.campaign): r.state for r in found.itertuples()}
    assert states == {
        ("东街道", "anti-fraud"): "silent",
        ("西街道", "anti-fraud"): "unknown",
        ("南街道", "anti-fraud"): "reported",
    }


def test_newly_silent_needs_papers_that_arrived(store: Store) -> None:
    end = dt.date(2023, 4, 2)  # two more weeks; but no paper arrived in them
    assert q.newly_silent(store.con, Filters(), end).empty or "西街道" not in set(
        q.newly_silent(store.con, Filters(), end)["name"]
    )
    found = q.newly_silent(store.con, Filters(), dt.date(2023, 3, 26))
    assert [(r.name, r.quiet) for r in found.itertuples()] == [
        ("东街道", 2)
    ]  # W2 and W3; 西街道's paper never came again


def test_covered_weeks(store: Store) -> None:
    assert q.covered_weeks(store.con, Filters()) == (W1, W2, W3)
    assert q.covered_weeks(store.con, Filters(place="140213002")) == (W1,)
    assert q.covered_weeks(store.con, Filters(papers=("乙报",))) == (W1,)


WEEKS = [dt.date(2023, 1, 2) + dt.timedelta(weeks=i) for i in range(10)]


@pytest.mark.parametrize(
    ("counts", "covered", "last", "mean", "ratio", "low"),
    [
        ([8, 8, 8, 8, 10, 1], 6, WEEKS[5] + dt.timedelta(days=2), 8.0, 0.25, False),  # the unfinished week is left out
        ([8, 8, 8, 8, 10, 12], 6, WEEKS[5] + dt.timedelta(days=6), 8.5, 12 / 8.5 - 1, False),  # Sunday completes it
        ([1, 2, 2, 1, 4], 5, WEEKS[4] + dt.timedelta(days=6), 1.5, None, True),  # low base
        ([0, 0, 0, 0, 9], 5, WEEKS[4] + dt.timedelta(days=6), 0.0, None, False),  # from nothing: no percentage
        ([5], 1, WEEKS[0] + dt.timedelta(days=6), None, None, False),  # nothing to compare with
    ],
)
def test_change(
    counts: list[int], covered: int, last: dt.date, mean: float | None, ratio: float | None, low: bool
) -> None:
    found = q.change(dict(zip(WEEKS, counts, strict=False)), WEEKS[:covered], last)
    assert found is not None
    assert (found.mean, found.low) == (mean, low)
    assert found.ratio == (None if ratio is None else pytest.approx(ratio))


def test_weeks_without_papers_do_not_dilute_the_mean() -> None:
    counts = dict(zip(WEEKS, [10, 0, 10, 10, 20], strict=False))
    found = q.change(counts, [WEEKS[0], WEEKS[2], WEEKS[3], WEEKS[4]], WEEKS[4] + dt.timedelta(days=6))
    assert found is not None and found.mean == 10 and found.weeks == 3 and found.ratio == 1.0
    assert (
        q.change(counts, WEEKS[:4], WEEKS[4] + dt.timedelta(days=6)) is None
    )  # nothing arrived in the last week itself


def test_events_page_search_and_order(store: Store) -> None:
    found = q.events(store.con, Filters(), LAST, limit=3)
    assert found["total"].iloc[0] == 9 and len(found) == 3 and found["published_on"].iloc[0].date() == day(22)
    assert list(q.events(store.con, Filters(), LAST, order="oldest", limit=1)["published_on"].dt.date) == [day(7)]
    words = q.events(store.con, Filters(), LAST, words=("累计", "发放"))
    assert words["total"].iloc[0] == 2
    assert q.events(store.con, Filters(), LAST, words=("%' OR 1=1 --",)).empty
    assert q.events(store.con, Filters(), LAST, duplicates=False)["total"].iloc[0] == 8


def test_download_has_all_columns(store: Store) -> None:
    from etl.models import Event, schema_of

    table = q.table_rows(store.con, Filters(place="140213001"), LAST)
    assert table.schema.names == schema_of(Event).names and len(table) == 3


def test_by_place_crosstab_spread_and_the_rest(store: Store) -> None:
    con = store.con
    assert [(r.name, r.n) for r in q.by_place(con, Filters(), LAST, 3).itertuples()] == [
        ("南街道", 3),
        ("东街道", 2),
        ("西街道", 1),
    ]
    cross = {(r.campaign, r.place_name): r.n for r in q.crosstab(con, Filters(), LAST, 3).itertuples()}
    assert cross[("anti-fraud", "南街道")] == 2 and ("fire-safety", "西街道") not in cross
    began = q.spread(con, Filters(campaigns=("anti-fraud",)), LAST, 3)
    assert [(r.name, r.first.date()) for r in began.itertuples()] == [("西街道", day(9)), ("南街道", day(14))]
    assert q.nearest_range(con, Filters(campaigns=("anti-fraud",), period="1w")) == (day(9), day(15))
    assert q.nearest_range(con, Filters(campaigns=("none",), papers=("乙报",))) is None
    assert q.unplaced(con).empty
    assert q.new_campaigns(con, Filters(), LAST, weeks=2).empty  # both were reported in W1
    assert dict(zip(q.quality(con)["what"], q.quality(con)["n"], strict=True)) == {
        "district": 9, "street": 7, "exact": 7, "campaign": 8, "number": 6, "dup": 1,
    }  # fmt: skip


def test_weeks_by_name() -> None:
    assert parse_week("2023-W11") == W2 == parse_week("2023w11") == parse_week("2023-11")
    assert week_label(W2) == "2023-W11"
    assert parse_week("2023-W60") is None and parse_week("x") is None
    assert monday(LAST) == W3 and last_complete_week(LAST) == W2 and last_complete_week(dt.date(2023, 3, 26)) == W3


def test_presets_count_back_from_the_data() -> None:
    assert Filters(period="1w").span(LAST) == (W3, LAST)
    assert Filters(period="4w").span(LAST) == (dt.date(2023, 2, 27), LAST)
    assert replace(Filters(), period="year").span(LAST) == (dt.date(2023, 1, 1), LAST)
