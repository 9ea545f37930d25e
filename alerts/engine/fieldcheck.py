"""Values to checks: what makes one value of a field, or a stretch of its text, fit.

Each builder returns the fields of a :class:`FieldTest` to set, or None after a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import re2

from alerts.core.errors import Place
from alerts.core.taxonomy import COMMODITIES, commodity_ancestors
from alerts.core.text import fold, fold_term
from alerts.engine.document import Scalar
from alerts.engine.fields import Field, Kind
from alerts.engine.fieldtest import MAX_FOUND
from alerts.engine.findings import Findings
from alerts.engine.query_words import letters
from alerts.engine.values import name_equal, read_duration, read_moment, read_number, read_word

Parts = dict[str, Any] | None
Builder = Callable[[Field, str, list[Scalar], Findings], Parts]

_HALVES = re.compile("[\ud800-\udfff]")
_ORDER = {"before": (-1,), "lt": (-1,), "lte": (-1, 0), "after": (1,), "gt": (1,), "gte": (1, 0), "": (0,)}


def regex(field: Field, operator: str, values: list[Scalar], findings: Findings) -> Parts:
    """Search by pattern, on the linear-time engine."""
    patterns = []
    for scalar in values:
        try:
            patterns.append(re2.compile(scalar.raw, _options()))
        except (re2.error, UnicodeError) as error:
            reason = error.args[0] if error.args else error
            why = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
            remedy = "RE2 syntax: no look-around and no back-references, since they can take for ever"
            findings.error("bad-regex", scalar.place, f"the pattern is refused: {why}", remedy)
    if len(patterns) < len(values):
        return None
    if field.kind is Kind.TEXT:
        return {"find": lambda text: _find_patterns(text, patterns)}
    return {"check": lambda value, now: any(pattern.search(_sound(value)) for pattern in patterns)}


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    return options


def _sound(text: str) -> str:
    """Replace half characters, which RE2 cannot take, without moving any other."""
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


def _find_patterns(text: str, patterns: list[Any]) -> list[tuple[int, int]]:
    text = _sound(text)
    found = (match.span() for pattern in patterns for match in islice(pattern.finditer(text), MAX_FOUND))
    return sorted(span for span in found if span[0] < span[1])


def contains(field: Field, operator: str, values: list[Scalar], findings: Findings) -> Parts:
    """Find a folded string anywhere, or at the start."""
    terms = tuple(fold_term(scalar.raw) for scalar in values)
    for scalar, term in zip(values, terms, strict=True):
        if not term:
            message = f"`{operator}` without a letter holds always"
            findings.error("empty-values", scalar.place, message, "write the words")
        elif field.kind is Kind.TEXT and operator == "contains" and letters(term) < 4 and term.isascii():
            message = f"`{scalar.raw}` is found inside other words too"
            remedy = f"write `{field.name}|query: {scalar.raw}` to find the word"
            findings.warning("short-contains", scalar.place, message, remedy)
    if not all(terms):
        return None
    if field.kind is Kind.TEXT:
        return {"find": lambda text: _find_terms(text, terms, operator == "startswith")}
    if field.kind is Kind.HS:
        return equal(field, "", [(scalar.raw, scalar.place) for scalar in values], findings)
    if operator == "startswith":
        return {"check": lambda value, now: fold_term(value).startswith(terms)}
    return {"check": lambda value, now: any(term in fold_term(value) for term in terms)}


def _find_terms(text: str, terms: tuple[str, ...], at_start: bool) -> list[tuple[int, int]]:
    folded = fold(text)
    begin = len(folded.text) - len(folded.text.lstrip())
    spans: list[tuple[int, int]] = []
    for term in terms:
        if at_start:
            found = iter([begin] if folded.text.startswith(term, begin) else [])
        else:
            found = _occurrences(folded.text, term)
        spans.extend(folded.span(start, start + len(term)) for start in islice(found, MAX_FOUND))
    return sorted(spans)


def _occurrences(text: str, term: str) -> Iterator[int]:
    start = text.find(term)
    while start >= 0:
        yield start
        start = text.find(term, start + len(term))


def compared(field: Field, operator: str, values: list[Scalar], findings: Findings) -> Parts:
    """Compare: equal, or before and after, more and less."""
    if field.kind in (Kind.DATE, Kind.NUMBER):
        return _ordered(field, operator, values, findings)
    if field.kind is Kind.TEXT:
        wholes = frozenset(scalar.raw for scalar in values)
        return {"find": lambda text: [(0, len(text))] if text in wholes else []}
    return equal(field, operator, [(scalar.raw, scalar.place) for scalar in values], findings)


def equal(field: Field, operator: str, raws: list[tuple[str, Place]], findings: Findings) -> Parts:
    """Equal to one of the values; for a taxonomy, to what lies below one of them too."""
    words = [read_word(field, raw, place, findings) for raw, place in raws]
    if None in words:
        return None
    wanted = frozenset(word for word in words if word is not None)
    if field.kind is Kind.NAME:
        same = name_equal(wanted) if not operator else wanted.__contains__
        return {"check": lambda value, now: same(value)}
    if field.kind is Kind.HS:
        return _customs_codes(wanted, operator == "exact")
    if field.kind is Kind.COMMODITY and operator != "exact":
        wanted = frozenset(name for name in COMMODITIES if not wanted.isdisjoint(commodity_ancestors(name)))
    return {"check": lambda value, now: value in wanted, "atoms": wanted}


def _customs_codes(wanted: frozenset[str], whole: bool) -> Parts:
    if whole:
        return {"check": lambda value, now: value.replace(".", "") in wanted}
    starts = tuple(wanted)
    return {"check": lambda value, now: value.replace(".", "").startswith(starts)}


def _ordered(field: Field, operator: str, values: list[Scalar], findings: Findings) -> Parts:
    key = f"{field.name}|{operator}" if operator else field.name
    if len(values) > 1 and operator:
        findings.error("wrong-type", values[1].place, f"`{key}` takes one value", "write one")
        return None
    if operator == "within":
        length = read_duration(values[0], key, findings)
        return None if length is None else {"check": lambda value, now: _distance(value, now) <= length}
    return (_numbers if field.kind is Kind.NUMBER else _moments)(key, _ORDER[operator], values, findings)


def _numbers(key: str, signs: tuple[int, ...], values: list[Scalar], findings: Findings) -> Parts:
    read = [read_number(scalar, key, findings) for scalar in values]
    numbers = [number for number in read if number is not None]
    if len(numbers) < len(values):
        return None
    return {"check": lambda value, now: any((value > n) - (value < n) in signs for n in numbers)}


def _moments(key: str, signs: tuple[int, ...], values: list[Scalar], findings: Findings) -> Parts:
    read = [read_moment(scalar, key, findings) for scalar in values]
    moments = [moment for moment in read if moment is not None]
    if len(moments) < len(values):
        return None
    return {"check": lambda value, now: any(moment.compare(value, now) in signs for moment in moments)}


def _distance(value: date | datetime, now: datetime) -> timedelta:
    return abs(value - now) if isinstance(value, datetime) else abs(value - now.date())
