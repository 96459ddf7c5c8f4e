"""Each example, deployed into the sandbox: created, then nothing to change after a look at what is there."""

import json
from pathlib import Path

import pytest

from sandbox.engine import Sandbox
from sandbox.projects import example_project, examples

from .conftest import client

pytestmark = pytest.mark.engine

WITH_A_SECRET = "nightly-backup"
NOT_TO_BE_PLAYED = {"built-image-new-vpc"}
"""What awsx makes: see tests/components/test_everything.py."""
CANARY = "CANARY-e7c1a4f0"
"""The secret in the configuration of the example `nightly-backup`."""


@pytest.mark.parametrize("name", sorted(set(examples()) - NOT_TO_BE_PLAYED - {WITH_A_SECRET}))
def test_an_example_is_deployed_and_stays_as_it_is(name: str, tmp_path: Path, aws: str):
    box = Sandbox(tmp_path / "home", example_project(name, tmp_path / "project"), endpoint=aws)
    if name == "existing-task-definition":
        _register_what_is_made_elsewhere(box)
    assert box.up().error == ""
    _stays_as_it_is(box)


def test_the_example_with_a_secret_keeps_it_and_other_tags_touch_nothing_else(tmp_path: Path, aws: str, played: Path):
    said: list[str] = []
    project = example_project(WITH_A_SECRET, tmp_path / "project")
    box = Sandbox(tmp_path / "home", project, endpoint=aws, say=said.append)
    first = box.up()
    assert first.error == ""
    again = box.up(refresh=True)
    assert (again.error, again.steps) == ("", [])
    _secret_is_nowhere_but_in_its_parameter(box, played, [*said, json.dumps(first.outputs)])
    _other_tags_reach_everything_and_touch_nothing_else(box)


def _stays_as_it_is(box: Sandbox) -> None:
    preview = box.preview(refresh=True)
    assert (preview.error, preview.steps) == ("", [])


def _other_tags_reach_everything_and_touch_nothing_else(box: Sandbox) -> None:
    file = box.project / "Pulumi.local.yaml"
    text = file.read_text()
    assert "{ team: data, costCenter" in text
    file.write_text(text.replace("{ team: data, costCenter", "{ squad: web, costCenter"))
    retagged = box.up()
    assert (retagged.error, {operation for operation, _ in retagged.steps}) == ("", {"update"})
    _stays_as_it_is(box)


def _register_what_is_made_elsewhere(box: Sandbox) -> None:
    box.start()
    client(box, "ecs").register_task_definition(
        family="reports",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "app:1"}],
    )


def _secret_is_nowhere_but_in_its_parameter(box: Sandbox, played: Path, shown: list[str]) -> None:
    name = "/ecs/scheduled-tasks-local/orders-backup/ENCRYPTION_KEY"
    parameter = client(box, "ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert (parameter["Type"], parameter["Value"]) == ("SecureString", CANARY)
    definition = client(box, "ecs").describe_task_definition(taskDefinition="scheduled-tasks-local__orders-backup")
    [secret] = [
        s for s in definition["taskDefinition"]["containerDefinitions"][0]["secrets"] if s["name"] == "ENCRYPTION_KEY"
    ]
    assert secret["valueFrom"] == parameter["ARN"]
    files = [file for folder in (box.base, played) for file in folder.rglob("*") if file.is_file()]
    assert {"state", "server.log"} <= {part for file in files for part in file.parts}
    found = [
        *shown,
        json.dumps(definition, default=str),
        *(file.read_bytes().decode(errors="replace") for file in files),
    ]
    assert not [text[:200] for text in found if CANARY in text]
