"""JUnit's XML, which every CI shows: a suite of cases, each passed or failed with a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree  # written only: nothing is parsed

from alerts.core.errors import Place


@dataclass(frozen=True, slots=True)
class Case:
    """One test; ``failure`` is empty where it passed."""

    group: str
    name: str
    place: Place
    failure: str = ""


def junit(suite_name: str, cases: Sequence[Case], properties: Mapping[str, str] | None = None) -> str:
    """Write a suite."""
    failed = sum(bool(case.failure) for case in cases)
    suite = ElementTree.Element("testsuite", name=suite_name, tests=str(len(cases)), failures=str(failed))
    if properties:
        told = ElementTree.SubElement(suite, "properties")
        for name, value in properties.items():
            ElementTree.SubElement(told, "property", name=name, value=value)
    for case in cases:
        one = ElementTree.SubElement(suite, "testcase", classname=case.group, name=case.name)
        one.attrib |= {"file": case.place.file, "line": str(case.place.line)}
        if case.failure:
            ElementTree.SubElement(one, "failure", message=case.failure)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)
