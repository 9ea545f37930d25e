"""The web endpoint: ``/livez``, ``/readyz`` and ``/healthz``, and ``/metrics`` for Prometheus.

Three questions, three answers: this process answers (else it must be restarted); the ledger
answers it (else send it no requests); the service does its job (else wake somebody). A lane
that is behind fails the third alone: no restart of this process would help it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from aiohttp import web

from alerts.core.errors import ExportwatchError, LedgerUnavailable
from alerts.ledger.ledger import Ledger
from alerts.observe.health import judge
from alerts.observe.metrics import render_metrics

_LEDGER = web.AppKey("ledger", Ledger)


def make_web(ledger: Ledger) -> web.Application:
    """Build the application over a ledger."""
    app = web.Application(client_max_size=64 * 1024)
    app[_LEDGER] = ledger
    app.router.add_get("/livez", _live)
    app.router.add_get("/readyz", _ready)
    app.router.add_get("/healthz", _health)
    app.router.add_get("/metrics", _metrics)
    return app


@contextlib.asynccontextmanager
async def serve(bind: str, ledger: Ledger) -> AsyncIterator[str]:
    """Serve on ``host:port`` (port 0: any free one); yields the address."""
    host, _, port = bind.rpartition(":")
    runner = web.AppRunner(make_web(ledger), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host.strip("[]"), int(port))
        try:
            await site.start()
        except OSError as error:
            raise ExportwatchError(
                f"cannot listen on {bind}: {os.strerror(error.errno) if error.errno else error}",
                remedy="End what listens there, or set EXPORTWATCH_WEB_BIND (port 0: any free one)",
            ) from error
        bound = runner.addresses[0][1]
        yield f"http://{host}:{bound}"
    finally:
        await runner.cleanup()


async def _live(_: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def _ready(request: web.Request) -> web.Response:
    try:
        await request.app[_LEDGER].answer()
    except LedgerUnavailable as error:
        return web.json_response({"ok": False, "faults": [str(error)]}, status=503)
    return web.json_response({"ok": True})


async def _health(request: web.Request) -> web.Response:
    try:
        status = await request.app[_LEDGER].records.status(datetime.now(UTC))
    except LedgerUnavailable as error:
        return web.json_response({"ok": False, "faults": [str(error)]}, status=503)
    faults = judge(status)
    body = {"ok": not faults, "faults": faults, "status": status.model_dump(mode="json")}
    return web.json_response(body, status=503 if faults else 200)


async def _metrics(request: web.Request) -> web.Response:
    try:
        survey = await request.app[_LEDGER].surveys.take(datetime.now(UTC))
    except LedgerUnavailable:
        survey = None  # answered with 200: Prometheus throws away what comes with any other status
    accept = request.headers.get("Accept", "")
    # In a thread: thousands of sources take a second, in which a probe wants its answer too.
    body, content_type = await asyncio.to_thread(render_metrics, survey, accept)
    return web.Response(body=body, headers={"Content-Type": content_type})
