"""The Pulumi program: load the configuration of a stack, build, export. Only a program imports this module."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pulumi

from components.holding import hold_schedules
from components.scheduled_call import ScheduledCall
from components.scheduled_task import ScheduledTask
from components.scheduled_task_group import ScheduledTaskGroup

from .advice import warnings
from .loader import ConfigError, load
from .program_errors import problems_in_yaml_spelling
from .sources import from_engine

HOLD = "SCHEDULED_TASKS_HOLD"
"""The environment variable that holds schedules in a deployment, if the stack has tasks with `gate`."""


def run(project: Path) -> None:
    """Load, build, export.

    Args:
        project: The folder with `Pulumi.yaml`, the stacks' files, and the shared tasks in `config/tasks`.

    Raises:
        RunError: The configuration has problems. Pulumi shows the message, and no traceback.
    """
    source = from_engine(pulumi.get_project(), pulumi.get_stack(), project)
    try:
        config = load(source, project / "config" / "tasks")
    except ConfigError as error:
        raise pulumi.RunError(str(error)) from None
    for warning in warnings(config, datetime.now(UTC)):
        pulumi.log.warn(str(warning))

    gates = [name for name, task in config.tasks.items() if task.gate]
    if gates and os.environ.get(HOLD):
        pulumi.log.info(f"Schedules stay as they are until these tasks have run: {', '.join(gates)}.")
        hold_schedules(gates)
    prefix = f"{pulumi.get_project()}-{pulumi.get_stack()}"
    with problems_in_yaml_spelling(config):
        group = ScheduledTaskGroup(
            "tasks", replace(config.group, prefix=prefix, tasks=config.tasks, calls=config.calls)
        )
    tasks: dict[str, ScheduledTask | ScheduledCall] = {}
    for name, task in config.tasks.items():
        with problems_in_yaml_spelling(config, name):
            tasks[name] = ScheduledTask(name, task.in_group(group.reference))
    for name, call in config.calls.items():
        with problems_in_yaml_spelling(config, name):
            tasks[name] = ScheduledCall(name, call.in_group(group.reference))

    pulumi.export("tasks", {name: task.summary for name, task in tasks.items()})
    pulumi.export("scheduleGroup", group.schedule_group_name)
    pulumi.export("clusterArn", group.cluster_arn)
    pulumi.export("schedulerRoleArn", group.scheduler_role_arn)
    pulumi.export("deadLetterQueueUrl", group.dead_letter_queue_url)
