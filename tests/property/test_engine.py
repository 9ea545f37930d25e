"""The engine against the reference matcher, explain against match, and noise against all."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.core.errors import ConfigError, Severity
from alerts.core.measure import Measure
from alerts.core.source import Tier
from alerts.engine.annotations import Text, check_template
from alerts.engine.compiled import CompiledRules, Rule
from alerts.engine.condition import parse_condition
from alerts.engine.explain import explain
from alerts.engine.intest import read_rules
from alerts.engine.loading import lint, load
from alerts.engine.query import Located
from alerts.engine.query_syntax import parse_query, parse_term
from alerts.engine.query_tree import TermNode
from alerts.engine.tokens import words_of
from alerts.engine.view import EventView
from tests.property.reference import Terms, spans_in, text_holds
from tests.unit.engine.building import NOW, event, folder, measure

WORDS = ["china", "india", "rare", "earth", "earths", "export", "licence", "licences", "ban", "稀土", "出口",
         "निर्यात", "수출을", "редкие", "quota", "quotas", "tin", "REE", "Décret", "agreement"]  # fmt: skip
LISTED = {
    "earths": ["rare earth", "REE", "稀土", "quota"],
    "acts": ["licence", "licen*", "ban", "export ban", "수출*"],
}

SIMPLE = st.one_of(
    st.sampled_from(["china", "rare", "earth", "ban", "$earths"]),
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(lambda words: '"' + " ".join(words) + '"'),
    st.sampled_from(["expo*", "lic*", "ea?th", "b?n", "$earths", "$acts", "수출*"]),
)
OPERAND = st.one_of(
    SIMPLE, st.lists(SIMPLE, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})")
)


def near(left: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A NEAR of something and an operand."""
    parts = st.tuples(left, st.sampled_from(["NEAR", "ONEAR"]), st.integers(1, 5), OPERAND)
    return parts.map(lambda made: f"({made[0]} {made[1]}/{made[2]} {made[3]})")


LOCATED = st.one_of(OPERAND, near(OPERAND), near(near(OPERAND)))
COUNTED = st.tuples(st.integers(2, 4), LOCATED).map(lambda pair: f"atleast{pair[0]}({pair[1]})")
SCOPED = st.tuples(st.sampled_from(["title:", "first3:", "first9:"]), LOCATED).map("".join)
LEAF = st.one_of(LOCATED, COUNTED, SCOPED)
QUERIES = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' AND '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} AND NOT {pair[1]})"),
    ),
    max_leaves=5,
)
WIDE = st.lists(st.sampled_from([*WORDS, "-", "x", "y", "’s", "\u00a0", "\n"]), max_size=25)
DENSE = st.lists(st.sampled_from(["china", "rare", "earth", "ban", "稀土", "x", "x", "x"]), max_size=12)
TEXTS = st.one_of(WIDE, DENSE, DENSE).map(" ".join)
"""Wide for variety, dense so that words do meet at the very distance that is asked for."""


def reference_lists() -> Terms:
    """The lists as the reference takes them."""
    return {name: [_term(text) for text in terms] for name, terms in LISTED.items()}


def _term(text: str) -> TermNode:
    node, faults = parse_term(text)
    assert isinstance(node, TermNode), faults
    return node


def lists_text() -> str:
    """The lists as ops would write them."""
    return "lists:\n" + "".join(
        f"  - {{id: {name}, owner: a, terms: {terms}}}\n" for name, terms in LISTED.items()
    )


def rule_of(query: str) -> Rule:
    """A rule that is this query and nothing else."""
    quoted = "'" + query.replace("'", "''") + "'"
    text = f"rules:\n  - {{id: r, title: t, status: shadow, detection: {{s: {{'text|query': {quoted}}}}}}}\n"
    return read_rules({"lists.yaml": lists_text(), "x.yaml": text})["r"]


@settings(max_examples=200, deadline=None)
@given(query=QUERIES, title=TEXTS, body=TEXTS)
def test_the_engine_agrees_with_the_reference(query: str, title: str, body: str) -> None:
    node, faults = parse_query(query)
    assert node is not None
    assert not faults, faults
    rule = rule_of(query)
    happened = event(title, body)
    expected = text_holds(node, title, body, reference_lists())
    assert rule.holds(EventView(happened, (), NOW)) is expected
    found = CompiledRules.of([rule]).match(happened, (), NOW)
    assert bool(found) is expected  # the presearch loses nothing
    for match in found:
        for item in match.evidence:
            assert getattr(happened, item.field)[item.start : item.end] == item.text


NARROW = st.sampled_from(
    ["china", "rare", "ban", '"rare earth"', "$earths", "(china OR rare)", "(ban OR china)"]
)
NEARS = st.tuples(NARROW, st.sampled_from(["NEAR", "ONEAR"]), st.integers(1, 4), NARROW).map(
    lambda made: f"({made[0]} {made[1]}/{made[2]} {made[3]})"
)
NESTED = st.tuples(
    NEARS, st.sampled_from(["NEAR", "ONEAR"]), st.integers(1, 3), st.one_of(NARROW, NEARS)
).map(lambda made: f"{made[0]} {made[1]}/{made[2]} {made[3]}")


@settings(max_examples=300, deadline=None)
@given(query=st.one_of(NEARS, NESTED), words=DENSE)
def test_every_span_is_the_references(query: str, words: list[str]) -> None:
    """Far sharper than whether a query holds: all places are compared."""
    node, faults = parse_query(query)
    assert node is not None
    assert not faults, faults
    (test,) = rule_of(query).detection.selections["s"].clauses[0].event_tests
    assert isinstance(test.plan, Located)
    view = EventView(event(" ".join(words)), (), NOW).texts.title
    assert set(test.plan.spans(view)) == spans_in(node, words_of(" ".join(words)), reference_lists())


MEASURES = st.lists(
    st.builds(
        measure,
        st.sampled_from(["CN", "IN", None]),
        st.sampled_from(["export_ban", "export_licensing"]),
        commodities=st.sampled_from([(), ("dysprosium",), ("rare_earths", "nickel"), ("lanthanum",)]),
        targets=st.sampled_from([("*",), ("JP",), ("JP", "US")]),
    ),
    max_size=3,
)
VALUES: dict[str, list[Any]] = {
    "issuer": ["CN", "IN", "[CN, IN]"], "issuer|not": ["CN"], "commodity": ["rare_earths", "nickel", "light_ree"],
    "measure": ["export_ban", "[export_ban, export_licensing]"], "target": ["JP", '"*"'],
    "source.tier": ["official", "press"], "title|contains": ["china", "export"], "text|query": ["china", "$earths"],
    "text|query|not": ["china"], "hs|exists": ["true", "false"], "title|re": ["'[a-c]h'"],
    "text_added|query": ["china OR india"],
}  # fmt: skip
LINES = st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3, unique=True)
CONDITIONS = ["a", "a and b", "a or b", "a and not b", "1 of them", "all of them", "a or (b and a)",
              "1 of a* and not b", "(a or b) and (b or a)"]  # fmt: skip


@st.composite
def rule_files(draw: st.DrawFn) -> str:
    """Rules with selections, conditions and exceptions of every kind."""
    rows = []
    for number in range(draw(st.integers(1, 4))):
        body = ""
        for name in "ab":
            clauses = draw(st.lists(LINES, min_size=1, max_size=2))
            made = [
                ", ".join(f"'{key}': {draw(st.sampled_from(VALUES[key]))}" for key in keys)
                for keys in clauses
            ]
            body += f"      {name}: [{', '.join(f'{{{line}}}' for line in made)}]\n"
        condition = draw(st.sampled_from(CONDITIONS))
        rows.append(
            f"  - id: r{number}\n    title: t\n    status: shadow\n    detection:\n{body}"
            f"      condition: {condition}\n"
            "    exceptions:\n      - {fields: [issuer, commodity], values: [[CN, lanthanum]], reason: no}\n"
        )
    return "rules:\n" + "".join(rows)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=rule_files(), title=TEXTS, body=TEXTS, measures=MEASURES, tier=st.sampled_from(list(Tier)))
def test_explain_never_disagrees_with_match_nor_the_presearch_with_a_loop(
    text: str, title: str, body: str, measures: list[Measure], tier: Tier
) -> None:
    rules = list(read_rules({"lists.yaml": lists_text(), "x.yaml": text}).values())
    happened = event(title, body, tier=tier)
    found = {match.rule_id: match for match in CompiledRules.of(rules).match(happened, measures, NOW)}
    for rule in rules:
        tree = explain(rule, happened, measures, NOW)
        assert tree.held is (rule.head.id in found)
        assert tree.held is rule.holds(EventView(happened, measures, NOW))
        assert tree.children[0].held is tree.held
        held = {child.label.removeprefix("selection ") for child in tree.children[1:] if child.held}
        if rule.head.id in found:
            assert set(found[rule.head.id].selections) <= held
        assert list(tree.lines())
        assert tree.as_data()


NOISE = st.text(
    alphabet=st.sampled_from(string.printable + "稀土“”（）ʼ\u0301\ufeff\u200b😀"), max_size=60
)  # fmt: skip
QUERY_NOISE = st.lists(
    st.sampled_from(["china", "(", ")", '"', "AND", "OR", "NOT", "NEAR/3", "NEAR", "ONEAR/0", "$earths", "$x", "a*",
                     "chi*", "?", "title:", "first3:", "atleast3(", "atleast", "~3", "-x", "+", "and", "W/5", "“",
                     "。", "*", ":"]),
    max_size=14,
).map(" ".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(NOISE, QUERY_NOISE))
def test_no_query_term_condition_or_template_ends_in_a_traceback(text: str) -> None:
    node, faults = parse_query(text)
    assert node is not None or faults
    for fault in faults:
        assert 0 <= fault.offset <= len(text)
    parse_term(text)
    parse_condition(text, ["china", "a"])
    if not check_template(text):
        Text(text).render({})


SNIPPETS = [
    "rules:", "lists:", "route:", "receivers:", "sources:", "  - ", "id: r", "title: x", "detection:", "sel:",
    "issuer: CN", "{", "}", "[", "]", "&a ", "*a", "!!x ", "? ", ": ", ">", "|", "'", '"', "#", "---", "...", "\t",
    "\n", "    ", "<<: *a", "text|query: china", "condition: sel", "tests:", "exceptions:", "null", "~",
    "2026-01-01", "fields: [issuer]", "\x00", "terms: [$a]", "every: 1m", "kind: feed", "url: x",
    "apprise: {url: x}", "name: d", "receiver: d", "labels: {a: b}",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(SNIPPETS), max_size=25).map("".join), st.text(max_size=80)))
def test_no_file_ends_in_a_traceback(text: str) -> None:
    problems = lint({"x.yaml": text})
    assert problems  # no such file is a whole rule book
    for problem in problems:
        assert problem.place.line >= 1
        assert problem.place.column >= 1
        assert str(problem)


SOUND = folder("""rules:
  - id: r
    title: A rule
    status: live
    owner: a
    review_by: 2027-01-01
    labels: {team: x}
    detection:
      a: {issuer: [CN, IN], commodity: rare_earths}
      b:
        text|query: >
          (china OR india) AND ($rare_earths NEAR/5 $licence_words)
      condition: a or b
    exceptions:
      - {fields: [issuer], values: [[CN]], reason: x}
    annotations: {summary: "{{ event.title }}"}
    tests:
      - {name: a, event: {title: china}, expect: match}
      - {name: b, event: {title: x}, expect: no_match}
""")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(SOUND)),
    st.integers(0, 2000),
    st.integers(0, 8),
    st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=6)),
)
def test_a_sound_folder_with_a_scratch_loads_or_reports_with_places(
    name: str, at: int, cut: int, put: str
) -> None:
    text = SOUND[name]
    at %= len(text)
    files = SOUND | {name: text[:at] + put + text[at + cut :]}
    errors = [problem for problem in lint(files) if problem.severity is Severity.ERROR]
    if errors:
        with pytest.raises(ConfigError) as raised:
            load(files)
        assert raised.value.problems == errors
    else:
        load(files).rules.match(event("china", "rare earth licence"), [measure()], NOW)
