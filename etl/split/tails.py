"""What web copies carry around an article: footers, editor chains, sources, link lists, invitations to follow.

Read from the end: …。返回搜狐，查看更多责任编辑： · …记者 杨柳编辑 陈颖二审 潘树涛三审 唐正平 · （马陈玲 王智银） ·
来源：…发布 · 校对 徐珩 · 分享让更多人看到 · 推荐阅读… · 《 人民日报 》（ 2023年07月21日 10 版）.
"""

from __future__ import annotations

import re

from etl.split.names import byline_of, is_name, names_only, people

Part = tuple[str, int, int]  # role, start, end

#: each begins with literal characters and runs to the end of the text
_TAIL = re.compile(
    r"(?P<footer>(?:返回搜狐|责任编辑：? {0,40}[一-龥·]{0,6}$|分享让更多人看到|（完）$|查看更多$|"
    r"阅读(?:更多|原文)$|举报/反馈$|"
    r"重要提醒[^。！？]{0,30}点分享|点分享|点点赞|如遇作品内容|如有侵权|如涉侵权|版权侵权联系|版权归原作者|免责声明：|"
    r"本文系[^。]{0,12}(?:原创|转载)|转载请注明|独家稿件，|"
    r"新闻线索报料|报料(?:热线|通道|电话)：|投稿爆料|爆料(?:热线|电话)：).{0,200}$"
    r"|【[^【】]{0,60}(?:投稿|合作|免费发布|邮件|关注)[^【】]{0,60}】.{0,30}$)"
    r"|(?P<source>《 ?[一-龥]{2,8} ?》 ?（ ?\d{4}年 ?\d{1,2}月 ?\d{1,2}日.{0,14}版 ?）$"
    r"|[（【](?:内容|稿件|文章|消息)? ?(?:来 ?源|转自|供稿|原载|原标题)[：:丨|][^（）【】]{2,80}[）】]$)"
)
#: what one of these patterns begins with; a search for these is far cheaper than the patterns' own
_TAIL_WORDS = (
    "返回搜狐", "责任编辑", "分享让", "重要提醒", "点分享", "点点赞", "如遇", "如有侵", "如涉侵", "版权", "免责",
    "本文系", "转载请", "独家稿件", "新闻线索", "报料", "爆料", "【",
)  # fmt: skip
_CLOSING_WORDS = (
    "（完",
    "（来",
    "（转",
    "（供",
    "（原",
    "（内",
    "（稿",
    "（文",
    "（消",
    "《",
)  # where a bracket ends the text
_LAST_WORDS = ("查看更多", "阅读更多", "阅读原文", "举报/反馈")  # themselves the end of the text
#: those of them whose footers may end like a sentence: 转载请注明出处。 · 联系我们删除，谢谢！
_SPOKEN = ("转载请", "如遇", "如有侵", "如涉侵", "版权", "免责", "独家稿件", "报料", "爆料")
_ANY_TAIL, _ANY_LAST, _ANY_SPOKEN, _ANY_CLOSING = (
    re.compile("|".join(words))
    for words in (_TAIL_WORDS, _TAIL_WORDS + _LAST_WORDS, _SPOKEN, _TAIL_WORDS + _CLOSING_WORDS)
)
_LINK_WORD = re.compile(r"阅读|相关新闻|往期回顾|热门推荐|更多精彩|猜你喜欢")
_LINK_LIST = re.compile(r"(?:推荐阅读|相关阅读|相关新闻|延伸阅读|往期回顾|热门推荐|更多精彩|猜你喜欢)[^。]{0,600}$")
_CREDIT = re.compile(
    r"记者|通讯员|编辑|校对|来 ?源|作者|[一二三初复终]审|编审|编校|审核|监制|供图|文/图|图/文|文/|图文|摄影|摄像|"
    r"通讯：|实习生|撰稿|供稿|综合："
)
_EDITORS = re.compile(
    r"(?=[值责本流图版编校一二三初复终审监制统内稿信来综])(?:值班|责任|本期|流程|图片|版面)?(?:编辑整理|编辑|责编|校对|[一二三初复终]审|编审|编校|审核|审校|监制|制作|统筹|"
    r"(?:内容|稿件|信息)?来 ?源|综合|编委)[ ：:丨|/]?"
)
_WRITERS = re.compile(r"记者|通讯员|作者|文/|/文|图文|通讯[：:]|撰稿|实习生")
_NEAR = 260  # characters from the end that are looked at


def cut_tail(norm: str, start: int) -> tuple[int, list[Part], list[str]]:
    """End of the text proper in `norm[start:]`, the parts behind it with their roles, and the writers named there."""
    end = len(norm)
    parts: list[Part] = []
    names: list[str] = []
    for _ in range(12):
        end = len(norm[:end].rstrip(" \n\t\r\u3000"))
        part = _last_part(norm, start, end) if end > start else None
        if part is None or part[1] - start < 20:
            break
        role, at = part[0], part[1]
        if role == "byline":
            names = [n for n in _writers(norm[at:end]) if n not in names] + names
        parts.append((role, at, end))
        end = at
    return end, parts, names


def _last_part(norm: str, start: int, end: int) -> Part | None:
    """The last stretch of norm[start:end] that is none of the text, or None."""
    low = max(start, end - _NEAR)
    found = _tail(norm, low, end)
    if found is not None:
        return found
    if norm[end - 1] not in "。！？…" and _LINK_WORD.search(norm, max(0, end - 2 * _NEAR), end):
        links = _LINK_LIST.search(norm, max(start, end - 2 * _NEAR), end)
        if links:
            return ("links", links.start(), end)
    return _credit_part(norm, low, end)


def _words_before(last: str) -> re.Pattern[str]:
    """The words worth looking for, by the text's last character."""
    if last in '。！？…"':
        return _ANY_SPOKEN
    if last == "）":
        return _ANY_CLOSING
    return _ANY_LAST if last in "多文馈" else _ANY_TAIL


def _tail(norm: str, low: int, end: int) -> Part | None:
    """The first footer or source in norm[low:end] that runs to its end."""
    search = _words_before(norm[end - 1]).search
    word = search(norm, low, end)
    while word:
        match = _TAIL.match(norm, word.start(), end)
        if match:
            return (match.lastgroup or "footer", match.start(), end)
        word = search(norm, word.start() + 1, end)
    return None


def _credit_part(norm: str, low: int, end: int) -> Part | None:
    """A byline or editor chain behind the last full stop."""
    last = norm[end - 1]
    if last == "）":
        return _paren_part(norm, low, end)
    if last in "。！？…":
        return None
    at = max([norm.rfind(mark, low, end) for mark in "。！？…\n"]) + 1
    while at < end and norm[at] in "\"'）》」』 ":
        at += 1
    if (at <= low and low > 0) or end - at > 100:
        at = max(norm.rfind("）", low, end), norm.rfind('"', low, end)) + 1  # a text that lost its full stops
    if at >= end or end - at > 100:
        return None
    chunk = norm[at:end]
    if at == low and low > 0 and not _CREDIT.search(chunk):
        return None
    editors = _EDITORS.search(chunk)
    if editors and editors.end() < len(chunk) and "，" not in chunk[editors.end() :].rstrip("， "):
        before = chunk[: editors.start()]
        if not before.strip() or _is_writers(before):
            return ("source" if "源" in editors[0] else "editors", at + editors.start(), end)
    return ("byline", at, end) if _is_writers(chunk.rstrip("，、 ")) else None


def _paren_part(norm: str, low: int, end: int) -> Part | None:
    """（马陈玲 王智银） · （记者 吴黎明 通讯员 江梦婷） behind a finished sentence."""
    at = norm.rfind("（", low, end)
    if at <= low or not 4 <= end - at <= 62 or norm[at - 1] not in '。！？…" \n':
        return None
    role = _paren_role(norm[at:end])
    return (role, at, end) if role else None


def _is_writers(chunk: str) -> bool:
    """贵州日报天眼新闻记者 杨柳 · 文/图 曾菲菲 · 周怡庆 · …记者 刘淑红 报道; no sentence that lost its full stop."""
    bare = chunk.strip()
    if not bare or "，" in bare or len(bare) > 70:
        return False
    return bool(byline_of(bare) or names_only(bare))


def _paren_role(norm: str) -> str:
    inner = norm.strip("（） ")
    if names_only(inner) or byline_of(inner):
        return "byline"
    if _CREDIT.search(inner):
        return "byline" if _WRITERS.search(inner) else "credit"
    words = inner.split(" ")
    return "byline" if 1 < len(words) <= 3 and is_name(words[-1]) else ""


def _writers(norm: str) -> list[str]:
    inner = norm.strip("（） ")
    names = names_only(inner) or byline_of(inner)
    if names:
        return list(names)
    last = inner.split(" ")[-1]
    return [last] if is_name(last) else [n for n in people(inner) if is_name(n)]
