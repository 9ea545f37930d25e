"""Until when a notice is held, and by what: quiet hours and digests. Pure.

A digest holds until its next time. Quiet hours hold what would go while their interval holds
until it ends, a digest as well. Of several ways to one receiver the one that lets it go first counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alerts.core.alert import Alert
from alerts.core.delivery import Held
from alerts.core.ids import delivery_id, digest_id
from alerts.core.interval import TimeInterval
from alerts.core.reasons import DecisionReason
from alerts.core.route import DigestPlan

DEFAULT_ITEMS = 50
"""Items that a digest shows in full where only quiet hours made it."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What a way may hold a notice by."""

    quiet: TimeInterval | None = None
    digest: DigestPlan | None = None

    def until(self, due: datetime) -> Holding | None:
        """Hold what would go at ``due``; None where nothing does."""
        planned = self.digest.next_after(due) if self.digest else due
        end = self.quiet.end_after(planned) if self.quiet else None
        if self.digest:
            return Holding(
                end or planned, DecisionReason.GATHERED, "gathered for a digest", self.digest.max_items
            )
        if end and self.quiet:
            return Holding(end, DecisionReason.MUTED, f"quiet hours {self.quiet.name}")
        return None


@dataclass(frozen=True, slots=True)
class Holding:
    """A notice held: until when, why, in words, and how many items its digest shows in full."""

    until: datetime
    reason: DecisionReason
    why: str
    max_items: int = DEFAULT_ITEMS

    def held(self, alert: Alert, target: str) -> Held:
        """The place in the target's digest."""
        digest = digest_id(target, self.until)
        carrier = delivery_id(digest, target)
        return Held(
            digest=digest, delivery=carrier, thread=thread_of(alert), why=self.why, max_items=self.max_items
        )


def hold(holds: Iterable[Hold], due: datetime) -> Holding | None:
    """Hold by whichever lets go first; None where one of them, or nothing, holds."""
    found = [each.until(due) for each in holds]
    held = [each for each in found if each is not None]
    return min(held, key=lambda each: each.until) if held and len(held) == len(found) else None


def thread_of(alert: Alert) -> str:
    """What a notice is a further word on: its story under its rule, a source, a silence that ends; else itself."""
    if alert.rule is not None and alert.story is not None:
        return f"{alert.rule.id}|{alert.story.id}"
    source = alert.labels.get("source") if alert.rule is None else None
    return f"source|{source}" if source else alert.resolves or alert.id
