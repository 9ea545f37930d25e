"""What the demonstration shows, without a service."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from alerts.core.event import Event, SourceRef
from alerts.core.measure import Measure, Recognition
from alerts.core.source import Tier
from alerts.core.taxonomy import MeasureKind, Status
from alerts.demo.follow import Judged, Seen
from alerts.demo.report import Report
from alerts.demo.screen import Terminal, describe
from alerts.pipeline.ports import DecisionRecord

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HALT = Measure(
    issuer="IN",
    targets=("JP",),
    kind=MeasureKind.EXPORT_BAN,
    commodities=("rare_earths",),
    status=Status.IN_FORCE,
)
EVENT = Event(
    id="evt_1",
    source=SourceRef(id="wire", publisher="Wire", tier=Tier.WIRE),
    key="1",
    revision=1,
    title="[bold]India halts[/bold]",
    text="",
    text_added="",
    url=None,
    lang="en",
    published=None,
    seen=NOW,
)
REPORT = Report(
    first_alert_seconds=4.2,
    seconds=20,
    items=10,
    alerts=3,
    repeats=3,
    mails=3,
    webhooks=3,
    unverified=0,
    exit_code=0,
    log_tail="the log",
    mail_subject="Subject",
    mail_text="What happened [red]here[/red]",
)


def _shown(*steps: Seen | Judged) -> str:
    out = io.StringIO()
    terminal = Terminal(Console(file=out, width=200))
    for step in steps:
        terminal.step(step, 1.5)
    return out.getvalue()


def test_a_measure_is_one_line() -> None:
    assert describe(HALT) == "India → Japan: export ban · rare earths · in force"
    everyone = HALT.model_copy(update={"targets": ("*",), "issuer": None, "commodities": ()})
    assert describe(everyone) == "issuer not named → everyone: export ban · goods not named · in force"


def test_a_title_is_text_and_never_markup() -> None:
    assert "Wire: [bold]India halts[/bold]" in _shown(Seen(EVENT))


def test_a_decision_shows_measure_and_rule() -> None:
    record = DecisionRecord(
        event_id="evt_1",
        at=NOW,
        rules_version="v",
        recognition=Recognition(relevant=True, measures=(HALT,)),
        decided=({"rule_id": "in-halt", "reason": "opened", "alert_id": None},),
    )
    shown = _shown(Judged(EVENT, record, ()))
    assert "India → Japan" in shown
    assert "in-halt: opened" in shown


@pytest.mark.parametrize(
    ("report", "ok"),
    [
        (REPORT, True),
        (replace(REPORT, mails=0), False),
        (replace(REPORT, webhooks=0), False),
        (replace(REPORT, unverified=1), False),
        (replace(REPORT, exit_code=1), False),
    ],
)
def test_the_report_is_well_only_if_all_came_and_ended_well(report: Report, ok: bool) -> None:
    assert report.ok is ok
    assert ("the log" in "\n".join(report.lines())) is not ok


def test_the_mail_stands_at_the_end_as_it_came() -> None:
    out = io.StringIO()
    Terminal(Console(file=out, width=120)).finish(REPORT)
    assert "What happened [red]here[/red]" in out.getvalue()
    assert "4.2 s after the start" in out.getvalue()
