"""An acknowledgement: somebody has taken an alert in hand."""

from __future__ import annotations

from datetime import datetime

from alerts.core.frozen import Frozen


class Ack(Frozen):
    """Who acknowledged an alert, when, and what they say."""

    by: str
    at: datetime
    comment: str = ""
