"""The gazetteer: what its files hold, how names are formed, how the compiled cache behaves when things go wrong."""

from __future__ import annotations

import json
import shutil
import struct
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from etl.reference import community_name, geometry, simplify
from etl.rules import DEFAULT_ROOT, Rules, load_rules
from etl.rules.errors import RulesError
from etl.rules.gazetteer import Gazetteer, load_gazetteer, read_cache, write_cache
from etl.rules.gazetteer_build import area_forms, own_name, town_forms

GEO = DEFAULT_ROOT / "geo"


def codes(gazetteer: Gazetteer, name: str) -> set[int]:
    """What a whole name may stand for."""
    hits = [m for m in gazetteer.automaton.find_overlapping(name) if (m[0], m[1]) == (0, len(name))]
    return {code for hit in hits for code in gazetteer.reading(hit[2]).codes}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("山西省", 14),
        ("山西", 14),
        ("内蒙古", 15),
        ("大同市", 1402),
        ("大同", 1402),
        ("黔东南州", 5226),
        ("黔东南", 5226),
        ("巴州", 6528),
        ("平城区", 140213),
        ("前郭县", 220721),
        ("前郭尔罗斯蒙古族自治县", 220721),
        ("木垒县", 652328),
        ("滕州", 370481),
        ("武鸣", 450110),
        ("西海岸新区", 370211),
        ("济源市", 419001),
        ("东莞市", 4419),
        ("水泊寺街道", 140213066),
        ("小碧乡", 520102202),
        ("汉兴街道", 420103013),
        ("沙湾河乡", 140602206),
        ("轵城镇", 419001102),
        ("西水磨村", 140213060209),
        ("七里村", 140271400203),
        ("扬子晚报", 32),
    ],
)
def test_names_stand_for_codes(rules: Rules, name: str, code: int) -> None:
    assert code in codes(rules.gazetteer, name)


def test_all_levels_are_there(rules: Rules) -> None:
    names = rules.gazetteer.names
    digits = [len(str(code)) for code in names]
    assert digits.count(2) == 31
    assert digits.count(6) == 2978
    assert digits.count(9) == 41352
    assert len(rules.gazetteer.stat_home) == 124
    assert all(home in names for home in rules.gazetteer.stat_home.values() if home)


@pytest.mark.parametrize(
    ("name", "digits", "expected"),
    [
        ("广西壮族自治区", 2, {"广西"}),
        ("大同市", 4, {"大同"}),
        ("恩施土家族苗族自治州", 4, {"恩施州", "恩施"}),
        ("木垒哈萨克自治县", 6, {"木垒县", "木垒"}),
        ("积石山保安族东乡族撒拉族自治县", 6, {"积石山县", "积石山"}),
        ("和县", 6, set()),
        ("武鸣区", 6, {"武鸣"}),
        ("内蒙古自治区", 2, {"内蒙古"}),
    ],
)
def test_area_forms(name: str, digits: int, expected: set[str]) -> None:
    assert {surface for surface, _ in area_forms(name, digits)} == expected


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("小碧布依族苗族乡", 520102202, {"小碧乡"}),
        ("永安街道片区", 230000001, {"永安街道"}),
        ("科技城（东渚街道）", 320505001, {"东渚街道"}),
        ("永平街道", 440111011, {"永平街"}),
        ("永平街道", 110111011, set()),
        ("汉兴街街道", 420103013, {"汉兴街道", "汉兴街"}),
        ("神头镇", 140603100, set()),
    ],
)
def test_town_forms(name: str, code: int, expected: set[str]) -> None:
    assert {surface for surface, _ in town_forms(name, code)} == expected


def test_a_township_loses_the_county_before_it() -> None:
    assert own_name("济源市轵城镇", "济源市", "") == "轵城镇"
    assert own_name("四平市铁东区平东街道", "铁东区", "四平市") == "平东街道"
    assert own_name("城关镇", "城关区", "兰州市") == "城关镇"


@pytest.mark.parametrize(
    ("official", "name"),
    [
        ("银闸社区居委会", "银闸社区"),
        ("月山村委会", "月山村"),
        ("东曹村村民委员会", "东曹村"),
        ("万裕苑第一社区居民委员会", "万裕苑第一社区"),
        ("伊克尔嘎查村民委员会", "伊克尔嘎查"),
        ("珍珠泉居委会", "珍珠泉社区"),
        ("怡和社区居委", "怡和社区"),
        ("世发号村委会（德惠经济开发区）", "世发号村"),
        ("黑林子社区", "黑林子社区"),
    ],
)
def test_community_names(official: str, name: str) -> None:
    assert community_name(official) == name


def test_a_cache_comes_back_as_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "gazetteer-x.bin"
    write_cache(path, [b"abc", b"", b"de"])
    assert read_cache(path) == [b"abc", b"", b"de"]


@pytest.mark.parametrize(
    "damage", [b"", b"GAZ2", b"short", b"GAZ1" + bytes(40), b"GAZ2" + b"\xff" * 40, b"GAZ2" + bytes(40)]
)
def test_a_damaged_cache_is_not_read(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "gazetteer-x.bin"
    path.write_bytes(damage)
    assert read_cache(path) is None


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer-x.bin"
    write_cache(path, [b"abcdef"])
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    assert read_cache(path) is None


def test_many_writers_leave_one_whole_cache(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer-x.bin"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: write_cache(path, [bytes([n]) * 100_000]), range(16)))
    assert read_cache(path) is not None
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    blocker = tmp_path / "cache"
    blocker.write_text("a file where the folder should be")
    write_cache(blocker / "gazetteer-x.bin", [b"abc"])
    assert blocker.read_text().startswith("a file")


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the gazetteer's files that a test may spoil, with hardly any villages' work to do."""
    root = tmp_path_factory.mktemp("data") / "reference"
    shutil.copytree(DEFAULT_ROOT / "gazetteer", root / "gazetteer")
    shutil.copy(DEFAULT_ROOT / "locality-overrides.csv", root)
    return root


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        ("gazetteer/aliases.csv", "某新区,999999,zone,made up\n", "no division has the code 999999"),
        ("gazetteer/aliases.csv", "某新区,370211,sort,made up\n", "unknown kind 'sort'"),
        ("gazetteer/townships.csv", "999999001,某街道\n", "no county has the code 999999"),
        ("gazetteer/areas.csv", "140213,平城区,0\n", "140213 stands twice"),
        ("gazetteer/former-townships.csv", "14021,某乡,140213050,0.9,\n", "not a division code: '14021'"),
    ],
)
def test_a_wrong_row_is_named(copied: Path, file: str, line: str, message: str) -> None:
    path = copied / file
    before = path.read_text(encoding="utf-8")
    path.write_text(before + line, encoding="utf-8")
    try:
        with pytest.raises(RulesError, match=message) as caught:
            load_gazetteer(copied)
        assert f"{path.name}:{before.count(chr(10)) + 1}" in str(caught.value)
    finally:
        path.write_text(before, encoding="utf-8")


def test_a_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(RulesError):
        load_gazetteer(tmp_path / "reference")


def test_rules_load_as_a_whole() -> None:
    assert load_rules().gazetteer.names[140213] == "平城区"


@pytest.mark.parametrize("level", ["provinces", "prefectures", "counties"])
def test_boundaries_have_what_the_map_needs(level: str) -> None:
    features = json.loads((GEO / f"{level}.geojson").read_text(encoding="utf-8"))["features"]
    adcodes = [f["properties"]["adcode"] for f in features]
    assert len(adcodes) == len(set(adcodes)) >= 31
    for f in features:
        assert f["properties"]["name"]
        polygons = f["geometry"]["coordinates"]
        polygons = [polygons] if f["geometry"]["type"] == "Polygon" else polygons
        assert all(ring[0] == ring[-1] and len(ring) >= 4 for polygon in polygons for ring in polygon)
        assert all(signed_area(polygon[0]) <= 0 for polygon in polygons)  # exterior rings run clockwise


def signed_area(ring: list[list[float]]) -> float:
    """Twice the area of a ring, negative where it runs clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


def test_reference_files_are_light() -> None:
    files = [p for folder in ("gazetteer", "geo") for p in (DEFAULT_ROOT / folder).iterdir()]
    total = sum(p.stat().st_size for p in files)
    assert total < 20_000_000


def test_a_straight_line_needs_its_ends_only() -> None:
    line = [(i / 1000, 0.0) for i in range(21)]
    assert len(simplify(line)) == 3
    bent = [*line[:10], (0.01, 0.02), *line[11:]]
    assert (0.01, 0.02) in simplify(bent)


def test_a_binary_shape_is_read() -> None:
    def pack(blocks: list[bytes]) -> bytes:
        return struct.pack(f"<{len(blocks) + 1}I", len(blocks), *map(len, blocks)) + b"".join(blocks)

    corners = [(0, 0), (0, 1), (1, 1), (0, 0)]
    numbers = [int(v) for lon, lat in corners for v in ((lon + 180) / 2e-6, (lat + 90) / 2e-6)]
    ring = struct.pack(f"<I{len(numbers)}I", 0, *numbers)
    shape = geometry(struct.pack("<I", 5) + pack([ring]))
    assert shape == {"type": "Polygon", "coordinates": [[list(map(float, c)) for c in corners]]}
