"""The text query: what holds, and what is refused with the words to write instead."""

from __future__ import annotations

import time

import pytest

from alerts.engine.query_syntax import parse_query
from tests.unit.engine.building import holds, query_codes


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("china", "CHINA acts", True),
        ("china", "Chinatown", False),
        ("REE", "an agreement on trade", False),
        ("REE", "an REE-rich ore", True),
        ("tin", "two meetings", False),
        ('"rare earth"', "the rare-earth market", True),
        ('"rare earth"', "the rare\u00a0earth market", True),
        ('"rare earth"', "earth is rare", False),
        ("rare-earth", "rare earth", True),
        ("$rare_earths", "rare earths", True),
        ("$rare_earths", "rare-earth magnets", True),
        ('"rare earth"', "rare earths", False),
        ("licen*", "a licensing regime", True),
        ("licen*", "a permit", False),
        ("alumin?um", "alumin um", False),
        ("licen?e", "licence or license", True),
        ("licen?e", "licensee", False),
        ("稀土", "中国稀土出口", True),
        ("稀土", "稀有土地", False),
        ('"出口 管制"', "实施出口管制措施", True),
        ("Décret", "decret", True),
        ("$rare_earths NEAR/2 export", "export of all rare earths", True),
        ("$rare_earths NEAR/2 export", "export of nearly all rare earths", False),
        ("export NEAR/3 china", "China curbs export", True),
        ("export ONEAR/3 china", "China curbs export", False),
        ("export ONEAR/3 china", "export from China", True),
        ("(export OR sale) NEAR/1 china", "sale to China", True),
        ("(a1 NEAR/1 b1) NEAR/1 c1", "a1 b1 c1", True),
        ("(a1 NEAR/1 b1) NEAR/1 c1", "a1 x b1 x x c1", False),
        ("china AND india", "India and China", True),
        ("china AND india", "India alone", False),
        ("china AND NOT india", "India and China", False),
        ("china AND NOT india", "China alone", True),
        ("(a OR b) AND (c OR d)", "b d", True),
        ("atleast3(lithium)", "lithium lithium", False),
        ("atleast3(lithium)", "Lithium, lithium; LITHIUM", True),
        ("atleast2(lithium OR cobalt)", "lithium and cobalt", True),
        ("first3:china", "one two china", True),
        ("first3:china", "one two three china", False),
        ("china's", "China's exports", True),
        ("china AND exports", "China’s exports", True),
        ('"china export"', "China's export", True),
        ("निर्यात", "भारत ने निर्यात रोका", True),
        ("निर्य", "भारत ने निर्यात रोका", False),
        ("수출*", "희토류 수출을 통제", True),
        ("U.S.", "the U.S. government", True),
    ],
)
def test_a_query_holds_of_a_text(query: str, text: str, expected: bool) -> None:
    assert holds(query, text=text) is expected


def test_title_and_body_are_both_text_but_no_phrase_reaches_across() -> None:
    assert holds("china AND export", title="China", text="export")
    assert not holds('"china export"', title="China", text="export")
    assert not holds("china NEAR/30 export", title="China", text="export")


def test_a_scope_looks_at_the_title_alone() -> None:
    assert holds("title:(china OR india)", title="China acts")
    assert not holds("title:china", title="A country acts", text="China")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("rare earth", "bare-adjacency"),
        ("china NOT india", "bare-adjacency"),
        ("china or india", "lowercase-operator"),
        ("china near/5 india", "lowercase-operator"),
        ("a AND b OR c", "mixed-and-or"),
        ("NOT china", "negative-query"),
        ("NOT a AND NOT b", "negative-query"),
        ("a OR NOT b", "negative-query"),
        ("a NEAR/5 NOT b", "query-syntax"),
        ("a NEAR/5 (NOT b)", "not-inside-near"),
        ("a NEAR/5 (b AND c)", "near-operand"),
        ("a NEAR/5 title:b", "near-operand"),
        ("a NEAR/5 b NEAR/5 c", "near-chain"),
        ("a NEAR b", "near-distance"),
        ("a NEAR/0 b", "near-distance"),
        ("a NEAR/31 b", "near-distance"),
        ("a W/5 b", "foreign-operator"),
        ("a && b", "foreign-operator"),
        ("china -india", "foreign-operator"),
        ('"a b"~5', "foreign-operator"),
        ("ch*", "short-prefix"),
        ("*china", "wildcard-place"),
        ("chi*na", "wildcard-place"),
        ("?hina", "wildcard-place"),
        ("headline:china", "unknown-scope"),
        ("atleast(a)", "atleast-count"),
        ("atleast1(a)", "atleast-count"),
        ("atleast99(a)", "atleast-count"),
        ("$nowhere", "unknown-list"),
        ("$Rare", "query-syntax"),
        ("(china", "query-syntax"),
        ("china)", "query-syntax"),
        ('"china', "query-syntax"),
        ("china AND", "query-syntax"),
        ("OR china", "query-syntax"),
        ("()", "query-empty"),
        ('""', "query-empty"),
        ("US", "ambiguous-acronym"),
        ("(" * 60 + "a" + ")" * 60, "query-limit"),
    ],
)
def test_what_dialects_disagree_on_is_refused(query: str, code: str) -> None:
    assert code in query_codes(query)


def test_faults_carry_the_character_and_what_to_write_instead() -> None:
    _, faults = parse_query("(China AND Japan) AND rare earth")
    assert [(fault.offset, fault.code) for fault in faults] == [(27, "bare-adjacency")]
    assert faults[0].remedy == 'write "rare earth" for the phrase, or rare AND earth'


def test_every_fault_is_reported_at_once() -> None:
    _, faults = parse_query("a AND b OR c NEAR d AND ch* AND x y")
    assert {fault.code for fault in faults} == {
        "mixed-and-or",
        "near-distance",
        "short-prefix",
        "bare-adjacency",
    }


@pytest.mark.parametrize(
    "query",
    ["a NEAR/3 " * 2000 + "a", "title:" * 3000 + "a", "NOT " * 4000 + "a", "(" * 9000, "a b " * 4000, "atleast3(" * 2000, '"' * 9999,
     "$x " * 5000, " OR ".join(["word"] * 4000)],
)  # fmt: skip
def test_a_monstrous_query_is_answered_at_once(query: str) -> None:
    began = time.process_time()
    codes = query_codes(query)
    assert len(codes) <= 41
    assert time.process_time() - began < 5
