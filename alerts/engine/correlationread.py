"""``correlation:`` to a correlation, with everything that is wrong with it.

What a rule rests on (rules, sources) is checked when all files are read: :func:`check_bases`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Mapping as Lookup
from datetime import timedelta

from pydantic import ValidationError

from alerts.core.correlation import Correlation, CorrelationType
from alerts.core.durations import format_duration, parse_duration
from alerts.core.errors import Place
from alerts.engine import meant
from alerts.engine.correlation import CorrelationRule, cycles
from alerts.engine.document import Listing, Mapping, Node, Scalar, kind_of, plain
from alerts.engine.fields import FIELDS
from alerts.engine.findings import Findings, nearest, shown
from alerts.engine.grouping import GROUPABLE, STORY
from alerts.engine.reading import read_model
from alerts.engine.rule import CorrelationBlock, CountCondition, RuleHead, RuleStatus

LEAST_TIMESPAN = timedelta(minutes=1)
MOST_TIMESPAN = timedelta(days=90)
MOST_SILENCE = timedelta(days=366)
MOST_COUNT = 100
_COUNTED = (CorrelationType.EVENT_COUNT, CorrelationType.VALUE_COUNT)
_UPPER = ("lt", "lte", "eq", "neq")
GROUPS = (*GROUPABLE, STORY)
"""What ``group_by`` and ``field`` may name."""


def read_correlation(rule: Mapping, findings: Findings) -> Correlation | None:
    """Read a rule's ``correlation:``; None where it has errors."""
    before = len(findings.errors)
    node = rule.entries["correlation"]
    for key, remedy in _BESIDE.items():
        if key in rule.entries:
            message = f"`{key}` cannot stand beside `correlation`"
            findings.error("correlation-parts", rule.keys[key], message, remedy)
    if not isinstance(node, Mapping):
        findings.error("wrong-type", node.place, f"`correlation` is a mapping, found {kind_of(node)}")
        return None
    # Unknown keys aside, so that a slip of the pen does not hide what else is wrong.
    unknown = [key for key in node.entries if key not in _KEYS]
    block = read_model(CorrelationBlock, node, findings, skip=("condition", *unknown))
    for key in unknown:
        findings.error("unknown-key", node.keys[key], f"unknown key {shown(key)}", nearest(key, _KEYS))
    known = block or _with_some_type(node)
    if known is None:
        return None
    reader = _Reader(known, node, findings)
    timespan, least = reader.timespan(), reader.count() if block else None
    reader.base()
    reader.groups()
    if block is None or timespan is None or least is None or len(findings.errors) > before:
        return None
    rules, sources = tuple(dict.fromkeys(block.rules)), tuple(dict.fromkeys(block.sources))
    return Correlation(block.type, rules, sources, block.group_by, timespan, reader.field, least)


def _with_some_type(node: Mapping) -> CorrelationBlock | None:
    """The block where only its type is wrong, so that what does not hang on that can be checked."""
    data = {key: plain(value) for key, value in node.entries.items() if key in _KEYS}
    try:
        return CorrelationBlock.model_validate(data | {"type": "event_count", "condition": None})
    except ValidationError:
        return None


_KEYS = tuple(CorrelationBlock.model_fields)
_BESIDE = {
    "detection": "a correlation's events are its base rules' matches: write the detection there",
    "exceptions": "write them in the base rules: what they take back does not count",
}


class _Reader:
    """One block's parts, each with its own complaints."""

    def __init__(self, block: CorrelationBlock, node: Mapping, findings: Findings) -> None:
        self._block, self._node, self._findings = block, node, findings
        self.field = ""

    def timespan(self) -> timedelta | None:
        most = MOST_SILENCE if self._block.type is CorrelationType.ABSENCE else MOST_TIMESPAN
        place = self._node.entries["timespan"].place
        try:
            span = parse_duration(self._block.timespan)
        except ValueError as error:
            self._findings.error("correlation-timespan", place, str(error))
            return None
        if not LEAST_TIMESPAN <= span <= most:
            message = f"a timespan of {format_duration(span)} cannot be counted over"
            remedy = f"write {format_duration(LEAST_TIMESPAN)} to {most.days}d"
            self._findings.error("correlation-timespan", place, message, remedy)
        return span

    def base(self) -> None:
        block, absence = self._block, self._block.type is CorrelationType.ABSENCE
        if not block.rules and not (absence and block.sources):
            what = "`rules` or `sources`" if absence else "`rules`"
            message = f"{what} of the correlation is missing"
            self._findings.error("missing-key", self._node.place, message, "name the rules that it rests on")
        if block.sources and not absence:
            remedy = "ask for `source.id` in the base rule's detection"
            self._refuse("sources", "`sources` goes with `type: absence` only", remedy)

    def groups(self) -> None:
        block = self._block
        for scalar in _scalars(self._node.get("group_by")):
            self._check_name(scalar)
        alone = block.group_by == ("source.id",) and block.sources and not block.rules
        if block.type is CorrelationType.ABSENCE and block.group_by and not alone:
            message = "an absence can be grouped by `source.id` only, over `sources` alone"
            remedy = "which other groups there should be nobody can tell from silence: write a rule each"
            self._refuse("group_by", message, remedy, "correlation-group")

    def count(self) -> int | None:
        """The count at which it holds; None where that cannot be told."""
        kind, node = self._block.type, self._node.get("condition")
        rules = len(set(self._block.rules))
        if node is None:
            if kind in _COUNTED:
                remedy = "e.g. condition: {gte: 2}"
                self._findings.error(
                    "missing-key", self._node.place, f"`condition` of {kind} is missing", remedy
                )
                return None
            return self._among(rules, rules, self._node.keys["type"]) if kind in _TEMPORAL else 1
        if kind not in (*_COUNTED, CorrelationType.TEMPORAL):
            remedy = "remove it: all rules, in order" if kind in _TEMPORAL else "remove it"
            self._refuse("condition", f"{kind} takes no condition", remedy)
            return None
        condition = self._condition(node)
        if condition is None:
            return None
        least = condition.gte if condition.gte is not None else (condition.gt or 0) + 1
        return self._among(least, self._most(rules), node.place)

    def _condition(self, node: Node) -> CountCondition | None:
        condition = read_model(CountCondition, node, self._findings, skip=_UPPER)
        if condition is None or not isinstance(node, Mapping):
            return None
        upper = [key for key in _UPPER if key in node.entries]
        for key in upper:
            remedy = "write gte (or gt); for too few, `type: absence`"
            message = f"`{key}` is never settled: a count only rises while events come"
            self._findings.error("correlation-condition", node.keys[key], message, remedy)
        if (condition.gte is None) is (condition.gt is None):
            if upper:
                return None
            message = "a condition has exactly one of `gte` and `gt`"
            self._findings.error("correlation-condition", node.place, message, "e.g. {gte: 2}")
            return None
        if self._block.type is CorrelationType.VALUE_COUNT:
            self._value_field(node)
        elif condition.field:
            remedy = "write `type: value_count` to count distinct values"
            place = node.keys["field"]
            self._findings.error("correlation-parts", place, f"{self._block.type} counts no `field`", remedy)
        return condition

    def _value_field(self, node: Mapping) -> None:
        name = node.get("field")
        if not isinstance(name, Scalar):
            remedy = "e.g. {field: source.publisher, gte: 2}"
            self._findings.error("missing-key", node.place, "`field` of value_count is missing", remedy)
        elif self._check_name(name):
            self.field = name.raw

    def _most(self, rules: int) -> int:
        if self._block.type is CorrelationType.TEMPORAL:
            return rules
        known = len(FIELDS[self.field].known) if self.field in FIELDS else 0
        return min(known or MOST_COUNT, MOST_COUNT)

    def _among(self, least: int, most: int, place: Place) -> int:
        if least < 2:
            message = "a count of 1 is reached by every event of the base"
            remedy = "ask for 2 or more; to be told of each, make the base rule live"
            if self._block.type in _TEMPORAL:
                message, remedy = "one rule alone is no correlation", "name two rules or more"
            self._findings.error("correlation-condition", place, message, remedy)
        elif least > most:
            message = f"a count of {least} can never be reached"
            self._findings.error("correlation-condition", place, message, f"{most} is the most there can be")
        return least

    def _check_name(self, scalar: Scalar) -> bool:
        """Whether events can be told apart by this name."""
        if scalar.raw in GROUPS:
            return True
        if scalar.raw in FIELDS:
            message = f"events cannot be told apart by `{scalar.raw}`"
            self._findings.error("correlation-group", scalar.place, message, f"known: {', '.join(GROUPS)}")
        else:
            message = f"unknown field {shown(scalar.raw)}"
            self._findings.error(
                "unknown-field", scalar.place, message, nearest(scalar.raw, GROUPS, words=meant.FIELDS)
            )
        return False

    def _refuse(self, key: str, message: str, remedy: str, code: str = "correlation-parts") -> None:
        self._findings.error(code, self._node.keys[key], message, remedy)


_TEMPORAL = (CorrelationType.TEMPORAL, CorrelationType.TEMPORAL_ORDERED)


def _scalars(node: Node | None) -> Iterator[Scalar]:
    items = node.items if isinstance(node, Listing) else (node,)
    return (item for item in items if isinstance(item, Scalar))


def check_bases(
    nodes: Iterable[Mapping],
    rules: Lookup[str, CorrelationRule],
    heads: Lookup[str, RuleHead | None],
    sources: Iterable[str],
    findings: Findings,
) -> None:
    """Check what correlations rest on; ``heads`` has every rule's id, None where it is broken."""
    known = list(sources)
    for node in nodes:
        block = node.get("correlation")
        if not isinstance(block, Mapping):
            continue
        status = node.get("status")
        evaluated = isinstance(status, Scalar) and status.raw in ("live", "shadow")
        for scalar in _scalars(block.get("rules")):
            _check_rule(scalar, evaluated, rules, heads, known, findings)
        for scalar in _scalars(block.get("sources")):
            if scalar.raw not in known:
                message = f"no source `{scalar.raw[:60]}`"
                # No error: who puts sources of their own in place of ours must not lose all rules by it.
                findings.warning("unknown-source", scalar.place, message, nearest(scalar.raw, known))
    for rule in cycles(list(rules.values())):
        message = f"correlation `{rule.head.id}` rests on itself"
        findings.error("correlation-cycle", rule.place, message, "take one of the rules of the circle out")


def _check_rule(
    scalar: Scalar,
    evaluated: bool,
    rules: Lookup[str, CorrelationRule],
    heads: Lookup[str, RuleHead | None],
    sources: Collection[str],
    findings: Findings,
) -> None:
    name = scalar.raw
    if name not in heads:
        remedy = nearest(name, heads)
        if name in sources:
            remedy = (
                "it is a source: name it in `sources` of an absence, or match it by `source.id` in a rule"
            )
        findings.error("unknown-rule", scalar.place, f"no rule `{name[:60]}`", remedy)
        return
    base = heads[name]
    if name in rules and rules[name].absence:
        message = f"`{name}` tells of silence, which is no event"
        findings.error("correlation-parts", scalar.place, message, "name rules that match events")
    elif base is not None and evaluated and not base.status.evaluated:
        message = f"rule `{name}` is {base.status}, so it is not evaluated and nothing would be counted"
        remedy = f"set it to `{RuleStatus.SHADOW}`, which counts without alerting"
        findings.error("dead-base", scalar.place, message, remedy)
