"""Ten rules as somebody writes them who knows the documents only: the first attempt, and the mended folder.

``first`` holds natural mistakes; ``first.txt`` is all that lint says of them, ``fixed.txt`` what is left
after ``--fix``. ``mended`` is what the remedies lead to: it has no finding and its tests pass.

After a wanted change of a message: ``python -m tests.golden.test_newcomer`` writes the reports anew;
read the difference before it is committed.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from alerts.core.errors import Severity
from alerts.engine.composing import read_document
from alerts.engine.document import plain
from alerts.engine.findings import Findings
from alerts.engine.intest import run_tests
from alerts.engine.loading import lint
from alerts.engine.mending import mend
from alerts.engine.schema import schemas
from alerts.recognise import recognise
from alerts.rules_folder import read_folder

FOLDER = Path(__file__).parent / "newcomer"
TODAY = date(2026, 6, 1)


def report(kind: str) -> str:
    """What lint says of the first attempt, as it is or after every mend that is certain."""
    files = read_folder(FOLDER / "first")
    if kind == "fixed":
        files = mend(files, today=TODAY).files
    return "".join(f"{problem}\n" for problem in lint(files, today=TODAY))


@pytest.mark.parametrize("kind", ["first", "fixed"])
def test_the_first_attempt_is_reported_as_expected(kind: str) -> None:
    assert report(kind) == (FOLDER / f"{kind}.txt").read_text(encoding="utf-8")


def test_the_ten_mended_rules_have_no_finding_and_pass_their_tests() -> None:
    files = read_folder(FOLDER / "mended")
    assert lint(files, today=TODAY) == []
    results = run_tests(files, recognise)
    assert len({result.rule_id for result in results}) == 10
    assert [result.verdict for result in results if not result.passed] == []


def test_the_mended_rules_fit_the_schema_that_editors_check_them_by() -> None:
    text = (FOLDER / "mended" / "watch" / "rules.yml").read_text(encoding="utf-8")
    document = read_document("rules.yml", text, Findings())
    assert document is not None
    jsonschema.validate(plain(document), json.loads(schemas()["rules.json"]))


def test_the_rule_of_the_readme_works_where_it_says_to_copy_it() -> None:
    root = Path(__file__).parents[2]
    text = (root / "README.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    files = read_folder(root / "rules") | {"watch/mine.yaml": text}
    assert [str(problem) for problem in lint(files) if problem.severity is Severity.ERROR] == []
    own = [result for result in run_tests(files, recognise) if result.rule_id == "in-rare-earth-halt"]
    assert [result.passed for result in own] == [True, True]


if __name__ == "__main__":
    for name in ("first", "fixed"):
        (FOLDER / f"{name}.txt").write_text(report(name), encoding="utf-8")
