"""What ops write: a rule's head, its tests and a list of terms.

The head and the tests are pydantic models, so that lint, load and the JSON Schema share one
definition; the detection has a grammar of its own (:mod:`alerts.engine.detection`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, HttpUrl

from alerts.core.correlation import CorrelationType
from alerts.core.event import Event, SourceRef
from alerts.core.frozen import Frozen
from alerts.core.measure import EVERYONE, Measure
from alerts.core.places import PLACES, place_code
from alerts.core.source import Slug, Tier
from alerts.core.taxonomy import COMMODITIES, MeasureKind, Status

TEST_NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""The time of a test that names none: a test must not turn red as the year goes by."""


class RuleStatus(StrEnum):
    """``shadow`` is evaluated and recorded, never sent; draft and deprecated are not evaluated."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    DEPRECATED = "deprecated"

    @property
    def evaluated(self) -> bool:
        """Whether events are matched against a rule of this status."""
        return self in (RuleStatus.SHADOW, RuleStatus.LIVE)


RuleSeverity = Literal["info", "low", "medium", "high", "critical"]
LABEL_NAME = r"^[a-z_][a-z0-9_]{0,63}$"
LIST_NAME = r"^[a-z][a-z0-9_]{0,63}$"
LabelName = Annotated[str, Field(pattern=LABEL_NAME)]


class RuleHead(Frozen):
    """Everything of a rule but its detection, exceptions and tests."""

    id: Slug
    title: Annotated[str, Field(min_length=1, max_length=200)]
    status: RuleStatus = RuleStatus.DRAFT
    owner: str = ""
    review_by: date | None = None
    severity: RuleSeverity = "medium"
    description: str = ""
    labels: dict[LabelName, str] = {}
    annotations: dict[LabelName, str] = {}
    related: tuple[Slug, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """What a template sees of the rule."""
        return {
            "id": self.id,
            "title": self.title,
            "severity": self.severity,
            "owner": self.owner,
            "description": self.description,
        }


def _as_list(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) or value is None else [value]


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


def _known_place(code: str) -> str:
    if code not in PLACES and code != EVERYONE:
        known = place_code(code) or code.upper()
        write = f": write {known}" if known in PLACES else ", e.g. CN; or EU, WTO"
        raise ValueError(f"a place is its two-letter code{write}")
    return code


def _known_commodity(name: str) -> str:
    if name not in COMMODITIES:
        raise ValueError("no such commodity; write its id, e.g. rare_earths")
    return name


Words = Annotated[tuple[str, ...], BeforeValidator(_as_list, json_schema_input_type=str | list[str])]
PlaceCode = Annotated[str, BeforeValidator(_known_place, json_schema_input_type=str)]
Places = Annotated[tuple[PlaceCode, ...], BeforeValidator(_as_list, json_schema_input_type=str | list[str])]
CommodityId = Annotated[str, BeforeValidator(_known_commodity, json_schema_input_type=str)]
Commodities = Annotated[
    tuple[CommodityId, ...], BeforeValidator(_as_list, json_schema_input_type=str | list[str])
]


class TestMeasure(Frozen):
    """A measure given by a test, under the names that a detection uses."""

    __test__ = False
    issuer: PlaceCode | None = None
    target: Places = (EVERYONE,)
    commodity: Commodities = ()
    measure: MeasureKind
    status: Status = Status.ANNOUNCED
    effective_date: date | None = None
    hs: Words = ()
    entity: Words = ()

    def build(self) -> Measure:
        """Return the measure as the recogniser would give it."""
        return Measure(
            issuer=self.issuer,
            targets=self.target,
            kind=self.measure,
            commodities=self.commodity,
            status=self.status,
            effective_date=self.effective_date,
            hs=self.hs,
            entities=self.entity,
        )


class TestSource(Frozen):
    """The source of a test's event."""

    __test__ = False

    id: Slug = "test"
    publisher: str = "Test"
    tier: Tier = Tier.OTHER
    country: str | None = None


class TestEvent(Frozen):
    """An event as a test writes it; what is left out gets a harmless default."""

    __test__ = False

    title: str = ""
    text: str = ""
    text_added: str | None = None
    url: HttpUrl | None = None
    lang: str | None = None
    published: datetime | None = None
    source: TestSource = TestSource()
    value: float | None = None
    change_pct: float | None = None
    measures: tuple[TestMeasure, ...] | None = None

    def build(self, now: datetime) -> Event:
        """Return the event as the poll lane would admit it."""
        source = SourceRef(**self.source.model_dump())
        return Event(
            id="evt_test",
            source=source,
            key="test",
            revision=1,
            title=self.title,
            text=self.text,
            text_added=self.text if self.text_added is None else self.text_added,
            url=str(self.url) if self.url else None,
            lang=self.lang,
            published=aware(self.published) or now,
            seen=now,
            value=self.value,
            change_pct=self.change_pct,
        )


class CountCondition(Frozen):
    """How much is enough: ``gte`` (or ``gt``), of distinct values of ``field`` where one is given."""

    field: str = ""
    gte: int | None = None
    gt: int | None = None


class RuleTest(Frozen):
    """A test that stands in the rule. ``at`` is the time it plays at."""

    __test__ = False

    name: Annotated[str, Field(min_length=1)]
    event: TestEvent
    expect: Literal["match", "no_match", "excepted"]
    at: datetime = TEST_NOW


class TimedEvent(TestEvent):
    """One of the events of a correlation's test; ``at`` is when it is published and seen."""

    at: datetime


class CorrelationTest(Frozen):
    """A test of a correlation rule: events in any order, and what should have come of them.

    ``match`` is a correlation that held at least once. ``at`` is when an absence is asked.
    """

    __test__ = False

    name: Annotated[str, Field(min_length=1)]
    events: Annotated[tuple[TimedEvent, ...], Field(max_length=200)] = ()
    expect: Literal["match", "no_match"]
    at: datetime | None = None


class CorrelationBlock(Frozen):
    """What stands under ``correlation:``; what fits which type is the linter's to say."""

    type: CorrelationType
    rules: Annotated[tuple[Slug, ...], BeforeValidator(_as_list, json_schema_input_type=str | list[str])] = ()
    sources: Annotated[
        tuple[Slug, ...], BeforeValidator(_as_list, json_schema_input_type=str | list[str])
    ] = ()
    group_by: Words = ()
    timespan: Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str)]
    condition: CountCondition | None = None


class TermList(Frozen):
    """A list that queries name as ``$id``, with somebody who answers for its terms."""

    id: Annotated[str, Field(pattern=LIST_NAME)]
    owner: str = ""
    description: str = ""
    terms: tuple[str, ...] = ()


def aware(moment: datetime | None) -> datetime | None:
    """Return a time without a zone is read as UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
