"""The how-to on trying a rule: its files are written, its commands run, their output compared."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from alerts.cli.main import exportwatch
from tests.unit.engine.building import folder

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "try-a-rule.md"
BLOCKS = re.findall(r"^```(\w+) ?(\S*)\n((?:.*\n)*?)```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_file_and_command_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EXPORTWATCH_RULES_DIR", raising=False)
    for name, text in folder("").items():
        (tmp_path / "rules" / "watch").mkdir(exist_ok=True, parents=True)
        (tmp_path / "rules" / name).write_text(text)
    runs = 0
    for kind, name, text in BLOCKS:
        if kind != "console":
            if (tmp_path / name).exists():
                shutil.copytree(tmp_path / "rules", tmp_path / "before")
            (tmp_path / name).write_text(text)
            continue
        command, expected = text.split("\n", 1)
        arguments = shlex.split(command.removeprefix("$ exportwatch "))
        result = CliRunner().invoke(exportwatch, [*arguments, "--jobs", "1"])
        assert result.exit_code == 0, result.output
        assert [line.rstrip() for line in result.output.splitlines()] == expected.splitlines()
        runs += 1
    assert runs == 3
