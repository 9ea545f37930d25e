"""Status: how far a measure has come, from the words around its cues.

Every status word gets points by hand-set worth (how near the cue, in the title or not). These points, the
kind and the tense are what :mod:`alerts.recognise.verdict` weighs, beside the common words of the text.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime

from alerts.core.taxonomy import MeasureKind, Status
from alerts.recognise.cues import Cue
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence
from alerts.recognise.verdict import Spoken, likeliest, loudest

_WEIGHT = {
    Status.DENIED: 3.0,
    Status.CHALLENGED: 3.0,
    Status.LIFTED: 2.0,
    Status.SUSPENDED: 2.6,
    Status.EASED: 2.0,
    Status.EXTENDED: 2.0,
    Status.PROPOSED: 1.6,
    Status.INVESTIGATION: 2.2,
    Status.REPORTED: 1.2,
    Status.IN_FORCE: 2.0,
    Status.ANNOUNCED: 0.9,
}
_INVESTIGATED = frozenset({MeasureKind.IMPORT_TARIFF, MeasureKind.TRADE_REMEDY, MeasureKind.SANCTIONS})

_BINDING_AT_ONCE = frozenset(
    {
        MeasureKind.ENTITY_LISTING,
        MeasureKind.SANCTIONS,
        MeasureKind.FDI_RESTRICTION,
        MeasureKind.SUPPLY_DISRUPTION,
    }
)
"""Kinds that hold from the day they are made known."""

_MADE_KNOWN = frozenset({MeasureKind.SUPPLY_AGREEMENT, MeasureKind.CRITICAL_LIST_UPDATE})
"""Kinds that are announced and then are: nothing "takes effect" later."""

_GRANTED = frozenset(
    {
        MeasureKind.SUBSIDY,
        MeasureKind.STOCKPILING,
        MeasureKind.SUPPLY_AGREEMENT,
        MeasureKind.CRITICAL_LIST_UPDATE,
        MeasureKind.RESOURCE_NATIONALISATION,
    }
)
"""Kinds that are approved or cleared when they begin: nothing is eased by that."""

_SAID_LATER = frozenset({"in_force", "announced", "reported", "suspended", "extended"})

_AWAITED = re.compile(
    r" (?:no (?:date|word|time|timetable|timeline|sign|indication|plan|plans)|"
    r"(?:not|n t) (?:said|say|know|known|clear) (?:when|whether|if)|until|unless|whether|when|before) "
    r"(?:[\w']+ ){0,6}$"
)
"""What stands before an easing that has not come."""

_BESIDE = 6
"""Sentences (the title's first) in which words of another sentence than the cue's count."""

Found = tuple[Sentence, Cue]


def _near(hit: Hit, cue: Cue, sentence: Sentence) -> float:
    gap = max(0, hit.start - cue.end, cue.start - hit.end)
    dense = sentence.page.scanned[cue.start] >= "\u2e80"
    reach = 60 if dense else 160
    return max(0.5, 1.0 - gap / reach)


def _fullness(sentence: Sentence, hit: Hit) -> float:
    """Weigh a phrase ("with immediate effect") above a word."""
    words = sentence.page.scanned[hit.start : hit.end]
    return 1.3 if " " in words or (words[0] >= "\u2e80" and len(words) >= 4) else 1.0


def _turns(sentence: Sentence, cue: Cue) -> list[Hit]:
    """Read "pauses ... ban" as suspended and "ban ... lifted" as lifted: a verb beside the rule's name."""
    rules = [hit for hit in sentence.hits if hit.tag == "concept" and hit.value == "RULE"]
    if not rules:
        return []
    dense = sentence.page.scanned[cue.start] >= "\u2e80"
    reach = 14 if dense else 42
    found = []
    for hit in sentence.hits:
        if hit.tag != "concept" or hit.value not in ("HALT", "UNDO"):
            continue
        before = any(0 < rule.start - hit.end + 1 <= reach for rule in rules)
        after = any(0 < hit.start - rule.end + 1 <= reach for rule in rules)
        participle = dense or sentence.page.scanned[hit.start : hit.end].endswith(
            ("ed", "en", "hold", "t", "o", "e", "ी")
        )
        if before or (after and participle):
            status = Status.SUSPENDED if hit.value == "HALT" else Status.LIFTED
            found.append(hit._replace(tag="status", value=status.value))
    return found


def _is_awaited(sentence: Sentence, hit: Hit) -> bool:
    """Tell an easing that is only waited for: "gave no date for shipments to resume"."""
    if hit.tag != "status" or hit.value not in ("eased", "lifted"):
        return False
    return _AWAITED.search(sentence.page.scanned[max(sentence.start, hit.start - 60) : hit.start]) is not None


def _holds_beside(sentence: Sentence, hit: Hit) -> bool:
    """Tell whether a status word of another sentence speaks of the measure, too ("takes effect" does)."""
    if hit.tag != "status" or hit.value not in _SAID_LATER:
        return False
    return hit.value != "in_force" or _fullness(sentence, hit) > 1.0


def _words(found: list[Found], beside: list[Sentence]) -> list[tuple[Sentence, Cue | None, Hit, float]]:
    """List the status words: those of the cue's sentences, and (for less) of the ones beside."""
    words: list[tuple[Sentence, Cue | None, Hit, float]] = []
    for place, (sentence, cue) in enumerate(found):
        importance = 2.0 if sentence.field == "title" else 1.0 if place < 3 else 0.5
        words += [
            (sentence, cue, hit, importance)
            for hit in sentence.hits
            if hit.tag == "status" and not _is_awaited(sentence, hit)
        ]
        words += [(sentence, cue, hit, importance * 1.3) for hit in _turns(sentence, cue)]
    own = {id(sentence) for sentence, _ in found}
    for sentence in beside[:_BESIDE]:
        if id(sentence) not in own:
            importance = 0.7 if sentence.order < 3 else 0.5
            words += [
                (sentence, None, hit, importance) for hit in sentence.hits if _holds_beside(sentence, hit)
            ]
    return words


def _as_kind_has_it(status: Status, kind: MeasureKind) -> Status:
    if status is Status.ANNOUNCED and kind in _BINDING_AT_ONCE:
        return Status.IN_FORCE
    if status is Status.IN_FORCE and kind in _MADE_KNOWN:
        return Status.ANNOUNCED
    if status is Status.EASED and kind in _GRANTED:
        return Status.ANNOUNCED
    return status


_RELIEFS = (Status.LIFTED, Status.EASED)


def _takes_back(sentence: Sentence) -> bool:
    """Tell whether a rebate on exports is spoken of: who ends a rebate eases nothing."""
    begin = sentence.hits[0].start
    words = sentence.page.scanned[max(0, begin - 20) : sentence.hits[-1].end + 20]
    return any(stem in words for stem in ("rebate", "refund", "get back", "退税", "還付", "환급"))


Best = dict[Status, tuple[float, Hit, Sentence]]


def _points(
    found: list[Found], kind: MeasureKind, beside: list[Sentence]
) -> tuple[dict[Status, float], Best]:
    """Weigh every status word by hand-set worth; note each status' best word."""
    points: dict[Status, float] = {}
    best: Best = {}
    counted: set[tuple[int, Status]] = set()
    for sentence, cue, hit, importance in _words(found, beside):
        status = Status(hit.value)
        if status is Status.INVESTIGATION and kind not in _INVESTIGATED:
            continue
        status = _as_kind_has_it(status, kind)
        if kind is MeasureKind.EXPORT_TAX and status in _RELIEFS and _takes_back(sentence):
            status = Status.ANNOUNCED
        worth = _WEIGHT[status] * importance * (_near(hit, cue, sentence) if cue else 1.0)
        worth *= _fullness(sentence, hit)
        if (id(sentence), status) not in counted:
            counted.add((id(sentence), status))
            known = points.get(status, 0.0)
            points[status] = max(known, worth) if status is Status.ANNOUNCED else known + worth
        if worth > best.get(status, (0.0,))[0]:
            best[status] = (worth, hit, sentence)
    return points, best


_TENSES = ("AHEAD", "ALREADY", "TOLD", "NOW")


def _described(
    found: list[Found], kind: MeasureKind, points: dict[Status, float], best: Best, beside: list[Sentence]
) -> dict[str, float]:
    described = {"bias": 1.0, f"kind_{kind}": 1.0}
    described["now"] = float(
        any(
            hit.value == "NOW"
            for sentence in beside[:_BESIDE]
            for hit in sentence.hits
            if hit.tag == "concept"
        )
    )
    for status, worth in points.items():
        described[f"points_{status}"] = math.log1p(worth)
        described[f"title_{status}"] = float(best[status][2].field == "title")
    top = max(points, key=lambda each: points[each]) if points else None
    if top is not None:
        described[f"top_{top}"] = 1.0
    for place, (sentence, cue) in enumerate(found[:3]):
        described[f"way_{cue.way.partition('_')[0]}"] = 1.0
        where = "title" if sentence.field == "title" else "text"
        for hit in sentence.hits:
            if hit.tag == "concept" and hit.value in _TENSES:
                described[f"{where}_{hit.value}"] = 1.0
        described[where] = 1.0
        if place == 0:
            described["late"] = min(sentence.order, 6) / 6 if sentence.field == "text" else 0.0
    return described


def _nearest(found: list[Found]) -> dict[str, float]:
    """Name the status word that stands nearest to the cue, and the one that opens its sentence."""
    sentence, cue = found[0]
    said = [hit for hit in sentence.hits if hit.tag == "status"]
    if not said:
        return {}
    nearest = min(said, key=lambda hit: max(0, hit.start - cue.end, cue.start - hit.end))
    return {f"nearest_{nearest.value}": 1.0, f"opening_{said[0].value}": 1.0}


def begins(day: date | None, published: datetime | None) -> str | None:
    """Tell when a measure takes effect as seen from the day of its text: ``ahead``, ``that_day`` or ``past``."""
    if day is None or published is None:
        return None
    days = (day - published.date()).days
    return "ahead" if days > 0 else "that_day" if days >= -1 else "past"


def _of_its_kind(described: dict[str, float], kind: MeasureKind) -> dict[str, float]:
    """Let what says most count for each kind anew: a listing holds at once, a tariff from a day on."""
    return {
        f"{kind}_{name}": value * _KIND_SHARE
        for name, value in described.items()
        if value and name.startswith(_BY_KIND)
    }


_BY_KIND = ("top_", "title_", "text_", "begins_", "now")
_KIND_SHARE = 0.7
"""Of what a feature counts for all kinds: so much for its kind alone, of which there are fewer examples."""


def features(
    found: list[Found], kind: MeasureKind, beside: list[Sentence], begin: str | None = None
) -> dict[str, float]:
    """Describe in numbers how far a measure seems to have come; ``begin``: see :func:`begins`."""
    points, best = _points(found, kind, beside)
    return _all_features(found, kind, points, best, beside, begin)


def _all_features(
    found: list[Found],
    kind: MeasureKind,
    points: dict[Status, float],
    best: Best,
    beside: list[Sentence],
    begin: str | None,
) -> dict[str, float]:
    described = _described(found, kind, points, best, beside) | _nearest(found)
    if begin:
        described[f"begins_{begin}"] = 1.0
    return described | _of_its_kind(described, kind)


def status_of(
    found: list[Found], kind: MeasureKind, beside: list[Sentence], spoken: Spoken, begin: str | None = None
) -> tuple[Status, Hit | None, Sentence | None]:
    """Tell how far a measure has come, and the word that says so (if one does)."""
    points, best = _points(found, kind, beside)
    winner = likeliest(_all_features(found, kind, points, best, beside, begin), spoken.total)
    if winner in best:
        return winner, best[winner][1], best[winner][2]
    return winner, *(loudest(winner, spoken, beside[:1] + beside[-1:]) or (None, None))
