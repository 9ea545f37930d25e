"""Lists in routes: ``commodity|in_list="ours"``, with the list's values put in its place.

The matcher becomes an expression over the values when the routes are loaded, so that whoever
routes an alert needs to know nothing of lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import re2

from alerts.core.errors import Place
from alerts.core.route import Route, Routes
from alerts.engine.fields import FIELDS, Kind
from alerts.engine.findings import Findings, nearest
from alerts.engine.lists import Lists
from alerts.engine.values import read_word

_FORM = re.compile(r'\s*([a-z_][a-z0-9_.]*)\|in_list\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*')
_NAMES = ("issuer", "target", "commodity", "hs", "measure", "status", "entity", "source.id",
          "source.publisher", "source.tier", "lang")  # fmt: skip
"""Fields of which an alert has the values."""


def is_listed(matcher: str) -> bool:
    """Whether a matcher names a list."""
    return _FORM.fullmatch(matcher) is not None


def check_listed(matcher: str, place: Place, lists: Lists, findings: Findings) -> None:
    """Tell what is wrong with a matcher that names a list."""
    form = _FORM.fullmatch(matcher)
    if form is None:
        return
    name, operator, listed = form.groups()
    if operator not in ("=", "!="):
        message = f"`|in_list` goes with = or !=, found {operator}"
        findings.error("bad-value", place, message, f'write {name}|in_list="{listed}"')
    elif name not in _NAMES:
        findings.error("unknown-fact", place, f"no list has values for `{name[:60]}`", nearest(name, _NAMES))
    elif (values := lists.values(listed, name, place, findings)) is not None:
        for raw, at in values:
            read_word(FIELDS[name], raw, at, findings)


def routes_with_lists(routes: Routes, lists: Lists) -> Routes:
    """Return the routes with every list's values in its place, wherever a matcher stands."""
    rules = tuple(
        rule.model_copy(
            update={
                "source_matchers": _every(rule.source_matchers, lists),
                "target_matchers": _every(rule.target_matchers, lists),
            }
        )
        for rule in routes.inhibit_rules
    )
    return routes.model_copy(update={"route": with_lists(routes.route, lists), "inhibit_rules": rules})


def with_lists(route: Route, lists: Lists) -> Route:
    """Return the tree with every list's values in its place."""
    children = tuple(with_lists(child, lists) for child in route.routes)
    update: dict[str, object] = {"matchers": _every(route.matchers, lists), "routes": children}
    if route.quiet_hours is not None:
        excepted = {"except_": _every(route.quiet_hours.except_, lists)}
        update["quiet_hours"] = route.quiet_hours.model_copy(update=excepted)
    return route.model_copy(update=update)


def _every(matchers: Iterable[str], lists: Lists) -> tuple[str, ...]:
    return tuple(expanded(matcher, lists) for matcher in matchers)


def expanded(matcher: str, lists: Lists) -> str:
    """Return a matcher with its list's values in the list's place."""
    form = _FORM.fullmatch(matcher)
    if form is None:
        return matcher
    name, operator, listed = form.groups()
    silent = Findings()  # whatever is wrong has been told by check_listed
    values = lists.values(listed, name, Place(""), silent) or ()
    words = [read_word(FIELDS[name], raw, place, silent) for raw, place in values] if name in FIELDS else []
    pattern = "|".join(re2.escape(word) for word in words if word is not None).replace('"', '\\"')
    ending = ".*" if name in FIELDS and FIELDS[name].kind is Kind.HS else ""
    ignoring = "(?i)" if name in FIELDS and FIELDS[name].kind is Kind.NAME else ""
    return f'{name}{"=~" if operator == "=" else "!~"}"{ignoring}(?:{pattern}){ending}"'
