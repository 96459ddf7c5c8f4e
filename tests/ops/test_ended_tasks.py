"""Tasks whose one-time schedule is gone can still be watched, run and redriven."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.ecs.models import ecs_backends

from ops.dead_letters import queue as queues
from ops.permissions import NO_SCHEDULE
from ops.runs.request import lower_first
from tests.ops.cloud import ACCOUNT, REGION, Cloud, Deployed
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.session import share_session
from tests.ops.supervised import run_inside, supervise
from tests.ops.test_dead_letters import send
from tests.ops.test_permissions import allowed, asked
from tests.ops.test_watching import row, status

RUN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/scheduled-tasks-test/{'a' * 32}"


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    share_session(monkeypatch)
    monkeypatch.setattr(queues, "WAIT_SECONDS", 0)


def end(deployed: Deployed, *tasks: str) -> None:
    """Delete the schedules of tasks, same as AWS after their run."""
    for task in tasks:
        deployed.cloud.client("scheduler").delete_schedule(GroupName=deployed.names.schedule_group, Name=task)


def definition(deployed: Deployed, task: str, revision: int = 1) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{deployed.names.family(task)}:{revision}"


def ran(deployed: Deployed, task: str = "etl", **detail: Any) -> None:
    """Write the event of a run to the outcome log, same as EventBridge."""
    whole: dict[str, Any] = {
        "taskArn": RUN,
        "taskDefinitionArn": definition(deployed, task),
        "startedBy": "chronos-schedule/etl",
        "launchType": "FARGATE",
        "overrides": {"containerOverrides": [{"name": "main"}]},
        **detail,
    }
    deployed.outcome("failed", group=task, **whole)


def requested(cloud: Cloud) -> dict[str, Any]:
    """The last request that started something."""
    return cloud.requests[-1]


# Watching


def test_logs_and_history_of_a_task_without_a_schedule(deployed: Deployed, ops: Ops):
    end(deployed, "etl")
    ran(deployed)
    deployed.log(deployed.names.log_group, f"etl/main/{'a' * 32}", "migrated 5 of 6 shards")
    [run] = json.loads(ops("history", "etl", "--json").stdout)
    assert (run["id"], run["outcome"], run["exitCode"]) == ("a" * 32, "failed", 1)
    assert "migrated 5 of 6 shards" in ops("logs", "etl").stdout
    end(deployed, "backup", "paused")
    assert len(json.loads(ops("history", "etl", "--json").stdout)) == 1, "also without any schedule in the group"
    assert "migrated 5 of 6 shards" in ops("logs", "etl", "--run", "aaaa").stdout


def test_an_unknown_task_is_reported_with_similar_names(deployed: Deployed, ops: Ops):
    for command in ("history", "logs", "run", "doctor", "pause"):
        result = ops(command, "elt", *(("--why", "x") if command == "pause" else ()))
        assert 'scheduled-tasks-test has no task "elt". Did you mean "etl"?' in result.stderr, command
        assert result.exit_code == (125 if command == "run" else 1)
    end(deployed, "etl")
    assert 'Did you mean "etl"?' in ops("history", "elt", "--stack", "test").stderr, "known by its task definition"
    deployed.cloud.refuse("ecs.ListTaskDefinitionFamilies", "AccessDeniedException", "no")
    assert ops("history", "elt", "--stack", "test").stderr == 'scheduled-tasks-test has no task "elt".\n'
    assert 'has no task "e" | filter' in ops("history", 'e" | filter').stderr, "not a part of the query"


def test_status_shows_a_task_without_a_schedule_as_ended_with_its_last_run(deployed: Deployed, ops: Ops):
    ran(deployed, "etl")
    end(deployed, "etl")
    found = row(status(ops), "etl")
    assert (found["state"], found["nextRun"], found["lastRun"]["exitCode"]) == ("not deployed", None, 1), (
        "still configured"
    )
    ran(deployed, "migrate", taskArn=f"{RUN}2")
    found = row(status(ops), "migrate")
    assert (found["state"], found["nextRun"], found["lastRun"]["id"]) == ("ended", None, f"{'a' * 32}2")
    assert found["drift"] == []
    assert row(status(ops), "done")["state"] == "ended", "in the configuration, but in the past"
    assert "migrate" in ops("status", "--stack", "test").stdout


def test_status_shows_a_run_whose_schedule_aws_deleted_at_its_launch(deployed: Deployed, ops: Ops):
    ops("run", "etl", "--detach")
    end(deployed, "backup", "etl", "paused")
    assert row(status(ops), "etl")["state"] == "running"
    deployed.cloud.refuse("ecs.ListTasks", "ClusterNotFoundException", "Cluster not found.")
    assert status(ops)["unknown"] == [], "a group without schedules may use a cluster with another name"


def test_doctor_checks_what_a_task_without_a_schedule_would_start(deployed: Deployed, ops: Ops):
    HealthyStack(deployed, ops)
    end(deployed, "etl")
    ran(deployed)
    found = json.loads(ops("doctor", "etl", "--json").stdout)
    words = [each["words"] for each in found]
    [gone] = [each for each in found if each["level"] != "ok"]
    assert gone["words"].startswith("etl has no schedule any more. The newest revision, scheduled-tasks-test__etl:1,")
    assert gone["fix"].startswith("To run it now, run: scheduled-tasks run etl. To schedule it")
    assert "The task definition scheduled-tasks-test__etl:1 is active." in words
    assert "The log group /ecs/scheduled-tasks-test exists." in words


def test_pause_explains_that_there_is_no_schedule(deployed: Deployed, ops: Ops):
    end(deployed, "etl")
    result = ops("pause", "etl", "--why", "x", "--stack", "test")
    assert result.exit_code == 1
    assert result.stderr == "etl has no schedule any more, so there is nothing to pause or resume.\n"


# run


def test_run_uses_the_newest_revision_and_the_settings_of_the_last_run(deployed: Deployed, ops: Ops):
    end(deployed, "etl")
    deployed.define(deployed.task("etl", "etl", memory=1024))
    deployed.cloud.client("ecs").put_cluster_capacity_providers(
        cluster=deployed.cluster_arn, capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategy=[]
    )
    # ECS Exec needs a task role.
    for revision in ecs_backends[ACCOUNT][REGION].task_definitions[deployed.names.family("etl")].values():
        revision.task_role_arn = f"arn:aws:iam::{ACCOUNT}:role/x"
    changed = [{"name": "main", "command": ["migrate"], "environment": [], "resourceRequirements": []}]
    overrides = {
        "containerOverrides": [*changed, {"name": "sidecar"}],
        "memory": "1024",
        "inferenceAcceleratorOverrides": [],
    }
    capacity: dict[str, Any] = {
        "launchType": None,
        "capacityProviderName": "FARGATE_SPOT",
        "enableExecuteCommand": True,
    }
    ran(deployed, overrides=overrides, **capacity)
    manual = {"containerOverrides": [{"name": "main", "command": ["sh"]}]}
    ran(deployed, taskArn=f"{RUN}2", startedBy="ops/alice", overrides=manual)
    result = ops("run", "etl", "--stack", "test")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.startswith(
        "etl has no schedule any more. The newest revision, scheduled-tasks-test__etl:2, starts with the overrides and "
        f"the capacity of its last run, {'a' * 32}.\n"
    )
    request = requested(deployed.cloud)
    assert request["taskDefinition"] == definition(deployed, "etl", 2)
    assert request["cluster"] == deployed.cluster_arn
    assert request["overrides"] == {"containerOverrides": [{"name": "main", "command": ["migrate"]}], "memory": "1024"}
    assert request["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    assert "launchType" not in request
    assert request["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == [deployed.subnet]
    assert (request["group"], request["count"], request["enableExecuteCommand"]) == ("etl", 1, True)
    assert ops("run", "etl", "--revision", "1", "--detach").exit_code == 0
    assert requested(deployed.cloud)["taskDefinition"] == definition(deployed, "etl", 1)
    assert "To run it anyway, omit --schedule." in ops("run", "etl", "--schedule", "etl").stderr


def test_a_task_that_never_ran_runs_without_overrides(deployed: Deployed, ops: Ops):
    end(deployed, "etl")
    result = ops("run", "etl", "--detach")
    assert "scheduled-tasks-test__etl:1, starts without overrides." in result.stderr
    request = requested(deployed.cloud)
    assert (request["launchType"], "overrides" in request) == ("FARGATE", False)


def test_without_outcome_logs_the_last_run_is_from_ecs(deployed: Deployed, ops: Ops):
    for outcome in ("failed", "succeeded"):
        deployed.cloud.client("logs").delete_log_group(logGroupName=deployed.names.outcome_log_group(outcome))
    ops("run", "etl", "--detach", "--env", "SHARD=7")
    end(deployed, "etl")
    ops("run", "etl", "--detach")
    environment = requested(deployed.cloud)["overrides"]["containerOverrides"][0]["environment"]
    assert environment == [{"name": "SHARD", "value": "7"}]


def test_a_run_whose_network_is_unknown_is_refused_with_what_to_do(deployed: Deployed, ops: Ops):
    end(deployed, "backup", "etl", "paused")
    result = ops("run", "etl")
    assert (result.exit_code, deployed.cloud.tasks()) == (125, [])
    assert "no other schedule of the stack tells the subnets of its run" in result.stderr
    HealthyStack(deployed, ops)
    assert "no other schedule" in ops("doctor", "etl").stdout.replace("\n", " ")


def test_a_task_with_an_existing_definition_is_known_by_its_outcomes(deployed: Deployed, ops: Ops):
    ecs = deployed.cloud.client("ecs")
    containers = [{"name": "app", "image": "x", "memory": 64}]
    arn = ecs.register_task_definition(family="shared-job", containerDefinitions=containers)["taskDefinition"][
        "taskDefinitionArn"
    ]
    ran(deployed, "migrate", taskDefinitionArn=arn, launchType="EC2", containers=[{"name": "app", "exitCode": 3}])
    [run] = json.loads(ops("history", "migrate", "--json").stdout)
    assert run["exitCode"] == 3
    assert "The containers of shared-job use other log drivers" in ops("logs", "migrate").stderr


def test_a_task_without_a_schedule_needs_only_the_permissions_on_the_page(deployed: Deployed, ops: Ops):
    HealthyStack(deployed, ops)
    end(deployed, "etl")
    ran(deployed)
    for command in ("history", "logs", "run", "doctor"):
        taken = asked(deployed, ops, command, "etl")
        assert taken <= allowed(command, NO_SCHEDULE), command


# Supervised tasks


@pytest.fixture
def machine(deployed: Deployed) -> str:
    """The state machine of the task `etl`, whose schedule is gone."""
    arn = supervise(deployed, "etl")
    end(deployed, "etl")
    return arn


def test_a_supervised_task_without_a_schedule_is_known_by_its_state_machine(deployed: Deployed, ops: Ops, machine: str):
    states = deployed.cloud.client("stepfunctions")
    text = {"schedule": "etl", "time": "2026-11-24T03:00:00Z", "overrides": {"Cpu": "512"}}
    states.start_execution(stateMachineArn=machine, name="exec-1", input=json.dumps(text))
    run_inside(deployed, "exec-1", 0)
    assert [run["id"] for run in json.loads(ops("history", "etl", "--json").stdout)] == ["exec-1"]
    assert "inside" in ops("logs", "etl").stdout
    result = ops("run", "etl", "--detach")
    assert "Its state machine starts with the input of its last execution, exec-1." in result.stderr
    request = requested(deployed.cloud)
    given = json.loads(request["input"])
    assert (request["stateMachineArn"], given["overrides"], given["schedule"]) == (machine, {"Cpu": "512"}, "etl")
    assert given["time"].startswith("manual-")


def test_a_supervised_task_that_never_ran_starts_without_overrides(deployed: Deployed, ops: Ops, machine: str):
    result = ops("run", "etl", "--detach")
    assert "Its state machine starts without overrides." in result.stderr
    given = json.loads(requested(deployed.cloud)["input"])
    assert (given["schedule"], given["overrides"]) == ("etl", {})


@pytest.mark.parametrize("text", ["[]", "null", "7"])
def test_an_input_that_is_no_object_is_not_repeated(deployed: Deployed, ops: Ops, machine: str, text: str):
    deployed.cloud.client("stepfunctions").start_execution(stateMachineArn=machine, name="exec-1", input=text)
    assert "Its state machine starts without overrides." in ops("run", "etl", "--detach").stderr


def test_a_task_whose_state_machine_is_gone_too_runs_directly(deployed: Deployed, ops: Ops, machine: str):
    deployed.cloud.client("stepfunctions").delete_state_machine(stateMachineArn=machine)
    execution = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:scheduled-tasks-test__etl:exec-1"
    ran(deployed, source="scheduled-tasks", executionArn=execution)
    result = ops("run", "etl", "--detach")
    assert "Its state machine is gone too, so the run has no timeout, overlap policy or retries." in result.stderr
    assert requested(deployed.cloud)["taskDefinition"] == definition(deployed, "etl")


def test_operators_of_direct_tasks_need_no_permission_for_state_machines(deployed: Deployed, ops: Ops):
    end(deployed, "etl")
    ran(deployed)
    deployed.cloud.refuse("sfn.DescribeStateMachine", "AccessDeniedException", "no")
    assert len(json.loads(ops("history", "etl", "--json").stdout)) == 1
    assert ops("run", "etl", "--detach").exit_code == 0


# Redrive


def body(deployed: Deployed, **changes: Any) -> str:
    """A request of EventBridge Scheduler to ECS, in the spelling of its universal targets."""
    network = {"AwsvpcConfiguration": {"Subnets": [deployed.subnet], "SecurityGroups": [], "AssignPublicIp": "ENABLED"}}
    changed = {"Name": "main", "Command": ["migrate"], "Environment": [{"Name": "AT", "Value": "2026-11-24T03:00:00Z"}]}
    request = {
        "Cluster": deployed.cluster_arn,
        "TaskDefinition": definition(deployed, "etl"),
        "Count": 2,
        "LaunchType": "FARGATE",
        "Group": "etl",
        "EnableECSManagedTags": True,
        "NetworkConfiguration": network,
        "Overrides": {"ContainerOverrides": [changed]},
        "Tags": [{"Key": "team", "Value": "data"}],
        **changes,
    }
    return json.dumps(request)


def redriven(ops: Ops) -> Any:
    return ops("dead-letters", "redrive", "--all")


@pytest.mark.parametrize("lower", [False, True])
def test_a_redrive_sends_the_request_in_the_message(deployed: Deployed, ops: Ops, lower: bool):
    end(deployed, "backup", "etl", "paused")
    text = body(deployed)
    send(deployed, body=json.dumps(lower_first(json.loads(text))) if lower else text)
    result = redriven(ops)
    assert result.exit_code == 0, result.stderr
    assert (
        "Its run uses the request in the message and the task definition scheduled-tasks-test__etl:1." in result.stderr
    )
    request = requested(deployed.cloud)
    assert (request["cluster"], request["count"], request["group"]) == (deployed.cluster_arn, 2, "etl")
    assert request["taskDefinition"] == definition(deployed, "etl")
    assert request["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] == "ENABLED"
    [changed] = request["overrides"]["containerOverrides"]
    assert changed["environment"] == [{"name": "AT", "value": "2026-11-24T03:00:00Z"}]
    assert (request["enableECSManagedTags"], request["tags"]) == (True, [{"key": "team", "value": "data"}])
    assert len(deployed.cloud.tasks()) == 2
    assert "No messages match" in redriven(ops).stderr


def test_a_redrive_replaces_an_inactive_revision_by_the_newest(deployed: Deployed, ops: Ops):
    end(deployed, "etl")
    deployed.define(deployed.task("etl", "etl", memory=1024))
    deployed.cloud.client("ecs").deregister_task_definition(taskDefinition=definition(deployed, "etl"))
    send(deployed, body=body(deployed))
    assert "the task definition scheduled-tasks-test__etl:2." in redriven(ops).stderr
    assert requested(deployed.cloud)["taskDefinition"] == definition(deployed, "etl", 2)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"TaskDefinition": "scheduled-tasks-test-eu__etl:1"}, "is not a task definition of this stack"),
        ({"TaskDefinition": "admin:1"}, "is not a task definition of this stack"),
        ({"Cluster": "other"}, "The message is for the cluster other, but the stack uses"),
        (
            {"StateMachineArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:x"},
            "is not a state machine of this stack",
        ),
        (
            {"StateMachineArn": f"arn:aws:states:{REGION}:999999999999:stateMachine:scheduled-tasks-test__etl"},
            "is not a state machine of this stack",
        ),
        ({"StateMachineArn": "scheduled-tasks-test__etl"}, "is not a state machine of this stack"),
    ],
)
def test_a_redrive_starts_nothing_that_the_stack_could_not_start(
    deployed: Deployed, ops: Ops, changes: dict[str, str], why: str
):
    end(deployed, "etl")
    send(deployed, body=body(deployed, **changes))
    result = redriven(ops)
    assert (result.exit_code, deployed.cloud.tasks()) == (1, [])
    assert why in result.stderr
    assert "To see the request, run: scheduled-tasks dead-letters show" in result.stderr


@pytest.mark.parametrize(("text", "truncated"), [("{}", "false"), ("no JSON", "false"), ("cut", "true")])
def test_a_redrive_without_a_request_in_the_message_uses_the_newest_revision(
    deployed: Deployed, ops: Ops, text: str, truncated: str
):
    end(deployed, "etl")
    ran(deployed, overrides={"memory": "1024"})
    send(deployed, body=body(deployed) if text == "cut" else text, IS_PAYLOAD_TRUNCATED=truncated)
    result = redriven(ops)
    assert result.exit_code == 0, result.stderr
    assert "The newest revision, scheduled-tasks-test__etl:1, starts with the overrides" in result.stderr
    request = requested(deployed.cloud)
    assert (request["overrides"], request["count"]) == ({"memory": "1024"}, 1)


def test_a_redrive_of_an_unknown_task_keeps_the_message(deployed: Deployed, ops: Ops):
    send(deployed, "renamed")
    result = redriven(ops)
    assert (result.exit_code, deployed.cloud.tasks()) == (1, [])
    assert (
        "The schedule renamed doesn't exist any more. If the task was renamed, run: scheduled-tasks run TASK."
        in result.stderr
    )


def test_a_redrive_of_a_supervised_task_starts_its_state_machine(deployed: Deployed, ops: Ops, machine: str):
    text = {"schedule": "etl", "time": "2026-11-24T03:00:00Z", "overrides": {"Cpu": "512"}}
    send(deployed, body=json.dumps({"StateMachineArn": machine, "Input": json.dumps(text), "Name": "x"}))
    deployed.cloud.answer(
        "sfn.GetExecutionHistory", {"events": [{"id": 1, "type": "ExecutionSucceeded", "timestamp": 1.0}]}
    )
    result = redriven(ops)
    assert result.exit_code == 0, result.stderr
    assert "Its run uses the request in the message." in result.stderr
    request = requested(deployed.cloud)
    assert (request["stateMachineArn"], json.loads(request["input"])) == (machine, text)


def test_a_run_in_its_flexible_window_has_not_ended(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.chdir(tmp_path.parent)
    soon = datetime.now(UTC) - timedelta(minutes=5)
    for name, window in (("done", {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 60}), ("other", {"Mode": "OFF"})):
        deployed.cloud.client("scheduler").create_schedule(
            GroupName=deployed.names.schedule_group,
            Name=name,
            ScheduleExpression=f"at({soon:%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow=window,
            State="ENABLED",
            Target={"Arn": deployed.cluster_arn, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/x"},
        )
    found = json.loads(ops("status", "--full", "--json").stdout)
    assert (row(found, "done")["state"], row(found, "other")["state"]) == ("enabled", "ended")
