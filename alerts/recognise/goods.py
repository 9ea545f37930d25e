"""Goods: the commodities that a measure touches, from its title and its own sentences."""

from __future__ import annotations

import re

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.background import in_background
from alerts.recognise.cues import Cue
from alerts.recognise.draft import Draft
from alerts.recognise.entities import known_goods
from alerts.recognise.families import VAGUE, Goods, narrowed, says_little
from alerts.recognise.knowhow import as_technology
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence

_MAX_SENTENCES = 4
_NEAR = 80
"""Characters between a cue and goods of its sentence, at most, where the title has named some."""
_LEAD = 3
_EVERYTHING = 12
"""More goods than this in the first sentences are a list of all there are: "minerals" says it."""
_ABOUT_A_COMPANY = frozenset({MeasureKind.SUBSIDY, MeasureKind.FDI_RESTRICTION, MeasureKind.PRICE_MEASURE})
"""Kinds that a named company is the object of."""
_USED_FOR = re.compile(
    r"(?:\b(?:used?|needed|vital|essential|goes|go|going|crucial) (?:in|for|into|to|by)"
    r"|\bfabrican|\bnecessari[oa]s? para|\bfur die produktion von)(?: [a-z]+){0,2} $"
)
"""What stands before goods that a metal is only made into."""
_LISTED = re.compile(
    r"\w{0,8}(?: \w{2,14})?(?: {2,3}| {1,2}(?:and|or|und|oder|et|ou|y|o|e|dan|serta|и|или|và|और|तथा|و) )"
    r"(?:the |of |les? |la |das |die |de |d |l |el )?"
    r"|[^\x00-\u2fff]{0,2}[ と和及与및과와やおよび]{1,3}"
)
"""What stands between two goods of one list, on a scanned page (two blanks are a comma)."""


def _of(sentence: Sentence) -> Goods:
    found: Goods = {}
    for hit in sentence.hits:
        if hit.tag == "commodity" and not _is_use(sentence, hit):
            found.setdefault(hit.value, (sentence, hit))
    return found


def _is_use(sentence: Sentence, hit: Hit) -> bool:
    scanned = sentence.page.scanned
    if scanned[hit.end : hit.end + 1] == "用":
        return True
    return _USED_FOR.search(scanned[max(0, hit.start - 40) : hit.start]) is not None


def _of_lists(goods: Goods, all_sentences: list[Sentence]) -> Goods:
    """Find what the first sentence lists beside one of a measure's goods, and is not among them."""
    found: Goods = {}
    for sentence in all_sentences:
        if sentence.field == "text" and sentence.order == 0:
            for listed in _lists(sentence):
                if any(hit.value in goods for hit in listed):
                    found |= {
                        hit.value: (sentence, hit) for hit in listed if hit.value not in (*VAGUE, *goods)
                    }
    return found


def _lists(sentence: Sentence) -> list[list[Hit]]:
    """Group the goods of a sentence by the lists that they stand in."""
    lists: list[list[Hit]] = []
    for hit in sentence.hits:
        if hit.tag != "commodity":
            continue
        if lists and _LISTED.fullmatch(sentence.page.scanned, lists[-1][-1].end, hit.start):
            lists[-1].append(hit)
        else:
            lists.append([hit])
    return lists


def _own(draft: Draft, title: Goods) -> Goods:
    """Collect the goods of the draft's heaviest sentences.

    Where the title states it and names goods, the other sentences add only what stands near the cue.
    """
    titled = draft.in_title and any(each not in VAGUE for each in title)
    goods: Goods = {}
    for sentence, cue in sorted(draft.found, key=lambda each: -each[1].weight)[:_MAX_SENTENCES]:
        for commodity, where in _of(sentence).items():
            if not titled or sentence.field == "title" or _gap(cue, where[1]) <= _NEAR:
                goods.setdefault(commodity, where)
    return goods


def _gap(cue: Cue, hit: Hit) -> int:
    return max(hit.start - cue.end, cue.start - hit.end)


def _of_entities(draft: Draft, all_sentences: list[Sentence]) -> Goods:
    """Fall back on what a company or mine is known for: of the measure's own sentences, else of any."""
    own = [sentence for sentence, _ in draft.found]
    return _known(own) or _known(all_sentences)


def _known(of: list[Sentence]) -> Goods:
    found: Goods = {}
    for sentence in of:
        for hit in sentence.hits:
            if hit.tag == "entity":
                for known in known_goods(hit.value):
                    found.setdefault(known, (sentence, hit))
    return found


def _of_lead(all_sentences: list[Sentence]) -> Goods:
    """Name what a text that speaks of "raw minerals" means: the minerals of its first sentences."""
    found: Goods = {}
    for sentence in all_sentences:
        if sentence.field == "text" and sentence.order < _LEAD:
            for commodity, where in _of(sentence).items():
                if not in_background(sentence, where[1].start):
                    found.setdefault(commodity, where)
    return found if len(found) <= _EVERYTHING else {}


def _of_title(all_sentences: list[Sentence]) -> Goods:
    found: Goods = {}
    for sentence in all_sentences:
        if sentence.field == "title":
            found |= _of(sentence)
    return found


def _first_named(all_sentences: list[Sentence]) -> Goods:
    return next((found for sentence in all_sentences if (found := _of(sentence))), {})


def commodities_of(draft: Draft, all_sentences: list[Sentence]) -> Goods:
    """Collect the draft's commodities: of its own sentences, else of the title, else the first named."""
    title = _of_title(all_sentences)
    goods = _own(draft, title)
    if draft.in_title or not goods:
        goods = title | goods
    if not goods:
        goods = _first_named(all_sentences)
    if says_little(goods, draft):
        goods |= title | _of_lead(all_sentences)
    if goods and (draft.kind in _ABOUT_A_COMPANY or says_little(goods, draft)):
        goods = _known([sentence for sentence in all_sentences if sentence.field == "title"]) | goods
    goods |= _of_lists(goods, all_sentences)
    goods = as_technology(goods, title, draft, all_sentences) or _of_entities(draft, all_sentences)
    return narrowed(goods, title, draft)
