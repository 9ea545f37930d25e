"""The closed vocabulary: kinds of measure, statuses, commodities.

Sources: the kinds follow the intervention types of Global Trade Alert, UNCTAD's MAST
chapters and OECD's inventory of export restrictions; the commodities are what critical
mineral lists of the US, the EU, India and Japan name, with the goods made of them.
Aliases in nine languages live in :mod:`alerts.recognise`; this module holds ids only.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache


class MeasureKind(StrEnum):
    """What a government does. The comment is the label that people read."""

    EXPORT_BAN = "export_ban"
    EXPORT_LICENSING = "export_licensing"
    EXPORT_QUOTA = "export_quota"
    EXPORT_TAX = "export_tax"
    EXPORT_RESTRICTION_OTHER = "export_restriction_other"
    IMPORT_TARIFF = "import_tariff"
    IMPORT_BAN = "import_ban"
    IMPORT_RESTRICTION_OTHER = "import_restriction_other"
    TRADE_REMEDY = "trade_remedy"
    SANCTIONS = "sanctions"
    ENTITY_LISTING = "entity_listing"
    PRODUCTION_QUOTA = "production_quota"
    DOMESTIC_PROCESSING = "domestic_processing"
    RESOURCE_NATIONALISATION = "resource_nationalisation"
    FDI_RESTRICTION = "fdi_restriction"
    PROCUREMENT_RESTRICTION = "procurement_restriction"
    PRICE_MEASURE = "price_measure"
    SUBSIDY = "subsidy"
    STOCKPILING = "stockpiling"
    SUPPLY_AGREEMENT = "supply_agreement"
    SUPPLY_DISRUPTION = "supply_disruption"
    CRITICAL_LIST_UPDATE = "critical_list_update"

    @property
    def label(self) -> str:
        """The kind in words, e.g. "export licensing"."""
        return _LABELS[self]

    @property
    def direction(self) -> str:
        """``restrictive``, ``neutral`` or ``liberalising``, before the status is looked at."""
        return _DIRECTIONS.get(self, "restrictive")


_LABELS = {
    MeasureKind.EXPORT_BAN: "export ban",
    MeasureKind.EXPORT_LICENSING: "export licensing",
    MeasureKind.EXPORT_QUOTA: "export quota",
    MeasureKind.EXPORT_TAX: "export tax",
    MeasureKind.EXPORT_RESTRICTION_OTHER: "export restriction",
    MeasureKind.IMPORT_TARIFF: "import tariff",
    MeasureKind.IMPORT_BAN: "import ban",
    MeasureKind.IMPORT_RESTRICTION_OTHER: "import restriction",
    MeasureKind.TRADE_REMEDY: "trade remedy",
    MeasureKind.SANCTIONS: "sanctions",
    MeasureKind.ENTITY_LISTING: "entity listing",
    MeasureKind.PRODUCTION_QUOTA: "production quota",
    MeasureKind.DOMESTIC_PROCESSING: "domestic processing duty",
    MeasureKind.RESOURCE_NATIONALISATION: "resource nationalisation",
    MeasureKind.FDI_RESTRICTION: "foreign investment restriction",
    MeasureKind.PROCUREMENT_RESTRICTION: "procurement restriction",
    MeasureKind.PRICE_MEASURE: "price measure",
    MeasureKind.SUBSIDY: "subsidy",
    MeasureKind.STOCKPILING: "stockpiling",
    MeasureKind.SUPPLY_AGREEMENT: "supply agreement",
    MeasureKind.SUPPLY_DISRUPTION: "supply disruption",
    MeasureKind.CRITICAL_LIST_UPDATE: "critical minerals list update",
}
_DIRECTIONS = {
    MeasureKind.PRICE_MEASURE: "neutral",
    MeasureKind.SUBSIDY: "neutral",
    MeasureKind.STOCKPILING: "neutral",
    MeasureKind.SUPPLY_AGREEMENT: "liberalising",
    MeasureKind.CRITICAL_LIST_UPDATE: "neutral",
}


class Status(StrEnum):
    """How far a measure has come. ``rank`` orders the steps of one measure's life."""

    PROPOSED = "proposed"
    INVESTIGATION = "investigation"
    REPORTED = "reported"
    ANNOUNCED = "announced"
    IN_FORCE = "in_force"
    EXTENDED = "extended"
    SUSPENDED = "suspended"
    EASED = "eased"
    LIFTED = "lifted"
    DENIED = "denied"
    CHALLENGED = "challenged"

    @property
    def rank(self) -> int:
        """Steps from 1 (talked about) to 5 (settled); a step up is a material change."""
        return _RANKS[self]

    @property
    def loosens(self) -> bool:
        """Whether the status takes the measure back, in part or whole."""
        return self in _LOOSENING


_RANKS = {
    Status.PROPOSED: 1,
    Status.INVESTIGATION: 1,
    Status.REPORTED: 1,
    Status.ANNOUNCED: 2,
    Status.IN_FORCE: 3,
    Status.EXTENDED: 3,
    Status.SUSPENDED: 4,
    Status.EASED: 4,
    Status.LIFTED: 4,
    Status.DENIED: 5,
    Status.CHALLENGED: 3,
}
_LOOSENING = frozenset({Status.SUSPENDED, Status.EASED, Status.LIFTED, Status.DENIED})

# What a government gives: taking it back tightens supply.
_GIVING = frozenset({MeasureKind.SUBSIDY, MeasureKind.STOCKPILING, MeasureKind.SUPPLY_AGREEMENT})


def direction(kind: MeasureKind, status: Status) -> str:
    """Tell whether kind and status together tighten, loosen or leave supply as it is.

    A lifted export ban loosens; a lifted subsidy tightens. Returns ``restrictive``,
    ``neutral`` or ``liberalising``.
    """
    if not status.loosens:
        return kind.direction
    return "restrictive" if kind in _GIVING else "liberalising"


# Commodity id -> its parent, None at the top. A rule that names a parent matches every child.
COMMODITIES: dict[str, str | None] = {
    "rare_earths": "critical_minerals",
    "light_ree": "rare_earths",
    "heavy_ree": "rare_earths",
    "scandium": "heavy_ree",
    "yttrium": "heavy_ree",
    "lanthanum": "light_ree",
    "cerium": "light_ree",
    "praseodymium": "light_ree",
    "neodymium": "light_ree",
    "promethium": "light_ree",
    "samarium": "light_ree",
    "europium": "light_ree",
    "gadolinium": "heavy_ree",
    "terbium": "heavy_ree",
    "dysprosium": "heavy_ree",
    "holmium": "heavy_ree",
    "erbium": "heavy_ree",
    "thulium": "heavy_ree",
    "ytterbium": "heavy_ree",
    "lutetium": "heavy_ree",
    "rare_earth_magnets": "rare_earths",
    "rare_earth_technology": "rare_earths",
    "rare_earth_scrap": "rare_earths",
    "battery_scrap": None,
    "gallium": "critical_minerals",
    "gallium_technology": "gallium",
    "germanium": "critical_minerals",
    "antimony": "critical_minerals",
    "graphite": "critical_minerals",
    "tungsten": "critical_minerals",
    "tellurium": "critical_minerals",
    "bismuth": "critical_minerals",
    "molybdenum": "critical_minerals",
    "indium": "critical_minerals",
    "lithium": "critical_minerals",
    "lithium_batteries": "lithium",
    "lithium_battery_technology": "lithium",
    "cobalt": "critical_minerals",
    "nickel": "critical_minerals",
    "copper": "critical_minerals",
    "bauxite": "critical_minerals",
    "aluminium": "critical_minerals",
    "tin": "critical_minerals",
    "tantalum": "critical_minerals",
    "niobium": "critical_minerals",
    "beryllium": "critical_minerals",
    "manganese": "critical_minerals",
    "chromium": "critical_minerals",
    "titanium": "critical_minerals",
    "vanadium": "critical_minerals",
    "magnesium": "critical_minerals",
    "uranium": "critical_minerals",
    "silver": None,
    "gold": None,
    "zinc": "critical_minerals",
    "lead": "critical_minerals",
    "rhenium": "critical_minerals",
    "silicon": "critical_minerals",
    "polysilicon": "silicon",
    "boron": "critical_minerals",
    "phosphate": "critical_minerals",
    "potash": "critical_minerals",
    "metallurgical_coal": "critical_minerals",
    "iron_ore": None,
    "steel": None,
    "superhard_materials": "critical_minerals",
    "semiconductors": None,
    "semiconductor_equipment": "semiconductors",
    "solar_manufacturing_equipment": None,
    "dual_use_items": None,
    "raw_minerals": None,
    "critical_minerals": None,
    "rare_metals": "critical_minerals",
    "unspecified": None,
}


@cache
def commodity_ancestors(commodity: str) -> tuple[str, ...]:
    """Return the commodity itself and all that contain it, nearest first; KeyError if unknown."""
    chain = [commodity]
    parent = COMMODITIES[commodity]
    while parent is not None:
        chain.append(parent)
        parent = COMMODITIES[parent]
    return tuple(chain)


def commodity_family(commodity: str) -> str:
    """Return the widest ancestor that is still a material: magnets and neodymium are rare earths."""
    chain = [name for name in commodity_ancestors(commodity) if name != "critical_minerals"]
    return chain[-1] if chain else commodity


def commodity_label(commodity: str) -> str:
    """Return the commodity in words, e.g. "rare earth magnets"."""
    return commodity.replace("_", " ").replace(" ree", " rare earths")
