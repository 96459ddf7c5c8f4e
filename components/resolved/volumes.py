"""Volumes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .. import args
from ..args import DockerScope
from ..keys.resolution import resolves

if TYPE_CHECKING:
    from pulumi import Input

VolumeKind = Literal["efs", "s3_files", "fsx", "host", "docker", "empty"]
VOLUME_KINDS: tuple[VolumeKind, ...] = ("efs", "s3_files", "fsx", "host", "docker")
"""Keys that say what a volume is. `empty` stands for none of them."""


@resolves(args.DockerVolumeArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class DockerVolume:
    """A Docker volume."""

    driver: str
    scope: DockerScope
    autoprovision: bool
    options: Mapping[str, str]
    labels: Mapping[str, str]


@resolves(args.FsxVolumeArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class FsxVolume:
    """A file system of FSx for Windows File Server."""

    file_system: Input[str]
    root_directory: str
    credentials: Input[str]
    domain: str


@resolves(args.S3FilesVolumeArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class S3FilesVolume:
    """A file system of S3 Files, by ARN."""

    file_system: Input[str]
    access_point: Input[str] | None
    root_directory: str
    bucket: Input[str] | None


@resolves(args.VolumeArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A volume of a task."""

    path: str
    efs: Input[str] | None
    access_point: Input[str] | None
    root_directory: str
    iam: bool
    root_access: bool
    transit_encryption_port: int | None
    s3_files: S3FilesVolume | None
    fsx: FsxVolume | None
    host: str | None
    docker: DockerVolume | None
    read_only: bool

    @property
    def kind(self) -> VolumeKind:
        """The kind of the volume: the key that says it, or `empty`."""
        found: VolumeKind = "empty"
        for kind in VOLUME_KINDS:
            if getattr(self, kind) is not None:
                found = kind
        return found

    @property
    def by_task_role(self) -> bool:
        """Whether the task role mounts it."""
        return self.s3_files is not None or (self.efs is not None and self.iam)
