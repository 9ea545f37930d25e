"""``rules`` as a person calls it: exit codes, formats, messages."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from alerts.cli.rules import rules
from tests.unit.engine.building import folder, rule_text

TESTS = """    tests:
      - {name: hit, event: {title: China acts, measures: []}, expect: match}
      - {name: near miss, event: {title: Chile acts, measures: []}, expect: no_match}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder on disk with one sound rule."""
    for name, text in folder(rule_text("sel: {'text|query': china}", TESTS)).items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def run(place: Path, *arguments: str, stdin: str = "") -> Result:
    """Run a command on a folder."""
    return CliRunner().invoke(rules, ["--rules-dir", str(place), *arguments], input=stdin)


def test_lint_of_a_sound_folder_exits_0(place: Path) -> None:
    result = run(place, "lint")
    assert result.exit_code == 0
    assert result.output.startswith("0 error(s), 0 warning(s)")


def test_the_folder_may_be_named_after_the_command_too(place: Path) -> None:
    result = CliRunner().invoke(rules, ["lint", "--rules-dir", str(place)])
    assert result.exit_code == 0
    assert str(place) in result.output


def test_lint_reports_and_exits_1(place: Path) -> None:
    (place / "more.yaml").write_text(
        "rules:\n  - {id: x, title: y, status: draft, detection: {sel: {isuer: CN}}}\n"
    )
    result = run(place, "lint", "--format", "json")
    assert result.exit_code == 1
    (row,) = json.loads(result.output)
    assert (row["file"], row["line"], row["code"]) == ("more.yaml", 2, "unknown-field")


def test_warnings_matter_only_where_strict(place: Path) -> None:
    (place / "receivers.yaml").write_text(
        "receivers:\n  - {name: desk, apprise: {url: 'json://example.com'}}\n"
    )
    assert run(place, "lint").exit_code == 0
    assert run(place, "lint", "--strict").exit_code == 1


def test_a_missing_folder_is_said_and_exits_1(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere", "lint")
    assert result.exit_code == 1
    assert "does not exist" in result.output


def test_tests_pass_and_fail(place: Path) -> None:
    assert run(place, "test").output == "2 passed, 0 failed; 1 of 1 selections covered\n"
    path = place / "watch" / "x.yaml"
    path.write_text(path.read_text().replace("Chile", "China"))
    result = run(place, "test")
    assert result.exit_code == 1
    assert "FAIL watch/x.yaml:2:5: r: near miss: expected no_match, got match" in result.output


def test_junit_and_json_say_the_same(place: Path) -> None:
    path = place / "watch" / "x.yaml"
    path.write_text(path.read_text().replace("Chile", "China"))
    suite = ElementTree.fromstring(run(place, "test", "--format", "junit").output)
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    rows = json.loads(run(place, "test", "--format", "json").output)["tests"]
    assert [row["passed"] for row in rows] == [True, False]


def test_a_selection_that_no_test_covers_is_named_in_every_format(place: Path) -> None:
    path = place / "watch" / "x.yaml"
    path.write_text(path.read_text() + "      never: {lang: zh}\n      condition: sel or never\n")
    result = run(place, "test")
    assert result.exit_code == 0
    assert "1 of 2 selections covered\nnote: r: no test in which never holds" in result.output
    data = json.loads(run(place, "test", "--format", "json").output)
    assert data["coverage"] == {"r": {"held": ["sel"], "missing": ["never"]}}
    suite = ElementTree.fromstring(run(place, "test", "--format", "junit").output)
    assert {item.get("name"): item.get("value") for item in suite.iter("property")} == {
        "selections.covered": "1 of 2",
        "selections.missing.r": "never",
    }
    assert run(place, "test", "--strict").exit_code == 1


def test_a_test_plays_at_its_own_time(place: Path) -> None:
    tests = """    tests:
      - {name: soon, at: 2026-03-01T00:00:00Z, event: {published: 2026-02-27T00:00:00Z, measures: []}, expect: match}
      - {name: late, at: 2026-03-09T00:00:00Z, event: {published: 2026-02-27T00:00:00Z, measures: []}, expect: no_match}
"""
    (place / "watch" / "x.yaml").write_text(rule_text("sel: {published|within: 3d}", tests))
    assert run(place, "test").output.startswith("2 passed, 0 failed")


def test_a_folder_without_tests_is_no_success(place: Path) -> None:
    (place / "watch" / "x.yaml").write_text(rule_text("sel: {lang: en}"))
    result = run(place, "test")
    assert result.exit_code == 1
    assert "there is no test" in result.output


def test_explain_an_event_from_stdin_or_a_test(place: Path) -> None:
    result = run(place, "explain", "r", "--event", "-", stdin='{"title": "China acts"}')
    assert result.exit_code == 0
    assert result.output.startswith("PASS rule r")
    assert run(place, "explain", "r", "--test", "near miss").output.startswith("FAIL rule r")
    tree = json.loads(run(place, "explain", "r", "--test", "hit", "--format", "json").output)
    assert tree["held"] is True


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "said"),
    [
        (["explain", "q", "--event", "-"], "{}", 1, "no rule `q`"),
        (["explain", "r", "--test", "hti"], "", 1, "did you mean `hit`?"),
        (["explain", "r", "--event", "-"], "{", 1, "event:1:2"),
        (["explain", "r", "--event", "-"], "[]", 1, "JSON object"),
        (["explain", "r", "--event", "-"], '{"titel": 1}', 1, "titel"),
        (["explain", "r"], "", 2, "exactly one of"),
        (["explain", "r", "--event", "/nowhere.json"], "", 2, "No such file"),
        (["lint", "--format", "xml"], "", 2, "Invalid value"),
    ],
)
def test_what_is_wrong_is_said(place: Path, arguments: list[str], stdin: str, code: int, said: str) -> None:
    result = run(place, *arguments, stdin=stdin)
    assert result.exit_code == code
    assert said in result.output


def test_schemas_are_written(place: Path, tmp_path: Path) -> None:
    result = run(place, "schema", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "rules.json",
        "sources.json",
        "receivers.json",
        "routes.json",
    }


def test_explain_says_what_now_is_beside_a_time_that_moves(place: Path) -> None:
    test = "    tests:\n      - {name: a, event: {measures: [{issuer: CN, measure: export_ban, effective_date: 2026-12-10}]}, expect: no_match}\n"
    for name, text in folder(rule_text("sel: {'effective_date|within': 30d}", test)).items():
        (place / name).write_text(text)
    result = run(place, "explain", "r", "--test", "a")
    assert "FAIL effective_date|within: 30d  — is 2026-12-10; now is 2026-01-01 12:00 UTC" in result.output


def test_explain_says_that_case_matters_where_a_pattern_is_not_found(place: Path) -> None:
    for name, text in folder(rule_text("sel: {'title|re': turkey}\nb: {'title|contains': gold}")).items():
        (place / name).write_text(text)
    result = run(place, "explain", "r", "--event", "-", stdin='{"title": "Turkey"}')
    assert "FAIL title|re: turkey  — not in the text; case matters, `(?i)` ignores it" in result.output
    assert "FAIL title|contains: gold  — not in the text\n" in result.output


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ('{"headline": "x"}', "unknown key `headline` (did you mean `title`?)"),
        ('{"published": "31.12.2026"}', "`published`: is no time (write 2027-03-31 or 2027-03-31T08:00:00Z)"),
        ('{"title": 5}', "`title`: must be text"),
        ('{"title"', 'the event is not JSON (write it on the pattern of {"title": "…", "text": "…"})'),
    ],
)
def test_explain_says_in_our_words_what_is_wrong_with_an_event(place: Path, event: str, said: str) -> None:
    result = run(place, "explain", "r", "--event", "-", stdin=event)
    assert result.exit_code == 1
    assert said in result.output
