"""Members of AWS's model that need a platform version of Fargate: the check of tasks and the sandbox know each of them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.loaders import Loader

from sandbox.fargate import needs_1_4_0
from tests.refusals.refused import assert_one, in_task

NEEDS_1_4_0 = re.compile(r"platform (version )?(<code>)?1\.4\.0")
FILE = "arn:aws:s3:::config/a.env"
CONTAINER: dict[str, Any] = {"name": "main", "image": "job:1"}
KNOWN: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # Member of AWS's model: a task that uses it, the task definition, and the overrides of a run.
    "EnvironmentFile": (
        {"environmentFiles": [FILE]},
        {"containerDefinitions": [{**CONTAINER, "environmentFiles": [{"type": "s3", "value": FILE}]}]},
        {},
    ),
    "EphemeralStorage": ({"ephemeralStorage": 30}, {"ephemeralStorage": {"sizeInGiB": 30}}, {}),
    "LinuxParameters.capabilities": (
        {"linux": {"capabilities": {"add": ["SYS_PTRACE"]}}},
        {"containerDefinitions": [{**CONTAINER, "linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"]}}}]},
        {},
    ),
    "RegisterTaskDefinitionRequest.ephemeralStorage": (
        {"ephemeralStorage": 30},
        {"ephemeralStorage": {"sizeInGiB": 30}},
        {},
    ),
    "RegisterTaskDefinitionRequest.memory": (
        {"cpu": 8192, "memory": 16384},
        {"cpu": "8192", "memory": "16384"},
        {},
    ),
    "RegisterTaskDefinitionRequest.pidMode": ({"pidMode": "task"}, {"pidMode": "task"}, {}),
    "SystemControl": (
        {"systemControls": {"net.core.somaxconn": "1024"}},
        {
            "containerDefinitions": [
                {**CONTAINER, "systemControls": [{"namespace": "net.core.somaxconn", "value": "1024"}]}
            ]
        },
        {},
    ),
    "TaskOverride.ephemeralStorage": (
        {"schedule": None, "schedules": [{"expression": "rate(1 day)", "ephemeralStorage": 30}]},
        {},
        {"ephemeralStorage": {"sizeInGiB": 30}},
    ),
    "CapacityProviderStrategyItem": (
        {"architecture": "arm64", "launch": "fargateSpot"},
        {"runtimePlatform": {"cpuArchitecture": "ARM64"}},
        {},
    ),
}


def named(shapes: dict[str, Any], name: str, seen: set[str]) -> Iterator[str]:
    """Shapes and members of a request whose own documentation names platform version 1.4.0."""
    if name in seen:
        return
    seen.add(name)
    if NEEDS_1_4_0.search(shapes[name].get("documentation", "")):
        yield name
    for member, reference in shapes[name].get("members", {}).items():
        if NEEDS_1_4_0.search(reference.get("documentation", "")):
            yield f"{name}.{member}"
        yield from named(shapes, reference["shape"], seen)
    if "member" in shapes[name]:
        yield from named(shapes, shapes[name]["member"]["shape"], seen)


def test_every_member_that_names_a_platform_version_is_known():
    shapes = Loader().load_service_model("ecs", "service-2")["shapes"]
    seen: set[str] = set()
    requests = ("RegisterTaskDefinitionRequest", "RunTaskRequest")
    assert {found for request in requests for found in named(shapes, request, seen)} == KNOWN.keys()


@pytest.mark.parametrize("member", KNOWN)
def test_an_old_version_is_refused(member: str):
    task, definition, overrides = KNOWN[member]
    assert_one(in_task({"platformVersion": "1.3.0", **task}), "tasks.job.platformVersion", "1.4.0")
    assert list(needs_1_4_0(definition, overrides, enter=False))
    assert not list(needs_1_4_0({"containerDefinitions": [CONTAINER]}, {}, enter=False))
