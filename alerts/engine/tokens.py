"""Text as the queries see it: folded once, cut into words once an event.

A word is a run of letters and digits; a Han or kana character is a word by itself, so that
a phrase works in Chinese and Japanese too. A possessive ``'s`` belongs to no word.

Data: ``words`` holds the words by position; title and body are parted by a gap of empty
words wider than any NEAR, so that neither a phrase nor a distance reaches across.
``places`` maps a word to its positions.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from alerts.core.event import Event
from alerts.core.measure import Evidence, EvidenceField
from alerts.core.text import Folded, fold

GAP = 64
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
# Vowel signs and the like: no letters to ``re``, but inside a word nevertheless.
_MARKS = (
    "\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
_ASCII_WORD = re.compile(r"([a-z0-9]+)(?:'s(?![a-z0-9]))?")
_WORD = re.compile(rf"([{_CJK}]|[^\W_{_CJK}](?:[^\W_{_CJK}]|[{_MARKS}])*)(?:'s(?!\w))?")

Span = tuple[int, int]
"""Positions of words: first, and one past the last."""


def words_of(folded: str) -> list[str]:
    """Cut folded text into words."""
    return _pattern(folded).findall(folded)


def _pattern(folded: str) -> re.Pattern[str]:
    return _ASCII_WORD if folded.isascii() else _WORD


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a text view: which field it is, and the position of its first word."""

    field: EvidenceField
    folded: Folded
    base: int
    length: int


class TextView:
    """Words of one or two fields, with their positions and the way back to the original."""

    __slots__ = (
        "_firsts",
        "_ordered",
        "_spans",
        "memo",
        "places",
        "segments",
        "title",
        "vocabulary",
        "words",
    )

    def __init__(
        self, parts: Iterable[tuple[EvidenceField, Folded, list[str]]], title: TextView | None
    ) -> None:
        self.words: list[str] = []
        self.segments: list[Segment] = []
        for field, folded, words in parts:
            if self.segments:
                self.words.extend([""] * GAP)
            self.segments.append(Segment(field, folded, len(self.words), len(words)))
            self.words.extend(words)
        self.title = title or self
        self.places: dict[str, list[int]] = {}
        for position, word in enumerate(self.words):
            if word in self.places:
                self.places[word].append(position)
            else:
                self.places[word] = [position]
        self.places.pop("", None)
        self.vocabulary = frozenset(self.places)
        self.memo: dict[int, Any] = {}
        self._ordered: list[str] | None = None
        self._firsts: dict[int, TextView] = {}
        self._spans: dict[str, list[Span]] = {}

    def starting_with(self, prefix: str) -> list[str]:
        """Every word of the text that begins so."""
        if self._ordered is None:
            self._ordered = sorted(self.vocabulary)
        found = []
        for index in range(bisect_left(self._ordered, prefix), len(self._ordered)):
            if not self._ordered[index].startswith(prefix):
                break
            found.append(self._ordered[index])
        return found

    def first(self, count: int) -> TextView:
        """Return the view of the first words alone; positions stay the same."""
        if count not in self._firsts:
            parts, left = [], count
            for segment in self.segments:
                words = self.words[segment.base : segment.base + min(left, segment.length)]
                left -= len(words)
                parts.append((segment.field, segment.folded, words))
            self._firsts[count] = TextView(parts, None)
        return self._firsts[count]

    def evidence(self, span: Span) -> Evidence:
        """Return the words of a span as they stand in the text as published."""
        segment = next(seg for seg in reversed(self.segments) if seg.base <= span[0])
        if segment.field not in self._spans:
            text = segment.folded.text
            self._spans[segment.field] = [found.span(1) for found in _pattern(text).finditer(text)]
        spans = self._spans[segment.field]
        start = spans[span[0] - segment.base][0]
        end = spans[span[1] - 1 - segment.base][1]
        start, end = segment.folded.span(start, end)
        text = segment.folded.original[start:end]
        return Evidence(role="rule", field=segment.field, start=start, end=end, text=text)


class EventTexts:
    """The three text views of an event, each made when first asked for."""

    __slots__ = ("_added", "_event", "_text", "_title", "folded_title")

    def __init__(self, event: Event) -> None:
        self._event = event
        self.folded_title: tuple[Folded, list[str]] | None = None
        self._title: TextView | None = None
        self._text: TextView | None = None
        self._added: TextView | None = None

    def _folded_title(self) -> tuple[Folded, list[str]]:
        if self.folded_title is None:
            folded = fold(self._event.title)
            self.folded_title = folded, words_of(folded.text)
        return self.folded_title

    @property
    def title(self) -> TextView:
        """The title alone."""
        if self._title is None:
            folded, words = self._folded_title()
            self._title = TextView([("title", folded, words)], None)
        return self._title

    @property
    def text(self) -> TextView:
        """Title and body."""
        if self._text is None:
            folded, words = self._folded_title()
            body = fold(self._event.text)
            parts: list[tuple[EvidenceField, Folded, list[str]]] = [("title", folded, words)]
            parts.append(("text", body, words_of(body.text)))
            self._text = TextView(parts, self.title)
        return self._text

    @property
    def text_added(self) -> TextView:
        """What this revision added to the body."""
        if self._added is None:
            added = fold(self._event.text_added)
            self._added = TextView([("text", added, words_of(added.text))], self.title)
        return self._added
