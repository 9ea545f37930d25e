"""Errors that a person reads: the thing, the place, the remedy.

A :class:`Problem` is one finding about something a user wrote; loaders collect all
of them and raise one :class:`ConfigError`, so that nobody mends a file a line at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters: an error stops a load, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file below the rules folder, line and column from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Mend:
    """A mend that is certain: the words at a problem's place, and what to write for them.

    ``entry`` says that the words are an entry of a list that goes altogether.
    """

    old: str
    new: str = ""
    entry: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding: a stable code, what is wrong, where, and how to mend it."""

    place: Place
    code: str
    message: str
    remedy: str = ""
    severity: Severity = field(default=Severity.ERROR, compare=False)
    mend: Mend | None = field(default=None, compare=False)

    def __str__(self) -> str:
        tail = f" ({self.remedy})" if self.remedy else ""
        return f"{self.place}: {self.severity} {self.code}: {self.message}{tail}"


class ExportwatchError(Exception):
    """Base of every error that this project raises on purpose.

    Its text names the thing and the place; ``remedy`` says what to do about it.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}" if self.remedy else self.message


class ConfigError(ExportwatchError):
    """The configuration does not load; ``problems`` holds every finding, sorted."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SettingsError(ExportwatchError):
    """A setting is unknown, impossible, or its secret file cannot be read."""


class LedgerUnavailable(ExportwatchError):
    """Redis/Valkey did not answer; nothing was changed that a retry would not repeat."""


class StaleToken(ExportwatchError):
    """The lease was lost: somebody else owns the work now, so this result is dropped."""
