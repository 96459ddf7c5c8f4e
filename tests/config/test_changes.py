"""The resources that a change of each key changes, and no others.

`~` is updated in place, `!` is replaced, `+` is created and `-` is deleted, as the sandbox's provider decides. A task
definition is never changed in place, except for its tags. The schedule follows the new revision.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components import ScheduledTask, ScheduledTaskGroup
from components.aws.spelling import camel_case
from components.keys.reference import keys_of
from config import Source, load
from config.keys import Task
from sandbox.plugin import fields
from sandbox.plugin.provider import TYPES
from tests.mocks import Recorded, Resource, run

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
S3_FILES = "arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0a"
FSX = {
    "fileSystem": "fs-0a",
    "rootDirectory": "share",
    "credentials": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:files-AbCdEf",
    "domain": "corp.example.com",
}
TASK: dict[str, Any] = {
    # Without a public IP address, it is reachable through endpoints.
    "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/job:1",
    "schedule": "cron(0 3 * * ? *)",
    "cpu": 256,
    "memory": 512,
    "environment": {"A": "1"},
    "secrets": {"PASSWORD": "arn:aws:ssm:eu-west-1:123456789012:parameter/a"},
    "permissions": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::a/*"]}],
}
STACK: dict[str, Any] = {"cluster": "main", "tags": {"team": "data"}, "catalogue": False}
NO_SHARED_TASKS = Path("there", "is", "none")

SCHEDULE = {"~job-schedule"}
DEFINITION = {"!job-definition", "~job-schedule"}
OWN_LOG = {"+job-logs", "!job-definition", "~job-schedule"}
SUPERVISED = {
    *(f"+tasks-{name}" for name in ("leases", "supervisor", "supervisor-policy", "supervisor-logs")),
    *(f"+tasks-{what}-supervised-runs{end}" for what in ("failed", "succeeded", "broken") for end in ("", "-log")),
    *(f"~tasks-{name}" for name in ("scheduler-policy", "failed-runs", "succeeded-runs", "failed-policy", "succeeded-policy")),
    "~tasks-undelivered-events", "+job-supervisor", "~job-schedule",
}  # fmt: skip
"""The first supervised task of a stack adds what the group needs. Each further one adds a state machine."""
ON_EC2 = {"launch": "ec2"}
TASK_CHANGES: list[tuple[dict[str, Any], set[str]]] = [
    ({"description": "x"}, SCHEDULE),
    ({"schedule": "cron(0 4 * * ? *)"}, SCHEDULE),
    ({"schedule": "none"}, SCHEDULE),
    ({"schedule": "none", "runOn": "deploy"}, SCHEDULE),
    ({"schedule": "none", "runOn": "deploy", "gate": True}, SCHEDULE),
    ({"schedule": ["cron(0 3 * * ? *)", "rate(1 day)"]}, {"+job-schedule-rate-fa665d95"}),
    ({"schedule": None, "schedules": [{"expression": "cron(0 3 * * ? *)", "name": "x"}]}, set()),
    ({"schedule": None, "schedules": [{"expression": "cron(0 3 * * ? *)"}]}, set()),
    ({"schedule": None, "schedules": [{"expression": "cron(0 3 * * ? *)", "command": ["x"]}]}, SCHEDULE),
    ({"timezone": "Europe/Berlin"}, SCHEDULE),
    ({"flexibleWindow": "15m"}, SCHEDULE),
    ({"start": "2027-01-01T00:00:00Z"}, SCHEDULE),
    ({"end": "2037-01-01T00:00:00Z"}, SCHEDULE),
    ({"enabled": False}, SCHEDULE),
    ({"deleteAfterCompletion": True, "end": "2037-01-01T00:00:00Z"}, SCHEDULE),
    ({"catchUp": "last"}, SCHEDULE),
    ({"catchUp": {"runs": "all", "maxAge": "6h"}}, SCHEDULE),
    ({"catchUp": "none"}, set()),
    ({"expectSuccessWithin": "26h"}, {"+job-succeeded", "+job-alarm"}),
    ({"expectSuccessWithin": "26h", "enabled": False}, SCHEDULE),
    ({"timeout": "2h"}, SUPERVISED),
    ({"overlap": "forbid"}, SUPERVISED),
    ({"overlap": "queue"}, SUPERVISED),
    ({"lock": "orders-db"}, SUPERVISED),
    ({"retryRun": {"attempts": 2}}, SUPERVISED),
    ({"parallel": {"tasks": 3}}, SUPERVISED | {"+job-index"}),
    (
        {"schedule": None, "after": "first"},
        SUPERVISED | {"+tasks-dead-letters-policy"} | {f"+job-after{end}" for end in ("", "-policy")},
    ),
    ({"except": {"dates": ["2026-12-24"]}}, SUPERVISED),
    ({"only": "workdays"}, SUPERVISED),
    ({"expectDurationUnder": "1h"}, SUPERVISED | {"+job-duration-alarm"}),
    (
        {"notifyAfter": 3},
        SUPERVISED | {"+tasks-below-supervised-runs", "+tasks-below-supervised-runs-log"},
    ),
    ({"timeout": "2h", "expectSuccessWithin": "26h"}, SUPERVISED | {"+job-alarm"}),
    ({"retry": {"attempts": 1}}, SCHEDULE),
    ({"retry": {"maxAge": "2h"}}, SCHEDULE),
    ({"count": 2}, SCHEDULE),
    ({"launch": "fargateSpot"}, SCHEDULE),
    ({"launch": [{"provider": "FARGATE", "base": 1}]}, SCHEDULE),
    ({"launch": "ec2"}, DEFINITION),
    ({"launch": "ec2", "placementStrategies": [{"type": "random"}]}, DEFINITION),
    ({"launch": "ec2", "placementConstraints": [{"type": "distinctInstance"}]}, DEFINITION),
    ({"launch": "ec2", "networkMode": "bridge"}, DEFINITION),
    ({"launch": "external"}, DEFINITION),
    (
        {"cluster": "batch"},
        {"~tasks-schedules", "~tasks-scheduler-policy", "~job-schedule", "~tasks-failed-runs", "~tasks-succeeded-runs"},
    ),
    ({"cluster": "main"}, set()),
    ({"network": {"securityGroups": ["sg-0a"]}}, SCHEDULE),
    ({"network": {"assignPublicIp": False}}, SCHEDULE),
    ({"launch": "clusterDefault"}, DEFINITION),
    ({"launch": {"managedInstances": [{"provider": "gpu"}]}}, DEFINITION),
    ({"platformVersion": "1.4.0"}, SCHEDULE),
    ({"propagateTags": False}, SCHEDULE),
    ({"exec": True}, {"~job-task-policy", "~job-schedule"}),
    (
        {"schedule": None, "schedules": [{"expression": "cron(0 3 * * ? *)", "exec": True}]},
        {"~job-task-policy", "~job-schedule"},
    ),
    ({"image": "job:2"}, DEFINITION),
    ({"command": ["x"]}, DEFINITION),
    ({"entryPoint": ["x"]}, DEFINITION),
    ({"environment": {"A": "2"}}, DEFINITION),
    ({"environment": {"A": 1}}, set()),
    ({"workingDirectory": "/x"}, DEFINITION),
    ({"user": "nobody"}, DEFINITION),
    ({"init": True}, DEFINITION),
    ({"readOnlyRoot": True}, DEFINITION),
    ({"ulimits": {"nofile": 1024}}, DEFINITION),
    ({"healthCheck": {"command": ["CMD", "x"]}}, DEFINITION),
    ({"stopTimeout": "60s"}, DEFINITION),
    ({"sidecars": {"a": {"image": "a:1"}}}, DEFINITION),
    ({"sidecars": {"a": {"image": "a:1"}}, "dependsOn": {"a": "START"}}, DEFINITION),
    ({"volumes": {"a": {"path": "/a"}}}, DEFINITION),
    ({"volumes": {"a": {"path": "/a", "efs": "fs-0a"}}}, DEFINITION),
    ({"volumes": {"a": {"path": "/a", "efs": "fs-0a", "iam": True}}}, DEFINITION | {"~job-task-policy"}),
    ({"volumes": {"a": {"path": "/a", "s3Files": {"fileSystem": S3_FILES}}}}, DEFINITION | {"~job-task-policy"}),
    ({"launch": "ec2", "volumes": {"a": {"path": "/a", "host": "/mnt"}}}, DEFINITION),
    ({"launch": "ec2", "volumes": {"a": {"path": "/a", "docker": {"scope": "shared"}}}}, DEFINITION),
    (
        {
            "launch": "ec2",
            "operatingSystem": "WINDOWS_SERVER_2022_CORE",
            "volumes": {"a": {"path": "C:\\a", "fsx": FSX}},
        },
        DEFINITION | {"~job-execution-policy"},
    ),
    (
        {
            "volumes": {"a": {"path": "/a"}},
            "sidecars": {"a": {"image": "a:1", "mounts": {"a": "/b"}, "readOnlyMounts": {"a": True}}},
        },
        DEFINITION,
    ),
    ({"memory": 1024}, DEFINITION),
    ({"cpu": 512, "memory": 1024}, DEFINITION),
    ({"architecture": "arm64"}, DEFINITION),
    ({"operatingSystem": "WINDOWS_SERVER_2022_CORE", "cpu": 1024, "memory": 2048}, DEFINITION),
    ({"ephemeralStorage": 30}, DEFINITION),
    ({"logs": {"mode": "non-blocking"}}, DEFINITION),
    ({"logs": {"mode": "blocking"}}, set()),
    ({"logs": {"driver": "none"}}, DEFINITION),
    ({"logs": {"multilinePattern": "^INFO"}}, DEFINITION),
    ({"logs": {"group": "/shared/batch"}}, {"~job-execution-policy", *DEFINITION}),
    # A container that writes elsewhere needs no log group of its own.
    (
        {
            "logs": {
                "driver": "splunk",
                "options": {"splunk-url": "https://a", "splunk-token": "b"},
                "retentionDays": 90,
            }
        },
        DEFINITION,
    ),
    (
        {"logs": {"driver": "splunk", "options": {"splunk-url": "https://a"}, "secretOptions": {"splunk-token": "/a"}}},
        DEFINITION,
    ),
    (
        {"logs": {"driver": "splunk", "options": {"splunk-url": "https://a"}, "secretOptions": {"splunk-token": "/b"}}},
        {"~job-execution-policy", *DEFINITION},
    ),
    (
        {"logs": {"driver": "firelens"}, "sidecars": {"a": {"image": "a:1", "firelens": {"type": "fluentbit"}}}},
        DEFINITION,
    ),
    (
        {"registryCredentials": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-Ab12Cd"},
        {"~job-execution-policy", *DEFINITION},
    ),
    ({"environmentFiles": ["arn:aws:s3:::config/a.env"]}, {"~job-execution-policy", *DEFINITION}),
    ({"linux": {"tmpfs": {"/tmp": {"size": 64}}}}, DEFINITION),
    ({"linux": {}}, set()),
    ({**ON_EC2, "privileged": True}, DEFINITION),
    ({**ON_EC2, "securityOptions": ["no-new-privileges"]}, DEFINITION),
    ({**ON_EC2, "gpus": 1}, DEFINITION),
    ({**ON_EC2, "networkMode": "bridge", "hostname": "a"}, DEFINITION),
    ({**ON_EC2, "networkMode": "bridge", "disableNetworking": True}, DEFINITION),
    ({**ON_EC2, "networkMode": "bridge", "dns": {"servers": ["10.0.0.2"]}}, DEFINITION),
    ({**ON_EC2, "networkMode": "bridge", "extraHosts": {"a": "10.0.0.2"}}, DEFINITION),
    ({**ON_EC2, "ipcMode": "task"}, DEFINITION),
    ({"pidMode": "task"}, DEFINITION),
    ({"dockerLabels": {"a": "b"}}, DEFINITION),
    ({"systemControls": {"net.core.somaxconn": 1024}}, DEFINITION),
    ({"interactive": True}, DEFINITION),
    ({"interactive": False}, set()),
    ({"pseudoTerminal": True}, DEFINITION),
    ({"restart": {}}, DEFINITION),
    ({"startTimeout": "60s"}, DEFINITION),
    ({"memoryReservation": 256}, DEFINITION),
    ({"versionConsistency": False}, DEFINITION),
    ({"logs": {"retentionDays": 90}}, OWN_LOG),
    ({"logs": {"kmsKey": KEY}}, OWN_LOG),
    (
        {"secrets": {"PASSWORD": "arn:aws:ssm:eu-west-1:123456789012:parameter/b"}},
        {"~job-execution-policy", "!job-definition", "~job-schedule"},
    ),
    (
        {"secrets": {}},
        {"-job-execution-policy", "-job-execution", "!job-definition", "~job-schedule"},
    ),
    ({"permissions": [{"actions": ["s3:*"], "resources": ["arn:aws:s3:::a/*"]}]}, {"~job-task-policy"}),
    (
        {"permissions": [{"effect": "Deny", "actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::a/*"]}]},
        {"~job-task-policy"},
    ),
    (
        {"permissions": [{**TASK["permissions"][0], "condition": {"Bool": {"aws:SecureTransport": True}}}]},
        {"~job-task-policy"},
    ),
    ({"managedPolicies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}, {"+job-task-policy-aws:policy/ReadOnlyAccess"}),
    (
        {"permissions": None, "taskRole": "arn:aws:iam::123456789012:role/x"},
        {"-job-task", "-job-task-policy", "~tasks-scheduler-policy", "!job-definition", "~job-schedule"},
    ),
    (
        {"executionRole": "arn:aws:iam::123456789012:role/x"},
        {
            "-job-execution",
            "-job-execution-policy",
            "~tasks-scheduler-policy",
            "!job-definition",
            "~job-schedule",
        },
    ),
    ({"tags": {"owner": "bob"}}, {"~job-definition", "~job-execution", "~job-task"}),
    ({"aws": {}}, set()),
    ({"aws": {"container": {"portMappings": [{"containerPort": 80}]}}}, DEFINITION),
    (
        {"sidecars": {"a": {"image": "a:1", "aws": {"container": {"portMappings": [{"containerPort": 80}]}}}}},
        DEFINITION,
    ),
    ({"aws": {"taskDefinition": {"enableFaultInjection": True}}}, DEFINITION),
    ({"aws": {"runTask": {"enableECSManagedTags": False}}}, SCHEDULE),
]
RULES = {"~tasks-failed-runs", "~tasks-succeeded-runs"}
ALARMS = {
    f"tasks-alarm-{what}" for what in ("dead-letters", "dropped", "target-errors", "lost-dead-letters", "throttled")
}
OUTCOMES = {
    "tasks-undelivered-events", "tasks-failed-policy", "tasks-succeeded-policy", "tasks-failed", "tasks-succeeded",
    "tasks-failed-runs", "tasks-succeeded-runs", "tasks-failed-runs-log", "tasks-succeeded-runs-log",
}  # fmt: skip
GROUP = {
    *ALARMS, "tasks-undelivered-events", "tasks-failed", "tasks-succeeded", "tasks-failed-runs", "tasks-succeeded-runs",
    "tasks-schedules", "tasks-dead-letters", "tasks-logs", "tasks-execution", "tasks-scheduler", "tasks-runs",
}  # fmt: skip
HOOK = {"url": "https://hooks.example.com/runs", "secret": {"config": "token"}}
CRITICAL = ("failed", "succeeded", "critical-alarm", "recovered-alarm")


def recipient(name: str, *ends: str) -> set[str]:
    """The resources of a stack's first recipient: those of any `notify`, and its own, by the ends of their names."""
    topic = {"+tasks-failures", "+tasks-failures-policy", "+tasks-failed-runs-topic", *(f"~{name}" for name in ALARMS)}
    role = {"+tasks-notify", "+tasks-notify-policy", "~tasks-undelivered-events"}
    return {*topic, *role, f"+tasks-notify-{name}", *(f"+tasks-notify-{name}-{end}" for end in ends)}


STACK_CHANGES: list[tuple[dict[str, Any], set[str]]] = [
    ({"cluster": "other"}, {"~tasks-scheduler-policy", "~job-schedule", *RULES}),
    (
        {"notify": {}},
        {"+tasks-failures", "+tasks-failures-policy", "+tasks-failed-runs-topic", *(f"~{name}" for name in ALARMS)},
    ),
    (
        {"notify": {"topicArn": "arn:aws:sns:eu-west-1:123456789012:ops", "emails": ["a@example.com"]}},
        {"+tasks-failures-email-a@example.com", "+tasks-failed-runs-topic", *(f"~{name}" for name in ALARMS)},
    ),
    (
        {"notify": {"recoveries": True}},
        {"+tasks-failures", "+tasks-failures-policy", "+tasks-failed-runs-topic", *(f"~{name}" for name in ALARMS)},
    ),
    ({"notify": {"webhook": {"hook": HOOK}}}, recipient("webhook-hook", *CRITICAL, "warning-alarm")),
    ({"notify": {"webhook": {"hook": {**HOOK, "tasks": ["job"]}}}}, recipient("webhook-hook", *CRITICAL)),
    (
        {"notify": {"pagerduty": {"a": {"routingKey": {"config": "token"}, "severities": ["warning"]}}}},
        recipient("pagerduty-a", "warning-alarm", "recovered-alarm"),
    ),
    (
        {"notify": {"heartbeat": {"a": {"tasks": ["job"], "url": {"config": "token"}}}}},
        {*recipient("heartbeat-a", "started", "failed", "succeeded", "start", "failure")},
    ),
    (
        {"notify": {"slack": {"a": {"token": {"config": "token"}, "channel": "C0123456789"}}}},
        recipient("slack-a", "failed", "critical-alarm", "warning-alarm", "recovered-alarm"),
    ),
    (
        {"notify": {"teams": {"a": {"url": {"config": "token"}}}}},
        recipient("teams-a", "failed", "critical-alarm", "warning-alarm", "recovered-alarm"),
    ),
    ({"monitoring": {"dashboard": True}}, {"+tasks-dashboard"}),
    ({"monitoring": {"successMetrics": "shared"}}, {"+tasks-successes"}),
    ({"monitoring": {"alarms": False}}, {f"-{name}" for name in ALARMS}),
    ({"monitoring": {"outcomes": False}}, {f"-{name}" for name in OUTCOMES} | {"~tasks-alarm-dead-letters"}),
    (
        {"cluster": {"create": True}},
        {"+tasks-cluster", "+tasks-cluster-capacity", "~tasks-scheduler-policy", "~job-schedule", *RULES},
    ),
    ({"network": {"securityGroups": ["sg-0a"]}}, {"-tasks-runs", "~job-schedule"}),
    ({"network": {"assignPublicIp": False}}, SCHEDULE),
    ({"enabled": False}, SCHEDULE),
    ({"tags": {"team": "web"}}, {f"~{name}" for name in GROUP} | {"~job-definition", "~job-execution", "~job-task"}),
    ({"encryption": {"deadLetters": KEY}}, {"~tasks-dead-letters", "~tasks-scheduler-policy"}),
    ({"encryption": {"undeliveredEvents": KEY}}, {"~tasks-undelivered-events"}),
    ({"encryption": {"schedules": KEY}}, {"~tasks-scheduler-policy", "~job-schedule"}),
    ({"encryption": {"secrets": [KEY]}}, {"~job-execution-policy"}),
    ({"pullThroughCaches": ["docker-hub"]}, {"~tasks-execution-policy", "~job-execution-policy"}),
    (
        {"iam": {"permissionsBoundary": "arn:aws:iam::123456789012:policy/x"}},
        {"~tasks-execution", "~tasks-scheduler", "~job-execution", "~job-task"},
    ),
    (
        {"iam": {"schedulerRole": "arn:aws:iam::123456789012:role/x"}},
        {"-tasks-scheduler", "-tasks-scheduler-policy", "~job-schedule"},
    ),
    # Only supervised tasks need it.
    ({"iam": {"supervisorRole": "arn:aws:iam::123456789012:role/x"}}, set()),
    (
        {"iam": {"executionRole": "arn:aws:iam::123456789012:role/x"}},
        {
            "-tasks-execution",
            "-tasks-execution-policy",
            "-job-execution",
            "-job-execution-policy",
            "~tasks-scheduler-policy",
            "!job-definition",
            "~job-schedule",
        },
    ),
    (
        {"sharedRoles": {"reports": {"permissions": TASK["permissions"], "exec": True}}},
        {"+tasks-shared-reports", "+tasks-shared-reports-policy"},
    ),
    (
        {"sharedRoles": {"reports": {"managedPolicies": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}}},
        {"+tasks-shared-reports", "+tasks-shared-reports-policy-aws:policy/ReadOnlyAccess"},
    ),
    ({"defaults": {"logs": {"retentionDays": 7}}}, {"~tasks-logs", "~tasks-failed", "~tasks-succeeded"}),
    ({"defaults": {"logs": {"kmsKey": KEY}}}, {"~tasks-logs", "~tasks-failed", "~tasks-succeeded"}),
]


SECRETS_OF_KINDS = {
    "webhook": "Bearer t", "pagerduty": "r1", "slack": "xoxb-1", "teams": "https://a.example/t?sig=s",
    "heartbeat": "https://a.example/t",
}  # fmt: skip


def deployed(stack: dict[str, Any], task: dict[str, Any]) -> Recorded:
    task = {key: value for key, value in task.items() if value is not None}
    first = {"first": {"image": TASK["image"], "schedule": TASK["schedule"]}} if "after" in task else {}
    secret = {"token": "t"} if "'config': 'token'" in str(stack) else {}
    source = Source(
        "test",
        {**stack, **secret, "tasks": {"job": task, **first}},
        (("token",),) if secret else (),
        lambda _: SECRETS_OF_KINDS[next(iter(stack["notify"]))],
    )
    config = load(source, NO_SHARED_TASKS)

    def program() -> None:
        group = ScheduledTaskGroup("tasks", replace(config.group, prefix="shop-dev", tasks=config.tasks))
        for name, task in config.tasks.items():
            ScheduledTask(name, task.in_group(group.reference))

    recorded = run(program, preview=False)
    assert recorded.error is None
    return recorded


@pytest.fixture(scope="module")
def before() -> Recorded:
    """The resources before each change."""
    return deployed(STACK, TASK)


def difference(before: Recorded, after: Recorded) -> set[str]:
    old, new = ({resource.name: resource for resource in found.of_aws} for found in (before, after))
    known = {resource.urn: resource.name for resource in before.of_aws}
    for resource in after.of_aws:
        # The engine finds an earlier resource by its alias, and shows it by its new name.
        if earlier := [known[urn] for urn in (resource.urn, *resource.aliases) if urn in known][:1]:
            old[resource.name] = old.pop(earlier[0])
    new = {name: found for name, found in new.items() if not name.startswith("first-")}
    found = {f"+{name}" for name in new.keys() - old.keys()} | {f"-{name}" for name in old.keys() - new.keys()}
    for name in old.keys() & new.keys():
        found |= {f"{mark}{name}" for mark in _mark(old[name], new[name])}
    if "!job-definition" in found:
        # On mocks every revision is the first; in AWS the schedule is pinned to the new one.
        found.add("~job-schedule")
    return found


def _mark(old: Resource, new: Resource) -> str:
    known = TYPES[old.type].all_fields
    kept = {name: old.inputs[name] for name in new.ignored if name in old.inputs}
    differing = fields.changed(known, old.inputs, {**new.inputs, **kept})
    if not differing:
        return ""
    return "!" if any(known[name].replaces for name in differing) else "~"


@pytest.mark.parametrize(("change", "expected"), TASK_CHANGES, ids=[str(change) for change, _ in TASK_CHANGES])
def test_change_of_a_task(before: Recorded, change: dict[str, Any], expected: set[str]):
    assert difference(before, deployed(STACK, {**TASK, **change})) == expected


@pytest.mark.parametrize(("change", "expected"), STACK_CHANGES, ids=[str(change) for change, _ in STACK_CHANGES])
def test_change_of_the_stack(before: Recorded, change: dict[str, Any], expected: set[str]):
    assert difference(before, deployed({**STACK, **change}, TASK)) == expected


def test_every_key_of_a_task_is_in_the_table():
    keys = {camel_case(name) for name in keys_of(Task)}
    # A task with an existing task definition is another task; see tests/components/test_components.py.
    assert keys - {key for change, _ in TASK_CHANGES for key in change} == {"taskDefinition", "container"}
