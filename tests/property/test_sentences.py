"""Sentences end where the rule says that looks at every stop by itself."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.recognise.sentence import boundaries
from alerts.recognise.tables import table

PIECES = st.sampled_from(
    [
        *("A word", "word", "U.S", "Jan", "Mr", "x", "Ü", "1", "中国", "of the ministry in the east of the country, which"),
        *(".", ".", "!", "?", "。", "؛", "|", "•", " – ", " — ", "—", "”", '"', ")", ",", ":"),
        *(" ", " ", "\n", "\n\n", " \n ", "\t", "\u00a0", "\u2028"),
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=2), max_size=30).map("".join)
_CLOSING = "\"'”’»)]"
_ABBREVIATIONS = frozenset(str(table("languages")["abbreviations"]).split())


def _ends_here(text: str, at: int) -> bool:
    char, follow = text[at], at + 1
    if char in "。！？；।|•":
        return True
    if char in "–—":
        return (
            text[at - 1 : at] == " "
            and text[follow : follow + 1] == " "
            and text[follow + 1 : follow + 2].isupper()
        )
    while char != "\n" and text[follow : follow + 1] and text[follow] in _CLOSING:
        follow += 1
    begins = len(text) - len(text[follow:].lstrip())
    if begins == len(text):
        return True
    if (begins == follow and char != "\n") or "a" <= text[begins] <= "z":
        return False
    return not _wraps(text, at, begins) if char == "\n" else char != "." or not _is_abbreviation(text, at)


def _is_abbreviation(text: str, at: int) -> bool:
    match = re.compile(r"[\w.]*$").search(text, max(0, at - 12), at)
    word = match.group().lower() if match else ""
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha())


def _wraps(text: str, at: int, begins: int) -> bool:
    line = at - text.rfind("\n", 0, at) - 1
    follows = len(text[begins:].split("\n", 1)[0])
    return 45 <= line <= 82 and follows <= 82 and begins == at + 1 and text[at - 1] not in '.!?:;"”'


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_boundaries(text: str) -> None:
    ends = [at + 1 for at, char in enumerate(text) if char in ".!?\n。！？；।|•–—" and _ends_here(text, at)]
    assert boundaries(text, 0, len(text)) == ends + [len(text)] * (not ends or ends[-1] < len(text))
