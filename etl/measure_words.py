"""The words around a number: the clause cut at its bounds, tagged by rjieba's dictionary (the same words as jieba with HMM off).

The dictionary's parts of speech are rough: what this step needs otherwise is corrected by KIND, and small closed sets of words
say what is stripped (共, 已达), what marks the start of what was done (累计, 先后) and what is no verb of it (有, 为).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from etl.measure_numbers import Number

Word = tuple[str, str]
Words = Sequence[Word]


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as written below one after the other."""
    return frozenset(text.split())


MAX_WHAT = 18
REACH = 48  # characters of the clause that are read on either side of a number
_CLAUSE_MARKS = "，。；：！？…\n"
_ENDS = frozenset({"", "、", *_CLAUSE_MARKS})  # where one of these follows a number, no words do
_MARKS = _CLAUSE_MARKS + "、（|）· \"'《》[]【】"  # what bounds the words around a number, and what is dropped of them
_MARK = re.compile(f"[{re.escape(_MARKS)}]")
_LAST_MARK = re.compile(f".*[{re.escape(_MARKS)}]", re.S)
_BOUND = re.compile(r"[、（|]")
_LAST_BOUND = re.compile(r".*[、（|]", re.S)
_CLAUSE_END = re.compile(f"[{_CLAUSE_MARKS}]")
_LAST_CLAUSE_END = re.compile(f".*[{_CLAUSE_MARKS}]", re.S)
_DROP = re.compile(r"[ \n\"'《》·）\[\]【】]+")
_PARENTHESIS = re.compile(r"（[^（）]{0,40}）")
_OPENING = re.compile(
    r"^(?:(?:截至|截止)[^，]{0,12}?(?:目前|发稿|日|月底|年底|月|时|前|底)|目前|其中|现已|现(?![场代金有状行])|今年|去年|期间|此次|本次|行动中|活动中|据统计|据了解|预计|同时|此外|另|"
    r"(?:20\d\d年)?\d{0,2}月?[内底]?(?:以来)?(?:和|及|与|以及)?)+"
)
_OPENERS = frozenset("截目其现今去期此本行活据预同另0123456789")
_AFTER_UNIT = re.compile(r"(?:余|多|以上|以下|左右|上下|以内|之多|钱|人民币|的)+")
_FIRST_AFTER_UNIT = frozenset("余多以左上之钱人的")
_ROUGHLY = re.compile(r"(?<![节特条合预大])约$|(?<![附最])近$")
_SUFFERED = frozenset("骗困盗害征救淹毁")
_FIRST_OF_ATTRIBUTE = frozenset("在被未无有")
_ATTRIBUTE = re.compile(r"^(?:在建|在册|在校|在岗|在外|被骗|被困|被盗|被征|被救|未成年|无证|有意向|有劳动能力)")

KINDS_OF_VERB = frozenset({"v", "vn", "vd", "vi"})
STRIP = word_set("""首批 每人 每户 每亩 将近 接近 近 大约 约为 约 超过 超 逾 突破 不少于 不低于 至少 高达 多达 达到 已达 达 共有 共计 总计 合计 累计 共 总共 仅 只 有 为 是 至 到 上 的 了 计 过 等 不 足 不超过 不足 不到 先后 已 就
    又 也 在 数 平均 分别 各 增加 增 升 降 近日 总数 人数 总量 数量 约占 占 现有 一共 全部 出 每 还有 总 共达 均 余 被 由 用 按 从 以 已有 有近 对 为 向 约有""")
TELLING = word_set("约为 达 达到 已达 数量 人数 总数 总量")
MARKERS = word_set(
    "共计 累计 总计 先后 已经 分别 共 已 还 又 均 将 可 拟 曾 再 并 并且 就 也 都 一共 全部 正 可以 能 目前 共同 相继 陆续 同步 集中"
)
COPULA = word_set("有 是 为 达 到 至 达到 拥有 具有 现有 含 包括 还有 共有 没有 位于 涉及 来自 可 能 要 需 应 会 使 让")
CONJUNCTIONS = word_set("和 及 与 以及 其中 另")
SHORT_VERBS = word_set("挂 贴 搭 携 捐 建 修 拆 种 栽 送 购 挖 铺 抓 扣 植 增")
PLACES = word_set("村 镇 乡 县 区 市 省 国")
VERBS = word_set("办理 汇总 参观 义诊 体检 参赛 整改 招募 接种 劝阻 收缴 帮扶 答复 分转 入户")
NO_VERBS = word_set(
    "溺水 选手 创新 反诈 执法 工作 活动 行动 服务 管理 执勤 审核 防控 开放 流动 专业 联合 志愿 以上 以来 重点 安全 综合 违法 卫生 发展 涉嫌 会员 外卖 救援 培训班 保洁 辅导 咨询 经营性 便民 负责 生产 经营 建筑 存在"
)


BETWEEN = word_set("深入 开始 通过 围绕 走进 进入 来到 前往 面向 符合 按照 依托 利用 结合 针对")

# The part of speech as this step needs it: 执法, 服务 and stray single characters are no verbs, 办理 is one.
KIND = dict.fromkeys(NO_VERBS | PLACES, "n") | dict.fromkeys(VERBS | SHORT_VERBS | COPULA - {"为"}, "v")


@dataclass(slots=True)
class Around:
    """The words on either side of a number, in its clause."""

    left: Words  # from the last 、 or （ on, without 共, 已达, 约 … at the end
    right: Words  # up to the next 、 or bracket
    joined: bool  # 、 or 和 joins the words on the left to more before them
    verb: str  # the verb of that more, since the number before (测量血压、血糖1500余人 → 测量)
    told: bool  # the number is said of what stands before it (数量为132个, 达300人)
    owned: bool  # 的 joins the number to the noun after it (7.5公里的骑行线)


# The text on either side of a number that its words are read from: the left from the last 、 or （ on; the phrase that 、
# breaks off before that, and whether it does; on the right 在建, 被骗 …, the rest, and whether it starts with 的.
Sides = tuple[str, str, bool, str, str, bool]


def around_all(norms: Sequence[str], numbers: Sequence[Sequence[Number]]) -> list[list[Around]]:
    """The words around each number of some texts, tagged together: each call of the dictionary costs the others their place in the cache."""
    sides = [[sides_of(norm, some, i) for i in range(len(some))] for norm, some in zip(norms, numbers, strict=True)]
    words = iter(tag_all([text for some in sides for side in some for text in (side[0], side[1], side[4]) if text]))
    return [
        [
            around_one(s, next(words) if s[0] else [], next(words) if s[1] else [], next(words) if s[4] else [])
            for s in some
        ]
        for some in sides
    ]


def around_one(side: Sides, left: list[Word], phrase: Words, right: Words) -> Around:
    """The words around a number, of its sides' words."""
    _, _, joined, attribute, _, owned = side
    if attribute:
        right = [(attribute, "b"), *right]
    if left and left[-1][0] in CONJUNCTIONS:
        return Around([], right, True, "", False, owned)
    told = False
    while left and (left[-1][0] in STRIP or left[-1][1] == "x"):
        told = left.pop()[0] in TELLING or told
    return Around(left, right, joined, verb_of(phrase) if phrase else "", told, owned)


def sides_of(norm: str, numbers: Sequence[Number], i: int) -> Sides:
    """The sides of a number, as far as its clause reaches between the number before it and the next one."""
    number = numbers[i]
    start, end = number.start, number.end
    left, phrase, joined = left_of(norm, reach_before(numbers, i), start)
    if norm[end : end + 1] in _ENDS:  # no words follow most numbers
        return left, phrase, joined, "", "", False
    last = end + REACH
    if i + 1 < len(numbers) and numbers[i + 1].start < last:
        last = numbers[i + 1].start
    attribute, right = right_of(norm, end, last)
    return left, phrase, joined, attribute, right, norm.startswith("的", end, last)


def reach_before(numbers: Sequence[Number], i: int) -> int:
    """Where the text before a number is read from: at most REACH characters, none of the number before it."""
    low, before = numbers[i].start - REACH, numbers[i - 1].end if i else 0
    return low if low > before else before


def tag(text: str) -> list[Word]:
    """Words with their parts of speech, corrected by KIND."""
    return tag_all([text])[0]


def tag_all(texts: Sequence[str]) -> list[list[Word]]:
    """The words of each of some texts without line ends, cut in one call: a line end is a word of its own."""
    if not texts:
        return []
    import rjieba  # only once a number is read: its dictionary takes 0.14 s to load

    cut = rjieba.cut("\n".join(texts), False)  # without its hidden Markov model
    words, found, start = list(map(word_of, cut)), list[list[Word]](), 0
    for _ in texts[1:]:
        end = cut.index("\n", start)
        found.append(words[start:end])
        start = end + 1
    found.append(words[start:])
    return [mended(text, words) for text, words in zip(texts, found, strict=True)]


def mended(text: str, words: list[Word]) -> list[Word]:
    """The words of a text, with those as one that the dictionary cuts in two."""
    if "回头看" in text:  # looking again at what was put right: a set phrase of this genre
        words = with_second_looks(words)
    return with_passives(words) if "被" in text else words


@lru_cache(maxsize=8192)
def word_of(word: str) -> Word:
    """A word that the dictionary has cut, with its part of speech: it depends on nothing around the word."""
    if word in KIND:
        return (word, KIND[word])
    import rjieba

    kind = rjieba.tag(word, False)[-1][1]
    return (word, "g" if len(word) == 1 and kind in KINDS_OF_VERB else kind)


def with_second_looks(words: list[Word]) -> list[Word]:
    """回头 + 看 as the one verbal noun that they are: 对98个小区开展“回头看”."""
    found: list[Word] = []
    for word, kind in words:
        if word == "看" and found and found[-1][0] == "回头":
            found[-1] = ("回头看", "vn")
        else:
            found.append((word, kind))
    return found


def with_passives(words: list[Word]) -> list[Word]:
    """被骗群众, 被困人员: 被 and its verb as one attribute, so that the verb is not read as what was done."""
    found: list[Word] = []
    for word, kind in words:
        if found and found[-1][0] == "被" and word in _SUFFERED:
            found[-1] = ("被" + word, "b")
        else:
            found.append((word, kind))
    return found


def left_of(norm: str, first: int, start: int) -> tuple[str, str, bool]:
    """The left side of a number that starts at `start`, as Sides has it, read from `first` on: left, phrase, joined."""
    mark = _LAST_MARK.match(norm, first, start)
    if mark and norm[mark.end() - 1] not in _CLAUSE_MARKS:
        clause = _LAST_CLAUSE_END.match(norm, first, start)
        return left_side(norm[clause.end() if clause else first : start])
    return without_opening(norm[mark.end() if mark else first : start]), "", False


def left_side(text: str) -> tuple[str, str, bool]:
    """The same of a clause with marks: up to the last 、 or bracket, parentheses left out."""
    if "）" in text:
        text = _PARENTHESIS.sub("", text)
    bound = _LAST_BOUND.match(text)
    cut = bound.end() if bound else 0
    joined = cut > 0 and text[cut - 1] == "、"
    left = without_opening(_DROP.sub("", text[cut:]))
    return left, _DROP.sub("", text.split("、", 1)[0][-24:]) if joined else "", joined


def without_opening(left: str) -> str:
    """The left side without 约 or 近 at its end and 截至…, 其中, 本次 … at its start."""
    if left[-1:] in ("约", "近"):
        left = _ROUGHLY.sub("", left)
    if left[:1] in _OPENERS and (opening := _OPENING.match(left)):
        return left[opening.end() :]
    return left


def verb_of(words: Words) -> str:
    """The verb of a phrase that 、 breaks off: 测量血压、 → 测量; or ""."""
    words = after_marker(words)
    first = main_verb(words)
    return "" if first is None or words[first][0] in BETWEEN else words[first][0]


def right_of(norm: str, end: int, last: int) -> tuple[str, str]:
    """Attribute and rest of the right side of a number that ends at `end`, read as far as `last`."""
    mark = _MARK.search(norm, end, last)
    at = mark.start() if mark else last
    if mark is None or mark[0] in _CLAUSE_MARKS:
        return attribute_of(without_tail(norm[end:at]))
    clause = _CLAUSE_END.search(norm, at, last)
    return right_side(norm[end : clause.start() if clause else last])


def right_side(text: str) -> tuple[str, str]:
    """The same of a clause with marks: up to the next 、 or bracket, parentheses left out; 区、镇人大代表 stays whole."""
    if text[0] == "、":
        return "", ""
    text = _PARENTHESIS.sub("", text) if "）" in text else text.split("（")[0]
    text = without_tail(_DROP.sub("", text))
    bound = _BOUND.search(text)
    if bound and text[: bound.start()] in PLACES and bound[0] == "、":
        text = text.replace("、", "", 1)
        bound = _BOUND.search(text)
    return attribute_of(text[: bound.start()] if bound else text)


def without_tail(text: str) -> str:
    """What follows a number without what still belongs to it: 余, 以上, 左右, 的 …"""
    if text[:1] in _FIRST_AFTER_UNIT and (tail := _AFTER_UNIT.match(text)):
        return text[tail.end() :]
    return text


def attribute_of(text: str) -> tuple[str, str]:
    """在建, 被骗 … at the start of a text, and the rest."""
    attribute = _ATTRIBUTE.match(text) if text[:1] in _FIRST_OF_ATTRIBUTE else None
    return (attribute[0], text[attribute.end() :]) if attribute else ("", text)


def after_marker(words: Words) -> Words:
    """The words after the last 共, 已, 累计 … : what stands before says who did it."""
    for n in range(len(words) - 2, -1, -1):
        if words[n][0] in MARKERS and len(words[n + 1][0]) > 1:
            return words[n + 1 :]
    return words


def main_verb(words: Words) -> int | None:
    """Where the verb stands that governs the noun at the end: the first one that leaves a short phrase, else the last.

    A verb with a single character after it is part of a noun (救生绳).
    """
    found, length, last = None, 0, len(words) - 1
    for n in range(last, -1, -1):
        word, kind = words[n]
        length += len(word)
        if kind not in KINDS_OF_VERB or word in COPULA:
            continue
        if found is None and n == last - 1 and len(words[last][0]) == 1:
            continue
        if found is None or length <= MAX_WHAT:
            found = n
    return found
