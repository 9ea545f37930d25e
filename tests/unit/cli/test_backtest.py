"""``rules backtest`` and ``rules hygiene`` over a file: real processes, real git."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from alerts.cli.backtesting import Bench, unrecognised
from alerts.rules_folder import read_folder
from tests.unit.cli.test_rules import run
from tests.unit.engine.building import NOW, folder, rule_text

TITLES = ["China acts", "China waits", "Chile acts", "Peru acts"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A rules folder and a file of items beside it."""
    rules = tmp_path / "rules"
    for name, text in folder(rule_text("sel: {'text|query': china OR peru}")).items():
        path = rules / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
    items = [
        {"id": f"i{n}", "title": title, "text": "", "relevant": "acts" in title, "made": "here",
         "published": f"2026-05-{n + 1:02}", "source": "Some Desk"}
        for n, title in enumerate(TITLES)
    ]  # fmt: skip
    (tmp_path / "items.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    return rules


def backtest(place: Path, *more: str) -> Any:
    """Run it as JSON in this process."""
    arguments = ["--items", str(place.parent / "items.jsonl"), "--jobs", "1", "--format", "json", *more]
    result = run(place, "backtest", *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def change_rule(place: Path, new: str) -> None:
    path = place / "watch" / "x.yaml"
    path.write_text(path.read_text().replace("china OR peru", new))


def test_a_file_gives_hits_and_labels_give_precision(place: Path) -> None:
    data = backtest(place)
    assert (data["items"], data["weeks"]) == (4, 1.0)
    (rule,) = data["rules"]
    assert (rule["rule"], rule["hits"], rule["a_week"], rule["precision"]) == ("r", 3, 3.0, 0.667)
    assert [sample["id"] for sample in rule["samples"]] == ["i3", "i1", "i0"]
    assert data["total"]["recall"] == 0.667
    assert {(term["term"], term["matches"], term["noise"]) for term in data["terms"]} == {
        ("china", 2, 1),
        ("peru", 1, 0),
    }


def test_two_processes_find_what_one_finds(place: Path) -> None:
    assert backtest(place, "--jobs", "2") == backtest(place)


def test_against_another_folder(place: Path) -> None:
    other = place.parent / "other"
    shutil.copytree(place, other)
    change_rule(place, "china OR chile")
    (rule,) = backtest(place, "--against", str(other))["rules"]
    assert [sample["id"] for sample in rule["change"]["added_samples"]] == ["i2"]
    assert [sample["id"] for sample in rule["change"]["lost_samples"]] == ["i3"]
    arguments = (
        "backtest",
        "--items",
        str(place.parent / "items.jsonl"),
        "--jobs",
        "1",
        "--against",
        str(other),
    )
    table = run(place, *arguments)
    assert table.exit_code == 0
    assert "  + 2026-05-03 i2: Chile acts" in table.output
    assert "  - 2026-05-04 i3: Peru acts" in table.output
    assert run(place, *arguments, "--fail-on-lost").exit_code == 1


def test_against_a_git_revision(place: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(
            ["git", "-C", str(place.parent), *identity, *arguments], check=True, capture_output=True
        )

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    change_rule(place, "china")
    (rule,) = backtest(place, "--against", "HEAD")["rules"]
    assert (rule["change"]["added"], rule["change"]["lost"]) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--against", "no-such-revision"], 1, "no version 'no-such-revision'"),
        (["--against", "--output=x"], 1, "no folder '--output=x'"),
        (["--fail-on-lost"], 2, "needs --against"),
        (["--since", "soon"], 2, "is not a duration"),
        (["--rule", "q"], 1, "no rule 'q'"),
    ],
)
def test_what_is_wrong_is_said(place: Path, arguments: list[str], code: int, said: str) -> None:
    result = run(place, "backtest", "--items", str(place.parent / "items.jsonl"), "--jobs", "1", *arguments)
    message = result.output + str(result.exception or "")
    assert said in message
    assert result.exit_code == code or (code == 1 and result.exit_code != 0)


def test_lines_that_are_no_items_are_named_and_the_others_count(place: Path) -> None:
    path = place.parent / "items.jsonl"
    bad = ["{", '{"id": 1}', '{"id": 2, "title": "x", "relevant": "yes"}', '{"id": 3, "title": "x", "rules": "r"}',
           '{"id": 4, "title": "x", "source": {"tier": "gossip"}}', '{"id": 5, "title": "x", "value": "many"}', "[" * 90_000]  # fmt: skip
    path.write_text(path.read_text() + "\n".join(bad))
    result = run(place, "backtest", "--items", str(path), "--jobs", "1", "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["items"] == 4
    lines = result.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"line {n}" for n in range(5, 12)]
    assert "source.tier" in lines[4]


def test_an_empty_file_and_broken_rules_are_errors(place: Path) -> None:
    empty = place.parent / "none.jsonl"
    empty.write_text("\n")
    result = run(place, "backtest", "--items", str(empty), "--jobs", "1")
    assert "no items in" in str(result.exception)
    change_rule(place, "china peru")
    result = run(place, "backtest", "--items", str(place.parent / "items.jsonl"))
    assert result.exit_code == 1
    assert "bare-adjacency" in result.output


def test_hygiene_of_a_file(place: Path) -> None:
    change_rule(place, "waits OR tungsten")
    arguments = ("hygiene", "--items", str(place.parent / "items.jsonl"), "--jobs", "1")
    found = json.loads(run(place, *arguments, "--format", "json").stdout)
    assert [(advice["kind"], advice["term"]) for advice in found] == [
        ("only_noise", "waits"),
        ("never_hit", "tungsten"),
    ]
    assert run(place, *arguments).exit_code == 0
    assert run(place, *arguments, "--strict").exit_code == 1
    assert "never_hit: r\n  tungsten" in run(place, *arguments).output


TWICE = """  - id: twice
    title: China acts twice
    status: draft
    correlation: {type: event_count, rules: [r], timespan: 1d, condition: {gte: 2}}
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_correlation_is_replayed_over_the_items_of_all_processes(place: Path, jobs: str) -> None:
    path = place / "watch" / "x.yaml"
    path.write_text(path.read_text() + TWICE)
    data = backtest(place, "--jobs", jobs, "--rule", "twice")
    rows = {row["rule"]: [sample["id"] for sample in row["samples"]] for row in data["rules"]}
    assert rows["twice"] == ["i1"]


def test_who_asks_for_no_measure_does_not_wait_for_the_recogniser(place: Path) -> None:
    words = dict(read_folder(place))
    asking = words | {
        "watch/x.yaml": words["watch/x.yaml"].replace("sel: {", "m: {issuer: CN}\n      sel: {")
    }
    assert Bench([words], (), NOW).recognise is unrecognised
    assert Bench([words, asking], (), NOW).recognise is not unrecognised
    excepting = words["watch/x.yaml"].replace(
        "    detection:", "    exceptions: [{fields: [issuer], values: [[CN]], reason: x}]\n    detection:"
    )
    assert Bench([words | {"watch/x.yaml": excepting}], (), NOW).recognise is not unrecognised
