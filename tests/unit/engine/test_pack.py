"""The rule pack as a whole: one measure, one rule; and few, right alerts on real items."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from alerts.core.measure import Measure
from alerts.core.taxonomy import MeasureKind, Status
from alerts.engine.intest import read_loaded
from alerts.engine.loading import load
from alerts.engine.rule import RuleStatus
from alerts.rules_folder import read_folder
from bench.pack import Played, Player, feed_events, labelled_events
from tests.support.corpus import CORPUS
from tests.unit.engine.building import NOW, event

FOLDER = Path(__file__).parents[3] / "rules"
ISSUERS = ("CN", "US", "IN", "ID", "JP", "KR", "CD", "MM", "ZW", "GB", "NL", "CA", "AU", "RU", "CL", "EU", "DE",
           "ML", "TR", "NO", "WTO", None)  # fmt: skip
GOODS = ("rare_earth_magnets", "rare_earth_technology", "gallium", "tungsten", "lithium", "copper",
         "raw_minerals", "semiconductors", "unspecified")  # fmt: skip


def test_the_pack_is_large_and_every_live_rule_says_whom_it_serves() -> None:
    rules = [rule.head for rule in read_loaded(read_folder(FOLDER)).every.values()]
    live = [head for head in rules if head.status is RuleStatus.LIVE]
    assert len(live) >= 45
    lacking = [
        head.id
        for head in live
        if not (head.owner and head.review_by and head.description and head.annotations.get("action"))
        or not {"team", "region"} <= set(head.labels)
    ]
    assert lacking == []


def test_one_measure_is_told_by_one_rule_at_most() -> None:
    book = load(read_folder(FOLDER))
    several: dict[tuple[str, ...], Measure] = {}
    statuses = (Status.ANNOUNCED, Status.EASED, Status.CHALLENGED)
    for issuer, kind, good, status in product(ISSUERS, MeasureKind, GOODS, statuses):
        measure = Measure(issuer=issuer, kind=kind, commodities=(good,), status=status)
        live = [m.rule_id for m in book.rules.match(event("x"), [measure], NOW) if m.status == "live"]
        if len(live) > 1:
            several[tuple(live)] = measure
    assert several == {}


@pytest.fixture(scope="module")
def labelled() -> list[Played]:
    """The labelled documents, each by itself."""
    if not (CORPUS / "labelled.jsonl").is_file():
        pytest.skip("no corpus beside the checkout")
    book = load(read_folder(FOLDER))
    return [Player(book).play(*each) for each in labelled_events(CORPUS / "labelled.jsonl")]


@pytest.mark.corpus
def test_relevant_documents_alert_and_irrelevant_ones_do_not(labelled: list[Played]) -> None:
    relevant = [bool(each.matches) for each in labelled if each.relevant]
    irrelevant = [bool(each.matches) for each in labelled if not each.relevant]
    assert sum(relevant) >= 0.9 * len(relevant)
    assert sum(irrelevant) <= 0.1 * len(irrelevant)
    assert sum(len(each.matches) > 2 for each in labelled) <= 0.02 * len(labelled)


@pytest.mark.corpus
def test_a_day_of_real_items_brings_few_alerts() -> None:
    events = feed_events(CORPUS / "feeds")
    if not events:
        pytest.skip("no corpus beside the checkout")
    player = Player(load(read_folder(FOLDER)))
    played = [player.play(each) for each in events]
    assert sum(len(each.opened) for each in played) <= 0.05 * len(played)
