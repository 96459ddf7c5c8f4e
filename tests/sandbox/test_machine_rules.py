"""Definitions of state machines that AWS refuses."""

import json

import pytest

from sandbox.rules import rule_problems

RUN = {"Cluster": "jobs", "TaskDefinition": "backup:1", "LaunchType": "FARGATE"}


def problems(
    resource: str, block: str, arguments: dict[str, object], operation: str = "CreateStateMachine"
) -> list[str]:
    state = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", block: {**RUN, **arguments}, "End": True}
    definition = {"StartAt": "Task", "States": {"Task": state}}
    return list(rule_problems("stepfunctions", operation, {"name": "jobs", "definition": json.dumps(definition)}))


@pytest.mark.parametrize("operation", ["CreateStateMachine", "UpdateStateMachine"])
@pytest.mark.parametrize(
    ("block", "key", "name"),
    [
        ("Parameters", "StartedBy", "StartedBy"),
        ("Parameters", "Count.$", "Count"),
        ("Arguments", "Count", "Count"),
    ],
)
def test_step_functions_sets_some_arguments_itself(block: str, key: str, name: str, operation: str):
    """https://github.com/radkawar/stackd, testdata/aws/stepfunctions/ecs_schema_admission.json: answers of AWS."""
    found = problems("ecs:runTask.sync", block, {key: "$.x"}, operation)
    assert found == [
        f"SCHEMA_VALIDATION_FAILED: The field '{name}' is not supported by Step Functions at /States/Task/{block}"
    ]


def test_other_arguments_are_accepted():
    assert problems("ecs:runTask.waitForTaskToken", "Parameters", {"Count": 2}) == []
    assert (
        problems("ecs:runTask.sync", "Arguments", {"ClientToken": "{% $token %}", "EnableExecuteCommand": True}) == []
    )


@pytest.mark.parametrize("definition", ["{", "", "no JSON"])
def test_the_emulator_refuses_what_is_not_json(definition: str):
    assert list(rule_problems("stepfunctions", "CreateStateMachine", {"name": "jobs", "definition": definition})) == []
