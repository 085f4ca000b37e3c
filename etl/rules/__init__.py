"""Loads and validates data/reference/ once into one frozen :class:`Rules` that is passed to the steps."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from etl.rules.calendar import Calendar, load_calendar
from etl.rules.gazetteer import Gazetteer, load_gazetteer
from etl.rules.newspapers import Newspaper, load_newspapers
from etl.rules.quantities import Quantities, load_quantities
from etl.rules.taxonomy import Taxonomy, load_taxonomy
from etl.rules.yaml_files import KeptYaml

DEFAULT_ROOT = Path(__file__).resolve().parents[2] / "data" / "reference"


@dataclass(frozen=True)
class Rules:
    """What is fact or policy, not code. `digests` names each file's SHA-256, for run.json and for caches."""

    gazetteer: Gazetteer
    taxonomy: Taxonomy
    quantities: Quantities
    newspapers: tuple[Newspaper, ...]
    calendar: Calendar
    digests: dict[str, str]

    @property
    def digest(self) -> str:
        """One digest of all rule files."""
        return hashlib.sha256("\n".join(f"{k} {v}" for k, v in sorted(self.digests.items())).encode()).hexdigest()[:16]


def load_rules(root: Path = DEFAULT_ROOT) -> Rules:
    """Read every rule file below `root`; raise RulesError naming file and line where one is ambiguous or wrong."""
    yaml, digests = KeptYaml(root.parent / "cache"), file_digests(root)
    rules = Rules(
        gazetteer=load_gazetteer(root, digests),
        taxonomy=load_taxonomy(root, yaml.read),
        quantities=load_quantities(root, yaml.read),
        newspapers=load_newspapers(root, yaml.read),
        calendar=load_calendar(root, yaml.read),
        digests=digests,
    )
    yaml.keep()
    return rules


def file_digests(root: Path) -> dict[str, str]:
    """SHA-256 of each rule file below `root`, by relative path; boundaries and READMEs are no rules."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.suffix in {".yml", ".csv", ".parquet"} and path.is_file()
    }
