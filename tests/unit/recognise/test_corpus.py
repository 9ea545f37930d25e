"""The labelled documents beside the checkout: no worse than when this was written."""

import pytest

from bench.evaluate import DEFAULT, evaluate

pytestmark = pytest.mark.corpus


@pytest.mark.skipif(not DEFAULT.is_file(), reason="no labelled corpus beside the checkout")
def test_figures_hold() -> None:
    report = evaluate(DEFAULT)
    assert report.relevance.f1 >= 0.93
    assert report.pairs.f1 >= 0.88
    assert report.relevance.f1 > max(report.near.f1, report.words.f1) + 0.3
