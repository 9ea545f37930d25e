"""The fetcher that the poll lane asks: a source in, a ``Fetched`` out, whatever happens.

Invariant: new validators leave here only with a document that was read whole; where it was
not, the old ones come back, so that the next poll fetches it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from yarl import URL

from alerts.core.reasons import PollReason
from alerts.core.source import Source
from alerts.pipeline.ports import Fetched, Validators
from alerts.sources.broken import shown
from alerts.sources.federal_register import fetch_documents
from alerts.sources.feed import parse_feed
from alerts.sources.fetch import ACCEPT_FEED, Document, Web
from alerts.sources.json_api import parse_json
from alerts.sources.page import parse_page
from alerts.sources.parsed import Parsed

_IN_LOOP = 64 * 1024
"""Larger documents are parsed in a thread, so that other fetches' clocks go on."""

_log = logging.getLogger(__name__)


class SourceFetcher:
    """Implements :class:`alerts.pipeline.ports.Fetcher` for every kind of source."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def fetch(self, source: Source, validators: Validators, now: datetime) -> Fetched:
        """Poll the source once, conditionally."""
        try:
            if source.kind == "federal_register":
                return await fetch_documents(self._web, source, validators, now)
            accept = {"json_api": "application/json", "page": "text/html, */*;q=0.1"}.get(
                source.kind, ACCEPT_FEED
            )
            got = await self._web.get(str(source.url), validators, now, accept=accept)
            if isinstance(got, Fetched):
                return got
            parsed = await _parse(source, got)
            return _fetched(got, parsed, validators)
        except Exception as error:  # a bug of ours must not end the lane run for all other sources
            _log.exception("polling %s failed", source.id)
            return Fetched(
                PollReason.INTERNAL_ERROR,
                validators=validators,
                detail=f"{type(error).__name__} in our own code; the log has the trace: please report it",
            )


async def _parse(source: Source, got: Document) -> Parsed:
    parser = _PARSERS[source.kind]
    if len(got.body) <= _IN_LOOP:
        return parser(source, got)
    return await asyncio.to_thread(parser, source, got)


def _fetched(got: Document, parsed: Parsed, before: Validators) -> Fetched:
    wishes: list[timedelta] = [wish for wish in (got.not_before, parsed.wish) if wish is not None]
    moved = f"moved for good to {shown(URL(got.permanent_url))}: update the url" if got.permanent_url else ""
    fetched = Fetched(
        parsed.reason,
        parsed.entries,
        got.validators if parsed.reason.ok else before,
        detail=parsed.detail,
        not_before=max(wishes, default=None),
        complaint="; ".join(filter(None, [parsed.complaint, moved])),
        permanent_url=got.permanent_url,
    )
    if parsed.reason.ok:
        return fetched
    return replace(fetched, detail=f"{shown(URL(got.url))}: {parsed.detail}")


def _feed(source: Source, got: Document) -> Parsed:
    return parse_feed(got.body, charset=got.charset, url=got.url, cut=got.cut)


def _json(source: Source, got: Document) -> Parsed:
    return parse_json(source, got.body, url=got.url, cut=got.cut)


def _page(source: Source, got: Document) -> Parsed:
    return parse_page(source, got.body, charset=got.charset, url=got.url, cut=got.cut)


_PARSERS: dict[str, Callable[[Source, Document], Parsed]] = {"feed": _feed, "json_api": _json, "page": _page}
