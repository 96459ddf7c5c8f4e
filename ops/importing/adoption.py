"""Existing schedules that a stack can keep: the resource list for `pulumi import --file`. Pure.

A schedule can't change its name or group: AWS has no call for that, and the provider replaces the schedule. So a stack
can keep a schedule only if both names are those that it would give. `docs/guides/switch-over.md` says how to choose
them. A task definition that `taskDefinition` names is kept by reference and needs no entry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from components.aws.names import GroupNames
from components.resolved import Task
from components.task.schedule_names import schedule_names

from .record import Origin

GROUP = "tasks"
"""Name of the group's component in the program."""
_TYPES = "ecs-scheduled-tasks:index"


@dataclass(slots=True)
class Adoption:
    """The result.

    Args:
        resources: The resources, in the format of `pulumi import --file`.
        kept: Tasks whose schedule is kept.
        left: Tasks whose schedule can't be kept, with the reason as a sentence.
    """

    resources: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    kept: list[str] = field(default_factory=list[str])
    left: dict[str, str] = field(default_factory=dict[str, str])

    def as_data(self) -> dict[str, object]:
        """The file for `pulumi import --file`."""
        return {"resources": self.resources}


def adoption(names: GroupNames, tasks: Mapping[str, Task], origins: Mapping[str, Origin]) -> Adoption:
    """List the schedules that a stack keeps, with their parents.

    Args:
        names: The names of the stack's resources.
        tasks: The tasks of the stack.
        origins: The record of the import.
    """
    found = Adoption()
    for task, origin in origins.items():
        if reason := _reason(names, tasks.get(task), origin):
            found.left[task] = reason
        else:
            found.kept.append(task)
    if found.kept:
        found.resources += [
            _component("ScheduledTaskGroup", GROUP),
            _resource("scheduler", "ScheduleGroup", f"{GROUP}-schedules", GROUP, names.schedule_group),
        ]
    for task in found.kept:
        own = schedule_names(tasks[task])[0]
        identity = f"{names.schedule_group}/{own.in_aws}"
        found.resources += [
            _component("ScheduledTask", task),
            _resource("scheduler", "Schedule", own.in_pulumi, task, identity),
        ]
    return found


def _component(kind: str, name: str) -> dict[str, object]:
    return {"type": f"{_TYPES}:{kind}", "name": name, "component": True}


def _resource(module: str, kind: str, name: str, parent: str, identity: str) -> dict[str, object]:
    token = f"aws:{module}/{kind[0].lower()}{kind[1:]}:{kind}"
    return {"type": token, "name": name, "parent": parent, "id": identity}


def _reason(names: GroupNames, task: Task | None, origin: Origin) -> str:
    """Why a schedule can't be kept, as a sentence. Empty if it can."""
    if origin.kind == "rule":
        return "It was an EventBridge rule. A stack has schedules, so switch over with `import cut-over`."
    if task is None:
        return "The stack has no such task."
    own: Sequence[str] = [each.in_aws for each in schedule_names(task)]
    if len(own) != 1 or task.name == GROUP:
        return "It has several schedules, or the name of the group. Switch over with `import cut-over`."
    if origin.place != names.schedule_group:
        return (
            f"Its schedule is in the group {origin.place}, and those of the stack are in {names.schedule_group}. To "
            "keep it, choose the names of the project and of the stack so that <project>-<stack> is the group's name. "
            "Else switch over with `import cut-over`."
        )
    if origin.name != own[0]:
        return f"Its schedule is {origin.name}, and that of the task would be {own[0]}. To keep it, rename the task."
    return ""
