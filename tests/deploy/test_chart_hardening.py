"""What matters of every pod, in every case: least privilege, bounded, no secret in the open, probed by progress."""

from __future__ import annotations

import hashlib
import json

import pytest
import yaml

from alerts.cli.main import COMMANDS
from alerts.pipeline.lane import Lane
from alerts.settings import Settings, read_settings
from tests.support.chart import CASES, CHART, Manifest, Pod, of_kind, own_pods, pods, render, render_case, the

EVERY_POD = [(case, pod.component, pod) for case in CASES for pod in pods(render_case(case))]
IDS = [f"{case}-{component}" for case, component, _ in EVERY_POD]


@pytest.mark.parametrize(("case", "component", "pod"), EVERY_POD, ids=IDS)
def test_a_pod_is_what_pod_security_calls_restricted(case: str, component: str, pod: Pod) -> None:
    context, container = pod.spec["securityContext"], pod.container["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] == context["runAsGroup"] == context["fsGroup"] == 10001
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["allowPrivilegeEscalation"] is False
    assert container["readOnlyRootFilesystem"] is True
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.spec.keys()
    assert not [volume for volume in pod.spec["volumes"] if "hostPath" in volume]
    assert pod.spec["automountServiceAccountToken"] is False


@pytest.mark.parametrize(("case", "component", "pod"), EVERY_POD, ids=IDS)
def test_a_pod_is_bounded_and_what_it_must_write_it_can(case: str, component: str, pod: Pod) -> None:
    for bound in ("requests", "limits"):
        assert {"cpu", "memory"} <= pod.container["resources"][bound].keys()
    writable = [path for path, volume in pod.mounts.items() if "emptyDir" in volume]
    if component == "valkey":
        assert "/data" in pod.mounts
    else:
        assert writable == ["/tmp"]
        assert pod.mounts["/tmp"]["emptyDir"]["sizeLimit"]


@pytest.mark.parametrize(("case", "component", "pod"), EVERY_POD, ids=IDS)
def test_no_service_of_the_namespace_becomes_a_setting(case: str, component: str, pod: Pod) -> None:
    # A Service named exportwatch would give EXPORTWATCH_SERVICE_HOST to each pod, and an unknown setting is an error.
    assert pod.spec["enableServiceLinks"] is False


@pytest.mark.parametrize("case", CASES)
def test_each_lane_has_a_worker_and_its_probes_ask_for_progress(case: str) -> None:
    found = {pod.component: pod for pod in own_pods(render_case(case))}
    assert found.keys() == {*Lane, "beat", "web", "test"}
    for pod in found.values():
        assert "celery" not in json.dumps(pod.spec)
        assert pod.container["args"][0] in COMMANDS
    for lane in Lane:
        assert found[lane].container["args"][:3] == ["worker", "--lane", lane.value]
    lease = int(_settings(case)["EXPORTWATCH_LEASE"])
    for name in (*Lane, "beat"):
        pod = found[name]
        for probe in ("startupProbe", "livenessProbe"):
            command = pod.container[probe]["exec"]["command"]
            assert command == ["exportwatch", "health", "--heartbeat", "--max-age", f"{lease + 30}s"]
        assert pod.env["EXPORTWATCH_HEARTBEAT_FILE"].startswith("/tmp/")
        # A lane run is cut off at the lease at the latest.
        assert pod.spec["terminationGracePeriodSeconds"] > lease
    web = found["web"].container
    assert web["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert web["readinessProbe"]["httpGet"]["path"] == "/readyz"


@pytest.mark.parametrize("case", CASES)
def test_only_who_needs_it_has_it(case: str) -> None:
    """Rules stand where they are put in force, and beside the receivers' secrets for `exportwatch check`."""
    for pod in own_pods(render_case(case)):
        assert ("/srv/exportwatch/rules" in pod.mounts) == (pod.component in ("sweep", "deliver"))
        if "/srv/exportwatch/secrets" in pod.mounts:
            assert pod.component == "deliver"
        assert "secret" in pod.mounts["/etc/exportwatch/redis"]


@pytest.mark.parametrize("case", CASES)
def test_no_secret_stands_outside_a_secret(case: str) -> None:
    manifests = render_case(case)
    open_ones = json.dumps([manifest for manifest in manifests if manifest["kind"] != "Secret"])
    for secret in of_kind(manifests, "Secret"):
        assert secret["stringData"], "an empty Secret helps nobody"
        for value in secret["stringData"].values():
            assert value
            assert value not in open_ones
            assert hashlib.sha256(value.encode()).hexdigest() not in open_ones
    assert "trial-secret" not in open_ones
    for pod in own_pods(manifests):
        assert "EXPORTWATCH_REDIS_URL" not in pod.env
        assert pod.env["EXPORTWATCH_REDIS_URL_FILE"] == "/etc/exportwatch/redis/url"


def test_the_chart_makes_no_secret_where_it_is_given_one() -> None:
    assert of_kind(render_case("external-tls"), "Secret") == []
    mounted = own_pods(render_case("external-tls"))[0].mounts
    assert mounted["/etc/exportwatch/redis"]["secret"] == {
        "secretName": "exportwatch-server",
        "items": [{"key": "ledger", "path": "url"}, {"key": "broker", "path": "broker-url"}],
    }
    assert mounted["/etc/exportwatch/redis-ca"]["configMap"]["items"] == [
        {"key": "root.pem", "path": "ca.crt"}
    ]
    built_in = render({"redis": {"existingSecret": "mine"}})
    assert of_kind(built_in, "Secret") == []
    server = next(pod for pod in pods(built_in) if pod.component == "valkey")
    assert server.env["REDISCLI_AUTH"] == {"secretKeyRef": {"name": "mine", "key": "password"}}


def test_the_built_in_server_keeps_what_it_acknowledged_and_wants_its_password() -> None:
    manifests = render_case("trial")
    conf = the(manifests, "ConfigMap", "-valkey")["data"]["valkey.conf"]
    for line in ("appendonly yes", "appendfsync always", "maxmemory-policy noeviction"):
        assert line in conf
    stateful = the(manifests, "StatefulSet")
    (claim,) = stateful["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["resources"]["requests"]["storage"] == "2Gi"
    data = the(manifests, "Secret")["stringData"]
    assert len(data["password"]) == 32
    assert data["url"] == f"redis://:{data['password']}@demo-exportwatch-valkey:6379/0"
    container = stateful["spec"]["template"]["spec"]["containers"][0]
    assert container["args"][1:] == ["--requirepass", "$(REDISCLI_AUTH)"]
    assert of_kind(render_case("production"), "StatefulSet") == []


@pytest.mark.parametrize("case", CASES)
def test_what_scales_has_no_replicas_and_one_scaler(case: str) -> None:
    manifests = render_case(case)
    scalers = of_kind(manifests, "HorizontalPodAutoscaler") + of_kind(manifests, "ScaledObject")
    targets = [scaler["spec"]["scaleTargetRef"]["name"] for scaler in scalers]
    assert len(targets) == len(set(targets))
    for deployment in of_kind(manifests, "Deployment"):
        scaled = deployment["metadata"]["name"] in targets
        assert ("replicas" in deployment["spec"]) != scaled


def test_cpu_and_age_scale_by_what_they_say() -> None:
    by_cpu = the(render_case("cpu"), "HorizontalPodAutoscaler", "-decide")["spec"]
    assert (by_cpu["minReplicas"], by_cpu["maxReplicas"]) == (2, 8)
    assert by_cpu["metrics"][0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": 60}
    by_age = the(render_case("age"), "ScaledObject", "-decide")["spec"]
    (trigger,) = by_age["triggers"]
    assert trigger["metadata"] == {
        "serverAddress": "https://prometheus.example.com",
        "query": 'max(exportwatch_oldest_due_seconds{lane="decide"})',
        "threshold": "15",
    }
    assert trigger["authenticationRef"] == {"name": "prometheus-token"}
    production = the(render_case("production"), "ScaledObject", "-deliver")["spec"]["triggers"][0]["metadata"]
    assert production["query"] == 'max(exportwatch_oldest_due_seconds{lane="deliver",namespace="watch"})'


def test_a_budget_stands_where_there_is_more_than_one_and_never_blocks_a_drain() -> None:
    budgets = of_kind(render_case("production"), "PodDisruptionBudget")
    names = {budget["metadata"]["name"].rsplit("-", 1)[-1] for budget in budgets}
    assert names == {"beat", "decide", "deliver", "sweep", "web"}
    assert all(budget["spec"]["maxUnavailable"] == 1 for budget in budgets)
    assert of_kind(render_case("bare"), "PodDisruptionBudget") == []


def test_a_changed_setting_rolls_the_pods_and_a_changed_rule_does_not() -> None:
    def marks(values: Manifest) -> set[str]:
        return {
            json.dumps([pod.annotations, pod.spec])
            for pod in own_pods(render(values))
            if pod.component != "test"
        }

    rule = {"watch/own.yaml": "rules: []"}
    assert marks({"settings": {"logLevel": "debug"}}).isdisjoint(marks({}))
    assert marks({"rules": {"files": rule}}) == marks(
        {"rules": {"files": {"watch/own.yaml": "rules: [] # edited"}}}
    )


def test_placement_reaches_the_pods_and_a_lanes_own_counts_more() -> None:
    found = {pod.component: pod for pod in own_pods(render_case("placement"))}
    assert found["poll"].spec["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert found["deliver"].spec["nodeSelector"] == {"kubernetes.io/os": "linux", "zone": "dmz"}
    assert found["deliver"].env["SLACK_URL"] == {"secretKeyRef": {"name": "trade-receivers", "key": "slack"}}
    assert "SLACK_URL" not in found["poll"].env
    for component, pod in found.items():
        names = [item["name"] for item in pod.container["env"]]
        assert len(names) == len(set(names))
        assert pod.env["TZ"] == ("UTC" if component == "deliver" else "Europe/Berlin")
        assert pod.spec["priorityClassName"] == "business-critical"
        assert pod.spec["tolerations"][0]["key"] == "dedicated"
        assert pod.spec["affinity"]["nodeAffinity"]
        assert pod.mounts["/etc/ssl/company"] == {
            "name": "certificates",
            "configMap": {"name": "company-certificates"},
        }
        (spread,) = pod.spec["topologySpreadConstraints"]
        assert spread["topologyKey"] == "topology.kubernetes.io/zone"
        assert spread["labelSelector"]["matchLabels"].items() <= pod.labels.items()
        assert pod.container["image"].startswith("registry.example.com/trade/exportwatch@sha256:")


def test_alert_rules_and_dashboard_are_the_files_as_they_are() -> None:
    manifests = render_case("monitoring")
    assert the(manifests, "PrometheusRule")["spec"] == yaml.safe_load(
        (CHART / "files/alerts.yaml").read_text()
    )
    board = the(manifests, "ConfigMap", "-dashboard")
    assert board["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert board["data"]["exportwatch.json"] == (CHART / "files/dashboard.json").read_text()


@pytest.mark.parametrize("case", CASES)
def test_the_settings_are_ones_that_the_service_takes(case: str) -> None:
    for pod in own_pods(render_case(case)):
        env = _settings(case) | {
            name: value
            for name, value in pod.env.items()
            if name.startswith("EXPORTWATCH_") and not name.endswith("_URL_FILE")
        }
        assert isinstance(read_settings(env, env_file=None), Settings)


def _settings(case: str) -> dict[str, str]:
    data: dict[str, str] = the(render_case(case), "ConfigMap", "-settings")["data"]
    return data
