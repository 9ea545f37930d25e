"""An alert in words: what every form of a message says, worked out once. Pure.

Data: :class:`Wording` holds plain text and :class:`Part` runs (text, marked or not); the
templates only lay it out. Marks come from the alert's evidence: offsets into the event's title
and text as published. Offsets that do not fit the text are left out, never trusted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from alerts.core.alert import Alert, AlertType
from alerts.core.measure import EVERYONE, Measure
from alerts.core.places import place_label
from alerts.core.source import Tier
from alerts.core.taxonomy import Status, commodity_label, direction

EXCERPT = 700
"""Characters of the report's text that a message quotes, at most."""
_AROUND = 140
_UNNAMED = "not named in the text"
_TIERS = {
    Tier.OFFICIAL: "official source",
    Tier.WIRE: "wire agency",
    Tier.PRESS: "press report",
    Tier.OTHER: "other source",
}
_STATUSES = {
    Status.PROPOSED: "proposed, not decided",
    Status.INVESTIGATION: "under investigation",
    Status.REPORTED: "reported, not confirmed",
    Status.ANNOUNCED: "announced",
    Status.IN_FORCE: "in force",
    Status.EXTENDED: "extended",
    Status.SUSPENDED: "suspended",
    Status.EASED: "eased",
    Status.LIFTED: "lifted",
    Status.DENIED: "denied",
    Status.CHALLENGED: "challenged",
}
_DIRECTIONS = {"restrictive": "tightens supply", "liberalising": "loosens supply", "neutral": ""}


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text, marked where a rule or a measure stands on it."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """An alert in words. Lists are empty and strings "" where an alert has nothing to say."""

    kind: AlertType
    severity: str
    subject: str
    headline: tuple[Part, ...]
    sentence: str
    facts: tuple[tuple[str, str], ...]
    summary: str
    action: str
    why: str
    excerpt: tuple[Part, ...]
    url: str
    source: str
    reports: str
    rule: str
    owner: str
    description: str
    alert_id: str
    preheader: str


def words_of(alert: Alert) -> Wording:
    """Work out what to say about an alert."""
    event, measure = alert.event, alert.measure
    title = event.title if event and not alert.resolves else alert.title
    summary = alert.summary if alert.summary.strip() not in ("", title.strip()) else ""
    sentence = sentence_of(measure) if measure else ""
    return Wording(
        kind=alert.type,
        severity=alert.severity,
        subject=subject_of(alert),
        headline=marked(title, _spans(alert, "title")),
        sentence=sentence,
        facts=tuple(_facts(alert)),
        summary=summary,
        action=alert.action,
        why=alert.why,
        excerpt=excerpt(event.text, _spans(alert, "text")) if event else (),
        url=safe_url(event.url if event else None),
        source=event.source.publisher if event else "",
        reports=_reports(alert),
        rule=alert.rule.title if alert.rule else "",
        owner=alert.rule.owner if alert.rule else "",
        description=alert.rule.description if alert.rule else "",
        alert_id=alert.id,
        preheader=_flat(sentence or summary or alert.why)[:140],
    )


def subject_of(alert: Alert) -> str:
    """One line, the same for every notice of a story, since mail readers thread by it too."""
    title = alert.story.title if alert.story else alert.title
    again = "Re: " if alert.type is AlertType.UPDATED else ""
    missed = "Not acknowledged: " if alert.type is AlertType.ESCALATED and alert.story else ""
    return f"{again}[{_flat(alert.severity)}] {missed}{_flat(title)}"[:200]


def sentence_of(measure: Measure) -> str:
    """The measure in one sentence, e.g. ``India: export ban on graphite, towards Japan (announced)``."""
    who = f"{place_label(measure.issuer)}: " if measure.issuer else ""
    goods = (
        f" on {listed(commodity_label(one) for one in measure.commodities)}" if measure.commodities else ""
    )
    towards = "" if EVERYONE in measure.targets else f", towards {listed(map(place_label, measure.targets))}"
    since = f", effective {day(measure.effective_date)}" if measure.effective_date else ""
    text = f"{who}{measure.kind.label}{goods}{towards} ({_STATUSES[measure.status]}{since})."
    return text[0].upper() + text[1:]


def marked(text: str, spans: list[tuple[int, int]]) -> tuple[Part, ...]:
    """Cut a text into runs; overlapping spans become one mark."""
    parts: list[Part] = []
    at = 0
    for start, end in _merged(spans):
        if start > at:
            parts.append(Part(text[at:start]))
        parts.append(Part(text[start:end], marked=True))
        at = end
    if at < len(text):
        parts.append(Part(text[at:]))
    return tuple(parts)


def excerpt(text: str, spans: list[tuple[int, int]], limit: int = EXCERPT) -> tuple[Part, ...]:
    """Quote what stands around the marks, or the beginning where there are none."""
    windows = _windows(text, spans, limit)
    parts: list[Part] = []
    for start, end in windows:
        if start > 0:
            parts.append(Part("… " if not parts else " … "))
        inside = [(a - start, b - start) for a, b in spans if a >= start and b <= end]
        parts.extend(marked(text[start:end], inside))
    if windows and windows[-1][1] < len(text.rstrip()):
        parts.append(Part(" …"))
    return tuple(parts)


def listed(words: Iterable[str]) -> str:
    """Join words as people do: ``a, b and c``."""
    items = list(words)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def day(when: date | datetime) -> str:
    """A date that reads the same on both sides of an ocean: ``1 December 2026``."""
    return f"{when.day} {when:%B %Y}"


def safe_url(url: str | None) -> str:
    """The URL if it is plain http(s) without credentials, else nothing: a feed may say javascript:."""
    try:
        parts = urlsplit(url or "")
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return ""
    return url or "" if good and (url or "").isprintable() and " " not in (url or "") else ""


def _facts(alert: Alert) -> list[tuple[str, str]]:
    measure, event = alert.measure, alert.event
    rows: list[tuple[str, str]] = []
    if measure is not None:
        effect = _DIRECTIONS[direction(measure.kind, measure.status)]
        rows.append(("Who", place_label(measure.issuer) if measure.issuer else _UNNAMED))
        rows.append(("What", measure.kind.label + (f" – {effect}" if effect else "")))
        rows.append(("On", listed(map(commodity_label, measure.commodities)) or _UNNAMED))
        everyone = EVERYONE in measure.targets
        rows.append(("Towards", "everyone" if everyone else listed(map(place_label, measure.targets))))
        rows.append(("Status", _STATUSES[measure.status]))
        if measure.effective_date:
            rows.append(("Effective", day(measure.effective_date)))
        if measure.entities:
            rows.append(("Names", listed(measure.entities[:6])))
        if measure.hs:
            rows.append(("HS codes", ", ".join(measure.hs[:12])))
    if event is not None:
        rows.append(("Source", f"{event.source.publisher} ({_TIERS[event.source.tier]})"))
        if event.published:
            rows.append(("Published", f"{day(event.published)}, {event.published:%H:%M} UTC"))
    if reports := _reports(alert):
        rows.append(("Reports", reports))
    return rows


def _reports(alert: Alert) -> str:
    story = alert.story
    if story is None or story.reports <= 1:
        return ""
    return f"{story.reports} so far, by {listed(story.publishers[:5])}"


def _spans(alert: Alert, field: str) -> list[tuple[int, int]]:
    event = alert.event
    if event is None:
        return []
    text = event.title if field == "title" else event.text
    return _merged(
        [
            (one.start, one.end)
            for one in alert.evidence
            if one.field == field and text[one.start : one.end] == one.text
        ]
    )


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if 0 <= span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _windows(text: str, spans: list[tuple[int, int]], limit: int) -> list[tuple[int, int]]:
    """Stretches of text around the marks, whole words, in order, ``limit`` characters in all."""
    length = len(text.rstrip())
    if length <= limit or not spans:
        return [(0, _word_end(text, min(limit, length)))] if length else []
    windows: list[tuple[int, int]] = []
    left = limit
    for start, end in spans:
        begin = _word_start(text, max(0, start - _AROUND))
        stop = _word_end(text, min(length, end + _AROUND))
        if windows and begin <= windows[-1][1]:
            left -= max(0, stop - windows[-1][1])
            grown = (windows[-1][0], max(stop, windows[-1][1]))
        else:
            left -= stop - begin
            grown = (begin, stop)
        if left < 0 and windows:
            break
        windows[-1:] = [grown] if windows and begin <= windows[-1][1] else [*windows[-1:], grown]
    return windows


def _word_start(text: str, at: int) -> int:
    """The start of the word at an offset, not further off than a long word is."""
    if at == 0:
        return 0
    space = text.rfind(" ", max(0, at - 24), at)
    return at if space < 0 else space + 1


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return at
    space = text.find(" ", at, at + 24)
    return at if space < 0 else space


def _flat(text: str) -> str:
    return " ".join(text.split())
