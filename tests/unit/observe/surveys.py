"""Surveys for the tests of what is made of them."""

from __future__ import annotations

from typing import Any

from alerts.core.survey import RulesSurvey, ServerSurvey, SourceSurvey, Survey, TargetSurvey
from tests.unit.observe.test_health import a_lane, a_status

SERVER = ServerSurvey(memory=3_000_000, memory_limit=64_000_000, append_only=True, writes_ok=True)


def a_source_survey(**changes: Any) -> SourceSurvey:
    fields: dict[str, Any] = {"success_age": 5.0, "new_age": 60.0, "failures": 0, "silent": False}
    return SourceSurvey(**(fields | changes))


def a_survey(**changes: Any) -> Survey:
    fields: dict[str, Any] = {
        "status": a_status(a_lane()),
        "rules": RulesSurvey(rules=7, age=3600.0),
        "newest_event_age": 60.0,
        "server": SERVER,
        "sources": {"desk": a_source_survey()},
        "targets": {"erp": TargetSurvey(undelivered=0, oldest_undelivered=0.0, dead=0)},
    }
    return Survey(**(fields | changes))
