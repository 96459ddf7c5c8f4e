"""The schedules of a task or a call, and their description in its outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import pulumi
from pulumi_aws import scheduler

from .args import GroupReference
from .aws import console
from .checks.advice import ended_schedules
from .resolved import Scheduled, ScheduleTimes
from .scope import Scope
from .task import schedule_target
from .task.schedule_names import ScheduleNames, schedule_names

S = TypeVar("S", bound=ScheduleTimes)


class ScheduleOutput(dict[str, str]):
    """A schedule, in the outputs of its task: a dictionary with keys in camelCase, and attributes in snake_case."""

    @property
    def name(self) -> str:
        """Name of the schedule."""
        return self["name"]

    @property
    def arn(self) -> str:
        """ARN of the schedule."""
        return self["arn"]

    @property
    def group_name(self) -> str:
        """Name of the schedule group."""
        return self["groupName"]

    @property
    def expression(self) -> str:
        """`rate(...)`, `cron(...)` or `at(...)`."""
        return self["expression"]

    @property
    def timezone(self) -> str:
        """IANA time zone of the expression."""
        return self["timezone"]

    @property
    def state(self) -> str:
        """ENABLED or DISABLED."""
        return self["state"]

    @property
    def console_url(self) -> str:
        """Page of the schedule in the AWS console."""
        return self["consoleUrl"]


def create_schedules(
    scope: Scope,
    task: Scheduled,
    schedules: Sequence[S],
    group: GroupReference,
    target: Callable[[S, str], Any],
    component: pulumi.Resource,
) -> tuple[tuple[scheduler.Schedule, ...], pulumi.Output[list[ScheduleOutput]]]:
    """The schedules of a task, and the output that describes them. Those that will never run again are left out.

    Args:
        scope: The scope of the task.
        task: The task or call.
        schedules: Its schedules.
        group: Its group.
        target: Makes the target of a schedule, from the schedule and its name in AWS.
        component: The component, for warnings.
    """
    now = datetime.now(UTC)
    ended = ended_schedules(task, now)
    made: list[tuple[scheduler.Schedule, ScheduleTimes]] = []
    for schedule, own in zip(schedules, schedule_names(task), strict=True):
        if schedule in ended:
            path = ".".join(str(part) for part in schedule.path)
            pulumi.log.warn(
                f'{task.name}: "{schedule.expression}" will never run again, so it is omitted. Remove {path}.',
                component,
            )
            continue
        resource = scheduler.Schedule(
            own.in_pulumi,
            name=own.in_aws,
            group_name=group["schedule_group"],
            kms_key_arn=group["schedules_kms_key"] or None,
            target=target(schedule, own.in_aws),
            opts=scope.opts.merge(_known_as(own)),
            **schedule_target.timing(schedule, enabled=group["enabled"], now=now),
        )
        made.append((resource, schedule))
    # Pulumi makes plain dictionaries of what it gathers.
    described = pulumi.Output.all(*(_described(scope, *each) for each in made)).apply(
        lambda found: [ScheduleOutput(each) for each in found]
    )
    return tuple(resource for resource, _ in made), described


def _known_as(own: ScheduleNames) -> pulumi.ResourceOptions:
    """A schedule that was deployed under an earlier name stays, with the name that it has in AWS."""
    return pulumi.ResourceOptions(aliases=[pulumi.Alias(name=name) for name in own.earlier], ignore_changes=["name"])


def _described(scope: Scope, resource: scheduler.Schedule, schedule: ScheduleTimes) -> pulumi.Output[dict[str, str]]:
    """A schedule in the outputs of its task."""
    account, group_name = scope.account, scope.names.schedule_group

    def described(known: Sequence[str]) -> dict[str, str]:
        name, arn, state = known
        return {
            "name": name,
            "arn": arn,
            "groupName": group_name,
            "expression": schedule.expression,
            "timezone": schedule.timezone,
            "state": state,
            "consoleUrl": console.schedule_url(
                partition=account.partition, region=account.region, group=group_name, name=name
            ),
        }

    return pulumi.Output.all(resource.name, resource.arn, resource.state).apply(described)
