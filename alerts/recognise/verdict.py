"""The verdict: which status the numbers about a measure, and the common words of its text, speak for.

A linear score, drawn at its fitting towards the hand-set points of :mod:`alerts.recognise.status`
alone. Its weights are data (``weights.yaml``, fitted by bench/train.py): ``statuses`` by
feature, ``spoken`` by common word (the stems of :mod:`alerts.recognise.gist`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from alerts.core.taxonomy import Status
from alerts.recognise.gist import place_of
from alerts.recognise.rows import Rows
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence
from alerts.recognise.tables import table

WORD_WORTH = 0.6
"""Of one common word beside 1.0 of a tense: there are many, and most say little."""
_STATUSES = tuple(status.value for status in Status)
_THOUSANDTHS = 1000
"""Of a weight, as the file has it."""
_PARTS = 64
"""Of one, in which the numbers of a description count."""
_LOUD = 3
"""Common words that are looked for, the one that says most first."""
_TELLING = 5
"""Letters of a stem that is more than an article or a preposition: those count, but show a reader nothing."""


def _packed(section: str, worth: float) -> Rows:
    weights: dict[str, dict[str, float]] = table("weights")[section]
    return Rows(
        len(_STATUSES),
        {
            name: [round(row.get(status, 0.0) * worth * _THOUSANDTHS) for status in _STATUSES]
            for name, row in weights.items()
        },
    )


@cache
def _features() -> Rows:
    return _packed("statuses", 1.0)


@cache
def _words() -> Rows:
    return _packed("spoken", WORD_WORTH * _PARTS)


def reread() -> None:
    """Take the weights from their table anew (training puts others there for a while)."""
    _features.cache_clear()
    _words.cache_clear()


@dataclass(frozen=True, slots=True)
class Spoken:
    """The common words of a text that say something (one marked ``^`` stands in the title), and what all say together."""

    stems: tuple[str, ...]
    total: int


def spoken_of(stems: Iterable[str]) -> Spoken:
    """Weigh the common words of a text once for all its measures."""
    rows = _words()
    known = [stem for stem in stems if stem in rows]
    return Spoken(tuple(filter(_shows, known)), sum(rows.known(known)))


def likeliest(described: dict[str, float], said: int = 0) -> Status:
    """Return the status whose weights say most for it; ``said``: the total of the common words."""
    totals = _features().unpacked(_features().scaled(described, _PARTS) + said)
    return Status(_STATUSES[totals.index(max(totals))])


def loudest(winner: Status, spoken: Spoken, beside: list[Sentence]) -> tuple[Hit, Sentence] | None:
    """Find the common word that says most for a status where no word of the gazetteer does."""
    rows, place = _words(), _STATUSES.index(winner)
    said = [(-rows.weight(word, place), word) for word in spoken.stems]
    for weight, word in sorted(said)[:_LOUD]:
        for sentence in beside if weight < 0 else ():
            span = place_of(word, sentence.page)
            if span is not None:
                return Hit(*span, "status", winner.value, "gist"), sentence
    return None


def _shows(word: str) -> bool:
    return word[-1] >= "\u2e80" or len(word.lstrip("^")) >= _TELLING
