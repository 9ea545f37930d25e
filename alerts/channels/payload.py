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


class PayloadModel(BaseModel):
    """The base of what subscribers read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleData(PayloadModel):
    """The rule that matched."""

    id: str
    title: str
    owner: str = Field(description="Who answers for the rule.")


class MeasureData(PayloadModel):
    """The trade measure as the text reports it."""

    issuer: str | None = Field(description="ISO 3166 alpha-2, EU or WTO; null where the text does not say.")
    targets: list[str] = Field(description='The same codes, or "*": towards everyone.')
    kind: MeasureKind
    commodities: list[str] = Field(description="Ids of the commodity taxonomy.")
    status: Status
    effective_date: date | None
    hs: list[str] = Field(description="HS codes that the text names.")


class StoryData(PayloadModel):
    """The policy act that several publishers may report."""

    id: str = Field(description="The same for every notice about one act.")
    reports: int
    publishers: list[str]


class SourceData(PayloadModel):
    """Where the report was found."""

    id: str
    publisher: str
    tier: Literal["official", "wire", "press", "other"]
    country: str | None


class EventData(PayloadModel):
    """The report itself."""

    id: str
    title: str
    url: str | None
    lang: str | None
    published: datetime | None = Field(description="The publisher's word; null where it gives none.")
    seen: datetime
    source: SourceData


class WordData(PayloadModel):
    """Words that the rule or the measure stands on."""

    role: str
    field: Literal["title", "text"]
    text: str


class AlertData(PayloadModel):
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


class CloudEvent(PayloadModel):
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
    body = orjson.dumps(Cut(text, items).event(alert))
    while len(body) > LARGEST and (text, items) != (_LEAST_TEXT, 1):
        text, items = max(text // 2, _LEAST_TEXT), max(items // 2, 1)
        body = orjson.dumps(Cut(text, items).event(alert))
    return body


class Cut:
    """Builds the body with texts and lists cut to a length; remembers whether any was.

    Plain dictionaries, not the models: a model's dump costs as much as the request. A test
    holds every body against the models, so that the two cannot drift apart.
    """

    def __init__(self, text: int, items: int) -> None:
        self.text, self.items = text, items
        self.cut = False

    def event(self, alert: Alert) -> dict[str, Any]:
        """The whole event."""
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
        data["truncated"] = self.cut
        return event

    def _data(self, alert: Alert) -> dict[str, Any]:
        return {
            "alert": alert.id,
            "revision": alert.revision,
            "severity": alert.severity,
            "title": self.short(alert.title),
            "summary": self.short(alert.summary),
            "action": self.short(alert.action),
            "why": self.short(alert.why),
            "labels": self.labels(alert.labels),
            "rule": self.rule(alert),
            "measure": self.measure(alert),
            "story": self._story(alert),
            "resolves": alert.resolves,
            "event": self._event(alert),
            "matched": self._matched(alert),
            "rules_version": alert.rules_version,
        }

    def rule(self, alert: Alert) -> dict[str, Any] | None:
        """See :class:`RuleData`."""
        rule = alert.rule
        if rule is None:
            return None
        return {"id": rule.id, "title": self.short(rule.title), "owner": self.short(rule.owner)}

    def measure(self, alert: Alert) -> dict[str, Any] | None:
        """See :class:`MeasureData`."""
        measure = alert.measure
        if measure is None:
            return None
        return {
            "issuer": measure.issuer,
            "targets": self.few(measure.targets),
            "kind": measure.kind.value,
            "commodities": self.few(measure.commodities),
            "status": measure.status.value,
            "effective_date": measure.effective_date,
            "hs": self.few(measure.hs),
        }

    def _story(self, alert: Alert) -> dict[str, Any] | None:
        story = alert.story
        if story is None:
            return None
        return {
            "id": story.id,
            "reports": story.reports,
            "publishers": self.few(story.publishers),
        }

    def _event(self, alert: Alert) -> dict[str, Any] | None:
        event = alert.event
        if event is None:
            return None
        return {
            "id": event.id,
            "title": self.short(event.title),
            "url": self.whole(event.url),
            "lang": event.lang,
            "published": event.published,
            "seen": event.seen,
            "source": {
                "id": event.source.id,
                "publisher": self.short(event.source.publisher),
                "tier": event.source.tier.value,
                "country": event.source.country,
            },
        }

    def _matched(self, alert: Alert) -> list[dict[str, str]]:
        words = {(one.role, one.field, one.text): None for one in alert.evidence}
        few = list(words)[: self.items]
        self.cut |= len(few) < len(words)
        return [{"role": role, "field": field, "text": self.short(text)} for role, field, text in few]

    def labels(self, labels: Mapping[str, str]) -> dict[str, str]:
        """As many labels as may be."""
        few = sorted(labels.items())[: self.items]
        self.cut |= len(few) < len(labels)
        return {self.short(name): self.short(value) for name, value in few}

    def few(self, values: tuple[str, ...]) -> list[str]:
        """As many values as may be."""
        self.cut |= len(values) > self.items
        return [self.short(value) for value in values[: self.items]]

    def short(self, text: str) -> str:
        """As much of a text as may be."""
        if len(text) <= self.text:
            return text
        self.cut = True
        return text[: self.text - 1] + "…"

    def whole(self, url: str | None) -> str | None:
        """A URL is whole or not there: half of one leads nowhere."""
        if url is None or len(url) <= self.text:
            return url
        self.cut = True
        return None


def _source(alert: Alert) -> str:
    if alert.rule is not None:
        return f"/rules/{quote(alert.rule.id, safe='')}"
    silent = alert.labels.get("source")
    return f"/sources/{quote(silent, safe='')}" if silent else "/service"
