"""Templates: what they show, what they may not do."""

from __future__ import annotations

import pytest

from alerts.engine.annotations import MAX_RESULT, Text, check_template
from alerts.engine.loading import load
from alerts.engine.view import EventView
from tests.unit.engine.building import NOW, event, folder, measure, rule_text

EXTRA = """    labels: {team: magnets, from: "{{ measure.issuer_code }}"}
    annotations:
      summary: "{{ event.title }}"
      action: "Check orders for {{ measure.commodities | join(', ') or 'everything' }}."
"""


def test_labels_and_annotations_are_rendered_for_the_event() -> None:
    rules = load(folder(rule_text("sel: {source.id: s}\nm: {issuer: CN}\ncondition: sel or m", EXTRA))).rules
    (on_measure,) = rules.match(
        event("A title"), [measure(commodities=("rare_earth_magnets", "gallium"))], NOW
    )
    (on_words,) = rules.match(event("A title"), [], NOW)
    assert on_measure.labels == {"team": "magnets", "from": "CN"}
    assert on_measure.annotations["action"] == "Check orders for rare earth magnets, gallium."
    assert on_words.annotations == {"summary": "A title", "action": "Check orders for everything."}


@pytest.mark.parametrize(
    "template",
    [
        "{{ event.titel }}",
        "{{ evnt.title }}",
        "{{ event.title | shout }}",
        "{{ event.title",
        "{% for a in event.title %}{{ a }}{% endfor %}",
        "{{ 'a' * 1000000000 }}",
        "{{ event.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ range(10) }}",
        "{{ event.title.upper() }}",
        "{% include 'x' %}",
        "{% set a = 1 %}",
        "{% macro m() %}{% endmacro %}",
        "{{ event.source.secret }}",
        "x" * 3000,
    ],
)
def test_what_is_unknown_or_could_run_long_is_refused(template: str) -> None:
    assert check_template(template)


def test_a_text_joined_by_itself_stays_short() -> None:
    template = "{{ " + "event.text" + " | join(event.text)" * 20 + " }}"
    assert check_template(template) == []
    names = EventView(event("t", "word " * 10_000), (), NOW).names({}, None)
    assert len(Text(template).render(names)) <= MAX_RESULT


def test_rendering_never_raises() -> None:
    assert Text("{{ event.title | join(1, 2, 3) }}").render({}) == ""
    assert Text("{{ nothing.at.all }}").render({}) == ""
