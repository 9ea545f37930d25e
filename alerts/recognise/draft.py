"""A draft: a measure in the making, one (issuer, kind) pair with the sentences that speak of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.cues import GIST, Cue
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence


@dataclass(slots=True)
class Draft:
    """A measure in the making."""

    issuer: str | None
    kind: MeasureKind
    score: float = 0.0
    found: list[tuple[Sentence, Cue]] = field(default_factory=list)
    issuer_hits: list[tuple[Sentence, Hit]] = field(default_factory=list)
    targets: dict[str, tuple[Sentence, Hit]] = field(default_factory=dict)
    explicit: float = 0.0
    likelihood: float = 0.0
    sounds: float = -12.0
    """Log probability of the kind by the text's common words (:mod:`alerts.recognise.gist`)."""

    @property
    def stated(self) -> bool:
        """Whether some sentence states it, rather than the text's words as a whole."""
        return any(cue.way != GIST for _, cue in self.found)

    @property
    def in_title(self) -> bool:
        """Whether the title states it."""
        return any(sentence.field == "title" for sentence, _ in self.found)

    def absorb(self, other: Draft) -> None:
        """Take over another draft's evidence and weight."""
        self.score += other.score
        self.found.extend(other.found)
        self.issuer_hits.extend(other.issuer_hits)
        self.explicit = max(self.explicit, other.explicit)
        for code, where in other.targets.items():
            self.targets.setdefault(code, where)


def importance(sentence: Sentence) -> float:
    """Weigh a sentence by its place: the title, then the first ones."""
    if sentence.field == "title":
        return 2.5
    return (1.3, 1.2, 1.0, 1.0, 1.0)[sentence.order] if sentence.order < 5 else 0.7
