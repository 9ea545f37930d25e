"""Every kind, every language: what a short text reports, and what reports nothing."""

import pytest

from alerts.recognise import recognise
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
