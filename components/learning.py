"""Resources that a group adds for a task that it did not know about.

The roles get one more inline policy per need. The policies of a role take effect together, so the policy that the role
was created with does not change. AWS: IAM user guide, "Policy evaluation logic".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pulumi
from pulumi_aws import iam
from typing_extensions import TypedDict

from .after_resources import create_queue_policy
from .args import GroupReference
from .aws import limits, policies
from .aws.arn import Arn
from .aws.dependencies import after
from .aws.names import LONGEST_CLUSTER
from .aws.policy_sizes import policy_size
from .checks.known_group import KnownGroup
from .checks.learning import Needs, needs_of
from .group_resources import Shared
from .infrastructure.execution import execution_policy
from .infrastructure.existing import Existing
from .infrastructure.roles import EXECUTION, SCHEDULER, add_policy
from .infrastructure.startable import SUPERVISOR, scheduler_policy, startable, supervisor_policy
from .problems import Path, Problem, key
from .resolved import Group, Task
from .scope import Scope
from .supervised.resources import Supervisor, create_supervisor


@dataclass(frozen=True, slots=True)
class _Grant:
    """A policy that a role gets."""

    purpose: str
    """The end of the name of the role in Pulumi."""
    what: str
    """The end of the name of the policy."""
    document: str
    path: Path
    """The task's key that needs it."""
    argument: str
    """The group's key that avoids it."""


class Learned(TypedDict):
    """The parts of a group's reference that change when the group learns something."""

    pass_role_arns: Sequence[str]
    registry_accounts: Sequence[str]
    scheduler_role_arn: pulumi.Input[str]
    execution_role_arn: pulumi.Input[str]
    supervisor_role_arn: pulumi.Input[str]
    supervisor_log_group_arn: pulumi.Input[str]
    dead_letter_queue_arn: pulumi.Input[str]


class Learning:
    """The resources of a group that its tasks can add to."""

    def __init__(self, scope: Scope, group: Group, existing: Existing, shared: Shared):
        """Start with the resources that the group has."""
        self._scope = scope.after(shared.resources.schedule_group)
        self._group, self._existing, self._shared = group, existing, shared
        self._granted: set[tuple[str, str]] = set()
        self._used: dict[str, int] = {}
        self.resources = shared.resources

    def needs(self, task: Task, known: KnownGroup) -> Needs:
        """The needs of a task that the group can learn."""
        return needs_of(task, self._group, known)

    def problems(self, task: Task, needs: Needs) -> list[Problem]:
        """Needs for which a role has no room. AWS: IAM user guide, "IAM and AWS STS quotas"."""
        roles, room = self._roles(), dict[str, int]()
        found: list[Problem] = []
        for grant in self._grants(task, needs):
            if grant.purpose in roles:
                if grant.purpose not in room:
                    room[grant.purpose] = limits.INLINE_POLICY_LENGTH - self._size(grant.purpose)
                room[grant.purpose] -= policy_size(grant.document)
                if room[grant.purpose] < 0:
                    message = (
                        f"needs one more policy of the group's {grant.purpose} role, which has no room for it. Add it "
                        f"to the group's {key(grant.argument)}, which can use managed policies."
                    )
                    found.append(Problem(grant.path, message))
        return found

    def learn(self, task: Task, needs: Needs, reference: GroupReference) -> Learned:
        """Create what a task needs, and return the parts of the group's reference that change with it."""
        supervisor_role: pulumi.Input[str] = reference["supervisor_role_arn"]
        supervisor_logs: pulumi.Input[str] = reference["supervisor_log_group_arn"]
        if needs.supervisor:
            supervisor = self._create_supervisor()
            supervisor_role, supervisor_logs = supervisor.role_arn, supervisor.log_group_arn
        queue_arn = reference["dead_letter_queue_arn"]
        if task.after is not None and self.resources.dead_letter_queue_policy is None:
            allowed = create_queue_policy(self._scope, self.resources.dead_letter_queue)
            self.resources = replace(self.resources, dead_letter_queue_policy=allowed)
            queue_arn = _after(queue_arn, [allowed.id])
        created: dict[str, list[pulumi.Output[str]]] = {}
        roles = self._roles()
        for grant in self._grants(task, needs):
            self._granted.add((grant.purpose, grant.what))
            if role := roles.get(grant.purpose):
                self._used[grant.purpose] = self._used.get(grant.purpose, 0) + policy_size(grant.document)
                policy = add_policy(
                    self._scope, f"{grant.purpose}-{grant.what}", role, f"more-{grant.what}"[:128], grant.document
                )
                created.setdefault(grant.purpose, []).append(policy.id)
        return {
            "pass_role_arns": [*reference["pass_role_arns"], *needs.role_arns],
            "registry_accounts": [*reference["registry_accounts"], *needs.registry_accounts],
            "scheduler_role_arn": _after(reference["scheduler_role_arn"], created.get(SCHEDULER)),
            "execution_role_arn": _after(reference["execution_role_arn"], created.get(EXECUTION)),
            "supervisor_role_arn": _after(supervisor_role, created.get(SUPERVISOR)),
            "supervisor_log_group_arn": supervisor_logs,
            "dead_letter_queue_arn": queue_arn,
        }

    def _create_supervisor(self) -> Supervisor:
        group = replace(self._group, supervised=True)
        may_start = startable(
            self._scope.names, self._scope.account, group, list(self._existing.task_definitions.values())
        )
        supervisor = create_supervisor(
            self._scope, group, may_start, self._shared.cluster_arn, self._existing.more_clusters
        )
        monitoring = self.resources.monitoring
        self.resources = replace(
            self.resources,
            supervisor_role=supervisor.role,
            lease_table=supervisor.table,
            supervisor_log_group=supervisor.log_group,
            monitoring=replace(
                monitoring, rules={**monitoring.rules, **self._shared.monitoring.create_supervised_rules()}
            ),
        )
        return supervisor

    def _grants(self, task: Task, needs: Needs) -> Iterator[_Grant]:
        """The policies that the group's roles need for a task, without those that they have."""
        for grant in self._all_grants(task, needs):
            if (grant.purpose, grant.what) not in self._granted:
                yield grant

    def _all_grants(self, task: Task, needs: Needs) -> Iterator[_Grant]:
        names, account = self._scope.names, self._scope.account
        if needs.supervisor:
            machines = account.arn("states", f"stateMachine:{names.state_machine_prefix}*")
            yield _Grant(SCHEDULER, "supervised", policies.start_supervised_policy(machines), (), "supervised")
        starts = SUPERVISOR if task.is_supervised else SCHEDULER
        # A role that another task made known may be new to the role that starts this task.
        for arn in task.existing_roles:
            if arn not in self._group.pass_role_arns and Arn.parse_if_arn(arn):
                document = policies.more_runs_policy(task_definition_arns=(), cluster_arns=(), role_arns=[arn])
                yield _Grant(starts, f"pass-{arn.rsplit('/', 1)[-1]}", document, ("task_role",), "pass_role_arns")
        for number in needs.registry_accounts:
            document = policies.pull_policy(policies.repository_arns(account.partition, [number]))
            yield _Grant(EXECUTION, f"pull-{number}", document, ("image",), "registry_accounts")

    def _roles(self) -> dict[str, iam.Role]:
        """The group's roles by purpose, without existing roles. Their owners decide what they may do."""
        own = self.resources
        found = {EXECUTION: own.execution_role, SCHEDULER: own.scheduler_role, SUPERVISOR: own.supervisor_role}
        return {purpose: role for purpose, role in found.items() if role is not None}

    def _size(self, purpose: str) -> int:
        """Characters of all inline policies of a role."""
        names, account, group = self._scope.names, self._scope.account, self._group
        if purpose == EXECUTION:
            accounts = [account.account_id, *group.registry_accounts]
            inline = execution_policy(names, account, accounts, caches=group.pull_through_caches)
        else:
            policy = scheduler_policy if purpose == SCHEDULER else supervisor_policy
            clusters = (LONGEST_CLUSTER, *self._existing.more_clusters)
            make = partial(policy, names, account, group, clusters)
            may_start = startable(names, account, group, list(self._existing.task_definitions.values()))
            inline = make(may_start.divided(make, clusters).inline)
        return policy_size(inline) + self._used.get(purpose, 0)


def _after(arn: pulumi.Input[str], policy_ids: list[pulumi.Output[str]] | None) -> pulumi.Input[str]:
    """The ARN of a role, once the role has its new policies."""
    return after(pulumi.Output.from_input(arn), *policy_ids) if policy_ids else arn
