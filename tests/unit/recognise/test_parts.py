"""The parts one by one: pages, sentences, terms, dates, codes, languages."""

from datetime import UTC, date, datetime
from time import process_time

import pytest

from alerts.core.taxonomy import Status
from alerts.recognise import recognise
from alerts.recognise.codes import hs_codes
from alerts.recognise.dates import effective_date
from alerts.recognise.language import latin_language
from alerts.recognise.page import open_page
from alerts.recognise.sentence import boundaries
from alerts.recognise.terms import key
from alerts.recognise.verdict import likeliest, spoken_of
from bench.fitting import in_use

NOW = datetime(2025, 10, 9, tzinfo=UTC)


def test_markup_is_blank_and_offsets_stay() -> None:
    original = '<p class="a">China&nbsp;bans</p> x'
    page = open_page("text", original)
    start = page.scanned.index("bans")
    assert page.scanned.split() == ["china", "bans", "x"]
    assert original[slice(*page.span(start, start + 4))] == "bans"


def test_traditional_and_simplified_characters_meet() -> None:
    assert open_page("text", "對稀土實施出口管制").scanned == open_page("text", "对稀土实施出口管制").scanned


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("The U.S. bans it. China does not.", 2),
        ("It starts on Jan. 1, says Mr. Smith.", 1),
        ("商务部公告。自即日起实施。", 2),
        ("a heading\nThen a sentence", 2),
        ("a line that\nwraps", 1),
        ("Miners in the east of the country were told by their ministry in\nJakarta to stop.", 1),
    ],
)
def test_sentences(text: str, sentences: int) -> None:
    assert len(boundaries(text, 0, len(text))) == sentences


def test_terms() -> None:
    assert key("export ban*").literal == " export ban"
    assert key("ban").literal == " ban "
    assert key("*ausfuhr*").literal == "ausfuhr"
    assert key("出口管制").literal == "出口管制"
    gap = key("restricts * exports")
    assert gap.rest is not None
    assert gap.rest.match(" restricts rare earth exports ")
    assert not gap.rest.match(" restricts a b c d exports ")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Licences are needed from December 1.", date(2025, 12, 1)),
        ("The rule takes effect on 8 November 2025.", date(2025, 11, 8)),
        ("自2025年12月1日起实施", date(2025, 12, 1)),
        ("7月23日から施行", date(2025, 7, 23)),
        ("gilt ab dem 1. Dezember 2025", date(2025, 12, 1)),
        ("en vigueur à compter du 3 mars 2026", date(2026, 3, 3)),
        ("berlaku mulai 10 Juni 2025", date(2025, 6, 10)),
        ("as of January 5", date(2026, 1, 5)),
    ],
)
def test_dates_of_effect(text: str, day: date) -> None:
    found = effective_date(text, 0, len(text), NOW)
    assert found is not None
    assert found[0] == day


@pytest.mark.parametrize(
    "text", ["no day at all", "from 31 February 2025", "prices rose in 2024", "from December 1"]
)
def test_no_date_is_no_date(text: str) -> None:
    assert effective_date(text, 0, len(text), None) is None


def test_hs_codes_need_a_word_that_says_so() -> None:
    assert [code for code, *_ in hs_codes("under HS code 2805.30 and heading 8505")] == ["280530", "8505"]
    assert [code for code, *_ in hs_codes("税则号列：28053000")] == ["28053000"]
    assert hs_codes("tariffs 2026 and 280530 tonnes") == []
    assert hs_codes("HS code 9901") == []


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        (None, "the ban on exports of nickel is in force", "en"),
        (None, "die ausfuhr von nickel ist nicht erlaubt", "de"),
        (None, "pemerintah melarang ekspor bijih nikel yang belum diolah", "id"),
        ("en", "le gouvernement interdit les exportations de cobalt", "fr"),
        ("fr", "short", "fr"),
        ("zh", "商务部", "en"),
    ],
)
def test_language(lang: str | None, text: str, expected: str) -> None:
    assert latin_language(lang, text) == expected


@pytest.mark.parametrize(
    "hostile",
    [
        "export ban " * 20_000,
        "China " * 30_000,
        "<a " * 50_000,
        "." * 200_000,
        "禁止出口" * 20_000,
        "HS " * 60_000,
        "China bans exports" + "\n" * 60_000 + "x",
        "China bans exports" + " \u200b<b> " * 20_000 + "x.",
    ],
    ids=lambda hostile: hostile[:8],
)
def test_hostile_text_costs_no_more_than_its_length(hostile: str) -> None:
    recognise(hostile, hostile)  # before anything is warm
    began = process_time()
    recognise(hostile, hostile)
    assert process_time() - began < 3


@pytest.mark.parametrize(
    "text",
    [
        "Officials in the capital gave no date for shipments to resume.",
        "Buyers do not know when exports will resume.",
        "The halt stands until licences are granted.",
    ],
)
def test_an_easing_that_is_waited_for_is_none(text: str) -> None:
    (measure, *_) = recognise("India halts rare earth exports to Japan", text).measures
    assert measure.status is Status.ANNOUNCED


def test_common_words_turn_a_status_that_nothing_else_speaks_for() -> None:
    with in_use(statuses={"bias": {"announced": 1.0}}, spoken={"mull": {"proposed": 3.0}}):
        assert likeliest({"bias": 1.0}) is Status.ANNOUNCED
        assert likeliest({"bias": 1.0}, spoken_of({"mull", "unheard"}).total) is Status.PROPOSED
