"""What is legal but hardly meant: said where it can be proved, and only there."""

from __future__ import annotations

import pytest

from alerts.engine.loading import lint
from tests.unit.engine.building import codes, folder, query_codes, rule_text


@pytest.mark.parametrize(
    ("query", "never"),
    [
        ("rare AND NOT rare", True),
        ('"rare earth" AND NOT earth', True),
        ("rare AND NOT (earth OR rare)", True),
        ("(a NEAR/5 b) AND c AND NOT b", True),
        ("(a OR b) AND c AND NOT (b OR a)", True),
        ("($rare_earths NEAR/5 China) AND NOT $rare_earths", True),
        ("title:(a AND b) AND NOT title:b", True),
        ('first2:"a b c"', True),
        ("first5:atleast3(a NEAR/1 b)", True),
        ("first10:(a AND (b AND NOT b))", True),
        ('rare AND NOT "rare earth"', False),
        ("licen* AND NOT licence", False),
        ("licence AND NOT title:licence", False),
        ("title:licence AND NOT licence", False),
        ("(a OR b) AND NOT b", False),
        ("a AND NOT (a AND b)", False),
        ("a AND NOT (a NEAR/5 b)", False),
        ("a AND NOT atleast2(a)", False),
        ('first3:"a b c"', False),
        ("first2:(a AND b)", False),
        ("a NEAR/5 b", False),
    ],
)
def test_queries_that_can_never_hold(query: str, never: bool) -> None:
    assert query_codes(query) == (["never-matches"] if never else [])


@pytest.mark.parametrize(
    ("selection", "never"),
    [
        ("issuer: CN, issuer|not: CN", True),
        ("commodity: neodymium, commodity|not: rare_earths", True),
        ("issuer: CN, issuer|exists: false", True),
        ("title|query: a, title|query|not: a", True),
        ("source.tier: wire, source.tier|exact: official", True),
        ("commodity: rare_earths, commodity|not: neodymium", False),
        ("commodity: rare_earths, commodity|exact: nickel", False),
        ("target: JP, target|exact: CN", False),
        ('target: "*", target|exists: false', False),
        ("issuer: CN, issuer|exists: true", False),
        ("title|query: a, text|query|not: a", False),
        ("title|re: 'a  b', title|re|not: 'a b'", False),
    ],
)
def test_selections_that_can_never_hold(selection: str, never: bool) -> None:
    assert codes(f"sel: {{{selection}}}\nb: {{lang: en}}\ncondition: sel or b") == (
        ["never-matches"] if never else []
    )


@pytest.mark.parametrize(
    ("condition", "never"),
    [
        ("a and not a", True),
        ("a and b and not (a or c)", True),
        ("1 of a* and not any of them", True),
        ("a and not b", False),
        ("(a or b) and not (a and b)", False),
    ],
)
def test_conditions_that_can_never_hold(condition: str, never: bool) -> None:
    detection = f"a: {{issuer: CN}}\nb: {{issuer: IN}}\nc: {{issuer: US}}\ncondition: {condition}"
    found = codes(detection)
    assert ("never-matches" in found) is never


LARGE = "sel: {issuer: [CN, IN], commodity: rare_earths}\ntext: {text|query: a OR (b NEAR/8 c)}\ncondition: 1 of them"


@pytest.mark.parametrize(
    ("small", "swallowed"),
    [
        ("sel: {issuer: CN, commodity: neodymium}", True),
        ("sel: {issuer: CN, commodity: neodymium, status: lifted}", True),
        ("sel: {text|query: b NEAR/3 c}", True),
        ("sel: {text|query: a AND z}", True),
        ("x: {text|query: a}\ny: {lang: en}\ncondition: x and not y", True),
        ("sel: {issuer: US, commodity: neodymium}", False),
        ("sel: {issuer: CN, commodity: metals}", False),
        ("sel: {issuer: CN}", False),
        ("a: {issuer: CN}\nb: {commodity: neodymium}", False),
        ("sel: {text|query: b NEAR/9 c}", False),
        ("sel: {text|query: (b NEAR/3 d) NEAR/8 c}", False),
        ("sel: {title|query: a}", False),
        ("x: {text|query: a}\ny: {issuer: CN}\ncondition: x or y", False),
    ],
)
def test_a_rule_that_another_swallows(small: str, swallowed: bool) -> None:
    one = rule_text(LARGE).replace("id: r", "id: large")
    other = rule_text(small.replace("metals", "nickel")).replace("rules:\n", "")
    found = [(p.code, p.message) for p in lint(folder(one + other))]
    assert found == ([("swallowed-rule", "rule `large` matches all that `r` matches")] if swallowed else [])


@pytest.mark.parametrize(
    "difference",
    ["severity: high\n", "labels: {team: a}\n", "exceptions"],
    ids=["severity", "labels", "exception"],
)
def test_rules_that_differ_in_how_they_tell_are_left_alone(difference: str) -> None:
    small, large = rule_text("sel: {issuer: CN, status: lifted}"), rule_text("sel: {issuer: CN}")
    if difference == "exceptions":
        large += "    exceptions:\n      - {fields: [status], values: [[lifted]], reason: none}\n"
    else:
        small = small.replace("    detection:", f"    {difference}    detection:")
    other = small.replace("rules:\n", "").replace("id: r", "id: s")
    assert lint(folder(large + other)) == []


def test_of_two_rules_that_say_the_same_the_later_is_told_of() -> None:
    one = rule_text("sel: {issuer: CN}")
    (problem,) = lint(folder(one + one.replace("rules:\n", "").replace("id: r", "id: s")))
    assert (problem.code, problem.place.line) == ("swallowed-rule", 7)


def test_a_list_is_used_where_a_query_a_line_or_another_list_names_it() -> None:
    files = folder(rule_text("a: {title|query: $one}\nb: {source.id|in_list: two}"))
    files["lists.yaml"] = "lists:\n" + "".join(
        f"  - {{id: {name}, owner: o, terms: [{terms}]}}\n"
        for name, terms in [("one", "x, $three"), ("two", "y"), ("three", "z"), ("four", "w")]
    )
    assert [problem.message for problem in lint(files)] == ["nothing names list `four`"]


def test_nothing_is_said_of_lists_while_a_rule_cannot_be_read() -> None:
    files = folder(rule_text("sel: {isuer: CN}"))
    files["lists.yaml"] = "lists:\n  - {id: one, owner: o, terms: [x]}\n"
    assert [problem.code for problem in lint(files)] == ["unknown-field"]
