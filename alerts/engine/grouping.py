"""What an event has under a field's name, and the groups that it falls into by several. Pure.

Correlations count by groups, and inhibitions compare by them: commodities go by family, as in
stories, since papers name one act by metal, magnet or group; names go without regard to case.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, product

from alerts.core.event import Event
from alerts.core.measure import Measure
from alerts.core.taxonomy import commodity_family
from alerts.engine.fields import FIELDS, Kind

STORY = "story"
"""What a correlation may name beside fields: the story that an event belongs to."""
MOST_GROUPS = 20
"""Groups that one event falls into: one for each combination of its values."""

_GROUPABLE = frozenset({Kind.PLACE, Kind.COMMODITY, Kind.WORD, Kind.HS, Kind.NAME})
GROUPABLE = tuple(name for name, field in FIELDS.items() if field.kind in _GROUPABLE)
"""The fields by which events can be told apart."""


def groups_of(
    names: Sequence[str], event: Event, measure: Measure | None, story_id: str = ""
) -> list[tuple[str, ...]]:
    """The groups that an event falls into; none where it lacks one of the fields."""
    return list(islice(product(*(values_of(name, event, measure, story_id) for name in names)), MOST_GROUPS))


def values_of(name: str, event: Event, measure: Measure | None, story_id: str = "") -> tuple[str, ...]:
    """What an event has under a name; nothing where it is not known."""
    if name == STORY:
        return (story_id,)
    field = FIELDS[name]
    if field.of == "measure" and measure is None:
        return ()
    values = [str(value) for value in field.values(event if field.of == "event" else measure)]
    if field.kind is Kind.COMMODITY:
        values = [commodity_family(value) for value in values]
    elif field.kind is Kind.NAME:
        values = [" ".join(value.casefold().split()) for value in values]
    return tuple(dict.fromkeys(values))
