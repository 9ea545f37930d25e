"""Settling: what is left open when every sentence has been read for itself.

A draft without an issuer gets one; "curbs" become what they are by the law of who imposes them;
drafts of one issuer and kind become one; a loose word ("ban", "sanctions") that the text explains
is folded into what it means.
"""

from __future__ import annotations

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.cues import PHRASE_WEIGHT, Cue
from alerts.recognise.draft import Draft
from alerts.recognise.sentence import Sentence
from alerts.recognise.whereabouts import Whereabouts

LICENSING_REGIMES = frozenset({"CN", "US", "JP", "NL", "KR", "TW", "GB", "EU", "DE"})
"""Places whose unspecific "export curbs" are licence requirements by their law."""


def settled(draft: Draft, drafts: list[Draft], where: Whereabouts) -> None:
    """Give a draft without an issuer the one of its kind's heaviest draft, else the main place."""
    same = [each for each in drafts if each.kind is draft.kind and each.issuer]
    if same:
        draft.issuer = max(same, key=lambda each: each.score).issuer
    else:
        aimed = {code for each in drafts if each.kind is draft.kind for code in each.targets}
        draft.issuer = where.likeliest(aimed - where.acting)
    if draft.issuer in draft.targets:
        del draft.targets[draft.issuer]


def settle_generic(draft: Draft) -> None:
    """Name the kind of an unspecific cue by the law of its issuer."""
    if draft.kind is not MeasureKind.EXPORT_LICENSING or draft.issuer in LICENSING_REGIMES:
        return
    if all(cue.generic and cue.hits[0].value == "FREE" for _, cue in draft.found):
        draft.kind = MeasureKind.EXPORT_BAN
    elif all(cue.generic or _is_unspecific(sentence, cue) for sentence, cue in draft.found):
        draft.kind = MeasureKind.EXPORT_RESTRICTION_OTHER


def settle_permits(draft: Draft) -> None:
    """Read "refuses permits" of a place that licenses exports as that, where no mine is spoken of."""
    taken = draft.kind is MeasureKind.RESOURCE_NATIONALISATION and draft.issuer in LICENSING_REGIMES
    if taken and all(cue.way == "REVOKE_PERMIT" for _, cue in draft.found):
        draft.kind = MeasureKind.EXPORT_LICENSING


def names_its_licence(draft: Draft) -> bool:
    """Tell whether a draft of licensing says licence: its issuer's "curbs" mean the same then."""
    return draft.kind is MeasureKind.EXPORT_LICENSING and any(
        cue.way == "phrase" and not _is_unspecific(sentence, cue) for sentence, cue in draft.found
    )


def _is_unspecific(sentence: Sentence, cue: Cue) -> bool:
    words = sentence.page.scanned[cue.start : cue.end + 8]
    return any(stem in words for stem in ("restri", "limit", "curb"))


def settle_agreement(draft: Draft) -> None:
    """Read an agreement without a foreign partner as a government paying a company."""
    if draft.kind is MeasureKind.SUPPLY_AGREEMENT and not draft.targets and _pays(draft):
        draft.kind = MeasureKind.SUBSIDY


def _pays(draft: Draft) -> bool:
    return any(
        hit.tag == "concept" and hit.value == "FUND" for sentence, _ in draft.found for hit in sentence.hits
    )


_ECHOED_BY = {
    MeasureKind.IMPORT_TARIFF: MeasureKind.TRADE_REMEDY,
    MeasureKind.SANCTIONS: MeasureKind.IMPORT_BAN,
    MeasureKind.EXPORT_BAN: MeasureKind.EXPORT_LICENSING,
}
"""A kind that papers use loosely, and the one that a text means if it says that, too."""


_LOOSE_WORDS = frozenset({MeasureKind.SANCTIONS, MeasureKind.IMPORT_TARIFF})


def _is_echo(loose: Draft, meant: Draft) -> bool:
    if _ECHOED_BY.get(loose.kind) is not meant.kind or loose.issuer != meant.issuer:
        return False
    needed = 2.0 if loose.kind in _LOOSE_WORDS else PHRASE_WEIGHT
    if not any(cue.weight >= needed or _names_licence(cue) for _, cue in meant.found):
        return False
    if loose.kind is MeasureKind.EXPORT_BAN:
        unsure = not loose.targets and loose.issuer in LICENSING_REGIMES
        return unsure and meant.score >= 0.2 * loose.score
    return meant.score >= 0.25 * loose.score


def _names_licence(cue: Cue) -> bool:
    return any(hit.value == "LICENCE" for hit in cue.hits) and not any(
        hit.value == "FREE" for hit in cue.hits
    )


def without_loose(drafts: list[Draft]) -> list[Draft]:
    """Fold "ban" into the licence duty that the text describes, "duties" into anti-dumping ones."""
    for meant in drafts:
        for loose in drafts:
            if _is_echo(loose, meant):
                meant.absorb(loose)
                return sorted((each for each in drafts if each is not loose), key=lambda each: -each.score)
    return drafts


def merged(drafts: list[Draft]) -> list[Draft]:
    """Make one of the drafts that share issuer and kind, heaviest first."""
    by_pair: dict[tuple[str | None, MeasureKind], Draft] = {}
    for draft in drafts:
        known = by_pair.get((draft.issuer, draft.kind))
        if known is None:
            by_pair[draft.issuer, draft.kind] = draft
        else:
            known.absorb(draft)
    return sorted(by_pair.values(), key=lambda draft: -draft.score)
