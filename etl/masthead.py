"""Page → the same page with its newspaper, its day of publication (and from where), and its page label.

Sources in this order: what the reader already knows (metadata), the masthead, the file's name and folders, and last the
page's own articles (context: the latest day that they tell of, its year from the page or the file's name).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from etl.models import Issue, Page, PublishedBasis
from etl.rules import Rules
from etl.rules.newspapers import Newspaper, find_newspaper
from etl.text import chinese_number, normalise

_PATHS = 1024  # files whose names' day and page are remembered: a delivery holds many articles
SAID = {"masthead": "报头日期", "metadata": "元数据日期"}
HEAD_LINES = 15  # a masthead stands in the first lines of a page that hold anything
LONE_LINES = 8  # a line that is nothing but a date counts as a masthead's this far down
CN = "0零一二三四五六七八九十"
DATE = rf"(?P<y>20\d\d|二[0零][{CN}]{{2}}) ?年 ?(?P<m>\d{{1,2}}|[{CN}]{{1,3}}) ?月 ?(?P<d>\d{{1,2}}|[{CN}]{{1,3}}) ?日"
ISO = r"(?P<y>20\d\d)(?P<s>[-./年])(?P<m>\d{1,2})(?:(?P=s)|月)(?P<d>\d{1,2})日?"
FULL_DATE = re.compile(rf"(?<!\d){DATE}")
ISO_DATE = re.compile(rf"(?<![\d.]){ISO}(?![\d.])")
WEEKDAY = re.compile(r"(?:星期|周)(?P<w>[一二三四五六日天])")
IMPRINT = re.compile(
    r"第 ?\d{2,6} ?期|总第|今日[一二三四五六七八九十\d]{1,3}版|出版|国内统一|刊号|CN ?\d\d|农历|邮发代号|责任?编"
)
PAPER_LINE = re.compile(
    r"#{0,3} ?(?P<name>[\u4e00-\u9fff]{2,9}(?:日报|晚报|早报|晨报|时报|都市报|商报|快报|周报|导报|特区报))"
)
PUBLISHER = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,9}(?:报|日报|晚报))社 ?(?:主办|出版)")
COPIED = re.compile(r"《 ?(?P<name>[\u4e00-\u9fff]{2,9}报) ?》 ?（ ?" + DATE)
WIRE = re.compile(
    r"(?<![\u4e00-\u9fff])(?P<name>[\u4e00-\u9fff]{2,7}(?:日报|晚报|早报|晨报|时报|都市报|商报))"
    r"(?:客户端|网)?讯(?=[ （])"
)
WIRE_SIGN = re.compile(r"[日晚早晨时市商]报(?:客户端|网)?讯[ （]")  # how it ends: far cheaper to look for
DATELINE = re.compile(DATE + r"(?:讯|电(?=[ （])|消息|报道)")
LABEL = re.compile(
    r"#{0,3} ?(?:第 ?(?P<n>[一二三四五六七八九十]{1,3}|\d{1,2}) ?版|(?P<a>[A-D]?\d{1,2}) ?版|(?P<b>[A-D]\d{2}))"
    r"(?: ?[·:：|]? ?[\u4e00-\u9fff·]{2,8})?"
)
PATH_LABEL = re.compile(
    r"(?:第(?P<n>\d{1,2})版|(?<![\dA-Za-z])(?P<a>[A-D]?\d{1,2})版|(?:node_|[-_/])(?P<b>[A-D]\d{2})(?=[._-]))"
)
PATH_DAY = re.compile(
    r"(?<!\d)(?P<y>20\d\d)(?:(?P<s>[-_./])(?P<m>\d{1,2})[-_./](?P<d>\d{1,2})|(?P<m2>\d{2})/?(?P<d2>\d{2})|年(?P<m3>\d{1,2})月(?P<d3>\d{1,2})日)(?!\d)"
)
PATH_MONTH = re.compile(r"(?<!\d)(?P<y>20\d\d)(?:[-_./年](?P<m>0?[1-9]|1[0-2])|(?P<m2>0[1-9]|1[0-2]))(?!\d)")
MONTH_DAY = re.compile(
    r"(?<![\d.第])(?:(?P<y>20\d\d) ?年 ?)?(?P<m>1[0-2]|0?[1-9]) ?月 ?(?P<d>3[01]|[12]\d|0?[1-9]) ?日(?P<after>.{0,3})",
    re.DOTALL,
)
# A year that may be the page's own: not 到2025年, 从2022年开始, 2011年建成, 成立于2005年
YEAR = re.compile(r"(?<![\d到至达从自于继])(?P<y>20[0-4]\d) ?年(?!底前|远景|代|前|以来|起|建|成立|开始|底?至今|始)")
AHEAD = re.compile(r"(?:将|拟|计划|预计|定于|争取|力争|确保|持续[至到]|每年|历年|截止)[^，。；\n]{0,8}$")


@dataclass(frozen=True, slots=True)
class Dated:
    """A day of publication and how sure it is: a weekday that fits, none given, or one that does not fit."""

    day: dt.date
    weekday_fits: bool | None


def masthead(page: Page, rules: Rules) -> Page:
    """The page with newspaper, day of publication and label filled in where they can be read; what it has stays."""
    if page.published_on and page.newspaper and page.page:
        return page
    norm = normalise(needed(page))
    lines = [line.strip() for line in norm.splitlines() if line.strip()]
    day, basis = published(page, norm, lines)
    paper = page.newspaper or newspaper(page, norm, lines, rules.newspapers)
    where = page.page or label(page, lines)
    if (paper, day, basis, where) == (page.newspaper, page.published_on, page.published_basis, page.page):
        return page
    return replace(page, newspaper=paper, published_on=day, published_basis=basis, page=where)


def needed(page: Page) -> str:
    """The text that may tell what is not yet known: of a dated article its head and tail, where a copy names its paper;
    nothing where that is known too."""
    if not (page.is_article and page.published_on):
        return page.text
    if page.newspaper:
        return ""
    return page.text if len(page.text) <= 800 else f"{page.text[:500]}\n{page.text[-200:]}"


def published(page: Page, norm: str, lines: list[str]) -> tuple[dt.date | None, PublishedBasis]:
    """The day of publication from the best source that has one."""
    if page.published_on:
        return page.published_on, page.published_basis if page.published_basis != "unknown" else "metadata"
    printed = None if page.is_article else masthead_date(lines)
    named = path_date(page.source_path)
    if printed and (named is None or printed.weekday_fits is not False):
        return printed.day, "masthead"
    if named:
        return named, "filename"
    stated = stated_date(norm)
    if stated:
        return stated, "context"
    told = context_date(norm, path_month(page.source_path), whole=not page.is_article)
    return (told, "context") if told else (None, "unknown")


def masthead_date(lines: list[str]) -> Dated | None:
    """2022年7月26日 星期二 ××日报社出版 第1234期; a notice's signature (办公室 2022年8月18日) is none."""
    found = [d for i, line in enumerate(lines) if len(line) <= 160 and (d := line_date(line, i, lines))]
    for fits in (True, None, False):
        for dated in found:
            if dated.weekday_fits is fits:
                return dated
    return None


def line_date(line: str, index: int, lines: list[str]) -> Dated | None:
    """The date of a line, if weekday or imprint beside it, or its place at the top alone, show it as the masthead's."""
    match = FULL_DATE.search(line) or ISO_DATE.search(line)
    day = date_of(match) if match else None
    if match is None or day is None:
        return None
    rest = line[: match.start()] + line[match.end() :]
    weekday = WEEKDAY.search(rest)
    if weekday is None and index < HEAD_LINES and len(rest.strip("# ·|")) <= 4:
        near = [*lines[max(0, index - 1) : index], *lines[index + 1 : index + 2]]
        weekday = next((w for n in near if len(n) <= 8 and (w := WEEKDAY.search(n))), None)
    if weekday:
        short = len(rest) <= 12 or bool(IMPRINT.search(rest)) or index < HEAD_LINES
        fits = "一二三四五六日".index(weekday["w"].replace("天", "日")) == day.weekday()
        return Dated(day, fits) if short else None
    alone = index < LONE_LINES and len(rest.strip("# ·|")) <= 4
    return Dated(day, None) if alone or (index < HEAD_LINES and IMPRINT.search(rest)) else None


def date_of(match: re.Match[str]) -> dt.date | None:
    """The day of a match with groups y, m, d in digits or Chinese numerals; None where there is no such day."""
    year, month, day = (number(match[g]) for g in ("y", "m", "d"))
    return a_date(year, month, day)


def a_date(year: int, month: int, day: int) -> dt.date | None:
    """The day, or None where the calendar has none."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def number(text: str) -> int:
    """A number in digits or Chinese numerals, 0 where it is none."""
    return int(text) if text.isdigit() else chinese_number(text) or 0


@lru_cache(maxsize=_PATHS)
def path_date(path: str) -> dt.date | None:
    """2022-07-26, 20220726, 2022_07_26, 2022年7月26日, 2022-07/26 in the file's name or folders, last first."""
    for match in reversed(list(PATH_DAY.finditer(path))):
        groups = [g for g in (match["m"] or match["m2"] or match["m3"], match["d"] or match["d2"] or match["d3"]) if g]
        if len(groups) == 2 and (day := a_date(int(match["y"]), int(groups[0]), int(groups[1]))):
            return day
    return None


def path_month(path: str) -> tuple[int, int] | None:
    """Year and month in the file's name or folders (pingcheng-2023-03.txt): a hint for the page's own days."""
    found = list(PATH_MONTH.finditer(path))
    return (int(found[-1]["y"]), int(found[-1]["m"] or found[-1]["m2"])) if found else None


def stated_date(norm: str) -> dt.date | None:
    """The day that a copied article names itself: 《人民日报》（2023年07月21日 10版）, 深圳新闻网2023年7月29日讯."""
    match = COPIED.search(norm) or DATELINE.search(norm)
    return date_of(match) if match else None


def context_date(norm: str, hint: tuple[int, int] | None, *, whole: bool) -> dt.date | None:
    """The latest day that the page tells of, with the year of the file's name or the latest year on the page.

    One article alone (`whole` is false) may tell only of other years: there a year counts only in a full date.
    """
    year_pattern = YEAR if whole else FULL_DATE
    year = hint[0] if hint else max((number(m["y"]) for m in year_pattern.finditer(norm)), default=None)
    if year is None:
        return None
    end = month_end(*hint) if hint else dt.date(year, 12, 31)
    return max((day for day in told_days(norm, year) if day <= end), default=None)


def told_days(norm: str, year: int) -> Iterator[dt.date]:
    """Every month-day that is told as past, in its own year or else in `year`."""
    for match in MONTH_DAY.finditer(norm):
        planned = AHEAD.search(norm[max(0, match.start() - 14) : match.start()]) or match["after"].startswith(
            ("前", "起施", "以前", "之前", "止")
        )
        day = a_date(int(match["y"] or year), int(match["m"]), int(match["d"]))
        if day and not planned:
            yield day


def month_end(year: int, month: int) -> dt.date:
    """The last day of a month."""
    first_of_next = dt.date(year + month // 12, month % 12 + 1, 1)
    return first_of_next - dt.timedelta(1)


def newspaper(page: Page, norm: str, lines: list[str], papers: tuple[Newspaper, ...]) -> str | None:
    """The paper's name: from the masthead, the imprint, a copy's own words, or the names of its folders and file."""
    head = [line for line in lines[:HEAD_LINES] if len(line) <= 60]
    names = [line.lstrip("# ").replace(" ", "") for line in head]
    known = next((p.name for n in names if (p := find_newspaper(papers, n))), None)
    if known or page.is_article:
        return known or copied_paper(norm, papers) or path_paper(page.source_path, papers)
    printed = next((m["name"] for line in head if (m := PAPER_LINE.fullmatch(line.replace(" ", "")))), None)
    if printed is None:
        printed = next((m["name"] for line in head if (m := PUBLISHER.search(line))), None)
    return printed or path_paper(page.source_path, papers)


def copied_paper(norm: str, papers: tuple[Newspaper, ...]) -> str | None:
    """The paper that a copied article names: 《 人民日报 》（…）, or a known paper's 讯 near its beginning."""
    if match := COPIED.search(norm):
        return match["name"]
    if not WIRE_SIGN.search(norm, 0, 400):
        return None
    wires = (find_newspaper(papers, m["name"]) for m in WIRE.finditer(norm, 0, 400))
    return next((p.name for p in wires if p), None)


def path_paper(path: str, papers: tuple[Newspaper, ...]) -> str | None:
    """The paper that a folder or the file is called after: 朔州日报/2022-07-26/1.txt, 太原晚报-2023-08-01.pdf."""
    for part in reversed(path.split("/")):
        stem = re.split(r"[-_.\s（(]|20\d\d", part, maxsplit=1)[0]
        if (paper := find_newspaper(papers, stem)) is not None:
            return paper.name
        if PAPER_LINE.fullmatch(stem):
            return stem
    return None


def label(page: Page, lines: list[str]) -> str | None:
    """The page's number: 第2版, 第二版, A03版, 02 版 要闻 on a line of its own at the top, or in the file's name."""
    for line in lines[:HEAD_LINES]:
        if not page.is_article and (match := LABEL.fullmatch(line)):
            return tidy(match["n"] or match["a"] or match["b"])
    return path_label(page.source_path)


@lru_cache(maxsize=_PATHS)
def path_label(path: str) -> str | None:
    """The page's number in the file's name."""
    match = PATH_LABEL.search(path)
    return tidy(match["n"] or match["a"] or match["b"]) if match else None


def tidy(number_text: str) -> str:
    """二 → 2, 02 → 2, A03 stays."""
    value = number(number_text) if not number_text[0].isascii() or number_text.isdigit() else 0
    return str(value) if value else number_text


def masthead_issues(before: Page, after: Page) -> list[Issue]:
    """What the run report should say: no day of publication, or a masthead and a file name that disagree."""
    path, named = after.source_path, path_date(after.source_path)
    if after.published_on is None:
        return [Issue("unknown-date", "不知出版日期：请以 2022-07-26.txt 的样式命名文件", "warning", path, after.page)]
    issues = []
    if named and named != after.published_on and after.published_basis in ("masthead", "metadata"):
        text = f"{SAID[after.published_basis]}为 {after.published_on}，以此为准；文件名为 {named}"
        issues.append(Issue("date-conflict", text, "warning", path, after.page))
    if after.published_basis == "context" and before.published_on is None:
        text = f"出版日期由本版报道中的日期推定：{after.published_on}"
        issues.append(Issue("date-from-context", text, "info", path, after.page))
    return issues
