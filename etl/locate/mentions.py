"""Finds the names of places in a text: which are read, which only give context, which are no places at all.

Read: 平城区水泊寺街道, 武鸣警方, 毕节金沙 (a bare name right after the name of what it lies in), 清流：… at the
head of a headline.
Context only (they tell namesakes apart, but nothing happens there): 兰州日报, 《苏州市…条例》, （记者 …）, 来源：…,
what follows 推荐阅读.
No places: 陕西南路, 广东路, 山西答卷; 南关派出所 (a bare township name is never read).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from etl.models import Article
from etl.rules.gazetteer import BARE, CITY, CUE, FIRM, MEDIA, PROVINCE, TAIL, TOWN, VILLAGE_NAME, Gazetteer, Reading

HEAD, LEAD, BODY, CONTEXT = 0, 1, 2, 3  # where in the article
BARE_WEIGHT = 0.3  # of a bare or generic name that nothing beside it speaks for
REACH = 50  # characters after 《 and （ within which a name is looked for inside
LEAD_LENGTH = 160  # characters of the body that count as its lead

# A look-ahead at the characters that a pattern can begin with spares the rest of it at most places.
_NO_PLACE = re.compile(
    r"(?=[东南西北中一二三四五六环路大街巷桥立高机站学小银酒宾饭医集公广籍话菜茶牌号河湖江山寺庙塔答面方生])[东南西北中一二三四五六]{0,2}(?:环?路|大街|大道|街(?!道|办)|巷|桥|立交|高速|站|机场|大学|学院|中学|小学|银行|酒店|宾馆|饭店|医院|集团|公司|大厦|广场|"
    r"籍|话|菜|酒|茶|牌|号|河|湖|江|山(?!区|县|市)|寺|庙|塔|答卷|籍贯|面|方言|生活帮|路)"
)
_MEDIA = re.compile(
    r"[^，。：；、\"\n]{0,4}?(?=[日晚早晨时商都导周快新融频客网报传官供])(?:日报|晚报|早报|晨报|时报|商报|都市报|导报|周刊|快报|新闻网|融媒|频道|客户端|网讯|报讯|传媒|报业|报社|官方微[信博]|网站|供[图稿])"
    r"|(?:新闻(?!发布)|广播|电视|在线|网(?![格络点吧红上])|讯[（ ]|版[\"》])"
)
_ORGAN = re.compile(
    r"(?=[市县区警公交特网支大中分法检消城人税供环生综应妇团纪商水林农住民司教文卫疾志政全开持推打召启积聚多扎创：:｜|])"
    r"(?:市|县|区)?(?:警方|公安|交警|特警|网警|警|支队|大队|中队|分局|法院|检察|消防|城管|市委|县委|区委|市政府|县政府|区政府|人社|税务|供电|环保|生态环境|"
    r"市场监管|综合执法|综合行政|应急|妇联|团委|纪委|商会|商务|水务|林业|农业|住建|民政|司法|教育|文旅|卫健|疾控|志愿|人大|政协|全力|全面|开展|持续|"
    r"推进|推动|打造|召开|启动|积极|聚焦|多措|扎实|创新|[：:｜|])"
)
_BLEND = re.compile(
    r"(?:乡村|镇[街村域]|城乡.?|乡镇.?|各镇.?|街道社)$"
)  # 平安乡村建设, 平安镇街, 新城乡接合部: words, most likely
_JOINING = ("联合街道", "联合乡镇")  # 城管大队联合街道办事处: a verb, unless its county stands before it
_BLENDED = ("", *"\n村街域社乡镇")  # one of these follows, or the name itself ends so
_UNIT = re.compile(r"公司|医院|大学|学院|集团|银行|中学|小学|图书馆|博物馆|监狱|戒毒所")  # named after a city
_STOP = re.compile(r"[，。、；：\"\n]")
_BYLINE = re.compile(r"记者|通讯员|来源|作者|供图|供稿|摄|编辑|报道|文/|图/|单位[：:]|实习生")
_HEAD_MARK = re.compile(r"(?:原标题[：:])?[\"《\s]*")


Match = tuple[int, int, Reading]  # start, minus end (so that the longest sorts first), reading


@dataclass(slots=True, eq=False)
class Mention:
    """A name in the text, what it may stand for, and where it stands."""

    start: int
    end: int
    level: int
    codes: tuple[int, ...]
    where: int
    weak: bool = False  # a bare or generic name: counts only once something else speaks for it
    bound: bool = False  # its neighbour in the chain 市→区→街道→社区 decided it
    child: Mention | None = None  # the finer name that follows it in the chain
    parent: Mention | None = None
    basis: str = "text"
    weight: float = 1.0
    venue: bool = False  # in the lead, something happens there: 在大冶市茗山乡运动中心举行
    street: int = 0  # of a village: the township that the article puts it in, where the gazetteer says another
    community: tuple[int, int, str] | None = None  # of a township: the community named right behind it, once weighed


@dataclass(slots=True)
class Found:
    """All that was found in one article."""

    mentions: list[Mention] = field(default_factory=list)
    cues: list[tuple[int, int, int]] = field(default_factory=list)  # start, end, level (4 city, 6 county, 9 street)
    head_end: int = 0
    first: int = -1  # where the first name of the headline may stand, behind 原标题：; -1 = no headline
    tail: int = 0


def find(article: Article, norm: str, by_kind: tuple[list[Match], ...], gazetteer: Gazetteer) -> Found:
    """The names of divisions in `norm` out of all matches by kind, longest first, without those that are no places."""
    found = found_in(article, norm)
    if by_kind[TAIL]:
        late = len(norm) * 3 // 5
        found.tail = min((start for start, _, _ in by_kind[TAIL] if start >= late), default=len(norm))
    taken = pick(by_kind[FIRM] + by_kind[MEDIA], [], norm)
    taken += pick(by_kind[BARE] + by_kind[VILLAGE_NAME], taken, norm)  # 石城庄村 is no 石城
    taken.sort()
    found.mentions = mentions_of(taken, norm, gazetteer, found)
    cues = pick(by_kind[CUE], taken, norm)
    found.cues = [(start, -end, reading[1][0]) for start, end, reading in cues if start < found.tail]
    return found


def matches_of(norm: str, gazetteer: Gazetteer) -> tuple[list[Match], ...]:
    """All names in `norm` by the kind of their reading (FIRM … TAIL)."""
    by_kind: tuple[list[Match], ...] = ([], [], [], [], [], [])
    memo = gazetteer.memo
    for start, end, pattern in gazetteer.automaton.find_overlapping(norm):
        reading = memo.get(pattern) or gazetteer.reading(pattern)
        by_kind[reading[0]].append((start, -end, reading))
    return by_kind


def found_in(article: Article, norm: str) -> Found:
    """Nothing found yet; where the headline ends and where its first name may stand."""
    head_end = headline_end(article, norm)
    mark = _HEAD_MARK.match(norm) if head_end else None
    return Found([], [], head_end, mark.end() if mark else -1, len(norm))


def mentions_of(taken: list[Match], norm: str, gazetteer: Gazetteer, found: Found) -> list[Mention]:
    """The mentions of names: the level of each, where it stands, and how much it weighs."""
    mentions: list[Mention] = []
    for (start, minus, (kind, codes, level, misread)), where in zip(taken, zones(taken, norm, found), strict=True):
        if kind == MEDIA:
            mentions.append(Mention(start, -minus, PROVINCE, codes, CONTEXT))
            continue
        m = Mention(start, -minus, level, codes, where)
        mentions.append(m)
        if kind == VILLAGE_NAME:
            m.weak = m.end - start < 3
        elif kind == BARE or level == CITY:
            if kind == BARE and level >= CITY:
                weaken(m, norm, gazetteer, found)
            if names_unit(norm, m.end):
                m.weight *= 0.1 if kind == BARE else 0.3
        elif (
            level == TOWN
            and (norm[-minus : 1 - minus] in _BLENDED or norm[-minus - 2] in "城乡各")
            and _BLEND.search(norm, start, 1 - minus)
        ) or (level == TOWN and norm.startswith(_JOINING, start)):
            m.weak, m.weight = True, BARE_WEIGHT
        if misread:
            m.basis = "repaired"
    return mentions


def names_unit(norm: str, end: int) -> bool:
    """Whether the name that ends at `end` heads a unit's name: 青岛市中心医院, 国网开州供电公司."""
    unit = _UNIT.search(norm, end, end + 16)
    return unit is not None and _STOP.search(norm, end, unit.start()) is None


def weaken(m: Mention, norm: str, gazetteer: Gazetteer, found: Found) -> None:
    """Mark a bare or generic name that nothing beside it speaks for; at a clause's head it still weighs in full."""
    common = norm[m.start : m.end] in gazetteer.common
    heads = m.start == found.first
    if not common and (heads or _ORGAN.match(norm, m.end)):
        return
    m.weak = True
    if heads and norm.startswith("：", m.end):
        return  # 清流：… though 清流 is a word: a label, once the article names 清流县
    begins = m.start == 0 or norm[m.start - 1] in "，。；：！？\n "
    if m.level == CITY and not common and (begins or norm[m.start - 1] in "在到赴从由为来于至和与、（"):
        m.weak = False  # 近日，烟台推进…; but not 关怀化作动力, 天水田
    m.weight = 1.0 if begins and not common else BARE_WEIGHT


def zones(taken: list[Match], norm: str, found: Found) -> list[int]:
    """HEAD, LEAD, BODY or CONTEXT for each name, from left to right."""
    head, lead, tail, media = found.head_end, found.head_end + LEAD_LENGTH, found.tail, _MEDIA.match
    title, bracket = -REACH - 1, -REACH - 1  # the last 《 and （ before the name
    next_title, next_bracket = opening(norm, "《", 0), opening(norm, "（", 0)
    placed: list[int] = []
    for start, stop, _ in taken:
        while next_title < start:
            title, next_title = next_title, opening(norm, "《", next_title + 1)
        while next_bracket < start:
            bracket, next_bracket = next_bracket, opening(norm, "（", next_bracket + 1)
        if (
            start >= tail
            or media(norm, -stop)
            or (start - title <= REACH and norm.find("》", title, start) < 0)
            or (start - bracket <= REACH and norm.find("）", bracket, start) < 0 and in_byline(norm, bracket, start))
        ):
            placed.append(CONTEXT)
        else:
            placed.append(HEAD if start < head else LEAD if start < lead else BODY)
    return placed


def opening(norm: str, mark: str, start: int) -> int:
    """Where the next opening mark stands; the text's length where none does."""
    at = norm.find(mark, start)
    return at if at >= 0 else len(norm)


def in_byline(norm: str, opened: int, start: int) -> bool:
    """Whether the bracket that opens before `start` names reporters or a source: （记者 …）, （来源：…）."""
    close = norm.find("）", start, start + 60)
    return _BYLINE.search(norm, opened, close if close >= 0 else start) is not None


_GLUED_END = re.compile(r"本报讯|讯[（ ]|记者|近日|日前|连日来|今年以来|近年来|来源|。|\n|\d{1,2}月\d{1,2}日")


def headline_end(article: Article, norm: str) -> int:
    """Where the headline ends.

    A headline glued to a web copy's text ends at the first sign of the body (原标题：… 本报讯, …大家议本报记者 王沛).
    """
    if article.body_start:
        return article.body_start
    if norm.startswith("原标题"):
        sign = _GLUED_END.search(norm, 8, 80)
        return sign.start() if sign else 36
    glued = _GLUED_HEAD.match(norm)
    return glued.end(1) if glued else 0


_GLUED_HEAD = re.compile(r"([^。；\n（，]{8,60}?)(?:本报讯|本报记者|\n)")


def pick(matches: list[Match], taken: list[Match], norm: str) -> list[Match]:
    """Of matches, by start and then the longest, those that overlap no earlier one and none of `taken`, in order.

    A bare name that begins another word (广东路) is left out here, after the cheaper reasons not to read it.
    """
    matches.sort()
    kept: list[Match] = []
    end, others, beyond = 0, iter(taken), (len(norm), -len(norm) - 1, None)
    low, high = 0, 0  # of the first of `taken` that does not end before the match
    for match in matches:
        start, stop, reading = match
        if start < end:
            continue
        while high <= start:
            low, high, _ = next(others, beyond)
            high = -high
        if low < -stop or (reading[0] == BARE and _NO_PLACE.match(norm, -stop)):
            continue
        kept.append(match)
        end = -stop
    return kept
