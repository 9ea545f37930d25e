"""Nouns for tests, with everything that a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.core.alert import Alert, AlertType, RuleRef
from alerts.core.delivery import Delivery, DeliveryState
from alerts.core.event import Event, SourceRef
from alerts.core.ids import alert_id, delivery_id, event_id
from alerts.core.match import Match
from alerts.core.measure import Measure
from alerts.core.source import Tier
from alerts.core.taxonomy import MeasureKind, Status

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    """Noon plus some seconds."""
    return NOON + timedelta(seconds=seconds)


def an_event(
    title: str = "India stops rare earth shipments to Japan",
    text: str = "New Delhi told its state miner to stop.",
    *,
    source: str = "desk",
    key: str = "1",
    revision: int = 1,
    **changes: Any,
) -> Event:
    """An event as admitted at noon."""
    event = Event(
        id=event_id(source, key, revision),
        source=SourceRef(id=source, publisher=changes.pop("publisher", source), tier=Tier.PRESS),
        key=key,
        revision=revision,
        title=title,
        text=text,
        text_added=text,
        url=f"https://news.example/{key}",
        lang="en",
        published=NOON,
        seen=NOON,
    )
    return event.model_copy(update=changes)


def a_measure(**changes: Any) -> Measure:
    """India's halt towards Japan."""
    measure = Measure(
        issuer="IN",
        targets=("JP",),
        kind=MeasureKind.EXPORT_BAN,
        commodities=("rare_earths",),
        status=Status.ANNOUNCED,
    )
    return measure.model_copy(update=changes)


def a_match(rule_id: str = "in-halt", **changes: Any) -> Match:
    """A live match of a rule on India's halt."""
    fields: dict[str, Any] = {
        "rule_id": rule_id,
        "rule_title": "India halts rare earths",
        "owner": "magnets",
        "status": "live",
        "severity": "critical",
        "labels": {"team": "magnets"},
        "annotations": {"summary": "India halts", "action": "Call the supplier."},
        "description": "Magnets get scarce.",
        "selections": ("official",),
        "measure": a_measure(),
        "evidence": (),
    }
    return Match(**(fields | changes))


def an_alert(number: int = 1, **changes: Any) -> Alert:
    """An alert opened at noon."""
    alert = Alert(
        id=alert_id("in-halt", f"story{number}", 1),
        type=AlertType.OPENED,
        revision=1,
        at=NOON,
        severity="critical",
        title="India stops rare earth shipments to Japan",
        summary="India halts",
        rule=RuleRef(id="in-halt", title="India halts rare earths"),
        event=an_event(key=str(number)),
        measure=a_measure(),
    )
    return alert.model_copy(update=changes)


def a_delivery(alert: Alert, target: str = "erp", *, due: datetime = NOON) -> Delivery:
    """A delivery of an alert, due."""
    return Delivery(
        id=delivery_id(alert.id, target),
        alert_id=alert.id,
        target=target,
        state=DeliveryState.DUE,
        created=NOON,
        due=due,
    )
