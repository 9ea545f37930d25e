"""Past items for a backtest: lines of JSON, or the ledger's history.

A line holds id, title, text and, if known, lang, published, source (a name, or id, publisher,
tier), value, change_pct, measures (as tests write them; otherwise recognised) and labels:
``relevant`` (should anybody have been told?), ``rules`` (by which rules?). Other keys are
passed over, so that labelled data made for something else can be used as it is.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from pydantic import ValidationError

from alerts.cli.recognise import BadLine, parse
from alerts.core.event import Event
from alerts.core.measure import Measure, Recognition
from alerts.engine.backtest import Item
from alerts.engine.intest import Recogniser
from alerts.engine.rule import TestEvent, aware
from alerts.ledger.ledger import Ledger
from alerts.pipeline.ports import DecisionRecord

_EVENT = ("url", "lang", "value", "change_pct", "measures")


@dataclass(frozen=True, slots=True)
class Raw:
    """One item as it is handed to a process: a line of a file, or a stored event.

    ``recognition`` is what was recognised when it was decided, if it was.
    """

    number: int
    text: str
    stored: bool = False
    recognition: str = ""


def lines_of(file: TextIO) -> Iterator[Raw]:
    """Read a file line by line; empty ones are passed over."""
    return (Raw(number, line) for number, line in enumerate(file, start=1) if line.strip())


def stored_items(url: str, since: datetime) -> Iterator[Raw]:
    """Read the ledger's history, oldest first."""
    with asyncio.Runner() as runner:
        ledger = Ledger(url)
        try:
            batches = ledger.records.history(since)
            number = 0
            while batch := runner.run(_next(batches)):
                for event, decision in batch:
                    number += 1
                    known = decision.recognition.model_dump_json() if decision is not None else ""
                    yield Raw(number, event.model_dump_json(), stored=True, recognition=known)
        finally:
            runner.run(ledger.close())


async def _next(
    batches: AsyncIterator[list[tuple[Event, DecisionRecord | None]]],
) -> list[tuple[Event, DecisionRecord | None]]:
    async for batch in batches:
        return batch
    return []


def read_item(raw: Raw, recognise: Recogniser, now: datetime) -> Item:
    """Turn a raw item into one that rules can be asked of; :class:`BadLine` says what is wrong."""
    if raw.stored:
        event = Event.model_validate_json(raw.text)
        if raw.recognition:
            return Item(event, Recognition.model_validate_json(raw.recognition).measures)
        return Item(event, _recognised(event, recognise))
    fields = parse(raw.text)
    data: dict[str, Any] = json.loads(raw.text)
    given = {name: data[name] for name in _EVENT if data.get(name) is not None}
    given |= {"title": fields["title"], "text": fields["text"], "source": _source(data.get("source"))}
    try:
        asked = TestEvent.model_validate(given)
    except ValidationError as error:
        item = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise BadLine(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}") from None
    at = aware(fields["published"]) or now
    event = asked.build(at).model_copy(update={"id": fields["id"], "key": fields["id"]})
    measures = (
        tuple(measure.build() for measure in asked.measures)
        if asked.measures is not None
        else _recognised(event, recognise)
    )
    return Item(event, measures, _label(data), _rules(data), dated=fields["published"] is not None)


def _recognised(event: Event, recognise: Recogniser) -> tuple[Measure, ...]:
    return recognise(event.title, event.text, lang=event.lang, published=event.published).measures


def _source(value: Any) -> Any:
    if value is None:
        return {}
    if isinstance(value, str):
        return {"publisher": value}
    known = ("id", "publisher", "tier", "country")
    return {name: value[name] for name in known if name in value} if isinstance(value, dict) else value


def _label(data: dict[str, Any]) -> bool | None:
    value = data.get("relevant")
    if value is not None and not isinstance(value, bool):
        raise BadLine(f"relevant: true or false is needed, not {type(value).__name__}")
    return value


def _rules(data: dict[str, Any]) -> frozenset[str] | None:
    value = data.get("rules")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise BadLine("rules: a list of rules' ids is needed")
    return frozenset(value)
