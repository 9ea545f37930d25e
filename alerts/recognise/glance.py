"""A glance: whether the words of a page can make up a cue at all.

Nearly all that a live feed brings holds none: most texts are done with the scan alone, before
hits are sifted and sentences cut. The glance looks only at which words stand how near each
other, wherever sentences end, so it lets more through than :mod:`alerts.recognise.cues`
accepts, and never less: no word is dropped here that could be part of a cue there.
"""

from __future__ import annotations

from alerts.recognise.cues import REACH, patterns
from alerts.recognise.scan import Word

_MOST_PAIRS = 400
"""A page so full of both words of a pattern is read closely, without a look at the distances."""

_Places = list[tuple[int, int]]


_STANDS_FOR = {
    "commodity": ("GOOD",),
    "place": ("STATE", "PAIR"),
    "agency": ("STATE", "PAIR"),
    "status": ("ACT",),
}
"""The concepts that words of another tag are taken for in some sentences."""


def may_hold_cue(words: list[Word]) -> bool:
    """Tell whether a fixed phrase stands there, or two words of a gap pattern near each other."""
    found: dict[str, _Places] = {}
    for start, minus_end, _, entry in words:
        if entry.tag == "kind":
            return True
        for name in (entry.value,) if entry.tag == "concept" else _STANDS_FOR.get(entry.tag, ()):
            found.setdefault(name, []).append((start, -minus_end))
    return any(
        _are_near(ones, found[pattern.second], pattern.within * REACH)
        for first, ones in found.items()
        for pattern in patterns().get(first, ())
        if pattern.second in found
    )


def _are_near(ones: _Places, others: _Places, limit: int) -> bool:
    if len(ones) * len(others) > _MOST_PAIRS:
        return True
    return any(
        other[0] - one[1] <= limit and one[0] - other[1] <= limit and one != other
        for one in ones
        for other in others
    )
