"""Members in AWS's own words over what the keys set."""

from typing import Any

import pulumi_aws
import pytest
from pulumi_aws.scheduler import ScheduleTargetEcsParametersArgs

from components.passthrough.answers import members
from components.passthrough.merging import merged, merged_container, provider_properties
from components.passthrough.reasons import PASSED

CASES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
    ({"a": 1}, {"a": 2}, {"a": 2}),
    ({"a": {"b": 1, "c": 1}}, {"a": {"c": 2, "d": 2}}, {"a": {"b": 1, "c": 2, "d": 2}}),
    ({"a": [1, 2]}, {"a": (3,)}, {"a": [3]}),
    ({}, {"a": {"b": ({"c": (1,)},)}}, {"a": {"b": [{"c": [1]}]}}),
]


@pytest.mark.parametrize(("below", "above", "result"), CASES)
def test_objects_merge_and_lists_replace(below: dict[str, Any], above: dict[str, Any], result: dict[str, Any]):
    assert merged(below, above) == result


def test_merging_leaves_the_lower_values_alone():
    below = {"linuxParameters": {"initProcessEnabled": True}}
    merged(below, {"linuxParameters": {"devices": []}})
    assert below == {"linuxParameters": {"initProcessEnabled": True}}


@pytest.mark.parametrize(
    ("network_mode", "port", "complete"),
    [
        ("awsvpc", {"containerPort": 80}, {"containerPort": 80, "hostPort": 80, "protocol": "tcp"}),
        ("host", {"containerPort": 80}, {"containerPort": 80, "hostPort": 80, "protocol": "tcp"}),
        ("bridge", {"containerPort": 80}, {"containerPort": 80, "hostPort": 0, "protocol": "tcp"}),
        ("bridge", {"containerPort": 80, "hostPort": 8080, "protocol": "udp"}, {"containerPort": 80, "hostPort": 8080, "protocol": "udp"}),
        ("awsvpc", {"containerPortRange": "80-90"}, {"containerPortRange": "80-90", "protocol": "tcp"}),
    ],
)  # fmt: skip
def test_ports_are_complete_as_aws_returns_them(network_mode: str, port: dict[str, Any], complete: dict[str, Any]):
    """AWS: botocore ecs, PortMapping.hostPort and PortMapping.protocol."""
    container = merged_container({"portMappings": []}, {"portMappings": (port,)}, network_mode=network_mode)
    assert container == {"portMappings": [complete]}


def test_members_become_properties_of_the_provider():
    given = {
        "ipcMode": "task",
        "enableFaultInjection": True,
        "placementConstraints": ({"type": "memberOf", "expression": "x"},),
        "proxyConfiguration": {
            "type": "APPMESH",
            "containerName": "envoy",
            "properties": ({"name": "AppPorts", "value": "80"}, {"name": "IgnoredUID", "value": "1337"}),
        },
    }
    assert provider_properties(given, "RegisterTaskDefinitionRequest") == {
        "ipc_mode": "task",
        "enable_fault_injection": True,
        "placement_constraints": [{"type": "memberOf", "expression": "x"}],
        "proxy_configuration": {
            "type": "APPMESH",
            "container_name": "envoy",
            "properties": {"AppPorts": "80", "IgnoredUID": "1337"},
        },
    }
    assert provider_properties({"enableECSManagedTags": False}, "RunTaskRequest") == {"enable_ecs_managed_tags": False}


def test_the_provider_has_a_property_for_each_free_member_of_a_task_definition():
    free = {path[0] for path in PASSED["RegisterTaskDefinition"]} - {"containerDefinitions"}
    found = provider_properties(dict.fromkeys(free), "RegisterTaskDefinitionRequest")
    assert found.keys() <= set(dir(pulumi_aws.ecs.TaskDefinition))
    free = {path[-1] for path in PASSED["Target"]}
    found = provider_properties(dict.fromkeys(free), "EcsParameters", service="scheduler")
    assert found.keys() <= set(dir(ScheduleTargetEcsParametersArgs))


@pytest.mark.parametrize("member", ["inference_accelerators", "trusted_execution_configuration"])
def test_the_provider_lacks_members_that_cannot_be_set(member: str):
    assert not hasattr(pulumi_aws.ecs.TaskDefinition, member)


def test_free_members_exist():
    for root, paths in PASSED.items():
        assert paths <= members(root).keys()  # pyright: ignore[reportArgumentType]
