"""Opens one version of the table in DuckDB: narrow tables in memory for the questions, Parquet for text and evidence.

Kept: `node` (places as a tree), `camp`, `ev` (one row an event, small types, in the file's order: by quarter, province and
city), `mt` (one row a number, with what it is filtered by; its words stay in the file), `series` (an indicator or wording with a unit), `art` (one row an article),
`issued` (papers and the days on which they arrived). Texts and evidence are 71 % of the bytes and stay in the files; queries.py fetches them for the rows shown.
Weeks are named by their Monday. A day that the event basis cannot know exactly (month, year, vague) is the day printed.
"""

# ruff: noqa: S608 — the SQL is put together from constants of this module; every value is bound
from __future__ import annotations

import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from dashboard.filters import NO_CAMPAIGN, Campaign, Catalog, Node

# shares, rates, temperatures, ages and the like: a sum of them means nothing
NO_SUM = "%|％|‰|百分点|^个点$|^成$|^倍$|度$|℃|岁|/|每|分贝|星$|级$"
LEVELS = ("province", "city", "district", "street", "community")
UNCLASSIFIED = "未归类"
IN_MEMORY = 25_000_000  # bytes of events.parquet; about a quarter of a million events
BUILDING, MEMORY = "1GB", "200MB"  # that DuckDB may hold of a large table, while it is opened and after


@dataclass(frozen=True)
class Store:
    """An open version of the table. Take a cursor for each run: a connection is not for several threads at once."""

    con: duckdb.DuckDBPyConnection
    catalog: Catalog


def open_store(events: Path, articles: Path) -> Store:
    """Build the narrow tables from the two files; raise duckdb.Error or OSError where they cannot be read.

    For a table of more than `IN_MEMORY` bytes the narrow tables lie in a file of their own, compressed, of which memory
    holds a bounded part. A very large table is a folder of files (etl/store.py).
    """
    files = events.glob("*.parquet") if events.is_dir() else [events]
    con = duckdb.connect(":memory:") if sum(f.stat().st_size for f in files) <= IN_MEMORY else on_disk()
    con.execute("CREATE TABLE file (kind VARCHAR, path VARCHAR, first BIGINT, size BIGINT)")
    for kind, path in (("events", events), ("articles", articles)):
        view_of(con, kind, path)
    con.execute(
        f"CREATE TEMP TABLE raw_place AS SELECT row_number() OVER (ORDER BY {', '.join(LEVELS)}, adcode, street_code) - 1 AS pid, * FROM (SELECT DISTINCT"
        f" {', '.join(LEVELS)}, adcode, street_code FROM events)"
    )
    nodes, placed = tree(con.execute("SELECT * FROM raw_place ORDER BY pid").df())
    con.register("placed_df", placed)
    con.register("node_df", nodes)
    con.execute("CREATE TABLE node AS SELECT * FROM node_df")
    con.execute("CREATE TABLE placed AS SELECT * FROM placed_df")
    for statement in BUILD.split(";\n"):
        if statement.strip():
            con.execute(statement)
    con.unregister("placed_df")
    con.unregister("node_df")
    if con.execute("SELECT count(*) FROM duckdb_databases() WHERE path IS NOT NULL").fetchall()[0][0]:
        con.execute(f"SET memory_limit = '{MEMORY}'")
    return Store(con, catalog(con))


def on_disk() -> duckdb.DuckDBPyConnection:
    """A database in a folder of its own, removed with the connection; memory is bounded however large the table."""
    folder = tempfile.TemporaryDirectory(prefix="campaign-tables-", ignore_cleanup_errors=True)
    con = duckdb.connect(str(Path(folder.name) / "tables.duckdb"))
    weakref.finalize(con, folder.cleanup)
    con.execute(f"SET memory_limit = '{BUILDING}'")
    return con


def view_of(con: duckdb.DuckDBPyConnection, kind: str, path: Path) -> None:
    """A view `events` or `articles` of all files of a table; `row` numbers their rows through, in the files' order."""
    selects, first = [], 0
    for file in sorted(path.glob("*.parquet")) if path.is_dir() else [path]:
        size = con.execute("SELECT sum(num_rows) FROM parquet_file_metadata($f)", {"f": str(file)}).fetchall()[0][0]
        con.execute(
            "INSERT INTO file VALUES ($kind, $f, $first, $size)",
            {"kind": kind, "f": str(file), "first": first, "size": size},
        )
        quoted = str(file).replace("'", "''")
        selects.append(
            f"SELECT * EXCLUDE (file_row_number), file_row_number + {first} AS row FROM read_parquet('{quoted}', file_row_number=true)"
        )
        first += size
    if not selects:
        raise FileNotFoundError(f"{path}: holds no Parquet file")
    con.execute(f"CREATE VIEW {kind} AS {' UNION ALL '.join(selects)}")


BUILD = f"""
CREATE TABLE camp AS SELECT row_number() OVER (ORDER BY size DESC, id) - 1 AS cid, * FROM (
  SELECT coalesce(campaign_id, '{NO_CAMPAIGN}') AS id, coalesce(any_value(campaign), '{UNCLASSIFIED}') AS name,
    any_value(campaign_group) AS grp, count(*) FILTER (WHERE duplicate_of IS NULL) AS size
  FROM events GROUP BY 1);
CREATE TABLE paper AS SELECT row_number() OVER (ORDER BY n DESC, name) - 1 AS nid, name FROM (
  SELECT newspaper AS name, count(*) AS n FROM articles WHERE newspaper IS NOT NULL GROUP BY 1);
CREATE TABLE art AS SELECT a.row AS arow, a.article_id, p.nid::SMALLINT AS paper, a.published_on AS pub,
    date_trunc('week', a.published_on)::DATE AS pub_week
  FROM articles a LEFT JOIN paper p ON p.name = a.newspaper;
CREATE TABLE issued AS SELECT paper, pub, pub_week AS week, count(*)::INTEGER AS articles FROM art
  WHERE paper IS NOT NULL AND pub IS NOT NULL GROUP BY ALL;
CREATE TEMP VIEW placed_row AS SELECT e.row::INTEGER AS erow, e.event_id, e.article_id, e.metrics, e.rank, t.p, t.c, t.d, t.s, t.k,
    camp.cid::SMALLINT AS camp, w.nid::SMALLINT AS paper, e.date AS day0, e.date_end AS day1,
    e.date_precision::ENUM ('day', 'range', 'month', 'year', 'vague') AS prec,
    coalesce(e.published_on, e.date_end) AS pub,
    CASE WHEN e.date_precision = 'day' THEN e.date
         WHEN e.date_precision = 'range' THEN least(e.date_end, coalesce(e.published_on, e.date_end))
         ELSE coalesce(e.published_on, e.date_end) END AS act,
    e.duplicate_of IS NOT NULL AS dup
  FROM events e
  JOIN raw_place r ON r.province IS NOT DISTINCT FROM e.province AND r.city IS NOT DISTINCT FROM e.city
    AND r.district IS NOT DISTINCT FROM e.district AND r.street IS NOT DISTINCT FROM e.street
    AND r.community IS NOT DISTINCT FROM e.community AND r.adcode IS NOT DISTINCT FROM e.adcode
    AND r.street_code IS NOT DISTINCT FROM e.street_code
  JOIN placed t ON t.pid = r.pid
  JOIN camp ON camp.id = coalesce(e.campaign_id, '{NO_CAMPAIGN}')
  LEFT JOIN paper w ON w.name = e.newspaper;
CREATE TABLE ev AS SELECT erow, e.event_id, e.article_id, art.arow::INTEGER AS arow, p, c, d, s, k, camp, e.paper, day0, day1, prec, e.pub, act,
    date_trunc('week', e.pub)::DATE AS pub_week, date_trunc('week', act)::DATE AS act_week, dup, rank::TINYINT AS rank
  FROM placed_row e LEFT JOIN art ON hash(art.article_id) = hash(e.article_id);
CREATE TABLE series AS SELECT (row_number() OVER (ORDER BY key, unit) - 1)::INTEGER AS sid, key, unit, bool_or(known) AS known,
    NOT regexp_matches(unit, '{NO_SUM}') AS adds
  FROM (SELECT coalesce(m.indicator, m.what) AS key, m.unit AS unit, m.indicator IS NOT NULL AS known
        FROM (SELECT unnest(metrics) AS m FROM events)) GROUP BY key, unit;
CREATE TABLE mt AS SELECT erow, erow::BIGINT * 1024 + nth AS mid, nth::SMALLINT AS nth, sid, m.value AS value,
    m.qualifier <> 'exact' AS rough, m.scope = 'cumulative' AS running, m.as_of AS as_of, once,
    p, c, d, s, k, camp, paper, pub, act, date_trunc('week', pub)::DATE AS pub_week, date_trunc('week', act)::DATE AS act_week, day0, day1, dup
  FROM (SELECT * EXCLUDE (metrics, keys), unnest(metrics) AS m, unnest(keys) AS said,
          unnest(list_transform(keys, lambda x, i: list_position(keys, x) = i)) AS once, unnest(range(1, len(keys) + 1)) AS nth
        FROM (SELECT *, list_transform(metrics, lambda m: struct_pack(key := coalesce(m.indicator, m.what), unit := m.unit)) AS keys
              FROM placed_row WHERE len(metrics) > 0))
  JOIN series ON series.key = said.key AND series.unit = said.unit;
DROP VIEW placed_row;
DROP TABLE raw_place;
DROP TABLE placed
"""


def tree(raw: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Places as they stand in the rows → the tree of nodes, and for each distinct row its node on every level (-1: none).

    A node's id is its division code where the rows give one and no other node has it; else its path of names.
    """
    codes: dict[tuple[str, ...], str] = {}
    paths: dict[tuple[str, ...], int] = {}
    rows: list[list[int]] = []
    levels: list[int] = []
    for record in raw.itertuples(index=False):
        names = [None if pd.isna(getattr(record, level)) else str(getattr(record, level)) for level in LEVELS]
        at = [-1] * 5
        for level, name in enumerate(names):
            if name is None:
                continue
            key = tuple(n or "" for n in names[: level + 1])
            if key not in paths:
                paths[key] = len(paths)
                levels.append(level)
            at[level] = paths[key]
            code = node_code(level, names, record.adcode, record.street_code)
            if code and key not in codes:
                codes[key] = code
        rows.append([int(str(record.pid)), *at])
    taken = pd.Series(list(codes.values()), dtype=object).value_counts()
    ids = {key: codes[key] if key in codes and taken[codes[key]] == 1 else "/".join(key) for key in paths}
    nodes = pd.DataFrame(
        [
            {"nid": nid, "id": ids[key], "level": levels[nid], "name": key[-1], "parent": parent_of(key, paths)}
            for key, nid in paths.items()
        ],
        columns=["nid", "id", "level", "name", "parent"],
    )
    placed = pd.DataFrame(rows, columns=["pid", "p", "c", "d", "s", "k"])
    return nodes.astype({"nid": "int32", "level": "int8", "parent": "int32"}), placed.astype("int32")


def node_code(level: int, names: list[str | None], adcode: object, street_code: object) -> str | None:
    """The division code of one level: 14, 1402, 140213, 140213004; a community has none of its own here."""
    code = adcode if isinstance(adcode, str) and len(adcode) == 6 and adcode.isdigit() else None
    if level == 3:
        return street_code if isinstance(street_code, str) and street_code.isdigit() else None
    if code is None or level == 4 or (level == 2 and code.endswith("00")):
        return None
    if level == 1 and code.endswith("0000"):
        return None
    return code[: (2, 4, 6)[level]]


def parent_of(key: tuple[str, ...], paths: dict[tuple[str, ...], int]) -> int:
    """The nearest named place above."""
    for cut in range(len(key) - 1, 0, -1):
        if key[cut - 1] and key[:cut] in paths:
            return paths[key[:cut]]
    return -1


def catalog(con: duckdb.DuckDBPyConnection) -> Catalog:
    """What the table holds, for the controls and for checking URLs."""
    rows = con.execute(
        "SELECT n.id, n.level, n.name, m.id FROM node n LEFT JOIN node m ON m.nid = n.parent ORDER BY n.level, n.id"
    ).fetchall()
    nodes = {i: Node(i, level, name, parent) for i, level, name, parent in rows}
    children: dict[str | None, list[str]] = {}
    for node in nodes.values():
        children.setdefault(node.parent, []).append(node.id)
    camps = con.execute(
        "SELECT id, name, grp, size FROM camp ORDER BY (id = $none), cid", {"none": NO_CAMPAIGN}
    ).fetchall()
    days = con.execute(
        "SELECT min(pub), max(pub) FROM (SELECT pub FROM art WHERE pub IS NOT NULL UNION ALL"
        " SELECT pub FROM ev WHERE pub IS NOT NULL AND (SELECT count(pub) FROM art) = 0)"
    ).fetchall()[0]
    total = con.execute("SELECT count(*) FROM ev").fetchall()[0][0]
    return Catalog(
        nodes=nodes,
        children={k: tuple(v) for k, v in children.items()},
        campaigns={i: Campaign(i, name, group, n) for i, name, group, n in camps},
        papers=tuple(r[0] for r in con.execute("SELECT name FROM paper ORDER BY nid").fetchall()),
        first=days[0],
        last=days[1],
        events=total,
    )
