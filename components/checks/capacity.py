"""Where: launch type or capacity providers, network mode, placement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from ..aws import limits as bounds
from ..problems import Problem, listed
from ..task.capacity import is_windows, network_mode, provider_names, runs_on
from .values import Args, choice, items, length, pattern, within

_PLATFORM = re.compile(r"LATEST|[0-9]+\.[0-9]+\.[0-9]+")
PROVIDER_NAME = re.compile(r"(?!(?:aws|ecs|fargate))[A-Za-z0-9_-]{1,255}", re.IGNORECASE)
"""AWS: Amazon ECS API reference, CreateCapacityProvider: a name does not start with aws, ecs or fargate."""


def capacity(args: Args) -> Iterator[Problem]:
    """One way of saying what runs are started on, and what goes with it."""
    if "launch" in args and "capacity_providers" in args:
        yield Problem(("launch",), "a task has either launch or a capacity provider strategy, not both.")
    yield from choice(args, "launch", bounds.LAUNCHES)
    yield from pattern(args, "platform_version", _PLATFORM, "a platform version", "LATEST, or a number such as 1.4.0")
    if "capacity_providers" in args:
        yield from strategy_problems("capacity_providers", items(args, "capacity_providers"))
    if "platform_version" in args and runs_on(args) != "FARGATE":
        yield Problem(("platform_version",), "is Fargate's. Remove it.")
    yield from _on_windows(args)


def _on_windows(args: Args) -> Iterator[Problem]:
    if is_windows(args) and (args.get("launch") == "fargateSpot" or "FARGATE_SPOT" in provider_names(args)):
        where = ("launch",) if "launch" in args else ("capacity_providers",)
        yield Problem(where, "Fargate Spot does not run Windows. Write fargate, or remove operatingSystem.")
    if is_windows(args) and runs_on(args) == "EXTERNAL":
        yield Problem(
            ("operating_system",), "is for Fargate and EC2: how an EXTERNAL instance runs is its own business."
        )


def strategy_problems(key: str, entries: Sequence[object]) -> Iterator[Problem]:
    """A capacity provider strategy. AWS: Amazon ECS API reference, RunTask."""
    yield from length(entries, (key,), bounds.STRATEGY_ENTRIES, "entries")
    strategy: list[Args] = [cast("Args", entry) if isinstance(entry, Mapping) else {} for entry in entries]
    for position, entry in enumerate(strategy):
        for check in (_provider(entry), within(entry, "weight", bounds.WEIGHT), within(entry, "base", bounds.BASE)):
            for problem in check:
                yield problem.within(key, position)
    if strategy and all(entry.get("weight", 1) == 0 for entry in strategy):
        yield Problem((key,), "every weight is 0, so nothing could run. Give one entry a weight above 0.")
    if sum(1 for entry in strategy if entry.get("base")) > 1:
        yield Problem((key,), "more than one entry has a base. Keep one.")
    names = [entry.get("provider") for entry in strategy if isinstance(entry.get("provider"), str)]
    if len(set(names)) < len(names):
        yield Problem((key,), "a provider is there twice. Keep one entry for each.")
    if set(names) & set(bounds.PROVIDERS) and set(names) - set(bounds.PROVIDERS):
        yield Problem(
            (key,), "Fargate's providers and those over Auto Scaling groups do not go together in one strategy."
        )


def not_in_cluster(args: Args, providers: Sequence[str]) -> Iterator[Problem]:
    """What the cluster does not have, each launch on which would be refused; `providers` are those of a cluster that is
    created, and empty for one that is found, and has what it has. AWS: Amazon ECS API reference, RunTask,
    capacityProviderStrategy."""
    wanted = ["FARGATE_SPOT"] if args.get("launch") == "fargateSpot" else provider_names(args)
    for name in dict.fromkeys(wanted):
        if providers and name not in providers:
            yield Problem(
                ("launch" if "launch" in args else "capacity_providers",),
                f"{name} is not among the capacity providers of the cluster that is created: "
                f"{listed(providers, 'and')}. Add it there.",
            )


def _provider(entry: Args) -> Iterator[Problem]:
    name = entry.get("provider")
    if isinstance(name, str) and name not in bounds.PROVIDERS and not PROVIDER_NAME.fullmatch(name):
        yield Problem(("provider",), not_a_provider(name))


def not_a_provider(name: str) -> str:
    """What to say of a name that no capacity provider has."""
    return (
        f'"{name}" is not a capacity provider. Write FARGATE, FARGATE_SPOT, or the name of one over an Auto Scaling '
        "group."
    )


def placement(args: Args) -> Iterator[Problem]:
    """Placement is for instances."""
    yield from _placement(args, "placement_constraints", bounds.PLACEMENT_CONSTRAINTS, _constraint)
    yield from _placement(args, "placement_strategies", bounds.PLACEMENT_STRATEGIES, _strategy)


def _placement(
    args: Args, key: str, limits: tuple[int, int], check: Callable[[Args], Iterator[Problem]]
) -> Iterator[Problem]:
    entries = items(args, key)
    if entries and runs_on(args) == "FARGATE":
        yield Problem((key,), "Fargate has no instances to choose among. Remove it, or write launch: ec2.")
    yield from length(entries, (key,), limits, "entries")
    for position, entry in enumerate(entries):
        if isinstance(entry, Mapping):
            for problem in check(cast("Args", entry)):
                yield problem.within(key, position)


def _constraint(entry: Args) -> Iterator[Problem]:
    yield from choice(entry, "type", bounds.CONSTRAINT_TYPES)
    if entry.get("type") == "memberOf" and not entry.get("expression"):
        yield Problem(("expression",), "is missing: which instances, such as attribute:ecs.instance-type =~ m6i.*")
    if entry.get("type") == "distinctInstance" and "expression" in entry:
        yield Problem(("expression",), "distinctInstance takes none. Remove it.")


def _strategy(entry: Args) -> Iterator[Problem]:
    yield from choice(entry, "type", bounds.STRATEGY_TYPES)
    kind, field = entry.get("type"), entry.get("field")
    if kind == "binpack" and field not in ("cpu", "memory"):
        yield Problem(("field",), "binpack goes by cpu or memory.")
    if kind == "spread" and not field:
        yield Problem(
            ("field",), "is missing: what to spread over, such as attribute:ecs.availability-zone or instanceId."
        )
    if kind == "random" and "field" in entry:
        yield Problem(("field",), "random takes none. Remove it.")


def networking(args: Args) -> Iterator[Problem]:
    """A network mode that the capacity has."""
    yield from choice(args, "network_mode", bounds.NETWORK_MODES)
    mode, where = network_mode(args), runs_on(args)
    if "network_mode" in args and mode in bounds.NETWORK_MODES:
        if where == "FARGATE" and mode != "awsvpc":
            yield Problem(("network_mode",), f"Fargate has awsvpc only, not {mode}. Remove it, or write launch: ec2.")
        if where == "EXTERNAL" and mode == "awsvpc":
            yield Problem(("network_mode",), "EXTERNAL instances have no awsvpc. Write bridge, host or none.")
