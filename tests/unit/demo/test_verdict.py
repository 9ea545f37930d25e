"""The kill test's judge sees each kind of wrong that it is there for."""

from __future__ import annotations

import pytest

from tests.support.verdict import Notice, Verdict

EXPECTED = {("TX00001", "alpha-hook"), ("TX00002", "beta-hook")}
FIRST, SECOND = ("TX00001", "alpha-hook", "dlv_a"), ("TX00002", "beta-hook", "dlv_b")


def _judged(*received: Notice) -> Verdict:
    verdict = Verdict(seed=1, drained=True)
    verdict.judge(EXPECTED, received)
    return verdict


def test_everything_once_is_well() -> None:
    assert _judged(FIRST, SECOND).ok


def test_a_duplicate_under_the_same_id_is_allowed_and_counted() -> None:
    verdict = _judged(FIRST, SECOND, SECOND)
    assert verdict.ok
    assert verdict.duplicates == 1


@pytest.mark.parametrize(
    ("received", "wrong"),
    [
        ((FIRST,), "lost"),
        ((FIRST, SECOND, ("TX00001", "alpha-hook", "dlv_c")), "two_ids"),
        ((FIRST, SECOND, ("TX00001", "beta-hook", "dlv_c")), "unmatched"),
        ((FIRST, SECOND, ("TX00003", "beta-hook", "dlv_c")), "unmatched"),
    ],
)
def test_each_wrong_is_seen(received: tuple[Notice, ...], wrong: str) -> None:
    verdict = _judged(*received)
    assert not verdict.ok
    assert [name for name in ("lost", "two_ids", "unmatched") if getattr(verdict, name)] == [wrong]


def test_what_still_waits_is_not_well() -> None:
    verdict = _judged(FIRST, SECOND)
    verdict.drained = False
    assert not verdict.ok
