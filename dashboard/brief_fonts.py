"""A Chinese font for the PDF briefing: one that is embedded, so that the page prints the same on every machine.

reportlab embeds TrueType outlines only. Linux systems have Noto CJK, whose outlines are PostScript's: the characters of the
document are cut out of it and redrawn as TrueType (fontTools), about a second for a briefing.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, TTLibError, newTable

WINDOWS = Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
NOTO = (
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/share/fonts/noto-cjk"),
    Path("/usr/share/fonts/google-noto-cjk"),
)
BODY_FONTS = (
    WINDOWS / "simfang.ttf", WINDOWS / "simsun.ttc", *(folder / "NotoSerifCJK-Regular.ttc" for folder in NOTO),
    *(folder / "NotoSansCJK-Regular.ttc" for folder in NOTO), WINDOWS / "msyh.ttc",
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"), Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
    Path("/usr/share/fonts/truetype/arphic/uming.ttc"), Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
    Path("/System/Library/Fonts/Supplemental/Songti.ttc"), Path("/Library/Fonts/Arial Unicode.ttf"),
    Path("/System/Library/Fonts/Supplemental/Arial Unicode.ttf"),
)  # fmt: skip
HEAD_FONTS = (WINDOWS / "simhei.ttf", *(folder / "NotoSansCJK-Bold.ttc" for folder in NOTO), *BODY_FONTS)
PLAIN = "".join(map(chr, range(0x20, 0x7F))) + "，。、；：？！（）《》“”‘’—…·％万亿缺报"
NO_INSTRUCTIONS = (  # what a font without hinting says in its table maxp
    "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements", "maxSizeOfInstructions",
    "maxComponentElements",
)  # fmt: skip
ERROR = 1.0  # units of the em (usually 1,000) that a redrawn curve may differ: below what a printer shows


def embedded_font(paths: tuple[Path, ...], characters: str) -> bytes | None:
    """A TrueType font with these characters, from the first of the paths that is there and can be read; None without any."""
    for path in paths:
        if path.is_file():
            try:
                return cut(path, characters)
            except (TTLibError, OSError, KeyError, ValueError):
                continue
    return None


def cut(path: Path, characters: str) -> bytes:
    """The characters' part of a font file, with TrueType outlines."""
    font = TTFont(path, fontNumber=simplified(path), lazy=True)
    dropped = ["BASE", "VORG", "vhea", "vmtx", "DSIG"]
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, drop_tables=dropped)
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters + PLAIN)
    cutter.subset(font)
    if "glyf" not in font:
        redraw(font)
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def simplified(path: Path) -> int:
    """Which font of a collection draws characters as mainland China does (Noto: “… CJK SC”); the first where none says so."""
    if path.suffix.lower() != ".ttc":
        return -1
    with TTCollection(path, lazy=True) as collection:
        names = [str(font["name"].getDebugName(1)) for font in collection.fonts]
    return next((i for i, name in enumerate(names) if name.endswith(" SC")), 0)


def redraw(font: TTFont) -> None:
    """PostScript outlines (CFF) as TrueType's, in place."""
    drawn, order, outlines = {}, font.getGlyphOrder(), font.getGlyphSet()
    for name in order:
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, ERROR, reverse_direction=True))
        drawn[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = glyphs = newTable("glyf")
    glyphs.glyphOrder, glyphs.glyphs = order, drawn
    del font["CFF "]
    widest = font["maxp"]
    widest.tableVersion = 0x00010000
    widest.maxZones = 1
    for field in NO_INSTRUCTIONS:
        setattr(widest, field, 0)
    for name in order:
        glyph = drawn[name]
        glyph.recalcBounds(glyphs)
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"
