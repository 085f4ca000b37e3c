"""Articles in the making, and what is known of them while the page is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from etl.split.heads import Before, Choice
from etl.split.join import ends_sentence, kinship
from etl.split.kinds import is_notice_headline, is_salutation
from etl.split.line import Line

_NOTICE_BODY = re.compile(
    r"(?:通告|公告|公示|通知|倡议|提示|声明)如下|发出(?:如下|以下)?倡议|特此(?:通告|公告|通知|声明)"
)
FIRST_ITEM = re.compile(r"(?:一、|（一）|1[.、．](?!\d)|①)")
EXPECTS_LIST = re.compile(r"(?:如下|以下[一-龥]{0,8}|倡议[一-龥]{0,4})[：:。]?$|[：:]$")
_RELATED = 0.2  # share of common bigrams from which two pieces may be halves of one text
_RECENT = 30


@dataclass(slots=True, eq=False)
class Draft:
    """An article in the making."""

    choice: Choice = field(default_factory=Choice)
    items: list[Line] = field(default_factory=list)  # paragraphs (body, lead) and inner subheads (short) in order
    names: list[str] = field(default_factory=list)
    bylines: list[Line] = field(default_factory=list)  # lines that were read into `names`
    closed: bool = False
    photo: bool = False
    jumps: list[str] = field(default_factory=list)

    @property
    def body(self) -> list[Line]:
        return [line for line in self.items if line.kind != "short"]

    @property
    def text(self) -> str:
        """Headline and paragraphs, folded."""
        return "\n".join(line.norm for line in [*self.choice.headline, *self.items])

    @property
    def recent(self) -> str:
        """Headline and the last thirty paragraphs: what a new paragraph is compared with."""
        return "\n".join(line.norm for line in [*self.choice.headline, *self.items[-_RECENT:]])

    @property
    def is_news(self) -> bool:
        return any(line.kind == "lead" for line in self.items[:3])

    @property
    def finished(self) -> bool:
        return not self.items or ends_sentence(self.items[-1].norm)

    def before(self, usual_gap: int) -> Before:
        """What decides whether the next short lines are a subhead of this article or another one's headline."""
        items = self.items[-_RECENT:]
        return Before(
            text=self.recent,
            is_news=self.is_news,
            paragraphs=sum(line.kind != "short" for line in items),
            subheads=tuple(line.size for line in items if line.kind == "short"),
            notice=self.is_notice,
            finished=self.finished,
            size=sum(line.size for line in items),
            usual_gap=usual_gap,
        )

    @property
    def is_notice(self) -> bool:
        head = "".join(line.norm for line in self.choice.headline)
        return is_notice(head, "\n".join(line.norm for line in self.items[:4]))


def is_notice(headline: str, opening: str) -> bool:
    """关于…的通告, 倡议书, 致居民的一封信; or a text that says 通告如下 or begins with 各位居民朋友：."""
    if is_notice_headline(headline) or is_salutation(opening):
        return True
    said = "如下" in opening or "倡议" in opening or "特此" in opening  # one of these is in each
    return said and _NOTICE_BODY.search(opening) is not None


@dataclass(slots=True)
class Grouped:
    """The articles of a page, and every other line with the reason why it is in none."""

    drafts: list[Draft] = field(default_factory=list)
    ignored: list[tuple[str, Line]] = field(default_factory=list)
    leftover: list[Line] = field(default_factory=list)


def related(head: Draft, below: str) -> bool:
    """Whether a text may be the rest of a draft: they share words, or an appeal goes on with 倡议如下."""
    share = kinship(head.recent[-160:], below)
    return share >= _RELATED or (share >= _RELATED / 3 and head.is_notice and is_notice("", below))
