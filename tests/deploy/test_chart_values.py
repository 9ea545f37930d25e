"""What the schema refuses, and that it, the values, their table and the settings name the same things."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from alerts.settings import Settings
from docs.chart import documented_values
from tests.support.chart import CHART, chart, helm_python, render, the

WRONG: dict[str, tuple[str, str]] = {
    "a word misspelt": ("image: {tga: '1'}", "at '/image': additional properties 'tga' not allowed"),
    "a block that is not ours": (
        "ingress: {enabled: true}",
        "at '': additional properties 'ingress' not allowed",
    ),
    "an unknown lane": (
        "lanes: {fetch: {replicas: 1}}",
        "at '/lanes': additional properties 'fetch' not allowed",
    ),
    "no worker at all": ("lanes: {poll: {replicas: 0}}", "at '/lanes/poll/replicas': minimum: got 0, want 1"),
    "three beats": ("beat: {replicas: 3}", "at '/beat/replicas': maximum: got 3, want 2"),
    "two ways to scale at once": (
        "lanes: {decide: {autoscaling: {by: cpu, keda: true}}}",
        "at '/lanes/decide/autoscaling': additional properties 'keda' not allowed",
    ),
    "a way to scale that is none": (
        "lanes: {decide: {autoscaling: {by: memory}}}",
        "at '/lanes/decide/autoscaling/by': value must be one of 'none', 'cpu', 'age'",
    ),
    "a sweep that scales": (
        "lanes: {sweep: {autoscaling: {by: cpu}}}",
        "at '/lanes/sweep': additional properties 'autoscaling' not allowed",
    ),
    "an external server that nobody names": (
        "redis: {mode: external}",
        "at '/redis/existingSecret': minLength: got 0, want 1",
    ),
    "a URL beside a Secret": (
        "redis: {mode: external, existingSecret: one, url: 'redis://h/0'}",
        "at '/redis/url': maxLength: got 11, want 0",
    ),
    "a URL for the built-in server": (
        "redis: {url: 'redis://h/0'}",
        "at '/redis/url': maxLength: got 11, want 0",
    ),
    "a scheme that is not spoken": (
        "redis: {mode: external, url: 'http://h:6379'}",
        "at '/redis/url': 'http://h:6379' does not match pattern",
    ),
    "two authorities": (
        "redis: {ca: {existingSecret: a, existingConfigMap: b}}",
        "at '/redis/ca': 'not' failed",
    ),
    "root": (
        "podSecurityContext: {runAsUser: 0}",
        "at '/podSecurityContext/runAsUser': minimum: got 0, want 1",
    ),
    "perhaps root": (
        "podSecurityContext: {runAsNonRoot: false}",
        "at '/podSecurityContext/runAsNonRoot': value must be true",
    ),
    "a privileged container": (
        "containerSecurityContext: {privileged: true}",
        "at '/containerSecurityContext/privileged': value must be false",
    ),
    "no limits": ("web: {resources: {limits: null}}", "at '/web/resources': missing property 'limits'"),
    "a lane taken away": ("lanes: {sweep: null}", "at '/lanes': missing property 'sweep'"),
    "a block emptied": ("networkPolicy: null", "at '': missing property 'networkPolicy'"),
    "a toleration misspelt": (
        "pods: {tolerations: [{keyy: dedicated}]}",
        "at '/pods/tolerations/0': additional properties 'keyy' not allowed",
    ),
    "an affinity misspelt": (
        "lanes: {poll: {pod: {affinity: {nodeAfinity: {}}}}}",
        "at '/lanes/poll/pod/affinity': additional properties 'nodeAfinity' not allowed",
    ),
    "the ledger's URL by the back door": (
        "pods: {extraEnv: [{name: EXPORTWATCH_REDIS_URL, value: 'redis://:secret@h'}]}",
        "at '/pods/extraEnv/0/name': 'not' failed",
    ),
    "a selector's label": (
        "commonLabels: {app.kubernetes.io/name: mine}",
        "invalid propertyName 'app.kubernetes.io/name'",
    ),
    "files over a ConfigMap": (
        "rules: {existingConfigMap: mine, files: {watch/in.yaml: 'rules: []'}}",
        "at '/rules/files': maxProperties: got 1, want 0",
    ),
    "a file that leads out of the folder": (
        "rules: {files: {../etc/passwd.yaml: x}}",
        "invalid propertyName '../etc/passwd.yaml'",
    ),
    "a network without its length": (
        "settings: {allowNetworks: ['10.0.0.1']}",
        "at '/settings/allowNetworks/0': '10.0.0.1' does not match pattern",
    ),
    "a lease of a second": ("settings: {lease: 1}", "at '/settings/lease': minimum: got 1, want 5"),
    "a number as text": ("settings: {lease: '60'}", "at '/settings/lease': got string, want integer"),
    "a port that is none": ("networkPolicy: {pollPorts: [70000]}", "maximum: got 70,000, want 65,535"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_values_are_refused_where_they_stand(what: str) -> None:
    text, message = WRONG[what]
    with pytest.raises(helm_python.HelmError) as raised:
        render(yaml.safe_load(text))
    assert message in str(raised.value)


def test_fewest_above_most_is_refused() -> None:
    with pytest.raises(helm_python.HelmError, match=r"lanes\.poll\.autoscaling: min is 3 and max is 2"):
        render({"lanes": {"poll": {"autoscaling": {"by": "cpu", "min": 3, "max": 2}}}})


def test_two_files_that_would_be_one_key_are_refused() -> None:
    with pytest.raises(helm_python.HelmError, match=r"are one key, watch__in\.yaml"):
        render({"rules": {"files": {"watch__in.yaml": "rules: []"}}})


def test_rules_beyond_a_configmap_are_refused_with_the_remedy() -> None:
    with pytest.raises(helm_python.HelmError, match=r"a ConfigMap holds 1 MiB; leave out"):
        render({"rules": {"files": {"watch/long.yaml": "# " + "x" * 1_000_000}}})


def test_no_object_of_the_schema_is_open_but_maps_of_ones_own_keys() -> None:
    schema = chart().schema or {}
    ours = {name: part for name, part in schema["$defs"].items() if not name.startswith("io.k8s.")}
    own = {"global", "annotations", "ownLabels", "nodeSelector", "files"}
    opened = _open_objects({"properties": {"values": schema, **ours}}, ())
    assert {path[-1] for path in opened} == own


def _open_objects(part: Any, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = []
    for name, child in [
        *part.get("properties", {}).items(),
        *([("items", part["items"])] if "items" in part else []),
    ]:
        here = (*path, name)
        if child.get("type") == "object" and child.get("additionalProperties") is not False:
            found.append(here)
        found += _open_objects(child, here)
    return found


def test_the_schema_describes_every_value_and_every_value_has_its_line_in_the_table() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    told = {path for path, _, _ in documented_values()}
    for path in _leaves(values, ()):
        names = [".".join(path[: length + 1]) for length in range(len(path))]
        assert any(name in told for name in names), f"{names[-1]} has no comment"
        assert _described(chart().schema or {}, path), f"{names[-1]} is not in the schema"


def _leaves(values: Any, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    if not isinstance(values, dict) or not values:
        return [path]
    return [leaf for name, child in values.items() for leaf in _leaves(child, (*path, name))]


def _described(schema: dict[str, Any], path: tuple[str, ...]) -> bool:
    part: dict[str, Any] = schema
    for name in path:
        part = _resolved(schema, part)
        if part.get("additionalProperties"):
            return True  # a map of one's own keys
        if name not in part["properties"]:
            return False
        part = part["properties"][name]
    return True


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What a reference refers to; of several conditions, the first is the type."""
    while "allOf" in part or "$ref" in part:
        part = part["allOf"][0] if "allOf" in part else schema["$defs"][part["$ref"].removeprefix("#/$defs/")]
    return part


def test_every_setting_can_be_set_or_is_the_charts_own_business() -> None:
    data = the(render({}), "ConfigMap", "-settings")["data"]
    by_chart = {"redis_url", "broker_url", "heartbeat_file"}
    of_one_machine = {"data_dir", "appendfsync"}
    of_an_image_with_the_extra = {
        "otlp_endpoint"
    }  # the shipped one has not got it: extraEnv, for whoever builds one
    given = {name.removeprefix("EXPORTWATCH_").lower() for name in data}
    assert given | by_chart | of_one_machine | of_an_image_with_the_extra == set(Settings.model_fields)
