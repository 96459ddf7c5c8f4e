from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config import ConfigError, Source, StackConfig, load

Loaded = Callable[..., StackConfig]
Refused = Callable[..., list[str]]


def test_a_task_of_the_catalogue_comes_as_it_is_written(loaded: Loaded):
    assert loaded().tasks == {
        "backup": {
            "description": "a backup",
            "schedule": "cron(0 3 * * ? *)",
            "timezone": "Europe/Berlin",
            "image": "backup:1",
            "environment": {"HOST": "db", "PORT": "5432"},
            "cpu": 512,
            "memory": 1024,
            "tags": {"owner": "alice"},
        }
    }


def test_layers_stack_up_in_the_documented_order(loaded: Loaded, catalogue: Path):
    (catalogue / "defaults.yaml").write_text(
        "timezone: UTC\ncount: 2\nlaunch: fargateSpot\nretry: {attempts: 1, maxAge: 5m}\n"
    )
    (catalogue / "backup.yaml").write_text(
        "schedule: rate(1 hour)\nimage: a\ncount: 3\ntimezone: Asia/Kathmandu\nretry: {attempts: 2}\n"
    )
    config = loaded(
        defaults={"timezone": "Europe/Paris", "count": 4, "logs": {"retentionDays": 7}},
        tasks={"backup": {"count": 5, "launch": None}},
    )
    task = config.tasks["backup"]
    assert task["timezone"] == "Europe/Paris", "the stack's defaults come after the task's file"
    assert task["count"] == 5, "the stack's entry comes last"
    assert "launch" not in task, "null removes"
    assert task["retry"] == {"attempts": 2, "max_age": "5m"}, "maps merge by key"
    assert config.group["logs"] == {"retention_days": 7}, "the group keeps its logs as the defaults say"


def test_lists_replace_and_null_removes_one_key_of_a_map(loaded: Loaded):
    task = loaded(tasks={"backup": {"environment": {"PORT": None, "USER": "u"}, "command": ["a"]}}).tasks["backup"]
    assert task["environment"] == {"HOST": "db", "USER": "u"}
    assert task["command"] == ["a"]


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({}, ["backup"]),
        ({"catalogue": True}, ["backup"]),
        ({"catalogue": ["backup"]}, ["backup"]),
        ({"catalogue": False, "tasks": {"own": {"image": "x", "schedule": "rate(1 day)"}}}, ["own"]),
        ({"tasks": {"own": {"image": "x", "schedule": "rate(1 day)"}}}, ["backup", "own"]),
        ({"tasks": {"own": {"image": "x", "schedule": "rate(1 day)"}, "backup": None}}, ["own"]),
    ],
)
def test_the_stack_says_which_tasks_it_has(loaded: Loaded, values: dict[str, Any], names: list[str]):
    assert list(loaded(**values).tasks) == names


def test_forms_of_a_key_become_the_arguments_of_the_component(loaded: Loaded):
    task = loaded(
        tasks={
            "backup": {
                "schedule": ["rate(1 hour)", "cron(0 1 * * ? *)"],
                "launch": [{"provider": "FARGATE_SPOT", "weight": 4}, {"provider": "FARGATE", "base": 1}],
            }
        }
    ).tasks["backup"]
    assert task["schedules"] == [{"expression": "rate(1 hour)"}, {"expression": "cron(0 1 * * ? *)"}]
    assert task["capacity_providers"] == [
        {"provider": "FARGATE_SPOT", "weight": 4},
        {"provider": "FARGATE", "base": 1},
    ]
    assert "schedule" not in task
    assert "launch" not in task


@pytest.mark.parametrize(
    ("values", "group"),
    [
        ({"cluster": "main"}, {"cluster": "main"}),
        ({"cluster": {"create": True, "containerInsights": True}}, {"create_cluster": {"container_insights": True}}),
        ({"network": {"vpc": {"tags": {"env": "dev"}}}}, {"network": {"vpc_tags": {"env": "dev"}}}),
        ({"network": {"vpc": "vpc-1", "subnets": "private"}}, {"network": {"vpc": "vpc-1", "subnets": "private"}}),
        ({"network": {"subnets": ["subnet-1"], "assignPublicIp": True}}, {"network": {"subnet_ids": ["subnet-1"], "assign_public_ip": "true"}}),
        ({"network": {"subnets": {"tags": {"tier": "a"}}}}, {"network": {"subnet_tags": {"tier": "a"}}}),
        ({"network": {"securityGroups": ["sg-1"]}}, {"network": {"security_group_ids": ["sg-1"]}}),
        ({"enabled": False}, {"enabled": False}),
        ({"tags": {"costCenter": 42}}, {"tags": {"costCenter": "42"}}),
    ],
)  # fmt: skip
def test_what_the_stack_shares_becomes_the_groups_arguments(
    loaded: Loaded, values: dict[str, Any], group: dict[str, Any]
):
    assert loaded(**values).group == {"tags": {}, **group}


def test_what_tasks_refer_to_is_allowed_to_the_group(loaded: Loaded):
    config = loaded(
        tasks={
            "own": {"taskDefinition": "legacy:3", "schedule": "rate(1 day)"},
            "backup": {
                "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/backup:1",
                "taskRole": "arn:aws:iam::111111111111:role/backup",
            },
        }
    )
    assert config.group == {
        "tags": {},
        "task_definitions": ["legacy:3"],
        "pass_role_arns": ["arn:aws:iam::111111111111:role/backup"],
        "registry_accounts": ["123456789012"],
    }


BACKUP: dict[str, tuple[dict[str, Any], str]] = {
    "unknown key": ({"memroy": 512}, 'tasks.backup.memroy: unknown key. Did you mean "memory"?'),
    "unknown key below": ({"retry": {"atempts": 1}}, 'tasks.backup.retry.atempts: unknown key. Did you mean "attempts"?'),
    "unknown key in a list": (
        {"launch": [{"provider": "FARGATE", "wieght": 1}]},
        'tasks.backup.launch.0.wieght: unknown key. Did you mean "weight"?',
    ),
    "wrong type": ({"cpu": "lots"}, 'tasks.backup.cpu: must be a whole number, not "lots".'),
    "a unit": (
        {"memory": "2GB"},
        'tasks.backup.memory: must be a whole number, not "2GB". MiB of memory, of those that Fargate offers',
    ),
    "a number in quotes": (
        {"cpu": "512"},
        'tasks.backup.cpu: must be a whole number, not "512": leave out the quotes.',
    ),
    "a truth without quotes": (
        {"environment": {"DEBUG": True}},
        "tasks.backup.environment.DEBUG: must be text, not true or false: put it in quotes.",
    ),
    "a number for a name": (
        {"environment": {8: "x"}},
        "tasks.backup.environment.8: is a name, which must be text: put it in quotes.",
    ),
    "no unit": (
        {"flexibleWindow": 15},
        'tasks.backup.flexibleWindow: "15" is not a duration. Use an integer and a unit: 45s, 15m, 26h or 7d.',
    ),
    "another form": ({"schedule": {"rate": 1}}, "tasks.backup.schedule: must be text or a list, not a map."),
    "a line for a list": (
        {"command": "dump --all"},
        'tasks.backup.command: must be a list, such as [a, b], not "dump --all".',
    ),
    "a value for a map": ({"retry": 3}, "tasks.backup.retry: must be a map of attempts and maxAge, not 3."),
    "a start without an offset": (
        {"start": "2027-01-01"},
        'tasks.backup.start: "2027-01-01" has no offset. Write one, or Z for UTC: 2027-01-01T00:00:00Z.',
    ),
    "below a name": (
        {"sidecars": {"proxy": {"image": "p", "healthCheck": {"command": ["CMD", "x"], "intervall": "5s"}}}},
        'tasks.backup.sidecars.proxy.healthCheck.intervall: unknown key. Did you mean "interval"? Known keys: command,',
    ),
    "image and task definition": ({"taskDefinition": "a:1"}, "tasks.backup.taskDefinition: a task has either image or taskDefinition"),
    "memory Fargate does not offer": ({"memory": 700}, "tasks.backup.memory: Fargate does not offer 700 MiB with cpu 512."),
    "both day fields": ({"schedule": "cron(0 3 1 * MON *)"}, 'tasks.backup.schedule: day-of-month and day-of-week cannot both be set'),
    "one of several schedules": ({"schedule": ["rate(1 hour)", "rate(0 hours)"]}, 'tasks.backup.schedule.1: A rate must be at least 1.\n      rate(0 hours)\n           ^'),
    "time zone": ({"timezone": "Europe/Berlim"}, 'tasks.backup.timezone: "Europe/Berlim" is not a time zone.'),
    "start after end": (
        {"start": "2027-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"},
        'tasks.backup.start: "2027-01-01T00:00:00Z" is not before end',
    ),
    "window": ({"flexibleWindow": "25h"}, 'tasks.backup.flexibleWindow: "25h" is not allowed. Use 1m to 1d'),
    "retention": ({"logs": {"retentionDays": 8}}, "tasks.backup.logs.retentionDays: 8 is not a retention"),
    "launch": ({"launch": "fargatespot"}, 'tasks.backup.launch: "fargatespot" is not one of fargate, fargateSpot, ec2 or external. Did you mean'),
    "secret that is none": ({"secrets": {"PW": "hunter2"}}, "tasks.backup.secrets.PW: is not the ARN"),
    "task role and permissions": (
        {"taskRole": "arn:aws:iam::111111111111:role/a", "permissions": [{"actions": ["s3:GetObject"], "resources": ["*"]}]},
        "tasks.backup.taskRole: a task has either a role",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), BACKUP.values(), ids=BACKUP.keys())
def test_a_mistake_in_a_task_is_one_message_at_its_path(refused: Refused, change: dict[str, Any], message: str):
    [problem] = refused(tasks={"backup": change})
    assert problem.startswith(message)


STACK: dict[str, tuple[dict[str, Any], str]] = {
    "unknown key": ({"clutser": "main"}, 'clutser: unknown key. Did you mean "cluster"?'),
    "unknown task": ({"tasks": {"bakcup": {"memory": 512}}}, 'tasks.bakcup: there is no such task in the catalogue. Did you mean "backup"?'),
    "unknown task to leave out": ({"tasks": {"bakcup": None}}, "tasks.bakcup: there is no such task in the catalogue."),
    "unknown catalogue task": ({"catalogue": ["backup", "bakcup"]}, 'catalogue.1: there is no task "bakcup" in config/tasks. Did you mean "backup"?'),
    "override of what is not taken": (
        {"catalogue": False, "tasks": {"backup": {"memory": 2048}, "own": {"image": "x", "schedule": "rate(1 day)"}}},
        "tasks.backup: is in the catalogue, but not among those that the stack takes",
    ),
    "no tasks at all": ({"catalogue": False}, "tasks: there are none"),
    "the only task left out": ({"tasks": {"backup": None}}, "tasks: there are none"),
    "no subnet": ({"network": {"subnets": []}}, "network.subnets: has 0 subnets."),
    "cluster": ({"cluster": "a b"}, 'cluster: "a b" is not a cluster.'),
    "a name that AWS refuses": ({"tasks": {"a b": {"image": "x", "schedule": "rate(1 day)"}}}, 'tasks.a b: "a b" is not a name for a task'),
    "an ambiguous name": ({"tasks": {"a__b": {"image": "x", "schedule": "rate(1 day)"}}}, 'tasks.a__b: "a__b" is not a name for a task'),
    "names alike": ({"tasks": {"Backup": {"image": "x", "schedule": "rate(1 day)"}}}, 'tasks.backup: differs from "Backup" in case only.'),
    "tags": ({"tags": {"aws:x": "y"}}, "tags.aws:x: is not a tag key"),
    "empty tag": ({"tags": {"team": ""}}, "tags.team: its value is empty, and EventBridge Scheduler takes none such."),
    "tags alike": ({"tags": {"Team": "a", "team": "b"}}, 'tags.team: differs from "Team" in case only'),
    "tags alike in both": ({"tags": {"Owner": "a"}}, 'tasks.backup.tags.owner: differs from "Owner" in case only'),
    "tags of both": ({"tags": {f"t{number}": "x" for number in range(49)}}, "tasks.backup.tags: there are 50. AWS takes 50"),
    "two containers of a family": (
        {
            "tasks": {
                "a": {"taskDefinition": "app", "container": "web", "schedule": "rate(1 day)"},
                "b": {"taskDefinition": "app:7", "schedule": "rate(1 day)"},
            }
        },
        'tasks.b.container: "main" is another than "web" of task a, which runs the same family',
    ),
    "block of the VPC": ({"network": {"vpc": {"create": {"cidr": "10.0.0.0/8"}}}}, 'network.vpc.create.cidr: "10.0.0.0/8" is a /8. Use /16 to /24.'),
    "no block": ({"network": {"vpc": {"create": {"cidr": "ten"}}}}, 'network.vpc.create.cidr: "ten" is not a block of IPv4 addresses.'),
    "gateways": ({"network": {"vpc": {"create": {"natGateways": "two"}}}}, 'network.vpc.create.natGateways: "two" is not one of none, single or perZone.'),
    "subnets of a new VPC": ({"network": {"vpc": {"create": {}}, "subnets": ["subnet-0a"]}}, "network.subnets: does not go with a VPC that is created"),
    "key of the queue": ({"encryption": {"deadLetters": "alias/x"}}, 'encryption.deadLetters: "alias/x" is not the ARN of a KMS key'),
    "keys of secrets": ({"encryption": {"secrets": ["alias/x"]}}, 'encryption.secrets.0: "alias/x" is not the ARN of a KMS key.'),
    "address": ({"notify": {"emails": ["ops"]}}, 'notify.emails.0: "ops" is not an email address.'),
    "topic": ({"notify": {"topicArn": "ops"}}, 'notify.topicArn: "ops" is not the ARN of a topic.'),
    "path of roles": ({"iam": {"path": "teams"}}, 'iam.path: "teams" is not a path: it begins and ends with /'),
    "boundary": ({"iam": {"permissionsBoundary": "teams"}}, 'iam.permissionsBoundary: "teams" is not the ARN of a managed policy.'),
    "provider of the cluster": ({"cluster": {"create": True, "capacityProviders": ["aws-x"]}}, 'cluster.capacityProviders.0: "aws-x" is not a capacity provider.'),
    "strategy of another cluster": (
        {"cluster": {"create": True, "capacityProviders": ["FARGATE"], "defaultStrategy": [{"provider": "FARGATE_SPOT"}]}},
        "cluster.defaultStrategy: FARGATE_SPOT is not among the capacity providers of the cluster that is created: FARGATE.",
    ),
    "launch of another cluster": (
        {"cluster": {"create": True, "capacityProviders": ["FARGATE"]}, "tasks": {"backup": {"launch": "fargateSpot"}}},
        "tasks.backup.launch: FARGATE_SPOT is not among the capacity providers of the cluster that is created: FARGATE.",
    ),
    "providers of another cluster": (
        {"cluster": {"create": True}, "tasks": {"backup": {"launch": [{"provider": "on-demand"}]}}},
        "tasks.backup.launch: on-demand is not among the capacity providers of the cluster that is created: FARGATE and",
    ),
    "default strategy": ({"cluster": {"create": True, "defaultStrategy": []}}, "cluster.defaultStrategy: has 0 entries."),
}  # fmt: skip


@pytest.mark.parametrize(("values", "message"), STACK.values(), ids=STACK.keys())
def test_a_mistake_in_the_stack_is_one_message_at_its_path(refused: Refused, values: dict[str, Any], message: str):
    [problem] = refused(**values)
    assert problem.startswith(message)


def test_everything_that_is_wrong_is_said_at_once(refused: Refused):
    problems = refused(
        clutser="main",
        tags={"aws:x": "y"},
        catalogue=["backup", "nothing"],
        tasks={
            "backup": {"memroy": 1, "timezone": "Mars", "cpu": "lots", "schedule": "nonsense"},
            "typo": {"cpu": 1},
        },
    )
    assert len(problems) == 8


def test_a_problem_says_which_file_the_value_is_from(loaded: Loaded, catalogue: Path, refused: Refused):
    (catalogue / "backup.yaml").write_text("schedule: rate(1 hour)\nimage: a\ncount: 11\n")
    [problem] = refused()
    assert problem.endswith("(From config/tasks/backup.yaml.)")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: [", "config/tasks/broken.yaml: is not YAML: line 2, column 1"),
        (
            "image: a\nimage: b\n",
            'config/tasks/broken.yaml: is not YAML: line 2, column 1: the key "image" is there twice.',
        ),
        (
            "logs:\n\tretentionDays: 7\n",
            "config/tasks/broken.yaml: is not YAML: line 2, column 1: found character that cannot start any token. Indent",
        ),
        (
            "description: Dump: all\n",
            "config/tasks/broken.yaml: is not YAML: line 1, column 18: mapping values are not allowed in this context. Is",
        ),
        ("[]", "config/tasks/broken.yaml: must hold a map"),
        (
            "tasks: {backup: {image: x}}",
            'config/tasks/broken.yaml: the task "backup" is in config/tasks/backup.yaml already.',
        ),
        ("tasks: {other: 1}", "config/tasks/broken.yaml.other: must be a map"),
        (
            "tasks: {other: {image: x, schedule: rate(1 day)}}\ntimezone: UTC\n",
            "config/tasks/broken.yaml.timezone: stands beside tasks.",
        ),
        (
            "broken: {image: x, schedule: rate(1 day)}",
            "config/tasks/broken.yaml.broken: is there already as the file's name.",
        ),
    ],
)
def test_a_broken_catalogue_file_is_named(refused: Refused, catalogue: Path, content: str, message: str):
    (catalogue / "broken.yaml").write_text(content)
    [problem] = refused()
    assert problem.startswith(message)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("report.yml", "config/tasks/report.yml: is not read: names have to end in .yaml. Call it report.yaml."),
        ("team/report.yaml", "config/tasks/team/report.yaml: is not read: it has to be in tasks/ itself."),
    ],
)
def test_a_file_that_is_not_read_is_said_so(refused: Refused, catalogue: Path, name: str, message: str):
    (catalogue / name).parent.mkdir(exist_ok=True)
    (catalogue / name).write_text("schedule: rate(1 day)\nimage: a\n")
    [problem] = refused()
    assert problem.startswith(message)


def test_a_secret_among_the_tasks_is_refused_and_not_shown(loaded: Loaded):
    with pytest.raises(ConfigError) as error:
        loaded(
            tasks={"backup": {"environment": {"PW": "canary-7"}, "cpu": "canary-7", "secrets": {"X": "canary-7"}}},
            secret_paths=(("tasks", "backup", "environment", "PW"),),
        )
    assert "tasks.backup.environment.PW: is a Pulumi secret" in str(error.value)
    assert "canary-7" not in str(error.value).replace('must be a whole number, not "canary-7"', "")


def test_several_tasks_may_share_a_file(loaded: Loaded, catalogue: Path):
    (catalogue / "more.yaml").write_text(
        "tasks:\n  one: {image: x, schedule: rate(1 day)}\n  two: {image: x, schedule: rate(1 day)}\n"
    )
    assert list(loaded().tasks) == ["backup", "one", "two"]


def test_an_empty_catalogue_is_no_mistake_in_itself(tmp_path: Path):
    own = {"own": {"image": "x", "schedule": "rate(1 day)"}}
    assert list(load(Source("test", {"tasks": own}, ()), tmp_path).tasks) == ["own"]
