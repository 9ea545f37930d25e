"""Settings: environment ``EXPORTWATCH_*``, a ``.env`` file, and ``*_FILE`` for secrets.

Each field's description is the reference's text (``exportwatch settings``). An unknown
variable or an impossible value is an error that names the variable; a secret's value
never stands in it.
"""

from __future__ import annotations

import difflib
import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from alerts.core.errors import SettingsError
from alerts.core.sentinel import SCHEMES as SENTINEL_SCHEMES
from alerts.core.sentinel import is_sentinel, read_sentinel_url

PREFIX = "EXPORTWATCH_"
SECRETS = ("redis_url", "broker_url")
"""Settings that also have a ``*_FILE`` form: a path whose content is the value."""

_REDIS_SCHEMES = ("redis", "rediss", "unix", *SENTINEL_SCHEMES)


class Settings(BaseSettings):
    """Every setting, with its default. All may stay as they are on one machine."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    rules_dir: Path = Field(Path("rules"), description="Folder of rules, sources, routes and receivers.")
    data_dir: Path = Field(Path("var"), description="Folder of the embedded server's data and socket.")
    redis_url: SecretStr = Field(
        SecretStr(""),
        description="Ledger: redis://, rediss://, unix:// or sentinel:// URL. Empty: embedded server.",
    )
    broker_url: SecretStr = Field(
        SecretStr(""),
        description="Celery's broker. Empty: database 1 of the ledger's server. May be flushed at any time.",
    )
    web_bind: str = Field(
        "127.0.0.1:8080", description="host:port of health and metrics. Port 0: any free one."
    )
    allow_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (),
        description="Private networks (CIDRs, by commas) that fetches and webhooks may reach nevertheless.",
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="Log lines for people or for machines."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")
    otlp_endpoint: str = Field(
        "",
        description="OpenTelemetry collector that traces go to (OTLP over HTTP), e.g. http://collector:4318. "
        "Empty: no traces. Needs the extra: pip install 'exportwatch[otel]'.",
    )
    contact: str = Field(
        "", description="Address or URL of who runs this; sent in the User-Agent of every fetch."
    )
    appendfsync: Literal["always", "everysec"] = Field(
        "always",
        description="When the embedded server writes to disk. everysec is faster and may lose a second.",
    )
    lease: int = Field(
        60, ge=5, le=3600, description="Seconds after which a killed worker's work is taken over."
    )
    retention_days: int = Field(
        90, ge=7, le=3650, description="Days that events, decisions, alerts and deliveries are kept."
    )
    run_seconds: int = Field(
        20,
        ge=1,
        le=600,
        description="Seconds that one lane run goes on while work is due; at most a third of the lease.",
    )
    heartbeat_file: Path | None = Field(
        None,
        description="File that worker and beat touch when they get on, for `health --heartbeat`. Empty: none.",
    )

    @field_validator("allow_networks", mode="before")
    @classmethod
    def _split_networks(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())

    @field_validator("heartbeat_file", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None

    @field_validator("redis_url", "broker_url")
    @classmethod
    def _known_scheme(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url:
            _check_redis_url(url)
        return value

    @field_validator("otlp_endpoint")
    @classmethod
    def _http_address(cls, value: str) -> str:
        if value and not (value.startswith(("http://", "https://")) and urlsplit(value).hostname):
            raise ValueError("write it as http://host:4318 or https://host:4318")
        return value

    @field_validator("web_bind")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            raise ValueError("write it as host:port, e.g. 127.0.0.1:8080")
        return value


def _check_redis_url(url: str) -> None:
    """Refuse what would fail later with the password in its error; never quotes the URL."""
    if is_sentinel(url):
        read_sentinel_url(url)
        return
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError(
            "host and port cannot be read: write redis://user:password@host:6379/0, "
            "and / ? # @ : in a password as %2F %3F %23 %40 %3A"
        ) from None
    if parts.scheme not in _REDIS_SCHEMES:
        raise ValueError("the URL must start with redis://, rediss://, unix://, sentinel:// or sentinels://")
    database = parse_qs(parts.query).get("db", [parts.path.strip("/") if parts.scheme != "unix" else ""])[0]
    if database and not database.isdigit():
        raise ValueError("the database is a number: redis://host:6379/0 or unix:///path?db=0")


def read_settings(env: dict[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment (``.env`` below it); raise :class:`SettingsError` naming each fault."""
    given = _read_env_file(env_file) | dict(os.environ if env is None else env)
    values: dict[str, Any] = {}
    faults: list[str] = []
    for name, value in sorted(given.items()):
        if name.startswith(PREFIX):
            _take(name, value, values, faults)
    if faults:
        raise SettingsError("\n".join(faults))
    try:
        return _Given(**values)
    except ValidationError as error:
        lines = [
            f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg']}"
            for item in error.errors(include_input=False)
        ]
        raise SettingsError("\n".join(lines)) from None


class _Given(Settings):
    """Settings from the values passed alone: the environment was read, and checked, before."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def _read_env_file(path: Path | None) -> dict[str, str]:
    from dotenv import dotenv_values  # noqa: PLC0415 - comes with pydantic-settings

    if path is None or not path.is_file():
        return {}
    return {name: value or "" for name, value in dotenv_values(path).items()}


def _take(name: str, value: str, values: dict[str, Any], faults: list[str]) -> None:
    field = name.removeprefix(PREFIX).lower()
    known = list(Settings.model_fields)
    if field in known:
        values[field] = value
    elif field.removesuffix("_file") in SECRETS:
        field = field.removesuffix("_file")
        if values.get(field):
            faults.append(f"{name}: {PREFIX}{field.upper()} is set too; keep one of the two")
            return
        try:
            values[field] = Path(value).read_text("utf-8").strip()
        except OSError as error:
            faults.append(f"{name}: cannot read {value}: {cast(str, error.strerror)}")
        except UnicodeDecodeError:  # its own text would quote the secret
            faults.append(f"{name}: {value} is not UTF-8 text")
    else:
        near = difflib.get_close_matches(field, known, n=1)
        hint = f"did you mean {PREFIX}{near[0].upper()}?" if near else "`exportwatch settings` lists all"
        faults.append(f"{name}: there is no such setting; {hint}")
