"""Warnings about members in AWS's own words."""

from typing import Any

import pytest

from .test_likely_mistakes import said

EC2: dict[str, Any] = {"launch": "ec2", "network_mode": "bridge"}


def container(**members: Any) -> dict[str, Any]:
    return {"aws": {"container": members}}


WARNED: list[tuple[dict[str, Any], str]] = [
    ({**EC2, "aws": {"task_definition": {"ipcMode": "host"}}}, "aws.task_definition.ipcMode: shares memory"),
    (
        {"aws": {"task_definition": {"enableFaultInjection": True}}},
        "aws.task_definition.enableFaultInjection: lets containers",
    ),
    (
        {"aws": {"task_definition": {"proxyConfiguration": {"containerName": "main"}}}},
        "aws.task_definition.proxyConfiguration: is for AWS App Mesh",
    ),
    (
        {**EC2, **container(dockerSecurityOptions=["no-new-privileges", "seccomp:unconfined"])},
        "aws.container.dockerSecurityOptions.1: switches off",
    ),
    (
        {**EC2, **container(linuxParameters={"devices": [{"hostPath": "/dev/fuse"}]})},
        "aws.container.linuxParameters.devices: gives the container direct access",
    ),
    (
        container(credentialSpecs=["credentialspec:arn:aws:s3:::bucket/spec.json"]),
        "aws.container.credentialSpecs: is read with the execution role",
    ),
    (
        {**EC2, "sidecars": {"a": {"image": "a:1", **container(dockerSecurityOptions=["label:disable"])}}},
        "sidecars.a.aws.container.dockerSecurityOptions.0: switches off",
    ),
]


@pytest.mark.parametrize(("args", "start"), WARNED)
def test_members_that_weaken_isolation_or_need_more(args: dict[str, Any], start: str):
    [found] = said(**args)
    assert found.startswith(start)


@pytest.mark.parametrize(
    "args",
    [
        {**EC2, "aws": {"task_definition": {"ipcMode": "task"}}},
        {"aws": {"task_definition": {"enableFaultInjection": False}}},
        {**EC2, **container(dockerSecurityOptions=["no-new-privileges", "apparmor:docker-default"])},
        {**EC2, **container(linuxParameters={"devices": []}, credentialSpecs=[])},
        container(interactive=True),
    ],
)
def test_other_members_are_no_mistake(args: dict[str, Any]):
    assert said(**args) == []
