"""The webhook's body: a CloudEvents 1.0 event in structured JSON, with a published schema.

The models are what subscribers read: ``docs/reference/webhook.md`` and its JSON Schema are
generated from them. An alert is the event, so its id (which a material change renews) is the
CloudEvents id; one alert's body is the same for every subscriber and is rendered once. The
``webhook-id`` header is the delivery's id and stays the same however often it is tried.

Invariant: a body is under 20 kB. Long texts are cut, lists too, and ``truncated`` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import quote

import orjson
from pydantic import BaseModel, ConfigDict, Field

from alerts.core.alert import Alert, AlertType
from alerts.core.taxonomy import MeasureKind, Status

LARGEST = 20_000
SCHEMA = "urn:exportwatch:schema:alert:1"
CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
_TEXT, _ITEMS, _LEAST_TEXT = 2000, 50, 40
"""How long a text and a list may be at first; both are halved until the body fits."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleData(_Model):
    """The rule that matched."""

    id: str
    title: str
    owner: str = Field(description="Who answers for the rule.")


class MeasureData(_Model):
    """The trade measure as the text reports it."""

    issuer: str | None = Field(description="ISO 3166 alpha-2, EU or WTO; null where the text does not say.")
    targets: list[str] = Field(description='The same codes, or "*": towards everyone.')
    kind: MeasureKind
    commodities: list[str] = Field(description="Ids of the commodity taxonomy.")
    status: Status
    effective_date: date | None
    hs: list[str] = Field(description="HS codes that the text names.")


class StoryData(_Model):
    """The policy act that several publishers may report."""

    id: str = Field(description="The same for every notice about one act.")
    reports: int
    publishers: list[str]


class SourceData(_Model):
    """Where the report was found."""

    id: str
    publisher: str
    tier: Literal["official", "wire", "press", "other"]
    country: str | None


class EventData(_Model):
    """The report itself."""

    id: str
    title: str
    url: str | None
    lang: str | None
    published: datetime | None = Field(description="The publisher's word; null where it gives none.")
    seen: datetime
    source: SourceData


class WordData(_Model):
    """Words that the rule or the measure stands on."""

    role: str
    field: Literal["title", "text"]
    text: str


class AlertData(_Model):
    """What happened, why it was matched, what to do."""

    alert: str = Field(description="The alert's id.")
    revision: int
    severity: str
    title: str
    summary: str
    action: str
    why: str
    labels: dict[str, str]
    rule: RuleData | None = Field(description="Null for notices about the service itself.")
    measure: MeasureData | None = Field(description="Null where only the text matched.")
    story: StoryData | None
    resolves: str | None = Field(description="Of `alert.resolved`: the alert of the silence that is over.")
    event: EventData | None = Field(
        description="Null for notices about the service itself, and for a silence; what came, for its end."
    )
    matched: list[WordData]
    rules_version: str
    truncated: bool = Field(description="Whether texts or lists were cut to keep the body under 20 kB.")


class CloudEvent(_Model):
    """A notice, as CloudEvents 1.0 in structured JSON."""

    specversion: Literal["1.0"]
    id: str = Field(description="The alert's id: the same for every subscriber and every try.")
    source: str = Field(description="Which rule, or which part of the service, says so.")
    type: AlertType
    subject: str | None = Field(None, description="The story's id.")
    time: datetime
    datacontenttype: Literal["application/json"]
    dataschema: Literal["urn:exportwatch:schema:alert:1"]
    data: AlertData


def render(alert: Alert) -> bytes:
    """Render an alert's body, shorter and shorter until it is under the limit."""
    text, items = _TEXT, _ITEMS
    body = orjson.dumps(_Cut(text, items).event(alert))
    while len(body) > LARGEST and (text, items) != (_LEAST_TEXT, 1):
        text, items = max(text // 2, _LEAST_TEXT), max(items // 2, 1)
        body = orjson.dumps(_Cut(text, items).event(alert))
    return body


class _Cut:
    """Builds the body with texts and lists cut to a length; remembers whether any was.

    Plain dictionaries, not the models: a model's dump costs as much as the request. A test
    holds every body against the models, so that the two cannot drift apart.
    """

    def __init__(self, text: int, items: int) -> None:
        self._text, self._items = text, items
        self._cut = False

    def event(self, alert: Alert) -> dict[str, Any]:
        data = self._data(alert)
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": alert.id,
            "source": _source(alert),
            "type": alert.type.value,
            "time": alert.at,
            "datacontenttype": "application/json",
            "dataschema": SCHEMA,
            "data": data,
        }
        if alert.story is not None:
            event["subject"] = alert.story.id
        data["truncated"] = self._cut
        return event

    def _data(self, alert: Alert) -> dict[str, Any]:
        return {
            "alert": alert.id,
            "revision": alert.revision,
            "severity": alert.severity,
            "title": self._short(alert.title),
            "summary": self._short(alert.summary),
            "action": self._short(alert.action),
            "why": self._short(alert.why),
            "labels": self._labels(alert.labels),
            "rule": self._rule(alert),
            "measure": self._measure(alert),
            "story": self._story(alert),
            "resolves": alert.resolves,
            "event": self._event(alert),
            "matched": self._matched(alert),
            "rules_version": alert.rules_version,
        }

    def _rule(self, alert: Alert) -> dict[str, Any] | None:
        rule = alert.rule
        if rule is None:
            return None
        return {"id": rule.id, "title": self._short(rule.title), "owner": self._short(rule.owner)}

    def _measure(self, alert: Alert) -> dict[str, Any] | None:
        measure = alert.measure
        if measure is None:
            return None
        return {
            "issuer": measure.issuer,
            "targets": self._few(measure.targets),
            "kind": measure.kind.value,
            "commodities": self._few(measure.commodities),
            "status": measure.status.value,
            "effective_date": measure.effective_date,
            "hs": self._few(measure.hs),
        }

    def _story(self, alert: Alert) -> dict[str, Any] | None:
        story = alert.story
        if story is None:
            return None
        return {
            "id": story.id,
            "reports": story.reports,
            "publishers": self._few(story.publishers),
        }

    def _event(self, alert: Alert) -> dict[str, Any] | None:
        event = alert.event
        if event is None:
            return None
        return {
            "id": event.id,
            "title": self._short(event.title),
            "url": self._whole(event.url),
            "lang": event.lang,
            "published": event.published,
            "seen": event.seen,
            "source": {
                "id": event.source.id,
                "publisher": self._short(event.source.publisher),
                "tier": event.source.tier.value,
                "country": event.source.country,
            },
        }

    def _matched(self, alert: Alert) -> list[dict[str, str]]:
        words = {(one.role, one.field, one.text): None for one in alert.evidence}
        few = list(words)[: self._items]
        self._cut |= len(few) < len(words)
        return [{"role": role, "field": field, "text": self._short(text)} for role, field, text in few]

    def _labels(self, labels: Mapping[str, str]) -> dict[str, str]:
        few = sorted(labels.items())[: self._items]
        self._cut |= len(few) < len(labels)
        return {self._short(name): self._short(value) for name, value in few}

    def _few(self, values: tuple[str, ...]) -> list[str]:
        self._cut |= len(values) > self._items
        return [self._short(value) for value in values[: self._items]]

    def _short(self, text: str) -> str:
        if len(text) <= self._text:
            return text
        self._cut = True
        return text[: self._text - 1] + "…"

    def _whole(self, url: str | None) -> str | None:
        """A URL is whole or not there: half of one leads nowhere."""
        if url is None or len(url) <= self._text:
            return url
        self._cut = True
        return None


def _source(alert: Alert) -> str:
    if alert.rule is not None:
        return f"/rules/{quote(alert.rule.id, safe='')}"
    silent = alert.labels.get("source")
    return f"/sources/{quote(silent, safe='')}" if silent else "/service"
