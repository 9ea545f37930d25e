"""Entities: what the companies and mines of the gazetteer are known for (``goods`` in ``entities.yaml``)."""

from __future__ import annotations

from functools import cache

from alerts.recognise.tables import table


@cache
def known_goods(entity: str) -> tuple[str, ...]:
    """What a company or mine is known for: commodity ids, none where it deals in many."""
    known = table("entities")[entity].get("goods", ())
    return (known,) if isinstance(known, str) else tuple(known)
