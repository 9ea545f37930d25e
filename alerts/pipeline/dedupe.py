"""Dedupe: which events tell of the same policy act. Pure.

An event is found under two kinds of index key. *Act* keys name the policy event (issuer,
kind, commodity family). *Text* keys find near-duplicates of the wording: the folded
title's words, and four bands of a 16-value MinHash over three-word shingles (two texts
that share 90 % of their shingles meet in a band with probability 0.99, at 50 % with 0.23).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping

from alerts.core.event import Event
from alerts.core.ids import make_id
from alerts.core.measure import Measure
from alerts.core.story import Story
from alerts.core.taxonomy import commodity_ancestors
from alerts.core.text import fold_term, is_cjk

_WORD = re.compile(r"\w+")
_PRIME = (1 << 61) - 1
_BANDS = 4
_ROWS = 4
_SEEDS = tuple(
    (int.from_bytes(zlib.crc32(b"a%d" % i).to_bytes(4, "big"), "big") | 1, zlib.crc32(b"b%d" % i))
    for i in range(_BANDS * _ROWS)
)
_LEAST_TITLE_WORDS = 4
"""A shorter title ("Press release") says too little to make two events one story."""

_LEAST_SHINGLES = 20
"""A shorter text is compared by its title alone."""

_MOST_WORDS = 1200
"""Words of a text that the signature looks at; news says what it has to say before that."""


def story_keys(event: Event, measure: Measure | None) -> tuple[str, ...]:
    """Return the index keys of an event that matched on ``measure``, the surest first."""
    return (*_act_keys(measure), *_text_keys(event))


def _act_keys(measure: Measure | None) -> Iterable[str]:
    if measure is None or measure.issuer is None:
        return ()
    families = sorted({_family(commodity) for commodity in measure.commodities}) or ["-"]
    return [f"act:{measure.issuer}:{measure.kind}:{family}" for family in families]


def _family(commodity: str) -> str:
    """The widest ancestor that is still a material: magnets and neodymium are rare earths."""
    chain = [name for name in commodity_ancestors(commodity) if name != "critical_minerals"]
    return chain[-1] if chain else commodity


def _words(text: str) -> list[str]:
    words: list[str] = []
    for word in _WORD.findall(fold_term(text)):
        if is_cjk(word[0]):
            words.extend(word)
        else:
            words.append(word)
        if len(words) >= _MOST_WORDS:
            break
    return words


def _text_keys(event: Event) -> list[str]:
    keys: list[str] = []
    title = _words(event.title)
    if len(title) >= _LEAST_TITLE_WORDS:
        keys.append(make_id("title", *sorted(set(title))))
    signature = _signature(title + _words(event.text))
    if signature:
        for band in range(_BANDS):
            rows = signature[band * _ROWS : (band + 1) * _ROWS]
            keys.append(make_id(f"text{band}", *rows))
    return keys


def _signature(words: list[str]) -> list[int]:
    shingles = {zlib.crc32(" ".join(words[i : i + 3]).encode()) for i in range(len(words) - 2)}
    if len(shingles) < _LEAST_SHINGLES:
        return []
    return [min((a * shingle + b) % _PRIME for shingle in shingles) for a, b in _SEEDS]


def find_story(
    keys: Iterable[str], ids: Mapping[str, str | None], stories: Mapping[str, Story]
) -> Story | None:
    """Return the story under the surest key that leads to one."""
    for key in keys:
        found = ids.get(key)
        if found is not None and found in stories:
            return stories[found]
    return None


def new_story(event: Event, measure: Measure | None) -> Story:
    """Begin a story with its first event (as version 0: :func:`tell` makes it 1).

    An event that reports two acts begins two stories, so the act is part of the id.
    """
    return Story(
        id=make_id("sty", event.id, *_act_keys(measure)),
        version=0,
        title=event.title,
        url=event.url,
        issuer=measure.issuer if measure else None,
        kind=measure.kind if measure else None,
        commodities=measure.commodities if measure else (),
        targets=measure.targets if measure else (),
        status=measure.status if measure else None,
        official=False,
        first_seen=event.seen,
        last_seen=event.seen,
        reports=0,
        publishers=(),
    )


def tell(story: Story, event: Event, opened: Mapping[str, str]) -> Story:
    """Add an event's report to a story; ``opened`` are alerts (rule to id) it opened."""
    publishers = tuple(dict.fromkeys((*story.publishers, event.source.publisher)))
    return story.model_copy(
        update={
            "version": story.version + 1,
            "reports": story.reports + 1,
            "publishers": publishers[:50],
            "official": story.official or event.source.tier == "official",
            "last_seen": max(story.last_seen, event.seen),
            "alerts": {**story.alerts, **opened},
        }
    )
