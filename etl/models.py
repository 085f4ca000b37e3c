"""What the pipeline passes along: dataclasses that mypy holds frozen, and the Arrow schemas derived from them.

The stored columns are the fields of :class:`Article` and :class:`Event` in this order; ``docs/data-dictionary.md`` is
generated from the ``doc`` texts here. A finding (place, date, campaign, number) carries the span of the article's text
that it was read from and cannot be built without one: ``article.text[start:end] == text`` holds for each.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate, chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:

    def record(*, frozen: bool, slots: bool) -> Any:
        """`dataclass` as mypy knows it, which holds what is `frozen` to that: code that sets a field does not pass.

        Run, it is not frozen: each field of a frozen one is set by a call, which takes four times as long.
        """
        return dataclass(slots=slots, unsafe_hash=frozen)


PublishedBasis = Literal["masthead", "metadata", "filename", "context", "unknown"]
Kind = Literal["news", "feature", "notice", "photo"]
PlaceBasis = Literal["text", "context", "repaired"]
DatePrecision = Literal["day", "range", "month", "year", "vague"]
DateBasis = Literal["text", "relative", "publication"]
Qualifier = Literal["exact", "over", "nearly", "about", "at_most"]
Scope = Literal["event", "cumulative"]
Role = Literal["activity", "mention"]
WhenUse = Literal["activity", "as_of", "background"]
Severity = Literal["info", "warning", "error"]


class EvidenceError(ValueError):
    """A finding was built without the span of text that it was read from."""


def stored(doc: str, zh: str, **kwargs: Any) -> Any:
    """A dataclass field that becomes a column; `doc` and `zh` describe it in the data dictionary."""
    return field(metadata={"doc": doc, "zh": zh}, **kwargs)


class Spanned:
    """What was read from a span of an article's text: built only with a non-empty span as long as its text."""

    __slots__ = ()

    start: int
    end: int
    text: str

    def __post_init__(self) -> None:
        start, end = self.start, self.end
        if not (0 <= start < end and end - start == len(self.text)):
            raise EvidenceError(f"no such span: {start}..{end} for {self.text!r}")


@record(frozen=True, slots=True)
class Evidence(Spanned):
    """The span of an article's text that a value was read from, and the rule that read it."""

    field: str = stored("what the span proves: place, date or campaign", "所证明的内容：地点、日期或行动")
    start: int = stored("first character, counted from 0 in the article's text", "起始字符（自0计）")
    end: int = stored("one past the last character", "结束字符（不含）")
    text: str = stored("the text of that span, as printed", "该处原文")
    rule: str = stored("name of the rule that read it", "所用规则")


@record(frozen=True, slots=True)
class Issue:
    """Something signalled in the run report: nothing is dropped in silence."""

    kind: str  # kebab-case, e.g. unreadable-file, no-article, unknown-street, ambiguous-place, leftover-text
    message: str
    severity: Severity = "warning"
    source_path: str | None = None
    where: str | None = None  # page, line or span inside the file
    sample: str | None = None  # at most about 80 characters of the text concerned
    article_id: str | None = None


@record(frozen=True, slots=True)
class Page:
    """One page of a newspaper, or one ready article, as a reader found it.

    `text` keeps the reader's line breaks. A reader that knows the article's bounds (JSON lines, HTML, a DOCX of one
    article) sets `is_article` and what metadata it has; otherwise `split` finds the articles.
    """

    source_path: str  # relative to the raw folder, with / as separator
    text: str
    page: str | None = None  # label of the page: "1", "A03", "第2版"
    newspaper: str | None = None
    published_on: dt.date | None = None
    published_basis: PublishedBasis = "unknown"
    is_article: bool = False
    record: str | None = None  # the reader's id of the article inside the file (JSON "id", line number, ZIP member)
    title: str | None = None
    kicker: str | None = None
    subtitle: str | None = None
    byline: tuple[str, ...] = ()
    url: str | None = None
    ocr_confidence: float | None = None  # mean confidence of the page's lines, 0..1; None when not OCR'd


@record(frozen=True, slots=True)
class Article:
    """One article. Its text begins with its headline (and subhead) where it has one, each on a line of its own."""

    article_id: str = stored("stable id made from newspaper, date and raw text", "稳定编号（由报纸、日期与原文生成）")
    source_path: str = stored("file it came from, below data/raw/", "来源文件（data/raw/ 之下）")
    page: str | None = stored("page label", "版次")
    newspaper: str | None = stored("newspaper's name", "报纸")
    published_on: dt.date | None = stored("day of publication", "出版日期")
    published_basis: PublishedBasis = stored(
        "where that day was read: masthead, metadata, filename, context or unknown",
        "出版日期的依据：报头、元数据、文件名、上下文或未知",
    )
    kind: Kind = stored("news, feature, notice or photo", "体裁：消息、特写、通告或图片")
    headline: str | None = stored("headline", "标题")
    subhead: str | None = stored("kicker or subtitle", "引题或副题")
    byline: tuple[str, ...] = stored("reporters and correspondents", "记者与通讯员")
    text: str = stored("clean text; all spans count in it", "正文（所有位置以此为准）")
    body_start: int = stored("first character of the body, after headline and subhead", "正文起始字符")
    page_places: tuple[str, ...] = field(default=(), metadata={"transient": True})  # adcodes the page itself names
    home: str | None = field(
        default=None, metadata={"transient": True}
    )  # adcode (2, 4 or 6 digits) of the paper's home


@record(frozen=True, slots=True)
class Place:
    """A place that the text names, resolved against the gazetteer from province down to community."""

    province: str | None
    city: str | None
    district: str | None
    street: str | None
    community: str | None
    adcode: str | None
    street_code: str | None
    basis: PlaceBasis
    role: Role  # activity: where the event is; mention: only named in passing
    evidence: Evidence

    @property
    def key(self) -> tuple[str | None, ...]:
        """What makes two mentions the same place."""
        return (self.province, self.city, self.district, self.street, self.community)


@record(frozen=True, slots=True)
class When:
    """A time that the text gives, from its first to its last day."""

    date: dt.date | None
    date_end: dt.date | None
    precision: DatePrecision
    basis: DateBasis
    use: WhenUse  # activity; as_of (截至…); background (the past, plans, anniversaries)
    evidence: Evidence


@record(frozen=True, slots=True)
class Tag:
    """A campaign that the article is about; the first of a list is the main one."""

    campaign_id: str
    campaign: str
    campaign_group: str
    score: float
    evidence: Evidence


@record(frozen=True, slots=True)
class Metric(Spanned):
    """A reported number."""

    what: str = stored("the thing counted, with its verb, as in the sentence", "计数的事物（连同动词）")
    indicator: str | None = stored("id of the canonical indicator, or null", "标准指标编号，无则空")
    value: float = stored("number; 万 and 亿 expanded, money in 元", "数值（万、亿已展开，金额以元计）")
    unit: str = stored("unit as written; money: 元", "单位（照原文；金额为元）")
    qualifier: Qualifier = stored(
        "exact, over (余/多/超), nearly (近), about (约), at_most (不超过)", "限定：确数、超过、接近、约、不超过"
    )
    scope: Scope = stored(
        "event: of this activity; cumulative: a running total, never summed", "口径：本次或累计（累计不可相加）"
    )
    as_of: dt.date | None = stored("day up to which a running total counts", "累计数截止日")
    start: int = stored("first character of the number with its unit", "数字起始字符")
    end: int = stored("one past its last character", "数字结束字符（不含）")
    text: str = stored("number and unit as printed", "数字原文")


@record(frozen=True, slots=True)
class Event:
    """One campaign's activity at one place, reported in one article: a row of events.parquet."""

    event_id: str = stored(
        "stable id made from the article's id, campaign and place", "稳定编号（由文章、行动与地点生成）"
    )
    article_id: str = stored("the article that reports it", "文章编号")
    province: str | None = stored("province, full official name", "省级")
    city: str | None = stored("prefecture, full official name", "地级")
    district: str | None = stored("county-level division, full official name", "县级")
    street: str | None = stored("township-level division, full official name", "乡级（街道、镇、乡）")
    community: str | None = stored("village or community", "村、社区")
    adcode: str | None = stored("6-digit code of the finest of province, city, district known", "6位行政区划代码")
    street_code: str | None = stored("9-digit code of the street", "9位乡级代码")
    place_basis: PlaceBasis | None = stored(
        "text, context (page or paper's home), repaired (OCR misreading mended); null = no place",
        "地点依据：原文、上下文、修复；空为无地点",
    )
    campaign: str | None = stored("campaign's name; null = fits none yet", "专项行动，空为尚未归类")
    campaign_id: str | None = stored("campaign's id", "行动编号")
    campaign_group: str | None = stored("group of campaigns", "行动类别")
    date: dt.date | None = stored("first day of the activity", "起始日")
    date_end: dt.date | None = stored("last day of the activity", "结束日")
    date_precision: DatePrecision | None = stored(
        "day, range, month, year or vague", "日期精度：日、区间、月、年、模糊"
    )
    date_basis: DateBasis | None = stored("text, relative or publication", "日期依据：原文、相对、出版日")
    metrics: tuple[Metric, ...] = stored("numbers reported of this event", "本事件的数字")
    evidence: tuple[Evidence, ...] = stored("spans for place, date and campaign", "地点、日期、行动的依据")
    headline: str | None = stored("headline of the article", "标题")
    newspaper: str | None = stored("newspaper", "报纸")
    published_on: dt.date | None = stored("day of publication", "出版日期")
    duplicate_of: str | None = stored("event_id of the first report of the same activity", "同一活动首次报道的事件编号")
    rank: int = stored("0 = the article's main event", "0为文章的主要事件")
    corrections: tuple[str, ...] = stored("fields changed by data/reference/corrections.csv", "经更正的字段")


ARROW: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int32(),
    float: pa.float64(),
    bool: pa.bool_(),
    dt.date: pa.date32(),
}


def arrow_type(annotation: Any) -> pa.DataType:
    """The Arrow type of a field's annotation: scalars, Literal (string), X | None, tuple[X, ...], dataclass."""
    if annotation in ARROW:
        return ARROW[annotation]
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return pa.string()
    if origin in (typing.Union, types.UnionType):
        return arrow_type(next(a for a in args if a is not type(None)))
    if origin is tuple:
        return pa.list_(arrow_type(args[0]))
    if dataclasses.is_dataclass(annotation):
        return pa.struct(list(schema_of(typing.cast(type, annotation))))
    raise TypeError(f"no Arrow type for {annotation!r}")


@cache
def schema_of(cls: type) -> pa.Schema:
    """The Arrow schema of a dataclass: its fields that are not transient, in order, nullable only where `| None`."""
    hints = typing.get_type_hints(cls)
    return pa.schema(
        [
            pa.field(f.name, arrow_type(hints[f.name]), nullable=type(None) in typing.get_args(hints[f.name]))
            for f in dataclasses.fields(cls)
            if not f.metadata.get("transient")
        ]
    )


def to_table(rows: Sequence[Any], cls: type) -> pa.Table:
    """Rows of one dataclass as an Arrow table with that class's schema (column by column: no dict is built)."""
    return pa.Table.from_batches([to_batch(rows, cls)])


def to_batch(rows: Sequence[Any], cls: type) -> pa.RecordBatch:
    """The same as one record batch."""
    schema = schema_of(cls)
    return pa.RecordBatch.from_arrays(columns(rows, schema), schema=schema)


def columns(rows: Sequence[Any], fields: Iterable[pa.Field]) -> list[pa.Array]:
    """An Arrow array a field, of rows that have these fields as attributes; names are asked for once a column."""
    kinds = [(f.name, f.type) for f in fields]
    get = attrgetter(*(name for name, _ in kinds), "__class__")  # of two names and more it gives a tuple
    values = list(zip(*map(get, rows), strict=True)) or [()] * len(kinds)
    return [column(value, kind) for value, (_, kind) in zip(values, kinds, strict=False)]


def column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Values of one field as an Arrow array; dataclasses become structs, tuples become lists."""
    if pa.types.is_list(kind):
        offsets = list(accumulate(map(len, values), initial=0))
        flat = column(list(chain.from_iterable(values)), kind.value_type)
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), flat, type=kind)
    if pa.types.is_struct(kind):
        return pa.StructArray.from_arrays(columns(values, kind), fields=list(kind))
    return pa.array(values, type=kind)
