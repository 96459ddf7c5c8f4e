"""`scheduled-tasks run` and `scheduled-tasks dead-letters redrive` of supervised tasks, with a real interpreter of the state machine."""

import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from components.aws.names import GROUP_TAG, GroupNames
from components.supervised.parallel import is_execution_of
from ops import waiting
from ops.aws.machines import Progress, progress_of
from ops.aws.session import Aws
from ops.commands import following_run, options
from ops.commands.options import Where
from ops.dead_letters import queue as queues
from ops.errors import NO_RUN
from tests.components.supervised.machines import index_machine, machine
from tests.interpreter import ACCOUNT, INDEX_MACHINE, REGION, ROLE, Answer, Ecs, End, Hang, Interpreter, interpreter
from tests.ops.conftest import Ops

NAMES = GroupNames("shop-dev")
FORBID: dict[str, Any] = {"timeout": "1h", "overlap": "forbid"}
TIME = "2026-11-24T03:00:00Z"
NO_CAPACITY: Answer = [{"reason": "RESOURCE:CPU"}]


@cache
def client(service: str) -> Any:
    connect: Any = boto3.client
    return connect(service, region_name=REGION)


class _Ecs:
    """The ECS client of commands, backed by the interpreter's ECS."""

    def __init__(self, real: Ecs):
        self.real, self.denied = real, False

    def describe_task_definition(self, **_: Any) -> dict[str, Any]:
        return {"taskDefinition": {"containerDefinitions": [{"name": "main"}]}}

    def describe_tasks(self, *, cluster: str, tasks: list[str]) -> dict[str, Any]:
        return self.real.describe_tasks(cluster=cluster, tasks=tasks)

    def get_paginator(self, _: str) -> "_Ecs":
        return self

    def paginate(self, *, desiredStatus: str, **_: Any) -> list[dict[str, Any]]:  # noqa: N803 (AWS's spelling)
        tasks = self.real.tasks.items()
        return [{"taskArns": [arn for arn, task in tasks if task["desiredStatus"] == desiredStatus]}]

    def stop_task(self, **request: Any) -> dict[str, Any]:
        if self.denied:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "StopTask")
        return self.real.stop_task(**request)


class _Aws(Aws):
    """AWS with the ECS of the interpreter."""

    def __init__(self, ecs: Ecs):  # pyright: ignore[reportMissingSuperCall]
        self.ecs = _Ecs(ecs)

    def _client(self, service: str, /) -> Any:
        return self.ecs if service == "ecs" else client(service)


class Stack:
    """A deployed supervised task `backup` and its state machine."""

    def __init__(self, states: Interpreter, aws: _Aws, definition: str):
        self.states, self.ecs, self.table = states, aws.ecs, NAMES.lease_table
        states.create(
            definition.replace('"TableName":"leases"', f'"TableName":"{self.table}"'), NAMES.state_machine("backup")
        )
        key: Any = {"AttributeName": "id", "AttributeType": "S"}
        client("dynamodb").create_table(
            TableName=self.table,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[key],
        )
        self.queue_url = client("sqs").create_queue(QueueName=NAMES.dead_letter_queue)["QueueUrl"]
        scheduler = client("scheduler")
        scheduler.create_schedule_group(
            Name=NAMES.schedule_group, Tags=[{"Key": GROUP_TAG, "Value": NAMES.schedule_group}]
        )
        text = json.dumps({"schedule": "backup", "time": "<aws.scheduler.scheduled-time>", "overrides": {}})
        scheduler.create_schedule(
            Name="backup",
            GroupName=NAMES.schedule_group,
            ScheduleExpression="rate(1 day)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": states.machine, "RoleArn": ROLE, "Input": text},
        )

    def send(self, time: str = TIME) -> str:
        """Send a dead-letter message for a failed launch and return its ID."""
        arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{NAMES.schedule_group}/backup"
        given = {"SCHEDULE_ARN": arn, "SCHEDULED_TIME": time, "ERROR_CODE": "ThrottlingException"}
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in given.items()}
        sent = client("sqs").send_message(QueueUrl=self.queue_url, MessageBody="{}", MessageAttributes=attributes)
        return sent["MessageId"]

    def messages(self) -> int:
        """The number of messages in the queue."""
        name = "ApproximateNumberOfMessages"
        found = client("sqs").get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=[name])
        return int(found["Attributes"][name])

    def executions(self) -> dict[str, str]:
        """The status of each execution."""
        found = client("stepfunctions").list_executions(stateMachineArn=self.states.machine)["executions"]
        return {execution["name"]: execution["status"] for execution in found}

    def holder(self) -> str | None:
        """The holder of the lease."""
        row = client("dynamodb").get_item(TableName=self.table, Key={"id": {"S": "backup"}}).get("Item")
        return row["holder"]["S"] if row else None

    def hold(self, holder: str) -> None:
        """Give the lease to a holder."""
        item: Any = {
            "id": {"S": "backup"},
            "holder": {"S": holder},
            "since": {"S": "2026"},
            "expires": {"N": str(2**40)},
        }
        client("dynamodb").put_item(TableName=self.table, Item=item)

    def end_all(self) -> None:
        """End all runs and wait for their executions."""
        self.states.ecs.end_all()
        for name in self.executions():
            self.states.end(f"{self.states.machine.replace(':stateMachine:', ':execution:')}:{name}")


@contextmanager
def deployed(patch: pytest.MonkeyPatch, *answers: Answer, **args: Any) -> Generator[Stack]:
    """A stack in which each call of RunTask gets the next answer."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        patch.delenv(name, raising=False)
    # Also shortens the pauses of moto's interpreter, which runs in other threads. So this function must never raise.
    sleep = time.sleep
    patch.setattr("time.sleep", lambda _: sleep(0.01))
    patch.setattr(queues, "WAIT_SECONDS", 0)
    with interpreter(*answers) as states:
        patch.setattr(waiting, "wait", states.pause)
        aws = _Aws(states.ecs)
        patch.setattr(Where, "connect", lambda _: aws)
        patch.setattr(options, "project_or_none", lambda: None)  # This repository has several stacks.
        if "parallel" in args:
            states.create_index(index_machine(**args))
        stack = Stack(states, aws, machine(**(args or FORBID)))
        try:
            yield stack
        finally:
            stack.end_all()


@pytest.mark.parametrize("name", ["TASK_INDEX", "TASK_COUNT"])
def test_a_variable_that_parallel_sets_is_refused(monkeypatch: pytest.MonkeyPatch, ops: Ops, name: str):
    with deployed(monkeypatch, End(), timeout="1h", parallel={"tasks": 3}) as stack:
        result = ops("run", "backup", "--env", f"{name}=4")
        assert result.exit_code == NO_RUN
        assert f"--env {name}: {name} is set by `parallel`. Choose another name." in result.output
        assert stack.executions() == {}


# Stopping a run


def interrupt_when_running(stack: Stack, patch: pytest.MonkeyPatch, then: Callable[[], None] = lambda: None) -> None:
    """Press Ctrl-C as soon as there is an ECS task, and answer `y`. After that, each wait calls `then`."""
    asked = list[bool]()

    def wait(_: float) -> None:
        time.sleep(0)
        if stack.states.ecs.tasks and not asked:
            asked.append(True)
            raise KeyboardInterrupt
        if asked:
            then()

    patch.setattr(waiting, "wait", wait)
    patch.setattr(following_run, "shall_stop", lambda: True)


def test_a_stopped_run_releases_its_lease_and_reports_its_outcome(monkeypatch: pytest.MonkeyPatch, ops: Ops):
    args = {**FORBID, "retry_run": {"attempts": 2}}
    with deployed(monkeypatch, Hang(), End(), **args) as stack:
        interrupt_when_running(stack, monkeypatch)
        result = ops("run", "backup")
        assert result.exit_code == 130, result.output
        assert list(stack.executions().values()) == ["FAILED"], "The execution must end by itself."
        assert stack.holder() is None
        [outcome] = stack.states.reported()
        assert (outcome["outcome"], outcome["stopCode"]) == ("Failed", "UserInitiated")
        assert "with scheduled-tasks run" in outcome["stoppedReason"]
        assert stack.states.run("tonight", time="tonight").status == "SUCCEEDED", "The next run must not be skipped."


def test_if_the_task_cannot_be_stopped_the_execution_is_stopped_and_the_lease_released_after_the_task(
    monkeypatch: pytest.MonkeyPatch, ops: Ops
):
    with deployed(monkeypatch, Hang(), End()) as stack:
        stack.ecs.denied = True
        held: list[str | None] = []

        def step_functions_stops_it() -> None:
            held.append(stack.holder())
            if len(held) > 5:
                stack.states.ecs.end_all()

        interrupt_when_running(stack, monkeypatch, step_functions_stops_it)
        result = ops("run", "backup")
        assert result.exit_code == 130, result.output
        assert list(stack.executions().values()) == ["ABORTED"]
        assert None not in held, "No other run may start before the task has ended."
        assert "Released the lease of backup." in result.stderr
        assert stack.holder() is None


def test_a_lease_that_cannot_be_released_prints_the_command_that_releases_it(monkeypatch: pytest.MonkeyPatch, ops: Ops):
    with deployed(monkeypatch, Hang()) as stack:
        stack.ecs.denied = True
        tables = [stack.table]

        def step_functions_stops_it() -> None:
            stack.states.ecs.end_all()
            if tables:
                client("dynamodb").delete_table(TableName=tables.pop())

        interrupt_when_running(stack, monkeypatch, step_functions_stops_it)
        result = ops("run", "backup")
        assert result.exit_code == 130, result.output
        assert "The lease of backup is still held." in result.stderr
        assert (
            'aws dynamodb delete-item --table-name shop-dev-leases --key \'{"id": {"S": "backup"}}\'' in result.stderr
        )
        assert "--condition-expression 'holder = :holder'" in result.stderr


def test_a_stopped_run_of_several_tasks_stops_their_executions_and_releases_lease_and_lock(
    monkeypatch: pytest.MonkeyPatch, ops: Ops
):
    """Step Functions stops the executions on a best-effort basis, and moto doesn't. One that continues starts the next
    attempt of its task. AWS: Step Functions developer guide, "Discover service integration patterns in Step Functions",
    Run a Job (.sync): "Step Functions will make a best-effort attempt to cancel the task".
    """
    args = {**FORBID, "lock": "orders-db", "retry_run": {"attempts": 2}, "parallel": {"tasks": 3, "at_once": 2}}
    with deployed(monkeypatch, Hang(), **args) as stack:
        held: list[str | None] = []
        interrupt_when_running(stack, monkeypatch, lambda: held.append(stack.holder()))
        result = ops("run", "backup")
        assert result.exit_code == 130, result.output
        assert list(stack.executions().values()) == ["ABORTED"]
        of_tasks = client("stepfunctions").list_executions(
            stateMachineArn=stack.states.machine.replace(NAMES.state_machine("backup"), INDEX_MACHINE)
        )["executions"]
        assert {each["status"] for each in of_tasks} == {"ABORTED"}
        assert {task["lastStatus"] for task in stack.states.ecs.tasks.values()} == {"STOPPED"}
        assert None not in held[:-1], "No other run may start before all tasks have ended."
        assert "Released the lock orders-db.\nReleased the lease of backup." in result.stderr
        assert stack.holder() is None
        lock = client("dynamodb").get_item(TableName=stack.table, Key={"id": {"S": "#orders-db"}})["Item"]
        assert "holder" not in lock


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("manual-1-0", True),
        ("manual-1-299", True),
        ("manual-1", False),
        ("manual-1-", False),
        ("manual-1-2-0", False),
        ("manual-10-0", False),
    ],
)
def test_only_executions_of_the_same_run_are_stopped(name: str, own: bool):
    assert is_execution_of("manual-1", name) is own


# Redriving


def test_only_one_message_of_an_exclusive_task_is_redriven_at_a_time(monkeypatch: pytest.MonkeyPatch, ops: Ops):
    for overlap in ("forbid", "replace"):
        if overlap == "replace":  # The list of executions is not up to date.
            monkeypatch.setattr("ops.dead_letters.executions.running_executions", lambda *_: [])
        with deployed(monkeypatch, Hang(), End(), timeout="1h", overlap=overlap) as stack:
            stack.send()
            stack.send("2026-11-25T03:00:00Z")
            result = ops("dead-letters", "redrive", "--all")
            assert (result.exit_code, stack.messages()) == (1, 1), result.output
            [going] = stack.executions()
            assert f"Another run has not ended yet ({going})" in result.stderr
            assert list(stack.executions().values()) == ["RUNNING"]
            stack.end_all()
            result = ops("dead-letters", "redrive", "--all")
            assert (result.exit_code, stack.messages()) == (0, 0), result.output
            assert len(stack.states.ecs.tasks) == 2


def test_nothing_is_redriven_during_a_scheduled_run(monkeypatch: pytest.MonkeyPatch, ops: Ops):
    with deployed(monkeypatch, Hang(), timeout="1h", overlap="replace") as stack:
        stack.states.start("tonight")
        while not stack.states.ecs.tasks:
            time.sleep(0.01)
        stack.send()
        result = ops("dead-letters", "redrive", "--all")
        assert "Another run has not ended yet (tonight)" in result.stderr
        assert (stack.messages(), stack.executions()) == (1, {"tonight": "RUNNING"})


def test_a_message_is_kept_and_can_be_redriven_if_its_execution_was_skipped(monkeypatch: pytest.MonkeyPatch, ops: Ops):
    with deployed(monkeypatch, End()) as stack:
        id_ = stack.send()
        stack.hold("one-that-was-aborted")
        for _ in range(2):
            result = ops("dead-letters", "redrive", id_)
            assert (result.exit_code, stack.messages()) == (1, 1), result.output
            assert "ended without a run: Skipped: An earlier run has not ended, or its lease" in result.stderr
        client("dynamodb").delete_item(TableName=stack.table, Key={"id": {"S": "backup"}})
        result = ops("dead-letters", "redrive", id_)
        assert (result.exit_code, stack.messages()) == (0, 0), result.output
        assert result.stdout == f"Started: backup {id_[:8]} as manual-{id_}-3\n"
        assert len(stack.states.ecs.tasks) == 1


def test_a_run_that_is_skipped_says_so(monkeypatch: pytest.MonkeyPatch, ops: Ops):
    with deployed(monkeypatch, End()) as stack:
        stack.hold("one-that-was-aborted")
        result = ops("run", "backup", "--group", NAMES.schedule_group, "--json")
        assert result.exit_code == NO_RUN
        why = "An earlier run has not ended, or its lease has not expired yet (overlap: forbid)."
        assert f"\nSkipped: {why}\n" in result.stderr
        ended = json.loads(result.stdout)
        assert (ended["outcome"], ended["reason"], ended["tasks"]) == ("skipped", why, [])


def test_a_message_is_kept_if_its_run_found_no_capacity(monkeypatch: pytest.MonkeyPatch, ops: Ops):
    with deployed(monkeypatch, NO_CAPACITY, End(), timeout="1h", retry={"attempts": 0}) as stack:
        id_ = stack.send()
        result = ops("dead-letters", "redrive", id_)
        assert (result.exit_code, stack.messages()) == (1, 1), result.output
        assert "ended without a run: Failed: Not started: AmazonECS.Unknown" in result.stderr
        assert ops("dead-letters", "redrive", id_).exit_code == 0


def test_a_run_that_scheduler_has_started_is_not_started_again(monkeypatch: pytest.MonkeyPatch, ops: Ops):
    with deployed(monkeypatch, End()) as stack:
        assert stack.states.run("of-scheduler", time=TIME).status == "SUCCEEDED"
        id_ = stack.send()
        for _ in range(2):
            result = ops("dead-letters", "redrive", id_)
            assert (result.exit_code, stack.messages()) == (1, 1), result.output
            assert f"A run for {TIME} has already started" in result.stderr
        assert len(stack.states.ecs.tasks) == 1
        assert ops("dead-letters", "redrive", id_, "--anew").exit_code == 0
        assert len(stack.states.ecs.tasks) == 2


def test_an_execution_without_a_run_yet_is_found_by_the_next_redrive(monkeypatch: pytest.MonkeyPatch, ops: Ops):
    with deployed(monkeypatch, End()) as stack:
        id_ = stack.send()
        with monkeypatch.context() as patch:
            patch.setattr("ops.aws.machines.progress_of", lambda _: Progress())
            result = ops("dead-letters", "redrive", id_)
        assert "has not started its run yet" in result.stderr
        assert stack.messages() == 1
        result = ops("dead-letters", "redrive", id_)
        assert result.stdout == f"Already started by an earlier redrive: backup {id_[:8]} as manual-{id_}\n"
        assert len(stack.states.ecs.tasks) == 1


def test_the_tasks_of_a_recorded_history_are_found():
    """The members and the order of what AWS answered on 2024-02-25, without their other members. LocalStack: snapshot of
    AWS, tests/aws/services/stepfunctions/v2/services/test_ecs_task_service.snapshot.json, run_task_sync_raise_failure.
    """
    task = {"Containers": [{"Name": "main"}], "StartedBy": "AWS Step Functions", "TaskArn": "arn:task", "Version": 1}
    answer = {"Failures": [], "SdkHttpMetadata": {"HttpStatusCode": 200}, "SdkResponseMetadata": {}, "Tasks": [task]}
    of_task = {"resource": "runTask.sync", "resourceType": "ecs"}
    ended = {"error": "States.TaskFailed", "cause": json.dumps({**task, "StopCode": "TaskFailedToStart"})}
    events: Any = [
        {"type": "ExecutionStarted"},
        {"type": "TaskStateEntered"},
        {
            "type": "TaskScheduled",
            "taskScheduledEventDetails": {**of_task, "parameters": "{}", "region": "eu-central-1"},
        },
        {"type": "TaskStarted", "taskStartedEventDetails": of_task},
        {"type": "TaskSubmitted", "taskSubmittedEventDetails": {**of_task, "output": json.dumps(answer)}},
        {"type": "TaskFailed", "taskFailedEventDetails": {**of_task, **ended}},
        {"type": "ExecutionFailed", "executionFailedEventDetails": ended},
    ]
    assert progress_of(events) == Progress("FAILED", ended["error"], ended["cause"], ("arn:task",), ())


def test_progress_is_read_from_the_history_of_an_execution():
    at = datetime.now(UTC)
    submitted = {
        "resourceType": "ecs",
        "resource": "runTask.sync",
        "output": '{"Failures":[],"Tasks":[{"TaskArn":"a/b"}]}',
    }
    other = {"resourceType": "dynamodb", "output": "{}"}
    events: list[Any] = [
        {"type": "ExecutionStarted", "timestamp": at},
        {"type": "TaskSubmitted", "taskSubmittedEventDetails": other},
        {"type": "TaskSubmitted", "taskSubmittedEventDetails": {"resourceType": "ecs", "output": '{"Tasks":[]}'}},
        {"type": "TaskSubmitted", "taskSubmittedEventDetails": submitted},
    ]
    going = progress_of(iter(events))
    assert (going.status, going.tasks, going.ran) == ("RUNNING", ("a/b",), True)
    assert not progress_of(iter(events[:3])).ran
    end: Any = {"type": "ExecutionFailed", "executionFailedEventDetails": {"error": "Skipped", "cause": "why"}}
    ended = progress_of(iter([*events[:3], end]))
    assert (ended.status, ended.error, ended.cause, ended.ran) == ("FAILED", "Skipped", "why", False)
    of_task = {"resourceType": "states", "output": '{"ExecutionArn":"e-0","StartDate":1}'}
    started: Any = {"type": "TaskSubmitted", "taskSubmittedEventDetails": of_task}
    parallel = progress_of(iter([*events[:3], started]))
    assert (parallel.executions, parallel.tasks, parallel.ran) == (("e-0",), (), True)
    truncated: Any = {**started, "taskSubmittedEventDetails": {"resourceType": "states", "output": '{"Exec'}}
    assert progress_of(iter([truncated])).executions == ()
    aborted: Any = {"type": "ExecutionAborted"}
    assert progress_of(iter([aborted])).status == "ABORTED"
