"""Composition: the cues of all sentences become the measures of the text.

A draft is one (issuer, kind) pair with the sentences that speak of it, so that two measures of
one text do not mix. Which drafts are measures is for :mod:`alerts.recognise.keep` to say.
"""

from __future__ import annotations

from collections.abc import Iterable

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.background import in_background
from alerts.recognise.cues import PHRASE_WEIGHT, Cue, cues_of
from alerts.recognise.draft import Draft, importance
from alerts.recognise.keep import ranked
from alerts.recognise.parties import INWARD, PARIAHS, Party, entity_place, joined, parties_of
from alerts.recognise.sentence import Sentence

LICENSING_REGIMES = frozenset({"CN", "US", "JP", "NL", "KR", "TW", "GB", "EU", "DE"})
"""Places whose unspecific "export curbs" are licence requirements by their law."""

_OUTWARD = frozenset({MeasureKind.EXPORT_LICENSING})
_BUYERS = frozenset({"EU", "DE", "FR", "GB", "IN", "TW"})
"""Places that report China's licences as buyers and have (nearly) none of their own."""

_READ_TO = 45
"""Sentences (with any word of a gazetteer) in which measures are looked for."""

_READ_CLOSELY = 14
"""Sentences in which gap patterns count; further down only a fixed phrase does."""

_ACTS_AT_LEAST = 1.3
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


def named_places(all_sentences: Iterable[Sentence]) -> dict[str, float]:
    """Weigh the places that the text names: the title first, agencies before adjectives."""
    weights: dict[str, float] = {}
    for sentence in all_sentences:
        base = 2.0 if sentence.field == "title" else 1.0 if sentence.order < 6 else 0.4
        first = sentence.field == "title"
        for hit in sentence.hits:
            if hit.tag not in ("place", "agency") or hit.how in ("unsure", "paper"):
                continue
            worth = base * (1.6 if hit.tag == "agency" else 0.8 if hit.how == "adj" else 1.0)
            if first:
                worth, first = worth + 1.5, False
            before = sentence.page.scanned[max(0, hit.start - 4) : hit.start]
            if before.endswith((" to ", " in ")):
                worth *= 0.5
            weights[hit.value] = weights.get(hit.value, 0.0) + worth
    return weights


def _issuer(parties: list[Party], kind: MeasureKind) -> Party | None:
    best: Party | None = None
    for party in parties:
        if not party.aimed and (best is None or party.acts > best.acts):
            best = party
    if kind is MeasureKind.SUPPLY_AGREEMENT and parties:
        return _partner(parties, best)
    if best is not None and kind in _OUTWARD and best.code in _BUYERS:
        best = _supplier(parties) or best
    return best if best is not None and best.acts >= _ACTS_AT_LEAST else None


def _supplier(parties: list[Party]) -> Party | None:
    """In a deal on exports the one that controls them is the supplier, whoever reports it."""
    if any(party.acts >= 4.5 for party in parties):
        return None
    return next((party for party in parties if party.code == "CN" and not party.aimed), None)


def _partner(parties: list[Party], best: Party | None) -> Party | None:
    """Of the partners of an agreement, the one that opens the sentence, else the largest buyer."""
    opening = parties[0]
    if opening.hit.start <= 3 and not opening.aimed:
        return opening
    return next((party for party in parties if party.code == "US"), best)


def _targets(draft: Draft, parties: list[Party], sentence: Sentence) -> None:
    both = draft.kind is MeasureKind.SUPPLY_AGREEMENT
    for party in parties:
        if (party.aimed or both) and party.code not in (draft.issuer, "WTO") and party.hit.tag == "place":
            draft.targets.setdefault(party.code, (sentence, party.hit))
    if draft.kind in _HITS_OWNERS:
        for hit in sentence.hits:
            if hit.tag == "entity" and entity_place(hit.value) != draft.issuer:
                draft.targets.setdefault(entity_place(hit.value), (sentence, hit))


def _add_far_targets(draft: Draft, all_sentences: list[Sentence]) -> None:
    """Where a listing's own sentences name no target, take it from the sentences beside them."""
    if draft.kind not in _LISTS_ELSEWHERE or draft.targets:
        return
    for sentence in all_sentences[:16]:
        for hit in sentence.hits:
            foreign = (
                hit.tag == "place" and hit.how in ("name", "adj") and hit.value not in (draft.issuer, "WTO")
            )
            if foreign and not in_background(sentence, hit.start):
                draft.targets.setdefault(hit.value, (sentence, hit))


def _drafts(sentence: Sentence, cue: Cue, sure: frozenset[str], main: str | None) -> list[Draft]:
    """Draft the measure of one cue; two where two governments pay together."""
    parties = parties_of(sentence, cue, sure, main)
    actor = _issuer(parties, cue.kind)
    weight = cue.weight * importance(sentence) * (0.3 if cue.background else 1.0)
    if cue.generic and _own_words_only(sentence):
        weight *= 0.6
    return [_draft(sentence, cue, parties, each, weight) for each in _together(sentence, parties, actor, cue)]


def _together(
    sentence: Sentence, parties: list[Party], actor: Party | None, cue: Cue
) -> list[Party] | list[None]:
    if actor is None:
        return [None]
    if cue.kind is not MeasureKind.SUBSIDY or sentence.field != "title" or len(parties) < 2:
        return [actor]
    one, other = parties[:2]
    if one.code != other.code and other.hit.end <= cue.start and joined(sentence, one.hit, other.hit):
        return [one, other]
    return [actor]


def _draft(sentence: Sentence, cue: Cue, parties: list[Party], actor: Party | None, weight: float) -> Draft:
    draft = Draft(actor.code if actor else None, cue.kind, weight, [(sentence, cue)])
    if actor:
        draft.issuer_hits.append((sentence, actor.hit))
        draft.explicit = weight
    _targets(draft, parties, sentence)
    return draft


def _own_words_only(sentence: Sentence) -> bool:
    return not any(hit.tag == "commodity" for hit in sentence.hits)


def _settled(
    draft: Draft, drafts: list[Draft], places: dict[str, float], unsure: dict[str, float], acting: set[str]
) -> None:
    """Give a draft without an issuer the one of its kind's heaviest draft, else the main place."""
    same = [each for each in drafts if each.kind is draft.kind and each.issuer]
    if same:
        draft.issuer = max(same, key=lambda each: each.score).issuer
    else:
        others = places
        if draft.kind in INWARD:
            aimed = {code for each in drafts if each.kind is draft.kind for code in each.targets} - acting
            others = {code: worth for code, worth in places.items() if code not in aimed}
            others = others or {code: worth for code, worth in unsure.items() if code not in aimed}
        draft.issuer = max(others, key=lambda code: others[code]) if others else None
    if draft.issuer in draft.targets:
        del draft.targets[draft.issuer]


def _settle_generic(draft: Draft) -> None:
    """Name the kind of an unspecific cue by the law of its issuer."""
    if draft.kind is not MeasureKind.EXPORT_LICENSING or draft.issuer in LICENSING_REGIMES:
        return
    if all(cue.generic and cue.hits[0].value == "FREE" for _, cue in draft.found):
        draft.kind = MeasureKind.EXPORT_BAN
    elif all(cue.generic or _is_unspecific(sentence, cue) for sentence, cue in draft.found):
        draft.kind = MeasureKind.EXPORT_RESTRICTION_OTHER


def _is_unspecific(sentence: Sentence, cue: Cue) -> bool:
    words = sentence.page.scanned[cue.start : cue.end + 8]
    return any(stem in words for stem in ("restri", "limit", "curb"))


def _settle_agreement(draft: Draft) -> None:
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


def _without_loose(drafts: list[Draft]) -> list[Draft]:
    """Fold "ban" into the licence duty that the text describes, "duties" into anti-dumping ones."""
    for meant in drafts:
        for loose in drafts:
            if _is_echo(loose, meant):
                meant.absorb(loose)
                return sorted((each for each in drafts if each is not loose), key=lambda each: -each.score)
    return drafts


def _merged(drafts: list[Draft]) -> list[Draft]:
    merged: dict[tuple[str | None, MeasureKind], Draft] = {}
    for draft in drafts:
        known = merged.get((draft.issuer, draft.kind))
        if known is None:
            merged[draft.issuer, draft.kind] = draft
        else:
            known.absorb(draft)
    return sorted(merged.values(), key=lambda draft: -draft.score)


def _acting_places(all_sentences: list[Sentence]) -> set[str]:
    """List the places whose government or body the first sentences name: whatever else, they act."""
    return {
        hit.value
        for sentence in all_sentences[:4]
        for hit in sentence.hits
        if hit.value not in PARIAHS
        and (hit.tag == "agency" or (hit.tag == "place" and hit.how in ("capital", "voice")))
    }


def _unsure_places(all_sentences: list[Sentence]) -> dict[str, float]:
    """Weigh the countries of acronyms and papers: they count where the text names no country."""
    found: dict[str, float] = {}
    for sentence in all_sentences:
        for hit in sentence.hits:
            if hit.how in ("unsure", "paper") and hit.tag in ("agency", "place"):
                found[hit.value] = found.get(hit.value, 0.0) + 0.4
    return found


_HOMES = (
    ("\u0900", "\u097f", "IN"),
    ("\u3040", "\u30ff", "JP"),
    ("\uac00", "\ud7a3", "KR"),
    ("\u0400", "\u04ff", "RU"),
    ("\u4e00", "\u9fff", "CN"),
)
"""Scripts of one country: its press names no country where it speaks of its own government."""
_HOME_LANGS = {"id": "ID", "pt": "BR", "vi": "VN", "tr": "TR", "it": "IT", "de": "DE", "fr": "FR"}


def home_of(all_sentences: list[Sentence]) -> str | None:
    """Tell whose press writes in the text's script, if that is one country's."""
    text = all_sentences[0].page.scanned[:200]
    for first, last, code in _HOMES:
        if sum(first <= char <= last for char in text) > 3:
            return code
    return _HOME_LANGS.get(all_sentences[0].lang)


def _cues(all_sentences: list[Sentence]) -> list[tuple[Sentence, Cue]]:
    return [
        (sentence, cue)
        for place, sentence in enumerate(all_sentences[:_READ_TO])
        if place < _READ_CLOSELY or any(hit.tag == "kind" for hit in sentence.hits)
        for cue in cues_of(sentence)
    ]


def composed(all_sentences: list[Sentence]) -> list[Draft]:
    """Compose the drafts of a text, heaviest first, echoes left in."""
    found = _cues(all_sentences)
    if not found:
        return []
    places = named_places(all_sentences)
    sure = frozenset(places)
    if not places:
        for sentence in all_sentences:
            for hit in sentence.hits:
                if hit.tag == "entity":
                    places.setdefault(entity_place(hit.value), 0.5)
    unsure, acting = _unsure_places(all_sentences), _acting_places(all_sentences)
    places = places or dict(unsure)
    if not places and all_sentences and (home := home_of(all_sentences)):
        places[home] = 0.5
    main = max(places, key=lambda code: places[code]) if places else None
    drafts = [draft for sentence, cue in found for draft in _drafts(sentence, cue, sure, main)]
    for draft in drafts:
        if draft.issuer is None:
            _settled(draft, drafts, places, unsure, acting)
    for draft in drafts:
        _settle_generic(draft)
    merged = _merged(drafts)
    for draft in merged:
        _settle_agreement(draft)
        _add_far_targets(draft, all_sentences)
    return _without_loose(_merged(merged))


def drafts_of(all_sentences: list[Sentence]) -> list[Draft]:
    """Compose the drafts of a text, the likeliest measure first."""
    return ranked(composed(all_sentences))
