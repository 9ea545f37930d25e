"""Tells the log of what the lanes did; one line a poll, a decision that matters, an attempt."""

from __future__ import annotations

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery
from alerts.core.event import Event
from alerts.core.reasons import DecisionReason
from alerts.core.source import Source
from alerts.observe.logs import get_log
from alerts.pipeline.lane import Lane
from alerts.pipeline.ports import Completion, Decision, Fetched


def tell_polled(source: Source, fetched: Fetched, new: int) -> None:
    """Log how a poll ended; a failure is a warning with what to do."""
    log = get_log("poll")
    fields = {"source": source.id, "reason": str(fetched.reason), "new": new, "entries": len(fetched.entries)}
    if not fetched.reason.ok:
        log.warning("source failed", **fields, detail=fetched.detail)
    elif fetched.complaint:
        log.warning("source polled, with a complaint", **fields, detail=fetched.complaint)
    else:
        log.info("source polled", **fields)


_DECIDED = {
    DecisionReason.OPENED: "alert opened",
    DecisionReason.UPDATED: "alert updated",
    DecisionReason.HELD: "update held until its time",
    DecisionReason.COUNTED: "counted towards a correlation",
    DecisionReason.NOT_COUNTED: "not counted towards a correlation",
}


def tell_decided(decision: Decision) -> None:
    """Log each alert that an event opened, and each match that was held back."""
    log = get_log("decide")
    event = decision.event
    for decided in decision.decided:
        if decided.reason in (DecisionReason.NO_MATCH, DecisionReason.BACKLOG, DecisionReason.TOO_OLD):
            log.debug("event decided", source=event.source.id, event_id=event.id, reason=str(decided.reason))
            continue
        log.info(
            _DECIDED.get(decided.reason, "match held back"),
            event_id=event.id,
            rule=decided.rule_id,
            reason=str(decided.reason),
            detail=decided.detail,
            alert=decided.alert_id,
            targets=list(decided.targets),
            title=event.title[:120],
        )


def tell_undecided(event: Event, mishap: str) -> None:
    """Log an event that set off a bug; it is tried again when its lease ends."""
    get_log("decide").error(
        "event not decided, tried again", event_id=event.id, source=event.source.id, mishap=mishap
    )


def tell_delivered(delivery: Delivery, alert: Alert, done: Completion) -> None:
    """Log how an attempt ended and what comes next."""
    log = get_log("deliver")
    fields = {
        "delivery": delivery.id,
        "alert": alert.id,
        "target": delivery.target,
        "reason": str(done.reason),
        "seconds": done.seconds,
    }
    if done.reason.ok:
        log.info("delivered", **fields)
    elif done.due is not None:
        log.warning("not delivered, tried again", **fields, next=done.due.isoformat(), detail=done.detail)
    else:
        log.error("dead letter", **fields, detail=done.detail, remedy="exportwatch deliveries redrive ID")


def tell_lost_nudge(lane: Lane, error: Exception) -> None:
    """Log that a hint could not be published: beat's next tick makes up for it."""
    get_log("celery").warning("nudge lost, the next tick will do", lane=str(lane), error=type(error).__name__)
