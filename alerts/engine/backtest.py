"""What a version of the rules would have done with past items: counted, compared, judged.

Pure aggregation: a :class:`Tally` is filled item by item, tallies of several processes are
merged (the order does not matter), and a report is read off. Labels are optional: an item may
say whether anybody should have been told of it (``relevant``), and by which rules (``rules``).

Data structures: of every item that some rule matched, what a report shows of it
(:class:`Seen`), once; of every rule, the ids of the items that it matched; of every term, how
many matches it took part in, and in how many of those the item was irrelevant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from alerts.core.event import Event
from alerts.core.match import Match
from alerts.core.measure import Measure
from alerts.engine.compiled import CompiledRules, Hit, Rule
from alerts.engine.condition import named
from alerts.engine.correlation import CorrelationRule, closure, counted_at
from alerts.engine.implication import leaves
from alerts.engine.query import Plan
from alerts.engine.replay import Replay, StoryOf
from alerts.engine.rule import RuleStatus
from alerts.engine.view import EventView

TermKey = tuple[str, str]
"""Where a term stands (``$list``, or the rule whose query has it), and the term as written."""


@dataclass(frozen=True, slots=True)
class Item:
    """One past item with its measures and, if known, what should have become of it."""

    event: Event
    measures: tuple[Measure, ...]
    relevant: bool | None = None
    rules: frozenset[str] | None = None
    dated: bool = True

    @property
    def when(self) -> datetime | None:
        """When it was seen, if that is known; rules are asked at that time."""
        return self.event.seen if self.dated else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a report shows of an item that matched."""

    id: str
    title: str
    at: datetime | None
    relevant: bool | None


@dataclass(frozen=True, slots=True)
class Fed:
    """An item that a correlation counts, with the matches of its base rules."""

    event: Event
    measures: tuple[Measure, ...]
    matches: tuple[Match, ...]
    seen: Seen

    @property
    def at(self) -> datetime:
        """When it was published, as far as that is known."""
        return counted_at(self.event)


@dataclass(slots=True)
class TermTally:
    """Matches that a term took part in; ``noise`` are those of irrelevant items."""

    matches: int = 0
    labelled: int = 0
    noise: int = 0


@dataclass(slots=True)
class Tally:
    """Everything counted of one version of the rules over some items."""

    items: int = 0
    relevant: int = 0
    irrelevant: int = 0
    first: datetime | None = None
    last: datetime | None = None
    seen: dict[str, Seen] = field(default_factory=dict)
    hits: dict[str, set[str]] = field(default_factory=dict)
    excepted: dict[str, int] = field(default_factory=dict)
    expected: dict[str, set[str]] = field(default_factory=dict)
    """Items that a rule should have matched, where labels say so."""
    terms: dict[TermKey, TermTally] = field(default_factory=dict)
    fed: list[Fed] = field(default_factory=list)
    """What correlations count, in no order."""

    def add(self, item: Item, rules: CompiledRules) -> None:
        """Count one item."""
        self.items += 1
        self.relevant += item.relevant is True
        self.irrelevant += item.relevant is False
        if item.when is not None:
            self.first = min(self.first or item.when, item.when)
            self.last = max(self.last or item.when, item.when)
        for rule_id in item.rules or ():
            self.expected.setdefault(rule_id, set()).add(item.event.id)
        view = EventView(item.event, item.measures, item.event.seen)
        hits = rules.hits(view)
        for hit in hits:
            self._add_hit(item, hit, view)
        if rules.correlations:
            matches = [hit.rule.describe(view, hit) for hit in hits]
            self._feed(item, matches, rules.correlations)

    def _feed(self, item: Item, matches: Sequence[Match], correlations: Sequence[CorrelationRule]) -> None:
        """Keep what correlations count; they are asked when all items are known."""
        fed = [match for match in matches if any(rule.feeds(match) for rule in correlations)]
        if fed or any(rule.hears(item.event, matches) for rule in correlations):
            bare = tuple(replace(match, evidence=(), annotations={}, labels={}) for match in fed)
            self.fed.append(Fed(item.event, item.measures, bare, _seen(item)))

    def hit(self, rule_id: str, seen: Seen) -> None:
        """Count a match of a rule on what a report shows of it."""
        self.seen[seen.id] = seen
        self.hits.setdefault(rule_id, set()).add(seen.id)

    def _add_hit(self, item: Item, hit: Hit, view: EventView) -> None:
        rule_id = hit.rule.head.id
        if hit.excepted is not None:
            self.excepted[rule_id] = self.excepted.get(rule_id, 0) + 1
            return
        self.hit(rule_id, _seen(item))
        wrong = item.relevant is False or (item.rules is not None and rule_id not in item.rules)
        labelled = item.relevant is not None or item.rules is not None
        for key in set(_terms_of_hit(hit, view)):
            term = self.terms.setdefault(key, TermTally())
            term.matches += 1
            term.labelled += labelled
            term.noise += wrong

    def merge(self, other: Tally) -> None:
        """Add what another process counted."""
        self.items += other.items
        self.relevant += other.relevant
        self.irrelevant += other.irrelevant
        firsts = [at for at in (self.first, other.first) if at is not None]
        lasts = [at for at in (self.last, other.last) if at is not None]
        self.first, self.last = min(firsts, default=None), max(lasts, default=None)
        self.seen.update(other.seen)
        self.fed += other.fed
        for mine, theirs in ((self.hits, other.hits), (self.expected, other.expected)):
            for name, ids in theirs.items():
                mine.setdefault(name, set()).update(ids)
        for name, count in other.excepted.items():
            self.excepted[name] = self.excepted.get(name, 0) + count
        for key, theirs_of in other.terms.items():
            term = self.terms.setdefault(key, TermTally())
            term.matches += theirs_of.matches
            term.labelled += theirs_of.labelled
            term.noise += theirs_of.noise

    @property
    def weeks(self) -> float | None:
        """How long a time the items span; a week at least, so that a day is not blown up."""
        if self.first is None or self.last is None:
            return None
        return max(1.0, (self.last - self.first).total_seconds() / 604_800)


def correlate(tally: Tally, rules: Sequence[CorrelationRule], story_of: StoryOf) -> None:
    """Count correlations over the items of all processes, in the order of their publication."""
    replay = Replay(rules, story_of)
    last = None
    for fed in sorted(tally.fed, key=lambda each: (each.at, each.event.id)):
        last = fed.at
        for step in replay.take(fed.event, fed.measures, fed.matches):
            if step.count is not None and step.count.begins:
                tally.hit(step.rule.head.id, fed.seen)
    until = max((at for at in (last, tally.last) if at is not None), default=None)
    for rule in rules:
        for silence in replay.silences(rule, until):
            name, title = f"silence:{silence.last.id}", " ".join(silence.last.title.split())[:120]
            seen = Seen(name, f"silent since: {title}", silence.told, None)
            tally.hit(rule.head.id, seen)


def tried(rules: Mapping[str, Rule | CorrelationRule], only: Collection[str] = ()) -> CompiledRules:
    """Compile what a backtest runs: live, shadow and draft rules, or those named with their bases."""
    correlations = {name: rule for name, rule in rules.items() if isinstance(rule, CorrelationRule)}
    wanted = {name for each in only for name in _resting(correlations, each)}
    picked = [
        _as_shadow(rule)
        for name, rule in rules.items()
        if (name in wanted if only else rule.head.status is not RuleStatus.DEPRECATED)
    ]
    return CompiledRules.of(
        (rule for rule in picked if isinstance(rule, Rule)),
        (rule for rule in picked if isinstance(rule, CorrelationRule)),
    )


def _resting(correlations: Mapping[str, CorrelationRule], name: str) -> set[str]:
    """A rule and all that it rests on."""
    return {name, *(base for rule in closure(correlations, name) for base in (rule.head.id, *rule.bases))}


def _as_shadow(rule: Rule | CorrelationRule) -> Rule | CorrelationRule:
    if rule.head.status.evaluated:
        return rule
    head = rule.head.model_copy(update={"status": RuleStatus.SHADOW})
    if isinstance(rule, CorrelationRule):
        return CorrelationRule(head, rule.correlation, rule.tests, rule.place)
    return Rule(head, rule.detection, rule.exemptions, rule.tests, rule.place)


def _seen(item: Item) -> Seen:
    return Seen(item.event.id, " ".join(item.event.title.split())[:160], item.when, item.relevant)


def terms_of(rules: Iterable[Rule]) -> set[TermKey]:
    """Every term that may take part in a match: negated ones, and those of `not noise`, aside."""
    return {
        key
        for rule in rules
        for name in named(rule.detection.condition, positive=True)
        for clause in rule.detection.selections[name].clauses
        for test in clause.event_tests
        if test.plan is not None and not test.negate
        for key in _term_keys(rule, test.plan)
    }


def _term_keys(rule: Rule, plan: Plan) -> Iterator[TermKey]:
    for leaf in leaves(plan, negated=False):
        where = leaf.name if leaf.name.startswith("$") else rule.head.id
        for term in leaf.terms:
            yield where, term.source


def _terms_of_hit(hit: Hit, view: EventView) -> Iterator[TermKey]:
    """Return the terms whose words a match would stand on."""
    rule = hit.rule
    for name in hit.held:
        for clause in rule.detection.selections[name].clauses:
            if clause.held(view) is None:
                continue
            for test in clause.event_tests:
                if test.plan is None or test.negate:
                    continue
                text = view.text(test.field.name)
                words = set(test.plan.words(text))
                for leaf in leaves(test.plan, negated=False):
                    where = leaf.name if leaf.name.startswith("$") else rule.head.id
                    for term, spans in leaf.each(text) if words else ():
                        if any(span in words for span in spans):
                            yield where, term.source
