"""Compiles data/reference/gazetteer/ into what :mod:`etl.rules.gazetteer` loads.

Forms of a name that texts use (the suffix is never stripped from a township: 神头街道 and 神头镇 share one county):

* province 山西省 → 山西; 广西壮族自治区 → 广西
* prefecture 大同市 → 大同; 黔东南苗族侗族自治州 → 黔东南州, 黔东南
* county 滕州市 → 滕州; 木垒哈萨克自治县 → 木垒县, 木垒
* township 小碧布依族苗族乡 → 小碧乡; 永安街道片区 → 永安街道; 汉兴街街道 → 汉兴街道, 汉兴街; in 广州 永平街道 → 永平街
* village 银闸社区, 西水磨村 (as in villages.parquet)
"""

from __future__ import annotations

import csv
import json
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml
from daachorse import CharwiseDoubleArrayAhoCorasick as Automaton

from etl.rules.errors import RulesError
from etl.rules.gazetteer import FORMER, Form

LEVELS = {"city": 4, "county": 6, "street": 9}

_ETHNIC = re.compile(
    "(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|"
    "布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各|民)族"
    "|(?:蒙古|哈萨克|柯尔克孜|维吾尔|塔吉克|锡伯|达斡尔)$"
)
_GENERIC_COUNTY = {
    *("城区", "郊区", "矿区", "东区", "西区", "新市区", "老城区", "市中区", "城中区", "城北区", "城东区", "城西区"),
}
_TOWN = re.compile(r".+(?:街道|镇|乡|苏木|民族乡)")
_STREET_IN_NOTE = re.compile(r"[（(](.{2,8}街道)[）)]")
_STREET_TAIL = re.compile(r"(.{2,8}街道)(?:片区|地区|筹备[处组]|服务中心|办事处)")
_GENERIC_TOWN = {"街道", "中心镇", "小城镇", "家乡", "雪乡", "联乡", "老乡", "水乡", "古乡"}
_GENERIC_VILLAGE = {
    "农村",
    "乡村",
    "全村",
    "该村",
    "本村",
    "各村",
    "山村",
    "渔村",
    "小村",
    "新农村",
    "示范村",
    "行政村",
    "自然村",
    "重点村",
    "贫困村",
    "城中村",
    "试点村",
    "文明村",
    "先进村",
    "空壳村",
    "中心村",
    "社区",
    "本社区",
    "该社区",
    "各社区",
    "示范社区",
    "中心社区",
    "农村社区",
    "城市社区",
    "生活区",
    "小区",
    "学校社区",
    "工业园区",
    "开发区",
    "园区",
}

Entries = dict[str, list[int]]


def compile_tables(root: Path) -> list[bytes]:
    """The seven sections of the compiled gazetteer; raise RulesError naming the file and line that is wrong."""
    folder = root / "gazetteer"
    cues = read_cues(folder / "cues.yml")
    entries: Entries = defaultdict(list)
    names: dict[int, str] = {}
    stat_home = read_zones(folder / "zones.csv")
    add_areas(folder / "areas.csv", entries, names)
    add_towns(folder / "townships.csv", entries, names)
    add_aliases(folder / "aliases.csv", entries, names)
    former = add_former(folder / "former-townships.csv", entries, names)
    add_overrides(root / "locality-overrides.csv", entries, names, former)
    add_villages(folder / "villages.parquet", entries)
    add_cues(cues, entries)
    add_media(folder / "cues.yml", cues, entries, names)
    rest = {"stat_home": stat_home, "former": former, "common": cues["common_words"]}
    return [
        *pack(entries),
        towns_bytes(names),
        array("Q", names).tobytes(),
        "\n".join(names.values()).encode(),
        json.dumps(rest, ensure_ascii=False).encode(),
    ]


def pack(entries: Entries) -> list[bytes]:
    """Automaton, index of first entries, entries."""
    patterns = sorted(entries)
    first, flat = array("I", [0]), array("Q")
    for pattern in patterns:
        flat.extend(dict.fromkeys(entries[pattern]))
        first.append(len(flat))
    return [Automaton(patterns).serialize(), first.tobytes(), flat.tobytes()]


def towns_bytes(names: dict[int, str]) -> bytes:
    """Codes of all townships, ascending."""
    return array("Q", sorted(c for c in names if 10**8 <= c < 10**9)).tobytes()


def add(entries: Entries, surface: str, code: int, form: Form) -> None:
    """Let `surface` stand for `code`."""
    if len(surface) >= 2:
        entries[surface].append(code << 4 | form)


def rows_of(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and row of a CSV file."""
    if not path.is_file():
        raise RulesError(path, None, "the file is missing; run: python -m etl reference")
    with path.open(encoding="utf-8", newline="") as handle:
        for row in (reader := csv.DictReader(handle)):
            yield reader.line_num, row


def code_of(path: Path, line: int, text: str, known: dict[int, str] | None = None) -> int:
    """A division code; RulesError where it is no code or, given `known`, not one of the gazetteer's."""
    if not text.isdigit() or len(text) not in (2, 4, 6, 9, 12):
        raise RulesError(path, line, f"not a division code: {text!r}")
    if known is not None and len(text) <= 9 and int(text) not in known:
        raise RulesError(path, line, f"no division has the code {text}")
    return int(text)


def add_areas(path: Path, entries: Entries, names: dict[int, str]) -> None:
    """Provinces, prefectures and counties with their short forms."""
    for line, row in rows_of(path):
        code, name = code_of(path, line, row["code"]), row["name"]
        if code in names:
            raise RulesError(path, line, f"{code} stands twice")
        names[code] = name
        digits = len(row["code"])
        doubled = (digits == 4 and name == names[code // 100]) or (digits == 6 and name == names[code // 100])
        if name and not doubled:  # 北京市 stands for the province, 东莞市 for the prefecture, not for both levels
            short_name = digits == 6 and len(name) == 2  # 和县, 开县: also the ends and heads of other words
            form = Form.SOFT if name in _GENERIC_COUNTY else Form.STEM if short_name else Form.FULL
            add(entries, name, code, form)
            for surface, short in area_forms(name, digits) if row["stat_only"] == "0" else ():
                add(entries, surface, code, short)


def area_forms(name: str, digits: int) -> Iterator[tuple[str, Form]]:
    """Short forms of a province's, prefecture's or county's name."""
    head = re.sub(r"(?:特别行政区|自治[区州县旗]|地区|[新林特矿]区|[省市县区盟旗])$", "", name)
    stem = _ETHNIC.sub("", head)
    stem = stem if len(stem) >= 2 else head  # 内蒙古
    if "自治" in name and digits > 2 and stem != name[:-1]:
        yield stem + name[-1], Form.SHORT
    if len(stem) >= 2 and stem != name:
        yield stem, Form.STEM


def add_towns(path: Path, entries: Entries, names: dict[int, str]) -> None:
    """Townships; what is no 街道, 镇, 乡 or 苏木 (farms, zones) is read only below a parent that the article names."""
    rows = list(rows_of(path))
    repeated = Counter(row["name"] for _, row in rows)
    for line, row in rows:
        code = code_of(path, line, row["code"])
        if code // 1000 not in names:
            raise RulesError(path, line, f"{row['name']}: no county has the code {code // 1000}")
        name = names[code] = own_name(row["name"], names[code // 1000], names.get(code // 10**5, ""))
        if name in _GENERIC_TOWN:
            continue
        regular = _TOWN.fullmatch(name) is not None
        if regular or repeated[name] == 1:
            add(entries, name, code, Form.FULL if regular else Form.SOFT)
        for surface, form in town_forms(name, code):
            add(entries, surface, code, form)
        city = names.get(code // 10**5, "")
        if regular and city == names[code // 1000]:
            for surface in chained(city, name):
                add(entries, surface, code, Form.SHORT)


def chained(city: str, town: str) -> Iterator[str]:
    """How papers name a town of a city that has no counties: 东莞石碣, 东莞市石碣镇."""
    for head in (city, city.removesuffix("市")):
        yield head + town
        if len(bare := re.sub(r"(?:街道|镇|乡)$", "", town)) >= 2:
            yield head + bare


def own_name(name: str, county: str, city: str) -> str:
    """The township's own name where the bureau wrote the county before it: 济源市轵城镇 → 轵城镇."""
    if not _TOWN.fullmatch(name):
        return name
    for prefix in (city + county, county, city):
        rest = name.removeprefix(prefix).removeprefix("人民政府") if prefix else name
        if rest != name and len(rest) >= 3 and _TOWN.fullmatch(rest):
            return rest
    return name


def town_forms(name: str, code: int) -> Iterator[tuple[str, Form]]:
    """Short forms of a township's name."""
    plain = _ETHNIC.sub("", name)
    if name.endswith("乡") and plain != name and len(plain) >= 3:
        yield plain, Form.SHORT
    tail = _STREET_TAIL.fullmatch(name) or _STREET_IN_NOTE.search(name)
    if tail:
        yield tail[1], Form.SHORT
    if name.endswith("街街道") and len(name) >= 5:
        yield name[:-3] + "街道", Form.SHORT
        yield name[:-2], Form.SOFT
    elif name.endswith("街道") and code // 10**5 == 4401 and len(name) >= 4:
        yield name[:-1], Form.SOFT


def add_aliases(path: Path, entries: Entries, names: dict[int, str]) -> None:
    """Habitual short forms, zones that are the whole of a division, and counties' former names."""
    forms = {"short": Form.SHORT, "zone": Form.ZONE, "former": Form.SHORT}
    for line, row in rows_of(path):
        if row["kind"] not in forms:
            raise RulesError(path, line, f"unknown kind {row['kind']!r}; one of {', '.join(forms)}")
        form = Form.STEM if len(row["surface"]) == 2 and row["surface"][-1] in "县市" else forms[row["kind"]]
        add(entries, row["surface"], code_of(path, line, row["code"], names), form)


def read_zones(path: Path) -> dict[int, int]:
    """Statistics-only counties and the county that each lies in (0 = several)."""
    return {
        code_of(path, line, row["code"]): code_of(path, line, row["county_code"]) if row["county_code"] else 0
        for line, row in rows_of(path)
    }


def add_former(path: Path, entries: Entries, names: dict[int, str]) -> dict[int, tuple[str, str, int]]:
    """Townships' former names, each under a pseudo code of its own, with the successor that took most of it."""
    best: dict[tuple[int, str], tuple[float, int, str]] = {}
    for line, row in rows_of(path):
        county = code_of(path, line, row["county_code"], names)
        successor = code_of(path, line, row["new_code"], names) if row["new_code"] else 0
        share = float(row["share"] or 0)
        if not _TOWN.fullmatch(row["old_name"]):
            continue  # offices, not townships
        key = (county, row["old_name"])
        best[key] = max(best.get(key, (-1.0, 0, "")), (share, successor, row["until"]))
    former: dict[int, tuple[str, str, int]] = {}
    for n, ((county, name), (share, successor, until)) in enumerate(sorted(best.items())):
        if any(e >> 4 in range(county * 1000, county * 1000 + 1000) for e in entries.get(name, ())):
            continue  # the name lives on in this county
        code = FORMER + county * 1000 + n % 1000
        while code in former:
            code += 1
        former[code] = (name, until, successor if share > 0.5 else 0)
        add(entries, name, code, Form.FORMER)
    return former


def add_overrides(path: Path, entries: Entries, names: dict[int, str], former: dict[int, tuple[str, str, int]]) -> None:
    """What real pages needed: a surface in a county stands for a known code, or for a street that no source has."""
    for line, row in rows_of(path):
        county = code_of(path, line, row["county_code"], names)
        if row["surface"] in {name for key, (name, *_) in former.items() if (key - FORMER) // 1000 == county}:
            continue  # former-townships.csv tells more
        if row["code"]:
            code = code_of(path, line, row["code"], names)
            misread = len(row["surface"]) == len(row["canonical"]) and row["surface"] != row["canonical"]
            form = Form.VILLAGE if len(row["code"]) == 12 else Form.MISREAD if misread else Form.SHORT
            add(entries, row["surface"], code, form)
            continue
        code = FORMER + county * 1000 + 999
        while code in former:
            code -= 1
        former[code] = (row["canonical"], "9999-12-31", 0)
        add(entries, row["surface"], code, Form.FORMER)


def add_villages(path: Path, entries: Entries) -> None:
    """Villages and communities by the name that texts use, without words that are no names."""
    if not path.is_file():
        raise RulesError(path, None, "the file is missing; run: python -m etl reference")
    table = pq.read_table(path)
    for code, name in zip(table["code"].to_pylist(), table["name"].to_pylist(), strict=True):
        if 2 <= len(name) <= 12 and name not in _GENERIC_VILLAGE:
            entries[name].append(code << 4 | Form.VILLAGE)


def read_cues(path: Path) -> dict[str, Any]:
    """cues.yml, checked."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RulesError(path, None, f"cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise RulesError(path, None, f"no valid YAML: {error}") from error
    missing = {"refer_backs", "scopes", "agencies", "common_words", "media", "tails"} - set(data or {})
    if missing:
        raise RulesError(path, None, f"lacks {', '.join(sorted(missing))}")
    return dict(data)


def add_cues(cues: dict[str, Any], entries: Entries) -> None:
    """Words that name a level without its name."""
    for level, words in cues["refer_backs"].items():
        for word in words:
            add(entries, word, LEVELS[level], Form.CUE)
    for level, words in cues["scopes"].items():
        for word in words:
            add(entries, word, LEVELS[level] + 1, Form.CUE)
    for word in cues["tails"]:
        add(entries, word, 1, Form.TAIL)
    for level, heads in cues["agencies"]["heads"].items():
        for head in heads:
            for name in cues["agencies"]["names"]:
                add(entries, head + name, LEVELS[level], Form.CUE)


def add_media(path: Path, cues: dict[str, Any], entries: Entries, names: dict[int, str]) -> None:
    """Newspapers and sites whose name does not tell their province."""
    for code, brands in cues["media"].items():
        if int(code) not in names:
            raise RulesError(path, None, f"media: no division has the code {code}")
        for brand in brands:
            add(entries, brand, int(code), Form.MEDIA)
