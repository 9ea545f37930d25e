"""Long texts: the lead is read, and behind it what opens a passage of its own."""

import pytest

from alerts.core.taxonomy import MeasureKind
from alerts.recognise import recognise
from alerts.recognise.page import open_page
from alerts.recognise.scan import find

FILLER = "The mill ran well on most days of the month, and the weather was kind to the crews. "
LEAD = "Chile raises the royalty on lithium. The finance ministry announced the royalty rise on Monday. "


def _passages(text: str, lang: str = "en") -> list[str]:
    page = open_page("text", text)
    return [page.scanned[start:end] for start, end in find(page, lang).passages]


def test_a_short_text_is_one_passage() -> None:
    assert _passages(LEAD + FILLER) == [open_page("text", LEAD + FILLER).scanned]


def test_the_middle_of_a_long_text_without_a_phrase_is_not_read() -> None:
    (lead,) = _passages(LEAD + FILLER * 40)
    assert 1_400 < len(lead) < 1_900


def test_a_phrase_for_another_kind_opens_a_passage_with_its_sentence() -> None:
    sentence = "Separately, Zimbabwe imposed an export ban on chrome ore."
    lead, passage = _passages(LEAD + FILLER * 30 + sentence + " " + FILLER * 30)
    assert "zimbabwe imposed an export ban on chrome ore" in passage
    assert "zimbabwe" not in lead


def test_a_kind_that_was_named_before_opens_none() -> None:
    first = "Zimbabwe imposed an export ban on chrome ore. "
    again = "The export ban is the second of this year. "
    assert len(_passages(first + FILLER * 30 + again + FILLER * 30)) == 1


@pytest.mark.parametrize(
    ("filler", "sentence", "lang"),
    [
        ("矿山一切如常，天气晴朗，工人按时上班。", "此外，津巴布韦宣布禁止出口锂矿石。", "zh"),
        ("खदान में काम सामान्य रहा और मौसम अच्छा था। ", "इंडोनेशिया ने बॉक्साइट पर निर्यात प्रतिबंध लगाया।", "hi"),
    ],
)
def test_phrases_of_every_script_open_passages(filler: str, sentence: str, lang: str) -> None:
    text = filler * 60 + sentence + filler * 60
    assert len(_passages(text, lang)) == 2


def test_a_measure_behind_the_lead_is_found_at_its_place() -> None:
    sentence = "Separately, Zimbabwe announced an export ban on lithium ore, effective 1 March 2026."
    text = LEAD + FILLER * 30 + sentence + " " + FILLER * 30
    measures = {each.kind: each for each in recognise("Chile raises royalty on lithium", text).measures}
    ban = measures[MeasureKind.EXPORT_BAN]
    assert ban.issuer == "ZW"
    shown = {piece.text for piece in ban.evidence if piece.role == "kind"}
    assert "export ban" in shown
    assert all(text[piece.start : piece.end] == piece.text for piece in ban.evidence if piece.field == "text")


def test_a_code_far_behind_is_found() -> None:
    text = (
        "China requires export licences for antimony. "
        + FILLER * 40
        + "Items under HS code 2825.80 are covered."
    )
    (measure,) = recognise("China requires export licences for antimony", text).measures
    assert measure.hs == ("282580",)
