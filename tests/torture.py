"""The kill test: the service loses any process at any time, and nobody loses a notice.

Origin, mail server and webhook receivers live in this process; ``up`` and all it starts are
killed with SIGKILL at random while items flow. Then the faults stop, the ledger's due
indexes must drain, and :mod:`tests.support.verdict` compares what the receivers hold with
what the origin served. A duplicate under the same id is allowed and printed as a figure.
Correlations are counted meanwhile: the third report of a story, and feeds that fall silent.
Run it as ``python -m tests.torture --kills 200 --seed 1``.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from alerts.demo.hooks import Call, make_secret
from alerts.demo.origin import FeedOrigin
from tests.support import quiet
from tests.support.faulty import FaultyMailbox, FaultySink
from tests.support.folders import (
    feed_source,
    hook_receiver,
    mail_receiver,
    silence_rule,
    trigger_rules,
    write_rules,
)
from tests.support.items import CODE, Planned, Trigger, plan_items
from tests.support.processes import Kind, kill_hard, kind_of, service_processes
from tests.support.verdict import Expected, Notice, Verdict, expected_of, subject_of
from tests.support.world import Service, drained, service

FEEDS = ("north", "east", "south", "west")
RECEIVERS = {
    Trigger.ALPHA: ("alpha-hook", "alpha-mail"),
    Trigger.BETA: ("beta-hook",),
    Trigger.GAMMA: ("third-hook",),
    Trigger.NONE: (),
}
LEAST = {Trigger.GAMMA: 3}
COUNTED = ("third-hook", quiet.RECEIVER)
DECK = [Kind.WORKER] * 7 + [Kind.POOL] * 5 + [Kind.SERVER] * 4 + [Kind.UP] * 2 + [Kind.BEAT] * 2
"""Twenty kills; the deck is shuffled anew each time it is used up, so that every kind has its turn."""

LEASE = 5
"""Seconds of a lease: what a killed worker held is taken over after these."""

SILENCE, HOLD = 6.0, 20.0
"""Seconds without a webhook after which fire is held, and how long at most."""

DRAIN_TIMEOUT = 180.0
"""Seconds that the service has after the last fault: a feed's last silence is told after 60, a retry comes after 5."""

STEADY_PAUSE = 10.0
"""Seconds between two items of the feed that is never silent for long enough."""


@dataclass
class Torture:
    """One run: the world, the service, and the dice."""

    kills: int
    seed: int
    folder: Path
    items_per_second: float = 6.0
    fault_rate: float = 0.2
    mean_pause: float = 1.2
    say: Callable[[str], None] = print
    planned: list[Planned] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.origin = FeedOrigin()
        self.hooks = FaultySink(make_secret(), seed=self.seed + 1, rate=self.fault_rate)
        self.mail = FaultyMailbox(seed=self.seed + 2, rate=self.fault_rate)
        self.quiet = quiet.Quiet()
        self.verdict = Verdict(self.seed)
        self._deck: list[Kind] = []

    async def run(self) -> Verdict:
        """Run to the end and judge."""
        begin = time.monotonic()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.origin)
            await stack.enter_async_context(self.hooks)
            await stack.enter_async_context(self.mail)
            for name in (*FEEDS, *quiet.QUIET, quiet.STEADY):
                self.origin.add(name, name, window=5000)
            rules = self._rules()
            under_test = await stack.enter_async_context(service(self.folder, rules, lease=str(LEASE)))
            if not await under_test.until(lambda status: status.counts.get("polls", 0) > 0, 60):
                raise RuntimeError(f"the service did not begin to poll:\n{under_test.child.log_tail()}")
            async with flowing(self._stay_awake()):
                await self._torment(under_test)
                await self._recover(under_test)
            self._judge()
        self.verdict.seconds = time.monotonic() - begin
        return self.verdict

    def _rules(self) -> Path:
        secret = self.hooks.secret
        hook_names = ("ops", "alpha-hook", "beta-hook", *COUNTED)
        watched = (*quiet.QUIET, quiet.STEADY)
        hooks = [hook_receiver(name, self.hooks.url(name), secret, max_in_flight=8) for name in hook_names]
        mail = mail_receiver("alpha-mail", self.mail.url("alpha-mail@buyers.example"))
        return write_rules(
            self.folder / "rules",
            sources=[feed_source(name, self.origin.url(name)) for name in (*FEEDS, *watched)],
            receivers=[*hooks, mail],
            route={
                "receiver": "ops",
                "routes": [
                    {"matchers": ['team="alpha"'], "receiver": "alpha-hook", "continue": True},
                    {"matchers": ['team="alpha"'], "receiver": "alpha-mail"},
                    {"matchers": ['team="beta"'], "receiver": "beta-hook"},
                    {"matchers": ['team="gamma"'], "receiver": "third-hook"},
                    {"matchers": ['team="quiet"'], "receiver": quiet.RECEIVER},
                ],
            },
            rules=[*trigger_rules(), silence_rule("quiet", watched, quiet.TIMESPAN, team="quiet")],
        )

    async def _torment(self, under_test: Service) -> None:
        async with flowing(self._publish(), *map(self._fall_silent, quiet.QUIET)):
            while self.verdict.kills.total() < self.kills:
                await asyncio.sleep(self._pause())
                await self._hold_fire_if_nothing_comes()
                await self._kill_one(under_test)

    async def _hold_fire_if_nothing_comes(self) -> None:
        """Wait for a notice where none came for a while: killing what has no time to start proves nothing."""
        calls = self.hooks.calls
        if calls and time.monotonic() - calls[-1].at > SILENCE:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.hooks.wait_for(len(calls) + 1), HOLD)

    def _pause(self) -> float:
        """One kill in five comes on the heels of another; the rest leave time to come up again."""
        return 0.05 if self.rng.random() < 0.2 else self.rng.expovariate(1 / self.mean_pause)

    async def _publish(self) -> None:
        for planned in plan_items(self.seed, FEEDS):
            self.origin.publish(planned.feed, planned.item)
            self.planned.append(planned)
            await asyncio.sleep(self.rng.expovariate(self.items_per_second))

    async def _fall_silent(self, feed: str) -> None:
        """Let a feed speak each time that its silence was told."""
        while True:
            self.origin.publish(feed, self.quiet.next_item(feed))
            silence = self.quiet.silence(feed)
            while not any(_told_by(call)[:2] == silence for call in self.hooks.accepted_at(quiet.RECEIVER)):
                await self.hooks.wait_for(len(self.hooks.calls) + 1)

    async def _stay_awake(self) -> None:
        """Let the steady feed speak, until nothing is killed any more and all has come."""
        while True:
            self.origin.publish(quiet.STEADY, self.quiet.next_item(quiet.STEADY))
            await asyncio.sleep(STEADY_PAUSE)

    async def _kill_one(self, under_test: Service) -> None:
        living: dict[Kind, list[psutil.Process]] = defaultdict(list)
        for process in service_processes(under_test.child.data):
            living[kind_of(process)].append(process)
        under_test.child.check()
        if not self._deck:
            self._deck = self.rng.sample(DECK, len(DECK))
        kind = next((kind for kind in self._deck if living[kind]), None)
        if kind is None or not await self._kill(kind, self.rng.choice(living[kind]), under_test):
            return
        self._deck.remove(kind)
        self.verdict.kills[kind] += 1
        if self.verdict.kills.total() % 20 == 0:
            got = self._under_fire()
            self.say(f"{self.verdict.kills.total()} kills, {len(self.planned)} items, {got} notices received")

    async def _kill(self, kind: Kind, process: psutil.Process, under_test: Service) -> bool:
        """Kill a process; ``up`` is our own child and is started again as a supervisor would."""
        if kind is not Kind.UP:
            return kill_hard(process)
        await under_test.child.kill()
        await under_test.child.start()
        return True

    async def _recover(self, under_test: Service) -> None:
        """End every fault and wait until nothing is missing and nothing waits."""
        self.hooks.rate = self.mail.rate = 0.0
        self.verdict.under_fire = self._under_fire()
        begin, end = time.monotonic(), time.monotonic() + DRAIN_TIMEOUT
        while time.monotonic() < end:
            status = await under_test.status()
            if status is not None and drained(status) and not self._missing():
                self.verdict.drained = True
                break
            under_test.child.check()
            await asyncio.sleep(0.5)
        else:
            status = await under_test.status()
            self.verdict.drained = status is not None and drained(status)
        self.verdict.drain_seconds = time.monotonic() - begin

    def _under_fire(self) -> int:
        return len(self.hooks.accepted) + len(self.mail.accepted)

    def _expected(self) -> Expected:
        return expected_of(self.planned, RECEIVERS, LEAST) | self.quiet.expected()

    def _received(self) -> Iterator[Notice]:
        """Yield subject, receiver and id of each notice that a receiver took."""
        for call in self.hooks.accepted:
            yield _told_by(call)
        for mail in self.mail.accepted:
            receiver = mail.recipients[0].partition("@")[0]
            yield _code_in(mail.subject.encode()), receiver, str(mail.message["Message-ID"])

    def _missing(self) -> Expected:
        return self._expected() - {(subject, receiver) for subject, receiver, _ in self._received()}

    def _judge(self) -> None:
        verdict = self.verdict
        verdict.judge(self._expected(), self._received(), COUNTED)
        verdict.unsigned = sum(not call.verified for call in self.hooks.calls)
        verdict.items, verdict.repeats = len(self.planned), sum(one.repeat for one in self.planned)
        verdict.receiver_faults = self.hooks.faults + self.mail.faults


def _told_by(call: Call) -> Notice:
    return subject_of(_code_in(call.body), call.payload()["type"]), call.path.strip("/"), call.id


def _code_in(text: bytes) -> str:
    codes = set(CODE.findall(text))
    return codes.pop().decode() if len(codes) == 1 else f"{len(codes)} codes: {text[:200]!r}"


@asynccontextmanager
async def flowing(*flows: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run these as long as the block lasts; one that fails fails the block's end."""
    tasks = [asyncio.create_task(flow) for flow in flows]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error


@contextmanager
def _folder(*, keep: bool) -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="ew-torture-")
    yield folder
    if not keep:
        shutil.rmtree(folder)


def main() -> int:
    """Run from the command line; exit code 1 where an invariant was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--keep", action="store_true", help="keep the data folder and the log")
    given = parser.parse_args()
    with _folder(keep=given.keep) as folder:
        verdict = asyncio.run(Torture(given.kills, given.seed, Path(folder)).run())
        for line in verdict.lines():
            print(line)
        print("every invariant held" if verdict.ok else f"BROKEN (seed {given.seed})")
        if given.keep:
            print(f"log and data: {folder}")
    return 0 if verdict.ok else 1


if __name__ == "__main__":
    sys.exit(main())
