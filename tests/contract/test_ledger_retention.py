"""What is forgotten, and what must not be: the keys by which an old item is known."""

from __future__ import annotations

from datetime import timedelta

from alerts.ledger.ledger import Ledger
from alerts.pipeline.ports import SourceState
from tests.support.builders import NOON, an_event, later
from tests.support.scenes import LEASE, Play, with_sources

YEAR = timedelta(days=365)


async def poll(ledger: Ledger, at: float, *document: str, new: tuple[str, ...] = ()) -> None:
    """Commit a poll whose document listed these keys."""
    (lease,) = await ledger.polls.claim_sources(later(at), 1, LEASE)
    events = [an_event(key=key, seen=later(at)) for key in new]
    state = SourceState(next_poll=later(at + 60))
    await ledger.polls.admit(lease, state, events, dict.fromkeys(new, "v"), document, later(at))


def test_a_page_that_is_quiet_for_longer_than_the_retention_keeps_its_keys(play: Play) -> None:
    """Else its next change would make every old item of it an alert."""

    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "desk")
        await poll(ledger, 0, "1", "2", new=("1", "2"))
        await poll(ledger, 100)  # not modified, for ever
        await ledger.sweeps.expire(NOON + YEAR, ["desk"])
        assert set(await ledger.polls.seen("desk", ["1", "2"])) == {"1", "2"}

    play(scene)


def test_a_key_that_left_the_document_long_ago_is_forgotten(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "desk")
        await poll(ledger, 0, "1", "2", new=("1", "2"))
        await poll(ledger, 100, "2", "3", new=("3",))
        await ledger.sweeps.expire(later(50), ["desk"])
        assert set(await ledger.polls.seen("desk", ["1", "2", "3"])) == {"2", "3"}

    play(scene)


def test_a_run_takes_a_bounded_bite(play: Play) -> None:
    async def scene(ledger: Ledger) -> None:
        await with_sources(ledger, "desk")
        keys = tuple(str(number) for number in range(30))
        await poll(ledger, 0, *keys, new=keys)
        for lease, _ in await ledger.decisions.claim_events(NOON, 30, LEASE):
            await ledger._connection.do("ZREM", "ew:decide:due", lease.id)
        assert await ledger.sweeps.expire(NOON + YEAR, ["desk"], limit=10) == 10
        assert (await ledger.records.status(NOON)).events == 20

    play(scene)
