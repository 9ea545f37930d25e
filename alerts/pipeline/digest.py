"""Making one notice of those that were held: the gravest first, and no more than can be read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts.core.alert import AlertType
from alerts.core.digest import Digest, DigestItem

SEVERITIES = ("critical", "high", "medium", "low", "info")
MOST_HEADLINES = 200
"""Headlines that are named beyond the items that are shown in full."""


def gather(
    digest_id: str, at: datetime, why: str, items: Sequence[DigestItem], max_items: int, beyond: int = 0
) -> Digest:
    """Make a digest; ``beyond`` is how many items there are that nothing more is known of."""
    ordered = sorted(items, key=lambda item: (_gravity(item), item.alert.at, item.alert.id))
    rest = ordered[max_items:]
    count = len(ordered) + beyond
    return Digest(
        id=digest_id,
        type=AlertType.DIGEST,
        revision=1,
        at=at,
        severity=ordered[0].alert.severity if ordered else "info",
        title=f"{count} notice{'s' if count != 1 else ''}: {ordered[0].alert.title}"
        if ordered
        else "No notice",
        summary=f"Held until {at:%Y-%m-%d %H:%M} UTC: {why}.",
        items=tuple(ordered[:max_items]),
        headlines=tuple(f"[{item.alert.severity}] {item.alert.title}" for item in rest[:MOST_HEADLINES]),
        uncounted=len(rest[MOST_HEADLINES:]) + beyond,
    )


def _gravity(item: DigestItem) -> int:
    severity = item.alert.severity
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
