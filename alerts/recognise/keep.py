"""Keeping: which drafts of a text are measures of it, and which are echoes or background.

A linear score over features that a person can check: how a draft is stated, who states it, what
heavier drafts share its issuer, kind or sentence. The weights are data (``weights.yaml``,
fitted by bench/train.py); the likeliest draft always stays, others from :data:`KEPT_FROM`.
"""

from __future__ import annotations

import math

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.background import opens_sentence
from alerts.recognise.cues import PHRASE_WEIGHT, Cue
from alerts.recognise.draft import Draft, importance
from alerts.recognise.sentence import Sentence
from alerts.recognise.tables import table

KEPT_FROM = 0.5
MOST_DRAFTS = 10
_EXPORT_KINDS = frozenset(
    {
        MeasureKind.EXPORT_BAN,
        MeasureKind.EXPORT_LICENSING,
        MeasureKind.EXPORT_RESTRICTION_OTHER,
        MeasureKind.EXPORT_QUOTA,
    }
)


def strongest(draft: Draft) -> tuple[Sentence, Cue]:
    """Return the cue that states a draft most plainly, with its sentence."""
    return max(draft.found, key=lambda each: each[1].weight * importance(each[0]))


def _spread(cue: Cue) -> float:
    """Tell how far apart the words of a gap pattern stand (0 for a phrase)."""
    inner = sum(hit.end - hit.start for hit in cue.hits)
    return min(1.0, max(0, cue.end - cue.start - inner) / 60)


def features(draft: Draft, heavier: list[Draft]) -> dict[str, float]:
    """Describe a draft beside the heavier ones of its text, in numbers between 0 and about 3."""
    sentence, cue = strongest(draft)
    tags = {hit.tag for hit in sentence.hits}
    described = {
        "bias": 1.0,
        "weight": cue.weight / PHRASE_WEIGHT,
        "phrase": float(cue.weight >= PHRASE_WEIGHT),
        "generic": float(cue.generic),
        "background": float(cue.background),
        "led_past": float(all(opens_sentence(where, each.start) for where, each in draft.found)),
        "all_past": float(all(each.background for _, each in draft.found)),
        "spread": _spread(cue),
        "size": math.log1p(draft.score),
        "explicit": math.log1p(draft.explicit),
        "found": math.log(len(draft.found)),
        "title": float(any(found.field == "title" for found, _ in draft.found)),
        "late": min(sentence.order, 8) / 4 if sentence.field == "text" else 0.0,
        "commodity": float("commodity" in tags),
        "act": float("status" in tags),
        "past": float(any(hit.tag == "noise" and hit.value == "background" for hit in sentence.hits)),
        "gist": max(draft.sounds, -5.0) / 4,
        "gist_share": math.exp(draft.sounds),
        "no_issuer": float(draft.issuer is None),
        "official": float(any(_is_official(where, hit.how) for where, hit in draft.issuer_hits)),
        f"kind_{draft.kind}": 1.0,
        f"way_{cue.way}": 1.0,
    }
    described.update(_beside(draft, heavier))
    if described["other_act"] or described["new_act"]:
        # The gist tells of the text's main measure, and a measure of its own may stand anywhere.
        described["gist"] = described["gist_share"] = described["late"] = 0.0
    return described


def _is_official(_: Sentence, how: str) -> bool:
    return how in ("sure", "agency", "capital", "voice", "law", "actor")


_ALONE = dict.fromkeys(
    [
        "same_issuer",
        "same_family",
        "same_kind",
        "same_kind_sentence",
        "same_issuer_sentence",
        "shares_sentence",
        "aimed_at",
        "new_issuer_sentence",
        "other_act",
        "new_act",
    ],
    0.0,
) | {"first": 1.0, "share": 1.0}


def _beside(draft: Draft, heavier: list[Draft]) -> dict[str, float]:
    if not heavier:
        return _ALONE
    top = heavier[0]
    own = {id(sentence) for sentence, _ in draft.found}
    same = [each for each in heavier if each.issuer == draft.issuer]
    sharing = [each for each in heavier if own <= {id(sentence) for sentence, _ in each.found}]
    family = draft.kind in _EXPORT_KINDS and any(each.kind in _EXPORT_KINDS for each in same)
    return {
        "first": 0.0,
        "share": draft.score / max(top.score, 0.1),
        "same_issuer": float(bool(same)),
        "same_family": float(family),
        "same_kind": float(any(each.kind is draft.kind for each in heavier)),
        "same_kind_sentence": float(any(each.kind is draft.kind for each in sharing)),
        "same_issuer_sentence": float(any(each.issuer == draft.issuer for each in sharing)),
        "shares_sentence": float(bool(sharing)),
        "aimed_at": float(any(draft.issuer in each.targets for each in heavier)),
        "new_issuer_sentence": float(not same and not sharing),
        "other_act": float(_plainly(draft) and bool(same) and not _overlaps(own, same) and not family),
        "new_act": float(_plainly(draft) and bool(draft.explicit) and not same and not sharing),
    }


def _plainly(draft: Draft) -> bool:
    """Tell whether a sentence of its own states the draft by a fixed phrase, beside a commodity."""
    sentence, cue = strongest(draft)
    if cue.background or cue.generic or cue.weight < PHRASE_WEIGHT:
        return False
    return any(hit.tag == "commodity" for hit in sentence.hits)


def _overlaps(own: set[int], others: list[Draft]) -> bool:
    return any(id(sentence) in own for each in others for sentence, _ in each.found)


def likelihood(described: dict[str, float]) -> float:
    """Probability-like score that a draft is a measure of its text, 0 to 1."""
    weights: dict[str, float] = table("weights")["drafts"]
    total = sum(weights.get(name, 0.0) * value for name, value in described.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def ranked(drafts: list[Draft]) -> list[Draft]:
    """Order the heaviest drafts by their likelihood, which is noted on each."""
    drafts = drafts[:MOST_DRAFTS]
    for place, draft in enumerate(drafts):
        draft.likelihood = likelihood(features(draft, drafts[:place]))
    return sorted(drafts, key=lambda draft: -draft.likelihood)


def measures_of(drafts: list[Draft]) -> list[Draft]:
    """Keep the drafts that are measures: the likeliest, and those that are more likely than not."""
    return [draft for place, draft in enumerate(drafts) if not place or draft.likelihood >= KEPT_FROM]
