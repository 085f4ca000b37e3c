"""A published table of any size: 340 cities, 2,850 districts, 41 thousand streets, 65 campaigns, five years.

Made by DuckDB from a row's number alone (no state), quarter by quarter: equal size, equal table. As measured on real
articles, an event has 4.4 numbers and three spans of evidence, and five in six events are alone in their article.
Cities and campaigns are unequal: the busiest tenth of the cities has a third of the events.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.texts import streets_of
from etl.models import Article, Event, schema_of

QUARTERS = [f"{year}Q{quarter}" for year in range(2019, 2024) for quarter in (1, 2, 3, 4)]
EVENTS_AN_ARTICLE = 1.2
ROW_GROUP = 4_096
NOUNS = (
    "检查商铺", "发现隐患", "发放资料", "出动人员", "清理垃圾", "排查房屋", "接受咨询", "张贴海报", "整改问题", "走访群众",
    "清理小广告", "规范车辆", "组织志愿者", "开展宣传", "调解纠纷", "化解矛盾", "新增就业", "培训学员", "完成改造", "拆除违建",
)  # fmt: skip
CLAUSES = (
    "工作人员耐心细致地向过往群众讲解相关知识", "引导大家从身边小事做起", "营造了人人参与的浓厚氛围", "坚持问题导向压实责任",
    "以实际行动回应群众关切", "党员干部分片包干网格员上门入户", "对发现的问题现场交办限期整改", "确保件件有着落事事有回音",
    "志愿者们身穿红马甲手拿清洁工具", "沿着街巷仔细清理垃圾杂物", "传达学习上级会议精神", "对下一阶段重点任务再部署",
    "宣传内容走进了千家万户", "逐一制定解决方案", "时刻绷紧安全这根弦", "健全长效机制推动常态管理",
)  # fmt: skip


def connection() -> duckdb.DuckDBPyConnection:
    """DuckDB with the places and campaigns to draw from."""
    from etl.rules import load_rules

    rules = load_rules()
    streets = pd.DataFrame(streets_of(rules), columns=["province", "city", "district", "street", "street_code"])
    camps = pd.DataFrame(
        [(c.id, c.name, c.group) for c in rules.taxonomy.campaigns],
        columns=["campaign_id", "campaign", "campaign_group"],
    )
    con = duckdb.connect()
    con.execute("SET memory_limit = '3GB'; SET enable_progress_bar = false")
    con.register("street_df", streets)
    con.register("camp_df", camps)
    con.execute(
        "CREATE TABLE place AS SELECT row_number() OVER (ORDER BY hash(city), hash(street_code)) - 1 AS pid, *,"
        " substr(street_code, 1, 6) AS adcode, regexp_replace(city, '市$', '') || '日报' AS paper FROM street_df"
    )
    con.execute("CREATE TABLE camp AS SELECT row_number() OVER (ORDER BY hash(campaign_id)) - 1 AS cid, * FROM camp_df")
    con.execute(
        "CREATE MACRO u(i, salt) AS (hash(i * 1000 + salt) % 1000003) / 1000003.0;"
        "CREATE MACRO pick(list, i, salt) AS list[1 + (hash(i * 1000 + salt) % len(list))::INTEGER]"
    )
    con.execute(
        "CREATE TABLE words AS SELECT $nouns::VARCHAR[] AS nouns, $clauses::VARCHAR[] AS clauses",
        {"nouns": list(NOUNS), "clauses": list(CLAUSES)},
    )
    return con


ROWS = """
CREATE OR REPLACE TEMP TABLE base AS
SELECT i, (i / {each})::BIGINT AS aid, $first::DATE + (u((i / {each})::BIGINT, 1) * $days)::INTEGER AS published_on, place.*, camp.*
FROM range($from, $to) t(i)
JOIN place ON place.pid = (pow(u((i / {each})::BIGINT, 2), 1.6) * {places})::INTEGER % {places}
JOIN camp ON camp.cid = (pow(u(i, 3), 1.5) * {camps})::INTEGER % {camps}
"""
EVENTS = """
SELECT substr(md5('e' || i), 1, 16) AS event_id, substr(md5('a' || aid), 1, 16) AS article_id, province, city, district,
  CASE WHEN u(i, 4) < 0.62 THEN street END AS street,
  CASE WHEN u(i, 4) < 0.20 THEN pick(['新和','东苑','西河','南桥','北门','平安'], i, 5) || '社区' END AS community, adcode,
  CASE WHEN u(i, 4) < 0.62 THEN street_code END AS street_code, CASE WHEN u(i, 6) < 0.9 THEN 'text' ELSE 'context' END AS place_basis,
  campaign, campaign_id, campaign_group,
  (published_on - (u(i, 7) * 6)::INTEGER)::DATE AS date, (published_on - (u(i, 7) * 2)::INTEGER)::DATE AS date_end,
  pick(['day','day','day','range','vague','month'], i, 8) AS date_precision, pick(['text','relative','publication'], i, 9) AS date_basis,
  list_transform(range((u(i, 10) * 9.8)::INTEGER), lambda x: struct_pack(what := pick(nouns, i * 16 + x, 11),
    indicator := CASE WHEN u(i * 16 + x, 12) < 0.4 THEN 'indicator-' || (hash(i * 16 + x) % 40) END, value := (hash(i * 16 + x) % 3000)::DOUBLE,
    unit := pick(['家','处','份','人次','户','吨'], i * 16 + x, 13), qualifier := pick(['exact','exact','exact','over','about'], i * 16 + x, 14),
    scope := CASE WHEN u(i * 16 + x, 15) < 0.85 THEN 'event' ELSE 'cumulative' END, as_of := NULL::DATE,
    start := (100 + 40 * x)::INTEGER, "end" := (104 + 40 * x)::INTEGER, text := (1000 + hash(i * 16 + x) % 2000)::VARCHAR)) AS metrics,
  [struct_pack(field := 'place', start := 40, "end" := 40 + len(street)::INTEGER, text := street, rule := 'locate:street'),
   struct_pack(field := 'campaign', start := 60, "end" := 60 + len(campaign)::INTEGER, text := campaign, rule := campaign_id || '/' || campaign),
   struct_pack(field := 'date', start := 20, "end" := 25, text := month(published_on) || '月' || day(published_on) || '日', rule := 'month-day')] AS evidence,
  street || '扎实推进' || campaign || '工作' AS headline, paper AS newspaper, published_on,
  CASE WHEN u(i, 16) < 0.02 THEN substr(md5('e' || greatest(0, i - 7)), 1, 16) END AS duplicate_of, (i - aid * {each})::INTEGER AS rank, []::VARCHAR[] AS corrections
FROM base CROSS JOIN words {order}
"""
ARTICLES = """
SELECT substr(md5('a' || aid), 1, 16) AS article_id, paper || '/' || published_on || '.jsonl' AS source_path, 'A0' || (1 + aid % 8) AS page,
  paper AS newspaper, published_on, 'metadata' AS published_basis, 'news' AS kind, street || '扎实推进' || campaign || '工作' AS headline,
  NULL::VARCHAR AS subhead, ['示例'] AS byline,
  street || '扎实推进' || campaign || '工作' || chr(10) || '本报讯 ' || month(published_on) || '月' || day(published_on) || '日，' || district || street || '第' || aid || '次'
   || array_to_string(list_transform(range({clauses}), lambda x: pick(clauses, aid * 64 + x, 20) || (hash(aid * 64 + x) % 900) || '处，'), '') AS text,
  (len(street) + len(campaign) + 7)::INTEGER AS body_start
FROM (SELECT aid, any_value(COLUMNS(* EXCLUDE aid)) FROM base GROUP BY aid) CROSS JOIN words {order}
"""


def quarter_days(quarter: str) -> tuple[dt.date, int]:
    """First day of a quarter and how many days it has (one less, for drawing)."""
    year, number = int(quarter[:4]), int(quarter[5])
    first = dt.date(year, 3 * number - 2, 1)
    after = dt.date(year + number // 4, 3 * number % 12 + 1, 1)
    return first, (after - first).days - 1


def make_quarter(
    con: duckdb.DuckDBPyConnection, number: int, rows: int, order: bool = True, clauses: int = 4
) -> tuple[Any, Any]:
    """Readers of one quarter's articles and events; `clauses` 45 gives articles of about 1,000 characters."""
    first, days = quarter_days(QUARTERS[number])
    places, camps = (con.execute(f"SELECT count(*) FROM {t}").fetchall()[0][0] for t in ("place", "camp"))
    con.execute(
        ROWS.format(each=EVENTS_AN_ARTICLE, places=places, camps=camps),
        {"first": first, "days": days, "from": number * rows, "to": (number + 1) * rows},
    )
    sorting = "ORDER BY province, city, coalesce(date, published_on), event_id" if order else ""
    events = con.sql(EVENTS.format(each=EVENTS_AN_ARTICLE, order=sorting)).to_arrow_reader(ROW_GROUP)
    yield_events = (conform(batch, schema_of(Event)) for batch in events)
    return lambda: articles_of(con, clauses, order), yield_events


def articles_of(con: duckdb.DuckDBPyConnection, clauses: int, order: bool) -> Any:
    """Batches of the articles of the quarter that was made last."""
    sorting = "ORDER BY published_on, newspaper, article_id" if order else ""
    found = con.sql(ARTICLES.format(clauses=clauses, order=sorting)).to_arrow_reader(ROW_GROUP)
    return (conform(batch, schema_of(Article)) for batch in found)


def conform(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """A batch with the exact types of the table."""
    columns = [batch.column(f.name).cast(pa.field(f.name, f.type).type) for f in schema]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema([pa.field(f.name, f.type) for f in schema])).cast(
        schema
    )


def write_batches(batches: Any, path: Path, schema: pa.Schema) -> int:
    """Write batches as one Parquet file; how many rows."""
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch, row_group_size=ROW_GROUP)
            rows += len(batch)
    return rows


def published(folder: Path, events: int) -> Path:
    """A published version of about `events` events, made once and kept; the folder to give to `--data`."""
    out = folder / f"table-{events}"
    if (out / "run.json").exists():
        return out
    version = out / "versions" / "v000001-20240101T000000"
    for name in ("events.parquet", "articles.parquet"):
        (version / name).mkdir(parents=True, exist_ok=True)
    con, counts = connection(), {"events": 0, "articles": 0}
    for number, quarter in enumerate(QUARTERS):
        articles, rows = make_quarter(con, number, events // len(QUARTERS))
        counts["events"] += write_batches(rows, version / "events.parquet" / f"{quarter}.parquet", schema_of(Event))
        counts["articles"] += write_batches(
            articles(), version / "articles.parquet" / f"{quarter}.parquet", schema_of(Article)
        )
    if events <= 2_000_000:
        for name in ("events.parquet", "articles.parquet"):
            one_file(version / name)
    run = {
        "version": version.name,
        "counts": counts,
        "inputs": [],
        "issues": {},
        "started": "2024-01-01T00:00:00+08:00",
    }
    for place in (version, out):
        (place / "run.json").write_text(json.dumps(run), encoding="utf-8")
    (version / ".published").touch()
    for name in ("events.parquet", "articles.parquet"):
        (out / name).symlink_to((version / name).relative_to(out))
    return out


def one_file(folder: Path) -> None:
    """A folder of quarters as one file, as small tables are published."""
    files = sorted(folder.glob("*.parquet"))
    whole = folder.with_name(f"{folder.name}.whole")
    with pq.ParquetWriter(whole, pq.read_schema(files[0]), compression="zstd") as writer:
        for file in files:
            for batch in pq.ParquetFile(file).iter_batches(ROW_GROUP):
                writer.write_batch(batch, row_group_size=ROW_GROUP)
    for file in files:
        file.unlink()
    folder.rmdir()
    whole.rename(folder)
