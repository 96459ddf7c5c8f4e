"""Input templates of EventBridge targets: AWS's own examples, and templates that AWS refuses."""

import json
from typing import Any

import pytest

from sandbox.input_templates import transformed, transformed_json
from sandbox.rules import rule_problems

EVENT: dict[str, Any] = {
    "source": "aws.ec2",
    "detail": {"instance": "i-0123456789", "state": "RUNNING", "items": [{"name": "main", "exitCode": 1}]},
}
PATHS = {"instance": "$.detail.instance", "state": "$.detail.state", "items": "$.detail.items"}


@pytest.mark.parametrize(
    ("template", "message"),
    [
        # AWS: Amazon EventBridge user guide, "Input transformation", table of examples.
        ('"instance <instance> is in <state>"', '"instance i-0123456789 is in RUNNING"'),
        (r'"instance \"<instance>\" is in <state>"', r'"instance \"i-0123456789\" is in RUNNING"'),
        # The line break of a template with one string per line stays; that inside a string stays the two characters.
        ('"<instance>"\n"is <state>"', '"i-0123456789"\n"is RUNNING"'),
        (r'"<instance>\nis <state>"', r'"i-0123456789\nis RUNNING"'),
        # A variable without a value disappears.
        ('"<state> <missing>."', '"RUNNING ."'),
        ('"<items>"', '"[{name:main,exitCode:1}]"'),
    ],
)
def test_text_is_not_decoded(template: str, message: str):
    paths = {**PATHS, "missing": "$.detail.missing"}
    assert transformed(template, paths, EVENT) == message


def problems(template: str) -> list[str]:
    transformer = {"InputPathsMap": PATHS, "InputTemplate": template}
    target = {"Id": "topic", "Arn": "arn:aws:sns:eu-west-1:123456789012:t", "InputTransformer": transformer}
    return rule_problems("events", "PutTargets", {"Rule": "r", "Targets": [target]})


@pytest.mark.parametrize(
    "template",
    [
        '"one line"',
        '"one"\n"two <state>"\n',
        # AWS: Amazon GuardDuty user guide, "Creating an EventBridge rule": spaces between strings.
        '"one"\n "two" "three"',
        '{"state": <state>, "text": "is <state>", "event": <aws.events.event.json>}',
    ],
)
def test_templates_that_aws_accepts(template: str):
    assert problems(template) == []


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ('"one"\ntwo', "Invalid InputTemplate for target topic"),
        ("no quotes <state>", "Invalid InputTemplate for target topic"),
        # AWS: aws-cdk issue 1514: a string can't contain a line break.
        ('"one\ntwo"', "Invalid InputTemplate for target topic"),
        ('{"state": }', "Invalid InputTemplate for target topic"),
        ('"<stat>"', "InputTemplate for target topic contains invalid placeholder stat."),
    ],
)
def test_templates_that_aws_refuses(template: str, problem: str):
    assert [found[: len(problem)] for found in problems(template)] == [problem]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        # AWS: Amazon EventBridge user guide, "Input transformation", table of examples.
        ('{ "instance" : <instance>, "state": <state> }', '{"instance":"i-0123456789","state":"RUNNING"}'),
        (
            r'{"instance" : <instance>, "state": "<state>", "status": "instance \"<instance>\" is in <state>"}',
            r'{"instance":"i-0123456789","state":"RUNNING","status":"instance \"i-0123456789\" is in RUNNING"}',
        ),
        ('{"state": [9, <state>, true]}', '{"state":[9,"RUNNING",true]}'),
        ('{"items": <items>}', '{"items":[{"name":"main","exitCode":1}]}'),
        ('{"text": "<missing>."}', '{"text":"."}'),
        ('{"text": <quoted>}', r'{"text":"say \"no\""}'),
    ],
)
def test_a_json_object_has_values_and_text(template: str, message: str):
    paths = {**PATHS, "missing": "$.detail.missing", "quoted": "$.detail.quoted"}
    event = {**EVENT, "detail": {**EVENT["detail"], "quoted": 'say "no"'}}
    assert transformed_json(template, paths, event) == message


@pytest.mark.parametrize("template", ['{"text": "<quoted>"}', '{"text": <missing>}'])
def test_a_message_that_is_no_json_is_an_error(template: str):
    """AWS: common issues: EventBridge doesn't escape values, and a variable without a value disappears."""
    paths = {"missing": "$.detail.missing", "quoted": "$.detail.quoted"}
    with pytest.raises(json.JSONDecodeError):
        transformed_json(template, paths, {"detail": {"quoted": 'say "no"'}})
