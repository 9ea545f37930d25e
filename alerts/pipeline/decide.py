"""The decide lane: recognise, match, cluster into stories, route; then commit.

:func:`decide` is pure: from an event and what is known of the stories it might belong to,
to everything that the commit writes. :func:`run` claims events in batches, decides each
with the stories as the events before it in the batch left them, and commits all of them in
order in one round trip. Where another worker changed a story meanwhile, the commit is
refused and the event is decided again with the story as it now is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerts.core.alert import Alert
from alerts.core.delivery import Delivery
from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.measure import Measure, Recognition
from alerts.core.reasons import DecisionReason
from alerts.core.rulebook import RuleBook
from alerts.core.story import Story
from alerts.pipeline.alerting import told_before
from alerts.pipeline.dedupe import find_story, fits, learn, new_story, published, story_keys, tell
from alerts.pipeline.lane import Bounds, Clock, Lane, Nudge
from alerts.pipeline.mishap import tell_mishap
from alerts.pipeline.ports import (
    Committed,
    Decided,
    DecideLedger,
    Decision,
    Lease,
    Recogniser,
    StoryChange,
)
from alerts.pipeline.telling import decide_match

_MOST_ROUNDS = 20
"""Rounds of deciding again after conflicts; what is left falls due with its lease."""


@dataclass(slots=True)
class Stories:
    """What is known of stories: index key to story id, and the stories, as of now."""

    ids: dict[str, str | None] = field(default_factory=dict)
    known: dict[str, Story] = field(default_factory=dict)

    def apply(self, change: StoryChange) -> None:
        """Take a change in, as the ledger will have it once it is committed."""
        self.known[change.story.id] = change.story
        self.ids.update(dict.fromkeys(change.keys, change.story.id))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event with what the pure rooms say of it."""

    lease: Lease
    event: Event
    recognition: Recognition
    matches: tuple[Match, ...]
    began: datetime | None = None

    @property
    def lead(self) -> Measure | None:
        """What the event is on where a rule held on its words alone: the surest measure of it."""
        measures = self.recognition.measures if self.recognition.relevant else ()
        return max(measures, key=lambda measure: measure.confidence, default=None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The story index keys of all its matches and of every easing, the surest first."""
        easing = [each for each in self.recognition.measures if each.status.loosens]
        measures = dict.fromkeys([*(match.measure or self.lead for match in self.matches), *easing])
        return tuple(dict.fromkeys(key for each in measures for key in story_keys(self.event, each)))


def decide(candidate: Candidate, stories: Stories, book: RuleBook, now: datetime) -> Decision:
    """Decide one event: alerts, deliveries, story changes, and a reason for every match."""
    event = candidate.event
    quiet = _quiet_reason(event, book)
    live = [match for match in candidate.matches if match.status == "live" and match.excepted is None]
    if quiet is not None:
        silent = _without_alert(candidate.matches, quiet) or (Decided("", quiet),)
        return Decision(event, candidate.recognition, silent, began=candidate.began)
    deciding = _Deciding(candidate, stories, book, now)
    for match in sorted(live, key=lambda match: match.measure is None):
        deciding.take(match)
    deciding.follow_up()
    silent = _without_alert([match for match in candidate.matches if match not in live], None)
    decided = (*silent, *deciding.decided) or (Decided("", DecisionReason.NO_MATCH),)
    return Decision(
        event,
        candidate.recognition,
        decided,
        tuple(deciding.alerts),
        tuple(deciding.deliveries),
        tuple(deciding.changes.values()),
        {key: stories.ids.get(key) for key in candidate.keys} if deciding.changes else {},
        frozenset(deciding.rewrites),
        candidate.began,
    )


class _Deciding:
    """One event's decision as it grows: each match sees the stories as the ones before left them."""

    def __init__(self, candidate: Candidate, stories: Stories, book: RuleBook, now: datetime) -> None:
        self._candidate, self._book, self._now = candidate, book, now
        self._before = stories
        self._ids, self._known = dict(stories.ids), dict(stories.known)
        self.decided: list[Decided] = []
        self.alerts: list[Alert] = []
        self.deliveries: list[Delivery] = []
        self.changes: dict[str, StoryChange] = {}
        self.rewrites: set[str] = set()

    def take(self, match: Match) -> None:
        """Decide one match, under the story that its measure belongs to."""
        measure = match.measure or self._candidate.lead
        story = self._story(measure if match.measure or not self.changes else None)
        self._decide(match, story or new_story(self._candidate.event, measure), measure)

    def follow_up(self) -> None:
        """Tell of an easing under every rule that told of the restriction, whatever it asks for."""
        recognition = self._candidate.recognition
        barred = {m.rule_id for m in self._candidate.matches if m.status != "live" or m.excepted is not None}
        for measure in recognition.measures if recognition.relevant else ():
            story = self._story(measure) if measure.status.loosens else None
            done = {(each.rule_id, each.story_id) for each in self.decided}
            for rule_id, told in story.told.items() if story else ():
                if story and rule_id not in barred and (rule_id, story.id) not in done:
                    self._decide(told_before(rule_id, told, measure), self._known[story.id], measure)

    def _story(self, measure: Measure | None) -> Story | None:
        """The story of a measure; a match on text alone goes with what else the event tells."""
        if measure is None and self.changes:
            return self._known[next(iter(self.changes))]

        def fitting(key: str, story: Story) -> bool:
            if story.id in self.changes and measure is not None and not key.startswith(("act:", "number:")):
                return False  # one text, two acts: wording says nothing about which
            return fits(key, story, self._candidate.event, measure)

        return find_story(story_keys(self._candidate.event, measure), self._ids, self._known, fitting)

    def _decide(self, match: Match, story: Story, measure: Measure | None) -> None:
        event = self._candidate.event
        change = self.changes.get(story.id)
        after = learn(change.story, measure) if change else tell(story, event, measure)
        version = change.read_version if change else story.version
        outcome = decide_match(match, event, after, self._book, self._now)
        after = outcome.noted(after, match.rule_id, published(event))
        self.decided.append(outcome.decided)
        self.alerts += outcome.alerts
        self.deliveries += outcome.deliveries
        if outcome.rewrites:
            self.rewrites |= {alert.id for alert in outcome.alerts}
        held = change.keys if change else ()
        keys = tuple(dict.fromkeys((*held, *self._keys_for(after, measure))))
        self.changes[story.id] = StoryChange(after, version, keys)
        self._known[story.id] = after
        self._ids.update(dict.fromkeys(keys, story.id))

    def _keys_for(self, story: Story, measure: Measure | None) -> Iterator[str]:
        """The keys that lead to this story from now on: not those of another that fits as well."""
        event = self._candidate.event
        for key in story_keys(event, measure):
            other = self._known.get(self._ids.get(key) or "")
            if (
                other is None
                or other.id == story.id
                or (
                    other.id not in self.changes
                    and not fits(key, other, event, measure)
                    and _newer(event, other)
                )
            ):
                yield key


def _newer(event: Event, story: Story) -> bool:
    return published(event) >= (story.latest or story.last_seen)


def _quiet_reason(event: Event, book: RuleBook) -> DecisionReason | None:
    """Why nothing of this event may alert, whatever matches; None if it may."""
    if event.backlog:
        return DecisionReason.BACKLOG
    source = book.sources.get(event.source.id)
    limit = source.max_age if source else None
    if limit is not None and event.published is not None and event.seen - event.published > limit:
        return DecisionReason.TOO_OLD
    return None


def _without_alert(matches: Sequence[Match], quiet: DecisionReason | None) -> tuple[Decided, ...]:
    decided: list[Decided] = []
    for match in matches:
        if match.excepted is not None:
            decided.append(Decided(match.rule_id, DecisionReason.EXCEPTED, detail=match.excepted))
        elif match.status != "live":
            decided.append(Decided(match.rule_id, DecisionReason.SHADOW))
        else:
            decided.append(Decided(match.rule_id, quiet or DecisionReason.NO_MATCH))
    return tuple(decided)


async def run(
    ledger: DecideLedger,
    recognise: Recogniser,
    book: RuleBook,
    clock: Clock,
    nudge: Nudge,
    bounds: Bounds,
    told: Callable[[Decision], None] = lambda _: None,
    failed: Callable[[Event, str], None] = lambda *_: None,
) -> int:
    """Decide what is due until nothing is, or the run's time is over; returns how many.

    An event that sets off a bug in a pure room is told of by ``failed`` and stays leased: it
    is tried again when the lease ends, and holds up none of its batch.
    """
    end = clock() + bounds.run
    total = 0
    while clock() < end:
        claimed = await ledger.claim_events(clock(), bounds.batch, bounds.lease)
        if not claimed:
            break
        candidates: list[Candidate] = []
        for lease, event in claimed:
            try:
                candidates.append(_recognise(lease, event, recognise, book, clock()))
            except Exception as error:
                failed(event, tell_mishap(error))
        await _commit(candidates, ledger, book, clock, nudge, told)
        total += len(claimed)
    return total


def _recognise(lease: Lease, event: Event, recognise: Recogniser, book: RuleBook, now: datetime) -> Candidate:
    recognition = recognise(event.title, event.text, lang=event.lang, published=event.published)
    matches = tuple(book.rules.match(event, recognition.measures, now))
    return Candidate(lease, event, recognition, matches, now)


async def _commit(
    candidates: list[Candidate],
    ledger: DecideLedger,
    book: RuleBook,
    clock: Clock,
    nudge: Nudge,
    told: Callable[[Decision], None],
) -> None:
    for _ in range(_MOST_ROUNDS):
        stories = Stories(*await ledger.stories_at([key for each in candidates for key in each.keys]))
        decisions: list[tuple[Lease, Decision]] = []
        for candidate in candidates:
            decision = decide(candidate, stories, book, clock())
            for change in decision.stories:
                stories.apply(change)
            decisions.append((candidate.lease, decision))
        results = await ledger.commit_decisions(decisions, book.version, clock())
        if Committed.NUDGE in results:
            nudge(Lane.DELIVER)
        for (_, decision), result in zip(decisions, results, strict=True):
            if result in (Committed.DONE, Committed.NUDGE):
                told(decision)
        candidates = [
            candidate
            for candidate, result in zip(candidates, results, strict=True)
            if result is Committed.CONFLICT
        ]
        if not candidates:
            return
