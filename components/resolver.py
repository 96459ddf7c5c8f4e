"""From arguments to resolved tasks and groups: validation, defaults, and what follows from several keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from .args import (
    CallRetryArgs,
    CallScheduleArgs,
    CatchUpArgs,
    Launch,
    NetworkArgs,
    ScheduleArgs,
    ScheduledCallArgs,
    ScheduledTaskArgs,
    ScheduledTaskGroupArgs,
    SubnetKind,
)
from .aws.account import TYPICAL_ACCOUNT
from .calls.kinds import NoCallError, typical_call
from .container_defaults import with_container_defaults
from .hours.times import times
from .json_values import Data
from .keys.resolution import resolve, resolved_fields
from .problems import Path
from .resolved import (
    MAIN_CONTAINER,
    CallRetry,
    CallTask,
    CapacityProvider,
    CatchUp,
    Group,
    Network,
    Retry,
    Schedule,
    ScheduleTimes,
    Task,
    launch_type,
)
from .schedules import AFTER_DEPLOYMENT, AFTER_TASK, BEFORE_DEPLOYMENT, NO_SCHEDULE, ON_DEMAND
from .supervised.settings import supervision

_RETRIES = 5
"""Retries of a call that may be repeated."""
_TIMES = ("timezone", "flexible_window", "start", "end", "delete_after_completion")
"""Keys that a schedule inherits from its task if it does not set them itself."""
_OVERRIDES = ("command", "environment", "cpu", "memory", "ephemeral_storage", "task_role")
"""Keys of a task with an existing task definition that each launch overrides (AWS: Amazon ECS API reference,
TaskOverride)."""


def resolve_task(name: str, args: Data) -> Task:
    """A task from validated arguments."""
    fields = with_container_defaults(resolved_fields(Task, ScheduledTaskArgs, args))
    launch: Launch | None = args.get("launch", None if "capacity_providers" in args else "fargate")
    providers: Sequence[CapacityProvider] = fields["capacity_providers"]
    # A task that has an empty volume has said where it writes.
    scratch = any(volume.kind == "empty" for volume in fields["volumes"].values())
    read_only = True if scratch and fields["operating_system"] == "LINUX" else None
    external = launch_type(launch, providers) == "EXTERNAL"
    return Task(
        **fields,
        name=name,
        args=cast("ScheduledTaskArgs", args),
        group=args.get("group"),
        container=args.get("container", None if "task_definition" in args else MAIN_CONTAINER),
        launch=launch,
        network_mode=args.get("network_mode", "bridge" if external else "awsvpc"),
        read_only_root=args.get("read_only_root", read_only),
        schedules=_schedules(args, enabled=fields["enabled"], enter=fields["exec"]),
        supervision=supervision(
            fields["timeout"],
            fields["overlap"],
            fields["retry_run"],
            fields["retry"],
            exceptions=fields["except_"] is not None or fields["only"] is not None,
            lock=fields["lock"],
            watched=fields["expect_duration_under"] is not None,
            after=fields["after"] is not None,
            notify_after=fields["notify_after"],
            parallel=fields["parallel"],
        ),
    )


def resolve_call(name: str, args: Data) -> CallTask:
    """A call from validated arguments."""
    fields = resolved_fields(CallTask, ScheduledCallArgs, args)
    given = resolve(CallRetry, CallRetryArgs, args.get("retry", {}))
    attempts = _default_attempts(name, args) if given.attempts is None else given.attempts
    return CallTask(
        **fields,
        name=name,
        args=cast("ScheduledCallArgs", args),
        group=args.get("group"),
        retry=Retry(attempts=attempts, max_age=given.max_age),
        schedules=_call_schedules(args, enabled=fields["enabled"]),
    )


def _default_attempts(name: str, args: Data) -> int:
    """EventBridge Scheduler delivers at least once, and repeats a call whose answer was lost."""
    try:
        return _RETRIES if typical_call(args, TYPICAL_ACCOUNT, name).may_retry else 0
    except NoCallError:
        return 0


def _schedules(args: Data, *, enabled: bool, enter: bool) -> tuple[Schedule, ...]:
    from_task = _inherited(args, _OVERRIDES if "task_definition" in args else ())
    variables: Data = from_task.get("environment", {})
    catch_up = _catch_up(args)
    return tuple(
        resolve(
            Schedule,
            ScheduleArgs,
            {**from_task, **own, **_variables(variables, own)},
            path=path,
            own_keys=_own_keys(path, own),
            enabled=enabled and _is_enabled(args, own),
            catch_up=catch_up,
            exec=own.get("exec", enter),
        )
        for path, own in _written_schedules(args)
    )


def _call_schedules(args: Data, *, enabled: bool) -> tuple[ScheduleTimes, ...]:
    from_task, catch_up = _inherited(args), _catch_up(args)
    return tuple(
        resolve(
            ScheduleTimes,
            CallScheduleArgs,
            {**from_task, **own},
            path=path,
            own_keys=_own_keys(path, own),
            enabled=enabled and _is_enabled(args, own),
            catch_up=catch_up,
        )
        for path, own in _written_schedules(args)
    )


def _inherited(args: Data, overrides: Sequence[str] = ()) -> Data:
    """The keys that each schedule inherits from its task. Without a schedule, there are no times."""
    times = () if "after" in args or args.get("schedule") == NO_SCHEDULE else _TIMES
    return {key: args[key] for key in ("description", *times, *overrides) if key in args}


def _catch_up(args: Data) -> CatchUp | None:
    """The times that run after a pause. Without a schedule, there are none."""
    if "catch_up" not in args or "after" in args or args.get("schedule") == NO_SCHEDULE:
        return None
    found = resolve(CatchUp, CatchUpArgs, args["catch_up"])
    return None if found.runs == "none" else found


def _is_enabled(args: Data, own: Data) -> bool:
    return args.get("schedule") != NO_SCHEDULE and "after" not in args and own.get("enabled", True)


def _written_schedules(args: Data) -> list[tuple[Path, Data]]:
    """The schedules as they are written, each with its path."""
    written: list[tuple[Path, Data]] = []
    if "schedule" in args:
        only = args["schedule"]
        written.append((("schedule",), {"expression": _without_times(args) if only == NO_SCHEDULE else only}))
    elif "after" in args and "schedules" not in args:
        written.append((("after",), {"expression": AFTER_TASK if args.get("enabled", True) else ON_DEMAND}))
    if "hours" in args:
        hours: Data = args["hours"]
        at = times(hours["open"])
        written += [(("hours", "open"), {"expression": time.expression, "name": time.name}) for time in at]
    several: Sequence[Data] = args.get("schedules", ())
    return written + [(("schedules", position), own) for position, own in enumerate(several)]


def _without_times(args: Data) -> str:
    """The expression of the schedule of a task that has none. It tells commands what starts the task."""
    if "run_on" not in args or not args.get("enabled", True):
        return ON_DEMAND
    return BEFORE_DEPLOYMENT if args.get("gate") else AFTER_DEPLOYMENT


def _own_keys(path: Path, own: Data) -> frozenset[str]:
    return frozenset(own) if path[0] == "schedules" else frozenset()


def _variables(of_task: Data, own: Data) -> Data:
    """The variables of a schedule, which add to those of its task."""
    variables: Data = {**of_task, **own.get("environment", {})}
    return {"environment": variables} if variables else {}


def resolve_group(args: Data) -> Group:
    """A group from validated arguments."""
    given: Data = args.get("network", {})
    network = resolve(Network, NetworkArgs, given, subnets=_subnets(given))
    return resolve(Group, ScheduledTaskGroupArgs, args, args=args, network=network)


def _subnets(network: Data) -> SubnetKind:
    existing_default = network.get("vpc", "default") == "default" and not {"vpc_tags", "create_vpc"} & network.keys()
    return network.get("subnets", "public" if existing_default else "private")
