"""Targets: towards whom a draft is, from its own sentences and, where those are silent, from the lead.

A target is a place that stands like one (:mod:`alerts.recognise.aims`), or where a named company
belongs, for kinds that hit owners. Invariant: no draft aims at its own issuer, none of the Union's
at a member state, none of a kind that stays at home at anybody.
"""

from __future__ import annotations

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.aims import AT_NOBODY, INWARD, TRIBUNAL, is_aimed_at, is_link, is_touched
from alerts.recognise.background import in_background
from alerts.recognise.draft import Draft
from alerts.recognise.parties import Party, entity_place
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
    if draft.kind in _HITS_OWNERS:
        _add_homes(draft, sentence)


def _add_homes(draft: Draft, sentence: Sentence) -> None:
    """Aim at the homes of the firms that a sentence names; at nobody's where the state's own are hit, too."""
    homes = {entity_place(hit.value): hit for hit in reversed(sentence.hits) if hit.tag == "entity"}
    if draft.kind is MeasureKind.RESOURCE_NATIONALISATION and draft.issuer in homes:
        return
    for home, hit in reversed(homes.items()):
        if _is_foreign(draft, home):
            draft.targets.setdefault(home, (sentence, hit))


def add_far_targets(draft: Draft, all_sentences: list[Sentence]) -> None:
    """Where a draft's own sentences name no target, take it from those beside them."""
    if draft.targets:
        return
    if draft.kind in _HITS_OWNERS:
        for sentence in all_sentences[:_LEAD]:
            _add_homes(draft, sentence)
    if draft.targets:
        return
    if draft.kind in _LISTS_ELSEWHERE:
        _add_any(draft, all_sentences[:_NEAR])
    elif draft.kind in INWARD:
        _add_origins(draft, all_sentences[:_LEAD])


def _add_origins(draft: Draft, lead: list[Sentence]) -> None:
    for sentence, hit in _named(draft, lead):
        if is_aimed_at(sentence, hit, draft.kind):
            draft.targets.setdefault(hit.value, (sentence, hit))


def _add_any(draft: Draft, near: list[Sentence]) -> None:
    for sentence, hit in _named(draft, near):
        draft.targets.setdefault(hit.value, (sentence, hit))


def _named(draft: Draft, where: list[Sentence]) -> list[tuple[Sentence, Hit]]:
    return [
        (sentence, hit)
        for sentence in where
        for hit in sentence.hits
        if hit.tag == "place"
        and hit.how in ("name", "adj")
        and _is_foreign(draft, hit.value)
        and not in_background(sentence, hit.start)
        and not is_touched(sentence, hit)
        and not is_link(sentence, hit, draft.kind)
    ]
