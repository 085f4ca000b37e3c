"""Files → articles and events, in this process or many. Results do not depend on how the work was cut up."""

from __future__ import annotations

import gc
import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from typing import Any, Protocol, cast

import pyarrow as pa

from etl.dataset import ENDING, read_articles, row_groups, unreadable
from etl.harvest import Homes, extract_articles, extract_files, extract_pages
from etl.inputs import Input, Known
from etl.models import Article, Issue, Page
from etl.pack import Done, Result, pack
from etl.read import read_cached
from etl.rules import Rules, load_rules
from etl.start import start_worker

TASK_BYTES, LEAST_BYTES = 1_000_000, 100_000  # small files travel together up to a size between these: the last
SHARES = 12  # tasks are this share of what is left, so that all workers end at about the same time
TASK_FILES = 64
BIG = 4_000_000  # a larger file is read here and its pages are handed out in batches
BATCH_PAGES = 256


@dataclass(frozen=True, slots=True)
class Job:
    """Where the work is: the same for every task of a run. With a `url` files are fetched from there."""

    raw: Path
    cache: Path
    reference: Path
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Pages of one large file, already read; `number` is its place in the file."""

    path: str
    number: int
    pages: tuple[Page | Issue, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """One row group of a Parquet file of articles."""

    path: str
    number: int


Task = tuple[Input, ...] | Part | Rows


class EngineError(RuntimeError):
    """The engine asked for is not here, does not answer, or runs another version of this code."""


class Engine(Protocol):
    """What runs the tasks where it is not this machine's processes (etl/engine.py)."""

    def scan(self, known: Known) -> tuple[list[Input], Known, list[Issue]]:
        """All inputs, as :func:`etl.inputs.scan`."""

    def process(self, job: Job, inputs: Sequence[Input], rules: Rules, workers: int) -> Iterator[Result]:
        """Every file's result, as :func:`process_all`."""


def process_all(job: Job, inputs: Sequence[Input], rules: Rules, workers: int) -> Iterator[Result]:
    """Every file's result (a large file's in parts), in no set order; memory is bounded by a few tasks a worker."""
    small = workers <= 1 or sum(one.size for one in inputs) < TASK_BYTES
    if small:
        homes: Homes = {}
        for one in tasks(job, inputs):
            yield run_task(job, one, rules, homes)
    else:
        yield from in_pool(job, tasks(job, inputs), workers)


def tasks(job: Job, inputs: Sequence[Input]) -> Iterator[Task]:
    """Small files grouped up to a megabyte, towards the end to less; large files as batches of their pages."""
    bundle: list[Input] = []
    size, left = 0, sum(one.size for one in inputs)
    for one in inputs:
        left -= one.size
        if one.path.endswith(ENDING):
            yield from (Rows(one.path, group) for group in range(groups_of(job, one)))
            continue
        if one.size > BIG:
            pages = read_pages(job, one)
            for number in count():
                if not (batch := tuple(islice(pages, BATCH_PAGES))):
                    break
                yield Part(one.path, number, batch)
            continue
        bundle.append(one)
        size += one.size
        if size >= min(TASK_BYTES, max(LEAST_BYTES, left // SHARES)) or len(bundle) >= TASK_FILES:
            yield tuple(bundle)
            bundle, size = [], 0
    if bundle:
        yield tuple(bundle)


def groups_of(job: Job, one: Input) -> int:
    """How many tasks a file of articles is; one that cannot be read is one, which will say so."""
    try:
        with opened(job, one.path) as source:
            return row_groups(source)
    except (OSError, pa.ArrowException):
        return 1


def read_pages(job: Job, one: Input) -> Iterator[Page | Issue]:
    """A file's pages, from the cache where it was read before."""
    if job.url is None:
        yield from read_cached(job.raw / one.path, job.raw, job.cache / "read")
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / one.path
        copy.parent.mkdir(parents=True, exist_ok=True)
        with opened(job, one.path) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        yield from read_cached(copy, Path(folder), job.cache / "read")


def opened(job: Job, path: str) -> AbstractContextManager[Any]:
    """An input open for reading, here or at the job's URL."""
    if job.url is None:
        return (job.raw / path).open("rb")
    import fsspec

    return cast(AbstractContextManager[Any], fsspec.open(f"{job.url.rstrip('/')}/{path}", "rb"))


def read_rows(job: Job, one: Rows) -> Iterator[Article | Issue]:
    """The articles of one row group; a file that cannot be read is an issue."""
    try:
        with opened(job, one.path) as source:
            yield from read_articles(source, one.path, one.number)
    except (OSError, pa.ArrowException) as error:
        yield unreadable(one.path, f"{type(error).__name__}: {error}")


def run_task(job: Job, one: Task, rules: Rules, homes: Homes | None = None) -> Result:
    """Read what is not yet read, and extract. `homes` remembers papers' homes from task to task."""
    homes = {} if homes is None else homes
    if isinstance(one, Part):
        return pack([replace(extract_pages(one.path, one.pages, rules, homes), part=one.number)])
    if isinstance(one, Rows):
        return pack([replace(extract_articles(one.path, read_rows(job, one), rules, homes), part=one.number)])
    return pack(extract_files(((i.path, read_pages(job, i)) for i in one), rules, homes))


_worker_rules: list[Rules] = []  # one a worker process, set by `take_up`
_worker_homes: Homes = {}


def take_up(reference: Path) -> None:
    """Load the rules that this worker process is to use: the last step of :func:`etl.start.start_worker`."""
    _worker_rules[:] = [load_rules(reference)]
    settle()


def settle() -> None:
    """Tell the garbage collector that what is here stays, and to look less often: articles leave no cycles behind."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    gc.enable()


def worker_task(job: Job, one: Task) -> Result:
    """What a worker runs."""
    return run_task(job, one, _worker_rules[0], _worker_homes)


def pool_of(job: Job, workers: int) -> ProcessPoolExecutor:
    """Fresh interpreters: forking a process that runs Arrow's threads is not safe."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, context, initializer=start_worker, initargs=(job.reference,))


def in_pool(job: Job, todo: Iterator[Task], workers: int) -> Iterator[Result]:
    """Run tasks in worker processes. A worker that dies costs nothing but the file that killed it."""
    running: dict[Future[Result], Task] = {}
    while True:
        with pool_of(job, workers) as pool:
            try:
                yield from keep_fed(todo, lambda t: pool.submit(worker_task, job, t), 2 * workers, running)
                return
            except BrokenProcessPool:
                suspects = list(running.values())
                running.clear()
        for one in suspects:
            for piece in pieces(one):
                yield alone(job, piece)


def pieces(one: Task) -> list[Task]:
    """The smallest tasks that a task can be cut into."""
    return [(i,) for i in one] if isinstance(one, tuple) else [one]


def keep_fed(
    todo: Iterator[Task],
    submit: Callable[[Task], Future[Result]],
    ahead: int,
    running: dict[Future[Result], Task],
) -> Iterator[Result]:
    """Keep `ahead` tasks under way and yield results; on a broken pool, `running` holds what was not done."""
    exhausted = False
    while True:
        while not exhausted and len(running) < ahead:
            one = next(todo, None)
            if one is None:
                exhausted = True
            else:
                running[submit(one)] = one
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            result = future.result()
            del running[future]
            yield result


def alone(job: Job, one: Task) -> Result:
    """One file in a worker of its own; if that dies too, the file is quarantined."""
    with pool_of(job, 1) as pool:
        try:
            return pool.submit(worker_task, job, one).result()
        except BrokenProcessPool:
            return quarantined(one)


def quarantined(one: Task) -> Result:
    """A file, or a part of one, that killed the process that read it."""
    path, number = (one[0].path, 0) if isinstance(one, tuple) else (one.path, one.number)
    issue = Issue("reader-died", "读取该文件时工作进程退出（内存不足或崩溃）", "error", path)
    return pack([Done(path, 0, (), (), (issue,), number)])
