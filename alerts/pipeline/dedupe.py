"""Dedupe: which events tell of the same policy act. Pure.

An event is found under index keys, the surest first: the *number* of the official act, the act
*towards a target*, the *wording* (near-duplicate text), the act (issuer, kind, commodity
family), and what its *headline* resembles. A key only proposes a story; :func:`fits` decides
with the story itself in hand, since one key may lead to another act of the same kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from alerts.core.event import Event
from alerts.core.ids import make_id
from alerts.core.measure import EVERYONE, Measure
from alerts.core.source import Tier
from alerts.core.story import Facts, Story
from alerts.core.taxonomy import MeasureKind, Status
from alerts.pipeline.acts import act_numbers
from alerts.pipeline.changes import DEALS, GENERIC, absorb, facts_in, families_of
from alerts.pipeline.likeness import LIKE, alike, text_keys, title_keys

WINDOW = timedelta(days=14)
"""A report belongs to a story until so long after the last report of it."""

STANDING = timedelta(days=30)
"""Reports that bring nothing new keep a story open no longer than this."""

HEADLINES = timedelta(days=5)
"""Headlines that are merely alike are on one thing only if they come together."""

DIED_DOWN = timedelta(days=5)
"""A ministry's document that comes so long after the last report is on something new: the papers write at once."""

_BEGUN = (None, Status.REPORTED, Status.PROPOSED, Status.INVESTIGATION)
"""How far an act is before anybody decides it."""

_TITLES = 6
_MANY_WITH_ONE = frozenset({MeasureKind.SUBSIDY, MeasureKind.STOCKPILING, MeasureKind.SUPPLY_DISRUPTION})
"""Of deals even many with one party."""

_LISTINGS = frozenset({MeasureKind.ENTITY_LISTING, MeasureKind.SANCTIONS})
"""Acts on named parties: other targets are another act, not a wider one."""

_EXPORT = frozenset(kind for kind in MeasureKind if kind.value.startswith("export_"))
_KIN: tuple[frozenset[MeasureKind], ...] = (
    _EXPORT,
    _LISTINGS,
    frozenset({MeasureKind.SUBSIDY, MeasureKind.SUPPLY_AGREEMENT, MeasureKind.STOCKPILING}),
)
"""Kinds that two papers may call one act by."""

_DEAL_LIKE = 0.3
_ANY = "~"


def story_keys(event: Event, measure: Measure | None) -> tuple[str, ...]:
    """Return the index keys of an event that matched on ``measure``, the surest first."""
    keys = (
        *_number_keys(event, measure),
        *_target_keys(measure),
        *text_keys(event.title, event.text),
        *_act_keys(measure),
        *title_keys(event.title),
    )
    return tuple(dict.fromkeys(keys))


def _number_keys(event: Event, measure: Measure | None) -> Iterator[str]:
    if measure is not None and measure.issuer is not None:
        for number in act_numbers(event):
            yield f"number:{measure.issuer}:{measure.kind}:{number}"


def _target_keys(measure: Measure | None) -> Iterator[str]:
    if measure is not None and measure.kind is MeasureKind.SUPPLY_AGREEMENT:  # it has two issuers
        for target in measure.targets if measure.issuer else ():
            both = "+".join(sorted((str(measure.issuer), target)))
            for family in families_of(measure.commodities) if target != EVERYONE else ():
                yield f"act:{both}:{family}"
    for target in measure.targets if measure else ():
        if target != EVERYONE:
            yield from (f"{key}:>{target}" for key in _act_keys(measure))


def _act_keys(measure: Measure | None) -> list[str]:
    """The act on each family; exports also on any, for the reports that name no material."""
    if measure is None or measure.issuer is None:
        return []
    families = [*(families_of(measure.commodities) or ("-",)), *([_ANY] if measure.kind in _EXPORT else [])]
    return [f"act:{measure.issuer}:{measure.kind}:{family}" for family in families]


def find_story(
    keys: Iterable[str],
    ids: Mapping[str, str | None],
    stories: Mapping[str, Story],
    fitting: Callable[[str, Story], bool] = lambda _key, _story: True,
) -> Story | None:
    """Return the story under the surest key that leads to one that fits."""
    for key in keys:
        found = ids.get(key)
        if found is not None and found in stories and fitting(key, stories[found]):
            return stories[found]
    return None


def fits(key: str, story: Story, event: Event, measure: Measure | None) -> bool:
    """Tell whether an event belongs to the story that ``key`` led to."""
    if not _in_time(story, event):
        return False
    if key.startswith("number:"):
        return True
    if _other_act(story, event, measure):
        return False
    if key.startswith("act:"):
        return measure is not None and _same_act(story, event, measure)
    if not _kindred(story, measure):
        return False
    return not key.startswith("head") or _same_headline(story, event)


def _in_time(story: Story, event: Event) -> bool:
    """Old items, as searches bring them up, go with the story of today rather than be told anew."""
    moved = story.moved or story.began or story.first_seen
    return published(event) <= min(moved + STANDING, (story.latest or story.last_seen) + WINDOW)


def is_late(story: Story, event: Event) -> bool:
    """Tell whether a report is from long before its story: what it says is history."""
    return published(event) < (story.began or story.first_seen) - WINDOW


def _other_act(story: Story, event: Event, measure: Measure | None) -> bool:
    """An official document with a number of its own, where the story has another, or holds already and has died down."""
    if event.source.tier is not Tier.OFFICIAL:
        return False
    numbers = act_numbers(event)
    if story.acts or not numbers:
        return bool(numbers) and set(numbers).isdisjoint(story.acts)
    awaited = story.status in (*_BEGUN, Status.ANNOUNCED)
    return not awaited and published(event) > (story.latest or story.last_seen) + DIED_DOWN


def _same_act(story: Story, event: Event, measure: Measure) -> bool:
    if not _kindred(story, measure) or _next_act(story, measure):
        return False
    mine, theirs = (
        set(families_of(measure.commodities)) - GENERIC,
        set(families_of(story.commodities)) - GENERIC,
    )
    if mine and theirs and not mine & theirs:
        return False
    ours, known = set(measure.targets) - {EVERYONE}, set(story.targets) - {EVERYONE}
    swapped = measure.issuer != story.issuer  # an agreement, told from its other side
    apart = bool(ours and known and not ours & known) and not swapped
    if measure.kind in _LISTINGS:
        return not apart
    return measure.kind not in DEALS or (not apart and _same_deal(story, event, measure))


def _next_act(story: Story, measure: Measure) -> bool:
    """An investigation comes before an act; after it, it is the beginning of another."""
    return measure.status is Status.INVESTIGATION and story.status not in _BEGUN


def _same_deal(story: Story, event: Event, measure: Measure) -> bool:
    if set(measure.entities) & set(story.entities):
        return True
    named = set(measure.targets) & set(story.targets) - {EVERYONE} or measure.issuer != story.issuer
    if named and measure.kind not in _MANY_WITH_ONE:
        return True
    return alike(event.title, story.titles or (story.title,)) >= _DEAL_LIKE


def _kindred(story: Story, measure: Measure | None) -> bool:
    """Whether two readings may be of one act: the same issuer, and kinds that papers mix up."""
    if measure is None or story.kind is None:
        return True
    if measure.issuer and story.issuer and measure.issuer != story.issuer:
        parties = {measure.issuer, *measure.targets} & {story.issuer, *story.targets}
        if measure.kind is not MeasureKind.SUPPLY_AGREEMENT or len(parties - {EVERYONE}) < 2:
            return False
    return story.kind == measure.kind or any(measure.kind in kin and story.kind in kin for kin in _KIN)


def _same_headline(story: Story, event: Event) -> bool:
    began = story.began or story.first_seen
    near = began - HEADLINES <= published(event) <= (story.latest or story.last_seen) + HEADLINES
    return near and alike(event.title, story.titles or (story.title,)) >= LIKE


def published(event: Event) -> datetime:
    """When an event was published, as far as that is known: never after it was seen."""
    return min(event.published or event.seen, event.seen)


def new_story(event: Event, measure: Measure | None) -> Story:
    """Begin a story with its first event (as version 0: :func:`tell` makes it 1).

    An event that reports two acts begins two stories, so the act is part of the id.
    """
    return Story(
        id=make_id("sty", event.id, *_act_keys(measure), *_target_keys(measure)),
        version=0,
        title=event.title,
        url=event.url,
        issuer=measure.issuer if measure else None,
        kind=measure.kind if measure else None,
        commodities=(),
        targets=(),
        status=None,
        official=False,
        first_seen=event.seen,
        last_seen=event.seen,
        reports=0,
        publishers=(),
        began=published(event),
    )


def tell(story: Story, event: Event, measure: Measure | None) -> Story:
    """Add an event's report to a story: one more report, and what it says."""
    official = event.source.tier is Tier.OFFICIAL
    known = absorb(Facts(status=story.status, official=story.official), facts_in(event, measure))
    learned = learn(story, measure)
    return learned.model_copy(
        update={
            "version": story.version + 1,
            "reports": story.reports + 1,
            "publishers": _more(story.publishers, (event.source.publisher,), 50),
            "titles": _more(story.titles, (event.title[:200],), _TITLES),
            "acts": _more(story.acts, act_numbers(event) if official else (), 8),
            "status": known.status,
            "official": known.official,
            "last_seen": max(story.last_seen, event.seen),
            "latest": max(story.latest or published(event), published(event)),
        }
    )


def learn(story: Story, measure: Measure | None) -> Story:
    """Take in what a story's act is on and towards whom."""
    if measure is None:
        return story
    # A round-up of deals names the parties of others as well.
    settled = measure.kind in DEALS and bool(set(story.targets) - {EVERYONE})
    return story.model_copy(
        update={
            "issuer": story.issuer or measure.issuer,
            "kind": story.kind or measure.kind,
            "commodities": _more(story.commodities, measure.commodities, 40),
            "targets": story.targets if settled else _more(story.targets, measure.targets, 40),
            "entities": _more(story.entities, measure.entities, 40),
        }
    )


def _more(known: tuple[str, ...], new: Iterable[str], most: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *new)))[:most]
