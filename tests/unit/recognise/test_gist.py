"""The gist: what a text's words say, and whose words they are."""

from collections import Counter
from functools import cache

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.compose import cues_in
from alerts.recognise.gist import (
    NONE,
    Model,
    gist_of,
    loudest,
    pages_of,
    place_of,
    shipped,
    signs_of,
    stems_of,
    weighing,
)
from alerts.recognise.page import open_page
from alerts.recognise.reading import read_sentences
from bench.fitting_gist import CLASSES, fit_gist
from bench.train import written

_SAMPLES = [
    *[({"tariff", "rise"}, ["import_tariff"])] * 8,
    *[({"ban"}, ["export_ban"])] * 8,
    *[({"shares", "rise"}, [])] * 8,
]


@cache
def _model() -> Model:
    return fit_gist([(set(signs), kinds) for signs, kinds in _SAMPLES], ["ban", "rise", "shares", "tariff"])


def _signs(title: str, text: str) -> set[str]:
    read = read_sentences(title, text, "en")
    return signs_of(stems_of(pages_of(read)), read, cues_in(read))


def test_words_speak_for_a_measure_and_its_kind() -> None:
    gist = gist_of({"tariff"}, _model())
    assert gist.relevant > 1
    assert gist.likeliest is MeasureKind.IMPORT_TARIFF
    assert gist_of({"shares"}, _model()).relevant < -1


def test_a_word_of_both_sides_says_less_than_a_word_of_one() -> None:
    shared, own = gist_of({"rise"}, _model()), gist_of({"tariff"}, _model())
    assert abs(shared.relevant) < abs(own.relevant)


def test_unknown_words_change_nothing() -> None:
    assert gist_of({"tariff", "zebra"}, _model()) == gist_of({"tariff"}, _model())


def test_a_document_of_two_kinds_counts_for_both() -> None:
    samples = [({"twice"}, ["export_ban", "subsidy"])] * 8 + [({"none"}, list[str]())] * 8
    kinds = gist_of({"twice"}, fit_gist([*samples], ["none", "twice"])).kinds
    assert abs(kinds["export_ban"] - kinds["subsidy"]) < 0.1
    assert min(kinds["export_ban"], kinds["subsidy"]) > max(
        score for kind, score in kinds.items() if kind not in ("export_ban", "subsidy")
    )


def test_words_of_the_title_count_apart_and_are_cut_short() -> None:
    words = stems_of([open_page("title", "Restrictions on 7 magnets"), open_page("text", "Exports fall")])
    assert words == {"restric", "^restric", "magnets", "^magnets", "exports", "fall"}


def test_scripts_without_spaces_count_by_two_signs() -> None:
    assert {"出口", "口管", "管制"} <= stems_of([open_page("text", "出口管制")])


def test_what_the_gazetteers_found_is_a_sign_in_every_language() -> None:
    assert {"^#commodity:gallium", "#place:CN", "^=export_ban", "^=good", "^=who"} <= _signs(
        "China bans gallium exports", ""
    )
    assert "^=no good" in _signs("China bans exports", "")


def test_the_shipped_signs_are_those_of_the_documents_in_own_words() -> None:
    often: Counter[str] = Counter()
    for doc in written():
        read = read_sentences(doc["title"], doc["text"], doc.get("lang"))
        often.update(signs_of(stems_of(pages_of(read)), read, cues_in(read)))
    assert len(shipped().rows) > 1500
    assert shipped().classes == CLASSES
    assert shipped().classes[0] == NONE
    assert [sign for sign in shipped().rows if often[sign] < 3] == []


def test_another_model_weighs_for_a_while() -> None:
    before = gist_of({"tariff"})
    with weighing(_model()):
        assert gist_of({"tariff"}) == gist_of({"tariff"}, _model())
    assert gist_of({"tariff"}) == before


def test_the_word_that_says_most_is_shown() -> None:
    page = open_page("title", "New tariff on copper tubes")
    span = loudest(MeasureKind.IMPORT_TARIFF, page)
    assert span is not None
    assert page.scanned[slice(*span)].startswith("tariff")


def test_a_stem_of_the_title_has_its_place_on_the_title_only() -> None:
    assert place_of("^ban", open_page("title", "A ban")) == (3, 6)
    assert place_of("^ban", open_page("text", "A ban")) is None
