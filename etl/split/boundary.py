"""Where a glued headline ends: 原标题：X本报讯… · 原标题：XX 近日，… · X今年以来，… · X“同学们，在没有家长…”."""

from __future__ import annotations

import re

from etl.split.join import crosses

_WINDOW = 140
_SHORTEST = 4  # characters of a headline
_LONGEST = 46  # characters of a headline without quotes and blanks
_DAY = r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日"
_OUTLET = (
    r"(?:中新网|中新社|新华社|新华网|人民网|央视网|央广网|光明网|红网时刻|红网|东方网|大众网|水母网|荆楚网|信网|"
    r"华声在线|大河网|浙江在线|中国[一-龥]{2,4}[网报]|[一-龥]{2}(?:新闻网|融媒|日报|晚报|早报|晨报|时报|商报|都市报|快报|网|发布|在线|广播电视台|电视台)|"
    r"导报|本报|本网|本台|本刊)"
)
#: a dateline or byline that a body begins with; the headline ends before it
_DATELINE = re.compile(
    rf"{_OUTLET}(?:（[^（）]{{1,12}}）)?[-/|·]?[一-龥]{{0,8}}?"
    rf"(?:{_DAY} ?(?:讯|电|消息|报道)|(?<![通资])讯(?=[ （：\"\d近为今连日随在]))"
    rf"|(?:{_OUTLET}[一-龥]{{0,5}}[ |]{{0,3}})?(?:记者|通讯员|作者|来源)(?=[ ：])"
    r"|【|·{5,}|↑|图为|[一-龥]{2,6} 订阅"
)
_DATELINE_WORD = re.compile(r"讯|电|消息|报道|记者|作者|来源|【|····|↑|图为|订阅")  # one of these is in each
#: words that open a news text and hardly ever stand inside a headline
_OPENING = re.compile(
    r"(?=[近日前连今去昨当眼盛炎七八九十随伴自进受为案\d])(?:"  # spares the rest at most places
    r"近日|日前|近期|连日来|近年来|今年以来|去年以来|今年[，上]|[七八九十]月以来|昨日|昨天|当前，|眼下|盛夏时节|炎炎夏日"
    r"|随着|伴随|自去年|进入[暑夏冬春秋]|受[^，]{2,12}影响，"
    r"|为(?:了(?=[一-龥])|进一步|深入|切实|全面|贯彻|加强|推进|做好|确保|扎实|落实|提升|规范|有效|积极|丰富|加快|持续"
    r"|庆祝|弘扬|营造|保障|推动|提高|认真|严厉|让更多|助力|增强|充分|更好|广泛|迎接|维护|打造)"
    r"|(?:\d{4}年)?\d{1,2}月\d{1,2}日(?=[^，。]{0,14}，)|案例一)"
)
_TWICE = re.compile(r"([一-龥]{3,10})\1")
_QUOTE = re.compile(r"“(?=[^”]{13,}|[^”]{0,12}[，。！？；][^”]*)(?=[^”]*[，。！？])")
_SKIP = re.compile(r"[\s\"'“”‘’《》]+")
_CAPTION_END = re.compile(r"。[一-龥 ]{0,12}(?:摄|供图)?")


def consume(norm: str, start: int, title: str) -> int:
    """Position behind `title` where norm[start:] begins with it, blanks apart; else `start`."""
    i = start
    for c in title:
        if c.isspace():
            continue
        while i < len(norm) and norm[i].isspace():
            i += 1
        if i >= len(norm) or norm[i] != c:
            return start
        i += 1
    return i


def headline_end(raw: str, norm: str, start: int, end: int) -> tuple[int, int] | None:
    """(end of the headline, start of what follows its repetition) of a text that begins with a headline, or None.

    The earliest good sign wins: the headline printed twice, a dateline, an opening word, a word doubled across the
    join, a spoken sentence in quotes.
    """
    window = norm[start : min(end, start + _WINDOW)]
    twice = _repeated(norm, window, start)
    dateline = _DATELINE.search(window, _SHORTEST) if _DATELINE_WORD.search(window) else None
    signs = [m.start() for m in _OPENING.finditer(window, _SHORTEST)]
    signs += [dateline.start()] if dateline else []
    doubled = _TWICE.search(window, 3)
    signs += [doubled.end(1)] if doubled else []
    signs += [m.start() for m in _QUOTE.finditer(raw[start : start + len(window)]) if m.start() >= _SHORTEST][:1]
    if twice is not None:
        if twice[1] > twice[0] and all(twice[0] <= start + sign for sign in signs):
            return twice
        signs.append(twice[0] - start)
    if dateline:  # a quotation mark or number just before it is its own
        signs = [sign for sign in signs if not dateline.start() - 6 <= sign < dateline.start()]
    found = (_checked(window, sign, start) for sign in sorted(signs))
    return next((boundary for boundary in found if boundary is not None), None)


def opens_with_dateline(norm: str, start: int) -> bool:
    """湖北日报全媒记者 黄璐…: the text begins with its dateline, not with a headline."""
    return bool(_DATELINE.match(norm, start))


def _repeated(norm: str, window: str, start: int) -> tuple[int, int] | None:
    """The headline printed twice, or a body that begins with the headline's first six characters."""
    at = window.find(window[:6], 8, 96)
    if at < 0:
        return None
    title = window[:at].rstrip(" |")
    behind = consume(norm, start + at, title)
    return (start + len(title), behind) if behind > start + at else (start + at, start + at)


def _checked(window: str, at: int, start: int) -> tuple[int, int] | None:
    """The boundary, moved before a caption that stands between headline and body; None where not believable."""
    title = window[:at]
    stop = _CAPTION_END.search(title)
    if stop:
        at = _before_caption(title, stop.start())
        title = window[:at]
    size = len(_SKIP.sub("", title))
    if not _SHORTEST <= size <= _LONGEST or "。" in title or title.rstrip()[-1:] in "，、；：":
        return None
    return (start + len(title.rstrip(" |")), start + at)


def _before_caption(title: str, stop: int) -> int:
    """End of the headline in 整治小切口 振兴大目标村里道路干净整洁。: the halves of a couplet are equally long."""
    couplet = couplet_end(title)
    if couplet and couplet <= stop:
        return couplet
    marks = [i + 1 for i, c in enumerate(title[:stop]) if c in '"！？' and i >= 6]
    return marks[-1] if marks else 0


def couplet_end(title: str) -> int:
    """Where the second half of `A B…` is as long as A, quotes apart (节约用电e起行 科学节能增美好|党员…), or 0."""
    match = re.match(r"(?:[^：\s]{2,20}：)?([^\s：，。]{4,16}) (?=\S)", title)
    if match is None:
        return 0
    wanted, i = len(_SKIP.sub("", match[1])), match.end()
    while wanted and i < len(title):
        wanted -= not _SKIP.match(title[i])
        i += 1
    while i < len(title) and title[i] == '"' and title.count('"', match.end(), i + 1) % 2 == 0:
        i += 1
    return 0 if wanted or crosses(title[:i], title[i:]) else i
