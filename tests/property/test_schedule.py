"""What the schedule promises, for every source, answer and moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.core.reasons import PollReason
from alerts.core.source import Source
from alerts.pipeline.ports import Fetched, SourceState, Validators
from alerts.pipeline.schedule import CEILING, after_poll, backoff, begin_poll, config_hash

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
intervals = st.integers(1, 3 * 86400).map(lambda seconds: timedelta(seconds=seconds))
moments = st.integers(0, 10**8).map(lambda seconds: NOW + timedelta(seconds=seconds))
rngs = st.integers(0, 2**32).map(Random)
faults = st.sampled_from(
    [reason for reason in PollReason if not reason.ok and reason is not PollReason.HOST_BUSY]
)
successes = st.sampled_from([reason for reason in PollReason if reason.ok])
waits = st.none() | st.integers(0, 10**7).map(lambda seconds: timedelta(seconds=seconds))


def source(**more: Any) -> Source:
    return Source.model_validate(
        {"id": "s", "kind": "feed", "url": "https://feeds.example/a", "every": "15m"} | more
    )


def polled(
    given: Source, fetched: Fetched, now: datetime = NOW, rng: Random | None = None, **state: Any
) -> SourceState:
    before = SourceState(config_hash=config_hash(given), **state)
    return after_poll(given, before, begin_poll(given, before, now), fetched, 0, now, rng or Random(0))


@given(intervals, moments, successes, rngs)
def test_a_source_that_answers_keeps_its_interval(
    every: timedelta, now: datetime, reason: PollReason, rng: Random
) -> None:
    due = polled(source(every=every), Fetched(reason), now, rng).next_poll
    assert due is not None
    assert 0.39 * every <= due - now <= 1.61 * every


@given(intervals, moments, rngs)
def test_the_beat_does_not_drift(every: timedelta, now: datetime, rng: Random) -> None:
    """After a hundred polls, each a bit late, the source is still on its own slots."""
    given_source = source(every=every)
    first = last = polled(given_source, Fetched(PollReason.NOT_MODIFIED), now, rng).next_poll
    assert first is not None
    assert last is not None
    for _ in range(100):
        last = polled(given_source, Fetched(PollReason.NOT_MODIFIED), last + every * 0.2, rng).next_poll
        assert last is not None
    assert abs((last - first) / every - 100) < 0.5


@given(faults, st.integers(0, 100), intervals, rngs)
def test_a_source_that_fails_is_polled_more_rarely_and_never_dropped(
    reason: PollReason, failures: int, every: timedelta, rng: Random
) -> None:
    after = polled(source(every=every), Fetched(reason), NOW, rng, failures=failures)
    assert after.failures == failures + 1
    assert after.next_poll is not None
    wait = after.next_poll - NOW
    assert 0.89 * every <= wait <= 1.11 * max(every, CEILING)


@given(intervals, st.integers(0, 1000))
def test_backoff_never_shrinks_nor_passes_the_ceiling(every: timedelta, failures: int) -> None:
    assert every <= backoff(every, failures) <= backoff(every, failures + 1) <= max(every, CEILING)


@given(st.integers(0, 10**8), rngs)
def test_retry_after_is_obeyed_up_to_a_day(seconds: int, rng: Random) -> None:
    wish = timedelta(seconds=seconds)
    after = polled(source(), Fetched(PollReason.RATE_LIMITED, retry_after=wish), NOW, rng)
    assert after.next_poll is not None
    assert min(wish, timedelta(hours=24)) <= after.next_poll - NOW <= timedelta(hours=26.5)


@given(waits, st.none() | st.integers(60, 10**6).map(lambda seconds: timedelta(seconds=seconds)), rngs)
def test_the_servers_wish_is_a_floor_that_the_operator_limits(
    wish: timedelta | None, max_staleness: timedelta | None, rng: Random
) -> None:
    given_source = source(max_staleness=max_staleness)
    due = polled(given_source, Fetched(PollReason.NEW_ENTRIES, not_before=wish), NOW, rng).next_poll
    assert due is not None
    most = min(CEILING, max_staleness or CEILING)
    assert due - NOW <= 1.61 * max(most, given_source.every)
    if wish is not None and given_source.every < wish <= most:
        assert due - NOW >= wish


def test_two_sources_have_phases_of_their_own() -> None:
    dues = {polled(source(id=f"s{n}"), Fetched(PollReason.NOT_MODIFIED)).next_poll for n in range(50)}
    spread = sorted(due - NOW for due in dues if due is not None)
    assert spread[-1] - spread[0] > timedelta(minutes=10)


@given(faults)
def test_a_failure_keeps_the_validators_and_a_success_replaces_them(reason: PollReason) -> None:
    old, new = Validators(etag='"old"'), Validators(etag='"new"')
    assert polled(source(), Fetched(reason, validators=new), validators=old).validators == old
    assert (
        polled(source(), Fetched(PollReason.NOT_MODIFIED, validators=new), validators=old).validators == new
    )


def test_a_failure_is_counted_and_a_success_forgives_it() -> None:
    after = polled(source(), Fetched(PollReason.TIMEOUT, detail="slow"), failures=2)
    assert (after.failures, after.reason, after.detail) == (3, PollReason.TIMEOUT, "slow")
    assert after.last_success is None
    again = polled(source(), Fetched(PollReason.NOT_MODIFIED), failures=3)
    assert (again.failures, again.last_success) == (0, NOW)


@given(intervals, rngs)
def test_a_poll_that_never_went_out_changes_nothing_but_its_time(every: timedelta, rng: Random) -> None:
    given_source = source(every=every)
    before = SourceState(polls=3, failures=1, reason=PollReason.TIMEOUT, validators=Validators(etag='"1"'))
    after = after_poll(given_source, before, Validators(), Fetched(PollReason.HOST_BUSY), 0, NOW, rng)
    assert after.model_copy(update={"next_poll": None}) == before
    assert after.next_poll is not None
    assert timedelta() < after.next_poll - NOW <= min(every * 1.11, timedelta(seconds=17))


def test_once_a_day_a_request_goes_out_without_validators() -> None:
    kept = Validators(etag='"1"', last_modified="x", body_hash="h", cursor="c")
    recent = SourceState(
        validators=kept, last_unconditional=NOW - 23 * HOUR, config_hash=config_hash(source())
    )
    assert begin_poll(source(), recent, NOW) == kept
    old = recent.model_copy(update={"last_unconditional": NOW - 24 * HOUR})
    sent = begin_poll(source(), old, NOW)
    assert sent == Validators(body_hash="h", cursor="c")
    after = after_poll(source(), old, sent, Fetched(PollReason.UNCHANGED_BODY), 0, NOW, Random(0))
    assert after.last_unconditional == NOW
    failed = after_poll(source(), old, sent, Fetched(PollReason.TIMEOUT), 0, NOW, Random(0))
    assert failed.last_unconditional == NOW - 24 * HOUR


def test_a_server_that_answers_304_for_ever_is_found_out_within_a_day() -> None:
    """With its validators it would say 304 until the end of days."""
    state, now, asked_plainly = SourceState(config_hash=config_hash(source())), NOW, 0
    for _ in range(200):
        sent = begin_poll(source(), state, now)
        plain = sent.etag is None
        asked_plainly += plain
        reason = PollReason.UNCHANGED_BODY if plain else PollReason.NOT_MODIFIED
        fetched = Fetched(reason, validators=Validators(etag='"stuck"', body_hash="h"))
        state = after_poll(source(), state, sent, fetched, 0, now, Random(1))
        assert state.next_poll is not None
        now = state.next_poll
    days = (now - NOW) / timedelta(days=1)
    assert days <= asked_plainly <= days + 2


def test_a_changed_definition_drops_what_was_learned() -> None:
    state = SourceState(
        validators=Validators(etag='"1"', cursor="c"),
        config_hash=config_hash(source()),
        last_unconditional=NOW,
    )
    moved = source(url="https://feeds.example/b")
    assert begin_poll(moved, state, NOW) == Validators()
    assert begin_poll(source(every="1h", publisher="P", tier="official"), state, NOW) == state.validators
    after = after_poll(moved, state, Validators(), Fetched(PollReason.TIMEOUT), 0, NOW, Random(0))
    assert after.validators == Validators()
    assert begin_poll(moved, after, NOW) == Validators()


def test_a_document_without_news_is_told_as_nothing_new() -> None:
    state = SourceState(config_hash=config_hash(source()))
    fetched = Fetched(PollReason.NEW_ENTRIES)
    none = after_poll(source(), state, Validators(), fetched, 0, NOW, Random(0))
    some = after_poll(source(), state, Validators(), fetched, 3, NOW, Random(0))
    assert (none.reason, none.last_new) == (PollReason.NOTHING_NEW, None)
    assert (some.reason, some.last_new) == (PollReason.NEW_ENTRIES, NOW)


@given(faults)
def test_the_backlog_is_done_with_the_first_whole_document(reason: PollReason) -> None:
    assert not polled(source(), Fetched(reason)).backlog_done
    assert polled(source(), Fetched(reason), backlog_done=True).backlog_done
    assert polled(source(), Fetched(PollReason.NEW_ENTRIES)).backlog_done
