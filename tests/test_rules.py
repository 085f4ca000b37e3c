"""YAML rule files through their cache: the same data, never old data, and never a failure of the cache's making."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from etl.rules import DEFAULT_ROOT
from etl.rules.errors import RulesError
from etl.rules.gazetteer import write_cache
from etl.rules.yaml_files import KeptYaml, read_yaml
from tests.conftest import ROOT

TEXT = "classes: {person: [人, 名]}\nratio: 0.1\nnone:\n"


@pytest.fixture
def rule(tmp_path: Path) -> Path:
    """A rule file."""
    path = tmp_path / "units.yml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def through(folder: Path, *paths: Path) -> KeptYaml:
    """A reader that has read these files and kept them."""
    yaml = KeptYaml(folder)
    for path in paths:
        assert yaml.read(path) == read_yaml(path)
    yaml.keep()
    return yaml


def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are parsed from here on."""
    from etl.rules import yaml_files

    found: list[Path] = []
    parse = yaml_files.parse
    monkeypatch.setattr(yaml_files, "parse", lambda path, content: (found.append(path), parse(path, content))[1])
    return found


def test_a_kept_file_is_not_parsed_again(rule: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = through(tmp_path / "cache", rule).path
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]
    now = parsed(monkeypatch)
    assert KeptYaml(tmp_path / "cache").read(rule) == {"classes": {"person": ["人", "名"]}, "ratio": 0.1, "none": None}
    assert now == []


def test_a_changed_file_is_parsed_and_replaces_the_old(rule: Path, tmp_path: Path) -> None:
    through(tmp_path / "cache", rule)
    rule.write_text(TEXT.replace("0.1", "0.2"), encoding="utf-8")
    through(tmp_path / "cache", rule)
    (data,) = KeptYaml(tmp_path / "cache").known.values()
    assert data["ratio"] == 0.2


@pytest.mark.parametrize("damage", ["empty", "cut", "turned", "no json", "no mapping"])
def test_a_damaged_cache_is_made_anew(rule: Path, tmp_path: Path, damage: str) -> None:
    kept = through(tmp_path / "cache", rule).path
    whole = kept.read_bytes()
    if damage in ("no json", "no mapping"):
        write_cache(kept, [b"{" if damage == "no json" else b"[1]"])
    else:
        kept.write_bytes({"empty": b"", "cut": whole[:-3], "turned": whole.replace(b"0.1", b"0.7")}[damage])
    assert KeptYaml(tmp_path / "cache").known == {}
    through(tmp_path / "cache", rule)
    assert kept.read_bytes() == whole


@pytest.mark.parametrize("text", ["day: 2026-05-06", "{2026: -1}", "[1, .nan]", "{1: a, '1': b}", "- !!binary aGVq"])
def test_what_json_would_change_is_parsed_each_time(rule: Path, tmp_path: Path, text: str) -> None:
    rule.write_text(text, encoding="utf-8")
    for _ in range(2):
        yaml = KeptYaml(tmp_path / "cache")
        assert repr(yaml.read(rule)) == repr(read_yaml(rule))
        yaml.keep()
        assert yaml.known == {}


def test_a_folder_that_cannot_be_written_is_left(rule: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder would be")
    assert through(tmp_path / "cache", rule).known == {}


def test_a_missing_or_wrong_file_is_named(rule: Path, tmp_path: Path) -> None:
    yaml = KeptYaml(tmp_path / "cache")
    with pytest.raises(RulesError, match=r"none\.yml: cannot be read"):
        yaml.read(tmp_path / "none.yml")
    rule.write_bytes(b"a: \xff")
    with pytest.raises(RulesError, match=r"units\.yml: not readable as YAML"):
        yaml.read(rule)
    rule.write_text("a: 1\nb: ]\n", encoding="utf-8")
    with pytest.raises(RulesError, match=r"units\.yml:2: not readable as YAML"):
        yaml.read(rule)


def test_our_own_rules_are_all_kept() -> None:
    code = "import sys; from etl.rules import load_rules; load_rules(); print('yaml' in sys.modules)"
    run = [sys.executable, "-c", code]
    said = [subprocess.run(run, capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip() for _ in range(2)]
    assert said[-1] == "False", f"a file below {DEFAULT_ROOT} holds what JSON would change: put it in quotes"
