"""The exposition is what Prometheus reads, and tells what the ledger counts."""

from __future__ import annotations

import shutil
import subprocess
from math import inf
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from alerts.core.survey import DELAY_BOUNDS, DelayCounts, ServerSurvey, Survey, TargetSurvey
from alerts.observe.metrics import render_metrics
from tests.unit.observe.surveys import a_source_survey, a_survey
from tests.unit.observe.test_health import a_lane, a_status

OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
SURVEY = a_survey(
    status=a_status(
        a_lane(due=3, oldest_due_seconds=7.5, progress_seconds=None),
        counts={
            "polls": 12,
            "attempts:erp:delivered": 4,
            "attempts:erp:timeout": 1,
            'decided:rule"with\\quotes:opened': 2,
            "decided:-:no_match": 9,
            "events_admitted": 5,
            "alerts": 2,
        },
        dead=2,
    ),
    sources={"desk": a_source_survey(), "gone": a_source_survey(success_age=9e4, failures=8, silent=True)},
    targets={"erp": TargetSurvey(undelivered=3, oldest_undelivered=901.5, dead=2)},
    delays={"seen": DelayCounts({1.0: 3, 60.0: 1, inf: 1}, 700_000.25)},
)


def value(name: str, survey: Survey | None = SURVEY, **labels: str) -> float | None:
    text = render_metrics(survey)[0].decode()
    samples = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in parse_text(text)
        for sample in family.samples
    }
    return samples.get((name, frozenset(labels.items())))


def test_lanes_are_told_by_age_and_count() -> None:
    assert value("exportwatch_oldest_due_seconds", lane="poll") == 7.5
    assert value("exportwatch_due", lane="poll") == 3
    assert value("exportwatch_waiting", lane="poll") == 5
    assert value("exportwatch_progress_age_seconds", lane="deliver") == 1


def test_a_lane_that_never_ran_has_no_age_rather_than_a_wrong_one() -> None:
    assert value("exportwatch_progress_age_seconds", lane="poll") is None


def test_sources_are_told_by_age() -> None:
    assert value("exportwatch_source_success_age_seconds", source="gone") == 9e4
    assert value("exportwatch_source_new_age_seconds", source="desk") == 60
    assert value("exportwatch_source_failures", source="gone") == 8
    assert (value("exportwatch_source_silent", source="gone"), value("exportwatch_sources")) == (1, 5)


def test_counts_are_told_by_target_rule_and_reason() -> None:
    assert value("exportwatch_attempts_total", target="erp", reason="delivered") == 4
    assert value("exportwatch_attempts_total", target="erp", reason="timeout") == 1
    assert value("exportwatch_decisions_total", rule="-", reason="no_match") == 9
    assert value("exportwatch_decisions_total", rule='rule"with\\quotes', reason="opened") == 2
    assert value("exportwatch_polls_total") == 12
    assert value("exportwatch_events_admitted_total") == 5
    assert value("exportwatch_alerts_raised_total") == 2


def test_a_targets_oldest_notice_and_dead_letters_are_told() -> None:
    assert value("exportwatch_oldest_undelivered_seconds", target="erp") == 901.5
    assert value("exportwatch_undelivered", target="erp") == 3
    assert value("exportwatch_dead_letters", target="erp") == 2


def test_delays_are_a_histogram_that_is_there_before_the_first_notice() -> None:
    def bucket(bound: str, since: str) -> float | None:
        return value("exportwatch_delivery_delay_seconds_bucket", since=since, le=bound)

    assert [bucket(bound, "seen") for bound in ("1.0", "30.0", "60.0", "604800.0", "+Inf")] == [3, 3, 4, 4, 5]
    assert value("exportwatch_delivery_delay_seconds_sum", since="seen") == 700_000.25
    assert value("exportwatch_delivery_delay_seconds_count", since="seen") == 5
    assert bucket("+Inf", "published") == 0


def test_a_class_that_an_older_version_counted_is_not_lost() -> None:
    survey = a_survey(delays={"seen": DelayCounts({45.0: 2, 1e9: 1}, 90.0)})
    assert value("exportwatch_delivery_delay_seconds_bucket", survey, since="seen", le="30.0") == 0
    assert value("exportwatch_delivery_delay_seconds_bucket", survey, since="seen", le="60.0") == 2
    assert value("exportwatch_delivery_delay_seconds_count", survey, since="seen") == 3


def test_the_rules_in_force_and_a_rejection_show() -> None:
    assert value("exportwatch_rules_info", version="v1") == 1
    assert value("exportwatch_rules_evaluated") == 7
    assert value("exportwatch_rules_age_seconds") == 3600
    assert value("exportwatch_rules_rejected") == 0
    assert value("exportwatch_rules_rejected", a_survey(status=a_status(rules_problem="x"))) == 1


def test_the_server_tells_of_its_memory_and_its_disk() -> None:
    broken = a_survey(server=ServerSurvey(5, 10, append_only=False, writes_ok=False))
    assert value("exportwatch_ledger_memory_bytes", broken) == 5
    assert value("exportwatch_ledger_memory_limit_bytes", broken) == 10
    assert value("exportwatch_ledger_append_only", broken) == 0
    assert value("exportwatch_ledger_writes_ok", broken) == 0
    assert value("exportwatch_ledger_writes_ok", a_survey(server=None)) is None


def test_a_ledger_that_is_away_is_told_with_the_build_and_nothing_else() -> None:
    text = render_metrics(None)[0].decode()
    assert {family.name for family in parse_text(text)} == {"exportwatch_ledger_up", "exportwatch_build_info"}
    assert value("exportwatch_ledger_up", None) == 0
    assert value("exportwatch_ledger_up") == 1


def test_openmetrics_is_answered_to_who_asks_with_units_and_an_end() -> None:
    body, content_type = render_metrics(SURVEY, OPENMETRICS)
    assert content_type.startswith("application/openmetrics-text")
    families = {family.name: family for family in parse_openmetrics(body.decode())}
    assert families["exportwatch_oldest_due_seconds"].unit == "seconds"
    assert families["exportwatch_attempts"].type == "counter"
    assert families["exportwatch_delivery_delay_seconds"].type == "histogram"
    assert families["exportwatch_build"].type == "info"
    assert render_metrics(SURVEY)[1].startswith("text/plain; version=0.0.4")


def test_every_family_has_a_sentence_and_names_its_unit() -> None:
    for family in parse_openmetrics(render_metrics(SURVEY, OPENMETRICS)[0].decode()):
        assert family.name.startswith("exportwatch_")
        assert family.documentation.endswith(".")
        timed = "Seconds" in family.documentation
        assert (family.unit == "seconds") is timed is family.name.endswith("_seconds")
        assert (family.unit == "bytes") is family.name.endswith("_bytes")


def test_the_reference_names_every_family_with_its_type_and_labels() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "metrics.md").read_text("utf-8")
    for family in parse_openmetrics(render_metrics(SURVEY, OPENMETRICS)[0].decode()):
        name = family.name + {"counter": "_total", "info": "_info"}.get(family.type, "")
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        _, _, kind, labels, unit, text, _ = (cell.strip() for cell in row.split("|"))
        assert (kind, unit, text) == (family.type, family.unit, family.documentation)
        told = {label for sample in family.samples for label in sample.labels} - {"le"}
        assert {label.strip("` ") for label in labels.split(",") if label} == told


def test_the_series_are_bounded_by_the_names_that_ops_gave() -> None:
    """Each source costs four series, each target three and its reasons; an item none."""

    def series(survey: Survey) -> int:
        return sum(len(family.samples) for family in parse_text(render_metrics(survey)[0].decode()))

    few, many = (a_survey(sources={f"s{n}": a_source_survey() for n in range(count)}) for count in (1, 11))
    assert series(many) - series(few) == 40
    assert series(a_survey(status=a_status(events=10**6))) == series(a_survey())
    assert series(few) < 60 + 2 * len(DELAY_BOUNDS)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)")
def test_promtool_finds_nothing_to_mend() -> None:
    checked = subprocess.run(
        ["promtool", "check", "metrics"],
        input=render_metrics(SURVEY)[0],
        capture_output=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
