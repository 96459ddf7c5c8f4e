"""From arguments to resolved tasks and groups: validation, defaults, and what follows from several keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from .args import Launch, NetworkArgs, ScheduleArgs, ScheduledTaskArgs, ScheduledTaskGroupArgs, SubnetKind
from .container_defaults import with_container_defaults
from .json_values import Data
from .keys.resolution import resolve, resolved_fields
from .problems import Path
from .resolved import MAIN_CONTAINER, CapacityProvider, Group, Network, Schedule, Task, launch_type
from .schedules import NO_SCHEDULE, ON_DEMAND
from .supervised.settings import supervision

_TIMES = ("timezone", "flexible_window", "start", "end", "delete_after_completion")
_FROM_TASK = ("description", *_TIMES)
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
        supervision=supervision(fields["timeout"], fields["overlap"], fields["retry_run"], fields["retry"]),
    )


def _schedules(args: Data, *, enabled: bool, enter: bool) -> tuple[Schedule, ...]:
    inherited = (*_FROM_TASK, *_OVERRIDES) if "task_definition" in args else _FROM_TASK
    from_task = {key: args[key] for key in inherited if key in args}
    variables: Data = from_task.get("environment", {})
    written: list[tuple[Path, Data]] = []
    if args.get("schedule") == NO_SCHEDULE:
        from_task = {key: value for key, value in from_task.items() if key not in _TIMES}
        enabled = False
        written.append((("schedule",), {"expression": ON_DEMAND}))
    elif "schedule" in args:
        written.append((("schedule",), {"expression": args["schedule"]}))
    several: Sequence[Data] = args.get("schedules", ())
    written += [(("schedules", position), own) for position, own in enumerate(several)]
    return tuple(
        resolve(
            Schedule,
            ScheduleArgs,
            {**from_task, **own, **_variables(variables, own)},
            path=path,
            own_keys=frozenset(own) if path[0] == "schedules" else frozenset[str](),
            enabled=enabled and own.get("enabled", True),
            exec=own.get("exec", enter),
        )
        for path, own in written
    )


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
