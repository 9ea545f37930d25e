"""Status: how far a measure has come, from the words around its cues."""

from __future__ import annotations

from alerts.core.taxonomy import MeasureKind, Status
from alerts.recognise.cues import Cue
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence

_TURNS = (Status.DENIED, Status.CHALLENGED, Status.LIFTED, Status.SUSPENDED, Status.EASED, Status.EXTENDED)
"""Statuses that turn a measure around: one of them near the cue wins over the plain ones."""

_WEIGHT = {
    Status.DENIED: 2.2,
    Status.CHALLENGED: 3.0,
    Status.LIFTED: 2.0,
    Status.SUSPENDED: 2.6,
    Status.EASED: 2.0,
    Status.EXTENDED: 2.0,
    Status.PROPOSED: 1.6,
    Status.INVESTIGATION: 2.2,
    Status.REPORTED: 1.2,
    Status.IN_FORCE: 1.5,
    Status.ANNOUNCED: 1.0,
}
_INVESTIGATED = frozenset({MeasureKind.IMPORT_TARIFF, MeasureKind.TRADE_REMEDY, MeasureKind.SANCTIONS})

Found = tuple[Sentence, Cue]


def _near(hit: Hit, cue: Cue, sentence: Sentence) -> float:
    gap = max(0, hit.start - cue.end, cue.start - hit.end)
    dense = sentence.page.scanned[cue.start] >= "\u2e80"
    reach = 60 if dense else 160
    return max(0.25, 1.0 - gap / reach)


def status_of(found: list[Found], kind: MeasureKind) -> tuple[Status, Hit | None, Sentence | None]:
    """Weigh every status word in the cue's sentences; ``announced`` where nothing speaks."""
    points: dict[Status, float] = {Status.ANNOUNCED: 0.6}
    best: dict[Status, tuple[float, Hit, Sentence]] = {}
    for place, (sentence, cue) in enumerate(found):
        importance = 2.0 if sentence.field == "title" else 1.0 if place < 3 else 0.5
        counted: set[Status] = set()
        for hit in sentence.hits:
            if hit.tag != "status":
                continue
            status = Status(hit.value)
            if status is Status.INVESTIGATION and kind not in _INVESTIGATED:
                continue
            worth = _WEIGHT[status] * importance * _near(hit, cue, sentence)
            if status not in counted:
                points[status] = points.get(status, 0.0) + worth
                counted.add(status)
            if worth > best.get(status, (0.0,))[0]:
                best[status] = (worth, hit, sentence)
    winner = max(points, key=lambda status: (points[status], status in _TURNS))
    if winner in best:
        return winner, best[winner][1], best[winner][2]
    return winner, None, None
