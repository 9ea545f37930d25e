"""One event's decision as it grows: its stories, what it counts for, whom it is told to. Pure.

Each match sees the stories and the windows as the ones before it left them, and the changes
of one story, or of one window, add up to one change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from alerts.core.alert import Alert, AlertType
from alerts.core.correlation import Told as WindowTold
from alerts.core.delivery import Delivery
from alerts.core.event import Event
from alerts.core.inhibition import Mark
from alerts.core.match import Match
from alerts.core.measure import Measure, Recognition
from alerts.core.reasons import DecisionReason
from alerts.core.rulebook import RuleBook
from alerts.core.story import Story
from alerts.engine.correlation import CorrelationRule
from alerts.engine.rule import RuleStatus
from alerts.engine.windows import Count
from alerts.pipeline.absence import end
from alerts.pipeline.alerting import told_before
from alerts.pipeline.correlate import Counting, Windows, window_keys
from alerts.pipeline.dedupe import find_story, fits, learn, new_story, published, story_keys, tell
from alerts.pipeline.facts import facts_of
from alerts.pipeline.inhibiting import inhibited, is_source, mark_keys, marks_of
from alerts.pipeline.muting import Muted, Mutes, silenced
from alerts.pipeline.ports import Decided, Lease, StoryChange
from alerts.pipeline.telling import decide_match


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

    def mark_keys(self, book: RuleBook) -> list[str]:
        """Where marks of inhibitions may stand against it."""
        if not book.inhibit_rules:
            return []
        measures = dict.fromkeys(match.measure or self.lead for match in self.matches)
        return mark_keys(book.inhibit_rules, self.event, measures)

    def window_keys(self, stories: Stories, book: RuleBook) -> Iterator[str]:
        """The windows of correlations that it may be counted in, whichever story it belongs to."""

        def possible(measure: Measure | None) -> list[str]:
            known = [stories.ids.get(key) for key in story_keys(self.event, measure)]
            return [*dict.fromkeys(filter(None, known)), new_story(self.event, measure).id]

        return window_keys(self.event, self.matches, book, self.lead, possible)


class Deciding:
    """One event's decision as it grows: each match sees the stories as the ones before left them."""

    def __init__(
        self,
        candidate: Candidate,
        stories: Stories,
        book: RuleBook,
        now: datetime,
        windows: Windows,
        mutes: Mutes,
    ) -> None:
        self._candidate, self._book, self._now = candidate, book, now
        self._silences = mutes.silences
        self._against = {key: mutes.marks.get(key) for key in candidate.mark_keys(book)}
        self.marks: dict[str, Mark] = {}
        self.counting = Counting(windows)
        self._before = stories
        self._ids, self._known = dict(stories.ids), dict(stories.known)
        self.decided: list[Decided] = []
        self.alerts: list[Alert] = []
        self.deliveries: list[Delivery] = []
        self.changes: dict[str, StoryChange] = {}
        self.rewrites: set[str] = set()
        self.ended: list[str] = []

    def take(self, match: Match) -> None:
        """Decide one match, under the story that its measure belongs to."""
        measure = match.measure or self._candidate.lead
        self._decide(match, self._story_of(match, measure), measure)

    def inhibits(self, match: Match) -> bool:
        """Whether what a match tells may keep others from being told: it is decided before them."""
        rules = self._book.inhibit_rules
        return bool(rules) and is_source(rules, facts_of(match, self._candidate.event))

    def hear(self) -> None:
        """Take the event as a sign of life where its absence is watched; a silence's end is told."""
        event, matches = self._candidate.event, self._candidate.matches
        for rule in self._book.rules.correlations:
            heard = self.counting.hear(rule, event, self._now) if rule.hears(event, matches) else None
            if heard is not None:
                after = end(rule, *heard, event, self._book, self._now, self._silences.kept)
                self.decided += after.decided
                self.alerts += after.alerts
                self.deliveries += after.deliveries
                self.ended += after.ended

    def correlate(self) -> None:
        """Count the event's matches; a correlation that begins to hold is a match as well."""
        held = list(self._candidate.matches)
        for rule in self._book.rules.correlations:
            if not rule.absence:
                for base in [match for match in held if rule.feeds(match)]:
                    held += self._count(rule, base)

    def _count(self, rule: CorrelationRule, base: Match) -> list[Match]:
        event, measure = self._candidate.event, base.measure or self._candidate.lead
        story = self._tell(self._story_of(base, measure), measure)
        counts = list(self.counting.take(rule, base.rule_id, event, measure, story.id))
        begun = [match for each in counts if (match := self._counted(rule, base, each, story, measure))]
        if not counts:
            detail = f"{base.rule_id} matched, but nothing is known of: "
            detail += ", ".join(rule.lacking(event, measure))
            self.decided.append(Decided(rule.head.id, DecisionReason.NOT_COUNTED, detail=detail))
        return begun[:1]

    def _counted(
        self, rule: CorrelationRule, base: Match, count: Count, story: Story, measure: Measure | None
    ) -> Match | None:
        """Decide what one count comes to; the rule's match where it begins to hold."""
        event, rule_id = self._candidate.event, rule.head.id
        live = rule.head.status is RuleStatus.LIVE
        alerted = live and rule_id in self._known[story.id].alerts
        match = rule.match(event, base, rule.why(count) if count.holds else "")
        told = self.counting.told(count.window.key)
        in_shadow = live and (told is None or told.alert_id is None)
        begins = count.holds and (count.begins or in_shadow)
        if alerted or (live and begins):  # what changes in a story is told as long as the story goes on
            self._decide(match, self._known[story.id], measure)
        else:
            self.decided.append(_untold(rule, count, match, told, story.id))
        if not begins:
            return None
        alert_id = self.decided[-1].alert_id
        note = WindowTold(event_id=event.id, at=published(event), alert_id=alert_id)
        self.counting.note(rule, count.window, note)
        return match

    def _story_of(self, match: Match, measure: Measure | None) -> Story:
        """The story that a match belongs to, or a new one."""
        story = self._story(measure if match.measure or not self.changes else None)
        return story or new_story(self._candidate.event, measure)

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
        after = self._tell(story, measure)
        outcome = decide_match(match, event, after, self._book, self._now, self._muted(match, after, measure))
        if outcome.deliveries:
            self.marks |= self._marks_of(match, outcome.alerts[0], measure)
        after = outcome.noted(after, match.rule_id, published(event))
        self.decided += (outcome.decided, *outcome.beside)
        self.alerts += outcome.alerts
        self.deliveries += outcome.deliveries
        if outcome.rewrites:
            self.rewrites |= {alert.id for alert in outcome.alerts}
        self._keep(after, story.version, measure)

    def _muted(self, match: Match, story: Story, measure: Measure | None) -> Muted | None:
        """What keeps a match from being told: a silence, or an alert that was told before."""
        rules, silences, event = self._book.inhibit_rules, self._silences.kept, self._candidate.event
        if not rules and not silences:
            return None
        kind = AlertType.UPDATED if match.rule_id in story.told else AlertType.OPENED
        facts = facts_of(match, event, kind)
        marks = {key: mark for key, mark in self._against.items() if mark} | self.marks
        return silenced(facts, silences, self._now) or inhibited(
            rules, facts, event, measure, marks, self._now
        )

    def _marks_of(self, match: Match, alert: Alert, measure: Measure | None) -> dict[str, Mark]:
        """The marks that an alert leaves where it keeps others from being told."""
        rules, event = self._book.inhibit_rules, self._candidate.event
        facts = facts_of(match, event, alert.type) if rules else {}
        return marks_of(rules, facts, event, measure, alert, self._now)

    @property
    def marks_read(self) -> dict[str, str | None]:
        """The marks that were looked at, by the alert that left them."""
        return {key: mark.alert if mark else None for key, mark in self._against.items()}

    def _tell(self, story: Story, measure: Measure | None) -> Story:
        """Add the event's report to a story; only once, however many rules it matches."""
        change = self.changes.get(story.id)
        after = learn(change.story, measure) if change else tell(story, self._candidate.event, measure)
        self._keep(after, story.version, measure)
        return after

    def _keep(self, after: Story, read_version: int, measure: Measure | None) -> None:
        change = self.changes.get(after.id)
        version = change.read_version if change else read_version
        held = change.keys if change else ()
        keys = tuple(dict.fromkeys((*held, *self._keys_for(after, measure))))
        self.changes[after.id] = StoryChange(after, version, keys)
        self._known[after.id] = after
        self._ids.update(dict.fromkeys(keys, after.id))

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


def _untold(
    rule: CorrelationRule, count: Count, match: Match, told: WindowTold | None, story_id: str
) -> Decided:
    """The decision on a count that nobody is told of."""
    if not count.holds:
        reason = DecisionReason.COUNTED if count.counted else DecisionReason.NOT_COUNTED
        return Decided(match.rule_id, reason, None, story_id, rule.count_words(count))
    if match.status != RuleStatus.LIVE:
        return Decided(match.rule_id, DecisionReason.SHADOW, None, story_id, match.why)
    known = told.alert_id if told else None
    return Decided(match.rule_id, DecisionReason.REPEATED, known, story_id, match.why)


def _newer(event: Event, story: Story) -> bool:
    return published(event) >= (story.latest or story.last_seen)
