"""Corrections by hand that survive every run: data/reference/corrections.csv, applied to the finished rows.

A row names an event or an article, a field, the value that it expects to find, the corrected value, who, when and why::

    target,field,expected,corrected,who,when,why
    3f0c…,district,云冈区,平城区,王某,2026-03-20,原文"平城"指平城区
    3f0c…,metric:118:value,86,68,王某,2026-03-20,原文为68家
    91ab…,published_on,2026-03-18,2026-03-19,王某,2026-03-20,报头日期有误

An empty value is null; days are ISO; ``metric:<start>:value`` corrects the number that begins at that character of the
article, and an empty corrected value there takes the number out. Codes follow corrected names of places, a campaign's
name and group follow its id. Where the expected value is no longer there, nothing is changed and it is signalled
(``correction-stale``). A row that cannot be meant is an error at load with its line.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
import typing
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from etl.models import DateBasis, DatePrecision, Issue, Kind, Qualifier, Scope
from etl.rules import Rules
from etl.rules.errors import RulesError

FILE = "corrections.csv"
COLUMNS = ("target", "field", "expected", "corrected", "who", "when", "why")
PLACES = ("province", "city", "district", "street", "community")
LONGEST = 2000  # characters of a cell
ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
METRIC = re.compile(r"metric:(\d{1,9}):(value|what|unit|indicator|qualifier|scope|as_of)")

Parse = Callable[[str], Any]


def text(value: str) -> str | None:
    """Any text; empty is null."""
    return value or None


def day(value: str) -> dt.date | None:
    """An ISO day; empty is null."""
    return dt.date.fromisoformat(value) if value else None


def numeral(value: str) -> float | None:
    """A number, as Python writes it; empty is null."""
    return float(value) if value else None


def one_of(literal: Any, *, empty: bool = True) -> Parse:
    """One of a Literal's values; empty is null where that is allowed."""

    def parse(value: str) -> str | None:
        if value in typing.get_args(literal):
            return value
        if empty and not value:
            return None
        raise ValueError(f"must be one of {', '.join(typing.get_args(literal))}")

    return parse


OF_EVENTS: dict[str, Parse] = {
    **dict.fromkeys(PLACES, text),
    "campaign_id": text,
    "date": day,
    "date_end": day,
    "date_precision": one_of(DatePrecision),
    "date_basis": one_of(DateBasis),
    "duplicate_of": text,
}
OF_ARTICLES: dict[str, Parse] = {
    "newspaper": text,
    "published_on": day,
    "page": text,
    "kind": one_of(Kind, empty=False),
    "headline": text,
    "subhead": text,
}
OF_METRICS: dict[str, Parse] = {
    "value": numeral,
    "what": text,
    "unit": text,
    "indicator": text,
    "qualifier": one_of(Qualifier, empty=False),
    "scope": one_of(Scope, empty=False),
    "as_of": day,
}
COPIED = ("headline", "newspaper", "published_on")  # an article's fields that its events repeat


@dataclass(frozen=True, slots=True)
class Correction:
    """One row of the file."""

    line: int
    target: str
    field: str
    expected: str
    corrected: str
    who: str
    when: str
    why: str

    @property
    def parse(self) -> Parse:
        """How the values of the field are read."""
        metric = METRIC.fullmatch(self.field)
        return OF_METRICS[metric[2]] if metric else (OF_EVENTS | OF_ARTICLES)[self.field]

    @property
    def new(self) -> Any:
        """The corrected value."""
        return self.parse(self.corrected)

    def issue(self, kind: str, message: str, article_id: str | None = None) -> Issue:
        """What is signalled of this row."""
        severity: typing.Literal["info", "warning"] = "info" if kind == "correction-applied" else "warning"
        told = f"{self.target} {self.field}: {message}"
        return Issue(kind, told, severity, FILE, f"line {self.line}", self.why[:80], article_id)


@dataclass(frozen=True)
class Corrections:
    """All rows, by their target."""

    by_target: Mapping[str, tuple[Correction, ...]]
    digest: str
    rules: Rules = field(repr=False)

    def about(self, fields: Iterable[str]) -> dict[str, list[Correction]]:
        """The rows of the given fields (`metric` stands for all numbers), by target."""
        wanted = set(fields)
        found = {t: [c for c in rows if c.field.split(":")[0] in wanted] for t, rows in self.by_target.items()}
        return {t: rows for t, rows in found.items() if rows}

    @cached_property
    def codes(self) -> dict[str, list[int]]:
        """Codes by official name."""
        found: dict[str, list[int]] = defaultdict(list)
        for code, name in self.rules.gazetteer.names.items():
            found[name].append(code)
        return found


def load_corrections(root: Path, rules: Rules) -> Corrections:
    """Read corrections.csv; an absent file has no row. RulesError names the line that cannot be meant."""
    path = root / FILE
    if not path.exists():
        return Corrections({}, "", rules)
    try:
        content = path.read_bytes()
        rows = list(read_rows(path, content.decode("utf-8-sig"), rules))
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(path, None, f"cannot be read: {error}") from error
    by_target: dict[str, list[Correction]] = defaultdict(list)
    for row in rows:
        if any(other.field == row.field for other in by_target[row.target]):
            raise RulesError(path, row.line, f"{row.target} {row.field} is corrected twice: keep one row")
        by_target[row.target].append(row)
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Corrections({t: tuple(c) for t, c in by_target.items()}, digest, rules)


def read_rows(path: Path, content: str, rules: Rules) -> Iterable[Correction]:
    """Rows of the CSV, each checked."""
    reader = csv.reader(content.splitlines(keepends=True), strict=True)
    try:
        head = next(reader, None)
        if head is None or tuple(head) != COLUMNS:
            raise RulesError(path, 1, f"the first line must be {','.join(COLUMNS)}")
        for cells in reader:
            if not any(cells) or cells[0].startswith("#"):
                continue
            if len(cells) != len(COLUMNS):
                raise RulesError(path, reader.line_num, f"{len(cells)} cells instead of {len(COLUMNS)}")
            yield checked(path, Correction(reader.line_num, *(c.strip() for c in cells)), rules)
    except csv.Error as error:
        raise RulesError(path, reader.line_num, f"not CSV: {error}") from error


def checked(path: Path, row: Correction, rules: Rules) -> Correction:
    """The row, if it can be meant."""
    wrong = fault(row, rules)
    if wrong:
        raise RulesError(path, row.line, wrong)
    return row


def fault(row: Correction, rules: Rules) -> str | None:
    """What is wrong with a row, for the person who wrote it."""
    cells = (row.target, row.field, row.expected, row.corrected, row.who, row.when, row.why)
    if any(len(c) > LONGEST or any(ord(x) < 32 for x in c) for c in cells):
        return f"a cell has control characters or more than {LONGEST} characters"
    if not ID.fullmatch(row.target):
        return f"{row.target!r} is no event_id or article_id"
    if row.field not in OF_EVENTS | OF_ARTICLES and not METRIC.fullmatch(row.field):
        known = ", ".join([*OF_EVENTS, *OF_ARTICLES, "metric:<start>:value"])
        return f"no field {row.field!r}; there are {known}"
    if not (row.who and row.why):
        return "who and why must be said"
    if row.expected == row.corrected:
        return "expected and corrected are the same"
    if row.field == "campaign_id" and row.corrected and row.corrected not in rules.taxonomy.by_id:
        return f"no campaign {row.corrected!r} in data/reference/campaigns/"
    return unreadable_value(row)


def unreadable_value(row: Correction) -> str | None:
    """Which value is not of the field's type."""
    for name, value, parse in (
        ("when", row.when, dt.date.fromisoformat),
        *((n, getattr(row, n), row.parse) for n in ("expected", "corrected")),
    ):
        try:
            parse(value)
        except ValueError as error:
            return f"{name}: {value!r} does not fit ({error})"
    return None


# --- applying --------------------------------------------------------------------------------------------------------


def correct(corrections: Corrections, articles: pa.Table, events: pa.Table) -> tuple[pa.Table, pa.Table, list[Issue]]:
    """Articles and events with their corrections, all but `duplicate_of`, which is known only after linking."""
    issues: list[Issue] = []
    of_articles = corrections.about(OF_ARTICLES)
    of_events = corrections.about([*(f for f in OF_EVENTS if f != "duplicate_of"), "metric"])
    changed: dict[str, dict[str, Any]] = {}

    def mend_article(row: dict[str, Any]) -> dict[str, Any]:
        new, done = applied(row, of_articles[row["article_id"]], issues, row["article_id"])
        changed[row["article_id"]] = {name: new[name] for name in done}
        return new

    def mend_event(row: dict[str, Any]) -> dict[str, Any]:
        done = list(changed.get(row["article_id"], {}))
        new = row | {k: v for k, v in changed.get(row["article_id"], {}).items() if k in COPIED}
        new, own = applied(new, of_events.get(row["event_id"], []), issues, row["article_id"])
        if "published_on" in done and row["date_basis"] in ("relative", "publication"):
            told = f"日期 {row['date']} 是按原出版日期推算的，未随更正改变"
            issues.append(Issue("correction-relative-date", told, "warning", FILE, None, None, row["article_id"]))
        return follow(corrections, new, own, issues) | {"corrections": sorted({*row["corrections"], *done, *own})}

    articles = rewritten(articles, {"article_id": set(of_articles)}, mend_article)
    events = rewritten(
        events, {"event_id": set(of_events), "article_id": {a for a, c in changed.items() if c}}, mend_event
    )
    return articles, events, issues


def correct_links(corrections: Corrections, events: pa.Table) -> tuple[pa.Table, list[Issue]]:
    """Events, after linking, with corrections of `duplicate_of`."""
    issues: list[Issue] = []
    rows = corrections.about(["duplicate_of"])

    def mend(row: dict[str, Any]) -> dict[str, Any]:
        new, done = applied(row, rows[row["event_id"]], issues, row["article_id"])
        return new | {"corrections": sorted({*row["corrections"], *done})}

    return rewritten(events, {"event_id": set(rows)}, mend), issues


def rewritten(
    table: pa.Table, wanted: Mapping[str, set[str]], mend: Callable[[dict[str, Any]], dict[str, Any]]
) -> pa.Table:
    """The table with the rows whose id is wanted passed through `mend`, in their places."""
    hit = pa.array([False] * len(table)) if len(table) else pa.array([], pa.bool_())
    for column, ids in wanted.items():
        if ids and len(table):
            found = pc.is_in(table[column], pa.array(sorted(ids), pa.string()))
            hit = pc.or_(hit, found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found)
    rows = pc.indices_nonzero(hit).to_pylist()
    if not rows:
        return table
    fresh = pa.Table.from_pylist([mend(r) for r in table.take(pa.array(rows)).to_pylist()], schema=table.schema)
    order = list(range(len(table)))
    for number, row in enumerate(rows):
        order[row] = len(table) + number
    return pa.concat_tables([table, fresh]).take(pa.array(order, pa.int64())).combine_chunks()


def applied(
    row: dict[str, Any], rows: Sequence[Correction], issues: list[Issue], article_id: str
) -> tuple[dict[str, Any], list[str]]:
    """The row with its corrections, and the names of the fields that were changed."""
    new, done = dict(row), []
    for one in rows:
        metric = METRIC.fullmatch(one.field)
        found = apply_metric(new, one, int(metric[1]), metric[2]) if metric else apply_plain(new, one)
        if found is None:
            done.append(one.field)
            issues.append(
                one.issue("correction-applied", f"{one.expected or '—'} → {one.corrected or '—'}", article_id)
            )
        else:
            issues.append(
                one.issue(
                    "correction-stale",
                    f"原值应为 {one.expected or '—'}，实为 {found}，未作更改",
                    article_id,
                )
            )
    return new, done


def apply_plain(row: dict[str, Any], one: Correction) -> str | None:
    """Change one field; what was found instead, where that is not what was expected."""
    if row[one.field] != one.parse(one.expected):
        return str(row[one.field]) if row[one.field] is not None else "—"
    row[one.field] = one.new
    return None


def apply_metric(row: dict[str, Any], one: Correction, start: int, part: str) -> str | None:
    """The same for the number that begins at `start`; without a value, the number is taken out."""
    metrics = [dict(m) for m in row["metrics"]]
    found = next((m for m in metrics if m["start"] == start), None)
    if found is None:
        return "no number there"
    if found[part] != one.parse(one.expected):
        return str(found[part]) if found[part] is not None else "—"
    found[part] = one.new
    row["metrics"] = [m for m in metrics if m["value"] is not None]
    return None


# --- what follows from a correction ----------------------------------------------------------------------------------


def follow(corrections: Corrections, row: dict[str, Any], done: Sequence[str], issues: list[Issue]) -> dict[str, Any]:
    """The row with what its corrected fields decide: codes of places, the campaign's name, the day's precision."""
    new = dict(row)
    if "campaign_id" in done:
        campaign = corrections.rules.taxonomy.by_id.get(new["campaign_id"] or "")
        new |= {"campaign": campaign.name if campaign else None, "campaign_group": campaign.group if campaign else None}
    if {"date", "date_end"} & set(done):
        new |= days_of(new, done)
    if set(PLACES) & set(done):
        new |= place_of(corrections, new, done, issues)
    return new


def days_of(row: Mapping[str, Any], done: Sequence[str]) -> dict[str, Any]:
    """First day, last day and precision after one of them was corrected: never backwards, never half."""
    first, last = row["date"], row["date_end"]
    if first is None or last is None or first > last:
        first = last = first if "date" in done else last
    precision = row["date_precision"] if "date_precision" in done else first and ("day" if first == last else "range")
    basis = row["date_basis"] if "date_basis" in done else first and (row["date_basis"] or "text")
    return {"date": first, "date_end": last, "date_precision": precision, "date_basis": basis}


def place_of(
    corrections: Corrections, row: Mapping[str, Any], done: Sequence[str], issues: list[Issue]
) -> dict[str, Any]:
    """Codes of the corrected names, and the names above them where only a finer one was corrected."""
    names = corrections.rules.gazetteer.names
    chain = [code_of(corrections, row, level) for level in PLACES[:4]]
    finest = next((c for c in reversed(chain[:3]) if c), None)
    new: dict[str, Any] = {"adcode": str(finest).ljust(6, "0") if finest else None}
    new["street_code"] = str(chain[3]) if row["street"] and chain[3] else None
    if row["district"] and chain[2]:
        new |= {
            name: names.get(code, row[name]) or row[name]
            for name, code in (("province", chain[2] // 10000), ("city", chain[2] // 100))
            if name not in done
        }
    new["place_basis"] = row["place_basis"] or ("text" if any(row[level] for level in PLACES) else None)
    for level, code in zip(PLACES[:4], chain, strict=True):
        if level in done and row[level] and not code:
            told = f"{row['event_id']} {level}：地名库中该处没有{row[level]}，或有多个同名，故无代码"
            issues.append(Issue("correction-without-code", told, "warning", FILE, None, None, row["article_id"]))
    return new


DIGITS = {"province": (1, 2), "city": (3, 4), "district": (5, 6), "street": (8, 9)}


def code_of(corrections: Corrections, row: Mapping[str, Any], level: str) -> int | None:
    """The code of one level's name: below the names above it where one is there, else the only one in the country."""
    low, high = DIGITS[level]
    found = [c for c in corrections.codes.get(row[level] or "", []) if 10 ** (low) <= c < 10**high]
    names = corrections.rules.gazetteer.names
    for above in ("district", "city", "province"):
        if PLACES.index(above) < PLACES.index(level) and row[above]:
            cut = 10 ** (high - DIGITS[above][1])
            inside = [c for c in found if names.get(c // cut) == row[above]]
            if inside:
                found = inside
            elif level == "street":  # a township outside its district is not meant
                return None
    return found[0] if len(found) == 1 else None


def unmatched(corrections: Corrections, issues: Iterable[Issue]) -> list[Issue]:
    """Rows whose target is in no part of the table: neither applied nor found stale."""
    told = {i.where for i in issues if i.kind in {"correction-applied", "correction-stale"} and i.source_path == FILE}
    return [
        row.issue("correction-stale", "表中没有这一事件或报道")
        for rows in corrections.by_target.values()
        for row in rows
        if f"line {row.line}" not in told
    ]
