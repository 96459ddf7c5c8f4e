"""Existing resources of a group, looked up once before anything is created."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from ..aws.account import Account
from ..checks.errors import refuse
from ..checks.same_account import group_elsewhere
from ..problems import Problem
from ..resolved import Group
from .cluster import find_cluster
from .egress import egress_warning
from .lookup import NotFoundError, account, invoke_options
from .network import RunNetwork, find_network
from .task_definitions import ExistingDefinition, find_definitions


@dataclass(frozen=True, slots=True)
class Existing:
    """The account, and what the group refers to in it."""

    account: Account
    cluster_arn: pulumi.Input[str] | None
    """None for a new cluster."""
    network: RunNetwork | None
    """None for a new VPC."""
    task_definitions: Mapping[str, ExistingDefinition]
    """By the string that refers to them."""


def find_existing(component: str, group: Group, opts: pulumi.ResourceOptions | None) -> Existing:
    """Look up everything that a group refers to.

    Raises InvalidArgumentsError, which names everything that is missing.
    """
    options = invoke_options(opts)
    try:
        where = account(options)
    except NotFoundError as error:
        refuse(component, [Problem((), f"AWS does not tell which account this is: {error}.")])
        raise
    cluster = None if group.create_cluster else _cluster(group, where, options)
    network = None if group.network.create_vpc else find_network(group.network, options)
    definitions, problems = find_definitions(group.task_definitions, options)
    not_found = [found for found in (cluster, network) if isinstance(found, Problem)]
    refuse(component, [*not_found, *problems, *group_elsewhere(group, where)])
    assert not isinstance(cluster, Problem)
    assert not isinstance(network, Problem)
    if network and (warning := egress_warning(network, where.region, options)):
        pulumi.log.warn(warning)
    return Existing(where, cluster, network, definitions)


def _cluster(group: Group, where: Account, options: pulumi.InvokeOptions) -> pulumi.Input[str] | Problem:
    reference = group.cluster
    return find_cluster(reference, where, options) if isinstance(reference, str) else reference
