"""The kill test's judge sees each kind of wrong that it is there for."""

from __future__ import annotations

import pytest

from tests.support.items import Trigger, plan_items
from tests.support.quiet import STEADY, Quiet
from tests.support.verdict import Notice, Verdict, expected_of

FEEDS = ("a", "b", "c")

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


def test_a_group_is_told_when_it_is_large_enough_and_counted_as_opened_once() -> None:
    gamma = [next(one for one in plan_items(1, FEEDS) if one.trigger is Trigger.GAMMA)]
    receivers = {Trigger.GAMMA: ("third-hook",)}
    assert expected_of(gamma * 2, receivers, {Trigger.GAMMA: 3}) == set()
    due = expected_of(gamma * 3, receivers, {Trigger.GAMMA: 3})
    assert due == {(gamma[0].code, "third-hook")}
    for ids, once in ((("a", "a"), 1), (("a", "b"), 0), ((), 0)):
        verdict = Verdict(seed=1, drained=True)
        verdict.judge(due, [(gamma[0].code, "third-hook", one) for one in ids], ["third-hook"])
        assert verdict.groups == {"third-hook": (1, once)}
        assert verdict.ok is bool(once)


def test_each_item_of_a_quiet_feed_is_followed_by_a_silence_and_ends_the_one_before() -> None:
    feeds = Quiet()
    assert [feeds.next_item(name).title for name in ("hill", "hill", STEADY)] == [
        "TX90000 notice",
        "TX90001 notice",
        "TX90002 notice",
    ]
    assert feeds.expected() == {
        ("TX90000", "quiet-hook"),
        ("TX90001", "quiet-hook"),
        ("TX90001 alert.resolved", "quiet-hook"),
    }
    assert feeds.silence("hill") == ("TX90001", "quiet-hook")


def test_what_still_waits_is_not_well() -> None:
    verdict = _judged(FIRST, SECOND)
    verdict.drained = False
    assert not verdict.ok
