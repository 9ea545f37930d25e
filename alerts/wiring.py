"""The only composition root: settings in, a working service out.

A worker's child process holds one :class:`LaneHost`: one event loop, one connection to the
ledger, one HTTP session a direction, one compiled rule book, kept from run to run. It is
made after the fork, on the first run, since loops, sockets and threads do not survive one.
"""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from alerts.core.errors import LedgerUnavailable
from alerts.core.rulebook import RuleBook
from alerts.ledger.embedded import EmbeddedServer
from alerts.ledger.ledger import Ledger
from alerts.observe.heartbeat import Heartbeat
from alerts.observe.logs import get_log
from alerts.observe.tracing import check_otel, make_witness
from alerts.observe.witness import Witness
from alerts.pipeline.lane import Bounds, Lane, Nudge
from alerts.pipeline.rulebook import CurrentBook, Reloaded, publish
from alerts.settings import Settings

if TYPE_CHECKING:
    from alerts.channels.dispatch import Channels
    from alerts.sources.polling import SourceFetcher


def now() -> datetime:
    """The present time, aware UTC: the one clock, handed to every lane."""
    return datetime.now(UTC)


def ledger_url(settings: Settings) -> str:
    """The ledger's URL: the configured one, else the embedded server's socket."""
    return settings.redis_url.get_secret_value() or embedded(settings).url


def broker_url(settings: Settings) -> str:
    """The broker's URL: the configured one, else database 1 of the ledger's server."""
    return settings.broker_url.get_secret_value() or _other_database(ledger_url(settings))


def _other_database(url: str) -> str:
    """The same server's database 1, or 2 where the ledger itself lives in 1."""
    base, _, query = url.partition("?")
    options = dict(parse_qsl(query))
    named = options.pop("db", None)
    if base.startswith("unix://"):
        return f"{base}?{urlencode(options | {'db': 2 if named == '1' else 1})}"
    scheme, _, rest = base.partition("://")
    host, _, database = rest.partition("/")
    other = f"{scheme}://{host}/{2 if (named or database) == '1' else 1}"
    return f"{other}?{urlencode(options)}" if options else other


def embedded(settings: Settings) -> EmbeddedServer:
    """The embedded server on the data folder (not started)."""
    return EmbeddedServer(settings.data_dir, settings.appendfsync)


def load(files: Mapping[str, str]) -> RuleBook:
    """Compile the rules folder's files; raises ConfigError with every problem."""
    from alerts.engine.loading import load as load_files

    return load_files(files)


def read_folder(settings: Settings) -> Mapping[str, str]:
    """Read the rules folder's files."""
    from alerts.rules_folder import read_folder as read

    return read(settings.rules_dir)


def bounds(settings: Settings) -> Bounds:
    """How long a run goes on: short enough for what it began last to end before the time limit.

    A run past its lease would be killed, over and over, with its work undone.
    """
    lease = timedelta(seconds=settings.lease)
    return Bounds(run=min(timedelta(seconds=settings.run_seconds), lease / 3), lease=lease)


LINGER = 2.0
"""Seconds that a task stays with its lane and is woken by the ledger: a step that makes work
is followed within a millisecond, where a task's way through the broker takes thirty. Short,
so that a worker that is told to end does."""

LOOK_AGAIN = 0.5
"""Seconds after which a lingering task looks by itself for what fell due by the clock."""


class LaneHost:
    """One process's lane runs: everything that is kept from one run to the next."""

    def __init__(self, settings: Settings, nudge: Nudge) -> None:
        self._settings = settings
        self._nudge = nudge
        self._rng = random.Random()  # noqa: S311 - jitter, not secrets
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._ledger: Ledger | None = None
        self._books = CurrentBook(load)
        self._fetcher: SourceFetcher | None = None
        self._channels: Channels | None = None
        self._bounds = bounds(settings)
        self._witness = Witness()
        check_otel(settings.otlp_endpoint)
        self._heartbeat = Heartbeat(settings.heartbeat_file)

    def run(self, lane: Lane) -> None:
        """Run a lane once, to its end; a ledger that is away costs this run only."""
        try:
            self._runner.run(self._run(lane))
        except LedgerUnavailable as error:
            get_log(lane).warning("run ended early, the next tick tries again", error=str(error))
            self._heartbeat.beat()

    async def _run(self, lane: Lane) -> None:
        if self._ledger is None:
            _settle_garbage()
            self._ledger = Ledger(ledger_url(self._settings))
            self._witness = make_witness(self._settings.otlp_endpoint)
        end = time.monotonic() + LINGER
        await self._look(lane, self._ledger)
        while lane is not Lane.SWEEP and (left := end - time.monotonic()) > 0:
            await self._ledger.runs.wait(lane, min(left, LOOK_AGAIN))
            await self._look(lane, self._ledger)

    async def _look(self, lane: Lane, ledger: Ledger) -> None:
        await ledger.runs.begin(lane)
        if lane is Lane.SWEEP:
            await publish_folder(self._settings, ledger)
        book = await self._books.get(ledger.rulebooks)
        if book is not None:
            with self._witness.run(lane) as run:
                run.worked = await getattr(self, f"_{lane}")(ledger, book)
        await ledger.runs.end(lane, now())
        self._heartbeat.beat()

    async def _poll(self, ledger: Ledger, book: RuleBook) -> int:
        from alerts.pipeline import poll
        from alerts.sources.fetch import Web
        from alerts.sources.polling import SourceFetcher

        if self._fetcher is None:
            web = Web(self._settings.allow_networks, contact=self._settings.contact)
            self._fetcher = SourceFetcher(await self._stack.enter_async_context(web))
        return await poll.run(
            ledger.polls,
            self._fetcher,
            book,
            now,
            self._rng,
            self._nudge,
            self._bounds,
            self._witness.polled,
        )

    async def _decide(self, ledger: Ledger, book: RuleBook) -> int:
        from alerts.pipeline import decide
        from alerts.recognise import recognise

        return await decide.run(
            ledger.decisions,
            recognise,
            book,
            now,
            self._nudge,
            self._bounds,
            self._witness.decided,
            self._witness.undecided,
        )

    async def _deliver(self, ledger: Ledger, book: RuleBook) -> int:
        from alerts.channels.dispatch import Channels
        from alerts.pipeline import deliver

        if self._channels is None:
            self._channels = await self._stack.enter_async_context(Channels(self._settings.allow_networks))
        return await deliver.run(
            ledger.deliveries, self._channels, book, now, self._rng, self._bounds, self._witness.delivered
        )

    async def _sweep(self, ledger: Ledger, book: RuleBook) -> int:
        from alerts.pipeline.sweep import forget_old, watch_absences, watch_dead_letters, watch_sources

        raised = await watch_sources(ledger.sweeps, book, now())
        raised += await watch_absences(ledger.sweeps, book, now())
        raised += await watch_dead_letters(ledger.sweeps, book, now())
        for alert in raised:
            get_log("sweep").warning(alert.title, alert=alert.id, detail=alert.summary)
            self._nudge(Lane.DELIVER)
        retention = timedelta(days=self._settings.retention_days)
        return len(raised) + await forget_old(ledger.sweeps, book, retention, now())


def _settle_garbage() -> None:
    """Take what the process was born with (modules, gazetteers) out of every later collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def publish_folder(settings: Settings, ledger: Ledger) -> str:
    """Put the rules folder in force if it loads; returns what stands against it, or nothing."""
    reloaded = await publish(ledger.rulebooks, lambda: read_folder(settings), load, now())
    log = get_log("rules")
    if reloaded.problem and reloaded.changed:
        log.error(
            "rules rejected, the last good set stays", in_force=reloaded.version, problem=reloaded.problem
        )
        await _tell_of_rejection(ledger, reloaded)
    elif reloaded.changed:
        log.info("rules in force", version=reloaded.version)
    return reloaded.problem


async def _tell_of_rejection(ledger: Ledger, reloaded: Reloaded) -> None:
    """Tell the owners, and those who are told by the rules in force; before the first set there is nobody."""
    from alerts.engine.loading import heads_in
    from alerts.pipeline.muting import silenced
    from alerts.pipeline.service_alert import address, facts_of_rules, rejection_of, service_facts

    book = await CurrentBook(load).get(ledger.rulebooks)
    if book is not None:
        heads = heads_in(await ledger.rulebooks.files() or {}, reloaded.broken)
        about = facts_of_rules((head.owner, head.labels) for head in heads)
        alert = rejection_of(reloaded.problem, reloaded.version, now(), about.get("owner", ()))
        if silenced(service_facts(alert, None, about), (await ledger.silences.read()).kept, now()):
            return
        await ledger.sweeps.raise_alert(alert, address(alert, None, book, now(), about))


def preload(lanes: list[Lane]) -> None:
    """Import what the lanes need before the fork, so that children share its memory."""
    import alerts.engine.loading

    if Lane.POLL in lanes:
        import alerts.pipeline.poll
        import alerts.sources.polling
    if Lane.DECIDE in lanes:
        import alerts.pipeline.decide
        from alerts.recognise import recognise

        recognise("", "")
    if Lane.DELIVER in lanes:
        import alerts.channels.dispatch
        import alerts.pipeline.deliver  # noqa: F401 - like those above, for the children to find it loaded
