"""``check``: what a source asks for and its kind cannot do, told before the first poll."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from alerts.cli.check import check
from alerts.core.errors import Severity
from alerts.rules_folder import read_folder
from tests.unit.engine.building import folder, rule_text

SHIPPED = Path(__file__).parents[3] / "rules"


def report(sources: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """Exit code and lines of ``check`` on a folder with these sources."""
    files = folder(rule_text("sel: {issuer: CN}")) | {"sources.yaml": f"sources:\n{sources}"}
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.setenv("EXPORTWATCH_RULES_DIR", str(place))
    monkeypatch.setenv("DESK_URL", "json://localhost")
    result = CliRunner().invoke(check, [])
    return result.exit_code, result.output.splitlines()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "{id: reg, kind: federal_register, query: {agencies: bureau-of-industry-and-security}, every: 1h}",
            "industry-and-security-bureau",
        ),
        ("{id: reg, kind: federal_register, query: {agency: x}, every: 1h}", "query.agency"),
        (
            '{id: api, kind: json_api, url: "https://a.test/", map: {headline: x}, every: 1h}',
            "no field 'headline'",
        ),
        (
            '{id: api, kind: json_api, url: "https://a.test/", items: "a[x]", every: 1h}',
            "'a[x]' is not a path",
        ),
        (
            '{id: list, kind: page, url: "https://a.test/", items: "ul > > li", every: 1h}',
            "items: 'ul > > li' is not a CSS selector",
        ),
    ],
)
def test_what_a_source_cannot_do_is_an_error_at_its_line(
    source: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = '  - {id: first, kind: feed, url: "https://feeds.test/x.xml", every: 15m}\n'
    code, lines = report(f"{sound}  - {source}\n", tmp_path, monkeypatch)
    assert code == 1
    assert [line for line in lines if "bad-source" in line and words in line]
    assert any(line.startswith("sources.yaml:3:10: error bad-source:") for line in lines)


def test_sound_sources_of_every_kind_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = """\
  - {id: a, kind: federal_register, query: {agencies: industry-and-security-bureau}, every: 1h}
  - {id: b, kind: json_api, url: "https://a.test/", items: "results[*]", map: {title: name}, every: 1h}
  - {id: c, kind: page, url: "https://a.test/", items: "ul.list > li", link: "a@href", every: 1h}
"""
    _, lines = report(sources, tmp_path, monkeypatch)
    assert [line for line in lines if "bad-source" in line] == []


def test_the_shipped_catalogue_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    from alerts.cli.check import source_fault
    from alerts.engine.loading import lint, read_all

    files = read_folder(SHIPPED)
    sources = read_all(files).sources.values()
    assert [problem for problem in lint(files) if problem.severity is Severity.ERROR] == []
    assert {source.id: fault for source in sources if (fault := source_fault(source))} == {}
    assert len(sources) >= 42
    assert [s.id for s in sources if not (s.publisher and s.country and s.lang and s.max_staleness)] == [
        "gdelt-export-controls"  # an index of all countries in all languages
    ]
    searches = [source for source in sources if source.id.startswith("search-")]
    assert len({source.lang for source in searches}) >= 9
    assert [source.id for source in searches if source.max_age is None] == []
