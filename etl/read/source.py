"""Where bytes come from: a file below the raw folder, or a member of an archive held in memory."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from etl.models import Issue, Severity


class TooLargeError(ValueError):
    """More bytes than the bound of this kind of file."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `name` becomes Page.source_path; a member of an archive is `archive.zip!/member.txt`."""

    name: str
    size: int
    path: Path | None = None
    data: bytes | None = None
    depth: int = 0  # how many archives it lies in

    def open(self) -> BinaryIO:
        """A fresh binary stream over the bytes."""
        if self.path is not None:
            return self.path.open("rb")
        return io.BytesIO(self.data or b"")

    def head(self, count: int = 65_536) -> bytes:
        """The first bytes."""
        with self.open() as stream:
            return stream.read(count)

    def read(self, limit: int) -> bytes:
        """All bytes; TooLargeError beyond `limit`."""
        with self.open() as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise TooLargeError(f"超过 {limit // (1 << 20)} MB")
        return data

    @property
    def suffix(self) -> str:
        """Lower-case name ending with its dot, or ''."""
        return Path(self.name).suffix.lower()

    def issue(
        self, kind: str, message: str, severity: Severity = "error", where: str | None = None, sample: str | None = None
    ) -> Issue:
        """An issue about this file; its message begins with the file's name and the place."""
        place = f"{self.name}（{where}）" if where else self.name
        return Issue(kind, f"{place}：{message}", severity, self.name, where, sample[:80] if sample else None)
