"""From the keys of YAML to the components' arguments, and from the paths of these back to YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from components.aws.images import registry_account
from components.aws.names import family_of
from components.aws.spelling import camel_case
from components.checks.recipient_secrets import SECRETS
from components.json_values import Data, Object, is_list, is_object
from components.problems import Name, Path, Problem
from components.resolved import CallTask, RecipientKind, Task

_KEYS = {
    "capacity_providers": "launch",
    "create_cluster": "cluster",
    "vpc_tags": "vpc",
    "create_vpc": "vpc",
    "subnet_ids": "subnets",
    "subnet_tags": "subnets",
    "security_group_ids": "securityGroups",
    "secret_values": "secrets",
    "iam_path": "iam.path",
    "permissions_boundary": "iam.permissionsBoundary",
    "scheduler_role": "iam.schedulerRole",
    "supervisor_role": "iam.supervisorRole",
    "build": "image",
    "pass_role_arns": "tasks",
    "clusters": "tasks",
    "task_definitions": "tasks",
    "registry_accounts": "tasks",
}
"""Arguments that are forms of one key in YAML, or that follow from the tasks of a stack."""
_FORMS = {
    "schedule": ("schedule", "schedules"),
    "launch": ("launch", "capacity_providers"),
    "image": ("image", "build"),
    "secrets": ("secrets", "secret_values"),
    "iam": ("iam_path", "permissions_boundary", "scheduler_role", "supervisor_role", "execution_role"),
    "cluster": ("cluster", "create_cluster"),
}
"""The arguments that each of these keys of YAML becomes."""


def arguments_of(keys: Iterable[str]) -> frozenset[str]:
    """The arguments that keys of YAML become."""
    return frozenset(name for key in keys for name in _FORMS.get(key, (key,)))


def task_arguments(
    task: Data, secret: Callable[[str], object], calendar: Callable[[str], str | None] = lambda _: None
) -> Object:
    """The arguments of a `ScheduledTask`, except its group.

    Args:
        task: The keys of a task.
        secret: Returns the value of a key of the configuration.
        calendar: Returns the text of a calendar by the name of its file; None for one that can't be read.
    """
    args = dict(task)
    if "except_" in task:
        args["except_"] = _except(task["except_"], calendar)
    if isinstance(task.get("launch"), list):
        args["capacity_providers"] = args.pop("launch")
    if isinstance(task.get("launch"), dict):
        args["launch"], args["capacity_providers"] = "managedInstances", task["launch"]["managed_instances"]
    args = _container(_schedules(args))
    if "sidecars" in task:
        sidecars: Mapping[str, Data] = task["sidecars"]
        args["sidecars"] = {name: _container(sidecar) for name, sidecar in sidecars.items()}
    if "network" in task:
        args["network"] = _network(task["network"])
    if "secrets" in task:
        args.update(_secrets(task["secrets"], secret))
    return args


def _schedules(args: Object) -> Object:
    """The arguments that say when a task runs."""
    several, catch_up = args.get("schedule"), args.get("catch_up")
    if is_list(several):
        args = {key: value for key, value in args.items() if key != "schedule"}
        args["schedules"] = [{"expression": expression} for expression in several]
    return {**args, "catch_up": {"runs": catch_up}} if isinstance(catch_up, str) else args


def _except(given: Data, calendar: Callable[[str], str | None]) -> Object:
    """The exceptions of a task, with the texts of calendars in the place of their names."""
    names: Sequence[str] = given.get("calendars", ())
    texts = [text for name in names if (text := calendar(name)) is not None]
    rest = {key: value for key, value in given.items() if key != "calendars"}
    return {**rest, **({"calendars": texts} if texts else {})}


def _container(container: Data) -> Object:
    """The arguments of a container, from its keys in YAML."""
    args = dict(container)
    if isinstance(container.get("image"), dict):
        build: Object = dict(args.pop("image"))
        args["build"] = {"context": build.pop("build"), **build}
    if "ulimits" in container:
        limits: Data = container["ulimits"]
        args["ulimits"] = {
            name: limit if isinstance(limit, dict) else {"soft": limit, "hard": limit} for name, limit in limits.items()
        }
    return args


def _secrets(secrets: Data, secret: Callable[[str], object]) -> Object:
    objects: dict[str, Mapping[str, str]] = {name: it for name, it in secrets.items() if isinstance(it, dict)}
    stored = {name: secret(it["config"]) for name, it in objects.items()}
    given = {name: value for name, value in secrets.items() if isinstance(value, str)}
    return {"secrets": given, **({"secret_values": stored} if stored else {})}


def notify_arguments(notify: Data, secret: Callable[[RecipientKind, str, Path], object]) -> Object:
    """The argument `notify` of a group. `secret` gives the value of a key of the configuration, for a path."""
    args: Object = dict(notify)
    for kind, key in SECRETS.items():
        if kind in notify:
            given: Mapping[str, Data] = notify[kind]
            args[kind] = {
                name: {**it, key: secret(kind, it[key]["config"], ("notify", kind, Name(name), camel_case(key)))}
                for name, it in given.items()
            }
    return args


def group_arguments(stack: Data, tasks: Iterable[Task], calls: Iterable[CallTask], logs: Data) -> Object:
    """The arguments of the stack's `ScheduledTaskGroup`, which allows what its tasks refer to.

    `logs` are the logs of a task that sets nothing itself.
    """
    every = list(tasks)
    args: Object = {key: stack[key] for key in _UNCHANGED if key in stack}
    args["tags"] = stack.get("tags", {})
    if any(task.is_supervised for task in every) or any(call.machine is not None for call in calls):
        args["supervised"] = True
    if any(task.parallel for task in every):
        args["parallel"] = True
    if "cluster" in stack:
        args.update(_cluster(stack["cluster"]))
    if "network" in stack:
        args["network"] = _network(stack["network"])
    iam: Data = stack.get("iam", {})
    args.update({"iam_path" if key == "path" else key: value for key, value in iam.items()})
    if kept := {key: logs[key] for key in ("retention_days", "kms_key") if key in logs}:
        args["logs"] = kept
    own = str(args.get("cluster", "default"))
    if others := sorted({task.cluster for task in every if task.cluster is not None} - {own}):
        args["clusters"] = others
    return {**args, **_references(every)}


_UNCHANGED = ("enabled", "notify", "monitoring", "encryption", "pull_through_caches", "shared_roles")
"""Keys of a stack that are arguments of its group."""


def _cluster(cluster: object) -> Object:
    if not is_object(cluster):
        return {"cluster": cluster}
    return {"create_cluster": {key: value for key, value in cluster.items() if key != "create"}}


def _network(network: Data) -> Object:
    args: Object = {}
    for key, value in network.items():
        if is_object(value):
            form, inner = next(iter(value.items()))
            args["create_vpc" if form == "create" else "vpc_tags" if key == "vpc" else "subnet_tags"] = inner
        elif key == "security_groups":
            args["security_group_ids"] = value
        elif isinstance(value, list):
            args["subnet_ids"] = value
        else:
            args[key] = value
    return args


def _references(tasks: Iterable[Task]) -> Object:
    """The task definitions, roles and registries that a group allows its tasks to use."""
    every = list(tasks)
    images = [image for task in every for image in (task.image, *(it.image for it in task.sidecars.values()))]
    found = {
        "task_definitions": {task.task_definition for task in every if task.task_definition is not None},
        "pass_role_arns": {role for task in every for role in task.existing_roles},
        "registry_accounts": {account for image in images if (account := registry_account(image))},
    }
    # One container decides the outcome for a family. The loader refuses tasks that differ.
    of_family: dict[str, str] = {}
    containers: dict[str, str] = {}
    for task in every:
        if task.task_definition is not None and task.container and not task.is_supervised:
            containers[task.task_definition] = of_family.setdefault(family_of(task.task_definition), task.container)
    lists: Object = {key: sorted(values) for key, values in found.items() if values}
    return {**lists, **({"containers": containers} if containers else {})}


def group_as_written(problem: Problem) -> Problem:
    """A problem that was found in the arguments of the group, at the key of YAML that it comes from."""
    if problem.path[:1] == ("execution_role",):
        # Tasks have a key of that name, too.
        return replace(as_written(problem), path=("iam.executionRole",))
    return as_written(problem)


def as_written(problem: Problem, *, schedule_is_list: bool = False) -> Problem:
    """A problem that was found in arguments, at the key of YAML that it comes from.

    `schedule_is_list`: `schedule` is a list of expressions.
    """
    return problem.spelled(_spelled, lambda path: _path(path, schedule_is_list=schedule_is_list))


def _spelled(key: str) -> str:
    return _KEYS.get(key, camel_case(key))


def _path(path: Path, *, schedule_is_list: bool) -> Path:
    written: list[str | int] = []
    for part in path:
        if isinstance(part, int | Name):
            written.append(part)
        elif written == ["cluster"]:
            written.append(camel_case(part))
        else:
            written.append(_spelled(part))
    if schedule_is_list and written[:1] == ["schedules"]:
        written = ["schedule", *written[1:2]]
    if "build" in path and not isinstance(path[path.index("build")], Name):
        # The key `build` of a container is a form of its `image`.
        start = path.index("build") + 1
        written[start:] = ["build" if part == "context" else part for part in written[start:]]
    if "create_vpc" in path:
        written.insert(written.index("vpc") + 1, "create")
    return tuple(written)
