"""Goods: the commodities that a measure touches, from its title and its own sentences."""

from __future__ import annotations

from alerts.core.taxonomy import MeasureKind, commodity_ancestors
from alerts.recognise.background import in_background
from alerts.recognise.draft import Draft
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence
from alerts.recognise.tables import table

Goods = dict[str, tuple[Sentence, Hit]]
_VAGUE = ("critical_minerals", "raw_minerals", "rare_metals", "dual_use_items")
_USES = ("semiconductors", "steel", "lithium_batteries", "rare_earth_magnets")
_LISTS_BOTH = frozenset(
    {
        MeasureKind.SUPPLY_AGREEMENT,
        MeasureKind.SUBSIDY,
        MeasureKind.IMPORT_TARIFF,
        MeasureKind.STOCKPILING,
        MeasureKind.PRICE_MEASURE,
    }
)
"""Kinds that name "critical minerals" beside a few of them and mean all."""
_MAX_SENTENCES = 4
_LEAD = 3


def _of(sentence: Sentence) -> Goods:
    found: Goods = {}
    for hit in sentence.hits:
        if hit.tag == "commodity":
            found.setdefault(hit.value, (sentence, hit))
    return found


def _is_bare(where: tuple[Sentence, Hit]) -> bool:
    """Tell whether the vague word stands alone ("minerals", not "critical minerals")."""
    sentence, hit = where
    return " " not in sentence.page.scanned[hit.start : hit.end]


def _without_vague(goods: Goods, kind: MeasureKind) -> Goods:
    """Drop what only says "minerals" beside a mineral, and a bare word beside a full one."""
    if not any(each not in _VAGUE for each in goods):
        full = {each: where for each, where in goods.items() if not _is_bare(where)}
        return full or goods
    if kind in _LISTS_BOTH:
        return {each: where for each, where in goods.items() if each not in _VAGUE or not _is_bare(where)}
    return {each: where for each, where in goods.items() if each not in _VAGUE}


def _without_uses(goods: Goods, title: Goods) -> Goods:
    """Drop what a metal is used for ("gallium, a metal for chips") beside the metal."""
    metals = [each for each in goods if each not in _USES and each not in _VAGUE]
    metals = [each for each in metals if not each.startswith(("semiconductor", "lithium_batter"))]
    if not metals:
        return goods
    kept = dict(goods)
    if "semiconductors" in kept and "semiconductor_equipment" not in kept:
        del kept["semiconductors"]
    if "bauxite" in kept and "aluminium" not in title:
        kept.pop("aluminium", None)
    if "steel" not in title:
        kept.pop("steel", None)
    return kept


def _own(draft: Draft) -> Goods:
    goods: Goods = {}
    for sentence, _ in sorted(draft.found, key=lambda each: -each[1].weight)[:_MAX_SENTENCES]:
        for commodity, where in _of(sentence).items():
            goods.setdefault(commodity, where)
    return goods


_TECHNOLOGY_OF = {
    "rare_earths": "rare_earth_technology",
    "rare_earth_magnets": "rare_earth_technology",
    "lithium": "lithium_battery_technology",
    "lithium_batteries": "lithium_battery_technology",
    "gallium": "gallium_technology",
}
_TECHNOLOGY_HELD = frozenset({MeasureKind.EXPORT_BAN, MeasureKind.EXPORT_LICENSING})


def _as_technology(goods: Goods, title: Goods, draft: Draft) -> Goods:
    """Read "exports of technologies for making magnets" as the technology.

    A title that says so means it instead of the good; another sentence of the measure adds it.
    """
    if draft.kind not in _TECHNOLOGY_HELD or draft.issuer != "CN":
        return goods
    found = dict(goods)
    for sentence, _ in draft.found:
        words = [hit for hit in sentence.hits if hit.tag == "concept" and hit.value == "TECHNOLOGY"]
        named = [each for each in _of(sentence) if each in _TECHNOLOGY_OF]
        if not words or not named:
            continue
        for each in named:
            if (
                sentence.field == "title"
                and "and" not in sentence.page.scanned[: words[0].start].split()[-3:]
            ):
                found.pop(each, None)
            found.setdefault(_TECHNOLOGY_OF[each], (sentence, words[0]))
    return found


def _of_entities(draft: Draft) -> Goods:
    """Fall back on what a company of the measure is known for."""
    found: Goods = {}
    for sentence, _ in draft.found:
        for hit in sentence.hits:
            known = table("entities")[hit.value].get("goods") if hit.tag == "entity" else None
            if known:
                found.setdefault(str(known), (sentence, hit))
    return found


def _of_lead(draft: Draft, all_sentences: list[Sentence]) -> Goods:
    """Name what a text that speaks of "raw minerals" means: the minerals of its first sentences."""
    found: Goods = {}
    for sentence in all_sentences:
        if sentence.field == "text" and sentence.order < _LEAD:
            for commodity, where in _of(sentence).items():
                if not in_background(sentence, where[1].start):
                    found.setdefault(commodity, where)
    return found


def commodities_of(draft: Draft, all_sentences: list[Sentence]) -> Goods:
    """Collect the draft's commodities: of its own sentences, else of the title, else the first named."""
    title: Goods = {}
    for sentence in all_sentences:
        if sentence.field == "title":
            title |= _of(sentence)
    goods = _own(draft)
    if any(sentence.field == "title" for sentence, _ in draft.found) or not goods:
        goods = title | goods
    if not goods:
        for sentence in all_sentences:
            goods = goods or _of(sentence)
    if all(each == "raw_minerals" for each in goods):
        goods |= _of_lead(draft, all_sentences)
    goods = _as_technology(goods, title, draft) or _of_entities(draft)
    kept = _without_uses(_without_vague(goods, draft.kind), title)
    return {each: where for each, where in kept.items() if not _is_parent_of_other(each, kept, title)}


def _is_parent_of_other(commodity: str, goods: Goods, title: Goods) -> bool:
    if commodity in title:
        return False
    return any(commodity in commodity_ancestors(other)[1:] for other in goods if other != commodity)
