"""Checks of a group: cluster, network, notifications, and existing task definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..aws.names import family_of
from ..aws.patterns import SHARED_ROLE
from ..problems import Name, Problem, key
from ..resolved import Group
from .capacity import default_strategy_not_in_cluster, strategy_problems
from .check import reads
from .networks import named_in_one_way, not_looked_up
from .roles import role_problems


@reads("cluster", "create_cluster")
def cluster(group: Group) -> Iterator[Problem]:
    """An existing cluster, or a new one."""
    if "cluster" in group.args and group.create_cluster:
        yield Problem(("cluster",), f"a group has either {key('cluster')} or {key('create_cluster')}. Remove one.")
    if group.create_cluster:
        strategy = group.create_cluster.default_strategy
        yield from (found.within("create_cluster") for found in strategy_problems("default_strategy", strategy))
        yield from default_strategy_not_in_cluster(strategy, group.new_cluster_providers)


@reads("network")
def network(group: Group) -> Iterator[Problem]:
    """One way to name the VPC, and one to name the subnets."""
    yield from named_in_one_way(group.args.get("network", {}))


@reads("network")
def new_vpc(group: Group) -> Iterator[Problem]:
    """A new VPC is not named in another way."""
    if group.network.create_vpc:
        for name in ("vpc", "vpc_tags", "vpc_id", "subnet_ids", "subnet_tags"):
            if name in group.args.get("network", {}):
                yield Problem(
                    ("network", name),
                    "is not allowed with a new VPC, whose subnets you select as private or public. Remove it.",
                )


@reads("network")
def subnets_from_resources(group: Group) -> Iterator[Problem]:
    """Subnets that other resources produce cannot be looked up, so you must say what a look-up would find."""
    yield from not_looked_up(group.network)


@reads("notify")
def notify(group: Group) -> Iterator[Problem]:
    """Each recipient once, and a key only for a new topic."""
    if not group.notify:
        return
    seen: set[str] = set()
    for position, email in enumerate(group.notify.emails):
        if email in seen:
            yield Problem(("notify", "emails", position), f'"{email}" occurs twice. Remove one.')
        seen.add(email)
    if group.notify.topic_arn is not None and group.notify.kms_key is not None:
        yield Problem(
            ("notify", "kms_key"), "is for a new topic. Remove it: the existing topic has its own encryption."
        )


@reads("task_definitions", "containers")
def containers(group: Group) -> Iterator[Problem]:
    """One container per family decides the outcome, for all tasks of that family."""
    named = {name: group.containers[name] for name in group.task_definitions if name in group.containers}
    yield from one_per_family(group.task_definitions, named)


def one_per_family(references: Sequence[str], containers: Mapping[str, str]) -> Iterator[Problem]:
    """References to a family with different containers."""
    seen: dict[str, str] = {}
    for position, reference in enumerate(references):
        container = containers.get(reference)
        if container and (other := seen.setdefault(family_of(reference), container)) != container:
            yield Problem(
                ("task_definitions", position),
                f'"{reference}" has container "{container}", and another reference to its family has "{other}". One '
                "container decides the outcome for a family. Name the same.",
            )


@reads("shared_roles", each=("shared_roles",))
def shared_roles(group: Group) -> Iterator[Problem]:
    """Shared roles with names of their own and policies that IAM accepts."""
    seen: dict[str, str] = {}
    for name, role in group.shared_roles.items():
        place = ("shared_roles", Name(name))
        if not re.fullmatch(SHARED_ROLE, name):
            yield Problem(
                place, "is not a name for a shared role. Use up to 40 letters, digits and single -, from a letter on."
            )
        # IAM does not distinguish case in role names (AWS: IAM CreateRole, RoleName).
        if (other := seen.setdefault(name.lower(), name)) != name:
            yield Problem(place, f'differs from "{other}" only in case. Rename one.')
        yield from (problem.within(*place) for problem in role_problems(role))
