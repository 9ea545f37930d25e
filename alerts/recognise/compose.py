"""Composition: the cues of all sentences become the measures of the text.

A draft is one (issuer, kind) pair with the sentences that speak of it, so that two measures of
one text do not mix. Which drafts are measures is for :mod:`alerts.recognise.keep` to say.
"""

from __future__ import annotations

import math
import re

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.aims import INWARD, TRIBUNAL, after
from alerts.recognise.cues import GIST, Cue, cues_of
from alerts.recognise.draft import Draft, importance
from alerts.recognise.gist import Gist, gist_of, loudest, pages_of, signs_of
from alerts.recognise.keep import ranked
from alerts.recognise.parties import Party, joined, parties_of
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence
from alerts.recognise.settle import (
    merged,
    names_its_licence,
    settle_agreement,
    settle_generic,
    settle_permits,
    settled,
    without_loose,
)
from alerts.recognise.targets import add_far_targets, add_targets
from alerts.recognise.whereabouts import whereabouts_of

_OUTWARD = frozenset({MeasureKind.EXPORT_LICENSING})
_BUYERS = frozenset({"EU", "DE", "FR", "GB", "IN", "TW"})
"""Places that report China's licences as buyers and have (nearly) none of their own."""

_READ_TO = 45
"""Sentences (with any word of a gazetteer) in which measures are looked for."""

_READ_CLOSELY = 14
"""Sentences in which gap patterns count; further down only a fixed phrase does."""

_GIST_WEIGHT = 0.5
_LIKELY_KIND = math.log(0.15)
"""From here a kind that the text's words speak for is drafted beside those that sentences state."""
_MOST_BY_GIST = 3

_ACTS_AT_LEAST = 1.3


def _issuer(sentence: Sentence, parties: list[Party], kind: MeasureKind) -> Party | None:
    best: Party | None = None
    for party in parties:
        if not party.aimed and party.code != TRIBUNAL and (best is None or party.acts > best.acts):
            best = party
    if kind is MeasureKind.SUPPLY_AGREEMENT and parties:
        return _partner(sentence, parties, best)
    if best is not None and kind in _OUTWARD and best.code in _BUYERS:
        best = _supplier(parties) or best
    return best if best is not None and best.acts >= _ACTS_AT_LEAST else None


def _supplier(parties: list[Party]) -> Party | None:
    """In a deal on exports the one that controls them is the supplier, whoever reports it."""
    if any(party.acts >= 4.5 for party in parties):
        return None
    return next((party for party in parties if party.code == "CN" and not party.aimed), None)


_TAKEN_TOGETHER = frozenset(
    {
        MeasureKind.SUBSIDY,
        MeasureKind.SANCTIONS,
        MeasureKind.IMPORT_BAN,
        MeasureKind.IMPORT_TARIFF,
        MeasureKind.EXPORT_LICENSING,
    }
)
"""Kinds that two governments take together, each by its own act."""
_WITH = re.compile(r" (?:with|con|avec|mit|com|dengan)(?: the| president| les| den| los| la| el)? $")
_DEAL = re.compile(r"^ (?:\w+ ){0,2}?(?:pact|accord|deal|agreement|framework) ")
_DEMAND = ("US", "EU", "JP", "KR", "GB", "DE", "FR", "IN", "CA")
"""Partners of agreements by how much they buy from others."""


def _partner(sentence: Sentence, parties: list[Party], best: Party | None) -> Party | None:
    """Of the partners of an agreement, the one that opens the sentence, else the largest buyer.

    Two that open it together ("Riyadh and Washington") count as the buyer's agreement.
    """
    opening = parties[0]
    for party in parties[1:]:
        if party.code == "US" and _is_its_deal(sentence, party.hit):
            return party
    if opening.hit.start <= 3 and not opening.aimed:
        together = [opening]
        for party in parties[1:]:
            if joined(sentence, together[-1].hit, party.hit):
                together.append(party)
        return min(together, key=lambda party: _demand(party.code))
    return next((party for party in parties if party.code == "US"), best)


def _is_its_deal(sentence: Sentence, hit: Hit) -> bool:
    """Tell whether a deal is with a place, or called after it: "ratifies US minerals pact"."""
    return bool(_WITH.search(sentence.page.scanned[: hit.start]) or _DEAL.match(after(sentence, hit)))


def _demand(code: str) -> int:
    return _DEMAND.index(code) if code in _DEMAND else len(_DEMAND)


def _drafts(sentence: Sentence, cue: Cue, sure: frozenset[str], main: str | None) -> list[Draft]:
    """Draft the measure of one cue; two where two governments pay together."""
    parties = parties_of(sentence, cue, sure, main)
    actor = _issuer(sentence, parties, cue.kind)
    weight = cue.weight * importance(sentence) * (0.3 if cue.background else 1.0)
    if cue.generic and _own_words_only(sentence):
        weight *= 0.6
    return [_draft(sentence, cue, parties, each, weight) for each in _together(sentence, parties, actor, cue)]


def _together(
    sentence: Sentence, parties: list[Party], actor: Party | None, cue: Cue
) -> list[Party] | list[None]:
    if actor is None:
        return [None]
    if cue.kind not in _TAKEN_TOGETHER or sentence.field != "title" or len(parties) < 2:
        return [actor]
    one, other = parties[:2]
    both = min(one.acts, other.acts) >= _ACTS_AT_LEAST and not (one.aimed or other.aimed)
    if both and one.code != other.code and joined(sentence, one.hit, other.hit):
        return [one, other] if other.hit.end <= cue.start else [actor]
    return [actor]


def _draft(sentence: Sentence, cue: Cue, parties: list[Party], actor: Party | None, weight: float) -> Draft:
    draft = Draft(actor.code if actor else None, cue.kind, weight, [(sentence, cue)])
    if actor:
        draft.issuer_hits.append((sentence, actor.hit))
        draft.explicit = weight
    add_targets(draft, parties, sentence)
    return draft


def _own_words_only(sentence: Sentence) -> bool:
    return not any(hit.tag == "commodity" for hit in sentence.hits)


def cues_in(all_sentences: list[Sentence]) -> list[tuple[Sentence, Cue]]:
    """Find the cues of the sentences that are read for them."""
    return [
        (sentence, cue)
        for place, sentence in enumerate(all_sentences[:_READ_TO])
        if place < _READ_CLOSELY or any(hit.tag == "kind" for hit in sentence.hits)
        for cue in cues_of(sentence)
    ]


def composed(all_sentences: list[Sentence], found: list[tuple[Sentence, Cue]], gist: Gist) -> list[Draft]:
    """Compose the drafts of a text from its cues, heaviest first, echoes left in."""
    where = whereabouts_of(all_sentences)
    sure, main = frozenset(where.named), where.main
    drafts = [draft for sentence, cue in found for draft in _drafts(sentence, cue, sure, main)]
    drafts += _by_gist(drafts, all_sentences, sure, gist)
    for draft in drafts:
        if draft.issuer is None:
            settled(draft, drafts, where)
    licensing = {draft.issuer for draft in drafts if names_its_licence(draft)}
    for draft in drafts:
        settle_permits(draft)
        if draft.issuer not in licensing:
            settle_generic(draft)
    together = without_victims(merged(drafts))
    for draft in together:
        settle_agreement(draft)
        add_far_targets(draft, together, all_sentences)
    kept = without_loose(merged(together))
    for draft in kept:
        draft.sounds = gist.kinds.get(draft.kind.value, draft.sounds)
    return kept


def without_victims(drafts: list[Draft]) -> list[Draft]:
    """Fold a measure of a place into the one that aims at that place, unless it aims back.

    "Brussels blacklists a refiner in Kigali. The Rwandan plant ...": one listing, not two.
    """
    for draft in drafts:
        for other in drafts:
            if _is_victim(draft, other):
                other.absorb(draft)
                other.targets.pop(str(other.issuer), None)
                return without_victims([each for each in drafts if each is not draft])
    return sorted(drafts, key=lambda each: -each.score)


def _is_victim(draft: Draft, other: Draft) -> bool:
    if draft.kind is not other.kind or draft.kind not in INWARD or draft is other or draft.issuer is None:
        return False
    return draft.issuer in other.targets and not draft.targets and other.explicit > draft.explicit


def _by_gist(
    drafts: list[Draft], all_sentences: list[Sentence], sure: frozenset[str], gist: Gist
) -> list[Draft]:
    """Draft the kinds that the text's words speak for where no sentence states them."""
    stated = {draft.kind for draft in drafts}
    if MeasureKind.EXPORT_TAX in stated:
        stated.add(MeasureKind.SUPPLY_DISRUPTION)  # what is taxed on its way passes, as for the cues
    likely = sorted((-log, MeasureKind(kind)) for kind, log in gist.kinds.items() if log >= _LIKELY_KIND)
    return [
        draft
        for _, kind in likely[:_MOST_BY_GIST]
        if kind not in stated
        for draft in _on_loudest_word(kind, all_sentences, sure)
    ]


def _on_loudest_word(kind: MeasureKind, all_sentences: list[Sentence], sure: frozenset[str]) -> list[Draft]:
    """Draft a kind of the first sentence of the page whose words say it."""
    for page in pages_of(all_sentences):
        span = loudest(kind, page)
        if span is not None:
            sentence = next(each for each in all_sentences if each.page is page)
            cue = Cue(kind, _GIST_WEIGHT, (Hit(*span, "kind", kind.value, GIST),), way=GIST)
            return _drafts(sentence, cue, sure, None)
    return []


def drafts_of(all_sentences: list[Sentence], stems: set[str]) -> tuple[list[Draft], Gist]:
    """Compose the drafts of a text, the likeliest measure first; with its gist."""
    found = cues_in(all_sentences)
    gist = gist_of(signs_of(stems, all_sentences, found))
    return ranked(composed(all_sentences, found, gist)), gist
