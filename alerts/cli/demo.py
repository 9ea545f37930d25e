"""``exportwatch demo``: the whole service on a small world of its own, without a network."""

from __future__ import annotations

import sys

import click

from alerts.cli.output import format_option


@click.command()
@format_option
@click.option("--keep", is_flag=True, help="Go on after the last item, until Ctrl-C.")
def demo(form: str, *, keep: bool) -> None:
    """Show an item become a measure, a match, an alert and a notice, on this machine alone.

    Starts the service on a temporary folder, with an origin of bundled news, a mail server
    and a webhook receiver on loopback. Ends by itself; exit code 1 if no notice arrived.
    With --format json each step is a JSON object of one line.
    """
    import asyncio
    import tempfile
    from pathlib import Path

    from alerts.core.errors import ExportwatchError
    from alerts.demo.screen import JsonLines, Screen, Terminal
    from alerts.demo.show import Show

    screen: Screen = JsonLines() if form == "json" else Terminal()
    with tempfile.TemporaryDirectory(prefix="exportwatch-demo-", ignore_cleanup_errors=True) as folder:
        try:
            report = asyncio.run(Show(Path(folder), screen, keep=keep).run())
        except ExportwatchError as error:
            raise click.ClickException(str(error)) from error
    screen.finish(report)
    sys.exit(0 if report.ok else 1)
