"""Han characters: traditional and Japanese forms compared as their simplified one."""

from __future__ import annotations

from functools import cache

from alerts.recognise.tables import table


@cache
def _pairs() -> dict[str, str]:
    pairs = str(table("han")["pairs"]).split()
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def with_simplified_form() -> frozenset[str]:
    """The characters that :func:`simplified` replaces."""
    return frozenset(_pairs())


def simplified(text: str) -> str:
    """Replace each character that has a simplified form; the length stays."""
    if text.isascii():
        return text
    pairs = _pairs()
    return "".join(pairs.get(char, char) for char in text)
