"""The policies of deployers and previewers allow every call of a deployment, and nothing on another stack."""

import json
from pathlib import Path

import pytest

from sandbox.engine import Sandbox
from sandbox.example_prerequisites import create_roles
from sandbox.projects import EXAMPLES, example_project
from tests.components.policies.calls import Call, Request, requests
from tests.ops.deployments import DEPLOYER, PREVIEWER, decided, decided_by, of_another_stack, place

pytestmark = [pytest.mark.engine, pytest.mark.thorough]

PREFIX = "scheduled-tasks-local"
SUPERVISED = """  scheduled-tasks:tasks:
    settle-invoices:
      schedule: rate(1 hour)
      image: invoices:1
      timeout: 45m
      exec: true
      managedPolicies: ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
"""
ALL_CLUSTERS = "ecs:DescribeClusters"
"""An existing cluster can have any name."""


EXISTING_ROLES = "existing-roles"


class Calls:
    """The calls of the provider, in parts."""

    def __init__(self, file: Path):
        self.file, self.position = file, file.stat().st_size

    def new(self) -> list[Call]:
        """The calls since the last time."""
        lines = self.file.read_bytes()[self.position :].decode().splitlines()
        self.position = self.file.stat().st_size
        return [Call(*json.loads(line)) for line in lines]


def only_reading(requests: list[Request]) -> set[tuple[str, str, str]]:
    return {request.key for request in requests if request.action not in ("iam:CreateRole", "iam:TagRole")}


def test_policies_allow_every_call_of_a_deployment(tmp_path: Path, aws: str, recorded_calls: Path):
    box = Sandbox(tmp_path / "home", example_project("nightly-backup", tmp_path / "project"), endpoint=aws)
    file = box.project / "Pulumi.local.yaml"
    text = file.read_text().replace("  scheduled-tasks:tasks:\n", SUPERVISED)
    assert "iam: { path: /teams/data/, permissionsBoundary" in text
    file.write_text(text)
    where = place(PREFIX, "/teams/data/", "arn:aws:iam::123456789012:policy/teams")

    calls = Calls(recorded_calls)
    assert box.up().error == ""
    created = calls.new()
    assert box.preview(refresh=True).error == ""
    previewed = calls.new()
    retagged = text.replace("{ team: data, costCenter", "{ squad: web, costCenter").replace("1024", "2048")
    file.write_text(retagged)
    assert box.up().error == ""
    assert box.destroy().error == ""
    every = requests([*created, *previewed, *calls.new()])
    assert len(every) > 250
    assert {one.action.split(":")[0] for one in every} > {"ecs", "scheduler", "iam", "states", "dynamodb", "ssm", "sns"}
    assert decided(where, DEPLOYER, every, allowed=True) == []

    roles = [call for call in created if call.operation == "CreateRole"]
    reading = only_reading(requests([*roles, *previewed]))
    assert decided(where, PREVIEWER, [one for one in every if one.key in reading], allowed=True) == []
    assert decided(where, PREVIEWER, [one for one in every if one.key not in reading], allowed=False) == []

    for other in ("scheduled-tasks-prod", f"{PREFIX}-eu"):
        stranger = [one for one in of_another_stack(every, PREFIX, other) if one.action != ALL_CLUSTERS]
        assert len(stranger) > 200
        assert decided(where, DEPLOYER, stranger, allowed=False) == []


def test_a_deployer_without_permission_to_create_roles_deploys_with_existing_roles(
    tmp_path: Path, aws: str, recorded_calls: Path
):
    box = Sandbox(tmp_path / "home", example_project(EXISTING_ROLES, tmp_path / "project"), endpoint=aws)
    box.start()
    create_roles(aws)
    calls = Calls(recorded_calls)
    assert box.up().error == ""
    assert box.preview(refresh=True).steps == []
    assert box.destroy().error == ""
    every = requests(calls.new())
    assert [one for one in every if one.action.startswith("iam:") and one.action != "iam:PassRole"] == []
    passed = {one.resource.rpartition("/")[2]: one for one in every if one.action == "iam:PassRole"}
    roles = sorted(folder.name for folder in (EXAMPLES / EXISTING_ROLES / "policies" / "roles").iterdir())
    assert sorted(passed) == roles
    policies = [json.loads(file.read_text()) for file in (EXAMPLES / EXISTING_ROLES / "policies").glob("deploy*.json")]
    assert "iam:CreateRole" not in json.dumps(policies)
    assert decided_by(policies, every, allowed=True) == []
