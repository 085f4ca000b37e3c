"""The national gazetteer as the steps read it: one automaton over every name, and what each name may stand for.

Names are compiled from ``data/reference/gazetteer/`` by :mod:`etl.rules.gazetteer_build` and kept in one cache file
``<data>/cache/gazetteer-<digest>.bin`` (17 MB of automaton, 8 MB of tables), so that a worker is ready in some 50 ms.
The cache is derived: it may be deleted at any time, is written under another name and then renamed, and where its
folder cannot be written the gazetteer is compiled in memory (about 2 s).
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tempfile
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

from daachorse import CharwiseDoubleArrayAhoCorasick as Automaton

_MAGIC = b"GAZ2"
_MOST_SECTIONS = 16
_FORM_BITS = 4


class Form(IntEnum):
    """How a name stands for its division."""

    FULL = 0  # 平城区, 水泊寺街道
    SHORT = 1  # 前郭县, 小碧乡, 黔东南州: safe like the full name
    STEM = 2  # 滕州, 武鸣: a bare name, read only where its surroundings say so
    FORMER = 3  # 南关街道 of 平城区 before 2021-03-02
    ZONE = 4  # 西海岸新区 = 黄岛区
    SOFT = 5  # 城区, 开发区, 永平街: read only below a parent that the article names
    VILLAGE = 6  # 西水磨村
    CUE = 7  # 全区, 县教育局: a level without its name (code 4 city, 6 county, 9 street; 5, 7: all of it)
    MISREAD = 8  # 沙湾河乡 for 沙塄河乡, known from a real page
    MEDIA = 9  # 扬子晚报, 荆楚网: speaks for its province, is no place
    TAIL = 10  # 推荐阅读, 返回搜狐: the article ends here


FORMER = 9 * 10**11  # codes from here on are pseudo codes of former and unlisted townships: FORMER + county * 1000 + n
MUNICIPALITIES = {11, 12, 31, 50}  # 北京, 天津, 上海, 重庆 are province and city in one
PROVINCE, CITY, COUNTY, TOWN, VILLAGE = 1, 2, 3, 4, 5
#: kinds of reading: a division's full name or a form as safe as that; its bare or generic name; the others as in Form
FIRM, BARE, VILLAGE_NAME, MEDIA, CUE, TAIL = range(6)


def level_of(code: int) -> int:
    """PROVINCE … VILLAGE of a code by its number of digits."""
    if code >= FORMER:
        return TOWN
    if code >= 10**11:
        return VILLAGE
    if code >= 10**8:
        return TOWN
    if code >= 10**5:
        return COUNTY
    return CITY if code >= 10**3 or code in MUNICIPALITIES else PROVINCE


class Former(NamedTuple):
    """A township's earlier name: `until` is its last day where known, `successor` the code that took most of it."""

    name: str
    until: str  # ISO date, or "" where no source says
    successor: int  # 0 = none took most of it


#: province, city, county and township as officially named, the code of the finest of the first three, the township's
Names = tuple[str | None, str | None, str | None, str | None, str | None, str | None]


class Reading(NamedTuple):
    """What a matched name may be: its kind, the codes it may stand for, and how it stands for them."""

    kind: int  # FIRM … TAIL
    codes: tuple[int, ...]  # of a village's name ascending
    level: int  # the coarsest of the codes' levels
    misread: bool


@dataclass(frozen=True)
class Gazetteer:
    """Names and what they may stand for; codes are integers of 2 (province), 4, 6, 9 (township) or 12 digits."""

    digest: str
    automaton: Automaton  # type: ignore[no-any-unimported, unused-ignore]
    first: array[int]  # pattern → index of its first entry; one more at the end
    entries: array[int]  # code << 4 | form
    names: dict[int, str]  # official names of codes up to 9 digits
    towns: array[int]  # codes of all townships, ascending
    stat_home: dict[int, int]  # statistics-only county → the county it lies in, or 0 where it lies in several
    former: dict[int, Former]  # pseudo code of a former township → its story
    common: frozenset[str]  # bare names that are ordinary words
    memo: dict[int, Reading] = field(default_factory=dict, repr=False, compare=False)  # readings made so far
    officials: dict[int, Names] = field(default_factory=dict, repr=False, compare=False)  # code → its names, so far
    bare_names: dict[int, str] = field(default_factory=dict, repr=False, compare=False)  # of townships, so far

    def reading(self, pattern: int) -> Reading:
        """What a matched pattern may be; made once."""
        made = self.memo.get(pattern)
        if made is None:
            made = self.memo[pattern] = read_entries(self.entries[self.first[pattern] : self.first[pattern + 1]])
        return made

    def towns_of(self, county: int) -> list[int]:
        """Codes of the townships of a county."""
        low = bisect_left(self.towns, county * 1000)
        return list(self.towns[low : bisect_left(self.towns, (county + 1) * 1000)])


def read_entries(packed: array[int]) -> Reading:
    """The reading of a name's packed entries: a division's before a village's, a safe form's before a bare one's."""
    pairs = [(e >> _FORM_BITS, e & 15) for e in packed]
    forms = {form for _, form in pairs}
    for kind, form in ((CUE, Form.CUE), (MEDIA, Form.MEDIA), (TAIL, Form.TAIL)):
        if form in forms:
            return Reading(kind, tuple(code for code, of in pairs if of == form), PROVINCE, False)
    divisions = [pair for pair in pairs if pair[1] != Form.VILLAGE]
    if not divisions:
        return Reading(VILLAGE_NAME, tuple(sorted(code for code, _ in pairs)), VILLAGE, False)
    firm = tuple(code for code, form in divisions if form not in (Form.STEM, Form.SOFT))
    misread = len(divisions) == 1 and divisions[0][1] == Form.MISREAD
    codes = firm or tuple(code for code, _ in divisions)
    return Reading(FIRM if firm else BARE, codes, min(map(level_of, codes)), misread)


def source_files(root: Path) -> list[Path]:
    """The files that the compiled gazetteer depends on."""
    folder = root / "gazetteer"
    names = (
        "areas.csv",
        "townships.csv",
        "villages.parquet",
        "aliases.csv",
        "zones.csv",
        "former-townships.csv",
        "cues.yml",
    )
    return [*(folder / name for name in names), root / "locality-overrides.csv"]


def load_gazetteer(root: Path, digests: Mapping[str, str] | None = None) -> Gazetteer:
    """Load the compiled gazetteer below `root`, compiling it first where the cache has none for these files.

    `digests` are the files' SHA-256 by relative path, where they are known.
    """
    known = {root / name: bytes.fromhex(digest) for name, digest in (digests or {}).items()}
    digest = source_digest(source_files(root), known)
    path = root.parent / "cache" / f"gazetteer-{digest}.bin"
    sections = read_cache(path)
    if sections is None:
        from etl.rules.gazetteer_build import compile_tables  # it imports this module, and costs time to import

        sections = compile_tables(root)
        write_cache(path, sections)
    return from_sections(digest, sections)


def source_digest(files: list[Path], known: Mapping[Path, bytes]) -> str:
    """One digest of the source files and of the code that compiles them."""
    total = hashlib.sha256(Path(__file__).with_name("gazetteer_build.py").read_bytes())
    for file in files:
        total.update(file.name.encode())
        digest = known.get(file) or (hashlib.sha256(file.read_bytes()).digest() if file.exists() else b"absent")
        total.update(digest)
    return total.hexdigest()[:16]


def from_sections(digest: str, sections: list[bytes]) -> Gazetteer:
    """The gazetteer from its compiled sections: automaton, first, entries, townships, codes, names, the rest as JSON."""
    first, entries, towns, codes = array("I"), array("Q"), array("Q"), array("Q")
    for table, section in zip((first, entries, towns, codes), sections[1:5], strict=True):
        table.frombytes(section)
    rest: dict[str, Any] = json.loads(sections[6])
    return Gazetteer(
        digest=digest,
        automaton=Automaton.deserialize(sections[0]),
        first=first,
        entries=entries,
        names=dict(zip(codes, sections[5].decode().split("\n"), strict=True)),
        towns=towns,
        stat_home={int(k): v for k, v in rest["stat_home"].items()},
        former={int(k): Former(*v) for k, v in rest["former"].items()},
        common=frozenset(rest["common"]),
    )


def read_cache(path: Path) -> list[bytes] | None:
    """The sections of a cache file; None where it is absent or damaged."""
    try:
        with path.open("rb") as file:
            magic, count, checksum = struct.unpack("<4sII", file.read(12))
            if magic != _MAGIC or count > _MOST_SECTIONS:
                return None
            table = file.read(8 * count)
            sizes = struct.unpack(f"<{count}Q", table)
            if 12 + len(table) + sum(sizes) != os.fstat(file.fileno()).st_size:
                return None
            sections = [file.read(size) for size in sizes]
    except (OSError, struct.error):
        return None
    found = zlib.crc32(table)
    for section in sections:
        found = zlib.crc32(section, found)
    return sections if found == checksum else None


def write_cache(path: Path, sections: list[bytes]) -> None:
    """Write the cache file under another name and rename it; where the folder cannot be written, leave it."""
    body = struct.pack(f"<{len(sections)}Q", *map(len, sections)) + b"".join(sections)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=path.stem, suffix=".tmp", dir=path.parent)
    except OSError:
        return  # read-only installation: compiled again by each worker
    try:
        with os.fdopen(handle, "wb") as file:
            os.chmod(temporary, 0o644)  # noqa: PTH101 - readable by the other users of this machine
            file.write(struct.pack("<4sII", _MAGIC, len(sections), zlib.crc32(body)) + body)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
