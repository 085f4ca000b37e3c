"""What belongs together: words cut by a line end, sentences cut by a column, blanks that mean nothing."""

from __future__ import annotations

import re

from etl.text import normalise

_HAN = "一-龥〇"
_CLOSERS = "\"'）》」』】"
_SENTENCE_END = re.compile(rf"[。！？…：；]{{1,3}}[{_CLOSERS}]{{0,3}}$")
_STRAY = re.compile(rf"(?<=[{_HAN}，。；：？！、（）“”‘’《》\"])(?<!本报讯) +(?=[{_HAN}，。；：？！、（）“”‘’《》\"])")
_AROUND_DIGITS = re.compile(
    rf"(?<=[{_HAN}，。；：、（])(?<![讯电]) +(?=\d)|(?<=[\d%]) +(?=[{_HAN}，。；：、）,%])|(?<=[,;:]) +(?=[{_HAN}])"
)
_KEEP = re.compile(r"[（(][^（）()\n]{0,12}(?:记者|通讯员|实习生)[^（）()\n]{0,60}[）)]")
# Characters that no Chinese sentence begins with: particles, measure words after a number, closing marks.
_INSIDE = re.compile(
    r"[，。；：、？！）》」』】%”’]|[的地得了着过们]|(?:等[，。、地]|和[一-龥]|以及|及其|或者|与[一-龥]{1,3}的)"
)


def fold(text: str) -> str:
    """`normalise`, and the ASCII colon as the Chinese one: same length."""
    return normalise(text).replace(":", "：")


def is_spaced_out(text: str) -> bool:
    """小 店 警 电 方 追 回: a headline whose characters stand apart (four or more, nearly all single)."""
    words = text.split()
    if len(words) < 4:
        return False
    return sum(len(w) == 1 for w in words) * 10 >= len(words) * 8


def despace(text: str) -> str:
    """Takes out blanks between Han characters, and between them and digits (共计562.93 万元 → 共计562.93万元).

    Blanks between Latin words stay, and those of a byline in brackets (（记者 王 勇）).
    """
    if is_spaced_out(text):
        return "".join(text.split())
    kept = {m.span(): m[0] for m in _KEEP.finditer(text[:160])}
    if not kept:
        return _AROUND_DIGITS.sub("", _STRAY.sub("", text))
    out, position = [], 0
    for (start, end), piece in kept.items():
        out += [despace(text[position:start]), piece]
        position = end
    return "".join([*out, despace(text[position:])])


def ends_sentence(norm: str) -> bool:
    """…取得了成效。 · …好吗？” · 通告如下： · 负责。（张晓丽）: the last sentence of the line is finished."""
    bare = norm.rstrip()
    return bool(_SENTENCE_END.search(bare[-6:]))


def starts_inside(norm: str) -> bool:
    """菜的… no · 的传统… yes · 、疫情… yes: the line begins where no sentence can begin."""
    return bool(_INSIDE.match(norm))


def crosses(left: str, right: str) -> bool:
    """Whether a word lies across the join of two lines: …发展水|平和文明… (水平) yes; …能力提升|平和… no.

    Asked of jieba's dictionary on a few characters each side.
    """
    a, b = left.rstrip()[-8:], right.lstrip()[:8]
    if not a or not b or not ("一" <= a[-1] <= "龥") or not ("一" <= b[0] <= "龥"):
        return a[-1:].isdigit() and b[:1].isdigit()
    import rjieba  # its dictionary takes 0.14 s to load, and most runs never ask

    position = 0
    for word in rjieba.cut(a + b, False):
        position += len(word)
        if position == len(a):
            return False
        if position > len(a):
            return True
    return False


def kinship(left: str, right: str) -> float:
    """Share, 0..1, of the Han bigrams of `left` that `right` has too: are the two of one text?"""
    grams = {left[i : i + 2] for i in range(len(left) - 1) if _HAN_PAIR.fullmatch(left, i, i + 2)}
    return sum(gram in right for gram in grams) / len(grams) if grams else 0.0


_HAN_PAIR = re.compile(f"[{_HAN}]{{2}}")
