"""Settings: every fault names its variable, and no secret stands anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.core.errors import SettingsError
from alerts.settings import Settings, read_settings

SECRET = "redis://user:hunter2@cache.example:6379/0"


def read(**given: str) -> Settings:
    return read_settings({f"EXPORTWATCH_{name}": value for name, value in given.items()}, env_file=None)


def refused(**given: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(**given)
    assert "hunter2" not in str(caught.value) + repr(caught.value)
    return str(caught.value)


def test_the_defaults_run_on_one_machine() -> None:
    settings = read()
    assert (settings.rules_dir, settings.data_dir) == (Path("rules"), Path("var"))
    assert settings.redis_url.get_secret_value() == ""
    assert settings.allow_networks == ()


def test_an_unknown_name_gets_the_nearest() -> None:
    told = refused(RULE_DIR="x")
    assert "EXPORTWATCH_RULE_DIR" in told
    assert "did you mean EXPORTWATCH_RULES_DIR?" in told


def test_a_name_that_resembles_nothing_gets_the_list() -> None:
    assert "`exportwatch settings`" in refused(ZZZZZZ="x")


def test_other_variables_are_not_ours() -> None:
    assert read_settings({"PATH": "/bin", "EXPORT": "x"}, env_file=None) == read()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LEASE", "soon"),
        ("LEASE", "1"),
        ("RETENTION_DAYS", "0"),
        ("WEB_BIND", "8080"),
        ("WEB_BIND", "localhost:99999"),
        ("ALLOW_NETWORKS", "10.0.0.0/99"),
        ("ALLOW_NETWORKS", "10.0.0.0/8,office"),
        ("LOG_FORMAT", "xml"),
        ("OTLP_ENDPOINT", "collector:4318"),
        ("OTLP_ENDPOINT", "http://"),
        ("APPENDFSYNC", "no"),
        ("REDIS_URL", "http://user:hunter2@cache.example"),
        ("REDIS_URL", "redis://user:hun/hunter2@cache.example:6379"),
        ("REDIS_URL", "redis://user@cache.example:hunter2"),
        ("REDIS_URL", "redis://user:hunter2@cache.example/first"),
        ("REDIS_URL", "redis://user:hunter2@cache.example?db=first"),
        ("REDIS_URL", "redis://[user:hunter2"),
        ("BROKER_URL", "amqp://user:hunter2@mq.example"),
    ],
)
def test_an_impossible_value_names_its_variable(name: str, value: str) -> None:
    assert refused(**{name: value}).startswith(f"EXPORTWATCH_{name}: ")


def test_all_faults_are_told_at_once() -> None:
    told = refused(RULE_DIR="x", CONTACTS="y")
    assert len(told.splitlines()) == 2
    told = refused(LEASE="soon", WEB_BIND="8080")
    assert len(told.splitlines()) == 2


def test_networks_are_read_by_commas() -> None:
    settings = read(ALLOW_NETWORKS=" 10.0.0.0/8, fd00::/8 ,")
    assert [str(network) for network in settings.allow_networks] == ["10.0.0.0/8", "fd00::/8"]


def test_a_secret_stands_in_no_text_of_the_settings() -> None:
    settings = read(REDIS_URL=SECRET)
    assert settings.redis_url.get_secret_value() == SECRET
    for text in (repr(settings), str(settings), settings.model_dump_json(), f"{settings.redis_url}"):
        assert "hunter2" not in text


def test_a_secret_comes_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_text(SECRET + "\n")
    assert read(REDIS_URL_FILE=str(path)).redis_url.get_secret_value() == SECRET


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    told = refused(REDIS_URL_FILE=str(tmp_path / "none"))
    assert told.startswith("EXPORTWATCH_REDIS_URL_FILE: ")
    assert "none" in told


def test_a_file_that_is_no_text_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_bytes(b"redis://user:hunter2@\xff")
    assert refused(REDIS_URL_FILE=str(path)).startswith("EXPORTWATCH_REDIS_URL_FILE: ")


def test_a_files_bad_content_names_the_setting_and_not_the_content(tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_text("hunter2")
    assert "EXPORTWATCH_REDIS_URL" in refused(REDIS_URL_FILE=str(path))


def test_a_value_and_its_file_together_are_refused_but_an_empty_value_is_none(tmp_path: Path) -> None:
    path = tmp_path / "url"
    path.write_text(SECRET)
    assert "keep one of the two" in refused(REDIS_URL=SECRET, REDIS_URL_FILE=str(path))
    assert read(REDIS_URL="", REDIS_URL_FILE=str(path)).redis_url.get_secret_value() == SECRET


def test_only_secrets_have_a_file_form() -> None:
    assert "EXPORTWATCH_LEASE_FILE" in refused(LEASE_FILE="x")


def test_the_environment_goes_before_the_env_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("EXPORTWATCH_LEASE=30\nEXPORTWATCH_CONTACT='ops@example.org'\nOTHER=1\n")
    settings = read_settings({"EXPORTWATCH_LEASE": "40"}, env_file=path)
    assert (settings.lease, settings.contact) == (40, "ops@example.org")


def test_an_unknown_name_in_the_env_file_is_told_too(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("EXPORTWATCH_LEESE=30\n")
    with pytest.raises(SettingsError, match="EXPORTWATCH_LEASE"):
        read_settings({}, env_file=path)
