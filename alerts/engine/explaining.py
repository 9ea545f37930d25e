"""From names and JSON to an explanation: finds the rule, builds the event, explains."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from alerts.core.errors import ConfigError, Place, Problem
from alerts.engine import meant
from alerts.engine.compiled import Rule
from alerts.engine.explain import Explanation, explain_view
from alerts.engine.findings import nearest
from alerts.engine.intest import Recogniser, read_rules, test_view
from alerts.engine.reading import said, said_form
from alerts.engine.rule import RuleTest, TestEvent


def explain_text(
    files: Mapping[str, str],
    rule_id: str,
    recognise: Recogniser | None,
    *,
    event: str | None = None,
    test: str | None = None,
) -> Explanation:
    """Explain a rule on an event given as JSON, or on one of its own tests.

    Raises :class:`ConfigError` where the rules cannot be read, or the rule, its test or the
    event is not what it should be.
    """
    rules = read_rules(files)
    rule = rules.get(rule_id)
    if rule is None:
        raise ConfigError([_unknown("rule", rule_id, list(rules), Place("rules"))])
    found = _own_test(rule, test) if test is not None else _given(event or "")
    return explain_view(rule, test_view(found, recognise))


def _own_test(rule: Rule, name: str) -> RuleTest:
    for test in rule.tests:
        if test.name == name:
            return test
    raise ConfigError([_unknown("test", name, [test.name for test in rule.tests], rule.place)])


def _given(text: str) -> RuleTest:
    place = Place("event")
    try:
        data: Any = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        remedy = 'write it on the pattern of {"title": "…", "text": "…"}'
        raise ConfigError(
            [Problem(Place("event", line, column), "event-syntax", "the event is not JSON", remedy)]
        ) from None
    if not isinstance(data, dict):
        raise ConfigError([Problem(place, "event-syntax", "the event is a JSON object", '{"title": "…"}')])
    known = {key: data[key] for key in data if key not in _STORED}
    if isinstance(known.get("source"), str):
        known["source"] = {"id": known["source"]}
    test = {"name": "event", "event": known, "expect": "match"}
    if isinstance(data.get("seen"), str):
        test["at"] = data["seen"]
    try:
        return RuleTest.model_validate(test)
    except ValidationError as error:
        items = error.errors(include_url=False, include_input=False, include_context=False)
        raise ConfigError([_misfit(dict(item), place) for item in items]) from None


_STORED = ("id", "key", "revision", "seen", "backlog")
"""What a stored event has and a test's event has not: it may be passed as it is."""


def _misfit(item: dict[str, Any], place: Place) -> Problem:
    """Say what does not fit, in the words that a test in a file gets for it."""
    name = ".".join(str(part) for part in item["loc"][1:] if not isinstance(part, int))
    if item["type"] == "extra_forbidden":
        remedy = nearest(str(item["loc"][-1]), TestEvent.model_fields, words=meant.KEYS)
        return Problem(place, "unknown-key", f"unknown key `{name}`", remedy)
    return Problem(place, "bad-value", f"`{name}`: {said(item)}", said_form(item))


def _unknown(what: str, name: str, known: list[str], place: Place) -> Problem:
    remedy = str(nearest(name, known, remedy=f"there are: {', '.join(known[:20])}"))
    return Problem(place, f"unknown-{what}", f"no {what} `{name[:80]}`", remedy)
