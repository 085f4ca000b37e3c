"""What a number counts: the noun with its verb, read on the clause around it.

Two shapes: the noun before (本次行动共检查商铺86家 → 检查商铺) and the noun after (深入30余家商铺进行排查 → 商铺排查). An enumeration lends
its verb (出动执法人员20人次、车辆5台 → 出动车辆); a bare number takes over what the one before it counts (入户走访34次267户).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import rjieba

from etl.measure_numbers import Number

_BOUND = re.compile(r"[，。；：！？…\n、（|]")
_SPACE = re.compile(r"[ \n\"'《》·]+")
_PARENTHESIS = re.compile(r"（[^（）]{0,40}）")
_PREFIX = re.compile(
    r"(?:将近|接近|近|大约|约为|约|超过|超|逾|突破|不少于|不低于|至少|高达|多达|达到了|达到|已达|达|共有|共计|总计|合计|累计|共|总共|仅|只|有|为|是|至|到|上|的|了|计|过|等|"
    r"不超过|不足|不到|先后|已|就|又|也|在|数|平均|分别|各|增加至|增至|升至|降至)$"
)
_MARKER = re.compile(r"(?:共计|累计|总计|先后|已经|分别|共|已|还|又|均|将|可|拟|曾|再|并)(?=[\u4e00-\u9fff]{2})")
_COMPARED = re.compile(
    r"(?:比?(?:较|与)?(?:上年|去年|上月|同期|[0-9]{4} ?年)?(?:全年|同期|以来)?相?比?)?(?:同比|环比|平均|总体)?(?:增长|下降|上升|提高|提升|高出|减少|增加|降低|扩大|增幅)?"
)
_TIME = re.compile(r"^(?:截至|截止)[^，]{0,12}?(?:目前|日|月底|年底|月|时|前|底)|^(?:目前|其中|现已|现|今年|去年|期间|此次|本次|行动中|活动中|据统计|据了解)")
VERB = frozenset({"v", "vn", "vd", "vi"})
NOUN = frozenset({"n", "nr", "ns", "nt", "nz", "ng", "j", "l", "i", "vn", "a", "an", "b", "f", "s", "eng", "x", "q", "g", "k", "h", "z", "nrt", "nrfg", "tg", "vg", "ag", "zg", "ad"})
STOP = frozenset({"p", "c", "d", "u", "uj", "ul", "uz", "uv", "ud", "ug", "r", "w", "y", "t", "e", "o", "df", "mq"})
LIGHT = frozenset({"进行", "开展", "予以", "实施", "作", "做", "给予", "得到", "受到", "实现", "处于", "全部", "落实", "接受"})
COPULA = frozenset({"有", "是", "为", "达", "到", "至", "达到", "占", "拥有", "具有", "现有", "含", "包括", "还有", "共有", "没有"})
PREDICATES = frozenset(
    """参加 参与 进行 开展 建成 完成 获得 通过 入围 携 办理 享受 实现 达到 来到 为 是 有 到 组成 组织 安装 发放 送 送去 送上 前往 走进 深入 提供 报名 参赛 需 没有 存在 入选 得到 成为 按照
    能够 可以 举行 涉及 召开 成功 签订 签约 落地 受损 停气 悬挂 张贴 用于 给 让 使 把 将 对 被 向 由 全部 发函 协办 签署 入住 围绕 注视 划 分 列入 纳入 组建 讲解 集中 联排 早早 正在 现场 均
    可 已 共 也 就 都""".split()
)
MAX_WHAT = 18


@dataclass(frozen=True, slots=True)
class Counted:
    """What a number counts: the whole wording, its noun, its verb (each may be empty)."""

    what: str
    noun: str
    verb: str


NOTHING = Counted("", "", "")
Tokens = Sequence[tuple[str, str]]


def read_counted(norm: str, bounds: tuple[int, int], numbers: Sequence[Number], i: int, before: Counted) -> Counted:
    """What `numbers[i]` counts, within its clause `bounds`; `before` is what the number before it in the sentence counts."""
    number = numbers[i]
    left_edge = max(bounds[0], numbers[i - 1].end if i else 0)
    right_edge = min(bounds[1], numbers[i + 1].start if i + 1 < len(numbers) else len(norm))
    left, joined = left_part(norm[left_edge : number.start])
    right = right_part(norm[number.end : right_edge])
    left_tokens, right_tokens = tag(left), tag(right)
    if number.unit_class == "ratio":
        return of_ratio(left, left_tokens, right_tokens, before)
    if noun_follows(left_tokens, right_tokens):
        return noun_after(left_tokens, right_tokens, before)
    if not left:
        return taken_over(right_tokens, before)
    return noun_before(left_tokens, right_tokens, before if joined else NOTHING)


def tag(text: str) -> list[tuple[str, str]]:
    """Words with their parts of speech, by dictionary alone (the same words as jieba with HMM off)."""
    return rjieba.tag(text, hmm=False) if text else []


def left_part(text: str) -> tuple[str, bool]:
    """The words before a number up to the last 、 or （, bare of 共, 已达, 约 …; and whether 、 joins them to more before."""
    text = _PARENTHESIS.sub("", text)
    cut = max((m.end() for m in _BOUND.finditer(text)), default=0)
    joined = cut > 0 and text[cut - 1] == "、"
    rest = _TIME.sub("", _SPACE.sub("", text[cut:]))
    while match := _PREFIX.search(rest):
        rest = rest[: match.start()]
    return rest, joined


def right_part(text: str) -> str:
    """The words after a number and its unit up to the next 、 or bracket."""
    text = re.sub(r"^[ ]?(?:余|多|以上|左右|以内|上下|的|之多)+", "", text.lstrip(' "'))
    match = _BOUND.search(text)
    return _SPACE.sub("", text[: match.start()] if match else text).replace("）", "")


def noun_follows(left: Tokens, right: Tokens) -> bool:
    """Whether the noun counted stands after the number (30余家商铺进行排查) and not before it (检查商铺86家)."""
    if not right or right[0][1] in STOP or right[0][0] in PREDICATES:
        return False
    if right[0][1] not in ("v", "vd") or not left:
        return True
    governed = any(kind in VERB for _, kind in left[:-1]) and left[-1][1] in NOUN
    return not governed


def noun_after(left: Tokens, right: Tokens, before: Counted) -> Counted:
    """安装+140盏+太阳能路灯 → 安装太阳能路灯; 40名+被骗群众+办理 → 被骗群众办理."""
    size = chunk_length(right)
    noun = "".join(word for word, _ in right[:size] if word not in ("的", "了"))
    verb = last_verb(left)
    if verb and verb != noun:
        return Counted((verb + noun)[:MAX_WHAT], noun, verb)
    after = first_verb(right[size:])
    return Counted((noun + after)[:MAX_WHAT], noun, after)


def chunk_length(tokens: Tokens) -> int:
    """How many words from the start make up the noun: up to a predicate, a particle, or 的 after a complete noun."""
    seen_noun = False
    for n, (word, kind) in enumerate(tokens):
        if word == "的":
            if n and tokens[n - 1][1] in ("n", "ns", "nt", "nz", "nr") and not any(k in VERB for _, k in tokens[:n]):
                return n
            seen_noun = False
        elif kind in STOP and n and seen_noun or word in PREDICATES and seen_noun:
            return n
        elif kind.startswith("n") or kind in ("vn", "q", "j", "l"):
            seen_noun = True
    return len(tokens)


def noun_before(left: Tokens, right: Tokens, joined: Counted) -> Counted:
    """检查+商铺+86家 → 检查商铺; a person's count takes the verb after too (基层工作者近30万人+参观学习)."""
    words = after_marker(left)
    start = next((n for n, (word, kind) in enumerate(words) if kind in VERB and word not in COPULA and n < len(words)), None)
    verb = "" if start is None else words[start][0]
    rest = words if start is None else words[start + 1 :]
    noun = "".join(word for word, _ in rest if word not in ("的", "了"))
    if start is None and joined.verb:
        verb = joined.verb
    after = "" if verb else first_verb(right)
    return Counted(shorten(verb, noun) + after, noun or verb, verb)


def after_marker(tokens: Tokens) -> Tokens:
    """The words after the last 共, 已, 累计 … where there are any: what stands before is who did it."""
    last = max((n for n, (word, _) in enumerate(tokens) if word in MARKERS), default=-1)
    return tokens[last + 1 :] if last + 1 < len(tokens) else tokens


MARKERS = frozenset("共计 累计 总计 先后 已经 分别 共 已 还 又 均 将 可 拟 曾 再 并 并且 目前 就 也 都 一共 全部 正 可以 能 了".split())


def shorten(verb: str, noun: str) -> str:
    """Verb and noun in at most MAX_WHAT characters; a long noun keeps its end, where its head stands."""
    room = MAX_WHAT - len(verb)
    return verb + (noun if len(noun) <= room else noun[-room:])


def taken_over(right: Tokens, before: Counted) -> Counted:
    """A bare number: what the number before it counts; with words after, those (15家因…被暂扣燃气罐 → 暂扣燃气罐)."""
    words = [(word, kind) for word, kind in right]
    passive = max((n for n, (word, _) in enumerate(words) if word in ("被", "均", "已", "全部", "未")), default=-1)
    tail = "".join(word for word, _ in words[passive + 1 :])[:MAX_WHAT] if words else ""
    if not tail:
        return before
    noun = before.noun
    return Counted((noun + tail)[-MAX_WHAT:] if noun not in tail else tail, noun or tail, tail)


def of_ratio(left: str, left_tokens: Tokens, right: Tokens, before: Counted) -> Counted:
    """发案率同比下降57.1% as it stands; a bare 环比下降43.7% takes the noun of the ratio before it."""
    if not left:
        after = "".join(word for word, _ in right)[:MAX_WHAT]
        return Counted(after or before.what, after or before.noun, "")
    if _COMPARED.fullmatch(left):
        return Counted((before.noun[: MAX_WHAT - 4] + left)[-MAX_WHAT:], before.noun, "")
    noun = re.sub(r"(?:同比|环比|较|比).*$|(?:增长|下降|提高|提升|上升|减少|增加)$", "", left)
    return Counted(left[-MAX_WHAT:], noun or left, "")


def last_verb(tokens: Tokens) -> str:
    """The verb nearest before a number, light verbs and copulas left aside."""
    verbs = (word for word, kind in reversed(tokens) if kind in VERB and word not in COPULA and word not in PREPOSED)
    return next(verbs, "")


PREPOSED = frozenset("深入 开始 通过 围绕 对 为 向 来自 位于 涉及 面向 走进".split())


def first_verb(tokens: Tokens) -> str:
    """The verb nearest after a noun: 进行排查 → 排查."""
    verbs = (word for word, kind in tokens if kind in VERB and word not in COPULA and word not in LIGHT)
    return next(verbs, "")
