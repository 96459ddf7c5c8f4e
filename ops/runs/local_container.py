"""The container of a task definition on this machine: what a container engine is told. Data in, data out.

Docker and podman take the same arguments for all of this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from components.aws.images import PLATFORMS

from .request import main_container

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Container:
    """What runs: the main container of a task definition, with a schedule's overrides."""

    image: str
    entry_point: Sequence[str]
    command: Sequence[str] | None
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    """Where ECS would take the values of variables from."""
    options: Sequence[str]
    """The engine's, for all else."""
    left_out: Sequence[str] = field(default_factory=tuple[str, ...])
    """What cannot be had here, as a person is told of it."""

    def arguments(self, passed: Sequence[str]) -> list[str]:
        """The engine's arguments after `run`. The variables in `passed` are handed over through the engine's own
        environment: on a command line, everybody on this machine could read them."""
        given = {name: value for name, value in self.environment.items() if name not in passed}
        variables = [f"{name}={value}" for name, value in sorted(given.items())] + sorted(passed)
        entry_point = list(self.entry_point)
        return [
            *self.options,
            *(word for variable in variables for word in ("--env", variable)),
            *(("--entrypoint", entry_point[0]) if entry_point else ()),
            self.image,
            *entry_point[1:],
            *(self.command or ()),
        ]


def container_of(definition: Data, overrides: Data) -> Container:
    """The container of a task definition that does the work, with RunTask's overrides."""
    containers = definition["containerDefinitions"]
    name = main_container(containers, overrides)
    container = next(container for container in containers if container["name"] == name)
    own: dict[str, Any] = {}
    for entry in overrides.get("containerOverrides", ()):
        own |= entry if entry.get("name") == name else {}
    pairs: list[Mapping[str, str]] = [*container.get("environment", ()), *own.get("environment", ())]
    left_out = [f"sidecar {other['name']}" for other in containers if other is not container]
    left_out += [f"file system of volume {volume}" for volume in _file_systems(definition)]
    return Container(
        image=container["image"],
        entry_point=container.get("entryPoint", ()),
        command=own.get("command", container.get("command")),
        environment={pair["name"]: pair["value"] for pair in pairs},
        secrets={secret["name"]: secret["valueFrom"] for secret in container.get("secrets", ())},
        options=[*_size(definition, overrides), *_settings(container), *_volumes(container), *_platform(definition)],
        left_out=left_out,
    )


def _size(definition: Data, overrides: Data) -> list[str]:
    """Limits as Fargate has them: 1024 CPU units are one vCPU, memory is in MiB."""
    cpu, memory = (overrides.get(key) or definition.get(key) for key in ("cpu", "memory"))
    return [
        *(("--cpus", f"{int(cpu) / 1024:g}") if cpu else ()),
        *(("--memory", f"{int(memory)}m") if memory else ()),
    ]


def _settings(container: Data) -> list[str]:
    options: list[str] = []
    if container.get("readonlyRootFilesystem"):
        options.append("--read-only")
    if container.get("linuxParameters", {}).get("initProcessEnabled"):
        options.append("--init")
    values = (("user", "--user"), ("workingDirectory", "--workdir"), ("stopTimeout", "--stop-timeout"))
    options += [word for key, option in values if key in container for word in (option, str(container[key]))]
    for limit in container.get("ulimits", ()):
        options += ["--ulimit", f"{limit['name']}={limit['softLimit']}:{limit['hardLimit']}"]
    return options


def _volumes(container: Data) -> list[str]:
    """Each volume empty, and gone with the container."""
    options: list[str] = []
    for mount in container.get("mountPoints", ()):
        mode = ",readonly" if mount.get("readOnly") else ""
        options += ["--mount", f"type=volume,destination={mount['containerPath']}{mode}"]
    return options


def _file_systems(definition: Data) -> list[str]:
    volumes = definition.get("volumes", ())
    return [volume["name"] for volume in volumes if any(key.lower().endswith("configuration") for key in volume)]


def _platform(definition: Data) -> list[str]:
    architecture = definition.get("runtimePlatform", {}).get("cpuArchitecture", "").lower()
    return ["--platform", PLATFORMS[architecture]] if architecture in PLATFORMS else []


def build_arguments(build: Data, image: str, folder: str, architecture: str) -> list[str]:
    """The engine's arguments after `build` for an image that a deployment would build; `folder` is the project's."""
    values = (("dockerfile", "--file"), ("target", "--target"))
    return [
        "--tag",
        image,
        "--platform",
        PLATFORMS[architecture],
        *(word for key, option in values if key in build for word in (option, _within(folder, key, build[key]))),
        *(word for name, value in sorted(build.get("args", {}).items()) for word in ("--build-arg", f"{name}={value}")),
        _within(folder, "context", build["context"]),
    ]


def _within(folder: str, key: str, value: str) -> str:
    return value if key == "target" or value.startswith("/") else f"{folder}/{value}"
