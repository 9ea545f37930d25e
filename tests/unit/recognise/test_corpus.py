"""The labelled documents beside the checkout: no worse than when this was written."""

import json

import pytest

from alerts.recognise import recognise
from bench.documents import DEFAULT
from bench.evaluate import evaluate

pytestmark = pytest.mark.corpus


@pytest.mark.skipif(not DEFAULT.is_file(), reason="no labelled corpus beside the checkout")
def test_figures_hold() -> None:
    report = evaluate(DEFAULT)
    assert report.relevance.f1 >= 0.93
    assert report.pairs.f1 >= 0.88
    assert report.relevance.f1 > max(report.near.f1, report.words.f1) + 0.3


@pytest.mark.skipif(not DEFAULT.is_file(), reason="no labelled corpus beside the checkout")
def test_the_seed_tells_three_measures() -> None:
    lines = DEFAULT.read_text("utf-8").splitlines()
    seed = next(document for document in map(json.loads, lines) if document["id"] == "seed001")
    found = {
        (each.issuer, each.targets, each.kind.value, each.commodities)
        for each in recognise(seed["title"], seed["text"]).measures
    }
    assert found == {
        ("IN", ("JP",), "export_ban", ("rare_earths",)),
        ("CN", ("*",), "export_licensing", ("rare_earth_magnets",)),
        ("IN", ("*",), "subsidy", ("rare_earth_magnets",)),
    }
