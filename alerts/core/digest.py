"""A digest: the notices that were held for a receiver, as one notice."""

from __future__ import annotations

from alerts.core.alert import Alert
from alerts.core.frozen import Frozen


class DigestItem(Frozen):
    """What a digest says of one story, source or whatever is followed: its last notice.

    ``before`` are those that were held before it and that it took the place of, oldest first.
    """

    alert: Alert
    before: tuple[Alert, ...] = ()


class Digest(Alert):
    """A notice made of notices, the gravest first. Its ``at`` is the time at which it was due.

    ``headlines`` are those of items beyond the number that is shown; ``uncounted`` is how many
    there are beyond these, or were forgotten since.
    """

    items: tuple[DigestItem, ...]
    headlines: tuple[str, ...] = ()
    uncounted: int = 0

    @property
    def count(self) -> int:
        """How many items it is about."""
        return len(self.items) + len(self.headlines) + self.uncounted
