"""What was made quick does what the plain way does: positions of words, templates."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.core.event import Event
from alerts.core.measure import Measure
from alerts.core.text import fold
from alerts.engine.annotations import _compiled, _environment, _faults, check_template
from alerts.engine.filling import MAX_RESULT, filling_of, plainly_right
from alerts.engine.intest import read_rules
from alerts.engine.presearch import FEW, _begun, _numbers
from alerts.engine.query import Near, gap
from alerts.engine.query_terms import MAX_SPANS, Term, Terms, Word
from alerts.engine.tokens import (
    _WORD,
    GAP,
    MAX_SOUGHT,
    Span,
    TextView,
    _without_possessives,
    word_spans,
    words_of,
)
from alerts.engine.view import EventView
from tests.property.test_engine import lists_text
from tests.unit.engine.building import NOW, event, measure

MIXED = st.text(
    st.one_of(st.sampled_from("aB 's’–é½…ﬁ™İßŉ℀`´\u00ad\u0301稀，"), st.characters()), max_size=60
)
CUTTING = st.lists(
    st.sampled_from([*"as'S 1.’é稀_नि", "'s ", "'s'", " 's", "china's", "u.s.", "o's's"]), max_size=20
)


@settings(max_examples=500, deadline=None)
@given(st.one_of(CUTTING.map("".join), MIXED))
@example("'s a's 's's a''s o'sullivan's")
def test_words_and_their_places_are_those_of_the_plain_way(text: str) -> None:
    folded = fold(text).text
    blanked = _without_possessives(folded)
    plain = [found.span() for found in _WORD.finditer(blanked)]
    assert words_of(folded) == [blanked[start:end] for start, end in plain]
    assert word_spans(folded, words_of(folded)) == plain


@given(st.lists(st.sampled_from("abcdefghijk"), max_size=40), st.permutations("abcdefghijkx"))
def test_a_words_positions_are_the_same_sought_or_indexed(words: list[str], asked: list[str]) -> None:
    assert len(asked) > MAX_SOUGHT
    text = " ".join(words)
    view = TextView([("text", fold(text), words_of(text))], None)
    for word in [*asked, *asked]:
        assert list(view.at(word)) == [at for at, there in enumerate(words) if there == word]


@given(st.sets(st.integers(0, 4000), max_size=2 * FEW))
def test_the_bits_that_are_set(numbers: set[int]) -> None:
    assert list(_numbers(sum(1 << number for number in numbers))) == sorted(numbers)


PIECES = ["{{ event.title }}", "{{event.url}}", "{{ measure.commodities | join(', ') }}", "{{ rule.id|join }}", "{{", "}}",
          "{{ event.titel }}", "{{ x }}", "{%", "%}", "{#", "#}", " ", "text", "'", "\\", "|", "{", "}", "\n", ".", "event",
          "{{ event.title | join('", "') }}"]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_a_template_waved_through_has_no_fault(source: str) -> None:
    if plainly_right(source):
        assert not list(_faults(_environment().parse(source), source))
    check_template(source)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.sampled_from([event("A {{ b }} \r\n", "text\r"), event("", value=1.5), event(" x" * 1500)]),
    st.sampled_from([None, measure(), measure(None, commodities=("gallium", "tin"), entities=("A's", ""))]),
)
@example("a\r\nb {{ event.title }}\r c\n\n", event("t"), None)
@example("{{ event.source }}{{ measure.commodities }}{{ event.value | join('-') }}", event("t"), measure())
def test_a_template_is_filled_in_as_jinja_does(source: str, happened: Event, told: Measure | None) -> None:
    filling = filling_of(source)
    if filling is not None:
        for names in (EventView(happened, (), NOW).names({"id": "r"}, told), {}):
            plain = _compiled(source).render(names)
            assert filling.fill(names)[:MAX_RESULT].strip() == plain[:MAX_RESULT].strip()


class Given:
    """A side of NEAR whose findings are given."""

    def __init__(self, spans: list[Span]) -> None:
        self.found = sorted(set(spans))
        self.longest = max((end - start for start, end in spans), default=0)

    def spans(self, view: TextView) -> list[Span]:
        return self.found

    words = spans

    def holds(self, view: TextView) -> bool:
        return bool(self.found)


SIDE = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 4)).map(lambda made: (made[0], sum(made))), max_size=30
).map(Given)
NOWHERE = TextView([], None)


@settings(max_examples=400, deadline=None)
@given(SIDE, SIDE, st.integers(1, 70), st.booleans())
def test_near_passes_over_nothing(left: Given, right: Given, distance: int, ordered: bool) -> None:
    NOWHERE.pairs.clear()
    plain = [
        (a, b)
        for a in left.found
        for b in right.found
        if (between := gap(a, b, ordered)) is not None and between <= distance
    ]
    assert Near(left, right, distance, ordered).pairs(NOWHERE) == plain


def test_near_keeps_as_many_pairs_as_are_allowed() -> None:
    both = Given([(at, at + 1) for at in range(300)])
    pairs = Near(both, both, GAP - 1, ordered=False).pairs(TextView([], None))
    assert MAX_SPANS < len(pairs) <= MAX_SPANS + 2 * GAP


WORDS = st.lists(st.sampled_from(["rare", "earth", "earths", "ban", "bans", "banned"]), max_size=30)
PART = st.sampled_from(
    [Word(frozenset({"rare"})), Word(frozenset({"earth", "earths"})), Word(prefix="ban"), Word(mask="ea?th")]
)
TERMS = st.lists(st.lists(PART, min_size=1, max_size=3).map(lambda parts: Term(tuple(parts), "")), max_size=6)


@settings(max_examples=300, deadline=None)
@given(TERMS, WORDS)
def test_a_list_finds_what_its_terms_find_one_by_one(terms: list[Term], words: list[str]) -> None:
    view = TextView([("text", fold(" ".join(words)), words)], None)
    plain = {
        (start, start + len(term.parts))
        for term in terms
        for start in range(len(words) - len(term.parts) + 1)
        if all(part.fits(words[start + at]) for at, part in enumerate(term.parts))
    }
    assert Terms(terms, "").spans(view) == sorted(plain)


@settings(max_examples=300, deadline=None)
@given(MIXED, st.lists(st.sampled_from(["ban", "exp", "ali", "rmi", "'s'", "नि", "st", "a b"]), unique=True))
@example("expo ban-ali ßt", ["ban", "exp", "ali", "rmi"])
def test_beginnings_are_never_passed_over(text: str, starts: list[str]) -> None:
    view = TextView([("text", fold(text), words_of(fold(text).text))], None)
    there = {start for start in starts if any(word.startswith(start) for word in view.words)}
    assert there <= set(_begun(view, starts))


@settings(max_examples=200, deadline=None)
@given(MIXED)
@example("a ℀ b ℀ ½")
def test_each_place_is_shown_once(text: str) -> None:
    folded = fold(text)
    view = TextView([("text", folded, words_of(folded.text))], None)
    spans = [(at, at + 1) for at in range(len(view.words))]
    shown = view.evidences(spans)
    plain = [(item.start, item.end, item.text) for item in map(view.evidence, spans)]
    assert [(item.start, item.end, item.text) for item in shown] == list(dict.fromkeys(plain))
    assert all(text[item.start : item.end] == item.text for item in shown)


SELECTED = [
    {"issuer": "CN"},
    {"text|query": "china NEAR/3 (ban OR $earths)"},
    {"title|query": "rare AND NOT india"},
]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(SELECTED), min_size=1, max_size=2), min_size=1, max_size=3),
    st.lists(st.sampled_from(["china", "india", "ban", "rare", "earth", "x"]), max_size=10).map(" ".join),
    st.lists(st.sampled_from([measure("CN"), measure("IN")]), max_size=2),
)
def test_all_of_them_holds_as_any_condition_does(
    selections: list[list[dict[str, str]]], title: str, told: list[Measure]
) -> None:
    detection = dict(zip("abc", selections, strict=False))
    text = f"rules: [{{id: r, title: t, status: shadow, detection: {json.dumps(detection)}}}]"
    rule = read_rules({"lists.yaml": lists_text(), "x.yaml": text})["r"]
    assert rule._takes_all
    views = [EventView(event(title), told, NOW) for _ in range(2)]
    assert rule._all_held(views[0]) == rule._held(views[1])
