"""Finds the schedules of a configuration among those in AWS. Pure.

A schedule that an earlier version deployed, or that got a name of its own later, keeps the name that it had in AWS
(`components.task.schedule_names`). Its content then tells which one it is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from components.aws import names
from components.resolved import Scheduled
from components.resolved import ScheduleTimes as ConfiguredSchedule
from components.task.schedule_names import schedule_names

from ..aws.schedules import Schedule


def configured_schedules(
    tasks: Mapping[str, Scheduled], deployed: Sequence[str], read: Mapping[str, Schedule]
) -> dict[str, tuple[Scheduled, ConfiguredSchedule]]:
    """Return the configured schedules, each with its task, by name in AWS.

    A schedule that isn't deployed has the name that it will have.

    Args:
        tasks: The configured tasks.
        deployed: The names of all schedules in AWS.
        read: Those of them that were read.
    """
    found: dict[str, tuple[Scheduled, ConfiguredSchedule]] = {}
    by_task: dict[str, list[str]] = {}
    # By length first, so that names by position are in their order.
    for full, owner in task_by_schedule(tasks, sorted(deployed, key=lambda full: (len(full), full))).items():
        by_task.setdefault(owner, []).append(full)
    for name, task in tasks.items():
        for full, schedule in _of_task(task, by_task.get(name, []), read):
            found[full] = (task, schedule)
    return found


def task_by_schedule(tasks: Collection[str], deployed: Iterable[str]) -> dict[str, str]:
    """Return the configured task of each schedule in AWS, by the schedule's name. Omits schedules without one."""
    long = [name for name in tasks if len(name) > names.SCHEDULE_PREFIX_LENGTH]
    found: dict[str, str] = {}
    for full in deployed:
        owner = names.task_of_schedule(full)
        if owner not in tasks:
            owner = next((name for name in long if names.is_schedule_of(full, name)), None)
        if owner is not None:
            found[full] = owner
    return found


def _of_task(
    task: Scheduled, deployed: Sequence[str], read: Mapping[str, Schedule]
) -> Iterator[tuple[str, ConfiguredSchedule]]:
    wanted = {own.in_aws: schedule for own, schedule in zip(schedule_names(task), task.schedules, strict=True)}
    left = [full for full in deployed if full not in wanted]
    missing = [full for full in wanted if full not in deployed]
    yield from ((full, schedule) for full, schedule in wanted.items() if full in deployed)
    for full in list(missing):
        same = next((other for other in left if other in read and _is(read[other], wanted[full])), None)
        if same is not None:
            yield same, wanted[full]
            left.remove(same)
            missing.remove(full)
    # If a name by position was not read, or its content changed, only the order can tell which one it is.
    in_order = len(left) == len(missing) and all(names.is_by_position(full, task.name) for full in left)
    yield from zip(left if in_order else missing, (wanted[full] for full in missing), strict=True)


def _is(deployed: Schedule, configured: ConfiguredSchedule) -> bool:
    return (deployed.expression, deployed.timezone) == (configured.expression, configured.timezone)
