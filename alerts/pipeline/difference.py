"""What a revision adds to the text before it; pure and linear.

By sentence, as a set: a sentence that stood anywhere in the old text is not new where the
publisher moved it to. A difference by position (difflib) would cost quadratic time on the
long notices that matter most, and call moved sentences new.
"""

from __future__ import annotations

import re

from alerts.core.text import fold

_SENTENCES = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])|\n+")


def text_added(old_title: str, old: str, title: str, text: str) -> str:
    """Give the sentences of a revision that the one before did not have, a changed title first."""
    known = {_plain(part) for part in (*_SENTENCES.split(old), old_title)}
    added = [part.strip() for part in (title, *_SENTENCES.split(text)) if part and _plain(part) not in known]
    return "\n".join(added)


def _plain(sentence: str) -> str:
    return " ".join(fold(sentence).text.split())
