"""Evidence points into the text as published, whatever the text is."""

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.core.measure import Recognition
from alerts.recognise import recognise
from alerts.recognise.page import open_page

PIECES = st.sampled_from(
    [
        "China bans",
        "rare earth",
        "exports",
        " to Japan",
        "ﬁnal rule",
        "lithium…",
        "<b>India</b>",
        "&nbsp;",
        "&#8217;s",
        "中国",
        "對稀土",
        "实施出口管制",
        "インド、",
        "レアアースの輸出を停止",
        "수출 통제",
        "निर्यात पर रोक",
        "ＭＯＦＣＯＭ",
        "groß",
        "İhracat",
        "  \n\n ",
        "\u200b",
        "e\u0301",
        "½ ㎏",
        "export ban",
        "from 1 December 2025",
        "HS code 2805.30",
        "IREL",
        ". ",
        "? ",
        "<a href='x",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=24).map(" ".join)


def _check(recognition: Recognition, title: str, text: str) -> None:
    fields = {"title": title, "text": text}
    for measure in recognition.measures:
        assert any(each.role == "kind" for each in measure.evidence)
        for each in measure.evidence:
            assert fields[each.field][each.start : each.end] == each.text
            assert each.text.strip()


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_evidence_is_what_stands_there(title: str, text: str) -> None:
    _check(recognise(title, text), title, text)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_evidence_behind_a_sure_measure(noise: str) -> None:
    text = f"{noise}\nChina bans exports of gallium to Japan. {noise}"
    _check(
        recognise("China bans gallium exports to Japan", text), "China bans gallium exports to Japan", text
    )


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_a_page_maps_back(text: str) -> None:
    page = open_page("text", text)
    assert page.scanned[0] == page.scanned[-1] == " "
    offsets = [page.at(position) for position in range(1, len(page.scanned) - 1)]
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)


@settings(max_examples=40, deadline=None)
@given(TEXTS, TEXTS)
def test_recognition_is_a_function(title: str, text: str) -> None:
    assert recognise(title, text) == recognise(title, text)
