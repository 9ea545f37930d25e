"""Folding, and the way back to the words as published."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.core.text import fold, fold_term, is_cjk


@pytest.mark.parametrize(
    ("published", "folded"),
    [
        ("Rare-Earth", "rare earth"),
        ("rare\u2011earth \u2013 magnets", "rare earth   magnets"),
        ("price/quota_list", "price quota list"),
        ("10\u00a0000\u202ft", "10 000 t"),
        ("\u201cHalt\u201d, it\u2019s said", '"halt", it\'s said'),
        ("Québec, Łódź, Größe", "quebec, łodz, grosse"),
        ("ЁЖ", "еж"),
        ("Άδεια", "αδεια"),
        ("ＲＥＥ　２５％", "ree 25%"),
        ("ﬁne", "fine"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("e\u0301tat", "etat"),
    ],
)
def test_what_is_folded(published: str, folded: str) -> None:
    assert fold(published).text == folded


@pytest.mark.parametrize(
    "published",
    [
        "निर्यात प्रतिबंध",  # vowel signs and virama
        "輸出規制パワー",  # voiced kana
        "ガ",
        "수출 통제",
        "ก่อน",
    ],
)
def test_marks_that_carry_meaning_stay(published: str) -> None:
    assert fold(published).text == published


def test_evidence_points_into_the_text_as_published() -> None:
    published = "Straße: \u201cE\u0301tat\u201d halts ﬁne magnets"
    folded = fold(published)
    start = folded.text.index("fine")
    begin, end = folded.span(start, start + 4)
    assert published[begin:end] == "ﬁne"
    start = folded.text.index("strasse")
    begin, end = folded.span(start, start + len("strasse"))
    assert published[begin:end] == "Straße"


@given(st.text())
def test_every_span_maps_back_to_what_it_was_folded_from(published: str) -> None:
    folded = fold(published)
    assert folded.original == published
    for at in range(len(folded.text)):
        begin, end = folded.span(at, at + 1)
        assert 0 <= begin < end <= len(published)
        assert folded.text[at] in fold(published[begin:end]).text


@given(st.text(), st.data())
def test_spans_keep_their_order(published: str, data: st.DataObject) -> None:
    folded = fold(published)
    first = data.draw(st.integers(0, len(folded.text)))
    second = data.draw(st.integers(first, len(folded.text)))
    begin, end = folded.span(first, second)
    assert 0 <= begin <= end <= len(published)


@given(st.text())
def test_a_folded_text_stays_as_it_is(published: str) -> None:
    once = fold(published).text
    assert fold(once).text == once


@given(st.text(alphabet=st.characters(max_codepoint=0x24F)))
def test_composed_or_not_is_the_same_word(published: str) -> None:
    one = fold_term(unicodedata.normalize("NFC", published))
    other = fold_term(unicodedata.normalize("NFD", published))
    assert one == other


def test_a_terms_blanks_are_one() -> None:
    assert fold_term("  Rare \n\t EARTH\u00a0-\u00a0magnets ") == "rare earth magnets"


@pytest.mark.parametrize(
    ("char", "alone"), [("稀", True), ("ガ", True), ("𠀀", True), ("수", False), ("a", False)]
)
def test_who_is_a_token_alone(char: str, alone: bool) -> None:
    assert is_cjk(char) is alone
