"""Composed newspaper articles with known truth: as many places, dates and numbers as real local papers have.

An article has about 1,000 characters, eight numbers, three dates and a dozen names of places (measured on 183 real
articles: 7.6 numbers per 1,000 characters, 4.4 per event). Equal seed, equal text. All sentences are composed.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from etl.models import Article
from etl.rules import Rules

FIRST_DAY = dt.date(2019, 1, 1)
DAYS = 1826


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a composed article."""

    article: Article
    campaign_id: str
    street_code: str
    day: dt.date
    numbers: tuple[float, ...]


PLAIN = (
    "活动现场，工作人员耐心细致地向过往群众讲解相关知识，引导大家从身边小事做起，营造了人人参与、人人支持的浓厚氛围",
    "该街道坚持问题导向，压实责任，细化措施，把工作抓在日常、做在平常，以实际行动回应群众关切",
    "大家纷纷表示，今后将继续发扬不怕苦、不怕累的精神，把各项任务落到实处，让居民住得安心、过得舒心",
    "下一步，{street}将持续巩固成果，健全长效机制，推动工作由集中整治向常态管理转变",
    "社区党支部书记带头走在前列，党员干部分片包干，网格员上门入户，形成上下联动、齐抓共管的良好局面",
    "对发现的问题，工作组现场交办、限期整改，并安排专人跟踪督办，确保件件有着落、事事有回音",
    "“现在环境好了，心情也跟着好起来。”家住{village}的王大爷高兴地说，他每天都要到广场上走一走",
    "{county}有关部门负责人介绍，此项工作涉及面广、任务重，需要部门协同、条块结合，形成工作合力",
    "志愿者们身穿红马甲，手拿清洁工具，沿着街巷仔细清理垃圾杂物，擦拭护栏，规整车辆，忙得热火朝天",
    "{street}组织召开推进会，传达学习上级会议精神，分析存在的短板弱项，对下一阶段重点任务进行再动员、再部署",
    "通过悬挂横幅、播放音频、张贴海报、发放资料等多种形式，宣传内容走进了千家万户，得到居民一致好评",
    "在{village}的主次干道和背街小巷，随处可见忙碌的身影，大伙儿分工明确、密切配合，干劲十足",
    "针对老旧小区设施老化、停车难等问题，{county}多次实地走访，倾听民意，逐一制定解决方案",
    "检查人员重点查看了用电线路、消防通道、疏散标志等情况，叮嘱经营者时刻绷紧安全这根弦",
)
NUMBERED = (
    "此次行动共出动工作人员{n}人次，检查各类场所{n}家，发现隐患{n}处，已全部督促整改到位",
    "当天共发放宣传资料{n}余份，接受群众咨询{n}人次，张贴海报{n}张",
    "截至{asof}，全{level}累计排查房屋{n}栋，清理垃圾{n}吨，拆除违建{n}平方米",
    "今年以来，{street}已开展集中行动{n}次，整改问题{n}个，惠及居民{n}户",
    "组织志愿者{n}名，清理小广告{n}处，规范非机动车{n}辆",
)
LEADS = (
    "本报讯（记者 示例）{day}，{county}{street}组织开展{campaign}专项行动，深入辖区各社区推进相关工作",
    "{day}上午，{county}{street}在{village}开展{campaign}集中行动，辖区单位和居民代表参加",
    "为深入推进{campaign}工作，{day}，{county}{street}启动为期一周的专项行动",
)
ASIDES = ("此前，{other}、{other2}等地也开展了同类活动", "活动还吸引了来自{other}的居民前来参观学习")


class Composer:
    """Composes articles from the rules' own places and campaigns."""

    def __init__(self, rules: Rules, seed: int = 7, first: dt.date = FIRST_DAY, days: int = DAYS) -> None:
        self.first, self.days = first, days
        self.random = random.Random(seed)
        self.campaigns = [(c.id, c.name) for c in rules.taxonomy.campaigns]
        self.streets = streets_of(rules)

    def articles(self, number: int, chars: int = 1000) -> Iterator[Truth]:
        """`number` articles of about `chars` characters."""
        for i in range(number):
            yield self.article(i, chars)

    def article(self, number: int, chars: int) -> Truth:
        """One article with what is known of it."""
        pick = self.random
        _, city, county, street, code = pick.choice(self.streets)
        campaign_id, campaign = pick.choice(self.campaigns)
        printed = self.first + dt.timedelta(days=pick.randrange(self.days))
        day = printed - dt.timedelta(days=pick.randrange(1, 5))
        others = pick.sample(self.streets, 2)
        slots = {
            "county": county,
            "street": street,
            "campaign": campaign,
            "village": pick.choice("东西南北新和平安康") + pick.choice("苑园河桥门湖山泉") + "社区",
            "day": f"{day.month}月{day.day}日",
            "asof": f"{day.month}月{day.day}日",
            "level": pick.choice("区市县镇"),
            "other": others[0][2] + others[0][3],
            "other2": others[1][3],
        }
        body, numbers = self.body(slots, chars)
        headline = f"{street}扎实推进{campaign}工作"
        paper = city.removesuffix("市") + "日报"
        text = f"{headline}\n{body}"
        article = Article(
            f"{number:016x}", f"{paper}/{printed}.jsonl", "A02", paper, printed, "metadata", "news", headline, None,
            ("示例",), text, len(headline) + 1, home=code[:4],
        )  # fmt: skip
        return Truth(article, campaign_id, code, day, numbers)

    def body(self, slots: dict[str, str], chars: int) -> tuple[str, tuple[float, ...]]:
        """Sentences up to the length wanted: a lead, then plain and numbered ones, in paragraphs."""
        pick = self.random
        sentences, used, size, numbers = [pick.choice(LEADS).format(**slots)], set[str](), 0, list[float]()
        while size < chars - 60:
            kind = pick.random()
            pool = NUMBERED if kind < 0.13 else ASIDES if kind < 0.2 else PLAIN
            sentence = pick.choice([s for s in pool if s not in used] or pool)
            used.add(sentence)
            while "{n}" in sentence:
                value = pick.choice((pick.randrange(2, 40), pick.randrange(40, 900), pick.randrange(1000, 9000)))
                sentence = sentence.replace("{n}", str(value), 1)
                numbers.append(float(value))
            sentences.append(sentence.format(**slots))
            size += len(sentences[-1]) + 1
        marks = [pick.choice(("。", "。", "。\n")) for _ in sentences]
        return "".join(s + m for s, m in zip(sentences, marks, strict=True)).rstrip("\n"), tuple(numbers)


def streets_of(rules: Rules) -> list[tuple[str, str, str, str, str]]:
    """All townships: province, city, county, street, code."""
    import csv

    from etl.rules import DEFAULT_ROOT

    folder = DEFAULT_ROOT / "gazetteer"
    with (folder / "areas.csv").open(encoding="utf-8", newline="") as lines:
        areas = {row["code"]: row["name"] for row in csv.DictReader(lines) if row["stat_only"] == "0"}
    with (folder / "townships.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(row["code"], row["name"]) for row in csv.DictReader(lines)]
    return [
        (areas[code[:2]], areas.get(code[:4], areas[code[:2]]), areas[code[:6]], name, code)
        for code, name in rows
        if code[:6] in areas and code[:2] in areas
    ]
