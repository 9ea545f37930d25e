"""What cases are made of: words, pieces of files and of queries, and ways to damage a text."""

from __future__ import annotations

import random

WORDS = ["china", "india", "rare", "earth", "earths", "export", "licence", "licences", "ban", "稀土", "出口", "सरकार",
         "수출을", "редкие", "quota", "tin", "REE", "Décret", "o'neill", "u.s.", "12", "ﬁ", "İ", "ß"]  # fmt: skip
PIECES = [
    "{", "}", "[", "]", ": ", ":", "- ", "? ", "&a ", "*a", "<<: *a\n", "!!str ", "!x ", ">", "|", "|2-", "'", '"', "#",
    "---\n", "...\n", "\t", "\n", "\r\n", "    ", "  ", "\\", "\x00", "\x07", "\x85", "\u2028", "\ufeff", "\ud800",
    "\U0001f600", "٣", "稀", "null", "~", "NO", "0805", "1e999", "-", "9" * 400, "2026-02-30", "12:30", "%YAML 1.1\n",
    "rules:\n", "lists:\n", "route:\n", "detection:\n", "      condition: 1 of them\n", "text|query: ", "|not", "|re: ",
    "|within: 3d", "text|query|not: a\n", "terms: [$a, $b]\n", "{{ event.title | join }}", "{% if x %}", "id: r\n",
    "status: live\n", "(((((", "atleast3(", "NEAR/8", "$rare_earths", "expo*", "AND NOT ", "first100:", "(?=a)", "(a+)+$",
    "exceptions: [{fields: [issuer], values: [[CN]], reason: x}]\n", "measures: [{}]\n",
]  # fmt: skip
QUERY_PIECES = [
    "(", ")", '"', "“", " AND ", " OR ", " NOT ", " NEAR/3 ", " NEAR ", " ONEAR/0 ", " NEAR/99999999999 ", "$earths", "$x",
    "a*", "chi*", "*", "?", "b?n", "title:", "first3:", "first99999:", "foo:", "atleast3(", "atleast", "~3", "-x", "+", "and",
    " W/5 ", "。", ":", "\u200b", "\u0301", "\ud83d", "\x00", "'", "$", "（", "）", "&&", "（china）",
]  # fmt: skip
STRANGE = ["\u0301", "\u200d", "\u00ad", "\ud83d", "\ufb01", "\u0130", "\u2100", "稀土", "'s", "’s", "''s", "'", "_", "/", "\u0903",
           "\u1100", "ﾞ", "\U0001f469\u200d\U0001f680", "\u202e", "½", "ǆ", "\x85", "\u2028", "١٢"]  # fmt: skip
"""Characters that fold to several, to none, to blanks, or belong to the word before."""


def words(rng: random.Random, most: int = 25) -> str:
    """A text of words that queries look for; one in four with strange characters in it."""
    text = " ".join(rng.choices([*WORDS, "x", "-", "’s", "\u00a0", "\n"], k=rng.randint(0, most)))
    return text if rng.random() < 0.75 else mutated(rng, text, STRANGE, 6)


def mutated(rng: random.Random, text: str, pieces: list[str], most: int) -> str:
    """Insert, remove, repeat, swap."""
    for _ in range(rng.randint(1, most)):
        at = rng.randrange(len(text) + 1)
        end = min(at + rng.choice((0, 1, 1, 3, 20, 200)), len(text))
        kind = rng.randrange(4)
        if kind == 0:
            text = text[:at] + rng.choice(pieces) + text[at:]
        elif kind == 1:
            text = text[:at] + text[end:]
        elif kind == 2:
            text = text[:end] + text[at:end] * rng.choice((1, 2, 50)) + text[end:]
        else:
            text = text[:at] + rng.choice(pieces) + text[end:]
    return text
