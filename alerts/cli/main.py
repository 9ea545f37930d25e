"""``exportwatch``: the group of commands, each imported only when it is called."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

import alerts
from alerts.core.errors import ConfigError, ExportwatchError, LedgerUnavailable, SettingsError

COMMANDS = {
    "up": "alerts.cli.up:up",
    "worker": "alerts.cli.worker:worker",
    "beat": "alerts.cli.worker:beat",
    "web": "alerts.cli.web:web",
    "demo": "alerts.cli.demo:demo",
    "check": "alerts.cli.check:check",
    "recognise": "alerts.cli.recognise:recognise",
    "rules": "alerts.cli.rules:rules",
    "sources": "alerts.cli.sources:sources",
    "routes": "alerts.cli.routes:routes",
    "silences": "alerts.cli.silences:silences",
    "receivers": "alerts.cli.receivers:receivers",
    "alerts": "alerts.cli.alerts:alerts",
    "why": "alerts.cli.why:why",
    "deliveries": "alerts.cli.deliveries:deliveries",
    "health": "alerts.cli.health:health",
    "settings": "alerts.cli.settings:settings",
}

EXIT_FOUND, EXIT_USAGE, EXIT_AWAY = 1, 2, 3


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(alerts.__version__, prog_name="exportwatch")
def exportwatch() -> None:
    """Tell procurement when a government restricts what a factory buys."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every error is one readable message and an exit code."""
    try:
        # Outside of standalone mode click answers ctx.exit(n) by returning n.
        code = exportwatch.main(args=arguments, prog_name="exportwatch", standalone_mode=False)
        if isinstance(code, int) and code:
            sys.exit(code)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except ExportwatchError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(_exit_code(error))


def _exit_code(error: ExportwatchError) -> int:
    codes: dict[Any, int] = {LedgerUnavailable: EXIT_AWAY, SettingsError: EXIT_USAGE, ConfigError: EXIT_FOUND}
    return codes.get(type(error), EXIT_FOUND)
