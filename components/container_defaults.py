"""Defaults of containers that depend on other keys: the order of a log router, and exit codes without a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .args import Condition
from .resolved import ContainerLogs, Logs, Restart, Sidecar

FIRELENS = "firelens"
_SUCCESS = 0


def with_container_defaults(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a task with the defaults of its containers that depend on other keys."""
    sidecars: Mapping[str, Sidecar] = fields["sidecars"]
    logs: Logs = fields["logs"]
    routers = [name for name, sidecar in sidecars.items() if sidecar.firelens]
    router = routers[0] if len(routers) == 1 else None
    return {
        **fields,
        "depends_on": _after(router, fields["depends_on"], logs),
        "restart": _restart(fields["restart"], (_SUCCESS,)),
        "sidecars": {
            name: replace(
                sidecar,
                depends_on=sidecar.depends_on
                if sidecar.firelens
                else _after(router, sidecar.depends_on, sidecar.logs or logs),
                restart=_restart(sidecar.restart, ()),
            )
            for name, sidecar in sidecars.items()
        },
    }


def _after(router: str | None, waits: Mapping[str, Condition], logs: ContainerLogs) -> Mapping[str, Condition]:
    """The containers to wait for: those that are given, and the log router.

    ECS does the same, except in network mode bridge. AWS: Amazon ECS developer guide, "Send Amazon ECS logs to an AWS
    service or AWS Partner".
    """
    if router is None or logs.driver != FIRELENS or router in waits:
        return waits
    return {**waits, router: "START"}


def _restart(restart: Restart | None, ignored: tuple[int, ...]) -> Restart | None:
    if restart is None or restart.ignored_exit_codes is not None:
        return restart
    return replace(restart, ignored_exit_codes=ignored)
