"""The numbers of official documents: what tells one act from the next of the same issuer. Pure.

An announcement, notice, regulation or Federal Register document has a number of its own, and
the same words come again with another ("Additions to the Entity List" every month). Numbers
are read where a document names itself: in an item's title and address, not in its text, which
cites others. A correction bears the number of what it corrects. Folding has made every dash and
slash a space by then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alerts.core.event import Event
from alerts.core.source import Tier
from alerts.core.text import fold

_YEAR = r"(?:19|20)\d\d"
_FEDERAL_REGISTER = re.compile(rf"(?<!\d)({_YEAR}) (\d{{5}})(?!\d)")
_EUROPEAN = re.compile(rf"\b(?:regulation|decision|directive)\b[^\d]{{0,20}}({_YEAR}) (\d{{1,5}})\b")
_NOTICE = re.compile(rf"\bnte\W{{0,2}}({_YEAR}) (\d{{1,3}})\b")
_NUMBERED = re.compile(
    r"\b(?:announcement|notice|notification|order|decree|resolution|proclamation|mofcom|circular)\b"
    r"[^\d]{0,16}\bnos?\.? ?(\d{1,5})\b"
)
_NUMBERED_SHORT = re.compile(r"\b(?:mofcom|dgft|gac)\b[^\d]{0,12}\bnos?\.? ?(\d{1,5})\b")
_CHINESE = re.compile(r"(?:公告|令|通知)[^\d第]{0,12}(?:(?:19|20)\d\d ?年)?第? ?(\d{1,4}) ?号")
_LONGEST = 400


def act_numbers(event: Event) -> tuple[str, ...]:
    """The numbers under which an event's title or address says that it is, or is on, an act."""
    title = fold(event.title[:_LONGEST]).text
    numbers = list(_in_title(title))
    if event.source.tier is Tier.OFFICIAL:
        where = fold(f"{event.key[:_LONGEST]} {(event.url or '')[:_LONGEST]}").text
        numbers += ("/".join(found) for found in _FEDERAL_REGISTER.findall(f"{title} {where}"))
    return tuple(dict.fromkeys(numbers))[:8]


def _in_title(title: str) -> Iterator[str]:
    for pattern in (_EUROPEAN, _NOTICE):
        yield from ("/".join(found) for found in pattern.findall(title))
    for pattern in (_NUMBERED, _NUMBERED_SHORT, _CHINESE):
        yield from (f"no {int(found)}" for found in pattern.findall(title))
