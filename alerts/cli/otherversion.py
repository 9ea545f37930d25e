"""Another version of the rules folder: a folder, or the same folder at a git revision."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import tempfile
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
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False)  # noqa: S603 - no shell, no option
    except subprocess.TimeoutExpired:
        raise ExportwatchError(f"git did not give {revision!r} within {TIMEOUT} s", remedy=remedy) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ExportwatchError(
            f"no version {revision!r}: {said[-1] if said else 'git failed'}", remedy=remedy
        )
    return _unpacked(done.stdout)


def _unpacked(archive: bytes) -> dict[str, str]:
    """Read the archive as any folder is read, so that the same files count."""
    with tempfile.TemporaryDirectory(prefix="exportwatch-") as place:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for member in tar.getmembers():
                _write(Path(place), member, tar)
        return read_folder(Path(place))


def _write(place: Path, member: tarfile.TarInfo, tar: tarfile.TarFile) -> None:
    """Write a plain file below the place; links and what would leave it are passed over.

    ``extractall(filter="data")`` does it, but Python 3.11 has it from 3.11.4 on only.
    """
    path = (place / member.name).resolve()
    content = tar.extractfile(member) if member.isfile() else None
    if content is not None and path.is_relative_to(place.resolve()):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read())
