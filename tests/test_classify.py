"""Campaigns of composed articles: positives of each of the 65, competitors, passing words; properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.classify import classify
from etl.models import Article, Tag
from etl.rules import Rules
from etl.rules.taxonomy import squeeze
from etl.text import Text

# (text, main campaign). A line break ends the headline.
POSITIVES = [
    ("打好创城攻坚战 城区迎来大变样\n连日来，干部职工走上街头，对照测评体系查漏补缺。", "civilized-city"),
    ("全市召开全国文明城市复检迎检工作调度会，要求各单位认领任务、补齐短板，确保顺利通过测评。", "civilized-city"),
    ("社区开展“首善平城·绿色文明周”主题活动，组织居民清扫楼院，倡导文明行为。", "civilized-city"),
    ("县爱卫办组织专业人员对城中村投放灭鼠毒饵，统一灭蚊灭蝇，降低病媒生物密度。", "sanitary-city"),
    ("巩固国家卫生城市成果 我区开展周末卫生大扫除\n机关干部深入小巷清除卫生死角，擦洗公厕。", "sanitary-city"),
    ("世界无烟日当天，卫健部门走进餐馆宣传控烟条例，劝阻室内吸烟行为。", "sanitary-city"),
    ("城管夜间出动整治烧烤摊占道经营，暂扣桌椅三十余件，市容秩序明显好转。", "streetscape"),
    ("针对共享单车乱停乱放，街道划定停放区，安排专人摆放，还路于民。", "streetscape"),
    ("沿街店铺签下门前三包责任书，商户自己扫门前雪、管门前秩序。", "streetscape"),
    ("小区撤掉楼下旧桶，改为定时定点投放，志愿者手把手教居民分辨厨余垃圾和其他垃圾。", "waste-sorting"),
    ("生活垃圾分类宣传进校园，同学们在游戏中认识可回收物。", "waste-sorting"),
    ("外墙做了保温，管网换了新，这个建于上世纪八十年代的老旧小区改造后像新建的一样。", "old-neighbourhoods"),
    ("区住建局推进城市更新行动，三条背街小巷改造完工，棚户区居民陆续回迁。", "old-neighbourhoods"),
    ("既有住宅加装电梯现场办公会在社区召开，居民分摊方案全票通过。", "old-neighbourhoods"),
    ("综合执法局依法强制拆除一处楼顶违法建筑，面积二百余平方米。", "illegal-construction"),
    ("镇里打响两违整治攻坚战，五天拆除违建十二处，存量逐步清零。", "illegal-construction"),
    ("住建局约谈三家物业企业，要求公开收费标准，提升物业服务水平。", "property-management"),
    ("小区成立首届业委会，物业费收缴率从四成升到九成，业主直夸“红色物业”好。", "property-management"),
    ("学雷锋纪念日前后，各文明实践站组织志愿者到敬老院理发、到广场维修家电。", "volunteering"),
    ("返乡大学生组成志愿服务队，暑期社会实践走村入户，为村民讲政策、辅导功课。", "volunteering"),
    ("村里修订村规民约，红白理事会上门劝导，酒席不超过十桌，大操大办的少了。", "customs"),
    ("清明节期间，公墓倡导鲜花祭扫，设立文明祭祀引导岗，禁止焚烧纸钱。", "customs"),
    ("春节前夕，民警和社区干部挨家宣传烟花爆竹禁放规定。", "customs"),
    ("安委办带队检查化工企业，查出重大事故隐患三项，挂牌督办。", "work-safety"),
    ("“安全生产月”活动启动，应急管理局在广场设咨询台，讲解安全生产法。", "work-safety"),
    ("矿山企业开展自查，有限空间作业、动火作业审批更加严格，事故隐患动态清零。", "work-safety"),
    ("燃气公司上门安检，为独居老人免费更换软管、加装燃气报警器。", "gas-safety"),
    ("市场监管所查处无证经营瓶装液化气窝点，扣押气瓶三十只。", "gas-safety"),
    ("消防员走进学校开展疏散逃生演练，师生学会使用灭火器。", "fire-safety"),
    ("街道排查出租屋和沿街门店，清理飞线充电、楼道堆物，拆除铁栅栏打通生命通道。", "fire-safety"),
    ("冬春火灾防控动员会召开，要求盯紧高层建筑和人员密集场所。", "fire-safety"),
    ("林场进入高火险期，巡护队二十四小时值守，进山人员一律扫防火码。", "forest-fire"),
    ("清明临近，村干部在路口设卡，收缴火种，严禁野外用火。", "forest-fire"),
    ("暴雨黄色预警发布后，镇党委连夜转移低洼地带居民，备足沙袋抽水泵。", "flood-control"),
    ("河堤出现管涌，突击队连夜抢险，保住了万亩良田。", "flood-control"),
    ("台风“海燕”逼近，渔船全部回港，海上养殖人员撤离上岸。", "flood-control"),
    ("暑期将至，民警和老师走村入户讲防溺水知识，在水塘边竖起警示牌。", "drowning-prevention"),
    ("巡河志愿者劝离在河边戏水的孩子，避免溺水事故发生。", "drowning-prevention"),
    ("交警设卡查处酒后驾驶，对不戴头盔的骑行者现场教育。", "road-safety"),
    ("农用三轮车违法载人被查，民警上了一堂交通安全课。", "road-safety"),
    ("镇里组织第三方机构对经营性自建房进行安全鉴定，C级、D级危房一律停用。", "building-safety"),
    ("全区房屋安全隐患排查进入扫尾阶段，住建局为每栋房子建立一房一档。", "building-safety"),
    ("防灾减灾日，社区举行地震避险演练，居民跟着疏散路线图撤到广场。", "disaster-prevention"),
    ("连日降雪，环卫、交通部门全员上路扫雪除冰，保障市民出行。", "disaster-prevention"),
    ("山区乡镇组织地质灾害避险演练，群测群防员敲锣示警。", "disaster-prevention"),
    ("开学前，市场监管局突击检查校园食堂，抽检餐具和食用油。", "food-drug-safety"),
    ("执法人员走进药店，核查处方药销售记录和药品储存条件。", "food-drug-safety"),
    ("民警在菜市场摆摊讲反诈，大妈当场识破刷单返利骗局。", "anti-fraud"),
    ("断卡行动持续推进，警方捣毁一个为境外诈骗团伙引流的窝点。", "anti-fraud"),
    ("银行与派出所联动止付，为老人保住二十万元，成功拦截一起冒充公检法诈骗。", "anti-fraud"),
    ("打击整治养老诈骗专项行动开展以来，民政部门排查养老机构预付费风险。", "elder-fraud"),
    ("金融办联合街道开展防范非法集资宣传月活动，发放折页三千份。", "elder-fraud"),
    ("派出所民警进山踏查，铲除非法种植的罂粟，宣传禁种铲毒知识。", "anti-drug"),
    ("社区戒毒康复人员参加技能班，禁毒社工全程陪伴。", "anti-drug"),
    ("扫黑办公布举报奖励办法，发动群众检举黑恶势力和村霸。", "organised-crime"),
    ("法院集中宣判一批涉黑涉恶案件，常态化扫黑除恶斗争持续发力。", "organised-crime"),
    ("派出所开展夏夜治安巡查，警灯闪烁在夜市街头，群众安全感满满。", "summer-policing"),
    ("夏季行动以来，公安机关破获盗抢骗案件六十起，清查旅馆、网吧二百家次。", "summer-policing"),
    ("“法治大篷车”开进集市，律师现场解答民法典疑问，普法宣传接地气。", "legal-education"),
    ("宪法宣传周期间，司法局组织法治讲座十二场。", "legal-education"),
    ("乡镇承接行政处罚权后成立综合执法队，执法改革让看得见的管得住。", "legal-education"),
    ("老支书的调解室开了十年，邻里纠纷在这里握手言和。", "dispute-mediation"),
    ("县领导带头接访下访，信访积案一件件包案化解。", "dispute-mediation"),
    ("年关将近，劳动监察大队帮农民工讨回欠薪八十万元。", "dispute-mediation"),
    ("暑期公益托管班开进社区，孩子放假有了好去处，留守儿童有人陪。", "minors-protection"),
    ("检察官走进中学讲授如何预防校园欺凌，呵护未成年人。", "minors-protection"),
    ("省级专精特新企业名单公布，我区五家入选，一家晋级“小巨人”。", "specialized-smes"),
    ("园区建立梯度培育库，帮助创新型中小企业申报单项冠军。", "specialized-smes"),
    ("市场主体倍增工程推进会召开，前三季度新增市场主体一万户。", "market-entities"),
    ("行政审批窗口推动个体工商户转型，个转企数量同比翻番。", "market-entities"),
    ("人行组织银企对接，首贷户拓展行动为小店主送来第一笔贷款。", "first-loans"),
    ("信用社推行整村授信，农户凭信用就能贷到款，普惠金融下沉到村。", "first-loans"),
    ("工信局干部驻企服务，帮企业协调用电难题，助企纾困见实效。", "business-relief"),
    ("税务干部把减税降费政策送进车间，企业用退税款添了新设备。", "business-relief"),
    ("我县推行企业开办“一日办结”，营商环境满意度全市第一。", "business-environment"),
    ("深化放管服改革，审批事项再精简三成，信用监管代替多头检查。", "business-environment"),
    ("新能源产业园二期开工奠基，总投资十二亿元，投产后年产值可达二十亿元。", "investment-projects"),
    ("县委书记带队赴广东招商，推介会上签约项目六个。", "investment-projects"),
    ("知识产权宣传周启动，市监局为企业讲解专利申请和商标注册。", "intellectual-property"),
    ("“平遥牛肉”地理标志保护再升级，侵权假冒案件快查快办。", "intellectual-property"),
    ("全区加快现代服务业集群建设，引进会展、物流、金融等生产性服务业企业。", "service-industry"),
    ("县里建起电子商务产业园，快递进村、直播电商让山货出山，商贸流通更活。", "service-industry"),
    ("政府发放千万消费券，汽车、家电以旧换新补贴同步开启。", "consumption"),
    ("购物节开幕，商场打折让利，夜间消费红红火火，消费市场持续回暖。", "consumption"),
    ("古镇推出夜游线路，周末民宿爆满，文旅收入创新高。", "culture-tourism"),
    ("研学团走进红色旧址，乡村旅游带火农家乐，景区游客络绎不绝。", "culture-tourism"),
    ("太忻一体化经济区忻州片区百余个项目加速推进。", "taixin-zone"),
    ("我区抢抓太忻经济区建设机遇，打造科创走廊北翼。", "taixin-zone"),
    ("家门口的招聘会来了，三十家单位带来八百个岗位，求职者络绎不绝。", "employment"),
    ("零工市场揭牌，务工人员免费学电工、月嫂，职业技能培训拿证上岗。", "employment"),
    ("高校院所专家与企业对接，三项科技成果就地转化，产学研结出硕果。", "science-innovation"),
    ("市里出台引才十条，硕博人才引进补贴最高五十万元。", "science-innovation"),
    ("村里办起肉牛养殖合作社，村集体经济年增收三十万元，脱贫户分红到手。", "rural-vitalisation"),
    ("帮扶车间机器轰鸣，留守妇女家门口务工，月入三千。", "rural-vitalisation"),
    ("驻村第一书记带着村民种香菇，小香菇撑起增收致富伞。", "rural-vitalisation"),
    ("厕所革命让农家告别旱厕，村庄清洁行动扮靓房前屋后。", "rural-living"),
    ("对标浙江“千万工程”，镇里清垃圾、治污水、拆残垣断壁，农村人居环境大改善。", "rural-living"),
    ("麦浪翻滚，农机手抢晴收割，夏粮丰收已成定局。", "farming-season"),
    ("晚稻进入田管关键期，植保无人机喷药防治病虫害。", "farming-season"),
    ("久旱无雨，干部群众抽水抗旱，保住了两千亩玉米。", "farming-season"),
    ("人勤春来早，农机下田翻地，农资门店备足种子、化肥，春耕序幕拉开。", "spring-farming"),
    ("农业农村局派出专家指导春播备耕和小麦返青管理。", "spring-farming"),
    ("乡里复垦撂荒地三百亩，田长每周巡田，守牢耕地红线。", "farmland"),
    ("高标准农田建设现场，挖掘机平整土地，渠相连、路相通。", "farmland"),
    ("秋收在即，无人机升空巡查，发现秸秆焚烧火点立即扑灭处罚。", "straw-burning"),
    ("村里把秸秆打捆离田，变成饲料和燃料，禁烧不再难。", "straw-burning"),
    ("县级河长巡河时发现两处排污口，现场交办限期封堵。", "river-chief"),
    ("城区黑臭水体完成截污清淤，水质由劣五类升到四类。", "river-chief"),
    ("重污染天气应急响应启动，工地停工、渣土车停运，全力治理扬尘。", "clean-air"),
    ("煤改电让农户告别散煤，冬天的空气质量越来越好。", "clean-air"),
    ("植树节里，机关干部来到北山栽下油松一千株，履行义务植树责任。", "afforestation"),
    ("口袋公园建到家门口，城区新增公园绿地十万平方米。", "afforestation"),
    ("市医院专家团下乡义诊，为村民免费做心电图、测血糖。", "community-health"),
    ("家庭医生上门随访慢病患者，健康讲座开到小区广场。", "community-health"),
    ("无偿献血车开进机关大院，百名干部挽袖献血。", "community-health"),
    ("全市新增两例无症状感染者，疾控人员连夜流调，划定中高风险区。", "epidemic-control"),
    ("凌晨五点，医护人员集结出发，一天完成全员核酸采样十万人次。", "epidemic-control"),
    ("社区卫生中心开设老年人接种专场，医生详细告知新冠疫苗加强针注意事项。", "vaccination"),
    ("适龄女生HPV疫苗免费接种启动，家长陪同到接种点登记。", "vaccination"),
    ("教育局巡查校外培训机构，严防隐形变异，课后服务让家长放心。", "education"),
    ("新建小学九月招生，可增加学位一千个，义务教育更加优质均衡。", "education"),
    ("长者食堂开饭了，失能老人还能享受送餐上门和日间照料。", "elderly-care"),
    ("民政局为高龄老人居家安装扶手、呼叫器，适老化改造惠及千户。", "elderly-care"),
    ("便民菜店、早餐店、理发店一应俱全，一刻钟便民生活圈越织越密。", "fifteen-minute-circle"),
    ("老菜市场改造成智慧农贸市场，15分钟生活圈再添新去处。", "fifteen-minute-circle"),
    ("工会为环卫工人送去西瓜、绿豆，夏日送清凉活动走进工地。", "social-assistance"),
    ("爱心人士结对资助困难学生，助学金开学前发放到位。", "social-assistance"),
    ("残联为残疾人免费适配轮椅，民政局为低保户发放临时救助金。", "social-assistance"),
    ("网格员上门讲解居民医保缴费标准，帮老人用手机参保。", "medical-insurance"),
    ("医保局通报一起药店骗保案，追回医保基金并罚款。", "medical-insurance"),
    ("剧团送戏下乡演了三天，戏迷们看得津津有味。", "culture"),
    ("图书馆里书香浓，全民阅读活动吸引亲子家庭参加。", "culture"),
    ("面塑传承人开班收徒，非遗技艺走进课堂。", "culture"),
    ("社区篮球赛打响，球员奔跑拼抢，全民健身热情高涨。", "sports"),
    ("万人健步走活动在滨河公园举行，市民用脚步丈量城市之美。", "sports"),
    ("八一前夕，县领导走访驻军部队，慰问优抚对象和现役军人家属。", "veterans"),
    ("征兵体检站里，适龄青年踊跃报名参军。", "veterans"),
    ("社区推行“微网格”，楼栋长敲门问需，小事不出网格。", "grassroots-governance"),
    ("小院议事会上，居民你一言我一语商量停车难题，共建共治共享有了新平台。", "grassroots-governance"),
    ("读书班结业，党员干部围绕主题教育谈体会、找差距。", "theme-education"),
    ("老党员在红色教育基地讲微党课，宣讲党的二十届三中全会精神。", "theme-education"),
    ("纪委监委下发通报，剖析四起违反中央八项规定精神问题。", "party-discipline"),
    ("廉洁文化主题公园开放，清廉漫画引来干部驻足。", "party-discipline"),
    ("办事群众在政务大厅一窗受理区递上材料，帮办员全程代办。", "gov-services"),
    ("接到12345热线工单后，社区两小时上门解决漏水问题，接诉即办不打烊。", "gov-services"),
    ("各族群众共吃团圆饭，民族团结进步宣传月活动暖人心。", "ethnic-unity"),
    ("社区创建互嵌式居住小区，铸牢中华民族共同体意识，像石榴籽一样紧紧相拥。", "ethnic-unity"),
]

# The word of another campaign stands there too, but in passing, as means or as metaphor.
COMPETITORS = [
    ("森林防火消防演练在林场举行，扑火队员用灭火器、水泵演示扑救。", "forest-fire"),
    ("民警在禁毒篮球赛现场摆出展板，讲解毒品危害，球员签名承诺拒绝毒品。", "anti-drug"),
    ("和美乡村篮球大赛开赛前，消防员检查场馆，排查火灾隐患，开展消防宣传。", "fire-safety"),
    ("志愿者站在桶前值守，引导居民做好垃圾分类，志愿服务时长可换积分。", "waste-sorting"),
    ("网格员小李每天巡河，清理水面漂浮物，黑臭水体变清流。", "river-chief"),
    ("百日行动中，警方为受骗群众追赃挽损三百万元，反诈宣传覆盖全部小区。", "anti-fraud"),
    ("派出所以“无诈社区”创建为抓手，向老年人讲解养老诈骗套路，防范非法集资。", "elder-fraud"),
    ("为推进全国文明城市创建，街道整治占道经营、清理小广告，规范门前三包。", "civilized-city"),
    ("为迎接国家卫生城市复审，社区清理乱堆乱放，擦洗小广告，整治占道经营。", "sanitary-city"),
    ("消防救援站与社区联手，拆除楼道违建，打通消防通道，消除火灾隐患。", "fire-safety"),
    ("党建引领，党员带头，村里打响人居环境整治硬仗，清理垃圾四十车。", "rural-living"),
    ("春耕时节护林员提醒农民不要烧荒，严防森林火灾，野外用火先报备。", "forest-fire"),
    ("八一前夕，志愿者到退伍老兵家中打扫卫生、量血压，送去节日慰问。", "veterans"),
    ("社区居家养老服务中心请来医生义诊，老年食堂、日间照料一应俱全，养老不离家。", "elderly-care"),
    ("在高标准农田里，收割机来回穿梭抢收早稻，农民忙着双抢。", "farming-season"),
    ("银行柜员和民警联手，劝阻老人转账，识破冒充客服的电信诈骗。", "anti-fraud"),
    ("学校组织防溺水安全教育，签订家长告知书，暑假期间老师每周家访。", "drowning-prevention"),
    ("公安交警在秋收路口劝导农用车驾驶员，查处酒驾和违法载人。", "road-safety"),
    ("燃气安全隐患排查组走进餐馆，查灭火器，更查软管和报警器，严防燃气泄漏。", "gas-safety"),
    ("消防大队对自建房出租屋开展消防检查，清理飞线充电。", "fire-safety"),
    ("文化馆把戏台搭进军营，但更多的演出送到山村，送戏下乡一百场。", "culture"),
    ("原标题：反诈宣传进万家近日，派出所走进企业讲解诈骗套路。返回搜狐，查看更多", "anti-fraud"),
]

# Nothing here is a campaign.
NEGATIVES = [
    "",
    "　\n \n",
    "本版责编 王某 校对 李某",
    "今日天气晴，最高气温三十度，偏南风二到三级。",
    "他从书架上取下一本旧相册，慢慢翻看，想起了许多往事。",
    "球迷们守在电视机前，等着看昨晚的进球集锦。",
    "公告：因线路检修，明日上午九时至十二时停电，请相互转告。",
    "双色球第2023088期开奖结果揭晓，头奖八注。",
    "本店转让，位置好，面积一百平方米，有意者电话联系。",
    "记者在街头看到，一只橘猫蹲在墙头晒太阳。",
    "这道家常菜要先焯水，再下锅翻炒，出锅前撒上葱花。",
    "遗失声明：张某遗失身份证，声明作废。",
    "他筑起心里的防火墙，不再理会流言。",
    "父亲的背影是我心中的安全伞、传家宝。",
    "他每天开着车送货，从清晨忙到天黑，看惯了这座城的街巷。女儿打来电话，说学校里刚讲了消防知识。他笑着应了几声，"
    "把车停在桥头，看河水慢慢流过。年轻时他也想过离开，后来娶妻生子，日子像河水一样淌着，倒也安稳。傍晚的风吹过来，"
    "带着谁家炒菜的香味，他发动车子，往家的方向开去，想着晚上喝一碗热汤，再看一集没看完的电视剧。桥上的灯一盏盏亮了。",
    "1234567890" * 40,
    "（（（（））））" * 60,
]


def article(text: str) -> Article:
    """An article whose headline, if it has one, ends at the first line break."""
    head = text.find("\n") + 1
    return Article("a", "a.txt", None, None, None, "unknown", "news", text[: head - 1] or None, None, (), text, head)


def tags(text: str, rules: Rules) -> list[Tag]:
    return classify(article(text), Text.of(text), rules)


@pytest.mark.parametrize(("text", "expected"), POSITIVES + COMPETITORS)
def test_main_campaign(text: str, expected: str, rules: Rules) -> None:
    assert [t.campaign_id for t in tags(text, rules)][:1] == [expected]


@pytest.mark.parametrize("text", NEGATIVES)
def test_no_campaign(text: str, rules: Rules) -> None:
    assert tags(text, rules) == []


def test_table_covers_every_campaign(rules: Rules) -> None:
    counts = {c.id: sum(expected == c.id for _, expected in POSITIVES) for c in rules.taxonomy.campaigns[:65]}
    assert not [c for c, n in counts.items() if n < 2]
    assert len(POSITIVES) + len(COMPETITORS) + len(NEGATIVES) >= 150


@pytest.mark.parametrize(
    ("text", "span", "rule"),
    [
        ("为推进“红色物业”服务，社区党委牵头。", "红色物业", "property-management/红色物业"),
        ("社区干部入户，为全国文\n明城市测评做准备，人人参与创建。", "全国文\n明城市", "civilized-city/全国文明城市"),
        ("全镇扎实做好“五星”支部创建，议事会开到院里。", "五星”支部", "grassroots-governance/五星支部"),
        ("区政府组织开展 ｢扫黑 除恶｣ 宣传。", "扫黑 除恶", "organised-crime/扫黑除恶"),
        ("市民拨打１２３４５热线反映路灯不亮。", "１２３４５热线", "gov-services/12345热线"),
        ("永泰街道开展消防安全检查\n近日，街道走访商铺。", "消防安全检查", "fire-safety/消防安全检查"),
    ],
)
def test_evidence_is_the_best_cue_as_printed(text: str, span: str, rule: str, rules: Rules) -> None:
    best = tags(text, rules)[0].evidence
    assert (best.text, best.rule, best.field) == (span, rule, "campaign")
    assert text[best.start : best.end] == span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "反诈宣传进社区 守好老人养老钱\n派出所向老年人讲解养老诈骗的套路，"
            "揭露以房养老骗局，提醒防范非法集资和电信诈骗。"
            "民警指导大家安装国家反诈中心APP，刷单、冒充公检法等电信网络诈骗也讲得明明白白。",
            {"anti-fraud", "elder-fraud"},
        ),
        (
            "普法倡导新风 法治助推移风易俗\n志愿者发放资料，讲解移风易俗，开展普法宣传。",
            {"legal-education", "customs"},
        ),
        ("街道开展消防安全检查，查看灭火器，同时宣传了反诈知识。", {"fire-safety"}),
        (
            "志愿服务大集进乡村\n新时代文明实践所的志愿服务活动上，义诊的医生为村民量血压、测血糖，讲解慢病防治，家庭医生现场签约，义诊持续半天。",
            {"community-health", "volunteering"},
        ),
        ("医院下乡义诊\n医生义诊，量血压、测血糖，家庭医生签约，志愿者在旁引导。", {"community-health"}),
    ],
)
def test_second_campaign_only_when_nearly_as_strong(text: str, expected: set[str], rules: Rules) -> None:
    assert {t.campaign_id for t in tags(text, rules)} == expected


def test_links_behind_the_article_do_not_count(rules: Rules) -> None:
    body = "街道组织义诊，医生为居民量血压、测血糖，讲解健康知识。" * 3
    links = "推荐阅读 反诈宣传进校园 反诈民警在行动 国家反诈中心提醒 电信网络诈骗防范 反诈知识竞赛"
    assert [t.campaign_id for t in tags(body + links, rules)] == ["community-health"]


def test_tags_come_best_first_with_names_of_the_taxonomy(rules: Rules) -> None:
    found = tags("普法倡导新风 法治助推移风易俗\n讲解移风易俗，开展普法宣传。", rules)
    assert [t.score for t in found] == sorted((t.score for t in found), reverse=True)
    for one in found:
        campaign = rules.taxonomy.by_id[one.campaign_id]
        assert (one.campaign, one.campaign_group) == (campaign.name, campaign.group)


WORDS = ["反诈", "消防安全", "创城", "“", "”", "12345", "原标题：", "义诊", "。", "推荐阅读", "😀", "㎡", "\n", " "]


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(WORDS), max_size=80).map("".join)), st.integers(0, 40))
def test_any_text_gives_spans_that_hold(rules: Rules, text: str, body: int) -> None:
    given_article = Article(
        "a", "a.txt", None, None, None, "unknown", "news", None, None, (), text, min(body, len(text))
    )
    found = classify(given_article, Text.of(text), rules)
    assert len(found) <= 2
    assert len({t.campaign_id for t in found}) == len(found)
    for one in found:
        assert text[one.evidence.start : one.evidence.end] == one.evidence.text
        assert one.evidence.rule == f"{one.campaign_id}/{squeeze(one.evidence.text)}"
    assert found == classify(given_article, Text.of(text), rules)


def test_long_repetition_is_classified_to_an_end(rules: Rules) -> None:
    for unit in ("反诈", "原标题：", "1", "（", "\n", "消防 "):
        assert len(tags(unit * (100_000 // len(unit)), rules)) <= 2
