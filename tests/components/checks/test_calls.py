"""Requirements of each kind of call, and likely mistakes in calls."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from components.aws.account import Account
from components.checks import checked_call
from components.checks.call_advice import call_warnings
from components.checks.same_account import call_elsewhere

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NIGHTLY = "cron(0 20 ? * MON-FRI *)"


def problems(**args: Any) -> list[str]:
    return [str(problem) for problem in checked_call("job", {"schedule": NIGHTLY, **args})[1]]


def warnings(**args: Any) -> list[str]:
    call, found = checked_call("job", {"schedule": NIGHTLY, **args})
    assert found == []
    return [str(warning) for warning in call_warnings(call, NOW)]


VALID: list[dict[str, Any]] = [
    {"stop": {"database": "orders"}},
    {"start_up": {"instances": ["i-01234567"]}},
    {"snapshot": {"cluster": "orders"}},
    {"snapshot": {"cluster": "a" * 46}},
    {"snapshot": {"cluster": "a" * 63, "name": "b" * 38, "keep": 3}},
    {"snapshot": {"database": "a" * 63, "name": "b" * 200, "keep": 3}},
    {"scale": {"service": "main/web", "to": 0}},
    {"scale": {"service": "main/web", "min": 0, "max": 0}},
    {"scale": {"group": "workers", "to": 0, "min": 0}},
    {"invoke": {"function": "reports", "payload": {"day": "<aws.scheduler.scheduled-time>"}}},
    {"execute": {"state_machine": "nightly"}},
    {"submit": {"glue": {"job": "nightly"}}},
    {"send": {"queue": "orders.fifo", "body": "a", "message_group": "a"}},
    {"send": {"bus": "default", "source": "shop", "detail_type": "Tick"}},
    {"call": "redshift:pauseCluster", "with_": {"clusterIdentifier": "dw"}},
]


@pytest.mark.parametrize("args", VALID, ids=str)
def test_valid_calls(args: dict[str, Any]):
    assert problems(**args) == []
    assert warnings(**args) == []


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        ({"stop": {}}, "stop: names no resource. Set one of database, cluster, instances or redshift."),
        (
            {"stop": {"database": "a", "cluster": "b"}},
            "stop.cluster: Set only one of database, cluster, instances or redshift. One call acts on one of them.",
        ),
        ({"snapshot": {"name": "a"}}, "snapshot: names no resource. Set one of database or cluster."),
        # AWS: Amazon RDS API reference, CreateDBClusterSnapshot: 63 characters; CreateDBSnapshot: 255. With keep, 25
        # follow (-01234567-20261127-030000), and an execution ID of 16 without it.
        (
            {"snapshot": {"cluster": "a" * 47}},
            (
                "snapshot.cluster: has 47 characters, and more follow in the name of a snapshot. AWS accepts 63 for a "
                "cluster. Set name, to at most 46 characters."
            ),
        ),
        (
            {"snapshot": {"cluster": "a", "name": "b" * 39, "keep": 3}},
            (
                "snapshot.name: has 39 characters, and more follow in the name of a snapshot. AWS accepts 63 for a "
                "cluster. Set name, to at most 38 characters."
            ),
        ),
        ({"submit": {}}, "submit: names no resource. Set one of batch, glue, build or pipeline."),
        ({"scale": {"to": 0}}, "scale: names no resource. Set one of service or group."),
        ({"scale": {"service": "main/web"}}, "scale: sets no size. Set to, or min and max."),
        (
            {"scale": {"service": "main/web", "to": 0, "min": 0}},
            (
                "scale.to: and the bounds of autoscaling (min, max) are two API calls. Set only the bounds of a service "
                "with autoscaling, which then changes the number itself, and only to of another."
            ),
        ),
        ({"scale": {"group": "a", "min": 2, "max": 1}}, "scale.min: 2 is more than max, 1."),
        ({"scale": {"group": "a", "to": 1, "min": 2}}, "scale.to: 1 is less than min, 2, which AWS refuses."),
        ({"scale": {"group": "a", "to": 3, "max": 2}}, "scale.to: 3 is more than max, 2, which AWS refuses."),
        ({"send": {"body": "a"}}, "send: names no resource. Set one of queue, topic or bus."),
        (
            {"send": {"queue": "a.fifo", "body": "a"}},
            "send.message_group: is missing. AWS requires it for a FIFO queue.",
        ),
        (
            {"send": {"topic": "a.fifo", "message_group": "a"}},
            "send.body: is missing. A FIFO topic gets no event of EventBridge Scheduler.",
        ),
        (
            {"send": {"topic": "a", "message_group": "a"}},
            "send.message_group: is only for queues and FIFO topics. Remove it.",
        ),
        ({"send": {"queue": "a", "source": "a"}}, "send.source: is only for a bus. Remove it."),
        (
            {"send": {"bus": "a", "source": "a"}},
            "send.detail_type: is missing. EventBridge requires it for an event.",
        ),
        (
            {"send": {"bus": "a", "source": "a", "detail_type": "a", "body": "a"}},
            "send.body: must be an object, because the detail of an event is a JSON object.",
        ),
        (
            {"invoke": {"function": "a", "payload": {"x": ["<aws.scheduler.time>"]}}},
            (
                'invoke.payload.x.0: "<aws.scheduler.time>" is not a keyword of EventBridge Scheduler. Use '
                "<aws.scheduler.scheduled-time>, <aws.scheduler.execution-id>, <aws.scheduler.attempt-number> or "
                "<aws.scheduler.schedule-arn>."
            ),
        ),
        (
            {"call": "states:startExecution"},
            (
                'call: "states" is not a service that EventBridge Scheduler can call. Its ID in calls is sfn: write '
                "sfn:startExecution."
            ),
        ),
        (
            {"call": "redshift:pauseCluster"},
            "with_.clusterIdentifier: is missing. AWS requires it in redshift:pauseCluster.",
        ),
    ],
)
def test_calls_that_aws_would_refuse(args: dict[str, Any], problem: str):
    assert problems(**args) == [problem]


def test_all_problems_are_found_at_once():
    found = problems(call="ec2:stopInstances", with_={"instanceId": 1, "force": "yes", "dryrun": True})
    assert [problem.split(":")[0] for problem in found] == ["with_.instanceId", "with_.force", "with_.dryrun"]


def test_many_resources_need_several_calls():
    # AWS: IAM user guide, "IAM and AWS STS quotas": 10,240 characters of inline policies.
    instances = [f"i-{number:017x}" for number in range(200)]
    assert problems(stop={"instances": instances[:100]}) == []
    assert problems(stop={"instances": instances}) == [
        "stop: acts on 200 resources, whose ARNs don't fit into the policy of one role. Split it into several calls."
    ]


def test_a_database_is_started_after_a_week():
    # AWS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html
    message = "stop.database: is started by AWS 7 days after it was stopped"
    weekly, monthly, once = "cron(0 20 ? * FRI *)", "cron(0 20 1 * ? *)", "at(2026-12-24T18:00:00)"
    assert warnings(stop={"database": "a"}, schedule=weekly) == []
    assert [text.startswith(message) for text in warnings(stop={"database": "a"}, schedule=monthly)] == [True]
    assert any(text.startswith(message) for text in warnings(stop={"database": "a"}, schedule=once))
    assert warnings(stop={"instances": ["i-01234567"]}, schedule=monthly) == []


def test_a_group_may_have_a_larger_minimum():
    assert warnings(scale={"group": "workers", "to": 0}) == [
        "scale.to: fails if the group's minimum is larger than 0. Set min too."
    ]


def test_resources_are_in_the_region_and_account():
    here = Account("aws", "eu-west-1", "123456789012")
    arn = "arn:aws:{}:{}:{}:{}"

    def found(**args: Any) -> list[str]:
        return [str(problem) for problem in call_elsewhere(checked_call("job", {"schedule": NIGHTLY, **args})[0], here)]

    assert found(stop={"database": arn.format("rds", "eu-west-1", "123456789012", "db:a")}) == []
    [region] = found(stop={"database": arn.format("rds", "us-east-1", "123456789012", "db:a")})
    assert region.endswith("is not in eu-west-1. Deploy the call to the Region of its resource.")
    [account] = found(stop={"database": arn.format("rds", "eu-west-1", "999999999999", "db:a")})
    assert account.endswith("is not in account 123456789012, whose resources the call can reach.")
    assert found(send={"queue": arn.format("sqs", "eu-west-1", "999999999999", "a")}) == []
