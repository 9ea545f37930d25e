"""One broken file for every code, with the report that a person gets of it.

After a wanted change of a message: ``python -m tests.golden.test_broken_rules`` writes the
reports anew; read the difference before it is committed.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from alerts.engine.findings import CODES
from alerts.engine.loading import lint

FOLDER = Path(__file__).parent / "broken_rules"
CASES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
TODAY = date(2026, 6, 1)
AROUND = {
    "route": "route: {receiver: desk}\n",
    "receivers": "receivers:\n  - {name: desk, apprise: {url_env: DESK_URL}}\n",
    "sources": 'sources:\n  - {id: s, kind: feed, url: "https://feeds.test/x.xml", every: 15m}\n',
}


def report_files(case: str) -> dict[str, str]:
    """One broken file among sound ones."""
    text = (FOLDER / f"{case}.yaml").read_text(encoding="utf-8")
    files = {"broken.yaml": text}
    if case != "missing-file":
        files |= {f"{name}.yaml": sound for name, sound in AROUND.items() if f"\n{name}:" not in f"\n{text}"}
    return files


def report(case: str) -> str:
    """What lint says of one broken file among sound ones."""
    return "".join(f"{problem}\n" for problem in lint(report_files(case), today=TODAY))


@pytest.mark.parametrize("case", CASES)
def test_a_broken_file_is_reported_as_expected(case: str) -> None:
    assert report(case) == (FOLDER / f"{case}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_broken_file_that_shows_it(code: str) -> None:
    assert f" {code}: " in report(code)


def test_five_different_mistakes_are_all_reported_with_line_and_column() -> None:
    lines = report("five-mistakes").splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "broken.yaml:7:15",
        "broken.yaml:10:9",
        "broken.yaml:11:18",
        "broken.yaml:15:16",
        "broken.yaml:16:30",
    ]


if __name__ == "__main__":
    for name in CASES:
        (FOLDER / f"{name}.txt").write_text(report(name), encoding="utf-8")
