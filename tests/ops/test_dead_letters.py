"""`ops dead-letters`: no message is lost, and none is deleted whose run did not start."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse
from moto.ecs.models import ecs_backends
from moto.sqs.models import sqs_backends

from ops.aws.deployment import Deployment, find
from ops.commands import dead_letters
from ops.commands.options import Where
from ops.dead_letters import queue as queues
from ops.dead_letters.causes import CAUSES, UNKNOWN, cause_of
from ops.dead_letters.choosing import found
from ops.dead_letters.message import LAUNCHES, letter_from
from ops.dead_letters.queue import Queue
from ops.errors import OpsError
from tests.ops.cloud import ACCOUNT, REGION, Cloud, Deployed
from tests.ops.conftest import Ops
from tests.ops.session import share_session
from tests.ops.supervised import change_count

INACTIVE = ("ClientException", "TaskDefinition is inactive")
SCHEDULES = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule"


@pytest.fixture(autouse=True)
def _no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "WAIT_SECONDS", 0)


@pytest.fixture
def deployment(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """What is deployed, found once for all commands of a test: that takes most of their time."""
    found = find(share_session(monkeypatch))
    monkeypatch.setattr(Where, "deployment", lambda _: found)
    return found


def send(
    deployed: Deployed, schedule: str = "etl", error: tuple[str, str] = INACTIVE, body: str = "{}", **attributes: str
) -> str:
    """A launch is given up; the message's id."""
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
    """An event is not delivered; the message's id."""
    sqs = deployed.cloud.client("sqs")
    url = sqs.create_queue(QueueName=deployed.names.event_dead_letter_queue)["QueueUrl"]
    event = {"time": "2026-11-24T03:05:00Z", "detail": {"group": f"supervised:{task}"}}
    return _send(deployed, url, json.dumps(event), {"ERROR_CODE": "NO_PERMISSIONS", "RULE_ARN": "arn:rule"})


def _send(deployed: Deployed, url: str, body: str, values: dict[str, str]) -> str:
    attributes: Any = {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}
    sqs = deployed.cloud.client("sqs")
    return sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)["MessageId"]


def messages(deployed: Deployed) -> dict[str, bool]:
    """The messages in the queue, and whether each can be had at this moment."""
    queue = sqs_backends[ACCOUNT][REGION].queues[deployed.names.dead_letter_queue]
    return {message.id: message.visible for message in queue._messages}


def time_passes(deployed: Deployed) -> None:
    """What is hidden is seen again."""
    for message in sqs_backends[ACCOUNT][REGION].queues[deployed.names.dead_letter_queue]._messages:
        message.visible_at = 0


def starts(cloud: Cloud, id_: str) -> int:
    """How many runs were started for a message, as AWS counts them: by tokens."""
    return sum(
        id_ in token and json.loads(answer.content).get("tasks", [1]) != [] for token, answer in cloud.tokens.items()
    )


# list and show


def test_the_list_is_by_task_and_cause_with_what_mends_it(deployed: Deployed, deployment: Deployment, ops: Ops):
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
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    headings = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
    assert headings == [
        "etl: 2 launches given up: the task definition is inactive",
        "etl: 1 event not delivered: access was denied",
        "backup: 1 launch given up: denied: starting the run (ecs:RunTask)",
    ]
    text = " ".join(result.stdout.split())
    assert "11-24 03:00 to " in text
    assert "11-25 03:00; tried once error: ClientException: TaskDefinition is inactive fix:" in text
    assert "tried 6 times, up to MaximumRetryAttempts" in text
    assert f"messages: {first[:8]} {second[:8]}" in text
    assert set(messages(deployed).values()) == {True}, "all can be had by others again"
    only = json.loads(ops("dead-letters", "list", "etl", "--json").stdout)
    assert [(each["queue"], each["time"]) for each in only] == [
        ("launches", "2026-11-24T03:00:00Z"),
        ("launches", "2026-11-25T03:00:00Z"),
        ("events", "2026-11-24T03:05:00Z"),
    ]
    assert "no dead letters of paused" in ops("dead-letters", "list", "paused").stderr


def test_all_of_a_queue_is_listed_in_batches_of_ten_until_nothing_new_comes(
    deployed: Deployed, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
):
    sent = {send(deployed) for _ in range(25)}
    deployed.cloud.calls.clear()
    assert {letter.id for letter in Queue(deployment, LAUNCHES).letters(1000)} == sent
    assert deployed.cloud.calls.count("sqs.ReceiveMessage") == 4
    assert set(messages(deployed).values()) == {True}
    assert len(Queue(deployment, LAUNCHES).letters(20)) == 20
    monkeypatch.setattr(queues, "LOOK_SECONDS", 0)
    deployed.cloud.calls.clear()
    Queue(deployment, LAUNCHES).letters(1000)
    assert deployed.cloud.calls.count("sqs.ReceiveMessage") == 2, "what comes again ends it"


def test_what_cannot_be_given_back_is_hidden_for_a_minute_only(deployed: Deployed, deployment: Deployment, ops: Ops):
    send(deployed)
    deployed.cloud.refuse("sqs.ChangeMessageVisibilityBatch", "AccessDenied")
    assert ops("dead-letters", "list").exit_code == 0
    assert queues.LOOK_SECONDS <= 60
    result = ops("dead-letters", "list")
    assert "has about 1 more: somebody holds them" in result.stderr


def test_show_has_all_of_a_message(deployed: Deployed, deployment: Deployment, ops: Ops):
    whole = send(deployed, body='{"TaskDefinition":"x"}')
    cut = send(deployed, "x" * 60, body='{"TaskDef', IS_PAYLOAD_TRUNCATED="true", SCHEDULED_TIME="soon")
    text = ops("dead-letters", "show", whole[:13]).stdout
    assert '  "TaskDefinition": "x"' in text
    assert "ERROR_MESSAGE: TaskDefinition is inactive" in text
    text = ops("dead-letters", "show", cut).stdout
    assert 'body, which was too large and was cut:\n{"TaskDef' in text
    data = json.loads(ops("dead-letters", "show", cut, "--json").stdout)
    assert (data["truncated"], data["time"], data["body"]) == (True, None, '{"TaskDef')
    nothing = ops("dead-letters", "show", "nope")
    assert (nothing.exit_code, nothing.stderr.startswith('there is no message "nope"')) == (1, True)


def test_a_message_without_any_attribute_is_a_letter_as_well():
    letter = letter_from({"MessageId": "m", "Body": "[]"}, LAUNCHES)
    assert (letter.task, letter.time, letter.retries, letter.cause) == ("", None, None, UNKNOWN)
    assert json.dumps(letter.as_data())


DENIED = "User: arn:aws:sts::1:assumed-role/prod-scheduler/abc is not authorized to perform: "
ERRORS = {
    "AccessDeniedException: " + DENIED + "iam:PassRole on resource: arn:aws:iam::1:role/cluster": "iam:PassRole",
    "AccessDeniedException: " + DENIED + "ecs:TagResource on resource: x": "ecs:TagResource",
    "AccessDeniedException: " + DENIED + "ecs:RunTask on resource: x": "ecs:RunTask",
    "AccessDeniedException: " + DENIED + "states:StartExecution on resource: x": "states:StartExecution",
    "AccessDeniedException: " + DENIED + "sqs:SendMessage on resource: x": "access was denied",
    "AccessDeniedException: " + DENIED + "kms:Decrypt on resource: x": "KMS",
    "KMSDisabledException: arn:aws:kms:x is disabled.": "KMS",
    "ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the role.": "taken on",
    "ClientException: TaskDefinition is inactive": "definition is inactive",
    "ClientException: Unable to describe task definition.": "definition is not there",
    "ClientException: TaskDefinition not found.": "definition is not there",
    "ClusterNotFoundException: Cluster not found.": "the cluster is not there",
    "ClientException: The referenced cluster was inactive.": "the cluster is not there",
    "StateMachineDoesNotExist: State Machine Does Not Exist": "state machine is not there",
    "InvalidParameterException: The subnet ID 'subnet-1' does not exist": "network",
    "InvalidParameterException: Override for container named x is not a container in the TaskDefinition.": "overrides",
    "InvalidParameterException: No Fargate configuration exists for given values.": "takes the request for wrong",
    "PlatformUnknownException: The specified platform version does not exist.": "platform",
    "ThrottlingException: Rate exceeded": "throttled",
    "ClientException: You've reached the limit on the number of vCPUs you can run concurrently": "quota",
    "RESOURCE:MEMORY: ": "no capacity",
    "Capacity is unavailable at this time. Please try again later": "no capacity",
    "AWS.Scheduler.InternalServerError: ": "AWS failed",
    "ServerException: Service Unavailable.": "AWS failed",
    "NO_RESOURCE: ": "is sent to is not there",
    "FAILED_TO_ASSUME_ROLE: ": "taken on",
    "TIMEOUT: ": "AWS failed",
    "SomethingNew: what is that?": "unknown",
}


@pytest.mark.parametrize(("error", "words"), ERRORS.items(), ids=[error[:40] for error in ERRORS])
def test_the_cause_of_an_error(error: str, words: str):
    code, _, message = error.partition(": ")
    assert words in cause_of(code, message).words


def test_each_cause_is_reached_by_some_error():
    reached = {cause_of(*error.split(": ", 1) if ": " in error else ("", error)) for error in ERRORS}
    assert reached == {*CAUSES, UNKNOWN}


# redrive


def test_redrive_starts_what_the_schedule_would_and_deletes_the_message(
    deployed: Deployed, deployment: Deployment, ops: Ops
):
    id_, other = send(deployed), send(deployed, "backup")
    requests: list[dict[str, Any]] = []
    deployed.cloud.rules.append(("ecs.RunTask", lambda request: requests.append(json.loads(request.body))))
    result = ops("dead-letters", "redrive", id_[:8])
    [run] = deployed.cloud.tasks()
    assert (result.exit_code, result.stdout) == (0, f"etl {id_[:8]} started: {run.id}\n")
    [request] = requests
    assert (request["group"], request["clientToken"]) == ("etl", f"{id_}-0")
    assert request["startedBy"].startswith("ops/")
    assert messages(deployed) == {other: True}
    result = ops("dead-letters", "redrive", "--all", "--json")
    [told] = json.loads(result.stdout)["redriven"]
    assert (told["message"], told["startedBefore"]) == (other, False)
    assert messages(deployed) == {}
    again = ops("dead-letters", "redrive", "--task", "etl")
    assert (again.exit_code, again.stderr) == (0, "no message is meant by that\n")


def supervised(deployed: Deployed, task: str = "etl") -> str:
    """Put a state machine between a task's schedule and its runs; its ARN."""
    client = deployed.cloud.client
    group = deployed.names.schedule_group
    schedule = client("scheduler").get_schedule(GroupName=group, Name=task)
    target = {key: value for key, value in schedule["Target"].items() if key != "EcsParameters"}
    run = {"Cluster": deployed.cluster_arn, "TaskDefinition": schedule["Target"]["EcsParameters"]["TaskDefinitionArn"]}
    states = {"Run": {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Arguments": run, "End": True}}
    arn = client("stepfunctions").create_state_machine(
        name=deployed.names.family(task),
        definition=json.dumps({"QueryLanguage": "JSONata", "StartAt": "Run", "States": states}),
        roleArn=target["RoleArn"],
    )["stateMachineArn"]
    given = {key: schedule[key] for key in ("ScheduleExpression", "FlexibleTimeWindow", "State")}
    text = json.dumps({"schedule": task, "time": "<aws.scheduler.scheduled-time>", "overrides": {}})
    client("scheduler").update_schedule(
        GroupName=group, Name=task, **given, Target={**target, "Arn": arn, "Input": text}
    )
    return arn


def test_a_supervised_task_is_redriven_by_an_execution_named_after_the_message(
    deployed: Deployed, deployment: Deployment, ops: Ops
):
    arn = supervised(deployed)
    id_ = send(deployed, error=("AccessDeniedException", "states:StartExecution"))
    deployed.cloud.refuse("sqs.DeleteMessage", "AccessDenied")
    assert ops("dead-letters", "redrive", "--all").exit_code == 1
    deployed.cloud.be_well()
    result = ops("dead-letters", "redrive", "--all")
    assert result.exit_code == 0
    [execution] = deployed.cloud.client("stepfunctions").list_executions(stateMachineArn=arn)["executions"]
    assert execution["name"] == f"manual-{id_}"
    assert messages(deployed) == {}


def test_what_cannot_be_run_again_is_kept_and_the_others_go_on(deployed: Deployed, deployment: Deployment, ops: Ops):
    gone = send(deployed, "was-there-once")
    others = send(deployed, SCHEDULE_ARN=f"{SCHEDULES}/other/etl")
    bare = _send(deployed, deployed.queue_url, "x", {})
    good = send(deployed)
    result = ops("dead-letters", "redrive", "--all")
    assert result.exit_code == 1
    assert "the schedule was-there-once is gone" in result.stderr
    assert f"it is of {SCHEDULES}/other/etl, and not of a schedule of scheduled-tasks-test." in result.stderr
    assert f"no task {bare[:8]} kept: it is of no schedule" in result.stderr
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


def test_what_is_refused_is_kept(deployed: Deployed, deployment: Deployment, ops: Ops):
    id_ = send(deployed)
    for operation, code in REFUSED:
        deployed.cloud.refuse(operation, code, "no")
        result = ops("dead-letters", "redrive", id_, "--json")
        deployed.cloud.be_well()
        assert result.exit_code == 1
        [kept] = json.loads(result.stdout)["kept"]
        assert kept["message"] == id_
        assert kept["why"]
        time_passes(deployed)
        assert messages(deployed) == {id_: True}
    assert deployed.cloud.tokens == {}


def test_a_part_of_a_run_is_no_reason_to_delete(deployed: Deployed, deployment: Deployment, ops: Ops):
    id_ = send(deployed)
    nowhere = {"tasks": [], "failures": [{"reason": "RESOURCE:MEMORY"}]}
    deployed.cloud.answer("ecs.RunTask", *[nowhere] * 5)
    result = ops("dead-letters", "redrive", id_)
    assert result.exit_code == 1
    assert "ECS found no place for it" in result.stderr
    assert "--anew" in result.stderr
    half = {"tasks": [{"taskArn": "arn:aws:ecs:x:task/c/one"}], "failures": [{"reason": "ATTRIBUTE"}]}
    change_count(deployed, "etl", 2)
    deployed.cloud.answer("ecs.RunTask", half)
    assert "kept: 1 of 2 were started (one)" in ops("dead-letters", "redrive", id_).stderr
    assert messages(deployed) == {id_: True}


def test_what_is_there_of_a_message_s_run_is_not_started_again(
    deployed: Deployed, deployment: Deployment, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    id_, other = send(deployed), send(deployed)
    change_count(deployed, "etl", 3)
    deployed.cloud.refuse("sqs.DeleteMessage", "AccessDenied")
    ops("dead-letters", "redrive", other)
    ops("dead-letters", "redrive", id_)
    [*_, first, second, lost] = deployed.cloud.tasks()
    assert {task.started_by.rsplit("/", 1)[-1] for task in (first, second, lost)} == {id_}
    deployed.cloud.be_well()
    # ECS has forgotten the tokens, one of the tasks was never started, and it is another person's turn.
    deployed.cloud.tokens.clear()
    [tasks] = ecs_backends[ACCOUNT][REGION].tasks.values()
    del tasks[lost.task_arn]
    monkeypatch.setattr("getpass.getuser", lambda: "bob")
    time_passes(deployed)
    result = ops("dead-letters", "redrive", id_, other)
    assert result.exit_code == 0
    third = deployed.cloud.tasks()[-1]
    assert f"{id_[:8]} started: {first.id}, {second.id}, {third.id}\n" in result.stdout
    assert f"{other[:8]} had been started by an earlier redrive: " in result.stdout
    assert third.started_by == f"ops/bob/{id_}"
    assert len(deployed.cloud.tasks()) == 6
    assert messages(deployed) == {}


def test_a_redrive_killed_while_it_waited_for_capacity_starts_nothing_twice(
    deployed: Deployed, deployment: Deployment, ops: Ops
):
    id_ = send(deployed)
    # An answer that the test gives is not remembered by its token.
    deployed.cloud.answer("ecs.RunTask", {"tasks": [], "failures": [{"reason": "RESOURCE:MEMORY"}]})
    came = interrupt(deployed.cloud, 1, after=True, of="ecs.RunTask")
    assert ops("dead-letters", "redrive", id_).exit_code == 130
    assert came()
    deployed.cloud.be_well()
    time_passes(deployed)
    [run] = deployed.cloud.tasks()
    result = ops("dead-letters", "redrive", id_)
    assert result.stdout == f"etl {id_[:8]} had been started by an earlier redrive: {run.id}\n"
    assert len(deployed.cloud.tasks()) == 1


def conflict(*arns: str) -> Callable[[Any], AWSResponse]:
    body = json.dumps({"__type": "ConflictException", "message": "in use", "resourceIds": arns})
    return lambda request: AWSResponse(request.url, 400, {}, MockRawResponse(body))  # type: ignore[arg-type]


def test_a_token_that_is_known_with_another_request_means_that_the_run_was_started(
    deployed: Deployed, deployment: Deployment, ops: Ops
):
    id_ = send(deployed)
    deployed.cloud.rules.append(("ecs.RunTask", conflict()))
    result = ops("dead-letters", "redrive", id_)
    assert result.exit_code == 1
    assert "AWS does not say that anything was started" in result.stderr
    assert messages(deployed) == {id_: True}
    deployed.cloud.be_well()
    deployed.cloud.rules.append(("ecs.RunTask", conflict("arn:aws:ecs:x:task/c/abc")))
    result = ops("dead-letters", "redrive", id_)
    assert result.stdout == f"etl {id_[:8]} had been started by an earlier redrive: abc\n"
    assert messages(deployed) == {}


def test_anew_starts_another_run_whatever_was_started_before(deployed: Deployed, deployment: Deployment, ops: Ops):
    id_ = send(deployed)
    deployed.cloud.refuse("sqs.DeleteMessage", "AccessDenied")
    result = ops("dead-letters", "redrive", id_)
    assert "and the message is still there" in result.stderr
    ops("dead-letters", "redrive", id_)
    assert len(deployed.cloud.tasks()) == 1
    deployed.cloud.be_well()
    assert ops("dead-letters", "redrive", id_, "--anew").exit_code == 0
    assert len(deployed.cloud.tasks()) == 2


def test_a_message_that_somebody_else_takes_meanwhile_is_said_to_be_kept(
    deployed: Deployed, deployment: Deployment, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    id_ = send(deployed)
    letters = Queue(deployment, LAUNCHES).letters(10)
    deployed.cloud.client("sqs").receive_message(QueueUrl=deployed.queue_url)
    monkeypatch.setattr(dead_letters, "_read", lambda _: letters)
    for command in (["redrive"], ["delete", "--yes"]):
        result = ops("dead-letters", *command, id_)
        assert result.exit_code == 1
        assert "somebody else holds" in result.stderr
    assert deployed.cloud.tasks() == []


# Trouble


def interrupt(cloud: Cloud, number: int, *, after: bool, of: str = "") -> Callable[[], bool]:
    """Ctrl-C at a call: before it reaches AWS, or when AWS has done it; whether there was such a call. `of` is the
    operation whose calls are counted."""
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
        cloud.be_well()
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
        assert len(cloud.tasks()) == 1, "one of two is started by ECS itself"
        cloud.forget_tasks()
    assert number > 16


def test_with_trouble_in_half_of_the_calls_no_message_is_deleted_whose_run_did_not_start(
    deployed: Deployed, deployment: Deployment, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    supervised(deployed, "backup")
    # Whoever waits before asking again sees what was hidden by an answer that was lost.
    monkeypatch.setattr("time.sleep", lambda _: time_passes(deployed))
    cloud = deployed.cloud
    redriven = 0
    for seed in range(8):
        sent = [send(deployed, random.Random(seed + count).choice(["etl", "backup"])) for count in range(3)]
        cloud.fail_half(seed)
        # A client that had much to try again gives up sooner; each command has one of its own.
        deployment.aws._clients.clear()
        result = ops("dead-letters", "redrive", "--all")
        cloud.be_well()
        assert "Traceback" not in result.output
        gone = [id_ for id_ in sent if id_ not in messages(deployed)]
        assert [starts(cloud, id_) for id_ in gone] == [1] * len(gone), seed
        assert all(starts(cloud, id_) <= 1 for id_ in sent)
        redriven += len(gone)
        time_passes(deployed)
        assert ops("dead-letters", "redrive", "--all").exit_code == 0
        assert [starts(cloud, id_) for id_ in sent] == [1, 1, 1]
        assert messages(deployed) == {}
    assert redriven > 4, "some are redriven in spite of it"


# delete, and mistakes


def test_delete_asks_first_and_deletes_just_what_is_meant(
    deployed: Deployed, deployment: Deployment, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    first, second, event = send(deployed), send(deployed, "backup"), send_event(deployed)
    refused = ops("dead-letters", "delete", "--all")
    assert refused.exit_code == 1
    assert "etl: 1 launch given up" in refused.stderr
    assert "--yes does it" in refused.stderr
    assert len(messages(deployed)) == 2
    assert ops("dead-letters", "delete", first[:10], "--yes").exit_code == 0
    assert list(messages(deployed)) == [second]
    assert json.loads(ops("dead-letters", "delete", "--all", "--events", "--yes", "--json").stdout) == {
        "deleted": [event]
    }
    assert list(messages(deployed)) == [second]
    monkeypatch.setattr(dead_letters, "_is_terminal", lambda: True)
    for answer, left in ((False, [second]), (True, [])):
        monkeypatch.setattr("typer.confirm", lambda *_, answer=answer, **__: answer)
        ops("dead-letters", "delete", "--task", "backup")
        assert list(messages(deployed)) == left


def test_an_event_is_no_launch_and_is_not_run_again(deployed: Deployed, deployment: Deployment, ops: Ops):
    event = send_event(deployed)
    result = ops("dead-letters", "redrive", event)
    assert result.exit_code == 1
    assert "there is nothing to run again" in result.stderr
    assert deployed.cloud.requests == []


MISTAKES = (
    (("redrive",), 1, "say which"),
    (("redrive", "x", "--all"), 1, "say which"),
    (("delete", "--task", "etl", "--all"), 1, "say which"),
    (("redrive", ""), 2, '"" is too short for an id'),
    (("delete", "--yes", ""), 2, '"" is too short for an id'),
    (("delete", "--yes", "a"), 2, '"a" is too short for an id'),
    (("show", ""), 2, '"" is too short for an id'),
    (("redrive", "--task", ""), 2, "--task is empty"),
    (("list", ""), 2, "it is empty"),
)


def test_a_mistake_says_what_is_meant(deployed: Deployed, deployment: Deployment, ops: Ops):
    send(deployed)
    for arguments, exit_code, words in MISTAKES:
        result = ops("dead-letters", *arguments)
        assert result.exit_code == exit_code
        assert words in result.stderr
    assert len(messages(deployed)) == 1
    assert deployed.cloud.tasks() == []


def test_the_beginning_of_several_ids_is_none_of_them():
    letters = [letter_from({"MessageId": f"abcd-{number}"}, LAUNCHES) for number in range(2)]
    with pytest.raises(OpsError, match='several messages begin with "abcd": abcd-0 and abcd-1'):
        found(letters, "abcd")


def test_without_the_queue_it_is_said(cloud: Cloud, deployed: Deployed, deployment: Deployment, ops: Ops):
    cloud.client("sqs").delete_queue(QueueUrl=deployed.queue_url)
    result = ops("dead-letters", "list")
    assert (result.exit_code, result.stderr) == (
        1,
        "there is no queue scheduled-tasks-test-dead-letters in eu-west-1 of this account.\n",
    )
