"""The whole ledger over one connection: what :mod:`alerts.wiring` hands out."""

from __future__ import annotations

from alerts.ledger.acks import Acks
from alerts.ledger.connection import Connection
from alerts.ledger.decisions import Decisions
from alerts.ledger.deliveries import Deliveries
from alerts.ledger.polls import Polls
from alerts.ledger.records import Records
from alerts.ledger.rulebooks import RuleBooks
from alerts.ledger.runs import Runs
from alerts.ledger.silences import SilenceStore
from alerts.ledger.surveys import Surveys
from alerts.ledger.sweeps import Sweeps


class Ledger:
    """The ledger's parts, each for one lane or one kind of reader."""

    def __init__(self, url: str) -> None:
        self._connection = Connection(url)
        self.polls = Polls(self._connection)
        self.decisions = Decisions(self._connection)
        self.deliveries = Deliveries(self._connection)
        self.runs = Runs(self._connection)
        self.acks = Acks(self._connection)
        self.silences = SilenceStore(self._connection)
        self.sweeps = Sweeps(self._connection)
        self.records = Records(self._connection)
        self.surveys = Surveys(self._connection)
        self.rulebooks = RuleBooks(self._connection)

    async def answer(self) -> None:
        """Return if the server answers; LedgerUnavailable if it does not."""
        await self._connection.do("PING")

    async def close(self) -> None:
        """Close every socket."""
        await self._connection.close()
