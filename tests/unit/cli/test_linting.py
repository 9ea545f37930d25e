"""``rules lint`` in its formats, and what ``--fix`` leaves on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from tests.unit.cli.test_rules import run
from tests.unit.engine.building import folder, rule_text

BROKEN = rule_text("sel: {isuer: CN}  # who\nb: {text|query: rare earth}\nc: {lang: en}\ncondition: sel or b")

PLACE: dict[str, Any] = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation", "region"],
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "required": ["uri"],
                    "properties": {"uri": {"type": "string", "pattern": r"^[^\s\\]+$"}},
                },
                "region": {
                    "type": "object",
                    "required": ["startLine", "startColumn"],
                    "additionalProperties": False,
                    "properties": {
                        "startLine": {"type": "integer", "minimum": 1},
                        "startColumn": {"type": "integer", "minimum": 1},
                    },
                },
            },
        }
    },
}
MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs", "$schema"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id", "shortDescription"],
                                            "properties": {
                                                "id": {"type": "string"},
                                                "shortDescription": MESSAGE,
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "ruleIndex", "level", "locations"],
                            "additionalProperties": False,
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": MESSAGE,
                                "locations": {"type": "array", "items": PLACE},
                                "fixes": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "required": ["artifactChanges"],
                                        "properties": {
                                            "description": MESSAGE,
                                            "artifactChanges": {
                                                "type": "array",
                                                "minItems": 1,
                                                "items": {
                                                    "type": "object",
                                                    "required": ["artifactLocation", "replacements"],
                                                    "properties": {
                                                        "replacements": {
                                                            "type": "array",
                                                            "minItems": 1,
                                                            "items": {
                                                                "type": "object",
                                                                "required": ["deletedRegion"],
                                                            },
                                                        }
                                                    },
                                                },
                                            },
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}
"""The part of SARIF 2.1.0 that a report uses, in the words of its schema."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with three things wrong: a word, a query, and a selection nobody uses."""
    for name, text in folder(BROKEN).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_sarif_has_its_shape_and_names_rule_place_and_mend(place: Path) -> None:
    result = run(place, "lint", "--format", "sarif")
    assert result.exit_code == 1
    data = json.loads(result.output)
    jsonschema.Draft7Validator(SARIF).validate(data)
    (only,) = data["runs"]
    found = only["results"]
    rules = only["tool"]["driver"]["rules"]
    assert [rules[item["ruleIndex"]]["id"] for item in found] == [item["ruleId"] for item in found]
    # The condition is not looked at while a selection is broken only where it cannot be read.
    assert [item["ruleId"] for item in found] == ["unknown-field", "bare-adjacency", "unused-selection"]
    assert [item["level"] for item in found] == ["error", "error", "warning"]
    spot = found[0]["locations"][0]["physicalLocation"]
    assert spot["region"] == {"startLine": 6, "startColumn": 13}
    assert spot["artifactLocation"]["uri"] == f"file://{place}/watch/x.yaml"
    (change,) = found[0]["fixes"][0]["artifactChanges"][0]["replacements"]
    at = change["deletedRegion"]["charOffset"]
    assert BROKEN[at : at + change["deletedRegion"]["charLength"]] == "isuer"
    assert change["insertedContent"]["text"] == "issuer"


def test_a_folder_that_cannot_be_read_is_reported_in_the_format_asked_for(tmp_path: Path) -> None:
    data = json.loads(run(tmp_path / "no where", "lint", "--format", "sarif").output)
    jsonschema.Draft7Validator(SARIF).validate(data)
    assert data["runs"][0]["results"][0]["ruleId"] == "missing-folder"


def test_junit_has_a_case_a_file_and_fails_those_with_errors(place: Path) -> None:
    suite = ElementTree.fromstring(run(place, "lint", "--format", "junit").output)
    assert (suite.get("tests"), suite.get("failures")) == ("5", "1")
    (failure,) = suite.iter("failure")
    assert "watch/x.yaml:6:13: error unknown-field" in str(failure.text)
    assert "unused-selection" in "".join(str(item.text) for item in suite.iter("system-out"))


def test_fix_mends_shows_the_difference_and_reports_the_rest(place: Path) -> None:
    path = place / "watch" / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + BROKEN.replace("\n", "\r\n").encode())
    assert "`--fix` mends 1" in run(place, "lint").output
    shown = run(place, "lint", "--diff")
    assert "+      sel: {issuer: CN}  # who" in shown.output
    assert path.read_bytes().count(b"isuer") == 1
    result = run(place, "lint", "--fix")
    assert "-      sel: {isuer: CN}  # who\n+      sel: {issuer: CN}  # who\n" in result.output
    assert "1 mended" in result.output
    assert "bare-adjacency" in result.output
    assert result.exit_code == 1
    mended = BROKEN.replace("isuer", "issuer").replace("\n", "\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbf" + mended.encode()
    assert "0 mended" in run(place, "lint", "--fix").output
    assert sorted(item.name for item in path.parent.iterdir()) == ["x.yaml"]


def test_fix_keeps_a_symlink_and_the_report_for_machines_clean(place: Path) -> None:
    path = place / "watch" / "x.yaml"
    real = place / "real.txt"
    path.rename(real)
    path.symlink_to(real)
    result = run(place, "lint", "--fix", "--format", "json")
    assert [row["code"] for row in json.loads(result.stdout)] == ["bare-adjacency", "unused-selection"]
    assert path.is_symlink()
    assert "issuer" in real.read_text()


def test_with_a_file_only_what_is_wrong_there_is_told(place: Path) -> None:
    (place / "more.yml").write_text("rules: {}\n")
    found = run(place, "lint", str(place / "more.yml"))
    assert found.exit_code == 1
    assert [line.split(":")[0] for line in found.output.splitlines()[:-1]] == ["more.yml"]
    assert run(place, "lint", str(place / "sources.yaml")).exit_code == 0


def test_a_file_of_another_folder_and_mending_one_alone_are_wrong_calls(place: Path) -> None:
    elsewhere = run(place, "lint", __file__)
    assert elsewhere.exit_code == 2
    assert "is not in the rules folder" in elsewhere.output
    assert run(place, "lint", "--fix", str(place / "sources.yaml")).exit_code == 2
