"""Likeness of wording: exact index keys under which near-duplicate texts meet, and how alike two titles are.

Pure. Two kinds of key. *Body* keys: the words of title and text as shingles of three, in a
16-value one-permutation MinHash cut into four bands (texts that share 90 % of their shingles
meet with probability 0.99, at 50 % with 0.23). *Title* keys, for items that are a headline and
no more: the words that carry a headline, in 24 weighted minima cut into twelve pairs (headlines
half alike meet with probability 0.97, a quarter alike with 0.53). A title key only proposes:
:func:`alike` compares the two titles themselves.

Words that every headline of this trade has ("China", "rare", "export") weigh little, and little
words nothing, so that it is names and figures that make two headlines one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from math import log

from alerts.core.ids import make_id
from alerts.core.text import fold, is_cjk

LIKE = 0.55
"""Titles at least this much alike (weighted share of their words) tell of one thing."""

_WORD = re.compile(r"\d+(?:[.,]\d+)*\w*|\w+")
_BANDS, _ROWS = 4, 4
_BINS = _BANDS * _ROWS
_PAIRS = 12
_SEEDS = tuple(zlib.crc32(b"draw%d" % number) for number in range(2 * _PAIRS))
_LEAST_TITLE_WEIGHT = 2.5
"""A title that carries less ("Press release") says too little to make two events one story."""

_LEAST_SHINGLES = 20
"""A shorter text is compared by its title alone."""

_MOST_WORDS = 400
"""Words of a text that the signature looks at; news says what it has to say before that."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LITTLE = _set(
    """
    a about after again ahead all amid an and are as at be been but by can could for from has have how if in into
    is it its may more new news no not of off on or out over part says say said set than that the their them this
    to up via was were what when where which who why will with would you your
    al da das de del der des die du e ein eine el en est et im la las le les los mit op par para pour que se
    sur um un una und von y zu
    """
)
_COMMON = _set(
    """
    announce ban billion company control copper critical curb deal demand earth export government import lithium
    magnet market material metal million mine mineral miner mining nickel price project quota rare restriction
    stock supply tariff trade world year
    """
)
_COUNTRIES = """
    china chinese beijing
    us american washington pentagon trump
    india indian delhi
    japan japanese tokyo
    australia australian canberra
    indonesia indonesian jakarta
    canada canadian ottawa
    russia russian moscow
    eu european europe brussels
    korea korean seoul
    germany german berlin
    brazil brazilian
    malaysia malaysian
    vietnam vietnamese hanoi
    congo drc congolese kinshasa
    africa african
    uk british britain london
"""
_PLACES = {name: line.split()[0] for line in _COUNTRIES.strip().splitlines() for name in line.split()}
"""A country by its name, its adjective and its capital: one word."""

_COMMON_WEIGHT = 0.3
_PLACE_NAMES = frozenset(_PLACES.values())
_OTHER_FIGURES = 0.6
_OTHER_PLACES = 0.6
"""Two headlines with figures that have none in common, or each with a country that the other has
not, are seldom on one thing."""


def words_of(text: str) -> list[str]:
    """The folded words of a text's beginning; a Chinese or Japanese character is a word."""
    words: list[str] = []
    for word in _WORD.findall(fold(text[: _MOST_WORDS * 12]).text):
        if is_cjk(word[0]):
            words.extend(word)
        else:
            words.append(word)
        if len(words) >= _MOST_WORDS:
            break
    return words[:_MOST_WORDS]


@lru_cache(maxsize=512)
def text_keys(title: str, text: str) -> tuple[str, ...]:
    """Keys under which near-duplicates of the whole text meet: no two texts by chance."""
    return tuple(_text_keys(title, text))


def _text_keys(title: str, text: str) -> Iterator[str]:
    head = words_of(title)
    if _weight(title_words(title)) >= _LEAST_TITLE_WEIGHT:
        yield make_id("title", *sorted(set(head)))
    signature = _signature(head + words_of(text))
    for band in range(_BANDS if signature else 0):
        yield make_id(f"text{band}", *signature[band * _ROWS : (band + 1) * _ROWS])


@lru_cache(maxsize=512)
def title_keys(title: str) -> tuple[str, ...]:
    """Keys under which rewritten headlines meet; what they propose is to be held against :func:`alike`."""
    return tuple(_title_keys(title))


def _title_keys(title: str) -> Iterator[str]:
    listed = sorted(title_words(title))
    if _weight(listed) < _LEAST_TITLE_WEIGHT:
        return
    draws = [_draws(word) for word in listed]
    least = [listed[row.index(min(row))] for row in zip(*draws, strict=True)]
    for pair in range(_PAIRS):
        yield make_id(f"head{pair}", *least[2 * pair : 2 * pair + 2])


def alike(title: str, others: Iterable[str]) -> float:
    """How alike a title is to the nearest of others, 0 to 1."""
    words = title_words(title)
    return max((_share(words, title_words(other)) for other in others), default=0.0)


@lru_cache(maxsize=4096)
def title_words(title: str) -> frozenset[str]:
    """The words that carry a headline; of Chinese and Japanese, the pairs of characters."""
    words = words_of(title[:300].replace("U.S.", "US"))
    kept = {
        _PLACES.get(word) or _stem(word)
        for word in words
        if (word not in _LITTLE and len(word) > 1 and not is_cjk(word[0])) or word[0].isdecimal()
    }
    kept |= {a + b for a, b in pairwise(words) if is_cjk(a[0]) and is_cjk(b[0])}
    return frozenset(kept)


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _weight(words: Iterable[str]) -> float:
    return sum(_weigh(word) for word in words)


def _weigh(word: str) -> float:
    return _COMMON_WEIGHT if word in _COMMON or word in _PLACE_NAMES else 1.0


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    both = _weight(one) + _weight(other)
    share = 2 * _weight(one & other) / both if both else 0.0
    figures = [{word for word in words if word[0].isdecimal()} for words in (one, other)]
    if all(figures) and figures[0].isdisjoint(figures[1]):
        share *= _OTHER_FIGURES
    if (one - other) & _PLACE_NAMES and (other - one) & _PLACE_NAMES:
        share *= _OTHER_PLACES
    return share


@lru_cache(maxsize=16384)
def _draws(word: str) -> tuple[float, ...]:
    """Exponential draws of a word, one a minimum: the least of a title falls on it by its weight."""
    raw, weight = word.encode(), _weigh(word)
    return tuple(-log((zlib.crc32(raw, seed) + 1) / 4294967297) / weight for seed in _SEEDS)


def _signature(words: list[str]) -> list[int]:
    """One hash a shingle, the least in each of 16 bins; an empty bin borrows from the next full one."""
    joined = [word.encode() for word in words]
    shingles = {zlib.crc32(b" ".join(joined[i : i + 3])) for i in range(len(joined) - 2)}
    if len(shingles) < _LEAST_SHINGLES:
        return []
    bins: list[int | None] = [None] * _BINS
    for shingle in shingles:
        at = shingle % _BINS
        least = bins[at]
        if least is None or shingle < least:
            bins[at] = shingle
    full = [(at, value) for at, value in enumerate(bins) if value is not None]
    return [value if value is not None else _next(full, at) for at, value in enumerate(bins)]


def _next(full: list[tuple[int, int]], at: int) -> int:
    distance, value = min(((where - at) % _BINS, value) for where, value in full)
    return value + distance
