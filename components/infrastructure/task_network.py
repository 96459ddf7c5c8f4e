"""The network of a task that does not use its group's, looked up before anything is created."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

import pulumi

from ..args import GroupReference, SubnetKind
from ..keys.annotations import has_output
from ..problems import Problem, key
from ..resolved import Network, TaskNetwork
from .network import RunNetwork, find_network, reach_references

_FOUND: WeakKeyDictionary[pulumi.Resource, dict[tuple[str, str], RunNetwork | Problem]] = WeakKeyDictionary()
"""The networks that were looked up for tasks of a group, by program, prefix of the group, and network."""


def network_of(group: GroupReference) -> RunNetwork:
    """The network of a group, as far as its reference tells."""
    return RunNetwork(group["subnet_ids"], group["assign_public_ip"], group["vpc_id"] or None)


def find_task_network(
    own: TaskNetwork,
    of_group: RunNetwork,
    *,
    prefix: str,
    region: str,
    services: frozenset[str],
    options: pulumi.InvokeOptions,
) -> RunNetwork | Problem | None:
    """The subnets of a task's runs; None if these are its group's. Tasks of a group with the same network share the
    look-ups.

    Args:
        own: The network of the task.
        of_group: The network of its group.
        prefix: The prefix of the group.
        region: The Region of the group.
        services: The services that runs may need an endpoint for.
        options: The options of the look-ups.
    """
    wanted = _wanted(own, of_group)
    if not isinstance(wanted, Network):
        return wanted
    if wanted.subnet_ids is not None and has_output(wanted.subnet_ids):
        return find_network(wanted, region, services, options)
    known, name = _known(), (prefix, repr(wanted))
    if name not in known:
        known[name] = find_network(wanted, region, services, options)
    return known[name]


def _known() -> MutableMapping[tuple[str, str], RunNetwork | Problem]:
    root = pulumi.runtime.get_root_resource()
    return {} if root is None else _FOUND.setdefault(root, {})


def _wanted(own: TaskNetwork, of_group: RunNetwork) -> Network | RunNetwork | Problem | None:
    """The network to look up, or what is known without a look-up."""
    if not own.names_subnets:
        return _with_public_ip(own, of_group)
    vpc, vpc_tags = own.vpc or "default", own.vpc_tags
    if not own.names_vpc and own.subnet_ids is None:
        if not isinstance(of_group.vpc_id, str):
            return Problem(
                ("network", "subnet_tags" if own.subnets is None else "subnets"),
                "select subnets of the group's VPC, which is not known before the deployment. "
                f"Name {key('vpc')} too, or name the subnets by ID.",
            )
        vpc = of_group.vpc_id
    kind: SubnetKind = "public" if vpc == "default" and vpc_tags is None else "private"
    return Network(
        vpc=vpc,
        create_vpc=None,
        vpc_tags=vpc_tags,
        subnets=own.subnets or kind,
        subnet_ids=own.subnet_ids,
        subnet_tags=own.subnet_tags,
        security_group_ids=None,
        assign_public_ip=own.assign_public_ip or "auto",
        vpc_id=own.vpc_id,
    )


def _with_public_ip(own: TaskNetwork, of_group: RunNetwork) -> Network | RunNetwork | None:
    """The group's subnets, with other public IP addresses."""
    if own.assign_public_ip in (None, "auto") or (own.assign_public_ip == "true") == of_group.assign_public_ip:
        return None
    ids = of_group.subnet_ids
    if not isinstance(ids, Sequence) or has_output(ids):
        return replace(of_group, assign_public_ip=own.assign_public_ip == "true", reach=())
    return Network(
        vpc="default",
        create_vpc=None,
        vpc_tags=None,
        subnets="private",
        subnet_ids=tuple(ids),
        subnet_tags=None,
        security_group_ids=None,
        assign_public_ip=own.assign_public_ip or "auto",
        vpc_id=None,
    )


def in_network(group: GroupReference, own: TaskNetwork, found: RunNetwork | None) -> tuple[GroupReference, bool]:
    """The reference of a group for a task with a network of its own, and whether the task needs a new security group.

    A security group works only in its own VPC. AWS: Amazon EC2 user guide, "Security groups".
    """
    given = own.security_group_ids
    new = given is None and found is not None and not _same_vpc(group, found)
    reference: GroupReference = {**group}
    if given is not None:
        reference["security_group_ids"] = list(given) if isinstance(given, tuple) else given
    if found is not None:
        reference["vpc_id"] = found.vpc_id or ""
        reference["subnet_ids"] = found.subnet_ids
        reference["assign_public_ip"] = found.assign_public_ip
        reference["reach"] = reach_references(found.reach)
    return reference, new


def _same_vpc(group: GroupReference, found: RunNetwork) -> bool:
    vpc_id = group["vpc_id"]
    return found.vpc_id is vpc_id or (isinstance(vpc_id, str) and found.vpc_id == vpc_id)
