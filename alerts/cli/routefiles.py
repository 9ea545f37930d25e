"""What the commands about routes read of the rules folder."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.core.errors import ConfigError
from alerts.core.receiver import Receiver
from alerts.engine.loading import read_all
from alerts.engine.routeread import Routing


def read_routing(files: Mapping[str, str]) -> tuple[Routing, Mapping[str, Receiver]]:
    """Read routes and receivers; raise ConfigError where anything in the folder has errors."""
    loaded = read_all(files)
    if loaded.findings.errors or loaded.routing is None:
        raise ConfigError(loaded.findings.errors)
    return loaded.routing, loaded.receivers
