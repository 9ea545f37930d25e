"""The rules folder: every ``*.yaml`` and ``*.yml`` below it as text, by its path relative to the folder.

Lists may be CSV too: ``*.csv`` is read below a folder named ``lists``, so that a table which
lies about elsewhere is nobody's list.

A mounted ConfigMap keeps its files in ``..data/`` and shows them by symlinks; hidden and
``..`` names are therefore passed over and the symlinks followed, so each file is read once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from alerts.core.errors import ConfigError, Place, Problem

_YAML = (".yaml", ".yml")
MAX_FILES = 5_000
MAX_BYTES = 4_000_000


def read_folder(folder: Path) -> dict[str, str]:
    """Read the folder, sorted by path; raise :class:`ConfigError` naming what cannot be read."""
    if not folder.is_dir():
        remedy = "create it, or name another by --rules-dir or EXPORTWATCH_RULES_DIR"
        if folder.exists():
            remedy = f"the whole folder is read: --rules-dir {folder.parent}"
        what = "is not a folder" if folder.exists() else "does not exist"
        raise ConfigError([Problem(Place(str(folder)), "missing-folder", f"the rules folder {what}", remedy)])
    files: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted(_rule_files(folder)):
        name = path.relative_to(folder).as_posix()
        if len(files) >= MAX_FILES:
            problems.append(
                Problem(Place(name), "folder-limit", f"more than {MAX_FILES:,} files in the folder")
            )
            break
        text = _read(path, name, problems)
        if text is not None:
            files[name] = text
    if not files and not problems:
        remedy = "write at least sources.yaml, routes.yaml, receivers.yaml and a rule"
        problems.append(Problem(Place(str(folder)), "empty-folder", "no *.yaml in the rules folder", remedy))
    if problems:
        raise ConfigError(problems)
    return files


def _rule_files(folder: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith(".")]
        within = Path(base).relative_to(folder).parts
        if len(within) > 8:  # a symlink that leads back up
            folders.clear()
        endings = (*_YAML, ".csv") if "lists" in within else _YAML
        yield from (Path(base, name) for name in names if name.endswith(endings) and not name.startswith("."))


def _read(path: Path, name: str, problems: list[Problem]) -> str | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            problem = f"the file has more than {MAX_BYTES:,} bytes"
            problems.append(Problem(Place(name), "yaml-limit", problem, "split it"))
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        problems.append(Problem(Place(name, line), "not-utf8", "the file is not UTF-8", "save it as UTF-8"))
    except OSError as error:
        problems.append(Problem(Place(name), "unreadable", f"the file cannot be read: {error.strerror}"))
    return None
