"""The shapes of time that Chinese news writes, found on normalised text.

A cheap trigger (one character class and the character after it) finds where a time may begin; the first character then
names the few patterns that are tried there. All repeats are bounded, so the time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Shape = tuple[str, "re.Pattern[str]"]  # kind, pattern

Y = r"(?:(?P<y>(?:19|20)\d\d|[今去前明本当同]|二[0零][0零一二三四五六七八九]{2}) ?年(?:度|的)? ?)?"
M = r"(?:1[0-2]|0?[1-9])"
D = r"(?:3[01]|[12]\d|0?[1-9])"
CM = r"(?:十[一二]?|[一二三四五六七八九])"
CD = r"(?:三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
PART = (
    r"(?: ?(?:清晨|凌晨|早[上晨]?|上午|中午|下午|傍晚|晚[上间]?|夜[间里]?|午后|一大早|零时"
    r"|\d{1,2} ?[时点](?: ?\d{1,2} ?分)?许?|\d{1,2}[:：]\d{2})){0,3}"
)
TO = r" ?[-~至到] ?"

# 2023年8月11日晚至14日凌晨, 8月9日-11日, 8月9-11日, 今年8月8日, 8月9日、10日; not 2000余名, 4/5G, 5-15户
DATE = re.compile(
    rf"{Y}(?<![\d.第])(?P<m>{M}) ?月 ?(?P<d>{D})(?: ?[日号]|(?={TO}{D} ?[日号])|(?=、{D} ?[日号]))(?P<part>{PART})"
    rf"(?:(?P<to>{TO}|、|和)(?:(?P<y2>20\d\d) ?年 ?)?(?:(?P<m2>{M}) ?月 ?)?(?P<d2>{D}) ?[日号]{PART})?"
)
# 八月十五日, 二0二三年八月十日
CDATE = re.compile(rf"{Y}(?<![第十])(?P<m>{CM})月(?P<d>{CD})[日号](?P<to>)(?P<part>){PART}")
# 2022年6月, 7月初, 6月中旬, 4至6月, 1-6月份, 去年11月, 七月以来; not 3个月, 一月一调度, 12月龄
MONTH = re.compile(
    rf"{Y}(?<![\d.第])(?:(?P<m0>{M}) ?月?份?{TO})?(?P<m>{M}) ?月份?(?![龄均租薪供报刊饼嫂度利息大卡子]|有余)"
    r"(?P<third>[上中下]旬|[初底末]|中(?!考|国))?"
)
CMONTH = re.compile(
    rf"{Y}(?<![第十一二三四五六七八九])(?P<m>{CM})月份?(?:(?P<third>[上中下]旬|[初底末])|(?=以来|起|，|召开|开始|份)|(?<=份))"
)
# 10日, 3日至9日, 15日着手, 23日晚10点; not 15日内, 行政拘留15日, 第10日, 每月5日, 3-5日内
DAY = re.compile(
    rf"(?<![\d./年月第每近满约达过前后个间续周处并和留期]) ?(?P<d>{D})(?: ?日|(?=(?:{TO}|、){D} ?日))(?P<part>{PART})"
    rf"(?:(?P<to>{TO}|、)(?P<d2>{D}) ?日{PART})?"
    r"(?!内|以内|之内|以后|之后|后|行政|拘留|均|游|龄|有余|余|多|报[社纸]|薪|产量|间隔)"
)
# 2022年, 2022年底, 2022年以来, 2023年上半年, 2023年一季度
YEAR = re.compile(
    r"(?<![\d.])(?P<y>(?:19|20)\d\d) ?年度?"
    r"(?P<tail>以来|[初底末]|[上下]半年|第?[一二三四]季度|前[三3]个?季度|[春夏秋冬]季?(?:以来)?)?"
)
ISO = re.compile(rf"(?<![\d.])(?P<y>20\d\d)(?P<s>[-./])(?P<m>{M})(?P=s)(?P<d>{D})(?![\d.])")
# 今年以来, 今年来，, 去年以来, 今年初, 去年底, 今年上半年, 今年一季度, 今年
REL_YEAR = re.compile(
    r"(?P<y>[今去前明])年(?P<tail>初?以来|来(?=[，、])|[初底末]|年[初底末]|[上下]半年|第?[一二三四]季度|前[三3]个?季度)?"
)
# 上半年, 一季度, 前三季度, at the head of a clause or before a comma
HALF = re.compile(
    r"(?<![每个])(?:(?P<half>[上下]半年)|第?(?P<q>[一二三四])季度|前(?P<nine>[三3])个?季度)(?P<since>以来)?"
)
# 年初, 年初以来, 年底, 月初, 本月, 上个月, 上月底, 当月
YEAR_EDGE = re.compile(
    r"(?<![\d一-龥])年(?P<edge>[初底末])(?P<since>以来)?|(?<=[，。；：、\n])年(?P<edge2>初)(?P<since2>以来)?"
)
REL_MONTH = re.compile(
    r"(?P<which>本|当|这个|上个?|下个?)月(?P<third>[上中下]旬|[初底末])?(?P<since>以来)?(?!亮|光|饼|台|球|刊)"
)
# 本月8日, 上月28日至30日
MONTH_DAY = re.compile(
    rf"(?P<which>本|当|上个?|下个?)月(?P<d>{D}) ?日(?P<part>{PART})(?:(?P<to>{TO})(?P<d2>{D}) ?日{PART})?"
)
# 即日起: from the day of print
FROM_NOW = re.compile(r"即日起")
# 本周, 上周五, 这周末, 周六上午, 星期三; not 每周五, 一周一调度, 周一至周五
WEEK = re.compile(
    r"(?<![每逢一二两三四五六七八九十\d])(?P<which>本|这|上|下)个?(?:周|星期|礼拜)(?P<w>[一二三四五六日天末])?(?P<since>以来)?(?![至到\-—~、岁年边围])"
)
WEEKDAY = re.compile(
    r"(?<![每逢一二两三四五六七八九十\d至到、\-~本这上下])(?:周(?=[一二三四五六日末])|星期|礼拜)(?P<w>[一二三四五六日天末])(?=[，上下早晚午凌清中的])(?!中[小学])(?P<which>)(?P<since>)"
)
# 近日, 日前, 连日来, 近段时间, 前不久 …: about the day of print
VAGUE = re.compile(
    r"近日(?!点)来?(?!发生的)|近期(?:以来)?(?!内|发生|高发|频发|出现的|典型|流行|热[门点])|近来|近[几些两][天日]来?|近一?段(?:时间|日子)?(?:以来|来)?|近些(?:天|日子)来?|最近(?:几天|一段时间|这段时间|(?=，))"
    r"|日前(?!往|来|[景途])|连日(?:来|以来)?(?=[，、的]|[\u4e00-\u9fff])|连续[几多数][天日]|[这前]几[天日]|[这前]些[天日]子?|这段时间"
    r"|一段时间以来|一段时间来|连续多日"
)
LATELY = re.compile(r"前不久|不久前|前段时间|前一?阵子?|刚刚过去的")
RECENT = re.compile(r"近(?P<n>一|1|两|2|三|3|半)个?(?P<unit>周|星期|月|年)多?(?:以来|来)")
# 昨日, 昨晚, 今天上午, 前天, 明天
REL_DAY = re.compile(
    r"(?P<w>前[天晚](?=[，上下晚早中夜的从]|[\u4e00-\u9fff]{2})|昨[日天晚夜]|今[日天晚晨早](?!头条|视点|关注|看点|说法|导读)|明[日天晚]|后天)"
    r"(?:一大早|清晨|凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜间)?"
)
# 当天, 当日, 当晚, 次日, 第二天: the day last named
SAME_DAY = re.compile(
    r"(?P<w>当[日天晚](?!真|地)|次日|翌日|第二天|隔天|同日)(?:一大早|清晨|凌晨|早上|上午|中午|下午|傍晚|晚上|晚间)?"
)
# 截至目前, 截至发稿时, 截止昨日
AS_OF = re.compile(
    r"截[至止]到?(?P<w>记?者?发稿(?:[时前日])?|目前|当前|现在|今[日天]|昨[日天]|日前|近日"
    r"|当[日天晚](?:\d{1,2} ?[时点])?|年底|月底)"
)
# 眼下, 当前, 时下, 盛夏时节: the present
PRESENT = re.compile(r"眼下|当前(?!位)|时下|目前|现如今|如今|盛夏时节|[盛金][夏秋]时节")
CLOCK = re.compile(r"(?<![\d.])(?:[01]?\d|2[0-4])[:：][0-5]\d(?!\d)(?: ?左右)?")
LUNAR = re.compile(
    r"(?:(?:农历|阴历)(?:[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年)?(?P<m>闰?(?:正|冬|腊|十[一二]?|[一二三四五六七八九]))月"
    r"|(?P<m2>正|腊|冬)月)(?P<d>初[一二三四五六七八九十]|[十廿][一二三四五六七八九]?|二?三?十[一二三四五六七八九]?)"
)

# What is tried where a number is followed by this character, and where these two characters stand.
BY_NUMBER: tuple[tuple[str, tuple[Shape, ...]], ...] = (
    ("年", (("date", DATE), ("month", MONTH), ("year", YEAR))),
    ("月", (("date", DATE), ("month", MONTH))),
    ("日号", (("day", DAY),)),
    ("至到~、-", (("month", MONTH), ("day", DAY), ("iso", ISO))),
    ("./", (("iso", ISO),)),
    (":：", (("clock", CLOCK),)),
)
_YEARLY: tuple[Shape, ...] = (("date", DATE), ("month", MONTH), ("date", CDATE), ("month", CMONTH), ("year", REL_YEAR))
_CHINESE: tuple[Shape, ...] = (("date", CDATE), ("month", CMONTH))
BY_PAIR: tuple[tuple[str, str, tuple[Shape, ...]], ...] = (
    ("今去前明同本当", "年", _YEARLY),
    ("今昨明", "日天晚晨早夜", (("relday", REL_DAY),)),
    ("前", "天晚", (("relday", REL_DAY),)),
    ("后", "天", (("relday", REL_DAY),)),
    ("同当次翌隔", "日天晚", (("same", SAME_DAY),)),
    ("第", "二", (("same", SAME_DAY), ("half", HALF))),
    ("第", "一三四", (("half", HALF),)),
    ("上下", "半", (("half", HALF),)),
    ("前", "三3", (("half", HALF),)),
    ("一二三四", "季", (("half", HALF),)),
    ("本这上下", "周星礼月个", (("week", WEEK), ("monthday", MONTH_DAY), ("month", REL_MONTH))),
    ("当", "月", (("monthday", MONTH_DAY), ("month", REL_MONTH))),
    ("即", "日", (("now", FROM_NOW),)),
    ("周星礼", "一二三四五六日末期拜", (("week", WEEKDAY),)),
    ("近", "日期来几些两段", (("vague", VAGUE),)),
    ("近", "一123三半两", (("recent", RECENT), ("vague", VAGUE))),
    ("最", "近", (("vague", VAGUE),)),
    ("日", "前", (("vague", VAGUE),)),
    ("连", "日续", (("vague", VAGUE),)),
    ("一", "段", (("vague", VAGUE),)),
    ("这前", "几些段", (("vague", VAGUE), ("lately", LATELY))),
    ("前", "不段一阵", (("lately", LATELY),)),
    ("不", "久", (("lately", LATELY),)),
    ("刚", "刚", (("lately", LATELY),)),
    ("一二三四五六七八九十", "月", _CHINESE),
    ("十", "一二", _CHINESE),
    ("二", "0零", (("date", CDATE), ("month", CMONTH))),
    ("年", "初底末", (("edge", YEAR_EDGE),)),
    ("截", "至止", (("asof", AS_OF),)),
    ("眼时", "下", (("present", PRESENT),)),
    ("目当", "前", (("present", PRESENT),)),
    ("现", "如", (("present", PRESENT),)),
    ("如", "今", (("present", PRESENT),)),
    ("盛", "夏", (("present", PRESENT),)),
    ("金", "秋", (("present", PRESENT),)),
    ("农阴", "历", (("lunar", LUNAR),)),
    ("正腊冬", "月", (("lunar", LUNAR),)),
)


@dataclass(frozen=True)
class Scan:
    """Where a time may begin (one regex), and what is tried there: by the character behind a number, or by the pair."""

    seek: re.Pattern[str]
    tries: dict[str, tuple[Shape, ...]]


def scan_of(starts: Iterable[str], extra: tuple[Shape, ...]) -> Scan:
    """The scan of a calendar: its names begin with the pairs `starts`, and `extra` are their patterns."""
    tries: dict[str, tuple[Shape, ...]] = {c: shape for chars, shape in BY_NUMBER for c in chars}
    for firsts, seconds, shape in BY_PAIR:
        for pair in (a + b for a in firsts for b in seconds):
            tries[pair] = (*tries.get(pair, ()), *shape)
    for pair in starts:
        tries[pair] = (*extra, *tries.get(pair, ()))
    pairs = [pair for pair in tries if len(pair) == 2]
    first, second = ("".join(sorted({re.escape(pair[i]) for pair in pairs})) for i in (0, 1))
    after = r"[年月日号:：./至到~、\-]"  # of a number: its four forms below begin with the characters that may follow its head,
    head = r"(?<=\d.)(?<!\d\d.)"  # which costs less at the many characters that head nothing
    number = rf"[0-9]{head}\d{{0,2}} ?{after}| {head}{after}|{after}{head}"
    return Scan(re.compile(rf"[0-9{first}](?:[{second}](?<!\d.)|{number})"), tries)


def shapes(norm: str, scan: Scan) -> Iterator[tuple[str, re.Match[str]]]:
    """Each time that the normalised text writes, as (kind, match), from left to right without overlap."""
    position, search, tries = 0, scan.seek.search, scan.tries
    while hit := search(norm, position):
        start, found = hit.start(), hit[0]
        position = start + 1
        for kind, pattern in tries.get(found) or tries.get(found[-1], ()):
            if match := pattern.match(norm, start):
                yield kind, match
                position = match.end()
                break
