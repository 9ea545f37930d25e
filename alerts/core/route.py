"""A route: which receiver an alert goes to, as a tree like Alertmanager's; and its tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from alerts.core.frozen import Frozen
from alerts.core.source import Duration, Slug

MATCHER = r'^\s*[a-z_][a-z0-9_.]*(\|in_list)?\s*(=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"\s*$'
Matcher = Annotated[str, Field(pattern=MATCHER)]
"""``severity="critical"``, ``team!="x"``, ``severity=~"info|low"``, ``source.tier!~"other"``.

``commodity|in_list="ours"`` names a list; the loader puts the list's values in its place.
"""


class Route(Frozen):
    """One node. A child without ``receiver``, ``group_wait`` or ``update_after`` takes its parent's.

    ``group_wait`` gathers other publishers of a story before it is told; ``update_after`` is
    the least time between two notices of one story: what changes meanwhile is sent together.

    All ``matchers`` must hold. The first child that matches ends the search among its
    siblings unless it says ``continue: true``; an alert that no child takes stays here.
    """

    receiver: Slug | None = None
    matchers: tuple[Matcher, ...] = ()
    continue_: bool = Field(default=False, alias="continue")
    group_wait: Duration | None = None
    update_after: Duration | None = None
    routes: tuple[Route, ...] = ()


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _as_texts(value: Any) -> Any:
    """One value or several; a number is the text that was written."""
    values = value if isinstance(value, list) else [value]
    return [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in values]


def _as_expected(value: Any) -> Any:
    return {name: {} for name in value} if isinstance(value, list) else value


Moment = Annotated[datetime, AfterValidator(_aware)]
"""A time; without a zone it is UTC."""

FactValues = Annotated[
    tuple[str, ...], BeforeValidator(_as_texts, json_schema_input_type=str | int | list[str | int])
]


class Expected(Frozen):
    """What a test expects of one receiver. What is left out is not asked for."""

    wait: Duration | None = None


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
    tests: tuple[RouteTest, ...] = ()


DEFAULT_GROUP_WAIT = timedelta(0)
DEFAULT_UPDATE_AFTER = timedelta(hours=1)
