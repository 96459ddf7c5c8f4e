"""ECS tasks as frozen data, read from answers of DescribeTasks and from events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from components.json_values import Json, as_json, items, mapping
from components.supervised.settings import RUN_VARIABLE, TASK_INDEX

from .containers import Containers, overridden

STOPPED = "STOPPED"


@dataclass(frozen=True, slots=True)
class ContainerState:
    """A container of an ECS task."""

    name: str
    exit_code: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EcsTask:
    """An ECS task."""

    arn: str = ""
    group: str = ""
    started_by: str = ""
    status: str = ""
    """The last known status: `PENDING`, `RUNNING`, `STOPPED` and so on."""
    desired_status: str = ""
    stop_code: str = ""
    stopped_reason: str = ""
    created: datetime | None = None
    started: datetime | None = None
    stopped: datetime | None = None
    states: tuple[ContainerState, ...] = ()
    overridden: frozenset[str] = frozenset()
    """The containers that the overrides change."""
    execution: str = ""
    """The name of the Step Functions execution of its run. Empty for other tasks."""
    index: str = ""
    """Its number in a run with `parallel`. Empty for other tasks."""

    @classmethod
    def read(cls, data: Mapping[str, object]) -> "EcsTask":
        """Read an answer of DescribeTasks, or the detail of an event."""
        task = mapping(as_json(data))
        overrides = mapping(task.get("overrides"))
        return cls(
            arn=_text(task, "taskArn"),
            group=_text(task, "group"),
            started_by=_text(task, "startedBy"),
            status=_text(task, "lastStatus"),
            desired_status=_text(task, "desiredStatus"),
            stop_code=_text(task, "stopCode"),
            stopped_reason=_text(task, "stoppedReason"),
            created=known_instant(task.get("createdAt")),
            started=known_instant(task.get("startedAt")),
            stopped=known_instant(task.get("stoppedAt")),
            states=tuple(map(_container_state, items(task.get("containers") or []))),
            overridden=overridden(overrides),
            execution=_variable(overrides, RUN_VARIABLE),
            index=_variable(overrides, TASK_INDEX),
        )

    @property
    def id(self) -> str:
        """The last part of the ARN."""
        return last_part(self.arn)

    @property
    def containers(self) -> Containers:
        """The containers. ECS doesn't report which ones are essential, so all of them count as essential."""
        return {state.name: True for state in self.states if state.name}

    @property
    def exit_codes(self) -> dict[str, int | None]:
        """The exit codes by container."""
        return {state.name: state.exit_code for state in self.states if state.name}


def _container_state(data: Json) -> ContainerState:
    container = mapping(data)
    code = container.get("exitCode")
    return ContainerState(_text(container, "name"), code if isinstance(code, int) else None, _text(container, "reason"))


def _text(data: Mapping[str, Json], key: str) -> str:
    """A string that can be missing or null."""
    return str(data.get(key) or "")


def _variable(overrides: Mapping[str, Json], name: str) -> str:
    for entry in map(mapping, items(overrides.get("containerOverrides", []))):
        for pair in map(mapping, items(entry.get("environment", []))):
            if pair.get("name") == name:
                return str(pair.get("value", ""))
    return ""


def last_part(arn: str, separator: str = "/") -> str:
    """The last part of an ARN."""
    return arn.rsplit(separator, 1)[-1]


def known_instant(value: object) -> datetime | None:
    """The same as `instant`, but None for a string that isn't a time."""
    try:
        return instant(value)
    except ValueError:
        return None


def instant(value: object) -> datetime | None:
    """A time from AWS: a datetime from boto3, an ISO 8601 string, or milliseconds. Without an offset, it is in UTC.

    Raises ValueError for a string that isn't a time, and for a time that is outside of the years 1 to 9999 in UTC.
    """
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value / 1000, UTC)
        if isinstance(value, str) and value:
            value = datetime.fromisoformat(value.replace("Z", "+00:00"))
        if not isinstance(value, datetime):
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from None
