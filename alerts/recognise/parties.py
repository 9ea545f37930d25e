"""Parties: who acts in a sentence, and towards whom.

Every place of a sentence gets points for speaking like an issuer (an agency, the subject, a
possessive before the measure) and loses some for standing like a target ("to Japan",
"against Russia", "Chinese companies" in a sanction) or in a clause of background.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from alerts.recognise.acting import COMPLAINS, by_site, points_of, reacts
from alerts.recognise.aims import (
    INWARD,
    PARIAHS,
    TRIBUNAL,
    is_aimed_at,
    is_aimed_beside,
    is_link,
)
from alerts.recognise.background import in_background
from alerts.recognise.cues import Cue
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence
from alerts.recognise.tables import table

_JOINS = {"and", "or", "the", "und", "oder", "et", "ou", "y", "o", "dan", "atau", "e"}
_JOINS |= {"和", "及", "以及", "及び", "と", "와", "과", "与"}
_AND_GLUED = re.compile(r"\w{0,4}(?:と|及び|와|과|与|和)\w{0,2}$")
"""An "and" that is glued to the words beside it."""
_CLAUSE = re.compile(
    r"(?:^|  )(?: ?(?:and|while|but|whereas|meanwhile|as|und|et|y|e|dan|in|at|on the same day|in turn)"
    r"(?: the)? )? ?(?:the )?$"
)
_CLAUSE_BACK = 24
_AIMED_AT = 3.0
"""What a place that a measure aims at loses of its right to be the one who acts."""
_NAMES_PARTY = frozenset({"place", "agency", "concept"})
_ACTOR = "ACTOR"
"""The one concept that may stand for a place: a body without its country ("the mines ministry")."""


@dataclass(slots=True)
class Party:
    """A place in a sentence, with how strongly it acts and whether it is aimed at."""

    code: str
    hit: Hit
    acts: float
    aimed: bool


def entity_place(entity: str) -> str:
    """Country of a named entity."""
    return str(table("entities")[entity]["place"])


def _is_object(hit: Hit, cue: Cue) -> bool:
    """Tell whether a place stands behind the verb of an inward measure ("bans Russian metal")."""
    if cue.kind not in INWARD or hit.start < cue.start:
        return False
    return hit.how == "adj" or (hit.value in PARIAHS and hit.how == "name")


def _opens_clause(sentence: Sentence, hit: Hit) -> bool:
    before = sentence.page.scanned[max(sentence.hits[0].start - 8, hit.start - _CLAUSE_BACK, 0) : hit.start]
    return bool(_CLAUSE.search(before))


def _favour_own_clause(sentence: Sentence, cue: Cue, parties: list[Party]) -> None:
    """Of several places that open a clause each, the cue belongs to the nearest one before it."""
    subjects = [
        party
        for party in parties
        if not party.aimed and party.hit.start <= cue.start and _opens_clause(sentence, party.hit)
    ]
    if len(subjects) > 1 and not joined(sentence, subjects[-2].hit, subjects[-1].hit):
        subjects[-1].acts += 1.5
        for other in subjects[:-1]:
            if other.code != subjects[-1].code:
                other.acts -= 0.5


def _speaks(sentence: Sentence, hit: Hit, sure_places: frozenset[str]) -> bool:
    if hit.tag == "concept":
        return False
    if hit.tag not in ("place", "agency"):
        return False
    return hit.how not in ("unsure", "paper") or hit.value in sure_places


def joined(sentence: Sentence, one: Hit, other: Hit) -> bool:
    """Tell whether only a comma or an "and" stands between two places."""
    between = sentence.page.scanned[one.end : other.start]
    return len(between) < 12 and (not set(between.split()) - _JOINS or bool(_AND_GLUED.match(between)))


def _named_by_its_country(hit: Hit, before: list[Party]) -> Hit:
    """Read "Colombia's national mining agency" as Colombia's, whoever else has a body of that name."""
    if hit.tag != "agency" or not before:
        return hit
    last = before[-1]
    beside = last.hit.tag == "place" and 0 <= hit.start - last.hit.end <= len(" s ")
    return hit._replace(value=last.code) if beside and last.hit.how in ("name", "adj") else hit


def _stands_for(sentence: Sentence, hit: Hit, main: str | None, parties: list[Party]) -> Hit:
    """Read a body without its country as one of the text's main place."""
    if hit.tag != "concept" or main is None or hit.start > sentence.hits[0].start + 60:
        return hit
    if any(hit.start - party.hit.end < 30 for party in parties):
        return hit
    if any(0 <= each.start - hit.end < 5 and each.tag in ("place", "agency") for each in sentence.hits):
        return hit
    return hit._replace(tag="agency", value=main, how="actor")


def _only_origin(sentence: Sentence, main: str | None) -> bool:
    """Tell whether the sentence names the text's main place just by adjective: "Congress bars Russian uranium"."""
    named = [hit.how for hit in sentence.hits if hit.tag in ("place", "agency") and hit.value == main]
    return bool(named) and set(named) == {"adj"}


def parties_of(
    sentence: Sentence, cue: Cue, sure_places: frozenset[str], main: str | None = None
) -> list[Party]:
    """List the places of a sentence as the cue's parties, in order of the text.

    ``sure_places`` are countries that the whole text names; an ambiguous acronym speaks for
    its country only if that is one of them. ``main`` is the place that the text is about.
    """
    parties: list[Party] = []
    only_origin = cue.kind in INWARD and _only_origin(sentence, main)
    for read in sentence.hits:
        if read.tag not in _NAMES_PARTY or (read.tag == "concept" and read.value != _ACTOR):
            continue
        hit = read if only_origin else _stands_for(sentence, read, main, parties)
        if not _speaks(sentence, hit, sure_places):
            continue
        hit = _named_by_its_country(hit, parties)
        aimed = hit.tag == "place" and _is_target(sentence, hit, cue, parties)
        acts = points_of(sentence, hit, cue, not parties) + by_site(sentence, hit, cue, main)
        acts -= _AIMED_AT if aimed or is_link(sentence, hit, cue.kind) else 0.0
        if not cue.background and in_background(sentence, hit.start):
            acts -= 2.0
        parties.append(Party(hit.value, hit, acts, aimed))
    if len(parties) > 1:
        _favour_own_clause(sentence, cue, parties)
        _react_together(sentence, parties)
    _aim_beside(sentence, cue, parties, main)
    return parties


def _is_target(sentence: Sentence, hit: Hit, cue: Cue, before: list[Party]) -> bool:
    if is_link(sentence, hit, cue.kind):
        return False
    if is_aimed_at(sentence, hit, cue.kind) or _is_object(hit, cue):
        return True
    return bool(before) and before[-1].aimed and joined(sentence, before[-1].hit, hit)


def _react_together(sentence: Sentence, parties: list[Party]) -> None:
    """Take those that complain with another for no issuers either: "Brussels and Tokyo sue China"."""
    for one, other in reversed(list(pairwise(parties))):
        if joined(sentence, one.hit, other.hit) and reacts(sentence, other.hit):
            one.acts -= COMPLAINS


def _aim_beside(sentence: Sentence, cue: Cue, parties: list[Party], main: str | None) -> None:
    """Read "American firms", "China duties" as whom a measure aims at where another place acts."""
    for party in parties:
        if party.aimed or party.hit.tag != "place" or not is_aimed_beside(sentence, party.hit, cue.kind):
            continue
        others = {each.code for each in parties if not each.aimed} | {main}
        if others - {party.code, None, TRIBUNAL}:
            party.aimed = True
            party.acts -= _AIMED_AT
