"""An entry: one item of a source's document, normalised, before it is known to be new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One item. ``key`` identifies it within its source; dates are aware UTC or None.

    ``title`` and ``text`` are plain text (markup removed, entities decoded). ``published``
    is what the publisher says, never invented. ``version`` is the lasting content's hash.
    """

    key: str
    title: str
    text: str
    url: str | None
    published: datetime | None
    version: str
    publisher: str | None = None
    lang: str | None = None
