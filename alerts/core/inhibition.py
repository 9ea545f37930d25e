"""An inhibition: an alert that was told keeps others about the same from being told for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from alerts.core.frozen import Frozen
from alerts.core.matchertext import Matcher
from alerts.core.source import Duration, Slug


class InhibitRule(Frozen):
    """Which alerts inhibit which: those of the source, those of the target that are equal in some facts.

    An alert that is of the source itself is never inhibited by the rule.
    """

    name: Slug
    source_matchers: Annotated[tuple[Matcher, ...], Field(json_schema_extra={"minItems": 1})]
    target_matchers: Annotated[tuple[Matcher, ...], Field(json_schema_extra={"minItems": 1})]
    equal: Annotated[tuple[str, ...], Field(json_schema_extra={"minItems": 1})]
    for_: Duration = Field(alias="for")


class Mark(Frozen):
    """What is left of an alert of a source: which one it was, and until when it inhibits."""

    alert: str
    title: str
    until: datetime
