"""`scheduled-tasks dead-letters`: no message is lost, and none is deleted before its run starts."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse
from moto.ecs.models import ecs_backends
from moto.sqs.models import sqs_backends

from ops.aws.deployment import Deployment, find
from ops.commands import confirming, dead_letters
from ops.commands.options import Where
from ops.dead_letters import queue as queues
from ops.dead_letters.causes import CAUSES, UNKNOWN, cause_of
from ops.dead_letters.grouping import grouped
from ops.dead_letters.message import LAUNCHES, dead_letter
from ops.dead_letters.queue import Queue, Received
from ops.dead_letters.selection import find_by_id
from ops.errors import OpsError
from ops.output import short_time
from tests.ops.cloud import ACCOUNT, REGION, Cloud, Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.supervised import change_count, state_machine
from tests.ops.terminal import fits

INACTIVE = ("ClientException", "TaskDefinition is inactive")
SCHEDULES = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule"


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "WAIT_SECONDS", 0)


@pytest.fixture
def deployment(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """The deployment, found once for all commands of a test, because that takes most of their time."""
    found = find(share_session(monkeypatch))
    monkeypatch.setattr(Where, "deployment", lambda _: found)
    return found


def send(
    deployed: Deployed, schedule: str = "etl", error: tuple[str, str] = INACTIVE, body: str = "{}", **attributes: str
) -> str:
    """Send a failed launch to the queue and return the message's id."""
    values = {
        "SCHEDULE_ARN": f"{SCHEDULES}/{deployed.names.schedule_group}/{schedule}",
        "SCHEDULED_TIME": "2026-11-24T03:00:00Z",
        "ERROR_CODE": error[0],
        "ERROR_MESSAGE": error[1],
        "RETRY_ATTEMPTS": "0",
        "TARGET_ARN": "arn:aws:scheduler:::aws-sdk:ecs:runTask",
        **attributes,
    }
    return _send(deployed, deployed.queue_url, body, values)


def send_event(deployed: Deployed, task: str = "etl") -> str:
    """Send an undelivered event to the queue and return the message's id."""
    sqs = deployed.cloud.client("sqs")
    url = sqs.create_queue(QueueName=deployed.names.event_dead_letter_queue)["QueueUrl"]
    event = {"time": "2026-11-24T03:05:00Z", "detail": {"group": f"supervised:{task}"}}
    return _send(deployed, url, json.dumps(event), {"ERROR_CODE": "NO_PERMISSIONS", "RULE_ARN": "arn:rule"})


def _send(deployed: Deployed, url: str, body: str, values: dict[str, str]) -> str:
    attributes: Any = {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}
    sqs = deployed.cloud.client("sqs")
    return sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)["MessageId"]


def messages(deployed: Deployed) -> dict[str, bool]:
    """Return the messages in the queue, and whether each is visible."""
    queue = sqs_backends[ACCOUNT][REGION].queues[deployed.names.dead_letter_queue]
    return {message.id: message.visible for message in queue._messages}


def time_passes(deployed: Deployed) -> None:
    """End all visibility timeouts."""
    for message in sqs_backends[ACCOUNT][REGION].queues[deployed.names.dead_letter_queue]._messages:
        message.visible_at = 0


def starts(cloud: Cloud, id_: str) -> int:
    """Count the runs that were started for a message, by client token."""
    return sum(
        id_ in token and json.loads(answer.content).get("tasks", [1]) != [] for token, answer in cloud.tokens.items()
    )


# list and show


@pytest.mark.usefixtures("terminal")
def test_list_groups_messages_by_task_and_cause_with_fixes(deployed: Deployed, deployment: Deployment, ops: Ops):
    user = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/scheduled-tasks-test-scheduler/x is not authorized to perform: "
    first = send(deployed)
    second = send(deployed, SCHEDULED_TIME="2026-11-25T03:00:00Z")
    send(
        deployed,
        "backup__2",
        ("AccessDeniedException", f"{user}ecs:RunTask on resource: arn:aws:ecs:eu-west-1:1:task-definition/x:1"),
        RETRY_ATTEMPTS="5",
        EXHAUSTED_RETRY_CONDITION="MaximumRetryAttempts",
    )
    send_event(deployed)
    result = ops("dead-letters", "list")
    assert result.exit_code == 0
    assert fits(result.stdout)
    headings = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
    assert headings == [
        "etl: 2 failed launches. The task definition is inactive.",
        "etl: 1 undelivered event. Access denied.",
        "backup: 1 failed launch. Access denied: ecs:RunTask (start the run).",
    ]
    text = " ".join(result.stdout.split())
    times = " to ".join(short_time(datetime(2026, 11, day, 3, tzinfo=UTC)) for day in (24, 25))
    assert f"Scheduled: {times} Attempts: 1 Error: ClientException: TaskDefinition is inactive Fix:" in text
    assert "Attempts: 6 (MaximumRetryAttempts reached)" in text
    assert f"Messages: {first[:8]} {second[:8]}" in text
    assert set(messages(deployed).values()) == {True}, "all are released"
    only = json.loads(ops("dead-letters", "list", "etl", "--json").stdout)
    assert {each["errorMessage"] for each in only if each["queue"] == "launches"} == {"TaskDefinition is inactive"}
    assert [(each["queue"], each["time"]) for each in only] == [
        ("launches", "2026-11-24T03:00:00Z"),
        ("launches", "2026-11-25T03:00:00Z"),
        ("events", "2026-11-24T03:05:00Z"),
    ]
    assert "There are no dead-letter messages of paused." in ops("dead-letters", "list", "paused").stderr


def test_a_queue_is_listed_in_batches_of_ten_until_nothing_new_is_received(
    deployed: Deployed, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
):
    sent = {send(deployed) for _ in range(25)}
    deployed.cloud.calls.clear()
    assert {message.id for message in Queue(deployment, LAUNCHES).messages(1000)} == sent
    assert deployed.cloud.calls.count("sqs.ReceiveMessage") == 4
    assert set(messages(deployed).values()) == {True}
    assert len(Queue(deployment, LAUNCHES).messages(20)) == 20
    monkeypatch.setattr(queues, "LIST_SECONDS", 0)
    deployed.cloud.calls.clear()
    Queue(deployment, LAUNCHES).messages(1000)
    assert deployed.cloud.calls.count("sqs.ReceiveMessage") == 3, "a batch that came again twice ends it"


def test_messages_after_those_that_become_visible_again_are_received(deployed: Deployed, deployment: Deployment):
    sent = [send(deployed) for _ in range(25)]
    handled: list[str] = []

    def slow(received: Received) -> bool:
        """Take longer than the visibility timeout."""
        handled.append(received.message.id)
        time_passes(deployed)
        return False

    wanted = [sent[0], sent[-1]]
    assert Queue(deployment, LAUNCHES).process(wanted, slow) == set()
    assert handled == wanted
    assert set(messages(deployed).values()) == {True}


def test_waiting_messages_of_a_batch_stay_hidden_during_slow_launches(
    deployed: Deployed, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
):
    sent = [send(deployed) for _ in range(3)]
    monkeypatch.setattr(queues.time, "monotonic", iter(range(0, 10_000, queues.EXTEND_SECONDS)).__next__)
    visible_at: list[list[float]] = []

    def slow(_: Received) -> bool:
        stored = sqs_backends[ACCOUNT][REGION].queues[deployed.names.dead_letter_queue]._messages
        visible_at.append([message.visible_at for message in stored])
        for message in stored:
            message.visible_at -= 1
        return False

    assert Queue(deployment, LAUNCHES).process(sent, slow) == set()
    assert visible_at[1][2] > visible_at[0][2] - 1, "the last message is hidden for longer"


def test_a_redrive_policy_of_a_queue_is_reported(deployed: Deployed, deployment: Deployment, ops: Ops):
    sqs = deployed.cloud.client("sqs")
    sqs.create_queue(QueueName="elsewhere")
    target = f"arn:aws:sqs:{REGION}:{ACCOUNT}:elsewhere"
    policy = json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": "50"})
    sqs.set_queue_attributes(QueueUrl=deployed.queue_url, Attributes={"RedrivePolicy": policy})
    send(deployed)
    sentence = f"SQS moves a message to {target} after 50 receives"
    assert sentence in ops("dead-letters", "list").stderr
    found = json.loads(ops("doctor", "--json").stdout)
    assert any(sentence in str(each) and each["level"] == "warning" for each in found)


def test_a_redrive_tells_how_to_follow_each_task(deployed: Deployed, deployment: Deployment, ops: Ops):
    for schedule in ("etl", "etl", "backup__2", "backup"):
        send(deployed, schedule)
    result = ops("dead-letters", "redrive", "--all")
    assert result.exit_code == 0
    assert (
        "To follow the runs, run: scheduled-tasks logs backup --follow, scheduled-tasks logs etl --follow\n"
        in result.stderr
    )


def test_a_message_that_cannot_be_released_is_hidden_for_at_most_a_minute(
    deployed: Deployed, deployment: Deployment, ops: Ops
):
    send(deployed)
    deployed.cloud.refuse("sqs.ChangeMessageVisibilityBatch", "AccessDenied")
    assert ops("dead-letters", "list").exit_code == 0
    assert queues.LIST_SECONDS <= 60
    result = ops("dead-letters", "list")
    assert "has about 1 more. Somebody is processing them" in result.stderr


def test_show_prints_the_whole_message(deployed: Deployed, deployment: Deployment, ops: Ops):
    whole = send(deployed, body='{"TaskDefinition":"x"}')
    cut = send(deployed, "x" * 60, body='{"TaskDef', IS_PAYLOAD_TRUNCATED="true", SCHEDULED_TIME="soon")
    text = ops("dead-letters", "show", whole[:13]).stdout
    assert '  "TaskDefinition": "x"' in text
    assert "ERROR_MESSAGE: TaskDefinition is inactive" in text
    text = ops("dead-letters", "show", cut).stdout
    assert 'Body (truncated because it was too large):\n{"TaskDef' in text
    data = json.loads(ops("dead-letters", "show", cut, "--json").stdout)
    assert (data["truncated"], data["time"], data["body"]) == (True, None, '{"TaskDef')
    nothing = ops("dead-letters", "show", "nope", "--stack", "test")
    assert (nothing.exit_code, nothing.stderr.startswith('There is no message "nope".')) == (1, True)


def test_a_message_without_a_time_is_older_than_others():
    time: Any = {"SCHEDULED_TIME": {"StringValue": "2026-11-24T03:00:00Z", "DataType": "String"}}
    known = dead_letter({"MessageId": "a", "Body": "[]", "MessageAttributes": time}, LAUNCHES)
    unknown = dead_letter({"MessageId": "b", "Body": "[]"}, LAUNCHES)
    [group] = grouped([known, unknown])
    assert [message.id for message in group.messages] == ["b", "a"]


def test_a_message_without_attributes_is_accepted():
    message = dead_letter({"MessageId": "m", "Body": "[]"}, LAUNCHES)
    assert (message.task, message.time, message.retries, message.cause) == ("", None, None, UNKNOWN)
    assert json.dumps(message.as_data())


DENIED = "User: arn:aws:sts::1:assumed-role/prod-scheduler/abc is not authorized to perform: "
ERRORS = {
    "AccessDeniedException: " + DENIED + "iam:PassRole on resource: arn:aws:iam::1:role/cluster": "iam:PassRole",
    "AccessDeniedException: " + DENIED + "ecs:TagResource on resource: x": "ecs:TagResource",
    "AccessDeniedException: " + DENIED + "ecs:RunTask on resource: x": "ecs:RunTask",
    "AccessDeniedException: " + DENIED + "states:StartExecution on resource: x": "states:StartExecution",
    "AccessDeniedException: " + DENIED + "sqs:SendMessage on resource: x": "Access denied.",
    "AccessDeniedException: " + DENIED + "kms:Decrypt on resource: x": "KMS",
    "KMSDisabledException: arn:aws:kms:x is disabled.": "KMS",
    "ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the role.": "can't be assumed",
    # AWS: github.com/dagster-io/dagster/issues/11622.
    "ClientException: The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'TOKEN'.": "variable is also a secret",
    "ClientException: TaskDefinition is inactive": "definition is inactive",
    "ClientException: Unable to describe task definition.": "definition doesn't exist",
    "ClientException: TaskDefinition not found.": "definition doesn't exist",
    "ClusterNotFoundException: Cluster not found.": "The cluster doesn't exist",
    # AWS: Amazon RDS API reference, StopDBInstance; Amazon EC2 API reference, error codes; Lambda API reference, Invoke.
    "InvalidDBInstanceState: Instance orders is not in available state.": "in a state in which the call does nothing",
    "DBInstanceNotFound: DBInstance orders not found.": "The resource of a call doesn't exist",
    "ResourceNotFoundException: Function not found: arn:aws:lambda:eu-west-1:123456789012:function:a": "of a call",
    "ClientException: The referenced cluster was inactive.": "The cluster doesn't exist",
    "StateMachineDoesNotExist: State Machine Does Not Exist": "state machine doesn't exist",
    "InvalidParameterException: The subnet ID 'subnet-1' does not exist": "network",
    "InvalidParameterException: Override for container named x is not a container in the TaskDefinition.": "overrides",
    "InvalidParameterException: No Fargate configuration exists for given values.": "request is invalid",
    "PlatformUnknownException: The specified platform version does not exist.": "platform",
    "ThrottlingException: Rate exceeded": "Throttled",
    "ClientException: You've reached the limit on the number of vCPUs you can run concurrently": "quota",
    "RESOURCE:MEMORY: ": "No capacity",
    "Capacity is unavailable at this time. Please try again later": "No capacity",
    "AWS.Scheduler.InternalServerError: ": "AWS failed",
    "ServerException: Service Unavailable.": "AWS failed",
    "NO_RESOURCE: ": "The target doesn't exist",
    "FAILED_TO_ASSUME_ROLE: ": "can't be assumed",
    "TIMEOUT: ": "AWS failed",
    "SomethingNew: what is that?": "Unknown",
}


@pytest.mark.parametrize(("error", "summary"), ERRORS.items(), ids=[error[:40] for error in ERRORS])
def test_the_cause_of_an_error(error: str, summary: str):
    code, _, message = error.partition(": ")
    assert summary in cause_of(code, message).summary


def test_each_cause_has_an_error():
    reached = {cause_of(*error.split(": ", 1) if ": " in error else ("", error)) for error in ERRORS}
    assert reached == {*CAUSES, UNKNOWN}


# redrive


def test_redrive_starts_the_same_run_as_the_schedule_and_deletes_the_message(
    deployed: Deployed, deployment: Deployment, ops: Ops
):
    id_, other = send(deployed), send(deployed, "backup")
    requests: list[dict[str, Any]] = []
    deployed.cloud.rules.append(("ecs.RunTask", lambda request: requests.append(json.loads(request.body))))
    result = ops("dead-letters", "redrive", id_[:8])
    [run] = deployed.cloud.tasks()
    assert (result.exit_code, result.stdout) == (0, f"Started: etl {id_[:8]} as {run.id}\n")
    [request] = requests
    assert (request["group"], request["clientToken"]) == ("etl", f"{id_}-0")
    assert request["startedBy"].startswith("ops/")
    assert messages(deployed) == {other: True}
    result = ops("dead-letters", "redrive", "--all", "--json")
    [told] = json.loads(result.stdout)["redriven"]
    assert (told["message"], told["startedBefore"]) == (other, False)
    assert messages(deployed) == {}
    again = ops("dead-letters", "redrive", "--task", "etl", "--stack", "test")
    assert (again.exit_code, again.stderr) == (0, "No messages match.\n")


def supervised(deployed: Deployed, task: str = "etl") -> str:
    """Put a state machine between a task's schedule and its runs. Returns its ARN."""
    client = deployed.cloud.client
    group = deployed.names.schedule_group
    schedule = client("scheduler").get_schedule(GroupName=group, Name=task)
    target = {key: value for key, value in schedule["Target"].items() if key != "EcsParameters"}
    revision = schedule["Target"]["EcsParameters"]["TaskDefinitionArn"]
    arn = client("stepfunctions").create_state_machine(
        name=deployed.names.family(task),
        definition=state_machine(deployed, {"Cluster": deployed.cluster_arn, "TaskDefinition": revision}, task=task),
        roleArn=target["RoleArn"],
    )["stateMachineArn"]
    given = {key: schedule[key] for key in ("ScheduleExpression", "FlexibleTimeWindow", "State")}
    text = json.dumps({"schedule": task, "time": "<aws.scheduler.scheduled-time>", "overrides": {}})
    client("scheduler").update_schedule(
        GroupName=group, Name=task, **given, Target={**target, "Arn": arn, "Input": text}
    )
    return arn


def test_redriving_a_supervised_task_starts_an_execution_named_after_the_message(
    deployed: Deployed, deployment: Deployment, ops: Ops
):
    arn = supervised(deployed)
    id_ = send(deployed, error=("AccessDeniedException", "states:StartExecution"))
    deployed.cloud.refuse("sqs.DeleteMessage", "AccessDenied")
    assert ops("dead-letters", "redrive", "--all").exit_code == 1
    deployed.cloud.recover()
    result = ops("dead-letters", "redrive", "--all")
    assert result.exit_code == 0
    [execution] = deployed.cloud.client("stepfunctions").list_executions(stateMachineArn=arn)["executions"]
    assert execution["name"] == f"manual-{id_}"
    assert messages(deployed) == {}


def test_a_message_that_cannot_be_redriven_is_kept_and_the_others_continue(
    deployed: Deployed, deployment: Deployment, ops: Ops
):
    gone = send(deployed, "was-there-once")
    others = send(deployed, SCHEDULE_ARN=f"{SCHEDULES}/other/etl")
    bare = _send(deployed, deployed.queue_url, "x", {})
    good = send(deployed)
    result = ops("dead-letters", "redrive", "--all")
    assert result.exit_code == 1
    assert "The schedule was-there-once doesn't exist any more." in result.stderr
    assert f"The message is from {SCHEDULES}/other/etl, not from a schedule of scheduled-tasks-test." in result.stderr
    assert f"Kept no task {bare[:8]}: The message is unreadable. It has no SCHEDULE_ARN" in result.stderr
    assert "1 redriven, 3 kept" in result.stderr
    assert messages(deployed) == {gone: True, others: True, bare: True}
    assert starts(deployed.cloud, good) == 1


REFUSED = (
    ("ecs.RunTask", "AccessDeniedException"),
    ("ecs.DescribeTaskDefinition", "ClientException"),
    ("scheduler.GetSchedule", "ThrottlingException"),
    ("sqs.ChangeMessageVisibility", "ReceiptHandleIsInvalid"),
    ("sqs.ChangeMessageVisibility", "AccessDenied"),
)


def test_a_message_is_kept_if_aws_refuses_a_call(deployed: Deployed, deployment: Deployment, ops: Ops):
    id_ = send(deployed)
    for operation, code in REFUSED:
        deployed.cloud.refuse(operation, code, "no")
        result = ops("dead-letters", "redrive", id_, "--json")
        deployed.cloud.recover()
        assert result.exit_code == 1
        [kept] = json.loads(result.stdout)["kept"]
        assert kept["message"] == id_
        assert kept["why"] != dead_letters._NOT_RECEIVED, "the call was made"
        time_passes(deployed)
        assert messages(deployed) == {id_: True}
    assert deployed.cloud.tokens == {}


def test_a_message_that_another_operator_redrives_meanwhile_starts_nothing(
    deployed: Deployed, deployment: Deployment, ops: Ops
):
    id_ = send(deployed)
    sqs = deployed.cloud.client("sqs")

    def another_operator(_: Any) -> None:
        """The visibility timeout ends, and another operator redrives and deletes the message."""
        deployed.cloud.recover()
        time_passes(deployed)
        [message] = sqs.receive_message(QueueUrl=deployed.queue_url)["Messages"]
        sqs.delete_message(QueueUrl=deployed.queue_url, ReceiptHandle=message["ReceiptHandle"])

    deployed.cloud.rules.append(("scheduler.GetSchedule", another_operator))
    result = ops("dead-letters", "redrive", id_)
    assert result.exit_code == 1
    assert "The message was deleted, or another operator is processing it." in result.stderr
    assert deployed.cloud.requests == []


def test_a_message_is_kept_if_only_some_ecs_tasks_started(deployed: Deployed, deployment: Deployment, ops: Ops):
    id_ = send(deployed)
    nowhere = {"tasks": [], "failures": [{"reason": "RESOURCE:MEMORY"}]}
    deployed.cloud.answer("ecs.RunTask", *[nowhere] * 5)
    result = ops("dead-letters", "redrive", id_)
    assert result.exit_code == 1
    assert "ECS has no capacity for it" in result.stderr
    assert "--again" in result.stderr
    half = {"tasks": [{"taskArn": "arn:aws:ecs:x:task/c/one"}], "failures": [{"reason": "ATTRIBUTE"}]}
    change_count(deployed, "etl", 2)
    deployed.cloud.answer("ecs.RunTask", half)
    assert ": Only 1 of 2 ECS tasks started (one)." in ops("dead-letters", "redrive", id_).stderr
    assert messages(deployed) == {id_: True}


def test_existing_ecs_tasks_of_a_message_are_not_started_again(
    deployed: Deployed, deployment: Deployment, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    id_, other = send(deployed), send(deployed)
    change_count(deployed, "etl", 3)
    deployed.cloud.refuse("sqs.DeleteMessage", "AccessDenied")
    ops("dead-letters", "redrive", other)
    ops("dead-letters", "redrive", id_)
    [*_, first, second, lost] = deployed.cloud.tasks()
    assert {task.started_by.rsplit("/", 1)[-1] for task in (first, second, lost)} == {id_}
    deployed.cloud.recover()
    # ECS has forgotten the tokens, one of the tasks never started, and another operator continues.
    deployed.cloud.tokens.clear()
    [tasks] = ecs_backends[ACCOUNT][REGION].tasks.values()
    del tasks[lost.task_arn]
    monkeypatch.setattr("getpass.getuser", lambda: "bob")
    time_passes(deployed)
    result = ops("dead-letters", "redrive", id_, other)
    assert result.exit_code == 0
    third = deployed.cloud.tasks()[-1]
    assert f"Started: etl {id_[:8]} as {first.id}, {second.id}, {third.id}\n" in result.stdout
    assert f"Already started by an earlier redrive: etl {other[:8]} as " in result.stdout
    assert third.started_by == f"ops/bob/{id_}"
    assert len(deployed.cloud.tasks()) == 6
    assert messages(deployed) == {}


def test_a_redrive_killed_while_it_waits_for_capacity_starts_nothing_twice(
    deployed: Deployed, deployment: Deployment, ops: Ops
):
    id_ = send(deployed)
    # The token of this answer isn't remembered.
    deployed.cloud.answer("ecs.RunTask", {"tasks": [], "failures": [{"reason": "RESOURCE:MEMORY"}]})
    came = interrupt(deployed.cloud, 1, after=True, of="ecs.RunTask")
    assert ops("dead-letters", "redrive", id_).exit_code == 130
    assert came()
    deployed.cloud.recover()
    time_passes(deployed)
    [run] = deployed.cloud.tasks()
    result = ops("dead-letters", "redrive", id_)
    assert result.stdout == f"Already started by an earlier redrive: etl {id_[:8]} as {run.id}\n"
    assert len(deployed.cloud.tasks()) == 1


def conflict(*arns: str) -> Callable[[Any], AWSResponse]:
    body = json.dumps({"__type": "ConflictException", "message": "in use", "resourceIds": arns})
    return lambda request: AWSResponse(request.url, 400, {}, MockRawResponse(body))  # type: ignore[arg-type]


def test_a_token_conflict_means_that_an_earlier_redrive_started_the_run(
    deployed: Deployed, deployment: Deployment, ops: Ops
):
    id_ = send(deployed)
    deployed.cloud.rules.append(("ecs.RunTask", conflict()))
    result = ops("dead-letters", "redrive", id_)
    assert result.exit_code == 1
    assert "AWS doesn't tell if that started anything" in result.stderr
    assert messages(deployed) == {id_: True}
    deployed.cloud.recover()
    deployed.cloud.rules.append(("ecs.RunTask", conflict("arn:aws:ecs:x:task/c/abc")))
    result = ops("dead-letters", "redrive", id_)
    assert result.stdout == f"Already started by an earlier redrive: etl {id_[:8]} as abc\n"
    assert messages(deployed) == {}


def test_the_commands_of_a_fix_name_the_stack_that_the_user_passed(deployed: Deployed, ops: Ops):
    send(deployed, ERROR_MESSAGE="AccessDenied for ecs:RunTask")
    assert "run: scheduled-tasks doctor --stack test\n" in ops("dead-letters", "list", "--stack", "test").stdout
    assert "run: scheduled-tasks doctor\n" in ops("dead-letters", "list").stdout


@pytest.mark.parametrize("option", ["--again", "--anew"])
def test_another_run_is_started_on_request(deployed: Deployed, ops: Ops, option: str):
    id_ = send(deployed)
    deployed.cloud.refuse("sqs.DeleteMessage", "AccessDenied")
    result = ops("dead-letters", "redrive", id_)
    assert "but the message could not be deleted" in result.stderr
    ops("dead-letters", "redrive", id_)
    assert len(deployed.cloud.tasks()) == 1
    deployed.cloud.recover()
    assert ops("dead-letters", "redrive", id_, option).exit_code == 0
    assert len(deployed.cloud.tasks()) == 2


def test_a_message_that_somebody_else_holds_is_kept(
    deployed: Deployed, deployment: Deployment, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    id_ = send(deployed)
    listed = Queue(deployment, LAUNCHES).messages(10)
    deployed.cloud.client("sqs").receive_message(QueueUrl=deployed.queue_url)
    monkeypatch.setattr(dead_letters, "_read", lambda _: dead_letters.Read(listed))
    for command in (["redrive"], ["delete", "--yes"]):
        result = ops("dead-letters", *command, id_)
        assert result.exit_code == 1
        assert "Somebody else is processing it" in result.stderr
    assert deployed.cloud.tasks() == []


# Failures


def interrupt(cloud: Cloud, number: int, *, after: bool, of: str = "") -> Callable[[], bool]:
    """Press Ctrl-C at a call, before or after AWS handles it. Returns a function that tells if there was such a call.

    `of` is the operation whose calls are counted.
    """
    left = iter(range(1, 10_000))
    came: list[bool] = []

    def count(_: Any) -> Any:
        if next(left) == number:
            came.append(True)
            raise KeyboardInterrupt
        return None

    if after:
        cloud.lost = lambda operation: operation.startswith(of) and bool(count(operation))
    else:
        cloud.rules.append((of, count))
    return lambda: bool(came)


@pytest.mark.thorough
@pytest.mark.timeout(240)
def test_redrive_killed_at_each_step_loses_nothing_and_starts_nothing_twice(
    deployed: Deployed, deployment: Deployment, ops: Ops
):
    supervised(deployed, "backup")
    cloud = deployed.cloud
    steps = [step for number in range(1, 100) for step in ((number, False), (number, True))]
    number = 0
    for number, after in steps:
        sent = [send(deployed), send(deployed, "backup")]
        came = interrupt(cloud, number, after=after)
        result = ops("dead-letters", "redrive", "--all")
        cloud.recover()
        if not came():
            assert result.exit_code == 0
            break
        assert result.exit_code == 130, result.output
        for id_ in sent:
            assert starts(cloud, id_) == 1 or id_ in messages(deployed), f"{id_} is lost at call {number}"
        time_passes(deployed)
        assert ops("dead-letters", "redrive", "--all").exit_code == 0
        assert messages(deployed) == {}
        assert [starts(cloud, id_) for id_ in sent] == [1, 1], f"at call {number}"
        assert len(cloud.tasks()) == 1, "the state machine starts the other one"
        cloud.forget_tasks()
    assert number > 16


def test_with_half_of_the_calls_failing_no_message_is_deleted_before_its_run_starts(
    deployed: Deployed, deployment: Deployment, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    supervised(deployed, "backup")
    # After a wait, messages are visible again that were received by a lost answer.
    monkeypatch.setattr("time.sleep", lambda _: time_passes(deployed))
    cloud = deployed.cloud
    redriven = 0
    for seed in range(8):
        sent = [send(deployed, random.Random(seed + count).choice(["etl", "backup"])) for count in range(3)]
        cloud.fail_half(seed)
        # A client retries less after many failures. Outside of tests, each command has its own client.
        deployment.aws._clients.clear()
        result = ops("dead-letters", "redrive", "--all")
        cloud.recover()
        assert "Traceback" not in result.output
        gone = [id_ for id_ in sent if id_ not in messages(deployed)]
        assert [starts(cloud, id_) for id_ in gone] == [1] * len(gone), seed
        assert all(starts(cloud, id_) <= 1 for id_ in sent)
        redriven += len(gone)
        time_passes(deployed)
        assert ops("dead-letters", "redrive", "--all").exit_code == 0
        assert [starts(cloud, id_) for id_ in sent] == [1, 1, 1]
        assert messages(deployed) == {}
    assert redriven > 4, "some are redriven despite the failures"


# delete, and invalid arguments


def test_delete_asks_first_and_deletes_only_the_selected_messages(
    deployed: Deployed, deployment: Deployment, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    first, second, event = send(deployed), send(deployed, "backup"), send_event(deployed)
    refused = ops("dead-letters", "delete", "--all")
    assert refused.exit_code == 1
    assert "etl: 1 failed launch." in refused.stderr
    assert "Pass --yes to delete." in refused.stderr
    assert len(messages(deployed)) == 2
    assert ops("dead-letters", "delete", first[:10], "--yes").exit_code == 0
    assert list(messages(deployed)) == [second]
    assert json.loads(ops("dead-letters", "delete", "--all", "--events", "--yes", "--json").stdout) == {
        "deleted": [event],
        "kept": [],
    }
    assert list(messages(deployed)) == [second]
    monkeypatch.setattr(confirming, "_is_terminal", lambda: True)
    for answer, left in ((False, [second]), (True, [])):
        monkeypatch.setattr("typer.confirm", lambda *_, answer=answer, **__: answer)
        ops("dead-letters", "delete", "--task", "backup")
        assert list(messages(deployed)) == left


def test_an_undelivered_event_is_not_redriven(deployed: Deployed, deployment: Deployment, ops: Ops):
    event = send_event(deployed)
    result = ops("dead-letters", "redrive", event)
    assert result.exit_code == 1
    assert "so there is nothing to start" in result.stderr
    assert deployed.cloud.requests == []


MISTAKES = (
    (("redrive",), 2, "Select messages"),
    (("redrive", "abcd", "--all"), 2, "Select messages"),
    (("delete", "--task", "etl", "--all"), 2, "Select messages"),
    (("redrive", ""), 2, 'The id "" is too short'),
    (("delete", "--yes", ""), 2, 'The id "" is too short'),
    (("delete", "--yes", "a"), 2, 'The id "a" is too short'),
    (("show", ""), 2, 'The id "" is too short'),
    (("redrive", "--task", ""), 2, "--task is empty"),
    (("list", ""), 2, "The name is empty"),
)


def test_invalid_arguments_are_refused(deployed: Deployed, deployment: Deployment, ops: Ops):
    send(deployed)
    for arguments, exit_code, message in MISTAKES:
        result = ops("dead-letters", *arguments)
        assert result.exit_code == exit_code
        assert message in result.stderr
    assert len(messages(deployed)) == 1
    assert deployed.cloud.tasks() == []


def test_an_ambiguous_id_prefix_is_refused():
    similar = [dead_letter({"MessageId": f"abcd-{number}"}, LAUNCHES) for number in range(2)]
    with pytest.raises(OpsError, match='Several messages begin with "abcd": abcd-0 and abcd-1'):
        find_by_id(similar, "abcd")


def test_a_missing_queue_is_reported(cloud: Cloud, deployed: Deployed, deployment: Deployment, ops: Ops):
    cloud.client("sqs").delete_queue(QueueUrl=deployed.queue_url)
    result = ops("dead-letters", "list", "--stack", "test")
    assert (result.exit_code, result.stderr) == (
        1,
        "There is no queue scheduled-tasks-test-dead-letters in eu-west-1 of this account.\n",
    )
