"""One line of a selection: a field, its modifiers, its values, compiled to a check."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.core.errors import Place
from alerts.core.measure import Evidence, EvidenceField, Measure
from alerts.engine.fields import Field
from alerts.engine.query import Plan
from alerts.engine.view import EventView

Check = Callable[[Any, datetime], bool]
"""Whether one value of a field fits."""

Holds = Callable[[EventView, Measure | None], bool]
"""Whether a line holds."""

Find = Callable[[str], list[tuple[int, int]]]
"""Where something stands in a text as published."""

MAX_FOUND = 100


@dataclass(frozen=True, slots=True)
class FieldTest:
    """A compiled line. Exactly one of ``check``, ``plan``, ``find``, ``exists`` is set."""

    field: Field
    key: str
    wanted: str
    place: Place
    negate: bool = False
    check: Check | None = None
    plan: Plan | None = None
    find: Find | None = None
    exists: bool | None = None
    atoms: frozenset[str] | None = None
    """The values that fit, where they can be told beforehand: what an index needs."""

    holds: Holds = dataclasses.field(init=False, repr=False, compare=False)
    """Whether the line holds of the event (and of this measure)."""

    def __post_init__(self) -> None:
        # Compiled once: what kind of line it is need not be asked again for every event.
        asked = self._compiled()
        object.__setattr__(self, "holds", _negated(asked) if self.negate else asked)

    def _compiled(self) -> Holds:
        name, plan, find, check = self.field.name, self.plan, self.find, self.check
        if plan is not None:
            return lambda view, measure: plan.holds(view.text(name))
        if find is not None:
            return lambda view, measure: any(find(text) for _, text in self.stretches(view))
        if check is None:
            return lambda view, measure: bool(self.values(view, measure)) is self.exists
        read, atoms = self.field.values, self.atoms
        if self.field.of == "event":
            return lambda view, measure: any(check(value, view.now) for value in read(view.event))
        if atoms is not None:
            return lambda view, measure: measure is not None and not atoms.isdisjoint(read(measure))
        return lambda view, measure: measure is not None and any(check(v, view.now) for v in read(measure))

    def values(self, view: EventView, measure: Measure | None) -> tuple[Any, ...]:
        """Return what the event (or the measure) has there."""
        if self.field.of == "measure":
            values = () if measure is None else self.field.values(measure)
            return () if self.exists is not None and values == ("*",) else values
        if self.field.name == "text":
            return tuple(text for _, text in self.stretches(view))
        return self.field.values(view.event)

    def stretches(self, view: EventView) -> list[tuple[EvidenceField, str]]:
        """Return the texts that a field of text consists of."""
        event = view.event
        if self.field.name == "text_added":
            return [("text", event.text_added)] if event.text_added else []
        found: list[tuple[EvidenceField, str]] = [("title", event.title)]
        if self.field.name == "text":
            found.append(("text", event.text))
        return [(name, text) for name, text in found if text]

    def evidence(self, view: EventView) -> list[Evidence]:
        """Return the words that the line holds on; none for what is not about words."""
        if self.negate:
            return []
        if self.plan is not None:
            words = view.text(self.field.name)
            found = words.evidences(self.plan.words(words)[:MAX_FOUND])
        elif self.find is not None:
            found = [
                Evidence(role="rule", field=name, start=start, end=end, text=text[start:end])
                for name, text in self.stretches(view)
                for start, end in self.find(text)[:MAX_FOUND]
            ]
        else:
            return []
        return _in_body(found, view) if self.field.name == "text_added" else found


def _negated(asked: Holds) -> Holds:
    return lambda view, measure: not asked(view, measure)


def _in_body(found: list[Evidence], view: EventView) -> list[Evidence]:
    """Evidence of ``text_added`` where the same words stand in the body."""
    event = view.event
    shift = event.text.find(event.text_added)
    moved: list[Evidence] = []
    for item in found:
        if item.field == "text":
            start = item.start + shift if shift >= 0 else event.text.find(item.text)
            if start < 0:
                continue
            moved.append(item.model_copy(update={"start": start, "end": start + len(item.text)}))
        else:
            moved.append(item)
    return list({(item.field, item.start, item.end): item for item in moved}.values())
