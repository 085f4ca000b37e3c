"""Festivals, theme days, solar terms and seasons that newspapers date an activity by: data/reference/calendar.yml."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lunardate import LunarDate

from etl.rules.errors import RulesError
from etl.rules.yaml_files import Reader, read_yaml

FILE = "calendar.yml"
MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
NTH = re.compile(r"(0[1-9]|1[0-2])-([1-5])-([1-7])")


@dataclass(frozen=True)
class Term:
    """A solar term: its month, the almanac's constant, and the years in which the rule is a day off."""

    month: int
    c: float
    shift: Mapping[int, int]

    def day(self, year: int) -> dt.date:
        """The day of the term in a year from 2000 to 2099; ValueError beyond."""
        if not 2000 <= year <= 2099:
            raise ValueError(f"solar terms are known for 2000..2099, not {year}")
        short = year % 100
        leaps = (short - 1) // 4 if self.month < 3 else short // 4
        return dt.date(year, self.month, int(short * 0.2422 + self.c) - leaps + self.shift.get(year, 0))


@dataclass(frozen=True)
class Festival:
    """A festival or theme day; `kind` says how its day is found (solar, lunar, nth, term), `days` how long it lasts."""

    name: str
    kind: str
    rule: tuple[int, ...]
    term: Term | None
    days: int

    def day(self, year: int) -> dt.date | None:
        """Its first day in a year of the solar calendar; None where the calendar does not reach."""
        try:
            return self._day(year)
        except ValueError:
            return None

    def _day(self, year: int) -> dt.date:
        if self.term:
            return self.term.day(year)
        if self.kind == "solar":
            return dt.date(year, *self.rule)
        if self.kind == "nth":
            return nth_weekday(year, *self.rule)
        month, day = self.rule
        return solar_of(year - 1 if month == 12 else year, month, day)


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> dt.date:
    """The n-th ISO weekday of a month, counted back from the month's last one where it has no fifth."""
    first = dt.date(year, month, 1)
    day = first + dt.timedelta((weekday - first.isoweekday()) % 7 + 7 * (nth - 1))
    return day if day.month == month else day - dt.timedelta(7)


def solar_of(year: int, month: int, day: int) -> dt.date:
    """The solar day of a lunar day; a 30th that the month lacks is its 29th. ValueError beyond 1900..2099."""
    try:
        return dt.date.fromordinal(LunarDate(year, month, day).to_solar_date().toordinal())
    except ValueError:
        if day != 30:
            raise
        return dt.date.fromordinal(LunarDate(year, month, 29).to_solar_date().toordinal())


@dataclass(frozen=True)
class Calendar:
    """Names → festivals (aliases too), and where each season is taken to begin (month, day)."""

    festivals: Mapping[str, Festival]
    seasons: Mapping[str, tuple[int, int]]

    @cached_property
    def pattern(self) -> str:
        """A regex alternation of every festival name, longest first; quotes inside a name are optional."""
        names = sorted(self.festivals, key=len, reverse=True)
        return "|".join(re.escape(name).replace('"', '"?') for name in names)

    @cached_property
    def season_pattern(self) -> str:
        """A regex alternation of every season name, longest first."""
        return "|".join(re.escape(name) for name in sorted(self.seasons, key=len, reverse=True))


def load_calendar(root: Path, read: Reader = read_yaml) -> Calendar:
    """Read calendar.yml; RulesError where a festival has no day, two days, or a name that another has."""
    path = root / FILE
    data = read(path)
    terms = {name: term_of(path, name, row) for name, row in data.get("terms", {}).items()}
    festivals: dict[str, Festival] = {}
    for row in data.get("festivals", []):
        festival = festival_of(path, row, terms)
        for name in {row["name"], *row.get("aliases", [])}:
            if name in festivals:
                raise RulesError(path, None, f"two festivals are called {name}: keep one")
            festivals[name] = festival
    seasons = {name: month_day(path, name, value) for name, value in data.get("seasons", {}).items()}
    return Calendar(festivals, seasons)


def term_of(path: Path, name: str, row: dict[str, Any]) -> Term:
    """A solar term's row."""
    try:
        return Term(int(row["month"]), float(row["c"]), {int(year): by for year, by in row.get("shift", {}).items()})
    except (KeyError, TypeError, ValueError) as error:
        raise RulesError(path, None, f"solar term {name} needs month and c: {error}") from error


def festival_of(path: Path, row: dict[str, Any], terms: Mapping[str, Term]) -> Festival:
    """A festival's row, with exactly one of solar, lunar, nth, term."""
    name = row.get("name")
    kinds = [k for k in ("solar", "lunar", "nth", "term") if k in row]
    if not name or len(kinds) != 1:
        raise RulesError(path, None, f"festival {name!r} needs a name and one of solar, lunar, nth, term")
    kind, value, days = kinds[0], row[kinds[0]], int(row.get("days", 1))
    if kind == "term":
        if value not in terms:
            raise RulesError(path, None, f"festival {name}: no solar term {value!r}")
        return Festival(name, kind, (), terms[value], days)
    if kind == "nth":
        match = NTH.fullmatch(str(value))
        if match is None:
            raise RulesError(path, None, f"festival {name}: nth is MM-N-W, not {value!r}")
        return Festival(name, kind, tuple(int(g) for g in match.groups()), None, days)
    return Festival(name, kind, month_day(path, name, value), None, days)


def month_day(path: Path, name: str, value: object) -> tuple[int, int]:
    """MM-DD as (month, day)."""
    match = MONTH_DAY.fullmatch(str(value))
    if match is None:
        raise RulesError(path, None, f"{name}: a day is MM-DD in quotes, not {value!r}")
    return int(match[1]), int(match[2])
