"""Cues: which kinds of measure a sentence speaks of, and on which words.

A cue is a fixed phrase ("export ban") or a gap pattern: two concepts near each other ("halts
rare earth exports"). Where one sentence holds several kinds, :data:`_YIELDS` says which one is
only an echo of another ("suspends export controls" is no export ban).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.background import in_background
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence
from alerts.recognise.tables import table
from alerts.recognise.terms import scanned_form

PHRASE_WEIGHT = 3.0
GIST = "gist"
"""The way of a cue that no sentence states: the words of the text as a whole speak for its kind."""
REACH = 8
"""Characters that a word takes in the limits of the gap patterns (of Han and kana, fewer)."""
_MOST = 40
"""Hits of one concept that are paired: a sentence without end must not cost its square."""
_LEAD = 4
"""Sentences in which a commodity beside "controls" or "curbs" is taken for a measure's object."""


_STATES = 2
"""Sentences of the body in which a place beside a sum or a pact is taken for a government."""
_HARDLY_NAMED = ("unsure", "paper", "region")


@dataclass(slots=True)
class Cue:
    """One kind in one sentence. ``generic``: the issuer's regime settles the kind.

    ``way``: the two concepts of its gap pattern ("BAN_EXPORT"), or "phrase".
    """

    kind: MeasureKind
    weight: float
    hits: tuple[Hit, ...]
    generic: bool = False
    background: bool = False
    way: str = "phrase"
    start: int = field(init=False)
    """Where the first word of the cue stands."""
    end: int = field(init=False)
    """Where the last word of the cue ends."""

    def __post_init__(self) -> None:
        self.start = min(hit.start for hit in self.hits)
        self.end = max(hit.end for hit in self.hits)


@dataclass(frozen=True, slots=True)
class _Pattern:
    kind: MeasureKind
    first: str
    second: str
    within: int
    weight: float
    generic: bool


@cache
def patterns() -> dict[str, list[_Pattern]]:
    """Patterns by their first concept."""
    found: dict[str, list[_Pattern]] = {}
    for pattern in _all_patterns():
        found.setdefault(pattern.first, []).append(pattern)
    return found


_NONE: frozenset[str] = frozenset()


@cache
def _seconds() -> dict[str, frozenset[str]]:
    """The second concepts of the patterns by their first."""
    return {first: frozenset(pattern.second for pattern in each) for first, each in patterns().items()}


def _all_patterns() -> Iterator[_Pattern]:
    yield from (
        _Pattern(
            MeasureKind(kind),
            str(each["near"][0]),
            str(each["near"][1]),
            int(each["within"]),
            float(each["weight"]),
            bool(each.get("generic", False)),
        )
        for kind, ways in table("kinds").items()
        for each in ways["patterns"]
    )


# A weaker cue of the first kind in a sentence that has the second kind is an echo of it.
_YIELDS = tuple(
    (MeasureKind(weaker), MeasureKind(stronger))
    for weaker, stronger in (
        ("export_licensing", "entity_listing"),
        ("export_licensing", "export_tax"),
        ("export_licensing", "export_quota"),
        ("resource_nationalisation", "export_licensing"),
        ("export_licensing", "resource_nationalisation"),
        ("export_licensing", "export_restriction_other"),
        ("import_tariff", "trade_remedy"),
        ("import_tariff", "export_tax"),
        ("sanctions", "import_ban"),
        ("sanctions", "entity_listing"),
        ("export_ban", "procurement_restriction"),
        ("export_ban", "import_ban"),
        ("export_ban", "export_quota"),
        ("fdi_restriction", "procurement_restriction"),
        ("fdi_restriction", "export_ban"),
        ("export_ban", "fdi_restriction"),
        ("domestic_processing", "export_licensing"),
        ("import_tariff", "sanctions"),
        ("import_ban", "procurement_restriction"),
        ("export_quota", "production_quota"),
        ("production_quota", "export_quota"),
        ("export_quota", "import_restriction_other"),
        ("export_quota", "import_tariff"),
        ("export_quota", "trade_remedy"),
        ("domestic_processing", "export_ban"),
        ("subsidy", "supply_agreement"),
        ("subsidy", "fdi_restriction"),
        ("subsidy", "sanctions"),
        ("export_ban", "supply_disruption"),
        ("export_ban", "production_quota"),
        ("entity_listing", "critical_list_update"),
        ("export_restriction_other", "export_licensing"),
    )
)


def _gap(one: Hit, other: Hit) -> int:
    return max(0, other.start - one.end, one.start - other.end)


def _nearest(ones: list[Hit], others: list[Hit], limit: int) -> tuple[Hit, Hit] | None:
    best: tuple[int, Hit, Hit] | None = None
    for one in ones:
        for other in others:
            gap = _gap(one, other)
            if one[:2] == other[:2]:
                continue
            if gap <= limit and (best is None or gap < best[0]):
                best = (gap, one, other)
    return None if best is None else (best[1], best[2])


def _phrase_cues(sentence: Sentence) -> dict[MeasureKind, Cue]:
    cues: dict[MeasureKind, Cue] = {}
    for hit in sentence.hits:
        if hit.tag == "kind":
            kind = MeasureKind(hit.value)
            if kind not in cues:
                cues[kind] = Cue(kind, PHRASE_WEIGHT, (hit,))
    return cues


def _pattern_cues(sentence: Sentence, cues: dict[MeasureKind, Cue]) -> None:
    concepts = _concepts(sentence)
    if len(concepts) < 2:
        return
    if "PERMIT_MINE" in concepts and "LICENCE" in concepts:
        mines = concepts["PERMIT_MINE"]
        concepts["LICENCE"] = [
            hit for hit in concepts["LICENCE"] if not any(_gap(hit, m) == 0 for m in mines)
        ]
    dense = sentence.page.scanned[sentence.hits[0].start] >= "\u2e80"
    by_first = patterns()
    for first, ones in concepts.items():
        if _seconds().get(first, _NONE).isdisjoint(concepts):
            continue
        for pattern in by_first[first]:
            others = concepts.get(pattern.second)
            if others:
                _try(pattern, ones, others, dense, cues)


_BODIES = ("SANCTIONER", "REMEDIER", "BANKER", "SCREENER", "CONTROLLER", "STORER")


@cache
def _bodies() -> dict[str, str]:
    """Bodies whose acts are of one kind, by name as scanned: inside an agency's name no word counts for itself."""
    return {
        scanned_form(name).strip(): concept
        for concept in _BODIES
        for names in table("concepts")[concept].values()
        for name in names
    }


def _concepts(sentence: Sentence) -> dict[str, list[Hit]]:
    """Group a sentence's hits by concept; goods, states and acts are concepts, too."""
    concepts: dict[str, list[Hit]] = {}
    leads = sentence.field == "title" or sentence.order < _STATES
    first_place = None
    for hit in sentence.hits:
        if hit.tag == "concept":
            concepts.setdefault(hit.value, []).append(hit)
        elif hit.tag == "commodity" and sentence.order < _LEAD:
            concepts.setdefault("GOOD", []).append(hit)
        elif hit.tag == "status":
            concepts.setdefault("ACT", []).append(hit)
        if hit.tag == "agency" and (
            body := _bodies().get(sentence.page.scanned[hit.start : hit.end].strip())
        ):
            concepts.setdefault(body, []).append(hit)
        if hit.tag in ("place", "agency") and leads and hit.how not in _HARDLY_NAMED:
            concepts.setdefault("STATE", []).append(hit)
            if "SELL" in concepts and sentence.page.scanned.startswith(" to ", hit.start - 4):
                concepts.setdefault("EXPORT", []).append(concepts["SELL"][-1])
            first_place = first_place or hit
            if hit.value != first_place.value:
                concepts.setdefault("PAIR", []).append(hit)
    return concepts


def _try(
    pattern: _Pattern, ones: list[Hit], others: list[Hit], dense: bool, cues: dict[MeasureKind, Cue]
) -> None:
    known = cues.get(pattern.kind)
    if known is not None and known.weight >= pattern.weight:
        return
    pair = _nearest(ones[:_MOST], others[:_MOST], pattern.within * (3 if dense else REACH))
    if pair:
        way = f"{pattern.first}_{pattern.second}"
        cues[pattern.kind] = Cue(pattern.kind, pattern.weight, pair, pattern.generic, way=way)


def _suspends_a_rule(cues: dict[MeasureKind, Cue]) -> bool:
    ban, rule = cues.get(MeasureKind.EXPORT_BAN), cues.get(MeasureKind.EXPORT_LICENSING)
    return (
        ban is not None and rule is not None and rule.weight >= PHRASE_WEIGHT and ban.weight < PHRASE_WEIGHT
    )


def _without_echoes(sentence: Sentence, cues: dict[MeasureKind, Cue]) -> None:
    if _suspends_a_rule(cues):
        named = cues[MeasureKind.EXPORT_LICENSING]
        words = sentence.page.scanned[named.start : named.end]
        permits = any(stem in words for stem in ("permit", "licen", "izin", "permis"))
        del cues[
            MeasureKind.EXPORT_LICENSING if permits and "require" not in words else MeasureKind.EXPORT_BAN
        ]
    ban, rule = cues.get(MeasureKind.EXPORT_BAN), cues.get(MeasureKind.EXPORT_LICENSING)
    if ban and rule and rule.weight < PHRASE_WEIGHT and ban.weight >= rule.weight:
        del cues[MeasureKind.EXPORT_LICENSING]
    if MeasureKind.EXPORT_TAX in cues and not sentence.says("IMPORT"):
        cues.pop(MeasureKind.IMPORT_TARIFF, None)
        cues.pop(MeasureKind.SUPPLY_DISRUPTION, None)  # what is taxed on its way passes
    if MeasureKind.EXPORT_QUOTA in cues and cues[MeasureKind.EXPORT_QUOTA].weight >= 2:
        cues.pop(MeasureKind.EXPORT_BAN, None)
    _of_exports_or_imports(sentence, cues)
    _ends_supplies(sentence, cues)
    bought = cues.get(MeasureKind.FDI_RESTRICTION)
    if bought and bought.way == "BAN_BUY" and sentence.says("DEFENCE"):
        del cues[MeasureKind.FDI_RESTRICTION]
    for weaker, stronger in _YIELDS if len(cues) > 1 else ():
        one, other = cues.get(weaker), cues.get(stronger)
        if one and other and one.weight <= other.weight:
            del cues[MeasureKind(weaker)]


def _ends_supplies(sentence: Sentence, cues: dict[MeasureKind, Cue]) -> None:
    """Read a supply agreement that is put on hold as the end of the supplies."""
    pact = cues.get(MeasureKind.SUPPLY_AGREEMENT)
    of_goods = sentence.says("EXPORT") or sentence.says("SELL")
    if pact and of_goods and sentence.says("HALT") and not sentence.says("SIGN"):
        del cues[MeasureKind.SUPPLY_AGREEMENT]
        if MeasureKind.EXPORT_BAN not in cues:
            cues[MeasureKind.EXPORT_BAN] = Cue(
                MeasureKind.EXPORT_BAN, pact.weight, pact.hits, way="HALT_DEAL"
            )


def _of_exports_or_imports(sentence: Sentence, cues: dict[MeasureKind, Cue]) -> None:
    """Keep unspecific words from export kinds where only imports are named; permits to ship are no mines."""
    exports = sentence.says("EXPORT")
    if not exports and sentence.says("IMPORT"):
        for kind in (MeasureKind.EXPORT_LICENSING, MeasureKind.EXPORT_BAN):
            if kind in cues and cues[kind].weight < PHRASE_WEIGHT:
                del cues[kind]
    taken = cues.get(MeasureKind.RESOURCE_NATIONALISATION)
    if taken and exports and any(hit.value == "PERMIT" for hit in taken.hits):
        del cues[MeasureKind.RESOURCE_NATIONALISATION]
        if MeasureKind.EXPORT_LICENSING not in cues:
            cues[MeasureKind.EXPORT_LICENSING] = Cue(
                MeasureKind.EXPORT_LICENSING, taken.weight, taken.hits, way=taken.way
            )


def cues_of(sentence: Sentence) -> list[Cue]:
    """Find the sentence's cues, echoes removed."""
    if len(sentence.hits) < 2 and sentence.hits[0].tag != "kind":
        return []
    cues = _phrase_cues(sentence)
    _pattern_cues(sentence, cues)
    if cues:
        _without_echoes(sentence, cues)
    for cue in cues.values():
        cue.background = in_background(sentence, cue.start)
    return list(cues.values())
