"""What a test of the ledger begins with: sources, admitted events, decisions, due deliveries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from alerts.core.event import Event
from alerts.core.measure import Recognition
from alerts.core.reasons import DecisionReason, OutcomeReason
from alerts.ledger.ledger import Ledger
from alerts.pipeline.dedupe import new_story, story_keys, tell
from alerts.pipeline.ports import Completion, Decided, Decision, Lease, SourceState, StoryChange
from tests.support.builders import NOON, a_delivery, a_measure, an_alert, later

LEASE = timedelta(seconds=60)

Play = Callable[[Callable[[Ledger], Awaitable[Any]]], Any]
"""Runs a scene over an empty ledger."""


async def with_sources(ledger: Ledger, *ids: str) -> None:
    await ledger.polls.sync_sources("v1", dict.fromkeys(ids, NOON))


async def admitted(ledger: Ledger, *events: Event) -> None:
    await with_sources(ledger, "desk")
    (lease,) = await ledger.polls.claim_sources(NOON, 1, LEASE)
    versions = {event.key: f"v-{event.key}" for event in events}
    state = SourceState(next_poll=later(900))
    await ledger.polls.admit(lease, state, events, versions, list(versions), NOON)


def a_decision(event: Event, *, reads: dict[str, str | None], version: int = 0) -> Decision:
    measure = a_measure()
    story = tell(new_story(event, measure).model_copy(update={"version": version}), event, measure)
    alert = an_alert(int(event.key))
    return Decision(
        event,
        Recognition(relevant=True, measures=(measure,)),
        (Decided("r", DecisionReason.OPENED, alert.id, story.id),),
        (alert,),
        (a_delivery(alert),),
        (StoryChange(story, version, story_keys(event, measure)),),
        reads,
    )


async def with_deliveries(ledger: Ledger, *targets: str) -> None:
    for number, target in enumerate(targets, 1):
        alert = an_alert(number)
        await ledger.sweeps.raise_alert(alert, [a_delivery(alert, target)])


def done(lease: Lease, target: str, reason: OutcomeReason, due: float | None = None) -> Completion:
    return Completion(lease, target, later(1), reason, "", 0.1, later(due) if due is not None else None)
