"""Checks of a task against its group. Without them, AWS would refuse each run later."""

from collections.abc import Iterable, Iterator

from ..aws.images import registry_account
from ..problems import Path, Problem, key, listed, nearest
from ..resolved import Group, Task
from ..supervised.settings import SUPERVISED_KEYS
from .after import upstream_in_group
from .capacity import default_of_new_cluster, not_in_cluster
from .existing_definitions import existing_definition
from .known_group import KnownGroup
from .policies import secrets_in_group
from .same_account import task_elsewhere
from .tags import tags_together


def reference_problems(task: Task, group: KnownGroup) -> list[Problem]:
    """References that the group does not allow, and settings that do not fit the group or the task definition."""
    return [
        *_not_allowed(task, group),
        *unknown_roles(task, group.shared_roles),
        *_not_in_group(
            task,
            outcomes=group.outcomes,
            supervised=group.supervised,
            counts=group.counts_failures,
            parallel=group.parallel,
        ),
        *task_elsewhere(task, group.account),
        *(() if task.cluster in group.clusters else not_in_cluster(task, group.capacity_providers)),
        *tags_together(task, group.tags, group.default_tags),
        *_registries(task, group),
        *secrets_in_group(task, group),
        *_task_definition(task, group),
        *upstream_in_group(task, group.upstream_tasks),
    ]


def own_group_problems(task: Task, group: Group) -> list[Problem]:
    """Problems with features that a task needs and its own `group_args` lack."""
    return [
        *_not_in_group(
            task,
            outcomes=group.monitoring.outcomes,
            supervised=group.supervised,
            counts=True,
            parallel=group.parallel,
        ),
        *upstream_in_group(task, {}),
        *default_of_new_cluster(task, group),
    ]


def _not_allowed(task: Task, group: KnownGroup) -> Iterator[Problem]:
    roles = {path: role for path, role in _roles(task).items() if role.startswith("arn:")}
    roles |= {("execution_role",): task.execution_role} if isinstance(task.execution_role, str) else {}
    looked_up = "The group looks it up before anything is created, and its roles and event rules name it."
    named = "The group's roles and event rules name its clusters."
    passed = "The group's roles pass only these roles to ECS."
    references: list[tuple[Path, object, str, list[str], str]] = [
        (("task_definition",), task.task_definition, "task_definitions", list(group.task_definitions), looked_up),
        (("cluster",), task.cluster, "clusters", list(group.clusters), named),
        *((path, role, "pass_role_arns", list(group.pass_role_arns), passed) for path, role in roles.items()),
    ]
    for path, value, of_group, allowed, why in references:
        if isinstance(value, str) and value not in allowed:
            yield Problem(path, f'"{value}" is not in the group\'s {key(of_group)}. Add it there. {why}')


def _roles(task: Task) -> dict[Path, str]:
    """The roles that a task names, by ARN or by the name of a shared role."""
    own: dict[Path, str] = {("task_role",): task.task_role} if isinstance(task.task_role, str) else {}
    return own | {it.path_of("task_role"): it.task_role for it in task.schedules if it.task_role}


def unknown_roles(task: Task, shared: Iterable[str]) -> Iterator[Problem]:
    """Roles that a task refers to by name, and its group does not have."""
    names = list(shared)
    for path, role in _roles(task).items():
        if not role.startswith("arn:") and role not in names:
            yield Problem(
                path,
                f'"{role}" is not one of the group\'s {key("shared_roles")}.{nearest(role, names)} Add it there, or '
                "write the ARN of an existing role.",
            )


def _not_in_group(task: Task, *, outcomes: bool, supervised: bool, counts: bool, parallel: bool) -> Iterator[Problem]:
    for name in ("expect_success_within", "notify_after") if not outcomes else ():
        if name in task.args:
            yield Problem((name,), f"needs the outcomes of runs, but the group's {key('outcomes')} are off.")
    if task.is_supervised and not supervised:
        name = next(name for name in SUPERVISED_KEYS if name in task.args)
        yield Problem(
            (name,),
            f"needs a group with supervised tasks. Set {key('supervised')}: true on the group, which "
            "then creates the role, the table and the log group of state machines.",
        )
    elif task.notify_after is not None and outcomes and not counts:
        yield Problem(
            ("notify_after",),
            f"needs a group that counts failures. Set {key('after')} of its {key('notify')}, which is the default of "
            "its supervised tasks: 1 sends messages about each of their failures.",
        )
    if task.is_supervised and supervised and task.parallel and not parallel:
        yield Problem(
            ("parallel",),
            f"needs a group whose state machines may start executions. Set {key('parallel')}: true on the group.",
        )


def registries_of(task: Task) -> Iterator[tuple[Path, str]]:
    """The accounts that the group's execution role pulls images of a task from, each with the path of an image."""
    if task.execution_role is None:
        for path, container in task.containers:
            if account := registry_account(container.image):
                yield (*path, "image"), account


def _registries(task: Task, group: KnownGroup) -> Iterator[Problem]:
    for path, account in registries_of(task):
        if account not in group.registry_accounts:
            allowed = listed(group.registry_accounts, "and")
            yield Problem(
                path,
                f"is in the registry of account {account}, but the group pulls from {allowed} only. Add the account to "
                f"the group's {key('registry_accounts')}.",
            )


def _task_definition(task: Task, group: KnownGroup) -> list[Problem]:
    reference = task.task_definition or ""
    known = group.task_definitions.get(reference)
    return [] if known is None else existing_definition(task, known, group.containers.get(reference))
