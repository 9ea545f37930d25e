"""Aims: whether a place of a sentence stands like one that a measure is aimed at.

"To Japan", "against Russia", "American buyers" of a good that is licensed, "Chinese steel" under a duty,
"its French owner" where a mine is taken. What counts hangs on the kind: some hit the goods or
firms of a foreign country (:data:`INWARD`), some keep goods from one (:data:`OUTWARD`).
"""

from __future__ import annotations

import re

from alerts.core.taxonomy import MeasureKind
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence

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

OUTWARD = frozenset(
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

AT_NOBODY = frozenset(
    {
        MeasureKind.PRODUCTION_QUOTA,
        MeasureKind.DOMESTIC_PROCESSING,
        MeasureKind.CRITICAL_LIST_UPDATE,
        MeasureKind.STOCKPILING,
        MeasureKind.PRICE_MEASURE,
    }
)
"""Kinds at home: a place that stands like a target only buys or sells there."""

PARIAHS = frozenset({"RU", "IR", "KP", "BY", "SY", "CU", "VE"})
"""Under sanctions themselves: in a text on sanctions or listings they are the target."""
SEATED = re.compile(
    r"^ (?:firm|company|miner|explorer|developer|trader|smelter|refiner|listed|based|broker|bank|group|analyst|"
    r"exchange|market|office|conference|price)"
)
"""Behind a seat of government: a company or market of that town, no government."""
_HITS_GOODS = INWARD - {MeasureKind.SANCTIONS, MeasureKind.ENTITY_LISTING, MeasureKind.FDI_RESTRICTION}
_NEAR_GOOD = 16
"""Signs between an adjective and the good that it tells the origin of, at most."""
_HITS_FIRMS = frozenset({MeasureKind.SANCTIONS, MeasureKind.ENTITY_LISTING, MeasureKind.FDI_RESTRICTION})
TRIBUNAL = "WTO"
"""Judges the measures of others and takes none."""
_GROWN = ("\uc0b0", "\u4ea7")
"""The signs behind a country's name that say "made in" (Korean, Chinese and Japanese)."""
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
OWNED = re.compile(
    r"^ (?:(?:battery|drone|chip|steel|mining|magnet|solar|gold|state|tech) (?=maker|firm|compan|producer|supplier))?"
    r"(?:compan|maker|supplier|firm|entit|investor|invest|subsidiar|miner|produc|oligarch|bank|buyer|user|customer|import|"
    r"cooperativ|militia|refiner|trader|shipper|alumin|steel|nickel|gold|metal|copper|graphite|anode|made|goods|"
    r"products|precious|primary|airline|market|trade|magnets?|origin|counterpart|exporters|unternehmen|firm|stahl|kupfer|metall|waren|importe|einfuhr|"
    r"компани|металл|алюмин|фирм|товар)"
)
_FROM_GLUED = re.compile(r"(?:原产于|原产|产自|来自|涉|针对)$")
_FROM_BEHIND = re.compile(r"^(?:からの|産|산 |制(?!裁|定|度|约|铁|钢)|发往|进口)")
_FIRMS = re.compile(
    r"^ (?:entit|compan|firms|buyers|exporters|traders|shippers|refiner|contractor|businesses|carmaker|chipmaker|"
    r"defen[cs]e (?:firm|compan|contractor|group))"
)
"""Behind a country's name that stands for its adjective ("28 US entities"): whom a listing hits."""
_PROJECT = re.compile(
    r"^ (?:s )?(?:(?!government|ministry|state|fund|cabinet|minister|bank|money|taxpayer)\w+ ){0,2}?"
    r"(?:projects?|plants?|mines?|miners?|refinery|smelter|deposits?|works) "
)
"""Behind an adjective: what another state pays for."""
_PROJECT_OF = re.compile(r"^ (?:s )?(?:rare earths? )?(?:mining )?project")
_ITS_OWN = re.compile(
    r"^ (?:s (?:\w+ ){0,4}?(?:lists?|blacklist|register|sanctions|tariffs?|duty|duties|ban|curbs|controls|law|rules?|order)|"
    r"(?:\w+ ){0,2}?\w*(?:list|liste|lists|lista|register)) "
)
"""Behind a place whose own measure is spoken of: "on China's control list", "auf chinesischer Kontrollliste"."""
_LINK = re.compile(
    r"^ (?:\w+ +){0,3}?(?:tochter\w*|subsidiary|unit|arm|filiale|filial)(?: (?:of|der|des|von|de|du)) "
)
"""Behind a place where only a link of a chain of owners sits: "the Swedish arm of the Chinese ..."."""
_OWNER = re.compile(
    r"^ (?:\w+ )?(?:compan|firm|miner|owner|giant|group|investor|operator|partner|shareholder|interest|"
    r"explor|developer|parent|investment|compagnie|societe|groupe|konzern|empresa|minera)"
)
"""Behind an adjective: whose mine is taken ("its Australian owner")."""
_BUYERS = (
    r"(?:buyers?|users?|end users?|customers?|clients?|importers?|compan(?:y|ies)|firms?|groups?|carmakers?|automakers?|"
    r"manufacturers?|makers?|contractors?|military|militaries|army|arms (?:makers?|industry)|entities|parties|"
    r"(?:power )?stations?|plants?|fabs?|factor(?:y|ies)|orders?|lines|chipmakers?|suppliers?|end user)"
)
_BUYS = re.compile(
    rf"^ (?:(?:civilian|military|defen[cs]e|private|drone|aerospace|car|auto|chip|magnet|industrial) ){{0,2}}{_BUYERS} "
)
"""Behind a place where a good that another state holds back or lets go is bought."""
_BUYS_GLUED = re.compile(r"^ ?(?:企业|企業|公司|军工|メーカー|기업|방산업체|업체|고객|공장|工場|工厂)")
_BUYS_SURELY = re.compile(
    r"^ (?:buyers|users|end users|customers|importers|fabs|military|army|arms makers) |"
    r"^ ?(?:的)?(?:军事|军方|军队|买家|用户|客户|軍|ユーザー|군사)"
)
"""Behind a place: words for who buys that no seller goes by."""
_BUYS_THERE = re.compile(
    rf" (?:{_BUYERS}|sales|machines|systems) (?:in|of|from) (?:the )?$|"
    r" (?:military|army|militer|militaire|militar|militares|quan doi|pengguna|pembeli|acheteurs|clients|kunden|compradores|"
    r"perusahaan|армии|военным|покупател\w+|компани\w+) $"
)
"""Before a place where the buyers of such a good sit."""
_DUTIES_ON = re.compile(r"^ (?:duty|duties|tariffs?|capital|goods|imports|metals?|steel|stakes?|chips?) ")
"""Behind a country's name that stands for the origin ("puts up China duties")."""
_FACES = re.compile(r"^ (?:faces?|braces? for|is hit|are hit|hit (?:by|with)|escapes?|avoids?|dodges?) ")
"""Behind a place that a duty or a ban of another hits or spares."""
_CURBS_ON = re.compile(
    r"^ (?:(?:chip|rare earths?|magnet|export|technology) ){0,2}(?:curbs|restrictions|controls|embargo) "
)
"""Behind a country's name that stands for the destination ("lifts South Africa chip curbs")."""
_REASON = re.compile(
    r" (?:arms|weapons?|waffen\w*|armes|armas|military|missiles?)(?: \w+){0,2} (?:to|with|an|a|for|nach|aux?|por)"
    r"(?: the)? $"
)
"""Before a place for whose sake others are hit: "for selling arms to Taiwan"."""
_FOUGHT = tuple(
    f" {word} {article}"
    for word in ("against", "gegen", "contre", "contra", "challenges", "challenged", "over")
    for article in ("", "the ")
)
_MEASURE_OF = re.compile(
    r"^ (?:s )?(?:\w+ ){0,3}?(?:limits?|curbs?|bans?|quotas?|controls?|restrictions?|dut(?:y|ies)|tariffs?|surtax|"
    r"licen[cs]\w+|polic(?:y|ies)|ausfuhr\w+|measures?) "
)

_NO_ENDINGS = "\u0600"
"""From here on scripts glue words to each other or to their endings."""


def before(sentence: Sentence, hit: Hit) -> str:
    """Return what stands right before a place."""
    return sentence.page.scanned[max(0, hit.start - 18) : hit.start]


def after(sentence: Sentence, hit: Hit) -> str:
    """Return what stands right behind a place: behind the ending of its word, behind the dot of "U.S."."""
    scanned, end = sentence.page.scanned, hit.end
    if scanned[end] != " " and scanned[end] < _NO_ENDINGS:
        end = scanned.index(" ", end)
    elif scanned.startswith(" u s  ", end - 4):
        end += 1
    return scanned[end : end + 50]


def ahead(sentence: Sentence, hit: Hit) -> str:
    """Return the words before a place, some more of them."""
    return sentence.page.scanned[max(0, hit.start - 40) : hit.start]


def is_touched(sentence: Sentence, hit: Hit) -> bool:
    """Tell whether others are hit and the place only feels it, or is what they are hit for."""
    in_sight = ahead(sentence, hit)
    return bool(_FELT_BY.search(in_sight) or _REASON.search(in_sight))


def is_disputed(sentence: Sentence, hit: Hit) -> bool:
    """Tell whether the place's own measure is fought: "a complaint against Chinese limits on exports"."""
    return bool(before(sentence, hit).endswith(_FOUGHT) and _MEASURE_OF.match(after(sentence, hit)))


def is_aimed_at(sentence: Sentence, hit: Hit, kind: MeasureKind) -> bool:
    """Tell whether the place stands like a target of the kind of measure."""
    in_front, behind = before(sentence, hit), after(sentence, hit)
    if hit.how in ("voice", "law", "paper"):
        return kind in INWARD and hit.value in PARIAHS and behind.startswith(" s ")
    if is_touched(sentence, hit) or is_disputed(sentence, hit):
        return False
    if _TOWARDS.search(in_front) or _TOWARDS_DENSE.search(in_front) or _TOWARDS_AFTER.match(behind):
        return True
    if sentence.page.scanned[hit.start : hit.start + 1] in "对対대" and hit.end - hit.start == 2:
        return True
    return _is_aimed_by_kind(sentence, hit, kind)


def _is_aimed_by_kind(sentence: Sentence, hit: Hit, kind: MeasureKind) -> bool:
    behind = after(sentence, hit)
    if kind in (MeasureKind.SANCTIONS, MeasureKind.ENTITY_LISTING) and hit.value in PARIAHS:
        return True
    if kind is MeasureKind.SANCTIONS and hit.how == "region":
        return True
    if kind is MeasureKind.SUBSIDY:
        return bool(_PROJECT_OF.match(behind) or (hit.how == "adj" and _PROJECT.match(behind)))
    if kind is MeasureKind.RESOURCE_NATIONALISATION:
        owned = hit.how == "adj" and _OWNER.match(behind)
        return bool(owned) or _owns_a_firm(sentence, hit)
    if kind in OUTWARD:
        return hit.how in ("name", "adj", "region") and bool(
            _BUYS_THERE.search(ahead(sentence, hit)) or _BUYS_SURELY.match(behind)
        )
    return kind in INWARD and _hits_its_goods(sentence, hit, kind)


def _hits_its_goods(sentence: Sentence, hit: Hit, kind: MeasureKind) -> bool:
    in_front, behind = before(sentence, hit), after(sentence, hit)
    if _made_there(sentence, hit) or _FROM_GLUED.search(in_front) or _FROM_BEHIND.match(behind):
        return True
    if _ITS_OWN.match(behind):
        return False
    if kind in _HITS_FIRMS and _owns_a_firm(sentence, hit):
        return True
    if hit.how == "capital":
        return kind in _HITS_FIRMS and bool(SEATED.match(behind))
    if kind in _HITS_GOODS and hit.how == "adj" and _before_good(sentence, hit, _NEAR_GOOD):
        return True
    owned = OWNED if hit.how == "adj" else _FIRMS
    return bool(_ON.search(in_front) or owned.match(behind))


def _before_good(sentence: Sentence, hit: Hit, within: int) -> bool:
    furthest = hit.end + within
    return any(each.tag == "commodity" and hit.end <= each.start <= furthest for each in sentence.hits) and (
        "  " not in sentence.page.scanned[hit.end : furthest]
    )


def _owns_a_firm(sentence: Sentence, hit: Hit) -> bool:
    """Tell whether a known company stands right behind its country: "France's Orano", "l'emirati EGA"."""
    if hit.how not in ("name", "adj"):
        return False
    furthest = hit.end + len(" s  ")
    return any(each.tag == "entity" and hit.end <= each.start <= furthest for each in sentence.hits)


def is_link(sentence: Sentence, hit: Hit, kind: MeasureKind) -> bool:
    """Tell whether only a link of a chain of owners sits there: who owns it is screened."""
    if kind is not MeasureKind.FDI_RESTRICTION or hit.how not in ("name", "adj"):
        return False
    return bool(_LINK.match(after(sentence, hit)))


def is_aimed_beside(sentence: Sentence, hit: Hit, kind: MeasureKind) -> bool:
    """Tell whether the place stands like a target if another one of the sentence acts.

    "Licences for Korean firms", "puts up China duties", "lifts South Africa chip curbs": alone they could be its own.
    """
    if hit.how not in ("name", "adj"):
        return False
    behind = after(sentence, hit)
    if kind in OUTWARD:
        named = hit.how == "name" and _CURBS_ON.match(behind)
        return bool(named or _BUYS.match(behind) or _BUYS_GLUED.match(behind))
    if kind not in INWARD or hit.how != "name":
        return False
    owned = kind in _HITS_GOODS and behind.startswith(" s ") and _before_good(sentence, hit, len(" s  "))
    faces = _FACES.match(behind)
    return bool(faces) or (owned and not _MEASURE_OF.match(behind)) or bool(_DUTIES_ON.match(behind))


def _made_there(sentence: Sentence, hit: Hit) -> bool:
    scanned = sentence.page.scanned
    return scanned[hit.end - 1] in _GROWN or scanned.startswith(_GROWN, hit.end)
