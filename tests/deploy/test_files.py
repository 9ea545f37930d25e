"""The compose file and the Dockerfile as they are written: what must hold of every service. Needs no engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

import alerts
from alerts.cli.main import exportwatch
from alerts.pipeline.lane import Lane
from alerts.settings import read_settings
from tests.deploy import stand_ins

REPOSITORY = Path(__file__).parents[2]
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
TEXT = (REPOSITORY / "docker-compose.yml").read_text()
_VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::-([^}]*))?\}")

FILE: dict[str, Any] = yaml.safe_load(_VARIABLE.sub(lambda found: found.group(2) or "", TEXT))
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DEMO = {name for name, service in SERVICES.items() if service.get("profiles") == ["demo"]}


def test_each_variable_has_a_default_and_is_documented() -> None:
    howto = (REPOSITORY / "docs" / "howto" / "run-on-compose.md").read_text()
    for name, default in _VARIABLE.findall(TEXT):
        assert f"${{{name}:-" in TEXT, name
        assert f"`{name}`" in howto, f"{name} (default {default!r}) is not in run-on-compose.md"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_hardened_and_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["init"] is True
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "ipc", "devices"} & set(service)
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["mem_limit"]
    assert service["cpus"]
    assert service["pids_limit"] <= 256
    assert service["restart"] == "unless-stopped"
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert all("noexec" in one for one in service["tmpfs"] if one.startswith("/tmp"))


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_has_a_tag_that_means_one_release(name: str) -> None:
    image, _, tag = SERVICES[name]["image"].rpartition(":")
    assert image
    assert re.match(r"\d+\.\d+\.\d+", tag)
    if name in OURS:
        assert tag == alerts.__version__


@pytest.mark.parametrize("name", SERVICES)
def test_a_health_check_never_asks_celery(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    words = " ".join(check["test"])
    assert "celery" not in words
    if name in ("valkey", "world"):
        return
    assert check["test"][:3] == ["CMD", "exportwatch", "health"]
    asks_of_itself = "--heartbeat" in check["test"]
    assert asks_of_itself == (name not in ("web", "demo")), (
        "web and demo judge the service, the others themselves"
    )
    assert asks_of_itself == bool(SERVICES[name]["environment"].get("EXPORTWATCH_HEARTBEAT_FILE"))


@pytest.mark.parametrize("name", OURS)
def test_the_command_and_the_settings_are_ones_that_exist(name: str) -> None:
    command, *arguments = OURS[name]["command"]
    found = exportwatch.get_command(click.Context(exportwatch), command)
    assert found is not None
    found.make_context(command, list(arguments))
    environment = OURS[name].get("environment", {})
    read_settings({key: str(value or "") for key, value in environment.items()}, env_file=None)


def test_each_lane_has_a_worker_of_its_own() -> None:
    served = {
        name: service["command"][2] for name, service in OURS.items() if service["command"][0] == "worker"
    }
    assert served == {lane.value: lane.value for lane in Lane}


def test_no_secret_stands_in_the_file() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert not re.search(r"PASSWORD|TOKEN|SECRET", name)
            assert not re.search(r"://[^/\s]*@", str(value))
    assert [name for name in SERVICES if "/srv/exportwatch/secrets" in mounts_of(name)] == ["deliver"]
    kept = {path.name for path in (REPOSITORY / "secrets").iterdir()}
    ignored = (REPOSITORY / "secrets" / ".gitignore").read_text().split("\n")
    assert {"README.md", ".gitignore"} <= kept
    assert "*" in ignored


def test_only_the_web_endpoint_is_published_and_to_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8080:8080"]}


def test_each_network_holds_those_who_need_it() -> None:
    members = {
        network: {name for name, service in SERVICES.items() if network in service["networks"]}
        for network in FILE["networks"]
    }
    assert members["outside"] == {"poll", "deliver", "web"}
    assert members["demo"] == DEMO == {"world", "demo"}
    assert members["ledger"] == set(SERVICES) - DEMO
    assert FILE["networks"]["ledger"]["internal"] is True
    assert FILE["networks"]["demo"]["internal"] is True


def test_valkey_loses_nothing_that_it_acknowledged() -> None:
    command = SERVICES["valkey"]["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert options["--appendonly"] == "yes"
    assert options["--appendfsync"] == "always"
    assert options["--maxmemory-policy"] == "noeviction"
    assert options["--maxmemory"] == "512mb"
    assert SERVICES["valkey"]["mem_limit"] == "1g", "what a rewrite of the log copies needs room too"


def mounts_of(name: str) -> dict[str, bool]:
    """A service's folders of the host: where each is mounted, and whether for reading alone."""
    mounts = [one for one in SERVICES[name].get("volumes", []) if isinstance(one, dict)]
    return {one["target"]: one["read_only"] for one in mounts}


def test_folders_of_the_host_are_mounted_for_reading_alone_and_where_they_are_read() -> None:
    rules, secrets = "/srv/exportwatch/rules", "/srv/exportwatch/secrets"
    mounts = {name: mounts_of(name) for name in SERVICES if mounts_of(name)}
    assert mounts == {"sweep": {rules: True}, "deliver": {rules: True, secrets: True}}


def test_the_stand_ins_bear_the_names_that_are_used() -> None:
    bases = set(re.findall(r"^ARG BASE=(\S+)", DOCKERFILE, re.MULTILINE)) | {SERVICES["valkey"]["image"]}
    assert bases == set(stand_ins.MAKERS)


def test_the_lock_with_traces_pins_what_the_plain_one_pins_and_the_tests_use() -> None:
    plain, traced, tested = (_pins(f"requirements{of}.lock") for of in ("", "-otel", "-dev"))
    assert plain.items() < traced.items() <= tested.items()
    assert all(
        "opentelemetry" in name or name in ("googleapis-common-protos", "protobuf")
        for name in traced.keys() - plain.keys()
    )


def _pins(name: str) -> dict[str, str]:
    lock = (REPOSITORY / name).read_text()
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[^\]]*\])?==(\S+)", lock, re.MULTILINE))


def test_the_image_is_built_from_the_lock_and_from_wheels_alone() -> None:
    assert "ARG LOCK=requirements.lock" in DOCKERFILE
    assert "--require-hashes -r ${LOCK}" in DOCKERFILE
    assert "--only-binary :all:" in DOCKERFILE
    assert f"ARG VERSION={alerts.__version__}" in DOCKERFILE
    assert not re.search(r"^(ADD|ONBUILD)\b|latest|curl|amd64/|x86_64", DOCKERFILE, re.MULTILINE)
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE) == ["10001:10001"]


def test_nothing_goes_into_the_build_that_is_not_named() -> None:
    lines = (REPOSITORY / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    named = {line.removeprefix("!") for line in rules if line.startswith("!")}
    copied = set(re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE))
    assert named == {name for line in copied for name in line.split()}
