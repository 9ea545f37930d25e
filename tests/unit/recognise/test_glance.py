"""The glance lets every text through in which a cue is found, and spares most others the reading."""

import pytest

from alerts.recognise.cues import cues_of
from alerts.recognise.glance import may_hold_cue
from alerts.recognise.page import open_page
from alerts.recognise.reading import read_sentences
from alerts.recognise.scan import find
from tests.unit.recognise.more_stories import MORE, QUIET
from tests.unit.recognise.stories import MEASURES, SILENT

TEXTS = [(story[0], story[1]) for group in (MEASURES, MORE, SILENT, QUIET) for story in group]


def _holds(title: str, text: str, lang: str) -> bool:
    return any(
        may_hold_cue(find(open_page(where, each), lang).words)
        for where, each in (("title", title), ("text", text))
    )


@pytest.mark.parametrize(("title", "text"), TEXTS)
def test_where_a_cue_is_the_glance_holds(title: str, text: str) -> None:
    sentences = read_sentences(title, text)
    if any(cues_of(sentence) for sentence in sentences):
        assert _holds(title, text, sentences[0].lang)


@pytest.mark.parametrize(
    "text",
    [
        "The mill ran on 91 per cent of days and copper output rose.",
        "Shares in the company closed at 71 cents on the London exchange.",
        "China is a large country. Japan has islands.",
    ],
)
def test_a_text_without_a_cue_is_not_read(text: str) -> None:
    assert not _holds("", text, "en")


def test_words_far_from_each_other_are_no_cue() -> None:
    near, far = "It halts all exports.", "It halts the mill. " + "The sun rose. " * 60 + "So did exports."
    assert _holds("", near, "en")
    assert not _holds("", far, "en")
