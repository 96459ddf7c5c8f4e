"""Dead-letter messages that EventBridge Scheduler and EventBridge don't send, but that a queue can hold.

Anyone with sqs:SendMessage can send them, also services with a misconfigured target. SQS rejects the control characters
that XML doesn't allow (Amazon SQS API reference, SendMessage), so real messages have fewer of them.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ops.dead_letters.message import EVENTS, LAUNCHES

Attribute: TypeAlias = Mapping[str, str | bytes]
"""The value of a message attribute, in SQS's spelling."""
LARGEST = 1_048_576
"""Bytes of a message. AWS: botocore sqs, SendMessage, MessageBody."""


@dataclass(frozen=True, slots=True)
class Place:
    """The deployment that the messages are for."""

    schedule_arn: str
    gone_arn: str
    """A schedule of the same group that doesn't exist any more."""
    cluster_arn: str
    task_definition_arn: str

    def elsewhere(self, arn: str) -> dict[str, str]:
        """ARNs like this one in another account, Region and partition."""
        return {
            "another account": arn.replace(":123456789012:", ":210987654321:"),
            "another Region": arn.replace("eu-west-1", "us-east-1"),
            "another partition": arn.replace("arn:aws:", "arn:aws-cn:"),
        }


@dataclass(frozen=True, slots=True)
class Case:
    """A poisoned message."""

    name: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict[str, Attribute])
    body: str = "{}"
    queue: str = LAUNCHES


def cases(place: Place) -> list[Case]:
    """All poisoned messages for a deployment."""
    return [
        *_attributes(place),
        *_attempts(place),
        *_times(place),
        *_errors(place),
        *_schedules(place),
        *_bodies(place),
        *_requests(place),
        *_other_senders(place),
        *_events(),
    ]


def string(value: str, type_: str = "String") -> Attribute:
    """A string as an attribute."""
    return {"DataType": type_, "StringValue": value}


def launch(place: Place, **changes: str | Attribute | None) -> dict[str, Attribute]:
    """The attributes of a failed launch, with changes. None removes an attribute."""
    values: dict[str, str | Attribute | None] = {
        "SCHEDULE_ARN": place.schedule_arn,
        "SCHEDULED_TIME": "2026-11-24T03:00:00Z",
        "EXECUTION_ID": "9a1b2c3d",
        "ERROR_CODE": "ClientException",
        "ERROR_MESSAGE": "TaskDefinition is inactive",
        "RETRY_ATTEMPTS": "5",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "TARGET_ARN": "arn:aws:scheduler:::aws-sdk:ecs:runTask",
        **changes,
    }
    given = {name: value for name, value in values.items() if value is not None}
    return {name: string(value) if isinstance(value, str) else value for name, value in given.items()}


def _attributes(place: Place) -> Iterator[Case]:
    for name in launch(place):
        yield Case(f"no {name}", launch(place, **{name: None}))
        yield Case(f"empty {name}", launch(place, **{name: ""}))
        yield Case(f"binary {name}", launch(place, **{name: {"DataType": "Binary", "BinaryValue": b"\xff\x00"}}))
    yield Case("no attributes")
    yield Case("huge attributes", launch(place, **{f"EXTRA_{n}": "x" * 100_000 for n in range(2)}))
    yield Case("numbers", launch(place, RETRY_ATTEMPTS=string("5", "Number"), SCHEDULED_TIME=string("5", "Number")))
    yield Case("a custom type", launch(place, SCHEDULE_ARN=string(place.schedule_arn, "String.arn")))
    yield Case("truncated by a lie", launch(place, IS_PAYLOAD_TRUNCATED="TRUE" * 10_000))


def _attempts(place: Place) -> Iterator[Case]:
    for written in ("²", "-1", "9" * 5_000, "1e9", "\u0663", "NaN", "5 ", "½", "\uff11\uff12"):
        yield Case(f"attempts {written[:10]}", launch(place, RETRY_ATTEMPTS=written))


def _times(place: Place) -> Iterator[Case]:
    written = (
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59Z",
        "NaN",
        "1e400",
        "-1",
        "2026-02-30T00:00:00Z",
        "2026-11-24T03:00:00+99:99",
        "\u0662\u0660\u0662\u0666-11-24T03:00:00Z",
        "2026-11-24T03:00:00Z" * 10_000,
        "2200-01-01T00:00:00Z",
        "soon",
    )
    for time in written:
        yield Case(f"time {time[:30]}", launch(place, SCHEDULED_TIME=time))


def _errors(place: Place) -> Iterator[Case]:
    errors = {
        "that makes patterns backtrack": "accessdenied " * 16_000,
        "with many task definitions": "taskdefinition inactiv " * 9_000,
        "of one word": "x" * 200_000,
        "of spaces": " " * 200_000 + "x",
        "of lines": "line\n" * 40_000,
        "with escape sequences": "\x1b[31mred\x1b]8;;http://evil\x07link\x1b\\ \x9b2J \x90q\x9c \x1b[?1049h",
        "with controls": "".join(map(chr, range(32))) + "\x7f\x85\x9f",
        "with bidi overrides": "\u202eevil\u202c \u2066x\u2069 \u200f\u2028\u2029",
        "with markup": "[red]fine[/red] [/] [link=http://evil]x[/link] [@click=app.quit]x[/]",
        "with a lone surrogate": "\ud800 and \udfff",
        "with NUL": "a\0b",
        "of combining characters": "e" + "\u0301" * 50_000,
        "with a placeholder": "{0} {error} %s %n ${x}",
    }
    for what, text in errors.items():
        yield Case(f"an error {what}", launch(place, ERROR_MESSAGE=text))
        yield Case(f"an error code {what}", launch(place, ERROR_CODE=text))


def _schedules(place: Place) -> Iterator[Case]:
    arns = {
        **place.elsewhere(place.schedule_arn),
        "another group": place.schedule_arn.replace("/scheduled-tasks-test/", "/other/"),
        "a cluster": place.cluster_arn,
        "three slashes": f"{place.schedule_arn}/more",
        "a newline": f"{place.schedule_arn}\n",
        "markup": place.schedule_arn.replace("/etl", "/[red]etl[/]"),
        "Unicode": place.schedule_arn.replace("/etl", "/\uff45tl\u202e"),
        "a huge name": f"{place.schedule_arn}{'x' * 100_000}",
        "only colons": ":" * 100_000,
        "a name of underscores": place.schedule_arn.replace("/etl", f"/{'_' * 64}"),
        "a name of dots": place.schedule_arn.replace("/etl", "/.."),
        "a wildcard": place.schedule_arn.replace("/etl", "/*"),
    }
    for what, arn in arns.items():
        yield Case(f"a schedule with {what}", launch(place, SCHEDULE_ARN=arn))


def _texts() -> Iterator[tuple[str, str]]:
    yield "that is not JSON", "not JSON"
    yield "that is empty", ""
    yield "nested 2,000 deep", '{"a":' * 2_000 + "1" + "}" * 2_000
    yield "nested 100,000 deep", "[" * 100_000 + "]" * 100_000
    yield "that never ends", "[" * 100_000
    yield "that is an array", "[1, 2]"
    yield "that is null", "null"
    yield "with a number of 5,000 digits", '{"cluster": ' + "9" * 5_000 + "}"
    yield "with a float of 5,000 digits", '{"cluster": 1.' + "9" * 5_000 + ', "x": 1e999999}'
    yield "with duplicate keys", '{"cluster": "a", "cluster": "b", "detail": {}, "detail": []}'
    yield "with NaN", '{"cluster": NaN, "taskDefinition": Infinity}'
    yield "with a lone surrogate", '{"cluster": "\\ud800", "taskDefinition": "\ud801"}'
    yield "with NUL", '{"cluster": "\\u0000", "taskDefinition": "\0"}'
    yield "with an empty key", '{"": 1, "cluster": {"": 2}}'
    yield "of 1 MiB", json.dumps({"x": "y" * (LARGEST - 10)})
    yield "of 300,000 lists", f"[{'[],' * 300_000}0]"
    yield "with control characters", '{"cluster": "\x1b[2J"}'
    yield "with a byte order mark", "\ufeff{}"
    yield "that is Base64", base64.b64encode(b'{"cluster": "main"}').decode()


def _bodies(place: Place) -> Iterator[Case]:
    for what, text in _texts():
        yield Case(f"a body {what}", launch(place, SCHEDULE_ARN=place.gone_arn), text)
    yield Case("a truncated body", launch(place, SCHEDULE_ARN=place.gone_arn, IS_PAYLOAD_TRUNCATED="true"), '{"clus')


def _requests(place: Place) -> Iterator[Case]:
    base: dict[str, object] = {"Cluster": place.cluster_arn, "TaskDefinition": place.task_definition_arn}
    changes: dict[str, dict[str, object]] = {
        **{f"in the cluster of {what}": {"Cluster": arn} for what, arn in place.elsewhere(place.cluster_arn).items()},
        **{
            f"for a task definition of {what}": {"TaskDefinition": arn}
            for what, arn in place.elsewhere(place.task_definition_arn).items()
        },
        "for another family": {"TaskDefinition": "admin:1"},
        "for an object as cluster": {"Cluster": {"a": 1}},
        "for a list as task definition": {"TaskDefinition": [place.task_definition_arn]},
        "for -1 tasks": {"Count": -1},
        "for 0 tasks": {"Count": 0},
        "for 10^9 tasks": {"Count": 10**9},
        "for many tasks": {"Count": "many"},
        "for half a task": {"Count": 0.5},
        "for true tasks": {"Count": True},
        "with a list as network": {"NetworkConfiguration": [1]},
        "with odd subnets": {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": "all"}}},
        "with tags that are a string": {"Tags": "x"},
        "with tags that are strings": {"Tags": ["x"]},
        "with overrides that are a list": {"Overrides": [1, 2]},
        "with a string as containers": {"Overrides": {"ContainerOverrides": "main"}},
        "with a number as environment": {"Overrides": {"ContainerOverrides": [{"Name": "main", "Environment": 5}]}},
        "with a nameless container": {"Overrides": {"ContainerOverrides": [{"Command": ["x"]}]}},
        "with an administrator's role": {"Overrides": {"TaskRoleArn": "arn:aws:iam::123456789012:role/admin"}},
        "with another execution role": {"Overrides": {"ExecutionRoleArn": "arn:aws:iam::123456789012:role/admin"}},
        "with a number as strategy": {"CapacityProviderStrategy": 5},
    }
    for what, change in changes.items():
        body = json.dumps({**base, **change})
        yield Case(f"a request {what}", launch(place, SCHEDULE_ARN=place.gone_arn), body)
    machine = place.cluster_arn.replace(":ecs:", ":states:").replace("cluster/", "stateMachine:")
    for what, arn in {"of others": machine, "as a list": [machine], "as a number": 5}.items():
        body = json.dumps({"StateMachineArn": arn, "Input": {"a": 1}})
        yield Case(f"a state machine {what}", launch(place, SCHEDULE_ARN=place.gone_arn), body)


def _other_senders(place: Place) -> Iterator[Case]:
    yield Case("from Lambda", {"RequestID": string("1"), "ErrorCode": string("200", "Number")}, '{"key": "value"}')
    yield Case("from SNS", {}, json.dumps({"Type": "Notification", "Message": "x"}))
    yield Case("from Step Functions", {}, json.dumps({"executionArn": "arn:aws:states:x", "status": "FAILED"}))
    yield Case("from S3", {}, json.dumps({"Records": [{"eventSource": "aws:s3"}]}))
    yield Case("from an EventBridge rule", {"RULE_ARN": string("arn:aws:events:x"), "ERROR_CODE": string("x")})
    yield Case("with ten attributes", launch(place, A="1", B="2"))


def _events() -> Iterator[Case]:
    for what, text in _texts():
        yield Case(f"an event {what}", {}, text, EVENTS)
    details: dict[str, object] = {
        "of a list": {"group": ["etl"]},
        "of an object": {"group": {"etl": 1}},
        "of null": {"group": None},
        "of markup": {"group": "[red]etl[/]\x1b[31m"},
        "with a huge name": {"group": "x" * 200_000},
        "of a machine": {"stateMachineArn": 5},
        "of a string": "detail",
    }
    for what, detail in details.items():
        body = json.dumps({"time": "2026-11-24T03:00:00Z", "detail": detail})
        yield Case(f"an event {what}", {}, body, EVENTS)
    for time in (5, 10**30, "0001-01-01T00:00:00+14:00", ["x"]):
        body = json.dumps({"time": time, "detail": {"group": "etl"}})
        yield Case(f"an event at {time}", {}, body, EVENTS)
