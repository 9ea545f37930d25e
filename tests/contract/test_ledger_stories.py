"""Compare and set on stories: who decided on what has changed since decides again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.core.errors import LedgerUnavailable
from alerts.core.event import Event
from alerts.ledger.ledger import Ledger
from alerts.pipeline.dedupe import story_keys, tell
from alerts.pipeline.ports import Committed, Decision, StoryChange
from tests.support.builders import NOON, a_measure, an_event, later
from tests.support.scenes import LEASE, Play, a_decision, admitted


def test_a_decision_on_an_older_version_of_a_story_is_refused(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        first, second, third = (an_event(key=key) for key in "123")
        await admitted(ledger, first, second, third)
        leases = {event.id: lease for lease, event in await ledger.decisions.claim_events(NOON, 9, LEASE)}
        opened = a_decision(first, reads={})
        await ledger.decisions.commit_decisions([(leases[first.id], opened)], "v1", NOON)
        index = story_keys(second, a_measure())
        ids, stories = await ledger.decisions.stories_at(index)
        (story,) = stories.values()

        def report(event: Event) -> Decision:
            change = StoryChange(tell(story, an_event(), a_measure()), story.version, index)
            return replace(opened, event=event, alerts=(), deliveries=(), stories=(change,), keys_read=ids)

        both = [(leases[second.id], report(second)), (leases[third.id], report(third))]
        assert await ledger.decisions.commit_decisions(both, "v1", NOON) == [
            Committed.DONE,
            Committed.CONFLICT,
        ]
        _, now = await ledger.decisions.stories_at(index)
        assert now[story.id].reports == story.reports + 1
        assert (await ledger.records.decision(third.id)) is None
        assert (await ledger.records.status(NOON)).lanes["decide"].waiting == 1

    play(scene)


def test_a_decision_whose_lease_was_lost_changes_nothing(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        event = an_event()
        await admitted(ledger, event)
        ((slow, _),) = await ledger.decisions.claim_events(NOON, 1, LEASE)
        ((fast, _),) = await ledger.decisions.claim_events(later(61), 1, LEASE)
        decision = a_decision(event, reads={})
        assert await ledger.decisions.commit_decisions([(slow, decision)], "v1", NOON) == [Committed.STALE]
        assert (await ledger.records.status(NOON)).alerts == 0
        assert await ledger.decisions.commit_decisions([(fast, decision)], "v1", NOON) == [Committed.NUDGE]

    play(scene)


def test_a_delivery_was_created_when_it_was_decided_not_when_it_was_committed(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        event = an_event()
        await admitted(ledger, event)
        ((lease, _),) = await ledger.decisions.claim_events(NOON, 1, LEASE)
        decision = a_decision(event, reads={})
        await ledger.decisions.commit_decisions([(lease, decision)], "v1", later(7))
        (found,) = await ledger.records.deliveries(None, 9)
        assert found == decision.deliveries[0]

    play(scene)


def test_scripts_that_the_server_has_forgotten_are_loaded_again(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        event, other = an_event(key="1"), an_event("Quotas for cobalt from Kinshasa stay", "", key="2")
        await admitted(ledger, event, other)
        leases = [lease for lease, _ in await ledger.decisions.claim_events(NOON, 9, LEASE)]
        await ledger._connection.do("SCRIPT", "FLUSH")
        calls = [(lease, replace(a_decision(event, reads={}), stories=())) for lease in leases]
        results = await ledger.decisions.commit_decisions(calls, "v1", NOON)
        assert results == [Committed.NUDGE, Committed.DONE]
        assert await ledger.decisions.commit_decisions([], "v1", NOON) == []

    play(scene)


def test_a_server_that_refuses_to_load_scripts_is_a_clear_error(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await ledger._connection.do("SCRIPT", "FLUSH")
        await ledger._connection.do("ACL", "SETUSER", "default", "-evalsha", "-eval")
        try:
            with pytest.raises(LedgerUnavailable):
                await ledger.polls.claim_sources(NOON, 1, LEASE)
        finally:
            await ledger._connection.do("ACL", "SETUSER", "default", "+evalsha", "+eval")

    play(scene)
