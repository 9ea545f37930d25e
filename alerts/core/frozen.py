"""The base of every model that is stored or crosses a boundary."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Base of what is stored or sent: immutable, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
