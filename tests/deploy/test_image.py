"""The image: who it runs as, and what is not in it."""

from __future__ import annotations

import json

import pytest

import alerts
from tests.deploy.engine import Engine

pytestmark = [pytest.mark.slow, pytest.mark.docker, pytest.mark.timeout(900)]

HARD = (
    "--rm",
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--network=none",
)
TOOLS = ("pip", "pip3", "gcc", "cc", "g++", "make", "ld", "as", "git", "curl", "wget", "python3-config")


def test_it_says_what_it_is_and_runs_as_a_number(engine: Engine, image: str) -> None:
    config = json.loads(engine.docker("image", "inspect", image))[0]["Config"]
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["exportwatch"]
    assert config["StopSignal"] == "SIGTERM"
    labels = {name.rpartition(".")[2]: value for name, value in config["Labels"].items()}
    assert labels["version"] == alerts.__version__
    assert labels["licenses"] == "Apache-2.0"


def test_it_runs_with_nothing_allowed(engine: Engine, image: str) -> None:
    assert engine.docker("run", *HARD, image, "--version").strip().endswith(alerts.__version__)


def test_no_tool_that_builds_or_fetches_is_left_in_it(engine: Engine, image: str) -> None:
    look = f"command -v {' '.join(TOOLS)}; ls -d /opt/exportwatch/lib/python3*/site-packages/*; ls /src /tools 2>&1"
    found = engine.docker("run", *HARD, "--entrypoint=sh", image, "-c", look, check=False)
    lines = found.splitlines()
    assert [line for line in lines if line.startswith(("/usr/bin/", "/usr/local/", "/bin/"))] == []
    packages = {line.rpartition("/")[2] for line in lines}
    assert {"alerts", "celery"} <= packages
    assert packages & {"pip", "setuptools", "wheel", "pytest", "_pytest", "tests"} == set()
    assert sum("No such file" in line for line in lines) == 2


def test_it_holds_bytecode_for_a_root_that_cannot_be_written(engine: Engine, image: str) -> None:
    look = "import alerts.pipeline.poll as m, pathlib; print(pathlib.Path(m.__cached__).is_file())"
    found = engine.docker("run", *HARD, "--entrypoint=python", image, "-c", look)
    assert found.strip() == "True"
