"""``web``: the web endpoint alone, as a process of its own."""

from __future__ import annotations

import asyncio
import signal

import click

from alerts.settings import Settings, read_settings


@click.command()
def web() -> None:
    """Serve health and metrics at EXPORTWATCH_WEB_BIND until a signal ends it.

    /livez: this process answers. /readyz: the ledger answers it too. /healthz: the service does
    its job, else 503 and why. /metrics: for Prometheus.
    """
    from alerts.observe.logs import set_up_logs

    settings = read_settings()
    set_up_logs(settings.log_format, settings.log_level)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    from alerts.ledger.ledger import Ledger
    from alerts.observe.logs import get_log
    from alerts.web.app import serve
    from alerts.wiring import ledger_url

    ending = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, ending.set)
    ledger = Ledger(ledger_url(settings))
    try:
        async with serve(settings.web_bind, ledger) as address:
            get_log("web").info("web", address=address)
            await ending.wait()
    finally:
        await ledger.close()
