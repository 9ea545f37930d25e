"""Every values file: Helm lints it without a warning, and every manifest is what Kubernetes takes.

Kubernetes' own kinds are held to its published schemas, where nothing unknown is allowed, of the oldest
and the newest version that the chart names; those of KEDA and the Prometheus operator to models made
from their CRDs: what a model does not know is lost on the way through it, and that shows.
"""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from cloudcoil.models.keda.v1alpha1 import ScaledObject
from cloudcoil.models.prometheus_operator.v1 import PrometheusRule, ServiceMonitor

from alerts import __version__
from alerts.rules_folder import read_folder
from tests.support.chart import (
    CASES,
    CHART,
    chart,
    helm_python,
    of_kind,
    own_pods,
    render,
    render_case,
    the,
    values_of,
)

VERSIONS = ("1.25", "1.31", "1.37")
MODELS = {"ScaledObject": ScaledObject, "ServiceMonitor": ServiceMonitor, "PrometheusRule": PrometheusRule}


@cache
def faults(manifest: str) -> list[str]:
    """What is wrong with a manifest (as JSON); cached, since most stand in many cases."""
    data: dict[str, Any] = json.loads(manifest)
    model = MODELS.get(data["kind"])
    if model is not None:
        kept = model.model_validate(data).model_dump(mode="json", by_alias=True, exclude_unset=True)
        return [] if kept == data else [f"unknown to {data['kind']}: {data} became {kept}"]
    found = []
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(data, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            found.append(f"{version}: {data['kind']} {list(error.path)}: {error.message}")
    return found


def test_there_are_values_files_enough() -> None:
    assert len(CASES) >= 8
    assert "trial" in CASES


@pytest.mark.parametrize("case", CASES)
def test_helm_finds_nothing_to_say_of_it(case: str) -> None:
    report = helm_python.lint(CHART, values_of(case), strict=True, kube_version="v1.31.0")
    said = [message for message in report["messages"] if "icon is recommended" not in message["error"]]
    assert (said, report["errors"], report["total_charts_linted"]) == ([], [], 1)


@pytest.mark.parametrize("case", CASES)
def test_kubernetes_takes_every_manifest(case: str) -> None:
    manifests = render_case(case)
    assert len(manifests) > 10
    assert [fault for manifest in manifests for fault in faults(json.dumps(manifest))] == []


@pytest.mark.parametrize("case", CASES)
def test_every_resource_has_its_name_once_its_namespace_and_its_labels(case: str) -> None:
    manifests = render_case(case)
    names = [(manifest["kind"], manifest["metadata"]["name"]) for manifest in manifests]
    assert len(names) == len(set(names))
    for manifest in manifests:
        meta = manifest["metadata"]
        assert meta["namespace"] == "watch"
        assert meta["labels"]["app.kubernetes.io/instance"] == "demo"
        assert len(meta["name"]) <= 63


@pytest.mark.parametrize("case", CASES)
def test_every_selector_finds_its_pods(case: str) -> None:
    manifests = render_case(case)
    for workload in of_kind(manifests, "Deployment") + of_kind(manifests, "StatefulSet"):
        wanted = workload["spec"]["selector"]["matchLabels"]
        assert wanted.items() <= workload["spec"]["template"]["metadata"]["labels"].items()
    labels = [
        workload["spec"]["template"]["metadata"]["labels"] for workload in of_kind(manifests, "Deployment")
    ]
    labels += [
        workload["spec"]["template"]["metadata"]["labels"] for workload in of_kind(manifests, "StatefulSet")
    ]
    for service in of_kind(manifests, "Service"):
        assert any(service["spec"]["selector"].items() <= each.items() for each in labels)
    for monitor in of_kind(manifests, "ServiceMonitor"):
        wanted = monitor["spec"]["selector"]["matchLabels"]
        assert any(
            wanted.items() <= service["metadata"]["labels"].items()
            for service in of_kind(manifests, "Service")
        )


def test_an_unknown_field_would_be_found() -> None:
    deployment = of_kind(render({}), "Deployment")[0]
    deployment["spec"]["template"]["spec"]["nonsense"] = True
    assert any("nonsense" in fault for fault in faults(json.dumps(deployment)))
    scaled = of_kind(render_case("age"), "ScaledObject")[0]
    assert faults(json.dumps({**scaled, "spec": {**scaled["spec"], "nonsense": True}}))


def test_a_long_release_name_still_fits() -> None:
    rendered = chart().render({}, name="r" * 53, namespace="watch")
    for text in rendered.values():
        for manifest in yaml.safe_load_all(text) if "kind:" in text else ():
            if manifest:
                assert len(manifest["metadata"]["name"]) <= 63


def test_install_goes_as_far_as_it_can_without_a_cluster() -> None:
    with helm_python.Config(
        kubeconfig_content=_NOWHERE, namespace="watch", storage_driver="memory"
    ) as config:
        release = config.install(CHART, "demo", {}, dry_run="client")
    manifest = release["manifest"]
    assert manifest.count("kind: Deployment") == 6
    assert "kind: StatefulSet" in manifest


def test_the_notes_name_what_is_left_to_do() -> None:
    def notes(case: str) -> str:
        return chart().render(values_of(case), name="demo", namespace="watch")[
            "exportwatch/templates/NOTES.txt"
        ]

    assert "redis.mode=external" in notes("trial")
    assert "receivers.existingSecret" in notes("trial")
    assert "placeholders" in notes("trial")
    assert "redis.url stands in the release's values" in notes("trial-url")
    assert "trial-secret" not in notes("trial-url")
    assert "!" not in notes("production")


def test_the_packaged_chart_holds_the_rules_and_nothing_of_the_workshop(tmp_path: Path) -> None:
    with helm_python.Chart.load(helm_python.package(CHART, destination=tmp_path)) as packaged:
        names = {file["name"] for file in packaged.files}
        again = packaged.render({}, name="demo", namespace="watch")
    assert "files/rules/watch/in.yaml" in names
    assert "files/rules/lists/ours.csv" in names
    assert not [name for name in names if name.startswith("ci/") or "/." in name]
    assert (
        again["exportwatch/templates/rules.yaml"]
        == chart().render({}, name="demo", namespace="watch")["exportwatch/templates/rules.yaml"]
    )


def test_the_rules_volume_holds_what_the_service_reads_of_the_folder() -> None:
    data = the(render({}), "ConfigMap", "-rules")["data"]
    sweep = next(pod for pod in own_pods(render({})) if pod.component == "sweep")
    items = sweep.mounts["/srv/exportwatch/rules"]["configMap"]["items"]
    assert {item["path"]: data[item["key"]] for item in items} == read_folder(CHART.parent / "rules")


def test_a_link_that_was_lost_on_the_way_is_told_of(tmp_path: Path) -> None:
    copied = shutil.copytree(CHART, tmp_path / "helm", ignore=lambda *_: {"rules"})
    with (
        helm_python.Chart.load(copied) as without,
        pytest.raises(
            helm_python.HelmError, match=r"a link to the repository's rules/ that was lost on the way"
        ),
    ):
        without.render({}, name="demo", namespace="watch")


def test_chart_and_package_are_of_one_version() -> None:
    assert (chart().version, chart().metadata["appVersion"]) == (__version__, __version__)


_NOWHERE = """apiVersion: v1
kind: Config
clusters: [{name: none, cluster: {server: "http://127.0.0.1:1"}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
users: [{name: none, user: {}}]
current-context: none
"""
