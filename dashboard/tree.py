"""The places of a table as a tree of numbered nodes, held as columns: a nation has some 300,000 with its villages.

Nodes are numbered so that all below a place follow it: a place and everything in it is one range of numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dashboard.filters import Node

LEVELS = ("province", "city", "district", "street", "community")
COLUMNS = (*LEVELS, "adcode", "street_code")  # what makes two rows' places differ
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Tree:
    """Columns by node number: id (division code where the rows give one and no other node has it; else the path of names
    with / between), name, level (0 province … 4 community), the nearest named place above (-1: none), the last node below,
    and the place of the id among all ids in their order."""

    ids: pa.Array
    names: pa.Array
    level: NDArray[np.int8]
    parent: Ints
    end: Ints
    order: Ints
    by_hash: Ints  # node numbers in the order of the hash of their ids
    hashes: NDArray[np.int64]  # those hashes

    def find(self, place: str) -> int:
        """The number of the node with that id, or -1."""
        wanted = hash(place)
        at = int(np.searchsorted(self.hashes, wanted))
        while at < len(self.hashes) and self.hashes[at] == wanted:
            if self.ids[int(self.by_hash[at])].as_py() == place:
                return int(self.by_hash[at])
            at += 1
        return -1

    def taken(self, column: str, nodes: Sequence[int] | Ints) -> list[str | None]:
        """Ids or names (`column`) of nodes; None for -1."""
        at = np.asarray(nodes, np.int64)
        values: pa.Array = getattr(self, column)
        return list(values.take(pa.array(at, mask=at < 0)).to_pylist())


def tree_of(words: Sequence[Sequence[str]], codes: Ints) -> tuple[Tree, Ints]:
    """The tree of distinct places, and for each of them its node on every level (-1: none).

    `codes[row, column]` is a number into `words[column]` (-1: null), for the columns of `COLUMNS`.
    """
    ranks = [rank(w) for w in words]
    sorted_by = [np.append(r, len(r)).astype(np.int32)[codes[:, i]] for i, r in enumerate(ranks)]  # nulls last
    order = np.lexsort(sorted_by[::-1])
    rows = codes[order]
    at, first_row, level = number(rows)
    chosen = codes_of_nodes(words, rows, at, len(level))
    parent = np.full(len(level), -1, np.int32)
    above = np.full(len(rows), -1, np.int32)
    for column in range(5):
        here = at[:, column]
        parent[here[here >= 0]] = above[here >= 0]
        above = np.where(here >= 0, here, above)
    end = np.arange(len(level), dtype=np.int32)
    for column in range(5):
        inside = at[:, column] >= 0
        np.maximum.at(end, at[inside, column], above[inside])
    ids, names = named(words, rows, first_row, level, chosen)
    hashes = np.fromiter(map(hash, ids), np.int64, len(ids))
    by_hash = np.argsort(hashes, kind="stable").astype(np.int32)
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return (
        Tree(
            pa.array(ids, pa.string()), pa.array(names, pa.string()), level, parent, end, rank(ids), by_hash, hashes[by_hash]
        ),
        at[back],
    )  # fmt: skip


def rank(words: Sequence[str]) -> Ints:
    """The place of each word among all in their order."""
    found = np.empty(len(words), np.int32)
    found[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
    return found


def number(rows: Ints) -> tuple[Ints, NDArray[np.int64], NDArray[np.int8]]:
    """Nodes of sorted rows, numbered as they are met: each row's nodes, each node's first row and level."""
    named = rows[:, :5] >= 0
    fresh = np.zeros(named.shape, bool)
    differs = np.ones(len(rows), bool)
    differs[1:] = False
    for column in range(5):
        differs[1:] |= rows[1:, column] != rows[:-1, column]
        fresh[:, column] = differs & named[:, column]
    numbers = np.cumsum(fresh.ravel(), dtype=np.int32).reshape(fresh.shape) - 1
    at = np.maximum.accumulate(np.where(fresh, numbers, -1), axis=0)
    first_row, level = np.nonzero(fresh)
    return np.where(named, at, -1).astype(np.int32), first_row, level.astype(np.int8)


def codes_of_nodes(words: Sequence[Sequence[str]], rows: Ints, at: Ints, nodes: int) -> list[str | None]:
    """The division code of each node: that of the first of its rows that gives one."""
    found: list[str | None] = [None] * nodes
    for level in range(4):
        given = words[6 if level == 3 else 5]
        known = [code_of(level, code) for code in given]
        has = np.append(np.array([code is not None for code in known], bool), False)
        code = rows[:, 6 if level == 3 else 5]
        usable = np.flatnonzero((at[:, level] >= 0) & has[code])
        for node, row in zip(*np.unique(at[usable, level], return_index=True), strict=True):
            found[int(node)] = known[int(code[usable[row]])]
    return found


def code_of(level: int, code: str) -> str | None:
    """The code of one level (province to street) in a row's code: 14, 1402, 140213, 140213004."""
    if level == 3:
        return code if code.isdigit() else None
    if len(code) != 6 or not code.isdigit():
        return None
    if (level == 2 and code.endswith("00")) or (level == 1 and code.endswith("0000")):
        return None
    return code[: (2, 4, 6)[level]]


def named(
    words: Sequence[Sequence[str]],
    rows: Ints,
    first_row: NDArray[np.int64],
    level: NDArray[np.int8],
    chosen: Sequence[str | None],
) -> tuple[list[str], list[str]]:
    """Ids and names of all nodes."""
    counted: dict[str, int] = {}
    for code in chosen:
        if code is not None:
            counted[code] = counted.get(code, 0) + 1
    ids, names = [], []
    for key, depth, code in zip(rows[first_row, :5].tolist(), level.tolist(), chosen, strict=True):
        names.append(words[depth][key[depth]])
        if code is not None and counted[code] == 1:
            ids.append(code)
        else:
            ids.append("/".join(words[i][k] if k >= 0 else "" for i, k in enumerate(key[: depth + 1])))
    return ids, names


class Nodes(Mapping[str, Node]):
    """The nodes by their ids, provinces first and then by id; streets and villages are made when they are asked for."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.kept = {n.id: n for n in map(self.node, np.flatnonzero(tree.level <= 2).tolist())}

    def node(self, number: int) -> Node:
        """One node."""
        tree, above = self.tree, int(self.tree.parent[number])
        parent = tree.ids[above].as_py() if above >= 0 else None
        return Node(tree.ids[number].as_py(), int(tree.level[number]), tree.names[number].as_py(), parent)

    def __getitem__(self, place: str) -> Node:
        if place in self.kept:
            return self.kept[place]
        number = self.tree.find(place)
        if number < 0:
            raise KeyError(place)
        return self.node(number)

    def __iter__(self) -> Iterator[str]:
        tree = self.tree
        return iter(tree.ids.take(pa.array(np.lexsort((tree.order, tree.level)))).to_pylist())

    def values(self) -> ValuesView[Node]:
        """All nodes; for searches by name, which take as long as there are nodes."""
        numbers = np.lexsort((self.tree.order, self.tree.level)).tolist()
        return {number: self.node(number) for number in numbers}.values()

    def __len__(self) -> int:
        return len(self.tree.ids)

    def __contains__(self, place: object) -> bool:
        return isinstance(place, str) and self.tree.find(place) >= 0


class Children(Mapping[str | None, tuple[str, ...]]):
    """Ids of the places right below each place that has any, finer levels last; below None: those with nothing above."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.sorted = np.lexsort((tree.order, tree.level, tree.parent)).astype(np.int32)
        self.parents = tree.parent[self.sorted]
        self.kept: dict[str | None, tuple[str, ...]] = {}
        for number in np.unique(tree.parent[tree.level <= 2]).tolist():
            place = tree.ids[number].as_py() if number >= 0 else None
            self.kept[place] = self[place]

    def __getitem__(self, place: str | None) -> tuple[str, ...]:
        if place in self.kept:
            return self.kept[place]
        number = -1 if place is None else self.tree.find(place)
        first, last = np.searchsorted(self.parents, [number, number + 1])
        if (place is not None and number < 0) or first == last:
            raise KeyError(place)
        return tuple(self.tree.ids.take(pa.array(self.sorted[first:last])).to_pylist())

    def __iter__(self) -> Iterator[str | None]:
        return iter(self.tree.taken("ids", np.unique(self.parents)))

    def __len__(self) -> int:
        return len(np.unique(self.parents))


def coded(column: pa.ChunkedArray, numbers: dict[str, int]) -> Ints:
    """A text column as numbers (-1: null or empty); words not met before get the next ones."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    column = column.unify_dictionaries()
    words = column.chunk(0).dictionary.to_pylist() if column.num_chunks else []
    table = np.array([*(numbers.setdefault(word, len(numbers)) if word else -1 for word in words), -1], np.int32)
    at = [c.indices.cast(pa.int32()).fill_null(len(words)).to_numpy() for c in column.chunks]
    return np.asarray(table[np.concatenate([np.empty(0, np.int32), *at])])


class Survey:
    """Collects the distinct places of a table, piece by piece; nothing is remembered of a row but one number."""

    def __init__(self) -> None:
        self.numbers: tuple[dict[str, int], ...] = tuple({} for _ in COLUMNS)
        self.found = np.empty((0, len(COLUMNS)), np.int32)

    def add(self, columns: Sequence[pa.ChunkedArray]) -> Ints:
        """Numbers of the places of some rows, given as the columns of `COLUMNS`; `finish` says what they stand for."""
        codes = np.column_stack([coded(c, n) for c, n in zip(columns, self.numbers, strict=True)])
        own, first = distinct(codes)
        both = np.concatenate([self.found, codes[first]])
        numbers, first = distinct(both)  # those found before come first and keep their numbers
        self.found, before = both[first], len(self.found)
        return numbers[before:][own]

    def finish(self) -> tuple[Tree, Ints]:
        """The tree, and for each number that `add` gave the node on every level."""
        return tree_of([list(n) for n in self.numbers], self.found)


def distinct(codes: Ints) -> tuple[Ints, NDArray[np.int64]]:
    """For each row the number of its first equal one among the distinct ones, and where those stand."""
    key = np.zeros(len(codes), np.int64)
    for column in codes.T:
        values = column.astype(np.int64) + 1
        width = int(values.max(initial=0)) + 1
        if int(key.max(initial=0)) > (1 << 62) // width:
            key = np.unique(key, return_inverse=True)[1]
        key = key * width + values
    row_of, values = pd.factorize(key)
    first = np.empty(len(values), np.int64)
    first[row_of[::-1]] = np.arange(len(key))[::-1]
    return row_of.astype(np.int32), first
