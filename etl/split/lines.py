"""The lines of a page: where they stand, what marks they carry, which were hard-wrapped, and what each looks to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from etl.split.join import crosses, despace, ends_sentence, fold, is_spaced_out, starts_inside
from etl.split.names import byline_of, names_only, people

Span = tuple[int, int]

#: what may be taken from a page without a word in the run report, with the name it is counted under
IGNORED = frozenset({
    "masthead", "core-values", "teaser", "caption", "credit", "editors", "footer", "source", "links", "image", "jump",
    "label", "repeated", "boilerplate", "markup",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line, or the paragraph that hard-wrapped lines make.

    `text` is cleaned of markdown marks, outer blanks and blanks between the characters of a spaced-out headline;
    `spans` are the stretches of the page's text that it was made of: without white space both read the same.
    """

    text: str
    norm: str
    spans: tuple[Span, ...]
    kind: str = "body"
    gap: int = 0  # blank lines before it; an image counts as three
    level: int = 0  # markdown heading level, 0 = none
    indent: bool = False  # begins with 　　 as a paragraph does
    quote: bool = False  # markdown >

    @property
    def size(self) -> int:
        """Characters without spaces."""
        return len(self.norm) - self.norm.count(" ")


_MARKS = re.compile(r"(?:(#{1,6})(?=[\s　]|[^\s#])\s{0,8}|(>)\s{0,8}|[*+-] {1,3}(?=\S))?(\*\*|__)?")
_IMAGE = re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{0,400}\)|<img[^>\n]{0,400}>|\[?(?:图片|IMAGE|image)\]?")
_RULE = re.compile(r"[-—_=*·.~\s#>|]{1,200}")


def physical_lines(text: str) -> Iterator[Line]:
    """Each line of the page that holds more than blanks and rules (---), with its place and marks."""
    gap, position = 0, 0
    for raw in text.split("\n"):
        start, position = position, position + len(raw) + 1
        stripped = raw.strip()
        if not stripped:
            gap += 1
            continue
        if _IMAGE.fullmatch(stripped):
            yield _line(stripped, start + raw.index(stripped), "image", gap)
            gap = 3
            continue
        line = _marked(raw, stripped, start, gap)
        if line is not None:
            yield line
            gap = 0


def _line(text: str, start: int, kind: str, gap: int) -> Line:
    return Line(text, fold(text), ((start, start + len(text)),), kind, gap)


def _marked(raw: str, stripped: str, start: int, gap: int) -> Line | None:
    """A line without its markdown marks; None for a bare rule."""
    lead = raw.index(stripped)
    marks = _MARKS.match(stripped)
    cut = marks.end() if marks else 0
    body = stripped[cut:]
    if marks and marks[3] and body.endswith(marks[3]):
        body = body[: -len(marks[3])]
    body = body.strip()
    if not body or _RULE.fullmatch(body):
        return None
    at = start + lead + cut + stripped[cut:].index(body)
    clean = despace(body) if is_spaced_out(body) else body
    indent = raw[:lead].count("　") >= 2 or raw[:lead].count(" ") >= 2
    level = len(marks[1]) if marks and marks[1] else 0
    return Line(clean, fold(clean), ((at, at + len(body)),), "", gap, level, indent, bool(marks and marks[2]))


# ── hard-wrapped lines ──────────────────────────────────────────────────────────────────────────────────────────────


def width(norm: str) -> float:
    """Printed width in Han characters: letters, digits and blanks count half."""
    narrow = sum(map(norm.count, " 0123456789abcdefghijklmnopqrstuvwxyz.,-~%/\"'"))
    return len(norm) - narrow / 2


def unwrap(lines: list[Line]) -> list[Line]:
    """Puts together the lines of a column that was cut at a fixed width, one printed line a line:

    本报讯 8月18日，记者在集中采访\\n活动中获悉，今年以来，小店警方\\n积极追赃。 → one paragraph.
    Lines that stand alone, headings and lines of unequal width stay as they are.
    """
    made: list[Line] = []
    for stanza in _stanzas(_upright(lines)):
        made += _unwrap_stanza(stanza) if len(stanza) >= 3 else stanza
    return made


def _upright(lines: list[Line]) -> list[Line]:
    """A headline set vertically, one or two characters a line (小\\n店\\n警\\n方), is put on one line."""
    made: list[Line] = []
    run: list[Line] = []
    for line in [*lines, None]:
        if line is not None and line.size <= 2 and line.kind == "" and not line.level and (not run or line.gap <= 1):
            run.append(line)
            continue
        made += [_merged(run, "")] if len(run) >= 4 else run
        run = []
        if line is not None:
            made.append(line)
    return made


def _stanzas(lines: list[Line]) -> Iterator[list[Line]]:
    stanza: list[Line] = []
    for line in lines:
        if stanza and (line.gap or line.level or stanza[-1].level or line.kind):
            yield stanza
            stanza = []
        stanza.append(line)
    if stanza:
        yield stanza


def _unwrap_stanza(stanza: list[Line]) -> list[Line]:
    widths = [width(line.norm) for line in stanza]
    made: list[list[Line]] = []
    open_to: float | None = None  # width of the column whose paragraph is still open
    for i, line in enumerate(stanza):
        column = _column(widths, i)
        full = column is not None and widths[i] >= column - 2.6
        new = open_to is None or line.indent or _begins_block(stanza, widths, i, open_to)
        if new or not made:
            made.append([line])
        else:
            made[-1].append(line)
        open_to = column if full and column is not None and not standalone(line.norm) else None
    return [_merged(run, "") for run in made]


def _column(widths: list[float], i: int) -> float | None:
    """The width that the lines round about line i share, or None where they share none or are whole paragraphs."""
    near = sorted(widths[max(0, i - 4) : i + 5])
    wide = near[-1] if len(near) < 4 else near[-2]
    alike = sum(1 for w in near if wide - 2.6 <= w <= wide + 1)
    return wide if 8 <= wide <= 60 and alike >= 3 and alike * 2 >= len(near) else None


def _begins_block(stanza: list[Line], widths: list[float], i: int, column: float) -> bool:
    """Whether line i, after a full line, starts something new: a lead, or a headline after a finished sentence."""
    norm, before = stanza[i].norm, stanza[i - 1].norm
    if LEAD.match(norm) or standalone(norm):
        return True
    if not ends_sentence(before) or widths[i] >= column - 2.6:
        return False
    return not _PUNCTUATION.search(norm) and not starts_inside(norm)


def standalone(norm: str) -> bool:
    """Lines that never continue a paragraph: bylines, masthead, footers."""
    return kind_of_known(norm) != ""


def _merged(run: list[Line], glue: str) -> Line:
    if len(run) == 1:
        return run[0]
    text = glue.join(line.text for line in run)
    spans = tuple(span for line in run for span in line.spans)
    return replace(run[0], text=text, norm=fold(text), spans=spans)


# ── what a line looks to be ─────────────────────────────────────────────────────────────────────────────────────────

_PUNCTUATION = re.compile(r"[，。；！？、：]")
_BULLETS = r"[□■●▲◆☆◎★△○0]{0,2} ?"
_DAY = r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日"
_MEDIUM = r"[一-龥A-Za-z·（）|/ -]{1,22}?"
_OUTLET = "网）?|报|社|台|客户端|融媒|新闻|传媒|中心|频道"
#: the beginning of a news item: 本报讯 · 新华社北京3月1日电 · 荆楚网（湖北日报网）讯（… · 红网时刻新闻7月26日讯 · 本报记者 李四 …
LEAD = re.compile(
    rf"{_BULLETS}(?:(?:本报|本台|本刊|本网|我报)(?:[一-龥]{{0,6}}{_DAY})?(?:综合)?(?:讯|电|消息)"
    rf"|{_MEDIUM}(?:{_OUTLET})[一-龥·-]{{0,8}}?{_DAY}(?:讯|电|消息)(?=[ （：，\"\d近日今昨为记从据随连入在由自])"
    rf"|{_MEDIUM}(?:{_OUTLET})[一-龥]{{0,4}}(?:讯|消息)(?=[ （：])"
    rf"|[^。，（]{{0,16}}（[^（）]{{0,30}}(?:记者|通讯员)[^（）]{{1,60}}）"
    rf"|(?:本报|[一-龥]{{2,8}}(?:网|报|客户端))?(?:全媒体|融媒体?|首席|见习)?(?:记者|通讯员)[ ：]?[一-龥 、]{{2,40}}?(?:{_DAY})?(?:报道|摄影报道)"
    rf"|本报[一-龥]{{0,4}}(?:记者|通讯员)[ ：]{{1,2}}[一-龥](?: ?[一-龥]){{1,3}}(?=[ \"（]))"
)
_SECTION_LABEL = re.compile(
    r"(?:图片新闻|图片报道|图说新闻|新闻速览|综合新闻|简讯|短讯|短波|要闻|时政要闻|社会新闻|民生新闻|本版导读|[一-龥]{2,4}头条|"
    r"头条|评论|社论|专题|专版|连载|广告|公益广告)"
)
PHOTO_LABEL = re.compile(r"(?:图片新闻|图片报道|图说新闻|图片故事|新闻图片|影像|镜头)")
_MASTHEAD = re.compile(
    r".{0,12}?\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日.{0,4}星期[一二三四五六日天].{0,80}|[二〇0一三四五六七八九]{4}年[^，。]{0,40}星期[^，。]{0,30}|"
    r"星期[一二三四五六日天].{0,40}|.{0,6}农历.{2,60}|.{0,30}(?:国内统一(?:连续出版物|刊)号|邮发代号|机关报$|报社出版|总第 ?\d{1,6} ?期|今日[一二四八十\d]{1,3}版).{0,60}|"
    r"(?:社址|广告热线|新闻热线|发行热线|订报热线|零售|每份|定价|印刷|承印|网址|邮编|投稿邮箱|电子邮箱)[：: ].{0,80}|"
    r"第? ?[A-Z]?[0-9一二三四五六七八九十]{1,3} ?版(?:[ /|·]{0,3}[一-龥]{2,6})?|[A-Z]?\d{1,3}|[A-Z]?\d{1,2} ?[/|·] ?[一-龥]{2,6}|"
    r"[A-Z][A-Z' ]{5,40}|CN ?\d\d ?[-—]{1,3} ?\d{4}.{0,20}|https?[：:]//\S{3,200}|www\.\S{3,200}"
)
_EDITORS = re.compile(
    r"(?:本版)?(?:责任编辑|责任校对|值班编辑|值班编委|值班总编|值班主任|责编|编辑|编审|编校|校对|美编|版式|版面|审核|审校|审签|监制|总监制|"
    r"初审|复审|终审|一审|二审|三审|统筹|制作|排版|图编|签发|主编)[：:|丨 /].{0,80}|（?编辑[一-龥：: ]{2,10}）?"
)
_FOOTER = re.compile(
    r"返回搜狐.{0,40}|.{0,6}责任编辑：?.{0,10}|分享让更多人看到|(?:版权|著作权)(?:声明|所有).{0,200}|.{0,30}(?:未经授权|禁止转载|转载请注明).{0,60}|"
    r"(?:扫码|扫一扫|长按).{0,40}|打印本页.{0,20}|关闭窗口|上一[篇条版].{0,60}|下一[篇条版].{0,60}|【?(?:投稿|我要评论|字体|字号).{0,60}|"
    r"点击(?:查看|进入|右上角).{0,60}|分享到.{0,40}|相关链接：?"
)
_SOURCE = re.compile(
    r"[（【]?(?:内容|稿件|文章|信息|消息)? ?来 ?源[：:丨|] ?.{1,60}[）】]?|(?:转自|原载|原标题)[：:].{2,40}"
)
LINKS = re.compile(
    r"[【\[（]?(?:推荐阅读|相关阅读|相关新闻|相关报道|延伸阅读|热门推荐|猜你喜欢|更多精彩|往期回顾|往期推荐|精彩推荐|热点新闻)[】\]）：:]?.{0,8}"
)
_TEASER = re.compile(
    r"[（>▶►→]{0,2} ?(?:(?:全文|相关(?:报道|新闻|内容)?|详细报道|报道|内容|图文)?(?:详?见|刊|载|转|请看|导读)) ?(?:今日)?(?:本报)? ?第? ?[A-Z]?[0-9一二三四五六七八九十、至-]{1,6} ?版 ?[）]?"
    r"|(?:今日)?(?:导读|导览|看点|提示)[ ：|].{4,200}"
)
_TEASER_TAIL = re.compile(
    r".{4,60}?[（ /|→▶·…-]{1,3}(?:详?见|刊|转)?第? ?[A-Z]?[0-9一二三四五六七八九十]{1,3} ?版 ?）?"
)
JUMP = re.compile(
    r"（ ?(?:紧?下转|上接|下接|转|接)(?:今日)?第? ?[A-Z]?[0-9一二三四五六七八九十]{1,3} ?版[^（）]{0,16}）|[▶►→] ?下转 ?\S{1,6}版"
)
_CAPTION = re.compile(
    r"[（▲△▼▽↑↓←→◀▶]{0,2} ?(?:图[一二三四五六1-9①②③④⑤⑥]? ?[为：:是]|(?:上|下|左|右|题|本|前|组)(?:页|版|栏)?图(?:片|①|②)?[为：:（是]|(?:如图|资料图|资料图片|示意图|效果图)(?:[：:。）]|$)|"
    r"(?:本[版栏文组])?(?:图片|照片|配图|摄影|插图)(?:均?由|来源|提供|：|:| ).{1,40}|[▲△▼↑↓] ?[^，。]{4,60}).{0,200}"
)
_CREDIT_LINE = re.compile(
    r"[（]?(?:本报)?(?:(?:全媒体|融媒体|首席|见习)?(?:记者|通讯员|实习生))?[ ：]?[一-龥·、 /]{2,24}?[ /]{0,3}(?:摄影报道|摄影|摄制|摄|供图|提供|图)[）]?"
)
_CREDIT_TAIL = re.compile(
    r"(?<=[。！？）\"])[ ]{0,4}[（]?((?:本报)?(?:全媒体|融媒体|首席|见习)?(?:记者|通讯员|实习生)?[ ：]?[一-龥·、 /]{2,24}?)[ /]{0,3}(?:摄影报道|摄影|摄|供图|文/图|图/文|/图)[）]?$"
)
_DOCUMENT = re.compile(r"[（〔\[] ?(?:\d{4}年?)?(?:第 ?)?\d{1,5}(?:号|期)[）〕\]]|[一-龥]{1,8}〔\d{4}〕\d{1,4}号")
_FULL_DATE = re.compile(
    r"(?:\d{4}|[二0一三四五六七八九]{4})年[0-9一二三四五六七八九十]{1,3}月[0-9一二三四五六七八九十]{1,3}日"
)
_OFFICE = re.compile(
    r"(?:[一-龥（）0-9]{3,36}?(?:办公室|委员会|指挥部|领导小组|政府|党委|局|中心|大队|支队|总队|公司|协会|联合会|总工会|团委|妇联|联盟|学会|"
    r"街道办事处|办事处|居委会|村委会|编辑部|法院|检察院|学院|医院|集团))(?: [一-龥（）]{4,30}){0,3}"
)
_VALUES = frozenset("富强 民主 文明 和谐 自由 平等 公正 法治 爱国 敬业 诚信 友善".split())
_PAPER = re.compile(r"《?[一-龥]{2,10}(?:日报|晚报|早报|晨报|时报|商报|都市报|导报|快报|新报|周报|农民报|法治报|报)》?")
_SALUTATION = re.compile(
    r"(?:尊敬的|亲爱的|全[市县区省村镇街]|广大|各位|各[级有])[^。：]{0,40}?"
    r"(?:委员|朋友|市民|居民|同志|村民|党员|家长|同学|师生|教师|单位|企业|业主|网友|读者|群众|干部|职工|员工|志愿者|司机|商户|乡亲|同胞|代表)们? ?："
)


def kind_of_known(norm: str) -> str:
    """The kind of a line that can be told without its neighbours, or "": masthead, teaser, caption, byline, signature …"""
    size = len(norm)
    if size > 220:
        return ""
    if size <= 60:
        kind = _short_kind(norm, size)
        if kind:
            return kind
    for kind, pattern in _LONG_KINDS:
        if pattern.fullmatch(norm):
            return kind
    return ""


_SHORT_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("label", _SECTION_LABEL),
    ("document", _DOCUMENT),
    ("jump", JUMP),
    ("teaser", _TEASER),
    ("links", LINKS),
    ("date", _FULL_DATE),
)
_LONG_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("teaser", _TEASER),
    ("masthead", _MASTHEAD),
    ("editors", _EDITORS),
    ("footer", _FOOTER),
    ("source", _SOURCE),
    ("caption", _CAPTION),
)


def _short_kind(norm: str, size: int) -> str:
    for kind, pattern in _SHORT_KINDS:
        if pattern.fullmatch(norm):
            return kind
    if _is_values(norm):
        return "core-values"
    if size <= 45 and "。" not in norm:
        if _TEASER_TAIL.fullmatch(norm):
            return "teaser"
        if norm.rstrip("）").endswith(("摄", "供图", "提供", "图", "摄影")) and _CREDIT_LINE.fullmatch(norm):
            return "credit"
        if byline_of(norm):
            return "byline"
        if names_only(norm):
            return "names"
    return ""


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
    bare = _FULL_DATE.sub("", norm).strip()
    return 4 <= len(bare) <= 60 and bool(_OFFICE.fullmatch(bare))


def is_salutation(norm: str) -> bool:
    """全市各级政协组织和广大政协委员：… · 各位居民朋友：…: an open letter or appeal begins."""
    return bool(_SALUTATION.match(norm))


def photo_credit(norm: str) -> tuple[str, ...] | None:
    """Names of the credit that ends a caption (…正常运行。 徐浩轩 郝晨光 摄), or None where there is none."""
    match = _CREDIT_TAIL.search(norm[-60:])
    return people(match[1]) if match else None


# ── lines in order ──────────────────────────────────────────────────────────────────────────────────────────────────


def classified(text: str) -> list[Line]:
    """The page's lines in order, hard wraps undone, bylines and jumps inside a line cut off, each with its kind."""
    lines = [piece for line in unwrap(list(physical_lines(text))) for piece in _pieces(line)]
    spaced = blanks_mean_nothing(lines)
    return _in_context([_kinded(line, i, spaced) for i, line in enumerate(lines)], spaced)


def blanks_mean_nothing(lines: list[Line]) -> bool:
    """Whether the reader left a blank at each line end inside the paragraphs (信息 技术产业), so that blanks mean nothing."""
    long = [line.norm for line in lines if line.size >= 40]
    blanks = sum(len(_STRAY.findall(norm)) for norm in long)
    return blanks >= 5 and blanks * 60 >= sum(map(len, long))


_STRAY = re.compile(r"(?<=[一-龥，、；：。]) (?=[一-龥，。、])")
_INSIDE_BYLINE = re.compile(
    r"(?:(?<= )|(?<=[。！？\"]))（[一-龥·、 ]{2,30}）(?= |$)|(?<=[。！？\"])（[^（）]{0,12}(?:记者|通讯员)[^（）]{1,40}）$"
)


def _pieces(line: Line) -> Iterator[Line]:
    """Cuts a byline and a jump out of a paragraph: …疫 (张晓丽) 情防控防线。 · …正常。（记者 李四） · …申报；（下转第三版）"""
    if line.size < 20 or len(line.spans) > 1 or "（" not in line.norm:
        yield line
        return
    cuts = [m.span() for m in JUMP.finditer(line.norm)]
    cuts += [m.span() for m in _INSIDE_BYLINE.finditer(line.norm) if names_only(m[0]) or byline_of(m[0])]
    position, gap = 0, line.gap
    for start, end in sorted(cuts):
        for a, b in ((position, start), (start, end)):
            if line.text[a:b].strip():
                yield replace(_slice(line, a, b), gap=gap)
                gap = 0
        position = end
    if line.text[position:].strip():
        yield replace(_slice(line, position, len(line.text)), gap=gap)


def _slice(line: Line, start: int, end: int) -> Line:
    text = line.text[start:end]
    lead = len(text) - len(text.lstrip())
    text = text.strip()
    at = line.spans[0][0] + start + lead
    return replace(line, text=text, norm=fold(text), spans=((at, at + len(text)),))


_LONG = 46  # a headline line is shorter than this, a line of text often longer


def _kinded(line: Line, index: int, spaced: bool) -> Line:
    """The line with its kind; lines of text lose their stray blanks."""
    if line.kind:
        return line
    norm = line.norm
    kind = "masthead" if index < 8 and is_paper(norm) else kind_of_known(norm)
    if kind in ("names", "byline", "editors", "masthead") and line.level and kind == "names":
        kind = ""
    if kind:
        return replace(line, kind=kind)
    if line.size <= 1:
        return replace(line, kind="noise")
    if LEAD.match(norm) and line.size > 14:
        kind = "lead"
    elif line.level:
        kind = "short"
    elif line.size >= _LONG or "。" in norm or ends_sentence(norm) or norm[-1] in "；，、：":
        kind = "body"
    else:
        kind = "short"
    if kind != "short" and (spaced or blanks_mean_nothing([line])):
        return replace(_despaced(line), kind=kind)
    return replace(line, kind=kind)


def _despaced(line: Line) -> Line:
    """The line without stray blanks; those of a closing photo credit (徐浩轩 郝晨光 摄) stay."""
    credit = _CREDIT_TAIL.search(line.norm, max(0, len(line.norm) - 60))
    cut = credit.start(1) if credit else len(line.text)
    text = despace(line.text[:cut]).rstrip() + line.text[cut - 1 if credit and line.text[cut - 1] == " " else cut :]
    return replace(line, text=text, norm=fold(text))


def _in_context(lines: list[Line], spaced: bool) -> list[Line]:
    """Second look: prose cut short by a column is no headline; a short sentence beside a photo credit is a caption."""
    out = list(lines)
    for i, line in enumerate(out):
        after = out[i + 1] if i + 1 < len(out) else None
        before = out[i - 1] if i else None
        if line.kind == "short" and not line.level and _is_prose(line, before, after):
            out[i] = replace(_despaced(line) if spaced else line, kind="body")
        elif line.kind == "body" and line.size <= 30 and _is_caption(line, after):
            out[i] = replace(line, kind="caption")
    return out


_PROSE_START = re.compile(
    r"[\"（]?(?:在|据|为了|目前|同时|此外|近年|今年|去年|当天|当日|随后|其中|并|而|但|也|还|记者|如今|眼下|这|那|该|我们|他|她|一方面|不仅|截至|\d{1,2}月)"
)
_DATE_HEADER = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:[上下]午|晚|至\S{2,8}日)?")


def _is_prose(line: Line, before: Line | None, after: Line | None) -> bool:
    """A fragment of a paragraph rather than a headline: “请 · 西水磨村地处城市近郊，一直有种 · 在义诊活动现场，医生们仔细 · 8月16日"""
    norm = line.norm
    if _DATE_HEADER.fullmatch(norm):
        return before is not None and before.kind in ("body", "lead")
    score = 2 * bool(_PUNCTUATION.search(norm) and norm.count('"') % 2 and norm[-1] != '"')
    score += 2 * (norm.count("（") != norm.count("）"))
    score += (
        ("，" in norm)
        + bool(_PROSE_START.match(norm))
        + ("的" in norm and "，" in norm)
        + ("了" in norm and "，" in norm)
    )
    score += 2 * is_salutation(norm) - 2 * norm.startswith(("-", "·", "—"))
    if after is not None and after.kind == "body":
        score += 2 * starts_inside(after.norm) + 2 * crosses(norm, after.norm)
    if before is not None and before.kind in ("body", "lead") and not ends_sentence(before.norm):
        score += crosses(before.norm, norm)
    return score >= 2 + (line.gap > 1)


def _is_caption(line: Line, after: Line | None) -> bool:
    """源瀚科技生产车间。 before (图片由…提供): one short sentence without a comma."""
    if "，" in line.norm or not line.norm.endswith("。") or '"' in line.norm:
        return False
    return (after is not None and after.kind in ("credit", "caption") and after.gap <= 1) or line.gap >= 3
