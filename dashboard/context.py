"""What a page is given: the open table, the reader's filters, and how to draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard import queries, wording
from dashboard.charts import Look
from dashboard.data import Desk, Snapshot
from dashboard.filters import Catalog, Filters, last_complete_week, monday
from dashboard.i18n import Words


@dataclass(frozen=True)
class Context:
    """Given to each page. `last` is 数据截至: the last day of the data, never after today."""

    desk: Desk
    snapshot: Snapshot
    filters: Filters
    look: Look
    last: dt.date
    today: dt.date

    @property
    def t(self) -> Words:
        return self.look.t

    @property
    def lang(self) -> str:
        return self.look.t.lang

    @property
    def catalog(self) -> Catalog:
        return self.desk.catalog

    @property
    def run(self) -> dict[str, Any]:
        return self.snapshot.run

    @property
    def unfinished(self) -> dt.date | None:
        """Monday of the week that the data does not cover to its Sunday."""
        return None if last_complete_week(self.last) == monday(self.last) else monday(self.last)

    def ask(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The answer of a query of queries.py."""
        return self.desk.ask(query, *args, **kwargs)

    def cards_ahead(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Begin to fetch the events that a query with a column `erow` finds, with their texts, while the page is drawn."""

        def chain() -> None:
            rows = self.ask(query, *args, **kwargs)["erow"]
            self.ask(queries.quotations, tuple(dict.fromkeys(int(r) for r in rows)))

        self.desk.ahead(chain)

    def campaign(self, campaign_id: str) -> str:
        """A campaign's name in the reader's language."""
        found = self.catalog.campaigns.get(campaign_id)
        return self.t.campaign(campaign_id, found.name if found else campaign_id)

    def place(self, node_id: str | None = None) -> str:
        """The place that is looked at: 大同市平城区, or 全部地区."""
        path = self.catalog.path(node_id or self.filters.place)
        return "".join(n.name for n in path[-2:]) if path else self.t("全部地区")

    def period(self, filters: Filters | None = None) -> str:
        """2023年1月2日—3月21日; the year is said again where it changes."""
        start, end = (filters or self.filters).span(self.last)
        start, end = start or self.catalog.first, end or self.last
        return wording.days(start, end, self.lang)

    def source(self) -> str:
        """来源 and 数据截至, as they stand in each figure."""
        papers = self.filters.papers or self.catalog.papers
        more = self.t("等{n}种报纸", n=len(papers)) if len(papers) > 1 else ""
        return self.t(
            "来源：{papers} · 数据截至 {day}",
            papers=(papers[0] + more) if papers else "—",
            day=wording.day(self.last, self.lang),
        )

    def subtitle(self, unit: str = "", *, place: str | None = None, period: bool = True) -> str:
        """Where · which campaigns, where not all · when · unit."""
        parts = [
            place or self.place(),
            self.chosen(),
            self.period() if period else "",
            self.t("单位：{unit}", unit=unit) if unit else "",
        ]
        return " · ".join(p for p in parts if p)

    def chosen(self) -> str:
        """The campaigns (or groups) that are filtered for: 消防安全, 消防安全 等3项; empty where all are shown."""
        names = [self.campaign(c) for c in self.filters.campaigns] or [self.t(g) for g in self.filters.groups]
        return (
            ""
            if not names
            else names[0]
            if len(names) == 1
            else self.t("{first} 等{n}项", first=names[0], n=len(names))
        )

    def definitions(self) -> list[tuple[str, str]]:
        """The active filters and what is counted how, for every download."""
        f, t = self.filters, self.t
        return [
            (t("时间"), self.period()),
            (t("日期口径"), t("出版日期") if f.by == "published" else t("活动日期")),
            (t("地区"), self.place()),
            (t("专项行动"), "、".join(self.campaign(c) for c in f.campaigns) or t("全部")),
            (t("行动类别"), "、".join(f.groups) or t("全部")),
            (t("报纸"), "、".join(f.papers) or t("全部")),
            (t("数据截至"), wording.day(self.last, self.lang)),
            (t("数据版本"), self.snapshot.version or "—"),
            (t("活动数"), t("同一活动的重复报道只计一次")),
            (t("本次数"), t("各活动当次数字之和，重复报道不计")),
            (t("累计数"), t("“截至…累计”之类的数字不相加，只取最新一次")),
            (t("日期不精确"), t("“近日”“今年以来”等不精确的日期，按活动日期统计时归入出版日")),
            (t("静默"), t("覆盖该街道的报纸已到而没有报道；报纸未到为未知")),
        ]


def timeless(filters: Filters) -> Filters:
    """Place and newspapers only: what is asked of silence and arrival, so that one answer serves every period and campaign."""
    return Filters(place=filters.place, papers=filters.papers)


def covered(ctx: Context, filters: Filters | None = None) -> tuple[dt.date, ...]:
    """Weeks in which papers that cover the place arrived."""
    found: tuple[dt.date, ...] = ctx.ask(queries.covered_weeks, timeless(filters or ctx.filters))
    return found


def weeks_between(ctx: Context, filters: Filters | None = None) -> list[dt.date]:
    """All Mondays of the period, whether or not anything was reported."""
    start, end = (filters or ctx.filters).span(ctx.last)
    first, final = monday(start or ctx.catalog.first or ctx.last), monday(end or ctx.last)
    return [first + dt.timedelta(weeks=i) for i in range(max(0, (final - first).days // 7) + 1)]
