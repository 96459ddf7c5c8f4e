"""Outputs of other resources pass where the type of a key allows them, and nowhere else."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import pulumi
import pytest

from components.args import GroupReference, ScheduledTaskArgs, ScheduledTaskGroupArgs
from components.keys.annotations import has_output, is_output
from components.keys.reference import keys_of, shapes_in
from components.keys.validation import validated
from components.problems import Problem

T = TypeVar("T")

INPUTS = {
    "ScheduledTaskArgs.image", "ScheduledTaskArgs.task_role", "ScheduledTaskGroupArgs.cluster", "SidecarArgs.image",
    "NetworkArgs.subnet_ids", "NetworkArgs.security_group_ids", "NetworkArgs.vpc_id", "NotifyArgs.topic_arn",
    "TaskNetworkArgs.subnet_ids", "TaskNetworkArgs.security_group_ids", "TaskNetworkArgs.vpc_id",
    "VolumeArgs.efs", "VolumeArgs.access_point", "ScheduledTaskArgs.execution_role", "ScheduledTaskGroupArgs.scheduler_role",
    "ScheduledTaskGroupArgs.supervisor_role", "ScheduledTaskGroupArgs.execution_role",
    "S3FilesVolumeArgs.file_system", "S3FilesVolumeArgs.access_point",
    "S3FilesVolumeArgs.bucket", "ScheduledTaskArgs.registry_credentials", "SidecarArgs.registry_credentials",
    "LogsArgs.group", "ContainerLogsArgs.group", "FsxVolumeArgs.file_system", "FsxVolumeArgs.credentials",
    "WebhookArgs.secret", "PagerDutyArgs.routing_key", "HeartbeatArgs.url", "SlackArgs.token", "TeamsArgs.url",
}  # fmt: skip
"""Keys whose value can be an output."""
INPUTS_INSIDE: list[tuple[type, str, Callable[[object], object]]] = [
    (ScheduledTaskArgs, "command", lambda it: [it]),
    (ScheduledTaskArgs, "entry_point", lambda it: [it]),
    (ScheduledTaskArgs, "environment", lambda it: {"A": it}),
    (ScheduledTaskArgs, "secrets", lambda it: {"A": it}),
    (ScheduledTaskArgs, "secret_values", lambda it: {"A": it}),
    (ScheduledTaskArgs, "managed_policies", lambda it: [it]),
    (ScheduledTaskArgs, "permissions", lambda it: [{"actions": ["s3:GetObject"], "resources": [it]}]),
    (ScheduledTaskArgs, "volumes", lambda it: {"a": {"path": "/a", "efs": it, "access_point": it}}),
    (ScheduledTaskArgs, "sidecars", lambda it: {"a": {"image": it, "command": [it], "environment": {"A": it}}}),
    (ScheduledTaskArgs, "sidecars", lambda it: {"a": {"image": "a:1", "entry_point": [it], "secrets": {"A": it}}}),
    (ScheduledTaskGroupArgs, "network", lambda it: {"subnet_ids": [it], "security_group_ids": [it], "vpc_id": it}),
    (ScheduledTaskGroupArgs, "notify", lambda it: {"topic_arn": it}),
]
SHAPES = {
    shape.__name__: shape
    for shape in (*shapes_in(ScheduledTaskArgs), *shapes_in(ScheduledTaskGroupArgs))
    if shape not in shapes_in(GroupReference)
}
KEYS = {f"{name}.{key}": (shape, key) for name, shape in SHAPES.items() for key in keys_of(shape)}
KNOWN_LATER = "not an output, whose value is known only after its resource is created."


def in_program(make: Callable[[], T]) -> T:
    """The result of a function that creates outputs, which need an event loop."""

    async def program() -> T:
        return make()

    return asyncio.run(program())


def found(shape: type, key: str, value: Callable[[object], object]) -> list[Problem]:
    return in_program(
        lambda: [
            problem
            for problem in validated(shape, {key: value(pulumi.Output.from_input("x"))}).problems
            if not problem.message.startswith("is missing.")
        ]
    )


@pytest.mark.parametrize(("where", "shape", "key"), [(where, *it) for where, it in KEYS.items()], ids=KEYS)
def test_output_as_the_value_of_a_key(where: str, shape: type, key: str):
    problems = found(shape, key, lambda it: it)
    if where in INPUTS:
        assert problems == []
    else:
        [problem] = problems
        assert problem.path == (key,)
        assert problem.message.startswith("must be ")
        assert problem.message.endswith(KNOWN_LATER)


@pytest.mark.parametrize(("shape", "key", "value"), INPUTS_INSIDE, ids=[key for _, key, _ in INPUTS_INSIDE])
def test_output_inside_a_value(shape: type, key: str, value: Callable[[object], object]):
    assert found(shape, key, value) == []


@pytest.mark.parametrize(
    ("shape", "key", "value", "path"),
    [
        (ScheduledTaskArgs, "tags", lambda it: {"A": it}, "tags.A"),
        (ScheduledTaskArgs, "permissions", lambda it: [{"actions": [it], "resources": ["*"]}], "permissions.0.actions.0"),
        (ScheduledTaskArgs, "schedules", lambda it: [{"expression": "rate(1 day)", "environment": {"A": it}}], "schedules.0.environment.A"),
        (ScheduledTaskArgs, "retry", lambda it: {"attempts": it}, "retry.attempts"),
        (ScheduledTaskGroupArgs, "task_definitions", lambda it: [it], "task_definitions.0"),
        (ScheduledTaskGroupArgs, "notify", lambda it: {"emails": [it]}, "notify.emails.0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_output_inside_a_value_that_is_checked_before_anything_is_created(
    shape: type, key: str, value: Callable[[object], object], path: str
):
    [problem] = found(shape, key, value)
    assert str(problem).startswith(f"{path}: must be ")
    assert problem.message.endswith(KNOWN_LATER)


def test_output_is_recognized_at_any_depth():
    def facts() -> list[bool]:
        output: Any = pulumi.Output.from_input("x")
        values: list[object] = [output, [output], {"a": [output]}, ({"a": output},), "x", ["x"], {"a": "x"}, None, 5]
        return [has_output(value) for value in values]

    assert in_program(facts) == [True] * 4 + [False] * 5
    assert not is_output("x")
