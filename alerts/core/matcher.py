"""A route's matcher, read: a name, one of ``= != =~ !~``, and a value.

Semantics are Alertmanager's, widened to facts with several values (an alert may name three
commodities): ``=`` and ``=~`` hold when any value does, ``!=`` and ``!~`` when none does. A
fact that an alert lacks counts as the empty string. Expressions are matched whole, by RE2,
in linear time whatever was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

Facts = Mapping[str, tuple[str, ...]]
"""What is known of an alert, by name: ``{"severity": ("critical",), "commodity": (...)}``."""

_FORM = re.compile(r'\s*([a-z_][a-z0-9_.]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ABSENT = ("",)


class NotAMatcher(ValueError):
    """A matcher that cannot be read; the text says how to write it."""


@dataclass(frozen=True, slots=True)
class Matching:
    """A matcher, ready to be asked. ``expression`` is compiled where the operator wants one."""

    name: str
    operator: str
    value: str
    expression: Any = None

    def holds(self, facts: Facts) -> bool:
        """Whether the matcher holds for an alert with these facts."""
        values = facts.get(self.name) or _ABSENT
        return any(map(self._is, values)) is not self.operator.startswith("!")

    def _is(self, value: str) -> bool:
        if self.expression is not None:
            return self.expression.fullmatch(value) is not None
        return value == self.value


@lru_cache(maxsize=4096)
def parse_matcher(text: str) -> Matching:
    """Read a matcher; raise :class:`NotAMatcher` (a ValueError) saying what to write instead."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise NotAMatcher(
            f'{text!r} is not a matcher: write name="value" with one of = != =~ !~, '
            'e.g. severity=~"high|critical"'
        )
    name, operator, quoted = form.groups()
    if not operator.endswith("~"):
        return Matching(name, operator, _ESCAPE.sub(r"\1", quoted))
    pattern = quoted.replace('\\"', '"')
    try:
        return Matching(name, operator, pattern, re2.compile(pattern, _options()))
    except re2.error as error:
        raise NotAMatcher(f"{text!r}: the expression {pattern!r} does not compile: {_words(error)}") from None


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    return options


def _words(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
