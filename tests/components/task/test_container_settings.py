"""Container definitions with every setting, as AWS reads them back."""

from typing import Any

import pytest

from components.checks import checked_task
from components.task.container_logs import LogPlace
from components.task.definition import canonical, container_definitions, task_settings

PLACE = LogPlace("/ecs/shop-dev", "eu-west-1", "job")
EC2 = {"launch": "ec2", "network_mode": "bridge"}


def defined(**values: Any) -> dict[str, dict[str, Any]]:
    """The container definitions of a valid task, by name."""
    task, problems = checked_task("job", {"image": "job:1", "schedule": "rate(1 day)", **values})
    assert problems == []
    found = container_definitions(task, image="job:1", log=PLACE, secrets={}, built={"built": "b:1"})
    assert canonical(found)
    return {each["name"]: each for each in found}


MEMBERS: list[tuple[dict[str, Any], str, object]] = [
    ({"linux": {"tmpfs": {"/b": {"size": 2}, "/a": {"size": 1, "options": ["noexec"]}}}}, "linuxParameters", {"tmpfs": [{"containerPath": "/a", "size": 1, "mountOptions": ["noexec"]}, {"containerPath": "/b", "size": 2}]}),
    ({"linux": {"capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]}}, "init": True}, "linuxParameters", {"initProcessEnabled": True, "capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]}}),
    ({**EC2, "linux": {"devices": [{"host": "/dev/a"}], "shared_memory": 64, "max_swap": 0, "swappiness": 0}}, "linuxParameters", {"devices": [{"hostPath": "/dev/a"}], "sharedMemorySize": 64, "maxSwap": 0, "swappiness": 0}),
    ({"linux": {"capabilities": {}}}, "linuxParameters", None),
    ({**EC2, "gpus": 2}, "resourceRequirements", [{"type": "GPU", "value": "2"}]),
    ({**EC2, "privileged": True}, "privileged", True),
    ({"privileged": False}, "privileged", None),
    ({**EC2, "security_options": ["no-new-privileges"]}, "dockerSecurityOptions", ["no-new-privileges"]),
    ({**EC2, "dns": {"servers": ["10.0.0.2"], "search_domains": ["a.b"]}}, "dnsServers", ["10.0.0.2"]),
    ({**EC2, "dns": {"search_domains": ["a.b"]}}, "dnsSearchDomains", ["a.b"]),
    ({**EC2, "dns": {"search_domains": ["a.b"]}}, "dnsServers", None),
    ({**EC2, "extra_hosts": {"b": "10.0.0.2", "a": "10.0.0.1"}}, "extraHosts", [{"hostname": "a", "ipAddress": "10.0.0.1"}, {"hostname": "b", "ipAddress": "10.0.0.2"}]),
    ({**EC2, "hostname": "a"}, "hostname", "a"),
    ({"docker_labels": {"a": "b"}}, "dockerLabels", {"a": "b"}),
    ({"system_controls": {"net.b": "1", "kernel.sem": "2"}}, "systemControls", [{"namespace": "kernel.sem", "value": "2"}, {"namespace": "net.b", "value": "1"}]),
    ({}, "systemControls", []),
    ({"interactive": True}, "interactive", True),
    ({"pseudo_terminal": True}, "pseudoTerminal", True),
    ({"restart": {}}, "restartPolicy", {"enabled": True, "ignoredExitCodes": [0], "restartAttemptPeriod": 300}),
    ({"restart": {"ignored_exit_codes": [0, 3], "attempt_period": "1m"}}, "restartPolicy", {"enabled": True, "ignoredExitCodes": [0, 3], "restartAttemptPeriod": 60}),
    ({"start_timeout": "60s"}, "startTimeout", 60),
    ({**EC2, "stop_timeout": "10m"}, "stopTimeout", 600),
    ({"memory_reservation": 64}, "memoryReservation", 64),
    ({"version_consistency": False}, "versionConsistency", "disabled"),
    ({"version_consistency": True}, "versionConsistency", "enabled"),
    ({"environment_files": ["arn:aws:s3:::config/a.env"]}, "environmentFiles", [{"value": "arn:aws:s3:::config/a.env", "type": "s3"}]),
    ({"registry_credentials": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-Ab12Cd"}, "repositoryCredentials", {"credentialsParameter": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-Ab12Cd"}),
]  # fmt: skip


@pytest.mark.parametrize(("values", "member", "expected"), MEMBERS, ids=str)
def test_a_member_of_main_and_of_a_sidecar(values: dict[str, Any], member: str, expected: object):
    assert defined(**values)["main"].get(member) == expected
    of_task = {name: value for name, value in values.items() if name in EC2}
    own = {name: value for name, value in values.items() if name not in EC2}
    sidecar = defined(**of_task, sidecars={"a": {"image": "a:1", **own}})["a"].get(member)
    if member == "restartPolicy" and values == {"restart": {}}:
        # A sidecar restarts after success too.
        expected = {"enabled": True, "ignoredExitCodes": [], "restartAttemptPeriod": 300}
    assert sidecar == expected


AWSLOGS = {"awslogs-group": "/ecs/shop-dev", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "job", "mode": "blocking"}  # fmt: skip
LOGS: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
    ({}, {"logDriver": "awslogs", "options": AWSLOGS}),
    ({"group": "/a"}, {"logDriver": "awslogs", "options": {**AWSLOGS, "awslogs-group": "/a"}}),
    ({"multiline_pattern": "^a"}, {"logDriver": "awslogs", "options": {**AWSLOGS, "awslogs-multiline-pattern": "^a"}}),
    ({"datetime_format": "%H"}, {"logDriver": "awslogs", "options": {**AWSLOGS, "awslogs-datetime-format": "%H"}}),
    ({"mode": "non-blocking", "max_buffer_size": "25m"}, {"logDriver": "awslogs", "options": {**AWSLOGS, "mode": "non-blocking", "max-buffer-size": "25m"}}),
    ({"driver": "none"}, None),
    (
        {"driver": "splunk", "options": {"splunk-url": "https://a"}, "secret_options": {"splunk-token": "/a"}, "mode": "blocking"},
        {"logDriver": "splunk", "options": {"splunk-url": "https://a", "mode": "blocking"}, "secretOptions": [{"name": "splunk-token", "valueFrom": "/a"}]},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("logs", "expected"), LOGS, ids=str)
def test_log_configuration(logs: dict[str, Any], expected: dict[str, Any] | None):
    assert defined(logs=logs)["main"].get("logConfiguration") == expected
    assert defined(sidecars={"a": {"image": "a:1", "logs": logs}})["a"].get("logConfiguration") == expected
    assert defined(logs=logs, sidecars={"a": {"image": "a:1"}})["a"].get("logConfiguration") == expected


def test_a_log_router_starts_first_and_writes_to_cloudwatch():
    found = defined(
        logs={"driver": "firelens", "options": {"Name": "firehose"}},
        sidecars={
            "router": {"image": "r:1", "firelens": {"type": "fluentbit", "config": "/a.conf", "metadata": False}},
            "proxy": {"image": "p:1"},
            "quiet": {"image": "q:1", "logs": {"driver": "none"}},
        },
    )
    assert found["router"]["firelensConfiguration"] == {
        "type": "fluentbit",
        "options": {"enable-ecs-log-metadata": "false", "config-file-type": "file", "config-file-value": "/a.conf"},
    }
    assert (found["router"]["user"], found["router"]["logConfiguration"]["logDriver"]) == ("0", "awslogs")
    after = [{"containerName": "router", "condition": "START"}]
    assert [found[name].get("dependsOn") for name in ("main", "proxy", "quiet", "router")] == [after, after, None, None]
    for name in ("main", "proxy"):
        assert found[name]["logConfiguration"] == {"logDriver": "awsfirelens", "options": {"Name": "firehose"}}


def test_a_router_that_is_waited_for_keeps_its_condition():
    router = {"image": "r:1", "firelens": {"type": "fluentd"}, "health_check": {"command": ["CMD", "true"]}}
    found = defined(logs={"driver": "firelens"}, sidecars={"router": router}, depends_on={"router": "HEALTHY"})
    assert found["main"]["dependsOn"] == [{"containerName": "router", "condition": "HEALTHY"}]


@pytest.mark.parametrize(
    ("values", "memory"),
    [
        ({"launch": "ec2", "memory_reservation": 256}, None),
        ({"launch": "ec2", "memory_reservation": 256, "memory": 512}, "512"),
        ({"launch": "ec2"}, "512"),
        ({"memory_reservation": 256}, "512"),
    ],
    ids=str,
)
def test_a_task_that_only_reserves_memory_has_no_limit(values: dict[str, Any], memory: str | None):
    """AWS: botocore ecs, RegisterTaskDefinition.memory: on EC2, "this field is optional"."""
    task, problems = checked_task("job", {"image": "job:1", "schedule": "rate(1 day)", **values})
    assert problems == []
    assert task_settings(task).get("memory") == memory


def test_namespaces_of_a_task_definition():
    task, problems = checked_task(
        "job", {"image": "job:1", "schedule": "rate(1 day)", "launch": "ec2", "pid_mode": "host", "ipc_mode": "none"}
    )
    assert problems == []
    assert (task_settings(task)["pid_mode"], task_settings(task)["ipc_mode"]) == ("host", "none")


def test_image_of_a_built_sidecar():
    assert defined(sidecars={"built": {"build": {"context": "."}}})["built"]["image"] == "b:1"
