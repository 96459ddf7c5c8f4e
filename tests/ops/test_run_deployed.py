"""`scheduled-tasks run-deployed`."""

import json
import signal
from typing import Any

import pytest

from components.resolver import resolve_task
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.supervised import supervise


@pytest.fixture(autouse=True)
def _one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    share_session(monkeypatch)


def add(deployed: Deployed, name: str, **args: Any) -> None:
    """Deploy a task that runs at deployments."""
    task = resolve_task(name, {"image": "app:1", "schedule": "none", "run_on": "deploy", **args})
    deployed.schedule(task, deployed.define(task))


def redeploy(deployed: Deployed, name: str, **args: Any) -> None:
    """Deploy a new revision."""
    deployed.cloud.client("scheduler").delete_schedule(GroupName=deployed.names.schedule_group, Name=name)
    add(deployed, name, command=["another"], **args)


def started(deployed: Deployed) -> list[str]:
    """The tasks that have been started, in this order."""
    return [request["group"] for request in deployed.cloud.requests]


def fail(deployed: Deployed, task: str) -> None:
    """Let the runs of a task end with exit code 3."""

    def end(_: Any) -> None:
        for each in deployed.cloud.tasks():
            if each.group == task:
                each.containers[0].exitCode = 3

    deployed.cloud.rules.append(("ecs.DescribeTasks", end))


def test_it_runs_gates_first_then_the_others_by_name(deployed: Deployed, ops: Ops):
    add(deployed, "warm")
    add(deployed, "announce")
    add(deployed, "migrate", gate=True)
    result = ops("run-deployed", "--json")
    assert result.exit_code == 0, result.output
    assert started(deployed) == ["migrate", "announce", "warm"]
    found = json.loads(result.stdout)
    assert [(each["task"], each["gate"], each["earlier"], each["run"]["outcome"]) for each in found] == [
        ("migrate", True, None, "succeeded"),
        ("announce", False, None, "succeeded"),
        ("warm", False, None, "succeeded"),
    ]


def test_with_gate_it_runs_only_gates(deployed: Deployed, ops: Ops):
    add(deployed, "warm")
    add(deployed, "migrate", gate=True)
    assert ops("run-deployed", "--gate").exit_code == 0
    assert started(deployed) == ["migrate"]


@pytest.mark.parametrize("args", [(), ("--gate",)], ids=["all", "gates"])
def test_a_stack_without_such_tasks_has_nothing_to_run(deployed: Deployed, ops: Ops, args: tuple[str, ...]):
    result = ops("run-deployed", *args)
    assert (result.exit_code, deployed.cloud.requests) == (0, [])
    assert "has no task with runOn: deploy" in result.stderr


def test_a_revision_runs_once(deployed: Deployed, ops: Ops):
    add(deployed, "migrate")
    assert ops("run-deployed").exit_code == 0
    again = ops("run-deployed")
    assert (again.exit_code, started(deployed)) == (0, ["migrate"])
    assert "migrate, revision 1: has succeeded (" in again.stderr
    redeploy(deployed, "migrate")
    assert ops("run-deployed").exit_code == 0
    assert [request["taskDefinition"].rsplit(":", 1)[1] for request in deployed.cloud.requests] == ["1", "2"]


def test_the_outcome_log_tells_that_a_revision_has_run(deployed: Deployed, ops: Ops):
    add(deployed, "migrate")
    arn = "arn:aws:ecs:eu-west-1:123456789012:task/x/0123"
    deployed.outcome("succeeded", taskArn=arn, group="migrate", startedBy="ops/ci/revision-1")
    assert ops("run-deployed").exit_code == 0
    assert started(deployed) == []


def test_a_run_that_failed_is_repeated(deployed: Deployed, ops: Ops):
    add(deployed, "migrate", gate=True)
    fail(deployed, "migrate")
    result = ops("run-deployed")
    assert result.exit_code == 1
    assert "migrate failed with revision 1. The schedules of other tasks keep their revisions." in result.stderr
    deployed.cloud.recover()
    assert ops("run-deployed").exit_code == 0
    assert started(deployed) == ["migrate", "migrate"]


def test_the_first_failure_ends_it(deployed: Deployed, ops: Ops):
    add(deployed, "announce")
    add(deployed, "warm")
    fail(deployed, "announce")
    result = ops("run-deployed", "--json")
    assert (result.exit_code, started(deployed)) == (1, ["announce"])
    assert [each["run"] and each["run"]["exitCode"] for each in json.loads(result.stdout)] == [3, None]
    assert "The schedules of other tasks" not in result.stderr


def test_a_refused_launch_ends_it(deployed: Deployed, ops: Ops):
    add(deployed, "migrate")
    deployed.cloud.refuse("ecs.RunTask", "ClientException", "TaskDefinition is inactive")
    result = ops("run-deployed")
    assert (result.exit_code, "TaskDefinition is inactive" in result.stderr) == (1, True)
    assert "migrate, revision 1: has not run" in result.stderr


def test_a_launch_without_an_answer_ends_it_with_exit_code_1(deployed: Deployed, ops: Ops):
    add(deployed, "migrate")
    deployed.cloud.lost = lambda operation: operation == "ecs.RunTask"
    result = ops("run-deployed")
    assert (result.exit_code, set(started(deployed))) == (1, {"migrate"})


def test_a_dry_run_starts_nothing(deployed: Deployed, ops: Ops):
    add(deployed, "migrate")
    result = ops("run-deployed", "--dry-run")
    assert (result.exit_code, started(deployed)) == (0, [])
    assert "migrate, revision 1: has not run" in result.stderr


def test_a_run_that_continues_after_an_interruption_is_not_started_again(deployed: Deployed, ops: Ops):
    add(deployed, "migrate")

    def interrupt(_: Any) -> None:
        deployed.cloud.rules.clear()
        signal.raise_signal(signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        deployed.cloud.rules.append(("ecs.DescribeTasks", interrupt))
        result = ops("run-deployed")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert result.exit_code == 130
    assert "The run continues. To follow it, run: scheduled-tasks logs migrate --run " in result.stderr
    for task in deployed.cloud.tasks():
        task.last_status = "RUNNING"
    deployed.cloud.rules.append(("ecs.DescribeTasks", lambda _: None))
    again = ops("run-deployed")
    assert (again.exit_code, started(deployed)) == (1, ["migrate"])
    assert "migrate still runs. Wait for its end" in again.stderr


def test_a_supervised_task_runs_through_its_state_machine(deployed: Deployed, ops: Ops):
    add(deployed, "migrate")
    supervise(deployed, "migrate")
    scheduler = deployed.cloud.client("scheduler")
    schedule = scheduler.get_schedule(GroupName=deployed.names.schedule_group, Name="migrate")
    kept = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    scheduler.update_schedule(State="DISABLED", **{key: schedule[key] for key in kept})
    ended = {"status": "SUCCEEDED", "startDate": 1, "stopDate": 2, "name": "manual-x-revision-1"}
    deployed.cloud.answer_each("sfn.DescribeExecution", lambda _: ended)
    assert ops("run-deployed").exit_code == 0
    [request] = deployed.cloud.requests
    assert request["name"].startswith("manual-")
    assert request["name"].endswith("-revision-1")


def test_unknown_outcomes_end_it(deployed: Deployed, ops: Ops):
    add(deployed, "migrate")
    deployed.cloud.client("logs").delete_log_group(logGroupName=deployed.names.outcome_log_group("succeeded"))
    result = ops("run-deployed")
    assert (result.exit_code, started(deployed)) == (1, [])
    assert "So it is not known if migrate has run." in result.stderr
