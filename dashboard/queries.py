"""Questions to the open table: (connection, Filters) → small DataFrame. No Streamlit; user input only as bound parameters.

An activity is counted once: reports that repeat an earlier one (`dup`) are left out of counts and sums. A running total
(截至…累计) is never added to anything: its latest value stands. See tables.py for the columns. DuckDB counts by numbers;
the names of what is shown are put in here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.filters import NO_CAMPAIGN, Filters, last_complete_week, monday
from dashboard.narrow import PRECISIONS, Source
from dashboard.tables import RUNS, SINGLE, Connection, sums
from etl.models import Event, schema_of

Params = dict[str, Any]
# Arrays or lists of one length by the names of columns: frames are made of them once, at the end.
Columns = dict[str, Any]
LEVEL_COLUMNS = ("p", "c", "d", "s", "k")
ALL = "true"  # the condition of filters that ask for everything
QUIET_WEEKS = 2  # a street is newly silent after this many covered weeks without a report
LOW_MEAN, LOW_NOW = 2.0, 5  # no percentage when the mean is at most the first and the new count at most the second
MAX_WEEKS = 130  # longer spans are drawn by month


def frame(cur: Connection, sql: str, params: Params | None = None) -> pd.DataFrame:
    """The result of one statement; only the parameters that it names are bound."""
    return cur.execute(sql, named(sql, params or {}) or None).df()


def arrays(cur: Connection, sql: str, params: Params | None = None) -> Columns:
    """The result of one statement as arrays, masked where something is null: a fraction of what a frame costs."""
    found: Columns = cur.execute(sql, named(sql, params or {}) or None).fetchnumpy()
    return found


def table(found: Columns, *names: str) -> pd.DataFrame:
    """The columns of those names, or all, as a frame."""
    return pd.DataFrame({name: found[name] for name in names or found}, copy=False)


def taken(found: Columns, at: Any) -> Columns:
    """The rows at those positions (or of a slice), in that order."""
    return {name: column[at] for name, column in found.items()}


def named(sql: str, params: Params) -> Params:
    """Those parameters that the statement names."""
    names = set(re.findall(r"\$([a-z_0-9]+)", sql))
    return {k: v for k, v in params.items() if k in names}


def where(cur: Connection, filters: Filters, last: dt.date | None, *, dates: bool = True) -> tuple[str, Params]:
    """The condition on `ev` that the filters mean, with its parameters."""
    parts: list[str] = []
    params: Params = {}
    start, end = filters.span(last) if dates else (None, None)
    if start is not None and filters.by == "published":
        parts.append("pub >= $start")
    elif start is not None:
        parts.append("coalesce(day1, pub) >= $start")
    if end is not None:
        parts.append("pub <= $end" if filters.by == "published" else "coalesce(day0, pub) <= $end")
    params |= {k: v for k, v in (("start", start), ("end", end)) if v is not None}
    if filters.place is not None:
        parts.append(inside(cur, filters.place))
    chosen = [
        n
        for n, c in enumerate(cur.words.campaigns)
        if (not filters.campaigns or c.id in filters.campaigns) and (not filters.groups or c.group in filters.groups)
    ]
    if filters.campaigns or filters.groups:
        parts.append(one_of("camp", chosen))
    if filters.papers:
        parts.append(one_of("paper", [n for n, name in enumerate(cur.words.papers) if name in filters.papers]))
    return " AND ".join(parts) or ALL, params


def inside(cur: Connection, place: str) -> str:
    """The condition that a row is in a place: its finest place is that one or one below. False for an unknown place."""
    node = cur.words.tree.find(place)
    return f"place BETWEEN {node} AND {cur.words.tree.end[node]}" if node >= 0 else "false"


def one_of(column: str, numbers: Sequence[int]) -> str:
    """The condition that a column has one of some numbers."""
    if len(numbers) == 1:
        return f"{column} = {int(numbers[0])}"
    return f"{column} IN ({', '.join(str(int(n)) for n in numbers)})" if numbers else "false"


def named_places(cur: Connection, found: Columns, **names: str) -> Columns:
    """`found` with columns of ids or names (`new="ids nid"`: the ids of the nodes in column nid)."""
    named = {}
    for new, what in names.items():
        kind, at = what.split()
        named[new] = cur.words.tree.taken(kind, found[at])
    return found | named


def above(cur: Connection, nodes: Any) -> Any:
    """The nearest named place above each node; -1 where there is none."""
    return cur.words.tree.parent[np.asarray(nodes, np.int64)]


def in_order(cur: Connection, found: Columns, *keys: tuple[str, int], limit: int | None = None) -> Columns:
    """Rows sorted by columns (1 ascending, -1 descending), the first `limit` of them; a column `nid` or `camp` by what its
    numbers stand for."""
    keyed = []
    for name, way in reversed(keys):
        values = found[name]
        if name == "nid":
            values = cur.words.tree.order[values]
        elif name == "camp":
            values = ranked([c.id for c in cur.words.campaigns])[values]
        keyed.append(way * values.astype(np.int64))
    return taken(found, np.lexsort(keyed)[:limit])


def ranked(words: Sequence[str]) -> Any:
    """The place of each word among all in their order."""
    found = np.empty(len(words), np.int64)
    found[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
    return found


def campaign_ids(cur: Connection, numbers: Any) -> list[str]:
    """Ids of campaigns."""
    return [cur.words.campaigns[int(n)].id for n in numbers]


def campaign_names(cur: Connection, numbers: Any) -> list[str]:
    """Names of campaigns."""
    return [cur.words.campaigns[int(n)].name for n in numbers]


def paper_names(cur: Connection, numbers: np.ndarray[Any, Any]) -> list[str | None]:
    """Names of newspapers; None where unknown (masked)."""
    return [None if n is None else cur.words.papers[n] for n in numbers.tolist()]


def with_rows(rows: Sequence[int]) -> str:
    """What narrows `ev` to the events at those row numbers: a join, which looks only where they are; IN (…) looks everywhere."""
    return f"SEMI JOIN (SELECT unnest([{', '.join(str(int(r)) for r in rows)}]::INTEGER[]) AS erow) USING (erow)"


def located(cur: Connection, place: str) -> tuple[int, str]:
    """The level of a place (of an unknown one, the first) and the condition that a row is in it."""
    node = cur.words.tree.find(place)
    return (int(cur.words.tree.level[node]) if node >= 0 else 0), inside(cur, place)


def day_column(filters: Filters) -> str:
    """The column of the day that the filters count by."""
    return "pub" if filters.by == "published" else "act"


def totals(cur: Connection, filters: Filters, last: dt.date | None) -> dict[str, int]:
    """Activities (each once), reports of them, articles, campaigns, districts, streets, and how many dates are inexact."""
    cond, params = where(cur, filters, last)
    row = arrays(
        cur,
        "SELECT sum((NOT dup)::INT) AS events, count(*) AS reports, sum(lead::INT) AS articles,"  # sums: FILTER takes half as long again
        " sum((NOT dup AND (prec IS NULL OR prec > 1))::INT) AS inexact,"
        f" sum((NOT dup AND {day_column(filters)} IS NULL)::INT) AS undated FROM ev WHERE {cond}",
        params,
    )
    found = {name: int(value[0] or 0) for name, value in row.items()}
    if not (cur.by_article and by_articles_facts(filters)):
        rows = max(1, sum(f.size for f in cur.files.articles))
        distinct = f"SELECT coalesce(bit_count(bitstring_agg(arow, 0, {rows - 1})), 0) AS n FROM ev WHERE {cond}"
        found["articles"] = int(arrays(cur, distinct, params)["n"][0])
    camps = arrays(cur, f"SELECT camp FROM ev WHERE {cond} GROUP BY 1", params)["camp"]
    found["campaigns"] = sum(i != NO_CAMPAIGN for i in campaign_ids(cur, camps))
    places = arrays(cur, f"SELECT d, s FROM ev WHERE {cond} GROUP BY 1, 2", params)
    for name, column in (("districts", "d"), ("streets", "s")):
        nodes = np.unique(places[column])
        found[name] = int((nodes >= 0).sum())
    order = ("events", "reports", "articles", "campaigns", "districts", "streets", "inexact", "undated")
    return {name: found[name] for name in order}


def by_articles_facts(filters: Filters) -> bool:
    """Whether the filters ask only for what all events of an article share: its day and its paper."""
    timed = filters.period != "all" and filters.by != "published"
    return not (filters.place or filters.campaigns or filters.groups or timed)


def weekly(cur: Connection, filters: Filters, last: dt.date | None) -> pd.DataFrame:
    """week (Monday), id of the campaign, n activities; weeks without any are left out."""
    cond, params = where(cur, filters, last)
    week = "pub_week" if filters.by == "published" else "act_week"
    found = arrays(
        cur,
        f"SELECT {week} AS week, camp, count(*)::INTEGER AS n FROM ev WHERE NOT dup AND {week} IS NOT NULL AND {cond} GROUP BY 1, 2",
        params,
    )
    found = in_order(cur, found, ("week", 1), ("camp", 1))
    return table({"week": found["week"], "id": campaign_ids(cur, found["camp"]), "n": found["n"]})


def covered_weeks(cur: Connection, filters: Filters) -> tuple[dt.date, ...]:
    """Mondays of the weeks in which a paper that covers the place arrived: weeks without are unknown, not zero."""
    cond, params = where(cur, replace(filters, period="all", campaigns=(), groups=()), None, dates=False)
    narrowed = bool(filters.place or filters.papers)
    papers = f"AND paper IN (SELECT DISTINCT paper FROM ev WHERE paper IS NOT NULL AND {cond})" if narrowed else ""
    found = arrays(cur, f"SELECT DISTINCT week FROM issued WHERE true {papers} ORDER BY 1", params)
    return tuple(day.date() for day in found["week"].tolist())


@dataclass(frozen=True, slots=True)
class Change:
    """One complete week against the mean of complete weeks before it."""

    week: dt.date
    now: int
    mean: float | None  # None: too few earlier weeks with papers
    weeks: int
    low: bool = False  # both so small that a percentage would mislead

    @property
    def ratio(self) -> float | None:
        """(now − mean) / mean; None without a mean, on a low base, or from zero."""
        return None if self.mean is None or self.low or self.mean == 0 else (self.now - self.mean) / self.mean


def change(counts: dict[dt.date, int], covered: Sequence[dt.date], last: dt.date, weeks: int = 4) -> Change | None:
    """The last complete week of `counts` against the mean of the `weeks` complete ones before it.

    Only weeks in which a paper arrived count; None when none arrived in the last complete week. The unfinished week never counts.
    """
    week = last_complete_week(last)
    if week not in set(covered):
        return None
    window = [week - dt.timedelta(weeks=i) for i in range(1, weeks + 1)]
    earlier = [counts.get(w, 0) for w in window if w in set(covered)]
    now = counts.get(week, 0)
    if len(earlier) < max(2, weeks // 2):
        return Change(week, now, None, len(earlier))
    mean = sum(earlier) / len(earlier)
    return Change(week, now, mean, len(earlier), low=mean <= LOW_MEAN and now <= LOW_NOW)


def by_place(cur: Connection, filters: Filters, last: dt.date | None, level: int, limit: int = 500) -> pd.DataFrame:
    """id, name, parent (id and name), n activities of the places of one level, the busiest first; unnamed ones left out."""
    cond, params = where(cur, filters, last)
    column = LEVEL_COLUMNS[level]
    found = arrays(
        cur,
        f"SELECT {column} AS nid, count(*) FILTER (WHERE NOT dup)::INTEGER AS n, max(pub) AS last FROM ev"
        f" WHERE {column} >= 0 AND {cond} GROUP BY 1 HAVING n > 0",
        params,
    )
    found = in_order(cur, found, ("n", -1), ("nid", 1), limit=limit)
    found["up"] = above(cur, found["nid"])
    found = named_places(cur, found, id="ids nid", name="names nid", parent="ids up", parent_name="names up")
    return table(found, "id", "name", "parent", "parent_name", "n", "last")


def by_campaign(cur: Connection, filters: Filters, last: dt.date | None) -> pd.DataFrame:
    """id, name, grp, n activities, streets, first and last day of each campaign, the most frequent first."""
    cond, params = where(cur, filters, last)
    day = day_column(filters)
    found = arrays(
        cur,
        "SELECT camp, n, (bit_count(bits) - get_bit(bits, 0))::INTEGER AS streets, first, last FROM ("
        f" SELECT camp, count(*) FILTER (WHERE NOT dup)::INTEGER AS n, {bits(cur, 's')} AS bits, min({day}) AS first, max({day}) AS last"
        f" FROM ev WHERE {cond} GROUP BY 1 HAVING n > 0)",
        params,
    )
    found = in_order(cur, found, ("n", -1), ("camp", 1))
    found["id"], found["name"] = campaign_ids(cur, found["camp"]), campaign_names(cur, found["camp"])
    found["grp"] = [cur.words.campaigns[int(c)].group for c in found["camp"]]
    return table(found, "id", "name", "grp", "n", "streets", "first", "last")


def bits(cur: Connection, column: str) -> str:
    """One bit for each node that occurs in a column, the first for none (-1): counting them is counting distinct places."""
    return f"bitstring_agg({column}, -1, {len(cur.words.tree.ids) - 1})"


def crosstab(
    cur: Connection, filters: Filters, last: dt.date | None, level: int, rows: int = 14, columns: int = 18
) -> pd.DataFrame:
    """campaign, place, n for the busiest campaigns and places of one level (ids and names)."""
    cond, params = where(cur, filters, last)
    column = LEVEL_COLUMNS[level]
    found = arrays(
        cur,
        f"WITH hit AS (SELECT camp, {column} AS nid, count(*)::INTEGER AS n FROM ev WHERE NOT dup AND {column} >= 0 AND {cond} GROUP BY 1, 2),"
        " top_c AS (SELECT camp, sum(n) AS total FROM hit GROUP BY 1 ORDER BY total DESC, camp LIMIT $rows),"
        " top_p AS (SELECT nid, sum(n) AS total FROM hit GROUP BY 1 ORDER BY total DESC, nid LIMIT $columns)"
        " SELECT camp, nid, n, top_c.total AS campaign_total, top_p.total AS place_total FROM hit JOIN top_c USING (camp) JOIN top_p USING (nid)",
        params | {"rows": rows, "columns": columns},
    )
    found = in_order(cur, found, ("campaign_total", -1), ("camp", 1), ("place_total", -1), ("nid", 1))
    found = named_places(cur, found, place="ids nid", place_name="names nid")
    found["campaign"], found["campaign_name"] = campaign_ids(cur, found["camp"]), campaign_names(cur, found["camp"])
    return table(found, "campaign", "campaign_name", "place", "place_name", "n", "campaign_total", "place_total")


# --- silent, zero, unknown -------------------------------------------------------------------------------------------


def street_weeks(cur: Connection, filters: Filters, last: dt.date, place: str, weeks: int = 16) -> pd.DataFrame:
    """place (id, name), week, n, state of each street (or community) below `place` in the last weeks, the unfinished one included.

    state: `reported` (n counts the activities that the filters mean); `zero` (papers reported the street, but nothing that
    the filters mean); `silent` (a paper that covers it arrived and reported nothing); `unknown` (no such paper arrived);
    `open` (nothing yet, but the week has not ended).
    By week of publication, whatever the filters say, because arrival is known by that day only.
    """
    level, within = located(cur, place)
    column = LEVEL_COLUMNS[min(level + 1, 4)]
    cond, params = where(cur, replace(filters, period="all", place=None), None, dates=False)
    of_papers, _ = where(cur, Filters(papers=filters.papers), None, dates=False)
    params |= {"first": monday(last) - dt.timedelta(weeks=weeks - 1), "final": monday(last)}
    params["unfinished"] = monday(last) if last_complete_week(last) != monday(last) else dt.date(1, 1, 1)
    found = arrays(
        cur,
        f"WITH inside AS (SELECT {column} AS nid, paper, pub_week, dup, ({cond}) AS meant FROM ev WHERE {within} AND {column} >= 0 AND {of_papers}),"
        " covers AS (SELECT nid, paper FROM inside GROUP BY 1, 2), places AS (SELECT DISTINCT nid FROM covers),"
        " span AS (SELECT unnest(generate_series($first::DATE, $final::DATE, INTERVAL 7 DAY))::DATE AS week),"
        " came AS (SELECT DISTINCT paper, week FROM issued WHERE week BETWEEN $first AND $final),"
        " arrived AS (SELECT DISTINCT nid, week FROM covers JOIN came USING (paper)),"
        " hits AS (SELECT nid, pub_week AS week, count(*) AS reports, count(*) FILTER (WHERE NOT dup AND meant) AS n,"
        "   count(*) FILTER (WHERE meant) AS meant FROM inside WHERE pub_week BETWEEN $first AND $final GROUP BY 1, 2)"
        " SELECT nid, span.week, coalesce(n, 0)::INTEGER AS n,"
        " CASE WHEN meant > 0 THEN 'reported' WHEN reports > 0 THEN 'zero'"
        "   WHEN span.week = $unfinished THEN 'open' WHEN arrived.week IS NOT NULL THEN 'silent' ELSE 'unknown' END AS state"
        " FROM places CROSS JOIN span LEFT JOIN hits USING (nid, week) LEFT JOIN arrived USING (nid, week)",
        params,
    )
    found = named_places(cur, in_order(cur, found, ("nid", 1), ("week", 1)), id="ids nid", name="names nid")
    return table(found, "id", "name", "week", "n", "state")


def street_campaigns(
    cur: Connection, filters: Filters, last: dt.date | None, place: str, top: int = 12
) -> pd.DataFrame:
    """campaign, place, n, state of each place one level below `place` within the period of the filters.

    state: `reported`; `zero` (the place was reported, this campaign was not); `silent` (nothing reported though a covering
    paper arrived); `unknown` (no covering paper arrived).
    """
    level, within = located(cur, place)
    column = LEVEL_COLUMNS[min(level + 1, 4)]
    cond, params = where(cur, replace(filters, place=None), last)
    start, end = filters.span(last)
    params |= {"top": top, "from": start or dt.date(1, 1, 1), "to": end or dt.date(9999, 1, 1)}
    found = arrays(
        cur,
        f"WITH inside AS (SELECT {column} AS nid, camp, paper, pub, dup, ({cond}) AS meant FROM ev WHERE {within} AND {column} >= 0),"
        " covers AS (SELECT nid, paper, bool_or(pub BETWEEN $from AND $to) AS heard FROM inside GROUP BY 1, 2),"
        " places AS (SELECT nid, coalesce(bool_or(heard), false) AS heard FROM covers GROUP BY 1),"
        " came AS (SELECT DISTINCT paper FROM issued WHERE pub BETWEEN $from AND $to),"
        " arrived AS (SELECT DISTINCT nid FROM covers JOIN came USING (paper)),"
        " hits AS (SELECT nid, camp, count(*) FILTER (WHERE NOT dup)::INTEGER AS n FROM inside WHERE meant GROUP BY 1, 2),"
        " cols AS (SELECT camp, sum(n) AS total FROM hits GROUP BY 1 ORDER BY total DESC, camp LIMIT $top)"
        " SELECT places.nid, cols.camp, coalesce(n, 0)::INTEGER AS n, cols.total,"
        " CASE WHEN n > 0 THEN 'reported' WHEN heard THEN 'zero' WHEN arrived.nid IS NOT NULL THEN 'silent' ELSE 'unknown' END AS state"
        " FROM places CROSS JOIN cols LEFT JOIN hits ON hits.nid = places.nid AND hits.camp = cols.camp"
        " LEFT JOIN arrived ON arrived.nid = places.nid",
        params,
    )
    found = in_order(cur, found, ("total", -1), ("camp", 1), ("nid", 1))
    found = named_places(cur, found, id="ids nid", name="names nid")
    found["campaign"], found["campaign_name"] = campaign_ids(cur, found["camp"]), campaign_names(cur, found["camp"])
    return table(found, "id", "name", "campaign", "campaign_name", "n", "total", "state")


def newly_silent(cur: Connection, filters: Filters, last: dt.date, limit: int = 8) -> pd.DataFrame:
    """Streets that were reported within the last 16 weeks and have been silent for QUIET_WEEKS or more covered weeks.

    id, name, district, last (Monday of the last week with a report), quiet (complete weeks since then in which a covering
    paper arrived), before (reports in the 12 weeks up to that one). Complete weeks only; whatever campaign.
    """
    cond, params = where(cur, replace(filters, period="all", campaigns=(), groups=()), None, dates=False)
    week = last_complete_week(last)
    here = inside(cur, filters.place) if filters.place is not None else ALL  # where the streets seen can only lie
    params |= {"week": week, "first": week - dt.timedelta(weeks=16), "quiet": QUIET_WEEKS}
    found = arrays(
        cur,
        f"WITH seen AS (SELECT s, max(pub_week) AS last FROM ev WHERE s >= 0 AND pub_week IS NOT NULL AND {cond} GROUP BY 1"
        "   HAVING max(pub_week) BETWEEN $first AND $week),"
        f" covers AS (SELECT DISTINCT ev.s, paper FROM ev JOIN seen ON seen.s = ev.s WHERE paper IS NOT NULL AND {here}),"
        " came AS (SELECT DISTINCT paper, week FROM issued WHERE week BETWEEN $first AND $week),"
        " quiet AS (SELECT s, count(DISTINCT came.week)::INTEGER AS quiet FROM seen JOIN covers USING (s)"
        "   JOIN came USING (paper) WHERE came.week > seen.last GROUP BY 1),"
        " before AS (SELECT ev.s, count(*)::INTEGER AS before FROM ev JOIN seen ON seen.s = ev.s"
        f"   WHERE ev.pub_week BETWEEN seen.last - 77 AND seen.last AND {here} GROUP BY 1)"
        " SELECT s AS nid, seen.last, quiet, before FROM quiet JOIN seen USING (s) JOIN before USING (s) WHERE quiet >= $quiet",
        params,
    )
    found = in_order(cur, found, ("before", -1), ("quiet", -1), ("nid", 1), limit=limit)
    found["up"] = above(cur, found["nid"])
    found = named_places(cur, found, id="ids nid", name="names nid", district="names up")
    return table(found, "id", "name", "district", "last", "quiet", "before")


def arrivals(cur: Connection) -> pd.DataFrame:
    """newspaper, week (Monday), articles, last (day): which papers arrived in which week."""
    found = arrays(
        cur,
        "SELECT paper, week, sum(articles)::INTEGER AS articles, max(pub) AS last FROM issued GROUP BY 1, 2 ORDER BY 1, 2",
    )
    found["newspaper"] = paper_names(cur, found["paper"])
    return table(found, "newspaper", "week", "articles", "last")


# --- events and their text -------------------------------------------------------------------------------------------

ORDERS = {
    "newest": "pub DESC NULLS LAST, rank, erow",
    "oldest": "pub NULLS LAST, rank, erow",
    "event": "act DESC NULLS LAST, erow",
}


def events(
    cur: Connection,
    filters: Filters,
    last: dt.date | None,
    *,
    words: Sequence[str] = (),
    duplicates: bool = True,
    order: str = "newest",
    limit: int = 50,
    offset: int = 0,
) -> pd.DataFrame:
    """One page of events with names in place of ids; `words` must all occur in the article's text. Column total: how many in all."""
    cond, params = where(cur, filters, last)
    if not duplicates:
        cond += " AND NOT dup"
    found = search_sql(cur, words, params, cond)
    if words:
        cond += " AND arow IN (SELECT row FROM found)"
    params |= {"limit": limit, "offset": offset}
    keys = arrays(  # which rows, by the few columns that order them; then what is shown of those
        cur,
        f"{'WITH ' * bool(found)}{found} SELECT erow, (SELECT count(*)::INTEGER FROM ev WHERE {cond}) AS total FROM ev"
        f" WHERE {cond} ORDER BY {ORDERS[order]} LIMIT $limit OFFSET $offset",
        params,
    )
    return table(
        shown(cur, keys["erow"].tolist()) | {"total": keys["total"]}, "erow", "event_id", "campaign_id", "campaign", *PLACES, "street_id",
        "district_id", "date", "date_end", "date_precision", "published_on", "newspaper", "dup", "total",
    )  # fmt: skip


PLACES = {"province": "p", "city": "c", "district": "d", "street": "s", "community": "k"}
CARD = ("headline", "metrics.what", "metrics.start", "metrics.end", "evidence.field", "evidence.start", "evidence.end")


def shown(cur: Connection, rows: Sequence[int]) -> Columns:
    """What memory holds of the events at those row numbers, in that order: names, days, paper, the row of the article."""
    page = arrays(
        cur,
        "SELECT erow, event_id, arow, camp, p, c, d, s, k, day0 AS date, day1 AS date_end, prec, pub AS published_on, paper, dup"
        f" FROM ev {with_rows(rows)}",
    )
    at = {row: i for i, row in enumerate(page["erow"].tolist())}
    page = taken(page, np.array([at[int(r)] for r in rows if int(r) in at], np.int64))
    page = named_places(
        cur, page, **{n: f"names {c}" for n, c in PLACES.items()}, street_id="ids s", district_id="ids d"
    )
    return page | {
        "campaign_id": campaign_ids(cur, page["camp"]),
        "campaign": campaign_names(cur, page["camp"]),
        "newspaper": paper_names(cur, page["paper"]),
        "date_precision": [None if p is None else PRECISIONS[p] for p in page["prec"].tolist()],
    }


def search_sql(cur: Connection, words: Sequence[str], params: Params, cond: str) -> str:
    """A table expression `found` of the articles (row numbers) whose text holds every word; adds its parameters.

    Only texts of articles with events that meet `cond` are read.
    """
    if not words:
        return ""
    tests = []
    for i, word in enumerate(words[:8]):
        params[f"word{i}_"] = word
        tests.append(f"contains(text, $word{i}_)")
    selects = []
    for i, file in enumerate(cur.files.articles):
        params[f"file_{i}"] = str(file.path)
        selects.append(
            f"SELECT file_row_number + {file.first} AS row FROM read_parquet($file_{i}, file_row_number=true)"
            f" WHERE file_row_number IN (SELECT arow{f' - {file.first}' * bool(file.first)} FROM ev WHERE {cond}) AND {' AND '.join(tests)}"
        )
    return f"found AS MATERIALIZED ({' UNION ALL '.join(selects)})"


def stored(cur: Connection, files: Sequence[Source], columns: Sequence[str], rows: Sequence[int]) -> pa.Table:
    """Columns of the rows with those numbers, with the number as `row`; of the files, only the row groups that hold one are
    read. `metrics.start` names a part of a nested column: a column's parts lie apart in the file, and each costs alike.
    """
    wanted, pieces = sorted({int(r) for r in rows}), list[pa.Table]()
    for source in files:
        here = [r for r in wanted if source.first <= r < source.first + source.size]
        if here or (source is files[-1] and not pieces):
            footer = cur.footer(source.path)
            with pq.ParquetFile(source.path, metadata=footer, pre_buffer=False) as file:
                pieces.append(picked(file, leaves_of(file, columns), source.first, here))
    return pa.concat_tables(pieces)


def by_row(found: pa.Table) -> dict[int, dict[str, Any]]:
    """What :func:`stored` read, by row number."""
    return {row.pop("row"): row for row in found.to_pylist()}


def picked(file: pq.ParquetFile, leaves: list[str], first: int, rows: Sequence[int]) -> pa.Table:
    """Rows of one file, whose own first row has the number `first`."""
    sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    ends = np.cumsum([first, *sizes])
    at, groups = np.array(rows, np.int64), np.searchsorted(ends, rows, side="right") - 1
    found = [
        file.read_row_group(g, columns=leaves, use_threads=False).take(at[groups == g] - ends[g])
        for g in np.unique(groups).tolist()
    ] or [file.schema_arrow.empty_table().select(list(dict.fromkeys(leaf.split(".")[0] for leaf in leaves)))]
    return pa.concat_tables(found).append_column("row", pa.array(at))


def leaves_of(file: pq.ParquetFile, columns: Sequence[str]) -> list[str]:
    """Parquet's own names of columns and of parts of columns: text; metrics.start → metrics.list.element.start."""
    every = [file.schema.column(i).path for i in range(len(file.schema))]
    wanted = [c.partition(".") for c in columns]
    return [
        leaf
        for leaf in every
        if any(leaf.split(".")[0] == column and leaf.endswith(dot + part) for column, dot, part in wanted)
    ]


def event_row(cur: Connection, event_id: str) -> int | None:
    """Row number of an event by its id, or None."""
    found = cur.execute("SELECT erow FROM ev WHERE event_id = $id", {"id": event_id}).fetchall()
    return int(found[0][0]) if found else None


def details(cur: Connection, rows: Sequence[int]) -> pd.DataFrame:
    """All columns of the events at those row numbers, in that order, with the text of their articles."""
    if not rows:
        return pd.DataFrame()
    found = stored(cur, cur.files.events, schema_of(Event).names, rows)
    at = arrays(cur, f"SELECT DISTINCT arow FROM ev {with_rows(rows)} WHERE arow IS NOT NULL")["arow"]
    of_article = ("source_path", "page", "kind", "byline", "published_basis", "text", "body_start")
    texts = stored(cur, cur.files.articles, ("article_id", *of_article), at.tolist())
    article = pc.index_in(found["article_id"], texts["article_id"])
    for name in of_article:
        found = found.append_column(name, texts[name].take(article))
    found = found.rename_columns({"row": "file_row_number"})
    there = pc.index_in(pa.array(rows, pa.int64()), found["file_row_number"]).drop_null()
    whole: pd.DataFrame = found.take(there).to_pandas(date_as_object=False)
    return whole


def quotations(cur: Connection, rows: Sequence[int]) -> pd.DataFrame:
    """The events at those row numbers, in that order, with what a card shows of them: names, days, headline, numbers
    (metrics), evidence and the article's text.

    Of numbers and evidence only the spans; what memory holds of an event is not read from the files.
    """
    if not rows:
        return pd.DataFrame()
    facts = shown(cur, rows)
    cards = by_row(stored(cur, cur.files.events, CARD, rows))
    articles = [-1 if a is None else int(a) for a in facts["arow"].tolist()]
    texts = by_row(stored(cur, cur.files.articles, ("text", "body_start"), [a for a in articles if a >= 0]))
    said = [cards[row] | texts.get(a, {}) for row, a in zip(facts["erow"].tolist(), articles, strict=True)]
    parts = {
        name: [one.get(name) for one in said] for name in ("headline", "metrics", "evidence", "text", "body_start")
    }
    return table({"file_row_number": facts["erow"]} | {k: v for k, v in facts.items() if k != "erow"} | parts)


def headlines(cur: Connection, rows: Sequence[int]) -> dict[int, str]:
    """Headlines of the events at those row numbers."""
    if not rows:
        return {}
    found = by_row(stored(cur, cur.files.events, ["headline"], rows))
    return {row: one["headline"] for row, one in found.items() if one["headline"]}


def siblings(cur: Connection, article_id: str) -> pd.DataFrame:
    """erow, event_id, campaign_id, place of all events of one article."""
    found = arrays(
        cur,
        "SELECT erow, event_id, camp, place, dup FROM ev WHERE article = hash($id::VARCHAR) ORDER BY rank, erow",
        {"id": article_id},
    )
    found = named_places(cur, found, place="names place")
    found["campaign_id"] = campaign_ids(cur, found["camp"])
    return table(found, "erow", "event_id", "campaign_id", "place", "dup")


def table_rows(
    cur: Connection, filters: Filters, last: dt.date | None, words: Sequence[str] = (), duplicates: bool = True
) -> Any:
    """The filtered events with every column of events.parquet, as an Arrow table in the file's order, for downloads."""
    cond, params = where(cur, filters, last)
    if not duplicates:
        cond += " AND NOT dup"
    found = search_sql(cur, words, params, cond)
    if words:
        cond += " AND arow IN (SELECT row FROM found)"
    hit = arrays(cur, f"{'WITH ' * bool(found)}{found} SELECT erow FROM ev WHERE {cond}", params)
    rows = in_full(cur.files.events, np.sort(hit["erow"]))
    days = rows["published_on"].cast(pa.int32()).fill_null(np.iinfo(np.int32).max).to_numpy()
    return rows.take(np.argsort(days, kind="stable"))


def in_full(files: Sequence[Source], rows: Any) -> pa.Table:
    """All columns of events by their sorted row numbers; one row group is in memory beside them."""
    names = schema_of(Event).names
    pieces = []
    for source in files:
        inside = (
            rows[np.searchsorted(rows, source.first) : np.searchsorted(rows, source.first + source.size)] - source.first
        )
        with pq.ParquetFile(source.path, pre_buffer=False) as file:
            if source is files[0]:
                pieces.append(file.schema_arrow.empty_table().select(names))
            ends = np.cumsum([file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)])
            groups = np.searchsorted(ends, inside, side="right")
            for group in np.unique(groups).tolist():
                first = ends[group - 1] if group else 0
                read = file.read_row_group(group, columns=names, use_threads=False)
                pieces.append(read.take(inside[groups == group] - first))
    return pa.concat_tables(pieces)


# --- indicators ------------------------------------------------------------------------------------------------------


def of_series(cur: Connection, key: str, unit: str) -> str:
    """The condition on `mt` that a number is of one indicator and unit: its number is looked up first, so that it is a constant."""
    sql = "SELECT sid FROM series WHERE key = $key AND unit = $unit"
    return one_of("sid", arrays(numbered(cur), sql, {"key": key, "unit": unit})["sid"].tolist())


def numbered(cur: Connection) -> Connection:
    """The connection, once the numbers are read; raises what reading them raised."""
    cur.numbers.result()
    return cur


def indicators(cur: Connection, filters: Filters, last: dt.date | None, limit: int = 300) -> pd.DataFrame:
    """key (indicator id, or the words themselves), known, unit, events, total of single counts, adds, low, high, runnings.

    total adds the single counts (本次) of each activity once; NaN where only running totals exist, and where the unit does
    not add up (%, ℃ …: `adds` false; low and high say their range). One row a unit, because 户 and 家 do not add up.
    """
    cond, params = where(cur, filters, last)
    found = arrays(
        numbered(cur),
        f"WITH hit AS ({'FROM whole' if cond == ALL else sums(cond)})"
        " SELECT key, known, unit, adds, events, CASE WHEN adds THEN total END AS total, low, high, singles, runnings, rough"
        " FROM hit JOIN series USING (sid) ORDER BY known DESC, adds DESC, events DESC, key, unit LIMIT $limit",
        params | {"limit": limit},
    )
    return table(found)


def indicator_sums(
    cur: Connection, filters: Filters, last: dt.date | None, key: str, unit: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Single counts of one indicator summed by week, by place and by campaign (total, n numbers), in one pass: each activity
    once, no running totals."""
    cond, params = where(cur, filters, last)
    found = arrays(
        numbered(cur),
        "SELECT week, place, camp, grouping_id(week, place, camp) AS kind, sum(value) AS total, count(*)::INTEGER AS n"
        f" FROM (SELECT {week_of(filters)} AS week, place, camp, value FROM mt"
        f"   WHERE {of_series(cur, key, unit)} AND {SINGLE} AND {cond}) GROUP BY GROUPING SETS ((week), (place), (camp))",
        params,
    )
    return grouped(found, "week", 0b011), grouped(found, "place", 0b101), grouped(found, "camp", 0b110)


def grouped(found: Columns, by: str, kind: int) -> pd.DataFrame:
    """The sums by one column, total and n beside it; those of no known one left out."""
    at = (found["kind"] == kind) & ~np.ma.getmaskarray(found[by])
    return table({by: np.ma.getdata(found[by])[at], "total": found["total"][at], "n": found["n"][at]})


def indicator_weeks(cur: Connection, filters: Filters, last: dt.date | None, key: str, unit: str) -> pd.DataFrame:
    """week, total of single counts, n numbers: each activity once, no running totals."""
    return weeks_of(indicator_sums(cur, filters, last, key, unit)[0])


def weeks_of(sums: pd.DataFrame) -> pd.DataFrame:
    """The first answer of indicator_sums as week, total, n, in order."""
    return sums.sort_values("week", ignore_index=True)[["week", "total", "n"]]


def week_of(filters: Filters) -> str:
    """The Monday of the day that the filters count by, of a row of `mt`."""
    return f"date_trunc('week', {day_column(filters)})::DATE"


def indicator_places(
    cur: Connection, filters: Filters, last: dt.date | None, key: str, unit: str, level: int, limit: int = 15
) -> pd.DataFrame:
    """id, name, total of single counts of the places of one level."""
    return places_of(cur, indicator_sums(cur, filters, last, key, unit)[1], level, limit)


def places_of(cur: Connection, sums: pd.DataFrame, level: int, limit: int = 15) -> pd.DataFrame:
    """The second answer of indicator_sums as id, name, total, n of the places of one level that have most."""
    nodes = lifted(cur, sums["place"], level)
    inside = nodes >= 0
    nid, at = np.unique(nodes[inside], return_inverse=True)
    added = {name: np.bincount(at, sums[name].to_numpy()[inside], len(nid)) for name in ("total", "n")}
    found = {"nid": nid, "total": added["total"], "n": added["n"].astype(np.int32)}
    found = taken(found, np.lexsort((cur.words.tree.order[nid], -found["total"]))[:limit])
    return table(named_places(cur, found, id="ids nid", name="names nid"), "id", "name", "total", "n")


def lifted(cur: Connection, places: Any, level: int) -> Any:
    """The place of one level in which each place lies; -1 where there is none."""
    tree, nodes = cur.words.tree, np.asarray(places, np.int64)
    for _ in range(4 - level):
        nodes = np.where((nodes >= 0) & (tree.level[nodes] > level), tree.parent[nodes], nodes)
    return np.where((nodes >= 0) & (tree.level[nodes] == level), nodes, -1)


def indicator_campaigns(
    cur: Connection, filters: Filters, last: dt.date | None, key: str, unit: str, limit: int = 10
) -> pd.DataFrame:
    """id, name, total of single counts of each campaign."""
    return campaigns_of(cur, indicator_sums(cur, filters, last, key, unit)[2], limit)


def campaigns_of(cur: Connection, sums: pd.DataFrame, limit: int = 10) -> pd.DataFrame:
    """The third answer of indicator_sums as id, name, total, n of the campaigns that have most."""
    camp = sums["camp"].to_numpy(np.int64)
    by_id = ranked([c.id for c in cur.words.campaigns])[camp]
    found = {"camp": camp, "total": sums["total"].to_numpy(), "n": sums["n"].to_numpy()}
    found = taken(found, np.lexsort((by_id, -found["total"]))[:limit])
    named = {"id": campaign_ids(cur, found["camp"]), "name": campaign_names(cur, found["camp"])}
    return table(named | {"total": found["total"], "n": found["n"]})


def running_totals(
    cur: Connection, filters: Filters, last: dt.date | None, key: str, unit: str, limit: int = 40
) -> pd.DataFrame:
    """The latest running total of each campaign and finest place: what, value, unit, qualifier, as_of, place, campaign, erow.

    Of several the one with the latest 截至 day stands (without one: the day it was printed), then the latest printed.
    """
    cond, params = where(cur, filters, last)
    found = arrays(
        numbered(cur),
        "WITH r AS (SELECT mt.*, coalesce(village.up, mt.place) AS nid FROM mt LEFT JOIN village USING (place)"
        f" WHERE {of_series(cur, key, unit)} AND {RUNS} AND {cond}),"
        " latest AS (SELECT *, row_number() OVER (PARTITION BY camp, nid ORDER BY coalesce(as_of, pub) DESC NULLS LAST, pub DESC NULLS LAST, value DESC, erow, nth) AS place_in_time,"
        " count(*) OVER (PARTITION BY camp, nid)::INTEGER AS reports FROM r)"
        " SELECT erow, nth, value, coalesce(as_of, pub) AS as_of, as_of IS NULL AS by_print, camp, nid, pub, reports"
        " FROM latest WHERE place_in_time = 1 ORDER BY value DESC, erow, nth LIMIT $limit",
        params | {"limit": limit},
    )
    found = named_places(cur, found, place="names nid", place_id="ids nid")
    found["campaign_id"], found["event_id"] = campaign_ids(cur, found["camp"]), event_ids(cur, found["erow"])
    return with_words(
        cur,
        found,
        "erow",
        "event_id",
        "value",
        "as_of",
        "by_print",
        "campaign_id",
        "place",
        "place_id",
        "pub",
        "reports",
    )


def indicator_rows(
    cur: Connection,
    filters: Filters,
    last: dt.date | None,
    key: str,
    unit: str,
    *,
    place: str | None = None,
    campaign: str | None = None,
    week: dt.date | None = None,
    limit: int = 60,
    words: bool = True,
) -> pd.DataFrame:
    """The single counts that a figure is made of: each number with its event, place, day and, with `words`, its span."""
    narrowed = replace(filters, place=place or filters.place, campaigns=(campaign,) if campaign else filters.campaigns)
    cond, params = where(cur, narrowed, last)
    if week is not None:
        cond += f" AND {week_of(filters)} = $week"
        params["week"] = week
    found = arrays(
        numbered(cur),
        "SELECT erow, nth, value, camp, coalesce(village.up, hit.place) AS nid, pub, paper, total FROM ("
        " SELECT erow, nth, value, camp, place, pub, paper, count(*) OVER ()::INTEGER AS total FROM mt"
        f" WHERE {of_series(cur, key, unit)} AND {SINGLE} AND {cond} ORDER BY value DESC, erow, nth LIMIT $limit) AS hit"
        " LEFT JOIN village ON village.place = hit.place ORDER BY value DESC, erow, nth",
        params | {"limit": limit, "week": week},
    )
    found["event_id"] = event_ids(cur, found["erow"])
    found = named_places(cur, found, place="names nid")
    found["campaign_id"], found["newspaper"] = campaign_ids(cur, found["camp"]), paper_names(cur, found["paper"])
    names = ("erow", "event_id", "value", "campaign_id", "place", "pub", "newspaper", "total")
    return with_words(cur, found, *names) if words else table(found, "erow", "nth", *names[1:])


def event_ids(cur: Connection, rows: np.ndarray[Any, Any]) -> list[str]:
    """Ids of the events at those row numbers."""
    found = arrays(cur, f"SELECT erow, event_id FROM ev {with_rows(rows.tolist())}")
    ids = dict(zip(found["erow"].tolist(), found["event_id"], strict=True))
    return [ids[r] for r in rows.tolist()]


# Column of an answer: the part of a number that it shows.
WORDING = {"what": "what", "qualifier": "qualifier", "text": "text", "first": "start", "last": "end"}


def with_words(cur: Connection, numbers: Columns, *names: str) -> pd.DataFrame:
    """Those columns of numbers (erow, nth), with their wording, qualifier and span from the file."""
    rows = numbers["erow"].tolist()
    events = by_row(stored(cur, cur.files.events, [f"metrics.{part}" for part in WORDING.values()], rows))
    found = [events[erow]["metrics"][nth - 1] for erow, nth in zip(rows, numbers["nth"].tolist(), strict=True)]
    words = {name: [m[part] for m in found] for name, part in WORDING.items()}
    return table({name: numbers[name] for name in names} | words)


def campaign_indicators(cur: Connection, filters: Filters, last: dt.date | None, limit: int = 8) -> pd.DataFrame:
    """The indicators most often reported under the filters, as `indicators`, known ones only when there are any."""
    found = indicators(cur, filters, last, limit=100)
    found = found[found["adds"]]
    known = found[found["known"]]
    return (known if len(known) else found).sort_values("events", ascending=False).head(limit)


# --- one campaign ----------------------------------------------------------------------------------------------------


def spread(cur: Connection, filters: Filters, last: dt.date | None, level: int) -> pd.DataFrame:
    """Where a campaign was first reported and how it went on: place (id, name, parent), first, last, n, earliest first."""
    cond, params = where(cur, filters, last)
    column, day = LEVEL_COLUMNS[level], day_column(filters)
    found = arrays(
        cur,
        f"SELECT {column} AS nid, min({day}) AS first, max({day}) AS last, count(*) FILTER (WHERE NOT dup)::INTEGER AS n,"
        f" arg_min(event_id, (act, erow)) AS event_id FROM ev WHERE {column} >= 0 AND {day} IS NOT NULL AND {cond} GROUP BY 1 HAVING n > 0",
        params,
    )
    found = in_order(cur, found, ("first", 1), ("n", -1), ("nid", 1))
    found["up"] = above(cur, found["nid"])
    found = named_places(cur, found, id="ids nid", name="names nid", parent="names up")
    return table(found, "id", "name", "parent", "first", "last", "n", "event_id")


def place_weeks(cur: Connection, filters: Filters, last: dt.date | None, level: int, top: int = 15) -> pd.DataFrame:
    """place (id, name), week, n for the busiest places of one level."""
    cond, params = where(cur, filters, last)
    column = LEVEL_COLUMNS[level]
    week = "pub_week" if filters.by == "published" else "act_week"
    found = arrays(
        cur,
        f"WITH hit AS (SELECT {column} AS nid, {week} AS week, count(*)::INTEGER AS n FROM ev WHERE NOT dup AND {column} >= 0"
        f"   AND {week} IS NOT NULL AND {cond} GROUP BY 1, 2),"
        " busiest AS (SELECT nid, sum(n) AS total FROM hit GROUP BY 1 ORDER BY total DESC, nid LIMIT $top)"
        " SELECT nid, week, n, total FROM hit JOIN busiest USING (nid)",
        params | {"top": top},
    )
    found = named_places(
        cur, in_order(cur, found, ("total", -1), ("nid", 1), ("week", 1)), id="ids nid", name="names nid"
    )
    return table(found, "id", "name", "week", "n", "total")


def new_campaigns(cur: Connection, filters: Filters, last: dt.date, weeks: int = 4) -> pd.DataFrame:
    """Campaigns first reported at the place within the last weeks, though papers arrived there before: id, name, first, n."""
    cond, params = where(cur, replace(filters, period="all"), None, dates=False)
    since = monday(last) - dt.timedelta(weeks=weeks - 1)
    found = arrays(
        cur,
        "SELECT camp, min(pub) AS first, count(*) FILTER (WHERE NOT dup)::INTEGER AS n, arg_min(event_id, erow) AS event_id"
        f" FROM ev WHERE pub >= $since AND {cond} AND (SELECT min(pub) FROM issued) < $since"
        f"   AND camp NOT IN (SELECT DISTINCT camp FROM ev WHERE pub < $since AND camp IS NOT NULL AND {cond}) GROUP BY 1",
        params | {"since": since},
    )
    found = in_order(cur, found, ("n", -1), ("camp", 1))
    found = taken(found, np.array([i != NO_CAMPAIGN for i in campaign_ids(cur, found["camp"])], bool))
    found["id"], found["name"] = campaign_ids(cur, found["camp"]), campaign_names(cur, found["camp"])
    return table(found, "id", "name", "first", "n", "event_id")


# --- state of the data -----------------------------------------------------------------------------------------------


def nearest_range(cur: Connection, filters: Filters) -> tuple[dt.date, dt.date] | None:
    """First and last day with data once the dates are left open; None when the other filters match nothing at all."""
    cond, params = where(cur, filters, None, dates=False)
    day = day_column(filters)
    row = frame(cur, f"SELECT min({day}) AS first, max({day}) AS last FROM ev WHERE {cond}", params).iloc[0]
    return None if pd.isna(row["first"]) else (row["first"].date(), row["last"].date())


def unplaced(cur: Connection, limit: int = 200) -> pd.DataFrame:
    """Events whose district or street is not known: erow, event_id, published, paper, campaign, finest known place."""
    found = arrays(
        cur,
        "SELECT erow, event_id, pub AS published_on, paper, camp, CASE WHEN c >= 0 THEN c ELSE p END AS nid, count(*) OVER ()::INTEGER AS total"
        " FROM ev WHERE d < 0 AND s < 0 ORDER BY pub DESC NULLS LAST, erow LIMIT $limit",
        {"limit": limit},
    )
    found = named_places(cur, found, known="names nid")
    found["newspaper"], found["campaign_id"] = paper_names(cur, found["paper"]), campaign_ids(cur, found["camp"])
    return table(found, "erow", "event_id", "published_on", "newspaper", "campaign_id", "known", "total")


def quality(cur: Connection) -> pd.DataFrame:
    """share (0..1) of events that have a place, a street, an exact day, a campaign, a number; n of them."""
    none = one_of("camp", [n for n, c in enumerate(cur.words.campaigns) if c.id == NO_CAMPAIGN])
    return frame(
        numbered(cur),
        "WITH t AS (SELECT count(*) AS total, count(*) FILTER (WHERE d >= 0) AS district, count(*) FILTER (WHERE s >= 0) AS street,"
        f" count(*) FILTER (WHERE prec <= 1) AS exact, count(*) FILTER (WHERE NOT {none}) AS campaign,"
        " count(*) FILTER (WHERE dup) AS dup, (SELECT count(*) FROM mt WHERE nth = 1) AS number FROM ev)"
        " SELECT what, n::INTEGER AS n, n / greatest(total, 1) AS share FROM t UNPIVOT (n FOR what IN"
        " (district, street, exact, campaign, number, dup))",
    )
