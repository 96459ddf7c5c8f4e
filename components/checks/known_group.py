"""Everything about a group that its tasks are checked against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..args import GroupReference, TaskDefinitionReference, UpstreamReference
from ..aws.account import Account
from ..aws.names import GroupNames
from ..aws.routes import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGroup:
    """Everything about a group that its tasks are checked against. It is known before anything is created."""

    account: Account
    names: GroupNames
    outcomes: bool
    """Whether outcomes of runs are monitored."""
    supervised: bool
    """Whether it may have supervised tasks."""
    counts_failures: bool
    """Whether it has rules for failures that send no messages yet."""
    parallel: bool
    """Whether it may have tasks with `parallel`."""
    has_machines: bool
    """Whether it has what all state machines share: the lease table and the log group."""
    clusters: Mapping[str, str]
    """ARNs of existing clusters that tasks may run on, by the strings that refer to them."""
    capacity_providers: Sequence[str]
    """Those of a new cluster; empty for an existing one."""
    tags: Mapping[str, str]
    default_tags: Mapping[str, str]
    """Tags that the AWS provider adds."""
    registry_accounts: Sequence[str]
    """AWS accounts whose ECR repositories the execution role may pull from."""
    task_definitions: Mapping[str, TaskDefinitionReference]
    """Existing task definitions, by the string that refers to them."""
    containers: Mapping[str, str]
    """For each of them, the container whose exit code decides the outcome, if that is known."""
    pass_role_arns: Sequence[str]
    shared_roles: Sequence[str]
    pull_through_caches: Sequence[str]
    secrets_kms_keys: Sequence[str]
    watched_calls: Sequence[str]
    """Calls whose work it watches."""
    reports_calls: bool
    """Whether other calls can watch their work themselves."""
    upstream_tasks: Mapping[str, UpstreamReference]
    """Tasks that others can start after, by name."""
    reach: Sequence[Reach]
    """Destinations that runs in each subnet reach. Empty if they are not known."""

    @classmethod
    def of(cls, group: GroupReference, default_tags: Mapping[str, str]) -> KnownGroup:
        """A group that exists, or that is created by the same program."""
        return cls(
            account=Account.of(group),
            names=GroupNames(group["prefix"], group["iam_path"]),
            outcomes=group["succeeded_log_group"] != "",
            supervised=group["supervisor_role_arn"] != "",
            counts_failures=group.get("counts_failures", False),
            parallel=group.get("parallel", False),
            has_machines=group["supervisor_log_group_arn"] != "",
            clusters=group["clusters"],
            capacity_providers=group["capacity_providers"],
            tags=group["tags"],
            default_tags=default_tags,
            registry_accounts=group["registry_accounts"],
            task_definitions=group["task_definitions"],
            containers=group["containers"],
            pass_role_arns=group["pass_role_arns"],
            shared_roles=group["shared_roles"],
            pull_through_caches=group["pull_through_caches"],
            secrets_kms_keys=group["secrets_kms_keys"],
            watched_calls=group.get("watched_calls", ()),
            reports_calls=group.get("reports_calls", False),
            upstream_tasks=group.get("upstream_tasks", {}),
            reach=[
                Reach(it["subnet_id"], it["subnet_type"], it["internet"], frozenset(it["services"]))
                for it in group["reach"]
            ],
        )
