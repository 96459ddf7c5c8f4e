"""What starts a run, from a schedule as AWS has it. Data in, data out.

A run that is started by hand is the one that the schedule would start; only its token, who started it, and what
the person who called wants otherwise differ.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from components.aws.names import family_of
from components.task.definition import CONTAINER_NAME

from ..aws.schedules import Schedule
from ..errors import OpsError

Data = Mapping[str, Any]

_PARAMETERS = (
    ("TaskDefinitionArn", "taskDefinition"),
    ("TaskCount", "count"),
    ("LaunchType", "launchType"),
    ("CapacityProviderStrategy", "capacityProviderStrategy"),
    ("PlatformVersion", "platformVersion"),
    ("Group", "group"),
    ("EnableECSManagedTags", "enableECSManagedTags"),
    ("EnableExecuteCommand", "enableExecuteCommand"),
    ("PlacementConstraints", "placementConstraints"),
    ("PlacementStrategy", "placementStrategy"),
    ("PropagateTags", "propagateTags"),
    ("ReferenceId", "referenceId"),
)
"""Members of Scheduler's EcsParameters, and what RunTask calls them. Their values are the same in both.
AWS: EventBridge Scheduler API reference, EcsParameters; Amazon ECS API reference, RunTask."""

STARTED_BY = "ops/"
"""What `startedBy` begins with for runs that were started by hand: `ops/<who>`, or `ops/<who>/<message>` for one that
was redriven. At most 128 letters, digits, `-`, `_` and `/` (AWS: Amazon ECS API reference, RunTask)."""
_WHO_LENGTH = 80
"""Characters of a person's name in `startedBy`: the id of a message has 36."""
MANUAL = "manual-"
"""What names of executions, and times in their input, begin with where a person started them."""
SCHEDULED_BY = "chronos-schedule/"
"""What EventBridge Scheduler puts there; seen, not documented."""


@dataclass(frozen=True, slots=True)
class RunChanges:
    """What a run does otherwise than its schedule says."""

    command: Sequence[str] | None = None
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    cpu: int | None = None
    memory: int | None = None
    revision: int | None = None
    count: int | None = None
    """ECS tasks to start."""


@dataclass(frozen=True, slots=True)
class LaunchContext:
    """What EventBridge Scheduler would tell a run of itself."""

    schedule_arn: str
    time: datetime
    execution_id: str
    message: str = ""
    """Id of the dead letter that it is redriven for."""
    delivered: bool = False
    """Whether it stands for what EventBridge Scheduler could not deliver at `time`: of a supervised task, one run is
    started for that time, also where Scheduler's own attempt had started one and was not answered."""

    def fill_in(self, text: str) -> str:
        """A schedule's input with the values of the context (AWS: EventBridge Scheduler user guide, "Adding context
        attributes")."""
        values = {
            "schedule-arn": self.schedule_arn,
            "scheduled-time": self.scheduled_time,
            "execution-id": self.execution_id,
            "attempt-number": "1",
        }
        return re.sub(r"<aws\.scheduler\.([a-z-]+)>", lambda found: values.get(found[1], found[0]), text)

    @property
    def scheduled_time(self) -> str:
        """The time as EventBridge Scheduler writes it."""
        return self.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def decoded_input(schedule: Schedule, context: LaunchContext) -> dict[str, Any]:
    """The input of a schedule's target: RunTask's overrides, or what a state machine is started with."""
    text = context.fill_in(schedule.target.get("Input", ""))
    return cast("dict[str, Any]", json.loads(text)) if text else {}


def run_task(
    schedule: Schedule, context: LaunchContext, changes: RunChanges, *, container: str, who: str
) -> dict[str, Any]:
    """RunTask's request but for its client token. `container` is the one whose command and environment may vary."""
    given = schedule.parameters
    request: dict[str, Any] = {"cluster": schedule.target["Arn"], "startedBy": started_by(who, context.message)}
    request |= {ours: given[theirs] for theirs, ours in _PARAMETERS if theirs in given}
    if network := given.get("NetworkConfiguration", {}).get("awsvpcConfiguration"):
        request["networkConfiguration"] = {"awsvpcConfiguration": _first_letters(network, str.lower)}
    if tags := _tags(given.get("Tags", ())):
        request["tags"] = tags
    request["taskDefinition"] = revised(schedule.task_definition_arn, changes)
    if changes.count is not None:
        request["count"] = changes.count
    if overrides := with_changes(decoded_input(schedule, context), changes, container):
        request["overrides"] = overrides
    return request


def execution_input(
    schedule: Schedule, context: LaunchContext, changes: RunChanges, *, container: str
) -> dict[str, Any]:
    """What the state machine of a supervised task is started with: the schedule's own input, at a time of its own
    unless the context stands for a delivery."""
    if changes.revision is not None:
        raise OpsError("a supervised task runs the revision that its state machine has: leave --revision out.")
    given = decoded_input(schedule, context)
    overrides = with_changes(_first_letters(given.get("overrides", {}), str.lower), changes, container)
    # Two executions of one time are taken for one that was delivered twice.
    time = context.scheduled_time if context.delivered else f"{MANUAL}{context.execution_id}"
    return {**given, "time": time, "overrides": _first_letters(overrides, str.upper)}


def revised(task_definition_arn: str, changes: RunChanges) -> str:
    """The task definition in the revision that is wanted."""
    if changes.revision is None:
        return task_definition_arn
    home, family = task_definition_arn.rsplit("/", 1)[0], family_of(task_definition_arn)
    return f"{home}/{family}:{changes.revision}"


def with_changes(overrides: Data, changes: RunChanges, container: str) -> dict[str, Any]:
    """RunTask's overrides with what is wanted otherwise: the command and the size replace, variables add."""
    whole = dict(overrides)
    containers = [dict(entry) for entry in overrides.get("containerOverrides", ())]
    entry = next((entry for entry in containers if entry.get("name") == container), None)
    changed: dict[str, Any] = dict(entry or {"name": container})
    if changes.command is not None:
        changed["command"] = list(changes.command)
    if changes.environment:
        known = {pair["name"]: pair["value"] for pair in changed.get("environment", ())} | dict(changes.environment)
        changed["environment"] = [{"name": name, "value": value} for name, value in sorted(known.items())]
    if set(changed) != {"name"}:
        whole["containerOverrides"] = [*(other for other in containers if other is not entry), changed]
    for key in ("cpu", "memory"):
        if (size := getattr(changes, key)) is not None:
            whole[key] = str(size)
    return whole


def main_container(containers: Iterable[Data], overrides: Data) -> str:
    """The container that does the work, as far as can be told (`deciding_container`); else the first of those that may
    be it."""
    return next(iter(_candidates(containers, overrides)), CONTAINER_NAME)


def deciding_container(containers: Iterable[Data], overrides: Data) -> str | None:
    """The container whose exit code counts: `main`; else the only one that the overrides change; else the only one that
    the task cannot do without. None where it may be one of several."""
    found = _candidates(containers, overrides)
    return found[0] if len(found) == 1 else None


def _candidates(containers: Iterable[Data], overrides: Data) -> list[str]:
    found = [container for container in containers if "name" in container]
    there = [container["name"] for container in found]
    if CONTAINER_NAME in there:
        return [CONTAINER_NAME]
    # ECS names all containers in the overrides of a task, also those that are not overridden.
    changed = [entry["name"] for entry in overrides.get("containerOverrides", ()) if any(_without_name(entry))]
    named = [name for name in there if name in changed]
    return named or [each["name"] for each in found if each.get("essential", True)] or there


def _without_name(entry: Data) -> list[object]:
    return [value for key, value in entry.items() if key != "name"]


def started_by(who: str, message: str = "") -> str:
    """The `startedBy` of a run that a person has started, for a dead letter where there is one."""
    name = re.sub(r"[^A-Za-z0-9_-]", "-", who)[:_WHO_LENGTH] or "unknown"
    return f"{STARTED_BY}{name}" + (f"/{message}" if message else "")


def redriven_for(task: Data) -> str:
    """The id of the dead letter that an ECS task was started for; empty for any other."""
    by = str(task.get("startedBy", ""))
    return by.rsplit("/", 1)[-1] if by.startswith(STARTED_BY) and by.count("/") > 1 else ""


def _tags(entries: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    # How Scheduler spells the entries is not documented: {key, value} is what tools write, {name: value} is what the
    # model allows.
    tags: list[dict[str, str]] = []
    for entry in entries:
        lower = {key.lower(): value for key, value in entry.items()}
        if set(lower) == {"key", "value"}:
            tags.append({"key": lower["key"], "value": lower["value"]})
        else:
            tags += [{"key": key, "value": value} for key, value in entry.items()]
    return tags


def _first_letters(value: Any, change: Any) -> Any:
    """The same data, with the first letter of each key changed: ECS writes `name`, Scheduler and Step Functions
    `Name`."""
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value).items()
        return {f"{change(key[0])}{key[1:]}": _first_letters(item, change) for key, item in entries}
    if isinstance(value, list):
        return [_first_letters(item, change) for item in cast("list[Any]", value)]
    return value
