"""A group that learns what its tasks need, on the real engine: its roles get policies with the tasks, and lose them."""

import json
from typing import Any

import pytest

from sandbox.engine import Sandbox

from .conftest import client

pytestmark = [pytest.mark.engine, pytest.mark.thorough]

ROLE = "arn:aws:iam::123456789012:role/reader"
REGISTRY = "210987654321"
PROGRAM = """
from components import ScheduledTask, ScheduledTaskGroup

group = ScheduledTaskGroup("jobs", {"create_cluster": {}})
ScheduledTask("plain", {"image": "job:1", "schedule": "rate(1 day)", "group": group})
"""
LEARNING = f"""
ScheduledTask(
    "report",
    {{"image": "{REGISTRY}.dkr.ecr.eu-west-1.amazonaws.com/tools:1", "schedule": "rate(1 day)", "group": group,
      "task_role": "{ROLE}"}},
)
ScheduledTask(
    "settle", {{"image": "job:1", "schedule": "rate(1 day)", "group": group, "timeout": "1h", "overlap": "forbid"}}
)
"""


def policies(box: Sandbox) -> dict[str, list[Any]]:
    """The statements of the inline policies of all roles, by the end of the role's name."""
    iam = client(box, "iam")
    found: dict[str, list[Any]] = {}
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        texts = [
            iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        ]
        found[name.rsplit("-", 1)[-1]] = [statement for text in texts for statement in text["Statement"]]
    return found


def test_the_roles_of_a_group_get_what_its_tasks_need(box: Sandbox):
    program = box.project / "__main__.py"
    program.write_text(PROGRAM)
    assert box.up().error == ""
    before = policies(box)
    assert before.keys() == {"scheduler", "execution"}

    program.write_text(PROGRAM + LEARNING)
    assert box.up().error == ""
    found = policies(box)
    assert found.keys() == {"scheduler", "execution", "supervisor"}
    for role, statements in before.items():
        assert all(statement in found[role] for statement in statements)
    assert ROLE in json.dumps(found["scheduler"])
    assert "states:StartExecution" in json.dumps(found["scheduler"])
    assert f"arn:aws:ecr:*:{REGISTRY}:repository/*" in json.dumps(found["execution"])
    assert len(client(box, "scheduler").list_schedules()["Schedules"]) == 3
    assert len(client(box, "dynamodb").list_tables()["TableNames"]) == 1
    again = box.up(refresh=True)
    assert (again.error, again.steps) == ("", [])

    program.write_text(PROGRAM)
    assert box.up().error == ""
    assert policies(box) == before
    assert client(box, "dynamodb").list_tables()["TableNames"] == []
