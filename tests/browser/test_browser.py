"""What the two kinds of user do, in a real browser, on the real app."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pandas as pd
import pytest

from dashboard import queries
from dashboard.filters import Filters
from dashboard.tables import open_store
from tests.browser.conftest import Server, Visit, start, stop, visit
from tests.dashboard_fixture import random_tables, write

pytestmark = pytest.mark.browser
PAGES = ("", "campaigns", "campaigns?campaign=fire-safety", "places", "places?place=140213", "places?place=140213001", "indicators", "events", "brief", "data",
         "data?part=coverage", "?wall=1", "?lang=en")  # fmt: skip


def store_of(server: Server) -> Any:
    folder = next((server.folder / "versions").iterdir())
    return open_store(folder / "events.parquet", folder / "articles.parquet")


def test_no_page_asks_anybody_else_and_none_scrolls_sideways(window: Visit) -> None:
    for path in PAGES:
        window.open(path)
        window.page.wait_for_timeout(700)
        assert window.outside() == [], path
        for width in (390, 1920, 1440):
            window.page.set_viewport_size({"width": width, "height": 900})
            window.page.wait_for_timeout(200)
            assert window.page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_english_leaves_no_chinese_control(window: Visit) -> None:
    window.open("?lang=en")
    labels = window.page.eval_on_selector_all(
        "button, label, [role=tab], h1, nav a", "all => all.map(e => e.innerText)"
    )
    kept = [x for x in labels if re.search(r"[\u4e00-\u9fff]", x) and not re.search(r"[街镇区省市报]", x)]
    assert kept == []


ENGLISH = "e => (e.innerText + ' ' + (e.getAttribute('aria-label') || '')).trim()"


def test_chinese_leaves_no_english_word_of_the_front_end(window: Visit) -> None:
    page = window.page
    window.open("nosuchpage")
    dialog = page.locator("section[role=dialog]")
    assert "没有这个页面" in dialog.inner_text() and not re.search(r"[A-Za-z]{3}", dialog.inner_text())
    window.open("indicators")
    page.locator("[data-testid=stDataFrame]").first.hover()
    tools = page.locator("[data-testid=stElementToolbar] button").evaluate_all(f"all => all.map({ENGLISH})")
    assert "导出此表" in tools and not [x for x in tools if re.search(r"[A-Za-z]{4}", x)]
    window.open("?lang=en")
    page.get_by_role("button", name=re.compile("^Campaigns")).click()
    page.get_by_label("Campaigns", exact=True).last.fill("zzzz")
    assert page.get_by_text("No results").is_visible()  # in English its words stay


def test_dark_and_light_are_chosen_for_all_pages(window: Visit) -> None:
    page, ground = window.page, "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    window.open("places?place=140213")
    light = page.evaluate(ground)
    for name, label in (("Dark", "深色"), ("Light", "浅色")):
        page.get_by_role("button", name=re.compile("^显示")).click()
        with page.expect_navigation():
            page.get_by_role("button", name=label).click()
        page.wait_for_selector(".ct-head")
        window.settle()
        assert (page.evaluate(ground) == light) == (name == "Light")
        assert "place=140213" in page.url
        window.open("events")
        assert (page.evaluate(ground) == light) == (name == "Light")
        window.open("places?place=140213")


def test_an_official_filters_and_reads_the_evidence(window: Visit) -> None:
    page = window.page
    window.open()
    page.get_by_role("button", name=re.compile("^地区")).click()
    page.get_by_label("市", exact=True).click()
    page.get_by_role("option", name="大同市").click()
    window.settle()
    page.get_by_label("区县", exact=True).click()
    page.get_by_role("option", name="平城区").click()
    window.settle()
    assert "place=140213" in page.url
    page.keyboard.press("Escape")
    total = queries.totals(store_of(window.server).con, Filters(place="140213"), None)["events"]
    metric = page.locator('[data-testid="stMetric"]', has_text="所选时间内活动").locator(
        '[data-testid="stMetricValue"]'
    )
    assert metric.inner_text().strip() == f"{total:,}"
    page.get_by_role("button", name="看原文").first.click()
    page.wait_for_selector(".ct-article")
    window.settle()
    assert "event=" in page.url and "place=140213" in page.url
    marked = page.eval_on_selector_all(".ct-article mark", "all => all.map(e => [e.className, e.innerText])")
    kinds = {name for classes, _ in marked for name in classes.split()}
    assert {"k-place", "k-date", "k-campaign", "k-metric"} <= kinds
    assert (
        page.locator(".ct-article").inner_text().count("平城区")
        + page.locator(".ct-article").inner_text().count("街道")
        > 0
    )


def test_a_number_opens_the_sentences_it_is_made_of(window: Visit) -> None:
    page = window.page
    window.open("indicators?indicator=leaflets&unit=份")
    rows = queries.indicator_rows(store_of(window.server).con, Filters(), None, "leaflets", "份")
    table = queries.indicators(store_of(window.server).con, Filters(), None).set_index(["key", "unit"])
    assert table.loc[("leaflets", "份"), "total"] == rows["value"].sum()  # fewer than 60 of them: all are there
    focus = page.locator("mark.k-focus").first
    assert focus.inner_text() == rows["text"].iloc[0]
    page.get_by_role("button", name="看原文").first.click()
    page.wait_for_selector(".ct-article mark.k-focus")
    assert page.locator(".ct-article mark.k-focus").first.inner_text() == rows["text"].iloc[0]


def test_a_link_shows_the_same_in_a_fresh_browser(browser: Any, server: Server) -> None:
    seen = []
    url = "events?place=1402&campaign=fire-safety,anti-fraud&period=12w&by=event&q=商户&sort=oldest"
    for _ in range(2):
        for found in visit(browser, server):
            found.open(url)
            url = found.page.url.removeprefix(server.url + "/")
            seen.append((found.page.locator(".ct-head").inner_text(), found.page.locator(".ct-article").inner_text()))
    assert seen[0] == seen[1] and "place=1402" in url and "period=12w" in url


def test_an_event_has_a_permalink(window: Visit) -> None:
    page = window.page
    window.open("events?campaign=fire-safety")
    text = page.locator(".ct-article").inner_text()
    page.get_by_role("link", name="固定链接").click()
    page.wait_for_url(re.compile(r"events\?event=[0-9a-f]+$"))
    page.wait_for_selector(".ct-article")
    window.settle()
    assert page.locator(".ct-article").inner_text() == text


def test_back_goes_back(window: Visit) -> None:
    page = window.page
    window.open()
    page.get_by_role("link", name="专项行动").click()
    page.wait_for_url("**/campaigns*")
    window.settle()
    page.go_back()
    window.settle()
    assert "总览" in page.locator(".ct-head h1").inner_text()


def test_filters_stay_when_the_page_is_turned(window: Visit) -> None:
    page = window.page
    window.open("?campaign=fire-safety")
    page.get_by_role("link", name="指标").click()
    page.wait_for_url("**/indicators*")
    window.settle()
    assert "campaign=fire-safety" in page.url
    page.get_by_role("button", name="清除筛选").click()
    window.settle()
    assert "campaign=" not in page.url


def test_a_click_on_the_heat_map_filters(window: Visit) -> None:
    page = window.page
    window.open()
    panel = page.locator(".st-key-panel_grid")
    panel.scroll_into_view_if_needed()
    window.settle()
    panel.locator(".scatterlayer .point").first.click(force=True)
    page.wait_for_url(re.compile("campaign="), timeout=20_000)
    assert "place=" in page.url


CLICKS = (
    ("?level=campaign", "weekly", ".barlayer .point path", "period=custom&.*campaign="),
    ("", "active", ".barlayer .point path", "place="),
    ("campaigns", "groups", ".barlayer .point path", "group="),
    ("campaigns?campaign=fire-safety", "course", ".scatterlayer .point", "/events.*period=custom"),
    ("campaigns?campaign=fire-safety", "spread", ".scatterlayer .point", "place="),
    ("campaigns?campaign=fire-safety", "intensity", ".scatterlayer .point", "period=custom.*place="),
    ("campaigns?campaign=fire-safety,anti-fraud", "compare", ".scatterlayer .point", "/events.*period=custom"),
    ("places", "places_rank", ".barlayer .point path", "place="),
    ("places", "places_streets", ".barlayer .point path", "place="),
    ("places?place=140213", "weeks_grid", ".scatterlayer .point", "/events.*period=custom.*place="),
    ("places?place=140213&part=campaigns", "campaigns_grid", ".scatterlayer .point", "place=140213.+campaign="),
    ("places?place=140213", "district_rank", ".barlayer .point path", "place=140213.+"),
    ("indicators?indicator=leaflets&unit=份", "i_weeks", ".barlayer .point path", "week="),
    ("indicators?indicator=leaflets&unit=份", "i_places", ".barlayer .point path", "part=place"),
    ("indicators?indicator=leaflets&unit=份", "i_campaigns", ".barlayer .point path", "part=campaign"),
    ("data?part=coverage", "coverage", ".scatterlayer .point", "/events.*paper="),
)


@pytest.mark.parametrize(("path", "panel", "points", "url"), CLICKS, ids=[c[1] for c in CLICKS])
def test_a_click_on_each_chart_leads_on(window: Visit, path: str, panel: str, points: str, url: str) -> None:
    page = window.page
    window.open(path)
    before = page.url
    chart = page.locator(f".st-key-panel_{panel}")
    chart.scroll_into_view_if_needed()
    window.settle()
    size = "e => e.getBoundingClientRect().width * e.getBoundingClientRect().height"
    areas = chart.locator(points).evaluate_all(f"all => all.map({size})")
    chart.locator(points).nth(next(i for i, a in enumerate(areas) if a > 0)).click(force=True)
    page.wait_for_url(lambda now: now != before and re.search(url, unquote(now)) is not None, timeout=20_000)
    window.settle()


def test_the_overview_answers_on_one_screen(window: Visit) -> None:
    page = window.page
    window.open()
    for words in ("最近完整周活动", "新近静默的街道乡镇", "新出现的行动", "最新活动", "看原文"):
        box = page.get_by_text(words).first.bounding_box()
        assert box is not None and box["y"] + box["height"] < 900, words
    for panel in ("weekly", "map", "active"):
        box = page.locator(f".st-key-panel_{panel}").bounding_box()
        assert box is not None and box["y"] + box["height"] < 930, panel


def test_a_click_on_the_map_opens_the_county(window: Visit) -> None:
    page = window.page
    window.open("places")
    panel = page.locator(".st-key-panel_places_map")
    if panel.count() == 0:
        pytest.skip("no boundaries in data/reference/geo")
    panel.locator(".choroplethlayer path.choroplethlocation").first.wait_for(timeout=20_000)
    panel.locator("path.choroplethlocation").nth(0).click(force=True)
    window.page.wait_for_timeout(1500)
    box = panel.bounding_box()
    assert box is not None
    paths = panel.locator("path.choroplethlocation")
    for i in range(paths.count()):
        if "place=" in page.url:
            break
        paths.nth(i).click(force=True, timeout=3000)
        page.wait_for_timeout(500)
    assert "place=" in page.url


def test_chart_downloads_open_with_the_values_shown(window: Visit, tmp_path: Path) -> None:
    page = window.page
    window.open("?level=campaign")
    panel = page.locator(".st-key-panel_weekly")
    panel.get_by_role("button", name="下载").click()
    page.wait_for_timeout(600)
    csv = window.download(page.get_by_role("button", name="数据 CSV"), tmp_path)
    assert csv.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(csv)
    weekly = queries.weekly(store_of(window.server).con, Filters(), None)
    assert table.drop(columns="周一").to_numpy().sum() == weekly["n"].sum()
    xlsx = window.download(page.get_by_role("button", name="数据 Excel"), tmp_path)
    book = openpyxl.load_workbook(xlsx)
    assert book.sheetnames[-1] == "说明" and len(book.worksheets[0]._charts) == 1
    assert [c.value for c in book.worksheets[0][1]] == list(table.columns)
    assert (
        sum(c.value or 0 for row in book.worksheets[0].iter_rows(min_row=2, min_col=2) for c in row)
        == weekly["n"].sum()
    )
    parquet = window.download(page.get_by_role("button", name="数据 Parquet"), tmp_path)
    assert pd.read_parquet(parquet).drop(columns="周一").to_numpy().sum() == weekly["n"].sum()
    svg = window.download(page.get_by_role("button", name="SVG"), tmp_path)
    text = svg.read_text("utf-8")
    assert text.startswith("<svg") and "每周活动数" in text and "数据截至" in text
    png = window.download(page.get_by_role("button", name="PNG"), tmp_path)
    assert png.read_bytes().startswith(b"\x89PNG") and png.stat().st_size > 20_000
    html = window.download(page.get_by_role("button", name="交互网页 HTML"), tmp_path)
    assert window.outside() == []
    alone = page.context.new_page()
    asked: list[str] = []
    alone.on("request", lambda r: asked.append(r.url))
    alone.goto(html.as_uri())
    alone.wait_for_selector(".main-svg")
    alone.wait_for_timeout(800)
    assert [r for r in asked if not r.startswith(("file:", "data:", "blob:"))] == []


def test_map_page_alone_draws_without_a_network(window: Visit, tmp_path: Path) -> None:
    page = window.page
    window.open("places")
    panel = page.locator(".st-key-panel_places_map")
    if panel.count() == 0:
        pytest.skip("no boundaries in data/reference/geo")
    panel.get_by_role("button", name="下载").click()
    page.wait_for_timeout(600)
    html = window.download(page.get_by_role("button", name="交互网页 HTML"), tmp_path)
    alone = page.context.new_page()
    asked: list[str] = []
    alone.on("request", lambda r: asked.append(r.url))
    alone.goto(html.as_uri())
    alone.wait_for_selector("path.choroplethlocation", timeout=20_000)
    assert [r for r in asked if not r.startswith(("file:", "data:", "blob:"))] == []


def test_event_downloads(window: Visit, tmp_path: Path) -> None:
    from etl.models import Event, schema_of

    page = window.page
    window.open("events?campaign=fire-safety")
    con = store_of(window.server).con
    expected = queries.totals(con, Filters(campaigns=("fire-safety",)), None)["reports"]
    parquet = pd.read_parquet(window.download(page.get_by_role("button", name="下载 Parquet"), tmp_path))
    assert len(parquet) == expected and list(parquet.columns) == schema_of(Event).names
    csv = pd.read_csv(window.download(page.get_by_role("button", name="下载 CSV"), tmp_path))
    assert len(csv) == expected and set(csv["campaign"]) == {"消防安全"}
    book = openpyxl.load_workbook(window.download(page.get_by_role("button", name="下载 Excel"), tmp_path))
    assert book.worksheets[0].max_row == expected + 1


def test_the_briefing_downloads(window: Visit, tmp_path: Path) -> None:
    docx, pdfium = pytest.importorskip("docx"), pytest.importorskip("pypdfium2")
    page = window.page
    window.open("brief?place=140213")
    shown = page.locator(".ct-paper").inner_text()
    sentence = re.search(r"反映活动\d+项", shown)
    assert sentence is not None
    word = docx.Document(
        io.BytesIO(window.download(page.get_by_role("button", name="下载 Word"), tmp_path).read_bytes())
    )
    assert sentence[0] in "".join(p.text for p in word.paragraphs)
    pdf = pdfium.PdfDocument(window.download(page.get_by_role("button", name="下载 PDF"), tmp_path).read_bytes())
    assert sentence[0] in re.sub(r"\s", "", "".join(p.get_textpage().get_text_range() for p in pdf))
    assert sentence[0] in window.download(page.get_by_role("button", name="下载 HTML"), tmp_path).read_text("utf-8")


def test_charts_speak_and_switch_to_tables(window: Visit) -> None:
    page = window.page
    window.open("?level=campaign")
    panel = page.locator(".st-key-panel_weekly")
    assert "每周活动数" in (
        panel.locator("[aria-label], [alt]").evaluate_all(
            "all => all.map(e => e.getAttribute('aria-label') || e.getAttribute('alt')).join(' ')"
        )
    )
    panel.get_by_text("表", exact=True).click()
    window.settle()
    assert panel.locator('[data-testid="stDataFrame"]').count() == 1


def test_hostile_text_shows_as_typed(browser: Any, tmp_path: Path) -> None:
    from tests.test_dashboard_views import HOSTILE, hostile_tables

    own = start(
        write(
            tmp_path / "data",
            *hostile_tables(),
            version="1",
            candidates=[{"phrase": HOSTILE, "articles": 2}],
            issues={HOSTILE: 2},
        )
    )
    try:
        for found in visit(browser, own):
            alarms: list[str] = []
            found.page.on("dialog", lambda d, alarms=alarms: (alarms.append(d.message), d.dismiss()))
            for path in (*PAGES, "data?part=issues", "data?part=candidates"):
                found.open(path)
                found.page.wait_for_timeout(500)
                assert alarms == [] and found.outside() == [], path
                bad = "img[src='x'], a[href^='javascript'], .katex, [onerror]"
                assert found.page.query_selector(bad) is None, (
                    path,
                    found.page.query_selector(bad).evaluate("e => e.outerHTML"),
                )
            found.open("events")
            assert HOSTILE in found.page.locator(".ct-article").inner_text()
    finally:
        stop(own)


def test_an_open_page_survives_the_weekly_replacement(browser: Any, tmp_path: Path) -> None:
    import shutil

    folder = write(tmp_path / "data", *random_tables(60, seed=1), version="v1")
    own = start(folder)
    try:
        for found in visit(browser, own):
            found.open()
            before = found.page.locator('[data-testid="stMetricValue"]').nth(1).inner_text()
            write(folder, *random_tables(300, seed=2), version="v2")
            shutil.rmtree(folder / "versions/v1")
            found.page.get_by_role("link", name="事件与原文").click()
            found.page.wait_for_selector(".ct-article")
            found.settle()
            found.page.get_by_role("link", name="总览").click()
            found.page.wait_for_selector('[data-testid="stMetricValue"]')
            found.settle()
            assert found.page.locator('[data-testid="stMetricValue"]').nth(1).inner_text() != before
    finally:
        stop(own)
