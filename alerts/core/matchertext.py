"""A matcher as people write it in a file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

MATCHER = r'^\s*[a-z_][a-z0-9_.]*(\|in_list)?\s*(=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"\s*$'
Matcher = Annotated[str, Field(pattern=MATCHER)]
"""``severity="critical"``, ``team!="x"``, ``severity=~"info|low"``, ``source.tier!~"other"``.

``commodity|in_list="ours"`` names a list; the loader puts the list's values in its place.
"""
