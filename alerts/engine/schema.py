"""JSON Schemas (draft-07) of the files, generated from the definitions that the loader uses.

They are what gives completion in an editor: the YAML language server reads draft-07 only.
The linter stays the judge; a schema knows neither queries nor conditions.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, TypeAdapter

from alerts.core.measure import EVERYONE
from alerts.core.places import PLACES
from alerts.core.receiver import Receiver
from alerts.core.route import Routes
from alerts.core.source import Source
from alerts.core.taxonomy import COMMODITIES
from alerts.engine.correlationread import GROUPS
from alerts.engine.fields import FIELDS, OPERATORS, Field, Kind
from alerts.engine.grouping import GROUPABLE
from alerts.engine.rule import CorrelationBlock, CorrelationTest, RuleHead, RuleTest, TermList
from alerts.engine.schematext import CORRELATION, DEFINITIONS, LIST, ROUTE_DEFINITIONS, ROUTES, RULE, describe

Schema = dict[str, Any]
DRAFT = "http://json-schema.org/draft-07/schema#"
_VALUE: Schema = {"type": ["string", "number", "boolean"]}


def schemas() -> dict[str, str]:
    """Return every schema as text by its file's name."""
    built = {
        "rules.json": _rules(),
        "sources.json": _listing("sources", Source, "Sources that are polled."),
        "receivers.json": _listing("receivers", Receiver, "Who is told, and how."),
        "routes.json": _routes(),
    }
    return {
        name: json.dumps({"$schema": DRAFT} | schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for name, schema in built.items()
    }


def _model(model: type[BaseModel]) -> Schema:
    schema: Schema = _draft_07(TypeAdapter(model).json_schema(by_alias=True))
    return schema


def _draft_07(node: Any) -> Any:
    """Rename what draft 2020-12 calls otherwise, and drop what editors stumble over."""
    if isinstance(node, list):
        return [_draft_07(item) for item in node]
    if not isinstance(node, dict):
        return node
    moved = {("definitions" if key == "$defs" else key): _draft_07(value) for key, value in node.items()}
    if isinstance(moved.get("$ref"), str):
        moved["$ref"] = moved["$ref"].replace("#/$defs/", "#/definitions/")
    if "writeOnly" in moved:  # a secret: a plain string to whoever writes it
        moved = {"type": "string"}
    return moved


def _listing(section: str, model: type[BaseModel], title: str) -> Schema:
    item = _model(model)
    definitions = item.pop("definitions", {})
    return {
        "title": title,
        "type": "object",
        "properties": {section: {"type": "array", "items": item}},
        "definitions": definitions,
    }


def _routes() -> Schema:
    schema = _model(Routes) | {"title": "Which receiver a notice goes to."}
    equal = schema["definitions"]["InhibitRule"]["properties"]["equal"]
    equal["items"] = {"enum": list(GROUPABLE)}
    describe(schema, ROUTES)
    for name, texts in ROUTE_DEFINITIONS.items():
        describe(schema["definitions"][name], texts)
    return schema


def _rules() -> Schema:
    rule, listed = _model(RuleHead), _model(TermList)
    test, scene, correlation = _model(RuleTest), _model(CorrelationTest), _correlation()
    definitions: Schema = {}
    for part in (rule, test, scene, correlation, listed):
        definitions |= part.pop("definitions", {})
    definitions |= {"selection": _selection(), "exception": _exception(), "place": _place()}
    definitions |= {"test": test, "scene": scene}
    rule["properties"] |= {
        "detection": _detection(),
        "correlation": correlation,
        "exceptions": {"type": "array", "items": {"$ref": "#/definitions/exception"}},
        "tests": {
            "type": "array",
            "items": {"anyOf": [{"$ref": "#/definitions/test"}, {"$ref": "#/definitions/scene"}]},
        },
    }
    _explain(rule, listed, definitions)
    describe(correlation, CORRELATION)
    rule["oneOf"] = [{"required": ["detection"]}, {"required": ["correlation"]}]
    return {
        "title": "Rules, and lists of terms.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "rules": {"type": "array", "items": rule, "description": "What to be told of."},
            "lists": {"type": "array", "items": listed, "description": "Terms that queries name as $id."},
        },
        "definitions": definitions,
    }


def _correlation() -> Schema:
    block = _model(CorrelationBlock)
    names = {"enum": list(GROUPS)}
    block["properties"]["group_by"] = {"anyOf": [names, {"type": "array", "items": names}]}
    block["definitions"]["CountCondition"]["properties"]["field"] = names
    return block | {"description": "Matches of other rules, counted over a timespan; instead of a detection."}


def _explain(rule: Schema, listed: Schema, definitions: Schema) -> None:
    """Put a sentence beside every key, and the closed lists where a model says only that it is a text."""
    measure = definitions["TestMeasure"]["properties"]
    goods = {"enum": list(COMMODITIES)}
    measure["issuer"] = {"enum": list(PLACES)}
    for name, one in (("target", {"enum": [EVERYONE, *PLACES]}), ("commodity", goods)):
        measure[name] = {"anyOf": [one, {"type": "array", "items": one}]}
    describe(rule, RULE)
    describe(listed, LIST)
    for name, texts in DEFINITIONS.items():
        describe(definitions[name], texts)


def _detection() -> Schema:
    selection = {"$ref": "#/definitions/selection"}
    return {
        "type": "object",
        "description": "Named selections, and how they are joined.",
        "minProperties": 1,
        "properties": {"condition": {"type": "string", "description": "and, or, not, 1 of x*, all of them"}},
        "additionalProperties": {"anyOf": [selection, {"type": "array", "items": selection, "minItems": 1}]},
    }


def _selection() -> Schema:
    properties: Schema = {}
    patterns: Schema = {}
    for field in FIELDS.values():
        for operator in ("", *OPERATORS[field.kind]):
            if not operator and field.kind is Kind.TEXT:
                continue
            key = f"{field.name}|{operator}" if operator else field.name
            properties[key] = properties[f"{key}|not"] = _values(field, operator)
        name = field.name.replace(".", r"\.")
        operators = "|".join(OPERATORS[field.kind])
        patterns[rf"^{name}\|not\|({operators})$"] = {}
    return {
        "type": "object",
        "description": "Fields that must all hold; measure fields of one and the same measure.",
        "minProperties": 1,
        "properties": properties,
        "patternProperties": patterns,
        "additionalProperties": False,
    }


def _values(field: Field, operator: str) -> Schema:
    text = {"description": field.help}
    if operator == "exists":
        return {"type": "boolean"} | text
    one = _one(field, operator)
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]} | text


_WITHIN: Schema = {"type": "string", "pattern": r"^([0-9]+(ms|[smhdw]))+$"}
_LANG: Schema = {"type": "string", "pattern": "^[a-z]{2}$"}
_PLACE: Schema = {"$ref": "#/definitions/place"}
_FORMS: dict[Kind, Schema] = {
    Kind.NUMBER: {"type": "number"},
    Kind.DATE: {"type": "string", "pattern": r"^(now(\s*[+-]\s*[0-9]\w*)?|[0-9]{4}-?[0-9]{2}.*)$"},
    Kind.HS: {"type": ["string", "number"], "pattern": r"^[0-9][0-9.\s]*$"},
}


def _one(field: Field, operator: str) -> Schema:
    """One value: a word of a closed list, or its form, as far as a pattern can say."""
    if operator in ("in_list", "query", "re", "contains", "startswith"):
        return _VALUE
    if field.kind is Kind.PLACE:
        return {"anyOf": [_PLACE, {"const": EVERYONE}]} if EVERYONE in field.known else _PLACE
    if field.known:
        return {"enum": list(field.known)}
    form = _LANG if field.name == "lang" else _FORMS.get(field.kind, _VALUE)
    return _WITHIN if operator == "within" else form


def _place() -> Schema:
    """A code: offered in capitals, taken in any case, as the loader does."""
    either = "|".join("".join(f"[{char}{char.lower()}]" for char in code) for code in PLACES)
    return {
        "description": "ISO 3166 code, EU or WTO.",
        "anyOf": [{"enum": list(PLACES)}, {"type": "string", "pattern": f"^({either})$"}],
    }


def _exception() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["fields", "values", "reason"],
        "properties": {
            "fields": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            "values": {"type": "array", "minItems": 1},
            "reason": {"type": "string"},
        },
    }
