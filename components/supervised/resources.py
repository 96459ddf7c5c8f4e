"""What supervised tasks need: once per group a table of leases, a role and a log group; per task a state machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, dynamodb, iam, sfn

from ..aws import policies as policies
from ..aws.dependencies import after
from ..aws.names import GroupNames
from ..infrastructure.lookup import Account
from .ending import OUTCOME_SOURCE
from .language import Supervised
from .lease import EXPIRES, KEY
from .machine import definition
from .run_task import run_task
from .settings import supervision

Args = Mapping[str, Any]

SYNC_RULE = "StepFunctionsGetEventsForECSTaskRule"
"""The managed rule by which Step Functions hears of the ends of tasks that it started."""


class Supervisor:
    """The resources that the supervised tasks of a group share."""

    role_arn: pulumi.Output[str]
    log_group_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: Args,
        *,
        names: GroupNames,
        where: Account,
        may_run: pulumi.Output[dict[str, Any]],
        retention_days: int,
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions,
    ):
        """`may_run` says what the role may start: the arguments that `iam.supervisor_policy` shares with
        `iam.scheduler_policy`."""
        self.name, self.args, self.names, self.where, self.tags, self.opts = name, args, names, where, tags, opts
        table = self._table()
        log_group = cloudwatch.LogGroup(
            f"{name}-supervisor-logs",
            name=names.supervisor_log_group,
            retention_in_days=retention_days,
            tags=tags,
            opts=opts,
        )
        self.log_group_arn = log_group.arn
        self.role_arn = self._role(may_run, table, log_group)

    def _table(self) -> dynamodb.Table:
        return dynamodb.Table(
            f"{self.name}-leases",
            name=self.names.lease_table,
            billing_mode="PAY_PER_REQUEST",
            hash_key=KEY,
            attributes=[{"name": KEY, "type": "S"}],
            ttl={"attribute_name": EXPIRES, "enabled": True},
            tags=self.tags,
            opts=self.opts,
        )

    def _role(
        self, may_run: pulumi.Output[dict[str, Any]], table: dynamodb.Table, log_group: cloudwatch.LogGroup
    ) -> pulumi.Output[str]:
        where = self.where
        role = iam.Role(
            f"{self.name}-supervisor",
            name=self.names.role("supervisor"),
            path=self.names.iam_path,
            description="Runs scheduled tasks that are supervised",
            assume_role_policy=policies.supervisor_trust(
                account_id=where.account_id,
                state_machines_arn=where.arn("states", f"stateMachine:{self.names.state_machine_prefix}*"),
            ),
            permissions_boundary=self.args.get("permissions_boundary"),
            tags=self.tags,
            opts=self.opts,
        )
        policy = iam.RolePolicy(
            f"{self.name}-supervisor-policy",
            role=role.name,
            name="supervise-runs",
            policy=may_run.apply(
                lambda known: policies.supervisor_policy(
                    **known,
                    table_arn=where.arn("dynamodb", f"table/{self.names.lease_table}"),
                    sync_rule_arn=where.arn("events", f"rule/{SYNC_RULE}"),
                    event_bus_arn=where.arn("events", "event-bus/default"),
                    event_source=OUTCOME_SOURCE,
                    tracing=self.args.get("monitoring", {}).get("tracing", False),
                )
            ),
            opts=self.opts,
        )
        # Whoever makes a state machine waits for all that it needs.
        return after(role.arn, policy.id, table.id, log_group.id)


def create_state_machine(
    task: str,
    args: Args,
    *,
    names: GroupNames,
    container: str,
    parameters: Args,
    group: Args,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> sfn.StateMachine:
    """The state machine of a supervised task. `parameters` are RunTask's, as a schedule of a direct task has them;
    `group` is the group's reference."""
    settings = supervision(args)
    made_of = pulumi.Output.all(parameters, group["cluster_arn"])
    return sfn.StateMachine(
        f"{task}-supervisor",
        name=names.state_machine(task),
        role_arn=group["supervisor_role_arn"],
        definition=made_of.apply(
            lambda known: definition(
                Supervised(
                    task=task,
                    container=container,
                    prefix=names.prefix,
                    table=names.lease_table,
                    settings=settings,
                    run=run_task(known[0], cluster_arn=known[1]),
                )
            )
        ),
        logging_configuration={
            "level": "ERROR",
            "include_execution_data": True,
            "log_destination": pulumi.Output.concat(group["supervisor_log_group_arn"], ":*"),
        },
        tracing_configuration={"enabled": group["tracing"]},
        tags=tags,
        opts=opts,
    )
