"""The routing tree: Alertmanager's walk, each receiver once, nobody forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.core.alert import AlertType
from alerts.core.matcher import NotAMatcher, parse_matcher
from alerts.core.receiver import Receiver
from alerts.core.route import Route
from alerts.pipeline.facts import facts_of
from alerts.pipeline.route import Way, route
from tests.support.builders import a_match, a_measure, an_event

TREE: dict[str, Any] = {
    "receiver": "desk",
    "group_wait": "5m",
    "routes": [
        {
            "matchers": ['severity="critical"', 'source.tier="official"'],
            "receiver": "now",
            "group_wait": "0s",
        },
        {
            "matchers": ['team="magnets"'],
            "receiver": "slack",
            "continue": True,
            "routes": [
                {"matchers": ['issuer="CN"'], "receiver": "china"},
                {"matchers": ['status="in_force"']},
            ],
        },
        {"matchers": ['severity=~"info|low"'], "receiver": "digest"},
        {"matchers": ['commodity="rare_earths"', 'owner!="nobody"'], "receiver": "earths"},
    ],
}


def ways(tree: dict[str, Any] | None = None, **facts: str) -> list[str]:
    given_facts = {name.replace("__", "."): (value,) for name, value in facts.items()}
    return [way.receiver for way in route(given_facts, Route.model_validate(tree or TREE))]


def test_the_root_catches_what_nobody_takes() -> None:
    assert ways(severity="high") == ["desk"]


def test_the_first_child_that_matches_ends_the_search() -> None:
    assert ways(severity="critical", source__tier="official", team="magnets") == ["now"]


def test_continue_goes_on_among_siblings() -> None:
    assert ways(severity="low", team="magnets") == ["slack", "digest"]


def test_a_grandchild_takes_from_its_parent() -> None:
    assert ways(team="magnets", issuer="CN") == ["china"]
    assert ways(team="magnets", status="in_force") == ["slack"]
    found = route({"team": ("magnets",)}, Route.model_validate(TREE))
    assert found == [Way("slack", timedelta(minutes=5))]


def test_a_wait_of_nothing_is_not_the_parents_wait() -> None:
    found = route({"severity": ("critical",), "source.tier": ("official",)}, Route.model_validate(TREE))
    assert found == [Way("now", timedelta(0))]


def test_a_receiver_is_told_once_and_as_soon_as_any_way_says() -> None:
    tree = {
        "receiver": "desk",
        "routes": [
            {"receiver": "a", "group_wait": "1h", "continue": True},
            {"receiver": "b", "continue": True},
            {"receiver": "a", "group_wait": "1m"},
        ],
    }
    assert route({}, Route.model_validate(tree)) == [Way("a", timedelta(minutes=1)), Way("b", timedelta(0))]


def test_a_tree_without_a_receiver_tells_nobody() -> None:
    assert ways({"routes": [{"matchers": ['severity="low"'], "receiver": "a"}]}, severity="high") == []


def test_a_webhook_gets_only_what_it_subscribed_to() -> None:
    hook = {"url": "https://erp.example.com/h", "secret": "whsec_eA==", "events": ["alert.*"]}
    receivers = {"desk": Receiver.model_validate({"name": "desk", "webhook": hook})}
    tree = Route.model_validate({"receiver": "desk"})
    assert route({"type": ("source.stale",)}, tree, receivers) == []
    assert len(route({"type": ("alert.opened",)}, tree, receivers)) == 1
    assert len(route({"type": ("source.stale",)}, tree)) == 1


def test_facts_of_a_match() -> None:
    match = a_match(
        measure=a_measure(commodities=("dysprosium", "neodymium")), labels={"team": "m", "severity": "low"}
    )
    facts = facts_of(match, an_event())
    assert facts["severity"] == ("critical",), "a label must not hide a fact"
    assert facts["team"] == ("m",)
    assert facts["type"] == (AlertType.OPENED.value,)
    assert set(facts["commodity"]) >= {"dysprosium", "heavy_ree", "neodymium", "rare_earths"}
    assert facts["source.tier"] == ("press",)
    assert (facts["issuer"], facts["target"], facts["status"]) == (("IN",), ("JP",), ("announced",))


def test_facts_without_a_measure() -> None:
    assert "issuer" not in facts_of(a_match(measure=None), an_event())
    assert parse_matcher('issuer=""').holds(facts_of(a_match(measure=None), an_event()))


@pytest.mark.parametrize(
    ("matcher", "values", "holds"),
    [
        ('c="a"', ("a", "b"), True),
        ('c!="a"', ("a", "b"), False),
        ('c!="x"', ("a", "b"), True),
        ('c=~"a|x"', ("b", "a"), True),
        ('c=~"a"', ("ab",), False),
        ('c!~"a.*"', ("ab", "b"), False),
        ('c!~"x"', ("ab",), True),
        ('c=""', (), True),
        ('c!="a"', (), True),
        ('c=~".+"', (), False),
        (r'c="say \"hi\""', ('say "hi"',), True),
        (r'c=~"\\d+"', ("1",), False),
        (r'c=~"\d+"', ("12",), True),
        (' c  =  "a" ', ("a",), True),
    ],
)
def test_matchers(matcher: str, values: tuple[str, ...], holds: bool) -> None:
    assert parse_matcher(matcher).holds({"c": values} if values else {}) is holds


@pytest.mark.parametrize("text", ["severity=critical", 'Severity="x"', 'a=="b"', 'a="b', "", 'a=~"("'])
def test_what_cannot_be_read_says_so(text: str) -> None:
    with pytest.raises(NotAMatcher, match=r"matcher|compile"):
        parse_matcher(text)


nodes = st.recursive(
    st.builds(dict, receiver=st.none() | st.sampled_from("abc"), matchers=st.just([])),
    lambda children: st.fixed_dictionaries(
        {
            "receiver": st.none() | st.sampled_from("abc"),
            "matchers": st.lists(st.sampled_from(['x="1"', 'x!="1"', 'y=~"1|2"', 'z=""']), max_size=2),
            "continue": st.booleans(),
            "routes": st.lists(children, max_size=3),
        }
    ),
    max_leaves=12,
)


@given(tree=nodes, facts=st.dictionaries(st.sampled_from("xyz"), st.tuples(st.sampled_from(["1", "2"]))))
def test_every_alert_reaches_somebody_once(tree: dict[str, Any], facts: dict[str, tuple[str, ...]]) -> None:
    parsed = Route.model_validate(tree | {"receiver": "root"})
    found = route(facts, parsed)
    names = [way.receiver for way in found]
    assert names, "a tree whose root has a receiver leaves nobody out"
    assert len(names) == len(set(names))
    assert found == route(facts, parsed)
