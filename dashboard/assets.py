"""`python -m dashboard assets DIR`: what every new reader's browser fetches, packed once for nginx (deploy/nginx/).

Streamlit sends its scripts as they are (Plotly's alone is 4.7 MB). Here they are compressed as far as they go, which takes
too long to be done at each request, and the fonts are cut down to what the pages draw::

    DIR/br/static/js/…, css/…, media/…      encoded with brotli, quality 11
    DIR/gzip/static/…                       encoded with gzip, level 9
    DIR/preload.conf                        the scripts that a page with charts needs, named to the browser with the page
    DIR/assets.json                         what this was made from; only a folder that has it, or an empty one, is replaced

Made anew after each upgrade: names of scripts change with their content. Where a file is missing, nginx asks the dashboard.
"""

from __future__ import annotations

import concurrent.futures
import gzip
import io
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MARK = "assets.json"
ICON = re.compile(r":material/([a-z0-9_]{1,60}):")
IMPORT = re.compile(r'(?:\bfrom|\bimport)\s*["`]\./([\w.@-]{1,120}\.js)["`]')  # static ones; import(…) is left out
LISTED = re.compile(r'(?:src|href)="\./static/js/([\w.@-]{1,120}\.js)"')
DRAWN = ("PlotlyChart", "Html", "Metric", "ButtonGroup", "Button")  # what the first page asks for by and by
LONGEST = 3500  # characters; nginx reads no parameter above 4096
FILES = frozenset({"js", "css", "media"})


class AssetsError(RuntimeError):
    """The folder cannot be written; the message says what to do."""


def command(folder: Path) -> int:
    """Exit code: 0, or 64 where the folder is not ours to replace or a package is missing."""
    try:
        made = write(folder)
    except (AssetsError, ModuleNotFoundError) as error:
        print(f"error: {error}")
        return 64
    print(f"{made['files']} files, {made['bytes']:,} bytes: brotli {made['br']:,}, gzip {made['gzip']:,} → {folder}")
    return 0


def write(folder: Path, *, brotli_quality: int = 11, gzip_level: int = 9) -> dict[str, Any]:
    """Fill `folder`, in one switch: until then what stood there is served. Returns what assets.json says."""
    import brotli  # extra: deploy

    front = front_end()
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise AssetsError(f"{folder} holds something else; name an empty folder")
    fresh, last = (folder.with_name(f"{folder.name}.{end}") for end in ("new", "old"))
    for left in (fresh, last):
        shutil.rmtree(left, ignore_errors=True)
    fresh.mkdir(parents=True)
    encoders: dict[str, Callable[[bytes], bytes]] = {
        "br": lambda b: brotli.compress(b, quality=brotli_quality, lgwin=24),
        "gzip": lambda b: gzip.compress(b, gzip_level, mtime=0),
    }
    made = pack(front, fresh, encoders)
    (fresh / "preload.conf").write_text(preload(front), encoding="utf-8")
    (fresh / MARK).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    readable(fresh)
    if folder.exists():
        folder.rename(last)
    fresh.rename(folder)
    shutil.rmtree(last, ignore_errors=True)
    return made


def front_end() -> Path:
    """The folder of Streamlit's own pages, with index.html and static/."""
    import streamlit

    return Path(streamlit.__file__).parent / "static"


def pack(front: Path, target: Path, encoders: dict[str, Callable[[bytes], bytes]]) -> dict[str, Any]:
    """Write each file once an encoding; counts and sums of bytes."""
    made: dict[str, Any] = {"streamlit": version("streamlit"), "files": 0, "bytes": 0, **dict.fromkeys(encoders, 0)}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # both encoders let go of the interpreter
        jobs = []
        for name, content in contents(front):
            made["files"] += 1
            made["bytes"] += len(content)
            jobs += [(e, pool.submit(pack_one, target / e / name, encode, content)) for e, encode in encoders.items()]
        for encoding, job in jobs:
            made[encoding] += job.result()
    return made


def pack_one(path: Path, encode: Callable[[bytes], bytes], content: bytes) -> int:
    """Bytes written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(encode(content))


def contents(front: Path) -> Iterator[tuple[str, bytes]]:
    """Each file of the front end by its address (`static/js/…`), with the fonts cut down; the largest first."""
    found = [p for p in (front / "static").rglob("*") if p.is_file() and p.relative_to(front).parts[1] in FILES]
    for path in sorted(found, key=lambda p: -p.stat().st_size):
        content = path.read_bytes()
        if path.name.startswith("MaterialSymbols") and path.suffix == ".woff2":
            content = icon_font(content, icons(front))
        elif path.name.startswith("SourceSans") and path.suffix == ".woff2":
            content = subset(content, [], " ")  # index.html asks for it at once, but our theme never draws with it
        yield path.relative_to(front).as_posix(), content


# --- fonts -----------------------------------------------------------------------------------------------------------


def icons(front: Path) -> set[str]:
    """Names of all icons that Streamlit's front end, its server or our pages can show: `:material/name:`."""
    files = [
        *(front / "static" / "js").glob("*.js"), *front.parent.glob("elements/**/*.py"), *front.parent.glob("navigation/*.py"), *HERE.rglob("*.py"),
    ]  # fmt: skip
    return {name for path in files for name in ICON.findall(path.read_text("utf-8"))}


def icon_font(content: bytes, names: set[str]) -> bytes:
    """The font with the icons of these names only. An icon is a ligature of its name's letters."""
    from fontTools.ttLib import TTFont  # extra: deploy

    known = ligatures(TTFont(io.BytesIO(content)))
    return subset(content, [known[n] for n in sorted(names & known.keys())], "abcdefghijklmnopqrstuvwxyz0123456789_ ")


def ligatures(font: Any) -> dict[str, str]:
    """{letters in lower case: glyph} of a font's ligatures."""
    letters = {glyph: chr(code).lower() for code, glyph in font.getBestCmap().items()}
    found: dict[str, str] = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            for first, rest in getattr(getattr(table, "ExtSubTable", table), "ligatures", {}).items():
                for one in rest:
                    found["".join(letters.get(g, "\0") for g in (first, *one.Component))] = one.LigGlyph
    return found


def subset(content: bytes, glyphs: list[str], text: str) -> bytes:
    """A WOFF2 font with these glyphs and characters, and of its ligatures those that end in one of the glyphs."""
    from fontTools import subset as tools  # extra: deploy
    from fontTools.ttLib import TTFont

    options = tools.Options()
    options.layout_features, options.layout_closure, options.hinting = ["*"], False, False
    options.notdef_outline = True  # browsers refuse a font that draws nothing at all
    font, cut, out = TTFont(io.BytesIO(content), recalcTimestamp=False), tools.Subsetter(options), io.BytesIO()
    cut.populate(glyphs=glyphs, text=text)
    cut.subset(font)
    font.flavor = "woff2"
    font.save(out)
    return out.getvalue()


# --- what the browser may fetch before it knows ----------------------------------------------------------------------


def preload(front: Path) -> str:
    """A line of nginx's configuration: the Link header that goes with a page that draws charts.

    The browser then fetches and compiles Plotly while the session begins, not after the first chart was sent.
    """
    links = [f"</static/js/{name}>; rel=modulepreload; crossorigin" for name in early(front)]
    while len(", ".join(links)) > LONGEST:
        links.pop()
    return f'set $campaign_preload "{", ".join(links)}";\n'


def early(front: Path) -> list[str]:
    """The chunks of DRAWN and what they import, without those that index.html names itself; a chunk before its imports."""
    folder = front / "static" / "js"
    known = set(LISTED.findall((front / "index.html").read_text("utf-8")))
    found: dict[str, None] = {}
    waiting = [path.name for name in reversed(DRAWN) for path in sorted(folder.glob(f"{name}.*.js"))]
    while waiting:
        name = waiting.pop()
        if name not in known and name not in found and (folder / name).is_file():
            found[name] = None
            waiting += sorted(set(IMPORT.findall((folder / name).read_text("utf-8"))), reverse=True)
    return list(found)


def readable(folder: Path) -> None:
    """nginx runs as somebody else: everybody may read, whatever root's umask says."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
