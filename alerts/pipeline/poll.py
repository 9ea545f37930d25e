"""The poll lane: claim due sources, fetch, find what is new, commit it with the validators.

Each source is its own piece of work: one that fails, hangs or lies harms no other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime

from alerts.core.errors import LedgerUnavailable, StaleToken
from alerts.core.event import Event
from alerts.core.reasons import PollReason
from alerts.core.rulebook import RuleBook
from alerts.core.source import Source
from alerts.pipeline.admission import admit, changed_keys
from alerts.pipeline.crew import work_through
from alerts.pipeline.lane import Bounds, Clock, Lane, Nudge
from alerts.pipeline.mishap import tell_mishap
from alerts.pipeline.ports import Fetched, Fetcher, Lease, Polled, PollLedger, SourceState, Validators
from alerts.pipeline.schedule import after_poll, begin_poll

Told = Callable[[Polled], None]
"""Told of every poll that was committed."""


async def run(
    ledger: PollLedger,
    fetcher: Fetcher,
    book: RuleBook,
    clock: Clock,
    rng: random.Random,
    nudge: Nudge,
    bounds: Bounds,
    told: Told = lambda _: None,
) -> int:
    """Poll what is due until nothing is, or the run's time is over; returns how many."""
    now = clock()
    firsts = {name: now for name, source in book.sources.items() if source.enabled}
    await ledger.sync_sources(book.version, firsts)

    async def claim(room: int) -> list[Coroutine[None, None, None]]:
        leases = await ledger.claim_sources(clock(), room, bounds.lease)
        return [
            _poll(book.sources[lease.id], lease, ledger, fetcher, clock, rng, nudge, told)
            for lease in leases
            if lease.id in book.sources
        ]

    return await work_through(claim, _nothing, bounds, clock)


async def _nothing(_: Sequence[None]) -> None:
    """Each poll commits itself, with its own validators: there is nothing left to record."""


async def _poll(
    source: Source,
    lease: Lease,
    ledger: PollLedger,
    fetcher: Fetcher,
    clock: Clock,
    rng: random.Random,
    nudge: Nudge,
    told: Told,
) -> None:
    began = clock()
    state = await ledger.source_state(source.id)
    sent = begin_poll(source, state, clock())
    fetched = await _fetch(source, sent, fetcher, clock)
    try:
        try:
            new, wanted = await _commit(source, lease, state, sent, fetched, ledger, clock(), rng)
        except (LedgerUnavailable, StaleToken):
            raise
        except Exception as error:  # an entry that cannot be stored must cost its source alone
            fetched = _broken(error)
            new, wanted = await _commit(source, lease, state, sent, fetched, ledger, clock(), rng)
    except StaleToken:
        return  # somebody else polls it; what came here comes there too
    if wanted:
        nudge(Lane.DECIDE)
    told(Polled(source, fetched, new, began, clock()))


async def _commit(
    source: Source,
    lease: Lease,
    state: SourceState,
    sent: Validators,
    fetched: Fetched,
    ledger: PollLedger,
    now: datetime,
    rng: random.Random,
) -> tuple[tuple[Event, ...], bool]:
    """Admit what is new; returns the events that are, and whether to nudge the decide lane."""
    seen = await ledger.seen(source.id, [entry.key for entry in fetched.entries])
    changed = {seen[key].event_id: key for key in changed_keys(fetched.entries, seen)}
    previous = {changed[name]: event for name, event in (await ledger.events_of(list(changed))).items()}
    admission = admit(source, fetched.entries, seen, state, now, previous)
    after = after_poll(source, state, sent, fetched, len(admission.events), now, rng)
    wanted = await ledger.admit(lease, after, admission.events, admission.versions, admission.touched, now)
    return admission.events, wanted


async def _fetch(source: Source, sent: Validators, fetcher: Fetcher, clock: Clock) -> Fetched:
    try:
        return await fetcher.fetch(source, sent, clock())
    except Exception as error:  # a bug in a parser must cost one source one poll, not the run
        return _broken(error)


def _broken(error: Exception) -> Fetched:
    return Fetched(PollReason.INTERNAL_ERROR, detail=f"a bug while polling: {tell_mishap(error)}")
