"""A container of a task definition on this machine: the arguments for the container engine. Pure.

Docker and Podman accept the same arguments for everything here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.aws.images import PLATFORMS
from components.json_values import Data, Json, items, mapping
from components.resolved import Build

from .containers import containers_of, main_container, overridden

Definition = Data
"""A task definition, or a part of one, in the shape of DescribeTaskDefinition."""


@dataclass(frozen=True, slots=True)
class Container:
    """The main container of a task definition, with the overrides of a schedule."""

    image: str
    entry_point: Sequence[str]
    command: Sequence[str] | None
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    """The sources from which ECS reads the values of variables."""
    options: Sequence[str]
    """All other options of the engine."""
    omitted: Sequence[str] = ()
    """The parts of the task that aren't available locally."""

    def arguments(self, passed: Sequence[str]) -> list[str]:
        """The arguments of the engine after `run`.

        The engine takes the variables in `passed` from its own environment. On a command line, every user of the
        machine could read them.
        """
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


def container_of(definition: Definition, overrides: Mapping[str, Json]) -> Container:
    """The main container of a task definition, with RunTask's overrides."""
    containers: Sequence[Definition] = definition["containerDefinitions"]
    name = main_container(containers_of(containers), overridden(overrides))
    container = next(each for each in containers if each["name"] == name)
    own: dict[str, Json] = {}
    for entry in map(mapping, items(overrides.get("containerOverrides", []))):
        own |= entry if entry.get("name") == name else {}
    pairs = [*container.get("environment", ()), *map(mapping, items(own.get("environment", [])))]
    command = [str(word) for word in items(own["command"])] if "command" in own else container.get("command")
    omitted = [f"sidecar {other['name']}" for other in containers if other is not container]
    omitted += [f"environment file {file['value']}" for file in container.get("environmentFiles", ())]
    omitted += [f"file system of volume {volume}" for volume in _file_systems(definition)]
    return Container(
        image=container["image"],
        entry_point=container.get("entryPoint", ()),
        command=command,
        environment={str(pair["name"]): str(pair["value"]) for pair in pairs},
        secrets={secret["name"]: secret["valueFrom"] for secret in container.get("secrets", ())},
        options=[*_size(definition, overrides), *_settings(container), *_volumes(container), *_platform(definition)],
        omitted=omitted,
    )


def _size(definition: Definition, overrides: Mapping[str, Json]) -> list[str]:
    """The limits of Fargate: 1024 CPU units are one vCPU, and memory is in MiB."""
    cpu, memory = (overrides.get(key) or definition.get(key) for key in ("cpu", "memory"))
    return [
        *(("--cpus", f"{int(str(cpu)) / 1024:g}") if cpu else ()),
        *(("--memory", f"{memory}m") if memory else ()),
    ]


def _settings(container: Definition) -> list[str]:
    options: list[str] = []
    if container.get("readonlyRootFilesystem"):
        options.append("--read-only")
    options += _linux(container.get("linuxParameters", {}))
    flags = (("privileged", "--privileged"), ("interactive", "--interactive"), ("pseudoTerminal", "--tty"))
    options += [option for key, option in flags if container.get(key)]
    if container.get("disableNetworking"):
        options += ["--network", "none"]
    for name, value in container.get("dockerLabels", {}).items():
        options += ["--label", f"{name}={value}"]
    for control in container.get("systemControls", ()):
        options += ["--sysctl", f"{control['namespace']}={control['value']}"]
    values = (("user", "--user"), ("workingDirectory", "--workdir"), ("stopTimeout", "--stop-timeout"))
    options += [word for key, option in values if key in container for word in (option, str(container[key]))]
    for limit in container.get("ulimits", ()):
        options += ["--ulimit", f"{limit['name']}={limit['softLimit']}:{limit['hardLimit']}"]
    return options


def _linux(linux: Definition) -> list[str]:
    """Settings that need nothing of an instance. Devices and swap are omitted."""
    options = ["--init"] if linux.get("initProcessEnabled") else []
    for key, option in (("add", "--cap-add"), ("drop", "--cap-drop")):
        options += [word for name in linux.get("capabilities", {}).get(key, ()) for word in (option, name)]
    if "sharedMemorySize" in linux:
        options += ["--shm-size", f"{linux['sharedMemorySize']}m"]
    for mount in linux.get("tmpfs", ()):
        settings = ",".join([f"size={mount['size']}m", *mount.get("mountOptions", ())])
        options += ["--tmpfs", f"{mount['containerPath']}:{settings}"]
    return options


def _volumes(container: Definition) -> list[str]:
    """Mounts all volumes as empty volumes that the engine deletes with the container."""
    options: list[str] = []
    for mount in container.get("mountPoints", ()):
        mode = ",readonly" if mount.get("readOnly") else ""
        options += ["--mount", f"type=volume,destination={mount['containerPath']}{mode}"]
    return options


def _file_systems(definition: Definition) -> list[str]:
    volumes: Sequence[Mapping[str, str]] = definition.get("volumes", ())
    return [volume["name"] for volume in volumes if len(volume) > 1]


def _platform(definition: Definition) -> list[str]:
    architecture = definition.get("runtimePlatform", {}).get("cpuArchitecture", "").lower()
    return ["--platform", PLATFORMS[architecture]] if architecture in PLATFORMS else []


def build_arguments(build: Build, image: str, folder: str, architecture: str) -> list[str]:
    """The arguments of the engine after `build`, for an image that a deployment builds. `folder` is the project's."""
    return [
        "--tag",
        image,
        "--platform",
        PLATFORMS[architecture],
        *(("--file", _within(folder, build.dockerfile)) if build.dockerfile else ()),
        *(("--target", build.target) if build.target else ()),
        *(word for name, value in sorted((build.args or {}).items()) for word in ("--build-arg", f"{name}={value}")),
        _within(folder, build.context),
    ]


def _within(folder: str, path: str) -> str:
    return path if path.startswith("/") else f"{folder}/{path}"
