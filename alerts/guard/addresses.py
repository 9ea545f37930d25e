"""Which addresses are refused, and why.

An explicit list instead of ``ipaddress.is_global``: that one lets 6to4, NAT64, SRv6 and
others through, each a way to write a private address differently, and it changes its
mind between Python releases. The last rows cover everything outside 2000::/3, so that a
range IANA hands out tomorrow starts out refused.

Data: ``DENIED`` maps a network to the word an operator reads; the first that holds wins.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_DENIED_V4 = {
    "0.0.0.0/8": "this host",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "carrier-grade NAT",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "cloud platform metadata",
    "169.254.0.0/16": "link-local, cloud metadata",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "protocol assignments",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "6to4 relay",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "benchmark",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "255.255.255.255/32": "broadcast",
    "240.0.0.0/4": "reserved",
}
_DENIED_V6 = {
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::/96": "IPv4-compatible",
    "::ffff:0:0/96": "IPv4-mapped",
    "::ffff:0:0:0/96": "IPv4-translated",
    "64:ff9b::/96": "NAT64",
    "64:ff9b:1::/48": "local NAT64",
    "100::/64": "discard only",
    "2001::/32": "Teredo",
    "2001:2::/48": "benchmark",
    "2001:10::/28": "ORCHID",
    "2001:20::/28": "ORCHIDv2",
    "2001::/23": "protocol assignments",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "3fff::/20": "documentation",
    "3ffe::/16": "6bone, returned",
    "5f00::/16": "SRv6",
    "fc00::/7": "unique local",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
    "::/3": "reserved",
    "4000::/2": "reserved",
    "8000::/1": "reserved",
}
DENIED: dict[Network, str] = {ip_network(net): word for net, word in (_DENIED_V4 | _DENIED_V6).items()}


def refusal(ip: Address | str, allow_networks: Iterable[Network] = ()) -> str | None:
    """Say why an address may not be connected to, e.g. ``loopback (127.0.0.0/8)``; None if it may.

    A network in ``allow_networks`` lifts the refusal of the addresses in it. An IPv6 form
    that carries an IPv4 address is judged as itself: allowing 10.0.0.0/8 does not allow
    ``::ffff:10.0.0.1``. What is not an address at all is refused too.
    """
    try:
        address = ip_address(ip) if isinstance(ip, str) else ip
    except ValueError:
        return "not an IP address"
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        address = IPv6Address(int(address))  # fe80::1%eth0: the zone plays no part in the question
    if any(address in network for network in allow_networks):
        return None
    return _denied(address)


@lru_cache(maxsize=4096)
def _denied(address: Address) -> str | None:
    for network, word in DENIED.items():
        if address.version == network.version and address in network:
            return f"{word} ({network})"
    return None
