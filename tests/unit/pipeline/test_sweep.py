"""The sweep lane: when a source's silence, or its end, is news."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from alerts.core.alert import Alert, AlertType
from alerts.core.delivery import Delivery
from alerts.core.reasons import PollReason
from alerts.pipeline.ports import SourceState
from alerts.pipeline.sweep import forget_old, silence_of, watch_sources
from tests.support.builders import NOON
from tests.unit.pipeline.fakes import a_book, a_receiver, a_source

SOURCE = a_source("ministry", max_staleness="10d")
STALE, RECOVERED = AlertType.SOURCE_STALE, AlertType.SOURCE_RECOVERED


def days_ago(days: float | None) -> datetime | None:
    return None if days is None else NOON - timedelta(days=days)


@pytest.mark.parametrize(
    ("first_poll", "last_success", "last_new", "told", "expected"),
    [
        (None, None, None, None, None),  # never polled
        (9, None, None, None, None),  # it fails, not yet for too long
        (11, None, None, None, STALE),  # it has failed from the beginning
        (11, None, None, "alr_1", None),  # told once is enough
        (11, 0, None, None, STALE),  # it answers well and never brought a thing: a wrong selector
        (9, 0, None, None, None),
        (99, 0, 9, None, None),  # it speaks
        (99, 0, 11, None, STALE),  # it answers, with nothing new
        (99, 20, 11, None, STALE),
        (99, 0, 11, "alr_1", None),
        (99, 0, 1, "alr_1", RECOVERED),
        (99, 0, 0, "alr_1", RECOVERED),
    ],
)
def test_silence(
    first_poll: float | None,
    last_success: float | None,
    last_new: float | None,
    told: str | None,
    expected: AlertType | None,
) -> None:
    state = SourceState(
        first_poll=days_ago(first_poll), last_success=days_ago(last_success), last_new=days_ago(last_new)
    )
    alert = silence_of(SOURCE, state, told, NOON)
    assert (alert.type if alert else None) is expected


def test_a_source_without_a_limit_may_be_silent() -> None:
    state = SourceState(first_poll=days_ago(999))
    assert silence_of(a_source("blog"), state, None, NOON) is None


def test_a_silence_names_the_source_its_age_and_the_last_poll() -> None:
    state = SourceState(
        first_poll=days_ago(99), last_new=days_ago(11), reason=PollReason.TIMEOUT, detail="30 s"
    )
    alert = silence_of(SOURCE, state, None, NOON)
    assert alert is not None
    for words in ("ministry", "11d", "10d", "timeout", "30 s"):
        assert words in alert.summary
    assert alert.action


def test_one_silence_has_one_id_however_often_it_is_seen() -> None:
    state = SourceState(first_poll=days_ago(99), last_new=days_ago(11))
    now = silence_of(SOURCE, state, None, NOON)
    soon = silence_of(SOURCE, state, None, NOON + timedelta(hours=1))
    assert now is not None
    assert soon is not None
    assert now.id == soon.id


class MemorySweeps:
    """A sweep ledger in memory."""

    def __init__(self, states: dict[str, SourceState]) -> None:
        self.states = states
        self.silent: dict[str, str] = {}
        self.raised: dict[str, tuple[Alert, tuple[Delivery, ...]]] = {}
        self.expired: list[tuple[datetime, Sequence[str]]] = []

    async def source_states(self, ids: Sequence[str]) -> dict[str, SourceState]:
        return {name: self.states.get(name, SourceState()) for name in ids}

    async def silent_sources(self) -> dict[str, str]:
        return dict(self.silent)

    async def note_silence(self, source_id: str, alert_id: str | None) -> None:
        if alert_id is None:
            self.silent.pop(source_id, None)
        else:
            self.silent[source_id] = alert_id

    async def raise_alert(self, alert: Alert, deliveries: Sequence[Delivery]) -> bool:
        self.raised.setdefault(alert.id, (alert, tuple(deliveries)))
        return True

    async def expire(self, cutoff: datetime, source_ids: Sequence[str]) -> int:
        self.expired.append((cutoff, source_ids))
        return 0


def test_a_silence_and_its_end_are_each_told_once_to_the_routes_receiver() -> None:
    ledger = MemorySweeps({"ministry": SourceState(first_poll=days_ago(99), last_new=days_ago(11))})
    off = a_source("off", max_staleness="1d", enabled=False)
    ledger.states["off"] = SourceState(first_poll=days_ago(99))
    book = a_book(SOURCE, off, a_receiver("desk"))
    (stale,) = asyncio.run(watch_sources(ledger, book, NOON))
    assert asyncio.run(watch_sources(ledger, book, NOON)) == []
    ledger.states["ministry"] = ledger.states["ministry"].model_copy(update={"last_new": NOON})
    (recovered,) = asyncio.run(watch_sources(ledger, book, NOON))
    assert asyncio.run(watch_sources(ledger, book, NOON)) == []
    assert (stale.type, recovered.type) == (STALE, RECOVERED)
    assert [[d.target for d in sent] for _, sent in ledger.raised.values()] == [["desk"], ["desk"]]
    assert ledger.silent == {}


def test_old_things_of_every_source_are_forgotten() -> None:
    ledger = MemorySweeps({})
    asyncio.run(forget_old(ledger, a_book(SOURCE, a_source("blog")), timedelta(days=90), NOON))
    assert ledger.expired == [(NOON - timedelta(days=90), ["blog", "ministry"])]
