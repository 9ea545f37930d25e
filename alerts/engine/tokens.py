"""Text as the queries see it: folded once, cut into words once an event.

A word is a run of letters and digits; a Han or kana character is a word by itself, so that
a phrase works in Chinese and Japanese too. A possessive ``'s`` belongs to no word.

Data: ``words`` holds the words by position; title and body are parted by a gap of empty
words wider than any NEAR, so that neither a phrase nor a distance reaches across.
``at`` says where a word stands. ``spans``, ``pairs`` and ``marks`` hold what the plans found, by
the plan's id: equal parts of queries are one plan (:mod:`alerts.engine.terms`), so that what a
hundred rules ask about is looked for once an event.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerts.core.event import Event
from alerts.core.measure import Evidence, EvidenceField
from alerts.core.text import Folded, fold

GAP = 64
MAX_SOUGHT = 6
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
# Vowel signs and the like: no letters to ``re``, but inside a word nevertheless.
_MARKS = (
    "\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
# Runs, then marks with what follows them; possessive (*+), so that nothing is ever tried twice.
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:[{_MARKS}][^\W_{_CJK}]*)*")
_BLANKED = "".join(char if char.isalnum() or char == "'" else " " for char in map(chr, range(128)))

Span = tuple[int, int]
"""Positions of words: first, and one past the last."""


def words_of(folded: str) -> list[str]:
    """Cut folded text into words."""
    if not folded.isascii():
        return _WORD.findall(_without_possessives(folded))
    text = folded.translate(_BLANKED)
    if "'" in text:
        text = _without_apostrophes(text)
    return text.split()


def _without_apostrophes(text: str) -> str:
    """Blank possessives, then every other apostrophe, of text that has no other marks.

    Nearly every ``'s`` stands behind a word and before a blank; only others are looked at singly.
    """
    if "'s" in text:
        if " 's" in text or "'s'" in text or "''s" in text or text.startswith("'s") or text.endswith("'s"):
            text = _without_possessives(text)
        else:
            text = text.replace("'s ", "   ")
    return text.replace("'", " ")


def word_spans(folded: str, words: Iterable[str]) -> list[Span]:
    """Return where each of the words of a folded text stands.

    A word is found at the first place behind the one before: nothing that parts words can begin one.
    """
    find = _without_possessives(folded).find
    spans: list[Span] = []
    end = 0
    for word in words:
        start = find(word, end)
        end = start + len(word)
        spans.append((start, end))
    return spans


def _without_possessives(text: str) -> str:
    """Blank every ``'s`` that ends a word, keeping the length."""
    pieces: list[str] = []
    done, at = 0, text.find("'s")
    while at >= 0:
        end = at + 2
        if text[max(at - 1, 0) : at].isalnum() and not text[end : end + 1].isalnum():
            pieces += (text[done:at], "  ")
            done = end
        at = text.find("'s", end)
    return "".join((*pieces, text[done:])) if pieces else text


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
        "_cuts",
        "_evidence",
        "_firsts",
        "_ordered",
        "_places",
        "_title",
        "_vocabulary",
        "marks",
        "pairs",
        "segments",
        "spans",
        "words",
    )

    def __init__(self, parts: Iterable[tuple[EvidenceField, Folded, list[str]]], title: Title | None) -> None:
        self.words: list[str] = []
        self.segments: list[Segment] = []
        for field, folded, words in parts:
            if self.segments:
                self.words.extend([""] * GAP)
            self.segments.append(Segment(field, folded, len(self.words), len(words)))
            self.words.extend(words)
        self.spans: dict[int, list[Span]] = {}
        self.pairs: dict[int, list[tuple[Span, Span]]] = {}
        self.marks: dict[int, list[Span]] = {}
        self._title = title
        self._vocabulary: set[str] | None = None
        self._places: dict[str, list[int]] = {}
        self._ordered: list[str] | None = None
        self._firsts: dict[int, TextView] = {}
        self._cuts: dict[str, list[Span]] = {}
        self._evidence: dict[Span, Evidence] = {}

    @property
    def title(self) -> TextView:
        """The view of the event's title; of a part, that part."""
        return self if self._title is None else self._title.view

    @property
    def vocabulary(self) -> set[str]:
        """The words, each once."""
        if self._vocabulary is None:
            self._vocabulary = set(self.words)
            self._vocabulary.discard("")
        return self._vocabulary

    def at(self, word: str) -> Sequence[int]:
        """Return the positions of a word.

        A few words are looked for one by one; whoever asks for more gets them all indexed.
        """
        known = self._places.get(word)
        if known is None:
            if word not in self.vocabulary:
                return ()
            if len(self._places) >= MAX_SOUGHT:
                self._index()
                return self._places[word]
            known = self._places[word] = self._seek(word)
        return known

    def _seek(self, word: str) -> list[int]:
        found: list[int] = []
        at = -1
        try:
            while True:
                at = self.words.index(word, at + 1)
                found.append(at)
        except ValueError:  # how ``index`` says that there is no more
            return found

    def _index(self) -> None:
        places: dict[str, list[int]] = {}
        for position, word in enumerate(self.words):
            if word in places:
                places[word].append(position)
            else:
                places[word] = [position]
        self._places = places

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
        known = self._evidence.get(span)  # what a hundred rules hold on is cut out once
        if known is None:
            known = self._evidence[span] = self._cut(span)
        return known

    def evidences(self, spans: Sequence[Span]) -> list[Evidence]:
        """Return the words of some spans as published, each place once."""
        known = self._evidence
        try:
            found = [known[span] for span in spans]
        except KeyError:
            found = [self.evidence(span) for span in spans]
        if all(segment.folded.even for segment in self.segments):
            return found
        # One character may fold to two words, which stand at one place then.
        return list({(item.field, item.start, item.end): item for item in found}.values())

    def _cut(self, span: Span) -> Evidence:
        segment = self.segments[-1 if span[0] >= self.segments[-1].base else 0]
        spans = self._cuts.get(segment.field)
        if spans is None:
            words = self.words[segment.base : segment.base + segment.length]
            spans = self._cuts[segment.field] = word_spans(segment.folded.text, words)
        start = spans[span[0] - segment.base][0]
        end = spans[span[1] - 1 - segment.base][1]
        start, end = segment.folded.span(start, end)
        text = segment.folded.original[start:end]
        return Evidence(role="rule", field=segment.field, start=start, end=end, text=text)


class Title:
    """An event's title, folded and cut when first asked for.

    The views of the text know it and not the whole event: nothing refers back, so that what an
    event took is free for the next one at once, not when the garbage collector comes by.
    """

    __slots__ = ("_cut", "_text", "_view")

    def __init__(self, text: str) -> None:
        self._text = text
        self._cut: tuple[Folded, list[str]] | None = None
        self._view: TextView | None = None

    @property
    def cut(self) -> tuple[Folded, list[str]]:
        """The title folded, and its words."""
        if self._cut is None:
            folded = fold(self._text)
            self._cut = folded, words_of(folded.text)
        return self._cut

    @property
    def view(self) -> TextView:
        """The title as queries see it."""
        if self._view is None:
            self._view = TextView([("title", *self.cut)], None)
        return self._view


class EventTexts:
    """The three text views of an event, each made when first asked for."""

    __slots__ = ("_added", "_event", "_text", "_title")

    def __init__(self, event: Event) -> None:
        self._event = event
        self._title = Title(event.title)
        self._text: TextView | None = None
        self._added: TextView | None = None

    @property
    def title(self) -> TextView:
        """The title alone."""
        return self._title.view

    @property
    def text(self) -> TextView:
        """Title and body."""
        if self._text is None:
            body = fold(self._event.text)
            self._text = TextView(
                [("title", *self._title.cut), ("text", body, words_of(body.text))], self._title
            )
        return self._text

    @property
    def text_added(self) -> TextView:
        """What this revision added to the body."""
        if self._added is None:
            added = fold(self._event.text_added)
            self._added = TextView([("text", added, words_of(added.text))], self._title)
        return self._added
