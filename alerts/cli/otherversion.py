"""Another version of the rules folder: a folder, or the same folder at a git revision."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

from alerts.core.errors import ExportwatchError
from alerts.rules_folder import read_folder

TIMEOUT = 60


def other_version(folder: Path, name: str) -> dict[str, str]:
    """Read the files of a folder of that name or, if there is none, of that revision."""
    if Path(name).is_dir():
        return read_folder(Path(name))
    return _at_revision(folder, name)


def _at_revision(folder: Path, revision: str) -> dict[str, str]:
    remedy = "name a folder, or a revision that `git rev-parse` knows, of a folder that is in git"
    git = shutil.which("git")
    if git is None or revision.startswith("-"):
        raise ExportwatchError(f"no folder {revision!r}, and no git to ask", remedy=remedy)
    # `archive` from within the folder gives the folder alone, by its own relative names.
    command = [git, "-C", str(folder), "archive", "--format=tar", revision, "."]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise ExportwatchError(f"git did not give {revision!r} within {TIMEOUT} s", remedy=remedy) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ExportwatchError(
            f"no version {revision!r}: {said[-1] if said else 'git failed'}", remedy=remedy
        )
    return _unpacked(done.stdout)


def _unpacked(archive: bytes) -> dict[str, str]:
    files: dict[str, str] = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            parts = Path(member.name).parts
            content = tar.extractfile(member) if member.isfile() else None
            if content is None or not member.name.endswith(".yaml") or any(p.startswith(".") for p in parts):
                continue
            text = content.read().decode("utf-8-sig", errors="replace")
            files[Path(member.name).as_posix()] = text.replace("\r\n", "\n")
    return files
