"""Which entries of a document become events; pure.

An entry whose key is new becomes the first revision of an event, one whose content hash
has changed the next revision. Ids are deterministic, so that a poll which is replayed after
a lost commit makes the same events again, not others.

The first document of a new source is its backlog: recorded, not alerted, unless the source
says ``backfill: alert``. Entries of a document that broke off are admitted like others; what
was missing is admitted when it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.core.entry import Entry
from alerts.core.event import Event, SourceRef
from alerts.core.ids import event_id
from alerts.core.source import Source
from alerts.pipeline.difference import text_added
from alerts.pipeline.ports import SeenEntry, SourceState


@dataclass(frozen=True, slots=True)
class Admission:
    """What to commit: the events, their keys' content hashes, and every key of the document."""

    events: tuple[Event, ...]
    versions: dict[str, str]
    touched: tuple[str, ...]


def admit(
    source: Source,
    entries: Iterable[Entry],
    seen: Mapping[str, SeenEntry],
    state: SourceState,
    now: datetime,
    previous: Mapping[str, Event] | None = None,
) -> Admission:
    """Turn new and changed entries into events, in the order of the document.

    ``seen`` is what the ledger knows of the entries' keys; ``previous`` holds the last events
    of the keys that changed, where the lane has read them: without them the whole text of a
    revision counts as added.
    """
    listed: dict[str, Entry] = {}
    for entry in entries:
        listed.setdefault(entry.key, entry)
    backlog = not state.backlog_done and source.backfill != "alert"
    events: list[Event] = []
    for entry in listed.values():
        before = seen.get(entry.key)
        if before is None or before.version != entry.version:
            last = (previous or {}).get(entry.key)
            events.append(_event(source, entry, before, last, backlog, now))
    return Admission(
        tuple(events),
        {event.key: listed[event.key].version for event in events},
        tuple(listed),
    )


def changed_keys(entries: Iterable[Entry], seen: Mapping[str, SeenEntry]) -> tuple[str, ...]:
    """Name the keys whose last event is worth reading before :func:`admit`."""
    return tuple(
        entry.key for entry in entries if entry.key in seen and seen[entry.key].version != entry.version
    )


def _event(
    source: Source, entry: Entry, before: SeenEntry | None, last: Event | None, backlog: bool, now: datetime
) -> Event:
    revision = before.revision + 1 if before else 1
    return Event(
        id=event_id(source.id, entry.key, revision),
        source=SourceRef(
            id=source.id,
            publisher=entry.publisher or source.publisher or source.id,
            tier=source.tier,
            country=source.country,
        ),
        key=entry.key,
        revision=revision,
        title=entry.title,
        text=entry.text,
        text_added=text_added(last.title, last.text, entry.title, entry.text) if last else entry.text,
        url=entry.url,
        lang=entry.lang or source.lang,
        published=entry.published,
        seen=now,
        backlog=backlog,
    )
