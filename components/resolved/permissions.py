"""IAM permissions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import args
from ..keys.resolution import resolves

if TYPE_CHECKING:
    from pulumi import Input


@resolves(args.PermissionArgs)
@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One statement of the policy of a task role."""

    actions: tuple[str, ...]
    resources: tuple[Input[str], ...]
