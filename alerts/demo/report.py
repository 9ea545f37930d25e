"""What came of a demonstration."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Report:
    """The figures at the end; seconds count from the start of the command."""

    first_alert_seconds: float | None
    seconds: float
    items: int
    alerts: int
    repeats: int
    mails: int
    webhooks: int
    unverified: int
    exit_code: int
    mail_subject: str = ""
    mail_text: str = ""
    log_tail: str = ""

    @property
    def ok(self) -> bool:
        """Whether notices arrived both ways, all well signed, and the service ended cleanly."""
        return bool(self.mails and self.webhooks) and not self.unverified and self.exit_code == 0

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return dataclasses.asdict(self) | {"ok": self.ok}

    def lines(self) -> Iterator[str]:
        """Render the figures for people."""
        if self.first_alert_seconds is None:
            yield "No notice arrived."
        else:
            yield f"First notice received {self.first_alert_seconds:.1f} s after the start."
        yield (
            f"{self.items} items polled; {self.alerts} alerts opened, {self.repeats} further reports of "
            f"the same stories told to nobody twice."
        )
        signed = "every signature verified" if not self.unverified else f"{self.unverified} NOT VERIFIED"
        yield f"{self.mails} mails and {self.webhooks} webhooks received; {signed}."
        if self.exit_code != 0:
            yield f"The service ended with code {self.exit_code}."
        if not self.ok:
            yield f"The end of its log:\n{self.log_tail}"
