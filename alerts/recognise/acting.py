"""Acting: how strongly a place of a sentence speaks like the one who acts.

Points for an agency, a subject, a possessive before the measure; fewer for a place that complains,
is only where a firm sits or where a good is from. A plain subject before its measure has about four.
"""

from __future__ import annotations

import re

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.aims import INWARD, OUTWARD, OWNED, SEATED, after, ahead, before
from alerts.recognise.cues import Cue
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence

_REACTS = re.compile(
    r"^ (?:s )?(?:\w+ ){0,4}?(?:worr|concern|critici|condemn|slam|protest|urge|welcom|voice|warn|fear|react|"
    r"challeng|contest|sues? |sued |files? (?:wto|complaint)|furious|anger|"
    r"brace|scrambl|calls? on|appeal|faces?|hesitat|seeks? alternativ|complain|says affected|"
    r"firms rethink|(?:take|haul|drag|bring)s? (?:\w+ ){1,8}?(?:to|before)(?: the)? (?:wto|geneva)|(?:claim|win)s? wto|"
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


COMPLAINS = 2.5
"""What who feels or fights a measure loses of it."""


def points_of(sentence: Sentence, hit: Hit, cue: Cue, first: bool) -> float:
    """Tell how strongly a place acts; ``first``: no other place stands before it."""
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
        points -= COMPLAINS
    return points


def _is_mine(hit: Hit, cue: Cue) -> bool:
    return hit.how == "region" and cue.kind is MeasureKind.SUPPLY_DISRUPTION


def by_site(sentence: Sentence, hit: Hit, cue: Cue, main: str | None) -> float:
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


def reacts(sentence: Sentence, hit: Hit) -> bool:
    """Tell whether a place only feels or fights a measure."""
    return bool(_REACTS.match(after(sentence, hit)))
