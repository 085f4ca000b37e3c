"""What a line is when read by itself: masthead, teaser, caption, byline, footer …; and how a news text begins.

All patterns read folded text (`join.fold`): full-width Chinese punctuation, straight quotes, half-width digits.
"""

from __future__ import annotations

import re

from etl.split.names import byline_of, names_only, people

_NUMBER = r"[0-9一二三四五六七八九十]{1,3}"
_DAY = r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日"


def _any(*patterns: str) -> str:
    return "(?:" + "|".join(patterns) + ")"


def _words(text: str) -> list[str]:
    return text.split()


# ── how a news text begins ──────────────────────────────────────────────────────────────────────────────────────────

_BULLETS = r"[□■●▲◆☆◎★△○0]{0,2} ?"
_MEDIUM = r"[一-龥A-Za-z·（）|/ -]{1,22}?"
_OUTLET = r"(?:网）?|报|社|台|客户端|融媒|新闻|传媒|中心|频道)"
_REPORTER = r"(?:全媒体|融媒体?|首席|见习)?(?:记者|通讯员)"
#: 本报讯 · 新华社北京3月1日电 · 荆楚网（湖北日报网）讯（… · 红网时刻新闻7月26日讯 · 本报记者 李四 … · 大众网记者 刘臻 …
_LEAD = re.compile(
    _BULLETS
    + _any(
        rf"(?:本报|本台|本刊|本网|我报)(?:[一-龥]{{0,6}}{_DAY})?(?:综合)?(?:讯|电|消息)",
        rf"{_MEDIUM}{_OUTLET}[一-龥·-]{{0,8}}?{_DAY}(?:讯|电|消息)(?=[ （：，\"\d近日今昨为记从据随连入在由自])",
        rf"{_MEDIUM}{_OUTLET}[一-龥]{{0,4}}(?:讯|消息)(?=[ （：])",
        r"[^。，（]{0,16}（[^（）]{0,30}(?:记者|通讯员)[^（）]{1,60}）",
        rf"(?:本报|[一-龥]{{2,8}}(?:网|报|客户端))?{_REPORTER}[ ：]?[一-龥 、]{{2,40}}?(?:{_DAY})?(?:摄影)?报道",
        r"本报[一-龥]{0,4}(?:记者|通讯员)[ ：]{1,2}[一-龥](?: ?[一-龥]){1,3}(?=[ \"（])",
    )
)
_LEAD_SIGN, _LEAD_REACH = re.compile("[讯电消记]"), 64  # one of these stands that near the start of each


def leads(norm: str) -> bool:
    """Whether a text begins as news does: 本报讯 … · 新华社北京3月1日电 … · 本报记者 李四 …"""
    return _LEAD_SIGN.search(norm, 0, _LEAD_REACH) is not None and _LEAD.match(norm) is not None


_SALUTED = _any(
    *_words(
        "委员 朋友 市民 居民 同志 村民 党员 家长 同学 师生 教师 单位 企业 业主 网友 读者 群众 干部 职工 员工 志愿者"
    ),
    *_words("司机 商户 乡亲 同胞 代表"),
)
_SALUTATION = re.compile(rf"(?:尊敬的|亲爱的|全[市县区省村镇街]|广大|各位|各[级有])[^。：]{{0,40}}?{_SALUTED}们? ?：")


def is_salutation(norm: str) -> bool:
    """全市各级政协组织和广大政协委员：… · 各位居民朋友：…: an open letter or appeal begins."""
    return bool(_SALUTATION.match(norm))


_NOTICE_HEAD = re.compile(
    r"(?:通告|公告|公示|通知|倡议书|公开信|启事|声明|告[一-龥]{2,16}书|一封信|征集令|征集公告)(?:（[^）]{1,12}）)?$"
)


def is_notice_headline(norm: str) -> bool:
    """关于临时交通管制的通告 · 致全区居民的一封信 · 倡议书"""
    return bool(_NOTICE_HEAD.search(norm))


# ── lines that are no article ───────────────────────────────────────────────────────────────────────────────────────

_LABEL = re.compile(
    _any(
        *_words(
            "图片新闻 图片报道 图说新闻 新闻速览 综合新闻 简讯 短讯 短波 要闻 时政要闻 社会新闻 民生新闻 头条 评论 社论"
        ),
        *_words("专题 专版 连载 广告 公益广告"),
        r"(?:今日|本版|本期)?(?:导读|看点)",
        r"更多(?:内容|新闻)(?:请看|详见)?",
        r"[一-龥]{2,4}头条",
    )
)
PHOTO_LABEL = re.compile(r"(?:图片新闻|图片报道|图说新闻|图片故事|新闻图片|影像|镜头)")
_MASTHEAD = re.compile(
    _any(
        r".{0,12}?\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日.{0,4}星期[一二三四五六日天].{0,80}",
        r"[二〇0一三四五六七八九]{4}年[^，。]{0,40}星期[^，。]{0,30}",
        r"星期[一二三四五六日天].{0,40}",
        r".{0,6}农历.{2,60}",
        r".{0,30}(?:国内统一(?:连续出版物|刊)号|邮发代号|机关报$|报社出版|总第 ?\d{1,6} ?期).{0,60}",
        r".{0,30}今日[一二四八十\d]{1,3}版.{0,60}",
        r"(?:社址|广告热线|新闻热线|发行热线|订报热线|零售|每份|定价|印刷|承印|网址|邮编|电子邮箱)[： ].{0,80}",
        rf"第? ?[A-Z]?{_NUMBER} ?版(?:[ /|·]{{0,3}}[一-龥]{{2,6}})?",
        r"[A-Z]?\d{1,3}",
        r"[A-Z]?\d{1,2} ?[/|·] ?[一-龥]{2,6}",
        r"[A-Z][A-Z' ]{5,40}",
        r"CN ?\d\d ?[-—]{1,3} ?\d{4}.{0,20}",
        r"https?：//\S{3,200}",
        r"www\.\S{3,200}",
    )
)
_EDITORS = re.compile(
    r"(?:本版)?"
    + _any(
        *_words(
            "责任编辑 责任校对 值班编辑 值班编委 值班总编 值班主任 责编 编辑 编审 编校 校对 美编 版式 版面 审核 审校"
        ),
        *_words("审签 监制 总监制 初审 复审 终审 一审 二审 三审 统筹 制作 排版 图编 签发 主编"),
    )
    + r"[：丨| /].{0,80}|（?编辑[一-龥： ]{2,10}）?"
)
_FOOTER = re.compile(
    _any(
        r"返回搜狐.{0,40}",
        r".{0,6}责任编辑：?.{0,10}",
        r"分享让更多人看到|分享到.{0,40}|关闭窗口|打印本页.{0,20}|相关链接：?",
        r"(?:版权|著作权)(?:声明|所有).{0,200}|(?:免责|特别|郑重)?声明：.{0,200}",
        r".{0,30}(?:未经授权|禁止转载|转载请注明).{0,60}",
        r"(?:扫码|扫一扫|长按).{0,40}",
        r"上一[篇条版].{0,60}|下一[篇条版].{0,60}",
        r"【?(?:投稿|我要评论|字体|字号).{0,60}",
        r"点击(?:查看|进入|右上角).{0,60}",
    )
)
_SOURCE = re.compile(
    r"[（【]?(?:内容|稿件|文章|信息|消息)? ?来 ?源[：丨|] ?.{1,60}[）】]?|(?:转自|原载|原标题)：.{2,40}"
)
#: 稿件来源：… 发布时间：2015-09-14 发稿编辑：… · 时 间：2025-06-14 19：10 · 日期：2021-10-12 16：41：03 来源：… 浏览量：
_FACT = _any(
    r"(?:发布|发表|更新|上传|录入)(?:时 ?间|日 ?期)",
    r"(?:时 ?间|日 ?期)(?= ?[：|] ?\d{4}[-/.])",  # 时间：8月5日上午 is what a notice announces
    r"(?:内容|稿件|文章|信息|消息|新闻)? ?来 ?源",
    r"(?:责任|发稿|文字|本网|本文)?编 ?辑",
    r"作 ?者|撰稿|供稿(?:单位)?|投稿人|录入|审核人?|发布(?:人|者|单位|机构)|信息员",
    r"(?:浏览|阅读|点击|访问|查看)(?:量|数|次数|人次)?|字[体号]大?小?",
)
_FACTS = re.compile(rf"[【\[（]? ?{_FACT} ?[：|][^。，；]{{0,60}}")
#: 2017-03-11 · 2023/07/26 10：15 来源：… · 示例日报 2017-12-13 08：04 · 09-01 11：27; not 8月17日, which heads a part of a story
_STAMP = re.compile(
    r"(?:[一-龥]{2,10} )?(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日(?= ?\d{1,2}：)|\d{1,2}[-/]\d{1,2}(?= \d{1,2}：))"
    r"(?:[T ]{0,2}\d{1,2}：\d{2}(?:：\d{2})?)?(?: ?来 ?源[：|][^。，；]{2,40})?"
)
_LINKS = re.compile(
    r"[【\[（]?"
    + _any(
        *_words("推荐阅读 相关阅读 相关新闻 相关报道 延伸阅读 热门推荐 猜你喜欢 更多精彩 往期回顾 往期推荐 精彩推荐")
    )
    + r"[】\]）：]?.{0,8}"
)
_TEASER = re.compile(
    r"[（>▶►→]{0,2} ?(?:(?:全文|相关(?:报道|新闻|内容)?|详细报道|报道|内容|图文)?(?:详?见|刊|载|转|请看|导读)) ?"
    r"(?:今日)?(?:本报)? ?第? ?[A-Z]?[0-9一二三四五六七八九十、至-]{1,6} ?版 ?）?"
    r"|(?:今日)?(?:导读|导览|看点|提示)[ ：|].{4,200}"
)
_TEASER_TAIL = re.compile(rf".{{4,60}}?[（ /|→▶·…-]{{1,3}}(?:详?见|刊|转)?第? ?[A-Z]?{_NUMBER} ?版 ?）?")
#: （下转第三版） · （上接第一版）
JUMP = re.compile(
    rf"（ ?(?:紧?下转|上接|下接|转|接)(?:今日)?第? ?[A-Z]?{_NUMBER} ?版[^（）]{{0,16}}）|[▶►→] ?下转 ?\S{{1,6}}版"
)
_CAPTION = re.compile(
    r"[（▲△▼▽↑↓←→◀▶]{0,2} ?"
    + _any(
        r"图[一二三四五六1-9①②③④⑤⑥]? ?[为：是]",
        r"(?:上|下|左|右|题|本|前|组)(?:页|版|栏)?图(?:片|①|②)?[为：（是]",
        r"(?:如图|资料图|资料图片|示意图|效果图)(?:[：。）]|$)",
        r"(?:本[版栏文组])?(?:图片|照片|配图|摄影|插图)(?:均?由|来源|提供|：| ).{1,40}",
        r"[▲△▼↑↓] ?[^，。]{4,60}",
    )
    + r".{0,200}"
)
_JOB = r"(?:全媒体|融媒体|首席|见习)?(?:记者|通讯员|实习生)?"
_CREDIT_LINE = re.compile(
    rf"（?(?:本报)?{_JOB}[ ：]?[一-龥·、 /]{{2,24}}?[ /]{{0,3}}(?:摄影报道|摄影|摄制|摄|供图|提供|图)）?"
)
_CREDIT_TAIL = re.compile(
    rf"(?<=[。！？）\"]) {{0,4}}（?((?:本报)?{_JOB}[ ：]?[一-龥·、 /]{{2,24}}?)[ /]{{0,3}}"
    r"(?:摄影报道|摄影|摄|供图|文/图|图/文|/图)）?$"
)
_DOCUMENT = re.compile(r"[（〔\[] ?(?:\d{4}年?)?(?:第 ?)?\d{1,5}(?:号|期)[）〕\]]|[一-龥]{1,8}〔\d{4}〕\d{1,4}号")
FULL_DATE = re.compile(rf"(?:\d{{4}}|[二0一三四五六七八九]{{4}})年{_NUMBER}月{_NUMBER}日")
_OFFICE = re.compile(
    r"[一-龥（）0-9]{3,36}?"
    + _any(
        *_words(
            "办公室 委员会 指挥部 领导小组 政府 党委 局 中心 大队 支队 总队 公司 协会 联合会 总工会 团委 妇联 联盟 学会"
        ),
        *_words("街道办事处 办事处 居委会 村委会 编辑部 法院 检察院 学院 医院 集团"),
    )
    + r"(?: [一-龥（）]{4,30}){0,3}"
)
_VALUES = frozenset(("富强", "民主", "文明", "和谐", "自由", "平等", "公正", "法治", "爱国", "敬业", "诚信", "友善"))
_VALUES_SIGN = re.compile(rf"[、·\s]*(?:{'|'.join(sorted(_VALUES))}|社会主义核心价值观)")
_PAPER = re.compile(r"《?[一-龥]{2,10}(?:日报|晚报|早报|晨报|时报|商报|都市报|导报|快报|新报|周报|农民报|法治报|报)》?")

_SHORT_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("label", _LABEL),
    ("document", _DOCUMENT),
    ("jump", JUMP),
    ("teaser", _TEASER),
    ("links", _LINKS),
    ("date", FULL_DATE),
)
_LONG_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("teaser", _TEASER),
    ("masthead", _MASTHEAD),
    ("masthead", _STAMP),
    ("editors", _EDITORS),
    ("footer", _FOOTER),
    ("source", _SOURCE),
    ("source", _FACTS),
    ("caption", _CAPTION),
)


#: characters of which one stands at the beginning, at the end, or anywhere, in every line that one of these patterns
#: (the core values' and bylines apart) matches: most lines have none and are spared the patterns
_FIRST_SIGNS = frozenset(
    "社广新发订零每定印承网邮电值统制返分关打相著扫长上下投我字点转原今导看提推延热猜更往精（[〔【"
    "时日稿文信消作撰供录审浏阅访查声免特郑"
)
_LAST_SIGNS = frozenset("日报")
_SIGNS = re.compile("[版图编审校监签星历刊邮载权源照摄总〔▲△▼↑↓]")
_LABEL_SIZE = 8  # the longest label: 更多内容请看, 基层治理头条


def is_signed(norm: str) -> bool:
    """Whether a line may be of one of the kinds that patterns tell."""
    if not norm:
        return False
    first = norm[0]
    return (
        len(norm) <= _LABEL_SIZE
        or first in _FIRST_SIGNS
        or first.isascii()
        or first.isdecimal()
        or norm[-1] in _LAST_SIGNS
        or norm[-1].isdecimal()
        or _SIGNS.search(norm) is not None
    )


def kind_of(norm: str) -> str:
    """The kind of a line that can be told without its neighbours, or "" where it may be text or a headline.

    label, document, jump, teaser, links, date, masthead, editors, footer, source, caption, core-values, credit, byline,
    names.
    """
    if len(norm) > 220:
        return ""
    signed = is_signed(norm)
    kind = _short_kind(norm, signed) if len(norm) <= 60 else ""
    if kind or not signed:
        return kind
    return next((kind for kind, pattern in _LONG_KINDS if pattern.fullmatch(norm)), "")


def _short_kind(norm: str, signed: bool) -> str:
    if signed:
        for kind, pattern in _SHORT_KINDS:
            if pattern.fullmatch(norm):
                return kind
    if _VALUES_SIGN.match(norm) and _is_values(norm):
        return "core-values"
    if len(norm) > 45 or "。" in norm:
        return ""
    if signed and _TEASER_TAIL.fullmatch(norm):
        return "teaser"
    if norm.rstrip("）").endswith(("摄", "供图", "提供", "图", "摄影")) and _CREDIT_LINE.fullmatch(norm):
        return "credit"
    return "byline" if byline_of(norm) else "names" if names_only(norm) else ""


def _is_values(norm: str) -> bool:
    """富强 民主 文明 和谐 · 社会主义核心价值观基本内容："""
    words = norm.replace("、", " ").replace("·", " ").split()
    if len(words) >= 3 and all(word in _VALUES for word in words):
        return True
    return norm.startswith("社会主义核心价值观") and len(norm) <= 18


def is_paper(norm: str) -> bool:
    """朔州日报 · 并 州 晚 报: a newspaper's name alone on a line."""
    return len(norm) <= 14 and bool(_PAPER.fullmatch(norm.replace(" ", "")))


def is_office(norm: str) -> bool:
    """太原市疫情防控领导小组办公室, with or without the date that follows it on the same line."""
    bare = FULL_DATE.sub("", norm).strip()
    return 4 <= len(bare) <= 60 and bool(_OFFICE.fullmatch(bare))


def credit_at(norm: str) -> int | None:
    """Where the credit begins that ends a caption: …正常运行。 徐浩轩 郝晨光 摄; None where there is none."""
    match = _CREDIT_TAIL.search(norm, max(0, len(norm) - 60))
    return match.start(1) if match else None


def photo_credit(norm: str) -> tuple[str, ...] | None:
    """Names of the credit that ends a caption, or None where there is none."""
    match = _CREDIT_TAIL.search(norm, max(0, len(norm) - 60))
    return people(match[1]) if match else None
