"""Suggestions by meaning: what AWS, Kubernetes and Docker Compose call a key, and values as people write them."""

from typing import Any

import pytest

from components.aws.spelling import camel_case, snake_case
from components.keys.reference import keys_of, shapes_in
from components.keys.synonyms import CHOICES, SYNONYMS, Meant, meant_key
from components.schedules import durations
from config.keys import Stack, Task
from tests.refusals.refused import assert_at, assert_one, in_stack, in_task, in_task_arguments

SHAPES = {shape.__name__.removesuffix("Args"): shape for root in (Stack, Task) for shape in shapes_in(root)}
ENTRIES = [(level, word, meant) for level, words in SYNONYMS.items() for word, meant in words.items()]


@pytest.mark.parametrize("level", SYNONYMS)
def test_every_level_of_the_table_exists(level: str):
    assert level in SHAPES or level == "Network"


@pytest.mark.parametrize(("level", "word", "meant"), ENTRIES, ids=[f"{level}.{word}" for level, word, _ in ENTRIES])
def test_every_synonym_stands_for_a_real_key(level: str, word: str, meant: Meant):
    assert word == snake_case(word)
    assert word not in keys_of(SHAPES[level]), "a key needs no synonym"
    if meant.key:
        assert meant.key in keys_of(SHAPES[meant.level or level])
    else:
        assert meant.how, "without a key, the table says why"
    assert not meant.how or meant.how.endswith(".")


@pytest.mark.parametrize("key", CHOICES)
def test_every_choice_is_real(key: str):
    choices = {
        "condition": {"START", "COMPLETE", "SUCCESS", "HEALTHY"},
        "launch": {"fargate", "fargateSpot", "ec2", "external"},
    }
    known = choices.get(key) or {
        str(choice)
        for shape in SHAPES.values()
        for name, found in keys_of(shape).items()
        if name == key
        for choice in found.type.choices
    }
    assert set(CHOICES[key].values()) <= known
    assert all(word == word.lower() and word not in known for word in CHOICES[key])


def test_a_word_is_found_in_any_spelling():
    for written in ("taskRoleArn", "TaskRoleArn", "task_role_arn", "task-role-arn"):
        assert meant_key("ScheduledTaskArgs", written) == Meant("task_role")
    assert meant_key("Task", "nonsense") is None


UNKNOWN = {
    "env": '"environment"', "cron": '"schedule"', "args": '"command"', "suspend": '"enabled"? Write enabled: false to pause.',
    "role": '"taskRole"', "mem": '"memory"', "tz": '"timezone"', "runtimePlatform": '"architecture"? Its other part is operatingSystem.',
    "capacityProviderStrategy": '"launch"? Write a list', "clusterArn": '"cluster"',
    "env_file": '"environmentFiles"? Write ARNs', "repositoryCredentials": '"registryCredentials"', "cap_add": '"linux"? Write {capabilities',
    "containerDefinitions": '"sidecars"', "logConfiguration": '"logs"',
    "concurrencyPolicy": '"overlap"', "activeDeadlineSeconds": '"timeout"? Write a duration', "backoffLimit": '"retryRun"',
    "startingDeadlineSeconds": '"retry"? Write {maxAge: 1h}.', "stop_grace_period": '"stopTimeout"', "working_dir": '"workingDirectory"',
    "ScheduleExpressionTimezone": '"timezone"', "flexibleTimeWindow": '"flexibleWindow"', "executionRoleArn": '"executionRole"',
    "ports": "Remove it.", "securityGroups": 'under network. There, the key is "securityGroups".', "memroy": '"memory"',
}  # fmt: skip
"""Keys of Amazon ECS and EventBridge Scheduler (botocore), of Kubernetes' CronJob and of the Compose specification."""


@pytest.mark.parametrize(("word", "part"), UNKNOWN.items(), ids=UNKNOWN)
def test_an_unknown_key_is_answered_by_its_meaning(word: str, part: str):
    problems = in_task({word: "x"})
    assert_one(problems, f"tasks.job.{word}", part)
    assert "Known keys" not in problems[0]


def test_suggestions_at_other_levels():
    assert_at(
        in_task({"volumes": {"data": {"mountPath": "/a", "path": "/a"}}}), "tasks.job.volumes.data.mountPath", '"path"'
    )
    assert_at(
        in_task({"sidecars": {"a": {"image": "a:1", "healthcheck": {}}}}),
        "tasks.job.sidecars.a.healthcheck",
        '"healthCheck"',
    )
    assert_at(in_stack({"subnets": ["subnet-0a"]}), "subnets", '"network"')
    assert_at(in_stack({"network": {"vpcId": "vpc-0a"}}), "network.vpcId", '"vpc"')
    assert_at(in_task_arguments({"runtime_platform": {}}), "runtime_platform", "operating_system")


VALUES: dict[str, tuple[dict[str, Any], str, str]] = {
    # AWS: botocore ecs, RegisterTaskDefinition.cpu: 1024 CPU units are 1 vCPU; memory: "1GB" are 1024 MiB.
    "cpu: 0.5": ({"cpu": 0.5}, "cpu", "Write 512, which is 0.5 vCPU."),
    "cpu: .25 vCPU": ({"cpu": ".25 vCPU"}, "cpu", "Write 256, which is 0.25 vCPU."),
    "cpu: 500m": ({"cpu": "500m"}, "cpu", "Write 512, which is 0.5 vCPU."),
    "cpu: 1.0": ({"cpu": 1.0}, "cpu", "Write 1024, which is 1 vCPU."),
    "cpu: 256.0": ({"cpu": 256.0}, "cpu", "Write 256."),
    "cpu: 2": ({"cpu": 2}, "cpu", "2 vCPU is 2048."),
    "cpu in quotes": ({"cpu": "256"}, "cpu", "Remove the quotes."),
    "memory: 1GB": ({"memory": "1GB"}, "memory", "Write 1024, which is 1 GiB."),
    "memory: 0.5 GB": ({"memory": "0.5 GB"}, "memory", "Write 512, which is 0.5 GiB."),
    "memory: 512Mi": ({"memory": "512Mi"}, "memory", "Write 512, which is 512 MiB."),
    "memory: 2": ({"cpu": 512, "memory": 2}, "memory", "2 GiB is 2048."),
    "storage: 30GiB": ({"ephemeralStorage": "30GiB"}, "ephemeralStorage", "Write 30, which is 30 GiB."),
    "retention: 30 days": ({"logs": {"retentionDays": "30 days"}}, "logs.retentionDays", "Write 30."),
    "timeout: 10 minutes": ({"timeout": "10 minutes"}, "timeout", "Write 10m."),
    "timeout: 1h30m": ({"timeout": "1h30m"}, "timeout", "Write 90m."),
    "timeout: PT2H": ({"timeout": "PT2H"}, "timeout", "Write 2h."),
    "timeout: 1 week": ({"timeout": "1 week"}, "timeout", "Write 7d."),
    # AWS counts the window in minutes and the age in seconds: botocore scheduler, MaximumWindowInMinutes and
    # MaximumEventAgeInSeconds.
    "flexibleWindow: 15": ({"flexibleWindow": 15}, "flexibleWindow", "Write 15m."),
    "maxAge: 3600": ({"retry": {"maxAge": 3600}}, "retry.maxAge", "Write 1h."),
    "stopTimeout: 90": ({"stopTimeout": 90}, "stopTimeout", "Write 90s."),
    "command: python sync.py": ({"command": "python sync.py"}, "command", "Write [python, sync.py]."),
    "command with quotes": ({"command": "echo 'a b' 1"}, "command", 'Write [echo, "a b", "1"].'),
    "command for a shell": ({"command": "a && b"}, "command", 'Write [sh, -c, "a && b"].'),
    "one action": ({"permissions": [{"actions": "s3:GetObject", "resources": ["*"]}]}, "permissions.0.actions", 'Write ["s3:GetObject"].'),
    "variables as a list": ({"environment": [{"name": "A", "value": "s3cr3t"}]}, "environment", "Write each as NAME: value."),
    "architecture: amd64": ({"architecture": "amd64"}, "architecture", 'Did you mean "x86_64"?'),
    "launch: spot": ({"launch": "spot"}, "launch", 'Did you mean "fargateSpot"?'),
    "launch: FARGATE_SPOT": ({"launch": "FARGATE_SPOT"}, "launch", 'Did you mean "fargateSpot"?'),
    "condition of Compose": ({"sidecars": {"a": {"image": "a:1"}}, "dependsOn": {"a": "service_started"}}, "dependsOn.a", 'Did you mean "START"?'),
}  # fmt: skip


@pytest.mark.parametrize(("values", "path", "part"), VALUES.values(), ids=VALUES)
def test_a_value_is_answered_with_the_one_to_write(values: dict[str, Any], path: str, part: str):
    problems = in_task(values)
    assert_at(problems, f"tasks.job.{path}", part)
    assert "s3cr3t" not in str(problems)


@pytest.mark.parametrize("text", ["", "m", "ten minutes", "-5m", "0", "1.5s", "0000000001m", "soon 5m", "5x"])
def test_nothing_is_suggested_for_what_is_no_duration(text: str):
    with pytest.raises(ValueError, match=r"is not a duration\. Use an integer and a unit: 45s, 15m, 26h or 7d\.$"):
        durations.seconds(text, unit="s")


def test_suggested_durations_are_durations():
    for text, meant in {"5 m": 300, "5M": 300, "1.5h": 5400, "1 day 2 hours": 93600, "90 sec": 90, "7": 420}.items():
        with pytest.raises(ValueError, match=r"Write \w+\.$") as raised:
            durations.seconds(text, unit="m")
        assert durations.seconds(str(raised.value).rsplit(" ", 1)[1].rstrip(".")) == meant


def test_spelling_of_keys_in_advice_follows_the_reader():
    problems = in_task_arguments({"startingDeadlineSeconds": 1})
    assert_at(problems, "startingDeadlineSeconds", "{max_age: 1h}")
    assert camel_case("max_age") not in problems[0]
