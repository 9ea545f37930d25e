"""Escalation: who is told when nobody acknowledges an alert in time, and what they read. Pure.

An escalation is a delivery that is due later and is cancelled by the acknowledgement. It is never
held, and there is none for whom the alert is told anyway.
"""

from __future__ import annotations

from collections.abc import Sequence

from alerts.core.alert import Alert, AlertType
from alerts.core.delivery import Delivery, DeliveryState, Escalation
from alerts.core.durations import format_duration
from alerts.core.ids import delivery_id, escalation_id
from alerts.core.reasons import DecisionReason
from alerts.pipeline.ports import Decided
from alerts.pipeline.sending import Sending


def escalations_of(alert: Alert, sendings: Sequence[Sending]) -> tuple[Delivery, ...]:
    """One delivery for each who is told if nobody acknowledges; of several times the first."""
    told = {sending.receiver for sending in sendings}
    found: dict[str, Delivery] = {}
    for sending in sendings:
        for plan in sending.escalate:
            due = sending.due + plan.unless_acked_within
            known = found.get(plan.to)
            if plan.to in told or (known and known.due and known.due <= due):
                continue
            escalation = Escalation(
                id=escalation_id(alert.id, plan.to),
                told=sending.receiver,
                within=format_duration(plan.unless_acked_within),
            )
            found[plan.to] = Delivery(
                id=delivery_id(escalation.id, plan.to),
                alert_id=alert.id,
                target=plan.to,
                state=DeliveryState.DUE,
                created=alert.at,
                due=due,
                escalation=escalation,
            )
    return tuple(found.values())


def decided_escalations(rule_id: str, alert: Alert, deliveries: Sequence[Delivery]) -> tuple[Decided, ...]:
    """What is on record of every escalation."""
    story_id = alert.story.id if alert.story else None
    return tuple(
        Decided(
            rule_id,
            DecisionReason.ESCALATES,
            alert.id,
            story_id,
            f"at {each.due:%Y-%m-%d %H:%M:%S} UTC unless it is acknowledged before",
            (each.target,),
        )
        for each in deliveries
        if each.escalation
    )


def escalated(alert: Alert, escalation: Escalation) -> Alert:
    """The notice that somebody gets because an alert was not acknowledged."""
    said = f"{escalation.told} was told, and nobody acknowledged it within {escalation.within}."
    rest = f" {alert.summary}" if alert.summary.strip() not in ("", alert.title.strip()) else ""
    return alert.model_copy(
        update={
            "id": escalation.id,
            "type": AlertType.ESCALATED,
            "title": f"Not acknowledged: {alert.title}",
            "summary": f"{said}{rest} To acknowledge: exportwatch alerts ack {alert.id}",
        }
    )
