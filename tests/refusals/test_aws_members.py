"""Members in AWS's own words that have a key, that AWS doesn't have, or that do not fit the task."""

from typing import Any

import pulumi
import pytest

from .refused import Case, assert_one, in_task, in_task_arguments

EC2 = {"launch": "ec2", "networkMode": "bridge"}
WINDOWS: dict[str, Any] = {"operatingSystem": "WINDOWS_SERVER_2022_CORE", "cpu": 1024, "memory": 2048}
EXISTING: dict[str, Any] = {"image": None, "taskDefinition": "legacy:3"}
CONSTRAINT = {"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}


def container(more: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    return {"aws": {"container": members}, **(more or {})}


def definition(more: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    return {"aws": {"taskDefinition": members}, **(more or {})}


def sidecar(more: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    return {"sidecars": {"proxy": {"image": "proxy:1", "aws": {"container": members}}}, **(more or {})}


CASES: dict[str, Case] = {
    "part": ({"aws": {"containers": {}}}, "aws.containers", "container"),
    "no object": ({"aws": {"container": []}}, "aws.container", "an object"),
    "unknown member": (container(link=["a"]), "aws.container.link", '"links"'),
    "unknown member of the definition": (definition(proxy={}), "aws.taskDefinition.proxy", "members are"),
    "ports as a string": (container(portMappings="80"), "aws.container.portMappings", "a list"),
    "port as a string": (container(portMappings=["80"]), "aws.container.portMappings.0", "an object"),
    "ports of a sidecar": (sidecar(portMappings=["80"]), "sidecars.proxy.aws.container.portMappings.0", "an object"),
    "member with a key": (container(stopTimeout=60), "aws.container.stopTimeout", "stopTimeout"),
    "nested member with a key": (
        container(linuxParameters={"initProcessEnabled": True}),
        "aws.container.linuxParameters",
        "linux",
    ),
    "member with a key of a sidecar": (sidecar(essential=True), "sidecars.proxy.aws.container.essential", "essential"),
    "type": (definition(enableFaultInjection="yes"), "aws.taskDefinition.enableFaultInjection", "boolean"),
    "enumeration": (
        definition(EC2, placementConstraints=[{"type": "memberof"}]),
        "aws.taskDefinition.placementConstraints.0.type",
        '"memberOf"',
    ),
    "required member": (
        definition(proxyConfiguration={"type": "APPMESH"}),
        "aws.taskDefinition.proxyConfiguration.containerName",
        "ProxyConfiguration",
    ),
    "name of the main container": (container(name="job"), "aws.container.name", "main"),
    "family": (definition(family="job"), "aws.taskDefinition.family", "family"),
    "containers": (definition(containerDefinitions=[]), "aws.taskDefinition.containerDefinitions", "sidecars"),
    "not in the provider": (
        definition(trustedExecutionConfiguration={}),
        "aws.taskDefinition.trustedExecutionConfiguration",
        "provider",
    ),
    "token": ({"aws": {"runTask": {"clientToken": "x"}}}, "aws.runTask.clientToken", "each run"),
    "key of a launch": ({"aws": {"runTask": {"count": 2}}}, "aws.runTask.count", "count"),
    "launch by Step Functions": (
        {"aws": {"runTask": {"enableECSManagedTags": False}}, "timeout": "1h"},
        "aws.runTask.enableECSManagedTags",
        "Step Functions",
    ),
    "existing task definition": (container(EXISTING, links=["a"]), "aws.container", "existing"),
    "definition of an existing one": (
        definition(EXISTING, enableFaultInjection=True),
        "aws.taskDefinition",
        "existing",
    ),
    "constraints on Fargate": (
        definition(placementConstraints=[CONSTRAINT]),
        "aws.taskDefinition.placementConstraints",
        "Fargate",
    ),
    "too many constraints": (
        definition({**EC2, "placementConstraints": [CONSTRAINT]}, placementConstraints=[CONSTRAINT] * 10),
        "aws.taskDefinition.placementConstraints",
        "10",
    ),
    "hardware on Fargate": (
        container(resourceRequirements=[{"type": "NeuronDevice", "value": "1"}]),
        "aws.container.resourceRequirements",
        "Fargate",
    ),
    "hardware twice": (
        container({"launch": "ec2", "gpus": 1}, resourceRequirements=[{"type": "GPU", "value": "2"}]),
        "aws.container.resourceRequirements",
        "gpus",
    ),
    "links on Fargate": (sidecar(links=["main"]), "sidecars.proxy.aws.container.links", "Fargate"),
    "links without a bridge": (
        sidecar({"launch": "ec2", "networkMode": "host"}, links=["main"]),
        "sidecars.proxy.aws.container.links",
        "host",
    ),
    "links on Windows": (
        sidecar({**WINDOWS, "launch": "ec2"}, links=["main"]),
        "sidecars.proxy.aws.container.links",
        "Windows",
    ),
    "ports without a network": (
        container({"launch": "ec2", "networkMode": "none"}, portMappings=[{"containerPort": 80}]),
        "aws.container.portMappings",
        "none",
    ),
    "ports that differ": (
        container(portMappings=[{"containerPort": 80, "hostPort": 81}]),
        "aws.container.portMappings.0.hostPort",
        "containerPort",
    ),
    "fault injection with a bridge": (
        definition(EC2, enableFaultInjection=True),
        "aws.taskDefinition.enableFaultInjection",
        "host",
    ),
    "unknown proxy": (
        definition(proxyConfiguration={"containerName": "envoy"}),
        "aws.taskDefinition.proxyConfiguration.containerName",
        '"envoy"',
    ),
    "volumes of nothing": (
        container(volumesFrom=[{"sourceContainer": "proxy"}]),
        "aws.container.volumesFrom.0.sourceContainer",
        '"proxy"',
    ),
    "link to nothing": (container(EC2, links=["proxy:p"]), "aws.container.links.0", '"proxy"'),
}


@pytest.mark.parametrize("case", CASES)
def test_refused_in_yaml(case: str):
    values, path, part = CASES[case]
    assert_one(in_task(values), f"tasks.job.{path}", part)


ACCEPTED: list[dict[str, Any]] = [
    sidecar(EC2, links=["main:m"]),
    container({"launch": "ec2", "networkMode": "bridge"}, volumesFrom=[], links=[]),
    container(portMappings=[{"containerPort": 80, "hostPort": 80}], volumesFrom=[]),
    definition({**EC2, "placementConstraints": [CONSTRAINT]}, placementConstraints=[CONSTRAINT] * 9),
    definition(enableFaultInjection=False),
    definition(sidecar(), proxyConfiguration={"containerName": "proxy", "properties": []}),
]


@pytest.mark.parametrize("values", ACCEPTED)
def test_members_that_fit_are_accepted(values: dict[str, Any]):
    assert_one(in_task({**values, "cpu": "many"}), "tasks.job.cpu", "integer")


def test_refused_in_python():
    problems = in_task_arguments({"aws": {"container": {"stopTimeout": 60}}})
    assert_one(problems, "aws.container.stopTimeout", "stop_timeout")


def test_an_output_is_refused():
    problems = in_task_arguments({"aws": lambda: {"container": {"links": pulumi.Output.from_input(["a"])}}})
    assert_one(problems, "aws.container.links", "transform")
