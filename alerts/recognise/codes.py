"""HS codes that a text cites: digits count only behind a word that says they are a code.

The words are in the gazetteers, too (:data:`CITING`), so that a text without any is not searched.
"""

from __future__ import annotations

import re

CITING = "CODE"
"""The concept of the words that a code stands behind."""

_CITED = re.compile(
    r"\b(?:HS|HTS|HTSUS|ITC[ -]?\(?HS\)?|CN|SH|SA|NC|NCM|TARIC|tariff|customs|subheadings?|headings?|Zolltarif|"
    r"Zolltarifnummer|Warennummer|ТН ВЭД)"
    r"(?: codes?| items?| headings?| subheadings?| numbers?| nos?\.?|コード)?:?\s+"
    r"(\d{4}(?:[. ]?\d{2}){0,3})(?!\d)",
    re.IGNORECASE,
)
_CITED_DENSE = re.compile(
    r"(?:税则号列|稅則號列|税号|稅號|商品编号|海关商品编号|HSコード|HS编码|税番|품목번호|HS코드)[:：]?\s*(\d{4}(?:\.?\d{2}){0,3})(?!\d)"
)

_NEXT = re.compile(r"\s*(?:,|;|/|、|and|or|und|et|y|e|dan|和|及)\s*(\d{4}\.?\d{2}(?:\.?\d{2}){0,2})(?!\d)")
"""More codes of a list; six digits at least, so that no year is taken for one."""
_SPACED_DIGITS = re.compile(r"\s\d{4}")
"""What every citation in a spaced script ends in: its form is slow to look for, digits are not."""

Code = tuple[str, int, int]
"""Digits only, and the span of the words."""


def hs_codes(text: str) -> list[Code]:
    """List HS codes cited in a text, digits only, each once."""
    found: dict[str, Code] = {}
    for form in (_CITED, _CITED_DENSE) if _SPACED_DIGITS.search(text) else (_CITED_DENSE,):
        for match in form.finditer(text):
            digits = re.sub(r"\D", "", match[1])
            if len(digits) == 4 and match[0].lower().startswith(("tariff", "customs", "cn")):
                continue  # "tariffs 2026" is a year
            _note(found, match)
            following = _NEXT.match(text, match.end())
            while following:
                _note(found, following)
                following = _NEXT.match(text, following.end())
    return list(found.values())


def _note(found: dict[str, Code], match: re.Match[str]) -> None:
    digits = re.sub(r"\D", "", match[1])
    if "01" <= digits[:2] <= "97":
        found.setdefault(digits, (digits, match.start(1), match.end(1)))
