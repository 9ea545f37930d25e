"""What the chart's pages tell a user to type: every value in it exists, every URL is one that the service takes."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from alerts.settings import read_settings
from tests.support.chart import CHART, helm_python, render

ROOT = CHART.parent
PAGES = [CHART / "README.md", CHART / "templates/NOTES.txt", ROOT / "docs/howto/run-on-kubernetes.md"]
COMMAND = re.compile(r"helm (?:upgrade|install)\b(?:[^\n`]*\\\n)*[^\n`]*|--set [^ \n]+ --set [^ \n]+")
VALUE = re.compile(r"--set(-file)? ('[^']*'|[^ \n]+)")


def commands() -> list[Any]:
    return [
        pytest.param(found.group(), id=f"{page.name}:{page.read_text()[: found.start()].count(chr(10)) + 1}")
        for page in PAGES
        for found in COMMAND.finditer(page.read_text())
        if "--set" in found.group()
    ]


def blocks() -> list[str]:
    return [
        text
        for page in PAGES
        for text in re.findall(r"```yaml values\n(.*?)```", page.read_text(), re.DOTALL)
    ]


@pytest.mark.parametrize("command", commands())
def test_the_chart_takes_what_a_command_sets(command: str) -> None:
    values: dict[str, Any] = {}
    for file, text in VALUE.findall(command):
        given = helm_python.parse_set_string(text.strip("'"))
        if file:
            assert given["rules"]["files"], "only files of the rules folder are given so"
        values = _merged(values, given)
    assert render(values)


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    both = dict(one)
    for name, value in other.items():
        both[name] = _merged(both[name], value) if isinstance(both.get(name), dict) else value
    return both


def test_there_is_something_to_look_at() -> None:
    assert len(commands()) >= 5
    assert len(blocks()) >= 2


@pytest.mark.parametrize("text", blocks())
def test_the_chart_takes_what_a_block_shows(text: str) -> None:
    assert render(yaml.safe_load(text))


def test_the_service_takes_every_url_that_is_shown() -> None:
    shown = re.findall(r"^(?:rediss?|sentinels?)://\S+", (CHART / "README.md").read_text(), re.MULTILINE)
    assert len(shown) == 4
    for url in shown:
        assert (
            read_settings({"EXPORTWATCH_REDIS_URL": url}, env_file=None).redis_url.get_secret_value() == url
        )
