"""A server found by Sentinel: the URL that ops write, in its parts. Pure.

``sentinel://user:password@one:26379,two:26379/0?master=mymaster`` asks each sentinel in turn
where the primary of that name is; ``sentinels://`` is the same with TLS, to the sentinels and
to the server. The user and password are the server's; the sentinels' own, if they have any,
stand in ``sentinel_username`` and ``sentinel_password``. No error quotes the URL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMES = ("sentinel", "sentinels")
DEFAULT_PORT = 26379
TLS_OPTIONS = ("ssl_ca_certs", "ssl_cert_reqs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname")
"""What may be said of TLS, as redis:// URLs spell it; the certificate is checked unless told otherwise."""

_OPTIONS = ("master", "db", "sentinel_username", "sentinel_password")
_SHAPE = "write sentinel://user:password@one:26379,two:26379/0?master=mymaster"


@dataclass(frozen=True, slots=True)
class SentinelUrl:
    """Sentinels, the name of the primary that they watch, and how to speak to it."""

    nodes: tuple[tuple[str, int], ...]
    master: str
    database: int
    username: str | None
    password: str | None = field(repr=False)
    own: Mapping[str, str] = field(repr=False)
    """The sentinels' own username and password, where they have them."""
    tls: Mapping[str, str | bool] | None
    """Keyword arguments of a TLS connection; None for none."""

    @property
    def shown(self) -> str:
        """The URL as it may be shown: no credentials."""
        nodes = ",".join(f"{host}:{port}" for host, port in self.nodes)
        scheme = "sentinel" if self.tls is None else "sentinels"
        return f"{scheme}://{nodes}/{self.database}?master={self.master}"


def is_sentinel(url: str) -> bool:
    """Whether a URL names sentinels rather than a server."""
    return url.partition("://")[0] in SCHEMES


def read_sentinel_url(url: str) -> SentinelUrl:
    """Read the URL; raise ValueError that says how to mend it, without quoting it."""
    # Cut by hand: urlsplit takes one host alone, and newer Pythons refuse a bracket behind another.
    scheme, _, rest = url.partition("://")
    rest, _, query = rest.partition("#")[0].partition("?")
    netloc, _, path = rest.partition("/")
    credentials, _, hosts = netloc.rpartition("@")
    username, _, password = credentials.partition(":")
    options = dict(parse_qsl(query))
    tls: dict[str, str | bool] = {name: options.pop(name) for name in TLS_OPTIONS if name in options}
    if unknown := sorted(options.keys() - set(_OPTIONS)):
        raise ValueError(f"a sentinel URL has no option {', '.join(unknown)}; {_SHAPE}")
    if tls and scheme == "sentinel":
        raise ValueError(f"{', '.join(tls)} belongs to TLS: the URL must start with sentinels://")
    if not options.get("master"):
        raise ValueError(f"the primary's name is missing: {_SHAPE}")
    database = options.get("db", path.strip("/")) or "0"
    if not database.isdigit():
        raise ValueError(f"the database is a number: {_SHAPE}")
    if "ssl_check_hostname" in tls:
        tls["ssl_check_hostname"] = str(tls["ssl_check_hostname"]).lower() != "false"
    return SentinelUrl(
        nodes=tuple(_node(host) for host in hosts.split(",")),
        master=options["master"],
        database=int(database),
        username=unquote(username) or None,
        password=unquote(password) or None,
        own={
            name: options[f"sentinel_{name}"]
            for name in ("username", "password")
            if f"sentinel_{name}" in options
        },
        tls={"ssl_cert_reqs": "required", **tls} if scheme == "sentinels" else None,
    )


def _node(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise ValueError(f"a sentinel's host and port cannot be read: {_SHAPE}")
    return host, port or DEFAULT_PORT
