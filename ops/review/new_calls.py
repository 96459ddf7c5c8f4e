"""The description of a new call: its operation, its resources and its retries. Pure."""

from dataclasses import dataclass
from typing import cast

from components.aws.arn import Arn
from components.calls.kinds import typical_call
from components.calls.model import Call
from components.hours.sleepers import sleepers_of
from components.json_values import Data
from components.resolved import CallTask
from components.schedules import durations

from .new_tasks import Part, listed_values
from .permissions import ANY_ACCOUNT, kept_snapshots


@dataclass(frozen=True, slots=True)
class NewCall:
    """A new call, in words.

    Args:
        calls: The operation, and the resources that it acts on.
        retries: The retries of a failed call.
    """

    calls: tuple[Part, ...]
    retries: tuple[Part, ...]


def new_call(task: CallTask) -> NewCall:
    """Describe a call."""
    call = described(task)
    sleeping = [sleeper.label for sleeper in sleepers_of(cast("Data", task.args), ANY_ACCOUNT)]
    calls = (Part(call.operation, is_value=True), Part(" on "), *listed_values(resources_of(call)))
    if sleeping:
        calls = (*calls, Part(", which stops and restores "), *listed_values(sleeping))
    if kept := kept_snapshots(task):
        of, count = Part(kept.label, is_value=True), "1 snapshot" if kept.keep == 1 else f"{kept.keep} snapshots"
        calls = (*calls, Part(", which creates a snapshot of "), of, Part(f" and keeps the last {count}"))
    attempts = task.retry.attempts
    if attempts:
        age = durations.in_words(task.retry.max_age)
        retries = (Part(f"at most {attempts} within {age}"),)
    else:
        retries = (Part("none"),)
    if task.expect_success_within:
        within = durations.in_words(task.expect_success_within)
        retries = (*retries, Part(f"; alarm after {within} without success"))
    return NewCall(calls, retries)


def described(task: CallTask) -> Call:
    """The API call of a task, in an account and Region that its configuration does not name."""
    return typical_call(cast("Data", task.args), ANY_ACCOUNT, task.name)


def resources_of(call: Call) -> list[str]:
    """The resources of a call, as readers know them: `db:orders`, without the account and the Region."""
    return list(dict.fromkeys(_short(arn) for arn in call.resources))


def _short(resource: str) -> str:
    arn = Arn.parse_if_arn(resource)
    return arn.resource if arn else resource
