"""``routes test|explain``: who would be told of an alert, when, and by which line.

Exit codes: 0 all well, 1 a test failed or nothing was found, 2 the command itself was used wrongly.
"""

from __future__ import annotations

import click

from alerts.cli.routeexplain import explain
from alerts.cli.routetests import test
from alerts.cli.rulesdir import rules_dir


@click.group()
@rules_dir
def routes() -> None:
    """Try and explain the routes."""


routes.add_command(explain)
routes.add_command(test)
