"""``docker compose up`` for real: as it is, then with rules, secrets and a far side of our own.

The tests go on with one project, in order: it takes long to bring up.
"""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.engine import Engine
from tests.deploy.far_side import FarSide
from tests.deploy.stack import Stack, until

pytestmark = [pytest.mark.slow, pytest.mark.docker, pytest.mark.timeout(900)]

LANES = ["poll", "decide", "deliver", "sweep"]
OURS = [*LANES, "beat", "web"]
MAIN = ["valkey", *OURS]
DEMO = ["world", "demo"]

BATCH = 40
"""Items published before a kill: more than are told of by the time the first notice arrives."""

LEASE = 60
"""Seconds after which a killed worker's work falls due again."""


@pytest.fixture(scope="module")
def stack(engine: Engine, image: str) -> Iterator[Stack]:
    """The file as it is, with the demonstration, just started; only the port is one that is free."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = Stack(engine, f"exportwatch-test-{os.getpid()}", port)
    try:
        made.begun = time.monotonic()
        made.compose("--profile", "demo", "up", "--detach")
        yield made
    finally:
        made.down()


@pytest.fixture(scope="module")
def far(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarSide]:
    """The project led to a far side here, by what the file reads from the environment."""
    folder: Path = tmp_path_factory.mktemp("deploy")
    gateway = stack.gateway()
    with FarSide(gateway) as made:
        rules, secrets = made.write(folder)
        stack.given = {
            "EXPORTWATCH_RULES_DIR": str(rules),
            "SECRETS_DIR": str(secrets),
            "EXPORTWATCH_ALLOW_NETWORKS": f"{gateway}/32",
        }
        stack.compose("up", "--detach")
        yield made


def test_the_demonstration_goes_from_item_to_mail_and_signed_webhook(stack: Stack) -> None:
    def told() -> bool:
        log = stack.log("world")
        return log.count("mail for buyer@factory.example") >= 3 and log.count("signature verified") >= 3

    until(lambda: "mail for" in stack.log("world"), 180, "a mail in the world's log")
    print(
        f"demo: first mail {time.monotonic() - stack.begun:.0f} s after `up`, with nine containers starting"
    )
    until(told, 120, "three mails and three webhooks in the world's log")
    log = stack.log("world")
    assert "NOT VERIFIED" not in log
    assert "India halts rare-earth exports to Japan" in log


def test_every_container_becomes_healthy_as_the_file_is(stack: Stack) -> None:
    for service in MAIN + DEMO:
        until(lambda service=service: stack.health(service) == "healthy", 180, f"{service} healthy")
    print(f"all healthy {time.monotonic() - stack.begun:.0f} s after `up`")
    for service, used in sorted(stack.memory(MAIN + DEMO).items()):
        print(f"memory of {service}: {used}")


@pytest.mark.parametrize("service", MAIN + DEMO)
def test_a_container_can_do_no_more_than_it_needs(stack: Stack, service: str) -> None:
    host = stack.inspect(service)["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    status = stack.inside(service, "cat", "/proc/1/status")
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE)
    assert re.search(r"^CapBnd:\s+0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    user = re.search(r"^Uid:\s+(\d+)", status, re.MULTILINE)
    assert user is not None
    assert user.group(1) == ("999" if service == "valkey" else "10001")
    wrote = stack.inside(service, "sh", "-c", "touch /here 2>&1; echo $?", check=False)
    assert "Read-only file system" in wrote


def test_valkey_is_reached_by_no_way_but_ours(stack: Stack) -> None:
    networks = stack.inspect("valkey")["NetworkSettings"]
    assert list(networks["Networks"]) == [f"{stack.project}_ledger"]
    assert not any(networks["Ports"].values())
    assert stack.inspect("web")["NetworkSettings"]["Ports"]["8080/tcp"][0]["HostIp"] == "127.0.0.1"


def test_our_own_rules_and_secrets_lead_to_a_mail_and_a_signed_webhook(stack: Stack, far: FarSide) -> None:
    begin = time.monotonic()
    far.publish("zorvex")
    until(lambda: not far.missing(), 180, f"{far.missing()} by mail and webhook")
    print(
        f"first alert {time.monotonic() - begin:.1f} s after the item, containers having just been replaced"
    )
    assert all(call.verified for call in far.hooks.calls)


def test_a_rule_edited_on_the_host_is_in_force_within_seconds(stack: Stack, far: FarSide) -> None:
    before = stack.judged()["status"]["rules_version"]
    far.write_rules("zorvex", "quorlin")
    begin = time.monotonic()
    until(lambda: stack.judged().get("status", {}).get("rules_version", before) != before, 60, "new version")
    print(f"edited rules in force after {time.monotonic() - begin:.1f} s")
    far.publish("quorlin")
    until(lambda: not far.missing(), 120, f"{far.missing()} by mail and webhook")


def test_kills_of_workers_and_server_lose_nothing(stack: Stack, far: FarSide) -> None:
    for victims in (["decide"], ["deliver", "poll"]):
        waiting = set(far.publish("zorvex", BATCH))
        until(lambda waiting=waiting: not waiting <= far.missing(), 2 * LEASE, "the first of a batch")
        print(
            f"{' and '.join(victims)} killed with {len(waiting & far.missing())} of {BATCH} still to be told of"
        )
        for victim in victims:
            stack.crash(victim)
    far.publish("zorvex", BATCH)
    stack.crash("valkey")
    begin = time.monotonic()
    far.publish("quorlin", BATCH)
    until(lambda: not far.missing(), 3 * LEASE, "everything by mail and webhook")
    print(f"{4 * BATCH} items, four kills: all told {time.monotonic() - begin:.1f} s after the last kill")
    killed = ["decide", "deliver", "poll", "valkey"]
    assert {name: stack.inspect(name)["RestartCount"] for name in killed} == dict.fromkeys(killed, 1)
    assert all(call.verified for call in far.hooks.calls)
    # However often a notice was sent, it has one id, by which its receiver knows it again.
    assert len({call.id for call in far.hooks.calls}) == len(far.published)
    assert len({str(mail.message["Message-ID"]) for mail in far.mailbox.mails}) == len(far.published)
    sent = len(far.hooks.calls) + len(far.mailbox.mails)
    print(f"{2 * len(far.published)} notices, sent {sent} times")
    until(lambda: stack.judged().get("ok"), 120, f"healthy again: {stack.judged()}")


def test_the_containers_end_by_themselves_when_told(stack: Stack, far: FarSide) -> None:
    begin = time.monotonic()
    stack.compose("stop", *OURS)
    print(f"all stopped in {time.monotonic() - begin:.1f} s")
    codes = {service: stack.inspect(service)["State"]["ExitCode"] for service in OURS}
    assert codes == dict.fromkeys(OURS, 0)
