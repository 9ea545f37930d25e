"""The schemas hold lint's view of single lines, and say what each key is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from alerts.core.errors import Severity
from alerts.engine.composing import read_document
from alerts.engine.document import plain
from alerts.engine.findings import Findings
from alerts.engine.loading import lint
from alerts.engine.schema import schemas
from tests.unit.engine.building import folder, rule_text

SCHEMA = json.loads(schemas()["rules.json"])
TAKEN = [
    "issuer: NO",
    "issuer: cn",
    "issuer: Eu",
    "issuer|not: [CN, jp]",
    'target: [JP, "*"]',
    "target|exists: false",
    "commodity|exact|not: rare_earths",
    "hs: 8505",
    'hs: "8505.11"',
    "hs|startswith: 85",
    "lang: zh",
    "effective_date|within: 1d12h",
    "effective_date|after: now - 30d",
    "effective_date|before: 2026-11-01T08:00:00Z",
    "effective_date: 2026-12-01",
    "published|after: now",
    "change_pct|lt: -5.5",
    "title|re: bor.*",
    "entity: [IREL, Lynas]",
]
REFUSED = [
    "issuer: China",
    "issuer: []",
    "issuer:",
    'issuer: "*"',
    "measure: export ban",
    "commodity: magnets",
    "hs: 8505*",
    "lang: english",
    "effective_date|within: 30 days",
    "effective_date|before: 31.12.2026",
    "effective_date|before: tomorrow",
    'value|gt: "5"',
    "change_pct|gt: 5%",
    "target|exists: yes",
    "title: boron",
    "title|endswith: x",
    "source.tier: Official",
]


def complaints(line: str) -> list[str]:
    """What the schema says of one line of a selection."""
    document = read_document("x.yaml", rule_text(f"sel:\n  {line}"), Findings())
    assert document is not None
    return [error.message for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(plain(document))]


def errors(line: str) -> list[str]:
    """What lint says of it."""
    found = lint(folder(rule_text(f"sel:\n  {line}")))
    return [problem.code for problem in found if problem.severity is Severity.ERROR]


@pytest.mark.parametrize("line", TAKEN)
def test_what_lint_takes_the_schema_takes(line: str) -> None:
    assert errors(line) == []
    assert complaints(line) == []


@pytest.mark.parametrize("line", REFUSED)
def test_what_lint_refuses_by_its_form_the_schema_refuses(line: str) -> None:
    assert errors(line) != []
    assert complaints(line) != []


def undescribed(node: Any, path: str = "") -> Iterator[str]:
    """Every key beside which an editor would show nothing."""
    for name, part in node.get("properties", {}).items() if isinstance(node, dict) else ():
        if "description" not in part:
            yield f"{path}/{name}"
    for key, part in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(part, (dict, list)):
            yield from undescribed(part, f"{path}/{key}")


@pytest.mark.parametrize("name", ["rules.json", "routes.json"])
def test_every_key_of_a_file_says_what_it_is(name: str) -> None:
    assert list(undescribed(json.loads(schemas()[name]))) == []
