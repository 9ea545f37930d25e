"""``silences`` as a person calls it, on a real server."""

from __future__ import annotations

import json

from alerts.ledger.ledger import Ledger
from tests.contract.cli.conftest import Fill, Run
from tests.contract.cli.test_why import EVENT, RULES, decided


async def nothing(ledger: Ledger) -> None:
    """An empty ledger."""


def test_a_silence_is_added_listed_and_ended(run: Run, fill: Fill) -> None:
    fill(decided(RULES))
    added = run(
        "silences",
        "add",
        'rule="halt"',
        'issuer="IN"',
        "--for",
        "2h",
        "--comment",
        "strike",
        "--author",
        "anna",
    )
    assert added.code == 0, added.err
    name = added.out.split()[0]
    assert "of the newest 1 alerts it would have silenced 1" in added.out
    assert EVENT.title in added.out
    (row,) = json.loads(run("silences", "list", "--format", "json").out)
    assert (row["id"], row["author"], row["comment"], row["state"]) == (name, "anna", "strike", "active")
    assert 'rule="halt" issuer="IN"' in run("silences", "list").out
    assert run("silences", "expire", name).out.startswith(f"{name} ended ")
    assert run("silences", "list").out == "No silences.\n"
    assert "over" in run("silences", "list", "--all").out


def test_quotes_that_the_shell_ate_are_put_back(run: Run, fill: Fill) -> None:
    fill(decided(RULES))
    run("silences", "add", "rule=halt", "issuer=~IN|CN", "--for", "2h", "--comment", "x")
    (row,) = json.loads(run("silences", "list", "--format", "json").out)
    assert row["matchers"] == ['rule="halt"', 'issuer=~"IN|CN"']


def test_a_matcher_that_could_never_hold_is_refused_with_what_is_meant(run: Run, fill: Fill) -> None:
    fill(decided(RULES))
    for matcher, said in (
        ('severity="hihg"', "did you mean `high`?"),
        ('issuer="China"', "write CN for China"),
        ('issuer=~"("', "does not compile"),
        ("gallium", "is not a matcher"),
        ('commodity|in_list="nothing"', "nothing"),
    ):
        ran = run("silences", "add", matcher, "--for", "2h", "--comment", "x")
        assert ran.code == 1, matcher
        assert said in ran.err, matcher
        assert "nothing was silenced" in ran.err
    ran = run("silences", "add", 'tem="magnets"', "--for", "2h", "--comment", "x")
    assert (ran.code, "no alert has `tem`" in ran.err) == (0, True)


def test_what_is_called_wrongly_exits_2_and_what_is_not_there_1(run: Run, fill: Fill) -> None:
    fill(nothing)
    for arguments in (
        ('severity="high"', "--comment", "x"),
        ('severity="high"', "--for", "2h", "--until", "2026-11-24T06:00:00Z", "--comment", "x"),
        ('severity="high"', "--until", "2020-01-01T00:00:00Z", "--comment", "x"),
        ('severity="high"', "--for", "400d", "--comment", "x"),
        ('severity="high"', "--for", "soon", "--comment", "x"),
        ('severity="high"', "--for", "2h", "--comment", " "),
        ('severity="high"', "--for", "2h"),
        ("--for", "2h", "--comment", "x"),
    ):
        assert run("silences", "add", *arguments).code == 2, arguments
    gone = run("silences", "expire", "sil_none")
    assert gone.code == 1
    assert "silences list --all" in gone.err
