"""Why a correlation rule holds or not: each event with its base, its groups and the count it came to."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.core.durations import format_duration
from alerts.core.event import Event
from alerts.engine.correlation import counted_at
from alerts.engine.explain import Explanation
from alerts.engine.replay import Scene, Step


def explain_scene(scene: Scene, events: int) -> Explanation:
    """Lay a scene out; ``events`` is how many were played, counted or not."""
    rule = scene.rule
    base = " or ".join((*rule.correlation.rules, *rule.correlation.sources))
    detail = f"{len(scene.steps)} of {events} event(s) count for it, by {base}"
    children = (*(_step(step) for step in scene.steps), *_silences(scene))
    return Explanation(f"rule {rule.head.id}", scene.held, detail, (), children)


def _step(step: Step) -> Explanation:
    label = _event(step.event)
    by = f"{step.base}: " if step.base else ""
    if step.rule.absence:
        return Explanation(label, False, f"{by}a sign of life")
    if step.count is None:
        lacking = ", ".join(step.rule.lacking(step.event, step.measure))
        return Explanation(label, False, f"{by}not counted, nothing is known of: {lacking}")
    words = step.rule.count_words(step.count)
    if step.count.holds:
        words += "; begins to hold, and is told" if step.count.begins else "; goes on, told before"
    return Explanation(label, step.count.holds, f"{by}{words}")


def _silences(scene: Scene) -> Iterator[Explanation]:
    span = format_duration(scene.rule.correlation.timespan)
    for silence in scene.silences:
        label = f"silent for {span} since {_event(silence.last)}"
        yield Explanation(label, True, f"told at {silence.told:%Y-%m-%d %H:%M} UTC")
    if scene.rule.absence and not scene.silences:
        yield Explanation(f"silent for {span}", False, "never so long")


def _event(event: Event) -> str:
    at = counted_at(event)
    return f"{at:%Y-%m-%d %H:%M} UTC, {event.source.publisher}, {' '.join(event.title.split())[:80]!r}"
