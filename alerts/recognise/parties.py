"""Parties: who acts in a sentence, and towards whom.

Every place of a sentence gets points for speaking like an issuer (an agency, the subject, a
possessive before the measure) and loses some for standing like a target ("to Japan",
"against Russia", "Chinese companies" in a sanction) or in a clause of background.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.background import in_background
from alerts.recognise.cues import Cue
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence
from alerts.recognise.tables import table

INWARD = frozenset(
    {
        MeasureKind.IMPORT_TARIFF,
        MeasureKind.IMPORT_BAN,
        MeasureKind.IMPORT_RESTRICTION_OTHER,
        MeasureKind.TRADE_REMEDY,
        MeasureKind.SANCTIONS,
        MeasureKind.ENTITY_LISTING,
        MeasureKind.FDI_RESTRICTION,
        MeasureKind.PROCUREMENT_RESTRICTION,
    }
)
"""Kinds that hit a foreign party: an adjective beside a firm or a good names the target."""

_JOINS = frozenset(
    {"and", "or", "the", "und", "oder", "et", "ou", "y", "o", "dan", "atau", "e", "和", "及", "以及"}
)
PARIAHS = frozenset({"RU", "IR", "KP", "BY", "SY", "CU", "VE"})
"""Under sanctions themselves: in a text on sanctions or listings they are the target."""
_REACTS = re.compile(
    r"^ (?:s )?(?:\w+ ){0,4}?(?:worr|concern|critici|condemn|slam|protest|urge|welcom|voice|warn|fear|react|"
    r"challeng|contest|sues? |sued |files? (?:wto|complaint)|furious|anger|"
    r"brace|scrambl|calls? on|appeal|faces?|hesitat|seeks? alternativ|complain|says affected|"
    r"firms rethink)"
)
_MINED_THERE = 1.6
"""What a mine's or province's name is worth where supply is disrupted."""
_BASE = {
    "agency": 3.0,
    "capital": 2.6,
    "name": 2.0,
    "adj": 1.6,
    "voice": 2.2,
    "unsure": 1.5,
    "sure": 3.0,
    "region": 1.2,
    "paper": 0.8,
    "actor": 2.0,
}
_BESIDE = re.compile(
    r"^ (?:linked|made|based|backed|owned|origin|sourced|bound|headquartered|listed|style|born) "
)
_PRIVATE = re.compile(
    r"^ (?:firm|company|miner|explorer|developer|trader|smelter|refiner|listed|based|broker|bank|group|analyst|"
    r"exchange|market|office|conference|price)"
)
"""Behind a seat of government: a company or market of that town, no government."""
_EXCHANGE = re.compile(r"^ (?:stock )?exchange")
_SUBJECT = re.compile(r"^(?: ने |が|は|、|는|은|이 |가 |政府|側|측은|정부가|정부는)")
_GROWN = ("\uc0b0", "\u4ea7")
"""The signs behind a country's name that say "made in" (Korean, Chinese and Japanese)."""
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
_ARTICLE = r"(?: the| les| la| le| los| las| l| die| den| das| der| o| os| gli)?"
_TOWARDS = re.compile(
    r" (?:to|for|towards?|against|into|bound for|destined for|for sale in|nach|gegen|an|in die|contra|hacia|vers|"
    r"contre|a destination de|a destination du|aux|para|verso|ke|kepada|terhadap|к|против|в|sang|إلى)"
    + _ARTICLE
    + " $"
)
_FELT_BY = re.compile(
    r" (?:win|victory|blow|boost|boon|setback|relief|worry|concern|risk|threat|lifeline|problem|alternative|news|"
    r"warning|lesson|test|bad|good) (?:to|for)(?: the)? $"
)
"""Before a place that a measure only touches: "a blow to Germany"."""
_TOWARDS_DENSE = re.compile(r"(?:对|向|対|输往|销往|至)$")
_TOWARDS_AFTER = re.compile(r"(?: bound\b|向け|への|に対|に向け|으로의|에 대한|행 |向けの| को | पर )")
_ON = re.compile(
    r" (?:on|of|in|from|made in|out of|sur|sobre|auf|aus|gegen|contre|por|de|dari|dal|из)" + _ARTICLE + " $"
)
_FROM = re.compile(r"(?: from| from the| out of| leaving| leave| de| aus| dari| de la| du| of) $")
_WITH = re.compile(r"(?: with| despite| despite the| com| con| avec| mit| dengan| like| in| at| over| via) $")
_OWNED = re.compile(
    r"^ (?:compan|firm|entit|investor|invest|subsidiar|miner|produc|oligarch|bank|buyer|user|customer|import|"
    r"alumin|steel|nickel|gold|metal|copper|graphite|anode|made|goods|products|precious|primary|airline|market|"
    r"trade|magnets?|origin|counterpart|exporters)"
)
_FIRMS = re.compile(
    r"^ (?:entit|compan|firms|contractor|defen[cs]e (?:firm|compan|contractor|group)|businesses|carmaker|chipmaker)"
)
"""Behind a country's name that stands for its adjective ("28 US entities"): whom a listing hits."""
_CUSTOMERS = re.compile(
    r" (?:customers?|buyers?|smelters?|refiners?|clients?|users|makers|plants|factories|producers) in (?:the )?"
    r"(?:\w+ +){0,4}$"
)
"""Before a place: who waits for a good there; the mine is somewhere else."""
_EXPORTS = re.compile(r"^ (?:s )?(?:\w+ ){1,4}?(?:export|shipment|consignment)")
_PROJECT = re.compile(r"^ (?:s )?(?:rare earths? )?(?:mining )?project")
_BEFORE_MEASURE = re.compile(
    r"^ (?:s )?(?:\w+ ){0,4}?(?:export|ban|curb|restrict|control|licen|tariff|quota|plan|government|ministr|"
    r"commerce|rule|law|surtax|lev[iy]|dut|tax|polic|sanction|subsid|moratorium|halt|bill|decree|order|minister|president|congress|senate|lawmaker|parliament|customs|treasury|"
    r"approv|permit|waiver|exempt|authori|green light|clearance|blacklist|embargo|requirement)"
)


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


def _before(sentence: Sentence, hit: Hit) -> str:
    return sentence.page.scanned[max(0, hit.start - 18) : hit.start]


def _after(sentence: Sentence, hit: Hit) -> str:
    return sentence.page.scanned[hit.end : hit.end + 50]


def _ahead(sentence: Sentence, hit: Hit) -> str:
    return sentence.page.scanned[max(0, hit.start - 40) : hit.start]


def is_aimed_at(sentence: Sentence, hit: Hit, kind: MeasureKind) -> bool:
    """Tell whether the place stands like a target of the kind of measure."""
    before, after = _before(sentence, hit), _after(sentence, hit)
    if hit.how in ("voice", "paper"):
        return kind in INWARD and hit.value in PARIAHS and after.startswith(" s ")
    if _FELT_BY.search(_ahead(sentence, hit)):
        return False
    if _TOWARDS.search(before) or _TOWARDS_DENSE.search(before) or _TOWARDS_AFTER.match(after):
        return True
    if sentence.page.scanned[hit.start : hit.start + 1] in "对対대" and hit.end - hit.start == 2:
        return True
    return _is_aimed_by_kind(sentence, hit, kind, before, after)


def _is_aimed_by_kind(sentence: Sentence, hit: Hit, kind: MeasureKind, before: str, after: str) -> bool:
    if kind in (MeasureKind.SANCTIONS, MeasureKind.ENTITY_LISTING) and hit.value in PARIAHS:
        return True
    if kind is MeasureKind.SUBSIDY:
        return bool(_PROJECT.match(after))
    if kind in INWARD:
        if after.startswith(_GROWN) or _made_there(sentence, hit):
            return True
        owned = _OWNED if hit.how == "adj" else _FIRMS
        return bool(_ON.search(before) or owned.match(after))
    return False


def _made_there(sentence: Sentence, hit: Hit) -> bool:
    return sentence.page.scanned[hit.end - 1] in _GROWN


def _is_object(hit: Hit, cue: Cue) -> bool:
    """Tell whether a place stands behind the verb of an inward measure ("bans Russian metal")."""
    if cue.kind not in INWARD or hit.start < cue.start:
        return False
    return hit.how == "adj" or (hit.value in PARIAHS and hit.how == "name")


def _acts(sentence: Sentence, hit: Hit, cue: Cue, first: bool) -> float:
    points = _BASE.get(hit.how if hit.tag == "place" else hit.how or "agency", 1.5)
    before, after = _before(sentence, hit), _after(sentence, hit)
    if first and hit.start <= cue.start:
        points += 1.0
    if _PASSIVE.search(before) and not _SAID_BY.search(before):
        points += 1.5
    if _SUBJECT.match(after):
        points += 1.0
    if hit.tag == "place" and _is_address(hit, after):
        points -= 3.0
    if _BEFORE_MEASURE.match(after):
        points += 1.0
    if cue.kind not in INWARD:
        points += 1.2 * bool(_EXPORTS.match(after)) + 0.8 * bool(_FROM.search(before))
    if hit.start > cue.end + 60:
        points -= 0.6
    if hit.tag == "place" and _WITH.search(before):
        points -= 1.0
    if hit.how == "adj" and (_OWNED.match(after) or _is_origin(sentence, hit, cue)):
        points -= 1.0
    if cue.kind is MeasureKind.SUPPLY_DISRUPTION:
        points += _MINED_THERE * (hit.how == "region") - 2.0 * bool(_CUSTOMERS.search(_ahead(sentence, hit)))
    if _REACTS.match(after):
        points -= 2.5
    return points


_OUTWARD = frozenset(
    {
        MeasureKind.EXPORT_BAN,
        MeasureKind.EXPORT_LICENSING,
        MeasureKind.EXPORT_QUOTA,
        MeasureKind.EXPORT_TAX,
        MeasureKind.EXPORT_RESTRICTION_OTHER,
        MeasureKind.PRODUCTION_QUOTA,
    }
)
"""Kinds that the goods' own country has: elsewhere "Chinese lithium" only tells where it is from."""


def _is_address(hit: Hit, after: str) -> bool:
    """Tell whether a place only says where a firm or a market is: "Toronto-listed", "the London miner"."""
    private = hit.how == "capital" and _PRIVATE.match(after)
    return bool(private or _BESIDE.match(after) or _EXCHANGE.match(after))


def _is_origin(sentence: Sentence, hit: Hit, cue: Cue) -> bool:
    if cue.kind in _OUTWARD:
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
    return len(between) < 12 and not set(between.split()) - _JOINS


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
        aimed = hit.tag == "place" and (is_aimed_at(sentence, hit, cue.kind) or _is_object(hit, cue))
        if parties and parties[-1].aimed and hit.tag == "place" and joined(sentence, parties[-1].hit, hit):
            aimed = True
        acts = _acts(sentence, hit, cue, not parties) - (3.0 if aimed else 0.0)
        if not cue.background and in_background(sentence, hit.start):
            acts -= 2.0
        parties.append(Party(hit.value, hit, acts, aimed))
    if len(parties) > 1:
        _favour_own_clause(sentence, cue, parties)
    return parties
