"""Every example of the reference page, parsed and run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.core.errors import Severity
from alerts.engine.fields import FIELDS, MODIFIERS
from alerts.engine.findings import CODES
from alerts.engine.intest import run_tests
from alerts.engine.loading import lint
from alerts.pipeline.retelling import retell
from tests.unit.engine.building import LISTS, folder, holds, query_codes

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "rule-language.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\S.*)\n((?:.*\n)*?)```$", PAGE, re.MULTILINE)
YAML = [(kind.removeprefix("yaml").strip(), text) for kind, text in BLOCKS if kind.startswith("yaml")]
OURS = next(text for kind, text in BLOCKS if kind == "csv")
QUERIES = [line for kind, text in BLOCKS if kind == "queries" for line in text.splitlines()]


def whole_file(kind: str, text: str) -> str:
    """An example as a whole file; comments of a detection say what it matches."""
    if kind == "rule":
        return "rules:\n  - " + text.replace("\n", "\n    ").rstrip() + "\n"
    if kind != "detection":
        return text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    tests = re.findall(r"^# (match|no_match): (.*)$", text, re.MULTILINE)
    rows = [
        f"      - {{name: n{n}, event: {event}, expect: {verdict}}}"
        for n, (verdict, event) in enumerate(tests)
    ]
    head = "rules:\n  - id: x\n    title: x\n    status: shadow\n    detection:\n"
    tail = "    tests:\n" + "\n".join(rows) + "\n" if rows else ""
    return head + "".join(f"      {line}\n" for line in lines) + tail


@pytest.mark.parametrize(("kind", "text"), YAML)
def test_yaml_examples_are_sound_or_refused_as_said(kind: str, text: str) -> None:
    example = whole_file(kind.removesuffix("ours").strip(), text)
    files = folder(example)
    if "lists:" in example:
        del files["lists.yaml"]
    if example.startswith("route:"):
        del files["routes.yaml"]
    if kind.endswith("ours"):
        files["lists/ours.csv"] = OURS
    refused = re.findall(r"^# refused: (\S+)$", text, re.MULTILINE)
    found = [problem.code for problem in lint(files)]
    # An example of lists alone has no rule that names them.
    assert [code for code in found if code != "unused-list" or "rules:" in example] == refused
    if not refused:
        results = run_tests(files, None, retell)
        assert [result.name for result in results if not result.passed] == []
        assert results or "expect" not in example


@pytest.mark.parametrize("line", QUERIES)
def test_query_examples_hold_or_not_as_said(line: str) -> None:
    verdict, query, rest = (part.strip() for part in line.split("|", 2))
    if verdict == "refused":
        assert query_codes(query) == [rest]
    else:
        assert holds(query, text=rest) is (verdict == "holds")


def test_the_page_names_every_field_modifier_and_code() -> None:
    assert len(YAML) >= 12
    assert len(QUERIES) >= 25
    assert "rare_earths" in LISTS
    for word in (*FIELDS, *MODIFIERS, *CODES):
        assert f"`{word}`" in PAGE or f"`{word}`".replace("source.", "") in PAGE, word
    for code, meaning in CODES.items():
        assert f"| `{code}` | {meaning} |" in PAGE, code


def test_severities_are_the_two_that_the_page_names() -> None:
    assert [severity.value for severity in Severity] == ["error", "warning"]
