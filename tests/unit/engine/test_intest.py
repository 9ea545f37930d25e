"""Tests that stand in the rules."""

from __future__ import annotations

from datetime import datetime

import pytest

from alerts.core.errors import ConfigError
from alerts.core.measure import Recognition
from alerts.engine.intest import run_tests
from tests.unit.engine.building import measure, rule_text

RULE = rule_text(
    "sel: {issuer: CN, effective_date|after: now}\nwords: {'text|query': china}\ncondition: sel or words",
    """    tests:
      - {name: words, event: {title: China acts}, expect: match}
      - {name: wrong, event: {title: India acts}, expect: match}
      - name: given
        at: 2026-06-01T00:00:00Z
        event: {measures: [{issuer: CN, measure: export_ban, commodity: gallium, effective_date: 2026-06-02}]}
        expect: match
      - name: later
        at: 2026-06-03T00:00:00Z
        event: {measures: [{issuer: CN, measure: export_ban, effective_date: 2026-06-02}]}
        expect: no_match
""",
)


def test_results_say_what_was_expected_and_what_came() -> None:
    results = run_tests({"x.yaml": RULE})
    assert [(result.name, result.passed, result.got) for result in results] == [
        ("words", True, "match"),
        ("wrong", False, "no_match"),
        ("given", True, "match"),
        ("later", True, "no_match"),
    ]
    assert results[2].selections == ("sel",)


def test_the_recogniser_is_asked_where_a_test_gives_no_measures() -> None:
    asked = []

    def recognise(
        title: str, text: str, *, lang: str | None = None, published: datetime | None = None
    ) -> Recognition:
        asked.append((title, text, lang))
        return Recognition(relevant=True, measures=(measure("CN", "export_ban"),))

    text = rule_text(
        "sel: {issuer: CN}",
        """    tests:
      - {name: recognised, event: {title: T, text: B, lang: en}, expect: match}
      - {name: given none, event: {title: T, measures: []}, expect: no_match}
""",
    )
    assert all(result.passed for result in run_tests({"x.yaml": text}, recognise))
    assert asked == [("T", "B", "en")]


def test_a_broken_rule_stops_the_tests() -> None:
    with pytest.raises(ConfigError):
        run_tests({"x.yaml": RULE.replace("issuer", "isuer")})


def test_a_broken_test_is_a_finding_at_its_line() -> None:
    with pytest.raises(ConfigError) as raised:
        run_tests(
            {"x.yaml": RULE.replace("expect: no_match", "expect: nomatch").replace("gallium", "galium")}
        )
    assert [(problem.code, problem.place.line) for problem in raised.value.problems] == [
        ("bad-value", 10),
        ("unknown-value", 15),
    ]
