"""Transforms on the real engine: each resource of a task and of its group gets them, and can be changed."""

import json
from pathlib import Path

import pytest

from sandbox.engine import Sandbox
from sandbox.projects import example_project

from .conftest import client

pytestmark = pytest.mark.engine

PROGRAM = """
from pathlib import Path

import pulumi
from components import ScheduledTask

SEEN = Path(__file__).with_name("seen")

def change(args):
    with SEEN.open("a") as file:
        file.write(args.type_ + "\\n")
    if args.type_ == "aws:ecs/taskDefinition:TaskDefinition":
        return pulumi.ResourceTransformResult({**args.props, "enableFaultInjection": True}, args.opts)
    if args.type_ == "aws:scheduler/schedule:Schedule":
        return pulumi.ResourceTransformResult({**args.props, "description": "changed"}, args.opts)
    return None

ScheduledTask(
    "job",
    {"image": "job:1", "schedule": "rate(1 day)", "timeout": "1h", "expect_success_within": "26h",
     "permissions": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::a/*"]}],
     "secrets": {"TOKEN": "/prod/token"}, "group_args": {"create_cluster": {}}},
    pulumi.ResourceOptions(transforms=[change]),
)
"""


@pytest.mark.thorough
def test_transforms_of_a_component_reach_all_of_its_resources(box: Sandbox):
    (box.project / "__main__.py").write_text(PROGRAM)
    found = box.up()
    assert found.error == ""
    created = [urn.split("::")[2].split("$")[-1] for _, urn in found.steps]
    seen = (box.project / "seen").read_text().split()
    assert len(created) > 20
    assert sorted(each for each in seen if each.startswith("aws:")) == sorted(
        each for each in created if each.startswith("aws:")
    )
    ecs = client(box, "ecs")
    [arn] = ecs.list_task_definitions()["taskDefinitionArns"]
    assert ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]["enableFaultInjection"] is True
    again = box.up(refresh=True)
    assert (again.error, again.steps) == ("", [])


@pytest.mark.thorough
def test_the_example_changes_task_definitions_and_schedules(tmp_path: Path, aws: str):
    box = Sandbox(tmp_path / "home", example_project("transforms", tmp_path / "project"), endpoint=aws)
    assert box.up().error == ""
    ecs, scheduler = client(box, "ecs"), client(box, "scheduler")
    labels: list[object] = []
    for arn in ecs.list_task_definitions()["taskDefinitionArns"]:
        definition = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        labels += [container["dockerLabels"] for container in definition["containerDefinitions"]]
    assert labels == [{"owner": "data-platform"}] * 3
    group = "scheduled-tasks-local"
    described = {
        name: scheduler.get_schedule(GroupName=group, Name=name)["Description"] for name in ("report", "cleanup")
    }
    assert described == {
        "report": "Send the report of the day (owner: data-platform)",
        "cleanup": "Scheduled task (owner: data-platform)",
    }
    assert json.loads(scheduler.get_schedule(GroupName=group, Name="cleanup")["Target"]["Input"])
