"""What the project ships under ``rules/``: sound, tested, and known to editors."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from alerts.core.errors import Severity
from alerts.engine.composing import read_document
from alerts.engine.document import plain
from alerts.engine.findings import Findings
from alerts.engine.intest import coverage, read_loaded, run_tests
from alerts.engine.loading import lint
from alerts.engine.schema import schemas
from alerts.pipeline.retelling import retell
from alerts.recognise import recognise
from alerts.rules_folder import read_folder
from tests.unit.engine.building import rule_text

FOLDER = Path(__file__).parents[3] / "rules"
FILES = sorted(FOLDER.rglob("*.yaml"))


def test_the_shipped_rules_have_no_error_and_their_receivers_are_placeholders() -> None:
    problems = lint(read_folder(FOLDER))
    assert [str(problem) for problem in problems if problem.severity is Severity.ERROR] == []
    assert {"placeholder"} <= {problem.code for problem in problems} <= {"placeholder", "missing-file"}


def test_the_shipped_rules_pass_their_tests_with_the_real_recogniser() -> None:
    results = run_tests(read_folder(FOLDER), recognise, retell)
    assert [
        f"{result.rule_id}: {result.name}: {result.verdict}" for result in results if not result.passed
    ] == []
    assert len({result.rule_id for result in results}) >= 5


def test_every_shipped_selection_holds_in_some_test() -> None:
    files = read_folder(FOLDER)
    covered = coverage(read_loaded(files).every, run_tests(files, recognise, retell))
    assert {name: each.missing for name, each in covered.items() if each.missing} == {}


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_committed_schemas_are_fresh(name: str) -> None:
    committed = (FOLDER / ".schemas" / name).read_text(encoding="utf-8")
    assert committed == schemas()[name], "run `exportwatch rules schema`"
    jsonschema.Draft7Validator.check_schema(json.loads(committed))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_names_its_schema_and_satisfies_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    modeline = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert modeline, f"{path.name} has no modeline"
    schema = json.loads((path.parent / modeline[1]).read_text(encoding="utf-8"))
    assert [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(_data(text))] == []


@pytest.mark.parametrize(
    "detection",
    [
        "sel: {isuer: CN}",
        "sel: {issuer: XX}",
        "sel: {title|contain: x}",
        "sel: {title: x}",
        "sel: {issuer: []}",
    ],
)
def test_the_schema_refuses_what_lint_refuses(detection: str) -> None:
    schema = json.loads(schemas()["rules.json"])
    assert list(jsonschema.Draft7Validator(schema).iter_errors(_data(rule_text(detection))))
    assert not list(jsonschema.Draft7Validator(schema).iter_errors(_data(rule_text("sel: {issuer: CN}"))))


def _data(text: str) -> Any:
    root = read_document("x", text, Findings())
    assert root is not None
    return plain(root)
