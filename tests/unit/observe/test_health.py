"""Health is the age of progress."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.core.status import LaneStatus, LedgerStatus
from alerts.observe.health import judge


def a_lane(**changes: Any) -> LaneStatus:
    fields = {"waiting": 5, "due": 0, "oldest_due_seconds": 0.0, "progress_seconds": 1.0}
    return LaneStatus.model_validate(fields | changes)


def a_status(lane: LaneStatus | None = None, **changes: Any) -> LedgerStatus:
    fields: dict[str, Any] = {
        "lanes": {"poll": lane or a_lane(), "deliver": a_lane()},
        "events": 1,
        "alerts": 1,
        "delivered": 1,
        "dead": 0,
        "counts": {},
        "rules_version": "v1",
        "rules_problem": "",
    }
    return LedgerStatus(**(fields | changes))


def test_all_is_well() -> None:
    assert judge(a_status()) == []


@pytest.mark.parametrize(
    ("lane", "words"),
    [
        (a_lane(progress_seconds=None), ["lane poll has not run yet", "worker --lane poll"]),
        (a_lane(progress_seconds=121.0), ["lane poll", "121 s"]),
        (a_lane(oldest_due_seconds=301.0), ["lane poll is behind", "301 s"]),
    ],
)
def test_a_lane_that_stands_still_is_named_with_its_age(lane: LaneStatus, words: list[str]) -> None:
    (fault,) = judge(a_status(lane))
    assert all(word in fault for word in words)


def test_the_limits_themselves_are_fine() -> None:
    assert judge(a_status(a_lane(progress_seconds=120.0, oldest_due_seconds=300.0))) == []


def test_rejected_rules_are_told_with_the_version_in_force_and_the_first_problem() -> None:
    (fault,) = judge(a_status(rules_problem="a.yaml:3:7: error x: bad\nb.yaml:1:1: error y: worse"))
    assert "v1 is in force" in fault
    assert "a.yaml:3:7" in fault
    assert "\n" not in fault


def test_every_fault_is_told_not_the_first_alone() -> None:
    lane = a_lane(progress_seconds=500.0, oldest_due_seconds=500.0)
    assert len(judge(a_status(lane, rules_problem="x"))) == 3
