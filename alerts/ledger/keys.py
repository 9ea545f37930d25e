"""Every key of the ledger, in one place.

Data structures (``ms`` is milliseconds of Unix time):

- ``poll:due``, ``decide:due``: sorted sets, id -> ms when it may be claimed; a claim moves
  the score to the lease's end, so a killed worker's work falls due again by itself.
- ``poll:token``, ``decide:token``: hashes, id -> the newest fencing token.
- ``deliver:targets``: sorted set, target -> ms when something of it may be claimed;
  ``deliver:due:T`` and ``deliver:leased:T``: sorted sets of its deliveries. Targets take
  turns because serving one moves it behind those that wait. ``deliver:since:T``: sorted set of
  what is not delivered yet, delivery -> ms from which it might have gone; ``deliver:dead``:
  hash, target -> how many of its deliveries are given up.
- ``digest:G``: hash of what is held for a target until a time, by thread (see ``lua/delivery.lua``);
  ``deliver:held``: hash, target -> how many of its notices are held.
- ``ack:A``: JSON, who acknowledged an alert; ``escalations:A``: set of the deliveries that it would cancel.
- ``inhibit:I``: JSON, the alert that inhibits others under a group of facts, with an expiry.
- ``silences``: hash, silence -> JSON; ``version`` rises with every change.
- ``delays``: hash, ``KIND:BOUND`` -> deliveries whose delay fell into that class, ``KIND:ms`` -> sum.
- ``source:S`` state, ``event:E``, ``story:S``, ``alert:A``: JSON. ``decision:E``,
  ``delivery:D``: hashes.
- ``seen:S``: hash, entry key -> revision, version, event id; ``seen_at:S``: sorted set, entry
  key -> ms last seen in a document.
- ``rulebooks``: list, the versions that were in force, newest first; ``rulebook:V`` their files.
- ``window:W``: JSON, what one group of a correlation rule has counted, with an expiry.
- ``story_key:K``: the story that an index key leads to, with an expiry.
"""

from __future__ import annotations

PREFIX = "ew:"

FENCE = PREFIX + "fence"
POLL_DUE = PREFIX + "poll:due"
POLL_TOKEN = PREFIX + "poll:token"
DECIDE_DUE = PREFIX + "decide:due"
DECIDE_TOKEN = PREFIX + "decide:token"
DELIVER_TARGETS = PREFIX + "deliver:targets"
DELIVER_DEAD = PREFIX + "deliver:dead"
DELIVER_HELD = PREFIX + "deliver:held"
DELAYS = PREFIX + "delays"
EVENTS = PREFIX + "events"
ALERTS = PREFIX + "alerts"
COUNTS = PREFIX + "counts"
PROGRESS = PREFIX + "progress"
RULEBOOK = PREFIX + "rulebook"
RULEBOOKS = PREFIX + "rulebooks"
SOURCES = PREFIX + "sources"
SILENT = PREFIX + "silent"
SILENCES = PREFIX + "silences"


def rulebook(version: str) -> str:
    """The files of a version that is, or was, in force: JSON, packed."""
    return f"{PREFIX}rulebook:{version}"


def source(source_id: str) -> str:
    """State of a source, JSON."""
    return f"{PREFIX}source:{source_id}"


def seen(source_id: str) -> str:
    """What was admitted of a source."""
    return f"{PREFIX}seen:{source_id}"


def seen_at(source_id: str) -> str:
    """When each entry key was last in the source's document."""
    return f"{PREFIX}seen_at:{source_id}"


def event(event_id: str) -> str:
    """An event, JSON."""
    return f"{PREFIX}event:{event_id}"


def decision(event_id: str) -> str:
    """An event's decision record, hash of ``record`` (JSON) and ``token``."""
    return f"{PREFIX}decision:{event_id}"


def story(story_id: str) -> str:
    """A story, JSON."""
    return f"{PREFIX}story:{story_id}"


def story_key(key: str) -> str:
    """The story that an index key leads to."""
    return f"{PREFIX}story_key:{key}"


def window(key: str) -> str:
    """What one group of a correlation rule has counted, JSON."""
    return f"{PREFIX}window:{key}"


def alert(alert_id: str) -> str:
    """An alert, JSON."""
    return f"{PREFIX}alert:{alert_id}"


def delivery(delivery_id: str) -> str:
    """A delivery, hash."""
    return f"{PREFIX}delivery:{delivery_id}"


def digest(digest_id: str) -> str:
    """What a digest holds, hash by thread."""
    return f"{PREFIX}digest:{digest_id}"


def mark(key: str) -> str:
    """The alert that inhibits others under a group of facts, JSON."""
    return f"{PREFIX}inhibit:{key}"


def ack(alert_id: str) -> str:
    """Who acknowledged an alert, JSON."""
    return f"{PREFIX}ack:{alert_id}"


def since_of(target: str) -> str:
    """Deliveries of a target that are neither delivered nor given up, by when they might first have gone."""
    return f"{PREFIX}deliver:since:{target}"


def deliveries(state: str) -> str:
    """Index of deliveries in a state, by the time they came into it (due: were created).

    The oldest of those that are due says which alerts must not be forgotten yet.
    """
    return f"{PREFIX}deliveries:{state}"


def hint(lane: str) -> str:
    """Set while a "look now" for a lane is on its way, so that one is sent and not thousands."""
    return f"{PREFIX}hint:{lane}"


def wake(lane: str) -> str:
    """A list of at most one: pushed to when there is work for the lane (see ``lua/wake.lua``)."""
    return f"{hint(lane)}:wake"


def waiting(lane: str) -> str:
    """Lives while a run of the lane waits for the push."""
    return f"{hint(lane)}:waiting"
