"""Bylines: which words are people's names, which lines say only who wrote or photographed.

Shapes read: 记者 王 勇 通讯员 杨 莉 霍辰希 · （记者 贾晓龙） · (杨 沫、王 亮) · □本报记者 李四 · 通讯员李军、姜涛 ·
记者：毛军玲 摄像：冯骥 · （记者 张巍 李烨/文 曾千芷/图） · 贵州日报天眼新闻记者 杨柳.
"""

from __future__ import annotations

import re

# The hundred-odd commonest family names and those of two characters, from the general list of Chinese surnames
# (百家姓); a name of Han characters must begin with one of them, or stand after a role such as 记者.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施牛"
    "樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉"
    "骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米"
    "柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥"
    "南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋"
    "相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎"
    "勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由锦"
)
DOUBLE = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "皇甫",
    "端木",
    "令狐",
    "慕容",
    "尉迟",
    "东方",
    "司徒",
    "夏侯",
    "公孙",
    "独孤",
)
#: splits a byline at its roles; what stands between them is names, media and adjectives
_ROLE_SPLIT = re.compile(
    r"(?=[记通实撰作报文图摄供])(?:记者站|记者|通讯员|实习生|撰稿人|撰稿|作者|报道员|通讯|文/图|图/文|图文|文图|摄影报道|摄影|摄像|供图|"
    r"(?<![一-龥])(?:文|图|摄)(?=[/：: ]|$))[：: /|]{0,3}"
)
_NO_NAME = re.compile(
    r"(?:.{0,16}?(?:日报|晚报|早报|晨报|时报|商报|都市报|导报|快报|青年报|社区报|农民报|法治报|工人报|本报|本刊|本网|本台|新闻网|新闻|网|社|电视台|"
    r"融媒体中心|融媒体|融媒|客户端|传媒|YMG))?社?(?:全媒体|融媒体|融媒|全媒|首席|见习|实习|特约|特派|驻[一-龥]{2,4}|文字|视频)*(?:报道|整理)?"
)
_EDGES = " （）[]□■●▲◆☆◎★△◇0○-"
_CREDITS = frozenset({"文", "图", "摄", "供图", "报道", "整理", "摄影"})
_SEPARATOR = re.compile(r"[ 、，,/；;：:|]+")
_HAN = re.compile(r"[一-龥·𠀀-𪛟]+")
_PAREN = re.compile(r"[（\[]([^（）\[\]\n]{2,60})[）\]]")


def is_name(word: str) -> bool:
    """王勇, 欧阳修, 拜克然木·艾力 are names; 高温天气 and 小游园 are none (no surname, or too long)."""
    if "·" in word:
        return 4 <= len(word) <= 14
    if not (2 <= len(word) <= 4 and _HAN.fullmatch(word)):
        return False
    return (word[:2] in DOUBLE and len(word) >= 3) or (len(word) <= 3 and word[0] in SURNAMES)


def join_spaced(words: list[str]) -> list[str]:
    """Names printed with a space inside are put together: 王, 勇 → 王勇; 霍辰希 stays."""
    joined: list[str] = []
    open_name = False
    for word in words:
        if open_name and len(word) == 1:
            joined[-1] += word
            open_name = False
        else:
            joined.append(word)
            open_name = len(word) == 1
    return joined


def names_only(norm: str) -> tuple[str, ...]:
    """The names of a line that holds nothing else: 赵海燕 · 王荣 王晓丽 · （杨 沫、王 亮）; else ()."""
    bare = norm.strip(_EDGES)
    if not 2 <= len(bare) <= 40 or "。" in bare:
        return ()
    words = join_spaced([w for w in _SEPARATOR.split(bare) if w])
    return tuple(words) if words and len(words) <= 6 and all(is_name(w) for w in words) else ()


def byline_of(norm: str) -> tuple[str, ...]:
    """The names of a line made of roles and names: 记者 王 勇 通讯员 杨 莉; () where it says more (记者走访)."""
    stretch = norm.strip(_EDGES)
    if len(stretch) > 90 or not _ROLE_SPLIT.search(stretch):
        return ()
    words = [w for chunk in _ROLE_SPLIT.split(stretch) for w in join_spaced(_words(chunk))]
    spaced = any(c in stretch for c in " ：、|/")
    good = all(is_name(w) or (spaced and 2 <= len(w) <= 4 and _HAN.fullmatch(w)) for w in words)
    return tuple(dict.fromkeys(words)) if words and good else ()


def people(norm: str) -> tuple[str, ...]:
    """Names in a stretch already known to be a byline; roles, media and credits (文/图) are dropped."""
    words = [w for chunk in _ROLE_SPLIT.split(norm.strip(_EDGES)) for w in join_spaced(_words(chunk))]
    return tuple(dict.fromkeys(w for w in words if _HAN.fullmatch(w) and (2 <= len(w) <= 4 or "·" in w)))


def _words(chunk: str) -> list[str]:
    words = (w for w in _SEPARATOR.split(chunk) if w and w not in _CREDITS)
    return [w for w in words if not w.endswith("报道") and not _NO_NAME.fullmatch(w)]


_SIGNED = re.compile(r"(?:记者|通讯员)[ ：]?([一-龥]{2,3})(?=\d{1,2}月|报道|[ ，])")
_ENDS = re.compile(r"近日|近年来|今年以来|连日来|日前|为了?[一-龥]{2}|\"|\d")


def lead_byline(norm: str) -> tuple[str, ...]:
    """Names of the first 100 characters of a body: 本报讯（记者 贾晓龙）… · …讯（通讯员李军、姜涛）… ·
    8月10日电（黄金玲）… · 东方网记者王泳婷7月28日报道 · 记者 王文彬 通讯员 张荣祥近年来，…
    """
    head = norm[:100]
    for match in _PAREN.finditer(head) if "（" in head or "[" in head else ():
        inner = match[1]
        if "记者" in inner or "通讯员" in inner or "实习生" in inner:
            return people(inner)
        if head[: match.start()].rstrip().endswith(("讯", "电")):
            words = join_spaced(_words(inner))
            if any(map(is_name, words)) and all(2 <= len(w) <= 4 and _HAN.fullmatch(w) for w in words):
                return tuple(words)
    if "记者" not in head[:40] and "通讯员" not in head[:40]:
        return ()
    stop = _ENDS.search(head, 6)
    names = byline_of(head[: stop.start()].rstrip()) if stop else ()
    signed = _SIGNED.search(head[:40])
    return names or ((signed[1],) if signed and is_name(signed[1]) else ())
