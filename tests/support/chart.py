"""The chart as Helm renders it: manifests as dicts, and the pods in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

helm_python: Any = pytest.importorskip(
    "helm_python", reason="Helm's library has a wheel for Linux on x86_64 alone"
)

CHART = Path(__file__).parents[2] / "helm"
CASES = sorted(path.name.removesuffix("-values.yaml") for path in (CHART / "ci").glob("*-values.yaml"))
"""The values files under ``helm/ci``, by name."""

RELEASE, NAMESPACE = "demo", "watch"

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Pod:
    """A pod template (or the test's pod) with the component that it is of."""

    component: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    spec: Manifest

    @property
    def container(self) -> Manifest:
        """Its only container."""
        (container,) = self.spec["containers"]
        return dict(container)

    @property
    def env(self) -> dict[str, Any]:
        """Its own variables by name (without what comes from ConfigMaps)."""
        return {
            item["name"]: item.get("value", item.get("valueFrom")) for item in self.container.get("env", [])
        }

    @property
    def mounts(self) -> dict[str, Manifest]:
        """Its volumes by the path at which they are mounted."""
        volumes = {volume["name"]: volume for volume in self.spec.get("volumes", [])}
        return {
            mount["mountPath"]: volumes.get(mount["name"], {})
            for mount in self.container.get("volumeMounts", [])
        }


@cache
def chart() -> Any:
    """The chart, loaded once."""
    return helm_python.Chart.load(CHART)


def values_of(case: str) -> Manifest:
    """The values file of a case."""
    values: Manifest = yaml.safe_load((CHART / "ci" / f"{case}-values.yaml").read_text())
    return values


@cache
def render_case(case: str) -> list[Manifest]:
    """The manifests of a case."""
    return render(values_of(case))


def render(values: Mapping[str, Any]) -> list[Manifest]:
    """The manifests that Helm makes of these values, the test's pod among them."""
    rendered = chart().render(dict(values), name=RELEASE, namespace=NAMESPACE)
    texts = (text for name, text in sorted(rendered.items()) if name.endswith(".yaml"))
    return [manifest for text in texts for manifest in yaml.safe_load_all(text) if manifest]


def of_kind(manifests: list[Manifest], kind: str, name: str | None = None) -> list[Manifest]:
    """Those of a kind; with ``name``, those whose name ends so."""
    return [
        manifest
        for manifest in manifests
        if manifest["kind"] == kind and (name is None or manifest["metadata"]["name"].endswith(name))
    ]


def the(manifests: list[Manifest], kind: str, name: str | None = None) -> Manifest:
    """The only one of a kind."""
    (only,) = of_kind(manifests, kind, name)
    return only


def pods(manifests: list[Manifest]) -> Iterator[Pod]:
    """Every pod that the manifests would run."""
    for manifest in manifests:
        if manifest["kind"] == "Pod":
            template = manifest
        elif manifest["kind"] in ("Deployment", "StatefulSet"):
            template = manifest["spec"]["template"]
        else:
            continue
        meta = template["metadata"]
        component = meta["labels"]["app.kubernetes.io/component"]
        yield Pod(component, meta["labels"], meta.get("annotations", {}), template["spec"])


def own_pods(manifests: list[Manifest]) -> list[Pod]:
    """Those that run Exportwatch itself."""
    return [pod for pod in pods(manifests) if pod.component != "valkey"]
