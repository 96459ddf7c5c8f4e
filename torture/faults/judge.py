"""Judges the output of a command with a fault: its end, its exit code, and what its message names."""

import json
import re
import traceback
from collections.abc import Iterator, Mapping
from typing import Any, cast

from typer.testing import Result

LIMIT_SECONDS = 60.0
"""The longest wait of a command."""
FOLLOWS: Mapping[tuple[str, str], tuple[float, str]] = {
    ("run", "never ends"): (26 * 3600.0, "`run` follows a run until it ends: 24 hours without any change."),
    ("run of a supervised task", "never ends"): (26 * 3600.0, "Same as `run`."),
    ("logs of a run", "never ends"): (26 * 3600.0, "`logs --follow` follows a run until it ends, same as `run`."),
    ("run-deployed", "never ends"): (26 * 3600.0, "Same as `run`."),
    ("backfill", "never ends"): (26 * 3600.0, "Same as `run`."),
    ("backfill of a supervised task", "never ends"): (26 * 3600.0, "Same as `run`."),
    ("dead-letters redrive", "never ends"): (
        180.0, "A redrive waits 120 seconds for the first ECS task of an execution before it deletes the message."
    ),
}  # fmt: skip
"""Commands that follow a run which never ends, with their longest wait and the reason. AWS answers all calls."""
MAY_PASS = {("doctor", "access denied")}
"""Commands that exit with 0 after a fault if they name what they can't read. Documented: only an operator's missing
permission, because an operator who may read a part still needs the checks of that part."""
STARTS = ("run", "run of a supervised task", "run --detach", "run --local", "run --local --secrets")
_FAILED = 1
_CODES = (_FAILED, 123, 125)
"""Exit codes of a failure. The last two belong to commands that start runs: not known, and no run."""
_VOLATILE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{8}\b|[0-9a-f]{32}|20\d\d-\S+|\d+(\.\d+)? (s|min|h)\b")
_LEVELS = ("problem", "cannot tell")
"""Levels of the findings of `doctor` about something that is wrong or wasn't checked."""


def without_volatile(text: str) -> list[str]:
    """Return the lines without ids and times, sorted: the order of messages depends on their ids."""
    return sorted(_VOLATILE.sub("#", text).splitlines())


def fault_of(command: str, operation: str, fault: str, result: Result, expected: Result, seconds: float) -> str:
    """Return the fault in the output of a command, or the empty string.

    Args:
        command: The command, such as `status`.
        operation: The call whose answers were spoiled, such as `ecs.RunTask`.
        fault: The fault.
        result: The result with the fault.
        expected: The result without a fault.
        seconds: The time that the command waited.
    """
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        return "a traceback: " + "".join(traceback.format_exception(result.exception)[-3:])
    limit, _ = FOLLOWS.get((command, fault), (LIMIT_SECONDS, ""))
    if seconds > limit:
        return f"a wait of {seconds:.0f} s, more than {limit:.0f} s"
    same = without_volatile(result.stdout) == without_volatile(expected.stdout)
    told = "\n".join(_new_lines(result, expected))
    if result.exit_code == 0 and (same or ((command, fault) in MAY_PASS and names(operation, told))):
        return ""
    if result.exit_code == 0 or fault == "empty page with a token":
        return f"exit code {result.exit_code} and another result: {told}"
    if result.exit_code not in _CODES[: 3 if command in STARTS else 1]:
        return f"exit code {result.exit_code}"
    if not told.strip():
        return f"exit code {result.exit_code} without a message"
    return "" if names(operation, told) else f"the message doesn't name {operation}: {told}"


def names(operation: str, text: str) -> bool:
    """Tell if a text names an operation, the endpoint that didn't answer, or the thing that the call reads."""
    service, name = operation.split(".")
    endpoint = f"//{_HOSTS.get(service, f'{service}.')}"
    return any(word in text for word in (name, endpoint, *_THINGS.get(operation, ())))


_HOSTS: Mapping[str, str] = {
    "cloudwatch": "monitoring.",
    "cloudwatch-logs": "logs.",
    "ecr": "api.ecr.",
    "eventbridge": "events.",
    "service-quotas": "servicequotas.",
    "secrets-manager": "secretsmanager.",
    "sfn": "states.",
}
"""The hosts of endpoints that differ from the name of the service. A call without an answer is named by its URL."""
_THINGS: Mapping[str, tuple[str, ...]] = {
    "cloudwatch-logs.GetQueryResults": ("The query of ",),
    "ecs.DescribeTasks": ("It is not known how it ends.", "has not ended."),
    "sfn.DescribeExecution": ("It is not known how it ends.", "has not ended."),
    "sfn.GetExecutionHistory": ("has not started its run yet",),
    "sqs.ReceiveMessage": (
        "-dead-letters has about",
        "-undelivered-events has about",
        "SQS didn't return the message.",
    ),
}
"""Other words for what a call reads or changes."""


def _new_lines(result: Result, expected: Result) -> Iterator[str]:
    known = set(without_volatile(expected.stderr))
    yield from (line for line in without_volatile(result.stderr) if line not in known)
    yield from _problems(result.stdout)


def _problems(stdout: str) -> Iterator[str]:
    """Yield what the JSON of `doctor` or `status` says about failures."""
    try:
        found: Any = json.loads(stdout)
    except ValueError:
        return
    if isinstance(found, dict):
        yield from map(str, cast("dict[str, Any]", found).get("unknown") or [])
        return
    for finding in cast("list[dict[str, Any]]", found):
        if finding.get("level") in _LEVELS:
            yield f"{finding.get('words')} {finding.get('fix')}"
