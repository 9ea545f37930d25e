"""What was made quick does what the plain way does: positions of words, templates."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.core.text import fold
from alerts.engine.annotations import _environment, _faults, _plainly_right, check_template
from alerts.engine.presearch import FEW, _numbers
from alerts.engine.tokens import MAX_SOUGHT, TextView, words_of


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
    if _plainly_right(source):
        assert not list(_faults(_environment().parse(source), source))
    check_template(source)
