"""Whether runs on Fargate can start in the subnets of their group: pull images, read secrets and write logs.

A run that can't fails to start, and neither the launch nor the dead-letter queue shows it. AWS: Amazon ECS developer
guide, "Stopped Amazon ECS tasks error messages".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..args import TaskDefinitionReference
from ..aws.arn import Arn
from ..aws.routes import GATEWAY_ONLY, IMAGE_SERVICES, Answer, Needs, Reach, start_needs
from ..problems import Path, Problem, abbreviated, key, listed
from ..resolved import Task
from .known_group import KnownGroup


@dataclass(frozen=True, slots=True)
class NoStart:
    """Subnets in which runs can't start, or may not."""

    sure: bool
    """Whether no run can start: not a run that ECS places in another subnet, and not by a route that is unknown."""
    path: Path
    """The argument of the group to change."""
    message: str
    """The end of a sentence about runs, then the fix."""


def start_problems(group: KnownGroup, tasks: Mapping[str, Task]) -> tuple[list[Problem], list[Problem]]:
    """The problems of a group's tasks, and the warnings. Tasks with the same cause share one."""
    by_cause: dict[NoStart, list[str]] = {}
    for name, task in tasks.items():
        if found := no_start(task, group):
            by_cause.setdefault(found, []).append(name)
    problems, warnings = list[Problem](), list[Problem]()
    for found, names in by_cause.items():
        problem = Problem(found.path, f"runs of {abbreviated(names)} {found.message}")
        (problems if found.sure else warnings).append(problem)
    return problems, warnings


def no_start(task: Task, group: KnownGroup) -> NoStart | None:
    """The reason why runs of a task can't start in some or all subnets; None if they can."""
    needs = task_needs(task, group.account.region, group.task_definitions.get(task.task_definition or ""))
    if needs is None or not group.reach:
        return None
    by_answer: dict[Answer, list[Reach]] = {}
    for reach in group.reach:
        by_answer.setdefault(needs.from_subnet(reach), []).append(reach)
    if failing := by_answer.get("no"):
        sure = len(by_answer) == 1
        path, message = _cause(failing, needs)
        return NoStart(sure, path, message if sure else f"{message} They start in the other subnets.")
    if (unknown := by_answer.get("unknown")) and "yes" not in by_answer:
        cause = f"the routes there may not lead to the internet, {_besides(unknown, needs)}"
        return NoStart(False, ("network",), f"may not start in {_ids(unknown)}, because {cause}. Check these routes.")
    return None


def task_needs(task: Task, region: str, definition: TaskDefinitionReference | None) -> Needs | None:
    """Everything that the runs of a task need to reach before they start; None if instances reach it for them."""
    if task.launch_type != "FARGATE":
        return None
    if task.task_definition is not None:
        return start_needs(definition["images"], definition["services"], region) if definition else None
    images = [image for image in (task.image, *(it.image for it in task.sidecars.values())) if isinstance(image, str)]
    return start_needs(images, list(_services(task)), region)


def _services(task: Task) -> Iterator[str]:
    if any(logs.in_cloudwatch for _, logs in task.all_logs):
        yield "logs"
    if any(container.build for _, container in task.containers):
        yield from IMAGE_SERVICES
    if task.secret_values:
        yield "ssm"
    containers = [container for _, container in task.containers]
    read: list[object] = [value for container in containers for value in container.secrets.values()]
    read += [value for _, logs in task.all_logs for value in logs.secret_options.values()]
    read += [container.registry_credentials for container in containers]
    yield from (arn.service for value in read if (arn := Arn.parse_if_arn(value)))


def _cause(failing: Sequence[Reach], needs: Needs) -> tuple[Path, str]:
    """The argument to change, the cause and the fix."""
    endpoints = "" if needs.image_elsewhere else ", or the missing endpoints"
    besides = _besides(failing, needs)
    if all(reach.subnet_type == "public" for reach in failing):
        return ("network", "assign_public_ip"), (
            f"can't start in {_ids(failing)}, because the route there leads to an internet gateway and they get no "
            f"public IP address, {besides}. Write {key('assign_public_ip')}: true, or add a route to a NAT "
            f"gateway{endpoints}."
        )
    return ("network",), (
        f"can't start in {_ids(failing)}, because there is no route to the internet, {besides}. Add a NAT gateway and "
        f"a route to it{endpoints}, or use other subnets."
    )


def _besides(subnets: Sequence[Reach], needs: Needs) -> str:
    """The reason why endpoints don't make up for a route."""
    if needs.image_elsewhere:
        return "and their image is not in ECR"
    return f"and no endpoint for {_missing(subnets, needs)}"


def _missing(subnets: Sequence[Reach], needs: Needs) -> str:
    missing = {service for reach in subnets for service in needs.services - reach.services}
    return listed([f"{it} (a gateway endpoint)" if it == GATEWAY_ONLY else it for it in sorted(missing)], "and")


def _ids(subnets: Sequence[Reach]) -> str:
    return listed([reach.subnet_id for reach in subnets], "and")
