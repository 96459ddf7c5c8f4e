"""Container settings that the sandbox refuses, same as AWS."""

from typing import Any

import pytest

from sandbox.container_host_rules import host_problems
from sandbox.plugin.aws import InvalidRequestError, Session

EC2 = {"requiresCompatibilities": ["EC2"], "networkMode": "bridge"}
WINDOWS = {"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
ROUTER = {"name": "router", "firelensConfiguration": {"type": "fluentbit"}}
USER = {"logConfiguration": {"logDriver": "awsfirelens"}}


def refused(container: dict[str, Any], *others: dict[str, Any], **settings: Any) -> list[str]:
    params = {
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "memory": "512",
        "containerDefinitions": [{"name": "main", **container}, *others],
        **settings,
    }
    return list(host_problems(params))


def linux(**members: Any) -> dict[str, Any]:
    return {"linuxParameters": members}


ACCEPTED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # https://aws.amazon.com/about-aws/whats-new/2026/01/amazon-ecs-tmpfs-mounts-aws-fargate-managed-instances/
    (linux(tmpfs=[{"containerPath": "/a", "size": 1}]), {}),
    (linux(capabilities={"add": ["SYS_PTRACE"], "drop": ["ALL"]}), {}),
    ({"stopTimeout": 120, "startTimeout": 2}, {}),
    ({"stopTimeout": 600, **linux(sharedMemorySize=64, maxSwap=0)}, EC2),
    ({"privileged": True, "dnsServers": ["10.0.0.2"], "extraHosts": [{"hostname": "a", "ipAddress": "10.0.0.2"}]}, EC2),
    ({"memoryReservation": 64}, {**EC2, "memory": ""}),
    ({"systemControls": [{"namespace": "net.a", "value": "1"}, {"namespace": "kernel.sem", "value": "1"}]}, {}),
    ({"restartPolicy": {"enabled": True, "restartAttemptPeriod": 60, "ignoredExitCodes": [*range(50)]}}, {}),
    (linux(maxSwap=0, swappiness=100), EC2),
    ({"environmentFiles": [{"value": f"arn:aws:s3:::config/{n}.env"} for n in range(10)]}, {}),
    ({"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::config/a.env"}]}, {}),
]
REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"privileged": True}, {}, "Fargate compatible task definitions do not support privileged"),
    ({"dnsServers": ["10.0.0.2"]}, {}, "do not support dnsServers"),
    (linux(sharedMemorySize=64), {}, "do not support sharedMemorySize"),
    (linux(swappiness=0), {}, "do not support swappiness"),
    (linux(capabilities={"add": ["NET_ADMIN"]}), {}, "adding NET_ADMIN"),
    ({"resourceRequirements": [{"type": "GPU", "value": "1"}]}, {}, "do not support gpu"),
    ({"stopTimeout": 121}, {}, "2-120 seconds"),
    ({"startTimeout": 1}, {}, "2-120 seconds"),
    ({}, {"pidMode": "host"}, "pidMode"),
    ({"dnsServers": ["10.0.0.2"]}, {**EC2, "networkMode": "awsvpc"}, "no run could start"),
    (linux(tmpfs=[]), WINDOWS, ""),
    ({"environmentFiles": [{"value": "arn:aws:s3:::config/a.env"}]}, WINDOWS, "Windows"),
    ({"restartPolicy": {"enabled": True}}, WINDOWS, "Windows"),
    ({"systemControls": [{"namespace": "net.core.somaxconn", "value": "1"}]}, WINDOWS, "Windows"),
    ({"restartPolicy": {"enabled": True, "restartAttemptPeriod": 59}}, {}, "60 to 1800"),
    (linux(tmpfs=[{"containerPath": "/a", "size": 0}]), {}, "invalid tmpfs size"),
    ({}, {**EC2, "memory": ""}, "At least one of 'memory' or 'memoryReservation' must be specified."),
    ({"memory": 64, "memoryReservation": 64}, {}, "greater than"),
    # botocore ecs, RegisterTaskDefinitionRequest.pidMode: "This parameter is not supported for Windows containers."
    ({}, {**WINDOWS, **EC2, "pidMode": "task"}, "pidMode: is not supported for Windows containers"),
    # botocore ecs, LinuxParameters.swappiness: "between 0 and 100"
    (linux(swappiness=101), EC2, "swappiness: must be from 0 to 100"),
    (linux(swappiness=-1), EC2, "swappiness: must be from 0 to 100"),
    (linux(maxSwap=-1), EC2, "maxSwap: accepted values are 0 or any positive integer"),
    # botocore ecs, ContainerDefinition.environmentFiles: "You can specify up to ten environment files."
    (
        {"environmentFiles": [{"value": f"arn:aws:s3:::config/{n}.env"} for n in range(11)]},
        {},
        "has 11 files, the maximum is 10",
    ),
    # botocore ecs, ContainerRestartPolicy.ignoredExitCodes: "You can specify a maximum of 50 container exit codes."
    ({"restartPolicy": {"enabled": True, "ignoredExitCodes": [*range(51)]}}, {}, "ignoredExitCodes: the maximum is 50"),
    ({"systemControls": [{"namespace": "vm.swappiness", "value": "1"}]}, {}, "vm.swappiness"),
    ({"systemControls": [{"namespace": "net.a", "value": "1"}]}, {**EC2, "networkMode": "host"}, "host"),
    ({"environmentFiles": [{"value": "arn:aws:s3:::config/a.txt"}]}, {}, ".env"),
    (USER, {}, "a firelens configuration object must be configured in one of the containers."),
]


@pytest.mark.parametrize(("container", "settings"), ACCEPTED, ids=str)
def test_settings_that_aws_accepts(container: dict[str, Any], settings: dict[str, Any]):
    assert refused(container, **settings) == []


@pytest.mark.parametrize(("container", "settings", "part"), REFUSED, ids=str)
def test_settings_that_aws_refuses(container: dict[str, Any], settings: dict[str, Any], part: str):
    found = refused(container, **settings)
    assert found
    assert part in " ".join(found)


def test_log_routers():
    assert refused(USER, ROUTER) == []
    assert "at least one container has to be configured" in refused({}, ROUTER)[0]
    assert "UID" in refused(USER, {**ROUTER, "user": "fluent"})[0]
    assert "only one container" in refused(USER, ROUTER, {**ROUTER, "name": "b"})[0]
    assert "START or HEALTHY" in refused({**USER, "dependsOn": [{"containerName": "router", "condition": "SUCCESS"}]}, ROUTER)[0]  # fmt: skip
    assert "can't use the awsfirelens log driver" in refused(USER, {**ROUTER, **USER})[0]
    # botocore ecs, FirelensConfiguration.options: "config-file-type:"s3|file"".
    url = {"type": "fluentbit", "options": {"config-file-type": "url"}}
    assert "'url' is not s3 or file" in refused(USER, {**ROUTER, "firelensConfiguration": url})[0]
    s3 = {"type": "fluentbit", "options": {"config-file-type": "s3", "config-file-value": "arn:aws:s3:::a/b"}}
    assert "file configuration file type" in refused(USER, {**ROUTER, "firelensConfiguration": s3})[0]


def test_a_router_runs_as_root_and_a_reservation_is_enough(session: Session):
    """AWS adds the user: https://github.com/hashicorp/terraform-provider-aws/pull/41394."""
    ecs = session.client("ecs", "eu-west-1")
    containers = [
        {"name": "main", "image": "a:1", "memoryReservation": 64, **USER},
        {**ROUTER, "image": "r:1", "memoryReservation": 64},
    ]
    given: Any = {"family": "job", "requiresCompatibilities": ["EC2"], "containerDefinitions": containers}
    found = ecs.register_task_definition(**given)["taskDefinition"]["containerDefinitions"]
    assert [each.get("user") for each in found] == [None, "0"]
    del containers[0]["memoryReservation"]
    with pytest.raises(InvalidRequestError, match="At least one of 'memory' or 'memoryReservation' must be specified"):
        ecs.register_task_definition(**given)
