"""Every kind, every language: what a short text reports, and what reports nothing."""

import pytest

from alerts.recognise import recognise
from tests.unit.recognise.more_stories import MORE, QUIET
from tests.unit.recognise.stories import MEASURES, SILENT, Story


@pytest.mark.parametrize("story", MEASURES, ids=lambda story: story.title[:60])
def test_measure_is_recognised(story: Story) -> None:
    recognition = recognise(story.title, story.text)
    assert recognition.relevant, recognition.score
    measure = recognition.measures[0]
    assert (measure.issuer, measure.kind.value) == (story.issuer, story.kind)
    if story.targets is not None:
        assert measure.targets == story.targets
    if story.commodities is not None:
        assert set(measure.commodities) == set(story.commodities)
    if story.status is not None:
        assert measure.status.value == story.status


@pytest.mark.parametrize(("title", "text"), SILENT, ids=[title[:40] for title, _ in SILENT])
def test_silence(title: str, text: str) -> None:
    recognition = recognise(title, text)
    assert not recognition.relevant
    assert recognition.measures == ()


def test_more_stories() -> None:
    """Most of what was written without looking is recognised."""
    wrong = []
    for title, text, issuer, kind in MORE:
        measures = recognise(title, text).measures
        if not measures or (measures[0].issuer, measures[0].kind.value) != (issuer, kind):
            wrong.append(title)
    assert len(wrong) <= 0.15 * len(MORE), wrong


@pytest.mark.parametrize(("title", "text"), QUIET, ids=[title[:40] for title, _ in QUIET])
def test_quiet(title: str, text: str) -> None:
    assert not recognise(title, text).relevant
