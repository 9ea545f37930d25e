"""The NetworkPolicies, asked as a network would: who reaches what, held against the service's own guard."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

from alerts.guard.addresses import DENIED, refusal
from tests.support.chart import Manifest, Pod, of_kind, own_pods, pods, render_case, the


def _reachable(policies: list[Manifest], pod: Pod, address: str, port: int) -> bool:
    """Whether the egress rules let a pod reach an address outside the cluster (ipBlocks alone)."""
    for policy in policies:
        if "Egress" not in policy["spec"]["policyTypes"] or not _selects(policy["spec"]["podSelector"], pod):
            continue
        for rule in policy["spec"].get("egress") or []:
            if all(each["port"] != port for each in rule["ports"]):
                continue
            if "to" not in rule or any(_holds(peer, address) for peer in rule["to"]):
                return True
    return False


def _selects(selector: Manifest, pod: Pod) -> bool:
    wanted = selector.get("matchLabels", {}).items() <= pod.labels.items()
    for expression in selector.get("matchExpressions", []):
        assert expression["operator"] == "NotIn"
        wanted &= pod.labels.get(expression["key"]) not in expression["values"]
    return wanted


def _holds(peer: dict[str, Any], address: str) -> bool:
    block = peer.get("ipBlock")
    if block is None:
        return False
    at = ip_address(address)
    return at in ip_network(block["cidr"]) and not any(
        at in ip_network(net) for net in block.get("except", [])
    )


PROBED = [str(network[0]) for network in DENIED] + [str(network[-1]) for network in DENIED]
PUBLIC = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"]


def test_poll_and_deliver_reach_what_the_service_itself_would_and_nothing_else() -> None:
    manifests = render_case("trial")
    policies = of_kind(manifests, "NetworkPolicy")
    found = {pod.component: pod for pod in pods(manifests)}
    for address in PROBED + PUBLIC:
        allowed = refusal(address) is None
        assert _reachable(policies, found["poll"], address, 443) == allowed, address
        assert _reachable(policies, found["deliver"], address, 587) == allowed, address
    for component in ("decide", "sweep", "beat", "web", "test", "valkey"):
        assert not any(_reachable(policies, found[component], address, 443) for address in PUBLIC)
    assert not _reachable(policies, found["poll"], "8.8.8.8", 587)
    assert _reachable(policies, found["poll"], "10.0.0.10", 53)
    assert not _reachable(policies, found["valkey"], "10.0.0.10", 53)


def test_an_allowed_network_is_open_to_fetches_and_to_the_policy_alike() -> None:
    manifests = render_case("placement")
    policies = of_kind(manifests, "NetworkPolicy")
    found = {pod.component: pod for pod in pods(manifests)}
    assert (
        the(manifests, "ConfigMap", "-settings")["data"]["EXPORTWATCH_ALLOW_NETWORKS"]
        == "10.9.8.0/24,fd12:3456::/48"
    )
    for address in ("10.9.8.7", "fd12:3456::1"):
        assert _reachable(policies, found["deliver"], address, 25)
        assert not _reachable(policies, found["decide"], address, 443)
    assert not _reachable(policies, found["deliver"], "10.9.9.1", 443)
    relay = {
        "ports": [{"port": 2525, "protocol": "TCP"}],
        "to": [{"podSelector": {"matchLabels": {"app": "mail-relay"}}}],
    }
    assert relay in the(manifests, "NetworkPolicy", "-deliver")["spec"]["egress"]


def test_an_external_server_is_reached_where_it_is_said_to_be() -> None:
    manifests = render_case("external-tls")
    policies = of_kind(manifests, "NetworkPolicy")
    for pod in own_pods(manifests):
        assert _reachable(policies, pod, "10.20.0.3", 6380)
        assert not _reachable(policies, pod, "10.21.0.3", 6380)


def test_nothing_comes_in_but_the_scrape_and_the_ledgers_clients() -> None:
    manifests = render_case("monitoring")
    policies = {policy["metadata"]["name"]: policy["spec"] for policy in of_kind(manifests, "NetworkPolicy")}
    everyone = policies["demo-exportwatch"]
    assert "Ingress" in everyone["policyTypes"]
    assert not everyone.get("ingress")
    assert policies["demo-exportwatch-web"]["ingress"] == [
        {
            "ports": [{"port": "http", "protocol": "TCP"}],
            "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
        }
    ]
    (clients,) = policies["demo-exportwatch-valkey"]["ingress"]
    assert clients["from"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/instance"] == "demo"
    assert of_kind(render_case("bare"), "NetworkPolicy") == []
