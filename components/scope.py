"""The scope of a component's resources: their names, account, tags and options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pulumi

from .aws.account import Account
from .aws.names import GroupNames


@dataclass(frozen=True, slots=True)
class Scope:
    """Settings that all resources of one group, or of one task, share."""

    name: str
    """Prefix of their names in Pulumi."""
    names: GroupNames
    """Their names in AWS."""
    account: Account
    tags: Mapping[str, str]
    opts: pulumi.ResourceOptions
    permissions_boundary: str | None

    def after(self, *resources: pulumi.Resource) -> Scope:
        """The same scope for resources that AWS accepts only after others exist."""
        return replace(self, opts=self.opts_after(*resources))

    def opts_after(self, *resources: pulumi.Resource) -> pulumi.ResourceOptions:
        """The options of a resource that AWS accepts only after others exist."""
        return self.opts.merge(pulumi.ResourceOptions(depends_on=list(resources)))
