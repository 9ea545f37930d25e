"""A node of one machine: runs the chart's pods as processes, with their volumes as a kubelet lays them out.

No cluster: what is shown is that the arguments, settings, mounts and probes of a rendered pod
fit the service. A volume is a folder whose files are links into ``..data``, itself a link that
one rename swaps when the ConfigMap changes; that is how a pod sees an edit. Every path that a
pod's settings name is found below a folder of the pod's own.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from tests.support.chart import Manifest, Pod, of_kind, own_pods, the
from tests.support.processes import end_all

_HOME = "/srv/exportwatch"


class Node:
    """Pods of one release below a folder; ``rewrite`` maps what a cluster would resolve to what is here."""

    def __init__(self, folder: Path, manifests: list[Manifest], rewrite: dict[str, str]) -> None:
        self._folder = folder
        self._manifests = manifests
        self._rewrite = rewrite
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self.secrets: dict[str, dict[str, str]] = {}
        """Secrets that the user made, beside the chart's own."""

    def pod(self, component: str) -> Pod:
        """The pod of a component."""
        (pod,) = (pod for pod in own_pods(self._manifests) if pod.component == component)
        return pod

    async def start(self, component: str) -> None:
        """Lay out a pod's volumes and run its container."""
        pod = self.pod(component)
        for path, volume in pod.mounts.items():
            self._mount(self._inside(component, path), volume)
        self._inside(component, _HOME).mkdir(parents=True, exist_ok=True)
        self._processes[component] = await self._run(pod, pod.container["args"], f"{component}.log")

    async def exec(self, component: str, args: list[str]) -> tuple[int, str]:
        """Run ``exportwatch`` with arguments beside a pod, as a probe does; its exit code and last words."""
        process = await self._run(self.pod(component), args, f"{component}-exec.log")
        code = await process.wait()
        return code, self.log(f"{component}-exec")

    async def probe(self, component: str, probe: str) -> tuple[int, str]:
        """Ask a pod's exec probe once."""
        command = self.pod(component).container[probe]["exec"]["command"]
        assert command[0] == "exportwatch"
        return await self.exec(component, command[1:])

    async def end(self, component: str) -> int:
        """End a pod as a kubelet does: SIGTERM, and its grace."""
        process = self._processes.pop(component)
        process.terminate()
        return await asyncio.wait_for(
            process.wait(), self.pod(component).spec["terminationGracePeriodSeconds"]
        )

    def update(self, manifests: list[Manifest]) -> None:
        """Take in what an upgrade changed in ConfigMaps: the volumes of running pods follow, the pods stay."""
        self._manifests = manifests
        for component in self._processes:
            for path, volume in self.pod(component).mounts.items():
                if "configMap" in volume:
                    self._mount(self._inside(component, path), volume)

    def log(self, name: str) -> str:
        """The end of a pod's log."""
        return (self._folder / f"{name}.log").read_text("utf-8", "replace")[-3000:]

    def pid(self, component: str) -> int:
        """The process of a running pod."""
        return self._processes[component].pid

    def close(self) -> None:
        """Kill what lives."""
        end_all(self._folder)

    async def _run(self, pod: Pod, args: list[str], log: str) -> asyncio.subprocess.Process:
        with (self._folder / log).open("ab") as out:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "alerts",
                *args,
                env=self._environment(pod),
                cwd=self._inside(pod.component, _HOME),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def _environment(self, pod: Pod) -> dict[str, str]:
        env: dict[str, str] = {"PATH": os.environ["PATH"]}
        for source in pod.container["envFrom"]:
            name = source["configMapRef"]["name"]
            env |= the(self._manifests, "ConfigMap", name)["data"]
        env |= pod.env
        for name, value in env.items():
            if any(value.startswith(path) for path in (*pod.mounts, _HOME)):
                env[name] = str(self._inside(pod.component, value))
        return {name: self._rewrite.get(value, value) for name, value in env.items()} | {
            "EXPORTWATCH_DATA_DIR": str(self._folder),  # by which this node's processes are found again
        }

    def _inside(self, component: str, path: str) -> Path:
        return self._folder / component / path.removeprefix("/")

    def _mount(self, at: Path, volume: dict[str, Any]) -> None:
        at.mkdir(parents=True, exist_ok=True)
        if "configMap" in volume or "secret" in volume:
            _swap(at, self._content(volume))

    def _content(self, volume: dict[str, Any]) -> dict[str, str]:
        if "secret" in volume:
            name = volume["secret"]["secretName"]
            made = of_kind(self._manifests, "Secret", name)
            keys = made[0]["stringData"] if made else self.secrets[name]
            items = volume["secret"].get("items")
        else:
            keys = the(self._manifests, "ConfigMap", volume["configMap"]["name"])["data"]
            items = volume["configMap"].get("items")
        paths = {item["path"]: item["key"] for item in items} if items else {key: key for key in keys}
        return {path: self._rewritten(keys[key]) for path, key in paths.items()}

    def _rewritten(self, text: str) -> str:
        for there, here in self._rewrite.items():
            text = text.replace(there, here)
        return text


def _swap(at: Path, files: dict[str, str]) -> None:
    """Show new files at once, as a kubelet does: a fresh folder, and one rename of the link to it."""
    fresh = at / f"..{len(list(at.glob('..2*'))) + 20000}"
    for path, text in files.items():
        file = fresh / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    link = at / "..data_tmp"
    link.symlink_to(fresh.name)
    link.rename(at / "..data")
    for top in {path.partition("/")[0] for path in files}:
        if not (at / top).is_symlink():
            (at / top).symlink_to(Path("..data") / top)
