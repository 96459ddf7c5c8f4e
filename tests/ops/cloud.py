"""AWS emulated by moto in this process, with a deployed stack, and methods that make calls fail.

Adds what moto lacks: client tokens of ECS. A repeated request gets the first answer.
"""

import copy
import json
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse
from moto.ecs.models import ecs_backends
from pydantic.alias_generators import to_camel

from components.aws import names
from components.aws.account import Account
from components.aws.names import GROUP_TAG, GroupNames
from components.checks.advice import ended_schedules
from components.infrastructure.execution import needs_own_role
from components.resolved import Task
from components.resolver import resolve_task
from components.task import definition as task_definition
from components.task import overrides
from components.task import schedule_target as target
from components.task.container_logs import LogPlace
from components.task.schedule_names import schedule_names
from sandbox.plugin.fields import to_api
from sandbox.plugin.services.scheduler import Schedule

ACCOUNT, REGION = "123456789012", "eu-west-1"
STARTS = ("ecs.RunTask", "sfn.StartExecution")
Answer = AWSResponse | None


def camel(value: Any) -> Any:
    """Convert keys from Pulumi's Python spelling to AWS's."""
    if isinstance(value, dict):
        return {to_camel(key).replace("InGib", "InGiB"): camel(item) for key, item in value.items()}
    return [camel(item) for item in value] if isinstance(value, list) else value


def refusal(url: str, status: int, code: str, message: str = "") -> AWSResponse:
    """Return an error answer in AWS's JSON protocols."""
    body = json.dumps({"__type": code, "message": message})
    return AWSResponse(url, status, {"x-amzn-errortype": code}, MockRawResponse(body))  # type: ignore[arg-type]


@cache
def _client(service: str) -> Any:
    """Create a client for the tests once, because that takes longer than most calls."""
    connect: Any = boto3.client
    return connect(service, region_name=REGION)


class Cloud:
    """AWS with one account and Region. `calls` lists the calls, such as `ecs.RunTask`."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.requests: list[dict[str, Any]] = []
        """The bodies of requests that start something."""
        self.rules: list[tuple[str, Callable[[Any], Answer]]] = []
        self.lost: Callable[[str], bool] = lambda _: False
        self.tokens: dict[str, AWSResponse] = {}

    def client(self, service: str) -> Any:
        return _client(service)

    # Failures

    def refuse(self, operation: str, code: str, message: str = "", status: int = 400) -> None:
        """Refuse an operation from now on."""
        self.rules.append((operation, lambda request: refusal(request.url, status, code, message)))

    def answer(self, operation: str, *bodies: Mapping[str, Any]) -> None:
        """Answer the next calls of an operation with these bodies."""
        left = list(bodies)

        def next_body(request: Any) -> Answer:
            return AWSResponse(request.url, 200, {}, MockRawResponse(json.dumps(left.pop(0)))) if left else None  # type: ignore[arg-type]

        self.rules.append((operation, next_body))

    def answer_each(self, operation: str, body: Callable[[dict[str, Any]], Mapping[str, Any]]) -> None:
        """Answer each call of an operation according to its request, from now on."""

        def found(request: Any) -> Answer:
            text = json.dumps(body(json.loads(request.body)))
            return AWSResponse(request.url, 200, {}, MockRawResponse(text))  # type: ignore[arg-type]

        self.rules.append((operation, found))

    def fail_half(self, seed: int) -> None:
        """Make half of the calls fail: throttled, failed by the server, or not answered, even after they took effect."""
        chance = random.Random(seed)

        def trouble(request: Any) -> Answer:
            kind = chance.choice(["none", "none", "none", "throttled", "500", "timeout"])
            if kind == "throttled":
                return refusal(request.url, 400, "ThrottlingException", "Rate exceeded")
            if kind == "500":
                return refusal(request.url, 500, "ServerException", "")
            if kind == "timeout":
                raise ReadTimeoutError(endpoint_url=request.url)
            return None

        self.rules.append(("", trouble))
        self.lost = lambda _: chance.random() < 0.25

    def recover(self) -> None:
        """End all failures."""
        self.rules.clear()
        self.lost = lambda _: False

    def called(self, stubber: BotocoreStubber, original: Any, event_name: str, request: Any) -> Answer:
        """Handle each call of boto3."""
        operation = event_name.removeprefix("before-send.")
        self.calls.append(operation)
        if operation in STARTS:
            self.requests.append(json.loads(request.body))
        for wanted, rule in self.rules:
            # A rule is for an operation (`ecs.RunTask`), for a service (`ecs`), or for all calls (an empty string).
            if wanted in ("", operation, operation.split(".")[0]) and (found := rule(request)) is not None:
                return found
        found = self._answer(operation, request, lambda: original(stubber, event_name, request))
        if self.lost(operation):
            raise ReadTimeoutError(endpoint_url=request.url)
        return found

    def _answer(self, operation: str, request: Any, ask: Callable[[], AWSResponse]) -> AWSResponse:
        if operation not in STARTS:
            return ask()
        body = self.requests[-1]
        token = f"{operation} {body.get('clientToken') or body.get('name')}"
        if token not in self.tokens:
            self.tokens[token] = ask()
        kept = self.tokens[token]
        return AWSResponse(kept.url, kept.status_code, kept.headers, MockRawResponse(kept.content))  # type: ignore[arg-type]

    # Deployments

    def deploy(self, config: Any, prefix: str = "scheduled-tasks-test", cluster: str = "") -> "Deployed":
        """Deploy a stack without its roles and rules. Default cluster: the one with the name of a new cluster."""
        return Deployed(self, config, prefix, cluster)

    def tasks(self) -> list[Any]:
        """Return the started ECS tasks in moto's store. Tests may change them."""
        clusters = ecs_backends[ACCOUNT][REGION].tasks.values()
        return [task for tasks in clusters for task in tasks.values()]

    def forget_tasks(self) -> None:
        """Forget the ECS tasks, same as ECS does an hour after their end."""
        for tasks in ecs_backends[ACCOUNT][REGION].tasks.values():
            tasks.clear()


class Deployed:
    """A deployed stack."""

    def __init__(self, cloud: Cloud, config: Any, prefix: str, cluster: str = ""):
        self.cloud, self.config, self.names = cloud, config, GroupNames(prefix)
        self.has_run_roles = True
        """Whether task definitions name the roles that a deployment creates. They aren't created."""
        self.subnet = cloud.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
        self.security_group = cloud.client("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"]
        created = cloud.client("ecs").create_cluster(clusterName=cluster or self.names.cluster)
        self.cluster_arn = created["cluster"]["clusterArn"]
        self._create_queue()
        for log_group in (self.names.log_group, *map(self.names.outcome_log_group, ("failed", "succeeded"))):
            cloud.client("logs").create_log_group(logGroupName=log_group)
        cloud.client("scheduler").create_schedule_group(
            Name=self.names.schedule_group, Tags=[{"Key": GROUP_TAG, "Value": prefix}]
        )
        for task in config.tasks.values():
            self.schedule(task, self.define(task))

    def _create_queue(self) -> None:
        self.queue_url = self.cloud.client("sqs").create_queue(QueueName=self.names.dead_letter_queue)["QueueUrl"]

    def again(self, cloud: Cloud, config: Any) -> "Deployed":
        """Return the same deployment in another account with the same content, and create its queue."""
        found = copy.copy(self)
        found.cloud, found.config = cloud, config
        found._create_queue()
        return found

    def task(self, like: str, name: str, **changes: Any) -> Task:
        """A task like a configured one, with another name and changed arguments."""
        return resolve_task(name, {**self.config.tasks[like].args, **changes})

    def define(self, task: Task) -> str:
        """Register a task definition and return its ARN."""
        log = LogPlace(self.names.log_group, REGION, task.name)
        containers = task_definition.container_definitions(task, image=str(task.image), log=log, secrets=task.secrets)
        registered = self.cloud.client("ecs").register_task_definition(
            family=self.names.family(task.name),
            containerDefinitions=containers,
            **(self._run_roles(task) if self.has_run_roles else {}),
            **camel(task_definition.task_settings(task)),
        )
        return registered["taskDefinition"]["taskDefinitionArn"]

    def _run_roles(self, task: Task) -> dict[str, str]:
        own = needs_own_role(task, self.names, Account("aws", REGION, ACCOUNT))
        execution = self.names.task_role(task.name, "execution") if own else self.names.role("execution")
        found = {"executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{execution}"}
        if task.creates_task_role:
            found["taskRoleArn"] = f"arn:aws:iam::{ACCOUNT}:role/{self.names.task_role(task.name, 'task')}"
        return found

    def schedule(self, task: Task, definition_arn: str, *, by_position: bool = True) -> None:
        """Create the schedules of a task, with the names of this version or those of version 0.1.0."""
        network = {"subnets": [self.subnet], "security_groups": [self.security_group], "assign_public_ip": True}
        ended = ended_schedules(task, datetime.now(UTC))
        own = [found.in_aws for found in schedule_names(task)]
        for position, schedule in enumerate(task.schedules):
            parameters = target.ecs_parameters(
                task, enter=schedule.exec, group=task.name, task_definition_arn=definition_arn, network=network
            )
            if schedule in ended:
                continue
            props = {
                "name": names.schedule(task.name, position) if by_position else own[position],
                "group_name": self.names.schedule_group,
                "target": {
                    "arn": self.cluster_arn,
                    "role_arn": f"arn:aws:iam::{ACCOUNT}:role/{self.names.role('scheduler')}",
                    "dead_letter_config": {"arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.names.dead_letter_queue}"},
                    "retry_policy": {
                        "maximum_retry_attempts": task.retry.attempts,
                        "maximum_event_age_in_seconds": task.retry.max_age,
                    },
                    "ecs_parameters": parameters,
                    "input": overrides.document(task, schedule) or None,
                },
                # As if deployed before any start date.
                **target.timing(schedule, enabled=True, now=datetime.min.replace(tzinfo=UTC)),
            }
            self.cloud.client("scheduler").create_schedule(**to_api(Schedule.fields, camel(props)))

    def outcome(self, outcome: str, at: datetime | None = None, **detail: Any) -> None:
        """Write an event to an outcome log, same as EventBridge."""
        stopped = at or datetime.now(UTC)
        source = detail.pop("source", "aws.ecs")
        whole: dict[str, Any] = {
            "clusterArn": self.cluster_arn,
            "lastStatus": "STOPPED",
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "createdAt": stopped.isoformat(),
            "startedAt": stopped.isoformat(),
            "stoppedAt": stopped.isoformat(),
            "containers": [{"name": "main", "exitCode": 0 if outcome == "succeeded" else 1}],
            **detail,
        }
        event = {"source": source, "detail-type": "ECS Task State Change", "detail": whole}
        self.log(self.names.outcome_log_group(outcome), whole["taskArn"].rsplit("/", 1)[-1], json.dumps(event), stopped)

    def log(self, group: str, stream: str, message: str, at: datetime | None = None) -> None:
        """Write a line to a log."""
        logs = self.cloud.client("logs")
        if not logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)["logStreams"]:
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
        instant = int((at or datetime.now(UTC)).timestamp() * 1000)
        logs.put_log_events(
            logGroupName=group, logStreamName=stream, logEvents=[{"timestamp": instant, "message": message}]
        )
