"""A shelf that speaks as much of Kubernetes' API as Helm needs to install: it keeps objects, and runs nothing.

A stand-in, since no API server can be had here: what it shows is what Helm itself sends and finds again. As the
real one does, it turns a Secret's ``stringData`` into ``data``. Objects are kept by path, whole; an apply replaces.
"""

from __future__ import annotations

import asyncio
import base64
import threading
from types import TracebackType
from typing import Any

import yaml
from aiohttp import web

KINDS = {
    "v1": {
        "secrets": "Secret",
        "configmaps": "ConfigMap",
        "services": "Service",
        "serviceaccounts": "ServiceAccount",
    },
    "apps/v1": {"deployments": "Deployment", "statefulsets": "StatefulSet"},
    "policy/v1": {"poddisruptionbudgets": "PodDisruptionBudget"},
    "networking.k8s.io/v1": {"networkpolicies": "NetworkPolicy"},
}
"""What it keeps: kinds by their plural, by group and version."""


def _at(group: str) -> str:
    return f"{'apis' if '/' in group else 'api'}/{group}"


class Shelf:
    """A server on loopback; ``objects`` maps a path to what lies there."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Shelf:
        self._thread.start()
        self._runner, self._port = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def kubeconfig(self) -> str:
        """How Helm reaches it."""
        return yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "shelf", "cluster": {"server": f"http://127.0.0.1:{self._port}"}}],
                "contexts": [{"name": "shelf", "context": {"cluster": "shelf", "user": "shelf"}}],
                "users": [{"name": "shelf", "user": {}}],
                "current-context": "shelf",
            }
        )

    def named(self, plural: str, name: str) -> dict[str, Any]:
        """The object of a kind and name."""
        (found,) = (value for path, value in self.objects.items() if path.endswith(f"/{plural}/{name}"))
        return found

    def secret(self, name: str) -> dict[str, str]:
        """A Secret's values."""
        return {
            key: base64.b64decode(value).decode()
            for key, value in self.named("secrets", name)["data"].items()
        }

    async def _serve(self) -> tuple[web.AppRunner, int]:
        app = web.Application(client_max_size=4_000_000)
        app.router.add_route("*", "/{tail:.*}", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, runner.addresses[0][1]

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.path
        told = _discovery(path.strip("/"))
        if told is not None:
            return web.json_response(told)
        if request.method in ("POST", "PATCH", "PUT"):
            given = yaml.safe_load(await request.text())
            where = f"{path}/{given['metadata']['name']}" if request.method == "POST" else path
            self.objects[where] = _as_kept(given)
            return web.json_response(self.objects[where], status=201 if request.method == "POST" else 200)
        kept = self.objects.get(path)
        if kept is None:
            missing = {
                "kind": "Status",
                "apiVersion": "v1",
                "status": "Failure",
                "reason": "NotFound",
                "code": 404,
            }
            return web.json_response(missing, status=404)
        if request.method == "DELETE":
            del self.objects[path]
        return web.json_response(kept)


def _as_kept(given: dict[str, Any]) -> dict[str, Any]:
    plain = given.pop("stringData", {})
    if plain:
        given["data"] = given.get("data", {}) | {
            name: base64.b64encode(value.encode()).decode() for name, value in plain.items()
        }
    return given


def _discovery(path: str) -> dict[str, Any] | None:
    """What the API says of itself: its version, its kinds, and that it checks fields by itself."""
    if path == "version":
        return {"major": "1", "minor": "31", "gitVersion": "v1.31.0"}
    if path == "api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "apis":
        groups = [{"groupVersion": group, "version": "v1"} for group in KINDS if "/" in group]
        return {
            "kind": "APIGroupList",
            "apiVersion": "v1",
            "groups": [
                {"name": each["groupVersion"].partition("/")[0], "versions": [each], "preferredVersion": each}
                for each in groups
            ],
        }
    if path == "openapi/v3":
        return {"paths": {_at(group): {"serverRelativeURL": f"/openapi/v3/{_at(group)}"} for group in KINDS}}
    for group, kinds in KINDS.items():
        if path == _at(group):
            return {"kind": "APIResourceList", "groupVersion": group, "resources": _resources(kinds)}
        if path == f"openapi/v3/{_at(group)}":
            return _openapi(group, kinds)
    return None


def _resources(kinds: dict[str, str]) -> list[dict[str, Any]]:
    verbs = ["get", "list", "create", "patch", "update", "delete"]
    return [
        {"name": plural, "namespaced": True, "kind": kind, "verbs": verbs} for plural, kind in kinds.items()
    ]


def _openapi(group: str, kinds: dict[str, str]) -> dict[str, Any]:
    paths = {}
    for plural, kind in kinds.items():
        paths[f"/{_at(group)}/{plural}"] = {
            "patch": {
                "x-kubernetes-group-version-kind": {
                    "group": group.rpartition("/")[0],
                    "version": "v1",
                    "kind": kind,
                },
                "parameters": [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}],
                "responses": {},
            }
        }
    head = {"openapi": "3.0.0", "info": {"title": "shelf", "version": "1"}, "components": {"schemas": {}}}
    return head | {"paths": paths}
