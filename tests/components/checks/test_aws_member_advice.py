"""Warnings about members in AWS's own words."""

from typing import Any

import pytest

from .test_likely_mistakes import said

EC2: dict[str, Any] = {"launch": "ec2", "network_mode": "bridge"}


def container(**members: Any) -> dict[str, Any]:
    return {"aws": {"container": members}}


WARNED: list[tuple[dict[str, Any], str]] = [
    (
        {"aws": {"task_definition": {"enableFaultInjection": True}}},
        "aws.task_definition.enableFaultInjection: lets containers",
    ),
    (
        {"aws": {"task_definition": {"proxyConfiguration": {"containerName": "main"}}}},
        "aws.task_definition.proxyConfiguration: is for AWS App Mesh",
    ),
    (
        container(credentialSpecs=["credentialspec:arn:aws:s3:::bucket/spec.json"]),
        "aws.container.credentialSpecs: is read with the execution role",
    ),
    (
        {"sidecars": {"a": {"image": "a:1", **container(credentialSpecs=["credentialspec:arn:aws:s3:::bucket/a"])}}},
        "sidecars.a.aws.container.credentialSpecs: is read with the execution role",
    ),
]


@pytest.mark.parametrize(("args", "start"), WARNED)
def test_members_that_are_risky_or_need_more(args: dict[str, Any], start: str):
    [found] = said(**args)
    assert found.startswith(start)


@pytest.mark.parametrize(
    "args",
    [
        {"aws": {"task_definition": {"enableFaultInjection": False}}},
        {**EC2, **container(volumesFrom=[], credentialSpecs=[])},
        container(portMappings=[{"containerPort": 80}]),
        {
            "execution_role": "arn:aws:iam::123456789012:role/domain",
            **container(credentialSpecs=["credentialspec:arn:aws:s3:::bucket/spec.json"]),
        },
    ],
)
def test_other_members_are_no_mistake(args: dict[str, Any]):
    assert said(**args) == []
