"""An alert: a rule's notice about a story, as stored and as sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from alerts.core.event import Event
from alerts.core.frozen import Frozen
from alerts.core.measure import Evidence, Measure
from alerts.core.story import Story


class AlertType(StrEnum):
    """What a notice says; the words are the webhook's event types."""

    OPENED = "alert.opened"
    UPDATED = "alert.updated"
    RESOLVED = "alert.resolved"
    DIGEST = "alert.digest"
    ESCALATED = "alert.escalated"
    SOURCE_STALE = "source.stale"
    SOURCE_RECOVERED = "source.recovered"
    DELIVERY_EXHAUSTED = "delivery.exhausted"
    RULES_REJECTED = "rules.rejected"
    RECEIVER_TEST = "receiver.test"


class RuleRef(Frozen):
    """What an alert keeps of its rule."""

    id: str
    title: str
    owner: str = ""
    description: str = ""


class Alert(Frozen):
    """A notice. Alerts about the service itself (a silent source) have no rule nor event.

    ``why`` says in one sentence what the rule held on; ``evidence`` are the words to mark;
    ``summary`` and ``action`` are the rule's rendered annotations. ``resolves`` names the alert
    of a silence that this one tells the end of.
    """

    id: str
    type: AlertType
    revision: int
    at: datetime
    severity: str
    title: str
    summary: str
    action: str = ""
    why: str = ""
    labels: dict[str, str] = {}
    rule: RuleRef | None = None
    event: Event | None = None
    measure: Measure | None = None
    story: Story | None = None
    resolves: str | None = None
    evidence: tuple[Evidence, ...] = ()
    rules_version: str = ""
