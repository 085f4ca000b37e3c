"""The same tasks on a Dask cluster: workers read their files, extract, and send Arrow batches back (docs/scale.md).

The rules go to every worker once, also to one that joins later; a worker of another code version is refused. A worker
that dies costs nothing: its tasks run elsewhere; a task that kills three workers is cut into single files, and the file
that does it again is quarantined. Raw files may lie in a folder that all workers see, or behind any fsspec URL.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import fsspec
from distributed import Client, LocalCluster, get_worker, wait
from distributed.diagnostics.plugin import WorkerPlugin
from distributed.scheduler import KilledWorker

from etl.inputs import Input, Known, folder_of, scan
from etl.models import Issue
from etl.pack import Result
from etl.pipeline import work_key
from etl.rules import Rules
from etl.store import digest_of
from etl.work import EngineError, Job, Task, pieces, quarantined, run_task, settle, tasks

PLUGIN = "campaign-rules"
TIMEOUT = 30  # seconds to wait for the scheduler
AHEAD = 3  # tasks under way for each thread of the cluster


class RulesPlugin(WorkerPlugin):
    """Carries the rules to every worker and keeps them there."""

    name = PLUGIN

    def __init__(self, rules: Rules) -> None:
        self.key, self.packed = work_key(rules), pickle.dumps(rules, 5)
        self.rules: Rules | None = None

    def setup(self, worker: Any) -> None:
        """Unpack the rules; refuse where this worker's code is not the sender's."""
        rules: Rules = pickle.loads(self.packed)  # noqa: S301 - from the run's own process
        if work_key(rules) != self.key:
            raise EngineError(f"{worker.address}: install the same version here as where the run was started")
        self.rules, self.packed = rules, b""
        settle()


def cluster_task(job: Job, one: Task) -> Result:
    """What a worker of the cluster runs."""
    plugin: Any = get_worker().plugins[PLUGIN]
    return run_task(job, one, plugin.rules)


@dataclass(frozen=True)
class DaskEngine:
    """Runs tasks on the cluster of `scheduler` (tcp://host:port); without one, on a cluster of this machine."""

    raw: str  # a folder that all workers see, or a URL: s3://bucket/papers
    scheduler: str | None = None

    def scan(self, known: Known) -> tuple[list[Input], Known, list[Issue]]:
        """All inputs of the folder or behind the URL."""
        return scan_url(self.raw, known) if is_url(self.raw) else scan(Path(self.raw), known)

    def process(self, job: Job, inputs: Sequence[Input], rules: Rules, workers: int) -> Iterator[Result]:
        """Every file's result, in no set order; bounded by a few tasks a thread of the cluster."""
        here = Path(self.raw) if is_url(self.raw) else folder_of(Path(self.raw)).resolve()
        cache = job.cache.resolve() if self.scheduler is None else Path(tempfile.gettempdir()) / "campaign-tracker"
        job = replace(job, raw=here, cache=cache, url=self.raw if is_url(self.raw) else None)
        with ExitStack() as stack:
            client = stack.enter_context(connect(stack, self.scheduler, workers))
            client.register_plugin(RulesPlugin(rules))
            yield from on_cluster(client, job, tasks(job, inputs))


def connect(stack: ExitStack, scheduler: str | None, workers: int) -> Any:
    """A client of the scheduler, or of a cluster of single-threaded processes on this machine."""
    if scheduler is not None:
        try:
            return Client(scheduler, timeout=TIMEOUT)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise EngineError(f"{scheduler}: no Dask scheduler answers there ({error})") from error
    local = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=max(1, workers),
        threads_per_worker=1,
        dashboard_address="127.0.0.1:0",
        protocol="tcp",
        host="127.0.0.1",
    )
    return Client(stack.enter_context(local))  # type: ignore[no-untyped-call]


def on_cluster(client: Any, job: Job, todo: Iterator[Task]) -> Iterator[Result]:
    """Keep the cluster fed and yield results; tasks of killed workers run again, the killer alone is quarantined."""
    running: dict[Any, Task] = {}
    while True:
        room = AHEAD * max(1, sum(client.nthreads().values())) - len(running)
        for one in islice(todo, max(0, room)):
            running[submit(client, job, one)] = one
        if not running:
            return
        finished = wait(list(running), return_when="FIRST_COMPLETED").done  # type: ignore[no-untyped-call]
        for future in finished:
            one = running.pop(future)
            try:
                yield future.result()
            except KilledWorker:
                if pieces(one) == [one]:
                    yield quarantined(one)
                else:
                    running |= {submit(client, job, piece): piece for piece in pieces(one)}


def submit(client: Any, job: Job, one: Task) -> Any:
    """One task; the same task may be sent twice, so its key is its own."""
    return client.submit(cluster_task, job, one, pure=False)


def is_url(raw: str) -> bool:
    """Whether `raw` names a place that fsspec opens, not a folder."""
    return "://" in raw


def scan_url(url: str, known: Known) -> tuple[list[Input], Known, list[Issue]]:
    """All objects below `url`, sorted; what tells versions apart is the store's own tag, else size and time."""
    fs, root = fsspec.url_to_fs(url)
    fs.invalidate_cache()
    inputs, issues = [], list[Issue]()
    for path, facts in fs.find(root, detail=True).items():
        name = path[len(root.rstrip("/")) + 1 :]
        parts = name.split("/")
        if ".." in parts or "" in parts or "\\" in name:
            issues.append(Issue("link-out-of-folder", "文件名指向文件夹之外，未读取", "error", name))
        elif not any(p.startswith(".") or p.lower().startswith("readme") for p in parts):
            inputs.append(Input(name, int(facts["size"]), tag_of(facts)))
    return sorted(inputs), {}, issues


def tag_of(facts: dict[str, Any]) -> str:
    """What tells one version of an object from another."""
    tag = next((str(facts[k]) for k in ("ETag", "etag", "md5Hash", "content_md5") if facts.get(k)), "")
    return digest_of([str(facts["size"]), tag or str(facts.get("LastModified") or facts.get("mtime") or "")])
