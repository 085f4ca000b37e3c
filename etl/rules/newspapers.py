"""Newspapers and their homes: every data/reference/newspapers*.yml, each a list of papers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from etl.rules.errors import RulesError
from etl.rules.yaml_files import Reader, read_yaml

FILES = "newspapers*.yml"
Level = Literal["province", "prefecture", "county"]
LEVELS: dict[str, Level] = {"province": "province", "prefecture": "prefecture", "county": "county"}
DIGITS: dict[str, int] = {"province": 2, "prefecture": 4, "county": 6}
# What a paper is called after its place: 大同日报, 太原晚报, 三晋都市报; the longest ending first.
ENDING = re.compile(
    r"(?:特区报|都市报|劳动日报|日报社?|晚报|早报|晨报|时报|商报|快报|周报|导报|电视报|新闻|报)(?:客户端|电子版|数字报|社)?$"
)


@dataclass(frozen=True)
class Newspaper:
    """A newspaper with its home."""

    name: str
    home: str | None = None  # adcode of its home, 2, 4 or 6 digits
    aliases: tuple[str, ...] = ()
    level: Level | None = None
    fetch: Mapping[str, Any] | None = None  # how `fetch` finds its digital edition, as written: kind, base, first_node


class Papers(tuple[Newspaper, ...]):
    """Newspapers, with an index by every name and alias."""

    @cached_property
    def by_name(self) -> dict[str, Newspaper]:
        """Each name and alias to its paper."""
        return {name: paper for paper in self for name in (paper.name, *paper.aliases)}


def load_newspapers(root: Path, read: Reader = read_yaml) -> Papers:
    """Read every newspapers*.yml below `root`; RulesError where a paper is wrong or a name stands twice."""
    papers: list[Newspaper] = []
    seen: dict[str, Path] = {}
    for path in sorted(root.glob(FILES)):
        for row in rows_of(path, read):
            paper = paper_of(path, row)
            for name in (paper.name, *paper.aliases):
                if name in seen:
                    raise RulesError(path, line_of(path, name), f"{name} stands in {seen[name].name} too: keep one")
                seen[name] = path
            papers.append(paper)
    return Papers(papers)


def rows_of(path: Path, read: Reader) -> list[dict[str, Any]]:
    """The papers of a file, which is a list of mappings (or a mapping with one under `newspapers`)."""
    data = read(path) or []
    rows = data.get("newspapers", []) if isinstance(data, dict) else data
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RulesError(path, None, "must be a list of papers, each with name, home and level")
    return rows


def paper_of(path: Path, row: dict[str, Any]) -> Newspaper:
    """One paper's row: name, aliases, home (digits in quotes), level, fetch."""
    name = row.get("name")
    if not isinstance(name, str) or not name.strip():
        raise RulesError(path, None, f"a paper without a name: {row}")
    unknown = set(row) - {"name", "aliases", "home", "level", "fetch"}
    if unknown:
        raise RulesError(path, line_of(path, name), f"{name}: unknown field {', '.join(sorted(unknown))}")
    home, level = row.get("home"), LEVELS.get(str(row.get("level")))
    if home is not None and (
        level is None or not isinstance(home, str) or not re.fullmatch(r"\d+", home) or len(home) != DIGITS[level]
    ):
        raise RulesError(
            path,
            line_of(path, name),
            f"{name}: home is 2, 4 or 6 digits in quotes for level province, prefecture, county; got {home!r}",
        )
    aliases = tuple(str(alias) for alias in row.get("aliases", ()))
    return Newspaper(name, home, aliases, level, fetch_of(path, name, row.get("fetch")))


def fetch_of(path: Path, name: str, row: object) -> Mapping[str, Any] | None:
    """A paper's fetch entry, as written; `etl.fetch` knows its kinds. It needs a base that is a web address."""
    if row is None:
        return None
    if not isinstance(row, dict) or not str(row.get("base")).startswith(("http://", "https://")):
        raise RulesError(path, line_of(path, name), f"{name}: fetch needs kind, base (http…) and first_node")
    return row


def line_of(path: Path, name: str) -> int | None:
    """The line on which a name stands last, counted from 1."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((i for i in range(len(lines), 0, -1) if name in lines[i - 1]), None)


def find_newspaper(papers: Iterable[Newspaper], name: str | None) -> Newspaper | None:
    """The paper of that name or alias; 社 and spaces around are ignored."""
    wanted = (name or "").strip().removesuffix("社")
    if isinstance(papers, Papers):
        return papers.by_name.get(wanted)
    return next((p for p in papers if wanted in (p.name, *p.aliases)), None) if wanted else None


def home_of(
    papers: Iterable[Newspaper], name: str | None, lookup: Callable[[str], str | None] | None = None
) -> str | None:
    """A paper's home adcode: as listed, else by its name where `lookup` knows the place that it is called after."""
    if paper := find_newspaper(papers, name):
        return paper.home
    return home_from_name(name, lookup) if name and lookup else None


def home_from_name(name: str, lookup: Callable[[str], str | None]) -> str | None:
    """The home of a paper that no list has: 定襄日报 → lookup("定襄"); None where its name is no place's."""
    ending = ENDING.search(name.strip())
    place = name.strip()[: ending.start()] if ending else ""
    return lookup(place) if len(place) >= 2 else None
