"""What the tasks of a group share: cluster, network, keys, roles, and what they refer to."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence

from ..aws import limits as bounds
from ..aws.names import family_of
from ..problems import Problem
from ..task.definition import CONTAINER_NAME
from .capacity import PROVIDER_NAME, not_a_provider, not_in_cluster, strategy_problems
from .containers import DEFINITION
from .roles import POLICY_ARN, ROLE_ARN
from .shared import KEY_ARN, kms_key
from .values import Args, choice, items, known, length, mapping, pattern, within

_CLUSTER = re.compile(r"(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:[0-9]{12}:cluster/)?[A-Za-z0-9_-]{1,255}")
_VPC = re.compile(r"default|vpc-[0-9a-f]+")
_SUBNET = re.compile(r"subnet-[0-9a-f]+")
_SECURITY_GROUP = re.compile(r"sg-[0-9a-f]+")
_ACCOUNT = re.compile(r"[0-9]{12}")
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PATH = re.compile(r"/(?:[!-.0-~]+/)*")
_PATH_LENGTH = 250
"""AWS takes 512 characters of a role's path; the rest is for the group's own part."""
VPC_PREFIX = (16, 24)


def cluster(args: Args) -> Iterator[Problem]:
    """A cluster that is there, or one to create."""
    if "cluster" in args and "create_cluster" in args:
        yield Problem(("cluster",), "a group has either a cluster or creates one, not both.")
    yield from pattern(args, "cluster", _CLUSTER, "a cluster", "its name (letters, digits, - and _) or its ARN")
    created = mapping(args, "create_cluster")
    for position, provider in enumerate(items(created, "capacity_providers")):
        if isinstance(provider, str) and provider not in bounds.PROVIDERS and not PROVIDER_NAME.fullmatch(provider):
            yield Problem(
                ("create_cluster", "capacity_providers", position),
                not_a_provider(provider),
            )
    if "default_strategy" in created:
        for problem in strategy_problems("default_strategy", items(created, "default_strategy")):
            yield problem.within("create_cluster")
        strategy: Args = {"capacity_providers": created["default_strategy"]}
        for problem in not_in_cluster(strategy, providers_of_cluster(args)):
            yield Problem(("create_cluster", "default_strategy"), problem.message)


def providers_of_cluster(args: Args) -> list[str]:
    """The capacity providers of the cluster that a group creates; empty where it creates none."""
    created = mapping(args, "create_cluster")
    given = items(created, "capacity_providers") if "capacity_providers" in created else bounds.PROVIDERS
    return [name for name in given if isinstance(name, str)] if "create_cluster" in args else []


def network(args: Args) -> Iterator[Problem]:
    """Where runs get their network interfaces."""
    given = mapping(args, "network")
    for check in _NETWORK_CHECKS:
        for problem in check(given):
            yield problem.within("network")


def _vpc_and_subnets(network: Args) -> Iterator[Problem]:
    if "vpc" in network and "vpc_tags" in network:
        yield Problem(("vpc_tags",), "a VPC is found by id or by tags, not both.")
    ways = [key for key in ("subnets", "subnet_ids", "subnet_tags") if key in network]
    if len(ways) > 1:
        yield Problem((ways[1],), f"subnets are named in one way only; {ways[0]} is there already.")
    yield from pattern(network, "vpc", _VPC, "a VPC", "default, or an id such as vpc-0123456789abcdef0")
    yield from choice(network, "subnets", bounds.SUBNET_KINDS)
    yield from choice(network, "assign_public_ip", bounds.PUBLIC_IP)
    for key in ("vpc_tags", "subnet_tags"):
        if key in network and not network[key]:
            yield Problem((key,), "is empty, and would find everything. Name at least one tag.")


def _identifiers(network: Args) -> Iterator[Problem]:
    lists = (
        ("subnet_ids", _SUBNET, bounds.SUBNETS, "subnets", "subnet-0123456789abcdef0"),
        ("security_group_ids", _SECURITY_GROUP, bounds.SECURITY_GROUPS, "security groups", "sg-0123456789abcdef0"),
    )
    for key, shape, limits, noun, example in lists:
        if not isinstance(network.get(key), Sequence):
            continue
        yield from length(items(network, key), (key,), limits, noun)
        for position, identifier in enumerate(items(network, key)):
            if isinstance(identifier, str) and not shape.fullmatch(identifier):
                yield Problem((key, position), f'"{identifier}" is not an id like {example}.')


def _not_to_be_looked_up(network: Args) -> Iterator[Problem]:
    """Subnets that other resources produce cannot be looked up, so what would be learnt from them has to be
    said."""
    if "subnet_ids" not in network or known(network["subnet_ids"]):
        return
    if network.get("assign_public_ip", "auto") == "auto":
        yield Problem(
            ("assign_public_ip",),
            "must be true or false: the subnets are made by the same program and cannot be looked at.",
        )
    if "security_group_ids" not in network and "vpc_id" not in network:
        yield Problem(
            ("vpc_id",),
            "is missing: without it, no security group can be made for subnets of the same program.",
        )


def _created_vpc(network: Args) -> Iterator[Problem]:
    if "create_vpc" not in network:
        return
    for key in ("vpc", "vpc_tags", "vpc_id", "subnet_ids", "subnet_tags"):
        if key in network:
            yield Problem((key,), "does not go with a VPC that is created: its subnets are private or public.")
    created = mapping(network, "create_vpc")
    for check in (
        choice(created, "nat_gateways", bounds.NAT_GATEWAYS),
        within(created, "zones", bounds.VPC_ZONES),
        _cidr(created),
    ):  # fmt: skip
        for problem in check:
            yield problem.within("create_vpc")


def _cidr(created: Args) -> Iterator[Problem]:
    text = created.get("cidr")
    if not isinstance(text, str):
        return
    try:
        block = ipaddress.IPv4Network(text)
    except ValueError:
        yield Problem(("cidr",), f'"{text}" is not a block of IPv4 addresses. Write one such as 10.20.0.0/16.')
        return
    least, most = VPC_PREFIX
    if not least <= block.prefixlen <= most:
        yield Problem(("cidr",), f'"{text}" is a /{block.prefixlen}. Use /{least} to /{most}.')


def notify(args: Args) -> Iterator[Problem]:
    """Whom failures reach."""
    given = mapping(args, "notify")
    for check in (
        pattern(given, "topic_arn", _TOPIC, "the ARN of a topic", "arn:aws:sns:<region>:<account>:<name>"),
        kms_key(given, "kms_key"),
    ):
        for problem in check:
            yield problem.within("notify")
    emails = items(given, "emails")
    for position, email in enumerate(emails):
        if isinstance(email, str) and not _EMAIL.fullmatch(email):
            yield Problem(("notify", "emails", position), f'"{email}" is not an email address.')
        elif email in emails[:position]:
            yield Problem(("notify", "emails", position), f'"{email}" is there twice. Remove one.')
    if "topic_arn" in given and "kms_key" in given:
        yield Problem(("notify", "kms_key"), "is for a topic that is created. Remove it: the given topic has its own.")


def keys(args: Args) -> Iterator[Problem]:
    """KMS keys by ARN."""
    encryption = mapping(args, "encryption")
    for check in (kms_key(encryption, "dead_letters"), kms_key(encryption, "schedules")):
        for problem in check:
            yield problem.within("encryption")
    for position, value in enumerate(items(encryption, "secrets")):
        if isinstance(value, str) and not KEY_ARN.fullmatch(value):
            yield Problem(("encryption", "secrets", position), f'"{value}" is not the ARN of a KMS key.')


def roles(args: Args) -> Iterator[Problem]:
    """Where the group's roles are, and what bounds them."""
    path = args.get("iam_path")
    if isinstance(path, str) and (len(path) > _PATH_LENGTH or not _PATH.fullmatch(path)):
        yield Problem(
            ("iam_path",),
            f'"{path}" is not a path: it begins and ends with /, and has at most {_PATH_LENGTH} characters.',
        )
    yield from pattern(
        args, "permissions_boundary", POLICY_ARN, "the ARN of a managed policy", "arn:aws:iam::<account>:policy/<name>"
    )


def references(args: Args) -> Iterator[Problem]:
    """What tasks of the group may refer to."""
    lists = (
        ("task_definitions", DEFINITION, "a task definition: write family, family:revision or an ARN"),
        ("pass_role_arns", ROLE_ARN, "the ARN of a role"),
        ("registry_accounts", _ACCOUNT, "an AWS account: write its 12 digits"),
    )
    for key, shape, noun in lists:
        for position, value in enumerate(items(args, key)):
            if isinstance(value, str) and not shape.fullmatch(value):
                yield Problem((key, position), f'"{value}" is not {noun}.')


def containers(args: Args) -> Iterator[Problem]:
    """One container for a family: how its runs ended is told by that, whichever task they are of."""
    given, seen = mapping(args, "containers"), dict[str, object]()
    for position, reference in enumerate(items(args, "task_definitions")):
        if isinstance(reference, str):
            container = given.get(reference, CONTAINER_NAME)
            if (other := seen.setdefault(family_of(reference), container)) != container:
                yield Problem(
                    ("task_definitions", position),
                    f'"{reference}" has container "{container}", and another reference to its family "{other}": how '
                    "its runs ended is told by one container. Name the same.",
                )


_NETWORK_CHECKS: tuple[Callable[[Args], Iterator[Problem]], ...] = (
    _vpc_and_subnets, _identifiers, _not_to_be_looked_up, _created_vpc,
)  # fmt: skip
