"""The keys of calls."""

import re
from typing import Any

import pytest
import yaml

from components.args import CallArgs, ScheduledCallArgs
from components.aws import patterns
from components.keys.reference import Key, keys_of, shapes_in
from components.keys.resolution import resolve
from components.keys.validation import validated
from components.resolved import CallKeys

KEYS = {
    f"{shape.__name__}.{name}": (shape, key) for shape in shapes_in(CallArgs) for name, key in keys_of(shape).items()
}


@pytest.mark.parametrize(("shape", "key"), KEYS.values(), ids=KEYS)
def test_the_example_of_a_key_is_valid_and_has_the_key(shape: type, key: Key):
    found = validated(shape, yaml.safe_load(key.example), from_yaml=True)
    assert found.problems == []
    assert key.name in found.values


def test_a_start_that_is_an_object_is_explained():
    [problem] = validated(ScheduledCallArgs, {"start": {"database": "orders"}}, from_yaml=True).problems
    assert str(problem.in_camel_case()) == (
        "start: must be a string, not an object. To start a database or instances, use startUp."
    )


def test_keys_that_are_keywords_of_python_end_with_an_underscore():
    given = {"call": "redshift:pauseCluster", "with": {"clusterIdentifier": "warehouse"}}
    found = validated(CallArgs, given, from_yaml=True)
    assert resolve(CallKeys, CallArgs, found.values).with_ == {"clusterIdentifier": "warehouse"}
    assert validated(CallArgs, {"with_": {"a": 1}}).values == {"with_": {"a": 1}}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"with": 1}, "with_: must be an object, such as {key: value}, not 1."),
        ({"stop": {"databse": "orders"}}, 'stop.databse: unknown key. Did you mean "database"?'),
        (
            {"stop": {"instances": ["orders"]}},
            'stop.instances.0: "orders" is not an EC2 instance. Write its ID, such as i-0123456789abcdef0.',
        ),
    ],
)
def test_wrong_values_are_refused(given: dict[str, Any], problem: str):
    assert [str(found) for found in validated(CallArgs, given, from_yaml=True).problems] == [problem]


@pytest.mark.parametrize(
    ("pattern", "accepted", "refused"),
    [
        (patterns.DATABASE, ["orders", "a-b", "arn:aws:rds:eu-west-1:123456789012:db:orders"], ["1a", "a--b", "a-"]),
        (patterns.DATABASE_CLUSTER, ["arn:aws:rds:eu-west-1:123456789012:cluster:a"], ["a" * 64]),
        (patterns.SNAPSHOT_PREFIX, ["orders-nightly"], ["orders-", "a" * 201]),
        (patterns.INSTANCE, ["i-0123456789abcdef0", "i-01234567"], ["i-0123456789", "web"]),
        (patterns.ECS_SERVICE, ["main/web", "arn:aws:ecs:eu-west-1:123456789012:service/main/web"], ["web"]),
        (
            patterns.FUNCTION,
            ["reports", "reports:live", "reports:$LATEST", "arn:aws:lambda:eu-west-1:123456789012:function:reports:7"],
            ["reports:", "a b"],
        ),
        (
            patterns.STATE_MACHINE,
            ["nightly", "nightly:PROD", "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:nightly"],
            ["arn:aws:states:eu-west-1:123456789012:execution:nightly:1"],
        ),
        (
            patterns.QUEUE,
            ["orders", "orders.fifo", "arn:aws:sqs:eu-west-1:123456789012:orders.fifo"],
            ["a.b", "a" * 81],
        ),
        (patterns.TOPIC, ["orders.fifo", "arn:aws:sns:eu-west-1:123456789012:orders"], ["a/b"]),
        (patterns.EVENT_BUS, ["default", "arn:aws:events:eu-west-1:123456789012:event-bus/shop"], ["a b"]),
        (patterns.EVENT_SOURCE, ["shop.orders", "a@b"], ["aws.ec2", "a b", "@shop"]),
    ],
)
def test_formats_of_names(pattern: str, accepted: list[str], refused: list[str]):
    assert [text for text in accepted if not re.fullmatch(pattern, text)] == []
    assert [text for text in refused if re.fullmatch(pattern, text)] == []
