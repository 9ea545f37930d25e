"""OpenTelemetry: spans of lane runs and of every step of an item. The only module that imports it.

No context travels with an item. An event's trace is found from its id: trace id and the id of
the trace's root span are a hash of it, so that whoever works on the event, in whatever process,
after whatever kill, adds to the same trace, and ids, records and payloads stay what they are.

- ``poll SOURCE``: a span of the run of the poll lane that did it;
- ``admit``: the root of an event's trace, linked to that poll;
- ``decide``, ``deliver TARGET``: its children, each linked to the run in which it was done. A
  delivery tried five times is five spans. A notice about the service itself has no event: its
  deliveries are spans of their run.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterator, Mapping
from datetime import datetime

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision as Sampling
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from alerts import __version__
from alerts.core.alert import Alert
from alerts.core.delivery import Delivery
from alerts.core.event import Event
from alerts.observe.witness import Run, Witness
from alerts.pipeline.lane import Lane
from alerts.pipeline.ports import Completion, Decision, Polled

EXPORT_EVERY = 1000
"""Milliseconds between exports: the most that the end of a process loses."""

Attributes = Mapping[str, str | int | list[str]]


def export_to(otlp_endpoint: str) -> SpanProcessor:
    """Return what sends spans to a collector by OTLP over HTTP, in a thread of its own."""
    exporter = OTLPSpanExporter(f"{otlp_endpoint.rstrip('/')}/v1/traces")
    return BatchSpanProcessor(exporter, schedule_delay_millis=EXPORT_EVERY)


def trace_of(event_id: str) -> tuple[int, int]:
    """The ids of an event's trace and of its root span; never 0, which OpenTelemetry takes for none."""
    digest = hashlib.blake2b(event_id.encode(), digest_size=24, person=b"trace").digest()
    return int.from_bytes(digest[:16], "big") or 1, int.from_bytes(digest[16:], "big") or 1


class _Ids(RandomIdGenerator):
    """Random ids, but for the next span where its ids were given beforehand."""

    def __init__(self) -> None:
        self.given: tuple[int, int] | None = None

    def generate_trace_id(self) -> int:
        return self.given[0] if self.given else super().generate_trace_id()

    def generate_span_id(self) -> int:
        span_id = self.given[1] if self.given else super().generate_span_id()
        self.given = None
        return span_id


class TracingWitness(Witness):
    """Logs what the lanes do, and makes spans of it."""

    def __init__(self, processor: SpanProcessor) -> None:
        self._ids = _Ids()
        resource = Resource.create({"service.name": "exportwatch", "service.version": __version__})
        self._provider = TracerProvider(resource=resource, id_generator=self._ids)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("exportwatch", __version__)

    @contextlib.contextmanager
    def run(self, lane: Lane) -> Iterator[Run]:
        """Make a span of the run; one that found nothing to do is never ended, so not sent."""
        span = self._tracer.start_span(f"run {lane}", attributes={"exportwatch.lane": str(lane)})
        run = Run()
        try:
            with trace.use_span(span, end_on_exit=False):
                yield run
        except BaseException:  # a run that was cut off is sent, too
            span.end()
            raise
        if run.worked:
            span.set_attribute("exportwatch.items", run.worked)
            span.end()

    def polled(self, polled: Polled) -> None:
        """Make a span of the poll, and the root of a trace for each new event."""
        super().polled(polled)
        source, reason = polled.source.id, polled.fetched.reason
        about: Attributes = {
            "exportwatch.source": source,
            "exportwatch.reason": str(reason),
            "exportwatch.new": len(polled.events),
        }
        poll = self._step(f"poll {source}", polled.began, polled.ended, about, ok=reason.ok, out=True)
        for event in polled.events:
            self._ids.given = trace_of(event.id)
            self._step(
                "admit", polled.began, polled.ended, {**_about(event)}, context=Context(), links=[Link(poll)]
            )

    def decided(self, decision: Decision) -> None:
        """Make a span of the decision, in its event's trace."""
        super().decided(decision)
        decided = decision.decided
        about: Attributes = {
            **_about(decision.event),
            "exportwatch.rules": [each.rule_id for each in decided if each.rule_id],
            "exportwatch.reasons": [str(each.reason) for each in decided],
            "exportwatch.alerts": [alert.id for alert in decision.alerts],
            "exportwatch.stories": [change.story.id for change in decision.stories],
        }
        self._item_step("decide", decision.event, decision.began, None, about)

    def delivered(self, delivery: Delivery, alert: Alert, done: Completion) -> None:
        """Make a span of the attempt, in the trace of the event that the notice tells of."""
        super().delivered(delivery, alert, done)
        about: Attributes = {
            **(_about(alert.event) if alert.event else {}),
            "exportwatch.alert": alert.id,
            "exportwatch.delivery": delivery.id,
            "exportwatch.target": delivery.target,
            "exportwatch.reason": str(done.reason),
            "exportwatch.tries": delivery.tries + 1,
        }
        name, began = f"deliver {delivery.target}", done.began
        if alert.event is None:
            self._step(name, began, done.at, about, ok=done.reason.ok, out=True)
        else:
            self._item_step(name, alert.event, began, done.at, about, ok=done.reason.ok, out=True)

    def _item_step(
        self,
        name: str,
        event: Event,
        began: datetime | None,
        ended: datetime | None,
        about: Attributes,
        *,
        ok: bool = True,
        out: bool = False,
    ) -> None:
        root = trace.set_span_in_context(NonRecordingSpan(self._root(event)), Context())
        run = Link(trace.get_current_span().get_span_context())
        self._step(name, began, ended, about, context=root, links=[run], ok=ok, out=out)

    def _root(self, event: Event) -> SpanContext:
        """The root of an event's trace, as the process that admitted it made it, sampled or not."""
        trace_id, span_id = trace_of(event.id)
        said = self._provider.sampler.should_sample(None, trace_id, "admit").decision
        sampled = said is Sampling.RECORD_AND_SAMPLE
        flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
        return SpanContext(trace_id, span_id, is_remote=True, trace_flags=flags)

    def _step(
        self,
        name: str,
        began: datetime | None,
        ended: datetime | None,
        about: Attributes,
        *,
        context: Context | None = None,
        links: list[Link] | None = None,
        ok: bool = True,
        out: bool = False,
    ) -> SpanContext:
        span = self._tracer.start_span(
            name,
            context,
            SpanKind.CLIENT if out else SpanKind.INTERNAL,
            dict(about),
            links,
            _nanoseconds(began) or time.time_ns(),
        )
        if not ok:
            span.set_status(Status(StatusCode.ERROR, str(about.get("exportwatch.reason", ""))))
        span.end(_nanoseconds(ended))
        return span.get_span_context()


def _about(event: Event) -> dict[str, str | int | list[str]]:
    return {"exportwatch.event": event.id, "exportwatch.source": event.source.id}


def _nanoseconds(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1_000_000) * 1000
