"""The changes of an operation in words."""

import json
from typing import Any

import pytest
from pulumi import automation as auto

from sandbox.changes import UNKNOWN, Changed, Operation, change_lines
from sandbox.events import Events

PREFIX = "urn:pulumi:local::scheduled-tasks::"
TASK = "ecs-scheduled-tasks:index:ScheduledTask"
DEFINITION, SCHEDULE = "aws:ecs/taskDefinition:TaskDefinition", "aws:scheduler/schedule:Schedule"


def definition(operation: Operation = "replace", **values: Any) -> Changed:
    """A task definition whose inputs change as in `memory=("2048", "4096")`."""
    return resource(DEFINITION, operation, **values)


def resource(kind: str, operation: Operation = "update", task: str = "backup", **values: Any) -> Changed:
    urn = f"{PREFIX}{TASK}${kind}::{task or 'tasks'}-thing" if task else f"{PREFIX}{kind}::tasks-thing"
    old = {key: pair[0] for key, pair in values.items() if pair[0] is not None}
    new = {key: pair[1] for key, pair in values.items() if pair[1] is not None}
    return Changed(operation, urn, task, old, new)


def containers(**main: Any) -> str:
    return json.dumps([{"name": "main", **main}])


def text(*changed: Changed) -> list[str]:
    return [f"{line.operation}: {line.text}" for line in change_lines(changed)]


def test_a_task_has_one_line_with_its_values():
    target = {"ecsParameters": {"taskDefinitionArn": "arn:x:1"}}, {"ecsParameters": {"taskDefinitionArn": UNKNOWN}}
    schedule = resource(SCHEDULE, target=target)
    assert text(definition(memory=("2048", "4096")), schedule) == [
        "update: backup: memory 2048 → 4096, new revision, schedule updated"
    ]
    assert text(schedule) == [
        "update: backup: taskDefinitionArn arn:x:1 → (known after the deployment), schedule updated"
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            definition(containerDefinitions=(containers(image="a:1"), containers(image="a:2"))),
            "image a:1 → a:2, new revision",
        ),
        (
            definition(containerDefinitions=(containers(), containers(command=["a", "--password", "hunter2"]))),
            'command not set → ["a", "--password", ***], new revision',
        ),
        (
            definition(
                containerDefinitions=(
                    containers(environment=[{"name": "A", "value": "1"}, {"name": "B", "value": "1"}]),
                    containers(environment=[{"name": "A", "value": "2"}, {"name": "C", "value": "1"}]),
                )
            ),
            "environment.A changed, environment.B removed, environment.C added, new revision",
        ),
        (definition(tags=({"owner": "a"}, {"owner": "b"})), "tags.owner a → b, new revision"),
        (
            resource(SCHEDULE, scheduleExpression=("rate(1 hour)", "rate(2 hours)"), state=("ENABLED", "DISABLED")),
            "schedule rate(1 hour) → rate(2 hours), state ENABLED → DISABLED, schedule updated",
        ),
        (
            resource(SCHEDULE, scheduleExpressionTimezone=(None, "UTC")),
            "timezone not set → UTC, schedule updated",
        ),
        (resource("aws:iam/rolePolicy:RolePolicy", policy=("{}", '{"a": 1}')), "role policy updated"),
        (
            definition(cpu=("x" * 70, "1")),
            f"cpu {'x' * 59}… → 1, new revision",
        ),
        (
            definition(tags=({}, {str(number): "x" for number in range(8)})),
            ", ".join([*(f"tags.{number} not set → x" for number in range(6)), "2 more, new revision"]),
        ),
        (definition("update", containerDefinitions=("[broken", "[")), "containerDefinitions [broken → [, task definition updated"),
    ],
)  # fmt: skip
def test_details(changed: Changed, expected: str):
    assert text(changed) == [f"update: backup: {expected}"]


def test_a_new_or_removed_task_has_its_resources():
    words: dict[Operation, str] = {"create": "new", "delete": "removed"}
    for operation, word in words.items():
        component = Changed(operation, f"{PREFIX}{TASK}::backup", "backup")
        parts = [
            resource(kind, operation) for kind in (SCHEDULE, SCHEDULE, DEFINITION, "aws:iam/rolePolicy:RolePolicy")
        ]
        assert text(component, *parts, parts[-1]) == [
            f"{operation}: backup: {word} (2 role policies, 2 schedules, task definition)"
        ]


def test_shared_resources_of_a_new_stack_are_counted_and_later_named():
    alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
    stack = Changed("create", f"{PREFIX}pulumi:pulumi:Stack::scheduled-tasks-local")
    assert text(stack, resource(alarm, "create", ""), resource(alarm, "create", "")) == [
        "create: shared resources: 2 metric alarms"
    ]
    assert text(resource(alarm, "update", "", threshold=(1, 2))) == [
        "update: tasks-thing: threshold 1 → 2, metric alarm updated"
    ]
    assert text(resource(alarm, "delete", "")) == ["delete: tasks-thing: metric alarm deleted"]


def test_only_the_inputs_that_the_engine_compares_count():
    changed = Changed(
        "update", f"{PREFIX}{TASK}${SCHEDULE}::a", "a", {"x": 1, "state": "A"}, {"x": 2, "state": "B"}, ("state",)
    )
    assert text(changed) == ["update: a: state A → B, schedule updated"]


def event(operation: str, urn: str, parent: str = "") -> auto.EngineEvent:
    state = {"type": "", "urn": urn, "id": "", "parent": parent, "provider": "", "custom": True, "delete": False,
             "protect": False, "inputs": {}, "outputs": {}}  # fmt: skip
    metadata = {"op": operation, "urn": urn, "type": "", "provider": "", "old": state, "new": state}
    return auto.EngineEvent.from_json({"sequence": 0, "timestamp": 0, "resourcePreEvent": {"metadata": metadata}})


@pytest.mark.parametrize("steps", [True, False])
def test_a_replacement_is_one_change_of_its_task(steps: bool):
    lines: list[str] = []
    events = Events(lines.append, steps=steps)
    component, role = f"{PREFIX}{TASK}::backup", f"{PREFIX}{TASK}$aws:iam/role:Role::backup-task"
    policy = f"{PREFIX}{TASK}$aws:iam/role:Role$aws:iam/rolePolicy:RolePolicy::backup-policy"
    events(event("same", component))
    events(event("same", role, component))
    for operation in ("create-replacement", "replace", "delete-replaced"):
        events(event(operation, policy, role))
    assert [(each.operation, each.name, each.task) for each in events.outcome.changed] == [
        ("replace", "backup-policy", "backup")
    ]
    assert lines == (["  replace  aws:iam/rolePolicy:RolePolicy backup-policy"] if steps else [])


def test_a_warning_is_printed_once():
    lines: list[str] = []
    events = Events(lines.append)
    warning = {"severity": "warning", "message": "b is missing", "color": "never"}
    for number in range(2):
        events(auto.EngineEvent.from_json({"sequence": number, "timestamp": 0, "diagnosticEvent": warning}))
    assert lines == ["  warning: b is missing"]
