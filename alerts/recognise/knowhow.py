"""Know-how: whether a measure holds back goods or the technology for making them.

China licenses both: "exports of technologies for making magnets" is of the technology, "rare earths
and the technology for separating them" of both. Outside export controls what is said of
recovery and processing is said of the metal.
"""

from __future__ import annotations

import re

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.draft import Draft
from alerts.recognise.families import Goods
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence

_TECHNOLOGY_OF = {
    "rare_earths": "rare_earth_technology",
    "rare_earth_magnets": "rare_earth_technology",
    "lithium": "lithium_battery_technology",
    "lithium_batteries": "lithium_battery_technology",
    "gallium": "gallium_technology",
}
_GOODS_OF = {
    "rare_earth_technology": "rare_earths",
    "lithium_battery_technology": "lithium_batteries",
    "gallium_technology": "gallium",
}
_HELD = frozenset(
    {
        MeasureKind.EXPORT_BAN,
        MeasureKind.EXPORT_LICENSING,
        MeasureKind.EXPORT_RESTRICTION_OTHER,
        MeasureKind.EXPORT_QUOTA,
    }
)
_BANNED_OR_LICENSED = frozenset({MeasureKind.EXPORT_BAN, MeasureKind.EXPORT_LICENSING})
_NEAR = 60
"""Characters between a word for technology and the goods that it is for, at most."""
_COMMA = "  "
"""Punctuation on a scanned page: in a body, goods before it are not those of technology behind it."""
_WORKING = re.compile(
    r"\b(?:mining|smelt|separat|extract|refin|recycl|extrac|fundici|abbau|abgebaut|extraction|raffinage|penambangan|добыч|перераб)"
    r"|采矿|开采|冶炼|分离|採掘|精錬|製錬|분리|제련|채굴|التعدين|الصهر"
)
"""What is done to an ore: technology beside it is that of the rare earths which the measure is of."""
_JOINING = frozenset({"and", "und", "et", "y", "e", "dan"})
_LEAD = 3


def as_technology(goods: Goods, title: Goods, draft: Draft, all_sentences: list[Sentence]) -> Goods:
    """Read goods as the technology for them where a measure says so.

    A title that says so means it instead of the good; another sentence of the measure adds it.
    """
    if draft.kind not in _HELD:
        return {_GOODS_OF.get(each, each): where for each, where in goods.items()}
    if draft.kind not in _BANNED_OR_LICENSED or draft.issuer != "CN":
        return goods
    found = _only_titled(goods, title)
    for sentence, _ in draft.found:
        for each, word in _named_technology(sentence):
            if sentence.field == "title" and not _joined(sentence, word):
                found.pop(each, None)
            found.setdefault(_TECHNOLOGY_OF[each], (sentence, word))
    return found | _of_working(found, draft, all_sentences)


def _only_titled(goods: Goods, title: Goods) -> Goods:
    """Where the title names the technology for rare earths, drop those of its goods that the title does not name."""
    if "rare_earth_technology" not in title:
        return dict(goods)
    untitled = {"rare_earths", "rare_earth_magnets"} - set(title)
    return {each: where for each, where in goods.items() if each not in untitled}


def _words(sentence: Sentence) -> list[Hit]:
    return [hit for hit in sentence.hits if hit.tag == "concept" and hit.value == "TECHNOLOGY"]


def _free_words(sentence: Sentence) -> list[Hit]:
    """List the words for technology that are no part of a name for one ("magnet technology")."""
    named = [hit for hit in sentence.hits if hit.tag == "commodity" and hit.value in _GOODS_OF]
    return [
        word
        for word in _words(sentence)
        if not any(hit.start <= word.start and word.end <= hit.end for hit in named)
    ]


def _named_technology(sentence: Sentence) -> list[tuple[str, Hit]]:
    """Pair the goods of a sentence with a word for technology near them."""
    if not sentence.says("TECHNOLOGY"):
        return []
    return [
        (hit.value, word)
        for word in _free_words(sentence)[:1]
        for hit in sentence.hits
        if hit.tag == "commodity" and hit.value in _TECHNOLOGY_OF and _is_near(sentence, hit, word)
    ]


def _is_near(sentence: Sentence, hit: Hit, word: Hit) -> bool:
    one, other = sorted((hit, word))
    between = sentence.page.scanned[one.end : other.start]
    return len(between) <= _NEAR and (_COMMA not in between or one is word or sentence.field == "title")


def _joined(sentence: Sentence, word: Hit) -> bool:
    """Tell whether the technology is named beside the goods ("rare earths and know-how")."""
    return bool(_JOINING & set(sentence.page.scanned[: word.start].split()[-3:]))


def _of_working(goods: Goods, draft: Draft, all_sentences: list[Sentence]) -> Goods:
    """Find the technology of mining and smelting in the first sentences of a measure on rare earths."""
    if "rare_earths" not in goods or draft.kind is not MeasureKind.EXPORT_LICENSING:
        return {}
    own = [sentence for sentence, _ in draft.found]
    for sentence in own + [each for each in all_sentences[: _LEAD + 1] if each not in own]:
        if sentence.says("TECHNOLOGY") and _WORKING.search(_scanned(sentence)):
            return {"rare_earth_technology": (sentence, _words(sentence)[0])}
    return {}


def _scanned(sentence: Sentence) -> str:
    begin, end = sentence.page.scanned_at([sentence.start, sentence.end])
    return sentence.page.scanned[begin:end]
