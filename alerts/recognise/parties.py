"""Parties: who acts in a sentence, and towards whom.

Every place of a sentence gets points for speaking like an issuer (an agency, the subject, a
possessive before the measure) and loses some for standing like a target ("to Japan",
"against Russia", "Chinese companies" in a sanction) or in a clause of background.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.aims import (
    INWARD,
    OUTWARD,
    OWNED,
    PARIAHS,
    SEATED,
    TRIBUNAL,
    after,
    ahead,
    before,
    is_aimed_at,
    is_aimed_beside,
    is_link,
)
from alerts.recognise.background import in_background
from alerts.recognise.cues import Cue
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence
from alerts.recognise.tables import table

_JOINS = frozenset(
    {
        "and",
        "or",
        "the",
        "und",
        "oder",
        "et",
        "ou",
        "y",
        "o",
        "dan",
        "atau",
        "e",
        "和",
        "及",
        "以及",
        "及び",
        "と",
        "와",
        "과",
        "与",
    }
)
_AND_GLUED = re.compile(r"\w{0,4}(?:と|及び|와|과|与|和)\w{0,2}$")
"""An "and" that is glued to the words beside it."""
_REACTS = re.compile(
    r"^ (?:s )?(?:\w+ ){0,4}?(?:worr|concern|critici|condemn|slam|protest|urge|welcom|voice|warn|fear|react|"
    r"challeng|contest|sues? |sued |files? (?:wto|complaint)|furious|anger|"
    r"brace|scrambl|calls? on|appeal|faces?|hesitat|seeks? alternativ|complain|says affected|"
    r"firms rethink|(?:take|haul|drag|bring)s? (?:\w+ ){1,3}(?:\w+ ){0,5}?(?:to|before)(?: the)? (?:wto|geneva)|claims? wto|wins? wto|"
    r"(?:asks?|asked|requests?|requested|seeks?|sought) (?:\w+ ){0,2}?(?:consultations|a panel)|"
    r"breathe|hails?|cheer|shrug|frets?|respira|celebra|atmet|won t feel|spared )|^ v(?:s|ersus)? |^ gets? "
)
_MINED_THERE = 1.6
"""What a mine's or province's name is worth where supply is disrupted."""
_ONLY_A_SITE, _ELSEWHERE = 0.7, 2.0
"""What a site lacks to make rules: alone or in the text's main place, and in another."""
_BASE = {
    "agency": 3.0,
    "capital": 2.6,
    "name": 2.0,
    "adj": 1.6,
    "voice": 2.2,
    "law": 3.2,
    "unsure": 1.5,
    "sure": 3.0,
    "region": 1.2,
    "paper": 0.8,
    "actor": 2.0,
}
_BESIDE = re.compile(
    r"^ (?:linked|made|based|backed|owned|origin|sourced|bound|headquartered|listed|style|born) "
)
_EXCHANGE = re.compile(r"^ (?:stock )?exchange")
_SUBJECT = re.compile(r"^(?: ने |が|は|、|는|은|이 |가 |政府|側|측은|정부가|정부는)")
_PASSIVE = re.compile(r" (?:by|von|par|por|da|oleh)(?: the| der| dem| den| le| la| les| el| los)? $")
_SAID_BY = re.compile(
    r"(?:marks|comments?|tements?|visit|reports?|speech|letter|threats?|owned|held|made|mined|oduced) by(?: the)? $"
)
"""Not every "by" names who acts: remarks by, owned by, mined by."""
_CLAUSE = re.compile(
    r"(?:^|  )(?: ?(?:and|while|but|whereas|meanwhile|as|und|et|y|e|dan|in|at|on the same day|in turn)"
    r"(?: the)? )? ?(?:the )?$"
)
_CLAUSE_BACK = 24
_FROM = re.compile(r"(?: from| from the| out of| leaving| leave| de| aus| dari| de la| du| of) $")
_WITH = re.compile(r"(?: with| despite| despite the| com| con| avec| mit| dengan| like| in| at| over| via) $")
_CUSTOMERS = re.compile(
    r" (?:customers?|buyers?|smelters?|refiners?|clients?|users|makers|plants|factories|producers) in (?:the )?"
    r"(?:\w+ +){0,4}$"
)
"""Before a place: who waits for a good there; the mine is somewhere else."""
_EXPORTS = re.compile(r"^ (?:s )?(?:\w+ ){1,4}?(?:export|shipment|consignment)")
_BEFORE_MEASURE = re.compile(
    r"^ (?:s )?(?:\w+ ){0,4}?(?:export|ban|curb|restrict|control|licen|tariff|quota|plan|government|ministr|"
    r"commerce|revenue|finance|trade|industry|mines|rule|law|surtax|lev[iy]|dut|tax|polic|sanction|subsid|moratorium|halt|bill|decree|order|minister|president|congress|senate|lawmaker|parliament|customs|treasury|"
    r"approv|permit|waiver|exempt|authori|green light|clearance|blacklist|embargo|requirement)"
)


_AIMED_AT = 3.0
"""What a place that a measure aims at loses of its right to be the one who acts."""
_COMPLAINS = 2.5
"""What who feels or fights a measure loses of it."""
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


def _acts(sentence: Sentence, hit: Hit, cue: Cue, first: bool) -> float:
    points = _BASE.get(hit.how if hit.tag == "place" else hit.how or "agency", 1.5)
    in_front, behind = before(sentence, hit), after(sentence, hit)
    if first and hit.start <= cue.start:
        points += 1.0
    if _PASSIVE.search(in_front) and not _SAID_BY.search(in_front):
        points += 1.5
    if _SUBJECT.match(behind):
        points += 1.0
    if hit.tag == "place" and _is_address(hit, behind):
        points -= 3.0
    if _BEFORE_MEASURE.match(behind):
        points += 1.0
    if cue.kind not in INWARD:
        points += 1.2 * bool(_EXPORTS.match(behind)) + 0.8 * bool(_FROM.search(in_front))
    if hit.start > cue.end + 60:
        points -= 0.6
    if hit.tag == "place" and _WITH.search(in_front) and not _is_mine(hit, cue):
        points -= 1.0
    if hit.how == "adj" and (OWNED.match(behind) or _is_origin(sentence, hit, cue)):
        points -= 1.0
    if _REACTS.match(behind):
        points -= _COMPLAINS
    return points


def _is_mine(hit: Hit, cue: Cue) -> bool:
    return hit.how == "region" and cue.kind is MeasureKind.SUPPLY_DISRUPTION


def _by_site(sentence: Sentence, hit: Hit, cue: Cue, main: str | None) -> float:
    """Weigh a site: it says whose mine stands still, and little of who makes a rule."""
    if cue.kind is not MeasureKind.SUPPLY_DISRUPTION:
        return -(_ONLY_A_SITE if main in (None, hit.value) else _ELSEWHERE) * (hit.how == "region")
    return _MINED_THERE * (hit.how == "region") - 2.0 * bool(_CUSTOMERS.search(ahead(sentence, hit)))


def _is_address(hit: Hit, after: str) -> bool:
    """Tell whether a place only says where a firm or a market is: "Toronto-listed", "the London miner"."""
    private = hit.how == "capital" and SEATED.match(after)
    return bool(private or _BESIDE.match(after) or _EXCHANGE.match(after))


def _is_origin(sentence: Sentence, hit: Hit, cue: Cue) -> bool:
    if cue.kind in OUTWARD:
        return False
    return any(each.tag == "commodity" and 0 <= each.start - hit.end <= 1 for each in sentence.hits)


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
        acts = _acts(sentence, hit, cue, not parties) + _by_site(sentence, hit, cue, main)
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
        if joined(sentence, one.hit, other.hit) and _REACTS.match(after(sentence, other.hit)):
            one.acts -= _COMPLAINS


def _aim_beside(sentence: Sentence, cue: Cue, parties: list[Party], main: str | None) -> None:
    """Read "American firms", "China duties" as whom a measure aims at where another place acts."""
    for party in parties:
        if party.aimed or party.hit.tag != "place" or not is_aimed_beside(sentence, party.hit, cue.kind):
            continue
        others = {each.code for each in parties if not each.aimed} | {main}
        if others - {party.code, None, TRIBUNAL}:
            party.aimed = True
            party.acts -= _AIMED_AT
