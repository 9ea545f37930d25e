"""Plain text out of what publishers put into titles and descriptions; pure.

Markup goes (nh3, so scripts and styles go with their content), entities are decoded, also
those that were encoded twice, and blanks are tidied: a title is one line, a text keeps its
paragraphs as lines. Block elements part words ("<p>a</p><p>b</p>" is not "ab").
"""

from __future__ import annotations

import html
import re

import nh3

TEXT_LIMIT = 50_000
"""Characters of a text that are kept: three times the longest official notice seen."""

_MARKUP_LIMIT = 4 * TEXT_LIMIT
_TITLE_LIMIT = 500
_BLOCK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|tr|td|th|table|h[1-6]|section|article|blockquote|hr|dt|dd|pre)\b", re.IGNORECASE
)
_ANY_TAG = re.compile(r"<[^<>]*>?")
_TAGS_LIMIT = 1000
_STILL_ENCODED = re.compile(r"&(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|[A-Za-z]{2,8});")
_APPEARED = re.compile(
    r"\s*\bThe post .{1,400}? (?:appeared first on|first appeared on) .{0,200}$", re.DOTALL
)


def title_line(markup: str) -> str:
    """Give a title as one line of plain text."""
    return " ".join(_strip(markup[: 8 * _TITLE_LIMIT]).split())[:_TITLE_LIMIT]


def paragraphs(markup: str) -> str:
    """Give a description as plain text, a line a paragraph, without the syndication footer."""
    lines = (" ".join(line.split()) for line in _strip(markup[:_MARKUP_LIMIT]).split("\n"))
    text = "\n".join(line for line in lines if line)[:TEXT_LIMIT]
    # WordPress repeats the title in a footer; it would count as evidence a second time.
    return text[:-700] + _APPEARED.sub("", text[-700:]) if "appeared" in text[-700:] else text


def _strip(markup: str) -> str:
    text = _without_tags(markup) if "<" in markup else markup
    for _ in range(2):
        if not _STILL_ENCODED.search(text):
            break
        text = html.unescape(text)
        if "<" in text and _BLOCK.search(text):  # markup that was encoded as text
            text = html.unescape(_without_tags(text))
    return text.replace("\u00a0", " ").replace("\0", "")


def _without_tags(markup: str) -> str:
    parted = _BLOCK.sub(lambda found: "\n" + found[0], markup)
    if parted.count("<") > _TAGS_LIMIT:
        # A real HTML parser takes quadratic time on thousands of tags that are never closed.
        return _ANY_TAG.sub(" ", parted)
    return nh3.clean(parted, tags=set())
