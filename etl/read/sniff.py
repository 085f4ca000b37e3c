"""What a file is, by its content: magic bytes, the members of a ZIP container, the look of its text; the name decides
only between kinds of plain text (CSV, Markdown, text)."""

from __future__ import annotations

import re
import zipfile

from etl.read.decode import UndecodableError, decode
from etl.read.source import Source

_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"GIF87a", b"GIF89a")
_UNSUPPORTED = (
    (b"Rar!\x1a\x07", "rar", "RAR 压缩包请先解压，或改存为 ZIP。"),
    (b"7z\xbc\xaf\x27\x1c", "7z", "7z 压缩包请先解压，或改存为 ZIP。"),
    (b"\x1f\x8b", "gzip", "gzip 压缩文件请先解压，或改存为 ZIP。"),
    (b"BZh", "bzip2", "bzip2 压缩文件请先解压，或改存为 ZIP。"),
    (b"\xfd7zXZ\x00", "xz", "xz 压缩文件请先解压，或改存为 ZIP。"),
    (b"{\\rtf", "rtf", "RTF 文件请用 Word 或 WPS 另存为 .docx。"),
    (b"CAJ", "caj", "CAJ 文件请另存为 PDF。"),
    (b"PAR1", "parquet", "Parquet 文件请导出为 CSV 或 JSON 行。"),
    (b"SQLite format 3", "sqlite", "数据库文件请导出为 CSV 或 JSON 行。"),
    (b"\x7fELF", "program", "这是程序，不是报纸文件。"),
    (b"MZ\x90\x00", "program", "这是程序，不是报纸文件。"),
)
_HTML = re.compile(
    r"<!doctype\s+html|<(?:html|head|body|meta|title|frameset|script|style|div|table|p|br|span|founder-\w+|h[1-6]|a\s)\b|<!--\s*(?:enp|<npm)",
    re.IGNORECASE,
)
_JSON_LINE = re.compile(r'\s*\{\s*"[^"\n]{1,60}"\s*:')
_JSON_LIST = re.compile(r"\s*\[\s*\{")
_CSV_HEADER = re.compile(
    r'(?:^|[,;\t|"])\s*"?(?:正文|内容|文章内容|全文|text|content|body)"?\s*(?:$|[,;\t|"])', re.IGNORECASE
)


def kind_of(source: Source) -> str:
    """One of pdf, image, docx, xlsx, zip, html, jsonl, json, csv, markdown, text, empty, or unsupported:<name>."""
    head = source.head()
    if not head:
        return "empty"
    return _by_magic(source, head) or _by_text(source, head)


def advice(kind: str) -> str:
    """What to do with an unsupported kind of file."""
    name = kind.partition(":")[2]
    special = {
        "ole": "旧版 Word/Excel 或加密的 Office 文件：请取消密码，并另存为 .docx 或 .xlsx。",
        "pptx": "演示文稿请另存为 PDF。",
        "ofd": "OFD 文件请另存为 PDF。",
        "mhtml": "MHTML 网页请另存为 HTML。",
        "media": "这是音频或视频，不是报纸文件。",
    }
    return special.get(name) or next(text for _, n, text in _UNSUPPORTED if n == name)


def _by_magic(source: Source, head: bytes) -> str | None:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or head[4:12] == b"jP  \r\n\x87\n":
        return "image"
    if (
        head[:2] == b"BM"
        and len(head) >= 26
        and head[6:10] == b"\x00" * 4
        and head[14:18] in (b"\x28\0\0\0", b"\x7c\0\0\0")
    ):
        return "image"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _by_members(source)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "unsupported:ole"
    if head[4:8] == b"ftyp" or head.startswith((b"ID3", b"OggS", b"RIFF", b"\x1aE\xdf\xa3")):
        return "unsupported:media"
    return next((f"unsupported:{name}" for magic, name, _ in _UNSUPPORTED if head.startswith(magic)), None)


def _by_members(source: Source) -> str:
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return {".docx": "docx", ".xlsx": "xlsx"}.get(source.suffix, "zip")
    if "[Content_Types].xml" in names:
        for member, kind in (
            ("word/document.xml", "docx"),
            ("xl/workbook.xml", "xlsx"),
            ("ppt/presentation.xml", "unsupported:pptx"),
        ):
            if member in names:
                return kind
    return "unsupported:ofd" if "OFD.xml" in names else "zip"


def _by_text(source: Source, head: bytes) -> str:
    try:
        text = decode(head).text.lstrip("\ufeff \n\t")
    except UndecodableError:
        text = head.decode("latin-1")
    if text.startswith("MIME-Version:") or re.match(r"From: <Saved by", text):
        return "unsupported:mhtml"
    if _looks_html(text, source.suffix):
        return "html"
    if _JSON_LINE.match(text) or _JSON_LIST.match(text):
        return _json_kind(text, source.suffix)
    if source.suffix in {".jsonl", ".ndjson", ".json"}:
        return "json" if source.suffix == ".json" else "jsonl"
    if source.suffix in {".csv", ".tsv"} or _CSV_HEADER.search(text.partition("\n")[0][:500]):
        return "csv"
    return "markdown" if source.suffix in {".md", ".markdown"} else "text"


def _looks_html(text: str, suffix: str) -> bool:
    if suffix in {".htm", ".html", ".shtml", ".xhtml"}:
        return "<" in text
    return text.startswith("<") and _HTML.search(text[:8000]) is not None and suffix not in {".md", ".markdown"}


def _json_kind(text: str, suffix: str) -> str:
    """jsonl where the first line is a whole object, json where one document spans the file."""
    if _JSON_LIST.match(text):
        return "json"
    first = text.partition("\n")[0].rstrip()
    return "jsonl" if suffix in {".jsonl", ".ndjson"} or first.endswith("}") or len(first) > 2000 else "json"
