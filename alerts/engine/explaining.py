"""From names and JSON to an explanation: finds the rule, builds the event, explains."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, overload

from pydantic import ValidationError

from alerts.core.errors import ConfigError, Place, Problem
from alerts.core.event import Event
from alerts.core.measure import Measure
from alerts.engine import meant
from alerts.engine.compiled import Rule
from alerts.engine.correlation import CorrelationRule
from alerts.engine.explain import Explanation, explain_view
from alerts.engine.explainscene import explain_scene
from alerts.engine.findings import nearest
from alerts.engine.intest import Recogniser, play_scene, read_loaded, view_of
from alerts.engine.reading import said, said_form
from alerts.engine.replay import StoryOf, plain_stories
from alerts.engine.rule import CorrelationTest, RuleTest, TestEvent, TimedEvent
from alerts.engine.view import EventView

Given = TypeVar("Given", RuleTest, CorrelationTest)


def explain_text(
    files: Mapping[str, str],
    rule_id: str,
    recognise: Recogniser | None,
    *,
    event: str | None = None,
    test: str | None = None,
    story_of: StoryOf | None = None,
) -> Explanation:
    """Explain a rule on an event given as JSON, or on one of its own tests.

    A correlation rule is explained on a list of events. Raises :class:`ConfigError` where the
    rules cannot be read, or the rule, its test or the event is not what it should be.
    """
    loaded = read_loaded(files)
    if rule_id in loaded.correlations:
        correlation = loaded.correlations[rule_id]
        scene = _own_test(correlation, test) if test is not None else _given_events(event or "")
        played = play_scene(loaded, correlation, scene, recognise, story_of or plain_stories())
        return explain_scene(played, len(scene.events))
    rule = loaded.rules.get(rule_id)
    if rule is None:
        raise ConfigError([_unknown("rule", rule_id, list(loaded.heads), Place("rules"))])
    found = _own_test(rule, test) if test is not None else _given(event or "")
    return explain_view(rule, view_of(found, recognise))


def explain_event(
    files: Mapping[str, str], rule_id: str, event: Event, measures: Sequence[Measure], now: datetime
) -> Explanation:
    """Explain a rule on a stored event, with the measures that were recognised in it then.

    Of a correlation it tells what its bases say of the event: what was counted stands in the
    decision. Raises :class:`ConfigError` where the rules cannot be read or have no such rule.
    """
    loaded = read_loaded(files)
    view = EventView(event, measures, now)
    if rule_id in loaded.rules:
        return explain_view(loaded.rules[rule_id], view)
    if rule_id not in loaded.correlations:
        raise ConfigError([_unknown("rule", rule_id, list(loaded.heads), Place("rules"))])
    rule = loaded.correlations[rule_id]
    trees = [explain_view(loaded.rules[base], view) for base in rule.bases if base in loaded.rules]
    held = any(tree.held for tree in trees) or event.source.id in rule.correlation.sources
    detail = "counts this item" if held else "does not count this item"
    return Explanation(f"rule {rule_id}", held, detail, (), tuple(trees))


@overload
def _own_test(rule: Rule, name: str) -> RuleTest: ...
@overload
def _own_test(rule: CorrelationRule, name: str) -> CorrelationTest: ...
def _own_test(rule: Rule | CorrelationRule, name: str) -> RuleTest | CorrelationTest:
    for test in rule.tests:
        if test.name == name:
            return test
    raise ConfigError([_unknown("test", name, [test.name for test in rule.tests], rule.place)])


def _given(text: str) -> RuleTest:
    data = _json(text)
    if not isinstance(data, dict):
        problem = Problem(Place("event"), "event-syntax", "the event is a JSON object", '{"title": "…"}')
        raise ConfigError([problem])
    test = {"name": "event", "event": _known(data), "expect": "match"}
    if isinstance(data.get("seen"), str):
        test["at"] = data["seen"]
    return _valid(RuleTest, test)


def _given_events(text: str) -> CorrelationTest:
    """A list of events; the time of each is its ``at``, else when it was published or seen."""
    data = _json(text)
    if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
        remedy = '[{"at": "2026-01-01T12:00:00Z", "title": "…"}, …]'
        message = "a correlation is explained on a JSON list of events"
        raise ConfigError([Problem(Place("event"), "event-syntax", message, remedy)])
    events = [{"at": each.get("published") or each.get("seen")} | _known(each) for each in data]
    return _valid(CorrelationTest, {"name": "events", "events": events, "expect": "match"})


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        remedy = 'write it on the pattern of {"title": "…", "text": "…"}'
        problem = Problem(Place("event", line, column), "event-syntax", "the event is not JSON", remedy)
        raise ConfigError([problem]) from None


def _known(data: dict[str, Any]) -> dict[str, Any]:
    known = {key: data[key] for key in data if key not in _STORED}
    if isinstance(known.get("source"), str):
        known["source"] = {"id": known["source"]}
    return known


def _valid(model: type[Given], data: dict[str, Any]) -> Given:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        items = error.errors(include_url=False, include_input=False, include_context=False)
        fields = TestEvent.model_fields if model is RuleTest else TimedEvent.model_fields
        raise ConfigError([_misfit(dict(item), Place("event"), fields) for item in items]) from None


_STORED = ("id", "key", "revision", "seen", "backlog")
"""What a stored event has and a test's event has not: it may be passed as it is."""


def _misfit(item: dict[str, Any], place: Place, fields: Iterable[str]) -> Problem:
    """Say what does not fit, in the words that a test in a file gets for it."""
    name = ".".join(str(part) for part in item["loc"][1:] if not isinstance(part, int))
    if item["type"] == "extra_forbidden":
        remedy = nearest(str(item["loc"][-1]), fields, words=meant.KEYS)
        return Problem(place, "unknown-key", f"unknown key `{name}`", remedy)
    return Problem(place, "bad-value", f"`{name}`: {said(item)}", said_form(item))


def _unknown(what: str, name: str, known: list[str], place: Place) -> Problem:
    remedy = str(nearest(name, known, remedy=f"there are: {', '.join(known[:20])}"))
    return Problem(place, f"unknown-{what}", f"no {what} `{name[:80]}`", remedy)
