"""One process, many processes, a Dask cluster, raw files, articles in Parquet, a bucket: the same table, whoever dies."""

from __future__ import annotations

import datetime as dt
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl import harvest, pipeline, work
from etl.__main__ import main
from etl.dataset import INPUT, input_batch, write_articles
from etl.extract import articles_of as articles_of_batch
from etl.extract import extract, extract_batches
from etl.harvest import articles_of
from etl.models import Article, Event, to_batch
from etl.read import read
from etl.rules import Rules
from tests.conftest import ROOT
from tests.make import an_article

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
SAMPLE = ROOT / "data" / "raw" / "sample"
FORMATS = (".txt", ".md", ".json", ".jsonl", ".csv", ".html")


@dataclass
class Cluster:
    """A scheduler and its workers, each a process of its own."""

    address: str
    workers: list[subprocess.Popen[bytes]]


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """A real scheduler with workers that no nanny restarts."""
    with distributed.LocalCluster(
        n_workers=0, dashboard_address="127.0.0.1:0", host="127.0.0.1", protocol="tcp"
    ) as head:
        command = [sys.executable, "-m", "distributed.cli.dask_worker", head.scheduler_address, "--nthreads", "1"]
        command += ["--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(folder)]
        running = [subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=ROOT) for _ in range(workers)]
        try:
            with distributed.Client(head) as client:
                client.wait_for_workers(workers, timeout=60)
            yield Cluster(head.scheduler_address, running)
        finally:
            for one in running:
                one.kill()
                one.wait()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(scope="module")
def bucket(folder: Path) -> Iterator[str]:
    """An S3-compatible server on this machine; its address is in the environment, also of the workers."""
    server_module = pytest.importorskip("moto.server", reason="moto[server] is not installed")
    s3fs = pytest.importorskip("s3fs")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    patch = pytest.MonkeyPatch()
    for key, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        patch.setenv(key, value)
    s3fs.S3FileSystem(skip_instance_cache=True).mkdir("papers")
    yield "s3://papers"
    server.stop()
    patch.undo()


@pytest.fixture(scope="module")
def pair(bucket: str, folder: Path) -> Iterator[Cluster]:
    """Two workers that know the bucket's address."""
    with cluster(folder / "workers") as found:
        yield found


@pytest.fixture(scope="module")
def raw(folder: Path) -> Path:
    """The sample's files of formats that are read fast."""
    target = folder / "raw"
    for path in SAMPLE.rglob("*"):
        if path.suffix in FORMATS:
            (target / path.relative_to(SAMPLE)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / path.relative_to(SAMPLE))
    return target


@pytest.fixture(scope="module")
def alone(raw: Path, folder: Path) -> Path:
    """The table that one process makes."""
    assert run(str(raw), folder / "alone", "--workers", "1") == 0
    return folder / "alone"


def run(raw: str, out: Path, *more: str) -> int:
    return main(["run", "--raw", raw, "--out", str(out), "--quiet", *more])


def same(one: Path, two: Path, but: Sequence[str] = ()) -> bool:
    """Whether two folders hold the same table, row by row and value by value."""
    return all(
        pq.read_table(one / name).drop_columns(list(but)).equals(pq.read_table(two / name).drop_columns(list(but)))
        for name in ("events.parquet", "articles.parquet")
    )


def all_articles(raw: Path, rules: Rules) -> list[Article]:
    pages = [p for f in sorted(raw.rglob("*")) if f.is_file() for p in read(f, raw)]
    return [a for p in pages if hasattr(p, "text") for a in articles_of(p, rules)[0]]


def test_batches_of_any_size_give_the_events_of_the_articles(raw: Path, rules: Rules) -> None:
    articles = all_articles(raw, rules)
    wanted = to_batch([e for a in articles for e in extract(a, rules)[0]], Event)
    for size in (1, 7, len(articles)):
        batches = [input_batch(articles[i : i + size]) for i in range(0, len(articles), size)]
        found = list(extract_batches(iter(batches), rules))
        assert len(found) == len(batches)
        assert pa.Table.from_batches(found).equals(pa.Table.from_batches([wanted]))


def test_batches_are_extracted_one_at_a_time(rules: Rules) -> None:
    asked: list[int] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for i in range(3):
            asked.append(i)
            yield input_batch([an_article()])

    next(extract_batches(batches(), rules))
    assert asked == [0]


def test_a_fault_in_one_article_costs_only_its_events(rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    import etl.extract as core

    sound = core.classify

    def faulty(article: Article, text: Any, rules: Rules) -> Any:
        if article.article_id == "bad":
            raise ZeroDivisionError("told")
        return sound(article, text, rules)

    monkeypatch.setattr(core, "classify", faulty)
    done = harvest.extract_articles("x", [an_article(article_id=i) for i in ("one", "bad", "two")], rules)
    assert [a.article_id for a in done.articles] == ["one", "bad", "two"]
    assert [e.article_id for e in done.events] == ["one", "two"]
    assert [(i.kind, i.article_id) for i in done.issues if i.kind == "internal-error"] == [("internal-error", "bad")]


def test_what_pages_tell_survives_the_batch() -> None:
    article = an_article(page_places=("140213",), home="1402", byline=("甲",))
    assert list(articles_of_batch(input_batch([article]))) == [article]


def test_processes_and_cluster_make_the_same_table(
    raw: Path, alone: Path, pair: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "TASK_FILES", 3)
    monkeypatch.setattr(work, "TASK_BYTES", 20_000)
    monkeypatch.setattr(work, "BIG", 50_000)  # some files travel as batches of pages
    monkeypatch.setattr(work, "BATCH_PAGES", 5)
    assert run(str(raw), tmp_path / "two", "--workers", "2") == 0
    assert same(alone, tmp_path / "two")
    assert run(str(raw), tmp_path / "dask", "--engine", "dask", "--scheduler", pair.address) == 0
    assert same(alone, tmp_path / "dask")


def test_articles_in_parquet_make_the_same_table(
    raw: Path, alone: Path, pair: Cluster, rules: Rules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.dataset.ROWS", 16)
    articles = all_articles(raw, rules)
    half = len(articles) // 2
    (tmp_path / "set" / "part=1").mkdir(parents=True)
    assert write_articles(articles[:half], tmp_path / "set" / "0.parquet") == half
    write_articles(articles[half:], tmp_path / "set" / "part=1" / "1.parquet")
    assert pq.read_schema(tmp_path / "set" / "0.parquet").equals(INPUT)
    for name, more in (("one", ()), ("dask", ("--engine", "dask", "--scheduler", pair.address))):
        assert run(str(tmp_path / "set"), tmp_path / name, "--workers", "1", *more) == 0
        assert pq.read_table(tmp_path / name / "events.parquet").equals(pq.read_table(alone / "events.parquet"))
        ids = [set(pq.read_table(f / "articles.parquet")["article_id"].to_pylist()) for f in (alone, tmp_path / name)]
        assert ids[0] == ids[1]


def test_a_bucket_makes_the_same_table_and_then_nothing_new(
    raw: Path, alone: Path, bucket: str, pair: Cluster, tmp_path: Path
) -> None:
    import s3fs

    s3fs.S3FileSystem(skip_instance_cache=True).put(f"{raw}/", f"{bucket}/raw/", recursive=True)
    arguments = (f"{bucket}/raw", tmp_path / "out", "--engine", "dask", "--scheduler", pair.address)
    assert run(*arguments) == 0
    assert same(alone, tmp_path / "out")
    assert run(*arguments) == 2


def test_a_killed_worker_changes_nothing(
    raw: Path, alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "TASK_FILES", 1)
    with cluster(tmp_path / "workers") as two:
        killed: list[int] = []

        def kill_one(phase: str, done: int, total: int) -> None:
            if phase == "extract" and 0 < done < total and not killed:
                killed.append(done)
                two.workers[0].send_signal(signal.SIGKILL)

        report = pipeline.run(options(raw, tmp_path / "out", two.address, kill_one))
        assert killed and two.workers[0].wait(10) == -signal.SIGKILL and two.workers[1].poll() is None
    assert "reader-died" not in {q["kind"] for q in report["quarantine"]}
    assert same(alone, tmp_path / "out")


def options(raw: Path, out: Path, scheduler: str, told: Callable[[str, int, int], Any]) -> pipeline.Options:
    from etl.engine import DaskEngine

    out.mkdir()
    now = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    return pipeline.Options(raw, out, now, engine=DaskEngine(str(raw), scheduler), progress=told)


def test_a_worker_of_another_version_is_refused(
    raw: Path, pair: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("etl.engine.work_key", lambda rules: "another")
    assert run(str(raw), tmp_path / "out", "--engine", "dask", "--scheduler", pair.address) == 1
    assert "install the same version" in capsys.readouterr().err


def test_no_scheduler_is_one_clear_line(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("etl.engine.TIMEOUT", 1)
    assert run(str(raw), tmp_path / "out", "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9") == 1
    assert "no Dask scheduler answers" in capsys.readouterr().err


def test_names_that_lead_out_of_a_bucket_are_refused(tmp_path: Path) -> None:
    from etl.engine import scan_url

    for name in ("a.txt", "README.md", ".hidden", "b/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    inputs, _, issues = scan_url(f"file://{tmp_path}", {})
    assert [i.path for i in inputs] == ["a.txt", "b/c.txt"] and issues == []
    again = scan_url(f"file://{tmp_path}", {})[0]
    assert again == inputs
    (tmp_path / "a.txt").write_text("xy", encoding="utf-8")
    assert scan_url(f"file://{tmp_path}", {})[0][0] != inputs[0]


def test_a_parquet_file_of_something_else_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    pq.write_table(pa.table({"a": [1]}), tmp_path / "raw" / "other.parquet")
    (tmp_path / "raw" / "broken.parquet").write_bytes(b"PAR1" + bytes(range(200)))
    write_articles([replace(an_article(), home=None)], tmp_path / "raw" / "good.parquet")
    assert run(str(tmp_path / "raw"), tmp_path / "out", "--workers", "1") == 0
    report = (tmp_path / "out" / "run.json").read_text(encoding="utf-8")
    assert report.count('"unreadable-file"') >= 2 and "缺少列：article_id" in report
    assert pq.read_table(tmp_path / "out" / "articles.parquet").num_rows == 1
