"""All or nothing: what does not load never replaces the last good rule book."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from alerts.core.errors import ConfigError, Place, Problem
from alerts.core.rulebook import RuleBook
from alerts.pipeline.rulebook import CurrentBook, Reloaded, publish
from tests.support.builders import NOON
from tests.unit.pipeline.fakes import MemoryBooks, a_book

GOOD, BETTER, BAD = {"a.yaml": "v1"}, {"a.yaml": "v2"}, {"a.yaml": "bad"}


class Loader:
    """Loads what is not bad; the version is the file's text."""

    def __init__(self) -> None:
        self.loads = 0

    def __call__(self, files: Mapping[str, str]) -> RuleBook:
        self.loads += 1
        text = files["a.yaml"]
        if text == "bad":
            raise ConfigError([Problem(Place("a.yaml", 3, 7), "bad-word", "it is bad", "write it well")])
        if text == "bug":
            raise RecursionError("too deep")
        return a_book(version=text)


def put(store: MemoryBooks, *sets: Mapping[str, str]) -> list[Reloaded]:
    load = Loader()
    return [asyncio.run(publish(store, lambda files=files: files, load, NOON)) for files in sets]


def test_a_good_set_comes_into_force_once() -> None:
    store = MemoryBooks()
    assert put(store, GOOD, GOOD, BETTER) == [
        Reloaded("v1", True, ""),
        Reloaded("v1", False, ""),
        Reloaded("v2", True, ""),
    ]
    assert store.stored == ("v2", BETTER)


def test_a_bad_set_never_replaces_the_last_good_one_and_is_told_once() -> None:
    store = MemoryBooks()
    _, first, second = put(store, GOOD, BAD, BAD)
    assert store.stored == ("v1", GOOD)
    assert (first.version, first.changed) == ("v1", True)
    assert "a.yaml:3:7" in first.problem
    assert first.broken == ("a.yaml",)
    assert (second.changed, second.problem) == (False, first.problem)
    assert len(store.rejections) == 1


def test_a_folder_that_cannot_be_read_leaves_what_is() -> None:
    store = MemoryBooks()
    put(store, GOOD)

    def unreadable() -> Mapping[str, str]:
        raise ConfigError([Problem(Place("rules"), "missing-folder", "it is not there")])

    told = asyncio.run(publish(store, unreadable, Loader(), NOON))
    assert (told.version, store.stored) == ("v1", ("v1", GOOD))


def test_the_old_set_put_back_clears_the_problem() -> None:
    store = MemoryBooks()
    *_, back = put(store, GOOD, BAD, GOOD)
    assert (back, store.against) == (Reloaded("v1", False, ""), "")


def test_nothing_is_in_force_before_the_first_good_set() -> None:
    store = MemoryBooks()
    (told,) = put(store, BAD)
    assert (told.version, told.changed) == (None, True)
    assert asyncio.run(CurrentBook(Loader()).get(store)) is None


def test_a_restart_with_a_broken_folder_still_has_the_last_good_set() -> None:
    store = MemoryBooks()
    put(store, GOOD, BAD)
    book = asyncio.run(CurrentBook(Loader()).get(store))
    assert book is not None
    assert book.version == "v1"


def test_a_book_is_loaded_again_only_when_its_version_changes() -> None:
    store, load = MemoryBooks(), Loader()
    books = CurrentBook(load)
    put(store, GOOD)
    asyncio.run(books.get(store))
    asyncio.run(books.get(store))
    assert load.loads == 1
    put(store, BETTER)
    found = asyncio.run(books.get(store))
    assert (found.version if found else None, load.loads) == ("v2", 2)


def test_a_bug_in_the_loader_is_a_problem_of_these_files_and_not_of_the_sweep() -> None:
    store = MemoryBooks()
    _, told = put(store, GOOD, {"a.yaml": "bug"})
    assert store.stored == ("v1", GOOD)
    assert "RecursionError" in told.problem
    assert told.changed


def test_a_stored_set_that_this_version_cannot_load_is_a_clear_error() -> None:
    store = MemoryBooks()
    store.stored = ("old", BAD)
    with pytest.raises(ConfigError, match=r"a\.yaml:3:7"):
        asyncio.run(CurrentBook(Loader()).get(store))
