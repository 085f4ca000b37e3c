"""Measure: what a sentence reports, as a table of cases; traps; spans on any text; linear time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import measure_numbers, measure_scope
from etl.measure import measure, measure_all
from etl.measure_words import tag, tag_all
from etl.models import Article, Metric
from etl.rules import Rules
from etl.rules.errors import RulesError
from etl.rules.quantities import load_quantities
from etl.text import Text, normalise


def article(text: str, body_start: int = 0) -> Article:
    """An article with this text."""
    return Article(
        article_id="a",
        source_path="a.txt",
        page=None,
        newspaper=None,
        published_on=None,
        published_basis="unknown",
        kind="news",
        headline=text[:body_start].strip() or None,
        subhead=None,
        byline=(),
        text=text,
        body_start=body_start,
    )


def read(text: str, rules: Rules, body_start: int = 0) -> list[Metric]:
    """The metrics of a text, their spans checked."""
    found = measure(article(text, body_start), Text.of(text), rules)
    assert all(text[m.start : m.end] == m.text for m in found)
    return found


Case = tuple[float, str, str, str, str]
E, C = "event", "cumulative"

# sentence, then value, unit, a word of what is counted, qualifier, scope
CASES: list[tuple[str, list[Case]]] = [
    # the noun before the number
    ("行动中共检查商铺86家。", [(86, "家", "检查商铺", "exact", E)]),
    ("街道出动执法人员45人次。", [(45, "人次", "执法人员", "exact", E)]),
    ("民警查获酒驾7起，无证驾驶2起。", [(7, "起", "酒驾", "exact", E), (2, "起", "无证驾驶", "exact", E)]),
    ("社区发放宣传单1200份。", [(1200, "份", "宣传单", "exact", E)]),
    ("工作人员整改隐患9处。", [(9, "处", "整改隐患", "exact", E)]),
    ("全镇清运垃圾38吨。", [(38, "吨", "垃圾", "exact", E)]),
    ("村里拆除私搭棚屋11间。", [(11, "间", "棚屋", "exact", E)]),
    ("大队劝导不戴头盔者64人次。", [(64, "人次", "劝导", "exact", E)]),
    ("中队化解邻里纠纷3件。", [(3, "件", "纠纷", "exact", E)]),
    ("医院为老人体检210人。", [(210, "人", "体检", "exact", E)]),
    ("直接答复52件、转办31件。", [(52, "件", "答复", "exact", E), (31, "件", "转办", "exact", E)]),
    ("全县新增就业6021人。", [(6021, "人", "就业", "exact", E)]),
    ("乡里栽种苗木2.6万株。", [(26000, "株", "苗木", "exact", E)]),
    ("本次集中处置违法行为17起。", [(17, "起", "违法行为", "exact", E)]),
    ("现场受教育人数达800人。", [(800, "人", "受教育", "exact", E)]),
    ("发现的问题有23件。", [(23, "件", "问题", "exact", E)]),
    ("网格员测量血压、血糖150人。", [(150, "人", "测量", "exact", E)]),
    ("发放反诈、禁毒等资料300份。", [(300, "份", "资料", "exact", E)]),
    # the noun after the number
    ("队员深入30家商铺进行排查。", [(30, "家", "商铺", "exact", E)]),
    ("街道组织20名党员清扫楼道。", [(20, "名", "党员", "exact", E)]),
    ("县里捐赠20吨面粉。", [(20, "吨", "面粉", "exact", E)]),
    ("完成了12个老旧小区改造。", [(12, "个", "老旧小区", "exact", E)]),
    ("为40名被骗群众办理返还。", [(40, "名", "被骗群众", "exact", E)]),
    ("从11月起对98个小区开展“回头看”。", [(98, "个", "小区回头看", "exact", E)]),
    ("施工队安装了140盏路灯。", [(140, "盏", "路灯", "exact", E)]),
    ("3名未取得操作证的人员被查。", [(3, "名", "操作证", "exact", E)]),
    ("25支代表队60名选手参赛。", [(25, "支", "代表队", "exact", E), (60, "名", "选手", "exact", E)]),
    ("仓库里藏着22个不合格的调压器。", [(22, "个", "调压器", "exact", E)]),
    ("打造16公里滨河绿道。", [(16, "公里", "绿道", "exact", E)]),
    ("89个在建工地全部停工。", [(89, "个", "在建工地", "exact", E)]),
    ("赋予5个街道30项处罚权。", [(5, "个", "街道", "exact", E), (30, "项", "处罚权", "exact", E)]),
    ("120户居民住进新房。", [(120, "户", "居民", "exact", E)]),
    # a bare number takes over, an enumeration lends its verb
    ("入户走访34次267户。", [(34, "次", "走访", "exact", E), (267, "户", "走访", "exact", E)]),
    ("追回资金18笔，共计92.5万元。", [(18, "笔", "追回", "exact", E), (925000, "元", "资金", "exact", E)]),
    (
        "储备种子4吨、地膜4.3吨、化肥80吨。",
        [(4, "吨", "种子", "exact", E), (4.3, "吨", "地膜", "exact", E), (80, "吨", "化肥", "exact", E)],
    ),
    ("出动警力40人、巡逻车6辆。", [(40, "人", "警力", "exact", E), (6, "辆", "巡逻车", "exact", E)]),
    ("新增救生圈65个、救生绳30条。", [(65, "个", "救生圈", "exact", E), (30, "条", "救生绳", "exact", E)]),
    ("慰问23名退役军人、2名烈属。", [(23, "名", "退役军人", "exact", E), (2, "名", "烈属", "exact", E)]),
    ("检查饭店50家，其中火锅店12家。", [(50, "家", "检查", "exact", E), (12, "家", "火锅店", "exact", E)]),
    ("小区有38个楼栋、1600户。", [(38, "个", "楼栋", "exact", E), (1600, "户", "住户", "exact", E)]),
    ("15家因使用旧罐被暂扣燃气罐。", [(15, "家", "暂扣", "exact", E)]),
    ("评出一等奖1名，二等奖3名。", [(1, "名", "一等奖", "exact", E), (3, "名", "二等奖", "exact", E)]),
    # values: 万, 亿, thousands, decimals, Chinese numerals, spaces of hard-wrapped lines
    ("筛选出首贷户13万余户。", [(130000, "户", "首贷户", "over", E)]),
    ("总投资6.85亿元。", [(685000000, "元", "投资", "exact", E)]),
    ("投资2000多万元建棚。", [(20000000, "元", "投资", "over", E)]),
    ("罚款2万元。", [(20000, "元", "罚款", "exact", E)]),
    ("发放手册12,500份。", [(12500, "份", "手册", "exact", E)]),
    ("发放手册１２００份。", [(1200, "份", "手册", "exact", E)]),
    ("追回被骗资金88 笔。", [(88, "笔", "被骗资金", "exact", E)]),
    ("挽回损失562.93 万元。", [(5629300, "元", "损失", "exact", E)]),
    ("划分125 个密网格。", [(125, "个", "密网格", "exact", E)]),
    ("请来了十六位老艺人。", [(16, "位", "老艺人", "exact", E)]),
    ("覆盖三百二十户村民。", [(320, "户", "村民", "exact", E)]),
    ("筹得善款五百万元。", [(5000000, "元", "善款", "exact", E)]),
    ("疏通河道2．3公里。", [(2.3, "公里", "河道", "exact", E)]),
    ("种植面积8.7万亩。", [(87000, "亩", "种植面积", "exact", E)]),
    ("占地0.75平方公里。", [(0.75, "平方公里", "占地", "exact", E)]),
    ("改造厂房3000平米。", [(3000, "平方米", "厂房", "exact", E)]),
    ("粉刷墙面450㎡。", [(450, "平方米", "墙面", "exact", E)]),
    ("清淤2400立方。", [(2400, "立方", "清淤", "exact", E)]),
    ("收缴光盘100余盘。", [(100, "盘", "光盘", "over", E)]),
    ("街头每天有近百个“红马甲”值守。", [(100, "个", "红马甲", "nearly", E)]),
    ("组织志愿者128人（次）。", [(128, "人次", "志愿者", "exact", E)]),
    ("检查KTV12家。", [(12, "家", "KTV", "exact", E)]),
    ("拖离单车92台（次）。", [(92, "台次", "单车", "exact", E)]),
    # shares and changes
    ("满意率98.6%。", [(98.6, "%", "满意率", "exact", E)]),
    ("满意率近100%。", [(100, "%", "满意率", "nearly", E)]),
    ("完成率99%以上。", [(99, "%", "完成率", "over", E)]),
    ("发案率同比下降57.1%，环比下降4%。", [(57.1, "%", "同比下降", "exact", E), (4, "%", "发案率", "exact", E)]),
    ("增速提高3.5个百分点。", [(3.5, "个百分点", "增速", "exact", E)]),
    ("增速提高2百分点。", [(2, "个百分点", "增速", "exact", E)]),
    ("知晓率达百分之九十五。", [(95, "%", "知晓率", "exact", E)]),
    ("产量是去年的2.5倍。", [(2.5, "倍", "产量", "exact", E)]),
    ("完成任务的70％。", [(70, "%", "完成任务", "exact", E)]),
    # qualifiers
    ("走访商户30余家。", [(30, "家", "商户", "over", E)]),
    ("组织100多名农民培训。", [(100, "名", "农民", "over", E)]),
    ("参与群众超300人次。", [(300, "人次", "群众", "over", E)]),
    ("投入不少于50人。", [(50, "人", "投入", "over", E)]),
    ("捐款突破10万元。", [(100000, "元", "捐款", "over", E)]),
    ("举办活动百余场次。", [(100, "场次", "活动", "over", E)]),
    ("售出山货万余元。", [(10000, "元", "山货", "over", E)]),
    ("观看直播上千人次。", [(1000, "人次", "观看直播", "over", E)]),
    ("营收过亿元。", [(100000000, "元", "营收", "over", E)]),
    ("办结事项近千件。", [(1000, "件", "事项", "nearly", E)]),
    ("棚近400个。", [(400, "个", "棚", "nearly", E)]),
    ("接待参观者近30万余人。", [(300000, "人", "参观者", "nearly", E)]),
    ("参与普法近万余次。", [(10000, "次", "普法", "nearly", E)]),
    ("占地约2平方米。", [(2, "平方米", "占地", "about", E)]),
    ("清理垃圾大约9吨。", [(9, "吨", "垃圾", "about", E)]),
    ("户均增收2000元左右。", [(2000, "元", "增收", "about", E)]),
    ("费用不超过300元。", [(300, "元", "费用", "at_most", E)]),
    ("耗时短，误差控制在5%以内。", [(5, "%", "误差", "at_most", E)]),
    ("加上185个大棚。", [(185, "个", "大棚", "exact", E)]),
    ("每个网格管5-15户居民。", []),
    ("选出4-6户示范户。", [(4, "户", "示范户", "over", E)]),
    # scope
    ("截至6月14日，筛选出首贷户5万户。", [(50000, "户", "首贷户", "exact", C)]),
    ("截至目前，已培养网格员423名。", [(423, "名", "网格员", "exact", C)]),
    ("今年以来，镇里办理案件700件。", [(700, "件", "案件", "exact", C)]),
    ("全区累计评星1472户。", [(1472, "户", "评星", "exact", C)]),
    ("到目前为止，注册志愿者8000余人。", [(8000, "人", "志愿者", "over", C)]),
    ("7月以来，共开展宣传20次。", [(20, "次", "宣传", "exact", C)]),
    ("活动开展以来，共出动车辆105车次。", [(105, "车次", "出动", "exact", C)]),
    ("目前，已制作视频2个，挂横幅30条。", [(2, "个", "视频", "exact", C), (30, "条", "横幅", "exact", C)]),
    ("目前，全镇种粮6000亩。", [(6000, "亩", "种粮", "exact", E)]),
    ("截至当晚11点，共出动20人次。", [(20, "人次", "出动", "exact", E)]),
    ("此次活动累计发放手册200份。", [(200, "份", "手册", "exact", E)]),
    (
        "截至目前，全区培养网格员90名。参与普法60次，调解纠纷31件。",
        [(90, "名", "网格员", "exact", C), (60, "次", "普法", "exact", C), (31, "件", "纠纷", "exact", C)],
    ),
    (
        "截至目前，办活动74场次。其中，防溺水课28场。",
        [(74, "场次", "活动", "exact", C), (28, "场", "防溺水", "exact", C)],
    ),
    (
        "今年以来，村里抓治理。村民议事办得勤。网格员共走访34次，发放单页145张。",
        [(34, "次", "走访", "exact", C), (145, "张", "单页", "exact", C)],
    ),
    ("今年共发放手册2.5万份。", [(25000, "份", "手册", "exact", C)]),
    ("全县今年开展巡查53次。", [(53, "次", "巡查", "exact", C)]),
    ("全县今年计划开展巡查53次。", [(53, "次", "巡查", "exact", E)]),
    (
        "整治行动开展以来，民警夜查不停。检查旅馆45家，均现场整改8处。",
        [(45, "家", "旅馆", "exact", C), (8, "处", "整改", "exact", C)],
    ),
    ("今年以来各地抓举报，近日该局曝光案件3起。", [(3, "起", "案件", "exact", E)]),
    ("筛查2022年以来因扬尘受罚的案件，最终确定案件6件。", [(6, "件", "案件", "exact", E)]),
    ("今年以来，村里抓保洁。配齐管护员共31名。", [(31, "名", "管护员", "exact", E)]),
    ("今年以来，街道抓治安。8月3日，民警检查宾馆14家。", [(14, "家", "宾馆", "exact", E)]),
    ("今年以来，全县修路。日均发车1000班次。", [(1000, "班次", "发车", "exact", E)]),
    ("自4月中旬开始，共整治庭院98个。", [(98, "个", "庭院", "exact", C)]),
    ("近日，镇里走访60户。", [(60, "户", "走访", "exact", E)]),
    # one fact once
    ("木镇对其罚款8000元。经复查，周某已交8000元罚款。", [(8000, "元", "罚款", "exact", E)]),
    ("建成10座充电棚。居民说，10座充电棚方便。", [(10, "座", "充电棚", "exact", E)]),
    ("省级资金120万元、市级资金120万元。", [(1200000, "元", "省级", "exact", E), (1200000, "元", "市级", "exact", E)]),
    ("首贷户13万户。银行筛选无贷户13万户。", [(130000, "户", "首贷户", "exact", E)]),
    # results in small Chinese numerals
    ("执法队查处两起违法案件。", [(2, "起", "违法案件", "exact", E)]),
    ("镇里组建八个工作组。", [(8, "个", "工作组", "exact", E)]),
    ("全年违规办酒0起。", [(0, "起", "办酒", "exact", E)]),
    # what experience taught: 附近 is no 近, 2000 is no year, 首批 and 每亩 are no noun, a span of time ends
    ("组织附近19户搬走。", [(19, "户", "附近", "exact", E)]),
    ("领走卡片2000张。", [(2000, "张", "卡片", "exact", E)]),
    ("印成口袋卡，首批2000张。", [(2000, "张", "口袋卡", "exact", E)]),
    ("每亩补助农户30元。", [(30, "元", "补助", "exact", E)]),
    ("过程雨量86毫米。", [(86, "毫米", "雨量", "exact", E)]),
    ("串成一条7.5公里的骑行线。", [(7.5, "公里", "骑行线", "exact", E)]),
    ("气瓶数量为132个。", [(132, "个", "气瓶", "exact", E)]),
    ("号召90余名区、镇人大代表下村。", [(90, "名", "人大代表", "over", E)]),
    ("免费发放头盔150顶。", [(150, "顶", "头盔", "exact", E)]),
    ("目前，全乡开展检查近50次。", [(50, "次", "检查", "nearly", C)]),
    ("目前，小区共设立了8个投放点。", [(8, "个", "投放点", "exact", E)]),
    ("10月1日至5日，累计接待游客11.3万人次。", [(113000, "人次", "游客", "exact", E)]),
    ("今年以来，全镇85名河长累计巡河60次。", [(85, "名", "河长", "exact", E), (60, "次", "巡河", "exact", C)]),
    (
        "上级下拨专项资金50万元。村里自筹资金50万元。",
        [(500000, "元", "专项资金", "exact", E), (500000, "元", "自筹", "exact", E)],
    ),
    # fines
    ("局里对该公司处人民币15000元的行政处罚。", [(15000, "元", "罚款", "exact", E)]),
]

NO_METRICS = [
    "老人今年58岁。",
    "区里落实“稳增长43条”“助企纾困17条”等政策。",
    "早上5点多，村民下地。",
    "8月3日7时至9时，民警上岗。",
    "2023年8月，会议召开。",
    "第21次联合行动开始。",
    "案例违反第三十条第一款的规定。",
    "活动在307省道旁举行。",
    "请拨打12345热线。",
    "拨打96110或110报警。",
    "电话：010-65123456。",
    "劳社部发〔1999〕8号文件。",
    "打通服务群众最后一公里。",
    "打通最后1公里。",
    "让垃圾分类走进千家万户。",
    "万元村环境好。",
    "推行一对一、一站式服务。",
    "构建15分钟生活圈。",
    "投身五治五提升行动。",
    "百日行动启动。",
    "党的二十大精神宣讲。",
    "值班实行24小时制度。",
    "村南100米处堆着沙子。",
    "老小区建成40多年。",
    "村里早在20多年前就种菜。",
    "纪念诞辰415周年。",
    "两名网格员迅速赶到。",
    "学生们三五成群。",
    "七八十户人家受灾。",
    "一名学生激动地说。",
    "处一万元以上十万元以下罚款。",
    "处200元以上2000元以下罚款。",
    "对个人处以五十元至二百元的处罚。",
    "每季度上门走访1次。",
    "每人认领1个岗位。",
    "从三个方面发力。",
    "抓好3个环节、5个方面的工作。",
    "未发生1起安全事故。",
    "由市人大代表丁某等3人；",
    "蜂蜜25元/斤，鸡蛋2元/个。",
    "活动为期3个月。",
    "整整2个小时，无人离场。",
    "乘坐Z22次列车，13车厢。",
    "记12分，暂扣驾照。",
    "“5个一”活动有声有色。",
    "5人制足球赛开赛。",
    "2023首届文化节开幕。",
    "住在工人路183号院。",
    "焊点可达3600—6000°C。",
    "省道旁500米外有厂。",
    "用餐人数500人以上的食堂须配员。",
    "投稿、区域合作请联系，24小时内回复，全国600位记者在线等你来报料。",
    "按每亩20斤发放。",
    "90后姑娘返乡。",
    "4G、5G信号全覆盖。",
    "排名前3名的村受表彰。",
    "一盔一带安全守护。",
    "村民喜迎“三月三”。",
    "坚持“三个到位”。",
    "“两个责任”落实到位。",
    "百名干部挂千企。",
    "喜看万亩良田。",
    "一台设备动辄上百万元。",
    "数百名游客到来。",
    "",
    "。，；",
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_reads(text: str, expected: list[Case], rules: Rules) -> None:
    found = read(text, rules)
    assert [(m.value, m.unit, m.qualifier, m.scope) for m in found] == [(v, u, q, s) for v, u, _, q, s in expected]
    for metric, (_, _, word, _, _) in zip(found, expected, strict=True):
        assert word in metric.what


@pytest.mark.parametrize("text", NO_METRICS)
def test_reads_nothing(text: str, rules: Rules) -> None:
    assert read(text, rules) == []


def test_headline_counts_only_where_the_body_does_not(rules: Rules) -> None:
    told_again = "警方追回资金超五百万元\n本报讯 警方追回资金562.93万元。"
    assert [m.value for m in read(told_again, rules, told_again.index("本报"))] == [5629300]
    alone = "大桥全长16公里\n施工人员正在保养设备。"
    assert [m.value for m in read(alone, rules, alone.index("施工"))] == [16]


def test_headline_glued_to_the_body_is_no_second_fact(rules: Rules) -> None:
    found = read(
        "原标题：两天查获99名酒司机某市交警24日发布消息，全市交警开展夜间集中统一行动，严查酒驾醉驾、涉牌涉证。三天之中，共查获酒驾司机99人。",
        rules,
    )
    assert [(m.value, m.unit) for m in found] == [(99, "人")]


def test_what_has_its_verb(rules: Rules) -> None:
    wanted = {
        "本次行动共检查商铺86家。": "检查商铺",
        "队员深入30余家商铺进行排查。": "商铺排查",
        "社区发放“连心卡”600余张。": "社区发放连心卡",
        "截至目前，街道已发掘社区达人12位。": "发掘社区达人",
        "共向银行推送无贷户信息2万余条。": "推送无贷户信息",
    }
    assert {text: read(text, rules)[0].what for text in wanted} == wanted


INDICATORS = {
    "共检查商铺86家。": "checks",
    "发现隐患124个。": "hazards-found",
    "整改隐患9处。": "hazards-fixed",
    "出动执法人员45人次。": "staff-out",
    "发放宣传资料2000余份。": "materials",
    "参与群众超300人次。": "participants",
    "惠及群众4.1万户。": "beneficiaries",
    "培训农民100多名。": "trainees",
    "投入资金5600万元。": "investment",
    "清理河道垃圾530吨。": "litter",
    "清扫道路3000平方米。": "clean-up-area",
    "劝导违停行为380余次。": "dissuasions",
    "查处案件7起。": "cases",
    "抓获嫌疑人8名。": "arrests",
    "追回被骗资金562.93万元。": "funds-recovered",
    "走访群众267户。": "households-visited",
    "调解纠纷128件。": "disputes",
    "接种疫苗300人次。": "vaccinations",
    "核酸检测4200人。": "tests",
    "栽种苗木2.6万株。": "trees",
    "改造老旧小区69个。": "dwellings-renewed",
    "培育企业15户。": "firms-fostered",
    "城镇新增就业6698人。": "jobs",
    "组织志愿者128人。": "volunteers",
    "开展志愿服务活动174场次。": "activities",
    "罚款1.1万元。": "fines",
    "满意率98%。": "rate-of-completion",
    "发案率同比下降35.3%。": "change",
    "志愿服务总时长2.4万小时。": "service-hours",
    "全村山羊500只。": None,
}


@pytest.mark.parametrize(("text", "indicator"), INDICATORS.items())
def test_indicator(text: str, indicator: str | None, rules: Rules) -> None:
    assert [m.indicator for m in read(text, rules)] == [indicator]


def test_indicators_are_about_fifty_with_both_names(rules: Rules) -> None:
    indicators = rules.quantities.indicators
    assert 40 <= len(indicators) <= 70
    assert all(i.zh and i.en.isascii() for i in indicators)
    assert len({i.zh for i in indicators}) == len(indicators)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("units.yml", "classes: {a: [户], b: [户]}\nwritten: {}\nsmall_numeral: []\n", "户 stands in a and in b"),
        ("units.yml", "classes: {a: [户]}\nwritten: {平米: 平方米}\nsmall_numeral: []\n", "平米 is in no class"),
        ("units.yml", "classes: {a: [户]}\n", "must have the keys"),
        ("units.yml", "classes: {a: [户\n", "not readable as YAML"),
        ("indicators.yml", "- {id: a, zh: 甲}\n", "needs id, zh, en, classes and cues"),
        ("indicators.yml", "- {id: a, zh: 甲, en: a, classes: [none], cues: [甲]}\n", "unknown in a: none"),
        ("metric-traps.yml", "phrases: []\n", "must have the keys"),
    ],
)
def test_wrong_rule_files_are_named(
    file: str, text: str, message: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from etl.rules import DEFAULT_ROOT

    root = tmp_path_factory.mktemp("reference")
    for name in ("units.yml", "indicators.yml", "metric-traps.yml"):
        (root / name).write_text((DEFAULT_ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    (root / file).write_text(text, encoding="utf-8")
    with pytest.raises(RulesError, match=message) as error:
        load_quantities(root)
    assert file in str(error.value)


GENRE = st.text(
    alphabet="0123456789,.%一二十百千万亿两第约近超余多个家户人次元起处份件月日时检查发放整改累计截至目前以来共、，。；（）“”：\n 　-~·Ａ１",
    max_size=200,
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), GENRE))
def test_spans_give_their_text_back(rules: Rules, text: str) -> None:
    found = read(text, rules)
    assert [m.start for m in found] == sorted(m.start for m in found)
    assert all(m.value >= 0 and m.unit and m.text.strip() for m in found)


HOSTILE = [
    "1",
    "9，",
    "（",
    "5家",
    "5家，",
    "检查商铺5家、",
    "千",
    "百余",
    "1.",
    "今年以来5家",
    "“5个",
    "同比",
    "截至5月",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_long_repetition_is_measured_to_an_end(piece: str, rules: Rules) -> None:
    text = piece * (60_000 // len(piece))
    for one in measure(article(text), Text.of(text), rules):
        assert text[one.start : one.end] == one.text


@given(st.lists(st.text(alphabet="检查商铺人员被骗群众的、 12.5%Aa（-+", max_size=12), min_size=1, max_size=6))
@settings(deadline=None)
def test_texts_tagged_together_are_tagged_as_one_by_one(texts: list[str]) -> None:
    """Each text of a joint call keeps its own words."""
    assert tag_all(texts) == [tag(text) for text in texts]


def test_no_texts_are_tagged_as_none() -> None:
    assert tag_all([]) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(GENRE, max_size=5))
def test_articles_measured_together_are_measured_as_one_by_one(rules: Rules, texts: list[str]) -> None:
    pairs = [(article(text), Text.of(text)) for text in texts]
    assert measure_all(pairs, rules) == [measure(a, t, rules) for a, t in pairs]


@given(st.text(alphabet='截至止目前到今年去以来迄累计月底自从开始起共已"春12日， 为行动作展的', max_size=60))
def test_what_announces_a_total_has_a_hint_near_its_start(text: str) -> None:
    """A sentence without a hint is never searched, and one with a hint from shortly before it on."""
    found, hint = measure_scope._ANNOUNCED.search(text), measure_scope._HINT.search(text)
    assert not found or (hint and hint.start() - measure_scope.BEFORE_HINT <= found.start())


def test_white_space_before_a_number_is_looked_behind() -> None:
    """近 86家 is near 86: every white space that a normalised text may hold has the qualifier looked for."""
    spaces = {c for c in map(normalise, map(chr, range(0x3001))) if c.isspace()}
    assert spaces <= measure_numbers._BEFORE


def test_indicator_is_the_first_that_fits(rules: Rules) -> None:
    """The cues met lead to every indicator that may fit, also where a cue begins inside another."""
    quantities = rules.quantities
    for unit_class, cues in quantities.cues.items():
        unit = next(u for u, name in quantities.units.items() if name == unit_class)
        words = list(cues.led)
        for what in [*words, *(a + b[1:] for a in words for b in words if a[-1] == b[0])]:
            fitting = [i for i in quantities.indicators if unit_class in i.classes and i.fits(what, unit)]
            assert quantities.indicator(what, unit, unit_class) == (fitting[0] if fitting else None), what
