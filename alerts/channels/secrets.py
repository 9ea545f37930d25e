"""Secrets of receivers, resolved when a notice is sent, so that a rotation needs no restart.

A secret stands in place, in a file or in an environment variable. What cannot be resolved is
:class:`Unconfigured`: the delivery waits on its schedule and says what to do, it does not
crash a run. Files are read again only when they changed. No value ever stands in an error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from alerts.core.errors import ExportwatchError

LARGEST = 64 * 1024
_PLACEHOLDER = re.compile(
    r"change[-_ ]?me|replace[-_ ]?(?:me|this|with)|your[-_](?:token|secret|password)|<[^<>@]+>", re.I
)
_RESERVED = ("example", "invalid", "example.com", "example.org", "example.net")
"""Names that are nobody's, kept for documentation by RFC 2606."""


class Unconfigured(ExportwatchError):
    """A receiver lacks something that only an operator can give; ``remedy`` says what."""


class Secrets:
    """Resolves secrets; ``environ`` is the environment to look in. Keeps file contents while unchanged."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._files: dict[str, tuple[tuple[int, int, int], str]] = {}

    def __repr__(self) -> str:
        return "Secrets()"

    def resolve(self, name: str, value: SecretStr | None, file: str | None, env: str | None) -> str:
        """Return the secret called ``name``; raise :class:`Unconfigured` if it cannot be had."""
        if value is not None:
            return _real(
                name, value.get_secret_value(), f"write the real value, or give {name}_file or {name}_env"
            )
        if file is not None:
            return _real(f"{name}_file {file}", self._read(name, file), "write the real value into it")
        if env is not None:
            if env not in self._environ:
                raise Unconfigured(f"the variable {env} ({name}_env) is not set", remedy="Set it and restart")
            return _real(
                f"the variable {env} ({name}_env)", self._environ[env], "set it to the real value and restart"
            )
        raise Unconfigured(f"{name} is not given", remedy=f"Write {name}, {name}_file or {name}_env")

    def _read(self, name: str, file: str) -> str:
        try:
            stat = os.stat(file)
            mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            known = self._files.get(file)
            if known is not None and known[0] == mark:
                return known[1]
            if stat.st_size > LARGEST:
                raise Unconfigured(f"{name}_file {file} is too large for a secret", remedy="Check the path")
            text = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or "not text"
            raise Unconfigured(
                f"{name}_file {file} cannot be read: {reason}",
                remedy="Create the file, or correct its path or mode",
            ) from None
        self._files[file] = (mark, text)
        return text


def _real(what: str, value: str, remedy: str) -> str:
    value = value.strip()
    if not value:
        raise Unconfigured(f"{what} is empty", remedy=remedy.capitalize())
    if _PLACEHOLDER.search(value):
        raise Unconfigured(f"{what} is still a placeholder", remedy=remedy.capitalize())
    return value


def refuse_placeholder_host(host: str | None) -> None:
    """Raise :class:`Unconfigured` for a host that is nobody's, such as mail.example.com."""
    name = (host or "").rstrip(".").lower()
    if any(name == one or name.endswith(f".{one}") for one in _RESERVED):
        raise Unconfigured(
            f"the host {name} is a placeholder", remedy="Write the real host in receivers.yaml"
        )


def secrets_in(url: str) -> tuple[str, ...]:
    """Return every part of a URL that may be secret, to be starred out of what a target answers."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return (url,)
    pieces = re.split(r"[/?&=:@,;]", f"{parts.netloc.rpartition('@')[0]}/{parts.path}/{parts.query}")
    return (url, *(piece for piece in dict.fromkeys(pieces) if len(piece) >= 6))
