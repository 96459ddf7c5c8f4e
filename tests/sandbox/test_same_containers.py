"""The provider takes containers for changed only if the official provider does.

Source of each case: Terraform AWS provider, internal/service/ecs/container_definitions.go, and
internal/service/ecs/task_definition.go for the status.
"""

import json
from typing import Any

import pytest
from moto.ecs.models import ecs_backends

from sandbox.plugin.aws import Aws, Session
from sandbox.plugin.fields import changed
from sandbox.plugin.services.ecs import TaskDefinition

GIVEN: dict[str, Any] = {
    "name": "main",
    "image": "etl:1",
    "memory": 64,
    "environment": [{"name": "A", "value": "1"}, {"name": "B", "value": ""}],
    "secrets": [{"name": "S", "valueFrom": "x"}, {"name": "T", "valueFrom": "y"}],
    "healthCheck": {"command": ["CMD", "true"]},
    "portMappings": [{"containerPort": 80}],
}


def differs(old: Any, new: Any) -> bool:
    """Whether a refresh with this answer of AWS would replace the task definition."""
    state, inputs = ({"containerDefinitions": json.dumps(value)} for value in (old, new))
    return bool(changed(TaskDefinition.fields, state, inputs))


@pytest.mark.parametrize(
    "answer",
    [
        {"mountPoints": [], "volumesFrom": [], "dnsServers": [], "systemControls": [], "dockerLabels": {}},
        {"cpu": 0, "essential": True, "links": None},
        {"environment": GIVEN["environment"][::-1], "secrets": GIVEN["secrets"][::-1]},
        {"healthCheck": {"command": ["CMD", "true"], "interval": 30, "retries": 3, "timeout": 5}},
        {"portMappings": [{"containerPort": 80, "hostPort": 0, "protocol": "tcp"}]},
        {"logConfiguration": {"options": {}, "secretOptions": []}},
    ],
    ids=lambda answer: next(iter(answer)),
)
def test_empty_lists_and_defaults_are_no_change(answer: dict[str, Any]):
    assert not differs([{**GIVEN, **answer}], [GIVEN])
    assert not differs([GIVEN], [{**GIVEN, **answer}])


@pytest.mark.parametrize(
    "answer",
    [
        {"cpu": 256},
        {"essential": False},
        {"environment": [{"name": "A", "value": "1"}]},
        {"environment": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
        {"command": ["a"]},
        {"healthCheck": {"command": ["CMD", "true"], "interval": 60}},
        {"portMappings": [{"containerPort": 80, "protocol": "udp"}]},
        {"readonlyRootFilesystem": False},
    ],
    ids=lambda answer: next(iter(answer)),
)
def test_other_values_are_changes(answer: dict[str, Any]):
    assert differs([{**GIVEN, **answer}], [GIVEN])


def test_containers_are_compared_by_name_and_words_in_order():
    other = {**GIVEN, "name": "other"}
    assert not differs([GIVEN, other], [other, GIVEN])
    assert differs([GIVEN, other], [GIVEN])
    assert differs([{**GIVEN, "command": ["a", "b"]}], [{**GIVEN, "command": ["b", "a"]}])
    assert differs([GIVEN], [{**GIVEN, "entryPoint": ["sh"]}])


@pytest.mark.parametrize(("status", "exists"), [("ACTIVE", True), ("INACTIVE", False), ("DELETE_IN_PROGRESS", False)])
def test_a_revision_that_is_deleted_does_not_exist(session: Session, status: str, exists: bool):
    aws, props = (
        Aws(session, "eu-west-1"),
        {"family": "etl", "containerDefinitions": json.dumps([GIVEN]), "tagsAll": {}},
    )
    TaskDefinition().create(aws, props)
    ecs_backends["123456789012"]["eu-west-1"].task_definitions["etl"][1].status = status
    assert (TaskDefinition().read(aws, "etl:1", {"arn": "etl:1"}) is not None) is exists
