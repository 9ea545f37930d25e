"""The labelled corpus beside the checkout, where there is one. Nothing of it is copied here."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alerts.demo.origin import Item

CORPUS = Path(os.environ.get("TEST_CORPUS", str(Path(__file__).parents[2].parent / "shared" / "corpus")))


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled document as an item, and whether a reader called it relevant."""

    item: Item
    relevant: bool


def feed_documents() -> dict[str, bytes]:
    """Return the corpus' feeds, by name, byte for byte."""
    return {path.stem.replace("_", "-"): path.read_bytes() for path in sorted(CORPUS.glob("feeds/*.xml"))}


def labelled_items() -> list[Labelled]:
    """Return the labelled documents as items of a feed."""
    lines = (CORPUS / "labelled.jsonl").read_text("utf-8").splitlines()
    return [_labelled(json.loads(line)) for line in lines if line.strip()]


def _labelled(row: dict[str, str]) -> Labelled:
    parts = [int(part) for part in row["date"].split("-")] if row["date"] else [2026]
    year, month, day = (*parts, 1, 1)[:3]
    published = datetime(year, month, day, tzinfo=UTC)
    link = f"https://labelled.example/{row['id']}"
    return Labelled(Item(row["id"], row["title"], row["text"], link, published), bool(row["relevant"]))
