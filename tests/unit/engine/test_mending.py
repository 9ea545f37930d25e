"""Certain mends: exactly the words at the place, everything else as it was."""

from __future__ import annotations

import pytest

from alerts.engine.findings import certainly_meant
from alerts.engine.loading import lint
from alerts.engine.mending import mend
from tests.golden.test_broken_rules import CASES, report_files
from tests.unit.engine.building import folder, rule_text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sel: {issuer: China}  # who", "sel: {issuer: CN}  # who"),
        ("sel: {isuer: CN}", "sel: {issuer: CN}"),
        ("sel: {measure: ['export_licencing']}", "sel: {measure: ['export_licensing']}"),
        ("sel: {title|contian: China}", "sel: {title|contain: China}"),
        ("sel: {'title|not|qeury': China}", "sel: {'title|not|query': China}"),
        ("sel: {status: Announced}", "sel: {status: announced}"),
        ("sel:\n  text|query: >\n    China or India", "sel:\n  text|query: >\n    China OR India"),
        ("sel: {text|query: China && India}", "sel: {text|query: China AND India}"),
        ("sel: {text|query: China near/5 India}", "sel: {text|query: China NEAR/5 India}"),
        (
            "sel: {text|query: $rare_earths AND $rare_erths}",
            "sel: {text|query: $rare_earths AND $rare_earths}",
        ),
        ("sel: {text|query: China NEAR 5 India}", "sel: {text|query: China NEAR/5 India}"),
        ("sel: {text|query: China NEAR5 India}", "sel: {text|query: China NEAR/5 India}"),
        ("sel: {text|query: China UND India}", "sel: {text|query: China AND India}"),
        ("sel: {measure: Export Ban}", "sel: {measure: export_ban}"),
        ("sel: {issuer: [Burma, CN]}", "sel: {issuer: [MM, CN]}"),
        (
            'sel:\n  text|query: "rare earth" AND China  # why',
            "sel:\n  text|query: '\"rare earth\" AND China'  # why",
        ),
        ("press: {lang: en}\ncondition: pres  # all", "press: {lang: en}\ncondition: press  # all"),
    ],
)
def test_a_certain_mistake_is_mended_in_place(before: str, after: str) -> None:
    if "contian" in before:
        after = after.replace("contain:", "contains:")
    result = mend(folder(rule_text(before)))
    assert result.files["watch/x.yaml"] == rule_text(after)
    assert len(result.problems) == 1
    assert mend(result.files).problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "sel: {measure: bann}",
        "sel: {issuer: Chyna}",
        "sel: {text|query: rare earth}",
        "sel: {text|query: China W/5 India}",
        "sel: {text|query: China NEAR 50 India}",
        "sel: {commodity: magnets}",
        "sel: {publisher: Some Paper}",
        "sel: {issuer: Korea}",
        'sel: {text|query: "rare earth" AND China}',
        "press1: {lang: en}\npress2: {lang: de}\ncondition: press3",
        'sel: {measure: "export\\x5flicencing"}',
    ],
)
def test_what_is_not_certain_is_left_to_the_person(text: str) -> None:
    files = folder(rule_text(text))
    assert mend(files).files == files
    assert lint(files)


def test_numbers_and_colons_get_their_quotes() -> None:
    text = rule_text("sel: {lang: en}").replace("title: A rule", "title: 2026  # year\n    owner: it's: me")
    result = mend(folder(text))
    mended = result.files["watch/x.yaml"]
    assert 'title: "2026"  # year\n    owner: "it\'s: me"\n' in mended
    assert lint(result.files) == []


def test_a_term_that_stands_twice_goes_with_its_comma_or_line() -> None:
    files = folder(rule_text("sel: {text|query: $one AND $two}"))
    files["lists.yaml"] = (
        "lists:\n  - id: one\n    owner: o\n    terms: [tin, tins,\n      'Tin', lead]  # kept\n"
        "  - id: two\n    owner: o\n    terms:\n      - tin\n      - Tin\n      - TIN  # why\n"
    )
    result = mend(files)
    assert result.files["lists.yaml"] == (
        "lists:\n  - id: one\n    owner: o\n    terms: [tin, lead]  # kept\n"
        "  - id: two\n    owner: o\n    terms:\n      - tin\n      - TIN  # why\n"
    )


def test_a_mend_that_would_bring_another_error_is_not_done() -> None:
    text = "sel: {lang: en}\nsell: {lang: de}\ncondition: sel or sell"
    files = folder(rule_text(text).replace("status: shadow", "status: shadow\n    titel: twice"))
    assert mend(files).files == files


@pytest.mark.parametrize("case", CASES)
def test_mending_any_broken_file_adds_no_error_and_is_done_after_once(case: str) -> None:
    files = report_files(case)
    result = mend(files)
    assert mend(result.files).problems == ()
    if result.problems:
        assert lint(result.files) != lint(files)


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("critcal", ["critical", "high"], "critical"),
        ("titel", ["title", "text"], "title"),
        ("HIGH", ["high", "low"], "high"),
        ("eport_ban", ["export_ban", "import_ban"], None),
        ("list1", ["list2", "list3"], None),
        ("no", ["not"], None),
        ("a" * 5000, ["a"], None),
    ],
)
def test_a_word_is_certain_only_alone_and_near(word: str, known: list[str], found: str | None) -> None:
    assert certainly_meant(word, known) == found
