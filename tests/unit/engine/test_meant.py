"""The nearest word: what people bring from elsewhere, shared words, then letters."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from alerts.core.errors import Place
from alerts.core.taxonomy import COMMODITIES, MeasureKind
from alerts.engine import meant
from alerts.engine.document import text_at
from alerts.engine.fields import FIELDS, MODIFIERS
from alerts.engine.findings import Findings, Remedy, nearest
from alerts.engine.values import read_duration, read_moment, read_word

KINDS = tuple(kind.value for kind in MeasureKind)


@pytest.mark.parametrize(
    ("word", "known", "words", "said"),
    [
        ("magnets", COMMODITIES, {}, "`rare_earth_magnets`"),  # by letters: manganese
        ("copper ore", COMMODITIES, {}, "`copper`"),
        ("lithium carbonate", COMMODITIES, {}, "`lithium`"),  # by letters: lithium_batteries
        ("ban", KINDS, {}, "`export_ban` or `import_ban`"),
        ("restriction", KINDS, {}, "`export_restriction_other`"),  # by letters: fdi_restriction
        ("export_control", KINDS, meant.VALUES, "`export_licensing` or `export_restriction_other`"),
        ("publisher", FIELDS, meant.FIELDS, "`source.publisher`"),  # by letters: published
        ("tier", FIELDS, meant.FIELDS, "`source.tier`"),  # by letters: title
        ("country", FIELDS, meant.FIELDS, "`issuer` or `target`"),
        ("regex", MODIFIERS, meant.MODIFIERS, "`re`"),
        ("in-rare-earth", ["vn-rare-earths", "in-rare-earth-halt"], {}, "`in-rare-earth-halt`"),
    ],
)
def test_a_remedy_names_the_word_that_is_meant(
    word: str, known: Iterable[str], words: meant.Words, said: str
) -> None:
    remedy = nearest(word, known, words=words)
    assert said in remedy
    assert isinstance(remedy, Remedy)
    assert remedy.mend is None


@pytest.mark.parametrize(
    ("word", "meaning"),
    [("Export Ban", "export_ban"), ("export-ban", "export_ban"), ("export_baan", "export_ban")],
)
def test_the_same_word_written_otherwise_is_certain(word: str, meaning: str) -> None:
    remedy = nearest(word, KINDS)
    assert isinstance(remedy, Remedy)
    assert remedy.mend is not None
    assert (remedy.mend.old, remedy.mend.new) == (word, meaning)


@pytest.mark.parametrize(
    ("name", "code", "certain"),
    [
        ("Burma", "MM", True),  # by letters: Bermuda
        ("Holland", "NL", True),  # by letters: Poland
        ("UK", "GB", True),
        ("Democratic Republic of Congo", "CD", True),
        ("Korea", "KR", False),  # two states are called so
        ("Congo", "CD", False),
    ],
)
def test_other_names_of_a_country_lead_to_its_code(name: str, code: str, certain: bool) -> None:
    findings = Findings()
    assert read_word(FIELDS["issuer"], name, Place("f"), findings) is None
    (problem,) = findings.problems
    assert problem.remedy.startswith(f"write {code} for ")
    assert (problem.mend is not None) is certain


def test_no_country_is_guessed_from_a_word_that_is_none() -> None:
    findings = Findings()
    read_word(FIELDS["issuer"], "Atlantis", Place("f"), findings)
    assert findings.problems[0].remedy == "write the two-letter code, e.g. CN; or EU, WTO"


@pytest.mark.parametrize(
    ("raw", "remedy"),
    [
        ("31.12.2026", "write 2026-12-31"),
        ("12/31/2026", "write 2026-12-31"),
        ("today", "write now"),
        ("01/02/2026", "write 2026-11-01, 2026-11-01T08:00:00Z, now, or now-30d"),  # February or January?
        ("31.02.2026", "write 2026-11-01, 2026-11-01T08:00:00Z, now, or now-30d"),
    ],
)
def test_a_day_in_another_form_is_shown_in_ours_where_it_is_one_day_only(raw: str, remedy: str) -> None:
    findings = Findings()
    assert read_moment(text_at(raw, Place("f")), "published|after", findings) is None
    assert findings.problems[0].remedy == remedy


def test_a_duration_in_words_is_shown_in_ours() -> None:
    findings = Findings()
    assert read_duration(text_at("2 weeks", Place("f")), "published|within", findings) is None
    assert findings.problems[0].remedy == "write 2w"


def test_every_word_from_elsewhere_leads_to_one_that_is_there() -> None:
    values = {value for field in FIELDS.values() for value in field.known}
    others = {"live", "critical", "medium", "match", "no_match"}
    assert {each for words in meant.VALUES.values() for each in words} <= values | others
    assert {each for words in meant.FIELDS.values() for each in words} <= {*FIELDS, "term"}
    assert {each for words in meant.MODIFIERS.values() for each in words} <= set(MODIFIERS)
