"""Accuracy against hand labels, and floors under it.

A gold file is a list of articles ``{id, text, headline?, events, metrics}`` or one page's
``{file, articles: [{lines}]}``. Extracted articles are matched to gold by their text alone. Figures are shares; the F1
figures combine recall over what is required with precision over what is required or optional.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

Row = dict[str, Any]
FOUND, CLEAN = 0.80, 0.95  # text overlap (F1 of 5-character shingles) that counts as found, and as clean
SAME_UNIT = {"％": "%", "百分点": "个百分点", "平米": "平方米", "㎡": "平方米", "千米": "公里", "元人民币": "元"}
MARKS = re.compile(r"[\s“”\"'‘’,，:：;；·!！?？、。—\-()（）]+")
F1 = ("events", "campaign", "place", "metrics")


@dataclass
class Figures:
    """Hits and totals by name, and what was missed."""

    hits: Counter[str] = field(default_factory=Counter)
    totals: Counter[str] = field(default_factory=Counter)
    misses: list[tuple[str, str, object]] = field(default_factory=list)

    def add(self, name: str, hits: int, total: int) -> None:
        """Count hits of a total under a name."""
        self.hits[name] += hits
        self.totals[name] += total

    def shares(self) -> dict[str, float]:
        """Each figure as a share, with the F1 of those that have recall and precision."""
        out = {name: self.hits[name] / total for name, total in self.totals.items() if total}
        for name in F1:
            recall, precision = out.get(f"{name} recall", 0.0), out.get(f"{name} precision", 0.0)
            out[f"{name} F1"] = 2 * recall * precision / (recall + precision) if recall + precision else 0.0
        return {name: round(share, 4) for name, share in out.items()}


def score(gold: Iterable[Row], articles: Sequence[Row], events: Iterable[Row]) -> Figures:
    """Compare extracted rows (as of articles.parquet and events.parquet) with gold articles, each with its `text`."""
    figures = Figures()
    of_article: dict[str, list[Row]] = defaultdict(list)
    for event in events:
        of_article[event["article_id"]].append(event)
    profiles = [(profile(article["text"]), article) for article in articles]
    for wanted in gold:
        best, overlap = closest(profile(wanted["text"]), profiles)
        figures.add("articles found", int(overlap >= FOUND), 1)
        figures.add("articles clean", int(overlap >= CLEAN), 1)
        if overlap < CLEAN:
            figures.misses.append((wanted["id"], "text overlap", round(overlap, 3)))
        found = best if best is not None and overlap >= FOUND else None
        if found is not None:
            score_headline(figures, wanted, found)
        mine = of_article[found["article_id"]] if found is not None else []
        score_events(figures, wanted, mine)
        score_dates(figures, wanted, mine)
        score_metrics(figures, wanted, [m for e in mine for m in e["metrics"]])
    return figures


def profile(text: str) -> Counter[str]:
    """Counts of the 5-character shingles of a text without its spaces."""
    dense = "".join(text.split())
    return Counter(dense[i : i + 5] for i in range(max(1, len(dense) - 4)))


def closest(wanted: Counter[str], profiles: Sequence[tuple[Counter[str], Row]]) -> tuple[Row | None, float]:
    """The article whose text overlaps most, and by how much (F1)."""
    best, most = None, 0.0
    for one, article in profiles:
        overlap = 2 * (wanted & one).total() / (wanted.total() + one.total())
        if overlap > most:
            best, most = article, overlap
    return best, most


def score_headline(figures: Figures, wanted: Row, found: Row) -> None:
    """The headline, with or without its subhead, spaces and quotes aside."""
    if not wanted.get("headline") or wanted.get("headline_note"):
        return
    both = wanted["headline"] + (wanted.get("subhead") or "")
    good = bare(found["headline"]) in (bare(wanted["headline"]), bare(both))
    figures.add("headline", int(good), 1)
    if not good:
        figures.misses.append((wanted["id"], "headline", found["headline"]))


def bare(text: str | None) -> str:
    """A text without spaces, quotes and punctuation."""
    return MARKS.sub("", text or "")


def key_of(event: Row) -> tuple[str, str | None, str | None]:
    """Campaign, district and street of a gold or extracted event."""
    campaign = event["campaign_id"] if "campaign_id" in event else event.get("campaign")
    return (campaign or "none", event.get("district"), event.get("street"))


def score_events(figures: Figures, wanted: Row, mine: Sequence[Row]) -> None:
    """Recall of what is required and precision over what is allowed: whole events, campaigns alone, places alone."""
    required = {key_of(e) for e in wanted["events"] if e["required"]}
    allowed = {key_of(e) for e in wanted["events"]}
    returned = {key_of(e) for e in mine}
    for name, part in (("events", slice(0, 3)), ("campaign", slice(0, 1)), ("place", slice(1, 3))):
        need, may, got = ({k[part] for k in keys} for keys in (required, allowed, returned))
        figures.add(f"{name} recall", len(need & got), len(need))
        figures.add(f"{name} precision", len(got & may), len(got))
    figures.misses += [(wanted["id"], "missed event", k) for k in sorted(required - returned, key=str)]
    figures.misses += [(wanted["id"], "wrong event", k) for k in sorted(returned - allowed, key=str)]


def score_dates(figures: Figures, wanted: Row, mine: Sequence[Row]) -> None:
    """Of the required events that were returned, those dated inside gold's interval."""
    for event in wanted["events"]:
        same = [e for e in mine if key_of(e) == key_of(event)]
        if not (event["required"] and event.get("date") and same):
            continue
        first, last = (dt.date.fromisoformat(day) for day in event["date"])
        good = any(e["date"] and first <= e["date"] and (e["date_end"] or e["date"]) <= last for e in same)
        figures.add("dates", int(good), 1)
        if not good:
            given = [f"{e['date']}..{e['date_end']}" for e in same]
            figures.misses.append((wanted["id"], "wrong date", (given, event["date"])))


def score_metrics(figures: Figures, wanted: Row, mine: list[Row]) -> None:
    """Numbers by value and unit; of those found, the thing counted, the qualifier and the scope."""
    left, good = list(mine), 0
    for metric in sorted(wanted["metrics"], key=lambda m: not m["required"]):
        hit = best_hit(metric, left)
        if metric["required"]:
            figures.add("metrics recall", int(hit is not None), 1)
            if hit is None:
                figures.misses.append(
                    (wanted["id"], "missed metric", (metric["value"], metric["unit"], metric["what"]))
                )
        if hit is None:
            continue
        left.remove(hit)
        good += 1
        if metric["required"]:
            score_details(figures, wanted["id"], metric, hit)
    figures.add("metrics precision", good, len(mine))
    figures.misses += [(wanted["id"], "wrong metric", (m["value"], m["unit"], m["what"])) for m in left]


def best_hit(metric: Row, left: Sequence[Row]) -> Row | None:
    """An extracted number of the same value and unit, one that names the same thing first."""
    hits = [m for m in left if close(m["value"], metric["value"]) and unit(m["unit"]) == unit(metric["unit"])]
    return min(hits, key=lambda m: not common_word(metric["what"], m["what"]), default=None)


def close(a: float, b: float) -> bool:
    """Equal within a millionth."""
    return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))


def unit(text: str | None) -> str:
    """A unit without spaces, spelling variants aside."""
    dense = "".join((text or "").split())
    return SAME_UNIT.get(dense, dense)


def common_word(a: str, b: str) -> bool:
    """Whether two namings share two characters in a row (one, where that is all)."""
    a, b = bare(a), bare(b)
    return a in b if len(a) == 1 else any(a[i : i + 2] in b for i in range(len(a) - 1))


def score_details(figures: Figures, gold_id: str, metric: Row, hit: Row) -> None:
    """The thing counted, the qualifier and, where gold gives one, the scope of a found number."""
    named = common_word(metric["what"], hit["what"])
    figures.add("what", int(named), 1)
    if not named:
        figures.misses.append((gold_id, "wrong what", (metric["value"], metric["unit"], metric["what"], hit["what"])))
    for name, default in (("qualifier", "exact"), ("scope", None)):
        wanted = metric.get(name, default)
        if wanted is None:
            continue
        figures.add(name, int(hit[name] == wanted), 1)
        if hit[name] != wanted:
            figures.misses.append((gold_id, f"wrong {name}", (hit["text"], hit[name], wanted)))


def load_gold(path: Path, raw: Path) -> list[Row]:
    """The gold articles of one file, each with its `text`.

    A page's gold takes it from the page below `raw` by line numbers, and labels without texts from the JSON lines
    below `raw` by id.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(data, list):
        texts = {} if all("text" in a for a in data) else texts_by_id(raw)
        return [a if "text" in a else {**a, "text": texts[a["id"]]} for a in data]
    lines = (raw / data["file"]).read_text(encoding="utf-8").split("\n")
    return [{**a, "text": "\n".join(chosen(lines, a["lines"]))} for a in data["articles"]]


def texts_by_id(raw: Path) -> dict[str, str]:
    """Texts of all JSON lines below a folder, by their id."""
    files = sorted(raw.glob("*.jsonl"))
    rows = [
        json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    return {row["id"]: row["text"] for row in rows}


def chosen(lines: Sequence[str], spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    """The non-empty lines of spans that count from 1, both ends included."""
    return (line for first, last in spans for line in lines[first - 1 : last] if line.strip())


def score_tables(gold: Sequence[Row], out: Path) -> Figures:
    """Score the tables that a run left in `out`."""
    articles = pq.read_table(out / "articles.parquet", columns=["article_id", "headline", "text"]).to_pylist()
    return score(gold, articles, pq.read_table(out / "events.parquet").to_pylist())


def corpus_digest(paths: Sequence[Path]) -> str:
    """First 16 hex digits of the gold files' SHA-256: a floor holds for one corpus only."""
    return hashlib.sha256(b"".join(p.read_bytes() for p in sorted(paths))).hexdigest()[:16]


@dataclass(frozen=True)
class Floor:
    """The least that a corpus's figures may be."""

    digest: str
    figures: dict[str, float]


def load_floors(path: Path) -> dict[str, Floor]:
    """Floors by corpus name."""
    data = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: Floor(entry["digest"], entry["figures"]) for name, entry in (data.get("corpora") or {}).items()}


def below_floor(shares: dict[str, float], floor: Floor) -> list[str]:
    """Figures that fell below their floor, one line each."""
    return [
        f"{n}: {shares.get(n, 0.0):.4f} < {f:.4f}" for n, f in floor.figures.items() if shares.get(n, 0.0) < f - 1e-9
    ]
