"""Finding an item by what a person has at hand: an id, an address, or words of its headline."""

from __future__ import annotations

from alerts.core.errors import ExportwatchError
from alerts.core.event import Event
from alerts.core.text import fold
from alerts.ledger.ledger import Ledger

MOST_SHOWN = 20
MOST_LOOKED_AT = 50_000
"""Events that are looked at for an address or words, newest first."""


async def find_items(ledger: Ledger, wanted: str) -> list[Event]:
    """Find the items that are meant, newest first; an error where there is none.

    ``wanted`` is an event's id, the id of an alert or a delivery about it, its address, or
    words that its headline has, in any order.
    """
    wanted = wanted.strip()
    found = await _by_id(ledger, wanted)
    if found is None:
        found = await _by_look(ledger, wanted)
    if not found:
        raise ExportwatchError(
            f"no item {wanted[:80]!r} in the ledger",
            remedy="give an id (evt_…, alr_…, dlv_…), an address, or words of the headline; "
            "`exportwatch sources test` says whether its source shows it at all",
        )
    return found


async def _by_id(ledger: Ledger, wanted: str) -> list[Event] | None:
    """Find by id; None where it is none."""
    records = ledger.records
    if wanted.startswith("dlv_"):
        delivery = await records.delivery(wanted)
        wanted = delivery.alert_id if delivery else "alr_"
    if wanted.startswith("alr_"):
        alert = await records.alert(wanted)
        if alert is not None and alert.event is None:
            raise ExportwatchError(f"alert {wanted} is about no item", remedy=f"it says: {alert.summary}")
        return [alert.event] if alert and alert.event else []
    if wanted.startswith("evt_"):
        event = await records.event(wanted)
        return [event] if event else []
    return None


async def _by_look(ledger: Ledger, wanted: str) -> list[Event]:
    address = _address(wanted) if "://" in wanted else None
    words = fold(wanted).text.split()
    found: list[Event] = []
    looked_at = 0
    async for batch in ledger.records.newest_events():
        for event in batch:
            if address is not None:
                meant = event.url is not None and _address(event.url) == address
            else:
                title = fold(event.title).text
                meant = bool(words) and all(word in title for word in words)
            found += [event] if meant else []
        looked_at += len(batch)
        if len(found) >= MOST_SHOWN or looked_at >= MOST_LOOKED_AT:
            break
    return found[:MOST_SHOWN]


def _address(url: str) -> str:
    """An address without what people and papers add to it."""
    return url.partition("#")[0].rstrip("/").casefold().removeprefix("https://").removeprefix("http://")
