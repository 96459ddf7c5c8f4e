"""Volumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import args
from ..keys.resolution import resolves

if TYPE_CHECKING:
    from pulumi import Input


@resolves(args.VolumeArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A volume of a task."""

    path: str
    efs: Input[str] | None
    access_point: Input[str] | None
    root_directory: str
    read_only: bool
