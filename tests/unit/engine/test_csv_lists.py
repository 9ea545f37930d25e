"""Lists kept as CSV: read at line and column, used by rules, queries, exceptions and routes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.core.errors import ConfigError, Severity
from alerts.core.measure import Measure
from alerts.core.taxonomy import MeasureKind, Status
from alerts.engine.csvlists import read_csv_list
from alerts.engine.findings import Findings
from alerts.engine.loading import lint, load
from alerts.pipeline.facts import facts_of
from alerts.pipeline.route import route
from tests.unit.engine.building import NOW, event, folder, measure, rule_text

OURS = """field,value,note,owner
commodity,gallium,substrates,desk
commodity,rare_earths,magnets,desk
hs,8505.11,magnets,desk
country,CN,,desk
entity,"Gécamines, SA",cobalt,desk
term,anode material,,desk
"""


def files(detection: str, table: str = OURS, **more: str) -> dict[str, str]:
    """A folder with one shadow rule and ``lists/ours.csv``."""
    return folder(rule_text(detection), **more) | {"lists/ours.csv": table}


def complaints(table: str, detection: str = "sel: {issuer: CN}") -> list[str]:
    """What lint says, a line each."""
    return [str(problem) for problem in lint(files(detection, table))]


@pytest.mark.parametrize(
    ("line", "of", "holds"),
    [
        ("commodity|in_list", {"commodities": ("gallium",)}, True),
        ("commodity|in_list", {"commodities": ("dysprosium",)}, True),
        ("commodity|in_list", {"commodities": ("cobalt",)}, False),
        ("hs|in_list", {"hs": ("850511",)}, True),
        ("hs|in_list", {"hs": ("8505.11.00",)}, True),
        ("hs|in_list", {"hs": ("850519",)}, False),
        ("issuer|in_list", {"issuer": "CN"}, True),
        ("issuer|in_list", {"issuer": "JP"}, False),
        ("issuer|not|in_list", {"issuer": "JP"}, True),
        ("target|in_list", {"issuer": "US", "targets": ("CN",)}, True),
        ("entity|in_list", {"entities": ("GECAMINES, SA",)}, True),
        ("entity|in_list", {"entities": ("Gécamines",)}, False),
    ],
)
def test_each_field_has_its_own_members(line: str, of: dict[str, Any], holds: bool) -> None:
    rules = load(files(f"sel: {{{line}: ours}}")).rules
    assert bool(rules.match(event("x"), [measure(**of)], NOW)) is holds


@pytest.mark.parametrize("line", ["text|query: $ours", "title|in_list: ours"])
def test_terms_serve_queries_and_texts(line: str) -> None:
    rules = load(files(f"sel: {{{line}}}")).rules
    assert rules.match(event("Duty on anode materials"), [], NOW)
    assert not rules.match(event("Duty on cathode materials and gallium"), [], NOW)


def test_semicolons_and_windows_lines_are_read() -> None:
    table = OURS.replace(",", ";").replace("\n", "\r\n")
    rules = load(files("sel: {commodity|in_list: ours}", table)).rules
    assert rules.match(event("x"), [measure(commodities=("gallium",))], NOW)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("commodity,galium", "lists/ours.csv:2:11: error unknown-value: `commodity` cannot be `galium` (did you mean `gallium`?)"),
        ("issuer,China", "lists/ours.csv:2:8: error unknown-value: `issuer` cannot be `China` (write CN for China)"),
        ("hs,magnets", "lists/ours.csv:2:4: error unknown-value: `hs` cannot be `magnets`"),
        ("hs,805", "lists/ours.csv:2:4: error unknown-value: `hs` cannot be `805`"),
        ("comodity,gallium", "lists/ours.csv:2:1: error unknown-field: unknown field `comodity` (did you mean `commodity`?)"),
        ("title,gallium", "lists/ours.csv:2:1: error unknown-field: unknown field `title`"),
        ("commodity,", "lists/ours.csv:2:1: error empty-values: the row has no value"),
        (",gallium", "lists/ours.csv:2:1: error missing-key: the row names no field"),
        ('entity,"JL MAG', "lists/ours.csv:2:8: error wrong-type: a quote `\"` is not closed"),
        ("entity,,x", "lists/ours.csv:2:1: error empty-values"),
        ('term, "rare ""earth"" ch*"', "lists/ours.csv:2:21: error short-prefix"),
        ("term,ch*", "lists/ours.csv:2:6: error short-prefix"),
        ("commodity,gallium\ncommodity, Gallium", "lists/ours.csv:3:12: warning duplicate-term: `Gallium` stands twice"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_at_its_line_and_column(row: str, complaint: str) -> None:
    found = complaints(f"field,value\n{row}\n")
    assert any(line.startswith(complaint) for line in found), found


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("", "missing-key"),
        ("commodity,gallium\n", "missing-key"),
        ("field,value,colour\ncommodity,gallium,red\n", "unknown-key"),
        ("field,value\n", "empty-list"),
    ],
)
def test_a_bad_table_is_told(table: str, code: str) -> None:
    assert any(f" {code}: " in line for line in complaints(table))


@pytest.mark.parametrize(
    ("detection", "place"),
    [
        ("sel: {measure|in_list: ours}", "list `ours` has no value for `measure`"),
        ("sel: {text|query: China AND $ours}", "list `ours` has no value for `term`"),
        ("sel: {commodity|in_list: our}", "no list `$our` (did you mean `ours`?)"),
    ],
)
def test_a_rule_that_asks_for_what_a_list_lacks_is_told(detection: str, place: str) -> None:
    found = complaints("field,value\ncommodity,gallium\n", detection)
    assert any(place in line for line in found), found


def test_a_name_that_yaml_has_too_and_a_bad_name_are_told() -> None:
    table = "field,value\ncommodity,gallium\n"
    found = [
        problem.code
        for problem in lint(
            folder(rule_text("sel: {text|query: China AND $rare_earths}"))
            | {"lists/rare_earths.csv": table, "lists/Our List.csv": table}
        )
    ]
    assert {"bad-value", "duplicate-id"} <= set(found)


def routed(matcher: str, *measures: Measure) -> list[str]:
    """The receivers of an alert on the first of the measures, by a tree with one matcher."""
    tree = f"route: {{receiver: desk, routes: [{{receiver: ours, matchers: ['{matcher}']}}]}}\n"
    both = "receivers:\n" + "".join(
        f"  - {{name: {name}, apprise: {{url_env: URL}}}}\n" for name in ("desk", "ours")
    )
    book = load(files("sel: {measure|exists: true}", routes=tree, receivers=both))
    match = next(iter(book.rules.match(event("x"), measures, NOW)))
    return [way.receiver for way in route(facts_of(match, event("x")), book.route)]


@pytest.mark.parametrize(
    ("matcher", "of", "receiver"),
    [
        ('commodity|in_list="ours"', {"commodities": ("dysprosium",)}, "ours"),
        ('commodity|in_list="ours"', {"commodities": ("cobalt",)}, "desk"),
        ('commodity|in_list!="ours"', {"commodities": ("cobalt",)}, "ours"),
        ('hs|in_list="ours"', {"hs": ("8505110070",)}, "ours"),
        ('hs|in_list="ours"', {"hs": ("850519",)}, "desk"),
        ('issuer|in_list="ours"', {}, "ours"),
        ('entity|in_list="ours"', {"entities": ("gécamines, sa",)}, "ours"),
        ('entity|in_list="ours"', {"entities": ("other",)}, "desk"),
    ],
)
def test_routes_ask_lists_too(matcher: str, of: dict[str, object], receiver: str) -> None:
    told = Measure(**({"issuer": "CN", "kind": MeasureKind.EXPORT_BAN, "status": Status.ANNOUNCED} | of))
    assert routed(matcher, told) == [receiver]


@pytest.mark.parametrize(
    ("matcher", "code"),
    [
        ('commodity|in_list="our"', "unknown-list"),
        ('measure|in_list="ours"', "empty-list"),
        ('title|in_list="ours"', "unknown-fact"),
        ('commodity|in_list=~"ours"', "bad-value"),
    ],
)
def test_a_route_that_asks_wrongly_is_told_at_its_place(matcher: str, code: str) -> None:
    tree = f"route:\n  receiver: desk\n  routes:\n    - matchers: ['{matcher}']\n"
    with pytest.raises(ConfigError) as raised:
        load(files("sel: {issuer: CN}", routes=tree))
    (problem,) = [p for p in raised.value.problems if p.severity is Severity.ERROR]
    assert (problem.code, problem.place.file, problem.place.line) == (code, "routes.yaml", 4)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('field,value;term"# \t\r\n0é稀'), max_size=120))
def test_whatever_stands_in_a_table_is_read_or_told(text: str) -> None:
    table = "field,value\n" + text
    findings = Findings()
    listed = read_csv_list("lists/ours.csv", table, findings)
    kept = [scalar.place for values in (listed.members if listed else {}).values() for scalar in values]
    lines = table.split("\n")
    for place in [*kept, *(problem.place for problem in findings.problems)]:
        assert 1 <= place.line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
