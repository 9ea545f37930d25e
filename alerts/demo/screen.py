"""What the demonstration shows: a line a step on a terminal, or a JSON object a line.

Everything that came from a feed is printed as plain text, never as markup.
"""

from __future__ import annotations

import json
from typing import Any, Protocol

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from alerts.core.measure import EVERYONE, Measure
from alerts.core.places import PLACES
from alerts.core.taxonomy import commodity_label
from alerts.demo.follow import Judged, Seen, Settled, Step
from alerts.demo.report import Report

_STYLES = {"item": "bold", "measure": "cyan", "rule": "yellow", "alert": "bold red", "delivery": "green"}


class Screen(Protocol):
    """Where the demonstration shows itself."""

    def note(self, words: str, seconds: float) -> None:
        """Show a word of our own."""

    def step(self, step: Step, seconds: float) -> None:
        """Show a step of the service, ``seconds`` after the start."""

    def finish(self, report: Report) -> None:
        """Show what came of it."""


def describe(measure: Measure) -> str:
    """Say a measure in one line: who, towards whom, what, on what, how far."""
    issuer = PLACES.get(measure.issuer, measure.issuer) if measure.issuer else "issuer not named"
    targets = ", ".join(
        "everyone" if code == EVERYONE else PLACES.get(code, code) for code in measure.targets
    )
    goods = ", ".join(commodity_label(name) for name in measure.commodities) or "goods not named"
    status = measure.status.replace("_", " ")
    return f"{issuer} → {targets}: {measure.kind.label} · {goods} · {status}"


class Terminal:
    """Lines for people."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)

    def note(self, words: str, seconds: float) -> None:
        """Show a word of our own."""
        self._line("", words, seconds)

    def step(self, step: Step, seconds: float) -> None:
        """Show a step of the service."""
        match step:
            case Seen(event):
                self._console.print()
                self._line("item", f"{event.source.publisher}: {event.title}", seconds)
            case Judged():
                self._judged(step, seconds)
            case Settled(delivery, alert):
                title = alert.title if alert else delivery.alert_id
                tries = "" if len(delivery.attempts) < 2 else f" after {len(delivery.attempts)} tries"
                self._line("delivery", f"{delivery.target} {delivery.state}{tries}: {title}", seconds)

    def _judged(self, step: Judged, seconds: float) -> None:
        measures = [describe(measure) for measure in step.record.recognition.measures]
        for words in measures or ["none recognised"]:
            self._line("measure", words, seconds)
        for decided in step.record.decided:
            if not decided["rule_id"]:
                self._line("rule", f"none holds: {step.event.title}", seconds)
                continue
            self._line("rule", f"{decided['rule_id']}: {decided['reason']}", seconds)
        for alert in step.alerts:
            opened = alert.event is not None and alert.event.id == step.event.id
            words = f"{alert.severity}: {alert.summary}" if opened else f"told before: {alert.summary}"
            self._line("alert", words, seconds)

    def _line(self, label: str, words: str, seconds: float) -> None:
        line = Text(f"{seconds:6.2f} s  ", style="dim")
        line.append(f"{label:<10}", style=_STYLES.get(label, "dim"))
        line.append(words, style="bold" if label == "item" else "")
        self._console.print(line, soft_wrap=True)

    def finish(self, report: Report) -> None:
        """Show the mail as it came, and the figures."""
        if report.mail_text:
            subject = Text(report.mail_subject)
            self._console.print()
            self._console.print(Panel(Text(report.mail_text.rstrip()), title=subject, title_align="left"))
        self._console.print()
        for line in report.lines():
            self._console.print(Text(line), soft_wrap=True)


class JsonLines:
    """One JSON object a line, for machines."""

    def note(self, words: str, seconds: float) -> None:
        """Show a word of our own."""
        self._print({"type": "note", "text": words}, seconds)

    def step(self, step: Step, seconds: float) -> None:
        """Show a step of the service."""
        match step:
            case Seen(event):
                self._print({"type": "item", "event": event.model_dump(mode="json")}, seconds)
            case Judged(event, record, alerts):
                row = {"type": "decision", "event_id": event.id, "decision": record.model_dump(mode="json")}
                self._print(row | {"alerts": [alert.id for alert in alerts]}, seconds)
            case Settled(delivery, _):
                self._print({"type": "delivery", "delivery": delivery.model_dump(mode="json")}, seconds)

    def finish(self, report: Report) -> None:
        """Show the figures."""
        print(json.dumps({"type": "report"} | report.as_json(), ensure_ascii=False), flush=True)

    def _print(self, row: dict[str, Any], seconds: float) -> None:
        print(json.dumps({"seconds": round(seconds, 3)} | row, ensure_ascii=False), flush=True)
