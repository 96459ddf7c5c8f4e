"""Scheduled tasks on Amazon ECS: the configuration of a stack, built and exported."""

# ruff: noqa: E402 - the garbage collector is off before the other imports

from components.garbage import disable_garbage_collection

disable_garbage_collection()

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pulumi

from components import ScheduledTask, ScheduledTaskGroup
from config import ConfigError, from_engine, load, warnings
from config.program_errors import problems_in_yaml_spelling

PROJECT = Path(__file__).resolve().parent


def main() -> None:
    """Load, build, export."""
    source = from_engine(pulumi.get_project(), pulumi.get_stack(), PROJECT)
    try:
        config = load(source, PROJECT / "config" / "tasks")
    except ConfigError as error:
        # Pulumi shows the message of a RunError, and no traceback.
        raise pulumi.RunError(str(error)) from None
    for warning in warnings(config, datetime.now(UTC)):
        pulumi.log.warn(str(warning))

    prefix = f"{pulumi.get_project()}-{pulumi.get_stack()}"
    with problems_in_yaml_spelling(config):
        group = ScheduledTaskGroup("tasks", replace(config.group, prefix=prefix, tasks=config.tasks))
    tasks: dict[str, ScheduledTask] = {}
    for name, task in config.tasks.items():
        with problems_in_yaml_spelling(config, name):
            tasks[name] = ScheduledTask(name, task.in_group(group.reference))

    pulumi.export("tasks", {name: task.summary for name, task in tasks.items()})
    pulumi.export("scheduleGroup", group.schedule_group_name)
    pulumi.export("clusterArn", group.cluster_arn)
    pulumi.export("schedulerRoleArn", group.scheduler_role_arn)
    pulumi.export("deadLetterQueueUrl", group.dead_letter_queue_url)


main()
