"""``exportwatch demo``: the whole service on a small world of its own, without a network."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerts.cli.output import format_option
from alerts.core.errors import ExportwatchError

if TYPE_CHECKING:
    from alerts.demo.screen import Screen


@click.command()
@format_option
@click.option("--keep", is_flag=True, help="Go on after the last item, until Ctrl-C.")
@click.option(
    "--world",
    type=click.Path(path_type=Path, file_okay=False),
    help="Serve the world alone, for a service that runs elsewhere, and write the rules that lead it"
    " here into this folder.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the --world listens.")
def demo(form: str, world: Path | None, host: str, *, keep: bool) -> None:
    """Show an item become a measure, a match, an alert and a notice, on this machine alone.

    Starts the service on a temporary folder, with an origin of bundled news, a mail server
    and a webhook receiver on loopback. Ends by itself; exit code 1 if no notice arrived.
    With --format json each step is a JSON object of one line.
    """
    from alerts.demo.screen import JsonLines, Terminal

    screen: Screen = JsonLines() if form == "json" else Terminal()
    if world is not None:
        asyncio.run(_stand(world, host, screen))
    else:
        _show(screen, keep)


def _show(screen: Screen, keep: bool) -> None:
    from alerts.demo.show import Show

    with tempfile.TemporaryDirectory(prefix="exportwatch-demo-", ignore_cleanup_errors=True) as folder:
        try:
            report = asyncio.run(Show(Path(folder), screen, keep=keep).run())
        except ExportwatchError as error:
            raise click.ClickException(str(error)) from error
    screen.finish(report)
    sys.exit(0 if report.ok else 1)


async def _stand(folder: Path, host: str, screen: Screen) -> None:
    from alerts.demo.world import make_world, stand

    ending = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    await stand(make_world(host), folder, screen, ending)
