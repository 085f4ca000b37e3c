"""What a number counts: the noun with its verb, read on the clause around it.

Two shapes: the noun before (本次行动共检查商铺86家 → 检查商铺) and the noun after (深入30余家商铺进行排查 → 商铺排查). An enumeration lends
its verb (出动执法人员20人次、车辆5台 → 出动车辆); a bare number takes over what the one before it counts (入户走访34次267户), or what the
clause before it names (印成口袋卡，首批2000张).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.measure_numbers import Number
from etl.measure_words import (
    BETWEEN,
    COPULA,
    KINDS_OF_VERB,
    MAX_WHAT,
    REACH,
    Around,
    Words,
    after_marker,
    main_verb,
    reach_before,
    tag,
    word_set,
)

LONG_NOUN = 12  # a verb this far into a noun phrase is its predicate
STOP_KINDS = frozenset({"p", "c", "u", "ul", "uz", "uv", "ud", "r", "w", "y", "t", "e", "o"})
_COMPARED = re.compile(
    r"(?:同比|环比|平均|总体|日均|月均|增长|下降|上升|提高|提升|高出|减少|增加|降低|扩大|增幅|降幅|较|比|去年|上年|上月|同期|全年|以来|[0-9]{4}|年|了|相)+"
)
_RATIO_TAIL = re.compile(r"(?:同比|环比|较|比).*$|(?:增长|下降|提高|提升|上升|减少|增加|高)$")
_CLAUSES = re.compile(r"[，；：]")
_SENTENCES = re.compile(r"[。！？…\n]")
NEGATIONS = word_set("不 未 无 没有")
PARTICLES = word_set("的 了 着")
LIGHT = word_set("进行 开展 予以 实施 作 做 给予 得到 受到 实现 处于 全部 落实")
PREDICATES = word_set("""参加 参与 进行 开展 建成 完成 获得 通过 入围 携 办理 享受 实现 达到 来到 为 是 有 到 组成 组织 发放 送 送去 送上 前往 走进 深入 提供 报名 参赛 需 没有 存在 入选 得到 成为 按照 能够 可以 举行
    涉及 召开 成功 签订 签约 落地 受损 用于 给 让 使 把 将 对 被 向 由 全部 发函 入住 围绕 注视 列入 纳入 组建 讲解 正在 均 可 已 共 也 就 都 还 又 再 才 分别 受益 停用 巡护 被评为 入库 建立
    设立 设置 聘任 做 早早 主动 踊跃 积极 纷纷 每人 分成 分为 正 从事 未 已经 处于 位于 约 免费 携手 在""")


@dataclass(slots=True)
class Counted:
    """What a number counts: the whole wording, its noun, its verb (each may be empty)."""

    what: str
    noun: str
    verb: str


NOTHING = Counted("", "", "")
FALLBACK = {"户": "住户", "人": "人员", "名": "人员", "位": "人员", "元": "资金", "人次": "人员"}


def read_counted(norm: str, numbers: Sequence[Number], i: int, near: Around, before: Counted) -> Counted:
    """What `numbers[i]` counts, of the words around it; `before` is what the number before it in the sentence counts, or NOTHING."""
    number, left, right = numbers[i], near.left, near.right
    lent = (left and near.verb) or before.verb if near.joined else ""
    if number.unit_class == "ratio":
        found = of_ratio(left, right, before)
    elif right and not (near.told and left) and noun_follows(near):
        found = noun_after(left, right, lent)
    elif left:
        found = noun_before(left, right, lent)
    else:
        if before is NOTHING or len(_CLAUSES.findall(norm, reach_before(numbers, i), number.start)) > 1:
            before = named_before(norm, number.start) or before
        found = taken_over(right, NOTHING if counts_anew(norm, numbers, i) else before)
    if found.what:
        return found
    name = FALLBACK.get(number.unit, "")
    return Counted(lent + name, name, lent)


def named_before(norm: str, position: int) -> Counted | None:
    """What the clause before names (印成口袋卡，首批2000张 → 印成口袋卡); None where there is none in the sentence."""
    clauses = _CLAUSES.split(_SENTENCES.split(norm[max(0, position - REACH) : position])[-1])[:-1]
    words = tag(clauses[-1].strip(' "')) if clauses else []
    return noun_before(words, [], "") if words else None


def counts_anew(norm: str, numbers: Sequence[Number], i: int) -> bool:
    """38个楼栋、1600多户; 执法车辆60车次、200余人次: a bare count of another kind set off by a comma counts people or homes."""
    if (
        not i
        or numbers[i].unit_class not in ("household", "people", "turnout")
        or numbers[i].unit_class == numbers[i - 1].unit_class
    ):
        return False
    return norm[numbers[i - 1].end : numbers[i].start].endswith(("，", "、", "；"))


def noun_follows(near: Around) -> bool:
    """Whether the noun counted stands in the words after the number (30余家商铺进行排查), not before it (检查商铺86家)."""
    left, right = near.left, near.right
    if near.owned and not (left and left[-1][1] in ("n", "vn")):  # 串成一条7.5公里的骑行线, but 罚款200元的处罚
        return True
    if right[0][0] == "不":
        return True
    if right[0][0] in ("未", "存在", "没有"):  # 3名未取得…证的人员, 4起未落实…责任典型案例
        return right[-1][1].startswith("n") or any(word == "的" for word, _ in right)
    if right[0][1] in STOP_KINDS or right[0][0] in PREDICATES:
        return False
    if right[0][1] != "v" or not left:
        return True
    governed = any(kind in KINDS_OF_VERB for _, kind in left[:-1]) and left[-1][1] not in KINDS_OF_VERB
    return not governed


def noun_after(left: Words, right: Words, lent: str) -> Counted:
    """安装+140盏+太阳能路灯 → 安装太阳能路灯; 40名+被骗群众+办理 → 被骗群众办理."""
    size = chunk_length(right)
    noun = "".join([word for word, _ in right[:size] if word not in ("的", "了")])
    verb = governing_verb(left) or ("" if left else lent)
    if verb and verb not in noun:
        return Counted(shorten(verb, noun), noun, verb)
    after = first_verb(right[size:])
    return Counted((noun + after)[:MAX_WHAT], noun, after)


def chunk_length(words: Words) -> int:
    """How many words from the start make up the noun: up to a predicate, a particle, or 的 after a complete noun."""
    seen_noun = False
    for n, (word, kind) in enumerate(words):
        if word == "的":
            if seen_noun and words[0][0] not in NEGATIONS and not any(k in KINDS_OF_VERB for _, k in words[:n]):
                return n
            seen_noun = False
        elif (seen_noun and (kind in STOP_KINDS or word in PREDICATES)) or (
            seen_noun and kind == "v" and sum(len(w) for w, _ in words[: n + 1]) > LONG_NOUN
        ):
            return n
        elif kind.startswith("n") or kind in ("vn", "q", "j", "l", "s"):
            seen_noun = True
    return len(words)


def governing_verb(left: Words) -> str:
    """The verb nearest before a number whose noun follows; 深入, 通过 and 对 … 的 govern nothing."""
    for word, kind in reversed(after_marker(left)):
        if word in BETWEEN or word == "的" or kind == "p":
            return ""
        if kind in KINDS_OF_VERB and word not in COPULA:
            return word
    return ""


def noun_before(left: Words, right: Words, lent: str) -> Counted:
    """检查+商铺+86家 → 检查商铺; where there is no verb before, the one after (基层工作者近30万人+参观学习)."""
    words = after_marker(left)
    first = main_verb(words)
    if first is None:
        noun = plain(words)
        verb = lent if lent not in noun else ""
        return Counted(shorten(verb, noun) + ("" if verb else first_verb(right)), noun, verb)
    verb, noun = words[first][0], plain(words[first + 1 :])
    whole = plain(words)
    what = whole if len(whole) <= 10 else shorten(verb, noun)
    return Counted(what, noun if len(noun) > 1 else whole, verb)


def plain(words: Words) -> str:
    """Words in a row, without particles and copulas before the noun."""
    while words and words[0][0] in COPULA:
        words = words[1:]
    return "".join([word for word, kind in words if kind != "x" and word not in PARTICLES])


def shorten(verb: str, noun: str) -> str:
    """Verb and noun in at most MAX_WHAT characters; a long noun keeps its end, where its head stands."""
    room = MAX_WHAT - len(verb)
    return verb + (noun if len(noun) <= room else noun[-room:])


def taken_over(right: Words, before: Counted) -> Counted:
    """A bare number: what the number before it counts; with words after, those (15家因…被暂扣燃气罐 → 暂扣燃气罐)."""
    if not right:
        return before
    passive = max((n for n, (word, _) in enumerate(right) if word in ("被", "均", "已", "全部", "未")), default=-1)
    tail = plain(right[passive + 1 :])[:MAX_WHAT]
    if not tail:
        return before
    return Counted((before.noun + tail)[-MAX_WHAT:], before.noun or tail, tail)


def of_ratio(left: Words, right: Words, before: Counted) -> Counted:
    """发案率同比下降57.1% as it stands; a bare 环比下降43.7% takes the noun of the number before it."""
    told = plain(left)
    if not told:
        after = plain(right)[:MAX_WHAT]
        return Counted(after or before.what, after or before.noun, "")
    if _COMPARED.fullmatch(told):
        return Counted((before.noun + told)[-MAX_WHAT:], before.noun, "")
    return Counted(told[-MAX_WHAT:], _RATIO_TAIL.sub("", told) or told, "")


def first_verb(words: Words) -> str:
    """The verb nearest after a noun: 进行排查 → 排查."""
    for word, kind in words:
        if kind in KINDS_OF_VERB and len(word) > 1 and word not in COPULA and word not in LIGHT:
            return word
    return ""
