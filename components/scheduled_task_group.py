"""What the scheduled tasks of one stack share."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, ec2, iam, scheduler, sqs

from .args import GroupReference, ScheduledTaskGroupArgs, TaskDefinitionReference
from .aws import policies as policies
from .aws.dependencies import after
from .aws.limits import QUEUE_RETENTION_SECONDS
from .aws.names import GROUP_TAG, GroupNames, family_of
from .checks import group_problems
from .checks.errors import refuse
from .checks.groups import providers_of_cluster
from .checks.same_account import elsewhere
from .infrastructure.cluster import DEFAULT_CLUSTER, create_cluster, find_cluster
from .infrastructure.egress import way_out_problem
from .infrastructure.lookup import Account, NotFoundError, account, invoke_options
from .infrastructure.network import Network, find_network
from .infrastructure.task_definitions import find_definitions
from .infrastructure.vpc import create_network
from .monitoring.resources import Monitoring, Watched
from .problems import Problem
from .shapes import shape_problems
from .supervised.resources import Supervisor
from .task.definition import CONTAINER_NAME

GROUP_TYPE = "ecs-scheduled-tasks:index:ScheduledTaskGroup"
DEFAULT_RETENTION_DAYS = 30


class ScheduledTaskGroup(pulumi.ComponentResource):
    """What the scheduled tasks of one stack share: the schedule group, the scheduler role, the dead-letter
    queue, the execution role, the log group and, where none is given, a security group; the cluster, where it is to be
    created; and what supervised tasks need, where there are such.

    Everything that can be known is checked and looked up before anything is created; what is wrong comes as
    one `InvalidArgumentsError` that names all of it.
    """

    schedule_group_name: pulumi.Output[str]
    """Name of the schedule group."""

    schedule_group_arn: pulumi.Output[str]
    """ARN of the schedule group."""

    cluster_arn: pulumi.Output[str]
    """ARN of the cluster that runs are started on."""

    scheduler_role_arn: pulumi.Output[str]
    """ARN of the role by which EventBridge Scheduler starts runs."""

    execution_role_arn: pulumi.Output[str]
    """ARN of the role by which ECS pulls images and writes logs, for tasks without secrets."""

    dead_letter_queue_arn: pulumi.Output[str]
    """ARN of the queue that launches go to when their retries are exhausted."""

    dead_letter_queue_url: pulumi.Output[str]
    """URL of the dead-letter queue."""

    log_group_name: pulumi.Output[str]
    """Log group of the runs, one stream prefix for each task."""

    reference: GroupReference
    """What a `ScheduledTask` of this group is given as `group`."""

    def __init__(self, name: str, args: ScheduledTaskGroupArgs, opts: pulumi.ResourceOptions | None = None):
        """Check, look up, then create.

        Raises InvalidArgumentsError, before anything is created.
        """
        refuse(f'{GROUP_TYPE} "{name}"', shape_problems(args, ScheduledTaskGroupArgs) or group_problems(args))
        found = _Surroundings(name, args, opts)
        super().__init__(GROUP_TYPE, name, None, opts)
        parts = _Parts(self, name, args, found)
        self.schedule_group_name = parts.schedule_group.name
        self.schedule_group_arn = parts.schedule_group.arn
        self.cluster_arn = parts.cluster_arn
        self.scheduler_role_arn = parts.scheduler_role_arn
        self.execution_role_arn = parts.execution_role_arn
        self.dead_letter_queue_arn = parts.queue.arn
        self.dead_letter_queue_url = parts.queue.url
        self.log_group_name = parts.log_group.name
        self.reference = parts.reference()
        self.register_outputs({key: getattr(self, key) for key in type(self).__annotations__ if key != "reference"})


class _Surroundings:
    """What is there already, looked up once for the group; all that is missing is refused at once."""

    account: Account
    cluster_arn: pulumi.Input[str] | None
    network: Network | None
    """None where the VPC is to be created."""
    task_definitions: dict[str, TaskDefinitionReference]

    def __init__(self, name: str, args: ScheduledTaskGroupArgs, opts: pulumi.ResourceOptions | None):
        options = invoke_options(opts)
        try:
            self.account = account(options)
        except NotFoundError as error:
            refuse(f'{GROUP_TYPE} "{name}"', [Problem((), f"AWS does not say which account this is: {error}.")])
        cluster = None if "create_cluster" in args else self._cluster(args, options)
        given = args.get("network", {})
        network = None if "create_vpc" in given else find_network(given, options)
        self.task_definitions, problems = find_definitions(list(args.get("task_definitions", [])), options)
        refuse(
            f'{GROUP_TYPE} "{name}"',
            [
                *(found for found in (cluster, network) if isinstance(found, Problem)),
                *problems,
                *elsewhere(args, self.account),
            ],
        )
        assert not isinstance(cluster, Problem)
        assert not isinstance(network, Problem)
        self.cluster_arn, self.network = cluster, network
        if network and (problem := way_out_problem(network, self.account.region, options)):
            pulumi.log.warn(problem)

    def _cluster(self, args: ScheduledTaskGroupArgs, options: pulumi.InvokeOptions) -> pulumi.Input[str] | Problem:
        reference = args.get("cluster", DEFAULT_CLUSTER)
        return find_cluster(reference, self.account, options) if isinstance(reference, str) else reference


class _Parts:
    """The group's resources."""

    def __init__(self, group: ScheduledTaskGroup, name: str, args: ScheduledTaskGroupArgs, found: _Surroundings):
        self.group, self.name, self.args, self.found = group, name, args, found
        prefix = args.get("prefix", f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}")
        self.names = GroupNames(prefix, args.get("iam_path", "/"))
        self.tags: Mapping[str, str] = args.get("tags", {})
        self.retention_days: int = args.get("logs", {}).get("retention_days", DEFAULT_RETENTION_DAYS)
        self.log_key: str = args.get("logs", {}).get("kms_key", "")
        self.keys: Mapping[str, Any] = args.get("encryption", {})
        self.supervised: bool = args.get("supervised", False)
        self.schedule_group = scheduler.ScheduleGroup(
            f"{name}-schedules",
            name=self.names.schedule_group,
            tags={**self.tags, GROUP_TAG: prefix},
            opts=pulumi.ResourceOptions(parent=group),
        )
        # All else comes after the schedule group: should its name belong to another project's, nothing of
        # that is touched.
        self.opts = pulumi.ResourceOptions(parent=group, depends_on=[self.schedule_group])
        self.queue = self._queue()
        self.log_group = self._log_group()
        self.execution_role_arn = self._execution_role()
        self.cluster_arn = self._cluster()
        self.scheduler_role_arn = self._scheduler_role()
        self.supervisor = self._supervisor() if self.supervised else None
        self.network = self.found.network or self._vpc()
        self.security_group_ids = self._security_groups()
        self.monitoring = Monitoring(
            name, args, names=self.names, where=found.account, watched=self._watched(), tags=self.tags, opts=self.opts
        )

    def reference(self) -> GroupReference:
        where = self.found.account
        return {
            "prefix": self.names.prefix,
            "partition": where.partition,
            "region": where.region,
            "account_id": where.account_id,
            "cluster_arn": self.cluster_arn,
            "capacity_providers": providers_of_cluster(self.args),
            "schedule_group": self.schedule_group.name,
            "scheduler_role_arn": self.scheduler_role_arn,
            "execution_role_arn": self.execution_role_arn,
            "dead_letter_queue_arn": self.queue.arn,
            "supervisor_role_arn": self.supervisor.role_arn if self.supervisor else "",
            "supervisor_log_group_arn": self.supervisor.log_group_arn if self.supervisor else "",
            "tracing": self.args.get("monitoring", {}).get("tracing", False),
            "log_retention_days": self.retention_days,
            "log_kms_key": self.log_key,
            "schedules_kms_key": self.keys.get("schedules", ""),
            "secrets_kms_keys": self.keys.get("secrets", []),
            "succeeded_log_group": self.monitoring.succeeded_log_group,
            "topic_arn": self.monitoring.topic_arn,
            "iam_path": self.names.iam_parent,
            "permissions_boundary": self.args.get("permissions_boundary", ""),
            "subnet_ids": self.network.subnet_ids,
            "security_group_ids": self.security_group_ids,
            "assign_public_ip": self.network.assign_public_ip,
            "task_definitions": self.found.task_definitions,
            "containers": self._containers(),
            "pass_role_arns": self.args.get("pass_role_arns", []),
            "registry_accounts": [where.account_id, *self.args.get("registry_accounts", [])],
            "enabled": self.args.get("enabled", True),
            "tags": self.tags,
        }

    def _watched(self) -> Watched:
        home = self.found.account.arn("ecs", "task-definition")
        definitions: dict[str, list[str]] = {CONTAINER_NAME: [f"{home}/{self.names.family_prefix}"]}
        for reference, container in self._containers().items():
            definitions.setdefault(container, []).append(f"{home}/{family_of(reference)}:")
        return Watched(
            cluster_arn=self.cluster_arn,
            definitions=definitions,
            dead_letter_queue=self.names.dead_letter_queue,
            retention_days=self.retention_days,
            supervised=self.supervised,
        )

    def _containers(self) -> dict[str, str]:
        given = self.args.get("containers", {})
        return {reference: given.get(reference, CONTAINER_NAME) for reference in self.found.task_definitions}

    def _queue(self) -> sqs.Queue:
        key = self.keys.get("dead_letters")
        return sqs.Queue(
            f"{self.name}-dead-letters",
            name=self.names.dead_letter_queue,
            message_retention_seconds=QUEUE_RETENTION_SECONDS,
            tags=self.tags,
            opts=self.opts,
            # One or the other (AWS: SQS CreateQueue, SqsManagedSseEnabled and KmsMasterKeyId).
            kms_master_key_id=key,
            sqs_managed_sse_enabled=None if key else True,
        )

    def _log_group(self) -> cloudwatch.LogGroup:
        return cloudwatch.LogGroup(
            f"{self.name}-logs",
            name=self.names.log_group,
            retention_in_days=self.retention_days,
            kms_key_id=self.log_key or None,
            tags=self.tags,
            opts=self.opts,
        )

    def _execution_role(self) -> pulumi.Output[str]:
        where = self.found.account
        role = iam.Role(
            f"{self.name}-execution",
            name=self.names.role("execution"),
            path=self.names.run_role_path,
            description="Pulls the images of scheduled tasks and writes their logs",
            assume_role_policy=policies.task_trust(
                partition=where.partition, region=where.region, account_id=where.account_id
            ),
            permissions_boundary=self.args.get("permissions_boundary"),
            tags=self.tags,
            opts=self.opts,
        )
        policy = iam.RolePolicy(
            f"{self.name}-execution-policy",
            role=role.name,
            name="start-containers",
            policy=execution_policy(self.names, where, [where.account_id, *self.args.get("registry_accounts", [])]),
            opts=self.opts,
        )
        return after(role.arn, policy.id, self.log_group.id)

    def _cluster(self) -> pulumi.Output[str]:
        if self.found.cluster_arn is not None:
            return pulumi.Output.from_input(self.found.cluster_arn)
        return create_cluster(
            self.name,
            physical_name=self.names.cluster,
            args=self.args.get("create_cluster", {}),
            tags=self.tags,
            opts=self.opts,
        )

    def _scheduler_role(self) -> pulumi.Output[str]:
        where = self.found.account
        group_arn = where.arn("scheduler", f"schedule-group/{self.names.schedule_group}")
        role = iam.Role(
            f"{self.name}-scheduler",
            name=self.names.role("scheduler"),
            path=self.names.iam_path,
            description="Starts the runs of scheduled tasks",
            assume_role_policy=policies.scheduler_trust(account_id=where.account_id, schedule_group_arn=group_arn),
            permissions_boundary=self.args.get("permissions_boundary"),
            tags=self.tags,
            opts=self.opts,
        )
        policy = iam.RolePolicy(
            f"{self.name}-scheduler-policy",
            role=role.name,
            name="start-runs",
            policy=pulumi.Output.all(self._may_run(), self.queue.arn).apply(self._scheduler_policy),
            opts=self.opts,
        )
        # AWS checks the role when a schedule is created, so whoever uses its ARN waits for its policy.
        return after(role.arn, policy.id)

    def _may_run(self) -> pulumi.Output[dict[str, Any]]:
        """What whoever starts runs of this group may start: arguments of the policies of both roles that do."""
        where = self.found.account
        definitions = where.arn("ecs", f"task-definition/{self.names.family_prefix}*:*")
        roles = f"arn:{where.partition}:iam::{where.account_id}:role{self.names.run_role_path}*"
        referred = list(self.found.task_definitions.values())
        return pulumi.Output.all(self.cluster_arn, referred).apply(
            lambda known: {
                "cluster_arn": known[0],
                "task_definition_arns": [definitions, *(definition["arn"] for definition in known[1])],
                "role_arns": [
                    roles,
                    *self.args.get("pass_role_arns", []),
                    *(arn for definition in known[1] for arn in definition["role_arns"]),
                ],
            }
        )

    def _scheduler_policy(self, parts: Sequence[Any]) -> str:
        may_run, queue_arn = parts
        machines = self.found.account.arn("states", f"stateMachine:{self.names.state_machine_prefix}*")
        return policies.scheduler_policy(
            **may_run,
            dead_letter_queue_arn=queue_arn,
            key_arns=[self.keys[key] for key in ("dead_letters", "schedules") if key in self.keys],
            state_machines_arn=machines if self.supervised else "",
        )

    def _supervisor(self) -> Supervisor:
        return Supervisor(
            self.name,
            self.args,
            names=self.names,
            where=self.found.account,
            may_run=self._may_run(),
            retention_days=self.retention_days,
            tags=self.tags,
            opts=self.opts,
        )

    def _vpc(self) -> Network:
        network = self.args.get("network", {})
        return create_network(
            self.name,
            args=network.get("create_vpc", {}),
            network=network,
            region=self.found.account.region,
            tags=self.tags,
            opts=self.opts,
        )

    def _security_groups(self) -> pulumi.Input[Sequence[pulumi.Input[str]]]:
        given = self.args.get("network", {}).get("security_group_ids")
        if given is not None:
            return given
        created = ec2.SecurityGroup(
            f"{self.name}-runs",
            name=self.names.security_group,
            description="Runs of scheduled tasks: out to anywhere, nothing in",
            vpc_id=self.network.vpc_id,
            egress=[
                {
                    "protocol": "-1",
                    "from_port": 0,
                    "to_port": 0,
                    "cidr_blocks": ["0.0.0.0/0"],
                    "ipv6_cidr_blocks": ["::/0"],
                }
            ],
            ingress=[],
            tags=self.tags,
            opts=self.opts,
        )
        return [created.id]


def execution_policy(
    names: GroupNames,
    where: Account,
    accounts: Sequence[str],
    secret_arns: Sequence[str] = (),
    key_arns: Sequence[str] = (),
) -> str:
    """The policy of an execution role of this group: its log groups, the registries, and the secrets of one
    task."""
    log_groups = (names.log_group, f"{names.log_group}/*")
    return policies.execution_policy(
        repository_arns=policies.repository_arns(where.partition, accounts),
        log_group_arns=[
            policies.log_group_arn(
                partition=where.partition, region=where.region, account_id=where.account_id, name=group
            )
            for group in log_groups
        ],
        secret_arns=secret_arns,
        key_arns=key_arns,
    )
