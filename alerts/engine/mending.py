"""Mends that are certain, put into the text of the files.

An edit replaces exactly the words at a finding's place, so comments, order and layout stay as
they were. Words that do not stand there as expected (behind an alias, an escape, a folded
line) are left to the person. Files are mended until nothing certain is left, so that mending
again changes nothing; a round that would add an error is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from alerts.core.errors import Mend, Problem, Severity
from alerts.engine.loading import lint

MAX_ROUNDS = 20
"""One mend may bring the next to light: a file with a colon too many is not read at all."""

_BEFORE = re.compile(r"""["']?\$?(?:[^\s:"'|]+\|)*""")
_COLON = re.compile(r"(\s*(?:- )?[\w.|$-]+:\s+)([^\s\"'\[{|>&*!#%@`-][^#]*:(?:\s[^#]*|))")

_PHRASE_FIRST = re.compile(
    r"""(\s*(?:- )?[\w.-]+\|(?:not\|)?query(?:\|not)?:\s+)("[^"#]*"\s+[^\s#][^#]*?)\s*(?:\s#.*)?"""
)
"""A query that begins with a phrase; in it every quote is meant."""


@dataclass(frozen=True, slots=True)
class Mended:
    """The files afterwards, and the findings that were mended, in order."""

    files: dict[str, str]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    new: str


def mend(files: Mapping[str, str], *, today: date | None = None) -> Mended:
    """Do everything that is certain."""
    texts, done = dict(files), []
    for _ in range(MAX_ROUNDS):
        found = lint(texts, today=today)
        round_, mended = _round(texts, found)
        if not mended or _errors(lint(round_, today=today)) > _errors(found):
            round_, mended = _one(texts, found, mended, today)
        if not mended:
            break
        texts = round_
        done.extend(mended)
    return Mended(texts, tuple(done))


def _one(
    texts: dict[str, str], found: list[Problem], tried: list[Problem], today: date | None
) -> tuple[dict[str, str], list[Problem]]:
    """One mend at a time, where all together did harm: the first that does none."""
    for problem in tried:
        single, mended = _round(texts, [problem])
        if _errors(lint(single, today=today)) <= _errors(found):
            return single, mended
    return texts, []


def _errors(problems: Iterable[Problem]) -> int:
    # A file that cannot be read hides what else is wrong with it: that it now can be is worth any.
    # The right word may stand there already: two of one key are no mend.
    rank = {"yaml-syntax": 10_000, "duplicate-key": 10}
    return sum(rank.get(p.code, 1) for p in problems if p.severity is Severity.ERROR)


def _round(texts: Mapping[str, str], problems: Iterable[Problem]) -> tuple[dict[str, str], list[Problem]]:
    result = dict(texts)
    mended: list[Problem] = []
    for file, text in texts.items():
        edits: list[_Edit] = []
        for problem in problems:
            edit = _edit(text, problem) if problem.place.file == file else None
            if edit is not None and all(edit.end <= e.start or e.end <= edit.start for e in edits):
                edits.append(edit)
                mended.append(problem)
        for edit in sorted(edits, key=lambda edit: -edit.start):
            result[file] = result[file][: edit.start] + edit.new + result[file][edit.end :]
    return result, mended


def certain(problem: Problem, text: str) -> tuple[int, int, str] | None:
    """Return the mend of a finding as start, end and new words of the file's text, if there is one."""
    edit = _edit(text, problem)
    return None if edit is None else (edit.start, edit.end, edit.new)


def _edit(text: str, problem: Problem) -> _Edit | None:
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    if problem.place.line > len(starts):
        return None
    line = starts[problem.place.line - 1]
    if problem.code == "yaml-syntax":
        return _quoting(text, line) if "mapping values" in problem.message else _quoting_phrase(text, line)
    at = line + problem.place.column - 1
    if problem.mend is None or not problem.mend.entry:
        return _replacement(text, at, problem.mend) if problem.mend else None
    # A row of a table has more than its value.
    return None if problem.place.file.endswith(".csv") else _removal(text, at, problem.mend)


def _replacement(text: str, at: int, mend: Mend) -> _Edit | None:
    before = _BEFORE.match(text, at)
    for start in dict.fromkeys((at, at + 1, before.end() if before else at)):
        if text.startswith(mend.old, start) and _whole(text, start, len(mend.old)):
            return _Edit(start, start + len(mend.old), mend.new)
    return None


def _whole(text: str, start: int, size: int) -> bool:
    """Whether the words do not go on to either side."""
    before, after = text[start - 1 : start] if start else "", text[start + size : start + size + 1]
    return not any(char and (char.isalnum() or char in "_-.") for char in (before, after)) or not (
        text[start].isalnum()
    )


def _removal(text: str, at: int, mend: Mend) -> _Edit | None:
    """An entry of a list: its line, or from the comma before it."""
    end = at + len(mend.old)
    if text[at:end] != mend.old:
        return None
    line = text.rfind("\n", 0, at) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop + 1
    if re.fullmatch(r"\s*-\s+", text[line:at]):
        return _Edit(line, stop, "") if not text[end:stop].strip() else None
    comma = len(text[:at].rstrip()) - 1
    if text[comma] != ",":
        return None
    return _Edit(comma, end, "")


def _quoting(text: str, line: int) -> _Edit | None:
    """``title: China: licences``: everything after the first colon into quotes."""
    end = text.find("\n", line)
    found = _COLON.fullmatch(text[line : len(text) if end < 0 else end])
    if found is None:
        return None
    value = found[2].rstrip()
    quoted = _single(value) if '"' in value or "\\" in value else f'"{value}"'
    start = line + found.start(2)
    return _Edit(start, start + len(value), quoted)


def _quoting_phrase(text: str, line: int) -> _Edit | None:
    """``title|query: "rare earth" AND China``: the whole of it into single quotes."""
    end = text.find("\n", line)
    found = _PHRASE_FIRST.fullmatch(text[line : len(text) if end < 0 else end])
    if found is None:
        return None
    start = line + found.start(2)
    return _Edit(start, line + found.end(2), _single(found[2]))


def _single(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
