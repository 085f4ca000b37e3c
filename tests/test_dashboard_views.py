"""Each page draws without an exception: in both languages, filtered, empty, on a wall, with hostile text, and without a table."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard_fixture import Builder, random_tables, write

APP = Path(__file__).resolve().parents[1] / "dashboard" / "app.py"
VIEWS = ("overview", "campaigns", "places", "indicators", "events", "brief", "quality")
HOSTILE = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) =HYPERLINK(1) $x^2$ :red[y] **b**"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("views"), *random_tables(250, seed=5, weeks=12))


def hostile_tables() -> tuple[Any, Any]:
    """Events and articles in which every text from outside is hostile."""
    made = Builder()
    for i in range(12):
        day = dt.date(2023, 5, 1) + dt.timedelta(days=3 * i)
        article = made.article(HOSTILE, day, HOSTILE, f"{HOSTILE}检查{i + 1}户。", source_path=HOSTILE, page=HOSTILE)
        metric = made.metric(article, f"{i + 1}户", float(i + 1), "户", HOSTILE, indicator=HOSTILE)
        campaign = ("x" + HOSTILE, HOSTILE, HOSTILE)
        made.event(article, (HOSTILE,) * 5, campaign, day, metrics=(metric,), spans=(("place", HOSTILE[:10]),))
    return made.tables()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sample = {
        "kind": HOSTILE,
        "severity": "warning",
        "message": HOSTILE,
        "source_path": HOSTILE,
        "where": HOSTILE,
        "sample": HOSTILE,
    }
    candidate = {"phrase": HOSTILE, "count": 1, "articles": 1, "examples": [HOSTILE]}
    return write(
        tmp_path_factory.mktemp("hostile"), *hostile_tables(), version="1", issues={HOSTILE: 3}, issue_samples=[sample], quarantine=[sample],
        candidates=[candidate], software={HOSTILE: HOSTILE},
    )  # fmt: skip


def page(name: str, url: dict[str, str], lang: str, wall: bool) -> None:
    """Runs inside AppTest: one view with the state that a URL asks for."""
    import importlib

    import streamlit as st

    from dashboard import controls, data, i18n, parts
    from dashboard.charts import Look
    from dashboard.context import Context

    if "filters" not in st.session_state:
        st.query_params.from_dict(url)
        for picker in ("time", "place", "campaign", "paper", "view"):
            st.session_state[f"pop_{picker}"] = True  # as if opened: their controls are part of the page here
    found = data.find(data.root())
    assert found is not None
    desk = data.open_desk(found.key, str(found.events), str(found.articles))
    unknown = controls.sync(desk.catalog, name)
    look = Look(i18n.words(lang, data.english_names() if lang == "en" else None), dark=wall, wall=wall)
    last = desk.catalog.last
    assert last is not None
    context = Context(desk, found, st.session_state["filters"], look, last, last)
    parts.style(look)
    controls.bar(context, unknown)
    importlib.import_module(f"dashboard.views.{name}").render(context)


def run(name: str, url: dict[str, str] | None = None, lang: str = "zh", wall: bool = False) -> AppTest:
    found = AppTest.from_function(
        page, default_timeout=60, kwargs={"name": name, "url": url or {}, "lang": lang, "wall": wall}
    ).run()
    assert not found.exception, found.exception
    return found


def shown(app: AppTest) -> str:
    """All HTML and Markdown of the page."""
    return "\n".join(str(getattr(e.proto, "body", "")) for e in app.get("html")) + "\n".join(
        m.value for m in app.markdown
    )


@pytest.fixture(autouse=True)
def use(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "hostile" if "hostile" in request.fixturenames else "folder"
    monkeypatch.setenv("CAMPAIGN_DATA", str(request.getfixturevalue(name)))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", VIEWS)
def test_view(name: str, lang: str) -> None:
    run(name, lang=lang)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("overview", {"period": "4w", "place": "140213", "campaign": "fire-safety"}),
        ("overview", {"by": "event", "level": "campaign"}),
        ("campaigns", {"campaign": "fire-safety"}),
        ("campaigns", {"campaign": "fire-safety,anti-fraud,none", "place": "1402"}),
        ("places", {"place": "1402"}),
        ("places", {"place": "140213"}),
        ("places", {"place": "140213", "part": "campaigns", "period": "12w"}),
        ("places", {"place": "140213001"}),
        ("indicators", {"indicator": "leaflets", "unit": "份", "part": "place:140213"}),
        ("events", {"q": "消防 商户", "sort": "oldest", "dup": "0"}),
        ("events", {"q": "没有这样的词语组合"}),
        ("events", {"event": "gone", "page": "99999"}),
        ("brief", {"week": "2023-W20", "place": "140213"}),
        ("brief", {"week": "1990-W01"}),
        *(
            ("quality", {"part": p})
            for p in ("coverage", "issues", "unplaced", "candidates", "accuracy", "dictionary", "download")
        ),
    ],
)
def test_view_with_a_link(name: str, url: dict[str, str]) -> None:
    run(name, url)


@pytest.mark.parametrize("name", VIEWS)
def test_nothing_in_the_period(name: str) -> None:
    app = run(name, {"period": "custom", "from": "1999-01-01", "to": "1999-02-01"})
    if name not in ("brief", "quality"):
        assert "最近有数据的时间" in shown(app)


def test_unknown_values_of_a_link_are_told() -> None:
    app = run("overview", {"place": "000000", "campaign": "gone"})
    assert any("place=000000" in w.value.replace("\\", "") for w in app.warning)


def test_wall() -> None:
    run("overview", wall=True)


def test_choosing_a_campaign_filters_and_clears() -> None:
    app = run("campaigns")
    app.multiselect(key="c_pick").set_value(["fire-safety"]).run()
    assert not app.exception and app.session_state["filters"].campaigns == ("fire-safety",)
    app.button(key="clear").click().run()
    assert not app.exception and not app.session_state["filters"].active


def test_the_place_cascade_narrows_and_widens() -> None:
    app = run("overview")
    app.selectbox(key="f_place1").set_value("1402").run()
    assert app.session_state["filters"].place == "1402"
    app.selectbox(key="f_place2").set_value("140213").run()
    assert "140213001" in app.selectbox(key="f_place3").proto.options or len(app.selectbox(key="f_place3").options) >= 5
    app.selectbox(key="f_place2").set_value(None).run()
    assert app.session_state["filters"].place == "1402" and not app.exception


@pytest.mark.parametrize("name", VIEWS)
def test_hostile_text_stays_text(name: str, hostile: Path) -> None:
    app = run(name)
    assert "<img src=x" not in shown(app) and "](javascript" not in "".join(b.label for b in app.button)
    for block in app.get("html"):
        assert "<img src=x" not in str(block.proto.body)


def test_hostile_text_in_every_part_of_data(hostile: Path) -> None:
    for part in ("run", "coverage", "issues", "candidates", "unplaced"):
        assert "<img src=x" not in shown(run("quality", {"part": part}))


def test_the_chart_that_calls_for_plotly_is_gone_at_the_end() -> None:
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    charts = [c.proto.id for c in app.get("plotly_chart")]
    assert charts and not app.exception and not [c for c in charts if "early_chart" in c]


def test_no_table_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_DATA", str(tmp_path))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not app.exception and "python -m etl run" in shown(app)


def test_an_unreadable_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "events.parquet").write_bytes(b"no parquet")
    (tmp_path / "articles.parquet").write_bytes(b"no parquet")
    monkeypatch.setenv("CAMPAIGN_DATA", str(tmp_path))
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not app.exception and app.error


def test_the_app_itself() -> None:
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not app.exception and "总览" in shown(app)


@pytest.mark.parametrize(("qualifier", "said"), [("exact", "均为确数"), ("over", "其中有")])
def test_a_sum_says_whether_its_numbers_are_rough(
    qualifier: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, day = Builder(), dt.date(2023, 5, 2)
    article = made.article("晋北示例报", day, "检查见成效", "5月1日，平城区检查商户120户。")
    metric = made.metric(article, "120户", 120.0, "户", "检查商户", indicator="places-inspected", qualifier=qualifier)
    place = ("山西省", "大同市", "平城区", None, None)
    made.event(
        article, place, ("fire-safety", "消防安全", "安全应急"), day, metrics=(metric,), spans=(("place", "平城区"),)
    )
    monkeypatch.setenv("CAMPAIGN_DATA", str(write(tmp_path, *made.tables())))
    metrics = {m.label: m for m in run("indicators").metric}
    assert metrics["本次合计"].value == "120" and str(metrics["本次合计"].delta).startswith(said)
