"""Times, memory and the machine: what every row of the results is made of."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

MB = 1 << 20
PACKAGES = ("pyarrow", "pandas", "duckdb", "daachorse", "rjieba", "streamlit", "plotly", "dask", "distributed")


@dataclass
class Memory:
    """Peak memory of a process with its children, in MB: resident, and without pages that are only mapped files."""

    resident: float = 0.0
    private: float = 0.0
    samples: int = 0
    largest_child: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)


@contextmanager
def watched(pid: int | None = None, every: float = 0.05) -> Iterator[Memory]:
    """Sample the memory of a process (this one by default) and its children while the block runs."""
    memory, process = Memory(), psutil.Process(pid)

    def sample() -> None:
        while not memory._stop.wait(every):
            sizes = [held(p) for p in tree(process)]
            memory.resident = max(memory.resident, sum(r for r, _ in sizes) / MB)
            memory.private = max(memory.private, sum(p for _, p in sizes) / MB)
            memory.largest_child = max([memory.largest_child, *(r / MB for r, _ in sizes[1:])])
            memory.samples += 1

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        memory._stop.set()
        thread.join()


def tree(process: psutil.Process) -> list[psutil.Process]:
    """A process and its children, those that are still there."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def held(process: psutil.Process) -> tuple[int, int]:
    """Resident bytes, and resident bytes that are no mapped file; zero for a process that has ended."""
    try:
        found = process.memory_info()
    except psutil.Error:
        return 0, 0
    return found.rss, found.rss - getattr(found, "shared", 0)


def repeat(call: Callable[[], Any], times: int) -> tuple[list[float], list[float]]:
    """Wall and processor seconds of `times` calls, garbage collected before each."""
    walls, works = [], []
    for _ in range(times):
        gc.collect()
        wall, work = time.perf_counter(), time.process_time()
        call()
        works.append(time.process_time() - work)
        walls.append(time.perf_counter() - wall)
    return walls, works


def spread(values: list[float]) -> dict[str, float]:
    """Median, least, greatest, 95th percentile."""
    ordered = sorted(values)
    return {
        "median": statistics.median(ordered),
        "min": ordered[0],
        "max": ordered[-1],
        "p95": ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))],
    }


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    name = next((line.split(":")[1].strip() for line in lines("/proc/cpuinfo") if line.startswith("model name")), "?")
    return {
        "processor": f"{name}, {len(os.sched_getaffinity(0))} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GB",
        "system": platform.platform(),
        "python": platform.python_version(),
        "load before": " ".join(f"{x:.1f}" for x in os.getloadavg()),
        **{name: found for name in PACKAGES if (found := version_of(name))},
    }


def lines(path: str) -> list[str]:
    """Lines of a file of the system; none where there is no such file."""
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def version_of(package: str) -> str:
    """An installed package's version, or nothing."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
