"""Families: of several names for the goods of one measure, those that it is about.

A text says "minerals" beside the mineral, the chips beside their metal, lithium beside the technology
for it. What only repeats, explains or enlarges another name is dropped here; what stands beside
it as goods of their own is kept. Goods are those of :mod:`alerts.recognise.goods`.
"""

from __future__ import annotations

import re

from alerts.core.taxonomy import MeasureKind, commodity_ancestors
from alerts.recognise.draft import Draft
from alerts.recognise.scan import Hit
from alerts.recognise.sentence import Sentence

Where = tuple[Sentence, Hit]
Goods = dict[str, Where]

VAGUE = ("critical_minerals", "raw_minerals", "rare_metals")
_LISTS_BOTH = frozenset(
    {
        MeasureKind.SUPPLY_AGREEMENT,
        MeasureKind.SUBSIDY,
        MeasureKind.IMPORT_TARIFF,
        MeasureKind.STOCKPILING,
        MeasureKind.PRICE_MEASURE,
        MeasureKind.PROCUREMENT_RESTRICTION,
        MeasureKind.FDI_RESTRICTION,
    }
)
"""Kinds that name "critical minerals" beside a few of them and mean all."""
_KEEPS_RAW = frozenset(
    {
        MeasureKind.EXPORT_BAN,
        MeasureKind.EXPORT_TAX,
        MeasureKind.DOMESTIC_PROCESSING,
        MeasureKind.EXPORT_QUOTA,
    }
)
_BARE = re.compile(r"[a-z]+|[\u0900-\u097f]+|raw materials?|mining products|metals and mining")
"""A word for goods that says nothing of them: "ore", "minerals"."""
_AND_OTHER = re.compile(
    r"\b(?:and|or)(?: \d+| many| several)? (?:other|more) (?:\w+ )?$|(?:など|等|及其他|和其他|등)[ の]?$"
)
"""What stands before a word for all minerals that are not named: "gallium and other metals"."""
_AS_RAW = re.compile(r"(?:raw|all|unprocessed|unverarbeitete\w*) mineral|(?:所有|和)原矿")
"""Words for whatever is dug, where "raw ore" may be that of the metal beside it."""
_USES = ("semiconductors", "lithium_batteries")
_EQUIPMENT = "semiconductor_equipment"
_MAKERS = re.compile(
    r"s? ?(?:and \w+ )?(?:firms?|makers?|companies|industry)\b| ?(?:기업|업체|メーカー|企业|厂商)"
)
"""Behind chips or batteries: those who make them, and need the metal."""
_TECHNOLOGY = {
    "lithium_battery_technology": ("lithium", "lithium_batteries"),
    "gallium_technology": ("gallium",),
}
_GROUPS = ("light_ree", "heavy_ree")
_RARE_EARTHS = "rare_earths"
_A_FEW = 2


def _said(where: Where) -> str:
    sentence, hit = where
    return sentence.page.scanned[hit.start : hit.end].strip()


def _is_bare(where: Where) -> bool:
    """Tell whether the vague word stands alone ("minerals", not "critical minerals")."""
    return _BARE.fullmatch(_said(where)) is not None


def _adds(commodity: str, where: Where, kind: MeasureKind) -> bool:
    """Tell whether a vague word beside named goods says that there are more."""
    sentence, hit = where
    scanned = sentence.page.scanned
    if _AND_OTHER.search(scanned[max(0, hit.start - 30) : hit.start]):
        return True
    if commodity == "raw_minerals":
        return _AS_RAW.search(scanned[max(0, hit.start - 2) : hit.end]) is not None
    return kind in _LISTS_BOTH and not _is_bare(where)


def _without_vague(goods: Goods, kind: MeasureKind) -> Goods:
    """Drop what only says "minerals" beside a mineral, and a bare word beside a full one."""
    if all(each in VAGUE for each in goods):
        return {each: where for each, where in goods.items() if not _is_bare(where)} or _as_raw(goods, kind)
    return {each: where for each, where in goods.items() if each not in VAGUE or _adds(each, where, kind)}


def _as_raw(goods: Goods, kind: MeasureKind) -> Goods:
    """Read "minerals", of which nothing else is said, as raw where they are kept in or taxed on their way out."""
    if kind not in _KEEPS_RAW or "critical_minerals" not in goods:
        return goods
    return {"raw_minerals": goods["critical_minerals"]}


def _without_uses(goods: Goods, title: Goods) -> Goods:
    """Drop what a metal is used for ("gallium, a metal for chips") beside the metal."""
    kept = dict(goods)
    metals = [
        each
        for each in goods
        if "critical_minerals" in commodity_ancestors(each) and each not in (*VAGUE, *_USES)
    ]
    for use in _USES:
        if metals and use in kept and _EQUIPMENT not in kept and _is_use(kept[use], use in title):
            del kept[use]
    if "bauxite" in kept and "aluminium" not in title:
        kept.pop("aluminium", None)
    return kept


def _is_use(where: Where, in_title: bool) -> bool:
    sentence, hit = where
    return (not in_title and _is_bare(where)) or _MAKERS.match(sentence.page.scanned, hit.end) is not None


def is_class(commodity: str, draft: Draft) -> bool:
    """Tell whether it only names the law under which China licenses a metal ("dual-use items related to tungsten")."""
    return (
        commodity == "dual_use_items" and draft.kind is MeasureKind.EXPORT_LICENSING and draft.issuer == "CN"
    )


def says_little(goods: Goods, draft: Draft) -> bool:
    """Tell whether no good is named, or only "minerals" and the like."""
    return all(each in VAGUE or is_class(each, draft) for each in goods)


def _without_class(goods: Goods, draft: Draft) -> Goods:
    named = {each: where for each, where in goods.items() if not is_class(each, draft)}
    return named or goods


def _without_material(goods: Goods) -> Goods:
    """Drop the metal that a technology is for: know-how for lithium is held back, no lithium is."""
    held = {material for each in goods for material in _TECHNOLOGY.get(each, ())}
    return {each: where for each, where in goods.items() if each not in held}


def _with_family(goods: Goods) -> Goods:
    """Name the rare earths, too, where a group or several of them are named."""
    of_family = [each for each in goods if any(up in _GROUPS for up in commodity_ancestors(each))]
    if _RARE_EARTHS in goods or not (len(of_family) > _A_FEW or any(each in _GROUPS for each in of_family)):
        return goods
    return goods | {_RARE_EARTHS: goods[of_family[0]]}


def narrowed(goods: Goods, title: Goods, draft: Draft) -> Goods:
    """Keep the names of a measure's goods that say something of their own."""
    kept = _without_uses(_without_vague(goods, draft.kind), title)
    return _with_family(_without_material(_without_class(kept, draft)))
