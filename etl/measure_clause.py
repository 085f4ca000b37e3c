"""What a number counts: the noun with its verb, read on the clause around it.

Two shapes: the noun before (本次行动共检查商铺86家 → 检查商铺) and the noun after (深入30余家商铺进行排查 → 商铺排查). An enumeration lends
its verb (出动执法人员20人次、车辆5台 → 出动车辆); a bare number takes over what the one before it counts (入户走访34次267户).
Words come from rjieba's dictionary tagger (the same words as jieba with HMM off), on the clause and never on the article.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import rjieba

from etl.measure_numbers import Number


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as written below one after the other."""
    return frozenset(text.split())


MAX_WHAT = 18
REACH = 48  # characters of the clause that are read on either side of a number
LONG_NOUN = 12  # a verb this far into a noun phrase is its predicate
_BOUND = re.compile(r"[、（|]")
_LAST_BOUND = re.compile(r".*[、（|]", re.S)
_CLAUSE_END = re.compile(r"[，。；：！？…\n]")
_DROP = re.compile(r"[ \n\"'《》·）\[\]【】]+")
_PARENTHESIS = re.compile(r"（[^（）]{0,40}）")
_OPENING = re.compile(
    r"^(?:(?:截至|截止)[^，]{0,12}?(?:目前|发稿|日|月底|年底|月|时|前|底)|目前|其中|现已|现(?![场代金有状行])|今年|去年|期间|此次|本次|行动中|活动中|据统计|据了解|预计|同时|此外|另|"
    r"(?:20\d\d年)?\d{0,2}月?[内底]?(?:以来)?(?:和|及|与|以及)?)+"
)
_OPENERS = frozenset("截目其现今去期此本行活据预同另0123456789")
_AFTER_UNIT = re.compile(r"^ ?(?:余|多|以上|以下|左右|上下|以内|之多|钱|人民币|的)+")
_ROUGHLY = re.compile(r"(?<![节特条合预大])约$|(?<![附最])近$")
_COMPARED = re.compile(
    r"(?:同比|环比|平均|总体|日均|月均|增长|下降|上升|提高|提升|高出|减少|增加|降低|扩大|增幅|降幅|较|比|去年|上年|上月|同期|全年|以来|[0-9]{4}|年|了|相)+"
)
_RATIO_TAIL = re.compile(r"(?:同比|环比|较|比).*$|(?:增长|下降|提高|提升|上升|减少|增加|高)$")
_SUFFERED = frozenset("骗困盗害征救淹毁")
_ATTRIBUTE = re.compile(r"^(?:在建|在册|在校|在岗|在外|被骗|被困|被盗|被征|被救|未成年|无证|有意向|有劳动能力)")

KINDS_OF_VERB = frozenset({"v", "vn", "vd", "vi"})
STOP_KINDS = frozenset({"p", "c", "u", "ul", "uz", "uv", "ud", "r", "w", "y", "t", "e", "o"})
STRIP = word_set("""将近 接近 近 大约 约为 约 超过 超 逾 突破 不少于 不低于 至少 高达 多达 达到 已达 达 共有 共计 总计 合计 累计 共 总共 仅 只 有 为 是 至 到 上 的 了 计 过 等 不 足 不超过 不足 不到 先后 已 就
    又 也 在 数 平均 分别 携 各 增加 增 升 降 近日 总数 人数 总量 数量 约占 占 现有 一共 全部 出 每 还有 总 共达 均 余 被 由 用 按 从 以 已有 有近 对 为 向 约有""")
MARKERS = word_set(
    "共计 累计 总计 先后 已经 分别 共 已 还 又 均 将 可 拟 曾 再 并 并且 就 也 都 一共 全部 正 可以 能 目前 共同 相继 陆续 同步 集中"
)
COPULA = word_set("有 是 为 达 到 至 达到 拥有 具有 现有 含 包括 还有 共有 没有 位于 涉及 来自 可 能 要 需 应 会 使 让")
CONJUNCTIONS = word_set("和 及 与 以及 其中 另")
NEGATIONS = word_set("不 未 无 没有")
SHORT_VERBS = word_set("挂 贴 搭 捐 建 修 拆 种 栽 送 购 挖 铺 抓 扣 植 增")
PLACES = word_set("村 镇 乡 县 区 市 省 国")
LIGHT = word_set("进行 开展 予以 实施 作 做 给予 得到 受到 实现 处于 全部 落实")
VERBS = word_set("办理 汇总 参观 义诊 体检 参赛 整改 招募 接种 劝阻 收缴 帮扶 答复 分转 入户")
NO_VERBS = word_set(
    "溺水 选手 创新 反诈 执法 工作 活动 行动 服务 管理 执勤 审核 防控 开放 流动 专业 联合 志愿 以上 以来 重点 安全 综合 违法 卫生 发展 涉嫌 会员 外卖 救援 培训班 保洁 辅导 咨询 经营性 便民 负责 生产 经营 建筑 存在"
)
BETWEEN = word_set("深入 开始 通过 围绕 走进 进入 来到 前往 面向 符合 按照 依托 利用 结合 针对")
PREDICATES = word_set("""参加 参与 进行 开展 建成 完成 获得 通过 入围 携 办理 享受 实现 达到 来到 为 是 有 到 组成 组织 发放 送 送去 送上 前往 走进 深入 提供 报名 参赛 需 没有 存在 入选 得到 成为 按照 能够 可以 举行
    涉及 召开 成功 签订 签约 落地 受损 用于 给 让 使 把 将 对 被 向 由 全部 发函 入住 围绕 注视 列入 纳入 组建 讲解 正在 均 可 已 共 也 就 都 还 又 再 才 分别 受益 停用 巡护 被评为 入库 建立
    设立 设置 聘任 做 早早 主动 踊跃 积极 纷纷 每人 分成 分为 正 从事 未 已经 处于 位于 约 免费 携手 在""")


# The part of speech as this step needs it: 执法, 服务 and stray single characters are no verbs, 办理 is one.
KIND = dict.fromkeys(NO_VERBS | PLACES, "n") | dict.fromkeys(VERBS | SHORT_VERBS | COPULA - {"为"}, "v")


@dataclass(frozen=True, slots=True)
class Counted:
    """What a number counts: the whole wording, its noun, its verb (each may be empty)."""

    what: str
    noun: str
    verb: str


NOTHING = Counted("", "", "")
FALLBACK = {"户": "住户", "人": "人员", "名": "人员", "位": "人员", "元": "资金", "人次": "人员"}
Word = tuple[str, str]
Words = Sequence[Word]


def read_counted(norm: str, numbers: Sequence[Number], i: int, before: Counted) -> Counted:
    """What `numbers[i]` counts; `before` is what the number before it in the sentence counts, or NOTHING."""
    number = numbers[i]
    first = max(number.start - REACH, numbers[i - 1].end if i else 0)
    last = min(number.end + REACH, numbers[i + 1].start if i + 1 < len(numbers) else len(norm))
    left, joined, own_verb = left_words(in_clause(norm[first : number.start], last=True))
    right = right_words(in_clause(norm[number.end : last], last=False))
    lent = (left and own_verb) or before.verb if joined else ""
    if number.unit_class == "ratio":
        found = of_ratio(left, right, before)
    elif noun_follows(left, right):
        found = noun_after(left, right, lent)
    elif left:
        found = noun_before(left, right, lent)
    else:
        found = taken_over(right, NOTHING if counts_anew(norm, numbers, i) else before)
    if found.what:
        return found
    name = FALLBACK.get(number.unit, "")
    return Counted(lent + name, name, lent)


def in_clause(text: str, last: bool) -> str:
    """The part of a text that belongs to its last or to its first clause."""
    parts = _CLAUSE_END.split(text)
    return parts[-1 if last else 0]


def counts_anew(norm: str, numbers: Sequence[Number], i: int) -> bool:
    """38个楼栋、1600多户; 执法车辆60车次、200余人次: a bare count of another kind set off by a comma counts people or homes."""
    if (
        not i
        or numbers[i].unit_class not in ("household", "people", "turnout")
        or numbers[i].unit_class == numbers[i - 1].unit_class
    ):
        return False
    return norm[numbers[i - 1].end : numbers[i].start].endswith(("，", "、", "；"))


def tag(text: str) -> list[Word]:
    """Words with their parts of speech, corrected by KIND."""
    if not text:
        return []
    words = [
        (w, KIND.get(w) or (k if len(w) > 1 or k not in KINDS_OF_VERB else "g")) for w, k in rjieba.tag(text, hmm=False)
    ]
    return with_passives(words) if "被" in text else words


def with_passives(words: list[Word]) -> list[Word]:
    """被骗群众, 被困人员: 被 and its verb as one attribute, so that the verb is not read as what was done."""
    found: list[Word] = []
    for word, kind in words:
        if found and found[-1][0] == "被" and word in _SUFFERED:
            found[-1] = ("被" + word, "b")
        else:
            found.append((word, kind))
    return found


def left_words(text: str) -> tuple[list[Word], bool, str]:
    """The words before a number from the last 、 or （ on, bare of 共, 已达, 约 …; whether 、 or 和 joins them to more, and
    the verb of what they are joined to since the number before (测量血压、血糖1500余人 → 测量)."""
    if "）" in text:
        text = _PARENTHESIS.sub("", text)
    bound = _LAST_BOUND.match(text)
    cut = bound.end() if bound else 0
    joined = cut > 0 and text[cut - 1] == "、"
    rest = _ROUGHLY.sub("", _DROP.sub("", text[cut:]))
    words = tag(_OPENING.sub("", rest) if rest[:1] in _OPENERS else rest)
    if words and words[-1][0] in CONJUNCTIONS:
        return [], True, ""
    while words and (words[-1][0] in STRIP or words[-1][1] == "x"):
        words.pop()
    return words, joined, verb_of(text[:cut]) if joined else ""


def verb_of(text: str) -> str:
    """The verb of the phrase at the end of a text that 、 breaks off: 测量血压、 → 测量; or ""."""
    words = after_marker(tag(_DROP.sub("", text.split("、")[0][-24:])))
    first = main_verb(words)
    return "" if first is None or words[first][0] in BETWEEN else words[first][0]


def right_words(text: str) -> list[Word]:
    """The words after a number and its unit up to the next 、 or bracket."""
    if not text or text[0] in "，。；、":
        return []
    text = _PARENTHESIS.sub("", text) if text[0] == "（" else text.split("（")[0]
    text = _AFTER_UNIT.sub("", _DROP.sub("", text))
    bound = _BOUND.search(text)
    text = text[: bound.start()] if bound else text
    attribute = _ATTRIBUTE.match(text)
    if not attribute:
        return tag(text)
    return [(attribute[0], "b"), *tag(text[attribute.end() :])]


def noun_follows(left: Words, right: Words) -> bool:
    """Whether the noun counted stands after the number (30余家商铺进行排查) and not before it (检查商铺86家)."""
    if not right:
        return False
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
    noun = "".join(word for word, _ in right[:size] if word not in ("的", "了"))
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


def main_verb(words: Words) -> int | None:
    """Where the verb stands that governs the noun at the end: the first one that leaves a short phrase, else the last.

    A verb with a single character after it is part of a noun (救生绳).
    """
    verbs = [n for n, (word, kind) in enumerate(words) if kind in KINDS_OF_VERB and word not in COPULA]
    if verbs and verbs[-1] == len(words) - 2 and len(words[-1][0]) == 1:
        verbs.pop()
    short = (n for n in verbs if sum(len(word) for word, _ in words[n:]) <= MAX_WHAT)
    return next(short, verbs[-1] if verbs else None)


def plain(words: Words) -> str:
    """Words in a row, without particles and copulas before the noun."""
    while words and words[0][0] in COPULA:
        words = words[1:]
    return "".join(word for word, kind in words if word not in ("的", "了", "着") and kind != "x")


def after_marker(words: Words) -> Words:
    """The words after the last 共, 已, 累计 … : what stands before says who did it."""
    last = max((n for n, (w, _) in enumerate(words[:-1]) if w in MARKERS and len(words[n + 1][0]) > 1), default=-1)
    return words[last + 1 :]


def shorten(verb: str, noun: str) -> str:
    """Verb and noun in at most MAX_WHAT characters; a long noun keeps its end, where its head stands."""
    room = MAX_WHAT - len(verb)
    return verb + (noun if len(noun) <= room else noun[-room:])


def taken_over(right: Words, before: Counted) -> Counted:
    """A bare number: what the number before it counts; with words after, those (15家因…被暂扣燃气罐 → 暂扣燃气罐)."""
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
    verbs = (
        word
        for word, kind in words
        if kind in KINDS_OF_VERB and word not in COPULA and word not in LIGHT and len(word) > 1
    )
    return next(verbs, "")
