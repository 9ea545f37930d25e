"""Tells the log of what the lanes did; one line a poll, a decision that matters, an attempt."""

from __future__ import annotations

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery
from alerts.core.event import Event
from alerts.core.reasons import DecisionReason
from alerts.observe.logs import get_log
from alerts.pipeline.lane import Lane
from alerts.pipeline.ports import Completion, Decision, Polled

_IDS_A_LINE = 100
"""Events named in one line: far below what shippers of logs cut off (16 KB)."""


def tell_polled(polled: Polled) -> None:
    """Log how a poll ended, and which events are new; a failure is a warning with what to do."""
    log, fetched = get_log("poll"), polled.fetched
    ids = [event.id for event in polled.events]
    fields = {
        "source": polled.source.id,
        "reason": str(fetched.reason),
        "new": len(ids),
        "entries": len(fetched.entries),
        "events": ids[:_IDS_A_LINE],
    }
    if not fetched.reason.ok:
        log.warning("source failed", **fields, detail=fetched.detail)
    elif fetched.complaint:
        log.warning("source polled, with a complaint", **fields, detail=fetched.complaint)
    else:
        log.info("source polled", **fields)
    for first in range(_IDS_A_LINE, len(ids), _IDS_A_LINE):
        log.info("more events of a poll", source=polled.source.id, events=ids[first : first + _IDS_A_LINE])


_DECIDED = {
    DecisionReason.OPENED: "alert opened",
    DecisionReason.UPDATED: "alert updated",
    DecisionReason.RESOLVED: "silence ended",
    DecisionReason.HELD: "update held until its time",
    DecisionReason.MUTED: "notice held by quiet hours",
    DecisionReason.GATHERED: "notice gathered for a digest",
    DecisionReason.SILENCED: "notice silenced",
    DecisionReason.INHIBITED: "notice inhibited by another",
    DecisionReason.ESCALATES: "escalated unless it is acknowledged",
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
            story=decided.story_id,
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
        "event_id": alert.event.id if alert.event else None,
        "story": alert.story.id if alert.story else None,
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
