"""The retry decider: a readable list, Retry-After honoured, an end in every case."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.core.delivery import Delivery, Outcome
from alerts.core.reasons import OutcomeReason
from alerts.pipeline.retry import JITTER, LONGEST_RETRY_AFTER, SCHEDULE, next_try
from tests.support.builders import NOON, a_delivery, an_alert

RETRIED = [reason for reason in OutcomeReason if not reason.ok and not reason.permanent]


def after(tries: int) -> Delivery:
    return a_delivery(an_alert()).model_copy(update={"tries": tries})


def test_the_schedule_as_promised() -> None:
    hours = [2, 5, 10, 14, 20, 24]
    assert [step.total_seconds() for step in SCHEDULE] == [0, 5, 300, 1800, *(hour * 3600 for hour in hours)]


@pytest.mark.parametrize("reason", [OutcomeReason.DELIVERED, OutcomeReason.GONE, OutcomeReason.TOO_LARGE])
def test_what_is_over_is_not_tried_again(reason: OutcomeReason) -> None:
    assert next_try(after(0), Outcome(reason), NOON, random.Random(1)) is None


def test_a_timeout_is_unknown_and_tried_again() -> None:
    due = next_try(after(0), Outcome(OutcomeReason.TIMEOUT), NOON, random.Random(1))
    assert due is not None
    assert timedelta(seconds=4) <= due - NOON <= timedelta(seconds=6)


def test_the_last_attempt_ends_it() -> None:
    outcome = Outcome(OutcomeReason.SERVER_ERROR)
    assert next_try(after(8), outcome, NOON, random.Random(1)) is not None
    assert next_try(after(9), outcome, NOON, random.Random(1)) is None


def test_retry_after_puts_off_but_never_hastens() -> None:
    rng = random.Random(1)
    wait = Outcome(OutcomeReason.RATE_LIMITED, retry_after=timedelta(minutes=2))
    soon = Outcome(OutcomeReason.RATE_LIMITED, retry_after=timedelta(seconds=1))
    assert next_try(after(0), wait, NOON, rng) == NOON + timedelta(minutes=2)
    late = next_try(after(2), soon, NOON, rng)
    assert late is not None
    assert late >= NOON + timedelta(minutes=24)


@given(
    tries=st.integers(0, 20),
    reason=st.sampled_from(RETRIED),
    asked=st.none() | st.timedeltas(timedelta(0), timedelta(days=400)),
    seed=st.integers(),
)
def test_due_times_stay_in_their_band(
    tries: int, reason: OutcomeReason, asked: timedelta | None, seed: int
) -> None:
    due = next_try(after(tries), Outcome(reason, retry_after=asked), NOON, random.Random(seed))
    if tries + 1 >= len(SCHEDULE):
        assert due is None
        return
    assert due is not None
    step = SCHEDULE[tries + 1]
    floor = min(asked or timedelta(0), LONGEST_RETRY_AFTER)
    assert due - NOON >= max(step * (1 - JITTER), floor)
    assert due - NOON <= max(step * (1 + JITTER), floor)
