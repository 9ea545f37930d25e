"""Rewriting a text by kinds of characters is what translating it character by character is."""

import re
from unicodedata import category

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.core.offsets import Offsets
from alerts.core.rewriting import UNCHANGED
from alerts.core.text import fold, fold_char
from alerts.recognise.han import simplified
from alerts.recognise.page import open_page, without_markup

# Characters that become none, one, two or three; that are ASCII, Han, Hangul, Cyrillic; a lone surrogate.
CHARS = st.sampled_from("aZ-_ \n\u200b\u00adßﬁ½…㎏İéЖй中國稀土レ가ﾊ\u0301\u0958ؤ\ud800￥—") | st.characters()
TEXTS = st.text(CHARS, max_size=60) | st.text(
    st.characters(min_codepoint=0x3000, max_codepoint=0x9FFF), max_size=300
)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
@example("ŉ ’ `")
@example("\ud83d")
def test_folding_is_the_folding_of_each_character(text: str) -> None:
    assert fold(text).text == "".join(map(fold_char, text))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_each_folded_character_leads_back_to_its_own(text: str) -> None:
    folded = fold(text)
    origins = [offset for offset, char in enumerate(text) for _ in fold_char(char)]
    assert [folded.span(at, at + 1) for at in range(len(origins))] == [(at, at + 1) for at in origins]
    assert folded.span(len(origins), len(origins)) == (len(text), len(text))


def test_what_is_taken_for_unchanged_is() -> None:
    unchanged = re.compile("[" + "".join(f"{first}-{last}" for first, last in UNCHANGED) + "]")
    changed = [
        char for char in map(chr, range(0x110000)) if unchanged.match(char) and fold_char(char) != char
    ]
    assert changed == []


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_a_page_is_scanned_as_each_of_its_characters(text: str) -> None:
    plain = without_markup(text).translate(dict.fromkeys(map(ord, "•€£×·"), " "))
    squeezed = re.sub(" {2,}", " ", "".join(map(fold_char, plain)))
    kept = [char if char == "%" or category(char)[0] in "LNM" else " " for char in squeezed]
    assert open_page("text", text).scanned == f" {simplified(''.join(kept))} "


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=40))
def test_offsets_and_positions_are_inverse(sizes: list[int]) -> None:
    origins = [offset for offset, size in enumerate(sizes) for _ in range(size)]
    steps = []
    made = 0
    for offset, size in enumerate(sizes):
        steps += [(made + more, offset) for more in range(size)] or [(made, offset + 1)]
        made += size
    offsets = Offsets(steps, made, len(sizes))
    assert [offsets.origin(at) for at in range(made)] == origins
    wanted = [sum(origin < offset for origin in origins) for offset in range(len(sizes) + 1)]
    assert offsets.positions(range(len(sizes) + 1)) == wanted
