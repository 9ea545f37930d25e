"""A match: a rule holds for an event, with the words that it holds on."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.core.measure import Evidence, Measure


@dataclass(frozen=True, slots=True)
class Match:
    """One rule's match on one event.

    ``measure`` is the one that satisfied the rule's selections (None where only text did).
    ``selections`` names those that held; ``evidence`` are the words; ``labels`` and
    ``annotations`` are rendered for this event.
    """

    rule_id: str
    rule_title: str
    owner: str
    status: str
    severity: str
    labels: dict[str, str]
    annotations: dict[str, str]
    description: str
    selections: tuple[str, ...]
    measure: Measure | None
    evidence: tuple[Evidence, ...]
    excepted: str | None = None
    """The reason of the exception that took this match back, if one did."""
    why: str = ""
    """What a correlation rule held on, in a sentence; empty where selections say it."""
