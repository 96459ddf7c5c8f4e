"""Each example, deployed into the sandbox. A preview with refresh then shows no changes."""

import json
from pathlib import Path

import pytest

from sandbox.engine import Sandbox
from sandbox.example_prerequisites import PREREQUISITES, UNSUPPORTED
from sandbox.projects import example_project, examples

from .conftest import client

pytestmark = [pytest.mark.engine, pytest.mark.thorough]

WITH_A_SECRET = "nightly-backup"
CANARY = "CANARY-e7c1a4f0"
"""The secret in the configuration of the example `nightly-backup`."""


@pytest.mark.parametrize("name", sorted(set(examples()) - set(UNSUPPORTED) - {WITH_A_SECRET}))
def test_an_example_is_deployed(name: str, tmp_path: Path, aws: str):
    box = Sandbox(tmp_path / "home", example_project(name, tmp_path / "project"), endpoint=aws)
    PREREQUISITES.get(name, lambda _: None)(aws)
    assert box.up().error == ""
    _check_no_changes(box)


def test_a_secret_is_stored_only_in_its_parameter_and_new_tags_change_only_tags(
    tmp_path: Path, aws: str, emulator: Path
):
    lines: list[str] = []
    project = example_project(WITH_A_SECRET, tmp_path / "project")
    box = Sandbox(tmp_path / "home", project, endpoint=aws, say=lines.append)
    first = box.up()
    assert first.error == ""
    again = box.up(refresh=True)
    assert (again.error, again.steps) == ("", [])
    _check_secret(box, emulator, [*lines, json.dumps(first.outputs)])
    _check_new_tags(box)


def _check_no_changes(box: Sandbox) -> None:
    preview = box.preview(refresh=True)
    assert (preview.error, preview.steps) == ("", [])


def _check_new_tags(box: Sandbox) -> None:
    file = box.project / "Pulumi.local.yaml"
    text = file.read_text()
    assert "{ team: data, costCenter" in text
    file.write_text(text.replace("{ team: data, costCenter", "{ squad: web, costCenter"))
    retagged = box.up()
    assert (retagged.error, {operation for operation, _ in retagged.steps}) == ("", {"update"})
    _check_no_changes(box)


def _check_secret(box: Sandbox, emulator: Path, shown: list[str]) -> None:
    name = "/ecs/scheduled-tasks-local/orders-backup/ENCRYPTION_KEY"
    parameter = client(box, "ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert (parameter["Type"], parameter["Value"]) == ("SecureString", CANARY)
    definition = client(box, "ecs").describe_task_definition(taskDefinition="scheduled-tasks-local__orders-backup")
    [secret] = [
        s for s in definition["taskDefinition"]["containerDefinitions"][0]["secrets"] if s["name"] == "ENCRYPTION_KEY"
    ]
    assert secret["valueFrom"] == parameter["ARN"]
    files = [file for folder in (box.base, emulator) for file in folder.rglob("*") if file.is_file()]
    assert {"state", "server.log"} <= {part for file in files for part in file.parts}
    found = [
        *shown,
        json.dumps(definition, default=str),
        *(file.read_bytes().decode(errors="replace") for file in files),
    ]
    assert not [text[:200] for text in found if CANARY in text]
