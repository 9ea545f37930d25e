"""The gazetteers: closed ids, no alias twice, codes of the right form, terms that compile."""

import re
from collections import Counter, defaultdict
from importlib import resources

import pycountry
import pytest
from ruamel.yaml import YAML

from alerts.core.places import PLACES
from alerts.core.taxonomy import COMMODITIES, MeasureKind, Status
from alerts.recognise.entities import known_goods
from alerts.recognise.lexicon import LATIN_LANGS, entries
from alerts.recognise.tables import table
from alerts.recognise.terms import is_spaced, key

FILES = (
    "agencies",
    "calendar",
    "concepts",
    "entities",
    "han",
    "kinds",
    "languages",
    "materials",
    "noise",
    "place_names",
    "places",
    "sites",
    "statuses",
    "weights",
)
LANGS = {
    "en",
    "zh",
    "zht",
    "ja",
    "ko",
    "de",
    "fr",
    "es",
    "hi",
    "id",
    "ru",
    "pt",
    "vi",
    "ar",
    "it",
    "fa",
    "tr",
}
ISO = {country.alpha_2 for country in pycountry.countries}


def test_places_are_iso_codes_or_unions() -> None:
    for name in ("places", "place_names", "agencies", "sites"):
        for code in table(name):
            assert code in PLACES, (name, code)
            assert code in ISO | {"EU", "WTO"}, (name, code)
    assert {str(facts["place"]) for facts in table("entities").values()} <= ISO


def test_ids_are_of_the_taxonomy() -> None:
    assert set(table("materials")) == set(COMMODITIES) - {"unspecified"}
    assert set(table("kinds")) == {kind.value for kind in MeasureKind}
    assert set(table("statuses")) == {status.value for status in Status}
    assert {each for entity in table("entities") for each in known_goods(entity)} <= set(COMMODITIES)


def test_patterns_name_concepts() -> None:
    concepts = set(table("concepts")) | {"STATE", "PAIR", "GOOD", "ACT"}  # see cues.py
    for kind, ways in table("kinds").items():
        for pattern in ways["patterns"]:
            assert set(pattern["near"]) <= concepts, kind
            assert 1 <= pattern["within"] <= 24
            assert 0 < pattern["weight"] <= 3


@pytest.mark.parametrize("name", ["materials", "concepts", "statuses", "noise", "sites"])
def test_languages_are_known(name: str) -> None:
    for entry, words in table(name).items():
        assert set(words) - {"hs"} <= LANGS, entry


_CHAPTERS = {25, 26, 27, 28, 31, 38, 71, 72, 73, 74, 75, 76, 78, 79, 80, 81, 84, 85}
"""Minerals and fuels, chemicals, metals and what is made of them, machines."""


def test_hs_codes_have_the_form_of_a_chapter_heading_or_subheading() -> None:
    for commodity, words in table("materials").items():
        for code in words.get("hs", ()):
            assert re.fullmatch(r"\d{2}|\d{4}|\d{6}", code), commodity
            assert int(code[:2]) in _CHAPTERS, (commodity, code)


def test_ferro_alloys_stand_in_their_heading() -> None:
    headings = {
        "manganese": "720211",
        "silicon": "720221",
        "chromium": "720241",
        "nickel": "720260",
        "molybdenum": "720270",
        "tungsten": "720280",
        "titanium": "720291",
        "vanadium": "720292",
        "niobium": "720293",
    }
    for commodity, code in headings.items():
        assert code in table("materials")[commodity]["hs"], commodity


def test_no_subheading_means_two_goods_unless_the_tariff_lumps_them() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for commodity, words in table("materials").items():
        for code in words.get("hs", ()):
            owners[code].add(commodity)
    shared = {code for code, goods in owners.items() if len(goods) > 1}
    assert shared <= {"280530", "284610", "811292", "811299", "261590", "8486"}


def _owners(tag: str) -> dict[tuple[str, str], set[str]]:
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for lang, written, term in entries():
        if term.tag == tag:
            compiled = key(written)
            scope = lang if lang in LATIN_LANGS and is_spaced(written) else "all"
            owners[scope, compiled.literal + (compiled.rest.pattern if compiled.rest else "")].add(term.value)
    return owners


@pytest.mark.parametrize("tag", ["commodity", "place", "agency", "entity"])
def test_no_alias_means_two_things(tag: str) -> None:
    clashes = {alias: owners for alias, owners in _owners(tag).items() if len(owners) > 1}
    assert not clashes


@pytest.mark.parametrize("name", ["materials", "concepts", "statuses", "noise"])
def test_no_term_stands_twice_in_a_list(name: str) -> None:
    for entry, words in table(name).items():
        for lang, terms in words.items():
            twice = [term for term, times in Counter(map(str, terms)).items() if times > 1]
            assert not twice, (entry, lang)


def test_every_term_can_be_found() -> None:
    for _, written, term in entries():
        literal = key(written).literal
        assert literal.strip(), (written, term)
        assert literal == literal.casefold() or not literal.isascii(), (written, term)


@pytest.mark.parametrize("name", FILES)
def test_every_file_names_its_source_first(name: str) -> None:
    first = (
        resources.files("alerts.recognise")
        .joinpath("data", f"{name}.yaml")
        .read_text("utf-8")
        .split("\n")[:5]
    )
    assert first[0].startswith("# ")


@pytest.mark.parametrize("name", FILES)
def test_every_file_reads_as_yaml_does(name: str) -> None:
    text = resources.files("alerts.recognise").joinpath("data", f"{name}.yaml").read_text("utf-8")
    assert table(name) == YAML(typ="safe", pure=True).load(text)
