"""``routes explain``: who is told of an alert, when, and by which line of the routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from alerts.cli.output import print_json
from alerts.cli.parameters import MOMENT
from alerts.cli.rulesdir import FOUND, files_of, print_problems, rules_dir
from alerts.core.errors import ConfigError, ExportwatchError, Place

if TYPE_CHECKING:
    from alerts.core.alert import Alert
    from alerts.core.matcher import Facts
    from alerts.ledger.ledger import Ledger
    from alerts.pipeline.routeexplain import Asked, RouteExplanation

_FACT = re.compile(r"([a-z_][a-z0-9_.]*)=(.*)", re.DOTALL)
_ID = re.compile(r"(alr|evt|dlv)_\w+")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is explained: an alert's facts, the time at which it is decided, and what to call it."""

    name: str
    facts: Facts
    at: datetime


@click.command()
@rules_dir
@click.argument("alert", nargs=-1, required=True)
@click.option(
    "--at",
    type=MOMENT,
    help="When it is decided, e.g. 2026-11-23T02:10:00+01:00 [now; a stored one's own time].",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def explain(context: click.Context, alert: tuple[str, ...], at: datetime | None, form: str) -> None:
    """Say whom the routes in the rules folder tell of ALERT: each node that is asked, and a timeline.

    ALERT is either facts, e.g. `severity=high team=magnets commodity=gallium,germanium`, or the
    id of a stored alert, item or delivery (alr_…, evt_…, dlv_…), sent by the routes as they are now.
    """
    from alerts.cli.routefiles import read_routing
    from alerts.pipeline.routeexplain import explain_route

    try:
        routing, receivers = read_routing(files_of(context))
    except ConfigError as error:
        print_problems(error.problems)
        raise SystemExit(FOUND) from None
    explained = [
        (subject, explain_route(subject.facts, routing.tree, receivers, subject.at, routing.intervals))
        for subject in _subjects(alert, at)
    ]
    if form == "json":
        print_json([_as_data(subject, each, routing.places) for subject, each in explained])
        return
    click.echo("\n\n".join("\n".join(_lines(subject, each, routing.places)) for subject, each in explained))


def _subjects(words: tuple[str, ...], at: datetime | None) -> list[Subject]:
    if len(words) == 1 and _ID.fullmatch(words[0]):
        return _stored(words[0], at)
    from alerts.pipeline.facts import given_facts
    from alerts.wiring import now

    facts: dict[str, tuple[str, ...]] = {}
    for word in words:
        form = _FACT.fullmatch(word)
        if form is None:
            raise click.UsageError(
                f"{word!r} is neither a fact nor an id: write name=value, e.g. severity=high, "
                "several values as commodity=gallium,germanium; or alr_…, evt_…"
            )
        facts[form[1]] = tuple(part.strip('"') for part in form[2].split(","))
    return [Subject("an alert", given_facts(facts), at or now())]


def _stored(wanted: str, at: datetime | None) -> list[Subject]:
    from alerts.cli.context import visit

    async def read(ledger: Ledger) -> list[tuple[Alert, Facts]]:
        return [(each, await _facts_of(ledger, each)) for each in await _alerts_of(ledger, wanted)]

    found = visit(read)
    if not found:
        raise ExportwatchError(f"no alert for {wanted}", remedy=f"`exportwatch why {wanted}` says why")
    return [Subject(f"{each.id} {each.title}", facts, at or each.at) for each, facts in found]


async def _facts_of(ledger: Ledger, alert: Alert) -> Facts:
    from alerts.pipeline.facts import facts_of_alert, facts_of_end

    silence = await ledger.records.alert(alert.resolves) if alert.resolves else None
    return facts_of_end(silence) if silence else facts_of_alert(alert)


async def _alerts_of(ledger: Ledger, wanted: str) -> list[Alert]:
    """The alerts that an id means: itself, that of a delivery, those that an item's decision names."""
    ids: Iterable[str] = [wanted]
    if wanted.startswith("dlv_"):
        delivery = await ledger.records.delivery(wanted)
        ids = [delivery.alert_id] if delivery else []
    elif wanted.startswith("evt_"):
        decision = await ledger.records.decision(wanted)
        ids = (
            dict.fromkeys(one["alert_id"] for one in decision.decided if one["alert_id"]) if decision else []
        )
    found = [await ledger.records.alert(each) for each in ids]
    return [alert for alert in found if alert is not None]


def _lines(
    subject: Subject, explained: RouteExplanation, places: Mapping[tuple[int, ...], Place]
) -> list[str]:
    shown = " ".join(f"{name}={','.join(values)}" for name, values in subject.facts.items() if any(values))
    lines = [f"{subject.name}, decided {_time(subject.at)}", f"  {shown}", ""]
    lines += [_node_line(each, places) for each in explained.asked]
    lines.append("")
    for moment in explained.timeline:
        lines.append(f"{_time(moment.at)}  {moment.receiver or '-'}: {moment.what}")
    if len(explained.timeline) == 1:
        lines.append("nobody is told")
    return lines


def _node_line(asked: Asked, places: Mapping[tuple[int, ...], Place]) -> str:
    answer = "yes" if asked.takes else "no "
    told = f" -> {asked.told}" if asked.told else ""
    indent = "  " * len(asked.path)
    return f"{_place(asked, places):<18} {answer} {indent}{asked.why}{told}"


def _place(asked: Asked, places: Mapping[tuple[int, ...], Place]) -> str:
    place = places.get(asked.path)
    return f"{place.file}:{place.line}" if place else "routes"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _as_data(
    subject: Subject, explained: RouteExplanation, places: Mapping[tuple[int, ...], Place]
) -> dict[str, Any]:
    return {
        "alert": subject.name,
        "at": subject.at.isoformat(),
        "facts": {name: list(values) for name, values in subject.facts.items()},
        "nodes": [
            {
                "place": _place(each, places),
                "path": list(each.path),
                "takes": each.takes,
                "why": each.why,
                "told": each.told or None,
            }
            for each in explained.asked
        ],
        "timeline": [
            {"at": each.at.isoformat(), "receiver": each.receiver or None, "what": each.what}
            for each in explained.timeline
        ],
    }
