"""The published reference of the ways out is what the code does."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from alerts.channels.digestpayload import render_digest
from alerts.channels.message import letter
from alerts.channels.payload import render
from docs.channels import digest_schema, receivers_page, webhook_page, webhook_schema
from docs.sample import sample_alert, sample_digest

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("webhook.schema.json", webhook_schema()),
        ("webhook-digest.schema.json", digest_schema()),
        ("webhook.md", webhook_page()),
        ("receivers.md", receivers_page()),
    ],
)
def test_the_reference_is_fresh(name: str, page: str) -> None:
    assert (REFERENCE / name).read_text().endswith(page), "run `make docs`"


def test_the_published_example_is_true_to_the_published_schema() -> None:
    schema = json.loads((REFERENCE / "webhook.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(render(sample_alert())))
    assert "truncated" in schema["$defs"]["AlertData"]["required"]


def test_the_published_digest_is_true_to_its_schema() -> None:
    schema = json.loads((REFERENCE / "webhook-digest.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(render_digest(sample_digest())))


def test_the_sample_shows_every_mark() -> None:
    assert letter(sample_alert()).html.count("<mark") == 6
