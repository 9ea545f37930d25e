"""``settings``: every setting, its default, what it is for; the reference is made from it."""

from __future__ import annotations

import click
from pydantic import SecretStr

from alerts.cli.output import format_option, print_json, print_table
from alerts.settings import PREFIX, SECRETS, Settings


@click.command()
@format_option
def settings(form: str) -> None:
    """List every setting (environment or .env) with its default."""
    rows = list_settings()
    if form == "json":
        print_json([{"name": name, "default": default, "description": text} for name, default, text in rows])
    else:
        print_table(("setting", "default", "what it is"), rows, "")


def list_settings() -> list[tuple[str, str, str]]:
    """Name, default and description of every setting; secrets with their ``*_FILE`` form."""
    rows: list[tuple[str, str, str]] = []
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = "" if default in ("", (), None) else str(default)
        rows.append((PREFIX + name.upper(), shown, field.description or ""))
        if name in SECRETS:
            rows.append((f"{PREFIX}{name.upper()}_FILE", "", "Path of a file that holds it instead."))
    return rows
