"""Text without meaning: length-preserving normalisation, sentence and clause bounds, Chinese numerals."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

# Full-width ASCII, look-alike dashes, dots and quotes, exotic spaces: each one character to one character, so that a
# span found in the normalised text is the same span in the raw text. NFKC would turn ㎡ into two characters.
_FOLD: dict[int, str] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_FOLD |= {
    ord(c): " " for c in "\u00a0\u202f\u205f\u3000\t\v\f\r\x1c\x1d\x1e\x85" + "".join(map(chr, range(0x2000, 0x200B)))
}
_FOLD |= {ord(c): "-" for c in "‐‑‒–—―−﹣－"}
_FOLD |= {ord(c): "~" for c in "～〜∼"}
_FOLD |= {ord(c): "·" for c in "•・‧∙⋅"}
_FOLD |= {ord(c): '"' for c in "“”„‟«»〝〞＂"}
_FOLD |= {ord(c): "'" for c in "‘’‚‛＇"}
_FOLD |= {ord(c): "0" for c in "〇○Ｏ"}
for _keep in "，。；：？！（）":  # Chinese punctuation stays Chinese: clause bounds are read off it
    _FOLD.pop(ord(_keep), None)
_FOLD |= {ord(","): "，", ord(";"): "；", ord("!"): "！", ord("?"): "？", ord("("): "（", ord(")"): "）"}

# [。！？…!?]+[”’）》」』)]*\n*|\n+ on the raw text (normalised quotes have no side), written so that one search for its
# first character finds it, and without a group that may be missing: three times faster
_SENTENCE_END = re.compile(r"[。！？…!?\n](?:(?<=\n)|[。！？…!?]*[”’）》」』)]*)\n*")
_CLAUSE_END = re.compile(r"[，；：。！？…\n]")


def normalise(text: str) -> str:
    """Fold widths, dashes, quotes and spaces one to one: ``len(normalise(t)) == len(t)`` for any text.

    A comma between digits (1,200) stays an ASCII comma; every other comma becomes ，.
    """
    return _normalised_once(text) if len(text) <= _REMEMBERED else _normalised(text)


def _normalised(text: str) -> str:
    unquoted = text.replace("“", '"').replace("”", '"')
    return _THOUSANDS.sub(",", _FOLDED.sub(_fold, unquoted))


# A page that is one article is read as a page, and as an article again: its text is the same, and so is what it folds to.
_REMEMBERED, _TEXTS = 5000, 512  # characters of a text that is remembered, and how many are: some 10 MB at most
_normalised_once = lru_cache(maxsize=_TEXTS)(_normalised)

# Only one character in thirty changes: finding those is six times faster than asking a table for each (str.translate).
# Most of these are double quotes, and `replace` is faster still.
_FOLDED = re.compile("[" + "".join(re.escape(chr(code)) for code in _FOLD) + "]")
_FOLDS = {chr(code): char for code, char in _FOLD.items()}
_THOUSANDS = re.compile(r"，(?<=\d，)(?=\d{3}(?!\d))")


def _fold(match: re.Match[str]) -> str:
    return _FOLDS[match[0]]


@dataclass(slots=True)
class Text:
    """An article's text as the steps read it: raw, normalised, and where its sentences end.

    `raw` and `norm` have the same length; a span of one is a span of the other. Nothing changes a text; it is not frozen,
    because a frozen one takes four times as long to make.
    """

    raw: str
    norm: str
    ends: tuple[int, ...]  # one past the last character of each sentence, ascending; the last is len(raw)

    @classmethod
    def of(cls, raw: str) -> Text:
        norm = normalise(raw)
        ends = [m.end() for m in _SENTENCE_END.finditer(raw)]
        if not ends or ends[-1] < len(norm):
            ends.append(len(norm))
        return cls(raw, norm, tuple(ends))

    def sentence(self, position: int) -> tuple[int, int]:
        """Bounds of the sentence that holds the character at `position`."""
        i = min(bisect_right(self.ends, position), len(self.ends) - 1)
        return (self.ends[i - 1] if i else 0, self.ends[i])

    def sentence_index(self, position: int) -> int:
        """Number, from 0, of the sentence that holds the character at `position`."""
        return min(bisect_right(self.ends, position), len(self.ends) - 1)

    def paragraph(self, position: int) -> tuple[int, int]:
        """Bounds of the line that holds the character at `position`, without its line end."""
        start = self.norm.rfind("\n", 0, position) + 1
        end = self.norm.find("\n", position)
        return (start, end if end >= 0 else len(self.norm))

    def clause(self, position: int) -> tuple[int, int]:
        """Bounds of the clause (between ，；：。！？ and line ends) that holds the character at `position`."""
        first, last = self.sentence(position)
        start = first
        for m in _CLAUSE_END.finditer(self.norm, first, last):
            if m.start() >= position:
                return (start, m.start())
            start = m.end()
        return (start, last)


_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "0": 0}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
NUMERAL = "零〇一二三四五六七八九两十百千万亿"


def chinese_number(text: str) -> int | None:
    """The integer that a Chinese numeral writes: 十二 → 12, 三千五百 → 3500, 两万 → 20000, 二〇二三 → 2023; else None.

    A trailing digit after 百, 千, 万 counts in the next lower place, as in speech: 三百五 → 350, 一万二 → 12000.
    """
    if not text or any(c not in NUMERAL and c != "0" for c in text):
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    last_unit = 1
    for c in text:
        if c in _DIGITS:
            digit = digit * 10 + _DIGITS[c] if digit else _DIGITS[c]
            if c in "零〇0":
                last_unit = 10
        elif c in _SMALL:
            section += (digit or 1) * _SMALL[c]
            digit, last_unit = 0, _SMALL[c]
        else:
            below = section + digit or (0 if total else 1)
            total = (total + below) * _LARGE[c] if c == "亿" else total + below * _LARGE[c]
            section, digit, last_unit = 0, 0, _LARGE[c]
    if digit and last_unit >= 100:
        digit *= last_unit // 10
    return total + section + digit


_NUMBER = re.compile(r"(\d{1,15}(?:,\d{3}){0,4}(?:\.\d{1,6})?)\s?([十百千]?[万亿]{0,2})")


def number(text: str) -> float | None:
    """The number that digits (with 万/亿) or a Chinese numeral write: 1,200; 3.5万 → 35000; 十二 → 12; or None."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        value = chinese_number(text)
        return None if value is None else float(value)
    value_f = float(match[1].replace(",", ""))
    for unit in match[2]:
        value_f *= {**_SMALL, **_LARGE}[unit]
    return value_f
