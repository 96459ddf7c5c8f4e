"""The program on the real engine, in the sandbox."""

import json
import os
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from ops import local_sandbox
from sandbox import __main__ as commands
from sandbox import command_line, environment, server
from sandbox.changes import change_lines
from sandbox.engine import Sandbox
from torture import processes
from torture.small_stack import RESOURCES, STACK

from . import attached
from .conftest import ROOT, client

pytestmark = pytest.mark.engine


def change(box: Sandbox, file: str, old: str, new: str) -> None:
    path = box.project / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def changed(steps: list[tuple[str, str]]) -> set[str]:
    return {urn.split("::")[-1] for _, urn in steps}


def with_one_task(box: Sandbox) -> Sandbox:
    (box.project / "Pulumi.local.yaml").write_text(STACK)
    return box


def test_a_stack_is_deployed_updated_and_destroyed(own_box: Sandbox):
    box = own_box
    first = box.up()
    assert first.error == ""
    assert first.changes["create"] == 49
    assert [line.text.split(" (")[0] for line in change_lines(first.changed)][:2] == [
        "archive-orders-2029: new",
        "hourly-etl: new",
    ]
    assert set(first.outputs["tasks"]) == {
        "archive-orders-2029",
        "hourly-etl",
        "nightly-backup",
        "weekly-load-test",
    }

    backup = client(box, "scheduler").get_schedule(GroupName="scheduled-tasks-local", Name="nightly-backup")
    task = first.outputs["tasks"]["nightly-backup"]
    assert task["schedules"][0]["arn"] == backup["Arn"]
    assert backup["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert backup["ScheduleExpressionTimezone"] == "UTC"
    assert backup["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    target = backup["Target"]
    assert target["Arn"] == first.outputs["clusterArn"]
    assert target["RoleArn"] == first.outputs["schedulerRoleArn"]
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 5}
    parameters = target["EcsParameters"]
    assert parameters["TaskDefinitionArn"] == task["taskDefinition"]
    assert parameters["TaskDefinitionArn"].endswith("task-definition/scheduled-tasks-local__nightly-backup:1")
    network = parameters["NetworkConfiguration"]["awsvpcConfiguration"]
    assert network["AssignPublicIp"] == "ENABLED"
    subnets = client(box, "ec2").describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    assert sorted(network["Subnets"]) == sorted(subnet["SubnetId"] for subnet in subnets)
    queue = client(box, "sqs").get_queue_attributes(
        QueueUrl=first.outputs["deadLetterQueueUrl"], AttributeNames=["All"]
    )
    assert target["DeadLetterConfig"]["Arn"] == queue["Attributes"]["QueueArn"]
    assert queue["Attributes"]["MessageRetentionPeriod"] == str(14 * 24 * 3600)
    assert queue["Attributes"]["SqsManagedSseEnabled"] == "true"

    again = box.up(refresh=True)
    assert (again.error, again.steps) == ("", []), "AWS returns what was written"

    ended = '    hourly-etl: { end: "2099-12-01T00:00:00Z" }\n'
    change(box, "Pulumi.local.yaml", "    nightly-backup:", f"{ended}    nightly-backup:")
    change(box, "config/tasks/nightly-backup.yaml", "memory: 2048", "memory: 4096")
    planned = box.preview()
    assert [(line.operation, line.text) for line in change_lines(planned.changed)] == [
        ("update", "hourly-etl: endDate not set → 2099-12-01T00:00:00Z, schedule updated"),
        ("update", "nightly-backup: memory 2048 → 4096, new revision, schedule updated"),
    ]
    update = box.up()
    assert update.error == ""
    assert changed(update.steps) == {"hourly-etl-schedule", "nightly-backup-definition", "nightly-backup-schedule"}
    now = client(box, "scheduler").get_schedule(GroupName="scheduled-tasks-local", Name="nightly-backup")
    assert now["Target"]["EcsParameters"]["TaskDefinitionArn"].endswith(":2")
    old = client(box, "ecs").describe_task_definition(taskDefinition=task["taskDefinition"])
    assert old["taskDefinition"]["status"] == "ACTIVE", "schedules may still use the old revision"

    endpoint = box.endpoint()
    assert endpoint
    assert box.destroy().error == ""
    assert not server.answers(endpoint)
    assert not box.home.exists()


@pytest.mark.thorough
def test_an_up_continues_after_a_failed_one(box: Sandbox):
    with_one_task(box)
    sqs = client(box, "sqs")
    taken = sqs.create_queue(QueueName="scheduled-tasks-local-dead-letters", Attributes={"VisibilityTimeout": "7"})
    failed = box.up()
    assert "tasks-dead-letters: CreateQueue: QueueAlreadyExists" in failed.error
    assert "Traceback" not in failed.error
    assert "File" not in failed.error
    existing = {resource["urn"].split("::")[-1] for resource in box.resources()}
    assert "tasks-schedules" in existing
    assert "backup-schedule" not in existing

    sqs.delete_queue(QueueUrl=taken["QueueUrl"])
    finished = box.up()
    assert finished.error == ""
    assert "tasks-schedules" not in changed(finished.steps), "created resources stay"
    assert len(client(box, "scheduler").list_schedules()["Schedules"]) == 1


@pytest.mark.thorough
def test_a_sandbox_starts_empty_after_a_crash_or_without_its_emulator(own_box: Sandbox):
    box = with_one_task(own_box)
    program = (
        "import sys; from pathlib import Path; from sandbox.engine import Sandbox\n"
        f"Sandbox(Path({str(box.home)!r}), Path({str(box.project)!r}), say=lambda line: print(line, flush=True)).up()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )
    assert process.stdout
    assert any("aws:ecs/taskDefinition" in line for line in process.stdout)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    after_a_crash = box.up()
    assert (after_a_crash.error, after_a_crash.changes["create"]) == ("", RESOURCES)
    assert server.stop(box.home)
    without_its_emulator = box.up()
    assert (without_its_emulator.error, without_its_emulator.changes["create"]) == ("", RESOURCES)


@pytest.mark.thorough
def test_a_running_emulator_is_used_and_kept_running(box: Sandbox, aws: str):
    with_one_task(box)
    assert box.up().error == ""
    assert len(client(box, "scheduler").list_schedules()["Schedules"]) == 1
    assert box.up().steps == []
    with_slash = Sandbox(box.home, box.project, endpoint=f"{aws}/")
    assert with_slash.base == box.base
    assert with_slash.destroy().error == ""
    assert client(box, "scheduler").list_schedules()["Schedules"] == []
    assert server.answers(aws)
    assert not local_sandbox.running(box.home)


@pytest.mark.thorough
def test_a_killed_engine_leaves_no_lock_at_a_given_endpoint(box: Sandbox):
    assert with_one_task(box).up().error == ""
    # No name is taken if a new revision was registered.
    change(box, "Pulumi.local.yaml", "memory: 512", "memory: 1024")
    lines: list[str] = []

    def kill_once(line: str) -> None:
        lines.append(line)
        pid = processes.engine(killed)
        if pid and "backup-definition" in line:
            os.kill(pid, signal.SIGKILL)

    killed = Sandbox(box.home, box.project, endpoint=box.given_endpoint, say=kill_once)
    assert "ended by SIGKILL" in killed.up().error
    assert killed.locked
    lines.clear()
    again = Sandbox(box.home, box.project, endpoint=box.given_endpoint, say=lines.append)
    assert again.up().error == ""
    assert "The last command was interrupted. Releasing its lock" in lines
    assert len(client(box, "scheduler").list_schedules()["Schedules"]) == 1
    lines.clear()
    assert again.destroy().error == ""
    assert not any("pending operations" in line for line in lines)


@pytest.mark.thorough
def test_destroy_prints_how_to_deregister_the_revisions_that_stay(
    box: Sandbox, aws: str, monkeypatch: pytest.MonkeyPatch
):
    with_one_task(box)
    assert box.up().error == ""
    monkeypatch.setattr(command_line, "HOME", box.home)
    result = CliRunner().invoke(commands.app, ["destroy", "--endpoint", f"{aws}/"])
    assert result.exit_code == 0, result.output
    assert f"Deleted {RESOURCES} resources. The sandbox is gone." in result.output
    assert "Still active, same as after a destroy in AWS: 1 revision of 1 task definition." in result.output
    assert f"(export AWS_ENDPOINT_URL={aws} " in result.output
    again = CliRunner().invoke(commands.app, ["destroy", "--endpoint", aws])
    assert (again.exit_code, again.stderr) == (1, f"There is no sandbox with --endpoint {aws}.\n")


@pytest.mark.thorough
def test_the_last_lines_of_up_are_commands_that_work(own_box: Sandbox, monkeypatch: pytest.MonkeyPatch):
    with_one_task(own_box)
    monkeypatch.setattr(command_line, "PROJECT", own_box.project)
    monkeypatch.setattr(command_line, "HOME", own_box.project / ".sandbox")
    box = Sandbox(command_line.HOME, own_box.project)
    try:
        deployed = CliRunner().invoke(commands.app, ["up"])
        assert deployed.exit_code == 0, deployed.output
        *_, introduction, status, run, history, _ = deployed.stdout.splitlines()
        assert introduction == "To try it, run:"
        for line, expected in ((status, "backup"), (run, "Started "), (history, "succeeded")):
            words = [sys.executable, "-m", "ops", *line[line.index("--sandbox") :].split()]
            environment = {**os.environ, "PYTHONPATH": str(ROOT), "AWS_PROFILE": "mine"}
            done = subprocess.run(words, cwd=box.project, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            assert expected in done.stdout + done.stderr, line
        variables = CliRunner().invoke(commands.app, ["env"])
        assert f"export AWS_ENDPOINT_URL={box.endpoint()}" in variables.stdout.splitlines()
    finally:
        box.discard()
    gone = CliRunner().invoke(commands.app, ["env"])
    assert (gone.exit_code, gone.stdout) == (1, "")


MISTAKES = {
    "unknown key": (
        "config/tasks/hourly-etl.yaml",
        "cpu: 1024",
        "cpus: 1024",
        'unknown key. Did you mean "cpu"?',
    ),
    "no VPC": (
        "Pulumi.local.yaml",
        "vpc: default",
        "vpc: vpc-0123",
        'network.vpc: there is no VPC "vpc-0123"',
    ),
    "no subnet": (
        "Pulumi.local.yaml",
        "vpc: default",
        "vpc: default, subnets: private",
        "has no private subnet",
    ),
    "no cluster": (
        "Pulumi.local.yaml",
        "{ create: true }",
        "nowhere",
        'cluster: there is no ECS cluster "nowhere"',
    ),
}


@pytest.mark.thorough
@pytest.mark.parametrize(("file", "old", "new", "message"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_has_one_message_and_creates_nothing(box: Sandbox, file: str, old: str, new: str, message: str):
    change(box, file, old, new)
    outcome = box.up()
    assert message in outcome.error
    assert "Traceback" not in outcome.error
    assert client(box, "scheduler").list_schedule_groups()["ScheduleGroups"][1:] == []
    assert client(box, "iam").list_roles()["Roles"] == []


@pytest.mark.thorough
def test_the_state_has_none_of_the_users_aws_settings(box: Sandbox, monkeypatch: pytest.MonkeyPatch):
    # Let the engine start its own provider.
    monkeypatch.delitem(environment.ADDED, attached.DEBUG_PROVIDERS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-real-key")
    monkeypatch.setenv("AWS_PROFILE", "canary-profile")
    assert with_one_task(box).up().error == ""
    assert (box.home / "pulumi" / "logs").read_bytes() == b"", "the CLI logs all values"
    assert "canary" not in json.dumps(box.resources())
    assert os.environ["AWS_PROFILE"] == "canary-profile"
