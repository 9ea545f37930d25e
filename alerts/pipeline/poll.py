"""The poll lane: claim due sources, fetch, find what is new, commit it with the validators.

Each source is its own piece of work: one that fails, hangs or lies harms no other.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from alerts.core.rulebook import RuleBook
from alerts.core.source import Source
from alerts.pipeline.lane import Bounds, Clock, Nudge
from alerts.pipeline.ports import Fetched, Fetcher, Lease, PollLedger
from alerts.pipeline.schedule import first_poll

Polled = Callable[[Source, Fetched, int], None]
"""Told of every poll that was committed: the source, what came, how many events are new."""


async def run(
    ledger: PollLedger,
    fetcher: Fetcher,
    book: RuleBook,
    clock: Clock,
    rng: random.Random,
    nudge: Nudge,
    bounds: Bounds,
    told: Polled = lambda *_: None,
) -> int:
    """Poll what is due until nothing is, or the run's time is over; returns how many."""
    now = clock()
    firsts = {name: first_poll(source, now) for name, source in book.sources.items() if source.enabled}
    await ledger.sync_sources(book.version, firsts)
    end = clock() + bounds.run
    working: set[asyncio.Task[None]] = set()
    total = 0
    while True:
        room = bounds.in_flight - len(working)
        if room and clock() < end:
            for lease in await ledger.claim_sources(clock(), room, bounds.lease):
                source = book.sources.get(lease.id)
                if source is not None:
                    work = _poll(source, lease, ledger, fetcher, clock, rng, nudge, told)
                    working.add(asyncio.create_task(work))
                    total += 1
        if not working:
            return total
        finished, working = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
        for task in finished:
            task.result()


def _first_polls(book: RuleBook, clock: Clock) -> dict[str, object]:
    now = clock()
    return {name: first_poll(source, now) for name, source in book.sources.items() if source.enabled}


async def _poll(
    source: Source,
    lease: Lease,
    ledger: PollLedger,
    fetcher: Fetcher,
    clock: Clock,
    rng: random.Random,
    nudge: Nudge,
    told: Polled,
) -> None:
    state = validators_for(source, await ledger.source_state(source.id))
    fetched = await _fetch(source, state, fetcher, clock)
    now = clock()
    seen = await ledger.seen(source.id, [entry.key for entry in fetched.entries])
    admission = admit(source, fetched.entries, seen, state, now)
    after = after_poll(source, state, fetched, now, rng)
    try:
        wanted = await ledger.admit(
            lease, after, admission.events, admission.versions, [e.key for e in fetched.entries], now
        )
    except StaleToken:
        return  # somebody else polls it; what came here comes there too
    if wanted:
        nudge(Lane.DECIDE)
    told(source, fetched, len(admission.events))


async def _fetch(source: Source, state: SourceState, fetcher: Fetcher, clock: Clock) -> Fetched:
    try:
        return await fetcher.fetch(source, state.validators, clock())
    except Exception as error:  # a bug in a parser must cost one source one poll, not the run
        detail = f"{type(error).__name__} while polling {source.id}; see the log"
        return Fetched(PollReason.INTERNAL_ERROR, detail=detail)
