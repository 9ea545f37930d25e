"""When a source is polled next, and what its state becomes; pure.

A poll is three steps: :func:`begin_poll` says which validators to send, the fetcher brings
a ``Fetched``, :func:`after_poll` gives the state to commit with its entries. What was
committed is what counts: a restart polls nothing early.

- A source that answers keeps its own beat: slots ``every`` apart at a phase of its own
  (from a hash of its id), +-10 % jitter, so that a thousand sources do not wake together.
- The server's wish (ttl, max-age) holds polls back, but no longer than ``max_staleness``
  and :data:`CEILING`: how late a notice may be is the operator's to say.
- A source that fails is polled more rarely, up to :data:`CEILING`, and never dropped;
  Retry-After is obeyed up to a day.
- A poll that never went out (its host was busy with another source) changes nothing but
  the time of the next.
- Once a day a request goes out without validators: some servers answer 304 for ever.
- A changed definition (another url, another query) drops what the old one had learned.

Not here yet: adopting a permanent redirect by itself, and pausing a source after a
confirmed 410; both are polled on, at the ceiling's pace.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from random import Random

from alerts.core.ids import make_id
from alerts.core.reasons import PollReason
from alerts.core.source import Source
from alerts.pipeline.ports import Fetched, SourceState, Validators

CEILING = timedelta(hours=6)
LONGEST_RETRY_AFTER = timedelta(hours=24)
UNCONDITIONAL = timedelta(hours=24)
BUSY = timedelta(seconds=15)
JITTER = 0.1
_DEFINING = {"kind", "url", "query", "items", "link", "title", "date", "map"}
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def config_hash(source: Source) -> str:
    """Hash what makes a source's answers comparable: not its interval, tier or publisher."""
    return make_id("src", source.model_dump_json(include=_DEFINING))


def begin_poll(source: Source, state: SourceState, now: datetime) -> Validators:
    """Say which validators this poll sends."""
    if state.config_hash != config_hash(source):
        return Validators()
    if state.last_unconditional is None or now - state.last_unconditional >= UNCONDITIONAL:
        # The body's hash and the cursor stay: they are ours, no server can be wrong about them.
        return state.validators.model_copy(update={"etag": None, "last_modified": None})
    return state.validators


def after_poll(
    source: Source,
    state: SourceState,
    sent: Validators,
    fetched: Fetched,
    admitted: int,
    now: datetime,
    rng: Random,
) -> SourceState:
    """Give the state to commit. ``sent`` is what the poll began with, ``admitted`` its events."""
    if fetched.reason is PollReason.HOST_BUSY:
        return state.model_copy(update={"next_poll": next_poll(source, state, fetched, now, rng)})
    ok = fetched.reason.ok
    unconditional = ok and sent.etag is None and sent.last_modified is None
    counted = state.model_copy(
        update={
            "validators": fetched.validators if ok else sent if _changed(source, state) else state.validators,
            "polls": state.polls + 1,
            "failures": 0 if ok else state.failures + 1,
            "first_poll": state.first_poll or now,
            "last_poll": now,
            "last_success": now if ok else state.last_success,
            "last_new": now if admitted else state.last_new,
            "last_unconditional": now if unconditional else state.last_unconditional,
            "reason": _told(fetched.reason, admitted),
            "detail": fetched.detail or fetched.complaint,
            "backlog_done": state.backlog_done or ok,
            "config_hash": config_hash(source),
        }
    )
    return counted.model_copy(update={"next_poll": next_poll(source, counted, fetched, now, rng)})


def next_poll(source: Source, state: SourceState, fetched: Fetched, now: datetime, rng: Random) -> datetime:
    """Say when to poll next. ``state`` counts the poll just made in its ``failures``."""
    if fetched.reason.ok:
        return _next_slot(source, fetched.not_before, now, rng)
    busy = fetched.reason is PollReason.HOST_BUSY
    wait = min(BUSY, source.every) if busy else backoff(source.every, state.failures)
    if fetched.retry_after is not None:
        wait = max(wait, min(fetched.retry_after, LONGEST_RETRY_AFTER))
        return now + wait * (1 + JITTER * rng.random())  # never before the moment it named
    return now + wait * (1 + JITTER * (2 * rng.random() - 1))


def backoff(every: timedelta, failures: int) -> timedelta:
    """Double the interval a failure in a row after the first, up to the ceiling."""
    doubled = every * float(1 << min(max(failures - 1, 0), 20))
    return max(every, min(doubled, CEILING))


def _next_slot(source: Source, wish: timedelta | None, now: datetime, rng: Random) -> datetime:
    floor = _floor(source, wish)
    if floor > source.every:
        return now + floor * (1 + JITTER * rng.random())
    phase = _phase(source.id) * source.every
    beats = round((now + source.every - _EPOCH - phase) / source.every)
    slot = _EPOCH + phase + beats * source.every
    return slot + source.every * JITTER * (2 * rng.random() - 1)


def _floor(source: Source, wish: timedelta | None) -> timedelta:
    if wish is None:
        return timedelta()
    return min(wish, CEILING, source.max_staleness or CEILING)


def _phase(source_id: str) -> float:
    """Give a number from 0 to 1 that stays with the source."""
    return int.from_bytes(hashlib.blake2b(source_id.encode(), digest_size=6).digest(), "big") / 2**48


def _changed(source: Source, state: SourceState) -> bool:
    return state.config_hash != config_hash(source)


def _told(reason: PollReason, admitted: int) -> PollReason:
    return PollReason.NOTHING_NEW if reason is PollReason.NEW_ENTRIES and not admitted else reason
