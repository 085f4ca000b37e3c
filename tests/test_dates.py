"""What each form of time in Chinese news means, seen from a fixed day of print; and what is no time at all."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.dates import dates, fallback
from etl.models import Article, When
from etl.rules import DEFAULT_ROOT
from etl.rules.calendar import Calendar, load_calendar
from etl.rules.errors import RulesError
from etl.text import Text

PRINTED = dt.date(2023, 8, 15)  # a Tuesday


class Known:
    """As much of the rules as the step reads."""

    calendar: Calendar = load_calendar(DEFAULT_ROOT)


def article(text: str, printed: dt.date | None = PRINTED, kind: str = "news", body_start: int = 0) -> Article:
    """An article of nothing but a text and a day of print."""
    return Article("id", "a.txt", None, None, printed, "metadata", kind, None, None, (), text, body_start)  # type: ignore[arg-type]


def read(text: str, printed: dt.date | None = PRINTED) -> list[When]:
    """The times of a text."""
    return dates(article(text, printed), Text.of(text), Known)  # type: ignore[arg-type]


def shown(when: When) -> str:
    """first..last precision, without the year where it is the year of print."""
    first, last = (f"{d:%m-%d}" if d and d.year == 2023 else str(d) for d in (when.date, when.date_end))
    return f"{first if first == last else f'{first}..{last}'} {when.precision}"


# text, span, days and precision of the first time whose use is activity
ACTIVITY = [
    # full and month-day
    ("2023年8月11日，镇里开展夜查。", "2023年8月11日", "08-11 day"),
    ("2023 年 8 月 11 日，镇里开展夜查。", "2023 年 8 月 11 日", "08-11 day"),
    ("二〇二三年八月十一日，镇里开展夜查。", "二〇二三年八月十一日", "08-11 day"),
    ("8月11日，镇里开展夜查。", "8月11日", "08-11 day"),
    ("8月11号，镇里开展夜查。", "8月11号", "08-11 day"),
    ("８月１１日，镇里开展夜查。", "８月１１日", "08-11 day"),
    ("08月09日，镇里开展夜查。", "08月09日", "08-09 day"),
    ("八月十一日，镇里开展夜查。", "八月十一日", "08-11 day"),
    ("今年8月8日，街道举办比赛。", "今年8月8日", "08-08 day"),
    ("8月11日下午，街道举办比赛。", "8月11日下午", "08-11 day"),
    ("8月11日18时许，民警发现隐患。", "8月11日18时许", "08-11 day"),
    ("8月11日19:30，夜查开始。", "8月11日19:30", "08-11 day"),
    ("12月28日，镇里开展夜查。", "12月28日", None),
    ("6月5日，街道开展宣传。", "6月5日", "06-05 day"),
    ("2023-08-11，镇里开展夜查。", "2023-08-11", "08-11 day"),
    ("2023.8.11，镇里开展夜查。", "2023.8.11", "08-11 day"),
    ("2023/8/11，镇里开展夜查。", "2023/8/11", "08-11 day"),
    # ranges
    ("8月11日晚至13日，交警开展夜查。", "8月11日晚至13日", "08-11..08-13 range"),
    ("8月11日晚至8月14日凌晨，分局开展清查。", "8月11日晚至8月14日凌晨", "08-11..08-14 range"),
    ("8月9日-11日，区里举办培训班。", "8月9日-11日", "08-09..08-11 range"),
    ("8月9-11日，区里举办培训班。", "8月9-11日", "08-09..08-11 range"),
    ("8月9日—11日，区里举办培训班。", "8月9日—11日", "08-09..08-11 range"),
    ("8月9日、10日，区里举办培训班。", "8月9日、10日", "08-09..08-10 range"),
    ("7月30日至8月2日，区里举办培训班。", "7月30日至8月2日", "07-30..08-02 range"),
    ("3日至9日，市直机关走进热线平台。", "3日至9日", "08-03..08-09 range"),
    ("28日至3日，市直机关走进热线平台。", "28日至3日", "07-28..08-03 range"),
    ("8月7日、8月8日、8月9日每天上午义诊。", "8月7日、8月8日、8月9日", "08-07..08-09 range"),
    ("8月12日至20日，活动在广场举行。", "8月12日至20日", "08-12..08-15 range"),
    ("2022年12月28日至2023年8月2日检查。", "2022年12月28日至2023年8月2日", "2022-12-28..08-02 range"),
    # day only
    ("10日，大赛在镇里举行。", "10日", "08-10 day"),
    ("本报讯（记者 王某）8日上午，活动举行。", "8日上午", "08-08 day"),
    ("28日，街道举办活动。", "28日", "07-28 day"),
    ("15日，街道举办活动。", "15日", "08-15 day"),
    ("23日晚10点，民警夜查。", "23日晚10点", "07-23 day"),
    # parts of a month, months
    ("2月底，中心召开推进会。", "2月底", None),
    ("7月底，中心召开推进会。", "7月底", "07-21..07-31 range"),
    ("8月上旬，中心召开推进会。", "8月上旬", "08-01..08-10 range"),
    ("7月中旬，水库开闸放水。", "7月中旬", "07-11..07-20 range"),
    ("7月下旬，水库开闸放水。", "7月下旬", "07-21..07-31 range"),
    ("8月初，水库开闸放水。", "8月初", "08-01..08-10 range"),
    ("7月，街道开展专项整治。", "7月", "07-01..07-31 month"),
    ("8月份，街道开展专项整治。", "8月份", "08-01..08-15 month"),
    ("今年7月，街道开展专项整治。", "今年7月", "07-01..07-31 month"),
    ("本月，街道开展专项整治。", "本月", "08-01..08-15 month"),
    ("上个月，街道开展专项整治。", "上个月", "07-01..07-31 month"),
    ("上月底，街道开展专项整治。", "上月底", "07-21..07-31 range"),
    ("今年4至6月，水利系统清淤。", "今年4至6月", "04-01..06-30 range"),
    ("今年1-7月，累计更换标牌。", "今年1-7月", "01-01..07-31 range"),
    ("本月8日，镇里开展夜查。", "本月8日", "08-08 day"),
    ("上月28日至30日，镇里开展夜查。", "上月28日至30日", "07-28..07-30 range"),
    ("11、12日，镇里开展夜查。", "11、12日", "08-11..08-12 range"),
    ("即日起，开通热线。", "即日起", "08-15 day"),
    ("8月11日19时30分，夜查开始。", "8月11日19时30分", "08-11 day"),
    ("8月11日上午9点30分至11点，义诊。", "8月11日上午9点30分", "08-11 day"),
    ("上周三至周五，镇里开展夜查。", "上周", "08-07..08-13 range"),
    ("去年国庆期间，社区巡逻。", "去年国庆期间", None),
    # weeks
    ("本周，街道开展整治。", "本周", "08-14..08-15 range"),
    ("上周，街道开展整治。", "上周", "08-07..08-13 range"),
    ("上周五，街道开展整治。", "上周五", "08-11 day"),
    ("本周一，街道开展整治。", "本周一", "08-14 day"),
    ("周六上午，志愿者走上街头。", "周六", "08-12 day"),
    ("星期三，志愿者走上街头。", "星期三", "08-09 day"),
    ("上周末，志愿者走上街头。", "上周末", "08-12..08-13 range"),
    ("周末，志愿者走上街头。", "周末", "08-12..08-13 range"),
    # relative days
    ("昨日，街道举办活动。", "昨日", "08-14 day"),
    ("昨天上午，街道举办活动。", "昨天上午", "08-14 day"),
    ("昨晚，街道举办活动。", "昨晚", "08-14 day"),
    ("今天，街道举办活动。", "今天", "08-15 day"),
    ("今日上午，街道举办活动。", "今日上午", "08-15 day"),
    ("前天，街道举办活动。", "前天", "08-13 day"),
    ("中新网8月14日电 昨日，街道举办活动。", "昨日", "08-13 day"),
    # vague
    ("近日，街道开展整治。", "近日", "08-08..08-15 vague"),
    ("日前，街道开展整治。", "日前", "08-08..08-15 vague"),
    ("连日来，街道开展整治。", "连日来", "08-08..08-15 vague"),
    ("近期，街道开展整治。", "近期", "08-08..08-15 vague"),
    ("近来，街道开展整治。", "近来", "08-08..08-15 vague"),
    ("近几日，街道开展整治。", "近几日", "08-08..08-15 vague"),
    ("近段时间，街道开展整治。", "近段时间", "08-08..08-15 vague"),
    ("近一段时间以来，街道开展整治。", "近一段时间以来", "08-08..08-15 vague"),
    ("最近，街道开展整治。", "最近", "08-08..08-15 vague"),
    ("这几天，街道开展整治。", "这几天", "08-08..08-15 vague"),
    ("前不久，街道开展整治。", "前不久", "08-08..08-15 vague"),
    ("近一周来，街道开展整治。", "近一周来", "08-08..08-15 range"),
    ("近三个月以来，街道开展整治。", "近三个月以来", "05-17..08-15 range"),
    ("眼下，正是农忙时节。", "眼下", "08-08..08-15 vague"),
    # since
    ("今年以来，街道开展整治。", "今年以来", "01-01..08-15 range"),
    ("今年来，街道开展整治。", "今年来", "01-01..08-15 range"),
    ("年初以来，街道开展整治。", "年初以来", "01-01..08-15 range"),
    ("今年初以来，街道开展整治。", "今年初以来", "01-01..08-15 range"),
    ("2023年以来，街道开展整治。", "2023年以来", "01-01..08-15 range"),
    ("去年以来，街道开展整治。", "去年以来", "2022-01-01..08-15 range"),
    ("7月以来，街道开展整治。", "7月", "07-01..08-15 range"),
    ("七月以来，街道开展整治。", "七月", "07-01..08-15 range"),
    ("7月19日以来，活动持续展开。", "7月19日以来", "07-19..08-15 range"),
    ("从8月1日起，街道开展夜巡。", "8月1日起", "08-01..08-15 range"),
    ("入夏以来，街道开展整治。", "入夏以来", "06-01..08-15 range"),
    ("入汛以来，街道开展整治。", "入汛以来", "06-01..08-15 range"),
    ("今年暑假伊始，大学生踊跃报名。", "今年暑假伊始", "07-01..08-15 range"),
    ("暑假以来，社区开展活动。", "暑假以来", "07-01..08-15 range"),
    ("今年上半年，全区新设企业。", "今年上半年", "01-01..06-30 range"),
    ("一季度，全区新设企业。", "一季度", "01-01..03-31 range"),
    # festivals
    ("“八一”建军节来临之际，乡里慰问老兵。", "“八一”建军节来临之际", None),
    ("端午节期间，社区包粽子。", "端午节期间", "06-22..06-24 range"),
    ("今年春节期间，社区巡逻。", "今年春节期间", None),
    ("在第6个“中国医师节”之际，开展义诊。", "第6个“中国医师节”之际", "08-08..08-15 vague"),
    ("七夕前夕，社区举办活动。", "七夕前夕", "08-08..08-15 vague"),
    ("立秋的清晨，社区里热闹起来。", "立秋的清晨", "08-08 day"),
    ("农历六月廿八，村里祭祀。", "农历六月廿八", "08-14 day"),
    ("全民健身日当天，街道举办比赛。", "全民健身日当天", "08-08 day"),
]


@pytest.mark.parametrize(("text", "span", "expected"), ACTIVITY)
def test_forms(text: str, span: str, expected: str | None) -> None:
    whens = [w for w in read(text) if w.evidence.text == span]
    assert whens, [w.evidence.text for w in read(text)]
    if expected is not None:
        assert whens[0].use == "activity"
        assert shown(whens[0]) == expected


MAIN = [
    # which of several times is the activity's: day of print 2023-08-15
    ("今年以来，全区严打诈骗。8月11日，分局开展宣传。", "08-11 day"),
    ("近日，街道开展宣传。今年以来，已开展宣传20场。", "08-08..08-15 vague"),
    ("今年以来，市里开展拓展行动。截至6月14日，筛出首贷户13万户。", "06-14 day"),
    ("连日来，县里全力防汛。截至12日18时，转移群众800户。", "08-12 day"),
    ("8月14日，记者获悉，8月10日至12日，交警开展夜查。", "08-10..08-12 range"),
    ("8月14日，记者从推进会上获悉，该区将投入资金。", "08-14 day"),
    ("红网8月15日讯（记者 王某）8月13日，活动举行。", "08-13 day"),
    ("“今天人真多。”近日，社区里欢声笑语。", "08-08..08-15 vague"),
    ("为做好工作，8月9日，街道召开会议。会议要求，8月底前完成任务。", "08-09 day"),
    ("2011年，村里建起大棚。8月9日，记者走进大棚。", "08-09 day"),
    ("去年底全区有企业15户。近日，区里召开推进会。", "08-08..08-15 vague"),
    ("案例一2023年6月1日，执法人员检查某厂。案例二2023年6月5日，检查另一厂。", "06-01 day"),
    ("8月3日至9日，5家单位走进热线。14日，由某办值守。", "08-03..08-09 range"),
    ("去年以来，企业增多。今年以来，区里加大支持。", "01-01..08-15 range"),
    ("今年以来，网格员入户走访。网格员讲解近期发生的案件。", "01-01..08-15 range"),
]


@pytest.mark.parametrize(("text", "expected"), MAIN)
def test_first_activity_is_the_main_one(text: str, expected: str) -> None:
    assert shown(next(w for w in read(text) if w.use == "activity")) == expected


BACKGROUND = [
    ("活动将于9月1日举行。", "9月1日"),
    ("预计8月底前全部完工。", "8月底"),
    ("活动将持续至10月份。", "10月份"),
    ("条例自2022年1月1日起施行。", "2022年1月1日"),
    ("《某某条例》自2023年6月1日起施行。", "2023年6月1日"),
    ("去年8月11日，该厂投产。", "去年8月11日"),
    ("该桥2021年修建。", "2021年"),
    ("他1986年出生。", "1986年"),
    ("成立于2005年12月的社区。", "2005年12月"),
    ("去年，他返乡创业。", "去年"),
    ("明年，将再建一批。", "明年"),
    ("下周，将继续接听。", "下周"),
    ("明天，将举办活动。", "明天"),
    ("项目将于近期启动。", "近期"),
    ("今年，社区有老人30名。", "今年"),
    ("每年6月5日是环境日。", "6月5日"),
    ("印发《2023年工作方案》。", "2023年"),
    ("中新网新疆新闻8月14日电（王某）消息。", "8月14日"),
    ("深圳新闻网2023年8月14日讯（记者 王某）", "2023年8月14日"),
    ("东方网8月14日报道：", "8月14日"),
    ("《 人民日报 》（ 2023年08月01日 10 版）", "2023年08月01日"),
    ("来源：某网 2023-08-14 10:20", "2023-08-14"),
    ("“今天人真多。”他说。", "今天"),
]


@pytest.mark.parametrize(("text", "span"), BACKGROUND)
def test_background(text: str, span: str) -> None:
    whens = [w for w in read(text) if w.evidence.text.startswith(span)]
    assert whens
    assert {w.use for w in whens} == {"background"}


AS_OF = [
    ("截至6月14日，全市筛选出首贷户13万户。", "截至6月14日", dt.date(2023, 6, 14)),
    ("截止8月12日，全市筛选出首贷户13万户。", "截止8月12日", dt.date(2023, 8, 12)),
    ("截至目前，社区发放传单600张。", "截至目前", PRINTED),
    ("截至发稿时，已处罚2起。", "截至发稿时", PRINTED),
    ("截至昨日，已处罚2起。", "截至昨日", dt.date(2023, 8, 14)),
    ("8月11日夜查。截至当晚11点，出动20人次。", "截至当晚11点", dt.date(2023, 8, 11)),
    ("截至去年底，全区共有15户。", "截至去年底", dt.date(2022, 12, 31)),
    ("截至6月底，已推送信息2万条。", "截至6月底", dt.date(2023, 6, 30)),
    ("截至2022年12月，已推送信息2万条。", "截至2022年12月", dt.date(2022, 12, 31)),
    ("截至10日18时，转移群众800户。", "截至10日", dt.date(2023, 8, 10)),
]


@pytest.mark.parametrize(("text", "span", "day"), AS_OF)
def test_running_totals(text: str, span: str, day: dt.date) -> None:
    when = next(w for w in read(text) if w.use == "as_of")
    assert when.evidence.text.startswith(span)
    assert when.date_end == day


NOT_TIMES = [
    "共有2000余名师生参加。",
    "管辖5-15户居民（或5-10个商家）。",
    "开展百日行动以来成效明显。",
    "建成4/5G基站。",
    "24小时值班值守。",
    "拨打12345热线。",
    "“十四五”规划和二十大精神。",
    "第三届大赛和第21次整治。",
    "在101社区开展。",
    "请在30日内与本网联系。",
    "处行政拘留15日。",
    "推出一日游、半日游。",
    "建立一月一调度、一周一提示、一季一督导机制。",
    "每周五开展大扫除，周一至周五服务。",
    "每季度评选一次，当季度考核。",
    "国庆路与八一广场，五一商圈。",
    "七一勋章获得者，春节联欢会。",
    "电话010-85695588，邮编100010。",
    "合格率98.5%，面积7306.3平方米。",
    "3个月内完成，历时2年。",
    "12月龄儿童免费接种。",
    "第10日复查。",
    "户外气温36至39度。",
    "车牌晋B20230811。",
    "一日参军，终身是兵。",
    "在日前往现场。",
    "工作日前来办理。",
    "三十日月如梭。",
    "正月子里，一季节一景。",
    "13月45日。",
    "2月30日。",
    "",
    "\n\n",
]


@pytest.mark.parametrize("text", NOT_TIMES)
def test_no_times(text: str) -> None:
    assert [w.evidence.text for w in read(text) if w.date] == []


def test_clock_times_take_the_date_above_them() -> None:
    text = "8月16日\n13:40左右，乘车。\n8月17日\n3:50左右，抵达；\n12:40左右，返回单位；"
    got = {w.evidence.text: w.date for w in read(text, dt.date(2023, 8, 19)) if "左右" in w.evidence.text}
    assert got == {
        "13:40左右": dt.date(2023, 8, 16),
        "3:50左右": dt.date(2023, 8, 17),
        "12:40左右": dt.date(2023, 8, 17),
    }


def test_same_day_refers_to_the_day_last_named() -> None:
    got = [w for w in read("8月9日，街道开展宣传。当天，发放传单。次日，回访。") if w.evidence.text in ("当天", "次日")]
    assert [w.date for w in got] == [dt.date(2023, 8, 9), dt.date(2023, 8, 10)]


def test_year_turn() -> None:
    printed = dt.date(2023, 1, 5)
    assert read("12月28日，街道开展检查。", printed)[0].date == dt.date(2022, 12, 28)
    assert read("28日，街道开展检查。", printed)[0].date == dt.date(2022, 12, 28)
    assert read("1月20日，将举行年会。", printed)[0].use == "background"
    assert read("去年12月，街道开展检查。", printed)[0].date == dt.date(2022, 12, 1)
    assert read("2月29日，街道开展检查。", dt.date(2024, 3, 2))[0].date == dt.date(2024, 2, 29)


def test_without_day_of_print_nothing_relative_is_dated() -> None:
    assert all(
        w.date is None for w in read("近日，8月9日，今年以来，昨日，10日，本周，截至目前，端午节期间，入夏以来。", None)
    )
    assert read("2023年8月9日，街道开展宣传。10日，回访。", None)[0].date == dt.date(2023, 8, 9)
    assert read("2023年度工作会。3月16日，街道整治。", None)[0].date == dt.date(2023, 3, 16)
    assert read("深圳新闻网2023年7月29日讯 7月28日，街道整治。", None)[0].date == dt.date(2023, 7, 28)


def test_fallback() -> None:
    text = "走进社区，充电桩棚崭新。"
    when = fallback(article(text), Text.of(text))
    assert when is not None
    assert (shown(when), when.basis, when.evidence.text) == ("08-08..08-15 vague", "publication", "走进社区")
    notice = fallback(article(text, kind="notice"), Text.of(text))
    assert notice is not None
    assert notice.date == notice.date_end == PRINTED
    assert fallback(article(text, None), Text.of(text)) is None
    assert fallback(article(" \n"), Text.of(" \n")) is None


PIECES = [  # of which texts full of half times are made
    "今年", "去年", "以来", "8月", "11日", "日前", "近日", "至", "、", "-", "2023年", "2月30日", "截至",
    "农历", "正月", "初一", "十五", "周六", "上", "半年", "季度", "端午", "节", "期间", "之际", "“", "”",
    "(", ")", "第", "3", "月", "日", "年", "当天", "13:40", "，", "。", "将于", "前", "起", "底", "旬", "〇",
    "二〇二三年", "十一月", "三十一日", "99999", "0", "春节", "八一", "2023-08-11", "昨", "今", "日", "晚",
    "入夏", "伊始", "讯", "电", "《", "》",
    "\n",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)),
    st.sampled_from([None, PRINTED, dt.date(2024, 2, 29)]),
)
def test_any_text_gives_spans_that_hold(text: str, printed: dt.date | None) -> None:
    whens = read(text, printed)
    back = fallback(article(text, printed), Text.of(text))
    for when in [*whens, *([back] if back else [])]:
        assert text[when.evidence.start : when.evidence.end] == when.evidence.text
        assert (when.date is None) == (when.date_end is None)
        if when.date and when.date_end:
            assert when.date <= when.date_end
        if printed and when.use == "activity" and when.date_end:
            assert when.date_end <= printed


ADVERSARIAL = [
    "1", "12", "8月", "8月11日", "8月11日至", "2023年", "截至", "（", "“", "《", "近日", "1日", "十", "二十", "今年",
    "将", " ", "1-", "1:", "端午节", "前",
]  # fmt: skip


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_long_repetition_is_read_to_an_end(unit: str) -> None:
    text = (unit * 60_000)[:60_000]
    for one in read(text):
        assert text[one.evidence.start : one.evidence.end] == one.evidence.text


def test_calendar_days() -> None:
    calendar = Known.calendar
    known = {
        ("清明节", 2023): (4, 5), ("清明", 2024): (4, 4), ("立秋", 2023): (8, 8), ("冬至", 2021): (12, 21),
        ("端午节", 2023): (6, 22), ("中秋节", 2023): (9, 29), ("春节", 2023): (1, 22), ("春节", 2024): (2, 10),
        ("除夕", 2024): (2, 9), ("除夕", 2023): (1, 21), ("元宵节", 2023): (2, 5), ("母亲节", 2023): (5, 14),
        ("父亲节", 2023): (6, 18), ("重阳节", 2023): (10, 23), ("七夕", 2023): (8, 22), ("小年", 2023): (1, 14),
        ("全国助残日", 2023): (5, 21), ("国庆", 2023): (10, 1), ("丰收节", 2023): (9, 23),
    }  # fmt: skip
    for (name, year), (month, day) in known.items():
        assert calendar.festivals[name].day(year) == dt.date(year, month, day), name
    assert calendar.festivals["清明节"].day(1999) is None


@pytest.mark.parametrize(
    "text",
    [
        "festivals: [{name: 甲, solar: '13-01'}]",
        "festivals: [{name: 甲}]",
        "festivals: [{name: 甲, term: 乙}]",
        "festivals: [{name: 甲, nth: '05-9-9'}]",
        "festivals: [{name: 甲, solar: '05-01'}, {name: 乙, aliases: [甲], solar: '05-02'}]",
        "terms: {立春: {month: 2}}",
        "festivals: [",
    ],
)
def test_wrong_calendar_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "calendar.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RulesError, match=r"calendar\.yml"):
        load_calendar(tmp_path)


def test_labelled_articles(shared: Path) -> None:
    """The first activity of each labelled article lies inside the labeller's interval (events that share one date)."""
    misses, total = [], 0
    for gold in json.loads((shared / "gold" / "articles-dev.json").read_text(encoding="utf-8")):
        printed = dt.date.fromisoformat(gold["published_on"])
        whens = read(gold["text"], printed)
        back = fallback(article(gold["text"], printed), Text.of(gold["text"]))
        main = next((w for use in ("activity", "as_of") for w in whens if w.use == use and w.date), back)
        for event in (e for e in gold["events"] if e["required"]):
            total += 1
            first, last = (dt.date.fromisoformat(d) for d in event["date"])
            if not (main and main.date and main.date_end and first <= main.date <= main.date_end <= last):
                misses.append((gold["id"], event["date"], main and shown(main)))
    assert len(misses) <= 0.05 * total, misses
