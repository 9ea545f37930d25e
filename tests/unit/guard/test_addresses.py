from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.guard.addresses import DENIED, Network, refusal

REFUSED = {
    "0.0.0.0": "this host",
    "10.1.2.3": "private",
    "100.64.0.1": "carrier-grade NAT",
    "100.100.100.200": "carrier-grade NAT",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "cloud platform metadata",
    "169.254.169.254": "link-local",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.192": "protocol assignments",
    "192.0.2.1": "documentation",
    "192.88.99.1": "6to4 relay",
    "192.168.1.1": "private",
    "198.18.0.1": "benchmark",
    "198.51.100.7": "documentation",
    "203.0.113.7": "documentation",
    "224.0.0.1": "multicast",
    "240.0.0.1": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "::7f00:1": "IPv4-compatible",
    "::ffff:127.0.0.1": "IPv4-mapped",
    "::ffff:8.8.8.8": "IPv4-mapped",
    "::ffff:0:7f00:1": "IPv4-translated",
    "64:ff9b::7f00:1": "NAT64",
    "64:ff9b:1::1": "local NAT64",
    "100::1": "discard only",
    "2001::1": "Teredo",
    "2001:2::1": "benchmark",
    "2001:10::1": "ORCHID",
    "2001:20::1": "ORCHIDv2",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4",
    "3fff::1": "documentation",
    "5f00::1": "SRv6",
    "fd00:ec2::254": "unique local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "4000::1": "reserved",
    "localhost": "not an IP address",
    "127.1": "not an IP address",
    "2130706433": "not an IP address",
    "": "not an IP address",
}
ALLOWED = [
    "8.8.8.8",
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450:4001::1",
    "2620:fe::fe",
]


@pytest.mark.parametrize(("address", "word"), REFUSED.items())
def test_refused_with_the_word_for_it(address: str, word: str) -> None:
    why = refusal(address)
    assert why is not None
    assert why.startswith(word)


@pytest.mark.parametrize("address", ALLOWED)
def test_public_addresses_pass(address: str) -> None:
    assert refusal(address) is None


def test_an_allowed_network_lifts_only_its_own_addresses() -> None:
    allow = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
    assert refusal("127.0.0.1", allow) is None
    assert refusal("::1", allow) is None
    assert refusal("10.0.0.1", allow) == "private (10.0.0.0/8)"
    assert refusal("::ffff:127.0.0.1", allow) == "IPv4-mapped (::ffff:0:0/96)"


@given(st.sampled_from(list(DENIED)), st.data())
def test_every_address_of_every_denied_network_is_refused(network: Network, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, network.num_addresses - 1))
    assert refusal(
        ip_address(int(network.network_address) + offset)
        if network.version == 4
        else IPv6Address(int(network.network_address) + offset)
    )


@given(st.integers(0, 2**32 - 1))
def test_no_ipv6_form_of_an_ipv4_address_gets_through(number: int) -> None:
    tail = f"{number >> 16:x}:{number & 0xFFFF:x}"
    for form in (f"::{tail}", f"::ffff:{tail}", f"::ffff:0:{tail}", f"64:ff9b::{tail}", f"2002:{tail}::"):
        assert refusal(form), form


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_what_python_calls_private_is_refused_too(address: IPv4Address | IPv6Address) -> None:
    """The list must be at least as strict as the standard library, but for AS112's anycast."""
    anycast = [
        ip_network(n) for n in ("192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24", "2620:4f:8000::/48")
    ]
    if not address.is_global and not any(address in network for network in anycast):
        assert refusal(address), address
