"""Splitting: pages composed for each trouble of newspaper pages, ready articles, names, footers, and properties."""

from __future__ import annotations

import datetime as dt
import importlib.util
import itertools
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.models import Article, Issue, Page
from etl.rules import Rules
from etl.split import accounted, split
from etl.split.boundary import couplet_end, headline_end
from etl.split.join import crosses, despace, ends_sentence, fold, kinship
from etl.split.kinds import _LEAD, _LONG_KINDS, _SHORT_KINDS, _TEASER_TAIL, is_signed, kind_of, leads
from etl.split.names import byline_of, lead_byline, names_only
from etl.split.single import take_apart
from etl.split.tails import cut_tail

DAY = dt.date(2024, 5, 16)


@pytest.fixture(scope="session")
def do(rules: Rules):
    """Splits text as a page (or as one ready article) and gives the articles and issues."""

    def run(text: str, **more: object) -> tuple[list[Article], list[Issue]]:
        page = Page("a/b.txt", text, newspaper="湖畔晚报", published_on=DAY, published_basis="masthead", **more)  # type: ignore[arg-type]
        return split(page, rules)

    return run


# ── one line by itself ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("2024年5月16日 星期四 A06版 城事", "masthead"),
        ("农历甲辰年四月初九 国内统一连续出版物号:CN99—0001", "masthead"),
        ("HUPAN WANBAO", "masthead"),
        ("第04版 民生", "masthead"),
        ("责编：周舟 版式：何其", "editors"),
        ("一审 周舟 二审 何其 三审 丁香", "editors"),
        ("富强 民主 文明 和谐", "core-values"),
        ("社会主义核心价值观基本内容：", "core-values"),
        ("见今日第4版", "teaser"),
        ("（相关报道见今日第四版）", "teaser"),
        ("导读 供热管网开始试水 02版 ｜ 秋菜进小区 03版", "teaser"),
        ("（下转第三版）", "jump"),
        ("图为志愿者在擦拭护栏。", "caption"),
        ("▲ 村民在晾晒玉米", "caption"),
        ("（图片由河东区融媒体中心提供）", "credit"),
        ("林一舟 摄", "credit"),
        ("记者 王 勇 通讯员 杨 莉", "byline"),
        ("赵海燕", "names"),
        ("返回搜狐，查看更多", "footer"),
        ("来源：河东发布", "source"),
        ("推荐阅读", "links"),
        ("图片新闻", "label"),
        ("（2024年第12号）", "document"),
        ("2024年5月16日", "date"),
        ("稿件来源：河东网 发布时间：2024-05-16 编辑：周舟", "source"),
        ("时 间：2024-05-16 19：10", "source"),
        ("2024-05-16 08：30 来源：河东发布", "masthead"),
        ("河东日报 2024-05-16", "masthead"),
        ("05-16 11：27", "masthead"),
        ("声明：本网所载稿件版权所有", "footer"),
        ("时间：5月16日上午", ""),
        ("5月16日", ""),
        ("一条老街的新生", ""),
        ("记者走进社区", ""),
        ("高温下的坚守", ""),
        ("小游园建设", ""),
        ("全民参与 共建家园", ""),
        ("平城区：三千根“线头”被剪断", ""),
    ],
)
def test_kind_of_a_line_read_by_itself(line: str, kind: str) -> None:
    assert kind_of(fold(line)) == kind


PATTERNS = (*_SHORT_KINDS, *_LONG_KINDS, ("teaser", _TEASER_TAIL))


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in PATTERNS}))
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_line_spared_the_patterns_matches_none(kind: str, data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from([p for name, p in PATTERNS if name == kind]))
    line = data.draw(st.from_regex(pattern, fullmatch=True))
    assert is_signed(line)


def test_most_sentences_are_spared_the_patterns() -> None:
    assert not is_signed("志愿者们身穿红马甲，沿着街巷仔细清理垃圾杂物，忙得热火朝天。")


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("本报讯（记者 张三）近日，", True),
        ("本报讯 记者张三报道：近日", True),
        ("本报北川3月1日讯 近日", True),
        ("新华社北京3月1日电 记者从", True),
        ("荆楚网（湖北日报网）讯（通讯员 李四）", True),
        ("红网时刻新闻7月26日讯（通讯员 李四）", True),
        ("□本报记者 李四 “沙袋够不够？”", True),
        ("大众网记者 刘臻 通讯员 陈明玉 潍坊报道", True),
        ("截至8月18日电网负荷创新高", False),
        ("近日，平安街道开展检查", False),
        ("记者在现场看到，工人们正在", False),
    ],
)
def test_lead_of_a_news_text(text: str, lead: bool) -> None:
    assert leads(fold(text)) is lead


@settings(max_examples=200, deadline=None)
@given(st.from_regex(_LEAD))
def test_a_text_spared_the_pattern_of_leads_does_not_match_it(text: str) -> None:
    assert leads(text) is (_LEAD.match(text) is not None)


@settings(max_examples=200, deadline=None)
@given(st.text("近，,1200户。\n 　“:", max_size=240), st.text(",，0129年", max_size=8))
def test_the_opening_is_that_of_the_body(before: str, across: str) -> None:
    text = (before + "示例街道检查商铺" * 30)[: 220 - len(across) // 2] + across + "多家，成效明显。"
    made = take_apart(Page("x.txt", text, is_article=True))
    assert made.opening == fold(made.body[:220])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("记者 王 勇 通讯员 杨 莉 霍辰希", ("王勇", "杨莉", "霍辰希")),
        ("□本报记者 李四", ("李四",)),
        ("（记者 张巍 李烨/文 曾千芷/图）", ("张巍", "李烨", "曾千芷")),
        ("贵南日报天眼新闻记者 杨柳", ("杨柳",)),
        ("通讯员 李慧 江边晚报/紫云新闻记者 张添", ("李慧", "张添")),
        ("全媒体首席记者 费文鹏", ("费文鹏",)),
        ("记者走访", ()),
        ("记者从街道办事处获悉", ()),
        ("文明实践在身边", ()),
    ],
)
def test_byline(text: str, names: tuple[str, ...]) -> None:
    assert byline_of(fold(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("(杨 沫、王 亮)", ("杨沫", "王亮")),
        ("王荣 王晓丽", ("王荣", "王晓丽")),
        ("欧阳青山", ("欧阳青山",)),
        ("改造后的老旧小区", ()),
        ("高温 防汛", ("高温", "防汛")[:0]),
    ],
)
def test_names_only(text: str, names: tuple[str, ...]) -> None:
    assert names_only(fold(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("本报讯（记者 贾晓 通讯员 史立）近年来", ("贾晓", "史立")),
        ("中新网东海新闻8月18日电（黄金 拜克然木）今年以来", ("黄金", "拜克然木")),
        ("东方网记者王泳7月28日报道：", ("王泳",)),
        ("记者 王文 通讯员 张荣祥近年来，", ("王文", "张荣祥")),
        ("近日，记者在现场看到", ()),
    ],
)
def test_lead_byline(text: str, names: tuple[str, ...]) -> None:
    assert lead_byline(fold(text)) == names


# ── joining ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("left", "right", "one_word"),
    [
        ("城市建设、发展水", "平和文明程度的体现", True),
        ("始终作为根本任", "务，迅速行动", True),
        ("基层治理能力提升", "全力推进", False),
        ("共计2", "30处", True),
        ("共计", "", False),
    ],
)
def test_a_word_across_a_line_end(left: str, right: str, one_word: bool) -> None:
    assert crosses(left, right) is one_word


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("信息 技术产业集群", "信息技术产业集群"),
        ("追回 88 笔, 共计562.93 万元", "追回88笔,共计562.93万元"),
        ("小 镇 警 方 追 回 资 金", "小镇警方追回资金"),
        ("本报讯 8月16日,街道", "本报讯 8月16日,街道"),
        ("（记者 王 勇 通讯员 杨 莉）近 日", "（记者 王 勇 通讯员 杨 莉）近日"),
        ("use OCR text", "use OCR text"),
    ],
)
def test_despace(text: str, clean: str) -> None:
    assert despace(text) == clean


@pytest.mark.parametrize(
    ("text", "finished"),
    [("取得成效。", True), ("好吗？”", True), ("通告如下：", True), ("鼓励各", False), ("负责任（", False)],
)
def test_ends_sentence(text: str, finished: bool) -> None:
    assert ends_sentence(fold(text)) is finished


def test_kinship_of_halves() -> None:
    assert kinship("广大居民朋友们电动自行车充电", "电动自行车不进楼，居民不飞线充电") > 0.4
    assert kinship("广大居民朋友们", "水稻收割") == 0


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────

WRAPPED = """湖畔晚报
2024年5月16日 星期四 A06版 城事
责编 周舟 校对 何其

织密防汛安全网
安澜街道备汛忙
□本报记者 陆小川
  “沙袋够不够？发电机能不能
一次打着？”5月14日上午，安澜街
道防汛物资仓库里，应急办主任拿
着清单挨个核对。
  入汛前，该街道对辖区12处低
洼易涝点、3座排涝泵站逐一排查，
清淤管网4.6公里，储备沙袋3000余
只、抽水泵18台。
城南社区办起“家门口的招聘会”
本报讯 （记者 钟意 文/图）昨日，
城南社区广场上人头攒动，一场面
向周边居民的招聘会在此举行，32
家企业带来岗位560个。
新华社北京5月15日电 （记者 林声）
记者从有关部门获悉，全国汛情总
体平稳，南方部分河流出现超警洪
水。有关部门已派出4个工作组赴一
线指导。
"""


def test_hard_wrapped_column_without_blank_lines(do) -> None:
    first, second, third = do(WRAPPED)[0]
    assert first.headline == "织密防汛安全网 安澜街道备汛忙"
    assert first.byline == ("陆小川",)
    assert "防汛物资仓库里，应急办主任拿着清单挨个核对。\n入汛前，该街道对辖区12处低洼易涝点" in first.text
    assert second.headline == "城南社区办起“家门口的招聘会”"
    assert second.byline == ("钟意",)
    assert second.text.endswith("32家企业带来岗位560个。")
    assert (third.headline, third.byline) == (None, ("林声",))
    assert third.text.startswith("新华社北京5月15日电")


HALVES = """致全区居民的一封信

广大居民朋友们： 电动自行车给大家出行带来方便,但违规充电引发的火

# 河东时报

2023年11月9日 星期四 第3版

消防宣传月 我们在行动

柳河镇打响秸秆禁烧"保卫战"

本报讯 眼下正值秋收,柳河镇把秸秆禁烧作为头等大 事来抓。截至11月7日,全镇出动巡查人员820人次,劝阻 露天焚烧行为6起。

该镇将37个村划成112个网格,网格员每天早中晚各巡 查一次。村民 孙大爷说,秸秆能卖钱, 谁还去点火。 (许 文、高 山)

青石桥社区 老旧小区装上"智慧电梯"

本报讯(通讯员 胡晓)"以前买袋米都要歇三回。"11月6日, 家住青石桥社区三号院的七旬老人俞阿婆笑着说。

据悉,今年以来,青石桥社区已加装电梯5部,另有8部正 在施工。社区采取多种办法筹措资 金,累计落实补助资金160万元。

图为志愿者在擦拭护栏。 马腾飞 摄

灾屡有发生,教训十分深刻。为守护您和家人的平安,区消 防救援大队倡议如下:

一、不在楼道、门厅停放电动自行车,不私拉电线充电。

二、不购买、不使用改装蓄电池。

> 河东区消防救援大队 2023年11月8日
"""


def test_head_and_tail_at_both_ends_of_the_file(do) -> None:
    letter, straw, lift = do(HALVES)[0]
    assert letter.kind == "notice"
    assert letter.byline == ("河东区消防救援大队",)
    assert "违规充电引发的火灾屡有发生" in letter.text
    assert letter.text.endswith("二、不购买、不使用改装蓄电池。")
    assert straw.text.endswith("谁还去点火。")
    assert straw.byline == ("许文", "高山")
    assert "作为头等大事来抓。" in straw.text
    assert lift.headline == '青石桥社区 老旧小区装上"智慧电梯"'
    assert "筹措资金,累计落实补助资金160万元。" in lift.text
    assert "护栏" not in lift.text


def test_slogans_are_signalled_not_glued(do) -> None:
    issues = do(HALVES)[1]
    assert [i.sample for i in issues if i.kind == "leftover-text"] == ["消防宣传月 我们在行动"]
    assert all(i.source_path == "a/b.txt" for i in issues)


MARKDOWN = """# 一条老街的新生

——古渡镇河街改造记

文/本报记者 沈舟 通讯员 戴立

清晨的河街是被豆浆的香气唤醒的。8月的第一个周末，记者再次走进古渡镇，青石板路平整如新。

### 拆与留

改造之初，争论最多的是“拆”还是“留”。镇里请来专家，逐栋登记了67处老宅，最终拆除违建1900平方米。

### 管与养

今年4月，古渡镇成立河街管理委员会，聘请保洁员14人。目前，河街日均接待游客2600人次。

## 回望十年路 启程再出发

郑文达

见今日第2版

# 古渡镇集中整治占道经营

本报讯（记者 沈舟）8月3日，古渡镇联合城管、交警等部门对镇区主要道路开展占道经营集中整治，共清理占道摊点45处。
"""


def test_markdown_headings(do) -> None:
    (street, stalls), issues = do(MARKDOWN)
    assert (street.headline, street.subhead) == ("一条老街的新生", "古渡镇河街改造记")
    assert street.byline == ("沈舟", "戴立")
    assert street.kind == "feature"
    assert street.text.splitlines()[3] == "拆与留"
    assert street.text[street.body_start :].startswith("清晨的河街")
    assert stalls.headline == "古渡镇集中整治占道经营"
    assert not issues  # the teaser with its headline and name is ignored by name


@pytest.mark.parametrize("marks", ["# ", "## ", "**"])
def test_each_heading_begins_an_article(do, marks: str) -> None:
    end = "**" if marks == "**" else ""
    page = "\n\n".join(
        f"{marks}{head}{end}\n\n本报讯（记者 高山）近日，{place}开展集中检查，发现隐患{n}处，均已整改到位。"
        for head, place, n in [("青石桥查隐患", "青石桥社区", 5), ("柳河镇迎检查", "柳河镇", 7)]
    )
    assert [a.headline for a in do(page)[0]] == ["青石桥查隐患", "柳河镇迎检查"]


SINGLE = """云台区推进垃圾分类 居民参与率达八成

近年来，云台区把垃圾分类作为提升城市品质的重要抓手，持续完善设施、健全机制，居民参与率由三年前的35%提高到82%。

一、设施建到家门口

全区建成分类投放点1260处，改造垃圾房318座，配备清运车辆96台。

二、宣传做到心坎上

组织志愿者入户宣传7.2万户次，开展进校园、进企业活动260场。
"""


def test_plain_text_of_one_article_stays_one(do) -> None:
    articles, issues = do(SINGLE)
    assert [a.headline for a in articles] == ["云台区推进垃圾分类 居民参与率达八成"]
    assert "一、设施建到家门口\n" in articles[0].text
    assert not issues


UPRIGHT = """第04版 民生

平
安
夜
校
进
工
地

本报讯（通讯员 石泉）为提升外来务工人员安全意识，5月20日晚，桃源街道在地铁二号线工地开办“平安夜校”，120余名工友参加。

城市更新 幸福加码

垃圾分类“打卡”换礼品

本报讯（通讯员 石泉）日前，桃源街道芳草社区推出垃圾分类积分兑换活动，首日吸引86户居民参与，发放礼

图为居民在兑换积分。

罗小满 摄

品110份。社区工作人员介绍，今后每月的第二个周六都是兑换日。

（下转第5版）

文明健康 有你有我
"""


def test_vertical_headline_caption_amid_and_jump(do) -> None:
    (school, prizes), issues = do(UPRIGHT)
    assert school.headline == "平安夜校进工地"
    assert prizes.headline == "垃圾分类“打卡”换礼品"
    assert "发放礼品110份。" in prizes.text
    assert "罗小满" not in prizes.text
    assert [i.kind for i in issues] == ["continued-elsewhere", "leftover-text", "leftover-text"]
    assert issues[0].article_id == prizes.article_id


END_BYLINES = """麦收一线党旗红

五月的沃野，麦浪翻滚。5月28日，丰登乡党员突击队早早来到田头，帮助缺劳力的农户抢收小麦。

截至当日，全乡组织党员突击队31支，帮助群众收割小麦2600亩。

（丰 轩 乔 林）

小岗位解决大民生

走进长乐镇非遗工坊，20多名妇女正飞针走线。镇里把闲置厂房改成工坊，让留守妇女在家门口就业。

“一个月能挣三千多，还不耽误看娃。”村民卫大嫂说。目前，全镇建成工坊9家，带动就业430人。

（本报记者 江雪）

清河镇 夏季夜查保平安

6月1日晚，清河镇组织派出所、市场监管所等部门开展夏季夜查行动，检查娱乐场所15家、烧烤摊点28个，发现隐患11处。

（通讯员 曲江）
"""


def test_bylines_below_the_text_and_no_lead(do) -> None:
    articles, issues = do(END_BYLINES)
    assert [(a.headline, a.byline) for a in articles] == [
        ("麦收一线党旗红", ("丰轩", "乔林")),
        ("小岗位解决大民生", ("江雪",)),
        ("清河镇 夏季夜查保平安", ("曲江",)),
    ]
    assert not issues


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_order_of_articles_does_not_matter(do, order: tuple[int, ...]) -> None:
    blocks = [
        "迎春街道开展消防演练\n\n本报讯（记者 何青）3月2日，迎春街道组织辖区12家企业开展消防演练，320人参加。",
        "让老人吃上热乎饭\n\n本报记者 史立\n\n中午11点半，梧桐社区食堂飘出饭香。孟奶奶花10元打了两荤一素。\n\n"
        "目前，全街道建成社区食堂6个。",
        "关于临时交通管制的通告\n\n因举办长跑活动，3月9日7时至11时，滨河路实行交通管制，请绕行。特此通告。\n\n"
        "河东区公安局交警大队\n2024年3月6日",
    ]
    articles, issues = do("\n\n".join(blocks[i] for i in order))
    ids = {a.headline: a.article_id for a in do("\n\n".join(blocks))[0]}
    assert {a.headline: a.article_id for a in articles} == ids
    assert [a.headline for a in articles] == [
        ["迎春街道开展消防演练", "让老人吃上热乎饭", "关于临时交通管制的通告"][i] for i in order
    ]
    assert {a.headline: a.kind for a in articles}["关于临时交通管制的通告"] == "notice"
    assert not issues


PHOTOS = """忠于职守 服务为民

雪中的橙色身影

1月8日清晨，望江街道环卫工人冒雪清扫积雪，保障市民出行安全。当天，街道出动环卫人员160人、除雪车12台。 林一舟 摄

图片新闻

1月9日，城北镇志愿者为困境儿童送去棉衣和书包，帮助孩子们温暖过冬，共有42名儿童受益。

丁一 摄

望江街道筑牢冬季安全线

本报讯（记者 何青）1月7日起，望江街道对辖区供热站、加油站等重点场所开展安全检查，发现问题23处，现场整改19处。
"""


def test_photo_news_stands_alone(do) -> None:
    (snow, coats, safety), issues = do(PHOTOS)
    assert (snow.kind, snow.headline, snow.byline) == ("photo", "雪中的橙色身影", ("林一舟",))
    assert (coats.kind, coats.headline, coats.byline) == ("photo", None, ("丁一",))
    assert (safety.kind, safety.headline) == ("news", "望江街道筑牢冬季安全线")
    assert [i.sample for i in issues] == ["忠于职守 服务为民"]


KICKER = """区民政局——

养老服务送上门

本报讯（记者 何青）3月5日，区民政局组织养老护理员为120名失能老人上门服务。
"""


def test_kicker_that_ends_with_a_dash_is_a_subhead(do) -> None:
    (article,) = do(KICKER)[0]
    assert (article.headline, article.subhead) == ("养老服务送上门", "区民政局")


@pytest.mark.parametrize(
    "lead",
    [
        "本报讯 记者何青报道",
        "本报讯（记者 何青 文/图）",
        "■本报记者 何青 ",
        "新华社江城3月1日电（记者 何青）",
        "江城网讯（通讯员 何青）",
        "本报江城3月1日讯（记者 何青）",
    ],
)
def test_datelines_of_other_papers(do, lead: str) -> None:
    page = "\n\n".join(
        f"{head}\n\n{lead}{place}组织志愿者清理河道，出动{n}人，清运垃圾{n}吨，沿岸环境焕然一新。"
        for head, place, n in [("一河清水绕城流", "青山镇", 32), ("护河志愿者在行动", "白水乡", 45)]
    )
    assert [a.headline for a in do(page)[0]] == ["一河清水绕城流", "护河志愿者在行动"]


def test_metadata_of_the_page_is_copied(do) -> None:
    for article in do(WRAPPED)[0]:
        assert (article.newspaper, article.published_on, article.published_basis) == ("湖畔晚报", DAY, "masthead")
        assert article.source_path == "a/b.txt"


def test_a_text_printed_twice_is_one_article(do) -> None:
    block = "河堤加固完工\n\n本报讯（记者 何青）3月5日，青山镇完成河堤加固3.2公里，惠及群众5600人。\n\n"
    articles, issues = do(block * 2)
    assert len(articles) == 1
    assert [i.kind for i in issues] == ["repeated-article"]


def test_a_page_without_article_is_signalled(do) -> None:
    articles, issues = do("湖畔晚报\n2024年5月16日 星期四\n富强 民主 文明 和谐")
    assert not articles
    assert [i.kind for i in issues] == ["no-article"]


# ── ready articles ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "headline", "start"),
    [
        ("原标题：河街换新颜本报讯（记者 何青）近日，古渡镇河街改造完工，惠及群众1200人。", "河街换新颜", "本报讯"),
        (
            "原标题：青山镇：守住一河清水青山镇：守住一河清水 近日，青山镇开展巡河行动，清理垃圾12吨。",
            "青山镇：守住一河清水",
            "近日",
        ),
        (
            "原标题：“三个到位”暖民心今年以来，青山镇新建养老服务站8个，服务老人3600人次。",
            "“三个到位”暖民心",
            "今年以来",
        ),
        (
            "原标题：普法进校园“同学们，遇到陌生人搭话该怎么办，谁来说说？”3月5日，民警走进课堂。",
            "普法进校园",
            "“同学们",
        ),
        ("原标题：山乡巨变江城日报讯（记者 何青）3月1日，白水乡公路通车，全长12公里。", "山乡巨变", "江城日报讯"),
        (
            "基层治理见实效——大家的事 大家办本报记者 何 青“以前没人管，现在有人问。”居民说。",
            "基层治理见实效——大家的事 大家办",
            "本报记者",
        ),
        ("走进青山镇，处处干净整洁，群众脸上笑容满面，日子越过越红火。", None, "走进青山镇"),
        ("江城日报全媒记者 何青 通讯员 李四3月1日，白水乡公路通车，全长12公里。", None, "江城日报"),
    ],
)
def test_glued_headline(do, text: str, headline: str | None, start: str) -> None:
    ((article,), _) = do(text, is_article=True)
    assert article.headline == headline
    assert article.text[article.body_start :].startswith(start)


def test_unclear_headline_is_signalled(do) -> None:
    ((article,), issues) = do("原标题：老街坊的新生活家住河街的孟阿姨最近很开心，楼里装了电梯。", is_article=True)
    assert article.headline is None
    assert [i.kind for i in issues] == ["headline-unclear"]


BODY = "3月5日，青山镇开展清河行动，出动120人次，清理垃圾12吨。群众纷纷点赞。"


@pytest.mark.parametrize(
    ("tail", "names"),
    [
        ("返回搜狐，查看更多责任编辑：", ()),
        ("（何青 李四）返回搜狐，查看更多责任编辑：", ("何青", "李四")),
        ("江城日报记者 何青编辑 王五二审 丁一三审 沈舟返回搜狐，查看更多责任编辑：", ("何青",)),
        ("来源：青山发布", ()),
        ("（来源：江城市人民政府网站） 【投稿、区域合作请邮件联系，24小时内回复。】 ", ()),
        ("《 江城日报 》（ 2024年03月06日   08 版）分享让更多人看到", ()),
        ("校对 沈舟", ()),
        ("文/江城晚报记者 王斌编辑/高艳", ("王斌",)),
        ("重要提醒江城报融媒体上线点分享 点点赞 点在看", ()),
        ("如有侵权请联系删除，谢谢！", ()),
        ("推荐阅读白水乡：推动转型焕发活力0808-2023青石桥街道靶向发力拼经济返回搜狐，查看更多", ()),
    ],
)
def test_footers_are_cut(do, tail: str, names: tuple[str, ...]) -> None:
    ((article,), _) = do(BODY + tail, is_article=True)
    assert article.text == BODY
    assert article.byline == names


@pytest.mark.parametrize(
    "text",
    [
        BODY + "警方的重要提醒：不要轻信陌生来电。",
        BODY + "文化执法队查处版权侵权案件5起。",
        BODY + "记者 从现场了解到，河道已通畅",
        BODY + "（青山镇）",
        "关于《江城日报》报道的河道问题，镇里已整改（含支流3处）。",
    ],
)
def test_text_that_only_looks_like_a_footer_stays(do, text: str) -> None:
    ((article,), _) = do(text, is_article=True)
    assert article.text == text


def test_link_list_is_cut_and_signalled(do) -> None:
    text = BODY * 3 + "推荐阅读白水乡：推动转型焕发活力0808-2023青石桥街道靶向发力拼经济"
    ((article,), issues) = do(text, is_article=True)
    assert "白水乡" not in article.text
    assert [i.kind for i in issues] == ["link-list-cut"]


def test_title_kicker_and_byline_of_the_metadata(do) -> None:
    text = "守住一河清水\n——青山镇巡河记\n\n3月5日，青山镇开展清河行动。\n\n图为巡河现场。\n丁一 摄\n\n责任编辑：沈舟"
    ((article,), _) = do(text, is_article=True, title="守住一河清水", subtitle="——青山镇巡河记", byline=("何青",))
    assert (article.headline, article.subhead) == ("守住一河清水", "——青山镇巡河记")
    assert article.text[article.body_start :] == "3月5日，青山镇开展清河行动。"
    assert article.byline == ("何青",)
    ((bare,), _) = do("3月5日，青山镇开展清河行动。", is_article=True, title="守住一河清水")
    assert bare.text == "守住一河清水\n3月5日，青山镇开展清河行动。"


def test_a_whole_page_delivered_as_an_article_stays_one(do) -> None:
    assert len(do(END_BYLINES, is_article=True)[0]) == 1


def test_ready_article_in_lines(do) -> None:
    lines = (
        "青山镇清河记\n记者 何青\n" + BODY + "\n\n图为清河现场。\n\n下一步，该镇将常态化开展巡河。\n\n来源：青山发布"
    )
    ((article,), _) = do(lines, is_article=True)
    assert article.headline == "青山镇清河记"
    assert article.text[article.body_start :] == BODY + "\n下一步，该镇将常态化开展巡河。"
    assert article.byline == ("何青",)


def test_lines_of_facts_under_a_web_headline_are_no_text(do) -> None:
    lines = (
        "青山镇清河记\n2024-05-16\n时 间：2024-05-16 19:10 浏览量：\n来 源：青山发布\n"
        + BODY
        + "\n声明：本网版权所有。"
    )
    ((article,), _) = do(lines, is_article=True)
    assert article.headline == "青山镇清河记"
    assert article.text[article.body_start :] == BODY


def test_reporters_on_the_first_line_are_no_headline(do) -> None:
    ((article,), _) = do("文、图/本报记者 何青 通讯员 丁香\n" + BODY, is_article=True)
    assert article.headline is None
    assert "何青" in article.byline


def test_a_web_copy_in_a_text_file_is_one_ready_article(do) -> None:
    text = "原标题：河街换新颜本报讯（记者 何青）近日，古渡镇河街改造完工，惠及群众1200人。返回搜狐，查看更多责任编辑："
    ((article,), _) = do(text)
    assert article.text == "河街换新颜\n本报讯（记者 何青）近日，古渡镇河街改造完工，惠及群众1200人。"


def test_an_empty_article_is_signalled(do) -> None:
    articles, issues = do(" \n ", is_article=True)
    assert not articles
    assert [i.kind for i in issues] == ["no-article"]


def test_couplet_and_boundary() -> None:
    assert couplet_end("整治“小切口” 振兴“大目标”村里干净".replace("“", '"').replace("”", '"')) == 15
    text = "和美乡村入画来干净整洁的村道"
    assert headline_end(text, text, 0, len(text)) is None


def test_tail_leaves_a_text_without_footer() -> None:
    assert cut_tail(fold(BODY), 0) == (len(BODY), [], [])


# ── properties ──────────────────────────────────────────────────────────────────────────────────────────────────────

PAGES = (WRAPPED, HALVES, MARKDOWN, SINGLE, UPRIGHT, END_BYLINES, PHOTOS, KICKER)
_PIECES = st.sampled_from(
    re.split(
        r"\|",
        "本报讯（记者 何青）|记者 何青|（丁一 沈舟）|# 一条老街的新生\n|图为清河现场。|林一舟 摄|"
        "\n|\n\n| |　　|：|。|，|“|”|（|）|（下转第三版）|见今日第4版|富强 民主 文明 和谐|2024年5月16日 星期四|"
        "返回搜狐，查看更多|责任编辑：|原标题：|"
        "推荐阅读|青山镇开展清河行动|一、|各位居民朋友：|3月5日|\u200b|\r\n|> |### 管与养\n|來|\U00020bb7",
    )
)
_TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(_PIECES, max_size=60).map("".join),
    st.lists(st.one_of(_PIECES, st.text(max_size=30)), max_size=40).map("".join),
)


def _letters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def _check(page: Page, rules: Rules) -> None:
    articles, issues = split(page, rules)
    found = accounted(page)
    assert sum((_letters(text) for text in found.values()), Counter()) == _letters(page.text)
    assert sum(len(text) for role, text in found.items() if role == "markup") <= 6 * (page.text.count("\n") + 1) + sum(
        map(page.text.count, "#>-—_=*·.~| \ufeff\u200b原标题：:|【】|")
    )
    for article in articles:
        assert 0 <= article.body_start < len(article.text)
        assert article.text == article.text.strip()
        head = [part for part in (article.headline, article.subhead) if part]
        assert article.text.startswith("\n".join(head))
    assert all(issue.sample is None or len(issue.sample) <= 80 for issue in issues)


@pytest.fixture(scope="session")
def check(rules: Rules):
    """`_check` with the rules; hypothesis prints its arguments, and the rules are large."""

    def run(page: Page) -> None:
        _check(page, rules)

    return run


@given(text=_TEXTS, is_article=st.booleans(), title=st.one_of(st.none(), st.text(max_size=20)))
@settings(max_examples=300, deadline=None)
def test_no_text_fails_and_no_character_is_lost(check, text: str, is_article: bool, title: str | None) -> None:
    check(Page("x.txt", text, is_article=is_article, title=title if is_article else None))


@pytest.mark.parametrize("text", PAGES)
def test_every_character_of_the_composed_pages_is_accounted_for(rules: Rules, text: str) -> None:
    _check(Page("x.txt", text), rules)
    found = accounted(Page("x.txt", text))
    assert len(found["body"]) > len("".join(text.split())) / 2


def test_real_pages_are_accounted_for(shared: Path, rules: Rules) -> None:
    for path in sorted((shared / "pages").glob("*.txt")):
        _check(Page(path.name, path.read_text(encoding="utf-8")), rules)


ATTACKS = {
    "digits": "1" * 60_000,
    "brackets": "（" * 30_000 + "）" * 30_000,
    "quotes": "“" * 60_000,
    "blanks": "青" + " " * 60_000 + "山",
    "short lines": "青山镇\n" * 20_000,
    "short lines apart": "青山镇清河行动\n\n" * 15_000,
    "paragraphs": "3月5日，青山镇开展清河行动，出动120人次。\n\n" * 4_000,
    "broken paragraphs": "3月5日，青山镇开展清河行动，出动120人次，清理垃\n\n清河行动\n\n" * 2_000,
    "leads": "清河行动\n\n本报讯（记者 何青）3月5日，青山镇开展清河行动，出动120人次，清理垃\n\n" * 1_500,
    "names": "记者 何青 " * 10_000,
    "titles": "原标题：" + "清河" * 30_000,
    "footers": BODY + "来源：青山发布 编辑 何青 " * 3_000,
    "medium": "江城日报社" * 12_000,
}


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("is_article", [False, True])
def test_hostile_text_is_cut_to_an_end(rules: Rules, name: str, is_article: bool) -> None:
    """No pattern goes back and back: texts this long would never end (the runner's time limit is the guard)."""
    articles, _ = split(Page("x.txt", ATTACKS[name], is_article=is_article), rules)
    for article in articles:
        assert 0 <= article.body_start <= len(article.text)
    assert len(articles) == 1 or not is_article


# ── the real pages ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_gold_of_the_real_pages(shared: Path, rules: Rules) -> None:
    spec = importlib.util.spec_from_file_location("score", shared / "tools" / "score.py")
    assert spec is not None and spec.loader is not None
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    found = clean = headlines = wanted_headlines = total = 0
    for gold in sorted((shared / "gold").glob("*.json")):
        data = json.loads(gold.read_text(encoding="utf-8"))
        if isinstance(data, list):
            continue
        text = (shared / "pages" / data["file"]).read_text(encoding="utf-8")
        articles = [(score.shingles(a.text), a) for a in split(Page(data["file"], text), rules)[0]]
        for wanted in score.load_gold(gold, shared / "pages"):
            grams = score.shingles(wanted["text"])
            f1, article = max(((score.overlap(grams, g), a) for g, a in articles), key=lambda pair: pair[0])
            total, found, clean = total + 1, found + (f1 >= 0.8), clean + (f1 >= 0.95)
            if wanted.get("headline") and not wanted.get("headline_note"):
                wanted_headlines += 1
                both = wanted["headline"] + (wanted.get("subhead") or "")
                headlines += score.bare(article.headline) in (score.bare(wanted["headline"]), score.bare(both))
    assert (found, total) == (22, 22)
    assert clean >= 21  # the photo news is shorter than its headline allows
    assert headlines == wanted_headlines
