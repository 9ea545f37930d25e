"""What was made quick does what the plain way does: folding, positions of words, templates."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.core.event import Event
from alerts.core.measure import Measure
from alerts.core.text import _TABLE, fold
from alerts.engine.annotations import _compiled, _environment, _faults, check_template
from alerts.engine.filling import MAX_RESULT, filling_of, plainly_right
from alerts.engine.presearch import FEW, _numbers
from alerts.engine.query import MAX_SPANS, Near, Term, Terms, Word, gap
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
from tests.unit.engine.building import NOW, event, measure

MIXED = st.text(
    st.one_of(st.sampled_from("aB 's’–é½…ﬁ™İßŉ℀`´\u00ad\u0301稀，"), st.characters()), max_size=60
)


@settings(max_examples=300, deadline=None)
@given(MIXED)
@example("ŉ ’ `")
@example("\ud83d")
def test_folding_is_that_of_the_table(text: str) -> None:
    folded = fold(text)
    assert folded.text == "".join(_TABLE[ord(char)] for char in text)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert end == start + 1
        assert folded.text[at] in _TABLE[ord(text[start])]


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
