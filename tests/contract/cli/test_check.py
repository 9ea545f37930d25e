"""``check``: everything that is wrong, in one go, with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.cli.conftest import Ran, Run
from tests.support.folders import feed_source, hook_receiver, word_rule, write_rules, write_yaml

Check = Callable[..., Ran]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder that is as it should be."""
    return write_rules(
        tmp_path / "rules",
        sources=[feed_source("feed", "https://news.example/feed.xml", every="15m")],
        receivers=[hook_receiver("desk", "https://erp.invalid-host.net/hook", "whsec_" + "A" * 32)],
        route={"receiver": "desk"},
        rules=[word_rule("word", "zorvex", team="any")],
    )


def spoil(rules: Path) -> list[str]:
    """Make five mistakes in one rule file; returns a word of each."""
    mistakes = [
        word_rule("first", "zorvex", team="any", severity="enormous"),
        word_rule("second", "zorvex", team="any") | {"detektion": {}},
        word_rule("third", "zorvex", team="any")
        | {"detection": {"word": {"text|query": "a AND b OR c"}, "condition": "word"}},
        word_rule("fourth", "zorvex", team="any")
        | {"detection": {"word": {"text|query": "zorvex"}, "condition": "word and nothing_such"}},
        word_rule("fifth", "zorvex", team="any") | {"detection": {"word": {"comodity": "rare_earths"}}},
    ]
    write_yaml(rules / "watch" / "bad.yaml", {"rules": mistakes})
    return ["enormous", "detektion", " AND ", "nothing_such", "comodity"]


def test_a_good_folder_is_0(rules: Path, run: Run) -> None:
    ran = run("check")
    assert ran.code == 0, ran.out
    assert "0 error(s)" in ran.out


def test_five_mistakes_are_told_at_once_with_file_line_and_column(rules: Path, run: Run) -> None:
    words = spoil(rules)
    text = (rules / "watch" / "bad.yaml").read_text().splitlines()
    ran = run("check")
    assert ran.code == 1
    places = re.findall(r"^watch/bad\.yaml:(\d+):(\d+): error (\S+): (.*)$", ran.out, re.MULTILINE)
    told = {word: [int(line) for line, _, _, message in places if word in message] for word in words}
    assert all(told.values()), ran.out
    spots = [(text[line - 1], word) for word, lines in told.items() for line in lines]
    assert all(1 <= int(line) <= len(text) for line, _, _, _ in places)
    hits = {word for spot, word in spots if word in spot}
    assert hits == set(words), ran.out


def test_the_same_as_json(rules: Path, run: Run) -> None:
    spoil(rules)
    ran = run("check", "--format", "json")
    told = json.loads(ran.out)
    assert ran.code == 1
    assert len({(row["line"], row["code"]) for row in told["errors"]}) >= 5
    assert all(row["file"] == "watch/bad.yaml" and row["column"] >= 1 for row in told["errors"])


def test_placeholders_are_warnings_unless_strict(rules: Path, run: Run) -> None:
    receivers = [hook_receiver("desk", "https://erp.example.com/hook", "whsec_" + "A" * 32)]
    write_yaml(rules / "receivers.yaml", {"receivers": receivers})
    ran = run("check")
    assert ran.code == 0
    assert "receivers.yaml" in ran.out
    assert "0 error(s)" in ran.out
    assert run("check", "--strict").code == 1


def test_a_folder_that_is_missing_is_1_and_names_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORTWATCH_RULES_DIR", "nowhere")
    ran = run("check")
    assert ran.code == 1
    assert "nowhere" in ran.out


def test_a_secret_in_a_bad_receiver_is_not_told(rules: Path, run: Run) -> None:
    receivers = [
        {"name": "desk", "apprise": {"url": "mailto://me:hunter2@h.example", "url_env": "X"}},
        {
            "name": "other",
            "webhook": {"url": "ftp://me:hunter2@h.example", "secret": "whsec_hunter2", "x": 1},
        },
        {"name": "third", "apprise": "slack://hunter2/hunter2/hunter2"},
    ]
    write_yaml(rules / "receivers.yaml", {"receivers": receivers})
    ran = run("check")
    assert ran.code == 1
    assert "hunter2" not in ran.out + ran.err
