"""The error that a wrong rule file raises."""

from __future__ import annotations

from pathlib import Path


class RulesError(ValueError):
    """A rule file is missing, ambiguous or wrong; the message names file, line and what to do."""

    def __init__(self, path: Path | str, line: int | None, message: str) -> None:
        super().__init__(f"{path}{f':{line}' if line else ''}: {message}")
