"""State machines in a real interpreter. Each test decides how ECS answers."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonata import Jsonata

from components.supervised import exclusion, lock, locking
from components.supervised.language import POLLS
from tests.interpreter import CLUSTER, TABLE, Answer, End, Ended, Hang, Interpreter, client, error, interpreter
from tests.state_language import language_problems

from .machines import REVISION, machine, supervised_task

NOTHING = ["list_tasks", "list_tasks"]
"""The calls that look for a run, among running and stopping tasks, and find none."""
NO_CAPACITY: Answer = [{"arn": CLUSTER, "reason": "RESOURCE:CPU"}]
FORBID: dict[str, Any] = {"timeout": "1h", "overlap": "forbid"}
REPLACE: dict[str, Any] = {"timeout": "1h", "overlap": "replace"}
QUEUE: dict[str, Any] = {"timeout": "1h", "overlap": "queue"}
LOCK: dict[str, Any] = {"timeout": "1h", "lock": "orders-db"}
RETRY: dict[str, Any] = {"retry_run": {"attempts": 2}}


def ran(*answers: Answer, **args: Any) -> tuple[Ended, Interpreter]:
    """A complete execution of a state machine."""
    with interpreter(*answers) as states:
        states.create(machine(**args))
        return states.run(), states


def row(states: Interpreter) -> dict[str, Any] | None:
    return states.rows().get("backup")


@pytest.mark.parametrize(
    "args",
    [
        {"timeout": "45m"},
        {"timeout": "60s", "retry": {"attempts": 0}},
        {"timeout": "30d", "retry": {"attempts": 185, "max_age": "60s"}},
        RETRY,
        {"only": "workdays"},
        {"after": "dump"},
        {"except_": {"holidays": ["DE-BY"]}, "overlap": "replace"},
        {"retry_run": {"attempts": 10, "delay": "24h", "backoff": 10, "exit_codes": [1, 75]}},
        FORBID,
        REPLACE,
        {**FORBID, **RETRY},
        {**REPLACE, **RETRY},
        QUEUE,
        {**QUEUE, **RETRY},
        LOCK,
        {**REPLACE, **LOCK, **RETRY},
        {"notify_after": 3},
        {**FORBID, "capacity_providers": [{"provider": "FARGATE_SPOT", "weight": 4}], "exec": True},
    ],
    ids=str,
)
def test_a_state_machine_is_valid_amazon_states_language(args: dict[str, Any]):
    text = machine(**args)
    assert language_problems(json.loads(text)) == []
    assert len(text) < 1024 * 1024, "AWS: Step Functions quotas, size of a definition"
    expressions = re.findall(r'"\{% (.*?) %\}"', text)
    assert len(expressions) > 10
    for expression in expressions:
        Jsonata(json.loads(f'"{expression}"'))


def transitions(state: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """The next states, each with the variables that are assigned on the way."""
    assigned = set(state.get("Assign", ()))
    for key in ("Next", "Default"):
        if key in state:
            yield state[key], assigned
    for branch in (*state.get("Choices", ()), *state.get("Catch", ())):
        yield branch["Next"], set(branch.get("Assign", ()))


def read(value: Any) -> set[str]:
    """The variables that the expressions in a value read."""
    found = re.findall(r"\$([a-zA-Z]+)\b(?!\()", json.dumps(value))
    return set(found) - {"states"}


@pytest.mark.parametrize(
    "settings",
    [{"timeout": "1h"}, FORBID, QUEUE, REPLACE, LOCK, {"notify_after": 2}],
    ids=["allow", "forbid", "queue", "replace", "lock", "count"],
)
def test_every_variable_is_assigned_before_it_is_read(settings: dict[str, Any]):
    """Reading an unassigned variable ends an execution with an error. AWS: Step Functions developer guide, "Passing
    data between states with variables"."""
    states: dict[str, dict[str, Any]] = json.loads(machine(**settings, **RETRY))["States"]
    assigned: dict[str, set[str]] = {"Claim": set()}
    waiting = ["Claim"]
    while waiting:
        name = waiting.pop()
        for following, more in transitions(states[name]):
            # Variables that are assigned on every path.
            known = assigned[name] | more
            if following not in assigned or not assigned[following] <= known:
                assigned[following] = assigned.get(following, known) & known
                waiting.append(following)
    assert assigned.keys() == states.keys(), "every state can be reached"
    assert {name: read(state) - assigned[name] for name, state in states.items() if read(state) - assigned[name]} == {}


@pytest.mark.parametrize(
    "settings",
    [{"timeout": "1h"}, FORBID, QUEUE, REPLACE, LOCK, {"notify_after": 2}],
    ids=["allow", "forbid", "queue", "replace", "lock", "count"],
)
def test_every_variable_has_a_value_from_the_start(settings: dict[str, Any]):
    """A state can then be reached in any way, also by a change of the state machine."""
    states: dict[str, dict[str, Any]] = json.loads(machine(**settings, **RETRY))["States"]
    claim = states["Claim"]
    [failed] = [catch for catch in claim["Catch"] if catch["Next"] in ("Report", "Count")]
    used = set[str]().union(*map(read, states.values()), *(more for _, more in transitions_of(states)))
    assert claim["Assign"].keys() == failed["Assign"].keys() >= used


def transitions_of(states: dict[str, dict[str, Any]]) -> list[tuple[str, set[str]]]:
    return [found for state in states.values() for found in transitions(state)]


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_state_machine_calls_the_services_of_its_partition(partition: str):
    cluster = CLUSTER.replace("arn:aws:", f"arn:{partition}:")
    states: dict[str, Any] = json.loads(machine(cluster=cluster, **REPLACE, **RETRY))["States"]
    called = {state["Resource"].split(":::")[0] for state in states.values() if "Resource" in state}
    assert called == {f"arn:{partition}:states"}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("args", "ends", "transitions"),
    [
        ({"timeout": "1h"}, [End()], 6),
        ({"notify_after": 3}, [End()], 8),
        (FORBID, [End()], 8),
        (QUEUE, [End()], 10),
        (LOCK, [End()], 8),
        ({**QUEUE, **LOCK}, [End()], 12),
        ({**LOCK, **RETRY}, [End(1), End()], 13),
        (RETRY, [End(1), End()], 9),
        ({**FORBID, **RETRY}, [End(1), End()], 12),
        ({**QUEUE, **RETRY}, [End(1), End()], 15),
    ],
    ids=[
        "allow",
        "counted",
        "forbid",
        "queue",
        "lock",
        "queue, lock",
        "lock, second attempt",
        "allow, second attempt",
        "forbid, second attempt",
        "queue, second attempt",
    ],
)
def test_the_documented_number_of_state_transitions(args: dict[str, Any], ends: list[End], transitions: int):
    with interpreter(*ends) as states:
        states.create(machine(**args))
        execution = states.start("first")
        assert states.end(execution).status == "SUCCEEDED"
        assert len(states.entered(execution)) == transitions


def test_the_report_of_a_successful_run_has_the_details_from_ecs():
    ended, states = ran(End(), timeout="2h")
    assert ended.status == "SUCCEEDED"
    assert states.operations() == ["put_item", "run_task", "put_events"]
    [told] = states.reported()
    assert {key: told[key] for key in ("prefix", "group", "outcome", "schedule", "scheduledTime", "attempts")} == {
        "prefix": "shop-dev",
        "group": "backup",
        "outcome": "Succeeded",
        "schedule": "backup",
        "scheduledTime": "2026-11-25T03:00:00Z",
        "attempts": 1,
    }
    assert (told["taskDefinitionArn"], told["clusterArn"]) == (REVISION, CLUSTER)
    assert told["taskArn"] in states.ecs.tasks
    assert told["containers"] == [{"name": "main", "exitCode": 0}]
    assert told["executionArn"].endswith(":first")


def test_a_run_gets_its_schedules_overrides_and_its_executions_name():
    overrides = {
        "ContainerOverrides": [
            {"Name": "main", "Command": ["sync", 'a "b" $c {% d %}'], "Environment": [{"Name": "A", "Value": "1"}]}
        ],
        "Cpu": "1024",
    }
    with interpreter(End()) as states:
        states.create(machine(timeout="2h"))
        assert states.run(overrides=overrides).status == "SUCCEEDED"
        [task] = states.ecs.tasks.values()
    assert task["overrides"] == {
        "cpu": "1024",
        "containerOverrides": [
            {
                "name": "main",
                "command": ["sync", 'a "b" $c {% d %}'],
                "environment": [{"name": "A", "value": "1"}, {"name": "SCHEDULED_TASKS_RUN", "value": "first"}],
            }
        ],
    }


@pytest.mark.parametrize("main_first", [True, False])
def test_a_run_gets_the_overrides_of_sidecars(main_first: bool):
    main = {"Name": "main", "Environment": [{"Name": "A", "Value": "1"}]}
    containers = [main, {"Name": "proxy", "Command": ["log"]}, {"Name": "web", "Command": ["serve"]}]
    with interpreter(End()) as states:
        states.create(machine(timeout="2h"))
        overrides = {"ContainerOverrides": containers if main_first else containers[::-1]}
        assert states.run("first", overrides=overrides).status == "SUCCEEDED"
        assert (
            states.run("second", time="later", overrides={"ContainerOverrides": containers[1:2]}).status == "SUCCEEDED"
        )
        both, proxy_only = [task["overrides"]["containerOverrides"] for task in states.ecs.tasks.values()]
    run = {"name": "SCHEDULED_TASKS_RUN", "value": "first"}
    assert both[0] == {"name": "main", "environment": [{"name": "A", "value": "1"}, run]}
    assert sorted(each["name"] for each in both[1:]) == ["proxy", "web"]
    assert proxy_only == [
        {"name": "main", "environment": [{**run, "value": "second"}]},
        {"name": "proxy", "command": ["log"]},
    ]


def test_a_state_machine_can_be_started_manually_without_input():
    with interpreter(End()) as states:
        states.create(machine(**FORBID))
        for name in ("first", "second"):
            assert states.run(name, schedule=None, time=None, overrides=None).status == "SUCCEEDED"


def test_runtask_gets_the_same_request_as_from_a_direct_schedule():
    args = {
        "capacity_providers": [{"provider": "FARGATE_SPOT", "weight": 4}],
        "exec": True,
        "platform_version": "1.4.0",
    }
    _, states = ran(End(), timeout="2h", **args)
    [request] = [call for name, call in states.calls if name == "run_task"]
    # AWS: Amazon ECS API reference, RunTask, clientToken: up to 64 characters in the range of 33-126.
    assert re.fullmatch(r"[!-~]{1,64}", request.pop("clientToken"))
    assert request == {
        "cluster": CLUSTER,
        "taskDefinition": REVISION,
        "group": "supervised:backup",
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 4, "base": 0}],
        "platformVersion": "1.4.0",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": ["subnet-0a"],
                "securityGroups": ["sg-0a"],
                "assignPublicIp": "DISABLED",
            }
        },
        "propagateTags": "TASK_DEFINITION",
        "enableExecuteCommand": True,
        "startedBy": "AWS Step Functions",
        "overrides": {
            "containerOverrides": [{"name": "main", "environment": [{"name": "SCHEDULED_TASKS_RUN", "value": "first"}]}]
        },
    }


# Retries of the run


def test_exit_code_1_then_success():
    ended, states = ran(End(1), End(0), **RETRY)
    assert ended.status == "SUCCEEDED"
    assert states.operations() == ["put_item", "run_task", "run_task", "put_events"]
    [told] = states.reported()
    assert (told["outcome"], told["attempts"]) == ("Succeeded", 2)


def test_exit_code_1_in_every_attempt():
    ended, states = ran(End(1), **RETRY)
    assert ended == Ended("FAILED", "Failed", "Exit code 1: Essential container in task exited (attempt 3)")
    assert states.operations() == ["put_item", "run_task", "run_task", "run_task", "put_events"]
    [told] = states.reported()
    assert (told["outcome"], told["attempts"], told["stopCode"]) == ("Failed", 3, "EssentialContainerExited")


@pytest.mark.parametrize(("code", "runs"), [(75, 3), (1, 1)])
def test_only_the_configured_exit_codes_are_retried(code: int, runs: int):
    _, states = ran(End(code), retry_run={"attempts": 2, "exit_codes": [75, 111]})
    assert states.operations().count("run_task") == runs


def test_a_run_without_exit_code_is_retried_for_any_configured_codes():
    lost = End(None, "SpotInterruption", "Your Spot Task was interrupted.")
    ended, states = ran(lost, End(0), retry_run={"attempts": 1, "exit_codes": [75]})
    assert ended.status == "SUCCEEDED"
    assert states.operations().count("run_task") == 2


def test_a_run_without_stop_code_is_retried():
    _, states = ran(End(1, ""), End(0), **RETRY)
    assert states.operations().count("run_task") == 2


def test_a_manually_stopped_run_is_not_retried():
    ended, states = ran(End(137, "UserInitiated", "alice"), **RETRY)
    assert (ended.error, ended.cause) == ("Failed", "Exit code 137: alice")
    assert states.operations().count("run_task") == 1


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (End(0, others=({"name": "proxy", "exitCode": 143},)), "Succeeded"),
        (End(0, others=({"name": "proxy", "exitCode": 1},)), "Succeeded"),
        (End(0, container_reason="OutOfMemoryError: killed"), "Failed"),
        (End(None, "TaskFailedToStart", "CannotPullContainerError: no"), "Failed"),
        (End(0, "UserInitiated", "stopped"), "Failed"),
    ],
    ids=["a sidecar was stopped", "a sidecar failed", "out of memory", "no image", "stopped in time"],
)
def test_the_configured_container_decides_as_in_a_direct_run(end: End, outcome: str):
    _, states = ran(end, timeout="1h")
    assert [told["outcome"] for told in states.reported()] == [outcome]


def test_exit_code_0_of_a_failed_run_is_part_of_the_reason():
    ended, _ = ran(End(0, "UserInitiated", "stopped by an operator"), timeout="1h")
    assert ended == Ended("FAILED", "Failed", "Exit code 0: stopped by an operator")


@pytest.mark.parametrize(
    ("end", "error", "cause"),
    [
        (End(0, nulls=True), "", ""),
        (End(3, nulls=True), "Failed", "Exit code 3: Essential container in task exited"),
        (End(None, nulls=True), "Failed", "Essential container in task exited"),
    ],
)
def test_null_is_neither_a_reason_nor_an_exit_code(end: End, error: str, cause: str):
    ended, _ = ran(end, timeout="1h")
    assert (ended.error, ended.cause) == (error, cause)


def test_a_run_whose_exit_code_is_null_is_retried_whatever_the_exit_codes():
    ended, states = ran(End(None, nulls=True), End(), retry_run={"attempts": 1, "exit_codes": [75]})
    assert (ended.status, len(states.ecs.tasks)) == ("SUCCEEDED", 2)


def test_the_reason_of_the_container_is_part_of_the_reason():
    ended, _ = ran(End(0, container_reason="OutOfMemoryError: killed"), timeout="1h")
    assert ended.cause == "Exit code 0: OutOfMemoryError: killed. Essential container in task exited"


def test_another_container_can_decide():
    end = End(1, others=({"name": "app", "exitCode": 0},))
    _, states = ran(end, timeout="1h", container="app")
    assert [told["outcome"] for told in states.reported()] == ["Succeeded"]


# Launches


def test_failures_twice_then_success():
    ended, states = ran(NO_CAPACITY, NO_CAPACITY, End(), timeout="1h")
    assert ended.status == "SUCCEEDED"
    assert states.operations() == ["put_item", *["run_task"] * 3, "put_events"]
    assert states.reported()[0]["attempts"] == 1, "a retried launch is not another attempt"


def test_each_attempt_has_its_own_launch_retries():
    ended, states = ran(
        NO_CAPACITY,
        NO_CAPACITY,
        End(1),
        NO_CAPACITY,
        NO_CAPACITY,
        End(),
        retry={"attempts": 2},
        retry_run={"attempts": 1},
    )
    assert ended.status == "SUCCEEDED"
    assert states.operations().count("run_task") == 6


def test_no_capacity_in_every_launch_attempt():
    ended, states = ran(NO_CAPACITY, **RETRY, retry={"attempts": 3})
    assert (ended.status, ended.error) == ("FAILED", "Failed")
    assert ended.cause == f"Not started: AmazonECS.Unknown: {json.dumps(NO_CAPACITY)}"
    assert states.operations() == ["put_item", *["run_task"] * 4, "put_events"]


def test_a_launch_that_is_not_retried_fails_at_once():
    ended, states = ran(NO_CAPACITY, timeout="1h", retry={"attempts": 0})
    assert ended.error == "Failed"
    assert states.operations().count("run_task") == 1


@pytest.mark.parametrize(
    "code",
    [
        "AmazonECSException",
        "ClientException",
        "InvalidParameterException",
        "LimitExceededException",
        "SdkClientException",
        "ServerException",
        "ThrottlingException",
    ],
)
def test_a_launch_is_retried_after_a_temporary_error(code: str):
    ended, states = ran(error(code), End(), timeout="1h")
    assert ended.status == "SUCCEEDED"
    assert states.operations().count("run_task") == 2


def test_a_denied_launch_is_not_retried():
    with interpreter(error("AccessDeniedException")) as states:
        states.create(machine(**FORBID, **RETRY))
        ended = states.run()
        assert ended.cause == "Not started: ECS.AccessDeniedException: AccessDeniedException was asked for"
        # The second search is a minute later, and the lease is not released.
        assert states.operations() == ["put_item", "put_item", "run_task", *NOTHING * 2, "update_item", "put_events"]
        found = row(states)
        assert found is not None
        assert found["ends"] == {"N": "0"}


def test_a_run_that_started_although_runtask_failed_is_stopped_before_the_lease_is_released():
    ended, states = ran(Hang(error=error("AccessDeniedException")), **FORBID)
    assert ended.status == "FAILED"
    assert [task["lastStatus"] for task in states.ecs.tasks.values()] == ["STOPPED"]
    operations = states.operations()
    assert operations.index("stop_task") < operations.index("delete_item")
    assert operations.count("describe_tasks") > states.ecs.lingers


def test_a_repeated_launch_is_the_same_launch():
    with interpreter(Hang(error=error("ServerException")), End()) as states:
        states.create(machine(**FORBID))
        execution = states.start("first")
        while states.operations().count("run_task") < 2:
            time.sleep(0.001)
        states.ecs.runs = dict.fromkeys(states.ecs.runs, End())
        assert states.end(execution).status == "SUCCEEDED"
        assert len(states.ecs.tasks) == 1
        assert len(tokens(states)) == 1
        # The lease is renewed before each launch.
        assert states.operations() == [
            *["put_item"] * 2,
            "run_task",
            "put_item",
            "run_task",
            "delete_item",
            "put_events",
        ]


def test_a_launch_that_started_nothing_is_repeated_with_a_new_token():
    """ECS may repeat its answer to a client token that it knows."""
    _, states = ran(NO_CAPACITY, error("ThrottlingException"), NO_CAPACITY, End(), timeout="1h")
    assert len(tokens(states)) == 3


def test_each_attempt_is_a_new_launch():
    _, states = ran(End(1), **RETRY)
    assert len(tokens(states)) == 3


def tokens(states: Interpreter) -> set[str]:
    return {call["clientToken"] for name, call in states.calls if name == "run_task"}


@pytest.mark.parametrize(
    ("retry", "pauses"),
    [
        ({}, (10, 20, 40, 80, 160)),
        ({"attempts": 0}, ()),
        ({"attempts": 185, "max_age": "60s"}, (10, 20)),
        ({"attempts": 8, "max_age": "24h"}, (10, 20, 40, 80, 160, 320, 640, 640)),
    ],
)
def test_launch_retries_are_limited_by_number_and_time(retry: dict[str, Any], pauses: tuple[int, ...]):
    settings = supervised_task(timeout="1h", retry=retry).supervision
    assert settings
    assert settings.launch_pauses == pauses
    _, states = ran(NO_CAPACITY, timeout="1h", retry=retry)
    assert states.operations().count("run_task") == len(pauses) + 1


# Timeout


@pytest.mark.parametrize("others", [0, 4])
def test_a_run_past_its_timeout_is_stopped_and_checked_until_it_has_stopped(others: int):
    with interpreter(*[Hang() for _ in range(others)], Hang(times_out=True)) as states:
        states.create(machine(timeout="1h", **RETRY))
        running = [states.start(f"other-{number}", time=str(number)) for number in range(others)]
        while len(states.ecs.tasks) < others:
            time.sleep(0.001)
        states.calls.clear()
        ended = states.run("late")
        looked = ["list_tasks", "describe_tasks"]
        # The list has two tasks per page. After the running tasks, it lists those that are stopping.
        before, after = (others // 2 + 1, others // 2) if others else (1, 0)
        rest = looked * after if others else ["list_tasks"]
        assert states.operations() == [
            "put_item", "run_task", *looked * before, "stop_task", *["describe_tasks"] * 3, *rest, *looked, "put_events",
        ]  # fmt: skip
        [stopped] = [call for name, call in states.calls if name == "stop_task"]
        task = states.ecs.tasks[stopped["task"]]
        assert task["overrides"]["containerOverrides"][0]["environment"][0]["value"] == "late"
        assert [t["lastStatus"] for t in states.ecs.tasks.values()].count("STOPPED") == 1
        states.ecs.end_all()
        for execution in running:
            states.end(execution)
    assert ended == Ended("FAILED", "TimedOut", "Timed out: still running after 1h.")
    told = next(told for told in states.reported() if told["outcome"] == "TimedOut")
    assert (told["stopCode"], told["taskArn"]) == ("UserInitiated", stopped["task"])


def test_the_machine_waits_for_a_run_that_somebody_else_stops():
    ended, states = ran(Hang(times_out=True, being_stopped=True), **FORBID)
    assert ended.error == "TimedOut"
    assert states.operations() == [
        "put_item", "put_item", "run_task", "list_tasks", "list_tasks", *["describe_tasks"] * 3, "list_tasks",
        "list_tasks", "describe_tasks", "delete_item", "put_events",
    ]  # fmt: skip
    assert [task["lastStatus"] for task in states.ecs.tasks.values()] == ["STOPPED"]


def test_a_run_that_does_not_stop_keeps_its_lease_and_is_reported():
    with interpreter(Hang(times_out=True)) as states:
        states.ecs.lingers = 10**9
        states.create(machine(**FORBID))
        ended = states.run()
        assert ended.cause.endswith("It could not be stopped and might still be running.")
        assert states.operations().count("describe_tasks") == POLLS + 1
        assert row(states) is not None


def test_a_run_that_cannot_be_stopped_keeps_its_lease_and_is_reported():
    with interpreter(Hang(times_out=True)) as states:
        states.create(machine(**FORBID))
        states.faults["stop_task"] = [error("ServerException", "StopTask")]
        ended = states.run()
        assert ended.error == "TimedOut"
        assert ended.cause.endswith("It could not be stopped and might still be running.")
        assert row(states) is not None
        assert states.operations().count("stop_task") == 9


def test_a_timeout_is_not_reported_with_the_task_of_an_earlier_attempt():
    with interpreter(End(1), Hang(times_out=True)) as states:
        states.create(machine(timeout="1h", **RETRY))
        states.faults["stop_task"] = [error("ServerException", "StopTask")]
        assert states.run().error == "TimedOut"
        [told] = states.reported()
        assert (told["attempts"], "taskArn" in told) == (2, False)


# Overlap


def test_a_lease_is_acquired_and_released():
    ended, states = ran(End(), **FORBID)
    assert ended.status == "SUCCEEDED"
    assert states.operations() == ["put_item", "put_item", "run_task", "delete_item", "put_events"]


def test_forbid_skips_a_run_while_another_is_running():
    going = Hang()
    with interpreter(going) as states:
        states.create(machine(**FORBID))
        first = states.start("first")
        going.running.wait()
        ended = states.run("second", time="2026-11-25T04:00:00Z")
        assert (ended.status, ended.error) == ("FAILED", "Skipped")
        assert states.operations().count("run_task") == 1
        assert states.reported() == []
        states.ecs.end_all()
        states.end(first)
        assert row(states) is None
        states.ecs.answers = [End()]
        assert states.run("third", time="2026-11-25T05:00:00Z").status == "SUCCEEDED"


def test_forbid_waits_for_the_lease_of_a_dead_holder_to_expire():
    with interpreter(End()) as states:
        states.create(machine(**FORBID))
        now = int(time.time())
        states.put_row(id="backup", holder="dead", expires=str(now + 600))
        assert states.run("early").error == "Skipped"
        # An older state machine wrote the end of its lease into `expires`.
        states.put_row(id="backup", holder="dead", expires=str(now - 1))
        assert states.run("later", time="2026-11-25T04:00:00Z").status == "SUCCEEDED"
        assert row(states) is None
        far = str(now + 400 * 24 * 3600)
        states.put_row(id="backup", holder="dead", ends=str(now + 600), expires=far)
        assert states.run("again", time="2026-11-25T05:00:00Z").error == "Skipped"
        states.put_row(id="backup", holder="dead", ends=str(now - 1), expires=far)
        assert states.run("last", time="2026-11-25T06:00:00Z").status == "SUCCEEDED"


@pytest.mark.parametrize("args", [FORBID, REPLACE], ids=["forbid", "replace"])
def test_a_run_whose_execution_has_died_is_stopped_before_another_starts(args: dict[str, Any]):
    """Its lease has ended, but that says nothing about the run: an aborted execution doesn't stop it."""
    with interpreter(Hang(), End()) as states:
        states.create(machine(**args))
        dead = states.start("dead")
        while not states.ecs.tasks:
            time.sleep(0.001)
        states.put_row(id="backup", holder="dead", ends="0", expires="99999999999")
        states.calls.clear()
        assert states.run("second", time="2026-11-25T04:00:00Z").status == "SUCCEEDED"
        operations = states.operations()
        assert operations.index("stop_task") < operations.index("run_task")
        left, own = states.ecs.tasks.values()
        assert left["stoppedReason"] == (
            "Its lease had ended. Stopped by second" if args is FORBID else "Replaced by second"
        )
        assert own["stopCode"] == "EssentialContainerExited"
        states.end(dead)


def test_nothing_starts_while_a_run_that_was_left_does_not_stop():
    with interpreter(Hang(), End()) as states:
        states.ecs.lingers = 10**9
        states.create(machine(**FORBID))
        dead = states.start("dead")
        while not states.ecs.tasks:
            time.sleep(0.001)
        for number in range(2):
            states.put_row(id="backup", holder="dead", ends="0", expires="99999999999")
            ended = states.run(f"later-{number}", time=str(number))
            assert ended == Ended("FAILED", "Failed", "Not started: an earlier run could not be stopped.")
            found = row(states)
            assert found is not None
            assert found["ends"] == {"N": "0"}, "the next execution looks again"
        assert states.operations().count("run_task") == 1
        states.ecs.end_all()
        states.end(dead)


def test_a_lease_is_longer_than_a_run_can_take():
    with interpreter(Hang()) as states:
        states.create(machine(**FORBID))
        states.start("first")
        while not states.ecs.tasks:
            time.sleep(0.001)
        found = row(states)
        assert found is not None
        lasts = int(found["ends"]["N"]) - time.time()
        # Launch, timeout, stop, and clock skew, with a minute of tolerance for a busy machine.
        assert 0 <= 3600 + 3600 + 15 * 60 + 60 - lasts < 60
        states.ecs.end_all()


def test_a_lease_lost_during_the_run_stays_with_its_new_holder():
    going = Hang()
    with interpreter(going) as states:
        states.create(machine(**FORBID))
        first = states.start("first")
        going.running.wait()
        states.put_row(id="backup", holder="other", expires=str(int(time.time()) + 600))
        states.ecs.runs = dict.fromkeys(states.ecs.runs, End())
        assert states.end(first).status == "SUCCEEDED"
        found = row(states)
        assert found is not None
        assert found["holder"]["S"] == "other"
        assert states.operations()[-2:] == ["delete_item", "put_events"]


def test_a_lease_lost_between_two_attempts_ends_the_execution():
    with interpreter(End(1)) as states:
        states.create(machine(**FORBID, **RETRY))
        states.faults["put_item"] = []
        real = states.client

        def lose(service: str, *, waiting: bool) -> Any:
            if service == "dynamodb" and states.ecs.tasks and row(states):
                states.put_row(id="backup", holder="other", expires=str(int(time.time()) + 600))
            return real(service, waiting=waiting)

        states.client = lose  # type: ignore[method-assign]
        ended = states.run()
        assert (ended.error, ended.cause) == ("Failed", "Another run started before the next attempt of this run.")
        assert states.operations().count("run_task") == 1
        assert [told["outcome"] for told in states.reported()] == ["Failed"]


def test_replace_stops_the_earlier_run_and_waits_until_it_has_stopped():
    going = Hang()
    with interpreter(going, End()) as states:
        states.create(machine(**REPLACE, **RETRY))
        first = states.start("first")
        going.running.wait()
        states.calls.clear()
        assert states.run("second", time="2026-11-25T04:00:00Z").status == "SUCCEEDED"
        assert states.end(first) == Ended("FAILED", "Replaced", "Replaced by second")
        asked = states.operations()
        assert asked.index("update_item") < asked.index("stop_task") < asked.index("run_task")
        first_run, second_run = states.ecs.tasks.values()
        assert (first_run["lastStatus"], first_run["stoppedReason"]) == ("STOPPED", "Replaced by second")
        assert second_run["stopCode"] == "EssentialContainerExited"
        assert sorted(told["outcome"] for told in states.reported()) == ["Replaced", "Succeeded"]
        assert row(states) is None


def test_a_newer_run_can_start_while_an_earlier_one_waits_for_its_next_attempt():
    with interpreter(End(1), End()) as states:
        states.create(machine(**REPLACE, retry_run={"attempts": 1, "delay": "1h"}))
        real, second = states.client, list[str]()

        def begin(service: str, *, waiting: bool) -> Any:
            # The first execution has released its lease and waits.
            if states.operations()[-1:] == ["delete_item"] and not second:
                second.append("second")
                assert states.run("second", time="2026-11-25T04:00:00Z").status == "SUCCEEDED"
                states.put_row(id="backup", holder="third", since="9", expires=str(int(time.time()) + 600))
            return real(service, waiting=waiting)

        states.client = begin  # type: ignore[method-assign]
        assert states.run("first") == Ended(
            "FAILED", "Replaced", "Another run started before the next attempt of this run."
        )
        assert second == ["second"]


def test_one_refused_request_does_not_mean_that_a_newer_run_holds_the_lease():
    with interpreter(End()) as states:
        states.create(machine(**REPLACE))
        earlier = {"since": "1", "expires": str(int(time.time()) + 3600)}
        states.put_row(id="backup", holder="yesterday", **earlier)
        real = states.client

        def change(service: str, *, waiting: bool) -> Any:
            if states.operations() == ["put_item"] * 3:
                # The first run releases the lease just before it is requested.
                client("dynamodb").delete_item(TableName=TABLE, Key={"id": {"S": "backup"}})
            elif states.operations()[-1:] == ["update_item"] and "list_tasks" not in states.operations():
                # Another earlier run acquires it before this one does.
                states.put_row(id="backup", holder="last-hour", **earlier)
            elif states.operations()[-1:] == ["list_tasks"]:
                client("dynamodb").delete_item(TableName=TABLE, Key={"id": {"S": "backup"}})
            return real(service, waiting=waiting)

        states.client = change  # type: ignore[method-assign]
        assert states.run().status == "SUCCEEDED"
        assert states.operations() == [
            *["put_item"] * 3, "update_item", *["put_item"] * 2, "update_item", *NOTHING, "put_item", "run_task",
            "delete_item", "put_events",
        ]  # fmt: skip


def test_an_older_run_does_not_replace_a_newer_one():
    with interpreter(Hang()) as states:
        states.create(machine(**REPLACE))
        newer = {"since": "2999-01-01T00:00:00Z", "expires": str(int(time.time()) + 3600)}
        states.put_row(id="backup", holder="newer", **newer)
        ended = states.run("older")
        assert ended == Ended("FAILED", "Replaced", "A run that started later holds the lease.")
        # The third is the end of a lease that it doesn't hold.
        assert states.operations().count("update_item") == 3
        assert "stop_task" not in states.operations()
        found = row(states)
        assert found is not None
        assert (found["holder"]["S"], "replacer" in found) == ("newer", False)


def test_only_replace_treats_the_stop_reason_as_a_replacement():
    ended, states = ran(End(137, "UserInitiated", "Replaced by hotfix"), **FORBID)
    assert ended.error == "Failed"
    assert [told["outcome"] for told in states.reported()] == ["Failed"]


def test_replace_stops_waiting_for_a_dead_holder(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exclusion, "POLLS", 3)
    with interpreter(End()) as states:
        states.create(machine(**REPLACE))
        states.put_row(id="backup", holder="dead", since="1", expires=str(int(time.time()) + 3600))
        ended = states.run()
        assert ended == Ended(
            "FAILED", "Failed", "The earlier run could not be replaced: its lease was not released within 3 tries."
        )
        assert states.operations().count("run_task") == 0
        assert [told["outcome"] for told in states.reported()] == ["Failed"]


# Queue


def until(met: Callable[[], bool]) -> None:
    """Wait until a condition is met."""
    deadline = threading.Event()
    for _ in range(2000):
        if met():
            return
        deadline.wait(0.01)
    raise AssertionError("The condition was not met in time.")


def test_a_queued_run_starts_after_the_current_one_and_later_ones_are_skipped():
    going = Hang()
    with interpreter(going, End()) as states:
        states.create(machine(**QUEUE))
        first = states.start("first")
        going.running.wait()
        second = states.start("second", time="2026-11-25T04:00:00Z")
        until(lambda: "backup#waiting" in states.rows())
        assert states.run("third", time="2026-11-25T05:00:00Z") == Ended(
            "FAILED", "Skipped", "Another run is waiting for the current run to end (overlap: queue)."
        )
        assert states.operations().count("run_task") == 1
        states.ecs.end_all()
        states.end(first)
        assert states.end(second).status == "SUCCEEDED"
        assert states.rows().keys() == {f"backup#backup@2026-11-25T0{hour}:00:00Z" for hour in (3, 4, 5)}
        assert "stop_task" not in states.operations()


def test_a_run_that_becomes_due_does_not_overtake_the_one_that_waits():
    with interpreter(End()) as states:
        states.create(machine(**QUEUE))
        # The current run has just ended, and the waiting one has not noticed yet.
        states.put_row(id="backup#waiting", holder="waits", ends="99999999999", expires="99999999999")
        assert states.run("late").error == "Skipped"
        states.put_row(id="backup#waiting", holder="died", ends="1", expires="99999999999")
        assert states.run("later", time="2026-11-25T04:00:00Z").status == "SUCCEEDED"


# Many tries in moto's interpreter.
@pytest.mark.thorough
@pytest.mark.timeout(300)
def test_the_pauses_of_a_queued_run_grow_and_its_wait_ends_with_a_report():
    with interpreter(End()) as states:
        states.create(machine(**QUEUE))
        states.put_row(id="backup", holder="other", ends="99999999999", expires="99999999999")
        ended = states.run()
        assert ended == Ended("FAILED", "Failed", "Not started: the lease of the earlier run was not released in time.")
        assert [told["outcome"] for told in states.reported()] == ["Failed"]
        assert "run_task" not in states.operations()
        places = [call["Item"] for _, call in states.calls if call.get("Item", {}).get("id") == {"S": "backup#waiting"}]
        kept = [int(place["expires"]["N"]) for place in places]
        # It waits for 9,000 s: 1 h to launch, 1 h to run, 15 min to stop, and 15 min more.
        assert len(kept) == 200
        assert kept[-1] - kept[0] >= 150


def test_a_queued_run_that_lost_its_place_is_reported():
    with interpreter(End()) as states:
        states.create(machine(**QUEUE))
        states.put_row(id="backup", holder="other", ends="99999999999", expires="99999999999")
        real = states.client

        def lose(service: str, *, waiting: bool) -> Any:
            if states.operations().count("put_item") == 6:
                states.put_row(id="backup#waiting", holder="third", ends="99999999999", expires="99999999999")
            return real(service, waiting=waiting)

        states.client = lose  # type: ignore[method-assign]
        ended = states.run()
        assert ended.cause == "Not started: another run took its place in the queue while it did not renew it."
        assert [told["outcome"] for told in states.reported()] == ["Failed"]


# Locks

RELEASED = {"id": {"S": "#orders-db"}}
FAR = "99999999999"


def lock_row(states: Interpreter) -> dict[str, Any]:
    """The item of the lock, without its time to live."""
    return {name: value for name, value in states.rows().get("#orders-db", {}).items() if name != "expires"}


def next_of(states: Interpreter) -> str:
    """The execution that is next."""
    return lock_row(states).get("nextHolder", {}).get("S", "")


def test_a_lock_is_acquired_and_released():
    ended, states = ran(End(), **LOCK)
    assert ended.status == "SUCCEEDED"
    assert states.operations() == ["put_item", "update_item", "run_task", "update_item", "put_events"]
    with interpreter(Hang()) as states:
        states.create(machine(**LOCK))
        execution = states.start("first")
        while not states.ecs.tasks:
            time.sleep(0.001)
        held = lock_row(states)
        ends = int(held.pop("ends")["N"])
        # Launch, timeout, stop, and clock skew, with a minute of tolerance for a busy machine.
        assert 0 <= time.time() + 3600 + 3600 + 15 * 60 + 60 - ends < 60
        run = {"runCluster": {"S": CLUSTER}, "runFamily": {"S": "shop-dev__backup"}}
        assert held == {**RELEASED, "holder": {"S": "first"}, **run}
        states.ecs.end_all()
        states.end(execution)
        assert lock_row(states) == RELEASED


@pytest.mark.parametrize(
    "args",
    [LOCK, {**FORBID, **LOCK}, {**QUEUE, **LOCK}, {**REPLACE, **LOCK}],
    ids=lambda it: it.get("overlap", "allow"),
)
def test_a_run_waits_for_the_lock_of_another_task(args: dict[str, Any]):
    with interpreter(End()) as states:
        states.create(machine(**args))
        states.put_row(id="#orders-db", holder="other", ends=FAR, expires=FAR, runCluster=CLUSTER, runFamily="other")
        first = states.start("first")
        until(lambda: next_of(states) == "first")
        assert states.operations().count("run_task") == 0
        row = lock_row(states)
        assert (row["holder"]["S"], row["nextHolder"]["S"]) == ("other", "first")
        client("dynamodb").update_item(**lock.release(TABLE, "orders-db", holder="other"))
        assert states.end(first).status == "SUCCEEDED"
        assert lock_row(states) == RELEASED
        assert "stop_task" not in states.operations()


def test_the_run_that_waits_longest_is_next():
    with interpreter(End()) as states:
        states.create(machine(**LOCK))
        later = {"nextHolder": "later", "nextSince": "2999-01-01T00:00:00Z", "nextEnds": FAR}
        states.put_row(id="#orders-db", expires=FAR, **later)
        assert states.run("earlier").status == "SUCCEEDED", "it takes the turn of the later one"
        earlier = {"nextHolder": "earlier", "nextSince": "2001-01-01T00:00:00Z", "nextEnds": FAR}
        states.put_row(id="#orders-db", expires=FAR, **earlier)
        second = states.start("second", time="2026-11-25T04:00:00Z")
        until(lambda: states.operations().count("update_item") > 5)
        assert "holder" not in lock_row(states), "a free lock is left for the one that waits longer"
        states.put_row(id="#orders-db", expires=FAR, **{**earlier, "nextEnds": "1"})
        assert states.end(second).status == "SUCCEEDED", "the earlier one has died"


def test_the_run_of_a_dead_holder_is_stopped_before_another_task_starts():
    with interpreter(Hang(), Hang(), End()) as states:
        states.create(machine(timeout="1h"))
        left = states.start("left"), states.start("unrelated", time="2026-11-25T02:00:00Z")
        while len(states.ecs.tasks) < 2:
            time.sleep(0.001)
        states.create(machine(**LOCK), "with-lock")
        run = {"runCluster": CLUSTER, "runFamily": "shop-dev__backup"}
        states.put_row(id="#orders-db", holder="left", ends="1", expires=FAR, **run)
        states.calls.clear()
        assert states.run("second", time="2026-11-25T04:00:00Z").status == "SUCCEEDED"
        operations = states.operations()
        assert operations.index("stop_task") < operations.index("run_task")
        reasons = {
            task["overrides"]["containerOverrides"][0]["environment"][0]["value"]: task.get("stoppedReason")
            for task in states.ecs.tasks.values()
        }
        assert reasons["left"] == "Its lock had ended. Stopped by second"
        assert reasons["unrelated"] is None, "only the runs of the dead execution are stopped"
        states.ecs.end_all()
        assert [states.end(execution).status for execution in left] == ["FAILED", "FAILED"]


def test_a_run_that_was_left_with_the_lock_and_does_not_stop_is_reported():
    with interpreter(Hang(), End()) as states:
        states.ecs.lingers = 10**9
        states.create(machine(timeout="1h"))
        left = states.start("left")
        while not states.ecs.tasks:
            time.sleep(0.001)
        states.create(machine(**LOCK), "with-lock")
        run = {"runCluster": CLUSTER, "runFamily": "shop-dev__backup"}
        states.put_row(id="#orders-db", holder="left", ends="1", expires=FAR, **run)
        ended = states.run("second", time="2026-11-25T04:00:00Z")
        assert ended == Ended("FAILED", "Failed", "Not started: the run that held the lock could not be stopped.")
        assert lock_row(states)["holder"]["S"] == "left"
        states.ecs.end_all()
        states.end(left)


# Many tries in moto's interpreter.
@pytest.mark.thorough
@pytest.mark.timeout(300)
def test_a_run_that_waits_too_long_for_its_lock_is_reported(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(locking, "LOCK_WAIT", 3600)
    with interpreter(End()) as states:
        states.create(machine(**FORBID, lock="orders-db"))
        states.put_row(id="#orders-db", holder="other", ends=FAR, expires=FAR)
        ended = states.run()
        assert ended == Ended("FAILED", "Failed", "Not started: the lock orders-db was not free within 1h.")
        assert [told["outcome"] for told in states.reported()] == ["Failed"]
        assert states.operations().count("run_task") == 0


def test_a_lock_is_released_between_attempts():
    ended, states = ran(End(1), End(), **LOCK, **RETRY)
    assert ended.status == "SUCCEEDED"
    assert states.operations() == ["put_item", *["update_item", "run_task", "update_item"] * 2, "put_events"]


def test_replace_replaces_a_run_that_waits_for_its_lock():
    with interpreter(End()) as states:
        states.create(machine(**REPLACE, lock="orders-db"))
        states.put_row(id="#orders-db", holder="other", ends=FAR, expires=FAR)
        first = states.start("first")
        until(lambda: next_of(states) == "first")
        second = states.start("second", time="2026-11-25T04:00:00Z")
        assert states.end(first).error == "Replaced"
        until(lambda: next_of(states) == "second")
        client("dynamodb").update_item(**lock.release(TABLE, "orders-db", holder="other"))
        assert states.end(second).status == "SUCCEEDED"


# One run per scheduled time


@pytest.mark.parametrize(
    "args", [{"timeout": "1h"}, FORBID, QUEUE, REPLACE, LOCK], ids=["allow", "forbid", "queue", "replace", "lock"]
)
def test_two_deliveries_of_one_time_start_one_run(args: dict[str, Any]):
    with interpreter(End()) as states:
        states.create(machine(**args))
        ends = [states.end(execution) for execution in [states.start("first"), states.start("second")]]
        assert sorted(ended.error for ended in ends) == ["", "Skipped"]
        assert states.operations().count("run_task") == 1
        assert states.run("third", time="2026-11-26T03:00:00Z").status == "SUCCEEDED"


def test_two_schedules_can_run_at_the_same_time():
    with interpreter(End()) as states:
        states.create(machine(timeout="1h"))
        for schedule in ("backup", "backup__2"):
            assert states.run(schedule, schedule=schedule).status == "SUCCEEDED"


# Faults of DynamoDB and EventBridge


def test_temporary_throttling_of_dynamodb():
    throttled = error("ProvisionedThroughputExceededException", "PutItem")
    with interpreter(End()) as states:
        states.create(machine(**FORBID))
        states.faults["put_item"] = [throttled, throttled]
        calls = states.operations
        original = states.client

        def recover(service: str, *, waiting: bool) -> Any:
            if calls().count("put_item") >= 2:
                states.faults.pop("put_item", None)
            return original(service, waiting=waiting)

        states.client = recover  # type: ignore[method-assign]
        assert states.run().status == "SUCCEEDED"
        assert states.operations() == [*["put_item"] * 4, "run_task", "delete_item", "put_events"]


def test_permanent_throttling_of_dynamodb():
    with interpreter(End()) as states:
        states.create(machine(**FORBID))
        states.faults["put_item"] = [error("ProvisionedThroughputExceededException", "PutItem")]
        ended = states.run()
        assert ended.error == "Failed"
        assert ended.cause.startswith("Not started, because the scheduled time could not be recorded: DynamoDB.Prov")
        assert states.operations() == [*["put_item"] * 9, "put_events"]
        assert [told["outcome"] for told in states.reported()] == ["Failed"]


@pytest.mark.parametrize(("code", "status", "name"), [(0, "SUCCEEDED", ""), (1, "FAILED", "Unreported")])
def test_an_outcome_that_cannot_be_reported(code: int, status: str, name: str):
    with interpreter(End(code)) as states:
        states.create(machine(timeout="1h"))
        states.faults["put_events"] = [error("InternalException", "PutEvents")]
        ended = states.run()
        assert (ended.status, ended.error) == (status, name)
