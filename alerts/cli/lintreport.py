"""Lint's findings for people (text), programs (json), code review (SARIF) and CI (JUnit)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree  # written only: nothing is parsed

import alerts
from alerts.core.errors import Problem, Severity
from alerts.engine.findings import CODES
from alerts.engine.mending import certain

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
Report = Callable[[Sequence[Problem], Mapping[str, str], Path], str]


def text_report(problems: Sequence[Problem], files: Mapping[str, str], folder: Path) -> str:
    """One line a finding, and the sum."""
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    lines = [str(problem) for problem in problems]
    mendable = sum(certain(problem, files.get(problem.place.file, "")) is not None for problem in problems)
    tail = f"; `--fix` mends {mendable}" if mendable else ""
    lines.append(f"{errors} error(s), {len(problems) - errors} warning(s) in {folder}{tail}")
    return "\n".join(lines)


def json_report(problems: Sequence[Problem], files: Mapping[str, str], folder: Path) -> str:
    """Return a list of findings; ``fix`` is the certain mend: new text for [start, end) of the file."""
    rows = [_row(problem, files.get(problem.place.file, "")) for problem in problems]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _row(problem: Problem, text: str) -> dict[str, Any]:
    edit = certain(problem, text)
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "severity": problem.severity.value,
        "code": problem.code,
        "message": problem.message,
        "remedy": problem.remedy,
        "fix": None if edit is None else dict(zip(("start", "end", "new"), edit, strict=True)),
    }


def sarif_report(problems: Sequence[Problem], files: Mapping[str, str], folder: Path) -> str:
    """SARIF 2.1.0, as code hosts show it beside the lines of a change."""
    codes = list(dict.fromkeys([*CODES, *(problem.code for problem in problems)]))
    driver = {
        "name": "exportwatch rules lint",
        "version": alerts.__version__,
        "rules": [_descriptor(code, problems) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, codes, files, folder) for problem in problems],
    }
    return json.dumps(
        {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2
    )


def _descriptor(code: str, problems: Sequence[Problem]) -> dict[str, Any]:
    words = "".join(part.capitalize() for part in code.split("-"))
    text = CODES.get(code) or next(problem.message for problem in problems if problem.code == code)
    return {"id": code, "name": words, "shortDescription": {"text": text}}


def _result(problem: Problem, codes: list[str], files: Mapping[str, str], folder: Path) -> dict[str, Any]:
    remedy = f" ({problem.remedy})" if problem.remedy else ""
    artifact = {"uri": _uri(problem, folder)}
    region = {"startLine": problem.place.line, "startColumn": problem.place.column}
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": problem.severity.value,
        "message": {"text": f"{problem.message}{remedy}"},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
    }
    edit = certain(problem, files.get(problem.place.file, ""))
    if edit is not None:
        start, end, new = edit
        replacement = {
            "deletedRegion": {"charOffset": start, "charLength": end - start},
            "insertedContent": {"text": new},
        }
        change = {"artifactLocation": artifact, "replacements": [replacement]}
        result["fixes"] = [{"description": {"text": problem.remedy}, "artifactChanges": [change]}]
    return result


def _uri(problem: Problem, folder: Path) -> str:
    """Path from where the command runs, which in CI is the root of the repository."""
    path = PurePosixPath(folder.as_posix()) / problem.place.file
    return ("file://" if path.is_absolute() else "") + quote(str(path))


def junit_report(problems: Sequence[Problem], files: Mapping[str, str], folder: Path) -> str:
    """One case a file, which fails on an error; warnings are its output."""
    names = sorted({*files, *(problem.place.file for problem in problems)})
    suite = ElementTree.Element("testsuite", name="rules lint", tests=str(len(names)))
    failed = 0
    for name in names:
        case = ElementTree.SubElement(suite, "testcase", classname="rules lint", name=name, file=name)
        own = [problem for problem in problems if problem.place.file == name]
        errors = [problem for problem in own if problem.severity is Severity.ERROR]
        warnings = [str(problem) for problem in own if problem.severity is Severity.WARNING]
        failed += bool(errors)
        if errors:
            failure = ElementTree.SubElement(
                case, "failure", message=f"{len(errors)} error(s)", type=errors[0].code
            )
            failure.text = "\n".join(str(problem) for problem in errors)
        if warnings:
            ElementTree.SubElement(case, "system-out").text = "\n".join(warnings)
    suite.set("failures", str(failed))
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


REPORTS: dict[str, Report] = {
    "text": text_report,
    "json": json_report,
    "sarif": sarif_report,
    "junit": junit_report,
}
