"""RunTask's client tokens in the emulator.

The values are AWS's: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
"""

import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sandbox import moto_run_task
from sandbox.moto_fixes import apply_fixes

REGION = "eu-west-1"


class Clock(datetime):
    """A clock that a test moves."""

    passed = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> "Any":
        return datetime.now(tz) + cls.passed


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    apply_fixes()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setattr(moto_run_task, "datetime", Clock)
    monkeypatch.setattr(Clock, "passed", timedelta())
    with mock_aws():
        connect: Any = boto3.client
        client = connect("ecs", region_name=REGION)
        for cluster in ("main", "other"):
            client.create_cluster(clusterName=cluster)
        client.register_task_definition(
            family="etl",
            containerDefinitions=[{"name": "main", "image": "a:1", "memory": 128}],
            cpu="256",
            memory="512",
            networkMode="awsvpc",
        )
        subnet = connect("ec2", region_name=REGION).describe_subnets()["Subnets"][0]["SubnetId"]

        def run(token: str, cluster: str = "main", **more: Any) -> str:
            answer = client.run_task(
                cluster=cluster,
                taskDefinition="etl",
                launchType="FARGATE",
                networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": []}},
                clientToken=token,
                **more,
            )
            return answer["tasks"][0]["taskArn"]

        client.run = run
        yield client


def test_the_same_request_with_the_same_token_starts_one_task(ecs: Any):
    assert ecs.run("a") == ecs.run("a")
    assert len(ecs.list_tasks(cluster="main")["taskArns"]) == 1
    assert ecs.run("b") != ecs.run("a")


def test_another_request_with_the_same_token_is_refused(ecs: Any):
    ecs.run("a")
    with pytest.raises(ClientError, match="ConflictException"):
        ecs.run("a", group="other")


def test_a_token_applies_to_one_cluster(ecs: Any):
    assert ecs.run("a") != ecs.run("a", cluster="other")


@pytest.mark.parametrize("token", ["x" * 65, "a b", "é"])
def test_a_token_that_aws_refuses(ecs: Any, token: str):
    with pytest.raises(ClientError, match="InvalidParameterException"):
        ecs.run(token)


@pytest.mark.parametrize(("passed", "same"), [(timedelta(hours=23), True), (timedelta(hours=25), False)])
def test_a_token_is_known_for_a_day(ecs: Any, passed: timedelta, same: bool):
    first = ecs.run("a")
    Clock.passed = passed
    assert (ecs.run("a") == first) is same


def test_requests_at_the_same_time_start_one_task(ecs: Any):
    begin = threading.Barrier(4)
    started: list[str] = []

    def run() -> None:
        begin.wait()
        started.append(ecs.run("a"))

    threads = [threading.Thread(target=run) for _ in range(4)]
    interval = sys.getswitchinterval()
    # Threads change so often that the requests get mixed.
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(started) == 4
    assert len(set(started)) == 1
