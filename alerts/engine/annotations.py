"""Labels and annotations: templates for people, in a language that cannot do harm.

Jinja2's sandbox keeps a template from the machine, but not from running for ever. So only
expressions, ``if`` and a few filters are allowed: no loops, no arithmetic, no calls. Work
and result are bounded by the template's own length, and rendering never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from jinja2 import ChainableUndefined, TemplateError, nodes
from jinja2.environment import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerts.core.event import Event
from alerts.core.measure import Measure
from alerts.core.places import place_label
from alerts.core.taxonomy import commodity_label
from alerts.engine.filling import MAX_RESULT, MAX_VALUE, NAMES, Filling, filling_of, join, plainly_right
from alerts.engine.findings import nearest

MAX_TEMPLATE = 2_000
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Getattr,
    nodes.Name,
    nodes.Const,
    nodes.Filter,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Test,
    nodes.Tuple,
    nodes.List,
)
_FILTERS = (
    "join",
    "default",
    "d",
    "upper",
    "lower",
    "title",
    "capitalize",
    "first",
    "last",
    "length",
    "sort",
    "trim",
    "truncate",
)
_TESTS = ("defined", "undefined", "none", "in", "eq", "ne", "equalto", "string")


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """What is wrong with a template, at a character of it."""

    offset: int
    message: str
    remedy: str = ""


class Text:
    """A label or annotation, ready to be rendered."""

    __slots__ = ("_asks", "_template", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._asks = "{" in source
        self._template: Filling | Template | None = None

    def render(self, names: Mapping[str, Any]) -> str:
        """Return the text for one event; what is not known is left blank."""
        if not self._asks:
            return self.source
        try:
            if self._template is None:  # compiled at the first match: a load of a thousand rules stays quick
                self._template = filling_of(self.source) or _compiled(self.source)
            if isinstance(self._template, Filling):
                return self._template.fill(names)[:MAX_RESULT].strip()
            return self._template.render(names)[:MAX_RESULT].strip()
        except Exception:  # a sentence is lost, not the alert
            return ""


@lru_cache(maxsize=4096)
def _compiled(source: str) -> Template:
    """Compile a template once, in however many rules it stands."""
    return _environment().from_string(source)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=ChainableUndefined)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS} | {"join": join}
    environment.tests = {name: environment.tests[name] for name in _TESTS}
    return environment


_SINGLE = re.compile(r"(?<!\{)\$?\{ *((?:event|measure|rule)\.[a-z_.]+) *\}(?!\})")
"""What other products fill in; here it would be shown to the reader as it stands."""


def _single_brace(found: re.Match[str]) -> TemplateFault:
    message = f"`{found[0]}` is shown as it stands"
    return TemplateFault(found.start(), message, f"write {{{{ {found[1]} }}}}")


def check_template(source: str) -> list[TemplateFault]:
    """Everything wrong with a template."""
    if len(source) > MAX_TEMPLATE:
        return [TemplateFault(0, f"the text has {len(source):,} characters", f"{MAX_TEMPLATE:,} at most")]
    if "{" not in source or plainly_right(source):
        return []
    try:
        faults = list(_faults(_environment().parse(source), source))
        return faults + [_single_brace(found) for found in _SINGLE.finditer(source)]
    except (TemplateError, RecursionError) as error:
        line = getattr(error, "lineno", 1) or 1
        offset = sum(len(part) + 1 for part in source.split("\n")[: line - 1])
        brace = source.find("{", offset)
        message = str(error).splitlines()[0] if str(error) else type(error).__name__
        return [
            TemplateFault(max(brace, 0), message, "write {{ event.title }}; a literal brace is {{ '{' }}")
        ]


def _faults(tree: nodes.Template, source: str) -> Iterable[TemplateFault]:
    foreign = next((node for node in tree.find_all(nodes.Node) if not isinstance(node, _ALLOWED)), None)
    for node in [foreign] if foreign is not None else tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            word = type(node).__name__.lower()
            yield TemplateFault(
                _offset(source, node, "{"),
                f"`{word}` is not allowed in a template",
                "only {{ name }}, {{ name | filter }} and {% if %}: a template must end quickly",
            )
        elif isinstance(node, nodes.Name) and node.name not in NAMES:
            yield TemplateFault(
                _offset(source, node, node.name),
                f"unknown name `{node.name[:60]}`",
                nearest(node.name, NAMES),
            )
        elif isinstance(node, nodes.Getattr):
            yield from _attribute(node, source)
        elif isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            yield TemplateFault(
                _offset(source, node, node.name),
                f"unknown filter `{node.name[:60]}`",
                nearest(node.name, _FILTERS),
            )
        elif isinstance(node, nodes.Test) and node.name not in _TESTS:
            yield TemplateFault(
                _offset(source, node, node.name),
                f"unknown test `{node.name[:60]}`",
                nearest(node.name, _TESTS),
            )


def _attribute(node: nodes.Getattr, source: str) -> Iterable[TemplateFault]:
    known: tuple[str, ...] = ()
    if isinstance(node.node, nodes.Name):
        known = NAMES.get(node.node.name, (node.attr,))
    elif isinstance(node.node, nodes.Getattr) and node.node.attr == "source":
        known = ("id", "publisher", "tier", "country")
    elif isinstance(node.node, nodes.Getattr) and isinstance(node.node.node, nodes.Name):
        known = (node.attr,)  # `rule.labels.team`: that there is no `labels` is told already
        if node.node.attr in NAMES.get(node.node.node.name, ()):
            known = ()
    if node.attr not in known:
        yield TemplateFault(
            _offset(source, node, node.attr), f"unknown name `{node.attr[:60]}`", nearest(node.attr, known)
        )


def _offset(source: str, node: nodes.Node, word: str) -> int:
    start = sum(len(part) + 1 for part in source.split("\n")[: (node.lineno or 1) - 1])
    return max(source.find(word, start), 0)


def event_names(event: Event) -> dict[str, Any]:
    """Return what a template sees of the event."""
    return {
        "id": event.id,
        "title": event.title[:MAX_VALUE],
        "text": event.text[:MAX_VALUE],
        "text_added": event.text_added[:MAX_VALUE],
        "url": event.url or "",
        "lang": event.lang or "",
        "published": f"{event.published:%Y-%m-%d}" if event.published else "",
        "source": event.source.model_dump(mode="json"),
        "publisher": event.source.publisher,
        "value": _number(event.value),
        "change_pct": _number(event.change_pct),
    }


def measure_names(measure: Measure | None) -> dict[str, Any]:
    """Return what a template sees of the measure: codes in words; ``_code`` keeps the code."""
    if measure is None:
        return {
            name: () if name.endswith(("s", "ids")) and name != "status" else "" for name in NAMES["measure"]
        }
    return {
        "issuer": place_label(measure.issuer) if measure.issuer else "",
        "issuer_code": measure.issuer or "",
        "targets": tuple(place_label(code) for code in measure.targets),
        "target_codes": measure.targets,
        "kind": measure.kind.label,
        "measure": measure.kind.label,
        "commodities": tuple(commodity_label(name) for name in measure.commodities),
        "commodity_ids": measure.commodities,
        "status": measure.status.value.replace("_", " "),
        "effective_date": measure.effective_date.isoformat() if measure.effective_date else "",
        "hs": measure.hs,
        "entities": measure.entities,
    }


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
