"""Numbers with a measure word in running text: value, unit, qualifier; and what only looks like one.

Shapes read: 86家, 88 笔, 2,000余份, 2000多万元, 13万余户, 4.3吨, 562.93 万元, 近400个, 近30万余人, 约2平方米, 百余场次, 近千件,
十六位, 百分之九十五, 139%, 3.5个百分点, 5-15户 (a range gives its lower end, as "over"), 20余人（次）.
Not read: 第21次, 58岁, 3个月, 24小时, 100米处, 307省道, 12345, 5人制, 25元/斤, 一万元以上十万元以下罚款, 两名网格员, 千家万户, 一对一.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from etl.models import Qualifier
from etl.rules.quantities import Quantities, Traps
from etl.text import chinese_number, number

DIGITS = "0123456789"
NUMERALS = "零一二三四五六七八九十百千万亿两"
SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_NEARLY = re.compile(r"(?:(?<![附最就远邻])近|将近|接近|逼近)$")
_ABOUT = re.compile(r"(?:约|大约|约为|大概|约有|约合|约计|约占|平均)$")
_OVER = re.compile(r"(?:超|超过|超出|逾|突破|不少于|不低于|至少|高于|大于|多于|远超)$")
_AT_MOST = re.compile(r"(?:不超过|不超|不多于|不高于|(?<!不)低于|至多|最多|不足|不到|(?<!不)少于|控制在|小于)$")
_LAST_OF_BEFORE = frozenset("近约概为有合计占均超过出逾破于少远多足到在")  # the last characters of the four above
_BEFORE = (
    _LAST_OF_BEFORE | frozenset(" \n\x1f\u1680\u2028\u2029") | {'"', "等"}
)  # with all white space of a normalised text
_AFTER_OVER = re.compile(r" ?(?:以上|有余|之多|余(?![0-9\u4e00-\u9fff])|多(?![0-9\u4e00-\u9fff])|\+)")
_AFTER_ABOUT = re.compile(r" ?(?:钱)?(?:左右|上下)")
_AFTER_MOST = re.compile(r" ?(?:以内|以下|之内)")
_FIRST_OF_AFTER = frozenset(" 以有之余多+钱左上")  # the first characters of the three above
_OVER_ROUND = re.compile(r"(?:上|过|成)$")  # only before a bare 百, 千, 万, 亿: 上千人次, 过亿元
_THRESHOLD = re.compile(r"以[上下内](?:的)?[\u4e00-\u9fff）]")
_REACHED = re.compile(r"[达共超有到为过]|突破|稳定")
_VAGUE_PAIR = re.compile(r"[一二三四五六七八九两][一二三四五六七八九]")
_PERCENT = re.compile(r"百分之([零一二三四五六七八九十百0-9.]{1,8})")
_CLAUSE = re.compile(r"^.*[，。；：\n]", re.S)  # all before the clause at the end of a text
_SLOGAN = re.compile(r"[\u4e00-\u9fff]{0,6}\"")
_TITLE = re.compile(r'"[\u4e00-\u9fff]{2,14}$')
_PENALTY = re.compile(r"以下|处罚|罚款")
_FROM_MONEY = re.compile(r"元(?:以上|至|到)$")
_PER = re.compile(r"每[亩斤户人吨桌份户个村名平][\u4e00-\u9fff]{0,4}$")
_AT_WORK = re.compile(r"时长|工时|累计|服务|共")
_MANY = 20  # from here on a number after 每 is no duty
_YEAR = re.compile(r"(?:19[5-9]\d|200[1-9]|20[1-3]\d)")
_LIMITED = frozenset({"people", "money", "organisation"})  # classes that rules set limits for
_PLAIN = frozenset({"item", "print"})  # classes of units that figures of speech have (三个方面)
_WATCHED = frozenset({"money", "mass", "hours"})  # classes with traps of their own
_ODD = frozenset({"度", "方", "组"})  # units that are often none
_DATED = frozenset({"session", "print", "place", "equipment"})  # classes of units that may stand after a year


# The step's own classes are not frozen, though nothing changes one: a frozen one takes four times as long to make.
@dataclass(slots=True)
class Number:
    """A number with its unit: span in the text, value in the table's unit, class of the unit, qualifier."""

    start: int
    end: int
    value: float
    unit: str
    unit_class: str
    qualifier: Qualifier


@lru_cache(maxsize=8)
def candidates(unit_pattern: str) -> re.Pattern[str]:
    """The regex of digits or a Chinese numeral with one of the units: number, high, plus, scale, more, unit.

    It begins with one set of characters, so that a scan skips quickly; every repeat is bounded, and a candidate never begins
    inside a longer number. What may be missing is written as an empty alternative or inside its group: (?:…|) and (…?)
    take half the time of (?:…)? and (…)?.
    """
    digits = (
        r"(?<=[0-9])(?<![0-9.,+*#/×:²³].)(?<!(?<![A-Za-z])[A-Za-z].)[0-9]{0,11}"
        r"(?:,[0-9]{3}(?:,[0-9]{3}(?:,[0-9]{3}(?:,[0-9]{3}|)|)|)|)(?:\.[0-9]{1,6}|)"
    )
    numeral = rf"(?<![0-9])(?<![{NUMERALS}数几多余第0-9 ].)[{NUMERALS}]{{0,9}}"
    number = rf"(?P<number>[0-9{NUMERALS}](?:{digits}|{numeral}))"
    high = r"(?P<high>[-~至到](?<=[0-9].)[0-9]{1,9}(?:\.[0-9]{1,4}|)|)"
    scale = r" ?(?P<plus>[余多几]?) ?(?P<scale>[十百千]?[万亿]{1,2}|) ?(?P<more>[余多几]?) {0,2}"
    firsts = "".join(sorted({unit.lstrip("\\")[0] for unit in unit_pattern.split("|")}))
    unit = f"(?=[{re.escape(firsts)}])(?P<unit>{unit_pattern})"  # told at once where no unit begins
    return re.compile(number + high + scale + unit)


def find_numbers(norm: str, quantities: Quantities) -> list[Number]:
    """All reported numbers of a normalised text, in order."""
    found = []
    for match in candidates(quantities.unit_pattern).finditer(norm):
        if one := read_number(norm, match, quantities):
            found.append(one)
    if "百分之" in norm:
        found += [n for match in _PERCENT.finditer(norm) if (n := read_percent(match))]
        found.sort(key=attrgetter("start"))
    return without_phrases(norm, found, quantities.traps)


def without_phrases(norm: str, found: list[Number], traps: Traps) -> list[Number]:
    """The numbers of which no part stands in a set phrase (最后1公里): mostly all, which a look around each one tells."""
    search, reach = traps.phrase_pattern.search, traps.phrase_reach
    if not any(search(norm, n.start - reach, n.end + reach) for n in found):  # below 0, a search begins at 0
        return found
    covered = {i for m in traps.phrase_pattern.finditer(norm) for i in range(*m.span())}
    return [n for n in found if covered.isdisjoint(range(n.start, n.end))]


def read_percent(match: re.Match[str]) -> Number | None:
    """百分之九十五 → 95 %; None where the fraction is no number."""
    value = number(match[1])
    if value is None:
        return None
    start, end = match.span()
    return Number(start, end, value, "%", "ratio", qualifier_of(match.string, start, end, match[1][0], False))


def read_number(norm: str, match: re.Match[str], quantities: Quantities) -> Number | None:
    """The number of a candidate, or None where it is a trap: of most, the characters around tell at once that they are none."""
    printed, high, plus, scale, more, unit = match.groups()
    if printed == "一":  # 一个, 一家: an article, hardly ever a count
        return None
    start, end = match.span()
    unit_said, unit_class, after, after_firsts = quantities.facts[unit]
    last, following = norm[start - 1 : start], norm[end : end + 1]
    if following in after_firsts and norm.startswith(after, end):
        return None
    qualifier: Qualifier = "over" if high or plus or more else "exact"
    if last in _BEFORE or following in _FIRST_OF_AFTER or printed[0] in SCALE:
        qualifier = qualifier_of(norm, start, end, printed[0], qualifier == "over")
    if printed[0] not in DIGITS and not chinese_counts(norm, match, qualifier, quantities):
        return None
    value = value_of(printed, scale)
    if value is None or (value == 0 and printed != "0"):
        return None
    traps = quantities.traps
    if (
        value < _MANY or last in traps.before_by_last or last in _BEFORE or following in ("以", '"')
        or unit_class in _WATCHED or unit in _ODD
    ) and is_trap(norm, start, end, value, unit, unit_class, traps):  # fmt: skip
        return None
    if unit_class in _DATED and len(printed) == 4 and is_year(norm[start : end - len(unit)], following):
        return None
    return Number(start, end, value, unit_said, unit_class, qualifier)


def value_of(printed: str, scale: str) -> float | None:
    """Digits or Chinese numeral times 万/亿: 562.93万 → 5629300, 百余 → 100, 1.2万 → 12000."""
    if not scale and printed.isdigit():
        return float(printed)
    base = float(printed.replace(",", "")) if printed[0] in DIGITS else chinese_number(printed)
    if base is None:
        return None
    for factor in scale:
        base *= SCALE[factor]
    return round(base, 6) if "." in printed else float(base)


def qualifier_of(norm: str, start: int, end: int, first: str, vague: bool) -> Qualifier:
    """What the words around the number make of it: 近 before wins over 余 after (近30万余人).

    `first` is the numeral's first character; `vague` says that it has 余, 多, 几 or is a range.
    """
    before = norm[max(0, start - 5) : start].rstrip()
    told, more = before[-1:] in _LAST_OF_BEFORE, norm[end : end + 1] in _FIRST_OF_AFTER
    if told and _NEARLY.search(before):
        return "nearly"
    if (told and _AT_MOST.search(before)) or (more and _AFTER_MOST.match(norm, end)):
        return "at_most"
    if (told and _ABOUT.search(before)) or (more and _AFTER_ABOUT.match(norm, end)):
        return "about"
    if vague or (told and _OVER.search(before)) or (first in SCALE and _OVER_ROUND.search(before)):
        return "over"
    return "over" if more and _AFTER_OVER.match(norm, end) else "exact"


def is_trap(norm: str, start: int, end: int, value: float, unit: str, unit_class: str, traps: Traps) -> bool:
    """Whether the words around make it no reported number."""
    last = norm[start - 1 : start]
    if last in traps.before_by_last and norm.endswith(traps.before_by_last[last], 0, start):
        return True
    if value <= 12 and unit_class in _PLAIN and norm[end : end + 24].lstrip(' "').startswith(traps.rhetorical):
        return True
    if unit_class == "money":
        if is_law(norm[max(0, start - 4) : start], norm[end : end + 24]):
            return True
    elif (value < _MANY or unit_class == "mass") and is_rate(
        norm[max(0, start - 24) : start], value, unit_class, traps
    ):
        return True
    if unit_class in _LIMITED and norm.startswith("以", end) and is_threshold(norm, start, end):
        return True
    if unit == "条" and norm.startswith('"', end) and ends_title(norm[max(0, start - 16) : start]):
        return True
    if (last == '"' or unit in _ODD or unit_class == "hours") and is_name(norm, start, end, value, unit, unit_class):
        return True
    return last == "等" and is_list_of_names(norm, start, end, unit, traps)


def is_rate(before: str, value: float, unit_class: str, traps: Traps) -> bool:
    """每季度上门走访1次, 每人认领1个: a duty; 每亩20斤 a rate; 每天200多人 and 每亩补助30元 stay."""
    if unit_class == "mass" and _PER.search(before):
        return True
    if value >= _MANY or not traps.rate_pattern.search(before):
        return False
    return bool(traps.rate_pattern.search(_CLAUSE.sub("", before)))


def is_threshold(norm: str, start: int, end: int) -> bool:
    """50人以上聚餐活动: what a rule names, not what was counted; 超500人以上 or 达50人以上 stays."""
    return bool(_THRESHOLD.match(norm, end)) and not _REACHED.search(norm, max(0, start - 4), start)


def is_law(before: str, after: str) -> bool:
    """处一万元以上十万元以下罚款, 五十元至二百元的处罚: amounts that a law quoted names."""
    if after.startswith(("以上", "至", "到")) and _PENALTY.search(after):
        return True
    return after.startswith("以下") or ("元" in before and bool(_FROM_MONEY.search(before)))


def is_year(printed: str, after: str) -> bool:
    """2023首届: a year before a noun, not a count of 2023 of them."""
    return bool(_YEAR.fullmatch(printed) and after[:1].strip("，。；、）"))


def is_name(norm: str, start: int, end: int, value: float, unit: str, unit_class: str) -> bool:
    """石鼻村1组, "5个一", 360度, 24小时: addresses, slogans and hours on duty."""
    before = norm[max(0, start - 24) : start]
    if unit_class == "hours":
        return value <= 24 or not _AT_WORK.search(before)
    if unit == "度":
        return "电" not in before[-12:] + norm[end : end + 4]
    if unit == "方":
        return value < 10
    if unit == "组" and before.endswith(("村", "屯", "队", "社区")):
        return True
    return value <= 10 and before.endswith('"') and bool(_SLOGAN.match(norm, end, end + 24))


def ends_title(before: str) -> bool:
    """“稳增长43条”, “助企纾困17条”: what papers call a policy by; the words before the number begin with the quote."""
    return bool(_TITLE.search(before))


def is_list_of_names(norm: str, start: int, end: int, unit: str, traps: Traps) -> bool:
    """丁洪涛等3人；: how long a list of names is, unless something was done to them (抓获张某等3人)."""
    if unit not in ("人", "位"):
        return False
    return not norm[end : end + 1].strip("，。；、）\n") and not traps.result_pattern.search(
        norm, max(0, start - 24), start
    )


def chinese_counts(norm: str, match: re.Match[str], qualifier: str, quantities: Quantities) -> bool:
    """Whether a Chinese numeral is a reported number: 十六位, 百余场, 五百万元 are; 两名, 千家, 七八十户 are not."""
    numeral, (start, end) = match["number"], match.span()
    rough = qualifier in ("over", "nearly")
    if not rough and numeral != "十" and not numeral.strip("十百千万亿"):
        return False
    if _VAGUE_PAIR.search(numeral) or norm[start - 1 : start] == '"':
        return False
    value = value_of(numeral, match["scale"])
    if norm[end : end + 1] == '"' and not (rough and value and value > 10):  # 五个"一"; but 近百个"红马甲"
        return False
    if value is None or value > 10 or (rough and value == 10):
        return value is not None
    if value < 2 or match["unit"] not in quantities.small_numeral:
        return False
    clause = _CLAUSE.sub("", norm[max(0, start - 16) : start])
    return bool(quantities.traps.result_pattern.search(clause))
