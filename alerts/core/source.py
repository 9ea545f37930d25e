"""A source as ops write it in ``rules/sources.yaml``."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, HttpUrl, PlainSerializer, field_validator, model_validator

from alerts.core.durations import format_duration, parse_duration
from alerts.core.frozen import Frozen


def _read_duration(value: Any) -> Any:
    return parse_duration(value) if isinstance(value, str) else value


Duration = Annotated[
    timedelta,
    BeforeValidator(_read_duration, json_schema_input_type=str),
    PlainSerializer(format_duration, return_type=str, when_used="json"),
]
"""A duration written as ``15m``; a plain number is refused by the schema."""

SLUG = r"^[a-z0-9][a-z0-9._-]{0,63}$"
Slug = Annotated[str, Field(pattern=SLUG)]
"""An id: lower-case letters, digits, dot, dash, underscore; at most 64."""


class Tier(StrEnum):
    """How near a source stands to the act: the authority, a wire agency, the press, others."""

    OFFICIAL = "official"
    WIRE = "wire"
    PRESS = "press"
    OTHER = "other"


class Source(Frozen):
    """One polled source.

    ``every`` is the interval between polls; ``max_staleness`` the silence after which the
    source itself becomes an alert; ``max_age`` the age of an item past which it is recorded
    without alerting (searches bring up items that are years old).
    """

    id: Slug
    kind: Literal["feed", "federal_register", "page", "json_api"]
    url: HttpUrl | None = None
    query: dict[str, Any] | None = None
    items: str | None = None
    link: str | None = None
    title: str | None = None
    date: str | None = None
    map: dict[str, str] | None = None
    every: Duration
    max_staleness: Duration | None = None
    max_age: Duration | None = None
    publisher: str | None = None
    tier: Tier = Tier.OTHER
    country: str | None = Field(default=None, pattern=r"^(EU|WTO|[A-Z]{2})$")
    lang: str | None = Field(default=None, pattern=r"^[a-z]{2}$")
    backfill: Literal["record", "alert"] = "record"
    enabled: bool = True

    @field_validator("every")
    @classmethod
    def _positive(cls, value: timedelta) -> timedelta:
        if value < timedelta(seconds=1):
            raise ValueError("a source is polled at most once a second: use 1s or more")
        return value

    @model_validator(mode="after")
    def _address(self) -> Source:
        if self.kind == "federal_register":
            if self.query is None:
                raise ValueError(
                    "a federal_register source needs a query, e.g. {agencies: [industry-and-security-bureau]}"
                )
        elif self.url is None:
            raise ValueError(f"a {self.kind} source needs a url")
        return self
