"""One scheduled call: an API call of EventBridge Scheduler, its schedules, and the role that may make it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pulumi
from typing_extensions import Unpack

from .args import ScheduledCallArgs
from .aws.account import Account
from .aws.names import TASK_TAG, GroupNames
from .call_resources import CallResources, create_call
from .checks import checked_call
from .checks.call_tasks import call_in_group
from .checks.errors import refuse
from .checks.known_group import KnownGroup
from .component_types import CALL_TYPE
from .infrastructure.default_tags import default_tags
from .keyword_arguments import arguments_of
from .outputs import last_part, output_names
from .problems import Problem
from .resolved import CallTask
from .schedule_resources import ScheduleOutput
from .scheduled_task_group import ScheduledTaskGroup
from .scope import Scope


class ScheduledCall(pulumi.ComponentResource):
    """One scheduled call: an API call that EventBridge Scheduler makes, such as stopping a database at night.

    A call has a schedule, and a role whose policy allows this call on its resource only. Each further schedule adds
    itself. A schedule that will never run again, because its time has passed, is omitted with a warning.

    Example:
        ```python
        ScheduledCall("stop-orders", group=group, stop={"database": "orders"}, schedule="cron(0 20 ? * MON-FRI *)")
        ```
    """

    schedules: pulumi.Output[list[ScheduleOutput]]
    """Each schedule's `name`, `arn`, `groupName`, `expression`, `timezone`, `state` and `consoleUrl`."""

    schedule_names: pulumi.Output[list[str]]
    """Names of the schedules."""

    schedule_arns: pulumi.Output[list[str]]
    """ARNs of the schedules."""

    target_arn: pulumi.Output[str]
    """ARN of the target: the API operation, or the function, state machine, queue, topic or event bus."""

    role_arn: pulumi.Output[str]
    """ARN of the role that EventBridge Scheduler assumes to make the call."""

    role_name: pulumi.Output[str]
    """Name of the role that EventBridge Scheduler assumes to make the call."""

    dead_letter_queue_arn: pulumi.Output[str]
    """ARN of the queue for calls whose retries are exhausted."""

    topic_arn: pulumi.Output[str]
    """ARN of the topic for failures and alarms. Empty for none."""

    resources: CallResources
    """The resources of the call, for Python programs."""

    def __init__(
        self,
        name: str,
        args: ScheduledCallArgs | CallTask | None = None,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Unpack[ScheduledCallArgs],
    ) -> None:
        """Create a scheduled call.

        Example:
            ```python
            ScheduledCall(
                "stop-orders",
                group=group,
                stop={"database": orders.identifier},
                schedule="cron(0 20 ? * MON-FRI *)",
                timezone="Europe/Berlin",
            )
            ```

        Args:
            name: Name of the call.
            args: Its arguments as a dictionary, or a call that has been validated already.
            opts: Options of the component.
            **keywords: Its arguments as keywords, instead of `args`.

        Raises:
            InvalidArgumentsError: Before anything is created, with all problems.
        """
        component = f'{CALL_TYPE} "{name}"'
        given = arguments_of(component, args, keywords)
        task = given if isinstance(given, CallTask) else _checked(component, name, given)
        assert task.group is not None
        group = task.group
        refuse(component, call_in_group(task, KnownGroup.of(group, default_tags())))
        super().__init__(CALL_TYPE, name, None, opts)
        scope = Scope(
            name=name,
            names=GroupNames(group["prefix"], group["iam_path"]),
            account=Account.of(group),
            tags={**group["tags"], TASK_TAG: name, **task.tags},
            opts=pulumi.ResourceOptions(parent=self),
            permissions_boundary=group["permissions_boundary"] or None,
        )
        created = create_call(scope, task, group, self)
        self.resources, self.schedules = created.resources, created.schedules
        self.schedule_names = pulumi.Output.all(*(each.name for each in self.resources.schedules))
        self.schedule_arns = pulumi.Output.all(*(each.arn for each in self.resources.schedules))
        self.target_arn, self.role_arn = created.target_arn, created.role_arn
        self.role_name = last_part(self.role_arn)
        self.dead_letter_queue_arn = pulumi.Output.from_input(group["dead_letter_queue_arn"])
        self.topic_arn = pulumi.Output.from_input(group["topic_arn"])
        self.register_outputs({key: getattr(self, key) for key in output_names(type(self))})

    @property
    def summary(self) -> dict[str, pulumi.Output[Any]]:
        """Stack outputs of the call: its schedules, its target and its role."""
        return {"schedules": self.schedules, "target": self.target_arn, "role": self.role_arn}


def _checked(component: str, name: str, args: object) -> CallTask:
    if isinstance(args, Mapping):
        given = cast("Mapping[object, object]", args)
        group = given.get("group")
        args = {**given, "group": group.reference} if isinstance(group, ScheduledTaskGroup) else given
    task, problems = checked_call(name, args)
    if task.group is None and not any(problem.path[:1] == ("group",) for problem in problems):
        problems.append(Problem(("group",), "is missing. Pass a ScheduledTaskGroup, or its `reference`."))
    refuse(component, problems)
    return task
