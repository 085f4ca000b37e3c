"""A page → its articles, each with headline, subhead, byline, kind and clean text.

The parts: `lines`, `kinds`, `wrap` (what each printed line is), `join` (cut words, stray blanks), `names` (bylines),
`heads` (headlines), `group` (which lines make an article), `glue` (head and tail standing apart), `single`, `boundary`
and `tails` (one ready article: glued headlines, footers, editor chains), `build` (the Article).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from etl.models import Article, Issue, Page
from etl.rules import Rules
from etl.split.build import build
from etl.split.drafts import Draft, Grouped
from etl.split.glue import glue
from etl.split.group import group
from etl.split.line import Line
from etl.split.lines import classified
from etl.split.single import single, take_apart

__all__ = ["accounted", "split"]

_SMALL = 25  # a text without headline that is shorter than this is no article


def split(page: Page, rules: Rules) -> tuple[list[Article], list[Issue]]:
    """The articles of a page in reading order, and what was left over or looks wrong.

    A page that is one ready article (`is_article`) stays one. Issues: leftover-text, cut-text, continued-elsewhere,
    no-article, repeated-article, headline-unclear, link-list-cut.
    """
    if _is_ready(page):
        article, _, issues = single(page)
        return ([article] if article else []), issues
    grouped = _grouped(page.text)
    articles = [build(page, draft) for draft in grouped.drafts]
    issues = [*_draft_issues(page, grouped, articles), *_leftover_issues(page, grouped.leftover)]
    unique = {article.article_id: article for article in reversed(articles)}
    if len(unique) < len(articles):
        issues.append(
            _issue(page, "repeated-article", f"有 {len(articles) - len(unique)} 篇报道在本版重复出现", "info", "")
        )
    if not articles:
        issues.append(_issue(page, "no-article", "本版没有找到报道", "warning", page.text))
    return [unique.pop(a.article_id) for a in articles if a.article_id in unique], issues


def _is_ready(page: Page) -> bool:
    """Whether the page is one article already: the reader says so, or it is a web copy (原标题：…) or a single line."""
    text = page.text.strip()
    return page.is_article or text.startswith("原标题") or (len(text) > 60 and "\n" not in text)


def accounted(page: Page) -> dict[str, str]:
    """Every character of the page's text that is no white space, under what became of it.

    Keys: headline, subhead, byline, body; leftover; and what is ignored by name (masthead, teaser, caption, footer …).
    """
    roles: dict[str, list[str]] = defaultdict(list)
    covered = []
    for role, start, end in sorted(_parts(page), key=lambda part: part[1]):
        roles[role].append(page.text[start:end])
        covered.append((start, end))
    position = 0
    for start, end in [*covered, (len(page.text), len(page.text))]:
        roles["markup"].append(page.text[position:start])
        position = max(position, end)
    squeezed = {role: "".join("".join(texts).split()) for role, texts in roles.items()}
    return {role: text for role, text in squeezed.items() if text}


def _parts(page: Page) -> Iterator[tuple[str, int, int]]:
    if _is_ready(page):
        yield from take_apart(page).parts
        return
    grouped = _grouped(page.text)
    pairs = [pair for draft in grouped.drafts for pair in _draft_lines(draft)]
    pairs += [*grouped.ignored, *(("leftover", line) for line in grouped.leftover)]
    for role, line in pairs:
        for start, end in line.spans:
            yield role, start, end


def _draft_lines(draft: Draft) -> Iterator[tuple[str, Line]]:
    yield from (("headline", line) for line in draft.choice.headline)
    yield from (("subhead", line) for line in draft.choice.subhead)
    yield from (("byline", line) for line in draft.bylines)
    yield from (("body", line) for line in draft.items)


def _grouped(text: str) -> Grouped:
    """The page's lines given to articles, halves glued, scraps given to the leftovers."""
    grouped = group(classified(text))
    glue(grouped)
    for draft in list(grouped.drafts):
        if not draft.choice.headline and not draft.is_news and sum(line.size for line in draft.items) < _SMALL:
            grouped.drafts.remove(draft)
            grouped.leftover += [line for _, line in _draft_lines(draft)]
    return grouped


def _draft_issues(page: Page, grouped: Grouped, articles: list[Article]) -> Iterator[Issue]:
    for draft, article in zip(grouped.drafts, articles, strict=True):
        if draft.jumps:
            yield _issue(
                page,
                "continued-elsewhere",
                f"报道转至他版：{draft.jumps[0]}",
                "info",
                article.headline or "",
                article.article_id,
            )
        elif not draft.finished and not draft.photo:
            end = article.text[-60:]
            yield _issue(page, "cut-text", "正文在句中断开", "info", end, article.article_id)


def _leftover_issues(page: Page, leftover: list[Line]) -> Iterator[Issue]:
    """One issue a line: a short line (slogan, label of a lost picture) is worth a note, lost prose a warning."""
    for line in leftover:
        prose = line.kind in ("body", "lead")
        message = "有正文不属于任何报道" if prose else "有短行不属于任何报道"
        yield _issue(page, "leftover-text", message, "warning" if prose else "info", line.text)


def _issue(page: Page, kind: str, message: str, severity: str, sample: str, article_id: str | None = None) -> Issue:
    text = " ".join(sample.split())[:80] or None
    return Issue(
        kind, message, "info" if severity == "info" else "warning", page.source_path, page.page, text, article_id
    )
