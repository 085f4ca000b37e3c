"""Streets and communities that the gazetteer does not list, and misreadings that it can mend.

* 清徐县东湖街道, 柳林县西王家沟乡: right after its county stands a township's name that no source has; kept as printed.
* 沙湾河乡石城庄村: the village lies in 沙塄河乡, one character away, of a county that the article names; mended.
* 永从镇佳所村, 叶县昆阳街道南大街居委会: right after its township stands a community's name; kept as printed.
"""

from __future__ import annotations

import re

from etl.locate.mentions import BODY, CONTEXT, Found, Mention
from etl.locate.resolve import county_of
from etl.rules.gazetteer import COUNTY, FORMER, TOWN, VILLAGE, Gazetteer

# No word of a name: what stands between a county and 乡镇 in 平城区组织街道, 和县各乡镇, 霍山县近年来对集镇.
_WORDS = (
    "各的在和与及对将为是有等该全其所联合织展多个辖属设立近日今我你他这那向从并也都已把被由于按至到"
    "省市县区乡镇街道村局院站依法查处取缔开举办召驻每了某、居民足不出第产粮深入走进最首"
)
_PLAIN = "的在和与及对将为是有等各该全区县市依法查处取缔开展举办组织联合召每了深入走进、"
_STREET = re.compile(
    rf"([^\W\d_a-zA-Z{_WORDS}]{{1,4}}[^\W\d_a-zA-Z{_WORDS}大重强名特集城心](?:街道|镇(?!域|村|区)|乡(?!村|镇|亲|贤|风)|苏木))"
)
_COMMUNITY = re.compile(
    rf"([^\W\d_a-zA-Z{_PLAIN}]{{1,5}}(?:社区|居委会|嘎查|村(?![民委级务官两镇落里容支史干企口头组])))"
)
_SUFFIX = re.compile(r"(?:街道|镇|乡)$")
UNKNOWN_COUNTY = 990000  # pseudo codes of county names that several counties share
UNLISTED = 500  # pseudo codes of unlisted streets: FORMER + county * 1000 + UNLISTED + n


def complete(found: Found, undecided: list[Mention], norm: str, gazetteer: Gazetteer) -> dict[int, str]:
    """Add unlisted and misread townships and, where nothing else is named, undecided names; the pseudo codes' names."""
    names = add_unlisted(found, norm, gazetteer)
    keep_undecided(found, undecided, norm, names)
    return names


def add_unlisted(found: Found, norm: str, gazetteer: Gazetteer) -> dict[int, str]:
    """Add mentions of unlisted or misread townships to `found`; return the names of the pseudo codes."""
    names: dict[int, str] = {}
    for m in list(found.mentions):
        if m.level == COUNTY and m.where != CONTEXT and m.child is None and len(m.codes) == 1:
            match = _STREET.match(norm, m.end)
            if match and not known(match[1], m, found):
                add_street(match[1], m.codes[0], found, norm, names)
        elif m.level == VILLAGE and m.parent is None and len(m.codes) == 1:
            mend(m, found, norm, gazetteer)
    return names


_PREFIX = "东西南北上中下大小新老前后"


def known(name: str, county: Mention, found: Found) -> bool:
    """Whether the gazetteer's own name stands there: in full, or after more than 西 of 西王家沟乡."""
    for m in found.mentions:
        here = m.level == TOWN and m.start >= county.end and m.end == county.end + len(name)
        if here and any(county_of(c) == county.codes[0] for c in m.codes):
            return m.start != county.end + 1 or name[0] not in _PREFIX
    return False


def add_street(name: str, county: int, found: Found, norm: str, names: dict[int, str]) -> None:
    """Every occurrence of an unlisted street becomes a mention; names inside it go."""
    code = FORMER + county * 1000 + UNLISTED + len(names)
    if name in names.values():
        return
    names[code] = name
    spans, at = [], norm.find(name)
    while at >= 0:
        spans.append((at, at + len(name)))
        at = norm.find(name, at + len(name))
    replace_all(found, spans, code)


def keep_undecided(found: Found, undecided: list[Mention], norm: str, names: dict[int, str]) -> None:
    """Where an article names no place but one that several divisions share, keep its name: 桂林街道, 铁东区."""
    if any(m.where != CONTEXT and m.level in (COUNTY, TOWN) and len(m.codes) == 1 for m in found.mentions):
        return
    codes: dict[str, int] = {}
    if not undecided and any(level in (6, 7) for *_, level in found.cues):
        undecided = [m for m in found.mentions if m.level == COUNTY and len(m.codes) > 1 and not m.weak]
    for m in undecided:
        m.where = min(m.where, BODY)
        name = norm[m.start : m.end]
        base = FORMER + UNLISTED if m.level == TOWN else UNKNOWN_COUNTY
        code = codes.setdefault(name, base + len(codes))
        names[code] = name
        m.codes = (code,)


def replace_all(found: Found, spans: list[tuple[int, int]], code: int) -> None:
    """Put a street's mentions in place of those that they overlap, in one pass over both, each linked to the county before it.

    A new mention's zone is that of the mention nearest before it.
    """
    kept: list[Mention] = []
    old, reached = iter(found.mentions), 0  # what begins before `reached` lies in the last new mention
    waiting = next(old, None)
    for start, end in spans:
        while waiting is not None and waiting.start <= start:
            if waiting.start >= reached:
                kept.append(waiting)
            waiting = next(old, None)
        where = CONTEXT if start >= found.tail else (kept[-1].where if kept else 2)
        while kept and kept[-1].end > start:
            kept.pop()
        new = Mention(start, end, TOWN, (code,), where, bound=True)
        if kept and kept[-1].end == start and kept[-1].level == COUNTY:
            kept[-1].child, new.parent = new, kept[-1]
        kept.append(new)
        reached = end
    rest = [] if waiting is None else [waiting, *old]
    found.mentions = kept + [m for m in rest if m.start >= reached]


def replace(found: Found, new: Mention) -> None:
    """Put a mention in place of those that it overlaps, and link it to the county before it."""
    found.mentions = [m for m in found.mentions if m.end <= new.start or m.start >= new.end]
    for m in found.mentions:
        if m.end == new.start and m.level == COUNTY:
            m.child, new.parent = new, m
    found.mentions.append(new)
    found.mentions.sort(key=lambda m: m.start)


def mend(village: Mention, found: Found, norm: str, gazetteer: Gazetteer) -> None:
    """Read 沙湾河乡 before 石城庄村 as 沙塄河乡, the village's township, where all but one character agree."""
    code = village.codes[0] // 1000
    right = gazetteer.names.get(code, "")
    start = village.start - len(right)
    printed = norm[max(start, 0) : village.start]
    if len(right) < 3 or start < 0 or printed == right or not _SUFFIX.search(printed):
        return
    if sum(a != b for a, b in zip(printed, right, strict=True)) == 1 and printed[-1] == right[-1]:
        mention = Mention(start, village.start, TOWN, (code,), village.where, bound=True, basis="repaired")
        replace(found, mention)
        mention.child, village.parent = village, mention


def community_after(norm: str, end: int) -> tuple[int, int, str] | None:
    """A community's name right after its township: span and the name as the gazetteer writes it (居委会 → 社区)."""
    match = _COMMUNITY.match(norm, end)
    if match is None:
        return None
    name = re.sub(r"居委会$", "社区", match[1])
    return match.start(1), match.end(1), name


def county_name_of(code: int, gazetteer: Gazetteer) -> str:
    """The county's name of a township or pseudo code."""
    return gazetteer.names.get(county_of(code), "")
