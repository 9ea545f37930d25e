"""A digest for people: one mail or chat message about all that was held. Pure.

Every item says what an alert says at its top: how grave, what, who towards whom, what to do, the
link. A chat message has little room: it names as many as fit, the gravest first, and counts the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from alerts.channels.message import COLOURS, HEADS, SIGNS, Letter, Note, environment, plain
from alerts.channels.wording import Wording, words_of
from alerts.core.alert import AlertType
from alerts.core.digest import Digest, DigestItem

_MOST_ROOM, _LEAST_ROOM = 6000, 60
_MARKUP = 0.8
"""What of a service's room is left after our Markdown was made its own markup."""
_TITLE = 250
_SINCE = {AlertType.UPDATED: "New, and changed since", AlertType.RESOLVED: "New, and over since"}
"""What is said of an item that was new, by its last notice."""
_GREY, _WHITE_SIGN = "#444c56", "⚪"


@dataclass(frozen=True, slots=True)
class ItemWording:
    """An item in words; ``history`` are the changes that were held before its last one."""

    words: Wording
    head: str
    colour: str
    history: tuple[str, ...]


def letter(digest: Digest) -> Letter:
    """Render a digest as a mail."""
    subject = f"[{digest.severity}] {' '.join(digest.title.split())}"[:200]
    fields = {
        "d": digest,
        "subject": subject,
        "colour": COLOURS.get(digest.severity, _GREY),
        "items": [item_words(item) for item in digest.items],
    }
    templates = environment()
    return Letter(
        subject=subject,
        text=templates.get_template("digest.txt.j2").render(fields).strip() + "\n",
        html=templates.get_template("digest.html.j2").render(fields),
    )


def item_words(item: DigestItem) -> ItemWording:
    """Work out what to say about an item."""
    words = words_of(item.alert)
    first = item.before[0] if item.before else item.alert
    head = HEADS[first.type]
    if first.type is AlertType.OPENED:
        head = _SINCE.get(item.alert.type, head)
    history = tuple(each.summary for each in item.before if each.type is not AlertType.OPENED)
    return ItemWording(words, head, COLOURS.get(words.severity, _GREY), history)


def note(digest: Digest, room: int) -> Note:
    """Render a digest for chat, in so many characters as a service takes."""
    left = max(int(min(room, _MOST_ROOM) * _MARKUP) - _TITLE, _LEAST_ROOM)
    lines: list[str] = []
    for item in digest.items:
        line = _line(item)
        if lines and len(line) > left:
            break
        lines.append(line)
        left -= len(line) + 2
    more = digest.count - len(lines)
    if more:
        lines.append(f"… and {more} more: exportwatch alerts list")
    sign = SIGNS.get(digest.severity, _WHITE_SIGN)
    plural = "s" if digest.count != 1 else ""
    title = f"{sign} [{digest.severity}] {digest.count} notice{plural}, held until {digest.at:%H:%M} UTC"
    return Note(title, "\n\n".join(lines) or plain(digest.summary))


def _line(item: DigestItem) -> str:
    words = item_words(item).words
    headline = "".join(part.text for part in words.headline)
    said = plain(words.sentence or words.summary or words.why)
    update = plain(words.summary) if item.alert.type is AlertType.UPDATED and words.summary else ""
    url = words.url.replace(")", "%29").replace("(", "%28")
    parts = [said, update, f"[Read the source]({url})" if url else ""]
    told = " · ".join(dict.fromkeys(part for part in parts if part))
    return f"{SIGNS.get(words.severity, _WHITE_SIGN)} **{plain(headline)}**" + (f"\n{told}" if told else "")
