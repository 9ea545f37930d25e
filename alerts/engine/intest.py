"""Tests that stand in the rule files, run by the matcher that runs in service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alerts.core.errors import ConfigError, Place
from alerts.core.measure import Measure, Recognition
from alerts.engine.compiled import Rule
from alerts.engine.correlation import CorrelationRule, closure, in_order
from alerts.engine.loading import Loaded, read_all
from alerts.engine.replay import Replay, Scene, Step, StoryOf, plain_stories
from alerts.engine.rule import CorrelationTest, RuleTest, TestEvent, aware
from alerts.engine.view import EventView


class Recogniser(Protocol):
    """Text to measures: applied to a test's event where it gives none itself."""

    def __call__(
        self, title: str, text: str, *, lang: str | None = None, published: datetime | None = None
    ) -> Recognition:
        """Recognise every measure that a text reports."""
        ...


@dataclass(frozen=True, slots=True)
class TestResult:
    """How one test ended. ``selections`` are those that held, for coverage."""

    __test__ = False

    rule_id: str
    name: str
    place: Place
    expected: str
    got: str
    measures: tuple[Measure, ...] = ()
    selections: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the rule did what the test expects."""
        return self.expected == self.got

    @property
    def verdict(self) -> str:
        """Return what went otherwise than expected, in words."""
        return f"expected {self.expected}, got {self.got}"


def run_tests(
    files: Mapping[str, str],
    recognise: Recogniser | None = None,
    stories: Callable[[], StoryOf] = plain_stories,
) -> list[TestResult]:
    """Run every test of every rule, whatever its status; ``stories`` begins a run without any.

    Raises :class:`ConfigError` where a rule or list cannot be read; routes and sources need
    not be there.
    """
    loaded = read_loaded(files)
    own = [run_test(rule, test, recognise) for rule in loaded.rules.values() for test in rule.tests]
    return own + [
        run_scene(loaded, rule, test, recognise, stories())
        for rule in loaded.correlations.values()
        for test in rule.tests
    ]


def read_rules(files: Mapping[str, str]) -> dict[str, Rule]:
    """Read every rule, drafts too, by its id; raise :class:`ConfigError` if one has errors."""
    return read_loaded(files).rules


def read_loaded(files: Mapping[str, str]) -> Loaded:
    """Read rules and correlations, drafts too; raise :class:`ConfigError` if one has errors."""
    loaded = read_all(files)
    broken = [problem for problem in loaded.findings.errors if problem.code != "missing-file"]
    if broken:
        raise ConfigError(broken)
    return loaded


def run_test(rule: Rule, test: RuleTest, recognise: Recogniser | None) -> TestResult:
    """Run one test of a rule."""
    view = view_of(test, recognise)
    match = rule.match(view)
    got = "no_match" if match is None else "match" if match.excepted is None else "excepted"
    held = tuple(name for name, sel in rule.detection.selections.items() if sel.held(view) is not None)
    return TestResult(rule.head.id, test.name, rule.place, test.expect, got, view.measures, held)


def run_scene(
    loaded: Loaded,
    rule: CorrelationRule,
    test: CorrelationTest,
    recognise: Recogniser | None,
    story_of: StoryOf,
) -> TestResult:
    """Run one test of a correlation rule: its events, as their base rules match them."""
    scene = play_scene(loaded, rule, test, recognise, story_of)
    got = "match" if scene.held else "no_match"
    return TestResult(rule.head.id, test.name, rule.place, test.expect, got, (), scene.bases)


def play_scene(
    loaded: Loaded,
    rule: CorrelationRule,
    test: CorrelationTest,
    recognise: Recogniser | None,
    story_of: StoryOf,
) -> Scene:
    """Play a test's events in the order of their times."""
    replay = Replay(in_order(closure(loaded.correlations, rule.head.id)), story_of)
    steps: list[Step] = []
    for number, given in enumerate(sorted(test.events, key=lambda each: aware(each.at) or each.at)):
        now = aware(given.at) or given.at
        event = given.build(now).model_copy(update={"id": f"evt_{number}", "key": f"{number}"})
        view = EventView(event, _measures(given, recognise, event.published), now)
        matches = [match for each in loaded.rules.values() if (match := each.match(view)) is not None]
        steps += replay.take(event, view.measures, matches)
    return Scene.of(rule, steps, replay.silences(rule, aware(test.at)))


def view_of(test: RuleTest, recognise: Recogniser | None) -> EventView:
    """The event of a test, with its measures given or recognised."""
    now = aware(test.at) or test.at
    event = test.event.build(now)
    return EventView(event, _measures(test.event, recognise, event.published), now)


def _measures(
    event: TestEvent, recognise: Recogniser | None, published: datetime | None
) -> Sequence[Measure]:
    if event.measures is not None:
        return [measure.build() for measure in event.measures]
    if recognise is None:
        return ()
    return recognise(event.title, event.text, lang=event.lang, published=published).measures


@dataclass(frozen=True, slots=True)
class Coverage:
    """A rule's selections (a correlation's bases): which held in some test, and which in none."""

    held: tuple[str, ...]
    missing: tuple[str, ...]


def coverage(
    rules: Mapping[str, Rule | CorrelationRule], results: Sequence[TestResult]
) -> dict[str, Coverage]:
    """Return what the tests cover of each rule."""
    held: dict[str, set[str]] = {}
    for result in results:
        held.setdefault(result.rule_id, set()).update(result.selections)
    return {
        name: Coverage(
            tuple(part for part in _parts(rule) if part in held.get(name, set())),
            tuple(part for part in _parts(rule) if part not in held.get(name, set())),
        )
        for name, rule in rules.items()
    }


def _parts(rule: Rule | CorrelationRule) -> Sequence[str]:
    if isinstance(rule, CorrelationRule):
        return rule.bases
    return list(rule.detection.selections)
