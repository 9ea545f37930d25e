"""One rendering of an alert for people: mail as text and HTML, and a short form for chat.

Pure functions of the alert. HTML is escaped everywhere by jinja2's autoescape; links are only
http(s). The chat form is Markdown, which services get converted to what they speak; what an
untrusted title might smuggle into it is made plain here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.channels.wording import Part, Wording, words_of
from alerts.core.alert import Alert, AlertType

COLOURS = {
    "critical": "#b42318",
    "high": "#c2410c",
    "medium": "#a16207",
    "low": "#1d6f42",
    "info": "#1f5fa8",
}
SIGNS = {"critical": "🔴", "high": "🟠", "medium": "🟡", "low": "🟢", "info": "🔵"}
HEADS = {
    AlertType.OPENED: "New",
    AlertType.UPDATED: "Update",
    AlertType.RESOLVED: "Resolved",
    AlertType.DIGEST: "Digest",
    AlertType.ESCALATED: "Escalated",
    AlertType.SOURCE_STALE: "Service notice",
    AlertType.SOURCE_RECOVERED: "Service notice",
    AlertType.DELIVERY_EXHAUSTED: "Service notice",
    AlertType.RULES_REJECTED: "Service notice",
    AlertType.RECEIVER_TEST: "Service notice",
}
_LOOKALIKES = str.maketrans("*_`[]<>~|\\", "∗ˍ'()‹›∼¦∖")
"""What services read as markup, and letters that look the same and are nothing to any of them.

Backslashes would do for some; Slack shows them, and Telegram refuses a message over one stray
underscore.
"""
_EVERYONE = re.compile(r"(?<!\w)@(?=(?:everyone|here|channel|all)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's words: the subject and the same message as text and as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Note:
    """A chat message: a title and a Markdown body."""

    title: str
    body: str


def letter(alert: Alert) -> Letter:
    """Render an alert as a mail."""
    words = words_of(alert)
    fields = {"w": words, "head": HEADS[words.kind], "colour": COLOURS.get(words.severity, "#444c56")}
    templates = environment()
    return Letter(
        subject=words.subject,
        text=templates.get_template("mail.txt.j2").render(fields).strip() + "\n",
        html=templates.get_template("mail.html.j2").render(fields),
    )


def note(alert: Alert) -> Note:
    """Render an alert for chat: what a reader needs to decide whether to open the link."""
    words = words_of(alert)
    sign = SIGNS.get(words.severity, "⚪")
    lines = [
        f"**{plain(words.sentence)}**" if words.sentence else "",
        plain(words.summary),
        f"**What to do:** {plain(words.action)}" if words.action else "",
        _source_line(words),
        _rule_line(words),
    ]
    title = f"{sign} {plain(words.subject)}"
    return Note(title, "\n\n".join(line for line in lines if line) or plain(alert.title))


def _source_line(words: Wording) -> str:
    facts = dict(words.facts)
    told = " · ".join(plain(facts[name]) for name in ("Source", "Published", "Reports") if name in facts)
    link = f"[Read the source]({words.url.replace(')', '%29').replace('(', '%28')})" if words.url else ""
    return " · ".join(part for part in (link, told) if part)


def _rule_line(words: Wording) -> str:
    if not words.rule:
        return ""
    owner = f", owned by {plain(words.owner)}" if words.owner else ""
    matched = list(dict.fromkeys(part.text for part in words.headline + words.excerpt if part.marked))[:8]
    on = f"; matched: {', '.join(plain(one) for one in matched)}" if matched else ""
    return f"Rule: {plain(words.rule)}{owner}{on}"


def plain(text: str) -> str:
    """Words of a feed as chat may have them: no markup, and nobody called by them."""
    return _EVERYONE.sub("@\u200b", " ".join(text.split()).translate(_LOOKALIKES))


def _bracketed(parts: tuple[Part, ...]) -> str:
    return "".join(f"[[{part.text}]]" if part.marked else part.text for part in parts)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates, which escape what goes into HTML."""
    made = Environment(
        loader=PackageLoader("alerts.channels"),
        autoescape=select_autoescape(
            enabled_extensions=("html.j2",), default=True, disabled_extensions=("txt.j2",)
        ),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["bracketed"] = _bracketed
    return made
