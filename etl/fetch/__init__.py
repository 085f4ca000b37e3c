"""``python -m etl fetch``: issues of a digital newspaper, by date range, into ``data/raw/<paper>/<date>/``.

Article pages are kept byte for byte as the server gave them; `.fetch.json` beside them notes where each came from. A
day that is complete is not asked for again, except the range's last days, which papers still mend. 404 of an issue's
first page: no issue that day.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from etl.fetch import state
from etl.fetch.client import Client, FetchError, open_http
from etl.fetch.founder import Links, Site, links_of
from etl.read.decode import UndecodableError, decode
from etl.rules import DEFAULT_ROOT

__all__ = ["Client", "DayReport", "FetchError", "FetchReport", "Site", "add_arguments", "fetch", "run"]

RECHECK_DAYS = 3
MAX_PAGES = 120  # pages of one issue
MAX_DAYS = 3700
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DayReport:
    """What one day gave. `failed` says for each address why it could not be had."""

    day: dt.date
    status: Literal["complete", "incomplete", "no-issue", "kept"]
    pages: int = 0
    articles: int = 0
    new: int = 0
    missing: int = 0
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a range of days gave."""

    paper: str
    days: tuple[DayReport, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is left to fetch."""
        return all(day.status != "incomplete" for day in self.days)

    @property
    def new(self) -> int:
        """Article files written."""
        return sum(day.new for day in self.days)


def fetch(
    paper: str,
    site: Site,
    start: dt.date,
    end: dt.date,
    out: Path,
    client: Client,
    progress: Progress = lambda line: None,
    recheck: int = RECHECK_DAYS,
) -> FetchReport:
    """Fetch the issues from `start` to `end` into out/<paper>/<date>/. Can be killed and repeated at any time."""
    reports = []
    for day in days(start, end):
        folder = out / folder_name(paper) / day.isoformat()
        sweep(folder)
        again = (end - day).days < recheck
        report = fetch_day(site, day, state.load(folder), client, again)
        reports.append(report)
        progress(describe(report))
    return FetchReport(paper, tuple(reports))


def days(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    """The days of a range; ValueError where it is reversed or too long."""
    if not 0 <= (end - start).days < MAX_DAYS:
        raise ValueError(f"日期范围有误：{start} 至 {end}")
    for offset in range((end - start).days + 1):
        yield start + dt.timedelta(days=offset)


def folder_name(paper: str) -> str:
    """A newspaper's name as a folder's name."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", paper).strip(" .") or "_"


def sweep(folder: Path) -> None:
    """Remove half-written files of a killed run."""
    for draft in folder.glob(".*.part"):
        draft.unlink(missing_ok=True)


def fetch_day(site: Site, day: dt.date, kept: state.Issue, client: Client, again: bool) -> DayReport:
    """One issue: its pages, then its articles. `again`: ask for a complete one anew, by conditional requests."""
    if kept.complete and not again and all(kept.holds(url) for url in kept.articles):
        return DayReport(day, "kept", len(kept.pages), len(kept.articles))
    failed: list[str] = []
    articles = list_articles(site, day, kept, client, failed)
    if articles is None:
        return DayReport(day, "kept" if kept.articles else "no-issue", len(kept.pages), len(kept.articles))
    kept.complete = False
    new = sum(fetch_article(url, kept, client, again, failed) for url in articles)
    kept.complete = not failed
    if kept.articles or kept.pages:
        kept.save()
    status: Literal["complete", "incomplete"] = "incomplete" if failed else "complete"
    return DayReport(day, status, len(kept.pages), len(kept.articles), new, len(kept.missing), tuple(failed))


def list_articles(site: Site, day: dt.date, kept: state.Issue, client: Client, failed: list[str]) -> list[str] | None:
    """Articles of all the issue's pages, each once; None where the server has no issue of that day."""
    entry = site.entry(day)
    waiting, seen = [entry], {entry}
    articles: dict[str, None] = {}
    while waiting and len(seen) <= MAX_PAGES:
        url = waiting.pop(0)
        try:
            links = page_links(url, day, kept, client)
        except FetchError as error:
            failed.append(f"{url}：{error}")
            continue
        if links is None:
            if url == entry:
                return None
            continue  # a gap in the page numbers
        articles |= dict.fromkeys(links.articles)
        for other in (*((links.refresh,) if links.refresh else ()), *links.pages):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    if not articles and not failed:
        failed.append(f"{entry}：版面里没有文章链接")
    return list(articles)


def page_links(url: str, day: dt.date, kept: state.Issue, client: Client) -> Links | None:
    """The links of one page, from the state where the server says that it is unchanged; None where there is no page."""
    old = kept.pages.get(url, {})
    reply = client.get(url, old.get("etag"), old.get("last_modified"))
    if reply.status == 304 and old:
        return Links(tuple(old["pages"]), tuple(old["articles"]), old.get("refresh"))
    if reply.status != 200:
        return None
    try:
        markup = decode(reply.body).text
    except UndecodableError as error:
        raise FetchError(f"不是网页（{error}）") from error
    links = links_of(markup, url, day)
    kept.pages[url] = {
        "etag": reply.etag,
        "last_modified": reply.last_modified,
        "pages": list(links.pages),
        "articles": list(links.articles),
        "refresh": links.refresh,
    }
    return links


def fetch_article(url: str, kept: state.Issue, client: Client, again: bool, failed: list[str]) -> int:
    """Fetch one article unless it is there; 1 where a file was written."""
    there = kept.holds(url)
    if not again and (there or url in kept.missing):
        return 0
    old: Mapping[str, Any] = kept.articles[url] if there else {}
    try:
        reply = client.get(url, old.get("etag"), old.get("last_modified"))
    except FetchError as error:
        if not there:
            failed.append(f"{url}：{error}")
        return 0
    if reply.status == 200:
        changed = not there or reply.body != (kept.folder / old["file"]).read_bytes()
        if changed:
            kept.keep(url, reply.body, reply.etag, reply.last_modified)
        if url in kept.missing:
            kept.missing.remove(url)
        return int(changed)
    if not there and url not in kept.missing:
        kept.missing.append(url)
    return 0


def describe(report: DayReport) -> str:
    """One line about a day."""
    if report.status == "no-issue":
        return f"{report.day} 当日无报"
    if report.status == "kept":
        return f"{report.day} 已有 {report.articles} 篇"
    lines = [f"{report.day} {report.pages} 版 {report.articles} 篇，新取 {report.new} 篇"]
    if report.missing:
        lines[0] += f"，{report.missing} 篇链接失效（404）"
    lines += [f"  未取到 {reason}" for reason in report.failed[:10]]
    return "\n".join(lines)


# --- command line ------------------------------------------------------------------------------------------------


class _Rules(Protocol):
    """What the command needs of the rules."""

    @property
    def newspapers(self) -> tuple[Any, ...]: ...


def add_arguments(parser: argparse.ArgumentParser, today: dt.date | None = None) -> None:
    """The command's options. `today`, where the caller gives it, is the default of --to."""
    parser.add_argument(
        "paper", nargs="?", help="newspaper's name as in data/reference/newspapers.yml (none: list them)"
    )
    parser.add_argument(
        "--from", dest="start", type=dt.date.fromisoformat, metavar="DATE", help="first day, 2023-03-01"
    )
    parser.add_argument(
        "--to", dest="end", type=dt.date.fromisoformat, metavar="DATE", default=today, help="last day (default: today)"
    )
    parser.add_argument("--last", type=int, metavar="N", help="the N days up to --to, instead of --from")
    parser.add_argument("--raw", type=Path, default=DEFAULT_ROOT.parent / "raw", help="raw folder (default: data/raw)")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between requests, at least 0.2 (default: 1)")
    parser.add_argument("--contact", help="mail or web address told to the server")


def run(args: argparse.Namespace, rules: _Rules) -> int:
    """Fetch as the arguments say: 0 all there, 1 something could not be had, 64 wrong arguments."""
    sites = {paper.name: paper.fetch for paper in rules.newspapers if getattr(paper, "fetch", None)}
    if args.paper is None:
        print("\n".join(sorted(sites)) or "data/reference/newspapers.yml 中没有带 fetch 的报纸")
        return 0
    problem = _problem(args, sites)
    if problem is None:
        try:
            site = Site.of(sites[args.paper])
        except ValueError as error:
            problem = f"newspapers.yml 中 {args.paper} 的 fetch 有误：{error}"
    if problem is not None:
        print(problem, file=sys.stderr)
        return 64
    start = args.start or args.end - dt.timedelta(days=args.last - 1)
    with open_http(args.contact) as http:
        client = Client(http, pause=max(args.pause, 0.2))
        report = fetch(args.paper, site, start, args.end, args.raw, client, lambda line: print(line, flush=True))
    print(
        f"{args.paper}：{len(report.days)} 天，新取 {report.new} 篇"
        + ("" if report.complete else "；有未取到的，可再次运行")
    )
    return 0 if report.complete else 1


def _problem(args: argparse.Namespace, sites: Mapping[str, Any]) -> str | None:
    """What is wrong with the arguments, or None."""
    if args.paper not in sites:
        return f"newspapers.yml 中没有带 fetch 的“{args.paper}”；现有：{'、'.join(sorted(sites)) or '无'}"
    if args.end is None or (args.start is None) == (args.last is None):
        return "请用 --from 与 --to，或 --last 与 --to，给出日期范围"
    if (args.last is not None and not 0 < args.last < MAX_DAYS) or (args.start and args.start > args.end):
        return "日期范围有误"
    return None
