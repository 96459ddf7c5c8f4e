"""The resources of a task that starts after another one: a rule with its target, and the role that starts runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pulumi
from pulumi_aws import cloudwatch, iam, sfn, sqs

from .args import GroupReference
from .aws import policies
from .aws.names import event_target
from .infrastructure.roles import role_with_policy
from .infrastructure.trust import rule_trust
from .json_values import Object
from .monitoring.events import queue_policy
from .resolved import Task
from .scope import Scope
from .task.after import run_path, start_message, upstream_pattern

if TYPE_CHECKING:
    from .scheduled_task import ScheduledTask

AFTER = "after"
"""The purpose of the role, and the end of the names of the resources."""


@dataclass(frozen=True, slots=True)
class AfterResources:
    """The resources that start a task after another one."""

    rule: cloudwatch.EventRule | None = None
    role: iam.Role | None = None
    """None for an existing role too."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """Facts that only the component of a task knows about the task that it starts after."""

    component: ScheduledTask | None
    """The component of the other task, if the program has it. The rule is created after it."""
    cluster_arn: pulumi.Input[str]
    """The cluster of the group. The task itself may run on another one."""


def create_after(
    scope: Scope,
    task: Task,
    group: GroupReference,
    state_machine: sfn.StateMachine,
    execution_input: Object,
    schedule_arn: str,
    upstream: Upstream,
) -> AfterResources:
    """The rule that starts a task after another one, its target, and its role.

    Args:
        scope: The scope of the task.
        task: The task.
        group: Its group.
        state_machine: Its state machine.
        execution_input: The input of its schedule.
        schedule_arn: ARN of its schedule.
        upstream: The other task.
    """
    assert task.after is not None
    if upstream.component is not None:
        scope = scope.after(upstream.component)
    facts, name = group.get("upstream_tasks", {})[task.after], scope.names.after_rule(scope.name)
    cluster = group["clusters"].get(facts["cluster"], upstream.cluster_arn)
    after, containers, names, account = task.after, group["containers"], scope.names, scope.account
    rule = cloudwatch.EventRule(
        f"{scope.name}-{AFTER}",
        name=name,
        description=f"Starts {scope.name} after each success of {task.after}",
        event_pattern=pulumi.Output.from_input(cluster).apply(
            lambda known: upstream_pattern(names, account, after, facts, cluster_arn=known, containers=containers)
        ),
        # The provider keeps the state of a rule that somebody disabled, unless it is set.
        state="ENABLED" if group["enabled"] and task.enabled else "DISABLED",
        tags=scope.tags,
        opts=scope.opts,
    )
    role, role_arn = _role(scope, group)
    message = pulumi.Output.all(execution_input).apply(
        lambda known: start_message(known[0], run=run_path(facts), schedule_arn=schedule_arn)
    )
    cloudwatch.EventTarget(
        f"{scope.name}-{AFTER}",
        rule=rule.name,
        target_id=event_target(scope.name),
        arn=state_machine.arn,
        role_arn=role_arn,
        dead_letter_config={"arn": group["dead_letter_queue_arn"]},
        retry_policy={
            "maximum_event_age_in_seconds": task.retry.max_age,
            "maximum_retry_attempts": task.retry.attempts,
        },
        input_transformer=cast("Any", message),
        opts=scope.opts,
    )
    return AfterResources(rule, role)


def _role(scope: Scope, group: GroupReference) -> tuple[iam.Role | None, pulumi.Input[str]]:
    """The role that starts executions of one state machine, or the group's existing scheduler role."""
    if group.get("existing_scheduler_role"):
        return None, group["scheduler_role_arn"]
    machine = scope.account.arn("states", f"stateMachine:{scope.names.state_machine(scope.name)}")
    created = role_with_policy(
        scope,
        AFTER,
        physical_name=scope.names.task_role(scope.name, AFTER),
        path=scope.names.iam_path,
        description="Starts one scheduled task after another one",
        trust=rule_trust(scope.account, scope.names.after_rule(scope.name)),
        policy_name=AFTER,
        policy=policies.start_supervised_policy(machine),
    )
    return created.role, created.arn


def create_queue_policy(scope: Scope, queue: sqs.Queue) -> sqs.QueuePolicy:
    """Allow the rules of tasks that start after others to send failed starts to the dead-letter queue of the group."""
    rules = scope.account.arn("events", f"rule/{scope.names.state_machine_prefix}*")
    return sqs.QueuePolicy(
        f"{scope.name}-dead-letters-policy",
        queue_url=queue.url,
        policy=queue.arn.apply(lambda arn: queue_policy(queue_arn=arn, rule_arns=[rules])),
        opts=scope.opts,
    )
