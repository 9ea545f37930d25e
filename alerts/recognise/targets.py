"""Targets: towards whom a draft is, from its own sentences and, where those are silent, from the lead.

A target is a place that stands like one (:mod:`alerts.recognise.aims`), or where a named company
belongs, for kinds that hit owners. Invariant: no draft aims at its own issuer, none of the Union's
at a member state, none of a kind that stays at home at anybody.
"""

from __future__ import annotations

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.aims import (
    AT_NOBODY,
    INWARD,
    TRIBUNAL,
    is_aimed_at,
    is_aimed_beside,
    is_link,
    is_touched,
)
from alerts.recognise.background import in_background
from alerts.recognise.draft import Draft
from alerts.recognise.parties import Party, entity_place, joined
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence

_HITS_OWNERS = frozenset(
    {
        MeasureKind.ENTITY_LISTING,
        MeasureKind.SANCTIONS,
        MeasureKind.RESOURCE_NATIONALISATION,
        MeasureKind.FDI_RESTRICTION,
        MeasureKind.SUPPLY_AGREEMENT,
    }
)
"""Kinds whose target is where a named company belongs."""
_LISTS_ELSEWHERE = frozenset(
    {MeasureKind.ENTITY_LISTING, MeasureKind.PROCUREMENT_RESTRICTION, MeasureKind.FDI_RESTRICTION}
)
"""Kinds that nearly always have a target: any foreign place near them is one."""
_LATER = frozenset({MeasureKind.IMPORT_BAN, MeasureKind.PROCUREMENT_RESTRICTION})
"""Kinds whose target is where a named company belongs only if no place is aimed at."""
_REGIMES = {"FORCED_LABOUR": ("CN",), "COVERED_NATIONS": ("CN", "RU", "IR", "KP")}
"""Whom laws aim at that are called by what they fight (15 U.S.C. 9741, 10 U.S.C. 4872, P.L. 117-78)."""
_HITS_BY_REGIME = frozenset(
    {MeasureKind.IMPORT_BAN, MeasureKind.PROCUREMENT_RESTRICTION, MeasureKind.ENTITY_LISTING}
)
_AIMED_IN_TITLE = frozenset(
    {MeasureKind.EXPORT_BAN, MeasureKind.EXPORT_LICENSING, MeasureKind.EXPORT_RESTRICTION_OTHER}
)
"""Kinds whose title names the buyers that they are about; further down buyers are only examples."""
_ALWAYS_AIMED = frozenset({MeasureKind.SUPPLY_AGREEMENT, MeasureKind.SANCTIONS})
"""Kinds that have another party by their nature, though it may be named only by its capital or leader."""
_NAMED = ("name", "adj")
_SPOKEN_OF = (*_NAMED, "capital", "voice")
_WITHOUT_MINES = ("JP", "KR", "TW")
_NEAR = 16
"""Sentences in which such a place is looked for."""
_LEAD = 3
"""Sentences in which the origin of goods under a duty is looked for."""
_MEMBERS = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
"""States of the European Union: its measures are theirs."""


def _is_foreign(draft: Draft, code: str) -> bool:
    if draft.issuer == "EU" and code in _MEMBERS:
        return False
    return code not in (draft.issuer, TRIBUNAL)


def add_targets(draft: Draft, parties: list[Party], sentence: Sentence) -> None:
    """Note the places that a sentence of a draft aims at, and the homes of the firms it hits."""
    if draft.kind in AT_NOBODY:
        return
    both = draft.kind is MeasureKind.SUPPLY_AGREEMENT
    for party in parties:
        if (party.aimed or both) and party.hit.tag == "place" and _is_foreign(draft, party.code):
            draft.targets.setdefault(party.code, (sentence, party.hit))
    if draft.kind in _HITS_OWNERS or (_invests_abroad(draft) and not _add_sites(draft, sentence)):
        _add_homes(draft, sentence)


def _invests_abroad(draft: Draft) -> bool:
    """Tell whether a state without mines pays: what it pays for is at the site, or where the company belongs."""
    return draft.kind is MeasureKind.SUBSIDY and draft.issuer in _WITHOUT_MINES


def _add_sites(draft: Draft, sentence: Sentence) -> bool:
    sites = [hit for hit in sentence.hits if hit.tag == "place" and hit.how == "region"]
    for hit in sites:
        if _is_foreign(draft, hit.value):
            draft.targets.setdefault(hit.value, (sentence, hit))
    return bool(sites)


def _add_homes(draft: Draft, sentence: Sentence) -> None:
    """Aim at the homes of the firms that a sentence names; at nobody's where the state's own are hit, too."""
    homes = {entity_place(hit.value): hit for hit in reversed(sentence.hits) if hit.tag == "entity"}
    if draft.kind is MeasureKind.RESOURCE_NATIONALISATION and draft.issuer in homes:
        return
    for home, hit in reversed(homes.items()):
        if _is_foreign(draft, home):
            draft.targets.setdefault(home, (sentence, hit))


def add_far_targets(draft: Draft, drafts: list[Draft], all_sentences: list[Sentence]) -> None:
    """Where a draft's own sentences name no target, take it from those beside them."""
    if draft.targets or draft.kind in AT_NOBODY:
        return
    taken = {id(each) for other in drafts if other.issuer != draft.issuer for each, _ in other.found}
    lead = [sentence for sentence in all_sentences[:_LEAD] if id(sentence) not in taken]
    if draft.kind in _HITS_BY_REGIME:
        _add_by_regime(draft, all_sentences[:_NEAR])
    if draft.kind in _HITS_OWNERS and not draft.targets:
        for sentence in lead:
            _add_homes(draft, sentence)
    if draft.targets:
        return
    if draft.kind in _LISTS_ELSEWHERE:
        _add_any(draft, all_sentences[:_NEAR])
    elif draft.kind in INWARD:
        _add_origins(draft, lead)
    elif draft.kind in _AIMED_IN_TITLE:
        own = [sentence for sentence, _ in draft.found if sentence not in lead]
        _add_origins(draft, [each for each in lead if each.field == "title" or each.order == 0] + own)
    if draft.kind in _ALWAYS_AIMED and not draft.targets:
        _add_any(draft, lead)
    if draft.kind in _LATER and not draft.targets:
        for sentence in lead:
            _add_homes(draft, sentence)


def _add_by_regime(draft: Draft, near: list[Sentence]) -> None:
    for regime, codes in _REGIMES.items():
        for sentence in near:
            for hit in sentence.hits:
                if hit.tag == "concept" and hit.value == regime:
                    for code in codes:
                        draft.targets.setdefault(code, (sentence, hit))


def _add_origins(draft: Draft, lead: list[Sentence]) -> None:
    last: tuple[Sentence, Hit] | None = None
    for sentence, hit in _named(draft, lead):
        beside = last is not None and last[0] is sentence and joined(sentence, last[1], hit)
        if beside or _is_target(draft, sentence, hit):
            draft.targets.setdefault(hit.value, (sentence, hit))
            last = (sentence, hit)


def _is_target(draft: Draft, sentence: Sentence, hit: Hit) -> bool:
    """Tell whether a place stands like a target now that another is known to act."""
    if is_aimed_at(sentence, hit, draft.kind):
        return True
    return draft.issuer is not None and is_aimed_beside(sentence, hit, draft.kind)


def _add_any(draft: Draft, near: list[Sentence]) -> None:
    for sentence, hit in _named(draft, near):
        draft.targets.setdefault(hit.value, (sentence, hit))


def _named(draft: Draft, where: list[Sentence]) -> list[tuple[Sentence, Hit]]:
    return [
        (sentence, hit)
        for sentence in where
        for hit in sentence.hits
        if hit.tag == "place"
        and hit.how in (_SPOKEN_OF if draft.kind is MeasureKind.SUPPLY_AGREEMENT else _NAMED)
        and _is_foreign(draft, hit.value)
        and not in_background(sentence, hit.start)
        and not is_touched(sentence, hit)
        and not is_link(sentence, hit, draft.kind)
    ]
