"""Values in AWS's own words: what AWS's model accepts, and what the messages say about the rest."""

from typing import Any

import pytest

from components.passthrough.values import value_problems

ACCEPTED: list[tuple[str, Any]] = [
    ("PortMapping", {"containerPort": 8080, "protocol": "udp"}),
    ("PortMapping", {}),
    ("Tmpfs", {"containerPath": "/run", "size": 64, "mountOptions": ["noexec"]}),
    ("Tmpfs", {"containerPath": "/run", "size": 64, "mountOptions": ("noexec",)}),
    ("DockerLabelsMap", {"team": "data"}),
    ("NvidiaMpsAllocation", {"memory": 1, "maxComputePercent": 100}),
    ("Tags", [{"key": "équipe", "value": "a b_.:/=+-@"}]),
    ("BoxedBoolean", False),
]
REFUSED: list[tuple[str, Any, str]] = [
    ("PortMapping", "8080", "must be an object, not a string."),
    ("PortMapping", {"containerPort": "8080"}, "containerPort: must be an integer, not a string."),
    ("PortMapping", {"containerPort": True}, "containerPort: must be an integer, not a boolean."),
    ("PortMapping", {"containerPort": 80.5}, "containerPort: must be an integer, not a number."),
    ("PortMapping", {"containerPort": None}, "containerPort: must be an integer, not nothing."),
    ("PortMapping", {"protocol": "TCP"}, 'protocol: "TCP" is not one of tcp or udp. Did you mean "tcp"?'),
    (
        "PortMapping",
        {"containerport": 80},
        'containerport: is not a member of PortMapping in the API of Amazon ECS. Did you mean "containerPort"?',
    ),
    (
        "VolumeFrom",
        {"x": 1},
        "x: is not a member of VolumeFrom in the API of Amazon ECS. Its members are sourceContainer and readOnly.",
    ),
    ("Tmpfs", {"size": 64}, "containerPath: is missing. AWS requires it in Tmpfs."),
    ("Tmpfs", {"containerPath": "/run", "size": 64, "mountOptions": "noexec"}, "mountOptions: must be a list, not a string."),
    ("SystemControl", {"value": 1024}, "value: must be a string, not a number. Put it in quotes."),
    ("DockerLabelsMap", {"team": 1}, "team: must be a string, not a number. Put it in quotes."),
    ("DockerLabelsMap", {1: "data"}, "the name 1 must be a string. Put it in quotes."),
    ("NvidiaMpsAllocation", {"memory": 0}, "memory: 0 is not allowed. Use at least 1."),
    (
        "NvidiaMpsAllocation",
        {"memory": 1, "maxComputePercent": 101},
        "maxComputePercent: 101 is not allowed. Use 1 to 100.",
    ),
    ("Tags", [{"key": "a" * 129}], "0.key: has 129 characters. AWS accepts 1 to 128."),
    ("Tags", [{"key": ""}], "0.key: has 0 characters. AWS accepts 1 to 128."),
    ("Tags", [{"key": "a", "value": "b"}] * 51, "has 51 items. AWS accepts at most 50."),
    ("BoxedBoolean", "true", "must be a boolean, not a string."),
    ("BoxedBoolean", 1, "must be a boolean, not a number."),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "value"), ACCEPTED)
def test_values_of_awss_model_are_accepted(shape: str, value: object):
    assert list(map(str, value_problems("ecs", shape, value))) == []


@pytest.mark.parametrize(("shape", "value", "message"), REFUSED)
def test_other_values_are_refused(shape: str, value: object, message: str):
    assert list(map(str, value_problems("ecs", shape, value))) == [message]


def test_characters_that_aws_refuses():
    [problem] = value_problems("ecs", "Tag", {"key": "a;b"})
    assert str(problem).startswith("key: has characters that AWS doesn't accept here. It must match ")


async def _port() -> int:
    return 80


def test_an_output_is_refused_with_the_way_to_set_it():
    port = _port()
    [problem] = value_problems("ecs", "PortMapping", {"containerPort": port})
    port.close()
    assert str(problem).startswith("containerPort: is an output. ")
    assert "transform" in problem.message


def test_no_message_repeats_a_value_that_may_be_a_secret():
    secret = "hunter2" * 100
    shown = [
        *value_problems("ecs", "Tag", {"key": secret, "value": secret}),
        *value_problems("ecs", "DockerLabelsMap", {"TOKEN": [secret]}),
        *value_problems("ecs", "SystemControl", [secret]),
    ]
    assert len(shown) == 4
    assert not [problem for problem in shown if "hunter2" in str(problem)]
