"""What lint says is proved: the engine itself never contradicts it. And --fix does no harm."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alerts.engine.compiled import Rule
from alerts.engine.findings import Findings
from alerts.engine.implication import plan_implies
from alerts.engine.intest import read_rules
from alerts.engine.loading import lint
from alerts.engine.mending import mend
from alerts.engine.query_doubts import query_doubts
from alerts.engine.query_syntax import parse_query
from alerts.engine.swallowing import check_swallowed
from alerts.engine.view import EventView
from tests.property.test_engine import lists_text
from tests.unit.engine.building import NOW, event, folder, rule_text

FEW = st.sampled_from(["rare", "earth", '"rare earth"', "china", "$earths", "ban", "rar*"])
PAIR = st.tuples(FEW, st.sampled_from(["NEAR/1", "NEAR/3", "ONEAR/1"]), FEW).map(
    lambda made: f"({' '.join(made)})"
)
ANY = st.lists(FEW, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})")
NEAR_ANY = st.tuples(ANY, st.sampled_from(["NEAR/2", "ONEAR/2"]), st.one_of(FEW, PAIR)).map(
    lambda made: f"({' '.join(made)})"
)
LEAF = st.one_of(
    FEW,
    PAIR,
    ANY,
    NEAR_ANY,
    FEW.map("atleast2({})".format),
    FEW.map("first2:{}".format),
    FEW.map("title:{}".format),
)
TREE = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' AND '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=2).map(lambda parts: f"({' OR '.join(parts)})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} AND NOT {pair[1]})"),
    ),
    max_leaves=4,
)
TEXT = st.lists(st.sampled_from(["china", "rare", "earth", "ban", "x"]), max_size=9).map(" ".join)
EVENTS = st.lists(st.tuples(TEXT, TEXT), min_size=12, max_size=12)


def rules_of(*queries: str) -> dict[str, Rule]:
    rows = [
        f"  - {{id: r{n}, title: t, status: shadow, detection: {{s: {{'text|query': '{query}'}}}}}}\n"
        for n, query in enumerate(queries)
    ]
    return read_rules({"lists.yaml": lists_text(), "x.yaml": "rules:\n" + "".join(rows)})


@settings(max_examples=120, deadline=None)
@given(query=st.tuples(TREE, TREE).map(lambda pair: f"({pair[0]}) AND NOT ({pair[1]})"), events=EVENTS)
def test_a_query_that_never_matches_never_matches(query: str, events: list[tuple[str, str]]) -> None:
    node, faults = parse_query(query)
    assume(node is not None and not faults)
    assert node is not None
    top = [fault for fault in query_doubts(node) if fault.code == "never-matches"]
    # Only what stands in the outermost AND makes the whole impossible.
    children = node.children if hasattr(node, "children") else ()
    offsets = {child.offset for child in children}
    assume(any(fault.offset in offsets for fault in top))
    (rule,) = rules_of(query).values()
    for title, text in events:
        assert not rule.holds(EventView(event(title, text), (), NOW))


@settings(max_examples=150, deadline=None)
@given(one=TREE, other=TREE, events=EVENTS)
def test_a_query_that_implies_another_does(one: str, other: str, events: list[tuple[str, str]]) -> None:
    for query in (one, other):
        node, faults = parse_query(query)
        assume(node is not None and not faults)
    a, b = rules_of(one, other).values()
    plans = [next(iter(rule.detection.selections.values())).clauses[0].event_tests[0].plan for rule in (a, b)]
    one_plan, other_plan = plans
    assert one_plan is not None  # a query compiles to a plan
    assert other_plan is not None
    assume(plan_implies(one_plan, other_plan))
    findings = Findings()
    check_swallowed([a, b], findings)
    assert findings.problems, "the marks lose no pair that can be proved"
    for title, text in events:
        view = EventView(event(title, text), (), NOW)
        assert not a.holds(view) or b.holds(view)


@settings(max_examples=150, deadline=None)
@given(
    text=st.lists(
        st.sampled_from(
            ["issuer: China", "isuer: CN", "title|qeury: a or b", "text|query: $rare_erths", "lang: en", "status: Lifted",
             'measure: "export_baan"', "title|contains: it's: so", "commodity: [galium, nickel]", "# a note", "hs: '12'"]
        ),
        min_size=1,
        max_size=6,
        unique=True,
    )
)  # fmt: skip
def test_mending_adds_no_error_keeps_every_line_and_is_done_after_once(text: list[str]) -> None:
    files = folder(rule_text("sel:\n" + "".join(f"  {line}\n" for line in text)) + "# $rare_earths\n")
    before = lint(files)
    result = mend(files)
    assert len(lint(result.files)) <= len(before) or any(p.code == "yaml-syntax" for p in before)
    old, new = files["watch/x.yaml"].splitlines(), result.files["watch/x.yaml"].splitlines()
    assert len(old) == len(new)
    assert sum(a != b for a, b in zip(old, new, strict=True)) <= len(result.problems)
    assert mend(result.files).problems == ()
