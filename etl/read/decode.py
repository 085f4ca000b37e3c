"""Bytes of a text file → text: UTF-8, UTF-16, GB18030 (GBK), Big5; anything else is refused with its reason.

Chinese text is told from noise by its commonness: 3,755 characters of GB2312's first plane (or the 5,401 of Big5's)
make up over 95 % of what newspapers print, but under half of what a wrong decoding gives (UTF-8 as GBK: 鐨勪竴…).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_SAMPLE = 20_000  # characters looked at when judging
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_LATIN1 = re.compile(r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u2020\u2021\u2026\u2030\u2039\u203a]")
_KNOWN_MOJIBAKE = ("锟斤拷", "烫烫烫", "屯屯屯", "ï¿½", "â€", "锛岀", "銆")
_ODD = re.compile(r"[\ue000-\uf8ff\u0370-\u058f\u0590-\u08ff]")
_SUSPECT = re.compile(
    "|".join([*(pattern.pattern for pattern in (_CONTROL, _LATIN1, _ODD)), f"[{''.join(w[0] for w in _KNOWN_MOJIBAKE)}]"])
    .replace("]|[", "")
)  # fmt: skip
_SIMPLIFIED, _TRADITIONAL = bytes(range(0xB0, 0xD8)), bytes(range(0xA4, 0xC7))  # lead bytes of common characters
_HAN_BYTES = bytes([*range(0x34, 0xA0), 0xF9, 0xFA])  # first bytes in UTF-16 of what _HAN matches
_ASCII = bytes(range(0x80))


class UndecodableError(ValueError):
    """The bytes are no text that can be trusted. `kind` is the issue's kind."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, its encoding, and how many characters were unreadable (each is U+FFFD in the text)."""

    text: str
    encoding: str
    damaged: int = 0


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decode and judge; UndecodableError with a Chinese reason where the bytes are no readable text.

    `declared` is an encoding that the document names; it is tried after UTF-8, as pages often name the wrong one.
    """
    if not data.strip(b"\x00\r\n\t "):
        raise UndecodableError("empty-file", "文件是空的。请重新取得该文件。")
    decoded = _by_bom(data) or _utf16_without_bom(data) or _by_content(data, declared)
    reason = complaint(decoded.text)
    if reason is not None:
        raise reason
    return Decoded(decoded.text.replace("\r\n", "\n").replace("\r", "\n"), decoded.encoding, decoded.damaged)


def complaint(text: str) -> UndecodableError | None:
    """Why this text cannot be trusted (mojibake, binary junk), or None."""
    sample = _sample(text)
    size = max(len(sample), 1)
    size_of_han = _count_han(sample)
    suspect = "".join(_SUSPECT.findall(sample))  # few in sound text: what follows is counted among these only
    known = sum(sample.count(word) for word in _KNOWN_MOJIBAKE if word[0] in suspect)
    if len(_LATIN1.findall(suspect)) > size * 0.15 and size_of_han < size * 0.15:
        return UndecodableError("mojibake", "中文被当作西文保存，已成乱码。请从来源重新导出（UTF-8 编码）。")
    if len(_CONTROL.findall(suspect)) > max(2, size * 0.01):
        return UndecodableError("binary-junk", "含大量控制字符，不是文本文件。请确认文件类型后重新放入。")
    if sample.count("\ufffd") > max(3, size * 0.01) or known > 2:
        return UndecodableError("mojibake", "文字已成乱码，原文无法恢复。请从来源重新导出（UTF-8 编码）。")
    if (size_of_han >= 12 and not _is_common(sample, size_of_han)) or len(_ODD.findall(suspect)) > max(5, size * 0.1):
        return UndecodableError("mojibake", "文字多为生僻字，编码有误或已成乱码。请从来源重新导出（UTF-8 编码）。")
    return None


def _is_common(text: str, han: int) -> bool:
    """Whether three in five of a text's `han` Chinese characters are common ones."""
    return _commonness(text, "gb2312", han) >= 0.6 or _commonness(text, "big5", han) >= 0.6


def guess_encoding(head: bytes) -> str:
    """The encoding of a long file from its first bytes, for reading it line by line; UndecodableError as for decode."""
    cut = head[: len(head) // 2 * 2] if b"\x00" in head else head[: head.rfind(b"\n") + 1] or head
    encoding = decode(cut).encoding
    if encoding == "utf-8":
        return "utf-8-sig"
    return "utf-16" if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else encoding


def _sample(text: str) -> str:
    if len(text) <= _SAMPLE:
        return text
    middle = len(text) // 2
    return text[: _SAMPLE // 2] + text[middle : middle + _SAMPLE // 2]


def _by_bom(data: bytes) -> Decoded | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            text = data[len(bom) :].decode(encoding, "replace")
            return Decoded(text, encoding, text.count("\ufffd"))
    return None


def _utf16_without_bom(data: bytes) -> Decoded | None:
    """UTF-16 whose BOM was lost: line ends and ASCII leave NUL bytes on one side only."""
    head = data[:20_000]
    if len(data) % 2 or b"\x00" not in head:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    encoding = "utf-16-le" if odd > even * 4 else "utf-16-be" if even > odd * 4 else None
    if encoding is None:
        return None
    text = data.decode(encoding, "replace")
    return Decoded(text, encoding, text.count("\ufffd")) if complaint(text) is None else None


def _by_content(data: bytes, declared: str | None) -> Decoded:
    """UTF-8 where it decodes; else the best of the Chinese encodings; else one of them, a few characters damaged."""
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        damaged = _tolerant(data, "utf-8")
    if damaged is not None:
        return damaged
    strict = [d for d in (_strict(data, name) for name in _candidates(declared)) if d is not None]
    tolerant = [d for d in (_tolerant(data, name) for name in ("gb18030", "big5hkscs")) if d is not None]
    found = strict or tolerant
    if not found:
        reason = "不是可识别的文本（已试 UTF-8、UTF-16、GB18030、Big5）。请确认文件类型或重新导出。"
        raise UndecodableError("binary-junk", reason)
    return max(found, key=_commonness_of)


def _commonness_of(decoded: Decoded) -> float:
    """Share of characters that are common in what the encoding is made for."""
    sample = _sample(decoded.text)
    return _commonness(sample, decoded.encoding, _count_han(sample))


def _candidates(declared: str | None) -> tuple[str, ...]:
    names = ("gb18030", "big5hkscs")
    return names if declared is None or declared in names else (*names, declared)


def _strict(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(data.decode(encoding), encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _tolerant(data: bytes, encoding: str) -> Decoded | None:
    """The text with at most 3 or 0.2 % characters damaged and enough sound Chinese around them, else None."""
    text = data.decode(encoding, "replace")
    damaged = text.count("\ufffd")
    sound = _count_han(text)
    return Decoded(text, encoding, damaged) if damaged <= max(3, len(text) // 500) and sound > 10 * damaged else None


def _commonness(text: str, encoding: str, han: int) -> float:
    """Share of common characters (first plane of Big5 or else of GB2312) among the `han` Chinese ones; 0 where none is.

    All bytes of a two-byte character are above 0x7F in GB2312, not so in Big5: there other characters are taken out.
    """
    if not han:
        return 0.0
    if encoding.startswith("big5"):
        return _common(_han(text).encode("big5", "replace").replace(b"?", b""), _TRADITIONAL) / han
    return _common(text.encode("gb2312", "replace").translate(None, _ASCII), _SIMPLIFIED) / han


def _common(pairs: bytes, leads: bytes) -> int:
    """How many of these two-byte characters have one of the lead bytes."""
    first = pairs[::2]
    return len(first) - len(first.translate(None, leads))


def _han(text: str) -> str:
    """The Chinese characters of a text."""
    return "".join(_HAN.findall(text))


def _count_han(text: str) -> int:
    """How many Chinese characters a text has, by the first bytes of UTF-16 (a character beyond it has a surrogate's)."""
    return _common(text.encode("utf-16-be", "surrogatepass"), _HAN_BYTES)
