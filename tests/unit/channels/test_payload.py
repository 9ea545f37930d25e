"""The body that subscribers parse: true to its published schema, stable, under 20 kB."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.payload import LARGEST, CloudEvent, render
from alerts.core.alert import Alert
from alerts.core.measure import Evidence
from tests.support.builders import an_alert, an_event
from tests.support.notices import a_full_alert, a_service_alert, a_silence, a_silences_end, a_story

SCHEMA = CloudEvent.model_json_schema()
CHECK = jsonschema.Draft202012Validator(SCHEMA)


def body_of(alert: Alert) -> dict[str, Any]:
    raw = render(alert)
    body: dict[str, Any] = json.loads(raw)
    CHECK.validate(body)
    CloudEvent.model_validate_json(raw)
    assert len(raw) <= LARGEST
    return body


@pytest.mark.parametrize(
    "alert",
    [
        a_full_alert(),
        a_service_alert(),
        an_alert(),
        an_alert(measure=None, event=None),
        a_silence(),
        a_silences_end(),
    ],
)
def test_every_alert_is_true_to_the_schema(alert: Alert) -> None:
    body = body_of(alert)
    assert body["data"].keys() == SCHEMA["$defs"]["AlertData"]["properties"].keys(), "no field is left out"
    assert body["data"]["truncated"] is False


def test_what_a_body_says() -> None:
    alert = a_full_alert()
    body = body_of(alert)
    assert (body["specversion"], body["id"], body["type"]) == ("1.0", alert.id, "alert.opened")
    assert (body["source"], body["subject"]) == ("/rules/in-halt", "sty_1")
    assert body["data"]["measure"] == {
        "issuer": "IN",
        "targets": ["JP"],
        "kind": "export_ban",
        "commodities": ["rare_earths", "neodymium"],
        "status": "announced",
        "effective_date": "2026-12-01",
        "hs": [],
    }
    assert body["data"]["matched"][1] == {"role": "kind", "field": "title", "text": "halt rare earth exports"}
    assert body["data"]["story"]["reports"] == 3


def test_the_same_alert_is_the_same_body() -> None:
    assert render(a_full_alert()) == render(a_full_alert())


def test_a_service_notice_names_what_it_is_about() -> None:
    body = body_of(a_service_alert())
    assert (body["source"], body["type"]) == ("/sources/bis", "source.stale")
    assert "subject" not in body


def test_a_silences_end_names_the_silence_and_what_came() -> None:
    silence, end = body_of(a_silence()), body_of(a_silences_end())
    assert (end["type"], end["data"]["resolves"]) == ("alert.resolved", silence["id"])
    assert (silence["data"]["resolves"], silence["data"]["event"]) == (None, None)
    assert end["data"]["event"]["title"] == "List no 8"


def test_long_texts_are_cut_and_said_to_be() -> None:
    evidence = tuple(
        Evidence(role="rule", field="text", start=at, end=at + 1, text=f"稀土{at}" * 300) for at in range(300)
    )
    alert = a_full_alert(
        summary="稀" * 50_000,
        action="x" * 50_000,
        labels={f"label{number}": "y" * 5000 for number in range(200)},
        evidence=evidence,
        event=an_event("t" * 9000, "text", url="https://a.test/" + "u" * 9000),
        story=a_story(publishers=tuple(f"Paper {number}" for number in range(900))),
    )
    body = body_of(alert)
    assert body["data"]["truncated"] is True
    assert body["data"]["summary"].endswith("…")
    assert body["data"]["event"]["url"] is None, "half a URL leads nowhere"


@given(st.text(max_size=5000), st.dictionaries(st.text(max_size=3000), st.text(max_size=3000), max_size=60))
def test_any_text_fits(text: str, labels: dict[str, str]) -> None:
    raw = render(a_full_alert(summary=text, action=text, why=text, title=text, labels=labels))
    assert len(raw) <= LARGEST
    CloudEvent.model_validate_json(raw)
