"""Putting a rule book in force: all or nothing, and the last good one stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alerts.core.errors import ConfigError
from alerts.core.rulebook import RuleBook
from alerts.pipeline.mishap import tell_mishap

Load = Callable[[Mapping[str, str]], RuleBook]
"""Files to a rule book; raises ConfigError with every problem."""


class RuleBookStore(Protocol):
    """Where the rule book in force is kept."""

    async def version(self) -> str | None:
        """Return the version in force."""
        ...

    async def files(self) -> dict[str, str] | None:
        """Return the files in force."""
        ...

    async def put(self, book: RuleBook, files: Mapping[str, str], now: datetime) -> None:
        """Put a set that has loaded in force."""
        ...

    async def problem(self) -> str:
        """Return what was wrong with the newest files."""
        ...

    async def reject(self, problem: str) -> None:
        """Note what is wrong with the newest files."""
        ...


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What became of the folder's files: the version in force, and what stands against them."""

    version: str | None
    changed: bool
    problem: str
    broken: tuple[str, ...] = ()
    """The files with something wrong, as far as it is known which."""


async def publish(
    store: RuleBookStore, read: Callable[[], Mapping[str, str]], load: Load, now: datetime
) -> Reloaded:
    """Put the folder's files in force if they load; else note why, and leave what is."""
    in_force = await store.version()
    try:
        files = read()
        book = load(files)
    except Exception as error:  # whatever these files set off, they alone must suffer from it
        problem = str(error) if isinstance(error, ConfigError) else _bug(error)
        changed = problem != await store.problem()
        if changed:
            await store.reject(problem)
        return Reloaded(in_force, changed, problem, _files(error))
    if book.version == in_force:
        if await store.problem():
            await store.reject("")
        return Reloaded(in_force, False, "")
    await store.put(book, files, now)
    return Reloaded(book.version, True, "")


def _files(error: Exception) -> tuple[str, ...]:
    problems = error.problems if isinstance(error, ConfigError) else []
    return tuple(dict.fromkeys(problem.place.file for problem in problems))


def _bug(error: Exception) -> str:
    return f"a bug while loading the rules: {tell_mishap(error)}"


class CurrentBook:
    """A process's copy of the rule book in force, loaded again only when its version changes."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._book: RuleBook | None = None

    async def get(self, store: RuleBookStore) -> RuleBook | None:
        """Return the book in force; None before the first was published."""
        version = await store.version()
        if version is None:
            return None
        if self._book is None or self._book.version != version:
            files = await store.files()
            self._book = self._load(files) if files is not None else None
        return self._book
