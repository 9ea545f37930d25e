"""The webhook's body of a digest: a CloudEvent of its own type and schema, as small as an alert's.

Texts are shortened before items are left out, since each item is somebody's news; what is left
out is named by its headline, and ``count`` counts all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

import orjson
from pydantic import Field

from alerts.channels.payload import LARGEST, Cut, MeasureData, PayloadModel, RuleData
from alerts.core.alert import AlertType
from alerts.core.digest import Digest, DigestItem

DIGEST_SCHEMA = "urn:exportwatch:schema:digest:1"
_TEXT, _ITEM_TEXT, _LEAST_TEXT = 2000, 125, 40
"""How long texts may be at first, while every item is kept, and at the very last."""
_HEADLINES, _LIST, _URL = 40, 20, 500
"""Headlines, entries of a list, and characters of a URL, at most."""


class DigestItemData(PayloadModel):
    """One of the notices that a digest gathers: the last one of its story."""

    alert: str = Field(description="The alert's id.")
    type: AlertType
    revision: int
    at: datetime
    severity: str
    title: str
    summary: str
    action: str
    url: str | None = Field(description="The report.")
    publisher: str | None
    labels: dict[str, str]
    rule: RuleData | None = Field(description="Null for notices about the service itself.")
    measure: MeasureData | None = Field(description="Null where only the text matched.")
    story: str | None = Field(description="The story's id.")
    resolves: str | None = Field(description="Of `alert.resolved`: the alert of the silence that is over.")
    before: list[str] = Field(
        description="Ids of held notices of the same story, or silence, that it takes the place of."
    )


class DigestData(PayloadModel):
    """The notices that were held for this receiver, the gravest first."""

    digest: str = Field(description="The digest's id.")
    severity: str = Field(description="That of the gravest.")
    title: str
    summary: str = Field(description="Until when they were held, and by what.")
    count: int = Field(description="How many there are, shown or not.")
    items: list[DigestItemData]
    headlines: list[str] = Field(
        description="Of those that are not among the items, as far as there is room."
    )
    truncated: bool = Field(description="Whether texts or lists were cut to keep the body under 20 kB.")


class DigestEvent(PayloadModel):
    """Notices that were held, as one CloudEvent 1.0 in structured JSON."""

    specversion: Literal["1.0"]
    id: str = Field(description="The digest's id: the same at every try.")
    source: Literal["/digests"]
    type: Literal["alert.digest"]
    time: datetime = Field(description="Until when they were held.")
    datacontenttype: Literal["application/json"]
    dataschema: Literal["urn:exportwatch:schema:digest:1"]
    data: DigestData


def render_digest(digest: Digest) -> bytes:
    """Render a digest's body, shorter and shorter until it is under the limit."""
    body = b""
    for text, items in _sizes(len(digest.items)):
        body = orjson.dumps(_DigestCut(text, items).digest(digest))
        if len(body) <= LARGEST:
            break
    return body


def _sizes(items: int) -> Iterator[tuple[int, int]]:
    """Lengths of texts and numbers of items to try, in turn."""
    text = _TEXT
    while text > _ITEM_TEXT:
        yield text, items
        text //= 2
    while items > 1:
        yield _ITEM_TEXT, items
        items -= max(items // 4, 1)
    yield _ITEM_TEXT, 1
    yield _LEAST_TEXT, 1


class _DigestCut(Cut):
    """Builds a digest's body with so many items."""

    def __init__(self, text: int, shown: int) -> None:
        super().__init__(text, _LIST)
        self._shown = shown

    def whole(self, url: str | None) -> str | None:
        """A URL is whole or not there, and longer than a text may be: it is how to read on."""
        kept = url if url is None or len(url) <= _URL else None
        self.cut |= kept is not url
        return kept

    def digest(self, digest: Digest) -> dict[str, Any]:
        """The whole event."""
        shown, left = digest.items[: self._shown], digest.items[self._shown :]
        headlines = [f"[{each.alert.severity}] {each.alert.title}" for each in left] + list(digest.headlines)
        self.cut |= bool(left) or len(headlines) > _HEADLINES
        data = {
            "digest": digest.id,
            "severity": digest.severity,
            "title": self.short(digest.title),
            "summary": self.short(digest.summary),
            "count": digest.count,
            "items": [self._item(each) for each in shown],
            "headlines": [self.short(one) for one in headlines[:_HEADLINES]],
        }
        return {
            "specversion": "1.0",
            "id": digest.id,
            "source": "/digests",
            "type": digest.type.value,
            "time": digest.at,
            "datacontenttype": "application/json",
            "dataschema": DIGEST_SCHEMA,
            "data": data | {"truncated": self.cut},
        }

    def _item(self, item: DigestItem) -> dict[str, Any]:
        alert = item.alert
        return {
            "alert": alert.id,
            "type": alert.type.value,
            "revision": alert.revision,
            "at": alert.at,
            "severity": alert.severity,
            "title": self.short(alert.title),
            "summary": self.short(alert.summary),
            "action": self.short(alert.action),
            "url": self.whole(alert.event.url if alert.event else None),
            "publisher": self.short(alert.event.source.publisher) if alert.event else None,
            "labels": self.labels(alert.labels),
            "rule": self.rule(alert),
            "measure": self.measure(alert),
            "story": alert.story.id if alert.story else None,
            "resolves": alert.resolves,
            "before": [before.id for before in item.before],
        }
