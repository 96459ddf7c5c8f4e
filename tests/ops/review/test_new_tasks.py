"""The description of a task that a pull request adds."""

from typing import Any

import pytest

from components.resolver import resolve_group, resolve_task
from ops.review.new_tasks import Part, new_task

NO_ALARM = "; no alarm if it never runs (<expectSuccessWithin> isn't set)"
TASK: dict[str, Any] = {"image": "etl:1", "schedule": "rate(6 hours)", "cpu": 256, "memory": 512}

EXISTING = {"image": None, "cpu": None, "memory": None, "task_definition": "reports:42"}


def described(task: dict[str, Any], group: dict[str, Any] | None = None) -> dict[str, str]:
    found = new_task(resolve_task("etl", {**TASK, **task}), resolve_group(group or {}))  # type: ignore[arg-type]

    def text(parts: tuple[Part, ...]) -> str:
        return "".join(f"<{part.text}>" if part.is_value else part.text for part in parts)

    return {
        "runs": text(found.runs),
        "size": text(found.size),
        "network": text(found.network),
        "alerts": text(found.alerts),
    }


@pytest.mark.parametrize(
    ("key", "task", "group", "words"),
    [
        ("runs", {}, {}, "image <etl:1>"),
        ("runs", {"image": None, "build": {"context": "jobs/etl"}}, {}, "image built from <jobs/etl>"),
        (
            "runs",
            {"sidecars": {name: {"image": "x"} for name in ("proxy", "agent", "sync")}},
            {},
            "image <etl:1>, with <agent>, <proxy> and <sync>",
        ),
        ("runs", EXISTING, {}, "existing task definition <reports:42>"),
        ("size", EXISTING, {}, "size of the task definition, on Fargate"),
        ("size", {}, {}, "256 CPU units and 512 MiB, on Fargate"),
        ("size", {"ephemeral_storage": 50}, {}, "256 CPU units and 512 MiB, 50 GiB of storage, on Fargate"),
        ("size", {"architecture": "arm64"}, {}, "256 CPU units and 512 MiB, ARM, on Fargate"),
        ("size", {"launch": "fargateSpot", "count": 3}, {}, "256 CPU units and 512 MiB, on Fargate Spot, 3 at a time"),
        ("size", {"launch": "ec2"}, {}, "256 CPU units and 512 MiB, on EC2"),
        (
            "size",
            {"capacity_providers": [{"provider": "FARGATE", "weight": 1}, {"provider": "FARGATE_SPOT", "weight": 3}]},
            {},
            "256 CPU units and 512 MiB, on <FARGATE> and <FARGATE_SPOT>",
        ),
        ("network", {}, {}, "public subnets of the default VPC"),
        (
            "network",
            {},
            {"network": {"vpc": "vpc-0123456789abcdef0", "assign_public_ip": "false"}},
            "private subnets of <vpc-0123456789abcdef0>, no public IP address",
        ),
        (
            "network",
            {},
            {"network": {"vpc_tags": {"Name": "main"}, "subnet_tags": {"tier": "jobs"}}},
            "subnets with tags <tier=jobs> of the VPC with tags <Name=main>",
        ),
        (
            "network",
            {},
            {"network": {"subnet_ids": ["subnet-1", "subnet-2"], "assign_public_ip": "true"}},
            "subnets <subnet-1> and <subnet-2>, public IP address",
        ),
        ("network", {}, {"network": {"create_vpc": {"cidr": "10.0.0.0/16"}}}, "new VPC <10.0.0.0/16>, private subnets"),
        ("network", {"launch": "ec2", "network_mode": "host"}, {}, "that of its instance, mode <host>"),
        (
            "alerts",
            {},
            {"notify": {"emails": ["ops@example.com", "data@example.com"]}},
            "failed runs to <ops@example.com> and <data@example.com>" + NO_ALARM,
        ),
        (
            "alerts",
            {"expect_success_within": "25h", "timeout": "50m"},
            {},
            "failed runs to the stack's topic, which has no recipients; alarm after 25h without success; stopped after 50m",
        ),
        (
            "alerts",
            {},
            {
                "notify": {
                    "emails": ["ops@example.com"],
                    "pagerduty": {
                        "on-call": {"routing_key": "CANARY", "tasks": ["et*"]},
                        "others": {"routing_key": "CANARY", "tasks": ["orders"]},
                        "hints": {"routing_key": "CANARY", "severities": ["warning"]},
                    },
                }
            },
            "failed runs to <ops@example.com> and <pagerduty on-call>" + NO_ALARM,
        ),
        (
            "alerts",
            {},
            {"notify": {"topic_arn": "arn:aws:sns:eu-west-1:123456789012:alerts"}},
            "failed runs to <arn:aws:sns:eu-west-1:123456789012:alerts>" + NO_ALARM,
        ),
        (
            "alerts",
            {},
            {"monitoring": {"outcomes": False}},
            "no messages about failed runs" + NO_ALARM,
        ),
    ],
)
def test_a_new_task_is_described(key: str, task: dict[str, Any], group: dict[str, Any], words: str):
    assert described(task, group)[key] == words
