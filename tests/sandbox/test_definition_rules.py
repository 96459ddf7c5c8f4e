"""Task definitions that the sandbox refuses, same as AWS, because their members do not fit together."""

from typing import Any

import pytest

from sandbox.definition_rules import definition_problems
from sandbox.moto_task_definitions import complete

EC2 = {"requiresCompatibilities": ["EC2"], "networkMode": "bridge"}
WINDOWS = {"networkMode": "awsvpc", "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}


def refused(container: dict[str, Any] | None = None, **settings: Any) -> list[str]:
    params = {
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "containerDefinitions": [{"name": "main", **(container or {})}, {"name": "proxy"}],
        **settings,
    }
    return list(definition_problems(params))


DEVICES = {"linuxParameters": {"devices": [{"hostPath": "/dev/fuse"}]}}
PORT: dict[str, Any] = {"portMappings": [{"containerPort": 80, "hostPort": 81}]}
CASES: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({"disableNetworking": True}, {}, ["container 'main': Fargate compatible task definitions do not support disableNetworking"]),
    (
        {"dockerSecurityOptions": ["no-new-privileges"]},
        {},
        ["container 'main': Fargate compatible task definitions do not support dockerSecurityOptions"],
    ),
    (DEVICES, {}, ["container 'main': Fargate compatible task definitions do not support devices"]),
    (DEVICES, EC2, []),
    ({}, {"ipcMode": "task"}, ["Fargate compatible task definitions do not support ipcMode"]),
    (
        {},
        {"placementConstraints": [{"type": "memberOf", "expression": "x"}]},
        ["Fargate compatible task definitions do not support constraints"],
    ),
    ({}, {**EC2, "placementConstraints": [{"type": "memberOf"}] * 11}, ["placementConstraints: AWS accepts at most 10"]),
    ({"links": ["proxy"]}, EC2, []),
    ({"links": ["proxy"]}, {**EC2, "networkMode": "host"}, ["container 'main': Links are not supported when networkMode=host"]),
    ({"links": ["envoy:e"]}, EC2, ["container 'main': links: 'envoy:e' does not name a container of the task definition"]),
    ({"volumesFrom": [{"sourceContainer": "proxy"}]}, {}, []),
    (
        {"volumesFrom": [{"sourceContainer": "envoy"}]},
        {},
        ["container 'main': volumesFrom: 'envoy' is not a container of the task definition"],
    ),
    ({"hostname": "x"}, {}, ["container 'main': hostname: is not supported when networkMode=awsvpc"]),
    ({"hostname": "x"}, EC2, []),
    (PORT, EC2, []),
    (
        PORT,
        {},
        ["container 'main': When networkMode=awsvpc, the host ports and container ports in port mappings must match."],
    ),
    (
        PORT,
        {"requiresCompatibilities": ["EC2"], "networkMode": "none"},
        ["container 'main': portMappings: can't be specified when networkMode=none"],
    ),
    ({}, {"enableFaultInjection": True}, []),
    (
        {},
        {**EC2, "enableFaultInjection": True},
        ["enableFaultInjection: works only on Linux, with the network modes awsvpc and host"],
    ),
    (
        {"disableNetworking": True},
        {"requiresCompatibilities": ["EC2"], **WINDOWS},
        ["container 'main': disableNetworking: is not supported for Windows containers"],
    ),
    ({}, {"requiresCompatibilities": ["EC2"], **WINDOWS, "ipcMode": "task"}, ["ipcMode: is not supported for Windows containers"]),
    ({}, {"proxyConfiguration": {"containerName": "proxy"}}, []),
    (
        {},
        {"proxyConfiguration": {"containerName": "envoy"}},
        ["proxyConfiguration: 'envoy' is not a container of the task definition"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("container", "settings", "problems"), CASES)
def test_members_that_do_not_fit_together(container: dict[str, Any], settings: dict[str, Any], problems: list[str]):
    assert refused(container, **settings) == problems


@pytest.mark.parametrize(
    ("port", "mode", "returned"),
    [
        ({"containerPort": 80}, "awsvpc", {"containerPort": 80, "hostPort": 80, "protocol": "tcp"}),
        ({"containerPort": 80}, "host", {"containerPort": 80, "hostPort": 80, "protocol": "tcp"}),
        ({"containerPort": 80}, "bridge", {"containerPort": 80, "hostPort": 0, "protocol": "tcp"}),
        ({"containerPort": 80, "hostPort": 81}, "bridge", {"containerPort": 80, "hostPort": 81, "protocol": "tcp"}),
        ({"containerPortRange": "80-90", "protocol": "udp"}, "awsvpc", {"containerPortRange": "80-90", "protocol": "udp"}),
    ],
)  # fmt: skip
def test_ports_are_returned_as_aws_returns_them(port: dict[str, Any], mode: str, returned: dict[str, Any]):
    assert complete(port, mode) == returned
