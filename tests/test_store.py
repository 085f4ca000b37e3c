"""Versions are immutable, the switch is atomic, one writer at a time."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from etl.lock import LockedError, lock
from etl.models import Article, Event, to_table
from etl.store import StoreError, current, next_version, prune, switch, versions, write_parquet, write_version
from tests.make import an_article, an_event

NOW = dt.datetime(2026, 3, 16, 3, 0, tzinfo=dt.UTC)


def write(out: Path, events: int, parts: int = 1) -> str:
    """A finished version with that many events a part, not yet published."""
    version = next_version(out, "20260316T030000")
    folder = out / "cache" / version
    folder.mkdir(parents=True)
    files = {cls: [folder / f"{n}.{cls.__name__}.parquet" for n in range(parts)] for cls in (Article, Event)}
    for n in range(parts):
        write_parquet(to_table([an_article(article_id=f"{n:016d}")], Article), files[Article][n])
        write_parquet(to_table([an_event(event_id=f"{n}-{i:014d}") for i in range(events)], Event), files[Event][n])
    write_version(out, version, files[Article], files[Event], {"version": version})
    return version


def publish(out: Path, events: int) -> str:
    version = write(out, events)
    switch(out, version)
    return version


def test_a_large_table_is_a_folder_of_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, 3)
    monkeypatch.setattr("etl.store.ONE_FILE", 4)
    version = write(tmp_path, 3, parts=2)
    switch(tmp_path, version)
    assert (tmp_path / "events.parquet").is_dir()
    assert len(pd.read_parquet(tmp_path / "events.parquet")) == 6
    publish(tmp_path, 2)
    assert len(pd.read_parquet(tmp_path / "events.parquet")) == 2


def test_published_files_are_the_versions(tmp_path: Path) -> None:
    version = publish(tmp_path, 3)
    assert current(tmp_path) == {"version": version}
    assert pq.read_table(tmp_path / "events.parquet").num_rows == 3
    assert (tmp_path / "events.parquet").samefile(tmp_path / "versions" / version / "events.parquet")


def test_an_open_file_stays_what_it_was(tmp_path: Path) -> None:
    publish(tmp_path, 3)
    with (tmp_path / "events.parquet").open("rb") as old:
        publish(tmp_path, 5)
        assert pq.read_table(old).num_rows == 3
    assert pq.read_table(tmp_path / "events.parquet").num_rows == 5


def test_versions_are_ordered_by_number_not_by_clock(tmp_path: Path) -> None:
    first = publish(tmp_path, 1)
    assert next_version(tmp_path, "19990101T000000") > first


def test_a_switch_cut_off_halfway_names_the_old_version(tmp_path: Path) -> None:
    old = publish(tmp_path, 1)

    def cut(name: str) -> None:
        if name == "events.parquet":
            raise KeyboardInterrupt

    version = write(tmp_path, 2)
    with pytest.raises(KeyboardInterrupt):
        switch(tmp_path, version, after=cut)
    assert (current(tmp_path) or {})["version"] == old


def test_prune_keeps_the_last_and_the_published(tmp_path: Path) -> None:
    names = [publish(tmp_path, 1) for _ in range(5)]
    switch(tmp_path, names[0])
    (tmp_path / "versions" / "v000009-unfinished").mkdir()
    assert set(prune(tmp_path, keep=2)) == {*names[1:3], "v000009-unfinished"}
    assert versions(tmp_path) == [names[0], *names[3:]]


def test_damaged_run_json_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match=r"run\.json"):
        current(tmp_path)


def test_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with lock(tmp_path, NOW) as issues:
        assert issues == []
        with pytest.raises(LockedError, match=f"process {os.getpid()}"), lock(tmp_path, NOW + dt.timedelta(minutes=7)):
            pass
    with lock(tmp_path, NOW) as issues:
        assert issues == []


def test_a_dead_owner_is_noticed(tmp_path: Path) -> None:
    owner = {"pid": 4242, "host": "h", "started": NOW.isoformat()}
    (tmp_path / ".lock.json").write_text(json.dumps(owner), encoding="utf-8")
    with lock(tmp_path, NOW + dt.timedelta(hours=1)) as issues:
        assert [i.kind for i in issues] == ["stale-lock"]
        assert "4242" in issues[0].message and "60 分钟" in issues[0].message
