"""The sweep lane: when a source's silence, or its end, is news."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.core.alert import Alert, AlertType
from alerts.core.correlation import Window
from alerts.core.delivery import Attempt, Delivery, DeliveryState
from alerts.core.reasons import OutcomeReason, PollReason
from alerts.core.route import Route
from alerts.core.rulebook import RuleBook
from alerts.core.silence import Silence, Silences, make_silence
from alerts.pipeline.ports import SourceState, WindowChange
from alerts.pipeline.service_alert import address, facts_of_rules, rejection_of, silence_of
from alerts.pipeline.sweep import forget_old, watch_absences, watch_dead_letters, watch_sources
from tests.support.builders import NOON, a_delivery, an_alert
from tests.support.correlating import SILENT
from tests.support.correlating import a_book as correlated
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
        self.dead: list[Delivery] = []
        self.windows: dict[str, Window] = {}
        self.awaiting = False
        self.quiet: tuple[Silence, ...] = ()

    async def source_states(self, ids: Sequence[str]) -> dict[str, SourceState]:
        return {name: self.states.get(name, SourceState()) for name in ids}

    async def silences(self) -> Silences:
        return Silences(self.quiet)

    async def silent_sources(self) -> dict[str, str]:
        return dict(self.silent)

    async def note_silence(self, source_id: str, alert_id: str | None) -> None:
        if alert_id is None:
            self.silent.pop(source_id, None)
        else:
            self.silent[source_id] = alert_id

    async def windows_at(self, keys: Sequence[str]) -> dict[str, Window]:
        return {key: self.windows[key] for key in keys if key in self.windows}

    async def begin_windows(self, changes: Sequence[WindowChange]) -> bool:
        for change in changes:
            known = self.windows.get(change.window.key)
            if (known.version if known else 0) != change.read_version:
                return False
        self.windows |= {change.window.key: change.window for change in changes}
        return True

    async def awaiting_since(self, cutoff: datetime) -> bool:
        return self.awaiting

    async def tell_silence(self, alert: Alert, deliveries: Sequence[Delivery], change: WindowChange) -> bool:
        return await self.begin_windows([change]) and await self.raise_alert(alert, deliveries)

    async def raise_alert(self, alert: Alert, deliveries: Sequence[Delivery]) -> bool:
        known = alert.id in self.raised
        self.raised.setdefault(alert.id, (alert, tuple(deliveries)))
        return not known and bool(deliveries)

    async def dead_since(self, cutoff: datetime) -> list[Delivery]:
        return [delivery for delivery in self.dead if delivery.created >= cutoff]

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


def absent(status: str = "live", group_by: str = "") -> str:
    return SILENT.replace("status: live", f"status: {status}").replace(
        "timespan: 10d", f"timespan: 10d{group_by}"
    )


def silences(ledger: MemorySweeps, book: RuleBook, days: float) -> list[str]:
    """What a sweep tells some days after noon, when every source has just answered."""
    at = NOON + timedelta(days=days)
    ledger.states = {name: SourceState(last_success=at) for name in book.sources}
    return [alert.title for alert in asyncio.run(watch_absences(ledger, book, at))]


def test_an_absence_is_told_once_after_its_timespan_and_survives_without_any_item() -> None:
    ledger, book = MemorySweeps({}), correlated(absent())
    told = [silences(ledger, book, days) for days in (0, 9.9, 10, 10.1, 30)]
    assert told == [[], [], ["The list is silent"], [], []]
    ((alert, sent),) = ledger.raised.values()
    assert (alert.severity, alert.action) == ("critical", "Look at the page.")
    assert alert.why == ("Nothing of ministry within 10d: none since watching began, 2026-11-23 12:00 UTC.")
    assert [delivery.target for delivery in sent] == ["desk"]


def test_an_absence_waits_for_a_poll_that_answers_and_for_events_that_await_a_decision() -> None:
    ledger, book = MemorySweeps({}), correlated(absent())
    silences(ledger, book, 0)
    at = NOON + timedelta(days=11)
    ledger.states["ministry"] = SourceState(last_success=NOON + timedelta(days=9))
    assert asyncio.run(watch_absences(ledger, book, at)) == []  # it fails: max_staleness tells of that
    ledger.awaiting = True
    assert silences(ledger, book, 11) == []
    ledger.awaiting = False
    assert silences(ledger, book, 11) == ["The list is silent"]


def test_a_shadow_absence_is_noted_and_nobody_is_told() -> None:
    ledger, book = MemorySweeps({}), correlated(absent("shadow"))
    assert [silences(ledger, book, days) for days in (0, 11, 12)] == [[], [], []]
    assert ledger.raised == {}
    (window,) = ledger.windows.values()
    assert window.told is not None
    live = correlated(absent())
    assert [silences(ledger, live, days) for days in (13, 14)] == [["The list is silent"], []]


def test_an_absence_of_other_sources_is_watched_anew() -> None:
    ledger, book = MemorySweeps({}), correlated(absent())
    assert [silences(ledger, book, days) for days in (0, 11)] == [[], ["The list is silent"]]
    other = correlated(absent().replace("[ministry]", "[desk]"))
    assert [silences(ledger, other, days) for days in (12, 21, 22)] == [[], [], ["The list is silent"]]


def test_sources_that_are_watched_each_by_itself_are_told_each() -> None:
    rule = absent(group_by=", group_by: source.id").replace("[ministry]", "[ministry, desk]")
    ledger, book = MemorySweeps({}), correlated(rule)
    silences(ledger, book, 0)
    assert silences(ledger, book, 11) == ["The list is silent: ministry", "The list is silent: desk"]


def a_dead_letter(number: int, target: str) -> Delivery:
    tried = Attempt(at=NOON, reason=OutcomeReason.GONE, detail="HTTP 410")
    return a_delivery(an_alert(number), target).model_copy(
        update={"state": DeliveryState.DEAD, "attempts": (tried,)}
    )


def test_dead_letters_are_told_once_a_target_and_hour_and_not_to_the_dead_target() -> None:
    ledger = MemorySweeps({})
    ledger.dead = [a_dead_letter(1, "erp"), a_dead_letter(2, "erp"), a_dead_letter(3, "desk")]
    book = a_book(SOURCE, a_receiver("desk"))
    (told,) = asyncio.run(watch_dead_letters(ledger, book, NOON))
    assert asyncio.run(watch_dead_letters(ledger, book, NOON + timedelta(minutes=59))) == []
    assert told.type is AlertType.DELIVERY_EXHAUSTED
    for words in ("2 notice(s) to erp", "gone", "HTTP 410"):
        assert words in told.summary
    assert "redrive --target erp" in told.action
    assert [d.target for _, sent in ledger.raised.values() for d in sent] == ["desk"]


def test_rejected_rules_are_told_to_the_owners_of_what_stands_in_the_broken_files() -> None:
    rules = [
        ("magnets", {"team": "m", "issuer": "{{ measure.issuer_code }}"}),
        ("metals", {"team": "m"}),
        ("", {}),
    ]
    about = facts_of_rules(rules)
    assert about == {"owner": ("magnets", "metals"), "team": ("m",)}
    alert = rejection_of("watch/cn.yaml:3:5: error", "rules_1", NOON, about["owner"])
    assert "The rules in these files are magnets and metals's." in alert.summary
    routes = (Route(receiver="metals-desk", matchers=('owner="metals"',)),)
    book = replace(
        a_book(SOURCE, a_receiver("desk"), a_receiver("metals-desk")),
        route=Route(receiver="desk", routes=routes),
    )
    assert [d.target for d in address(alert, None, book, NOON, about)] == ["metals-desk"]
    assert [d.target for d in address(alert, None, book, NOON)] == ["desk"]


def test_rejected_rules_are_told_with_what_is_wrong_and_what_stays() -> None:
    problem = "watch/cn.yaml:3:5: error bad-value: no such issuer"
    alert = rejection_of(problem, "rules_1", NOON)
    assert problem in alert.summary
    assert "rules_1 stays in force" in alert.summary
    assert alert.id == rejection_of(problem, "rules_1", NOON + timedelta(days=1)).id
    (delivery,) = address(alert, None, a_book(SOURCE, a_receiver("desk")), NOON)
    assert delivery.target == "desk"


def a_silence(*matchers: str, days: float = 1) -> Silence:
    return make_silence(matchers, "anna", "known", NOON, NOON, NOON + timedelta(days=days))


def test_what_the_service_would_tell_while_it_is_silenced_is_told_when_the_silence_ends() -> None:
    ledger = MemorySweeps({"ministry": SourceState(first_poll=days_ago(99), last_new=days_ago(11))})
    ledger.dead = [a_dead_letter(1, "erp")]
    matchers = ('type=~"source.stale|delivery.exhausted"', 'severity="high"')
    ledger.quiet = (a_silence(*matchers, days=0.02),)
    book = a_book(SOURCE, a_receiver("desk"))
    assert asyncio.run(watch_sources(ledger, book, NOON)) == []
    assert asyncio.run(watch_dead_letters(ledger, book, NOON)) == []
    after = NOON + timedelta(minutes=30)
    assert [alert.type for alert in asyncio.run(watch_sources(ledger, book, after))] == [STALE]
    assert len(asyncio.run(watch_dead_letters(ledger, book, after))) == 1


def test_an_absence_that_is_silenced_is_told_when_the_silence_ends() -> None:
    ledger, book = MemorySweeps({}), correlated(absent())
    rule = next(iter(book.rules.correlations)).head.id
    ledger.quiet = (a_silence(f'rule="{rule}"', days=12),)
    assert [silences(ledger, book, days) for days in (0, 11, 12, 13)] == [[], [], ["The list is silent"], []]
