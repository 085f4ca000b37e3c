"""ZIP archives: members are read in memory, bounded in number, size, ratio and nesting; nothing is written to disk."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from etl.models import Issue, Page
from etl.read.limits import MAX_ZIP_DEPTH, MAX_ZIP_MEMBER, MAX_ZIP_MEMBERS, MAX_ZIP_RATIO, MAX_ZIP_TOTAL, MB
from etl.read.source import Source

BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)


def read_zip(source: Source, read: Callable[[Source], Iterator[Page | Issue]]) -> Iterator[Page | Issue]:
    """The pages of every member, read by `read`; an issue for each member that cannot be had."""
    if source.depth >= MAX_ZIP_DEPTH:
        yield source.issue("nested-archive", f"压缩包嵌套超过 {MAX_ZIP_DEPTH} 层，未读取。请先解压。")
        return
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as archive:
            yield from _members(source, archive, read)
    except BROKEN_ZIP as error:
        yield source.issue("broken-archive", f"ZIP 已损坏，无法读取（{type(error).__name__}）。请重新取得该文件。")


def container_complaint(source: Source) -> Issue | None:
    """Why a ZIP container (DOCX, XLSX) must not be opened: broken, encrypted, or a bomb."""
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
    except BROKEN_ZIP as error:
        return source.issue("broken-file", f"文件已损坏，无法打开（{type(error).__name__}）。请重新取得该文件。")
    if len(infos) > MAX_ZIP_MEMBERS or sum(i.file_size for i in infos) > MAX_ZIP_TOTAL // 4:
        return source.issue("archive-bomb", "展开后过大，疑为压缩炸弹，未读取。")
    bombs = [i for i in infos if i.file_size > 16 * MB and _ratio(i) > MAX_ZIP_RATIO]
    return (
        source.issue("archive-bomb", "压缩比异常，疑为压缩炸弹，未读取。", where=bombs[0].filename[:80])
        if bombs
        else None
    )


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name; Windows tools write it in GBK without saying so, and zipfile then reads it as cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _members(
    source: Source, archive: zipfile.ZipFile, read: Callable[[Source], Iterator[Page | Issue]]
) -> Iterator[Page | Issue]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MAX_ZIP_MEMBERS:
        yield source.issue("archive-bomb", f"成员超过 {MAX_ZIP_MEMBERS} 个，只读前 {MAX_ZIP_MEMBERS} 个。请分批放入。")
    total = 0
    for info in infos[:MAX_ZIP_MEMBERS]:
        name = member_name(info)
        if _is_clutter(name):
            continue
        data = _complaint(source, info, name) or _extract(source, archive, info, name, MAX_ZIP_TOTAL - total)
        if isinstance(data, Issue):
            yield data
            continue
        total += len(data)
        yield from read(Source(f"{source.name}!/{name}", len(data), data=data, depth=source.depth + 1))


def _is_clutter(name: str) -> bool:
    """Names that operating systems and office programs leave behind, explicitly ignored."""
    path = PurePosixPath(name)
    return (
        "__MACOSX" in path.parts
        or path.name.startswith((".", "~$"))
        or path.name.lower() in {"thumbs.db", "desktop.ini"}
    )


def _complaint(source: Source, info: zipfile.ZipInfo, name: str) -> Issue | None:
    where = name[:120]
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or "\x00" in name:
        return source.issue("unsafe-name", "成员名指向压缩包之外，未读取。", where=where)
    if info.flag_bits & 1:
        return source.issue("encrypted-archive", "成员已加密，无法读取。请解除密码后重新压缩。", where=where)
    if info.file_size > MAX_ZIP_MEMBER or (info.file_size > MB and _ratio(info) > MAX_ZIP_RATIO):
        return source.issue("archive-bomb", "展开后过大或压缩比异常，疑为压缩炸弹，未读取。", where=where)
    return None


def _extract(source: Source, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: int) -> bytes | Issue:
    limit = min(MAX_ZIP_MEMBER, budget, info.file_size)
    if info.file_size > budget:
        return source.issue(
            "archive-bomb", f"展开总量超过 {MAX_ZIP_TOTAL // MB} MB，该成员未读取。请分批放入。", where=name[:120]
        )
    try:
        with archive.open(info) as stream:
            data = stream.read(limit + 1)
    except BROKEN_ZIP as error:
        return source.issue(
            "broken-member", f"成员已损坏，已跳过；其余照常读取（{type(error).__name__}）。", where=name[:120]
        )
    return data if len(data) <= limit else source.issue("archive-bomb", "成员比所声明的大，未读取。", where=name[:120])


def _ratio(info: zipfile.ZipInfo) -> float:
    return info.file_size / max(info.compress_size, 1)
