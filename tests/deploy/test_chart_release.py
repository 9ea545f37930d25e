"""Helm's own install, upgrade and uninstall of the chart: what a release keeps, changes and leaves."""

from __future__ import annotations

import pytest

from tests.support.chart import CHART, NAMESPACE, RELEASE, helm_python
from tests.support.shelf import Shelf

SECRET = "demo-exportwatch-redis"


def test_an_upgrade_keeps_the_password_and_rolls_what_changed() -> None:
    with (
        Shelf() as shelf,
        helm_python.Config(
            kubeconfig_content=shelf.kubeconfig, namespace=NAMESPACE, storage_driver="memory"
        ) as config,
    ):
        assert config.install(CHART, RELEASE, {})["status"] == "deployed"
        first = shelf.secret(SECRET)
        marks = _marks(shelf)
        assert len(first["password"]) == 32
        assert first["url"] == f"redis://:{first['password']}@demo-exportwatch-valkey:6379/0"

        config.upgrade(CHART, RELEASE, {"rules": {"files": {"routes.yaml": "route: {receiver: desk-mail}"}}})
        assert shelf.secret(SECRET) == first
        assert _marks(shelf) == marks
        rules = shelf.named("configmaps", "demo-exportwatch-rules")["data"]
        assert rules["routes.yaml"] == "route: {receiver: desk-mail}"

        config.upgrade(CHART, RELEASE, {"settings": {"logLevel": "debug"}})
        assert shelf.secret(SECRET) == first
        assert _marks(shelf).isdisjoint(marks)

        config.uninstall(RELEASE)
        assert shelf.objects == {}


def test_wrong_values_are_refused_before_anything_is_sent() -> None:
    with (
        Shelf() as shelf,
        helm_python.Config(
            kubeconfig_content=shelf.kubeconfig, namespace=NAMESPACE, storage_driver="memory"
        ) as config,
    ):
        with pytest.raises(helm_python.HelmError, match="additional properties 'ingress' not allowed"):
            config.install(CHART, RELEASE, {"ingress": {"enabled": True}})
        assert shelf.objects == {}


def _marks(shelf: Shelf) -> set[str]:
    """What of each Deployment's pods would roll them, if it changed."""
    return {
        str(value["spec"]["template"]) for path, value in shelf.objects.items() if "/deployments/" in path
    }
