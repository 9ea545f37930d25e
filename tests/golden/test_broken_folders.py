"""What lint says of a folder that cannot be read as files of rules: one case for every such code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts import rules_folder
from alerts.core.errors import ConfigError
from alerts.rules_folder import read_folder

SOUND = "rules: []\n"


def report(folder: Path) -> list[str]:
    """Every problem, with the folder's own place left out."""
    with pytest.raises(ConfigError) as caught:
        read_folder(folder)
    return [str(problem).replace(str(folder.parent), "…") for problem in caught.value.problems]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert report(tmp_path / "rules") == [
        "…/rules:1:1: error missing-folder: the rules folder does not exist"
        " (create it, or name another by --rules-dir or EXPORTWATCH_RULES_DIR)"
    ]


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "in.yaml").write_text(SOUND)
    assert report(tmp_path / "in.yaml") == [
        "…/in.yaml:1:1: error missing-folder: the rules folder is not a folder"
        " (the whole folder is read: --rules-dir …)"
    ]


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    assert report(tmp_path / "rules") == [
        "…/rules:1:1: error empty-folder: no *.yaml in the rules folder"
        " (write at least sources.yaml, routes.yaml, receivers.yaml and a rule)"
    ]


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("rules:\n  - title: Gerät\n".encode("latin-1"))
    assert report(tmp_path) == ["a.yaml:2:1: error not-utf8: the file is not UTF-8 (save it as UTF-8)"]


def test_a_link_to_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to(tmp_path / "gone.yaml")
    assert report(tmp_path) == [
        "a.yaml:1:1: error unreadable: the file cannot be read: No such file or directory"
    ]


def test_a_file_and_a_folder_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_folder, "MAX_BYTES", 20)
    monkeypatch.setattr(rules_folder, "MAX_FILES", 1)
    (tmp_path / "a.yaml").write_text("# " + "x" * 40)
    (tmp_path / "b.yaml").write_text(SOUND)
    (tmp_path / "c.yml").write_text(SOUND)
    assert report(tmp_path) == [
        "a.yaml:1:1: error yaml-limit: the file has more than 20 bytes (split it)",
        "c.yml:1:1: error folder-limit: more than 1 files in the folder",
    ]


def test_both_endings_are_read_and_others_are_not(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yml", "c.txt", "ours.csv"):
        (tmp_path / name).write_text(SOUND)
    assert list(read_folder(tmp_path)) == ["a.yaml", "b.yml"]


def test_every_code_of_the_folder_has_a_case_here() -> None:
    source = Path(rules_folder.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'"((?:[a-z]+-)+[a-z0-9]+|unreadable)"', source)) - {"utf-8", "utf-8-sig"}
    assert codes == {"missing-folder", "empty-folder", "folder-limit", "yaml-limit", "not-utf8", "unreadable"}
