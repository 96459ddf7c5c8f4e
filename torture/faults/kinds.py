"""The faults that AWS, a proxy or the network can cause."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError

from ops.aws.session import CONNECT_SECONDS, READ_SECONDS

from .world import Proceed, answered

HTML = "<html><head><title>Guest network</title></head><body>Sign in</body></html>"
_JSON = ("json", "rest-json")


@dataclass(slots=True)
class Call:
    """A call to spoil."""

    operation: str
    """Such as `ecs.RunTask`."""
    request: Any
    proceed: Proceed
    pass_time: Callable[[float], None]
    memory: dict[str, Any]
    """Data of a fault about earlier calls of the same operation in a trial."""

    @property
    def model(self) -> Any:
        """The operation in botocore's model."""
        return model_of(self.operation)

    @property
    def is_json(self) -> bool:
        """Whether answers are JSON. Otherwise, they are XML."""
        return self.model.service_model.resolved_protocol in _JSON

    def refused(self, status: int, code: str, message: str = "") -> AWSResponse:
        """Return an error of AWS in the protocol of the service."""
        if self.is_json:
            return answered(self.request, {"__type": code, "message": message}, status)
        error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        ec2 = f"<Response><Errors>{error}</Errors><RequestID>1</RequestID></Response>"
        other = f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>"
        return answered(self.request, ec2 if self.model.service_model.resolved_protocol == "ec2" else other, status)

    def changed(self, **members: Any) -> AWSResponse:
        """Let the call take effect, and change members of its answer."""
        return self.with_members(self.proceed(), **members)

    def with_members(self, kept: AWSResponse, **members: Any) -> AWSResponse:
        """Change members of an answer. XML gets elements with text."""
        if self.is_json:
            return answered(self.request, {**json.loads(kept.content or b"{}"), **members}, kept.status_code)
        text = kept.content.decode()
        if "Marker" in members:
            members["IsTruncated"] = "true"
        shapes = self.model.output_shape.members
        named = {
            shapes[name].serialization.get("name", name) if name in shapes else name: members[name] for name in members
        }
        added = "".join(f"<{name}>{value}</{name}>" for name, value in named.items())
        end = f"</{self.model.name}Result>"
        end = end if end in text else f"</{self.model.name}Response>"
        return answered(self.request, text.replace(end, f"{added}{end}"), kept.status_code)


Fault = Callable[[Call], AWSResponse]


@cache
def model_of(operation: str) -> Any:
    """Return botocore's model of an operation such as `sfn.StartExecution`."""
    service, name = operation.split(".")
    return _service(service).operation_model(name)


@cache
def _service(prefix: str) -> Any:
    session = botocore.session.Session()
    for service in _SERVICES:
        model: Any = session.get_service_model(service)
        if model.service_id.hyphenize() == prefix:
            return model
    raise LookupError(prefix)


_SERVICES = (
    "cloudwatch", "dynamodb", "ec2", "ecr", "ecs", "events", "iam", "logs", "scheduler", "secretsmanager",
    "service-quotas", "sns", "sqs", "ssm", "stepfunctions", "sts",
)  # fmt: skip


@cache
def pages_of(operation: str) -> tuple[str, str] | None:
    """Return the member with the token of the next page and that with the items. None if there is one page."""
    service, name = operation.split(".")
    if known := _OTHER_PAGES.get(operation):
        return known
    session: Any = botocore.session.Session()
    try:
        found = session.get_paginator_model(_service(service).service_name).get_paginator(name)
    except (ValueError, LookupError):
        return None
    except Exception as error:
        if type(error).__name__ != "UnknownServiceError":
            raise
        return None
    keys = found["result_key"]
    return found["output_token"], keys if isinstance(keys, str) else keys[0]


_OTHER_PAGES = {
    "cloudwatch-logs.GetLogEvents": ("nextForwardToken", "events"),
    "cloudwatch-logs.GetQueryResults": ("nextToken", "results"),
}
_ENDLESS: Mapping[str, Callable[[Any], Any]] = {
    "ecs.DescribeTasks": lambda body: {
        **body, "tasks": [{**task, "lastStatus": "PENDING"} for task in body.get("tasks", [])]
    },
    "sfn.DescribeExecution": lambda body: {**body, "status": "RUNNING"} if "status" in body else body,
    "sfn.GetExecutionHistory": lambda body: {**body, "events": []},
    "cloudwatch-logs.GetQueryResults": lambda body: {**body, "status": "Running"},
}  # fmt: skip
"""Operations that are polled, and an answer after which they are polled again."""


def _timeout(call: Call) -> AWSResponse:
    call.pass_time(READ_SECONDS)
    raise ReadTimeoutError(endpoint_url=call.request.url)


def _unreachable(call: Call) -> AWSResponse:
    call.pass_time(CONNECT_SECONDS)
    raise ConnectTimeoutError(endpoint_url=call.request.url)


def _lost(call: Call) -> AWSResponse:
    call.proceed()
    return _timeout(call)


def _reset(call: Call) -> AWSResponse:
    call.proceed()
    raise ConnectionClosedError(endpoint_url=call.request.url)


def _truncated(call: Call) -> AWSResponse:
    found = call.proceed()
    return answered(call.request, found.content[: len(found.content) // 2], found.status_code)


def _empty(call: Call) -> AWSResponse:
    call.proceed()
    name = f"{call.model.name}Response"
    return answered(call.request, "{}" if call.is_json else f"<{name}></{name}>")


def _nothing(call: Call) -> AWSResponse:
    call.proceed()
    return answered(call.request, "")


def _clock(call: Call) -> AWSResponse:
    message = "Signature expired: 20261126T000000Z is now earlier than 20261126T001000Z (20261126T001500Z - 5 min.)"
    code = "InvalidSignatureException" if call.is_json else "SignatureDoesNotMatch"
    return call.refused(403, code, message)


def _denied(call: Call) -> AWSResponse:
    message = f"User: arn:aws:sts::1:assumed-role/OnCall/alice is not authorized to perform: {call.operation}"
    return call.refused(400, "AccessDeniedException" if call.is_json else "AccessDenied", message)


def _other_types(call: Call) -> AWSResponse:
    found = call.proceed()
    if not call.is_json:
        return answered(call.request, found.content.replace(b">", b"><x/>", 1), found.status_code)
    body = json.loads(found.content or b"{}")
    return answered(call.request, {name: [5] for name in body}, found.status_code)


def _repeated(call: Call) -> AWSResponse:
    return _with_token(call, "again")


def _cycling(call: Call) -> AWSResponse:
    number = call.memory["number"] = call.memory.get("number", 0) + 1
    return _with_token(call, f"token-{number % 3}")


def _with_token(call: Call, token: str) -> AWSResponse:
    pages = pages_of(call.operation)
    assert pages
    # moto doesn't know the token, so each page is the first one.
    kept = call.memory.setdefault("page", None) or call.proceed()
    call.memory["page"] = kept
    return call.with_members(kept, **{pages[0]: token})


def _empty_page(call: Call) -> AWSResponse:
    """The first page is empty, and its token leads to the answer."""
    if kept := call.memory.pop("kept", None):
        return kept
    pages = pages_of(call.operation)
    assert pages
    token, items = pages
    call.memory["kept"] = call.proceed()
    name = f"{call.model.name}Response"
    number = call.memory["number"] = call.memory.get("number", 0) + 1
    if call.is_json:
        return answered(call.request, {items: [], token: f"next-{number}", "status": "Complete"})
    empty = {items: "", token: f"next-{number}"}
    wrapper = f"{call.model.name}Result"
    result = "" if call.model.service_model.resolved_protocol == "ec2" else f"<{wrapper}></{wrapper}>"
    return call.with_members(answered(call.request, f"<{name}>{result}</{name}>"), **empty)


def _endless(call: Call) -> AWSResponse:
    found = call.proceed()
    return answered(call.request, _ENDLESS[call.operation](json.loads(found.content)), found.status_code)


FAULTS: Mapping[str, Fault] = {
    "throttled": lambda call: call.refused(400, "ThrottlingException", "Rate exceeded"),
    "500": lambda call: call.refused(500, "InternalFailure", "internal error"),
    "503": lambda call: answered(call.request, "<html><body><b>Http/1.1 Service Unavailable</b></body></html>", 503),
    "503 of a proxy": lambda call: answered(call.request, "<!DOCTYPE html><p>busy", 503),
    "403 of a proxy": lambda call: answered(call.request, HTML, 403),
    "timeout": _timeout,
    "no connection": _unreachable,
    "lost answer": _lost,
    "reset connection": _reset,
    "truncated body": _truncated,
    "empty object": _empty,
    "empty body": _nothing,
    "HTML": lambda call: answered(call.request, HTML),
    "JSON that is no object": lambda call: answered(call.request, "[1]"),
    "other types": _other_types,
    "access denied": _denied,
    "expired credentials": lambda call: call.refused(400, "ExpiredTokenException", "The security token is expired"),
    "wrong clock": _clock,
}
"""Faults of any call."""
PAGE_FAULTS: Mapping[str, Fault] = {
    "repeated token": _repeated,
    "tokens in a circle": _cycling,
    "empty page with a token": _empty_page,
}
"""Faults of lists."""
RETRIED = (
    "throttled", "500", "503", "503 of a proxy", "timeout", "no connection", "lost answer", "reset connection",
    *PAGE_FAULTS,
)  # fmt: skip
"""Faults after which another call of the same operation follows."""
POLL_FAULTS: Mapping[str, Fault] = {"never ends": _endless}
"""Faults of operations that are polled."""


def faults_of(operation: str) -> dict[str, Fault]:
    """Return the faults of an operation by name."""
    pages = dict(PAGE_FAULTS if pages_of(operation) else {})
    if operation == "cloudwatch-logs.GetLogEvents":
        # AWS returns an empty page with the same token at the end of a stream, as in all trials (CloudWatch Logs API
        # reference, GetLogEvents).
        del pages["repeated token"], pages["empty page with a token"]
    return {**FAULTS, **pages, **(POLL_FAULTS if operation in _ENDLESS else {})}
