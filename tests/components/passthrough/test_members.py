"""Members in AWS's own words: free members are accepted, and those of keys and of the product are refused."""

from typing import Any

import pytest

from components.passthrough.members import container_problems, run_task_problems, task_definition_problems

FREE: list[dict[str, Any]] = [
    {"links": ["proxy:p"], "volumesFrom": []},
    {"volumesFrom": [{"sourceContainer": "proxy", "readOnly": True}]},
    {"portMappings": [{"containerPort": 8080, "protocol": "tcp"}]},
    {"credentialSpecs": ["credentialspec:arn:aws:s3:::bucket/spec.json"]},
    {},
]


@pytest.mark.parametrize("members", FREE)
@pytest.mark.parametrize("sidecar", [False, True])
def test_members_without_a_key_are_free(members: dict[str, Any], sidecar: bool):
    assert list(container_problems(members, sidecar=sidecar)) == []


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"command": ["x"]}, "command: has the key command. Use that instead of a member in AWS's own words."),
    ({"environment": "x"}, "environment: has the key environment. Use that instead of a member in AWS's own words."),
    (
        {"readonlyRootFilesystem": True},
        "readonlyRootFilesystem: has the key read_only_root. Use that instead of a member in AWS's own words.",
    ),
    (
        {"name": "job"},
        ("name: can't be set. The main container is always `main`, because event rules and policies find its exit code "
        "by this name."),
    ),
    (
        {"essential": False},
        ("essential: can't be set. The main container is always essential, because its end is the end of the run, and "
        "its exit code is the outcome."),
    ),
    ({"link": ["a"]}, 'link: is not a member of ContainerDefinition in the API of Amazon ECS. Did you mean "links"?'),
    ({"links": "proxy"}, "links: must be a list, not a string."),
    (
        {"portMappings": [{"hostport": 80}]},
        'portMappings.0.hostport: is not a member of PortMapping in the API of Amazon ECS. Did you mean "hostPort"?',
    ),
    ({"portMappings": [3]}, "portMappings.0: must be an object, not a number."),
    (
        {"linuxParameters": {"initProcessEnabled": True}},
        "linuxParameters: has the key linux. Use that instead of a member in AWS's own words.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("members", "message"), REFUSED)
def test_other_members_of_the_main_container_are_refused(members: dict[str, Any], message: str):
    assert list(map(str, container_problems(members, sidecar=False))) == [message]


def test_members_of_a_sidecar_name_its_own_keys():
    given = {"essential": True, "cpu": 128, "name": "x"}
    assert [str(problem).split(". ")[0] for problem in container_problems(given, sidecar=True)] == [
        "essential: has the key essential",
        "cpu: has the key cpu",
        "name: has the key sidecars",
    ]


def test_members_of_a_task_definition():
    free = {
        "enableFaultInjection": True,
        "placementConstraints": [{"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}],
        "proxyConfiguration": {"containerName": "envoy", "properties": [{"name": "AppPorts", "value": "80"}]},
    }
    assert list(task_definition_problems(free)) == []
    refused = {
        "family": "x",
        "containerDefinitions": [],
        "networkMode": "host",
        "placementConstraint": [],
        "placementConstraints": [{"type": "distinctInstance"}],
    }
    assert [str(problem) for problem in task_definition_problems(refused)] == [
        ("containerDefinitions: has no place here. Put members of the main container under aws.container, and other "
        "containers under sidecars."),
        ("family: can't be set. The family is the name of the stack and the task. Policies and event rules find runs by "
        "it."),
        "networkMode: has the key network_mode. Use that instead of a member in AWS's own words.",
        ('placementConstraint: is not a member of RegisterTaskDefinition in the API of Amazon ECS. Did you mean '
        '"placementConstraints"?'),
        'placementConstraints.0.type: "distinctInstance" is not one of memberOf.',
    ]  # fmt: skip


@pytest.mark.parametrize("member", ["inferenceAccelerators", "trustedExecutionConfiguration"])
def test_members_that_the_provider_has_no_property_for(member: str):
    [problem] = task_definition_problems({member: {}})
    assert "AWS provider" in problem.message


def test_members_of_run_task():
    assert list(run_task_problems({"enableECSManagedTags": False})) == []
    refused = {"count": 2, "cluster": "x", "group": "x", "startedBy": "x", "referenceId": "x", "Count": 1}
    assert [str(problem).split(". ")[0] for problem in run_task_problems(refused)] == [
        "count: has the key count",
        "cluster: has the key cluster",
        "group: can't be set",
        "startedBy: can't be set",
        "referenceId: can't be set",
        "Count: is not a member of RunTask in the API of Amazon ECS",
    ]
