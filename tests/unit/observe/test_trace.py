"""Spans in memory: one trace an event, found from its id by whoever works on it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
import structlog

from alerts.core.errors import SettingsError
from alerts.core.measure import Recognition
from alerts.core.reasons import DecisionReason, OutcomeReason, PollReason
from alerts.observe.tracing import check_otel, make_witness
from alerts.observe.witness import Witness
from alerts.pipeline.lane import Lane
from alerts.pipeline.ports import Completion, Decided, Decision, Fetched, Lease, Polled
from tests.support.builders import NOON, a_delivery, an_alert, an_event, later
from tests.support.notices import a_service_alert
from tests.unit.pipeline.fakes import a_source

pytest.importorskip("opentelemetry.sdk", reason="the otel extra is not installed")

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from alerts.observe.trace import TracingWitness, trace_of

EVENT = an_event()
ALERT = an_alert().model_copy(update={"event": EVENT})


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    yield
    structlog.reset_defaults()


class Kept:
    """A witness of a process of its own, and the spans that it sent."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.witness = TracingWitness(SimpleSpanProcessor(self._exporter))

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self._exporter.get_finished_spans() if span.name == name]

    def one(self, name: str) -> ReadableSpan:
        (span,) = self.named(name)
        return span

    def poll(self, reason: PollReason = PollReason.NEW_ENTRIES, *, new: bool = True) -> None:
        with self.witness.run(Lane.POLL) as run:
            events = (EVENT,) if new else ()
            self.witness.polled(Polled(a_source("desk"), Fetched(reason), events, NOON, later(2)))
            run.worked = 1

    def decide(self) -> None:
        decided = (Decided("in-halt", DecisionReason.OPENED, ALERT.id, "sty_1"),)
        with self.witness.run(Lane.DECIDE) as run:
            self.witness.decided(Decision(EVENT, Recognition(relevant=True), decided, (ALERT,), began=NOON))
            run.worked = 1

    def deliver(self, reason: OutcomeReason = OutcomeReason.DELIVERED) -> None:
        delivery = a_delivery(ALERT)
        done = Completion(Lease(delivery.id, 1), "erp", later(5), reason, "", 1.5, None)
        with self.witness.run(Lane.DELIVER) as run:
            self.witness.delivered(delivery, ALERT, done)
            run.worked = 1


def test_every_step_of_an_event_is_in_one_trace_whatever_process_did_it() -> None:
    poller, decider, first, second = Kept(), Kept(), Kept(), Kept()
    poller.poll()
    decider.decide()
    first.deliver(OutcomeReason.TIMEOUT)
    second.deliver()
    root = poller.one("admit")
    assert (root.context.trace_id, root.context.span_id) == trace_of(EVENT.id)
    assert root.parent is None
    steps = [decider.one("decide"), first.one("deliver erp"), second.one("deliver erp")]
    for step in steps:
        assert step.context.trace_id == root.context.trace_id
        assert step.parent is not None
        assert step.parent.span_id == root.context.span_id
    assert len({step.context.span_id for step in steps}) == 3
    assert steps[1].status.status_code is StatusCode.ERROR
    assert steps[2].status.status_code is StatusCode.UNSET


def test_steps_have_their_times_and_the_ids_by_which_logs_tell_of_them() -> None:
    kept = Kept()
    kept.poll()
    kept.decide()
    kept.deliver()
    admit, decide, deliver = kept.one("admit"), kept.one("decide"), kept.one("deliver erp")
    assert admit.start_time == round(NOON.timestamp()) * 10**9
    assert admit.end_time is not None
    assert admit.end_time - admit.start_time == 2 * 10**9
    assert decide.start_time == admit.start_time
    assert deliver.start_time == round((later(5) - timedelta(seconds=1.5)).timestamp() * 1000) * 10**6
    assert {span.attributes["exportwatch.event"] for span in (admit, decide, deliver) if span.attributes} == {
        EVENT.id
    }
    assert deliver.attributes is not None
    assert deliver.attributes["exportwatch.delivery"] == a_delivery(ALERT).id
    assert decide.attributes is not None
    assert decide.attributes["exportwatch.reasons"] == ("opened",)


def test_a_step_is_linked_to_the_run_that_did_it() -> None:
    kept = Kept()
    kept.poll()
    kept.decide()
    run, poll = kept.one("run poll"), kept.one("poll desk")
    assert poll.parent is not None
    assert poll.parent.span_id == run.context.span_id
    assert [link.context.span_id for link in kept.one("admit").links] == [poll.context.span_id]
    assert [link.context.span_id for link in kept.one("decide").links] == [
        kept.one("run decide").context.span_id
    ]
    assert run.attributes is not None
    assert run.attributes["exportwatch.items"] == 1


def test_a_run_that_found_nothing_to_do_is_not_sent_and_one_that_broke_off_is() -> None:
    kept = Kept()
    with kept.witness.run(Lane.SWEEP):
        pass
    assert kept.named("run sweep") == []
    with pytest.raises(KeyError), kept.witness.run(Lane.SWEEP):
        raise KeyError("away")
    assert kept.one("run sweep").status.status_code is StatusCode.ERROR


def test_a_failed_poll_is_an_error_and_admits_nothing() -> None:
    kept = Kept()
    kept.poll(PollReason.DNS, new=False)
    assert kept.one("poll desk").status.description == "dns"
    assert kept.named("admit") == []


def test_a_notice_about_the_service_itself_is_a_step_of_its_run() -> None:
    kept, alert = Kept(), a_service_alert()
    done = Completion(Lease("d", 1), "erp", NOON, OutcomeReason.DELIVERED, "", 0.1, None)
    with kept.witness.run(Lane.DELIVER) as run:
        kept.witness.delivered(a_delivery(alert), alert, done)
        run.worked = 1
    span = kept.one("deliver erp")
    assert span.parent is not None
    assert span.parent.span_id == kept.one("run deliver").context.span_id


def test_a_trace_is_sampled_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its id, so that processes that know nothing of each other leave out the same traces."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    told = set()
    for number in range(40):
        event = an_event(key=str(number))
        poller, decider = Kept(), Kept()
        poller.witness.polled(Polled(a_source("desk"), Fetched(PollReason.NEW_ENTRIES), (event,), NOON, NOON))
        decider.witness.decided(Decision(event, Recognition(relevant=False), ()))
        assert len(poller.named("admit")) == len(decider.named("decide"))
        told.add(len(poller.named("admit")))
    assert told == {0, 1}


def test_ids_are_a_wire_format_that_does_not_change() -> None:
    trace_id, span_id = trace_of("evt_a")
    assert (f"{trace_id:032x}", f"{span_id:016x}") == (
        "87a8b6275634874c3226e4d5e15f6f1b",
        "06ad233c8fbe2609",
    )


def test_off_means_that_nothing_of_it_is_imported() -> None:
    assert type(make_witness("")) is Witness
    ours = "{'alerts.observe.trace', 'opentelemetry.exporter'} & set(sys.modules)"  # redis looks for it too
    code = f"import sys, alerts.wiring, alerts.cli.worker; sys.exit(bool({ours}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_wanted_but_not_installed_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"exportwatch\[otel\]"):
        check_otel("http://collector:4318")
    check_otel("")


def test_tasks_of_a_run_are_within_it() -> None:
    """Polls run side by side in tasks of their own; each is a step of the run all the same."""
    kept = Kept()

    async def scene() -> None:
        with kept.witness.run(Lane.POLL) as run:
            polled = Polled(a_source("desk"), Fetched(PollReason.NOT_MODIFIED), (), NOON, NOON)
            await asyncio.gather(*(asyncio.to_thread(kept.witness.polled, polled) for _ in range(3)))
            run.worked = 3

    asyncio.run(scene())
    run = kept.one("run poll").context.span_id
    assert [span.parent.span_id for span in kept.named("poll desk") if span.parent] == [run] * 3
