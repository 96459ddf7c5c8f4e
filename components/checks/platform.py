"""Checks of the operating system, the platform version and the network mode: what each of them supports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..aws import platform_versions as versions
from ..aws.platform_versions import Feature
from ..aws.secret_references import SecretReference
from ..problems import Name, Problem, key, listed
from ..resolved import Container, Sidecar, Task
from .check import reads

_CAPACITY = ("launch", "capacity_providers")
WINDOWS_ON_FARGATE = (
    "WINDOWS_SERVER_2019_CORE", "WINDOWS_SERVER_2019_FULL", "WINDOWS_SERVER_2022_CORE", "WINDOWS_SERVER_2022_FULL",
)  # fmt: skip
"""AWS: Amazon ECS developer guide, "Amazon ECS task definition differences for Fargate", task operating systems."""
WITHOUT_EXEC = ("WINDOWS_SERVER_2016_FULL", "WINDOWS_SERVER_2004_CORE")
"""AWS: Amazon ECS developer guide, "ECS Exec", considerations: the Windows AMIs that support it."""


@reads("operating_system", "exec", "schedule", "schedules", *_CAPACITY)
def windows(task: Task) -> Iterator[Problem]:
    """Capacity that runs this edition of Windows."""
    if not task.is_windows:
        return
    if task.launch == "fargateSpot" or "FARGATE_SPOT" in task.provider_names:
        where = "launch" if "launch" in task.args else "capacity_providers"
        yield Problem(
            (where,), f"Fargate Spot does not run Windows. Write fargate, or remove {key('operating_system')}."
        )
    elif task.launch_type == "EXTERNAL":
        yield Problem(("operating_system",), "is for Fargate and EC2. External instances use their own. Remove it.")
    elif task.launch_type == "FARGATE" and task.operating_system not in WINDOWS_ON_FARGATE:
        yield Problem(
            ("operating_system",),
            f"Fargate does not run {task.operating_system}. Use {listed(WINDOWS_ON_FARGATE)}, or write "
            f"{key('launch')}: ec2.",
        )
    if task.exec_path and task.operating_system in WITHOUT_EXEC:
        yield Problem(
            task.exec_path, f"does not work on {task.operating_system}. Remove it, or use a newer Windows Server."
        )


@reads("operating_system", "read_only_root", "init", "ulimits", "user", "sidecars")
def linux_only(task: Task) -> Iterator[Problem]:
    """Settings that Windows containers do not support."""
    if not task.is_windows:
        return
    own = {"read_only_root": task.args.get("read_only_root"), "init": task.init, "ulimits": task.ulimits}
    yield from _not_on_windows(task, {**own, "user": task.user})
    for name, sidecar in task.sidecars.items():
        settings = {
            "read_only_root": sidecar.read_only_root, "init": sidecar.init, "ulimits": sidecar.ulimits,
            "user": sidecar.user,
        }  # fmt: skip
        yield from (found.within("sidecars", Name(name)) for found in _not_on_windows(task, settings))


def _not_on_windows(task: Task, settings: Mapping[str, object]) -> Iterator[Problem]:
    for name, value in settings.items():
        if value:
            yield Problem(
                (name,), f"is for Linux only, and {key('operating_system')} is {task.operating_system}. Remove it."
            )


@reads(
    "platform_version", "operating_system", "architecture", "cpu", "ephemeral_storage", "exec", "secrets",
    "secret_values", "depends_on", "sidecars", "stop_timeout", "start_timeout", "environment_files", "linux",
    "pid_mode", "system_controls",
    "logs", "volumes", "schedule", "schedules", "task_definition",
    *_CAPACITY,
)  # fmt: skip
def platform_version(task: Task) -> Iterator[Problem]:
    """A platform version that supports what the task uses."""
    if task.platform_version is None:
        return
    if task.launch_type != "FARGATE":
        yield Problem(("platform_version",), "is for Fargate only. Remove it.")
    elif problem := versions.version_problem(
        task.platform_version, windows=task.is_windows, features=list(_features(task))
    ):
        yield Problem(("platform_version",), problem)


def _features(task: Task) -> Iterator[Feature]:
    """The features of a task that not all platform versions support."""
    containers: list[Task | Sidecar] = [task, *task.sidecars.values()]
    references = [value for each in containers for value in each.secrets.values() if isinstance(value, str)]
    sizes = [task.cpu, *(schedule.cpu or 0 for schedule in task.schedules)]
    storage = [task.ephemeral_storage, *(schedule.ephemeral_storage for schedule in task.schedules)]
    used = (
        (task.exec_path is not None, "exec", versions.WITH_EXEC),
        (task.architecture == "arm64", "arm64", versions.WITH_ARM),
        (any(volume.efs is not None for volume in task.volumes.values()), "EFS volumes", versions.WITH_EFS),
        (any(size is not None for size in storage), "more ephemeral storage", versions.WITH_STORAGE),
        (max(sizes) >= versions.LARGE_CPU, "8 vCPU and more", versions.WITH_LARGE_SIZES),
        (_names_parts(references), "JSON keys and versions of secrets", versions.WITH_PARTS_OF_SECRETS),
        (any(each.secrets for each in containers) or task.secret_values, "secrets", versions.WITH_SECRETS),
        (any(each.depends_on for each in containers), "container dependencies", versions.WITH_DEPENDENCIES),
        (any(each.environment_files for each in containers), "environment files", versions.WITH_ENVIRONMENT_FILES),
        (any(_adds(each) for each in containers), "added capabilities", versions.WITH_CAPABILITIES),
        (any(each.system_controls for each in containers), "system controls", versions.WITH_SYSTEM_CONTROLS),
        (task.pid_mode is not None, "shared process namespaces", versions.WITH_PID_MODE),
        (any(each.start_timeout is not None for each in containers), "start timeouts", versions.WITH_DEPENDENCIES),
        (any(each.stop_timeout is not None for each in containers), "stop timeouts", versions.WITH_DEPENDENCIES),
        ("FARGATE_SPOT" in [entry.provider for entry in task.strategy], "Fargate Spot", versions.WITH_SPOT),
    )
    yield from ((words, least) for found, words, least in used if found)


def _adds(container: Container) -> bool:
    """Whether a container has more capabilities than Docker's."""
    return bool(container.linux and container.linux.capabilities and container.linux.capabilities.add)


def _names_parts(references: list[str]) -> bool:
    return any(SecretReference.parse(reference).names_part for reference in references)


@reads("network_mode", "operating_system", *_CAPACITY)
def network_mode(task: Task) -> Iterator[Problem]:
    """A network mode that the launch type and the operating system support.

    AWS: botocore ecs, RegisterTaskDefinition.networkMode: awsvpc on Fargate; the default mode or awsvpc for Windows on
    EC2.
    """
    mode = task.network_mode
    if task.launch_type == "FARGATE":
        if mode != "awsvpc":
            yield Problem(
                ("network_mode",),
                f"Fargate supports only awsvpc, not {mode}. Remove it, or write {key('launch')}: ec2.",
            )
    elif task.launch_type == "EXTERNAL":
        if mode in ("awsvpc", "default"):
            yield Problem(("network_mode",), f"external instances do not support {mode}. Write bridge, host or none.")
    elif task.is_windows and mode not in ("awsvpc", "default"):
        yield Problem(("network_mode",), f"Windows does not support {mode}. Write awsvpc or default.")
    elif mode == "default" and not task.is_windows:
        yield Problem(("network_mode",), "default is for Windows. Write bridge, which is the default of Linux.")
