"""Every link of the documentation leads somewhere: files, headings, pictures."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.unit.docs.pages import PAGES, ROOT, name_of, read_page


def fault_of(page: Path, target: str) -> str | None:
    """Say what is wrong with a link; None if it leads somewhere."""
    parts = urlsplit(target)
    if parts.scheme:
        known = parts.scheme in ("https", "mailto") and (parts.netloc or parts.path)
        return None if known else "only https: and mailto: lead out"
    path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not path.is_relative_to(ROOT) or not path.exists():
        return "no such file"
    if parts.fragment and path.suffix == ".md" and parts.fragment not in read_page(path).anchors:
        return "no such heading"
    return None


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    faults = {(line, target): fault_of(page, target) for line, target in read_page(page).links}
    assert {place: fault for place, fault in faults.items() if fault} == {}


def test_a_dead_link_would_be_found() -> None:
    readme = ROOT / "README.md"
    assert fault_of(readme, "docs/nowhere.md") == "no such file"
    assert fault_of(readme, "CONTRIBUTING.md#no-such-heading") == "no such heading"
    assert fault_of(readme, "http://example.com") == "only https: and mailto: lead out"
    assert fault_of(readme, "CONTRIBUTING.md#rings-of-tests") is None


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        for _, target in read_page(page).links:
            parts = urlsplit(target)
            if not parts.scheme and parts.path:
                path = (page.parent / unquote(parts.path)).resolve()
                ahead += sorted(path.glob("*.md")) if path.is_dir() else [path]
    assert [name_of(page) for page in PAGES if page not in reached] == []
