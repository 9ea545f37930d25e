"""A connector for aiohttp that asks the address guard where a socket connects.

Invariant: no socket of a session made on it is connected to an address that
:func:`alerts.guard.addresses.refusal` refuses, whatever name, literal or redirect led
there. The question is put to the very addresses handed to ``connect``, so a name that
resolves differently the second time gains nothing. It is put twice on purpose: before
the connection race, where the host is known for the error, and in the socket factory,
a public hook of aiohttp that goes on holding if the first, a private one, is renamed.

A proxy would connect in our stead: sessions leave ``trust_env`` off and give no proxy.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any

import aiohttp
from aiohttp.client_reqrep import ClientRequest

from alerts.guard.addresses import Network, refusal

SCHEMES = frozenset({"http", "https"})


class AddressRefused(aiohttp.ClientOSError):
    """A host's address is not to be connected to; an ``OSError`` and an aiohttp ``ClientError``."""

    def __init__(self, host: str, address: str, why: str) -> None:
        super().__init__(f"{host} is at {address}, which is refused: {why}")
        self.host = host
        self.address = address
        self.why = why

    def __str__(self) -> str:
        return str(self.args[0])


def guarded_connector(allow_networks: Iterable[Network] = (), **kwargs: Any) -> aiohttp.TCPConnector:
    """Return a connector that refuses private and special addresses (``allow_networks`` excepted).

    Keyword arguments go to :class:`aiohttp.TCPConnector`. Must be called in a running loop.
    """
    return _Guarded(tuple(allow_networks), **kwargs)


def refused_by(error: BaseException) -> AddressRefused | None:
    """Find the guard's refusal in what aiohttp raised; it may come wrapped in a connector error."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, AddressRefused):
            return seen
        seen = getattr(seen, "os_error", None) or seen.__cause__
    return None


class _Guarded(aiohttp.TCPConnector):
    """The connector behind :func:`guarded_connector`."""

    allowed_protocol_schema_set = SCHEMES

    def __init__(self, allow: tuple[Network, ...], **kwargs: Any) -> None:
        super().__init__(socket_factory=self._open, **kwargs)
        self._allow = allow

    def _open(self, info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, proto, _, address = info
        if why := refusal(str(address[0]), self._allow):
            raise AddressRefused(str(address[0]), str(address[0]), why)
        return socket.socket(family=family, type=kind, proto=proto)

    async def _wrap_create_connection(
        self, *args: Any, addr_infos: list[aiohttp.AddrInfoType], req: ClientRequest, **kwargs: Any
    ) -> Any:
        good: list[aiohttp.AddrInfoType] = []
        refused: AddressRefused | None = None
        for info in addr_infos:
            address = str(info[4][0])
            if why := refusal(address, self._allow):
                refused = refused or AddressRefused(req.url.host or address, address, why)
            else:
                good.append(info)
        if not good and refused is not None:
            raise refused
        return await super()._wrap_create_connection(*args, addr_infos=good, req=req, **kwargs)
