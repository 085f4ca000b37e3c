"""Places: tables of texts and the places that they are about, then properties that hold for any text."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.locate import locate, locate_all, locate_issues, page_places
from etl.models import Article, Place
from etl.rules import Rules
from etl.text import Text


def article(
    text: str,
    *,
    published: str | None = "2023-08-10",
    page: tuple[str, ...] = (),
    home: str | None = None,
    body_start: int = 0,
) -> Article:
    """An article of which only its text and where it stood are known."""
    day = dt.date.fromisoformat(published) if published else None
    return Article("a", "a.txt", None, None, day, "unknown", "news", None, None, (), text, body_start, page, home)


def places(rules: Rules, text: str, **known: object) -> list[Place]:
    return locate(article(text, **known), Text.of(text), rules)  # type: ignore[arg-type]


def event_places(rules: Rules, text: str, **known: object) -> list[str]:
    """District/street of the event's places, main one first; "-" where there is none."""
    found = [p for p in places(rules, text, **known) if p.role == "activity"]
    return ["/".join(filter(None, (p.district, p.street))) or "-" for p in found]


CASES = [
    # the chain of names
    ("3月16日，平城区水泊寺街道对商户私设地桩进行整治。", "平城区/水泊寺街道"),
    ("近日，大同市平城区永泰街道开展安全生产检查。", "平城区/永泰街道"),
    ("连日来，长沙市芙蓉区东湖街道龙马社区组织党员清扫街巷。", "芙蓉区/东湖街道"),
    ("木林镇综合行政执法队在顺义区木林镇荣各庄村巡查。木林镇开出罚单。", "顺义区/木林镇"),
    ("走进大冶市茗山乡，消防宣传活动正在举行，茗山乡村民前来观看。", "大冶市/茗山乡"),
    ("赤水市长沙镇组织干部入户宣传反诈知识，长沙镇党委负责人参加。", "赤水市/长沙镇"),
    ("济源市轵城镇综合行政执法大队开展巡查，轵城镇成立了执法队。", "济源市/轵城镇"),
    ("石城县琴江镇大畲村整治村容村貌。", "石城县/琴江镇"),
    ("上海市浦东新区曹路镇约谈运输车队，曹路镇综合行政执法队开展整治。", "浦东新区/曹路镇"),
    ("重庆市开州区满月镇开展用电宣传。", "开州区/满月镇"),
    ("东莞市长安镇开展消防检查，长安镇消防大队排查隐患。", "东莞市/长安镇"),
    ("6月22日，东莞石碣城管分局开展“六乱”整治。", "东莞市/石碣镇"),
    ("海口市美兰区三江镇举办篮球赛宣传禁毒。", "美兰区/三江镇"),
    ("新疆塔城市杜别克街道公园社区为困难家庭修缮房屋。", "塔城市/杜别克街道"),
    # short forms
    ("前郭县平凤乡优化营商环境，平凤乡加强诚信建设。", "前郭尔罗斯蒙古族自治县/平凤乡"),
    ("木垒县东城镇鸡心梁村网格员走访入户。", "木垒哈萨克自治县/东城镇"),
    ("贵州贵阳南明区小碧乡开展反诈宣传，小碧乡联合派出所走村入户。", "南明区/小碧布依族苗族乡"),
    ("黔东南州黎平县肇兴镇整治人居环境。", "黎平县/肇兴镇"),
    ("青岛西海岸新区泊里镇整治露天烧烤。", "黄岛区/泊里镇"),
    ("武汉市江汉区汉兴街道举办讲座。", "江汉区/汉兴街街道"),
    ("广州市白云区永平街组织执法队督导垃圾分类。", "白云区/永平街道"),
    ("南宁武鸣警方开展夜间统一行动，武鸣警方共检查场所200家。", "武鸣区"),
    ("小店警方追回被骗资金。太原市公安局小店分局民警返还现金。", "小店区"),
    ("毕节金沙：宣传进乡村。金沙县公安局民警走村入户宣讲反诈知识。", "金沙县"),
    ("内蒙古克什克腾旗经棚镇开展普法宣传。", "克什克腾旗/经棚镇"),
    # namesakes, decided by the article's own names
    ("鞍山市铁西区永发街道整治村容，铁西区永发街道笔管堡村评选美丽庭院。", "铁西区/永发街道"),
    ("贵阳市白云区泉湖街道开展反诈宣传。", "白云区/泉湖街道"),
    ("福州市鼓楼区温泉街道开展义诊。", "鼓楼区/温泉街道"),
    ("长春市朝阳区桂林街道开展创城活动。", "朝阳区/桂林街道"),
    ("甘肃省兰州市城关区皋兰路街道开展慰问。", "城关区/皋兰路街道"),
    ("晋城市城区西街街道整治小广告。", "城区/西街街道"),
    ("扬子晚报网讯 近日，雄州街道城管中队检查商户，雄州街道发放宣传单。", "六合区/雄州街道"),
    ("长征镇对园区厂房开展检查，区消防支队、区应急局参加，长征镇约谈企业。", "普陀区/长征镇"),
    # the level that acts
    ("平城区全力支持企业发展。全区共培育企业15户，区政府出台政策，平城区企业服务中心召开会议。", "平城区"),
    ("叶县昆阳街道里欢声笑语。叶县团县委组织活动，全县18个乡镇参加，叶县招募志愿者，叶县各地响应。", "叶县"),
    ("滕州市公安局交警大队在全市开展夜查。", "滕州市"),
    ("阜康市在阜新街道、博峰街道、城关镇设会场，阜康市司法局培训，全市85个村参加，阜康市各乡镇选派学员。", "阜康市"),
    ("8月14日，武汉市江汉区召开垃圾分类会议，该区将投入资金，江汉区城管局负责。", "江汉区"),
    ("毕节市开展反诈宣传，全市装App 199万人，毕节市委政法委部署，毕节市各县（市、区）落实。", "-"),
    ("市公安局平城分局走进平城区第14小学宣讲反诈。", "平城区"),
    ("保定市莲池区韩庄乡清山公爵城社区开展消杀，社区组织志愿者清扫。", "莲池区/韩庄乡"),
    # refer-backs and offices of a street
    ("岱岳区夏张镇整治镇容，夏张中队联合镇政府规范停车，夏张中队拆除广告牌。", "岱岳区/夏张镇"),
    ("资兴市兴宁镇整治人居环境。该镇组建专班，该镇拆除旧房，兴宁镇建设四小园。", "资兴市/兴宁镇"),
    # several cases, each with its street
    (
        "案例一 陆丰市应急管理局对碣石镇某厂检查。案例二 陆丰市应急管理局对甲子镇某厂检查。",
        "陆丰市/碣石镇 陆丰市/甲子镇 陆丰市",
    ),
    # among many streets, the one where it happens
    (
        "近日，宝山区禁毒知识竞赛在高境镇党群服务中心举行。高境镇、顾村镇、张庙街道、淞南镇、吴淞街道、月浦镇6支队伍参赛。"
        "吴淞街道获一等奖，顾村镇、张庙街道、淞南镇、月浦镇获三等奖。",
        "宝山区/高境镇",
    ),
    # zones
    ("苏州高新区狮山街道开展检查，狮山街道排查隐患。", "虎丘区/狮山街道"),
    ("大连金普新区友谊街道开展志愿服务。", "金州区/友谊街道"),
    # streets that no source has
    ("清徐县东湖街道育青北社区推行网格管理，育青北社区设立网格。", "清徐县/东湖街道"),
    ("柳林县西王家沟乡走访慰问退役军人，西王家沟乡发放慰问金。", "柳林县/西王家沟乡"),
    ("平城区金龙湾街道开展清扫，金龙湾街道召集志愿者。", "平城区/金龙湾街道"),
    # misprints
    ("朔城区推进创城，沙湾河乡石城庄村村民高兴地说，沙湾河乡石城庄村装了路灯，沙湾河乡变美了。", "朔城区/沙塄河乡"),
    ("朔城区沙塄沟乡石城庄村装了垃圾箱，石城庄村村民高兴。", "朔城区/沙塄河乡"),
    # a source instead of the body
    (
        "丙中洛边境派出所走访商铺。丙中洛边境派出所发放问卷，讲解测评办法，提升知晓率。来源：云南省贡山县丙中洛镇",
        "贡山独龙族怒族自治县/丙中洛镇",
    ),
    ("依据《青浦区隐患排查方案》，区应急局、区消防支队检查各街镇，全区排查隐患。", "青浦区"),
    # no county known
    ("桂林街道开展创城活动，桂林街道发放宣传单。", "桂林街道"),
    ("市委书记在铁东区调研城市管理，铁东区有关负责人参加。", "铁东区"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[c[0][:18] for c in CASES])
def test_the_event_is_there(rules: Rules, text: str, expected: str) -> None:
    assert event_places(rules, text)[: len(expected.split())] == expected.split()


NOTHING = [
    "施工单位在陕西南路修补路面。",
    "车辆停在广东路、北京西路、南京东路两侧。",
    "南关派出所走进校园宣讲。",
    "城管大队联合街道办事处、交警整治夜市。",
    "开源街派出所民警发放传单。",
    "奋进新征程 建功新时代 牢记嘱托 山西答卷",
    "山西日报、太原日报刊登消息。",
    "（记者 王平安 通讯员 李和平）",
    "扎实推进平安建设，开展乡村振兴。",
    "全面建设高水平平安乡村、法治乡村。",
    "组织召开县（市、区）工作推进会。",
    "依据《苏州市城市市容和环境卫生管理条例》处罚。",
    "会同公安、资源、合作、新华、和平等单位座谈。",
    "确保社会长治久安，日照时间长。",
    "各乡镇、各街道、各社区抓好落实。",
    "",
    "\n\n",
    "12345 abc ，。；",
]


@pytest.mark.parametrize("text", NOTHING)
def test_these_are_no_places(rules: Rules, text: str) -> None:
    named = [(p.city, p.district, p.street) for p in places(rules, text) if p.city or p.district or p.street]
    assert named == []


CONTEXTS = [
    ("铁西区举办活动，铁西区妇联参加。", {"home": "2103"}, ("鞍山市", "铁西区", None)),
    ("铁西区举办活动，铁西区妇联参加。", {"home": "2101"}, ("沈阳市", "铁西区", None)),
    ("铁西区举办活动，铁西区妇联参加。", {"page": ("210303",)}, ("鞍山市", "铁西区", None)),
    ("东湖街道开展清扫，东湖街道组织志愿者。", {"page": ("430102", "4301")}, ("长沙市", "芙蓉区", "东湖街道")),
    ("城关镇开展清扫，城关镇组织志愿者。", {"home": "652302"}, ("昌吉回族自治州", "阜康市", "城关镇")),
    ("市教育局召开会议，全市学校参加。", {"home": "1401"}, ("太原市", None, None)),
    ("该区召开会议，区消防大队通报，全区落实。", {"home": "140213"}, ("大同市", "平城区", None)),
    ("全区召开消防会议，区政府部署。", {"page": ("140213", "1402")}, ("大同市", "平城区", None)),
]


@pytest.mark.parametrize(("text", "known", "expected"), CONTEXTS)
def test_page_and_home_decide(rules: Rules, text: str, known: dict[str, object], expected: tuple[str, ...]) -> None:
    first = places(rules, text, **known)[0]
    assert (first.city, first.district, first.street) == expected
    assert first.basis == "context"


BY_DATE = [
    ("2019-05-01", "平城区南关街道开展清扫。", "南关街道", None),
    ("2021-03-01", "平城区南关街道开展清扫。", "南关街道", None),
    ("2021-03-02", "平城区南关街道开展清扫。", "永泰街道", "140213050"),
    ("2023-03-02", "平城区开源街街道开展清扫。", "开源街道", "140213058"),
    ("2023-03-02", "平城区永泰街道开展清扫。", "永泰街道", "140213050"),
]


@pytest.mark.parametrize(("day", "text", "street", "code"), BY_DATE)
def test_renamed_townships_by_date(rules: Rules, day: str, text: str, street: str, code: str | None) -> None:
    first = places(rules, text, published=day)[0]
    assert (first.district, first.street, first.street_code) == ("平城区", street, code)


COMMUNITIES = [
    ("平城区御河街道七里村开展清扫，七里村组织志愿者。", "御河街道", "七里村"),
    ("平城区马军营街道西水磨村整治环境。", "马军营街道", "西水磨村"),
    ("叶县昆阳街道南大街居委会举办活动。", "昆阳街道", "南大街社区"),
    ("和县善厚镇万元村整治村容，万元村配齐保洁员。", "善厚镇", "万元村"),
    ("黎平县永从镇佳所寨村举办歌会，佳所寨村村民参加。", "永从镇", "佳所寨村"),
    ("青云谱区洪都街道洪科社区建了车棚，洪科社区党委征求意见。", "洪都街道", "洪科社区"),
]


@pytest.mark.parametrize(("text", "street", "community"), COMMUNITIES)
def test_communities(rules: Rules, text: str, street: str, community: str) -> None:
    first = places(rules, text)[0]
    assert (first.street, first.community) == (street, community)
    assert first.evidence.text.startswith(community[:3])


def test_names_in_passing_are_mentions(rules: Rules) -> None:
    found = places(rules, "平城区水泊寺街道开展清扫，水泊寺街道组织人员赴太原市小店区学习。水泊寺街道还开展义诊。")
    assert found[0].street == "水泊寺街道"
    assert [(p.district, p.role) for p in found if p.district == "小店区"] == [("小店区", "mention")]


def test_of_names_in_passing_a_run_keeps_what_it_signals(rules: Rules) -> None:
    text = "平城区水泊寺街道开展清扫，水泊寺街道组织人员赴太原市小店区、清徐县东湖街道学习。水泊寺街道还开展义诊。"
    one = article(text)
    (found,) = locate_all([(one, Text.of(text))], rules)
    assert [(p.street, p.role) for p in found] == [("水泊寺街道", "activity"), ("东湖街道", "mention")]
    assert [i.kind for i in locate_issues(one, found)] == ["unknown-street"]


def test_links_at_the_end_are_no_places(rules: Rules) -> None:
    text = "今年以来，新城区城管执法局开展垃圾分类宣传，新城区组织党员观摩。推荐阅读 新城区西一路街道焕发活力"
    found = places(rules, text)
    assert [(p.city, p.district, p.street) for p in found] == [("西安市", "新城区", None)]


def test_codes_and_full_names(rules: Rules) -> None:
    first = places(rules, "前郭县平凤乡优化营商环境。")[0]
    assert (first.province, first.city) == ("吉林省", "松原市")
    assert (first.adcode, first.street_code) == ("220721", "220721201")


def test_repaired_is_said(rules: Rules) -> None:
    first = places(rules, "朔城区沙塄沟乡石城庄村装了垃圾箱，石城庄村村民高兴。")[0]
    assert (first.basis, first.evidence.rule) in {("repaired", "locate:repaired")}


def test_a_misprint_without_its_village_stays(rules: Rules) -> None:
    first = places(rules, "朔城区沙塄沟乡开展清扫。")[0]
    assert (first.street, first.street_code) == ("沙塄沟乡", None)


ISSUES = [
    ("清徐县东湖街道开展清扫。", ["unknown-street"]),
    ("桂林街道开展创城活动。", ["ambiguous-place"]),
    ("各单位抓好落实。", ["no-place"]),
    ("平城区水泊寺街道开展清扫。", []),
]


@pytest.mark.parametrize(("text", "kinds"), ISSUES)
def test_what_could_not_be_placed_is_signalled(rules: Rules, text: str, kinds: list[str]) -> None:
    one = article(text)
    assert [i.kind for i in locate_issues(one, locate(one, Text.of(text), rules))] == kinds


def test_a_page_tells_its_places(rules: Rules) -> None:
    page = ["平城区水泊寺街道开展清扫。", "大同市平城区召开会议。", "白登山街道巡山护林。", "平城区永泰街道检查商铺。"]
    assert page_places(page, rules)[0] == "140213"
    assert "1402" in page_places(page, rules)
    assert page_places([], rules) == ()


CHARACTERS = "平城区街道社村镇乡县市省全该的在，。：《》（）“”\n 一二1a"
ALPHABET = st.sampled_from([*CHARACTERS, "大同市", "水泊寺街道", "城关镇", "铁西区", "来源："])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=200), st.lists(ALPHABET, max_size=60).map("".join)))
def test_no_text_raises_and_spans_hold(rules: Rules, text: str) -> None:
    one = article(text, page=("140213",), home="1402")
    found = locate(one, Text.of(text), rules)
    for place in found:
        assert text[place.evidence.start : place.evidence.end] == place.evidence.text
        assert place.evidence.text
    assert len({(p.key, p.role) for p in found}) == len(found)
    (fewer,) = locate_all([(one, Text.of(text))], rules)
    assert [p for p in fewer if p.role == "activity"] == [p for p in found if p.role == "activity"]
    assert locate_issues(one, fewer) == locate_issues(one, found)
    page_places([text], rules)


UNITS = ["平城区", "城关镇", "（", "《", "全区", "县", "街道", "1、", "案例1", "乡村", "在平城区水泊寺街道"]


@pytest.mark.parametrize("unit", UNITS)
def test_long_repetition_is_located_to_an_end(rules: Rules, unit: str) -> None:
    text = Text.of(unit * 16_000)
    for place in locate(article(text.raw), text, rules):
        assert text.raw[place.evidence.start : place.evidence.end] == place.evidence.text
