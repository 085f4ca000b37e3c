"""Runs killed at any moment, raced, starved of disk: the published set stays whole and the next run succeeds."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from etl import __main__ as command
from etl.pipeline import PHASES
from etl.store import FILES, versions
from tests.conftest import ROOT

KILLS = int(os.environ.get("CRASH_KILLS", "216"))
RACES = int(os.environ.get("CRASH_RACES", "50"))
posix = pytest.mark.skipif(os.name != "posix", reason="signals and forks of POSIX")


class Runner:
    """Runs that can be killed: `python -m tests.killable serve`."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.killable", "serve"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = 0

    def start(self, raw: Path, out: Path) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(["run", "--raw", str(raw), "--out", str(out), "--workers", "1"]) + "\n")
        self.process.stdin.flush()

    def lines(self) -> Iterator[str]:
        """Lines of the run, to its end; `exit N` is the last."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            text = line.strip()
            if text.startswith("pid "):
                self.pid = int(text.split()[1])
            elif text:
                yield text
            if text.startswith("exit "):
                return
        raise AssertionError("the runner died")

    def finish(self) -> int:
        """Read to the end of the run; its exit code (negative: the signal that killed it)."""
        return int(list(self.lines())[-1].split()[1])

    def run(self, raw: Path, out: Path) -> int:
        self.start(raw, out)
        return self.finish()

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


@pytest.fixture
def runner() -> Iterator[Runner]:
    one = Runner()
    yield one
    one.close()


STATES = (
    "平城区永泰街道开展消防安全专项整治行动",
    "平城区开源街道开展消防安全专项整治行动",
)


def put(raw: Path, state: int) -> None:
    """A raw folder of one of two states: a few pages of the sample, and an article that differs, twice in state 1."""
    if not raw.exists():
        (raw / "sample").mkdir(parents=True)
        for path in sorted((ROOT / "data" / "raw" / "sample").glob("平城*/**/*.txt"))[:3]:
            shutil.copyfile(path, raw / "sample" / path.name)
    rows = [
        {
            "title": STATES[state],
            "text": f"3月1{n}日，{STATES[state]}，检查商铺{n + 20}家。",
            "published_on": f"2026-03-1{n}",
        }
        for n in range(1, 2 + state)
    ]
    (raw / "new.jsonl").write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")


def table(out: Path, name: str = "events.parquet"):  # type: ignore[no-untyped-def]
    return pq.read_table(out / name)


def published(out: Path) -> Path:
    """The folder of the published version."""
    return out / "versions" / str(json.loads((out / "run.json").read_text(encoding="utf-8"))["version"])


@pytest.fixture
def undisturbed(tmp_path: Path, runner: Runner) -> list[Path]:
    """The tables of both states, each made by one run that nothing disturbed."""
    outs = []
    for state in (0, 1):
        put(tmp_path / f"raw{state}", state)
        assert runner.run(tmp_path / f"raw{state}", tmp_path / f"out{state}") == 0
        outs.append(tmp_path / f"out{state}")
    assert not table(outs[0]).equals(table(outs[1]))
    return outs


def same(out: Path, expected: Path) -> bool:
    """Whether both tables are equal, at the top and in the published version."""
    return all(
        table(at, name).equals(table(expected, name))
        for at in (out, published(out))
        for name in ("events.parquet", "articles.parquet")
    )


def durations(runner: Runner, raw: Path, out: Path) -> dict[str, float]:
    """How long each phase takes, from a few whole runs."""
    longest: dict[str, float] = dict.fromkeys(PHASES, 0.0)
    for n in range(4):
        put(raw, n % 2)
        runner.start(raw, out)
        before, began = "", time.perf_counter()
        for line in runner.lines():
            word = line.split()[0]
            if word in PHASES or line.startswith("exit"):
                if before:
                    longest[before] = max(longest[before], time.perf_counter() - began)
                before, began = word, time.perf_counter()
    return longest


def watch(out: Path) -> subprocess.Popen[str]:
    """A process that reads the published set until its standard input is closed."""
    call = [sys.executable, "-m", "tests.killable", "watch", str(out)]
    return subprocess.Popen(call, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@posix
@pytest.mark.slow
def test_killed_at_any_moment(
    tmp_path: Path,
    runner: Runner,
    undisturbed: list[Path],
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    chance = random.Random(20260316)
    phases = durations(runner, raw, out)
    request.addfinalizer((reader := watch(out)).kill)
    hits: Counter[str] = Counter()
    signals: Counter[str] = Counter()
    reruns = tries = 0
    while sum(hits.values()) < KILLS or set(hits) != set(PHASES):
        tries += 1
        assert tries < 4 * KILLS, f"runs end before they can be killed: {dict(hits)}"
        state = tries % 2
        put(raw, state)
        wanted = PHASES[tries % len(PHASES)]
        number = signal.SIGTERM if chance.random() < 0.15 else signal.SIGKILL
        seen, code = kill_in(runner, raw, out, wanted, chance.uniform(0, phases[wanted]), number)
        if code in (-signal.SIGKILL, 128 + signal.SIGTERM, -signal.SIGTERM):
            hits[seen] += 1
            signals[number.name] += 1
        else:
            assert code in (0, 2), f"exit {code}"
        assert any(same_set(out, expected) for expected in undisturbed), "neither the old set nor the new one"
        if tries % 5 == 0:
            reruns += 1
            assert runner.run(raw, out) in (0, 2)
            assert same(out, undisturbed[state]), "the rerun's table differs from an undisturbed run's"
    put(raw, 0)
    assert runner.run(raw, out) in (0, 2)
    assert same(out, undisturbed[0])
    told, _ = reader.communicate(timeout=30)
    watched = json.loads(told)
    with capsys.disabled():
        print(
            f"\n{sum(hits.values())} kills ({dict(signals)}) in phases {dict(hits)}; {reruns + 1} reruns equal to an "
            f"undisturbed run; {watched['reads']} reads meanwhile, {len(watched['wrong'])} wrong"
        )
    assert watched["wrong"] == [] and watched["reads"] > KILLS
    assert set(hits) == set(PHASES), f"not every phase was hit: {dict(hits)}"
    assert len(list((out / "versions").iterdir())) <= 8
    assert not list(out.rglob("*.new")) and not list(out.rglob("*.switch"))


def same_set(out: Path, expected: Path) -> bool:
    """Whether the version that run.json names has the expected tables."""
    return all(table(published(out), n).equals(table(expected, n)) for n in ("events.parquet", "articles.parquet"))


def kill_in(runner: Runner, raw: Path, out: Path, wanted: str, delay: float, number: signal.Signals) -> tuple[str, int]:
    """Run, and send the signal that long after the wanted phase began; the last phase seen, and the exit code."""
    runner.start(raw, out)
    seen = PHASES[0]
    sent = False
    code = 0
    for line in runner.lines():
        word = line.split()[0]
        seen = word if word in PHASES else seen
        if word == wanted and not sent:
            sent = True
            time.sleep(delay)
            with contextlib.suppress(ProcessLookupError):
                os.kill(runner.pid, number)
        if word == "exit":
            code = int(line.split()[1])
    return seen, code


@posix
@pytest.mark.slow
def test_two_writers_race(
    tmp_path: Path, runner: Runner, undisturbed: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    raw, out, other = tmp_path / "raw", tmp_path / "out", Runner()
    ends: Counter[tuple[int, int]] = Counter()
    try:
        for n in range(RACES):
            put(raw, n % 2)
            runner.start(raw, out)
            time.sleep(random.Random(n).uniform(0, 0.02))
            other.start(raw, out)
            codes = sorted((runner.finish(), other.finish()))
            ends[codes[0], codes[1]] += 1
            assert codes[0] == 0 and codes[1] in (2, 5), f"race {n} ended with {codes}"
            assert same(out, undisturbed[n % 2])
    finally:
        other.close()
    with capsys.disabled():
        print(f"\n{RACES} races: one published each time, the other {dict(ends)}")
    assert ends[0, 5] > RACES // 2
    assert not (out / ".lock.json").exists()


@posix
@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_a_killed_run_leaves_no_workers(tmp_path: Path, number: signal.Signals, code: int) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    row = {"title": STATES[0], "text": f"3月11日，{STATES[0]}。" + "检查商铺" * 2000, "published_on": "2026-03-12"}
    for n in range(4):
        lines = "".join(json.dumps(row | {"title": f"{n} {i}"}, ensure_ascii=False) + "\n" for i in range(40))
        (raw / f"{n}.jsonl").write_text(lines, encoding="utf-8")
    call = [
        sys.executable,
        "-m",
        "etl",
        "run",
        "--raw",
        str(raw),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "2",
        "--quiet",
    ]
    run = subprocess.Popen(call, cwd=ROOT)
    parent = psutil.Process(run.pid)
    workers: list[psutil.Process] = []
    deadline = time.monotonic() + 60
    while len(workers) < 2 and run.poll() is None and time.monotonic() < deadline:
        workers = parent.children(recursive=True)
        time.sleep(0.01)
    assert workers, "the run ended before it had workers"
    run.send_signal(number)
    assert run.wait(20) == code
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert alive == []


# --- disk ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False
        )
        if shutil.which("mount")
        else None
    )
    if done is None or done.returncode:
        pytest.skip("cannot mount a small file system here (needs root)")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


@posix
def test_a_full_disk(tmp_path: Path, runner: Runner, undisturbed: list[Path], small_disk: Path) -> None:
    raw, out = tmp_path / "raw", small_disk / "out"
    put(raw, 0)
    assert runner.run(raw, out) == 0
    codes = []
    for left in (0, 4, 12, 24, 40, 64, 96, 160, 400):  # KB
        put(raw, 1)
        free = shutil.disk_usage(small_disk).free
        (small_disk / "ballast").write_bytes(bytes(max(0, free - 1024 * left)))
        codes.append(runner.run(raw, out))
        assert codes[-1] in (0, 6), f"{left} KB left: exit {codes[-1]}"
        assert same_set(out, undisturbed[1 if codes[-1] == 0 else 0]), f"{left} KB left: not whole"
        (small_disk / "ballast").unlink()
        put(raw, 0)
        assert runner.run(raw, out) in (0, 2)
        assert same(out, undisturbed[0])
    assert codes[0] == 6 and codes[-1] == 0 and codes.count(6) >= 3, codes


@posix
def test_a_quota(tmp_path: Path, undisturbed: list[Path]) -> None:
    """The same without root: no file may grow beyond a few kilobytes."""
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, 0)
    assert command.main(["run", "--raw", str(raw), "--out", str(out), "--quiet", "--workers", "1"]) == 0
    put(raw, 1)
    for size in (0, 300, 2000, 6000):
        code = (
            f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}));"
            "from etl.__main__ import main; sys.exit(main(sys.argv[1:]))"
        )
        call = [sys.executable, "-c", code, "run", "--raw", str(raw), "--out", str(out), "--quiet", "--workers", "1"]
        done = subprocess.run(call, cwd=ROOT, check=False, capture_output=True, text=True)
        assert done.returncode == 6, (size, done.stderr)
        assert same(out, undisturbed[0])
    assert command.main(["run", "--raw", str(raw), "--out", str(out), "--quiet", "--workers", "1"]) == 0
    assert same(out, undisturbed[1])


@posix
def test_a_read_only_folder(tmp_path: Path, runner: Runner, undisturbed: list[Path], small_disk: Path) -> None:
    raw, out = tmp_path / "raw", small_disk / "out"
    put(raw, 0)
    assert runner.run(raw, out) == 0
    put(raw, 1)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert runner.run(raw, out) == 6
    assert same(out, undisturbed[0])
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert runner.run(raw, out) == 0
    assert same(out, undisturbed[1])


# --- clock, damage ---------------------------------------------------------------------------------------------------


def at(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setattr(command, "clock", lambda: dt.datetime.fromisoformat(f"{day}T03:00:00+08:00"))


def run(raw: Path, out: Path, *more: str) -> int:
    return command.main(["run", "--raw", str(raw), "--out", str(out), "--quiet", "--workers", "1", *more])


def test_a_clock_set_back(tmp_path: Path, undisturbed: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    for n, day in enumerate(("2026-03-16", "1999-01-01", "2031-01-01", "2026-03-17")):
        at(monkeypatch, day)
        put(raw, n % 2)
        assert run(raw, out) == 0
        assert same(out, undisturbed[n % 2])
        issues = json.loads((out / "run.json").read_text(encoding="utf-8"))["issues"]
        assert ("clock-set-back" in issues) == (n in (1, 3))
    assert [v[:7] for v in versions(out)] == ["v000001", "v000002", "v000003", "v000004"]


@pytest.mark.parametrize("what", ["extract/*/*/*.arrow", "extract/*/ledger.json", "parts/*.parquet", "parts/*.json"])
@pytest.mark.parametrize("left", [0, 60])
def test_what_earlier_runs_kept_is_damaged(tmp_path: Path, undisturbed: list[Path], what: str, left: int) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, 0)
    assert run(raw, out) == 0
    damaged = list((out / "cache").glob(what))
    assert damaged
    for path in damaged:
        content = path.read_bytes()[:left]
        path.unlink()  # the published version may be a link to the same file
        path.write_bytes(content)
    put(raw, 1)
    assert run(raw, out) == 0
    assert same(out, undisturbed[1])
    put(raw, 0)
    assert run(raw, out) == 0
    assert same(out, undisturbed[0])


def test_a_switch_cut_off_is_mended(tmp_path: Path, undisturbed: list[Path]) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    put(raw, 0)
    assert run(raw, out) == 0
    shutil.copyfile(undisturbed[1] / "events.parquet", tmp_path / "other").replace(out / "events.parquet")
    assert run(raw, out) == 2
    assert same(out, undisturbed[0])


def test_files_in_any_order_and_place_in_time(tmp_path: Path, undisturbed: list[Path]) -> None:
    """The same files delivered one after the other, with a run after each, give the same table as all at once."""
    raw, out, whole = tmp_path / "raw", tmp_path / "out", tmp_path / "raw0"
    files = sorted(p for p in whole.rglob("*") if p.is_file())
    random.Random(7).shuffle(files)
    for path in files:
        to = raw / path.relative_to(whole)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
        assert run(raw, out) in (0, 2)
    assert same(out, undisturbed[0])


def test_the_last_eight_published_sets_stay(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    for n in range(10):
        put(raw, n % 2)
        assert run(raw, out) == 0
    assert len(versions(out)) == 8
    before = {name: (out / name).read_bytes() for name in FILES}
    assert command.main(["rollback", "--out", str(out), versions(out)[0]]) == 0
    assert {name: (out / name).read_bytes() for name in FILES} != before
    assert command.main(["rollback", "--out", str(out), versions(out)[-1]]) == 0
    assert {name: (out / name).read_bytes() for name in FILES} == before
