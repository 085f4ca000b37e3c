"""The YAML rule files, parsed: what was parsed once is kept as JSON in ``<data>/cache/rules-<digest>.bin``.

Parsing them, with the import of the parser, takes a worker longer than all else that it does with them. A file's data
is kept under the digest of the file's bytes, in a cache file named by the digest of this module; the checks of each
loader are made every time. The cache is derived: it may be deleted at any time, is written and renamed as the
gazetteer's is, and where it is missing, damaged or cannot be written the files are parsed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from etl.rules.errors import RulesError
from etl.rules.gazetteer import read_cache, write_cache

Reader = Callable[[Path], Any]


def read_yaml(path: Path) -> Any:
    """The data of a YAML file; RulesError, with the line where known, where it cannot be read."""
    return parse(path, bytes_of(path))


def bytes_of(path: Path) -> bytes:
    """A rule file's bytes."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RulesError(path, None, f"cannot be read: {error}") from error


def parse(path: Path, content: bytes) -> Any:
    """The data of a YAML file with these bytes."""
    import yaml  # only here: where all is kept, it is not needed

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is there
        return yaml.load(content.decode("utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or error
        raise RulesError(path, mark.line + 1 if mark else None, f"not readable as YAML: {what}") from error


class KeptYaml:
    """Reads YAML files as :func:`read_yaml` does, from a cache where they are known; `keep` writes what was read."""

    def __init__(self, folder: Path) -> None:
        code = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
        self.path = folder / f"rules-{code}.bin"
        self.known = kept_in(self.path)
        self.used: dict[str, Any] = {}

    def read(self, path: Path) -> Any:
        """The data of a YAML file."""
        content = bytes_of(path)
        key = hashlib.sha256(content).hexdigest()
        data = self.known[key] if key in self.known else parse(path, content)
        self.used[key] = data
        return data

    def keep(self) -> None:
        """Write the data of all files read, where the cache holds others, as far as JSON gives the same back."""
        if not self.used.keys() <= self.known.keys():
            kept = {key: data for key, data in self.used.items() if same_as_json(data)}
            if kept != self.known:
                write_cache(self.path, [json.dumps(kept, ensure_ascii=False).encode()])


def kept_in(path: Path) -> dict[str, Any]:
    """What a cache file holds: nothing where it is absent or damaged."""
    sections = read_cache(path)
    try:
        kept = json.loads(sections[0]) if sections else None
    except ValueError:
        kept = None
    return kept if isinstance(kept, dict) else {}


def same_as_json(data: Any) -> bool:
    """Whether JSON gives the data back: not a date, nor a mapping whose keys are numbers."""
    try:
        return bool(json.loads(json.dumps(data)) == data)
    except (TypeError, ValueError):
        return False
