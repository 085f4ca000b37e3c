"""Activities by week and campaign as one matrix of numbers: what the key figures, the weekly charts and the comparisons are made of.

No Streamlit. Built once an answer of queries.weekly, and shared by everything on a page: grouping the same rows anew for each
figure took longer than the query.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard import queries
from dashboard.filters import Filters


@dataclass(frozen=True)
class Courses:
    """`counts[week, campaign]`, weeks (Mondays, or first days of months) and ids in order; only those with any activity."""

    weeks: tuple[dt.date, ...]
    ids: tuple[str, ...]
    counts: np.ndarray[Any, np.dtype[np.int64]]

    def by_week(self) -> dict[dt.date, int]:
        """All activities of each week."""
        return dict(zip(self.weeks, self.counts.sum(axis=1).tolist(), strict=True))

    def by_id(self) -> dict[str, int]:
        """All activities of each campaign."""
        return dict(zip(self.ids, self.counts.sum(axis=0).tolist(), strict=True))

    def active(self) -> list[int]:
        """How many campaigns were active in each week."""
        return [int(n) for n in (self.counts > 0).sum(axis=1)]

    def of(self, cid: str, since: dt.date | None = None) -> dict[dt.date, int]:
        """One campaign's activities by week, zeros too; empty where it has none."""
        if cid not in self.ids:
            return {}
        first = 0 if since is None else next((i for i, w in enumerate(self.weeks) if w >= since), len(self.weeks))
        return dict(zip(self.weeks[first:], self.counts[first:, self.ids.index(cid)].tolist(), strict=True))

    def ranked(self) -> list[str]:
        """Ids, the most active first; those alike in the order of their names."""
        sums = self.by_id()
        return sorted(self.ids, key=lambda i: (-sums[i], i))

    def renamed(self, name: Callable[[str], str]) -> Courses:
        """Campaigns that get the same name, added up."""
        names = [name(i) for i in self.ids]
        ids = tuple(sorted(set(names)))
        at = {i: n for n, i in enumerate(ids)}
        counts = np.zeros((len(self.weeks), len(ids)), dtype=np.int64)
        for column, merged in enumerate(names):
            counts[:, at[merged]] += self.counts[:, column]
        return Courses(self.weeks, ids, counts)

    def monthly(self) -> Courses:
        """By the month that a week begins in."""
        months = tuple(sorted({w.replace(day=1) for w in self.weeks}))
        at = {m: n for n, m in enumerate(months)}
        counts = np.zeros((len(months), len(self.ids)), dtype=np.int64)
        np.add.at(counts, np.array([at[w.replace(day=1)] for w in self.weeks], dtype=np.int64), self.counts)
        return Courses(months, self.ids, counts)

    def table(self, weeks: Iterable[dt.date], ids: Iterable[str]) -> pd.DataFrame:
        """Those campaigns as columns; a row for each of `weeks` and for each week with any activity of any campaign."""
        rows, columns = sorted({*weeks, *self.weeks}), list(ids)
        counts = np.zeros((len(rows), len(columns)), dtype=np.int64)
        at = {w: n for n, w in enumerate(rows)}
        known = {c: n for n, c in enumerate(self.ids)}
        inside = [at[w] for w in self.weeks]
        for x, cid in enumerate(columns):
            if cid in known and inside:
                counts[inside, x] = self.counts[:, known[cid]]
        return pd.DataFrame(counts, index=pd.Index(rows, dtype=object), columns=columns)


def courses(cur: queries.Connection, filters: Filters, last: dt.date | None) -> Courses:
    """The answer of queries.weekly as a matrix."""
    return matrix(queries.weekly(cur, filters, last))


def matrix(weekly: pd.DataFrame) -> Courses:
    """Rows of week, id, n as a matrix."""
    at_week, weeks = pd.factorize(weekly["week"], sort=True)
    at_id, ids = pd.factorize(weekly["id"], sort=True)
    counts = np.zeros((len(weeks), len(ids)), dtype=np.int64)
    counts[at_week, at_id] = weekly["n"].to_numpy()
    return Courses(tuple(pd.Timestamp(w).date() for w in weeks), tuple(map(str, ids)), counts)


def arrived(cur: queries.Connection, week: dt.date) -> frozenset[str]:
    """Newspapers that arrived in the week of that Monday."""
    found = queries.arrays(cur, "SELECT DISTINCT paper FROM issued WHERE week = $week", {"week": week})
    return frozenset(name for name in queries.paper_names(cur, found["paper"]) if name)
