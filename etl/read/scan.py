"""Scanned pages: boxes and text by RapidOCR (PP-OCR models inside its wheel, nothing is downloaded), order by `layout`.

OCR is the extra ``ocr``; without it each scan becomes an issue that says how to install it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache
from statistics import fmean, median
from typing import Any

from etl.models import Issue, Page
from etl.read.blocks import Line
from etl.read.layout import reading_text
from etl.read.limits import MAX_PIXELS, SMALL_PICTURE
from etl.read.source import Source

HOW_TO_INSTALL = "读取扫描件需要文字识别组件，请运行：pip install campaign-tracker[ocr]，再重新运行。"
_TILE = 2000  # pixels: the detector sees type of 20 pixels well at this size and needs under 2 GB
_OVERLAP = 200
_MARGIN = (
    0.25  # of a line's height, added left and right: the detector's boxes cut into the first character of large type
)


Box = tuple[float, float, float, float]  # x0, y0, x1, y1


class OcrMissingError(RuntimeError):
    """The extra `ocr` is not installed."""


@cache
def ocr_version() -> str:
    """Version of the OCR engine, or 'none': part of the readers' versions, so that scans are read anew with it."""
    import importlib.metadata

    try:
        return importlib.metadata.version("rapidocr")
    except importlib.metadata.PackageNotFoundError:
        return "none"


def read_image(source: Source) -> Iterator[Page | Issue]:
    """A scanned page, or each frame of a TIFF, as a Page with its confidence."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings(), source.open() as stream:
            warnings.simplefilter("ignore")
            image = Image.open(stream)
            frames = min(getattr(image, "n_frames", 1), 100) if image.format == "TIFF" else 1
            for number in range(frames):
                image.seek(number)
                yield from _frame(source, image, str(number + 1) if frames > 1 else None)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        yield source.issue(
            "broken-image", f"图片已损坏或不完整，无法读取（{type(error).__name__}）。请重新扫描或重新取得。"
        )


def _frame(source: Source, image: Any, label: str | None) -> Iterator[Page | Issue]:
    where = f"第{label}页" if label else None
    width, height = image.size
    if width * height > MAX_PIXELS:
        yield source.issue(
            "too-large", f"图片有 {width}×{height} 像素，超过上限。请以 200–300 dpi 重新扫描。", where=where
        )
        return
    if min(width, height) < SMALL_PICTURE:
        yield source.issue("small-picture", f"图片只有 {width}×{height} 像素，不是版面扫描件，已略过。", "info", where)
        return
    try:
        text, confidence = recognise(_upright(image))
    except OcrMissingError as error:
        yield source.issue("no-ocr", str(error), where=where)
        return
    if text:
        yield Page(source.name, text, page=label, ocr_confidence=confidence)
    else:
        yield source.issue("no-text", "图片里没有识别出文字。请确认是版面扫描件，且清晰、方向正确。", "warning", where)


def _upright(image: Any) -> Any:
    from PIL import ImageOps

    return (ImageOps.exif_transpose(image) or image).convert("RGB")


def recognise(image: Any) -> tuple[str, float | None]:
    """Text of an RGB image in reading order, and the mean confidence of its lines (0..1)."""
    found = list(_lines(image))
    text = reading_text([line for line, _ in found])
    return text, round(fmean(score for _, score in found), 4) if found else None


@cache
def _engine() -> Any:
    try:
        import cv2  # noqa: F401 - part of the extra, checked here
        from rapidocr import RapidOCR
    except ImportError as error:
        raise OcrMissingError(HOW_TO_INSTALL) from error
    return RapidOCR(
        params={"Global.log_level": "critical", "Global.use_cls": False, "Global.max_side_len": _TILE + _OVERLAP}
    )


def _lines(image: Any) -> Iterator[tuple[Line, float]]:
    """Every line of the page: boxes are found in tiles, mended where tiles cut them, and read from the whole image."""
    import numpy

    engine = _engine()
    pixels = numpy.ascontiguousarray(numpy.asarray(image)[:, :, ::-1])
    boxes = part(mend([box for tile in tiles(image.width, image.height) for box in _detect(engine, pixels, tile)]))
    for x0, y0, x1, y1 in boxes:
        side, above = _MARGIN * (y1 - y0), 0.06 * (y1 - y0)
        crop = pixels[max(int(y0 - above), 0) : int(y1 + above) + 1, max(int(x0 - side), 0) : int(x1 + side) + 1]
        yield from _read_line(engine, (x0, y0, x1, y1), crop)


def tiles(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Overlapping tiles that cover an image."""
    return [
        (x, y, min(x + _TILE + _OVERLAP, width), min(y + _TILE + _OVERLAP, height))
        for y in range(0, max(height - _OVERLAP, 1), _TILE)
        for x in range(0, max(width - _OVERLAP, 1), _TILE)
    ]


def _detect(engine: Any, pixels: Any, tile: tuple[int, int, int, int]) -> Iterator[Box]:
    x0, y0, x1, y1 = tile
    result = engine(pixels[y0:y1, x0:x1], use_det=True, use_cls=False, use_rec=False)
    for corners in result.boxes if result.boxes is not None else ():
        xs, ys = [float(c[0]) + x0 for c in corners], [float(c[1]) + y0 for c in corners]
        box = (max(min(xs), 0.0), max(min(ys), 0.0), max(xs), max(ys))
        if not _cut_lengthwise(box, tile, pixels.shape[0]):
            yield box


def _cut_lengthwise(box: Box, tile: tuple[int, int, int, int], height: int) -> bool:
    """Whether a tile's upper or lower edge cuts through the line: the next tile shows it whole."""
    at_top = tile[1] > 0 and box[1] < tile[1] + 6
    at_bottom = tile[3] < height and box[3] > tile[3] - 6
    return (at_top or at_bottom) and box[3] - box[1] < _OVERLAP - 12


def mend(boxes: list[Box]) -> list[Box]:
    """Boxes of one line that two tiles found in part are made one: same row, overlapping in width."""
    merged: list[Box] = []
    for box in sorted(boxes, key=lambda b: (b[0], b[1])):
        for i, other in enumerate(merged):
            height = min(box[3] - box[1], other[3] - other[1])
            rows = min(box[3], other[3]) - max(box[1], other[1])
            if (
                rows > 0.6 * height
                and max(box[3] - box[1], other[3] - other[1]) < 1.6 * height
                and (min(box[2], other[2]) - max(box[0], other[0]) > 0.3 * height)
            ):
                merged[i] = (min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]))
                break
        else:
            merged.append(box)
    return merged


def part(boxes: list[Box]) -> list[Box]:
    """Boxes that run over a gutter are cut there: near them, lines of like height end at its left and begin at its
    right."""
    out: list[Box] = []
    usual = median(b[2] - b[0] for b in boxes) if boxes else 0.0
    for box in boxes:
        gutter = _gutter(box, boxes) if box[2] - box[0] > 1.3 * usual else None
        if gutter is None:
            out.append(box)
        else:
            out += [(box[0], box[1], gutter[0], box[3]), (gutter[1], box[1], box[2], box[3])]
    return out


def _gutter(box: Box, boxes: list[Box]) -> tuple[float, float] | None:
    """(right edge of the left column, left edge of the right one) of a gutter under a box, or None."""
    height = box[3] - box[1]
    near = [
        b for b in boxes if b is not box and abs(b[1] - box[1]) < 14 * height and 0.7 < (b[3] - b[1]) / height < 1.4
    ]
    inside = (box[0] + 2 * height, box[2] - 2 * height)
    end, ended = _crowd([b[2] for b in near if inside[0] < b[2] < inside[1]], 0.4 * height)
    start, begun = _crowd([b[0] for b in near if end < b[0] < min(end + 3 * height, inside[1])], 0.4 * height)
    crossing = sum(b[0] < end - height and b[2] > start + height for b in near)
    return (end, start) if min(ended, begun) >= max(3, 3 * crossing) else None


def _crowd(values: list[float], reach: float) -> tuple[float, int]:
    """The value that has most of the others within reach, and how many these are."""
    return max(((v, sum(abs(v - o) < reach for o in values)) for v in values), key=lambda p: p[1], default=(0.0, 0))


def _read_line(engine: Any, box: Box, crop: Any) -> Iterator[tuple[Line, float]]:
    if min(crop.shape[:2]) < 4:
        return
    result = engine(crop, use_det=False, use_cls=False, use_rec=True)
    text = (result.txts or ("",))[0].strip()
    score = float((result.scores or (0.0,))[0])
    if text and score >= 0.5:
        x0, y0, x1, y1 = box
        size = min(y1 - y0, (x1 - x0) / max(len(text), 1) * 1.5) if len(text) > 1 else y1 - y0
        yield Line(x0, y0, x1, y1, text, size), score
