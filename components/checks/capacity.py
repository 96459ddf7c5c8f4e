"""Checks of launch type, capacity providers and placement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..problems import Problem, abbreviated, key, listed
from ..resolved import FARGATE_PROVIDERS, CapacityProvider, Group, PlacementConstraint, PlacementStrategy, Task
from ..supervised.settings import SUPERVISED_KEYS
from .check import reads
from .sizes import launch_size_problems

_CAPACITY = ("launch", "capacity_providers")


@reads(*_CAPACITY)
def capacity(task: Task) -> Iterator[Problem]:
    """One way to say what runs start on, and what is compatible with it."""
    if "launch" in task.args and "capacity_providers" in task.args and task.launch != "managedInstances":
        yield Problem(("launch",), f"a task has either {key('launch')} or {key('capacity_providers')}. Remove one.")
    if task.capacity_providers:
        yield from strategy_problems("capacity_providers", task.capacity_providers)


def strategy_problems(name: str, strategy: Sequence[CapacityProvider]) -> Iterator[Problem]:
    """Problems in a capacity provider strategy. AWS: Amazon ECS API reference, RunTask."""
    if strategy and all(entry.weight == 0 for entry in strategy):
        yield Problem((name,), "every weight is 0, so no run could start. Give one entry a weight above 0.")
    if sum(1 for entry in strategy if entry.base) > 1:
        yield Problem((name,), "more than one entry has a base. Keep one.")
    names = [entry.provider for entry in strategy]
    if len(set(names)) < len(names):
        yield Problem((name,), "a provider occurs twice. Keep one entry for each.")
    if set(names) & set(FARGATE_PROVIDERS) and set(names) - set(FARGATE_PROVIDERS):
        yield Problem(
            (name,), "a strategy has either Fargate's providers or those of Auto Scaling groups, not both kinds."
        )


def not_in_cluster(task: Task, providers: Sequence[str]) -> Iterator[Problem]:
    """Capacity providers that the cluster does not have, so that AWS would refuse each launch.

    `providers` are those of a new cluster, and empty for an existing one. AWS: Amazon ECS API reference, RunTask,
    capacityProviderStrategy.
    """
    where = "capacity_providers" if task.capacity_providers else "launch"
    yield from _missing((where,), task.strategy, providers)


def lacking(cluster: str, providers: Sequence[str], tasks: Mapping[str, Task]) -> Iterator[Problem]:
    """Capacity providers that tasks name and an existing cluster lacks, each once.

    AWS: botocore ecs, CapacityProviderStrategyItem.capacityProvider: "must already be created and associated with the
    cluster".
    """
    users: dict[str, list[str]] = {}
    for name, task in tasks.items():
        for entry in task.strategy:
            if entry.provider not in providers:
                users.setdefault(entry.provider, []).append(name)
    for provider, names in users.items():
        yield Problem(
            ("cluster",),
            f'"{cluster}" does not have the capacity provider {provider}, so AWS refuses each launch of '
            f"{abbreviated(names)}. Add it to the cluster (aws ecs put-cluster-capacity-providers), or change "
            f"{key('launch')}.",
        )


def default_of_new_cluster(task: Task, group: Group) -> Iterator[Problem]:
    """As `default_strategy_problems`, for the cluster that the group creates."""
    if group.create_cluster and task.cluster is None:
        providers = [entry.provider for entry in group.create_cluster.default_strategy]
        yield from default_strategy_problems(task, "the new cluster", providers)


def default_strategy_problems(task: Task, cluster: str, providers: Sequence[str]) -> Iterator[Problem]:
    """A default strategy of the cluster that does not fit a task with `launch: clusterDefault`.

    `cluster` is in words. `providers` are those of the default strategy. AWS: botocore ecs,
    RunTaskRequest.capacityProviderStrategy.
    """
    if task.launch != "clusterDefault":
        return
    if not providers:
        yield Problem(
            ("launch",),
            f"{cluster} has no default capacity provider strategy, so ECS starts runs on EC2 instances. Write "
            f"{key('launch')}: ec2, or give the cluster a default strategy.",
        )
    elif set(providers) & set(FARGATE_PROVIDERS):
        default = f"the default strategy of {cluster} is {listed(providers, 'and')}"
        if task.network_mode != "awsvpc":
            yield Problem(
                ("network_mode",), f"{default}, and Fargate supports only awsvpc, not {task.network_mode}. Remove it."
            )
        for found in launch_size_problems("FARGATE", task.cpu, task.memory, None, windows=task.is_windows):
            yield Problem(found.path, f"{default}. {found.message}")


def default_strategy_not_in_cluster(
    strategy: Sequence[CapacityProvider], providers: Sequence[str]
) -> Iterator[Problem]:
    """As `not_in_cluster`, for the cluster's default strategy."""
    yield from _missing(("create_cluster", "default_strategy"), strategy, providers)


def _missing(
    path: tuple[str, ...], strategy: Sequence[CapacityProvider], providers: Sequence[str]
) -> Iterator[Problem]:
    for name in dict.fromkeys(entry.provider for entry in strategy):
        if providers and name not in providers:
            yield Problem(
                path,
                f"{name} is not a capacity provider of the new cluster, which has {listed(providers, 'and')}. Add it "
                "there.",
            )


@reads("placement_constraints", "placement_strategies", *SUPERVISED_KEYS, *_CAPACITY)
def placement(task: Task) -> Iterator[Problem]:
    """Placement is for instances."""
    for name, entries in (
        ("placement_constraints", task.placement_constraints),
        ("placement_strategies", task.placement_strategies),
    ):
        if entries and task.launch_type == "FARGATE":
            yield Problem(
                (name,),
                f"is not for Fargate, which has no instances to select. Remove it, or write {key('launch')}: ec2.",
            )
    if len(task.placement_strategies) > 1 and not task.is_supervised:
        # The provider has them as a set, so their order, in which ECS applies them, would be lost.
        supervised = listed([key(name) for name in SUPERVISED_KEYS])
        yield Problem(
            ("placement_strategies",),
            f"has {len(task.placement_strategies)}, and Pulumi's AWS provider does not keep their order. Keep one, or "
            f"set {supervised}: Step Functions keeps the order.",
        )
    for position, constraint in enumerate(task.placement_constraints):
        yield from (found.within("placement_constraints", position) for found in _constraint(constraint))
    for position, strategy in enumerate(task.placement_strategies):
        yield from (found.within("placement_strategies", position) for found in _strategy(strategy))


def _constraint(entry: PlacementConstraint) -> Iterator[Problem]:
    if entry.type == "memberOf" and not entry.expression:
        yield Problem(
            ("expression",), "is missing. Write which instances, such as attribute:ecs.instance-type =~ m6i.*"
        )
    if entry.type == "distinctInstance" and entry.expression is not None:
        yield Problem(("expression",), "is not for distinctInstance. Remove it.")


def _strategy(entry: PlacementStrategy) -> Iterator[Problem]:
    if entry.type == "binpack" and entry.field not in ("cpu", "memory"):
        yield Problem(
            ("field",),
            "is not for binpack. Write cpu or memory." if entry.field else "is missing. Write cpu or memory.",
        )
    if entry.type == "spread" and not entry.field:
        yield Problem(
            ("field",), "is missing. Write what to spread over, such as attribute:ecs.availability-zone or instanceId."
        )
    if entry.type == "random" and entry.field is not None:
        yield Problem(("field",), "is not for random. Remove it.")
