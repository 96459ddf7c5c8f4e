"""Checks of log drivers and log routers. AWS: botocore ecs, LogConfiguration and FirelensConfiguration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..problems import Name, Path, Problem, key, listed
from ..resolved import ContainerLogs, Group, Task
from .check import reads

_CAPACITY = ("launch", "capacity_providers")
FARGATE_DRIVERS = ("awslogs", "firelens", "splunk", "none")
_OF_AWSLOGS = ("multiline_pattern", "datetime_format", "group")
_REQUIRED = {"splunk": ("splunk-url", "splunk-token"), "gelf": ("gelf-address",)}
"""Options without which a container doesn't start. AWS: botocore ecs, LogConfiguration.options; Docker documentation,
"Splunk logging driver", "Graylog Extended Format logging driver"."""
_OPTIONS_WITH_KEYS = {"mode": "mode", "max-buffer-size": "max_buffer_size"}
_ONLY_TASK = (
    "driver", "options", "secret_options", "mode", "max_buffer_size", "multiline_pattern", "datetime_format", "group",
)  # fmt: skip
"""Keys of logs that a group does not have. A group's `mode` has never had an effect."""


@reads("logs", "sidecars", "operating_system", *_CAPACITY)
def log_drivers(task: Task) -> Iterator[Problem]:
    """Log drivers that the launch type supports, with options that belong to them."""
    for path, logs in task.written_logs:
        if task.launch_type == "FARGATE" and logs.driver not in FARGATE_DRIVERS:
            yield Problem(
                (*path, "driver"),
                f"Fargate does not support {logs.driver}. Use {listed(FARGATE_DRIVERS)}, or write {key('launch')}: "
                "ec2.",
            )
        yield from (found.within(*path) for found in _options(logs))


def _options(logs: ContainerLogs) -> Iterator[Problem]:
    yield from _of_awslogs(logs) if logs.in_cloudwatch else _of_other_drivers(logs)
    for name in sorted(logs.options.keys() & logs.secret_options.keys()):
        yield Problem(("options", Name(name)), f"is in both {key('options')} and {key('secret_options')}. Remove one.")
    for name, own in _OPTIONS_WITH_KEYS.items():
        if name in logs.options:
            yield Problem(("options", Name(name)), f"has a key of its own. Write {key(own)}.")
    for name in _REQUIRED.get(logs.driver, ()):
        if name not in {*logs.options, *logs.secret_options}:
            yield Problem(
                ("options",),
                f"{logs.driver} needs {name}. Add it there, or to {key('secret_options')} if it is secret.",
            )


def _of_awslogs(logs: ContainerLogs) -> Iterator[Problem]:
    for name in ("options", "secret_options"):
        if getattr(logs, name):
            yield Problem((name,), f"is for other drivers than awslogs. Use {listed(map(key, _OF_AWSLOGS))}.")
    if logs.multiline_pattern and logs.datetime_format:
        yield Problem(
            ("datetime_format",),
            f"AWS accepts either {key('multiline_pattern')} or {key('datetime_format')}. Remove one.",
        )
    if logs.max_buffer_size is not None and logs.mode != "non-blocking":
        yield Problem(("max_buffer_size",), f"has an effect only with {key('mode')}: non-blocking. Add it.")


def _of_other_drivers(logs: ContainerLogs) -> Iterator[Problem]:
    for name in _OF_AWSLOGS:
        if getattr(logs, name) is not None:
            yield Problem((name,), f"is for awslogs, and {key('driver')} is {logs.driver}. Remove it.")
    for name in ("options", "secret_options", "mode", "max_buffer_size"):
        if logs.driver == "none" and getattr(logs, name):
            yield Problem((name,), f"is for a log driver, and {key('driver')} is none. Remove it.")


@reads("logs", "sidecars")
def log_router(task: Task) -> Iterator[Problem]:
    """A log router for the containers that need one, and only one.

    Source: AWS's own error messages in https://github.com/turnerlabs/fargate/issues/60 and
    https://github.com/hashicorp/terraform-provider-aws/issues/11551.
    """
    routers = [name for name, sidecar in task.sidecars.items() if sidecar.firelens]
    users = [path for path, logs in task.all_logs if logs.driver == "firelens"]
    if users and not routers:
        yield Problem(
            (*users[0], "driver"),
            f"firelens needs a log router. Add a sidecar with {key('firelens')}: {{{key('type')}: fluentbit}}.",
        )
    for name in routers[1:]:
        yield Problem(("sidecars", Name(name), "firelens"), "a task has at most one log router. Remove one.")
    if routers and not users:
        yield Problem(
            ("sidecars", Name(routers[0]), "firelens"),
            f"no container writes to this log router. Write {key('logs')}: {{{key('driver')}: firelens}}.",
        )


@reads("sidecars", "depends_on", "logs", *_CAPACITY)
def router_settings(task: Task) -> Iterator[Problem]:
    """Settings that a log router supports.

    AWS: Amazon ECS developer guide, "Send Amazon ECS logs to an AWS service or AWS Partner".
    """
    waits: list[tuple[Path, Mapping[str, str]]] = [(("depends_on",), task.depends_on)]
    waits += [(("sidecars", Name(it), "depends_on"), other.depends_on) for it, other in task.sidecars.items()]
    for name, sidecar in task.sidecars.items():
        if sidecar.firelens is None:
            continue
        if task.launch_type == "FARGATE" and sidecar.firelens.file:
            yield Problem(
                ("sidecars", Name(name), "firelens", "config"),
                "Fargate reads no configuration from S3. Put the file into the image, and write its path.",
            )
        if sidecar.user not in (None, "0"):
            yield Problem(("sidecars", Name(name), "user"), "ECS runs a log router as user 0. Remove it.")
        for place, conditions in waits:
            if conditions.get(name) in ("COMPLETE", "SUCCESS"):
                yield Problem(
                    (*place, Name(name)), "is a log router, which runs as long as the others. Write START or HEALTHY."
                )


@reads("logs")
def group_logs(group: Group) -> Iterator[Problem]:
    """Only the keys of log groups."""
    for name in _ONLY_TASK:
        if name != "mode" and name in group.args.get("logs", {}):
            yield Problem(("logs", name), f"is for tasks. Set it under {key('logs')} of each task.")
