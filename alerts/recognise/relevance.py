"""Relevance: whether a text reports a measure or only uses its words.

A linear score over features that a person can check (how strongly a measure is stated, in
the title or not, beside which minerals; how much of the text is statistics, opinion,
explanation, stock talk). The weights are data (``weights.yaml``), see there how they came to be.
"""

from __future__ import annotations

import math
from collections import Counter

from alerts.recognise.cues import Cue
from alerts.recognise.draft import Draft
from alerts.recognise.entities import known_goods
from alerts.recognise.gist import Gist
from alerts.recognise.keep import strongest
from alerts.recognise.sentence import Sentence
from alerts.recognise.tables import table

_NOISE = (
    "stats",
    "opinion",
    "explainer",
    "market",
    "impact",
    "background",
    "law",
    "food",
    "official",
    "admin",
    "request",
    "lobby",
)
_ACTS = (
    "announced",
    "in_force",
    "proposed",
    "suspended",
    "eased",
    "lifted",
    "extended",
    "denied",
    "reported",
)
_COMPANIES_DO = frozenset({"supply_agreement", "subsidy", "fdi_restriction"})
"""What companies do among themselves as well: agree, fund, sell stakes."""
_OF_GOODS = frozenset(
    {
        "export_ban",
        "export_licensing",
        "export_quota",
        "export_tax",
        "export_restriction_other",
        "import_ban",
        "import_tariff",
        "import_restriction_other",
        "trade_remedy",
        "price_measure",
        "stockpiling",
        "subsidy",
    }
)
"""Kinds that are of some good: where no mineral is named, they are of another."""
_COUNTED_BY_VALUE = frozenset({"noise", "status"})
_UNTIED = frozenset({"entity_listing", "sanctions"})


def features(drafts: list[Draft], all_sentences: list[Sentence], gist: Gist) -> dict[str, float]:
    """Describe a text in numbers between about 0 and 3."""
    title = [sentence for sentence in all_sentences if sentence.field == "title"]
    body = [sentence for sentence in all_sentences if sentence.field == "text"]
    described: dict[str, float] = {"bias": 1.0, "gist": max(-4.0, min(4.0, gist.relevant / 2))}
    in_title, in_body = _counts(title), _counts(body)
    for group in _NOISE:
        described[f"title_{group}"] = min(in_title[group], 2)
        described[f"body_{group}"] = min(math.log1p(in_body[group]), 2.0)
    described["title_commodity"] = min(in_title["commodity"], 2)
    described["body_commodity"] = min(math.log1p(in_body["commodity"]), 2.0)
    described["title_act"] = min(sum(in_title[act] for act in _ACTS), 2)
    described["body_act"] = min(math.log1p(sum(in_body[act] for act in _ACTS)), 2.0)
    described["no_commodity"] = float(
        not in_title["commodity"] and not in_body["commodity"] and not _knows_goods(all_sentences)
    )
    described["title_place"] = min(in_title["place"] + in_title["agency"], 2)
    described["agency"] = float(bool(in_title["agency"] or in_body["agency"]))
    described["title_asks"] = float(any("?" in sentence.page.plain for sentence in title[:1]))
    described["title_actor_opens"] = float(any(map(_opens_with_actor, title[:1])))
    described["title_company"] = float(any(_names(sentence, "COMPANY") for sentence in title))
    described["body_company"] = float(any(_names(sentence, "COMPANY") for sentence in body[:3]))
    _describe_measure(described, drafts)
    return described


def _describe_measure(described: dict[str, float], drafts: list[Draft]) -> None:
    described["measure"] = described["measure_title"] = described["issuer"] = described["explicit"] = 0.0
    described["untied"] = described["generic_only"] = described["phrase"] = described["near_commodity"] = 0.0
    described["nothing"] = float(not drafts)
    if not drafts:
        return
    best = drafts[0]
    described["measure"] = min(math.log1p(best.score), 3.0)
    described["measure_title"] = float(any(sentence.field == "title" for sentence, _ in best.found))
    described["issuer"] = float(best.issuer is not None)
    described["explicit"] = min(math.log1p(best.explicit), 2.5)
    described["untied"] = float(best.kind in _UNTIED)
    described["generic_only"] = float(all(cue.generic for _, cue in best.found))
    described["phrase"] = float(any(cue.weight >= 3 for _, cue in best.found))
    described["near_commodity"] = float(
        any(hit.tag == "commodity" for sentence, _ in best.found for hit in sentence.hits)
    )
    described["act_beside"] = float(any(map(_acts_beside, best.found)))
    described["only_background"] = float(all(cue.background for _, cue in best.found))
    described["actor"] = float(any(map(_has_actor, best.found)))
    described["drafts"] = math.log1p(len(drafts))
    described[f"kind_{best.kind}"] = 1.0
    described["likelihood"] = best.likelihood
    described[f"way_{strongest(best)[1].way}"] = 1.0
    described["nothing_traded"] = described["no_commodity"] * float(best.kind in _OF_GOODS)
    described["company_only"] = float(best.kind in _COMPANIES_DO and not any(map(_official, best.found)))


def _knows_goods(sentences: list[Sentence]) -> bool:
    """Tell whether a company is named that is known for some good: its name stands for it."""
    return any(
        hit.tag == "entity" and known_goods(hit.value) for sentence in sentences for hit in sentence.hits
    )


def _names(sentence: Sentence, concept: str) -> bool:
    return any(
        hit.tag == "entity" or (hit.tag == "concept" and hit.value == concept) for hit in sentence.hits
    )


def _opens_with_actor(sentence: Sentence) -> bool:
    """Tell whether the first words name a state, its seat or a body of it."""
    first = sentence.hits[0]
    return (
        first.start <= 5 and first.tag in ("place", "agency") and first.how not in ("unsure", "adj", "region")
    )


def _acts_beside(found: tuple[Sentence, Cue]) -> bool:
    """Tell whether a word of an act ("announced", "takes effect") stands in the cue's sentence."""
    return any(hit.tag == "status" and hit.value in _ACTS for hit in found[0].hits)


def _has_actor(found: tuple[Sentence, Cue]) -> bool:
    """Tell whether a body that can act is named in the cue's sentence."""
    return any(
        hit.tag == "agency"
        or (hit.tag == "place" and hit.how in ("capital", "voice"))
        or (hit.tag == "concept" and hit.value in ("ACTOR", "GOVERNMENT"))
        for hit in found[0].hits
    )


def _official(found: tuple[Sentence, Cue]) -> bool:
    """Tell whether a government or a body of one is named beside the cue, or no company is."""
    hits = found[0].hits
    if not any(hit.tag == "entity" for hit in hits):
        return any(hit.tag in ("place", "agency") for hit in hits)
    return any(
        hit.tag == "agency"
        or (hit.tag == "place" and hit.how in ("capital", "voice"))
        or (hit.tag == "concept" and hit.value == "GOVERNMENT")
        for hit in hits
    )


def _counts(sentences: list[Sentence]) -> Counter[str]:
    return Counter(
        [
            hit.value if hit.tag in _COUNTED_BY_VALUE else hit.tag
            for sentence in sentences
            for hit in sentence.hits
        ]
    )


def score(described: dict[str, float]) -> float:
    """Probability-like score of relevance, 0 to 1."""
    weights: dict[str, float] = table("weights")["relevance"]
    total = sum(weights.get(name, 0.0) * value for name, value in described.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
