"""Texts whose head and tail stand apart in the file: finds the two halves and puts them together."""

from __future__ import annotations

from etl.split.drafts import EXPECTS_LIST, FIRST_ITEM, Draft, Grouped, related
from etl.split.join import crosses, kinship
from etl.split.kinds import is_salutation
from etl.split.line import Line

_MOST = 60  # heads and tails that are tried with one another


def glue(grouped: Grouped) -> None:
    """Joins each head that breaks off in mid-sentence to the one tail that continues its last word (in place).

    …城市建设、发展水 + 平和文明程度的集中体现。… ; an appeal that ends …倡议如下： + 一、争当…
    """
    _adopt_loose_heads(grouped)
    for head in [draft for draft in grouped.drafts if _open_ended(draft)][:_MOST]:
        tails = [d for d in grouped.drafts if d is not head and not d.is_news and _fits(head, d)]
        if head in grouped.drafts and tails:
            _merge(grouped, head, max(tails, key=lambda d: kinship(head.recent[-160:], d.text[:800])))


def _adopt_loose_heads(grouped: Grouped) -> None:
    """A leftover fragment of prose may be a head too: it becomes a draft of its own for the search."""
    for line in grouped.leftover[:_MOST]:
        prose = "，" in line.norm or "、" in line.norm or is_salutation(line.norm)
        if line.size >= 12 and prose and any(_continues(line, d) for d in grouped.drafts):
            grouped.leftover.remove(line)
            grouped.drafts.append(Draft(items=[line]))


def _open_ended(draft: Draft) -> bool:
    last = draft.items[-1].norm
    return not draft.jumps and not draft.photo and (not draft.finished or bool(EXPECTS_LIST.search(last)))


def _fits(head: Draft, tail: Draft) -> bool:
    if tail.photo or not _continues(head.items[-1], tail):
        return False
    return bool(EXPECTS_LIST.search(head.items[-1].norm)) or related(head, tail.text[:800])


def _continues(last: Line, tail: Draft) -> bool:
    """Whether a draft's text, which does not open like an article's, continues the line's last word or its list."""
    first = tail.body[0] if tail.body else None
    if first is None or first.kind == "lead" or is_salutation(first.norm) or tail.items[0] is last:
        return False
    if EXPECTS_LIST.search(last.norm):
        return bool(FIRST_ITEM.match(first.norm)) and not tail.choice.headline
    return crosses(last.norm, first.norm)


def _merge(grouped: Grouped, head: Draft, tail: Draft) -> None:
    """The tail's text, byline and signature go to the head; what stood above the tail is nobody's headline."""
    grouped.leftover += [*tail.choice.headline, *tail.choice.subhead, *tail.choice.inner]
    head.items += [line for line in tail.items if line not in tail.choice.inner]
    head.names += [name for name in tail.names if name not in head.names]
    head.bylines += tail.bylines
    head.jumps += tail.jumps
    head.closed = tail.closed
    grouped.drafts.remove(tail)
