"""Correlations in the decide lane: what an event counts for, and what that comes to. Pure.

Rules are asked in such an order that one which rests on another finds its matches. Every
count leaves a decision, told or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.core.correlation import Told, Window
from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.measure import Measure
from alerts.core.rulebook import RuleBook
from alerts.engine.correlation import CorrelationRule
from alerts.engine.grouping import STORY
from alerts.engine.windows import KEPT_TIMESPANS, Count
from alerts.pipeline.ports import WindowChange

SILENCE_KEPT = timedelta(days=400)
"""How long an absence's window is kept beyond its timespan: a longer silence is told again."""


@dataclass(slots=True)
class Windows:
    """What is known of correlations' windows, as of now, by key."""

    known: dict[str, Window] = field(default_factory=dict)

    def apply(self, change: WindowChange) -> None:
        """Take a change in, as the ledger will have it once it is committed."""
        self.known[change.window.key] = change.window


class Counting:
    """One event's counts as they grow; changes of a window add up to one."""

    def __init__(self, windows: Windows) -> None:
        self._known = dict(windows.known)
        self.changes: dict[str, WindowChange] = {}

    def take(
        self, rule: CorrelationRule, rule_id: str, event: Event, measure: Measure | None, story_id: str
    ) -> Iterator[Count]:
        """Count a base rule's match in each of its groups; nothing where it has no group."""
        for found in rule.counts(self._known, rule_id, event, measure, story_id):
            if found.counted:
                self._put(rule, found.window)
            yield found

    def note(self, rule: CorrelationRule, window: Window, told: Told) -> None:
        """Note what was told of a window."""
        self._put(rule, self._known.get(window.key, window).model_copy(update={"told": told}))

    def hear(self, rule: CorrelationRule, event: Event, now: datetime) -> tuple[Window, Window] | None:
        """Take an event as a sign of life: an absence's window before and after it.

        None where a newer event is there. One that is older than the timespan ends no silence.
        """
        heard = rule.heard(self._known, event)
        if heard is None:
            return None
        before = self._known.get(heard.key, rule.window(heard.group))
        if heard.members[-1].at + rule.correlation.timespan <= now:
            heard = heard.model_copy(update={"told": before.told})
        self._put(rule, heard)
        return before, heard

    def told(self, key: str) -> Told | None:
        """What was told of a window last."""
        window = self._known.get(key)
        return window.told if window else None

    def _put(self, rule: CorrelationRule, window: Window) -> None:
        before = self.changes.get(window.key)
        known = self._known.get(window.key)
        read = before.read_version if before else known.version if known else 0
        changed = window.model_copy(update={"version": read + 1})
        self._known[window.key] = changed
        self.changes[window.key] = WindowChange(changed, read, keep(rule))


def keep(rule: CorrelationRule) -> timedelta:
    """How long a rule's windows are kept when nothing comes."""
    if rule.absence:
        return rule.correlation.timespan + SILENCE_KEPT
    return KEPT_TIMESPANS * rule.correlation.timespan


def window_keys(
    event: Event,
    matches: Sequence[Match],
    book: RuleBook,
    lead: Measure | None,
    stories: Callable[[Measure | None], Sequence[str]],
) -> Iterator[str]:
    """Every window that an event may be counted in; ``stories`` are those it may belong to.

    ``lead`` is what it is on where a rule held on words alone. A correlation that rests on
    others is asked as if they all held.
    """
    held = [match for match in matches if match.excepted is None]
    possible: dict[str, list[Match]] = {}
    for match in held:
        possible.setdefault(match.rule_id, []).append(match)
    for rule in book.rules.correlations:
        if rule.absence:
            if rule.hears(event, matches):
                yield rule.window((event.source.id,) if rule.correlation.group_by else ()).key
            continue
        bases = [match for name in rule.correlation.rules for match in possible.get(name, ())]
        if bases:
            possible[rule.head.id] = bases
        for measure in {id(base.measure): base.measure or lead for base in bases}.values():
            for story_id in stories(measure) if STORY in rule.correlation.group_by else ("",):
                for group in rule.groups(event, measure, story_id):
                    yield rule.window(group).key
