"""A route: which receiver an alert goes to and when, as a tree like Alertmanager's; and its tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BeforeValidator, Field

from alerts.core.frozen import Frozen
from alerts.core.inhibition import InhibitRule
from alerts.core.interval import Location, TimeInterval, zone
from alerts.core.matchertext import Matcher
from alerts.core.source import Duration, Slug

NONE: Literal["none"] = "none"
"""What a child writes to take no quiet hours, or no digest, from its parent."""


def _none_as(key: str) -> Callable[[Any], Any]:
    return lambda value: {key: NONE} if value == NONE else value


def _no_escalation(value: Any) -> Any:
    return {"to": NONE, "unless_acked_within": timedelta(0)} if value == NONE else value


class QuietHours(Frozen):
    """A time interval in which a route's notices are held until it ends, but for some.

    Those for which every matcher of ``except`` holds are sent all the same.
    """

    name: Slug
    except_: tuple[Matcher, ...] = Field(default=(), alias="except")


def _known_cron(text: str) -> str:
    if text == NONE:
        return text
    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        fault = str(error).lower() or "it never comes"
        raise ValueError(
            f"{text[:60]!r} is no cron time ({fault}): write minute, hour, day, month, weekday, "
            'e.g. "0 7 * * 1-5"'
        ) from None
    return text


class DigestPlan(Frozen):
    """When what a route gathers is sent together: at the times of a cron line, in a place's clocks.

    ``max_items`` are shown in full, the gravest first; of what is beyond, the headlines.
    """

    cron: Annotated[str, Field(max_length=100), AfterValidator(_known_cron)]
    location: Location = "UTC"
    max_items: int = Field(default=50, ge=1, le=200)

    def next_after(self, at: datetime) -> datetime:
        """The first of its times that comes after a moment (aware UTC)."""
        return next(CronSim(self.cron, at.astimezone(zone(self.location)))).astimezone(UTC)


class EscalationPlan(Frozen):
    """Who is told where nobody acknowledges an alert for so long after it was told."""

    unless_acked_within: Duration
    to: Slug


class Route(Frozen):
    """One node. What a child does not say, it takes from its parent.

    ``group_wait`` gathers other publishers of a story before it is told; ``update_after`` is
    the least time between two notices of one story: what changes meanwhile is sent together.
    ``quiet_hours`` and ``digest`` hold a notice, and send it with what else was held.
    ``escalate`` tells somebody else where nobody acknowledges it.

    All ``matchers`` must hold. The first child that matches ends the search among its
    siblings unless it says ``continue: true``; an alert that no child takes stays here.
    """

    receiver: Slug | None = None
    matchers: tuple[Matcher, ...] = ()
    continue_: bool = Field(default=False, alias="continue")
    group_wait: Duration | None = None
    update_after: Duration | None = None
    quiet_hours: Annotated[
        QuietHours | None,
        BeforeValidator(_none_as("name"), json_schema_input_type=QuietHours | Literal["none"]),
    ] = None
    digest: Annotated[
        DigestPlan | None,
        BeforeValidator(_none_as("cron"), json_schema_input_type=DigestPlan | Literal["none"]),
    ] = None
    escalate: Annotated[
        EscalationPlan | None,
        BeforeValidator(_no_escalation, json_schema_input_type=EscalationPlan | Literal["none"]),
    ] = None
    routes: tuple[Route, ...] = ()


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _as_texts(value: Any) -> Any:
    """One value or several; a number is the text that was written."""
    values = value if isinstance(value, list) else [value]
    return [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in values]


def _as_expected(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if not all(isinstance(name, str) for name in value):
        raise ValueError("is a list of receivers, or a mapping with what is expected of each")
    return {name: {} for name in value}


Moment = Annotated[datetime, AfterValidator(_aware)]
"""A time; without a zone it is UTC."""

FactValues = Annotated[
    tuple[str, ...], BeforeValidator(_as_texts, json_schema_input_type=str | int | list[str | int])
]


class ExpectedEscalation(Frozen):
    """Whom a test expects to be told where nobody acknowledges the alert, and when."""

    to: Slug
    at: Moment | None = None


class Expected(Frozen):
    """What a test expects of one receiver: how long it waits, if asked, and until when it is held.

    Without ``held_until`` it must not be held.
    """

    wait: Duration | None = None
    held_until: Moment | None = None
    escalate: ExpectedEscalation | None = None


class RouteTest(Frozen):
    """A test of the routes: an alert, described by its facts, and exactly those who are told.

    ``expect`` names receivers, as a list or with what is expected of each; ``at`` is when the
    alert is decided.
    """

    __test__ = False

    name: str = ""
    at: Moment = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    alert: dict[str, FactValues]
    expect: Annotated[
        dict[Slug, Expected],
        BeforeValidator(_as_expected, json_schema_input_type=dict[Slug, Expected] | list[Slug]),
    ]


class Routes(Frozen):
    """The file ``routes.yaml``."""

    route: Route
    time_intervals: tuple[TimeInterval, ...] = ()
    inhibit_rules: tuple[InhibitRule, ...] = ()
    tests: tuple[RouteTest, ...] = ()


DEFAULT_GROUP_WAIT = timedelta(0)
DEFAULT_UPDATE_AFTER = timedelta(hours=1)
