"""Dates of effect: the day that a sentence on a measure gives for its beginning."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache

from alerts.recognise.tables import table

_TRIGGER = re.compile(
    r"(?:effective(?: on| from| date:?)?|from|as of|starting(?: on)?|starts on|beginning(?: on)?|"
    r"takes? effect (?:on|from)|comes? into force on|enters? into force on|entra(?:n|rá)? en vigor el|en vigor el|rige desde el|"
    r"vigente desde el|entre(?:ra)? en vigueur (?:le|au)|en vigueur (?:le|au)|tritt am|treten am|gilt ab(?: dem)?|gilt seit dem|"
    r"berlaku (?:mulai|pada|sejak)(?: tanggal)?|mulai tanggal|pada|em vigor (?:em|a partir de)|в силу(?: с)?|"
    r"took effect on|in force (?:on|from)|into force on|into effect on|in effect from|since|"
    r"ab dem|ab|seit|vom|a partir du|à partir du|à compter du|dès le|depuis le|a partir del?|desde el|mulai|"
    r"per|terhitung|sejak|с|on)\s+",
    re.IGNORECASE,
)
_DENSE = re.compile(
    r"(?:(\d{4})\s*[年년]\s*)?(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]"
    r"(?=\s*(?:起|开始|開始|から|施行|より|부터|以降))"
)


@cache
def _months() -> dict[str, int]:
    return {name: number for number, names in enumerate(table("calendar")["months"], 1) for name in names}


@cache
def _forms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    month = "(" + "|".join(sorted((re.escape(name) for name in _months()), key=len, reverse=True)) + r")\.?"
    return (
        re.compile(rf"{month}\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?(?!\d)", re.IGNORECASE),
        re.compile(
            rf"(\d{{1,2}})(?:\.|er|º|o)?(?:\s+de)?\s+{month}(?:(?:\s+del?)?\s+(\d{{4}}))?(?!\d)",
            re.IGNORECASE,
        ),
    )


@cache
def _month_starts() -> tuple[frozenset[str], frozenset[str]]:
    """The first three letters of every month, and the names that are shorter."""
    names = [name.casefold() for name in _months()]
    return frozenset(name[:3] for name in names), frozenset(name for name in names if len(name) < 3)


_DAY = re.compile(r"\d{1,2}(?!\d)")


def _may_name_day(text: str) -> bool:
    """Tell whether a word that begins like a month stands beside a number of a day."""
    starts, short = _month_starts()
    words = text.casefold().split()
    return any(
        (word[:3] in starts or word[:2] in short) and any(map(_DAY.match, words[max(0, at - 2) : at + 2]))
        for at, word in enumerate(words)
    )


_DIGIT = re.compile(r"\d")
_LONGEST = 600
"""Characters of a sentence that are searched for its day."""

_BEHIND = 100
"""Characters behind a sentence that its last words may go on for ("ab 1. August")."""

Dated = tuple[date, int, int]
"""The day, and the span of its words."""


def _day(year: str | None, month: int, day: str, published: datetime | None) -> date | None:
    if year is None and published is None:
        return None
    try:
        found = date(int(year) if year else published.year if published else 1, month, int(day))
    except ValueError:
        return None
    if year is None and published is not None and (published.date() - found).days > 200:
        return found.replace(year=found.year + 1) if (found.month, found.day) != (2, 29) else found
    return found


def _spaced(text: str, at: int, published: datetime | None) -> Dated | None:
    for number, form in enumerate(_forms()):
        match = form.match(text, at)
        if match:
            month, day = (1, 2) if number == 0 else (2, 1)
            found = _day(match[3], _months()[match[month].lower()], match[day], published)
            return (found, match.start(), match.end()) if found else None
    return None


def effective_date(text: str, start: int, end: int, published: datetime | None) -> Dated | None:
    """Find the day of effect in ``text[start:end]``; a day without a year needs ``published``."""
    end = min(end, start + _LONGEST)
    if not _DIGIT.search(text, start, end):
        return None
    for match in _DENSE.finditer(text, start, end) if "月" in text or "월" in text else ():
        found = _day(match[1], int(match[2]), match[3], published) if 1 <= int(match[2]) <= 12 else None
        if found:
            return found, match.start(), match.end()
    if not _may_name_day(text[start : end + _BEHIND]):
        return None
    for match in _TRIGGER.finditer(text, start, end):
        dated = _spaced(text, match.end(), published)
        if dated:
            return dated
    return None
