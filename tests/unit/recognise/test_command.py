"""The command: a line in, a line out; a bad line is named and harms no other."""

import json

from click.testing import CliRunner

from alerts.cli.recognise import recognise

GOOD = json.dumps({"id": "a", "title": "India halts rare earth exports to Japan", "text": ""})
QUIET = json.dumps(
    {"id": 7, "title": "Sunny weather", "text": "No measure.", "lang": "en", "published": "2025-06-16"}
)


def test_lines_in_lines_out() -> None:
    result = CliRunner().invoke(recognise, input=f"{GOOD}\n\n{QUIET}\n")
    assert result.exit_code == 0
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first["id"] == "a"
    measure = first["measures"][0]
    assert (measure["issuer"], measure["targets"], measure["measure"]) == ("IN", ["JP"], "export_ban")
    assert {each["role"] for each in measure["evidence"]} >= {"issuer", "target", "kind", "commodity"}
    assert second == {"id": "7", "relevant": False, "score": second["score"], "measures": []}


def test_bad_lines_are_named_and_the_others_come_out() -> None:
    lines = [
        "{broken",
        GOOD,
        "[]",
        '{"id": "x"}',
        '{"id": 1, "title": 3}',
        '{"id": 1, "title": "t", "published": "soon"}',
    ]
    result = CliRunner().invoke(recognise, input="\n".join(lines))
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    errors = result.stderr.splitlines()
    assert [error.split(":")[0] for error in errors] == ["line 1", "line 3", "line 4", "line 5", "line 6"]
    assert "title: a string is needed, not int" in errors[3]
    assert "soon" in errors[4]
