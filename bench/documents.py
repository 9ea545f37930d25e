"""Labelled documents: where they are and how they are read (JSON lines)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parents[1]
DEFAULT = Path(os.environ.get("TEST_CORPUS", _HERE.parent / "shared" / "corpus")) / "labelled.jsonl"
"""The labelled corpus beside the checkout (or in TEST_CORPUS)."""
WRITTEN = _HERE / "tests" / "unit" / "recognise" / "written"
"""Documents in own words, each file written before the recogniser was tried on it."""


def documents(path: Path) -> Iterator[dict[str, Any]]:
    """Read the labelled documents: id, lang, title, text, relevant, events."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def published(doc: dict[str, Any]) -> datetime | None:
    """Return the day of a document at midnight UTC; nothing where only its month (or no date) is known."""
    try:
        return datetime.strptime(doc.get("date") or "", "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
