"""Stories of past events, for correlations that count by story. Pure, in memory.

What makes two events one story is the decide lane's own (:mod:`alerts.pipeline.dedupe`); only
that every report is told, whether a rule alerts on it or not.
"""

from __future__ import annotations

from alerts.core.event import Event
from alerts.core.measure import Measure
from alerts.core.story import Story
from alerts.engine.replay import StoryOf
from alerts.pipeline.dedupe import find_story, fits, new_story, story_keys, tell


def retell() -> StoryOf:
    """Begin without any story; the result is asked event by event, oldest first."""
    ids: dict[str, str | None] = {}
    known: dict[str, Story] = {}
    told: dict[str, set[str]] = {}

    def story_of(event: Event, measure: Measure | None) -> str:
        index = story_keys(event, measure)
        found = find_story(index, ids, known, lambda key, story: fits(key, story, event, measure))
        story = found or new_story(event, measure)
        if event.id not in told.setdefault(story.id, set()):
            told[story.id].add(event.id)
            known[story.id] = tell(story, event, measure)
        ids.update(dict.fromkeys(index, story.id))
        return story.id

    return story_of
