"""`scheduled-tasks run`: starts what the schedule would start, once, and follows it to its end."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from moto.ecs.models import ecs_backends
from moto.moto_api import state_manager

from components.resolved import MAIN_CONTAINER
from ops import waiting
from ops.aws.logs import Line
from ops.aws.schedules import Schedule
from ops.aws.session import ATTEMPTS
from ops.commands import following_run
from ops.errors import NO_RUN, NOT_KNOWN
from ops.output import Screen
from ops.runs.containers import containers_of, deciding_container, main_container, overridden
from ops.runs.following import RunState
from ops.runs.request import (
    LaunchContext,
    RunChanges,
    execution_input,
    run_task,
    with_changes,
)
from tests.ops.cloud import Cloud, Deployed, refusal
from tests.ops.conftest import Ops
from tests.ops.supervised import change_count, run_inside, supervise

CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/main"
CONTEXT = LaunchContext(
    "arn:aws:scheduler:eu-west-1:1:schedule/g/backup", datetime(2026, 11, 24, 3, tzinfo=UTC), "token"
)
TARGET: dict[str, Any] = {
    "Arn": CLUSTER,
    "RoleArn": "arn:aws:iam::123456789012:role/scheduler",
    "EcsParameters": {
        "TaskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/p__backup:7",
        "TaskCount": 2,
        "CapacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 4, "base": 0}],
        "NetworkConfiguration": {
            "awsvpcConfiguration": {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}
        },
        "PlatformVersion": "1.4.0",
        "Group": "backup",
        "EnableECSManagedTags": True,
        "EnableExecuteCommand": True,
        "PropagateTags": "TASK_DEFINITION",
        "PlacementConstraints": [{"type": "memberOf", "expression": "x"}],
        "PlacementStrategy": [{"type": "spread", "field": "host"}],
        "ReferenceId": "r",
        "Tags": [{"key": "team", "value": "data"}, {"cost": "42"}],
    },
    "Input": '{"containerOverrides":[{"environment":[{"name":"A","value":"1"},{"name":"AT","value":'
    '"<aws.scheduler.scheduled-time> <aws.scheduler.attempt-number> <aws.scheduler.execution-id> <aws.scheduler.other>"'
    '}],"name":"main"}],"memory":"1024"}',
}


def a_schedule(**target: Any) -> Schedule:
    return Schedule("backup", CONTEXT.schedule_arn, "rate(1 hour)", "UTC", True, {**TARGET, **target})


def test_the_request_equals_that_of_the_schedule():
    assert run_task(a_schedule(), CONTEXT, RunChanges(), container="main", who="al ice") == {
        "cluster": CLUSTER,
        "startedBy": "ops/al-ice",
        "taskDefinition": "arn:aws:ecs:eu-west-1:123456789012:task-definition/p__backup:7",
        "count": 2,
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 4, "base": 0}],
        "platformVersion": "1.4.0",
        "group": "backup",
        "enableECSManagedTags": True,
        "enableExecuteCommand": True,
        "placementConstraints": [{"type": "memberOf", "expression": "x"}],
        "placementStrategy": [{"type": "spread", "field": "host"}],
        "propagateTags": "TASK_DEFINITION",
        "referenceId": "r",
        "networkConfiguration": {
            "awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}
        },
        "tags": [{"key": "team", "value": "data"}, {"key": "cost", "value": "42"}],
        "overrides": {
            "containerOverrides": [
                {
                    "name": "main",
                    "environment": [
                        {"name": "A", "value": "1"},
                        {"name": "AT", "value": "2026-11-24T03:00:00Z 1 token <aws.scheduler.other>"},
                    ],
                }
            ],
            "memory": "1024",
        },
    }


def test_all_members_of_ecs_parameters_are_mapped():
    """Fails if a new botocore version adds a member to EcsParameters."""
    from botocore.session import Session

    members = Session().get_service_model("scheduler").shape_for("EcsParameters").members  # type: ignore[attr-defined]
    assert set(members) == set(TARGET["EcsParameters"]) | {"LaunchType"}


def test_changes_replace_the_command_and_size_and_add_variables():
    changes = RunChanges(["sh", "-c", "true"], {"A": "2", "B": "3"}, cpu=1024, memory=2048, revision=3)
    request = run_task(a_schedule(), CONTEXT, changes, container="main", who="alice")
    assert request["taskDefinition"].endswith("task-definition/p__backup:3")
    [entry] = request["overrides"]["containerOverrides"]
    assert entry["command"] == ["sh", "-c", "true"]
    assert [pair["name"] for pair in entry["environment"]] == ["A", "AT", "B"]
    assert entry["environment"][0]["value"] == "2"
    assert (request["overrides"]["cpu"], request["overrides"]["memory"]) == ("1024", "2048")
    other = {"containerOverrides": [{"name": "sidecar", "command": ["x"]}]}
    assert with_changes(other, RunChanges(["y"]), "main")["containerOverrides"] == [
        {"name": "sidecar", "command": ["x"]},
        {"name": "main", "command": ["y"]},
    ]
    assert with_changes(other, RunChanges(), "main") == other


def test_a_supervised_task_gets_the_input_of_its_schedule_with_a_unique_time():
    schedule = a_schedule(
        Arn="arn:aws:states:eu-west-1:123456789012:stateMachine:p__backup",
        Input='{"schedule":"backup","time":"<aws.scheduler.scheduled-time>","overrides":{"ContainerOverrides":'
        '[{"Name":"main","Environment":[{"Name":"A","Value":"1"}]}]}}',
    )
    assert execution_input(schedule, CONTEXT, RunChanges(environment={"B": "2"}, cpu=512), container="main") == {
        "schedule": "backup",
        "time": "manual-token",
        "overrides": {
            "ContainerOverrides": [
                {"Name": "main", "Environment": [{"Name": "A", "Value": "1"}, {"Name": "B", "Value": "2"}]}
            ],
            "Cpu": "512",
        },
    }


@pytest.mark.parametrize(
    ("containers", "overrides", "name"),
    [
        ([{"name": "proxy"}, {"name": "main", "essential": False}], {}, "main"),
        ([{"name": "proxy"}, {"name": "job"}], {"containerOverrides": [{"name": "job", "command": ["x"]}]}, "job"),
        ([{"name": "proxy", "essential": False}, {"name": "job"}], {"containerOverrides": [{"name": "gone"}]}, "job"),
        ([], {}, MAIN_CONTAINER),
    ],
)
def test_main_container(containers: Any, overrides: Any, name: str):
    assert main_container(containers_of(containers), overridden(overrides)) == name


@pytest.mark.parametrize(
    ("containers", "overrides", "name"),
    [
        ([{"name": "proxy"}, {"name": "main"}], {}, "main"),
        ([{"name": "job"}], {}, "job"),
        ([{"name": "proxy", "essential": False}, {"name": "job"}], {}, "job"),
        ([{"name": "proxy"}, {"name": "job"}], {}, None),
        ([{"name": "proxy"}, {"name": "job"}], {"containerOverrides": [{"name": "proxy"}, {"name": "job"}]}, None),
        ([{"name": "proxy"}, {"name": "job"}], {"containerOverrides": [{"name": "job", "cpu": 1}]}, "job"),
    ],
)
def test_deciding_container_is_none_if_there_are_several_candidates(containers: Any, overrides: Any, name: str | None):
    assert deciding_container(containers_of(containers), overridden(overrides)) == name


# Runs in AWS


def end_with(cloud: Cloud, code: int | None, **attributes: Any) -> None:
    """Set the exit code of all tasks when ECS is polled."""

    def ending(request: Any) -> None:
        for task in cloud.tasks():
            task.containers[0].exitCode = code
            for name, value in attributes.items():
                setattr(task, name, value)

    cloud.rules.append(("ecs.DescribeTasks", ending))


def write_when_polled(deployed: Deployed, task: str, *lines: str) -> None:
    """Write a line to the log each time ECS is polled."""
    left = list(lines)

    def writing(request: Any) -> None:
        if left:
            [run] = deployed.cloud.tasks()
            deployed.log(deployed.names.log_group, f"{task}/main/{run.id}", left.pop(0))

    deployed.cloud.rules.append(("ecs.DescribeTasks", writing))


def test_a_run_is_followed_to_its_end_with_its_log_and_its_exit_code(deployed: Deployed, ops: Ops):
    end_with(deployed.cloud, 3)
    write_when_polled(deployed, "backup", "dumping [orders]", "no space left")
    result = ops("run", "backup", "--stack", "test", "--env", "MODE=full=1", "--command", "sh -c 'dump all'")
    assert result.exit_code == 3
    assert result.stdout == "dumping [orders]\nno space left\n"
    states = [line for line in result.stderr.splitlines() if line.isupper()]
    assert states == ["DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"]
    assert re.match(r"Failed( after \d+ s)? with exit code 3", result.stderr.splitlines()[-1])
    [run] = deployed.cloud.tasks()
    assert run.group == "backup"
    assert run.launch_type == "FARGATE"
    assert run.overrides == {
        "containerOverrides": [
            {"name": "main", "command": ["sh", "-c", "dump all"], "environment": [{"name": "MODE", "value": "full=1"}]}
        ]
    }


def test_a_run_gets_the_values_of_keywords_in_its_options(deployed: Deployed, ops: Ops):
    options = ["--env", "FOR=<aws.scheduler.scheduled-time>", "--command", "dump --try <aws.scheduler.attempt-number>"]
    assert ops("run", "backup", "--time", "2026-11-24T03:00:00Z", "--detach", *options).exit_code == 0
    [run] = deployed.cloud.tasks()
    [container] = run.overrides["containerOverrides"]
    assert container["command"] == ["dump", "--try", "1"]
    assert container["environment"] == [{"name": "FOR", "value": "2026-11-24T03:00:00Z"}]


def test_a_run_gets_the_values_of_keywords_in_the_tasks_own_command(deployed: Deployed, ops: Ops):
    task = deployed.task("backup", "dump", command=["dump", "<aws.scheduler.scheduled-time>"])
    deployed.schedule(task, deployed.define(task))
    assert ops("run", "dump", "--time", "2026-11-24T03:00:00Z", "--detach").exit_code == 0
    [run] = deployed.cloud.tasks()
    assert run.overrides == {"containerOverrides": [{"name": "main", "command": ["dump", "2026-11-24T03:00:00Z"]}]}


def test_log_lines_are_shown_while_the_run_continues(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    events: list[str] = []
    monkeypatch.setattr(following_run.Display, "show", lambda _, state: events.append(state.state))
    monkeypatch.setattr(following_run.Display, "write", lambda _, line: events.append(line.text))
    write_when_polled(deployed, "etl", "the first line")
    assert ops("run", "etl").exit_code == 0
    assert events.index("the first line") < events.index("STOPPED")


def test_log_lines_that_arrive_after_the_end_are_shown(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    def wait(_: float) -> None:
        [run] = deployed.cloud.tasks()
        if run.last_status == "STOPPED":
            deployed.log(deployed.names.log_group, f"etl/main/{run.id}", "the last line")

    monkeypatch.setattr(waiting, "wait", wait)
    assert ops("run", "etl").stdout == "the last line\n"


def test_a_successful_run_exits_with_0_and_prints_json(deployed: Deployed, ops: Ops):
    write_when_polled(deployed, "etl", "loaded")
    result = ops("run", "etl", "--json")
    assert result.exit_code == 0
    [run] = deployed.cloud.tasks()
    printed = json.loads(result.stdout)
    assert (printed["id"], printed["outcome"], printed["exitCode"]) == (run.id, "succeeded", 0)
    assert "loaded" in result.stderr


@pytest.mark.parametrize(
    ("code", "attributes", "exit_code", "words"),
    [
        (None, {"stop_code": "TaskFailedToStart", "stopped_reason": "CannotPullContainerError: no way"}, 125, "no way"),
        (0, {"stop_code": "UserInitiated", "stopped_reason": "by bob"}, 125, "UserInitiated: by bob"),
        (137, {"stop_code": "EssentialContainerExited"}, 137, "exit code 137"),
    ],
)
def test_a_failed_run_never_exits_with_0(
    deployed: Deployed, ops: Ops, code: int | None, attributes: Any, exit_code: int, words: str
):
    end_with(deployed.cloud, code, **attributes)
    result = ops("run", "etl")
    assert result.exit_code == exit_code
    assert words in result.stderr


def test_detach_starts_a_run_and_prints_how_to_follow_it(deployed: Deployed, ops: Ops):
    result = ops("run", "etl", "--detach")
    [run] = deployed.cloud.tasks()
    assert (result.exit_code, result.stdout.strip()) == (0, run.id)
    assert f"scheduled-tasks logs etl --run {run.id} --follow" in result.stderr
    assert "ecs.DescribeTasks" not in deployed.cloud.calls
    assert json.loads(ops("run", "etl", "--detach", "--json").stdout)["ids"] == [deployed.cloud.tasks()[1].id]


CAPACITY = {"tasks": [], "failures": [{"reason": "RESOURCE:MEMORY", "arn": "a"}, {"reason": "AGENT"}]}
NO_ATTRIBUTE = {"tasks": [], "failures": [{"reason": "ATTRIBUTE", "detail": "ecs.os-type"}]}


def test_missing_capacity_is_reported_and_retried_with_another_token(deployed: Deployed, ops: Ops):
    waits: list[float] = []
    deployed.cloud.answer("ecs.RunTask", CAPACITY, CAPACITY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waiting, "wait", waits.append)
        result = ops("run", "etl", "--detach")
    assert result.exit_code == 0
    assert len(deployed.cloud.tasks()) == 1
    assert result.stderr.count("Not started: RESOURCE:MEMORY") == 2
    assert waits == [5, 10]
    assert len({request["clientToken"] for request in deployed.cloud.requests}) == 3


def test_lasting_lack_of_capacity_and_permanent_failures_exit_with_125(deployed: Deployed, ops: Ops):
    deployed.cloud.answer("ecs.RunTask", *[CAPACITY] * 5)
    waits: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waiting, "wait", waits.append)
        result = ops("run", "etl")
    assert result.exit_code == 125
    assert waits == [5, 10, 20, 40]
    assert re.findall(r"Retrying in (\d+) s \(attempt (\d) of 5\)\.", result.stderr) == [
        ("5", "2"), ("10", "3"), ("20", "4"), ("40", "5"),
    ]  # fmt: skip
    assert deployed.cloud.calls.count("ecs.RunTask") == 5
    deployed.cloud.answer("ecs.RunTask", NO_ATTRIBUTE)
    result = ops("run", "etl")
    assert result.exit_code == 125
    assert "Not started: ATTRIBUTE ecs.os-type" in result.stderr
    assert deployed.cloud.calls.count("ecs.RunTask") == 6
    assert deployed.cloud.tasks() == []


def a_part(*ids: str, reason: str = "RESOURCE:MEMORY") -> dict[str, Any]:
    """An answer of RunTask that started some tasks but not all."""
    tasks = [{"taskArn": f"arn:aws:ecs:x:task/c/{id_}", "lastStatus": "PROVISIONING"} for id_ in ids]
    return {"tasks": tasks, "failures": [{"reason": reason}]}


def test_a_launch_ends_when_all_tasks_have_started(deployed: Deployed, ops: Ops):
    deployed.cloud.answer("ecs.RunTask", a_part("one"))
    result = ops("run", "etl", "--detach")
    assert (result.exit_code, result.stdout) == (0, "one\n")
    assert deployed.cloud.calls.count("ecs.RunTask") == 1
    assert "Started 1 of 1" not in result.stderr


@pytest.mark.parametrize("lost", [False, True])
def test_started_tasks_are_reported_if_the_others_fail(deployed: Deployed, ops: Ops, lost: bool):
    change_count(deployed, "etl", 3)
    deployed.cloud.answer("ecs.RunTask", a_part("one", "two"))
    if lost:
        deployed.cloud.lost = lambda operation: operation == "ecs.RunTask" and len(deployed.cloud.requests) > 1
    else:
        deployed.cloud.refuse("ecs.RunTask", "AccessDeniedException", "no")
    result = ops("run", "etl", "--detach")
    assert (result.exit_code, result.stdout.split()) == (0, ["one", "two"])
    assert "Started before the error: one, two." in result.stderr
    assert f"The remaining ECS tasks: RunTask{' returned no usable answer' if lost else ': '}" in result.stderr
    assert "Started 2 of 3 ECS tasks." in result.stderr


def test_started_tasks_are_reported_if_the_user_interrupts_the_retries(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    change_count(deployed, "etl", 2)
    deployed.cloud.answer("ecs.RunTask", a_part("one"))
    monkeypatch.setattr(waiting, "wait", interrupt_at(1))
    result = ops("run", "etl")
    assert result.exit_code == 130
    assert "Started before the error: one.\n" in result.stderr


def test_a_run_never_starts_twice_if_half_of_the_calls_fail(deployed: Deployed, ops: Ops):
    cloud = deployed.cloud
    ended_well = 0
    for seed in range(15):
        before = len(cloud.tasks())
        cloud.fail_half(seed)
        result = ops("run", "etl", "--detach")
        started = len(cloud.tasks()) - before
        assert started <= 1, seed
        assert started == 1 or result.exit_code in (NOT_KNOWN, NO_RUN), "Any other exit code requires a started run."
        ended_well += result.exit_code == 0
        cloud.recover()
    assert len(cloud.tokens) == len(cloud.tasks()), "Each token starts one run."
    assert ended_well > 8
    assert cloud.calls.count("ecs.RunTask") > len(cloud.tokens), "Some answers must be lost."


def test_it_is_not_known_if_a_run_started_if_aws_fails_each_call_before_it_takes_effect(deployed: Deployed, ops: Ops):
    """The command can't tell a call that had no effect from one whose answer is lost, so nothing may have started."""
    deployed.cloud.refuse("ecs.RunTask", "ServerException", "An internal error occurred.", 500)
    assert (ops("run", "etl", "--detach").exit_code, deployed.cloud.tasks()) == (NOT_KNOWN, [])


def test_without_an_answer_it_is_not_known_if_a_run_started(deployed: Deployed, ops: Ops):
    deployed.cloud.lost = lambda operation: operation == "ecs.RunTask"
    result = ops("run", "etl")
    assert result.exit_code == 123
    assert "it is not known whether a run started" in result.stderr
    assert "--started-by ops/" in result.stderr
    assert len(deployed.cloud.tasks()) == 1
    assert deployed.cloud.calls.count("ecs.RunTask") == ATTEMPTS


def test_after_a_lost_answer_it_is_not_known_if_a_run_started_even_if_retries_are_refused(deployed: Deployed, ops: Ops):
    cloud = deployed.cloud

    def once_lost(operation: str) -> bool:
        if operation != "ecs.RunTask":
            return False
        cloud.refuse("ecs.RunTask", "ThrottlingException")
        return True

    cloud.lost = once_lost
    assert "it is not known whether a run started" in ops("run", "etl").stderr
    assert len(cloud.tasks()) == 1
    result = ops("run", "etl")
    assert result.exit_code == 125
    assert "ThrottlingException" in result.stderr, "All calls were refused, so nothing started."


@pytest.mark.parametrize("status", [500, 503])
def test_after_a_server_error_it_is_not_known_if_a_run_started(deployed: Deployed, ops: Ops, status: int):
    deployed.cloud.refuse("ecs.RunTask", "ServerException", "An internal error occurred.", status)
    result = ops("run", "etl")
    assert result.exit_code == 123
    assert "RunTask returned no usable answer" in result.stderr
    assert deployed.cloud.calls.count("ecs.RunTask") == ATTEMPTS


def test_after_a_server_error_it_is_not_known_if_a_run_started_even_if_retries_are_refused(
    deployed: Deployed, ops: Ops
):
    cloud = deployed.cloud
    answers = iter([(500, "ServerException"), *[(400, "ThrottlingException")] * ATTEMPTS])

    def answer(request: Any) -> Any:
        status, code = next(answers)
        return refusal(request.url, status, code)

    cloud.rules.append(("ecs.RunTask", answer))
    assert ops("run", "etl").exit_code == 123


@pytest.mark.parametrize(
    ("operation", "code", "exit_code", "words"),
    [
        ("ecs.RunTask", "AccessDeniedException", 125, "RunTask: "),
        ("ecs.RunTask", "ClientException", 125, "RunTask: ClientException: TaskDefinition is inactive"),
        ("ecs.DescribeTasks", "ExpiredTokenException", 123, "Sign in again"),
        ("scheduler", "ThrottlingException", 125, "ThrottlingException"),
    ],
)
def test_errors_of_aws_print_one_line_and_the_exit_code_tells_if_a_run_started(
    deployed: Deployed, ops: Ops, operation: str, code: str, exit_code: int, words: str
):
    deployed.cloud.refuse(operation, code, "TaskDefinition is inactive")
    result = ops("run", "etl")
    assert result.exit_code == exit_code
    assert words in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (("run", "elt"), 125, 'has no task "elt". Did you mean "etl"?'),
        (("run", "etl", "--schedule", "x"), 125, 'etl has no schedule "x"'),
        (
            ("run", "etl", "--revision", "99"),
            125,
            "Can't read the task definition scheduled-tasks-test__etl:99: Unable to describe task definition. Pass another",
        ),
        (("run", "etl", "--env", "MODE"), 2, '"MODE" must be NAME=VALUE'),
        (("run", "etl", "--env", "AWS_CONTAINER_CREDENTIALS_FULL_URI=x"), 2, "is set by ECS itself"),
        (("run", "etl", "--env", "SCHEDULED_TASKS_RUN=x"), 2, "identifies supervised runs"),
        (("run", "etl", "--command", "sh -c 'x"), 2, "No closing quotation"),
        (("run", "etl", "--time", "noon"), 2, '"noon" is not a time'),
        (("run", "etl", "--time", "0001-01-01T00:00:00+14:00"), 2, "is not in the years 1970 to 9999 in UTC"),
        (("run", "etl", "--env", "A=<aws.scheduler.time>"), 2, "is not a keyword of EventBridge Scheduler"),
        (
            ("run", "etl", "--command", "a <aws.scheduler.schedule-time>"),
            2,
            "is not a keyword of EventBridge Scheduler",
        ),
    ],
)
def test_wrong_arguments_are_explained(deployed: Deployed, ops: Ops, arguments: Any, exit_code: int, words: str):
    result = ops(*arguments)
    assert result.exit_code == exit_code
    assert words in " ".join(result.stderr.split())
    assert deployed.cloud.tasks() == []


@pytest.mark.parametrize("supervised", [False, True], ids=["direct", "supervised"])
def test_a_variable_that_is_a_secret_is_refused_before_anything_starts(deployed: Deployed, ops: Ops, supervised: bool):
    if supervised:
        supervise(deployed, "etl")
    definitions = ecs_backends["123456789012"]["eu-west-1"].task_definitions
    definition: Any = definitions[deployed.names.family("etl")][1]
    definition.container_definitions[0]["secrets"] = [{"name": "TOKEN", "valueFrom": "/token"}]
    result = ops("run", "etl", "--env", "A=1", "--env", "TOKEN=x")
    assert result.exit_code == 125
    assert "--env TOKEN: TOKEN is a secret of container main" in " ".join(result.stderr.split())
    assert not {"ecs.RunTask", "sfn.StartExecution"} & set(deployed.cloud.calls)


def a_task(id_: str, **attributes: Any) -> dict[str, Any]:
    main = {"name": "main", "exitCode": 0}
    ended = {"lastStatus": "STOPPED", "stopCode": "EssentialContainerExited", "containers": [main]}
    return {"taskArn": f"arn:aws:ecs:x:task/c/{id_}", **ended, **attributes}


def test_the_outcome_of_several_tasks_is_that_of_the_failed_one(deployed: Deployed, ops: Ops):
    spot = a_task("two", stopCode="SpotInterruption", stoppedReason="Your Spot Task was interrupted.")
    change_count(deployed, "etl", 2)
    answer = {"tasks": [a_task("one"), spot], "failures": []}
    deployed.cloud.answer("ecs.RunTask", answer)
    deployed.cloud.answer("ecs.DescribeTasks", answer)
    result = ops("run", "etl")
    assert result.exit_code == 125
    assert "Failed with exit code 0: SpotInterruption" in result.stderr


@pytest.mark.parametrize(
    ("essential", "exit_code", "words"),
    [
        (False, 3, "Failed with exit code 3: exited"),
        (True, 125, "Failed without an exit code: exited; can't tell which exit code counts: agent 0, worker 3"),
    ],
)
def test_the_exit_code_is_that_of_the_deciding_container(
    deployed: Deployed, ops: Ops, essential: bool, exit_code: int, words: str
):
    containers = [{"name": "agent", "image": "x", "essential": essential}, {"name": "worker", "image": "x"}]
    arn = deployed.cloud.client("ecs").register_task_definition(
        family="existing", containerDefinitions=[{"memory": 64, **each} for each in containers]
    )["taskDefinition"]["taskDefinitionArn"]
    deployed.schedule(deployed.task("etl", "other"), arn)
    ends = [{"name": "agent", "exitCode": 0}, {"name": "worker", "exitCode": 3}]
    ended = a_task("one", group="other", containers=ends, stoppedReason="exited")
    deployed.cloud.answer("ecs.RunTask", {"tasks": [ended], "failures": []})
    deployed.cloud.answer("ecs.DescribeTasks", *[{"tasks": [ended], "failures": []}] * 2)
    result = ops("run", "other")
    assert result.exit_code == exit_code
    assert words in result.stderr
    deployed.cloud.answer("ecs.ListTasks", {"taskArns": [ended["taskArn"]]}, {"taskArns": []})
    [run] = json.loads(ops("history", "other", "--json").stdout)
    assert run["exitCode"] == (None if essential else 3)


def test_a_user_without_a_name_can_run_a_task(deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch):
    def no_name() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr("getpass.getuser", no_name)
    assert ops("run", "etl", "--detach").exit_code == 0
    assert deployed.cloud.tasks()[0].started_by == "ops/unknown"


# Ctrl-C


def interrupt_at(number: int) -> Callable[[float], None]:
    """A replacement of `wait` that raises KeyboardInterrupt on the given call."""
    count = iter(range(1, 100))

    def wait(_: float) -> None:
        if next(count) == number:
            raise KeyboardInterrupt

    return wait


@pytest.mark.parametrize("answer", [True, False])
def test_ctrl_c_asks_if_the_run_should_stop(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch, answer: bool
):
    state_manager.set_transition("ecs::task", {"progression": "manual", "times": 2})
    monkeypatch.setattr(waiting, "wait", interrupt_at(1))
    monkeypatch.setattr(following_run, "shall_stop", lambda: answer)
    result = ops("run", "etl")
    assert result.exit_code == 130
    assert ("ecs.StopTask" in deployed.cloud.calls) is answer
    assert ("The run continues. To follow it" in result.stderr) is not answer


def test_a_run_that_cannot_be_followed_prints_how_to_follow_it(deployed: Deployed, ops: Ops):
    deployed.cloud.refuse("ecs.DescribeTasks", "ExpiredTokenException")
    result = ops("run", "etl", "--stack", "test", "--region", "eu-west-1")
    assert result.exit_code == 123
    [run] = deployed.cloud.tasks()
    assert f"scheduled-tasks logs etl --run {run.id} --follow --stack test --region eu-west-1" in result.stderr


def test_a_long_run_is_followed_to_its_end(deployed: Deployed, ops: Ops):
    polls = [{"tasks": [a_task("one", lastStatus=status)], "failures": []} for status in ["RUNNING"] * 60 + ["STOPPED"]]
    deployed.cloud.answer("ecs.RunTask", polls[0])
    deployed.cloud.answer("ecs.DescribeTasks", *polls)
    assert ops("run", "etl").exit_code == 0


def test_following_ends_if_ecs_forgets_the_run(deployed: Deployed, ops: Ops):
    deployed.cloud.answer("ecs.DescribeTasks", *[{"tasks": [], "failures": [{"reason": "MISSING"}]}] * 50)
    result = ops("run", "etl")
    assert result.exit_code == 123
    assert "so the outcome of the run is not known." in result.stderr


def test_without_a_terminal_there_is_no_question(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert following_run.shall_stop() is False


# Supervised tasks


@pytest.mark.parametrize(("status", "code", "exit_code"), [("SUCCEEDED", 0, 0), ("FAILED", 4, 4), ("FAILED", 0, 125)])
def test_a_supervised_run_starts_its_state_machine_and_is_followed(
    deployed: Deployed, ops: Ops, status: str, code: int, exit_code: int
):
    arn = supervise(deployed, "etl")
    started: list[dict[str, Any]] = []

    def begin(request: Any) -> None:
        started.append(json.loads(request.body))
        run_inside(deployed, started[-1]["name"], code)

    deployed.cloud.rules.append(("sfn.StartExecution", begin))
    ended = {"executionArn": "x", "stateMachineArn": arn, "status": status, "startDate": 1.0, "stopDate": 61.0}
    deployed.cloud.answer(
        "sfn.DescribeExecution", {**ended, "status": "RUNNING"}, {**ended, "error": "Failed", "cause": "It failed."}
    )
    result = ops("run", "etl", "--env", "A=1")
    assert result.exit_code == exit_code
    assert result.stdout == "inside\n"
    assert "RUNNING (" in result.stderr
    assert "after 1 min" in result.stderr
    [given] = started
    assert json.loads(given["input"]) == {
        "schedule": "etl",
        "time": given["name"],
        "overrides": {"ContainerOverrides": [{"Name": "main", "Environment": [{"Name": "A", "Value": "1"}]}]},
    }
    assert given["name"].startswith("manual-")
    assert len(given["name"]) <= 80
    refused = ops("run", "etl", "--revision", "1")
    assert refused.exit_code == 125
    assert "Omit --revision" in refused.stderr


def test_without_an_answer_of_start_execution_it_is_not_known_if_a_run_started(deployed: Deployed, ops: Ops):
    arn = supervise(deployed, "etl")
    deployed.cloud.lost = lambda operation: operation == "sfn.StartExecution"
    result = ops("run", "etl")
    [execution] = deployed.cloud.client("stepfunctions").list_executions(stateMachineArn=arn)["executions"]
    assert result.exit_code == 123
    assert "StartExecution returned no usable answer" in result.stderr
    assert "it is not known whether a run started" in result.stderr
    assert f"aws stepfunctions describe-execution --execution-arn {execution['executionArn']}\n" in result.stderr
    deployed.cloud.refuse("sfn.StartExecution", "AccessDeniedException", "no")
    assert ops("run", "etl").exit_code == 125, "A refused call starts nothing."


def test_an_execution_is_started_only_once_if_an_answer_is_lost(deployed: Deployed, ops: Ops):
    arn = supervise(deployed, "etl")
    deployed.cloud.lost = lambda operation: (
        operation == "sfn.StartExecution" and deployed.cloud.calls.count(operation) == 1
    )
    result = ops("run", "etl", "--detach")
    assert result.exit_code == 0
    [execution] = deployed.cloud.client("stepfunctions").list_executions(stateMachineArn=arn)["executions"]
    assert result.stdout.strip() == execution["name"]
    deployed.cloud.refuse("sfn.StartExecution", "ExecutionAlreadyExists")
    assert ops("run", "etl", "--detach").exit_code == 0, "The execution has already ended."


# Display


def test_states_are_a_live_line_in_a_terminal_and_separate_lines_elsewhere(capsys: pytest.CaptureFixture[str]):
    shown = StringIO()
    screen = Screen(file=shown, terminal=True)
    states = ("PROVISIONING", "PENDING", "PENDING", "RUNNING", "STOPPED")
    with following_run.Display(screen) as display:
        for state in states:
            display.show(RunState(state, [], ended=False))
        display.write(Line(datetime.now(UTC), "s", "[red]as it is"))
    assert "[red]as it is" in shown.getvalue()
    assert capsys.readouterr().err == ""
    with following_run.Display(Screen(file=StringIO())) as display:
        for state in states:
            display.show(RunState(state, [], ended=False))
    assert capsys.readouterr().err.split() == ["PROVISIONING", "PENDING", "RUNNING", "STOPPED"]
