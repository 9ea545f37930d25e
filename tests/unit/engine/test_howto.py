"""Every example of the how-to pages, parsed and run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.cli.check import source_fault
from alerts.engine.intest import run_tests
from alerts.engine.loading import lint, read_all
from alerts.pipeline.retelling import retell
from alerts.pipeline.routetest import run_route_tests
from tests.unit.engine.building import folder, rule_text
from tests.unit.engine.test_docs import whole_file

DOCS = Path(__file__).parents[3] / "docs"
PAGES = [*sorted((DOCS / "howto").glob("*.md")), DOCS / "reference" / "routes.md"]
OURS = re.compile(r"^(?:rules|lists|sources|receivers|route):", re.MULTILINE)
"""What a file of the rules folder has at its top; other YAML (compose, ``yaml values``) is checked elsewhere."""
EXAMPLES = [
    pytest.param(kind.removeprefix("yaml").strip(), text, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, (kind, text) in enumerate(
        re.findall(r"^```(yaml.*)\n((?:.*\n)*?)```$", page.read_text(encoding="utf-8"), re.MULTILINE)
    )
    if kind in ("yaml rule", "yaml detection") or (kind != "yaml values" and OURS.search(text))
]
LABELLED = rule_text("sel: {issuer: CN}", "    labels: {team: magnets}\n")


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_an_example_is_sound_and_does_what_it_says(kind: str, text: str) -> None:
    example = whole_file(kind, text)
    home = next(
        (name for name in ("sources", "route") if re.search(rf"^{name}:", example, re.MULTILINE)), None
    )
    files = folder(LABELLED if home else example)
    if home == "sources":
        files["sources.yaml"] = example
    elif home == "route":
        del files["receivers.yaml"]
        files["routes.yaml"] = example
    assert lint(files) == []
    assert [result.name for result in run_tests(files, None, retell) if not result.passed] == []
    read = read_all(files)
    assert [fault for source in read.sources.values() if (fault := source_fault(source))] == []
    assert read.routing is not None
    results = run_route_tests(read.routing.tests, read.routing.tree, read.receivers, read.routing.intervals)
    assert [result.faults for result in results if not result.passed] == []


def test_the_pages_have_examples_of_every_kind_of_source() -> None:
    assert {"add-a-source", "write-a-rule"} <= {page.stem for page in PAGES}
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for kind in ("feed", "federal_register", "json_api", "page"):
        assert f"kind: {kind}\n" in text
    assert len(EXAMPLES) >= 3
