"""IAM permissions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import args
from ..args import Effect
from ..keys.resolution import resolves

if TYPE_CHECKING:
    from pulumi import Input


@resolves(args.PermissionArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One statement of the policy of a task role."""

    actions: tuple[str, ...]
    resources: tuple[Input[str], ...]
    effect: Effect
    condition: Mapping[str, Mapping[str, tuple[str, ...]]]
    """Values by condition key, by operator."""


@resolves(args.SharedRoleArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRole:
    """A task role that several tasks of the group use."""

    permissions: tuple[Permission, ...]
    managed_policies: tuple[Input[str], ...]
    exec: bool
