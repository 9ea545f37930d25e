"""What lint says of quiet hours, digests and escalations: what they name, and who takes what they send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from alerts.core.alert import AlertType
from alerts.core.errors import Place
from alerts.core.receiver import Receiver
from alerts.core.route import NONE, Route
from alerts.engine.document import Mapping as MappingNode
from alerts.engine.document import Node, Scalar
from alerts.engine.findings import Findings, nearest


def name_intervals(nodes: Iterable[MappingNode], findings: Findings) -> dict[str, Place]:
    """Return where each time interval is defined; what is named twice, or ``none``, is a finding."""
    places: dict[str, Place] = {}
    for node in nodes:
        name = node.get("name")
        if not isinstance(name, Scalar):
            continue
        if name.raw == NONE:
            message = "`none` is what a route writes to have no quiet hours"
            findings.error("bad-value", name.place, message, "name the interval otherwise")
        elif name.raw in places:
            message = f"time interval `{name.raw[:60]}` is defined at {places[name.raw]} too"
            findings.error("duplicate-id", name.place, message, "rename one of the two")
        else:
            places[name.raw] = name.place
    return places


def check_named(nodes: Iterable[MappingNode], intervals: Mapping[str, Place], findings: Findings) -> None:
    """Hold the quiet hours of a tree's nodes against the intervals, both ways."""
    used = set()
    for node in nodes:
        name = _quiet_name(node.get("quiet_hours"))
        if name is None:
            continue
        used.add(name.raw)
        if name.raw not in intervals:
            remedy = nearest(name.raw, intervals, remedy="define it under time_intervals, beside route")
            findings.error("unknown-interval", name.place, f"no time interval `{name.raw[:60]}`", remedy)
    for each in intervals.keys() - used:
        message = f"no route's quiet_hours name `{each[:60]}`"
        findings.warning("unused-interval", intervals[each], message, "name it in a route, or take it out")


def _quiet_name(node: Node | None) -> Scalar | None:
    """The interval that quiet hours name; None where there is none, or what stands there is no name."""
    name = node.get("name") if isinstance(node, MappingNode) else None
    return name if isinstance(name, Scalar) and name.raw != NONE else None


def check_escalation(to: Scalar, receivers: Mapping[str, Receiver], findings: Findings) -> None:
    """Tell of a webhook that is to be told of escalations, and does not subscribe to them."""
    receiver = receivers.get(to.raw)
    if receiver is not None and not _takes(receiver, AlertType.ESCALATED):
        findings.warning(
            "escalation-not-taken",
            to.place,
            f"`{to.raw}` is to be told of escalations, and its `events` do not take {AlertType.ESCALATED}",
            f"it is sent all the same: add {AlertType.ESCALATED} to them once it can read one",
        )


def _takes(receiver: Receiver, kind: AlertType) -> bool:
    return receiver.webhook is None or any(fnmatchcase(kind, each) for each in receiver.webhook.events)


def check_takers(
    tree: Route,
    places: Mapping[tuple[int, ...], Place],
    receivers: Mapping[str, Receiver],
    findings: Findings,
) -> None:
    """Tell of webhooks whose notices are held, and that do not subscribe to digests."""
    _check_taker(tree, (), (None, False, False), places, receivers, findings)


def _check_taker(
    node: Route,
    path: tuple[int, ...],
    above: tuple[str | None, bool, bool],
    places: Mapping[tuple[int, ...], Place],
    receivers: Mapping[str, Receiver],
    findings: Findings,
) -> None:
    name = node.receiver or above[0]
    quiet = node.quiet_hours.name != NONE if node.quiet_hours else above[1]
    digest = node.digest.cron != NONE if node.digest else above[2]
    receiver = receivers.get(name or "")
    if (quiet or digest) and receiver and not _takes(receiver, AlertType.DIGEST):
        findings.warning(
            "digest-not-taken",
            places[path],
            f"notices to `{name}` are held here, and its `events` do not take {AlertType.DIGEST}",
            f"it is sent all the same: add {AlertType.DIGEST} to them once it can read one, or write "
            "quiet_hours: none and digest: none",
        )
    for number, child in enumerate(node.routes):
        _check_taker(child, (*path, number), (name, quiet, digest), places, receivers, findings)
