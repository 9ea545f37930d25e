"""What the deployed service talks to: an origin, a mail server and a webhook receiver, on a thread.

They answer from the first to the last test, whatever the test itself is waiting for.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from alerts.demo.hooks import HookSink, make_secret
from alerts.demo.mailbox import Mailbox
from alerts.demo.origin import FeedOrigin, Item
from tests.support.folders import feed_source, word_rule, write_rules

READER = 10001
"""The user in the image."""


class FarSide:
    """Three servers at an address that containers reach; used as a context."""

    def __init__(self, host: str) -> None:
        self.origin = FeedOrigin(host)
        self.mailbox = Mailbox(host)
        self.hooks = HookSink(make_secret(), host=host)
        self.published: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> FarSide:
        self._thread.start()
        for server in (self.origin, self.mailbox, self.hooks):
            self._do(server.start())
        self.origin.add("feed", "Feed")
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self.origin, self.mailbox, self.hooks):
            self._do(server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write a rules folder that leads here, and the secrets that it names: one a file, 0400."""
        secrets = folder / "secrets"
        secrets.mkdir()
        given = {"desk-mail": self.mailbox.url("desk@factory.example"), "erp": self.hooks.secret}
        for name, value in given.items():
            path = secrets / name
            path.write_text(value)
            path.chmod(0o400)
            os.chown(path, READER, READER)
        self.rules = folder / "rules"
        self.write_rules("zorvex")
        return self.rules, secrets

    def write_rules(self, *words: str) -> None:
        """Write the rules: each of these words is to be told of, by mail and by webhook."""
        write_rules(
            self.rules,
            sources=[feed_source("feed", self.origin.url("feed"))],
            receivers=[
                {"name": "desk", "apprise": {"url_file": "secrets/desk-mail"}},
                {"name": "erp", "webhook": {"url": self.hooks.url(), "secret_file": "secrets/erp"}},
            ],
            route={
                "receiver": "desk",
                "routes": [
                    {"matchers": ['severity=~".*"'], "receiver": "desk", "continue": True},
                    {"matchers": ['severity=~".*"'], "receiver": "erp"},
                ],
            },
            rules=[word_rule(word, word, team="any") for word in words],
        )

    def publish(self, word: str, count: int = 1) -> list[str]:
        """Publish items, each a story of its own; returns their titles."""
        begin = len(self.published)
        for number in range(begin + 1, begin + count + 1):
            title = f"{word} bulletin number {number} of station {number * 7919}"
            self.published.append(title)
            item = Item(f"item-{number}", title, f"words {number}", f"https://a.example/{number}")
            self._loop.call_soon_threadsafe(self.origin.publish, "feed", item)
        return self.published[begin:]

    def told_by_mail(self) -> set[str]:
        """Which of the published titles stand in a mail's subject."""
        subjects = [mail.subject for mail in self.mailbox.mails]
        return {title for title in self.published if any(title in subject for subject in subjects)}

    def told_by_hook(self) -> set[str]:
        """Which of the published titles stand in a webhook whose signature holds."""
        bodies = [call.body.decode() for call in self.hooks.calls if call.verified]
        return {title for title in self.published if any(f'"{title}"' in body for body in bodies)}

    def missing(self) -> set[str]:
        """Published and not told of both ways."""
        return set(self.published) - (self.told_by_mail() & self.told_by_hook())
