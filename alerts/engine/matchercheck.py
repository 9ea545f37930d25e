"""Matchers that come from outside of the files (a silence's): read by the rules in force, as routes are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alerts.core.errors import Place, Problem
from alerts.core.matcher import NotAMatcher, parse_matcher
from alerts.engine.document import text_at
from alerts.engine.findings import Findings
from alerts.engine.loading import read_all
from alerts.engine.routelists import expanded, is_listed
from alerts.engine.routeread import Known, check_matcher


def read_matchers(matchers: Sequence[str], files: Mapping[str, str]) -> tuple[tuple[str, ...], list[Problem]]:
    """Return the matchers with lists' values in them, and what is wrong with them; the place is their number."""
    loaded = read_all(files)
    known = Known(
        loaded.receivers, {label for head in loaded.heads.values() for label in head.labels}, loaded.lists
    )
    findings = Findings()
    for number, matcher in enumerate(matchers, 1):
        place = Place("matcher", number)
        if is_listed(matcher) or _is_sound(matcher, place, findings):
            check_matcher(text_at(matcher, place), known, findings)
    return tuple(expanded(matcher, loaded.lists) for matcher in matchers), findings.problems


def _is_sound(matcher: str, place: Place, findings: Findings) -> bool:
    try:
        parse_matcher(matcher)
    except NotAMatcher as error:
        findings.error("bad-value", place, str(error))
        return False
    return True
