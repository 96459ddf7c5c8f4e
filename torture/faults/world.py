"""AWS emulated by moto in this process, with a deployed stack, for commands whose answers are then spoiled.

It adds what moto lacks: client tokens of RunTask, executions that end, the policy simulator and quotas.
"""

import json
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import boto3
from botocore.awsrequest import AWSResponse
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse
from moto.ecs.models import ecs_backends
from moto.sqs.models import sqs_backends

from components.aws import policies
from components.aws.names import GROUP_TAG, GroupNames
from components.resolver import resolve_task
from components.schedules import AFTER_DEPLOYMENT
from components.supervised.language import Supervised
from components.supervised.machine import definition
from components.supervised.run_task import RunTask
from sandbox import aws_models
from sandbox.moto_fixes import apply_fixes

from .local import Engine

ACCOUNT, REGION = "123456789012", "eu-west-1"
PREFIX = "scheduled-tasks-trial"
DIRECT, SUPERVISED = "etl", "report"
_EXPRESSION = "cron(0 0/6 * * ? *)"
"""The tasks: one that its schedule starts, and one that its state machine starts."""
TIME = "2026-11-24T03:00:00Z"
POLLS = 2
"""Polls after which an execution has ended."""

Proceed = Callable[[], AWSResponse]
Spoil = Callable[[str, Any, Proceed], AWSResponse]
"""Returns the answer to a call, from its name (`ecs.RunTask`), its request, and a function that performs it."""


def answered(request: Any, body: object, status: int = 200) -> AWSResponse:
    """Return an answer with a JSON object, or with text or bytes as they are."""
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return AWSResponse(request.url, status, {}, MockRawResponse(text))  # type: ignore[arg-type]


class World:
    """The account. `spoil` gets each call of a command."""

    def __init__(self) -> None:
        self.names = GroupNames(PREFIX)
        self.spoil: Spoil | None = None
        self.calls: list[str] = []
        self.executions: dict[str, int] = {}
        """The number of polls by the name of the execution."""
        self.launches: list[str] = []
        """The client token of each RunTask that took effect, and the name of each execution."""
        self.started_at = datetime.now(UTC).timestamp()
        """The start of each execution."""
        self.engine = Engine()
        self._tokens: dict[str, AWSResponse] = {}
        self._own: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "sfn.StartExecution": self._start_execution,
            "sfn.DescribeExecution": lambda given: self._execution(given["executionArn"].rsplit(":", 1)[-1]),
            "sfn.ListExecutions": lambda _: {"executions": [self._execution(name, 0) for name in self.executions]},
            "sfn.GetExecutionHistory": lambda _: {"events": [self._submitted()]},
            "sfn.DescribeStateMachine": lambda _: self._machine(),
            "cloudwatch-logs.GetLogEvents": _log_events,
            "service-quotas.ListServiceQuotas": lambda _: {"Quotas": []},
        }
        self._deploy()

    # Calls

    def called(self, stubber: BotocoreStubber, original: Any, event_name: str, request: Any) -> AWSResponse:
        """Answer a call of boto3."""
        operation = event_name.removeprefix("before-send.")

        def proceed() -> AWSResponse:
            return self._take_effect(operation, request, lambda: original(stubber, event_name, request))

        if self.spoil is None:
            return proceed()
        self.calls.append(operation)
        return self.spoil(operation, request, proceed)

    def _take_effect(self, operation: str, request: Any, ask: Proceed) -> AWSResponse:
        if operation == "iam.SimulatePrincipalPolicy":
            return answered(request, _ALLOWED)
        if own := self._own.get(operation):
            body = own(json.loads(request.body))
            return answered(request, body, 400 if "__type" in body else 200)
        if operation == "ecs.DescribeTasks":
            for task in self.tasks():
                task.containers[0].exitCode = 0
        if operation != "ecs.RunTask":
            return ask()
        token = str(json.loads(request.body).get("clientToken"))
        if token not in self._tokens:
            self._tokens[token] = ask()
            self.launches.append(token)
        return answered(request, self._tokens[token].content)

    def _start_execution(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["name"] not in self.executions:
            self.executions[given["name"]] = 0
            self.launches.append(given["name"])
        return {"executionArn": self._execution_arn(given["name"]), "startDate": 1.0}

    def _execution(self, name: str, polls: int = 1) -> dict[str, Any]:
        if name not in self.executions:
            return {"__type": "ExecutionDoesNotExist", "message": name}
        self.executions[name] += polls
        ended = self.executions[name] > POLLS
        return {
            "executionArn": self._execution_arn(name),
            "stateMachineArn": self.machine_arn,
            "name": name,
            "status": "SUCCEEDED" if ended else "RUNNING",
            "startDate": self.started_at,
            **({"stopDate": self.started_at + 60} if ended else {}),
        }

    def _submitted(self) -> dict[str, Any]:
        output = json.dumps({"Tasks": [{"TaskArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/x/{'1' * 32}"}]})
        details = {"resourceType": "ecs", "resource": "runTask", "output": output}
        return {"timestamp": 1.0, "type": "TaskSubmitted", "id": 1, "taskSubmittedEventDetails": details}

    def _machine(self) -> dict[str, Any]:
        role = f"arn:aws:iam::{ACCOUNT}:role/{self.names.role('supervisor')}"
        return {
            "stateMachineArn": self.machine_arn,
            "name": self.names.state_machine(SUPERVISED),
            "status": "ACTIVE",
            "definition": self.machine_definition,
            "roleArn": role,
            "type": "STANDARD",
            "creationDate": 1.0,
        }

    def _execution_arn(self, name: str) -> str:
        return f"{self.machine_arn.replace(':stateMachine:', ':execution:')}:{name}"

    # The deployment

    def client(self, service: str) -> Any:
        """Return a client whose calls aren't spoiled if `spoil` is None."""
        if service not in self._clients:
            session: Any = self._session
            self._clients[service] = session.client(service)
        return self._clients[service]

    def _deploy(self) -> None:
        self._clients: dict[str, Any] = {}
        self._session = boto3.Session(region_name=REGION)
        names, ecs = self.names, self.client("ecs")
        self.cluster_arn = ecs.create_cluster(clusterName=names.cluster)["cluster"]["clusterArn"]
        self.queue_url = self.client("sqs").create_queue(QueueName=names.dead_letter_queue)["QueueUrl"]
        self.client("sqs").create_queue(QueueName=names.event_dead_letter_queue)
        self._deploy_logs()
        group = self.client("scheduler").create_schedule_group(
            Name=names.schedule_group, Tags=[{"Key": GROUP_TAG, "Value": PREFIX}]
        )["ScheduleGroupArn"]
        trust = policies.scheduler_trust(account_id=ACCOUNT, schedule_group_arn=group)
        machines = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{names.state_machine_prefix}*"
        supervisor = policies.supervisor_trust(account_id=ACCOUNT, state_machines_arn=machines)
        for role, document in (("scheduler", trust), ("supervisor", supervisor)):
            self.client("iam").create_role(RoleName=names.role(role), AssumeRolePolicyDocument=document)
        for outcome in ("failed", "succeeded"):
            rule, log = names.rule(outcome, 0), f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:x"
            self.client("events").put_rule(Name=rule, EventPattern="{}")
            self.client("events").put_targets(Rule=rule, Targets=[{"Id": "log", "Arn": log}])
        self.definitions = {task: self._define(task) for task in (DIRECT, SUPERVISED)}
        self.machine_arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{names.state_machine(SUPERVISED)}"
        self.machine_definition = self._define_machine()
        self._schedule(DIRECT, self.cluster_arn, {"EcsParameters": self._parameters()})
        text = json.dumps({"schedule": SUPERVISED, "time": "<aws.scheduler.scheduled-time>", "overrides": {}})
        self._schedule(SUPERVISED, self.machine_arn, {"Input": text})

    def _deploy_logs(self) -> None:
        logs, names = self.client("logs"), self.names
        for group in (names.log_group, *map(names.outcome_log_group, ("failed", "succeeded"))):
            logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=names.log_group, logStreamName=f"{DIRECT}/main/{'0' * 32}")
        events = [{"timestamp": _milliseconds() + number, "message": f"line {number}"} for number in range(3)]
        logs.put_log_events(logGroupName=names.log_group, logStreamName=f"{DIRECT}/main/{'0' * 32}", logEvents=events)

    def _define(self, task: str) -> str:
        options = {
            "awslogs-group": self.names.log_group,
            "awslogs-region": REGION,
            "awslogs-stream-prefix": task,
        }
        log = {"logDriver": "awslogs", "options": options}
        registered = self.client("ecs").register_task_definition(
            family=self.names.family(task),
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "main", "image": f"{task}:1", "essential": True, "logConfiguration": log}],
        )
        return registered["taskDefinition"]["taskDefinitionArn"]

    def _define_machine(self) -> str:
        made = resolve_task(SUPERVISED, {"image": "report:1", "schedule": "rate(1 day)", "timeout": "1h"}).supervision
        assert made
        run: RunTask = {
            "Cluster": self.cluster_arn,
            "TaskDefinition": self.definitions[SUPERVISED],
            "Group": f"supervised:{SUPERVISED}",
        }
        return definition(
            Supervised(task=SUPERVISED, container="main", prefix=PREFIX, table="leases", settings=made, run=run)
        )

    def _parameters(self) -> object:
        ec2 = self.client("ec2")
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        security_group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
        network = {"Subnets": [subnet], "SecurityGroups": [security_group], "AssignPublicIp": "ENABLED"}
        return {
            "TaskDefinitionArn": self.definitions[DIRECT],
            "LaunchType": "FARGATE",
            "Group": DIRECT,
            "NetworkConfiguration": {"awsvpcConfiguration": network},
        }

    def _schedule(self, name: str, arn: str, target: dict[str, Any]) -> None:
        self.client("scheduler").create_schedule(
            GroupName=self.names.schedule_group,
            Name=name,
            ScheduleExpression=_EXPRESSION,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": arn,
                "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{self.names.role('scheduler')}",
                "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.names.dead_letter_queue}"},
                **target,
            },
        )

    # The state that commands change

    def reset(self, *, paused: bool = False, at_deployments: bool = False) -> None:
        """Undo what commands changed, and put one failed launch of each task into the queue.

        With `paused`, the direct task is paused by hand. With `at_deployments`, it has `runOn: deploy`.
        """
        self.spoil = None
        self.calls, self.launches, self.executions, self._tokens = [], [], {}, {}
        self.engine.started.clear()
        for tasks in ecs_backends[ACCOUNT][REGION].tasks.values():
            tasks.clear()
        self._switch("DISABLED" if paused else "ENABLED")
        if at_deployments:
            self._change(DIRECT, ScheduleExpression=AFTER_DEPLOYMENT, State="DISABLED")
        queue = self._queue
        queue._messages.clear()
        queue.deleted_messages.clear()
        queue.pending_messages.clear()
        self.messages = {self._fail(task): task for task in (DIRECT, SUPERVISED)}

    @property
    def _queue(self) -> Any:
        return sqs_backends[ACCOUNT][REGION].queues[self.names.dead_letter_queue]

    def _switch(self, state: str) -> None:
        scheduler, group = self.client("scheduler"), self.names.schedule_group
        arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{group}"
        tags = {tag["Key"]: tag["Value"] for tag in scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"]}
        if marks := [key for key in tags if key != GROUP_TAG]:
            scheduler.untag_resource(ResourceArn=arn, TagKeys=marks)
        if state == "DISABLED":
            mark = {
                "Key": f"{GROUP_TAG}/paused/{DIRECT}",
                "Value": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} alice: test",
            }
            scheduler.tag_resource(ResourceArn=arn, Tags=[mark])
        for task, wanted in ((DIRECT, state), (SUPERVISED, "ENABLED")):
            found = scheduler.get_schedule(GroupName=group, Name=task)
            if (found["State"], found["ScheduleExpression"]) != (wanted, _EXPRESSION):
                self._change(task, ScheduleExpression=_EXPRESSION, State=wanted)

    def _change(self, task: str, **changes: Any) -> None:
        scheduler = self.client("scheduler")
        found = scheduler.get_schedule(GroupName=self.names.schedule_group, Name=task)
        kept = ("FlexibleTimeWindow", "Target", "Name", "GroupName")
        scheduler.update_schedule(**{key: found[key] for key in kept}, **changes)

    def _fail(self, task: str) -> str:
        attributes = {
            "SCHEDULE_ARN": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{self.names.schedule_group}/{task}",
            "SCHEDULED_TIME": TIME,
            "ERROR_CODE": "ClientException",
            "ERROR_MESSAGE": "TaskDefinition is inactive",
        }
        given = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        sent = self.client("sqs").send_message(QueueUrl=self.queue_url, MessageBody="{}", MessageAttributes=given)
        return sent["MessageId"]

    def time_passes(self) -> None:
        """End all visibility timeouts."""
        for message in self._queue._messages:
            message.visible_at = 0

    @property
    def waiting(self) -> set[str]:
        """The ids of the messages that are in the queue."""
        return {message.id for message in self._queue._messages}

    def state(self) -> tuple[str, bool]:
        """Return the state of the direct task's schedule, and whether a pause is recorded."""
        self.spoil = None
        scheduler, group = self.client("scheduler"), self.names.schedule_group
        arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{group}"
        tags = [tag["Key"] for tag in scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"]]
        found = scheduler.get_schedule(GroupName=group, Name=DIRECT)
        return found["State"], any("paused" in key for key in tags)

    def tasks(self) -> list[Any]:
        """Return the started ECS tasks in moto's store."""
        clusters = ecs_backends[ACCOUNT][REGION].tasks.values()
        return [task for tasks in clusters for task in tasks.values()]

    def started_for(self, message: str) -> int:
        """Return the number of runs that were started for a message."""
        tasks = sum(str(task.started_by).endswith(f"/{message}") for task in self.tasks())
        return tasks + sum(message in name for name in self.executions)


def _log_events(given: dict[str, Any]) -> dict[str, Any]:
    token = given.get("nextToken")
    events = [] if token else [{"timestamp": 1, "message": "working", "ingestionTime": 1}]
    return {"events": events, "nextForwardToken": "f/1", "nextBackwardToken": "b/1"}


def _milliseconds() -> int:
    return int(time.time() * 1000) - 60_000


_ALLOWED = (
    "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults><member>"
    "<EvalActionName>a</EvalActionName><EvalDecision>allowed</EvalDecision><EvalResourceName>r</EvalResourceName>"
    "</member></EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
)


@contextmanager
def emulated() -> Generator[World]:
    """Emulate an account with a deployed stack."""
    apply_fixes()
    aws_models.share_loader()
    environment = {"AWS_DEFAULT_REGION": REGION, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    original = BotocoreStubber.__call__
    with mock.patch.dict(os.environ, {**kept, **environment}, clear=True), mock_aws():
        found: list[World] = []

        def call(self: BotocoreStubber, event_name: str, request: Any, **_: Any) -> Any:
            if not found:
                return original(self, event_name, request)
            return found[0].called(self, original, event_name, request)

        with mock.patch.object(BotocoreStubber, "__call__", call):
            found.append(World())
            yield found[0]
