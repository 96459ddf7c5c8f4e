"""The requests that start a run, made from a schedule in AWS. Pure.

A manual run equals a run that the schedule starts. Only its token, `startedBy` and the requested changes differ.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeAlias

from components.aws.names import family_of
from components.json_values import Json, Object, items, mapping, read_json
from components.supervised.exceptions import COVERED_UNTIL, EXCEPT
from components.supervised.settings import UPSTREAM

from ..aws.schedules import Schedule
from ..errors import OpsError

RunTaskRequest: TypeAlias = Object
"""The parameters of RunTask."""
PARAMETERS = (
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
"""Members of Scheduler's EcsParameters and their names in RunTask. Their values are the same in both.
AWS: EventBridge Scheduler API reference, EcsParameters; Amazon ECS API reference, RunTask."""

STARTED_BY = "ops/"
"""Prefix of `startedBy` for manual runs: `ops/<user>`, or `ops/<user>/<message>` for a redriven message. AWS allows 128
letters, digits, `-`, `_` and `/` (Amazon ECS API reference, RunTask)."""
_USER_LENGTH = 80
"""Maximum characters of the user name in `startedBy`. The ID of a message has 36."""
MANUAL = "manual-"
"""Prefix of the names of manually started executions, and of the times in their input."""
SCHEDULED_BY = "chronos-schedule/"
"""Prefix of `startedBy` for runs that EventBridge Scheduler starts. Observed, not documented."""


@dataclass(frozen=True, slots=True)
class RunChanges:
    """The differences between a manual run and a run that its schedule starts. None means no difference."""

    command: Sequence[str] | None = None
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    cpu: int | None = None
    memory: int | None = None
    ephemeral_storage: int | None = None
    """GiB."""
    revision: int | None = None
    count: int | None = None
    """The number of ECS tasks."""

    @property
    def changes_size(self) -> bool:
        """Whether the run has another size."""
        return (self.cpu, self.memory, self.ephemeral_storage) != (None, None, None)

    def filled_in(self, context: "LaunchContext") -> "RunChanges":
        """The same changes with the values of EventBridge Scheduler's keywords."""
        return replace(
            self,
            command=None if self.command is None else [context.fill_in(word) for word in self.command],
            environment={name: context.fill_in(value) for name, value in self.environment.items()},
        )


@dataclass(frozen=True, slots=True)
class LaunchContext:
    """The values that EventBridge Scheduler would pass to a run."""

    schedule_arn: str
    time: datetime
    execution_id: str
    message: str = ""
    """ID of the dead-letter message that the run is started for."""
    delivered: bool = False
    """Whether the run replaces a failed launch at `time`. A supervised task then runs only once for that time, even if
    the launch of Scheduler had started a run without Scheduler getting an answer."""
    upstream: str = ""
    """ARN of the run of another task after which a rule should have started the run. The same counts for it."""

    @classmethod
    def marked(cls, schedule_arn: str, time: datetime, mark: str) -> "LaunchContext":
        """The values of a run that a later call of the same command finds again by its mark. See `marks`."""
        return cls(schedule_arn, time, f"{uuid.uuid4().hex[:8]}-{mark}", message=mark)

    def fill_in(self, text: str) -> str:
        """A text with the values of EventBridge Scheduler's keywords.

        AWS: EventBridge Scheduler user guide, "Adding context attributes".
        """
        values = {
            "schedule-arn": self.schedule_arn,
            "scheduled-time": self.scheduled_time,
            "execution-id": self.execution_id,
            "attempt-number": "1",
        }
        return re.sub(r"<aws\.scheduler\.([a-z-]+)>", lambda found: values.get(found[1], found[0]), text)

    @property
    def scheduled_time(self) -> str:
        """The time in the format of EventBridge Scheduler."""
        return self.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def decoded_input(schedule: Schedule, context: LaunchContext) -> Mapping[str, Json]:
    """The input of a schedule's target: RunTask's overrides, or the input of a state machine."""
    text = context.fill_in(schedule.target.get("Input", ""))
    try:
        return mapping(read_json(text)) if text else {}
    except ValueError:
        raise OpsError(
            f"The input of the schedule {schedule.name} isn't JSON. To undo manual changes, run: pulumi up --refresh"
        ) from None


def run_task(
    schedule: Schedule, context: LaunchContext, changes: RunChanges, *, container: str, who: str
) -> RunTaskRequest:
    """The request of RunTask without the client token. `container` gets the changed command and environment."""
    given = schedule.parameters
    request: RunTaskRequest = {"cluster": schedule.target["Arn"], "startedBy": started_by(who, context.message)}
    request |= {ours: given[theirs] for theirs, ours in PARAMETERS if theirs in given}
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
) -> Mapping[str, Json]:
    """The input of a supervised task's state machine.

    It is the input of the schedule. The time is unique, unless the run replaces a failed launch: the state machine
    skips a second execution for the same time. Only then it can be left out: a manual run always runs.
    """
    if changes.revision is not None:
        raise OpsError("A supervised task runs the revision in its state machine. Omit --revision.")
    given = decoded_input(schedule, context)
    overrides = with_changes(mapping(_first_letters(given.get("overrides", {}), str.lower)), changes, container)
    time = context.scheduled_time if context.delivered else f"{MANUAL}{context.execution_id}"
    if not context.delivered:
        given = {key: value for key, value in given.items() if key not in (EXCEPT, COVERED_UNTIL)}
    upstream = {UPSTREAM: context.upstream} if context.delivered and context.upstream else {}
    return {**given, **upstream, "time": time, "overrides": _first_letters(overrides, str.upper)}


def revised(task_definition_arn: str, changes: RunChanges) -> str:
    """The task definition with the requested revision."""
    if changes.revision is None:
        return task_definition_arn
    prefix, family = task_definition_arn.rsplit("/", 1)[0], family_of(task_definition_arn)
    return f"{prefix}/{family}:{changes.revision}"


def with_changes(overrides: Mapping[str, Json], changes: RunChanges, container: str) -> dict[str, Json]:
    """RunTask's overrides with changes. The command and the size replace the existing ones; variables are added."""
    changed: dict[str, Json] = dict(overrides)
    containers = [mapping(each) for each in items(overrides.get("containerOverrides", []))]
    entry = next((each for each in containers if each.get("name") == container), None)
    changed_entry = _changed_container(entry or {"name": container}, changes)
    if set(changed_entry) != {"name"}:
        changed["containerOverrides"] = [*(other for other in containers if other is not entry), changed_entry]
    for key, size in (("cpu", changes.cpu), ("memory", changes.memory)):
        if size is not None:
            changed[key] = str(size)
    if changes.ephemeral_storage is not None:
        changed["ephemeralStorage"] = {"sizeInGiB": changes.ephemeral_storage}
    return changed


def _changed_container(entry: Mapping[str, Json], changes: RunChanges) -> Mapping[str, Json]:
    changed = dict(entry)
    if changes.command is not None:
        changed["command"] = list(changes.command)
    if changes.environment:
        pairs = [mapping(pair) for pair in items(entry.get("environment", []))]
        values = {str(pair["name"]): pair["value"] for pair in pairs} | dict(changes.environment)
        changed["environment"] = [{"name": name, "value": value} for name, value in sorted(values.items())]
    return changed


def started_by(who: str, message: str = "") -> str:
    """The `startedBy` of a manual run, with the ID of the redriven message if there is one."""
    name = re.sub(r"[^A-Za-z0-9_-]", "-", who)[:_USER_LENGTH] or "unknown"
    return f"{STARTED_BY}{name}" + (f"/{message}" if message else "")


def redriven_for(task: Mapping[str, object]) -> str:
    """The ID of the dead-letter message that an ECS task was started for; empty for other tasks."""
    by = str(task.get("startedBy", ""))
    return by.rsplit("/", 1)[-1] if by.startswith(STARTED_BY) and by.count("/") > 1 else ""


def _tags(entries: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    # AWS doesn't document the format of the entries. Tools write {key, value}; the API model allows {name: value}.
    tags: list[dict[str, str]] = []
    for entry in entries:
        lower = {key.lower(): value for key, value in entry.items()}
        if set(lower) == {"key", "value"}:
            tags.append({"key": lower["key"], "value": lower["value"]})
        else:
            tags += [{"key": key, "value": value} for key, value in entry.items()]
    return tags


def lower_first(value: Json) -> Json:
    """The data with the first letter of each key in lowercase, as in the API of ECS."""
    return _first_letters(value, str.lower)


def _first_letters(value: Json, change: Callable[[str], str]) -> Json:
    """The data with the first letter of each key changed: ECS uses `name`, Scheduler and Step Functions `Name`."""
    if isinstance(value, Mapping):
        return {f"{change(key[:1])}{key[1:]}": _first_letters(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_first_letters(item, change) for item in value]
    return value
