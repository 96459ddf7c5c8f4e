"""Settings that the host of a container applies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .. import args
from ..args import Capability, DevicePermission
from ..keys.resolution import resolves


@resolves(args.CapabilitiesArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """Kernel capabilities to add and to remove."""

    add: tuple[Capability, ...]
    drop: tuple[Capability, ...]


@resolves(args.DeviceArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device of the instance."""

    host: str
    container: str | None
    permissions: tuple[DevicePermission, ...]


@resolves(args.TmpfsArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Tmpfs:
    """A file system in memory."""

    size: int
    options: tuple[str, ...]


@resolves(args.LinuxArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Linux:
    """Linux settings of a container."""

    capabilities: Capabilities | None
    devices: tuple[Device, ...]
    shared_memory: int | None
    tmpfs: Mapping[str, Tmpfs]
    max_swap: int | None
    swappiness: int | None


@resolves(args.DnsArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Dns:
    """Name resolution of a container."""

    servers: tuple[str, ...]
    search_domains: tuple[str, ...]


@resolves(args.RestartArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """Restarts of a container within a run."""

    ignored_exit_codes: tuple[int, ...] | None
    """None only before the resolver applies the default of the container."""
    attempt_period: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Settings that the host of a container applies. None stands for the default of AWS or Docker."""

    linux: Linux | None
    privileged: bool
    security_options: tuple[str, ...]
    gpus: int | None
    docker_labels: Mapping[str, str]
    hostname: str | None
    disable_networking: bool
    dns: Dns | None
    extra_hosts: Mapping[str, str]
    system_controls: Mapping[str, str]
    interactive: bool
    pseudo_terminal: bool
    restart: Restart | None
