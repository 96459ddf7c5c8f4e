"""What runs: images, containers, their environment and volumes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import cast

from ..aws import fargate
from ..aws import limits as bounds
from ..problems import Name, Problem, listed, nearest
from ..supervised.settings import RUN_VARIABLE
from ..task.capacity import is_windows, reads_only_root, runs_on
from ..task.definition import CONTAINER_NAME
from .values import Args, duration, items, mapping, not_among, pattern, whole, within

DEFINITION_KEYS = (
    "command", "entry_point", "environment", "secrets", "secret_values", "working_directory", "user", "init",
    "read_only_root", "ulimits", "depends_on", "sidecars", "volumes", "cpu", "memory", "architecture",
    "operating_system", "ephemeral_storage", "permissions", "managed_policies", "task_role", "exec", "stop_timeout",
    "logs", "network_mode",
)  # fmt: skip
"""Keys that say what a task definition holds, and so belong to an image and not to a definition made
elsewhere."""
SECRET_ARN = re.compile(
    r"arn:aws[a-z-]*:(?:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:|ssm:[a-z0-9-]+:[0-9]{12}:parameter/)[^\s]+"
)
DEFINITION = re.compile(
    r"(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/)?(?P<family>[A-Za-z0-9_-]{1,255})(?::(?P<revision>[0-9]+))?"
)
_IMAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@-]{0,254}")
_CONTAINER = re.compile(r"[A-Za-z0-9_-]{1,255}")
_FILE_SYSTEM = re.compile(r"fs-[0-9a-f]+")
_ACCESS_POINT = re.compile(r"fsap-[0-9a-f]+")
_RESERVED = ("AWS_CONTAINER_", "ECS_CONTAINER_METADATA_URI", "AWS_EXECUTION_ENV", "ECS_AGENT_URI")
"""Variables that ECS sets itself; what a task sets in their place breaks the credentials of its role."""
_SECRETS = ("secrets", "secret_values")


def what_runs(args: Args) -> Iterator[Problem]:
    """Exactly one of image, build and task definition."""
    ways = [key for key in ("image", "build", "task_definition") if key in args]
    if ways == ["image", "task_definition"]:
        yield Problem(
            ("task_definition",),
            "a task has either image or taskDefinition, not both. Remove one; null drops what a lower layer sets.",
        )
    elif len(ways) > 1:
        yield Problem((ways[-1],), f"a task has one of image, build and taskDefinition, not {listed(ways, 'and')}.")
    elif ways == ["task_definition"]:
        for key in DEFINITION_KEYS:
            if key in args:
                yield Problem(
                    (key,),
                    "belongs to the task definition, which is made elsewhere: change it there, or use image.",
                )
    elif not ways:
        yield Problem(("image",), "is missing. Name a container image, or an existing taskDefinition.")
    yield from _references(args)


def _references(args: Args) -> Iterator[Problem]:
    yield from pattern(args, "image", _IMAGE, "an image", "repository/name:tag, without spaces")
    yield from pattern(args, "task_definition", DEFINITION, "a task definition", "family, family:revision or an ARN")
    yield from pattern(args, "container", _CONTAINER, "a container's name", "letters, digits, - and _")
    if "container" in args and "task_definition" not in args:
        yield Problem(
            ("container",), f"names a container of a taskDefinition. That of an image is always {CONTAINER_NAME}."
        )
    build = mapping(args, "build")
    if isinstance(context := build.get("context"), str) and not context.strip():
        yield Problem(("build", "context"), "is empty. Name the folder that holds the Dockerfile.")


def main_container(args: Args) -> Iterator[Problem]:
    """The main container's own settings."""
    yield from _environment(args)
    yield from _user_and_folder(args)
    yield from duration(args, "stop_timeout", bounds.STOP_TIMEOUT_SECONDS)
    yield from _ulimits(args)
    if is_windows(args):
        for key in ("read_only_root", "init", "ulimits", "user"):
            if args.get(key):
                yield Problem((key,), "is for Linux only, and operatingSystem is Windows. Remove it.")
    if args.get("exec") is True and reads_only_root(args):
        yield Problem(
            ("exec",),
            "needs a root file system that can be written, for its agent: write readOnlyRoot: false, or drop exec.",
        )


def sidecars(args: Args) -> Iterator[Problem]:
    """Further containers, and who waits for whom."""
    others = mapping(args, "sidecars")
    if len(others) >= bounds.CONTAINERS:
        yield Problem(
            ("sidecars",), f"has {len(others)}. A task has at most {bounds.CONTAINERS} containers, main among them."
        )
    for name, value in others.items():
        for problem in _sidecar(name, value, args):
            yield problem.within("sidecars", Name(name))
    yield from shares(args, args)
    yield from _dependencies(args)


def _sidecar(name: str, value: object, args: Args) -> Iterator[Problem]:
    if name == CONTAINER_NAME:
        yield Problem((), f'"{CONTAINER_NAME}" is the name of the task\'s own container. Choose another.')
    elif not _CONTAINER.fullmatch(name):
        yield Problem((), f'"{name}" is not a name for a container: use letters, digits, - and _.')
    if not isinstance(value, Mapping):
        return
    sidecar = cast("Args", value)
    if "image" not in sidecar:
        yield Problem(("image",), "is missing.")
    yield from pattern(sidecar, "image", _IMAGE, "an image", "repository/name:tag, without spaces")
    yield from _environment(sidecar)
    yield from _user_and_folder(sidecar)
    yield from duration(sidecar, "stop_timeout", bounds.STOP_TIMEOUT_SECONDS)
    yield from _share(sidecar)
    for problem in _health_check(mapping(sidecar, "health_check")):
        yield problem.within("health_check")
    yield from _mounts(sidecar, args)


def _mounts(sidecar: Args, args: Args) -> Iterator[Problem]:
    for volume, path in mapping(sidecar, "mounts").items():
        if volume not in mapping(args, "volumes"):
            yield Problem(
                ("mounts", Name(volume)), f"the task has no such volume.{nearest(volume, mapping(args, 'volumes'))}"
            )
        elif isinstance(path, str) and not _absolute(path, args):
            yield Problem(("mounts", Name(volume)), f'"{path}" is not an absolute path.')


def _share(sidecar: Args) -> Iterator[Problem]:
    for key, least in (("cpu", 0), ("memory", bounds.EC2_MEMORY[0])):
        if whole(own := sidecar.get(key)) and own < least:
            yield Problem((key,), f"{own} is not allowed. Use {least} or more.")


def shares(args: Args, size: Args) -> Iterator[Problem]:
    """What is set apart for sidecars is less than what `size` says that the task has, by default what Fargate's
    smallest does. AWS: Amazon ECS API reference, ContainerDefinition, cpu and memory."""
    for key, default in (("cpu", fargate.DEFAULT_CPU), ("memory", fargate.DEFAULT_MEMORY)):
        whole_task = size.get(key, default)
        parts = [
            own
            for sidecar in mapping(args, "sidecars").values()
            if isinstance(sidecar, Mapping) and whole(own := cast("Args", sidecar).get(key))
        ]
        if parts and whole(whole_task) and sum(parts) >= whole_task:
            yield Problem(
                (key,),
                f"{whole_task} is not more than the {sum(parts)} set apart for sidecars: nothing is left for main.",
            )


def _health_check(check: Args) -> Iterator[Problem]:
    command = items(check, "command")
    if "command" in check and (len(command) < 2 or command[0] not in ("CMD", "CMD-SHELL")):
        yield Problem(
            ("command",), "starts with CMD or CMD-SHELL, and goes on with what is run: [CMD-SHELL, curl -f localhost]."
        )
    yield from duration(check, "interval", bounds.HEALTH_INTERVAL_SECONDS)
    yield from duration(check, "timeout", bounds.HEALTH_TIMEOUT_SECONDS)
    yield from duration(check, "start_period", bounds.HEALTH_START_SECONDS)
    yield from within(check, "retries", bounds.HEALTH_RETRIES)


def _dependencies(args: Args) -> Iterator[Problem]:
    """Conditions that can come true, and no circle."""
    others = {
        name: cast("Args", value) for name, value in mapping(args, "sidecars").items() if isinstance(value, Mapping)
    }
    waits = {
        CONTAINER_NAME: mapping(args, "depends_on"),
        **{name: mapping(other, "depends_on") for name, other in others.items()},
    }
    for name, conditions in waits.items():
        place = ("depends_on",) if name == CONTAINER_NAME else ("sidecars", Name(name), "depends_on")
        for other, condition in conditions.items():
            if other == name or other not in waits:
                yield Problem(
                    (*place, Name(other)), f"there is no such other container.{nearest(other, waits.keys() - {name})}"
                )
            elif isinstance(condition, str):
                # The main container is always essential.
                waited_for = others.get(other, {"essential": True})
                yield from (problem.within(*place, Name(other)) for problem in _condition(condition, waited_for))
    if circle := _circle({name: set(conditions) & set(waits) for name, conditions in waits.items()}):
        yield Problem(("depends_on",), f"{listed(sorted(circle), 'and')} wait for each other: none would ever start.")


def _condition(condition: str, other: Args) -> Iterator[Problem]:
    if condition not in bounds.CONDITIONS:
        yield Problem((), not_among(condition, bounds.CONDITIONS))
    elif condition == "HEALTHY" and "health_check" not in other:
        yield Problem((), "HEALTHY never comes true: that container has no healthCheck. Give it one, or write START.")
    elif condition in ("COMPLETE", "SUCCESS") and other.get("essential") is True:
        yield Problem(
            (), f"{condition} waits for the end of an essential container, which ends the run. Write essential: false."
        )


def _circle(waits: Mapping[str, set[str]]) -> set[str]:
    """The containers that can never start, since each waits for another of them."""
    left = {name: set(others) for name, others in waits.items()}
    while ready := [name for name, others in left.items() if not others & left.keys()]:
        for name in ready:
            del left[name]
    return set(left)


def volumes(args: Args) -> Iterator[Problem]:
    """Volumes, each where the main container sees it."""
    seen: dict[str, str] = {}
    for name, value in mapping(args, "volumes").items():
        if not _CONTAINER.fullmatch(name):
            yield Problem(("volumes", Name(name)), "is not a name for a volume: use letters, digits, - and _.")
        if not isinstance(value, Mapping):
            continue
        volume = cast("Args", value)
        for problem in _volume(volume, args):
            yield problem.within("volumes", Name(name))
        path = volume.get("path")
        if isinstance(path, str) and (other := seen.setdefault(path, name)) != name:
            yield Problem(("volumes", Name(name), "path"), f'"{path}" is where volume {other} is already.')


def _volume(volume: Args, args: Args) -> Iterator[Problem]:
    if "path" not in volume:
        yield Problem(("path",), "is missing: where the container sees the volume.")
    elif isinstance(path := volume["path"], str) and not _absolute(path, args):
        yield Problem(("path",), f'"{path}" is not an absolute path.')
    yield from pattern(volume, "efs", _FILE_SYSTEM, "a file system", "its id, such as fs-0123456789abcdef0")
    yield from pattern(
        volume, "access_point", _ACCESS_POINT, "an access point", "its id, such as fsap-0123456789abcdef0"
    )
    yield from _file_system(volume, args)


def _file_system(volume: Args, args: Args) -> Iterator[Problem]:
    if "efs" not in volume:
        for key in ("access_point", "root_directory"):
            if key in volume:
                yield Problem((key,), "belongs to an EFS file system: name it under efs.")
    elif is_windows(args):
        yield Problem(
            ("efs",), "Windows containers cannot mount EFS (AWS: Amazon ECS developer guide, Amazon EFS volumes)."
        )
    elif runs_on(args) == "EXTERNAL":
        yield Problem(
            ("efs",), "tasks on EXTERNAL instances cannot mount EFS: AWS supports it on Fargate and EC2 only."
        )
    if "access_point" in volume and "root_directory" in volume:
        yield Problem(("root_directory",), "the access point says it. Remove one of both.")


def _absolute(path: str, args: Args) -> bool:
    return bool(re.match(r"[A-Za-z]:[\\/]", path)) if is_windows(args) else posixpath.isabs(path)


def _user_and_folder(args: Args) -> Iterator[Problem]:
    if isinstance(user := args.get("user"), str) and not re.fullmatch(r"[\w.-]+(:[\w.-]+)?", user, re.ASCII):
        yield Problem(("user",), f'"{user}" is not a user. Write user, uid, user:group or uid:gid.')
    folder = args.get("working_directory")
    if isinstance(folder, str) and not (posixpath.isabs(folder) or re.match(r"[A-Za-z]:[\\/]", folder)):
        yield Problem(("working_directory",), f'"{folder}" is not an absolute path.')


def _ulimits(args: Args) -> Iterator[Problem]:
    on_fargate = runs_on(args) == "FARGATE"
    for name, value in mapping(args, "ulimits").items():
        if name not in bounds.ULIMITS:
            yield Problem(("ulimits", Name(name)), f"is not a limit that ECS knows: {listed(bounds.ULIMITS)}.")
        elif on_fargate and name != "nofile":
            yield Problem(("ulimits", Name(name)), "Fargate lets nofile be set only. Remove it, or run on EC2.")
        if isinstance(value, Mapping):
            limit = cast("Args", value)
            if whole(soft := limit.get("soft")) and whole(hard := limit.get("hard")) and soft > hard:
                yield Problem(("ulimits", Name(name), "soft"), f"{soft} is more than hard, {hard}.")


def _environment(args: Args) -> Iterator[Problem]:
    places = {key: mapping(args, key) for key in ("environment", *_SECRETS)}
    for place, variables in places.items():
        for problem in variable_names(variables):
            yield problem.within(place)
    yield from _secrets(places)


def variable_names(variables: Args) -> Iterator[Problem]:
    """Names that environment variables can have, and that nothing else sets."""
    for name in variables:
        if not name or "=" in name or "\0" in name:
            yield Problem((Name(name),), "is not a name for an environment variable: it must not be empty or hold =.")
        elif name.startswith(_RESERVED):
            yield Problem((Name(name),), "is set by ECS itself (credentials, metadata). Choose another name.")
        elif name == RUN_VARIABLE:
            yield Problem((Name(name),), "is what supervised runs are found again by. Choose another name.")


def _secrets(places: Mapping[str, Args]) -> Iterator[Problem]:
    for secret_place in _SECRETS:
        for name in sorted(places["environment"].keys() & places[secret_place].keys()):
            yield Problem(("environment", Name(name)), "is in environment and in secrets. Keep one.")
    for name, value in places["secrets"].items():
        if isinstance(value, str) and not SECRET_ARN.fullmatch(value):
            yield Problem(
                ("secrets", Name(name)),
                "is not the ARN of a Secrets Manager secret or an SSM parameter (the value is not shown: it might be "
                "the secret). Write arn:aws:secretsmanager:<region>:<account>:secret:<name> or "
                "arn:aws:ssm:<region>:<account>:parameter/<name>.",
            )
    for name, value in places["secret_values"].items():
        if isinstance(value, str):
            yield Problem(
                ("secret_values", Name(name)),
                "is plain text and no secret (the value is not shown). Give a Pulumi secret, such as "
                "config.require_secret(...).",
            )
