"""A small stack in moto in this process, and a live sandbox for it on a virtual clock."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from moto import mock_aws
from moto.scheduler.models import scheduler_backends
from pydantic.alias_generators import to_camel

from components.aws.names import GroupNames
from components.monitoring import events
from components.monitoring.alarms import group_alarms
from ops.simulation.clock import VirtualClock
from sandbox.live import hooks
from sandbox.live.engine import LiveSandbox, Place
from sandbox.live.executors import Executor, StandIn
from sandbox.moto_fixes import apply_fixes
from sandbox.plugin.fields import to_api
from sandbox.plugin.services.cloudwatch import MetricAlarm
from tests.mocks import ACCOUNT

REGION = "eu-west-1"
NAMES = GroupNames("shop-dev")
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{NAMES.dead_letter_queue}"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/scheduler"
FAMILY = NAMES.family("job")
DEFINITION = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{FAMILY}:1"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "scheduler.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {
                    "aws:SourceAccount": ACCOUNT,
                    "aws:SourceArn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule-group/{NAMES.schedule_group}",
                }
            },
        }
    ],
}
ALLOWED = [
    {
        "Effect": "Allow",
        "Action": "ecs:RunTask",
        "Resource": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{NAMES.family_prefix}*",
        "Condition": {"ArnEquals": {"ecs:cluster": CLUSTER}},
    },
    {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE},
]


@cache
def client(service: str) -> Any:
    connect: Any = boto3.client
    # The parts under test retry themselves.
    return connect(service, region_name=REGION, config=Config(retries={"total_max_attempts": 1}))


@dataclass
class World:
    """The stack `shop-dev` with the task `job`."""

    live: LiveSandbox
    clock: VirtualClock
    lines: list[str] = field(default_factory=list[str])
    subnet: str = ""
    security_group: str = ""

    def allow(self, statements: list[dict[str, Any]]) -> None:
        """Replace the policy of the scheduler role."""
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        client("iam").put_role_policy(RoleName="scheduler", PolicyName="own", PolicyDocument=policy)

    def schedule(self, expression: str, name: str = "job", target: dict[str, Any] | None = None, **more: Any) -> None:
        """Create a schedule of the task, or of another target."""
        network = {"Subnets": [self.subnet], "SecurityGroups": [self.security_group], "AssignPublicIp": "ENABLED"}
        run = {
            "Arn": CLUSTER,
            "EcsParameters": {
                "TaskDefinitionArn": DEFINITION,
                "LaunchType": "FARGATE",
                "Group": "job",
                "NetworkConfiguration": {"awsvpcConfiguration": network},
            },
        }
        target = {
            **(target or run),
            "RoleArn": ROLE,
            "DeadLetterConfig": {"Arn": QUEUE},
            "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 600},
        }
        client("scheduler").create_schedule(
            Name=name,
            GroupName=NAMES.schedule_group,
            ScheduleExpression=expression,
            **{"FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target, **more},
        )
        # moto has a clock of its own.
        backend: Any = scheduler_backends[ACCOUNT][REGION]
        backend.schedule_groups[NAMES.schedule_group].schedules[name].creation_date = self.clock.now

    def at(self, seconds: float) -> str:
        """The expression of a schedule that runs once, some seconds from now."""
        time = datetime.fromtimestamp(self.clock.now, UTC) + timedelta(seconds=seconds)
        return f"at({time:%Y-%m-%dT%H:%M:%S})"

    def run(self, seconds: float = 120) -> None:
        """Let time pass."""
        self.clock.run(self.clock.now + seconds)

    def run_task(self, **more: Any) -> str:
        """Start a run by hand, and return the ARN of its ECS task."""
        network = {"subnets": [self.subnet], "securityGroups": [self.security_group]}
        request = {"cluster": "main", "taskDefinition": DEFINITION, "launchType": "FARGATE", "group": "job"}
        request = {**request, "networkConfiguration": {"awsvpcConfiguration": network}, **more}
        answer = client("ecs").run_task(**request)
        return answer["tasks"][0]["taskArn"]

    def described(self, arn: str) -> dict[str, Any]:
        return client("ecs").describe_tasks(cluster="main", tasks=[arn])["tasks"][0]

    def tasks(self) -> list[dict[str, Any]]:
        arns = client("ecs").list_tasks(cluster="main")["taskArns"]
        return client("ecs").describe_tasks(cluster="main", tasks=arns)["tasks"] if arns else []

    def outcomes(self, outcome: str) -> list[dict[str, Any]]:
        """The details of the events in an outcome log."""
        found = client("logs").filter_log_events(logGroupName=NAMES.outcome_log_group(outcome))["events"]
        return [json.loads(event["message"])["detail"] for event in found]

    def dead_letters(self) -> list[dict[str, Any]]:
        """The messages in the dead-letter queue, each with its attributes as `attributes`."""
        sqs = client("sqs")
        url = sqs.get_queue_url(QueueName=NAMES.dead_letter_queue)["QueueUrl"]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        return [
            {**each, "attributes": {key: value["StringValue"] for key, value in each["MessageAttributes"].items()}}
            for each in found.get("Messages", [])
        ]

    def subjects(self) -> list[str]:
        return [mail.title for mail in self.live.mailbox.read()]


@contextmanager
def world(folder: Path, executor: Executor | None = None, *, all_parts: bool = True) -> Generator[World]:
    """The stack in an empty account, with a live sandbox that begins now.

    Hours of virtual time are only fast without `all_parts`: alarms and runs by hand.
    """
    apply_fixes()
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        # The next full minute, so that alarms are evaluated at the same times in each test.
        clock = VirtualClock((datetime.now(UTC).timestamp() // 60 + 1) * 60)
        lines: list[str] = []
        stand_in = StandIn(clock, "there is no container engine.")
        live = LiveSandbox(
            clock,
            client,
            executor or stand_in,
            Place(folder, ACCOUNT, REGION),
            say=lambda task, text: lines.append(f"{task}: {text}"),
        )
        found = World(live, clock, lines)
        _create(found)
        hooks.attach(live)
        (live if all_parts else live.alarms).begin()
        try:
            yield found
        finally:
            hooks.detach()


def _create(this: World) -> None:
    this.subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    this.security_group = client("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"]
    client("ecs").create_cluster(clusterName="main")
    client("sqs").create_queue(QueueName=NAMES.dead_letter_queue)
    client("scheduler").create_schedule_group(Name=NAMES.schedule_group)
    client("iam").create_role(RoleName="scheduler", AssumeRolePolicyDocument=json.dumps(TRUST))
    this.allow(ALLOWED)
    client("logs").create_log_group(logGroupName=NAMES.log_group)
    options = {"awslogs-group": NAMES.log_group, "awslogs-region": REGION, "awslogs-stream-prefix": "job"}
    client("ecs").register_task_definition(
        family=FAMILY,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": "main",
                "image": "job:1",
                "command": ["work", "--fast"],
                "logConfiguration": {"logDriver": "awslogs", "options": options},
            }
        ],
    )
    client("sns").create_topic(Name="alerts")
    client("sns").subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="ops@example.com")
    alarms = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{NAMES.alarm_prefix}"
    policy = events.topic_policy(topic_arn=TOPIC, account_id=ACCOUNT, alarm_prefix_arn=alarms)
    client("sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=policy)
    prefix = DEFINITION.removesuffix("job:1")
    for outcome in (events.FAILED, events.SUCCEEDED):
        group = NAMES.outcome_log_group(outcome)
        client("logs").create_log_group(logGroupName=group)
        rules = [
            f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}" for name in (outcome, f"supervised-{outcome}", "broken")
        ]
        arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"
        policy = events.log_policy(log_group_arn=arn, rule_arns=rules)
        client("logs").put_resource_policy(policyDocument=policy, resourceArn=arn)
        pattern = events.pattern(outcome, CLUSTER, "main", [prefix])
        client("events").put_rule(Name=outcome, EventPattern=pattern)
        targets: list[dict[str, Any]] = [{"Id": "log", "Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"}]
        if outcome == events.FAILED:
            targets.append({"Id": "topic", "Arn": TOPIC, "InputTransformer": failure_transformer()})
        client("events").put_targets(Rule=outcome, Targets=targets)
    queues = {"launches": NAMES.dead_letter_queue}
    for name, alarm in group_alarms(schedule_group=NAMES.schedule_group, queues=queues).items():
        props = {**_camel(alarm), "name": f"shop-dev/{name}", "alarmActions": [TOPIC]}
        client("cloudwatch").put_metric_alarm(**to_api(MetricAlarm.fields, props))


def failure_transformer(*, supervised: bool = False) -> dict[str, Any]:
    """The input transformer of a rule whose topic gets failed runs."""
    text = events.failure_message(
        prefix="shop-dev",
        schedule_group=NAMES.schedule_group,
        partition="aws",
        region=REGION,
        cluster_name="main",
        log_group=NAMES.log_group,
        supervised=supervised,
    )
    return {"InputPathsMap": text["input_paths"], "InputTemplate": text["input_template"]}


def _camel(value: Any) -> Any:
    """Keys from Pulumi's Python spelling to AWS's. The names of dimensions stay."""
    if isinstance(value, dict):
        return {to_camel(key) if key.islower() else key: _camel(item) for key, item in value.items()}
    return [_camel(item) for item in value] if isinstance(value, list) else value
