"""One rule's node to a compiled rule, and what a live rule must have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from alerts.core.correlation import Correlation, CorrelationType
from alerts.core.errors import Place
from alerts.engine.annotations import check_template
from alerts.engine.compiled import Rule
from alerts.engine.correlation import CorrelationRule
from alerts.engine.correlationread import read_correlation
from alerts.engine.detection import read_detection
from alerts.engine.document import Listing, Mapping, Node, Scalar, kind_of
from alerts.engine.exemption import read_exemptions
from alerts.engine.fieldread import FieldReader
from alerts.engine.findings import Findings
from alerts.engine.reading import read_model
from alerts.engine.rule import CorrelationTest, RuleHead, RuleStatus, RuleTest

_OTHERS = ("detection", "correlation", "exceptions", "tests")
Test = TypeVar("Test", RuleTest, CorrelationTest)


def read_rule(
    node: Node, reader: FieldReader, findings: Findings, today: date | None
) -> Rule | CorrelationRule | None:
    """Read one rule with every finding; None where one of them is an error."""
    if not isinstance(node, Mapping):
        findings.error("wrong-type", node.place, f"a rule is a mapping, found {kind_of(node)}")
        return None
    before = len(findings.problems)
    head = read_model(RuleHead, node, findings, skip=_OTHERS)
    place = node.keys.get("id", node.place)
    _check_templates(node, findings)
    if "correlation" in node.entries:
        correlation = read_correlation(node, findings)
        scenes = _tests(node.get("tests"), CorrelationTest, findings)
        _check_scenes(scenes, correlation, findings)
        _check_head(node, head, scenes, place, findings, today)
        if head is None or correlation is None or findings.errors_since(before):
            return None
        return CorrelationRule(head, correlation, tuple(test for _, test in scenes if test), place)
    detection = read_detection(
        node.get("detection"), node.keys.get("detection", node.place), reader, findings
    )
    exemptions = read_exemptions(node.get("exceptions"), reader, findings)
    tests = _tests(node.get("tests"), RuleTest, findings)
    _check_head(node, head, tests, place, findings, today)
    if head is None or detection is None or findings.errors_since(before):
        return None
    return Rule(head, detection, exemptions, tuple(test for _, test in tests if test is not None), place)


def _check_scenes(
    scenes: list[tuple[Mapping, CorrelationTest | None]],
    correlation: Correlation | None,
    findings: Findings,
) -> None:
    for node, test in scenes:
        if test is None:
            continue
        if not test.events:
            findings.error(
                "empty-values", node.place, "a test without events", "write `events: [{at: …, …}]`"
            )
        absence = correlation is not None and correlation.type is CorrelationType.ABSENCE
        if absence and test.at is None:
            remedy = "the time at which nothing more has come, e.g. at: 2026-01-15T12:00:00Z"
            findings.error("missing-key", node.place, "`at` of an absence's test is missing", remedy)


def _check_head(
    node: Mapping,
    head: RuleHead | None,
    tests: Sequence[tuple[Mapping, RuleTest | CorrelationTest | None]],
    place: Place,
    findings: Findings,
    today: date | None,
) -> None:
    """Check what goes with a rule's status and date."""
    if head is not None and "status" not in node.entries:
        message = f"rule `{head.id}` has no status, so it is a draft and never matches"
        findings.warning(
            "no-status", place, message, "add `status: shadow` to try it, `status: live` to be told"
        )
    if head is not None and head.status is RuleStatus.LIVE:
        _check_live(head, tests, place, findings)
    if head is not None and today is not None and head.review_by is not None and head.review_by < today:
        findings.warning(
            "review-overdue",
            node.keys["review_by"],
            f"rule `{head.id}` was to be reviewed by {head.review_by}",
            "read it again, then set a new date",
        )


def _check_live(
    head: RuleHead,
    tests: Sequence[tuple[Mapping, RuleTest | CorrelationTest | None]],
    place: Place,
    findings: Findings,
) -> None:
    remedy = "or set `status: shadow`, which is evaluated and recorded but never sent"
    if not head.owner:
        findings.error(
            "live-without-owner", place, f"live rule `{head.id}` has no owner", f"add `owner:`, {remedy}"
        )
    if head.review_by is None:
        findings.error(
            "live-without-review",
            place,
            f"live rule `{head.id}` has no review date",
            f"add `review_by: YYYY-MM-DD`, {remedy}",
        )
    if any(test is None for _, test in tests):
        return  # what is missing cannot be told before the tests themselves can be read
    expected = {test.expect for _, test in tests if test is not None}
    if "match" not in expected:
        findings.error(
            "live-without-match-test",
            place,
            f"live rule `{head.id}` has no test that expects a match",
            f"add one to `tests:`, {remedy}",
        )
    if "no_match" not in expected:
        findings.error(
            "live-without-near-miss",
            place,
            f"live rule `{head.id}` has no near miss",
            f"add a test with `expect: no_match` that nearly matches, {remedy}",
        )


def _tests(node: Node | None, model: type[Test], findings: Findings) -> list[tuple[Mapping, Test | None]]:
    if node is None:
        return []
    if not isinstance(node, Listing):
        findings.error("wrong-type", node.place, f"`tests` is a list, found {kind_of(node)}")
        return []
    found: list[tuple[Mapping, Test | None]] = []
    for item in node.items:
        test = read_model(model, item, findings)
        if isinstance(item, Mapping):
            found.append((item, test))
    return found


def _check_templates(node: Mapping, findings: Findings) -> None:
    for section in ("labels", "annotations"):
        texts = node.get(section)
        for scalar in texts.entries.values() if isinstance(texts, Mapping) else ():
            if isinstance(scalar, Scalar) and isinstance(scalar.value, str):
                for fault in check_template(scalar.raw):
                    findings.error("bad-template", scalar.at(fault.offset), fault.message, fault.remedy)
