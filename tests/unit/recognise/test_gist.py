"""The gist: what common words say, and whose words they are."""

from collections import Counter

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.gist import NONE, Counts, gist_of, loudest, pages_of, shipped, words_of
from alerts.recognise.page import open_page
from alerts.recognise.reading import read_sentences
from bench.train import written


def _counts() -> Counts:
    counts = Counts({word: Counter() for word in ("tariff", "ban", "shares", "rise")})
    for _ in range(8):
        counts.add({"tariff", "rise"}, "import_tariff")
        counts.add({"ban"}, "export_ban")
        counts.add({"shares", "rise"}, NONE)
    return counts


def test_words_speak_for_a_measure_and_its_kind() -> None:
    gist = gist_of({"tariff"}, _counts())
    assert gist.relevant > 1
    assert gist.likeliest is MeasureKind.IMPORT_TARIFF
    assert gist_of({"shares"}, _counts()).relevant < -1


def test_unknown_words_say_nothing() -> None:
    assert gist_of({"zebra"}, _counts()).relevant == 0.0


def test_a_document_taken_out_leaves_no_trace() -> None:
    counts, before = _counts(), gist_of({"ban"}, _counts())
    counts.add({"ban", "rise"}, NONE)
    counts.add({"ban", "rise"}, NONE, -1)
    assert gist_of({"ban"}, counts) == before


def test_words_of_the_title_count_apart_and_are_cut_short() -> None:
    words = words_of([open_page("title", "Restrictions on 7 magnets"), open_page("text", "Exports fall")])
    assert {"restric", "^restric", "magnets", "^magnets", "exports", "fall"} <= words
    assert not any(word.lstrip("^")[0].isdigit() for word in words)
    assert "^exports" not in words


def test_scripts_without_spaces_count_by_two_signs() -> None:
    assert {"出口", "口管", "管制"} <= words_of([open_page("text", "出口管制")])


def test_the_shipped_words_are_those_of_the_documents_in_own_words() -> None:
    often: Counter[str] = Counter()
    for doc in written():
        read = read_sentences(doc["title"], doc["text"], doc.get("lang"))
        often.update(words_of(pages_of(read)))
    assert len(shipped().words) > 1500
    assert [word for word in shipped().words if often[word] < 3] == []


def test_the_word_that_says_most_is_shown() -> None:
    page = open_page("title", "New tariff on copper tubes")
    span = loudest(MeasureKind.IMPORT_TARIFF, page)
    assert span is not None
    assert page.scanned[slice(*span)].startswith("tariff")
