"""Checks of what the launch type, the operating system and the network mode support in a container.

AWS: Amazon ECS developer guide, "Amazon ECS task definition differences for Fargate"; botocore ecs,
ContainerDefinition, LinuxParameters, KernelCapabilities and RegisterTaskDefinition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..aws.container_paths import is_absolute
from ..problems import Name, Path, Problem, key, listed
from ..resolved import Container, Linux, Sidecar, Task
from .check import reads

_CAPACITY = ("launch", "capacity_providers")
_HOST = (
    "linux", "privileged", "security_options", "gpus", "hostname", "disable_networking", "dns", "extra_hosts",
    "system_controls", "restart", "environment_files", "registry_credentials", "stop_timeout", "start_timeout",
    "memory_reservation",
)  # fmt: skip
_NOT_ON_FARGATE = ("disable_networking", "privileged", "security_options", "gpus", "dns", "extra_hosts")
_LINUX_NOT_ON_FARGATE = ("devices", "shared_memory", "max_swap", "swappiness")
FARGATE_CAPABILITIES = ("SYS_PTRACE",)
FARGATE_TIMEOUT = 120
"""Seconds. AWS: botocore ecs, ContainerDefinition.stopTimeout, startTimeout."""
_NOT_ON_WINDOWS = (
    "disable_networking",
    "linux",
    "privileged",
    "dns",
    "extra_hosts",
    "environment_files",
    "system_controls",
)
_NOT_IN_AWSVPC = ("hostname", "dns", "extra_hosts")
"""AWS: botocore ecs, ContainerDefinition.hostname, extraHosts. The containers share the network of another container,
and Docker refuses DNS servers then: https://github.com/moby/moby/blob/master/daemon/pkg/runconfig/hostconfig.go,
validateNetContainerMode."""
_IPC_CONTROLS = frozenset(
    f"kernel.{name}" for name in ("msgmax", "msgmnb", "msgmni", "sem", "shmall", "shmmax", "shmmni", "shm_rmid_forced")
)
"""AWS: botocore ecs, SystemControl.value."""


@reads("sidecars", "operating_system", "network_mode", "pid_mode", "ipc_mode", *_HOST, *_CAPACITY, each=("sidecars",))
def host_settings(task: Task) -> Iterator[Problem]:
    """Settings that the launch type, the operating system and the network mode support."""
    for path, container in task.containers:
        yield from (found.within(*path) for found in _container(task, container))


def _container(task: Task, container: Container) -> Iterator[Problem]:
    on_fargate = task.launch_type == "FARGATE"
    if on_fargate:
        yield from _on_fargate(container)
    elif task.network_mode == "awsvpc":
        yield from _refused(
            container,
            _NOT_IN_AWSVPC,
            f"is not supported in network mode awsvpc. Remove it, or write {key('network_mode')}: bridge.",
        )
    if on_fargate and container.hostname is not None:
        yield Problem(("hostname",), "is not supported in network mode awsvpc, which Fargate always uses. Remove it.")
    if task.is_windows:
        yield from _on_windows(task, container, on_fargate=on_fargate)
    if container.linux:
        yield from (found.within("linux") for found in _linux(container.linux))
    yield from _system_controls(task, container.system_controls)


def _on_fargate(container: Container) -> Iterator[Problem]:
    elsewhere = f"Remove it, or write {key('launch')}: ec2."
    yield from _refused(container, _NOT_ON_FARGATE, f"is not supported on Fargate. {elsewhere}")
    for name in ("stop_timeout", "start_timeout"):
        value: int | None = getattr(container, name)
        if value is not None and value > FARGATE_TIMEOUT:
            yield Problem(
                (name,), f'"{value}s" is not allowed on Fargate. Use 2s to 2m, or write {key("launch")}: ec2.'
            )
    linux = container.linux
    if linux is None:
        return
    for name in _LINUX_NOT_ON_FARGATE:
        if getattr(linux, name) not in (None, ()):
            yield Problem(("linux", name), f"is not supported on Fargate. {elsewhere}")
    added = linux.capabilities.add if linux.capabilities else ()
    for position, name in enumerate(added):
        if name not in FARGATE_CAPABILITIES:
            yield Problem(
                ("linux", "capabilities", "add", position),
                f"Fargate does not add {name}, only {listed(FARGATE_CAPABILITIES)}. {elsewhere}",
            )


def _on_windows(task: Task, container: Container, *, on_fargate: bool) -> Iterator[Problem]:
    why = f"is for Linux only, and {key('operating_system')} is {task.operating_system}. Remove it."
    yield from _refused(container, _NOT_ON_WINDOWS, why)
    for position, option in enumerate(container.security_options):
        if not option.startswith("credentialspec:"):
            yield Problem(("security_options", position), f'"{option}" {why}')
    if isinstance(container, Sidecar) and container.firelens:
        yield Problem(("firelens",), why)
    if on_fargate and container.restart:
        yield Problem(("restart",), "is not supported for Windows on Fargate. Remove it.")


def _refused(container: Container, names: Iterable[str], message: str) -> Iterator[Problem]:
    for name in names:
        if getattr(container, name):
            yield Problem((name,), message)


def _linux(linux: Linux) -> Iterator[Problem]:
    if linux.swappiness is not None and linux.max_swap is None:
        yield Problem(("swappiness",), f"has no effect without {key('max_swap')}. Add it, or remove this.")
    if capabilities := linux.capabilities:
        for name in sorted(set(capabilities.add) & set(capabilities.drop)):
            yield Problem(("capabilities",), f"adds and removes {name}. Keep one.")
    yield from _paths(linux)


def _paths(linux: Linux) -> Iterator[Problem]:
    for path in linux.tmpfs:
        if not is_absolute(path, windows=False) or path == "/":
            yield Problem(("tmpfs", Name(path)), f'"{path}" is not an absolute path below the root.')
    for position, device in enumerate(linux.devices):
        for name, path in (("host", device.host), ("container", device.container)):
            if path is not None and not is_absolute(path, windows=False):
                yield Problem(("devices", position, name), f'"{path}" is not an absolute path.')


def _system_controls(task: Task, controls: Mapping[str, str]) -> Iterator[Problem]:
    for name in controls:
        path: Path = ("system_controls", Name(name))
        if name in _IPC_CONTROLS or name.startswith("fs.mqueue."):
            if task.ipc_mode == "host":
                yield Problem(path, f"is not supported with {key('ipc_mode')}: host. Remove one of them.")
        elif not name.startswith("net."):
            allowed = listed([*sorted(_IPC_CONTROLS), "fs.mqueue.*", "net.*"], "and")
            yield Problem(path, f"is not a parameter of a container. ECS accepts {allowed}.")
        elif task.network_mode == "host":
            yield Problem(path, f"is not supported with {key('network_mode')}: host. Remove one of them.")


@reads("pid_mode", "ipc_mode", "operating_system", *_CAPACITY)
def namespaces(task: Task) -> Iterator[Problem]:
    """Namespaces of processes and IPC. AWS: botocore ecs, RegisterTaskDefinition.pidMode, ipcMode."""
    if task.pid_mode == "host" and task.launch_type == "FARGATE":
        yield Problem(("pid_mode",), f"Fargate supports only task. Write task, or {key('launch')}: ec2.")
    if task.ipc_mode is not None and task.launch_type == "FARGATE":
        yield Problem(("ipc_mode",), f"is not supported on Fargate. Remove it, or write {key('launch')}: ec2.")
    for name in ("pid_mode", "ipc_mode"):
        if getattr(task, name) is not None and task.is_windows:
            yield Problem(
                (name,), f"is for Linux only, and {key('operating_system')} is {task.operating_system}. Remove it."
            )


@reads("memory_reservation", "memory", "sidecars", *_CAPACITY)
def soft_memory(task: Task) -> Iterator[Problem]:
    """Reserved memory that fits the limits. AWS: botocore ecs, ContainerDefinition.memoryReservation: "If you specify
    both, memory must be greater than memoryReservation"."""
    own = task.memory_reservation
    if task.has_memory_limit and own is not None and own > task.memory:
        yield Problem(("memory_reservation",), f"{own} is more than {key('memory')}, {task.memory}. Reserve less.")
    for name, sidecar in task.sidecars.items():
        reserved = sidecar.memory_reservation
        if reserved is not None and sidecar.memory is not None and reserved >= sidecar.memory:
            yield Problem(
                ("sidecars", Name(name), "memory_reservation"),
                f"{reserved} is not less than {key('memory')}, {sidecar.memory}. Reserve less.",
            )
        elif not task.has_memory_limit and reserved is None and sidecar.memory is None:
            yield Problem(
                ("sidecars", Name(name)),
                f"has neither {key('memory')} nor {key('memory_reservation')}. A task without a limit of its own "
                "needs one of them for each container.",
            )


@reads("restart", "sidecars")
def restarts(task: Task) -> Iterator[Problem]:
    """A run that succeeds must end."""
    if task.restart and 0 not in (task.restart.ignored_exit_codes or ()):
        yield Problem(
            ("restart", "ignored_exit_codes"),
            "does not contain 0, so a run that succeeds would start again and never end. Add 0.",
        )
    for name, sidecar in task.sidecars.items():
        if not sidecar.restart:
            continue
        waiting = [task.depends_on.get(name), *(other.depends_on.get(name) for other in task.sidecars.values())]
        ends = {"COMPLETE", "SUCCESS"}.intersection(waiting)
        if ends and 0 not in (sidecar.restart.ignored_exit_codes or ()):
            yield Problem(
                ("sidecars", Name(name), "restart"),
                f"starts it again after success, and another container waits for {listed(sorted(ends))}. Write "
                f"{key('ignored_exit_codes')}: [0].",
            )


@reads("registry_credentials", "image", "build", "sidecars", each=("sidecars",))
def registries(task: Task) -> Iterator[Problem]:
    """Credentials for images that need them. AWS: Amazon ECS developer guide, "Using non-AWS container images in Amazon
    ECS": not for images in ECR."""
    for path, container in task.containers:
        if container.registry_credentials is not None and container.build:
            yield Problem(
                (*path, "registry_credentials"),
                "is for images of other registries, and this image is built and pushed to ECR. Remove it.",
            )


@reads("sidecars", each=("sidecars",))
def sidecar_images(task: Task) -> Iterator[Problem]:
    """Exactly one of image and build."""
    for name, sidecar in task.sidecars.items():
        if sidecar.image is not None and sidecar.build:
            yield Problem(
                ("sidecars", Name(name), "build"),
                f"a sidecar has either {key('image')} or {key('build')}. Remove one.",
            )
        elif sidecar.image is None and not sidecar.build:
            yield Problem(("sidecars", Name(name), "image"), "is missing. Name a container image.")
