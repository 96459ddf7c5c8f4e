"""The package `ecs-scheduled-tasks` on the real engine, with the example in YAML."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.engine import Sandbox
from tests import referees

from .conftest import ROOT, client

pytestmark = pytest.mark.engine

REPORTED = """\
  load:
    type: ecs-scheduled-tasks:index:ScheduledCall
    properties:
      group: ${jobs.reference}
      submit: { glue: { job: nightly } }
      schedule: cron(0 3 * * ? *)
      expectSuccessWithin: 25h
outputs:
"""
"""A call whose work AWS Glue reports."""
EXAMPLE = ROOT / "examples" / "yaml-package" / "Pulumi.yaml"


@pytest.fixture
def box(tmp_path: Path, aws: str, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A sandbox with the example's program, and with the package's host on PATH."""
    host = tmp_path / "bin" / "pulumi-resource-ecs-scheduled-tasks"
    host.parent.mkdir()
    host.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "plugin"}" "$@"\n')
    host.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(host.parent), os.environ["PATH"]]))
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("{name: reports, runtime: python}")
    (project / "Pulumi.local.yaml").write_text("config: {'aws:region': eu-west-1}")
    (project / "program.yaml").write_text(EXAMPLE.read_text().replace("outputs:\n", REPORTED))
    (project / "__main__.py").write_text(
        "from pathlib import Path\n"
        "from tests.engine.yaml_program import run\n"
        "run(Path(__file__).with_name('program.yaml'))\n"
    )
    return Sandbox(tmp_path / "home", project, endpoint=aws)


def test_the_schema_is_valid():
    cli = referees.pulumi()
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    checked = subprocess.run(
        [cli, "schema", "check", ROOT / "plugin" / "schema.json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.thorough
def test_the_yaml_example_is_deployed(box: Sandbox):
    preview = box.preview()
    assert preview.error == ""
    first = box.up()
    assert (first.error, first.changes) == ("", preview.changes)
    assert first.outputs["dailySchedules"][0]["name"] == "daily"
    schedule = client(box, "scheduler").get_schedule(GroupName="reports-local-jobs", Name="daily")
    assert schedule["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 1800}
    call = client(box, "scheduler").get_schedule(GroupName="reports-local-jobs", Name="notify")["Target"]
    assert (call["Arn"], json.loads(call["Input"])) == (first.outputs["notifyTarget"], {"reports": "ready"})
    [topic] = client(box, "sns").list_topics()["Topics"]
    assert call["Arn"] == topic["TopicArn"]
    targets = client(box, "events").list_targets_by_rule(Rule="reports-local-jobs-failed-call-load")["Targets"]
    assert sorted(target["Arn"].split(":")[2] for target in targets) == ["logs", "sns"]
    again = box.preview()
    assert (again.error, again.steps) == ("", [])
