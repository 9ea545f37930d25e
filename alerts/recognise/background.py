"""Background: clauses that tell why or after what, not what happened.

"India halts exports *as Beijing squeezes supply*", "*After China's curbs,* Japan pays ...": a
measure or a place in such a clause is not the news. A region runs from the word that opens
the clause to the next punctuation (two spaces on a scanned page).
"""

from __future__ import annotations

import re

from alerts.recognise.sentence import Sentence

_OPENS = re.compile(
    r" (?:as|after|amid|while|despite|following|in response to|in answer to|in retaliation for|"
    r"in the wake of|in retaliation to|in reply to|an answer to|its answer to|in reaction to|en riposte|en represailles|"
    r"en reponse|en respuesta|en represalia|als reaktion auf|als antwort auf|em resposta|in risposta|sebagai balasan|"
    r"it resembles|similar to|like|unlike|just like|hit by|stung by|reacting to|faced with|in line with|rattled by|spooked by|angered by|ever since|not least since|nachdem|"
    r"wahrend|angesichts|trotz|apres|alors que|malgre|face a|tras|mientras|ante|pese a|setelah|"
    r"di tengah|meski) "
    r"(?!of |well |part |many |much |soon |long |a part |a way |one |never |they |it |its |their |the case )"
)
_LONGEST = 140


def _regions(sentence: Sentence) -> list[tuple[int, int]]:
    scanned = sentence.page.scanned
    begin, end = max(0, sentence.hits[0].start - 30), sentence.hits[-1].end
    found: list[tuple[int, int]] = []
    for match in _OPENS.finditer(scanned, begin, end):
        stop = scanned.find("  ", match.end(), match.end() + _LONGEST)
        found.append((match.start(), stop if stop > 0 else min(end, match.end() + _LONGEST)))
    for hit in sentence.hits:
        if hit.tag == "noise" and hit.value == "background":
            stop = scanned.find("  ", hit.end, hit.end + _LONGEST)
            found.append((hit.start, stop if stop > 0 else hit.end + 60))
    return found


_LEADS_WITHIN = 12
"""Signs before a clause of background at most, for the sentence to open with it."""


def opens_sentence(sentence: Sentence, at: int) -> bool:
    """Tell whether a position stands in a clause of background that the main clause only follows."""
    if not in_background(sentence, at):
        return False
    (begin,) = sentence.page.scanned_at([sentence.start])
    return any(
        start <= begin + _LEADS_WITHIN and start < at < end for start, end in sentence.background or ()
    )


def in_background(sentence: Sentence, at: int) -> bool:
    """Tell whether a scanned position of the sentence stands in a clause of background."""
    if sentence.background is None:
        sentence.background = _regions(sentence)
    return any(start < at < end for start, end in sentence.background)
