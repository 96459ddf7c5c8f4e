"""`scheduled-tasks logs`, `scheduled-tasks history` and `scheduled-tasks status`: logs, past runs, and differences from the configuration."""

import copy
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.scheduler.models import scheduler_backends

from components.aws.spelling import camel_case
from components.problems import listed
from components.supervised.settings import SUPERVISED_KEYS
from ops.runs import records
from ops.runs.records import Run, merged
from tests.ops.cloud import ACCOUNT, REGION, Cloud, Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.supervised import run_inside, supervise
from tests.ops.terminal import fits

TASK = "arn:aws:ecs:eu-west-1:123456789012:task/scheduled-tasks-test/"


@pytest.fixture(autouse=True)
def _one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    share_session(monkeypatch)


def ago(**time: float) -> datetime:
    return datetime.now(UTC) - timedelta(**time)


# logs


def test_logs_shows_the_lines_of_all_runs_oldest_first(deployed: Deployed, ops: Ops):
    group = deployed.names.log_group
    deployed.log(group, "etl/main/aaa", "first", ago(hours=5))
    deployed.log(group, "etl/main/bbb", "second [x]", ago(hours=1))
    deployed.log(group, "etl/main/ccc", "long ago", ago(days=3))
    deployed.log(group, "etl-2/main/ddd", "another task's", ago(hours=1))
    text = ops("logs", "etl").stdout
    assert re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "T", text) == (
        "==> Run aaa, container main\nT first\n==> Run bbb, container main\nT second [x]\n"
    )
    assert "first" not in ops("logs", "etl", "--since", "2h").output
    assert "long ago" in ops("logs", "etl", "--since", "7d").output
    assert "second [x]" in ops("logs", "etl", "--run", "bb").output
    assert "first" not in ops("logs", "etl", "--run", "bb").output
    [line] = [json.loads(line) for line in ops("logs", "etl", "--run", "ccc", "--json").stdout.splitlines()]
    assert (line["stream"], line["text"]) == ("etl/main/ccc", "long ago")
    nothing = ops("logs", "backup")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "No log lines found in the last 1d. To list the runs: scheduled-tasks history backup" in nothing.stderr
    assert ops("logs", "etl", "--since", "yesterday").exit_code == 2
    for command in (("logs", "etl"), ("history", "etl"), ("status",)):
        result = ops(*command, "--since", "9999999d")
        assert (result.exit_code, "before the year 1" in result.stderr) == (2, True)
    assert ops("logs", "etl", "--run", "").exit_code == 2


def test_logs_shows_lines_unchanged(deployed: Deployed, ops: Ops):
    line = "copy took 12:100:07 key :key: drive:x:done [bold]ok[/]"
    deployed.log(deployed.names.log_group, "etl/main/aaa", line)
    assert line in ops("logs", "etl").stdout


def write_once(deployed: Deployed, id_: str) -> None:
    group = deployed.names.log_group
    if not deployed.cloud.client("logs").describe_log_streams(logGroupName=group)["logStreams"]:
        deployed.log(group, f"etl/main/{id_}", "working")


def test_a_new_run_is_followed_before_ecs_lists_it(deployed: Deployed, ops: Ops):
    id_ = ops("run", "etl", "--detach").stdout.strip()
    deployed.cloud.answer("ecs.ListTasks", *[{"taskArns": []}] * 6)
    deployed.cloud.rules.append(("ecs.DescribeTasks", lambda _: write_once(deployed, id_)))
    assert "working" in ops("logs", "etl", "--run", id_[:6], "--follow").stdout
    deployed.cloud.calls.clear()
    assert ops("logs", "etl", "--run", id_, "--follow").exit_code == 0
    assert "ecs.ListTasks" not in deployed.cloud.calls, "a complete id needs no list"


def test_following_an_unknown_run_ends_with_an_error(deployed: Deployed, ops: Ops):
    result = ops("logs", "etl", "--run", "nosuch", "--follow")
    assert result.exit_code == 1
    assert 'Found no run of etl whose id begins with "nosuch"' in result.stderr
    deployed.log(deployed.names.log_group, "etl/main/forgotten", "done long ago", ago(days=2))
    result = ops("logs", "etl", "--run", "forg", "--follow")
    assert (result.exit_code, result.stdout.count("done long ago")) == (0, 1)


@pytest.mark.parametrize("follow", [[], ["--follow"]])
def test_logs_of_an_unknown_run_list_the_known_ones(deployed: Deployed, ops: Ops, follow: list[str]):
    result = ops("logs", "etl", "--run", "nosuch", "--stack", "test", *follow)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        'Found no run of etl whose id begins with "nosuch", and no log lines of one. It has no known runs in the last 90 '
        "days. To list all, run: scheduled-tasks history etl --stack test\n"
    )
    id_ = ops("run", "etl", "--detach").stdout.strip()
    ended = ago(hours=2)
    deployed.outcome("failed", ended, taskArn=f"{TASK}0123456789abcdef", group="etl")
    result = ops("logs", "etl", "--run", "nosuch", *follow)
    assert result.exit_code == 1
    assert f"Its newest runs: 01234567 (failed, {ended:%m-%d %H:%M}Z), {id_[:8]} (" in result.stderr


def test_logs_of_a_known_run_without_lines_are_no_error(deployed: Deployed, ops: Ops):
    id_ = ops("run", "etl", "--detach").stdout.strip()
    deployed.outcome("failed", ago(hours=2), taskArn=f"{TASK}0123456789abcdef", group="etl")
    for run in (id_[:6], id_, "0123"):
        result = ops("logs", "etl", "--run", run)
        assert (result.exit_code, result.stdout) == (0, ""), run
        assert "No log lines found. To list the runs:" in result.stderr


def test_logs_of_an_unknown_run_without_permissions_are_an_error(deployed: Deployed, ops: Ops):
    deployed.cloud.refuse("logs.StartQuery", "AccessDeniedException", "no")
    result = ops("logs", "etl", "--run", "nosuch")
    assert (result.exit_code, "Found no run of etl" in result.stderr) == (1, True)


def test_logs_of_an_unknown_execution_list_the_known_ones(deployed: Deployed, ops: Ops):
    arn = supervise(deployed, "etl")
    deployed.cloud.client("stepfunctions").start_execution(stateMachineArn=arn, name="exec-1", input="{}")
    result = ops("logs", "etl", "--run", "nosuch")
    assert result.exit_code == 1
    assert "Its newest runs: exec-1 (running, " in result.stderr


def test_logs_of_a_supervised_run_include_all_attempts_hours_later(deployed: Deployed, ops: Ops):
    arn = supervise(deployed, "etl")
    states = deployed.cloud.client("stepfunctions")
    states.start_execution(stateMachineArn=arn, name="exec-1", input="{}")
    states.stop_execution(executionArn=arn.replace(":stateMachine:", ":execution:") + ":exec-1")
    events: list[dict[str, Any]] = []
    for number, attempt in enumerate(("first", "second")):
        deployed.log(deployed.names.log_group, f"etl/main/{attempt}", f"this is the {attempt}", ago(hours=3))
        submitted = {
            "resourceType": "ecs",
            "resource": "x",
            "output": json.dumps({"Tasks": [{"TaskArn": TASK + attempt}]}),
        }
        events.append({"id": number, "type": "TaskSubmitted", "timestamp": 1.0, "taskSubmittedEventDetails": submitted})
    deployed.cloud.answer("sfn.GetExecutionHistory", {"events": events})
    written = ops("logs", "etl", "--run", "exec-1").stdout
    assert "this is the first" in written
    assert "this is the second" in written


def test_a_supervised_run_is_followed_by_name_before_it_is_listed(deployed: Deployed, ops: Ops):
    arn = supervise(deployed, "etl")
    deployed.cloud.client("stepfunctions").start_execution(stateMachineArn=arn, name="exec-1", input="{}")
    run_inside(deployed, "exec-1", 0)
    deployed.cloud.answer("sfn.ListExecutions", {"executions": []})
    going = {"executionArn": "x", "stateMachineArn": arn, "startDate": 1.0}
    states = [{**going, "status": status} for status in ("RUNNING", "RUNNING", "SUCCEEDED")]
    deployed.cloud.answer("sfn.DescribeExecution", *states)
    result = ops("logs", "etl", "--run", "exec-1", "--follow")
    assert (result.exit_code, result.stdout.count("inside")) == (0, 1)


def test_logs_follows_a_run_until_its_end_and_shows_each_line_once(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    [id_] = json.loads(ops("run", "etl", "--detach", "--json").stdout)["ids"]
    lines = iter(range(1, 100))

    def sleep(_: float) -> None:
        deployed.log(deployed.names.log_group, f"etl/main/{id_}", f"line {next(lines)}")

    monkeypatch.setattr("time.sleep", sleep)
    result = ops("logs", "etl", "--run", id_[:6], "--follow")
    assert result.exit_code == 0
    written = [int(line.split()[-1]) for line in result.stdout.splitlines()[1:]]
    assert written == list(range(1, next(lines))), "each line once, including those after the end"
    assert len(written) > 2


def test_ctrl_c_ends_following(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupt)
    assert ops("logs", "etl", "--follow").exit_code == 0


def test_logs_of_a_supervised_run_are_from_its_ecs_tasks(deployed: Deployed, ops: Ops):
    supervise(deployed, "etl")
    run_inside(deployed, "exec-1", 0)
    run_inside(deployed, "exec-2", 0)
    first = deployed.cloud.tasks()[0].id
    deployed.outcome(
        "succeeded",
        source="scheduled-tasks",
        group="etl",
        taskArn=f"{TASK}{first}",
        executionArn="arn:aws:states:eu-west-1:123456789012:execution:p__etl:exec-1",
    )
    assert ops("logs", "etl", "--run", "exec-1").stdout.count("inside") == 1
    assert first in ops("logs", "etl", "--run", "exec-1").stdout


def test_logs_follows_all_attempts_of_a_supervised_run(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    arn = supervise(deployed, "etl")
    client = deployed.cloud.client("stepfunctions")
    client.start_execution(stateMachineArn=arn, name="exec-1", input="{}")
    run_inside(deployed, "exec-1", 1)
    going = {"executionArn": "x", "stateMachineArn": arn, "startDate": 1.0}
    states = [{**going, "status": status} for status in ("RUNNING", "RUNNING", "SUCCEEDED")]
    deployed.cloud.answer("sfn.DescribeExecution", *states)
    monkeypatch.setattr("time.sleep", lambda _: len(deployed.cloud.tasks()) == 1 and run_inside(deployed, "exec-1", 0))
    result = ops("logs", "etl", "--run", "exec", "--follow")
    assert (result.exit_code, result.stdout.count("inside")) == (0, 2)


def test_a_task_with_another_log_driver_is_reported(deployed: Deployed, ops: Ops):
    client = deployed.cloud.client("ecs")
    arn = client.register_task_definition(
        family="f",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {"name": "main", "image": "x", "memory": 64, "logConfiguration": {"logDriver": "splunk"}}
        ],
    )["taskDefinition"]["taskDefinitionArn"]
    deployed.schedule(deployed.task("etl", "other"), arn)
    result = ops("logs", "other")
    assert result.exit_code == 1
    assert (
        "The containers of f use other log drivers and don't write to CloudWatch Logs: main (splunk)." in result.stderr
    )
    detached = ops("run", "other", "--detach")
    assert "Not in CloudWatch Logs: main (splunk)." in detached.stderr


def test_a_container_whose_log_is_elsewhere_is_noted(deployed: Deployed, ops: Ops):
    log = {"logDriver": "awslogs", "options": {"awslogs-group": deployed.names.log_group, "awslogs-stream-prefix": "r"}}
    arn = deployed.cloud.client("ecs").register_task_definition(
        family="routed",
        containerDefinitions=[
            {"name": "main", "image": "x", "memory": 64, "logConfiguration": {"logDriver": "awsfirelens"}},
            {"name": "router", "image": "r", "memory": 64, "logConfiguration": log},
        ],
    )["taskDefinition"]["taskDefinitionArn"]
    deployed.schedule(deployed.task("etl", "routed"), arn)
    result = ops("logs", "routed")
    assert (result.exit_code, "Not in CloudWatch Logs: main (awsfirelens)." in result.stderr) == (0, True)


# history


@pytest.mark.usefixtures("terminal")
def test_history_merges_runs_from_outcome_logs_and_ecs(deployed: Deployed, ops: Ops):
    [id_] = json.loads(ops("run", "etl", "--detach", "--json").stdout)["ids"]
    [running] = deployed.cloud.tasks()
    running.created_at = ago(minutes=1)
    failed = {
        "group": "etl",
        "taskArn": f"{TASK}{'f' * 32}",
        "startedAt": ago(hours=2).isoformat(),
        "startedBy": "chronos-schedule/etl",
        "stoppedReason": "Essential container in task exited",
        "containers": [{"name": "main", "exitCode": 137, "reason": "OutOfMemoryError: container killed"}],
    }
    deployed.outcome("failed", ago(hours=1), **failed)
    deployed.outcome("failed", ago(hours=1), **failed)
    never = {
        "group": "etl",
        "taskArn": f"{TASK}{'e' * 32}",
        "startedAt": None,
        "createdAt": ago(days=3).isoformat(),
        "stopCode": "TaskFailedToStart",
        "stoppedReason": "CannotPullContainerError: no route",
        "containers": [{"name": "main"}],
    }
    deployed.outcome("failed", ago(days=3), **never)
    deployed.outcome(
        "succeeded",
        ago(days=2),
        group="etl",
        taskArn=f"{TASK}{'d' * 32}",
        startedBy="ops/alice/5d0c7e1a-0f0e-4c55-9d5f-4f2b8f1d2c33",
    )
    deployed.outcome("succeeded", ago(days=2), group="backup", taskArn=f"{TASK}{'c' * 32}")
    deployed.outcome("succeeded", ago(days=40), group="etl", taskArn=f"{TASK}{'b' * 32}")

    runs = json.loads(ops("history", "etl", "--json").stdout)
    assert [(run["id"][:4], run["outcome"], run["exitCode"]) for run in runs] == [
        (id_[:4], "running", 0),
        ("ffff", "failed", 137),
        ("dddd", "succeeded", 0),
        ("eeee", "failed", None),
    ]
    assert runs[1]["seconds"] == 3600
    assert runs[1]["by"] == "schedule"
    assert runs[2]["by"] == "alice"
    assert runs[3]["reason"] == "TaskFailedToStart: CannotPullContainerError: no route"
    assert [run["id"][:4] for run in json.loads(ops("history", "etl", "-n", "2", "--json").stdout)] == [id_[:4], "ffff"]
    table = ops("history", "etl").stdout
    assert fits(table)
    assert "1 h" in table
    assert "OutOfMemoryError" in table
    assert "by alice" in table
    none = ops("history", "backup", "--since", "1h")
    assert "backup has not run in the last 1h" in none.stderr


def test_history_of_a_supervised_task_shows_executions_with_attempts(deployed: Deployed, ops: Ops):
    supervise(deployed, "etl")
    for code in (1, 3):
        run_inside(deployed, "exec-1", code)
        deployed.cloud.tasks()[-1].created_at = ago(minutes=10 - code)
        deployed.cloud.tasks()[-1].desired_status = "STOPPED"
    [first, last] = deployed.cloud.tasks()
    execution = {"executionArn": "x", "stateMachineArn": "y"}
    begun = ago(minutes=10).timestamp()
    deployed.cloud.answer(
        "sfn.ListExecutions",
        {
            "executions": [
                {**execution, "name": "exec-2", "status": "RUNNING", "startDate": begun + 300},
                {**execution, "name": "exec-1", "status": "FAILED", "startDate": begun, "stopDate": begun + 120},
            ]
        },
    )
    deployed.outcome(
        "failed",
        ago(minutes=8),
        source="scheduled-tasks",
        group="etl",
        taskArn=last.task_arn,
        executionArn="arn:aws:states:eu-west-1:123456789012:execution:p__etl:exec-1",
        attempts=2,
        scheduledTime="2026-11-24T03:00:00Z",
        stoppedReason="The run failed twice.",
        containers=[{"name": "main", "exitCode": 3}],
    )
    deployed.outcome("failed", ago(minutes=9), group="supervised:etl", taskArn=first.task_arn)
    runs = json.loads(ops("history", "etl", "--json").stdout)
    assert [(run["id"], run["outcome"], run["exitCode"], run["attempts"]) for run in runs] == [
        ("exec-2", "running", None, 1),
        ("exec-1", "failed", 3, 2),
    ]
    assert runs[1]["reason"] == "The run failed twice."
    assert runs[1]["tasks"] == [first.id, last.id]


def test_a_stopped_execution_is_the_last_run_of_its_task(deployed: Deployed, ops: Ops):
    supervise(deployed, "etl")
    detail = {
        "executionArn": "arn:aws:states:eu-west-1:123456789012:execution:scheduled-tasks-test__etl:exec-9",
        "stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:scheduled-tasks-test__etl",
        "name": "exec-9",
        "status": "ABORTED",
        "startDate": int(ago(hours=2).timestamp() * 1000),
        "stopDate": int(ago(hours=1).timestamp() * 1000),
    }
    event = {"source": "aws.states", "detail-type": "Step Functions Execution Status Change", "detail": detail}
    deployed.outcome("succeeded", ago(hours=3), group="etl", taskArn=f"{TASK}1")
    deployed.log(deployed.names.outcome_log_group("failed"), "x", json.dumps(event), ago(hours=1))
    last = row(status(ops), "etl")["lastRun"]
    assert (last["id"], last["outcome"], last["reason"], last["seconds"]) == ("exec-9", "failed", "ABORTED", 3600)


def test_a_stopped_execution_is_found_by_the_truncated_name_of_its_state_machine(deployed: Deployed, ops: Ops):
    task = "export-the-orders-of-all-shops-to-the-warehouse"
    deployed.schedule(deployed.task("etl", task), deployed.define(deployed.config.tasks["etl"]))
    machine = deployed.names.state_machine(task)
    assert task not in machine
    detail = {
        "stateMachineArn": f"arn:aws:states:eu-west-1:123456789012:stateMachine:{machine}",
        "name": "exec-9",
        "status": "ABORTED",
        "startDate": int(ago(hours=2).timestamp() * 1000),
        "stopDate": int(ago(hours=1).timestamp() * 1000),
    }
    event = {"source": "aws.states", "detail-type": "Step Functions Execution Status Change", "detail": detail}
    deployed.log(deployed.names.outcome_log_group("failed"), "x", json.dumps(event), ago(hours=1))
    assert row(status(ops), task)["lastRun"]["id"] == "exec-9"


def test_history_without_outcome_logs_shows_runs_from_ecs(deployed: Deployed, ops: Ops):
    for outcome in ("failed", "succeeded"):
        deployed.cloud.client("logs").delete_log_group(logGroupName=deployed.names.outcome_log_group(outcome))
    ops("run", "etl", "--detach")
    assert len(json.loads(ops("history", "etl", "--json").stdout)) == 1


def test_a_running_query_is_polled_and_a_failed_one_is_reported(deployed: Deployed, ops: Ops):
    running = {"results": [], "status": "Running"}
    deployed.cloud.answer("cloudwatch-logs.GetQueryResults", running, running, {"results": [], "status": "Complete"})
    assert ops("history", "etl").exit_code == 0
    assert deployed.cloud.calls.count("cloudwatch-logs.GetQueryResults") == 3
    deployed.cloud.answer("cloudwatch-logs.GetQueryResults", {"results": [], "status": "Failed"})
    assert "ended as Failed. Try again." in ops("history", "etl").stderr


def test_runs_of_several_sources_are_merged():
    when = datetime(2026, 11, 24, 3, tzinfo=UTC)
    event = Run("a", "etl", "failed", None, when, reason="why")
    task = Run("a", "etl", "running", when, exit_code=2, by="alice", tasks=("a",))
    other = Run("b", "etl", "succeeded", when + timedelta(hours=1))
    assert merged([event], [task, other]) == [
        other,
        Run("a", "etl", "failed", when, when, exit_code=2, reason="why", by="alice", tasks=("a",)),
    ]


@pytest.mark.parametrize(
    ("task", "outcome", "code", "reason"),
    [
        ({"lastStatus": "PENDING"}, "running", None, ""),
        ({"stopCode": "EssentialContainerExited", "containers": [{"name": "main", "exitCode": 0}]}, "succeeded", 0, ""),
        (
            {"stopCode": "EssentialContainerExited", "stoppedReason": "exited", "containers": [{"name": "main", "exitCode": 1}]},
            "failed", 1, "exited",
        ),
        (
            {"stopCode": "SpotInterruption", "stoppedReason": "Spot", "containers": [{"name": "main", "exitCode": 0}]},
            "failed", 0, "SpotInterruption: Spot",
        ),
        (
            {"stopCode": "EssentialContainerExited", "containers": [{"name": "x", "exitCode": 9}, {"name": "main", "exitCode": 0}]},
            "succeeded", 0, "",
        ),
        ({"stopCode": "TaskFailedToStart", "containers": [{"name": "main", "reason": "no"}]}, "failed", None, "TaskFailedToStart; no"),
    ],
)  # fmt: skip
def test_outcome_of_an_ecs_task(task: dict[str, Any], outcome: str, code: int | None, reason: str):
    run = records.from_task({"taskArn": "x/y", "lastStatus": "STOPPED", **task})
    assert (run.outcome, run.exit_code, run.reason) == (outcome, code, reason)


# status


def status(ops: Ops, *arguments: str) -> dict[str, Any]:
    return json.loads(ops("status", "--stack", "test", *arguments, "--json").stdout)


def row(found: dict[str, Any], task: str) -> dict[str, Any]:
    return next(row for row in found["tasks"] if row["task"] == task)


@pytest.mark.usefixtures("terminal")
def test_status_shows_state_last_run_and_alarms_of_each_task(deployed: Deployed, ops: Ops):
    cloud, names = deployed.cloud, deployed.names
    deployed.outcome("failed", ago(hours=2), group="etl", taskArn=f"{TASK}1")
    deployed.outcome("succeeded", ago(hours=1), group="etl", taskArn=f"{TASK}2")
    deployed.outcome(
        "failed", ago(hours=1), group="backup", taskArn=f"{TASK}3", containers=[{"name": "main", "exitCode": 7}]
    )
    cloud.client("sqs").send_message(QueueUrl=deployed.queue_url, MessageBody="{}")
    for alarm in ("dead-letters", "backup/no-success", "dropped"):
        cloud.client("cloudwatch").put_metric_alarm(
            AlarmName=names.alarm(alarm), Namespace="x", MetricName="y", Statistic="Sum", Period=60,
            EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip
        if alarm != "dropped":
            cloud.client("cloudwatch").set_alarm_state(
                AlarmName=names.alarm(alarm), StateValue="ALARM", StateReason="x"
            )
    found = status(ops)
    assert (found["group"], found["region"], found["account"]) == ("scheduled-tasks-test", "eu-west-1", "123456789012")
    assert found["deadLetters"] == {"launches": 1, "events": None}
    assert found["alarms"] == ["dead-letters"]
    backup, etl, paused = (row(found, task) for task in ("backup", "etl", "paused"))
    assert (etl["state"], etl["lastRun"]["outcome"], etl["drift"]) == ("enabled", "succeeded", [])
    assert (backup["alarms"], backup["lastRun"]["exitCode"]) == (["backup/no-success"], 7)
    assert backup["nextRun"][11:16] in ("00:30", "01:30")
    assert (paused["state"], paused["nextRun"], paused["lastRun"]) == ("paused", None, None)
    table = ops("status", "--stack", "test").stdout
    assert fits(table)
    for words in (
        "Dead-letter queues: 1 failed launch",
        "Firing alarms: dead-letters",
        " 7  failed; alarm",
        "no-success",
        "none in 8d",
    ):
        assert words in table

    ops("run", "etl", "--detach")
    assert row(status(ops), "etl")["state"] == "running"


def change(deployed: Deployed, name: str, **changes: Any) -> None:
    """Edit a schedule in AWS, for example in the console."""
    scheduler = deployed.cloud.client("scheduler")
    there = scheduler.get_schedule(GroupName=deployed.names.schedule_group, Name=name)
    kept = ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "State", "Target", "StartDate")
    given = {key: there[key] for key in kept if there.get(key)}
    target = {**there["Target"], **changes.pop("Target", {})}
    target["EcsParameters"] = {**there["Target"]["EcsParameters"], **changes.pop("EcsParameters", {})}
    scheduler.update_schedule(
        GroupName=deployed.names.schedule_group, Name=name, **{**given, **changes, "Target": target}
    )


DRIFT: dict[str, tuple[dict[str, Any], str]] = {
    "disabled": ({"State": "DISABLED"}, "disabled in AWS, enabled in the configuration"),
    "schedule": ({"ScheduleExpression": "rate(1 hour)"}, "schedule: AWS rate(1 hour), config cron(30 2 * * ? *)"),
    "timezone": ({"ScheduleExpressionTimezone": "UTC"}, "timezone: AWS UTC, config Europe/Berlin"),
    "window": ({"FlexibleTimeWindow": {"Mode": "OFF"}}, "flexibleWindow: AWS off, config 15m"),
    "start": ({"StartDate": datetime(2040, 1, 1, tzinfo=UTC)}, "start: AWS 2040-01-01T00:00:00Z, config not set"),
    "count": ({"EcsParameters": {"TaskCount": 3}}, "count: AWS 3, config 1"),
    "launch": ({"EcsParameters": {"LaunchType": "EC2"}}, "launch: AWS EC2, config FARGATE"),
    "retry": (
        {"Target": {"RetryPolicy": {"MaximumRetryAttempts": 9, "MaximumEventAgeInSeconds": 60}}},
        "retry: AWS 9 attempts in 1m, config 5 attempts in 1h",
    ),
    "half a retry": (
        {"Target": {"RetryPolicy": {"MaximumRetryAttempts": 0}}},
        "retry: AWS 0 attempts in 1d, config 5 attempts in 1h",
    ),
    "group": (
        {"EcsParameters": {"Group": "other"}},
        "group: AWS other, config backup (status, history and alarms miss its runs)",
    ),
    "role": ({"Target": {"RoleArn": "arn:aws:iam::123456789012:role/x/other"}}, "role: AWS other, config scheduled-tasks-test-scheduler"),
    "queue": ({"Target": {"DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-west-1:123456789012:mine"}}}, "dead-letter queue: AWS mine, config scheduled-tasks-test-dead-letters"),
    "no queue": ({"Target": {"DeadLetterConfig": {}}}, "dead-letter queue: AWS not set, config scheduled-tasks-test-dead-letters"),
    "subnets": (
        {"EcsParameters": {"NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": ["subnet-b", "subnet-a"]}}}},
        "subnets: AWS subnet-a subnet-b, config SUBNET; security groups: AWS not set, config GROUP",
    ),
    "no JSON": ({"Target": {"Input": "x"}}, "input of the schedule: AWS no JSON object, config not set"),
    "memory": ({"Target": {"Input": '{"memory":"1024"}'}}, "memory of the schedule: AWS 1024, config not set"),
    "command": (
        {"Target": {"Input": '{"containerOverrides":[{"name":"main","command":["sh","--password","x"]}]}'}},
        "command of the schedule: AWS [sh, --password, '***'], config not set",
    ),
    "environment": (
        {"Target": {"Input": '{"containerOverrides":[{"name":"main","environment":[{"name":"A","value":"secret"}]}]}'}},
        "environment.A of the schedule: AWS set, config not set",
    ),
    "sidecar": (
        {"Target": {"Input": '{"containerOverrides":[{"name":"main"},{"name":"proxy","command":["x"]}]}'}},
        "proxy.command of the schedule: AWS [x], config not set",
    ),
    "family": (
        {"EcsParameters": {"TaskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/scheduled-tasks-test__etl:1"}},
        "task definition: AWS scheduled-tasks-test__etl:1, config scheduled-tasks-test__backup",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), DRIFT.values(), ids=DRIFT.keys())
def test_status_shows_changes_in_aws(deployed: Deployed, ops: Ops, changes: dict[str, Any], words: str):
    change(deployed, "backup", **changes)
    found = status(ops)
    words = words.replace("SUBNET", deployed.subnet).replace("GROUP", deployed.security_group)
    assert "; ".join(row(found, "backup")["drift"]) == words
    assert row(found, "etl")["drift"] == []


@pytest.mark.usefixtures("terminal")
def test_status_shows_changed_revisions_and_undeployed_tasks(deployed: Deployed, ops: Ops):
    changed = deployed.task("backup", "backup", image="evil:1", memory=1024, environment={"A": "1"})
    arn = deployed.define(changed)
    change(deployed, "backup", EcsParameters={"TaskDefinitionArn": arn})
    scheduler = deployed.cloud.client("scheduler")
    scheduler.delete_schedule(GroupName=deployed.names.schedule_group, Name="etl")
    deployed.schedule(deployed.task("etl", "stray"), arn)
    found = status(ops)
    assert row(found, "backup")["drift"] == [
        "image: AWS evil:1, config backup:1",
        "environment.A: AWS set, config not set",
        "memory: AWS 1024, config 512",
    ]
    assert (row(found, "etl")["state"], row(found, "stray")["drift"]) == ("not deployed", ["not in the configuration"])
    assert row(found, "done")["state"] == "ended", "a deployment omits its schedule"
    assert fits(ops("status", "--stack", "test").stdout)


def test_an_ended_schedule_is_not_a_difference(deployed: Deployed, ops: Ops):
    deployed.cloud.client("scheduler").create_schedule(
        Name="done",
        GroupName=deployed.names.schedule_group,
        ScheduleExpression="at(2020-01-01T00:00:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        State="ENABLED",
        Target={"Arn": deployed.cluster_arn, "RoleArn": "arn:aws:iam::123456789012:role/x"},
    )
    done = row(status(ops), "done")
    assert (done["state"], done["nextRun"], done["drift"]) == ("ended", None, [])


def test_status_finds_the_cluster_of_a_stack_with_only_supervised_tasks(deployed: Deployed, ops: Ops):
    for task in ("backup", "etl", "paused"):
        supervise(deployed, task)
    run_inside(deployed, "exec-1", 0)
    found = status(ops)
    assert row(found, "etl")["state"] == "running"
    keys = listed([camel_case(key) for key in SUPERVISED_KEYS], "and")
    unlike = f"target: AWS a state machine, config ECS, without {keys}"
    assert row(found, "etl")["drift"] == row(found, "backup")["drift"] == [unlike]
    assert row(found, "paused")["drift"] == ["enabled in AWS, paused in the configuration", unlike]
    deployed.cloud.calls.clear()
    deployed.cloud.client("stepfunctions").delete_state_machine(
        stateMachineArn=f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:scheduled-tasks-test__backup"
    )
    [unknown] = status(ops)["unknown"]
    assert unknown.startswith("Running tasks are unknown: scheduled-tasks-test__backup doesn't exist.")


def test_status_without_configuration_shows_the_state_in_aws(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.chdir(tmp_path.parent)
    found = status(ops)
    assert found["compared"] is None
    assert row(found, "etl")["nextRun"] is not None
    assert "The stack's configuration isn't here" in ops("status").stderr


def test_status_of_1000_tasks_makes_few_calls(cloud: Cloud, deployed: Deployed, ops: Ops):
    # Creating them through the API takes most of the time.
    group: Any = scheduler_backends[ACCOUNT][REGION].schedule_groups[deployed.names.schedule_group]
    schedules = group.schedules
    for number in range(996):
        copied = copy.copy(schedules["etl"])
        copied.name = f"task-{number:04}"
        copied.arn = f"{schedules['etl'].arn.rsplit('/', 1)[0]}/{copied.name}"
        schedules[copied.name] = copied
    stack = Path("Pulumi.test.yaml")
    entries = [
        f'    task-{number:04}: {{ image: "etl:1", cpu: 256, memory: 512, schedule: "rate(6 hours)" }}'
        for number in range(996)
    ]
    stack.write_text(stack.read_text() + "\n".join(entries) + "\n")
    cloud.calls.clear()
    queries: list[str] = []
    cloud.rules.append(
        ("cloudwatch-logs.StartQuery", lambda request: queries.append(json.loads(request.body)["queryString"]))
    )
    result = ops("status", "--stack", "test", "--json")
    found = json.loads(result.stdout)
    assert len(found["tasks"]) == 1000
    assert len(cloud.calls) <= 40, sorted(set(cloud.calls))
    assert cloud.calls.count("scheduler.ListSchedules") == 10
    enabled = [one for one in found["tasks"] if one["state"] == "enabled"]
    assert all(one["nextRun"] or one["nextRunWithinSeconds"] == 6 * 3600 for one in enabled)
    assert found["compared"] == 7
    assert "| dedup owner, place |" in queries[0], "one row per task (moto doesn't implement dedup)"


def test_two_commands_lead_from_the_name_of_a_task_to_the_log_of_its_failed_run(deployed: Deployed, ops: Ops):
    for number, outcome in enumerate(("succeeded", "failed", "succeeded")):
        id_ = f"{number}{'a' * 31}"
        deployed.outcome(outcome, ago(hours=3 - number), taskArn=f"{TASK}{id_}", group="etl")
        deployed.log(deployed.names.log_group, f"etl/main/{id_}", f"run {number} {outcome}", ago(hours=3 - number))
    shown = ops("history", "etl", "--stack", "test").stderr
    [command] = [line.split(": ", 1)[1] for line in shown.splitlines() if line.startswith("Last failure: ")]
    assert command == "scheduled-tasks logs etl --run 1aaaaaaa --stack test"
    result = ops(*command.split()[1:])
    assert result.exit_code == 0
    assert [line.split(" ", 1)[1] for line in result.stdout.splitlines()[1:]] == ["run 1 failed"]


def test_history_of_successful_runs_leads_to_the_newest_log(deployed: Deployed, ops: Ops):
    for number in range(2):
        deployed.outcome("succeeded", ago(hours=3 - number), taskArn=f"{TASK}{number}{'a' * 31}", group="etl")
    assert "Newest run: scheduled-tasks logs etl --run 1aaaaaaa\n" in ops("history", "etl").stderr
    assert ops("history", "etl", "--stack", "test", "--json").stderr == ""


def test_history_as_json_has_what_the_columns_show(deployed: Deployed, ops: Ops):
    deployed.outcome("failed", ago(hours=1), taskArn=f"{TASK}{'a' * 32}", group="etl", startedBy="ops/alice")
    [run] = json.loads(ops("history", "etl", "--json").stdout)
    line = ops("history", "etl").stdout.splitlines()[1]
    assert run["id"].startswith(line.split()[0])
    assert run["outcome"] in line
    assert {"started", "seconds", "exitCode", "reason", "by", "attempts"} <= run.keys()
    assert (run["exitCode"], run["by"]) == (1, "alice")
    assert run["reason"] in line
    assert "by alice" in line
