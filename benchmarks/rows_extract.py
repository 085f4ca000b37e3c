"""Rows of the goals about extraction: speed on one core, two cores, memory, junk, the whole run, growth."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from benchmarks.measure import MB, held, repeat, spread, watched
from benchmarks.peers import rates
from benchmarks.texts import Composer, Truth

if TYPE_CHECKING:
    from etl.harvest import Homes
    from etl.models import Page
    from etl.rules import Rules

HERE = Path(__file__).parent
PASSES = 9  # over the articles, of which the median counts
SYSTEM = Path("/usr/bin/python3")  # what docs/operations.md installs the program with
JUNK = 20_000
DAILY = 30  # articles a day's file holds
LAST_WEEK = dt.date(2023, 12, 25)  # of the five years that articles are composed of


def composed(number: int, seed: int = 7) -> list[Truth]:
    """Articles with truth."""
    from etl.rules import load_rules

    return list(Composer(load_rules(), seed).articles(number))


def record(truth: Truth) -> str:
    """An article as a line of a JSON delivery."""
    a = truth.article
    facts = {"id": a.article_id, "title": a.headline, "newspaper": a.newspaper, "published_on": str(a.published_on)}
    return json.dumps(facts | {"text": a.text}, ensure_ascii=False)


def write_daily(folder: Path, number: int, seed: int = 7, prefix: str = "", first: dt.date | None = None) -> None:
    """`number` articles as daily JSON-lines files of thirty."""
    from etl.rules import load_rules

    folder.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    composer = Composer(load_rules(), seed) if first is None else Composer(load_rules(), seed, first, 7)
    for i, truth in enumerate(composer.articles(number)):
        lines.append(record(truth))
        if len(lines) == DAILY or i == number - 1:
            (folder / f"{prefix}{i // DAILY:06d}.jsonl").write_text("\n".join(lines), encoding="utf-8")
            lines = []


def one_core(number: int, seconds: float) -> dict[str, Any]:
    """Steps and the whole on one core, as a worker runs them, with the peers on the same texts in the same run."""
    from etl.classify import classify
    from etl.dates import dates
    from etl.extract import TOGETHER, extract_all
    from etl.harvest import articles_of
    from etl.locate import locate, locate_all
    from etl.measure import measure_all
    from etl.models import Article, Event, to_batch
    from etl.rules import load_rules
    from etl.text import Text
    from etl.work import settle

    rules, truths = load_rules(), composed(number)
    articles = [t.article for t in truths]
    texts = [(a, Text.of(a.text)) for a in articles]
    groups = [slice(i, i + TOGETHER) for i in range(0, number, TOGETHER)]
    homes: Homes = {}
    settle()
    pages = pages_of(truths)
    steps = {
        "split and masthead": lambda: [articles_of(p, rules, homes) for p in pages],
        "text": lambda: [Text.of(a.text) for a in articles],
        "locate": lambda: [locate_all(texts[g], rules) for g in groups],
        "dates": lambda: [dates(a, t, rules) for a, t in texts],
        "classify": lambda: [classify(a, t, rules) for a, t in texts],
        "measure": lambda: [measure_all(texts[g], rules) for g in groups],
        "extract (all of the above but split)": lambda: [extract_all(articles[g], rules) for g in groups],
        "all steps, to Arrow": lambda: all_steps(pages, rules, homes),
    }
    found = {}
    for name, call in steps.items():
        call()
        walls, works = repeat(call, PASSES)
        found[name] = {"wall": spread([w / number for w in walls]), "cpu": spread([w / number for w in works])}
    both = repeat(lambda: [(locate(a, t, rules), dates(a, t, rules)) for a, t in texts], 3)[1]
    events = [found for g in groups for found, _ in extract_all(articles[g], rules)]
    return {
        "articles": number,
        "characters": sum(len(a.text) for a in articles) / number,
        "steps": found,
        "places and times rate": number / spread(both)["median"],
        "right": {
            "street": sum(e[0].street_code == t.street_code for e, t in zip(events, truths, strict=True)) / number,
            "campaign": sum(e[0].campaign_id == t.campaign_id for e, t in zip(events, truths, strict=True)) / number,
            "day": sum(e[0].date == t.day for e, t in zip(events, truths, strict=True)) / number,
            "numbers": sum(len(x.metrics) for e in events for x in e) / sum(len(t.numbers) for t in truths),
        },
        "peers": rates([a.text for a in articles], seconds) if seconds else {},
        "bytes": {
            "event": to_batch([e for x in events for e in x], Event).nbytes / sum(map(len, events)),
            "article": to_batch(articles, Article).nbytes / number,
        },
    }


def pages_of(truths: Sequence[Truth]) -> list[Page]:
    """The articles as a JSON reader gives them."""
    from etl.models import Page

    articles = [t.article for t in truths]
    return [Page("x.jsonl", a.text, None, a.newspaper, a.published_on, "metadata", True) for a in articles]


def all_steps(pages: Sequence[Page], rules: Rules, homes: Homes) -> None:
    """From pages to Arrow, in tasks as a run's workers get them."""
    from etl.harvest import extract_pages
    from etl.pack import pack
    from etl.work import BATCH_PAGES

    for i in range(0, len(pages), BATCH_PAGES):
        pack([extract_pages("x.jsonl", pages[i : i + BATCH_PAGES], rules, homes)])


def an_article(number: int) -> float:
    """Seconds of CPU an article takes from page to Arrow, the median of some passes: in a process of its own."""
    from etl.rules import load_rules
    from etl.work import settle

    rules, pages, homes = load_rules(), pages_of(composed(number)), {}
    settle()
    all_steps(pages, rules, homes)
    return statistics.median(repeat(lambda: all_steps(pages, rules, homes), PASSES)[1]) / number


def interpreters(number: int, rounds: int = 5) -> dict[str, Any]:
    """The same articles by this Python and by the system's own of the same version, in turns, with the same packages.

    How a Python was compiled decides a tenth and more: a distribution's mostly with profiles of running programs, one that
    is compiled at the place of work only where `--enable-optimizations` was asked for.
    """
    if not SYSTEM.exists() or SYSTEM.resolve() == Path(sys.executable).resolve():
        return {"skipped": f"no other Python: {SYSTEM} is this one or not there"}
    told = subprocess.run([SYSTEM, "-V"], capture_output=True, text=True, check=True).stdout.split()[1]
    if told.split(".")[:2] != list(map(str, sys.version_info[:2])):
        return {"skipped": f"{SYSTEM} is Python {told}: packages of this one's version do not work with it"}
    paths = os.pathsep.join([str(HERE.parent), sysconfig.get_path("purelib")])
    code = f"from benchmarks.rows_extract import an_article; print(an_article({number}))"
    found: dict[str, list[float]] = {"this": [], "system": []}
    for _ in range(rounds):
        for name, exe in (("this", sys.executable), ("system", str(SYSTEM))):
            done = subprocess.run(
                [exe, "-c", code],
                capture_output=True,
                text=True,
                cwd=HERE.parent,
                env=os.environ | {"PYTHONPATH": paths},
            )
            if done.returncode:
                return {"failed": done.stderr.strip()[-1500:]}
            found[name].append(float(done.stdout))
    return {name: spread(times) for name, times in found.items()} | {"path": str(SYSTEM), "version": told}


def cores(number: int) -> dict[str, Any]:
    """The same files by one process and by two; the pool's start is part of it."""
    from etl.inputs import scan
    from etl.rules import DEFAULT_ROOT, load_rules
    from etl.work import Job, process_all

    rules, found = load_rules(), {}
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        write_daily(raw, number)
        inputs, _, _ = scan(raw, {})
        job = Job(raw, Path(folder) / "cache", DEFAULT_ROOT)
        for workers in (1, 2):
            walls = []
            for _ in range(3):
                began = time.perf_counter()
                events = sum(
                    len(b) for r in process_all(job, inputs, rules, workers) for _, n, b in r.batches if n == "event"
                )
                walls.append(time.perf_counter() - began)
            found[str(workers)] = spread(walls) | {"events": events}
    return found | {"ratio": found["1"]["median"] / found["2"]["median"], "articles": number}


def worker() -> dict[str, Any]:
    """A worker's way to readiness (import, rules), its memory then, and its peak over 2,000 articles."""
    code = (
        "import time, sys; began = time.perf_counter(); from etl.start import start_worker\n"
        "from pathlib import Path; from etl.rules import DEFAULT_ROOT\n"
        "start_worker(DEFAULT_ROOT); print(time.perf_counter() - began, flush=True)\n"
        "from etl.work import Part, Job, run_task, _worker_rules; from etl.models import Page; import json, datetime\n"
        "sys.stdin.readline()\n"
        "pages = [Page('x.jsonl', json.loads(line)['text'], is_article=True) for line in open(sys.argv[1], encoding='utf-8')]\n"
        "[run_task(Job(Path(), Path(), Path()), Part('x', i, tuple(pages[i:i+256])), _worker_rules[0]) for i in range(0, len(pages), 256)]\n"
        "print('done', flush=True); sys.stdin.readline()"
    )
    ready, idle, peak = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.jsonl"
        path.write_text("\n".join(map(record, composed(2000))), encoding="utf-8")
        for _ in range(5):
            import psutil

            began = time.perf_counter()
            with subprocess.Popen(
                [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            ) as child:
                assert child.stdout and child.stdin
                child.stdout.readline()
                ready.append(time.perf_counter() - began)
                idle.append(held(psutil.Process(child.pid))[0] / MB)
                with watched(child.pid) as memory:
                    child.stdin.write("go\n")
                    child.stdin.flush()
                    child.stdout.readline()
                peak.append(max(memory.resident, held(psutil.Process(child.pid))[0] / MB))
                child.stdin.close()
    return {"ready": spread(ready), "idle MB": spread(idle), "peak MB": spread(peak)}


def junk_texts() -> Iterator[tuple[str, str]]:
    """Texts of 20,000 characters that no paper prints, each made to trouble one step."""
    pick = random.Random(1)
    pieces = {
        "digits": "0123456789", "one digit": "7", "Chinese numerals": "一二三四五六七八九十百千万亿", "commas": "1,000,",
        "dates": "2023年5月6日至", "months": "5月", "weekdays": "上周三", "places": "平城区神头街道", "cities": "北京市上海市朝阳区城关镇",
        "campaign cues": "创建文明城市反诈防溺水", "brackets": "（（（【《", "closed brackets": "）））】》", "quotes": "“”‘’\"'", "line ends": "\n",
        "spaces": " \u3000\t", "full stops": "。！？", "no stop": "开展专项行动检查商户", "units": "家户名栋件笔", "numbers with units": "12家3.5万户余名",
        "percent": "12.5%个百分点", "Latin": "abc def ", "emoji": "😀👍", "combining": "e\u0301\u200b\ufeff", "as of": "截至6月14日累计",
        "about": "约近余多超不到", "fullwidth": "１２３４年５月", "dots": "……···", "dashes": "——～~-", "names": "（记者 张三 通讯员 李四）",
        "headlines": "原标题：本报讯", "page marks": "（下转第三版）（上接第一版）", "villages": "东村西村南村北村新村", "roads": "建设路12号人民路派出所",
    }  # fmt: skip
    for name, piece in pieces.items():
        yield name, (piece * (JUNK // len(piece) + 1))[:JUNK]
    everything = "".join(pieces.values())
    for seed in range(12):
        pick.seed(seed)
        yield f"mixed {seed}", "".join(pick.choice(everything) for _ in range(JUNK))
    for seed in range(6):
        pick.seed(100 + seed)
        yield f"any Chinese {seed}", "".join(chr(pick.randrange(0x4E00, 0x9FFF)) for _ in range(JUNK))


def junk() -> dict[str, Any]:
    """Seconds for each junk text as a ready article and as a page to split: the worst decides."""
    from etl.harvest import extract_pages
    from etl.models import Page
    from etl.rules import load_rules

    rules, found = load_rules(), {}
    extract_pages("x", [Page("x", "平城区神头街道检查商户12家。" * 40)], rules)
    for name, text in junk_texts():
        for form, ready in (("article", True), ("page", False)):
            works = repeat(lambda t=text, r=ready: extract_pages("x", [Page("x", t, is_article=r)], rules), 2)[1]
            found[f"{name}, as {form}"] = min(works)
    worst = sorted(found.items(), key=lambda x: -x[1])
    return {"texts": len(found), "worst": dict(worst[:6]), "over 0.1 s": sum(v > 0.1 for v in found.values())}


def run_etl(raw: Path, out: Path, *more: str) -> dict[str, Any]:
    """`python -m etl run` as a process of its own: seconds, peak memory of it and its workers, its last line."""
    command = [sys.executable, "-m", "etl", "run", "--raw", str(raw), "--out", str(out), "--quiet", *more]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        with watched(child.pid) as memory:
            told, failed = child.communicate()
        seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if child.returncode:
        raise RuntimeError(f"etl run ended with {child.returncode}: {failed[-500:]}")
    return {
        "seconds": seconds, "peak MB": memory.resident, "private MB": memory.private,
        "parent MB": memory.resident and memory.largest_child, "said": told.splitlines()[0],
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    }  # fmt: skip


def city(number: int, new: int = 300) -> dict[str, Any]:
    """A city's ten years from nothing, then a week's delivery on top."""
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        write_daily(raw, number)
        first = run_etl(raw, out, "--workers", "2")
        write_daily(raw, new, seed=8, prefix="new-", first=LAST_WEEK)
        week = run_etl(raw, out, "--workers", "2")
        events = (
            sum(len(pq.read_table(f)) for f in (out / "events.parquet",))
            if (out / "events.parquet").is_file()
            else None
        )
        return {"articles": number, "new": new, "first": first, "week": week, "events": events}


def growth(small: int, large: int) -> dict[str, Any]:
    """Seconds an article at two sizes, whole runs on two cores."""
    found = {}
    for number in (small, large):
        with tempfile.TemporaryDirectory() as folder:
            write_daily(Path(folder) / "raw", number)
            found[str(number)] = run_etl(Path(folder) / "raw", Path(folder) / "out", "--workers", "2")
    each = [found[str(n)]["seconds"] / n for n in (small, large)]
    return {"small": small, "large": large, "runs": found, "seconds an article": each, "ratio": each[1] / each[0]}
