"""Files to a rule book: places, references, and everything at once."""

from __future__ import annotations

import pytest

from alerts.core.errors import ConfigError, Severity
from alerts.engine.composing import read_document
from alerts.engine.document import Listing, Mapping, Scalar
from alerts.engine.findings import Findings
from alerts.engine.loading import lint, load
from tests.unit.engine.building import LISTS, ROUTES, folder, rule_text

SOUND = folder(rule_text("sel: {issuer: CN}"))


def found(**more: str) -> list[tuple[str, str]]:
    """Place and code of everything wrong with a sound folder and some other files."""
    files = SOUND | {f"{name}.yaml": text for name, text in more.items()}
    return [(str(problem.place), problem.code) for problem in lint(files)]


def test_a_sound_folder_loads() -> None:
    book = load(SOUND)
    assert len(book.rules) == 1
    assert set(book.sources) == {"s"}
    assert set(book.receivers) == {"desk"}
    assert book.route.receiver == "desk"
    assert lint(SOUND) == []


def test_the_version_follows_names_and_contents() -> None:
    versions = {
        load(files).version
        for files in (
            SOUND,
            dict(reversed(SOUND.items())),
            SOUND | {"lists.yaml": SOUND["lists.yaml"] + "#\n"},
        )
    }
    assert len(versions) == 2


def test_load_raises_every_error_and_no_warning() -> None:
    files = SOUND | {
        "receivers.yaml": "receivers:\n  - {name: desk, apprise: {url: 'json://example.com'}}\n  - {nmae: x}\n"
    }
    with pytest.raises(ConfigError) as raised:
        load(files)
    assert {problem.severity for problem in raised.value.problems} == {Severity.ERROR}
    assert {problem.code for problem in raised.value.problems} == {"unknown-key", "missing-key"}
    assert {problem.severity for problem in lint(files)} == {Severity.ERROR, Severity.WARNING}


def test_one_file_may_hold_everything() -> None:
    assert len(load({"all.yaml": "".join(SOUND.values())}).rules) == 1


def test_norway_stays_a_word_and_codes_keep_their_zero() -> None:
    files = SOUND | {"watch/x.yaml": rule_text("sel: {issuer: NO, hs: 0805}")}
    assert lint(files) == []


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("a: plain words here\n", 6, "f:1:10"),
        ("a: 'it''s quoted'\n", 5, "f:1:11"),
        ('a: "tab\\tand \\u4e2d x"\n', 10, "f:1:21"),
        ("a: >\n  first line\n  second line\n", 11, "f:3:3"),
        ("a: |\n\n    first\n    second\n", 7, "f:4:5"),
        ("a: plain\n  continued\n", 6, "f:2:3"),
        ("a: [x, 稀土 y]\n", 0, "f:1:4"),
    ],
)
def test_a_character_of_a_value_is_found_in_the_file(text: str, offset: int, place: str) -> None:
    root = read_document("f", text, Findings())
    assert root is not None
    node = root.entries["a"]
    if isinstance(node, Listing):
        node = node.items[0]
        assert isinstance(node, Scalar)
        assert str(node.at(0)) == "f:1:5"
        return
    assert isinstance(node, Scalar)
    assert str(node.at(offset)) == place


def test_aliases_are_shared_and_a_bomb_is_refused() -> None:
    findings = Findings()
    root = read_document("f", "a: &x {k: 1}\nb: *x\n", findings)
    assert isinstance(root, Mapping)
    assert root.entries["a"] is root.entries["b"]
    levels = "".join(f"k{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
    assert read_document("f", f"k0: &a0 [x]\n{levels}", findings) is None
    assert [problem.code for problem in findings.problems] == ["yaml-limit"]


@pytest.mark.parametrize(
    "text", ["a: &a [*a]\n", "[" * 500, "{a: " * 300, "- x\n", "just words\n", "a: 1\n---\nb: 2\n", "\x00"]
)
def test_hostile_or_wrong_files_are_findings(text: str) -> None:
    findings = Findings()
    assert read_document("f", text, findings) is None
    assert len(findings.problems) == 1


def test_an_empty_file_is_no_problem() -> None:
    assert found(empty="", comment="# nothing yet\n", null="rules:\n") == []


def test_unknown_top_level_keys_name_the_nearest() -> None:
    (problem,) = lint(SOUND | {"more.yaml": "rule:\n  - {}\n"})
    assert problem.code == "unknown-key"
    assert "`rules`" in problem.remedy


def test_sources_receivers_and_routes_are_checked_at_their_lines() -> None:
    sources = (
        "sources:\n"
        "  - {id: a, kind: fed, url: 'https://x.test/', every: 15m}\n"
        "  - {id: b, kind: feed, url: 'https://x.test/', every: 15 minutes}\n"
        "  - {id: c, kind: feed, every: 15m}\n"
        "  - {id: d, kind: feed, url: 'https://x.test/', every: 15m, teir: wire}\n"
        "  - {id: e, kind: feed, url: 'https://x.test/', every: 15m, country: XQ}\n"
        "  - {id: s, kind: feed, url: 'https://x.test/', every: 15m}\n"
    )
    assert found(more=sources) == [
        ("more.yaml:2:19", "unknown-value"),
        ("more.yaml:3:56", "bad-value"),
        ("more.yaml:4:5", "bad-value"),
        ("more.yaml:5:61", "unknown-key"),
        ("more.yaml:6:61", "unknown-value"),
        ("sources.yaml:2:6", "duplicate-id"),
    ]


def test_a_route_is_checked_all_the_way_down() -> None:
    routes = """route:
  receiver: desk
  matchers: ['severity="high"']
  routes:
    - receiver: dsek
      routes:
        - {matchers: ['severity="hihg"', 'source.tier=~"(official"', 'team = magnets', 'commodity="rare_earth"']}
"""
    assert [(p.place.line, p.code) for p in lint(SOUND | {"routes.yaml": routes})] == [
        (3, "bad-value"),
        (5, "unknown-receiver"),
        (7, "unknown-value"),
        (7, "bad-regex"),
        (7, "bad-value"),
        (7, "unknown-value"),
    ]


def test_there_is_one_route() -> None:
    assert found(more=ROUTES) == [("routes.yaml:1:1", "duplicate-id")]


def test_a_secret_never_stands_in_a_report() -> None:
    receivers = (
        "receivers:\n"
        "  - {name: desk, apprise: {url: 'slack://hunter2/CHANGE_ME', url_env: X}}\n"
        "  - {name: a, webhook: {url: 'hunter2', secret: hunter2, evnts: hunter2}}\n"
        "  - {name: b, webhook: hunter2}\n"
        "  - {name: c, apprise: {url: [hunter2]}}\n"
        "  - {name: hunter2!, apprise: {url: x}}\n"
    )
    report = "\n".join(str(problem) for problem in lint(SOUND | {"receivers.yaml": receivers}))
    assert report.count("\n") >= 6
    assert "hunter2" not in report


def test_references_between_rules() -> None:
    text = rule_text("sel: {issuer: CN}", "    related: [r, elsewhere]\n")
    problems = lint(SOUND | {"watch/x.yaml": text})
    assert [(problem.code, problem.place.line) for problem in problems] == [("unknown-rule", 5)]


def test_list_terms_take_plurals_and_lists_take_lists() -> None:
    lists = "lists:\n  - {id: more, owner: a, terms: [$rare_earths, battery, quota, licensing]}\n"
    lists += LISTS.removeprefix("lists:\n")
    rules = load(SOUND | {"m.yaml": lists, "watch/x.yaml": rule_text("sel: {text|query: $more}")}).rules
    from tests.unit.engine.building import NOW, event

    for text, expected in (
        ("batteries", 1),
        ("battery", 1),
        ("quotas", 1),
        ("REEs", 1),
        ("battering", 0),
        ("稀土", 1),
    ):
        assert len(rules.match(event(text), [], NOW)) == expected, text


def test_a_list_that_cannot_be_read_is_told_once_and_not_at_every_use() -> None:
    text = rule_text("sel: {text|query: $metals AND $more}")
    lists = "lists:\n  - {id: metals, terms: boron}\n  - {id: more, terms: [tin ore, $metals]}\n"
    found = lint(folder(text) | {"metals.yaml": lists})
    assert [f"{problem.place}: {problem.code}" for problem in found] == ["metals.yaml:2:25: wrong-type"]
