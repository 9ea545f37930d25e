"""A route: which receiver an alert goes to, as a tree like Alertmanager's."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

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


class Routes(Frozen):
    """The file ``routes.yaml``."""

    route: Route


DEFAULT_GROUP_WAIT = timedelta(0)
DEFAULT_UPDATE_AFTER = timedelta(hours=1)
