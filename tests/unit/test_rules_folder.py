"""The rules folder on a real disk: links, limits, and errors that name the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.core.errors import ConfigError
from alerts.rules_folder import MAX_BYTES, read_folder


def codes(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        read_folder(folder)
    return [problem.code for problem in raised.value.problems]


def test_yaml_files_come_sorted_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "cn.yaml").write_text("rules: []\n")
    (tmp_path / "routes.yaml").write_text("\ufeffroute: {}\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("no rule")
    (tmp_path / ".hidden.yaml").write_text("no rule")
    assert read_folder(tmp_path) == {"routes.yaml": "route: {}\n", "watch/cn.yaml": "rules: []\n"}


def test_tables_are_read_below_lists_only(tmp_path: Path) -> None:
    (tmp_path / "lists" / "teams").mkdir(parents=True)
    (tmp_path / "a.yaml").write_text("rules: []\n")
    (tmp_path / "budget.csv").write_text("year,sum\n")
    (tmp_path / "lists" / "teams" / "ours.csv").write_text("\ufefffield,value\n", encoding="utf-8")
    assert read_folder(tmp_path) == {"a.yaml": "rules: []\n", "lists/teams/ours.csv": "field,value\n"}


def test_a_configmaps_links_are_followed_and_each_file_is_read_once(tmp_path: Path) -> None:
    data = tmp_path / "..2026_11_23"
    data.mkdir()
    (data / "a.yaml").write_text("rules: []\n")
    (tmp_path / "..data").symlink_to(data.name)
    (tmp_path / "a.yaml").symlink_to("..data/a.yaml")
    assert read_folder(tmp_path) == {"a.yaml": "rules: []\n"}


def test_a_link_that_leads_back_up_ends(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("rules: []\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert "a.yaml" in read_folder(tmp_path)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: caf\xe9\n")
    (tmp_path / "gone.yaml").symlink_to("nowhere")
    (tmp_path / "large.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ConfigError) as raised:
        read_folder(tmp_path)
    assert [(str(problem.place), problem.code) for problem in raised.value.problems] == [
        ("gone.yaml:1:1", "unreadable"),
        ("large.yaml:1:1", "yaml-limit"),
        ("latin.yaml:2:1", "not-utf8"),
    ]


def test_a_missing_or_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    assert codes(tmp_path / "nowhere") == ["missing-folder"]
    assert codes(tmp_path) == ["empty-folder"]
    (tmp_path / "file").write_text("")
    assert codes(tmp_path / "file") == ["missing-folder"]
