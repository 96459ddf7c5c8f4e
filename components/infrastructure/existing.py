"""Existing resources of a group, looked up once before anything is created."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi

from ..args import TaskDefinitionReference
from ..aws.account import Account
from ..aws.names import GroupNames
from ..aws.routes import IMAGE_SERVICES, Reach
from ..checks.capacity import default_of_new_cluster, default_strategy_problems, lacking
from ..checks.errors import refuse
from ..checks.groups import one_per_family
from ..checks.known_group import KnownGroup
from ..checks.policies import path_in_group, runs_in_group
from ..checks.references import reference_problems
from ..checks.rules import rules_of_group
from ..checks.same_account import group_elsewhere
from ..checks.starts import start_problems, task_needs
from ..checks.tags import tags_of_schedule_group
from ..problems import Name, Path, Problem, listed, nearest
from ..resolved import MAIN_CONTAINER, Group, Task
from ..task.after import upstream_references
from .cluster import find_capacity, find_cluster
from .default_tags import default_tags
from .lookup import NotFoundError, account, invoke_options
from .network import RunNetwork, find_network
from .startable import startable
from .task_definitions import ExistingDefinition, find_definitions
from .task_network import find_task_network

ALL_SERVICES = frozenset({*IMAGE_SERVICES, "logs", "secretsmanager", "ssm"})
"""Services that ECS may need to reach before a run starts."""


@dataclass(frozen=True, slots=True)
class Existing:
    """The account, and what the group refers to in it."""

    account: Account
    cluster_arn: pulumi.Input[str] | None
    """None for a new cluster. Empty for a group that has only calls."""
    clusters: Mapping[str, str]
    """ARNs of further existing clusters, by the string that refers to them."""
    network: RunNetwork | None
    """None for a new VPC."""
    task_definitions: Mapping[str, ExistingDefinition]
    """By the string that refers to them."""
    containers: Mapping[str, str]
    """For each of `task_definitions`, the container whose exit code decides the outcome: the one that the group names,
    the only essential one, or `main` of several. No entry if none of them exists."""

    @property
    def more_clusters(self) -> list[str]:
        """ARNs of the clusters that runs start on besides the group's."""
        return sorted(set(self.clusters.values()))


def find_existing(component: str, group: Group, names: GroupNames, opts: pulumi.ResourceOptions | None) -> Existing:
    """Look up everything that a group refers to. `names` are the names of the resources that it creates.

    Raises InvalidArgumentsError, which names everything that is missing.
    """
    options = invoke_options(opts)
    try:
        where = account(options)
    except NotFoundError as error:
        refuse(component, [Problem((), f"AWS does not tell which account this is: {error}.")])
        raise
    cluster = _cluster(group, where, options)
    clusters, no_clusters = _more_clusters(group, where, options)
    more_clusters = sorted(set(clusters.values()))
    definitions, problems = find_definitions(group.task_definitions, options)
    containers = _containers(group, definitions)
    problems += one_per_family(group.task_definitions, containers)
    references = {name: found.reference for name, found in definitions.items()}
    services = _services(group, where, references)
    network = _network(group, where, services, options)
    not_found = [found for found in (cluster, network) if isinstance(found, Problem)]
    reach = network.reach if isinstance(network, RunNetwork) else ()
    known = _known_group(group, names, where, references, containers, reach, by_reference(group, cluster, clusters))
    own_networks = _own_networks(group, network, names, where, services, options)
    not_found += [
        found.within("tasks", Name(name)) for name, found in own_networks.items() if isinstance(found, Problem)
    ]
    cannot_start, warnings = _start_problems(group, known, own_networks)
    may_start = startable(names, where, group, list(definitions.values()))
    refuse(
        component,
        [
            *not_found,
            *no_clusters,
            *problems,
            *group_elsewhere(group, where),
            *_container_problems(group, definitions),
            *_task_problems(group, known),
            *runs_in_group(may_start, names, where, group, more_clusters),
            *rules_of_group(group, names, where, containers, more_clusters),
            *_tag_problems(group, names, cluster, more_clusters),
            *path_in_group(names, where, group),
            *cannot_start,
        ],
    )
    assert not isinstance(cluster, Problem)
    assert not isinstance(network, Problem)
    for warning in (*warnings, *_lacking_providers(group, cluster, clusters, options)):
        pulumi.log.warn(str(warning.in_camel_case()))
    return Existing(where, cluster, clusters, network, definitions, containers)


def _tag_problems(
    group: Group, names: GroupNames, cluster: pulumi.Input[str] | Problem | None, more_clusters: Sequence[str]
) -> Iterator[Problem]:
    own = names.cluster if cluster is None else cluster
    clusters = [*more_clusters, *([own] if isinstance(own, str) and own else [])]
    return tags_of_schedule_group(group, names.prefix, clusters, default_tags())


def _own_networks(
    group: Group,
    network: RunNetwork | Problem | None,
    names: GroupNames,
    where: Account,
    services: frozenset[str],
    options: pulumi.InvokeOptions,
) -> dict[str, RunNetwork | Problem]:
    """The networks of tasks that don't use the group's, by task. Each is looked up once."""
    if isinstance(network, Problem):
        return {}
    of_group = network or RunNetwork((), assign_public_ip=False, vpc_id=None)
    found = {
        name: find_task_network(
            task.network, of_group, prefix=names.prefix, region=where.region, services=services, options=options
        )
        for name, task in (group.tasks or {}).items()
        if task.network
    }
    return {name: each for name, each in found.items() if each is not None}


def _start_problems(
    group: Group, known: KnownGroup, own_networks: Mapping[str, RunNetwork | Problem]
) -> tuple[list[Problem], list[Problem]]:
    """The problems of tasks whose runs can't start in their subnets, and the warnings."""
    tasks = group.tasks or {}
    problems, warnings = start_problems(known, {name: task for name, task in tasks.items() if name not in own_networks})
    for name, network in own_networks.items():
        if isinstance(network, RunNetwork):
            found = start_problems(replace(known, reach=network.reach), {name: tasks[name]})
            problems += [problem.within("tasks", Name(name)) for problem in found[0]]
            warnings += [problem.within("tasks", Name(name)) for problem in found[1]]
    return problems, warnings


def _network(
    group: Group, where: Account, services: frozenset[str], options: pulumi.InvokeOptions
) -> RunNetwork | Problem | None:
    if not group.runs_containers:
        return RunNetwork((), assign_public_ip=False, vpc_id=None)
    return None if group.network.create_vpc else find_network(group.network, where.region, services, options)


def _cluster(group: Group, where: Account, options: pulumi.InvokeOptions) -> pulumi.Input[str] | Problem | None:
    if not group.runs_containers:
        return ""
    if group.create_cluster:
        return None
    reference = group.cluster
    return find_cluster(reference, where, options) if isinstance(reference, str) else reference


def _more_clusters(group: Group, where: Account, options: pulumi.InvokeOptions) -> tuple[dict[str, str], list[Problem]]:
    """The ARNs of the further clusters, and the problems of those that don't exist. One look-up for each."""
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for position, reference in enumerate(group.clusters if group.runs_containers else ()):
        cluster = find_cluster(reference, where, options)
        if isinstance(cluster, str):
            found[reference] = cluster
            continue
        users = [name for name, task in (group.tasks or {}).items() if task.cluster == reference]
        places: list[Path] = [("tasks", Name(name), "cluster") for name in users]
        problems += [Problem(place, cluster.message) for place in places or [("clusters", position)]]
    return found, problems


def by_reference(
    group: Group, cluster: pulumi.Input[str] | Problem | None, clusters: Mapping[str, str]
) -> dict[str, str]:
    """The ARNs of all existing clusters that tasks may run on, by the strings that refer to them."""
    own = {group.cluster: cluster} if isinstance(group.cluster, str) and isinstance(cluster, str) and cluster else {}
    arns = {*own.values(), *clusters.values()}
    return {**own, **clusters, **{arn.rsplit("/", 1)[-1]: arn for arn in sorted(arns)}, **{arn: arn for arn in arns}}


def _lacking_providers(
    group: Group, cluster: pulumi.Input[str] | None, clusters: Mapping[str, str], options: pulumi.InvokeOptions
) -> Iterator[Problem]:
    """Capacity providers that existing clusters lack. One look-up per cluster, if a task that is known names any."""
    known = by_reference(group, cluster, clusters)
    by_cluster: dict[str, dict[str, Task]] = {}
    for name, task in (group.tasks or {}).items():
        arn = cluster if task.cluster is None else known.get(task.cluster)
        if (task.strategy or task.launch == "clusterDefault") and isinstance(arn, str):
            by_cluster.setdefault(arn, {})[name] = task
    for arn, tasks in by_cluster.items():
        yield from _lacking_in(arn, tasks, options)


def _lacking_in(cluster: str, tasks: Mapping[str, Task], options: pulumi.InvokeOptions) -> Iterator[Problem]:
    name = cluster.rsplit("/", 1)[-1]
    try:
        providers, default = find_capacity(cluster, options)
        yield from lacking(name, providers, tasks)
        for each, task in tasks.items():
            yield from (it.within("tasks", Name(each)) for it in default_strategy_problems(task, f'"{name}"', default))
    except NotFoundError as error:
        yield Problem(
            ("cluster",),
            f'can\'t tell if "{name}" has the capacity providers that tasks use: {error}. The look-up needs permission '
            "for cloudformation:GetResource and ecs:DescribeClusters.",
        )


def _containers(group: Group, definitions: Mapping[str, ExistingDefinition]) -> dict[str, str]:
    found: dict[str, str] = {}
    for reference, definition in definitions.items():
        essential = [container.name for container in definition.containers if container.essential]
        if named := group.containers.get(reference):
            found[reference] = named
        elif len(essential) == 1:
            found[reference] = essential[0]
        elif MAIN_CONTAINER in essential:
            found[reference] = MAIN_CONTAINER
    return found


def _container_problems(group: Group, definitions: Mapping[str, ExistingDefinition]) -> Iterator[Problem]:
    """Containers that the task definitions don't have. If the tasks are known, theirs are checked instead."""
    for reference, named in group.containers.items() if group.tasks is None else ():
        if definition := definitions.get(reference):
            names = [container.name for container in definition.containers]
            if named not in names:
                yield Problem(
                    ("containers", Name(reference)),
                    f'"{named}" is not a container of "{reference}", which has {listed(names, "and")}.'
                    f"{nearest(named, names)}",
                )


def _services(group: Group, where: Account, definitions: Mapping[str, TaskDefinitionReference]) -> frozenset[str]:
    """The services that runs of the group may need an endpoint for."""
    if group.tasks is None:
        return ALL_SERVICES
    tasks = group.tasks.values()
    needs = (task_needs(it, where.region, definitions.get(it.task_definition or "")) for it in tasks)
    return frozenset(service for need in needs if need for service in need.services)


def _known_group(
    group: Group,
    names: GroupNames,
    where: Account,
    definitions: Mapping[str, TaskDefinitionReference],
    containers: Mapping[str, str],
    reach: Sequence[Reach],
    clusters: Mapping[str, str],
) -> KnownGroup:
    return KnownGroup(
        account=where,
        names=names,
        outcomes=group.monitoring.outcomes,
        supervised=group.supervised,
        counts_failures=group.counts_failures,
        parallel=group.parallel,
        has_machines=group.supervised,
        clusters=clusters,
        capacity_providers=group.new_cluster_providers,
        tags=group.tags,
        default_tags=default_tags(),
        registry_accounts=[where.account_id, *group.registry_accounts],
        task_definitions=definitions,
        containers=containers,
        pass_role_arns=group.pass_role_arns,
        shared_roles=tuple(group.shared_roles),
        pull_through_caches=group.pull_through_caches,
        secrets_kms_keys=group.encryption.secrets,
        watched_calls=(),
        reports_calls=False,
        upstream_tasks=upstream_references(group.tasks or {}, group.calls, names, where),
        reach=reach,
    )


def _task_problems(group: Group, known: KnownGroup) -> Iterator[Problem]:
    """Problems of the group's tasks, if they are known. A task definition that isn't found is a problem already."""
    for name, task in (group.tasks or {}).items():
        if task.task_definition is None or task.task_definition in known.task_definitions:
            problems = (*reference_problems(task, known), *default_of_new_cluster(task, group))
            yield from (problem.within("tasks", Name(name)) for problem in problems)
