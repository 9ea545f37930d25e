"""Goods: the commodities that a measure touches, from its title and its own sentences."""

from __future__ import annotations

from alerts.core.taxonomy import commodity_ancestors
from alerts.recognise.compose import Draft
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence

Goods = dict[str, tuple[Sentence, Hit]]
_VAGUE = ("critical_minerals", "raw_minerals", "rare_metals", "dual_use_items")
_MAX_SENTENCES = 4


def _of(sentence: Sentence) -> Goods:
    found: Goods = {}
    for hit in sentence.hits:
        if hit.tag == "commodity":
            found.setdefault(hit.value, (sentence, hit))
    return found


def _without_vague(goods: Goods, firm: Goods) -> Goods:
    """Drop what only says "minerals" beside a mineral, unless the title itself says so."""
    sharp = [each for each in goods if each not in _VAGUE]
    if not sharp:
        return goods
    return {each: where for each, where in goods.items() if each not in _VAGUE or _is_firm(each, firm)}


def _is_firm(commodity: str, firm: Goods) -> bool:
    if commodity not in firm:
        return False
    sentence, hit = firm[commodity]
    return " " in sentence.page.scanned[hit.start : hit.end]


def commodities_of(draft: Draft, all_sentences: list[Sentence]) -> Goods:
    """Collect the draft's commodities, the sharper before the vague."""
    goods: Goods = {}
    in_title = any(sentence.field == "title" for sentence, _ in draft.found)
    title: Goods = {}
    for sentence in all_sentences:
        if sentence.field == "title":
            title |= _of(sentence)
    if in_title or not draft.explicit:
        goods |= title
    for sentence, _ in sorted(draft.found, key=lambda each: -each[1].weight)[:_MAX_SENTENCES]:
        for commodity, where in _of(sentence).items():
            goods.setdefault(commodity, where)
    if not goods:
        goods |= title
    if not goods:
        for sentence in all_sentences:
            goods = goods or _of(sentence)
    kept = _without_vague(goods, title)
    return {each: where for each, where in kept.items() if not _is_parent_of_other(each, kept, title)}


def _is_parent_of_other(commodity: str, goods: Goods, title: Goods) -> bool:
    if commodity in title:
        return False
    return any(commodity in commodity_ancestors(other)[1:] for other in goods if other != commodity)
