"""The exposition is what Prometheus reads, and tells what the ledger counts."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from alerts.observe.metrics import render_metrics
from tests.unit.observe.test_health import a_lane, a_status

STATUS = a_status(
    a_lane(due=3, oldest_due_seconds=7.5, progress_seconds=None),
    dead=2,
    counts={
        "polls": 12,
        "attempts:erp:delivered": 4,
        "attempts:erp:timeout": 1,
        'decided:rule"with\\quotes:opened': 2,
        "decided:-:no_match": 9,
        "events_admitted": 5,
    },
)


def samples() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = render_metrics(STATUS).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(name: str, **labels: str) -> float | None:
    return samples().get((name, frozenset(labels.items())))


def test_lanes_are_told_by_age_and_count() -> None:
    assert value("exportwatch_oldest_due_seconds", lane="poll") == 7.5
    assert value("exportwatch_due", lane="poll") == 3
    assert value("exportwatch_progress_age_seconds", lane="deliver") == 1


def test_a_lane_that_never_ran_has_no_age_rather_than_a_wrong_one() -> None:
    assert value("exportwatch_progress_age_seconds", lane="poll") is None


def test_counts_are_told_by_target_rule_and_reason() -> None:
    assert value("exportwatch_attempts_total", target="erp", reason="delivered") == 4
    assert value("exportwatch_attempts_total", target="erp", reason="timeout") == 1
    assert value("exportwatch_decisions_total", rule="-", reason="no_match") == 9
    assert value("exportwatch_decisions_total", rule='rule"with\\quotes', reason="opened") == 2
    assert value("exportwatch_polls_total") == 12
    assert value("exportwatch_dead_letters") == 2


def test_the_rules_in_force_and_a_rejection_show() -> None:
    assert value("exportwatch_rules_in_force", version="v1", rejected="no") == 1
    assert value("exportwatch_ledger_up") == 1
