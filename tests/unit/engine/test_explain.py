"""Explanations: the words, the distances, the measures and the exceptions."""

from __future__ import annotations

from alerts.core.event import Event
from alerts.core.measure import Measure
from alerts.engine.explain import explain
from alerts.engine.intest import read_rules
from tests.unit.engine.building import NOW, event, folder, measure, rule_text


def told(detection: str, happened: Event, *measures: Measure, extra: str = "") -> str:
    """The explanation as a terminal shows it."""
    rule = read_rules(folder(rule_text(detection, extra)))["r"]
    return "\n".join(explain(rule, happened, measures, NOW).lines())


def test_a_distance_that_is_too_far_is_told_in_words() -> None:
    text = "Export of the ores that a mine in the north digs needs no licence"
    lines = told("sel: {'text|query': export NEAR/8 licence}", event(text))
    assert "FAIL rule r" in lines
    assert "'Export' and 'licence' are 12 words apart, NEAR/8 allows 8" in lines


def test_the_words_found_are_shown_with_their_offsets() -> None:
    lines = told("sel: {'text|query': china AND $rare_earths}", event("China", "on rare-earth magnets"))
    assert "title[0:5] 'China'" in lines
    assert "text[3:21] 'rare-earth magnets'" in lines


def test_each_measure_is_laid_out_line_by_line() -> None:
    lines = told(
        "sel: {issuer: CN, measure: export_ban}", event("x"), measure("CN"), measure("IN", "export_ban")
    )
    assert "FAIL one measure satisfies every line" in lines
    assert "PASS issuer: CN  — is CN" in lines
    assert "FAIL measure: export_ban  — is export_licensing" in lines
    assert "FAIL issuer: CN  — is IN" in lines


def test_conditions_say_how_many_hold() -> None:
    lines = told("a: {lang: en}\nb: {lang: zh}\ncondition: 1 of them and not b", event("x", lang="en"))
    assert "PASS 1 of them  — 1 of 2 hold, 1 needed" in lines
    assert "PASS not" in lines
    assert "FAIL selection b" in lines


def test_an_exception_is_told_with_its_reason() -> None:
    extra = "    exceptions:\n      - {fields: issuer, values: [CN], reason: nothing is bought there}\n"
    lines = told("sel: {issuer: [CN, IN]}", event("x"), measure("CN"), extra=extra)
    assert "taken back by an exception: nothing is bought there" in lines


def test_scopes_counts_and_wrong_order_are_told() -> None:
    query = "atleast3(china) OR title:india OR first2:japan OR (ban ONEAR/3 export)"
    lines = told(f"sel: {{'text|query': '{query}'}}", event("China bans", "export ban of China"))
    assert "2 occurrences, 3 needed" in lines
    assert "FAIL in the title" in lines
    assert "FAIL in the first 2 words" in lines
    assert "both are there, but never in this order" in lines


def test_what_is_not_known_is_said_so() -> None:
    lines = told("sel: {lang: en, source.tier: wire}", event("x"))
    assert "FAIL lang: en  — is not known" in lines
    assert "FAIL source.tier: wire  — is press" in lines
