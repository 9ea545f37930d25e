"""Queries: of the grammar, held against the reference matcher; and of damaged pieces."""

from __future__ import annotations

import random
from contextlib import suppress

from alerts.core.errors import ConfigError
from alerts.core.event import Event
from alerts.engine.annotations import Text, check_template
from alerts.engine.compiled import CompiledRules, Rule
from alerts.engine.condition import parse_condition
from alerts.engine.explain import explain
from alerts.engine.loading import lint
from alerts.engine.query_syntax import parse_query, parse_term
from alerts.engine.query_tree import QueryNode
from tests.fuzzing.pieces import PIECES, QUERY_PIECES, mutated, words
from tests.property.reference import text_holds
from tests.property.test_engine import reference_lists, rule_of
from tests.unit.engine.building import NOW, event


def grammar(rng: random.Random, depth: int = 3) -> str:
    """A query without a fault."""
    kind = rng.randrange(7) if depth else 6
    if kind in (0, 1):
        joined = rng.choice((" AND ", " OR ")).join(grammar(rng, depth - 1) for _ in range(rng.randint(2, 3)))
        return f"({joined})"
    if kind == 2:
        return f"({grammar(rng, depth - 1)} AND NOT {grammar(rng, depth - 1)})"
    if kind == 3:
        return f"atleast{rng.randint(2, 4)}({near(rng, 1)})"
    if kind == 4:
        return f"{rng.choice(('title:', 'first3:', 'first9:'))}{near(rng, 1)}"
    return near(rng, rng.randint(0, 2))


def near(rng: random.Random, depth: int) -> str:
    """Something that has a position."""
    simple = [
        "china",
        "rare",
        "ban",
        "$earths",
        "$acts",
        '"rare earth"',
        "expo*",
        "ea?th",
        "稀土",
        "수출*",
        '"export ban"',
    ]
    if depth:
        return f"({near(rng, depth - 1)} {rng.choice(('NEAR', 'ONEAR'))}/{rng.randint(1, 6)} {near(rng, 0)})"
    if rng.random() < 0.3:
        return f"({' OR '.join(rng.choices(simple, k=rng.randint(2, 3)))})"
    return rng.choice(simple)


def grammar_case(rng: random.Random, files: dict[str, str]) -> None:
    """A sound query: held against the reference."""
    query, title, body = grammar(rng), words(rng), words(rng, 40)
    node, faults = parse_query(query)
    if node is None or faults:
        assert any(fault.code == "negative-query" for fault in faults), (query, faults)
        return
    agree(query, node, event(title, body))


def agree(query: str, node: QueryNode, happened: Event) -> None:
    """Whether a rule holds is what the reference says; explain agrees, and its words stand there."""
    rule: Rule = rule_of(query)
    found = CompiledRules.of([rule]).match(happened, (), NOW)
    expected = text_holds(node, happened.title, happened.text, reference_lists())
    assert bool(found) is expected, (query, happened.title, happened.text)
    assert explain(rule, happened, (), NOW).held is expected, (query, happened.title, happened.text)
    for item in (item for match in found for item in match.evidence):
        assert getattr(happened, item.field)[item.start : item.end] == item.text, (query, item)


def query_case(rng: random.Random, files: dict[str, str]) -> None:
    """A query, term, condition and template of pieces; a query that came out sound is held to it."""
    text = mutated(rng, grammar(rng), QUERY_PIECES, 8)
    node, faults = parse_query(text)
    assert node is not None or faults
    for fault in faults:
        assert 0 <= fault.offset <= len(text)
    if node is not None and all(fault.warning for fault in faults):
        with suppress(ConfigError):  # a list that there is not, a character that YAML does not take
            agree(text, node, event(words(rng), words(rng, 40)))
    parse_term(text)
    parse_condition(text, ["china", "a"])
    template = mutated(rng, "{{ event.title }} {{ measure.commodities | join(', ') }}", PIECES, 5)
    if not check_template(template):
        Text(template).render({})
    lint({"x.yaml": f"rules:\n  - id: r\n    title: t\n    detection:\n      s: {{text|query: {text}}}\n"})
