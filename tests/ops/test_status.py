"""`scheduled-tasks status`: missing and unknown resources, other stacks, differences, and supervised tasks."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ops.project import project_at
from ops.state import live
from ops.state import status as state_status
from tests.ops.cloud import ACCOUNT, REGION, Cloud, Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.supervised import state_machine, supervise

TASK = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/main/"


@pytest.fixture
def stack(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    share_session(monkeypatch)
    return deployed


def status(ops: Ops, *arguments: str) -> dict[str, Any]:
    return json.loads(ops("status", "--stack", "test", *arguments, "--json").stdout)


def row(found: dict[str, Any], task: str) -> dict[str, Any]:
    return next(row for row in found["tasks"] if row["task"] == task)


@pytest.mark.parametrize("prefix", ["My Shop", "shop:dev", "x" * 250])
def test_status_shows_firing_alarms_of_a_group_whose_prefix_is_spelled_differently_in_aws(
    project: Path, cloud: Cloud, ops: Ops, prefix: str
):
    deployed = cloud.deploy(project_at(project).load("test"), prefix)
    names = deployed.names
    for alarm in (names.alarm("dropped"), names.task_alarm("etl")):
        cloud.client("cloudwatch").put_metric_alarm(
            AlarmName=alarm, Namespace="x", MetricName="y", Statistic="Sum", Period=60,
            EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip
        cloud.client("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="x")
    found = json.loads(ops("status", "--group", names.schedule_group, "--region", REGION, "--json").stdout)
    assert (found["alarms"], row(found, "etl")["alarms"]) == (["dropped"], ["etl/no-success"])


def update(deployed: Deployed, name: str, **changes: Any) -> None:
    """Change a schedule. None removes a member."""
    scheduler, group = deployed.cloud.client("scheduler"), deployed.names.schedule_group
    there = scheduler.get_schedule(GroupName=group, Name=name)
    kept = ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "State", "Target", "StartDate")
    given = {**{key: there[key] for key in kept if key in there}, **changes}
    scheduler.update_schedule(
        GroupName=group, Name=name, **{key: value for key, value in given.items() if value is not None}
    )


def target(deployed: Deployed, name: str) -> dict[str, Any]:
    scheduler = deployed.cloud.client("scheduler")
    return scheduler.get_schedule(GroupName=deployed.names.schedule_group, Name=name)["Target"]


def start(deployed: Deployed, family: str, group: str) -> None:
    """Start an ECS task of a family in the stack's cluster."""
    ecs = deployed.cloud.client("ecs")
    ecs.register_task_definition(
        family=family,
        containerDefinitions=[{"name": "main", "image": "x"}],
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
    )
    ecs.run_task(
        cluster=deployed.cluster_arn,
        taskDefinition=family,
        launchType="FARGATE",
        group=group,
        networkConfiguration={"awsvpcConfiguration": {"subnets": [deployed.subnet], "securityGroups": []}},
        clientToken=family,
    )


def test_a_task_of_another_stack_with_the_same_name_is_ignored(stack: Deployed, ops: Ops):
    start(stack, "scheduled-tasks-test-2__backup", "backup")
    start(stack, "existing", "etl")
    parameters = {**target(stack, "etl")["EcsParameters"]}
    parameters["TaskDefinitionArn"] = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/existing:1"
    update(stack, "etl", Target={**target(stack, "etl"), "EcsParameters": parameters})
    found = status(ops)
    assert row(found, "backup")["state"] == "enabled"
    assert row(found, "etl")["state"] == "running", "its schedule uses that family"


def test_missing_resources_are_reported(stack: Deployed, ops: Ops):
    stack.cloud.client("sqs").delete_queue(QueueUrl=stack.queue_url)
    for outcome in ("failed", "succeeded"):
        stack.cloud.client("logs").delete_log_group(logGroupName=stack.names.outcome_log_group(outcome))
    parameters = {**target(stack, "etl")["EcsParameters"]}
    parameters["TaskDefinitionArn"] = parameters["TaskDefinitionArn"][:-1] + "77"
    update(stack, "etl", Target={**target(stack, "etl"), "EcsParameters": parameters})
    stack.cloud.client("ecs").delete_cluster(cluster=stack.cluster_arn)
    stack.cloud.refuse("ecs.ListTasks", "ClusterNotFoundException", "Cluster not found.")
    found = status(ops)
    assert row(found, "etl")["drift"] == ["the task definition scheduled-tasks-test__etl:77 doesn't exist"]
    assert found["unknown"] == [
        "The outcomes of runs are not known: the stack has no outcome logs (monitoring.outcomes).",
        "Running tasks are unknown: scheduled-tasks-test doesn't exist. For details, run: scheduled-tasks doctor",
    ]
    result = ops("status", "--stack", "test")
    assert "Dead-letter queues: the queue scheduled-tasks-test-dead-letters doesn't exist, so" in result.stdout
    assert all(line in result.stderr for line in found["unknown"])


def test_a_missing_outcome_log_does_not_hide_the_other(stack: Deployed, ops: Ops):
    stack.outcome("failed", datetime.now(UTC) - timedelta(hours=2), group="etl", taskArn=f"{TASK}1")
    stack.cloud.client("logs").delete_log_group(logGroupName=stack.names.outcome_log_group("succeeded"))
    found = status(ops)
    assert row(found, "etl")["lastRun"]["outcome"] == "failed"
    [unknown] = found["unknown"]
    assert unknown.startswith(
        "It is not known which runs succeeded: the log group /aws/events/scheduled-tasks-test/succeed"
    )
    result = ops("history", "etl")
    assert "failed" in result.stdout
    assert unknown in result.stderr


def test_a_rate_without_a_start_has_no_exact_next_run(stack: Deployed, ops: Ops):
    update(stack, "etl", StartDate=None)
    etl = row(status(ops), "etl")
    assert (etl["nextRun"], etl["nextRunWithinSeconds"]) == (None, 6 * 3600)
    assert "within 6 h" in ops("status", "--stack", "test").stdout
    backup = row(status(ops), "backup")
    assert (backup["nextRun"] is not None, backup["nextRunWithinSeconds"]) == (True, None)


TWICE = """
    twice:
      image: "etl:1"
      cpu: 256
      memory: 512
      schedules: [{ expression: "cron(0 1 * * ? *)" }, { expression: "cron(0 2 1 1 ? 2199)" }]
"""


def test_the_next_run_comes_from_enabled_schedules_even_if_they_were_not_read(
    stack: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    file = Path("Pulumi.test.yaml")
    file.write_text(file.read_text() + TWICE)
    tasks = project_at(Path()).load("test").tasks
    stack.schedule(tasks["twice"], stack.define(tasks["twice"]))
    update(stack, "twice", State="DISABLED")
    monkeypatch.setattr("ops.state.status.CALLS", 0)
    found = row(status(ops), "twice")
    assert (found["state"], found["nextRun"][:10]) == ("partly paused", "2199-01-01")


def test_pauses_by_hand_are_shown_with_who_and_why_even_without_effect(stack: Deployed, ops: Ops):
    ops("pause", "backup", "--why", "orders-db migration")
    update(stack, "etl", State="DISABLED")
    group = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{stack.names.schedule_group}"
    stack.cloud.client("scheduler").tag_resource(
        ResourceArn=group, Tags=[{"Key": "scheduled-tasks/paused/etl", "Value": "2020-01-01T00:00:00Z bob: long ago"}]
    )
    found = status(ops)
    assert row(found, "backup")["drift"] == ["paused by hand"]
    assert row(found, "etl")["drift"] == ["disabled in AWS, enabled in the configuration"]
    assert [(pause["task"], pause["why"], pause["over"]) for pause in found["pauses"]] == [
        ("backup", "orders-db migration", False),
        ("etl", "long ago", True),
    ]
    lines = ops("status", "--stack", "test").stdout.splitlines()
    assert any(
        line.startswith("Paused by hand: backup since ") and line.endswith("orders-db migration") for line in lines
    )
    assert (
        "Paused by hand: etl since 2020-01-01T00:00:00Z, by bob: long ago (no effect: enabled or changed since)"
        in lines
    )
    ops("pause", "--all", "--why", "incident")
    assert "Paused by hand: all tasks since" in ops("status", "--stack", "test").stdout


# Differences


def test_a_target_without_settings_has_the_defaults_of_aws(stack: Deployed, ops: Ops):
    file = Path("Pulumi.test.yaml")
    file.write_text(file.read_text().replace('etl: { image: "etl:1",', 'etl: { image: "etl:1", count: 2,'))
    parameters = {key: value for key, value in target(stack, "etl")["EcsParameters"].items() if key != "TaskCount"}
    update(stack, "etl", Target={**target(stack, "etl"), "EcsParameters": parameters})
    update(
        stack, "backup", Target={"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", "RoleArn": target(stack, "etl")["RoleArn"]}
    )
    found = status(ops)
    assert row(found, "etl")["drift"] == ["count: AWS 1, config 2"]
    assert "target: AWS arn:aws:sqs:eu-west-1:123456789012:q, config ECS" in row(found, "backup")["drift"]


def test_configured_networks_are_compared(stack: Deployed, ops: Ops):
    file = Path("Pulumi.test.yaml")
    network = f"{{ subnets: [subnet-0123], securityGroups: [{stack.security_group}], assignPublicIp: true }}"
    file.write_text(file.read_text().replace("{ vpc: default }", network))
    assert row(status(ops), "etl")["drift"] == [f"subnets: AWS {stack.subnet}, config subnet-0123"]


def test_the_cluster_is_compared(stack: Deployed, supervised: Deployed, ops: Ops):
    file = Path("Pulumi.test.yaml")
    file.write_text(file.read_text().replace('backup:1",', 'backup:1", cluster: batch,'))
    found = status(ops)
    assert row(found, "backup")["drift"] == ["cluster: AWS scheduled-tasks-test, config batch"]
    file.write_text(file.read_text().replace("cluster: scheduled-tasks-test", "cluster: main"))
    found = status(ops)
    assert "cluster: AWS scheduled-tasks-test, config main" in row(found, "etl")["drift"], "a supervised task"
    assert "cluster: AWS scheduled-tasks-test, config main" in row(found, "paused")["drift"]


def test_networks_are_compared_only_if_runs_have_one(stack: Deployed, ops: Ops):
    for task in ("backup", "paused"):
        supervise(stack, task)
    assert row(status(ops), "etl")["drift"] == []
    file = Path("Pulumi.test.yaml")
    file.write_text(
        file.read_text().replace("{ vpc: default }", "{ subnets: [subnet-0123], securityGroups: [sg-0123] }")
    )
    parameters = target(stack, "etl")["EcsParameters"]
    without = {key: value for key, value in parameters.items() if key != "NetworkConfiguration"}
    update(stack, "etl", Target={**target(stack, "etl"), "EcsParameters": without})
    assert row(status(ops), "etl")["drift"] == [], "as with networkMode: host"


def test_schedules_without_ecs_tasks_are_reported(stack: Deployed, ops: Ops):
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    update(stack, "backup", Target={"Arn": queue, "RoleArn": target(stack, "etl")["RoleArn"]})
    stack.cloud.calls.clear()
    assert status(ops)["unknown"] == []
    for task in ("etl", "paused"):
        update(stack, task, Target={"Arn": queue, "RoleArn": target(stack, "paused")["RoleArn"]})
    stack.cloud.calls.clear()
    assert status(ops)["unknown"] == ["Running tasks are unknown: no schedule runs an ECS task."]
    assert "ecs.ListTasks" not in stack.cloud.calls


@pytest.fixture
def supervised(stack: Deployed) -> Deployed:
    """The stack with `etl` supervised, in its configuration and in AWS."""
    file = Path("Pulumi.test.yaml")
    file.write_text(file.read_text().replace('etl: { image: "etl:1",', 'etl: { image: "etl:1", timeout: 2h,'))
    arn = supervise(stack, "etl")
    remake(stack, arn, timeout="2h")
    return stack


def remake(deployed: Deployed, arn: str, run: dict[str, Any] | None = None, **settings: Any) -> None:
    """Update a state machine to the definition of a deployment."""
    family = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{deployed.names.family('etl')}"
    network = {"Subnets": [deployed.subnet], "SecurityGroups": [deployed.security_group], "AssignPublicIp": "ENABLED"}
    given: Any = {
        "Cluster": deployed.cluster_arn,
        "TaskDefinition": f"{family}:1",
        "Group": "supervised:etl",
        "LaunchType": "FARGATE",
        "PropagateTags": "TASK_DEFINITION",
        "NetworkConfiguration": {"AwsvpcConfiguration": network},
        **(run or {}),
    }
    made = state_machine(deployed, given, table=deployed.names.lease_table, **settings)
    deployed.cloud.client("stepfunctions").update_state_machine(stateMachineArn=arn, definition=made)


def test_a_supervised_task_is_compared_with_its_state_machine(supervised: Deployed, ops: Ops):
    arn = target(supervised, "etl")["Arn"]
    assert row(status(ops), "etl")["drift"] == []
    remake(supervised, arn, timeout="3h")
    assert row(status(ops), "etl")["drift"] == ["timeout: AWS 3h, config 2h"]
    supervised.define(replace(supervised.config.tasks["etl"], image="evil:1"))
    family = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{supervised.names.family('etl')}"
    remake(supervised, arn, {"TaskDefinition": f"{family}:2", "Group": "x", "LaunchType": "EC2"}, timeout="2h")
    assert row(status(ops), "etl")["drift"] == [
        "launch: AWS EC2, config FARGATE",
        "group: AWS x, config supervised:etl (status and history miss its runs)",
        "image: AWS evil:1, config etl:1",
    ]
    update(supervised, "etl", Target={**target(supervised, "etl"), "Input": '{"schedule": "other"}'})
    assert "input.schedule of the schedule: AWS other, config etl" in row(status(ops), "etl")["drift"]
    supervised.cloud.client("stepfunctions").delete_state_machine(stateMachineArn=arn)
    assert "the state machine scheduled-tasks-test__etl doesn't exist" in row(status(ops), "etl")["drift"]
    update(supervised, "etl", Target={**target(supervised, "etl"), "Arn": arn.replace("__etl", "__backup")})
    drift = row(status(ops), "etl")["drift"]
    assert "target: AWS scheduled-tasks-test__backup, config scheduled-tasks-test__etl" in drift


def test_the_number_of_failures_that_send_a_message_is_compared(supervised: Deployed, ops: Ops):
    arn = target(supervised, "etl")["Arn"]
    remake(supervised, arn, timeout="2h", notify_after=3)
    assert row(status(ops), "etl")["drift"] == ["notifyAfter: AWS 3, config not set"]
    file = Path("Pulumi.test.yaml")
    file.write_text(file.read_text().replace("timeout: 2h,", "timeout: 2h, notifyAfter: 5,"))
    assert row(status(ops), "etl")["drift"] == ["notifyAfter: AWS 3, config 5"]
    remake(supervised, arn, timeout="2h")
    assert row(status(ops), "etl")["drift"] == ["notifyAfter: AWS not set, config 5"]


def test_the_default_number_of_failures_is_no_difference(supervised: Deployed, ops: Ops):
    """A deployment gives the default of the stack to the state machine."""
    remake(supervised, target(supervised, "etl")["Arn"], timeout="2h", notify_after=3)
    file = Path("Pulumi.test.yaml")
    file.write_text(f"{file.read_text()}  scheduled-tasks:notify: {{ email: [a@example.com], after: 3 }}\n")
    assert row(status(ops), "etl")["drift"] == []


def test_a_state_machine_that_was_not_generated_is_a_difference(supervised: Deployed, ops: Ops):
    arn = target(supervised, "etl")["Arn"]
    other = json.dumps({"StartAt": "Run", "States": {"Run": {"Type": "Succeed"}}})
    supervised.cloud.client("stepfunctions").update_state_machine(stateMachineArn=arn, definition=other)
    [message] = row(status(ops), "etl")["drift"]
    assert message.startswith("can't tell what the state machine runs. The definition has no mark")
    for task in ("backup", "paused"):
        supervised.cloud.client("scheduler").delete_schedule(GroupName=supervised.names.schedule_group, Name=task)
    [unknown] = [message for message in status(ops)["unknown"] if message.startswith("Running tasks are unknown")]
    assert "Can't tell what the state machine scheduled-tasks-test__etl runs." in unknown


def test_only_a_slow_query_takes_more_calls(supervised: Deployed, ops: Ops, cloud: Cloud):
    file = Path("Pulumi.test.yaml")
    more = "".join(
        f'    more-{number}: {{ image: "etl:1", cpu: 256, memory: 512, schedule: rate(6 hours), timeout: 1h }}\n'
        for number in range(14)
    )
    file.write_text(file.read_text() + more)
    tasks = project_at(Path()).load("test").tasks
    for number in range(14):
        task = tasks[f"more-{number}"]
        supervised.schedule(task, supervised.define(task))
        supervise(supervised, f"more-{number}")
    cloud.calls.clear()
    found = status(ops)
    assert found["compared"] == 5
    assert (
        "Skipped and replaced runs of 11 supervised tasks were not read. To read them, pass --full."
        in (found["unknown"])
    )
    assert len(cloud.calls) <= 40
    cloud.answer("cloudwatch-logs.GetQueryResults", *[{"results": [], "status": "Running"}] * 10)
    cloud.calls.clear()
    status(ops)
    assert len([call for call in cloud.calls if call != "cloudwatch-logs.GetQueryResults"]) < 40


def test_full_compares_all_schedules_also_those_that_are_not_in_the_configuration(stack: Deployed, ops: Ops):
    stack.schedule(stack.task("etl", "stray"), target(stack, "etl")["EcsParameters"]["TaskDefinitionArn"])
    found = status(ops, "--full")
    assert (len(found["tasks"]), found["schedules"], found["compared"]) == (5, 4, 4)
    result = ops("status", "--stack", "test", "--full")
    assert "5 tasks, 4 schedules, 4 compared with the configuration" in result.stdout
    assert "Compared" not in result.stderr


def test_a_schedule_that_could_not_be_read_does_not_count_as_compared(stack: Deployed, ops: Ops):
    stack.cloud.refuse("scheduler.GetSchedule", "AccessDeniedException", "no")
    result = ops("status", "--stack", "test", "--full")
    assert "3 schedules, 0 compared with the configuration" in result.stdout
    assert "Compared 0 of 3 schedules with the configuration: the others could not be read." in result.stderr


def test_full_reads_all_running_tasks_and_alarms(stack: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state_status, "RUNNING", 1)
    monkeypatch.setattr(live, "FIRING", 1)
    for task in ("etl", "backup"):
        ops("run", task, "--stack", "test", "--detach")
        alarm(stack, f"{task}/no-success")
    few, every = status(ops), status(ops, "--full")
    assert [len([row for row in found["tasks"] if row["state"] == "running"]) for found in (few, every)] == [1, 2]
    assert [len([row for row in found["tasks"] if row["alarms"]]) for found in (few, every)] == [1, 2]
    assert [line.split(" ")[1] for line in few["unknown"] if line.startswith("Only")] == ["1", "1"]
    assert every["unknown"] == []


def alarm(deployed: Deployed, name: str) -> None:
    """Create a firing alarm."""
    full = deployed.names.alarm(name)
    deployed.cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=full, Namespace="x", MetricName="y", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    deployed.cloud.client("cloudwatch").set_alarm_state(AlarmName=full, StateValue="ALARM", StateReason="x")


@pytest.mark.parametrize(("minutes", "notes"), [(59, []), (61, ["longer than 1h"])])
def test_status_shows_a_run_that_took_longer_than_expected(
    stack: Deployed, project: Path, ops: Ops, minutes: int, notes: list[str]
):
    file = project / "Pulumi.test.yaml"
    file.write_text(file.read_text().replace("    etl: {", "    etl: { expectDurationUnder: 1h,"))
    started = datetime.now(UTC) - timedelta(hours=3)
    stopped = started + timedelta(minutes=minutes)
    times = {"startedAt": started.isoformat(), "stoppedAt": stopped.isoformat()}
    stack.outcome("succeeded", stopped, taskArn=f"{TASK}0a", group="etl", **times)
    assert row(status(ops), "etl")["notes"] == notes
