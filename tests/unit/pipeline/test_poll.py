"""The poll lane over in-memory ports."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.core.entry import Entry
from alerts.core.errors import LedgerUnavailable
from alerts.core.reasons import PollReason
from alerts.core.source import Source
from alerts.pipeline import poll
from alerts.pipeline.lane import Lane
from alerts.pipeline.ports import Fetched, Polled, SeenEntry, SourceState, Validators
from alerts.pipeline.schedule import config_hash
from tests.support.builders import NOON, an_event
from tests.unit.pipeline.fakes import BOUNDS, FakeClock, MemoryPolls, ScriptedFetcher, a_book, a_source

ENTRY = Entry("1", "Licences for magnets", "From next month.", "https://news.example/1", NOON, "v1")
BROUGHT = Fetched(PollReason.NEW_ENTRIES, (ENTRY,), Validators(etag='W/"2"'))


def poll_all(
    ledger: MemoryPolls,
    script: Mapping[str, Fetched | Exception | Callable[[], Awaitable[Fetched]]],
    *sources: Source,
) -> tuple[ScriptedFetcher, list[Lane], list[tuple[str, PollReason, int]]]:
    nudged: list[Lane] = []
    told: list[tuple[str, PollReason, int]] = []
    fetcher = ScriptedFetcher(script)

    async def scene() -> None:
        await poll.run(
            ledger,
            fetcher,
            a_book(*sources),
            FakeClock(),
            random.Random(1),
            nudged.append,
            BOUNDS,
            lambda polled: told.append((polled.source.id, polled.fetched.reason, len(polled.events))),
        )

    asyncio.run(asyncio.wait_for(scene(), 10))
    return fetcher, nudged, told


def test_entries_are_committed_with_the_validators_that_came_with_them() -> None:
    source = a_source("desk")
    before = SourceState(
        validators=Validators(etag='W/"1"'),
        last_unconditional=NOON,
        backlog_done=True,
        config_hash=config_hash(source),
    )
    ledger = MemoryPolls("desk", states={"desk": before})
    fetcher, nudged, told = poll_all(ledger, {"desk": BROUGHT}, source)
    state, events, versions, touched = ledger.commits["desk"]
    assert fetcher.sent["desk"].etag == 'W/"1"'
    assert state.validators.etag == 'W/"2"'
    assert [event.title for event in events] == ["Licences for magnets"]
    assert (versions, touched) == ({"1": "v1"}, ("1",))
    assert (nudged, told) == ([Lane.DECIDE], [("desk", PollReason.NEW_ENTRIES, 1)])


def test_a_revision_says_what_it_added() -> None:
    source = a_source("desk")
    old = an_event("Licences for magnets", "From next month.", key="1")
    ledger = MemoryPolls("desk")
    ledger.known["desk"] = {"1": SeenEntry(1, "v0", old.id)}
    ledger.events[old.id] = old
    entry = replace(ENTRY, text="From next month. Cobalt too.")
    poll_all(ledger, {"desk": Fetched(PollReason.NEW_ENTRIES, (entry,))}, source)
    (event,) = ledger.commits["desk"][1]
    assert event.revision == 2
    assert "Cobalt too." in event.text_added
    assert "next month" not in event.text_added


def test_a_bug_in_a_parser_costs_one_source_one_poll_and_says_where() -> None:
    ledger = MemoryPolls("broken", "good")
    _, _, told = poll_all(
        ledger,
        {"broken": IndexError("secret words"), "good": BROUGHT},
        a_source("broken"),
        a_source("good"),
    )
    assert sorted(told) == [("broken", PollReason.INTERNAL_ERROR, 0), ("good", PollReason.NEW_ENTRIES, 1)]
    state = ledger.commits["broken"][0]
    assert (state.failures, state.reason) == (1, PollReason.INTERNAL_ERROR)
    assert "IndexError" in state.detail
    assert "fetch" in state.detail
    assert "secret" not in state.detail
    assert state.next_poll is not None
    assert state.next_poll > NOON


def test_an_entry_that_cannot_become_an_event_costs_one_source_one_poll() -> None:
    poison = replace(ENTRY, title="half a character \ud800")
    ledger = MemoryPolls("poisoned", "good")
    script = {"poisoned": Fetched(PollReason.NEW_ENTRIES, (poison,), Validators(etag="x")), "good": BROUGHT}
    _, _, told = poll_all(ledger, script, a_source("poisoned"), a_source("good"))
    assert sorted(told) == [("good", PollReason.NEW_ENTRIES, 1), ("poisoned", PollReason.INTERNAL_ERROR, 0)]
    state, events, _, _ = ledger.commits["poisoned"]
    assert (state.failures, events) == (1, ())
    assert state.validators == Validators()  # they come with the entries or not at all


def test_a_failed_poll_keeps_the_old_validators_and_comes_back_later() -> None:
    source = a_source("desk")
    kept = Validators(etag='"1"')
    state = SourceState(validators=kept, last_unconditional=NOON, config_hash=config_hash(source), failures=3)
    ledger = MemoryPolls("desk", states={"desk": state})
    poll_all(ledger, {"desk": Fetched(PollReason.TIMEOUT, validators=Validators(etag='"2"'))}, source)
    after = ledger.commits["desk"][0]
    assert (after.validators, after.failures) == (kept, 4)
    assert after.next_poll is not None
    assert after.next_poll - NOON > timedelta(minutes=5)


def test_a_lost_lease_is_dropped_without_a_word() -> None:
    ledger = MemoryPolls("slow", "good")
    ledger.stale = {"slow"}
    _, nudged, told = poll_all(ledger, {"slow": BROUGHT, "good": BROUGHT}, a_source("slow"), a_source("good"))
    assert [name for name, _, _ in told] == ["good"]
    assert nudged == [Lane.DECIDE]


def test_a_source_that_left_the_rules_is_not_fetched_and_a_disabled_one_not_listed() -> None:
    ledger = MemoryPolls("gone", "good")
    fetcher, _, _ = poll_all(ledger, {"good": BROUGHT}, a_source("good"), a_source("off", enabled=False))
    assert set(fetcher.sent) == {"good"}
    assert set(ledger.synced) == {"good"}


def test_nothing_new_nudges_nobody() -> None:
    ledger = MemoryPolls("desk")
    _, nudged, told = poll_all(ledger, {"desk": Fetched(PollReason.NOT_MODIFIED)}, a_source("desk"))
    assert (nudged, told) == ([], [("desk", PollReason.NOT_MODIFIED, 0)])


def test_the_first_poll_is_noted_even_if_it_fails() -> None:
    ledger = MemoryPolls("desk")
    poll_all(ledger, {"desk": Fetched(PollReason.DNS)}, a_source("desk"))
    assert ledger.commits["desk"][0].first_poll == NOON


def test_a_hung_source_delays_no_other() -> None:
    async def scene() -> None:
        release, told = asyncio.Event(), []
        spoke = asyncio.Event()

        async def hang() -> Fetched:
            await release.wait()
            return Fetched(PollReason.TIMEOUT)

        def tell(polled: Polled) -> None:
            told.append(polled.source.id)
            spoke.set()

        ledger = MemoryPolls("hung", "good")
        book = a_book(a_source("hung"), a_source("good"))
        fetcher = ScriptedFetcher({"hung": hang, "good": BROUGHT})
        run = asyncio.create_task(
            poll.run(ledger, fetcher, book, FakeClock(), random.Random(1), lambda _: None, BOUNDS, tell)
        )
        await spoke.wait()
        assert told == ["good"]
        release.set()
        await run
        assert told == ["good", "hung"]

    asyncio.run(asyncio.wait_for(scene(), 10))


def test_a_ledger_that_is_away_ends_the_run() -> None:
    class Away(MemoryPolls):
        async def seen(self, source_id: str, keys: object) -> dict[str, SeenEntry]:
            raise LedgerUnavailable("away")

    with pytest.raises(LedgerUnavailable):
        poll_all(Away("desk"), {"desk": BROUGHT}, a_source("desk"))
