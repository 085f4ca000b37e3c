"""Questions to the open table: (connection, Filters) → small DataFrame. No Streamlit; user input only as bound parameters.

An activity is counted once: reports that repeat an earlier one (`dup`) are left out of counts and sums. A running total
(截至…累计) is never added to anything: its latest value stands. See tables.py for the columns.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pandas as pd

from dashboard.filters import Filters, last_complete_week, monday

Connection = duckdb.DuckDBPyConnection
Params = dict[str, Any]
LEVEL_COLUMNS = ("p", "c", "d", "s", "k")
QUIET_WEEKS = 2  # a street is newly silent after this many covered weeks without a report
LOW_MEAN, LOW_NOW = 2.0, 5  # no percentage when the mean is at most the first and the new count at most the second
MAX_WEEKS = 130  # longer spans are drawn by month


def frame(cur: Connection, sql: str, params: Params | None = None) -> pd.DataFrame:
    """The result of one statement; only the parameters that it names are bound."""
    return cur.execute(sql, named(sql, params or {}) or None).df()


def named(sql: str, params: Params) -> Params:
    """Those parameters that the statement names."""
    names = set(re.findall(r"\$([a-z_0-9]+)", sql))
    return {k: v for k, v in params.items() if k in names}


def where(cur: Connection, filters: Filters, last: dt.date | None, *, dates: bool = True) -> tuple[str, Params]:
    """The condition on `ev` that the filters mean, with its parameters."""
    parts: list[str] = ["true"]
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
        column, nid = located(cur, filters.place)
        parts.append(f"{column} = $nid")
        params["nid"] = nid
    if filters.campaigns:
        parts.append("camp IN (SELECT cid FROM camp WHERE list_contains($campaigns, id))")
        params["campaigns"] = list(filters.campaigns)
    if filters.groups:
        parts.append("camp IN (SELECT cid FROM camp WHERE list_contains($groups, grp))")
        params["groups"] = list(filters.groups)
    if filters.papers:
        parts.append("paper IN (SELECT nid FROM paper WHERE list_contains($papers, name))")
        params["papers"] = list(filters.papers)
    return " AND ".join(parts), params


def located(cur: Connection, place: str) -> tuple[str, int]:
    """The column of a place's level and its number there; a number that no row has for a place that is not there."""
    found = cur.execute("SELECT level, nid FROM node WHERE id = $place", {"place": place}).fetchall()
    return (LEVEL_COLUMNS[found[0][0]], int(found[0][1])) if found else ("p", -2)


def day_column(filters: Filters) -> str:
    """The column of the day that the filters count by."""
    return "pub" if filters.by == "published" else "act"


def totals(cur: Connection, filters: Filters, last: dt.date | None) -> dict[str, int]:
    """Activities (each once), reports of them, articles, campaigns, districts, streets, and how many dates are inexact."""
    cond, params = where(cur, filters, last)
    row = frame(
        cur,
        "SELECT count(*) FILTER (WHERE NOT dup) AS events, count(*) AS reports, count(DISTINCT arow) AS articles,"
        " count(DISTINCT camp) FILTER (WHERE camp IN (SELECT cid FROM camp WHERE id <> 'none')) AS campaigns,"
        " count(DISTINCT d) FILTER (WHERE d >= 0) AS districts, count(DISTINCT s) FILTER (WHERE s >= 0) AS streets,"
        " count(*) FILTER (WHERE NOT dup AND (prec IS NULL OR prec NOT IN ('day', 'range'))) AS inexact,"
        f" count(*) FILTER (WHERE NOT dup AND {day_column(filters)} IS NULL) AS undated FROM ev WHERE {cond}",
        params,
    ).iloc[0]
    return {str(k): int(v) for k, v in row.items()}


def weekly(cur: Connection, filters: Filters, last: dt.date | None) -> pd.DataFrame:
    """week (Monday), id of the campaign, n activities; weeks without any are left out."""
    cond, params = where(cur, filters, last)
    week = "pub_week" if filters.by == "published" else "act_week"
    return frame(
        cur,
        f"SELECT {week} AS week, camp.id AS id, count(*)::INTEGER AS n FROM ev JOIN camp ON camp.cid = ev.camp"
        f" WHERE NOT dup AND {week} IS NOT NULL AND {cond} GROUP BY 1, 2 ORDER BY 1, 2",
        params,
    )


def covered_weeks(cur: Connection, filters: Filters) -> tuple[dt.date, ...]:
    """Mondays of the weeks in which a paper that covers the place arrived: weeks without are unknown, not zero."""
    cond, params = where(cur, replace(filters, period="all", campaigns=(), groups=()), None, dates=False)
    narrowed = bool(filters.place or filters.papers)
    papers = f"AND paper IN (SELECT DISTINCT paper FROM ev WHERE paper IS NOT NULL AND {cond})" if narrowed else ""
    found = frame(cur, f"SELECT DISTINCT week FROM issued WHERE true {papers} ORDER BY 1", params)
    return tuple(day.date() for day in found["week"])


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
    return frame(
        cur,
        "SELECT node.id, node.name, up.id AS parent, up.name AS parent_name, n, last FROM ("
        f" SELECT {column} AS nid, count(*) FILTER (WHERE NOT dup)::INTEGER AS n, max(pub) AS last FROM ev"
        f" WHERE {column} >= 0 AND {cond} GROUP BY 1) JOIN node USING (nid) LEFT JOIN node up ON up.nid = node.parent"
        " WHERE n > 0 ORDER BY n DESC, node.id LIMIT $limit",
        params | {"limit": limit},
    )


def by_campaign(cur: Connection, filters: Filters, last: dt.date | None) -> pd.DataFrame:
    """id, name, grp, n activities, streets, first and last day of each campaign, the most frequent first."""
    cond, params = where(cur, filters, last)
    day = day_column(filters)
    return frame(
        cur,
        f"WITH hit AS (SELECT camp, s, count(*) FILTER (WHERE NOT dup) AS n, min({day}) AS first, max({day}) AS last FROM ev WHERE {cond} GROUP BY 1, 2)"
        " SELECT camp.id, camp.name, camp.grp, sum(hit.n)::INTEGER AS n, count(*) FILTER (WHERE s >= 0)::INTEGER AS streets,"
        " min(first) AS first, max(last) AS last FROM hit JOIN camp ON camp.cid = hit.camp GROUP BY ALL HAVING sum(hit.n) > 0 ORDER BY n DESC, camp.id",
        params,
    )


def crosstab(
    cur: Connection, filters: Filters, last: dt.date | None, level: int, rows: int = 14, columns: int = 18
) -> pd.DataFrame:
    """campaign, place, n for the busiest campaigns and places of one level (ids and names)."""
    cond, params = where(cur, filters, last)
    column = LEVEL_COLUMNS[level]
    return frame(
        cur,
        f"WITH hit AS (SELECT camp, {column} AS nid, count(*)::INTEGER AS n FROM ev WHERE NOT dup AND {column} >= 0 AND {cond} GROUP BY 1, 2),"
        " top_c AS (SELECT camp, sum(n) AS total FROM hit GROUP BY 1 ORDER BY total DESC, camp LIMIT $rows),"
        " top_p AS (SELECT nid, sum(n) AS total FROM hit GROUP BY 1 ORDER BY total DESC, nid LIMIT $columns)"
        " SELECT camp.id AS campaign, camp.name AS campaign_name, node.id AS place, node.name AS place_name, n,"
        " top_c.total AS campaign_total, top_p.total AS place_total"
        " FROM hit JOIN top_c USING (camp) JOIN top_p USING (nid) JOIN camp ON camp.cid = hit.camp JOIN node USING (nid)"
        " ORDER BY top_c.total DESC, camp.id, top_p.total DESC, node.id",
        params | {"rows": rows, "columns": columns},
    )


# --- silent, zero, unknown -------------------------------------------------------------------------------------------


def street_weeks(cur: Connection, filters: Filters, last: dt.date, place: str, weeks: int = 16) -> pd.DataFrame:
    """place (id, name), week, n, state of each street (or community) below `place` in the last weeks, the unfinished one included.

    state: `reported` (n counts the activities that the filters mean); `zero` (papers reported the street, but nothing that
    the filters mean); `silent` (a paper that covers it arrived and reported nothing); `unknown` (no such paper arrived);
    `open` (nothing yet, but the week has not ended).
    By week of publication, whatever the filters say, because arrival is known by that day only.
    """
    within, nid = located(cur, place)
    column = LEVEL_COLUMNS[min(LEVEL_COLUMNS.index(within) + 1, 4)]
    cond, params = where(cur, replace(filters, period="all", place=None), None, dates=False)
    paper_cond = "paper IN (SELECT nid FROM paper WHERE list_contains($papers, name))" if filters.papers else "true"
    params |= {"within": nid, "first": monday(last) - dt.timedelta(weeks=weeks - 1), "final": monday(last)}
    params["unfinished"] = monday(last) if last_complete_week(last) != monday(last) else dt.date(1, 1, 1)
    return frame(
        cur,
        f"WITH inside AS (SELECT {column} AS nid, * FROM ev WHERE {within} = $within AND {column} >= 0 AND {paper_cond}),"
        " places AS (SELECT DISTINCT nid FROM inside),"
        " span AS (SELECT unnest(generate_series($first::DATE, $final::DATE, INTERVAL 7 DAY))::DATE AS week),"
        " covers AS (SELECT DISTINCT nid, paper FROM inside WHERE paper IS NOT NULL),"
        " arrived AS (SELECT DISTINCT nid, issued.week FROM covers JOIN issued USING (paper) WHERE issued.week BETWEEN $first AND $final),"
        f" hits AS (SELECT nid, pub_week AS week, count(*) AS reports, count(*) FILTER (WHERE NOT dup AND {cond}) AS n,"
        f"   count(*) FILTER (WHERE {cond}) AS meant FROM inside WHERE pub_week BETWEEN $first AND $final GROUP BY 1, 2)"
        " SELECT node.id, node.name, span.week, coalesce(n, 0)::INTEGER AS n,"
        " CASE WHEN meant > 0 THEN 'reported' WHEN reports > 0 THEN 'zero'"
        "   WHEN span.week = $unfinished THEN 'open' WHEN arrived.week IS NOT NULL THEN 'silent' ELSE 'unknown' END AS state"
        " FROM places CROSS JOIN span LEFT JOIN hits USING (nid, week) LEFT JOIN arrived USING (nid, week)"
        " JOIN node USING (nid) ORDER BY node.id, span.week",
        params,
    )


def street_campaigns(
    cur: Connection, filters: Filters, last: dt.date | None, place: str, top: int = 12
) -> pd.DataFrame:
    """campaign, place, n, state of each place one level below `place` within the period of the filters.

    state: `reported`; `zero` (the place was reported, this campaign was not); `silent` (nothing reported though a covering
    paper arrived); `unknown` (no covering paper arrived).
    """
    within, nid = located(cur, place)
    column = LEVEL_COLUMNS[min(LEVEL_COLUMNS.index(within) + 1, 4)]
    cond, params = where(cur, replace(filters, place=None), last)
    start, end = filters.span(last)
    params |= {"within": nid, "top": top, "from": start or dt.date(1, 1, 1), "to": end or dt.date(9999, 1, 1)}
    return frame(
        cur,
        f"WITH inside AS (SELECT {column} AS nid, * FROM ev WHERE {within} = $within AND {column} >= 0), places AS (SELECT DISTINCT nid FROM inside),"
        " covers AS (SELECT DISTINCT nid, paper FROM inside WHERE paper IS NOT NULL),"
        " arrived AS (SELECT DISTINCT nid FROM covers JOIN issued USING (paper) WHERE issued.pub BETWEEN $from AND $to),"
        f" hits AS (SELECT nid, camp, count(*) FILTER (WHERE NOT dup)::INTEGER AS n FROM inside WHERE {cond} GROUP BY 1, 2),"
        " heard AS (SELECT DISTINCT nid FROM inside WHERE pub BETWEEN $from AND $to),"
        " cols AS (SELECT camp, sum(n) AS total FROM hits GROUP BY 1 ORDER BY total DESC, camp LIMIT $top)"
        " SELECT node.id, node.name, camp.id AS campaign, camp.name AS campaign_name, coalesce(n, 0)::INTEGER AS n, cols.total,"
        " CASE WHEN n > 0 THEN 'reported' WHEN heard.nid IS NOT NULL THEN 'zero'"
        "   WHEN arrived.nid IS NOT NULL THEN 'silent' ELSE 'unknown' END AS state"
        " FROM places CROSS JOIN cols LEFT JOIN hits ON hits.nid = places.nid AND hits.camp = cols.camp"
        " LEFT JOIN heard ON heard.nid = places.nid LEFT JOIN arrived ON arrived.nid = places.nid"
        " JOIN node ON node.nid = places.nid JOIN camp ON camp.cid = cols.camp ORDER BY cols.total DESC, camp.id, node.id",
        params,
    )


def newly_silent(cur: Connection, filters: Filters, last: dt.date, limit: int = 8) -> pd.DataFrame:
    """Streets that were reported within the last 16 weeks and have been silent for QUIET_WEEKS or more covered weeks.

    id, name, district, last (Monday of the last week with a report), quiet (complete weeks since then in which a covering
    paper arrived), before (reports in the 12 weeks up to that one). Complete weeks only; whatever campaign.
    """
    cond, params = where(cur, replace(filters, period="all", campaigns=(), groups=()), None, dates=False)
    week = last_complete_week(last)
    params |= {"week": week, "first": week - dt.timedelta(weeks=16), "quiet": QUIET_WEEKS, "limit": limit}
    return frame(
        cur,
        f"WITH seen AS (SELECT s, max(pub_week) AS last FROM ev WHERE s >= 0 AND pub_week IS NOT NULL AND {cond} GROUP BY 1"
        "   HAVING max(pub_week) BETWEEN $first AND $week),"
        " covers AS (SELECT DISTINCT ev.s, paper FROM ev JOIN seen ON seen.s = ev.s WHERE paper IS NOT NULL),"
        " came AS (SELECT DISTINCT paper, week FROM issued WHERE week BETWEEN $first AND $week),"
        " quiet AS (SELECT s, count(DISTINCT came.week)::INTEGER AS quiet FROM seen JOIN covers USING (s)"
        "   JOIN came USING (paper) WHERE came.week > seen.last GROUP BY 1),"
        " before AS (SELECT ev.s, count(*)::INTEGER AS before FROM ev JOIN seen ON seen.s = ev.s"
        "   WHERE ev.pub_week BETWEEN seen.last - 77 AND seen.last GROUP BY 1)"
        " SELECT node.id, node.name, up.name AS district, seen.last, quiet, before FROM quiet JOIN seen USING (s)"
        " JOIN before USING (s) JOIN node ON node.nid = quiet.s LEFT JOIN node up ON up.nid = node.parent"
        " WHERE quiet >= $quiet ORDER BY before DESC, quiet DESC, node.id LIMIT $limit",
        params,
    )


def arrivals(cur: Connection) -> pd.DataFrame:
    """newspaper, week (Monday), articles, last (day): which papers arrived in which week."""
    return frame(
        cur,
        "SELECT paper.name AS newspaper, week, sum(articles)::INTEGER AS articles, max(pub) AS last FROM issued"
        " JOIN paper ON paper.nid = issued.paper GROUP BY 1, 2, paper.nid ORDER BY paper.nid, 2",
    )


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
    if words:
        cond += " AND article_id IN (SELECT article_id FROM found)"
    params |= {"limit": limit, "offset": offset}
    with_words = search_sql(cur, words, params)
    return frame(
        cur,
        f"WITH {with_words} hit AS (SELECT * FROM ev WHERE {cond} ORDER BY {ORDERS[order]} LIMIT $limit OFFSET $offset),"
        f" size AS (SELECT count(*)::INTEGER AS total FROM ev WHERE {cond})"
        " SELECT erow, event_id, article_id, camp.id AS campaign_id, camp.name AS campaign, p.name AS province, c.name AS city,"
        " d.name AS district, s.name AS street, k.name AS community, s.id AS street_id, d.id AS district_id,"
        " day0 AS date, day1 AS date_end, prec AS date_precision, pub AS published_on, paper.name AS newspaper, dup, total"
        " FROM hit CROSS JOIN size JOIN camp ON camp.cid = hit.camp LEFT JOIN paper ON paper.nid = hit.paper"
        " LEFT JOIN node p ON p.nid = hit.p LEFT JOIN node c ON c.nid = hit.c LEFT JOIN node d ON d.nid = hit.d"
        f" LEFT JOIN node s ON s.nid = hit.s LEFT JOIN node k ON k.nid = hit.k ORDER BY {ORDERS[order]}",
        params,
    )


def search_sql(cur: Connection, words: Sequence[str], params: Params) -> str:
    """A table expression `found` of the articles whose text holds every word; adds its parameters."""
    if not words:
        return ""
    tests = []
    for i, word in enumerate(words[:8]):
        params[f"word{i}_"] = word
        tests.append(f"contains(text, $word{i}_)")
    return f"found AS (SELECT article_id FROM articles WHERE {' AND '.join(tests)}), "


def stored(cur: Connection, kind: str, columns: str, rows: Sequence[int]) -> pd.DataFrame:
    """Columns of `events` or `articles` at those row numbers, with the number as `row`; only files that hold one are opened."""
    parts, params = list[str](), Params()
    files = cur.execute("SELECT path, first, size FROM file WHERE kind = $kind", {"kind": kind}).fetchall()
    for i, (path, first, size) in enumerate(files):
        inside = [int(r) - first for r in rows if first <= int(r) < first + size]
        if inside or (i == len(files) - 1 and not parts):
            params[f"file_{i}"] = path
            numbers = ", ".join(map(str, inside)) or "-1"
            parts.append(
                f"SELECT {columns}, file_row_number + {first} AS row FROM read_parquet($file_{i}, file_row_number=true)"
                f" WHERE file_row_number IN ({numbers})"
            )
    return frame(cur, " UNION ALL ".join(parts), params)


def event_row(cur: Connection, event_id: str) -> int | None:
    """Row number of an event by its id, or None."""
    found = cur.execute("SELECT erow FROM ev WHERE event_id = $id", {"id": event_id}).fetchall()
    return int(found[0][0]) if found else None


def details(cur: Connection, rows: Sequence[int]) -> pd.DataFrame:
    """All columns of the events at those row numbers, in that order, with the text of their articles."""
    if not rows:
        return pd.DataFrame()
    names = ", ".join(c[0] for c in cur.execute("SELECT * EXCLUDE (row) FROM events LIMIT 0").description)
    found = stored(cur, "events", names, rows)
    numbers = ", ".join(str(int(r)) for r in rows)
    at = frame(cur, f"SELECT DISTINCT arow FROM ev WHERE erow IN ({numbers}) AND arow IS NOT NULL")
    texts = stored(
        cur,
        "articles",
        "article_id, source_path, page, kind, byline, published_basis, text, body_start",
        at["arow"].tolist(),
    )
    merged = found.merge(texts.drop(columns="row"), on="article_id", how="left").rename(
        columns={"row": "file_row_number"}
    )
    merged = merged.set_index("file_row_number", drop=False)
    return merged.loc[[r for r in rows if r in merged.index]].reset_index(drop=True)


def headlines(cur: Connection, rows: Sequence[int]) -> dict[int, str]:
    """Headlines of the events at those row numbers."""
    if not rows:
        return {}
    found = stored(cur, "events", "headline", rows)
    return {
        int(row): headline
        for row, headline in zip(found["row"], found["headline"], strict=True)
        if isinstance(headline, str) and headline
    }


def siblings(cur: Connection, article_id: str) -> pd.DataFrame:
    """erow, event_id, campaign_id, place of all events of one article."""
    return frame(
        cur,
        "SELECT erow, event_id, camp.id AS campaign_id, coalesce(k.name, s.name, d.name, c.name, p.name) AS place, dup"
        " FROM ev JOIN camp ON camp.cid = ev.camp LEFT JOIN node p ON p.nid = ev.p LEFT JOIN node c ON c.nid = ev.c"
        " LEFT JOIN node d ON d.nid = ev.d LEFT JOIN node s ON s.nid = ev.s LEFT JOIN node k ON k.nid = ev.k"
        " WHERE article_id = $id ORDER BY rank, erow",
        {"id": article_id},
    )


def table_rows(
    cur: Connection, filters: Filters, last: dt.date | None, words: Sequence[str] = (), duplicates: bool = True
) -> Any:
    """The filtered events with every column of events.parquet, as an Arrow table in the file's order, for downloads."""
    cond, params = where(cur, filters, last)
    if not duplicates:
        cond += " AND NOT dup"
    if words:
        cond += " AND article_id IN (SELECT article_id FROM found)"
    with_words = search_sql(cur, words, params)
    sql = (
        f"WITH {with_words} hit AS (SELECT erow FROM ev WHERE {cond})"
        " SELECT * EXCLUDE (row) FROM events WHERE row IN (SELECT erow FROM hit) ORDER BY published_on, row"
    )
    return cur.execute(sql, named(sql, params)).to_arrow_table()


# --- indicators ------------------------------------------------------------------------------------------------------

SERIES = "sid = (SELECT sid FROM series WHERE key = $key AND unit = $unit)"


def indicators(cur: Connection, filters: Filters, last: dt.date | None, limit: int = 300) -> pd.DataFrame:
    """key (indicator id, or the words themselves), known, unit, events, total of single counts, adds, low, high, runnings.

    total adds the single counts (本次) of each activity once; NaN where only running totals exist, and where the unit does
    not add up (%, ℃ …: `adds` false; low and high say their range). One row a unit, because 户 and 家 do not add up.
    """
    cond, params = where(cur, filters, last)
    return frame(
        cur,
        "WITH hit AS (SELECT sid, count(*) FILTER (WHERE once)::INTEGER AS events, sum(value) FILTER (WHERE NOT running AND NOT dup) AS total,"
        " min(value) FILTER (WHERE NOT running AND NOT dup) AS low, max(value) FILTER (WHERE NOT running AND NOT dup) AS high,"
        " count(*) FILTER (WHERE NOT running AND NOT dup)::INTEGER AS singles, count(*) FILTER (WHERE running)::INTEGER AS runnings,"
        f" bool_or(rough) FILTER (WHERE NOT running AND NOT dup) AS rough FROM mt WHERE {cond} GROUP BY 1)"
        " SELECT key, known, unit, adds, events, CASE WHEN adds THEN total END AS total, low, high, singles, runnings, coalesce(rough, false) AS rough"
        " FROM hit JOIN series USING (sid) ORDER BY known DESC, adds DESC, events DESC, key, unit LIMIT $limit",
        params | {"limit": limit},
    )


def indicator_weeks(cur: Connection, filters: Filters, last: dt.date | None, key: str, unit: str) -> pd.DataFrame:
    """week, total of single counts, n numbers: each activity once, no running totals."""
    cond, params = where(cur, filters, last)
    week = "pub_week" if filters.by == "published" else "act_week"
    return frame(
        cur,
        f"SELECT {week} AS week, sum(value) AS total, count(*)::INTEGER AS n FROM mt"
        f" WHERE {SERIES} AND NOT running AND NOT dup AND {week} IS NOT NULL AND {cond}"
        " GROUP BY 1 ORDER BY 1",
        params | {"key": key, "unit": unit},
    )


def indicator_places(
    cur: Connection, filters: Filters, last: dt.date | None, key: str, unit: str, level: int, limit: int = 15
) -> pd.DataFrame:
    """id, name, total of single counts of the places of one level."""
    cond, params = where(cur, filters, last)
    column = LEVEL_COLUMNS[level]
    return frame(
        cur,
        f"SELECT node.id, node.name, sum(value) AS total, count(*)::INTEGER AS n FROM mt"
        f" JOIN node ON node.nid = mt.{column} WHERE {SERIES} AND NOT running AND NOT dup AND {cond}"
        " GROUP BY 1, 2 ORDER BY total DESC, node.id LIMIT $limit",
        params | {"key": key, "unit": unit, "limit": limit},
    )


def indicator_campaigns(
    cur: Connection, filters: Filters, last: dt.date | None, key: str, unit: str, limit: int = 10
) -> pd.DataFrame:
    """id, name, total of single counts of each campaign."""
    cond, params = where(cur, filters, last)
    return frame(
        cur,
        "SELECT camp.id, camp.name, sum(value) AS total, count(*)::INTEGER AS n FROM mt"
        f" JOIN camp ON camp.cid = mt.camp WHERE {SERIES} AND NOT running AND NOT dup AND {cond}"
        " GROUP BY 1, 2 ORDER BY total DESC, camp.id LIMIT $limit",
        params | {"key": key, "unit": unit, "limit": limit},
    )


def running_totals(
    cur: Connection, filters: Filters, last: dt.date | None, key: str, unit: str, limit: int = 40
) -> pd.DataFrame:
    """The latest running total of each campaign and finest place: what, value, unit, qualifier, as_of, place, campaign, erow.

    Of several the one with the latest 截至 day stands (without one: the day it was printed), then the latest printed.
    """
    cond, params = where(cur, filters, last)
    found = frame(
        cur,
        f"WITH r AS (SELECT mt.*, camp.id AS campaign_id, node.name AS place, node.id AS place_id,"
        " row_number() OVER (PARTITION BY mt.camp, node.nid ORDER BY coalesce(as_of, pub) DESC NULLS LAST, pub DESC NULLS LAST, value DESC, mid) AS latest,"
        " count(*) OVER (PARTITION BY mt.camp, node.nid)::INTEGER AS reports"
        " FROM mt JOIN camp ON camp.cid = mt.camp"
        " LEFT JOIN node ON node.nid = CASE WHEN s >= 0 THEN s WHEN d >= 0 THEN d WHEN c >= 0 THEN c WHEN p >= 0 THEN p END"
        f" WHERE {SERIES} AND running AND {cond})"
        " SELECT erow, r.nth, ev.event_id, value, coalesce(as_of, r.pub) AS as_of, as_of IS NULL AS by_print, campaign_id,"
        " place, place_id, r.pub, ev.article_id, reports FROM r JOIN ev USING (erow) WHERE latest = 1 ORDER BY value DESC, mid LIMIT $limit",
        params | {"key": key, "unit": unit, "limit": limit},
    )
    return with_words(cur, found)


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
) -> pd.DataFrame:
    """The single counts that a figure is made of: each number with its event, place, day and span."""
    narrowed = replace(filters, place=place or filters.place, campaigns=(campaign,) if campaign else filters.campaigns)
    cond, params = where(cur, narrowed, last)
    if week is not None:
        cond += f" AND {'pub_week' if filters.by == 'published' else 'act_week'} = $week"
        params["week"] = week
    found = frame(
        cur,
        "WITH hit AS ("
        " SELECT mt.*, camp.id AS campaign_id, node.name AS place, paper.name AS newspaper,"
        " count(*) OVER ()::INTEGER AS total"
        " FROM mt JOIN camp ON camp.cid = mt.camp LEFT JOIN paper ON paper.nid = mt.paper"
        " LEFT JOIN node ON node.nid = CASE WHEN s >= 0 THEN s WHEN d >= 0 THEN d WHEN c >= 0 THEN c WHEN p >= 0 THEN p END"
        f" WHERE {SERIES} AND NOT running AND NOT dup AND {cond} ORDER BY value DESC, mid LIMIT $limit)"
        " SELECT erow, hit.nth, ev.event_id, value, campaign_id, place, hit.pub, newspaper, ev.article_id, total"
        " FROM hit JOIN ev USING (erow) ORDER BY value DESC, mid",
        params | {"key": key, "unit": unit, "limit": limit, "week": week},
    )
    return with_words(cur, found)


def with_words(cur: Connection, numbers: pd.DataFrame) -> pd.DataFrame:
    """Numbers (erow, nth) with their wording, qualifier and span (what, qualifier, text, first, last) from the file."""
    events = stored(cur, "events", "metrics", sorted(set(numbers["erow"])))
    metrics = dict(zip(events["row"], events["metrics"], strict=True))
    found = [metrics[erow][nth - 1] for erow, nth in zip(numbers["erow"], numbers["nth"], strict=True)]
    columns = {"what": "what", "qualifier": "qualifier", "text": "text", "first": "start", "last": "end"}
    return numbers.drop(columns="nth").assign(**{name: [m[key] for m in found] for name, key in columns.items()})


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
    return frame(
        cur,
        f"SELECT node.id, node.name, up.name AS parent, min({day}) AS first, max({day}) AS last,"
        " count(*) FILTER (WHERE NOT dup)::INTEGER AS n, arg_min(event_id, (act, erow)) AS event_id"
        f" FROM ev JOIN node ON node.nid = ev.{column} LEFT JOIN node up ON up.nid = node.parent"
        f" WHERE {day} IS NOT NULL AND {cond} GROUP BY 1, 2, 3 HAVING n > 0 ORDER BY first, n DESC, node.id",
        params,
    )


def place_weeks(cur: Connection, filters: Filters, last: dt.date | None, level: int, top: int = 15) -> pd.DataFrame:
    """place (id, name), week, n for the busiest places of one level."""
    cond, params = where(cur, filters, last)
    column = LEVEL_COLUMNS[level]
    week = "pub_week" if filters.by == "published" else "act_week"
    return frame(
        cur,
        f"WITH hit AS (SELECT {column} AS nid, {week} AS week, count(*)::INTEGER AS n FROM ev WHERE NOT dup AND {column} >= 0"
        f"   AND {week} IS NOT NULL AND {cond} GROUP BY 1, 2),"
        " busiest AS (SELECT nid, sum(n) AS total FROM hit GROUP BY 1 ORDER BY total DESC, nid LIMIT $top)"
        " SELECT node.id, node.name, week, n, total FROM hit JOIN busiest USING (nid) JOIN node USING (nid)"
        " ORDER BY total DESC, node.id, week",
        params | {"top": top},
    )


def new_campaigns(cur: Connection, filters: Filters, last: dt.date, weeks: int = 4) -> pd.DataFrame:
    """Campaigns first reported at the place within the last weeks, though papers arrived there before: id, name, first, n."""
    cond, params = where(cur, replace(filters, period="all"), None, dates=False)
    since = monday(last) - dt.timedelta(weeks=weeks - 1)
    return frame(
        cur,
        "SELECT camp.id, camp.name, min(pub) AS first, count(*) FILTER (WHERE NOT dup)::INTEGER AS n, any_value(event_id) AS event_id"
        f" FROM ev JOIN camp ON camp.cid = ev.camp WHERE camp.id <> 'none' AND pub IS NOT NULL AND {cond} GROUP BY 1, 2"
        " HAVING min(pub) >= $since AND (SELECT min(pub) FROM issued) < $since ORDER BY n DESC, camp.id",
        params | {"since": since},
    )


# --- state of the data -----------------------------------------------------------------------------------------------


def nearest_range(cur: Connection, filters: Filters) -> tuple[dt.date, dt.date] | None:
    """First and last day with data once the dates are left open; None when the other filters match nothing at all."""
    cond, params = where(cur, filters, None, dates=False)
    day = day_column(filters)
    row = frame(cur, f"SELECT min({day}) AS first, max({day}) AS last FROM ev WHERE {cond}", params).iloc[0]
    return None if pd.isna(row["first"]) else (row["first"].date(), row["last"].date())


def unplaced(cur: Connection, limit: int = 200) -> pd.DataFrame:
    """Events whose district or street is not known: erow, event_id, published, paper, campaign, finest known place."""
    return frame(
        cur,
        "SELECT erow, event_id, pub AS published_on, paper.name AS newspaper, camp.id AS campaign_id, coalesce(c.name, p.name) AS known,"
        " count(*) OVER ()::INTEGER AS total FROM ev JOIN camp ON camp.cid = ev.camp LEFT JOIN paper ON paper.nid = ev.paper"
        " LEFT JOIN node c ON c.nid = ev.c LEFT JOIN node p ON p.nid = ev.p WHERE d < 0 AND s < 0"
        " ORDER BY pub DESC NULLS LAST, erow LIMIT $limit",
        {"limit": limit},
    )


def quality(cur: Connection) -> pd.DataFrame:
    """share (0..1) of events that have a place, a street, an exact day, a campaign, a number; n of them."""
    return frame(
        cur,
        "WITH t AS (SELECT count(*) AS total, count(*) FILTER (WHERE d >= 0) AS district, count(*) FILTER (WHERE s >= 0) AS street,"
        " count(*) FILTER (WHERE prec IN ('day', 'range')) AS exact, count(*) FILTER (WHERE camp.id <> 'none') AS campaign,"
        " count(*) FILTER (WHERE dup) AS dup, count(*) FILTER (WHERE erow IN (SELECT erow FROM mt)) AS number"
        " FROM ev JOIN camp ON camp.cid = ev.camp)"
        " SELECT what, n::INTEGER AS n, n / greatest(total, 1) AS share FROM t UNPIVOT (n FOR what IN"
        " (district, street, exact, campaign, number, dup))",
    )
