"""Logs: structured lines for people (console) or machines (JSON), on standard error.

One id follows an item: ``event``, ``alert`` and ``delivery`` ids are fields of the lines
that tell of them. Credentials in anything that looks like a URL, its query's keys and tokens
among them, are blotted out of every field, tracebacks included: the blotter is the last to see
a line before it is written.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

_CREDENTIALS = re.compile(
    r"(\b[a-z][a-z0-9+.-]{1,20}://)(?:[^\s/@]{1,200}|[^\s/@:]{0,100}:(?!\d{1,5}[/?#])[^\s@]{1,200})@",
    re.IGNORECASE,
)
"""The second form is a password that somebody forgot to quote: with a slash, and no port."""

_QUERY_SECRETS = re.compile(
    r"([?&][\w.-]{0,40}(?:api_?key|key|token|secret|passw(?:or)?d|pwd|signature|sig)=)[^\s&#\"']{1,1000}",
    re.IGNORECASE,
)
"""Where an API takes its key in the address, an error that quotes the address would tell it."""

Format = Literal["console", "json"]


def set_up_logs(form: Format, level: str) -> None:
    """Send every log line, ours and the libraries', through one chain to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _blot_credentials,
                _renderer(form),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("celery", "kombu", "amqp", "apprise", "aiohttp.access", "asyncio", "watchfiles"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _renderer(form: Format) -> structlog.typing.Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=28)


def _blot_credentials(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in line.items():
        line[name] = _blot(value)
    return line


def _blot(value: Any) -> Any:
    if isinstance(value, str):
        if "?" in value:
            value = _QUERY_SECRETS.sub(r"\1…", value)
        return _CREDENTIALS.sub(r"\1…@", value) if "://" in value else value
    if isinstance(value, dict):
        return {name: _blot(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_blot(each) for each in value]
    return value


def get_log(name: str) -> structlog.stdlib.BoundLogger:
    """Return the log of a room, e.g. ``get_log("poll")``."""
    log: structlog.stdlib.BoundLogger = structlog.get_logger(f"exportwatch.{name}")
    return log
