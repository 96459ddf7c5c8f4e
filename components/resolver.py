"""From arguments to resolved tasks and groups: validation, defaults, and what follows from several keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .args import NetworkArgs, NetworkMode, ScheduleArgs, ScheduledTaskArgs, ScheduledTaskGroupArgs, SubnetKind
from .keys.resolution import resolve
from .problems import Path
from .resolved import MAIN_CONTAINER, Group, Network, Schedule, Task
from .supervised.settings import supervision

Values = Mapping[str, Any]
"""Validated arguments, by key in snake_case."""

_FROM_TASK = ("description", "timezone", "flexible_window", "start", "end", "delete_after_completion")
"""What a schedule takes from its task if it does not set it itself."""


def resolve_task(name: str, args: Values) -> Task:
    """A task from validated arguments."""
    task = resolve(
        Task,
        ScheduledTaskArgs,
        args,
        name=name,
        args=args,
        group=args.get("group"),
        container=args.get("container", MAIN_CONTAINER),
        launch=args.get("launch", None if "capacity_providers" in args else "fargate"),
        schedules=(),
        supervision=None,
    )
    return replace(
        task,
        schedules=_schedules(args, enabled=task.enabled),
        supervision=supervision(task),
        network_mode=_network_mode(task),
        read_only_root=_read_only_root(task),
    )


def _network_mode(task: Task) -> NetworkMode:
    return task.args.get("network_mode", "bridge" if task.launch_type == "EXTERNAL" else "awsvpc")


def _read_only_root(task: Task) -> bool | None:
    # A task that has a volume on the host has said where it writes.
    scratch = any(volume.efs is None for volume in task.volumes.values())
    return task.args.get("read_only_root", True if scratch and not task.is_windows else None)


def _schedules(args: Values, *, enabled: bool) -> tuple[Schedule, ...]:
    from_task = {key: args[key] for key in _FROM_TASK if key in args}
    written: list[tuple[Path, Values]] = []
    if "schedule" in args:
        written.append((("schedule",), {"expression": args["schedule"]}))
    several: Sequence[Values] = args.get("schedules", ())
    written += [(("schedules", position), own) for position, own in enumerate(several)]
    return tuple(
        resolve(
            Schedule,
            ScheduleArgs,
            {**from_task, **own},
            path=path,
            own_keys=frozenset(own) if path[0] == "schedules" else frozenset[str](),
            enabled=enabled and own.get("enabled", True),
        )
        for path, own in written
    )


def resolve_group(args: Values) -> Group:
    """A group from validated arguments."""
    given: Values = args.get("network", {})
    network = resolve(Network, NetworkArgs, given, subnets=_subnets(given))
    return resolve(Group, ScheduledTaskGroupArgs, args, args=args, network=network)


def _subnets(network: Values) -> SubnetKind:
    existing_default = network.get("vpc", "default") == "default" and not {"vpc_tags", "create_vpc"} & network.keys()
    return network.get("subnets", "public" if existing_default else "private")
