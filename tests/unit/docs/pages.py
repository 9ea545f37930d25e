"""The documentation as the tests see it: pages, their headings, links and fenced blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "helm").rglob("*.md")])

_FENCE = re.compile(r"^( *)(`{3,})(.*)$")
_HEADING = re.compile(r"^#{1,6} +(.*?) *#*$")
_LINK = re.compile(r"(?<!\\)\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^()\s]+(?:\([^()\s]*\))?)\)")
_NOT_OF_ANCHORS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: where it stands, what it says it is, what it holds."""

    page: Path
    line: int
    language: str
    label: str
    text: str

    @property
    def place(self) -> str:
        """The block's place, as a person would look it up."""
        return f"{name_of(self.page)}:{self.line}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page taken apart."""

    blocks: tuple[Block, ...]
    links: tuple[tuple[int, str], ...]
    anchors: frozenset[str]


def name_of(page: Path) -> str:
    """The page's path from the repository's root."""
    return page.relative_to(ROOT).as_posix()


def read_page(path: Path) -> Page:
    """Take a page apart; a fence that nothing closes is an error."""
    blocks: list[Block] = []
    links: list[tuple[int, str]] = []
    anchors: list[str] = []
    fence, start, said, held = "", 0, "", list[str]()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = _FENCE.match(line)
        if fence:
            if match and match[2] == fence and not match[3]:
                language, _, label = said.strip().partition(" ")
                blocks.append(Block(path, start, language, label.strip(), "\n".join(held) + "\n"))
                fence = ""
            else:
                held.append(line)
        elif match:
            fence, start, said, held = match[2], number, match[3], []
        elif heading := _HEADING.match(line):
            anchors.append(anchor_of(heading[1], anchors))
        else:
            links += [(number, target) for target in _LINK.findall(re.sub(r"`[^`]*`", "``", line))]
    if fence:
        raise ValueError(f"{name_of(path)}:{start}: a fence that nothing closes")
    return Page(tuple(blocks), tuple(links), frozenset(anchors))


def anchor_of(heading: str, taken: list[str]) -> str:
    """The anchor that code hosts give a heading; a second one of the same words gets ``-1``."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    anchor = _NOT_OF_ANCHORS.sub("", words.casefold()).replace(" ", "-")
    same = sum(
        each == anchor or re.fullmatch(rf"{re.escape(anchor)}-\d+", each) is not None for each in taken
    )
    return f"{anchor}-{same}" if same else anchor
