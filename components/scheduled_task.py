"""One scheduled task: a task definition, and the schedules that start it."""

from datetime import UTC, datetime
from typing import Any, cast

import pulumi
from pulumi_aws import cloudwatch, ecs, iam, scheduler, sfn, ssm

from .args import GroupReference, ScheduledTaskArgs
from .aws import console, names
from .aws import policies as policies
from .aws.dependencies import after
from .aws.names import GroupNames
from .checks import task_problems
from .checks.advice import ended_schedules
from .checks.errors import refuse
from .checks.references import reference_problems
from .infrastructure.lookup import Account
from .monitoring.resources import watch_success
from .problems import Problem
from .scheduled_task_group import ScheduledTaskGroup, execution_policy
from .schedules import durations
from .schedules.of_task import TaskSchedule, task_schedules
from .shapes import shape_problems
from .supervised.resources import create_state_machine
from .supervised.settings import SUPERVISED_GROUP, is_supervised
from .task import definition as definitions
from .task import overrides
from .task import schedule_target as targets
from .task.capacity import network_mode, runs_on
from .task.definition import deciding_container
from .task.image_build import build_image
from .task.plaintext_secrets import has_output, secrets_in_the_open

TASK_TYPE = "ecs-scheduled-tasks:index:ScheduledTask"
DEFAULT_LOG_MODE = "blocking"
TASK_TAG = "scheduled-task"
"""Carries the task's name, so that cost can be told apart by task."""


class ScheduledTask(pulumi.ComponentResource):
    """One scheduled task: a task definition and a schedule, two AWS resources for a plain one.

    Secrets add an execution role of the task's own, permissions a task role, another log retention or key a log
    group, a built image its repository, `timeout`, `overlap` and `retry_run` a state machine, and each further schedule
    itself. A schedule that will never run again, because its time has passed, is left out with a warning.
    """

    task_definition_arn: pulumi.Output[str]
    """ARN of the task definition, with the revision that the schedules are pinned to."""

    schedules: pulumi.Output[list[dict[str, str]]]
    """Each schedule's `name`, `arn`, `groupName`, `expression`, `timezone`, `state` and `consoleUrl`."""

    log_group_name: pulumi.Output[str]
    """Log group of the runs; empty for a task definition made elsewhere."""

    log_stream_prefix: pulumi.Output[str]
    """What the runs' log streams start with: `<prefix>/main/<task id>`; empty for a task definition made
    elsewhere."""

    def __init__(self, name: str, args: ScheduledTaskArgs, opts: pulumi.ResourceOptions | None = None):
        """Check, then create. `name` is the task's name.

        Raises InvalidArgumentsError, before anything is created.
        """
        problems = shape_problems(args, ScheduledTaskArgs) or task_problems(name, args)
        refuse(f'{TASK_TYPE} "{name}"', problems or _group_choice_problems(args))
        if group := args.get("group"):
            refuse(f'{TASK_TYPE} "{name}"', reference_problems(args, group))
        super().__init__(TASK_TYPE, name, None, opts)
        if not group:
            group = self._own_group(name, args)
        parts = _Parts(self, name, args, group)
        parts.watch()
        self.task_definition_arn = parts.definition_arn
        self.log_group_name = pulumi.Output.from_input(parts.log_group)
        self.log_stream_prefix = pulumi.Output.from_input(name if parts.log_group else "")
        self.schedules = parts.schedules()
        self.register_outputs({key: getattr(self, key) for key in type(self).__annotations__})

    @property
    def summary(self) -> dict[str, pulumi.Output[Any]]:
        """What a stack exports of the task: its schedules, the pinned task definition and where the logs are."""
        return {
            "schedules": self.schedules,
            "taskDefinition": self.task_definition_arn,
            "logGroup": self.log_group_name,
            "logStreamPrefix": self.log_stream_prefix,
        }

    def _own_group(self, name: str, args: ScheduledTaskArgs) -> GroupReference:
        """A group for this task alone, which may refer to what the task refers to."""
        group_args = args.get("group_args", {})
        referred: dict[str, Any] = {}
        if is_supervised(cast("dict[str, Any]", args)):
            referred["supervised"] = True
        if "task_definition" in args:
            referred["task_definitions"] = [args["task_definition"]]
            referred["containers"] = {args["task_definition"]: deciding_container(cast("dict[str, Any]", args))}
        if isinstance(role := args.get("task_role"), str):
            referred["pass_role_arns"] = [role]
        own = {"prefix": f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}", **referred, **group_args}
        return ScheduledTaskGroup(f"{name}-group", cast("Any", own), pulumi.ResourceOptions(parent=self)).reference


class _Parts:
    """The task's resources."""

    def __init__(self, task: ScheduledTask, name: str, args: ScheduledTaskArgs, group: GroupReference):
        self.task, self.name, self.group = task, name, group
        self.args: dict[str, Any] = {**args}
        self.names = GroupNames(group["prefix"], group["iam_path"])
        self.where = Account(group["partition"], group["region"], group["account_id"])
        self.tags: dict[str, str] = {**group["tags"], TASK_TAG: name, **args.get("tags", {})}
        self.opts = pulumi.ResourceOptions(parent=task)
        if "task_definition" in args:
            referred = group["task_definitions"][args["task_definition"]]
            self.log_group = ""
            self.network_mode = referred["network_mode"]
            self.definition_arn = pulumi.Output.from_input(referred["arn"])
        else:
            self.log_group = self.names.log_group
            self.network_mode = network_mode(args)
            self.definition_arn = self._definition()
        self.state_machine = self._state_machine() if is_supervised(self.args) else None

    # The task definition and what it needs

    def _definition(self) -> pulumi.Output[str]:
        log_group_ready = self._own_log_group()
        if "build" in self.args:
            self.args["image"] = self._image()
        secrets: dict[str, pulumi.Input[str]] = {**self.args.get("secrets", {}), **self._stored_secrets()}
        sidecars: dict[str, dict[str, Any]] = self.args.get("sidecars", {})
        read = [
            *secrets.values(),
            *(arn for sidecar in sidecars.values() for arn in sidecar.get("secrets", {}).values()),
        ]
        definition = ecs.TaskDefinition(
            f"{self.name}-definition",
            family=self.names.family(self.name),
            container_definitions=self._container_definitions(secrets),
            execution_role_arn=self._own_execution_role(read) if read else self.group["execution_role_arn"],
            task_role_arn=self._task_role_arn(),
            # Deregistered revisions start no tasks: a schedule of a stack that failed half-way, or somebody's
            # re-run, needs the old one.
            skip_destroy=True,
            tags=self.tags,
            opts=self.opts.merge(pulumi.ResourceOptions(depends_on=log_group_ready)),
            **definitions.task_settings(self.args),
        )
        return definition.arn

    def _image(self) -> pulumi.Output[str]:
        repository = self.names.repository(self.name)
        return build_image(self.name, repository_name=repository, args=self.args, tags=self.tags, opts=self.opts)

    def _container_definitions(self, secrets: dict[str, pulumi.Input[str]]) -> pulumi.Input[str]:
        log = definitions.log_configuration(
            group=self.log_group,
            region=self.where.region,
            stream_prefix=self.name,
            mode=self.args.get("logs", {}).get("mode", DEFAULT_LOG_MODE),
        )
        # What the containers do not show may be secret, and would make all that is built with it secret.
        given = {key: value for key, value in self.args.items() if key not in ("group", "group_args", "secret_values")}
        if not has_output(given) and not has_output(secrets):
            return definitions.container_definitions(given, log=log, secrets=cast("dict[str, str]", secrets))
        allowed = pulumi.Output.from_input(self._refuse_secrets())
        return pulumi.Output.all(given, secrets, allowed).apply(
            lambda known: definitions.container_definitions(known[0], log=log, secrets=known[1])
        )

    async def _refuse_secrets(self) -> None:
        """Refuse values that turn out to be secrets once their resources are there."""
        refuse(f'{TASK_TYPE} "{self.name}"', await secrets_in_the_open(self.args))

    def _stored_secrets(self) -> dict[str, pulumi.Input[str]]:
        """The ARNs of the parameters that hold the values which were given."""
        return {
            variable: ssm.Parameter(
                f"{self.name}-secret-{variable}",
                name=self.names.parameter(self.name, variable),
                type="SecureString",
                # Whatever it was before, from here on it is a secret.
                value=pulumi.Output.secret(value),
                description=f"{variable} of the scheduled task {self.name}",
                tags=self.tags,
                opts=self.opts,
            ).arn
            for variable, value in self.args.get("secret_values", {}).items()
        }

    def _own_log_group(self) -> list[pulumi.Resource]:
        """A log group for the task where it keeps its logs for another time, or under another key, than the group
        does."""
        group, logs = self.group, self.args.get("logs", {})
        days = logs.get("retention_days", group["log_retention_days"])
        key = logs.get("kms_key", group["log_kms_key"])
        if (days, key) == (group["log_retention_days"], group["log_kms_key"]):
            return []
        self.log_group = self.names.task_log_group(self.name)
        return [
            cloudwatch.LogGroup(
                f"{self.name}-logs",
                name=self.log_group,
                retention_in_days=days,
                kms_key_id=key or None,
                tags=self.tags,
                opts=self.opts,
            )
        ]

    def _own_execution_role(self, secrets: list[pulumi.Input[str]]) -> pulumi.Output[str]:
        group = self.group
        role = self._run_role(
            "execution", "Pulls the image of one scheduled task, writes its logs and reads its secrets"
        )
        policy = iam.RolePolicy(
            f"{self.name}-execution-policy",
            role=role.name,
            name="start-containers",
            policy=pulumi.Output.all(*secrets).apply(
                lambda arns: execution_policy(
                    self.names, self.where, group["registry_accounts"], arns, group["secrets_kms_keys"]
                )
            ),
            opts=self.opts,
        )
        return after(role.arn, policy.id, pulumi.Output.from_input(group["execution_role_arn"]))

    def _task_role_arn(self) -> pulumi.Input[str] | None:
        args = self.args
        if "task_role" in args:
            return args["task_role"]
        statements, managed = args.get("permissions", []), args.get("managed_policies", [])
        enter = args.get("exec", False)
        if not statements and not managed and not enter:
            return None
        role = self._run_role("task", "What runs of one scheduled task may do")
        for position, policy in enumerate(managed):
            name = f"{self.name}-task-policy"
            # Known by its policy: were it by its place, a policy that moves up would be attached, and then detached as
            # what is no longer at its old place.
            which = policy.partition(":iam::")[2] if isinstance(policy, str) else position + 1
            moved = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=f"{name}-{position + 1}")])
            iam.RolePolicyAttachment(f"{name}-{which}", role=role.name, policy_arn=policy, opts=self.opts.merge(moved))
        if statements or enter:
            iam.RolePolicy(
                f"{self.name}-task-policy",
                role=role.name,
                name="runs",
                policy=pulumi.Output.all(*(statement["resources"] for statement in statements)).apply(
                    lambda resources: policies.run_policy(
                        ((statement["actions"], known) for statement, known in zip(statements, resources, strict=True)),
                        enter=enter,
                    )
                ),
                opts=self.opts,
            )
        return role.arn

    def _run_role(self, purpose: str, description: str) -> iam.Role:
        where = self.where
        return iam.Role(
            f"{self.name}-{purpose}",
            name=self.names.task_role(self.name, purpose),
            path=self.names.run_role_path,
            description=description,
            assume_role_policy=policies.task_trust(
                partition=where.partition, region=where.region, account_id=where.account_id
            ),
            permissions_boundary=self.group["permissions_boundary"] or None,
            tags=self.tags,
            opts=self.opts,
        )

    def watch(self) -> None:
        """The alarm for a task that has not succeeded for too long. One that is paused, by itself or in each of its
        schedules, is not expected to."""
        within = self.args.get("expect_success_within")
        paused = not any(schedule.args.get("enabled", True) for schedule in task_schedules(self.args))
        if within and self.group["enabled"] and not paused:
            watch_success(
                self.name,
                durations.seconds(within),
                group=self.group,
                state_machine_arn=self.state_machine.arn if self.state_machine else None,
                names=self.names,
                tags=self.tags,
                opts=self.opts,
            )

    # Quoted, as its module loads when it is touched: most stacks need none.
    def _state_machine(self) -> "sfn.StateMachine":
        return create_state_machine(
            self.name,
            self.args,
            names=self.names,
            container=self.container,
            parameters=self._run_parameters(f"{SUPERVISED_GROUP}{self.name}"),
            group=self.group,
            tags=self.tags,
            opts=self.opts,
        )

    # The schedules

    def schedules(self) -> pulumi.Output[list[dict[str, str]]]:
        """Create the schedules that can still run; what is to be known of each."""
        made: list[tuple[scheduler.Schedule, dict[str, str]]] = []
        now = datetime.now(UTC)
        ended = [schedule.path for schedule in ended_schedules(self.args, now)]
        for position, schedule in enumerate(task_schedules(self.args)):
            if schedule.path in ended:
                key = ".".join(str(part) for part in schedule.path)
                pulumi.log.warn(
                    f'{self.name}: "{schedule.expression}" will never run again and is left out; remove {key}.',
                    self.task,
                )
            else:
                made.append(self._schedule(position, schedule, now))
        return pulumi.Output.all(*(resource.arn for resource, _ in made)).apply(
            lambda arns: [{**known, "arn": arn} for (_, known), arn in zip(made, arns, strict=True)]
        )

    def _schedule(
        self, position: int, schedule: TaskSchedule, now: datetime
    ) -> tuple[scheduler.Schedule, dict[str, str]]:
        """A schedule, and what is known of it before it is there."""
        physical_name = names.schedule(self.name, position)
        timing = targets.timing(schedule, enabled=self.group["enabled"], now=now)
        suffix = "" if position == 0 else f"-{position + 1}"
        resource = scheduler.Schedule(
            f"{self.name}-schedule{suffix}",
            name=physical_name,
            group_name=self.group["schedule_group"],
            kms_key_arn=self.group["schedules_kms_key"] or None,
            target=self._target(schedule, physical_name),
            opts=self.opts,
            **timing,
        )
        where = self.where
        group_name = self.names.schedule_group
        return resource, {
            "name": physical_name,
            "groupName": group_name,
            "expression": schedule.expression,
            "timezone": schedule.timezone,
            "state": timing["state"],
            "consoleUrl": console.schedule_url(
                partition=where.partition, region=where.region, group=group_name, name=physical_name
            ),
        }

    @property
    def container(self) -> str:
        """The container whose exit code decides."""
        return deciding_container(self.args)

    def _run_parameters(self, run_group: str) -> dict[str, Any]:
        group = self.group
        network: dict[str, Any] = {
            "subnets": group["subnet_ids"],
            "security_groups": group["security_group_ids"],
            # AWS refuses a launch that asks for one elsewhere (botocore scheduler, AwsVpcConfiguration.AssignPublicIp).
            "assign_public_ip": group["assign_public_ip"] and runs_on(self.args) == "FARGATE",
        }
        return targets.ecs_parameters(
            self.args,
            group=run_group,
            task_definition_arn=self.definition_arn,
            network=network if self.network_mode == "awsvpc" else None,
        )

    def _target(self, schedule: TaskSchedule, name: str) -> Any:
        if self.state_machine:
            arn, parameters = self.state_machine.arn, None
            text = overrides.execution_input(schedule.args, schedule=name, container=self.container)
        else:
            arn, parameters = self.group["cluster_arn"], self._run_parameters(self.name)
            text = overrides.document(schedule.args, container=self.container)
        return targets.target(
            self.args,
            arn=arn,
            role_arn=self.group["scheduler_role_arn"],
            dead_letter_queue_arn=self.group["dead_letter_queue_arn"],
            parameters=parameters,
            text=text,
        )


def _group_choice_problems(args: ScheduledTaskArgs) -> list[Problem]:
    if "group" in args and "group_args" in args:
        return [Problem(("group_args",), "a task has either a group or arguments for one of its own, not both.")]
    return []
