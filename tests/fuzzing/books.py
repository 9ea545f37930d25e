"""Books of rules that share queries: together, alone, explained, and as a plain reading has it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from alerts.core.measure import Measure
from alerts.engine.compiled import CompiledRules
from alerts.engine.explain import explain
from alerts.engine.intest import read_rules
from alerts.engine.query_syntax import parse_query
from alerts.engine.view import EventView
from tests.fuzzing.pieces import words
from tests.fuzzing.queries import grammar
from tests.property.reference import text_holds
from tests.property.test_engine import lists_text, reference_lists
from tests.unit.engine.building import NOW, event, measure

Told = list[Measure]
Reading = Callable[[str, str, Told], bool]
"""Whether a line, a selection or a condition holds of title, body and measures."""

CONDITIONS: dict[str, Callable[[list[bool]], bool]] = {
    "all of them": all,
    "1 of them": any,
    "a and not b": lambda held: held[0] and not held[1],
    "a or (b and c)": lambda held: held[0] or (held[1] and held[2]),
    "(a or b) and not c": lambda held: (held[0] or held[1]) and not held[2],
    "1 of b* or c": lambda held: held[1] or held[2],
    "a and not (b and not c)": lambda held: held[0] and not (held[1] and not held[2]),
}
LINES: dict[str, Callable[[Measure], bool]] = {
    "issuer: [CN, IN]": lambda told: told.issuer in ("CN", "IN"),
    "'issuer|not': CN": lambda told: told.issuer != "CN",
    "measure: export_ban": lambda told: told.kind.value == "export_ban",
    "commodity: rare_earths": lambda told: bool({"rare_earths", "dysprosium"} & {*told.commodities}),
    "target: [JP, '*']": lambda told: bool({"JP", "*"} & {*told.targets}),
}


def book_case(rng: random.Random, files: dict[str, str]) -> None:
    """A few rules over few queries: none may change what another finds."""
    pool = [query for query in (grammar(rng, 2) for _ in range(4)) if parse_query(query)[1] == []]
    if not pool:
        return
    rows, readings = [], []
    for number in range(rng.randint(1, 8)):
        row, reading = _rule(rng, number, pool)
        rows.append(row)
        readings.append(reading)
    rules = list(read_rules({"lists.yaml": lists_text(), "x.yaml": "rules:\n" + "".join(rows)}).values())
    compiled = CompiledRules.of(rules)
    for _ in range(4):
        happened, told = event(words(rng), words(rng, 40)), [_measure(rng) for _ in range(rng.randint(0, 2))]
        found = {match.rule_id: match for match in compiled.match(happened, told, NOW)}
        for rule, reading in zip(rules, readings, strict=True):
            expected = reading(happened.title, happened.text, told)
            assert (rule.head.id in found) is expected, (rows, happened.title, happened.text, told)
            assert found.get(rule.head.id) == rule.match(EventView(happened, told, NOW)), rows
            assert explain(rule, happened, told, NOW).held is expected, (rows, happened, told)


def _rule(rng: random.Random, number: int, pool: list[str]) -> tuple[str, Reading]:
    condition = rng.choice(list(CONDITIONS))
    made = [_selection(rng, pool) for _ in "abc"]
    body = "".join(f"      {name}: [{text}]\n" for name, (text, _) in zip("abc", made, strict=True))
    row = (
        f"  - id: r{number}\n    title: t\n    status: shadow\n"
        f"    annotations: {{a: '{{{{ event.title }}}} {{{{ measure.issuer }}}}'}}\n"
        f"    detection:\n{body}      condition: {condition}\n"
    )
    return row, lambda *told: CONDITIONS[condition]([reading(*told) for _, reading in made])


def _selection(rng: random.Random, pool: list[str]) -> tuple[str, Reading]:
    """A selection of one clause or two, each of a query, of lines of a measure, or of both."""
    made = [_clause(rng, pool) for _ in range(rng.choice((1, 1, 2)))]
    return ", ".join(text for text, _ in made), lambda *told: any(reading(*told) for _, reading in made)


def _clause(rng: random.Random, pool: list[str]) -> tuple[str, Reading]:
    lines = rng.sample(list(LINES), rng.choice((0, 0, 1, 2)))
    queries = rng.sample(["text|query", "title|query", "text|query|not"], rng.choice((0, 1)) if lines else 1)
    asked = [(key, rng.choice(pool)) for key in queries]
    text = ", ".join([*lines, *(f"'{key}': '{query}'" for key, query in asked)])

    def reading(title: str, body: str, told: Told) -> bool:
        said = all(_query(key, query, title, body) for key, query in asked)
        return said and (not lines or any(all(LINES[line](each) for line in lines) for each in told))

    return "{" + text + "}", reading


def _query(key: str, query: str, title: str, body: str) -> bool:
    node, _ = parse_query(query)
    assert node is not None
    held = text_holds(node, title, "" if key.startswith("title") else body, reference_lists())
    return held is not key.endswith("not")


def _measure(rng: random.Random) -> Measure:
    values: dict[str, Any] = {
        "commodities": rng.choice([(), ("dysprosium",), ("nickel", "tin"), ("rare_earths",)]),
        "targets": rng.choice([("*",), ("JP", "US"), ("US",)]),
    }
    return measure(rng.choice(["CN", "IN", "AU", None]), rng.choice(["export_ban", "export_quota"]), **values)
