"""What is new about an act: the facts that a report adds, and which of them are a material change. Pure.

A material change is a step up in status, a loosening, a new effective date, a new target, a
new commodity family, or the first official source. Everything else of a report is a repeat.

Facts only grow: a late paper that still says "proposed" takes nothing back, and one that names
no target ("*") widens nothing. What was unknown and becomes known is taken in without a change,
except a date: since when a measure holds is what buyers wait for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeVar

from alerts.core.event import Event
from alerts.core.measure import EVERYONE, Measure
from alerts.core.places import place_label
from alerts.core.source import Tier
from alerts.core.story import Facts
from alerts.core.taxonomy import MeasureKind, Status, commodity_family, commodity_label

_T = TypeVar("_T")
GENERIC = frozenset(
    {"critical_minerals", "unspecified", "dual_use_items", "raw_minerals", "rare_metals", "-"}
)
"""Families that name no material: a report that says no more may be on any of them."""

DEALS = frozenset(
    {
        MeasureKind.SUBSIDY,
        MeasureKind.SUPPLY_AGREEMENT,
        MeasureKind.STOCKPILING,
        MeasureKind.SUPPLY_DISRUPTION,
        MeasureKind.FDI_RESTRICTION,
        MeasureKind.RESOURCE_NATIONALISATION,
        MeasureKind.TRADE_REMEDY,
    }
)
"""One government makes many of these side by side, each with a party: another party is another deal."""

_BACK = timedelta(days=14)
"""A date further before the report is history, not the measure's date of effect."""

_WITHIN_RANK = (
    Status.IN_FORCE,
    Status.CHALLENGED,
    Status.EXTENDED,
    Status.EASED,
    Status.SUSPENDED,
    Status.LIFTED,
)
"""Steps that the rank alone does not tell apart, in order."""


def families_of(commodities: tuple[str, ...]) -> tuple[str, ...]:
    """The families of commodities; magnets and neodymium are rare earths."""
    return tuple(sorted({commodity_family(commodity) for commodity in commodities}))


def facts_in(event: Event, measure: Measure | None) -> Facts:
    """The facts that one report brings."""
    official = event.source.tier is Tier.OFFICIAL
    if measure is None:
        return Facts(official=official)
    since = measure.effective_date
    known = since is not None and since >= (event.published or event.seen).date() - _BACK
    return Facts(
        status=measure.status,
        effective=(since,) if known and since is not None else (),
        targets=() if measure.kind in DEALS else measure.targets,
        families=families_of(measure.commodities),
        official=official,
    )


def absorb(facts: Facts, report: Facts) -> Facts:
    """Take a report's facts in."""
    return Facts(
        status=report.status if _steps_up(facts.status, report.status) else facts.status,
        effective=_union(facts.effective, report.effective),
        targets=_union(facts.targets, _named(report.targets) if facts.targets else report.targets),
        families=_union(facts.families, report.families),
        official=facts.official or report.official,
    )


def fill(told: Facts, known: Facts) -> Facts:
    """What was told, with what nobody knew then: no change, and the ground for later ones."""
    return told.model_copy(
        update={
            "status": told.status or known.status,
            "targets": told.targets or known.targets,
            "families": told.families or known.families,
        }
    )


def changes(told: Facts, known: Facts) -> tuple[str, ...]:
    """Name the material changes from what was told to what is known, in words; none: ()."""
    found: list[str] = []
    if told.status is not None and known.status is not None and _steps_up(told.status, known.status):
        found.append(f"{_said(known.status)} (was {_said(told.status)})")
    if dates := [day for day in known.effective if day not in told.effective]:
        found.append(f"effective {_listed(_day(day) for day in sorted(dates))}")
    if places := _new_targets(told, known):
        found.append(f"towards {_listed(map(place_label, places))} too")
    if families := _new_families(told, known):
        found.append(f"on {_listed(map(commodity_label, families))} too")
    if known.official and not told.official:
        found.append("now from an official source")
    return tuple(found)


def _new_targets(told: Facts, known: Facts) -> list[str]:
    """None where nobody was named, or everyone: a name then narrows, if anything."""
    if not told.targets or EVERYONE in told.targets:
        return []
    return [code for code in known.targets if code not in told.targets and code != EVERYONE]


def _new_families(told: Facts, known: Facts) -> list[str]:
    """None where no material was named: the first name is not a further one."""
    if not set(told.families) - GENERIC:
        return []
    return [name for name in known.families if name not in told.families and name not in GENERIC]


def _steps_up(old: Status | None, new: Status | None) -> bool:
    if new is None or old is None:
        return new is not None
    return _order(new) > _order(old)


def _order(status: Status) -> tuple[int, int]:
    return status.rank, _WITHIN_RANK.index(status) if status in _WITHIN_RANK else 0


def _named(targets: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for code in targets if code != EVERYONE)


def _union(one: tuple[_T, ...], other: tuple[_T, ...]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys((*one, *other)))[:40]


def _said(status: Status) -> str:
    return status.value.replace("_", " ")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _listed(words: Iterable[str]) -> str:
    items = list(words)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
