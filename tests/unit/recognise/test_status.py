"""How far a measure has come: what is described in numbers, and the days that count."""

from datetime import UTC, date, datetime

import pytest

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.cues import cues_of
from alerts.recognise.reading import read_sentences
from alerts.recognise.status import begins, features
from bench.documents import published

AT = datetime(2026, 3, 10, 15, tzinfo=UTC)


def _described(title: str, begin: str | None = None) -> dict[str, float]:
    sentence = read_sentences(title, "")[0]
    cue = next(each for each in cues_of(sentence) if each.kind is MeasureKind.EXPORT_BAN)
    return features([(sentence, cue)], cue.kind, [sentence], begin)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 3, 11), "ahead"),
        (date(2026, 3, 10), "that_day"),
        (date(2026, 3, 9), "that_day"),
        (date(2026, 3, 8), "past"),
        (None, None),
    ],
)
def test_a_day_of_effect_is_seen_from_the_day_of_the_text(day: date | None, told: str | None) -> None:
    assert begins(day, AT) == told


def test_without_a_day_of_publication_no_day_lies_ahead() -> None:
    assert begins(date(2026, 3, 11), None) is None


def test_the_status_word_nearest_to_the_cue_is_told_from_the_one_that_opens() -> None:
    described = _described("Ministry denies Reuters story that the tin export ban takes effect")
    assert described["opening_denied"] == 1.0
    assert described["nearest_in_force"] == 1.0
    assert "nearest_denied" not in described


def test_what_says_most_counts_for_its_kind_anew() -> None:
    described = _described("Tin export ban", "ahead")
    assert 0 < described["export_ban_begins_ahead"] < described["begins_ahead"]


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Tin export ban went live at noon", "in_force"),
        ("Bộ Công Thương cấm xuất khẩu thiếc, hiệu lực tức thì", "in_force"),
        ("Customs waves through first cargoes despite tin export ban", "eased"),
        ("Tin export ban comes to an end", "lifted"),
        ("Parliamentary panel wants tin export ban", "proposed"),
        ("Tin export ban kept in abeyance", "suspended"),
        ("Ministry: rumours of a tin export ban are false, no talk of it", "denied"),
        ("Market sources tell of a tin export ban", "reported"),
    ],
)
def test_words_of_a_status(title: str, status: str) -> None:
    assert _described(title)[f"points_{status}"] > 0


def test_a_document_without_a_day_has_none() -> None:
    assert published({"date": "2025-06"}) is None
    assert published({}) is None
    assert published({"date": "2025-06-03"}) == datetime(2025, 6, 3, tzinfo=UTC)
