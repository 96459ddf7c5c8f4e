"""Sizes of task definitions and of RunTask's overrides, at AWS's limits."""

import json
from typing import Any, cast

import pulumi
import pytest

from components import ScheduledTask, ScheduledTaskGroup
from components.checks import checked_task
from sandbox.sizes import size_problems
from tests.mocks import run
from tests.refusals.refused import assert_one, in_task

OVERRIDES = 8_192
"""Characters, with the JSON formatting (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html)."""
TASK_DEFINITION = 65_536
"""Bytes (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html, "Task definition size")."""
STEP_FUNCTIONS = 1_048_576
"""Bytes of a state machine's definition (botocore stepfunctions, Definition)."""
ARN = "<aws.scheduler.schedule-arn>"


def problems(task: dict[str, Any]) -> list[str]:
    found = checked_task("job", {"image": "a:1", **task})[1]
    return [".".join(map(str, problem.path)) for problem in found]


def scheduled(command: list[str], **more: Any) -> dict[str, Any]:
    return {"schedules": [{"expression": "rate(1 day)", "command": command}], **more}


def command_of(size: int, text: str = "") -> list[str]:
    """A command with which the overrides have this many characters."""
    empty = json.dumps({"containerOverrides": [{"command": [""], "name": "main"}]}, separators=(",", ":"))
    return [text + "x" * (size - len(empty) - len(text))]


def test_overrides_of_a_schedule():
    assert problems(scheduled(command_of(OVERRIDES))) == []
    assert problems(scheduled(command_of(OVERRIDES + 1))) == ["schedules.0"]


def test_overrides_with_a_keyword_have_room_for_its_longest_value():
    """Scheduler replaces the keyword of 28 characters by an ARN. botocore scheduler, Name: 64 characters."""
    longest = len("arn:aws-us-gov:scheduler:us-gov-west-1:123456789012:schedule/") + 64 + 1 + 64
    growth = longest - len(ARN)
    assert problems(scheduled(command_of(OVERRIDES - growth, ARN))) == []
    assert problems(scheduled(command_of(OVERRIDES - growth + 1, ARN))) == ["schedules.0"]


def test_overrides_of_a_supervised_task_have_room_for_the_name_of_the_run():
    """botocore stepfunctions, Name: 80 characters."""
    added = len(json.dumps({"name": "SCHEDULED_TASKS_RUN", "value": "x" * 80}, separators=(",", ":")))
    added += len(',"environment":[]')
    assert problems(scheduled(command_of(OVERRIDES - added), timeout="1h")) == []
    assert problems(scheduled(command_of(OVERRIDES - added + 1), timeout="1h")) == ["schedules.0"]


def test_a_variable_of_a_supervised_task_is_counted_once():
    schedule = {"expression": "rate(1 day)", "environment": {"A": "x" * 7_900}}
    assert problems({"schedules": [schedule], "timeout": "1h"}) == []
    schedule["environment"] = {"A": "x" * 8_090}
    assert problems({"schedules": [schedule], "timeout": "1h"}) == ["schedules.0"]
    assert problems({"schedules": [schedule]}) == []


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"environment": {f"V{number}": "x" * 1000 for number in range(70)}}, "environment"),
        ({"command": ["x" * 1000] * 70}, "command"),
        ({"entryPoint": ["x" * 1000] * 70}, "entryPoint"),
        ({"environment": {"A": "ü" * 40_000}}, "environment"),
        ({"sidecars": {f"s{number}": {"image": "b:1", "environment": {"A": "x" * 9000}} for number in range(8)}}, "sidecars"),
    ],
    ids=["environment", "command", "entry point", "bytes", "sidecars"],
)  # fmt: skip
def test_a_task_definition_that_is_too_large(values: dict[str, Any], path: str):
    assert_one(in_task(values), f"tasks.job.{path}", "65536")


def test_many_long_secrets_make_a_task_definition_too_large():
    parameter = f"arn:aws:ssm:eu-west-1:123456789012:parameter/{'x' * 200}"
    found = in_task({"secrets": {f"S{number:03}": f"{parameter}/{number}" for number in range(300)}})
    assert [problem for problem in found if problem.startswith("tasks.job.secrets: ") and "65536" in problem]


@pytest.mark.parametrize("size", [58_000, 64_600])
def test_a_task_definition_that_is_accepted_has_a_size_that_aws_accepts(size: int):
    """The check estimates names that it does not know yet."""
    task = {"image": "a:1", "schedule": "rate(1 day)", "environment": {"A": "x" * size}, "exec": True}

    def program() -> None:
        group = ScheduledTaskGroup("tasks", {"cluster": "main"})
        ScheduledTask("job", cast("Any", {**task, "group": group.reference}))

    recorded = run(program, preview=False)
    assert recorded.error is None
    inputs = recorded.named("job-definition").inputs
    request = {**inputs, "containerDefinitions": json.loads(inputs["containerDefinitions"])}
    assert size_problems("ecs", "RegisterTaskDefinition", request) == []


def test_values_of_other_resources_are_skipped():
    def program() -> None:
        environment = {"A": pulumi.Output.from_input("x" * 70_000)}
        args = {"image": "a:1", "schedule": "rate(1 day)", "environment": environment, "group_args": {}}
        ScheduledTask("job", cast("Any", args))

    assert run(program, preview=False).error is None


def test_state_machines_have_a_size_that_aws_accepts():
    """The largest state machine: exclusive, with all retries, and with the longest names."""
    task = {
        "image": "a:1", "schedule": "rate(1 day)", "timeout": "30d", "overlap": "replace",
        "retry_run": {"attempts": 10, "delay": "1m", "backoff": 10, "exit_codes": list(range(1, 256))},
        "retry": {"attempts": 185, "max_age": "1d"}, "launch": "ec2",
        "placement_constraints": [{"type": "memberOf", "expression": f"attribute:a == {'x' * 1900}"} for _ in range(10)],
    }  # fmt: skip

    def program() -> None:
        subnets = [pulumi.Output.from_input(f"subnet-{number:017x}") for number in range(16)]
        network = {
            "subnet_ids": subnets,
            "security_group_ids": [f"sg-{number:017x}" for number in range(5)],
            "assign_public_ip": "false",
        }
        shared = {"cluster": "c" * 255, "supervised": True, "prefix": "p" * 256, "network": network}
        group = ScheduledTaskGroup("tasks", cast("Any", shared))
        ScheduledTask("j" * 100, cast("Any", {**task, "group": group.reference}))

    recorded = run(program, preview=False)
    assert recorded.error is None
    [machine] = [found for found in recorded.of_aws if found.type.endswith(":StateMachine")]
    assert len(machine.inputs["definition"].encode()) <= STEP_FUNCTIONS
    states = json.loads(machine.inputs["definition"])["States"]
    assert all(len(name) <= 80 for name in states)
    assert len(machine.inputs["name"]) <= 80
