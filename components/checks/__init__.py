"""Rules across keys, which find invalid combinations before anything is created.

Pure: resolved values in, problems out. The rules for a single key are in its type (`components.args`). Values that
other resources produce (outputs) are not known yet and are skipped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from ..args import ScheduledCallArgs, ScheduledTaskArgs, ScheduledTaskGroupArgs
from ..aws import names
from ..calls.kinds import CALL_KEYS
from ..keys.validation import validated
from ..problems import Problem
from ..resolved import CallTask, Group, Task
from ..resolver import resolve_call, resolve_group, resolve_task
from . import (
    after,
    aws_members,
    call_tasks,
    calls,
    capacity,
    check,
    container_logs,
    container_settings,
    containers,
    definitions,
    groups,
    hours,
    keywords,
    managed_instances,
    networks,
    platform,
    policies,
    recipient_secrets,
    recipients,
    roles,
    schedules,
    sizes,
    supervision,
    tags,
    volumes,
)

_TASK_NAME = re.compile(names.TASK_NAME, re.ASCII)


def checked_task(name: str, args: object) -> tuple[Task, list[Problem]]:
    """A task from its arguments, and everything that is wrong with them. The task is complete only if nothing is."""
    mixed = None
    if isinstance(args, Mapping):
        given = cast("Mapping[str, object]", args)
        mixed = call_tasks.call_keys_problem(given)
        args = {name: value for name, value in given.items() if name not in CALL_KEYS}
    found = validated(ScheduledTaskArgs, args)
    task = resolve_task(name, found.values)
    across_keys = task_problems(task, found.faulty) if isinstance(args, Mapping) else []
    return task, [*found.problems, *([mixed] if mixed else []), *across_keys]


def checked_call(name: str, args: object) -> tuple[CallTask, list[Problem]]:
    """A call from its arguments, and everything that is wrong with them. The call is complete only if nothing is."""
    mixed = None
    if isinstance(args, Mapping):
        given = cast("Mapping[str, object]", args)
        mixed = call_tasks.container_keys_problem(call_tasks.kind_among(given) or "call", given)
        args = {name: value for name, value in given.items() if name not in call_tasks.CONTAINER_KEYS}
    found = validated(ScheduledCallArgs, args)
    task = resolve_call(name, found.values)
    across_keys = call_problems(task, found.faulty) if isinstance(args, Mapping) else []
    return task, [*found.problems, *([mixed] if mixed else []), *across_keys]


def checked_group(args: object) -> tuple[Group, list[Problem]]:
    """A group from its arguments, and everything that is wrong with them. The group is complete only if nothing is."""
    found = validated(ScheduledTaskGroupArgs, args)
    group = resolve_group(found.values)
    return group, [*found.problems, *group_problems(group, found.faulty)]


def task_problems(task: Task, faulty: frozenset[str] = frozenset()) -> list[Problem]:
    """Problems in a task's name, and across its keys. `faulty` are the keys that are invalid by themselves."""
    members = list(check.problems(_MEMBER_CHECKS, task, faulty))
    faulty |= {str(problem.path[0]) for problem in members}
    return [*_name_problems(task.name), *members, *check.problems(_TASK_CHECKS, task, faulty)]


def call_problems(task: CallTask, faulty: frozenset[str] = frozenset()) -> list[Problem]:
    """Problems in a call's name, and across its keys. `faulty` are the keys that are invalid by themselves."""
    return [*_name_problems(task.name), *check.problems(_CALL_CHECKS, task, faulty)]


def group_problems(group: Group, faulty: frozenset[str] = frozenset()) -> list[Problem]:
    """Problems across the keys of a group. `faulty` are the keys that are invalid by themselves."""
    return list(check.problems(_GROUP_CHECKS, group, faulty))


def _name_problems(name: str) -> Iterator[Problem]:
    if len(name) > names.TASK_NAME_LENGTH or not _TASK_NAME.fullmatch(name):
        yield Problem(
            (),
            f'"{name}" is not a name for a task: AWS would refuse it, or it would be ambiguous. Use up to '
            f'{names.TASK_NAME_LENGTH} letters, digits, "-" and single "_", starting with a letter or digit.',
        )


_MEMBER_CHECKS = (aws_members.known_members, aws_members.known_members_of_sidecars)
"""Checks of values by themselves, which the types of the keys leave open."""
_TASK_CHECKS: tuple[check.Check[Task], ...] = (
    containers.what_runs, containers.container, containers.main_environment, containers.main_working_directory,
    containers.main_health_check, containers.ulimits, containers.exec_needs_writable_root, containers.sidecars,
    volumes.sidecar_mounts, containers.reservations, containers.dependencies, volumes.volumes, roles.roles,
    roles.permissions, roles.policy_size, sizes.size, sizes.windows_on_arm, capacity.capacity, capacity.placement,
    managed_instances.managed_instances,
    schedules.schedules, schedules.on_demand, schedules.at_deployments, schedules.own_names, schedules.deletion,
    after.one_start, after.left_out_times, after.input_length,
    schedules.limits, schedules.one_time_limits, schedules.overrides, schedules.expected_success,
    schedules.catch_up, schedules.catch_up_all,
    supervision.count, supervision.replaced_tasks, supervision.longest_run, supervision.task_variables,
    supervision.exec_of_schedules, supervision.exceptions_size, tags.task_tags,
    *keywords.KEYWORD_CHECKS, *policies.TASK_CHECKS, definitions.size,
    container_settings.host_settings, container_settings.namespaces, container_settings.soft_memory,
    container_settings.restarts, container_settings.registries, container_settings.sidecar_images,
    container_logs.log_drivers, container_logs.log_router, container_logs.router_settings,
    aws_members.members_of_runs, aws_members.members_that_fit,
    networks.task_network, platform.linux_only, platform.windows, platform.network_mode, platform.platform_version,
)  # fmt: skip
_CALL_CHECKS: tuple[check.Check[CallTask], ...] = (
    call_tasks.one_kind, call_tasks.only_with_call, call_tasks.left_out_times, supervision.exceptions_size,
    *calls.CALL_CHECKS, *hours.HOURS_CHECKS,
    schedules.on_demand, schedules.own_names, schedules.deletion, schedules.limits, schedules.one_time_limits,
    schedules.catch_up, tags.task_tags,
)  # fmt: skip
_GROUP_CHECKS: tuple[check.Check[Group], ...] = (
    groups.cluster, groups.network, groups.new_vpc, groups.subnets_from_resources, groups.notify,
    recipients.recipients_of_group, recipient_secrets.secrets_of_recipients, groups.containers,
    groups.shared_roles, container_logs.group_logs, tags.group_tags, *policies.GROUP_CHECKS,
)  # fmt: skip
