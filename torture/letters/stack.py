"""A small deployment in an AWS account that moto emulates in this process."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import PropertyMock, patch

import boto3
from moto import mock_aws
from moto.sqs.models import Message, SQSBackend, sqs_backends

from components.aws.names import GROUP_TAG, GroupNames
from ops.aws.deployment import find
from ops.aws.session import Aws
from ops.commands.options import Where
from ops.dead_letters import queue
from ops.dead_letters.message import EVENTS, LAUNCHES
from sandbox.moto_fixes import apply_fixes

from .cases import Case, Place, launch

ACCOUNT, REGION = "123456789012", "eu-west-1"
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
}


class Stack:
    """A stack with one task, `etl`, and both queues. `place` has the ARNs that messages need."""

    def __init__(self) -> None:
        self.names = GroupNames("scheduled-tasks-test")
        self._urls = {name: client("sqs").create_queue(QueueName=name)["QueueUrl"] for name in self._queues.values()}
        cluster = client("ecs").create_cluster(clusterName=self.names.cluster)["cluster"]["clusterArn"]
        definition = client("ecs").register_task_definition(
            family=self.names.family("etl"),
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "main", "image": "etl:1", "memory": 512}],
        )["taskDefinition"]["taskDefinitionArn"]
        group = self.names.schedule_group
        client("scheduler").create_schedule_group(Name=group, Tags=[{"Key": GROUP_TAG, "Value": group}])
        subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
        security_group = client("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"]
        network = {"Subnets": [subnet], "SecurityGroups": [security_group]}
        target = {
            "Arn": cluster,
            "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/scheduler",
            "EcsParameters": {
                "TaskDefinitionArn": definition,
                "LaunchType": "FARGATE",
                "NetworkConfiguration": {"awsvpcConfiguration": network},
            },
        }
        client("scheduler").create_schedule(
            Name="etl",
            GroupName=group,
            ScheduleExpression="rate(1 hour)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=target,
        )
        arn = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{group}"
        self.place = Place(f"{arn}/etl", f"{arn}/gone", cluster, definition)

    @property
    def _queues(self) -> dict[str, str]:
        return {LAUNCHES: self.names.dead_letter_queue, EVENTS: self.names.event_dead_letter_queue}

    def send_good(self) -> str:
        """Send a failed launch, as EventBridge Scheduler does, and return its id."""
        return self.send(Case("good", launch(self.place)))

    def send(self, case: Case) -> str:
        """Send a message and return its id. The queue also gets what moto rejects."""
        name = self._queues[case.queue]
        answer = client("sqs").send_message(QueueUrl=self._urls[name], MessageBody="x")
        [message] = [each for each in self._stored(name) if each.id == answer["MessageId"]]
        message.body = case.body
        message.message_attributes = {key: dict(value) for key, value in case.attributes.items()}
        return message.id

    def messages(self) -> set[str]:
        """The ids of all messages."""
        return {message.id for name in self._queues.values() for message in self._stored(name)}

    def clear(self) -> None:
        """Delete all messages."""
        for name in self._queues.values():
            self._stored(name).clear()

    def started(self) -> int:
        """The number of runs."""
        return len(client("ecs").list_tasks(cluster=self.place.cluster_arn)["taskArns"])

    def _stored(self, name: str) -> list[Message]:
        queue: Any = sqs_backends[ACCOUNT][REGION].queues[name]
        return queue._messages


@cache
def client(service: Any) -> Any:
    """A client of the emulated account."""
    # The client is kept for all stacks, so it can't depend on the environment of one.
    session: Any = boto3.Session(
        region_name=REGION,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - no secret
    )
    return session.client(service)


@contextmanager
def stack() -> Generator[Stack]:
    """An emulated account with a stack. All commands use it, with the same connection."""
    apply_fixes()
    # moto can't calculate the checksum of a lone surrogate.
    checksum = PropertyMock(return_value="")
    with (
        patch.dict("os.environ", _ENVIRONMENT),
        patch.object(Message, "body_md5", checksum),
        patch.object(Message, "attribute_md5", checksum),
        # moto calculates all attributes of the queue for each message.
        patch.object(SQSBackend, "is_message_valid_based_on_retention_period", return_value=True),
        patch.object(queue, "WAIT_SECONDS", 0),
        mock_aws(),
    ):
        made = Stack()
        found = find(Aws())
        with patch.object(Where, "deployment", return_value=found):
            yield made
