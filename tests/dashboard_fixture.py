"""Tables to try the dashboard on: a hand-made small set whose sums are known, and a random one of any size.

`python -m tests.dashboard_fixture OUT [EVENTS]` writes a data folder (versions/, run.json) as a run would.
The sentences are composed here; spans are true: article.text[start:end] gives the text back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from etl.models import Article, Event, schema_of

PAPERS = ("晋北示例报", "大同示例晚报", "朔州示例日报")
# (province, city, district, adcode, streets); names and codes of districts are facts, street codes are made up
DISTRICTS = (
    (
        "山西省",
        "大同市",
        "平城区",
        "140213",
        ("水泊寺街道", "振华街道", "开源街道", "南关街道", "新建南路街道", "向阳里街道", "永泰街道"),
    ),
    ("山西省", "大同市", "云冈区", "140214", ("新胜街道", "民胜街道", "口泉街道", "平泉街道")),
    ("山西省", "大同市", "云州区", "140215", ("西坪镇", "周士庄镇", "倍加造镇")),
    ("山西省", "朔州市", "朔城区", "140602", ("北城街道", "南城街道", "神头街道", "神头镇")),
    ("山西省", "朔州市", "平鲁区", "140603", ("井坪镇", "凤凰城镇")),
    ("山西省", "太原市", "迎泽区", "140106", ("柳巷街道", "文庙街道", "桥东街道", "老军营街道")),
)
CAMPAIGNS = (
    ("civilized-city", "创建文明城市", "文明创建", "文明城市创建"),
    ("fire-safety", "消防安全", "安全应急", "消防安全检查"),
    ("anti-fraud", "反电信网络诈骗", "平安法治", "反诈宣传"),
    ("streetscape", "市容环境整治", "文明创建", "市容环境整治"),
    ("waste-sorting", "垃圾分类", "文明创建", "垃圾分类宣传"),
    ("work-safety", "安全生产专项整治", "安全应急", "安全生产大检查"),
    ("gas-safety", "燃气安全整治", "安全应急", "燃气安全排查"),
    ("legal-education", "普法与法治建设", "平安法治", "普法宣传"),
    ("road-safety", "道路交通安全整治", "安全应急", "交通秩序整治"),
    ("grassroots-governance", "党建引领基层治理", "党建治理", "网格化治理"),
    ("community-health", "义诊与基层健康服务", "民生服务", "义诊服务"),
    ("employment", "稳就业", "经济发展", "招聘会"),
    ("rural-living", "农村人居环境整治", "乡村振兴", "人居环境整治"),
    ("flood-control", "防汛防台", "安全应急", "防汛演练"),
    ("volunteering", "新时代文明实践与志愿服务", "文明创建", "志愿服务活动"),
    ("culture", "文化惠民与非遗传承", "民生服务", "文化惠民演出"),
    (None, None, None, "主题观影活动"),
)
MEASURES = (
    ("检查商户", "places-inspected", "户", "检查商户{n}"),
    ("排查隐患", "hazards-found", "处", "排查出隐患{n}"),
    ("整改隐患", "hazards-fixed", "处", "当场整改隐患{n}"),
    ("发放宣传资料", "leaflets", "份", "发放宣传资料{n}"),
    ("清理小广告", "ads-removed", "条", "清理小广告{n}"),
    ("出动志愿者", "volunteers", "人次", "出动志愿者{n}"),
    ("走访群众", None, "户", "走访群众{n}"),
)
END = dt.date(2023, 6, 21)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


class Builder:
    """Collects articles and events as plain rows."""

    def __init__(self) -> None:
        self.articles: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def article(
        self, paper: str | None, published: dt.date | None, headline: str, body: str, **extra: Any
    ) -> dict[str, Any]:
        text = f"{headline}\n{body}"
        row = {
            "article_id": sha(f"{paper}{published}{text}{len(self.articles)}"),
            "source_path": f"sample/{published or 'undated'}.txt",
            "page": "2",
            "newspaper": paper,
            "published_on": published,
            "published_basis": "masthead" if published else "unknown",
            "kind": "news",
            "headline": headline,
            "subhead": None,
            "byline": ["记者 示例"],
            "text": text,
            "body_start": len(headline) + 1,
        } | extra
        self.articles.append(row)
        return row

    def event(
        self,
        article: dict[str, Any],
        place: tuple[str | None, ...],
        campaign: tuple[str | None, str | None, str | None],
        date: dt.date | None,
        *,
        date_end: dt.date | None = None,
        precision: str = "day",
        adcode: str | None = None,
        street_code: str | None = None,
        metrics: tuple[dict[str, Any], ...] = (),
        spans: tuple[tuple[str, str], ...] = (),
        duplicate_of: str | None = None,
        rank: int = 0,
    ) -> str:
        text = article["text"]
        evidence = [
            {"field": f, "start": text.index(s), "end": text.index(s) + len(s), "text": s, "rule": "fixture"}
            for f, s in spans
        ]
        event_id = sha(f"{article['article_id']}{campaign[0]}{place}{rank}")
        self.events.append(
            {
                "event_id": event_id,
                "article_id": article["article_id"],
                **dict(zip(("province", "city", "district", "street", "community"), place, strict=True)),
                "adcode": adcode,
                "street_code": street_code,
                "place_basis": "text" if any(place) else None,
                "campaign": campaign[1],
                "campaign_id": campaign[0],
                "campaign_group": campaign[2],
                "date": date,
                "date_end": date_end or date,
                "date_precision": precision if date else None,
                "date_basis": "text" if date else None,
                "metrics": list(metrics),
                "evidence": evidence,
                "headline": article["headline"],
                "newspaper": article["newspaper"],
                "published_on": article["published_on"],
                "duplicate_of": duplicate_of,
                "rank": rank,
                "corrections": [],
            }
        )
        return event_id

    def metric(
        self, article: dict[str, Any], text: str, value: float, unit: str, what: str, **extra: Any
    ) -> dict[str, Any]:
        start = article["text"].index(text)
        return {
            "what": what, "indicator": None, "value": value, "unit": unit, "qualifier": "exact", "scope": "event",
            "as_of": None, "start": start, "end": start + len(text), "text": text,
        } | extra  # fmt: skip

    def tables(self) -> tuple[pa.Table, pa.Table]:
        events = sorted(self.events, key=lambda e: (str(e["published_on"]), e["event_id"]))
        return (
            pa.Table.from_pylist(events, schema=schema_of(Event)),
            pa.Table.from_pylist(self.articles, schema=schema_of(Article)),
        )


def random_tables(count: int, seed: int = 7, weeks: int = 26, end: dt.date = END) -> tuple[pa.Table, pa.Table]:
    """About `count` events over `weeks` weeks up to `end`; some vague, undated, duplicated or outside every campaign."""
    rng = random.Random(seed)
    made = Builder()
    weights = [30, 26, 20, 16, 12, 10, 9, 8, 7, 6, 6, 5, 5, 4, 4, 3, 4]
    while len(made.events) < count:
        published = end - dt.timedelta(days=int(weeks * 7 * rng.random() ** 1.15))
        paper = rng.choices(PAPERS, [5, 3, 2])[0]
        province, city, district, adcode, streets = rng.choices(DISTRICTS, [9, 5, 3, 5, 2, 4])[0]
        if rng.random() < 0.05:
            district, adcode, street = None, adcode[:4] + "00", None
        else:
            street = rng.choice(streets) if rng.random() < 0.85 else None
        if street == "永泰街道" and published > end - dt.timedelta(weeks=5):
            street = "水泊寺街道"  # falls silent while its papers keep arriving
        cid, name, group, cue = rng.choices(CAMPAIGNS, weights)[0]
        day = published - dt.timedelta(days=rng.randint(1, 4))
        vague = rng.random() < 0.25
        said = "近日" if vague else f"{day.month}月{day.day}日"
        actor = street or district or city
        what, indicator, unit, phrase = rng.choice(MEASURES)
        n, cumulative = (
            rng.choice((rng.randint(3, 60), rng.randint(60, 900), rng.randint(1000, 26000))),
            rng.random() < 0.25,
        )
        number = f"{n}{unit}" if n < 10000 else f"{n / 10000:.1f}万{unit}"
        value = float(n) if n < 10000 else round(n / 10000, 1) * 10000
        asof = f"截至{day.month}月{day.day}日，全区累计" if cumulative else "活动中，工作人员共"
        body = (
            f"本报讯（记者 示例）{said}，{actor}组织开展{cue}，网格员、志愿者走进沿街商铺和居民小区，"
            f"向群众讲解有关知识。{asof}{phrase.format(n=number)}。居民纷纷表示，希望这样的活动多办一些。"
        )
        art = made.article(paper, published, f"{actor}开展{cue}", body)
        metric = made.metric(
            art, number, value, unit, what, indicator=indicator,
            scope="cumulative" if cumulative else "event", as_of=day if cumulative else None,
            qualifier=rng.choice(("exact", "exact", "over")),
        )  # fmt: skip
        first = made.event(
            art, (province, city, district, street, None), (cid, name, group),
            None if rng.random() < 0.02 else (published - dt.timedelta(days=14) if vague else day),
            date_end=published if vague else day, precision="vague" if vague else "day",
            adcode=adcode, street_code=None if street is None else adcode + f"{streets.index(street) + 1:03d}",
            metrics=(metric,), spans=(("place", actor), ("date", said), ("campaign", cue)),
        )  # fmt: skip
        if rng.random() < 0.06:
            other = made.article(
                PAPERS[0] if paper != PAPERS[0] else PAPERS[1], published, f"{actor}：{cue}进小区", body
            )
            made.event(
                other, (province, city, district, street, None), (cid, name, group), day, adcode=adcode,
                street_code=None if street is None else adcode + f"{streets.index(street) + 1:03d}",
                metrics=(made.metric(other, number, value, unit, what, indicator=indicator),),
                spans=(("place", actor), ("date", said), ("campaign", cue)), duplicate_of=first,
            )  # fmt: skip
    return made.tables()


def blown_up(count: int, base: int = 4000, weeks: int = 260, seed: int = 3) -> tuple[pa.Table, pa.Table]:
    """`count` events by repeating `base` random ones with new ids, dates and 3,000 invented streets."""
    events, articles = random_tables(base, weeks=20)
    rng = np.random.default_rng(seed)
    pick = rng.integers(0, len(events), count)
    out = events.take(pa.array(pick))
    article_at = {a: i for i, a in enumerate(articles["article_id"].to_pylist())}
    arts = articles.take(pa.array([article_at[a] for a in out["article_id"].to_pylist()]))
    ids = pa.array([f"{i:020x}" for i in range(count)])
    published = pa.array((np.datetime64(END) - rng.integers(0, weeks * 7, count)).astype("datetime64[D]"))
    street_no = rng.integers(0, 3000, count)
    district_no = street_no // 15
    codes = [f"{14 + d // 40:02d}{d // 10 % 4 + 1:02d}{d % 10 + 1:02d}" for d in district_no]

    def put(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
        at = table.schema.get_field_index(name)
        return table.set_column(at, table.schema.field(at), values.cast(table.schema.field(at).type))

    for name, values in {
        "event_id": ids, "article_id": ids, "published_on": published, "date": published, "date_end": published,
        "province": pa.array([f"示例{c[:2]}省" for c in codes]), "city": pa.array([f"示例{c[:4]}市" for c in codes]),
        "district": pa.array([f"示例{c}区" for c in codes]), "adcode": pa.array(codes),
        "street": pa.array([f"示例{s}街道" for s in street_no]),
        "street_code": pa.array([f"{c}{s % 15:03d}" for c, s in zip(codes, street_no, strict=True)]),
        "duplicate_of": pa.nulls(count, pa.string()),
    }.items():  # fmt: skip
        out = put(out, name, values)
    for name, values in {"article_id": ids, "published_on": published}.items():
        arts = put(arts, name, values)
    order = pc.sort_indices(out, sort_keys=[("published_on", "ascending")])
    return out.take(order), arts.take(order)


def write(root: Path, events: pa.Table, articles: pa.Table, version: str = "20230622-080000", **run: Any) -> Path:
    """A data folder as a run leaves it: versions/<version>/ and run.json that names it."""
    folder = root / "versions" / version
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(events, folder / "events.parquet", row_group_size=32768, compression="zstd")
    pq.write_table(articles, folder / "articles.parquet", row_group_size=32768, compression="zstd")
    report = {
        "version": version, "started": "2023-06-22T08:00:00+08:00", "finished": "2023-06-22T08:00:12+08:00", "seconds": 12.3,
        "counts": {"files": 40, "pages": 120, "articles": len(articles), "events": len(events), "metrics": len(events)},
        "issues": {"unreadable-file": 1, "no-article": 2, "unknown-street": 3},
        "issue_samples": [
            {"kind": "unknown-street", "severity": "warning", "message": "地名库中没有该街道", "source_path": "sample/a.txt",
             "where": "第12行", "sample": "御东新街道", "article_id": None},
            {"kind": "unreadable-file", "severity": "error", "message": "文件不是文本", "source_path": "sample/b.bin",
             "where": None, "sample": None, "article_id": None},
        ],
        "quarantine": [{"source_path": "sample/b.bin", "where": None, "kind": "unreadable-file", "message": "文件不是文本"}],
        "candidates": [{"phrase": "清风护航行动", "count": 6, "articles": 5, "examples": ["启动“清风护航行动”，对辖区窗口单位走访"]}],
        "papers": [], "rules": {"campaigns.yml": "ab" * 32}, "software": {"etl": "0.1"}, "inputs": [],
    } | run  # fmt: skip
    (folder / "run.json").write_text(json.dumps(report, ensure_ascii=False), "utf-8")
    (root / "run.json").write_text(json.dumps(report, ensure_ascii=False), "utf-8")
    return root


if __name__ == "__main__":
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 900
    write(Path(sys.argv[1]), *(random_tables(size) if size <= 20_000 else blown_up(size)))
