"""From the layers of YAML to validated tasks, and the problems in them."""

from pathlib import Path
from typing import Any

import pytest

from config import ConfigError, Source, load
from tests.config.conftest import Load, Refused

BOUNDARY = "arn:aws:iam::123456789012:policy/teams"


def test_shared_task_is_loaded_as_written(loaded: Load):
    assert loaded().written_tasks == {
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


def test_loaded_task_has_all_defaults(loaded: Load):
    task = loaded().tasks["backup"]
    assert (task.name, task.image, task.cpu, task.memory) == ("backup", "backup:1", 512, 1024)
    assert task.environment == {"HOST": "db", "PORT": "5432"}
    assert (task.launch, task.count, task.retry.attempts, task.retry.max_age) == ("fargate", 1, 5, 3600)
    [schedule] = task.schedules
    assert (schedule.expression, schedule.timezone) == ("cron(0 3 * * ? *)", "Europe/Berlin")
    assert (schedule.description, schedule.flexible_window, schedule.enabled) == ("a backup", 0, True)


def test_layers_apply_in_the_documented_order(loaded: Load, catalogue: Path):
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
    assert task.schedules[0].timezone == "Europe/Paris", "the stack's defaults come after the task's file"
    assert task.count == 5, "the stack's entry comes last"
    assert task.launch == "fargate", "null removes"
    assert (task.retry.attempts, task.retry.max_age) == (2, 300), "objects merge by key"
    assert config.group.retention_days == 7, "the group keeps its logs as the defaults say"


def test_lists_replace_and_null_removes_one_key_of_an_object(loaded: Load):
    task = loaded(tasks={"backup": {"environment": {"PORT": None, "USER": "u"}, "command": ["a"]}}).tasks["backup"]
    assert task.environment == {"HOST": "db", "USER": "u"}
    assert task.command == ("a",)


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
def test_stack_selects_its_tasks(loaded: Load, values: dict[str, Any], names: list[str]):
    assert list(loaded(**values).tasks) == names


def test_forms_of_a_key_become_the_arguments_of_the_component(loaded: Load):
    config = loaded(
        tasks={
            "backup": {
                "schedule": ["rate(1 hour)", "cron(0 1 * * ? *)"],
                "launch": [{"provider": "FARGATE_SPOT", "weight": 4}, {"provider": "FARGATE", "base": 1}],
                "ulimits": {"nofile": 1024},
            }
        }
    )
    args = config.tasks["backup"].args
    assert args["schedules"] == [{"expression": "rate(1 hour)"}, {"expression": "cron(0 1 * * ? *)"}]
    assert args["capacity_providers"] == [
        {"provider": "FARGATE_SPOT", "weight": 4},
        {"provider": "FARGATE", "base": 1},
    ]
    assert args["ulimits"] == {"nofile": {"soft": 1024, "hard": 1024}}
    assert "schedule" not in args
    assert "launch" not in args
    assert config.schedule_lists == {"backup"}


def test_image_to_build_becomes_the_argument_of_the_component(loaded: Load):
    image = {"build": "./jobs", "dockerfile": "Dockerfile.job"}
    args = loaded(tasks={"backup": {"image": image}}).tasks["backup"].args
    assert args["build"] == {"context": "./jobs", "dockerfile": "Dockerfile.job"}
    assert "image" not in args


@pytest.mark.parametrize(
    ("values", "group"),
    [
        ({"cluster": "main"}, {"cluster": "main"}),
        ({"cluster": {"create": True, "containerInsights": True}}, {"create_cluster": {"container_insights": True}}),
        ({"network": {"vpc": {"tags": {"env": "dev"}}}}, {"network": {"vpc_tags": {"env": "dev"}}}),
        ({"network": {"vpc": {"create": {"zones": 3}}}}, {"network": {"create_vpc": {"zones": 3}}}),
        ({"network": {"vpc": "vpc-1", "subnets": "private"}}, {"network": {"vpc": "vpc-1", "subnets": "private"}}),
        ({"network": {"subnets": ["subnet-1"], "assignPublicIp": True}}, {"network": {"subnet_ids": ["subnet-1"], "assign_public_ip": "true"}}),
        ({"network": {"subnets": {"tags": {"tier": "a"}}}}, {"network": {"subnet_tags": {"tier": "a"}}}),
        ({"network": {"securityGroups": ["sg-1"]}}, {"network": {"security_group_ids": ["sg-1"]}}),
        ({"iam": {"path": "/a/", "permissionsBoundary": BOUNDARY}}, {"iam_path": "/a/", "permissions_boundary": BOUNDARY}),
        ({"defaults": {"logs": {"retentionDays": 7, "mode": "blocking"}}}, {"logs": {"retention_days": 7}}),
        ({"defaults": {"timeout": "1h"}}, {"supervised": True}),
        ({"enabled": False}, {"enabled": False}),
        ({"tags": {"costCenter": 42}}, {"tags": {"costCenter": "42"}}),
    ],
)  # fmt: skip
def test_keys_of_the_stack_become_arguments_of_the_group(loaded: Load, values: dict[str, Any], group: dict[str, Any]):
    assert loaded(**values).group.args == {"tags": {}, **group}


def test_group_allows_what_tasks_refer_to(loaded: Load):
    config = loaded(
        tasks={
            "own": {"taskDefinition": "legacy:3", "schedule": "rate(1 day)"},
            "backup": {
                "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/backup:1",
                "taskRole": "arn:aws:iam::111111111111:role/backup",
            },
        }
    )
    assert config.group.args == {
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
    "wrong type": ({"cpu": "lots"}, 'tasks.backup.cpu: must be an integer, not "lots". CPU units;'),
    "a unit": (
        {"memory": "2GB"},
        'tasks.backup.memory: must be an integer, not "2GB". Write 2048, which is 2 GiB.',
    ),
    "a number in quotes": (
        {"cpu": "512"},
        'tasks.backup.cpu: must be an integer, not "512". Remove the quotes.',
    ),
    "a boolean without quotes": (
        {"environment": {"DEBUG": True}},
        "tasks.backup.environment.DEBUG: must be a string, not a boolean. Put it in quotes.",
    ),
    "a number for a name": (
        {"environment": {8: "x"}},
        "tasks.backup.environment: the name 8 must be a string. Put it in quotes.",
    ),
    "no unit": (
        {"flexibleWindow": 15},
        'tasks.backup.flexibleWindow: "15" is not a duration. Use an integer and a unit: 45s, 15m, 26h or 7d.',
    ),
    "another form": ({"schedule": {"rate": 1}}, "tasks.backup.schedule: must be a string or a list, not an object."),
    "a string for a list": (
        {"command": "dump --all"},
        'tasks.backup.command: must be a list, such as [a, b], not "dump --all".',
    ),
    "a number for an object": ({"retry": 3}, "tasks.backup.retry: must be an object with attempts and maxAge, not 3."),
    "a start without an offset": (
        {"start": "2027-01-01"},
        'tasks.backup.start: "2027-01-01" has no offset. Write one, or Z for UTC: 2027-01-01T00:00:00Z.',
    ),
    "folder to build": ({"image": {"build": ""}}, "tasks.backup.image.build: is empty. Name the folder with the Dockerfile."),
    "no folder to build": ({"image": {"target": "run"}}, "tasks.backup.image.build: is missing."),
    "the spelling of Python": ({"read_only_root": True}, 'tasks.backup.read_only_root: unknown key. Did you mean "readOnlyRoot"?'),
    "a duration with a line break": ({"timeout": "15m\n"}, 'tasks.backup.timeout: "15m\n    " is not a duration. Use an integer'),
    "below a name": (
        {"sidecars": {"proxy": {"image": "p", "healthCheck": {"command": ["CMD", "x"], "intervall": "5s"}}}},
        'tasks.backup.sidecars.proxy.healthCheck.intervall: unknown key. Did you mean "interval"?',
    ),
    "image and task definition": ({"taskDefinition": "a:1"}, "tasks.backup.taskDefinition: a task has either image or taskDefinition. Remove one."),
    "memory Fargate does not offer": ({"memory": 700}, "tasks.backup.memory: Fargate does not offer 700 MiB with cpu 512."),
    "both day fields": ({"schedule": "cron(0 3 1 * MON *)"}, 'tasks.backup.schedule: day-of-month and day-of-week cannot both be set'),
    "one of several schedules": ({"schedule": ["rate(1 hour)", "rate(0 hours)"]}, 'tasks.backup.schedule.1: A rate must be at least 1.\n      rate(0 hours)\n           ^'),
    "time zone": ({"timezone": "Europe/Berlim"}, 'tasks.backup.timezone: "Europe/Berlim" is not a time zone.'),
    "start after end": (
        {"start": "2027-01-01T00:00:00Z", "end": "2026-01-01T00:00:00Z"},
        "tasks.backup.start: 2027-01-01T00:00:00Z is not before end (2026-01-01T00:00:00Z), so the task would never run.",
    ),
    "window": ({"flexibleWindow": "25h"}, 'tasks.backup.flexibleWindow: "25h" is not allowed. Use 1m to 1d'),
    "retention": ({"logs": {"retentionDays": 8}}, "tasks.backup.logs.retentionDays: 8 is not a retention"),
    "launch": ({"launch": "fargatespot"}, 'tasks.backup.launch: "fargatespot" is not one of fargate, fargateSpot, ec2, external, managedInstances or clusterDefault. Did you mean'),
    "a value that is not a secret": ({"secrets": {"PW": "hunter2"}}, "tasks.backup.secrets.PW: is not the ARN"),
    "task role and permissions": (
        {"taskRole": "arn:aws:iam::111111111111:role/a", "permissions": [{"actions": ["s3:GetObject"], "resources": ["*"]}]},
        "tasks.backup.taskRole: a task has either an existing role or its own permissions",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), BACKUP.values(), ids=BACKUP.keys())
def test_mistake_in_a_task_is_one_problem_at_its_path(refused: Refused, change: dict[str, Any], message: str):
    [problem] = refused(tasks={"backup": change})
    assert problem.startswith(message)


STACK: dict[str, tuple[dict[str, Any], str]] = {
    "unknown key": ({"clutser": "main"}, 'clutser: unknown key. Did you mean "cluster"?'),
    "unknown task": ({"tasks": {"bakcup": {"memory": 512}}}, 'tasks.bakcup: there is no shared task of this name. Did you mean "backup"? A task of the stack itself needs an image'),
    "unknown task to remove": ({"tasks": {"bakcup": None}}, 'tasks.bakcup: there is no shared task of this name. Did you mean "backup"? Remove the entry.'),
    "unknown shared task": ({"catalogue": ["backup", "bakcup"]}, 'catalogue.1: there is no shared task "bakcup" in config/tasks. Did you mean "backup"?'),
    "change of a task that is not selected": (
        {"catalogue": False, "tasks": {"backup": {"memory": 2048}, "own": {"image": "x", "schedule": "rate(1 day)"}}},
        "tasks.backup: is a shared task that the stack does not select. Add its name to the catalogue key.",
    ),
    "no tasks at all": ({"catalogue": False}, "tasks: there are none"),
    "the only task removed": ({"tasks": {"backup": None}}, "tasks: there are none"),
    "no subnet": ({"network": {"subnets": []}}, "network.subnets: has 0 subnets."),
    "cluster": ({"cluster": "a b"}, 'cluster: "a b" is not a cluster.'),
    "a name that AWS refuses": ({"tasks": {"a b": {"image": "x", "schedule": "rate(1 day)"}}}, 'tasks.a b: "a b" is not a name for a task'),
    "an ambiguous name": ({"tasks": {"a__b": {"image": "x", "schedule": "rate(1 day)"}}}, 'tasks.a__b: "a__b" is not a name for a task'),
    "names alike": ({"tasks": {"Backup": {"image": "x", "schedule": "rate(1 day)"}}}, 'tasks.backup: differs from "Backup" only in case. Rename one.'),
    "tags": ({"tags": {"aws:x": "y"}}, "tags.aws:x: is not a tag key"),
    "empty tag": ({"tags": {"team": ""}}, "tags.team: has no value, and EventBridge Scheduler requires one. Write a value."),
    "tags alike": ({"tags": {"Team": "a", "team": "b"}}, 'tags.team: differs from "Team" only in case'),
    "tags alike in both": ({"tags": {"Owner": "a"}}, 'tasks.backup.tags.owner: differs from "Owner" only in case'),
    "tags of both": ({"tags": {f"t{number}": "x" for number in range(49)}}, "tasks.backup.tags: makes 51 tags per resource, and AWS accepts 50: 1 of the task, 49 more of the group"),
    "two containers of a family": (
        {
            "tasks": {
                "a": {"taskDefinition": "app", "container": "web", "schedule": "rate(1 day)"},
                "b": {"taskDefinition": "app:7", "container": "main", "schedule": "rate(1 day)"},
            }
        },
        'tasks.b.container: "main" differs from "web" of task a, which runs the same family',
    ),
    "block of the VPC": ({"network": {"vpc": {"create": {"cidr": "10.0.0.0/8"}}}}, 'network.vpc.create.cidr: "10.0.0.0/8" is a /8. Use /16 to /24.'),
    "no block": ({"network": {"vpc": {"create": {"cidr": "ten"}}}}, 'network.vpc.create.cidr: "ten" is not an IPv4 block. Write one such as 10.20.0.0/16.'),
    "gateways": ({"network": {"vpc": {"create": {"natGateways": "two"}}}}, 'network.vpc.create.natGateways: "two" is not one of none, single or perZone.'),
    "subnets of a new VPC": ({"network": {"vpc": {"create": {}}, "subnets": ["subnet-0a"]}}, "network.subnets: is not allowed with a new VPC"),
    "key of the queue": ({"encryption": {"deadLetters": "alias/x"}}, 'encryption.deadLetters: "alias/x" is not the ARN of a KMS key'),
    "keys of secrets": ({"encryption": {"secrets": ["alias/x"]}}, 'encryption.secrets.0: "alias/x" is not the ARN of a KMS key.'),
    "address": ({"notify": {"emails": ["ops"]}}, 'notify.emails.0: "ops" is not an email address.'),
    "topic": ({"notify": {"topicArn": "ops"}}, 'notify.topicArn: "ops" is not the ARN of a topic.'),
    "key of the roles": ({"iam": {"pth": "/teams/"}}, 'iam.pth: unknown key. Did you mean "path"?'),
    "path of roles": ({"iam": {"path": "teams"}}, 'iam.path: "teams" is not a path: it begins and ends with /'),
    "boundary": ({"iam": {"permissionsBoundary": "teams"}}, 'iam.permissionsBoundary: "teams" is not the ARN of a managed policy.'),
    "provider of the cluster": ({"cluster": {"create": True, "capacityProviders": ["aws-x"]}}, 'cluster.capacityProviders.0: "aws-x" is not a capacity provider.'),
    "strategy of another cluster": (
        {"cluster": {"create": True, "capacityProviders": ["FARGATE"], "defaultStrategy": [{"provider": "FARGATE_SPOT"}]}},
        "cluster.defaultStrategy: FARGATE_SPOT is not a capacity provider of the new cluster, which has FARGATE. Add it there.",
    ),
    "launch of another cluster": (
        {"cluster": {"create": True, "capacityProviders": ["FARGATE"]}, "tasks": {"backup": {"launch": "fargateSpot"}}},
        "tasks.backup.launch: FARGATE_SPOT is not a capacity provider of the new cluster, which has FARGATE. Add it there.",
    ),
    "providers of another cluster": (
        {"cluster": {"create": True}, "tasks": {"backup": {"launch": [{"provider": "on-demand"}]}}},
        "tasks.backup.launch: on-demand is not a capacity provider of the new cluster, which has FARGATE and FARGATE_SPOT.",
    ),
    # AWS: botocore ecs, RunTaskRequest.capacityProviderStrategy.
    "no default of the new cluster": (
        {"cluster": {"create": True}, "tasks": {"backup": {"launch": "clusterDefault"}}},
        "tasks.backup.launch: the new cluster has no default capacity provider strategy",
    ),
    "network on the default of the new cluster": (
        {"cluster": {"create": True, "defaultStrategy": [{"provider": "FARGATE"}]}, "tasks": {"backup": {"launch": "clusterDefault", "networkMode": "bridge"}}},
        "tasks.backup.networkMode: the default strategy of the new cluster is FARGATE, and Fargate supports only awsvpc, not bridge.",
    ),
    "size on the default of the new cluster": (
        {"cluster": {"create": True, "defaultStrategy": [{"provider": "FARGATE"}]}, "tasks": {"backup": {"launch": "clusterDefault", "cpu": 700}}},
        "tasks.backup.cpu: the default strategy of the new cluster is FARGATE. 700 is not a size that Fargate offers.",
    ),
    # AWS: botocore scheduler, TagValue: 256 characters.
    "names of clusters": (
        {"cluster": "a" * 100, "tasks": {"backup": {"cluster": "b" * 156}}},
        "tasks: have names with 257 characters together",
    ),
    "tags with clusters": (
        {"tags": {f"t{number}": "x" for number in range(49)}, "tasks": {"backup": {"cluster": "b", "tags": None}}},
        "tags: makes 51 tags of the schedule group, and AWS accepts 50: 49 of the group, 2 that the commands read",
    ),
    "default strategy": ({"cluster": {"create": True, "defaultStrategy": []}}, "cluster.defaultStrategy: has 0 entries."),
}  # fmt: skip


@pytest.mark.parametrize(("values", "message"), STACK.values(), ids=STACK.keys())
def test_mistake_in_the_stack_is_one_problem_at_its_path(refused: Refused, values: dict[str, Any], message: str):
    [problem] = refused(**values)
    assert problem.startswith(message)


def test_keys_of_an_entry_that_makes_no_task_are_checked_too(refused: Refused):
    assert refused(tasks={"own": {"imgae": "x", "schedule": "rate(1 day)"}}) == [
        "tasks.own: there is no shared task of this name. A task of the stack itself needs an image, a taskDefinition, or a call such as stop.",
        'tasks.own.imgae: unknown key. Did you mean "image"?',
    ]


SIDECAR: list[dict[str, Any]] = [
    {"image": 5}, {"imge": "x"}, {"environment": {"A": True}}, {"secrets": {"A": "x"}}, {"dependsOn": {"good": "NOW"}},
    {"dependsOn": ["good"]}, {"mounts": {"v": 5}}, {"cpu": "x"}, {"memory": "x"}, {"healthCheck": {"command": "x"}},
    {"healthCheck": {"command": ["CMD", "x"], "interval": 5}}, {"stopTimeout": "1h"}, {"essential": "maybe"},
]  # fmt: skip


@pytest.mark.parametrize("wrong", SIDECAR, ids=str)
def test_wrong_value_in_a_sidecar_does_not_make_others_missing(refused: Refused, wrong: dict[str, Any]):
    sidecars = {
        "bad": {"image": "b:1", **wrong},
        "good": {"image": "g:1", "dependsOn": {"bad": "START"}, "mounts": {"disk": "/x"}},
    }
    task = {"sidecars": sidecars, "dependsOn": {"good": "START", "bad": "START"}, "volumes": {"disk": {"path": "/x"}}}
    [problem] = refused(tasks={"backup": task})
    assert problem.startswith("tasks.backup.sidecars.bad.")


def test_all_problems_are_reported_at_once(refused: Refused):
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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: [", "config/tasks/broken.yaml:2:1: is not YAML: "),
        (
            "image: a\nimage: b\nschedule: rate(1 day)\n",
            'config/tasks/broken.yaml:2:1: tasks.broken.image: the key "image" occurs twice.',
        ),
        (
            "logs:\n\tretentionDays: 7\n",
            "config/tasks/broken.yaml:2:1: is not YAML: found character that cannot start any token. Indent",
        ),
        (
            "description: Dump: all\n",
            "config/tasks/broken.yaml:1:18: is not YAML: mapping values are not allowed in this context. Is",
        ),
        ("[]", "config/tasks/broken.yaml:1:1: must contain an object."),
        (
            "tasks: {backup: {image: x}}",
            'config/tasks/broken.yaml:1:9: tasks.backup: the task "backup" is in config/tasks/backup.yaml too. Rename one.',
        ),
        ("tasks: {other: 1}", "config/tasks/broken.yaml:1:9: tasks.other: must be an object with the keys of a task."),
        (
            "tasks: {other: {image: x, schedule: rate(1 day)}}\ntimezone: UTC\n",
            "config/tasks/broken.yaml:2:1: timezone: is not allowed next to tasks.",
        ),
        (
            "broken: {image: x, schedule: rate(1 day)}",
            "config/tasks/broken.yaml:1:1: broken: repeats the name of the file.",
        ),
    ],
)
def test_problem_names_a_broken_file(loaded: Load, catalogue: Path, content: str, message: str):
    (catalogue / "broken.yaml").write_text(content)
    with pytest.raises(ConfigError) as error:
        loaded()
    assert str(error.value.problems[0]).startswith(message)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "report.yml",
            "config/tasks/report.yml: is not read, because its name does not end in .yaml. Rename it to report.yaml.",
        ),
        (
            "team/report.yaml",
            "config/tasks/team/report.yaml: is not read, because it is not in tasks/ itself. Move it there.",
        ),
    ],
)
def test_file_that_is_not_read_is_reported(loaded: Load, catalogue: Path, name: str, message: str):
    (catalogue / name).parent.mkdir(exist_ok=True)
    (catalogue / name).write_text("schedule: rate(1 day)\nimage: a\n")
    with pytest.raises(ConfigError) as error:
        loaded()
    assert [str(problem) for problem in error.value.problems] == [message]


def test_secret_in_a_task_is_refused_and_not_shown(loaded: Load):
    with pytest.raises(ConfigError) as error:
        loaded(
            tasks={"backup": {"environment": {"PW": "canary-7"}, "cpu": "canary-7", "secrets": {"X": "canary-7"}}},
            secret_paths=(("tasks", "backup", "environment", "PW"),),
        )
    assert "tasks.backup.environment.PW: is a Pulumi secret" in str(error.value)
    assert "canary-7" not in str(error.value).replace('must be an integer, not "canary-7"', "")


def test_file_can_contain_several_tasks(loaded: Load, catalogue: Path):
    (catalogue / "more.yaml").write_text(
        "tasks:\n  one: {image: x, schedule: rate(1 day)}\n  two: {image: x, schedule: rate(1 day)}\n"
    )
    assert list(loaded().tasks) == ["backup", "one", "two"]


def test_stack_without_shared_tasks_is_valid(tmp_path: Path):
    own = {"own": {"image": "x", "schedule": "rate(1 day)"}}
    assert list(load(Source("test", {"tasks": own}, ()), tmp_path).tasks) == ["own"]


def test_an_entry_of_the_wrong_type_does_not_hide_other_tasks(refused: Refused):
    problems = refused(
        tasks={"own": "image", "backup": {"count": 11}, "second": {"image": "a b", "schedule": "rate(1 day)"}}
    )
    assert [problem.split(": ")[0] for problem in problems] == ["tasks.own", "tasks.backup.count", "tasks.second.image"]
