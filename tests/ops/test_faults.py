"""Faults of AWS and of the connection: each command ends with one line, or says what is missing and exits with 1."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.session import Session
from moto.core.botocore_stubber import MockRawResponse

from ops import waiting
from ops.aws import pages
from ops.aws.bodies import is_json_object, is_xml
from ops.aws.errors import explained, is_uncertain
from ops.aws.session import ATTEMPTS
from ops.dead_letters import executions
from ops.runs.following import IDLE_SECONDS, PENDING_SECONDS
from tests.ops.cloud import Deployed
from tests.ops.conftest import Ops
from tests.ops.healthy_stack import HealthyStack
from tests.ops.supervised import supervise
from tests.ops.test_dead_letters import messages, send

ROOT = Path(__file__).parents[2]
HTML = "<html><body>Sign in to the guest network</body></html>"


def answer(deployed: Deployed, operation: str, body: str, status: int = 200, times: int = 1000) -> None:
    """Answer the next calls of an operation with a body that doesn't have to be JSON."""
    left = [body] * times

    def given(request: Any) -> AWSResponse | None:
        return AWSResponse(request.url, status, {}, MockRawResponse(left.pop())) if left else None  # type: ignore[arg-type]

    deployed.cloud.rules.append((operation, given))


def lose(deployed: Deployed, operation: str, error: type[ReadTimeoutError | ConnectionClosedError]) -> None:
    """Let an operation take effect, and lose its answers."""

    def lost(called: str) -> bool:
        if called != operation:
            return False
        raise error(endpoint_url="https://aws.example")

    deployed.cloud.lost = lost


# Bodies


@pytest.mark.parametrize("body", [HTML, '{"Schedules": [{"Name": "et', "[]", "null", '"text"', "[" * 100_000, "\x00"])
@pytest.mark.parametrize("status", [200, 403])
def test_a_body_that_is_not_from_aws_ends_the_command_with_one_line(
    deployed: Deployed, ops: Ops, body: str, status: int
):
    answer(deployed, "scheduler.ListSchedules", body, status)
    result = ops("status", "--stack", "test")
    which = " (HTTP status 403)" if status == 403 else ""
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"The answer to ListSchedules{which} isn't from AWS, or is incomplete. Check for a proxy, and check "
        "AWS_ENDPOINT_URL.\n"
    )


def test_a_foreign_body_of_a_server_error_is_retried(deployed: Deployed, ops: Ops):
    answer(deployed, "sts.GetCallerIdentity", "<!DOCTYPE html><p>503", 503, times=ATTEMPTS - 1)
    assert ops("pause", "etl", "--why", "test").exit_code == 0
    assert deployed.cloud.calls.count("sts.GetCallerIdentity") == ATTEMPTS
    answer(deployed, "sts.GetCallerIdentity", "<!DOCTYPE html><p>503", 503)
    result = ops("pause", "etl", "--why", "test", "--stack", "test")
    assert (result.exit_code, result.stderr) == (1, "GetCallerIdentity: AWS failed: Service Unavailable.\n")


def test_the_root_of_xml_is_named_after_the_operation():
    assert is_xml(b"<ListRolesResponse/>", "ListRolesResponse")
    assert is_xml(b'<A xmlns="https://iam.amazonaws.com/doc/"/>', "A")
    assert not is_xml(b"<A/>", "B")
    assert is_xml(b"<ErrorResponse/>", "")
    assert not any(is_xml(body, "") for body in (b"", b"<html/>", b"<HTML/>", b"<A>", b"{}"))
    assert is_json_object(b"")
    assert is_json_object(b' {"a": 1} ')


def test_an_empty_answer_is_refused_unless_aws_sends_empty_ones(deployed: Deployed, ops: Ops):
    answer(deployed, "scheduler.ListSchedules", "{}", times=1)
    assert "The answer of AWS to ListSchedules is empty." in ops("status", "--stack", "test").stderr
    answer(deployed, "sqs.ReceiveMessage", "", times=1)
    assert ops("dead-letters", "list").exit_code == 0


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"Schedules": "x"}, "isn't from AWS"),
        ({"Schedules": [None]}, "Schedules[] is not a structure"),
        ({"Schedules": [{"Name": 5}]}, "Schedules[].Name is not a string"),
        ({"Schedules": [{"LastModificationDate": 1e30}]}, "isn't from AWS"),
        ({"Schedules": [{"LastModificationDate": "soon"}]}, "isn't from AWS"),
        ({"Schedules": [{"Name": "x", "State": True}]}, "Schedules[].State is not a string"),
        ({"NextToken": "x"}, "has no Schedules"),
        ({"Schedules": [], "NextToken": {}}, "NextToken is not a string"),
    ],
)
def test_values_of_other_types_are_named(deployed: Deployed, ops: Ops, body: Any, place: str):
    answer(deployed, "scheduler.ListSchedules", json.dumps(body))
    result = ops("status", "--stack", "test")
    assert result.exit_code == 1
    assert place in result.stderr
    assert len(result.stderr.splitlines()) == 1


# Pages


def empty_pages(deployed: Deployed, *tokens: str) -> None:
    """Answer each list of schedules with no schedule and the next of these tokens, again and again."""
    for token in [*tokens] * 3:
        answer(deployed, "scheduler.ListSchedules", json.dumps({"Schedules": [], "NextToken": token}), times=1)


@pytest.mark.parametrize("tokens", ["a", "ab", "abc"])
def test_a_list_ends_if_a_token_comes_again(deployed: Deployed, ops: Ops, tokens: str):
    empty_pages(deployed, *tokens)
    result = ops("status", "--stack", "test")
    assert (result.exit_code, deployed.cloud.calls.count("scheduler.ListSchedules")) == (1, len(tokens) + 1)
    assert result.stderr.startswith("AWS returned the same page of ListSchedules twice")


def test_a_list_continues_after_an_empty_page_but_not_without_end(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    listed = {"Name": "etl", "State": "ENABLED", "Target": {"Arn": deployed.cluster_arn}, "LastModificationDate": 1}
    deployed.cloud.answer("scheduler.ListSchedules", {"Schedules": [], "NextToken": "a"}, {"Schedules": [listed]})
    assert json.loads(ops("status", "--stack", "test", "--json").stdout)["schedules"] == 1
    monkeypatch.setattr(pages, "EMPTY_PAGES", 5)
    empty_pages(deployed, *map(str, range(10)))
    result = ops("status", "--stack", "test")
    assert result.exit_code == 1
    assert "AWS returned 5 empty pages of ListSchedules in a row." in result.stderr


def test_the_token_of_each_list_that_the_commands_read_is_known():
    services = {name.split("-")[0]: name for name in Session().get_available_services()}
    assert services
    for file in (ROOT / "ops").rglob("*.py"):
        for operation in re.findall(r'get_paginator\("(\w+)"\)', file.read_text(encoding="utf-8")):
            name = "".join(map(str.capitalize, operation.split("_")))
            assert _output_tokens(name) <= set(pages.TOKENS), name


def _output_tokens(operation: str) -> set[str]:
    session, found = Session(), set[str]()
    for service in (
        "scheduler",
        "ecs",
        "logs",
        "stepfunctions",
        "cloudwatch",
        "events",
        "sns",
        "service-quotas",
        "iam",
    ):
        try:
            found.add(session.get_paginator_model(service).get_paginator(operation)["output_token"])  # type: ignore[attr-defined]
        except ValueError:
            continue
    return found


def test_a_log_stream_ends_if_a_token_comes_again(deployed: Deployed, ops: Ops):
    left = ["a", "b"] * 100
    deployed.cloud.answer_each(
        "cloudwatch-logs.GetLogEvents", lambda _: {"events": [{"message": "x"}], "nextForwardToken": left.pop(0)}
    )
    result = ops("run", "etl")
    assert result.exit_code == 123
    assert "AWS returned the same page of GetLogEvents twice" in result.stderr


# Queries


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"status": "Running", "results": []}, "is still Running after 50 s"),
        ({"status": "Unknown", "results": []}, "ended as Unknown"),
        ({"status": "Complete", "results": [], "nextToken": "a"}, "the same page of GetQueryResults twice"),
        ({"results": []}, "has no status"),
        ({"status": "Complete"}, "has no results"),
    ],
)
def test_a_query_ends(deployed: Deployed, ops: Ops, body: Any, words: str):
    deployed.cloud.answer_each("cloudwatch-logs.GetQueryResults", lambda _: body)
    for command in (["status", "--stack", "test"], ["history", "etl"]):
        result = ops(*command)
        assert result.exit_code == 1
        assert words in result.stderr


# Parts of a result


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("cloudwatch-logs.StartQuery", "The last outcomes can't be read."),
        ("ecs.ListTasks", "Running tasks can't be read."),
        ("cloudwatch.DescribeAlarms", "Firing alarms can't be read."),
        ("sqs.GetQueueAttributes", "The dead-letter queues can't be read."),
        ("scheduler.GetSchedule", "Some schedules can't be read."),
        ("ecs.DescribeTaskDefinition", "Some differences can't be read."),
    ],
)
def test_status_shows_the_parts_that_can_be_read_and_exits_with_1(
    deployed: Deployed, ops: Ops, operation: str, words: str
):
    deployed.cloud.refuse(operation, "ServiceUnavailable", "busy", 503)
    result = ops("status", "--stack", "test")
    assert result.exit_code == 1
    assert "backup" in result.stdout
    assert f"{words} {operation.split('.')[1]}: AWS failed: busy." in result.stderr
    found = json.loads(ops("status", "--stack", "test", "--json").stdout)
    assert any(words in line for line in found["unknown"])
    assert (found["deadLetters"] is None) == (operation == "sqs.GetQueueAttributes")
    assert (found["alarms"] is None) == (operation == "cloudwatch.DescribeAlarms")
    assert ("none in 8d" in result.stdout) == (operation not in ("cloudwatch-logs.StartQuery", "ecs.ListTasks"))
    assert ("Firing alarms: not known" in result.stdout) == (operation == "cloudwatch.DescribeAlarms")
    assert ("Dead-letter queues: not known" in result.stdout) == (operation == "sqs.GetQueueAttributes")


def test_history_shows_the_runs_that_can_be_read_and_exits_with_1(deployed: Deployed, ops: Ops):
    assert ops("run", "etl", "--detach").exit_code == 0
    deployed.cloud.refuse("cloudwatch-logs.StartQuery", "LimitExceededException", "too many queries")
    result = ops("history", "etl", "--json")
    assert (result.exit_code, len(json.loads(result.stdout))) == (1, 1)
    assert "The outcome logs can't be read. StartQuery: A quota is exceeded: too many queries." in result.stderr
    deployed.cloud.forget_tasks()
    assert "has not run" not in ops("history", "etl").stderr


@pytest.mark.parametrize(("status", "code", "exit_code"), [(500, "InternalFailure", 1), (400, "AccessDenied", 0)])
def test_doctor_exits_with_1_if_aws_fails_a_check_but_not_if_it_denies_it(
    deployed: Deployed, ops: Ops, status: int, code: str, exit_code: int
):
    HealthyStack(deployed, ops)
    assert ops("doctor", "etl").exit_code == 0
    deployed.cloud.refuse("cloudwatch-logs.DescribeLogGroups", code, "no", status)
    result = ops("doctor", "etl", "--json")
    assert result.exit_code == exit_code
    failed = [each["failed"] for each in json.loads(result.stdout) if each["level"] == "cannot tell"]
    assert set(failed) == {exit_code == 1}


def test_a_failed_queue_of_events_is_not_taken_for_a_missing_one(deployed: Deployed, ops: Ops):
    name = deployed.names.event_dead_letter_queue
    deployed.cloud.answer_each(
        "sqs.GetQueueUrl", lambda request: {} if request["QueueName"] == name else {"QueueUrl": deployed.queue_url}
    )
    result = ops("dead-letters", "list", "--stack", "test")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "The answer of AWS to GetQueueUrl is empty." in result.stderr


# Waiting


def clock(monkeypatch: pytest.MonkeyPatch, factor: float = 1.0) -> list[float]:
    """A clock that only waits move on."""
    seconds = [0.0]

    def wait(delay: float) -> None:
        seconds[0] += delay * factor

    monkeypatch.setattr(waiting, "wait", wait)
    monkeypatch.setattr("time.sleep", wait)
    monkeypatch.setattr(waiting, "now", lambda: seconds[0])
    return seconds


@pytest.mark.parametrize(("status", "limit"), [("PENDING", PENDING_SECONDS), ("RUNNING", IDLE_SECONDS)])
def test_following_ends_if_nothing_changes(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch, status: str, limit: int
):
    seconds = clock(monkeypatch, factor=limit / 30)

    described = {"taskArn": "arn:aws:ecs:x:task/c/one", "lastStatus": status, "group": "etl"}
    deployed.cloud.answer("ecs.RunTask", {"tasks": [described]})
    deployed.cloud.answer_each("ecs.DescribeTasks", lambda _: {"tasks": [described], "failures": []})
    result = ops("run", "etl")
    assert result.exit_code == 123
    assert f"The run has been {status} for {limit // 3600} h without a line in its log." in result.stderr
    assert "To follow it again, run: scheduled-tasks logs etl --run one --follow" in result.stderr
    assert limit < seconds[0] < 2 * limit


def test_following_the_log_of_a_run_ends_if_nothing_changes(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    clock(monkeypatch, factor=3600)
    described = {"taskArn": f"arn:aws:ecs:x:task/c/{'1' * 32}", "lastStatus": "RUNNING", "group": "etl"}
    deployed.cloud.answer_each("ecs.DescribeTasks", lambda _: {"tasks": [described], "failures": []})
    result = ops("logs", "etl", "--run", "1" * 32, "--follow")
    assert result.exit_code == 1
    assert "has written no line for 24 h" in result.stderr


def test_a_redrive_ends_if_every_execution_of_the_message_has_ended(
    deployed: Deployed, ops: Ops, monkeypatch: pytest.MonkeyPatch
):
    supervise(deployed, "etl")
    send(deployed)
    monkeypatch.setattr(executions, "MOST_EXECUTIONS", 3)
    deployed.cloud.answer_each(
        "sfn.DescribeExecution",
        lambda request: {
            "executionArn": request["executionArn"],
            "stateMachineArn": "x",
            "status": "FAILED",
            "startDate": 1,
        },
    )
    ended = {"timestamp": 1, "type": "ExecutionFailed", "id": 1}
    deployed.cloud.answer_each("sfn.GetExecutionHistory", lambda _: {"events": [ended]})
    result = ops("dead-letters", "redrive", "--all")
    assert (result.exit_code, len(messages(deployed))) == (1, 1)
    assert "3 executions of the message ended without a run." in result.stderr


# Writes whose answers are lost


@pytest.mark.parametrize("error", [ReadTimeoutError, ConnectionClosedError])
def test_a_pause_whose_answer_is_lost_is_found_by_reading_the_schedule(
    deployed: Deployed, ops: Ops, error: type[ReadTimeoutError | ConnectionClosedError]
):
    lose(deployed, "scheduler.UpdateSchedule", error)
    result = ops("pause", "etl", "--why", "test", "--json")
    assert (result.exit_code, json.loads(result.stdout)["paused"]) == (0, ["etl"])


def test_a_pause_whose_request_is_lost_is_reported(deployed: Deployed, ops: Ops):
    def lost(request: Any) -> None:
        raise ConnectionClosedError(endpoint_url=request.url)

    deployed.cloud.rules.append(("scheduler.UpdateSchedule", lost))
    result = ops("pause", "etl", "--why", "test")
    assert result.exit_code == 1
    assert "Not paused: etl. AWS doesn't answer" in result.stderr
    deployed.cloud.recover()
    assert ops("pause", "etl", "--why", "test").exit_code == 0


def test_a_resume_shows_what_it_resumed_if_the_record_cannot_be_changed(deployed: Deployed, ops: Ops):
    assert ops("pause", "etl", "--why", "test").exit_code == 0
    deployed.cloud.refuse("scheduler.UntagResource", "InternalServerException", "no", 500)
    result = ops("resume", "etl")
    assert (result.exit_code, result.stdout) == (1, "Resumed etl.\n")
    assert "The record of pauses is not up to date. UntagResource: AWS failed: no." in result.stderr
    deployed.cloud.recover()
    assert ops("resume", "etl").exit_code == 0


def test_a_html_page_in_place_of_the_answer_of_a_start_is_not_a_start(deployed: Deployed, ops: Ops):
    answer(deployed, "ecs.RunTask", HTML, times=1)
    result = ops("run", "etl", "--detach")
    assert (result.exit_code, result.stdout) == (123, "")
    assert "it is not known whether a run started" in result.stderr
    supervise(deployed, "etl")
    answer(deployed, "sfn.StartExecution", HTML, times=1)
    assert ops("run", "etl", "--detach").exit_code == 123


def test_deleted_messages_are_reported_if_the_queue_fails_in_the_middle(deployed: Deployed, ops: Ops):
    for _ in range(3):
        send(deployed)
    calls = 0

    def fail(request: Any) -> AWSResponse | None:
        nonlocal calls
        calls += 1
        body = json.dumps({"__type": "ExpiredTokenException"})
        return AWSResponse(request.url, 400, {}, MockRawResponse(body)) if calls > 1 else None  # type: ignore[arg-type]

    deployed.cloud.rules.append(("sqs.DeleteMessage", fail))
    result = ops("dead-letters", "delete", "--all", "--yes", "--json")
    assert (result.exit_code, len(messages(deployed))) == (1, 2)
    assert len(json.loads(result.stdout)["deleted"]) == 1
    assert "DeleteMessage: The credentials have expired." in result.stderr


def test_redriven_messages_are_reported_if_the_queue_fails_in_the_middle(deployed: Deployed, ops: Ops):
    for _ in range(12):
        send(deployed)
    received = 0

    def fail(request: Any) -> AWSResponse | None:
        nonlocal received
        if "DeleteMessage" in deployed.cloud.calls[-1] and len(deployed.cloud.tasks()) == 10:
            received = 1
        return AWSResponse(request.url, 200, {}, MockRawResponse(HTML)) if received else None  # type: ignore[arg-type]

    deployed.cloud.rules.append(("sqs.ReceiveMessage", fail))
    deployed.cloud.rules.append(("sqs.DeleteMessage", lambda request: fail(request) and None))
    result = ops("dead-letters", "redrive", "--all", "--json")
    printed = json.loads(result.stdout)
    assert (result.exit_code, len(printed["redriven"]), len(printed["kept"])) == (1, 10, 2)
    assert "isn't from AWS" in printed["kept"][0]["why"]


# Explanations


def client_error(code: str, message: str, status: int = 400, retries: int = 0, **headers: str) -> ClientError:
    metadata: Any = {"HTTPStatusCode": status, "RetryAttempts": retries, "HTTPHeaders": headers}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}, "GetSchedule")


# Not verified against AWS: which service answers which code, and the exact texts.
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
        ("RequestExpired", "Request has expired."),
        ("SignatureDoesNotMatch", "Signature expired: 20261126T000000Z is now earlier than 20261126T001500Z"),
        ("InvalidSignatureException", "Signature not yet current: 20261126T010000Z is still later than 20261126T0015Z"),
    ],
)
def test_a_wrong_clock_is_not_taken_for_wrong_credentials(code: str, message: str):
    assert explained(client_error(code, message)) == (
        "GetSchedule: AWS refused the time of the request: the clock of this machine differs from AWS's. Set the clock."
    )


def test_the_message_contains_the_difference_of_the_clocks():
    found = explained(client_error("RequestTimeTooSkewed", "", date="Thu, 26 Nov 2020 00:00:00 GMT")) or ""
    assert re.search(r"the clock of this machine is \d+ d( \d+ h)? ahead of AWS's\.", found)
    found = explained(client_error("RequestTimeTooSkewed", "", date="Thu, 26 Nov 2120 00:00:00 GMT")) or ""
    assert "behind AWS's." in found
    assert "don't accept" not in found
    assert "AWS doesn't accept these credentials" in (explained(client_error("SignatureDoesNotMatch", "bad")) or "")


def test_a_long_message_is_truncated():
    found = explained(client_error("Strange", "x" * 100_000)) or ""
    assert len(found) < 1100
    assert found.endswith("...")


@pytest.mark.parametrize(
    ("error", "uncertain"),
    [
        (client_error("ThrottlingException", ""), False),
        (client_error("InternalFailure", "", status=500), True),
        (ReadTimeoutError(endpoint_url=""), True),
        (ValueError(), False),
    ],
)
def test_a_call_is_uncertain_if_it_may_have_taken_effect(error: Exception, uncertain: bool):
    assert is_uncertain(error) is uncertain
