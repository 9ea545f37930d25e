"""The documents in own words: labels are sound, and the recogniser that has learned from them still reads them."""

import pytest

from alerts.core.taxonomy import COMMODITIES, MeasureKind, Status
from alerts.recognise import recognise
from bench.documents import WRITTEN, documents
from bench.evaluate import Report, judge

DOCS = [doc for path in sorted(WRITTEN.glob("*.jsonl")) for doc in documents(path)]
KINDS = {kind.value for kind in MeasureKind}
STATUSES = {status.value for status in Status}


def test_labels_are_words_of_the_taxonomy() -> None:
    assert len({doc["id"] for doc in DOCS}) == len(DOCS) > 900
    for doc in DOCS:
        assert doc["relevant"] == bool(doc["events"]), doc["id"]
        for event in doc["events"]:
            assert event["measure"] in KINDS, doc["id"]
            assert event["status"] in STATUSES, doc["id"]
            assert set(event["commodities"]) <= set(COMMODITIES), doc["id"]
            assert event["issuer"] not in event["target"], doc["id"]


def test_every_kind_and_status_is_written_of() -> None:
    assert {event["measure"] for doc in DOCS for event in doc["events"]} == KINDS
    assert {event["status"] for doc in DOCS for event in doc["events"]} == STATUSES


def test_figures_on_what_was_learned_from() -> None:
    """No measure of quality on unseen text: a guard against a change that breaks what held."""
    report = Report()
    for doc in DOCS:
        judge(report, doc)
    assert report.relevance.f1 >= 0.94
    assert report.pairs.f1 >= 0.80
    assert report.parts["status"].f1 >= 0.64


@pytest.mark.parametrize("lang", ["de", "en", "es", "fr", "hi", "id", "ja", "ko", "zh"])
def test_every_measure_shows_its_evidence(lang: str) -> None:
    for doc in (each for each in DOCS if each["lang"] == lang):
        for measure in recognise(doc["title"], doc["text"], lang=lang).measures:
            assert any(piece.role == "kind" for piece in measure.evidence), doc["id"]
            for piece in measure.evidence:
                shown = doc["title"] if piece.field == "title" else doc["text"]
                assert shown[piece.start : piece.end] == piece.text, doc["id"]
