"""Correlation rules, compiled: what an event counts for, and what is said where it is enough.

A correlation rule has no detection of its own: its base rules' matches are its events. It is
itself a rule that matches (the base of others too), on the measure of the event with which it
began to hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from alerts.core.correlation import Correlation, CorrelationType, Member, Window
from alerts.core.durations import format_duration
from alerts.core.errors import Place
from alerts.core.event import Event
from alerts.core.ids import make_id
from alerts.core.match import Match
from alerts.core.measure import Measure
from alerts.engine.annotations import Text, event_names, measure_names
from alerts.engine.grouping import groups_of, values_of
from alerts.engine.rule import CorrelationTest, RuleHead
from alerts.engine.windows import Count, count

_SHOWN = 6
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


class CorrelationRule:
    """One correlation rule, compiled."""

    __slots__ = ("_annotations", "_labels", "correlation", "head", "place", "tests")

    def __init__(
        self,
        head: RuleHead,
        correlation: Correlation,
        tests: tuple[CorrelationTest, ...],
        place: Place,
    ) -> None:
        self.head = head
        self.correlation = correlation
        self.tests = tests
        self.place = place
        self._labels = {name: Text(text) for name, text in head.labels.items()}
        self._annotations = {name: Text(text) for name, text in head.annotations.items()}

    @property
    def absence(self) -> bool:
        """Whether it is silence that it tells of."""
        return self.correlation.type is CorrelationType.ABSENCE

    @property
    def bases(self) -> tuple[str, ...]:
        """The rules and sources that it rests on."""
        return (*self.correlation.rules, *self.correlation.sources)

    def groups(self, event: Event, measure: Measure | None, story_id: str) -> list[tuple[str, ...]]:
        """The groups that an event counts in; none where it lacks one of the fields."""
        return groups_of(self.correlation.group_by, event, measure, story_id)

    def member(self, rule_id: str, event: Event, measure: Measure | None, story_id: str) -> Member | None:
        """The event as a member; None where it lacks the field that is counted."""
        kind, name = self.correlation.type, self.correlation.field
        item = make_id("itm", event.source.id, event.key)
        values: tuple[str, ...] = (item,)
        if kind is CorrelationType.VALUE_COUNT:
            values = values_of(name, event, measure, story_id)
        elif kind in (CorrelationType.TEMPORAL, CorrelationType.TEMPORAL_ORDERED):
            values = (rule_id,)
        if not values:
            return None
        at = counted_at(event)
        title = " ".join(event.title.split())[:120]
        return Member(
            item=item, event_id=event.id, at=at, values=values, publisher=event.source.publisher, title=title
        )

    def feeds(self, match: Match) -> bool:
        """Whether a match counts: shadow ones do, what an exception took back does not."""
        return match.excepted is None and match.rule_id in self.correlation.rules

    def hears(self, event: Event, matches: Iterable[Match]) -> bool:
        """Whether an event is what an absence waits for: of its sources, and of its rules."""
        correlation = self.correlation
        if not self.absence or (correlation.sources and event.source.id not in correlation.sources):
            return False
        return not correlation.rules or any(self.feeds(match) for match in matches)

    def counts(
        self,
        windows: Mapping[str, Window],
        rule_id: str,
        event: Event,
        measure: Measure | None,
        story_id: str,
    ) -> Iterator[Count]:
        """Count a base rule's match in each of its groups; nothing where it has none."""
        member = self.member(rule_id, event, measure, story_id)
        if member is None:
            return
        for group in self.groups(event, measure, story_id):
            empty = self.window(group)
            yield count(self.correlation, windows.get(empty.key, empty), member)

    def heard(self, windows: Mapping[str, Window], event: Event) -> Window | None:
        """The window of an absence with an event in it; None where a newer one is there."""
        empty = self.window((event.source.id,) if self.correlation.group_by else ())
        window = windows.get(empty.key, empty)
        member = self.member(self.head.id, event, None, "")
        if member is None or (window.members and member.at <= window.members[-1].at):
            return None
        return window.model_copy(update={"members": (member,), "told": None})

    def window(self, group: tuple[str, ...]) -> Window:
        """An empty window of a group."""
        key = self.correlation.key(self.head.id, group)
        return Window(key=key, rule_id=self.head.id, group=group)

    def match(self, event: Event, base: Match, why: str) -> Match:
        """The rule's match, on the event and the measure with which it holds."""
        labels, annotations = self._rendered(event_names(event), base.measure)
        return self._described(labels, annotations, why, base)

    def silence(self, why: str) -> Match:
        """The rule's match on nothing having come."""
        labels, annotations = self._rendered({}, None)
        return self._described(labels, annotations, why, None)

    def _rendered(
        self, event: Mapping[str, object], measure: Measure | None
    ) -> tuple[dict[str, str], dict[str, str]]:
        names = {"rule": self.head.names, "event": event, "measure": measure_names(measure)}
        return (
            {name: text.render(names) for name, text in self._labels.items()},
            {name: text.render(names) for name, text in self._annotations.items()},
        )

    def _described(
        self, labels: dict[str, str], annotations: dict[str, str], why: str, base: Match | None
    ) -> Match:
        head = self.head
        return Match(
            rule_id=head.id,
            rule_title=head.title,
            owner=head.owner,
            status=head.status.value,
            severity=head.severity,
            labels=labels,
            annotations=annotations,
            description=head.description,
            selections=(),
            measure=base.measure if base is not None else None,
            evidence=base.evidence if base is not None else (),
            why=why,
        )

    def count_words(self, found: Count) -> str:
        """Say how far a group has come: ``1 of 2 source.publisher within 2d (issuer CN)``."""
        correlation = self.correlation
        span = format_duration(correlation.timespan)
        words = f"{found.reached} of {correlation.least} {self._unit()} within {span}{self._of(found)}"
        if found.counted:
            return words
        return (
            f"{words}; {'too late: a newer one is more than that ahead' if found.late else 'counted before'}"
        )

    def lacking(self, event: Event, measure: Measure | None) -> list[str]:
        """What an event has no value for, so that it cannot be counted."""
        names = [*self.correlation.group_by, *filter(None, [self.correlation.field])]
        return [name for name in names if not values_of(name, event, measure, "-")]

    def why(self, found: Count) -> str:
        """Say why it holds: the count, and each member with publisher, time and headline."""
        span = format_duration(self.correlation.timespan)
        told = "; ".join(
            f"{member.publisher}, {member.at:%Y-%m-%d %H:%M} UTC, {member.title!r}"
            for member in found.members[:_SHOWN]
        )
        more = len(found.members) - _SHOWN
        rest = f"; and {more} more" if more > 0 else ""
        return f"{found.reached} {self._unit()} within {span}{self._of(found)}: {told}{rest}."

    def absence_words(self, last: Member | None, since: datetime) -> str:
        """Say what has not come, and since when."""
        base = " or ".join((*self.correlation.rules, *self.correlation.sources))
        span = format_duration(self.correlation.timespan)
        before = (
            f"the last was {last.title!r} of {last.publisher}, {last.at:%Y-%m-%d %H:%M} UTC"
            if last is not None
            else f"none since watching began, {since:%Y-%m-%d %H:%M} UTC"
        )
        return f"Nothing of {base} within {span}: {before}."

    def end_words(self, before: Window, first: Member) -> str:
        """Say what came after a silence, and how long nothing had."""
        base = " or ".join((*self.correlation.rules, *self.correlation.sources))
        since = before.newest or first.at
        lasted = format_duration(max(first.at - since, timedelta(0)))
        return (
            f"{first.publisher} published {first.title!r}, {first.at:%Y-%m-%d %H:%M} UTC, after {lasted} "
            f"without anything of {base}."
        )

    def _unit(self) -> str:
        kind = self.correlation.type
        if kind is CorrelationType.EVENT_COUNT:
            return "events"
        if kind is CorrelationType.VALUE_COUNT:
            return f"values of {self.correlation.field}"
        return "rules in order" if kind is CorrelationType.TEMPORAL_ORDERED else "rules"

    def _of(self, found: Count) -> str:
        pairs = zip(self.correlation.group_by, found.window.group, strict=True)
        words = ", ".join(f"{name} {value}" for name, value in pairs)
        return f" ({words})" if words else ""


def counted_at(event: Event) -> datetime:
    """When an event was published, as far as that is known; within what a timespan can be added to."""
    return min(max(event.published or event.seen, _EARLIEST), event.seen, _LATEST)


def in_order(rules: Sequence[CorrelationRule]) -> tuple[CorrelationRule, ...]:
    """Each after the correlations that it rests on; what is left of a cycle comes last."""
    return tuple(_sorted({rule.head.id: rule for rule in rules}))


def _sorted(left: dict[str, CorrelationRule]) -> Iterator[CorrelationRule]:
    while left:
        free = [rule for rule in left.values() if not any(name in left for name in rule.correlation.rules)]
        for rule in free or list(left.values()):
            del left[rule.head.id]
            yield rule


def closure(rules: Mapping[str, CorrelationRule], name: str) -> list[CorrelationRule]:
    """A correlation rule with all those that it rests on."""
    found: dict[str, CorrelationRule] = {}
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each in rules and each not in found:
            found[each] = rules[each]
            waiting.extend(rules[each].correlation.rules)
    return list(found.values())


def cycles(rules: Sequence[CorrelationRule]) -> list[CorrelationRule]:
    """The rules that rest on themselves, over others or directly."""
    bases = {rule.head.id: rule.correlation.rules for rule in rules}
    return [rule for rule in rules if _leads_to(rule.head.id, bases)]


def _leads_to(name: str, bases: Mapping[str, tuple[str, ...]]) -> bool:
    seen: set[str] = set()
    waiting = list(bases[name])
    while waiting:
        each = waiting.pop()
        if each == name:
            return True
        if each not in seen:
            seen.add(each)
            waiting.extend(bases.get(each, ()))
    return False
