"""Runs the commands of docs/operating.md in the local AWS emulator and puts their output below them.

The README has some of them. To update both pages, run: python -m tests.docs.operating_page
"""

import os
import re
import shlex
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import pytest
from moto.moto_api import state_manager
from typer.testing import CliRunner

from ops.__main__ import app
from ops.project import project_at
from tests.docs.shown import with_old_lines
from tests.ops.cloud import Cloud, Deployed
from tests.ops.local_aws import emulated_aws
from tests.ops.terminal import use_terminal

README = Path(__file__).parents[2] / "README.md"
PAGE = README.parent / "docs" / "operating.md"
STACK = "prod"
SHOWN = re.compile(r"(```console\n\$ )([^\n]*)\n(.*?)(```)", re.DOTALL)
VARYING = re.compile(
    r"\b\d\d-\d\d \d\d:\d\dZ?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{8}\b"
)
"""The parts of the output that vary: times, and IDs from AWS."""
ENGINE = f"""#!{sys.executable} -ES
import os, sys
words = sys.argv[1:]
if words != ["version"]:
    for option, value in zip(words, words[1:]):
        if option == "--env" and "=" in value:
            os.environ.__setitem__(*value.split("=", 1))
    os.environ["PATH"] = "/usr/bin:/bin"
    os.execvp(words[-3], words[-3:])
"""
"""A container engine that runs the last three arguments on this machine."""


def page(text: str) -> str:
    """Return the page with the current output of its commands. `$ echo $?` shows the exit code."""
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder, emulated_aws(patch) as cloud:
        container_engine(Path(folder), patch)
        stack = OperatedStack(cloud)
        return SHOWN.sub(lambda found: f"{found[1]}{found[2]}\n{stack.output(found[2], found[3])}{found[4]}", text)


def with_blocks_of_the_page(text: str) -> str:
    """Replace the commands and outputs in a text by those that the page has."""
    known = {found[2]: found[0] for found in SHOWN.finditer(PAGE.read_text())}
    return SHOWN.sub(lambda found: known[found[2]], text)


def fixed(text: str) -> str:
    """Replace the parts that vary."""
    return VARYING.sub(lambda found: "#" * len(found[0]), text)


def container_engine(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Put a container engine that needs no image into the only folder of PATH."""
    (folder / "docker").write_text(ENGINE)
    (folder / "docker").chmod(0o755)
    patch.setenv("PATH", str(folder))


@contextmanager
def _child_output() -> Generator[list[str]]:
    """Collect the lines that child processes write to stdout. The list is complete at the end."""
    lines: list[str] = []
    with TemporaryFile() as file:
        own = os.dup(1)
        os.dup2(file.fileno(), 1)
        try:
            yield lines
        finally:
            os.dup2(own, 1)
            os.close(own)
        file.seek(0)
        lines += file.read().decode().splitlines()


class OperatedStack:
    """The stack `prod` with failures, alarms and a pause."""

    def __init__(self, cloud: Cloud):
        self.deployed = deployed = cloud.deploy(
            project_at(Path()).load(STACK), f"scheduled-tasks-{STACK}", cluster="main"
        )
        cloud.client("sqs").create_queue(QueueName=deployed.names.event_dead_letter_queue)
        cloud.client("sqs").send_message(QueueUrl=deployed.queue_url, MessageBody="{}")
        _alarms(cloud, deployed)
        _past(deployed)
        scheduler = cloud.client("scheduler")
        there = scheduler.get_schedule(GroupName=deployed.names.schedule_group, Name="hourly-etl")
        kept = ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target", "Name", "GroupName")
        scheduler.update_schedule(State="DISABLED", **{key: there[key] for key in kept})
        # In the future, so that the pause has skipped no time yet, whenever the page is made.
        when = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        scheduler.tag_resource(
            ResourceArn=scheduler.get_schedule_group(Name=deployed.names.schedule_group)["Arn"],
            Tags=[{"Key": "scheduled-tasks/paused/hourly-etl", "Value": f"{when} user/alice: warehouse migration"}],
        )
        self._simulate_runs()

    def output(self, command: str, old: str) -> str:
        """Return the output of a command, and its exit code if the page asks for it."""
        words = shlex.split(command)
        assert words[0] == "scheduled-tasks", command
        with pytest.MonkeyPatch.context() as patch, _child_output() as written:
            if words[1] != "run":  # A terminal would show a live line.
                use_terminal(patch)
            result = CliRunner().invoke(app, words[1:])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        asked = f"$ echo $?\n{result.exit_code}\n" if "$ echo $?\n" in old else ""
        lines = "".join(f"{line.rstrip()}\n" for line in [*result.output.splitlines(), *written])
        return lines + asked

    def _simulate_runs(self) -> None:
        """Advance ECS tasks by one state each time they are described, and write their logs."""
        cloud, group = self.deployed.cloud, self.deployed.names.log_group
        state_manager.set_transition("ecs::task", {"progression": "manual", "times": 1000})
        states: dict[str, list[tuple[str, str]]] = {}

        def advance(_: Any) -> None:
            for task in cloud.tasks():
                script = [("PROVISIONING", ""), ("PENDING", ""), ("RUNNING", "dumping orders"), ("STOPPED", "uploaded")]
                left = states.setdefault(task.id, script)
                if not left:
                    continue
                task.last_status, line = left.pop(0)
                if line:
                    self.deployed.log(group, f"nightly-backup/main/{task.id}", line)
                if task.last_status == "STOPPED":
                    task.desired_status = "STOPPED"
                    task.created_at = task.started_at = datetime.now(UTC) - timedelta(seconds=221)
                    task.stopped_at = datetime.now(UTC)

        cloud.rules.append(("ecs.DescribeTasks", advance))


def _past(deployed: Deployed) -> None:
    now = datetime.now(UTC)
    arn = f"{deployed.cluster_arn.replace(':cluster/', ':task/')}/"
    backup = {"group": "nightly-backup", "startedBy": "chronos-schedule/nightly-backup"}
    for number, days in enumerate((1, 2, 3)):
        began = now - timedelta(days=days, hours=5)
        deployed.outcome(
            "succeeded",
            began + timedelta(minutes=14, seconds=number),
            taskArn=f"{arn}{number}d41b{number}c8".ljust(40, "0"),
            startedAt=began.isoformat(),
            **backup,
        )
    failed = "9f3c2a7e".ljust(32, "0")
    began = now - timedelta(hours=5)
    deployed.outcome(
        "failed",
        began + timedelta(minutes=6),
        taskArn=f"{arn}{failed}",
        startedAt=began.isoformat(),
        containers=[{"name": "main", "exitCode": 137, "reason": "OutOfMemoryError: container killed"}],
        **backup,
    )
    lines = ("pg_dump: dumping contents of table orders", "pg_dump: out of memory")
    for minutes, line in enumerate(lines, 5):
        deployed.log(
            deployed.names.log_group, f"nightly-backup/main/{failed}", line, began + timedelta(minutes=minutes)
        )
    deployed.outcome("succeeded", now - timedelta(hours=30), group="hourly-etl", taskArn=f"{arn}{'e' * 32}")


def _alarms(cloud: Cloud, deployed: Deployed) -> None:
    for alarm in ("dead-letters", "nightly-backup/no-success"):
        name = deployed.names.alarm(alarm)
        cloud.client("cloudwatch").put_metric_alarm(
            AlarmName=name,
            Namespace="x",
            MetricName="x",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        cloud.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="x")


if __name__ == "__main__":
    PAGE.write_text(with_old_lines(page(PAGE.read_text()), PAGE.read_text(), fixed))
    README.write_text(with_blocks_of_the_page(README.read_text()))
