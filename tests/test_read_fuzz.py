"""2,000 spoilt files: the reader lives in bounded memory, every file gives a page or says why not, none is changed."""

from __future__ import annotations

import gzip
import io
import multiprocessing
import random
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from etl.models import Issue, Page
from etl.read import read

FILES = Path(__file__).parent / "intake" / "files"
COUNT = 2000
# Scans are left out of what is spoilt in number: reading one takes seconds, and a spoilt JPEG is still a picture.
SEEDS = sorted(p.name for p in FILES.iterdir() if p.name not in {"scan.jpg", "scan.pdf", "cut.jpg", "empty.txt"})
SUFFIXES = (".txt", ".html", ".pdf", ".docx", ".xlsx", ".csv", ".json", ".jsonl", ".zip", ".md", ".png", ".htm", "")
IGNORED = {"index-page", "small-picture", "blank-page", "ignored-file", "no-text"}


def truncated(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(1, max(len(data), 2))]


def shuffled(data: bytes, rng: random.Random) -> bytes:
    size = rng.choice((1, 16, 256))
    blocks = [data[i : i + size] for i in range(0, min(len(data), 40_000), size)]
    rng.shuffle(blocks)
    return b"".join(blocks)


def flipped(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.randrange(1, 40)):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def noise(data: bytes, rng: random.Random) -> bytes:
    return rng.randbytes(rng.randrange(1, 5000))


def spliced(data: bytes, rng: random.Random) -> bytes:
    other = (FILES / rng.choice(SEEDS)).read_bytes()
    return data[: rng.randrange(len(data))] + other[rng.randrange(max(len(other), 1)) :]


def repeated(data: bytes, rng: random.Random) -> bytes:
    return data[:2000] * rng.randrange(2, 60)


def swollen(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([rng.choice((0, 32, 60, 34, 255))]) * rng.randrange(1, 200_000) + data[at:]


SPOIL: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    truncated,
    shuffled,
    flipped,
    noise,
    spliced,
    repeated,
    swollen,
)


def bomb(levels: int = 1) -> bytes:
    data = b"0" * 60_000_000
    for _ in range(levels):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.txt" if levels == 1 else "data.zip", data)
        data = out.getvalue()
    return data


def many_members() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i in range(21_000):
            archive.writestr(f"{i}.txt", b"")
    return out.getvalue()


def office_bomb(member: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(member, b"<a>" + b"x" * 80_000_000)
    return out.getvalue()


def hostile() -> Iterator[tuple[str, bytes]]:
    """Files made to hurt."""
    deep = 100_000
    yield "bomb.zip", bomb()
    yield "members.zip", many_members()
    yield "bomb.docx", office_bomb("word/document.xml")
    yield "bomb.xlsx", office_bomb("xl/workbook.xml")
    yield "deep.html", b"<html><body>" + b"<div>" * deep + "正文".encode() + b"</div>" * deep
    yield "fonts.html", b"<html><body>" + b"<b><i><font>" * 20_000 + "正文".encode()
    yield "tags.html", b"<html><body>" + b"<p" * 400_000
    yield "founder.html", b"<html><founder-content>" * 30_000 + b"<!--enpcontent-->" * 30_000
    yield "properties.html", b"<html>" + b"<!--enpproperty <date>" * 50_000
    yield "comments.html", b"<html>" + b"<!--" * 300_000
    yield (
        "entities.html",
        b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><html><body><p>' + b"&b;" * 50_000,
    )
    yield "attributes.html", b"<html><body><div " + b" a=1" * 300_000 + b">"
    yield "links.html", b"<html><body>" + b"<a href=" * 200_000
    yield "line.txt", "街道".encode() * 4_000_000
    yield "line.jsonl", b'{"text": "' + b"a" * 9_000_000 + b'"}\n{"text": "' + "好的正文".encode() + b'"}\n'
    yield "deep.json", b"[" * 2_000_000
    yield "deep.jsonl", b'{"text":' * 300_000 + b"\n" + '{"text": "好的正文"}'.encode()
    yield "quote.csv", "标题,正文\n".encode() + b'a,"' + "没有关上的引号\n".encode() * 30_000
    yield "quotes.csv", "标题,正文\n".encode() + b'"' * 500_000
    yield "wide.csv", b"text," * 300_000 + b"\n" + b"1," * 300_000
    yield "digits.txt", b"1" * 3_000_000
    yield "phones.txt", b"138" * 1_000_000
    yield "nul.txt", b"\0" * 5_000_000
    yield "quotes.md", b">" * 200_000 + b"x"
    yield "brackets.md", b"[" * 100_000 + b"]" * 100_000
    yield "stars.md", b"*a _b " * 50_000
    yield "packed.gz", gzip.compress(b"0" * 1_000_000)
    tree = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999>>endobj"
    yield "pages.pdf", b"%PDF-1.4\n" + tree + b"\ntrailer<</Root 1 0 R>>"
    yield (
        "image.png",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0" + b"\0" * 40,
    )
    yield "frontmatter.md", b"---\n" + b"a: b\n" * 200_000


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    rng = random.Random(20230306)
    for name, data in hostile():
        (folder / name).write_bytes(data)
    for i in range(COUNT - len(list(folder.iterdir()))):
        seed = rng.choice(SEEDS)
        data = rng.choice(SPOIL)((FILES / seed).read_bytes(), rng)
        suffix = rng.choice(SUFFIXES) if rng.random() < 0.3 else Path(seed).suffix
        (folder / f"{i:04d}{suffix}").write_bytes(data)
    return folder


def peak_memory() -> int:
    """The most bytes that this process ever held. Not `getrusage`: there a child begins with its parent's peak."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return int(psutil.Process().memory_info().rss)
    return int(status.split("VmHWM:")[1].split()[0]) << 10


def read_all(folder: Path) -> dict[str, Any]:
    """Read every file; what came of them, and the most memory that this process and its readers held at once."""
    outcome: Counter[str] = Counter()
    slowest, most, wrong = (0.0, ""), 0, []
    for path in sorted(folder.iterdir()):
        size, start = path.stat().st_size, time.perf_counter()
        items = list(read(path, folder))
        slowest = max(slowest, (time.perf_counter() - start, path.name))
        for item in items:
            (item.text if isinstance(item, Page) else item.message).encode("utf-8")
            if not isinstance(item, Page | Issue) or not (item.source_path or "").startswith(path.name):
                wrong.append(f"{path.name}: {item!r:.200}")
        reasons = [i for i in items if isinstance(i, Issue)]
        is_read = any(isinstance(i, Page) for i in items)
        if not (is_read or any(i.severity == "error" or i.kind in IGNORED for i in reasons)):
            wrong.append(f"{path.name}: neither read nor refused: {items!r:.200}")
        if path.stat().st_size != size:
            wrong.append(f"{path.name}: changed")
        outcome.update({"page"} if is_read else {i.kind for i in reasons})
        children = psutil.Process().children(recursive=True)
        most = max(most, sum(c.memory_info().rss for c in children if c.is_running()))
    return {"outcome": outcome, "slowest": slowest, "wrong": wrong, "own": peak_memory(), "workers": most}


@pytest.mark.slow
def test_two_thousand_spoilt_files(corpus: Path) -> None:
    """Each gives pages or a reason, within bounded memory; how long the slowest took is printed.

    They are read in a fresh process: the greatest memory of this one is that of all the tests that ran before.
    """
    assert len(list(corpus.iterdir())) == COUNT
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = pool.submit(read_all, corpus).result()
    outcome, own, workers = found["outcome"], found["own"], found["workers"]
    print(f"slowest {found['slowest']}, own {own >> 20} MB, workers {workers >> 20} MB\n{outcome}")
    assert found["wrong"] == []
    assert own < 800 << 20
    assert workers < 1_500 << 20
    assert outcome["page"] > 300


def test_good_records_beside_hostile_ones_are_kept(corpus: Path) -> None:
    for name in ("line.jsonl", "deep.jsonl"):
        assert [i.text for i in read(corpus / name, corpus) if isinstance(i, Page)] == ["好的正文"]
