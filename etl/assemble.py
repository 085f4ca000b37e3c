"""Findings of one article → Events. The only place where findings meet."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from etl.dates import fallback
from etl.models import Article, Event, Evidence, Metric, Place, Tag, When
from etl.text import Text


def assemble(
    article: Article,
    text: Text,
    places: Sequence[Place],
    whens: Sequence[When],
    tags: Sequence[Tag],
    metrics: Sequence[Metric],
) -> list[Event]:
    """One event for each campaign and place of the activity, the main one first; each metric in exactly one of them.

    Campaigns come main one first, and so do places. The main place gets every campaign; a further place gets the
    campaign whose cue stands nearest to it. An article of no campaign gives events without one.
    """
    pairs = pair(text, active(places), tags)
    shares = share_metrics(text, pairs, with_days(text, metrics, whens))
    main = main_when(article, text, whens)
    return [
        event(article, place, tag, when_of(text, place, whens, main, alone=len(pairs) == 1), share, rank)
        for rank, ((place, tag), share) in enumerate(zip(pairs, shares, strict=True))
    ]


Pair = tuple[Place | None, Tag | None]


def active(places: Sequence[Place]) -> list[Place]:
    """The places where the activity is, each once, in order."""
    seen: dict[tuple[str | None, ...], Place] = {}
    for place in places:
        if place.role == "activity":
            seen.setdefault(place.key, place)
    return list(seen.values())


def pair(text: Text, places: Sequence[Place], tags: Sequence[Tag]) -> list[Pair]:
    """Which campaign is reported of which place."""
    if not places:
        return [(None, tag) for tag in tags] or [(None, None)]
    if not tags:
        return [(place, None) for place in places]
    first: list[Pair] = [(places[0], tag) for tag in tags]
    return first + [(place, nearest_tag(text, place, tags)) for place in places[1:]]


def nearest_tag(text: Text, place: Place, tags: Sequence[Tag]) -> Tag:
    """The campaign whose cue stands in the place's sentence, else the article's main one."""
    sentence = text.sentence_index(place.evidence.start)
    return next((t for t in tags if text.sentence_index(t.evidence.start) == sentence), tags[0])


def share_metrics(text: Text, pairs: Sequence[Pair], metrics: Sequence[Metric]) -> list[tuple[Metric, ...]]:
    """Each metric to the event that it belongs to: by clause, sentence, paragraph, else to the main event."""
    if len(pairs) == 1:
        return [tuple(metrics)]
    found = [anchors(one, pairs) for one in pairs]
    shares: list[list[Metric]] = [[] for _ in pairs]
    for metric in metrics:
        shares[owner(text, found, metric)].append(metric)
    return [tuple(share) for share in shares]


def owner(text: Text, found: Sequence[Sequence[Evidence]], metric: Metric) -> int:
    """Index of the event that a metric belongs to: the first whose place or campaign is named nearby decides."""
    at = metric.start
    near = first_named(found, *text.sentence(at))
    if near is not None:  # else none is named in the clause either
        nearest = first_named(found, *text.clause(at))
        return near if nearest is None else nearest
    return first_named(found, *text.paragraph(at)) or 0


def first_named(found: Sequence[Sequence[Evidence]], first: int, last: int) -> int | None:
    """Index of the first event whose place or campaign is named between two bounds; None where none is."""
    for i, spans in enumerate(found):
        for e in spans:
            if first <= e.start < last:
                return i
    return None


def anchors(one: Pair, pairs: Sequence[Pair]) -> list[Evidence]:
    """The spans that tell this event from the article's others: its place, or its campaign, or both."""
    place, tag = one
    found: list[Evidence] = []
    if place and any(p and p.key != place.key for p, _ in pairs):
        found.append(place.evidence)
    if tag and any(t and t.campaign_id != tag.campaign_id for _, t in pairs):
        found.append(tag.evidence)
    return found


def with_days(text: Text, metrics: Sequence[Metric], whens: Sequence[When]) -> Sequence[Metric]:
    """The metrics, running totals with the day up to which they count."""
    days = [w for w in whens if w.use == "as_of" and w.date_end]
    if not days:
        return metrics
    return [with_as_of(text, m, days) if m.scope == "cumulative" and not m.as_of else m for m in metrics]


def with_as_of(text: Text, metric: Metric, days: Sequence[When]) -> Metric:
    """A running total with the day up to which it counts: 截至6月14日 in its sentence, else in its paragraph."""
    for bounds in (text.sentence, text.paragraph):
        first = bounds(metric.start)[0]
        before = [w for w in days if first <= w.evidence.start < metric.start]
        if before:
            return dated(metric, before[-1].date_end)
    return metric


def dated(m: Metric, day: dt.date | None) -> Metric:
    """The metric with the day up to which it counts (spelt out: `dataclasses.replace` takes five times as long)."""
    return Metric(m.what, m.indicator, m.value, m.unit, m.qualifier, m.scope, day, m.start, m.end, m.text)


def main_when(article: Article, text: Text, whens: Sequence[When]) -> When | None:
    """The time of the article's main activity: the first that dates an activity, else a running total's day."""
    for use in ("activity", "as_of"):
        found = next((w for w in whens if w.use == use and w.date), None)
        if found:
            return found
    return fallback(article, text)


def when_of(text: Text, place: Place | None, whens: Sequence[When], main: When | None, *, alone: bool) -> When | None:
    """The time of the activity at `place`: the day or days in the place's own sentence, else the main one.

    The main time also stands where it is a day within those of the sentence (国庆假期 in the headline, 10月4日 in the text).
    """
    if alone or place is None:
        return main
    first, last = text.sentence(place.evidence.start)
    sharp = [w for w in whens if w.use == "activity" and w.date and w.precision in ("day", "range")]
    own = [w for w in sharp if first <= w.evidence.start < last]
    return own[0] if own and not (main and within(main, own[0])) else main


def within(day: When, span: When) -> bool:
    """Whether a time is one day of a longer one."""
    if day.precision != "day" or day.date is None or span.date is None or span.date_end is None:
        return False
    return span.date < span.date_end and span.date <= day.date <= span.date_end


def event(
    article: Article, place: Place | None, tag: Tag | None, when: When | None, metrics: tuple[Metric, ...], rank: int
) -> Event:
    """The row of one campaign's activity at one place."""
    found = tuple([finding.evidence for finding in (place, tag, when) if finding])
    return Event(
        event_id=event_id(article.article_id, tag, place),
        article_id=article.article_id,
        province=place.province if place else None,
        city=place.city if place else None,
        district=place.district if place else None,
        street=place.street if place else None,
        community=place.community if place else None,
        adcode=place.adcode if place else None,
        street_code=place.street_code if place else None,
        place_basis=place.basis if place else None,
        campaign=tag.campaign if tag else None,
        campaign_id=tag.campaign_id if tag else None,
        campaign_group=tag.campaign_group if tag else None,
        date=when.date if when else None,
        date_end=(when.date_end or when.date) if when else None,
        date_precision=when.precision if when else None,
        date_basis=when.basis if when else None,
        metrics=metrics,
        evidence=found,
        headline=article.headline,
        newspaper=article.newspaper,
        published_on=article.published_on,
        duplicate_of=None,
        rank=rank,
        corrections=(),
    )


def event_id(article_id: str, tag: Tag | None, place: Place | None) -> str:
    """A stable id: the same article, campaign and place give the same on every run and machine."""
    parts = (article_id, tag.campaign_id if tag else "", *((p or "" for p in place.key) if place else ("",) * 5))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]
