"""One scheduled task: a task definition, and the schedules that start it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pulumi
from pulumi_aws import cloudwatch, ecs, iam, scheduler

from . import console, durations, names
from . import iam as policies
from . import target as targets
from . import task_definition as definitions
from .advice import ended_schedules
from .args import GroupReference, ScheduledTaskArgs
from .checks import parsed_schedules, task_problems
from .errors import refuse
from .group import ScheduledTaskGroup, execution_policy
from .images import registry_account
from .lookup import Account
from .names import GroupNames
from .problems import Name, Problem, listed
from .shapes import shape_problems

TASK_TYPE = "ecs-scheduled-tasks:index:ScheduledTask"
DEFAULT_LOG_MODE = "blocking"


class ScheduledTask(pulumi.ComponentResource):
    """One scheduled task: a task definition and a schedule, two AWS resources for a plain one.

    Secrets add an execution role of the task's own, permissions a task role, another log retention a log
    group, and each further schedule itself. A schedule that will never run again, because its time has
    passed, is left out with a warning.
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
            refuse(f'{TASK_TYPE} "{name}"', _reference_problems(args, group))
        super().__init__(TASK_TYPE, name, None, opts)
        if not group:
            group = self._own_group(name, args)
        parts = _Parts(self, name, args, group)
        self.task_definition_arn = parts.definition_arn
        self.log_group_name = pulumi.Output.from_input(parts.log_group)
        self.log_stream_prefix = pulumi.Output.from_input(name if parts.log_group else "")
        self.schedules = cast("pulumi.Output[list[dict[str, str]]]", pulumi.Output.from_input(parts.schedules()))
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
        if "task_definition" in args:
            referred["task_definitions"] = [args["task_definition"]]
        if isinstance(role := args.get("task_role"), str):
            referred["pass_role_arns"] = [role]
        own = {"prefix": f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}", **referred, **group_args}
        return ScheduledTaskGroup(f"{name}-group", cast("Any", own), pulumi.ResourceOptions(parent=self)).reference


class _Parts:
    """The task's resources."""

    def __init__(self, task: ScheduledTask, name: str, args: ScheduledTaskArgs, group: GroupReference):
        self.task, self.name, self.args, self.group = task, name, args, group
        self.names = GroupNames(group["prefix"])
        self.where = Account(group["partition"], group["region"], group["account_id"])
        self.tags: dict[str, str] = {**group["tags"], **args.get("tags", {})}
        self.opts = pulumi.ResourceOptions(parent=task)
        if "task_definition" in args:
            self.log_group = ""
            self.definition_arn = pulumi.Output.from_input(group["task_definitions"][args["task_definition"]]["arn"])
        else:
            self.log_group = self.names.log_group
            self.definition_arn = self._definition()

    # The task definition and what it needs

    def _definition(self) -> pulumi.Output[str]:
        log_group_ready = self._own_log_group()
        execution_role_arn = (
            self._own_execution_role() if self.args.get("secrets") else self.group["execution_role_arn"]
        )
        definition = ecs.TaskDefinition(
            f"{self.name}-definition",
            family=self.names.family(self.name),
            container_definitions=self._container_definitions(),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            execution_role_arn=execution_role_arn,
            task_role_arn=self._task_role_arn(),
            # Deregistered revisions start no tasks: a schedule of a stack that failed half-way, or somebody's
            # re-run, needs the old one.
            skip_destroy=True,
            tags=self.tags,
            opts=self.opts.merge(pulumi.ResourceOptions(depends_on=log_group_ready)),
            **definitions.size(self.args),
        )
        return definition.arn

    def _container_definitions(self) -> pulumi.Input[str]:
        args = cast("dict[str, Any]", self.args)
        stop_timeout = args.get("stop_timeout")
        given = {key: args[key] for key in ("image", "command", "entry_point", "environment", "secrets") if key in args}
        log = definitions.log_configuration(
            group=self.log_group,
            region=self.where.region,
            stream_prefix=self.name,
            mode=args.get("logs", {}).get("mode", DEFAULT_LOG_MODE),
        )

        def build(known: Mapping[str, Any]) -> str:
            timeout = None if stop_timeout is None else durations.seconds(stop_timeout)
            return definitions.container_definitions(log=log, stop_timeout=timeout, **known)

        if not _has_output(given):
            return build(given)
        allowed = pulumi.Output.from_input(_refuse_secrets(self.name, self.args))
        return pulumi.Output.all(given, allowed).apply(lambda parts: build(parts[0]))

    def _own_log_group(self) -> list[pulumi.Resource]:
        """A log group for the task where it keeps its logs for another time than the group does."""
        days = self.args.get("logs", {}).get("retention_days", self.group["log_retention_days"])
        if days == self.group["log_retention_days"]:
            return []
        self.log_group = self.names.task_log_group(self.name)
        return [
            cloudwatch.LogGroup(
                f"{self.name}-logs",
                name=self.log_group,
                retention_in_days=days,
                tags=self.tags,
                opts=self.opts,
            )
        ]

    def _own_execution_role(self) -> pulumi.Output[str]:
        secrets = list(self.args.get("secrets", {}).values())
        role = self._run_role(
            "execution", "Pulls the image of one scheduled task, writes its logs and reads its secrets"
        )
        policy = iam.RolePolicy(
            f"{self.name}-execution-policy",
            role=role.name,
            name="start-containers",
            policy=pulumi.Output.all(*secrets).apply(
                lambda arns: execution_policy(self.names, self.where, self.group["registry_accounts"], arns)
            ),
            opts=self.opts,
        )
        return pulumi.Output.all(role.arn, policy.id, self.group["execution_role_arn"]).apply(lambda parts: parts[0])

    def _task_role_arn(self) -> pulumi.Input[str] | None:
        args = self.args
        if "task_role" in args:
            return args["task_role"]
        statements, managed = args.get("permissions", []), args.get("managed_policies", [])
        if not statements and not managed:
            return None
        role = self._run_role("task", "What runs of one scheduled task may do")
        for position, policy in enumerate(managed):
            iam.RolePolicyAttachment(
                f"{self.name}-task-policy-{position + 1}", role=role.name, policy_arn=policy, opts=self.opts
            )
        if statements:
            iam.RolePolicy(
                f"{self.name}-task-policy",
                role=role.name,
                name="runs",
                policy=pulumi.Output.all(*(statement["resources"] for statement in statements)).apply(
                    lambda resources: policies.run_policy(
                        (statement["actions"], known) for statement, known in zip(statements, resources, strict=True)
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
            tags=self.tags,
            opts=self.opts,
        )

    # The schedules

    def schedules(self) -> list[dict[str, pulumi.Input[str]]]:
        """Create the schedules that can still run; what is to be known of each."""
        made: list[dict[str, pulumi.Input[str]]] = []
        ended = [path for path, _ in ended_schedules(self.args, datetime.now(UTC))]
        for position, (path, expression) in enumerate(parsed_schedules(self.args)):
            if path in ended:
                key = ".".join(str(part) for part in path)
                pulumi.log.warn(
                    f'{self.name}: "{expression}" will never run again and is left out; remove {key}.',
                    self.task,
                )
            else:
                made.append(self._schedule(position, expression))
        return made

    def _schedule(self, position: int, expression: str) -> dict[str, pulumi.Input[str]]:
        physical_name = names.schedule(self.name, position)
        timing = targets.timing(self.args, expression, enabled=self.group["enabled"])
        suffix = "" if position == 0 else f"-{position + 1}"
        schedule = scheduler.Schedule(
            f"{self.name}-schedule{suffix}",
            name=physical_name,
            group_name=self.group["schedule_group"],
            target=self._target(),
            opts=self.opts,
            **timing,
        )
        where = self.where
        group_name = self.names.schedule_group
        return {
            "name": schedule.name,
            "arn": schedule.arn,
            "groupName": schedule.group_name,
            "expression": expression,
            "timezone": timing["schedule_expression_timezone"],
            "state": timing["state"],
            "consoleUrl": console.schedule_url(
                partition=where.partition, region=where.region, group=group_name, name=physical_name
            ),
        }

    def _target(self) -> Any:
        group = self.group
        parameters = targets.ecs_parameters(
            self.args,
            task_definition_arn=self.definition_arn,
            subnet_ids=group["subnet_ids"],
            security_group_ids=group["security_group_ids"],
            assign_public_ip=group["assign_public_ip"],
        )
        return targets.target(
            self.args,
            cluster_arn=group["cluster_arn"],
            role_arn=group["scheduler_role_arn"],
            dead_letter_queue_arn=group["dead_letter_queue_arn"],
            parameters=parameters,
        )


def _group_choice_problems(args: ScheduledTaskArgs) -> list[Problem]:
    if "group" in args and "group_args" in args:
        return [Problem(("group_args",), "a task has either a group or arguments for one of its own, not both.")]
    return []


def _reference_problems(args: ScheduledTaskArgs, group: GroupReference) -> list[Problem]:
    """What the task refers to and its group may not use: found now, as each run would be refused later."""
    problems: list[Problem] = []
    lists = (
        ("task_definition", "task_definitions", list(group["task_definitions"])),
        ("task_role", "pass_role_arns", list(group["pass_role_arns"])),
    )
    for key, list_key, allowed in lists:
        if isinstance(value := args.get(key), str) and value not in allowed:
            problems.append(Problem((key,), f'"{value}" is not among the group\'s {list_key}. Add it there.'))
    account = registry_account(args.get("image"))
    if account and account not in group["registry_accounts"]:
        allowed = listed(group["registry_accounts"], "and")
        problems.append(
            Problem(
                ("image",),
                f"is in the registry of account {account}; the group pulls from {allowed} only. Add it to the group.",
            )
        )
    return problems


def _has_output(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_has_output(item) for item in cast("Mapping[str, object]", value).values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(_has_output(item) for item in cast("Sequence[object]", value))
    return isinstance(value, pulumi.Output) or hasattr(value, "__await__")


def _readable(args: ScheduledTaskArgs) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """What everybody who can describe the task definition reads: values and the paths to them."""
    if "image" in args:
        yield ("image",), args["image"]
    for key in ("command", "entry_point"):
        for position, value in enumerate(args.get(key, ())):
            yield (key, position), value
    for name, value in args.get("environment", {}).items():
        yield ("environment", Name(name)), value


def _secret_problem(path: tuple[str | int, ...]) -> Problem:
    return Problem(
        path,
        "is a Pulumi secret, and everybody who can describe the task definition would read it. "
        "(The value is not shown.) Put it into Secrets Manager or SSM and name its ARN under secrets.",
    )


async def _refuse_secrets(name: str, args: ScheduledTaskArgs) -> None:
    """Refuse values that turn out to be secrets once their resources are there."""
    outputs = [
        (path, cast("pulumi.Output[object]", value))
        for path, value in _readable(args)
        if isinstance(value, pulumi.Output)
    ]
    secret = [path for path, value in outputs if await value.is_secret()]
    refuse(f'{TASK_TYPE} "{name}"', [_secret_problem(path) for path in secret])
