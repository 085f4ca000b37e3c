"""Articles as records: JSON lines, a JSON list, CSV. A broken record becomes one issue; the others go on.

Columns are known by these names, in any letter case: id/编号, title/标题, text/正文/内容, published_on/日期/出版日期,
newspaper/报纸/来源, page/版次, author/作者/记者, url/链接, kicker/引题, subtitle/副题.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO

from etl.models import Issue, Page
from etl.read.decode import UndecodableError, complaint, decode, guess_encoding
from etl.read.limits import MAX_LINE_BYTES, MAX_RECORD_CHARS, MAX_RECORD_LINES, MAX_TEXT_BYTES
from etl.read.source import Source

ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "article_id", "编号", "序号", "文章编号"),
    "title": ("title", "headline", "标题", "题目", "主标题", "文章标题", "新闻标题"),
    "text": ("text", "content", "body", "正文", "内容", "全文", "文章内容", "新闻内容", "文本"),
    "published_on": (
        *("published_on", "published", "date", "pubdate", "publish_date", "pub_date", "publishdate", "publish_time"),
        *("日期", "出版日期", "发布日期", "发布时间", "见报日期", "刊发日期", "时间"),
    ),
    "newspaper": ("newspaper", "paper", "source", "media", "报纸", "报纸名称", "报刊", "来源", "媒体", "媒体名称"),
    "page": ("page", "版次", "版面", "版号", "版位"),
    "byline": ("byline", "author", "authors", "作者", "记者", "署名"),
    "url": ("url", "link", "链接", "网址", "原文链接"),
    "kicker": ("kicker", "introtitle", "pretitle", "引题", "肩题", "眉题"),
    "subtitle": ("subtitle", "subhead", "副题", "副标题"),
}
_FIELD_OF = {alias: field for field, names in ALIASES.items() for alias in names}
_DAY = re.compile(
    r"\s*((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)"
    r"|\s*((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)(?!\d)"
)
_NAMES = re.compile(r"[、,，;；/\s]+")


def parse_day(value: object) -> dt.date | None:
    """The day that begins a value: 2023-03-05T08:00, 2023/3/5, 2023年3月5日, 20230305, or a date; else None."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    match = _DAY.match(str(value))
    if match is None:
        return None
    try:
        return dt.date(*(int(part) for part in match.groups() if part))
    except ValueError:
        return None


def known_columns(header: Sequence[object]) -> dict[int, str]:
    """Field of each column whose name is known; the first of several columns of one field counts."""
    found: dict[int, str] = {}
    for i, name in enumerate(header):
        field = _FIELD_OF.get(str(name).strip().strip("\ufeff").lower()) if name is not None else None
        if field is not None and field not in found.values():
            found[i] = field
    return found


def page_of(source: Source, row: Mapping[str, Any], record: str, where: str | None) -> Iterator[Page | Issue]:
    """The article that a record holds; an issue where it has no text, a warning where its date cannot be read."""
    fields = _fields(row)
    text = fields.get("text")
    if not isinstance(text, str) or not text.strip():
        yield source.issue(
            "no-text", "该条没有正文（text/正文/内容），已跳过。请补上正文。", where=where, sample=str(dict(row))
        )
        return
    day = parse_day(fields["published_on"]) if fields.get("published_on") else None
    if day is None and fields.get("published_on"):
        message = f"日期“{str(fields['published_on'])[:30]}”无法识别，按无日期处理。请写成 2023-03-05。"
        yield source.issue("bad-date", message, "warning", where)
    yield Page(
        source_path=source.name,
        text=text.replace("\r\n", "\n").replace("\r", "\n"),
        page=_string(fields.get("page")),
        newspaper=_string(fields.get("newspaper")),
        published_on=day,
        published_basis="metadata" if day else "unknown",
        is_article=True,
        record=_string(fields.get("id")) or record,
        title=_string(fields.get("title")),
        kicker=_string(fields.get("kicker")),
        subtitle=_string(fields.get("subtitle")),
        byline=names_of(fields.get("byline")),
        url=_string(fields.get("url")),
    )


def names_of(value: object) -> tuple[str, ...]:
    """Names in a byline: 张三、李四 → (张三, 李四); marks as 记者 or 通讯员 are dropped."""
    if isinstance(value, list | tuple):
        parts: list[str] = [str(v) for v in islice(value, 20)]
    else:
        parts = _NAMES.split(re.sub(r"本报|记者|通讯员|作者|[:：|（）()【】]", " ", str(value or "")))
    return tuple(dict.fromkeys(p.strip() for p in parts if 1 < len(p.strip()) <= 12))[:20]


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, value in row.items():
        field = _FIELD_OF.get(str(key).strip().lower())
        if field is not None and value not in (None, ""):
            fields.setdefault(field, value)
    return fields


def _string(value: object) -> str | None:
    if value is None or isinstance(value, dict | list):
        return None
    text = str(value).strip()
    return text[:500] or None


# --- JSON --------------------------------------------------------------------------------------------------------


def read_jsonl(source: Source) -> Iterator[Page | Issue]:
    """JSON lines, one article a line, of any length."""
    try:
        encoding = guess_encoding(source.head(1 << 18))
    except UndecodableError as error:
        yield source.issue(error.kind, str(error))
        return
    with source.open() as stream:
        for number, line in enumerate(_lines(stream), 1):
            yield from _json_line(source, line, number, encoding)


def _json_line(source: Source, line: bytes | None, number: int, encoding: str) -> Iterator[Page | Issue]:
    where = f"第{number}行"
    if line is None:
        yield source.issue("too-large", f"该行超过 {MAX_LINE_BYTES >> 20} MB，已跳过；其余照常读取。", where=where)
        return
    if not line.strip():
        return
    try:
        row = json.loads(line.decode(encoding if number == 1 else encoding.removesuffix("-sig")))
    except (ValueError, RecursionError) as error:
        yield source.issue(
            "broken-record",
            f"该行不是完整的 JSON，已跳过；其余照常读取（{_short(error)}）。",
            where=where,
            sample=line[:80].decode("utf-8", "replace"),
        )
        return
    if isinstance(row, dict):
        yield from page_of(source, row, str(number), where)
    else:
        yield source.issue("broken-record", "该行不是 JSON 对象（{…}），已跳过；其余照常读取。", where=where)


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Lines without their ends; None for each line longer than the bound."""
    while line := stream.readline(MAX_LINE_BYTES):
        if line.endswith(b"\n") or len(line) < MAX_LINE_BYTES:
            yield line
            continue
        while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
            pass
        yield None


def read_json(source: Source) -> Iterator[Page | Issue]:
    """One JSON document: a list of articles, one article, or an object that holds such a list."""
    try:
        rows = json.loads(decode(source.read(MAX_TEXT_BYTES)).text)
    except UndecodableError as error:
        yield source.issue(error.kind, str(error))
        return
    except (ValueError, RecursionError) as error:
        yield source.issue("broken-json", f"不是完整的 JSON（{_short(error)}）。请重新导出，或改为每行一条的 JSON 行。")
        return
    if isinstance(rows, dict) and not any(str(key).lower() in ALIASES["text"] for key in rows):
        rows = next((v for v in rows.values() if isinstance(v, list)), [rows])
    for number, row in enumerate(rows if isinstance(rows, list) else [rows], 1):
        where = f"第{number}条"
        if isinstance(row, dict):
            yield from page_of(source, row, str(number), where)
        else:
            yield source.issue("broken-record", "该条不是 JSON 对象（{…}），已跳过。", where=where)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:80]}"


# --- CSV ---------------------------------------------------------------------------------------------------------


def read_csv(source: Source) -> Iterator[Page | Issue]:
    """CSV or TSV with a header row. A stray quote costs its own record only."""
    try:
        encoding = guess_encoding(source.head(1 << 18))
    except UndecodableError as error:
        yield source.issue(error.kind, str(error))
        return
    with source.open() as stream:
        yield from _csv_records(source, _text_lines(stream, encoding))


def _text_lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """Decoded lines; a line longer than the bound is cut, which makes its record broken but no other."""
    reader = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    while line := reader.readline(MAX_RECORD_CHARS):
        yield line


def _csv_records(source: Source, lines: Iterator[str]) -> Iterator[Page | Issue]:
    header_line = next((line for line in lines if line.strip()), "")
    delimiter = max(",\t;|", key=header_line.count)
    header = next(csv.reader([header_line], delimiter=delimiter), [])
    columns = known_columns(header)
    if "text" not in columns.values():
        found = "、".join(name[:20] for name in header[:12])
        yield source.issue(
            "no-text-column", f"没有正文列（正文、内容、text）。现有列：{found}。请改列名后重新放入。", where="第1行"
        )
        return
    for number, row in logical_rows(lines, delimiter, len(header)):
        where = f"第{number}行"
        if isinstance(row, str):
            yield source.issue(
                "broken-record",
                f"该条引号或列数不对，已跳过；其余照常读取（应有 {len(header)} 列）。",
                where=where,
                sample=row,
            )
            continue
        if any(field.strip() for field in row):
            yield from _csv_page(source, {columns[i]: v for i, v in enumerate(row) if i in columns}, number, where)


def _csv_page(source: Source, fields: dict[str, str], number: int, where: str) -> Iterator[Page | Issue]:
    reason = complaint(fields.get("text", ""))
    if reason is not None:
        yield source.issue(reason.kind, f"该条{reason}", where=where, sample=fields.get("text"))
        return
    yield from page_of(source, fields, str(number), where)


def logical_rows(lines: Iterator[str], delimiter: str, width: int) -> Iterator[tuple[int, list[str] | str]]:
    """(first line's number, row), or (number, text) where no row of `width` columns can be made of it.

    A record's lines are gathered until its quotes balance and it parses to the header's width. Where that fails within
    the bounds, only the first line is given up and reading resumes at the second.
    """
    waiting: list[str] = []
    number = 2
    while True:
        row, used = _one_row(waiting, lines, delimiter, width)
        if used == 0:
            return
        yield number, row
        del waiting[:used]
        number += used


def _one_row(waiting: list[str], lines: Iterator[str], delimiter: str, width: int) -> tuple[list[str] | str, int]:
    quotes = chars = count = 0
    while True:
        if count == len(waiting):
            line = next(lines, None)
            if line is None:
                break
            waiting.append(line)
        quotes += waiting[count].count('"')
        chars += len(waiting[count])
        count += 1
        if quotes % 2 == 0:
            row = _parse(waiting[:count], delimiter, width, exact=count > 1)
            if row is not None:
                return row, count
            break
        if chars > MAX_RECORD_CHARS or count > MAX_RECORD_LINES:
            break
    return (waiting[0], 1) if waiting else ("", 0)


def _parse(lines: list[str], delimiter: str, width: int, exact: bool) -> list[str] | None:
    """The one row of these lines; a record over several lines must have the header's width, or a quote went astray."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return None
    if not rows:
        return []
    row = rows[0]
    if len(rows) != 1 or (exact and len(row) != width) or any(cell.strip() for cell in row[width:]):
        return None
    return row
